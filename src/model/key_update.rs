//! Which key version a cluster uses: the update of its key identifier, and autorotation.

use super::cluster::KeyVersion;
use super::control_plane::together;
use super::happening::{Happening, by_itself, small};
use super::history::{Answers, ClusterLife, Occurrence, Reason};
use super::polling::Answer;
use super::simulate::{Stopped, World};
use crate::kernel::StreamKey;
use crate::scenario::{Edge, KeyTarget, NEWEST, Rule};
use crate::units::Duration;

impl World<'_> {
    /// An update that was accepted.
    pub(super) fn update(&mut self, cluster: usize, occurrence: Occurrence) -> Result<(), Stopped> {
        let delay = &self.scenario.behaviour.key_update_duration;
        let duration = self.draw_of_cluster(cluster, "key_update_duration", delay, occurrence)?;
        self.start(cluster, duration, Rule::KeyUpdate, occurrence);
        Ok(())
    }

    pub(super) fn may_update(&self, cluster: usize, key: &KeyTarget) -> Result<(), (Reason, Rule)> {
        let it = &self.clusters[cluster];
        match it.life {
            ClusterLife::Absent => Err((Reason::IdentityMissing, Rule::IdentityAssigned)),
            ClusterLife::SoftDeleted => Err((Reason::ClusterMissing, Rule::ClusterSoftDelete)),
            ClusterLife::Provisioning | ClusterLife::Provisioned if it.operation.is_some() => {
                Err((Reason::OperationInProgress, Rule::OperationInProgress))
            }
            ClusterLife::Provisioning | ClusterLife::Provisioned => together(
                &self.scenario.clusters[cluster].site,
                &self.scenario.key_vaults[key.vault].site,
            ),
        }
    }

    pub(super) fn end_update(
        &mut self,
        cluster: usize,
        target: &KeyTarget,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        match self.check_update(cluster, target, occurrence) {
            Ok(key) => {
                self.touched.insert(occurrence, key);
                self.clusters[cluster].follows_newest = target.version.as_deref() == Some(NEWEST);
                self.succeed(cluster, key.subject(), Rule::KeyUpdate, occurrence);
                self.use_key(cluster, key, occurrence)?;
                self.schedule_followers(occurrence, Edge::End)
            }
            Err(reason) => {
                self.fail(cluster, reason, Rule::KeyUpdateChecks, occurrence);
                Ok(())
            }
        }
    }

    /// What the vault says when the update reaches it.
    fn check_update(
        &self,
        cluster: usize,
        target: &KeyTarget,
        occurrence: Occurrence,
    ) -> Result<KeyVersion, Reason> {
        let luck = self.address(
            occurrence,
            self.clusters[cluster].address.name("key update luck"),
        );
        self.reach(cluster, target.vault, luck)?;
        if let Some(reason) = self.vaults[target.vault].keys[target.key].missing() {
            return Err(reason);
        }
        let found = self.resolve(target, occurrence)?;
        let version = &self.vaults[target.vault].keys[target.key].versions[found.version];
        if !version.enabled {
            return Err(Reason::VersionDisabled);
        }
        if version.expired {
            return Err(Reason::VersionExpired);
        }
        Ok(found)
    }

    /// Whether a request of a cluster to use another key version gets through to its vault, and
    /// may be granted there. One draw at `luck` decides where that is a matter of chance.
    fn reach(&self, cluster: usize, vault: usize, luck: StreamKey) -> Result<(), Reason> {
        let vault = &self.vaults[vault];
        let unreachable = vault.outages.probability().or(self.identity.probability());
        let answers = Answers {
            unreachable,
            refused: unreachable.or(vault.denials.probability()),
        };
        match answers.to(luck.bits_32()) {
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
        if vault.recoverable() {
            Ok(())
        } else {
            Err(Reason::VaultNotRecoverable)
        }
    }

    fn use_key(
        &mut self,
        cluster: usize,
        key: KeyVersion,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        let now = self.queue.now();
        let first = self.clusters[cluster].key.replace(key).is_none();
        if first {
            self.history.clusters[cluster]
                .customer_key
                .record(now, true);
            self.grant_all(cluster);
        }
        self.look(occurrence)?;
        self.plan_rotations(occurrence);
        Ok(())
    }
}

// Autorotation: a check is planned only where it would find another version, so that the cost
// of a run follows what happens to keys and not its days.
impl World<'_> {
    /// Plans the next look for a newer version wherever there is one now.
    pub(super) fn plan_rotations(&mut self, occurrence: Occurrence) {
        let Some(period) = self.scenario.behaviour.autorotation else {
            return;
        };
        for cluster in 0..self.clusters.len() {
            if self.newer_version(cluster).is_some() && self.clusters[cluster].rotation.is_none() {
                self.plan_rotation(cluster, period, occurrence);
            }
        }
    }

    /// The newest enabled version of the key that a cluster follows, if it uses another one.
    fn newer_version(&self, cluster: usize) -> Option<KeyVersion> {
        let it = &self.clusters[cluster];
        let follows = it.follows_newest && it.life == ClusterLife::Provisioned;
        let used = it.key.filter(|_| follows)?;
        let version = self.vaults[used.vault].keys[used.key].newest_enabled()?;
        (version != used.version).then_some(KeyVersion { version, ..used })
    }

    /// A cluster looks at `phase + n * period`.
    fn plan_rotation(&mut self, cluster: usize, period: Duration, occurrence: Occurrence) {
        let address = self.clusters[cluster].address.name("autorotation phase");
        let most = (period - Duration::MILLISECOND).millis().cast_unsigned();
        let phase = address.up_to(most).cast_signed();
        let after = self.queue.now() + Duration::MILLISECOND;
        let since = (after.millis() - phase).rem_euclid(period.millis());
        let at = after + Duration::from_millis((period.millis() - since) % period.millis());
        self.clusters[cluster].rotation = Some(occurrence);
        let look = Happening::LookForVersion(small(cluster));
        self.queue.schedule(at, by_itself(cluster), look);
    }

    pub(super) fn look_for_version(&mut self, cluster: usize) -> Result<(), Stopped> {
        let it = &mut self.clusters[cluster];
        let occurrence = it.rotation.take().expect("a look was planned");
        let Some(newer) = self.newer_version(cluster) else {
            self.plan_rotations(occurrence);
            return Ok(());
        };
        let at = self.queue.now().millis().cast_unsigned();
        let luck = self.clusters[cluster].address.name("autorotation luck");
        let usable = !self.vaults[newer.vault].keys[newer.key].versions[newer.version].expired;
        if usable && self.reach(cluster, newer.vault, luck.number(at)).is_ok() {
            self.succeed(cluster, newer.subject(), Rule::Autorotation, occurrence);
            self.use_key(cluster, newer, occurrence)
        } else {
            self.plan_rotations(occurrence);
            Ok(())
        }
    }
}
