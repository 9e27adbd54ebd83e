//! `compare.json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::describe::change;
use super::super::format::Clock;
use super::super::json::{ByName, MeanJson, Measured, Seconds, key, text};
use super::{Compared, Other, Side, verdict};
use crate::experiment::{Paired, Pairs};
use crate::scenario::{Change, Scope};
use crate::statistics::Mean;

/// `compare.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct CompareJson<'a> {
    seed: u64,
    /// Of each scenario.
    replications: u64,
    scenarios: Vec<SideJson<'a>>,
    /// The name of the one that the others are held against.
    against: &'a str,
    comparisons: Vec<ComparisonJson<'a>>,
}

/// A scenario of a comparison.
#[derive(Serialize, JsonSchema)]
struct SideJson<'a> {
    name: &'a str,
    title: Option<&'a str>,
    edition: &'a str,
    currency: &'a str,
    /// Its TOML.
    scenario: &'a str,
}

/// A scenario against the first.
#[derive(Serialize, JsonSchema)]
struct ComparisonJson<'a> {
    scenario: &'a str,
    verdict: String,
    /// The measure that the verdict is about.
    of: Option<String>,
    #[serde(flatten)]
    measures: Measured<PairedJson>,
    parting: Option<PartingJson<'a>>,
    changes: Vec<ChangeJson<'a>>,
    changed_keys: usize,
    /// What the changes do only together.
    together: Option<MeanJson>,
}

/// A measure in both.
#[derive(Serialize, JsonSchema)]
struct PairedJson {
    #[serde(flatten)]
    pairs: Option<PairsJson>,
    /// In how many replications only one of them has a value.
    one_sided: usize,
}

#[derive(Serialize, JsonSchema)]
struct PairsJson {
    first: Spread,
    second: Spread,
    difference: DifferenceJson,
    /// `differs`, `not distinguishable at 95%` or `no difference in any replication`.
    finding: &'static str,
    /// In how many replications the second has more.
    larger: usize,
    equal: usize,
    smaller: usize,
}

#[derive(Serialize, JsonSchema)]
struct Spread {
    mean: f64,
    sd: f64,
}

#[derive(Serialize, JsonSchema)]
struct DifferenceJson {
    #[serde(flatten)]
    mean: MeanJson,
    median: f64,
}

/// Where two histories part: what happens in one and not in the other.
#[derive(Serialize, JsonSchema)]
struct PartingJson<'a> {
    replication: u64,
    first: Option<HappenedJson<'a>>,
    second: Option<HappenedJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct HappenedJson<'a> {
    time_s: Seconds,
    time: Option<String>,
    text: String,
    event: Option<&'a str>,
    rule: &'static str,
}

/// A key that differs, and how much of the difference it makes.
#[derive(Serialize, JsonSchema)]
struct ChangeJson<'a> {
    path: &'a str,
    first: Option<&'a str>,
    second: Option<&'a str>,
    difference: Option<MeanJson>,
    /// Why the difference is not known.
    unknown: Option<&'a str>,
}

/// Everything that is known of a comparison.
pub fn compare_json(compared: &Compared<'_>) -> String {
    let first = compared.first;
    let others = compared.others.iter();
    let sides = std::iter::once(first).chain(others.clone().map(|other| other.side));
    text(&CompareJson {
        seed: first.scenario.seed,
        replications: compared.replications,
        scenarios: sides.map(side).collect(),
        against: first.name,
        comparisons: others.map(|other| comparison(compared, other)).collect(),
    })
}

fn side(side: Side<'_>) -> SideJson<'_> {
    SideJson {
        name: side.name,
        title: side.scenario.title.as_deref(),
        edition: &side.scenario.edition,
        currency: &side.scenario.prices.currency,
        scenario: side.source,
    }
}

fn comparison<'a>(compared: &Compared<'a>, other: &'a Other<'_>) -> ComparisonJson<'a> {
    let scenario = compared.first.scenario;
    let sheet = |scope: Scope| {
        let own = other.measures.iter().filter(|paired| paired.scope == scope);
        ByName(own.map(|of| (key(of.measure), paired(of))).collect())
    };
    let of = other.telling();
    let together = other
        .attribution
        .as_ref()
        .and_then(|attribution| attribution.together);
    ComparisonJson {
        scenario: other.side.name,
        verdict: verdict(compared.first, other),
        of: of.map(|telling| scenario.name_of(telling.scope, telling.measure)),
        // What only the first has cannot be compared.
        measures: Measured::of(scenario, sheet).without_empty(),
        parting: parting(compared, other),
        changes: changes(other),
        changed_keys: other.changes.keys.unwrap_or(other.changes.list.len()),
        together: together.map(MeanJson::from),
    }
}

fn paired(paired: &Paired) -> PairedJson {
    let spread = |mean: Mean| Spread {
        mean: mean.mean,
        sd: mean.sd,
    };
    let pairs = |pairs: &Pairs| PairsJson {
        first: spread(pairs.first),
        second: spread(pairs.second),
        difference: DifferenceJson {
            mean: pairs.difference.into(),
            median: pairs.median,
        },
        finding: pairs.finding().words(),
        larger: pairs.larger,
        equal: pairs.equal,
        smaller: pairs.smaller,
    };
    PairedJson {
        pairs: paired.pairs.as_ref().map(pairs),
        one_sided: paired.one_sided,
    }
}

fn parting<'a>(compared: &Compared<'a>, other: &'a Other<'_>) -> Option<PartingJson<'a>> {
    fn told(side: Side<'_>, at: Option<usize>) -> Option<HappenedJson<'_>> {
        let entry = &side.history.log[at?];
        let event = entry
            .cause
            .map(|cause| &*side.scenario.events[cause.event].name);
        Some(HappenedJson {
            time_s: Seconds(entry.time.millis()),
            time: Clock::new(side.scenario.start).iso(entry.time),
            text: change(side.scenario, side.history, entry),
            event,
            rule: entry.rule.id(),
        })
    }
    other.parting.map(|parting| PartingJson {
        replication: compared.replication,
        first: told(compared.first, parting.first),
        second: told(other.side, parting.second),
    })
}

fn changes<'a>(other: &'a Other<'_>) -> Vec<ChangeJson<'a>> {
    let parts = other
        .attribution
        .as_ref()
        .map(|attribution| attribution.parts.as_slice());
    let of = |at: usize| parts.and_then(|parts| parts.get(at));
    let change = |(at, change): (usize, &'a Change)| ChangeJson {
        path: &change.path,
        first: change.from.as_deref(),
        second: change.to.as_deref(),
        difference: of(at)
            .and_then(|part| part.as_ref().ok())
            .map(|mean| (*mean).into()),
        unknown: of(at)
            .and_then(|part| part.as_ref().err())
            .map(String::as_str),
    };
    other.changes.list.iter().enumerate().map(change).collect()
}
