//! What may go wrong, alone and two at a time, whenever it does: the sequences of faults that break
//! what a scenario expects, and of which none can be left out.
//!
//! A fault can begin at every whole second of the run. Instants between which the order of
//! everything that happens is the same form a class (`explore`); of each class the corners are
//! replayed. A sequence breaks the promise if an expectation fails; it is minimal if none of its
//! proper subsequences does, the empty one included. Where one fault alone breaks it, a second is
//! not looked for.

mod alone;
mod explore;
mod found;
mod gather;
mod grid;
mod peaks;
mod place;
mod rate;
#[cfg(test)]
mod tests;
mod trace;
mod verdict;
mod world;
mod zone;

pub use found::{Covered, Cut, Found, Part, Question};
pub use place::{Anchor, Place};
pub use rate::rate;
pub use verdict::Verdict;

use std::sync::atomic::AtomicU64;

use super::inflows::SharedInflows;
use super::judge::Outcome;
use super::runner::Runner;
use crate::error::Error;
use crate::limits::FAULT_REPLAYS;
use gather::gather;
use grid::Seconds;
use world::{Task, World};

/// Finds every minimal cut sequence.
///
/// # Errors
///
/// If more than [`FAULT_REPLAYS`] were needed, and those of [`super::replay`].
///
/// # Panics
///
/// If the scenario expects nothing.
pub fn faults(question: Question<'_>, runner: &Runner<'_>) -> Result<Found, Error> {
    let replays = AtomicU64::new(0);
    let inflows = SharedInflows::of_several(question.scenario);
    let world = World::of(question, &inflows, &replays, runner)?;
    let base = world.base()?;
    let mut found = Found {
        base,
        cuts: Vec::new(),
        undecided: Vec::new(),
        covered: Vec::new(),
        exact: world.step().is_exact(),
    };
    if base.outcome != Outcome::Failed {
        search(&world, |sets, tasks| {
            gather(&world, sets, tasks, &mut found)
        })?;
    }
    Ok(found)
}

/// Hands on the sets of one fault with what becomes of each in each replication, then those of two.
fn search(world: &World<'_>, mut take: impl FnMut(&[Vec<usize>], &[Task])) -> Result<(), Error> {
    let (question, last) = (world.question, world.last_second());
    let count = question.faults.len();
    world.begin();
    let singles: Vec<Vec<usize>> = (0..count).map(|fault| vec![fault]).collect();
    let alone = world.tasks(&singles, |_, _| vec![Seconds::up_to(last)])?;
    take(&singles, &alone);
    if question.order < 2 {
        return Ok(());
    }
    let replications: Vec<&[Task]> = alone.chunks(count).collect();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| vec![a, b]));
    let pairs: Vec<Vec<usize>> = pairs.collect();
    let seconds = |replication: usize, faults: &[usize]| {
        let of = |fault: &usize| {
            let task = &replications[replication][*fault];
            Seconds {
                within: without_failures(task, last),
                grid: world.grid(&task.begins),
            }
        };
        faults.iter().map(of).collect::<Vec<_>>()
    };
    refuse_too_many(&replications, &pairs, seconds)?;
    let together = world.tasks(&pairs, seconds)?;
    take(&pairs, &together);
    Ok(())
}

/// The seconds at which a fault alone does not break the promise, from and to.
fn without_failures(task: &Task, last: i64) -> Vec<(i64, i64)> {
    let failures = task.found.iter();
    let failures = failures.filter(|class| class.verdict.outcome == Outcome::Failed);
    let mut failures: Vec<(i64, i64)> = failures.map(|class| class.zone.bounds(1, 0)).collect();
    failures.sort_unstable();
    let mut safe = Vec::new();
    let mut from = 0;
    for (first, until) in failures {
        if from < first {
            safe.push((from, first - 1));
        }
        from = from.max(until + 1);
    }
    if from <= last {
        safe.push((from, last));
    }
    safe
}

/// Two faults have about as many classes as each has alone, multiplied, and more; but no more than
/// there are points.
fn refuse_too_many(
    alone: &[&[Task]],
    pairs: &[Vec<usize>],
    seconds: impl Fn(usize, &[usize]) -> Vec<Seconds>,
) -> Result<(), Error> {
    let mut expected: u64 = 0;
    for (replication, alone) in alone.iter().enumerate() {
        for pair in pairs {
            let classes: u64 = pair.iter().map(|fault| alone[*fault].classes).product();
            let points = seconds(replication, pair);
            let points: u64 = points.iter().map(Seconds::count).product();
            expected = expected.saturating_add(classes.min(points));
        }
    }
    if FAULT_REPLAYS.allows(expected) {
        return Ok(());
    }
    let why = FAULT_REPLAYS.exceeded();
    Err(Error::run(format!(
        "all pairs of faults fall into about {expected} classes or more: {why}"
    )))
}
