//! How far something holds, as a picture.

use super::super::chart::{Parameter, Picture, Quantity, Seen, Threshold, threshold_chart};
use super::super::format::{replications, sanitize};
use super::answer::{by_value, confidence, superlative};
use super::solved::Solved;
use crate::experiment::solve::{self, Check, Goal, Outcome};
use crate::scenario::{Axis, Wanted};
use crate::statistics::{Interval, Proportion};

/// What was seen at the values of the key, with the limit and the answer.
pub(super) fn picture(solved: &Solved<'_>) -> Picture {
    let grid = solved.grid;
    let mut checks: Vec<&Check> = solved.solution.checks.iter().collect();
    if grid.wanted == Wanted::Smallest {
        // The grid goes down then, an axis up.
        checks.reverse();
    }
    let axis = Axis {
        path: grid.path.clone(),
        values: checks.iter().map(|check| grid.value(check.value)).collect(),
    };
    let expected = sanitize(&solved.expectation.text);
    let (measure, quantity, limit) = asked(solved);
    let seen: Vec<Option<Seen>> = checks.iter().map(|check| seen(solved, check)).collect();
    let title = solved.scenario.title.as_deref();
    let title = sanitize(title.unwrap_or("How far it holds"));
    let notes = [
        format!(
            "{} {} with {expected}",
            superlative(solved),
            sanitize(&grid.path)
        ),
        format!(
            "{} at each of {} values, on the same random numbers",
            replications(solved.replications as u64),
            checks.len()
        ),
    ];
    threshold_chart(
        &title,
        &notes,
        &Parameter::of(&axis),
        (&measure, quantity, limit),
        &seen,
        threshold(solved, Parameter::origin(&axis.values)).as_ref(),
    )
}

/// What goes upwards, and the limit that it must meet.
fn asked(solved: &Solved<'_>) -> (String, Quantity, f64) {
    let expectation = solved.expectation;
    let goal = Goal::new(expectation, solved.replications).ok();
    match goal.and_then(|goal| goal.share_needed(solved.replications)) {
        Some(share) => ("condition met".to_owned(), Quantity::Ratio, share),
        None => {
            let name = solved
                .scenario
                .name_of(expectation.scope, expectation.measure);
            let quantity = Quantity::from(expectation.measure.unit());
            (format!("mean {name}"), quantity, expectation.value.number())
        }
    }
}

fn seen(solved: &Solved<'_>, check: &Check) -> Option<Seen> {
    let (number, interval) = match check.seen {
        solve::Seen::Met { met, .. } => {
            let share = Proportion {
                hits: met,
                count: solved.replications,
            };
            (share.share()?, share.interval())
        }
        solve::Seen::Mean(mean) => (mean?.mean, mean?.interval()),
    };
    Some(Seen {
        number,
        interval,
        holds: check.holds,
    })
}

/// The answer on the axis of the key, which counts from `origin`, where there is one.
fn threshold(solved: &Solved<'_>, origin: f64) -> Option<Threshold> {
    let (solution, grid) = (solved.solution, solved.grid);
    if solution.outcome != Outcome::Found {
        return None;
    }
    let last = grid.count() - 1;
    let at = |holds: usize| {
        let value = grid.value(holds.saturating_sub(1).min(last));
        Parameter::number(&value, origin).map(|(_, number)| number)
    };
    let ends = solution.interval.ok().map(|ends| by_value(solved, ends));
    let words = match ends {
        Some(_) => format!(" ({})", confidence(solved)),
        None => ", no interval".to_owned(),
    };
    let value = grid.value(solution.holds - 1).text();
    Some(Threshold {
        words: format!("{}: {value}{words}", superlative(solved)),
        at: at(solution.holds)?,
        interval: ends.and_then(|[low, high]| {
            Some(Interval {
                low: at(low)?,
                high: at(high)?,
            })
        }),
    })
}
