//! In which keys two scenarios differ, and the first with one of them changed.

use super::diagnostics::{Diagnostics, Span};
use super::extend::{ALTERNATIVES, NAMED_LISTS, is_another};
use super::file::{Entry, Kind, Table, Written};
use super::overlay::names;
use super::read::Draft;
use super::{Reading, Scenario};

/// Where two scenarios differ in more keys, whole tables are taken as one change.
pub const MOST_CHANGES: usize = 24;

/// Keys that change no replication.
const UNHEARD: &[&str] = &[
    "title",
    "description",
    "expect",
    "replications",
    "seed",
    "sweep",
    "what_if",
    "lever",
];

/// A difference between two scenarios as they are written.
#[derive(Debug, Clone)]
pub struct Change {
    /// As for [`super::Override`]: `event.NAME.at`, or `event.NAME` where one lacks all of it.
    pub path: String,
    /// What stands there in the first one; `None`: nothing.
    pub from: Option<String>,
    /// What stands there in the other one; `None`: nothing.
    pub to: Option<String>,
    way: Vec<Step>,
    value: Option<Written>,
}

/// One step down a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// To what stands at a key of a table.
    Key(String),
    /// To the entry of this number, from 0, in a list.
    Number(usize),
}

/// How closely two trees are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Key by key.
    Keys,
    /// `[behaviour]` and each entry of a list as one.
    Tables,
    /// All entries of a list as one.
    Lists,
}

/// What makes one scenario of another.
#[derive(Debug, Clone)]
pub struct Changes {
    /// In the order of the file. Those that mean nothing are left out: `"60m"` is `"1h"`.
    pub list: Vec<Change>,
    /// The number of keys in which the two differ, if there are so many that whole tables are
    /// taken instead.
    pub keys: Option<usize>,
    /// The first scenario, with the texts of both.
    from: Draft,
}

impl Changes {
    /// Compares two scenarios.
    ///
    /// # Errors
    ///
    /// What is wrong with the first one.
    pub fn between(from: &Draft, to: &Draft) -> Result<Changes, Diagnostics> {
        let meant = from.clone().reading()?.scenario;
        let mut both = from.clone();
        both.texts.extend(to.texts.iter().cloned());
        both.measured.add(&to.measured);
        let mut other = to.extended.root.clone();
        move_table(&mut other, from.texts.len());
        let mut changes = Changes {
            list: Vec::new(),
            keys: None,
            from: both,
        };
        for detail in [Detail::Keys, Detail::Tables, Detail::Lists] {
            changes.list = differences(&changes.from.extended.root, &other, detail);
            let matter = |change: &Change| changes.matters(change, &meant);
            let list: Vec<Change> = changes
                .list
                .iter()
                .filter(|change| matter(change))
                .cloned()
                .collect();
            changes.list = list;
            if changes.list.len() <= MOST_CHANGES {
                break;
            }
            changes.keys.get_or_insert(changes.list.len());
        }
        Ok(changes)
    }

    /// The first scenario with one change made.
    ///
    /// # Errors
    ///
    /// What is wrong with it: a change may need another one.
    pub fn made(&self, change: &Change) -> Result<Reading, Diagnostics> {
        let mut draft = self.from.clone();
        put(&mut draft.extended.root, &change.way, change.value.as_ref());
        draft.reading()
    }

    fn matters(&self, change: &Change, meant: &Scenario) -> bool {
        self.made(change)
            .map_or(true, |reading| reading.scenario != *meant)
    }
}

/// Puts a value at the end of a way, or takes away what stands there.
fn put(table: &mut Table, way: &[Step], value: Option<&Written>) {
    let Some((Step::Key(key), rest)) = way.split_first() else {
        unreachable!("a way into a table begins with a key")
    };
    match (rest, value) {
        ([], None) => table.entries.retain(|entry| entry.key != *key),
        ([], Some(value)) => *slot(table, key, &value.kind) = value.clone(),
        ([Step::Key(_), ..], _) => {
            let none = Kind::Table(Table {
                entries: Vec::new(),
                span: table.span,
            });
            if let Kind::Table(table) = &mut slot(table, key, &none).kind {
                put(table, rest, value);
            }
        }
        ([Step::Number(number), rest @ ..], _) => {
            if let Kind::List(list) = &mut slot(table, key, &Kind::List(Vec::new())).kind {
                put_into(list, *number, rest, value);
            }
        }
    }
}

fn put_into(list: &mut Vec<Written>, number: usize, rest: &[Step], value: Option<&Written>) {
    match (rest, value) {
        ([], None) => {
            list.remove(number);
        }
        ([], Some(value)) if number == list.len() => list.push(value.clone()),
        ([], Some(value)) => list[number] = value.clone(),
        _ => {
            if let Kind::Table(table) = &mut list[number].kind {
                put(table, rest, value);
            }
        }
    }
}

/// The value at a key; where there is none, the given one is put there.
fn slot<'t>(table: &'t mut Table, key: &str, none: &Kind) -> &'t mut Written {
    if table.get(key).is_none() {
        table.entries.push(Entry {
            key: key.to_owned(),
            key_span: table.span,
            value: Written {
                kind: none.clone(),
                span: table.span,
            },
        });
    }
    &mut table.get_mut(key).expect("it was put there").value
}

/// What two trees have different.
fn differences(from: &Table, to: &Table, detail: Detail) -> Vec<Change> {
    let mut walk = Walk {
        detail,
        way: Vec::new(),
        path: Vec::new(),
        found: Vec::new(),
    };
    for key in keys(from, to).filter(|key| !UNHEARD.contains(key)) {
        walk.step(key.to_owned(), Step::Key(key.to_owned()), |walk| {
            let pair = (value(from, key), value(to, key));
            if NAMED_LISTS.contains(&key) && detail != Detail::Lists {
                walk.lists(key, from, to);
            } else if detail == Detail::Keys {
                walk.top(pair);
            } else {
                walk.whole(pair);
            }
        });
    }
    walk.found
}

fn value<'t>(table: &'t Table, key: &str) -> Option<&'t Written> {
    table.get(key).map(|entry| &entry.value)
}

/// The keys of both, those of the first one first.
fn keys<'t>(from: &'t Table, to: &'t Table) -> impl Iterator<Item = &'t str> {
    let only = to
        .entries
        .iter()
        .filter(|entry| from.get(&entry.key).is_none());
    from.entries
        .iter()
        .chain(only)
        .map(|entry| entry.key.as_str())
}

/// A walk through two trees side by side.
struct Walk {
    detail: Detail,
    way: Vec<Step>,
    path: Vec<String>,
    found: Vec<Change>,
}

/// What stands at one place of two trees.
type Pair<'t> = (Option<&'t Written>, Option<&'t Written>);

impl Walk {
    fn step(&mut self, name: String, step: Step, look: impl FnOnce(&mut Walk)) {
        self.path.push(name);
        self.way.push(step);
        look(self);
        self.way.pop();
        self.path.pop();
    }

    /// A table that only one of the two has is compared with an empty one.
    fn top(&mut self, pair: Pair<'_>) {
        let none = Table {
            entries: Vec::new(),
            span: Span {
                text: 0,
                start: 0,
                end: 0,
            },
        };
        match (pair.0.map(|old| &old.kind), pair.1.map(|new| &new.kind)) {
            (Some(Kind::Table(from)), None) => self.tables(from, &none),
            (None, Some(Kind::Table(to))) => self.tables(&none, to),
            _ => self.values(pair),
        }
    }

    fn values(&mut self, pair: Pair<'_>) {
        match (pair.0.map(|old| &old.kind), pair.1.map(|new| &new.kind)) {
            (Some(Kind::Table(from)), Some(Kind::Table(to))) if !is_another_kind(from, to) => {
                self.tables(from, to);
            }
            _ => self.whole(pair),
        }
    }

    fn tables(&mut self, from: &Table, to: &Table) {
        for key in keys(from, to) {
            self.step(key.to_owned(), Step::Key(key.to_owned()), |walk| {
                walk.values((value(from, key), value(to, key)));
            });
        }
    }

    /// Entries of one name belong together; what only the second one has is appended.
    fn lists(&mut self, list: &str, from: &Table, to: &Table) {
        let (old, new) = (names(from, list), names(to, list));
        let (tables, others) = (entries(from, list), entries(to, list));
        for (number, (name, table)) in old.iter().zip(tables).enumerate() {
            let same = new.iter().position(|other| other == name);
            self.step(name.clone(), Step::Number(number), |walk| {
                let pair = (Some(table), same.map(|at| &others[at]));
                if walk.detail == Detail::Keys {
                    walk.values(pair);
                } else {
                    walk.whole(pair);
                }
            });
        }
        for (name, table) in new
            .iter()
            .zip(others)
            .filter(|(name, _)| !old.contains(name))
        {
            self.step(name.clone(), Step::Number(tables.len()), |walk| {
                walk.whole((None, Some(table)));
            });
        }
    }

    fn whole(&mut self, pair: Pair<'_>) {
        let (from, to) = (pair.0.map(Written::toml), pair.1.map(Written::toml));
        if from == to {
            return;
        }
        self.found.push(Change {
            path: self.path.join("."),
            from,
            to,
            way: self.way.clone(),
            value: pair.1.cloned(),
        });
    }
}

/// The entries of a list; all of them are tables, as the scenario has been read.
fn entries<'t>(table: &'t Table, list: &str) -> &'t [Written] {
    match value(table, list).map(|written| &written.kind) {
        Some(Kind::List(entries)) => entries,
        _ => &[],
    }
}

/// Whether a table is another thing than the other: single keys of it would make no sense.
fn is_another_kind(from: &Table, to: &Table) -> bool {
    let timed = |table: &Table| -> Vec<bool> {
        let keys = ALTERNATIVES.iter().flat_map(|keys| keys.iter());
        keys.map(|key| table.get(key).is_some()).collect()
    };
    is_another(from, to) || timed(from) != timed(to)
}

/// Counts the texts of a tree from another number on.
fn move_table(table: &mut Table, by: usize) {
    table.span.text += by;
    for entry in &mut table.entries {
        entry.key_span.text += by;
        move_value(&mut entry.value, by);
    }
}

fn move_value(written: &mut Written, by: usize) {
    written.span.text += by;
    match &mut written.kind {
        Kind::Table(table) => move_table(table, by),
        Kind::List(list) => list.iter_mut().for_each(|value| move_value(value, by)),
        _ => {}
    }
}
