use crate::accounting::Measures;
use crate::scenario::{Expectation, Statistic, Value};

/// Whether an expectation of the scenario held.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Index in [`crate::scenario::Content::expectations`].
    pub expectation: usize,
    /// What the measure was; `None`: it has no value, and the expectation fails.
    pub actual: Option<Value>,
    /// Whether it held.
    pub passed: bool,
}

/// Checks what is expected of each replication. A measure without a value fails.
pub(super) fn verdicts(expectations: &[Expectation], measures: &Measures) -> Vec<Verdict> {
    let check = |(index, expectation): (usize, &Expectation)| {
        let actual = measures.get(expectation.scope, expectation.measure);
        let passed =
            actual.is_some_and(|actual| expectation.comparison.holds(actual, expectation.value));
        Verdict {
            expectation: index,
            actual,
            passed,
        }
    };
    let of_each =
        |(_, expectation): &(usize, &Expectation)| expectation.statistic == Statistic::Each;
    let expectations = expectations.iter().enumerate().filter(of_each);
    expectations.map(check).collect()
}
