//! What an edition of the service's documentation says: every parameter and every rule with its
//! source, as data.

mod behaviour;

use std::sync::LazyLock;

use serde::Deserialize;

use super::Rule;

/// The edition that holds where a scenario names none.
pub const DEFAULT_EDITION: &str = "2020-06";

/// The files, oldest edition first.
const FILES: &[&str] = &[include_str!("2020-06.toml")];

static EDITIONS: LazyLock<Vec<Edition>> = LazyLock::new(|| {
    let read = |text: &&str| toml::from_str(text).expect("the files of editions are right");
    FILES.iter().map(read).collect()
});

/// An edition of the service's documentation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Year and month: `2020-06`.
    pub name: String,
    /// The page that sources call "the page".
    pub page: String,
    /// In the order of reports.
    #[serde(rename = "parameter")]
    pub parameters: Vec<Parameter>,
    /// What the model assumes beside them.
    #[serde(rename = "assumption")]
    pub assumptions: Vec<Assumption>,
    #[serde(rename = "rule")]
    rules: Vec<RuleText>,
}

/// A parameter of the service, or a default of a scenario that stands for one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its place in a scenario file: `behaviour.buffer_retention`, `cluster.storage_accounts`.
    pub name: String,
    /// Written as in a scenario file.
    pub value: toml::Value,
    /// Whether a source states it.
    pub status: Status,
    /// Who says what, and where.
    pub source: String,
    /// Why this value; what to know about it.
    pub note: String,
    /// Of an assumed one: what is as defensible, from low to high. Empty for a documented one.
    #[serde(default)]
    pub range: Vec<toml::Value>,
}

/// Whether a source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A source states it.
    Documented,
    /// At least a part of it was chosen here.
    Assumed,
}

impl Status {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Status::Documented => "documented",
            Status::Assumed => "assumed",
        }
    }
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
    /// Who says so, and where.
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

    /// The parameter of this name: `behaviour.buffer_retention`.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
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
    use super::super::keys::{self, Form, Table};
    use super::behaviour::fits;
    use super::*;

    fn key_form(name: &str) -> Option<Form> {
        let (table, own) = name.split_once('.')?;
        let tables: &[Table] = match table {
            "behaviour" => &[keys::BEHAVIOUR],
            "cluster" => &[keys::CLUSTER],
            "workspace" => &[keys::WORKSPACE],
            _ => return None,
        };
        let mut keys = tables.iter().flat_map(|table| table.keys);
        keys.find(|key| key.name == own).map(|key| key.form)
    }

    #[test]
    fn every_edition_has_every_parameter_and_every_value_fits() {
        let mut behaviour: Vec<String> = keys::BEHAVIOUR
            .names()
            .map(|name| format!("behaviour.{name}"))
            .collect();
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
                let form = key_form(name).expect("it is a key");
                for value in std::iter::once(&parameter.value).chain(&parameter.range) {
                    assert_eq!(fits(form, value), Ok(()), "{name} = {value}");
                }
                assert!(
                    !parameter.source.is_empty() && !parameter.note.is_empty(),
                    "{name}"
                );
                let assumed = parameter.status == Status::Assumed;
                assert_eq!(assumed, parameter.range.len() >= 2, "the range of {name}");
            }
        }
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
}
