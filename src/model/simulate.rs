//! The run: the queue, what waits in it, and the accounts that polls and timers move.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Account, Cluster, KeyVersion, Spell, record};
use super::happening::{Happening, place_of_timer, polls};
use super::history::{
    Change, ClusterHistory, History, Occasion, PollCount, Subject, What, WorkspaceHistory,
};
use super::key_vault::{Faults, KeyVault, Life};
use super::polling::Answer;
use super::skipping::{absorb, next_that_matters};
use super::storage_account::{Input, State, Wanted, step};
use super::{AccessState, PollSchedule};
use crate::kernel::{Address, Interrupt, Livelock, Queue};
use crate::scenario::{self, Delay, DrawError, RevocationScope, Rule, Scenario, Timing};
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
    while let Some(happening) = world.queue.next_before(scenario.end())? {
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

/// Everything as it is now. What events do to it stands in `happening`.
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    options: Options,
    pub(super) chance: Address,
    pub(super) queue: Queue<Happening>,
    pub(super) identity: Faults,
    pub(super) vaults: Vec<KeyVault>,
    pub(super) clusters: Vec<Cluster>,
    /// Of each account: its cluster, and its number in it.
    accounts: Vec<(usize, u32)>,
    /// Of each cluster: the index of its first account.
    first_account: Vec<usize>,
    /// Of each workspace: the surges that hold now.
    pub(super) surges: Vec<Vec<(Occasion, Factor)>>,
    /// Of each event: those that follow it.
    pub(super) followers: Vec<Vec<usize>>,
    /// The key version that an event touched.
    pub(super) touched: BTreeMap<Occasion, KeyVersion>,
    /// What changed something when it began, and will be undone when it ends.
    pub(super) to_undo: BTreeSet<Occasion>,
    pub(super) workspaces: Vec<WorkspaceHistory>,
    log: Vec<Change>,
    executed: Vec<PollCount>,
}

impl<'a> World<'a> {
    fn new(scenario: &'a Scenario, options: Options) -> World<'a> {
        let chance = Address::root(scenario.seed, options.replication);
        let vaults: Vec<KeyVault> = scenario.key_vaults.iter().map(KeyVault::new).collect();
        let clusters: Vec<Cluster> = scenario
            .clusters
            .iter()
            .map(|cluster| new_cluster(cluster, scenario, &vaults, chance))
            .collect();
        let mut accounts = Vec::new();
        let mut first_account = Vec::new();
        for (index, cluster) in scenario.clusters.iter().enumerate() {
            first_account.push(accounts.len());
            accounts.extend((0..cluster.storage_accounts).map(|number| (index, number)));
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
            first_account,
            surges: vec![Vec::new(); scenario.workspaces.len()],
            followers,
            touched: BTreeMap::new(),
            to_undo: BTreeSet::new(),
            workspaces: scenario.workspaces.iter().map(new_workspace).collect(),
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

    fn happen(&mut self, happening: Happening) -> Result<(), Stopped> {
        match happening {
            Happening::Poll(account) => self.poll(account as usize),
            Happening::Timer(account) => self.come_due(account as usize),
            Happening::Begin(occasion) => self.begin(occasion),
            Happening::End(occasion) => self.end(occasion),
            Happening::UpdateEnds(cluster) => self.end_update(cluster as usize),
            Happening::SoftDeleteEnds {
                vault,
                key,
                deletion,
            } => self.end_soft_delete(vault as usize, key as usize, deletion),
        }
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
            let accounts = self.first_account[index]
                ..self.first_account[index] + self.clusters[index].accounts.len();
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

    pub(super) fn account(&mut self, account: usize) -> &mut Account {
        let (cluster, number) = self.accounts[account];
        &mut self.clusters[cluster].accounts[number as usize]
    }

    /// Passes over the polls of an account that lie behind the present place in the instant.
    pub(super) fn catch_up(&mut self, account: usize) -> Result<(), Stopped> {
        let now = self.queue.now();
        let passed = self.queue.has_passed(polls(account));
        let from = if passed {
            now + Duration::MILLISECOND
        } else {
            now
        };
        let until = self.account(account).schedule.first_at_or_after(from);
        self.pass_over(account, until)
    }

    fn pass_over(&mut self, account: usize, until: i64) -> Result<(), Stopped> {
        let answers = self.clusters[self.accounts[account].0].answers;
        let it = self.account(account);
        if let Some(missed) = absorb(it, until, answers) {
            let last_granted = it.last_granted;
            if matches!(it.state, State::Serving { expires: None }) {
                self.apply(account, missed, Input::Unreachable { last_granted })?;
            }
        }
        Ok(())
    }

    /// Puts the next poll that has to be executed into the queue.
    pub(super) fn plan(&mut self, account: usize) -> Result<(), Stopped> {
        let wanted = self.next_poll(account)?;
        let it = self.account(account);
        if it.planned.map(|(k, _)| k) == wanted {
            return Ok(());
        }
        let planned = it.planned.take();
        let time = wanted.map(|k| (k, it.schedule.time(k)));
        if let Some((_, ticket)) = planned {
            self.queue.cancel(ticket);
        }
        if let Some((k, time)) = time {
            let ticket = self
                .queue
                .schedule(time, polls(account), Happening::Poll(index(account)));
            self.account(account).planned = Some((k, ticket));
        }
        Ok(())
    }

    fn next_poll(&self, account: usize) -> Result<Option<i64>, Stopped> {
        let (cluster, number) = self.accounts[account];
        let cluster = &self.clusters[cluster];
        let Some(answers) = cluster.answers else {
            return Ok(None);
        };
        let it = &cluster.accounts[number as usize];
        if self.options.every_poll {
            return Ok(Some(it.next));
        }
        let tolerance = match it.state {
            State::Serving { expires: None } if cluster.outage.holds() => {
                self.delay(account, Wanted::OutageTolerance, cluster.outage.latest().1)?
            }
            _ => None,
        };
        Ok(next_that_matters(
            it,
            answers,
            tolerance,
            self.scenario.end(),
        ))
    }

    fn poll(&mut self, account: usize) -> Result<(), Stopped> {
        let now = self.queue.now();
        let (cluster, number) = self.accounts[account];
        let it = self.account(account);
        let (k, _) = it.planned.take().expect("a poll was planned");
        self.pass_over(account, k)?;
        let cluster = &mut self.clusters[cluster];
        let it = &mut cluster.accounts[number as usize];
        let answers = cluster
            .answers
            .expect("a cluster that does not poll has no polls in the queue");
        let answer = answers
            .certain()
            .unwrap_or_else(|| answers.to(it.schedule.luck(k)));
        it.next = k + 1;
        self.executed[self.accounts[account].0].add(answer);
        let input = match answer {
            Answer::Granted => {
                it.last_granted = now;
                it.missed = false;
                Input::Granted
            }
            Answer::Unreachable => {
                it.missed = true;
                Input::Unreachable {
                    last_granted: it.last_granted,
                }
            }
            Answer::Denied => Input::Denied {
                since: cluster.denial.latest().0,
            },
        };
        self.apply(account, now, input)?;
        self.plan(account)
    }

    fn come_due(&mut self, account: usize) -> Result<(), Stopped> {
        let now = self.queue.now();
        self.account(account).timer = None;
        self.catch_up(account)?;
        let it = self.account(account);
        let (missed, last_granted) = (it.missed, it.last_granted);
        let relapsed = missed && matches!(it.state, State::Recovering { .. }) && {
            let outage = self.clusters[self.accounts[account].0].outage.latest().1;
            let tolerance = self.delay(account, Wanted::OutageTolerance, outage)?;
            tolerance.is_some_and(|tolerance| last_granted + tolerance <= now)
        };
        self.apply(account, now, Input::Due { relapsed })?;
        self.plan(account)
    }

    /// One of the delays of an interruption, drawn for the event that began it.
    fn delay(
        &self,
        account: usize,
        wanted: Wanted,
        interruption: Occasion,
    ) -> Result<Option<Duration>, Stopped> {
        let (cluster, number) = self.accounts[account];
        let cluster = &self.clusters[cluster];
        let behaviour = &self.scenario.behaviour;
        let own = cluster.accounts[number as usize].address;
        let (delay, name, whose) = match wanted {
            Wanted::OutageTolerance => match &behaviour.outage_tolerance {
                Some(delay) => (delay, "outage_tolerance", own),
                None => return Ok(None),
            },
            Wanted::OutageRecovery => (&behaviour.outage_recovery, "outage_recovery", own),
            Wanted::RevocationDelay => {
                let whose = match behaviour.revocation_scope {
                    RevocationScope::Account => own,
                    RevocationScope::Cluster => cluster.address,
                };
                (&behaviour.revocation_delay, "revocation_delay", whose)
            }
            Wanted::RevocationRecovery => {
                (&behaviour.revocation_recovery, "revocation_recovery", own)
            }
        };
        let address = self.address(interruption, whose.name(name));
        self.draw(delay, address, || name.to_owned()).map(Some)
    }

    /// Puts an account into the state that follows from an input at `at`.
    fn apply(&mut self, account: usize, at: Time, input: Input) -> Result<(), Stopped> {
        let (cluster, number) = self.accounts[account];
        let (outage, denial) = (self.clusters[cluster].outage, self.clusters[cluster].denial);
        let it = &self.clusters[cluster].accounts[number as usize];
        let state = it.state;
        let delay = |wanted| {
            let interruption = match wanted {
                Wanted::OutageTolerance => outage.latest().1,
                Wanted::OutageRecovery => it.outage.expect("an outage isolated the account"),
                Wanted::RevocationDelay => denial.latest().1,
                Wanted::RevocationRecovery => it.denial.expect("a denial revoked the account").1,
            };
            self.delay(account, wanted, interruption)
        };
        let Some((to, rule)) = step(state, at, input, delay)? else {
            return Ok(());
        };
        let it = self.account(account);
        match input {
            Input::Unreachable { .. } | Input::Due { relapsed: true } => {
                it.outage = Some(outage.latest().1)
            }
            Input::Denied { .. } => it.denial = Some(denial.latest()),
            Input::Granted | Input::Due { relapsed: false } => {}
        }
        it.state = to;
        self.restart_timer(account);
        if state.seen() != to.seen() {
            self.change_access(account, state.seen(), to.seen(), rule);
        }
        Ok(())
    }

    fn restart_timer(&mut self, account: usize) {
        let it = self.account(account);
        let (timer, state) = (it.timer.take(), it.state);
        if let Some(ticket) = timer {
            self.queue.cancel(ticket);
        }
        if let Some(due) = state.due() {
            let ticket = self.queue.schedule(
                due,
                place_of_timer(state, account),
                Happening::Timer(index(account)),
            );
            self.account(account).timer = Some(ticket);
        }
    }

    fn change_access(&mut self, account: usize, from: AccessState, to: AccessState, rule: Rule) {
        let now = self.queue.now();
        let (cluster, number) = self.accounts[account];
        let it = self.account(account);
        record(&mut it.access, now, to);
        let (outage, denial) = (it.outage, it.denial);
        let from_outage = matches!(
            from,
            AccessState::Isolated | AccessState::RecoveringFromOutage
        );
        let cause = if to == AccessState::Isolated || from_outage && to != AccessState::Revoked {
            outage
        } else {
            denial.map(|(_, began)| began)
        };
        let subject = Subject::StorageAccount {
            cluster,
            account: number,
        };
        self.log(subject, What::Access { from, to }, rule, cause);
        if to == AccessState::Revoked {
            self.account(account).revoked.push(now);
            let (since, _) = denial.expect("a denial revoked the account");
            self.clusters[cluster]
                .history
                .revocations
                .push((since, now));
            if self.key_is_purged(cluster) {
                self.destroy(account);
            }
        }
    }

    fn key_is_purged(&self, cluster: usize) -> bool {
        let key = self.clusters[cluster].key;
        key.is_some_and(|used| self.vaults[used.vault].keys[used.key].life == Life::Purged)
    }

    /// The accounts that are revoked lose the data under a key that is purged now.
    pub(super) fn destroy_what_is_revoked(&mut self) {
        for account in 0..self.accounts.len() {
            let revoked = self.account(account).state == State::Revoked;
            if revoked && self.key_is_purged(self.accounts[account].0) {
                self.destroy(account);
            }
        }
    }

    fn destroy(&mut self, account: usize) {
        let now = self.queue.now();
        let (cluster, number) = self.accounts[account];
        let destroyed = &mut self.account(account).destroyed;
        if destroyed.last() != Some(&now) {
            destroyed.push(now);
        }
        self.log(
            Subject::StorageAccount {
                cluster,
                account: number,
            },
            What::Destroyed,
            Rule::PurgedKey,
            None,
        );
    }

    fn into_history(self) -> History {
        let clusters = self.clusters.into_iter().map(|cluster| {
            let accounts = cluster.accounts.into_iter().map(Account::history).collect();
            ClusterHistory {
                accounts,
                ..cluster.history
            }
        });
        History {
            end: self.scenario.end(),
            log: self.log,
            key_vaults: self.vaults.into_iter().map(KeyVault::history).collect(),
            clusters: clusters.collect(),
            workspaces: self.workspaces,
            executed: self.options.every_poll.then_some(self.executed),
        }
    }
}

/// An account's index as the queue holds it.
fn index(account: usize) -> u32 {
    u32::try_from(account).expect("a scenario has fewer than 2^32 storage accounts")
}

fn new_cluster(
    cluster: &scenario::Cluster,
    scenario: &Scenario,
    vaults: &[KeyVault],
    chance: Address,
) -> Cluster {
    let key = cluster.key.as_ref().map(|key| {
        let version = vaults[key.vault].keys[key.key].find(&key.version);
        KeyVersion {
            vault: key.vault,
            key: key.key,
            version: version.expect("the scenario was validated"),
        }
    });
    let address = chance.name("cluster").name(&cluster.name);
    let accounts = (0..cluster.storage_accounts).map(|number| {
        let address = address.number(u64::from(number));
        Account::new(
            address,
            PollSchedule::new(scenario.behaviour.poll_interval, address),
        )
    });
    let answers = key.map(|_| super::Answers::GRANTED);
    Cluster {
        address,
        key,
        access: cluster.access,
        storage_outages: Faults::default(),
        operation: None,
        answers,
        outage: Spell::default(),
        denial: Spell::default(),
        accounts: accounts.collect(),
        history: ClusterHistory {
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

fn new_workspace(workspace: &scenario::Workspace) -> WorkspaceHistory {
    WorkspaceHistory {
        route: vec![(Time::BEGINNING, workspace.cluster)],
        rate: Vec::new(),
        factor: vec![(Time::BEGINNING, Factor::ONE)],
        surge: vec![(Time::BEGINNING, Factor::ONE)],
        daily_cap: vec![(Time::BEGINNING, workspace.daily_cap)],
        retention: vec![(Time::BEGINNING, workspace.retention)],
    }
}
