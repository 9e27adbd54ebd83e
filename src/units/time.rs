use std::ops::{Add, AddAssign, Sub};

/// A length of time in whole milliseconds. Negative only as a difference of two instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);
    /// The resolution of the simulation.
    pub const MILLISECOND: Duration = Duration(1);
    /// 1 000 ms.
    pub const SECOND: Duration = Duration(1_000);
    /// 60 s.
    pub const MINUTE: Duration = Duration(60_000);
    /// 60 min.
    pub const HOUR: Duration = Duration(3_600_000);
    /// 24 h.
    pub const DAY: Duration = Duration(86_400_000);
    /// The longest duration a scenario may state: about 1 000 years. Sums of a few thousand
    /// of them still fit.
    pub const LONGEST: Duration = Duration(1_000 * 366 * 86_400_000);

    /// A duration of `ms` milliseconds.
    pub const fn from_millis(ms: i64) -> Duration {
        Duration(ms)
    }

    /// The whole milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Seconds, for output only.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

/// An instant: whole milliseconds since the start of the run; history before it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

impl Time {
    /// The start of the run.
    pub const START: Time = Time(0);
    /// Earlier than anything: what held before the start of the run held since then.
    pub const BEGINNING: Time = Time(i64::MIN);
    /// Later than anything that happens.
    pub const NEVER: Time = Time(i64::MAX);

    /// The instant `ms` milliseconds after the start.
    pub const fn from_millis(ms: i64) -> Time {
        Time(ms)
    }

    /// Whole milliseconds since the start.
    pub const fn millis(self) -> i64 {
        self.0
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Saturates at [`Time::NEVER`], so "never" plus anything stays never.
    fn add(self, by: Duration) -> Time {
        Time(self.0.saturating_add(by.0))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, by: Duration) -> Time {
        Time(self.0.saturating_sub(by.0))
    }
}

impl Sub for Time {
    type Output = Duration;

    fn sub(self, earlier: Time) -> Duration {
        Duration(self.0 - earlier.0)
    }
}

impl Add for Duration {
    type Output = Duration;

    fn add(self, other: Duration) -> Duration {
        Duration(self.0 + other.0)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Duration) {
        self.0 += other.0;
    }
}

impl Sub for Duration {
    type Output = Duration;

    fn sub(self, other: Duration) -> Duration {
        Duration(self.0 - other.0)
    }
}

impl std::iter::Sum for Duration {
    fn sum<I: Iterator<Item = Duration>>(durations: I) -> Duration {
        durations.fold(Duration::ZERO, Add::add)
    }
}
