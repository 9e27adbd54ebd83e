use rand_distr::{Distribution, Gamma, StandardNormal};

use super::Reason;
use crate::kernel::{Stream, StreamKey};
use crate::scenario::{Noise, NoiseShape};

/// The factor 1.
const ONE: f64 = 4_294_967_296.0;
/// So many factors are drawn at a time.
pub(super) const BLOCK: usize = 64;
/// Below this a factor differs from 1 by less than the precision of factors.
const NO_SPREAD: f64 = 1e-7;

/// The noise of one workspace: one factor per period, with mean 1, from t = 0 on.
///
/// The factors depend on the root key and the workspace's name alone, and are drawn in the order
/// of the periods, so another workspace or another duration changes none.
#[derive(Debug, Clone)]
pub(super) struct Factors {
    shape: Drawn,
    stream: Stream,
}

#[derive(Debug, Clone, Copy)]
enum Drawn {
    One,
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma<f64>),
}

impl Factors {
    pub(super) fn new(noise: &Noise, workspace: &str, root: StreamKey) -> Result<Factors, Reason> {
        let squared = noise.cv * noise.cv;
        if !squared.is_finite() || noise.period.millis() < 1 {
            return Err(Reason::Noise);
        }
        let shape = match noise.shape {
            _ if noise.cv < NO_SPREAD => Drawn::One,
            NoiseShape::LogNormal => {
                // exp(mu + sigma z) has mean exp(mu + sigma^2 / 2) and cv^2 = exp(sigma^2) - 1.
                let variance = libm::log1p(squared);
                Drawn::LogNormal {
                    mu: -variance / 2.0,
                    sigma: libm::sqrt(variance),
                }
            }
            NoiseShape::Gamma => {
                Drawn::Gamma(Gamma::new(1.0 / squared, squared).map_err(|_| Reason::Noise)?)
            }
        };
        Ok(Factors {
            shape,
            stream: root.name("noise").name(workspace).stream(),
        })
    }

    /// The factors of the next periods, in 2^-32, each rounded to the nearest; what is beyond 64
    /// bits becomes the largest.
    pub(super) fn block(&mut self) -> [u64; BLOCK] {
        let mut factors = [1.0; BLOCK];
        match self.shape {
            Drawn::One => {}
            Drawn::LogNormal { mu, sigma } => {
                for z in &mut factors {
                    *z = StandardNormal.sample(&mut self.stream);
                }
                for factor in &mut factors {
                    *factor = exp(mu + sigma * *factor);
                }
            }
            Drawn::Gamma(gamma) => {
                for factor in &mut factors {
                    *factor = gamma.sample(&mut self.stream);
                }
            }
        }
        fixed(&factors)
    }
}

/// In 2^-32, to the nearest.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn fixed(factors: &[f64; BLOCK]) -> [u64; BLOCK] {
    // The sum with 2^52 has no room for what is behind the point.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    if factors.iter().all(|factor| factor * ONE < WHOLE / 2.0) {
        factors.map(|factor| (factor * ONE + WHOLE).to_bits() - WHOLE.to_bits())
    } else {
        factors.map(|factor| (factor * ONE).round_ties_even() as u64)
    }
}

/// e to the power of `x`, which is not beyond 700, right to 1e-11: more than a factor has.
///
/// Additions and multiplications alone, so that it is the same on every platform, and that a
/// processor takes several side by side: `libm` takes three to four times as long.
#[inline]
#[allow(clippy::excessive_precision)]
fn exp(x: f64) -> f64 {
    /// Added and taken away again, it leaves the nearest whole number, in the last bits of the sum.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    /// ln 2 as the sum of a number with few bits, whose multiples are exact, and a rest.
    const LN_2: (f64, f64) = (6.931_471_803_691_238_2e-1, 1.908_214_929_270_587_7e-10);
    let doublings = x * std::f64::consts::LOG2_E + WHOLE;
    let exponent = doublings.to_bits().wrapping_add(1023) << 52;
    let doublings = doublings - WHOLE;
    let rest = (x - doublings * LN_2.0) - doublings * LN_2.1;
    // The series of e^rest; rest is at most half of ln 2.
    let mut sum = 1.0 / 362_880.0;
    for term in [40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0] {
        sum = sum * rest + 1.0 / term;
    }
    sum * f64::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn drawn(shape: NoiseShape, cv: f64, count: usize) -> Vec<f64> {
        let noise = Noise {
            shape,
            cv,
            period: Duration::HOUR,
        };
        let mut factors =
            Factors::new(&noise, "logs", StreamKey::root(42, 0)).expect("can be drawn");
        let blocks = std::iter::repeat_with(|| factors.block());
        #[allow(clippy::cast_precision_loss)]
        let factors = blocks.flatten().map(|factor| factor as f64 / ONE);
        factors.take(count).collect()
    }

    #[test]
    fn the_mean_is_1_and_the_spread_is_cv() {
        for shape in [NoiseShape::LogNormal, NoiseShape::Gamma] {
            for cv in [0.05, 0.2, 0.8] {
                let count = 100_000;
                let factors = drawn(shape, cv, count);
                #[allow(clippy::cast_precision_loss)]
                let n = count as f64;
                let mean = factors.iter().sum::<f64>() / n;
                let variance = factors.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / n;
                let standard_error = cv / n.sqrt();
                assert!(
                    (mean - 1.0).abs() < 4.0 * standard_error,
                    "{shape:?} {cv}: {mean}"
                );
                assert!(
                    (variance.sqrt() / cv - 1.0).abs() < 0.03,
                    "{shape:?} {cv}: {variance}"
                );
            }
        }
    }

    #[test]
    fn first_draws_are_pinned() {
        // A changed value here changes every noisy scenario that was ever run.
        let millionths = |shape| -> Vec<i64> {
            let factors = drawn(shape, 0.2, 3);
            #[allow(clippy::cast_possible_truncation)]
            factors
                .iter()
                .map(|factor| (factor * 1e6).round() as i64)
                .collect()
        };
        assert_eq!(
            millionths(NoiseShape::LogNormal),
            [1_264_926, 1_185_576, 822_392]
        );
        assert_eq!(millionths(NoiseShape::Gamma), [1_264_763, 820_501, 921_623]);
    }

    #[test]
    fn the_exponential_is_right() {
        for step in -70_000..=70_000 {
            let x = f64::from(step) / 1_000.0;
            let error = exp(x) / libm::exp(x) - 1.0;
            assert!(error.abs() < 1e-11, "e^{x} is off by {error:e}");
        }
    }

    #[test]
    fn large_factors_are_rounded_as_small_ones() {
        let of = |factor: f64| fixed(&[factor; BLOCK])[0];
        assert_eq!(of(1.5), 3 << 31);
        assert_eq!(of(524_287.5), (524_288 << 32) - (1 << 31));
        assert_eq!(of(524_288.5), (524_288 << 32) + (1 << 31));
        assert_eq!(of(1e-10), 0);
        assert_eq!(of(1e30), u64::MAX);
        let mut mixed = [1.0; BLOCK];
        mixed[7] = 1e6;
        assert_eq!(
            fixed(&mixed)[..8],
            [[1 << 32; 7].as_slice(), &[1_000_000 << 32]].concat()
        );
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_and_what_is_too_small_is_none() {
        let noise = |cv| Noise {
            shape: NoiseShape::Gamma,
            cv,
            period: Duration::HOUR,
        };
        let root = StreamKey::root(1, 0);
        assert_eq!(
            Factors::new(&noise(1e200), "w", root).unwrap_err(),
            Reason::Noise
        );
        assert_eq!(
            Factors::new(&noise(f64::NAN), "w", root).unwrap_err(),
            Reason::Noise
        );
        let mut none = Factors::new(&noise(1e-300), "w", root).expect("no noise");
        assert_eq!(none.block(), [1 << 32; BLOCK]);
    }
}
