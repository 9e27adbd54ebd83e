//! When the run starts and how long it is.

use jiff::Timestamp;

use super::event::Event;
use super::export::Wishes;
use super::instant;
use super::trace::Trace;
use crate::error::Error;
use crate::units::Duration;

/// Where nothing says how long.
const DEFAULT: Duration = Duration::from_millis(30 * 86_400_000);

/// No exports are taken to go over more.
const LONGEST: Duration = Duration::from_millis(3_660 * 86_400_000);

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
    /// As the usage, or after it in a forecast; else around all that happened, from a full hour to a full hour.
    pub(super) fn new(
        events: &[Event],
        trace: Option<&Trace>,
        wishes: Wishes<'_>,
    ) -> Result<Window, Error> {
        if wishes.forecast.is_some() && wishes.duration.is_some() {
            return Err(wish(
                "--forecast",
                "this is the duration; leave out --duration",
            ));
        }
        let (first, until) = match (trace, wishes.forecast) {
            (Some(trace), None) => (Some(trace.from), Some(trace.until)),
            (Some(trace), Some(_)) => (Some(trace.until), None),
            (None, None) => around(events),
            (None, Some(_)) => {
                let why = "there is no usage to extrapolate; give --usage";
                return Err(wish("--forecast", why));
            }
        };
        let start = match wishes.start {
            Some(start) => Some(instant::read(start).map_err(|why| wish("--start", &why))?),
            None => first,
        };
        let covered = start
            .zip(until)
            .map(|(start, until)| Duration::from_millis(until - start));
        let covered = covered.filter(|covered| *covered > Duration::ZERO);
        let (option, wanted) = match wishes.forecast {
            Some(forecast) => ("--forecast", Some(forecast)),
            None => ("--duration", wishes.duration),
        };
        let duration = match wanted {
            Some(duration) => duration
                .parse()
                .map_err(|why| wish(option, &format!("{why}")))?,
            None => covered.unwrap_or(DEFAULT),
        };
        if duration <= Duration::ZERO {
            return Err(wish(option, "the duration of a run is above 0"));
        }
        if wanted.is_none() && duration > LONGEST {
            let why = format!(
                "the exports cover {duration}, which is more than {LONGEST}; set the length of the run"
            );
            return Err(wish("--duration", &why));
        }
        // A scenario's times have four digits for the year.
        if let Some(start) = start
            && ![start, start.saturating_add(duration.millis())]
                .iter()
                .all(|ms| writable(*ms))
        {
            return Err(wish(
                "--start",
                "the run must be within the years 0 to 9999; say when it starts",
            ));
        }
        Ok(Window {
            start,
            duration,
            known: covered.is_some() || wanted.is_some(),
        })
    }

    /// Whether something at this instant is in the run.
    pub(super) fn holds(&self, ms: i64) -> bool {
        self.start
            .is_some_and(|start| start <= ms && ms < start + self.duration.millis())
    }
}

fn around(events: &[Event]) -> (Option<i64>, Option<i64>) {
    let hour = Duration::HOUR.millis();
    let first = events.iter().map(|event| event.at).min();
    let last = events
        .iter()
        .map(|event| event.until.unwrap_or(event.at))
        .max();
    let first = first.map(|first| first.div_euclid(hour) * hour);
    (first, last.map(|last| (last.div_euclid(hour) + 1) * hour))
}

fn writable(ms: i64) -> bool {
    let year = Timestamp::from_millisecond(ms).map(|t| jiff::tz::Offset::UTC.to_datetime(t).year());
    year.is_ok_and(|year| (0..=9999).contains(&year))
}

fn wish(option: &str, why: &str) -> Error {
    Error::import(format!("{option}: {why}"))
}
