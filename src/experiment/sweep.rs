//! Many replications at each of many points: values of keys of a scenario.

use std::sync::Mutex;

use super::judge::{Judgement, judge};
use super::replicate::Study;
use super::summary::{Summary, summaries};
use super::variant::{Variant, Variants};
use crate::error::Error;
use crate::kernel::{Each, map};
use crate::scenario::{Axis, Measure, Override, Scope, Setting};
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
    pub summaries: Vec<(Scope, Measure, Summary)>,
    /// One for each expectation of the scenario.
    pub judgements: Vec<Judgement>,
}

/// The variants of some points, in their order.
///
/// # Errors
///
/// What is wrong with the first point that is.
pub fn at_points(
    axes: &[Axis],
    points: &[Point],
    variants: Variants<'_>,
    each: Each<'_>,
) -> Result<Vec<Variant>, Error> {
    let read = map(each, points.len(), |number| {
        let settings: Vec<Override> = settings(axes, &points[number])
            .map(|(axis, value)| axis.set("the sweep", value))
            .collect();
        variants(&settings)
    });
    read.into_iter().collect()
}

/// The axes of a sweep, each with its value at a point.
pub fn settings<'a>(
    axes: &'a [Axis],
    point: &'a [usize],
) -> impl Iterator<Item = (&'a Axis, &'a Setting)> {
    let values = axes.iter().zip(point);
    values.map(|(axis, &at)| (axis, &axis.values[at]))
}

/// Replays the variant of each point `replications` times, with the same draws at all points.
///
/// `done` is told after each point how many there are; `interrupt` is asked whether to stop.
///
/// # Errors
///
/// Those of [`super::replay`], of the first point that has one.
pub fn sweep(
    points: &[Point],
    variants: &[Variant],
    replications: u64,
    interrupt: &(dyn Fn(Time) -> bool + Sync),
    done: &(dyn Fn(usize) + Sync),
    each: Each<'_>,
) -> Result<Vec<Cell>, Error> {
    let finished = Mutex::new(0);
    let cell = |number: usize, inner: Each<'_>| -> Result<Cell, Error> {
        let variant = &variants[number];
        let study = Study::new(&variant.scenario, &variant.traces);
        let gathered = study.gather(0..replications, interrupt, inner)?;
        let expectations = variant.scenario.expectations.iter();
        let cell = Cell {
            point: points[number].clone(),
            summaries: summaries(&gathered),
            judgements: expectations.map(|it| judge(it, &gathered)).collect(),
        };
        let mut finished = finished.lock().expect("nobody panicked");
        *finished += 1;
        done(*finished);
        Ok(cell)
    };
    // Few points share the cores each; of many, each has one.
    if points.len() < FEW {
        (0..points.len()).map(|number| cell(number, each)).collect()
    } else {
        let cells = map(each, points.len(), |number| {
            cell(number, &crate::kernel::one_by_one)
        });
        cells.into_iter().collect()
    }
}

/// Of fewer points some cores would be idle at the end.
const FEW: usize = 64;

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
