//! What waits in the queue, where in an instant it stands, and what each event does.

use super::Answers;
use super::cluster::{KeyVersion, record};
use super::history::{Occasion, Reason, Subject, What};
use super::key_vault::{Key, Life};
use super::polling::Answer;
use super::simulate::{Stopped, World};
use super::storage_account::State;
use crate::kernel::Place;
use crate::scenario::{Action, Edge, KeyTarget, Rule, Timing};
use crate::units::{Duration, Factor, Time};

/// What waits in the queue.
#[derive(Debug, Clone, Copy)]
pub(super) enum Happening {
    /// A storage account asks the vault.
    Poll(u32),
    /// A storage account's state changes by itself.
    Timer(u32),
    /// An event of the scenario begins.
    Begin { event: u32, occurrence: u32 },
    /// An event of the scenario ends.
    End { event: u32, occurrence: u32 },
    /// The key update of a cluster ends.
    UpdateEnds(u32),
    /// A soft-deleted key is purged.
    SoftDeleteEnds { vault: u32, key: u32, deletion: u32 },
}

/// The order within an instant, as `docs/model.md` states it. Responses will stand last.
mod class {
    pub(super) const FAULT_ENDS: u8 = 0;
    pub(super) const FAULT_BEGINS: u8 = 1;
    pub(super) const KEY_STATE: u8 = 2;
    pub(super) const PERMISSION: u8 = 3;
    pub(super) const OPERATION_ENDS: u8 = 4;
    pub(super) const REQUEST: u8 = 5;
    pub(super) const WORKSPACE: u8 = 6;
    pub(super) const POLL: u8 = 7;
    pub(super) const READY: u8 = 8;
    pub(super) const ENFORCE: u8 = 9;
    pub(super) const EXPIRE: u8 = 10;
}

/// An index as the queue holds it: the less it holds, the faster it is.
pub(super) fn small(index: usize) -> u32 {
    u32::try_from(index).expect("a scenario has fewer than 2^32 of anything")
}

/// The place of an account's polls.
pub(super) fn polls(account: usize) -> Place {
    Place {
        class: class::POLL,
        rank: small(account),
    }
}

/// The place of the instant that a state names.
pub(super) fn place_of_timer(state: State, account: usize) -> Place {
    let class = match state {
        State::Recovering { .. } => class::READY,
        State::Revoking { .. } => class::ENFORCE,
        State::Serving { .. } | State::Isolated | State::Revoked => class::EXPIRE,
    };
    Place {
        class,
        rank: small(account),
    }
}

fn place_of_event(action: &Action, edge: Edge, event: usize) -> Place {
    let class = match action {
        Action::KeyVaultOutage { .. }
        | Action::IdentityOutage { .. }
        | Action::KeyVaultDenials { .. }
        | Action::StorageOutage { .. } => match edge {
            Edge::Begin => class::FAULT_BEGINS,
            Edge::End => class::FAULT_ENDS,
        },
        Action::DisableKey(_)
        | Action::EnableKey(_)
        | Action::ExpireKey(_)
        | Action::ExtendKey(_)
        | Action::CreateKeyVersion(_)
        | Action::DeleteKey(_)
        | Action::RecoverKey(_)
        | Action::PurgeKey(_) => class::KEY_STATE,
        Action::RemoveAccess { .. } | Action::GrantAccess { .. } => class::PERMISSION,
        Action::UpdateClusterKey { .. }
        | Action::CreateCluster { .. }
        | Action::SetCapacityReservation { .. }
        | Action::SetBillingType { .. }
        | Action::DeleteCluster { .. }
        | Action::RecoverCluster { .. }
        | Action::AssociateWorkspace { .. }
        | Action::DisassociateWorkspace { .. } => class::REQUEST,
        Action::SetIngestion { .. }
        | Action::IngestionSurge { .. }
        | Action::SetRetention { .. }
        | Action::SetDailyCap { .. } => class::WORKSPACE,
    };
    Place {
        class,
        rank: small(event),
    }
}

/// What an event's beginning or end did.
type Effect = Result<(), Reason>;

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

    fn draw_of_event(
        &self,
        occasion: Occasion,
        key: &str,
        delay: &crate::scenario::Delay,
    ) -> Result<Duration, Stopped> {
        let address = self.address(occasion, self.chance.name("event").name(key));
        self.draw(delay, address, || {
            format!("{key} of {}", self.scenario.events[occasion.event].name)
        })
    }

    fn schedule(&mut self, at: Time, edge: Edge, occasion: Occasion) {
        if at < self.scenario.end() {
            let place = place_of_event(
                &self.scenario.events[occasion.event].action,
                edge,
                occasion.event,
            );
            let event = small(occasion.event);
            let occurrence = occasion.occurrence;
            let happening = match edge {
                Edge::Begin => Happening::Begin { event, occurrence },
                Edge::End => Happening::End { event, occurrence },
            };
            self.queue.schedule(at, place, happening);
        }
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
    fn schedule_followers(&mut self, occasion: Occasion, passed: Edge) -> Result<(), Stopped> {
        for follower in self.followers[occasion.event].clone() {
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
        let subject_before = self.subject(&event.action, occasion);
        let effect = self.take_effect(&event.action, occasion)?;
        // A version that the event created is known only afterwards.
        let subject = if effect.is_ok() {
            self.subject(&event.action, occasion)
        } else {
            subject_before
        };
        let what = effect.map_or_else(What::WithoutEffect, |()| What::Began);
        if !matches!(event.action, Action::UpdateClusterKey { .. }) {
            self.log(subject, what, rule(&event.action), Some(occasion));
        }
        if self.look_is_needed(&event.action) {
            self.look(occasion)?;
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
                Ok(())
            }
            None => self.schedule_next(Occasion {
                occurrence: occasion.occurrence + 1,
                ..occasion
            }),
        }
    }

    pub(super) fn end(&mut self, occasion: Occasion) -> Result<(), Stopped> {
        let action = &self.scenario.events[occasion.event].action;
        if self.to_undo.remove(&occasion) {
            let subject = self.subject(action, occasion);
            let what = self
                .undo(action, occasion)
                .map_or_else(What::WithoutEffect, |()| What::Ended);
            self.log(subject, what, rule(action), Some(occasion));
            if self.look_is_needed(action) {
                self.look(occasion)?;
            }
        }
        self.schedule_followers(occasion, Edge::End)?;
        self.schedule_next(Occasion {
            occurrence: occasion.occurrence + 1,
            ..occasion
        })
    }

    fn look_is_needed(&self, action: &Action) -> bool {
        place_of_event(action, Edge::Begin, 0).class <= class::PERMISSION
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
        Action::UpdateClusterKey { .. } => Rule::KeyUpdate,
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

    fn take_effect(&mut self, action: &Action, occasion: Occasion) -> Result<Effect, Stopped> {
        Ok(match action {
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
                    .begin(occasion, crate::units::Probability::ALWAYS);
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
            Action::UpdateClusterKey { cluster, .. } => {
                return self.ask_for_update(*cluster, occasion).map(Ok);
            }
            Action::CreateCluster { .. }
            | Action::SetCapacityReservation { .. }
            | Action::SetBillingType { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. } => unreachable!("not read from files yet"),
            Action::SetIngestion {
                workspace,
                rate,
                factor,
            } => {
                let (now, workspace) = (self.queue.now(), &mut self.workspaces[*workspace]);
                if let Some(rate) = rate {
                    record(&mut workspace.rate, now, *rate);
                }
                if let Some(factor) = factor {
                    record(&mut workspace.factor, now, *factor);
                }
                Ok(())
            }
            Action::IngestionSurge { workspace, factor } => {
                self.surges[*workspace].push((occasion, *factor));
                self.record_surge(*workspace);
                Ok(())
            }
            Action::SetRetention {
                workspace,
                retention,
            } => {
                record(
                    &mut self.workspaces[*workspace].retention,
                    self.queue.now(),
                    *retention,
                );
                Ok(())
            }
            Action::SetDailyCap {
                workspace,
                daily_cap,
            } => {
                record(
                    &mut self.workspaces[*workspace].daily_cap,
                    self.queue.now(),
                    *daily_cap,
                );
                Ok(())
            }
        })
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
            product * u128::from(surge.1.millionths()) / one
        });
        let product = Factor::from_millionths(u64::try_from(product).unwrap_or(u64::MAX));
        record(
            &mut self.workspaces[workspace].surge,
            self.queue.now(),
            product,
        );
    }

    /// The key version that an event means.
    fn resolve(&self, target: &KeyTarget, occasion: Occasion) -> Result<KeyVersion, Reason> {
        let (vault, key) = (target.vault, target.key);
        if let Some(name) = &target.version {
            let version = self.vaults[vault].keys[key]
                .find(name)
                .ok_or(Reason::NoSuchVersion)?;
            return Ok(KeyVersion {
                vault,
                key,
                version,
            });
        }
        let is_meant = |version: &&KeyVersion| (version.vault, version.key) == (vault, key);
        if let Timing::After { event, .. } = self.scenario.events[occasion.event].timing
            && let Some(touched) = self
                .touched
                .get(&Occasion { event, ..occasion })
                .filter(is_meant)
        {
            return Ok(*touched);
        }
        // An update is about its own cluster: first of all the version that it uses.
        let own = match self.scenario.events[occasion.event].action {
            Action::UpdateClusterKey { cluster, .. } => Some(cluster),
            _ => None,
        };
        let asked = own.map_or(&self.clusters[..], |own| &self.clusters[own..=own]);
        let mut used = asked.iter().filter_map(|cluster| cluster.key.as_ref());
        if let Some(used) = used.find(is_meant) {
            return Ok(*used);
        }
        // A cluster that has used no version of this key gets the newest.
        let newest = self.vaults[vault].keys[key].versions.len() - 1;
        own.map(|_| KeyVersion {
            vault,
            key,
            version: newest,
        })
        .ok_or(Reason::KeyNotInUse)
    }

    fn key(&mut self, vault: usize, key: usize) -> &mut Key {
        &mut self.vaults[vault].keys[key]
    }

    fn set_flag(
        &mut self,
        target: &KeyTarget,
        occasion: Occasion,
        set: fn(&mut Key, usize) -> Effect,
    ) -> Effect {
        let version = self.resolve(target, occasion)?;
        self.touched.insert(occasion, version);
        set(self.key(version.vault, version.key), version.version)
    }

    fn touched_key(&mut self, occasion: Occasion, set: fn(&mut Key, usize) -> Effect) -> Effect {
        let version = self.touched[&occasion];
        set(self.key(version.vault, version.key), version.version)
    }

    fn create_version(&mut self, target: &KeyTarget, occasion: Occasion) -> Effect {
        let (vault, key) = (target.vault, target.key);
        let version = self
            .key(vault, key)
            .create_version(target.version.as_deref())?;
        self.touched.insert(
            occasion,
            KeyVersion {
                vault,
                key,
                version,
            },
        );
        Ok(())
    }

    fn delete_key(&mut self, target: &KeyTarget) -> Effect {
        let soft_delete = self.vaults[target.vault].soft_delete;
        let key = self.key(target.vault, target.key);
        if let Some(reason) = key.missing() {
            return Err(reason);
        }
        if !soft_delete {
            key.life = Life::Purged;
            return Ok(());
        }
        key.life = Life::SoftDeleted;
        key.deletions += 1;
        let ends = Happening::SoftDeleteEnds {
            vault: small(target.vault),
            key: small(target.key),
            deletion: key.deletions,
        };
        let at = self.queue.now() + self.scenario.behaviour.soft_delete_retention;
        self.queue.schedule(
            at,
            Place {
                class: class::KEY_STATE,
                rank: small(target.vault),
            },
            ends,
        );
        Ok(())
    }

    fn recover_key(&mut self, target: &KeyTarget) -> Effect {
        let key = self.key(target.vault, target.key);
        match key.life {
            Life::SoftDeleted => {
                key.life = Life::Live;
                Ok(())
            }
            Life::Live => Err(Reason::KeyNotDeleted),
            Life::Purged => Err(Reason::KeyPurged),
        }
    }

    fn purge_key(&mut self, target: &KeyTarget) -> Effect {
        let protected = self.vaults[target.vault].purge_protection;
        let key = self.key(target.vault, target.key);
        match key.life {
            Life::SoftDeleted if protected => Err(Reason::PurgeProtected),
            Life::SoftDeleted => {
                key.life = Life::Purged;
                Ok(())
            }
            Life::Live => Err(Reason::KeyNotDeleted),
            Life::Purged => Err(Reason::KeyPurged),
        }
    }

    pub(super) fn end_soft_delete(
        &mut self,
        vault: usize,
        key: usize,
        deletion: u32,
    ) -> Result<(), Stopped> {
        let it = self.key(vault, key);
        if it.life == Life::SoftDeleted && it.deletions == deletion {
            it.life = Life::Purged;
            self.log(
                Subject::Key {
                    vault,
                    key,
                    version: None,
                },
                What::PurgedByItself,
                Rule::SoftDelete,
                None,
            );
            self.destroy_what_is_revoked(vault, key);
        }
        Ok(())
    }

    fn set_access(&mut self, cluster: usize, access: crate::scenario::Access) -> Effect {
        let held = &mut self.clusters[cluster].access;
        if *held == access {
            return Err(Reason::AlreadySo);
        }
        *held = access;
        Ok(())
    }
}

// The key identifier update.
impl World<'_> {
    fn ask_for_update(&mut self, cluster: usize, occasion: Occasion) -> Result<(), Stopped> {
        let subject = Subject::Cluster(cluster);
        if self.clusters[cluster].operation.is_some() {
            self.clusters[cluster].history.operations_rejected += 1;
            let what = What::OperationRejected(Reason::OperationInProgress);
            self.log(subject, what, Rule::OperationInProgress, Some(occasion));
            return Ok(());
        }
        let address = self.address(
            occasion,
            self.clusters[cluster].address.name("key_update_duration"),
        );
        let delay = &self.scenario.behaviour.key_update_duration;
        let duration = self.draw(delay, address, || "key_update_duration".to_owned())?;
        self.clusters[cluster].operation = Some(occasion);
        let place = Place {
            class: class::OPERATION_ENDS,
            rank: small(occasion.event),
        };
        let ends = Happening::UpdateEnds(small(cluster));
        self.queue
            .schedule(self.queue.now() + duration, place, ends);
        self.log(
            subject,
            What::OperationStarted,
            Rule::KeyUpdate,
            Some(occasion),
        );
        Ok(())
    }

    pub(super) fn end_update(&mut self, cluster: usize) -> Result<(), Stopped> {
        let occasion = self.clusters[cluster]
            .operation
            .take()
            .expect("an update was running");
        let Action::UpdateClusterKey { key: target, .. } =
            &self.scenario.events[occasion.event].action
        else {
            unreachable!("only an update of the key runs as an operation")
        };
        match self.check_update(cluster, target, occasion) {
            Ok(key) => {
                self.touched.insert(occasion, key);
                let subject = Subject::Key {
                    vault: key.vault,
                    key: key.key,
                    version: Some(key.version),
                };
                self.log(
                    subject,
                    What::OperationSucceeded,
                    Rule::KeyUpdate,
                    Some(occasion),
                );
                self.use_key(cluster, key);
                self.look(occasion)?;
                self.schedule_followers(occasion, Edge::End)
            }
            Err(reason) => {
                self.clusters[cluster].history.operations_failed += 1;
                let what = What::OperationFailed(reason);
                self.log(
                    Subject::Cluster(cluster),
                    what,
                    Rule::KeyUpdateChecks,
                    Some(occasion),
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
        occasion: Occasion,
    ) -> Result<KeyVersion, Reason> {
        let vault = &self.vaults[target.vault];
        let unreachable = vault.outages.probability().or(self.identity.probability());
        let answers = Answers {
            unreachable,
            refused: unreachable.or(vault.denials.probability()),
        };
        let luck = self
            .address(
                occasion,
                self.clusters[cluster].address.name("key update luck"),
            )
            .bits()
            >> 32;
        match answers.to(u32::try_from(luck).expect("32 bits")) {
            Answer::Unreachable => return Err(Reason::Unreachable),
            Answer::Denied => return Err(Reason::Denied),
            Answer::Granted => {}
        }
        let access = self.clusters[cluster].access;
        let granted = [
            (access.get, Reason::GetMissing),
            (access.wrap, Reason::WrapMissing),
            (access.unwrap, Reason::UnwrapMissing),
        ];
        if let Some((_, reason)) = granted.into_iter().find(|(granted, _)| !granted) {
            return Err(reason);
        }
        if !vault.recoverable() {
            return Err(Reason::VaultNotRecoverable);
        }
        let key = &vault.keys[target.key];
        if let Some(reason) = key.missing() {
            return Err(reason);
        }
        let found = self.resolve(target, occasion)?;
        let version = &key.versions[found.version];
        if !version.enabled {
            return Err(Reason::VersionDisabled);
        }
        if version.expired {
            return Err(Reason::VersionExpired);
        }
        Ok(found)
    }

    fn use_key(&mut self, cluster: usize, key: KeyVersion) {
        let now = self.queue.now();
        let first = self.clusters[cluster].key.replace(key).is_none();
        if first {
            record(&mut self.clusters[cluster].history.customer_key, now, true);
            self.grant_all(cluster);
        }
    }
}
