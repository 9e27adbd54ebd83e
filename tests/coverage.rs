//! Intervals hold the truth as often as they say: 1 000 studies each, of values whose
//! distribution is known.

use cmksim::kernel::StreamKey;
use cmksim::statistics::{Interval, Mean, Proportion, Quantile};

const STUDIES: u64 = 1_000;

/// Uniform in (0, 1].
#[allow(clippy::cast_precision_loss)]
fn uniform(study: u64, number: u64) -> f64 {
    const ALL: u64 = 1 << 53;
    let draw = StreamKey::root(study, number)
        .name("coverage")
        .up_to(ALL - 1);
    (draw + 1) as f64 / ALL as f64
}

fn values(study: u64, count: u64, of: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..count)
        .map(|number| of(uniform(study, number)))
        .collect()
}

/// In how many of 100 studies an interval holds the truth.
#[allow(clippy::cast_precision_loss)]
fn coverage(truth: f64, interval: impl Fn(u64) -> Option<Interval>) -> f64 {
    let holds = |study: &u64| {
        let Interval { low, high } = interval(*study).expect("there are enough values");
        low <= truth && truth <= high
    };
    (0..STUDIES).filter(holds).count() as f64 * 100.0 / STUDIES as f64
}

fn of_mean(values: &[f64]) -> Option<Interval> {
    Mean::of(values)?.interval()
}

#[test]
fn t_intervals_hold_the_mean_in_95_of_100_studies() {
    let exponential = coverage(1.0, |study| of_mean(&values(study, 200, |u| -u.ln())));
    assert!((93.0..=97.0).contains(&exponential), "{exponential}");
    let even = coverage(0.5, |study| of_mean(&values(study, 30, |u| u)));
    assert!((93.0..=97.0).contains(&even), "{even}");
    // Three in four lose nothing, the others evenly up to 1: some 50 values are not 0.
    let lossy = |u: f64| (4.0 * u - 3.0).max(0.0);
    let rare = coverage(0.125, |study| of_mean(&values(study, 200, lossy)));
    assert!((93.0..=97.0).contains(&rare), "{rare}");
}

#[test]
fn too_few_losses_have_no_interval() {
    let seldom = |u: f64| if u > 0.98 { u } else { 0.0 };
    assert_eq!(of_mean(&values(0, 200, seldom)), None);
}

#[test]
fn order_statistics_hold_the_quantile_in_94_of_100_studies_at_least() {
    for (quantile, count) in [
        ("p5", 100),
        ("p50", 30),
        ("p95", 100),
        ("p99", 400),
        ("p50", 2_000),
    ] {
        let of = Quantile::parse(quantile).expect("a quantile");
        let truth: f64 = quantile[1..].parse::<f64>().expect("a number") / 100.0;
        let covered = coverage(truth, |study| {
            let mut values = values(study, count, |u| u);
            values.sort_by(f64::total_cmp);
            let ranks = of.ranks(values.len())?;
            Some(Interval {
                low: values[ranks.low - 1],
                high: values[ranks.high - 1],
            })
        });
        assert!(covered >= 94.0, "{quantile} of {count}: {covered}");
    }
}

#[test]
fn wilson_intervals_hold_the_proportion_in_90_to_99_of_100_studies() {
    for (truth, count) in [(0.02, 200), (0.1, 50), (0.3, 100), (0.5, 40), (0.99, 500)] {
        let covered = coverage(truth, |study| {
            let hits = values(study, count, |u| u)
                .into_iter()
                .filter(|&u| u <= truth);
            let hits = hits.count();
            let count = usize::try_from(count).expect("few");
            Proportion { hits, count }.interval()
        });
        assert!(
            (90.0..=99.0).contains(&covered),
            "{truth} of {count}: {covered}"
        );
    }
}
