use crate::accounting::Measures;
use crate::scenario::{Comparison, Expectation, Value};

/// Whether an expectation of the scenario held.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Index in [`crate::scenario::Scenario::expectations`].
    pub expectation: usize,
    /// What the measure was; `None`: it has no value, and the expectation fails.
    pub actual: Option<Value>,
    /// Whether it held.
    pub passed: bool,
}

/// Checks what is expected. A measure without a value fails.
pub(super) fn verdicts(expectations: &[Expectation], measures: &Measures) -> Vec<Verdict> {
    let check = |(index, expectation): (usize, &Expectation)| {
        let actual = measures.get(expectation.scope, expectation.measure);
        let passed =
            actual.is_some_and(|actual| holds(actual, expectation.comparison, expectation.value));
        Verdict {
            expectation: index,
            actual,
            passed,
        }
    };
    expectations.iter().enumerate().map(check).collect()
}

fn holds(actual: Value, comparison: Comparison, value: Value) -> bool {
    match comparison {
        Comparison::AtMost => actual <= value,
        Comparison::Below => actual < value,
        Comparison::AtLeast => actual >= value,
        Comparison::Above => actual > value,
        Comparison::Equal => actual == value,
        Comparison::NotEqual => actual != value,
    }
}
