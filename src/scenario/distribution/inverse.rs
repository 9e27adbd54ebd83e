//! A delay by its place in the distribution, for who chooses the place instead of drawing it.
//!
//! What [`Delay::draw`] draws again until it lies between `min` and `max` has the distribution of
//! the shape between half a millisecond below `min` and half a millisecond above `max`, because a
//! draw is rounded before it is looked at. Its inverse is what stands here.

use statrs::distribution::ContinuousCDF;

use super::{Delay, DrawError, Shape, milliseconds, rounded, standard, unit_gamma};
use crate::units::Duration;

/// A place in a distribution, by what lies on the nearer side of it: exact in both tails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tail {
    /// This share of the draws is below: above 0, at most 1.
    Below(f64),
    /// This share of the draws is above: above 0, at most 1.
    Above(f64),
}

/// Less than this is not told from nothing by the functions of a shape.
const LEAST_MASS: f64 = 1e-12;

/// A draw becomes a whole number of milliseconds.
const HALF: f64 = 0.5;

/// How much of a shape lies below a time and above it.
#[derive(Clone, Copy)]
struct Sides {
    below: f64,
    above: f64,
}

impl Tail {
    /// The shares below and above.
    fn sides(self) -> (f64, f64) {
        match self {
            Tail::Below(below) => (below, 1.0 - below),
            Tail::Above(above) => (1.0 - above, above),
        }
    }
}

impl Delay {
    /// Whether it is drawn: a constant is not.
    pub fn is_drawn(&self) -> bool {
        !matches!(self.shape, Shape::Constant(_))
    }

    /// The delay at a place of its distribution, truncation and rounding included: drawn evenly
    /// over the places it has the distribution of [`Delay::draw`].
    ///
    /// # Errors
    ///
    /// [`DrawError`] if truncation leaves nothing that could be told from 0.
    pub fn at(&self, place: Tail) -> Result<Duration, DrawError> {
        match &self.shape {
            Shape::Constant(duration) => Ok(*duration),
            Shape::Empirical { values } => Ok(nth(self.within(values), place)),
            shape => {
                let drawn = rounded(shape.inverse(self.of_shape(shape, place)?));
                let longest = self.longest().unwrap_or(Duration::LONGEST);
                Ok(drawn.clamp(self.shortest(), longest))
            }
        }
    }

    /// The place in the whole shape of a place in what truncation leaves of it.
    fn of_shape(&self, shape: &Shape, place: Tail) -> Result<Tail, DrawError> {
        let min = self.min.filter(|min| *min > Duration::ZERO);
        let max = self.max.filter(|max| *max < Duration::LONGEST);
        if min.is_none() && max.is_none() {
            return Ok(place);
        }
        let low = min.map_or(
            Sides {
                below: 0.0,
                above: 1.0,
            },
            |min| shape.sides(milliseconds(min) - HALF),
        );
        let high = max.map_or(
            Sides {
                below: 1.0,
                above: 0.0,
            },
            |max| shape.sides(milliseconds(max) + HALF),
        );
        // Where both ends lie above the middle, what is above them is more exact.
        let mass = match low.above < 0.5 {
            true => low.above - high.above,
            false => high.below - low.below,
        };
        if mass < LEAST_MASS {
            return Err(DrawError);
        }
        let (below, above) = place.sides();
        let (below, above) = (low.below + below * mass, high.above + above * mass);
        Ok(match below <= above {
            true => Tail::Below(below),
            false => Tail::Above(above),
        })
    }
}

/// One of the values, each of which has the same share.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
fn nth(values: &[Duration], place: Tail) -> Duration {
    let last = values.len() - 1;
    let number = |share: f64| ((share * values.len() as f64) as usize).min(last);
    match place {
        Tail::Below(below) => values[number(below)],
        Tail::Above(above) => values[last - number(above)],
    }
}

impl Shape {
    /// What lies below and above `x` milliseconds, for shapes that are truncated; `x` is above 0.
    fn sides(&self, x: f64) -> Sides {
        let above = match self {
            Shape::Exponential { mean } => libm::exp(-x / mean),
            Shape::LogNormal { median, sigma } => standard().sf(libm::log(x / median) / sigma),
            Shape::Weibull { scale, shape } => libm::exp(-libm::pow(x / scale, *shape)),
            Shape::Gamma { scale, shape } => unit_gamma(*shape).sf(x / scale),
            Shape::Constant(_)
            | Shape::Uniform { .. }
            | Shape::Triangular { .. }
            | Shape::Empirical { .. } => unreachable!("these are never truncated so"),
        };
        let below = self.cdf(x);
        Sides { below, above }
    }

    /// The time in milliseconds at a place, for shapes with a density.
    fn inverse(&self, place: Tail) -> f64 {
        let above = match place {
            Tail::Below(below) => return self.quantile(below.min(1.0 - f64::EPSILON)),
            Tail::Above(above) => above,
        };
        match self {
            Shape::Uniform { min, max } => {
                let (min, max) = (milliseconds(*min), milliseconds(*max));
                max - above * (max - min)
            }
            Shape::Exponential { mean } => -mean * libm::log(above),
            Shape::LogNormal { median, sigma } => {
                median * libm::exp(-sigma * standard().inverse_cdf(above))
            }
            Shape::Weibull { scale, shape } => scale * libm::pow(-libm::log(above), 1.0 / shape),
            // Their functions know the lower side alone; the difference is below 10^-15 of all.
            Shape::Triangular { .. } | Shape::Gamma { .. } => {
                self.quantile((1.0 - above).min(1.0 - f64::EPSILON))
            }
            Shape::Constant(_) | Shape::Empirical { .. } => {
                unreachable!("these have no density")
            }
        }
    }
}

#[cfg(test)]
#[path = "inverse_tests.rs"]
mod tests;
