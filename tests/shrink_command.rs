//! `cmksim freeze` and `cmksim shrink` as commands: what they write, say and end with.

use std::fs;
use std::process::Output;

use super::program::{Place, ends_with, shows_the_first_line, stderr, stdout};

/// An outage of a bad year loses data; beside it there is much that does not matter.
const YEAR: &str = "\
title = 'a year'
duration = '60d'
replications = 40
expect = ['operations_failed == 0', 'dropped == 0 B', 'p95(query_downtime) <= 90d']
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[workspace]]
name = 'other'
ingestion = { rate = '200 GB/day', noise = { dist = 'gamma', cv = 0.3, period = '6h' } }
[[hazard]]
name = 'outage'
gap = { dist = 'exponential', mean = '20d' }
kind = 'key_vault_outage'
duration = { dist = 'lognormal', median = '2h', sigma = 1.2 }
[[event]]
after_end = 'outage'
delay = { dist = 'uniform', min = '1h', max = '3h' }
kind = 'ingestion_surge'
workspace = 'logs'
factor = 2.5
duration = '5h'
[[response]]
name = 'help'
when = 'data_dropped'
delay = { dist = 'uniform', min = '10m', max = '1h' }
kind = 'set_daily_cap'
workspace = 'logs'
daily_cap = '2 TB'
[[fault]]
name = 'denials'
kind = 'key_vault_denials'
duration = '20m'
[[lever]]
name = 'cap'
options = [{ name = 'as it is' }, { name = 'more', set = ['workspace.logs.daily_cap=3 TB'] }]
";

fn place() -> Place {
    let place = Place::new();
    place.write("year.toml", YEAR);
    place
}

fn shrunk(place: &Place, more: &[&str]) -> (Output, String) {
    let output = place.run(&[&["shrink", "year.toml", "-o", "out"], more].concat());
    let text = fs::read_to_string(place.path().join("out/shrunk.toml"));
    (output, text.unwrap_or_default())
}

#[test]
fn what_is_left_fails_on_its_own() {
    let place = place();
    let (output, text) = shrunk(&place, &["--report"]);
    ends_with(&output, 0);
    assert!(
        stdout(&output).starts_with("dropped == 0 B fails: 1 event and "),
        "{}",
        stdout(&output)
    );
    assert!(
        text.starts_with("# The smallest part of replication "),
        "{text}"
    );
    assert!(
        text.contains("# cmksim shrink year.toml --report made it.")
            || text.contains("# cmksim shrink year.toml made it.")
    );
    assert!(text.contains("# cmksim run shrunk.toml ends with status 3."));
    // One outage in one workspace, and nothing of all the rest.
    assert_eq!(text.matches("[[event]]").count(), 1, "{text}");
    assert!(text.contains("kind = \"key_vault_outage\""), "{text}");
    for other in ["hazard", "response", "noise", "fault", "lever"] {
        assert!(!text.contains(other), "{text}");
    }
    ends_with(&place.run(&["run", "out/shrunk.toml"]), 3);
    ends_with(&place.run(&["check", "out/shrunk.toml"]), 0);
    for name in ["shrink.json", "report.html"] {
        assert!(place.path().join("out").join(name).exists(), "{name}");
    }
    // The same again, on one thread.
    let (again, same) = shrunk(&place, &["--report", "--threads=1"]);
    assert_eq!((stdout(&again), same), (stdout(&output), text));
}

#[test]
fn a_condition_is_kept_and_an_expectation_fails() {
    let place = place();
    let (output, text) = shrunk(&place, &["--such-that", "interruptions >= 2"]);
    ends_with(&output, 0);
    assert!(stdout(&output).starts_with("interruptions >= 2 holds: 2 events and "));
    assert!(text.contains("expect = [\"interruptions < 2\"]"), "{text}");
    ends_with(&place.run(&["run", "out/shrunk.toml"]), 3);
    let (output, text) = shrunk(&place, &["--such-that", "dropped == 0 B", "--worst"]);
    ends_with(&output, 0);
    assert!(text.contains("in which dropped == 0 B fails"), "{text}");
    let of_logs = "workspace.logs.dropped > 1 GB";
    let (output, text) = shrunk(&place, &["--such-that", of_logs, "--replication", "3"]);
    // Whether it is seen in that one or not, what it names stays.
    match output.status.code() {
        Some(0) => assert!(text.contains("name = \"logs\""), "{text}"),
        code => assert_eq!(code, Some(3)),
    }
}

#[test]
fn where_nothing_fails_nothing_is_written() {
    let place = place();
    let never: &[&str] = &["--such-that", "destroyed > 0 B"];
    let (output, text) = shrunk(&place, never);
    ends_with(&output, 3);
    let told = stderr(&output);
    assert!(
        told.contains("\"destroyed > 0 B\" is not seen in any of 40 replications"),
        "{told}"
    );
    assert_eq!((text.as_str(), stdout(&output).as_str()), ("", ""));
    let (output, _) = shrunk(&place, &[never, &["--exit-zero"]].concat());
    ends_with(&output, 0);
    place.write(
        "one.toml",
        YEAR.replace("40", "1")
            .replace(", 'p95(query_downtime) <= 90d'", ""),
    );
    let quiet = "expect = ['operations_failed == 0']";
    let one = fs::read_to_string(place.path().join("one.toml")).expect("there");
    let one = one.replace(
        "expect = ['operations_failed == 0', 'dropped == 0 B']",
        quiet,
    );
    place.write("one.toml", one);
    let output = place.run(&["shrink", "one.toml"]);
    ends_with(&output, 3);
    let told = stderr(&output);
    assert!(
        told.contains("no expectation fails in replication 0; look at many"),
        "{told}"
    );
}

#[test]
fn the_limit_on_replays_is_said() {
    let place = place();
    let (output, text) = shrunk(&place, &["--max-replays", "3"]);
    ends_with(&output, 4);
    assert!(
        stdout(&output).contains("Not finished: 3 candidates"),
        "{}",
        stdout(&output)
    );
    assert!(text.contains("It may not be the smallest"), "{text}");
    ends_with(&place.run(&["run", "out/shrunk.toml"]), 3);
    let (output, _) = shrunk(&place, &["--max-replays", "3", "--exit-zero"]);
    ends_with(&output, 0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = place();
    let statistics = YEAR.replace("'operations_failed == 0', 'dropped == 0 B', ", "");
    place.write("statistics.toml", statistics);
    for (arguments, told) in [
        (
            &["year.toml", "--such-that", "p95(dropped) > 1 GB"][..],
            "a statistic is about many replications",
        ),
        (&["year.toml", "--such-that", "dropped"], "--such-that"),
        (
            &["year.toml", "--such-that", "workspace.log.dropped > 0 B"],
            "logs",
        ),
        (&["year.toml", "--format", "csv"], "a scenario is no table"),
        (&["year.toml", "--max-replays", "0"], "max-replays"),
        (&["year.toml", "--replication", "1", "--worst"], "--worst"),
        (
            &["statistics.toml"],
            "say what to look for with --such-that",
        ),
    ] {
        let output = place.run(&[&["shrink"], arguments].concat());
        ends_with(&output, 2);
        assert!(
            stderr(&output).contains(told),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
    let often = YEAR
        .replace("mean = '20d'", "mean = '2m'")
        .replace("median = '2h'", "median = '1m'");
    let often = often.replace("factor = 2.5", "factor = 1");
    place.write("often.toml", often);
    let output = place.run(&["freeze", "often.toml"]);
    ends_with(&output, 2);
    assert!(
        stderr(&output).contains("10,000 events in a frozen replication"),
        "{}",
        stderr(&output)
    );
    ends_with(&place.run(&["freeze", "none.toml"]), 1);
    ends_with(&place.run(&["freeze", "year.toml", "--replication=-1"]), 2);
}

#[test]
fn a_frozen_file_runs_where_it_is() {
    let place = place();
    fs::create_dir_all(place.path().join("in/traces")).expect("made");
    let rows: String = (0..24)
        .map(|hour| format!("2026-03-01T{hour:02}:00:00Z,5\n"))
        .collect();
    place.write("in/traces/usage.csv", format!("Time,GB\n{rows}"));
    let traced = YEAR.replace(
        "ingestion = '1 TB/day'",
        "ingestion = { trace = 'traces/usage.csv', time = 'Time', volume = 'GB', unit = 'GB', repeat = true }",
    );
    place.write("in/year.toml", traced);
    let frozen = place.run(&[
        "freeze",
        "in/year.toml",
        "--replication=3",
        "-o",
        "far/away",
    ]);
    ends_with(&frozen, 0);
    let measures = |arguments: &[&str]| {
        let output = place.run(
            &[
                &["run", "--exit-zero", "--format=csv", "-o", "results"],
                arguments,
            ]
            .concat(),
        );
        ends_with(&output, 0);
        stdout(&output)
    };
    let frozen = measures(&["far/away/frozen.toml"]);
    assert_eq!(frozen, measures(&["in/year.toml", "--replication=3"]));
    // A single run replays the replication that the file says, unless it is told another one.
    let other = measures(&["far/away/frozen.toml", "--replication=2"]);
    assert_ne!(frozen, other);
    let told = place.run(&["explain", "far/away/frozen.toml"]);
    assert!(
        stdout(&told).contains("This is replication 3"),
        "{}",
        stdout(&told)
    );
    let shrunk = place.run(&["shrink", "in/year.toml", "-o", "far/away"]);
    ends_with(&shrunk, 0);
    ends_with(&place.run(&["run", "far/away/shrunk.toml"]), 3);
}

#[test]
fn keys_of_a_frozen_event() {
    let place = Place::new();
    let with = |keys: &str| {
        place.write(
            "a.toml",
            format!(
                "duration = '1d'\n[[workspace]]\nname = 'w'\ningestion = '1 TB/day'\n[[event]]\n\
                 kind = 'disable_key'\n{keys}\n"
            ),
        );
        let output = place.run(&["check", "a.toml"]);
        (output.status.code(), stderr(&output))
    };
    for right in [
        "at = '1h'\noccurrence = 3\ndraws_as = 'key_vault_outage#2'",
        "at = '1h'\nname = 'disable_key#1'",
    ] {
        assert_eq!(with(right).0, Some(0), "{right}: {}", with(right).1);
    }
    for (wrong, told) in [
        ("at = '1h'\noccurrence = 0", "a whole number from 1"),
        ("at = '1h'\nname = 'delete_key#1'", "contains '#'"),
        ("at = '1h'\nname = 'disable_key#01'", "contains '#'"),
        ("at = '1h'\ndraws_as = 'nothing#1'", "contains '#'"),
        (
            "at = '1h'\nname = 'a'\n[[event]]\nkind = 'disable_key'\nafter = 'a'\noccurrence = 2",
            "`occurrence` without `at`",
        ),
    ] {
        let (status, said) = with(wrong);
        assert_eq!(status, Some(2), "{wrong}");
        assert!(said.contains(told), "{wrong}: {said}");
    }
}

#[test]
fn a_scenario_without_a_workspace_is_none() {
    let place = Place::new();
    place.write("a.toml", "duration = '1d'\nworkspace = []\n");
    let output = place.run(&["run", "a.toml"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("at least one workspace"));
}

#[test]
fn the_guide_shows_what_they_do() {
    shows_the_first_line("cmksim freeze scenarios/study-a-year-of-hazards.toml");
    shows_the_first_line("cmksim shrink scenarios/study-a-year-of-hazards.toml");
}
