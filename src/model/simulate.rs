//! The run: everything as it is now, and the loop over what waits in the queue.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Account, Cluster, KeyVersion};
use super::happening::Happening;
use super::history::{Change, History, Occurrence, PollCount, Subject, What};
use super::key_vault::{Faults, KeyVault};
use super::response::Watchers;
use super::workspace::Workspace;
use crate::kernel::{Interrupt, Livelock, Queue, StreamKey};
use crate::limits::{self, Limit};
use crate::scenario::{Delay, DrawError, Rule, Scenario};
use crate::units::{Duration, Factor, Time};

/// After so many events the world is asked whether to go on.
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

/// Why a run did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// Events kept causing each other at one instant.
    Livelock(Time),
    /// A delay's `min` and `max` leave out nearly all of its distribution.
    Undrawable {
        /// Which delay: a parameter's name, or an event's name and the key.
        delay: String,
    },
    /// More happened than is taken.
    TooMuch {
        /// Of what.
        limit: Limit,
        /// When.
        at: Time,
        /// Which event caused most of it: its index in [`Scenario::events`], if one did.
        event: Option<usize>,
    },
    /// The caller asked for it.
    Interrupted,
}

impl From<Livelock> for Stopped {
    fn from(livelock: Livelock) -> Stopped {
        Stopped::Livelock(livelock.0)
    }
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

    /// Runs the scenario from its start to its end.
    ///
    /// # Errors
    ///
    /// [`Stopped`] says why it did not get there.
    pub fn run(&mut self, options: Options, interrupt: Interrupt<'_>) -> Result<&History, Stopped> {
        let world = &mut self.world;
        world.restart(options);
        world.begin_run()?;
        // Asked at the start too: of many short runs none would come to ask.
        let mut until_asked = 0;
        loop {
            if until_asked == 0 {
                if interrupt(world.queue.now()) {
                    return Err(Stopped::Interrupted);
                }
                // Of what no event of the scenario begins or ends, little comes in between.
                world.stay_within_limits()?;
                until_asked = BETWEEN_INTERRUPTS;
            }
            until_asked -= 1;
            let Some(happening) = world.next()? else {
                break;
            };
            world.happen(happening)?;
        }
        world.stay_within_limits()?;
        if options.every_poll {
            world.history.executed = Some(std::mem::take(&mut world.executed));
        }
        Ok(&world.history)
    }
}

/// Everything as it is now. What events do to it stands in `happening`, what polls and timers
/// do in `driving`.
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) options: Options,
    pub(super) chance: StreamKey,
    pub(super) queue: Queue<Happening>,
    pub(super) identity: Faults,
    pub(super) vaults: Vec<KeyVault>,
    pub(super) clusters: Vec<Cluster>,
    /// The storage accounts of all clusters, cluster by cluster.
    pub(super) accounts: Vec<Account>,
    /// Of each workspace: the surges that hold now.
    pub(super) surges: Vec<Vec<(Occurrence, Factor)>>,
    /// Of each event: those that follow it.
    pub(super) followers: Vec<Vec<usize>>,
    /// The key version that an event touched.
    pub(super) touched: BTreeMap<Occurrence, KeyVersion>,
    /// What changed something when it began, and will be undone when it ends.
    pub(super) to_undo: BTreeSet<Occurrence>,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) watchers: Watchers,
    pub(super) executed: Vec<PollCount>,
    /// How often the answers to a cluster's polls changed.
    pub(super) cluster_changes: usize,
    /// What happened so far.
    pub(super) history: History,
}

impl World<'_> {
    fn begin_run(&mut self) -> Result<(), Stopped> {
        self.schedule_first_events()?;
        for account in 0..self.accounts.len() {
            self.plan(account)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn happen(&mut self, happening: Happening) -> Result<(), Stopped> {
        match happening {
            Happening::Poll(account) => self.poll(account as usize),
            Happening::Timer(account) => self.come_due(account as usize),
            Happening::Begin { event, occurrence } => self.begin(Occurrence {
                event: event as usize,
                number: occurrence,
            }),
            Happening::End { event, occurrence } => self.end(Occurrence {
                event: event as usize,
                number: occurrence,
            }),
            Happening::OperationEnds(cluster) => self.end_operation(cluster as usize),
            Happening::AssociationEnds(workspace) => self.end_association(workspace as usize),
            Happening::KeySoftDeleteEnds {
                vault,
                key,
                deletion,
            } => self.end_key_soft_delete(vault as usize, key as usize, deletion),
            Happening::ClusterSoftDeleteEnds { cluster, deletion } => {
                self.end_cluster_soft_delete(cluster as usize, deletion)
            }
            Happening::LookForVersion(cluster) => self.look_for_version(cluster as usize),
        }
    }

    /// What happens next. Before time goes on, everybody who watches looks at the instant.
    #[inline]
    fn next(&mut self) -> Result<Option<Happening>, Stopped> {
        while self.watchers.are_stirred() {
            let next = self.queue.next_time();
            if next.is_some_and(|next| next <= self.queue.now()) {
                break;
            }
            self.watch()?;
        }
        Ok(self.queue.next_before(self.scenario.end())?)
    }

    /// Draws a delay. `address` finds out where, if chance is needed; `name` says which in an error.
    #[inline]
    pub(super) fn draw(
        &self,
        delay: &Delay,
        address: impl FnOnce() -> StreamKey,
        name: impl FnOnce() -> String,
    ) -> Result<Duration, Stopped> {
        delay
            .draw(address)
            .map_err(|DrawError| Stopped::Undrawable { delay: name() })
    }

    /// Below this address lie the draws of one occurrence of an event.
    pub(super) fn address(&self, occurrence: Occurrence, below: StreamKey) -> StreamKey {
        below
            .name(&self.scenario.events[occurrence.event].name)
            .number(u64::from(occurrence.number))
    }

    pub(super) fn log(
        &mut self,
        subject: Subject,
        what: What,
        rule: Rule,
        cause: Option<Occurrence>,
    ) {
        self.watchers.stir();
        self.history.log.push(Change {
            time: self.queue.now(),
            subject,
            what,
            rule,
            cause,
        });
    }

    /// Whoever begins or ends an event asks this afterwards.
    ///
    /// # Errors
    ///
    /// If more happened than is taken.
    pub(super) fn stay_within_limits(&self) -> Result<(), Stopped> {
        let counted = [
            (limits::LOG_ENTRIES, self.history.log.len()),
            (limits::CLUSTER_CHANGES, self.cluster_changes),
            (limits::WAITING_EVENTS, self.queue.waiting()),
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
        // Of what waits for its time nothing is logged: it is their first cause that is rarer.
        let most = caused.iter().copied().max().filter(|&most| most > 0);
        Stopped::TooMuch {
            limit,
            at: self.queue.now(),
            event: most.and_then(|most| caused.iter().position(|&caused| caused == most)),
        }
    }

    /// Looks at every cluster again after something changed that polls may depend on.
    pub(super) fn look(&mut self, cause: Occurrence) -> Result<(), Stopped> {
        let now = self.queue.now();
        for index in 0..self.clusters.len() {
            let before = self.clusters[index].answers;
            let history = &mut self.history.clusters[index];
            let it = &mut self.clusters[index];
            let answers = it.look(history, &self.vaults, &self.identity, now, cause);
            if answers == before {
                continue;
            }
            let accounts = self.clusters[index].accounts.clone();
            for account in accounts.clone() {
                self.catch_up(account)?;
            }
            self.clusters[index].answers = answers;
            self.cluster_changes += 1;
            // Polls of this instant that have taken place were answered as before.
            let from = self.polls_ahead(0);
            self.history.clusters[index].polls.record(from, answers);
            for account in accounts {
                let it = &mut self.accounts[account];
                it.answered_so_from = it.next;
                self.plan(account)?;
            }
        }
        Ok(())
    }
}
