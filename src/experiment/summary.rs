//! What a study says of each measure, without the values themselves.

use std::collections::BTreeMap;

use super::replicate::Replications;
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

/// The summary of every measure that a study keeps.
pub fn summaries(study: &Replications) -> Vec<(Scope, Measure, Summary)> {
    // Columns that are the same, and of one unit, are sorted once.
    let mut made: BTreeMap<(usize, u8), Summary> = BTreeMap::new();
    let columns = study.columns().zip(&study.same_as);
    let summary = columns.map(|(column, &same)| {
        let unit = match column.measure.unit() {
            Unit::Volume => 0,
            Unit::Duration => 1,
            Unit::Ratio => 2,
            Unit::Count => 3,
            Unit::Money => 4,
        };
        let summary = made
            .entry((same, unit))
            .or_insert_with(|| Summary::of(&Sample::of(column)));
        (column.scope, column.measure, summary.clone())
    });
    summary.collect()
}
