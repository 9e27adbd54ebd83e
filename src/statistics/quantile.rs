use std::fmt;

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{TAIL, Z, whole};

/// Which part of all values is no greater: `p99.9` is 99.9 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantile(u32);

/// The ranks, from 1, of the ends of an interval in the values by size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranks {
    /// Of its lower end.
    pub low: usize,
    /// Of its upper end.
    pub high: usize,
}

impl Quantile {
    /// 100 % in thousandths of a percent.
    const ALL: u32 = 100_000;

    /// A quantile in percent.
    pub const fn percent(percent: u32) -> Quantile {
        assert!(percent <= 100, "a part is no more than all");
        Quantile(percent * 1_000)
    }

    /// Reads `p` and a number from 0 to 100 with up to three decimals, as in `p5` or `p99.9`.
    pub fn parse(text: &str) -> Option<Quantile> {
        let number = text.strip_prefix('p')?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > 3 {
            return None;
        }
        let thousandths: u32 = format!("{part:0<3}").parse().ok()?;
        let all = whole.parse::<u32>().ok()? * 1_000 + thousandths;
        (all <= Self::ALL).then_some(Quantile(all))
    }

    /// The rank, from 1, of the quantile in `count` values by size: the first with at least
    /// that part of all values up to it.
    pub fn rank(self, count: usize) -> usize {
        let part = u128::from(self.0) * count as u128;
        let rank = part.div_ceil(u128::from(Self::ALL));
        usize::try_from(rank)
            .expect("no more than the values")
            .max(1)
    }

    /// The order statistics between which the quantile of all that could be lies, in 95 of 100
    /// studies at least; `None` where there are too few values for that (368 are needed for
    /// `p99`, 6 for `p50`), and of `p0` and `p100`.
    pub fn ranks(self, count: usize) -> Option<Ranks> {
        Ranks::around(self.part(), count)
    }

    /// The same, each end by itself: `None` where there are too few values for that one.
    pub fn ends(self, count: usize) -> (Option<usize>, Option<usize>) {
        ends(self.part(), count)
    }

    /// The part itself, from 0 to 1.
    pub fn part(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ALL)
    }
}

impl Ranks {
    /// The order statistics of `count` values between which lies, in 95 of 100 studies at
    /// least, what a part of all that could be is no greater than; `None` where there are too
    /// few values for that, and for none or all of what could be.
    pub fn around(part: f64, count: usize) -> Option<Ranks> {
        let (low, high) = ends(part, count);
        Some(Ranks {
            low: low?,
            high: high?,
        })
    }
}

/// The order statistics below and above which, with a probability of [`TAIL`] each, what a part
/// of all that could be is no greater than does not lie.
fn ends(part: f64, count: usize) -> (Option<usize>, Option<usize>) {
    let some = |rank: usize| Some(rank).filter(|rank| (1..=count).contains(rank));
    // Nothing lies below the least of all that could be, nor above the greatest.
    if part <= 0.0 {
        return (None, some(1));
    }
    if part >= 1.0 {
        return (some(count), None);
    }
    let variance = whole(count) * part * (1.0 - part);
    if variance >= MANY {
        let end = |z| some(normal_rank(part, count, variance, z));
        return (end(-Z), end(Z).and_then(|rank| some(rank + 1)));
    }
    // How many of the values lie at or below the quantile.
    let below = Binomial::new(part, count as u64).expect("a part is a probability");
    // The value of rank r lies above the quantile where fewer than r lie below.
    let low = first(count, |rank| below.cdf(rank as u64) > TAIL);
    let high = first(count, |rank| below.cdf(rank as u64) >= 1.0 - TAIL);
    (low.and_then(some), high.and_then(|high| some(high + 1)))
}

/// From this variance on the number of values below a quantile is counted by its normal
/// approximation; the incomplete beta function is wrong by thousands of ranks for 10^8 values.
const MANY: f64 = 1e6;

/// The rank below which lies what is left of the standard normal `z`: the quantile of a binomial
/// number, with the corrections for steps and for skewness after Cornish and Fisher ("Moments and
/// cumulants in the specification of distributions", 1938). From a variance of 10^5 on it is the
/// exact one wherever that was computed.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn normal_rank(part: f64, count: usize, variance: f64, z: f64) -> usize {
    let skewness = (1.0 - 2.0 * part) * (z * z - 1.0) / 6.0;
    let rank = whole(count) * part + z * variance.sqrt() + skewness - 0.5;
    rank.ceil() as usize
}

impl fmt::Display for Quantile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000, self.0 % 1_000);
        write!(f, "p{whole}")?;
        if part > 0 {
            write!(f, ".{}", format!("{part:03}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// The first rank from 0 to `count` for which something holds that then goes on to hold.
fn first(count: usize, holds: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut low, mut high) = (0, count + 1);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low <= count).then_some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_read_and_written() {
        for text in ["p0", "p5", "p50", "p99", "p99.9", "p0.001", "p100"] {
            assert_eq!(
                Quantile::parse(text)
                    .map(|quantile| quantile.to_string())
                    .as_deref(),
                Some(text)
            );
        }
        assert_eq!(Quantile::parse("p05"), Some(Quantile::percent(5)));
        for text in [
            "", "p", "50", "p101", "p100.1", "p5.", "p.5", "p-1", "p1e1", "p9.9999",
        ] {
            assert_eq!(Quantile::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranks_are_those_of_the_first_that_has_enough_up_to_it() {
        let median = Quantile::percent(50);
        assert_eq!(
            [1, 2, 3, 4, 1_000].map(|n| median.rank(n)),
            [1, 1, 2, 2, 500]
        );
        assert_eq!(Quantile::percent(0).rank(10), 1);
        assert_eq!(Quantile::percent(100).rank(10), 10);
        assert_eq!(Quantile::percent(99).rank(1_000), 990);
        assert_eq!(
            Quantile::parse("p99.9").expect("a quantile").rank(1_001),
            1_000
        );
    }

    #[test]
    fn too_few_values_have_no_interval() {
        let fewest = |quantile: Quantile| (1..1_000).find(|&n| quantile.ranks(n).is_some());
        assert_eq!(fewest(Quantile::percent(50)), Some(6));
        assert_eq!(fewest(Quantile::percent(95)), Some(72));
        assert_eq!(fewest(Quantile::percent(99)), Some(368));
        assert_eq!(Quantile::percent(100).ranks(1_000), None);
    }

    #[test]
    fn one_end_is_known_with_fewer_values() {
        let ends = |quantile: &str, count| {
            let quantile = Quantile::parse(quantile).expect("a quantile");
            quantile.ends(count)
        };
        // 0.99^100 = 0.37: the greatest of 100 values is no upper end. With 0.99 each, fewer than
        // 97 of 100 have a probability of 0.0184, fewer than 98 one of 0.079.
        assert_eq!(ends("p99", 100), (Some(97), None));
        assert_eq!(ends("p1", 100), (None, Some(4)));
        assert_eq!(ends("p100", 7), (Some(7), None));
        assert_eq!(ends("p0", 7), (None, Some(1)));
        assert_eq!(ends("p50", 0), (None, None));
    }

    #[test]
    fn ranks_of_many_values_are_exact() {
        // The quantiles of the binomial distribution by scipy.stats.binom.ppf 1.17.1.
        for (quantile, count, low, high) in [
            ("p50", 10_000_000, 4_996_901, 5_003_100),
            ("p5", 100_000_000, 4_995_729, 5_004_273),
            ("p50", 1_000_000_000_000, 499_999_020_018, 500_000_979_983),
            ("p99.9", 1_000_000_000_000, 998_999_938_051, 999_000_061_949),
            (
                "p99.999",
                1_000_000_000_000,
                999_989_993_802,
                999_990_006_198,
            ),
        ] {
            let ends = Quantile::parse(quantile).expect("a quantile").ends(count);
            assert_eq!(ends, (Some(low), Some(high)), "{quantile} of {count}");
        }
        // Where both can be taken they are the same.
        for part in [0.05, 0.25, 0.5, 0.99] {
            let count = 5_000_000;
            let variance = whole(count) * part * (1.0 - part);
            let exact = Binomial::new(part, count as u64).expect("a probability");
            for (z, tail) in [(-Z, TAIL), (Z, 1.0 - TAIL)] {
                let rank = normal_rank(part, count, variance, z) as u64;
                assert!(
                    exact.cdf(rank) > tail && exact.cdf(rank - 1) < tail,
                    "{part} {z}"
                );
            }
        }
    }

    #[test]
    fn intervals_of_the_median_are_those_of_the_tables() {
        // Conover, "Practical Nonparametric Statistics": n = 20 gives ranks 6 and 15.
        let ranks = Quantile::percent(50).ranks(20);
        assert_eq!(ranks, Some(Ranks { low: 6, high: 15 }));
        let ranks = Quantile::percent(50).ranks(1_000_000).expect("enough");
        assert_eq!((ranks.low, ranks.high), (499_020, 500_981));
    }
}
