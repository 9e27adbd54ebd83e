//! Takes the keys of one table, one after another; what is left over is unknown.

use std::cell::RefCell;

use super::super::diagnostics::{Complaints, Diagnostic, Span, one_of};
use super::super::file::{Entry, Kind, Table, Written};
use super::super::keys;
use super::super::meant::{meant, same};

/// A table being read.
pub(super) struct Fields<'a> {
    table: &'a Table,
    /// How a message calls it, as in "[[workspace]]".
    what: String,
    complaints: &'a Complaints,
    known: Vec<&'static str>,
    missing: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(table: &'a Table, keys: &keys::Table, complaints: &'a Complaints) -> Self {
        Fields {
            table,
            what: keys.title.to_owned(),
            complaints,
            known: keys.names().collect(),
            missing: RefCell::default(),
        }
    }

    /// More keys that may stand here.
    pub(super) fn knows(&mut self, keys: &[keys::Key]) {
        for key in keys {
            if !self.is_known(key.name) {
                self.known.push(key.name);
            }
        }
    }

    /// Another name for messages, once it is known what the table is.
    pub(super) fn called(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    pub(super) fn table(&self) -> &'a Table {
        self.table
    }

    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn span(&self) -> Span {
        self.table.span
    }

    /// What stands there, if anything does.
    pub(super) fn get(&self, key: &'static str) -> Option<&'a Entry> {
        debug_assert!(self.known.contains(&key), "{key} is in no table of keys");
        self.table.get(key)
    }

    /// What stands there; its absence is a mistake.
    pub(super) fn need(&self, key: &'static str) -> Option<&'a Entry> {
        let found = self.get(key);
        if found.is_none() {
            self.missing.borrow_mut().push(key);
        }
        found
    }

    /// The value read; `None` also if it cannot be, which is then complained of.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        read: impl Fn(&'a Written) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        self.get(key).and_then(|entry| self.read(entry, read))
    }

    /// Like [`Fields::optional`], but its absence is a mistake.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        read: impl Fn(&'a Written) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        self.need(key).and_then(|entry| self.read(entry, read))
    }

    /// Like [`Fields::optional`]; clears `whole` where something stands that cannot be read.
    pub(super) fn checked<T>(
        &self,
        key: &'static str,
        read: impl Fn(&'a Written) -> Result<T, Diagnostic>,
        whole: &mut bool,
    ) -> Option<T> {
        let found = self.optional(key, read);
        *whole &= found.is_some() || self.table.get(key).is_none();
        found
    }

    /// Whether the key may stand here.
    pub(super) fn is_known(&self, key: &str) -> bool {
        self.known.contains(&key)
    }

    fn read<T>(
        &self,
        entry: &'a Entry,
        read: impl Fn(&'a Written) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        match read(&entry.value) {
            Ok(value) => Some(value),
            Err(complaint) => {
                self.complaints.file(complaint);
                None
            }
        }
    }

    /// The tables of a list such as `[[event]]`; empty if there is none.
    pub(super) fn tables(&self, key: &'static str) -> Vec<&'a Table> {
        let Some(entry) = self.get(key) else {
            return Vec::new();
        };
        // Below a table of a list the name of that list stands before its own.
        let list = self.what.strip_prefix("[[");
        let path = match list.and_then(|list| list.strip_suffix("]]")) {
            Some(list) => format!("{list}.{key}"),
            None => key.to_owned(),
        };
        let complain = |span, found: &str| {
            self.complaints.file(
                Diagnostic::error(span, format!("`{key}` is a list of tables, found {found}"))
                    .help(format!(
                        "write [[{path}]] before each, with double brackets"
                    )),
            );
        };
        let Kind::List(list) = &entry.value.kind else {
            complain(entry.value.span, entry.value.kind.described());
            return Vec::new();
        };
        for written in list {
            if !matches!(written.kind, Kind::Table(_)) {
                complain(written.span, written.kind.described());
            }
        }
        self.table.tables(key)
    }

    /// Complains of every key that is not known, and of those that are missing.
    pub(super) fn done(self) {
        self.done_among(&[]);
    }

    /// The same in a list of tables, some of which take the keys `elsewhere`.
    pub(super) fn done_among(self, elsewhere: &[&str]) {
        let mut missing = self.missing.take();
        // What stands there already is not what was meant. Looked up once: a table can have ten
        // thousands of keys, none of them known.
        let known = self.known.iter().copied();
        let absent: Vec<&str> = known.filter(|key| self.table.get(key).is_none()).collect();
        for entry in &self.table.entries {
            let key = entry.key.as_str();
            if !self.known.contains(&key) {
                let complaint = self.left_over(entry, elsewhere, &absent, &mut missing);
                self.complaints.file(complaint);
            }
        }
        for key in missing {
            self.complaints.file(
                Diagnostic::error(self.table.span, format!("{} has no `{key}`", self.what))
                    .help(missing_help(&self.what, key))
                    .consequence(),
            );
        }
    }

    fn left_over(
        &self,
        entry: &Entry,
        elsewhere: &[&str],
        absent: &[&str],
        missing: &mut Vec<&'static str>,
    ) -> Diagnostic {
        let key = entry.key.as_str();
        let what = &self.what;
        let known = || self.known.iter().copied();
        let absent = || absent.iter().copied();
        let misplaced = elsewhere.contains(&key);
        let meant = match misplaced {
            true => same(key, absent()),
            false => [meant(key, absent()), meant(key, known())]
                .into_iter()
                .find(|meant| !meant.is_empty())
                .unwrap_or_default(),
        };
        let (message, list) = match misplaced {
            true => (format!("{what} does not take `{key}`"), "it takes"),
            false => (format!("unknown key `{key}` in {what}"), "known here:"),
        };
        let complaint = Diagnostic::error(entry.key_span, message);
        if meant.is_empty() {
            return complaint.help(format!("{list} {}", one_of(known())));
        }
        // That one is not missing then, but misspelt.
        missing.retain(|missing| !meant.contains(missing));
        complaint.meant_keys(&meant)
    }
}

/// What to write for a key that is missing in `what`.
fn missing_help(what: &str, key: &str) -> String {
    match key {
        "duration" if what == keys::SCENARIO.title => "say how long it runs: duration = \"7d\"",
        "duration" => "say how long it lasts: duration = \"45m\"",
        "ingestion" => "say how much arrives: ingestion = \"600 GB/day\"",
        "rate" => "say how much arrives: rate = \"600 GB/day\", or trace = \"usage.csv\"",
        "title" => "say what it is about: title = \"retention of 90 days\"",
        "set" => "say what differs: set = [\"workspace.NAME.retention=90d\"]",
        "at" => "say when: at = \"2d\", or after = \"NAME\" of another event",
        "kind" => "say what happens: kind = \"key_vault_outage\"",
        "name" if what == keys::LEVER.title => "say what can be chosen: name = \"on-call\"",
        "name" if what.starts_with("a fault") => "give it a name: name = \"key-disabled\"",
        "name" => "give it a name: name = \"logs\"",
        "options" => {
            "say between what, two at least: options = [{ name = \"as it is\" }, \
             { name = \"24/7\", set = [\"response.NAME.delay=20m\"], price = 9000 }]"
        }
        "gap" => {
            "say how long it is from the end of one to the beginning of the next: \
             gap = { dist = \"exponential\", mean = \"120d\" }"
        }
        "workspace" => {
            "a scenario has at least one: [[workspace]] with a name = \"logs\" and an \
             ingestion = \"1 TB/day\""
        }
        "trace" => "name the file: trace = \"usage.csv\"",
        "time" => "name the column of the times: time = \"StartTime\"",
        "volume" => "name the column of the volumes: volume = \"Quantity\"",
        "dist" => "name the family: dist = \"uniform\"",
        "cv" => "say how much it varies: cv = 0.2",
        "period" => "say how long a factor holds: period = \"1h\"",
        "when" => "say what is seen: when = \"queries_fail\"",
        "cluster" => "name the new cluster: cluster = \"logs\"",
        "capacity_reservation" => "say how much: capacity_reservation = \"1000 GB/day\"",
        "billing" => "say who is billed: billing = \"cluster\", or \"workspaces\"",
        "factor" => "say how many times as much data arrives: factor = 2",
        "requests" => "say how many requests others send in 10 seconds: requests = 4000",
        "retention" => "say how long data is kept: retention = \"90d\"",
        "daily_cap" => "say how much is accepted in a day: daily_cap = \"800 GB\", or \"none\"",
        _ => return format!("add it: {key} = ..."),
    }
    .to_owned()
}
