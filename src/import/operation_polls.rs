//! The polls of an operation that a command line made, as CSV: when it asked, and in which state the
//! cluster was, with which key.

use super::activity::Activity;
use super::cluster::Key;
use super::event::Event;
use super::export::Export;
use super::row::Column;
use super::table::{self, Rows};
use super::text::quoted;
use super::{instant, name};
use crate::error::Error;
use crate::limits::ROW_BYTES;
use crate::units::Duration;

const COLUMNS: &[Column] = &[
    &["http_date_utc", "time"],
    &["method"],
    &["provisioning_state"],
    &["key_name"],
    &["key_version"],
];
const TIME: usize = 0;
const METHOD: usize = 1;
const STATE: usize = 2;
const KEY: usize = 3;
const VERSION: usize = 4;

/// The vault is not in such a file.
const VAULT: &str = "vault";

struct Poll {
    at: i64,
    asks: bool,
    state: String,
    key: Key,
}

/// Whether an export is one.
pub(super) fn is(export: &Export<'_>) -> bool {
    let most = usize::try_from(ROW_BYTES.most).unwrap_or(usize::MAX);
    let head = export.bytes[..export.bytes.len().min(most)]
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(head).contains("provisioning_state")
}

pub(super) fn read(
    export: &Export<'_>,
    rows: &Rows<'_>,
    activity: &mut Activity,
) -> Result<(), Error> {
    let mut polls = Vec::new();
    let needed: &[&[usize]] = &[&[TIME], &[METHOD], &[STATE], &[KEY], &[VERSION]];
    table::read(
        export,
        COLUMNS,
        needed,
        rows,
        &mut |row, faults| match instant::read(row.cell(TIME)) {
            Ok(at) => polls.push(Poll {
                at,
                asks: ["PATCH", "PUT"]
                    .iter()
                    .any(|method| name::same(method, row.cell(METHOD))),
                state: row.cell(STATE).to_lowercase(),
                key: Key {
                    vault: VAULT.to_owned(),
                    name: name::name(row.cell(KEY)),
                    version: Some(name::name(row.cell(VERSION))),
                },
            }),
            Err(why) => faults.add(&format!("{}, http_date_utc", row.place()), &why),
        },
    )?;
    let mut asked: Option<&Poll> = None;
    for poll in &polls {
        if poll.asks {
            asked = Some(poll);
        } else if poll.state == "succeeded"
            && let Some(begin) = asked.take()
        {
            updated(begin, poll, name::of_file(export.name), activity);
        }
    }
    if activity.events.is_empty() {
        let file = name::of_file(export.name);
        activity
            .notes
            .push(format!("{file} has no finished update of a key."));
    }
    Ok(())
}

/// An update from the request to the first answer that it succeeded.
fn updated(begin: &Poll, end: &Poll, file: &str, activity: &mut Activity) {
    let took = Duration::from_millis((end.at - begin.at).clamp(1, Duration::DAY.millis()));
    activity.durations.push(("key_update_duration", took));
    for key in [&begin.key, &end.key] {
        if !activity.keys.contains(key) {
            activity.keys.push(key.clone());
        }
    }
    let version = end.key.version.as_deref().unwrap_or_default();
    activity.events.push(Event {
        at: begin.at,
        until: None,
        why: format!("{file} has an update that took {took}, until a poll found it finished. The key before it was {}.", begin.key.name),
        kind: "update_cluster_key",
        keys: vec![("vault", quoted(VAULT)), ("key", quoted(&end.key.name)), ("version", quoted(version))],
        live: true,
    });
    activity.before = activity.before.take().or(Some(begin.key.clone()));
}
