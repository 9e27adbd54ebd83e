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
    /// Data in the store at the start.
    Initial "initial" Volume Workspace;
    /// Data that arrived.
    Offered "offered" Volume Workspace;
    /// Data that the daily cap rejected.
    Rejected "rejected" Volume Workspace;
    /// Data lost on arrival or from the buffer: the sum of the three measures below.
    Dropped "dropped" Volume Workspace;
    /// Data lost because it arrived at, or was buffered for, a revoked account.
    DroppedRevoked "dropped_revoked" Volume Workspace;
    /// Data lost because it was buffered for too long.
    DroppedBufferExpired "dropped_buffer_expired" Volume Workspace;
    /// Data lost because the cluster was not provisioned.
    DroppedNotProvisioned "dropped_not_provisioned" Volume Workspace;
    /// Data in the buffer at the end, under a Microsoft key.
    Buffered "buffered" Volume Workspace;
    /// The largest volume in the buffer at any time.
    BufferedPeak "buffered_peak" Volume Workspace;
    /// All data that was ever buffered.
    BufferedTotal "buffered_total" Volume Workspace;
    /// Data in the store at the end, readable or not.
    Stored "stored" Volume Workspace;
    /// Stored data under the customer's key, at the end.
    StoredCustomerKey "stored_customer_key" Volume Workspace;
    /// Stored data under a Microsoft key, at the end.
    StoredMicrosoftKey "stored_microsoft_key" Volume Workspace;
    /// Stored data that queries can read at the end.
    Accessible "accessible" Volume Workspace;
    /// The smallest volume that queries could read at any time.
    AccessibleMin "accessible_min" Volume Workspace;
    /// Stored data that queries cannot read at the end.
    Inaccessible "inaccessible" Volume Workspace;
    /// The largest volume of stored data that queries could not read at any time.
    InaccessiblePeak "inaccessible_peak" Volume Workspace;
    /// Data in the SSD hot cache at the end.
    Hot "hot" Volume Workspace;
    /// The largest volume in the hot cache at any time.
    HotPeak "hot_peak" Volume Workspace;
    /// Data that revocations deleted from the hot cache.
    HotDeleted "hot_deleted" Volume Workspace;
    /// Data deleted because its retention was over.
    Purged "purged" Volume Workspace;
    /// Stored data lost with a purged key or a deleted cluster.
    Destroyed "destroyed" Volume Workspace;
    /// Total time in which queries failed.
    QueryDowntime "query_downtime" Duration Workspace;
    /// The longest continuous time in which queries failed.
    QueryDowntimeLongest "query_downtime_longest" Duration Workspace;
    /// Total time in which at least one account dropped arriving data.
    IngestionDowntime "ingestion_downtime" Duration Workspace;
    /// Total time in which at least one account buffered arriving data.
    BufferingTime "buffering_time" Duration Workspace;
    /// 1 - query_downtime / length of the run.
    QueryAvailability "query_availability" Ratio Workspace;
    /// 1 - dropped / offered.
    IngestionAvailability "ingestion_availability" Ratio Workspace;
    /// dropped / offered.
    LossRatio "loss_ratio" Ratio Workspace;
    /// Number of interruptions, each a continuous time in which queries failed.
    Interruptions "interruptions" Count Workspace;
    /// The longest time from the beginning of a denial until an account is revoked; 0 without a
    /// revocation.
    TimeToRevoke "time_to_revoke" Duration Cluster;
    /// The longest time from the end of the last cause of an interruption until every account
    /// answers again; 0 without an interruption, none if the run ends in one.
    TimeToRecover "time_to_recover" Duration Cluster;
    /// Number of polls of the key vault.
    KeyVaultRequests "key_vault_requests" Count Cluster;
    /// Number of polls without an answer.
    KeyVaultFailures "key_vault_failures" Count Cluster;
    /// Number of denied polls.
    KeyVaultDenials "key_vault_denials" Count Cluster;
    /// Number of control-plane operations refused when requested.
    OperationsRejected "operations_rejected" Count Cluster;
    /// Number of control-plane operations that began and failed.
    OperationsFailed "operations_failed" Count Cluster;
    /// Cost of capacity reservations, used or not.
    ReservationCost "reservation_cost" Money Both;
    /// Cost of data above the reservation of its day.
    OverageCost "overage_cost" Money Both;
    /// Cost of data that went to the shared store.
    PayAsYouGoCost "pay_as_you_go_cost" Money Workspace;
    /// Cost of keeping data after the free retention.
    RetentionCost "retention_cost" Money Workspace;
    /// Cost of requests to the key vault.
    KeyVaultCost "key_vault_cost" Money Cluster;
    /// Total cost: the sum of all costs.
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
