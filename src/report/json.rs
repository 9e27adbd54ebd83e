//! `summary.json`: what came out, for programs.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Number, Value as Json, json};

use super::assumed;
use super::csv::in_memory;
use super::format::Clock;
use crate::experiment::{Replay, Verdict};
use crate::foreign;
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};
use crate::statistics::{Interval, Mean};
use crate::units::Time;

/// Counts up when a key changes its name or its meaning.
const SCHEMA_VERSION: u32 = 1;

/// A document: what wrote it, and then `body`.
pub(super) fn document(body: Json) -> String {
    in_memory(|to| write(to, &head(body)))
}

/// What wrote a document, and then `body`.
fn head(body: Json) -> Json {
    let mut all = json!({
        "schema_version": SCHEMA_VERSION,
        "program": "cmksim",
        "version": env!("CARGO_PKG_VERSION"),
    });
    extend(&mut all, body);
    all
}

fn write(to: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    // What is printed must not command a terminal, and a file is the same data.
    let mut lines = foreign::Lines::to(to, &foreign::json);
    serde_json::to_writer_pretty(&mut lines, document)?;
    lines.write_all(b"\n")?;
    lines.end()
}

/// A document about one scenario, whose TOML is `source`.
pub(super) fn about(scenario: &Scenario, source: &str, body: Json) -> String {
    in_memory(|to| write(to, &head(of_scenario(scenario, source, body))))
}

/// Writes such a document. What `body` has under `key` is replaced by a list of very many things,
/// of which only one at a time is in memory.
pub(super) fn write_about<'a, I: Iterator<Item = Json>>(
    to: &mut dyn Write,
    scenario: &Scenario,
    source: &str,
    body: Json,
    key: &'a str,
    list: &'a dyn Fn() -> I,
) -> io::Result<()> {
    let document = head(of_scenario(scenario, source, body));
    // Many small writes are few where they go.
    let mut to = BufWriter::new(to);
    let long = Long {
        document: &document,
        key,
        list,
    };
    write(&mut to, &long)?;
    to.flush()
}

/// A document with a long list under a key.
struct Long<'a, I> {
    document: &'a Json,
    key: &'a str,
    list: &'a dyn Fn() -> I,
}

impl<I: Iterator<Item = Json>> Serialize for Long<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(None)?;
        for (key, value) in self.document.as_object().expect("an object") {
            if key == self.key {
                entries.serialize_entry(key, &List(self.list))?;
            } else {
                entries.serialize_entry(key, value)?;
            }
        }
        entries.end()
    }
}

struct List<'a, I>(&'a dyn Fn() -> I);

impl<I: Iterator<Item = Json>> Serialize for List<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// What a document says of a scenario, with `body` in the middle.
fn of_scenario(scenario: &Scenario, source: &str, body: Json) -> Json {
    let mut all = json!({
        "title": scenario.title,
        "description": scenario.description,
        "edition": scenario.edition,
        "seed": scenario.seed,
        "currency": scenario.prices.currency,
    });
    extend(&mut all, body);
    all["scenario"] = Json::from(source);
    all
}

/// The same of its measures: those of the whole, of each workspace and of each cluster.
pub(super) fn with_measures(
    scenario: &Scenario,
    mut body: Json,
    of: impl Fn(Scope) -> Json,
) -> Json {
    let workspaces = by_name(
        &scenario.workspaces,
        |it| &it.name,
        |at| of(Scope::Workspace(at)),
    );
    let clusters = by_name(
        &scenario.clusters,
        |it| &it.name,
        |at| of(Scope::Cluster(at)),
    );
    body["total"] = of(Scope::Total);
    body["workspaces"] = workspaces;
    body["clusters"] = clusters;
    body
}

fn extend(all: &mut Json, more: Json) {
    let Json::Object(more) = more else {
        unreachable!("documents are objects")
    };
    all.as_object_mut().expect("an object").extend(more);
}

/// The summary of one replication of `scenario`, whose TOML is `source`. The unit of a
/// measure is in its key: `_bytes` (whole), `_s` (to the millisecond); ratios are 0 to 1. A
/// measure without a value is null. `assumed` holds what the run used for the parameters that
/// no source states.
pub fn summary(scenario: &Scenario, source: &str, replay: &Replay) -> String {
    let body = json!({
        "replication": replay.replication,
        "start": Clock::new(scenario.start).iso(Time::START),
        "duration_s": seconds(scenario.duration.millis()),
        "fingerprint": replay.fingerprint.to_string(),
        "expectations": replay
            .verdicts
            .iter()
            .map(|verdict| expectation(scenario, verdict))
            .collect::<Vec<Json>>(),
        "assumed": assumed(scenario, &[]),
    });
    let measures = |scope| Json::Object(sheet(replay, scope));
    about(scenario, source, with_measures(scenario, body, measures))
}

/// What each of several things has, by its name.
fn by_name<T>(things: &[T], name: fn(&T) -> &String, of: impl Fn(usize) -> Json) -> Json {
    let names = things.iter().enumerate();
    let entries: Map<String, Json> = names.map(|(at, it)| (name(it).clone(), of(at))).collect();
    Json::Object(entries)
}

/// What a scenario uses for the parameters that no source states, but for those that were varied.
pub(super) fn assumed(scenario: &Scenario, varied: &[&str]) -> Json {
    let entry = |(name, value): (&str, String)| (name.to_owned(), Json::from(value));
    let entries: Map<String, Json> = assumed::parameters(scenario, varied)
        .into_iter()
        .map(entry)
        .collect();
    Json::Object(entries)
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
        Unit::Ratio | Unit::Count | Unit::Money => measure.name().to_owned(),
    }
}

/// What a number is in.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Volume => "bytes",
        Unit::Duration => "s",
        Unit::Ratio => "ratio",
        Unit::Count => "count",
        Unit::Money => "currency",
    }
}

fn expectation(scenario: &Scenario, verdict: &Verdict) -> Json {
    let expectation = &scenario.expectations[verdict.expectation];
    json!({
        "text": expectation.text,
        "passed": verdict.passed,
        "actual": number(verdict.actual),
        "unit": unit(expectation.measure.unit()),
    })
}

/// A value as JSON knows numbers; null where there is none, and for what is no number.
pub(super) fn number(value: Option<Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Volume(volume)) => Json::from(volume.bytes()),
        Some(Value::Duration(duration)) => seconds(duration.millis()),
        Some(Value::Ratio(ratio)) => float(ratio),
        Some(Value::Count(count)) => Json::from(count),
        Some(Value::Money(amount)) => float(amount.as_f64()),
    }
}

/// A mean with its interval, null where it has none.
pub(super) fn mean(mean: Mean) -> Json {
    json!({ "mean": float(mean.mean), "ci95": ci95(mean.interval()), "sd": float(mean.sd) })
}

/// The ends of a 95 % interval.
pub(super) fn ci95(interval: Option<Interval>) -> Json {
    interval.map_or(Json::Null, |it| json!([float(it.low), float(it.high)]))
}

/// A number with a fraction; null for what is no number.
pub(super) fn float(number: f64) -> Json {
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}

/// Seconds: whole ones as an integer, else with three decimals at most.
#[allow(clippy::cast_precision_loss)]
pub(super) fn seconds(ms: i64) -> Json {
    if ms % 1000 == 0 {
        Json::from(ms / 1000)
    } else {
        Json::from(ms as f64 / 1000.0)
    }
}
