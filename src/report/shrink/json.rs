//! `shrink.json`: what went and what stayed, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{about, text};
use super::document::answer;
use super::{ShrunkOf, shrunk_toml};
use crate::scenario::Size;

/// `shrink.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ShrinkJson<'a> {
    replication: u64,
    /// What had to stay.
    symptom: String,
    /// The expectation that fails.
    expectation: &'a str,
    /// In a sentence.
    answer: String,
    /// Whether nothing more can go; else the limit on replays came first.
    finished: bool,
    /// How many candidates were replayed.
    replays: u64,
    /// Of the scenario.
    before: SizeJson,
    /// Of the frozen replication.
    frozen: SizeJson,
    /// Of what is left.
    after: SizeJson,
    /// In the order in which they were taken.
    steps: Vec<StepJson<'a>>,
    /// The TOML of what is left.
    shrunk: String,
}

/// A step that was taken, and how large the scenario was after it.
#[derive(Serialize, JsonSchema)]
struct StepJson<'a> {
    step: &'a str,
    #[serde(flatten)]
    left: SizeJson,
}

/// How large a scenario is.
#[derive(Serialize, JsonSchema)]
struct SizeJson {
    /// Events, hazards and responses.
    events: usize,
    workspaces: usize,
    clusters: usize,
    storage_accounts: usize,
    key_vaults: usize,
    /// Versions of keys at the start.
    versions: usize,
    /// Keys that are written.
    keys: usize,
}

/// What was found.
pub fn shrink_json(of: ShrunkOf<'_>) -> String {
    let shrunk = of.shrunk;
    let steps = shrunk.taken.iter().map(|taken| StepJson {
        step: &taken.words,
        left: size(taken.size),
    });
    let body = ShrinkJson {
        replication: shrunk.frozen.before.replication,
        symptom: of.symptom.to_string(),
        expectation: of.symptom.expectation(),
        answer: answer(of),
        finished: shrunk.finished,
        replays: shrunk.replays,
        before: size(shrunk.before),
        frozen: size(shrunk.start),
        after: size(shrunk.after),
        steps: steps.collect(),
        shrunk: shrunk_toml(of),
    };
    text(&about(of.scenario, of.source, body))
}

fn size(size: Size) -> SizeJson {
    SizeJson {
        events: size.events,
        workspaces: size.workspaces,
        clusters: size.clusters,
        storage_accounts: size.accounts,
        key_vaults: size.key_vaults,
        versions: size.versions,
        keys: size.keys,
    }
}
