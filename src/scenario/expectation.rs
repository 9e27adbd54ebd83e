//! What is expected: of one replication, or of many.

mod parse;

use std::fmt;

use super::diagnostics::{Complaints, Diagnostic, Diagnostics, Span, Text};
use super::validate::Names;
use super::{Measure, Scenario, Unit};
use crate::statistics::Quantile;
use crate::units::{Duration, Money, Volume, grouped};
pub(super) use parse::{Scopes, expectation};

/// Something that must hold: `MEASURE OP VALUE` in every replication, or `STAT(MEASURE) OP VALUE`
/// over all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As it was written.
    pub text: String,
    /// What is made of the values of all replications.
    pub statistic: Statistic,
    /// Whose measure.
    pub scope: Scope,
    /// Which measure.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: of the measure's unit, but for a probability and for the mean of a count a
    /// plain number as [`Value::Ratio`].
    pub value: Value,
}

/// What is made of the values of a measure in all replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Nothing: something must hold in each.
    Each,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean.
    Mean,
    /// A quantile, as in `p99`.
    Quantile(Quantile),
    /// The share of the replications in which the measure compares so.
    Probability(Comparison, Value),
}

impl Expectation {
    /// Whether in a probability that is expected what has no value counts: it does against what is
    /// expected.
    pub fn unknown_counts(&self) -> bool {
        matches!(self.comparison, Comparison::AtMost | Comparison::Below)
    }
}

impl Statistic {
    /// What it is in, of a measure.
    pub fn unit(self, measure: Measure) -> Unit {
        match self {
            Statistic::Probability(..) => Unit::Ratio,
            _ => measure.unit(),
        }
    }

    /// Whether what is found only estimates what more replications would show.
    pub fn is_estimated(self) -> bool {
        !matches!(self, Statistic::Each | Statistic::Min | Statistic::Max)
    }
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
    /// An amount in the currency of the scenario's prices.
    Money(Money),
}

impl fmt::Display for Value {
    /// As people read it: `12.3 GB`, `1h 5m`, `0.25`, `1,234`, `1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Volume(volume) => f.write_str(&volume.human()),
            Value::Duration(duration) => f.write_str(&duration.human()),
            Value::Ratio(ratio) => write!(f, "{ratio}"),
            Value::Count(count) => f.write_str(&grouped(*count)),
            Value::Money(amount) => f.write_str(&amount.human()),
        }
    }
}

impl Value {
    /// As a plain number: bytes, seconds, units of a currency, or as it is.
    #[allow(clippy::cast_precision_loss)]
    pub fn number(self) -> f64 {
        match self {
            Value::Volume(volume) => volume.bytes() as f64,
            Value::Duration(duration) => duration.as_secs_f64(),
            Value::Ratio(ratio) => ratio,
            Value::Count(count) => count as f64,
            Value::Money(amount) => amount.as_f64(),
        }
    }
}

impl Scope {
    /// Whether a measure is one of this scope.
    pub fn has(self, measure: Measure) -> bool {
        match self {
            Scope::Total => true,
            Scope::Workspace(_) => measure.of_workspace(),
            Scope::Cluster(_) => measure.of_cluster(),
        }
    }
}

impl Comparison {
    /// Whether `actual` compares so with `value`.
    pub fn holds(self, actual: Value, value: Value) -> bool {
        match self {
            Comparison::AtMost => actual <= value,
            Comparison::Below => actual < value,
            Comparison::AtLeast => actual >= value,
            Comparison::Above => actual > value,
            Comparison::Equal => actual == value,
            Comparison::NotEqual => actual != value,
        }
    }

    /// Its sign.
    pub fn sign(self) -> &'static str {
        let found = parse::COMPARISONS
            .iter()
            .find(|(_, comparison)| *comparison == self);
        found.expect("every comparison has a sign").0
    }
}

/// A statistic of a measure, as a question about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// As it was written; a bare measure means its mean.
    pub text: String,
    /// What is made of its values.
    pub statistic: Statistic,
    /// Whose measure.
    pub scope: Scope,
    /// Which measure.
    pub measure: Measure,
}

/// How precisely a statistic is to be known.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// As it was written.
    pub text: String,
    /// The mean, a quantile or a probability.
    pub statistic: Statistic,
    /// Whose measure.
    pub scope: Scope,
    /// Which measure.
    pub measure: Measure,
    /// The half-width of its 95 % interval.
    pub half_width: HalfWidth,
}

/// A half-width of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HalfWidth {
    /// A part of the value, above 0 and below 1.
    Relative(f64),
    /// In the unit of the value.
    Absolute(Value),
}

impl Scenario {
    /// Reads an expectation on a command line; `option` is what messages call it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its place in the text.
    pub fn expectation(&self, option: &str, text: &str) -> Result<Expectation, Diagnostics> {
        self.read_one(option, text, parse::expectation)
    }

    /// Reads a measure on a command line: `MEASURE`, `workspace.NAME.MEASURE` or
    /// `cluster.NAME.MEASURE`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its place in the text.
    pub fn measure(&self, option: &str, text: &str) -> Result<(Scope, Measure), Diagnostics> {
        self.read_one(option, text, parse::measure)
    }

    /// Reads a wanted precision on a command line: `STAT(MEASURE) HALF-WIDTH`, as in
    /// `mean(dropped) 2%`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its place in the text.
    pub fn precision(&self, option: &str, text: &str) -> Result<Precision, Diagnostics> {
        self.read_one(option, text, parse::precision)
    }

    /// Reads a question on a command line: `MEASURE` for its mean, or `STAT(MEASURE)`, as in
    /// `p95(dropped)` or `probability(dropped > 0 B)`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its place in the text.
    pub fn target(&self, option: &str, text: &str) -> Result<Target, Diagnostics> {
        self.read_one(option, text, parse::target_of)
    }

    fn read_one<T>(
        &self,
        option: &str,
        text: &str,
        read: impl Fn(&str, Span, &Scopes<'_>) -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostics> {
        let span = Span {
            text: 0,
            start: 0,
            end: text.len(),
        };
        // The names of a scenario that was read are in order.
        let unheard = Complaints::default();
        let mut workspaces = Names::new("workspaces");
        let mut clusters = Names::new("clusters");
        for workspace in &self.workspaces {
            workspaces.add(Some((workspace.name.clone(), span)), &unheard);
        }
        for cluster in &self.clusters {
            clusters.add(Some((cluster.name.clone(), span)), &unheard);
        }
        let scopes = Scopes {
            workspaces: &workspaces,
            clusters: &clusters,
            currency: &self.prices.currency,
        };
        read(text, span, &scopes).map_err(|complaint| {
            let text = Text::new(option.to_owned(), text.to_owned());
            Diagnostics::new(vec![text], vec![complaint])
        })
    }

    /// How a measure of a scope is written; [`Scenario::measure`] reads it.
    pub fn name_of(&self, scope: Scope, measure: Measure) -> String {
        let measure = measure.name();
        match scope {
            Scope::Total => measure.to_owned(),
            Scope::Workspace(at) => format!("workspace.{}.{measure}", self.workspaces[at].name),
            Scope::Cluster(at) => format!("cluster.{}.{measure}", self.clusters[at].name),
        }
    }
}
