//! When a fault happens: at an instant of the run, or some time after something that the scenario
//! lets happen whatever goes wrong.

use crate::model::{History, Occurrence, What};
use crate::scenario::{Action, Delay, Edge, KeyTarget, Scenario, Timing};
use crate::units::{Duration, Time};

/// When a fault begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The event of the scenario after whose beginning or end, if it is after one.
    pub anchor: Option<Anchor>,
    /// How long after it, or after the start of the run.
    pub after: Duration,
    /// When that is in the replication in which it was found.
    pub at: Time,
}

/// An end of an event, at a time that no fault changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// Index in [`crate::scenario::Content::events`].
    pub event: usize,
    /// Whether it is its end.
    pub end: bool,
}

impl Place {
    /// As an event says it.
    pub fn timing(&self) -> Timing {
        let delay = Delay::constant(self.after);
        match self.anchor {
            None => Timing::At(delay),
            Some(Anchor { event, end }) => Timing::After {
                event,
                edge: if end { Edge::End } else { Edge::Begin },
                delay,
            },
        }
    }
}

/// The anchors of a replication in the order of time.
pub(super) struct Anchors(Vec<(Time, Anchor)>);

impl Anchors {
    /// Those of a replication without faults.
    pub(super) fn of(scenario: &Scenario, history: &History) -> Anchors {
        let scripted = scenario.scripted();
        let mut anchors = Vec::new();
        let is_surely = |event: &usize| happens_surely(scenario, *event, scripted);
        for event in (0..scripted).filter(is_surely) {
            let own = Some(Occurrence { event, number: 0 });
            let mut of = history.log.iter().filter(|change| change.cause == own);
            let Some(begins) = of.next() else {
                continue;
            };
            anchors.push((begins.time, Anchor { event, end: false }));
            let mut ends = of.filter(|change| change.what == What::Ended);
            if let Some(ends) = ends.next() {
                anchors.push((ends.time, Anchor { event, end: true }));
            }
        }
        anchors.sort_unstable();
        Anchors(anchors)
    }

    /// A second of the run, for what a fault does: after the last anchor before it. What leaves out
    /// the version of a key is about the one in use, so it is not placed after an event of that key,
    /// from which it would have its version.
    pub(super) fn place(&self, scenario: &Scenario, fault: &Action, second: i64) -> Place {
        let at = Time::from_millis(second * 1_000);
        let in_use = key_of(fault).filter(|key| key.version.is_none());
        let is_apt = |anchor: &Anchor| {
            let own = in_use.map(|key| (key.vault, key.key));
            let other = key_of(&scenario.events[anchor.event].action);
            own.is_none() || own != other.map(|key| (key.vault, key.key))
        };
        let mut before = self.0[..self.0.partition_point(|(anchor, _)| *anchor < at)].iter();
        match before.rfind(|(_, anchor)| is_apt(anchor)) {
            Some((time, anchor)) => Place {
                anchor: Some(*anchor),
                after: at - *time,
                at,
            },
            None => Place {
                anchor: None,
                after: at - Time::START,
                at,
            },
        }
    }
}

/// The key that an action is about.
fn key_of(action: &Action) -> Option<&KeyTarget> {
    match action {
        Action::DisableKey(key)
        | Action::EnableKey(key)
        | Action::CreateKeyVersion(key)
        | Action::DeleteKey(key)
        | Action::RecoverKey(key)
        | Action::PurgeKey(key)
        | Action::ExpireKey(key)
        | Action::ExtendKey(key)
        | Action::UpdateClusterKey { key, .. } => Some(key),
        _ => None,
    }
}

/// Whether an event happens once, at a time that is drawn and depends on nothing else.
fn happens_surely(scenario: &Scenario, event: usize, scripted: usize) -> bool {
    match scenario.events[event].timing {
        Timing::At(_) => true,
        Timing::After {
            event: other, edge, ..
        } => {
            // An operation ends only if it succeeds.
            let lasts = edge == Edge::Begin || scenario.events[other].duration.is_some();
            other < scripted && lasts && happens_surely(scenario, other, scripted)
        }
        Timing::Every { .. } | Timing::Seen(_) => false,
    }
}
