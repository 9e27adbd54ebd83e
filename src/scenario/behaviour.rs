use super::Delay;
use crate::units::{Duration, Rate};

/// The parameters of the service that the model follows, as an edition of its documentation
/// and the scenario give them. `cmksim rules` prints each with its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// How often a storage account asks the key vault.
    pub poll_interval: PollInterval,
    /// How long after the last granted poll an account rides out an outage on its cached key;
    /// `None`: without limit.
    pub outage_tolerance: Option<Delay>,
    /// From the first granted poll after an outage to queries working again.
    pub outage_recovery: Delay,
    /// From the beginning of a denial to its enforcement.
    pub revocation_delay: Delay,
    /// Whether one revocation delay is drawn per account or per cluster.
    pub revocation_scope: RevocationScope,
    /// From the first granted poll after a revocation to queries and ingestion working again.
    pub revocation_recovery: Delay,
    /// How long data that arrives in an outage is kept under a Microsoft key.
    pub buffer_retention: Duration,
    /// What happens to that data when a revocation follows.
    pub buffer_on_revocation: BufferOnRevocation,
    /// How much of the newest data the hot cache holds.
    pub hot_cache_span: Duration,
    /// How long after a recovery the deleted hot cache is hot again; `None`: never.
    pub hot_cache_refill: Option<Duration>,
    /// How long a change of the key identifier takes to reach the storage.
    pub key_update_duration: Delay,
    /// How long a deleted key can be recovered.
    pub soft_delete_retention: Duration,
    /// Whether a subscription must be allowed before it can have a cluster.
    pub subscription_approval: SubscriptionApproval,
    /// From the request for a cluster until it is provisioned.
    pub provisioning_duration: Delay,
    /// From the request until new data of a workspace goes to the cluster.
    pub association_duration: Delay,
    /// From the request until new data of a workspace goes to the shared store.
    pub disassociation_duration: Delay,
    /// What deleting a cluster does while workspaces are associated.
    pub delete_with_workspaces: DeleteWithWorkspaces,
    /// How long a deleted cluster can be recovered and its name stays reserved.
    pub cluster_soft_delete: Duration,
    /// From the request until a deleted cluster is back; `None`: it never comes back.
    pub cluster_recovery_duration: Option<Delay>,
    /// How many clusters a subscription may have in a region.
    pub clusters_per_region: u64,
    /// How many associations a workspace may have in 30 days.
    pub associations_per_30_days: u64,
    /// Capacity reservations that can be had, the lowest first.
    pub capacity_levels: Vec<Rate>,
    /// How long after a change the capacity reservation cannot be lowered.
    pub capacity_lock: Duration,
    /// How often a cluster whose key names no version looks for a newer one; `None`: never.
    pub autorotation: Option<Duration>,
}

/// Whether a subscription must be allowed before it can have a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionApproval {
    /// It must.
    Required,
    /// Every subscription can.
    None,
}

/// What deleting a cluster does while workspaces are associated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteWithWorkspaces {
    /// They are disassociated first.
    Disassociate,
    /// The deletion is refused.
    Fail,
}

/// The bounds of the gap between two polls; 1 ms <= `min` <= `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollInterval {
    /// No gap is shorter.
    pub min: Duration,
    /// No gap is longer.
    pub max: Duration,
}

/// For whom one revocation delay is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationScope {
    /// Every storage account has its own.
    Account,
    /// All accounts of a cluster share one.
    Cluster,
}

/// What happens to buffered data when its account is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BufferOnRevocation {
    /// It is deleted with the hot cache.
    Drop,
    /// It keeps ageing, and is stored if the account serves again in time.
    Hold,
}
