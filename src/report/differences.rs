//! What differs between two editions: both values and both sources, one after the other.

use schemars::JsonSchema;
use serde::Serialize;

use super::csv::Table;
use super::json;
use super::rules::{
    AssumptionJson, ParameterJson, RuleJson, assumption_json, parameter_json, rule_json, status,
    written,
};
use super::terminal::Style;
use crate::scenario::{Assumption, Edition, Parameter, Rule, RuleText};

/// The same thing in both editions, where they say something else of it. A source alone is no
/// difference.
struct Differences<'a> {
    parameters: Vec<[&'a Parameter; 2]>,
    rules: Vec<[&'a RuleText; 2]>,
    assumptions: Vec<[&'a Assumption; 2]>,
}

impl<'a> Differences<'a> {
    fn new(a: &'a Edition, b: &'a Edition) -> Differences<'a> {
        // Every edition has every parameter, rule and assumption, in the same order.
        let parameters = a.parameters.iter().zip(&b.parameters);
        let rules = Rule::ALL.iter().map(|rule| (a.rule(*rule), b.rule(*rule)));
        let assumptions = a.assumptions.iter().zip(&b.assumptions);
        Differences {
            parameters: parameters
                .filter(|(a, b)| (&a.value, a.status) != (&b.value, b.status))
                .map(<[_; 2]>::from)
                .collect(),
            rules: rules
                .filter(|(a, b)| (&a.text, a.status) != (&b.text, b.status))
                .map(<[_; 2]>::from)
                .collect(),
            assumptions: assumptions
                .filter(|(a, b)| a.text != b.text)
                .map(<[_; 2]>::from)
                .collect(),
        }
    }
}

/// What differs between two editions, as text.
pub fn differences(a: &Edition, b: &Edition, style: Style) -> String {
    let editions = [a, b];
    let found = Differences::new(a, b);
    let mut text = String::new();
    for edition in editions {
        let words = format!("Edition {}: {}", edition.name, edition.page);
        text += &style.wrap("", &words, 2);
    }
    let words = "\"The page\" is that of the edition before the value.";
    text += &style.wrap("", words, 0);
    text += &heading("Parameters", found.parameters.len(), style);
    for pair in found.parameters {
        text += &style.wrap("  ", &pair[0].name, 4);
        for (edition, parameter) in editions.into_iter().zip(pair) {
            let (name, value) = (&edition.name, written(&parameter.value));
            let words = format!("{name}: {value} ({})", status(parameter.status, style));
            text += &style.wrap("    ", &words, 6);
            text += &style.wrap("      ", &format!("Source: {}.", parameter.source), 6);
        }
    }
    text += &heading("Rules", found.rules.len(), style);
    for pair in found.rules {
        text += &style.wrap("  ", &pair[0].id, 4);
        for (edition, rule) in editions.into_iter().zip(pair) {
            let status = status(rule.status, style);
            let words = format!("{} ({status}): {}", edition.name, rule.text);
            text += &style.wrap("    ", &words, 6);
            text += &style.wrap("      ", &format!("Source: {}.", rule.source), 6);
        }
    }
    if !found.assumptions.is_empty() {
        text += &heading("Assumed beside them", found.assumptions.len(), style);
    }
    for pair in found.assumptions {
        text += &style.wrap("  ", &pair[0].id, 4);
        for (edition, assumption) in editions.into_iter().zip(pair) {
            let words = format!("{}: {}", edition.name, assumption.text);
            text += &style.wrap("    ", &words, 6);
        }
    }
    text
}

fn heading(what: &str, count: usize, style: Style) -> String {
    match count {
        0 => style.heading(&format!("{what}: no difference")),
        1 => style.heading(&format!("{what}: 1 differs")),
        _ => style.heading(&format!("{what}: {count} differ")),
    }
}

/// What differs between two editions.
#[derive(Serialize, JsonSchema)]
pub(super) struct DifferencesJson<'a> {
    a: EditionJson<'a>,
    b: EditionJson<'a>,
    parameters: Vec<Both<ParameterJson<'a>>>,
    rules: Vec<Both<RuleJson<'a>>>,
    assumptions: Vec<Both<AssumptionJson<'a>>>,
}

#[derive(Serialize, JsonSchema)]
struct EditionJson<'a> {
    edition: &'a str,
    page: &'a str,
}

/// The same thing in both editions.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Both{T}")]
struct Both<T> {
    a: T,
    b: T,
}

/// The same as JSON.
pub fn differences_json(a: &Edition, b: &Edition) -> String {
    fn both<'a, T, J>(pairs: &[[&'a T; 2]], json: fn(&'a T) -> J) -> Vec<Both<J>> {
        let both = |[a, b]: &[&'a T; 2]| Both {
            a: json(a),
            b: json(b),
        };
        pairs.iter().map(both).collect()
    }
    fn edition(edition: &Edition) -> EditionJson<'_> {
        EditionJson {
            edition: &edition.name,
            page: &edition.page,
        }
    }
    let found = Differences::new(a, b);
    json::text(&DifferencesJson {
        a: edition(a),
        b: edition(b),
        parameters: both(&found.parameters, parameter_json),
        rules: both(&found.rules, rule_json),
        assumptions: both(&found.assumptions, assumption_json),
    })
}

/// The same as CSV: what differs has a row for each of the two editions.
pub fn differences_csv(a: &Edition, b: &Edition) -> String {
    let editions = [a, b];
    let found = Differences::new(a, b);
    let mut table = Table::new(&[
        "what", "name", "edition", "value", "status", "source", "text",
    ]);
    for pair in found.parameters {
        for (edition, parameter) in editions.into_iter().zip(pair) {
            table.row([
                "parameter",
                &parameter.name,
                &edition.name,
                &written(&parameter.value),
                parameter.status.word(),
                &parameter.source,
                &parameter.note,
            ]);
        }
    }
    for pair in found.rules {
        for (edition, rule) in editions.into_iter().zip(pair) {
            let status = rule.status.word();
            let name = &edition.name;
            table.row(["rule", &rule.id, name, "", status, &rule.source, &rule.text]);
        }
    }
    for pair in found.assumptions {
        for (edition, assumption) in editions.into_iter().zip(pair) {
            let text = format!("{} {}", assumption.text, assumption.note);
            let name = &edition.name;
            table.row(["assumption", &assumption.id, name, "", "assumed", "", &text]);
        }
    }
    table.text()
}
