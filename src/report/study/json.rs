//! `replications.json`: what a study says, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::format::{Clock, lacks};
use super::super::json::{
    ByName, Ci95, Measured, Number, Seconds, about, assumed, ci95, key, text, unit,
};
use super::findings::Findings;
use crate::experiment::tally::GRID_ERROR;
use crate::experiment::{Found, Judgement, Kept, Outcome, Summaries, Summary};
use crate::scenario::{Expectation, Scenario, Scope, Value};
use crate::units::Time;

/// `replications.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct StudyJson<'a> {
    replications: u64,
    /// The calendar instant of time 0, where the scenario has one.
    start: Option<String>,
    duration_s: Seconds,
    fingerprint: String,
    /// Of a tally: quantiles between the least value and the greatest are no further off than this
    /// part of them, or of what an availability lacks of 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantile_error: Option<f64>,
    expectations: Vec<Judged<'a>>,
    assumed: ByName<String>,
    #[serde(flatten)]
    measures: Measured<SummaryJson>,
}

/// A measure of a study.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SummaryJson {
    mean: Option<f64>,
    /// Null where too few values are not 0.
    ci95: Ci95,
    sd: Option<f64>,
    #[serde(flatten)]
    quantiles: ByName<Number>,
    /// In how many replications it was not 0.
    nonzero: usize,
    /// In how many it had no value.
    without: usize,
    mean_of_nonzero: Option<f64>,
}

/// What became of an expectation.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct Judged<'a> {
    text: &'a str,
    /// `passed`, `failed` or `undecided`.
    outcome: &'static str,
    unit: &'static str,
    #[serde(flatten)]
    found: FoundJson,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum FoundJson {
    /// In how many replications it held, and the first in which it did not.
    Held {
        held: usize,
        first_failure: Option<u64>,
    },
    Actual {
        actual: Number,
    },
    Estimate {
        actual: f64,
        ci95: Ci95,
        #[serde(skip_serializing_if = "Option::is_none")]
        no_interval: Option<String>,
    },
}

/// What a study of a scenario says, whose TOML is `source`. Keys of measures and units are those
/// of `summary.json`; each measure has its mean with a 95 % interval (null where there are too
/// few values for one), standard deviation and quantiles, and in how many replications it was
/// not 0 and had no value.
pub fn study_json(findings: &Findings<'_>, source: &str) -> String {
    let scenario = findings.scenario;
    let body = StudyJson {
        replications: findings.study.count(),
        start: Clock::new(scenario.start).iso(Time::START),
        duration_s: Seconds(scenario.duration.millis()),
        fingerprint: findings.fingerprint.to_string(),
        quantile_error: matches!(findings.study, Kept::Tally(_)).then_some(GRID_ERROR),
        expectations: judged(scenario, &findings.judgements),
        assumed: assumed(scenario, &[]),
        measures: measured(scenario, &findings.summaries),
    };
    text(&about(scenario, source, body))
}

/// The summaries of all measures.
pub(super) fn measured(scenario: &Scenario, summaries: &Summaries) -> Measured<SummaryJson> {
    Measured::of(scenario, |scope: Scope| {
        let own = summaries.iter().filter(|(of, ..)| *of == scope);
        ByName(
            own.map(|(_, measure, summary)| (key(measure), self::summary(summary)))
                .collect(),
        )
    })
}

fn summary(summary: &Summary) -> SummaryJson {
    let mean = summary.mean;
    let quantiles = Summary::QUANTILES.iter().zip(summary.quantiles);
    let quantiles = quantiles.map(|((name, _), value)| ((*name).to_owned(), Number(value)));
    SummaryJson {
        mean: mean.map(|mean| mean.mean),
        ci95: ci95(mean.and_then(|mean| mean.interval())),
        sd: mean.map(|mean| mean.sd),
        quantiles: ByName(quantiles.collect()),
        nonzero: summary.nonzero.hits,
        without: summary.without,
        mean_of_nonzero: summary.mean_of_nonzero.map(|mean| mean.mean),
    }
}

/// What became of all expectations of a scenario.
pub(super) fn judged<'a>(scenario: &'a Scenario, judgements: &[Judgement]) -> Vec<Judged<'a>> {
    let all = scenario.expectations.iter().zip(judgements);
    all.map(|(expectation, judgement)| of_one(expectation, judgement))
        .collect()
}

fn of_one<'a>(expectation: &'a Expectation, judgement: &Judgement) -> Judged<'a> {
    Judged {
        text: &expectation.text,
        outcome: match judgement.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Undecided => "undecided",
        },
        unit: unit(expectation.statistic.unit(expectation.measure)),
        found: match &judgement.found {
            Found::Held(held, first) => FoundJson::Held {
                held: held.hits,
                first_failure: *first,
            },
            Found::Extreme(actual) => FoundJson::Actual {
                actual: Number(Some(*actual)),
            },
            Found::NoValue(_) => FoundJson::Actual {
                actual: Number(None),
            },
            Found::Estimate(actual, interval) => FoundJson::Estimate {
                actual: *actual,
                ci95: ci95(interval.ok()),
                no_interval: interval.err().map(lacks),
            },
        },
    }
}

/// A value of a summary as text for a table.
pub(super) fn plain(value: Option<Value>) -> String {
    match value {
        None => String::new(),
        value => serde_json::to_string(&Number(value)).expect("a number"),
    }
}
