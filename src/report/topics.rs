//! What can be asked for by name: measures and kinds of events.

use super::terminal::Style;
use crate::scenario::keys::{EVENT, HAZARD, Key, RESPONSE, Table};
use crate::scenario::{EventKind, Measure, Owner, Unit};

/// Every measure: its name, its unit, whose it is, and what it is.
pub fn measures_topic(style: Style) -> String {
    let mut text = style.wrap(
        "",
        "Measures, as --of, --measures and `expect` name them. A bare name is of the whole; \
         workspace.NAME.MEASURE and cluster.NAME.MEASURE are of one. The whole has all of them.",
        0,
    );
    for &measure in Measure::ALL {
        let unit = match measure.unit() {
            Unit::Volume => "volume",
            Unit::Duration => "duration",
            Unit::Ratio => "ratio, 0 to 1",
            Unit::Count => "count",
            Unit::Money => "money",
        };
        let owner = match measure.owner() {
            Owner::Workspace => "of each workspace",
            Owner::Cluster => "of each cluster",
            Owner::Both => "of each workspace and cluster",
        };
        let name = style.paint("1", measure.name());
        text += &format!("\n{name} ({unit}; {owner})\n");
        text += &style.wrap("    ", measure.meaning(), 4);
    }
    text
}

/// Every kind of event, with the keys that it may hold.
pub fn events_topic(style: Style) -> String {
    let mut text = style.wrap(
        "",
        "Kinds of events, as `kind` names them in [[event]], [[hazard]] and [[response]]. A key \
         with a star must be there.",
        0,
    );
    for kind in EventKind::ALL {
        text += &format!("\n{}\n", style.paint("1", kind.name()));
        text += &style.wrap("    ", &format!("{}.", kind.text()), 4);
        text += &keys(kind.keys(), style);
    }
    for table in [EVENT, HAZARD, RESPONSE] {
        text += &of_all(&table, style);
    }
    text
}

/// What every event of a table may hold beside the keys of its kind.
fn of_all(table: &Table, style: Style) -> String {
    let title = style.paint("1", &format!("Every {}", table.title));
    format!("\n{title}\n") + &keys(table.keys, style)
}

fn keys(keys: &[Key], style: Style) -> String {
    let told = keys.iter().map(|key| {
        let star = if key.required { "*" } else { "" };
        let default = key
            .default
            .map_or_else(String::new, |default| format!(" [default: {default}]"));
        let words = format!("{}{star}: {}{default}", key.name, key.text);
        style.wrap("    ", &words, 8)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_line_within_80_columns() {
        let style = Style::default();
        let (measures, events) = (measures_topic(style), events_topic(style));
        for measure in Measure::ALL {
            assert!(measures.contains(&format!("\n{} (", measure.name())));
            assert!(measure.meaning().ends_with('.'), "{}", measure.name());
        }
        for kind in EventKind::ALL {
            assert!(events.contains(&format!("\n{}\n    {}", kind.name(), &kind.text()[..20])));
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
