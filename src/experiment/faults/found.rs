//! What is asked of a scenario, and what is found.

use super::place::Place;
use super::verdict::Verdict;
use crate::intake::Rows;
use crate::scenario::{Fault, Scenario};
use crate::units::Duration;

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
    /// For how many combinations of seconds it does, over all replications; those between instants
    /// at which a class was looked for count with the instant before.
    pub points: u64,
    /// The least and the most time from the first fault to the last.
    pub apart: (Duration, Duration),
}

impl Cut {
    /// Its faults, in the order of time.
    pub(super) fn faults(&self) -> Vec<usize> {
        self.parts.iter().map(|part| part.fault).collect()
    }
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
    /// A class was looked for at instants so far apart, and at those at which a class of a single
    /// fault begins.
    pub spacing: Duration,
    /// Combinations of seconds at which they could begin, of all sets and replications.
    pub points: u64,
    /// The classes that these fall into.
    pub classes: u64,
    /// How often the scenario was replayed for them.
    pub replays: u64,
}
