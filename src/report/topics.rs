//! What can be asked for by name: measures and kinds of events.

use super::document::{Block, Document};
use super::terminal::{self, Style};
use crate::scenario::keys::{EVENT, HAZARD, Key, RESPONSE};
use crate::scenario::{EventKind, Measure, Owner, Unit};

/// Every measure: its name, its unit, whose it is, and what it is.
pub fn measures_topic(style: Style) -> String {
    let facts = "Measures, for --of, --measures and `expect`. A bare name covers the whole scenario; \
                 workspace.NAME.MEASURE and cluster.NAME.MEASURE cover one workspace or cluster.";
    let measure = |measure: &Measure| {
        let unit = match measure.unit() {
            Unit::Volume => "volume",
            Unit::Duration => "duration",
            Unit::Ratio => "ratio, 0 to 1",
            Unit::Count => "count",
            Unit::Money => "money",
        };
        let owner = match measure.owner() {
            Owner::Workspace => "per workspace",
            Owner::Cluster => "per cluster",
            Owner::Both => "per workspace and cluster",
        };
        let title = format!("{} ({unit}; {owner})", measure.name());
        Block::Entry(title, vec![measure.meaning().to_owned()])
    };
    topic(
        facts,
        vec![("Measures", Measure::ALL.iter().map(measure).collect())],
        style,
    )
}

/// Every kind of event, with the keys that it may hold.
pub fn events_topic(style: Style) -> String {
    let facts = "Kinds of events, for `kind` in [[event]] (once, at its time or after another \
                 event), [[hazard]] (again and again, after random gaps) and [[response]] (whenever a \
                 symptom is noticed). Keys with a star are required.";
    let kind = |kind: &EventKind| {
        let first = format!("{}.", kind.text());
        let lines = std::iter::once(first).chain(keys(kind.keys()));
        Block::Entry(kind.name().to_owned(), lines.collect())
    };
    // What every event of a table may hold beside the keys of its kind.
    let of_all = [EVENT, HAZARD, RESPONSE]
        .map(|table| Block::Entry(format!("Every {}", table.title), keys(table.keys).collect()));
    let sections = vec![
        ("Kinds", EventKind::ALL.iter().map(kind).collect()),
        ("Keys of all kinds", of_all.into()),
    ];
    topic(facts, sections, style)
}

fn topic(facts: &str, sections: Vec<(&'static str, Vec<Block<'_>>)>, style: Style) -> String {
    let mut document = Document {
        facts: facts.to_owned(),
        ..Document::default()
    };
    for (heading, blocks) in sections {
        document.section("topic", heading, blocks);
    }
    terminal::text(&document, style)
}

fn keys(keys: &[Key]) -> impl Iterator<Item = String> {
    keys.iter().map(|key| {
        let star = if key.required { "*" } else { "" };
        let default = key.default.map(|default| format!(" [default: {default}]"));
        format!(
            "{}{star}: {}{}",
            key.name,
            key.text,
            default.unwrap_or_default()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_line_within_80_columns() {
        let style = Style::default();
        let (measures, events) = (measures_topic(style), events_topic(style));
        for measure in Measure::ALL {
            assert!(measures.contains(&format!("\n  {} (", measure.name())));
            assert!(measure.meaning().ends_with('.'), "{}", measure.name());
        }
        for kind in EventKind::ALL {
            assert!(events.contains(&format!("\n  {}\n    {}", kind.name(), &kind.text()[..20])));
            for key in kind.keys() {
                assert!(
                    events.contains(&format!("\n    {}", key.name)),
                    "{}",
                    key.name
                );
            }
        }
        let long = measures.lines().chain(events.lines());
        let long: Vec<&str> = long.filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:#?}");
    }
}
