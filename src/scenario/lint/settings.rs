//! What events set, and what it is at the start.

use super::super::{Access, Action, Billing, Edge, KeyTarget, Scenario, Source};
use super::times::Moment;
use super::{Version, Written};
use crate::units::{Duration, Factor, Rate, Volume};

/// Something that events set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setting {
    /// A version of a key is enabled. `None`: which one is not known.
    Enabled(usize, usize, Option<String>),
    /// A version of a key has expired.
    Expired(usize, usize, Option<String>),
    /// A key is deleted.
    Deleted(usize, usize),
    /// A cluster's identity has a permission.
    Granted(usize, Permission),
    /// The rate of a workspace.
    Rate(usize),
    /// The factor on it.
    Factor(usize),
    /// The retention of a workspace.
    Retention(usize),
    /// The daily cap of a workspace.
    DailyCap(usize),
    /// The capacity reservation of a cluster.
    Capacity(usize),
    /// Who is billed for a cluster.
    Billing(usize),
}

/// One of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    Get,
    Wrap,
    Unwrap,
}

/// To what something is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Is(bool),
    Rate(Rate),
    Factor(Factor),
    Retention(Duration),
    DailyCap(Option<Volume>),
    Billing(Billing),
}

/// An event sets something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sets {
    pub(super) at: Moment,
    pub(super) setting: Setting,
    pub(super) to: State,
    /// Afterwards it is so, whatever was before. What undoes something may find it undone, what
    /// asks for something may be refused.
    pub(super) surely: bool,
}

impl Setting {
    /// Whether setting one may set the other.
    pub(super) fn may_be(&self, other: &Setting) -> bool {
        use Setting::{Enabled, Expired};
        match (self, other) {
            (Enabled(v, k, a), Enabled(w, l, b)) | (Expired(v, k, a), Expired(w, l, b)) => {
                (v, k) == (w, l) && (a.is_none() || b.is_none() || a == b)
            }
            _ => self == other,
        }
    }

    /// Whether setting one sets the other.
    pub(super) fn is(&self, other: &Setting) -> bool {
        use Setting::{Enabled, Expired};
        let known = !matches!(self, Enabled(_, _, None) | Expired(_, _, None));
        known && self == other
    }

    /// How it is at the start; `None`: there is nothing to be set yet.
    pub(super) fn at_start(&self, scenario: &Scenario) -> Option<State> {
        let workspace = |index: &usize| &scenario.workspaces[*index];
        let cluster = |index: &usize| Some(&scenario.clusters[*index]).filter(|c| c.at_start);
        Some(match self {
            // A version that is created later is enabled, and not expired, from then on.
            Setting::Enabled(..) => State::Is(true),
            Setting::Expired(..) | Setting::Deleted(..) => State::Is(false),
            Setting::Granted(index, permission) => {
                State::Is(permission.is_in(cluster(index)?.access))
            }
            Setting::Rate(index) => match workspace(index).ingestion.source {
                Source::Rate(rate) => State::Rate(rate),
                Source::Trace(_) => return None,
            },
            Setting::Factor(_) => State::Factor(Factor::ONE),
            Setting::Retention(index) => State::Retention(workspace(index).retention),
            Setting::DailyCap(index) => State::DailyCap(workspace(index).daily_cap),
            Setting::Capacity(index) => {
                let lowest = || scenario.behaviour.capacity_levels.first().copied();
                State::Rate(cluster(index)?.capacity_reservation.or_else(lowest)?)
            }
            Setting::Billing(index) => State::Billing(cluster(index)?.billing),
        })
    }
}

impl Permission {
    const ALL: [Permission; 3] = [Permission::Get, Permission::Wrap, Permission::Unwrap];

    fn is_in(self, access: Access) -> bool {
        match self {
            Permission::Get => access.get,
            Permission::Wrap => access.wrap,
            Permission::Unwrap => access.unwrap,
        }
    }
}

/// Everything that an event sets, at its beginning and at its end.
pub(super) fn sets(written: &Written<'_>, event: usize) -> Vec<Sets> {
    let mut all = Vec::new();
    let undone = written.scenario.events[event].duration.is_some();
    let (settings, surely) = settings(written, event);
    for (setting, to) in settings {
        let mut set = |edge, to, surely| {
            all.push(Sets {
                at: Moment { event, edge },
                setting: setting.clone(),
                to,
                surely,
            });
        };
        set(Edge::Begin, to, surely);
        if let (true, State::Is(is)) = (undone, to) {
            set(Edge::End, State::Is(!is), false);
        }
    }
    all
}

/// What the beginning of an event sets, and whether that is sure.
fn settings(written: &Written<'_>, event: usize) -> (Vec<(Setting, State)>, bool) {
    let scenario = written.scenario;
    let version = |setting: fn(usize, usize, Option<String>) -> Setting, target: &KeyTarget, is| {
        let name = name(written, event, target);
        let known = exists(scenario, target, name.as_deref());
        let setting = setting(target.vault, target.key, name);
        (vec![(setting, State::Is(is))], known)
    };
    let granted = |cluster: usize, access, is| {
        let there = scenario.clusters[cluster].at_start;
        (permissions(cluster, access, is), there)
    };
    let surely = |setting, to| (vec![(setting, to)], true);
    let perhaps = |setting, to| (vec![(setting, to)], false);
    let deleted = |key: &KeyTarget, is| surely(Setting::Deleted(key.vault, key.key), State::Is(is));
    match &scenario.events[event].action {
        Action::DisableKey(target) => version(Setting::Enabled, target, false),
        Action::EnableKey(target) => version(Setting::Enabled, target, true),
        Action::ExpireKey(target) => version(Setting::Expired, target, true),
        Action::ExtendKey(target) => version(Setting::Expired, target, false),
        Action::DeleteKey(target) => deleted(target, true),
        Action::RecoverKey(target) => deleted(target, false),
        &Action::RemoveAccess {
            cluster,
            permissions,
        } => granted(cluster, permissions, false),
        &Action::GrantAccess {
            cluster,
            permissions,
        } => granted(cluster, permissions, true),
        &Action::CreateCluster {
            cluster,
            capacity,
            billing,
            ..
        } => (created(scenario, cluster, capacity, billing), false),
        &Action::SetCapacityReservation { cluster, capacity } => {
            perhaps(Setting::Capacity(cluster), State::Rate(capacity))
        }
        &Action::SetBillingType { cluster, billing } => {
            perhaps(Setting::Billing(cluster), State::Billing(billing))
        }
        &Action::SetIngestion {
            workspace,
            rate,
            factor,
        } => (ingestion(workspace, rate, factor), true),
        &Action::SetRetention {
            workspace,
            retention,
        } => surely(Setting::Retention(workspace), State::Retention(retention)),
        &Action::SetDailyCap {
            workspace,
            daily_cap,
        } => surely(Setting::DailyCap(workspace), State::DailyCap(daily_cap)),
        Action::KeyVaultOutage { .. }
        | Action::KeyVaultThrottling { .. }
        | Action::IdentityOutage { .. }
        | Action::KeyVaultDenials { .. }
        | Action::StorageOutage { .. }
        | Action::CreateKeyVersion(_)
        | Action::PurgeKey(_)
        | Action::UpdateClusterKey { .. }
        | Action::DeleteCluster { .. }
        | Action::RecoverCluster { .. }
        | Action::AssociateWorkspace { .. }
        | Action::DisassociateWorkspace { .. }
        | Action::IngestionSurge { .. } => (Vec::new(), false),
    }
}

fn ingestion(
    workspace: usize,
    rate: Option<Rate>,
    factor: Option<Factor>,
) -> Vec<(Setting, State)> {
    let rate = rate.map(|rate| (Setting::Rate(workspace), State::Rate(rate)));
    let factor = factor.map(|factor| (Setting::Factor(workspace), State::Factor(factor)));
    rate.into_iter().chain(factor).collect()
}

/// That a cluster's identity has permissions, or has them not.
fn permissions(cluster: usize, access: Access, is: bool) -> Vec<(Setting, State)> {
    let named = Permission::ALL
        .into_iter()
        .filter(|permission| permission.is_in(access));
    let set = named.map(|permission| (Setting::Granted(cluster, permission), State::Is(is)));
    set.collect()
}

/// What a new cluster has: its identity has no permissions.
fn created(
    scenario: &Scenario,
    cluster: usize,
    capacity: Option<Rate>,
    billing: Billing,
) -> Vec<(Setting, State)> {
    let lowest = || scenario.behaviour.capacity_levels.first().copied();
    let capacity = capacity.or_else(lowest).map(State::Rate);
    let lost = permissions(cluster, Access::ALL, false);
    lost.into_iter()
        .chain(capacity.map(|to| (Setting::Capacity(cluster), to)))
        .chain([(Setting::Billing(cluster), State::Billing(billing))])
        .collect()
}

/// The name of the version that an event is about, if it is known.
fn name(written: &Written<'_>, event: usize, target: &KeyTarget) -> Option<String> {
    match written.version(event, target) {
        Version::Named(name) => Some(name),
        Version::InUse => in_use_throughout(written.scenario, target),
        Version::Created(_) | Version::Newest => None,
    }
}

/// The version of a key that the first cluster with this key uses from the start to the end.
fn in_use_throughout(scenario: &Scenario, target: &KeyTarget) -> Option<String> {
    let updated = scenario
        .events
        .iter()
        .any(|event| matches!(event.action, Action::UpdateClusterKey { .. }));
    let mut keys = scenario.clusters.iter().filter_map(|c| c.key.as_ref());
    let first = keys.find(|key| (key.vault, key.key) == (target.vault, target.key))?;
    (!updated && !first.follows_newest).then(|| first.version.clone())
}

/// Whether a version exists from the start on.
fn exists(scenario: &Scenario, target: &KeyTarget, name: Option<&str>) -> bool {
    let versions = &scenario.key_vaults[target.vault].keys[target.key].versions;
    name.is_some_and(|name| versions.iter().any(|version| version == name))
}
