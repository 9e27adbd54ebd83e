//! What the history says of the start of a run.

use super::accounts::{Account, Accounts};
use super::cluster::{Cluster, Clusters};
use super::history::{
    AccountHistory, ClusterHistory, History, KeyHistory, KeyVaultHistory, Route, WorkspaceHistory,
};
use crate::kernel::StepFunction;
use crate::scenario::{self, Scenario};
use crate::units::{Factor, Rate};

impl History {
    /// A history in which nothing is noted yet, not even how things are at the start.
    pub(super) fn of(scenario: &Scenario) -> History {
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

    /// Forgets everything, and notes how things are at the start; the memory is kept.
    pub(super) fn restart(
        &mut self,
        scenario: &Scenario,
        clusters: &Clusters<'_>,
        accounts: &Accounts<'_>,
    ) {
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
        for (index, history) in of_clusters.iter_mut().enumerate() {
            let of_cluster = &accounts[accounts.of_cluster(index)];
            history.restart(
                &scenario.clusters[index],
                lowest,
                &clusters[index],
                of_cluster,
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
            key,
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
        key.restart(cluster.key);
        cause.restart(false);
        causes_ended.clear();
        revocations.clear();
        (*operations_rejected, *operations_failed) = (0, 0);
        accounts.resize_with(of_cluster.len(), || AccountHistory {
            schedule: of_cluster[0].polls.schedule,
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
        *schedule = account.polls.schedule;
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
