use super::column::{Column, Values};
use crate::scenario::{Measure, Scope, Value};
use crate::statistics::{Counted, Interval, Mean, Proportion, Quantile, Run};

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
    sorted: Sorted,
}

/// Values by size, as numbers.
#[derive(Debug, Clone, PartialEq)]
enum Sorted {
    /// A code, and how often it occurs.
    Constant(u64, usize),
    Varying(Vec<u64>),
    /// Not all are known exactly; and how many values there are up to and with each place.
    Places(Vec<Place>, Vec<usize>),
}

/// Values that follow each other by size, as codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// None is less.
    pub(super) low: u64,
    /// What stands for all of them.
    pub(super) code: u64,
    /// None is greater.
    pub(super) high: u64,
    pub(super) count: usize,
}

impl Place {
    /// Values that are all the same.
    pub(super) fn exact(code: u64, count: usize) -> Place {
        Place {
            low: code,
            code,
            high: code,
            count,
        }
    }
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
    pub fn of(column: Column<'_>) -> Sample {
        match column.values {
            Values::Constant { code, count } => Sample::constant(column.measure, *code, *count),
            _ => Sample::varying(column),
        }
    }

    /// The sample of the values of `measure`, one per replication; `None` where one has none.
    pub fn of_values(measure: Measure, each: impl Iterator<Item = Option<Value>>) -> Sample {
        let mut values = Values::EMPTY;
        each.for_each(|value| values.push(Value::code(value)));
        Sample::of(Column {
            scope: Scope::Total,
            measure,
            values: &values,
        })
    }

    /// The sample of values at places by size, of which the means are known.
    pub(super) fn of_places(
        measure: Measure,
        without: usize,
        nonzero: Proportion,
        [mean, mean_of_nonzero]: [Option<Mean>; 2],
        places: Vec<Place>,
    ) -> Sample {
        let counts = places.iter().map(|place| place.count);
        let up_to = counts.scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        let up_to = up_to.collect();
        Sample {
            measure,
            without,
            nonzero,
            mean,
            mean_of_nonzero,
            sorted: Sorted::Places(places, up_to),
        }
    }

    fn constant(measure: Measure, code: u64, count: usize) -> Sample {
        let value = measure.value(code);
        let with = if value.is_some() { count } else { 0 };
        let number = value.map(Value::number).filter(|_| count > 0);
        let nonzero = if number.is_some_and(|number| number != 0.0) {
            with
        } else {
            0
        };
        let mean = number.map(|number| Mean::constant(number, count));
        Sample {
            measure,
            without: count - with,
            nonzero: Proportion {
                hits: nonzero,
                count: with,
            },
            mean,
            mean_of_nonzero: mean.filter(|_| nonzero > 0),
            sorted: Sorted::Constant(code, with),
        }
    }

    fn varying(column: Column<'_>) -> Sample {
        let numbers: Vec<f64> = column.values().flatten().map(Value::number).collect();
        let mean = Mean::of(&numbers);
        let with = numbers.len();
        let mut nonzero = numbers;
        nonzero.retain(|number| *number != 0.0);
        let Values::Varying(codes) = column.values else {
            unreachable!("a column that is constant has a sample of its own")
        };
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        // No value sorts behind all values.
        sorted.truncate(sorted.partition_point(|code| *code != Value::NONE));
        Sample {
            measure: column.measure,
            without: codes.len() - with,
            nonzero: Proportion {
                hits: nonzero.len(),
                count: with,
            },
            mean,
            mean_of_nonzero: Mean::of(&nonzero),
            sorted: Sorted::Varying(sorted),
        }
    }

    /// How many replications had a value.
    pub fn len(&self) -> usize {
        match &self.sorted {
            Sorted::Constant(_, count) => *count,
            Sorted::Varying(codes) => codes.len(),
            Sorted::Places(_, up_to) => up_to.last().copied().unwrap_or(0),
        }
    }

    /// Whether no replication had a value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a rank, from 1, by size.
    ///
    /// # Panics
    ///
    /// If there are fewer values.
    pub fn of_rank(&self, rank: usize) -> Value {
        self.value(self.place(rank).code)
    }

    /// Where the value of a rank is.
    fn place(&self, rank: usize) -> Place {
        match &self.sorted {
            Sorted::Constant(code, count) => {
                assert!((1..=*count).contains(&rank), "there are {count} values");
                Place::exact(*code, *count)
            }
            Sorted::Varying(codes) => Place::exact(codes[rank - 1], 1),
            Sorted::Places(places, up_to) => places[up_to.partition_point(|up_to| *up_to < rank)],
        }
    }

    fn value(&self, code: u64) -> Value {
        let value = self.measure.value(code);
        value.expect("a sample holds values only")
    }

    /// The values by size, each in bytes, seconds, or as it is.
    pub fn counted(&self) -> Counted {
        let number = |code| self.value(code).number();
        let run = |place: &Place| Run {
            number: number(place.code),
            count: place.count,
            width: number(place.high) - number(place.low),
        };
        match &self.sorted {
            Sorted::Constant(code, count) => {
                let some = (*count > 0).then(|| Place::exact(*code, *count));
                some.iter().map(run).collect()
            }
            Sorted::Varying(codes) => codes.iter().map(|code| number(*code)).collect(),
            Sorted::Places(places, _) => places.iter().map(run).collect(),
        }
    }

    /// Between which numbers a quantile lies, each end by itself in 97.5 of 100 studies at least;
    /// infinite where there are too few values for that end.
    pub fn bounds(&self, quantile: Quantile) -> Interval {
        let (low, high) = quantile.ends(self.len());
        let number = |code| self.value(code).number();
        Interval {
            low: low.map_or(f64::NEG_INFINITY, |rank| number(self.place(rank).low)),
            high: high.map_or(f64::INFINITY, |rank| number(self.place(rank).high)),
        }
    }

    /// A quantile; `None` where no replication had a value.
    pub fn quantile(&self, quantile: Quantile) -> Option<Estimate> {
        let count = self.len();
        (count > 0).then(|| Estimate {
            value: self.of_rank(quantile.rank(count)),
            interval: quantile
                .ranks(count)
                .map(|ranks| (self.place(ranks.low).low, self.place(ranks.high).high))
                .map(|(low, high)| (self.value(low), self.value(high))),
        })
    }
}
