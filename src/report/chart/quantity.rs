//! What the numbers of a picture count, and how they are printed in it.

use super::super::format::{count, short_percent, volume};
use crate::scenario::Unit;
use crate::units::{Duration, Volume};

/// What a number in a picture counts. It may be a mean or a difference, so it need not be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Bytes.
    Volume,
    /// Bytes a day.
    Rate,
    /// Seconds.
    Duration,
    /// 0 to 1.
    Ratio,
    /// How many.
    Count,
    /// An amount of money.
    Money,
    /// A number without a unit.
    Number,
}

impl From<Unit> for Quantity {
    fn from(unit: Unit) -> Quantity {
        match unit {
            Unit::Volume => Quantity::Volume,
            Unit::Duration => Quantity::Duration,
            Unit::Ratio => Quantity::Ratio,
            Unit::Count => Quantity::Count,
            Unit::Money => Quantity::Money,
        }
    }
}

/// A unit that people use: its name, and how much one of it is.
pub(super) type Named = (&'static str, f64);

impl Quantity {
    /// Its units, smaller ones first.
    pub(super) const fn units(self) -> &'static [Named] {
        match self {
            Quantity::Volume => &[
                ("B", 1.0),
                ("kB", 1e3),
                ("MB", 1e6),
                ("GB", 1e9),
                ("TB", 1e12),
                ("PB", 1e15),
            ],
            Quantity::Rate => &[
                ("B/day", 1.0),
                ("kB/day", 1e3),
                ("MB/day", 1e6),
                ("GB/day", 1e9),
                ("TB/day", 1e12),
                ("PB/day", 1e15),
            ],
            Quantity::Duration => &[
                ("ms", 0.001),
                ("s", 1.0),
                ("min", 60.0),
                ("h", 3_600.0),
                ("d", 86_400.0),
            ],
            Quantity::Ratio => &[("%", 0.01)],
            Quantity::Money => &[("", 1.0), ("k", 1e3), ("M", 1e6)],
            Quantity::Count | Quantity::Number => &[("", 1.0)],
        }
    }

    /// The largest unit of which `number` is one or more, or the smallest of all.
    pub(super) fn unit(self, number: f64) -> Named {
        let units = self.units();
        let fits = units.iter().rev().find(|unit| unit.1 <= number.abs());
        *fits.unwrap_or(&units[0])
    }

    /// A number with its unit, to about three digits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(in crate::report) fn text(self, number: f64) -> String {
        if !number.is_finite() {
            return "none".to_owned();
        }
        if number < 0.0 {
            return format!("-{}", self.text(-number));
        }
        match self {
            Quantity::Volume if number > 0.0 && number < 10.0 && number.fract() > 0.0 => {
                format!("{} B", three_digits(number))
            }
            Quantity::Volume => volume(Volume::from_bytes(number.round() as u64)),
            Quantity::Rate => format!("{}/day", Quantity::Volume.text(number)),
            Quantity::Duration if number > 0.0 && number < 0.001 => "below 1ms".to_owned(),
            Quantity::Duration => Duration::from_millis((number * 1_000.0).round() as i64).human(),
            Quantity::Ratio => short_percent(number),
            Quantity::Money | Quantity::Count | Quantity::Number => three_digits(number),
        }
    }

    /// A round number on an axis, with its unit.
    pub(in crate::report) fn tick(self, number: f64) -> String {
        let (name, unit) = self.unit(number * (1.0 + 1e-9));
        let number = (number / unit * 1e9).round() / 1e9;
        match (self, name) {
            (_, "") | (Quantity::Ratio, _) => format!("{number}{name}"),
            _ => format!("{number} {name}"),
        }
    }

    /// A number to two digits with its unit, in as little room as that needs.
    pub(super) fn compact(self, number: f64) -> String {
        if number == 0.0 {
            return "0".to_owned();
        }
        // What would be rounded to 1000 belongs to the next unit.
        let (name, unit) = self.unit(number * 1.000_5);
        let scaled = number / unit;
        let text = match scaled.abs() {
            9.95.. => format!("{scaled:.0}"),
            0.095.. => format!("{scaled:.1}"),
            _ => format!("{scaled:.0e}"),
        };
        match (self, name) {
            (_, "") | (Quantity::Ratio, _) => format!("{text}{name}"),
            _ => format!("{text} {name}"),
        }
    }

    /// A number with its unit and all its digits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn exact(self, number: f64) -> String {
        match self {
            Quantity::Volume => Volume::from_bytes(number as u64).to_string(),
            Quantity::Duration => {
                Duration::from_millis((number * 1_000.0).round() as i64).to_string()
            }
            _ => self.tick(number),
        }
    }
}

/// A number that is not negative, with three digits, or whole where it is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn three_digits(number: f64) -> String {
    match number {
        1e15.. => format!("{number:.2e}"),
        99.95.. => count(number.round() as u64),
        _ if number.fract() == 0.0 => count(number as u64),
        9.995.. => format!("{number:.1}"),
        0.1.. => format!("{number:.2}"),
        0.001.. => format!("{number:.4}"),
        _ => format!("{number:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        let cases = [
            (Quantity::Volume, 0.0, "0 B"),
            (Quantity::Volume, 0.25, "0.25 B"),
            (Quantity::Volume, -1.5e12, "-1.50 TB"),
            (Quantity::Rate, 1e12, "1.00 TB/day"),
            (Quantity::Duration, 2_700.0, "45m"),
            (Quantity::Duration, 0.0002, "below 1ms"),
            (Quantity::Ratio, 0.9716, "97.2%"),
            (Quantity::Ratio, 0.999_912, "99.9912%"),
            (Quantity::Ratio, 0.0, "0%"),
            (Quantity::Ratio, 2.5, "250%"),
            (Quantity::Ratio, -0.123_456, "-12.3%"),
            (Quantity::Count, 12_345.4, "12,345"),
            (Quantity::Count, 2.0, "2"),
            (Quantity::Number, 2.345, "2.35"),
            (Quantity::Number, 0.000_04, "4.0e-5"),
            (Quantity::Number, f64::NAN, "none"),
        ];
        for (quantity, number, text) in cases {
            assert_eq!(quantity.text(number), text);
        }
        let compact = [
            (Quantity::Volume, 999.7e6, "1.0 GB"),
            (Quantity::Duration, 5_400.0, "1.5 h"),
            (Quantity::Ratio, 0.123, "12%"),
            (Quantity::Number, 0.000_4, "4e-4"),
            (Quantity::Count, 0.0, "0"),
        ];
        for (quantity, number, text) in compact {
            assert_eq!(quantity.compact(number), text);
        }
    }
}
