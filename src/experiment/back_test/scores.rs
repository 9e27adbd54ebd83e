use super::Tested;

/// The days of a week.
const WEEK: usize = 7;
/// The mean of the last four weeks is one of the yardsticks.
const WEEKS: usize = 4;

/// A forecast made at an origin, and how far off it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// How many days were known.
    pub known: usize,
    /// p5, p50 and p95 of the bytes of each day.
    pub days: Vec<[u64; 3]>,
    /// The same of their sum.
    pub total: [u64; 3],
    /// What came in all.
    pub came: u64,
    /// The forecast, the last week repeated, the mean of the last four weeks.
    pub scored: [Scored; 3],
    /// Of the days, which part lies between p5 and p95.
    pub covered: f64,
    /// The mean interval score of the days (Gneiting and Raftery, 2007), over the mean of what
    /// came: the width of the interval, and 20 times what is outside. Less is better.
    pub interval_score: Option<f64>,
}

/// How far off a forecast by numbers was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// By how much its total is above what came, over what came; `None` if nothing came.
    pub error: Option<f64>,
    /// Mean absolute error of a day over that of the same day a week before, within what was
    /// known (Hyndman and Koehler, 2006); `None` if each week was like the one before.
    pub mase: Option<f64>,
}

/// The means over all origins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Of the absolute error of the total.
    pub error: Option<f64>,
    /// Of the error of the total, with its sign.
    pub bias: Option<f64>,
    /// Of the mean absolute scaled error.
    pub mase: Option<f64>,
}

impl Forecast {
    /// A forecast of the days of a series behind those known.
    pub(super) fn of(days: &[u64], known: usize, drawn: &[Vec<u64>]) -> Forecast {
        let (before, after) = days.split_at(known);
        let horizon = drawn[0].len();
        let came = &after[..horizon];
        let bands: Vec<[u64; 3]> = (0..horizon)
            .map(|day| quantiles(drawn.iter().map(|days| days[day]).collect()))
            .collect();
        let total = quantiles(drawn.iter().map(|days| days.iter().sum()).collect());
        let own: Vec<f64> = bands.iter().map(|band| real(band[1])).collect();
        let scale = apart(before);
        let week = &before[before.len() - WEEK..];
        let naive: Vec<f64> = (0..horizon).map(|day| real(week[day % WEEK])).collect();
        let month = &before[before.len() - WEEK * WEEKS..];
        let mean = month.iter().map(|day| real(*day)).sum::<f64>() / real_of(month.len());
        let scored = |forecast: &[f64], total: f64| Scored::of(forecast, total, came, scale);
        let inside = came.iter().zip(&bands);
        let inside = inside.filter(|(day, [low, _, high])| (low..=high).contains(day));
        Forecast {
            known,
            covered: real_of(inside.count()) / real_of(horizon),
            interval_score: interval_score(&bands, came),
            scored: [
                scored(&own, real(total[1])),
                scored(&naive, naive.iter().sum()),
                scored(&vec![mean; horizon], mean * real_of(horizon)),
            ],
            days: bands,
            total,
            came: came.iter().sum(),
        }
    }
}

impl Scored {
    fn of(forecast: &[f64], total: f64, came: &[u64], scale: f64) -> Scored {
        let sum: f64 = came.iter().map(|day| real(*day)).sum();
        let off = forecast.iter().zip(came);
        let off: f64 = off.map(|(day, came)| (day - real(*came)).abs()).sum();
        let mase = off / real_of(came.len()) / scale;
        Scored {
            error: (sum > 0.0).then(|| total / sum - 1.0),
            mase: mase.is_finite().then_some(mase),
        }
    }
}

impl Tested {
    /// The means over all origins of the forecast, of the last week repeated, and of the mean of
    /// the last four weeks. An origin at which one is not defined is left out of its mean.
    pub fn accuracy(&self) -> [Accuracy; 3] {
        [0, 1, 2].map(|which| {
            let scored = || self.forecasts.iter().map(move |of| of.scored[which]);
            let errors = || scored().filter_map(|of| of.error);
            Accuracy {
                error: mean(errors().map(f64::abs)),
                bias: mean(errors()),
                mase: mean(scored().filter_map(|of| of.mase)),
            }
        })
    }

    /// Which part of the days lies between p5 and p95.
    pub fn covered(&self) -> f64 {
        mean(self.forecasts.iter().map(|of| of.covered)).expect("there is an origin")
    }

    /// The mean interval score.
    pub fn interval_score(&self) -> Option<f64> {
        mean(self.forecasts.iter().filter_map(|of| of.interval_score))
    }

    /// At how many origins the total lies between p5 and p95.
    pub fn totals_covered(&self) -> usize {
        let inside = self.forecasts.iter();
        inside
            .filter(|of| (of.total[0]..=of.total[2]).contains(&of.came))
            .count()
    }
}

/// The mean absolute difference of a day from that a week before.
fn apart(days: &[u64]) -> f64 {
    let pairs = days.iter().zip(&days[WEEK..]);
    let sum: f64 = pairs.map(|(one, other)| real(one.abs_diff(*other))).sum();
    sum / real_of(days.len() - WEEK)
}

fn interval_score(bands: &[[u64; 3]], came: &[u64]) -> Option<f64> {
    let score = |([low, _, high], came): (&[u64; 3], &u64)| {
        let outside = low.saturating_sub(*came) + came.saturating_sub(*high);
        real(high - low) + 20.0 * real(outside)
    };
    let sum: f64 = came.iter().map(|day| real(*day)).sum();
    let scores: f64 = bands.iter().zip(came).map(score).sum();
    (sum > 0.0).then_some(scores / sum)
}

/// p5, p50 and p95.
fn quantiles(mut values: Vec<u64>) -> [u64; 3] {
    values.sort_unstable();
    let last = values.len() - 1;
    [5, 50, 95].map(|percent| values[(last * percent + 50) / 100])
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    let sum: f64 = values.iter().sum();
    (!values.is_empty()).then(|| sum / real_of(values.len()))
}

#[allow(clippy::cast_precision_loss)]
fn real(bytes: u64) -> f64 {
    bytes as f64
}

#[allow(clippy::cast_precision_loss)]
fn real_of(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four weeks of 100 a day, 200 on Mondays; then it doubles.
    fn days() -> Vec<u64> {
        let day = |at: usize| {
            let week = if at.is_multiple_of(7) { 200 } else { 100 };
            week * if at < 28 { 1 } else { 2 }
        };
        (0..42).map(day).collect()
    }

    #[test]
    fn a_forecast_that_knew_is_without_error() {
        let days = days();
        let knew = vec![days[28..42].to_vec(); 10];
        let forecast = Forecast::of(&days, 28, &knew);
        assert_eq!((forecast.came, forecast.total), (3_200, [3_200; 3]));
        let [own, naive, mean] = forecast.scored;
        // Each week was like the one before: nothing to scale with.
        assert_eq!((own.error, own.mase), (Some(0.0), None));
        assert_eq!(naive.error, Some(-0.5));
        assert!((mean.error.expect("something came") + 0.5).abs() < 1e-12);
        assert_eq!(
            (forecast.covered, forecast.interval_score),
            (1.0, Some(0.0))
        );
    }

    #[test]
    fn what_is_off_is_counted() {
        let mut days = days();
        days[7] = 300;
        // Ten replications: p5 is the first or second, p95 the last.
        let drawn: Vec<Vec<u64>> = (0..11).map(|at| vec![100 + 10 * at; 14]).collect();
        let forecast = Forecast::of(&days, 28, &drawn);
        assert_eq!(forecast.days[3], [110, 150, 200]);
        // 12 of 14 days are 200, two are 400.
        assert!((forecast.covered - 12.0 / 14.0).abs() < 1e-12);
        let score = (14.0 * 90.0 + 20.0 * 2.0 * 200.0) / 3_200.0;
        assert!((forecast.interval_score.expect("one") - score).abs() < 1e-12);
        // Of 21 days two are 100 off the week before.
        let scale = 200.0 / 21.0;
        let mase = (12.0 * 50.0 + 2.0 * 250.0) / 14.0 / scale;
        let [own, naive, _] = forecast.scored;
        assert!((own.mase.expect("one") - mase).abs() < 1e-9);
        assert_eq!(own.error, Some(150.0 * 14.0 / 3_200.0 - 1.0));
        assert!(
            (naive.mase.expect("one") - (12.0 * 100.0 + 2.0 * 200.0) / 14.0 / scale).abs() < 1e-9
        );
    }

    #[test]
    fn nothing_that_came_has_no_error() {
        let forecast = Forecast::of(&[0; 42], 28, &[vec![1; 14]]);
        assert_eq!(forecast.scored[0].error, None);
        assert_eq!(forecast.interval_score, None);
        let tested = Tested {
            workspace: None,
            first: 0,
            days: vec![0; 42],
            forecasts: vec![forecast],
        };
        assert_eq!(tested.accuracy()[0].error, None);
        assert_eq!((tested.covered(), tested.totals_covered()), (0.0, 0));
    }
}
