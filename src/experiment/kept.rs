//! What a study has kept of its replications, and what that says.

use super::fingerprint::{Fingerprint, fingerprint};
use super::replicate::Replications;
use super::sample::Sample;
use super::tally::Tally;
use crate::scenario::{Measure, Scenario, Scope, Value};

/// Either every value, or sums and counts.
#[derive(Debug, Clone, Copy)]
pub enum Kept<'a> {
    /// Every value.
    Every(&'a Replications),
    /// Sums and counts.
    Tally(&'a Tally),
}

impl<'a> From<&'a Replications> for Kept<'a> {
    fn from(all: &'a Replications) -> Kept<'a> {
        Kept::Every(all)
    }
}

impl<'a> From<&'a Tally> for Kept<'a> {
    fn from(tally: &'a Tally) -> Kept<'a> {
        Kept::Tally(tally)
    }
}

impl<'a> Kept<'a> {
    /// How many replications there are.
    pub fn count(self) -> u64 {
        match self {
            Kept::Every(all) => all.count() as u64,
            Kept::Tally(tally) => tally.count(),
        }
    }

    /// The measures that are kept.
    pub fn measures(self) -> &'a [(Scope, Measure)] {
        match self {
            Kept::Every(all) => all.kept(),
            Kept::Tally(tally) => tally.kept(),
        }
    }

    /// Of each of them the first one that has the same values.
    pub(super) fn same_as(self) -> &'a [usize] {
        match self {
            Kept::Every(all) => &all.same_as,
            Kept::Tally(tally) => tally.same_as(),
        }
    }

    /// The sample of one of them, by its place.
    pub(super) fn sample_at(self, at: usize) -> Sample {
        match self {
            Kept::Every(all) => Sample::of(all.column(at)),
            Kept::Tally(tally) => tally.sample_at(at),
        }
    }

    /// The sample of a measure; `None` where it is not kept.
    pub fn sample(self, scope: Scope, measure: Measure) -> Option<Sample> {
        let mut kept = self.measures().iter();
        let at = kept.position(|kept| *kept == (scope, measure))?;
        Some(self.sample_at(at))
    }

    /// Whether two measures that are kept have the same numbers in every replication.
    pub fn are_equal(self, a: (Scope, Measure), b: (Scope, Measure)) -> bool {
        match self {
            Kept::Every(all) => all.are_equal(a, b),
            Kept::Tally(tally) => tally.are_equal(a, b),
        }
    }

    /// The first replication in which a measure is at its worst, and its value there; `None` where
    /// it is not kept or never has a value.
    pub fn worst(self, scope: Scope, measure: Measure) -> Option<(u64, Value)> {
        match self {
            Kept::Every(all) => all.worst(scope, measure),
            Kept::Tally(tally) => tally.worst(scope, measure),
        }
    }

    /// The digest of all of it.
    pub fn fingerprint(self, scenario: &Scenario) -> Fingerprint {
        match self {
            Kept::Every(all) => fingerprint(scenario, all),
            Kept::Tally(tally) => Fingerprint::of_tally(scenario, tally),
        }
    }
}
