use super::{Access, Billing, Ingestion, PollInterval};
use crate::units::{Duration, Rate, Volume};

/// A key vault and the keys in it at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyVault {
    /// Its name in the scenario.
    pub name: String,
    /// A deleted key can be recovered for `soft_delete_retention`.
    pub soft_delete: bool,
    /// A soft-deleted key cannot be purged before that time is over.
    pub purge_protection: bool,
    /// In the order of the file.
    pub keys: Vec<VaultKey>,
    /// Where it is.
    pub site: Site,
}

impl KeyVault {
    /// The time in which a vault counts requests.
    pub const WINDOW: Duration = Duration::from_millis(10_000);
}

/// Where a thing is. A vault, a cluster and its workspaces must be in one region and tenant;
/// subscriptions may differ. The default is the same for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The Azure region.
    pub region: String,
    /// The Azure AD tenant.
    pub tenant: String,
    /// The subscription that pays.
    pub subscription: String,
}

impl Default for Site {
    fn default() -> Site {
        Site {
            region: "region".to_owned(),
            tenant: "tenant".to_owned(),
            subscription: "subscription".to_owned(),
        }
    }
}

/// A key and its versions at the start, all enabled and none expired.
#[derive(Debug, Clone, PartialEq)]
pub struct VaultKey {
    /// Its name in the vault.
    pub name: String,
    /// Names of the versions, in the order of the file.
    pub versions: Vec<String>,
}

/// A dedicated cluster, provisioned at the start or created by an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its name in the scenario.
    pub name: String,
    /// Whether it is there at the start; else a `create_cluster` asks for it.
    pub at_start: bool,
    /// How many storage accounts share its data; at least 1.
    pub storage_accounts: u32,
    /// The key it uses at the start; `None`: a Microsoft key, until it is told of one.
    pub key: Option<ClusterKey>,
    /// What the vault grants to its identity at the start; nothing where it is created later,
    /// for the identity comes with the cluster.
    pub access: Access,
    /// What is paid for a day, used or not; `None`: the edition's lowest level.
    pub capacity_reservation: Option<Rate>,
    /// Who is billed.
    pub billing: Billing,
    /// Where it is.
    pub site: Site,
}

impl Cluster {
    /// Whether its key is in this vault at the start.
    pub fn asks(&self, vault: usize) -> bool {
        self.key.as_ref().is_some_and(|key| key.vault == vault)
    }

    /// The most that it asks in [`KeyVault::WINDOW`]: each account polls at the shortest gap.
    pub fn most_requests(&self, interval: PollInterval) -> u64 {
        let window = KeyVault::WINDOW.millis().unsigned_abs();
        u64::from(self.storage_accounts) * window.div_ceil(interval.min.millis().unsigned_abs())
    }
}

/// The key identifier of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterKey {
    /// Index of the vault.
    pub vault: usize,
    /// Index of the key in the vault.
    pub key: usize,
    /// Name of the version; the newest at the start if the identifier names none.
    pub version: String,
    /// Whether the identifier names no version, and follows the newest (`autorotation`).
    pub follows_newest: bool,
}

/// A workspace: where its data goes, how much comes, how long it stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// Its name in the scenario.
    pub name: String,
    /// Index of the cluster it is associated with; `None`: the shared store under a Microsoft key.
    pub cluster: Option<usize>,
    /// How long after its arrival data is purged.
    pub retention: Duration,
    /// How much data there is at the start: what arrived in this time before it.
    pub history: Duration,
    /// No more than this is accepted in a day.
    pub daily_cap: Option<Volume>,
    /// What arrives.
    pub ingestion: Ingestion,
    /// Where it is.
    pub site: Site,
}
