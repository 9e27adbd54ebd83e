//! Single steps from a scenario to a smaller one.
//!
//! Every step leaves something out, or writes a simpler value in the place of one: no step adds
//! anything. Whether what is left still means a scenario, the reader says.

mod keys;
mod size;
mod things;
mod values;

use std::collections::BTreeMap;

use super::Scenario;
use super::extend::NAMED_LISTS;
use super::file::{Kind, Table, Written};
use super::freeze::set;
use super::overlay::names;
use super::read::Draft;
use crate::units::Duration;
pub use size::Size;

/// What is known of the replication from which a step is taken.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// When events began that began once, by their names.
    pub began: BTreeMap<String, Duration>,
    /// What was drawn for the first occurrence of an event, by its name and the key.
    pub drawn: BTreeMap<(String, &'static str), Duration>,
}

/// Steps of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Leaves out a workspace, a cluster or a key vault, with all that names it.
    Places,
    /// Leaves out so many events, hazards and responses at a time, with all that follows them.
    Happenings(usize),
    /// Leaves out so many keys at a time.
    Keys(usize),
    /// Writes a simpler value.
    Values,
}

/// A step to a smaller scenario.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does: `without event "x"`.
    pub words: String,
    /// Made one after the other.
    edits: Vec<Edit>,
}

impl Step {
    /// Whether it writes values in the place of others, and does not only leave something out.
    pub fn simplifies(&self) -> bool {
        self.edits.iter().any(|edit| edit.value.is_some())
    }

    /// Whether both begin at the same place of the file.
    pub fn is_where(&self, other: &Step) -> bool {
        let way = |step: &Step| step.edits.first().map(|edit| edit.way.clone());
        way(self) == way(other)
    }
}

/// What stands at the end of a way goes, or is replaced.
#[derive(Debug, Clone)]
struct Edit {
    way: Vec<Hop>,
    value: Option<Kind>,
}

/// A part of a way down a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hop {
    /// To what stands at a key of a table.
    Key(String),
    /// To the entry of this number, from 0, in a list.
    Number(usize),
}

impl Draft {
    /// The same scenario with this as the only expectation.
    #[must_use]
    pub fn expecting(&self, text: &str) -> Draft {
        let mut draft = self.clone();
        let root = &mut draft.extended.root;
        let only = Written {
            kind: Kind::Text(text.to_owned()),
            span: root.span,
        };
        set(root, "expect", Kind::List(vec![only]));
        draft
    }

    /// What it means, if it means something.
    pub fn scenario(&self) -> Option<Scenario> {
        let (scenario, ..) = self.clone().meaning().ok()?;
        Some(scenario)
    }

    /// All steps of a kind that can be tried, in a fixed order.
    pub fn steps(&self, facts: &Facts, stage: Stage) -> Vec<Step> {
        let root = &self.extended.root;
        match stage {
            Stage::Places => things::places(root),
            Stage::Happenings(count) => things::happenings(root, facts, count.max(1)),
            Stage::Keys(count) => keys::keys(root, count.max(1)),
            Stage::Values => values::values(root, facts),
        }
    }

    /// The scenario after a step.
    #[must_use]
    pub fn after(&self, step: &Step) -> Draft {
        let mut draft = self.clone();
        let root = &mut draft.extended.root;
        for edit in &step.edits {
            make(root, &edit.way, edit.value.as_ref());
        }
        // Of a list without entries nothing is written.
        root.entries.retain(|entry| {
            let empty = matches!(&entry.value.kind, Kind::List(list) if list.is_empty());
            !(empty && NAMED_LISTS.contains(&entry.key.as_str()))
        });
        draft
    }

    /// How large it is; `scenario` is what it means.
    pub fn size(&self, scenario: &Scenario) -> Size {
        Size::of(scenario, &self.extended.root)
    }
}

/// Makes an edit. Where its way leads nowhere, as below something that is gone, nothing changes.
fn make(table: &mut Table, way: &[Hop], value: Option<&Kind>) {
    let Some((Hop::Key(key), rest)) = way.split_first() else {
        unreachable!("a way into a table begins with a key")
    };
    match (rest, value) {
        ([], None) => table.entries.retain(|entry| entry.key != *key),
        ([], Some(value)) => set(table, key, value.clone()),
        _ => {
            if let Some(entry) = table.get_mut(key) {
                make_below(&mut entry.value.kind, rest, value);
            }
        }
    }
}

fn make_below(kind: &mut Kind, way: &[Hop], value: Option<&Kind>) {
    match (kind, way) {
        (Kind::Table(table), _) => make(table, way, value),
        (Kind::List(list), [Hop::Number(number), rest @ ..]) if *number < list.len() => {
            match (rest, value) {
                ([], None) => {
                    list.remove(*number);
                }
                ([], Some(value)) => list[*number].kind = value.clone(),
                _ => make_below(&mut list[*number].kind, rest, value),
            }
        }
        _ => {}
    }
}

/// The way to an entry of one of the lists of tables.
fn entry(list: &str, number: usize) -> Vec<Hop> {
    vec![Hop::Key(list.to_owned()), Hop::Number(number)]
}

/// A way and one key more.
fn below(way: &[Hop], key: &str) -> Vec<Hop> {
    let mut way = way.to_vec();
    way.push(Hop::Key(key.to_owned()));
    way
}

/// The names of the entries of all lists, in their order.
struct Names(BTreeMap<&'static str, Vec<String>>);

impl Names {
    fn of(root: &Table) -> Names {
        let lists = NAMED_LISTS.iter();
        Names(lists.map(|list| (*list, names(root, list))).collect())
    }

    /// What a table in the tree is called, as in `event "x"` or `[behaviour]`.
    fn called(&self, way: &[Hop]) -> String {
        match way {
            [Hop::Key(list), Hop::Number(number), ..] => {
                let names = self.0.get(list.as_str());
                let name = names.and_then(|names| names.get(*number));
                format!("{list} {:?}", name.map_or("", String::as_str))
            }
            [Hop::Key(table), ..] => format!("[{table}]"),
            _ => String::new(),
        }
    }

    /// A key as it is called: `duration of event "x"`.
    fn key_of(&self, way: &[Hop]) -> String {
        let keys: Vec<&str> = way
            .iter()
            .filter_map(|hop| match hop {
                Hop::Key(key) => Some(key.as_str()),
                Hop::Number(_) => None,
            })
            .collect();
        match &keys[..] {
            [key] => (*key).to_owned(),
            [_, below @ ..] => format!("{} of {}", below.join("."), self.called(way)),
            [] => String::new(),
        }
    }
}
