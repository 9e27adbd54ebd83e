//! When the run starts and how long it is.

use jiff::Timestamp;

use super::event::Event;
use super::{Wishes, instant};
use crate::error::Error;
use crate::units::Duration;

/// Where nothing says how long.
const DEFAULT: Duration = Duration::from_millis(30 * 86_400_000);

/// The time of the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// In ms since 1970; `None`: nothing has a calendar time.
    pub(super) start: Option<i64>,
    pub(super) duration: Duration,
    /// Whether the exports decide the duration.
    pub(super) known: bool,
}

impl Window {
    /// Around all that happened, from a full hour to a full hour.
    pub(super) fn new(events: &[Event], wishes: Wishes<'_>) -> Result<Window, Error> {
        let hour = Duration::HOUR.millis();
        let first = events.iter().map(|event| event.at).min();
        let last = events
            .iter()
            .map(|event| event.until.unwrap_or(event.at))
            .max();
        let first = first.map(|first| first.div_euclid(hour) * hour);
        let start = match wishes.start {
            Some(start) => Some(instant::read(start).map_err(|why| wish("--start", &why))?),
            None => first,
        };
        let until = last.map(|last| (last.div_euclid(hour) + 1) * hour);
        let covered = start
            .zip(until)
            .map(|(start, until)| Duration::from_millis(until - start));
        let covered = covered.filter(|covered| *covered > Duration::ZERO);
        let duration = match wishes.duration {
            Some(duration) => duration
                .parse()
                .map_err(|why| wish("--duration", &format!("{why}")))?,
            None => covered.unwrap_or(DEFAULT),
        };
        if duration <= Duration::ZERO || duration > Duration::LONGEST {
            return Err(wish(
                "--duration",
                "a run has some length, of at most 1 000 years",
            ));
        }
        // A scenario's times have four digits for the year.
        if let Some(start) = start
            && ![start, start + duration.millis()]
                .iter()
                .all(|ms| writable(*ms))
        {
            return Err(wish(
                "--start",
                "the run must be within the years 0 to 9999",
            ));
        }
        Ok(Window {
            start,
            duration,
            known: covered.is_some() || wishes.duration.is_some(),
        })
    }

    /// Whether something at this instant is in the run.
    pub(super) fn holds(&self, ms: i64) -> bool {
        self.start
            .is_some_and(|start| start <= ms && ms < start + self.duration.millis())
    }
}

fn writable(ms: i64) -> bool {
    let year = Timestamp::from_millisecond(ms).map(|t| jiff::tz::Offset::UTC.to_datetime(t).year());
    year.is_ok_and(|year| (0..=9999).contains(&year))
}

fn wish(option: &str, why: &str) -> Error {
    Error::import(format!("{option}: {why}"))
}
