//! What an edition says: each parameter with its value, whether it is documented, and where.

use schemars::JsonSchema;
use serde::Serialize;

use super::csv;
use super::document::{Block, Column, Document, Table};
use super::json;
use super::terminal::{self, Style};
use crate::scenario::{Assumption, Edition, Parameter, Rule, RuleText};

/// What an edition says, or a part of it.
#[derive(Debug)]
pub struct Rules<'a> {
    edition: &'a Edition,
    parameters: Vec<&'a Parameter>,
    rules: Vec<&'a RuleText>,
    assumptions: Vec<&'a Assumption>,
}

impl<'a> Rules<'a> {
    /// What has all of `words` in its name, its text or its source, in letters of any size.
    pub fn of(edition: &'a Edition, words: &[String]) -> Rules<'a> {
        let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let has = |texts: &[&str]| {
            let text = texts.join("\n").to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let parameters = edition.parameters.iter();
        let rules = Rule::ALL.iter().map(|rule| edition.rule(*rule));
        let assumptions = edition.assumptions.iter();
        Rules {
            edition,
            parameters: parameters
                .filter(|p| has(&[&p.name, &p.source, &p.note, &p.range_source]))
                .collect(),
            rules: rules
                .filter(|r| has(&[&r.id, &r.text, &r.source]))
                .collect(),
            assumptions: assumptions
                .filter(|a| has(&[&a.id, &a.text, &a.note]))
                .collect(),
        }
    }

    /// Whether nothing has the words.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.rules.is_empty() && self.assumptions.is_empty()
    }
}

fn begun<'a>(edition: &Edition) -> Document<'a> {
    Document {
        facts: format!("Edition {}: {}", edition.name, edition.page),
        ..Document::default()
    }
}

/// The names, with values and statuses.
pub fn rules_in_brief(rules: &Rules<'_>, style: Style) -> String {
    let mut document = begun(rules.edition);
    let columns = |names: &[&str]| names.iter().map(|name| Column::words(name)).collect();
    let mut parameters = Table::new("", columns(&["Parameter", "Value", "Status"]));
    for parameter in &rules.parameters {
        let value = written(&parameter.value);
        parameters.row([&parameter.name, &value, parameter.status.word()]);
    }
    let mut names = Table::new("", columns(&["Rule", "Status"]));
    for rule in &rules.rules {
        names.row([rule.id.as_str(), rule.status.word()]);
    }
    for assumption in &rules.assumptions {
        names.row([assumption.id.as_str(), "assumed"]);
    }
    let more = "`cmksim rules WORD` shows in full every entry that contains the word, with its source; `--all` shows all entries in full.";
    document.section(
        "parameters",
        "Parameters",
        parameters.block().into_iter().collect(),
    );
    document.section("rules", "Rules", names.block().into_iter().collect());
    document.section("more", "More", vec![Block::Words(more.to_owned())]);
    terminal::text(&document, style)
}

/// Everything as text.
pub fn rules(rules: &Rules<'_>, style: Style) -> String {
    let edition = rules.edition;
    let words = "\"The page\" is that document. A value is documented if a source states it, assumed \
                 if any part of it had to be chosen.";
    let mut how = vec![Block::Words(words.to_owned())];
    how.extend(edition.follows.as_ref().map(|before| {
        Block::Words(format!(
            "It follows edition {before}: what it does not change has its source there. A rule is \
             absent if this edition does not have it."
        ))
    }));
    let parameters = rules.parameters.iter().map(|of| parameter(of));
    let texts = rules.rules.iter().map(|rule| {
        let title = format!("{} ({})", rule.id, rule.status.word());
        Block::Entry(title, vec![rule.text.clone(), source(&rule.source)])
    });
    let assumed = rules.assumptions.iter().map(|assumption| {
        Block::Entry(
            assumption.id.clone(),
            vec![assumption.text.clone(), assumption.note.clone()],
        )
    });
    let mut document = begun(edition);
    document.section("how", "How to read it", how);
    document.section("parameters", "Parameters", parameters.collect());
    document.section("rules", "Rules", texts.collect());
    document.section("assumed", "Other assumptions", assumed.collect());
    terminal::text(&document, style)
}

pub(super) fn source(source: &str) -> String {
    format!("Source: {source}.")
}

fn parameter<'a>(parameter: &Parameter) -> Block<'a> {
    let (name, value) = (&parameter.name, written(&parameter.value));
    let mut lines = vec![source(&parameter.source), parameter.note.clone()];
    if !parameter.range.is_empty() {
        let (range, source) = (range(parameter), &parameter.range_source);
        lines.push(format!("Plausible values: {range} ({source})."));
    }
    Block::Entry(
        format!("{name} = {value} ({})", parameter.status.word()),
        lines,
    )
}

/// What is as defensible as its value, from low to high.
pub(super) fn range(parameter: &Parameter) -> String {
    let range: Vec<String> = parameter.range.iter().map(written).collect();
    range.join("; ")
}

/// A value as scenario files write it; the name of a distribution first, then its ends.
pub(super) fn written(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Table(table) => {
            let order = |key: &str| match key {
                "dist" => 0,
                "min" => 1,
                "max" => 3,
                _ => 2,
            };
            let mut entries: Vec<(&String, &toml::Value)> = table.iter().collect();
            entries.sort_by_key(|(key, _)| order(key));
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        value => value.to_string(),
    }
}

/// What an edition says.
#[derive(Serialize, JsonSchema)]
pub(super) struct RulesJson<'a> {
    edition: &'a str,
    /// The edition that it follows.
    follows: Option<&'a str>,
    page: &'a str,
    parameters: Vec<ParameterJson<'a>>,
    rules: Vec<RuleJson<'a>>,
    assumptions: Vec<AssumptionJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ParameterJson<'a> {
    name: &'a str,
    #[schemars(with = "serde_json::Value")]
    value: &'a toml::Value,
    /// `documented`, `assumed`, `unverified` or `absent`.
    status: &'static str,
    source: &'a str,
    note: &'a str,
    /// What is as defensible, from low to high.
    #[schemars(with = "Vec<serde_json::Value>")]
    range: &'a [toml::Value],
    range_source: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct RuleJson<'a> {
    id: &'a str,
    text: &'a str,
    status: &'static str,
    source: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct AssumptionJson<'a> {
    id: &'a str,
    text: &'a str,
    note: &'a str,
}

/// The same as JSON.
pub fn rules_json(rules: &Rules<'_>) -> String {
    let edition = rules.edition;
    let parameters = rules.parameters.iter().map(|of| parameter_json(of));
    let assumptions = rules.assumptions.iter().map(|of| assumption_json(of));
    json::text(&RulesJson {
        edition: &edition.name,
        follows: edition.follows.as_deref(),
        page: &edition.page,
        parameters: parameters.collect(),
        rules: rules.rules.iter().map(|of| rule_json(of)).collect(),
        assumptions: assumptions.collect(),
    })
}

pub(super) fn parameter_json(parameter: &Parameter) -> ParameterJson<'_> {
    ParameterJson {
        name: &parameter.name,
        value: &parameter.value,
        status: parameter.status.word(),
        source: &parameter.source,
        note: &parameter.note,
        range: &parameter.range,
        range_source: &parameter.range_source,
    }
}

pub(super) fn rule_json(rule: &RuleText) -> RuleJson<'_> {
    RuleJson {
        id: &rule.id,
        text: &rule.text,
        status: rule.status.word(),
        source: &rule.source,
    }
}

pub(super) fn assumption_json(assumption: &Assumption) -> AssumptionJson<'_> {
    AssumptionJson {
        id: &assumption.id,
        text: &assumption.text,
        note: &assumption.note,
    }
}

/// The same as CSV: what (parameter, rule, assumption), name, value, status, source, text; of
/// what is assumed also what is as defensible, and where that comes from.
pub fn rules_csv(rules: &Rules<'_>) -> String {
    let mut table = csv::Table::new(&[
        "what",
        "name",
        "value",
        "status",
        "source",
        "text",
        "range",
        "range_source",
    ]);
    for parameter in &rules.parameters {
        table.row([
            "parameter",
            &parameter.name,
            &written(&parameter.value),
            parameter.status.word(),
            &parameter.source,
            &parameter.note,
            &range(parameter),
            &parameter.range_source,
        ]);
    }
    for rule in &rules.rules {
        let status = rule.status.word();
        let text = [&rule.source, &rule.text].map(String::as_str);
        table.row(["rule", &rule.id, "", status, text[0], text[1], "", ""]);
    }
    for assumption in &rules.assumptions {
        let text = format!("{} {}", assumption.text, assumption.note);
        table.row([
            "assumption",
            &assumption.id,
            "",
            "assumed",
            "",
            &text,
            "",
            "",
        ]);
    }
    table.text()
}
