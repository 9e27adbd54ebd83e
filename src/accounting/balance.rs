use crate::units::Volume;

/// Where the bytes of a workspace (or of all) are at one instant.
///
/// `initial + offered = rejected + dropped + buffered + stored + purged + destroyed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Stored at the start of the run.
    pub initial: Volume,
    /// Arrived since.
    pub offered: Volume,
    /// Cut by the daily cap.
    pub rejected: Volume,
    /// Lost to a revoked account.
    pub dropped_revoked: Volume,
    /// Lost because it was buffered for too long.
    pub dropped_buffer_expired: Volume,
    /// Lost because the cluster was not provisioned.
    pub dropped_not_provisioned: Volume,
    /// Waiting under a Microsoft key.
    pub buffered: Volume,
    /// In the store under the customer's key.
    pub stored_customer_key: Volume,
    /// In the store under a Microsoft key.
    pub stored_microsoft_key: Volume,
    /// The part of what is stored that a query can read.
    pub accessible: Volume,
    /// The part of what is stored that is in the hot cache. It can be read only where the
    /// workspace's queries work.
    pub hot: Volume,
    /// Deleted at the end of its retention.
    pub purged: Volume,
    /// Lost with a purged key or a deleted cluster.
    pub destroyed: Volume,
}

impl Balance {
    /// Where the bytes of both are.
    #[must_use]
    pub fn plus(self, other: Balance) -> Balance {
        Balance {
            initial: self.initial + other.initial,
            offered: self.offered + other.offered,
            rejected: self.rejected + other.rejected,
            dropped_revoked: self.dropped_revoked + other.dropped_revoked,
            dropped_buffer_expired: self.dropped_buffer_expired + other.dropped_buffer_expired,
            dropped_not_provisioned: self.dropped_not_provisioned + other.dropped_not_provisioned,
            buffered: self.buffered + other.buffered,
            stored_customer_key: self.stored_customer_key + other.stored_customer_key,
            stored_microsoft_key: self.stored_microsoft_key + other.stored_microsoft_key,
            accessible: self.accessible + other.accessible,
            hot: self.hot + other.hot,
            purged: self.purged + other.purged,
            destroyed: self.destroyed + other.destroyed,
        }
    }

    /// Everything in the store.
    pub fn stored(&self) -> Volume {
        self.stored_customer_key + self.stored_microsoft_key
    }

    /// Stored, but not readable.
    pub fn inaccessible(&self) -> Volume {
        self.stored() - self.accessible
    }

    /// Everything lost on its way in.
    pub fn dropped(&self) -> Volume {
        self.dropped_revoked + self.dropped_buffer_expired + self.dropped_not_provisioned
    }
}
