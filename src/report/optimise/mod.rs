//! The cheapest combination of levers that keeps some promises.

mod answer;
mod csv;
mod document;
pub(super) mod json;
mod picture;

pub use csv::optimise_csv;
pub use document::optimise_text;
pub use json::optimise_json;

use super::File;
use super::chart::Quantity;
use super::command::Command;
use super::format::of_unit;
use super::html;
use super::study::document::estimate;
use crate::experiment::Outcome;
use crate::experiment::optimise::{Combination, Optimum, Promise};
use crate::scenario::{Expectation, Lever, Scenario, Statistic, Target, Unit};

/// A question and what was found.
#[derive(Debug)]
pub struct Optimised<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// What can be set.
    pub levers: &'a [Lever],
    /// What was to be as little as can be.
    pub target: &'a Target,
    /// What must hold.
    pub expectations: &'a [Expectation],
    /// The same as promises.
    pub promises: &'a [Promise],
    /// How many replications the search sees at most, and how many each check.
    pub replications: usize,
    /// What was found.
    pub found: &'a Optimum,
}

impl Optimised<'_> {
    /// The options of a combination in words.
    fn name(&self, combination: &Combination) -> String {
        let levers = self.levers.iter().zip(&combination.options);
        let options =
            levers.map(|(lever, at)| format!("{} = {}", lever.name, lever.options[*at].name));
        options.collect::<Vec<String>>().join(", ")
    }

    /// What the options of a combination cost by themselves.
    fn price(&self, combination: &Combination) -> f64 {
        let levers = self.levers.iter().zip(&combination.options);
        levers
            .map(|(lever, at)| lever.options[*at].price.as_f64())
            .sum()
    }

    /// What is minimised, in words.
    fn cost_name(&self) -> String {
        let prices = self.levers.iter().flat_map(|lever| &lever.options);
        let priced = prices
            .map(|option| option.price.millionths())
            .any(|price| price > 0);
        let more = if priced { " and prices" } else { "" };
        format!("{}{more}", self.target.text)
    }

    fn cost_unit(&self) -> Unit {
        self.target.statistic.unit(self.target.measure)
    }

    /// An amount of what is minimised.
    fn cost(&self, number: f64) -> String {
        let text = estimate(self.target.statistic, self.target.measure, number);
        match self.cost_unit() {
            Unit::Money => format!("{text} {}", self.scenario.prices.currency),
            _ => text,
        }
    }

    /// What is seen of a promise, in words.
    fn seen_name(&self, promise: &Promise) -> String {
        let (scope, measure) = promise.of();
        let name = self.scenario.name_of(scope, measure);
        match promise.statistic() {
            Statistic::Probability(comparison, value) => {
                format!("share with {name} {} {value}", comparison.sign())
            }
            _ => format!("mean {name}"),
        }
    }

    fn seen_unit(promise: &Promise) -> Unit {
        promise.statistic().unit(promise.of().1)
    }

    /// What was seen of a promise.
    fn seen(promise: &Promise, number: Option<f64>) -> String {
        number.map_or_else(
            || "none".to_owned(),
            |number| of_unit(Self::seen_unit(promise), number),
        )
    }

    fn quantities(&self) -> [Quantity; 2] {
        [self.cost_unit(), Self::seen_unit(&self.promises[0])].map(Quantity::from)
    }

    /// The promises in words.
    fn promised(&self) -> String {
        let texts = self.expectations.iter().map(|one| one.text.as_str());
        texts.collect::<Vec<&str>>().join(" and ")
    }

    /// The numbers of the combinations with a cost, the cheapest first.
    fn by_cost(&self) -> Vec<usize> {
        let all = &self.found.all;
        let mut by_cost: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].cost.is_some())
            .collect();
        let cost = |at: &usize| all[*at].cost.unwrap_or(f64::INFINITY);
        by_cost.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        by_cost
    }

    /// Whether a combination keeps the promises: by its check, if there is one, else as far as the
    /// search saw it.
    fn outcome(&self, at: usize) -> Outcome {
        let seen = &self.found.all[at].holds;
        let mut checks = self.found.checked.iter();
        let check = checks.rfind(|checked| checked.combination == at);
        let (failed, open) = match check {
            Some(checked) => [Outcome::Failed, Outcome::Undecided]
                .map(|outcome| checked.sure.contains(&outcome))
                .into(),
            None => (!seen.iter().all(|holds| *holds), false),
        };
        match (failed, open) {
            (true, _) => Outcome::Failed,
            (_, true) => Outcome::Undecided,
            _ => Outcome::Passed,
        }
    }

    /// Whether no combination is cheaper, or costs the same, and is better in the first promise.
    fn is_on_frontier(&self, at: usize) -> bool {
        let all = &self.found.all;
        let better = |a: f64, b: f64| match self.promises[0].more_is_better() {
            true => a > b,
            false => a < b,
        };
        let of = |at: usize| Some((all[at].cost?, all[at].seen[0]?));
        let Some((cost, seen)) = of(at) else {
            return false;
        };
        let beats = |other: usize| {
            of(other).is_some_and(|(other_cost, other_seen)| {
                (other_cost < cost && !better(seen, other_seen))
                    || (other_cost <= cost && better(other_seen, seen))
            })
        };
        !(0..all.len()).any(beats)
    }
}

/// The files of an answer, for a scenario whose TOML is `source`; with a report, where the command
/// that makes it again is given. `run` is the words of the command that replays the scenario.
pub fn optimise_files(
    told: &Optimised<'_>,
    source: &str,
    run: &[String],
    command: Option<&Command>,
) -> Vec<File<'static>> {
    let picture = picture::picture(told);
    let mut files = vec![
        File::whole("optimise.json", optimise_json(told, source)),
        File::whole("optimise.csv", optimise_csv(told)),
    ];
    files.extend(picture.files("optimise.svg", "optimise.png"));
    if let Some(command) = command {
        let document = document::document(told, source, run, Some(&picture));
        files.push(File::report(html::page(&document, command)));
    }
    files
}
