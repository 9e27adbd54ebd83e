//! `faults.json`: what was found, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{ByName, Ci95, Number, Seconds, about, assumed, ci95, text, unit};
use super::file::cut_name;
use super::{Faults, answer};
use crate::experiment::Outcome;
use crate::experiment::faults::Cut;
use crate::units::Duration;

/// `faults.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct FaultsJson<'a> {
    order: usize,
    replications: u64,
    /// In a sentence.
    answer: String,
    /// Whether the promise holds without any fault: `holds`, `broken` or `undecided`.
    without_faults: &'static str,
    /// The minimal cut sequences.
    sequences: Vec<CutJson<'a>>,
    /// Sequences of which the replications cannot say whether they break the promise.
    undecided: Vec<CutJson<'a>>,
    faults: Vec<FaultJson<'a>>,
    /// Of what the importance of a fault is a share: `rates` or `sequences`.
    importance_of: &'static str,
    /// By the number of faults.
    covered: Vec<CoveredJson>,
    /// Whether a class has one order throughout, and not only at its corners.
    exact: bool,
    assumed: ByName<String>,
}

/// A sequence.
#[derive(Serialize, JsonSchema)]
struct CutJson<'a> {
    /// In the order of time.
    faults: Vec<PartJson<'a>>,
    /// The replication in which it was found.
    replication: u64,
    /// What fails.
    expectation: &'a str,
    /// In which part of the replications.
    share: Option<f64>,
    share_ci95: Ci95,
    /// The worst value of what is expected to be something.
    worst: Number,
    unit: &'static str,
    /// The least and the most time from the first fault to the last.
    apart_s: [Seconds; 2],
    classes: u64,
    /// For how many combinations of whole seconds, over all replications.
    points: u64,
    /// Null where the scenario has no hazard of one of the faults.
    rate_per_year: Option<f64>,
    file: Option<String>,
}

/// A fault of a sequence: when it happens at worst.
#[derive(Serialize, JsonSchema)]
struct PartJson<'a> {
    name: &'a str,
    /// In words.
    when: String,
    /// The event after whose beginning, or end, it happens; empty for the start of the run.
    anchor: String,
    after_s: Seconds,
    earliest_s: Seconds,
    latest_s: Seconds,
}

/// A fault that may happen.
#[derive(Serialize, JsonSchema)]
struct FaultJson<'a> {
    name: &'a str,
    /// As a scenario writes it.
    keys: &'a [String],
    rate_per_year: Option<f64>,
    importance: f64,
}

/// What was looked at.
#[derive(Serialize, JsonSchema)]
struct CoveredJson {
    order: usize,
    sets: u64,
    /// How far apart the instants are at which classes were looked for.
    spacing_s: Seconds,
    points: u64,
    classes: u64,
    replays: u64,
}

/// What was found for a scenario whose TOML is `source`.
pub fn faults_json(faults: &Faults<'_>, source: &str) -> String {
    let found = faults.found;
    let rates = faults.rates();
    let (importance, of_rates) = faults.importance();
    let all = |cuts: &'_ [Cut], minimal: bool| {
        let cuts = cuts.iter().enumerate();
        let of = |(at, cut)| self::cut(faults, cut, &rates, minimal.then(|| cut_name(faults, at)));
        cuts.map(of).collect()
    };
    let covered = found
        .covered
        .iter()
        .enumerate()
        .map(|(at, of)| CoveredJson {
            order: at + 1,
            sets: of.sets,
            spacing_s: Seconds(of.spacing.millis()),
            points: of.points,
            classes: of.classes,
            replays: of.replays,
        });
    let of_faults = faults.faults.iter().zip(&rates).zip(importance);
    let body = FaultsJson {
        order: faults.order,
        replications: faults.replications,
        answer: answer(faults),
        without_faults: match found.base.outcome {
            Outcome::Passed => "holds",
            Outcome::Failed => "broken",
            Outcome::Undecided => "undecided",
        },
        sequences: all(&found.cuts, true),
        undecided: all(&found.undecided, false),
        faults: of_faults
            .map(|((fault, rate), importance)| FaultJson {
                name: &fault.name,
                keys: &fault.lines,
                rate_per_year: *rate,
                importance,
            })
            .collect(),
        importance_of: if of_rates { "rates" } else { "sequences" },
        covered: covered.collect(),
        exact: found.exact,
        assumed: assumed(faults.scenario, &[]),
    };
    text(&about(faults.scenario, source, body))
}

fn cut<'a>(
    faults: &'a Faults<'_>,
    cut: &Cut,
    rates: &[Option<f64>],
    name: Option<String>,
) -> CutJson<'a> {
    let expectation = faults.expectation(cut);
    let share = faults.share(cut);
    let when = faults.when(cut);
    let parts = cut.parts.iter().zip(faults.names(cut)).zip(when);
    let seconds = |of: Duration| Seconds(of.millis());
    CutJson {
        faults: parts
            .map(|((part, name), when)| PartJson {
                name,
                when,
                anchor: faults.anchor(part.place.anchor),
                after_s: seconds(part.place.after),
                earliest_s: seconds(part.within.0),
                latest_s: seconds(part.within.1),
            })
            .collect(),
        replication: cut.replication,
        expectation: &expectation.text,
        share: share.share(),
        share_ci95: ci95(share.interval()),
        worst: Number(cut.verdict.worst_value(expectation.measure)),
        unit: unit(expectation.measure.unit()),
        apart_s: [seconds(cut.apart.0), seconds(cut.apart.1)],
        classes: cut.classes,
        points: cut.points,
        rate_per_year: faults.rate(cut, rates),
        file: name.map(|name| format!("faults/{name}")),
    }
}
