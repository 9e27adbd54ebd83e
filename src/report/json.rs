//! Results for programs: what all documents have, and how numbers are written.
//!
//! Every document is a type with derived fields, so its schema is derived too:
//! [`results_schema`](super::results_schema).

use std::io::{self, BufWriter, Write};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::assumed;
use super::format::{Clock, lacks};
use crate::experiment::sensitivity::Answer;
use crate::experiment::{Replay, Verdict};
use crate::foreign;
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};
use crate::statistics::{Interval, Mean};
use crate::units::Time;

/// Counts up when a key changes its name or its meaning.
const SCHEMA_VERSION: u32 = 1;

/// What wrote a document, and then what it says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Document{T}")]
pub(super) struct Document<T> {
    schema_version: u32,
    program: &'static str,
    version: &'static str,
    #[serde(flatten)]
    body: T,
}

/// What a document says of a scenario, and of its results.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "About{T}")]
pub(super) struct About<'a, T> {
    title: Option<&'a str>,
    description: Option<&'a str>,
    edition: &'a str,
    seed: u64,
    /// What all costs are in.
    currency: &'a str,
    #[serde(flatten)]
    body: T,
    /// Its TOML.
    scenario: &'a str,
}

/// The measures of the whole, of each workspace and of each cluster, by their names.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Of{T}")]
pub(super) struct Measured<T> {
    total: ByName<T>,
    workspaces: ByName<ByName<T>>,
    clusters: ByName<ByName<T>>,
}

/// Things by their names, in their order.
pub(super) struct ByName<T>(pub(super) Vec<(String, T)>);

/// A list of which only one thing at a time is in memory.
pub(super) struct Long<'a, T>(pub(super) &'a dyn Fn() -> Box<dyn Iterator<Item = T> + 'a>);

/// The value of a measure: bytes, seconds, a share, a count or an amount.
pub(super) struct Number(pub(super) Option<Value>);

/// Seconds, to the millisecond.
#[derive(Clone, Copy)]
pub(super) struct Seconds(pub(super) i64);

/// The ends of a 95 % interval.
pub(super) type Ci95 = Option<[f64; 2]>;

/// A mean with its interval, which is null where too few values are not 0.
#[derive(Serialize, JsonSchema)]
pub(super) struct MeanJson {
    mean: f64,
    ci95: Ci95,
    sd: f64,
}

/// A statistic with its interval, or why there is none.
#[derive(Serialize, JsonSchema)]
pub(super) struct AnswerJson {
    number: Option<f64>,
    ci95: Ci95,
    no_interval: Option<String>,
}

/// Writes a document; what is printed must not command a terminal, and a file is the same data.
pub(super) fn write(to: &mut dyn Write, body: &impl Serialize) -> io::Result<()> {
    // Many small writes are few where they go.
    let mut to = BufWriter::new(to);
    let mut lines = foreign::Lines::to(&mut to, &foreign::json);
    let document = Document {
        schema_version: SCHEMA_VERSION,
        program: "cmksim",
        version: env!("CARGO_PKG_VERSION"),
        body,
    };
    serde_json::to_writer_pretty(&mut lines, &document)?;
    lines.write_all(b"\n")?;
    lines.end()?;
    to.flush()
}

/// A statistic that was asked for; `Err` says why it has no number.
pub(super) fn answer(answer: &Result<Answer, String>) -> AnswerJson {
    match answer {
        Ok(answer) => AnswerJson {
            number: Some(answer.number),
            ci95: ci95(answer.interval.ok()),
            no_interval: answer.interval.err().map(lacks),
        },
        Err(reason) => AnswerJson {
            number: None,
            ci95: None,
            no_interval: Some(reason.clone()),
        },
    }
}

/// The same in memory.
pub(super) fn text(body: &impl Serialize) -> String {
    super::csv::in_memory(|to| write(to, body))
}

/// What a document says of a scenario, whose TOML is `source`.
pub(super) fn about<'a, T>(scenario: &'a Scenario, source: &'a str, body: T) -> About<'a, T> {
    About {
        title: scenario.title.as_deref(),
        description: scenario.description.as_deref(),
        edition: &scenario.edition,
        seed: scenario.seed,
        currency: &scenario.prices.currency,
        body,
        scenario: source,
    }
}

impl<T> Measured<T> {
    pub(super) fn of(scenario: &Scenario, of: impl Fn(Scope) -> ByName<T>) -> Measured<T> {
        let workspaces = scenario.workspaces.iter().enumerate();
        let workspaces =
            workspaces.map(|(at, workspace)| (workspace.name.clone(), of(Scope::Workspace(at))));
        let clusters = scenario.clusters.iter().enumerate();
        let clusters = clusters.map(|(at, cluster)| (cluster.name.clone(), of(Scope::Cluster(at))));
        Measured {
            total: of(Scope::Total),
            workspaces: ByName(workspaces.collect()),
            clusters: ByName(clusters.collect()),
        }
    }

    /// Without the workspaces and clusters of which there is nothing to say.
    pub(super) fn without_empty(mut self) -> Measured<T> {
        for things in [&mut self.workspaces, &mut self.clusters] {
            things.0.retain(|(_, sheet)| !sheet.0.is_empty());
        }
        self
    }
}

impl<T: Serialize> Serialize for ByName<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(Some(self.0.len()))?;
        for (name, thing) in &self.0 {
            entries.serialize_entry(name, thing)?;
        }
        entries.end()
    }
}

impl<T: JsonSchema> JsonSchema for ByName<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("ByName{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let of = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": of })
    }
}

impl<T: Serialize> Serialize for Long<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for thing in (self.0)() {
            list.serialize_element(&thing)?;
        }
        list.end()
    }
}

impl<T: JsonSchema> JsonSchema for Long<'_, T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

impl Serialize for Seconds {
    /// Whole ones as an integer, else with three decimals at most.
    #[allow(clippy::cast_precision_loss)]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 1000 {
            0 => serializer.serialize_i64(self.0 / 1000),
            _ => serializer.serialize_f64(self.0 as f64 / 1000.0),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_none(),
            Some(Value::Volume(volume)) => serializer.serialize_u64(volume.bytes()),
            Some(Value::Duration(duration)) => Seconds(duration.millis()).serialize(serializer),
            Some(Value::Ratio(ratio)) => serializer.serialize_f64(ratio),
            Some(Value::Count(count)) => serializer.serialize_u64(count),
            Some(Value::Money(amount)) => serializer.serialize_f64(amount.as_f64()),
        }
    }
}

macro_rules! number_schema {
    ($($type:ty: $schema:tt)*) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        })*
    };
}

number_schema! {
    Seconds: { "type": "number" }
    Number: { "type": ["number", "null"] }
}

/// `summary.json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct RunJson<'a> {
    replication: u64,
    /// The calendar instant of time 0, where the scenario has one.
    start: Option<String>,
    duration_s: Seconds,
    fingerprint: String,
    expectations: Vec<Expected<'a>>,
    assumed: ByName<String>,
    #[serde(flatten)]
    measures: Measured<Number>,
}

/// An expectation of one replication.
#[derive(Serialize, JsonSchema)]
struct Expected<'a> {
    text: &'a str,
    passed: bool,
    actual: Number,
    unit: &'static str,
}

/// The summary of one replication of `scenario`, whose TOML is `source`. The unit of a
/// measure is in its key: `_bytes` (whole), `_s` (to the millisecond); ratios are 0 to 1. A
/// measure without a value is null. `assumed` holds what the run used for the parameters that
/// no source states.
pub fn summary(scenario: &Scenario, source: &str, replay: &Replay) -> String {
    let expected = |verdict: &Verdict| {
        let expectation = &scenario.expectations[verdict.expectation];
        Expected {
            text: &expectation.text,
            passed: verdict.passed,
            actual: Number(verdict.actual),
            unit: unit(expectation.measure.unit()),
        }
    };
    let sheet = |scope: Scope| {
        let own = Measure::ALL.iter().filter(|measure| scope.has(**measure));
        let number = |measure| Number(replay.measures.get(scope, measure));
        ByName(
            own.map(|measure| (key(*measure), number(*measure)))
                .collect(),
        )
    };
    let body = RunJson {
        replication: replay.replication,
        start: Clock::new(scenario.start).iso(Time::START),
        duration_s: Seconds(scenario.duration.millis()),
        fingerprint: replay.fingerprint.to_string(),
        expectations: replay.verdicts.iter().map(expected).collect(),
        assumed: assumed(scenario, &[]),
        measures: Measured::of(scenario, sheet),
    };
    text(&about(scenario, source, body))
}

/// What a scenario uses for the parameters that no source states, but for those that were varied.
pub(super) fn assumed(scenario: &Scenario, varied: &[&str]) -> ByName<String> {
    let assumed = assumed::parameters(scenario, varied).into_iter();
    ByName(
        assumed
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
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

impl From<Mean> for MeanJson {
    fn from(mean: Mean) -> MeanJson {
        MeanJson {
            mean: mean.mean,
            ci95: ci95(mean.interval()),
            sd: mean.sd,
        }
    }
}

/// The ends of a 95 % interval.
pub(super) fn ci95(interval: Option<Interval>) -> Ci95 {
    interval.map(|ends| [ends.low, ends.high])
}
