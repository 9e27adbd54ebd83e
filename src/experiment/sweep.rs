//! Many replications at each of many points: values of keys of a scenario.

use std::sync::{Mutex, OnceLock};

use super::judge::{Judgement, judge};
use super::replicate::Replications;
use super::summary::Summaries;
use super::variant::{Variant, Variants};
use crate::error::Error;
use crate::kernel::{Each, map};
use crate::scenario::{Axis, Override, Scenario, Setting};
use crate::units::Time;

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
pub struct Swept<'a> {
    /// What is varied.
    pub axes: &'a [Axis],
    /// At which of their values.
    pub points: &'a [Point],
    /// How often the scenario is replayed at each.
    pub replications: u64,
    /// Reads it with other values.
    pub variants: Variants<'a>,
}

impl Swept<'_> {
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
    /// replayed.
    ///
    /// # Errors
    ///
    /// What is wrong with the first point that is.
    pub fn check(&self, each: Each<'_>) -> Result<(), Error> {
        let read = map(each, self.points.len(), |number| {
            self.variant(number).map(|_| ())
        });
        read.into_iter().collect()
    }

    /// What is said of a point.
    fn cell(
        &self,
        number: usize,
        interrupt: &(dyn Fn(Time) -> bool + Sync),
        each: Each<'_>,
    ) -> Result<Cell, Error> {
        let variant = self.variant(number)?;
        let study = variant.study();
        let gathered = study.gather(0..self.replications, interrupt, each)?;
        Ok(Cell::of(&self.points[number], &variant.scenario, &gathered))
    }
}

impl Cell {
    /// What a study of the scenario at a point says.
    pub fn of(point: &[usize], scenario: &Scenario, study: &Replications) -> Cell {
        let expectations = scenario.expectations.iter();
        Cell {
            point: point.to_vec(),
            summaries: Summaries::of(study),
            judgements: expectations.map(|it| judge(it, study)).collect(),
        }
    }
}

/// Replays the scenario at each point, with the same draws at all of them. Nothing is kept of a
/// point but what is said of it.
///
/// `done` is told after each point how many there are; `interrupt` is asked whether to stop.
///
/// # Errors
///
/// Those of [`super::replay`], of the first point that has one, and what is wrong with its values.
pub fn sweep(
    swept: &Swept<'_>,
    interrupt: &(dyn Fn(Time) -> bool + Sync),
    done: &(dyn Fn(usize) + Sync),
    each: Each<'_>,
) -> Result<Vec<Cell>, Error> {
    let finished = Mutex::new(0);
    let first = OnceLock::new();
    let cell = |number: usize, inner: Each<'_>| -> Result<Cell, Error> {
        let mut cell = swept.cell(number, interrupt, inner)?;
        cell.summaries.share(&first);
        let mut finished = finished.lock().expect("nobody panicked");
        *finished += 1;
        done(*finished);
        Ok(cell)
    };
    let points = swept.points.len();
    let measures = match points {
        0 => 0,
        _ => swept.variant(0)?.study().kept.len() as u64,
    };
    let values = swept.replications.saturating_mul(measures);
    // Few points share the cores each, and large ones; of many small ones, each has one.
    if points < FEW || values > LARGE {
        (0..points).map(|number| cell(number, each)).collect()
    } else {
        let cells = map(each, points, |number| {
            cell(number, &crate::kernel::one_by_one)
        });
        cells.into_iter().collect()
    }
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
