//! What a replication shows that must not get lost.

use std::fmt;

use crate::accounting::Measures;
use crate::scenario::{Comparison, Expectation, Scenario};

/// That an expectation of one replication fails, with a value or for want of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Symptom {
    /// What fails.
    expectation: Expectation,
    /// As it is told.
    told: String,
    /// Whether it fails because the measure has no value.
    without_value: bool,
}

impl Symptom {
    /// That an expectation of each replication fails: with a value, or because there is none.
    pub fn fails(expectation: &Expectation, without_value: bool) -> Symptom {
        Symptom {
            told: format!("{} fails", expectation.text.trim()),
            expectation: expectation.clone(),
            without_value,
        }
    }

    /// That a condition holds: that the contrary of it, as an expectation, fails.
    pub fn holds(condition: &Expectation) -> Symptom {
        let contrary = match condition.comparison {
            Comparison::AtMost => Comparison::Above,
            Comparison::Below => Comparison::AtLeast,
            Comparison::AtLeast => Comparison::Below,
            Comparison::Above => Comparison::AtMost,
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
        };
        let text = condition.text.trim();
        Symptom {
            told: format!("{text} holds"),
            expectation: Expectation {
                text: text.replacen(condition.comparison.sign(), contrary.sign(), 1),
                comparison: contrary,
                ..condition.clone()
            },
            without_value: false,
        }
    }

    /// The expectation that fails, as it is written.
    pub fn expectation(&self) -> &str {
        self.expectation.text.trim()
    }

    /// What it is about, in the scenario of which it was read.
    pub fn about(&self) -> &Expectation {
        &self.expectation
    }

    /// Whether a scenario that expects nothing else shows it.
    pub(super) fn is_shown(&self, scenario: &Scenario, measures: &Measures) -> bool {
        let only = scenario.expectations.first();
        only.is_some_and(|only| match measures.get(only.scope, only.measure) {
            None => self.without_value,
            Some(actual) => !self.without_value && !only.comparison.holds(actual, only.value),
        })
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}
