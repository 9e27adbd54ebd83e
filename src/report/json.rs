//! `summary.json`: what came out, for programs.

use serde_json::{Map, Number, Value as Json, json};

use super::assumed;
use super::format::Clock;
use crate::experiment::{Replay, Verdict};
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};
use crate::units::Time;

/// Counts up when a key changes its name or its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The summary of one replication of `scenario`, whose TOML is `source`. The unit of a
/// measure is in its key: `_bytes` (whole), `_s` (to the millisecond); ratios are 0 to 1. A
/// measure without a value is null. `assumed` holds what the run used for the parameters that
/// no source states.
pub fn summary(scenario: &Scenario, source: &str, replay: &Replay) -> String {
    let measures = |scope| Json::Object(sheet(replay, scope));
    let workspaces: Map<String, Json> = (0..scenario.workspaces.len())
        .map(|w| {
            (
                scenario.workspaces[w].name.clone(),
                measures(Scope::Workspace(w)),
            )
        })
        .collect();
    let clusters: Map<String, Json> = (0..scenario.clusters.len())
        .map(|c| {
            (
                scenario.clusters[c].name.clone(),
                measures(Scope::Cluster(c)),
            )
        })
        .collect();
    let assumed: Map<String, Json> = assumed::parameters(scenario)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Json::from(value)))
        .collect();
    let summary = json!({
        "schema_version": SCHEMA_VERSION,
        "program": "cmksim",
        "version": env!("CARGO_PKG_VERSION"),
        "title": scenario.title,
        "description": scenario.description,
        "edition": scenario.edition,
        "seed": scenario.seed,
        "start": Clock::new(scenario.start).iso(Time::START),
        "duration_s": seconds(scenario.duration.millis()),
        "fingerprint": replay.fingerprint.to_string(),
        "expectations": replay
            .verdicts
            .iter()
            .map(|verdict| expectation(scenario, verdict))
            .collect::<Vec<Json>>(),
        "assumed": assumed,
        "total": measures(Scope::Total),
        "workspaces": workspaces,
        "clusters": clusters,
        "scenario": source,
    });
    let mut text = serde_json::to_string_pretty(&summary).expect("JSON of strings and numbers");
    text.push('\n');
    text
}

/// The measures that a scope has, by their key.
fn sheet(replay: &Replay, scope: Scope) -> Map<String, Json> {
    Measure::ALL
        .iter()
        .filter(|measure| scope.has(**measure))
        .map(|&measure| (key(measure), number(replay.measures.get(scope, measure))))
        .collect()
}

/// A measure's name with its unit.
pub(super) fn key(measure: Measure) -> String {
    match measure.unit() {
        Unit::Volume => format!("{}_bytes", measure.name()),
        Unit::Duration => format!("{}_s", measure.name()),
        Unit::Ratio | Unit::Count => measure.name().to_owned(),
    }
}

fn expectation(scenario: &Scenario, verdict: &Verdict) -> Json {
    let expectation = &scenario.expectations[verdict.expectation];
    let unit = match expectation.measure.unit() {
        Unit::Volume => "bytes",
        Unit::Duration => "s",
        Unit::Ratio => "ratio",
        Unit::Count => "count",
    };
    json!({
        "text": expectation.text,
        "passed": verdict.passed,
        "actual": number(verdict.actual),
        "unit": unit,
    })
}

/// A value as JSON knows numbers; null where there is none, and for what is no number.
fn number(value: Option<Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Volume(volume)) => Json::from(volume.bytes()),
        Some(Value::Duration(duration)) => seconds(duration.millis()),
        Some(Value::Ratio(ratio)) => Number::from_f64(ratio).map_or(Json::Null, Json::Number),
        Some(Value::Count(count)) => Json::from(count),
    }
}

/// Seconds: whole ones as an integer, else with three decimals at most.
#[allow(clippy::cast_precision_loss)]
fn seconds(ms: i64) -> Json {
    if ms % 1000 == 0 {
        Json::from(ms / 1000)
    } else {
        Json::from(ms as f64 / 1000.0)
    }
}
