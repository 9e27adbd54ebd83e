//! The values of a measure in many replications, kept exactly and only once.

use std::ops::Range;

use crate::scenario::{Comparison, Measure, Scope, Value};

/// The values of one measure, one per replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column<'a> {
    /// Whose measure.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    pub(super) values: &'a Values,
}

/// Values as they sort. What is the same in all replications is kept once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Values {
    Constant {
        code: u64,
        count: usize,
    },
    /// Not all are the same.
    Varying(Vec<u64>),
}

/// Room for values once they vary: as many as a block of replications has.
const ROOM: usize = 64;

impl Values {
    pub(super) const EMPTY: Values = Values::Constant {
        code: Value::NONE,
        count: 0,
    };

    pub(super) fn push(&mut self, next: u64) {
        match self {
            Values::Constant { code, count } if *count == 0 || *code == next => {
                (*code, *count) = (next, *count + 1);
            }
            Values::Constant { .. } => self.varying().push(next),
            Values::Varying(codes) => codes.push(next),
        }
    }

    pub(super) fn append(&mut self, later: &Values) {
        match (&mut *self, later) {
            (_, Values::Constant { count: 0, .. }) => {}
            (Values::Constant { count: 0, .. }, later) => *self = later.clone(),
            (
                Values::Constant { code, count },
                Values::Constant {
                    code: same,
                    count: more,
                },
            ) if code == same => *count += more,
            (_, Values::Constant { code, count }) => {
                self.varying().extend(std::iter::repeat_n(*code, *count));
            }
            (_, Values::Varying(codes)) => self.varying().extend(codes),
        }
    }

    /// Some of them, by their places.
    pub(super) fn part(&self, places: Range<usize>) -> Values {
        let codes = match self {
            Values::Constant { code, .. } => {
                return Values::Constant {
                    code: *code,
                    count: places.len(),
                };
            }
            Values::Varying(codes) => &codes[places],
        };
        Values::of(codes.iter().copied())
    }

    /// Whether something holds of every code.
    pub(super) fn all(&self, holds: impl Fn(u64) -> bool) -> bool {
        match self {
            Values::Constant { code, .. } => holds(*code),
            Values::Varying(codes) => codes.iter().all(|code| holds(*code)),
        }
    }

    /// One after another.
    pub(super) fn codes(&self) -> impl Iterator<Item = u64> + '_ {
        let (constant, codes) = match self {
            Values::Constant { code, count } => (Some((*code, *count)), [].as_slice()),
            Values::Varying(codes) => (None, codes.as_slice()),
        };
        let constant = constant.map(|(code, count)| std::iter::repeat_n(code, count));
        constant.into_iter().flatten().chain(codes.iter().copied())
    }

    pub(super) fn of(codes: impl Iterator<Item = u64>) -> Values {
        let mut values = Values::EMPTY;
        codes.for_each(|code| values.push(code));
        values
    }

    fn varying(&mut self) -> &mut Vec<u64> {
        if let Values::Constant { code, count } = *self {
            // More will follow, and soon.
            let mut codes = Vec::with_capacity(ROOM.max(2 * count));
            codes.resize(count, code);
            *self = Values::Varying(codes);
        }
        match self {
            Values::Varying(codes) => codes,
            Values::Constant { .. } => unreachable!("it was made varying"),
        }
    }
}

impl<'a> Column<'a> {
    /// The values in the order of the replications; `None` where one has none.
    pub fn values(self) -> impl Iterator<Item = Option<Value>> + 'a {
        let codes = self.values.codes();
        codes.map(move |code| self.measure.value(code))
    }

    /// Of each replication whether it compares so with a value; `unknown`: one without a value does.
    pub(super) fn hits(
        self,
        comparison: Comparison,
        bound: Value,
        unknown: bool,
    ) -> impl Iterator<Item = bool> + 'a {
        let compares = move |value| comparison.holds(value, bound);
        self.values()
            .map(move |value| value.map_or(unknown, compares))
    }

    /// The value in all replications, where it is the same in all.
    pub fn constant(self) -> Option<Option<Value>> {
        match self.values {
            Values::Constant { code, .. } => Some(self.measure.value(*code)),
            Values::Varying(_) => None,
        }
    }
}
