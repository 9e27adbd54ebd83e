//! The run: everything as it is now, and the loop over what waits in the queue.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cluster::{Account, Cluster, KeyVersion, Spell, record};
use super::happening::{Happening, polls};
use super::history::{
    Answers, Change, ClusterHistory, ClusterLife, History, Occasion, PollCount, Subject, What,
};
use super::key_vault::{Faults, KeyVault};
use super::polling::PollSchedule;
use super::response::Watchers;
use super::storage_account::State;
use super::workspace::Workspace;
use crate::kernel::{Address, Interrupt, Livelock, Queue};
use crate::scenario::{self, Delay, DrawError, Rule, Scenario, Timing};
use crate::units::{Duration, Factor, Rate, Time};

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
    let mut world = World::new(scenario, options);
    world.begin_run()?;
    let mut until_asked = BETWEEN_INTERRUPTS;
    while let Some(happening) = world.next()? {
        world.happen(happening)?;
        until_asked -= 1;
        if until_asked == 0 {
            if interrupt(world.queue.now()) {
                return Err(Stopped::Interrupted);
            }
            until_asked = BETWEEN_INTERRUPTS;
        }
    }
    Ok(world.into_history())
}

/// Everything as it is now. What events do to it stands in `happening`, what polls and timers
/// do in `driving`.
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) options: Options,
    pub(super) chance: Address,
    pub(super) queue: Queue<Happening>,
    pub(super) identity: Faults,
    pub(super) vaults: Vec<KeyVault>,
    pub(super) clusters: Vec<Cluster>,
    /// The storage accounts of all clusters, cluster by cluster.
    pub(super) accounts: Vec<Account>,
    /// Of each workspace: the surges that hold now.
    pub(super) surges: Vec<Vec<(Occasion, Factor)>>,
    /// Of each event: those that follow it.
    pub(super) followers: Vec<Vec<usize>>,
    /// The key version that an event touched.
    pub(super) touched: BTreeMap<Occasion, KeyVersion>,
    /// What changed something when it began, and will be undone when it ends.
    pub(super) to_undo: BTreeSet<Occasion>,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) watchers: Watchers,
    pub(super) rejected_of_no_cluster: u64,
    log: Vec<Change>,
    pub(super) executed: Vec<PollCount>,
}

impl<'a> World<'a> {
    fn new(scenario: &'a Scenario, options: Options) -> World<'a> {
        let chance = Address::root(scenario.seed, options.replication);
        let vaults: Vec<KeyVault> = scenario.key_vaults.iter().map(KeyVault::new).collect();
        let mut accounts = Vec::new();
        let mut clusters = Vec::new();
        for cluster in &scenario.clusters {
            let address = chance.name("cluster").name(&cluster.name);
            let first = accounts.len();
            let state = if cluster.at_start {
                State::Serving { expires: None }
            } else {
                State::Gone
            };
            accounts.extend((0..cluster.storage_accounts).map(|number| {
                let address = address.number(u64::from(number));
                let schedule = PollSchedule::new(scenario.behaviour.poll_interval, address);
                Account::new(clusters.len(), number, address, schedule, state)
            }));
            let lowest = scenario.behaviour.capacity_levels[0];
            clusters.push(new_cluster(
                cluster,
                address,
                first..accounts.len(),
                &vaults,
                lowest,
            ));
        }
        let mut followers = vec![Vec::new(); scenario.events.len()];
        for (index, event) in scenario.events.iter().enumerate() {
            if let Timing::After { event: other, .. } = event.timing {
                followers[other].push(index);
            }
        }
        World {
            scenario,
            options,
            chance,
            queue: Queue::starting_at(Time::START),
            identity: Faults::default(),
            vaults,
            executed: vec![PollCount::default(); clusters.len()],
            clusters,
            accounts,
            surges: vec![Vec::new(); scenario.workspaces.len()],
            followers,
            touched: BTreeMap::new(),
            to_undo: BTreeSet::new(),
            workspaces: scenario
                .workspaces
                .iter()
                .map(|workspace| Workspace::new(workspace, chance))
                .collect(),
            watchers: Watchers::of(scenario),
            rejected_of_no_cluster: 0,
            log: Vec::new(),
        }
    }

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
            Happening::Begin { event, occurrence } => self.begin(Occasion {
                event: event as usize,
                occurrence,
            }),
            Happening::End { event, occurrence } => self.end(Occasion {
                event: event as usize,
                occurrence,
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

    /// Draws a delay. `name` says which in an error.
    pub(super) fn draw(
        &self,
        delay: &Delay,
        address: Address,
        name: impl FnOnce() -> String,
    ) -> Result<Duration, Stopped> {
        delay
            .draw(address)
            .map_err(|DrawError| Stopped::Undrawable { delay: name() })
    }

    /// Below this address lie the draws of one occurrence of an event.
    pub(super) fn address(&self, occasion: Occasion, below: Address) -> Address {
        below
            .name(&self.scenario.events[occasion.event].name)
            .number(u64::from(occasion.occurrence))
    }

    pub(super) fn log(
        &mut self,
        subject: Subject,
        what: What,
        rule: Rule,
        cause: Option<Occasion>,
    ) {
        self.watchers.stir();
        self.log.push(Change {
            time: self.queue.now(),
            subject,
            what,
            rule,
            cause,
        });
    }

    /// Looks at every cluster again after something changed that polls may depend on.
    pub(super) fn look(&mut self, cause: Occasion) -> Result<(), Stopped> {
        let now = self.queue.now();
        for index in 0..self.clusters.len() {
            let before = self.clusters[index].answers;
            let answers = self.clusters[index].look(&self.vaults, &self.identity, now, cause);
            if answers == before {
                continue;
            }
            let accounts = self.clusters[index].accounts.clone();
            for account in accounts.clone() {
                self.catch_up(account)?;
            }
            self.clusters[index].answers = answers;
            // Polls of this instant that have taken place were answered as before.
            let passed = self.queue.has_passed(polls(0));
            let from = if passed {
                now + Duration::MILLISECOND
            } else {
                now
            };
            record(&mut self.clusters[index].history.polls, from, answers);
            for account in accounts {
                self.plan(account)?;
            }
        }
        Ok(())
    }

    fn into_history(self) -> History {
        let mut accounts = self.accounts.into_iter().map(Account::history);
        let clusters = self.clusters.into_iter().map(|cluster| ClusterHistory {
            accounts: accounts.by_ref().take(cluster.accounts.len()).collect(),
            ..cluster.history
        });
        History {
            end: self.scenario.end(),
            log: self.log,
            clusters: clusters.collect(),
            key_vaults: self.vaults.into_iter().map(KeyVault::history).collect(),
            workspaces: self.workspaces.into_iter().map(|it| it.history).collect(),
            rejected_of_no_cluster: self.rejected_of_no_cluster,
            executed: self.options.every_poll.then_some(self.executed),
        }
    }
}

fn new_cluster(
    cluster: &scenario::Cluster,
    address: Address,
    accounts: Range<usize>,
    vaults: &[KeyVault],
    lowest_capacity: Rate,
) -> Cluster {
    let key = cluster.key.as_ref().map(|key| {
        let version = vaults[key.vault].keys[key.key].find(&key.version);
        KeyVersion {
            vault: key.vault,
            key: key.key,
            version: version.expect("the scenario was validated"),
        }
    });
    let answers = key.map(|_| Answers::GRANTED);
    let (life, capacity) = if cluster.at_start {
        let capacity = cluster.capacity_reservation.unwrap_or(lowest_capacity);
        (ClusterLife::Provisioned, vec![(Time::BEGINNING, capacity)])
    } else {
        (ClusterLife::Absent, Vec::new())
    };
    Cluster {
        address,
        life,
        key,
        follows_newest: cluster.key.as_ref().is_some_and(|key| key.follows_newest),
        rotation: None,
        deletion: None,
        access: cluster.access,
        storage_outages: Faults::default(),
        operation: None,
        answers,
        outage: Spell::default(),
        denial: Spell::default(),
        accounts,
        history: ClusterHistory {
            life: vec![(Time::BEGINNING, life)],
            deleted: Vec::new(),
            lost: Vec::new(),
            capacity,
            billing: vec![(Time::BEGINNING, cluster.billing)],
            accounts: Vec::new(),
            polls: vec![(Time::BEGINNING, answers)],
            storage_outage: vec![(Time::BEGINNING, false)],
            customer_key: vec![(Time::BEGINNING, key.is_some())],
            cause: vec![(Time::BEGINNING, false)],
            revocations: Vec::new(),
            operations_rejected: 0,
            operations_failed: 0,
        },
    }
}
