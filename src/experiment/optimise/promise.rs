//! What must hold, as something that is surely kept, surely broken or open.

use crate::experiment::Outcome;
use crate::experiment::selection::Figure;
use crate::scenario::{Comparison, Expectation, Measure, Scope, Statistic, Value};
use crate::statistics::{FEWEST_APART, Mean, Proportion, t_quantile};

/// An expectation that many replications can settle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// What is made of the values: whether each meets a condition, or the values themselves.
    pub(super) figure: Figure,
    needs: Needs,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Needs {
    /// More than this part of all replications that could be meets the condition.
    Share(f64),
    /// The mean compares so with a number.
    Mean(Comparison, f64),
}

impl Promise {
    /// An expectation as a promise. What has no value does not meet a condition.
    ///
    /// # Errors
    ///
    /// Why no number of replications can settle it, in a sentence.
    pub fn new(expectation: &Expectation) -> Result<Promise, String> {
        let Expectation {
            comparison, value, ..
        } = *expectation;
        let upper = matches!(comparison, Comparison::AtMost | Comparison::Below);
        let number = value.number();
        let (statistic, needs) = match expectation.statistic {
            Statistic::Mean => (Statistic::Mean, Needs::Mean(comparison, number)),
            Statistic::Probability(inner, bound) if upper => {
                let other = Statistic::Probability(opposite(inner), bound);
                (other, Needs::Share(1.0 - number))
            }
            Statistic::Probability(inner, bound) => {
                (Statistic::Probability(inner, bound), Needs::Share(number))
            }
            Statistic::Quantile(quantile) => {
                let met = Statistic::Probability(comparison, value);
                let part = quantile.part();
                (met, Needs::Share(if upper { part } else { 1.0 - part }))
            }
            Statistic::Each | Statistic::Min | Statistic::Max => {
                return Err(format!(
                    "{}: no number of replications shows that it holds in all; write \
                     probability(...) >= 99%, a quantile or a mean",
                    expectation.text
                ));
            }
        };
        match needs {
            Needs::Share(part) if part <= 0.0 || part >= 1.0 => Err(format!(
                "{}: no number of replications settles a share of 0% or 100%; write one between",
                expectation.text
            )),
            _ => Ok(Promise {
                figure: Figure {
                    scope: expectation.scope,
                    measure: expectation.measure,
                    statistic,
                    least: false,
                },
                needs,
            }),
        }
    }

    /// Whose measure it is about.
    pub fn of(&self) -> (Scope, Measure) {
        (self.figure.scope, self.figure.measure)
    }

    /// The number that what is seen must reach, or must not exceed.
    pub fn limit(&self) -> f64 {
        match self.needs {
            Needs::Share(limit) | Needs::Mean(_, limit) => limit,
        }
    }

    /// Whether more of what is seen is better.
    pub fn more_is_better(&self) -> bool {
        match self.needs {
            Needs::Share(_) => true,
            Needs::Mean(comparison, _) => {
                matches!(comparison, Comparison::AtLeast | Comparison::Above)
            }
        }
    }

    /// What is seen of it: the share of the replications that meets a condition, or the mean.
    pub fn statistic(&self) -> Statistic {
        self.figure.statistic
    }

    /// What some scores say: kept or broken but for a chance of `error`, or neither. It is broken
    /// where a replication has no value of which the mean is promised.
    pub(super) fn judged(&self, scores: Option<&[f64]>, error: f64) -> Outcome {
        let Some(scores) = scores else {
            return Outcome::Failed;
        };
        match self.needs {
            Needs::Share(part) => {
                let hits = scores.iter().filter(|score| **score > 0.5).count();
                let seen = Proportion {
                    hits,
                    count: scores.len(),
                };
                if seen.chance_of_no_fewer(part) <= error {
                    Outcome::Passed
                } else if seen.chance_of_no_more(part) <= error {
                    Outcome::Failed
                } else {
                    Outcome::Undecided
                }
            }
            Needs::Mean(comparison, limit) => {
                let mean = Mean::of(scores).filter(|mean| mean.apart >= FEWEST_APART);
                let Some(mean) = mean else {
                    return Outcome::Undecided;
                };
                #[allow(clippy::cast_precision_loss)]
                let n = mean.count as f64;
                let half = t_quantile(n - 1.0, 1.0 - error) * mean.sd / n.sqrt();
                let holds = |end: f64| comparison.holds(Value::Ratio(end), Value::Ratio(limit));
                match [mean.mean - half, mean.mean + half].map(holds) {
                    [true, true] => Outcome::Passed,
                    [false, false] => Outcome::Failed,
                    _ => Outcome::Undecided,
                }
            }
        }
    }

    /// Whether it holds of what was seen, sure or not.
    pub(super) fn holds(&self, scores: Option<&[f64]>) -> bool {
        let Some(number) = scores.and_then(Mean::of).map(|mean| mean.mean) else {
            return false;
        };
        match self.needs {
            Needs::Share(part) => number >= part,
            Needs::Mean(comparison, limit) => {
                comparison.holds(Value::Ratio(number), Value::Ratio(limit))
            }
        }
    }
}

/// What holds where the other does not.
fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::AtMost => Comparison::Above,
        Comparison::Below => Comparison::AtLeast,
        Comparison::AtLeast => Comparison::Below,
        Comparison::Above => Comparison::AtMost,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}
