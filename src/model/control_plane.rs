//! Operations on clusters: what is refused when it is asked for, how long it takes, what it does.
//!
//! A cluster has at most one running operation. Those on workspaces stand in `workspace`.

use super::event::Effect;
use super::happening::{Happening, by_itself, operation_ends, small};
use super::history::{ClusterLife, Occurrence, Reason, Subject, What};
use super::simulate::{Stopped, World};
use super::storage_account::Input;
use crate::kernel::StreamKey;
use crate::scenario::{
    Access, Action, Billing, Delay, DeleteWithWorkspaces, Edge, Rule, Site, SubscriptionApproval,
    Symptom,
};
use crate::units::{Duration, Rate};

/// Why something is refused, and by which rule.
pub(super) type Refusal = (Reason, Rule);

/// What works together is in one region and one tenant.
pub(super) fn together(one: &Site, other: &Site) -> Result<(), Refusal> {
    if one.region != other.region {
        Err((Reason::OtherRegion, Rule::SameRegionAndTenant))
    } else if one.tenant != other.tenant {
        Err((Reason::OtherTenant, Rule::SameRegionAndTenant))
    } else {
        Ok(())
    }
}

// What every operation has in common.
impl World<'_> {
    /// Asks for what an event asks for; `false`: it is no operation.
    pub(super) fn ask(&mut self, action: &Action, occurrence: Occurrence) -> Result<bool, Stopped> {
        match action {
            Action::UpdateClusterKey { cluster, key } => {
                let may = self.may_update(*cluster, key);
                self.ask_of_cluster(*cluster, may, occurrence, World::update)?;
            }
            Action::CreateCluster { cluster, .. } => {
                let may = self.may_create(action);
                self.ask_of_cluster(*cluster, may, occurrence, World::create)?;
            }
            Action::DeleteCluster { cluster } => {
                let may = self.may_delete(*cluster);
                self.ask_of_cluster(*cluster, may, occurrence, World::delete)?;
            }
            Action::RecoverCluster { cluster } => {
                let may = self.may_recover(*cluster);
                self.ask_of_cluster(*cluster, may, occurrence, World::recover)?;
            }
            Action::SetCapacityReservation { cluster, capacity } => {
                let may = self.may_set_capacity(*cluster, *capacity);
                self.ask_of_cluster(*cluster, may, occurrence, World::set_capacity)?;
            }
            Action::SetBillingType { cluster, .. } => {
                let may = self.may_set(*cluster);
                self.ask_of_cluster(*cluster, may, occurrence, World::set_billing)?;
            }
            Action::AssociateWorkspace { workspace, cluster } => {
                self.associate(*workspace, *cluster, occurrence)?;
            }
            Action::DisassociateWorkspace { workspace } => {
                self.disassociate(*workspace, occurrence)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn ask_of_cluster(
        &mut self,
        cluster: usize,
        may: Result<(), Refusal>,
        occurrence: Occurrence,
        accepted: fn(&mut Self, usize, Occurrence) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        match may {
            Ok(()) => accepted(self, cluster, occurrence),
            Err((reason, rule)) => {
                self.reject(
                    Some(cluster),
                    Subject::Cluster(cluster),
                    reason,
                    rule,
                    occurrence,
                );
                Ok(())
            }
        }
    }

    /// Refuses what was asked of a cluster, if it was about one.
    pub(super) fn reject(
        &mut self,
        cluster: Option<usize>,
        subject: Subject,
        reason: Reason,
        rule: Rule,
        occurrence: Occurrence,
    ) {
        match cluster {
            Some(cluster) => self.history.clusters[cluster].operations_rejected += 1,
            None => self.history.rejected_of_no_cluster += 1,
        }
        self.log(
            subject,
            What::OperationRejected(reason),
            rule,
            Some(occurrence),
        );
        self.notice(Symptom::OperationRejected, cluster, subject);
    }

    /// Lets a cluster's operation run for so long.
    pub(super) fn start(
        &mut self,
        cluster: usize,
        duration: Duration,
        rule: Rule,
        occurrence: Occurrence,
    ) {
        self.clusters[cluster].operation = Some(occurrence);
        let ends = Happening::OperationEnds(small(cluster));
        let place = operation_ends(occurrence.event);
        self.queue
            .schedule(self.queue.now() + duration, place, ends);
        self.log(
            Subject::Cluster(cluster),
            What::OperationStarted,
            rule,
            Some(occurrence),
        );
    }

    pub(super) fn succeed(
        &mut self,
        cluster: usize,
        subject: Subject,
        rule: Rule,
        occurrence: Occurrence,
    ) {
        self.log(subject, What::OperationSucceeded, rule, Some(occurrence));
        self.notice(Symptom::OperationSucceeded, Some(cluster), subject);
    }

    pub(super) fn fail(
        &mut self,
        cluster: usize,
        reason: Reason,
        rule: Rule,
        occurrence: Occurrence,
    ) {
        self.history.clusters[cluster].operations_failed += 1;
        let subject = Subject::Cluster(cluster);
        self.log(
            subject,
            What::OperationFailed(reason),
            rule,
            Some(occurrence),
        );
        self.notice(Symptom::OperationFailed, Some(cluster), subject);
    }

    pub(super) fn end_operation(&mut self, cluster: usize) -> Result<(), Stopped> {
        let ended = self.clusters[cluster].operation.take();
        let occurrence = ended.expect("an operation was running");
        match &self.scenario.events[occurrence.event].action {
            Action::UpdateClusterKey { key, .. } => self.end_update(cluster, key, occurrence),
            Action::CreateCluster { .. } => self.end_creation(cluster, occurrence),
            Action::RecoverCluster { .. } => self.end_recovery(cluster, occurrence),
            action => unreachable!("{action:?} does not end by itself"),
        }
    }

    /// Draws how long an operation of a cluster takes.
    pub(super) fn draw_of_cluster(
        &self,
        cluster: usize,
        name: &str,
        delay: &Delay,
        occurrence: Occurrence,
    ) -> Result<Duration, Stopped> {
        self.draw_for(self.clusters[cluster].address, name, delay, occurrence)
    }

    /// Draws how long what an event asked for takes, below the address of whose it is.
    pub(super) fn draw_for(
        &self,
        whose: StreamKey,
        name: &str,
        delay: &Delay,
        occurrence: Occurrence,
    ) -> Result<Duration, Stopped> {
        let address = || self.address(occurrence, whose.name(name));
        self.draw(delay, address, || name.to_owned())
    }

    /// Puts a cluster into another stage of its life; its accounts and the workspaces that are
    /// associated to it follow.
    fn live(
        &mut self,
        cluster: usize,
        life: ClusterLife,
        rule: Rule,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        let now = self.queue.now();
        let from = std::mem::replace(&mut self.clusters[cluster].life, life);
        self.history.clusters[cluster].life.record(now, life);
        let what = What::Life { from, to: life };
        self.log(Subject::Cluster(cluster), what, rule, Some(occurrence));
        let keyed = self.clusters[cluster].key.is_some();
        match life {
            ClusterLife::Provisioned => {
                self.come_or_go(cluster, Input::Restored { keyed, rule }, occurrence)?;
                self.look(occurrence)?;
            }
            // What polls were answered until now is settled first.
            ClusterLife::SoftDeleted => {
                self.look(occurrence)?;
                self.come_or_go(cluster, Input::Removed, occurrence)?;
            }
            ClusterLife::Absent | ClusterLife::Provisioning => self.look(occurrence)?,
        }
        self.plan_rotations(occurrence);
        self.reroute_associated(cluster, rule, occurrence);
        Ok(())
    }
}

// Creation.
impl World<'_> {
    fn may_create(&self, asked: &Action) -> Result<(), Refusal> {
        let &Action::CreateCluster {
            cluster,
            capacity,
            with_key,
            ..
        } = asked
        else {
            unreachable!("{asked:?} creates no cluster")
        };
        let scenario = self.scenario;
        let site = &scenario.clusters[cluster].site;
        let allowed = scenario.behaviour.subscription_approval == SubscriptionApproval::None
            || scenario
                .allowed_subscriptions
                .as_ref()
                .is_none_or(|allowed| allowed.contains(&site.subscription));
        if !allowed {
            return Err((Reason::SubscriptionNotAllowed, Rule::SubscriptionAllowed));
        }
        match self.clusters[cluster].life {
            ClusterLife::Absent => {}
            ClusterLife::SoftDeleted => return Err((Reason::NameReserved, Rule::NameReserved)),
            ClusterLife::Provisioning | ClusterLife::Provisioned => {
                return Err((Reason::ClusterExists, Rule::Provisioning));
            }
        }
        let active = |index: &usize| {
            let other = &scenario.clusters[*index].site;
            let life = self.clusters[*index].life;
            matches!(life, ClusterLife::Provisioning | ClusterLife::Provisioned)
                && (&other.region, &other.subscription) == (&site.region, &site.subscription)
        };
        let there = (0..self.clusters.len()).filter(active).count() as u64;
        if there >= scenario.behaviour.clusters_per_region {
            return Err((Reason::TooManyClusters, Rule::ClustersPerRegion));
        }
        let level = |capacity| scenario.behaviour.capacity_levels.contains(&capacity);
        if !capacity.is_none_or(level) {
            return Err((Reason::CapacityNotALevel, Rule::CapacityLevels));
        }
        if with_key {
            return Err((Reason::IdentityMissing, Rule::IdentityAssigned));
        }
        Ok(())
    }

    fn create(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let Action::CreateCluster {
            capacity, billing, ..
        } = self.scenario.events[occurrence.event].action
        else {
            unreachable!("a creation was asked for")
        };
        let behaviour = &self.scenario.behaviour;
        let lowest = behaviour.capacity_levels[0];
        let now = self.queue.now();
        let history = &mut self.history.clusters[cluster];
        history.capacity.record(now, capacity.unwrap_or(lowest));
        history.billing.record(now, billing);
        // Its identity is new: nobody has granted it anything yet.
        self.clusters[cluster].access = Access::NONE;
        let delay = &behaviour.provisioning_duration;
        let duration = self.draw_of_cluster(cluster, "provisioning_duration", delay, occurrence)?;
        self.start(cluster, duration, Rule::Provisioning, occurrence);
        self.live(
            cluster,
            ClusterLife::Provisioning,
            Rule::Provisioning,
            occurrence,
        )
    }

    fn end_creation(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let subject = Subject::Cluster(cluster);
        self.succeed(cluster, subject, Rule::Provisioning, occurrence);
        self.live(
            cluster,
            ClusterLife::Provisioned,
            Rule::Provisioning,
            occurrence,
        )?;
        self.schedule_followers(occurrence, Edge::End)
    }
}

// Capacity and billing.
impl World<'_> {
    /// What is asked of a cluster that works needs one, and no other operation on it.
    fn may_set(&self, cluster: usize) -> Result<(), Refusal> {
        let it = &self.clusters[cluster];
        match it.life {
            ClusterLife::Absent => Err((Reason::ClusterMissing, Rule::Provisioning)),
            ClusterLife::SoftDeleted => Err((Reason::ClusterMissing, Rule::ClusterSoftDelete)),
            ClusterLife::Provisioning | ClusterLife::Provisioned if it.operation.is_some() => {
                Err((Reason::OperationInProgress, Rule::OperationInProgress))
            }
            ClusterLife::Provisioning | ClusterLife::Provisioned => Ok(()),
        }
    }

    fn may_set_capacity(&self, cluster: usize, capacity: Rate) -> Result<(), Refusal> {
        self.may_set(cluster)?;
        let behaviour = &self.scenario.behaviour;
        if !behaviour.capacity_levels.contains(&capacity) {
            return Err((Reason::CapacityNotALevel, Rule::CapacityLevels));
        }
        let held = self.history.clusters[cluster].capacity.last();
        let &(since, held) = held.expect("a cluster that is there has a capacity");
        if capacity < held && self.queue.now() < since + behaviour.capacity_lock {
            return Err((Reason::CapacityLocked, Rule::CapacityLock));
        }
        Ok(())
    }

    fn set_capacity(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let Action::SetCapacityReservation { capacity, .. } =
            self.scenario.events[occurrence.event].action
        else {
            unreachable!("a capacity was asked for")
        };
        let effect = self.record_capacity(cluster, capacity);
        self.set_at_once(cluster, effect, Rule::CapacityUpdate, occurrence);
        Ok(())
    }

    fn set_billing(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let Action::SetBillingType { billing, .. } = self.scenario.events[occurrence.event].action
        else {
            unreachable!("a billing type was asked for")
        };
        let effect = self.record_billing(cluster, billing);
        self.set_at_once(cluster, effect, Rule::CapacityUpdate, occurrence);
        Ok(())
    }

    fn set_at_once(&mut self, cluster: usize, effect: Effect, rule: Rule, occurrence: Occurrence) {
        let subject = Subject::Cluster(cluster);
        match effect {
            Ok(()) => {
                self.log(subject, What::Began, rule, Some(occurrence));
                self.notice(Symptom::OperationSucceeded, Some(cluster), subject);
            }
            Err(reason) => self.log(subject, What::WithoutEffect(reason), rule, Some(occurrence)),
        }
    }

    fn record_capacity(&mut self, cluster: usize, capacity: Rate) -> Effect {
        let now = self.queue.now();
        let by_time = &mut self.history.clusters[cluster].capacity;
        if by_time.last().is_some_and(|&(_, held)| held == capacity) {
            return Err(Reason::AlreadySo);
        }
        by_time.record(now, capacity);
        Ok(())
    }

    fn record_billing(&mut self, cluster: usize, billing: Billing) -> Effect {
        let now = self.queue.now();
        let by_time = &mut self.history.clusters[cluster].billing;
        if by_time.last().is_some_and(|&(_, held)| held == billing) {
            return Err(Reason::AlreadySo);
        }
        by_time.record(now, billing);
        Ok(())
    }
}

// Deletion and recovery.
impl World<'_> {
    fn may_delete(&self, cluster: usize) -> Result<(), Refusal> {
        self.may_set(cluster)?;
        let mut associations = self.workspaces.iter().filter_map(|workspace| {
            workspace
                .association
                .filter(|association| association.cluster == cluster)
        });
        if associations
            .clone()
            .any(|association| association.is_beginning())
        {
            return Err((Reason::AssociationInProgress, Rule::ClusterDeletion));
        }
        let fail = self.scenario.behaviour.delete_with_workspaces == DeleteWithWorkspaces::Fail;
        if fail && associations.next().is_some() {
            return Err((Reason::HasWorkspaces, Rule::ClusterDeletion));
        }
        Ok(())
    }

    /// Disassociates the workspaces of a cluster; the last of them takes the cluster with it.
    fn delete(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        self.clusters[cluster].operation = Some(occurrence);
        let subject = Subject::Cluster(cluster);
        self.log(
            subject,
            What::OperationStarted,
            Rule::ClusterDeletion,
            Some(occurrence),
        );
        for workspace in 0..self.workspaces.len() {
            if self.workspaces[workspace].is_associated_to(cluster) {
                self.begin_disassociation(workspace, occurrence)?;
            }
        }
        self.end_deletion_when_empty(cluster)
    }

    /// Ends the deletion of a cluster, if one runs and no workspace is left in it.
    pub(super) fn end_deletion_when_empty(&mut self, cluster: usize) -> Result<(), Stopped> {
        let Some(occurrence) = self.clusters[cluster].operation else {
            return Ok(());
        };
        let deleting = matches!(
            self.scenario.events[occurrence.event].action,
            Action::DeleteCluster { .. }
        );
        let mut workspaces = self.workspaces.iter();
        if !deleting || workspaces.any(|workspace| workspace.is_of(cluster)) {
            return Ok(());
        }
        let now = self.queue.now();
        let it = &mut self.clusters[cluster];
        it.operation = None;
        it.deletion = Some(occurrence);
        let deleted = &mut self.history.clusters[cluster].deleted;
        deleted.push(now);
        let deletion = small(deleted.len());
        let ends = Happening::ClusterSoftDeleteEnds {
            cluster: small(cluster),
            deletion,
        };
        let at = now + self.scenario.behaviour.cluster_soft_delete;
        self.queue.schedule(at, by_itself(cluster), ends);
        let subject = Subject::Cluster(cluster);
        self.succeed(cluster, subject, Rule::ClusterDeletion, occurrence);
        self.live(
            cluster,
            ClusterLife::SoftDeleted,
            Rule::ClusterSoftDelete,
            occurrence,
        )?;
        self.schedule_followers(occurrence, Edge::End)
    }

    fn may_recover(&self, cluster: usize) -> Result<(), Refusal> {
        let it = &self.clusters[cluster];
        let refused = match it.life {
            ClusterLife::SoftDeleted if it.operation.is_some() => {
                (Reason::OperationInProgress, Rule::OperationInProgress)
            }
            ClusterLife::SoftDeleted => {
                return match self.scenario.behaviour.cluster_recovery_duration {
                    None => Err((Reason::NoRecovery, Rule::ClusterRecovery)),
                    Some(_) => Ok(()),
                };
            }
            ClusterLife::Absent if !self.history.clusters[cluster].lost.is_empty() => {
                (Reason::RecoveryTooLate, Rule::ClusterSoftDelete)
            }
            ClusterLife::Absent | ClusterLife::Provisioning | ClusterLife::Provisioned => {
                (Reason::ClusterNotDeleted, Rule::ClusterRecovery)
            }
        };
        Err(refused)
    }

    fn recover(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let delay = &self.scenario.behaviour.cluster_recovery_duration;
        let delay = delay.as_ref().expect("a recovery was accepted");
        let duration =
            self.draw_of_cluster(cluster, "cluster_recovery_duration", delay, occurrence)?;
        self.start(cluster, duration, Rule::ClusterRecovery, occurrence);
        Ok(())
    }

    fn end_recovery(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let subject = Subject::Cluster(cluster);
        self.succeed(cluster, subject, Rule::ClusterRecovery, occurrence);
        self.live(
            cluster,
            ClusterLife::Provisioned,
            Rule::ClusterRecovery,
            occurrence,
        )?;
        self.schedule_followers(occurrence, Edge::End)
    }

    /// A recovery that was asked for in time is in time, however long it takes.
    pub(super) fn end_cluster_soft_delete(
        &mut self,
        cluster: usize,
        deletion: u32,
    ) -> Result<(), Stopped> {
        let now = self.queue.now();
        let it = &mut self.clusters[cluster];
        let history = &mut self.history.clusters[cluster];
        let same = small(history.deleted.len()) == deletion;
        if it.life != ClusterLife::SoftDeleted || !same || it.operation.is_some() {
            return Ok(());
        }
        let occurrence = it.deletion.expect("a deletion was asked for");
        history.lost.push(now);
        it.key = None;
        it.follows_newest = false;
        it.access = Access::NONE;
        history.customer_key.record(now, false);
        self.live(
            cluster,
            ClusterLife::Absent,
            Rule::ClusterSoftDelete,
            occurrence,
        )
    }
}
