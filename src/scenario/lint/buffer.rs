//! An outage that may last longer than what arrives meanwhile can be held.

use super::super::diagnostics::Diagnostic;
use super::super::{Action, Scenario};
use super::{Written, longest};
use crate::units::{Duration, Probability};

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let scenario = written.scenario;
    for (index, event) in scenario.events.iter().enumerate() {
        let Some(duration) = &event.duration else {
            continue;
        };
        let lasts = longest(duration);
        let Some((held, reason)) = held(scenario, &event.action) else {
            continue;
        };
        if lasts > held {
            found.push(
                Diagnostic::warning(
                    written.value(index, "duration"),
                    "this outage may outlast the buffer: data is dropped then",
                )
                .label(match duration.longest() {
                    Some(_) => format!("up to {lasts}"),
                    None => format!("every second one longer than {lasts}"),
                })
                .help(reason),
            );
        }
    }
}

/// For how long nothing is dropped, and why; `None`: an outage of this kind drops nothing.
fn held(scenario: &Scenario, action: &Action) -> Option<(Duration, String)> {
    let buffer = scenario.behaviour.buffer_retention;
    let concerned = match action {
        // Where some requests get through the tolerance begins anew, again and again.
        Action::KeyVaultOutage { vault, failure } => {
            *failure == Probability::ALWAYS && asked(scenario, *vault)
        }
        Action::IdentityOutage { failure } => *failure == Probability::ALWAYS,
        Action::StorageOutage { .. } => {
            let reason = format!("data is held for {buffer} (buffer_retention)");
            return Some((buffer, reason));
        }
        _ => false,
    };
    let tolerance = scenario.behaviour.outage_tolerance.as_ref()?.shortest();
    let reason = format!(
        "keys stay in use for {tolerance} (outage_tolerance), then data is held for {buffer} \
         (buffer_retention)"
    );
    concerned.then_some((tolerance + buffer, reason))
}

/// Whether some cluster has its key in a vault, or may get one from there.
fn asked(scenario: &Scenario, vault: usize) -> bool {
    let clusters = scenario.clusters.iter();
    let mut keys = clusters.filter_map(|cluster| cluster.key.as_ref());
    let mut events = scenario.events.iter();
    keys.any(|key| key.vault == vault)
        || events.any(|event| match &event.action {
            Action::UpdateClusterKey { key, .. } => key.vault == vault,
            _ => false,
        })
}
