//! The answer in one line.

use super::super::format::{count, of_unit, percent, shown};
use super::Solved;
use crate::experiment::solve::{Check, Lack, Outcome, Seen};
use crate::scenario::Wanted;
use crate::statistics::Proportion;

/// The answer, how sure it is, and where it ends.
pub(super) fn answer(solved: &Solved<'_>) -> String {
    let (path, expected) = (shown(&solved.grid.path), shown(&solved.expectation.text));
    let solution = solved.solution;
    let last = solved.grid.count() - 1;
    let [first, last] = [0, last].map(|at| solved.grid.value(at).text());
    match solution.outcome {
        Outcome::Found => format!(
            "{} {path} with {expected}: {} ({}; at {} it {})",
            superlative(solved),
            solved.grid.value(solution.holds - 1).text(),
            confidence(solved),
            solved.grid.value(solution.holds).text(),
            match solved.grid.wanted {
                Wanted::Largest => "no longer holds",
                Wanted::Smallest => "does not yet hold",
            }
        ),
        Outcome::Everywhere => {
            format!("{expected} holds for every {path} from {first} to {last}; look beyond {last}")
        }
        Outcome::Nowhere => format!(
            "no {path} from {first} to {last} has {expected}: it does not hold even at {first} ({})",
            seen(solved, &solution.checks[0])
        ),
        Outcome::Undecided => format!(
            "cannot say which {path} is the {} with {expected}: {}",
            superlative(solved),
            reason(solved)
        ),
    }
}

pub(super) fn superlative(solved: &Solved<'_>) -> &'static str {
    match solved.grid.wanted {
        Wanted::Largest => "largest",
        Wanted::Smallest => "smallest",
    }
}

/// The interval, or why there is none.
fn confidence(solved: &Solved<'_>) -> String {
    let replications = count(solved.replications as u64);
    match solved.solution.interval {
        Ok(ends) => {
            let [low, high] = by_value(solved, ends).map(|holds| end(solved, holds));
            if low == high {
                format!("95% interval: {low} alone")
            } else {
                format!("95% interval {low} to {high}")
            }
        }
        Err(lack) => lacks(lack, &replications),
    }
}

/// The ends of an interval, the one with the lower value first.
pub(super) fn by_value(solved: &Solved<'_>, (few, many): (usize, usize)) -> [usize; 2] {
    match solved.grid.wanted {
        Wanted::Largest => [few, many],
        // The fewer values it holds for, the larger is the smallest of them.
        Wanted::Smallest => [many, few],
    }
}

/// Why there is no interval.
pub(super) fn lacks(lack: Lack, replications: &str) -> String {
    match lack {
        Lack::DependsOnCount => {
            format!("no interval: it depends on how many replications there are, {replications}")
        }
        Lack::FewReplications => {
            format!("no 95% interval: {replications} replications are too few for that share")
        }
        Lack::FewNonzero => "no 95% interval: too few of the values are not 0".to_owned(),
    }
}

/// The last of so many values; in words where it lies outside of the range.
pub(super) fn end(solved: &Solved<'_>, holds: usize) -> String {
    let grid = solved.grid;
    let all = grid.count();
    let beyond = match grid.wanted {
        Wanted::Largest => ["below", "or more"],
        Wanted::Smallest => ["above", "or less"],
    };
    match holds {
        0 => format!("{} {}", beyond[0], grid.value(0).text()),
        holds if holds == all => format!("{} {}", grid.value(all - 1).text(), beyond[1]),
        holds => grid.value(holds - 1).text(),
    }
}

/// What was seen at a value, in words.
pub(super) fn seen(solved: &Solved<'_>, check: &Check) -> String {
    match check.seen {
        Seen::Met { met, without } => {
            let all = solved.replications;
            let share = Proportion {
                hits: met,
                count: all,
            };
            let share = share.share().map_or_else(String::new, percent);
            let without = match without {
                0 => String::new(),
                without => format!(", no value in {}", count(without as u64)),
            };
            format!(
                "met in {} of {} replications, {share}{without}",
                count(met as u64),
                count(all as u64)
            )
        }
        Seen::Mean(None) => "a replication has no value".to_owned(),
        Seen::Mean(Some(mean)) => {
            let unit = solved.expectation.measure.unit();
            format!("the mean is {}", of_unit(unit, mean.mean))
        }
    }
}

/// Why there is no answer.
fn reason(solved: &Solved<'_>) -> String {
    let checks = &solved.solution.checks;
    let value = |check: &Check| solved.grid.value(check.value).text();
    let turns = checks.windows(2).filter(|two| two[0].holds != two[1].holds);
    let (first, last) = (&checks[0], &checks[checks.len() - 1]);
    if turns.count() == 1 && !first.holds {
        let (other, option) = match solved.grid.wanted {
            Wanted::Largest => ("smallest", "with --smallest"),
            Wanted::Smallest => ("largest", "without --smallest"),
        };
        return format!(
            "it does not hold at {} but does at {}; ask for the {other}, {option}",
            value(first),
            value(last)
        );
    }
    let fails = checks.iter().position(|it| !it.holds);
    let again = fails.and_then(|at| checks[at..].iter().find(|it| it.holds));
    match (fails, again) {
        (Some(fails), Some(again)) => format!(
            "it does not hold at {}, and holds again at {}",
            value(&checks[fails]),
            value(again)
        ),
        _ => "at values around the end it is not as the thresholds of the replications say"
            .to_owned(),
    }
}
