//! `sensitivity.json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::format::lacks;
use super::super::json::{Ci95, MeanJson, about, ci95, text, unit};
use super::{Sensitivity, verdict};
use crate::experiment::morris::{LEVELS, Screened};
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};

/// `sensitivity.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SensitivityJson<'a> {
    /// At each value.
    replications: u64,
    /// The question.
    of: &'a str,
    unit: &'static str,
    verdict: String,
    /// The answer as the scenario is.
    base: AnswerJson<'a>,
    factors: Vec<FactorJson<'a>>,
    screening: Option<ScreeningJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum AnswerJson<'a> {
    Unknown {
        value: (),
        /// Why there is no answer.
        unknown: &'a str,
    },
    Known {
        value: f64,
        ci95: Ci95,
        no_interval: Option<String>,
    },
}

/// A factor and how it moves the answer over its range.
#[derive(Serialize, JsonSchema)]
struct FactorJson<'a> {
    name: &'a str,
    assumed: bool,
    range: &'a [String],
    low: f64,
    high: f64,
    at: Vec<ShiftJson<'a>>,
}

/// The answer at another value.
#[derive(Serialize, JsonSchema)]
struct ShiftJson<'a> {
    #[serde(flatten)]
    answer: AnswerJson<'a>,
    at: &'a str,
    difference: Option<MeanJson>,
}

#[derive(Serialize, JsonSchema)]
struct ScreeningJson<'a> {
    trajectories: usize,
    levels: usize,
    factors: Vec<ScreenedJson<'a>>,
}

/// Elementary effects of a factor.
#[derive(Serialize, JsonSchema)]
struct ScreenedJson<'a> {
    name: &'a str,
    assumed: bool,
    /// How many there are.
    effects: usize,
    mu: Option<f64>,
    mu_star: Option<f64>,
    sigma: Option<f64>,
}

/// Everything that is known of what moves an answer; `source` is the TOML of the scenario.
pub fn sensitivity_json(sensitivity: &Sensitivity<'_>, source: &str) -> String {
    let screening = sensitivity.screening.as_ref();
    let body = SensitivityJson {
        replications: sensitivity.replications,
        of: &sensitivity.target.text,
        unit: unit(sensitivity.unit()),
        verdict: verdict(sensitivity),
        base: answer(sensitivity.base),
        factors: sensitivity.influences.iter().map(influence).collect(),
        screening: screening.map(|screening| ScreeningJson {
            trajectories: screening.trajectories,
            levels: LEVELS,
            factors: screening.factors.iter().map(screened).collect(),
        }),
    };
    text(&about(sensitivity.scenario, source, body))
}

fn answer(answer: &Result<Answer, String>) -> AnswerJson<'_> {
    match answer {
        Err(unknown) => AnswerJson::Unknown { value: (), unknown },
        Ok(answer) => AnswerJson::Known {
            value: answer.number,
            ci95: ci95(answer.interval.ok()),
            no_interval: answer.interval.err().map(lacks),
        },
    }
}

fn influence(influence: &Influence) -> FactorJson<'_> {
    FactorJson {
        name: &influence.factor.name,
        assumed: influence.factor.assumed,
        range: &influence.factor.range,
        low: influence.low,
        high: influence.high,
        at: influence.shifts.iter().map(self::shift).collect(),
    }
}

fn shift(shift: &Shift) -> ShiftJson<'_> {
    ShiftJson {
        answer: answer(&shift.answer),
        at: &shift.value,
        difference: shift.difference.map(MeanJson::from),
    }
}

fn screened<'a>((factor, screened): &(&'a Factor, Option<Screened>)) -> ScreenedJson<'a> {
    ScreenedJson {
        name: &factor.name,
        assumed: factor.assumed,
        effects: screened.map_or(0, |screened| screened.count),
        mu: screened.map(|screened| screened.mu),
        mu_star: screened.map(|screened| screened.mu_star),
        sigma: screened.map(|screened| screened.sigma),
    }
}
