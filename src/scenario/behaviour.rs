//! The parameters of the service that the model follows.

use super::Delay;
use super::choice::{
    BufferOnRevocation, Choice, DeleteWithWorkspaces, RevocationScope, SubscriptionApproval,
};
use super::form::{Form, Key, Table};
use super::parameter::{Parameter, ParameterValue, Parameters, PollInterval, parameters};
use crate::units::{Duration, Rate};

parameters! {
    /// The parameters of the service as an edition of its documentation and the scenario give
    /// them. `cmksim rules` prints each with its source.
    #[derive(Debug, Clone, PartialEq)]
    Behaviour BEHAVIOUR "[behaviour]"
        "Parameters of the service, as an edition of its documentation states them"

    /// shortest and longest gap between two requests of a storage account to the key vault
    poll_interval: PollInterval, Bounds;
    /// how long after its last granted request a storage account rides out an outage
    outage_tolerance: Option<Delay>, DelayOrUnlimited;
    /// from the first granted request after an outage until queries work again
    outage_recovery: Delay, Delay;
    /// from the beginning of a denial until a storage account enforces it
    revocation_delay: Delay, Delay;
    /// whether each storage account or each cluster has its own revocation delay
    revocation_scope: RevocationScope, Choice(RevocationScope::WORDS);
    /// from the first granted request after a revocation until ingestion and queries work again
    revocation_recovery: Delay, Delay;
    /// how long data that arrives during an outage is kept before it is dropped
    buffer_retention: Duration, Duration;
    /// what happens to buffered data when its account is revoked
    buffer_on_revocation: BufferOnRevocation, Choice(BufferOnRevocation::WORDS);
    /// how much of the newest data the hot cache holds
    hot_cache_span: Duration, Duration;
    /// how long after a recovery the deleted hot cache is hot again
    hot_cache_refill: Option<Duration>, DurationOrNever;
    /// how long a change of a cluster's key takes to reach its storage
    key_update_duration: Delay, Delay;
    /// how long a deleted key can be recovered before it is purged
    soft_delete_retention: Duration, Duration;
    /// whether a subscription must be allowed before it can have a cluster
    subscription_approval: SubscriptionApproval, Choice(SubscriptionApproval::WORDS);
    /// from the request for a cluster until it is provisioned
    provisioning_duration: Delay, Delay;
    /// from the request until new data of a workspace goes to the cluster
    association_duration: Delay, Delay;
    /// from the request until new data of a workspace goes to the shared store
    disassociation_duration: Delay, Delay;
    /// what deleting a cluster does while workspaces are associated
    delete_with_workspaces: DeleteWithWorkspaces, Choice(DeleteWithWorkspaces::WORDS);
    /// how long a deleted cluster can be recovered and its name stays reserved
    cluster_soft_delete: Duration, Duration;
    /// from the request until a deleted cluster is back
    cluster_recovery_duration: Option<Delay>, DelayOrNever;
    /// clusters of a subscription in a region
    clusters_per_region: u64, Whole(1, 1_000);
    /// associations of a workspace in 30 days
    associations_per_30_days: u64, Whole(1, 1_000);
    /// capacity reservations that can be had; the lowest is that of a cluster that names none
    capacity_levels: Vec<Rate>, Rates;
    /// how long after a change the capacity reservation cannot be lowered
    capacity_lock: Duration, Duration;
    /// how often a cluster whose key names no version looks for a newer one
    autorotation: Option<Duration>, SpanOrNever;
}
