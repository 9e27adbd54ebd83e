//! What is expected of many replications: whether it holds, fails, or is undecided.

use super::column::Column;
use super::kept::Kept;
use super::replicate::Replications;
use super::sample::Sample;
use super::tally::Threshold;
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
    /// There are too few replications to tell.
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
    /// How many replications have no value of the measure.
    NoValue(usize),
}

/// Why an estimate has no interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lack {
    /// The number of values that differ from the most frequent one, fewer than [`crate::statistics::FEWEST_APART`].
    FewApart(usize),
    /// A quantile so far out needs more replications.
    FewReplications {
        /// How many there are.
        count: usize,
        /// What is known of it nonetheless: one end is infinite, or both.
        known: Interval,
    },
    /// An extreme of some replications says nothing of others.
    Extreme,
}

/// Judges an expectation by the replications of a study.
///
/// # Panics
///
/// If the study does not keep the measure.
pub fn judge<'a>(expectation: &Expectation, study: impl Into<Kept<'a>>) -> Judgement {
    let found = match study.into() {
        Kept::Every(all) => found_in_all(expectation, all),
        Kept::Tally(tally) => match (Threshold::of(expectation), expectation.statistic) {
            (Some(threshold), Statistic::Each) => {
                let (held, first) = tally.hits(&threshold);
                Found::Held(held, first)
            }
            (Some(threshold), _) => estimate_share(tally.hits(&threshold).0),
            (None, statistic) => {
                let sample = tally.sample(expectation.scope, expectation.measure);
                found_in_sample(statistic, &sample.expect(KEPT))
            }
        },
    };
    Judgement {
        outcome: outcome(&found, expectation.comparison, expectation.value),
        found,
    }
}

const KEPT: &str = "a study keeps what is expected";

fn found_in_all(expectation: &Expectation, study: &Replications) -> Found {
    let column = study.of(expectation.scope, expectation.measure);
    let column = column.expect(KEPT);
    let Expectation {
        comparison, value, ..
    } = *expectation;
    match expectation.statistic {
        Statistic::Each => {
            let first = column.hits(comparison, value, false).position(|hit| !hit);
            let held = Proportion {
                hits: column
                    .hits(comparison, value, false)
                    .filter(|hit| *hit)
                    .count(),
                count: study.count(),
            };
            Found::Held(held, first.map(|first| first as u64))
        }
        statistic => found(statistic, column, expectation.unknown_counts()),
    }
}

/// What a statistic of a column is; `unknown`: in a probability what has no value counts.
///
/// # Panics
///
/// If it is no statistic over the replications.
pub(super) fn found(statistic: Statistic, column: Column<'_>, unknown: bool) -> Found {
    if let Statistic::Probability(comparison, bound) = statistic {
        let hits: Vec<bool> = column.hits(comparison, bound, unknown).collect();
        return estimate_share(Proportion {
            hits: hits.iter().filter(|hit| **hit).count(),
            count: hits.len(),
        });
    }
    found_in_sample(statistic, &Sample::of(column))
}

/// What a statistic of a sample is.
///
/// # Panics
///
/// If it is counted.
fn found_in_sample(statistic: Statistic, sample: &Sample) -> Found {
    if sample.without > 0 || sample.is_empty() {
        return Found::NoValue(sample.without);
    }
    match statistic {
        Statistic::Min => Found::Extreme(sample.of_rank(1)),
        Statistic::Max => Found::Extreme(sample.of_rank(sample.len())),
        Statistic::Mean => {
            let mean = sample.mean.expect("there are values");
            let lack = Lack::FewApart(mean.apart);
            Found::Estimate(mean.mean, mean.interval().ok_or(lack))
        }
        Statistic::Quantile(quantile) => {
            let estimate = sample.quantile(quantile).expect("there are values");
            let known = sample.bounds(quantile);
            let whole = known.low.is_finite() && known.high.is_finite();
            let count = sample.len();
            let lack = Lack::FewReplications { count, known };
            let interval = if whole { Ok(known) } else { Err(lack) };
            Found::Estimate(estimate.value.number(), interval)
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
        Found::Estimate(_, Err(Lack::FewApart(_) | Lack::Extreme)) => Outcome::Undecided,
        // One end may be enough to decide.
        Found::Estimate(
            _,
            Ok(interval)
            | Err(Lack::FewReplications {
                known: interval, ..
            }),
        ) => {
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
