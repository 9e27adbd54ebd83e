use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::foreign::quoted;

/// From this on a whole number is read as milliseconds since 1970, below as seconds. As
/// seconds it is the year 5138, as milliseconds 1973.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// How a column writes its instants; the first row decides for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// RFC 3339 with `Z` or an offset, or without a zone (then UTC is meant); `T` or a space
    /// between date and time; a date alone is its midnight.
    Calendar,
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Milliseconds,
}

impl Notation {
    pub(super) fn of(first: &str) -> Notation {
        let first = first.trim();
        if first.is_empty() || !first.bytes().all(|digit| digit.is_ascii_digit()) {
            return Notation::Calendar;
        }
        match first.parse::<u64>() {
            Ok(number) if number < MILLISECONDS_FROM => Notation::Seconds,
            _ => Notation::Milliseconds,
        }
    }

    /// Reads an instant, in ms since 1970-01-01T00:00:00Z; what is finer is cut off.
    pub(super) fn read(self, text: &str) -> Result<i64, String> {
        let text = text.trim();
        let per_unit = match self {
            Notation::Calendar => {
                return calendar(text)
                    .map(Timestamp::as_millisecond)
                    .ok_or_else(|| self.complaint(text));
            }
            Notation::Seconds => 1_000,
            Notation::Milliseconds => 1,
        };
        text.parse::<i64>()
            .ok()
            .and_then(|number| number.checked_mul(per_unit))
            .filter(|&ms| ms >= 0 && Timestamp::from_millisecond(ms).is_ok())
            .ok_or_else(|| self.complaint(text))
    }

    fn complaint(self, text: &str) -> String {
        let right = match self {
            _ if text.is_empty() => return "is empty; every row needs its instant".to_owned(),
            Notation::Calendar => {
                "is not an instant; write 2026-03-01T00:00:00Z or 2026-03-01 00:00:00 (UTC)"
            }
            Notation::Seconds => "is not an instant; the first row has seconds since 1970",
            Notation::Milliseconds => {
                "is not an instant; the first row has milliseconds since 1970"
            }
        };
        format!("{} {right}", quoted(text))
    }
}

fn calendar(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse() {
        return Some(timestamp);
    }
    let civil: DateTime = text.parse().ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

/// An instant as RFC 3339.
pub(super) fn written(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => format!("{ms} ms since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_notation() {
        let midnight = 1_696_809_600_000;
        for (text, expected) in [
            ("2023-10-09T00:00:00Z", midnight),
            ("2023-10-09 00:00:00+00:00", midnight),
            ("2023-10-09T02:00:00+02:00", midnight),
            ("2023-10-09 00:00:00", midnight),
            ("2023-10-09T00:00:00.1234567Z", midnight + 123),
            ("2023-10-09 00:00:00.5", midnight + 500),
            (" 2023-10-09 ", midnight),
            ("1696809600", midnight),
            ("1696809600123", midnight + 123),
            ("0", 0),
            ("1969-12-31T23:59:59Z", -1_000),
        ] {
            assert_eq!(Notation::of(text).read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_explained() {
        for (first, text, expected) in [
            ("x", "", "is empty; every row needs its instant"),
            (
                "x",
                "9/26/2017, 1:00:00 PM",
                "\"9/26/2017, 1:00:00 PM\" is not an instant; write 2026-03-01T00:00:00Z or 2026-03-01 00:00:00 (UTC)",
            ),
            (
                "x",
                "2023-02-29T00:00:00Z",
                "\"2023-02-29T00:00:00Z\" is not an instant; write 2026-03-01T00:00:00Z or 2026-03-01 00:00:00 (UTC)",
            ),
            (
                "1696809600",
                "1.5",
                "\"1.5\" is not an instant; the first row has seconds since 1970",
            ),
            (
                "1696809600000",
                "99999999999999999999",
                "\"99999999999999999999\" is not an instant; the first row has milliseconds since 1970",
            ),
        ] {
            assert_eq!(
                Notation::of(first).read(text),
                Err(expected.to_owned()),
                "{text}"
            );
        }
    }
}
