//! The probability of something rare, by importance sampling.
//!
//! Pilots learn which delays of events lead to it; the study draws from what they have learned, and
//! each of its replications has the weight that makes up for it ([`crate::model::Mixture`]).

mod curve;
mod learn;

pub use curve::{Level, levels};
pub use learn::{Learned, MOST_DELAYS, PILOT, learn};

use super::judge::Outcome;
use super::replicate::Replications;
use crate::model::WEIGHT_UNIT;
use crate::scenario::{Comparison, Expectation, Measure, Scope, Statistic, Target, Value};
use crate::statistics::Weighted;

/// What is rare: a measure beyond a value.
#[derive(Debug, Clone, PartialEq)]
pub struct RareEvent {
    /// As it was written: `probability(CONDITION)`.
    pub text: String,
    /// Whose measure.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    /// How it is compared: one of `>`, `>=`, `<` and `<=`.
    pub comparison: Comparison,
    /// With what.
    pub bound: Value,
}

impl RareEvent {
    /// What a question is about.
    ///
    /// # Errors
    ///
    /// Why it cannot be asked so, in a sentence.
    pub fn new(target: &Target) -> Result<RareEvent, String> {
        let Statistic::Probability(comparison, bound) = target.statistic else {
            return Err(format!(
                "{} is no probability; write probability(MEASURE > VALUE)",
                target.text
            ));
        };
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Err(format!(
                "{}: the way to what is rare is found by getting nearer to it; write >, >=, < or \
                 <=",
                target.text
            ));
        }
        Ok(RareEvent {
            text: target.text.clone(),
            scope: target.scope,
            measure: target.measure,
            comparison,
            bound,
        })
    }

    /// Whether a replication is a hit. One without a value is none.
    pub fn is_met(&self, value: Option<Value>) -> bool {
        value.is_some_and(|value| self.comparison.holds(value, self.bound))
    }

    /// Whether more of the measure is nearer to the event.
    pub fn is_above(&self) -> bool {
        matches!(self.comparison, Comparison::Above | Comparison::AtLeast)
    }

    /// How near a replication is: the more, the nearer.
    fn score(&self, value: Option<Value>) -> f64 {
        match value {
            None => f64::NEG_INFINITY,
            Some(value) if self.is_above() => value.number(),
            Some(value) => -value.number(),
        }
    }

    /// What the replications of a study say.
    ///
    /// # Panics
    ///
    /// If they do not keep the measure, or have no weights.
    pub fn found(&self, study: &Replications) -> Weighted {
        let mut found = Weighted::new(WEIGHT_UNIT);
        for (value, weight) in weighted(self, study) {
            found.add(weight, self.is_met(value));
        }
        found
    }

    /// Whether an expectation holds, if it is about this event's probability; `None`: it is about
    /// something else, of which the study says nothing.
    pub fn judged(&self, expectation: &Expectation, study: &Replications) -> Option<Outcome> {
        let same = (expectation.scope, expectation.measure) == (self.scope, self.measure)
            && expectation.statistic == Statistic::Probability(self.comparison, self.bound);
        let all_have_values = || weighted(self, study).all(|(value, _)| value.is_some());
        if !same || !all_have_values() {
            return None;
        }
        let limit = expectation.value.number();
        let compares = |end: f64| {
            expectation
                .comparison
                .holds(Value::Ratio(end), Value::Ratio(limit))
        };
        let interval = self.found(study).interval();
        Some(
            match interval.map(|of| (compares(of.low), compares(of.high))) {
                Some((true, true)) => Outcome::Passed,
                Some((false, false)) => Outcome::Failed,
                _ => Outcome::Undecided,
            },
        )
    }
}

/// The value and the weight of each replication.
fn weighted<'a>(
    event: &RareEvent,
    study: &'a Replications,
) -> impl Iterator<Item = (Option<Value>, u64)> + 'a {
    let column = study.of(event.scope, event.measure);
    let values = column.expect("the measure is kept").values();
    values.zip(study.weights().expect("a rare study has weights"))
}
