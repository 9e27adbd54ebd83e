//! Many replications so far: how a measure is distributed, and what became of expectations.

use serde::Serialize;

use super::super::chart::Quantity;
use super::super::format::{percent, shares, value};
use super::super::study::bins;
use super::super::study::document::reason;
use super::run::Held;
use crate::experiment::{Outcome, Replications, Sample, Summary, judge};
use crate::scenario::{Expectation, Measure, Scenario, Scope};

/// A page has room for so many bars.
const MOST_BARS: usize = 24;

/// A measure of the whole in many replications.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distribution {
    /// How many replications there are.
    pub count: usize,
    /// The measure.
    pub measure: &'static str,
    /// Its values, the lowest first.
    pub bins: Vec<Bar>,
    /// In how many it is not 0.
    pub any: Share,
    /// Its mean, with its 95 % interval where there is one; `None` where it has no value.
    pub mean: Option<String>,
    /// The quantiles of 50, 95 and 99 %.
    pub quantiles: Vec<(&'static str, String)>,
    /// The first replication in which it is at its worst.
    pub worst: Option<Worst>,
    /// What the scenario expects.
    pub expectations: Vec<Held>,
    /// The digest of all replications.
    pub fingerprint: String,
}

/// Values between two numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// Between which, for people.
    pub label: String,
    /// The same in bytes, seconds, or as it is.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// How many there are.
    pub count: usize,
    /// The first replication that has one; `None`: there is none.
    pub replication: Option<u64>,
}

/// A share of all replications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many.
    pub count: usize,
    /// The same as a share.
    pub text: String,
    /// Its 95 % interval.
    pub interval: String,
}

/// A replication with the worst value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worst {
    /// Its number.
    pub replication: u64,
    /// The value.
    pub text: String,
}

/// How a measure of the whole is distributed over the replications of a study, which keeps it.
/// `None` for a measure that the whole does not have.
pub fn distribution(
    scenario: &Scenario,
    study: &Replications,
    measure: Measure,
) -> Option<Distribution> {
    let column = study.of(Scope::Total, measure)?;
    let sample = Sample::of(column);
    let summary = Summary::of(&sample);
    let each: Vec<Option<f64>> = column.values().map(|value| Some(value?.number())).collect();
    let quantity = Quantity::from(measure.unit());
    let bins = bins(&sample.counted(), MOST_BARS, quantity);
    let last = bins.len().saturating_sub(1);
    let bars = bins.into_iter().enumerate().map(|(at, bin)| {
        let zeros = bin.low == 0.0 && bin.high == 0.0;
        let inside = |number: f64| match zeros {
            true => number == 0.0,
            false => number != 0.0 && bin.low <= number && (number < bin.high || at == last),
        };
        let first = each.iter().position(|number| number.is_some_and(inside));
        Bar {
            label: bin.label,
            from: bin.low,
            to: bin.high,
            count: bin.count,
            replication: first.map(|first| study.numbers().start + first as u64),
        }
    });
    let any = summary.nonzero;
    let quantiles = Summary::QUANTILES.iter().zip(summary.quantiles);
    let wanted = quantiles.filter(|((name, _), _)| ["p50", "p95", "p99"].contains(name));
    Some(Distribution {
        count: study.count(),
        measure: measure.name(),
        bins: bars.collect(),
        any: Share {
            count: any.hits,
            text: any.share().map_or_else(String::new, percent),
            interval: any.interval().map_or_else(String::new, shares),
        },
        mean: summary
            .mean
            .map(|mean| super::super::format::mean_in_brief(measure.unit(), &mean)),
        quantiles: wanted
            .map(|((name, _), found)| (*name, value(found)))
            .collect(),
        worst: study
            .worst(Scope::Total, measure)
            .map(|(replication, found)| Worst {
                replication,
                text: value(Some(found)),
            }),
        expectations: scenario
            .expectations
            .iter()
            .map(|expectation| held_in_study(expectation, study))
            .collect(),
        fingerprint: crate::experiment::fingerprint(scenario, study).to_string(),
    })
}

/// What became of an expectation in the replications of a study, which keeps its measure.
pub fn held_in_study(expectation: &Expectation, study: &Replications) -> Held {
    let judgement = judge(expectation, study);
    Held {
        text: expectation.text.clone(),
        passed: match judgement.outcome {
            Outcome::Passed => Some(true),
            Outcome::Failed => Some(false),
            Outcome::Undecided => None,
        },
        actual: reason(expectation, &judgement),
    }
}
