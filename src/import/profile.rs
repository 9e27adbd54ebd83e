//! The pattern of usage in a few figures: level, daily and weekly profile, growth, noise; and how well
//! level and growth are known.

use super::known::Unknown;
use super::scatter::{Pair, Scatter};
use super::usage::{Series, bytes};
use crate::statistics::{Trend, normal_quantile};
use crate::units::{Duration, Volume};

const HOUR: i64 = Duration::HOUR.millis();
const DAY: i64 = Duration::DAY.millis();

/// Fewer whole days say nothing about the weekly profile.
pub(crate) const WEEKLY_DAYS: usize = 14;
/// Fewer whole days say nothing about growth: four weeks.
pub(crate) const GROWTH_DAYS: usize = 28;

/// A forecast whose 95 % quantile is more times its median says nothing.
pub(super) const WIDEST: f64 = 100.0;

/// What a workspace takes in, as level × growth × weekly × hourly × noise.
#[derive(Debug)]
pub(super) struct Profile {
    /// At the instant from which growth counts, in bytes per day.
    pub(super) level: f64,
    /// The hours of the day from 00:00 UTC on, with mean 1; `None` without a whole day of hours.
    pub(super) hourly: Option<[f64; 24]>,
    /// Monday to Sunday, with mean 1; `None` with less than [`WEEKLY_DAYS`] whole days.
    pub(super) weekly: Option<[f64; 7]>,
    /// Growth, or why none is told.
    pub(super) growth: Result<Fitted, NoGrowth>,
    /// What is off the profile; `None` if there are too few rows to tell.
    pub(super) noise: Option<Scatter>,
    /// How many whole days there are.
    pub(super) days: usize,
}

/// Growth, and how well it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitted {
    /// From day to day.
    pub(super) factor: f64,
    /// The standard deviation of its logarithm.
    pub(super) spread: f64,
    /// The standard deviation of the logarithm of the level.
    pub(super) level_spread: f64,
    /// The correlation of the two.
    pub(super) correlation: f64,
    /// The variance of the logarithm of the sum of a week.
    variance: f64,
}

/// Why growth is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoGrowth {
    /// There are less than [`GROWTH_DAYS`] whole days.
    Short,
    /// A week has no data, and 0 has no logarithm.
    Silent,
    /// Weeks differ so much that the volume at the end of the forecast is not known to within a
    /// factor of [`WIDEST`].
    Unclear,
}

/// A row, or the place of one that is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// In ms since 1970.
    pub(crate) begin: i64,
    pub(crate) bytes: f64,
}

impl Profile {
    /// The profile of rows of `step`, without gaps, until an instant; level and growth count from
    /// `start`, for `horizon`. All in ms, since 1970.
    pub(super) fn of(steps: &[Step], until: i64, step: i64, [start, horizon]: [i64; 2]) -> Profile {
        let days = days(steps, until);
        let fitted = Fitted::of(&days, until, [start, horizon]);
        let growth = fitted.ok();
        let weekly = match days.len() {
            WEEKLY_DAYS.. => week(
                whole_weeks(&days),
                growth.map_or(1.0, |growth| growth.factor),
            ),
            _ => None,
        };
        let whole = |at: &Step| {
            let midnight = at.begin.div_euclid(DAY) * DAY;
            steps[0].begin <= midnight && midnight + DAY <= until
        };
        // A part of a day may be its quiet part: it counts only if there is no whole day.
        let used: Vec<&Step> = match days.len() {
            0 => steps.iter().collect(),
            _ => steps.iter().filter(|at| whole(at)).collect(),
        };
        let share = real(step) / real(DAY);
        let slope = growth.map_or(0.0, |growth| libm::log(growth.factor));
        let expected = |at: &&Step| {
            let age = real(at.begin + step / 2 - start) / real(DAY);
            let weight = weekly.map_or(1.0, |weekly| weekly[weekday(at.begin)]);
            share * weight * libm::exp(slope * age)
        };
        let expected: Vec<f64> = used.iter().map(expected).collect();
        let rows = || used.iter().zip(&expected);
        let level = ratio(rows().map(|(at, expected)| (at.bytes, *expected))).unwrap_or(0.0);
        let by_hour = step == HOUR && !days.is_empty();
        let hourly = by_hour.then(|| hours(rows())).and_then(scaled);
        let pair = |(at, expected): (&&Step, &f64)| {
            let weight = hourly.map_or(1.0, |hourly| hourly[self::hour(at.begin)]);
            Pair {
                found: at.bytes,
                expected: level * expected * weight,
            }
        };
        let mut pairs = rows().map(pair);
        let of_one_day = used.chunk_by(|one, other| day(one.begin) == day(other.begin));
        let rows: Vec<Vec<Pair>> = of_one_day
            .map(|day| pairs.by_ref().take(day.len()).collect())
            .collect();
        let hours = hourly.map_or(0, |_| 23);
        let noise = Scatter::of(&rows, hours, growth.map(|growth| growth.variance));
        Profile {
            level,
            hourly,
            weekly,
            growth: fitted,
            noise: (!days.is_empty()).then_some(noise),
            days: days.len(),
        }
    }
}

impl Fitted {
    /// The line of least squares through the logarithms of the sums of whole weeks, up to an
    /// instant; the level is that of `start`.
    fn of(
        days: &[(usize, f64)],
        until: i64,
        [start, horizon]: [i64; 2],
    ) -> Result<Fitted, NoGrowth> {
        if days.len() < GROWTH_DAYS {
            return Err(NoGrowth::Short);
        }
        let weeks = whole_weeks(days).chunks_exact(7);
        let weeks: Vec<f64> = weeks
            .map(|week| week.iter().map(|day| day.1).sum())
            .collect();
        let trend = Trend::of(&weeks).ok_or(NoGrowth::Silent)?;
        let count = real(i64::try_from(weeks.len()).expect("few"));
        let unknown = Unknown::of(&trend, count);
        let end = until.div_euclid(DAY) * DAY;
        let later = |t: i64| real(t - end) / real(7 * DAY) + count / 2.0;
        let (at_last, _) = unknown.level(later(start + horizon));
        if normal_quantile(0.95) * at_last > libm::log(WIDEST) {
            return Err(NoGrowth::Unclear);
        }
        let (level_spread, correlation) = unknown.level(later(start));
        Ok(Fitted {
            factor: libm::exp(unknown.weekly / 7.0),
            spread: unknown.daily_growth(),
            level_spread,
            correlation,
            variance: unknown.variance,
        })
    }
}

/// Growth in 30 days at a factor per day, in percent.
pub(super) fn percent(factor: f64) -> f64 {
    100.0 * (libm::pow(factor, 30.0) - 1.0)
}

/// Three significant digits without trailing zeros: `0.583`, `1.2`, `14`.
pub(super) fn digits(number: f64) -> String {
    let after = [100.0, 10.0, 1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6];
    let decimals = after
        .iter()
        .position(|unit| number.abs() >= *unit * 0.999_5)
        .unwrap_or(after.len());
    let text = format!("{number:.decimals$}");
    let short = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    match short {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// Weights as TOML.
pub(super) fn list(weights: &[f64]) -> String {
    let weights: Vec<String> = weights.iter().map(|weight| digits(*weight)).collect();
    format!("[{}]", weights.join(", "))
}

/// Mean per day, growth in 30 days and weekly profile of what a workspace took in between two
/// instants, for a comment.
pub(super) fn described(series: &Series, from: i64, until: i64, step: i64) -> String {
    let total: u128 = series.volumes.values().map(|volume| bytes(*volume)).sum();
    let span = u128::from((until - from).unsigned_abs()).max(1);
    let mean = total * u128::from(DAY.unsigned_abs()) / span;
    let mean = Volume::from_bytes(u64::try_from(mean).unwrap_or(u64::MAX));
    let mut told = format!("{} a day on average", mean.human());
    let profile = Profile::of(&steps(series, until, step), until, step, [until, 0]);
    told += &match profile.growth {
        Ok(growth) => format!(
            "; growth of {} % in 30 days",
            digits(percent(growth.factor))
        ),
        Err(NoGrowth::Short) => format!("; growth: needs at least {GROWTH_DAYS} whole days"),
        Err(NoGrowth::Silent) => "; growth: not defined, because a week has no data".to_owned(),
        Err(NoGrowth::Unclear) => "; growth: not known, because weeks differ too much".to_owned(),
    };
    if let Some(weekly) = &profile.weekly {
        told += &format!("; Monday to Sunday weekly = {}", list(weekly));
    }
    told + "."
}

/// From the first row on; what is not there is 0.
pub(super) fn steps(series: &Series, until: i64, step: i64) -> Vec<Step> {
    let mut begin = *series.volumes.keys().next().expect("it has rows");
    let mut steps = Vec::new();
    while begin < until {
        let volume = series
            .volumes
            .get(&begin)
            .map_or(0, |volume| bytes(*volume));
        #[allow(clippy::cast_precision_loss)]
        let bytes = volume as f64;
        steps.push(Step { begin, bytes });
        begin += step;
    }
    steps
}

/// Whole days, each with its day of the week and its bytes.
fn days(steps: &[Step], until: i64) -> Vec<(usize, f64)> {
    let first = -(-steps[0].begin).div_euclid(DAY);
    let mut days: Vec<(usize, f64)> = (first..until.div_euclid(DAY))
        .map(|day| (weekday(day * DAY), 0.0))
        .collect();
    for step in steps {
        let day = usize::try_from(step.begin.div_euclid(DAY) - first);
        if let Some(day) = day.ok().and_then(|day| days.get_mut(day)) {
            day.1 += step.bytes;
        }
    }
    days
}

/// Monday is 0, in UTC; 1970 began on a Thursday.
fn weekday(begin: i64) -> usize {
    usize::try_from((begin.div_euclid(DAY) + 3).rem_euclid(7)).expect("it is 0 to 6")
}

fn day(begin: i64) -> i64 {
    begin.div_euclid(DAY)
}

fn hour(begin: i64) -> usize {
    usize::try_from(begin.rem_euclid(DAY) / HOUR).expect("it is 0 to 23")
}

/// The last whole weeks.
fn whole_weeks(days: &[(usize, f64)]) -> &[(usize, f64)] {
    &days[days.len() % 7..]
}

/// What the hours of the day have over what was expected.
fn hours<'a>(rows: impl Iterator<Item = (&'a &'a Step, &'a f64)>) -> [f64; 24] {
    let mut sums = [(0.0, 0.0); 24];
    for (at, expected) in rows {
        let sum = &mut sums[hour(at.begin)];
        *sum = (sum.0 + at.bytes, sum.1 + expected);
    }
    sums.map(|sum| ratio(std::iter::once(sum)).unwrap_or(0.0))
}

/// What the days of the week have where each day would have `factor` times the one before.
fn week(days: &[(usize, f64)], factor: f64) -> Option<[f64; 7]> {
    let mut grown = 1.0;
    let days: Vec<(usize, f64, f64)> = days
        .iter()
        .map(|(weekday, sum)| {
            grown *= factor;
            (*weekday, *sum, grown)
        })
        .collect();
    let of_day = |weekday: usize| {
        let own = days.iter().filter(|day| day.0 == weekday);
        ratio(own.map(|day| (day.1, day.2))).unwrap_or(0.0)
    };
    scaled(std::array::from_fn(of_day))
}

/// What there was over what was expected; `None` where nothing was.
fn ratio(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (found, expected) = pairs.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    (expected > 0.0).then(|| found / expected)
}

/// To a mean of 1; `None` where all are 0.
#[allow(clippy::cast_precision_loss)]
fn scaled<const N: usize>(weights: [f64; N]) -> Option<[f64; N]> {
    let mean = weights.iter().sum::<f64>() / N as f64;
    (mean > 0.0 && mean.is_finite()).then(|| weights.map(|weight| weight / mean))
}

#[allow(clippy::cast_precision_loss)]
fn real(ms: i64) -> f64 {
    ms as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::decimal::ONE;

    #[test]
    fn a_steady_rise_and_a_quiet_weekend_are_told() {
        // Monday, 15 June 2020.
        let monday = 1_592_179_200_000;
        let gb = |day: i64| if day % 7 >= 5 { 1 } else { 2 };
        let volume = |day: i64| u128::try_from(gb(day) * 1_000).expect("positive") * ONE;
        let series = Series {
            workspace: String::new(),
            file: String::new(),
            volumes: (0..28)
                .map(|day| (monday + day * DAY, volume(day)))
                .collect(),
        };
        let told = described(&series, monday, monday + 28 * DAY, DAY);
        assert!(
            told.starts_with("1.71 GB a day on average; growth of 0 % in 30 days; "),
            "{told}"
        );
        assert!(
            told.ends_with("weekly = [1.17, 1.17, 1.17, 1.17, 1.17, 0.583, 0.583]."),
            "{told}"
        );
        let short = described(&series, monday, monday + 3 * DAY, DAY);
        assert!(
            short.contains("growth: needs at least 28 whole days"),
            "{short}"
        );
    }

    #[test]
    fn numbers_have_three_digits() {
        for (number, text) in [
            (0.0, "0"),
            (0.583_333, "0.583"),
            (1.0, "1"),
            (9.996, "10"),
            (-3.1276, "-3.13"),
            (1234.5, "1234"),
            (99.96, "100"),
            (0.012_345, "0.0123"),
            (-1e-12, "0"),
        ] {
            assert_eq!(digits(number), text);
        }
    }
}
