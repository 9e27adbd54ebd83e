//! What is expected of many replications: whether it holds, fails, or is undecided.

use super::replicate::Replications;
use super::sample::Sample;
use crate::scenario::{Comparison, Expectation, Statistic, Value};
use crate::statistics::{Interval, Proportion};

/// What a study says of an expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Whether it holds.
    pub outcome: Outcome,
    /// What was found.
    pub found: Found,
}

/// Whether an expectation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Passed,
    /// It does not.
    Failed,
    /// So many replications cannot tell.
    Undecided,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// In how many replications it held, and the number of the first in which it did not.
    Held(Proportion, Option<u64>),
    /// The least or the greatest value.
    Extreme(Value),
    /// An estimate, and the interval that holds the truth in 95 of 100 studies; in bytes,
    /// seconds, or as it is.
    Estimate(f64, Result<Interval, Lack>),
    /// In so many replications the measure has no value.
    NoValue(usize),
}

/// Why an estimate has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Fewer values than [`crate::statistics::FEWEST_NONZERO`] are not 0: so many.
    FewNonzero(usize),
    /// A quantile so far out needs more than so many replications.
    FewReplications(usize),
}

/// Judges an expectation by the replications of a study.
///
/// # Panics
///
/// If the study does not keep the measure.
pub fn judge(expectation: &Expectation, study: &Replications) -> Judgement {
    let column = study.of(expectation.scope, expectation.measure);
    let column = column.expect("a study keeps what is expected");
    let Expectation {
        comparison, value, ..
    } = *expectation;
    let found = match expectation.statistic {
        Statistic::Each => {
            let holds =
                |actual: Option<Value>| actual.is_some_and(|it| comparison.holds(it, value));
            let hits = column.values().filter(|actual| holds(*actual)).count();
            let first = column.values().position(|actual| !holds(actual));
            let held = Proportion {
                hits,
                count: study.count(),
            };
            Found::Held(held, first.map(|first| first as u64))
        }
        Statistic::Probability(inner, bound) => {
            // What has no value counts against what is expected.
            let unknown = matches!(comparison, Comparison::AtMost | Comparison::Below);
            let hit = |actual: Option<Value>| actual.map_or(unknown, |it| inner.holds(it, bound));
            estimate_share(Proportion {
                hits: column.values().filter(|actual| hit(*actual)).count(),
                count: study.count(),
            })
        }
        statistic => found(statistic, &Sample::of(column)),
    };
    Judgement {
        outcome: outcome(&found, comparison, value),
        found,
    }
}

/// What a statistic of a sample is.
///
/// # Panics
///
/// If the statistic needs the values one by one.
pub fn found(statistic: Statistic, sample: &Sample) -> Found {
    if sample.without > 0 || sample.is_empty() {
        return Found::NoValue(sample.without);
    }
    match statistic {
        Statistic::Min => Found::Extreme(sample.of_rank(1)),
        Statistic::Max => Found::Extreme(sample.of_rank(sample.len())),
        Statistic::Mean => {
            let mean = sample.mean.expect("there are values");
            let lack = Lack::FewNonzero(mean.nonzero);
            Found::Estimate(mean.mean, mean.interval().ok_or(lack))
        }
        Statistic::Quantile(quantile) => {
            let estimate = sample.quantile(quantile).expect("there are values");
            let interval = estimate.interval.map(|(low, high)| Interval {
                low: low.number(),
                high: high.number(),
            });
            let lack = Lack::FewReplications(sample.len());
            Found::Estimate(estimate.value.number(), interval.ok_or(lack))
        }
        Statistic::Each | Statistic::Probability(..) => {
            unreachable!("it is counted, not sampled")
        }
    }
}

fn estimate_share(proportion: Proportion) -> Found {
    match (proportion.share(), proportion.interval()) {
        (Some(share), Some(interval)) => Found::Estimate(share, Ok(interval)),
        _ => Found::NoValue(0),
    }
}

fn outcome(found: &Found, comparison: Comparison, value: Value) -> Outcome {
    let decided = |holds| {
        if holds {
            Outcome::Passed
        } else {
            Outcome::Failed
        }
    };
    match found {
        Found::Held(held, _) => decided(held.count > 0 && held.hits == held.count),
        Found::Extreme(actual) => decided(comparison.holds(*actual, value)),
        Found::NoValue(_) => Outcome::Failed,
        Found::Estimate(_, Err(_)) => Outcome::Undecided,
        Found::Estimate(_, Ok(interval)) => {
            let holds =
                |end: f64| comparison.holds(Value::Ratio(end), Value::Ratio(value.number()));
            match (holds(interval.low), holds(interval.high)) {
                (true, true) => Outcome::Passed,
                (false, false) => Outcome::Failed,
                _ => Outcome::Undecided,
            }
        }
    }
}
