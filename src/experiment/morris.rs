//! Screening of many factors by the elementary effects of single steps.
//!
//! Morris, "Factorial Sampling Plans for Preliminary Computational Experiments", Technometrics
//! 33 (1991) 161: a trajectory begins at a random point of a grid of p levels in the unit cube
//! and moves one factor after another, each once, by D = p / (2 (p - 1)), up or down. What a
//! step changes, divided by the step, is the elementary effect of its factor there. Campolongo,
//! Cariboni, Saltelli, "An effective screening design for sensitivity analysis of large models",
//! Environmental Modelling & Software 22 (2007) 1509, add the mean of the absolute effects.

use crate::kernel::StreamKey;
use crate::statistics::Mean;

/// Levels of the grid: 0, 1/3, 2/3, 1.
pub const LEVELS: usize = 4;

/// A step in levels: 2/3 of a range, which makes every level as likely as any other.
const STEP: usize = LEVELS / 2;

/// A way through the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trajectory {
    /// One more than there are factors; of each factor the level. Neighbours differ in one.
    pub points: Vec<Vec<usize>>,
    /// Which factor each step moves.
    pub order: Vec<usize>,
}

/// What the elementary effects of a factor are like, in the unit of the answer for a move over
/// the whole range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screened {
    /// How many effects are known.
    pub count: usize,
    /// Their mean.
    pub mu: f64,
    /// The mean of their sizes: how much the factor matters.
    pub mu_star: f64,
    /// Their standard deviation: how much it depends on where the others are, and on where it
    /// is itself; 0 of a linear factor.
    pub sigma: f64,
}

/// Random ways through the grid; equal keys give equal ones.
pub fn trajectories(factors: usize, count: usize, root: StreamKey) -> Vec<Trajectory> {
    let number = |number: usize| number as u64;
    let one = |at: usize| {
        let root = root.name("trajectory").number(number(at));
        let draw = |what: &str, factor: usize, most: usize| {
            let drawn = root.name(what).number(number(factor)).up_to(number(most));
            usize::try_from(drawn).expect("no more than the most")
        };
        let start = (0..factors).map(|factor| draw("level", factor, LEVELS - 1));
        let mut order: Vec<usize> = (0..factors).collect();
        for last in (1..factors).rev() {
            order.swap(last, draw("order", last, last));
        }
        let mut point: Vec<usize> = start.collect();
        let mut points = vec![point.clone()];
        for &factor in &order {
            // From every level exactly one way is open.
            let level = &mut point[factor];
            *level = if *level < STEP {
                *level + STEP
            } else {
                *level - STEP
            };
            points.push(point.clone());
        }
        Trajectory { points, order }
    };
    (0..count).map(one).collect()
}

/// What every factor does, from the answers at all points of all trajectories; steps with an
/// answer that is unknown are left out. `None` for a factor of which no step is left.
///
/// # Panics
///
/// If there is not one answer for each point.
pub fn screened(
    factors: usize,
    trajectories: &[Trajectory],
    answers: &[Vec<Option<f64>>],
) -> Vec<Option<Screened>> {
    assert_eq!(trajectories.len(), answers.len());
    #[allow(clippy::cast_precision_loss)]
    let step = STEP as f64 / (LEVELS - 1) as f64;
    let mut effects = vec![Vec::new(); factors];
    for (trajectory, answers) in trajectories.iter().zip(answers) {
        assert_eq!(trajectory.points.len(), answers.len());
        for (at, &factor) in trajectory.order.iter().enumerate() {
            let (Some(before), Some(after)) = (answers[at], answers[at + 1]) else {
                continue;
            };
            let up = trajectory.points[at + 1][factor] > trajectory.points[at][factor];
            let change = if up { after - before } else { before - after };
            effects[factor].push(change / step);
        }
    }
    let screened = |effects: Vec<f64>| {
        let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
        let mean = Mean::of(&effects)?;
        Some(Screened {
            count: effects.len(),
            mu: mean.mean,
            mu_star: Mean::of(&sizes)?.mean,
            sigma: mean.sd,
        })
    };
    effects.into_iter().map(screened).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The screening of a function of the unit cube.
    fn of(factors: usize, count: usize, function: impl Fn(&[f64]) -> f64) -> Vec<Screened> {
        let ways = trajectories(factors, count, StreamKey::root(1, 0));
        #[allow(clippy::cast_precision_loss)]
        let place = |level: &usize| *level as f64 / 3.0;
        let answer = |point: &Vec<usize>| {
            let point: Vec<f64> = point.iter().map(place).collect();
            Some(function(&point))
        };
        let answers: Vec<Vec<Option<f64>>> = ways
            .iter()
            .map(|way| way.points.iter().map(answer).collect())
            .collect();
        let screened = screened(factors, &ways, &answers);
        screened
            .into_iter()
            .map(|screened| screened.expect("known"))
            .collect()
    }

    #[test]
    fn every_step_moves_one_factor_and_every_factor_is_moved_once() {
        for way in trajectories(5, 200, StreamKey::root(7, 0)) {
            let mut moved = way.order.clone();
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2, 3, 4]);
            for (at, factor) in way.order.iter().enumerate() {
                let (before, after) = (&way.points[at], &way.points[at + 1]);
                let differ: Vec<usize> = (0..5).filter(|&i| before[i] != after[i]).collect();
                assert_eq!(differ, [*factor]);
                assert_eq!(before[*factor].abs_diff(after[*factor]), 2);
            }
            assert!(way.points.iter().flatten().all(|level| *level < LEVELS));
        }
    }

    #[test]
    fn levels_orders_and_seeds_are_spread() {
        let ways = trajectories(3, 6_000, StreamKey::root(7, 0));
        for level in 0..LEVELS {
            let count = ways.iter().filter(|way| way.points[0][1] == level).count();
            assert!((1_380..1_620).contains(&count), "{level}: {count}");
        }
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let count = ways.iter().filter(|way| way.order == order).count();
            assert!((880..1_120).contains(&count), "{order:?}: {count}");
        }
        assert_eq!(ways[..9], trajectories(3, 9, StreamKey::root(7, 0)));
        assert_ne!(ways[..9], trajectories(3, 9, StreamKey::root(8, 0)));
    }

    #[test]
    fn of_a_linear_function_the_effects_are_the_coefficients() {
        let found = of(3, 20, |x| 4.0 * x[0] - 2.5 * x[1] + 7.0);
        for (found, coefficient) in found.iter().zip([4.0, -2.5, 0.0]) {
            assert!((found.mu - coefficient).abs() < 1e-9, "{found:?}");
            assert!((found.mu_star - f64::abs(coefficient)).abs() < 1e-9);
            assert!(found.sigma < 1e-9 && found.count == 20);
        }
    }

    #[test]
    fn of_a_product_the_effects_vary_with_the_other_factor() {
        // The effect of one factor is the level of the other: mean 1/2, variance 5/36.
        let found = of(2, 4_000, |x| x[0] * x[1]);
        for found in found {
            assert!((found.mu - 0.5).abs() < 0.02, "{found:?}");
            assert!((found.sigma - (5.0_f64 / 36.0).sqrt()).abs() < 0.01);
        }
    }

    #[test]
    fn effects_that_cancel_out_are_seen_by_their_sizes() {
        // Up from 0 or down from 2/3: -2/3 + 4/9 ... of (x - 1/2)^2 the effects are -1/3 and 1/3.
        let found = of(1, 4_000, |x| (x[0] - 0.5).powi(2));
        assert!(found[0].mu.abs() < 0.02);
        assert!((found[0].mu_star - 1.0 / 3.0).abs() < 1e-9);
        assert!((found[0].sigma - 1.0 / 3.0).abs() < 1e-3);
    }

    #[test]
    fn steps_without_an_answer_are_left_out() {
        let ways = trajectories(2, 2, StreamKey::root(1, 0));
        let answers = vec![vec![Some(1.0), None, Some(2.0)], vec![Some(0.0); 3]];
        let found = screened(2, &ways, &answers);
        assert!(found.iter().flatten().all(|screened| screened.count == 1));
        let none = screened(2, &ways[..1], &[vec![None; 3]]);
        assert_eq!(none, [None, None]);
    }
}
