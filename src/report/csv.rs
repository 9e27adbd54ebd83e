//! `events.csv` and `timeline.csv`: the run as tables.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::Writer;

use super::describe::change;
use super::format::{Clock, seconds};
use super::json::key;
use crate::accounting::{Balance, Books};
use crate::experiment::Replay;
use crate::foreign::{deceives, sanitize};
use crate::limits::TIMELINE_ROWS;
use crate::model::{Change, History, Subject, What, WorkspaceHistory};
use crate::scenario::{Measure, Scenario, Scope, Value};
use crate::statistics::Interval;
use crate::units::{Time, Volume};

/// No more rows in `timeline.csv`.
#[allow(clippy::cast_possible_truncation)]
const MOST_ROWS: usize = TIMELINE_ROWS.most as usize;

/// `events.csv`: one row per change, in the order in which they happened. Storage accounts and
/// occurrences are counted from 1; `event` names the event behind the change.
pub fn events(scenario: &Scenario, history: &History) -> String {
    in_memory(|to| write_events(to, scenario, history))
}

/// Writes `events.csv`.
///
/// # Errors
///
/// Those of the writer.
pub fn write_events(to: &mut dyn Write, scenario: &Scenario, history: &History) -> io::Result<()> {
    let header = [
        "time_s",
        "time",
        "cluster",
        "storage_account",
        "workspace",
        "event",
        "from",
        "to",
        "rule",
        "detail",
        "occurrence",
    ];
    let mut table = Table::to(to, &header)?;
    let clock = Clock::new(scenario.start);
    let first = |workspace: &WorkspaceHistory| workspace.route[0].1.name();
    let mut routes: Vec<&str> = history.workspaces.iter().map(first).collect();
    for entry in &history.log {
        let (cluster, account, workspace) = place(scenario, entry.subject);
        let (mut from, to) = passage(entry);
        if let (What::Routed(_), Subject::Workspace(workspace)) = (entry.what, entry.subject) {
            from = std::mem::replace(&mut routes[workspace], to);
        }
        let (event, occurrence) = match entry.cause {
            None => ("", String::new()),
            Some(occurrence) => (
                scenario.events[occurrence.event].name.as_str(),
                (u64::from(occurrence.number) + 1).to_string(),
            ),
        };
        table.write([
            &seconds(entry.time.millis()),
            &clock.iso(entry.time).unwrap_or_default(),
            cluster,
            &account,
            workspace,
            event,
            from,
            to,
            entry.rule.id(),
            &change(scenario, history, entry),
            &occurrence,
        ])?;
    }
    table.end()
}

/// Cluster, storage account and workspace of a subject, empty where it has none.
fn place(scenario: &Scenario, subject: Subject) -> (&str, String, &str) {
    match subject {
        Subject::Identity | Subject::KeyVault(_) | Subject::Key { .. } => ("", String::new(), ""),
        Subject::Cluster(cluster) => (&scenario.clusters[cluster].name, String::new(), ""),
        Subject::StorageAccount { cluster, account } => (
            &scenario.clusters[cluster].name,
            (u64::from(account) + 1).to_string(),
            "",
        ),
        Subject::Workspace(workspace) => ("", String::new(), &scenario.workspaces[workspace].name),
    }
}

/// From what to what. Where the data of a workspace went before does not stand in the change.
fn passage(change: &Change) -> (&'static str, &'static str) {
    match change.what {
        What::Access { from, to } => (from.name(), to.name()),
        What::Life { from, to } => (from.name(), to.name()),
        What::Routed(route) => ("", route.name()),
        What::Began => ("", "began"),
        What::Ended => ("", "ended"),
        What::WithoutEffect(_) => ("", "without_effect"),
        What::PurgedByItself => ("", "purged"),
        What::Destroyed => ("", "destroyed"),
        What::OperationStarted => ("", "started"),
        What::OperationRejected(_) => ("", "rejected"),
        What::OperationSucceeded => ("", "succeeded"),
        What::OperationFailed(_) => ("", "failed"),
    }
}

/// `timeline.csv`, and a sentence if rows were left out: for each workspace one row at about
/// `resolution` instants evenly over the run, both ends included, and wherever its own
/// condition changes.
pub fn timeline(
    scenario: &Scenario,
    replay: &Replay,
    resolution: usize,
) -> (String, Option<String>) {
    let mut table = Table::new(&[
        "time_s",
        "time",
        "workspace",
        "route",
        "queries_fail",
        "dropping",
        "buffering",
        "initial_bytes",
        "offered_bytes",
        "rejected_bytes",
        "dropped_bytes",
        "dropped_revoked_bytes",
        "dropped_buffer_expired_bytes",
        "dropped_not_provisioned_bytes",
        "buffered_bytes",
        "stored_bytes",
        "stored_customer_key_bytes",
        "stored_microsoft_key_bytes",
        "accessible_bytes",
        "inaccessible_bytes",
        "hot_bytes",
        "purged_bytes",
        "destroyed_bytes",
    ]);
    let (samples, note) = samples(scenario, &replay.books, resolution);
    let clock = Clock::new(scenario.start);
    let balances = balances(&replay.books, scenario.workspaces.len(), &samples);
    for ((t, workspace), balance) in samples.into_iter().zip(balances) {
        let name = &scenario.workspaces[workspace].name;
        let conditions = replay.books.conditions(workspace);
        let past = conditions.partition_point(|entry| entry.0 <= t);
        let condition = &conditions[past.saturating_sub(1)].1;
        let route = condition
            .route
            .map_or("", |cluster| &scenario.clusters[cluster].name);
        let mut row = vec![
            seconds(t.millis()),
            clock.iso(t).unwrap_or_default(),
            name.clone(),
            route.to_owned(),
            condition.queries_fail.to_string(),
            condition.dropping.to_string(),
            condition.buffering.to_string(),
        ];
        row.extend(volumes(&balance).map(|v| v.bytes().to_string()));
        table.row(&row);
    }
    (table.text(), note)
}

/// The balance of each sample; samples are in order of time.
fn balances(books: &Books, workspaces: usize, samples: &[(Time, usize)]) -> Vec<Balance> {
    let mut rows = vec![Vec::new(); workspaces];
    for (row, &(_, workspace)) in samples.iter().enumerate() {
        rows[workspace].push(row);
    }
    let mut balances = vec![Balance::default(); samples.len()];
    for (workspace, rows) in rows.into_iter().enumerate() {
        let times: Vec<Time> = rows.iter().map(|&row| samples[row].0).collect();
        for (row, balance) in rows.into_iter().zip(books.balances(workspace, &times)) {
            balances[row] = balance;
        }
    }
    balances
}

/// The byte columns of the timeline.
fn volumes(balance: &Balance) -> [Volume; 16] {
    [
        balance.initial,
        balance.offered,
        balance.rejected,
        balance.dropped(),
        balance.dropped_revoked,
        balance.dropped_buffer_expired,
        balance.dropped_not_provisioned,
        balance.buffered,
        balance.stored(),
        balance.stored_customer_key,
        balance.stored_microsoft_key,
        balance.accessible,
        balance.inaccessible(),
        balance.hot,
        balance.purged,
        balance.destroyed,
    ]
}

/// When which workspace is sampled, by time; and a sentence if rows were left out. At an instant
/// that is not one workspace's own, all are sampled, or none.
fn samples(
    scenario: &Scenario,
    books: &Books,
    resolution: usize,
) -> (Vec<(Time, usize)>, Option<String>) {
    let (end, workspaces) = (scenario.end(), scenario.workspaces.len());
    let mut shared = evenly(end, resolution);
    shared.dedup();
    let mut own = Vec::new();
    for workspace in 0..workspaces {
        let changes = books.conditions(workspace).iter().map(|entry| entry.0);
        let changes = changes.filter(|&t| Time::START <= t && t <= end);
        let changes = changes.filter(|t| shared.binary_search(t).is_err());
        own.extend(changes.map(|t| (t, workspace)));
    }
    own.sort_unstable();
    let all = shared.len() * workspaces + own.len();
    if all > MOST_ROWS {
        shared = thinned(&shared, (shared.len() * MOST_ROWS / all).max(2));
        own = thinned(&own, MOST_ROWS.saturating_sub(shared.len() * workspaces));
    }
    let at_once = |&t: &Time| (0..workspaces).map(move |workspace| (t, workspace));
    let mut samples: Vec<(Time, usize)> = shared.iter().flat_map(at_once).chain(own).collect();
    samples.sort_unstable();
    let kept = samples.len();
    let note = format!("{kept} of {all} rows, evenly chosen; the others are left out");
    (samples, (kept < all).then_some(note))
}

/// `resolution` instants (at least both ends) from 0 to `end`.
pub(super) fn evenly(end: Time, resolution: usize) -> Vec<Time> {
    let gaps = i64::try_from(resolution.clamp(2, MOST_ROWS) - 1).expect("few");
    (0..=gaps)
        .map(|i| {
            let ms = i128::from(end.millis()) * i128::from(i) / i128::from(gaps);
            Time::from_millis(i64::try_from(ms).expect("within the run"))
        })
        .collect()
}

/// At most `most` of some values, evenly chosen, the first and the last among them.
pub(super) fn thinned<T: Copy>(values: &[T], most: usize) -> Vec<T> {
    if values.len() <= most {
        return values.to_vec();
    }
    let gaps = most.saturating_sub(1).max(1);
    (0..most)
        .map(|i| values[i * (values.len() - 1) / gaps])
        .collect()
}

/// Every measure as a table, for programs that read no JSON: scope, name, measure (with its
/// unit), value (empty where there is none).
pub fn measures(scenario: &Scenario, replay: &Replay) -> String {
    let mut table = Table::new(&["scope", "name", "measure", "value"]);
    let mut sheet = |scope: Scope| {
        let [words, name] = scope_fields(scenario, scope);
        for &measure in Measure::ALL.iter().filter(|m| scope.has(**m)) {
            let value = match replay.measures.get(scope, measure) {
                None => String::new(),
                Some(Value::Volume(volume)) => volume.bytes().to_string(),
                Some(Value::Duration(duration)) => seconds(duration.millis()),
                Some(Value::Ratio(ratio)) => ratio.to_string(),
                Some(Value::Count(count)) => count.to_string(),
                Some(Value::Money(amount)) => amount.to_string(),
            };
            table.row([words, name, &key(measure), &value]);
        }
    };
    sheet(Scope::Total);
    (0..scenario.workspaces.len()).for_each(|at| sheet(Scope::Workspace(at)));
    (0..scenario.clusters.len()).for_each(|at| sheet(Scope::Cluster(at)));
    table.text()
}

/// The scope of a measure as two fields.
pub(super) fn scope_fields(scenario: &Scenario, scope: Scope) -> [&str; 2] {
    match scope {
        Scope::Total => ["total", ""],
        Scope::Workspace(at) => ["workspace", &scenario.workspaces[at].name],
        Scope::Cluster(at) => ["cluster", &scenario.clusters[at].name],
    }
}

/// A number as a field; empty where there is none.
pub(super) fn number(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// The ends of an interval as two fields.
pub(super) fn ci95(interval: Option<Interval>) -> [String; 2] {
    [
        interval.map(|ends| ends.low),
        interval.map(|ends| ends.high),
    ]
    .map(number)
}

/// A table that is being written.
pub(super) struct Table<W: Write = Vec<u8>>(Writer<W>);

impl<W: Write> Table<W> {
    pub(super) fn to(to: W, header: &[&str]) -> io::Result<Table<W>> {
        let mut table = Table(Writer::from_writer(to));
        table.write(header)?;
        Ok(table)
    }

    pub(super) fn write<I: IntoIterator<Item = F>, F: AsRef<str>>(
        &mut self,
        fields: I,
    ) -> io::Result<()> {
        for field in fields {
            self.0.write_field(&*cell(field.as_ref()))?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// In memory nothing can go wrong: every row has as many fields as the header.
impl Table {
    pub(super) fn new(header: &[&str]) -> Table {
        Table::to(Vec::new(), header).expect("writing to memory")
    }

    pub(super) fn row<I: IntoIterator<Item = F>, F: AsRef<str>>(&mut self, fields: I) {
        self.write(fields).expect("writing to memory");
    }

    pub(super) fn text(self) -> String {
        let bytes = self.0.into_inner().expect("writing to memory");
        String::from_utf8(bytes).expect("only strings were written")
    }
}

/// The text of what can also be written elsewhere.
pub(super) fn in_memory(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("only strings were written")
}

/// A field that a spreadsheet takes for what it is: one that would be a formula gets an
/// apostrophe before it. Numbers stay as they are, whatever their sign.
fn cell(field: &str) -> Cow<'_, str> {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && field.parse::<f64>().is_err() {
        Cow::Owned(format!("'{}", sanitize(field)))
    } else if field.chars().any(deceives) {
        Cow::Owned(sanitize(field))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_even_and_hold_both_ends() {
        let times = evenly(Time::from_millis(10), 4);
        assert_eq!(times, [0, 3, 6, 10].map(Time::from_millis));
        assert_eq!(evenly(Time::from_millis(10), 0).len(), 2);
    }

    #[test]
    fn no_text_is_a_formula_and_every_number_one() {
        for (field, written) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-a", "'-a"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("\r=1", "' =1"),
            ("-1.5", "-1.5"),
            ("+2", "+2"),
            ("-1e-7", "-1e-7"),
            ("a=1", "a=1"),
            ("it's", "it's"),
            (
                "a\u{1b}[31m\u{9b}\u{202e}b",
                "a\u{fffd}[31m\u{fffd}\u{fffd}b",
            ),
        ] {
            assert_eq!(cell(field), written);
        }
    }

    #[test]
    fn too_many_values_are_thinned() {
        let all: Vec<usize> = (0..250_000).collect();
        let kept = thinned(&all, MOST_ROWS);
        assert_eq!(kept.len(), MOST_ROWS);
        assert_eq!((kept[0], kept[MOST_ROWS - 1]), (0, 249_999));
        assert!(
            kept.windows(2)
                .all(|w| w[1] - w[0] == 2 || w[1] - w[0] == 3)
        );
        assert_eq!(thinned(&[1, 2], 2), [1, 2]);
        assert_eq!(thinned(&[1, 2], 1), [1]);
        assert!(thinned(&[1, 2], 0).is_empty());
    }
}
