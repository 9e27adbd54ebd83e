//! Many replications at each of many points: values of keys of a scenario.

use super::frame::Body;
use super::judge::{Judgement, judge};
use super::replicate::Replications;
use super::runner::Runner;
use super::summary::Summaries;
use super::variant::{Variant, Variants};
use crate::error::Error;
use crate::kernel::{map, one_by_one};
use crate::scenario::{Axis, Override, Scenario, Setting};

/// A point of a sweep: of each axis the number of its value.
pub type Point = Vec<usize>;

/// The points of some axes: every value with every other, the last axis going on first; or, in
/// lockstep, all going on together.
///
/// # Panics
///
/// If axes in lockstep have different numbers of values.
pub fn points(axes: &[Axis], lockstep: bool) -> Vec<Point> {
    if lockstep {
        let count = axes.first().map_or(0, |axis| axis.values.len());
        assert!(axes.iter().all(|axis| axis.values.len() == count));
        return (0..count).map(|at| vec![at; axes.len()]).collect();
    }
    let extended = |points: Vec<Point>, axis: &Axis| {
        let with = |point: Point| {
            (0..axis.values.len()).map(move |at| {
                let mut longer = point.clone();
                longer.push(at);
                longer
            })
        };
        points.into_iter().flat_map(with).collect()
    };
    axes.iter().fold(vec![Vec::new()], extended)
}

/// What is said of one point.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which point.
    pub point: Point,
    /// Of each measure that is kept.
    pub summaries: Summaries,
    /// One for each expectation of the scenario.
    pub judgements: Vec<Judgement>,
}

/// The axes of a sweep, each with its value at a point.
pub fn settings<'a>(
    axes: &'a [Axis],
    point: &'a [usize],
) -> impl Iterator<Item = (&'a Axis, &'a Setting)> {
    let values = axes.iter().zip(point);
    values.map(|(axis, &at)| (axis, &axis.values[at]))
}

/// What is swept: a scenario at some points.
#[derive(Clone, Copy)]
pub struct Design<'a> {
    /// What is varied.
    pub axes: &'a [Axis],
    /// At which of their values.
    pub points: &'a [Point],
    /// How often the scenario is replayed at each.
    pub replications: u64,
    /// Reads it with other values.
    pub variants: Variants<'a>,
}

impl Design<'_> {
    /// The scenario at a point. Of many points they would fill the memory, so each is read when its
    /// turn comes.
    ///
    /// # Errors
    ///
    /// What is wrong with the values.
    pub fn variant(&self, number: usize) -> Result<Variant, Error> {
        let settings: Vec<Override> = settings(self.axes, &self.points[number])
            .map(|(axis, value)| axis.set("the sweep", value))
            .collect();
        (self.variants)(&settings)
    }

    /// Reads the scenario once at every point, so that what is wrong is found before anything is
    /// replayed. Comes back with the digests of traces that a point has and the scenario has not.
    ///
    /// # Errors
    ///
    /// What is wrong with the first point that is.
    pub fn check(&self, runner: &Runner<'_>) -> Result<Vec<Option<String>>, Error> {
        let own = (self.variants)(&[])?.traces;
        runner.progress.begin(self.points.len() as u64);
        let read = map(runner.executor, self.points.len(), |number| {
            runner.progress.advance(1);
            Ok(self.variant(number)?.other_traces(&own))
        });
        read.into_iter().collect()
    }

    /// What is said of a point; and the replications as bytes, where `keeps` has a journal.
    fn cell(
        &self,
        number: usize,
        runner: &Runner<'_>,
        keeps: &Runner<'_>,
    ) -> Result<(Cell, Vec<u8>), Error> {
        let variant = self.variant(number)?;
        let study = variant.study();
        let gathered = study.gather_cell(number, self.replications, runner)?;
        let cell = Cell::of(&self.points[number], &variant.scenario, &gathered);
        Ok((cell, keeps.bytes(|| gathered.encoded())))
    }

    /// The same from replications that were kept.
    fn recover(&self, number: usize, body: &mut Body<'_>) -> Option<Cell> {
        let variant = self.variant(number).ok()?;
        let gathered = Replications::decoded(body, &variant.study().kept)?;
        let fits = gathered.numbers() == (0..self.replications);
        fits.then(|| Cell::of(&self.points[number], &variant.scenario, &gathered))
    }
}

impl Cell {
    /// What a study of the scenario at a point says.
    pub fn of(point: &[usize], scenario: &Scenario, study: &Replications) -> Cell {
        let expectations = scenario.expectations.iter();
        Cell {
            point: point.to_vec(),
            summaries: Summaries::of(study),
            judgements: expectations
                .map(|expectation| judge(expectation, study))
                .collect(),
        }
    }
}

/// Replays the scenario at each point, with the same draws at all of them. Nothing is kept of a
/// point but what is said of it.
///
/// # Errors
///
/// Those of [`super::replay`], of the first point that has one, and what is wrong with its values.
pub fn sweep(design: &Design<'_>, runner: &Runner<'_>) -> Result<Vec<Cell>, Error> {
    let points = design.points.len();
    let measures = match points {
        0 => 0,
        _ => design.variant(0)?.study().kept.len() as u64,
    };
    let replays = design.replications.saturating_mul(points as u64);
    runner.progress.begin(replays);
    let values = design.replications.saturating_mul(measures);
    let mut cells: Vec<Cell> = Vec::with_capacity(points);
    let mut add = |mut cell: Cell| {
        if let Some(first) = cells.first() {
            cell.summaries.share(&first.summaries);
        }
        cells.push(cell);
        Ok(())
    };
    // Few points share the cores each, and large ones; of many small ones, each has one.
    if points < FEW || values > LARGE {
        for number in 0..points {
            let (cell, _) = design.cell(number, runner, &runner.within())?;
            add(cell)?;
        }
    } else {
        let alone = Runner {
            executor: &one_by_one,
            ..runner.within()
        };
        let replays = |_| design.replications;
        let recover = |number: usize, body: &mut Body<'_>| design.recover(number, body);
        let compute = |number: usize| design.cell(number, &alone, runner);
        runner.tasks(points, replays, recover, compute, add)?;
    }
    Ok(cells)
}

/// Of fewer points some cores would be idle at the end.
const FEW: usize = 64;
/// With more values at a point memory has no room for as many points as there are cores.
const LARGE: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_meets_every_other() {
        let axis = |count: i64| Axis {
            path: "seed".to_owned(),
            values: (0..count).map(Setting::Whole).collect(),
        };
        assert_eq!(
            points(&[axis(2), axis(3)], false),
            [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
        );
        assert_eq!(points(&[axis(2), axis(2)], true), [[0, 0], [1, 1]]);
        assert_eq!(points(&[], false), [Vec::<usize>::new()]);
    }
}
