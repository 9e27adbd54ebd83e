//! An expectation as something that is looked for.

use crate::scenario::{Comparison, Expectation, Measure, Scope, Statistic, Value};
use crate::statistics::{Mean, Proportion};

/// What must hold, in a form in which the last value can be found for which it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Whose measure it is about.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    pub(super) form: Form,
}

/// The two forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Enough replications meet a condition.
    Share(Share),
    /// The mean compares so with a number.
    Mean(Comparison, f64),
}

/// At least `need` of all replications meet a condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share {
    comparison: Comparison,
    bound: Value,
    /// The condition is that it does not compare so.
    negated: bool,
    /// How many replications must meet it; perhaps none, or more than there are.
    pub(super) need: usize,
    /// Which part of all replications that could be may miss it; `None` where it is none, or
    /// all but one, so that what is found depends on how many there are.
    pub(super) may_miss: Option<f64>,
    /// A replication without a value spoils it, however many meet the condition.
    pub(super) takes_all_values: bool,
}

impl Goal {
    /// An expectation of `count` replications.
    ///
    /// # Errors
    ///
    /// Why nothing of that form can be looked for, in a sentence.
    pub fn new(expectation: &Expectation, count: usize) -> Result<Goal, String> {
        let Expectation {
            comparison, value, ..
        } = *expectation;
        let upper = matches!(comparison, Comparison::AtMost | Comparison::Below);
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let share = |need, may_miss| Share {
            comparison,
            bound: value,
            negated: false,
            need,
            may_miss,
            takes_all_values: true,
        };
        let form = match expectation.statistic {
            Statistic::Each => Form::Share(Share {
                takes_all_values: false,
                ..share(count, None)
            }),
            Statistic::Min | Statistic::Max if equality => {
                return Err(format!(
                    "{}: an extreme that is equal to a value is nothing that more of something \
                     ends; write <=, <, >= or >",
                    expectation.text
                ));
            }
            // All of them, or one.
            Statistic::Max if upper => Form::Share(share(count, None)),
            Statistic::Min if !upper => Form::Share(share(count, None)),
            Statistic::Min | Statistic::Max => Form::Share(share(1, None)),
            Statistic::Quantile(quantile) => {
                let rank = quantile.rank(count);
                Form::Share(if upper {
                    share(rank, Some(1.0 - quantile.part()))
                } else {
                    share(count + 1 - rank, Some(quantile.part()))
                })
            }
            Statistic::Probability(inner, bound) => Form::Share(Share {
                comparison: inner,
                bound,
                negated: upper,
                need: need(count, comparison, value.number(), upper),
                may_miss: Some(if upper {
                    value.number()
                } else {
                    1.0 - value.number()
                }),
                takes_all_values: false,
            }),
            Statistic::Mean => Form::Mean(comparison, value.number()),
        };
        Ok(Goal {
            scope: expectation.scope,
            measure: expectation.measure,
            form,
        })
    }
}

impl Goal {
    /// The share of `count` replications that must meet the condition; `None` of a mean.
    #[allow(clippy::cast_precision_loss)]
    pub fn share_needed(&self, count: usize) -> Option<f64> {
        match self.form {
            Form::Share(share) => Some(share.need as f64 / count as f64),
            Form::Mean(..) => None,
        }
    }
}

/// How many replications must meet the condition so that a share compares so: of those that meet
/// it, or, where it is limited from above, of those that do not.
fn need(count: usize, comparison: Comparison, limit: f64, upper: bool) -> usize {
    let enough = |met: usize| {
        let hits = if upper { count - met } else { met };
        let share = Proportion { hits, count }.share();
        share.is_some_and(|share| comparison.holds(Value::Ratio(share), Value::Ratio(limit)))
    };
    (0..=count).find(|&met| enough(met)).unwrap_or(count + 1)
}

impl Share {
    /// Whether a replication meets the condition. One without a value does not.
    pub(super) fn is_met(&self, value: Option<Value>) -> bool {
        value.is_some_and(|value| self.comparison.holds(value, self.bound) != self.negated)
    }
}

/// Whether a mean compares so with a limit, surely or perhaps; whatever its interval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Compares {
    /// The mean itself.
    pub(super) itself: bool,
    /// Both ends of its interval.
    pub(super) surely: bool,
    /// One end of its interval.
    pub(super) perhaps: bool,
}

impl Compares {
    pub(super) fn of(mean: Option<Mean>, comparison: Comparison, limit: f64) -> Compares {
        let holds = |number| comparison.holds(Value::Ratio(number), Value::Ratio(limit));
        let itself = mean.is_some_and(|mean| holds(mean.mean));
        let ends = mean.and_then(|mean| mean.interval());
        let ends = ends.map_or([itself; 2], |ends| [holds(ends.low), holds(ends.high)]);
        Compares {
            itself,
            surely: ends[0] && ends[1],
            perhaps: ends[0] || ends[1],
        }
    }
}
