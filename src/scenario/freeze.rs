//! A scenario in which what was drawn in one replication stands as it was drawn.
//!
//! A hazard becomes an event for each of its occurrences, and so does what follows it. They keep
//! the addresses of their random numbers (`draws_as`, `occurrence`), so that all delays of the
//! service that they cause are drawn as before.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Entry, Kind, Table, Written};
use super::read::Draft;
use super::validate::event_names;
use super::{Scenario, Statistic, Timing};
use crate::units::Duration;

/// What was drawn for an occurrence of an event, where it is not a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// Its number, from 0.
    pub number: u32,
    /// When it began, since the start: of a hazard, or of an event at a time.
    pub at: Option<Duration>,
    /// How long after the event that it follows.
    pub delay: Option<Duration>,
    /// How long it lasts.
    pub duration: Option<Duration>,
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is written: what somebody does on a symptom, and what follows that.
    Stays,
    /// It does not happen in this replication.
    Never,
    /// Its occurrences, in the order of their numbers. Only a hazard, and what follows one, has
    /// several.
    Happens(Vec<Occurred>),
}

/// Keys of the whole that say nothing about one replication.
const OF_STUDIES: [&str; 5] = ["replications", "sweep", "what_if", "lever", "fault"];
/// No name is longer.
const LONGEST_NAME: usize = 64;

impl Draft {
    /// This scenario, which means `scenario`, with one replication of it frozen; `fates` are those
    /// of its events.
    #[must_use]
    pub fn frozen(&self, scenario: &Scenario, replication: u64, fates: &[Fate]) -> Draft {
        let mut draft = self.clone();
        let root = &mut draft.extended.root;
        let freezer = Freezer::of(root, scenario, fates);
        let [events, hazards, responses] = freezer.lists(root);
        for (list, tables) in [
            ("event", events),
            ("hazard", hazards),
            ("response", responses),
        ] {
            root.entries.retain(|entry| entry.key != list);
            if !tables.is_empty() {
                set(root, list, Kind::List(tables));
            }
        }
        root.entries
            .retain(|entry| !OF_STUDIES.contains(&entry.key.as_str()));
        leave_out_statistics(root, scenario);
        set(root, "replication", Kind::Whole(Some(replication.into())));
        draft
    }
}

/// Takes away what is expected of many replications.
fn leave_out_statistics(root: &mut Table, scenario: &Scenario) {
    let mut each = scenario
        .expectations
        .iter()
        .map(|expectation| expectation.statistic == Statistic::Each);
    if let Some(Kind::List(list)) = root.get_mut("expect").map(|entry| &mut entry.value.kind) {
        list.retain(|_| each.next().unwrap_or(true));
        if list.is_empty() {
            root.entries.retain(|entry| entry.key != "expect");
        }
    }
}

/// Puts a value at a key, in the place of the one that is there.
pub(super) fn set(table: &mut Table, key: &str, kind: Kind) {
    let span = table.span;
    let value = Written { kind, span };
    match table.get_mut(key) {
        Some(entry) => entry.value = value,
        None => table.entries.push(Entry {
            key: key.to_owned(),
            key_span: span,
            value,
        }),
    }
}

/// A duration as it is written.
pub(super) fn written(duration: Duration) -> Kind {
    Kind::Text(duration.to_string())
}

/// Of everything that happens, in the order of the file.
struct Freezer<'a> {
    /// The list of each, and its name.
    names: Vec<(&'static str, String)>,
    /// What becomes of each, by its name; what is disabled is not among them.
    fates: BTreeMap<&'a str, &'a Fate>,
    /// Of each event of which there are several: the names of its occurrences by their numbers.
    copies: BTreeMap<String, BTreeMap<u32, String>>,
}

impl<'a> Freezer<'a> {
    fn of(root: &Table, scenario: &'a Scenario, fates: &'a [Fate]) -> Freezer<'a> {
        let names = event_names(root);
        let mut taken: BTreeSet<String> = names.iter().map(|(_, name)| name.clone()).collect();
        let mut copies = BTreeMap::new();
        for (at, event) in scenario.events.iter().enumerate() {
            let Fate::Happens(occurrences) = &fates[at] else {
                continue;
            };
            if recurs(scenario, at) {
                let named = |occurred: &Occurred| {
                    let name = fresh(&event.name, occurred.number, &taken);
                    taken.insert(name.clone());
                    (occurred.number, name)
                };
                let named: BTreeMap<u32, String> = occurrences.iter().map(named).collect();
                copies.insert(event.name.clone(), named);
            }
        }
        let events = scenario.events.iter();
        Freezer {
            names,
            fates: events.map(|event| event.name.as_str()).zip(fates).collect(),
            copies,
        }
    }

    /// The events, the hazards and the responses that are left.
    fn lists(&self, root: &Table) -> [Vec<Written>; 3] {
        let mut lists: [Vec<Written>; 3] = Default::default();
        let tables = ["event", "hazard", "response"].map(|list| root.tables(list));
        for ((list, name), table) in self.names.iter().zip(tables.into_iter().flatten()) {
            let own = match *list {
                "event" => 0,
                "hazard" => 1,
                _ => 2,
            };
            let mut named = table.clone();
            set_first(&mut named, "name", Kind::Text(name.clone()));
            match self.fates.get(name.as_str()) {
                Some(Fate::Happens(occurrences)) => {
                    let tables = occurrences.iter();
                    lists[0].extend(tables.map(|one| in_list(self.frozen(&named, name, one))));
                }
                fate => {
                    if fate == Some(&&Fate::Never) {
                        set(&mut named, "enabled", Kind::Truth(false));
                    }
                    self.follow_first(&mut named);
                    lists[own].push(in_list(named));
                }
            }
        }
        lists
    }

    /// One occurrence of an event.
    fn frozen(&self, table: &Table, name: &str, occurred: &Occurred) -> Table {
        let mut table = table.clone();
        let number = occurred.number;
        if let Some(gap) = table.get_mut("gap") {
            // In its place stands when this occurrence begins.
            "at".clone_into(&mut gap.key);
            if number > 0 {
                let counted = u64::from(number) + 1;
                set_first(&mut table, "occurrence", Kind::Whole(Some(counted.into())));
            }
        }
        if let Some(copy) = self.copies.get(name).and_then(|copies| copies.get(&number)) {
            set_first(&mut table, "draws_as", Kind::Text(name.to_owned()));
            set_first(&mut table, "name", Kind::Text(copy.clone()));
        }
        self.follow(&mut table, |copies| copies.get(&number));
        for (key, drawn) in [
            ("at", occurred.at),
            ("delay", occurred.delay),
            ("duration", occurred.duration),
        ] {
            if let Some(drawn) = drawn {
                set(&mut table, key, written(drawn));
            }
        }
        table
    }

    /// What never happens follows the first occurrence of what it waits for.
    fn follow_first(&self, table: &mut Table) {
        self.follow(table, |copies| copies.values().next());
    }

    fn follow<'c>(
        &'c self,
        table: &mut Table,
        choose: impl Fn(&'c BTreeMap<u32, String>) -> Option<&'c String>,
    ) {
        for key in ["after", "after_end"] {
            let other = table.text(key).and_then(|other| self.copies.get(other));
            if let Some(copy) = other.and_then(&choose) {
                set(table, key, Kind::Text(copy.clone()));
            }
        }
    }
}

/// Puts a value before all others of a table.
fn set_first(table: &mut Table, key: &str, kind: Kind) {
    table.entries.retain(|entry| entry.key != key);
    let span = table.span;
    let entry = Entry {
        key: key.to_owned(),
        key_span: span,
        value: Written { kind, span },
    };
    table.entries.insert(0, entry);
}

fn in_list(table: Table) -> Written {
    Written {
        span: table.span,
        kind: Kind::Table(table),
    }
}

/// Whether an event is a hazard or follows one.
fn recurs(scenario: &Scenario, event: usize) -> bool {
    matches!(
        scenario.events[scenario.first_of_chain(event)].timing,
        Timing::Every { .. }
    )
}

/// A name for an occurrence that nothing else has.
fn fresh(name: &str, number: u32, taken: &BTreeSet<String>) -> String {
    let name = name.replace('#', "-");
    let named = |dashes: usize| {
        let end = format!("{}{}", "-".repeat(dashes), u64::from(number) + 1);
        let room = LONGEST_NAME.saturating_sub(end.len());
        name.chars().take(room).chain(end.chars()).collect()
    };
    let mut names = (1..).map(named);
    names
        .find(|name| !taken.contains(name))
        .expect("some name is free")
}
