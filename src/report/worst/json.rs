//! `worst.json`: the answer, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{self, AnswerJson, ByName, Ci95, about, assumed, ci95, text, unit};
use super::WorstCase;
use super::answer::{answer, missed, superlative};
use crate::experiment::worst::{Difference, Looked, Place};
use crate::scenario::Setting;

/// `worst.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct WorstJson<'a> {
    /// At most at each point, and of the answer.
    replications: usize,
    /// The question.
    of: &'a str,
    unit: &'static str,
    /// `largest` or `smallest`.
    wanted: &'static str,
    /// In a sentence.
    answer: String,
    keys: Vec<KeyJson<'a>>,
    /// Null where it is the same everywhere.
    worst: Option<PlaceJson>,
    runner_up: Option<PlaceJson>,
    /// How far the worst is above the runner-up.
    apart: Option<DifferenceJson>,
    /// The scenario as it is.
    base: AnswerJson,
    /// What narrow peaks may have been missed, in a sentence.
    missed: String,
    replays: u64,
    looked: Vec<LookedJson>,
    assumed: ByName<String>,
}

/// A key and its values.
#[derive(Serialize, JsonSchema)]
struct KeyJson<'a> {
    path: &'a str,
    /// What the numbers of all values are in.
    unit: Option<&'static str>,
    low: ValueJson,
    high: ValueJson,
    resolution: ValueJson,
    /// Narrower peaks may have been missed.
    widest_gap: ValueJson,
}

/// A value as scenarios state it and as a number.
#[derive(Serialize, JsonSchema)]
struct ValueJson {
    text: String,
    number: Option<f64>,
}

/// A point on replications that the search has not seen.
#[derive(Serialize, JsonSchema)]
struct PlaceJson {
    at: Vec<ValueJson>,
    #[serde(flatten)]
    answer: AnswerJson,
    /// How far it is above the scenario as it is.
    above: Option<DifferenceJson>,
}

/// How far one statistic is above another on the same replications.
#[derive(Serialize, JsonSchema)]
struct DifferenceJson {
    number: f64,
    ci95: Ci95,
}

/// A point that was looked at.
#[derive(Serialize, JsonSchema)]
struct LookedJson {
    at: Vec<ValueJson>,
    replications: usize,
    number: Option<f64>,
}

/// What was found for a scenario whose TOML is `source`.
pub fn worst_json(case: &WorstCase<'_>, source: &str) -> String {
    let found = case.found;
    let varied: Vec<&str> = case.grids.iter().map(|grid| &*grid.path).collect();
    let keys = case.grids.iter().zip(&found.missed);
    let keys = keys.map(|(grid, steps)| KeyJson {
        path: &grid.path,
        unit: grid.low.unit(),
        low: value(&grid.low),
        high: value(&grid.high),
        resolution: value(&grid.resolution),
        widest_gap: value(&grid.span(*steps)),
    });
    let body = WorstJson {
        replications: case.replications,
        of: &case.target.text,
        unit: unit(case.unit()),
        wanted: superlative(case),
        answer: answer(case),
        keys: keys.collect(),
        worst: found.winner.as_ref().map(|winner| place(case, winner)),
        runner_up: found.runner_up.as_ref().map(|other| place(case, other)),
        apart: found.apart.map(difference),
        base: json::answer(&found.base),
        missed: missed(case),
        replays: found.replays(),
        looked: found.looked.iter().map(|one| looked(case, one)).collect(),
        assumed: assumed(case.scenario, &varied),
    };
    text(&about(case.scenario, source, body))
}

fn value(setting: &Setting) -> ValueJson {
    ValueJson {
        text: setting.text(),
        number: setting.number(),
    }
}

fn values(case: &WorstCase<'_>, at: &[usize]) -> Vec<ValueJson> {
    let keys = case.grids.iter().zip(at);
    keys.map(|(grid, at)| value(&grid.value(*at))).collect()
}

fn place(case: &WorstCase<'_>, place: &Place) -> PlaceJson {
    PlaceJson {
        at: values(case, &place.at),
        answer: json::answer(&place.answer),
        above: place.above.map(difference),
    }
}

fn difference(difference: Difference) -> DifferenceJson {
    match difference {
        Difference::Mean(mean) => DifferenceJson {
            number: mean.mean,
            ci95: ci95(mean.interval()),
        },
        Difference::Quantile(number, ends) => DifferenceJson {
            number,
            ci95: ci95(Some(ends)),
        },
    }
}

fn looked(case: &WorstCase<'_>, looked: &Looked) -> LookedJson {
    LookedJson {
        at: values(case, &looked.at),
        replications: looked.replications,
        number: looked.number,
    }
}
