//! What events do to keys and to the permissions on them.

use super::cluster::KeyVersion;
use super::event::Effect;
use super::happening::{Happening, key_soft_delete_ends, small};
use super::history::{ClusterLife, Occurrence, Reason, Subject, What};
use super::key_vault::{Key, Life};
use super::simulate::{Stopped, World};
use crate::scenario::{Access, Action, KeyTarget, NEWEST, Rule, Scope, Timing};

impl World<'_> {
    /// The key version that an event means.
    pub(super) fn resolve(
        &self,
        target: &KeyTarget,
        occurrence: Occurrence,
    ) -> Result<KeyVersion, Reason> {
        let (vault, key) = (target.vault, target.key);
        if target.version.as_deref() == Some(NEWEST) {
            let version = self.vaults[vault].keys[key].newest_enabled();
            let version = version.ok_or(Reason::VersionDisabled)?;
            return Ok(KeyVersion {
                vault,
                key,
                version,
            });
        }
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
        if let Timing::After { event, .. } = self.scenario.events[occurrence.event].timing
            && let Some(touched) = self
                .touched
                .get(&Occurrence {
                    event,
                    ..occurrence
                })
                .filter(is_meant)
        {
            return Ok(*touched);
        }
        // An update is about its own cluster: first of all the version that it uses. So is a
        // response about the cluster that is watched.
        let event = &self.scenario.events[occurrence.event];
        let own = match event.action {
            Action::UpdateClusterKey { cluster, .. } => Some(cluster),
            _ => None,
        };
        let watched = match &event.timing {
            Timing::Seen(watch) => match watch.scope {
                Scope::Cluster(cluster) => Some(cluster),
                Scope::Workspace(_) | Scope::Total => None,
            },
            _ => None,
        };
        let first = own.or(watched).map(|cluster| &self.clusters[cluster]);
        let others = self.clusters.iter().filter(|_| own.is_none());
        let mut used = first
            .into_iter()
            .chain(others)
            .filter_map(|it| it.key.as_ref());
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

    pub(super) fn set_flag(
        &mut self,
        target: &KeyTarget,
        occurrence: Occurrence,
        set: fn(&mut Key, usize) -> Effect,
    ) -> Effect {
        let version = self.resolve(target, occurrence)?;
        self.touched.insert(occurrence, version);
        set(self.key(version.vault, version.key), version.version)
    }

    pub(super) fn touched_key(
        &mut self,
        occurrence: Occurrence,
        set: fn(&mut Key, usize) -> Effect,
    ) -> Effect {
        let version = self.touched[&occurrence];
        set(self.key(version.vault, version.key), version.version)
    }

    pub(super) fn create_version(&mut self, target: &KeyTarget, occurrence: Occurrence) -> Effect {
        let (vault, key) = (target.vault, target.key);
        let it = self.key(vault, key);
        let version = it.create_version(target.version.as_deref())?;
        let name = it.versions[version].name.clone();
        let history = &mut self.history.key_vaults[vault].keys[key];
        history.versions.push(name);
        self.touched.insert(
            occurrence,
            KeyVersion {
                vault,
                key,
                version,
            },
        );
        Ok(())
    }

    pub(super) fn delete_key(&mut self, target: &KeyTarget) -> Effect {
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
        let ends = Happening::KeySoftDeleteEnds {
            vault: small(target.vault),
            key: small(target.key),
            deletion: key.deletions,
        };
        let at = self.queue.now() + self.scenario.behaviour.soft_delete_retention;
        self.queue.schedule(at, key_soft_delete_ends(), ends);
        Ok(())
    }

    pub(super) fn recover_key(&mut self, target: &KeyTarget) -> Effect {
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

    pub(super) fn purge_key(&mut self, target: &KeyTarget) -> Effect {
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

    pub(super) fn end_key_soft_delete(
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

    /// Sets the permissions of a cluster's identity, which comes with the cluster.
    pub(super) fn set_access(&mut self, cluster: usize, access: Access) -> Effect {
        let cluster = &mut self.clusters[cluster];
        if cluster.life == ClusterLife::Absent {
            return Err(Reason::IdentityMissing);
        }
        if cluster.access == access {
            return Err(Reason::AlreadySo);
        }
        cluster.access = access;
        Ok(())
    }
}
