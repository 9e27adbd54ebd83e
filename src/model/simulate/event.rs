//! Events of the scenario: what begins with them, what ends, and what they do.

use super::World;
use crate::model::calendar::Run;
use crate::model::history::KeyVersion;
use crate::model::history::{Occurrence, Reason, Subject, What, WorkspaceHistory};
use crate::model::key_target::resolve;
use crate::model::notice::{Notice, index_u32, key_soft_delete_ends, touches_answers};
use crate::scenario::{Action, Edge, KeyTarget, Rule};
use crate::units::{Duration, Time};

// When events begin and end.
impl World<'_> {
    pub(super) fn begin(&mut self, occurrence: Occurrence) -> Run {
        let event = &self.scenario.events[occurrence.event];
        self.watchers.acted(occurrence.event);
        if self.request(&event.action, occurrence)? {
            self.calendar.schedule_followers(occurrence, Edge::Begin)?;
            self.calendar.schedule_next(occurrence)?;
            return self.stay_within_limits();
        }
        let subject_before = self.subject(&event.action, occurrence);
        let effect = self.take_effect(&event.action, Edge::Begin, occurrence);
        // A version that the event created is known only afterwards.
        let subject = effect.map_or(subject_before, |()| self.subject(&event.action, occurrence));
        self.note_effect(
            &event.action,
            subject,
            effect.map(|()| What::Began),
            occurrence,
        )?;
        if let (Ok(()), Action::PurgeKey(key) | Action::DeleteKey(key)) = (effect, &event.action) {
            self.destroy_revoked(key.vault, key.key);
        }
        self.calendar.schedule_followers(occurrence, Edge::Begin)?;
        match &event.duration {
            Some(duration) => {
                if effect.is_ok() {
                    self.to_undo.insert(occurrence);
                }
                let duration = self
                    .calendar
                    .draw_of_event(occurrence, "duration", duration)?;
                let end = self.calendar.now() + duration.max(Duration::MILLISECOND);
                self.calendar.schedule_event(end, Edge::End, occurrence);
            }
            None => self.calendar.schedule_next(occurrence)?,
        }
        self.stay_within_limits()
    }

    pub(super) fn end(&mut self, occurrence: Occurrence) -> Run {
        let action = &self.scenario.events[occurrence.event].action;
        if self.to_undo.remove(&occurrence) {
            let subject = self.subject(action, occurrence);
            let effect = self.take_effect(action, Edge::End, occurrence);
            self.note_effect(action, subject, effect.map(|()| What::Ended), occurrence)?;
        }
        self.calendar.schedule_followers(occurrence, Edge::End)?;
        self.calendar.schedule_next(occurrence)?;
        self.stay_within_limits()
    }

    /// Logs what an event's beginning or end did, and lets polls and rotations follow it.
    fn note_effect(
        &mut self,
        action: &Action,
        subject: Subject,
        what: Result<What, Reason>,
        occurrence: Occurrence,
    ) -> Run {
        let what = what.unwrap_or_else(What::WithoutEffect);
        self.log(subject, what, action.kind().rule(), Some(occurrence));
        if touches_answers(action) {
            self.refresh_keys(occurrence)?;
        }
        Ok(())
    }

    /// Something changed that answers and rotations may depend on.
    pub(super) fn refresh_keys(&mut self, cause: Occurrence) -> Run {
        self.refresh_answers(cause)?;
        self.plan_rotations(cause);
        Ok(())
    }

    pub(super) fn plan_rotations(&mut self, cause: Occurrence) {
        self.clusters
            .plan_rotations(&self.vaults, &mut self.calendar, cause);
    }
}

// What is asked for.
impl World<'_> {
    /// Asks for what an event asks for; `false`: it is no operation.
    pub(super) fn request(&mut self, action: &Action, by: Occurrence) -> Run<bool> {
        let request = self.request_now();
        match *action {
            Action::UpdateClusterKey { cluster, ref key } => {
                let may = request.update(cluster, key);
                self.decide(Some(cluster), may, by, |world| world.update(cluster, by))
            }
            Action::CreateCluster {
                cluster,
                capacity,
                billing,
                with_key,
            } => {
                let may = request.create(cluster, capacity, with_key);
                self.decide(Some(cluster), may, by, |world| {
                    world.create(cluster, capacity, billing, by)
                })
            }
            Action::DeleteCluster { cluster } => {
                let may = request.delete(cluster);
                self.decide(Some(cluster), may, by, |world| world.delete(cluster, by))
            }
            Action::RecoverCluster { cluster } => {
                let may = request.recover(cluster);
                self.decide(Some(cluster), may, by, |world| world.recover(cluster, by))
            }
            Action::SetCapacityReservation { cluster, capacity } => {
                let may = request.set_capacity(cluster, capacity);
                self.decide(Some(cluster), may, by, |world| {
                    world.set_capacity(cluster, capacity, by)
                })
            }
            Action::SetBillingType { cluster, billing } => {
                let may = request.set(cluster);
                self.decide(Some(cluster), may, by, |world| {
                    world.set_billing(cluster, billing, by)
                })
            }
            Action::AssociateWorkspace { workspace, cluster } => {
                let may = request.associate(workspace, cluster);
                self.decide(Some(cluster), may, by, |world| {
                    world.associate(workspace, cluster, by)
                })
            }
            Action::DisassociateWorkspace { workspace } => {
                let may = request.disassociate(workspace);
                let cluster = self.workspaces[workspace].associated_cluster();
                self.decide(cluster, may, by, |world| world.disassociate(workspace, by))
            }
            Action::KeyVaultOutage { .. }
            | Action::KeyVaultThrottling { .. }
            | Action::IdentityOutage { .. }
            | Action::KeyVaultDenials { .. }
            | Action::StorageOutage { .. }
            | Action::DisableKey(_)
            | Action::EnableKey(_)
            | Action::ExpireKey(_)
            | Action::ExtendKey(_)
            | Action::CreateKeyVersion(_)
            | Action::DeleteKey(_)
            | Action::RecoverKey(_)
            | Action::PurgeKey(_)
            | Action::RemoveAccess { .. }
            | Action::GrantAccess { .. }
            | Action::SetIngestion { .. }
            | Action::IngestionSurge { .. }
            | Action::SetRetention { .. }
            | Action::SetDailyCap { .. } => Ok(false),
        }
    }
}

// What events do.
impl World<'_> {
    pub(super) fn subject(&self, action: &Action, occurrence: Occurrence) -> Subject {
        let of_key = |key: &KeyTarget, version| Subject::Key {
            vault: key.vault,
            key: key.key,
            version,
        };
        match action {
            Action::KeyVaultOutage { vault, .. }
            | Action::KeyVaultThrottling { vault, .. }
            | Action::KeyVaultDenials { vault, .. } => Subject::KeyVault(*vault),
            Action::IdentityOutage { .. } => Subject::Identity,
            Action::StorageOutage { cluster }
            | Action::RemoveAccess { cluster, .. }
            | Action::GrantAccess { cluster, .. }
            | Action::UpdateClusterKey { cluster, .. }
            | Action::CreateCluster { cluster, .. }
            | Action::SetCapacityReservation { cluster, .. }
            | Action::SetBillingType { cluster, .. }
            | Action::DeleteCluster { cluster }
            | Action::RecoverCluster { cluster } => Subject::Cluster(*cluster),
            Action::DeleteKey(key) | Action::RecoverKey(key) | Action::PurgeKey(key) => {
                of_key(key, None)
            }
            Action::DisableKey(key)
            | Action::EnableKey(key)
            | Action::ExpireKey(key)
            | Action::ExtendKey(key)
            | Action::CreateKeyVersion(key) => {
                let touched = self.vaults.touched(occurrence);
                of_key(key, touched.map(|touched| touched.version))
            }
            Action::SetIngestion { workspace, .. }
            | Action::IngestionSurge { workspace, .. }
            | Action::SetRetention { workspace, .. }
            | Action::SetDailyCap { workspace, .. }
            | Action::AssociateWorkspace { workspace, .. }
            | Action::DisassociateWorkspace { workspace } => Subject::Workspace(*workspace),
        }
    }

    /// What an event does when it begins, or undoes when it ends.
    fn take_effect(&mut self, action: &Action, edge: Edge, by: Occurrence) -> Result<(), Reason> {
        let begins = edge == Edge::Begin;
        match action {
            Action::KeyVaultOutage { vault, failure }
            | Action::KeyVaultThrottling { vault, failure, .. } => {
                self.vaults
                    .set_outage(*vault, by, begins.then_some(*failure));
            }
            Action::IdentityOutage { failure } => {
                self.vaults
                    .set_identity_outage(by, begins.then_some(*failure));
            }
            Action::KeyVaultDenials { vault, failure } => {
                self.vaults
                    .set_denials(*vault, by, begins.then_some(*failure));
            }
            Action::StorageOutage { cluster } => {
                self.clusters.set_storage_outage(*cluster, by, begins);
            }
            Action::DisableKey(key) => return self.enable(key, !begins, edge, by),
            Action::EnableKey(key) => return self.enable(key, true, edge, by),
            Action::ExpireKey(key) => return self.expire(key, begins, edge, by),
            Action::ExtendKey(key) => return self.expire(key, false, edge, by),
            Action::CreateKeyVersion(key) => return self.create_version(key, by),
            Action::DeleteKey(key) if begins => return self.delete_key(key),
            Action::DeleteKey(key) | Action::RecoverKey(key) => {
                return self.vaults.recover_key(key.vault, key.key);
            }
            Action::PurgeKey(key) => return self.vaults.purge_key(key.vault, key.key),
            Action::RemoveAccess {
                cluster,
                permissions,
            } => return self.clusters.set_access(*cluster, *permissions, !begins),
            Action::GrantAccess {
                cluster,
                permissions,
            } => return self.clusters.set_access(*cluster, *permissions, true),
            Action::UpdateClusterKey { .. }
            | Action::CreateCluster { .. }
            | Action::SetCapacityReservation { .. }
            | Action::SetBillingType { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. } => unreachable!("{action:?} is asked for"),
            Action::IngestionSurge { workspace, factor } => {
                let factor = begins.then_some(*factor);
                let product = self.workspaces.set_surge(*workspace, by, factor);
                self.settings(*workspace, |now, of| of.surge.record(now, product));
            }
            Action::SetIngestion {
                workspace,
                rate,
                factor,
            } => self.settings(*workspace, |now, of| {
                rate.iter().for_each(|&rate| of.rate.record(now, rate));
                let factors = factor.iter();
                factors.for_each(|&factor| of.factor.record(now, factor));
            }),
            Action::SetRetention {
                workspace,
                retention,
            } => self.settings(*workspace, |now, of| of.retention.record(now, *retention)),
            Action::SetDailyCap {
                workspace,
                daily_cap,
            } => self.settings(*workspace, |now, of| of.daily_cap.record(now, *daily_cap)),
        }
        Ok(())
    }

    /// The key version that an event is about; at its end the same as at its beginning.
    fn version(
        &mut self,
        key: &KeyTarget,
        edge: Edge,
        by: Occurrence,
    ) -> Result<KeyVersion, Reason> {
        let version = match edge {
            Edge::Begin => resolve(self.scenario, &self.vaults, &self.clusters, key, by)?,
            Edge::End => {
                let touched = self.vaults.touched(by);
                touched.expect("its beginning was about a version")
            }
        };
        self.vaults.touch(by, version);
        Ok(version)
    }

    fn enable(
        &mut self,
        key: &KeyTarget,
        to: bool,
        edge: Edge,
        by: Occurrence,
    ) -> Result<(), Reason> {
        let version = self.version(key, edge, by)?;
        self.vaults.set_enabled(version, to)
    }

    fn expire(
        &mut self,
        key: &KeyTarget,
        to: bool,
        edge: Edge,
        by: Occurrence,
    ) -> Result<(), Reason> {
        let version = self.version(key, edge, by)?;
        self.vaults.set_expired(version, to)
    }

    /// Changes settings of a workspace, which are known to the history alone.
    fn settings(&mut self, workspace: usize, change: impl FnOnce(Time, &mut WorkspaceHistory)) {
        let history = &mut self.history.workspaces[workspace];
        change(self.calendar.now(), history);
    }

    fn create_version(&mut self, key: &KeyTarget, by: Occurrence) -> Result<(), Reason> {
        let created = self.vaults.create_version(key)?;
        self.vaults.touch(by, created);
        let name = &self.vaults[key.vault].keys[key.key].versions[created.version].name;
        let history = &mut self.history.key_vaults[key.vault].keys[key.key];
        history.versions.push(name.clone());
        Ok(())
    }

    fn delete_key(&mut self, key: &KeyTarget) -> Result<(), Reason> {
        if let Some(deletion) = self.vaults.delete_key(key.vault, key.key)? {
            let ends = Notice::KeySoftDeleteEnds {
                vault: index_u32(key.vault),
                key: index_u32(key.key),
                deletion,
            };
            let at = self.calendar.now() + self.scenario.behaviour.soft_delete_retention;
            self.calendar.schedule(at, key_soft_delete_ends(), ends);
        }
        Ok(())
    }

    pub(super) fn end_key_soft_delete(&mut self, vault: usize, key: usize, deletion: u32) {
        if self.vaults.end_soft_delete(vault, key, deletion) {
            let subject = Subject::Key {
                vault,
                key,
                version: None,
            };
            self.log(subject, What::PurgedByItself, Rule::SoftDelete, None);
            self.destroy_revoked(vault, key);
        }
    }
}
