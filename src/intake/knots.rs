use std::ops::Deref;

use crate::units::{Duration, Time};

/// Instants in order, none twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Knots {
    times: Vec<Time>,
    /// In order; they share their ends at most.
    runs: Vec<Run>,
}

/// Knots that follow one another at equal distances, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first one.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// From each to the next.
    pub step: Duration,
}

/// A run is at least so many steps long: what is shorter is not worth the trouble.
const SHORTEST: usize = 32;

impl Knots {
    pub(super) fn of(times: Vec<Time>) -> Knots {
        let mut runs = Vec::new();
        let mut first = 0;
        for last in 1..times.len() {
            let step = times[last] - times[last - 1];
            let goes_on = times
                .get(last + 1)
                .is_some_and(|&next| next - times[last] == step);
            if !goes_on {
                if last - first >= SHORTEST {
                    runs.push(Run { first, last, step });
                }
                first = last;
            }
        }
        Knots { times, runs }
    }

    /// How many of them are not after `t`.
    #[inline]
    pub fn up_to(&self, t: Time) -> usize {
        self.times.partition_point(|&knot| knot <= t)
    }

    /// The run in which a knot is and does not end.
    pub fn run_from(&self, number: usize) -> Option<&Run> {
        let later = self.runs.partition_point(|run| run.first <= number);
        let run = &self.runs[later.checked_sub(1)?];
        (number < run.last).then_some(run)
    }

    /// Whether there is any run.
    pub fn have_runs(&self) -> bool {
        !self.runs.is_empty()
    }
}

impl Deref for Knots {
    type Target = [Time];

    fn deref(&self) -> &[Time] {
        &self.times
    }
}
