//! Calendar times as exports write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::Offset;

use crate::foreign::quoted;

/// Reads an instant, in ms since 1970-01-01T00:00:00Z; what is finer is cut off. One without a
/// zone is of UTC.
pub(super) fn read(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let read = iso(text).or_else(|| mail(text)).or_else(|| portal(text));
    read.map(Timestamp::as_millisecond).ok_or_else(|| {
        format!(
            "{} is not an instant; expected 2026-03-01T00:00:00.0000000Z, \"Sun, 01 Mar 2026 00:00:00 \
             GMT\" or \"3/1/2026, 12:00:00.000 AM\" (UTC)",
            quoted(text)
        )
    })
}

fn iso(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    Offset::UTC
        .to_timestamp(text.parse::<DateTime>().ok()?)
        .ok()
}

/// As HTTP headers and older versions of the service write it. Days of the week are wrong in some
/// documented answers, and say nothing.
fn mail(text: &str) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(text).ok()
}

/// As the portal writes it into CSV: month, day, year, and twelve hours. Without AM or PM it may
/// be another order, and is not guessed.
fn portal(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once([',', ' '])?;
    let (time, half) = rest.trim().rsplit_once([' ', '\u{202f}'])?;
    let afternoon = match half {
        "AM" | "am" => 0,
        "PM" | "pm" => 12,
        _ => return None,
    };
    let [month, day, year] = numbers(date, '/')?;
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(whole, ':')?;
    let fraction = format!("{:0<9}", fraction.get(..fraction.len().min(9))?);
    let digits = fraction.bytes().all(|digit| digit.is_ascii_digit());
    let nanosecond = digits.then(|| fraction.parse().ok())??;
    if !(1..=12).contains(&hour) {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let hour = small(hour % 12 + afternoon)?;
    let time = Time::new(hour, small(minute)?, small(second)?, nanosecond).ok()?;
    Offset::UTC
        .to_timestamp(DateTime::from_parts(date, time))
        .ok()
}

fn numbers(text: &str, between: char) -> Option<[i16; 3]> {
    let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    let parts = text.split(between).map(|part| {
        let part = part.trim();
        digits(part).then(|| part.parse().ok())?
    });
    parts.collect::<Option<Vec<i16>>>()?.try_into().ok()
}

/// An instant as a scenario writes it.
pub(super) fn written(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(instant) => instant.to_string(),
        Err(_) => format!("{ms} ms since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_notation() {
        for (text, expected) in [
            ("2025-05-08T13:36:20.1737064Z", "2025-05-08T13:36:20.173Z"),
            ("Thu, 08 May 2025 07:36:20 GMT", "2025-05-08T07:36:20Z"),
            // No Sunday.
            ("Sun, 04 Jan 2020 17:10:56 GMT", "2020-01-04T17:10:56Z"),
            ("7/1/2020, 12:00:00.000 AM", "2020-07-01T00:00:00Z"),
            ("7/31/2020, 12:00:00.1234567 PM", "2020-07-31T12:00:00.123Z"),
            ("7/1/2020 1:02:03 PM", "2020-07-01T13:02:03Z"),
            ("2020-07-01 00:00:00", "2020-07-01T00:00:00Z"),
            ("2020-07-01T02:00:00+02:00", "2020-07-01T00:00:00Z"),
            ("2020-07-01", "2020-07-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).map(written), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_says_what_was_expected() {
        for text in [
            "",
            "yesterday",
            "1/7/2020, 00:00:00",
            "7/1/2020, 0:00:00 AM",
            "7/1/2020, 13:00:00 PM",
            "13/1/2020, 1:00:00 AM",
            "7/1/2020, 1:00:00.é PM",
            "2020-02-30T00:00:00Z",
            "1594000000",
        ] {
            let told = read(text).expect_err(text);
            assert!(
                told.contains("expected 2026-03-01T00:00:00.0000000Z"),
                "{told}"
            );
        }
    }
}
