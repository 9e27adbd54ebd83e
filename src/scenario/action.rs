//! Every kind of event: its name, its keys, where in an instant it stands, and what it is about.

use super::choice::Billing;
use super::form::{Form, Key, key};
use super::keys::{
    BILLING, CAPACITY, CLUSTER_KEY, PERMISSIONS, REGION, STORAGE_ACCOUNTS, SUBSCRIPTION, TENANT,
};
use super::rule::Rule;
use crate::units::{Duration, Factor, Probability, Rate, Volume};

const VAULT: Key = key!([vault: Reference,
    "name of the key vault [default: the only one]"]);
const KEY: Key = key!([key: Reference, "name of the key [default: the only one in the vault]"]);
const VERSION: Key = key!([version: Reference,
    "name of the version; \"newest\": the newest enabled one [default: that of the event named by `after`, else the one in use]"]);
const NEW_VERSION: Key = key!([version: Name,
    "name of the new version [default: the next number]"]);
const CLUSTER_NAME: Key = key!([cluster: Reference,
    "name of the cluster [default: the only one]"]);
const WORKSPACE_NAME: Key = key!([workspace: Reference,
    "name of the workspace [default: the only one]"]);
const LASTS: Key = key!([duration!: Delay, "how long it lasts"]);
const UNDONE: Key =
    key!([duration: Delay, "time after which it is undone [default: it is not undone]"]);
const FAILURE: Key = key!([failure_probability: Probability = "1",
    "probability that a poll fails during that time"]);
const ALLOWED: Key = key!([permissions: Choices(PERMISSIONS) = "[\"get\", \"wrap\", \"unwrap\"]",
    "permissions on keys"]);
const BILLED: Key = Key {
    required: true,
    default: None,
    ..BILLING
};

const OTHERS: Key = key!([requests!: Whole(0, MOST_REQUESTS),
    "requests of others to the key vault in 10 seconds"]);
const KEY_TYPE: Key = key!([key_type: Text = "\"RSA 2048\"",
    "type of the software-protected keys; one for which the edition has a limit"]);

/// The most that others send a key vault in 10 seconds.
pub(super) const MOST_REQUESTS: u64 = 1_000_000;

/// Parameters that matter where something cannot be reached.
const OUTAGE: &[&str] = &["outage_recovery", "buffer_retention"];
/// Parameters that matter where a key can be taken away.
const DENIAL: &[&str] = &["revocation_scope", "buffer_on_revocation"];

/// What kinds of events have in common; events at one instant stand in this order, but that
/// operations and requests stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something is out of order for a time.
    Fault,
    /// A key or a version of one changes.
    KeyState,
    /// The permissions of an identity change.
    Permission,
    /// It is asked of the service, which takes a while; then it succeeds or fails.
    Operation,
    /// It is asked of the service, which does it at once or not at all.
    Request,
    /// A workspace changes.
    Workspace,
}

/// The rows of the table of kinds, each: what happens, the fields of its [`Action`], its name in
/// scenarios, its class (of an operation the parameter that says how long it takes), its keys
/// beside those of the list in which it stands, what reads its fields where `ActionReader` has no
/// function for each of them, the [`Rule`] that its effect follows where that is not
/// [`Rule::Scenario`], and other parameters that matter to nothing else.
macro_rules! kinds {
    ($then:ident) => {$then! {
        /// The key vault cannot be reached: timeouts, connection failures, DNS, 5xx
        KeyVaultOutage { vault: usize, failure: Probability }
            "key_vault_outage" Fault [VAULT LASTS FAILURE] uses OUTAGE;
        /// Requests of others exceed the limit of the key vault, which answers the excess with 429
        KeyVaultThrottling {
            vault: usize,
            /// What others ask in 10 seconds.
            requests: u64,
            /// The share of all requests that is beyond the limit.
            failure: Probability
        }
            "key_vault_throttling" Fault [VAULT OTHERS KEY_TYPE LASTS] by throttling uses OUTAGE;
        /// The identity provider issues no tokens, so no key vault can be reached
        IdentityOutage { failure: Probability }
            "identity_outage" Fault [LASTS FAILURE] uses OUTAGE;
        /// The key vault answers valid requests with 403: an outage that looks like a revocation
        KeyVaultDenials { vault: usize, failure: Probability }
            "key_vault_denials" Fault [VAULT LASTS FAILURE] uses DENIAL;
        /// The storage of a cluster is down; its key is not affected
        StorageOutage { cluster: usize }
            "storage_outage" Fault [CLUSTER_NAME LASTS] follows StorageOutage uses OUTAGE;
        /// A key version is disabled; with a duration, it is enabled again at its end
        DisableKey(KeyTarget) "disable_key" KeyState [VAULT KEY VERSION UNDONE] uses DENIAL;
        /// A key version is enabled
        EnableKey(KeyTarget) "enable_key" KeyState [VAULT KEY VERSION];
        /// A key gets a new, enabled version; clusters keep using their version
        CreateKeyVersion(KeyTarget) "create_key_version" KeyState [VAULT KEY NEW_VERSION]
            follows ExplicitRotation uses &["key_update_duration", "autorotation"];
        /// A key is deleted with all its versions; with a duration, it is recovered at its end
        DeleteKey(KeyTarget) "delete_key" KeyState [VAULT KEY UNDONE]
            follows SoftDelete uses DENIAL;
        /// A deleted key is recovered, with its versions as they were
        RecoverKey(KeyTarget) "recover_key" KeyState [VAULT KEY] follows SoftDelete;
        /// A deleted key is purged; purge protection refuses this
        PurgeKey(KeyTarget) "purge_key" KeyState [VAULT KEY] follows PurgeProtection uses DENIAL;
        /// A key version passes its expiry date: it still unwraps, but no longer wraps
        ExpireKey(KeyTarget) "expire_key" KeyState [VAULT KEY VERSION UNDONE]
            follows ExpiredKeyUnwraps uses DENIAL;
        /// The expiry date of a key version is moved into the future
        ExtendKey(KeyTarget) "extend_key" KeyState [VAULT KEY VERSION]
            follows ExpiredKeyUnwraps;
        /// The identity of a cluster loses permissions; with a duration, until its end
        RemoveAccess { cluster: usize, permissions: Access }
            "remove_access" Permission [CLUSTER_NAME ALLOWED UNDONE] uses DENIAL;
        /// The identity of a cluster gets permissions
        GrantAccess { cluster: usize, permissions: Access }
            "grant_access" Permission [CLUSTER_NAME ALLOWED];
        /// A cluster is created, without a key, and its identity without permissions
        CreateCluster {
            cluster: usize,
            /// The level asked for; `None`: the edition's lowest.
            capacity: Option<Rate>,
            billing: Billing,
            /// Whether the request names a key, which no identity can reach yet.
            with_key: bool
        }
            "create_cluster" Operation takes provisioning_duration [
                [cluster!: Name,
                    "name of the cluster; the first event that names it decides `storage_accounts` and its region, tenant and subscription"]
                STORAGE_ACCOUNTS
                [key: TableOrNone(&CLUSTER_KEY) = "\"none\"",
                    "key in the request; such a request is refused, because no identity can reach the key yet"]
                CAPACITY BILLING REGION TENANT SUBSCRIPTION
            ] by create_cluster;
        /// A cluster is updated to use a key version
        UpdateClusterKey { cluster: usize, key: KeyTarget }
            "update_cluster_key" Operation takes key_update_duration
            [CLUSTER_NAME VAULT KEY VERSION] uses DENIAL;
        /// The capacity reservation of a cluster is changed
        SetCapacityReservation { cluster: usize, capacity: Rate }
            "set_capacity_reservation" Request
            [CLUSTER_NAME [capacity_reservation!: Rate, "the new level"]];
        /// The billing type of a cluster is changed
        SetBillingType { cluster: usize, billing: Billing }
            "set_billing_type" Request [CLUSTER_NAME BILLED];
        /// A cluster is deleted; some editions allow its recovery for a time
        DeleteCluster { cluster: usize } "delete_cluster" Operation [CLUSTER_NAME]
            uses &[
                "disassociation_duration", "delete_with_workspaces", "cluster_name_reserved",
                "cluster_data_kept", "reserved_clusters_per_region"
            ];
        /// The recovery of a deleted cluster is requested
        RecoverCluster { cluster: usize }
            "recover_cluster" Operation takes cluster_recovery_duration [CLUSTER_NAME] uses DENIAL;
        /// A workspace is associated with a cluster
        AssociateWorkspace { workspace: usize, cluster: usize }
            "associate_workspace" Operation takes association_duration
            [WORKSPACE_NAME CLUSTER_NAME] uses &["workspaces_per_cluster"];
        /// A workspace is disassociated from its cluster
        DisassociateWorkspace { workspace: usize }
            "disassociate_workspace" Operation takes disassociation_duration [WORKSPACE_NAME];
        /// From now on, the rate of arriving data changes, or a factor on it
        SetIngestion {
            workspace: usize,
            /// `None`: unchanged.
            rate: Option<Rate>,
            /// `None`: unchanged.
            factor: Option<Factor>
        }
            "set_ingestion" Workspace [
                WORKSPACE_NAME
                [rate: Rate, "the new mean rate"]
                [factor: Factor, "the new factor on the rate"]
            ] by set_ingestion;
        /// For a time, arriving data is multiplied by a factor; overlapping surges multiply
        IngestionSurge { workspace: usize, factor: Factor }
            "ingestion_surge" Workspace
            [WORKSPACE_NAME [factor!: Factor, "factor on arriving data"] LASTS];
        /// From now on, a workspace has another retention; older data is purged
        SetRetention { workspace: usize, retention: Duration }
            "set_retention" Workspace
            [WORKSPACE_NAME [retention!: Span, "age at which data is purged"]]
            follows Retention;
        /// From now on, a workspace has another daily cap
        SetDailyCap {
            workspace: usize,
            /// `None`: no limit.
            daily_cap: Option<Volume>
        }
            "set_daily_cap" Workspace
            [WORKSPACE_NAME [daily_cap!: VolumeOrNone, "the new cap"]];
    }};
}
pub(super) use kinds;

macro_rules! define {
    ($(
        #[doc = $text:literal]
        $kind:ident $({ $($(#[$about:meta])* $field:ident: $type:ty),* })? $(($target:ty))?
        $name:literal $class:ident $(takes $takes:ident)? [$($key:tt)*]
        $(by $reader:ident)? $(follows $rule:ident)? $(uses $uses:expr)?;
    )*) => {
        /// What an event does, and to what: `vault`, `cluster` and `workspace` are indices into
        /// the lists of a [`Scenario`](super::Scenario).
        #[allow(missing_docs)]
        #[derive(Debug, Clone, PartialEq)]
        pub enum Action {
            $(
                #[doc = $text]
                $kind $({ $($(#[$about])* $field: $type),* })? $(($target))?,
            )*
        }

        impl Action {
            /// What kind of event does this.
            pub const fn kind(&self) -> EventKind {
                match self { $(Action::$kind { .. } => EventKind::$kind,)* }
            }
        }

        /// A kind of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind {
            $(#[doc = $text] $kind,)*
        }

        impl EventKind {
            /// All kinds, in the order of the documentation.
            pub const ALL: &[EventKind] = &[$(EventKind::$kind,)*];

            /// As it is written behind `kind`.
            pub const fn name(self) -> &'static str {
                match self { $(EventKind::$kind => $name,)* }
            }

            /// What happens: a phrase without a full stop.
            pub fn text(self) -> &'static str {
                match self { $(EventKind::$kind => $text.trim_start(),)* }
            }

            /// What it may hold beside the keys of the list in which it stands.
            pub const fn keys(self) -> &'static [Key] {
                match self { $(EventKind::$kind => &[$(key!($key)),*],)* }
            }

            /// What it has in common with others.
            pub const fn class(self) -> Class {
                match self { $(EventKind::$kind => Class::$class,)* }
            }

            /// The parameter that says how long it takes until it succeeds, if one does.
            pub const fn takes(self) -> Option<&'static str> {
                match self { $(EventKind::$kind => [$(Some(stringify!($takes)),)? None][0],)* }
            }

            /// The rule that its effect follows.
            pub(crate) const fn rule(self) -> Rule {
                match self { $(EventKind::$kind => [$(Rule::$rule,)? Rule::Scenario][0],)* }
            }

            /// Other parameters that matter to it.
            const fn uses(self) -> &'static [&'static str] {
                match self { $(EventKind::$kind => [$($uses as &[&str],)? &[]][0],)* }
            }
        }
    };
}
kinds!(define);

impl EventKind {
    /// The one of this name.
    pub fn named(name: &str) -> Option<EventKind> {
        EventKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == name)
    }

    /// The key of this name, if it takes one.
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|key| key.name == name)
    }

    /// Whether data may have to wait while it lasts.
    pub fn buffers(self) -> bool {
        self.concerns("buffer_retention")
    }

    /// Whether a parameter of `[behaviour]` that does not always matter does with it.
    pub fn concerns(self, parameter: &str) -> bool {
        self.takes() == Some(parameter) || self.uses().contains(&parameter)
    }
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

#[cfg(test)]
mod tests {
    use super::super::keys::BEHAVIOUR;
    use super::*;

    #[test]
    fn kinds_know_the_names_of_parameters() {
        for kind in EventKind::ALL {
            for name in kind.uses().iter().copied().chain(kind.takes()) {
                assert!(BEHAVIOUR.names().any(|known| known == name), "{name}");
            }
        }
    }
}
