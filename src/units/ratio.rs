/// A factor on a rate, in whole millionths: the precision to which every drawn or computed
/// factor is rounded, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor(u64);

impl Factor {
    /// Changes nothing.
    pub const ONE: Factor = Factor(1_000_000);

    /// A factor of `millionths` / 10^6.
    pub const fn from_millionths(millionths: u64) -> Factor {
        Factor(millionths)
    }

    /// The whole millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }
}

/// A probability in units of 2^-32, from 0 to 1 (2^32) inclusive, so that 32 uniform bits decide it
/// exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u64);

impl Probability {
    /// Impossible.
    pub const NEVER: Probability = Probability(0);
    /// Certain.
    pub const ALWAYS: Probability = Probability(1 << 32);

    /// A probability of `parts` / 2^32; `parts` is at most 2^32.
    pub const fn from_parts(parts: u64) -> Probability {
        assert!(parts <= 1 << 32);
        Probability(parts)
    }

    /// The numerator over 2^32.
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// The probability of either of two independent events: 1 - (1 - p)(1 - q).
    #[must_use]
    pub const fn or(self, other: Probability) -> Probability {
        let neither =
            ((Self::ALWAYS.0 - self.0) as u128 * (Self::ALWAYS.0 - other.0) as u128) >> 32;
        #[allow(clippy::cast_possible_truncation)]
        let neither = neither as u64;
        Probability(Self::ALWAYS.0 - neither)
    }

    /// Whether 32 uniform bits fall below this probability.
    pub const fn holds_for(self, bits: u32) -> bool {
        (bits as u64) < self.0
    }
}
