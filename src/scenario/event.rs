use super::{Billing, Delay, Scope};
use crate::units::{Duration, Factor, Probability, Rate, Volume};

/// Something that happens: an `[[event]]`, or a `[[hazard]]` that happens again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The name given, or `kind#n` for the n-th unnamed of its kind in the file.
    pub name: String,
    /// When it begins.
    pub timing: Timing,
    /// What it does.
    pub action: Action,
    /// After which it ends, for actions that have an end.
    pub duration: Option<Delay>,
}

/// When an event begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// Once, so long after the start of the run.
    At(Delay),
    /// Once per occurrence of another event.
    After {
        /// Index of the other event in [`super::Scenario::events`].
        event: usize,
        /// From which of its ends the delay counts.
        edge: Edge,
        /// How long after.
        delay: Delay,
    },
    /// A hazard: again and again, each so long after the end of the one before (the first:
    /// after the start).
    Every {
        /// From an end to the next beginning; at least 1 ms.
        gap: Delay,
    },
    /// A response: somebody sees something and acts.
    Seen(Watch),
}

/// What somebody watches, and how they react.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// What they see.
    pub sight: Sight,
    /// Of what: of anything, of one workspace or of one cluster.
    pub scope: Scope,
    /// How long it must have held.
    pub held: Duration,
    /// From then to the action.
    pub delay: Delay,
    /// Act also if it is over by then.
    pub even_if_over: bool,
}

/// What an operator can observe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Queries of a workspace fail.
    QueriesFail,
    /// Arriving data of a workspace is dropped.
    DataDropped,
    /// Arriving data of a workspace is buffered.
    DataBuffered,
    /// The vault has denied a request of a cluster, and would deny the next.
    KeyDenied,
    /// An operation ended without success.
    OperationFailed,
    /// An operation was refused when asked.
    OperationRejected,
    /// An operation ended well.
    OperationSucceeded,
}

/// From which end of another event a delay counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `after`: its beginning.
    Begin,
    /// `after_end`: its end, or the success of its operation.
    End,
}

/// Every kind of event, with what it is about. Indices are those of [`super::Scenario`].
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The key vault cannot be reached: timeouts, connection failures, DNS, 5xx, 429.
    KeyVaultOutage {
        /// Index of the vault.
        vault: usize,
        /// How likely a single poll fails.
        failure: Probability,
    },
    /// No token can be had for any vault.
    IdentityOutage {
        /// How likely a single poll fails.
        failure: Probability,
    },
    /// The vault answers 403 to healthy requests: an outage that looks like a revocation.
    KeyVaultDenials {
        /// Index of the vault.
        vault: usize,
        /// How likely a single poll is denied.
        failure: Probability,
    },
    /// The storage itself is down, not its key.
    StorageOutage {
        /// Index of the cluster.
        cluster: usize,
    },
    /// A key version is disabled; with a duration, enabled again at its end.
    DisableKey(KeyTarget),
    /// A key version is enabled.
    EnableKey(KeyTarget),
    /// A key version passes its expiry date; with a duration, extended at its end.
    ExpireKey(KeyTarget),
    /// The expiry date of a key version is moved into the future.
    ExtendKey(KeyTarget),
    /// A new, enabled version of a key; without a name the next number.
    CreateKeyVersion(KeyTarget),
    /// A key is deleted with all its versions (soft delete where the vault has it); with a
    /// duration, recovered at its end. `version` is not used.
    DeleteKey(KeyTarget),
    /// A soft-deleted key comes back with its versions as they were. `version` is not used.
    RecoverKey(KeyTarget),
    /// A soft-deleted key is purged; refused with purge protection. `version` is not used.
    PurgeKey(KeyTarget),
    /// Permissions are taken from the cluster's identity; with a duration, granted at its end.
    RemoveAccess {
        /// Index of the cluster.
        cluster: usize,
        /// Which ones.
        permissions: Access,
    },
    /// Permissions are given to the cluster's identity.
    GrantAccess {
        /// Index of the cluster.
        cluster: usize,
        /// Which ones.
        permissions: Access,
    },
    /// The cluster is told which key version to use.
    UpdateClusterKey {
        /// Index of the cluster.
        cluster: usize,
        /// The key version.
        key: KeyTarget,
    },
    /// A cluster is asked for.
    CreateCluster {
        /// Index of the cluster.
        cluster: usize,
        /// The level asked for; `None`: the edition's lowest.
        capacity: Option<Rate>,
        /// Who is to be billed.
        billing: Billing,
        /// Whether the request names a key, which no identity can reach yet.
        with_key: bool,
    },
    /// A cluster's capacity reservation is changed.
    SetCapacityReservation {
        /// Index of the cluster.
        cluster: usize,
        /// The level asked for.
        capacity: Rate,
    },
    /// Who is billed for a cluster is changed.
    SetBillingType {
        /// Index of the cluster.
        cluster: usize,
        /// Who is to be billed.
        billing: Billing,
    },
    /// A cluster is deleted; it can be recovered for a time.
    DeleteCluster {
        /// Index of the cluster.
        cluster: usize,
    },
    /// A deleted cluster is asked back.
    RecoverCluster {
        /// Index of the cluster.
        cluster: usize,
    },
    /// A workspace is associated to a cluster.
    AssociateWorkspace {
        /// Index of the workspace.
        workspace: usize,
        /// Index of the cluster.
        cluster: usize,
    },
    /// A workspace is disassociated from its cluster.
    DisassociateWorkspace {
        /// Index of the workspace.
        workspace: usize,
    },
    /// From now on another rate or factor.
    SetIngestion {
        /// Index of the workspace.
        workspace: usize,
        /// The new mean rate; `None`: unchanged.
        rate: Option<Rate>,
        /// The new factor on the rate; `None`: unchanged.
        factor: Option<Factor>,
    },
    /// For its duration, so many times as much arrives. Surges multiply.
    IngestionSurge {
        /// Index of the workspace.
        workspace: usize,
        /// How many times as much.
        factor: Factor,
    },
    /// Data is kept so long from now on; what is older is purged, and does not come back.
    SetRetention {
        /// Index of the workspace.
        workspace: usize,
        /// How long after its arrival data is purged.
        retention: Duration,
    },
    /// No more than this is accepted in a day; `None`: no limit.
    SetDailyCap {
        /// Index of the workspace.
        workspace: usize,
        /// The limit.
        daily_cap: Option<Volume>,
    },
}

/// The version of a key identifier that names none, and follows the newest.
pub const NEWEST: &str = "newest";

/// A key, or a version of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTarget {
    /// Index of the vault.
    pub vault: usize,
    /// Index of the key in the vault.
    pub key: usize,
    /// The version. Left out: the one that the event named by `after` touched, else the one
    /// that the cluster using this key uses at that moment (an update: its own cluster, or the
    /// newest version where that has used none; a response to something of one cluster: that
    /// cluster's). [`NEWEST`]: the newest that is enabled at that moment.
    pub version: Option<String>,
}

/// Permissions on keys that a vault grants to a cluster's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Read a key's properties.
    pub get: bool,
    /// Wrap an account's key.
    pub wrap: bool,
    /// Unwrap an account's key.
    pub unwrap: bool,
}

impl Access {
    /// No permission.
    pub const NONE: Access = Access {
        get: false,
        wrap: false,
        unwrap: false,
    };
    /// All three permissions, as the service's page asks for them.
    pub const ALL: Access = Access {
        get: true,
        wrap: true,
        unwrap: true,
    };

    /// These permissions and those.
    #[must_use]
    pub const fn with(self, other: Access) -> Access {
        Access {
            get: self.get || other.get,
            wrap: self.wrap || other.wrap,
            unwrap: self.unwrap || other.unwrap,
        }
    }

    /// These permissions without those.
    #[must_use]
    pub const fn without(self, other: Access) -> Access {
        Access {
            get: self.get && !other.get,
            wrap: self.wrap && !other.wrap,
            unwrap: self.unwrap && !other.unwrap,
        }
    }
}
