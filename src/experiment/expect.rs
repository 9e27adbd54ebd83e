use crate::scenario::Value;

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
