//! What a run comes to, in a line.

use super::format::value;
use crate::experiment::Replay;
use crate::scenario::{Measure, Scenario, Scope, Value};
use crate::units::{Duration, Volume};

/// How much arrived, was dropped and buffered, and for how long queries failed.
pub(super) fn gist(scenario: &Scenario, replay: &Replay) -> String {
    let measure = |measure| replay.measures.get(Scope::Total, measure);
    let volume = |name| match measure(name) {
        Some(Value::Volume(Volume::ZERO)) => "nothing".to_owned(),
        volume => value(volume),
    };
    let workspaces = match scenario.workspaces.len() {
        1 => String::new(),
        n => format!("{n} workspaces together: "),
    };
    let queries = match measure(Measure::QueryDowntime) {
        Some(Value::Duration(Duration::ZERO)) => match measure(Measure::InaccessiblePeak) {
            Some(Value::Volume(Volume::ZERO)) => "queries always worked".to_owned(),
            _ => "queries worked, but not on all data".to_owned(),
        },
        downtime => format!("queries failed for {}", value(downtime)),
    };
    let destroyed = match measure(Measure::Destroyed) {
        Some(Value::Volume(Volume::ZERO)) => String::new(),
        destroyed => format!(", {} of the store lost", value(destroyed)),
    };
    format!(
        "{workspaces}{} arrived, {} dropped, {} buffered{destroyed}; {queries}",
        volume(Measure::Offered),
        volume(Measure::Dropped),
        volume(Measure::BufferedTotal)
    )
}
