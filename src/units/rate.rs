/// A rate of ingestion in whole bytes a day.
///
/// Bytes a second, a minute and an hour are all whole multiples of a byte a day, so no
/// rate that a scenario states is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(u64);

impl Rate {
    /// Nothing arrives.
    pub const ZERO: Rate = Rate(0);

    /// A rate of `bytes` bytes a day.
    pub const fn from_bytes_per_day(bytes: u64) -> Rate {
        Rate(bytes)
    }

    /// The whole bytes a day.
    pub const fn bytes_per_day(self) -> u64 {
        self.0
    }
}
