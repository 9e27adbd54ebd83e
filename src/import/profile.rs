//! How usage goes on, in a few words: its mean, its growth, its week.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::usage::{Series, bytes};
use crate::units::{Duration, Volume};

const DAY: i64 = Duration::DAY.millis();

/// Fewer whole days tell no growth.
const GROWTH_DAYS: usize = 14;

/// Mean a day, growth in 30 days and the profile of a week of what a workspace took in from one
/// instant to another, for a comment.
pub(super) fn described(series: &Series, from: i64, until: i64) -> String {
    let total: u128 = series.volumes.values().map(|volume| bytes(*volume)).sum();
    let span = u128::from((until - from).unsigned_abs()).max(1);
    let mean = total * u128::from(DAY.unsigned_abs()) / span;
    let mean = Volume::from_bytes(u64::try_from(mean).unwrap_or(u64::MAX));
    let mut told = format!("{} a day in the mean", mean.human());
    let days = days(series, from, until);
    match growth(&days) {
        Some(percent) => told += &format!("; growth of {percent:+.1} % in 30 days"),
        None => told += &format!("; growth: {GROWTH_DAYS} whole days or more would tell it"),
    }
    if let Some(week) = week(&days) {
        told += &format!("; Monday to Sunday weekly = [{}]", week.join(", "));
    }
    told + "."
}

/// Whole days, each with its day of the week (Monday is 0) and its bytes.
fn days(series: &Series, from: i64, until: i64) -> Vec<(usize, f64)> {
    let first = -(-from).div_euclid(DAY);
    let end = until.div_euclid(DAY);
    let mut days = Vec::new();
    for day in first..end {
        let volumes = series.volumes.range(day * DAY..(day + 1) * DAY);
        let sum: u128 = volumes.map(|(_, volume)| bytes(*volume)).sum();
        let Ok(midnight) = Timestamp::from_millisecond(day * DAY) else {
            continue;
        };
        let weekday = Offset::UTC.to_datetime(midnight).weekday();
        let weekday = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0);
        #[allow(clippy::cast_precision_loss)]
        days.push((weekday, sum as f64));
    }
    days
}

/// The slope of the line through the days that fits best, in percent of their mean in 30 days.
#[allow(clippy::cast_precision_loss)]
fn growth(days: &[(usize, f64)]) -> Option<f64> {
    if days.len() < GROWTH_DAYS {
        return None;
    }
    let count = days.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = days.iter().map(|day| day.1).sum::<f64>() / count;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (at, day) in days.iter().enumerate() {
        let from_middle = at as f64 - middle;
        covariance += from_middle * day.1;
        variance += from_middle * from_middle;
    }
    (mean > 0.0).then(|| 100.0 * 30.0 * covariance / variance / mean)
}

/// Of each day of the week its mean over the mean of all; `None` where one is not there.
#[allow(clippy::cast_precision_loss)]
fn week(days: &[(usize, f64)]) -> Option<Vec<String>> {
    let means: Option<Vec<f64>> = (0..7)
        .map(|weekday| {
            let own = days.iter().filter(|day| day.0 == weekday).map(|day| day.1);
            let count = own.clone().count();
            (count > 0).then(|| own.sum::<f64>() / count as f64)
        })
        .collect();
    let means = means?;
    let mean = means.iter().sum::<f64>() / 7.0;
    let shares = means.iter().map(|own| format!("{:.2}", own / mean));
    (mean > 0.0).then(|| shares.collect())
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
        let told = described(&series, monday, monday + 28 * DAY);
        assert!(
            told.starts_with("1.71 GB a day in the mean; growth of "),
            "{told}"
        );
        assert!(
            told.ends_with("weekly = [1.17, 1.17, 1.17, 1.17, 1.17, 0.58, 0.58]."),
            "{told}"
        );
        let rising: Vec<(usize, f64)> = (0..30).map(|day| (0, 100.0 + f64::from(day))).collect();
        let percent = growth(&rising).expect("many days");
        assert!((percent - 100.0 * 30.0 / 114.5).abs() < 1e-9, "{percent}");
        let short = described(&series, monday, monday + 3 * DAY);
        assert!(short.contains("growth: 14 whole days"), "{short}");
    }
}
