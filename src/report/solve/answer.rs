//! The answer in one line.

use super::super::format::{count, of_unit, percent, replications, sanitize};
use super::solved::Solved;
use crate::experiment::solve::{Check, Lack, Outcome, Seen};
use crate::scenario::{Event, EventKind, Wanted};
use crate::statistics::{FEWEST_APART, Proportion};

/// The answer, how sure it is, and where it ends.
pub(in crate::report) fn answer(solved: &Solved<'_>) -> String {
    let (path, expected) = (
        sanitize(&solved.grid.path),
        sanitize(&solved.expectation.text),
    );
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
            format!(
                "{expected} holds for every {path} from {first} to {last}; extend the range beyond {last}{}",
                unlimited(solved)
            )
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

/// Why a wider range may not help: keys stay in use through any outage.
fn unlimited(solved: &Solved<'_>) -> &'static str {
    let (scenario, tolerance) = (solved.scenario, "behaviour.outage_tolerance");
    let outages = |event: &Event| {
        matches!(
            event.action.kind(),
            EventKind::KeyVaultOutage | EventKind::IdentityOutage
        )
    };
    let endless = scenario.behaviour.outage_tolerance.is_none() && solved.grid.path != tolerance;
    match endless && scenario.events.iter().any(outages) {
        true => {
            " (but outage_tolerance is unlimited here: an outage of any length isolates no account)"
        }
        false => "",
    }
}

pub(super) fn superlative(solved: &Solved<'_>) -> &'static str {
    match solved.grid.wanted {
        Wanted::Largest => "largest",
        Wanted::Smallest => "smallest",
    }
}

/// The interval, or why there is none.
pub(super) fn confidence(solved: &Solved<'_>) -> String {
    match solved.solution.interval {
        Ok(ends) => {
            let [low, high] = by_value(solved, ends).map(|holds| end(solved, holds));
            let resolution = solved.grid.resolution.text();
            match low == high {
                true => format!("95% interval narrower than the resolution, {resolution}"),
                false => format!("95% interval {low} to {high}"),
            }
        }
        Err(lack) => lacks(lack, solved.replications as u64),
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
pub(super) fn lacks(lack: Lack, number: u64) -> String {
    match lack {
        Lack::DependsOnCount => {
            let number = count(number);
            format!("no interval: the expectation depends on the number of replications, {number}")
        }
        Lack::FewReplications => {
            let number = replications(number);
            format!("no 95% interval: this share needs more than {number}")
        }
        Lack::FewApart => format!(
            "no 95% interval: fewer than {FEWEST_APART} values stand apart from the most frequent one; \
             ask for more replications"
        ),
    }
}

/// The last of the first `holds` values; in words where it lies outside of the range.
pub(in crate::report) fn end(solved: &Solved<'_>, holds: usize) -> String {
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
pub(in crate::report) fn seen(solved: &Solved<'_>, check: &Check) -> String {
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
                "met in {} of {}, {share}{without}",
                count(met as u64),
                replications(all as u64)
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
    let path = sanitize(&solved.grid.path);
    // The range reads upwards, whichever way it was searched.
    let between = |a: &Check, b: &Check| {
        let (low, high) = match solved.grid.wanted {
            Wanted::Largest => (a, b),
            Wanted::Smallest => (b, a),
        };
        format!("--vary \"{path}={}..{}\"", value(low), value(high))
    };
    let Some(fails) = checks.iter().position(|check| !check.holds) else {
        let closer = between(first, last);
        return format!(
            "it holds at all {} values that were checked, but not in every replication between them; search a part of {closer}",
            checks.len()
        );
    };
    let fail = &checks[fails];
    let holds = fails.checked_sub(1).map(|at| &checks[at]);
    let again = checks[fails..].iter().find(|check| check.holds);
    match (holds, again) {
        (Some(holds), Some(again)) => format!(
            "it holds at {}, not at {}, and again at {}; find the first end with {}",
            value(holds),
            value(fail),
            value(again),
            between(first, fail)
        ),
        (None, Some(again)) => format!(
            "it does not hold at {}, holds at {}, and fails at all values after that; find the end with {}",
            value(fail),
            value(again),
            between(again, last)
        ),
        (Some(holds), None) => format!(
            "it holds at {} and not at {}, but some replications change more than once between them; search with {}",
            value(holds),
            value(fail),
            between(holds, fail)
        ),
        (None, None) => format!(
            "it holds at none of the {} values that were checked, but in some replications between them; search a part of {}",
            checks.len(),
            between(first, last)
        ),
    }
}
