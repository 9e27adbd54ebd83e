use rand_distr::{Distribution, Gamma, StandardNormal};

use super::Reason;
use crate::kernel::StreamKey;
use crate::scenario::{Noise, NoiseShape};
use crate::units::{Factor, Time};

/// Below this a factor differs from 1 by less than the precision of factors.
const NO_SPREAD: f64 = 1e-7;

/// The noise of one workspace: one factor per period, with mean 1, counted from t = 0.
///
/// The factor of a period depends on the root key, the workspace's name and the number of the
/// period alone, so another workspace or another duration changes none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors {
    shape: Drawn,
    period: i64,
    stream: StreamKey,
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
            period: noise.period.millis(),
            stream: root.name("noise").name(workspace),
        })
    }

    /// The factor in force at t, at or after 0.
    pub(super) fn at(&self, t: Time) -> Factor {
        let period = u64::try_from(t.millis() / self.period).expect("noise begins at 0");
        let mut stream = self.stream.number(period).stream();
        rounded(match self.shape {
            Drawn::One => 1.0,
            Drawn::LogNormal { mu, sigma } => {
                let z: f64 = StandardNormal.sample(&mut stream);
                libm::exp(mu + sigma * z)
            }
            Drawn::Gamma(gamma) => gamma.sample(&mut stream),
        })
    }
}

/// The one place where a computed factor is rounded: to the nearest millionth. What is beyond
/// 64 bits becomes the largest factor.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn rounded(factor: f64) -> Factor {
    Factor::from_millionths(libm::round(factor * 1e6) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn drawn(shape: NoiseShape, cv: f64, count: i64) -> Vec<f64> {
        let noise = Noise {
            shape,
            cv,
            period: Duration::HOUR,
        };
        let factors = Factors::new(&noise, "logs", StreamKey::root(42, 0)).expect("can be drawn");
        #[allow(clippy::cast_precision_loss)]
        (0..count)
            .map(|k| {
                let t = Time::from_millis(k * Duration::HOUR.millis() + 7);
                factors.at(t).millionths() as f64 / 1e6
            })
            .collect()
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
            [1_242_060, 1_042_168, 863_543]
        );
        assert_eq!(
            millionths(NoiseShape::Gamma),
            [1_243_291, 1_049_041, 864_580]
        );
    }

    #[test]
    fn periods_are_drawn_apart_and_hold_throughout() {
        let factors = drawn(NoiseShape::LogNormal, 0.2, 3);
        assert!((factors[0] - factors[1]).abs() > 1e-6);
        assert!((factors[1] - factors[2]).abs() > 1e-6);
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
        let none = Factors::new(&noise(1e-300), "w", root).expect("no noise");
        assert_eq!(none.at(Time::START), Factor::ONE);
    }
}
