//! `compare.json`.

use serde_json::{Value as Json, json};

use super::super::describe::change;
use super::super::format::Clock;
use super::super::json::{document, float, key, mean, seconds, with_measures};
use super::{Compared, Other, Side, verdict};
use crate::experiment::{Paired, Pairs};
use crate::scenario::{Change, Scope};

/// Everything that is known of a comparison.
pub fn compare_json(compared: &Compared<'_>) -> String {
    let first = compared.first;
    let others = compared.others.iter();
    let mut scenarios = vec![side(first)];
    scenarios.extend(others.clone().map(|other| side(other.side)));
    document(json!({
        "seed": first.scenario.seed,
        "replications": compared.replications,
        "scenarios": scenarios,
        "against": first.name,
        "comparisons": others.map(|it| comparison(compared, it)).collect::<Vec<Json>>(),
    }))
}

fn side(side: Side<'_>) -> Json {
    json!({
        "name": side.name,
        "title": side.scenario.title,
        "edition": side.scenario.edition,
        "currency": side.scenario.prices.currency,
        "scenario": side.source,
    })
}

fn comparison(compared: &Compared<'_>, other: &Other<'_>) -> Json {
    let scenario = compared.first.scenario;
    let sheet = |scope: Scope| {
        let own = other.measures.iter().filter(|it| it.scope == scope);
        let entries = own.map(|it| (key(it.measure), self::paired(it)));
        Json::Object(entries.collect())
    };
    let of = other.telling();
    let head = json!({
        "scenario": other.side.name,
        "verdict": verdict(compared.first, other),
        "of": of.map(|it| scenario.name_of(it.scope, it.measure)),
    });
    let mut told = with_measures(scenario, head, sheet);
    // What only the first has cannot be compared.
    for things in ["workspaces", "clusters"] {
        let things = told[things].as_object_mut().expect("by name");
        things.retain(|_, sheet| sheet.as_object().is_some_and(|it| !it.is_empty()));
    }
    told["parting"] = parting(compared, other);
    told["changes"] = Json::from(changes(other));
    told["changed_keys"] = Json::from(other.changes.keys.unwrap_or(other.changes.list.len()));
    let together = other.attribution.as_ref().and_then(|it| it.together);
    told["together"] = together.map_or(Json::Null, mean);
    told
}

fn paired(paired: &Paired) -> Json {
    let pairs = paired.pairs.map(|pairs| self::pairs(&pairs));
    let mut json = pairs.unwrap_or_else(|| json!({}));
    json["one_sided"] = Json::from(paired.one_sided);
    json
}

fn pairs(pairs: &Pairs) -> Json {
    let mut difference = mean(pairs.difference);
    difference["median"] = float(pairs.median);
    json!({
        "first": { "mean": pairs.first.mean, "sd": pairs.first.sd },
        "second": { "mean": pairs.second.mean, "sd": pairs.second.sd },
        "difference": difference,
        "larger": pairs.larger,
        "equal": pairs.equal,
        "smaller": pairs.smaller,
    })
}

fn parting(compared: &Compared<'_>, other: &Other<'_>) -> Json {
    let told = |side: Side<'_>, at: Option<usize>| {
        at.map(|at| {
            let entry = &side.history.log[at];
            json!({
                "time_s": seconds(entry.time.millis()),
                "time": Clock::new(side.scenario.start).iso(entry.time),
                "text": change(side.scenario, side.history, entry),
                "event": entry.cause.map(|it| side.scenario.events[it.event].name.clone()),
                "rule": entry.rule.id(),
            })
        })
    };
    other.parting.map_or(Json::Null, |parting| {
        json!({
            "replication": compared.replication,
            "first": told(compared.first, parting.first),
            "second": told(other.side, parting.second),
        })
    })
}

fn changes(other: &Other<'_>) -> Vec<Json> {
    let parts = other.attribution.as_ref().map(|it| it.parts.as_slice());
    let of = |at: usize| parts.and_then(|parts| parts.get(at));
    let change = |(at, change): (usize, &Change)| {
        json!({
            "path": change.path,
            "first": change.from,
            "second": change.to,
            "difference": of(at).and_then(|it| it.as_ref().ok()).map(|it| mean(*it)),
            "unknown": of(at).and_then(|it| it.as_ref().err()),
        })
    };
    other.changes.list.iter().enumerate().map(change).collect()
}
