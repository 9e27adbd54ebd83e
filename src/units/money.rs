use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// An amount of money in whole millionths of a currency, never negative. The price list says which
/// currency: amounts of two currencies do not meet in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(u64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// An amount of `millionths` / 10^6.
    pub const fn from_millionths(millionths: u64) -> Money {
        Money(millionths)
    }

    /// The whole millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// As a plain number, for output only.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}
