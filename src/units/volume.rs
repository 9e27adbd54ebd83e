use std::ops::{Add, AddAssign, Sub};

/// A volume of data in whole bytes.
///
/// Scenarios are limited so that every sum of a run stays below 2^63 bytes; a sum beyond
/// that is a bug and panics in every build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Volume(u64);

impl Volume {
    /// No data.
    pub const ZERO: Volume = Volume(0);

    /// A volume of `bytes` bytes.
    pub const fn from_bytes(bytes: u64) -> Volume {
        Volume(bytes)
    }

    /// The whole bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Add for Volume {
    type Output = Volume;

    fn add(self, other: Volume) -> Volume {
        Volume(
            self.0
                .checked_add(other.0)
                .expect("a sum of volumes fits in 64 bits"),
        )
    }
}

impl AddAssign for Volume {
    fn add_assign(&mut self, other: Volume) {
        *self = *self + other;
    }
}

impl Sub for Volume {
    type Output = Volume;

    fn sub(self, other: Volume) -> Volume {
        Volume(
            self.0
                .checked_sub(other.0)
                .expect("a difference of volumes is not negative"),
        )
    }
}

impl std::iter::Sum for Volume {
    fn sum<I: Iterator<Item = Volume>>(volumes: I) -> Volume {
        volumes.fold(Volume::ZERO, Add::add)
    }
}
