//! What differs between two editions: both values and both sources, one after the other.

use schemars::JsonSchema;
use serde::Serialize;

use super::csv::Table;
use super::document::{Block, Document};
use super::json;
use super::rules::{
    AssumptionJson, ParameterJson, RuleJson, assumption_json, parameter_json, rule_json, source,
    written,
};
use super::terminal::{self, Style};
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
    let edition = |edition: &Edition| format!("Edition {}: {}", edition.name, edition.page);
    let mut document = Document {
        facts: editions.map(edition).join("; "),
        ..Document::default()
    };
    let words = "\"The page\" means the page of the edition that is named before the value.";
    document.section(
        "how",
        "How to read it",
        vec![Block::Words(words.to_owned())],
    );
    // What both say, each line after the name of its edition, and each with its source.
    let both = |name: &str, told: [String; 2], sources: [&str; 2]| {
        let lines = editions.iter().zip(told).zip(sources);
        let lines = lines.flat_map(|((edition, told), source)| {
            let source = (!source.is_empty()).then(|| self::source(source));
            [Some(format!("{}{told}", edition.name)), source]
        });
        Block::Entry(name.to_owned(), lines.flatten().collect())
    };
    let parameters = found.parameters.iter().map(|pair| {
        let told = pair.map(|parameter| {
            format!(
                ": {} ({})",
                written(&parameter.value),
                parameter.status.word()
            )
        });
        both(
            &pair[0].name,
            told,
            pair.map(|parameter| parameter.source.as_str()),
        )
    });
    let rules = found.rules.iter().map(|pair| {
        let told = pair.map(|rule| format!(" ({}): {}", rule.status.word(), rule.text));
        both(&pair[0].id, told, pair.map(|rule| rule.source.as_str()))
    });
    let assumed = found.assumptions.iter();
    let assumed = assumed.map(|pair| {
        both(
            &pair[0].id,
            pair.map(|assumption| format!(": {}", assumption.text)),
            ["", ""],
        )
    });
    for (id, what, found) in [
        ("parameters", "Parameters", parameters.collect()),
        ("rules", "Rules", rules.collect()),
        ("assumed", "Other assumptions", assumed.collect()),
    ] {
        let found: Vec<Block<'_>> = found;
        let (heading, blocks) = match found.len() {
            0 => (
                what.to_owned(),
                vec![Block::Words("No difference.".to_owned())],
            ),
            1 => (format!("{what}: 1 differs"), found),
            count => (format!("{what}: {count} differ"), found),
        };
        document.section(id, heading, blocks);
    }
    terminal::text(&document, style)
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
