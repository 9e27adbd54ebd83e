//! `solve.json`: the answer, for programs.

use serde_json::{Value as Json, json};

use super::super::json::{about, assumed, ci95, float, number, unit};
use super::answer::{answer, by_value, lacks, superlative};
use super::document::QUANTILES;
use super::solved::Solved;
use crate::experiment::solve::{Check, Outcome, Seen, Witness};
use crate::scenario::Setting;

/// What was found for a scenario whose TOML is `source`. Values of the key have their text, as a
/// scenario states it, and a number in `unit`; those of `witnesses` are a replication that can be
/// replayed with that value.
pub fn solve_json(solved: &Solved<'_>, source: &str) -> String {
    let solution = solved.solution;
    let grid = solved.grid;
    let found = solution.outcome == Outcome::Found;
    let at = |holds: usize| holds.checked_sub(1).map(|at| value(&grid.value(at)));
    let replications = solved.replications as u64;
    let body = json!({
        "replications": solved.replications,
        "path": grid.path,
        "unit": grid.low.unit(),
        "low": value(&grid.low),
        "high": value(&grid.high),
        "resolution": value(&grid.resolution),
        "wanted": superlative(solved),
        "such_that": solved.expectation.text,
        "outcome": outcome(solution.outcome),
        "answer": answer(solved),
        "value": at(solution.holds).filter(|_| found),
        "next": found.then(|| value(&grid.value(solution.holds))),
        "ci95": solution.interval.ok().filter(|_| found).map(|ends| by_value(solved, ends).map(at)),
        "no_interval": solution.interval.err().map(|lack| lacks(lack, replications)),
        "thresholds": thresholds(solved),
        "witnesses": solution.witnesses.iter().map(|it| witness(solved, it)).collect::<Vec<Json>>(),
        "checks": solution.checks.iter().map(|it| check(solved, it)).collect::<Vec<Json>>(),
        "contradictions": solution.contradictions.iter().map(|it| json!({
            "replication": it.replication,
            "value": value(&grid.value(it.value)),
        })).collect::<Vec<Json>>(),
        "assumed": assumed(solved.scenario, &[&solved.grid.path]),
    });
    about(solved.scenario, source, body)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Found => "found",
        Outcome::Everywhere => "everywhere",
        Outcome::Nowhere => "nowhere",
        Outcome::Undecided => "undecided",
    }
}

fn value(setting: &Setting) -> Json {
    json!({ "text": setting.text(), "number": setting.number().map(float) })
}

/// Quantiles of the thresholds: null where the condition holds for no value.
fn thresholds(solved: &Solved<'_>) -> Json {
    let quantile = |holds: usize| {
        let at = holds.checked_sub(1)?;
        Some(value(&solved.grid.value(at)))
    };
    let all = super::document::quantiles(solved).into_iter();
    let entries = all.zip(QUANTILES);
    Json::Object(
        entries
            .map(|(holds, (name, _))| (name.to_owned(), json!(quantile(holds))))
            .collect(),
    )
}

fn witness(solved: &Solved<'_>, witness: &Witness) -> Json {
    json!({
        "value": value(&solved.grid.value(witness.value)),
        "replication": witness.replication,
        "met": witness.met,
        "measure": number(witness.measure),
        "unit": unit(solved.expectation.measure.unit()),
    })
}

fn check(solved: &Solved<'_>, check: &Check) -> Json {
    let mut told = json!({
        "value": value(&solved.grid.value(check.value)),
        "holds": check.holds,
    });
    match check.seen {
        Seen::Met { met, without } => {
            told["met"] = Json::from(met);
            told["without"] = Json::from(without);
        }
        Seen::Mean(mean) => {
            told["mean"] = mean.map_or(Json::Null, |mean| float(mean.mean));
            told["ci95"] = ci95(mean.and_then(|mean| mean.interval()));
        }
    }
    told
}
