//! Back-tests of forecasts.

use cmksim::experiment::Runner;
use cmksim::experiment::back_test::{BackTest, Design};
use cmksim::experiment::traces;
use cmksim::scenario::read;
use cmksim::units::Duration;

const DAY: i64 = Duration::DAY.millis();

/// A scenario whose workspaces have these daily volumes in GB, all up to the same day.
fn back_test(histories: &[Vec<f64>], held: i64) -> Result<BackTest, String> {
    let longest = histories.iter().map(Vec::len).max().expect("one");
    let mut rows = "time,who,volume\n".to_owned();
    let mut text = "duration = \"30d\"\n".to_owned();
    for (at, days) in histories.iter().enumerate() {
        let late = longest - days.len();
        for (day, volume) in days.iter().enumerate() {
            let begin = i64::try_from(20_454 + late + day).expect("a day") * DAY;
            let time = jiff::Timestamp::from_millisecond(begin).expect("a time");
            rows += &format!("{time},w{at},{volume:.6}\n");
        }
        text += &format!(
            "[[workspace]]\nname = \"w{at}\"\n[workspace.ingestion]\ntrace = \"a.csv\"\ntime = \"time\"\n\
             volume = \"volume\"\nunit = \"GB\"\nstep = \"1d\"\nwhere = {{ who = \"w{at}\" }}\n"
        );
    }
    let reading = read("test.toml", text.as_bytes(), &[]);
    let scenario = reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario;
    let file = |_: &str| Ok(rows.clone().into_bytes());
    let (traces, _) = traces(&scenario, file, &|| false).expect("a trace");
    let design = Design::of(&scenario, &traces, Duration::from_millis(held * DAY))?;
    Ok(design.run(100, &Runner::SERIAL).expect("it can be drawn"))
}

/// Days with growth and quiet weekends, and something that varies.
fn days(count: usize, varies: f64) -> Vec<f64> {
    let mut state = 7_u64;
    let mut off = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from(u32::try_from(state >> 32).expect("32 bits")) / f64::from(u32::MAX) - 0.5
    };
    let day = |at: usize| {
        let week = if at % 7 < 5 { 1.2 } else { 0.5 };
        #[allow(clippy::cast_precision_loss)]
        let grown = 1.03_f64.powf(at as f64 / 30.0);
        500.0 * week * grown * (1.0 + varies * off())
    };
    (0..count).map(day).collect()
}

/// What goes on as it was is forecast exactly, and thoughtless forecasts are not.
#[test]
fn a_history_without_chance_is_forecast_exactly() {
    let found = back_test(&[days(160, 0.0)], 30).expect("long enough");
    assert_eq!(
        (found.horizon, found.apart, found.tested.len()),
        (30, 30, 1)
    );
    let tested = &found.tested[0];
    assert_eq!(
        tested
            .forecasts
            .iter()
            .map(|of| of.known)
            .collect::<Vec<_>>(),
        [40, 70, 100, 130]
    );
    let [own, naive, mean] = tested
        .accuracy()
        .map(|of| of.error.expect("something came"));
    assert!(own < 2e-3, "{own}");
    assert!(
        (0.01..0.03).contains(&naive) && (0.01..0.06).contains(&mean),
        "{naive} {mean}"
    );
}

/// What comes after an origin changes nothing of the forecast that is made there.
#[test]
fn no_forecast_knows_what_came() {
    let before = days(160, 0.3);
    let mut after = before.clone();
    after[100..].iter_mut().for_each(|day| *day *= 3.0);
    let [before, after] = [before, after].map(|days| back_test(&[days], 30).expect("long enough"));
    for number in 0..4 {
        let of = |test: &BackTest| test.tested[0].forecasts[number].clone();
        let (before, after) = (of(&before), of(&after));
        let same = before.known <= 100;
        assert_eq!(before.days == after.days, same, "{}", before.known);
        assert_eq!(before.total == after.total, same);
        let alike = before.scored[1].mase == after.scored[1].mase;
        assert_eq!(alike, before.known + 30 <= 100, "{}", before.known);
    }
}

/// All together is the sum of the days, and of the draws: its range is narrower than the sum of the
/// ranges.
#[test]
fn all_together_are_the_sum() {
    let (one, other) = (days(150, 0.3), days(200, 0.5));
    let found = back_test(&[one, other], 30).expect("long enough");
    let [one, other, all] = &found.tested[..] else {
        panic!("two and all together");
    };
    assert_eq!(
        (one.workspace, other.workspace, all.workspace),
        (Some(0), Some(1), None)
    );
    assert_eq!(
        (one.days.len(), other.days.len(), all.days.len()),
        (150, 200, 150)
    );
    assert_eq!((one.first - other.first, one.first), (50 * DAY, all.first));
    for (day, sum) in all.days.iter().enumerate() {
        assert_eq!(*sum, one.days[day] + other.days[day + 50]);
    }
    let forecasts = one
        .forecasts
        .iter()
        .zip(&other.forecasts)
        .zip(&all.forecasts);
    for ((one, other), all) in forecasts {
        assert_eq!((one.known, other.known), (all.known, all.known + 50));
        assert_eq!(all.came, one.came + other.came);
        let width = |of: &[u64; 3]| of[2] - of[0];
        assert!(width(&all.total) < width(&one.total) + width(&other.total));
        assert!(width(&all.total) > width(&one.total).max(width(&other.total)) / 2);
    }
}

/// 28 days to fit, and what three origins need; a workspace with less is left out and named.
#[test]
fn too_short_a_history_is_refused_with_what_can_be_tested() {
    let needed = 28 + 30 + 2 * 10;
    let found = back_test(&[days(needed, 0.1)], 30).expect("just long enough");
    assert_eq!((found.apart, found.tested[0].forecasts.len()), (10, 3));
    assert_eq!(found.tested[0].forecasts[0].known, 28);
    let why = back_test(&[days(needed - 1, 0.1)], 30).expect_err("a day too few");
    assert_eq!(
        why,
        "a back-test of 30d needs 78 whole days of history, 28 to fit and 50 to hold out for 3 origins; there \
         are 77; at most 29d can be tested"
    );
    let why = back_test(&[days(29, 0.1)], 30).expect_err("too few for any");
    assert!(why.ends_with("there are 29"), "{why}");
    let found = back_test(&[days(needed, 0.1), days(60, 0.1)], 30).expect("one is long enough");
    assert_eq!((found.tested.len(), found.left_out), (1, vec![(1, 60)]));
}

/// Rows that are not there are filled in, but not without end.
#[test]
fn rows_of_seconds_with_years_between_them_are_refused() {
    let text = "duration = \"30d\"\n[[workspace]]\nname = \"w\"\n[workspace.ingestion]\n\
                trace = \"a.csv\"\ntime = \"time\"\nvolume = \"volume\"\nunit = \"GB\"\nstep = \"1s\"\n";
    let scenario = read("test.toml", text.as_bytes(), &[])
        .expect("it is right")
        .scenario;
    let rows = "time,volume\n2024-01-01T00:00:00Z,1\n2026-01-01T00:00:00Z,1\n";
    let file = |_: &str| Ok(rows.as_bytes().to_vec());
    let (traces, _) = traces(&scenario, file, &|| false).expect("a trace");
    let why =
        Design::of(&scenario, &traces, Duration::from_millis(30 * DAY)).expect_err("too many");
    assert!(
        why.contains("more than 5,000,000 rows in the traces"),
        "{why}"
    );
}

#[test]
fn there_are_never_more_than_twelve_origins() {
    let found = back_test(&[days(600, 0.1)], 7).expect("long enough");
    assert_eq!((found.apart, found.tested[0].forecasts.len()), (7, 12));
}

/// Real series, none of which is Log Analytics volume: what was found is in the documents.
#[test]
fn real_series_are_tested() {
    let Some(folder) = std::env::var_os("CMKSIM_DATA") else {
        println!("skipped: CMKSIM_DATA is not set");
        return;
    };
    for (file, time, volume) in [
        ("derived/cesnet_ip103_hourly.csv", "timestamp", "bytes"),
        ("ingest/msft_api-01.csv", "TimeStamp", "Value"),
    ] {
        let path = std::path::Path::new(&folder).join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        // Where a clock was put back an hour is there twice: the second is left out.
        let mut before = "";
        let rows: Vec<&str> = text
            .lines()
            .filter(|row| {
                let time = row.split(',').next().unwrap_or(row);
                std::mem::replace(&mut before, time) != time
            })
            .collect();
        let scenario = format!(
            "duration = \"30d\"\n[[workspace]]\nname = \"w\"\n[workspace.ingestion]\ntrace = \"a.csv\"\n\
             time = \"{time}\"\nvolume = \"{volume}\"\nscale_to = \"1 TB/day\"\n"
        );
        let scenario = read("real.toml", scenario.as_bytes(), &[])
            .expect("it is right")
            .scenario;
        let bytes = rows.join("\n").into_bytes();
        let (traces, _) = traces(&scenario, |_| Ok(bytes.clone()), &|| false).expect("a trace");
        for held in [30, 60] {
            let held = Duration::from_millis(held * DAY);
            let design = Design::of(&scenario, &traces, held).expect("long enough");
            let found = design.run(200, &Runner::SERIAL).expect("it can be drawn");
            let tested = &found.tested[0];
            let errors = tested
                .accuracy()
                .map(|of| of.error.expect("something came"));
            println!(
                "{file} {held}: errors {errors:.3?}, totals {} of {}, days {:.3}",
                tested.totals_covered(),
                tested.forecasts.len(),
                tested.covered()
            );
            assert!(errors.iter().all(|error| *error < 1.0));
            assert!(2 * tested.totals_covered() >= tested.forecasts.len());
        }
    }
}

#[cfg(feature = "cli")]
mod by_the_program {
    use crate::program::{Place, ends_with, prints_golden, stderr};

    #[test]
    fn a_shipped_history_is_tested() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/scenarios/usage-history-to-forecast.toml"
        );
        let place = Place::new();
        let test = ["plan", file, "--back-test", "30d", "--report"];
        let output = place.run(&test);
        ends_with(&output, 0);
        prints_golden(&output, "back-test.text");
        let first = place.results();
        let names: Vec<String> = first
            .keys()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        assert_eq!(
            names,
            [
                "back-test.csv",
                "back-test.json",
                "back-test.png",
                "back-test.svg",
                "report.html"
            ]
        );
        // The same at any number of threads.
        ends_with(&place.run(&[&test[..], &["--threads=1"]].concat()), 0);
        assert!(place.results() == first);
    }

    #[test]
    fn what_cannot_be_tested_is_refused() {
        let place = Place::new();
        let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/");
        let history = format!("{scenarios}usage-history-to-forecast.toml");
        let plan = format!("{scenarios}plan-for-a-growing-cluster.toml");
        for (file, held, why) in [
            (&history, "90d", "needs 178 whole days of history"),
            (
                &history,
                "36h",
                "expected whole days such as 60d, found 1d 12h",
            ),
            (&history, "0d", "expected whole days"),
            (&plan, "30d", "no workspace has a trace"),
        ] {
            let output = place.run(&["plan", file, "--back-test", held]);
            ends_with(&output, 2);
            assert!(stderr(&output).contains(why), "{}", stderr(&output));
        }
        let many = "--replications=1000000";
        let output = place.run(&["plan", &history, "--back-test=30d", many]);
        ends_with(&output, 2);
        let told = stderr(&output);
        assert!(
            told.contains("more than 20,000,000 days drawn at an origin"),
            "{told}"
        );
        assert!(place.results().is_empty());
        let both = ["plan", &history, "--back-test=30d", "--what-if=a: seed=1"];
        ends_with(&place.run(&both), 2);
    }
}
