//! How durations, volumes, rates, amounts, factors and probabilities are printed.
//!
//! What `Display` prints reads back as the same value; `human` is shorter and rounded, for
//! reports.

use std::fmt;

use super::text::{BINARY_UNITS, DECIMAL_UNITS, DURATION_UNITS};
use super::{Duration, Factor, Money, Probability, Rate, Volume};

/// `value / one` in decimal digits, without zeros at the end; `one` is a power of ten.
fn decimal(value: u64, one: u64) -> String {
    let width = one.ilog10() as usize;
    let fraction = format!("{:0width$}", value % one);
    let fraction = match width {
        0 => "",
        _ => fraction.trim_end_matches('0'),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", value / one)
}

impl fmt::Display for Duration {
    /// Exact: `1d 3h`, `1h 30m 12.345s`, `250ms`, `0s`. A negative one, which no scenario can
    /// state, begins with `-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.millis().unsigned_abs();
        let mut parts = Vec::new();
        let mut rest = ms;
        for &(name, unit) in DURATION_UNITS
            .iter()
            .filter(|unit| ["d", "h", "m"].contains(&unit.0))
        {
            if rest >= unit {
                parts.push(format!("{}{name}", rest / unit));
                rest %= unit;
            }
        }
        if rest > 0 || parts.is_empty() {
            parts.push(match ms {
                1..=999 => format!("{ms}ms"),
                _ => decimal(rest, 1_000) + "s",
            });
        }
        f.pad(&format!(
            "{}{}",
            if self.millis() < 0 { "-" } else { "" },
            parts.join(" ")
        ))
    }
}

impl Duration {
    /// Rounded for reports, to its two largest units or so: `2d 5h`, `1d 24m`, `3h 20m`,
    /// `32m 10s`, `12.3s`, `250ms`.
    pub fn human(self) -> String {
        let grain = match self.millis().unsigned_abs() {
            // Just after a whole day half an hour is much, and there is no hour to tell.
            ms @ 86_400_000.. if ms % 86_400_000 < 3_600_000 => Duration::MINUTE,
            86_400_000.. => Duration::HOUR,
            3_600_000.. => Duration::MINUTE,
            60_000.. => Duration::SECOND,
            1_000.. => Duration::from_millis(100),
            _ => Duration::MILLISECOND,
        };
        let half = grain.millis() / 2 * self.millis().signum();
        let grains = self.millis().saturating_add(half) / grain.millis();
        Duration::from_millis(grains * grain.millis()).to_string()
    }
}

impl fmt::Display for Volume {
    /// Exact, in the unit that makes the shortest text: `1.5 TB`, `64 KiB`, `0 B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes();
        let &(name, unit) = DECIMAL_UNITS
            .iter()
            .find(|unit| bytes >= unit.1)
            .unwrap_or(&("B", 1));
        let decimal = format!("{} {name}", decimal(bytes, unit));
        let binary = BINARY_UNITS
            .iter()
            .find(|unit| bytes > 0 && bytes.is_multiple_of(unit.1));
        let binary = binary.map(|&(name, unit)| format!("{} {name}", bytes / unit));
        f.pad(match &binary {
            Some(binary) if binary.len() < decimal.len() => binary,
            _ => &decimal,
        })
    }
}

impl Volume {
    /// Rounded to three digits for reports: `12.3 GB`, `7.00 TB`, `512 B`.
    pub fn human(self) -> String {
        let &(name, unit) = DECIMAL_UNITS
            .iter()
            .rev()
            // The smallest unit in which three digits before the point are enough.
            .find(|unit| u128::from(self.bytes()) * 2 < u128::from(unit.1) * 1_999)
            .unwrap_or(&DECIMAL_UNITS[0]);
        if unit == 1 {
            return format!("{} B", self.bytes());
        }
        // Hundredths of the unit, rounded; then fewer digits the larger the number.
        let (value, unit) = (u128::from(self.bytes()), u128::from(unit));
        let scaled = |by: u128| (value * by * 2 + unit) / (unit * 2);
        let hundredths = scaled(100);
        let tenths = scaled(10);
        if hundredths < 1_000 {
            format!("{}.{:02} {name}", hundredths / 100, hundredths % 100)
        } else if tenths < 1_000 {
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        } else {
            format!("{} {name}", scaled(1))
        }
    }
}

impl fmt::Display for Rate {
    /// Exact, per day: `600 GB/day`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/day", Volume::from_bytes(self.bytes_per_day())))
    }
}

impl Rate {
    /// Rounded to three digits for reports: `600 GB/day`.
    pub fn human(self) -> String {
        format!("{}/day", Volume::from_bytes(self.bytes_per_day()).human())
    }
}

impl fmt::Display for Money {
    /// Exact: `1725`, `2.3`, `0.000432`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal(self.millionths(), 1_000_000))
    }
}

impl Money {
    /// Rounded to hundredths for reports, in groups of three digits: `51,750.00`. What is less
    /// than a hundredth is exact: `0.000432`.
    pub fn human(self) -> String {
        if (1..10_000).contains(&self.millionths()) {
            return self.to_string();
        }
        let hundredths = (self.millionths() + 5_000) / 10_000;
        format!("{}.{:02}", grouped(hundredths / 100), hundredths % 100)
    }
}

/// `12,345`: groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl fmt::Display for Factor {
    /// Exact: `1`, `0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal(self.millionths(), 1_000_000))
    }
}

impl fmt::Display for Probability {
    /// The shortest percentage that reads back as the same: `3%`, `0.1%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = u128::from(self.parts());
        for digits in 0..=8 {
            // Below 10^10: 100 % with 8 digits.
            let one = 100 * 10_u128.pow(digits);
            let value = ((parts * one) + (1 << 31)) >> 32;
            if ((value << 32) + one / 2) / one == parts {
                let value = u64::try_from(value).expect("at most 10^10");
                return f.pad(&(decimal(value, 10_u64.pow(digits)) + "%"));
            }
        }
        unreachable!("10^-10 is finer than 2^-32")
    }
}
