//! What a command line says about measures: each text is taken and can be judged, or is explained.

use std::sync::LazyLock;

use cmksim::experiment::solve::Goal;
use cmksim::experiment::{Replications, Runner, Study, is_precise, judge};
use cmksim::scenario::{Scenario, read};
use libfuzzer_sys::Corpus;

use crate::scenario::explained;

/// Much that can be named, and values that differ from replication to replication.
pub(crate) const WORLD: &str = r#"
duration = "12h"
replications = 20

[[cluster]]
name = "main"
storage_accounts = 2

[[workspace]]
name = "logs"
cluster = "main"
ingestion = "1 TB/day"

[[workspace]]
name = "other"
cluster = "main"
ingestion = "1 GB/day"

[[hazard]]
name = "denied"
kind = "disable_key"
gap = { dist = "exponential", mean = "4h" }
duration = { dist = "uniform", min = "30m", max = "3h" }
"#;

struct Known {
    scenario: Scenario,
    study: Replications,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let reading = read("fuzz.toml", WORLD.as_bytes(), &[]);
    let scenario = match reading {
        Ok(reading) => reading.scenario,
        Err(wrong) => panic!("{}", wrong.render(false)),
    };
    let study = Study::new(&scenario, &[None, None]);
    let study = study.gather(0..20, &Runner::SERIAL).expect("it runs");
    Known { scenario, study }
});

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// `--such-that EXPECTATION`, which is an entry of `expect` too.
pub(crate) fn such_that(bytes: &[u8]) -> Corpus {
    let Some(text) = text(bytes) else {
        return Corpus::Reject;
    };
    match KNOWN.scenario.expectation("--such-that", text) {
        Ok(expectation) => {
            judge(&expectation, &KNOWN.study);
            for count in [1, 20, 1_000] {
                if let Err(told) = Goal::new(&expectation, count) {
                    assert!(!told.is_empty());
                }
            }
        }
        Err(wrong) => explained(&wrong),
    }
    Corpus::Keep
}

/// `--precision STAT(MEASURE) HALF-WIDTH`.
pub(crate) fn precision(bytes: &[u8]) -> Corpus {
    let Some(text) = text(bytes) else {
        return Corpus::Reject;
    };
    match KNOWN.scenario.precision("--precision", text) {
        Ok(precision) => _ = is_precise(&precision, &KNOWN.study),
        Err(wrong) => explained(&wrong),
    }
    Corpus::Keep
}

/// `--measures MEASURE`, and what is asked of a sensitivity.
pub(crate) fn measures(bytes: &[u8]) -> Corpus {
    let Some(text) = text(bytes) else {
        return Corpus::Reject;
    };
    let scenario = &KNOWN.scenario;
    match scenario.measure("--measures", text) {
        Ok((scope, measure)) => {
            let name = scenario.name_of(scope, measure);
            let again = scenario.measure("--measures", &name);
            assert_eq!(again.expect("its own name"), (scope, measure));
            assert!(KNOWN.study.of(scope, measure).is_some());
        }
        Err(wrong) => explained(&wrong),
    }
    if let Err(wrong) = scenario.target("--measure", text) {
        explained(&wrong);
    }
    Corpus::Keep
}
