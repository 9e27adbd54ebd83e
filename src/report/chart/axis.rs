//! The time axis: where instants are, and round ones to read them by.

use super::super::window::Window;
use super::page::{Ticks, touch};
use super::surface::Frame;
use crate::units::Time;
use jiff::Timestamp;
use jiff::civil::{self, Date};
use jiff::tz::TimeZone;

/// Steps of a time axis in milliseconds.
pub(super) const TIME_STEPS: [i64; 27] = [
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    2 * 60_000,
    5 * 60_000,
    10 * 60_000,
    15 * 60_000,
    30 * 60_000,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    30 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
    365 * DAY,
];
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 86_400_000;

/// The time axis of a column of panels.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeAxis {
    pub(super) window: Window,
    pub(super) left: f64,
    pub(super) right: f64,
    /// The calendar instant of time 0, if there is one.
    pub(super) start: Option<i64>,
}

impl TimeAxis {
    /// The axis below a panel.
    pub(super) fn below(panel: Frame, window: Window, start: Option<i64>) -> TimeAxis {
        let (left, right) = (panel.left, panel.right);
        TimeAxis {
            window,
            left,
            right,
            start,
        }
    }

    /// Where `t` is, from left to right.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn x(&self, t: Time) -> f64 {
        let t = t.clamp(self.window.from, self.window.until);
        let part = (t - self.window.from).millis() as f64;
        let length = self.window.length().millis().max(1) as f64;
        self.left + (self.right - self.left) * part / length
    }

    /// The instant at `x`.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub(super) fn time(&self, x: f64) -> Time {
        let part = (x - self.left) / (self.right - self.left);
        let ms = (self.window.length().millis() as f64 * part).round() as i64;
        Time::from_millis(self.window.from.millis() + ms)
    }

    /// Round instants with their names, about `apart` points or more from each other.
    #[allow(clippy::cast_possible_truncation)]
    fn instants(&self, apart: f64) -> Vec<(Time, String)> {
        let most = ((self.right - self.left) / apart).floor().max(1.0) as i64;
        let length = self.window.length().millis();
        let years = TIME_STEPS[TIME_STEPS.len() - 1];
        let step = TIME_STEPS
            .into_iter()
            .find(|step| length / step <= most)
            .unwrap_or_else(|| years * (length / years / most + 1));
        if step >= 20 * DAY
            && let Some(months) = self.months(most)
        {
            return months;
        }
        // Calendar days begin at midnight, whenever the run does.
        let zero = self.start.unwrap_or(0);
        let first = (self.window.from.millis() + zero).div_euclid(step) * step;
        (0..)
            .map(|i| Time::from_millis(first + i * step - zero))
            .skip_while(|&t| t < self.window.from)
            .take_while(|&t| t <= self.window.until)
            .map(|t| (t, self.name(t, step)))
            .collect()
    }

    /// The places of as many round instants as have room for their names.
    pub(super) fn ticks(&self) -> Ticks {
        let mut apart = 50.0;
        loop {
            let instants = self.instants(apart).into_iter();
            let ticks: Ticks = instants.map(|(t, name)| (self.x(t), name)).collect();
            let all: Vec<_> = ticks.iter().collect();
            if !touch(&all, (self.left, self.right)) {
                return ticks;
            }
            apart *= 1.2;
        }
    }

    /// The beginnings of months, at most one more than `most`; none without a calendar.
    fn months(&self, most: i64) -> Option<Vec<(Time, String)>> {
        let start = self.start?;
        let date = |t: Time| {
            let instant = Timestamp::from_millisecond(start.checked_add(t.millis())?).ok()?;
            Some(TimeZone::UTC.to_datetime(instant).date())
        };
        let (first, last) = (date(self.window.from)?, date(self.window.until)?);
        let month = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        let all = month(last) - month(first) + 1;
        let step = [1, 2, 3, 6, 12].into_iter().find(|step| all / step <= most);
        let step = step.unwrap_or(12 * (all / 12 / most + 1));
        let first = month(first).div_euclid(step) * step;
        let ticks = (0..).map(|i| first + i * step).map_while(|month| {
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, 1).ok()?;
            let instant = TimeZone::UTC.to_timestamp(date.to_datetime(civil::Time::midnight()));
            let t = Time::from_millis(instant.ok()?.as_millisecond() - start);
            (t <= self.window.until).then(|| (t, date.strftime("%Y-%m").to_string()))
        });
        Some(ticks.filter(|tick| tick.0 >= self.window.from).collect())
    }

    /// A tick's name, to the precision of the step.
    fn name(&self, t: Time, step: i64) -> String {
        if let Some(start) = self.start
            && let Ok(instant) = Timestamp::from_millisecond(start.saturating_add(t.millis()))
        {
            let format = match step {
                ..MINUTE => "%H:%M:%S",
                MINUTE..DAY => "%b %d %H:%M",
                _ => "%Y-%m-%d",
            };
            return instant.strftime(format).to_string();
        }
        let ms = t.millis();
        let (d, h, m, s) = (ms / DAY, ms / HOUR % 24, ms / MINUTE % 60, ms / 1000 % 60);
        match step {
            ..MINUTE => format!("{d}d {h:02}:{m:02}:{s:02}"),
            MINUTE..DAY => format!("{d}d {h:02}:{m:02}"),
            _ => format!("{d}d"),
        }
    }
}

/// The title of a time axis, with its unit.
pub(super) const fn time_title(start: Option<i64>) -> &'static str {
    match start {
        Some(_) => "time (UTC)",
        None => "time since the start of the run (days, hours:minutes)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: i64, until: i64, start: Option<i64>) -> TimeAxis {
        TimeAxis {
            window: Window {
                from: Time::from_millis(from),
                until: Time::from_millis(until),
            },
            left: 100.0,
            right: 900.0,
            start,
        }
    }

    fn names(axis: TimeAxis) -> Vec<String> {
        axis.instants(100.0)
            .into_iter()
            .map(|tick| tick.1)
            .collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let week = names(axis(0, 7 * DAY, None));
        assert_eq!(week, ["0d", "1d", "2d", "3d", "4d", "5d", "6d", "7d"]);
        let minutes = names(axis(2 * DAY - 5 * MINUTE, 2 * DAY + 31 * MINUTE, None));
        assert_eq!(minutes[..2], ["1d 23:55", "2d 00:00"]);
        assert_eq!(minutes.len(), 8);
        // 2026-03-01T06:00Z: the ticks stand at midnight.
        let calendar = names(axis(0, 7 * DAY, Some(1_772_323_200_000 + 6 * HOUR)));
        assert_eq!(calendar[0], "2026-03-02");
        assert!(names(axis(0, 4000 * DAY, None)).len() <= 9);
        let year = names(axis(0, 365 * DAY, Some(1_772_323_200_000)));
        assert_eq!(year[..2], ["2026-03", "2026-05"]);
    }

    #[test]
    fn places_and_instants_are_inverse() {
        let axis = axis(1000, 9000, None);
        assert_eq!(axis.time(axis.x(Time::from_millis(3210))).millis(), 3210);
        assert!((axis.x(Time::from_millis(99_000)) - 900.0).abs() < 1e-9);
    }
}
