use super::replicate::Column;
use crate::scenario::{Measure, Value};
use crate::statistics::{Mean, Proportion, Quantile};

/// What the values of a measure in many replications say.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Whose values they are.
    pub measure: Measure,
    /// In how many replications it had no value.
    pub without: usize,
    /// In how many of those with a value it was not 0.
    pub nonzero: Proportion,
    /// The mean, in bytes, seconds, or as it is; `None` where no replication had a value.
    pub mean: Option<Mean>,
    /// The mean of the values that are not 0.
    pub mean_of_nonzero: Option<Mean>,
    sorted: Vec<Value>,
}

/// A quantile, and the values between which it lies in 95 of 100 studies at least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The quantile of the values.
    pub value: Value,
    /// Its interval; `None` where there are too few values.
    pub interval: Option<(Value, Value)>,
}

impl Sample {
    /// The sample of a column.
    pub fn of(column: &Column) -> Sample {
        let count = column.values().count();
        let mut sorted: Vec<Value> = column.values().flatten().collect();
        let numbers: Vec<f64> = sorted.iter().copied().map(number).collect();
        let nonzero: Vec<f64> = numbers.iter().copied().filter(|it| *it != 0.0).collect();
        let sample = Sample {
            measure: column.measure,
            without: count - sorted.len(),
            nonzero: Proportion {
                hits: nonzero.len(),
                count: numbers.len(),
            },
            mean: Mean::of(&numbers),
            mean_of_nonzero: Mean::of(&nonzero),
            sorted: Vec::new(),
        };
        sorted.sort_unstable_by(|a, b| a.partial_cmp(b).expect("values of one measure compare"));
        Sample { sorted, ..sample }
    }

    /// A quantile; `None` where no replication had a value.
    pub fn quantile(&self, quantile: Quantile) -> Option<Estimate> {
        let count = self.sorted.len();
        let of_rank = |rank: usize| self.sorted[rank - 1];
        (count > 0).then(|| Estimate {
            value: of_rank(quantile.rank(count)),
            interval: quantile
                .ranks(count)
                .map(|ranks| (of_rank(ranks.low), of_rank(ranks.high))),
        })
    }
}

/// A value for a mean: bytes, seconds, counts, ratios.
#[allow(clippy::cast_precision_loss)]
fn number(value: Value) -> f64 {
    match value {
        Value::Volume(volume) => volume.bytes() as f64,
        Value::Duration(duration) => duration.as_secs_f64(),
        Value::Ratio(ratio) => ratio,
        Value::Count(count) => count as f64,
    }
}
