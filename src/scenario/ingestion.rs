use super::NoiseShape;
use crate::units::{Duration, Factor, Rate};

/// What arrives at a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingestion {
    /// The mean rate, or a trace.
    pub source: Source,
    /// Factors of the 24 hours of a day, mean 1.
    pub hourly: Option<[Factor; 24]>,
    /// Factors of the 7 days of a week, Monday first, mean 1.
    pub weekly: Option<[Factor; 7]>,
    /// Compound growth from the start on, in steps of an hour.
    pub growth: Option<Growth>,
    /// Random factors with mean 1.
    pub noise: Option<Noise>,
}

/// Where the volume comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A mean rate.
    Rate(Rate),
    /// An export, replayed.
    Trace(Trace),
}

/// An export to replay. Columns are named by their header.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The file, as the scenario names it (relative to the scenario).
    pub file: String,
    /// Column of the instant at which a row begins.
    pub time: String,
    /// Column of the volume.
    pub volume: String,
    /// What the volumes mean.
    pub scale: Scale,
    /// What a row covers; `None`: the commonest spacing.
    pub step: Option<Duration>,
    /// Only rows whose columns have these values.
    pub filter: Vec<(String, String)>,
    /// Whether it begins again after its end; else nothing arrives then.
    pub repeat: bool,
    /// Whether the first row is at its calendar time; else it is at the start of the run.
    pub calendar: bool,
}

/// What the numbers of a trace mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The number of bytes that one stands for.
    Unit(u64),
    /// Scaled so that the mean over the trace is this.
    MeanRate(Rate),
}

/// Compound growth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// What a period multiplies by; above 0 (3 % is 1.03).
    pub factor: f64,
    /// The period.
    pub per: Duration,
}

/// Random factors with mean 1, one per period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// The family.
    pub shape: NoiseShape,
    /// Standard deviation over mean; above 0.
    pub cv: f64,
    /// How long a factor holds.
    pub period: Duration,
}
