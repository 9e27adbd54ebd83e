use super::*;
use crate::kernel::StreamKey;
use crate::scenario::{Comparison, Measure, Scope, Statistic};
use crate::statistics::Quantile;
use crate::units::Volume;

fn figure(statistic: Statistic) -> Figure {
    Figure {
        scope: Scope::Total,
        measure: Measure::Dropped,
        statistic,
        least: false,
    }
}

/// A number from 0 to 1.
#[allow(clippy::cast_precision_loss)]
fn uniform(key: StreamKey) -> f64 {
    key.up_to(1 << 52) as f64 / (1_u64 << 52) as f64
}

/// In how many of 200 studies of `count` replications one candidate is called surely ahead of another
/// by more than it is; what both draw is exponential, and `more` is what it is ahead by.
fn wrong(statistic: Statistic, count: usize, error: f64, more: f64) -> usize {
    let wrong = |seed: &u64| {
        let draw = |who: &str, one: usize| {
            let key = StreamKey::root(*seed, one as u64).name(who);
            -libm::log(1.0 - uniform(key).min(1.0 - 1e-12))
        };
        let scores = |who: &str, more: f64| -> Vec<f64> {
            let each = (0..count).map(|one| draw(who, one) + draw("both", one) + more);
            each.map(|value| figure(statistic).score(Some(volume(value))).unwrap_or(0.0))
                .collect()
        };
        let resamples = Resamples::new(*seed, count);
        let (one, other) = (scores("one", more), scores("other", 0.0));
        let lead = figure(statistic).surely_ahead(&one, &other, error, &resamples);
        lead.is_some_and(|lead| lead > more * 1e6)
    };
    (0..200).filter(wrong).count()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn volume(number: f64) -> Value {
    Value::Volume(Volume::from_bytes((number * 1e6) as u64))
}

/// With an error of 10 % it is 20 of 200 on average; 35 are exceeded once in 2 000 times.
#[test]
fn a_lead_that_is_not_there_is_seen_as_rarely_as_was_asked() {
    let median = Statistic::Quantile(Quantile::percent(50));
    let above = Statistic::Probability(Comparison::Above, volume(1.5));
    for (statistic, more) in [
        (Statistic::Mean, 0.0),
        (Statistic::Mean, 0.3),
        (median, 0.0),
        (above, 0.0),
    ] {
        let wrong = wrong(statistic, 200, 0.1, more);
        assert!((5..=35).contains(&wrong), "{statistic:?}: {wrong} of 200");
    }
}

#[test]
fn few_replications_that_differ_say_nothing() {
    let resamples = Resamples::new(1, 100);
    let usual = vec![5.0; 100];
    let mut rare = vec![0.0; 100];
    rare[..29].fill(1_000.0);
    for statistic in [Statistic::Mean, Statistic::Quantile(Quantile::percent(99))] {
        let lead = figure(statistic).surely_ahead(&rare, &usual, 0.1, &resamples);
        assert_eq!(lead, None, "{statistic:?}");
    }
    rare[..30].fill(1_000.0);
    let lead = figure(Statistic::Mean).surely_ahead(&rare, &usual, 0.1, &resamples);
    assert!(lead.is_some_and(|lead| lead > 200.0), "{lead:?}");
}

#[test]
fn looks_double_up_to_all_replications() {
    assert_eq!(looks(1), [1]);
    assert_eq!(looks(79), [79]);
    assert_eq!(looks(80), [40, 80]);
    assert_eq!(looks(200), [50, 100, 200]);
    assert_eq!(looks(1_000), [125, 250, 500, 1_000]);
}
