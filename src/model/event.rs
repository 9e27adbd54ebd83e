//! Events of the scenario: when they begin and end, and what they do.
//!
//! Operations on clusters and workspaces are asked for (`control_plane`); what happens to keys
//! stands in `key_event`.

use super::happening::{Happening, place_of_event, small, touches_answers};
use super::history::{Occurrence, Reason, Subject, What};
use super::simulate::{Stopped, World};
use crate::kernel::Ticket;
use crate::scenario::{Action, Edge, Rule, Timing};
use crate::units::{Duration, Factor, Probability, Time};

/// What an event's beginning or end did.
pub(super) type Effect = Result<(), Reason>;

// When events begin and end.
impl World<'_> {
    pub(super) fn schedule_first_events(&mut self) -> Result<(), Stopped> {
        for event in 0..self.scenario.events.len() {
            match &self.scenario.events[event].timing {
                Timing::At(at) => {
                    let occurrence = Occurrence { event, number: 0 };
                    let delay = self.draw_of_event(occurrence, "at", at)?;
                    self.schedule(Time::START + delay, Edge::Begin, occurrence);
                }
                Timing::Every { .. } => self.schedule_next(Occurrence { event, number: 0 })?,
                Timing::After { .. } | Timing::Seen(_) => {}
            }
        }
        Ok(())
    }

    pub(super) fn draw_of_event(
        &self,
        occurrence: Occurrence,
        key: &str,
        delay: &crate::scenario::Delay,
    ) -> Result<Duration, Stopped> {
        let address = || self.address(occurrence, self.chance.name("event").name(key));
        self.draw(delay, address, || {
            format!("{key} of {}", self.scenario.events[occurrence.event].name)
        })
    }

    /// Lets an event begin or end; what is not before the end of the run never does.
    pub(super) fn schedule(
        &mut self,
        at: Time,
        edge: Edge,
        occurrence: Occurrence,
    ) -> Option<Ticket> {
        if at >= self.scenario.end() {
            return None;
        }
        let place = place_of_event(
            &self.scenario.events[occurrence.event],
            edge,
            occurrence.event,
        );
        let event = small(occurrence.event);
        let occurrence = occurrence.number;
        let happening = match edge {
            Edge::Begin => Happening::Begin { event, occurrence },
            Edge::End => Happening::End { event, occurrence },
        };
        Some(self.queue.schedule(at, place, happening))
    }

    /// Schedules this occurrence of a hazard, a gap after the one before.
    fn schedule_next(&mut self, occurrence: Occurrence) -> Result<(), Stopped> {
        if let Timing::Every { gap } = &self.scenario.events[occurrence.event].timing {
            let gap = self
                .draw_of_event(occurrence, "gap", gap)?
                .max(Duration::MILLISECOND);
            self.schedule(self.queue.now() + gap, Edge::Begin, occurrence);
        }
        Ok(())
    }

    /// Schedules what follows a beginning or an end.
    pub(super) fn schedule_followers(
        &mut self,
        occurrence: Occurrence,
        passed: Edge,
    ) -> Result<(), Stopped> {
        for number in 0..self.followers[occurrence.event].len() {
            let follower = self.followers[occurrence.event][number];
            if let Timing::After { edge, delay, .. } = &self.scenario.events[follower].timing
                && *edge == passed
            {
                let occurrence = Occurrence {
                    event: follower,
                    ..occurrence
                };
                let delay = self.draw_of_event(occurrence, "delay", delay)?;
                self.schedule(self.queue.now() + delay, Edge::Begin, occurrence);
            }
        }
        Ok(())
    }

    pub(super) fn begin(&mut self, occurrence: Occurrence) -> Result<(), Stopped> {
        let event = &self.scenario.events[occurrence.event];
        self.acted(occurrence.event);
        if self.ask(&event.action, occurrence)? {
            self.schedule_followers(occurrence, Edge::Begin)?;
            self.schedule_after(occurrence)?;
            return self.stay_within_limits();
        }
        let subject_before = self.subject(&event.action, occurrence);
        let effect = self.take_effect(&event.action, occurrence);
        // A version that the event created is known only afterwards.
        let subject = if effect.is_ok() {
            self.subject(&event.action, occurrence)
        } else {
            subject_before
        };
        let what = effect.map_or_else(What::WithoutEffect, |()| What::Began);
        self.log(subject, what, rule(&event.action), Some(occurrence));
        if touches_answers(&event.action) {
            self.look(occurrence)?;
            self.plan_rotations(occurrence);
        }
        if let (Ok(()), Action::PurgeKey(key) | Action::DeleteKey(key)) = (effect, &event.action) {
            self.destroy_what_is_revoked(key.vault, key.key);
        }
        self.schedule_followers(occurrence, Edge::Begin)?;
        match &event.duration {
            Some(duration) => {
                if effect.is_ok() {
                    self.to_undo.insert(occurrence);
                }
                let duration = self
                    .draw_of_event(occurrence, "duration", duration)?
                    .max(Duration::MILLISECOND);
                self.schedule(self.queue.now() + duration, Edge::End, occurrence);
            }
            None => self.schedule_after(occurrence)?,
        }
        self.stay_within_limits()
    }

    /// Schedules the next occurrence of a hazard.
    fn schedule_after(&mut self, occurrence: Occurrence) -> Result<(), Stopped> {
        self.schedule_next(Occurrence {
            number: occurrence.number + 1,
            ..occurrence
        })
    }

    pub(super) fn end(&mut self, occurrence: Occurrence) -> Result<(), Stopped> {
        let action = &self.scenario.events[occurrence.event].action;
        if self.to_undo.remove(&occurrence) {
            let subject = self.subject(action, occurrence);
            let what = self
                .undo(action, occurrence)
                .map_or_else(What::WithoutEffect, |()| What::Ended);
            self.log(subject, what, rule(action), Some(occurrence));
            if touches_answers(action) {
                self.look(occurrence)?;
                self.plan_rotations(occurrence);
            }
        }
        self.schedule_followers(occurrence, Edge::End)?;
        self.schedule_after(occurrence)?;
        self.stay_within_limits()
    }
}

/// The rule that an event is about.
fn rule(action: &Action) -> Rule {
    match action {
        Action::CreateKeyVersion(_) => Rule::ExplicitRotation,
        Action::ExpireKey(_) | Action::ExtendKey(_) => Rule::ExpiredKeyUnwraps,
        Action::DeleteKey(_) | Action::RecoverKey(_) => Rule::SoftDelete,
        Action::PurgeKey(_) => Rule::PurgeProtection,
        Action::StorageOutage { .. } => Rule::StorageOutage,
        Action::SetRetention { .. } => Rule::Retention,
        _ => Rule::Scenario,
    }
}

// What events do.
impl World<'_> {
    fn subject(&self, action: &Action, occurrence: Occurrence) -> Subject {
        match action {
            Action::KeyVaultOutage { vault, .. } | Action::KeyVaultDenials { vault, .. } => {
                Subject::KeyVault(*vault)
            }
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
                Subject::Key {
                    vault: key.vault,
                    key: key.key,
                    version: None,
                }
            }
            Action::DisableKey(key)
            | Action::EnableKey(key)
            | Action::ExpireKey(key)
            | Action::ExtendKey(key)
            | Action::CreateKeyVersion(key) => {
                let version = self.touched.get(&occurrence).map(|touched| touched.version);
                Subject::Key {
                    vault: key.vault,
                    key: key.key,
                    version,
                }
            }
            Action::SetIngestion { workspace, .. }
            | Action::IngestionSurge { workspace, .. }
            | Action::SetRetention { workspace, .. }
            | Action::SetDailyCap { workspace, .. }
            | Action::AssociateWorkspace { workspace, .. }
            | Action::DisassociateWorkspace { workspace } => Subject::Workspace(*workspace),
        }
    }

    fn take_effect(&mut self, action: &Action, occurrence: Occurrence) -> Effect {
        match action {
            Action::KeyVaultOutage { vault, failure } => {
                self.vaults[*vault].outages.begin(occurrence, *failure);
                Ok(())
            }
            Action::IdentityOutage { failure } => {
                self.identity.begin(occurrence, *failure);
                Ok(())
            }
            Action::KeyVaultDenials { vault, failure } => {
                self.vaults[*vault].denials.begin(occurrence, *failure);
                Ok(())
            }
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster]
                    .storage_outages
                    .begin(occurrence, Probability::ALWAYS);
                Ok(())
            }
            Action::DisableKey(target) => self.set_flag(target, occurrence, |key, version| {
                key.set_enabled(version, false)
            }),
            Action::EnableKey(target) => self.set_flag(target, occurrence, |key, version| {
                key.set_enabled(version, true)
            }),
            Action::ExpireKey(target) => self.set_flag(target, occurrence, |key, version| {
                key.set_expired(version, true)
            }),
            Action::ExtendKey(target) => self.set_flag(target, occurrence, |key, version| {
                key.set_expired(version, false)
            }),
            Action::CreateKeyVersion(target) => self.create_version(target, occurrence),
            Action::DeleteKey(target) => self.delete_key(target),
            Action::RecoverKey(target) => self.recover_key(target),
            Action::PurgeKey(target) => self.purge_key(target),
            Action::RemoveAccess {
                cluster,
                permissions,
            } => self.set_access(
                *cluster,
                self.clusters[*cluster].access.without(*permissions),
            ),
            Action::GrantAccess {
                cluster,
                permissions,
            } => self.set_access(*cluster, self.clusters[*cluster].access.with(*permissions)),
            Action::UpdateClusterKey { .. }
            | Action::CreateCluster { .. }
            | Action::SetCapacityReservation { .. }
            | Action::SetBillingType { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. } => unreachable!("{action:?} is asked for"),
            Action::IngestionSurge { workspace, factor } => {
                self.surges[*workspace].push((occurrence, *factor));
                self.record_surge(*workspace);
                Ok(())
            }
            Action::SetIngestion { workspace, .. }
            | Action::SetRetention { workspace, .. }
            | Action::SetDailyCap { workspace, .. } => {
                let now = self.queue.now();
                self.history.workspaces[*workspace].set(action, now);
                Ok(())
            }
        }
    }

    /// Takes back what an event did when it began.
    fn undo(&mut self, action: &Action, occurrence: Occurrence) -> Effect {
        match action {
            Action::KeyVaultOutage { vault, .. } => self.vaults[*vault].outages.end(occurrence),
            Action::IdentityOutage { .. } => self.identity.end(occurrence),
            Action::KeyVaultDenials { vault, .. } => self.vaults[*vault].denials.end(occurrence),
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster].storage_outages.end(occurrence)
            }
            Action::DisableKey(_) => {
                return self.touched_key(occurrence, |key, version| key.set_enabled(version, true));
            }
            Action::ExpireKey(_) => {
                return self
                    .touched_key(occurrence, |key, version| key.set_expired(version, false));
            }
            Action::DeleteKey(target) => return self.recover_key(target),
            Action::RemoveAccess {
                cluster,
                permissions,
            } => {
                return self
                    .set_access(*cluster, self.clusters[*cluster].access.with(*permissions));
            }
            Action::IngestionSurge { workspace, .. } => {
                self.surges[*workspace].retain(|surge| surge.0 != occurrence);
                self.record_surge(*workspace);
            }
            Action::EnableKey(_)
            | Action::ExtendKey(_)
            | Action::CreateKeyVersion(_)
            | Action::RecoverKey(_)
            | Action::PurgeKey(_)
            | Action::GrantAccess { .. }
            | Action::UpdateClusterKey { .. }
            | Action::CreateCluster { .. }
            | Action::SetCapacityReservation { .. }
            | Action::SetBillingType { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. }
            | Action::SetIngestion { .. }
            | Action::SetRetention { .. }
            | Action::SetDailyCap { .. } => unreachable!("{action:?} takes no duration"),
        }
        Ok(())
    }

    fn record_surge(&mut self, workspace: usize) {
        let one = u128::from(Factor::ONE.millionths());
        let product = self.surges[workspace].iter().fold(one, |product, surge| {
            product.saturating_mul(surge.1.millionths().into()) / one
        });
        let product = Factor::from_millionths(u64::try_from(product).unwrap_or(u64::MAX));
        self.history.workspaces[workspace]
            .surge
            .record(self.queue.now(), product);
    }
}
