//! What may go wrong, alone and two at a time, whenever it does: the sequences of faults that break
//! what a scenario expects, and of which none can be left out.
//!
//! A fault can begin at every whole second of the run. Instants between which the order of
//! everything that happens is the same form a class ([`explore`]); of each class the corners are
//! replayed. A sequence breaks the promise if an expectation fails; it is minimal if none of its
//! proper subsequences does, the empty one included. Where one fault alone breaks it, a second is
//! not looked for.

mod explore;
mod gather;
mod peaks;
mod place;
mod rate;
#[cfg(test)]
mod tests;
mod trace;
mod verdict;
mod world;
mod zone;

pub use place::{Anchor, Place};
pub use rate::rate;
pub use verdict::Verdict;

use std::sync::atomic::AtomicU64;

use super::inflows::SharedInflows;
use super::judge::Outcome;
use super::runner::Runner;
use crate::error::Error;
use crate::intake::Rows;
use crate::limits::FAULT_REPLAYS;
use crate::scenario::{Fault, Scenario};
use crate::units::Duration;
use explore::Class;
use gather::gather;
use world::{Task, World};

/// What is asked of a scenario.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Which scenario; it expects something.
    pub scenario: &'a Scenario,
    /// One entry per workspace, `Some` where its ingestion is a trace.
    pub traces: &'a [Option<Rows>],
    /// What may go wrong.
    pub faults: &'a [Fault],
    /// The most faults of a sequence; 1 or 2.
    pub order: usize,
    /// How many replications there are.
    pub replications: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What holds without any fault. If that fails, nothing else was looked for.
    pub base: Verdict,
    /// The minimal cut sequences, those of one fault first, in the order of the faults.
    pub cuts: Vec<Cut>,
    /// Sequences of which the replications cannot say whether they break the promise.
    pub undecided: Vec<Cut>,
    /// What was looked at, by the number of faults.
    pub covered: Vec<Covered>,
    /// Whether a class has one order throughout, and not only at its corners: whether polls are as
    /// far apart as whole seconds.
    pub exact: bool,
}

/// A sequence of faults, at all instants at which it leads to the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// In the order of time: which fault, and when at worst.
    pub parts: Vec<Part>,
    /// The replication in which that was found.
    pub replication: u64,
    /// What it leads to at worst.
    pub verdict: Verdict,
    /// In how many classes it does.
    pub classes: u64,
    /// For how many combinations of seconds it does, over all replications.
    pub points: u64,
    /// The least and the most time from the first fault to the last.
    pub apart: (Duration, Duration),
}

/// A fault of a sequence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Index in [`Question::faults`].
    pub fault: usize,
    /// When it happens at worst.
    pub place: Place,
    /// When it happens at the earliest and at the latest, after the start of the run.
    pub within: (Duration, Duration),
}

/// What was looked at of the sequences of some number of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    /// Sets of faults, in each replication.
    pub sets: u64,
    /// Combinations of seconds at which they could begin, of all sets and replications.
    pub points: u64,
    /// The classes that these fall into.
    pub classes: u64,
    /// How often the scenario was replayed for them.
    pub replays: u64,
}

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
    let alone = world.tasks(&singles, |_, _| vec![vec![(0, last)]])?;
    take(&singles, &alone);
    if question.order < 2 {
        return Ok(());
    }
    refuse_too_many(&alone, count)?;
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| vec![a, b]));
    let pairs: Vec<Vec<usize>> = pairs.collect();
    let within = |replication: usize, faults: &[usize]| {
        let safe = |fault: &usize| without_failures(&alone[replication * count + fault], last);
        faults.iter().map(safe).collect()
    };
    let together = world.tasks(&pairs, within)?;
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

/// Two faults have about as many classes as each has alone, multiplied, and more.
fn refuse_too_many(tasks: &[Task], count: usize) -> Result<(), Error> {
    let mut expected: u64 = 0;
    for replication in tasks.chunks(count) {
        for (at, task) in replication.iter().enumerate() {
            let others = replication[at + 1..].iter().map(|other| other.classes);
            expected = expected.saturating_add(task.classes.saturating_mul(others.sum()));
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

/// What a class holds is told by its corners alone.
fn is_decided(class: &Class) -> bool {
    class.verdict.outcome == Outcome::Passed
}
