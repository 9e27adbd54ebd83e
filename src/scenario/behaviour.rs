use super::Delay;
use crate::units::Duration;

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
