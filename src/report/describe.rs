//! What happened, in words.

use super::format::{duration, percent, rate, shown, volume};
use super::states::at;
use crate::model::{Change, ClusterLife, History, Occasion, Reason, Route, Subject, What};
use crate::scenario::{Access, Action, Billing, KeyTarget, Scenario, Timing};
use crate::units::{Factor, Probability, Time};

/// The kind of an event, as scenarios write it.
pub(super) fn kind(action: &Action) -> &'static str {
    match action {
        Action::KeyVaultOutage { .. } => "key_vault_outage",
        Action::IdentityOutage { .. } => "identity_outage",
        Action::KeyVaultDenials { .. } => "key_vault_denials",
        Action::StorageOutage { .. } => "storage_outage",
        Action::DisableKey(_) => "disable_key",
        Action::EnableKey(_) => "enable_key",
        Action::ExpireKey(_) => "expire_key",
        Action::ExtendKey(_) => "extend_key",
        Action::CreateKeyVersion(_) => "create_key_version",
        Action::DeleteKey(_) => "delete_key",
        Action::RecoverKey(_) => "recover_key",
        Action::PurgeKey(_) => "purge_key",
        Action::RemoveAccess { .. } => "remove_access",
        Action::GrantAccess { .. } => "grant_access",
        Action::UpdateClusterKey { .. } => "update_cluster_key",
        Action::CreateCluster { .. } => "create_cluster",
        Action::SetCapacityReservation { .. } => "set_capacity_reservation",
        Action::SetBillingType { .. } => "set_billing_type",
        Action::DeleteCluster { .. } => "delete_cluster",
        Action::RecoverCluster { .. } => "recover_cluster",
        Action::AssociateWorkspace { .. } => "associate_workspace",
        Action::DisassociateWorkspace { .. } => "disassociate_workspace",
        Action::SetIngestion { .. } => "set_ingestion",
        Action::IngestionSurge { .. } => "ingestion_surge",
        Action::SetRetention { .. } => "set_retention",
        Action::SetDailyCap { .. } => "set_daily_cap",
    }
}

/// Which event a change goes back to; of a response that it is one.
pub(super) fn origin(scenario: &Scenario, occasion: Occasion) -> String {
    let word = match scenario.events[occasion.event].timing {
        Timing::Seen(_) => "response",
        _ => "event",
    };
    format!(" ({word} {})", self::occasion(scenario, occasion))
}

/// The name of an event; the second and later occurrences of a hazard are numbered.
pub(super) fn occasion(scenario: &Scenario, occasion: Occasion) -> String {
    let name = shown(&scenario.events[occasion.event].name);
    match occasion.occurrence {
        0 => name,
        n => format!("{name}, occurrence {}", u64::from(n) + 1),
    }
}

/// A change as a clause, without its time.
pub(super) fn change(scenario: &Scenario, history: &History, change: &Change) -> String {
    let action = change
        .cause
        .map(|occasion| &scenario.events[occasion.event].action);
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
        What::Life { from, to } => format!("{named} {}", comes_or_goes(from, to)),
        What::Routed(route) => {
            let goes = goes(scenario, history, route, change.time);
            format!("data of {named} {goes}")
        }
        What::PurgedByItself => format!(
            "{} is purged: its time to be recovered is over",
            subject(scenario, history, change.subject)
        ),
        What::Destroyed => format!(
            "data of {} is lost with the purged key",
            subject(scenario, history, change.subject)
        ),
        What::OperationStarted => format!("{}: accepted", of(asked)),
        What::OperationRejected(why) => format!("{}: rejected, {}", of(asked), reason(why)),
        What::OperationSucceeded => format!("{}: succeeded", of(asked)),
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
                    shown(&history.key_vaults[vault].keys[key].versions[version])
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
        Reason::AlreadySo => "it is so already",
        Reason::NoSuchVersion => "no such key version exists",
        Reason::KeyNotInUse => "no cluster uses the key",
        Reason::VersionExists => "a version of that name exists",
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
            "the subscription has as many clusters in the region as it may have"
        }
        Reason::NameReserved => "a deleted cluster keeps the name as long as it can be recovered",
        Reason::ClusterExists => "a cluster of that name exists",
        Reason::CapacityNotALevel => {
            "the capacity reservation is none of the levels that can be had"
        }
        Reason::CapacityLocked => "the capacity reservation cannot be lowered yet",
        Reason::IdentityMissing => "the cluster has no identity yet that could be granted the key",
        Reason::OtherRegion => "they are not in the same region",
        Reason::OtherTenant => "they are not in the same tenant",
        Reason::ClusterMissing => "the cluster is not there",
        Reason::ClusterDeleting => "the cluster is being deleted",
        Reason::HasWorkspaces => "workspaces are associated to the cluster",
        Reason::AssociatedElsewhere => "the workspace is associated to another cluster",
        Reason::AssociatedAlready => "the workspace is associated to this cluster already",
        Reason::NotAssociated => "the workspace is not associated",
        Reason::AssociationInProgress => {
            "an association or disassociation of the workspace is running"
        }
        Reason::TooManyAssociations => {
            "the workspace was associated as often as it may be in 30 days"
        }
        Reason::ClusterNotDeleted => "the cluster is not deleted",
        Reason::NoRecovery => "a deleted cluster does not come back",
        Reason::RecoveryTooLate => "the time to recover the cluster is over",
    }
}

/// What becomes of a cluster, as a verb.
const fn comes_or_goes(from: ClusterLife, to: ClusterLife) -> &'static str {
    match (from, to) {
        (_, ClusterLife::Provisioning) => "is being provisioned",
        (ClusterLife::SoftDeleted, ClusterLife::Provisioned) => "is recovered with its data",
        (_, ClusterLife::Provisioned) => "is provisioned",
        (_, ClusterLife::SoftDeleted) => {
            "is deleted: nobody can read its data; it can be recovered for a time"
        }
        (_, ClusterLife::Absent) => "is gone for good, with whatever it held; its name is free",
    }
}

/// Where data goes, as a verb.
fn goes(scenario: &Scenario, history: &History, route: Route, t: Time) -> String {
    match route {
        Route::SharedStore => "goes to the shared store under a Microsoft key".to_owned(),
        Route::Cluster(cluster) => {
            let keyed = at(&history.clusters[cluster].customer_key, t) == Some(&true);
            let key = if keyed {
                ""
            } else {
                ", under a Microsoft key, for the cluster has no other"
            };
            format!("goes to {}{key}", cluster_name(scenario, cluster))
        }
        Route::NotProvisioned(cluster) => format!(
            "is dropped: {} is not provisioned",
            cluster_name(scenario, cluster)
        ),
    }
}

fn began(scenario: &Scenario, action: &Action, named: &str) -> String {
    match action {
        Action::KeyVaultOutage { vault, failure } => format!(
            "{} cannot be reached{}",
            vault_name(scenario, *vault),
            chance(*failure, "fail")
        ),
        Action::IdentityOutage { failure } => format!(
            "the identity provider cannot be reached{}",
            chance(*failure, "fail")
        ),
        Action::KeyVaultDenials { vault, failure } => format!(
            "{} denies healthy requests{}",
            vault_name(scenario, *vault),
            chance(*failure, "are denied")
        ),
        Action::StorageOutage { cluster } => {
            format!(
                "the storage of {} is down",
                cluster_name(scenario, *cluster)
            )
        }
        Action::DisableKey(_) => format!("{named} is disabled"),
        Action::EnableKey(_) => format!("{named} is enabled"),
        Action::ExpireKey(_) => format!("{named} expires"),
        Action::ExtendKey(_) => format!("{named} is extended"),
        Action::CreateKeyVersion(_) => format!("{named} is created"),
        Action::DeleteKey(_) => format!("{named} is deleted"),
        Action::RecoverKey(_) => format!("{named} is recovered"),
        Action::PurgeKey(_) => format!("{named} is purged"),
        Action::RemoveAccess {
            cluster,
            permissions,
        } => format!(
            "{} loses {}",
            cluster_name(scenario, *cluster),
            permission_names(*permissions)
        ),
        Action::GrantAccess {
            cluster,
            permissions,
        } => format!(
            "{} is granted {}",
            cluster_name(scenario, *cluster),
            permission_names(*permissions)
        ),
        _ => settings(scenario, action, named),
    }
}

fn settings(scenario: &Scenario, action: &Action, named: &str) -> String {
    match action {
        Action::SetIngestion {
            workspace,
            rate: new,
            factor,
        } => {
            let settings = [
                new.map(|new| format!("is set to {}", rate(new))),
                factor.map(|factor| format!("is multiplied by {}", multiple(factor))),
            ];
            let settings: Vec<String> = settings.into_iter().flatten().collect();
            format!(
                "ingestion of {} {}",
                workspace_name(scenario, *workspace),
                settings.join(" and ")
            )
        }
        Action::IngestionSurge { workspace, factor } => format!(
            "{} times as much arrives at {}",
            multiple(*factor),
            workspace_name(scenario, *workspace)
        ),
        Action::SetRetention {
            workspace,
            retention,
        } => format!(
            "retention of {} is set to {}",
            workspace_name(scenario, *workspace),
            duration(*retention)
        ),
        Action::SetDailyCap {
            workspace,
            daily_cap,
        } => format!(
            "daily cap of {} is {}",
            workspace_name(scenario, *workspace),
            daily_cap.map_or("lifted".to_owned(), |cap| format!("set to {}", volume(cap)))
        ),
        Action::SetCapacityReservation { cluster, capacity } => format!(
            "capacity reservation of {} is set to {}",
            cluster_name(scenario, *cluster),
            rate(*capacity)
        ),
        Action::SetBillingType { cluster, billing } => format!(
            "{} is billed to {}",
            cluster_name(scenario, *cluster),
            match billing {
                Billing::Cluster => "the cluster resource",
                Billing::Workspaces => "its workspaces",
            }
        ),
        _ => asked(scenario, action, named),
    }
}

/// An event as a noun: what was asked for.
fn asked(scenario: &Scenario, action: &Action, named: &str) -> String {
    match action {
        Action::UpdateClusterKey { cluster, key } => format!(
            "update of {} to {}",
            cluster_name(scenario, *cluster),
            target(scenario, key)
        ),
        Action::CreateCluster {
            cluster, with_key, ..
        } => format!(
            "creation of {}{}",
            cluster_name(scenario, *cluster),
            if *with_key { " with its key" } else { "" }
        ),
        Action::DeleteCluster { cluster } => {
            format!("deletion of {}", cluster_name(scenario, *cluster))
        }
        Action::RecoverCluster { cluster } => {
            format!("recovery of {}", cluster_name(scenario, *cluster))
        }
        Action::SetCapacityReservation { cluster, capacity } => format!(
            "capacity reservation of {} for {}",
            rate(*capacity),
            cluster_name(scenario, *cluster)
        ),
        Action::AssociateWorkspace { workspace, cluster } => format!(
            "association of {} to {}",
            workspace_name(scenario, *workspace),
            cluster_name(scenario, *cluster)
        ),
        Action::DisassociateWorkspace { workspace } => {
            format!("disassociation of {}", workspace_name(scenario, *workspace))
        }
        Action::DisableKey(_)
        | Action::EnableKey(_)
        | Action::ExpireKey(_)
        | Action::ExtendKey(_)
        | Action::CreateKeyVersion(_)
        | Action::DeleteKey(_)
        | Action::RecoverKey(_)
        | Action::PurgeKey(_) => format!("{} on {named}", kind(action)),
        Action::RemoveAccess { cluster, .. } | Action::GrantAccess { cluster, .. } => {
            format!("{} on {}", kind(action), cluster_name(scenario, *cluster))
        }
        _ => kind(action).to_owned(),
    }
}

fn ended(scenario: &Scenario, action: &Action, named: &str) -> String {
    match action {
        Action::KeyVaultOutage { vault, .. } => {
            format!("{} can be reached again", vault_name(scenario, *vault))
        }
        Action::IdentityOutage { .. } => "the identity provider can be reached again".to_owned(),
        Action::KeyVaultDenials { vault, .. } => format!(
            "{} no longer denies healthy requests",
            vault_name(scenario, *vault)
        ),
        Action::StorageOutage { cluster } => format!(
            "the storage of {} is up again",
            cluster_name(scenario, *cluster)
        ),
        Action::DisableKey(_) => format!("{named} is enabled again"),
        Action::ExpireKey(_) => format!("{named} is extended"),
        Action::DeleteKey(_) => format!("{named} is recovered"),
        Action::RemoveAccess {
            cluster,
            permissions,
        } => format!(
            "{} is granted {} again",
            cluster_name(scenario, *cluster),
            permission_names(*permissions)
        ),
        Action::IngestionSurge { workspace, factor } => format!(
            "no longer {} times as much arrives at {}",
            multiple(*factor),
            workspace_name(scenario, *workspace)
        ),
        _ => format!("{} ends", kind(action)),
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
    let version = match &key.version {
        Some(version) => format!("version {}", shown(version)),
        None => "the version in use".to_owned(),
    };
    format!("{version} of {}", key_name(scenario, key.vault, key.key))
}

fn key_name(scenario: &Scenario, vault: usize, key: usize) -> String {
    let vault = &scenario.key_vaults[vault];
    format!(
        "key \"{}\" in key vault \"{}\"",
        shown(&vault.keys[key].name),
        shown(&vault.name)
    )
}

fn vault_name(scenario: &Scenario, vault: usize) -> String {
    format!("key vault \"{}\"", shown(&scenario.key_vaults[vault].name))
}

pub(super) fn cluster_name(scenario: &Scenario, cluster: usize) -> String {
    format!("cluster \"{}\"", shown(&scenario.clusters[cluster].name))
}

fn workspace_name(scenario: &Scenario, workspace: usize) -> String {
    format!(
        "workspace \"{}\"",
        shown(&scenario.workspaces[workspace].name)
    )
}
