//! People who react: what an operator can observe, and what follows when somebody sees it.
//!
//! What is observed are states, looked at when an instant is over: what ends and begins again
//! within one was never seen to end. So a response depends neither on the order within an
//! instant nor on polls that change nothing.

use super::history::{AccessState, ClusterLife, Occurrence, Route, Subject};
use super::simulate::{Stopped, World};
use crate::kernel::Ticket;
use crate::scenario::{AlertRule, Edge, Scenario, Scope, Symptom, Timing};
use crate::units::Time;

/// Everybody who watches, and what they saw.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    watchers: Vec<Watcher>,
    /// Somebody watches, and something changed since they looked.
    stirred: bool,
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

impl Watchers {
    pub(super) fn of(scenario: &Scenario) -> Watchers {
        let responses = scenario.events.iter().enumerate();
        let responses = responses.filter(|(_, event)| matches!(event.timing, Timing::Seen(_)));
        let watchers = responses.map(|(event, _)| Watcher {
            event,
            occurrences: 0,
            since: None,
            waiting: None,
        });
        let mut watchers = Watchers {
            watchers: watchers.collect(),
            stirred: false,
            operations: Vec::new(),
        };
        watchers.stir();
        watchers
    }

    /// Something changed.
    pub(super) fn stir(&mut self) {
        self.stirred = !self.watchers.is_empty();
    }

    /// Whether somebody has to look before time goes on.
    #[inline]
    pub(super) fn are_stirred(&self) -> bool {
        self.stirred
    }
}

impl World<'_> {
    /// An operation on a cluster, or on a workspace of it, was refused, failed or succeeded.
    pub(super) fn notice(&mut self, sight: Symptom, cluster: Option<usize>, subject: Subject) {
        if !self.watchers.watchers.is_empty() {
            self.watchers.operations.push((sight, cluster, subject));
        }
    }

    /// Everybody looks at what the instant has come to.
    pub(super) fn watch(&mut self) -> Result<(), Stopped> {
        self.watchers.stirred = false;
        let operations = std::mem::take(&mut self.watchers.operations);
        for index in 0..self.watchers.watchers.len() {
            let event = self.watchers.watchers[index].event;
            let Timing::Seen(watch) = &self.scenario.events[event].timing else {
                unreachable!("a response is an event that waits to be seen")
            };
            match watch.symptom {
                Symptom::OperationFailed
                | Symptom::OperationRejected
                | Symptom::OperationSucceeded => {
                    if operations.iter().any(|operation| is_seen(watch, operation)) {
                        self.react(index, watch)?;
                    }
                }
                _ => self.look_at(index, watch)?,
            }
        }
        Ok(())
    }

    /// Begins or ends an occurrence of what is watched.
    fn look_at(&mut self, index: usize, watch: &AlertRule) -> Result<(), Stopped> {
        let now = self.queue.now();
        let holds = self.holds(watch.symptom, watch.scope);
        let watcher = &mut self.watchers.watchers[index];
        match (watcher.since, holds) {
            (None, true) => {
                watcher.since = Some(now);
                self.react(index, watch)?;
            }
            (Some(since), false) => {
                watcher.since = None;
                let too_short = now < since + watch.held;
                if too_short || !watch.even_if_over {
                    let waiting = watcher.waiting.take();
                    waiting.into_iter().for_each(|it| self.queue.cancel(it));
                }
            }
            (None, false) | (Some(_), true) => {}
        }
        Ok(())
    }

    /// Schedules the action of a response. Who is about to act already does not begin anew: so
    /// no two responses can set off each other twice as often every time.
    fn react(&mut self, index: usize, watch: &AlertRule) -> Result<(), Stopped> {
        let watcher = &mut self.watchers.watchers[index];
        if watcher.waiting.is_some() {
            return Ok(());
        }
        let occurrence = Occurrence {
            event: watcher.event,
            number: watcher.occurrences,
        };
        watcher.occurrences += 1;
        let delay = self.draw_of_event(occurrence, "delay", &watch.delay)?;
        let at = self.queue.now() + watch.held + delay;
        let waiting = self.schedule(at, Edge::Begin, occurrence);
        self.watchers.watchers[index].waiting = waiting;
        Ok(())
    }

    /// The action of a response has begun: there is nothing left to cancel.
    pub(super) fn acted(&mut self, event: usize) {
        if !matches!(self.scenario.events[event].timing, Timing::Seen(_)) {
            return;
        }
        let mut watchers = self.watchers.watchers.iter_mut();
        if let Some(watcher) = watchers.find(|watcher| watcher.event == event) {
            watcher.waiting = None;
        }
    }

    fn holds(&self, sight: Symptom, scope: Scope) -> bool {
        match (sight, scope) {
            (Symptom::KeyDenied, Scope::Cluster(cluster)) => self.sees_denial(cluster),
            (Symptom::KeyDenied, _) => {
                (0..self.clusters.len()).any(|cluster| self.sees_denial(cluster))
            }
            (_, Scope::Cluster(cluster)) => {
                let provisioned = self.clusters[cluster].life == ClusterLife::Provisioned;
                provisioned && self.holds_at(sight, cluster)
            }
            (_, Scope::Workspace(workspace)) => self.holds_for(sight, workspace),
            (_, Scope::Total) => {
                (0..self.workspaces.len()).any(|workspace| self.holds_for(sight, workspace))
            }
        }
    }

    /// The vault's log shows a denied request: some account enforces it or is about to, and the
    /// vault would deny the next one too.
    fn sees_denial(&self, cluster: usize) -> bool {
        self.clusters[cluster].denial.holds()
            && self.some_account(cluster, |access| {
                matches!(access, AccessState::Revoking | AccessState::Revoked)
            })
    }

    fn holds_for(&self, sight: Symptom, workspace: usize) -> bool {
        match self.route(workspace) {
            Route::SharedStore => false,
            Route::NotProvisioned(_) => sight == Symptom::DataDropped,
            Route::Cluster(cluster) => self.holds_at(sight, cluster),
        }
    }

    /// What the workspaces of a cluster notice of its storage.
    fn holds_at(&self, sight: Symptom, cluster: usize) -> bool {
        let down = self.clusters[cluster].storage_outages.any();
        match sight {
            Symptom::QueriesFail => down || self.some_account(cluster, |access| !access.answers()),
            Symptom::DataDropped => self.some_account(cluster, AccessState::drops),
            Symptom::DataBuffered => self.some_account(cluster, |access| {
                !access.drops() && (down || !access.answers())
            }),
            _ => unreachable!("{sight:?} is not about storage"),
        }
    }

    fn some_account(&self, cluster: usize, is: impl Fn(AccessState) -> bool) -> bool {
        let mut accounts = self.accounts[self.clusters[cluster].accounts.clone()].iter();
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
