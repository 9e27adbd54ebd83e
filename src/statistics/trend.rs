use super::mean::t_quantile;
use super::{Interval, TAIL, whole};

/// How something grows from one step to the next, in proportion: the straight line of least
/// squares through the logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// What the line says of the last step.
    pub last: f64,
    /// By which factor it grows in a step.
    pub factor: f64,
    /// 95 % of such intervals hold the factor, if what is off the line is independent from step
    /// to step.
    pub interval: Interval,
    /// The variance of what is off the line, in logarithms.
    pub variance: f64,
    /// The correlation of what is off the line in a step and in the next.
    pub autocorrelation: f64,
}

/// With fewer values a line through them says nothing.
pub const FEWEST_STEPS: usize = 4;

impl Trend {
    /// The trend of values of equal steps; `None` where there are fewer than [`FEWEST_STEPS`], or
    /// one is not above 0.
    pub fn of(values: &[f64]) -> Option<Trend> {
        let count = values.len();
        if count < FEWEST_STEPS || values.iter().any(|&value| value <= 0.0) {
            return None;
        }
        let n = whole(count);
        let logs: Vec<f64> = values.iter().map(|&value| libm::log(value)).collect();
        let (middle, mean) = ((n - 1.0) / 2.0, logs.iter().sum::<f64>() / n);
        let steps = || {
            logs.iter()
                .enumerate()
                .map(|(at, &log)| (whole(at) - middle, log - mean))
        };
        let squares: f64 = steps().map(|(step, _)| step * step).sum();
        let slope = steps().map(|(step, log)| step * log).sum::<f64>() / squares;
        let off: Vec<f64> = steps().map(|(step, log)| log - slope * step).collect();
        let all: f64 = off.iter().map(|off| off * off).sum();
        let pairs: f64 = off.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let variance = all / (n - 2.0);
        let half = t_quantile(n - 2.0, 1.0 - TAIL) * (variance / squares).sqrt();
        Some(Trend {
            last: libm::exp(mean + slope * (n - 1.0 - middle)),
            factor: libm::exp(slope),
            interval: Interval {
                low: libm::exp(slope - half),
                high: libm::exp(slope + half),
            },
            variance,
            autocorrelation: if all > 0.0 { pairs / all } else { 0.0 },
        })
    }

    /// After how many steps from the last one `limit` is reached at a factor; `None`: never, or
    /// it was before.
    pub fn steps_until(&self, limit: f64, factor: f64) -> Option<f64> {
        let steps = libm::log(limit / self.last) / libm::log(factor);
        (factor > 1.0 && steps >= 0.0).then_some(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_without_noise_is_found_exactly() {
        let values: Vec<f64> = (0..20).map(|step| 100.0 * 1.03_f64.powi(step)).collect();
        let trend = Trend::of(&values).expect("enough");
        assert!((trend.factor - 1.03).abs() < 1e-12);
        assert!((trend.last - values[19]).abs() < 1e-9);
        assert!(trend.interval.high - trend.interval.low < 1e-9);
        let doubled = trend
            .steps_until(2.0 * values[19], trend.factor)
            .expect("it grows");
        assert!((doubled - 2.0_f64.ln() / 1.03_f64.ln()).abs() < 1e-6);
        assert_eq!(trend.steps_until(1.0, trend.factor), None);
        assert_eq!(trend.steps_until(1e9, 0.99), None);
    }

    /// The textbook's example: x = 1..5, log y = 2, 4, 5, 4, 5 has the slope 0.6, and its
    /// standard error is 0.2828; t of 3 degrees of freedom is 3.182.
    #[test]
    fn a_slope_and_its_interval_by_hand() {
        let values = [2.0, 4.0, 5.0, 4.0, 5.0].map(f64::exp);
        let trend = Trend::of(&values).expect("enough");
        assert!((trend.factor.ln() - 0.6).abs() < 1e-12);
        assert!((trend.interval.high.ln() - (0.6 + 3.182_446 * 0.282_843)).abs() < 1e-5);
        // Off the line: -0.8, 0.6, 1, -0.6, -0.2.
        assert!((trend.variance - 0.8).abs() < 1e-12);
        assert!((trend.autocorrelation - (-0.48 + 0.6 - 0.6 + 0.12) / 2.4).abs() < 1e-12);
        assert_eq!(Trend::of(&values[..3]), None);
        assert_eq!(Trend::of(&[1.0, 2.0, 0.0, 3.0]), None);
    }
}
