//! What is refused when an operation is asked for, and by which rule.

use super::cluster::{Cluster, Clusters};
use super::history::{ClusterLife, History, Reason};
use super::workspace::{Association, Stage, Workspaces};
use crate::scenario::{
    DeleteWithWorkspaces, KeyTarget, Rule, Scenario, Site, SubscriptionApproval,
};
use crate::units::{Rate, Time};

/// Why something is refused, and by which rule.
pub(super) type Refusal = (Reason, Rule);

/// What a request is judged by: everything as it is when it is made.
pub(super) struct Request<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) clusters: &'a Clusters<'a>,
    pub(super) workspaces: &'a Workspaces<'a>,
    pub(super) history: &'a History,
    pub(super) now: Time,
}

/// What works together is in one region and one tenant.
fn together(one: &Site, other: &Site) -> Result<(), Refusal> {
    if one.region != other.region {
        Err((Reason::OtherRegion, Rule::SameRegionAndTenant))
    } else if one.tenant != other.tenant {
        Err((Reason::OtherTenant, Rule::SameRegionAndTenant))
    } else {
        Ok(())
    }
}

/// A cluster is there, or will be: else the refusal says that it is `absent`.
fn must_exist(cluster: &Cluster, absent: Refusal) -> Result<(), Refusal> {
    match cluster.life {
        ClusterLife::Absent => Err(absent),
        ClusterLife::SoftDeleted => Err((Reason::ClusterMissing, Rule::ClusterSoftDelete)),
        ClusterLife::Provisioning | ClusterLife::Provisioned => Ok(()),
    }
}

/// A cluster has at most one running operation.
fn must_be_idle(cluster: &Cluster) -> Result<(), Refusal> {
    match cluster.operation {
        Some(_) => Err((Reason::OperationInProgress, Rule::OperationInProgress)),
        None => Ok(()),
    }
}

// Operations on clusters.
impl Request<'_> {
    pub(super) fn update(&self, cluster: usize, key: &KeyTarget) -> Result<(), Refusal> {
        let absent = (Reason::IdentityMissing, Rule::IdentityAssigned);
        must_exist(&self.clusters[cluster], absent)?;
        must_be_idle(&self.clusters[cluster])?;
        together(
            &self.scenario.clusters[cluster].site,
            &self.scenario.key_vaults[key.vault].site,
        )
    }

    pub(super) fn create(
        &self,
        cluster: usize,
        capacity: Option<Rate>,
        with_key: bool,
    ) -> Result<(), Refusal> {
        let behaviour = &self.scenario.behaviour;
        let site = &self.scenario.clusters[cluster].site;
        let allowed = behaviour.subscription_approval == SubscriptionApproval::None
            || self
                .scenario
                .allowed_subscriptions
                .as_ref()
                .is_none_or(|allowed| allowed.contains(&site.subscription));
        if !allowed {
            return Err((Reason::SubscriptionNotAllowed, Rule::SubscriptionAllowed));
        }
        if self.clusters[cluster].is_reserved(self.now) {
            return Err((Reason::NameReserved, Rule::NameReserved));
        }
        if self.clusters[cluster].life != ClusterLife::Absent {
            return Err((Reason::ClusterExists, Rule::Provisioning));
        }
        self.must_have_room(site)?;
        capacity.map_or(Ok(()), |capacity| self.must_be_level(capacity))?;
        if with_key {
            return Err((Reason::IdentityMissing, Rule::IdentityAssigned));
        }
        Ok(())
    }

    /// A region and subscription has so many clusters, and so many with those that were deleted
    /// lately.
    fn must_have_room(&self, site: &Site) -> Result<(), Refusal> {
        let behaviour = &self.scenario.behaviour;
        let sites = self.scenario.clusters.iter().map(|other| &other.site);
        let beside =
            self.clusters.iter().zip(sites).filter(|(_, at)| {
                (&at.region, &at.subscription) == (&site.region, &site.subscription)
            });
        let (mut active, mut reserved) = (0, 0);
        for (other, _) in beside {
            match other.life {
                ClusterLife::Provisioning | ClusterLife::Provisioned => active += 1,
                ClusterLife::Absent | ClusterLife::SoftDeleted => {
                    reserved += u64::from(other.is_reserved(self.now));
                }
            }
        }
        if active >= behaviour.clusters_per_region {
            return Err((Reason::TooManyClusters, Rule::ClustersPerRegion));
        }
        let most = behaviour.reserved_clusters_per_region;
        if most.is_some_and(|most| active + reserved >= most) {
            return Err((Reason::TooManyReserved, Rule::ClustersPerRegion));
        }
        Ok(())
    }

    fn must_be_level(&self, capacity: Rate) -> Result<(), Refusal> {
        if self.scenario.behaviour.capacity_levels.contains(&capacity) {
            Ok(())
        } else {
            Err((Reason::CapacityNotALevel, Rule::CapacityLevels))
        }
    }

    /// A setting can be changed while the cluster exists and no other operation runs on it.
    pub(super) fn set(&self, cluster: usize) -> Result<(), Refusal> {
        let absent = (Reason::ClusterMissing, Rule::Provisioning);
        must_exist(&self.clusters[cluster], absent)?;
        must_be_idle(&self.clusters[cluster])
    }

    pub(super) fn set_capacity(&self, cluster: usize, capacity: Rate) -> Result<(), Refusal> {
        self.set(cluster)?;
        self.must_be_level(capacity)?;
        let held = self.history.clusters[cluster].capacity.last();
        let &(since, held) = held.expect("a cluster that is there has a capacity");
        if capacity < held && self.now < since + self.scenario.behaviour.capacity_lock {
            return Err((Reason::CapacityLocked, Rule::CapacityLock));
        }
        Ok(())
    }

    pub(super) fn delete(&self, cluster: usize) -> Result<(), Refusal> {
        self.set(cluster)?;
        let associations = self.workspaces.iter();
        let associations = associations.filter_map(|workspace| workspace.association_to(cluster));
        let begins = |association: Association| matches!(association.stage, Stage::Beginning(_));
        if associations.clone().any(begins) {
            return Err((Reason::AssociationInProgress, Rule::ClusterDeletion));
        }
        let fail = self.scenario.behaviour.delete_with_workspaces == DeleteWithWorkspaces::Fail;
        if fail && associations.count() > 0 {
            return Err((Reason::HasWorkspaces, Rule::ClusterDeletion));
        }
        Ok(())
    }

    pub(super) fn recover(&self, cluster: usize) -> Result<(), Refusal> {
        let lost = !self.history.clusters[cluster].lost.is_empty();
        match self.clusters[cluster].life {
            ClusterLife::SoftDeleted => {
                must_be_idle(&self.clusters[cluster])?;
                let duration = &self.scenario.behaviour.cluster_recovery_duration;
                duration
                    .as_ref()
                    .map_or(Err((Reason::NoRecovery, Rule::ClusterRecovery)), |_| Ok(()))
            }
            ClusterLife::Absent if lost => Err((Reason::RecoveryTooLate, Rule::ClusterSoftDelete)),
            ClusterLife::Absent | ClusterLife::Provisioning | ClusterLife::Provisioned => {
                Err((Reason::ClusterNotDeleted, Rule::ClusterRecovery))
            }
        }
    }
}

// Operations on workspaces.
impl Request<'_> {
    pub(super) fn associate(&self, workspace: usize, cluster: usize) -> Result<(), Refusal> {
        match self.workspaces[workspace].association {
            Some(Association {
                stage: Stage::Beginning(_) | Stage::Ending(_),
                ..
            }) => return Err((Reason::AssociationInProgress, Rule::Association)),
            Some(other) if other.cluster != cluster => {
                return Err((Reason::AssociatedElsewhere, Rule::OneCluster));
            }
            Some(_) => return Err((Reason::AssociatedAlready, Rule::OneCluster)),
            None => {}
        }
        let absent = (Reason::ClusterMissing, Rule::Provisioning);
        must_exist(&self.clusters[cluster], absent)?;
        if self.clusters[cluster].deletion_running().is_some() {
            return Err((Reason::ClusterDeleting, Rule::ClusterDeletion));
        }
        together(
            &self.scenario.workspaces[workspace].site,
            &self.scenario.clusters[cluster].site,
        )?;
        let others = self.workspaces.iter();
        let others = others.filter(|other| other.association_to(cluster).is_some());
        let most = self.scenario.behaviour.workspaces_per_cluster;
        if most.is_some_and(|most| others.count() as u64 >= most) {
            return Err((Reason::TooManyWorkspaces, Rule::WorkspacesPerCluster));
        }
        let counted = self.workspaces[workspace].counted_associations(self.now);
        if counted >= self.scenario.behaviour.associations_per_30_days {
            return Err((Reason::TooManyAssociations, Rule::AssociationLimit));
        }
        Ok(())
    }

    pub(super) fn disassociate(&self, workspace: usize) -> Result<(), Refusal> {
        let association = self.workspaces[workspace].association;
        let reason = match association.map(|association| association.stage) {
            Some(Stage::Done) => return Ok(()),
            Some(Stage::Beginning(_) | Stage::Ending(_)) => Reason::AssociationInProgress,
            None => Reason::NotAssociated,
        };
        Err((reason, Rule::Disassociation))
    }
}
