//! `optimise.json`: the answer, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{self, AnswerJson, ByName, about, assumed, text, unit};
use super::Optimised;
use super::answer::answer;
use crate::experiment::Outcome;
use crate::experiment::optimise::Checked;

/// `optimise.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct OptimiseJson<'a> {
    /// At most of each combination, and of each check.
    replications: usize,
    minimise: &'a str,
    unit: &'static str,
    such_that: Vec<&'a str>,
    /// `passed` with an answer, `failed` where no combination keeps the promises, or `undecided`.
    outcome: &'static str,
    /// In a sentence.
    answer: String,
    /// The combinations that were checked, the last of them the answer where there is one.
    checked: Vec<CheckedJson>,
    combinations: Vec<CombinationJson>,
    assumed: ByName<String>,
}

/// A combination on replications that the search has not seen.
#[derive(Serialize, JsonSchema)]
struct CheckedJson {
    /// By the names of the levers.
    options: ByName<String>,
    /// With the prices of the options.
    cost: AnswerJson,
    promises: Vec<PromiseJson>,
}

#[derive(Serialize, JsonSchema)]
struct PromiseJson {
    outcome: &'static str,
    #[serde(flatten)]
    found: AnswerJson,
}

/// A combination as the search saw it.
#[derive(Serialize, JsonSchema)]
struct CombinationJson {
    /// By the names of the levers.
    options: ByName<String>,
    /// What the options cost by themselves.
    price: f64,
    replications: usize,
    /// With the prices of the options.
    cost: Option<f64>,
    /// The share of the replications that meets each promise, or the mean.
    seen: Vec<Option<f64>>,
    holds: Vec<bool>,
    /// Whether nothing is better in cost and in the first promise.
    frontier: bool,
}

/// What was found for a scenario whose TOML is `source`.
pub fn optimise_json(told: &Optimised<'_>, source: &str) -> String {
    let all = told.found.all.iter().enumerate();
    let combinations = all.map(|(at, combination)| CombinationJson {
        options: options(told, &combination.options),
        price: told.price(combination),
        replications: combination.replications,
        cost: combination.cost,
        seen: combination.seen.clone(),
        holds: combination.holds.clone(),
        frontier: told.is_on_frontier(at),
    });
    let body = OptimiseJson {
        replications: told.replications,
        minimise: &told.target.text,
        unit: unit(told.cost_unit()),
        such_that: told
            .expectations
            .iter()
            .map(|one| one.text.as_str())
            .collect(),
        outcome: outcome(told.found.outcome),
        answer: answer(told),
        checked: told
            .found
            .checked
            .iter()
            .map(|one| checked(told, one))
            .collect(),
        combinations: combinations.collect(),
        assumed: assumed(told.scenario, &[]),
    };
    text(&about(told.scenario, source, body))
}

pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Undecided => "undecided",
    }
}

fn options(told: &Optimised<'_>, options: &[usize]) -> ByName<String> {
    let levers = told.levers.iter().zip(options);
    let named = levers.map(|(lever, at)| (lever.name.clone(), lever.options[*at].name.clone()));
    ByName(named.collect())
}

fn checked(told: &Optimised<'_>, checked: &Checked) -> CheckedJson {
    let promises = checked.promises.iter().zip(&checked.sure);
    let promises = promises.map(|(found, sure)| PromiseJson {
        outcome: outcome(*sure),
        found: json::answer(found),
    });
    CheckedJson {
        options: options(told, &told.found.all[checked.combination].options),
        cost: json::answer(&checked.cost),
        promises: promises.collect(),
    }
}
