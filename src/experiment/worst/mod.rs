//! The values of some keys at which a statistic is largest, or smallest.
//!
//! A coarse grid on common random numbers, elimination, and ever smaller steps around what is left.
//! The winner is measured again on replications that the search has not seen.

mod instants;
mod search;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::look::{Request, Worlds};
use super::selection::{Figure, Resamples};
use super::sensitivity::{Answer, difference, of};
use super::{Replications, Runner, Study, Variants, room};
use crate::error::Error;
use crate::scenario::{Grid, Override, Statistic, Target, Value};
use crate::statistics::{Interval, Mean};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The statistic.
    pub target: &'a Target,
    /// The same, and which way is worse.
    pub figure: Figure,
    /// The values of each key; 1 to as many as [`crate::limits::WORST_KEYS`].
    pub grids: &'a [Grid],
    /// How many replications the search sees of a point at most, and how many the check.
    pub replications: usize,
}

/// What was found. A point is the numbers of its values, key by key.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// All points that were looked at; those of the coarse grid first.
    pub looked: Vec<Looked>,
    /// The numbers of the values of each key on the coarse grid.
    pub axes: Vec<Vec<usize>>,
    /// How many of these are where something else begins or ends, and no part of the even grid.
    pub joined: usize,
    /// Where it is largest, or smallest, as far as was seen; `None` where it is the same at all
    /// points.
    pub winner: Option<Place>,
    /// The same of what is further away from there than a coarse step.
    pub runner_up: Option<Place>,
    /// The scenario as it is, on the same replications as these.
    pub base: Result<Answer, String>,
    /// How far the winner is above the runner-up.
    pub apart: Option<Difference>,
    /// What nobody can find: peaks narrower than this, in steps of each key.
    pub missed: Vec<usize>,
}

/// A point that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Where.
    pub at: Vec<usize>,
    /// In how many replications.
    pub replications: usize,
    /// The statistic of them; `None` where one of them has no value.
    pub number: Option<f64>,
}

/// A point on replications that the search has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Where.
    pub at: Vec<usize>,
    /// The statistic, with its interval.
    pub answer: Result<Answer, String>,
    /// How far it is above the scenario as it is.
    pub above: Option<Difference>,
}

/// How far one statistic is above another on the same replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Difference {
    /// Of means and of shares: the mean of the differences, replication by replication.
    Mean(Mean),
    /// Of quantiles: how far one is above the other, and where that lies in 95 of 100 studies.
    Quantile(f64, Interval),
}

impl Difference {
    /// How far.
    pub fn number(&self) -> f64 {
        match self {
            Difference::Mean(mean) => mean.mean,
            Difference::Quantile(number, _) => *number,
        }
    }
}

impl Worst {
    /// How many of the points that were looked at are those of the coarse grid.
    pub fn coarse(&self) -> usize {
        self.axes.iter().map(Vec::len).product()
    }

    /// The replays that the search took.
    pub fn replays(&self) -> u64 {
        self.looked
            .iter()
            .map(|looked| looked.replications as u64)
            .sum()
    }
}

impl Question<'_> {
    /// What gives the keys the values of a point.
    pub fn changes(&self, at: &[usize]) -> Vec<Override> {
        let keys = self.grids.iter().zip(at);
        keys.map(|(grid, at)| grid.set("--vary", &grid.value(*at)))
            .collect()
    }
}

/// How far a statistic of some replications is above that of the same before; `None` where one of
/// them has no value.
fn above(
    question: &Question<'_>,
    seed: u64,
    [before, after]: [&Replications; 2],
) -> Option<Difference> {
    let Figure {
        scope,
        measure,
        statistic,
        ..
    } = question.figure;
    if !matches!(statistic, Statistic::Quantile(_)) {
        return difference(question.target, before, after).map(Difference::Mean);
    }
    let scores = |of: &Replications| {
        let column = of.of(scope, measure)?;
        column
            .values()
            .map(|value| value.map(Value::number))
            .collect::<Option<Vec<f64>>>()
    };
    let (before, after) = (scores(before)?, scores(after)?);
    let figure = &question.figure;
    let resamples = Resamples::new(seed, before.len());
    let interval =
        resamples.interval(|rows| figure.of_rows(&after, rows) - figure.of_rows(&before, rows));
    let seen = figure.of(&after) - figure.of(&before);
    Some(Difference::Quantile(seen, interval))
}

/// Searches the point at which the statistic is largest, or smallest.
///
/// # Errors
///
/// If a value cannot be taken, and those of [`super::replay`] and [`room`].
pub fn worst(
    question: Question<'_>,
    variants: Variants<'_>,
    runner: &Runner<'_>,
) -> Result<Worst, Error> {
    room(
        search::most(question.grids.len()),
        question.replications as u64,
    )?;
    let scenario = variants(&[])?.scenario;
    let seed = scenario.seed;
    let axes = search::axes(question.grids, &scenario);
    let kept = [(question.figure.scope, question.figure.measure)];
    let worlds = Worlds {
        kept: &kept,
        variants,
        runner,
    };
    let look = |points: &[(&[usize], Range<usize>)]| {
        let request = |(at, replications): &(&[usize], Range<usize>)| Request {
            changes: question.changes(at),
            replications: replications.clone().collect(),
        };
        let requests: Vec<Request> = points.iter().map(request).collect();
        worlds.look(&requests)
    };
    runner
        .progress
        .begin(search::replays(&axes, question.replications));
    let found = search::search(&question, axes.clone(), seed, &look)?;
    let gather = |at: Option<&[usize]>| {
        let changes = at.map_or_else(Vec::new, |at| question.changes(at));
        let variant = variants(&changes)?;
        let study = Study {
            kept: kept.to_vec(),
            ..variant.study()
        };
        let count = question.replications as u64;
        study.gather(count..2 * count, runner)
    };
    let base = gather(None)?;
    let fresh = |number: usize| {
        let at = &found.looked[number].at;
        Ok::<_, Error>((at.clone(), gather(Some(at))?))
    };
    let winner = found.winner.map(fresh).transpose()?;
    let runner_up = found.runner_up.map(fresh).transpose()?;
    let apart = winner.as_ref().zip(runner_up.as_ref());
    let apart = apart.and_then(|(best, other)| above(&question, seed, [&other.1, &best.1]));
    let place = |(at, seen): (Vec<usize>, Replications)| Place {
        at,
        answer: of(question.target, &seen),
        above: above(&question, seed, [&base, &seen]),
    };
    let even: usize = search::even(question.grids).iter().map(Vec::len).product();
    let coarse: usize = axes.iter().map(Vec::len).product();
    Ok(Worst {
        looked: found.looked,
        joined: coarse - even,
        missed: axes.iter().map(|axis| search::widest(axis)).collect(),
        axes,
        winner: winner.map(place),
        runner_up: runner_up.map(place),
        base: of(question.target, &base),
        apart,
    })
}
