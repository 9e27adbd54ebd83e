//! A study of which only sums and counts are kept, so that memory does not depend on how many
//! replications it has.
//!
//! All of it adds up in any order: whoever computed which replications, the bytes are the same.

mod counts;
mod grid;
mod record;
mod sample;
#[cfg(test)]
mod tests;

pub use grid::GRID_ERROR;

use std::collections::BTreeMap;
use std::ops::Range;

use self::counts::{Counts, Scale};
use super::column::Column;
use super::inflows::SharedInflows;
use super::replicate::{Replications, Study, same_in_both};
use super::runner::{Cells, Runner, foreign};
use super::sample::Sample;
use crate::error::Error;
use crate::scenario::{Comparison, Expectation, Measure, Scope, Statistic, Value};
use crate::statistics::Proportion;

/// What is counted beside the measures themselves: in how many replications one compares so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    scope: Scope,
    measure: Measure,
    comparison: Comparison,
    bound: Value,
    /// Whether what has no value does.
    unknown: bool,
}

/// How often it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Hits {
    count: u64,
    /// The first replication in which it did not.
    first_miss: Option<u64>,
}

/// Measures of some replications of one scenario, as sums and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    kept: Vec<(Scope, Measure)>,
    thresholds: Vec<Threshold>,
    count: u64,
    hits: Vec<Hits>,
    /// Of each measure the first one that has the same values and is counted as it is.
    same_as: Vec<usize>,
    /// Empty where the measure is the same as another.
    counts: Vec<Counts>,
}

impl Threshold {
    /// What has to be counted to judge an expectation; `None` where the measures say it.
    pub(super) fn of(expectation: &Expectation) -> Option<Threshold> {
        let (comparison, bound, unknown) = match expectation.statistic {
            Statistic::Each => (expectation.comparison, expectation.value, false),
            Statistic::Probability(comparison, bound) => {
                (comparison, bound, expectation.unknown_counts())
            }
            _ => return None,
        };
        Some(Threshold {
            scope: expectation.scope,
            measure: expectation.measure,
            comparison,
            bound,
            unknown,
        })
    }
}

impl Study<'_> {
    /// What has to be counted to judge what the scenario expects.
    pub fn thresholds(&self) -> Vec<Threshold> {
        let mut all: Vec<Threshold> = Vec::new();
        let expectations = self.scenario.expectations.iter();
        for threshold in expectations.filter_map(Threshold::of) {
            if !all.contains(&threshold) {
                all.push(threshold);
            }
        }
        all
    }

    /// Replays the scenario once for each of `numbers`, and keeps sums and counts.
    ///
    /// # Errors
    ///
    /// Those of [`super::replay`], of the first replication that has one.
    ///
    /// # Panics
    ///
    /// If the study does not keep what the scenario has expectations of.
    pub fn tally(&self, numbers: Range<u64>, runner: &Runner<'_>) -> Result<Tally, Error> {
        let mut tally = self.empty_tally();
        let shared = SharedInflows::of(self.scenario);
        self.each_block(numbers, &shared, &runner.within(), |block| {
            tally.add(&block);
            Ok(())
        })?;
        Ok(tally)
    }

    /// What others have tallied.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or holds what no study writes.
    pub fn collect_tally(&self, cells: &dyn Cells) -> Result<Tally, Error> {
        let mut all = self.empty_tally();
        cells.each(0, &mut |numbers, bytes| {
            let read = Tally::decoded(bytes, self);
            let fits = |read: &Tally| read.count == numbers.end - numbers.start;
            all.merge(&read.filter(fits).ok_or_else(foreign)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// The tally of no replication.
    pub fn empty_tally(&self) -> Tally {
        let thresholds = self.thresholds();
        Tally {
            hits: vec![Hits::default(); thresholds.len()],
            same_as: vec![0; self.kept.len()],
            counts: vec![Counts::new(); self.kept.len()],
            kept: self.kept.clone(),
            thresholds,
            count: 0,
        }
    }
}

impl Tally {
    /// Adds replications of the same study.
    fn add(&mut self, block: &Replications) {
        for (threshold, hits) in self.thresholds.iter().zip(&mut self.hits) {
            hits.add(threshold, block);
        }
        let mut first = BTreeMap::new();
        let columns = block.same_as.iter().zip(&self.kept).enumerate();
        let same_as = columns.map(|(at, (same, (_, measure)))| {
            *first.entry((*same, Scale::of(*measure))).or_insert(at)
        });
        let same_as: Vec<usize> = same_as.collect();
        self.divide(&same_as);
        for at in (0..same_as.len()).filter(|&at| self.same_as[at] == at) {
            let scale = Scale::of(self.kept[at].1);
            let values = &block.values[block.same_as[at]];
            self.counts[at].add(scale, values, block.from);
        }
        self.count += block.count as u64;
    }

    /// Adds other replications of the same study.
    ///
    /// # Panics
    ///
    /// If they are of another one.
    pub fn merge(&mut self, other: &Tally) {
        assert_eq!(
            (&self.kept, &self.thresholds),
            (&other.kept, &other.thresholds),
            "they are of one study"
        );
        for (own, hits) in self.hits.iter_mut().zip(&other.hits) {
            own.merge(*hits);
        }
        if other.count > 0 {
            self.divide(&other.same_as);
        }
        for at in (0..self.same_as.len()).filter(|&at| self.same_as[at] == at) {
            let scale = Scale::of(self.kept[at].1);
            self.counts[at].merge(scale, &other.counts[other.same_as[at]]);
        }
        self.count += other.count;
    }

    /// Measures stay together if they are the same here and in what is added.
    fn divide(&mut self, added: &[usize]) {
        if self.count == 0 {
            self.same_as = added.to_vec();
            return;
        }
        let same_as = same_in_both(&self.same_as, added);
        for at in (0..same_as.len()).filter(|&at| same_as[at] == at) {
            let before = self.same_as[at];
            if before != at {
                self.counts[at] = self.counts[before].clone();
            }
        }
        self.same_as = same_as;
    }

    /// How many replications there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The measures that are kept.
    pub fn kept(&self) -> &[(Scope, Measure)] {
        &self.kept
    }

    fn at(&self, scope: Scope, measure: Measure) -> Option<usize> {
        self.kept.iter().position(|kept| *kept == (scope, measure))
    }

    /// Of each measure the first one that has the same values and is counted as it is.
    pub(super) fn same_as(&self) -> &[usize] {
        &self.same_as
    }

    /// The sample of a measure by its place among those that are kept.
    pub(super) fn sample_at(&self, at: usize) -> Sample {
        sample::of(self.kept[at].1, &self.counts[self.same_as[at]])
    }

    /// The sample of a measure; `None` where it is not kept.
    pub fn sample(&self, scope: Scope, measure: Measure) -> Option<Sample> {
        Some(self.sample_at(self.at(scope, measure)?))
    }

    /// Whether two measures that are kept have the same numbers in every replication.
    pub fn are_equal(&self, a: (Scope, Measure), b: (Scope, Measure)) -> bool {
        let first = |of: (Scope, Measure)| Some(self.same_as[self.at(of.0, of.1)?]);
        first(a).is_some() && first(a) == first(b)
    }

    /// The first replication in which a measure is at its worst, and its value there; `None` where
    /// it is not kept or never has a value.
    pub fn worst(&self, scope: Scope, measure: Measure) -> Option<(u64, Value)> {
        let counts = &self.counts[self.same_as[self.at(scope, measure)?]];
        let extreme = counts.extreme(measure.less_is_worse())?;
        Some((extreme.seen.first, measure.value(extreme.code)?))
    }

    /// In how many replications a threshold was kept, and the first in which it was not.
    ///
    /// # Panics
    ///
    /// If it was not counted.
    pub(super) fn hits(&self, threshold: &Threshold) -> (Proportion, Option<u64>) {
        let at = self.thresholds.iter().position(|own| own == threshold);
        let hits = self.hits[at.expect("what is expected was counted")];
        let proportion = Proportion {
            hits: usize(hits.count),
            count: usize(self.count),
        };
        (proportion, hits.first_miss)
    }
}

impl Hits {
    fn add(&mut self, threshold: &Threshold, block: &Replications) {
        let column = block.of(threshold.scope, threshold.measure);
        let column: Column<'_> = column.expect("a study keeps what is expected");
        let Threshold {
            comparison,
            bound,
            unknown,
            ..
        } = *threshold;
        let hit = column.hits(comparison, bound, unknown);
        for (number, hit) in (block.from..).zip(hit) {
            self.merge(Hits {
                count: u64::from(hit),
                first_miss: (!hit).then_some(number),
            });
        }
    }

    fn merge(&mut self, other: Hits) {
        self.count += other.count;
        let misses = self.first_miss.into_iter().chain(other.first_miss);
        self.first_miss = misses.min();
    }
}

/// A number of replications.
fn usize(count: u64) -> usize {
    usize::try_from(count).expect("a machine that counts further than it can compute")
}
