//! How well the level and the growth of a fit are known.

use crate::statistics::{Trend, normal_quantile, t_quantile};

/// Fewer weeks cannot tell whether they are tied together.
const TELLING: f64 = 6.0;
/// More than that cannot be told from a trend.
const MOST_TIED: f64 = 0.9;

/// Assumed: growth in 30 days is as a rule no more than so much, as a standard deviation of its
/// logarithm. A trend of which the weeks say little is drawn towards none.
const USUAL: f64 = 0.1;

/// What is known of a trend over weeks, and what is not: standard deviations of normal distributions,
/// whose 5 % and 95 % are those of t.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown {
    /// Of the logarithm of the level in the middle of the weeks.
    level: f64,
    /// Of the logarithm of growth in a week.
    growth: f64,
    /// That logarithm.
    pub(super) weekly: f64,
    /// The variance of a week, where weeks of the same sum were independent.
    pub(super) variance: f64,
}

impl Unknown {
    /// Of a trend over so many weeks.
    ///
    /// Sums of weeks hold whatever ties the hours and days of a week together. Weeks that are tied
    /// together themselves count for fewer; their correlation in a sample is smaller than it is,
    /// by about (1 + 4 rho) / n (Marriott and Pope, Biometrika 41, 1954). What is found is weighed
    /// against what is usual, each by the inverse of its variance.
    pub(super) fn of(trend: &Trend, weeks: f64) -> Unknown {
        let found = trend.autocorrelation;
        let tied = match weeks >= TELLING {
            true => (found + (1.0 + 4.0 * found.max(0.0)) / weeks).clamp(0.0, MOST_TIED),
            false => 0.0,
        };
        let each = (1.0 + tied) / (1.0 - tied);
        let variance = trend.variance * each;
        let freedom = ((weeks - 2.0) / each).max(1.0);
        let wider = t_quantile(freedom, 0.95) / normal_quantile(0.95);
        let squares = weeks * (weeks * weeks - 1.0) / 12.0;
        let found = wider * wider * variance / squares;
        let usual = (USUAL * 7.0 / 30.0) * (USUAL * 7.0 / 30.0);
        let weight = usual / (usual + found);
        Unknown {
            level: wider * (variance / weeks).sqrt(),
            growth: (weight * found).sqrt(),
            weekly: weight * libm::log(trend.factor),
            variance,
        }
    }

    /// The standard deviation of the logarithm of the level some weeks after the middle, and its
    /// correlation with that of growth.
    pub(super) fn level(&self, later: f64) -> (f64, f64) {
        let grown = later * self.growth;
        let both = libm::hypot(self.level, grown);
        (both, if both > 0.0 { grown / both } else { 0.0 })
    }

    /// The standard deviation of the logarithm of growth in a day.
    pub(super) fn daily_growth(&self) -> f64 {
        self.growth / 7.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_that_are_tied_count_for_fewer() {
        let values: Vec<f64> = [0, 1, 0, 1, 0, 1, 0, 1]
            .map(|at| 1.0 + 0.1 * f64::from(at))
            .into();
        let trend = Trend::of(&values).expect("enough");
        let apart = Unknown::of(&trend, 8.0);
        assert!((apart.variance - trend.variance).abs() < 1e-15);
        let tied = Trend {
            autocorrelation: 0.5,
            ..trend
        };
        let unknown = Unknown::of(&tied, 8.0);
        // 0.5 + 3 / 8 = 0.875: 15 times the variance.
        assert!((unknown.variance / trend.variance - 15.0).abs() < 1e-9);
        assert!(unknown.level > 3.0 * apart.level && unknown.growth > apart.growth);
    }

    /// Without scatter the trend is what was found; with ever more of it growth is what is usual.
    #[test]
    fn a_trend_of_which_little_is_known_is_drawn_towards_none() {
        let weeks: Vec<f64> = (0..8).map(|week| 1.02_f64.powi(week)).collect();
        let trend = Trend::of(&weeks).expect("enough");
        let slope = 1.02_f64.ln();
        let of = |variance| Unknown::of(&Trend { variance, ..trend }, 8.0);
        assert!((of(0.0).weekly - slope).abs() < 1e-12);
        let usual = USUAL * 7.0 / 30.0;
        let far = of(1e6);
        assert!(far.weekly.abs() < 1e-6 && (far.growth - usual).abs() < 1e-6);
        // Where both are known as well, half of it is left, and half of the variance.
        let wider = t_quantile(6.0, 0.95) / normal_quantile(0.95);
        let even = of(usual * usual * 42.0 / (wider * wider));
        assert!((even.weekly - slope / 2.0).abs() < 1e-9);
        assert!((even.growth - usual / 2_f64.sqrt()).abs() < 1e-9);
    }

    /// In the middle level and growth are independent; later growth is more and more of the error.
    #[test]
    fn later_the_level_is_known_less() {
        let trend = Trend::of(&[1.0, 1.2, 1.1, 1.3, 1.6]).expect("enough");
        let unknown = Unknown::of(&trend, 5.0);
        let [now, soon, late] = [0.0, 4.0, 100.0].map(|later| unknown.level(later));
        assert!(now.1.abs() < 1e-15);
        assert!(now.0 < soon.0 && soon.0 < late.0);
        assert!(soon.1 < late.1 && late.1 < 1.0);
        let expected = libm::hypot(now.0, 7.0 * 4.0 * unknown.daily_growth());
        assert!((soon.0 - expected).abs() < 1e-15);
    }
}
