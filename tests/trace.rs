//! Traces: exports read and replayed, and every mistake in them explained.

use std::path::PathBuf;

use crate::intake::drawn;
use cmksim::intake::{Intake, Rows, Settings, TraceError, Warning, fit, read};
use cmksim::kernel::{Stream, StreamKey};
use cmksim::limits::INTAKE_KNOTS;
use cmksim::scenario::{Ingestion, Scale, Site, Source, Trace, Workspace};
use cmksim::units::{Duration, Factor, Rate, Time, Volume};
use proptest::prelude::*;
use rand::TryRng;

const DAY: i64 = Duration::DAY.millis();
const HOUR: i64 = Duration::HOUR.millis();
/// 2026-03-01T00:00:00Z.
const MARCH: i64 = 1_772_323_200_000;

fn trace() -> Trace {
    Trace {
        file: "usage.csv".into(),
        time: "StartTime".into(),
        volume: "Quantity".into(),
        scale: Scale::Unit(1_000_000),
        step: None,
        filter: vec![],
        repeat: false,
        calendar: false,
    }
}

fn workspace(trace: &Trace) -> Workspace {
    Workspace {
        name: "logs".into(),
        cluster: None,
        retention: Duration::from_millis(31 * DAY),
        history: Duration::ZERO,
        daily_cap: None,
        ingestion: Ingestion::constant(Source::Trace(trace.clone())),
        site: Site::default(),
    }
}

fn at(ms: i64) -> Time {
    Time::from_millis(ms)
}

fn replay(workspace: &Workspace, rows: &Rows, start: Option<i64>, end: Time) -> Intake {
    let settings = Settings::default();
    let root = StreamKey::root(42, 0);
    drawn(workspace, &settings, Some(rows), start, end, root).expect("an intake")
}

/// The rows of an export with the columns `StartTime` and `Quantity`.
fn rows(trace: &Trace, lines: &[&str]) -> Rows {
    let text = format!("StartTime,Quantity\n{}\n", lines.join("\n"));
    read(trace, text.as_bytes(), &|| false)
        .expect("a good trace")
        .0
}

fn three_hours() -> [&'static str; 3] {
    [
        "2026-03-01T00:00:00Z,1",
        "2026-03-01T01:00:00Z,3.000001",
        "2026-03-01T02:00:00Z,0.5",
    ]
}

fn texts(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(Warning::to_string).collect()
}

#[test]
fn rows_are_replayed_from_the_start_and_to_the_byte() {
    let trace = trace();
    let rows = rows(&trace, &three_hours());
    assert_eq!((rows.count(), rows.total()), (3, 4_500_001));
    assert_eq!(
        (rows.step(), rows.span().millis()),
        (Duration::HOUR, 3 * HOUR)
    );
    let found = replay(&workspace(&trace), &rows, None, at(DAY));
    let hours: Vec<u64> = (0..=4)
        .map(|hour| found.accepted_at(at(hour * HOUR)))
        .collect();
    assert_eq!(hours, [0, 1_000_000, 4_000_001, 4_500_001, 4_500_001]);
    assert_eq!(found.accepted_at(at(HOUR / 2)), 500_000);
    assert_eq!(found.accepted_at(at(DAY)), 4_500_001);
}

#[test]
fn a_trace_can_be_repeated() {
    let mut trace = trace();
    trace.repeat = true;
    let rows = rows(&trace, &three_hours());
    let found = replay(&workspace(&trace), &rows, None, at(7 * HOUR));
    assert_eq!(found.accepted_at(at(3 * HOUR)), 4_500_001);
    assert_eq!(found.accepted_at(at(4 * HOUR)), 5_500_001);
    assert_eq!(found.accepted_at(at(7 * HOUR)), 10_000_002);
}

#[test]
fn a_trace_that_is_repeated_too_often_is_refused_and_never_cut() {
    let mut trace = trace();
    trace.repeat = true;
    let rows = rows(&trace, &three_hours());
    let rounds = i64::try_from(INTAKE_KNOTS.most / 3).expect("few") + 2;
    let (settings, root) = (Settings::default(), StreamKey::root(42, 0));
    let end = at(rounds * 3 * HOUR);
    let error = drawn(&workspace(&trace), &settings, Some(&rows), None, end, root);
    let error = error.expect_err("every hour has a rate of its own");
    assert!(
        error.to_string().contains(&INTAKE_KNOTS.exceeded()),
        "{error}"
    );
}

#[test]
fn a_calendar_trace_stands_where_its_calendar_says() {
    let mut trace = trace();
    trace.calendar = true;
    let rows = rows(&trace, &three_hours());
    let total = |start: i64, hour: i64, trace: &Trace| {
        let found = replay(&workspace(trace), &rows, Some(start), at(DAY));
        found.accepted_at(at(hour * HOUR))
    };
    // The run starts two hours before the trace, then 90 minutes after its beginning.
    assert_eq!(total(MARCH - 2 * HOUR, 2, &trace), 0);
    assert_eq!(total(MARCH - 2 * HOUR, 5, &trace), 4_500_001);
    assert_eq!(total(MARCH + HOUR + HOUR / 2, 1, &trace), 1_750_000);
    assert_eq!(total(MARCH + HOUR + HOUR / 2, 24, &trace), 2_000_000);
    trace.repeat = true;
    assert_eq!(total(MARCH + 10 * HOUR, 2, &trace), 3_500_001);
}

#[test]
fn scaling_gives_the_mean_rate_to_the_byte() {
    let mut trace = trace();
    trace.scale = Scale::MeanRate(Rate::from_bytes_per_day(8_000_000_000_001));
    let rows = rows(
        &trace,
        &[
            "2026-03-01T00:00:00Z,0.3333333333333333",
            "2026-03-01T01:00:00Z,1e20",
            "2026-03-01T02:00:00Z,1e20",
            "2026-03-01T23:00:00Z,0",
        ],
    );
    assert_eq!(rows.total(), 8_000_000_000_001);
    let found = replay(&workspace(&trace), &rows, None, at(DAY));
    assert_eq!(found.accepted_at(at(2 * HOUR)), 4_000_000_000_000);
    assert_eq!(found.accepted_at(at(DAY)), 8_000_000_000_001);
}

#[test]
fn factors_multiply_a_trace_and_a_rate_takes_its_place() {
    let trace = trace();
    let rows = rows(&trace, &three_hours());
    let settings = Settings {
        surges: [
            (at(HOUR / 2), Factor::from_millionths(3_000_000)),
            (at(HOUR), Factor::ONE),
        ]
        .into_iter()
        .collect(),
        rates: [(at(2 * HOUR), Rate::from_bytes_per_day(24_000_000))]
            .into_iter()
            .collect(),
        ..Settings::default()
    };
    let root = StreamKey::root(42, 0);
    let found = drawn(
        &workspace(&trace),
        &settings,
        Some(&rows),
        None,
        at(DAY),
        root,
    );
    let found = found.expect("an intake");
    let hours: Vec<u64> = (0..=4)
        .map(|hour| found.offered_at(at(hour * HOUR)))
        .collect();
    assert_eq!(hours, [0, 2_000_000, 5_000_001, 6_000_001, 7_000_001]);
}

#[test]
fn the_history_of_a_trace_is_its_mean_in_the_first_week() {
    let mut trace = trace();
    trace.repeat = true;
    let rows = rows(&trace, &["2026-03-01 00:00:00,6", "2026-03-01 12:00:00,2"]);
    let mut logs = workspace(&trace);
    logs.history = Duration::from_millis(10 * DAY);
    logs.daily_cap = Some(Volume::from_bytes(7_000_000));
    assert_eq!(
        replay(&logs, &rows, None, at(30 * DAY)).accepted_at(at(0)),
        70_000_000
    );
    logs.daily_cap = None;
    assert_eq!(
        replay(&logs, &rows, None, at(30 * DAY)).accepted_at(at(0)),
        80_000_000
    );
    // A trace that is over after a day of the seven is one seventh of its rate.
    let Source::Trace(once) = &mut logs.ingestion.source else {
        unreachable!()
    };
    once.repeat = false;
    assert_eq!(
        replay(&logs, &rows, None, at(30 * DAY)).accepted_at(at(0)),
        11_428_570
    );
}

#[test]
fn a_gap_counts_nothing_and_is_told() {
    let trace = trace();
    let text = "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n2026-03-01T01:00:00Z,1\n\
                2026-03-01T03:00:00Z,1\n2026-03-01T04:00:00Z,1\n2026-03-01T08:00:00Z,1\n\
                2026-03-01T09:00:00Z,1\n";
    let (rows, warnings) = read(&trace, text.as_bytes(), &|| false).expect("a good trace");
    assert_eq!(
        texts(&warnings),
        [
            "usage.csv: 2 gaps in the rows counted as 0, 4h in all; the longest is 3h, from 2026-03-01T05:00:00Z on"
        ]
    );
    let found = replay(&workspace(&trace), &rows, None, at(10 * HOUR));
    assert_eq!(
        found.accepted_at(at(2 * HOUR)),
        found.accepted_at(at(3 * HOUR))
    );
    assert_eq!(found.accepted_at(at(10 * HOUR)), 6_000_000);
}

#[test]
fn a_filter_takes_its_rows_only() {
    let mut trace = trace();
    trace.filter = vec![
        ("DataType".into(), "Perf".into()),
        ("Billable".into(), "true".into()),
    ];
    let text = "\u{feff}\"StartTime\",DataType,Quantity,Billable\r\n\
                \"2026-03-01T00:00:00Z\",Perf,1,true\r\n\
                2026-03-01T00:00:00Z,\"Perf\",not read,false\r\n\
                2026-03-01T00:00:00Z,Event,20,true\r\n\
                2026-03-01T01:00:00Z,Perf,300, true\r\n";
    let (rows, warnings) = read(&trace, text.as_bytes(), &|| false).expect("a good trace");
    assert_eq!(
        (rows.count(), rows.total(), warnings.len()),
        (2, 301_000_000, 0)
    );
}

#[test]
fn whole_numbers_are_instants_and_said_so() {
    let trace = trace();
    for (text, unit) in [
        (
            "StartTime,Quantity\n1772323200,1\n1772326800,1\n",
            "seconds",
        ),
        (
            "StartTime,Quantity\n1772323200000,1\n1772326800000,1\n",
            "milliseconds",
        ),
    ] {
        let (rows, warnings) = read(&trace, text.as_bytes(), &|| false).expect("a good trace");
        assert_eq!((rows.first(), rows.step()), (MARCH, Duration::HOUR));
        let expected = format!(
            "usage.csv: column \"StartTime\" holds whole numbers, read as {unit} since 1970: \
             its first row is at 2026-03-01T00:00:00Z"
        );
        assert_eq!(texts(&warnings), [expected]);
    }
}

#[test]
fn what_does_not_fit_the_run_is_told() {
    let mut trace = trace();
    let rows = rows(&trace, &three_hours());
    let told = |trace: &Trace, start: Option<i64>, hours: i64| {
        texts(&fit(trace, &rows, start, at(hours * HOUR)))
    };
    assert_eq!(told(&trace, None, 3), [""; 0]);
    assert_eq!(
        told(&trace, Some(MARCH), 5),
        [
            "usage.csv: it ends 2h before the run; nothing arrives after it; `repeat = true` begins it anew"
        ]
    );
    trace.calendar = true;
    assert_eq!(
        told(&trace, Some(MARCH + HOUR), 2),
        ["usage.csv: it begins 1h before the run; what lies before is left out"]
    );
    assert_eq!(
        told(&trace, Some(MARCH - HOUR), 4),
        ["usage.csv: it begins 1h after the start; nothing arrives until then"]
    );
    let outside = "usage.csv: its rows, 2026-03-01T00:00:00Z to 2026-03-01T03:00:00Z, are all \
                   outside the run: nothing arrives; take `align = \"start\"`, or another `start`";
    assert_eq!(told(&trace, Some(MARCH + 3 * HOUR), 2), [outside]);
    assert_eq!(told(&trace, Some(MARCH - 3 * HOUR), 3), [outside]);
    trace.repeat = true;
    assert_eq!(told(&trace, Some(MARCH + 30 * HOUR), 2).len(), 1);
}

fn refused(trace: &Trace, bytes: &[u8]) -> TraceError {
    read(trace, bytes, &|| false).expect_err("a bad trace")
}

/// Text of a bad file, and what is said about it.
const BAD: &[(&str, &[&str])] = &[
    (
        "",
        &["usage.csv: is empty; its first line must name the columns"],
    ),
    (
        "\u{feff}  \n\n",
        &["usage.csv: is empty; its first line must name the columns"],
    ),
    (
        "StartTime,Quantity\n",
        &["usage.csv: has a header and no rows"],
    ),
    (
        "Starttime,Quantity,DataType\n2026-03-01T00:00:00Z,1,x\n",
        &[
            "usage.csv, line 1: no column \"StartTime\"; did you mean \"Starttime\"; the columns are \"Starttime\", \"Quantity\", \"DataType\"",
        ],
    ),
    (
        "a;b\n1;2\n",
        &[
            "usage.csv, line 1: no column \"StartTime\": the first line is \"a;b\"; separate columns by commas",
            "usage.csv, line 1: no column \"Quantity\": the first line is \"a;b\"; separate columns by commas",
        ],
    ),
    (
        "StartTime,Quantity,Quantity\n",
        &["usage.csv, line 1: two columns are named \"Quantity\"; rename one"],
    ),
    (
        "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n2026-03-01T01:00:00Z,-1\n\n2026-03-01T02:00:00Z\nyesterday,NaN\n2026-03-01T04:00:00Z,\n",
        &[
            "usage.csv, line 3, column \"Quantity\": \"-1\" is negative; a volume is 0 or more",
            "usage.csv, line 5: has 1 fields where the header names 2; check its commas and quotes",
            "usage.csv, line 6, column \"StartTime\": \"yesterday\" is not an instant; write 2026-03-01T00:00:00Z or 2026-03-01 00:00:00 (UTC)",
            "usage.csv, line 6, column \"Quantity\": \"NaN\" is not a number; write 0 where nothing arrived, or leave the row out",
            "usage.csv, line 7, column \"Quantity\": is empty; write 0 where nothing arrived, or leave the row out",
        ],
    ),
    (
        "StartTime,Quantity\r\n2026-03-01T00:00:00Z,1\r\n2026-03-01T01:00:00Z,x\r\n",
        &[
            "usage.csv, line 3, column \"Quantity\": \"x\" is not a number; write digits with a point, as in 1234.5",
        ],
    ),
    (
        "StartTime,Quantity\n2026-03-01T02:00:00Z,1\n2026-03-01T01:00:00Z,1\n2026-03-01T00:00:00Z,1\n",
        &[
            "usage.csv, line 3: 2026-03-01T01:00:00Z is before 2026-03-01T02:00:00Z in line 2; sort the file by time, oldest first (and so in 1 more rows)",
        ],
    ),
    (
        "StartTime,Quantity,Batches,DataType\n2026-03-01T00:00:00Z,1,8,Perf\n2026-03-01T00:00:00Z,2,9,Event\n2026-03-01T01:00:00Z,1,8,Perf\n",
        &[
            "usage.csv, line 3: has the time of line 2, 2026-03-01T00:00:00Z; take one of them with where = { DataType = \"Perf\" }",
        ],
    ),
    (
        "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n2026-03-01T00:00:00Z,2\n",
        &[
            "usage.csv, line 3: has the time of line 2, 2026-03-01T00:00:00Z; add the two up, or leave one out",
        ],
    ),
    (
        "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n",
        &["usage.csv: has one row, so no spacing; say what it covers: step = \"1h\""],
    ),
    (
        "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n2026-03-01T01:00:00Z,1\n2026-03-01T02:00:00Z,1\n2026-03-01T02:56:00Z,1\n",
        &[
            "usage.csv, line 5: begins 56m after line 4, which covers 1h (the commonest spacing): they overlap; correct its time, or let a row cover no more than step = \"56m\"",
        ],
    ),
    (
        "StartTime,Quantity\n2026-03-01T00:00:00Z,1e13\n2026-03-01T01:00:00Z,1\n",
        &["usage.csv: holds more than 9.2 EB (2^63 bytes); check its `unit`"],
    ),
];

#[test]
fn every_mistake_is_explained() {
    for (text, expected) in BAD {
        let found = refused(&trace(), text.as_bytes()).to_string();
        assert_eq!(found.lines().collect::<Vec<_>>(), *expected, "{text}");
    }
}

#[test]
fn mistakes_in_a_filter_are_explained() {
    let text = "StartTime,Quantity,DataType,Billable\n2026-03-01T00:00:00Z,1,Perf,true\n\
                2026-03-01T01:00:00Z,1,SecurityEvent,false\n";
    let with = |filter: &[(&str, &str)]| {
        let mut trace = trace();
        let own = |(column, value): &(&str, &str)| ((*column).into(), (*value).into());
        trace.filter = filter.iter().map(own).collect();
        refused(&trace, text.as_bytes()).to_string()
    };
    assert_eq!(
        with(&[("DataType", "SecurityEvents")]),
        "usage.csv: no row has \"SecurityEvents\" in column \"DataType\"; did you mean \
         \"SecurityEvent\"; there are \"Perf\", \"SecurityEvent\""
    );
    assert_eq!(
        with(&[("DataType", "Perf"), ("Billable", "false")]),
        "usage.csv: no row has all the values of `where` at once"
    );
    assert_eq!(
        with(&[("Type", "Perf")]),
        "usage.csv, line 1: no column \"Type\"; the columns are \"StartTime\", \"Quantity\", \
         \"DataType\", \"Billable\""
    );
}

#[test]
fn other_mistakes_are_explained() {
    assert_eq!(
        refused(&trace(), b"StartTime,Quantity\n2026-03-01T00:00:00Z,\xff\n").to_string(),
        "usage.csv, line 2: is not UTF-8 text from here on; save it as CSV in UTF-8"
    );
    let mut stated = trace();
    stated.step = Some(Duration::DAY);
    let text = "StartTime,Quantity\n2026-03-01T00:00:00Z,1\n2026-03-01T01:00:00Z,1\n2026-03-01T02:00:00Z,1\n";
    assert_eq!(
        refused(&stated, text.as_bytes()).to_string(),
        "usage.csv, line 3: begins 1h after line 2, which covers 1d (as `step` says): they \
         overlap; correct its time, or let a row cover no more than step = \"1h\" (and so in 1 more rows)"
    );
    let mut still = trace();
    still.scale = Scale::MeanRate(Rate::from_bytes_per_day(1));
    let text = "StartTime,Quantity\n2026-03-01T00:00:00Z,0\n2026-03-01T01:00:00Z,0\n";
    assert_eq!(
        refused(&still, text.as_bytes()).to_string(),
        "usage.csv: all its volumes are 0: no factor scales them to a rate"
    );
    let mut same = trace();
    same.volume = "StartTime".into();
    assert_eq!(
        refused(&same, b"StartTime\n").to_string(),
        "usage.csv, line 1, column \"StartTime\": cannot hold both the instant and the volume"
    );
}

#[test]
fn twenty_mistakes_are_shown_and_the_others_counted() {
    let mut text = "StartTime,Quantity\n".to_owned();
    for hour in 0..24 {
        text += &format!("2026-03-01T{hour:02}:00:00Z,none\n");
    }
    let error = refused(&trace(), text.as_bytes());
    assert_eq!((error.faults().len(), error.more()), (20, 4));
    assert!(error.to_string().ends_with("\nusage.csv: and 4 more"));
}

/// Bytes that look like a trace often enough to get past the header.
fn scrambled(stream: &mut Stream) -> Vec<u8> {
    const PIECES: [&[u8]; 24] = [
        b"StartTime",
        b"Quantity",
        b"StartTime,Quantity\n",
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"\"",
        b"2026-03-01T00:00:00Z",
        b"2026-03-01T01:00:00Z,5",
        b"1772323200",
        b"1e300",
        b"-1",
        b"0.5",
        b"NaN",
        b"9999-12-31T23:59:59Z",
        b"-009999-01-01T00:00:00Z",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"99999999999999999999",
        b" ",
        b"x",
    ];
    let mut drawn = || stream.try_next_u64().unwrap_or_else(|never| match never {});
    let mut bytes = Vec::new();
    if drawn() % 2 == 0 {
        bytes.extend_from_slice(b"StartTime,Quantity\n");
    }
    for row in 0..drawn() % 40 {
        let number = drawn();
        if number % 64 > 2 {
            bytes.extend_from_slice(format!("{},{}\n", row * 60, number % 999).as_bytes());
            continue;
        }
        let piece = PIECES[usize::try_from(number / 64 % 24).expect("small")];
        if number % 11 == 0 {
            bytes.push(number.to_le_bytes()[3]);
        } else {
            bytes.extend_from_slice(piece);
        }
    }
    bytes
}

#[test]
fn any_bytes_are_read_or_explained() {
    let mut stream = StreamKey::root(1, 0).name("scrambled").stream();
    let mut good = 0;
    for round in 0..50_000 {
        let bytes = scrambled(&mut stream);
        let mut trace = trace();
        trace.repeat = round % 2 == 0;
        if round % 3 == 0 {
            trace.scale = Scale::MeanRate(Rate::from_bytes_per_day(1_000_000));
        }
        if round % 5 == 0 {
            trace.step = Some(Duration::MINUTE);
        }
        match read(&trace, &bytes, &|| false) {
            Ok((rows, _)) => {
                good += 1;
                assert!(rows.count() > 0);
                fit(&trace, &rows, Some(0), at(DAY));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    assert!(good > 1_000, "{good} of 50 000 were traces");
}

proptest! {
    #[test]
    fn totals_are_the_rounded_sum_at_every_row(volumes in proptest::collection::vec(0_u64..1_000_000_000, 2..50)) {
        // Volumes in millionths of a kilobyte: a thousandth of a byte.
        let mut trace = trace();
        trace.scale = Scale::Unit(1_000);
        let lines: Vec<String> = volumes
            .iter()
            .enumerate()
            .map(|(row, volume)| format!("{},{}.{:06}", 1_772_323_200 + row * 60, volume / 1_000_000, volume % 1_000_000))
            .collect();
        let text = format!("StartTime,Quantity\n{}", lines.join("\n"));
        let (rows, _) = read(&trace, text.as_bytes(), &|| false).expect("a good trace");
        let end = at(i64::try_from(volumes.len()).expect("few") * 60_000);
        let found = replay(&workspace(&trace), &rows, None, end);
        let mut sum = 0;
        for (row, volume) in volumes.iter().enumerate() {
            sum += volume;
            let over = at(i64::try_from(row + 1).expect("few") * 60_000);
            prop_assert_eq!(found.offered_at(over), sum / 1_000);
        }
    }
}

/// A file of real exports, if the environment says where they are.
fn real(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("CMKSIM_DATA") else {
        println!("skipped: CMKSIM_DATA is not set, so there is no {name}");
        return None;
    };
    let path = PathBuf::from(folder).join("derived").join(name);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[test]
fn a_year_of_network_traffic_is_replayed() {
    let Some(bytes) = real("cesnet_ip103_hourly.csv") else {
        return;
    };
    let mut trace = trace();
    (trace.time, trace.volume) = ("timestamp".into(), "bytes".into());
    trace.scale = Scale::Unit(1);
    let (rows, warnings) = read(&trace, &bytes, &|| false).expect("a good trace");
    assert_eq!(rows.step(), Duration::HOUR);
    assert_eq!(
        texts(&warnings),
        [
            "usage.csv: 1 gap in the rows counted as 0, 1h in all; the longest is 1h, from 2023-10-29T00:00:00Z on"
        ]
    );
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    let sum: u64 = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .nth(1)
                .expect("bytes")
                .parse::<u64>()
                .expect("whole")
        })
        .sum();
    assert_eq!(rows.total(), sum);
    let end = Time::START + rows.span();
    assert_eq!(
        replay(&workspace(&trace), &rows, None, end).accepted_at(end),
        sum
    );
}

#[test]
fn five_series_in_one_file_need_a_filter() {
    let Some(bytes) = real("msft_ingress_5min_5series.csv") else {
        return;
    };
    let mut trace = trace();
    (trace.time, trace.volume) = ("timestamp".into(), "value".into());
    trace.scale = Scale::MeanRate(Rate::from_bytes_per_day(1_500_000_000_000));
    let error = refused(&trace, &bytes);
    assert_eq!(
        error.faults()[0].message,
        "has the time of line 2, 2018-04-25T00:00:00Z; take one of them with where = \
         { series = \"ingress-01\" } (and so in 12671 more rows)"
    );
    trace.filter = vec![("series".into(), "ingress-01".into())];
    let (rows, warnings) = read(&trace, &bytes, &|| false).expect("a good trace");
    assert_eq!((rows.count(), texts(&warnings).len()), (3_168, 0));
    assert_eq!(rows.step(), Duration::from_millis(300_000));
    // 11 days at 1.5 TB.
    assert_eq!(rows.total(), 16_500_000_000_000);
}
