//! Which key each cluster uses, and what the vault answers it, by time.

use serde::Serialize;

use crate::experiment::Replay;
use crate::model::{Answer, Answers, KeyVersion};
use crate::scenario::Scenario;
use crate::units::Time;

/// The key of a cluster by time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyTimes {
    /// The name of the cluster.
    pub cluster: String,
    /// From when on it uses which key; an empty vault: a Microsoft key.
    pub keys: Vec<UsedKey>,
    /// From when on its polls are answered how: `granted`, `unreachable`, `denied`, `mixed` where
    /// that is random, `none` where it does not poll.
    pub answers: Vec<(i64, &'static str)>,
}

/// A key version that a cluster uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsedKey {
    /// From when on.
    pub at: i64,
    /// The name of the vault.
    pub vault: String,
    /// The name of the key.
    pub key: String,
    /// The name of the version.
    pub version: String,
}

/// The keys of all clusters.
pub(super) fn keys(scenario: &Scenario, replay: &Replay) -> Vec<KeyTimes> {
    let millis = |t: Time| t.max(Time::START).millis();
    let clusters = scenario.clusters.iter().zip(&replay.history.clusters);
    clusters
        .map(|(cluster, history)| KeyTimes {
            cluster: cluster.name.clone(),
            keys: history
                .key
                .iter()
                .map(|&(at, version)| used(scenario, replay, millis(at), version))
                .collect(),
            answers: history
                .polls
                .iter()
                .map(|&(at, answers)| (millis(at), word(answers)))
                .collect(),
        })
        .collect()
}

fn used(scenario: &Scenario, replay: &Replay, at: i64, version: Option<KeyVersion>) -> UsedKey {
    let name = |of: &dyn Fn(KeyVersion) -> String| version.map(of).unwrap_or_default();
    let vaults = &scenario.key_vaults;
    UsedKey {
        at,
        vault: name(&|key| vaults[key.vault].name.clone()),
        key: name(&|key| vaults[key.vault].keys[key.key].name.clone()),
        version: name(&|key| {
            let history = &replay.history.key_vaults[key.vault].keys[key.key];
            history.versions[key.version].clone()
        }),
    }
}

fn word(answers: Option<Answers>) -> &'static str {
    match answers.map(Answers::certain) {
        None => "none",
        Some(None) => "mixed",
        Some(Some(Answer::Granted)) => "granted",
        Some(Some(Answer::Unreachable)) => "unreachable",
        Some(Some(Answer::Denied)) => "denied",
    }
}
