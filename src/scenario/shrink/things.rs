//! What can be left out as a whole, with all that names it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::file::{Kind, Table};
use super::super::freeze::written;
use super::super::validate::event_names;
use super::{Edit, Facts, Step, below, entry};
use crate::units::Duration;

/// The lists of places, in the order in which they are tried.
const PLACES: [&str; 3] = ["workspace", "cluster", "key_vault"];
/// The lists of what happens.
const HAPPENINGS: [&str; 3] = ["event", "hazard", "response"];
/// No step names more of what it leaves out.
const NAMED: usize = 8;

/// An entry of one of the lists.
struct Thing<'a> {
    list: &'static str,
    /// In its list, from 0.
    number: usize,
    name: String,
    table: &'a Table,
}

/// All of them.
fn things(root: &Table) -> Vec<Thing<'_>> {
    let mut all = Vec::new();
    let mut names = event_names(root).into_iter();
    for list in PLACES.into_iter().chain(HAPPENINGS) {
        for (number, table) in root.tables(list).into_iter().enumerate() {
            let name = match PLACES.contains(&list) {
                true => table.text("name").unwrap_or_default().to_owned(),
                false => names.next().map(|(_, name)| name).unwrap_or_default(),
            };
            all.push(Thing {
                list,
                number,
                name,
                table,
            });
        }
    }
    all
}

impl Thing<'_> {
    fn is_place(&self) -> bool {
        PLACES.contains(&self.list)
    }

    /// What it names that is left out, by the list and the key.
    fn names(&self, gone: &BTreeSet<(&'static str, &str)>) -> Vec<&'static str> {
        let text = |key: &'static str| self.table.text(key);
        let vault = match self.table.get("key").map(|entry| &entry.value.kind) {
            Some(Kind::Table(key)) => key.text("vault"),
            _ => None,
        };
        let named = [
            ("after", "event", text("after")),
            ("after_end", "event", text("after_end")),
            ("workspace", "workspace", text("workspace")),
            ("cluster", "cluster", text("cluster")),
            ("vault", "key_vault", text("vault").or(vault)),
        ];
        let named = named.into_iter().filter_map(|(key, list, name)| {
            let name = name?;
            gone.contains(&(list, name)).then_some(key)
        });
        named.collect()
    }
}

/// Every workspace, cluster and key vault alone.
pub(super) fn places(root: &Table) -> Vec<Step> {
    let all = things(root);
    let places = (0..all.len()).filter(|at| all[*at].is_place());
    places
        .map(|at| Removal::of(&all, &[at], &BTreeMap::new()).step(&all))
        .collect()
}

/// So many of what happens at a time; of each alone also without what follows it, which begins at
/// the time at which it began.
pub(super) fn happenings(root: &Table, facts: &Facts, count: usize) -> Vec<Step> {
    let all = things(root);
    let happen = (0..all.len()).filter(|at| !all[*at].is_place());
    let happen: Vec<usize> = happen.collect();
    let mut steps = Vec::new();
    for some in happen.chunks(count) {
        steps.push(Removal::of(&all, some, &BTreeMap::new()).step(&all));
        if count == 1 {
            let alone = Removal::of(&all, some, &facts.began);
            if !alone.at.is_empty() {
                steps.push(alone.step(&all));
            }
        }
    }
    steps
}

/// Things that are left out, and followers that get a time of their own.
struct Removal {
    gone: BTreeSet<usize>,
    at: BTreeMap<usize, Duration>,
}

impl Removal {
    /// Some things with all that names them. What follows an event and `began` once stays, and
    /// begins then.
    fn of(all: &[Thing<'_>], some: &[usize], began: &BTreeMap<String, Duration>) -> Removal {
        let mut removal = Removal {
            gone: some.iter().copied().collect(),
            at: BTreeMap::new(),
        };
        loop {
            let before = removal.gone.len();
            let gone: BTreeSet<(&'static str, &str)> = removal
                .gone
                .iter()
                .map(|at| {
                    let thing = &all[*at];
                    let list = if thing.is_place() {
                        thing.list
                    } else {
                        "event"
                    };
                    (list, thing.name.as_str())
                })
                .collect();
            for (at, thing) in all.iter().enumerate() {
                if removal.gone.contains(&at) {
                    continue;
                }
                let named = thing.names(&gone);
                let follows = named.iter().all(|key| key.starts_with("after"));
                match began.get(&thing.name).filter(|_| follows) {
                    _ if named.is_empty() => {}
                    Some(began) => {
                        removal.at.insert(at, *began);
                    }
                    None => {
                        removal.gone.insert(at);
                        removal.at.remove(&at);
                    }
                }
            }
            if removal.gone.len() == before {
                return removal;
            }
        }
    }

    fn step(&self, all: &[Thing<'_>]) -> Step {
        let mut edits = Vec::new();
        for (at, began) in &self.at {
            let way = entry(all[*at].list, all[*at].number);
            for key in ["after", "after_end", "delay"] {
                edits.push(Edit {
                    way: below(&way, key),
                    value: None,
                });
            }
            edits.push(Edit {
                way: below(&way, "at"),
                value: Some(written(*began)),
            });
        }
        // From the end on, so that the numbers of the others stay right.
        edits.extend(self.gone.iter().rev().map(|at| Edit {
            way: entry(all[*at].list, all[*at].number),
            value: None,
        }));
        let names = self.gone.iter().take(NAMED);
        let names = names.map(|at| format!("{} {:?}", all[*at].list, all[*at].name));
        let mut names: Vec<String> = names.collect();
        if let Some(more) = self.gone.len().checked_sub(NAMED).filter(|more| *more > 0) {
            names.push(format!("{more} more"));
        }
        Step {
            words: format!("without {}", names.join(", ")),
            edits,
        }
    }
}
