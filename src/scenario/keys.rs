//! Every key that a scenario file may hold: one table for the reader, which names unknown keys
//! and their nearest neighbours, and for the schema, which editors read.
//!
//! Defaults that an edition gives (`[behaviour]`, `storage_accounts`, `retention`) stand in the
//! edition's file, not here.

use super::MOST_REPLICATIONS;

/// A table of a scenario file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// How it is called: `[behaviour]`, `[[workspace]]`.
    pub title: &'static str,
    /// One sentence.
    pub text: &'static str,
    /// What may stand in it, in the order of the documentation.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What may stand behind it.
    pub form: Form,
    /// Whether it must be there.
    pub required: bool,
    /// What holds without it, as TOML; `None`: nothing, or what `text` says.
    pub default: Option<&'static str>,
    /// What it means, with units: a phrase without a full stop.
    pub text: &'static str,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Any value.
    Any,
    /// Any text.
    Text,
    /// A name that is given here: letters, digits, `-`, `_`.
    Name,
    /// The name of something that stands elsewhere in the file.
    Reference,
    /// The name of a file, relative to this one.
    File,
    /// `true` or `false`.
    Truth,
    /// A whole number within these bounds.
    Whole(u64, u64),
    /// A number above 0.
    Positive,
    /// A number, 0 or more; up to 1 000 000.
    Factor,
    /// So many of them.
    Factors(usize),
    /// 0 to 1, or `"3%"`.
    Probability,
    /// A duration of 0 or more.
    Duration,
    /// A duration above 0.
    Span,
    /// A list of durations.
    Durations,
    /// A duration, or `"never"`.
    DurationOrNever,
    /// A duration or a distribution of them.
    Delay,
    /// A duration or a distribution of them, or `"unlimited"`.
    DelayOrUnlimited,
    /// A duration or a distribution of them, or `"never"`.
    DelayOrNever,
    /// A duration since the start, a distribution of them, or a calendar time.
    When,
    /// A calendar time with its offset.
    Instant,
    /// A volume, or `"none"`.
    VolumeOrNone,
    /// A rate.
    Rate,
    /// A list of rates.
    Rates,
    /// An amount of money, 0 or more.
    Amount,
    /// The three letters of a currency.
    Currency,
    /// A discount, as in `"25%"`, or a price a level.
    Reservation,
    /// A list of texts.
    Texts,
    /// Growth in a period: `"3%/30d"`.
    Growth,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of these words.
    Choices(&'static [&'static str]),
    /// Expectations: `"dropped <= 20 GB"`.
    Expectations,
    /// `{ min, max }` of the gap between two polls.
    Bounds,
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
    /// A table, or `"none"`.
    TableOrNone(&'static Table),
    /// A rate, or a table that says more.
    RateOrTable(&'static Table),
    /// Names of keys, each with a list of names of versions.
    KeyVersions,
    /// Names of columns, each with the text that a row must have there.
    Filter,
    /// `[[event]]`: [`EVENT`] and the keys of its kind.
    Events,
    /// `[[hazard]]`: [`HAZARD`] and the keys of its kind.
    Hazards,
    /// `[[response]]`: [`RESPONSE`] and the keys of its kind.
    Responses,
    /// The kind of an event: one of [`EVENT_KINDS`].
    EventKind,
    /// The name of an edition.
    Edition,
    /// [`SWEEP`], and paths of keys, each with a list of values or a [`RANGE`].
    Sweep,
}

const fn key(name: &'static str, form: Form, text: &'static str) -> Key {
    Key {
        name,
        form,
        required: false,
        default: None,
        text,
    }
}

impl Key {
    const fn required(self) -> Key {
        Key {
            required: true,
            ..self
        }
    }

    const fn or(self, default: &'static str) -> Key {
        Key {
            default: Some(default),
            ..self
        }
    }
}

impl Table {
    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|key| key.name)
    }
}

/// The permissions on keys that a vault grants.
pub const PERMISSIONS: &[&str] = &["get", "wrap", "unwrap"];

/// Units of the volumes in a trace.
pub const TRACE_UNITS: &[&str] = &[
    "B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB",
];

/// Studies of one scenario at many values of its keys.
pub const SWEEP: Table = Table {
    title: "[sweep]",
    text: "Values of keys that a study goes through: any path of a key, as in \"event.NAME.at\", with a list of values or a range",
    keys: &[
        key(
            "replications",
            Form::Whole(1, MOST_REPLICATIONS),
            "how often each point is replayed; left out: as often as the scenario, or 200 times where that is 1",
        ),
        key(
            "lockstep",
            Form::Truth,
            "whether all keys go on together, instead of every value meeting every other",
        )
        .or("false"),
    ],
};

/// Values between two others.
pub const RANGE: Table = Table {
    title: "the range",
    text: "Values from one to another",
    keys: &[
        key("from", Form::Any, "the first value").required(),
        key("to", Form::Any, "the last value").required(),
        key(
            "points",
            Form::Whole(2, 10_000),
            "how many values there are, both ends included",
        )
        .required(),
        key(
            "scale",
            Form::Choice(&["linear", "log"]),
            "whether differences or ratios are equal",
        )
        .or("\"linear\""),
    ],
};

/// The whole file.
pub const SCENARIO: Table = Table {
    title: "the scenario",
    text: "A world, what happens to it, and what is expected",
    keys: &[
        key("title", Form::Text, "one line for reports"),
        key("description", Form::Text, "the story, for reports"),
        key(
            "edition",
            Form::Edition,
            "edition of the service's documentation that the defaults come from",
        )
        .or("\"2020-06\""),
        key(
            "extends",
            Form::File,
            "another scenario, relative to this file, of which this one says only what is different",
        ),
        key(
            "duration",
            Form::Span,
            "length of the run, which covers [0, duration)",
        )
        .required(),
        key(
            "start",
            Form::Instant,
            "calendar time of the start; then events may be at calendar times, and days are those of UTC",
        ),
        key(
            "seed",
            Form::Whole(0, i64::MAX as u64),
            "seed of every random number",
        )
        .or("1"),
        key(
            "replications",
            Form::Whole(1, MOST_REPLICATIONS),
            "how often it is replayed, each time with other draws; what `run`, `solve` and `compare` use",
        )
        .or("1"),
        key(
            "delays",
            Form::Choice(&["sampled", "shortest", "typical", "longest"]),
            "draw delays, or put this end of their range (typical: the median) in place of the draws; the longest is not the worst",
        )
        .or("\"sampled\""),
        key(
            "expect",
            Form::Expectations,
            "what must hold at the end of every replication, as in \"dropped <= 20 GB\" or \"workspace.NAME.query_availability >= 99.5%\", or over all of them, as in \"p99(dropped) <= 1 TB\" or \"probability(dropped > 0 B) <= 1%\"",
        )
        .or("[]"),
        key(
            "sweep",
            Form::Sweep,
            "values of keys that `sweep` goes through",
        ),
        key(
            "allowed_subscriptions",
            Form::Texts,
            "subscriptions that may have clusters, where `subscription_approval` is required; left out: all",
        ),
        key(
            "behaviour",
            Form::Table(&BEHAVIOUR),
            "parameters of the service; what is left out comes from the edition",
        ),
        key(
            "prices",
            Form::Table(&PRICES),
            "what things cost; what is left out comes from the edition",
        ),
        key(
            "key_vault",
            Form::Tables(&KEY_VAULT),
            "key vaults; without any, one named \"vault\" with key \"key\" at version \"1\"",
        ),
        key(
            "cluster",
            Form::Tables(&CLUSTER),
            "dedicated clusters; without any, one named \"cluster\"",
        ),
        key(
            "workspace",
            Form::Tables(&WORKSPACE),
            "workspaces, at least one",
        )
        .required(),
        key("event", Form::Events, "what happens, each entry once"),
        key(
            "hazard",
            Form::Hazards,
            "what happens again and again, at random",
        ),
        key(
            "response",
            Form::Responses,
            "what somebody does who sees something",
        ),
    ],
};

/// `[prices]`.
pub const PRICES: Table = Table {
    title: "[prices]",
    text: "What things cost, in one currency; 1 GB = 10^9 bytes",
    keys: &[
        key(
            "currency",
            Form::Currency,
            "the currency of all amounts, three capital letters",
        ),
        key("region", Form::Text, "where the prices hold, for reports"),
        key("date", Form::Text, "when they were published, for reports"),
        key("source", Form::Text, "by whom, for reports"),
        key(
            "pay_as_you_go",
            Form::Amount,
            "what a GB costs that no reservation covers",
        ),
        key(
            "reservation",
            Form::Reservation,
            "what a day of a capacity reservation costs: a discount on pay-as-you-go, as in \"25%\", or a price a level, as in { \"500 GB/day\" = 865 }",
        ),
        key(
            "overage",
            Form::Choice(&["pay_as_you_go", "reservation"]),
            "whether a GB above the reservation costs as much as without one, or as a GB of it",
        ),
        key(
            "free_retention",
            Form::Duration,
            "how long data is kept without being paid for",
        ),
        key(
            "retention",
            Form::Amount,
            "what it costs to keep a GB for a month (a twelfth of 365 days) beyond that",
        ),
        key(
            "key_vault_operations",
            Form::Amount,
            "what 10 000 requests to the key vault cost",
        ),
    ],
};

/// `[behaviour]`.
pub const BEHAVIOUR: Table = Table {
    title: "[behaviour]",
    text: "Parameters of the service, as an edition of its documentation states them",
    keys: &[
        key(
            "poll_interval",
            Form::Bounds,
            "shortest and longest gap between two requests of a storage account to the key vault",
        ),
        key(
            "outage_tolerance",
            Form::DelayOrUnlimited,
            "how long after its last granted request a storage account rides out an outage",
        ),
        key(
            "outage_recovery",
            Form::Delay,
            "from the first granted request after an outage until queries work again",
        ),
        key(
            "revocation_delay",
            Form::Delay,
            "from the beginning of a denial until a storage account enforces it",
        ),
        key(
            "revocation_scope",
            Form::Choice(&["account", "cluster"]),
            "whether each storage account or each cluster has its own revocation delay",
        ),
        key(
            "revocation_recovery",
            Form::Delay,
            "from the first granted request after a revocation until ingestion and queries work again",
        ),
        key(
            "buffer_retention",
            Form::Duration,
            "how long data that arrives during an outage is kept before it is dropped",
        ),
        key(
            "buffer_on_revocation",
            Form::Choice(&["drop", "hold"]),
            "what happens to buffered data when its account is revoked",
        ),
        key(
            "hot_cache_span",
            Form::Duration,
            "how much of the newest data the hot cache holds",
        ),
        key(
            "hot_cache_refill",
            Form::DurationOrNever,
            "how long after a recovery the deleted hot cache is hot again",
        ),
        key(
            "key_update_duration",
            Form::Delay,
            "how long a change of a cluster's key takes to reach its storage",
        ),
        key(
            "soft_delete_retention",
            Form::Duration,
            "how long a deleted key can be recovered before it is purged",
        ),
        key(
            "subscription_approval",
            Form::Choice(&["required", "none"]),
            "whether a subscription must be allowed before it can have a cluster",
        ),
        key(
            "provisioning_duration",
            Form::Delay,
            "from the request for a cluster until it is provisioned",
        ),
        key(
            "association_duration",
            Form::Delay,
            "from the request until new data of a workspace goes to the cluster",
        ),
        key(
            "disassociation_duration",
            Form::Delay,
            "from the request until new data of a workspace goes to the shared store",
        ),
        key(
            "delete_with_workspaces",
            Form::Choice(&["disassociate", "fail"]),
            "what deleting a cluster does while workspaces are associated",
        ),
        key(
            "cluster_soft_delete",
            Form::Duration,
            "how long a deleted cluster can be recovered and its name stays reserved",
        ),
        key(
            "cluster_recovery_duration",
            Form::DelayOrNever,
            "from the request until a deleted cluster is back",
        ),
        key(
            "clusters_per_region",
            Form::Whole(1, 1_000),
            "clusters of a subscription in a region",
        ),
        key(
            "associations_per_30_days",
            Form::Whole(1, 1_000),
            "associations of a workspace in 30 days",
        ),
        key(
            "capacity_levels",
            Form::Rates,
            "capacity reservations that can be had; the lowest is that of a cluster that names none",
        ),
        key(
            "capacity_lock",
            Form::Duration,
            "how long after a change the capacity reservation cannot be lowered",
        ),
        key(
            "autorotation",
            Form::DurationOrNever,
            "how often a cluster whose key names no version looks for a newer one",
        ),
    ],
};

/// `poll_interval` of `[behaviour]`.
pub const POLL_INTERVAL: Table = Table {
    title: "the poll interval",
    text: "Bounds of the gap between two requests to the key vault",
    keys: &[
        key("min", Form::Span, "no gap is shorter"),
        key("max", Form::Span, "no gap is longer"),
    ],
};

const REGION: Key = key(
    "region",
    Form::Text,
    "where it is; left out: one region, the same for all",
);
const TENANT: Key = key(
    "tenant",
    Form::Text,
    "whose it is; left out: one tenant, the same for all",
);
const SUBSCRIPTION: Key = key(
    "subscription",
    Form::Text,
    "who pays; left out: one subscription, the same for all",
);

/// `[[key_vault]]`.
pub const KEY_VAULT: Table = Table {
    title: "[[key_vault]]",
    text: "A key vault and the keys in it at the start",
    keys: &[
        key("name", Form::Name, "its name").required(),
        key(
            "soft_delete",
            Form::Truth,
            "whether a deleted key can be recovered for a time",
        )
        .or("true"),
        key(
            "purge_protection",
            Form::Truth,
            "whether a deleted key cannot be purged before that time is over",
        )
        .or("true"),
        key(
            "keys",
            Form::KeyVersions,
            "keys with the versions that exist at the start, all enabled",
        )
        .or("{ key = [\"1\"] }"),
        REGION,
        TENANT,
        SUBSCRIPTION,
    ],
};

/// `[[cluster]]`.
pub const CLUSTER: Table = Table {
    title: "[[cluster]]",
    text: "A dedicated cluster, provisioned at the start",
    keys: &[
        key("name", Form::Name, "its name").required(),
        STORAGE_ACCOUNTS,
        key(
            "key",
            Form::TableOrNone(&CLUSTER_KEY),
            "the customer's key at the start; \"none\": a Microsoft key until it is told of one; left out: the only key of the only vault, without a version",
        ),
        key(
            "access",
            Form::Choices(PERMISSIONS),
            "permissions on keys that its identity has at the start",
        )
        .or("[\"get\", \"wrap\", \"unwrap\"]"),
        CAPACITY,
        BILLING.or("\"cluster\""),
        REGION,
        TENANT,
        SUBSCRIPTION,
    ],
};

const STORAGE_ACCOUNTS: Key = key(
    "storage_accounts",
    Form::Whole(1, 10_000),
    "storage accounts that share its data, each with its own key and requests to the vault",
);
const CAPACITY: Key = key(
    "capacity_reservation",
    Form::Rate,
    "volume a day that is paid for, used or not; left out: the lowest level",
);
const BILLING: Key = key(
    "billing",
    Form::Choice(&["cluster", "workspaces"]),
    "to whom the capacity reservation is attributed",
);

/// `key` of a `[[cluster]]`.
pub const CLUSTER_KEY: Table = Table {
    title: "the key of a cluster",
    text: "A key identifier",
    keys: &[
        key(
            "vault",
            Form::Reference,
            "name of the key vault; may be left out where there is one",
        ),
        key(
            "name",
            Form::Reference,
            "name of the key; may be left out where the vault has one",
        ),
        key(
            "version",
            Form::Reference,
            "name of the version; \"newest\": it follows the newest, with `autorotation`; left out: the last one at the start, and as \"newest\" where there is `autorotation`",
        ),
    ],
};

/// `[[workspace]]`.
pub const WORKSPACE: Table = Table {
    title: "[[workspace]]",
    text: "A workspace: where its data goes, how much comes, how long it stays",
    keys: &[
        key("name", Form::Name, "its name").required(),
        key(
            "cluster",
            Form::Reference,
            "the cluster that it is associated to at the start; \"none\": the shared store under a Microsoft key; left out: the only cluster there is at the start",
        ),
        key(
            "retention",
            Form::Span,
            "how long after its arrival data is purged",
        ),
        key(
            "history",
            Form::Duration,
            "how much data there is at the start: that of so long before it; left out: the retention",
        ),
        key(
            "daily_cap",
            Form::VolumeOrNone,
            "no more than this is accepted in a day",
        )
        .or("\"none\""),
        key(
            "ingestion",
            Form::RateOrTable(&INGESTION),
            "what arrives: a rate such as \"600 GB/day\", or a table",
        )
        .required(),
        REGION,
        TENANT,
        SUBSCRIPTION,
    ],
};

/// `[workspace.ingestion]`.
pub const INGESTION: Table = Table {
    title: "[workspace.ingestion]",
    text: "What arrives at a workspace: a mean rate or a trace",
    keys: &[
        key("rate", Form::Rate, "mean rate; this or `trace`"),
        key(
            "hourly",
            Form::Factors(24),
            "weights of the hours of a day from 00:00 on, scaled to a mean of 1",
        ),
        key(
            "weekly",
            Form::Factors(7),
            "weights of the days of a week, Monday first, scaled to a mean of 1",
        ),
        key(
            "growth",
            Form::Growth,
            "compound growth from the start on, as in \"3%/30d\"",
        ),
        key("noise", Form::Table(&NOISE), "random factors with mean 1"),
        key(
            "trace",
            Form::File,
            "CSV file with volumes over time, to be replayed; this or `rate`",
        ),
        key(
            "time",
            Form::Text,
            "header of the column that says when a row begins",
        ),
        key("volume", Form::Text, "header of the column of the volume"),
        key(
            "unit",
            Form::Choice(TRACE_UNITS),
            "unit of the volumes of the trace; this or `scale_to`",
        ),
        key(
            "scale_to",
            Form::Rate,
            "scales the trace so that its mean is this rate; this or `unit`",
        ),
        key(
            "step",
            Form::Span,
            "what a row covers; left out: the commonest spacing",
        ),
        key(
            "where",
            Form::Filter,
            "takes only rows whose columns have these values",
        ),
        key(
            "repeat",
            Form::Truth,
            "after the end of the trace, begin again; otherwise nothing arrives",
        )
        .or("false"),
        key(
            "align",
            Form::Choice(&["start", "calendar"]),
            "put the first row at the start of the run, or at its calendar time",
        )
        .or("\"start\""),
    ],
};

/// `noise` of an ingestion.
pub const NOISE: Table = Table {
    title: "the noise",
    text: "Random factors with mean 1, one a period",
    keys: &[
        key(
            "dist",
            Form::Choice(&["lognormal", "gamma"]),
            "the family of the factors",
        )
        .required(),
        key(
            "cv",
            Form::Positive,
            "coefficient of variation: standard deviation over mean",
        )
        .required(),
        key("period", Form::Span, "how long a factor holds").required(),
    ],
};

/// What every `[[event]]` may hold, whatever its kind.
pub const EVENT: Table = Table {
    title: "[[event]]",
    text: "Something that happens",
    keys: &[
        key(
            "name",
            Form::Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name",
        ),
        key(
            "at",
            Form::When,
            "when: a duration after the start, a calendar time, or a distribution; this, `after` or `after_end`",
        ),
        key(
            "after",
            Form::Reference,
            "name of the event after whose beginning this one happens",
        ),
        key(
            "after_end",
            Form::Reference,
            "name of the event after whose end, or success, this one happens",
        ),
        key(
            "delay",
            Form::Delay,
            "how long after it, with `after` and `after_end`",
        )
        .or("\"0s\""),
        key("kind", Form::EventKind, "what happens").required(),
        ENABLED,
    ],
};

/// What every `[[hazard]]` may hold, whatever its kind.
pub const HAZARD: Table = Table {
    title: "[[hazard]]",
    text: "Something that happens again and again",
    keys: &[
        key(
            "name",
            Form::Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name",
        ),
        key(
            "gap",
            Form::Delay,
            "from the start, and then from each end, until the next beginning",
        )
        .required(),
        key("kind", Form::EventKind, "what happens").required(),
        ENABLED,
    ],
};

/// What can be seen, as it is written behind `when`.
pub const SIGHTS: &[&str] = &[
    "queries_fail",
    "data_dropped",
    "data_buffered",
    "key_denied",
    "operation_failed",
    "operation_rejected",
    "operation_succeeded",
];

/// What every `[[response]]` may hold, whatever its kind.
pub const RESPONSE: Table = Table {
    title: "[[response]]",
    text: "What somebody does who sees something, once each time that it comes about",
    keys: &[
        key(
            "name",
            Form::Name,
            "its name, for `after` and for reports; left out: kind#n, the n-th of its kind without a name",
        ),
        key("when", Form::Choice(SIGHTS), "what is seen").required(),
        key(
            "workspace",
            Form::Reference,
            "the workspace that is watched; without it and `cluster`: everything; what the kind is about too, where it is about a workspace",
        ),
        key(
            "cluster",
            Form::Reference,
            "the cluster that is watched; what the kind is about too, where it is about a cluster",
        ),
        key("for", Form::Duration, "how long it must have held").or("\"0s\""),
        key("delay", Form::Delay, "from then until somebody acts").or("\"0s\""),
        key("kind", Form::EventKind, "what is done").required(),
        key(
            "even_if_over",
            Form::Truth,
            "act also if what was seen is over by then",
        )
        .or("false"),
        ENABLED,
    ],
};

const ENABLED: Key = key("enabled", Form::Truth, "false: as if it were not there").or("true");

/// A kind of event and what it may hold beside the keys of [`EVENT`], [`HAZARD`] or
/// [`RESPONSE`].
#[derive(Debug, Clone, Copy)]
pub struct EventKind {
    /// As it is written behind `kind`.
    pub name: &'static str,
    /// What happens: a phrase without a full stop.
    pub text: &'static str,
    /// Its own keys.
    pub keys: &'static [Key],
}

impl EventKind {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static EventKind> {
        EVENT_KINDS.iter().find(|kind| kind.name == name)
    }
}

const VAULT: Key = key(
    "vault",
    Form::Reference,
    "name of the key vault; may be left out where there is one",
);
const KEY: Key = key(
    "key",
    Form::Reference,
    "name of the key; may be left out where the vault has one",
);
const VERSION: Key = key(
    "version",
    Form::Reference,
    "name of the version; \"newest\": the newest that is enabled; left out: the one that the event named by `after` touched, else the one in use",
);
const NEW_VERSION: Key = key(
    "version",
    Form::Name,
    "name of the new version; left out: the next number",
);
const CLUSTER_NAME: Key = key(
    "cluster",
    Form::Reference,
    "name of the cluster; may be left out where there is one",
);
const WORKSPACE_NAME: Key = key(
    "workspace",
    Form::Reference,
    "name of the workspace; may be left out where there is one",
);
const LASTS: Key = key("duration", Form::Delay, "how long it lasts").required();
const UNDONE: Key = key(
    "duration",
    Form::Delay,
    "after this it is undone; left out: it stays",
);
const FAILURE: Key = key(
    "failure_probability",
    Form::Probability,
    "how likely a single request of a storage account fails meanwhile",
)
.or("1");
const ALLOWED: Key = key(
    "permissions",
    Form::Choices(PERMISSIONS),
    "which permissions on keys",
)
.or("[\"get\", \"wrap\", \"unwrap\"]");

/// All kinds of events, in the order of the documentation.
pub const EVENT_KINDS: &[EventKind] = &[
    EventKind {
        name: "key_vault_outage",
        text: "The key vault cannot be reached: timeouts, connection failures, DNS, 5xx, 429",
        keys: &[VAULT, LASTS, FAILURE],
    },
    EventKind {
        name: "identity_outage",
        text: "No token can be had for any key vault",
        keys: &[LASTS, FAILURE],
    },
    EventKind {
        name: "key_vault_denials",
        text: "The key vault answers 403 to healthy requests: an outage that looks like a revocation",
        keys: &[VAULT, LASTS, FAILURE],
    },
    EventKind {
        name: "storage_outage",
        text: "The storage of a cluster is down, not its key",
        keys: &[CLUSTER_NAME, LASTS],
    },
    EventKind {
        name: "disable_key",
        text: "A key version is disabled; with a duration, enabled again at its end",
        keys: &[VAULT, KEY, VERSION, UNDONE],
    },
    EventKind {
        name: "enable_key",
        text: "A key version is enabled",
        keys: &[VAULT, KEY, VERSION],
    },
    EventKind {
        name: "create_key_version",
        text: "A key gets a new, enabled version; clusters keep theirs",
        keys: &[VAULT, KEY, NEW_VERSION],
    },
    EventKind {
        name: "delete_key",
        text: "A key is deleted with all its versions; with a duration, recovered at its end",
        keys: &[VAULT, KEY, UNDONE],
    },
    EventKind {
        name: "recover_key",
        text: "A deleted key comes back with its versions as they were",
        keys: &[VAULT, KEY],
    },
    EventKind {
        name: "purge_key",
        text: "A deleted key is purged; refused with purge protection",
        keys: &[VAULT, KEY],
    },
    EventKind {
        name: "expire_key",
        text: "A key version passes its expiry date: it still unwraps, but no longer wraps",
        keys: &[VAULT, KEY, VERSION, UNDONE],
    },
    EventKind {
        name: "extend_key",
        text: "The expiry date of a key version is moved into the future",
        keys: &[VAULT, KEY, VERSION],
    },
    EventKind {
        name: "remove_access",
        text: "Permissions are taken from a cluster's identity; with a duration, granted at its end",
        keys: &[CLUSTER_NAME, ALLOWED, UNDONE],
    },
    EventKind {
        name: "grant_access",
        text: "Permissions are given to a cluster's identity",
        keys: &[CLUSTER_NAME, ALLOWED],
    },
    EventKind {
        name: "create_cluster",
        text: "A cluster is asked for; it comes without a key, and its identity without permissions",
        keys: &[
            key(
                "cluster",
                Form::Name,
                "its name; storage accounts and place are those of the first that names it",
            )
            .required(),
            STORAGE_ACCOUNTS,
            key(
                "key",
                Form::TableOrNone(&CLUSTER_KEY),
                "a key that the request names, which is refused: no identity can reach it yet",
            )
            .or("\"none\""),
            CAPACITY,
            BILLING.or("\"cluster\""),
            REGION,
            TENANT,
            SUBSCRIPTION,
        ],
    },
    EventKind {
        name: "update_cluster_key",
        text: "A cluster is told which key version to use",
        keys: &[CLUSTER_NAME, VAULT, KEY, VERSION],
    },
    EventKind {
        name: "set_capacity_reservation",
        text: "A cluster's capacity reservation is changed",
        keys: &[
            CLUSTER_NAME,
            key("capacity_reservation", Form::Rate, "the level asked for").required(),
        ],
    },
    EventKind {
        name: "set_billing_type",
        text: "Who is billed for a cluster is changed",
        keys: &[CLUSTER_NAME, BILLING.required()],
    },
    EventKind {
        name: "delete_cluster",
        text: "A cluster is deleted; for a time it can be recovered",
        keys: &[CLUSTER_NAME],
    },
    EventKind {
        name: "recover_cluster",
        text: "A deleted cluster is asked back",
        keys: &[CLUSTER_NAME],
    },
    EventKind {
        name: "associate_workspace",
        text: "A workspace is associated to a cluster",
        keys: &[WORKSPACE_NAME, CLUSTER_NAME],
    },
    EventKind {
        name: "disassociate_workspace",
        text: "A workspace is disassociated from its cluster",
        keys: &[WORKSPACE_NAME],
    },
    EventKind {
        name: "set_ingestion",
        text: "From now on another rate, or a factor on it",
        keys: &[
            WORKSPACE_NAME,
            key("rate", Form::Rate, "the new mean rate"),
            key("factor", Form::Factor, "the new factor on the rate"),
        ],
    },
    EventKind {
        name: "ingestion_surge",
        text: "For a time so many times as much arrives; surges multiply",
        keys: &[
            WORKSPACE_NAME,
            key("factor", Form::Factor, "how many times as much").required(),
            LASTS,
        ],
    },
    EventKind {
        name: "set_retention",
        text: "Data is kept so long from now on; what is older is purged",
        keys: &[
            WORKSPACE_NAME,
            key(
                "retention",
                Form::Span,
                "how long after its arrival data is purged",
            )
            .required(),
        ],
    },
    EventKind {
        name: "set_daily_cap",
        text: "From now on no more than this is accepted in a day",
        keys: &[
            WORKSPACE_NAME,
            key("daily_cap", Form::VolumeOrNone, "the new cap").required(),
        ],
    },
];

/// A family of distributions of delays and its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// As it is written behind `dist`.
    pub name: &'static str,
    /// A phrase without a full stop.
    pub text: &'static str,
    /// Sets of parameters, one of which must be there.
    pub parameters: &'static [&'static [&'static str]],
}

/// All families.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "uniform",
        text: "Evenly between `min` and `max`",
        parameters: &[&["min", "max"]],
    },
    Family {
        name: "triangular",
        text: "Between `min` and `max`, likeliest at `mode`",
        parameters: &[&["min", "mode", "max"]],
    },
    Family {
        name: "exponential",
        text: "Without memory, with this `mean`",
        parameters: &[&["mean"]],
    },
    Family {
        name: "lognormal",
        text: "The logarithm is normal: `median` and `sigma`, or `mean` and `cv`",
        parameters: &[&["median", "sigma"], &["mean", "cv"]],
    },
    Family {
        name: "weibull",
        text: "`scale` and `shape`",
        parameters: &[&["scale", "shape"]],
    },
    Family {
        name: "gamma",
        text: "`scale` and `shape`, or `mean` and `shape`, or `mean` and `cv`",
        parameters: &[&["scale", "shape"], &["mean", "shape"], &["mean", "cv"]],
    },
    Family {
        name: "empirical",
        text: "One of the `values`, each as likely",
        parameters: &[&["values"]],
    },
];

/// Names of all families.
pub const FAMILY_NAMES: &[&str] = &[
    "uniform",
    "triangular",
    "exponential",
    "lognormal",
    "weibull",
    "gamma",
    "empirical",
];

/// What a distribution of delays may hold; which of it belongs together, [`FAMILIES`] says.
pub const DISTRIBUTION: Table = Table {
    title: "a distribution",
    text: "A random duration",
    keys: &[
        key("dist", Form::Choice(FAMILY_NAMES), "the family").required(),
        key(
            "min",
            Form::Duration,
            "the shortest; in families without an end, drawn again while shorter",
        ),
        key(
            "max",
            Form::Duration,
            "the longest; in families without an end, drawn again while longer",
        ),
        key("mode", Form::Duration, "the likeliest duration"),
        key("mean", Form::Span, "the mean, before any truncation"),
        key("median", Form::Span, "the median, before any truncation"),
        key(
            "sigma",
            Form::Positive,
            "standard deviation of the logarithm",
        ),
        key("cv", Form::Positive, "standard deviation over mean"),
        key(
            "scale",
            Form::Span,
            "the scale, a duration: of a Weibull distribution the 63.2 % quantile",
        ),
        key("shape", Form::Positive, "the shape, a number"),
        key("values", Form::Durations, "durations, each as likely"),
    ],
};

#[cfg(test)]
mod tests {
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
        once(&mut EVENT_KINDS.iter().map(|kind| kind.name).collect());
        for kind in EVENT_KINDS {
            let own = kind.keys.iter().map(|key| key.name);
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
        let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
        assert_eq!(names, FAMILY_NAMES);
        let parameters = FAMILIES.iter().flat_map(|family| family.parameters);
        for name in parameters.copied().flatten() {
            assert!(DISTRIBUTION.names().any(|known| known == *name), "{name}");
        }
    }

    #[test]
    fn defaults_are_toml() {
        let kinds = EVENT_KINDS.iter().flat_map(|kind| kind.keys);
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
