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

/// No event draws as a later occurrence.
pub(super) const MOST_OCCURRENCES: u64 = 1_000_000_000;

/// Units of the volumes in a trace.
pub const TRACE_UNITS: &[&str] = &[
    "B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB",
];

/// Units of the durations in a column of numbers.
pub const DURATION_UNITS: &[&str] = &["w", "d", "h", "m", "s", "ms"];

pub(super) const REGION: Key = key!([region: Text,
    "region [default: the same for all resources without one]"]);
pub(super) const TENANT: Key = key!([tenant: Text,
    "tenant [default: the same for all resources without one]"]);
pub(super) const SUBSCRIPTION: Key = key!([subscription: Text,
    "subscription that pays [default: the same for all resources without one]"]);
pub(super) const STORAGE_ACCOUNTS: Key = key!([storage_accounts: Whole(1, 10_000),
    "number of storage accounts that share the data; each has its own key and polls the vault"]);
pub(super) const CAPACITY: Key = key!([capacity_reservation: Rate,
    "volume per day that is paid for, used or not [default: the lowest level]"]);
pub(super) const BILLING: Key = key!([billing: Choice(Billing::WORDS) = "\"cluster\"",
    "who is billed for the capacity reservation: the cluster, or its workspaces in proportion"]);
const CONFIDENCE: Key = key!([confidence: Probability = "\"90%\"",
    "part of the draws that lie between `low` and `high`; as many lie below as above"]);
const ENABLED: Key =
    key!([enabled: Truth = "true", "whether this entry takes effect; if false, it is ignored"]);

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
        "The keys to sweep, each as a path such as \"event.NAME.at\" with a list of values or a range" {
        [replications: Whole(1, MOST_REPLICATIONS),
            "number of replications per point [default: that of the scenario, or 200 if that is 1]"]
        [lockstep: Truth = "false",
            "whether all keys step through their values together, instead of forming a grid"]
    }

    /// Values between two others.
    RANGE "the range" "Evenly spaced values between two others" {
        [from!: Any, "the first value"]
        [to!: Any, "the last value"]
        [points!: Whole(2, 10_000), "number of values, including both ends"]
        [scale: Choice(Spacing::WORDS) = "\"linear\"",
            "linear: equal differences between values; log: equal ratios"]
    }

    /// The whole file.
    SCENARIO "the scenario" "Resources, what happens to them, and what results are expected" {
        [title: Text, "one line, shown in reports"]
        [description: Text, "the story, shown in reports"]
        [edition: Edition = "\"2020-06\"",
            "edition of the service's documentation, which gives the defaults"]
        [extends: File,
            "path of another scenario, relative to this file; this file states only the differences"]
        [duration!: Span, "length of the run, which covers [0, duration)"]
        [start: Instant,
            "calendar time of the start; it allows calendar times for events, and makes days those of UTC"]
        [seed: Whole(0, i64::MAX as u64) = "1", "seed of all random numbers"]
        [replications: Whole(1, MOST_REPLICATIONS) = "1",
            "number of replications, each with new random numbers; used by `run`, `solve` and `compare`"]
        [replication: Whole(0, MOST_REPLICATIONS - 1) = "0",
            "which replication a single run replays; many replications count from 0 all the same"]
        [delays: Choice(Delays::WORDS) = "\"sampled\"",
            "sampled: draw random delays; else replace every delay by the shortest, typical (median) or longest of its range; the longest is not always the worst"]
        [expect: Expectations = "[]",
            "conditions on the results: of every replication, such as \"dropped <= 20 GB\" or \"workspace.NAME.query_availability >= 99.5%\", or over all replications, such as \"p99(dropped) <= 1 TB\" or \"probability(dropped > 0 B) <= 1%\""]
        [sweep: Sweep, "keys and values for `sweep`"]
        [what_if: Tables(&WHAT_IF), "cases that `plan` compares with the scenario"]
        [lever: Tables(&LEVER), "choices of the customer, of which `optimise` finds the cheapest combination"]
        [allowed_subscriptions: Texts,
            "subscriptions that may have clusters if `subscription_approval` is required [default: all]"]
        [behaviour: Table(&BEHAVIOUR),
            "parameters of the service [default: those of the edition]"]
        [prices: Table(&PRICES), "prices [default: those of the edition]"]
        [key_vault: Tables(&KEY_VAULT),
            "key vaults [default: one named \"vault\" with key \"key\" at version \"1\"]"]
        [cluster: Tables(&CLUSTER), "dedicated clusters [default: one named \"cluster\"]"]
        [workspace!: Tables(&WORKSPACE), "workspaces, at least one"]
        [event: Events, "events that happen once"]
        [hazard: Hazards, "events that recur at random times"]
        [response: Responses, "actions of an operator who observes a symptom"]
        [fault: Faults, "what may go wrong at any time, for `faults` [default: a list of the edition]"]
    }

    /// `[[what_if]]`.
    WHAT_IF "[[what_if]]" "A case for `plan`: the scenario with other values of some keys" {
        [title!: Text, "one line, different from that of every other case"]
        [set!: Texts, "settings as `--set` takes them, such as [\"workspace.NAME.retention=90d\"]"]
    }

    /// `[[lever]]`.
    LEVER "[[lever]]" "A choice of the customer, for `optimise`" {
        [name!: Text, "name, different from that of every other lever"]
        [options!: Tables(&LEVER_OPTION), "at least two ways to set it"]
    }

    /// An entry of `options` of a `[[lever]]`.
    LEVER_OPTION "the option" "One way to set a lever" {
        [name!: Text, "name, different from that of every other option of the lever"]
        [set: Texts = "[]", "settings as `--set` takes them, such as [\"response.NAME.delay=20m\"], but none of [behaviour]"]
        [price: Amount = "0", "what it costs, in the currency of the prices, beside what the run costs"]
    }

    /// `poll_interval` of `[behaviour]`.
    POLL_INTERVAL "the poll interval" "Bounds of the time between two polls of the key vault" {
        [min: Span, "the shortest time"]
        [max: Span, "the longest time"]
    }

    /// `[[key_vault]]`.
    KEY_VAULT "[[key_vault]]" "A key vault and the keys in it at the start" {
        [name!: Name, "name"]
        [soft_delete: Truth = "true", "whether a deleted key can be recovered, for `soft_delete_retention`"]
        [purge_protection: Truth = "true",
            "whether a deleted key is protected from being purged during that time"]
        [keys: KeyVersions = "{ key = [\"1\"] }",
            "keys, each with its versions at the start, all enabled"]
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `[[cluster]]`.
    CLUSTER "[[cluster]]" "A dedicated cluster, provisioned at the start" {
        [name!: Name, "name"]
        STORAGE_ACCOUNTS
        [key: TableOrNone(&CLUSTER_KEY),
            "the customer's key at the start; \"none\": a Microsoft key until `update_cluster_key` [default: the only key of the only vault, without a version]"]
        [access: Choices(PERMISSIONS) = "[\"get\", \"wrap\", \"unwrap\"]",
            "permissions on keys that the identity of the cluster has at the start"]
        CAPACITY
        BILLING
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `key` of a `[[cluster]]`.
    CLUSTER_KEY "the key of a cluster" "A key identifier" {
        [vault: Reference, "name of the key vault [default: the only one]"]
        [name: Reference, "name of the key [default: the only one in the vault]"]
        [version: Reference,
            "name of the version; \"newest\" follows the newest, and needs `autorotation` [default: \"newest\" with `autorotation`, else the last version at the start]"]
    }

    /// `[[workspace]]`.
    WORKSPACE "[[workspace]]"
        "A workspace: where its data goes, how much arrives, how long it is kept" {
        [name!: Name, "name"]
        [cluster: Reference,
            "the cluster of the workspace at the start; \"none\": the shared store, under a Microsoft key [default: the only cluster at the start]"]
        [retention: Span, "age at which data is purged"]
        [history: Duration,
            "data in the store at the start, as the time over which it arrived [default: the retention]"]
        [daily_cap: VolumeOrNone = "\"none\"", "largest volume accepted per day"]
        [ingestion!: RateOrTable(&INGESTION),
            "arriving data: a rate such as \"600 GB/day\", or a table"]
        REGION
        TENANT
        SUBSCRIPTION
    }

    /// `[workspace.ingestion]`.
    INGESTION "[workspace.ingestion]" "Data that arrives at a workspace: a mean rate or a trace" {
        [rate: RateOrDrawn(&RATE),
            "mean rate, or a table from which one is drawn in each replication; either this or `trace`"]
        [hourly: Factors(24), "weights of the 24 hours of a day, scaled to a mean of 1"]
        [weekly: Factors(7), "weights of the 7 days of a week from Monday, scaled to a mean of 1"]
        [growth: GrowthOrDrawn(&GROWTH),
            "compound growth from the start, such as \"3%/30d\", or a table from which it is drawn in each replication"]
        [noise: Table(&NOISE), "random factors with mean 1"]
        [trace: File, "CSV file with volumes over time, to be replayed; either this or `rate`"]
        [time: Text, "header of the column with the time at which a row begins"]
        [volume: Text, "header of the column with the volume"]
        [unit: Choice(TRACE_UNITS), "unit of the volumes in the trace; either this or `scale_to`"]
        [scale_to: Rate, "mean rate to which the trace is scaled; either this or `unit`"]
        [step: Span, "time that a row covers [default: the most common spacing of rows]"]
        [where: Filter, "columns and values; only rows with these values are used"]
        [repeat: Truth = "false",
            "whether the trace begins again at its end; otherwise nothing arrives after it"]
        [align: Choice(&["start", "calendar"]) = "\"start\"",
            "whether the first row is at the start of the run or at its calendar time"]
    }

    /// `rate` of an ingestion.
    RATE "the rate"
        "A rate that is drawn in each replication, log-normal: `mean` and `sd`, or `low` and `high`" {
        [mean: Rate, "mean"]
        [sd: Rate, "standard deviation"]
        [low: Rate, "lower end of the interval"]
        [high: Rate, "upper end of the interval"]
        CONFIDENCE
    }

    /// `growth` of an ingestion.
    GROWTH "the growth"
        "Growth that is drawn in each replication; 1 + growth is log-normal: `mean` and `sd`, or `low` and `high`" {
        [mean: Growth, "mean, such as \"4%/30d\""]
        [sd: Growth, "standard deviation over the same period, such as \"1%/30d\""]
        [low: Growth, "lower end of the interval"]
        [high: Growth, "upper end of the interval, over the same period"]
        CONFIDENCE
        [correlation: Correlation = "0",
            "correlation of the logarithms of rate and 1 + growth, from -1 to 1, where the rate is drawn too"]
    }

    /// `noise` of an ingestion.
    NOISE "the noise" "Random factors with mean 1, one per period" {
        [dist!: Choice(NoiseShape::WORDS), "distribution of the factors"]
        [cv!: Positive, "coefficient of variation: standard deviation / mean"]
        [period!: Span, "how long a factor holds"]
        [daily_cv: Positive, "cv of further factors, one per day from the start [default: none]"]
        [weekly_cv: Positive, "cv of further factors, one per 7 days from the start [default: none]"]
    }

    /// What every `[[event]]` may hold, whatever its kind.
    EVENT "[[event]]" "Something that happens" {
        [name: EventName,
            "name, for `after` and reports [default: kind#n, the n-th of its kind without a name]"]
        [at: When,
            "when it happens: a duration after the start, a calendar time, or a distribution; one of this, `after` and `after_end` is required"]
        [after: Reference, "name of the event whose beginning this one follows"]
        [after_end: Reference, "name of the event whose end, or success, this one follows"]
        [delay: Delay = "\"0s\"", "time between the two, with `after` and `after_end`"]
        [kind!: EventKind, "what happens"]
        [occurrence: Whole(1, MOST_OCCURRENCES) = "1",
            "as which occurrence it draws random numbers, and all that follow it; with `at` only"]
        [draws_as: EventName,
            "the event under whose name it draws random numbers, as in a frozen scenario [default: its own]"]
        ENABLED
    }

    /// What every `[[hazard]]` may hold, whatever its kind.
    HAZARD "[[hazard]]" "Something that recurs at random times" {
        [name: EventName,
            "name, for `after` and reports [default: kind#n, the n-th of its kind without a name]"]
        [gap!: Delay, "time from the start, or from the end of the previous occurrence, to the next one"]
        [kind!: EventKind, "what happens"]
        ENABLED
    }

    /// What every `[[fault]]` may hold, whatever its kind.
    FAULT "[[fault]]" "Something that may go wrong at any time; only `faults` lets it happen" {
        [name!: Name, "name, for reports; `-fault` is added to it where an event has the same"]
        [kind!: EventKind, "what happens"]
        ENABLED
    }

    /// What every `[[response]]` may hold, whatever its kind.
    RESPONSE "[[response]]"
        "What an operator does on observing a symptom, once each time it appears" {
        [name: EventName,
            "name, for `after` and reports [default: kind#n, the n-th of its kind without a name]"]
        [when!: Choice(Symptom::WORDS), "the symptom that is observed"]
        [workspace: Reference,
            "the workspace to observe, and to act on if `kind` acts on a workspace; without it and `cluster`, everything is observed"]
        [cluster: Reference,
            "the cluster to observe, and to act on if `kind` acts on a cluster"]
        [for: Duration = "\"0s\"", "how long the symptom must last"]
        [delay: Delay = "\"0s\"", "time from then until the operator acts"]
        [kind!: EventKind, "what the operator does"]
        [even_if_over: Truth = "false", "whether the operator acts even if the symptom is over by then"]
        ENABLED
    }

    /// What a distribution of delays may hold; which of it belongs together, [`FAMILIES`] says.
    DISTRIBUTION "a distribution" "A random duration" {
        [dist!: Family, "family of the distribution"]
        [min: Duration, "lower bound; in unbounded families, smaller values are drawn again"]
        [max: Duration, "upper bound; in unbounded families, larger values are drawn again"]
        [mode: Duration, "the most likely duration"]
        [mean: Span, "mean before truncation"]
        [median: Span, "median before truncation"]
        [p95: Span, "95 % quantile before truncation; with `mean` at most 3.868 times it"]
        [sigma: Positive, "standard deviation of the logarithm"]
        [cv: Positive, "coefficient of variation: standard deviation / mean"]
        [scale: Span, "scale, a duration; in a Weibull distribution, the 63.2 % quantile"]
        [shape: Positive, "shape, a number"]
        [values: Durations, "equally likely durations"]
        [file: File, "CSV file with a column of durations, instead of `values`"]
        [column: Text, "header of the column with the durations"]
        [unit: Choice(DURATION_UNITS),
            "unit of the numbers in the column [default: each has its own, as in 45m]"]
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
            RATE,
            GROWTH,
            NOISE,
            EVENT,
            HAZARD,
            RESPONSE,
            FAULT,
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
            SCENARIO, KEY_VAULT, CLUSTER, WORKSPACE, INGESTION, RATE, GROWTH, EVENT, RESPONSE,
            SWEEP, RANGE,
        ];
        let keys = tables.iter().flat_map(|table| table.keys).chain(kinds);
        for default in keys.filter_map(|key| key.default) {
            let read: Result<toml::Value, _> = default.parse();
            assert!(read.is_ok(), "{default}");
        }
    }
}
