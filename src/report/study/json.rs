//! `replications.json`: what a study says, for programs.

use serde_json::{Map, Value as Json, json};

use super::super::format::Clock;
use super::super::json::{SCHEMA_VERSION, assumed, by_name, float, key, number, seconds, unit};
use super::Findings;
use crate::experiment::{Found, Judgement, Lack, Outcome, Summary};
use crate::scenario::{Expectation, Measure, Scope, Statistic, Value};
use crate::statistics::Interval;
use crate::units::Time;

/// The names of [`Summary::QUANTILES`].
pub(super) const QUANTILES: [&str; 8] = ["min", "p05", "p25", "p50", "p75", "p95", "p99", "max"];

/// What a study of a scenario says, whose TOML is `source`. Keys of measures and units are those
/// of `summary.json`; each measure has its mean with a 95 % interval (null where there are too
/// few values for one), standard deviation and quantiles, and in how many replications it was
/// not 0 and had no value.
pub fn study_json(findings: &Findings<'_>, source: &str) -> String {
    let scenario = findings.scenario;
    let measures = |scope: Scope| {
        let own = findings.summaries.iter().filter(|it| it.0 == scope);
        let entry = |(_, measure, it): &(Scope, Measure, Summary)| (key(*measure), summary(it));
        Json::Object(own.map(entry).collect::<Map<String, Json>>())
    };
    let expectations = scenario.expectations.iter().zip(&findings.judgements);
    let study = json!({
        "schema_version": SCHEMA_VERSION,
        "program": "cmksim",
        "version": env!("CARGO_PKG_VERSION"),
        "title": scenario.title,
        "description": scenario.description,
        "edition": scenario.edition,
        "seed": scenario.seed,
        "replications": findings.study.count(),
        "start": Clock::new(scenario.start).iso(Time::START),
        "duration_s": seconds(scenario.duration.millis()),
        "fingerprint": findings.fingerprint.to_string(),
        "expectations": expectations
            .map(|(expectation, judgement)| judged(expectation, judgement))
            .collect::<Vec<Json>>(),
        "assumed": assumed(scenario),
        "total": measures(Scope::Total),
        "workspaces": by_name(&scenario.workspaces, |it| &it.name, |at| measures(Scope::Workspace(at))),
        "clusters": by_name(&scenario.clusters, |it| &it.name, |at| measures(Scope::Cluster(at))),
        "scenario": source,
    });
    let mut text = serde_json::to_string_pretty(&study).expect("JSON of strings and numbers");
    text.push('\n');
    text
}

/// A measure of a study.
pub(in crate::report) fn summary(summary: &Summary) -> Json {
    let mean = summary.mean;
    let ends = |interval: Interval| json!([float(interval.low), float(interval.high)]);
    let mut entries = Map::new();
    let mut set = |name: &str, value: Option<Json>| {
        entries.insert(name.to_owned(), value.unwrap_or(Json::Null));
    };
    set("mean", mean.map(|mean| float(mean.mean)));
    set("ci95", mean.and_then(|mean| mean.interval()).map(ends));
    set("sd", mean.map(|mean| float(mean.sd)));
    for (name, quantile) in QUANTILES.iter().zip(summary.quantiles) {
        set(name, Some(number(quantile)));
    }
    set("nonzero", Some(Json::from(summary.nonzero.hits)));
    set("without", Some(Json::from(summary.without)));
    let of_nonzero = summary.mean_of_nonzero;
    set("mean_of_nonzero", of_nonzero.map(|mean| float(mean.mean)));
    Json::Object(entries)
}

pub(super) fn judged(expectation: &Expectation, judgement: &Judgement) -> Json {
    let outcome = match judgement.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Undecided => "undecided",
    };
    let unit = match (expectation.statistic, expectation.measure) {
        (Statistic::Probability(..), _) => "ratio",
        (_, measure) => unit(measure),
    };
    let mut told = json!({ "text": expectation.text, "outcome": outcome, "unit": unit });
    let mut set = |name: &str, value: Json| told[name] = value;
    match &judgement.found {
        Found::Held(held, first) => {
            set("held", Json::from(held.hits));
            set("first_failure", first.map_or(Json::Null, Json::from));
        }
        Found::Extreme(actual) => set("actual", number(Some(*actual))),
        Found::NoValue(_) => set("actual", Json::Null),
        Found::Estimate(actual, interval) => {
            set("actual", float(*actual));
            let ends = |it: &Interval| json!([float(it.low), float(it.high)]);
            set("ci95", interval.as_ref().map_or(Json::Null, ends));
            if let Err(lack) = interval {
                set("no_interval", Json::from(lacks(*lack)));
            }
        }
    }
    told
}

/// Why there is no interval, in a sentence.
pub(in crate::report) fn lacks(lack: Lack) -> String {
    match lack {
        Lack::FewNonzero(count) => format!(
            "no interval: {} of the values {} not 0, and it takes {}",
            if count == 0 {
                "none".to_owned()
            } else {
                count.to_string()
            },
            if count == 1 { "is" } else { "are" },
            crate::statistics::FEWEST_NONZERO
        ),
        Lack::FewReplications { count, .. } => {
            format!("no interval: {count} replications are too few for this quantile")
        }
        Lack::Extreme => "no interval: other replications may go further".to_owned(),
    }
}

/// A value of a summary as text for a table.
pub(super) fn plain(value: Option<Value>) -> String {
    match number(value) {
        Json::Null => String::new(),
        number => number.to_string(),
    }
}
