//! What a sweep varies, as an axis of a picture.

use super::page::{APART, TEXT, Ticks, whole};
use super::quantity::Quantity;
use super::scale::Scale;
use super::surface::fitted;
use crate::scenario::{Axis, Setting};

/// The values of a parameter, in the order of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, or the path of its key.
    pub name: String,
    /// Its values as people read them; at least one.
    pub labels: Vec<String>,
    /// The same as numbers, where all are of one kind and differ.
    pub numbers: Option<(Quantity, Vec<f64>)>,
}

/// The ratio of the largest value to the smallest from which on a scale is logarithmic, where the
/// values are spaced that way.
const WIDE: f64 = 20.0;

impl Parameter {
    /// The parameter of an axis of a sweep.
    pub fn of(axis: &Axis) -> Parameter {
        let from = Parameter::origin(&axis.values);
        let number = |value| Parameter::number(value, from);
        let numbers: Option<Vec<(Quantity, f64)>> = axis.values.iter().map(number).collect();
        let numbers = numbers.filter(|all| {
            let alike = all.windows(2).all(|pair| pair[0].0 == pair[1].0);
            let rising = all.windows(2).all(|pair| pair[0].1 < pair[1].1);
            alike && rising && all.len() > 1
        });
        Parameter {
            name: match &axis.values[..] {
                [first @ Setting::Instant(_), ..] => {
                    format!("{}, after {}", axis.path, first.text())
                }
                [Setting::Growth { per, .. }, ..] => format!("{} in {per}", axis.path),
                _ => axis.path.clone(),
            },
            labels: axis
                .values
                .iter()
                .map(|value| in_short(&value.brief()))
                .collect(),
            numbers: numbers.map(|all| (all[0].0, all.iter().map(|of| of.1).collect())),
        }
    }

    /// What the numbers of values count from: calendar times from the first of them.
    pub(in crate::report) fn origin(values: &[Setting]) -> f64 {
        match values {
            [first @ Setting::Instant(_), ..] => number(first).map_or(0.0, |(_, first)| first),
            _ => 0.0,
        }
    }

    /// A value as a number on its axis, which counts from `origin`.
    pub(in crate::report) fn number(value: &Setting, origin: f64) -> Option<(Quantity, f64)> {
        number(value).map(|(quantity, number)| (quantity, number - origin))
    }

    /// Its values as names, spaced evenly from `from` to `to`. What is longer than its room is
    /// cut, but not much: of names that touch only some are shown.
    pub(super) fn ticks(&self, from: f64, to: f64) -> Ticks {
        let each = (to - from) / whole(self.labels.len().max(1));
        let room = (each.abs() - APART).max(70.0);
        let labels = self.labels.iter().enumerate();
        let tick = |(i, label): (usize, &String)| {
            (from + each * (whole(i) + 0.5), fitted(label, TEXT, room))
        };
        labels.map(tick).collect()
    }

    /// Its name at an axis that goes upwards; names in a list have no direction.
    pub(super) fn upwards(&self) -> String {
        match self.numbers {
            Some(_) => format!("↑ {}", self.name),
            None => self.name.clone(),
        }
    }

    /// Its name at an axis that goes to the right.
    pub(super) fn rightwards(&self) -> String {
        match self.numbers {
            Some(_) => format!("{} →", self.name),
            None => self.name.clone(),
        }
    }

    /// The scale of its numbers.
    pub(super) fn scale(&self) -> Option<Scale> {
        let (quantity, numbers) = self.numbers.as_ref()?;
        let (low, high) = (numbers[0], numbers[numbers.len() - 1]);
        let middle = numbers[numbers.len() / 2];
        // In the middle of values that are spaced evenly is their mean.
        let even = middle > f64::midpoint(low, high) / 2.0;
        Some(if low > 0.0 && high >= WIDE * low && !even {
            Scale::logarithmic(*quantity, low, high)
        } else {
            Scale::linear(*quantity, low, high, 7)
        })
    }
}

/// A value as pictures have room for: a range or a distribution as words, anything else as it is.
pub(in crate::report) fn in_short(value: &str) -> String {
    let plain = value.replace(" = ", "=").replace(['{', '}', '"', ','], "");
    let entries: Option<Vec<_>> = plain
        .split_whitespace()
        .map(|of| of.split_once('='))
        .collect();
    match entries.unwrap_or_default()[..] {
        [("min", low), ("max", high)] if low == high => low.to_owned(),
        [("min", low), ("max", high)] => format!("{low} to {high}"),
        [("dist", name), ("min", low), ("max", high)] => format!("{name} {low} to {high}"),
        [("dist", name), ref others @ ..] => {
            let others = others.iter().map(|(key, value)| format!(" {key} {value}"));
            name.to_owned() + &others.collect::<String>()
        }
        _ => value.to_owned(),
    }
}

/// A value in the unit of its quantity.
fn number(value: &Setting) -> Option<(Quantity, f64)> {
    let position = value.position()?;
    match value {
        Setting::Duration(duration) => Some((Quantity::Duration, duration.as_secs_f64())),
        Setting::Volume(_) => Some((Quantity::Volume, position)),
        Setting::Rate(_) => Some((Quantity::Rate, position)),
        Setting::Percent(_) | Setting::Growth { .. } => Some((Quantity::Ratio, position / 100.0)),
        Setting::Instant(_) => Some((Quantity::Duration, position / 1_000.0)),
        Setting::Whole(_) | Setting::Number(_) => Some((Quantity::Number, position)),
        Setting::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(values: &[&str]) -> Parameter {
        Parameter::of(&Axis {
            path: "event.vault.duration".to_owned(),
            values: values.iter().map(|text| Setting::read(text)).collect(),
        })
    }

    #[test]
    fn values_of_one_kind_are_numbers() {
        let outages = parameter(&["5m", "30m", "2h", "12h"]);
        assert_eq!(outages.labels, ["5m", "30m", "2h", "12h"]);
        let numbers = vec![300.0, 1_800.0, 7_200.0, 43_200.0];
        assert_eq!(outages.numbers, Some((Quantity::Duration, numbers)));
        assert!(outages.scale().is_some_and(|scale| scale.logarithmic));
        let even = parameter(&["1", "25", "50", "75", "100"]);
        assert!(even.scale().is_some_and(|scale| !scale.logarithmic));
        let percent = parameter(&["1%", "3%"]);
        assert_eq!(percent.numbers, Some((Quantity::Ratio, vec![0.01, 0.03])));
    }

    #[test]
    fn calendar_times_count_from_the_first_and_growth_in_its_period() {
        let days = parameter(&["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
        assert_eq!(
            days.name,
            "event.vault.duration, after 2026-03-01T00:00:00Z"
        );
        let numbers = vec![0.0, 86_400.0];
        assert_eq!(days.numbers, Some((Quantity::Duration, numbers)));
        let growth = parameter(&["2%/30d", "8%/30d"]);
        assert_eq!(growth.name, "event.vault.duration in 30d");
        assert_eq!(growth.numbers, Some((Quantity::Ratio, vec![0.02, 0.08])));
    }

    #[test]
    fn ranges_and_distributions_are_words() {
        for (value, short) in [
            ("{ min = \"6s\", max = \"6s\" }", "6s"),
            ("min=5m max=10m", "5m to 10m"),
            (
                "{ dist = \"uniform\", min = \"0s\", max = \"60m\" }",
                "uniform 0s to 60m",
            ),
            (
                "dist=lognormal median=2h sigma=0.9",
                "lognormal median 2h sigma 0.9",
            ),
            ("10 GB/day", "10 GB/day"),
            ("any x=1", "any x=1"),
        ] {
            assert_eq!(in_short(value), short);
        }
    }

    #[test]
    fn everything_else_is_names() {
        for values in [
            &["true", "false"][..],
            &["1h", "1 GB"],
            &["1h"],
            &["2h", "1h"],
            &["\"workspace\"", "\"cluster\""],
        ] {
            assert_eq!(parameter(values).numbers, None, "{values:?}");
        }
        assert_eq!(parameter(&["\"a\"", "b"]).labels, ["a", "b"]);
    }
}
