use super::Quantile;

/// Numbers by size, equal ones together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counted {
    runs: Vec<Run>,
    /// How many numbers there are up to and with each run.
    up_to: Vec<usize>,
}

/// Some of the numbers that follow each other by size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// What they are; or where they are not all the same, what stands for them.
    pub number: f64,
    /// How many there are.
    pub count: usize,
    /// How wide the place is in which they are; 0 where all are the same.
    pub width: f64,
}

impl Run {
    /// Whether all are the same.
    pub fn is_one(&self) -> bool {
        self.width <= 0.0
    }
}

/// Runs by size; those of the same number that follow each other become one.
impl FromIterator<Run> for Counted {
    fn from_iter<T: IntoIterator<Item = Run>>(runs: T) -> Counted {
        let mut all = Counted::default();
        for run in runs {
            all.push(run);
        }
        all
    }
}

/// Numbers by size.
impl FromIterator<f64> for Counted {
    fn from_iter<T: IntoIterator<Item = f64>>(numbers: T) -> Counted {
        let run = |number| Run {
            number,
            count: 1,
            width: 0.0,
        };
        numbers.into_iter().map(run).collect()
    }
}

impl Counted {
    fn push(&mut self, run: Run) {
        let before = self.len();
        match self.runs.last_mut() {
            Some(last) if last.number.to_bits() == run.number.to_bits() => {
                last.count += run.count;
                last.width = last.width.max(run.width);
                self.up_to.pop();
            }
            _ => self.runs.push(run),
        }
        self.up_to.push(before + run.count);
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.up_to.last().copied().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By size.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The least.
    pub fn least(&self) -> Option<f64> {
        Some(self.runs.first()?.number)
    }

    /// The greatest.
    pub fn most(&self) -> Option<f64> {
        Some(self.runs.last()?.number)
    }

    /// The number of a rank, from 1.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub fn of_rank(&self, rank: usize) -> f64 {
        self.runs[self.up_to.partition_point(|up_to| *up_to < rank)].number
    }

    /// A quantile.
    ///
    /// # Panics
    ///
    /// If there are no numbers.
    pub fn quantile(&self, quantile: Quantile) -> f64 {
        self.of_rank(quantile.rank(self.len()))
    }

    /// How many are below a number.
    pub fn below(&self, number: f64) -> usize {
        self.before(self.runs.partition_point(|run| run.number < number))
    }

    /// How many are not above a number.
    pub fn up_to(&self, number: f64) -> usize {
        self.before(self.runs.partition_point(|run| run.number <= number))
    }

    fn before(&self, run: usize) -> usize {
        run.checked_sub(1).map_or(0, |last| self.up_to[last])
    }

    /// Those of some runs.
    #[must_use]
    pub fn only(&self, of: impl Fn(&Run) -> bool) -> Counted {
        self.runs.iter().filter(|run| of(run)).copied().collect()
    }

    /// The width of the widest place in which numbers are not all the same; 0 where there is none.
    pub fn grain(&self) -> f64 {
        self.runs.iter().map(|run| run.width).fold(0.0, f64::max)
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_says_what_the_numbers_say(numbers in prop::collection::vec(0_u32..20, 1..200), at in 0_u32..21) {
            let mut sorted: Vec<f64> = numbers.into_iter().map(f64::from).collect();
            sorted.sort_by(f64::total_cmp);
            let counted: Counted = sorted.iter().copied().collect();
            let at = f64::from(at);
            prop_assert_eq!(counted.len(), sorted.len());
            prop_assert_eq!(counted.below(at), sorted.iter().filter(|one| **one < at).count());
            prop_assert_eq!(counted.up_to(at), sorted.iter().filter(|one| **one <= at).count());
            for (rank, number) in sorted.iter().enumerate() {
                prop_assert_eq!(counted.of_rank(rank + 1), *number);
            }
            prop_assert_eq!(counted.least(), sorted.first().copied());
            prop_assert_eq!(counted.most(), sorted.last().copied());
            let without = counted.only(|run| run.number != at);
            prop_assert_eq!(without.len() + counted.up_to(at) - counted.below(at), sorted.len());
        }
    }
}
