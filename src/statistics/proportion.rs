use statrs::distribution::{Binomial, DiscreteCDF};

use super::{Interval, Z, whole};

/// How often something was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// In how many replications.
    pub hits: usize,
    /// Of how many.
    pub count: usize,
}

impl Proportion {
    /// The share of the hits; `None` of none.
    pub fn share(self) -> Option<f64> {
        (self.count > 0).then(|| whole(self.hits) / whole(self.count))
    }

    /// The chance of no fewer hits, where each comes with this one.
    pub fn chance_of_no_fewer(self, part: f64) -> f64 {
        match self.hits.checked_sub(1) {
            None => 1.0,
            Some(fewer) => self.binomial(part).sf(fewer as u64),
        }
    }

    /// The chance of no more hits, where each comes with this one.
    pub fn chance_of_no_more(self, part: f64) -> f64 {
        self.binomial(part).cdf(self.hits as u64)
    }

    fn binomial(self, part: f64) -> Binomial {
        Binomial::new(part, self.count as u64).expect("a part is a probability")
    }

    /// The interval after Wilson ("Probable inference, the law of succession, and statistical
    /// inference", 1927): the proportions that lie no more than z standard errors from what
    /// was seen. `None` of none.
    pub fn interval(self) -> Option<Interval> {
        let share = self.share()?;
        let n = whole(self.count);
        let centre = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        // At its ends rounding could leave a little beside nothing and everything.
        let low = if self.hits == 0 {
            0.0
        } else {
            (centre - half) / scale
        };
        let high = if self.hits == self.count {
            1.0
        } else {
            (centre + half) / scale
        };
        Some(Interval { low, high })
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    fn interval(hits: usize, count: usize) -> (f64, f64) {
        let interval = Proportion { hits, count }.interval().expect("not none");
        (interval.low, interval.high)
    }

    #[test]
    fn the_interval_is_that_of_the_tables() {
        // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
        for (hits, count, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = interval(hits, count);
            assert!((found.0 - low).abs() < 5e-5, "{hits} of {count}: {found:?}");
            assert!(
                (found.1 - high).abs() < 5e-5,
                "{hits} of {count}: {found:?}"
            );
        }
    }

    #[test]
    fn what_never_or_always_was_has_an_end_there() {
        assert_eq!(interval(0, 1000).0, 0.0);
        assert_eq!(interval(1000, 1000).1, 1.0);
        assert_eq!(Proportion { hits: 0, count: 0 }.interval(), None);
    }
}
