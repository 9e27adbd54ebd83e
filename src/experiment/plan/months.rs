use jiff::{Timestamp, ToSpan, tz::TimeZone};

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
}

const THIRTY_DAYS: Duration = Duration::from_millis(30 * Duration::DAY.millis());

/// The months of a run, of which the first and the last may be parts.
pub fn months(scenario: &Scenario) -> Vec<Month> {
    let mut months = Vec::new();
    let (mut from, end) = (Time::START, scenario.end());
    while from < end {
        let (name, until) = match scenario.start {
            Some(start) => calendar_month(start, from),
            None => ((months.len() + 1).to_string(), from + THIRTY_DAYS),
        };
        let until = until.min(end);
        months.push(Month { name, from, until });
        from = until;
    }
    months
}

/// The name of the month that holds an instant of a run, and when it ends.
fn calendar_month(start: i64, at: Time) -> (String, Time) {
    let instant = Timestamp::from_millisecond(start + at.millis()).expect("a run has a calendar");
    let date = TimeZone::UTC.to_datetime(instant).date();
    let next = date
        .first_of_month()
        .checked_add(1.month())
        .expect("the year 9999 is far");
    let next = TimeZone::UTC
        .to_timestamp(next.at(0, 0, 0, 0))
        .expect("UTC has every instant");
    let until = next.as_millisecond() - start;
    (date.strftime("%Y-%m").to_string(), Time::from_millis(until))
}
