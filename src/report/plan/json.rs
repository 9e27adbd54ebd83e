//! `plan.json`.

use serde_json::{Map, Value as Json, json};

use super::super::json::{about, float, seconds};
use super::{QUANTILES, words};
use crate::experiment::Sample;
use crate::experiment::plan::{
    Bound, ClusterPlan, LevelPlan, Limit, Plan, Room, When, limits, vaults,
};
use crate::statistics::{Interval, Mean, Trend};

/// Everything that a plan says; `source` is the TOML of the scenario. Volumes are in bytes, levels
/// in bytes a day, costs in the currency that it names.
pub fn plan_json(plan: &Plan<'_>, source: &str) -> String {
    let prices = &plan.scenario.prices;
    let unverified = plan.scenario.unverified_prices();
    let unverified: Vec<&str> = unverified.map(|it| it.name.as_str()).collect();
    let names = plan.scenario.clusters.iter().map(|it| it.name.clone());
    let clusters = plan
        .clusters
        .iter()
        .enumerate()
        .map(|(at, it)| cluster(plan, at, it));
    about(
        plan.scenario,
        source,
        json!({
            "notes": words::notes(plan),
            "replications": plan.replications,
            "fingerprint": plan.fingerprint.to_string(),
            "prices": {
                "currency": prices.currency,
                "region": prices.region,
                "date": prices.date,
                "source": prices.source,
                "unverified": unverified,
            },
            "paid": plan
                .paid
                .iter()
                .map(|(measure, it)| (measure.name().to_owned(), paid(it)))
                .collect::<Map<String, Json>>(),
            "clusters": names.zip(clusters).collect::<Map<String, Json>>(),
            "key_vaults": vaults(plan)
                .iter()
                .map(|load| {
                    json!({
                        "name": plan.scenario.key_vaults[load.vault].name,
                        "mean_in_10_s": float(load.mean),
                        "most_in_10_s": load.most,
                        "limits_in_10_s": load.limits
                            .iter()
                            .map(|it| json!({
                                "key": it.key,
                                "software": it.software,
                                "hardware": it.hardware,
                                "source": it.source,
                            }))
                            .collect::<Vec<Json>>(),
                    })
                })
                .collect::<Vec<Json>>(),
            "limits": limits(plan).iter().map(|it| limit(plan, it)).collect::<Vec<Json>>(),
        }),
    )
}

fn cluster(plan: &Plan<'_>, at: usize, it: &ClusterPlan) -> Json {
    let month = |(number, month): (usize, &crate::experiment::plan::Month)| {
        let (level, cost) = it.cheapest(number);
        json!({
            "month": month.name,
            "from_s": seconds(month.from.millis()),
            "until_s": seconds(month.until.millis()),
            "billed_bytes": mean(&it.billed[number]),
            "cheapest_level": it.levels[level].level.bytes_per_day(),
            "cost": float(cost),
            "room": room(&it.room_by_month[number]),
        })
    };
    let scheduled = it.schedule.levels.iter();
    json!({
        "verdict": words::verdict(plan, at),
        "best_level": it.levels[it.best].level.bytes_per_day(),
        "own_level": it.levels[it.own].level.bytes_per_day(),
        "levels": it.levels.iter().map(level).collect::<Vec<Json>>(),
        "schedule": {
            "levels": scheduled.map(|level| it.levels[*level].level.bytes_per_day()).collect::<Vec<u64>>(),
            "cost": float(it.schedule.cost),
        },
        "room": room(&it.room),
        "months": plan.months.iter().enumerate().map(month).collect::<Vec<Json>>(),
        "key_vault_requests": mean(&it.requests),
        "trend": trend(it.trend.as_ref()),
    })
}

fn level(level: &LevelPlan) -> Json {
    json!({
        "level": level.level.bytes_per_day(),
        "cost": level.cost.mean.as_ref().map(mean),
        "more": level.more.as_ref().map(mean),
    })
}

fn paid(sample: &Sample) -> Json {
    let mut all = sizes(sample);
    all["mean"] = sample.mean.as_ref().map_or(Json::Null, mean);
    all
}

fn mean(mean: &Mean) -> Json {
    json!({ "mean": float(mean.mean), "ci95": interval(mean.interval()) })
}

fn interval(interval: Option<Interval>) -> Json {
    interval.map_or(Json::Null, |it| json!([float(it.low), float(it.high)]))
}

fn room(room: &Room) -> Json {
    json!({
        "hot_peak_bytes": sizes(&room.hot),
        "buffered_peak_bytes": sizes(&room.buffered),
        "stored_peak_bytes": sizes(&room.stored),
    })
}

fn sizes(sample: &Sample) -> Json {
    let size = |(name, quantile)| {
        let found = sample.quantile(quantile)?;
        let ends = found.interval.map(|(low, high)| Interval {
            low: low.number(),
            high: high.number(),
        });
        let told = json!({ "value": float(found.value.number()), "ci95": interval(ends) });
        Some((String::from(name), told))
    };
    Json::Object(QUANTILES.into_iter().filter_map(size).collect())
}

/// How something grows from week to week.
fn trend(trend: Option<&Trend>) -> Json {
    trend.map_or(Json::Null, |it| {
        json!({
            "last_bytes_per_day": float(it.last),
            "weekly_factor": float(it.factor),
            "ci95": interval(Some(it.interval)),
        })
    })
}

fn limit(plan: &Plan<'_>, limit: &Limit) -> Json {
    let (kind, of) = match limit.bound {
        Bound::StepUp { cluster, .. } => ("step_up", &plan.scenario.clusters[cluster].name),
        Bound::HighestLevel { cluster } => ("highest_level", &plan.scenario.clusters[cluster].name),
        Bound::DailyCap { workspace } => ("daily_cap", &plan.scenario.workspaces[workspace].name),
        Bound::IngestionRate { workspace } => {
            ("ingestion_rate", &plan.scenario.workspaces[workspace].name)
        }
    };
    let months = match limit.when {
        When::Reached => json!(0),
        When::Months { months, .. } => float(months),
        When::NotSo(_) | When::Unknown => Json::Null,
    };
    json!({
        "kind": kind,
        "of": of,
        "text": words::limit(plan, limit),
        "at_bytes": float(limit.at),
        "now_bytes": limit.now.map(float),
        "months": months,
        "when": words::when(limit.when),
    })
}
