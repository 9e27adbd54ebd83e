//! Every key that a scenario file may hold: tables for the reader, which names unknown keys and
//! their nearest neighbours, and for the schema, which editors read.
//!
//! The keys of a kind of event stand with the kind, those of `[behaviour]` with the parameters.
//! Defaults that an edition gives (`[behaviour]`, `storage_accounts`, `retention`) stand in the
//! edition's file, not here.

use super::MOST_REPLICATIONS;
pub use super::behaviour::BEHAVIOUR;
use super::choice::{Billing, Choice, Delays, NoiseShape, Spacing, Symptom};
pub use super::distribution::{FAMILIES, Family};
use super::form::key;
pub use super::form::{Form, Key, Table};
pub use super::prices::PRICES;

/// The permissions on keys that a vault grants.
pub const PERMISSIONS: &[&str] = &["get", "wrap", "unwrap"];

/// Units of the volumes in a trace.
pub const TRACE_UNITS: &[&str] = &[
    "B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB",
];

pub(super) const REGION: Key = key!([region: Text,
    "where it is; left out: one region, the same for all"]);
pub(super) const TENANT: Key = key!([tenant: Text,
    "whose it is; left out: one tenant, the same for all"]);
pub(super) const SUBSCRIPTION: Key = key!([subscription: Text,
    "who pays; left out: one subscription, the same for all"]);
pub(super) const STORAGE_ACCOUNTS: Key = key!([storage_accounts: Whole(1, 10_000),
    "storage accounts that share its data, each with its own key and requests to the vault"]);
pub(super) const CAPACITY: Key = key!([capacity_reservation: Rate,
    "volume a day that is paid for, used or not; left out: the lowest level"]);
pub(super) const BILLING: Key = key!([billing: Choice(Billing::WORDS) = "\"cluster\"",
    "to whom the capacity reservation is attributed"]);
const ENABLED: Key = key!([enabled: Truth = "true", "false: as if it were not there"]);

macro_rules! tables {
    ($($(#[$doc:meta])+ $name:ident $title:literal $text:literal { $($key:tt)* })+) => {$(
        $(#[$doc])+
        pub const $name: Table = Table {
            title: $title,
            text: $text,
            keys: &[$(key!($key)),*],
        };
    )+};
}

tables! {
    /// Studies of one scenario at many values of its keys.
    SWEEP "[sweep]"
        "Values of keys that a study goes through: any path of a key, as in \"event.NAME.at\", with a list of values or a range" {
        [replications: Whole(1, MOST_REPLICATIONS),
            "how often each point is replayed; left out: as often as the scenario, or 200 times where that is 1"]
        [lockstep: Truth = "false",
            "whether all keys go on together, instead of every value meeting every other"]
    }

    /// Values between two others.
    RANGE "the range" "Values from one to another" {
        [from!: Any, "the first value"]
        [to!: Any, "the last value"]
        [points!: Whole(2, 10_000), "how many values there are, both ends included"]
        [scale: Choice(Spacing::WORDS) = "\"linear\"",
            "whether differences or ratios are equal"]
    }

    /// The whole file.
    SCENARIO "the scenario" "A world, what happens to it, and what is expected" {
        [title: Text, "one line for reports"]
        [description: Text, "the story, for reports"]
        [edition: Edition = "\"2020-06\"",
            "edition of the service's documentation that the defaults come from"]
        [extends: File,
            "another scenario, relative to this file, of which this one says only what is different"]
        [duration!: Span, "length of the run, which covers [0, duration)"]
        [start: Instant,
            "calendar time of the start; then events may be at calendar times, and days are those of UTC"]
        [seed: Whole(0, i64::MAX as u64) = "1", "seed of every random number"]
        [replications: Whole(1, MOST_REPLICATIONS) = "1",
            "how often it is replayed, each time with other draws; what `run`, `solve` and `compare` use"]
        [delays: Choice(Delays::WORDS) = "\"sampled\"",
            "draw delays, or put this end of their range (typical: the median) in place of the draws; the longest is not the worst"]
        [expect: Expectations = "[]",
            "what must hold at the end of every replication, as in \"dropped <= 20 GB\" or \"workspace.NAME.query_availability >= 99.5%\", or over all of them, as in \"p99(dropped) <= 1 TB\" or \"probability(dropped > 0 B) <= 1%\""]
        [sweep: Sweep, "values of keys that `sweep` goes through"]
        [allowed_subscriptions: Texts,
            "subscriptions that may have clusters, where `subscription_approval` is required; left out: all"]
        [behaviour: Table(&BEHAVIOUR),
            "parameters of the service; what is left out comes from the edition"]
        [prices: Table(&PRICES), "what things cost; what is left out comes from the edition"]
        [key_vault: Tables(&KEY_VAULT),
            "key vaults; without any, one named \"vault\" with key \"key\" at version \"1\""]
        [cluster: Tables(&CLUSTER), "dedicated clusters; without any, one named \"cluster\""]
        [workspace!: Tables(&WORKSPACE), "workspaces, at least one"]
        [event: Events, "what happens, each entry once"]
        [hazard: Hazards, "what happens again and again, at random"]
        [response: Responses, "what somebody does who sees something"]
    }

    /// `poll_interval` of `[behaviour]`.
    POLL_INTERVAL "the poll interval" "Bounds of the gap between two requests to the key vault" {
        [min: Span, "no gap is shorter"]
        [max: Span, "no gap is longer"]
    }

    /// `[[key_vault]]`.
    KEY_VAULT "[[key_vault]]" "A key vault and the keys in it at the start" {
        [name!: Name, "its name"]
        [soft_delete: Truth = "true", "whether a deleted key can be recovered for a time"]
        [purge_protection: Truth = "true",
            "whether a deleted key cannot be purged before that time is over"]
        [keys: KeyVersions = "{ key = [\"1\"] }",
            "keys with the versions that exist at the start, all enabled"]
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `[[cluster]]`.
    CLUSTER "[[cluster]]" "A dedicated cluster, provisioned at the start" {
        [name!: Name, "its name"]
        STORAGE_ACCOUNTS
        [key: TableOrNone(&CLUSTER_KEY),
            "the customer's key at the start; \"none\": a Microsoft key until it is told of one; left out: the only key of the only vault, without a version"]
        [access: Choices(PERMISSIONS) = "[\"get\", \"wrap\", \"unwrap\"]",
            "permissions on keys that its identity has at the start"]
        CAPACITY
        BILLING
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `key` of a `[[cluster]]`.
    CLUSTER_KEY "the key of a cluster" "A key identifier" {
        [vault: Reference, "name of the key vault; may be left out where there is one"]
        [name: Reference, "name of the key; may be left out where the vault has one"]
        [version: Reference,
            "name of the version; \"newest\": it follows the newest, with `autorotation`; left out: the last one at the start, and as \"newest\" where there is `autorotation`"]
    }

    /// `[[workspace]]`.
    WORKSPACE "[[workspace]]"
        "A workspace: where its data goes, how much comes, how long it stays" {
        [name!: Name, "its name"]
        [cluster: Reference,
            "the cluster that it is associated to at the start; \"none\": the shared store under a Microsoft key; left out: the only cluster there is at the start"]
        [retention: Span, "how long after its arrival data is purged"]
        [history: Duration,
            "how much data there is at the start: that of so long before it; left out: the retention"]
        [daily_cap: VolumeOrNone = "\"none\"", "no more than this is accepted in a day"]
        [ingestion!: RateOrTable(&INGESTION),
            "what arrives: a rate such as \"600 GB/day\", or a table"]
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `[workspace.ingestion]`.
    INGESTION "[workspace.ingestion]" "What arrives at a workspace: a mean rate or a trace" {
        [rate: Rate, "mean rate; this or `trace`"]
        [hourly: Factors(24), "weights of the hours of a day from 00:00 on, scaled to a mean of 1"]
        [weekly: Factors(7), "weights of the days of a week, Monday first, scaled to a mean of 1"]
        [growth: Growth, "compound growth from the start on, as in \"3%/30d\""]
        [noise: Table(&NOISE), "random factors with mean 1"]
        [trace: File, "CSV file with volumes over time, to be replayed; this or `rate`"]
        [time: Text, "header of the column that says when a row begins"]
        [volume: Text, "header of the column of the volume"]
        [unit: Choice(TRACE_UNITS), "unit of the volumes of the trace; this or `scale_to`"]
        [scale_to: Rate, "scales the trace so that its mean is this rate; this or `unit`"]
        [step: Span, "what a row covers; left out: the commonest spacing"]
        [where: Filter, "takes only rows whose columns have these values"]
        [repeat: Truth = "false",
            "after the end of the trace, begin again; otherwise nothing arrives"]
        [align: Choice(&["start", "calendar"]) = "\"start\"",
            "put the first row at the start of the run, or at its calendar time"]
    }

    /// `noise` of an ingestion.
    NOISE "the noise" "Random factors with mean 1, one a period" {
        [dist!: Choice(NoiseShape::WORDS), "the family of the factors"]
        [cv!: Positive, "coefficient of variation: standard deviation over mean"]
        [period!: Span, "how long a factor holds"]
    }

    /// What every `[[event]]` may hold, whatever its kind.
    EVENT "[[event]]" "Something that happens" {
        [name: Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name"]
        [at: When,
            "when: a duration after the start, a calendar time, or a distribution; this, `after` or `after_end`"]
        [after: Reference, "name of the event after whose beginning this one happens"]
        [after_end: Reference, "name of the event after whose end, or success, this one happens"]
        [delay: Delay = "\"0s\"", "how long after it, with `after` and `after_end`"]
        [kind!: EventKind, "what happens"]
        ENABLED
    }

    /// What every `[[hazard]]` may hold, whatever its kind.
    HAZARD "[[hazard]]" "Something that happens again and again" {
        [name: Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name"]
        [gap!: Delay, "from the start, and then from each end, until the next beginning"]
        [kind!: EventKind, "what happens"]
        ENABLED
    }

    /// What every `[[response]]` may hold, whatever its kind.
    RESPONSE "[[response]]"
        "What somebody does who sees something, once each time that it comes about" {
        [name: Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name"]
        [when!: Choice(Symptom::WORDS), "what is seen"]
        [workspace: Reference,
            "the workspace that is watched; without it and `cluster`: everything; what the kind is about too, where it is about a workspace"]
        [cluster: Reference,
            "the cluster that is watched; what the kind is about too, where it is about a cluster"]
        [for: Duration = "\"0s\"", "how long it must have held"]
        [delay: Delay = "\"0s\"", "from then until somebody acts"]
        [kind!: EventKind, "what is done"]
        [even_if_over: Truth = "false", "act also if what was seen is over by then"]
        ENABLED
    }

    /// What a distribution of delays may hold; which of it belongs together, [`FAMILIES`] says.
    DISTRIBUTION "a distribution" "A random duration" {
        [dist!: Family, "the family"]
        [min: Duration, "the shortest; in families without an end, drawn again while shorter"]
        [max: Duration, "the longest; in families without an end, drawn again while longer"]
        [mode: Duration, "the likeliest duration"]
        [mean: Span, "the mean, before any truncation"]
        [median: Span, "the median, before any truncation"]
        [sigma: Positive, "standard deviation of the logarithm"]
        [cv: Positive, "standard deviation over mean"]
        [scale: Span, "the scale, a duration: of a Weibull distribution the 63.2 % quantile"]
        [shape: Positive, "the shape, a number"]
        [values: Durations, "durations, each as likely"]
    }
}

#[cfg(test)]
mod tests {
    use super::super::EventKind;
    use super::*;

    #[test]
    fn no_table_names_a_key_twice() {
        let tables = [
            SCENARIO,
            BEHAVIOUR,
            KEY_VAULT,
            CLUSTER,
            CLUSTER_KEY,
            WORKSPACE,
            INGESTION,
            NOISE,
            EVENT,
            HAZARD,
            RESPONSE,
            DISTRIBUTION,
            SWEEP,
            RANGE,
        ];
        let once = |names: &mut Vec<&str>| {
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{names:?}");
        };
        for table in tables {
            once(&mut table.names().collect());
        }
        once(&mut EventKind::ALL.iter().map(|kind| kind.name()).collect());
        for kind in EventKind::ALL {
            let own = kind.keys().iter().map(|key| key.name);
            once(&mut own.clone().chain(EVENT.names()).collect());
            once(&mut own.clone().chain(HAZARD.names()).collect());
            // What is watched may be what it is about too.
            let watched = |name: &&str| ["workspace", "cluster"].contains(name);
            let others = RESPONSE.names().filter(|name| !watched(name));
            once(&mut own.chain(others).collect());
        }
    }

    #[test]
    fn families_use_known_parameters() {
        let parameters = FAMILIES.iter().flat_map(|family| family.parameters);
        for name in parameters.copied().flatten() {
            assert!(DISTRIBUTION.names().any(|known| known == *name), "{name}");
        }
    }

    #[test]
    fn defaults_are_toml() {
        let kinds = EventKind::ALL.iter().flat_map(|kind| kind.keys());
        let tables = [
            SCENARIO, KEY_VAULT, CLUSTER, WORKSPACE, INGESTION, EVENT, RESPONSE, SWEEP, RANGE,
        ];
        let keys = tables.iter().flat_map(|table| table.keys).chain(kinds);
        for default in keys.filter_map(|key| key.default) {
            let read: Result<toml::Value, _> = default.parse();
            assert!(read.is_ok(), "{default}");
        }
    }
}
