//! What a study says of each measure, without the values themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kept::Kept;
use super::sample::Sample;
use crate::scenario::{Measure, Scope, Unit, Value};
use crate::statistics::{Mean, Proportion, Quantile};

/// What the values of a measure in many replications come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// In how many replications it had no value.
    pub without: usize,
    /// In how many of those with a value it was not 0.
    pub nonzero: Proportion,
    /// The mean, in bytes, seconds, or as it is; `None` where no replication had a value.
    pub mean: Option<Mean>,
    /// The mean of the values that are not 0.
    pub mean_of_nonzero: Option<Mean>,
    /// Those of [`Summary::QUANTILES`], each `None` where no replication had a value.
    pub quantiles: [Option<Value>; 8],
}

impl Summary {
    /// The quantiles of a summary, with their names in all results.
    pub const QUANTILES: [(&str, Quantile); 8] = [
        ("min", Quantile::percent(0)),
        ("p05", Quantile::percent(5)),
        ("p25", Quantile::percent(25)),
        ("p50", Quantile::percent(50)),
        ("p75", Quantile::percent(75)),
        ("p95", Quantile::percent(95)),
        ("p99", Quantile::percent(99)),
        ("max", Quantile::percent(100)),
    ];

    /// The summary of a sample.
    pub fn of(sample: &Sample) -> Summary {
        let quantile = |(_, quantile)| Some(sample.quantile(quantile)?.value);
        Summary {
            without: sample.without,
            nonzero: sample.nonzero,
            mean: sample.mean,
            mean_of_nonzero: sample.mean_of_nonzero,
            quantiles: Summary::QUANTILES.map(quantile),
        }
    }

    /// The value in every replication, where it is the same in all.
    pub fn constant(&self) -> Option<Value> {
        let [least, .., most] = self.quantiles;
        least.filter(|_| self.without == 0 && least == most)
    }
}

/// The summary of every measure that a study keeps. Measures of one unit that have the same values
/// share it.
#[derive(Debug, Clone, PartialEq)]
pub struct Summaries {
    kept: Arc<[(Scope, Measure)]>,
    /// Of each measure the number of its summary.
    which: Box<[u32]>,
    distinct: Box<[Summary]>,
}

impl Summaries {
    /// Those of a study.
    pub fn of<'a>(study: impl Into<Kept<'a>>) -> Summaries {
        let study = study.into();
        // Columns that are the same, and of one unit, are sorted once.
        let mut made: BTreeMap<(usize, Unit), u32> = BTreeMap::new();
        let mut distinct = Vec::new();
        let kept = study.measures();
        let columns = kept.iter().zip(study.same_as()).enumerate();
        let which = columns.map(|(at, ((_, measure), &same))| {
            *made.entry((same, measure.unit())).or_insert_with(|| {
                distinct.push(Summary::of(&study.sample_at(at)));
                u32::try_from(distinct.len() - 1).expect("few")
            })
        });
        Summaries {
            which: which.collect(),
            distinct: distinct.into(),
            kept: kept.into(),
        }
    }

    /// All of them, in the order in which the study keeps the measures.
    pub fn iter(&self) -> impl Iterator<Item = (Scope, Measure, &Summary)> {
        let all = self.kept.iter().zip(&self.which);
        all.map(|(&(scope, measure), &at)| (scope, measure, &self.distinct[at as usize]))
    }

    /// That of a measure; `None` where it is not kept.
    pub fn get(&self, scope: Scope, measure: Measure) -> Option<&Summary> {
        let mut all = self.iter();
        let found = all.find(|(its_scope, its, _)| (*its_scope, *its) == (scope, measure));
        found.map(|(.., summary)| summary)
    }

    /// Says which measures it has in the same memory as others, where they have the same.
    pub(super) fn share(&mut self, others: &Summaries) {
        if self.kept == others.kept {
            self.kept = Arc::clone(&others.kept);
        }
    }
}
