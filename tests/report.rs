//! What a run is told in: equal runs give equal bytes, and the bytes say what the run was.
//!
//! The files in `golden/report` are rewritten by `CMKSIM_BLESS=1 cargo test report`; look at
//! what changed before it is committed.

use std::fs;

use cmksim::experiment::{self, Replay};
use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim::report::{self, Command, Picture, Style};
use cmksim::scenario::{self, Edition, Measure, Rule, Scenario, Scope, Value};
use cmksim::units::{Duration, Time};

use super::golden;

/// Samples over the run: few, so that the golden files can be read.
const RESOLUTION: usize = 9;

/// A scenario without traces, replayed.
fn replayed(toml: &str) -> (Scenario, Replay) {
    let scenario = match scenario::read("scenario", toml.as_bytes(), &[]) {
        Ok(reading) => reading.scenario,
        Err(wrong) => panic!("{}", wrong.render(false)),
    };
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    match experiment::replay(&scenario, &traces, Options::default(), &never) {
        Ok(replay) => (scenario, replay),
        Err(error) => panic!("{error}"),
    }
}

fn golden_scenario() -> (String, Scenario, Replay) {
    let toml = fs::read_to_string(golden::path("report/scenario.toml")).expect("it is there");
    let (scenario, replay) = replayed(&toml);
    (toml, scenario, replay)
}

/// Compares with the golden file of that name in `golden/report`.
#[track_caller]
pub(crate) fn expect_golden(name: &str, found: &str) {
    golden::expect_golden(&format!("report/{name}"), found);
}

/// Whether a picture's bitmap is so wide, has white edges, and something in it: the share of the
/// pixels that are drawn on.
#[track_caller]
pub(crate) fn drawn_on(picture: &Picture, width: usize) -> f64 {
    let decoder = png::Decoder::new(std::io::Cursor::new(picture.png()));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let frame = reader.next_frame(&mut pixels).expect("a picture");
    let (wide, high) = (frame.width as usize, frame.height as usize);
    assert_eq!(wide, width);
    let white = |x: usize, y: usize| pixels[(y * wide + x) * 3..][..3] == [255; 3];
    let left_and_right = (0..high).all(|y| white(0, y) && white(wide - 1, y));
    let top_and_bottom = (0..wide).all(|x| white(x, 0) && white(x, high - 1));
    assert!(left_and_right && top_and_bottom, "something is cut off");
    let drawn = (0..high).flat_map(|y| (0..wide).map(move |x| (x, y)));
    let drawn = drawn.filter(|&(x, y)| !white(x, y)).count();
    #[allow(clippy::cast_precision_loss)]
    let share = drawn as f64 / (wide * high) as f64;
    share
}

#[test]
fn a_run_is_told_as_before() {
    let (toml, scenario, replay) = golden_scenario();
    let command = ["cmksim", "run", "scenario.toml"].map(str::to_owned);
    let command = Command::new(command.to_vec());
    let parts = &report::Part::ALL;
    let files = report::files(&scenario, &toml, &replay, parts, RESOLUTION, Some(&command));
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    assert_eq!(
        names,
        [
            "summary.json",
            "events.csv",
            "timeline.csv",
            "timeline.svg",
            "timeline.png",
            "report.html"
        ]
    );
    for file in files.iter().filter(|file| file.name != "timeline.png") {
        let mut bytes = Vec::new();
        file.write_to(&mut bytes).expect("written to memory");
        let text = String::from_utf8(bytes).expect("text");
        expect_golden(file.name, &text);
    }
    let look = Style::default();
    expect_golden("summary.txt", &report::text(&scenario, &replay, look));
    expect_golden("explain.txt", &report::explain(&scenario, &replay, look));
    expect_golden("measures.csv", &report::measures(&scenario, &replay));
    let (from, until) = (6 * 3_600_000 - 60_000, 6 * 3_600_000 + 60_000);
    let polls = report::polls(
        &scenario,
        &replay.history,
        Time::from_millis(from),
        Time::from_millis(until),
    );
    expect_golden("polls.txt", &polls);
}

#[test]
fn the_summary_holds_every_measure_of_its_scope() {
    let (toml, scenario, replay) = golden_scenario();
    let summary = report::summary(&scenario, &toml, &replay);
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["scenario"], toml.as_str());
    for &measure in Measure::ALL {
        let name = measure.name();
        let (key, value) = match replay.measures.get(Scope::Total, measure) {
            Some(Value::Volume(v)) => (format!("{name}_bytes"), serde_json::json!(v.bytes())),
            Some(Value::Duration(d)) => {
                let seconds = summary["total"][format!("{name}_s")].as_f64();
                let seconds = seconds.expect("a number");
                assert!((seconds - d.as_secs_f64()).abs() < 1e-9, "{name}");
                continue;
            }
            Some(Value::Ratio(r)) => (name.to_owned(), serde_json::json!(r)),
            Some(Value::Count(c)) => (name.to_owned(), serde_json::json!(c)),
            Some(Value::Money(m)) => (name.to_owned(), serde_json::json!(m.as_f64())),
            None => panic!("{name} has a value in this run"),
        };
        assert_eq!(summary["total"][&key], value, "{key}");
        let of = |scopes: &str| {
            let scopes = summary[scopes].as_object().expect("an object");
            scopes.values().all(|sheet| sheet.get(&key).is_some())
        };
        assert_eq!(of("workspaces"), measure.of_workspace(), "{key}");
        assert_eq!(of("clusters"), measure.of_cluster(), "{key}");
    }
}

#[test]
fn the_event_log_has_a_row_for_each_change() {
    let (_, scenario, replay) = golden_scenario();
    let events = report::events(&scenario, &replay.history);
    let mut rows = csv::Reader::from_reader(events.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let expected = "time_s,time,cluster,storage_account,workspace,event,from,to,rule,detail";
    let expected: Vec<&str> = expected.split(',').collect();
    assert_eq!(header.iter().take(10).collect::<Vec<_>>(), expected);
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), replay.history.log.len());
    for (row, change) in rows.iter().zip(&replay.history.log) {
        let ms: i64 = row[0].replace('.', "").parse().expect("seconds");
        assert_eq!(ms, change.time.millis());
        assert_eq!(&row[8], change.rule.id());
    }
}

/// A workspace is associated before its cluster is there; the cluster gets no key, and is deleted.
const LIFE: &str = r#"
duration = "20d"
[behaviour]
provisioning_duration = "2h"
association_duration = "1h"
disassociation_duration = "1h"
[[workspace]]
name = "w"
cluster = "none"
ingestion = "24 GB/day"
[[event]]
name = "asked"
at = "1d"
kind = "create_cluster"
cluster = "c"
[[event]]
at = "1d"
kind = "associate_workspace"
workspace = "w"
cluster = "c"
[[event]]
at = "2d"
kind = "delete_cluster"
cluster = "c"
[[event]]
name = "again"
at = "3d"
kind = "create_cluster"
cluster = "c"
"#;

#[test]
fn the_event_log_says_where_clusters_and_data_come_from_and_go_to() {
    let (scenario, replay) = replayed(LIFE);
    let events = report::events(&scenario, &replay.history);
    let mut rows = csv::Reader::from_reader(events.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let ways = |thing: usize| -> Vec<(&str, &str)> {
        let rows = rows.iter().filter(|row| !row[thing].is_empty());
        let rows = rows.filter(|row| row[3].is_empty() && !row[6].is_empty());
        rows.map(|row| (&row[6], &row[7])).collect()
    };
    let of_cluster = [
        ("absent", "provisioning"),
        ("provisioning", "provisioned"),
        ("provisioned", "soft_deleted"),
        ("soft_deleted", "absent"),
    ];
    assert_eq!(ways(2), of_cluster);
    let of_data = [
        ("shared_store", "not_provisioned"),
        ("not_provisioned", "cluster"),
        ("cluster", "shared_store"),
    ];
    assert_eq!(ways(4), of_data);
}

#[test]
fn what_becomes_of_clusters_is_told_so_that_everybody_understands_it() {
    let (scenario, replay) = replayed(LIFE);
    let look = Style {
        width: 1_000,
        ..Style::default()
    };
    let told = report::text(&scenario, &replay, look);
    let story = report::explain(&scenario, &replay, look);
    for words in [
        "dropped       2.00 GB, 0.4167% of what arrived: cluster not provisioned 2.00 GB",
        "encrypted with a Microsoft key because the cluster has no customer-managed key [provisioning]",
        "rejected, the name of a deleted cluster is still reserved (event again)",
        "deleted by revocations or with a cluster",
        "always worked, but not on all data: some was inaccessible",
        "c: 1 operation rejected, 0 failed",
        "provisioning_duration = 2h",
        "disassociation_duration = 1h",
        ". serving, - not there, d deleted",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    for words in [
        "2.00 GB dropped because the cluster was not provisioned",
        "of stored data lost for good, no query failed, but up to 23.0 GB could not be queried",
    ] {
        assert!(story.contains(words), "{words}\n{story}");
    }
    assert!(!told.contains("cluster_recovery_duration"), "{told}");
}

#[test]
fn the_timeline_balances_in_every_row() {
    let (_, scenario, replay) = golden_scenario();
    let (timeline, note) = report::timeline(&scenario, &replay, RESOLUTION);
    assert_eq!(note, None);
    let mut rows = csv::Reader::from_reader(timeline.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let mut count = 0;
    for row in rows.records() {
        let row = row.expect("a row");
        let get = |name: &str| -> u64 {
            let column = header.iter().position(|title| title == name);
            let cell = &row[column.expect("a column")];
            cell.parse().expect("bytes")
        };
        assert_eq!(
            get("initial_bytes") + get("offered_bytes"),
            [
                "rejected",
                "dropped",
                "buffered",
                "stored",
                "purged",
                "destroyed"
            ]
            .map(|name| get(&format!("{name}_bytes")))
            .iter()
            .sum::<u64>()
        );
        let readable = get("accessible_bytes") + get("inaccessible_bytes");
        assert_eq!(get("stored_bytes"), readable);
        count += 1;
    }
    assert!(count > 2 * RESOLUTION, "changes have rows too: {count}");
}

#[test]
fn text_fits_and_rests_on_no_colour() {
    let (_, scenario, replay) = golden_scenario();
    for width in [80, 100, 132] {
        let plain = Style {
            width,
            colour: false,
        };
        let edition = Edition::named(scenario::DEFAULT_EDITION).expect("the default");
        let rules = report::Rules::of(edition, &[]);
        for text in [
            report::text(&scenario, &replay, plain),
            report::explain(&scenario, &replay, plain),
            report::rules(&rules, plain),
            report::rules_in_brief(&rules, plain),
        ] {
            let mut lines = text.lines();
            if text.starts_with("2 workspaces together") {
                // The answer is one line.
                lines.next();
            }
            let longest = lines.max_by_key(|line| line.chars().count());
            let longest = longest.expect("lines");
            assert!(longest.chars().count() <= width, "{width}: {longest}");
            assert!(!text.contains('\u{1b}'));
            assert!(!text.contains('\u{a0}'));
        }
    }
    let narrow = Style {
        width: 60,
        colour: false,
    };
    let text = report::text(&scenario, &replay, narrow);
    for line in text.lines().skip(1) {
        assert!(line.chars().count() <= 60, "{line}");
    }
    let plain = report::text(&scenario, &replay, Style::default());
    let coloured = Style {
        colour: true,
        ..Style::default()
    };
    let coloured = report::text(&scenario, &replay, coloured);
    assert_ne!(plain, coloured);
    assert_eq!(plain, without_styles(&coloured));
    assert!(plain.contains("FAIL  dropped <= 1 GB"));
}

/// `text` without what stands between an escape character and an `m`.
fn without_styles(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| {
        plain + piece.split_once('m').map_or("", |(_, rest)| rest)
    })
}

#[test]
fn rules_name_everything_and_its_source() {
    let edition = Edition::named(scenario::DEFAULT_EDITION).expect("the default");
    let rules = report::Rules::of(edition, &[]);
    let text = report::rules(&rules, Style::default());
    let brief = report::rules_in_brief(&rules, Style::default());
    let csv = report::rules_csv(&rules);
    let json: serde_json::Value = serde_json::from_str(&report::rules_json(&rules)).expect("JSON");
    for parameter in &edition.parameters {
        assert!(text.contains(&format!("{} = ", parameter.name)));
        assert!(brief.contains(&parameter.name));
        assert!(csv.contains(&parameter.name));
    }
    for rule in Rule::ALL {
        assert!(
            text.contains(&format!("  {} (", rule.id())),
            "{}",
            rule.id()
        );
        assert!(csv.contains(rule.id()));
    }
    let parameters = json["parameters"].as_array().map(Vec::len);
    assert_eq!(parameters, Some(edition.parameters.len()));
}

#[test]
fn every_poll_of_a_stretch_is_listed() {
    let (_, scenario, replay) = golden_scenario();
    let (from, until) = (Time::START, Time::START + Duration::HOUR);
    let polls = report::polls_csv(&scenario, &replay.history, from, until);
    let accounts = &replay.history.clusters[0].accounts;
    let expected: u64 = accounts
        .iter()
        .map(|account| account.schedule.count(from, until))
        .sum();
    assert_eq!(polls.lines().count() as u64, 1 + expected);
    assert!(polls.lines().skip(1).all(|row| row.contains(",granted,")));

    let whole = report::polls_csv(&scenario, &replay.history, from, scenario.end());
    let told = |answer: &str| whole.matches(&format!(",{answer},")).count() as u64;
    let counted = |measure| replay.measures.get(Scope::Total, measure);
    assert_eq!(
        [
            counted(Measure::KeyVaultFailures),
            counted(Measure::KeyVaultDenials)
        ],
        [told("unreachable"), told("denied")].map(|count| Some(Value::Count(count)))
    );
    assert_eq!(
        report::polls(&scenario, &replay.history, from, from),
        "no polls\n"
    );
}

#[test]
fn pictures_are_whole_and_nothing_is_cut_off() {
    let (_, scenario, replay) = golden_scenario();
    let picture = report::pictures(&scenario, &replay);
    let svg = picture.svg();
    assert!(svg.contains("<title>An outage &lt;45 minutes&gt; &amp; a revocation</title>"));
    assert!(!svg.contains("<45"));
    assert!(svg.ends_with("</svg>\n"));
    let drawn = drawn_on(&picture, 1440);
    assert!(drawn > 0.3, "{drawn}");
}

#[test]
fn a_run_in_which_nothing_happens_is_told_too() {
    let (scenario, replay) = replayed(
        "duration = \"1h\"\n[[workspace]]\nname = \"logs\"\ningestion = \"1 GB/day\"\n\
         history = \"0d\"\n",
    );
    let text = report::text(&scenario, &replay, Style::default());
    assert!(text.contains("by which rule\n  Nothing happened.\n"));
    assert!(text.contains("queries       always worked"));
    assert!(!text.contains("Expectations"));
    let story = report::explain(&scenario, &replay, Style::default());
    assert!(story.contains("\nNothing happened.\n"), "{story}");
    let picture = report::pictures(&scenario, &replay);
    assert!(picture.svg().contains("nothing was buffered or dropped"));
}

#[test]
fn a_timeline_that_is_cut_keeps_its_workspaces_together() {
    let mut text = "duration = \"2d\"\n[[event]]\nat = \"1d\"\nkind = \"key_vault_outage\"\nduration = \"45m\"\n".to_owned();
    for number in 0..300 {
        text += &format!("[[workspace]]\nname = \"w{number}\"\ningestion = \"1 GB/day\"\n");
    }
    let (scenario, replay) = replayed(&text);
    let (timeline, note) = report::timeline(&scenario, &replay, 500);
    assert!(note.is_some_and(|note| note.contains("left out")));
    let mut at: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut rows = csv::Reader::from_reader(timeline.as_bytes());
    for row in rows.records() {
        *at.entry(row.expect("a row")[0].to_owned()).or_default() += 1;
    }
    assert!(at.values().sum::<usize>() <= 100_000);
    // The samples over the run have all of them; a workspace's own changes are few.
    let whole = at.values().filter(|&&rows| rows == 300).count();
    assert!(whole > 300, "{whole}");
    assert_eq!((at["0.000"], at["172800.000"]), (300, 300));
}
