use super::NoiseShape;
use crate::units::{Duration, Factor, Rate};

/// What arrives at a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingestion {
    /// The mean rate, or a trace.
    pub source: Source,
    /// What is not known of the rate, which is then the median: the standard deviation of its
    /// logarithm. One is drawn in each replication; 0: the rate is known.
    pub rate_spread: f64,
    /// Factors of the 24 hours of a day, mean 1.
    pub hourly: Option<[Factor; 24]>,
    /// Factors of the 7 days of a week, Monday first, mean 1.
    pub weekly: Option<[Factor; 7]>,
    /// Compound growth from the start on, in steps of an hour.
    pub growth: Option<Growth>,
    /// Random factors with mean 1.
    pub noise: Option<Noise>,
}

impl Ingestion {
    /// A constant rate, or a trace as it is.
    pub fn constant(source: Source) -> Ingestion {
        Ingestion {
            source,
            rate_spread: 0.0,
            hourly: None,
            weekly: None,
            growth: None,
            noise: None,
        }
    }

    /// Whether rate and growth are the same in every replication.
    pub fn is_known(&self) -> bool {
        self.rate_spread == 0.0 && self.growth.is_none_or(|growth| growth.spread == 0.0)
    }

    /// Whether the same arrives in every replication, but for what events do to it.
    pub fn is_fixed(&self) -> bool {
        self.is_known() && self.noise.is_none()
    }
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
    /// What a period multiplies by; above 0 (3 % is 1.03). Of growth that is drawn the median.
    pub factor: f64,
    /// The period.
    pub per: Duration,
    /// What is not known of it: the standard deviation of the logarithm of the factor. One is
    /// drawn in each replication; 0: it is known.
    pub spread: f64,
    /// The correlation of the logarithms of rate and factor, from -1 to 1; it matters where both
    /// are drawn.
    pub correlation: f64,
}

impl Growth {
    /// Growth that is known.
    pub fn known(factor: f64, per: Duration) -> Growth {
        Growth {
            factor,
            per,
            spread: 0.0,
            correlation: 0.0,
        }
    }
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
    /// The cv of further factors, each of which holds for a day; 0: none.
    pub daily_cv: f64,
    /// The same for a week: seven days.
    pub weekly_cv: f64,
}

impl Noise {
    /// Factors that are independent from one period to the next.
    pub fn independent(shape: NoiseShape, cv: f64, period: Duration) -> Noise {
        Noise {
            shape,
            cv,
            period,
            daily_cv: 0.0,
            weekly_cv: 0.0,
        }
    }
}
