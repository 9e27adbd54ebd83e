macro_rules! rules {
    ($($(#[$doc:meta])+ $variant:ident $id:literal;)*) => {
        /// The rules that state changes in the event log are explained by. What an edition says
        /// of each, and where, stands in its data file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$doc])+ $variant,)*
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Rule] = &[$(Rule::$variant,)*];

            /// Its name in files.
            pub const fn id(self) -> &'static str {
                match self { $(Rule::$variant => $id,)* }
            }
        }
    };
}

rules! {
    /// The scenario says so: the beginning or end of an event.
    Scenario "scenario";
    /// Transient errors are ridden out on the cached account key.
    TransientErrors "transient-errors";
    /// About 30 minutes of unavailability make the storage account unavailable.
    OutageUnavailable "outage-unavailable";
    /// Meanwhile data is buffered for several hours under a Microsoft key, then dropped.
    OutageBuffer "outage-buffer";
    /// When access is restored queries work again and the buffered data is stored.
    OutageRecovery "outage-recovery";
    /// An account that was recovering while the key was out of reach again is isolated again.
    OutageContinues "outage-continues";
    /// Changes in key permissions are respected within an hour or sooner.
    RevocationDelay "revocation-delay";
    /// A denial taken back before its enforcement loses nothing.
    RevocationTakenBack "revocation-taken-back";
    /// Once enforced, new data is dropped, queries fail and the hot cache is deleted.
    Revoked "revoked";
    /// A storage account that does not answer enforces a denial as soon as a poll is denied.
    DenialWhileUnavailable "denial-while-unavailable";
    /// Data buffered for an account is deleted when it is revoked, or ages on, by choice.
    BufferOnRevocation "buffer-on-revocation";
    /// Once the key is accessed, ingestion and queries resume within 30 minutes.
    RevocationRecovery "revocation-recovery";
    /// While the storage itself is down queries fail and data is buffered.
    StorageOutage "storage-outage";
    /// Without an update the cluster keeps using its key version.
    ExplicitRotation "explicit-rotation";
    /// A change of the key identifier takes a few minutes to reach the storage.
    KeyUpdate "key-update";
    /// An operation asked for while another runs fails.
    OperationInProgress "operation-in-progress";
    /// The update fails where Get is missing, the vault is not recoverable, or the key cannot wrap.
    KeyUpdateChecks "key-update-checks";
    /// An expired key still unwraps, but no longer wraps.
    ExpiredKeyUnwraps "expired-key-unwraps";
    /// A deleted key can be recovered for a time; then it is purged.
    SoftDelete "soft-delete";
    /// Purge protection refuses a purge before that time is over.
    PurgeProtection "purge-protection";
    /// Data under a purged key is lost.
    PurgedKey "purged-key";
    /// Data is purged when its retention is reached, accessible or not.
    Retention "retention";
    /// A subscription must be allowed beforehand to have a cluster.
    SubscriptionAllowed "subscription-allowed";
    /// The number of clusters in a region and subscription is limited.
    ClustersPerRegion "clusters-per-region";
    /// The name of a deleted cluster stays reserved for a time.
    NameReserved "name-reserved";
    /// A capacity reservation is one of the available levels.
    CapacityLevels "capacity-levels";
    /// A capacity reservation cannot be lowered for a time after a change.
    CapacityLock "capacity-lock";
    /// A change of the capacity reservation or of the billing type takes effect at once.
    CapacityUpdate "capacity-update";
    /// Creating a cluster takes a while; its identity is assigned when it is created.
    Provisioning "provisioning";
    /// No permissions can be granted, and no key given, before the cluster has an identity.
    IdentityAssigned "identity-assigned";
    /// The key vault, the cluster and its workspaces are in the same region and the same tenant.
    SameRegionAndTenant "same-region-and-tenant";
    /// Associating a workspace takes up to 90 minutes; until then its data goes to the shared store under a Microsoft key.
    Association "association";
    /// The number of workspaces that are associated with a cluster is limited.
    WorkspacesPerCluster "workspaces-per-cluster";
    /// The number of associations of a workspace in 30 days is limited.
    AssociationLimit "association-limit";
    /// A workspace that is associated with a cluster cannot be associated with another one.
    OneCluster "one-cluster";
    /// Data sent to a workspace that was associated before its cluster was provisioned is dropped for good.
    NotProvisioned "not-provisioned";
    /// Disassociating a workspace can take 90 minutes; then its data goes to the shared store, and what the cluster holds can be queried while the cluster works.
    Disassociation "disassociation";
    /// Deleting a cluster disassociates its workspaces first; one without workspaces is deleted at once.
    ClusterDeletion "cluster-deletion";
    /// A deleted cluster and its data can be recovered for a time; then they are lost for good.
    ClusterSoftDelete "cluster-soft-delete";
    /// A deleted cluster is recovered by hand with its data; its workspaces must be associated again.
    ClusterRecovery "cluster-recovery";
    /// A cluster whose key names no version looks for a newer version again and again, and uses the newest.
    Autorotation "autorotation";
}
