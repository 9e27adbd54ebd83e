use crate::units::{Duration, Time};

const HOUR: i64 = Duration::HOUR.millis();
const DAY: i64 = Duration::DAY.millis();
const WEEK: i64 = 7 * DAY;
/// 1970-01-01 was a Thursday: three days after a Monday.
const EPOCH_AFTER_MONDAY: i64 = 3 * DAY;

/// Which hour of the day and which day of the week an instant is, in UTC.
///
/// Without a calendar start t = 0 is a Monday, 00:00. UTC knows no summer time, so every day
/// has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    start: Option<i64>,
    /// How long before t = 0 its week began, in ms: 0 to one week.
    into_week: i64,
}

impl Calendar {
    /// The calendar of a run whose start is given in milliseconds since 1970-01-01T00:00:00Z.
    pub const fn new(start: Option<i64>) -> Calendar {
        let into_week = match start {
            Some(ms) => (ms.rem_euclid(WEEK) + EPOCH_AFTER_MONDAY).rem_euclid(WEEK),
            None => 0,
        };
        Calendar { start, into_week }
    }

    /// The calendar instant of t = 0, in ms since 1970-01-01T00:00:00Z, where one is given.
    pub const fn start(self) -> Option<i64> {
        self.start
    }

    /// 0 to 23.
    pub fn hour(self, t: Time) -> usize {
        index((t.millis() + self.into_week).rem_euclid(DAY) / HOUR)
    }

    /// 0 (Monday) to 6 (Sunday).
    pub fn weekday(self, t: Time) -> usize {
        index((t.millis() + self.into_week).rem_euclid(WEEK) / DAY)
    }

    /// The last full hour at or before t.
    pub fn hour_start(self, t: Time) -> Time {
        t - Duration::from_millis((t.millis() + self.into_week).rem_euclid(HOUR))
    }

    /// The last 00:00 at or before t.
    pub fn day_start(self, t: Time) -> Time {
        t - Duration::from_millis((t.millis() + self.into_week).rem_euclid(DAY))
    }
}

fn index(small: i64) -> usize {
    usize::try_from(small).expect("a remainder is not negative")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_start_the_run_begins_on_monday_at_midnight() {
        let calendar = Calendar::new(None);
        let t = Time::from_millis(6 * DAY + 23 * HOUR + 1);
        assert_eq!((calendar.hour(t), calendar.weekday(t)), (23, 6));
        let before = Time::from_millis(-1);
        assert_eq!((calendar.hour(before), calendar.weekday(before)), (23, 6));
        assert_eq!(calendar.day_start(before), Time::from_millis(-DAY));
    }

    #[test]
    fn a_start_is_read_as_utc() {
        // 2026-03-01T12:30:00Z was a Sunday.
        let calendar = Calendar::new(Some(1_772_368_200_000));
        assert_eq!(calendar.weekday(Time::START), 6);
        assert_eq!(calendar.hour(Time::START), 12);
        assert_eq!(
            calendar.hour_start(Time::START),
            Time::from_millis(-HOUR / 2)
        );
        assert_eq!(
            calendar.day_start(Time::START),
            Time::from_millis(-12 * HOUR - HOUR / 2)
        );
        // The night in which clocks in Europe went forward, 2026-03-29: still 24 hours.
        let night = Time::from_millis(28 * DAY);
        assert_eq!(calendar.weekday(night), 6);
        assert_eq!(calendar.hour(night), 12);
    }

    #[test]
    fn a_start_before_1970_is_no_exception() {
        // 1969-12-29T00:00:00Z was a Monday.
        let calendar = Calendar::new(Some(-3 * DAY));
        assert_eq!(
            (calendar.weekday(Time::START), calendar.hour(Time::START)),
            (0, 0)
        );
    }
}
