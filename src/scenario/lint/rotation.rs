//! A rotation whose old version is disabled before the cluster can use the new one.

use super::super::diagnostics::Diagnostic;
use super::super::{Action, KeyTarget};
use super::times::Times;
use super::{Version, Written, begin, end, same_key};
use crate::units::Duration;

pub(super) fn lint(written: &Written<'_>, times: &Times, found: &mut Vec<Diagnostic>) {
    for (disable, event) in written.scenario.events.iter().enumerate() {
        let Action::DisableKey(old) = &event.action else {
            continue;
        };
        let updates = updates(written, old);
        let version = written.version(disable, old);
        let early = updates.iter().find(|update| {
            let others = updates
                .iter()
                .filter(|other| other.event != update.event && other.cluster == update.cluster);
            // Then it is disabled late, not early. One in use then was replaced by none.
            let replaced = |other: &Update| {
                version != Version::InUse
                    && other.changes_from(&version)
                    && times.certainly_before(end(other.event), begin(disable))
            };
            update.changes_from(&version)
                && used(written, update.cluster, old, &version, others.clone())
                && !others.clone().any(replaced)
                && too_early(written, times, disable, update.event, old)
        });
        if let Some(update) = early {
            let name = &written.scenario.events[update.event].name;
            let longest = super::longest(&written.scenario.behaviour.key_update_duration);
            found.push(
                Diagnostic::warning(
                    written.event(disable),
                    "this may disable the old version before the update to another version is finished",
                )
                .label("requests for it are denied from here on")
                .also(
                    written.event(update.event),
                    format!("the update, which takes up to {longest}"),
                )
                .help(format!("wait for it: after_end = \"{name}\"")),
            );
        }
    }
}

/// An update of a cluster's key.
struct Update {
    event: usize,
    cluster: usize,
    version: Version,
}

impl Update {
    /// Whether it replaces this version by another one.
    fn changes_from(&self, old: &Version) -> bool {
        // One to the version in use changes nothing.
        self.version != Version::InUse && self.version != *old
    }
}

/// The updates to some version of a key.
fn updates(written: &Written<'_>, of: &KeyTarget) -> Vec<Update> {
    let events = written.scenario.events.iter().enumerate();
    let update = |(event, action): (usize, &Action)| {
        let Action::UpdateClusterKey { cluster, key } = action else {
            return None;
        };
        same_key(key, of).then(|| Update {
            event,
            cluster: *cluster,
            version: written.version(event, key),
        })
    };
    events
        .map(|(index, event)| (index, &event.action))
        .filter_map(update)
        .collect()
}

/// Whether a cluster may use a version: from the start, or by one of its `others`, the updates
/// beside the one looked at.
fn used<'a>(
    written: &Written<'_>,
    cluster: usize,
    key: &KeyTarget,
    version: &Version,
    mut others: impl Iterator<Item = &'a Update>,
) -> bool {
    let at_start = written.scenario.clusters[cluster].key.as_ref();
    let at_start = at_start.filter(|start| (start.vault, start.key) == (key.vault, key.key));
    let named = |start: &str| matches!(version, Version::Named(name) if name == start);
    at_start.is_some_and(|start| *version == Version::InUse || named(&start.version))
        || others.any(|other| other.version == *version)
}

/// Whether the end of an update may come after its old version was disabled, and nothing
/// enables that in between.
fn too_early(
    written: &Written<'_>,
    times: &Times,
    disable: usize,
    update: usize,
    old: &KeyTarget,
) -> bool {
    let gap = times.gap(begin(disable), end(update));
    let early = gap.is_some_and(|gap| gap.likely_longest > Duration::ZERO);
    let mut events = written.scenario.events.iter().enumerate();
    let enabled_again = events.any(|(index, event)| {
        matches!(&event.action, Action::EnableKey(target) if same_key(target, old))
            && times.perhaps_before(begin(disable), begin(index))
            && times.perhaps_before(begin(index), begin(update))
    });
    let lasts = written.scenario.events[disable].duration.is_some();
    let over = lasts && times.certainly_before(end(disable), begin(update));
    early && !enabled_again && !over
}
