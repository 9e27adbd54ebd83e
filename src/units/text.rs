//! How durations, volumes, rates and probabilities are read.
//!
//! A number is digits, perhaps a point and digits; it is read exactly and rounded once, to
//! the nearest whole millisecond, byte or byte per day (halves up).

use std::fmt;
use std::str::FromStr;

use crate::foreign::quoted;

use super::{Duration, Factor, Money, Probability, Rate, Volume};

/// What is wrong with a duration, a volume, a rate or a probability: what was found, what is
/// allowed, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError(pub String);

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnitError {}

/// Names of units, largest first, with what each is in milliseconds or bytes.
pub(super) type Units = &'static [(&'static str, u64)];

pub(super) const DURATION_UNITS: Units = &[
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

pub(super) const DECIMAL_UNITS: Units = &[
    ("PB", 1_000_000_000_000_000),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

pub(super) const BINARY_UNITS: Units = &[
    ("PiB", 1 << 50),
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
];

/// What a rate is counted over, and how often that is in a day.
const PER_UNITS: Units = &[("day", 1), ("h", 24), ("min", 1_440), ("s", 86_400)];

/// Digits after the point that are read: enough for one byte in a petabyte.
const FRACTION_DIGITS: usize = 15;
/// 1 in the fixed-point numbers of [`number`].
const ONE: u128 = 10_u128.pow(15);
/// Digits before the point that are read: enough for 2^63.
const WHOLE_DIGITS: usize = 20;

fn unit_in(units: Units, name: &str) -> Option<u64> {
    let found = units.iter().find(|unit| unit.0 == name);
    found.map(|unit| unit.1)
}

fn error<T>(text: &str, complaint: &str) -> Result<T, UnitError> {
    Err(UnitError(format!("{} {complaint}", quoted(text.trim()))))
}

/// Takes a number from the beginning of `rest`, in units of 1 / [`ONE`].
fn number<'a>(text: &str, rest: &'a str, example: &str) -> Result<(u128, &'a str), UnitError> {
    let digits = |from: &str| from.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = rest.split_at(digits(rest));
    if whole.is_empty() {
        return if rest.starts_with(['-', '\u{2212}']) {
            error(
                text,
                &format!("is negative; write 0 or more, as in {example}"),
            )
        } else {
            error(
                text,
                &format!("has no number before its unit; write {example}"),
            )
        };
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => after.split_at(digits(after)),
        None => ("0", rest),
    };
    if fraction.is_empty() {
        return error(text, "has no digit after the point");
    }
    if rest.starts_with([',', '_', '\'', '.']) {
        return error(
            text,
            "groups digits; write plain digits with at most one point, as in 1500.5",
        );
    }
    let exponent = rest.strip_prefix(['e', 'E']);
    if exponent.is_some_and(|e| e.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))) {
        return error(
            text,
            "has an exponent; write the number out, or a larger unit",
        );
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() > WHOLE_DIGITS || fraction.len() > FRACTION_DIGITS {
        return error(
            text,
            "has too many digits; write at most 15 after the point, or a larger unit",
        );
    }
    let read = format!("{whole}{fraction:0<FRACTION_DIGITS$}");
    match read.parse() {
        Ok(value) => Ok((value, rest)),
        Err(_) => error(text, "is too large"),
    }
}

/// Takes the name of a unit from the beginning of `rest`.
fn unit_name(rest: &str) -> (&str, &str) {
    let rest = rest.trim_start();
    let end = rest.find(|c: char| c.is_ascii_digit() || c.is_whitespace() || "/.-+,".contains(c));
    rest.split_at(end.unwrap_or(rest.len()))
}

/// A fixed-point number as a whole one, to the nearest; `None` if it is not zero but would be,
/// or is above `most`.
fn whole(fixed: u128, most: u64) -> Option<u64> {
    let rounded = u64::try_from((fixed + ONE / 2) / ONE).ok()?;
    (rounded <= most && (rounded > 0 || fixed == 0)).then_some(rounded)
}

/// Whether a text begins as a date does: 2026-03-01.
fn is_date(text: &str) -> bool {
    let form = |(byte, wanted): (u8, u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    text.len() >= 10 && text.bytes().zip(*b"0000-00-00").all(form)
}

impl FromStr for Duration {
    type Err = UnitError;

    /// Reads `250ms`, `90s`, `1h30m`, `1d 3h`, `1.5h`, `2w`: larger units first, each once.
    fn from_str(text: &str) -> Result<Duration, UnitError> {
        let most = u64::try_from(Duration::LONGEST.millis()).expect("it is positive");
        let mut rest = text.trim();
        if is_date(rest) {
            return error(
                text,
                "is a calendar time, not a duration; a scenario has those without quotes, as in \
                 2026-03-01T12:00:00Z",
            );
        }
        let mut total = 0_u128;
        let mut last = u64::MAX;
        loop {
            let (value, after) = number(text, rest, "a duration such as 45m or 1d 3h")?;
            let digits = rest[..rest.len() - after.len()].to_owned();
            let (name, after) = unit_name(after);
            let Some(unit) = unit_in(DURATION_UNITS, name) else {
                return error(text, &wrong_duration_unit(&digits, name));
            };
            if unit >= last {
                return error(
                    text,
                    "has its units out of order; write the larger first and each once, as in 1d 3h",
                );
            }
            last = unit;
            let Some(sum) = value
                .checked_mul(u128::from(unit))
                .and_then(|part| total.checked_add(part))
            else {
                return error(text, TOO_LONG);
            };
            total = sum;
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
        }
        match whole(total, most).and_then(|ms| i64::try_from(ms).ok()) {
            Some(ms) => Ok(Duration::from_millis(ms)),
            None if total < ONE => error(text, "is shorter than the resolution of 1ms"),
            None => error(text, TOO_LONG),
        }
    }
}

const TOO_LONG: &str = "is too long; the longest duration is 366000d (about 1 000 years)";

fn wrong_duration_unit(number: &str, name: &str) -> String {
    let n = number;
    let written = match name.to_lowercase().as_str() {
        "" => return format!("needs a unit: {n}d, {n}h, {n}m, {n}s or {n}ms"),
        "mo" | "mon" | "month" | "months" => {
            return "is unclear: a month has no fixed length; write days, as in 30d".to_owned();
        }
        "y" | "yr" | "year" | "years" => {
            return "is unclear: a year has no fixed length; write days, as in 365d".to_owned();
        }
        "us" | "\u{b5}s" | "ns" => return "is finer than the resolution of 1ms".to_owned(),
        "week" | "weeks" | "w" => "w",
        "day" | "days" | "d" => "d",
        "hour" | "hours" | "hr" | "hrs" | "h" => "h",
        "minute" | "minutes" | "min" | "mins" => "m",
        "second" | "seconds" | "sec" | "secs" | "s" => "s",
        "millisecond" | "milliseconds" | "msec" | "ms" => "ms",
        "m" => return format!("is unclear: write {n}m for minutes, or months as days"),
        _ => {
            return format!(
                "has the unknown unit {}; use w, d, h, m, s or ms",
                quoted(name)
            );
        }
    };
    format!("has the unit {name:?}, which is written {written:?}: {n}{written}")
}

/// Takes a volume from `text`: in bytes times [`ONE`], and what follows it.
fn volume<'a>(text: &str, part: &'a str, example: &str) -> Result<(u128, &'a str), UnitError> {
    let part = part.trim();
    let (value, after) = number(text, part, example)?;
    let digits = &part[..part.len() - after.len()];
    let (name, after) = unit_name(after);
    match unit_in(DECIMAL_UNITS, name).or_else(|| unit_in(BINARY_UNITS, name)) {
        None => error(text, &wrong_volume_unit(digits, name)),
        Some(unit) => match value.checked_mul(u128::from(unit)) {
            None => error(text, TOO_MUCH),
            Some(fixed) => Ok((fixed, after.trim())),
        },
    }
}

const TOO_MUCH: &str = "is too large; the limit is 2^63 bytes, about 9 223 PB";
/// No volume and no rate (per day) is larger, in bytes.
const MOST_BYTES: u64 = (1 << 63) - 1;

fn wrong_volume_unit(n: &str, name: &str) -> String {
    if name.is_empty() {
        return format!("needs a unit: {n} GB, {n} TB, {n} MB, {n} kB or {n} B");
    }
    let all: Vec<&str> = DECIMAL_UNITS
        .iter()
        .chain(BINARY_UNITS)
        .map(|unit| unit.0)
        .collect();
    if matches!(name, "KB" | "kb" | "Kb" | "K" | "k") {
        return format!("is unclear: {n} kB is {n} times 1000 bytes, {n} KiB {n} times 1024");
    }
    if name.len() == 2 && name.ends_with('b') {
        let bytes = name.to_uppercase();
        if all.contains(&bytes.as_str()) {
            return format!("is unclear: {name} may mean bits; for bytes write {n} {bytes}");
        }
    }
    let wanted = name.to_lowercase();
    let wanted = match wanted.as_str() {
        "byte" | "bytes" => "b",
        "m" | "mbyte" | "mbytes" | "megabytes" => "mb",
        "g" | "gbyte" | "gbytes" | "gigabytes" => "gb",
        "t" | "tbyte" | "tbytes" | "terabytes" => "tb",
        other => other,
    };
    match all.iter().find(|unit| unit.to_lowercase() == wanted) {
        Some(unit) => format!(
            "has the unit {}, which is written {unit:?}: {n} {unit}",
            quoted(name)
        ),
        None => format!(
            "has the unknown unit {}; use B, kB, MB, GB, TB, PB or KiB to PiB",
            quoted(name)
        ),
    }
}

impl FromStr for Volume {
    type Err = UnitError;

    /// Reads `600 GB`, `1.5TB`, `64 KiB`, `0 B`. 1 GB = 10^9 bytes, 1 GiB = 2^30.
    fn from_str(text: &str) -> Result<Volume, UnitError> {
        let (fixed, rest) = volume(text, text, "a volume such as 600 GB")?;
        if rest.starts_with('/') {
            return error(text, "is a rate; a volume has no time, as in 600 GB");
        }
        if !rest.is_empty() {
            return error(
                text,
                "is more than one volume; write one number and one unit, as in 1.5 TB",
            );
        }
        match whole(fixed, MOST_BYTES) {
            Some(bytes) => Ok(Volume::from_bytes(bytes)),
            None if fixed < ONE => error(text, "is less than 1 B"),
            None => error(text, TOO_MUCH),
        }
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    /// Reads `600 GB/day`, `25 GB / h`, `1.5MB/min`, `2 MB/s`.
    fn from_str(text: &str) -> Result<Rate, UnitError> {
        const EXAMPLE: &str = "a rate such as 600 GB/day";
        let (part, per) = text.split_once('/').unwrap_or((text, ""));
        let (fixed, rest) = volume(text, part, EXAMPLE)?;
        if !rest.is_empty() {
            return error(text, &format!("is not a rate; write {EXAMPLE}"));
        }
        let Some(per) = unit_in(PER_UNITS, per.trim()) else {
            let volume = part.trim();
            return match per.trim() {
                "" => error(
                    text,
                    &format!("is a volume, not a rate; say per which time: {volume}/day"),
                ),
                per => error(
                    text,
                    &format!(
                        "has the unknown time {}; use {volume}/s, /min, /h or /day",
                        quoted(per)
                    ),
                ),
            };
        };
        let fixed = fixed.checked_mul(u128::from(per));
        match fixed.and_then(|fixed| whole(fixed, MOST_BYTES)) {
            Some(bytes) => Ok(Rate::from_bytes_per_day(bytes)),
            None if fixed.is_some_and(|fixed| fixed < ONE) => error(text, "is less than 1 B/day"),
            None => error(text, TOO_MUCH),
        }
    }
}

impl FromStr for Money {
    type Err = UnitError;

    /// Reads `2.30`, `1725`: an amount of whatever currency is meant, exactly, at most
    /// 1 000 000 000 000.
    fn from_str(text: &str) -> Result<Money, UnitError> {
        const MOST: u128 = 1_000_000_000_000;
        let (value, rest) = number(text, text.trim(), "an amount such as 2.30")?;
        if !rest.trim().is_empty() {
            return error(text, "is not an amount; write a plain number such as 2.30");
        }
        if value > MOST * ONE {
            return error(text, "is more than 1 000 000 000 000");
        }
        let millionth = ONE / 1_000_000;
        if value % millionth != 0 {
            return error(text, "has more than six digits after the point");
        }
        let millionths = u64::try_from(value / millionth).expect("at most 10^18");
        Ok(Money::from_millionths(millionths))
    }
}

impl FromStr for Probability {
    type Err = UnitError;

    /// Reads `3%`, `0.03`; rounded to the nearest 2^-32.
    fn from_str(text: &str) -> Result<Probability, UnitError> {
        let (value, rest) = number(text, text.trim(), "a probability such as 3% or 0.03")?;
        let one = match rest.trim() {
            "" => ONE,
            "%" => 100 * ONE,
            _ => return error(text, "is not a probability; write one such as 3% or 0.03"),
        };
        if value > one {
            return error(text, "is above 1; a probability is 0 to 1, or 0% to 100%");
        }
        let parts = ((value << 32) + one / 2) / one;
        match u64::try_from(parts) {
            Ok(parts) if parts > 0 || value == 0 => Ok(Probability::from_parts(parts)),
            _ => error(
                text,
                "is smaller than 2^-32, which is as good as never; write 0",
            ),
        }
    }
}

impl TryFrom<f64> for Probability {
    type Error = UnitError;

    /// From 0 to 1; rounded to the nearest 2^-32.
    fn try_from(value: f64) -> Result<Probability, UnitError> {
        if !(0.0..=1.0).contains(&value) {
            return error(
                &value.to_string(),
                "is not a probability; write 0 to 1, or a percentage such as 3%",
            );
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Probability::from_parts(
            (value * 4_294_967_296.0 + 0.5) as u64,
        ))
    }
}

impl TryFrom<f64> for Factor {
    type Error = UnitError;

    /// From 0 to 1 000 000; rounded to the nearest millionth.
    fn try_from(value: f64) -> Result<Factor, UnitError> {
        if !(0.0..=1e6).contains(&value) {
            return error(
                &value.to_string(),
                "is not a factor; write a number from 0 to 1000000",
            );
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Factor::from_millionths((value * 1e6 + 0.5) as u64))
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
