//! `replications.json`: what a study says, for programs.

use serde_json::{Map, Value as Json, json};

use super::super::format::Clock;
use super::super::format::replications;
use super::super::json::{about, assumed, ci95, float, key, number, seconds, unit, with_measures};
use super::findings::Findings;
use crate::experiment::{Found, Judgement, Lack, Outcome, Summaries, Summary};
use crate::scenario::{Expectation, Scope, Value};
use crate::statistics::FEWEST_NONZERO;
use crate::units::Time;

/// What a study of a scenario says, whose TOML is `source`. Keys of measures and units are those
/// of `summary.json`; each measure has its mean with a 95 % interval (null where there are too
/// few values for one), standard deviation and quantiles, and in how many replications it was
/// not 0 and had no value.
pub fn study_json(findings: &Findings<'_>, source: &str) -> String {
    let scenario = findings.scenario;
    let expectations = scenario.expectations.iter().zip(&findings.judgements);
    let body = json!({
        "replications": findings.study.count(),
        "start": Clock::new(scenario.start).iso(Time::START),
        "duration_s": seconds(scenario.duration.millis()),
        "fingerprint": findings.fingerprint.to_string(),
        "expectations": expectations
            .map(|(expectation, judgement)| judged(expectation, judgement))
            .collect::<Vec<Json>>(),
        "assumed": assumed(scenario, &[]),
    });
    let measures = |scope| sheet(&findings.summaries, scope);
    about(scenario, source, with_measures(scenario, body, measures))
}

/// The measures of a scope.
pub(super) fn sheet(summaries: &Summaries, scope: Scope) -> Json {
    let own = summaries.iter().filter(|it| it.0 == scope);
    let entries = own.map(|(_, measure, it)| (key(measure), summary(it)));
    Json::Object(entries.collect())
}

/// A measure of a study.
fn summary(summary: &Summary) -> Json {
    let mean = summary.mean;
    let mut entries = Map::new();
    let mut set = |name: &str, value: Option<Json>| {
        entries.insert(name.to_owned(), value.unwrap_or(Json::Null));
    };
    set("mean", mean.map(|mean| float(mean.mean)));
    set("ci95", Some(ci95(mean.and_then(|mean| mean.interval()))));
    set("sd", mean.map(|mean| float(mean.sd)));
    for ((name, _), quantile) in Summary::QUANTILES.iter().zip(summary.quantiles) {
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
    let unit = unit(expectation.statistic.unit(expectation.measure));
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
            set("ci95", ci95(interval.ok()));
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
            FEWEST_NONZERO
        ),
        Lack::FewReplications { count, .. } => {
            let count = replications(count as u64);
            format!("no interval: this quantile takes more than {count}")
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
