//! Every shipped scenario gives the answer that it expects.

use std::fs;
use std::path::{Path, PathBuf};

use cmksim::experiment::{self, Outcome, Replay, Runner, Study, judge};
use cmksim::intake::Rows;
use cmksim::kernel::never;
use cmksim::limits::Limit;
use cmksim::model::Options;
use cmksim::scenario::{Reading, Scenario, read_with};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"))
}

pub(crate) fn scenarios() -> Vec<PathBuf> {
    let mut scenarios: Vec<PathBuf> = fs::read_dir(folder())
        .expect("there are scenarios")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    scenarios.sort();
    assert!(!scenarios.is_empty());
    scenarios
}

/// A shipped scenario with what it extends.
pub(crate) fn reading(path: &Path) -> Reading {
    let name = path.display().to_string();
    let bytes = fs::read(path).expect("readable");
    let files = &mut |file: &str, _: &Limit| {
        fs::read(folder().join(file)).map_err(|error| error.to_string())
    };
    read_with(&name, &bytes, &[], files).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

/// The traces that a shipped scenario names.
pub(crate) fn shipped_traces(scenario: &Scenario) -> Vec<Option<Rows>> {
    let read = |file: &str| fs::read(folder().join(file)).map_err(|error| error.to_string());
    experiment::traces(scenario, read, &|| false)
        .expect("its traces are right")
        .0
}

pub(crate) fn replay(path: &Path, every_poll: bool) -> (Scenario, Replay) {
    let name = path.display();
    let scenario = reading(path).scenario;
    let traces = shipped_traces(&scenario);
    let options = Options {
        replication: 0,
        every_poll,
    };
    match experiment::replay(&scenario, &traces, options, &never) {
        Ok(replay) => (scenario, replay),
        Err(error) => panic!("{name}: {error}"),
    }
}

#[test]
fn every_shipped_scenario_meets_its_expectations() {
    for path in scenarios() {
        let (scenario, replay) = replay(&path, false);
        assert!(!scenario.expectations.is_empty(), "{}", path.display());
        for verdict in &replay.verdicts {
            assert!(
                verdict.passed,
                "{}: {} (it was {:?})",
                path.display(),
                scenario.expectations[verdict.expectation].text,
                verdict.actual
            );
        }
    }
}

#[test]
fn what_is_expected_of_many_replications_holds_too() {
    let mut studies = 0;
    for path in scenarios() {
        let scenario = reading(&path).scenario;
        if scenario.replications == 1 {
            continue;
        }
        studies += 1;
        let traces = shipped_traces(&scenario);
        let study = Study::new(&scenario, &traces);
        let gathered = study.gather(0..scenario.replications, &Runner::SERIAL);
        let gathered = gathered.expect("it runs");
        for expectation in &scenario.expectations {
            let judgement = judge(expectation, &gathered);
            let told = format!("{}: {}: {judgement:?}", path.display(), expectation.text);
            assert_eq!(judgement.outcome, Outcome::Passed, "{told}");
        }
    }
    assert!(studies > 0);
}

#[test]
fn executing_every_poll_makes_no_difference_to_any_of_them() {
    for path in scenarios() {
        let skipped = replay(&path, false).1;
        let executed = replay(&path, true).1;
        assert_eq!(
            skipped.fingerprint,
            executed.fingerprint,
            "{}",
            path.display()
        );
    }
}
