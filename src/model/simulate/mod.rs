//! The run: the loop over the calendar, and the one place that applies what follows from a change.
//!
//! Each part of the world owns its state: the calendar, the key vaults, the clusters, the storage
//! accounts, the workspaces, those who watch. Its file alone changes it; others read it. What a
//! change means for other parts comes back as a value. Here it is applied to them, written into
//! the history, and wakes who watches. Nobody imports this file.

mod event;
mod operation;

use std::collections::BTreeSet;

use super::accounts::{Accounts, Transition};
use super::calendar::{Calendar, Plan, Run, Stopped};
use super::cluster::Clusters;
use super::history::{AccessState, Change, History, Occurrence, Subject, What};
use super::key_vault::Vaults;
use super::mixture::{Mixture, Sampler};
use super::notice::Notice;
use super::response::{Observable, Watchers};
use super::workspace::Workspaces;
use crate::kernel::Interrupt;
use crate::limits::{self, Limit};
use crate::scenario::{Rule, Scenario};

/// The caller is asked after this many events whether to go on.
const BETWEEN_INTERRUPTS: u32 = 1 << 16;

/// How to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Which replication: 0 for a single one.
    pub replication: u64,
    /// Execute every poll as an event, also those that cannot change anything. The outcome is
    /// the same to the byte.
    pub every_poll: bool,
}

/// Runs a scenario to its end.
///
/// # Errors
///
/// [`Stopped`] says why it did not get there.
pub fn simulate(
    scenario: &Scenario,
    options: Options,
    interrupt: Interrupt<'_>,
) -> Result<History, Stopped> {
    let mut simulation = Simulation::of(scenario);
    simulation.run(options, interrupt)?;
    Ok(simulation.world.history)
}

/// Runs of one scenario, one after another in the same memory. None sees anything of another.
pub struct Simulation<'a> {
    world: World<'a>,
}

impl<'a> Simulation<'a> {
    /// A simulation that has not run.
    pub fn of(scenario: &'a Scenario) -> Simulation<'a> {
        Simulation {
            world: World::of(scenario),
        }
    }

    /// The same, with the delays of events drawn from a mixture in place of their distributions.
    pub fn sampling(scenario: &'a Scenario, mixture: &'a Mixture) -> Simulation<'a> {
        let mut world = World::of(scenario);
        world.calendar = Calendar::of(scenario).sampling(Sampler::of(mixture));
        Simulation { world }
    }

    /// Of the last run: its weight in units of [`super::WEIGHT_UNIT`], and how many draws of each
    /// delay were made from each of its bins; `None` where nothing is drawn from a mixture.
    pub fn weight_and_draws(&self) -> Option<(u64, &[u32])> {
        let sampler = self.world.calendar.sampler()?;
        Some((sampler.weight(), sampler.counts()))
    }

    /// The same, which notes what is planned in its runs.
    #[must_use]
    pub fn noting_plans(mut self) -> Simulation<'a> {
        self.world.calendar.note_plans();
        self
    }

    /// What happened in the last run.
    pub fn history(&self) -> &History {
        &self.world.history
    }

    /// What was planned in the last run but polls, if it was noted.
    pub fn plans(&self) -> &[Plan] {
        self.world.calendar.plans()
    }

    /// Runs the scenario from its start to its end.
    ///
    /// # Errors
    ///
    /// [`Stopped`] says why it did not get there.
    pub fn run(&mut self, options: Options, interrupt: Interrupt<'_>) -> Result<&History, Stopped> {
        let world = &mut self.world;
        world.restart(options);
        world.begin_run()?;
        // Asked at the start too: many short runs would never come to ask.
        let mut until_asked = 0;
        loop {
            if until_asked == 0 {
                if interrupt(world.calendar.now()) {
                    return Err(Stopped::Interrupted);
                }
                // Little happens in between that no event of the scenario begins or ends.
                world.stay_within_limits()?;
                until_asked = BETWEEN_INTERRUPTS;
            }
            until_asked -= 1;
            let Some(notice) = world.next()? else {
                break;
            };
            world.dispatch(notice)?;
        }
        world.stay_within_limits()?;
        let executed = options.every_poll.then(|| world.accounts.take_executed());
        world.history.executed = executed;
        Ok(&world.history)
    }
}

/// Everything as it is now.
struct World<'a> {
    scenario: &'a Scenario,
    calendar: Calendar<'a>,
    vaults: Vaults,
    clusters: Clusters<'a>,
    accounts: Accounts<'a>,
    workspaces: Workspaces<'a>,
    watchers: Watchers<'a>,
    /// What changed something when it began, and will be undone when it ends.
    to_undo: BTreeSet<Occurrence>,
    /// How often the answers to a cluster's polls changed.
    cluster_changes: usize,
    /// What happened so far.
    history: History,
}

impl<'a> World<'a> {
    fn of(scenario: &'a Scenario) -> World<'a> {
        World {
            scenario,
            calendar: Calendar::of(scenario),
            vaults: Vaults::of(scenario),
            clusters: Clusters::of(scenario),
            accounts: Accounts::of(scenario),
            workspaces: Workspaces::of(scenario),
            watchers: Watchers::of(scenario),
            to_undo: BTreeSet::new(),
            cluster_changes: 0,
            history: History::of(scenario),
        }
    }

    /// Everything as it is at the start again.
    fn restart(&mut self, options: Options) {
        let World {
            scenario,
            calendar,
            vaults,
            clusters,
            accounts,
            workspaces,
            watchers,
            to_undo,
            cluster_changes,
            history,
        } = self;
        calendar.restart(options.replication, options.every_poll);
        vaults.restart(scenario);
        clusters.restart(calendar.root(), vaults);
        accounts.restart(clusters);
        workspaces.restart(calendar.root());
        watchers.restart();
        to_undo.clear();
        *cluster_changes = 0;
        history.restart(scenario, clusters, accounts);
    }

    fn begin_run(&mut self) -> Run {
        self.calendar.schedule_first_events()?;
        self.accounts.begin(&self.clusters, &mut self.calendar)
    }

    /// The next notice. Before time goes on, everybody who watches looks at the instant.
    #[inline]
    fn next(&mut self) -> Run<Option<Notice>> {
        while self.watchers.are_awake() && self.calendar.instant_is_over() {
            let observable = Observable {
                clusters: &self.clusters,
                accounts: &self.accounts,
                workspaces: &self.workspaces,
            };
            self.watchers.watch(observable, &mut self.calendar)?;
        }
        Ok(self.calendar.next()?)
    }

    #[inline(always)]
    fn dispatch(&mut self, notice: Notice) -> Run {
        let occurrence = |event, number| Occurrence {
            event: event as usize,
            number,
        };
        match notice {
            Notice::Poll(account) => {
                let index = account as usize;
                let (clusters, calendar) = (&self.clusters, &mut self.calendar);
                if let Some(transition) = self.accounts.poll(index, clusters, calendar)? {
                    self.note_driven(index, transition);
                }
                Ok(())
            }
            Notice::Timer(account) => {
                let index = account as usize;
                let (clusters, calendar) = (&self.clusters, &mut self.calendar);
                if let Some(transition) = self.accounts.on_timer(index, clusters, calendar)? {
                    self.note_driven(index, transition);
                }
                Ok(())
            }
            Notice::Begin { event, number } => self.begin(occurrence(event, number)),
            Notice::End { event, number } => self.end(occurrence(event, number)),
            Notice::OperationEnds(cluster) => self.end_operation(cluster as usize),
            Notice::AssociationEnds(workspace) => self.end_association(workspace as usize),
            Notice::KeySoftDeleteEnds {
                vault,
                key,
                deletion,
            } => {
                self.end_key_soft_delete(vault as usize, key as usize, deletion);
                Ok(())
            }
            Notice::ClusterSoftDeleteEnds { cluster, deletion } => {
                self.end_cluster_soft_delete(cluster as usize, deletion)
            }
            Notice::RotationCheck(cluster) => self.check_rotation(cluster as usize),
        }
    }
}

// The history, and who watches.
impl World<'_> {
    fn log(&mut self, subject: Subject, what: What, rule: Rule, cause: Option<Occurrence>) {
        self.watchers.wake();
        self.history.log.push(Change {
            time: self.calendar.now(),
            subject,
            what,
            rule,
            cause,
        });
    }

    /// Notes what a poll or a timer changed, if others can tell the states apart.
    #[inline(never)]
    fn note_driven(&mut self, index: usize, transition: Transition) {
        let account = &self.accounts[index];
        let to = account.state.observable();
        if to == transition.from {
            return;
        }
        if to == AccessState::Revoked {
            let (since, _) = account.denial.expect("a denial revoked the account");
            let revocations = &mut self.history.clusters[account.cluster].revocations;
            revocations.push((since, self.calendar.now()));
        }
        self.note_access(index, transition, account.cause(transition.from));
    }

    fn note_access(&mut self, index: usize, transition: Transition, cause: Option<Occurrence>) {
        let now = self.calendar.now();
        let account = &self.accounts[index];
        let (from, to) = (transition.from, account.state.observable());
        let cluster = account.cluster;
        let history = &mut self.history.clusters[cluster].accounts[account.number as usize];
        history.access.record(now, to);
        if to == AccessState::Revoked {
            history.revoked.push(now);
        }
        let what = What::Access { from, to };
        self.log(account.subject(), what, transition.rule, cause);
        let key = self.clusters[cluster].key;
        let purged = key.is_some_and(|used| self.vaults.is_purged(used.vault, used.key));
        if to == AccessState::Revoked && purged {
            self.destroy(index);
        }
    }

    /// The accounts under a key that is purged now lose their data if they are revoked.
    fn destroy_revoked(&mut self, vault: usize, key: usize) {
        if !self.vaults.is_purged(vault, key) {
            return;
        }
        for account in 0..self.accounts.len() {
            let used = self.clusters[self.accounts[account].cluster].key;
            let affected = used.is_some_and(|used| (used.vault, used.key) == (vault, key));
            if affected && self.accounts[account].state.observable() == AccessState::Revoked {
                self.destroy(account);
            }
        }
    }

    fn destroy(&mut self, account: usize) {
        let account = &self.accounts[account];
        let history = &mut self.history.clusters[account.cluster];
        let destroyed = &mut history.accounts[account.number as usize].destroyed;
        destroyed.push(self.calendar.now());
        self.log(account.subject(), What::Destroyed, Rule::PurgedKey, None);
    }

    /// Finds out anew how polls are answered, after something changed that they may depend on.
    fn refresh_answers(&mut self, cause: Occurrence) -> Run {
        let now = self.calendar.now();
        for cluster in 0..self.clusters.len() {
            let answers = self.clusters.refresh(cluster, &self.vaults, now, cause);
            self.note_interruption(cluster);
            if answers == self.clusters[cluster].answers {
                continue;
            }
            let (of_cluster, calendar) = (&self.clusters[cluster], &mut self.calendar);
            self.accounts.catch_up(cluster, of_cluster, calendar)?;
            self.clusters.set_answers(cluster, answers);
            self.cluster_changes += 1;
            // Polls of this instant that have taken place were answered as before.
            let from = self.calendar.polls_ahead(0);
            self.history.clusters[cluster].polls.record(from, answers);
            let (of_cluster, calendar) = (&self.clusters[cluster], &mut self.calendar);
            self.accounts
                .answers_changed(cluster, of_cluster, calendar)?;
        }
        Ok(())
    }

    fn note_interruption(&mut self, cluster: usize) {
        let now = self.calendar.now();
        let history = &mut self.history.clusters[cluster];
        let cluster = &self.clusters[cluster];
        history.storage_outage.record(now, cluster.is_down());
        let interrupted = cluster.is_interrupted();
        if history.cause.latest() == Some(true) && !interrupted {
            history.causes_ended.push(now);
        }
        history.cause.record(now, interrupted);
    }

    /// Called after each beginning and end of an event.
    ///
    /// # Errors
    ///
    /// If more happened than is allowed.
    fn stay_within_limits(&self) -> Run {
        let counted = [
            (limits::LOG_ENTRIES, self.history.log.len()),
            (limits::CLUSTER_CHANGES, self.cluster_changes),
            (limits::WAITING_EVENTS, self.calendar.waiting()),
        ];
        let exceeded = counted
            .iter()
            .find(|(limit, count)| !limit.allows(*count as u64));
        exceeded.map_or(Ok(()), |&(limit, _)| Err(self.too_much(limit)))
    }

    #[cold]
    fn too_much(&self, limit: Limit) -> Stopped {
        let mut caused = vec![0_u64; self.scenario.events.len()];
        for change in &self.history.log {
            if let Some(cause) = change.cause {
                caused[cause.event] += 1;
            }
        }
        // What waits for its time is not logged: its first cause is, which is rarer.
        let most = caused.iter().copied().max().filter(|&most| most > 0);
        Stopped::TooMuch {
            limit,
            at: self.calendar.now(),
            event: most.and_then(|most| caused.iter().position(|&caused| caused == most)),
        }
    }
}
