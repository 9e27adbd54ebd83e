//! Events of the scenario: when they begin and end, and what they do.
//!
//! Operations on clusters and workspaces are asked for (`control_plane`); what happens to keys
//! stands in `key_event`.

use super::by_time::record;
use super::happening::{Happening, place_of_event, small, touches_answers};
use super::history::{Occasion, Reason, Subject, What};
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
                    let occasion = Occasion {
                        event,
                        occurrence: 0,
                    };
                    let delay = self.draw_of_event(occasion, "at", at)?;
                    self.schedule(Time::START + delay, Edge::Begin, occasion);
                }
                Timing::Every { .. } => self.schedule_next(Occasion {
                    event,
                    occurrence: 0,
                })?,
                Timing::After { .. } | Timing::Seen(_) => {}
            }
        }
        Ok(())
    }

    pub(super) fn draw_of_event(
        &self,
        occasion: Occasion,
        key: &str,
        delay: &crate::scenario::Delay,
    ) -> Result<Duration, Stopped> {
        let address = || self.address(occasion, self.chance.name("event").name(key));
        self.draw(delay, address, || {
            format!("{key} of {}", self.scenario.events[occasion.event].name)
        })
    }

    /// Lets an event begin or end; what is not before the end of the run never does.
    pub(super) fn schedule(&mut self, at: Time, edge: Edge, occasion: Occasion) -> Option<Ticket> {
        if at >= self.scenario.end() {
            return None;
        }
        let place = place_of_event(&self.scenario.events[occasion.event], edge, occasion.event);
        let event = small(occasion.event);
        let occurrence = occasion.occurrence;
        let happening = match edge {
            Edge::Begin => Happening::Begin { event, occurrence },
            Edge::End => Happening::End { event, occurrence },
        };
        Some(self.queue.schedule(at, place, happening))
    }

    /// Schedules this occurrence of a hazard, a gap after the one before.
    fn schedule_next(&mut self, occasion: Occasion) -> Result<(), Stopped> {
        if let Timing::Every { gap } = &self.scenario.events[occasion.event].timing {
            let gap = self
                .draw_of_event(occasion, "gap", gap)?
                .max(Duration::MILLISECOND);
            self.schedule(self.queue.now() + gap, Edge::Begin, occasion);
        }
        Ok(())
    }

    /// Schedules what follows a beginning or an end.
    pub(super) fn schedule_followers(
        &mut self,
        occasion: Occasion,
        passed: Edge,
    ) -> Result<(), Stopped> {
        for number in 0..self.followers[occasion.event].len() {
            let follower = self.followers[occasion.event][number];
            if let Timing::After { edge, delay, .. } = &self.scenario.events[follower].timing
                && *edge == passed
            {
                let occasion = Occasion {
                    event: follower,
                    ..occasion
                };
                let delay = self.draw_of_event(occasion, "delay", delay)?;
                self.schedule(self.queue.now() + delay, Edge::Begin, occasion);
            }
        }
        Ok(())
    }

    pub(super) fn begin(&mut self, occasion: Occasion) -> Result<(), Stopped> {
        let event = &self.scenario.events[occasion.event];
        self.acted(occasion.event);
        if self.ask(&event.action, occasion)? {
            self.schedule_followers(occasion, Edge::Begin)?;
            self.schedule_after(occasion)?;
            return self.stay_within_limits();
        }
        let subject_before = self.subject(&event.action, occasion);
        let effect = self.take_effect(&event.action, occasion);
        // A version that the event created is known only afterwards.
        let subject = if effect.is_ok() {
            self.subject(&event.action, occasion)
        } else {
            subject_before
        };
        let what = effect.map_or_else(What::WithoutEffect, |()| What::Began);
        self.log(subject, what, rule(&event.action), Some(occasion));
        if touches_answers(&event.action) {
            self.look(occasion)?;
            self.plan_rotations(occasion);
        }
        if let (Ok(()), Action::PurgeKey(key) | Action::DeleteKey(key)) = (effect, &event.action) {
            self.destroy_what_is_revoked(key.vault, key.key);
        }
        self.schedule_followers(occasion, Edge::Begin)?;
        match &event.duration {
            Some(duration) => {
                if effect.is_ok() {
                    self.to_undo.insert(occasion);
                }
                let duration = self
                    .draw_of_event(occasion, "duration", duration)?
                    .max(Duration::MILLISECOND);
                self.schedule(self.queue.now() + duration, Edge::End, occasion);
            }
            None => self.schedule_after(occasion)?,
        }
        self.stay_within_limits()
    }

    /// Schedules the next occurrence of a hazard.
    fn schedule_after(&mut self, occasion: Occasion) -> Result<(), Stopped> {
        self.schedule_next(Occasion {
            occurrence: occasion.occurrence + 1,
            ..occasion
        })
    }

    pub(super) fn end(&mut self, occasion: Occasion) -> Result<(), Stopped> {
        let action = &self.scenario.events[occasion.event].action;
        if self.to_undo.remove(&occasion) {
            let subject = self.subject(action, occasion);
            let what = self
                .undo(action, occasion)
                .map_or_else(What::WithoutEffect, |()| What::Ended);
            self.log(subject, what, rule(action), Some(occasion));
            if touches_answers(action) {
                self.look(occasion)?;
                self.plan_rotations(occasion);
            }
        }
        self.schedule_followers(occasion, Edge::End)?;
        self.schedule_after(occasion)?;
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
    fn subject(&self, action: &Action, occasion: Occasion) -> Subject {
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
                let version = self.touched.get(&occasion).map(|touched| touched.version);
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

    fn take_effect(&mut self, action: &Action, occasion: Occasion) -> Effect {
        match action {
            Action::KeyVaultOutage { vault, failure } => {
                self.vaults[*vault].outages.begin(occasion, *failure);
                Ok(())
            }
            Action::IdentityOutage { failure } => {
                self.identity.begin(occasion, *failure);
                Ok(())
            }
            Action::KeyVaultDenials { vault, failure } => {
                self.vaults[*vault].denials.begin(occasion, *failure);
                Ok(())
            }
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster]
                    .storage_outages
                    .begin(occasion, Probability::ALWAYS);
                Ok(())
            }
            Action::DisableKey(target) => self.set_flag(target, occasion, |key, version| {
                key.set_enabled(version, false)
            }),
            Action::EnableKey(target) => self.set_flag(target, occasion, |key, version| {
                key.set_enabled(version, true)
            }),
            Action::ExpireKey(target) => self.set_flag(target, occasion, |key, version| {
                key.set_expired(version, true)
            }),
            Action::ExtendKey(target) => self.set_flag(target, occasion, |key, version| {
                key.set_expired(version, false)
            }),
            Action::CreateKeyVersion(target) => self.create_version(target, occasion),
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
                self.surges[*workspace].push((occasion, *factor));
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
    fn undo(&mut self, action: &Action, occasion: Occasion) -> Effect {
        match action {
            Action::KeyVaultOutage { vault, .. } => self.vaults[*vault].outages.end(occasion),
            Action::IdentityOutage { .. } => self.identity.end(occasion),
            Action::KeyVaultDenials { vault, .. } => self.vaults[*vault].denials.end(occasion),
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster].storage_outages.end(occasion)
            }
            Action::DisableKey(_) => {
                return self.touched_key(occasion, |key, version| key.set_enabled(version, true));
            }
            Action::ExpireKey(_) => {
                return self.touched_key(occasion, |key, version| key.set_expired(version, false));
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
                self.surges[*workspace].retain(|surge| surge.0 != occasion);
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
        record(
            &mut self.history.workspaces[workspace].surge,
            self.queue.now(),
            product,
        );
    }
}
