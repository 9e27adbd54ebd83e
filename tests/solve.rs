//! `solve` as it is used, and held to what every single value says.

use std::fs;

use cmksim::experiment::solve::{Goal, Outcome, Question, solve};
use cmksim::experiment::{self, Runner, Study, Variant, judge};
use cmksim::scenario::{Grid, Override, Wanted, read};

use super::program::{Place, ends_with, shows_the_first_line, stderr, stdout, words};
use super::report::expect_golden;

/// An outage that is bridged for half an hour, on two accounts that poll for themselves.
const OUTAGE: &str = "\
duration = '1d'
[behaviour]
buffer_retention = '10m'
[[cluster]]
name = 'cluster'
storage_accounts = 2
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'outage'
at = '12h'
kind = 'key_vault_outage'
duration = '20m'
";

/// A vault that is down from 11:40 to 12:20, and once more for 25 minutes: where the one passes into
/// the other they last longer together, before and after that they do not.
const TWO_OUTAGES: &str = "\
duration = '3d'
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'first'
at = '1d 11h 40m'
kind = 'key_vault_outage'
duration = '40m'
[[event]]
name = 'second'
at = '1d'
kind = 'key_vault_outage'
duration = '25m'
";

/// A scenario that needs no traces, with some changes.
pub(crate) fn variant(text: &str, changes: &[Override]) -> Variant {
    let reading = read("world", text.as_bytes(), changes);
    let scenario = reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario;
    let traces = experiment::traces(&scenario, |_| Err("there is none".to_owned()), &|| false);
    Variant {
        traces: traces.expect("it needs none").0.into(),
        scenario,
    }
}

/// Solves, and holds the thresholds, the checks and the answer to a study at every value.
fn compare(such_that: &str, wanted: Wanted) -> (Outcome, usize) {
    const COUNT: usize = 16;
    let vary = "event.outage.duration=27m..45m";
    let grid = Grid::read(vary, Some("20s"), wanted).expect("a grid");
    let read = |changes: &[Override]| Ok(variant(OUTAGE, changes));
    let base = variant(OUTAGE, &[]).scenario;
    let expectation = base.expectation("--such-that", such_that).expect("right");
    let goal = Goal::new(&expectation, COUNT).expect("a goal");
    let question = Question {
        grid: &grid,
        goal: &goal,
        replications: COUNT,
    };
    let solution = solve(question, &read, &Runner::SERIAL).expect("solved");
    let mut held = Vec::new();
    for number in 0..grid.count() {
        let variant = variant(OUTAGE, &[grid.set("--set", &grid.value(number))]);
        let study = Study::new(&variant.scenario, &variant.traces);
        let study = study.gather(0..COUNT as u64, &Runner::SERIAL);
        let judgement = judge(&expectation, &study.expect("a study"));
        let holds = match judgement.found {
            experiment::Found::Estimate(actual, _) => {
                let limit = expectation.value.number();
                expectation.comparison.holds(
                    cmksim::scenario::Value::Ratio(actual),
                    cmksim::scenario::Value::Ratio(limit),
                )
            }
            _ => judgement.outcome == experiment::Outcome::Passed,
        };
        held.push(holds);
    }
    for check in &solution.checks {
        assert_eq!(check.holds, held[check.value], "{such_that}: {check:?}");
    }
    let ends = held.iter().position(|held| !held).unwrap_or(held.len());
    assert!(!held[ends..].contains(&true), "{such_that}: {held:?}");
    assert_eq!(solution.holds, ends, "{such_that}: {held:?}");
    (solution.outcome, ends)
}

#[test]
fn the_answer_is_that_of_every_single_value() {
    for such_that in [
        "dropped == 0 B",
        "query_downtime <= 5m",
        "probability(query_downtime == 0s) >= 75%",
        "probability(dropped > 0 B) <= 30%",
        "p90(query_downtime) < 6m",
        "p25(query_downtime) <= 7m",
        "max(dropped) <= 1 GB",
        "min(query_downtime) < 3m",
        "mean(dropped) < 500 MB",
        "mean(query_availability) >= 99.5%",
    ] {
        let (outcome, holds) = compare(such_that, Wanted::Largest);
        assert_eq!(outcome, Outcome::Found, "{such_that}");
        assert!(holds > 0);
    }
    for such_that in [
        "query_downtime > 4m",
        "p10(query_downtime) >= 5m",
        "probability(dropped == 0 B) < 40%",
        "min(dropped) > 1 GB",
        "mean(query_downtime) > 3m",
    ] {
        let (outcome, _) = compare(such_that, Wanted::Smallest);
        assert_eq!(outcome, Outcome::Found, "{such_that}");
    }
    let (outcome, _) = compare("dropped <= 1 TB", Wanted::Largest);
    assert_eq!(outcome, Outcome::Everywhere);
    let (outcome, _) = compare("dropped > 1 TB", Wanted::Largest);
    assert_eq!(outcome, Outcome::Nowhere);
}

fn world(text: &str) -> Place {
    let place = Place::new();
    place.write("world.toml", text);
    place
}

fn solve_outage<'a>(vary: &'a str, such_that: &'a str) -> Vec<&'a str> {
    vec![
        "solve",
        "world.toml",
        "--vary",
        vary,
        "--such-that",
        such_that,
        "--replications",
        "100",
    ]
}

/// What is looked for is no assumption.
#[test]
fn an_answer_does_not_rest_on_what_was_looked_for() {
    let place = world(OUTAGE);
    let text = |vary: &str, such_that| {
        let solved = place.run(&solve_outage(vary, such_that));
        ends_with(&solved, 0);
        stdout(&solved)
    };
    let by_outage = text(
        "event.outage.duration=5m..6h",
        "probability(dropped == 0 B) >= 90%",
    );
    let by_buffer = text(
        "behaviour.buffer_retention=1m..6h",
        "probability(dropped == 0 B) >= 90%",
    );
    let rests_on = |text: &str| {
        let (_, rest) = text
            .split_once("Assumed values, not fully stated by any source")
            .expect("it rests on something");
        rest.contains("buffer_retention = ")
    };
    assert!(rests_on(&by_outage) && !rests_on(&by_buffer));
}

#[test]
fn threads_do_not_show() {
    let mut seen = Vec::new();
    for threads in ["1", "2", "8"] {
        let place = world(OUTAGE);
        let mut arguments = solve_outage(
            "event.outage.duration=5m..6h",
            "probability(dropped == 0 B) >= 90%",
        );
        arguments.extend(["--threads", threads]);
        let output = place.run(&arguments);
        ends_with(&output, 0);
        let files = ["solve.json", "thresholds.csv"].map(|name| {
            let bytes = fs::read(place.path().join("output/world").join(name));
            bytes.expect("it was written")
        });
        let folder = place.path().display().to_string();
        for file in &files {
            let text = String::from_utf8_lossy(file);
            assert!(!text.contains(&folder) && !text.contains("world.toml"));
        }
        seen.push((stdout(&output), files));
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2]);
}

#[test]
fn the_replay_that_decides_does() {
    let place = world(OUTAGE);
    let output = place.run(&solve_outage(
        "event.outage.duration=5m..6h",
        "probability(dropped == 0 B) >= 90%",
    ));
    let told = stdout(&output);
    let commands: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("    cmksim "))
        .collect();
    assert_eq!(commands.len(), 2, "{told}");
    for (command, status) in commands.iter().zip([0, 3]) {
        let mut arguments: Vec<String> = words(command).collect();
        arguments.extend(["--set", "expect=[\"dropped == 0 B\"]"].map(str::to_owned));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ends_with(&place.run(&arguments), status);
    }
}

#[test]
fn what_comes_back_is_recognised() {
    let place = world(TWO_OUTAGES);
    let near = ["query_downtime <= 12m", "event.second.at=12h..2d 12h"];
    let output = place.run(&solve_outage(near[1], near[0]));
    ends_with(&output, 4);
    let told = stdout(&output);
    let first = told.lines().next().expect("a line");
    assert!(
        first.starts_with("cannot say which event.second.at is the largest"),
        "{first}"
    );
    assert!(
        first.contains(", not at 1d 11h 14m ") && first.contains("and again at 1d 15h; "),
        "{first}"
    );
    assert!(told.contains("In 100 of 100 replications the condition comes and goes"));
    // The range that is named has one end, and that is found.
    let (_, vary) = first
        .split_once("the first end with --vary \"")
        .expect("what would decide");
    let decided = place.run(&solve_outage(vary.trim_end_matches('"'), near[0]));
    ends_with(&decided, 0);
    assert!(stdout(&decided).starts_with("largest event.second.at with"));
    let mut forgiven = solve_outage(near[1], near[0]);
    forgiven.push("--exit-zero");
    ends_with(&place.run(&forgiven), 0);
}

#[test]
fn each_way_to_end_has_its_status_and_its_first_line() {
    let place = world(OUTAGE);
    for (vary, such_that, status, begins) in [
        (
            "event.outage.duration=5m..20m",
            "dropped == 0 B",
            0,
            "dropped == 0 B holds for every",
        ),
        (
            "event.outage.duration=2h..3h",
            "dropped == 0 B",
            3,
            "no event.outage.duration from 2h",
        ),
        (
            "event.outage.duration=5m..3h",
            "dropped > 0 B",
            4,
            "cannot say which",
        ),
        (
            "event.outage.duration=5m..3h",
            "mean(dropped) < 1 GB",
            0,
            "largest event.outage",
        ),
    ] {
        let output = place.run(&solve_outage(vary, such_that));
        ends_with(&output, status);
        let told = stdout(&output);
        assert!(told.starts_with(begins), "{told}");
    }
    let backwards = solve_outage("event.outage.duration=5m..3h", "dropped > 0 B");
    let told = stdout(&place.run(&backwards));
    let first = told.lines().next().expect("a line");
    assert!(
        first.ends_with("ask for the smallest, with --smallest"),
        "{first}"
    );
}

#[test]
fn what_is_wrong_with_a_question_is_said() {
    let place = world(OUTAGE);
    for (vary, such_that, told) in [
        (
            "event.outage.duration",
            "dropped == 0 B",
            "write PATH=LO..HI",
        ),
        (
            "event.outage.duration=3h..5m",
            "dropped == 0 B",
            "3h is not below 5m",
        ),
        (
            "event.outge.duration=5m..3h",
            "dropped == 0 B",
            "did you mean `outage`?",
        ),
        (
            "event.outage.duration=5m..3h",
            "droped == 0 B",
            "did you mean `dropped`?",
        ),
        (
            "event.outage.duration=5m..3h",
            "max(dropped) == 0 B",
            "write <=, <, >= or >",
        ),
        (
            "event.outage.at=5m..3d",
            "dropped == 0 B",
            "this event is after the end of the run",
        ),
    ] {
        let output = place.run(&solve_outage(vary, such_that));
        ends_with(&output, 2);
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn a_resolution_wider_than_the_range_is_refused() {
    let place = world(OUTAGE);
    let mut arguments = solve_outage("event.outage.duration=5m..1h", "dropped == 0 B");
    arguments.extend(["--resolution", "56m"]);
    let output = place.run(&arguments);
    ends_with(&output, 2);
    let told = "a resolution of 56m is wider than the range from 5m to 1h";
    assert!(stderr(&output).contains(told), "{}", stderr(&output));
    assert!(place.results().is_empty());
}

/// The files in `golden/report` are rewritten by `CMKSIM_BLESS=1`; look at them before they are
/// committed.
#[test]
fn the_pictures_of_a_share_and_of_a_mean_are_the_golden_files() {
    for (such_that, golden) in [
        ("probability(dropped == 0 B) >= 90%", "solve-share.svg"),
        ("mean(dropped) <= 20 GB", "solve-mean.svg"),
    ] {
        let place = world(OUTAGE);
        ends_with(
            &place.run(&solve_outage("event.outage.duration=5m..24h", such_that)),
            0,
        );
        let results = place.results();
        let mut drawn = results.iter();
        let drawn = drawn.find(|(path, _)| path.ends_with("solve.svg"));
        let (_, svg) = drawn.expect("a picture");
        expect_golden(golden, std::str::from_utf8(svg).expect("text"));
    }
}

#[test]
fn tables_and_json_say_the_same() {
    let place = world(OUTAGE);
    let arguments = solve_outage("event.outage.duration=5m..6h", "dropped == 0 B");
    let csv = stdout(&place.run(&[arguments.as_slice(), &["--format", "csv"]].concat()));
    let json = stdout(&place.run(&[arguments.as_slice(), &["--format", "json"]].concat()));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("replication,threshold_s,holds_for"));
    let thresholds: Vec<f64> = lines
        .map(|line| {
            line.split(',')
                .nth(1)
                .expect("a field")
                .parse()
                .expect("seconds")
        })
        .collect();
    assert_eq!(thresholds.len(), 100);
    let least = thresholds.iter().copied().reduce(f64::min);
    assert_eq!(json["value"]["number"].as_f64(), least);
    assert_eq!(json["thresholds"]["min"], json["value"]);
    assert_eq!(json["outcome"], "found");
}

#[test]
fn the_front_page_answers_how_long_an_outage_may_last() {
    shows_the_first_line("cmksim solve scenarios/key-vault-outage.toml");
}

#[test]
fn the_front_page_answers_how_soon_a_key_must_be_enabled() {
    shows_the_first_line("cmksim solve scenarios/key-disabled-40-minutes.toml");
}

#[test]
fn the_front_page_answers_how_long_the_buffer_must_hold() {
    shows_the_first_line("cmksim solve scenarios/real-incidents.toml");
}

#[test]
fn the_front_page_answers_when_the_cluster_must_be_told() {
    shows_the_first_line("cmksim solve scenarios/rotation-against-the-clock.toml");
}

/// The answer of the first line: what stands between the colon and the bracket.
fn answered(place: &Place, arguments: &[&str]) -> String {
    let output = place.run(&[&["solve", "world.toml"], arguments].concat());
    ends_with(&output, 0);
    let text = stdout(&output);
    let first = text.lines().next().expect("an answer");
    let (_, answer) = first.split_once("%: ").unwrap_or_else(|| panic!("{first}"));
    answer.split(" (").next().expect("a value").to_owned()
}

#[test]
fn a_calendar_time_is_found_as_the_duration_since_the_start_is() {
    let place = Place::new();
    let long = OUTAGE.replace("'20m'", "'12h'");
    place.write(
        "world.toml",
        format!("start = 2026-03-01T06:00:00Z\n{long}"),
    );
    let such = [
        "--such-that",
        "probability(query_downtime >= 2h) >= 99%",
        "--replications",
        "400",
    ];
    let at = |range: &str, resolution: &[&str]| {
        let vary = format!("event.outage.at={range}");
        answered(
            &place,
            &[&["--vary", &vary], &such[..], resolution].concat(),
        )
    };
    let since: cmksim::units::Duration = at("1h..23h", &[]).parse().expect("a duration");
    let calendar = "2026-03-01T07:00:00Z..2026-03-02T05:00:00Z";
    let found: jiff::Timestamp = at(calendar, &[]).parse().expect("a calendar time");
    let start: jiff::Timestamp = "2026-03-01T06:00:00Z".parse().expect("a calendar time");
    assert_eq!(
        found.as_millisecond() - start.as_millisecond(),
        since.millis()
    );
    assert_eq!(
        at(calendar, &["--resolution", "1h"]),
        "2026-03-02T03:00:00Z"
    );
    // Files say it too, and the picture has an axis.
    let vary = format!("event.outage.at={calendar}");
    let written = [
        "solve",
        "world.toml",
        "--vary",
        &vary,
        such[0],
        such[1],
        such[2],
        such[3],
    ];
    ends_with(&place.run(&[&written[..], &["-o", "out"]].concat()), 0);
    let read = |name: &str| fs::read_to_string(place.path().join("out").join(name)).expect(name);
    assert!(read("thresholds.csv").starts_with("replication,threshold_s_since_1970,"));
    assert!(read("solve.json").contains("\"s_since_1970\""));
    assert!(read("solve.svg").contains("event.outage.at, after 2026-03-01T07:00:00Z"));

    place.write("world.toml", &long);
    let without = place.run(&written);
    ends_with(&without, 2);
    assert!(stderr(&without).contains("start"), "{}", stderr(&without));
}

#[test]
fn growth_is_found_and_holds_up_to_the_value_and_not_beyond() {
    let place = Place::new();
    let text = "duration = '60d'\n[[workspace]]\nname = 'logs'\n[workspace.ingestion]\n\
                rate = '1 TB/day'\ngrowth = '1%/30d'\n";
    place.write("world.toml", text);
    let vary = "workspace.logs.ingestion.growth=2%/30d..8%/30d";
    // 63 TB in 60 days: 5 % a month make some 62.98.
    let such = [
        "--such-that",
        "probability(offered <= 63 TB) >= 99%",
        "--replications",
        "2",
    ];
    let found = answered(&place, &[&["--vary", vary], &such[..]].concat());
    let percent = |found: &str| -> f64 {
        let number = found
            .strip_suffix("%/30d")
            .unwrap_or_else(|| panic!("{found}"));
        number.parse().expect("a number")
    };
    let offered = |percent: f64| {
        let set = format!("workspace.logs.ingestion.growth={percent}%/30d");
        let set = [Override::new("--set", &set)];
        let variant = variant(text, &set);
        let replay = experiment::replay(
            &variant.scenario,
            &variant.traces,
            cmksim::model::Options::default(),
            &cmksim::kernel::never,
        );
        let measures = replay.expect("it can be replayed").measures;
        let offered = measures.get(
            cmksim::scenario::Scope::Total,
            cmksim::scenario::Measure::Offered,
        );
        offered.expect("it is counted").number()
    };
    let found = percent(&found);
    assert!(
        offered(found) <= 63e12 && offered(found + 0.005) > 63e12,
        "{found}"
    );
    let coarse = answered(
        &place,
        &[&["--vary", vary, "--resolution", "1%"], &such[..]].concat(),
    );
    assert!((percent(&coarse) - found.floor()).abs() < 1e-9, "{coarse}");
}
