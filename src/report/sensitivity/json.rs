//! `sensitivity.json`.

use serde_json::{Value as Json, json};

use super::super::json::{about, ci95, float, mean, unit};
use super::super::study::json::lacks;
use super::{Sensitivity, verdict};
use crate::experiment::morris::{LEVELS, Screened};
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};

/// Everything that is known of what moves an answer; `source` is the TOML of the scenario.
pub fn sensitivity_json(sensitivity: &Sensitivity<'_>, source: &str) -> String {
    let target = sensitivity.target;
    let screening = sensitivity.screening.as_ref().map(|it| {
        json!({
            "trajectories": it.trajectories,
            "levels": LEVELS,
            "factors": it.factors.iter().map(screened).collect::<Vec<Json>>(),
        })
    });
    let body = json!({
        "replications": sensitivity.replications,
        "of": target.text,
        "unit": unit(sensitivity.unit()),
        "verdict": verdict(sensitivity),
        "base": answer(sensitivity.base),
        "factors": sensitivity.influences.iter().map(influence).collect::<Vec<Json>>(),
        "screening": screening,
    });
    about(sensitivity.scenario, source, body)
}

fn answer(answer: &Result<Answer, String>) -> Json {
    match answer {
        Err(reason) => json!({ "value": null, "unknown": reason }),
        Ok(answer) => json!({
            "value": float(answer.number),
            "ci95": ci95(answer.interval.ok()),
            "no_interval": answer.interval.err().map(lacks),
        }),
    }
}

fn influence(influence: &Influence) -> Json {
    json!({
        "name": influence.factor.name,
        "assumed": influence.factor.assumed,
        "range": influence.factor.range,
        "low": influence.low,
        "high": influence.high,
        "at": influence.shifts.iter().map(shift).collect::<Vec<Json>>(),
    })
}

fn shift(shift: &Shift) -> Json {
    let mut json = answer(&shift.answer);
    json["at"] = Json::from(shift.value.as_str());
    json["difference"] = shift.difference.map_or(Json::Null, mean);
    json
}

fn screened((factor, screened): &(&Factor, Option<Screened>)) -> Json {
    json!({
        "name": factor.name,
        "assumed": factor.assumed,
        "effects": screened.map_or(0, |it| it.count),
        "mu": screened.map(|it| it.mu),
        "mu_star": screened.map(|it| it.mu_star),
        "sigma": screened.map(|it| it.sigma),
    })
}
