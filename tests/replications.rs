//! Many replications: the same values whoever computes them and in which order, and the same
//! as replays one by one.

use cmksim::experiment::{Column, Replications, Runner, Sample, Study, replay};
use cmksim::kernel::{Executor, never, one_by_one};
use cmksim::model::Options;
use cmksim::scenario::{Measure, Scenario, Scope, Value, read};
use cmksim::statistics::Quantile;

fn scenario() -> Scenario {
    let text = "duration = '2d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
        [[workspace]]\nname = 'audit'\ningestion = '10 GB/day'\n\
        [[event]]\nat = '1d'\nkind = 'disable_key'\nduration = '20m'\n";
    read("study", text.as_bytes(), &[])
        .expect("it is right")
        .scenario
}

fn gathered(numbers: std::ops::Range<u64>, each: Executor<'_>) -> Replications {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    study
        .gather(
            numbers,
            &Runner {
                executor: each,
                ..Runner::SERIAL
            },
        )
        .expect("they run")
}

fn of(study: &Replications, scope: Scope, measure: Measure) -> Column<'_> {
    study.of(scope, measure).expect("all measures are kept")
}

/// The last first, and every second one on a thread of its own.
fn askew(count: usize, call: &(dyn Fn(usize) + Sync)) {
    for number in (0..count).rev() {
        if number % 2 == 0 {
            call(number);
        } else {
            std::thread::scope(|scope| {
                scope.spawn(|| call(number));
            });
        }
    }
}

#[test]
fn order_and_threads_do_not_show() {
    let plain = gathered(0..200, &one_by_one);
    assert_eq!(plain.count(), 200);
    assert_eq!(plain, gathered(0..200, &askew));
}

#[test]
fn a_longer_study_begins_with_the_shorter_one() {
    let whole = gathered(0..200, &one_by_one);
    let mut parts = gathered(0..0, &one_by_one);
    for part in [0..1, 1..70, 70..200] {
        parts.append(&gathered(part, &one_by_one));
    }
    assert_eq!(parts, whole);
}

#[test]
fn each_is_a_replay() {
    let study = gathered(0..20, &one_by_one);
    for (replication, number) in (0..20).enumerate() {
        let options = Options {
            replication: number,
            every_poll: false,
        };
        let alone = replay(&scenario(), &[None, None], options, &never).expect("a run");
        for column in study.columns() {
            let value = column
                .values()
                .nth(replication)
                .expect("as many as replications");
            assert_eq!(value, alone.measures.get(column.scope, column.measure));
        }
    }
}

#[test]
fn what_never_changes_is_kept_once() {
    let study = gathered(0..100, &one_by_one);
    let constant = |scope, measure| of(&study, scope, measure).constant();
    assert!(constant(Scope::Total, Measure::Offered).is_some_and(|value| value.is_some()));
    assert_eq!(constant(Scope::Total, Measure::Dropped), None);
    assert_eq!(study.of(Scope::Workspace(0), Measure::TimeToRevoke), None);
}

#[test]
fn a_sample_knows_its_quantiles_and_how_often_anything_was_lost() {
    let study = gathered(0..400, &one_by_one);
    let dropped = of(&study, Scope::Total, Measure::Dropped);
    let sample = Sample::of(dropped);
    let mut values: Vec<u64> = dropped
        .values()
        .map(|value| match value {
            Some(Value::Volume(volume)) => volume.bytes(),
            other => panic!("{other:?}"),
        })
        .collect();
    values.sort_unstable();
    let lost = values.iter().filter(|bytes| **bytes > 0).count();
    assert_eq!((sample.nonzero.hits, sample.nonzero.count), (lost, 400));
    let median = sample.quantile(Quantile::percent(50)).expect("values");
    let bytes = |value| match value {
        Value::Volume(volume) => volume.bytes(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes(median.value), values[199]);
    let (low, high) = median.interval.expect("enough values");
    assert_eq!((bytes(low), bytes(high)), (values[179], values[220]));
    assert_eq!(
        sample
            .quantile(Quantile::percent(100))
            .map(|estimate| bytes(estimate.value)),
        values.last().copied()
    );
    #[allow(clippy::cast_precision_loss)]
    let mean = values.iter().sum::<u64>() as f64 / 400.0;
    assert!((sample.mean.expect("values").mean - mean).abs() < 1.0);
}
