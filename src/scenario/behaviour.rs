//! The parameters of the service that the model follows.

use super::Delay;
use super::choice::{
    BufferOnRevocation, Choice, DeleteWithWorkspaces, RevocationScope, SubscriptionApproval,
};
use super::form::{Form, Key, Table};
use crate::units::{Duration, Rate};

macro_rules! parameters {
    ($(#[doc = $text:literal] $name:ident: $type:ty, $form:ident $(($($of:tt)*))?;)*) => {
        /// The parameters of the service as an edition of its documentation and the scenario
        /// give them. `cmksim rules` prints each with its source.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Behaviour {
            $(#[doc = $text] pub $name: $type,)*
        }

        /// `[behaviour]`.
        pub const BEHAVIOUR: Table = Table {
            title: "[behaviour]",
            text: "Parameters of the service, as an edition of its documentation states them",
            keys: &[$(Key {
                name: stringify!($name),
                form: Form::$form $(($($of)*))?,
                required: false,
                default: None,
                text: $text.trim_ascii(),
            }),*],
        };

        impl Behaviour {
            /// The parameters of which each has the value that is said of its key.
            ///
            /// # Panics
            ///
            /// If a value is not of the key's form.
            pub(super) fn of(mut value: impl FnMut(&Key) -> ParameterValue) -> Behaviour {
                let mut keys = BEHAVIOUR.keys.iter();
                let mut next = || value(keys.next().expect("every parameter has a key"));
                Behaviour {
                    $($name: Parameter::of(next()).expect("its form is that of its type"),)*
                }
            }

            /// The value of the parameter of this name, if there is one.
            pub fn value(&self, name: &str) -> Option<ParameterValue> {
                match name {
                    $(stringify!($name) => Some(self.$name.value(Form::$form $(($($of)*))?)),)*
                    _ => None,
                }
            }
        }
    };
}

// Each: what it means, its name in scenarios and here, its type, and what stands behind its key.
// Its values stand in the files of the editions.
parameters! {
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

/// The bounds of the gap between two polls; 1 ms <= `min` <= `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollInterval {
    /// No gap is shorter.
    pub min: Duration,
    /// No gap is longer.
    pub max: Duration,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValue {
    /// A delay.
    Delay(Delay),
    /// A duration.
    Duration(Duration),
    /// One of a few words.
    Word(&'static str),
    /// A whole number.
    Count(u64),
    /// Rates, the lowest first.
    Rates(Vec<Rate>),
    /// Bounds of a gap.
    Interval(PollInterval),
}

/// A type of parameters.
trait Parameter: Sized {
    /// The parameter that has a value; `None`: it is of another type.
    fn of(value: ParameterValue) -> Option<Self>;

    /// Its value; `form` knows the word for none.
    fn value(&self, form: Form) -> ParameterValue;
}

macro_rules! plain {
    ($($type:ty: $value:ident,)*) => {$(
        impl Parameter for $type {
            fn of(value: ParameterValue) -> Option<Self> {
                match value {
                    ParameterValue::$value(value) => Some(value),
                    _ => None,
                }
            }

            fn value(&self, _: Form) -> ParameterValue {
                ParameterValue::$value(Clone::clone(self))
            }
        }
    )*};
}

plain! {
    Delay: Delay,
    Duration: Duration,
    u64: Count,
    Vec<Rate>: Rates,
    PollInterval: Interval,
}

impl<T: Choice> Parameter for T {
    fn of(value: ParameterValue) -> Option<T> {
        let ParameterValue::Word(word) = value else {
            return None;
        };
        T::CHOICES
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, choice)| *choice)
    }

    fn value(&self, _: Form) -> ParameterValue {
        ParameterValue::Word(self.word())
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn of(value: ParameterValue) -> Option<Option<T>> {
        match value {
            ParameterValue::Word(_) => Some(None),
            value => T::of(value).map(Some),
        }
    }

    fn value(&self, form: Form) -> ParameterValue {
        let none = || ParameterValue::Word(form.word_for_none().expect("there may be none"));
        self.as_ref().map_or_else(none, |value| value.value(form))
    }
}
