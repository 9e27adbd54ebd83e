//! What a right scenario says that is likely not meant: one lint per file.
//!
//! A lint looks at the resolved scenario, and at the tree that was written for the places. It
//! may be silent where it cannot be sure; it may not warn where all is well.

mod association;
mod buffer;
mod capacity;
mod created;
mod disabled;
mod drawn;
mod effect;
mod expectation;
mod number;
mod place;
mod rotation;
mod settings;
mod times;

use super::diagnostics::{Diagnostic, Span};
use super::file::{Kind, Table};
use super::validate::event_names;
use super::{Action, Edge, KeyTarget, Scenario, Timing};
use crate::units::Duration;
use times::{Moment, Times};

/// Lints that compare events with events take time up to the third power of their number.
/// Scenarios with more events are written by programs.
const MOST_EVENTS: usize = 100;

/// Everything in `scenario` that is likely not meant; `root` is the tree it was read from.
pub(super) fn lints(scenario: &Scenario, root: &Table) -> Vec<Diagnostic> {
    let written = Written::new(scenario, root);
    let mut found = Vec::new();
    expectation::lint(&written, &mut found);
    buffer::lint(&written, &mut found);
    disabled::lint(&written, &mut found);
    drawn::lint(&written, &mut found);
    created::lint(&written, &mut found);
    capacity::lint(&written, &mut found);
    place::lint(&written, &mut found);
    number::lint(&written, &mut found);
    if scenario.events.len() <= MOST_EVENTS {
        let times = Times::new(scenario);
        rotation::lint(&written, &times, &mut found);
        association::lint(&written, &times, &mut found);
        effect::lint(&written, &times, &mut found);
    }
    found
}

/// A scenario, and where its parts stand.
struct Written<'a> {
    scenario: &'a Scenario,
    root: &'a Table,
    /// The table of each event of the scenario.
    events: Vec<&'a Table>,
}

impl<'a> Written<'a> {
    fn new(scenario: &'a Scenario, root: &'a Table) -> Written<'a> {
        let tables = ["event", "hazard", "response"].map(|list| root.tables(list));
        let tables: Vec<&Table> = tables.into_iter().flatten().collect();
        let names = event_names(root).into_iter().map(|(_, name)| name);
        let all: Vec<(String, &Table)> = names.zip(tables).collect();
        // What is disabled is written, but not in the scenario: both lists have one order.
        let mut rest = all.iter();
        let table = |event: &super::Event| {
            let found = rest.find(|(name, _)| *name == event.name);
            found.map_or(root, |(_, table)| table)
        };
        Written {
            scenario,
            root,
            events: scenario.events.iter().map(table).collect(),
        }
    }

    /// Where an event stands: its name, or else its header.
    fn event(&self, event: usize) -> Span {
        let table = self.events[event];
        let name = table.get("name");
        name.map_or(table.span, |entry| entry.value.span)
    }

    /// Where the value of a key of an event stands; where the event stands if it has none.
    fn value(&self, event: usize, key: &str) -> Span {
        let entry = self.events[event].get(key);
        entry.map_or_else(|| self.event(event), |entry| entry.value.span)
    }

    /// Where an expectation stands.
    fn expectation(&self, index: usize) -> Span {
        let list = match self.root.get("expect").map(|entry| &entry.value.kind) {
            Some(Kind::List(list)) => list.as_slice(),
            _ => &[],
        };
        list.get(index)
            .map_or(self.root.span, |written| written.span)
    }

    /// The version of a key that an event is about, as far as the file says.
    fn version(&self, event: usize, target: &KeyTarget) -> Version {
        match &target.version {
            Some(name) if name == super::NEWEST => Version::Newest,
            Some(name) => Version::Named(name.clone()),
            None => self.version_before(event, target),
        }
    }

    /// The version that an event without one has from the event that it waits for.
    fn version_before(&self, event: usize, target: &KeyTarget) -> Version {
        let Timing::After { event: other, .. } = self.scenario.events[event].timing else {
            return Version::InUse;
        };
        let action = &self.scenario.events[other].action;
        if let Action::CreateKeyVersion(of) = action
            && same_key(of, target)
        {
            let created = || Version::Created(other);
            return of.version.clone().map_or_else(created, Version::Named);
        }
        if let Action::DisableKey(of)
        | Action::EnableKey(of)
        | Action::ExpireKey(of)
        | Action::ExtendKey(of)
        | Action::UpdateClusterKey { key: of, .. } = action
            && same_key(of, target)
        {
            return self.version(other, of);
        }
        Version::InUse
    }
}

fn same_key(a: &KeyTarget, b: &KeyTarget) -> bool {
    (a.vault, a.key) == (b.vault, b.key)
}

/// Which version of a key is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Version {
    /// The one of this name.
    Named(String),
    /// The one that this event creates.
    Created(usize),
    /// The newest one that is enabled then.
    Newest,
    /// The one that a cluster uses then.
    InUse,
}

fn begin(event: usize) -> Moment {
    Moment {
        event,
        edge: Edge::Begin,
    }
}

fn end(event: usize) -> Moment {
    Moment {
        event,
        edge: Edge::End,
    }
}

/// The longest of a delay; the median if it has no longest.
fn longest(delay: &super::Delay) -> Duration {
    delay.longest().unwrap_or_else(|| delay.typical())
}
