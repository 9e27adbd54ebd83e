//! What is kept of the values of one measure: all of them while few differ, then their sums and
//! how many are in each bin of a grid. It depends on the values alone, and not on their order.

use std::collections::BTreeMap;

use ethnum::U256;

use super::super::column::Values;
use super::grid::{Bin, Grid, place};
use crate::scenario::{Measure, Unit, Value};

/// So many different values are kept as they are.
pub(super) const FEW: usize = 64;

/// The values of a measure in some replications.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts {
    /// In how many there is none.
    pub(super) without: u64,
    pub(super) with: Spread,
}

/// The values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spread {
    /// At most [`FEW`] different ones, by their codes.
    Few(BTreeMap<u64, Seen>),
    /// More.
    Many(Box<Many>),
}

/// How often a value was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) count: u64,
    /// The number of the first replication that has it.
    pub(super) first: u64,
}

/// Many different values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Many {
    pub(super) count: u64,
    /// How many of them are 0.
    pub(super) zeros: u64,
    pub(super) sums: Sums,
    pub(super) least: Extreme,
    pub(super) most: Extreme,
    pub(super) grid: Grid,
}

/// The sums of whole numbers and of their squares. 10^12 squares of 64 bits have 168.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) first: U256,
    pub(super) second: U256,
}

/// The code of a value at the end, which is often that of many replications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extreme {
    pub(super) code: u64,
    pub(super) seen: Seen,
}

/// How the values of a measure are counted as whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scale {
    /// Their codes are such.
    Whole,
    /// Shares, in parts of 2^53.
    Share,
    /// What shares lack of 1, for those that are near it: 99.999 % and 99.99 % are far apart.
    Lack,
}

/// Shares that are no less than a half have no finer step.
pub(super) const PARTS: f64 = (1_u64 << 53) as f64;

impl Scale {
    pub(super) fn of(measure: Measure) -> Scale {
        match (measure.unit(), measure.less_is_worse()) {
            (Unit::Ratio, true) => Scale::Lack,
            (Unit::Ratio, false) => Scale::Share,
            _ => Scale::Whole,
        }
    }

    /// The whole number of a code.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn whole(self, code: u64) -> u64 {
        let share = f64::from_bits(code);
        match self {
            Scale::Whole => code,
            Scale::Share => (share * PARTS).round() as u64,
            Scale::Lack => ((1.0 - share) * PARTS).round() as u64,
        }
    }

    /// The code of a whole number. The last bin of shares ends beyond 1, where there are none.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn code(self, whole: u64) -> u64 {
        let share = (whole as f64 / PARTS).min(1.0);
        match self {
            Scale::Whole => whole,
            Scale::Share => share.to_bits(),
            Scale::Lack => (1.0 - share).to_bits(),
        }
    }
}

impl Sums {
    pub(super) const NONE: Sums = Sums {
        first: U256::ZERO,
        second: U256::ZERO,
    };

    pub(super) fn add(&mut self, whole: u64, count: u64) {
        let whole = u128::from(whole);
        let square = whole * whole;
        if count == 1 {
            self.first += U256::new(whole);
            self.second += U256::new(square);
        } else {
            self.first += U256::new(whole * u128::from(count));
            self.second += U256::new(square) * U256::from(count);
        }
    }
}

impl Extreme {
    fn take(&mut self, other: Extreme, beyond: bool) {
        if beyond {
            *self = other;
        } else if other.code == self.code {
            self.seen.add(other.seen);
        }
    }
}

impl Seen {
    fn add(&mut self, other: Seen) {
        self.count += other.count;
        self.first = self.first.min(other.first);
    }
}

impl Counts {
    pub(super) fn new() -> Counts {
        Counts {
            without: 0,
            with: Spread::Few(BTreeMap::new()),
        }
    }

    /// Adds the values of replications from number `from` on.
    pub(super) fn add(&mut self, scale: Scale, values: &Values, from: u64) {
        match values {
            Values::Constant { code, count } => {
                let seen = Seen {
                    count: *count as u64,
                    first: from,
                };
                self.see(scale, *code, seen);
            }
            Values::Varying(codes) => {
                for (first, code) in (from..).zip(codes) {
                    self.see(scale, *code, Seen { count: 1, first });
                }
            }
        }
    }

    fn see(&mut self, scale: Scale, code: u64, seen: Seen) {
        if code == Value::NONE {
            self.without += seen.count;
            return;
        }
        match &mut self.with {
            Spread::Many(many) => many.see(scale, code, seen),
            Spread::Few(few) => {
                let had = few.entry(code).or_insert(Seen { count: 0, ..seen });
                had.add(seen);
                if few.len() > FEW {
                    self.with = Spread::Many(Box::new(Many::of(scale, few)));
                }
            }
        }
    }

    pub(super) fn merge(&mut self, scale: Scale, other: &Counts) {
        self.without += other.without;
        match (&mut self.with, &other.with) {
            (_, Spread::Few(few)) => few
                .iter()
                .for_each(|(code, seen)| self.see(scale, *code, *seen)),
            (Spread::Many(own), Spread::Many(many)) => own.merge(many),
            (Spread::Few(_), Spread::Many(many)) => {
                let own = std::mem::replace(&mut self.with, Spread::Many(many.clone()));
                if let Spread::Few(few) = own {
                    few.iter()
                        .for_each(|(code, seen)| self.see(scale, *code, *seen));
                }
            }
        }
    }

    /// In how many replications there is a value.
    pub(super) fn count(&self) -> u64 {
        match &self.with {
            Spread::Few(few) => few.values().map(|seen| seen.count).sum(),
            Spread::Many(many) => many.count,
        }
    }

    /// The value at one end, and the first replication that has it; `None` without a value.
    pub(super) fn extreme(&self, least: bool) -> Option<Extreme> {
        match &self.with {
            Spread::Many(many) => Some(if least { many.least } else { many.most }),
            Spread::Few(few) => {
                let end = if least {
                    few.first_key_value()
                } else {
                    few.last_key_value()
                };
                end.map(|(&code, &seen)| Extreme { code, seen })
            }
        }
    }
}

impl Many {
    fn of(scale: Scale, few: &BTreeMap<u64, Seen>) -> Many {
        let ends = few.first_key_value().zip(few.last_key_value());
        let (least, most) = ends.expect("there are more than a few");
        // They are seen with the others.
        let unseen = |(code, seen): (&u64, &Seen)| Extreme {
            code: *code,
            seen: Seen { count: 0, ..*seen },
        };
        let mut many = Many {
            count: 0,
            zeros: 0,
            sums: Sums::NONE,
            least: unseen(least),
            most: unseen(most),
            grid: Grid::new(),
        };
        few.iter()
            .for_each(|(code, seen)| many.see(scale, *code, *seen));
        many
    }

    fn see(&mut self, scale: Scale, code: u64, seen: Seen) {
        let whole = scale.whole(code);
        self.count += seen.count;
        // The code of 0 is 0, also that of a share.
        if code == 0 {
            self.zeros += seen.count;
        }
        self.sums.add(whole, seen.count);
        let end = Extreme { code, seen };
        self.least.take(end, code < self.least.code);
        self.most.take(end, code > self.most.code);
        let bin = Bin {
            count: seen.count,
            only: code,
        };
        self.grid.add(place(whole), bin);
    }

    fn merge(&mut self, other: &Many) {
        self.count += other.count;
        self.zeros += other.zeros;
        self.sums.first += other.sums.first;
        self.sums.second += other.sums.second;
        self.least
            .take(other.least, other.least.code < self.least.code);
        self.most.take(other.most, other.most.code > self.most.code);
        self.grid.merge(&other.grid);
    }
}
