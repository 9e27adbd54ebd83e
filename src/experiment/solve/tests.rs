use std::cell::Cell;

use super::*;
use crate::experiment::Found;
use crate::experiment::column::{Column, Values};
use crate::experiment::judge::found;
use crate::scenario::{Comparison, Expectation, Measure, Scope, Statistic, Wanted};
use crate::statistics::{Proportion, Quantile};

const MEASURE: Measure = Measure::Interruptions;

/// Numbers without pattern, the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u32::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

fn expectation(statistic: Statistic, comparison: Comparison, value: Value) -> Expectation {
    Expectation {
        text: format!("{statistic:?} {comparison:?} {value:?}"),
        statistic,
        scope: Scope::Total,
        measure: MEASURE,
        comparison,
        value,
    }
}

fn grid(values: usize) -> Grid {
    let text = format!("key=0..{}", values - 1);
    Grid::read(&text, None, Wanted::Largest).expect("a grid")
}

/// Solves a world in which `of` is the measure by value and replication.
fn solved(
    expectation: &Expectation,
    values: usize,
    count: usize,
    of: &dyn Fn(usize, usize) -> Option<u64>,
) -> Solution {
    let goal = Goal::new(expectation, count).expect("it can be looked for");
    let grid = grid(values);
    let question = Question {
        grid: &grid,
        goal: &goal,
        replications: count,
    };
    let look = |requests: &[Request]| {
        let of_request = |request: &Request| {
            let replications = request.replications.iter();
            replications
                .map(|replication| of(request.value, *replication).map(Value::Count))
                .collect()
        };
        Ok(requests.iter().map(of_request).collect())
    };
    find(question, &look).expect("nothing can fail")
}

/// Whether the expectation holds of these values, by the statistic itself.
fn holds(expectation: &Expectation, values: &[Option<u64>]) -> bool {
    let Expectation {
        comparison, value, ..
    } = *expectation;
    let compares = |number: f64| {
        let limit = Value::Ratio(value.number());
        comparison.holds(Value::Ratio(number), limit)
    };
    let actual = values.iter().map(|value| value.map(Value::Count));
    match expectation.statistic {
        Statistic::Each => actual
            .into_iter()
            .all(|actual| actual.is_some_and(|actual| comparison.holds(actual, value))),
        Statistic::Probability(inner, bound) => {
            let unknown = matches!(comparison, Comparison::AtMost | Comparison::Below);
            let hits =
                actual.filter(|actual| actual.map_or(unknown, |actual| inner.holds(actual, bound)));
            let share = Proportion {
                hits: hits.count(),
                count: values.len(),
            };
            compares(share.share().expect("replications"))
        }
        statistic => {
            let mut kept = Values::EMPTY;
            actual.for_each(|value| kept.push(Value::code(value)));
            let column = Column {
                scope: Scope::Total,
                measure: MEASURE,
                values: &kept,
            };
            match found(statistic, column, false) {
                Found::Extreme(value) => compares(value.number()),
                Found::Estimate(number, _) => compares(number),
                Found::Held(..) | Found::NoValue(_) => false,
            }
        }
    }
}

const SIGNS: [Comparison; 4] = [
    Comparison::AtMost,
    Comparison::Below,
    Comparison::AtLeast,
    Comparison::Above,
];

/// Every kind of expectation of a measure around `middle`.
fn expectations(middle: u64) -> Vec<Expectation> {
    let mut all = Vec::new();
    let quantiles = ["p0", "p1", "p33.333", "p50", "p99", "p99.9", "p100"];
    let quantiles = quantiles.map(|text| Statistic::Quantile(Quantile::parse(text).expect(text)));
    let plain = [
        Statistic::Each,
        Statistic::Min,
        Statistic::Max,
        Statistic::Mean,
    ];
    for sign in SIGNS {
        for &statistic in plain.iter().chain(&quantiles) {
            all.push(expectation(statistic, sign, Value::Count(middle)));
        }
        for inner in SIGNS
            .into_iter()
            .chain([Comparison::Equal, Comparison::NotEqual])
        {
            for limit in [0.0, 0.01, 0.1, 0.5, 0.99, 1.0] {
                let statistic = Statistic::Probability(inner, Value::Count(middle));
                all.push(expectation(statistic, sign, Value::Ratio(limit)));
            }
        }
    }
    for sign in [Comparison::Equal, Comparison::NotEqual] {
        all.push(expectation(Statistic::Each, sign, Value::Count(middle)));
    }
    all
}

/// For how many values from the first one on something holds; `None` where it comes back.
fn runs_out(pattern: &[bool]) -> Option<usize> {
    let holds = pattern
        .iter()
        .position(|holds| !holds)
        .unwrap_or(pattern.len());
    (!pattern[holds..].contains(&true)).then_some(holds)
}

/// Solves every expectation in a world, and holds the answers to what the statistic says at
/// every single value; where not all values are looked at, only of what runs out.
fn compare(values: usize, count: usize, middle: u64, of: &dyn Fn(usize, usize) -> Option<u64>) {
    let rows: Vec<Vec<Option<u64>>> = (0..values)
        .map(|value| {
            (0..count)
                .map(|replication| of(value, replication))
                .collect()
        })
        .collect();
    for expectation in expectations(middle) {
        let pattern: Vec<bool> = rows.iter().map(|row| holds(&expectation, row)).collect();
        let solution = solved(&expectation, values, count, of);
        let told = format!("{} in {count}: {pattern:?}", expectation.text);
        let expected = match runs_out(&pattern) {
            Some(0) => Some((Outcome::Nowhere, 0)),
            Some(all) if all == values => Some((Outcome::Everywhere, all)),
            Some(last) => Some((Outcome::Found, last)),
            None => None,
        };
        let found = (solution.outcome, solution.holds);
        if solution.outcome == Outcome::Undecided {
            // Replications that come back may hide that all of them together do not.
            let comes_back = expected.is_none() || !solution.contradictions.is_empty();
            assert!(comes_back, "{told}");
        } else if values <= CHECKS || expected.is_some() {
            assert_eq!(Some(found), expected, "{told}");
        }
        for check in &solution.checks {
            assert_eq!(
                check.holds, pattern[check.value],
                "{told} at {}",
                check.value
            );
        }
    }
}

#[test]
fn every_kind_of_expectation_is_solved_as_its_statistic_says() {
    let mut draws = Draws(1);
    for count in [1, 2, 7, 100, 368] {
        let limits: Vec<usize> = (0..count).map(|_| draws.below(190) as usize).collect();
        // More and more beyond the threshold, and less and less of what there is up to it.
        compare(200, count, 3, &|value, replication| {
            Some(value.saturating_sub(limits[replication]) as u64)
        });
        compare(200, count, 3, &|value, replication| {
            Some((limits[replication]).saturating_sub(value) as u64)
        });
        compare(17, count, 3, &|value, replication| {
            Some((value * 11).saturating_sub(limits[replication]) as u64)
        });
    }
}

#[test]
fn what_comes_back_is_never_taken_for_an_answer_where_it_is_looked_at() {
    let mut draws = Draws(2);
    for count in [1, 5, 40] {
        for _ in 0..10 {
            let world: Vec<u64> = (0..17 * count).map(|_| draws.below(3).into()).collect();
            compare(17, count, 1, &|value, replication| {
                Some(world[value * count + replication])
            });
        }
    }
}

#[test]
fn what_has_no_value_never_holds() {
    let mut draws = Draws(3);
    for count in [1, 5, 40] {
        for _ in 0..10 {
            let world: Vec<u64> = (0..17 * count).map(|_| draws.below(4).into()).collect();
            compare(17, count, 1, &|value, replication| {
                Some(world[value * count + replication]).filter(|found| *found < 3)
            });
        }
    }
}

fn probability(limit: f64) -> Expectation {
    let lost = Statistic::Probability(Comparison::Equal, Value::Count(0));
    expectation(lost, Comparison::AtLeast, Value::Ratio(limit))
}

#[test]
fn the_replication_that_decides_does_so_between_two_values() {
    let thresholds: Vec<usize> = (0..1_000)
        .map(|number| 1_000 + number * 7_919 % 1_000)
        .collect();
    let of = |value: usize, replication: usize| Some(u64::from(value >= thresholds[replication]));
    let solution = solved(&probability(0.99), 86_400, 1_000, &of);
    assert_eq!((solution.outcome, solution.holds), (Outcome::Found, 1_010));
    assert_eq!(solution.thresholds, thresholds);
    assert_eq!(solution.contradictions, []);
    let [last, next] = solution.witnesses[..] else {
        panic!("{:?}", solution.witnesses)
    };
    assert_eq!((last.value, last.met), (1_009, true));
    assert_eq!((next.value, next.met), (1_010, false));
    assert_eq!(last.replication, next.replication);
    assert_eq!(thresholds[last.replication], 1_010);
    // P(X <= 3) = 0.010 and P(X >= 18) = 0.014 for X binomial (1 000, 1 %): ranks 4 and 18.
    assert_eq!(solution.interval, Ok((1_003, 1_017)));
}

#[test]
fn a_replication_that_comes_back_is_named_even_if_the_answer_stands() {
    // Number 3 holds again at the end of the range, where hardly any other does.
    let of = |value: usize, replication: usize| {
        let lost = value >= 500 + replication && !(replication == 3 && value > 9_000);
        Some(u64::from(lost))
    };
    let solution = solved(&probability(0.9), 10_000, 400, &of);
    assert_eq!((solution.outcome, solution.holds), (Outcome::Found, 540));
    let [contradiction] = solution.contradictions[..] else {
        panic!("{:?}", solution.contradictions)
    };
    assert_eq!(contradiction.replication, 3);
    assert!(contradiction.value > 9_000);
}

#[test]
fn intervals_hold_the_truth() {
    let mut draws = Draws(4);
    let (studies, count) = (400, 200);
    let mut held = 0;
    for _ in 0..studies {
        let thresholds: Vec<u64> = (0..count).map(|_| draws.below(10_000).into()).collect();
        let of = |value: usize, replication: usize| {
            Some(u64::from(value as u64 >= thresholds[replication]))
        };
        let (low, high) = solved(&probability(0.9), 10_000, count, &of)
            .interval
            .expect("200 are enough for p10");
        held += usize::from((low..=high).contains(&1_000));
    }
    assert!(held * 100 >= studies * 94, "{held} of {studies}");
}

#[test]
fn an_answer_that_depends_on_how_many_there_are_has_no_interval() {
    let of = |value: usize, replication: usize| Some(u64::from(value >= 50 + replication));
    let each = expectation(Statistic::Each, Comparison::Equal, Value::Count(0));
    let solution = solved(&each, 1_000, 100, &of);
    assert_eq!(
        (solution.holds, solution.interval),
        (50, Err(Lack::DependsOnCount))
    );
    let solution = solved(&probability(0.99), 1_000, 100, &of);
    assert_eq!(
        (solution.holds, solution.interval),
        (51, Err(Lack::FewReplications))
    );
}

#[test]
fn a_mean_is_between_where_its_interval_ends() {
    // Half of the replications have twice the value, the others nothing.
    let of = |value: usize, replication: usize| {
        Some(if replication.is_multiple_of(2) {
            2 * value as u64
        } else {
            0
        })
    };
    let mean = expectation(Statistic::Mean, Comparison::AtMost, Value::Ratio(100.0));
    let solution = solved(&mean, 1_000, 400, &of);
    assert_eq!((solution.outcome, solution.holds), (Outcome::Found, 101));
    // The mean x of 400 values, half of them 2 x and half 0, has a half-width of 1.966 sqrt(1/399) x,
    // 0.0984 x: it is surely no more than 100 up to 91, and perhaps up to 110.
    assert_eq!(solution.interval, Ok((92, 111)));
    let few = solved(&mean, 1_000, 40, &of);
    assert_eq!(few.interval, Err(Lack::FewApart));
}

#[test]
fn extremes_that_are_equal_to_something_cannot_be_looked_for() {
    for statistic in [Statistic::Min, Statistic::Max] {
        let equal = expectation(statistic, Comparison::Equal, Value::Count(0));
        let told = Goal::new(&equal, 10).expect_err("it has no form");
        assert!(told.contains("write <=, <, >= or >"), "{told}");
    }
}

#[test]
fn no_more_replications_are_looked_at_than_bisection_needs() {
    let mut draws = Draws(5);
    let thresholds: Vec<u64> = (0..1_000).map(|_| draws.below(86_400).into()).collect();
    let looks = Cell::new(0_usize);
    let of = |value: usize, replication: usize| {
        looks.set(looks.get() + 1);
        Some(u64::from(value as u64 >= thresholds[replication]))
    };
    solved(&probability(0.99), 86_400, 1_000, &of);
    // 17 values, 8 near the end, 5 400 values between two of the 17, and the witnesses.
    assert!(looks.get() <= 1_000 * (17 + 8 + 13) + 2, "{}", looks.get());
}
