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
        "Parameters of the service; the edition gives their defaults"

    /// shortest and longest time between two polls of the key vault by a storage account
    poll_interval: PollInterval, Bounds;
    /// how long a storage account rides out an outage, counted from its last granted poll
    outage_tolerance: Option<Delay>, DelayOrUnlimited;
    /// time from the first granted poll after an outage until queries work again
    outage_recovery: Delay, Delay;
    /// time from the beginning of a denial until a storage account enforces it
    revocation_delay: Delay, Delay;
    /// whether each storage account or each cluster draws its own revocation delay
    revocation_scope: RevocationScope, Choice(RevocationScope::WORDS);
    /// time from the first granted poll after a revocation until ingestion and queries work again
    revocation_recovery: Delay, Delay;
    /// how long the buffer keeps data that arrives during an outage; older data is dropped
    buffer_retention: Duration, Duration;
    /// what happens to buffered data when its account is revoked
    buffer_on_revocation: BufferOnRevocation, Choice(BufferOnRevocation::WORDS);
    /// age up to which data is in the hot cache
    hot_cache_span: Duration, Duration;
    /// time from a recovery until the deleted hot cache is reloaded
    hot_cache_refill: Option<Duration>, DurationOrNever;
    /// how long an update of a cluster's key takes
    key_update_duration: Delay, Delay;
    /// how long a deleted key can be recovered before it is purged
    soft_delete_retention: Duration, Duration;
    /// whether a subscription must be approved before it can have a cluster
    subscription_approval: SubscriptionApproval, Choice(SubscriptionApproval::WORDS);
    /// time from the request for a cluster until it is provisioned
    provisioning_duration: Delay, Delay;
    /// time from the request until new data of a workspace goes to the cluster
    association_duration: Delay, Delay;
    /// time from the request until new data of a workspace goes to the shared store
    disassociation_duration: Delay, Delay;
    /// what happens when a cluster with associated workspaces is deleted
    delete_with_workspaces: DeleteWithWorkspaces, Choice(DeleteWithWorkspaces::WORDS);
    /// how long the name of a deleted cluster stays reserved, at least as long as its data is kept
    cluster_name_reserved: Duration, Duration;
    /// how long a deleted cluster and its data can be recovered; then they count as lost
    cluster_data_kept: Duration, Duration;
    /// time from the request until a deleted cluster is recovered
    cluster_recovery_duration: Option<Delay>, DelayOrNever;
    /// largest number of clusters per subscription and region
    clusters_per_region: u64, Whole(1, 1_000);
    /// largest number of clusters per subscription and region, with deleted ones whose name is reserved
    reserved_clusters_per_region: Option<u64>, WholeOrUnlimited(1, 1_000);
    /// largest number of workspaces that are associated with a cluster
    workspaces_per_cluster: Option<u64>, WholeOrUnlimited(1, 1_000_000);
    /// largest number of associations of a workspace in 30 days
    associations_per_30_days: u64, Whole(1, 1_000);
    /// available capacity reservations; the lowest is the default of a cluster
    capacity_levels: Vec<Rate>, Rates;
    /// how long the capacity reservation cannot be lowered after a change
    capacity_lock: Duration, Duration;
    /// how often a cluster whose key has no version looks for a newer version
    autorotation: Option<Duration>, SpanOrNever;
}
