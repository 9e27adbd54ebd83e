//! The last value of a key for which an expectation holds.
//!
//! In each replication, on common random numbers, the values for which its condition holds are
//! taken to end somewhere; where, is found by bisection. So each replication has a threshold, and
//! the answer is an order statistic of them. That the values do end there is not believed but
//! looked at: see [`Solution::checks`].

mod goal;
mod means;
mod probe;
#[cfg(test)]
mod tests;
mod thresholds;

pub use goal::Goal;

use std::collections::BTreeSet;

use super::{Runner, Variants, room};
use crate::error::Error;
use crate::scenario::{Grid, Value};
use crate::statistics::Mean;
use goal::Form;

/// What is looked for, among which values, in how many replications.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The values of the key.
    pub grid: &'a Grid,
    /// What must hold.
    pub goal: &'a Goal,
    /// How many replications there are.
    pub replications: usize,
}

/// What was found. Values are told by their number in the grid; where an expectation holds for a
/// number of values, they are those whose own number is below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Whether there is an answer.
    pub outcome: Outcome,
    /// For how many values it holds, from the first one on.
    pub holds: usize,
    /// The same, from and to, in 95 of 100 studies at least.
    pub interval: Result<(usize, usize), Lack>,
    /// Values at which every replication was looked at, in the order of the grid.
    pub checks: Vec<Check>,
    /// Replications worth a closer look: the last value for which it holds, and the next.
    pub witnesses: Vec<Witness>,
    /// Of each replication, for how many values its condition holds; empty for a mean.
    pub thresholds: Vec<usize>,
    /// Where replications do not go on as their threshold says.
    pub contradictions: Vec<Contradiction>,
}

/// Whether there is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds for some values and no more.
    Found,
    /// It holds for all of them.
    Everywhere,
    /// It does not hold even for the first one.
    Nowhere,
    /// It holds for some of the values that were looked at, but not up to one and no further.
    Undecided,
}

/// Why an answer has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It must hold in every replication, or in one: the answer depends on how many there are.
    DependsOnCount,
    /// For a share so near to all or none more replications are needed.
    FewReplications,
    /// Too few of the values that make up the mean are not 0.
    FewApart,
}

/// A value at which every replication was looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// The number of the value.
    pub value: usize,
    /// Whether what was looked for holds there.
    pub holds: bool,
    /// What was seen.
    pub seen: Seen,
}

/// What was seen at a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// In how many replications the condition is met, and how many have no value.
    Met {
        /// How many meet it.
        met: usize,
        /// How many have no value, and so do not.
        without: usize,
    },
    /// The mean; `None` where a replication has no value.
    Mean(Option<Mean>),
}

/// A replication that is worth a closer look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Witness {
    /// The number of the value.
    pub value: usize,
    /// The replication.
    pub replication: usize,
    /// What the measure is there.
    pub measure: Option<Value>,
    /// Whether the condition is met.
    pub met: bool,
}

/// A replication that does not go on as its threshold says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The replication.
    pub replication: usize,
    /// The number of the first value at which it does not.
    pub value: usize,
}

/// Replications to be looked at with one value of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    value: usize,
    replications: Vec<usize>,
}

/// Looks at replications: of each request, the values of the measure in its order.
type Look<'a> = &'a dyn Fn(&[Request]) -> Result<Vec<Vec<Option<Value>>>, Error>;

/// Finds the last value for which the goal holds.
///
/// # Errors
///
/// If a value cannot be taken, and those of [`super::replay`] and [`super::room`].
pub fn solve(
    question: Question<'_>,
    variants: Variants<'_>,
    runner: &Runner<'_>,
) -> Result<Solution, Error> {
    room(MEASURES, question.replications as u64)?;
    runner.progress.begin(question.replays());
    find(question, &|requests| {
        probe::look(question, variants, runner, requests)
    })
}

fn find(question: Question<'_>, look: Look<'_>) -> Result<Solution, Error> {
    match question.goal.form {
        Form::Share(share) => thresholds::find(question, share, look),
        Form::Mean(comparison, limit) => means::find(question, comparison, limit, look),
    }
}

/// What is kept of a replication takes as much room as this many measures: its values at all
/// [`CHECKS`] values, twice, and which of them meet the condition.
const MEASURES: usize = 6 * CHECKS;
/// The number of values over the whole range at which every replication is looked at.
const CHECKS: usize = 17;
/// And at those so far from the end of what holds.
const NEAR: [usize; 4] = [1, 4, 16, 64];

impl Question<'_> {
    /// The numbers of evenly spread values, both ends included.
    fn spread(&self) -> Vec<usize> {
        let last = self.grid.count() - 1;
        let steps = (CHECKS - 1).min(last);
        (0..=steps).map(|at| at * last / steps).collect()
    }

    /// The numbers of values around the end of those for which it `holds`, but for those of
    /// [`Question::spread`].
    fn near(&self, holds: usize) -> Vec<usize> {
        let below = NEAR.iter().filter_map(|far| holds.checked_sub(*far));
        let above = NEAR.iter().map(|far| holds + far - 1);
        let spread = self.spread();
        let near: BTreeSet<usize> = below
            .chain(above)
            .filter(|number| *number < self.grid.count() && !spread.contains(number))
            .collect();
        near.into_iter().collect()
    }

    /// About how many replays it takes: every replication at the evenly spread values, halving
    /// what is between two of them, and near the end.
    fn replays(&self) -> u64 {
        let between = self.grid.count() / CHECKS + 1;
        let looks = CHECKS as u64 + u64::from(between.ilog2()) + 1 + 2 * NEAR.len() as u64;
        looks.saturating_mul(self.replications as u64)
    }

    fn everyone(&self, value: usize) -> Request {
        Request {
            value,
            replications: (0..self.replications).collect(),
        }
    }
}

/// What is to be said of a number of values for which it holds, after a look at some of them.
fn outcome(question: Question<'_>, holds: usize, checks: &[Check]) -> Outcome {
    let as_said = checks
        .iter()
        .all(|check| check.holds == (check.value < holds));
    match holds {
        _ if !as_said => Outcome::Undecided,
        0 => Outcome::Nowhere,
        all if all == question.grid.count() => Outcome::Everywhere,
        _ => Outcome::Found,
    }
}
