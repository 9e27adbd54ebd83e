//! The world at the start of a run: built once for a scenario, and put back for every run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cluster::{Account, Cluster, KeyVersion, Spell};
use super::history::{
    AccountHistory, Answers, ByTime, ClusterHistory, ClusterLife, History, KeyHistory,
    KeyVaultHistory, PollCount, Route, WorkspaceHistory,
};
use super::key_vault::{Faults, KeyVault};
use super::polling::PollSchedule;
use super::response::Watchers;
use super::simulate::{Options, World};
use super::storage_account::State;
use super::workspace::Workspace;
use crate::kernel::{Address, Queue};
use crate::scenario::{self, Scenario, Timing};
use crate::units::{Factor, Time};

impl<'a> World<'a> {
    /// The world of a scenario, before its first run.
    pub(super) fn of(scenario: &'a Scenario) -> World<'a> {
        let mut followers = vec![Vec::new(); scenario.events.len()];
        for (index, event) in scenario.events.iter().enumerate() {
            if let Timing::After { event: other, .. } = event.timing {
                followers[other].push(index);
            }
        }
        World {
            scenario,
            options: Options::default(),
            chance: Address::root(scenario.seed, 0),
            queue: Queue::starting_at(Time::START),
            identity: Faults::default(),
            vaults: scenario.key_vaults.iter().map(KeyVault::new).collect(),
            clusters: Vec::with_capacity(scenario.clusters.len()),
            accounts: Vec::new(),
            surges: vec![Vec::new(); scenario.workspaces.len()],
            followers,
            touched: BTreeMap::new(),
            to_undo: BTreeSet::new(),
            workspaces: Vec::with_capacity(scenario.workspaces.len()),
            watchers: Watchers::default(),
            executed: Vec::new(),
            history: History::of(scenario),
        }
    }

    /// Puts everything back to how it is at the start.
    pub(super) fn restart(&mut self, options: Options) {
        let scenario = self.scenario;
        self.options = options;
        self.chance = Address::root(scenario.seed, options.replication);
        self.queue.restart_at(Time::START);
        self.identity.clear();
        for (vault, at_start) in self.vaults.iter_mut().zip(&scenario.key_vaults) {
            vault.restart(at_start);
        }
        self.clusters.clear();
        self.accounts.clear();
        for cluster in &scenario.clusters {
            self.restart_cluster(cluster);
        }
        self.surges.iter_mut().for_each(Vec::clear);
        self.touched.clear();
        self.to_undo.clear();
        self.workspaces.clear();
        let workspaces = scenario.workspaces.iter();
        self.workspaces
            .extend(workspaces.map(|workspace| Workspace::new(workspace, self.chance)));
        self.watchers = Watchers::of(scenario);
        self.executed.clear();
        self.executed
            .resize(scenario.clusters.len(), PollCount::default());
        self.history
            .restart(self.scenario, &self.clusters, &self.accounts);
    }

    fn restart_cluster(&mut self, cluster: &scenario::Cluster) {
        let address = self.chance.name("cluster").name(&cluster.name);
        let state = if cluster.at_start {
            State::Serving { expires: None }
        } else {
            State::Gone
        };
        let (index, first) = (self.clusters.len(), self.accounts.len());
        let interval = self.scenario.behaviour.poll_interval;
        self.accounts
            .extend((0..cluster.storage_accounts).map(|number| {
                let address = address.number(u64::from(number));
                let schedule = PollSchedule::new(interval, address);
                Account::new(index, number, address, schedule, state)
            }));
        let accounts = first..self.accounts.len();
        self.clusters
            .push(at_start(cluster, address, accounts, &self.vaults));
    }
}

fn at_start(
    cluster: &scenario::Cluster,
    address: Address,
    accounts: Range<usize>,
    vaults: &[KeyVault],
) -> Cluster {
    let key = cluster.key.as_ref().map(|key| {
        let version = vaults[key.vault].keys[key.key].find(&key.version);
        KeyVersion {
            vault: key.vault,
            key: key.key,
            version: version.expect("the scenario was validated"),
        }
    });
    Cluster {
        address,
        life: if cluster.at_start {
            ClusterLife::Provisioned
        } else {
            ClusterLife::Absent
        },
        key,
        follows_newest: cluster.key.as_ref().is_some_and(|key| key.follows_newest),
        rotation: None,
        deletion: None,
        access: cluster.access,
        storage_outages: Faults::default(),
        operation: None,
        answers: key.map(|_| Answers::GRANTED),
        outage: Spell::default(),
        denial: Spell::default(),
        accounts,
    }
}

/// Forgets what was noted: a value holds since the beginning.
fn begin<T>(by_time: &mut ByTime<T>, value: T) {
    by_time.clear();
    by_time.push((Time::BEGINNING, value));
}

impl History {
    /// A history in which nothing is noted yet, not even how things are at the start.
    fn of(scenario: &Scenario) -> History {
        let key_vaults = scenario.key_vaults.iter().map(|vault| KeyVaultHistory {
            keys: vault
                .keys
                .iter()
                .map(|key| KeyHistory {
                    versions: key.versions.clone(),
                })
                .collect(),
        });
        History {
            end: scenario.end(),
            log: Vec::new(),
            key_vaults: key_vaults.collect(),
            clusters: vec![ClusterHistory::default(); scenario.clusters.len()],
            workspaces: vec![WorkspaceHistory::default(); scenario.workspaces.len()],
            rejected_of_no_cluster: 0,
            executed: None,
        }
    }

    fn restart(&mut self, scenario: &Scenario, clusters: &[Cluster], accounts: &[Account]) {
        self.log.clear();
        self.rejected_of_no_cluster = 0;
        self.executed = None;
        for (vault, at_start) in self.key_vaults.iter_mut().zip(&scenario.key_vaults) {
            for (key, at_start) in vault.keys.iter_mut().zip(&at_start.keys) {
                key.versions.truncate(at_start.versions.len());
            }
        }
        let lowest = scenario.behaviour.capacity_levels[0];
        let of_scenario = scenario.clusters.iter().zip(clusters);
        for (history, (cluster, now)) in self.clusters.iter_mut().zip(of_scenario) {
            history.restart(now, &accounts[now.accounts.clone()]);
            begin(&mut history.billing, cluster.billing);
            history.capacity.clear();
            if cluster.at_start {
                let capacity = cluster.capacity_reservation.unwrap_or(lowest);
                history.capacity.push((Time::BEGINNING, capacity));
            }
        }
        let workspaces = self.workspaces.iter_mut().zip(&scenario.workspaces);
        workspaces.for_each(|(history, workspace)| history.restart(workspace));
    }
}

impl ClusterHistory {
    /// Notes how a cluster is at the start, but for its contract.
    fn restart(&mut self, cluster: &Cluster, accounts: &[Account]) {
        begin(&mut self.life, cluster.life);
        begin(&mut self.polls, cluster.answers);
        begin(&mut self.storage_outage, false);
        begin(&mut self.customer_key, cluster.key.is_some());
        begin(&mut self.cause, false);
        self.deleted.clear();
        self.lost.clear();
        self.revocations.clear();
        (self.operations_rejected, self.operations_failed) = (0, 0);
        self.accounts
            .resize_with(accounts.len(), || AccountHistory {
                schedule: accounts[0].schedule,
                access: Vec::new(),
                revoked: Vec::new(),
                destroyed: Vec::new(),
            });
        for (history, account) in self.accounts.iter_mut().zip(accounts) {
            history.schedule = account.schedule;
            begin(&mut history.access, account.state.seen());
            history.revoked.clear();
            history.destroyed.clear();
        }
    }
}

impl WorkspaceHistory {
    /// Notes how a workspace is at the start.
    fn restart(&mut self, workspace: &scenario::Workspace) {
        let route = workspace.cluster.map_or(Route::SharedStore, Route::Cluster);
        begin(&mut self.route, route);
        self.rate.clear();
        begin(&mut self.factor, Factor::ONE);
        begin(&mut self.surge, Factor::ONE);
        begin(&mut self.daily_cap, workspace.daily_cap);
        begin(&mut self.retention, workspace.retention);
    }
}
