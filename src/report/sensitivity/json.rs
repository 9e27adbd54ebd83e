//! `sensitivity.json`.

use serde_json::{Value as Json, json};

use super::super::rules::pretty;
use super::super::study::json::lacks;
use super::{Sensitivity, verdict};
use crate::experiment::morris::{LEVELS, Screened};
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};
use crate::scenario::{Statistic, Unit};

/// Everything that is known of what moves an answer; `source` is the TOML of the scenario.
pub fn sensitivity_json(sensitivity: &Sensitivity<'_>, source: &str) -> String {
    let scenario = sensitivity.scenario;
    let target = sensitivity.target;
    let unit = match (target.statistic, target.measure.unit()) {
        (Statistic::Probability(..), _) | (_, Unit::Ratio) => "ratio",
        (_, Unit::Volume) => "bytes",
        (_, Unit::Duration) => "s",
        (_, Unit::Count) => "count",
    };
    let screening = sensitivity.screening.as_ref().map(|it| {
        json!({
            "trajectories": it.trajectories,
            "levels": LEVELS,
            "factors": it.factors.iter().map(screened).collect::<Vec<Json>>(),
        })
    });
    pretty(&json!({
        "schema_version": 1,
        "program": "cmksim",
        "version": env!("CARGO_PKG_VERSION"),
        "title": scenario.title,
        "edition": scenario.edition,
        "seed": scenario.seed,
        "replications": sensitivity.replications,
        "of": target.text,
        "unit": unit,
        "verdict": verdict(sensitivity),
        "base": answer(sensitivity.base),
        "factors": sensitivity.influences.iter().map(influence).collect::<Vec<Json>>(),
        "screening": screening,
        "scenario": source,
    }))
}

fn answer(answer: &Result<Answer, String>) -> Json {
    match answer {
        Err(reason) => json!({ "value": null, "unknown": reason }),
        Ok(answer) => json!({
            "value": answer.number,
            "ci95": answer.interval.ok().map(|it| [it.low, it.high]),
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
    json["difference"] = shift.difference.map_or(Json::Null, |mean| {
        let ends = mean.interval().map(|it| [it.low, it.high]);
        json!({ "mean": mean.mean, "ci95": ends, "sd": mean.sd })
    });
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
