//! An event that says `enabled = true`, and waits for one that is not.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Entry, Kind, Table};
use super::super::validate::event_names;
use super::{MOST_EVENTS, Written};
use std::collections::BTreeMap;

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let events = written.root.tables("event").into_iter();
    let tables = events.chain(written.root.tables("hazard"));
    let names = event_names(written.root).into_iter().map(|(_, name)| name);
    let tables: BTreeMap<String, &Table> = names.zip(tables).collect();
    if tables.len() > MOST_EVENTS {
        return;
    }
    for table in tables.values() {
        let Some(enabled) = truth(table, true) else {
            continue;
        };
        if let Some(disabled) = disabled_before(table, &tables) {
            found.push(
                Diagnostic::warning(
                    enabled.value.span,
                    "this event never happens, though it is enabled",
                )
                .also(
                    disabled.value.span,
                    "it waits for this event, which is disabled",
                ),
            );
        }
    }
}

/// The first disabled event that an event waits for, however many lie between.
fn disabled_before<'a>(
    table: &'a Table,
    tables: &BTreeMap<String, &'a Table>,
) -> Option<&'a Entry> {
    let mut at = table;
    // No scenario has events that wait for each other in a ring.
    loop {
        let other = at.text("after").or_else(|| at.text("after_end"))?;
        at = tables.get(other)?;
        if let Some(disabled) = truth(at, false) {
            return Some(disabled);
        }
    }
}

/// The key `enabled`, if it has this value.
fn truth(table: &Table, value: bool) -> Option<&Entry> {
    let entry = table.get("enabled")?;
    matches!(entry.value.kind, Kind::Truth(truth) if truth == value).then_some(entry)
}
