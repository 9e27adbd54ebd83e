/// A rate of ingestion in whole bytes per day.
///
/// Bytes per second, minute and hour are all whole multiples of a byte per day, so no
/// rate that a scenario states is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(u64);

impl Rate {
    /// Nothing arrives.
    pub const ZERO: Rate = Rate(0);

    /// A rate of `bytes` bytes per day.
    pub const fn from_bytes_per_day(bytes: u64) -> Rate {
        Rate(bytes)
    }

    /// The whole bytes per day.
    pub const fn bytes_per_day(self) -> u64 {
        self.0
    }
}
