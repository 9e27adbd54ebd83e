//! Random delays: a shape, perhaps truncated, and what is drawn from it.
//!
//! The uniform, normal, exponential and gamma deviates are `rand_distr`'s; what makes a delay of
//! them is done with `libm`, so that platforms agree. A draw is rounded once, to the nearest
//! millisecond.

mod inverse;

use std::fmt;

use rand::RngExt;
use rand_distr::{Distribution as _, Exp1, Gamma, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::kernel::{Stream, StreamKey};
use crate::units::Duration;
pub use inverse::Tail;

/// How often a draw of a truncated distribution is repeated at most.
const MOST_DRAWS: u32 = 1_000;

/// Parameters without a unit lie between these two; beyond them a distribution is a constant or
/// has no moments in 64 bits.
const PLAIN: std::ops::RangeInclusive<f64> = 0.001..=1_000.0;

/// The 95 % quantile of the standard normal distribution.
const P95: f64 = 1.644_853_626_951_472_7;

/// A delay: a constant or a distribution, perhaps truncated. What it holds was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Delay {
    shape: Shape,
    /// Drawn again while shorter.
    min: Option<Duration>,
    /// Drawn again while longer.
    max: Option<Duration>,
}

/// The shape of a delay before any truncation. Times that are not exact are in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Always the same.
    Constant(Duration),
    /// Evenly from `min` to `max`.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest; at least `min`.
        max: Duration,
    },
    /// A density that rises from `min` to `mode` and falls to `max`, in straight lines.
    Triangular {
        /// The shortest.
        min: Duration,
        /// The likeliest; between the two.
        mode: Duration,
        /// The longest.
        max: Duration,
    },
    /// Without memory.
    Exponential {
        /// Above 0, in milliseconds.
        mean: f64,
    },
    /// The logarithm is normal.
    LogNormal {
        /// Above 0, in milliseconds.
        median: f64,
        /// The standard deviation of the logarithm.
        sigma: f64,
    },
    /// `scale` times an exponential deviate to the power of 1 / `shape`.
    Weibull {
        /// The 63.2 % quantile: above 0, in milliseconds.
        scale: f64,
        /// Below 1 the tail is heavier than exponential.
        shape: f64,
    },
    /// The mean is `scale` times `shape`.
    Gamma {
        /// Above 0, in milliseconds.
        scale: f64,
        /// The squared inverse of the coefficient of variation.
        shape: f64,
    },
    /// One of these, each as likely.
    Empirical {
        /// In rising order; at least one.
        values: Vec<Duration>,
    },
}

/// 1 000 draws in a row fell outside `min`..`max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawError;

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{MOST_DRAWS} draws in a row fell outside min..max; widen this range"
        )
    }
}

impl std::error::Error for DrawError {}

/// A family of distributions of delays and its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// As it is written behind `dist`.
    pub name: &'static str,
    /// A phrase without a full stop.
    pub text: &'static str,
    /// Sets of parameters, one of which must be there.
    pub parameters: &'static [&'static [&'static str]],
}

/// All families.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "uniform",
        text: "Evenly between `min` and `max`",
        parameters: &[&["min", "max"]],
    },
    Family {
        name: "triangular",
        text: "Between `min` and `max`, most likely at `mode`",
        parameters: &[&["min", "mode", "max"]],
    },
    Family {
        name: "exponential",
        text: "Memoryless, with this `mean`",
        parameters: &[&["mean"]],
    },
    Family {
        name: "lognormal",
        text: "The logarithm is normal: `median` and `sigma`, `mean` and `cv`, `median` and `p95`, or `mean` and `p95`",
        parameters: &[
            &["median", "sigma"],
            &["mean", "cv"],
            &["median", "p95"],
            &["mean", "p95"],
        ],
    },
    Family {
        name: "weibull",
        text: "`scale` and `shape`",
        parameters: &[&["scale", "shape"]],
    },
    Family {
        name: "gamma",
        text: "`scale` and `shape`, or `mean` and `shape`, or `mean` and `cv`",
        parameters: &[&["scale", "shape"], &["mean", "shape"], &["mean", "cv"]],
    },
    Family {
        name: "empirical",
        text: "One of the `values`, or of a `column` in a CSV `file`, all equally likely",
        parameters: &[
            &["values"],
            &["file", "column"],
            &["file", "column", "unit"],
        ],
    },
];

/// The parameters of a distribution as a file gives them. `min` and `max` are the ends of
/// uniform and triangular ones and truncate the others.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Parameters {
    pub min: Option<Duration>,
    pub max: Option<Duration>,
    pub mode: Option<Duration>,
    pub mean: Option<Duration>,
    pub median: Option<Duration>,
    pub p95: Option<Duration>,
    pub scale: Option<Duration>,
    pub sigma: Option<f64>,
    pub cv: Option<f64>,
    pub shape: Option<f64>,
    pub values: Option<Vec<Duration>>,
}

/// What is wrong with the parameters of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterError {
    /// The key that it is about; `None`: the whole, something is missing.
    pub key: Option<&'static str>,
    /// What was found and what would be right.
    pub text: String,
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ParameterError {}

fn wrong<T>(key: &'static str, text: impl Into<String>) -> Result<T, ParameterError> {
    let text = text.into();
    Err(ParameterError {
        key: Some(key),
        text,
    })
}

impl Parameters {
    /// The names of those that are given.
    fn given(&self) -> Vec<&'static str> {
        [
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("mode", self.mode.is_some()),
            ("mean", self.mean.is_some()),
            ("median", self.median.is_some()),
            ("p95", self.p95.is_some()),
            ("scale", self.scale.is_some()),
            ("sigma", self.sigma.is_some()),
            ("cv", self.cv.is_some()),
            ("shape", self.shape.is_some()),
            ("values", self.values.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

impl Family {
    /// The family that is written `dist`.
    fn named(dist: &str) -> Option<&'static Family> {
        FAMILIES.iter().find(|family| family.name == dist)
    }

    /// Whether the parameters with these names belong together in this family.
    pub(super) fn complete(&self, given: &[&'static str]) -> Result<(), ParameterError> {
        // Every family has them: as its ends, or to be truncated by.
        let own = |name: &&str| !["min", "max"].contains(name);
        let stranger = |name: &&&str| own(name) && !self.parameters.concat().contains(*name);
        if let Some(stranger) = given.iter().find(stranger) {
            let text = format!(
                "{} has no {stranger}; it needs {}",
                self.called(),
                self.sets()
            );
            return wrong(stranger, text);
        }
        let fits = |set: &[&str]| {
            let mut own = given.iter().filter(|name| own(name));
            set.iter().all(|name| given.contains(name)) && own.all(|name| set.contains(name))
        };
        if self.parameters.iter().any(|set| fits(set)) {
            return Ok(());
        }
        let text = format!("{} needs {}", self.called(), self.sets());
        Err(ParameterError { key: None, text })
    }

    /// `a lognormal distribution`.
    fn called(&self) -> String {
        let article = if self.name.starts_with('e') {
            "an"
        } else {
            "a"
        };
        format!("{article} {} distribution", self.name)
    }

    /// `median and sigma, or mean and cv`.
    fn sets(&self) -> String {
        let sets = self.parameters.iter().map(|set| set.join(" and "));
        sets.collect::<Vec<String>>().join(", or ")
    }
}

/// Looks up a parameter that [`Family::complete`] found.
fn found<T>(parameter: Option<T>) -> T {
    parameter.expect("the parameters are complete")
}

/// A time that must be above 0, in milliseconds.
fn positive(key: &'static str, duration: Option<Duration>) -> Result<f64, ParameterError> {
    match found(duration) {
        time if time > Duration::ZERO => Ok(milliseconds(time)),
        time => wrong(key, format!("{key} is {time}; it must be above 0s")),
    }
}

/// A parameter without a unit.
fn plain(key: &'static str, value: Option<f64>) -> Result<f64, ParameterError> {
    match found(value) {
        value if PLAIN.contains(&value) => Ok(value),
        value => wrong(
            key,
            format!("{key} is {value}; it must be between 0.001 and 1000"),
        ),
    }
}

#[allow(clippy::cast_precision_loss)]
fn milliseconds(duration: Duration) -> f64 {
    duration.millis() as f64
}

/// The one place where a drawn time becomes a whole one. Not negative, at most
/// [`Duration::LONGEST`].
#[allow(clippy::cast_possible_truncation)]
fn rounded(ms: f64) -> Duration {
    // `as` saturates.
    let whole = libm::round(ms) as i64;
    Duration::from_millis(whole).clamp(Duration::ZERO, Duration::LONGEST)
}

impl Delay {
    /// Always `duration`, which is not negative.
    pub const fn constant(duration: Duration) -> Delay {
        Delay {
            shape: Shape::Constant(duration),
            min: None,
            max: None,
        }
    }

    /// A distribution of the family that is written `dist`, one of [`FAMILIES`].
    ///
    /// # Errors
    ///
    /// What is missing, does not belong there, or is out of range.
    pub fn from_parameters(dist: &str, given: &Parameters) -> Result<Delay, ParameterError> {
        let Some(family) = Family::named(dist) else {
            let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
            let known = names.join(", ");
            return wrong(
                "dist",
                format!("there is no distribution {dist:?}; there are {known}"),
            );
        };
        family.complete(&given.given())?;
        if let (Some(min), Some(max)) = (given.min, given.max)
            && min > max
        {
            return wrong("min", format!("min ({min}) is above max ({max})"));
        }
        let (min, max) = (given.min, given.max);
        let (shape, truncated) = match dist {
            "uniform" => (
                Shape::Uniform {
                    min: found(min),
                    max: found(max),
                },
                false,
            ),
            "triangular" => (triangular(given)?, false),
            "exponential" => (
                Shape::Exponential {
                    mean: positive("mean", given.mean)?,
                },
                true,
            ),
            "lognormal" => (log_normal(given)?, true),
            "weibull" => {
                let scale = positive("scale", given.scale)?;
                (
                    Shape::Weibull {
                        scale,
                        shape: plain("shape", given.shape)?,
                    },
                    true,
                )
            }
            "gamma" => (gamma(given)?, true),
            _ => (empirical(given)?, true),
        };
        Ok(Delay {
            shape,
            min: min.filter(|_| truncated),
            max: max.filter(|_| truncated),
        })
    }

    /// The shape, before any truncation.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What is drawn with a stream key, which is computed only if a random number is needed: a
    /// constant needs none.
    ///
    /// # Errors
    ///
    /// [`DrawError`] if truncation leaves hardly anything.
    pub fn draw(&self, key: impl FnOnce() -> StreamKey) -> Result<Duration, DrawError> {
        if let Shape::Constant(duration) = self.shape {
            return Ok(duration);
        }
        let mut stream = key().stream();
        (0..MOST_DRAWS)
            .map(|_| rounded(self.shape.sample(&mut stream)))
            .find(|drawn| self.holds(*drawn))
            .ok_or(DrawError)
    }

    fn holds(&self, duration: Duration) -> bool {
        self.min.is_none_or(|min| duration >= min) && self.max.is_none_or(|max| duration <= max)
    }

    /// The shortest that can be drawn.
    pub fn shortest(&self) -> Duration {
        let shape = match &self.shape {
            Shape::Constant(duration) => *duration,
            Shape::Uniform { min, .. } | Shape::Triangular { min, .. } => *min,
            Shape::Empirical { values } => self.within(values)[0],
            Shape::Exponential { .. }
            | Shape::LogNormal { .. }
            | Shape::Weibull { .. }
            | Shape::Gamma { .. } => Duration::ZERO,
        };
        self.min.map_or(shape, |min| min.max(shape))
    }

    /// The longest that can be drawn; `None`: there is no end, a `max` must be given.
    pub fn longest(&self) -> Option<Duration> {
        match &self.shape {
            Shape::Constant(duration) => Some(*duration),
            Shape::Uniform { max, .. } | Shape::Triangular { max, .. } => Some(*max),
            Shape::Empirical { values } => self.within(values).last().copied(),
            Shape::Exponential { .. }
            | Shape::LogNormal { .. }
            | Shape::Weibull { .. }
            | Shape::Gamma { .. } => self.max,
        }
    }

    /// The median of what is drawn, truncation included.
    pub fn typical(&self) -> Duration {
        match &self.shape {
            Shape::Constant(duration) => *duration,
            Shape::Empirical { values } => {
                let values = self.within(values);
                let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
                rounded((milliseconds(low) + milliseconds(high)) / 2.0)
            }
            shape => {
                let below = self.min.map_or(0.0, |min| shape.cdf(milliseconds(min)));
                let above = self.max.map_or(1.0, |max| shape.cdf(milliseconds(max)));
                let median = rounded(shape.quantile((below + above) / 2.0));
                let longest = self.longest().unwrap_or(Duration::LONGEST);
                median.clamp(self.shortest(), longest)
            }
        }
    }

    /// Those of the values, in rising order, that truncation leaves: at least one.
    fn within<'a>(&self, values: &'a [Duration]) -> &'a [Duration] {
        let from = values.partition_point(|value| self.min.is_some_and(|min| *value < min));
        let to = values.partition_point(|value| self.max.is_none_or(|max| *value <= max));
        &values[from..to]
    }
}

fn triangular(given: &Parameters) -> Result<Shape, ParameterError> {
    let (min, mode, max) = (found(given.min), found(given.mode), found(given.max));
    if !(min..=max).contains(&mode) {
        let text = format!("mode ({mode}) is not between min ({min}) and max ({max})");
        return wrong("mode", text);
    }
    Ok(Shape::Triangular { min, mode, max })
}

fn log_normal(given: &Parameters) -> Result<Shape, ParameterError> {
    if given.p95.is_some() {
        return log_normal_of_p95(given);
    }
    if given.median.is_some() {
        let median = positive("median", given.median)?;
        let sigma = plain("sigma", given.sigma)?;
        return Ok(Shape::LogNormal { median, sigma });
    }
    let mean = positive("mean", given.mean)?;
    let cv = plain("cv", given.cv)?;
    Ok(Shape::LogNormal {
        median: mean / libm::sqrt(1.0 + cv * cv),
        sigma: libm::sqrt(libm::log1p(cv * cv)),
    })
}

/// By its 95 % quantile, and its median or its mean.
///
/// With L = ln(p95 / mean) the sigmas are z - sqrt(z^2 - 2 L) and z + sqrt(z^2 - 2 L). The first
/// one, at most z, is meant: the second has nearly all of its mean in rare huge values.
fn log_normal_of_p95(given: &Parameters) -> Result<Shape, ParameterError> {
    let p95 = positive("p95", given.p95)?;
    let (key, middle) = match given.median {
        Some(_) => ("median", given.median),
        None => ("mean", given.mean),
    };
    let stated = positive(key, middle)?;
    let told = || {
        let (p95, middle) = (found(given.p95), found(middle));
        format!(
            "p95 ({p95}) is {:.3} times the {key} ({middle})",
            p95.as_secs_f64() / middle.as_secs_f64()
        )
    };
    let log = libm::log(p95 / stated);
    let (median, sigma) = if key == "median" {
        (stated, log / P95)
    } else {
        let room = P95 * P95 - 2.0 * log;
        if room < 0.0 {
            let text = format!(
                "{}; in a lognormal distribution it is at most 3.868 times; take a smaller p95, \
                 or write median and p95",
                told()
            );
            return wrong("p95", text);
        }
        let sigma = P95 - libm::sqrt(room);
        (stated * libm::exp(-sigma * sigma / 2.0), sigma)
    };
    if sigma < *PLAIN.start() {
        let other = match key {
            "mean" => ", and a p95 below the mean as median and sigma",
            _ => "",
        };
        let text = format!(
            "{}; it must be larger, with a sigma of at least 0.001; write a constant as a \
             duration{other}",
            told()
        );
        return wrong("p95", text);
    }
    Ok(Shape::LogNormal { median, sigma })
}

fn gamma(given: &Parameters) -> Result<Shape, ParameterError> {
    let shape = match given.cv {
        Some(_) => {
            let cv = plain("cv", given.cv)?;
            1.0 / (cv * cv)
        }
        None => plain("shape", given.shape)?,
    };
    let scale = match given.mean {
        Some(_) => positive("mean", given.mean)? / shape,
        None => positive("scale", given.scale)?,
    };
    Ok(Shape::Gamma { scale, shape })
}

fn empirical(given: &Parameters) -> Result<Shape, ParameterError> {
    let mut values = found(given.values.clone());
    values.sort_unstable();
    if values.is_empty() {
        return wrong("values", "values is empty; write at least one duration");
    }
    let inside = |value: &Duration| {
        given.min.is_none_or(|min| *value >= min) && given.max.is_none_or(|max| *value <= max)
    };
    if !values.iter().any(inside) {
        return wrong("values", "none of the values lies between min and max");
    }
    Ok(Shape::Empirical { values })
}

impl Shape {
    /// A deviate, in milliseconds.
    fn sample(&self, stream: &mut Stream) -> f64 {
        match self {
            Shape::Constant(duration) => milliseconds(*duration),
            Shape::Uniform { .. } | Shape::Triangular { .. } => self.quantile(stream.random()),
            Shape::Exponential { mean } => {
                let deviate: f64 = Exp1.sample(stream);
                mean * deviate
            }
            Shape::LogNormal { median, sigma } => {
                let deviate: f64 = StandardNormal.sample(stream);
                median * libm::exp(sigma * deviate)
            }
            Shape::Weibull { scale, shape } => {
                let deviate: f64 = Exp1.sample(stream);
                scale * libm::pow(deviate, 1.0 / shape)
            }
            Shape::Gamma { scale, shape } => {
                let unit = Gamma::new(*shape, 1.0).expect("the shape was checked");
                scale * unit.sample(stream)
            }
            Shape::Empirical { values } => {
                milliseconds(values[stream.random_range(0..values.len())])
            }
        }
    }

    /// The probability of at most `x` milliseconds, for shapes with a density; `x` is not negative.
    fn cdf(&self, x: f64) -> f64 {
        match self {
            Shape::Exponential { mean } => -libm::expm1(-x / mean),
            Shape::LogNormal { median, sigma } => standard().cdf(libm::log(x / median) / sigma),
            Shape::Weibull { scale, shape } => -libm::expm1(-libm::pow(x / scale, *shape)),
            Shape::Gamma { scale, shape } => unit_gamma(*shape).cdf(x / scale),
            Shape::Constant(_)
            | Shape::Uniform { .. }
            | Shape::Triangular { .. }
            | Shape::Empirical { .. } => unreachable!("these are never truncated by `cdf`"),
        }
    }

    /// The time in milliseconds below which a share `p` of the draws lies, for shapes with a
    /// density; `p` is in [0, 1).
    fn quantile(&self, p: f64) -> f64 {
        match self {
            Shape::Uniform { min, max } => {
                let (min, max) = (milliseconds(*min), milliseconds(*max));
                min + p * (max - min)
            }
            Shape::Triangular { min, mode, max } => {
                let [min, mode, max] = [min, mode, max].map(|time| milliseconds(*time));
                let rising = (mode - min) * (max - min);
                if p * (max - min) < mode - min {
                    min + libm::sqrt(p * rising)
                } else {
                    max - libm::sqrt((1.0 - p) * (max - mode) * (max - min))
                }
            }
            Shape::Exponential { mean } => -mean * libm::log1p(-p),
            Shape::LogNormal { median, sigma } => {
                median * libm::exp(sigma * standard().inverse_cdf(p))
            }
            Shape::Weibull { scale, shape } => scale * libm::pow(-libm::log1p(-p), 1.0 / shape),
            Shape::Gamma { scale, shape } => scale * unit_gamma(*shape).inverse_cdf(p),
            Shape::Constant(_) | Shape::Empirical { .. } => {
                unreachable!("these have no density")
            }
        }
    }
}

fn standard() -> Normal {
    Normal::standard()
}

fn unit_gamma(shape: f64) -> statrs::distribution::Gamma {
    statrs::distribution::Gamma::new(shape, 1.0).expect("the shape was checked")
}

#[cfg(test)]
#[path = "distribution_tests.rs"]
mod tests;
