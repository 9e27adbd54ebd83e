//! Which key version an event means.

use super::cluster::Clusters;
use super::history::KeyVersion;
use super::history::{Occurrence, Reason};
use super::key_vault::Vaults;
use crate::scenario::{Action, KeyTarget, NEWEST, Scenario, Scope, Timing};

/// The key version that an occurrence means by `target`.
pub(super) fn resolve(
    scenario: &Scenario,
    vaults: &Vaults,
    clusters: &Clusters<'_>,
    target: &KeyTarget,
    occurrence: Occurrence,
) -> Result<KeyVersion, Reason> {
    let (vault, key) = (target.vault, target.key);
    let of_key = |version| KeyVersion {
        vault,
        key,
        version,
    };
    if let Some(name) = &target.version {
        let (found, missing) = if name == NEWEST {
            let newest = vaults[vault].keys[key].newest_enabled();
            (newest, Reason::VersionDisabled)
        } else {
            (vaults[vault].keys[key].find(name), Reason::NoSuchVersion)
        };
        return found.map(of_key).ok_or(missing);
    }
    let event = &scenario.events[occurrence.event];
    let is_meant = |version: &KeyVersion| (version.vault, version.key) == (vault, key);
    if let Timing::After { event, .. } = event.timing {
        let touched = vaults.touched(Occurrence {
            event,
            ..occurrence
        });
        if let Some(touched) = touched.filter(is_meant) {
            return Ok(touched);
        }
    }
    // An update is about its own cluster: first of all the version that it uses. So is a
    // response about the cluster that is watched.
    let mut own = None;
    if let Action::UpdateClusterKey { cluster, .. } = event.action {
        own = Some(cluster);
    }
    let mut watched = None;
    if let Timing::Seen(watch) = &event.timing
        && let Scope::Cluster(cluster) = watch.scope
    {
        watched = Some(cluster);
    }
    let first = own.or(watched).map(|cluster| &clusters[cluster]);
    let others = clusters.iter().filter(|_| own.is_none());
    let mut used = first
        .into_iter()
        .chain(others)
        .filter_map(|cluster| cluster.key);
    if let Some(used) = used.find(is_meant) {
        return Ok(used);
    }
    // A cluster that has used no version of this key gets the newest.
    let newest = vaults[vault].keys[key].versions.len() - 1;
    own.map(|_| of_key(newest)).ok_or(Reason::KeyNotInUse)
}
