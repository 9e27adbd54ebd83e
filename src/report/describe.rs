//! What happened, in words.

use super::format::{count, duration, percent, rate, sanitize, volume};
use crate::model::{Change, ClusterLife, History, Occurrence, Reason, Route, Subject, What};
use crate::scenario::{Access, Action, Billing, Class, KeyTarget, NEWEST, Rule, Scenario, Timing};
use crate::units::{Factor, Probability, Rate, Time};

/// The event or response that caused a change.
pub(super) fn origin(scenario: &Scenario, occurrence: Occurrence) -> String {
    let word = match scenario.events[occurrence.event].timing {
        Timing::Seen(_) => "response",
        _ => "event",
    };
    format!(" ({word} {})", self::occurrence(scenario, occurrence))
}

/// The name of an event; the second and later occurrences of a hazard are numbered.
pub(super) fn occurrence(scenario: &Scenario, occurrence: Occurrence) -> String {
    let name = sanitize(&scenario.events[occurrence.event].name);
    match occurrence.number {
        0 => name,
        n => format!("{name}, occurrence {}", u64::from(n) + 1),
    }
}

/// A change as a clause, without its time.
pub(super) fn change(scenario: &Scenario, history: &History, change: &Change) -> String {
    let action = change
        .cause
        .map(|occurrence| &scenario.events[occurrence.event].action);
    let named = subject(scenario, history, change.subject);
    let of = |words: fn(&Scenario, &Action, &str) -> String| match action {
        Some(action) => words(scenario, action, &named),
        None => named.clone(),
    };
    match change.what {
        What::Began => of(began),
        What::Ended => of(ended),
        What::WithoutEffect(why) => format!("{}: without effect, {}", of(asked), reason(why)),
        What::Access { from, to } => format!(
            "{}: {} -> {}",
            subject(scenario, history, change.subject),
            words(from.name()),
            words(to.name())
        ),
        What::Life { from, to } => {
            let recovers = scenario.behaviour.cluster_recovery_duration.is_some();
            format!("{named} {}", life(from, to, recovers))
        }
        What::Routed(route) => {
            let goes = goes(scenario, history, route, change.time);
            format!("data of {named} {goes}")
        }
        What::PurgedByItself => format!(
            "{} is purged: it was not recovered in time",
            subject(scenario, history, change.subject)
        ),
        What::Destroyed => format!(
            "data of {} is lost with the purged key",
            subject(scenario, history, change.subject)
        ),
        What::OperationStarted => format!("{}: accepted", of(asked)),
        What::OperationRejected(why) => format!("{}: rejected, {}", of(asked), reason(why)),
        What::OperationSucceeded => match (action, change.subject) {
            // Which version it is, is decided when the update reaches the vault.
            (Some(Action::UpdateClusterKey { cluster, .. }), Subject::Key { .. }) => {
                let cluster = cluster_name(scenario, *cluster);
                format!("update of {cluster} to {named}: succeeded")
            }
            // The service did it, not the event that made the version.
            _ if change.rule == Rule::Autorotation => format!("rotation to {named}: succeeded"),
            _ => format!("{}: succeeded", of(asked)),
        },
        What::OperationFailed(why) => format!("{}: failed, {}", of(asked), reason(why)),
    }
}

/// A name of the event log in plain words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// What a change is about.
pub(super) fn subject(scenario: &Scenario, history: &History, subject: Subject) -> String {
    match subject {
        Subject::Identity => "the identity provider".to_owned(),
        Subject::KeyVault(vault) => vault_name(scenario, vault),
        Subject::Key {
            vault,
            key,
            version,
        } => {
            let of_key = key_name(scenario, vault, key);
            match version {
                None => of_key,
                Some(version) => format!(
                    "version {} of {of_key}",
                    sanitize(&history.key_vaults[vault].keys[key].versions[version])
                ),
            }
        }
        Subject::Cluster(cluster) => cluster_name(scenario, cluster),
        Subject::StorageAccount { cluster, account } => format!(
            "storage account {} of {}",
            u64::from(account) + 1,
            cluster_name(scenario, cluster)
        ),
        Subject::Workspace(workspace) => workspace_name(scenario, workspace),
    }
}

/// Why something was refused, failed or changed nothing.
pub(super) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::AlreadySo => "this is already the case",
        Reason::NoSuchVersion => "no such key version exists",
        Reason::KeyNotInUse => "no cluster uses the key",
        Reason::VersionExists => "a version with that name exists",
        Reason::KeyDeleted => "the key is deleted",
        Reason::KeyPurged => "the key is purged",
        Reason::KeyNotDeleted => "the key is not deleted",
        Reason::PurgeProtected => "purge protection forbids it",
        Reason::OperationInProgress => "another operation of the cluster is running",
        Reason::Unreachable => "the key vault could not be reached",
        Reason::Denied => "the key vault answered 403",
        Reason::GetMissing => "the permission Get is missing",
        Reason::WrapMissing => "the permission Wrap Key is missing",
        Reason::UnwrapMissing => "the permission Unwrap Key is missing",
        Reason::VersionDisabled => "the key version is disabled",
        Reason::VersionExpired => "the key version is expired",
        Reason::VaultNotRecoverable => "the vault lacks soft delete or purge protection",
        Reason::SubscriptionNotAllowed => "the subscription was not allowed to have clusters",
        Reason::TooManyClusters => {
            "the subscription has reached its limit of clusters in the region"
        }
        Reason::NameReserved => "the name of a deleted cluster is still reserved",
        Reason::ClusterExists => "a cluster with that name exists",
        Reason::CapacityNotALevel => "the capacity reservation is not one of the available levels",
        Reason::CapacityLocked => "the capacity reservation cannot be lowered yet",
        Reason::IdentityMissing => {
            "the cluster has no identity yet, so it cannot be granted the key"
        }
        Reason::OtherRegion => "they are in different regions",
        Reason::OtherTenant => "they are in different tenants",
        Reason::ClusterMissing => "the cluster does not exist",
        Reason::ClusterDeleting => "the cluster is being deleted",
        Reason::HasWorkspaces => "workspaces are associated with the cluster",
        Reason::AssociatedElsewhere => "the workspace is associated with another cluster",
        Reason::AssociatedAlready => "the workspace is associated with this cluster already",
        Reason::NotAssociated => "the workspace is not associated",
        Reason::AssociationInProgress => {
            "an association or disassociation of the workspace is running"
        }
        Reason::TooManyAssociations => {
            "the workspace has reached its limit of associations in 30 days"
        }
        Reason::ClusterNotDeleted => "the cluster is not deleted",
        Reason::NoRecovery => "a deleted cluster cannot be recovered",
        Reason::RecoveryTooLate => "it is too late to recover the cluster",
        Reason::TooManyReserved => {
            "the subscription has reached its limit of clusters in the region, including those deleted recently"
        }
        Reason::TooManyWorkspaces => "the cluster has reached its limit of workspaces",
    }
}

/// What becomes of a cluster, as a verb. `recovers`: whether a deleted cluster can be recovered.
const fn life(from: ClusterLife, to: ClusterLife, recovers: bool) -> &'static str {
    match (from, to) {
        (_, ClusterLife::Provisioning) => "is being provisioned",
        (ClusterLife::SoftDeleted, ClusterLife::Provisioned) => "is recovered with its data",
        (_, ClusterLife::Provisioned) => "is provisioned",
        (_, ClusterLife::SoftDeleted) if recovers => {
            "is deleted: nobody can read its data; it can be recovered for a time"
        }
        (_, ClusterLife::SoftDeleted) => {
            "is deleted: its data cannot be recovered; its name stays reserved for a time"
        }
        (_, ClusterLife::Absent) => "is gone for good with all its data",
    }
}

/// Where data goes, as a verb.
fn goes(scenario: &Scenario, history: &History, route: Route, t: Time) -> String {
    match route {
        Route::SharedStore => "goes to the shared store under a Microsoft key".to_owned(),
        Route::Cluster(cluster) => {
            let keyed = history.clusters[cluster].customer_key.at(t) == Some(true);
            let key = if keyed {
                ""
            } else {
                ", encrypted with a Microsoft key because the cluster has no customer-managed key"
            };
            format!("goes to {}{key}", cluster_name(scenario, cluster))
        }
        Route::NotProvisioned(cluster) => format!(
            "is dropped: {} is not provisioned",
            cluster_name(scenario, cluster)
        ),
    }
}

/// What an event did to what is `named`; of an operation, what was asked for.
fn began(scenario: &Scenario, action: &Action, named: &str) -> String {
    let cluster_name = |cluster: &usize| cluster_name(scenario, *cluster);
    let workspace_name = |workspace: &usize| workspace_name(scenario, *workspace);
    match action {
        Action::KeyVaultOutage { failure, .. } | Action::IdentityOutage { failure } => {
            format!("{named} cannot be reached{}", chance(*failure, "fail"))
        }
        Action::KeyVaultThrottling {
            requests, failure, ..
        } => throttled(named, *requests, *failure),
        Action::KeyVaultDenials { failure, .. } => {
            let chance = chance(*failure, "are denied");
            format!("{named} denies valid requests{chance}")
        }
        Action::StorageOutage { .. } => format!("the storage of {named} is down"),
        Action::DisableKey(_) => format!("{named} is disabled"),
        Action::EnableKey(_) => format!("{named} is enabled"),
        Action::CreateKeyVersion(_) => format!("{named} is created"),
        Action::DeleteKey(_) => format!("{named} is deleted"),
        Action::RecoverKey(_) => format!("{named} is recovered"),
        Action::PurgeKey(_) => format!("{named} is purged"),
        Action::ExpireKey(_) => format!("{named} expires"),
        Action::ExtendKey(_) => format!("{named} is extended"),
        Action::RemoveAccess { permissions, .. } => {
            format!("{named} loses {}", permission_names(*permissions))
        }
        Action::GrantAccess { permissions, .. } => {
            format!("{named} is granted {}", permission_names(*permissions))
        }
        Action::CreateCluster {
            cluster, with_key, ..
        } => {
            let key = if *with_key { " with its key" } else { "" };
            format!("creation of {}{key}", cluster_name(cluster))
        }
        Action::UpdateClusterKey { cluster, key } => {
            let target = target(scenario, key);
            format!("update of {} to {target}", cluster_name(cluster))
        }
        Action::SetCapacityReservation { capacity, .. } => {
            let rate = rate(*capacity);
            format!("capacity reservation of {named} is set to {rate}")
        }
        Action::SetBillingType { billing, .. } => match billing {
            Billing::Cluster => format!("{named} is billed to the cluster resource"),
            Billing::Workspaces => format!("{named} is billed to its workspaces"),
        },
        Action::DeleteCluster { cluster } => format!("deletion of {}", cluster_name(cluster)),
        Action::RecoverCluster { cluster } => format!("recovery of {}", cluster_name(cluster)),
        Action::AssociateWorkspace { workspace, cluster } => {
            let workspace = workspace_name(workspace);
            format!("association of {workspace} with {}", cluster_name(cluster))
        }
        Action::DisassociateWorkspace { workspace } => {
            format!("disassociation of {}", workspace_name(workspace))
        }
        Action::SetIngestion { rate, factor, .. } => ingestion(named, *rate, *factor),
        Action::IngestionSurge { factor, .. } => {
            format!("{} times as much arrives at {named}", multiple(*factor))
        }
        Action::SetRetention { retention, .. } => {
            format!("retention of {named} is set to {}", duration(*retention))
        }
        Action::SetDailyCap { daily_cap, .. } => match daily_cap {
            None => format!("daily cap of {named} is lifted"),
            Some(cap) => format!("daily cap of {named} is set to {}", volume(*cap)),
        },
    }
}

fn throttled(named: &str, requests: u64, failure: Probability) -> String {
    let (requests, chance) = (count(requests), chance(failure, "are answered 429"));
    format!("others send {named} {requests} requests in 10 seconds{chance}")
}

fn ingestion(named: &str, rate: Option<Rate>, factor: Option<Factor>) -> String {
    let rate = rate.map(|rate| format!("is set to {}", self::rate(rate)));
    let factor = factor.map(|factor| format!("is multiplied by {}", multiple(factor)));
    let settings: Vec<String> = rate.into_iter().chain(factor).collect();
    format!("ingestion of {named} {}", settings.join(" and "))
}

/// An event as a noun: what was asked for.
fn asked(scenario: &Scenario, action: &Action, named: &str) -> String {
    if let Action::SetCapacityReservation { capacity, .. } = action {
        return format!("capacity reservation of {} for {named}", rate(*capacity));
    }
    if action.kind().class() == Class::Operation {
        began(scenario, action, named)
    } else {
        format!("{} on {named}", action.kind().name())
    }
}

fn ended(_: &Scenario, action: &Action, named: &str) -> String {
    match action {
        Action::KeyVaultOutage { .. } | Action::IdentityOutage { .. } => {
            format!("{named} can be reached again")
        }
        Action::KeyVaultThrottling { .. } => {
            format!("others no longer send {named} more than usual")
        }
        Action::KeyVaultDenials { .. } => format!("{named} no longer denies valid requests"),
        Action::StorageOutage { .. } => format!("the storage of {named} is up again"),
        Action::DisableKey(_) => format!("{named} is enabled again"),
        Action::ExpireKey(_) => format!("{named} is extended"),
        Action::DeleteKey(_) => format!("{named} is recovered"),
        Action::RemoveAccess { permissions, .. } => {
            format!(
                "{named} is granted {} again",
                permission_names(*permissions)
            )
        }
        Action::IngestionSurge { factor, .. } => {
            format!(
                "the surge at {named}, {} times as much, is over",
                multiple(*factor)
            )
        }
        Action::EnableKey(_)
        | Action::CreateKeyVersion(_)
        | Action::RecoverKey(_)
        | Action::PurgeKey(_)
        | Action::ExtendKey(_)
        | Action::GrantAccess { .. }
        | Action::CreateCluster { .. }
        | Action::UpdateClusterKey { .. }
        | Action::SetCapacityReservation { .. }
        | Action::SetBillingType { .. }
        | Action::DeleteCluster { .. }
        | Action::RecoverCluster { .. }
        | Action::AssociateWorkspace { .. }
        | Action::DisassociateWorkspace { .. }
        | Action::SetIngestion { .. }
        | Action::SetRetention { .. }
        | Action::SetDailyCap { .. } => format!("{} ends", action.kind().name()),
    }
}

fn chance(failure: Probability, fate: &str) -> String {
    if failure == Probability::ALWAYS {
        return String::new();
    }
    #[allow(clippy::cast_precision_loss)]
    let ratio = failure.parts() as f64 / Probability::ALWAYS.parts() as f64;
    format!(": {} of polls {fate}", percent(ratio))
}

#[allow(clippy::cast_precision_loss)]
fn multiple(factor: Factor) -> String {
    format!("{}", factor.millionths() as f64 / 1e6)
}

fn permission_names(access: Access) -> String {
    let names = [
        (access.get, "Get"),
        (access.wrap, "Wrap Key"),
        (access.unwrap, "Unwrap Key"),
    ];
    let held: Vec<&str> = names.iter().filter(|n| n.0).map(|n| n.1).collect();
    match held.len() {
        0 => "no permission".to_owned(),
        1 => format!("the permission {}", held[0]),
        n => format!(
            "the permissions {} and {}",
            held[..n - 1].join(", "),
            held[n - 1]
        ),
    }
}

fn target(scenario: &Scenario, key: &KeyTarget) -> String {
    let name = key_name(scenario, key.vault, key.key);
    match key.version.as_deref() {
        Some(NEWEST) => format!("the newest version of {name}"),
        Some(version) => format!("version {} of {name}", sanitize(version)),
        None => name,
    }
}

fn key_name(scenario: &Scenario, vault: usize, key: usize) -> String {
    let vault = &scenario.key_vaults[vault];
    format!(
        "key \"{}\" in key vault \"{}\"",
        sanitize(&vault.keys[key].name),
        sanitize(&vault.name)
    )
}

fn vault_name(scenario: &Scenario, vault: usize) -> String {
    format!(
        "key vault \"{}\"",
        sanitize(&scenario.key_vaults[vault].name)
    )
}

pub(super) fn cluster_name(scenario: &Scenario, cluster: usize) -> String {
    format!("cluster \"{}\"", sanitize(&scenario.clusters[cluster].name))
}

fn workspace_name(scenario: &Scenario, workspace: usize) -> String {
    format!(
        "workspace \"{}\"",
        sanitize(&scenario.workspaces[workspace].name)
    )
}
