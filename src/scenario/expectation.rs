use super::Measure;
use crate::units::{Duration, Volume};

/// Something that must hold at the end of a run: `MEASURE OP VALUE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As it was written.
    pub text: String,
    /// Whose measure.
    pub scope: Scope,
    /// Which measure.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; of the measure's unit.
    pub value: Value,
}

/// Whose measure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole.
    Total,
    /// Index of a workspace.
    Workspace(usize),
    /// Index of a cluster.
    Cluster(usize),
}

/// How a measure is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// The value of a measure.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Value {
    /// Whole bytes.
    Volume(Volume),
    /// A duration.
    Duration(Duration),
    /// 0 to 1.
    Ratio(f64),
    /// A whole number.
    Count(u64),
}
