//! People who react: what an operator can observe, and what follows when somebody observes it.
//!
//! States are observed when an instant is over: what ends and begins again within one was never
//! seen to end. So a response depends neither on the order within an instant nor on polls that
//! change nothing.

use super::accounts::Accounts;
use super::calendar::{Calendar, Run};
use super::cluster::Clusters;
use super::history::{AccessState, Occurrence, Route, Subject};
use super::workspace::Workspaces;
use crate::kernel::Ticket;
use crate::scenario::{AlertRule, Edge, Scenario, Scope, Symptom, Timing};
use crate::units::Time;

/// Everybody who watches, and what they saw. Only this file changes them.
pub(super) struct Watchers<'a> {
    scenario: &'a Scenario,
    watchers: Vec<Watcher>,
    /// Somebody watches, and something changed since they looked.
    awake: bool,
    /// Operations that were refused, failed or succeeded since.
    operations: Vec<(Symptom, Option<usize>, Subject)>,
}

/// One response of the scenario.
#[derive(Debug)]
struct Watcher {
    /// Index of the response among the events.
    event: usize,
    /// How often what is watched has come about.
    occurrences: u32,
    /// Since when it holds.
    since: Option<Time>,
    /// The action that waits for its time; cancelled if what is watched is over before.
    waiting: Option<Ticket>,
}

/// What can be observed.
#[derive(Clone, Copy)]
pub(super) struct Observable<'a> {
    pub(super) clusters: &'a Clusters<'a>,
    pub(super) accounts: &'a Accounts<'a>,
    pub(super) workspaces: &'a Workspaces<'a>,
}

impl<'a> Watchers<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Watchers<'a> {
        Watchers {
            scenario,
            watchers: Vec::new(),
            awake: false,
            operations: Vec::new(),
        }
    }

    /// Everything as it is at the start again: everybody looks at the start.
    pub(super) fn restart(&mut self) {
        let responses = self.scenario.events.iter().enumerate();
        let responses = responses.filter(|(_, event)| matches!(event.timing, Timing::Seen(_)));
        self.watchers.clear();
        self.watchers.extend(responses.map(|(event, _)| Watcher {
            event,
            occurrences: 0,
            since: None,
            waiting: None,
        }));
        self.operations.clear();
        self.wake();
    }

    /// Something changed.
    pub(super) fn wake(&mut self) {
        self.awake = !self.watchers.is_empty();
    }

    /// Whether somebody has to look before time goes on.
    #[inline]
    pub(super) fn are_awake(&self) -> bool {
        self.awake
    }

    /// An operation on a cluster, or on a workspace of it, was refused, failed or succeeded.
    pub(super) fn notice(&mut self, sight: Symptom, cluster: Option<usize>, subject: Subject) {
        if !self.watchers.is_empty() {
            self.operations.push((sight, cluster, subject));
        }
    }

    /// The action of a response has begun: there is nothing left to cancel.
    pub(super) fn acted(&mut self, event: usize) {
        let mut watchers = self.watchers.iter_mut();
        if let Some(watcher) = watchers.find(|watcher| watcher.event == event) {
            watcher.waiting = None;
        }
    }

    /// Everybody looks at what the instant has come to.
    pub(super) fn watch(&mut self, world: Observable<'_>, calendar: &mut Calendar<'_>) -> Run {
        self.awake = false;
        for watcher in &mut self.watchers {
            let Timing::Seen(watch) = &self.scenario.events[watcher.event].timing else {
                unreachable!("a response is an event that waits to be seen")
            };
            match world.holds(watch) {
                Some(holds) => watcher.look_at(watch, holds, calendar)?,
                None if self
                    .operations
                    .iter()
                    .any(|operation| is_seen(watch, operation)) =>
                {
                    watcher.react(watch, calendar)?;
                }
                None => {}
            }
        }
        self.operations.clear();
        Ok(())
    }
}

impl Watcher {
    /// Begins or ends an occurrence of what is watched.
    fn look_at(&mut self, watch: &AlertRule, holds: bool, calendar: &mut Calendar<'_>) -> Run {
        let now = calendar.now();
        match (self.since, holds) {
            (None, true) => {
                self.since = Some(now);
                self.react(watch, calendar)?;
            }
            (Some(since), false) => {
                self.since = None;
                let too_short = now < since + watch.held;
                if (too_short || !watch.even_if_over)
                    && let Some(waiting) = self.waiting.take()
                {
                    calendar.cancel(waiting);
                }
            }
            (None, false) | (Some(_), true) => {}
        }
        Ok(())
    }

    /// Schedules the action of a response. Somebody who is about to act does not begin again:
    /// otherwise two responses could trigger each other twice as often every time.
    fn react(&mut self, watch: &AlertRule, calendar: &mut Calendar<'_>) -> Run {
        if self.waiting.is_some() {
            return Ok(());
        }
        let occurrence = Occurrence {
            event: self.event,
            number: self.occurrences,
        };
        self.occurrences += 1;
        let delay = calendar.draw_of_event(occurrence, "delay", &watch.delay)?;
        let at = calendar.now() + watch.held + delay;
        self.waiting = calendar.schedule_event(at, Edge::Begin, occurrence);
        Ok(())
    }
}

impl Observable<'_> {
    /// Whether what is watched holds; `None`: it is an operation, which takes no time.
    fn holds(self, watch: &AlertRule) -> Option<bool> {
        let down = |cluster: usize| self.clusters[cluster].is_down();
        Some(match watch.symptom {
            Symptom::KeyDenied => match watch.scope {
                Scope::Cluster(cluster) => self.sees_denial(cluster),
                Scope::Workspace(_) | Scope::Total => {
                    (0..self.clusters.len()).any(|cluster| self.sees_denial(cluster))
                }
            },
            Symptom::QueriesFail => self.notices(watch.scope, false, |cluster| {
                down(cluster) || self.some_account(cluster, |access| !access.answers())
            }),
            Symptom::DataDropped => self.notices(watch.scope, true, |cluster| {
                self.some_account(cluster, AccessState::drops)
            }),
            Symptom::DataBuffered => self.notices(watch.scope, false, |cluster| {
                self.some_account(cluster, |access| {
                    !access.drops() && (down(cluster) || !access.answers())
                })
            }),
            Symptom::OperationFailed | Symptom::OperationRejected | Symptom::OperationSucceeded => {
                return None;
            }
        })
    }

    /// The vault's log shows a denied request: some account enforces it or is about to, and the
    /// vault would deny the next one too.
    fn sees_denial(self, cluster: usize) -> bool {
        self.clusters[cluster].denial.holds()
            && self.some_account(cluster, |access| {
                matches!(access, AccessState::Revoking | AccessState::Revoked)
            })
    }

    /// Whether something of a cluster's storage is noticed: at the cluster while it is
    /// provisioned, or by a workspace whose data goes there. `unprovisioned` says whether it is
    /// by one whose cluster is not provisioned.
    fn notices(self, scope: Scope, unprovisioned: bool, at: impl Fn(usize) -> bool) -> bool {
        let by = |workspace: usize| match self.workspaces[workspace].route {
            Route::SharedStore => false,
            Route::NotProvisioned(_) => unprovisioned,
            Route::Cluster(cluster) => at(cluster),
        };
        match scope {
            Scope::Cluster(cluster) => self.clusters[cluster].is_provisioned() && at(cluster),
            Scope::Workspace(workspace) => by(workspace),
            Scope::Total => (0..self.workspaces.len()).any(by),
        }
    }

    fn some_account(self, cluster: usize, is: impl Fn(AccessState) -> bool) -> bool {
        let mut accounts = self.accounts[self.accounts.of_cluster(cluster)].iter();
        accounts.any(|account| is(account.state.observable()))
    }
}

fn is_seen(watch: &AlertRule, &(sight, of, subject): &(Symptom, Option<usize>, Subject)) -> bool {
    let watched = match watch.scope {
        Scope::Total => true,
        Scope::Cluster(cluster) => of == Some(cluster),
        Scope::Workspace(workspace) => subject == Subject::Workspace(workspace),
    };
    watched && sight == watch.symptom
}
