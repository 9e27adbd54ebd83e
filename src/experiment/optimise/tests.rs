use super::*;
use crate::kernel::StreamKey;
use crate::scenario::{Comparison, LeverOption, Statistic, Value};
use crate::units::{Money, Volume};

/// What a combination of a world without a simulation costs and risks.
#[derive(Debug, Clone, Copy)]
struct Truth {
    /// The mean cost.
    cost: f64,
    /// The chance of no loss.
    safe: f64,
}

/// Three levers: who is on call, in which order a rotation goes, and a second cluster. Costs and
/// risks do not add up: with two clusters the order does not matter.
fn truth(options: &[usize]) -> Truth {
    let [call, order, clusters] = [options[0], options[1], options[2]];
    let risk = [0.30, 0.06, 0.02][call] * [1.0, 0.3][order] * [1.0, 0.1][clusters];
    let cost = [100.0, 104.0, 103.0][call] + [0.0, 1.0][order] + [0.0, 40.0][clusters];
    Truth {
        cost,
        safe: 1.0 - risk,
    }
}

fn levers() -> Vec<Lever> {
    let lever = |name: &str, prices: &[u64]| Lever {
        name: name.to_owned(),
        options: prices
            .iter()
            .enumerate()
            .map(|(at, price)| LeverOption {
                name: at.to_string(),
                set: Vec::new(),
                price: Money::from_millionths(price * 1_000_000),
            })
            .collect(),
    };
    vec![
        lever("on-call", &[0, 3, 7]),
        lever("order", &[0, 0]),
        lever("clusters", &[0, 20]),
    ]
}

#[allow(clippy::cast_precision_loss)]
fn uniform(key: StreamKey) -> f64 {
    key.up_to(1 << 52) as f64 / (1_u64 << 52) as f64
}

fn expectation(statistic: Statistic, comparison: Comparison, value: Value) -> Expectation {
    Expectation {
        text: "what is promised".to_owned(),
        statistic,
        scope: Scope::Total,
        measure: Measure::Dropped,
        comparison,
        value,
    }
}

/// With this chance nothing is lost.
fn safe(chance: f64) -> Expectation {
    let nothing = Statistic::Probability(Comparison::Equal, Value::Volume(Volume::ZERO));
    expectation(nothing, Comparison::AtLeast, Value::Ratio(chance))
}

fn found(expectations: &[Expectation], seed: u64, replications: usize) -> Optimum {
    let levers = levers();
    let target = Target {
        text: "mean(cost)".to_owned(),
        statistic: Statistic::Mean,
        scope: Scope::Total,
        measure: Measure::Cost,
    };
    let promises = expectations.iter().map(Promise::new);
    let promises: Vec<Promise> = promises.collect::<Result<_, _>>().expect("promises");
    let question = Question {
        levers: &levers,
        target: &target,
        figure: Figure::new(&target, true).expect("it can be searched"),
        expectations,
        promises: &promises,
        replications,
    };
    let look = |combinations: &[(&[usize], Range<usize>)]| {
        let of = |(options, numbers): &(&[usize], Range<usize>)| {
            let numbers = numbers.clone();
            let each = |replication| values(options, seed, replication, promises.len());
            numbers.flat_map(each).collect()
        };
        Ok(combinations.iter().map(of).collect())
    };
    search(&question, seed, &look).expect("nothing can fail")
}

/// The cost, and the loss once for each promise.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn values(options: &[usize], seed: u64, replication: usize, promises: usize) -> Vec<Option<Value>> {
    let truth = truth(options);
    let key = StreamKey::root(seed, replication as u64);
    let own = options
        .iter()
        .fold(key, |key, option| key.number(*option as u64));
    let cost = truth.cost * (0.8 + 0.4 * uniform(key.name("cost"))) + 4.0 * uniform(own) - 2.0;
    let lost = uniform(key.name("loss")) >= truth.safe;
    let loss = if lost {
        1e9 * uniform(own.name("loss"))
    } else {
        0.0
    };
    let mut values = vec![Some(Value::Money(Money::from_millionths(
        (cost * 1e6) as u64,
    )))];
    let loss = Some(Value::Volume(Volume::from_bytes((loss + 0.5) as u64)));
    values.extend(std::iter::repeat_n(loss, promises));
    values
}

/// The cheapest combination that keeps the chance, by enumeration.
fn best(chance: f64) -> Option<Vec<usize>> {
    let mut best: Option<(f64, Vec<usize>)> = None;
    for call in 0..3 {
        for order in 0..2 {
            for clusters in 0..2 {
                let options = vec![call, order, clusters];
                let truth = truth(&options);
                let cost = truth.cost + [0.0, 3.0, 7.0][call] + [0.0, 20.0][clusters];
                let better = best.as_ref().is_none_or(|best| cost < best.0);
                if truth.safe >= chance && better {
                    best = Some((cost, options));
                }
            }
        }
    }
    best.map(|best| best.1)
}

fn hold(seeds: u64) {
    for chance in [0.75, 0.85, 0.955] {
        let best = best(chance).expect("one keeps it");
        let (mut right, mut broken) = (0, 0);
        for seed in 0..seeds {
            let found = found(&[safe(chance)], seed, 4_000);
            let answer = found
                .checked
                .last()
                .filter(|_| found.outcome == Outcome::Passed);
            let answer = answer.map(|answer| &found.all[answer.combination].options);
            right += u64::from(answer == Some(&best));
            broken += u64::from(answer.is_some_and(|answer| truth(answer).safe < chance));
        }
        assert!(right * 100 >= 97 * seeds, "{chance}: {right} of {seeds}");
        assert!(broken * 100 <= seeds, "{chance}: {broken} of {seeds}");
    }
}

#[test]
fn the_answer_is_that_of_an_enumeration() {
    hold(20);
}

#[test]
#[ignore = "minutes"]
fn the_answer_is_that_of_an_enumeration_in_full() {
    hold(1_000);
}

/// The chance of no loss is 94 % with the second on-call, exactly as promised, so nobody can be sure
/// that it is more.
fn border(seeds: u64) {
    let mut passed = 0;
    for seed in 0..seeds {
        let found = found(&[safe(0.94)], seed, 2_000);
        let last = found.checked.last().expect("one was checked");
        let answer = &found.all[last.combination].options;
        let exactly = (truth(answer).safe - 0.94).abs() < 1e-9;
        passed += u64::from(exactly && found.outcome == Outcome::Passed);
    }
    assert!(passed * 100 <= seeds.max(100), "{passed} of {seeds}");
}

#[test]
fn a_promise_on_the_border_is_not_called_kept() {
    border(20);
}

#[test]
#[ignore = "minutes"]
fn a_promise_on_the_border_is_not_called_kept_in_full() {
    border(1_000);
}

#[test]
fn without_a_combination_that_keeps_the_promise_there_is_none() {
    let none = found(&[safe(0.9999)], 0, 2_000);
    assert_ne!(none.outcome, Outcome::Passed);
    let something = Statistic::Probability(Comparison::Above, Value::Volume(Volume::ZERO));
    let loss = expectation(something, Comparison::AtLeast, Value::Ratio(0.5));
    let none = found(&[loss], 0, 2_000);
    assert_eq!((none.outcome, none.checked.len()), (Outcome::Failed, 0));
}

#[test]
fn several_promises_must_be_kept_together() {
    let half = Value::Volume(Volume::from_bytes(1_000));
    let median = expectation(
        Statistic::Quantile(crate::statistics::Quantile::percent(95)),
        Comparison::AtMost,
        half,
    );
    let both = found(&[safe(0.9), median], 3, 2_000);
    let answer = both.checked.last().expect("one was checked");
    assert_eq!(both.outcome, Outcome::Passed);
    assert_eq!(
        Some(both.all[answer.combination].options.clone()),
        best(0.95)
    );
    assert_eq!(answer.promises.len(), 2);
}

#[test]
fn what_no_number_of_replications_shows_is_refused() {
    for wrong in [
        expectation(
            Statistic::Each,
            Comparison::Equal,
            Value::Volume(Volume::ZERO),
        ),
        expectation(
            Statistic::Max,
            Comparison::AtMost,
            Value::Volume(Volume::ZERO),
        ),
        safe(1.0),
        safe(0.0),
    ] {
        let told = Promise::new(&wrong).expect_err("it is refused");
        assert!(told.contains("no number of replications"), "{told}");
    }
}
