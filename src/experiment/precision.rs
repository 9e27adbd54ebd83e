//! How many replications it takes to know something as precisely as is wanted.

use super::judge::{Found, Judgement, judge};
use super::replicate::{Replications, Study, most_replications};
use super::runner::Runner;
use crate::error::Error;
use crate::scenario::{Comparison, Expectation, HalfWidth, Precision, Value};

impl Study<'_> {
    /// Adds as many replications as a precision takes, or `most`: how many those are, and whether
    /// it is reached. There may be more in `all`.
    ///
    /// # Errors
    ///
    /// Those of [`Study::grow`].
    pub fn grow_until(
        &self,
        precision: &Precision,
        mut most: u64,
        all: &mut Replications,
        runner: &Runner<'_>,
    ) -> Result<(u64, bool), Error> {
        let mut look = next_look(self.scenario.replications - 1).min(most);
        loop {
            runner.progress.begin(look);
            runner.progress.skip(look.min(all.count() as u64));
            self.grow(all, look, runner)?;
            // No more than there is room for.
            most = most.min(most_replications(all.varying()).max(look));
            let precise = is_precise(precision, &all.first(look));
            if precise || look == most {
                return Ok((look, precise));
            }
            look = next_look(look).min(most);
        }
    }
}

/// The next number of replications, from `count` on, at which a precision is looked at: 1, 2 or
/// 5 times a power of ten, so that where a study stops depends on nothing but the scenario.
fn next_look(count: u64) -> u64 {
    let mut power = 100;
    loop {
        for look in [power, 2 * power, 5 * power] {
            if look > count {
                return look;
            }
        }
        power *= 10;
    }
}

/// Whether a study knows something as precisely as is wanted.
///
/// # Panics
///
/// If the study does not keep the measure.
pub fn is_precise(precision: &Precision, study: &Replications) -> bool {
    match estimate(precision, study) {
        Found::Estimate(value, Ok(interval)) => {
            let half = (interval.high - interval.low) / 2.0;
            half <= match precision.half_width {
                HalfWidth::Relative(part) => part * value,
                HalfWidth::Absolute(width) => width.number(),
            }
        }
        _ => false,
    }
}

fn estimate(precision: &Precision, study: &Replications) -> Found {
    let question = Expectation {
        text: precision.text.clone(),
        statistic: precision.statistic,
        scope: precision.scope,
        measure: precision.measure,
        comparison: Comparison::AtLeast,
        value: Value::Ratio(0.0),
    };
    let Judgement { found, .. } = judge(&question, study);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_at_round_numbers() {
        let looks: Vec<u64> = std::iter::successors(Some(0), |look| Some(next_look(*look)))
            .skip(1)
            .take(7)
            .collect();
        assert_eq!(looks, [100, 200, 500, 1_000, 2_000, 5_000, 10_000]);
        assert_eq!(next_look(999), 1_000);
    }
}
