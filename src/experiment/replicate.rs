//! Many replications of one scenario: every measure of each, kept exactly.

use std::ops::Range;

use super::replay::measures;
use crate::accounting::Measures;
use crate::error::Error;
use crate::intake::Rows;
use crate::kernel::{Each, map};
use crate::model::Options;
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};
use crate::units::{Duration, Time, Volume};

/// So many replications are computed by one thread at a time.
const BLOCK: usize = 64;

/// Every measure of some replications of one scenario, in the order of the replications.
///
/// What one thread computes and in which order does not show: blocks are put together by the
/// numbers of their replications, and a longer study begins with the values of a shorter one.
#[derive(Debug, Clone, PartialEq)]
pub struct Replications {
    columns: Vec<Column>,
    count: usize,
}

/// The values of one measure, one a replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Whose measure.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    values: Values,
}

/// Values as they sort. What is the same in all replications is kept once.
#[derive(Debug, Clone, PartialEq)]
enum Values {
    Constant { code: u64, count: usize },
    Varying(Vec<u64>),
}

/// A measure without a value: more than any value.
const NONE: u64 = u64::MAX;

impl Replications {
    /// Replays `scenario` once for each of `numbers`.
    ///
    /// `traces` has one entry a workspace; `interrupt` is asked now and then whether to stop;
    /// `each` may compute several blocks at a time.
    ///
    /// # Errors
    ///
    /// Those of [`super::replay`], of the first replication that has one.
    pub fn gather(
        scenario: &Scenario,
        traces: &[Option<Rows>],
        every_poll: bool,
        numbers: Range<u64>,
        interrupt: &(dyn Fn(Time) -> bool + Sync),
        each: Each<'_>,
    ) -> Result<Replications, Error> {
        let starts: Vec<u64> = numbers.clone().step_by(BLOCK).collect();
        let blocks = map(each, starts.len(), |block| {
            let from = starts[block];
            let mut gathered = Replications::empty(scenario);
            for replication in from..numbers.end.min(from + BLOCK as u64) {
                let options = Options {
                    replication,
                    every_poll,
                };
                gathered.push(&measures(scenario, traces, options, interrupt)?);
            }
            Ok::<_, Error>(gathered)
        });
        let mut all = Replications::empty(scenario);
        for block in blocks {
            all.append(block?);
        }
        Ok(all)
    }

    fn empty(scenario: &Scenario) -> Replications {
        let workspaces = (0..scenario.workspaces.len()).map(Scope::Workspace);
        let clusters = (0..scenario.clusters.len()).map(Scope::Cluster);
        let scopes = [Scope::Total].into_iter().chain(workspaces).chain(clusters);
        let columns = scopes.flat_map(|scope| {
            Measure::ALL.iter().map(move |&measure| Column {
                scope,
                measure,
                values: Values::Constant {
                    code: NONE,
                    count: 0,
                },
            })
        });
        Replications {
            columns: columns.collect(),
            count: 0,
        }
    }

    /// The measures of the next replication.
    fn push(&mut self, measures: &Measures) {
        for column in &mut self.columns {
            let value = measures.get(column.scope, column.measure);
            column.values.push(value.map_or(NONE, code));
        }
        self.count += 1;
    }

    /// Adds replications whose numbers follow those that are there.
    pub fn append(&mut self, later: Replications) {
        for (column, later) in self.columns.iter_mut().zip(later.columns) {
            column.values.append(later.values);
        }
        self.count += later.count;
    }

    /// How many replications there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The values of every measure, scope by scope: the total, workspaces, clusters.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The values of a measure.
    ///
    /// # Panics
    ///
    /// If the scenario has no such workspace or cluster.
    pub fn of(&self, scope: Scope, measure: Measure) -> &Column {
        let mut columns = self.columns.iter();
        let found = columns.find(|column| (column.scope, column.measure) == (scope, measure));
        found.expect("every scope has a column for every measure")
    }
}

impl Column {
    /// The values in the order of the replications; `None` where one has none.
    pub fn values(&self) -> impl Iterator<Item = Option<Value>> + '_ {
        self.codes().map(|code| self.value(code))
    }

    fn codes(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match &self.values {
            Values::Constant { code, count } => Box::new(std::iter::repeat_n(*code, *count)),
            Values::Varying(codes) => Box::new(codes.iter().copied()),
        }
    }

    /// Whether all replications have the same value, or all have none.
    pub fn is_constant(&self) -> bool {
        matches!(self.values, Values::Constant { .. })
    }

    fn value(&self, code: u64) -> Option<Value> {
        (code != NONE).then(|| match self.measure.unit() {
            Unit::Volume => Value::Volume(Volume::from_bytes(code)),
            Unit::Duration => Value::Duration(Duration::from_millis(code.cast_signed())),
            Unit::Ratio => Value::Ratio(f64::from_bits(code)),
            Unit::Count => Value::Count(code),
        })
    }
}

impl Values {
    fn push(&mut self, next: u64) {
        match self {
            Values::Constant { code, count } if *count == 0 || *code == next => {
                (*code, *count) = (next, *count + 1);
            }
            Values::Constant { .. } => self.varying().push(next),
            Values::Varying(codes) => codes.push(next),
        }
    }

    fn append(&mut self, later: Values) {
        match (&mut *self, later) {
            (_, Values::Constant { count: 0, .. }) => {}
            (Values::Constant { count: 0, .. }, later) => *self = later,
            (
                Values::Constant { code, count },
                Values::Constant {
                    code: same,
                    count: more,
                },
            ) if *code == same => {
                *count += more;
            }
            (_, Values::Constant { code, count }) => {
                self.varying().extend(std::iter::repeat_n(code, count));
            }
            (_, Values::Varying(codes)) => self.varying().extend(codes),
        }
    }

    fn varying(&mut self) -> &mut Vec<u64> {
        if let Values::Constant { code, count } = self {
            *self = Values::Varying(vec![*code; *count]);
        }
        match self {
            Values::Varying(codes) => codes,
            Values::Constant { .. } => unreachable!("it was made varying"),
        }
    }
}

/// A value as a number that sorts as the values of its measure do: none is negative.
fn code(value: Value) -> u64 {
    match value {
        Value::Volume(volume) => volume.bytes(),
        Value::Duration(duration) => duration.millis().cast_unsigned(),
        Value::Ratio(ratio) => ratio.to_bits(),
        Value::Count(count) => count,
    }
}
