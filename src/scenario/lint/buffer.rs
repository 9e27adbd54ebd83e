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
                    "this outage can last longer than the buffer holds data; then data is dropped",
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
    if let Action::StorageOutage { .. } = action {
        let reason = format!("data is held for {buffer} (buffer_retention)");
        return Some((buffer, reason));
    }
    let (Action::KeyVaultOutage { failure, .. } | Action::IdentityOutage { failure }) = action
    else {
        return None;
    };
    if let Action::KeyVaultOutage { vault, .. } = action
        && !asked(scenario, *vault)
    {
        return None;
    }
    // If some requests get through, each of them restarts the tolerance.
    let tolerance = scenario.behaviour.outage_tolerance.as_ref()?.shortest();
    let reason = format!(
        "keys stay in use for {tolerance} (outage_tolerance), then data is held for {buffer} \
         (buffer_retention)"
    );
    (*failure == Probability::ALWAYS).then_some((tolerance + buffer, reason))
}

/// Whether some cluster has its key in a vault, or may get one from there.
fn asked(scenario: &Scenario, vault: usize) -> bool {
    let clusters = scenario.clusters.iter();
    let mut keys = clusters.filter_map(|cluster| cluster.key.as_ref());
    let mut events = scenario.events.iter();
    keys.any(|key| key.vault == vault)
        || events.any(|event| {
            matches!(&event.action, Action::UpdateClusterKey { key, .. } if key.vault == vault)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::measured::Measured;
    use crate::scenario::{EventKind, file, validate};

    /// A kind that makes data wait is looked at, and no other.
    #[test]
    fn an_outage_of_any_kind_may_outlast_the_buffer() {
        for kind in EventKind::ALL
            .iter()
            .filter(|kind| kind.key("duration").is_some())
        {
            let factor = kind.key("factor").map_or("", |_| "factor = 2");
            let throttles = kind.key("requests").is_some();
            let requests = if throttles { "requests = 9999" } else { "" };
            let text = format!(
                "duration = '7d'\n[[workspace]]\nname = 'w'\ningestion = '1 TB/day'\n\
                 [[event]]\nat = '1d'\nkind = '{}'\nduration = '1d'\n{factor}{requests}",
                kind.name()
            );
            let (root, _) = file::parse(0, &text);
            let scenario = validate::scenario(&root, Measured::default())
                .0
                .expect("it is right");
            let mut found = Vec::new();
            lint(&Written::new(&scenario, &root), &mut found);
            // What is throttled is answered now and then.
            let outlasts = kind.buffers() && !throttles;
            assert_eq!(found.len(), usize::from(outlasts), "{text}");
        }
    }
}
