use ethnum::U256;

use super::{Interval, Z, whole};

/// With fewer effective hits there is no interval: what hits weigh is then known as badly as how
/// often they come.
pub const FEWEST_EFFECTIVE: f64 = 50.0;

/// How often something was so in replications that do not all count the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    /// Of how many replications.
    pub count: usize,
    /// In how many it was so.
    pub hits: usize,
    /// The weights of the hits, their squares, and the greatest: whole numbers of `unit`, so that
    /// sums are exact in any order.
    sum: u128,
    squares: U256,
    most: u64,
    unit: f64,
}

impl Weighted {
    /// None of no replications; a weight of 1 is 1 / `unit`.
    pub fn new(unit: f64) -> Weighted {
        Weighted {
            count: 0,
            hits: 0,
            sum: 0,
            squares: U256::ZERO,
            most: 0,
            unit,
        }
    }

    /// Adds a replication by its weight, and whether it is a hit.
    pub fn add(&mut self, weight: u64, hit: bool) {
        self.count += 1;
        if hit {
            self.add_hit(weight);
        }
    }

    /// Counts one of the replications as a hit, by its weight.
    pub fn add_hit(&mut self, weight: u64) {
        self.hits += 1;
        self.sum += u128::from(weight);
        self.squares += U256::from(u128::from(weight) * u128::from(weight));
        self.most = self.most.max(weight);
    }

    #[allow(clippy::cast_precision_loss)]
    fn total(&self) -> f64 {
        self.sum as f64 * self.unit
    }

    /// The weights of the hits over the replications, an estimate of the probability without a
    /// bias; `None` without a hit that has a weight.
    pub fn share(&self) -> Option<f64> {
        (self.sum > 0).then(|| self.total() / whole(self.count))
    }

    /// How many hits of equal weight would be worth as much (Kish, "Survey Sampling", 1965): the
    /// square of the sum of the weights over the sum of their squares.
    pub fn effective(&self) -> f64 {
        let squares = self.squares.as_f64() * self.unit * self.unit;
        let total = self.total();
        if self.sum > 0 {
            total * total / squares
        } else {
            0.0
        }
    }

    /// The interval for weighted sums of rare events by Fay and Feuer ("Confidence intervals for
    /// directly standardized rates: a method based on the gamma distribution", Statistics in
    /// Medicine 16, 1997), with the greatest weight that was seen as that of the next hit. Its
    /// quantiles of chi squared are those of Wilson and Hilferty (1931). `None` with fewer than
    /// [`FEWEST_EFFECTIVE`] effective hits.
    pub fn interval(&self) -> Option<Interval> {
        let effective = self.effective();
        if effective < FEWEST_EFFECTIVE {
            return None;
        }
        let end = |total: f64, effective: f64, z: f64| {
            let root = 1.0 - 1.0 / (9.0 * effective) + z / (3.0 * effective.sqrt());
            (total * root * root * root / whole(self.count)).min(1.0)
        };
        let total = self.total();
        #[allow(clippy::cast_precision_loss)]
        let most = self.most as f64 * self.unit;
        let squares = total * total / effective;
        let (next, with_next) = (total + most, squares + most * most);
        Some(Interval {
            low: end(total, effective, -Z),
            high: end(next, next * next / with_next, Z),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: &[u64], count: usize) -> Weighted {
        let mut all = Weighted::new(0.5);
        weights.iter().for_each(|weight| all.add(*weight, true));
        (weights.len()..count).for_each(|_| all.add(7, false));
        all
    }

    #[test]
    fn equal_weights_are_a_count() {
        let found = of(&[2; 100], 10_000);
        assert_eq!((found.count, found.hits), (10_000, 100));
        assert!((found.share().expect("hits") - 0.01).abs() < 1e-15);
        assert!((found.effective() - 100.0).abs() < 1e-9);
        // The exact interval of a Poisson count of 100: 81.36 to 121.63.
        let interval = found.interval().expect("enough");
        assert!((interval.low * 1e4 - 81.36).abs() < 0.02, "{interval:?}");
        assert!((interval.high * 1e4 - 121.63).abs() < 0.02, "{interval:?}");
        assert_eq!(of(&[2; 49], 10_000).interval(), None);
        assert_eq!(of(&[], 10_000).share(), None);
        assert_eq!(of(&[0; 5], 10).share(), None);
    }

    #[test]
    fn a_heavy_hit_leaves_few_effective_ones() {
        let mut weights = vec![2; 100];
        weights.push(200);
        let found = of(&weights, 10_000);
        assert!((found.share().expect("hits") - 0.02).abs() < 1e-15);
        // (100 + 100)^2 / (100 + 100^2).
        assert!((found.effective() - 40_000.0 / 10_100.0).abs() < 1e-9);
        assert_eq!(found.interval(), None);
    }

    #[test]
    fn sums_are_exact_in_any_order() {
        let weights: Vec<u64> = (0..200).map(|n| (n * 977 + 13) << 50 >> 3).collect();
        let mut backwards = weights.clone();
        backwards.reverse();
        assert_eq!(of(&weights, 200), of(&backwards, 200));
        let most = of(&[u64::MAX; 1_000], 1_000);
        assert!((most.effective() - 1_000.0).abs() < 1e-6);
    }
}
