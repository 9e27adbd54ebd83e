/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Whole bytes; `_bytes` in files.
    Volume,
    /// Milliseconds; `_s` in files, as seconds with three decimals.
    Duration,
    /// 0 to 1.
    Ratio,
    /// A whole number.
    Count,
    /// An amount in the currency of the scenario's prices.
    Money,
}

/// What has a measure; the whole has all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Every workspace.
    Workspace,
    /// Every cluster.
    Cluster,
    /// Both: what one pays, the other does not.
    Both,
}

macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $unit:ident $owner:ident;)*) => {
        /// Every measure that a run reports. The names are the public interface.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Measure {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Measure {
            /// All of them, in the order of reports.
            pub const ALL: &[Measure] = &[$(Measure::$variant,)*];

            /// Its name in scenarios and files.
            pub const fn name(self) -> &'static str {
                match self { $(Measure::$variant => $name,)* }
            }

            /// What it is, in a line.
            pub fn meaning(self) -> &'static str {
                match self { $(Measure::$variant => concat!($($doc),+).trim_start(),)* }
            }

            /// What it counts.
            pub const fn unit(self) -> Unit {
                match self { $(Measure::$variant => Unit::$unit,)* }
            }

            /// What has it.
            pub const fn owner(self) -> Owner {
                match self { $(Measure::$variant => Owner::$owner,)* }
            }
        }
    };
}

measures! {
    /// Stored at the start.
    Initial "initial" Volume Workspace;
    /// Arrived.
    Offered "offered" Volume Workspace;
    /// Cut by the daily cap.
    Rejected "rejected" Volume Workspace;
    /// Lost for good: the sum of its causes.
    Dropped "dropped" Volume Workspace;
    /// Lost because it arrived at, or was buffered for, a revoked account.
    DroppedRevoked "dropped_revoked" Volume Workspace;
    /// Lost because it was buffered for too long.
    DroppedBufferExpired "dropped_buffer_expired" Volume Workspace;
    /// Lost because the cluster was not provisioned.
    DroppedNotProvisioned "dropped_not_provisioned" Volume Workspace;
    /// Waiting under a Microsoft key at the end.
    Buffered "buffered" Volume Workspace;
    /// The most that was ever waiting.
    BufferedPeak "buffered_peak" Volume Workspace;
    /// Everything that was ever buffered.
    BufferedTotal "buffered_total" Volume Workspace;
    /// In the store at the end, readable or not.
    Stored "stored" Volume Workspace;
    /// Of that, under the customer's key.
    StoredCustomerKey "stored_customer_key" Volume Workspace;
    /// Of that, under a Microsoft key.
    StoredMicrosoftKey "stored_microsoft_key" Volume Workspace;
    /// Of what is stored, what a query can read at the end.
    Accessible "accessible" Volume Workspace;
    /// The least that was ever readable.
    AccessibleMin "accessible_min" Volume Workspace;
    /// Of what is stored, what no query can read at the end.
    Inaccessible "inaccessible" Volume Workspace;
    /// The most that was ever unreadable.
    InaccessiblePeak "inaccessible_peak" Volume Workspace;
    /// In the SSD hot cache at the end.
    Hot "hot" Volume Workspace;
    /// The most that ever was in the hot cache.
    HotPeak "hot_peak" Volume Workspace;
    /// Deleted from the hot cache by revocations.
    HotDeleted "hot_deleted" Volume Workspace;
    /// Deleted because its retention was over.
    Purged "purged" Volume Workspace;
    /// Lost from the store with a purged key or a deleted cluster.
    Destroyed "destroyed" Volume Workspace;
    /// How long queries failed.
    QueryDowntime "query_downtime" Duration Workspace;
    /// The longest stretch in which queries failed.
    QueryDowntimeLongest "query_downtime_longest" Duration Workspace;
    /// How long arriving data of at least one account was being dropped.
    IngestionDowntime "ingestion_downtime" Duration Workspace;
    /// How long arriving data of at least one account was being buffered.
    BufferingTime "buffering_time" Duration Workspace;
    /// 1 - query_downtime / run.
    QueryAvailability "query_availability" Ratio Workspace;
    /// 1 - dropped / offered.
    IngestionAvailability "ingestion_availability" Ratio Workspace;
    /// dropped / offered.
    LossRatio "loss_ratio" Ratio Workspace;
    /// Maximal stretches in which queries failed.
    Interruptions "interruptions" Count Workspace;
    /// From the beginning of a denial until the last account is revoked, longest.
    TimeToRevoke "time_to_revoke" Duration Cluster;
    /// From the end of the last cause until every account answers, longest over interruptions.
    TimeToRecover "time_to_recover" Duration Cluster;
    /// Polls sent.
    KeyVaultRequests "key_vault_requests" Count Cluster;
    /// Polls that were not answered.
    KeyVaultFailures "key_vault_failures" Count Cluster;
    /// Polls that were denied.
    KeyVaultDenials "key_vault_denials" Count Cluster;
    /// Control-plane operations refused when asked.
    OperationsRejected "operations_rejected" Count Cluster;
    /// Control-plane operations that began and failed.
    OperationsFailed "operations_failed" Count Cluster;
    /// Paid for capacity reservations, used or not.
    ReservationCost "reservation_cost" Money Both;
    /// Paid for what came above the reservation of its day.
    OverageCost "overage_cost" Money Both;
    /// Paid for what went to the shared store.
    PayAsYouGoCost "pay_as_you_go_cost" Money Workspace;
    /// Paid for keeping data beyond the free time.
    RetentionCost "retention_cost" Money Workspace;
    /// Paid for requests to the key vault.
    KeyVaultCost "key_vault_cost" Money Cluster;
    /// Paid in all: the sum of the costs above.
    Cost "cost" Money Both;
}

impl Measure {
    /// Whether a workspace has it.
    pub const fn of_workspace(self) -> bool {
        matches!(self.owner(), Owner::Workspace | Owner::Both)
    }

    /// Whether little of it is bad, as of availability; of the others much is.
    pub const fn less_is_worse(self) -> bool {
        matches!(
            self,
            Measure::Stored
                | Measure::StoredCustomerKey
                | Measure::Accessible
                | Measure::AccessibleMin
                | Measure::Hot
                | Measure::QueryAvailability
                | Measure::IngestionAvailability
        )
    }

    /// Whether a cluster has it.
    pub const fn of_cluster(self) -> bool {
        matches!(self.owner(), Owner::Cluster | Owner::Both)
    }
}
