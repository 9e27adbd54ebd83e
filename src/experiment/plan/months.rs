use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::scenario::Scenario;
use crate::units::{Duration, Time};

/// A part of the run: a month of the calendar (UTC) where it has one, else 30 days from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2026-03`, or `3` for the third one.
    pub name: String,
    /// When it begins, or the run in it.
    pub from: Time,
    /// When it ends, or the run in it.
    pub until: Time,
    /// Whether the run covers all of it.
    pub whole: bool,
}

/// Volumes are compared week by week.
pub(super) const WEEK: Duration = Duration::from_millis(7 * Duration::DAY.millis());

const THIRTY_DAYS: Duration = Duration::from_millis(30 * Duration::DAY.millis());

/// The months of a run, of which the first and the last may be parts.
pub fn months(scenario: &Scenario) -> Vec<Month> {
    let mut months = Vec::new();
    let (mut from, end) = (Time::START, scenario.end());
    while from < end {
        let (name, first, next) = match scenario.start {
            Some(start) => calendar_month(start, from),
            None => ((months.len() + 1).to_string(), from, from + THIRTY_DAYS),
        };
        let until = next.min(end);
        months.push(Month {
            name,
            from,
            until,
            whole: (first, next) == (from, until),
        });
        from = until;
    }
    months
}

/// The name of the month that holds an instant of a run, when it begins, and when the next does.
fn calendar_month(start: i64, at: Time) -> (String, Time, Time) {
    let instant = Timestamp::from_millisecond(start + at.millis()).expect("a run has a calendar");
    let date = TimeZone::UTC.to_datetime(instant).date();
    let first = date.first_of_month();
    let next = first.checked_add(1.month()).expect("the year 9999 is far");
    let begins = |date: Date| {
        let instant = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0));
        let instant = instant.expect("UTC has every instant");
        Time::from_millis(instant.as_millisecond() - start)
    };
    let name = date.strftime("%Y-%m").to_string();
    (name, begins(first), begins(next))
}
