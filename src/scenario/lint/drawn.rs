//! Keys that say which random numbers are drawn, where they change nothing.

use super::super::diagnostics::Diagnostic;
use super::super::validate::event_names;
use super::Written;

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(entry) = written.root.get("replication")
        && written.scenario.replications > 1
    {
        found.push(
            Diagnostic::warning(
                entry.key_span,
                "many replications count from 0, whatever `replication` says",
            )
            .help("leave out `replications`, or run this one with --replication"),
        );
    }
    let events = written.root.tables("event").into_iter();
    for ((_, name), table) in event_names(written.root).into_iter().zip(events) {
        if let Some(entry) = table.get("draws_as")
            && table.text("draws_as") == Some(name.as_str())
        {
            let message = "this is the name under which the event draws anyway";
            found.push(Diagnostic::warning(entry.value.span, message).help("leave it out"));
        }
    }
}
