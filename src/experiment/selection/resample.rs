//! The bootstrap over replications (Efron, "Bootstrap methods: another look at the jackknife",
//! 1979): what a statistic of common replications is when they are drawn again from themselves.

use crate::kernel::StreamKey;
use crate::statistics::{FEWEST_APART, Interval, Mean};

/// How often the replications are drawn again.
const TIMES: usize = 400;

/// Replications drawn again from themselves, as often as there are, with random numbers of their
/// own: all that are compared are drawn alike.
#[derive(Debug)]
pub(in crate::experiment) struct Resamples {
    rows: Vec<Vec<usize>>,
}

impl Resamples {
    /// Of `count` replications of a study with this seed.
    pub(in crate::experiment) fn new(seed: u64, count: usize) -> Resamples {
        let key = StreamKey::root(seed, 0).name("resample");
        let drawn = |time: usize| {
            let key = key.number(time as u64);
            let row = |at: usize| key.number(at as u64).up_to(count as u64 - 1);
            let rows = (0..count).map(row);
            rows.map(|row| usize::try_from(row).expect("below the count"))
                .collect()
        };
        Resamples {
            rows: (0..TIMES).map(drawn).collect(),
        }
    }

    fn each(&self, statistic: impl Fn(&[usize]) -> f64) -> Vec<f64> {
        self.rows.iter().map(|rows| statistic(rows)).collect()
    }

    /// The standard error of a statistic; `None` where it is nearly always the same.
    pub(super) fn error(&self, statistic: impl Fn(&[usize]) -> f64) -> Option<f64> {
        let mean = Mean::of(&self.each(statistic))?;
        (mean.apart >= FEWEST_APART).then_some(mean.sd)
    }

    /// The middle 95 % of a statistic.
    pub(in crate::experiment) fn interval(&self, statistic: impl Fn(&[usize]) -> f64) -> Interval {
        let mut drawn = self.each(statistic);
        drawn.sort_by(f64::total_cmp);
        let outside = TIMES / 40;
        Interval {
            low: drawn[outside],
            high: drawn[TIMES - 1 - outside],
        }
    }
}
