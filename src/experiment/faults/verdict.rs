//! Whether what a scenario expects still holds.

use std::cmp::Ordering;

use crate::accounting::Measures;
use crate::experiment::frame::{Body, short};
use crate::experiment::judge::{Outcome, judge};
use crate::experiment::replicate::Replications;
use crate::scenario::{Comparison, Expectation, Measure, Statistic, Value};

/// What the replications with a sequence of faults say of all expectations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Failed if one fails; else undecided if one is.
    pub outcome: Outcome,
    /// The first expectation of that outcome.
    pub expectation: usize,
    /// In how many replications its condition is not met.
    pub broken: u64,
    /// The code of the worst value of its measure; [`Value::NONE`] where a replication has none.
    pub worst: u64,
    /// Whether less of the measure is worse.
    less_is_worse: bool,
}

impl Verdict {
    /// Of a single replication, of which nothing but conditions can be expected.
    pub(super) fn of_one(expectations: &[Expectation], measures: &Measures) -> Verdict {
        let each = expectations.iter().map(|expectation| {
            let value = measures.get(expectation.scope, expectation.measure);
            let met = is_met(expectation, value);
            let outcome = if met {
                Outcome::Passed
            } else {
                Outcome::Failed
            };
            (outcome, u64::from(!met), Value::code(value))
        });
        Verdict::of(expectations, each)
    }

    pub(super) fn of_many(expectations: &[Expectation], all: &Replications) -> Verdict {
        let each = expectations.iter().map(|expectation| {
            let (scope, measure) = (expectation.scope, expectation.measure);
            let column = all.of(scope, measure).expect("it is kept");
            let broken = column.values().filter(|value| !is_met(expectation, *value));
            let broken = broken.count() as u64;
            let none = column.values().any(|value| value.is_none());
            let worst = all.worst(scope, measure).filter(|_| !none);
            let worst = Value::code(worst.map(|(_, value)| value));
            (judge(expectation, all).outcome, broken, worst)
        });
        Verdict::of(expectations, each)
    }

    fn of(
        expectations: &[Expectation],
        each: impl Iterator<Item = (Outcome, u64, u64)>,
    ) -> Verdict {
        let each = each.enumerate();
        let ranked = each.map(|(at, found)| (rank(found.0), at, found));
        let first = ranked.min_by_key(|(rank, at, _)| (*rank, *at));
        let (_, expectation, (outcome, broken, worst)) = first.expect("something is expected");
        let measure = expectations[expectation].measure;
        Verdict {
            outcome,
            expectation,
            broken,
            worst,
            less_is_worse: measure.less_is_worse(),
        }
    }

    /// Which of two is worse.
    pub(super) fn badness(&self, other: &Verdict) -> Ordering {
        let worst = || match self.less_is_worse {
            true => other.worst.cmp(&self.worst),
            false => self.worst.cmp(&other.worst),
        };
        let first = other.expectation.cmp(&self.expectation);
        self.broken.cmp(&other.broken).then(first).then_with(worst)
    }

    /// The worst value, if every replication has one.
    pub fn worst_value(&self, measure: Measure) -> Option<Value> {
        measure.value(self.worst)
    }

    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        for number in [
            rank(self.outcome),
            self.expectation as u64,
            self.broken,
            self.worst,
        ] {
            short(bytes, number);
        }
    }

    pub(super) fn decode(expectations: &[Expectation], body: &mut Body<'_>) -> Option<Verdict> {
        let outcomes = [Outcome::Failed, Outcome::Undecided, Outcome::Passed];
        let rank = usize::try_from(body.short()?).ok()?;
        let expectation = usize::try_from(body.short()?).ok()?;
        let measure = expectations.get(expectation)?.measure;
        let (broken, worst) = (body.short()?, body.short()?);
        measure.has_code(worst).then_some(())?;
        Some(Verdict {
            outcome: *outcomes.get(rank)?,
            expectation,
            broken,
            worst,
            less_is_worse: measure.less_is_worse(),
        })
    }
}

/// The worst outcome first.
fn rank(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Failed => 0,
        Outcome::Undecided => 1,
        Outcome::Passed => 2,
    }
}

/// Whether a replication is as an expectation wants all or most to be.
fn is_met(expectation: &Expectation, value: Option<Value>) -> bool {
    let Some(value) = value else {
        return false;
    };
    let upper = matches!(
        expectation.comparison,
        Comparison::AtMost | Comparison::Below
    );
    match expectation.statistic {
        Statistic::Probability(inner, bound) => inner.holds(value, bound) != upper,
        _ => expectation.comparison.holds(value, expectation.value),
    }
}
