//! What an edition of the service's documentation says: every parameter and every rule with its
//! source, as data.

mod follow;

use std::sync::LazyLock;

use serde::Deserialize;

use super::Rule;
use super::file::{self, Table};
use super::keys;
use crate::units::Duration;

/// The edition that holds where a scenario names none.
pub const DEFAULT_EDITION: &str = "2020-06";

/// The files, oldest edition first. All but the first state what differs from another.
const FILES: &[&str] = &[
    include_str!("2020-06.toml"),
    include_str!("2020-11.toml"),
    include_str!("2021-07.toml"),
    include_str!("2023-06.toml"),
    include_str!("2025-03.toml"),
    include_str!("2026-04.toml"),
];

static EDITIONS: LazyLock<Vec<Edition>> = LazyLock::new(|| {
    let read = |text: &&str| toml::from_str(text).expect("the files of editions are right");
    follow::whole(FILES.iter().map(read).collect())
});

/// An edition of the service's documentation. In its file it may lack what it has from the
/// edition that it follows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Year and month: `2020-06`.
    pub name: String,
    /// The edition that states what this one does not state itself.
    pub follows: Option<String>,
    /// The page that sources call "the page".
    pub page: String,
    /// The date of that page: `11 June 2020`.
    pub date: String,
    /// In the order of reports.
    #[serde(rename = "parameter")]
    pub parameters: Vec<Parameter>,
    /// What the model assumes beside them.
    #[serde(rename = "assumption", default)]
    pub assumptions: Vec<Assumption>,
    /// What may go wrong in any scenario.
    #[serde(rename = "fault", default)]
    pub faults: Vec<FaultText>,
    /// How much a key vault answers, by the type of the key.
    #[serde(rename = "key_vault_limit", default)]
    pub key_vault_limits: Vec<KeyVaultLimit>,
    #[serde(rename = "rule")]
    rules: Vec<RuleText>,
}

/// A parameter of the service, or a default of a scenario that represents one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its place in a scenario file: `behaviour.buffer_retention`, `cluster.storage_accounts`.
    pub name: String,
    /// Written as in a scenario file.
    pub value: toml::Value,
    /// Whether a source states it.
    pub status: Status,
    /// The document that states it, and where.
    pub source: String,
    /// Why this value; what to know about it.
    pub note: String,
    /// The values that are as defensible, from low to high. Empty unless it is assumed.
    #[serde(default)]
    pub range: Vec<toml::Value>,
    /// Where the range comes from.
    #[serde(default)]
    pub range_source: String,
}

/// Whether a source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A source states it.
    Documented,
    /// At least a part of it was chosen here.
    Assumed,
    /// Of a price: it was published, but not by the service where this could be checked.
    Unverified,
    /// Of a rule: this edition does not have it.
    Absent,
}

impl Status {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Status::Documented => "documented",
            Status::Assumed => "assumed",
            Status::Unverified => "unverified",
            Status::Absent => "absent",
        }
    }
}

/// How many requests with a key of one type a key vault answers in 10 seconds, other than to create
/// one; beyond that it answers 429.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyVaultLimit {
    /// The type of the key: `RSA 2048`.
    pub key: String,
    /// Of a key in software.
    pub software: u64,
    /// Of a key in hardware.
    pub hardware: u64,
    /// The document that states it, and where.
    pub source: String,
}

/// Something that may go wrong, once for each thing that its kind can happen to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultText {
    /// Its name; where there are several such things, theirs is added.
    pub name: String,
    /// The kind of event.
    pub kind: String,
    /// How long it lasts, where it has an end.
    pub duration: Option<String>,
    /// Why it is on the list, and why it lasts so long.
    pub source: String,
}

/// Something that the model assumes and no parameter changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// A name for it.
    pub id: String,
    /// What is assumed.
    pub text: String,
    /// Why, and how much depends on it.
    pub note: String,
}

/// What an edition says of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// [`Rule::id`].
    pub id: String,
    /// The rule in one sentence.
    pub text: String,
    /// Whether a source states it.
    pub status: Status,
    /// The document that states it, and where.
    pub source: String,
}

impl Edition {
    /// All editions, oldest first.
    pub fn all() -> &'static [Edition] {
        &EDITIONS
    }

    /// The edition of this name.
    pub fn named(name: &str) -> Option<&'static Edition> {
        EDITIONS.iter().find(|edition| edition.name == name)
    }

    /// The name that was likely meant, if one is near.
    pub fn nearest(name: &str) -> Option<&'static str> {
        let names = Edition::all().iter().map(|edition| edition.name.as_str());
        super::diagnostics::nearest(name, names)
    }

    /// The parameter of this name: `behaviour.buffer_retention`.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }

    /// What it states of a table, as a scenario writes it.
    pub(super) fn table(&self, of: &keys::Table) -> Table {
        let title = of.title.trim_matches(['[', ']']);
        let own = |parameter: &Parameter| {
            let name = parameter.name.strip_prefix(title)?.strip_prefix('.')?;
            Some(format!("{name} = {}\n", parameter.value))
        };
        let text: String = self.parameters.iter().filter_map(own).collect();
        file::parse(0, &text).0
    }

    /// How many storage accounts a cluster has.
    ///
    /// # Panics
    ///
    /// Never: a test reads every value of every edition.
    pub fn storage_accounts(&self) -> u32 {
        let stated = self.parameter("cluster.storage_accounts");
        let count = stated.and_then(|stated| stated.value.as_integer()?.try_into().ok());
        count.expect("every edition states it")
    }

    /// How long a workspace keeps its data.
    ///
    /// # Panics
    ///
    /// Never, as above.
    pub fn retention(&self) -> Duration {
        let stated = self.parameter("workspace.retention");
        let retention = stated.and_then(|stated| stated.value.as_str()?.parse().ok());
        retention.expect("every edition states it")
    }

    /// What it says of a rule.
    ///
    /// # Panics
    ///
    /// Never: a test holds every edition to have every rule.
    pub fn rule(&self, rule: Rule) -> &RuleText {
        let found = self.rules.iter().find(|text| text.id == rule.id());
        found.expect("every edition has every rule")
    }
}

impl Parameter {
    /// Its value as people write it: `30m`, `{ dist = "uniform", ... }`.
    pub fn value_text(&self) -> String {
        match &self.value {
            toml::Value::String(text) => text.clone(),
            value => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BufferOnRevocation, Delay, RevocationScope, Setting, keys, read};
    use super::*;

    /// Whether a scenario may give a parameter this value.
    fn fits(name: &str, value: &toml::Value) -> bool {
        let (title, key) = name.split_once('.').expect("a table and a key");
        let header = match title {
            "cluster" => "[[cluster]]\nname = 'c'",
            "workspace" => "[[workspace]]\nname = 'x'\ningestion = '1 GB/day'",
            _ => &format!("[{title}]"),
        };
        let text = format!(
            "duration = '1d'\ndelays = 'longest'\n{header}\n{key} = {value}\n\
             [[workspace]]\nname = 'w'\ningestion = '1 GB/day'"
        );
        read("x.toml", text.as_bytes(), &[]).is_ok()
    }

    #[test]
    fn every_edition_has_every_parameter_and_every_value_fits() {
        let mut behaviour: Vec<String> = keys::BEHAVIOUR
            .names()
            .map(|name| format!("behaviour.{name}"))
            .collect();
        let prices = keys::PRICES.names();
        behaviour.extend(prices.map(|name| format!("prices.{name}")));
        behaviour.extend(["cluster.storage_accounts", "workspace.retention"].map(str::to_owned));
        behaviour.sort();
        assert!(Edition::named(DEFAULT_EDITION).is_some());
        for edition in Edition::all() {
            let mut names: Vec<String> = edition
                .parameters
                .iter()
                .map(|parameter| parameter.name.clone())
                .collect();
            names.sort();
            assert_eq!(names, behaviour, "{}", edition.name);
            for parameter in &edition.parameters {
                let name = &parameter.name;
                for value in std::iter::once(&parameter.value).chain(&parameter.range) {
                    assert!(fits(name, value), "{name} = {value}");
                }
                assert!(
                    !parameter.source.is_empty() && !parameter.note.is_empty(),
                    "{name}"
                );
                assert_ne!(parameter.status, Status::Absent, "{name}");
                let assumed = parameter.status == Status::Assumed;
                assert_eq!(assumed, parameter.range.len() >= 2, "the range of {name}");
                assert_eq!(assumed, !parameter.range_source.is_empty(), "{name}");
                assert!(
                    !assumed || lies_within(&parameter.value, &parameter.range),
                    "{name}"
                );
            }
        }
    }

    /// Whether a value is one of a range, or a quantity between its ends.
    fn lies_within(value: &toml::Value, range: &[toml::Value]) -> bool {
        let place = |value: &toml::Value| match value {
            toml::Value::String(text) => Setting::read(text).position(),
            value => Setting::read(&value.to_string()).position(),
        };
        let ends = (range.first().and_then(place), range.last().and_then(place));
        let between = match (ends, place(value)) {
            ((Some(low), Some(high)), Some(value)) => low <= value && value <= high,
            _ => false,
        };
        between || range.contains(value)
    }

    #[test]
    fn a_value_outside_its_range_is_seen() {
        let text = |text: &str| toml::Value::String(text.to_owned());
        let hours = [text("2h"), text("12h")];
        assert!(lies_within(&text("360m"), &hours) && !lies_within(&text("13h"), &hours));
        let words = [text("drop"), text("hold")];
        assert!(lies_within(&text("hold"), &words) && !lies_within(&text("keep"), &words));
    }

    #[test]
    fn every_edition_has_every_rule_once_and_no_other() {
        for edition in Edition::all() {
            let ids: Vec<&str> = edition.rules.iter().map(|rule| rule.id.as_str()).collect();
            let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
            assert_eq!(ids, known, "in the order of the enum");
            for rule in &edition.rules {
                assert!(
                    !rule.source.is_empty() && rule.text.ends_with('.'),
                    "{}",
                    rule.id
                );
            }
            for rule in Rule::ALL {
                assert_eq!(edition.rule(*rule).id, rule.id());
            }
        }
    }

    /// A page without a date proves nothing: pages change.
    #[test]
    fn what_is_documented_names_a_page_and_its_date() {
        let year = |text: &str| (2019..2027).any(|year| text.contains(&year.to_string()));
        for edition in Edition::all() {
            assert!(edition.page.ends_with(&edition.date) && year(&edition.date));
            let parameters = edition.parameters.iter();
            let parameters = parameters.map(|p| (&p.name, p.status, &p.source));
            let rules = edition.rules.iter().map(|r| (&r.id, r.status, &r.source));
            for (name, status, source) in parameters.chain(rules) {
                let told = source.contains("the page") || year(source) || name == "scenario";
                assert!(status != Status::Documented || told, "{name}: {source}");
            }
        }
    }

    /// What an edition has from another one speaks of the page of that one.
    #[test]
    fn the_page_is_that_of_the_edition() {
        let edition = Edition::named("2023-06").expect("it exists");
        let source = |name| &edition.parameter(name).expect("it exists").source;
        let inherited = source("behaviour.poll_interval");
        assert!(inherited.starts_with("the page of 11 June 2020, "));
        let own = source("behaviour.clusters_per_region");
        assert!(own.starts_with("the page, "), "{own}");
    }

    #[test]
    fn the_headline_values_of_every_edition() {
        let headline = [
            "outage_tolerance",
            "clusters_per_region",
            "reserved_clusters_per_region",
            "workspaces_per_cluster",
            "cluster_data_kept",
            "capacity_levels",
            "capacity_lock",
            "autorotation",
            "hot_cache_refill",
            "cluster_recovery_duration",
            "subscription_approval",
        ];
        let of = |edition: &Edition| -> Vec<String> {
            let text = |name: &&str| {
                let name = format!("behaviour.{name}");
                let parameter = edition.parameter(&name).expect("it exists");
                match &parameter.value {
                    // The lowest available one.
                    toml::Value::Array(levels) => levels[0].as_str().expect("a text").to_owned(),
                    toml::Value::Table(delay) => delay["max"].to_string().replace('"', ""),
                    _ => parameter.value_text(),
                }
            };
            headline.iter().map(text).collect()
        };
        let found: Vec<String> = Edition::all()
            .iter()
            .map(|edition| format!("{}: {}", edition.name, of(edition).join(", ")))
            .collect();
        assert_eq!(
            found,
            [
                "2020-06: 30m, 2, unlimited, unlimited, 14d, 1000 GB/day, 31d, never, never, 48h, required",
                "2020-11: 30m, 2, unlimited, 1000, 14d, 1000 GB/day, 30d, never, never, 48h, required",
                "2021-07: unlimited, 2, 4, 1000, 14d, 500 GB/day, 30d, 1d, never, 48h, none",
                "2023-06: unlimited, 5, 7, 1000, 14d, 500 GB/day, 31d, 1d, 0s, never, none",
                "2025-03: unlimited, 5, 7, 1000, 0s, 100 GB/day, 31d, 1d, 0s, never, none",
                "2026-04: unlimited, 5, 7, 1000, 0s, 100 GB/day, 31d, 1d, 0s, never, none",
            ]
        );
    }

    #[test]
    fn a_rule_is_absent_where_the_page_no_longer_or_not_yet_has_it() {
        let absent = |name: &str| -> Vec<&str> {
            let edition = Edition::named(name).expect("it exists");
            let rules = edition.rules.iter();
            let absent = rules.filter(|rule| rule.status == Status::Absent);
            absent.map(|rule| rule.id.as_str()).collect()
        };
        assert_eq!(
            absent("2020-06"),
            ["workspaces-per-cluster", "autorotation"]
        );
        assert_eq!(absent("2020-11"), ["autorotation"]);
        let outage = [
            "outage-unavailable",
            "outage-buffer",
            "outage-recovery",
            "outage-continues",
            "subscription-allowed",
        ];
        assert_eq!(absent("2021-07"), outage);
        for later in ["2023-06", "2025-03", "2026-04"] {
            assert_eq!(absent(later)[..5], outage);
            assert_eq!(absent(later)[5..], ["cluster-recovery"]);
        }
    }

    #[test]
    fn the_default_behaviour_is_that_of_june_2020() {
        let edition = Edition::named("2020-06").expect("it exists");
        let behaviour = edition.behaviour();
        let minutes = |count: i64| Duration::from_millis(count * 60_000);
        assert_eq!(behaviour.poll_interval.min, Duration::from_millis(6_000));
        assert_eq!(behaviour.poll_interval.max, minutes(1));
        assert_eq!(
            behaviour.outage_tolerance,
            Some(Delay::constant(minutes(30)))
        );
        assert_eq!(behaviour.outage_recovery, Delay::constant(Duration::ZERO));
        assert_eq!(behaviour.revocation_delay.longest(), Some(minutes(60)));
        assert_eq!(behaviour.revocation_scope, RevocationScope::Account);
        assert_eq!(behaviour.revocation_recovery.longest(), Some(minutes(30)));
        assert_eq!(behaviour.buffer_retention, minutes(360));
        assert_eq!(behaviour.buffer_on_revocation, BufferOnRevocation::Drop);
        assert_eq!(behaviour.hot_cache_span, minutes(14 * 1_440));
        assert_eq!(behaviour.hot_cache_refill, None);
        assert_eq!(behaviour.key_update_duration.typical(), minutes(6));
        assert_eq!(behaviour.soft_delete_retention, minutes(90 * 1_440));
        assert_eq!(edition.storage_accounts(), 10);
        assert_eq!(edition.retention(), minutes(31 * 1_440));
    }
}
