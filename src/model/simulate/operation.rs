//! Operations on clusters and workspaces: asked for by an event, refused or begun, and ended.

use super::World;
use crate::model::calendar::Run;
use crate::model::cluster::Operation;
use crate::model::history::KeyVersion;
use crate::model::history::{ClusterLife, Occurrence, Reason, Subject, What};
use crate::model::key_target::resolve;
use crate::model::notice::{Notice, index_u32, operation_ends};
use crate::model::request::{Refusal, Request};
use crate::model::storage_account::Input;
use crate::scenario::{Action, Billing, Edge, KeyTarget, NEWEST, Rule, Symptom};
use crate::units::Rate;

// What every operation has in common.
impl World<'_> {
    pub(super) fn request_now(&self) -> Request<'_> {
        Request {
            scenario: self.scenario,
            clusters: &self.clusters,
            workspaces: &self.workspaces,
            history: &self.history,
            now: self.calendar.now(),
        }
    }

    /// Begins an operation that may begin, or rejects it.
    pub(super) fn decide(
        &mut self,
        cluster: Option<usize>,
        may: Result<(), Refusal>,
        by: Occurrence,
        begin: impl FnOnce(&mut Self) -> Run,
    ) -> Run<bool> {
        match may {
            Ok(()) => begin(self)?,
            Err((reason, rule)) => self.reject(cluster, reason, rule, by),
        }
        Ok(true)
    }

    /// Rejects what was asked of a cluster, if it was about one.
    fn reject(&mut self, cluster: Option<usize>, reason: Reason, rule: Rule, by: Occurrence) {
        match cluster {
            Some(cluster) => self.history.clusters[cluster].operations_rejected += 1,
            None => self.history.rejected_of_no_cluster += 1,
        }
        let subject = self.subject(&self.scenario.events[by.event].action, by);
        let what = What::OperationRejected(reason);
        self.tell(cluster, subject, what, Symptom::OperationRejected, rule, by);
    }

    /// Logs what became of an operation, and tells those who watch.
    fn tell(
        &mut self,
        cluster: Option<usize>,
        subject: Subject,
        what: What,
        sight: Symptom,
        rule: Rule,
        by: Occurrence,
    ) {
        self.log(subject, what, rule, Some(by));
        self.watchers.notice(sight, cluster, subject);
    }

    fn succeed(&mut self, cluster: usize, subject: Subject, rule: Rule, by: Occurrence) {
        let (what, sight) = (What::OperationSucceeded, Symptom::OperationSucceeded);
        self.tell(Some(cluster), subject, what, sight, rule, by);
    }

    /// Lets an operation of a cluster run for the time that is drawn for it.
    fn start(&mut self, cluster: usize, operation: Operation, by: Occurrence) -> Run {
        let behaviour = &self.scenario.behaviour;
        let (name, delay, rule) = match operation {
            Operation::KeyUpdate => (
                "key_update_duration",
                Some(&behaviour.key_update_duration),
                Rule::KeyUpdate,
            ),
            Operation::Creation => (
                "provisioning_duration",
                Some(&behaviour.provisioning_duration),
                Rule::Provisioning,
            ),
            Operation::Recovery => (
                "cluster_recovery_duration",
                behaviour.cluster_recovery_duration.as_ref(),
                Rule::ClusterRecovery,
            ),
            Operation::Deletion => unreachable!("a deletion ends with the last workspace"),
        };
        let delay = delay.expect("a recovery was accepted");
        let stream = self.clusters[cluster].stream;
        let duration = self.calendar.draw(stream, name, delay, by)?;
        self.clusters.begin_operation(cluster, operation, by);
        let ends = Notice::OperationEnds(index_u32(cluster));
        let at = self.calendar.now() + duration;
        let place = operation_ends(self.calendar.rank(by.event));
        self.calendar.schedule(at, place, ends);
        self.log(
            Subject::Cluster(cluster),
            What::OperationStarted,
            rule,
            Some(by),
        );
        Ok(())
    }

    pub(super) fn end_operation(&mut self, cluster: usize) -> Run {
        let (operation, by) = self.clusters.end_operation(cluster);
        match operation {
            Operation::KeyUpdate => self.end_update(cluster, by),
            Operation::Creation => self.end_absence(cluster, Rule::Provisioning, by),
            Operation::Recovery => self.end_absence(cluster, Rule::ClusterRecovery, by),
            Operation::Deletion => unreachable!("a deletion ends with the last workspace"),
        }
    }

    /// Puts a cluster into another stage of its life; its accounts and the workspaces that are
    /// associated with it follow.
    fn set_life(&mut self, cluster: usize, life: ClusterLife, rule: Rule, by: Occurrence) -> Run {
        let from = self.clusters.set_life(cluster, life);
        let now = self.calendar.now();
        self.history.clusters[cluster].life.record(now, life);
        let what = What::Life { from, to: life };
        self.log(Subject::Cluster(cluster), what, rule, Some(by));
        match life {
            ClusterLife::Provisioned => {
                let keyed = self.clusters[cluster].key.is_some();
                self.set_presence(cluster, Input::Restored { keyed, rule }, by)?;
                self.refresh_keys(by)?;
            }
            // What polls were answered until now is settled first.
            ClusterLife::SoftDeleted => {
                self.refresh_answers(by)?;
                self.set_presence(cluster, Input::Removed, by)?;
                self.plan_rotations(by);
            }
            ClusterLife::Absent | ClusterLife::Provisioning => self.refresh_keys(by)?,
        }
        for workspace in 0..self.workspaces.len() {
            if self.workspaces[workspace].association_to(cluster).is_some() {
                self.reroute(workspace, rule, by);
            }
        }
        Ok(())
    }

    /// The accounts of a cluster come or go with it.
    fn set_presence(&mut self, cluster: usize, input: Input, by: Occurrence) -> Run {
        for account in self.accounts.of_cluster(cluster) {
            let (clusters, calendar) = (&self.clusters, &mut self.calendar);
            let entered = self
                .accounts
                .set_presence(account, input, by, clusters, calendar)?;
            if let Some(transition) = entered {
                self.note_access(account, transition, Some(by));
            }
        }
        Ok(())
    }
}

// Creation, settings, deletion and recovery of a cluster.
impl World<'_> {
    pub(super) fn create(
        &mut self,
        cluster: usize,
        capacity: Option<Rate>,
        billing: Billing,
        by: Occurrence,
    ) -> Run {
        let lowest = self.scenario.behaviour.capacity_levels[0];
        let now = self.calendar.now();
        let history = &mut self.history.clusters[cluster];
        history.capacity.record(now, capacity.unwrap_or(lowest));
        history.billing.record(now, billing);
        self.clusters.create(cluster);
        self.start(cluster, Operation::Creation, by)?;
        self.set_life(cluster, ClusterLife::Provisioning, Rule::Provisioning, by)
    }

    pub(super) fn recover(&mut self, cluster: usize, by: Occurrence) -> Run {
        self.start(cluster, Operation::Recovery, by)
    }

    /// A creation or a recovery is done.
    fn end_absence(&mut self, cluster: usize, rule: Rule, by: Occurrence) -> Run {
        self.succeed(cluster, Subject::Cluster(cluster), rule, by);
        self.set_life(cluster, ClusterLife::Provisioned, rule, by)?;
        self.calendar.schedule_followers(by, Edge::End)
    }

    pub(super) fn set_capacity(&mut self, cluster: usize, capacity: Rate, by: Occurrence) -> Run {
        let held = &mut self.history.clusters[cluster].capacity;
        let changes = held.latest() != Some(capacity);
        held.record(self.calendar.now(), capacity);
        self.note_setting(cluster, changes, by)
    }

    pub(super) fn set_billing(&mut self, cluster: usize, billing: Billing, by: Occurrence) -> Run {
        let held = &mut self.history.clusters[cluster].billing;
        let changes = held.latest() != Some(billing);
        held.record(self.calendar.now(), billing);
        self.note_setting(cluster, changes, by)
    }

    /// A setting takes no time: it is done when it is accepted.
    fn note_setting(&mut self, cluster: usize, changes: bool, by: Occurrence) -> Run {
        let (subject, rule) = (Subject::Cluster(cluster), Rule::CapacityUpdate);
        if changes {
            let sight = Symptom::OperationSucceeded;
            self.tell(Some(cluster), subject, What::Began, sight, rule, by);
        } else {
            let what = What::WithoutEffect(Reason::AlreadySo);
            self.log(subject, what, rule, Some(by));
        }
        Ok(())
    }

    /// Disassociates the workspaces of a cluster; the last of them takes the cluster with it.
    pub(super) fn delete(&mut self, cluster: usize, by: Occurrence) -> Run {
        self.clusters
            .begin_operation(cluster, Operation::Deletion, by);
        let subject = Subject::Cluster(cluster);
        self.log(
            subject,
            What::OperationStarted,
            Rule::ClusterDeletion,
            Some(by),
        );
        for workspace in 0..self.workspaces.len() {
            if self.workspaces[workspace].is_associated_to(cluster) {
                self.workspaces
                    .disassociate(workspace, by, &mut self.calendar)?;
            }
        }
        self.end_deletion_when_empty(cluster)
    }

    /// Ends the deletion of a cluster, if one runs and no workspace is left in it.
    fn end_deletion_when_empty(&mut self, cluster: usize) -> Run {
        let mut workspaces = self.workspaces.iter();
        let empty = !workspaces.any(|workspace| workspace.association_to(cluster).is_some());
        let Some(by) = self.clusters[cluster].deletion_running().filter(|_| empty) else {
            return Ok(());
        };
        self.clusters.delete(cluster, &mut self.calendar);
        let history = &mut self.history.clusters[cluster];
        history.deleted.push(self.calendar.now());
        self.succeed(
            cluster,
            Subject::Cluster(cluster),
            Rule::ClusterDeletion,
            by,
        );
        self.set_life(
            cluster,
            ClusterLife::SoftDeleted,
            Rule::ClusterSoftDelete,
            by,
        )?;
        self.calendar.schedule_followers(by, Edge::End)
    }

    pub(super) fn end_cluster_soft_delete(&mut self, cluster: usize, deletion: u32) -> Run {
        let Some(by) = self.clusters.end_soft_delete(cluster, deletion) else {
            return Ok(());
        };
        let now = self.calendar.now();
        let history = &mut self.history.clusters[cluster];
        history.lost.push(now);
        history.customer_key.record(now, false);
        history.key.record(now, None);
        self.set_life(cluster, ClusterLife::Absent, Rule::ClusterSoftDelete, by)
    }
}

// The key version that a cluster uses.
impl World<'_> {
    pub(super) fn update(&mut self, cluster: usize, by: Occurrence) -> Run {
        self.start(cluster, Operation::KeyUpdate, by)
    }

    fn end_update(&mut self, cluster: usize, by: Occurrence) -> Run {
        let Action::UpdateClusterKey { key, .. } = &self.scenario.events[by.event].action else {
            unreachable!("an update was asked for")
        };
        match self.check_update(cluster, key, by) {
            Ok(version) => {
                self.vaults.touch(by, version);
                let follows = key.version.as_deref() == Some(NEWEST);
                self.clusters.follow_newest(cluster, follows);
                self.succeed(cluster, version.subject(), Rule::KeyUpdate, by);
                self.use_key(cluster, version, by)?;
                self.calendar.schedule_followers(by, Edge::End)
            }
            Err(reason) => {
                self.history.clusters[cluster].operations_failed += 1;
                let subject = Subject::Cluster(cluster);
                let (what, sight) = (What::OperationFailed(reason), Symptom::OperationFailed);
                self.tell(
                    Some(cluster),
                    subject,
                    what,
                    sight,
                    Rule::KeyUpdateChecks,
                    by,
                );
                Ok(())
            }
        }
    }

    /// What the vault says when the update reaches it.
    fn check_update(
        &self,
        cluster: usize,
        target: &KeyTarget,
        by: Occurrence,
    ) -> Result<KeyVersion, Reason> {
        let cluster = &self.clusters[cluster];
        let draw = self
            .calendar
            .stream(by, cluster.stream.name("key update luck"));
        self.vaults
            .request(target.vault, cluster.access, draw.bits_32())?;
        let key = &self.vaults[target.vault].keys[target.key];
        key.must_be_live()?;
        let found = resolve(self.scenario, &self.vaults, &self.clusters, target, by)?;
        let version = &key.versions[found.version];
        if !version.enabled {
            return Err(Reason::VersionDisabled);
        }
        if version.expired {
            return Err(Reason::VersionExpired);
        }
        Ok(found)
    }

    fn use_key(&mut self, cluster: usize, version: KeyVersion, by: Occurrence) -> Run {
        let now = self.calendar.now();
        let history = &mut self.history.clusters[cluster];
        history.key.record(now, Some(version));
        if self.clusters.use_key(cluster, version) {
            history.customer_key.record(now, true);
            self.accounts.grant_all(cluster, now);
        }
        self.refresh_keys(by)
    }

    /// A cluster that follows the newest version checks for it.
    pub(super) fn check_rotation(&mut self, cluster: usize) -> Run {
        let now = self.calendar.now();
        let (cause, newer) = self.clusters.check_rotation(cluster, &self.vaults, now);
        match newer {
            Some(version) => {
                self.succeed(cluster, version.subject(), Rule::Autorotation, cause);
                self.use_key(cluster, version, cause)
            }
            None => {
                self.plan_rotations(cause);
                Ok(())
            }
        }
    }
}

// Associations.
impl World<'_> {
    pub(super) fn associate(&mut self, workspace: usize, cluster: usize, by: Occurrence) -> Run {
        self.workspaces
            .associate(workspace, cluster, by, &mut self.calendar)?;
        let subject = Subject::Workspace(workspace);
        self.log(subject, What::OperationStarted, Rule::Association, Some(by));
        self.reroute(workspace, Rule::NotProvisioned, by);
        Ok(())
    }

    pub(super) fn disassociate(&mut self, workspace: usize, by: Occurrence) -> Run {
        let subject = Subject::Workspace(workspace);
        self.log(
            subject,
            What::OperationStarted,
            Rule::Disassociation,
            Some(by),
        );
        self.workspaces
            .disassociate(workspace, by, &mut self.calendar)
    }

    /// An association or a disassociation is done.
    pub(super) fn end_association(&mut self, workspace: usize) -> Run {
        let (cluster, by, rule) = self.workspaces.end_association(workspace);
        // The deletion of a cluster is an operation of the cluster, which reports its own end.
        let alone = self.clusters[cluster].deletion_running() != Some(by);
        if alone {
            self.succeed(cluster, Subject::Workspace(workspace), rule, by);
        }
        self.reroute(workspace, rule, by);
        if alone {
            self.calendar.schedule_followers(by, Edge::End)?;
        }
        self.end_deletion_when_empty(cluster)
    }

    /// The data of a workspace goes elsewhere, if its association or its cluster says so.
    fn reroute(&mut self, workspace: usize, rule: Rule, by: Occurrence) {
        if let Some(route) = self.workspaces.reroute(workspace, &self.clusters) {
            let now = self.calendar.now();
            self.history.workspaces[workspace].route.record(now, route);
            let subject = Subject::Workspace(workspace);
            self.log(subject, What::Routed(route), rule, Some(by));
        }
    }
}
