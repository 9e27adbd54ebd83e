/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole bytes; `_bytes` in files.
    Volume,
    /// Milliseconds; `_s` in files, as seconds with three decimals.
    Duration,
    /// 0 to 1.
    Ratio,
    /// A whole number.
    Count,
}

macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $unit:ident $workspace:literal;)*) => {
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

            /// Whether a workspace has it; else a cluster has it. The total has all.
            pub const fn of_workspace(self) -> bool {
                match self { $(Measure::$variant => $workspace,)* }
            }
        }
    };
}

measures! {
    /// Stored at the start.
    Initial "initial" Volume true;
    /// Arrived.
    Offered "offered" Volume true;
    /// Cut by the daily cap.
    Rejected "rejected" Volume true;
    /// Lost for good: the sum of its causes.
    Dropped "dropped" Volume true;
    /// Lost because it arrived at, or was buffered for, a revoked account.
    DroppedRevoked "dropped_revoked" Volume true;
    /// Lost because it was buffered for too long.
    DroppedBufferExpired "dropped_buffer_expired" Volume true;
    /// Lost because the cluster was not provisioned.
    DroppedNotProvisioned "dropped_not_provisioned" Volume true;
    /// Waiting under a Microsoft key at the end.
    Buffered "buffered" Volume true;
    /// The most that was ever waiting.
    BufferedPeak "buffered_peak" Volume true;
    /// Everything that was ever buffered.
    BufferedTotal "buffered_total" Volume true;
    /// In the store at the end, readable or not.
    Stored "stored" Volume true;
    /// Of that, under the customer's key.
    StoredCustomerKey "stored_customer_key" Volume true;
    /// Of that, under a Microsoft key.
    StoredMicrosoftKey "stored_microsoft_key" Volume true;
    /// Of what is stored, what a query can read at the end.
    Accessible "accessible" Volume true;
    /// The least that was ever readable.
    AccessibleMin "accessible_min" Volume true;
    /// Of what is stored, what no query can read at the end.
    Inaccessible "inaccessible" Volume true;
    /// The most that was ever unreadable.
    InaccessiblePeak "inaccessible_peak" Volume true;
    /// In the SSD hot cache at the end.
    Hot "hot" Volume true;
    /// The most that ever was in the hot cache.
    HotPeak "hot_peak" Volume true;
    /// Deleted from the hot cache by revocations.
    HotDeleted "hot_deleted" Volume true;
    /// Deleted because its retention was over.
    Purged "purged" Volume true;
    /// Lost from the store with a purged key or a deleted cluster.
    Destroyed "destroyed" Volume true;
    /// How long queries failed.
    QueryDowntime "query_downtime" Duration true;
    /// The longest stretch in which queries failed.
    QueryDowntimeLongest "query_downtime_longest" Duration true;
    /// How long arriving data of at least one account was being dropped.
    IngestionDowntime "ingestion_downtime" Duration true;
    /// How long arriving data of at least one account was being buffered.
    BufferingTime "buffering_time" Duration true;
    /// 1 - query_downtime / run.
    QueryAvailability "query_availability" Ratio true;
    /// 1 - dropped / offered.
    IngestionAvailability "ingestion_availability" Ratio true;
    /// dropped / offered.
    LossRatio "loss_ratio" Ratio true;
    /// Maximal stretches in which queries failed.
    Interruptions "interruptions" Count true;
    /// From the beginning of a denial until the last account is revoked, longest.
    TimeToRevoke "time_to_revoke" Duration false;
    /// From the end of the last cause until every account answers, longest over interruptions.
    TimeToRecover "time_to_recover" Duration false;
    /// Polls sent.
    KeyVaultRequests "key_vault_requests" Count false;
    /// Polls that were not answered.
    KeyVaultFailures "key_vault_failures" Count false;
    /// Polls that were denied.
    KeyVaultDenials "key_vault_denials" Count false;
    /// Control-plane operations refused when asked.
    OperationsRejected "operations_rejected" Count false;
    /// Control-plane operations that began and failed.
    OperationsFailed "operations_failed" Count false;
}
