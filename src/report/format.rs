//! Numbers as people read them: three digits of a volume, the clock of a run.

use jiff::Timestamp;

use crate::experiment::Lack;
pub(super) use crate::foreign::sanitize;
use crate::scenario::{Unit, Value};
use crate::statistics::{FEWEST_APART, Interval, Mean};
pub(super) use crate::units::grouped as count;
use crate::units::{Duration, Money, Rate, Time, Volume};

pub(super) const VOLUME_UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];

/// `12.3 GB`: three digits, the unit that the service bills by.
pub(super) fn volume(volume: Volume) -> String {
    volume.human()
}

/// `1.00 TB/day`.
pub(super) fn rate(rate: Rate) -> String {
    format!("{}/day", volume(Volume::from_bytes(rate.bytes_per_day())))
}

/// `16m 12s`, `2h 05m 10s`, `3d 04h 05m`: three units at most, the last one cut off.
pub(super) fn duration(duration: Duration) -> String {
    let ms = duration.millis();
    if ms < 0 {
        return format!("-{}", self::duration(Duration::from_millis(-ms)));
    }
    let (s, m, h, d) = (
        ms / 1000 % 60,
        ms / 60_000 % 60,
        ms / 3_600_000 % 24,
        ms / 86_400_000,
    );
    let text = match ms {
        0 => "0s".to_owned(),
        1..1_000 => format!("{ms}ms"),
        1_000..60_000 if ms % 1000 == 0 => format!("{s}s"),
        1_000..60_000 => format!("{s}.{}s", ms % 1000 / 100),
        60_000..3_600_000 => format!("{m}m {s:02}s"),
        3_600_000..86_400_000 => format!("{h}h {m:02}m {s:02}s"),
        _ => format!("{d}d {h:02}h {m:02}m"),
    };
    text.trim_end_matches(" 00s")
        .trim_end_matches(" 00m")
        .trim_end_matches(" 00h")
        .to_owned()
}

/// Seconds with three decimals, exactly.
pub(super) fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    format!("{sign}{}.{:03}", ms / 1000, ms % 1000)
}

/// `99.8%`, with the digits that tell it from 0 and from all.
pub(super) fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    let text = format!("{percent:.4}");
    match text.as_str() {
        "100.0000" if percent < 100.0 => "above 99.9999%".to_owned(),
        "0.0000" if percent > 0.0 => "below 0.0001%".to_owned(),
        _ => format!("{}%", text.trim_end_matches('0').trim_end_matches('.')),
    }
}

/// A percentage with the digits that tell it from nothing and from all.
pub(super) fn short_percent(ratio: f64) -> String {
    let to_an_end = (ratio * 100.0).min((100.0 - ratio * 100.0).abs());
    let ten_to_the = match to_an_end {
        1.0.. => 1e3,
        0.1.. => 1e4,
        _ => 1e6,
    };
    percent((ratio * ten_to_the).round() / ten_to_the)
}

/// The same in a narrow column.
pub(super) fn narrow_percent(ratio: f64) -> String {
    let short = short_percent(ratio);
    // What is rounded to an end is not there.
    let short = match short.as_str() {
        "0%" | "100%" => percent(ratio),
        _ => short,
    };
    short.replace("above ", ">").replace("below ", "<")
}

/// `1 replication`, `1,000 replications`.
pub fn replications(number: u64) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} replication{plural}", count(number))
}

/// Why there is no interval, in a sentence.
pub(super) fn lacks(lack: Lack) -> String {
    match lack {
        Lack::FewApart(apart) => format!(
            "no interval: only {apart} values stand apart from the most frequent one, and \
             {FEWEST_APART} are needed"
        ),
        Lack::FewReplications { count, .. } => {
            let count = replications(count as u64);
            format!("no interval: this quantile takes more than {count}")
        }
        Lack::Extreme => "no interval: other replications may go further".to_owned(),
    }
}

/// A measure's value with its unit; a dash where there is none.
pub(super) fn value(value: Option<Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Volume(v)) => volume(v),
        Some(Value::Duration(d)) => duration(d),
        Some(Value::Ratio(r)) => percent(r),
        Some(Value::Count(c)) => count(c),
        Some(Value::Money(amount)) => amount.human(),
    }
}

/// A number of a unit as people read it, three digits of it.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp
)]
pub(super) fn of_unit(unit: Unit, number: f64) -> String {
    let sign = if number < 0.0 { "-" } else { "" };
    let number = number.abs();
    let text = match unit {
        Unit::Volume => Volume::from_bytes(number.round() as u64).human(),
        Unit::Duration => Duration::from_millis((number * 1000.0).round() as i64).human(),
        Unit::Ratio => narrow_percent(number),
        Unit::Money => Money::from_millionths((number * 1e6).round() as u64).human(),
        Unit::Count if number >= 1000.0 || number.fract() == 0.0 => count(number.round() as u64),
        Unit::Count => {
            let decimals = if number >= 100.0 {
                0
            } else if number >= 10.0 {
                1
            } else {
                2
            };
            format!("{number:.decimals$}")
        }
    };
    format!("{sign}{text}")
}

/// A value in a narrow column.
pub(super) fn cell(value: Option<Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Volume(volume)) => volume.human(),
        Some(Value::Duration(duration)) => duration.human(),
        Some(Value::Ratio(ratio)) => narrow_percent(ratio),
        Some(Value::Count(number)) => count(number),
        Some(Value::Money(amount)) => amount.human(),
    }
}

/// A mean with the half-width of its interval: of a ratio in percentage points (pp), else as a part of it.
/// Rounded up: it is not known better than it says.
pub(super) fn mean_in_brief(unit: Unit, mean: &Mean) -> String {
    let value = of_unit(unit, mean.mean);
    let Some(interval) = mean.interval().filter(|_| mean.mean > 0.0) else {
        return value;
    };
    let half = (interval.high - interval.low) / 2.0;
    if half <= 0.0 {
        return value;
    }
    if unit == Unit::Ratio {
        return ratio_of(mean.mean, half);
    }
    let tenths = half / mean.mean * 1000.0;
    let part = if 0.0 < tenths && tenths < 1.0 {
        "<0.1".to_owned()
    } else {
        format!("{:.1}", tenths.ceil() / 10.0)
    };
    format!("{value} ±{part}%")
}

/// A percentage with as many digits as are known, and by how many points it may be off: two digits
/// of them, rounded up.
fn ratio_of(mean: f64, half: f64) -> String {
    let half = half * 100.0;
    for (decimals, step) in [(1, 0.1), (2, 0.01), (3, 0.001), (4, 0.0001)] {
        let text = format!("{:.decimals$}", mean * 100.0);
        // Neither nothing nor all, where it is a little more or less.
        let nothing = text.trim_matches(['0', '.']).is_empty();
        let all = text.starts_with("100") && mean < 1.0;
        if !nothing && !all && (half >= 10.0 * step || decimals == 4) {
            return format!("{text}% ±{:.decimals$}pp", (half / step).ceil() * step);
        }
    }
    narrow_percent(mean)
}

/// A difference of two means without its sign; of two shares in points of a percent.
pub(super) fn distance(unit: Unit, difference: f64) -> String {
    let text = of_unit(unit, difference.abs());
    match unit {
        Unit::Ratio => text.replace('%', " points"),
        Unit::Volume | Unit::Duration | Unit::Count | Unit::Money => text,
    }
}

/// A difference of two means with its sign.
pub(super) fn difference(unit: Unit, difference: f64) -> String {
    let sign = match difference {
        _ if difference > 0.0 => "+",
        _ if difference < 0.0 => "-",
        _ => "",
    };
    format!("{sign}{}", distance(unit, difference))
}

/// An interval, each end as `say` tells it. Ends that are the same are one value; where they only
/// read the same, half the width stands beside it.
pub(super) fn interval(unit: Unit, ends: Interval, say: impl Fn(Unit, f64) -> String) -> String {
    let (low, high) = (say(unit, ends.low), say(unit, ends.high));
    let half = (ends.high - ends.low) / 2.0;
    match low == high {
        true if half > 0.0 => format!("{low} ± {}", distance(unit, half)),
        true => low,
        false => range(&low, &high),
    }
}

/// The interval of a share, with three digits of its width; rounded outwards, so that it holds no
/// less than it should.
pub(super) fn shares(ends: Interval) -> String {
    let width = (ends.high - ends.low) * 100.0;
    let steps = [(1, 10.0), (2, 1.0), (3, 0.1)];
    let decimals = steps.iter().find(|(_, least)| width >= *least);
    let decimals: usize = decimals.map_or(4, |(decimals, _)| *decimals);
    let scale = [10.0, 100.0, 1e3, 1e4][decimals - 1];
    // What is on the grid but for a rounding stays there.
    let low = (ends.low * 100.0 * scale + 1e-6).floor() / scale;
    let high = (ends.high * 100.0 * scale - 1e-6).ceil() / scale;
    let text = |end: f64| {
        let text = format!("{end:.decimals$}");
        format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
    };
    range(&text(low), &text(high))
}

/// A mean difference with its interval; [`NO_INTERVAL`] says why some have none.
pub(super) fn mean_difference(unit: Unit, mean: Mean) -> String {
    if mean.nonzero == 0 {
        return "no difference in any replication".to_owned();
    }
    let told = difference(unit, mean.mean);
    if mean.sd == 0.0 {
        return format!("{told} in every replication");
    }
    let ends = mean.interval();
    let ends = ends.map_or_else(
        || "no interval".to_owned(),
        |ends| interval(unit, ends, difference),
    );
    // Where both ends read as the mean does, it is said once.
    match ends.strip_prefix(told.as_str()) {
        Some(half) if half.starts_with(" ± ") => ends,
        _ => format!("{told} ({ends})"),
    }
}

/// What is said once below mean differences.
pub(super) const NO_INTERVAL: &str = "Intervals are 95% intervals. There is none if fewer than 30 differences stand apart from the \
     most frequent one.";

/// Why a mean difference has no interval.
pub(super) fn no_interval(mean: Mean) -> String {
    format!(
        "no interval: only {} of {} differences stand apart from the most frequent one, and \
         {FEWEST_APART} are needed",
        count(mean.apart as u64),
        count(mean.count as u64)
    )
}

/// `11.9 to 12.7 GB`: two numbers, with the unit of both once where it is the same.
pub(super) fn range(low: &str, high: &str) -> String {
    let unit = high.rsplit_once(' ').map(|(_, unit)| format!(" {unit}"));
    let number = unit.and_then(|unit| low.strip_suffix(unit.as_str()).map(str::to_owned));
    // Of a duration each part has a unit of its own.
    let number = number.filter(|number| number.ends_with(|c: char| c.is_ascii_digit()));
    let number = number.filter(|number| !number.contains(' '));
    format!("{} to {high}", number.as_deref().unwrap_or(low))
}

/// What to know of a range of quantiles that has 90 of 100 replications, and of intervals beside it.
pub(super) fn range_and_error(range: &str) -> String {
    format!(
        "{range} is the prediction: 90% of the replications are in it. ± and 95% intervals say how \
         exactly the simulation knows a number; more replications narrow them, not the range."
    )
}

/// Tells the time of a run: by its calendar, where the scenario has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Option<i64>,
}

impl Clock {
    pub(super) fn new(start: Option<i64>) -> Clock {
        Clock { start }
    }

    /// `2d 00:33:12`, or `2026-03-03 00:33:12` (UTC).
    pub(super) fn read(self, t: Time) -> String {
        match self.instant(t) {
            Some(instant) => instant.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            None => {
                let (sign, s) = match t.millis() {
                    ms if ms < 0 => ("-", ms.unsigned_abs() / 1000),
                    ms => ("", ms.unsigned_abs() / 1000),
                };
                let (d, h, m, s) = (s / 86_400, s / 3600 % 24, s / 60 % 60, s % 60);
                format!("{sign}{d}d {h:02}:{m:02}:{s:02}")
            }
        }
    }

    /// `2026-03-03T00:33:12.000Z`, where the scenario has a calendar.
    pub(super) fn iso(self, t: Time) -> Option<String> {
        Some(format!("{:.3}", self.instant(t)?))
    }

    fn instant(self, t: Time) -> Option<Timestamp> {
        let ms = self.start?.checked_add(t.millis())?;
        Timestamp::from_millisecond(ms).ok()
    }
}

/// `name` as it may be shown, cut to `width` characters, the last one then `…`.
pub(super) fn elided(name: &str, width: usize) -> String {
    let clean: String = sanitize(name);
    if clean.chars().count() <= width {
        return clean;
    }
    let kept: String = clean.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_shares_have_the_digits_that_they_are_worth() {
        let of = |low, high| shares(Interval { low, high });
        assert_eq!(of(0.318_673, 0.507_986), "31.8% to 50.8%");
        assert_eq!(of(0.949_713, 0.992_196), "94.97% to 99.22%");
        assert_eq!(of(0.0, 0.003_827), "0% to 0.383%");
        assert_eq!(of(0.990_488, 1.0), "99.04% to 100%".replace(".04", ".048"));
        assert_eq!(of(0.5, 0.5), "50% to 50%");
    }

    #[test]
    fn a_mean_of_a_ratio_shows_two_digits_of_how_far_it_may_be_off() {
        assert_eq!(ratio_of(0.000_236, 0.000_105), "0.024% ±0.011pp");
        assert_eq!(ratio_of(0.998_93, 0.000_038), "99.8930% ±0.0038pp");
        assert_eq!(ratio_of(0.41, 0.095), "41.0% ±9.5pp");
    }

    #[test]
    fn volumes_have_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (12_345, "12.3 kB"),
            (99_949, "99.9 kB"),
            (99_951, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (31_250_000_000, "31.3 GB"),
            (1_500_000_000_000, "1.50 TB"),
            (u64::MAX, "18447 PB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(volume(Volume::from_bytes(bytes)), text);
        }
    }

    #[test]
    fn durations_have_three_units_at_most() {
        let cases = [
            (0, "0s"),
            (250, "250ms"),
            (6_000, "6s"),
            (12_345, "12.3s"),
            (45 * 60_000, "45m"),
            (45 * 60_000 + 999, "45m"),
            (972_000, "16m 12s"),
            (2 * 3_600_000, "2h"),
            (7_510_000, "2h 05m 10s"),
            (86_400_000, "1d"),
            (273_930_000, "3d 04h 05m"),
            (-60_000, "-1m"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn percentages_never_round_to_none_or_all() {
        let cases = [
            (0.0, "0%"),
            (1.0, "100%"),
            (0.5, "50%"),
            (0.998_393, "99.8393%"),
            (0.999_999_99, "above 99.9999%"),
            (1e-9, "below 0.0001%"),
        ];
        for (ratio, text) in cases {
            assert_eq!(percent(ratio), text);
        }
    }

    #[test]
    fn the_clock_reads_as_calendar_where_there_is_one() {
        let t = Time::from_millis(174_792_345);
        assert_eq!(Clock::new(None).read(t), "2d 00:33:12");
        assert_eq!(Clock::new(None).iso(t), None);
        let march = Clock::new(Some(1_772_323_200_000));
        assert_eq!(march.read(t), "2026-03-03 00:33:12");
        assert_eq!(march.iso(t).as_deref(), Some("2026-03-03T00:33:12.345Z"));
        assert_eq!(
            Clock::new(None).read(Time::from_millis(-3_600_000)),
            "-0d 01:00:00"
        );
    }

    #[test]
    fn numbers_have_their_unit_and_three_digits() {
        assert_eq!(of_unit(Unit::Volume, 12_345_678.4), "12.3 MB");
        assert_eq!(of_unit(Unit::Volume, -500.0), "-500 B");
        assert_eq!(of_unit(Unit::Duration, 90.0), "1m 30s");
        assert_eq!(of_unit(Unit::Ratio, 0.5), "50%");
        assert_eq!(of_unit(Unit::Count, 1.234), "1.23");
        assert_eq!(of_unit(Unit::Count, 1.0), "1");
        assert_eq!(of_unit(Unit::Count, 183_274.4), "183,274");
    }

    #[test]
    fn differences_have_a_sign_and_ranges_their_unit_once() {
        assert_eq!(difference(Unit::Volume, -12.34e9), "-12.3 GB");
        assert_eq!(difference(Unit::Duration, 972.0), "+16m 12s");
        assert_eq!(difference(Unit::Ratio, 0.0012), "+0.12 points");
        assert_eq!(difference(Unit::Count, 0.0), "0");
        assert_eq!(range("11.9 GB", "12.7 GB"), "11.9 to 12.7 GB");
        assert_eq!(range("999 MB", "12.7 GB"), "999 MB to 12.7 GB");
        assert_eq!(range("1h 05m", "2h 05m"), "1h 05m to 2h 05m");
        assert_eq!(range("2", "7"), "2 to 7");
        let narrow = Interval {
            low: 275.99e9,
            high: 276.01e9,
        };
        assert_eq!(
            interval(Unit::Volume, narrow, difference),
            "+276 GB ± 10.0 MB"
        );
        let point = Interval {
            low: 16e9,
            high: 16e9,
        };
        assert_eq!(interval(Unit::Volume, point, of_unit), "16.0 GB");
        assert_eq!(replications(1), "1 replication");
        assert_eq!(replications(1_000), "1,000 replications");
    }

    #[test]
    fn names_are_cut_and_cleaned() {
        assert_eq!(elided("security", 8), "security");
        assert_eq!(elided("security", 5), "secu…");
        assert_eq!(elided("a\u{1b}[31m\nb", 9), "a\u{fffd}[31m b");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(seconds(-1_005), "-1.005");
    }

    #[test]
    fn a_mean_says_how_well_it_is_known() {
        let values: Vec<f64> = (0..100).map(|number| f64::from(number) * 1e9).collect();
        let mean = Mean::of(&values).expect("values");
        assert_eq!(mean_in_brief(Unit::Volume, &mean), "49.5 GB ±11.7%");
        let narrow = |value: f64, by: f64| {
            let values: Vec<f64> = (0..100)
                .map(|number| value + f64::from(number % 2) * by)
                .collect();
            Mean::of(&values).expect("values")
        };
        let mean = narrow(9_556_364.0, 100.0);
        assert_eq!(mean_in_brief(Unit::Count, &mean), "9,556,414 ±<0.1%");
        let mean = narrow(0.998_9, 0.000_2);
        assert_eq!(mean_in_brief(Unit::Ratio, &mean), "99.9000% ±0.0020pp");
        assert_eq!(
            mean_in_brief(Unit::Ratio, &narrow(0.3, 0.4)),
            "50.0% ±4.0pp"
        );
        assert_eq!(
            mean_in_brief(Unit::Ratio, &narrow(0.095, 0.01)),
            "10.000% ±0.100pp"
        );
        assert_eq!(
            mean_in_brief(Unit::Ratio, &narrow(0.999_999_5, 0.0)),
            "above 99.9999%".replace("above ", ">")
        );
        assert_eq!(
            mean_in_brief(Unit::Volume, &Mean::of(&values[..9]).expect("values")),
            "4.00 GB"
        );
    }
}
