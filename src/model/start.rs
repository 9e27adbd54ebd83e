//! The world at the start of a run: built once for a scenario, and put back for every run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cluster::{Account, Cluster, KeyVersion, Spell};
use super::history::{
    AccountHistory, Answers, ClusterHistory, ClusterLife, History, KeyHistory, KeyVaultHistory,
    PollCount, Route, WorkspaceHistory,
};
use super::key_vault::{Faults, KeyVault};
use super::polling::PollSchedule;
use super::response::Watchers;
use super::simulate::{Options, World};
use super::storage_account::State;
use super::workspace::Workspace;
use crate::kernel::{Queue, StepFunction, StreamKey};
use crate::scenario::{self, PollInterval, Scenario, Timing};
use crate::units::{Factor, Rate, Time};

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
            chance: StreamKey::root(scenario.seed, 0),
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
            cluster_changes: 0,
            history: History::of(scenario),
        }
    }

    /// Puts everything back to how it is at the start. Whoever adds a field has to say here, and
    /// wherever else something restarts, how that is.
    pub(super) fn restart(&mut self, options: Options) {
        let World {
            scenario,
            options: how,
            chance,
            queue,
            identity,
            vaults,
            clusters,
            accounts,
            surges,
            followers: _,
            touched,
            to_undo,
            workspaces,
            watchers,
            executed,
            cluster_changes,
            history,
        } = self;
        *cluster_changes = 0;
        *how = options;
        *chance = StreamKey::root(scenario.seed, options.replication);
        queue.restart_at(Time::START);
        identity.clear();
        for (vault, at_start) in vaults.iter_mut().zip(&scenario.key_vaults) {
            vault.restart(at_start);
        }
        clusters.clear();
        accounts.clear();
        for cluster in &scenario.clusters {
            let address = chance.name("cluster").name(&cluster.name);
            let first = accounts.len();
            let interval = scenario.behaviour.poll_interval;
            accounts.extend(accounts_of(cluster, clusters.len(), address, interval));
            clusters.push(at_start(cluster, address, first..accounts.len(), vaults));
        }
        surges.iter_mut().for_each(Vec::clear);
        touched.clear();
        to_undo.clear();
        workspaces.clear();
        let of_scenario = scenario.workspaces.iter();
        workspaces.extend(of_scenario.map(|workspace| Workspace::new(workspace, *chance)));
        *watchers = Watchers::of(scenario);
        executed.clear();
        executed.resize(scenario.clusters.len(), PollCount::default());
        history.restart(scenario, clusters, accounts);
    }
}

/// The storage accounts of a cluster, whose index is `index`.
fn accounts_of(
    cluster: &scenario::Cluster,
    index: usize,
    address: StreamKey,
    interval: PollInterval,
) -> impl Iterator<Item = Account> {
    let state = if cluster.at_start {
        State::Serving { expires: None }
    } else {
        State::Gone
    };
    (0..cluster.storage_accounts).map(move |number| {
        let address = address.number(u64::from(number));
        let schedule = PollSchedule::new(interval, address);
        Account::new(index, number, address, schedule, state)
    })
}

fn at_start(
    cluster: &scenario::Cluster,
    address: StreamKey,
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
        let History {
            end: _,
            log,
            key_vaults,
            clusters: of_clusters,
            workspaces,
            rejected_of_no_cluster,
            executed,
        } = self;
        log.clear();
        for (vault, at_start) in key_vaults.iter_mut().zip(&scenario.key_vaults) {
            let KeyVaultHistory { keys } = vault;
            for (KeyHistory { versions }, at_start) in keys.iter_mut().zip(&at_start.keys) {
                versions.truncate(at_start.versions.len());
            }
        }
        let lowest = scenario.behaviour.capacity_levels[0];
        let of_scenario = scenario.clusters.iter().zip(clusters);
        for (history, (at_start, cluster)) in of_clusters.iter_mut().zip(of_scenario) {
            history.restart(
                at_start,
                lowest,
                cluster,
                &accounts[cluster.accounts.clone()],
            );
        }
        let of_workspaces = workspaces.iter_mut().zip(&scenario.workspaces);
        of_workspaces.for_each(|(history, workspace)| history.restart(workspace));
        *rejected_of_no_cluster = 0;
        *executed = None;
    }
}

impl ClusterHistory {
    /// Notes how a cluster is at the start; `lowest` is the capacity it reserves if none is
    /// written.
    fn restart(
        &mut self,
        at_start: &scenario::Cluster,
        lowest: Rate,
        cluster: &Cluster,
        of_cluster: &[Account],
    ) {
        let ClusterHistory {
            life,
            deleted,
            lost,
            capacity,
            billing,
            accounts,
            polls,
            storage_outage,
            customer_key,
            cause,
            causes_ended,
            revocations,
            operations_rejected,
            operations_failed,
        } = self;
        life.restart(cluster.life);
        deleted.clear();
        lost.clear();
        capacity.clear();
        if at_start.at_start {
            capacity.restart(at_start.capacity_reservation.unwrap_or(lowest));
        }
        billing.restart(at_start.billing);
        polls.restart(cluster.answers);
        storage_outage.restart(false);
        customer_key.restart(cluster.key.is_some());
        cause.restart(false);
        causes_ended.clear();
        revocations.clear();
        (*operations_rejected, *operations_failed) = (0, 0);
        accounts.resize_with(of_cluster.len(), || AccountHistory {
            schedule: of_cluster[0].schedule,
            access: StepFunction::default(),
            revoked: Vec::new(),
            destroyed: Vec::new(),
        });
        for (history, account) in accounts.iter_mut().zip(of_cluster) {
            history.restart(account);
        }
    }
}

impl AccountHistory {
    /// Notes how a storage account is at the start.
    fn restart(&mut self, account: &Account) {
        let AccountHistory {
            schedule,
            access,
            revoked,
            destroyed,
        } = self;
        *schedule = account.schedule;
        access.restart(account.state.observable());
        revoked.clear();
        destroyed.clear();
    }
}

impl WorkspaceHistory {
    /// Notes how a workspace is at the start.
    fn restart(&mut self, workspace: &scenario::Workspace) {
        let WorkspaceHistory {
            route,
            rate,
            factor,
            surge,
            daily_cap,
            retention,
        } = self;
        let first = workspace.cluster.map_or(Route::SharedStore, Route::Cluster);
        route.restart(first);
        rate.clear();
        factor.restart(Factor::ONE);
        surge.restart(Factor::ONE);
        daily_cap.restart(workspace.daily_cap);
        retention.restart(workspace.retention);
    }
}
