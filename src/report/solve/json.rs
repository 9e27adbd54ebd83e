//! `solve.json`: the answer, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{ByName, Ci95, Number, about, assumed, ci95, text, unit};
use super::answer::{answer, by_value, lacks, superlative};
use super::document::{QUANTILES, quantiles};
use super::solved::Solved;
use crate::experiment::solve::{Check, Outcome, Seen, Witness};
use crate::scenario::Setting;

/// `solve.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SolveJson<'a> {
    replications: usize,
    path: &'a str,
    /// What the numbers of all values are in.
    unit: Option<&'static str>,
    low: ValueJson,
    high: ValueJson,
    resolution: ValueJson,
    /// `largest` or `smallest`.
    wanted: &'static str,
    such_that: &'a str,
    /// `found`, `everywhere`, `nowhere` or `undecided`.
    outcome: &'static str,
    /// In a sentence.
    answer: String,
    value: Option<ValueJson>,
    /// The first value at which it does not hold.
    next: Option<ValueJson>,
    /// Null at an end that lies outside the range.
    ci95: Option<[Option<ValueJson>; 2]>,
    no_interval: Option<String>,
    /// Quantiles over the replications: null where it holds for no value.
    thresholds: ByName<Option<ValueJson>>,
    witnesses: Vec<WitnessJson>,
    checks: Vec<CheckJson>,
    contradictions: Vec<ContradictionJson>,
    assumed: ByName<String>,
}

/// A value of the key, as scenarios state it and as a number.
#[derive(Serialize, JsonSchema)]
struct ValueJson {
    text: String,
    number: Option<f64>,
}

/// A replication that can be replayed with that value.
#[derive(Serialize, JsonSchema)]
struct WitnessJson {
    value: ValueJson,
    replication: usize,
    met: bool,
    measure: Number,
    unit: &'static str,
}

/// A value at which all replications were looked at.
#[derive(Serialize, JsonSchema)]
struct CheckJson {
    value: ValueJson,
    holds: bool,
    #[serde(flatten)]
    seen: SeenJson,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SeenJson {
    Met { met: usize, without: usize },
    Mean { mean: Option<f64>, ci95: Ci95 },
}

/// A replication that is not as its threshold says.
#[derive(Serialize, JsonSchema)]
struct ContradictionJson {
    replication: usize,
    value: ValueJson,
}

/// What was found for a scenario whose TOML is `source`. Values of the key have their text, as a
/// scenario states it, and a number in `unit`; those of `witnesses` are a replication that can be
/// replayed with that value.
pub fn solve_json(solved: &Solved<'_>, source: &str) -> String {
    let (solution, grid) = (solved.solution, solved.grid);
    let found = solution.outcome == Outcome::Found;
    let at = |holds: usize| holds.checked_sub(1).map(|at| value(&grid.value(at)));
    let thresholds = quantiles(solved).into_iter().zip(QUANTILES);
    let thresholds = thresholds.map(|(holds, (name, _))| (name.to_owned(), at(holds)));
    let interval = solution.interval.ok().filter(|_| found);
    let contradictions = solution
        .contradictions
        .iter()
        .map(|contradiction| ContradictionJson {
            replication: contradiction.replication,
            value: value(&grid.value(contradiction.value)),
        });
    let replications = solved.replications as u64;
    let body = SolveJson {
        replications: solved.replications,
        path: &grid.path,
        unit: grid.low.unit(),
        low: value(&grid.low),
        high: value(&grid.high),
        resolution: value(&grid.resolution),
        wanted: superlative(solved),
        such_that: &solved.expectation.text,
        outcome: outcome(solution.outcome),
        answer: answer(solved),
        value: at(solution.holds).filter(|_| found),
        next: found.then(|| value(&grid.value(solution.holds))),
        ci95: interval.map(|ends| by_value(solved, ends).map(at)),
        no_interval: solution
            .interval
            .err()
            .map(|lack| lacks(lack, replications)),
        thresholds: ByName(thresholds.collect()),
        witnesses: solution
            .witnesses
            .iter()
            .map(|witness| self::witness(solved, witness))
            .collect(),
        checks: solution
            .checks
            .iter()
            .map(|check| self::check(solved, check))
            .collect(),
        contradictions: contradictions.collect(),
        assumed: assumed(solved.scenario, &[&grid.path]),
    };
    text(&about(solved.scenario, source, body))
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Found => "found",
        Outcome::Everywhere => "everywhere",
        Outcome::Nowhere => "nowhere",
        Outcome::Undecided => "undecided",
    }
}

fn value(setting: &Setting) -> ValueJson {
    ValueJson {
        text: setting.text(),
        number: setting.number(),
    }
}

fn witness(solved: &Solved<'_>, witness: &Witness) -> WitnessJson {
    WitnessJson {
        value: value(&solved.grid.value(witness.value)),
        replication: witness.replication,
        met: witness.met,
        measure: Number(witness.measure),
        unit: unit(solved.expectation.measure.unit()),
    }
}

fn check(solved: &Solved<'_>, check: &Check) -> CheckJson {
    CheckJson {
        value: value(&solved.grid.value(check.value)),
        holds: check.holds,
        seen: match check.seen {
            Seen::Met { met, without } => SeenJson::Met { met, without },
            Seen::Mean(mean) => SeenJson::Mean {
                mean: mean.map(|mean| mean.mean),
                ci95: ci95(mean.and_then(|mean| mean.interval())),
            },
        },
    }
}
