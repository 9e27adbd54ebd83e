use rand_distr::{Distribution, Gamma, StandardNormal};

use super::Reason;
use crate::kernel::{Stream, StreamKey};
use crate::scenario::{Noise, NoiseShape};
use crate::units::Duration;

/// Below this a factor differs from 1 by less than the precision of factors.
const NO_SPREAD: f64 = 1e-7;
/// The parts of a noise, by the names of their streams.
const PARTS: [&str; 3] = ["noise", "daily noise", "weekly noise"];

/// How long the factors of each part of a noise hold, and their cv; 0: there is none.
fn parts(noise: &Noise) -> [(Duration, f64); 3] {
    const WEEK: Duration = Duration::from_millis(7 * Duration::DAY.millis());
    [
        (noise.period, noise.cv),
        (Duration::DAY, noise.daily_cv),
        (WEEK, noise.weekly_cv),
    ]
}

/// The periods of those parts of a noise that there are.
pub(super) fn periods(noise: &Noise) -> impl Iterator<Item = Duration> {
    let parts = parts(noise).into_iter();
    parts.filter(|part| part.1 > 0.0).map(|part| part.0)
}

/// Which parts of a noise begin a period at this instant, each as a bit.
pub(super) fn begin(noise: &Noise, since_start: Duration) -> u8 {
    let begins = |(period, _): (Duration, f64)| since_start.millis() % period.millis() == 0;
    let bits = parts(noise).into_iter().enumerate();
    bits.map(|(number, part)| u8::from(begins(part)) << number)
        .sum()
}

/// A part of the noise of one workspace: one factor per period, with mean 1, from t = 0 on.
///
/// The factors depend on the root key and the workspace's name alone, and are drawn in the order
/// of the periods, so another workspace or another duration changes none.
#[derive(Debug, Clone)]
pub(super) struct Part {
    shape: Shape,
    stream: Stream,
    /// Which bit says that a period begins: see [`begin`].
    bit: u8,
    /// The factor that holds, or its logarithm.
    current: f64,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma<f64>),
}

impl Part {
    /// All parts that are not 1.
    pub(super) fn all(
        noise: &Noise,
        workspace: &str,
        root: StreamKey,
    ) -> Result<Vec<Part>, Reason> {
        let parts = parts(noise).into_iter().zip(PARTS).enumerate();
        let parts = parts.filter(|(_, ((_, cv), _))| *cv >= NO_SPREAD || cv.is_nan());
        let part = |(number, ((period, cv), name))| {
            Ok(Part {
                shape: Shape::of(noise.shape, period, cv)?,
                stream: root.name(name).name(workspace).stream(),
                bit: 1_u8 << number,
                current: 0.0,
            })
        };
        parts.map(part).collect()
    }

    /// Draws what is needed for the next pieces, of which each says what begins with it: adds to
    /// the logarithms of their factors, or multiplies their factors.
    pub(super) fn apply(
        &mut self,
        begins: impl Iterator<Item = u8>,
        logarithms: &mut [f64],
        factors: &mut [f64],
    ) {
        let bit = self.bit;
        let begins = begins.map(|begins| begins & bit != 0);
        match self.shape {
            Shape::LogNormal { mu, sigma } => {
                for (begins, logarithm) in begins.zip(logarithms) {
                    if begins {
                        let z: f64 = StandardNormal.sample(&mut self.stream);
                        self.current = mu + sigma * z;
                    }
                    *logarithm += self.current;
                }
            }
            Shape::Gamma(gamma) => {
                for (begins, factor) in begins.zip(factors) {
                    if begins {
                        self.current = gamma.sample(&mut self.stream);
                    }
                    *factor *= self.current;
                }
            }
        }
    }
}

impl Shape {
    fn of(shape: NoiseShape, period: Duration, cv: f64) -> Result<Shape, Reason> {
        let squared = cv * cv;
        if !squared.is_finite() || period.millis() < 1 {
            return Err(Reason::Noise);
        }
        Ok(match shape {
            NoiseShape::LogNormal => {
                // exp(mu + sigma z) has mean exp(mu + sigma^2 / 2) and cv^2 = exp(sigma^2) - 1.
                let variance = libm::log1p(squared);
                Shape::LogNormal {
                    mu: -variance / 2.0,
                    sigma: libm::sqrt(variance),
                }
            }
            NoiseShape::Gamma => {
                Shape::Gamma(Gamma::new(1.0 / squared, squared).map_err(|_| Reason::Noise)?)
            }
        })
    }
}
