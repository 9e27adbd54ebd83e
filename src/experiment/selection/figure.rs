//! A statistic that is to be as large or as small as can be, and how far one candidate is surely
//! ahead of another in it.

use super::resample::Resamples;
use crate::scenario::{Measure, Scope, Statistic, Target, Value};
use crate::statistics::{FEWEST_APART, Mean, Quantile, normal_quantile, t_quantile};

/// A statistic of a measure, and which way it is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Whose measure.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    /// The mean, a quantile or a probability.
    pub statistic: Statistic,
    /// Whether less of it is wanted.
    pub least: bool,
}

impl Figure {
    /// What is asked of a scenario.
    ///
    /// # Errors
    ///
    /// Why no such statistic can be searched, in a sentence.
    pub fn new(target: &Target, least: bool) -> Result<Figure, String> {
        match target.statistic {
            Statistic::Min | Statistic::Max | Statistic::Each => Err(format!(
                "{}: the extreme of some replications says nothing of others, so no two values \
                 can be told apart by it; write mean, a quantile such as p99, or probability",
                target.text
            )),
            statistic => Ok(Figure {
                scope: target.scope,
                measure: target.measure,
                statistic,
                least,
            }),
        }
    }

    /// A value as the number that the statistic is made of: of a probability whether it is a hit.
    pub(in crate::experiment) fn score(&self, value: Option<Value>) -> Option<f64> {
        match self.statistic {
            Statistic::Probability(comparison, bound) => {
                let hit = value.is_some_and(|value| comparison.holds(value, bound));
                Some(f64::from(u8::from(hit)))
            }
            _ => value.map(Value::number),
        }
    }

    /// The statistic of some scores.
    pub(in crate::experiment) fn of(&self, scores: &[f64]) -> f64 {
        match self.statistic {
            Statistic::Quantile(quantile) => of_rank(&mut scores.to_vec(), quantile),
            _ => Mean::of(scores).map_or(0.0, |mean| mean.mean),
        }
    }

    /// The statistic of the scores of some replications, perhaps some of them several times.
    pub(in crate::experiment) fn of_rows(&self, scores: &[f64], rows: &[usize]) -> f64 {
        let drawn: Vec<f64> = rows.iter().map(|row| scores[*row]).collect();
        self.of(&drawn)
    }

    /// How far one statistic is ahead of another.
    pub(in crate::experiment) fn ahead(&self, one: f64, other: f64) -> f64 {
        if self.least { other - one } else { one - other }
    }

    /// How far `one` is ahead of `other` at least, but for a chance of `error`; both are of the same
    /// replications. `None` where these say too little: fewer than 30 differences stand apart from
    /// the most frequent one, or the quantile takes more replications.
    pub(in crate::experiment) fn surely_ahead(
        &self,
        one: &[f64],
        other: &[f64],
        error: f64,
        resamples: &Resamples,
    ) -> Option<f64> {
        let seen = self.ahead(self.of(one), self.of(other));
        match self.statistic {
            Statistic::Quantile(quantile) => {
                quantile.ranks(one.len())?;
                let drawn = |rows: &[usize]| self.of_rows(one, rows) - self.of_rows(other, rows);
                Some(seen - normal_quantile(1.0 - error) * resamples.error(drawn)?)
            }
            _ => {
                let pairs = one.iter().zip(other);
                let differences: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
                let mean = Mean::of(&differences).filter(|mean| mean.apart >= FEWEST_APART)?;
                #[allow(clippy::cast_precision_loss)]
                let n = mean.count as f64;
                Some(seen - t_quantile(n - 1.0, 1.0 - error) * mean.sd / n.sqrt())
            }
        }
    }
}

fn of_rank(scores: &mut [f64], quantile: Quantile) -> f64 {
    let at = quantile.rank(scores.len()) - 1;
    *scores.select_nth_unstable_by(at, f64::total_cmp).1
}
