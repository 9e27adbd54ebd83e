//! What a simulation yields: who was in which state from when, and the settings by time.
//!
//! The model produces nothing else. Volumes, durations and counts are computed from a
//! [`History`] afterwards (`accounting`), so a run costs what its state changes cost.

use super::{Answer, PollSchedule};
use crate::kernel::StepFunction;
use crate::scenario::{Billing, Rule};
use crate::units::{Duration, Factor, Probability, Rate, Time, Volume};

/// Everything that happened in one replication.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The end of the run; nothing in here is at or after it.
    pub end: Time,
    /// Every change in its order.
    pub log: Vec<Change>,
    /// In the order of the scenario.
    pub key_vaults: Vec<KeyVaultHistory>,
    /// In the order of the scenario.
    pub clusters: Vec<ClusterHistory>,
    /// In the order of the scenario.
    pub workspaces: Vec<WorkspaceHistory>,
    /// Operations refused when asked that were about no cluster.
    pub rejected_of_no_cluster: u64,
    /// With every poll executed: how many there were. Counted independently of
    /// [`ClusterHistory::polls`], as a check on it.
    pub executed: Option<Vec<PollCount>>,
}

/// One line of the event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub time: Time,
    /// To what.
    pub subject: Subject,
    /// What.
    pub what: What,
    /// By which rule.
    pub rule: Rule,
    /// Which event, or what began the interruption behind it.
    pub cause: Option<Occurrence>,
}

/// One occurrence of an event: hazards and what follows them have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// Index in [`crate::scenario::Content::events`].
    pub event: usize,
    /// 0 for the first.
    pub number: u32,
}

/// To what something happens. Indices are those of the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The identity provider.
    Identity,
    /// A key vault.
    KeyVault(usize),
    /// A key; where one is meant, a version of it.
    Key {
        /// Index of the vault.
        vault: usize,
        /// Index of the key in the vault.
        key: usize,
        /// Index in [`KeyHistory::versions`].
        version: Option<usize>,
    },
    /// A cluster.
    Cluster(usize),
    /// A storage account of a cluster, from 0.
    StorageAccount {
        /// Index of the cluster.
        cluster: usize,
        /// Number of the account, from 0.
        account: u32,
    },
    /// A workspace.
    Workspace(usize),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The event behind it began (or, without a duration, took place).
    Began,
    /// The event behind it ended.
    Ended,
    /// The event behind it, or its end, changed nothing.
    WithoutEffect(Reason),
    /// A cluster came or went.
    Life {
        /// Before.
        from: ClusterLife,
        /// After.
        to: ClusterLife,
    },
    /// The data of a workspace goes elsewhere.
    Routed(Route),
    /// A storage account's access to its key changed.
    Access {
        /// Before.
        from: AccessState,
        /// After.
        to: AccessState,
    },
    /// A soft-deleted key was purged at the end of its time.
    PurgedByItself,
    /// The data of an account under a purged key was lost.
    Destroyed,
    /// An operation was accepted and runs.
    OperationStarted,
    /// An operation was refused when asked.
    OperationRejected(Reason),
    /// An operation ended well. The key version it brought is the log's next [`Subject::Key`].
    OperationSucceeded,
    /// An operation ended without changing anything.
    OperationFailed(Reason),
}

/// Why something was refused, failed or changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is so already.
    AlreadySo,
    /// No such key version exists at that moment.
    NoSuchVersion,
    /// No cluster uses the key, so no version of it is meant.
    KeyNotInUse,
    /// A version of that name exists.
    VersionExists,
    /// The key is soft-deleted.
    KeyDeleted,
    /// The key is purged.
    KeyPurged,
    /// The key is not deleted.
    KeyNotDeleted,
    /// The vault's purge protection forbids it.
    PurgeProtected,
    /// Another operation of this cluster is running.
    OperationInProgress,
    /// The vault could not be reached.
    Unreachable,
    /// The vault answered 403.
    Denied,
    /// The permission Get is missing.
    GetMissing,
    /// The permission Wrap Key is missing.
    WrapMissing,
    /// The permission Unwrap Key is missing.
    UnwrapMissing,
    /// The key version is disabled.
    VersionDisabled,
    /// The key version is expired.
    VersionExpired,
    /// The vault lacks soft delete or purge protection.
    VaultNotRecoverable,
    /// The subscription was not allowed to have clusters.
    SubscriptionNotAllowed,
    /// The subscription has reached its limit of clusters in the region.
    TooManyClusters,
    /// A deleted cluster keeps the name.
    NameReserved,
    /// A cluster of that name exists.
    ClusterExists,
    /// The capacity reservation is none of the levels.
    CapacityNotALevel,
    /// The capacity reservation cannot be lowered yet.
    CapacityLocked,
    /// No identity is assigned to the cluster yet.
    IdentityMissing,
    /// They are not in the same region.
    OtherRegion,
    /// They are not in the same tenant.
    OtherTenant,
    /// The cluster is not there.
    ClusterMissing,
    /// The cluster is being deleted.
    ClusterDeleting,
    /// Workspaces are associated with the cluster.
    HasWorkspaces,
    /// The workspace is associated with another cluster.
    AssociatedElsewhere,
    /// The workspace is associated with this cluster already.
    AssociatedAlready,
    /// The workspace is not associated.
    NotAssociated,
    /// An association or disassociation of the workspace is running.
    AssociationInProgress,
    /// The workspace has had as many associations in 30 days as it may.
    TooManyAssociations,
    /// The cluster is not soft-deleted.
    ClusterNotDeleted,
    /// A deleted cluster cannot be recovered.
    NoRecovery,
    /// The time in which a deleted cluster can be recovered is over.
    RecoveryTooLate,
    /// The subscription has as many clusters in the region, deleted ones whose names are reserved
    /// among them, as it may.
    TooManyReserved,
    /// The cluster has as many workspaces as it may.
    TooManyWorkspaces,
}

/// Whether a cluster is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClusterLife {
    /// Not asked for yet, or permanently deleted.
    Absent,
    /// Asked for, not ready.
    Provisioning,
    /// There.
    Provisioned,
    /// Deleted; can be recovered, and keeps its name and its data.
    SoftDeleted,
}

impl ClusterLife {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            ClusterLife::Absent => "absent",
            ClusterLife::Provisioning => "provisioning",
            ClusterLife::Provisioned => "provisioned",
            ClusterLife::SoftDeleted => "soft_deleted",
        }
    }
}

/// Where the data of a workspace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// The shared store under a Microsoft key.
    SharedStore,
    /// A cluster, by index.
    Cluster(usize),
    /// Nowhere: it is dropped, for the cluster of this index is not provisioned.
    NotProvisioned(usize),
}

impl Route {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Route::SharedStore => "shared_store",
            Route::Cluster(_) => "cluster",
            Route::NotProvisioned(_) => "not_provisioned",
        }
    }
}

/// A storage account's access to its key, as seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessState {
    /// Works; outages are ridden out on the cached key.
    Serving,
    /// A denial was seen and is not enforced yet.
    Revoking,
    /// Unavailable after an outage: queries fail, data is buffered.
    Isolated,
    /// The key is there again after an outage; not ready yet.
    RecoveringFromOutage,
    /// Revoked: queries fail, data is dropped, the hot cache is gone.
    Revoked,
    /// The key is there again after a revocation; not ready yet.
    RecoveringFromRevocation,
    /// The cluster is not there (not created yet, deleted, lost). Nothing arrives, nothing is
    /// hot, nothing is readable; what waits in the buffer waits on.
    Gone,
}

impl AccessState {
    /// All of them.
    pub const ALL: [AccessState; 7] = [
        AccessState::Serving,
        AccessState::Revoking,
        AccessState::Isolated,
        AccessState::RecoveringFromOutage,
        AccessState::Revoked,
        AccessState::RecoveringFromRevocation,
        AccessState::Gone,
    ];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            AccessState::Serving => "serving",
            AccessState::Revoking => "revoking",
            AccessState::Isolated => "isolated",
            AccessState::RecoveringFromOutage => "recovering_from_outage",
            AccessState::Revoked => "revoked",
            AccessState::RecoveringFromRevocation => "recovering_from_revocation",
            AccessState::Gone => "gone",
        }
    }

    /// Queries that need this account work, and what arrives is stored.
    pub const fn answers(self) -> bool {
        matches!(self, AccessState::Serving | AccessState::Revoking)
    }

    /// What arrives is dropped.
    pub const fn drops(self) -> bool {
        matches!(
            self,
            AccessState::Revoked | AccessState::RecoveringFromRevocation
        )
    }
}

/// What happened to a key vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVaultHistory {
    /// In the order of the scenario.
    pub keys: Vec<KeyHistory>,
}

/// What happened to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHistory {
    /// Every version that ever existed, in the order of creation.
    pub versions: Vec<String>,
}

/// A version of a key, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVersion {
    /// Index of the vault.
    pub vault: usize,
    /// Index of the key in the vault.
    pub key: usize,
    /// Index in [`KeyHistory::versions`].
    pub version: usize,
}

/// What happened to a cluster.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClusterHistory {
    /// Whether it is there.
    pub life: StepFunction<ClusterLife>,
    /// When it was soft-deleted, which deletes its hot cache.
    pub deleted: Vec<Time>,
    /// When it was lost for good, with all data in it: when its data is no longer kept.
    pub lost: Vec<Time>,
    /// Its capacity reservation.
    pub capacity: StepFunction<Rate>,
    /// Who is billed for it.
    pub billing: StepFunction<Billing>,
    /// Its storage accounts.
    pub accounts: Vec<AccountHistory>,
    /// What its polls are answered; `None`: it does not poll (no key, or its storage is down).
    pub polls: StepFunction<Option<Answers>>,
    /// Whether the storage itself is down.
    pub storage_outage: StepFunction<bool>,
    /// Whether new data is stored under the customer's key.
    pub customer_key: StepFunction<bool>,
    /// The key version that it uses; `None`: a Microsoft key.
    pub key: StepFunction<Option<KeyVersion>>,
    /// Whether an outage, a denial or a storage outage is in force, or it is soft-deleted.
    pub cause: StepFunction<bool>,
    /// When such a cause ended, in order: also one that held for no time.
    pub causes_ended: Vec<Time>,
    /// For every account that was revoked: since when the vault had been denying, and when it
    /// was revoked.
    pub revocations: Vec<(Time, Time)>,
    /// Operations refused when asked.
    pub operations_rejected: u64,
    /// Operations that began and failed.
    pub operations_failed: u64,
}

/// What happened to a storage account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountHistory {
    /// When it asks the vault.
    pub schedule: PollSchedule,
    /// Its access by time.
    pub access: StepFunction<AccessState>,
    /// When its hot cache (and, by the scenario's choice, its buffer) was deleted.
    pub revoked: Vec<Time>,
    /// When the data stored so far under the customer's key was lost.
    pub destroyed: Vec<Time>,
}

/// How the vault answers a cluster's polls: one draw u decides; it is unreachable below
/// `unreachable`, else denied below `refused`, else granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// How likely a poll is not answered.
    pub unreachable: Probability,
    /// How likely it is not answered or denied.
    pub refused: Probability,
}

/// What happened to a workspace.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkspaceHistory {
    /// Where its data goes.
    pub route: StepFunction<Route>,
    /// The mean rate, from when it was set; empty where it never was.
    pub rate: StepFunction<Rate>,
    /// The factor set on it.
    pub factor: StepFunction<Factor>,
    /// The product of the surges in force.
    pub surge: StepFunction<Factor>,
    /// The daily cap.
    pub daily_cap: StepFunction<Option<Volume>>,
    /// The retention.
    pub retention: StepFunction<Duration>,
}

/// How many polls of a cluster there were, and how they were answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PollCount {
    /// `key_vault_requests`
    pub requests: u64,
    /// `key_vault_failures`
    pub failures: u64,
    /// `key_vault_denials`
    pub denials: u64,
}

impl PollCount {
    /// One more poll.
    #[inline]
    pub(crate) fn add(&mut self, answer: Answer) {
        self.requests += 1;
        match answer {
            Answer::Granted => {}
            Answer::Unreachable => self.failures += 1,
            Answer::Denied => self.denials += 1,
        }
    }

    /// The polls of both.
    #[must_use]
    pub fn plus(self, other: PollCount) -> PollCount {
        PollCount {
            requests: self.requests + other.requests,
            failures: self.failures + other.failures,
            denials: self.denials + other.denials,
        }
    }
}
