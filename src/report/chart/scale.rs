//! Scales: where a number is on an axis, and the round numbers to read it by.

use super::axis::TIME_STEPS;
use super::page::Ticks;
use super::quantity::Quantity;
use super::surface::Frame;
use crate::units::Volume;

/// Numbers from a lowest to a highest one, evenly or by their logarithms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) quantity: Quantity,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) logarithmic: bool,
    /// The distance of ticks where it is not logarithmic.
    step: f64,
}

/// The number of digits behind the point above which ticks count from the first of them.
const MOST_DIGITS: usize = 4;

impl Scale {
    /// A scale that shows `low` to `high`, begins and ends at round numbers, and has about
    /// `ticks` of them. It begins at 0 where that costs little room.
    pub(super) fn linear(quantity: Quantity, low: f64, high: f64, ticks: u32) -> Scale {
        let near = low > 0.0 && low < 0.4 * high;
        Scale::narrow(quantity, if near { 0.0 } else { low }, high, ticks)
    }

    /// The same that begins at 0 only where `low` is there.
    pub(super) fn narrow(quantity: Quantity, low: f64, high: f64, ticks: u32) -> Scale {
        let (mut low, mut high) = (low, high);
        if high <= low {
            let least = match quantity {
                Quantity::Ratio => 0.01,
                _ => 1.0,
            };
            let around = (low.abs() * 0.1).max(least);
            let floor = if low >= 0.0 { 0.0 } else { f64::MIN };
            (low, high) = ((low - around).max(floor), high + around);
        }
        let step = round_step(quantity, (high - low) / f64::from(ticks));
        Scale {
            quantity,
            low: (low / step + 1e-9).floor() * step,
            high: (high / step - 1e-9).ceil() * step,
            logarithmic: false,
            step,
        }
    }

    /// A scale from nothing up to a volume.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of_volumes(most: Volume) -> Scale {
        Scale::linear(Quantity::Volume, 0.0, most.bytes() as f64, 4)
    }

    /// A scale of shares from 0 in five equal steps that reaches `most`: the lines of two of them
    /// in one panel are the same.
    pub(super) fn of_shares(most: f64) -> Scale {
        let least = most.max(1e-12) / 5.0;
        let power = libm::pow(10.0, libm::log10(least).floor());
        let steps = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].map(|by| by * power);
        let enough = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
        let step = enough.unwrap_or(10.0 * power);
        Scale {
            quantity: Quantity::Ratio,
            low: 0.0,
            high: 5.0 * step,
            logarithmic: false,
            step,
        }
    }

    /// A scale for whole numbers, with half of one more at both ends.
    pub(super) fn whole_numbers(quantity: Quantity, low: f64, high: f64, ticks: u32) -> Scale {
        let scale = Scale::linear(quantity, low, high, ticks);
        Scale {
            low: low.floor() - 0.5,
            high: high.max(low + 1.0) + 0.5,
            step: scale.step.max(1.0),
            ..scale
        }
    }

    /// A logarithmic scale from `low` to `high`, both above 0.
    pub(super) fn logarithmic(quantity: Quantity, low: f64, high: f64) -> Scale {
        let wider = if high < low * 1.001 { 2.0 } else { 1.0 };
        Scale {
            quantity,
            low: low / wider,
            high: high * wider,
            logarithmic: true,
            step: 0.0,
        }
    }

    /// How far from its low end to its high one `number` is, from 0 to 1.
    pub(super) fn part(&self, number: f64) -> f64 {
        let part = if self.logarithmic {
            libm::log(number.max(self.low) / self.low) / libm::log(self.high / self.low)
        } else {
            (number - self.low) / (self.high - self.low)
        };
        part.clamp(0.0, 1.0)
    }

    /// The number so far from its low end to its high one.
    pub(super) fn number(&self, part: f64) -> f64 {
        if self.logarithmic {
            self.low * libm::pow(self.high / self.low, part)
        } else {
            self.low + (self.high - self.low) * part
        }
    }

    /// Round numbers with their names. Those of a linear scale are in the unit of
    /// [`Scale::titled`], those of a logarithmic one have units of their own.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        if self.logarithmic {
            return self.powers();
        }
        let first = (self.low / self.step - 1e-9).ceil();
        let last = (self.high / self.step + 1e-9).floor();
        let count = (last - first) as i32;
        let numbers = (0..=count).map(|i| (first + f64::from(i)) * self.step);
        let (_, unit) = self.unit();
        let digits = digits(self.step / unit).min(MOST_DIGITS);
        let from = self.from().unwrap_or(0.0);
        numbers
            .map(|number| (number, grouped((number - from) / unit, digits)))
            .collect()
    }

    /// What the ticks count from, where they would have too many digits.
    fn from(&self) -> Option<f64> {
        let (_, unit) = self.whole_unit();
        let crowded = digits(self.step / unit) > MOST_DIGITS
            || (self.quantity == Quantity::Duration && self.high / unit >= 10_000.0);
        crowded.then_some(self.low)
    }

    fn unit(&self) -> (&'static str, f64) {
        match self.from() {
            Some(from) => self.unit_up_to(self.high - from),
            None => self.whole_unit(),
        }
    }

    /// The unit of the ticks, where these do not count from another number than 0.
    pub(super) fn whole_unit(&self) -> (&'static str, f64) {
        self.unit_up_to(self.high.abs().max(self.low.abs()))
    }

    /// The unit for ticks up to `most`. Those of time are no fractions of a minute, an hour or
    /// a day, for nobody reads them.
    fn unit_up_to(&self, most: f64) -> (&'static str, f64) {
        let whole = match self.quantity {
            Quantity::Duration if self.step >= 1.0 => self.step,
            Quantity::Duration => most.min(1.0),
            _ => most,
        };
        self.quantity.unit(whole)
    }

    /// `name` with the unit of the ticks.
    pub(super) fn titled(&self, name: &str) -> String {
        if self.logarithmic {
            return format!("{name} (logarithmic)");
        }
        let (unit, _) = self.unit();
        match (unit, self.from()) {
            ("", None) => name.to_owned(),
            (unit, None) => format!("{name} ({unit})"),
            (unit, Some(from)) => {
                let from = self.quantity.exact(from);
                format!("{name} ({unit} above {from})").replace("( above", "(above")
            }
        }
    }

    /// The ticks of a logarithmic scale: powers of ten, or numbers between them where there
    /// are few.
    fn powers(&self) -> Vec<(f64, String)> {
        let within = |numbers: Vec<f64>| -> Vec<f64> {
            let slack = 1.0 + 1e-9;
            let inside = |n: &f64| *n >= self.low / slack && *n <= self.high * slack;
            numbers.into_iter().filter(inside).collect()
        };
        let candidates = match self.quantity {
            Quantity::Duration => [DECADES_OF_TIME.to_vec(), steps_of_time()],
            _ => [multiples(&[1.0]), multiples(&[1.0, 2.0, 5.0])],
        };
        let [few, many] = candidates.map(within);
        let chosen = if few.len() >= 3 { few } else { many };
        let name = |number: f64| (number, self.quantity.tick(number));
        match chosen.as_slice() {
            // So narrow that no round number is in it: its ends, as they are.
            [] | [_] => [self.low, self.high]
                .map(|end| (end, self.quantity.text(end)))
                .to_vec(),
            _ => chosen.into_iter().map(name).collect(),
        }
    }
}

/// The least and the greatest of all; 0 where there are none.
pub(super) fn range(numbers: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let ends = numbers.into_iter().map(|number| (number, number));
    let wider = |one: (f64, f64), other: (f64, f64)| (one.0.min(other.0), one.1.max(other.1));
    ends.reduce(wider).unwrap_or_default()
}

/// Times that are read at a glance, about ten times the one before.
const DECADES_OF_TIME: [f64; 11] = [
    0.001,
    0.01,
    0.1,
    1.0,
    10.0,
    60.0,
    600.0,
    3_600.0,
    6.0 * 3_600.0,
    86_400.0,
    864_000.0,
];

/// Powers of ten times each of `by`.
fn multiples(by: &[f64]) -> Vec<f64> {
    let powers = (-12..=24).map(|power| libm::pow(10.0, f64::from(power)));
    powers
        .flat_map(|power| by.iter().map(move |by| by * power))
        .collect()
}

#[allow(clippy::cast_precision_loss)]
fn steps_of_time() -> Vec<f64> {
    let short = multiples(&[1.0, 2.0, 5.0]);
    let long = TIME_STEPS.map(|ms| ms as f64 / 1_000.0);
    let short = short.into_iter().filter(|seconds| *seconds < 0.9);
    short.chain(long).collect()
}

/// The next round step at or above `least`.
#[allow(clippy::cast_precision_loss)]
pub(in crate::report) fn round_step(quantity: Quantity, least: f64) -> f64 {
    let least = least.max(1e-12);
    let decimal = |least: f64| {
        let power = libm::pow(10.0, libm::log10(least).floor());
        let steps = [1.0, 2.0, 5.0].map(|by| by * power);
        let enough = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
        enough.unwrap_or(10.0 * power)
    };
    let day = 86_400.0;
    match quantity {
        Quantity::Duration if least > day => decimal(least / day) * day,
        Quantity::Duration if least > 0.5 => {
            let steps = TIME_STEPS.map(|ms| ms as f64 / 1_000.0);
            let enough = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
            enough.unwrap_or(day)
        }
        _ => decimal(least),
    }
}

/// How many digits behind the point tell multiples of `step` apart.
fn digits(step: f64) -> usize {
    let mut scaled = step;
    let mut digits = 0;
    while digits < 20 && (scaled < 0.9 || (scaled - scaled.round()).abs() > 1e-6 * scaled) {
        scaled *= 10.0;
        digits += 1;
    }
    digits
}

/// A number with `digits` digits behind the point, and groups of three before it.
fn grouped(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (text.as_str(), String::new()),
    };
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let negative = number < 0.0 && text.chars().any(|c| ('1'..='9').contains(&c));
    let sign = if negative { "-" } else { "" };
    format!("{sign}{grouped}{fraction}")
}

/// A scale in its place: where its low and its high end are, in points.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) scale: Scale,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Axis {
    /// From the left to the right of a panel.
    pub(super) fn level(scale: Scale, frame: Frame) -> Axis {
        let (from, to) = (frame.left, frame.right);
        Axis { scale, from, to }
    }

    /// From the bottom to the top of a panel.
    pub(super) fn upright(scale: Scale, frame: Frame) -> Axis {
        let (from, to) = (frame.bottom, frame.top);
        Axis { scale, from, to }
    }

    /// Where a number is.
    pub(super) fn at(&self, number: f64) -> f64 {
        self.from + (self.to - self.from) * self.scale.part(number)
    }

    #[allow(clippy::cast_precision_loss)]
    pub(super) fn at_volume(&self, volume: Volume) -> f64 {
        self.at(volume.bytes() as f64)
    }

    /// The places of its round numbers.
    pub(super) fn ticks(&self) -> Ticks {
        let ticks = self.scale.ticks().into_iter();
        ticks
            .map(|(number, name)| (self.at(number), name))
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    fn names(scale: &Scale) -> Vec<String> {
        scale.ticks().into_iter().map(|tick| tick.1).collect()
    }

    #[test]
    fn ticks_are_round_in_the_unit_that_people_use() {
        let scale = |quantity, low, high| Scale::linear(quantity, low, high, 5);
        let volume = scale(Quantity::Volume, 0.0, 7.3e12);
        assert_eq!(names(&volume), ["0", "2", "4", "6", "8"]);
        assert_eq!(volume.titled("dropped"), "dropped (TB)");
        let short = scale(Quantity::Duration, 300.0, 2_500.0);
        assert_eq!(names(&short), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(short.titled("outage"), "outage (min)");
        let long = scale(Quantity::Duration, 0.0, 43_200.0);
        assert_eq!(names(&long), ["0", "3", "6", "9", "12"]);
        assert_eq!(long.titled("outage"), "outage (h)");
        let blink = scale(Quantity::Duration, 0.0, 2.5);
        assert_eq!(names(&blink), ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]);
        assert_eq!(blink.titled("gap"), "gap (s)");
        let ratio = scale(Quantity::Ratio, 0.9951, 1.0);
        assert_eq!(names(&ratio)[0], "99.5");
        assert_eq!(ratio.high, 1.0);
        assert_eq!(ratio.titled("availability"), "availability (%)");
        let change = scale(Quantity::Ratio, -0.3, 0.1);
        assert_eq!(names(&change), ["-30", "-20", "-10", "0", "10"]);
        let count = scale(Quantity::Count, 0.0, 12_000.0);
        assert_eq!(names(&count)[..2], ["0", "5,000"]);
        assert_eq!(count.titled("polls"), "polls");
    }

    #[test]
    fn shares_have_five_steps() {
        for (most, high) in [
            (0.21, 0.25),
            (0.26, 0.3),
            (0.84, 1.0),
            (1.0, 1.0),
            (0.004, 0.004),
            (0.0041, 0.005),
        ] {
            let scale = Scale::of_shares(most);
            assert!((scale.high - high).abs() < 1e-12, "{most}: {scale:?}");
            assert_eq!(scale.ticks().len(), 6);
        }
        assert_eq!(
            names(&Scale::of_shares(0.2)),
            ["0", "4", "8", "12", "16", "20"]
        );
        assert!(Scale::of_shares(0.0).part(0.0).is_finite());
    }

    #[test]
    fn numbers_that_hardly_differ_are_counted_from_the_least() {
        let scale = Scale::linear(Quantity::Volume, 1e15, 1e15 + 7.0, 4);
        assert_eq!(names(&scale), ["0", "2", "4", "6", "8"]);
        assert_eq!(scale.titled("stored"), "stored (B above 1 PB)");
        let days = 20.0 * 86_400.0;
        let scale = Scale::linear(Quantity::Duration, days, days + 50.0, 5);
        assert_eq!(scale.titled("t"), "t (s above 20d)");
    }

    #[test]
    fn a_single_number_has_room_around_it() {
        for (quantity, number) in [
            (Quantity::Volume, 0.0),
            (Quantity::Duration, 3_600.0),
            (Quantity::Ratio, 1.0),
            (Quantity::Count, 7.0),
        ] {
            let scale = Scale::linear(quantity, number, number, 4);
            assert!(scale.low <= number && number < scale.high);
            let part = scale.part(number);
            assert!(part.is_finite() && scale.ticks().len() >= 2, "{scale:?}");
        }
        let scale = Scale::logarithmic(Quantity::Volume, 5e6, 5e6);
        assert!((scale.part(5e6) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn logarithms_have_ticks_with_units() {
        let scale = Scale::logarithmic(Quantity::Volume, 1.0, 1e15);
        assert_eq!(scale.ticks().len(), 16);
        assert_eq!(scale.ticks()[15].1, "1 PB");
        let scale = Scale::logarithmic(Quantity::Duration, 300.0, 43_200.0);
        assert_eq!(names(&scale), ["10 min", "1 h", "6 h"]);
        let scale = Scale::logarithmic(Quantity::Volume, 1e9, 6e9);
        assert_eq!(names(&scale), ["1 GB", "2 GB", "5 GB"]);
        assert_eq!(scale.titled("dropped"), "dropped (logarithmic)");
        let scale = Scale::logarithmic(Quantity::Volume, 6.1e9, 6.9e9);
        assert_eq!(names(&scale), ["6.10 GB", "6.90 GB"]);
    }

    #[test]
    fn parts_and_numbers_are_inverse() {
        for scale in [
            Scale::linear(Quantity::Number, -3.0, 9.0, 5),
            Scale::logarithmic(Quantity::Number, 0.01, 300.0),
        ] {
            let number = scale.number(0.3);
            assert!((scale.part(number) - 0.3).abs() < 1e-9);
            assert_eq!((scale.part(-1e30), scale.part(1e30)), (0.0, 1.0));
        }
    }
}
