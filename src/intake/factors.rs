use rand_distr::{Distribution, StandardNormal};

use super::Reason;
use super::noise::{self, Part};
use crate::kernel::StreamKey;
use crate::scenario::Ingestion;
use crate::units::{Duration, Time};

/// The factor 1.
const ONE: f64 = 4_294_967_296.0;
/// So many factors are computed at a time.
pub(super) const BLOCK: usize = 64;
/// Logarithms beyond have factors that are 0, or too much.
const MOST: f64 = 700.0;

/// What is random in what arrives at one workspace in one replication: its rate, its growth, its
/// noise.
#[derive(Debug, Clone)]
pub(super) struct Factors {
    noise: Vec<Part>,
    /// The logarithm of the rate that was drawn over the median.
    level: f64,
    /// By how much the logarithm of growth differs from that of the median, for each hour.
    growth: f64,
}

/// What a piece of the run, in which nothing changes, is to the factors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Which parts of the noise begin a period with it.
    begins: u8,
    /// Whether its rate is the one that was drawn.
    own_rate: bool,
    /// Whole hours since t = 0.
    hour: u32,
}

impl Mark {
    pub(super) fn of(ingestion: &Ingestion, from: Time, own_rate: bool) -> Mark {
        let since = from - Time::START;
        let hour = since.millis() / Duration::HOUR.millis();
        let begins = ingestion.noise.as_ref();
        Mark {
            begins: begins.map_or(0, |noise| noise::begin(noise, since)),
            own_rate,
            hour: u32::try_from(hour).expect("a run is no longer than 490 000 years"),
        }
    }
}

impl Factors {
    /// The factors of the replication whose keys begin with `root`.
    pub(super) fn new(
        ingestion: &Ingestion,
        workspace: &str,
        root: StreamKey,
    ) -> Result<Factors, Reason> {
        let noise = match &ingestion.noise {
            Some(noise) => Part::all(noise, workspace, root)?,
            None => Vec::new(),
        };
        let deviate = |what: &str| -> f64 {
            StandardNormal.sample(&mut root.name(what).name(workspace).stream())
        };
        let drawn = !ingestion.is_known();
        let [of_rate, of_growth] = if drawn {
            ["rate", "growth"].map(deviate)
        } else {
            [0.0, 0.0]
        };
        let growth = ingestion.growth.map_or(0.0, |growth| {
            let common = growth.correlation;
            let own = libm::sqrt(1.0 - common * common);
            let hours = growth.per.as_secs_f64() / Duration::HOUR.as_secs_f64();
            growth.spread * (common * of_rate + own * of_growth) / hours
        });
        Ok(Factors {
            noise,
            level: ingestion.rate_spread * of_rate,
            growth,
        })
    }

    /// The factors of the next pieces, at most [`BLOCK`] of them, in 2^-32, each rounded to the
    /// nearest.
    pub(super) fn block(&mut self, marks: &[Mark]) -> Result<[u64; BLOCK], Reason> {
        let (mut logarithms, mut factors) = ([0.0; BLOCK], [1.0; BLOCK]);
        for part in &mut self.noise {
            let begins = marks.iter().map(|mark| mark.begins);
            part.apply(begins, &mut logarithms, &mut factors);
        }
        for (logarithm, mark) in logarithms.iter_mut().zip(marks) {
            let level = if mark.own_rate { self.level } else { 0.0 };
            *logarithm += level + self.growth * f64::from(mark.hour);
        }
        for (factor, logarithm) in factors.iter_mut().zip(&logarithms) {
            *factor *= exp(logarithm.clamp(-MOST, MOST));
        }
        fixed(&factors)
    }
}

/// In 2^-32, to the nearest.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn fixed(factors: &[f64; BLOCK]) -> Result<[u64; BLOCK], Reason> {
    // The sum with 2^52 has no room for what is behind the point.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    if factors.iter().all(|factor| factor * ONE < WHOLE / 2.0) {
        return Ok(factors.map(|factor| (factor * ONE + WHOLE).to_bits() - WHOLE.to_bits()));
    }
    let factors = factors.map(|factor| (factor * ONE).round_ties_even() as u64);
    // Beyond 64 bits a factor is no longer what was drawn.
    match factors.contains(&u64::MAX) {
        true => Err(Reason::TooMuch),
        false => Ok(factors),
    }
}

/// e to the power of `x`, which lies between -700 and 700, right to 1e-11: more than a factor has.
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
    use crate::scenario::{Growth, Noise, NoiseShape, Source};
    use crate::units::Rate;

    fn noise(shape: NoiseShape, cv: f64) -> Noise {
        Noise::independent(shape, cv, Duration::HOUR)
    }

    fn ingestion(noise: Option<Noise>) -> Ingestion {
        Ingestion {
            noise,
            ..Ingestion::constant(Source::Rate(Rate::ZERO))
        }
    }

    /// The factors of the first hours.
    fn drawn(ingestion: &Ingestion, replication: u64, count: usize) -> Vec<f64> {
        let root = StreamKey::root(42, replication);
        let mut factors = Factors::new(ingestion, "logs", root).expect("can be drawn");
        let hour = |hour| Time::START + Duration::from_millis(hour * Duration::HOUR.millis());
        let count_i64 = i64::try_from(count).expect("few");
        let marks: Vec<Mark> = (0..count_i64)
            .map(|at| Mark::of(ingestion, hour(at), true))
            .collect();
        let blocks = marks
            .chunks(BLOCK)
            .map(|marks| factors.block(marks).expect("small"));
        #[allow(clippy::cast_precision_loss)]
        let factors = blocks.flatten().map(|factor| factor as f64 / ONE);
        factors.take(count).collect()
    }

    #[allow(clippy::cast_precision_loss)]
    fn moments(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / n;
        (mean, variance.sqrt())
    }

    #[test]
    fn the_mean_is_1_and_the_spread_is_cv() {
        for shape in [NoiseShape::LogNormal, NoiseShape::Gamma] {
            for cv in [0.05, 0.2, 0.8] {
                let factors = drawn(&ingestion(Some(noise(shape, cv))), 0, 100_000);
                let (mean, spread) = moments(&factors);
                let standard_error = cv / 100_000_f64.sqrt();
                assert!(
                    (mean - 1.0).abs() < 4.0 * standard_error,
                    "{shape:?} {cv}: {mean}"
                );
                assert!((spread / cv - 1.0).abs() < 0.03, "{shape:?} {cv}: {spread}");
            }
        }
    }

    /// With a factor per day and week, sums of weeks scatter as those factors do.
    #[test]
    fn what_ties_hours_together_does_not_average_out() {
        for shape in [NoiseShape::LogNormal, NoiseShape::Gamma] {
            let tied = Noise {
                daily_cv: 0.2,
                weekly_cv: 0.3,
                ..noise(shape, 0.4)
            };
            let factors = drawn(&ingestion(Some(tied)), 0, 168 * 2_000);
            let means = |size: usize| -> Vec<f64> {
                let parts = factors.chunks(size);
                parts.map(|part| moments(part).0).collect()
            };
            let (mean, of_weeks) = moments(&means(168));
            assert!((mean - 1.0).abs() < 4.0 * 0.32 / 2_000_f64.sqrt(), "{mean}");
            // (1 + weekly^2) (1 + (daily^2 + hourly^2 (1 + daily^2) / 24) / 7) - 1
            let days = (0.04 + 0.16 * 1.04 / 24.0) / 7.0;
            let expected = (1.09 * (1.0 + days) - 1.0_f64).sqrt();
            assert!(
                (of_weeks / expected - 1.0).abs() < 0.06,
                "{shape:?}: {of_weeks}, not {expected}"
            );
            let (_, of_days) = moments(&means(24));
            let expected = (1.09 * (1.0 + 7.0 * days) - 1.0_f64).sqrt();
            assert!(
                (of_days / expected - 1.0).abs() < 0.06,
                "{shape:?}: {of_days}, not {expected}"
            );
        }
    }

    #[test]
    fn first_draws_are_pinned() {
        // A changed value here changes every noisy scenario that was ever run.
        let millionths = |shape| -> Vec<i64> {
            let factors = drawn(&ingestion(Some(noise(shape, 0.2))), 0, 3);
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

    /// Rate and growth are drawn once: the logarithm of the factors is a straight line.
    #[test]
    fn rate_and_growth_are_drawn_once_as_stated() {
        let per = Duration::from_millis(24 * Duration::HOUR.millis());
        let mut unsure = ingestion(None);
        unsure.rate_spread = 0.2;
        unsure.growth = Some(Growth {
            spread: 0.05,
            correlation: 0.6,
            ..Growth::known(1.04, per)
        });
        let lines: Vec<(f64, f64)> = (0..4_000)
            .map(|replication| {
                let factors = drawn(&unsure, replication, 50);
                let [start, day, two] = [0, 24, 48].map(|hour| factors[hour].ln());
                assert!((two - 2.0 * day + start).abs() < 1e-8);
                (start, day - start)
            })
            .collect();
        let (rates, growths): (Vec<f64>, Vec<f64>) = lines.iter().copied().unzip();
        for (values, spread) in [(&rates, 0.2), (&growths, 0.05)] {
            let (mean, sd) = moments(values);
            assert!(mean.abs() < 4.0 * spread / 4_000_f64.sqrt(), "{mean}");
            assert!((sd / spread - 1.0).abs() < 0.05, "{sd}");
        }
        let products: Vec<f64> = lines.iter().map(|(one, other)| one * other).collect();
        let correlation = moments(&products).0 / (0.2 * 0.05);
        assert!((correlation - 0.6).abs() < 0.08, "{correlation}");
    }

    #[test]
    fn the_exponential_is_right() {
        for step in -70_000..=70_000 {
            let x = f64::from(step) / 1_000.0;
            let error = exp(x) / libm::exp(x) - 1.0;
            assert!(error.abs() < 1e-11, "e^{x} is off by {error:e}");
        }
        for x in [-MOST, MOST] {
            assert!((exp(x) / libm::exp(x) - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn large_factors_are_rounded_as_small_ones_and_then_refused() {
        let of = |factor: f64| fixed(&[factor; BLOCK]).expect("it fits")[0];
        assert_eq!(of(1.5), 3 << 31);
        assert_eq!(of(524_287.5), (524_288 << 32) - (1 << 31));
        assert_eq!(of(524_288.5), (524_288 << 32) + (1 << 31));
        assert_eq!(of(1e-10), 0);
        let mut mixed = [1.0; BLOCK];
        mixed[7] = 1e6;
        assert_eq!(
            fixed(&mixed).expect("it fits")[..8],
            [[1 << 32; 7].as_slice(), &[1_000_000 << 32]].concat()
        );
        mixed[7] = 1e30;
        assert_eq!(fixed(&mixed), Err(Reason::TooMuch));
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_and_what_is_too_small_is_none() {
        let root = StreamKey::root(1, 0);
        for cv in [1e200, f64::NAN] {
            let wrong = Factors::new(&ingestion(Some(noise(NoiseShape::Gamma, cv))), "w", root);
            assert_eq!(wrong.unwrap_err(), Reason::Noise);
        }
        let none = ingestion(Some(noise(NoiseShape::Gamma, 1e-300)));
        assert_eq!(drawn(&none, 0, 70), [1.0; 70]);
    }
}
