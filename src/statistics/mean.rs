use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::{Interval, TAIL, whole};

/// With fewer values that differ from the most frequent one a t-interval says more than the values
/// do: of losses that occur in 2 of 100 replications, it holds the mean in 79 of 100 studies of
/// 200; of what is accessible in all but 1 of 1 000, in 19 of 100.
pub const FEWEST_APART: usize = 30;

/// How many values are summed up at a time.
const BLOCK: usize = 1_024;

/// The mean of some values, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// How many values.
    pub count: usize,
    /// How many of them are not 0.
    pub nonzero: usize,
    /// How many of them differ from the one that is most frequent; all, where none occurs twice.
    /// Where none is more frequent than all others together it may be more.
    pub apart: usize,
    /// Their sum, divided by their number.
    pub mean: f64,
    /// The standard deviation of one value; 0 of a single one.
    pub sd: f64,
}

impl Mean {
    /// The mean of `values`; `None` where there are none.
    pub fn of(values: &[f64]) -> Option<Mean> {
        let count = values.len();
        let n = whole(count);
        let mean = sum(values, |value| value) / n;
        let squares = sum(values, |value| (value - mean) * (value - mean));
        let sd = if count > 1 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        };
        (count > 0).then(|| Mean {
            count,
            nonzero: values.iter().filter(|&&value| value != 0.0).count(),
            apart: count - repeated(values),
            mean,
            sd,
        })
    }

    /// The mean of `count` values that are all the same.
    pub fn constant(value: f64, count: usize) -> Mean {
        Mean {
            count,
            nonzero: if value == 0.0 { 0 } else { count },
            apart: 0,
            mean: value,
            sd: 0.0,
        }
    }

    /// The t-interval of the mean; `None` where fewer than [`FEWEST_APART`] values differ from the
    /// most frequent one. Of values that are all the same and not 0 it is that value.
    pub fn interval(&self) -> Option<Interval> {
        let constant = self.apart == 0 && self.nonzero >= FEWEST_APART;
        (constant || self.apart >= FEWEST_APART).then(|| {
            let half =
                t_quantile(whole(self.count - 1), 1.0 - TAIL) * self.sd / whole(self.count).sqrt();
            Interval {
                low: self.mean - half,
                high: self.mean + half,
            }
        })
    }
}

/// How often the most frequent of some values occurs, 0 where none occurs twice; where none is more
/// frequent than all others together, and there are many, how often some value does.
#[allow(clippy::float_cmp)]
fn repeated(values: &[f64]) -> usize {
    let often = |value: f64| values.iter().filter(|&&other| other == value).count();
    if values.len() < 2 * FEWEST_APART {
        let most = values.iter().map(|&value| often(value)).max();
        return most.filter(|&most| most > 1).unwrap_or(0);
    }
    // The only value that can be more frequent than all others together is left (Boyer, Moore).
    let (mut left, mut lead) = (values[0], 0_usize);
    for &value in values {
        match (value == left, lead) {
            (true, _) => lead += 1,
            (false, 0) => (left, lead) = (value, 1),
            (false, _) => lead -= 1,
        }
    }
    often(left)
}

/// The t below which a part of the draws lie; there is more than 0 of freedom.
///
/// Rounded to what the platforms' logarithms agree about.
pub fn t_quantile(freedom: f64, part: f64) -> f64 {
    if freedom > FREE {
        return (near_normal(freedom, part) * 1e9).round() / 1e9;
    }
    let t = StudentsT::new(0.0, 1.0, freedom).expect("more than no freedom");
    (t.inverse_cdf(part) * 1e9).round() / 1e9
}

/// With more freedom the incomplete beta function is too inexact: with 10^7 its t is 7 % too small,
/// and with 2 x 10^7 it finds none.
const FREE: f64 = 1e4;

/// The t from the normal quantile: the first terms in 1 / freedom (Abramowitz and Stegun, "Handbook
/// of Mathematical Functions", 26.7.5). What is left out is below 10^-14.
fn near_normal(freedom: f64, part: f64) -> f64 {
    let z = normal_quantile(part);
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    z + (first + (second + third / freedom) / freedom) / freedom
}

/// The number below which a part of the draws from the standard normal distribution lie, rounded
/// as [`t_quantile`].
pub fn normal_quantile(part: f64) -> f64 {
    (Normal::standard().inverse_cdf(part) * 1e9).round() / 1e9
}

fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let block = |block: &[f64]| block.iter().map(|&value| of(value)).sum::<f64>();
    values.chunks(BLOCK).map(block).sum()
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_and_its_deviation() {
        let mean = Mean::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0, 0.0]).expect("values");
        assert_eq!((mean.count, mean.nonzero), (9, 8));
        assert!((mean.mean - 40.0 / 9.0).abs() < 1e-12);
        // Squares: 232 - 1600/9; divided by 8.
        assert!((mean.sd - ((232.0 - 1600.0 / 9.0) / 8.0_f64).sqrt()).abs() < 1e-12);
        assert_eq!(mean.interval(), None);
        assert_eq!(Mean::of(&[]), None);
        assert_eq!(Mean::of(&[3.0]).expect("one").sd, 0.0);
    }

    #[test]
    fn quantiles_of_t_are_those_of_the_tables() {
        for (freedom, t) in [(29.0, 2.045), (60.0, 2.0), (120.0, 1.980), (1e6, 1.960)] {
            assert!((t_quantile(freedom, 0.975) - t).abs() < 5e-4, "{freedom}");
        }
        for (part, z) in [(0.05, -1.644_854), (0.5, 0.0), (0.975, 1.959_964)] {
            assert!((normal_quantile(part) - z).abs() < 1e-6, "{part}");
        }
    }

    #[test]
    fn quantiles_of_t_are_exact_with_much_freedom() {
        // scipy.stats.t.ppf 1.17.1.
        for (freedom, t) in [
            (1e4, 1.960_201_239_891),
            (1e5, 1.959_987_707_535),
            (1e6, 1.959_966_356_814),
            (1e7, 1.959_964_221_767),
            (99_999_999.0, 1.959_964_008_263),
            (1e12, 1.959_963_984_542),
        ] {
            for found in [t_quantile(freedom, 0.975), -t_quantile(freedom, 0.025)] {
                assert!((found - t).abs() < 2e-9, "{freedom} {found}");
            }
        }
        let [below, above] = [FREE, FREE + 1e-3].map(|freedom| t_quantile(freedom, 0.975));
        assert!((below - above).abs() < 2e-9);
    }

    #[test]
    fn rare_values_have_no_interval_whether_the_usual_one_is_0_or_not() {
        let usual = |usual: f64, rare: usize, all: usize| {
            let values = (0..all).map(|at| if at < rare { 1e3 + whole(at) } else { usual });
            let mean = Mean::of(&values.collect::<Vec<f64>>()).expect("values");
            assert!(mean.apart == rare || 2 * rare >= all);
            mean.interval().is_some()
        };
        for all in [59, 60, 61, 200, 2_000] {
            for value in [0.0, 7.0] {
                assert!(!usual(value, 29, all), "{all}");
                assert!(all < 60 || usual(value, 30, all), "{all}");
            }
        }
    }

    #[test]
    fn thirty_values_have_an_interval() {
        let values: Vec<f64> = (1..=30).map(f64::from).collect();
        let interval = Mean::of(&values)
            .and_then(|mean| mean.interval())
            .expect("enough");
        // 15.5, sd 8.803, t 2.045.
        assert!((interval.low - 12.213).abs() < 1e-3 && (interval.high - 18.787).abs() < 1e-3);
        let constant = Mean::of(&[7.0; 40]).and_then(|mean| mean.interval());
        assert_eq!(
            constant,
            Some(Interval {
                low: 7.0,
                high: 7.0
            })
        );
    }
}
