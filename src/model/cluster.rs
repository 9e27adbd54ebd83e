//! The dedicated clusters: their life, the key version that each uses, what interrupts them, and
//! the operation that runs.

use std::ops::Deref;

use super::calendar::Calendar;
use super::history::{Answers, ClusterLife, KeyVersion, Occurrence, Reason};
use super::key_vault::{Faults, Vaults};
use super::notice::{Notice, index_u32, service_initiated};
use crate::kernel::StreamKey;
use crate::scenario::{self, Access, Scenario};
use crate::units::{Duration, Probability, Time};

/// All clusters. Only this file changes them.
pub(super) struct Clusters<'a> {
    scenario: &'a Scenario,
    clusters: Vec<Cluster>,
}

/// A cluster as it is now.
#[derive(Debug)]
pub(super) struct Cluster {
    /// Where the keys of its streams begin.
    pub(super) stream: StreamKey,
    pub(super) life: ClusterLife,
    pub(super) key: Option<KeyVersion>,
    /// Whether its key identifier names no version, and follows the newest.
    follows_newest: bool,
    /// The cause of its next check for a newer version, if one is planned.
    rotation: Option<Occurrence>,
    pub(super) access: Access,
    storage_outages: Faults,
    /// The operation that runs, and what asked for it.
    pub(super) operation: Option<(Operation, Occurrence)>,
    /// What asked for its last deletion, and how many there were.
    deletion: Option<Occurrence>,
    deletions: u32,
    /// Until when its name is reserved after that.
    reserved: Time,
    /// What its polls are answered; `None` while it does not poll.
    pub(super) answers: Option<Answers>,
    /// While the vault or the identity provider cannot be reached.
    pub(super) outage: Spell,
    /// While the vault, outages left aside, denies this cluster.
    pub(super) denial: Spell,
}

/// An operation that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    KeyUpdate,
    Creation,
    /// It ends with the last workspace that leaves the cluster.
    Deletion,
    Recovery,
}

/// Something that holds for a while, perhaps from several causes in turn.
///
/// What ends and begins again at one instant never ceased.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spell {
    now: Option<(Time, Occurrence)>,
    last: Option<((Time, Occurrence), Time)>,
}

impl Spell {
    fn set(&mut self, holds: bool, at: Time, cause: Occurrence) {
        match (self.now, holds) {
            (None, true) => {
                let resumed = self.last.filter(|&(_, ended)| ended == at);
                self.now = Some(resumed.map_or((at, cause), |(began, _)| began));
            }
            (Some(began), false) => {
                self.last = Some((began, at));
                self.now = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Since when it holds, and what began it; of the last time, if it holds no more.
    ///
    /// # Panics
    ///
    /// If it never held.
    pub(super) fn latest(&self) -> (Time, Occurrence) {
        self.now
            .or(self.last.map(|(began, _)| began))
            .expect("an interruption was begun by something")
    }

    pub(super) fn holds(&self) -> bool {
        self.now.is_some()
    }
}

impl Cluster {
    fn at_start(cluster: &scenario::Cluster, stream: StreamKey, vaults: &Vaults) -> Cluster {
        let key = cluster.key.as_ref().map(|key| {
            let version = vaults[key.vault].keys[key.key].find(&key.version);
            KeyVersion {
                vault: key.vault,
                key: key.key,
                version: version.expect("the scenario was validated"),
            }
        });
        Cluster {
            stream,
            life: if cluster.at_start {
                ClusterLife::Provisioned
            } else {
                ClusterLife::Absent
            },
            key,
            follows_newest: cluster.key.as_ref().is_some_and(|key| key.follows_newest),
            rotation: None,
            deletion: None,
            deletions: 0,
            reserved: Time::BEGINNING,
            access: cluster.access,
            storage_outages: Faults::default(),
            operation: None,
            answers: key.map(|_| Answers::GRANTED),
            outage: Spell::default(),
            denial: Spell::default(),
        }
    }

    /// Whether nobody can have its name: it was deleted lately, or can be recovered.
    pub(super) fn is_reserved(&self, now: Time) -> bool {
        match self.life {
            ClusterLife::SoftDeleted => true,
            ClusterLife::Absent => now < self.reserved,
            ClusterLife::Provisioning | ClusterLife::Provisioned => false,
        }
    }

    pub(super) fn is_provisioned(&self) -> bool {
        self.life == ClusterLife::Provisioned
    }

    /// What asked for its deletion, if that runs.
    pub(super) fn deletion_running(&self) -> Option<Occurrence> {
        let deletes = |&(operation, _): &(Operation, _)| operation == Operation::Deletion;
        self.operation.filter(deletes).map(|(_, by)| by)
    }

    /// Whether the storage itself is down.
    pub(super) fn is_down(&self) -> bool {
        self.storage_outages.any()
    }

    /// Whether an outage, a denial or a storage outage holds, or the cluster is soft-deleted.
    pub(super) fn is_interrupted(&self) -> bool {
        let deleted = self.life == ClusterLife::SoftDeleted;
        self.is_down() || deleted || self.outage.holds() || self.denial.holds()
    }
}

impl Deref for Clusters<'_> {
    type Target = [Cluster];

    #[inline]
    fn deref(&self) -> &[Cluster] {
        &self.clusters
    }
}

impl<'a> Clusters<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Clusters<'a> {
        Clusters {
            scenario,
            clusters: Vec::with_capacity(scenario.clusters.len()),
        }
    }

    /// Everything as it is at the start again. The stream keys begin with `root`.
    pub(super) fn restart(&mut self, root: StreamKey, vaults: &Vaults) {
        self.clusters.clear();
        self.clusters
            .extend(self.scenario.clusters.iter().map(|cluster| {
                let stream = root.name("cluster").name(&cluster.name);
                Cluster::at_start(cluster, stream, vaults)
            }));
    }

    /// Finds out which interruptions hold from `now` on, and how polls are to be answered. They
    /// are answered so after [`Clusters::set_answers`].
    pub(super) fn refresh(
        &mut self,
        cluster: usize,
        vaults: &Vaults,
        now: Time,
        cause: Occurrence,
    ) -> Option<Answers> {
        let cluster = &mut self.clusters[cluster];
        let used = cluster.key.filter(|_| cluster.is_provisioned());
        let (unreachable, denied) = used.map_or((Probability::NEVER, Probability::NEVER), |used| {
            vaults.failure_probabilities(used, cluster.access)
        });
        let (fails, denies) = (
            unreachable > Probability::NEVER,
            denied > Probability::NEVER,
        );
        cluster.outage.set(fails, now, cause);
        cluster.denial.set(denies, now, cause);
        used.filter(|_| !cluster.is_down()).map(|_| Answers {
            unreachable,
            refused: unreachable.or(denied),
        })
    }

    pub(super) fn set_answers(&mut self, cluster: usize, answers: Option<Answers>) {
        self.clusters[cluster].answers = answers;
    }

    /// An outage of the storage begins or ends.
    pub(super) fn set_storage_outage(&mut self, cluster: usize, by: Occurrence, holds: bool) {
        let failure = holds.then_some(Probability::ALWAYS);
        self.clusters[cluster].storage_outages.set(by, failure);
    }

    /// Grants permissions to a cluster's identity, which comes with the cluster, or removes them.
    pub(super) fn set_access(
        &mut self,
        cluster: usize,
        permissions: Access,
        granted: bool,
    ) -> Result<(), Reason> {
        let cluster = &mut self.clusters[cluster];
        if cluster.life == ClusterLife::Absent {
            return Err(Reason::IdentityMissing);
        }
        let access = if granted {
            cluster.access.with(permissions)
        } else {
            cluster.access.without(permissions)
        };
        if cluster.access == access {
            return Err(Reason::AlreadySo);
        }
        cluster.access = access;
        Ok(())
    }
}

// Operations.
impl Clusters<'_> {
    pub(super) fn begin_operation(&mut self, cluster: usize, operation: Operation, by: Occurrence) {
        self.clusters[cluster].operation = Some((operation, by));
    }

    /// Ends the running operation: which it was, and what asked for it.
    pub(super) fn end_operation(&mut self, cluster: usize) -> (Operation, Occurrence) {
        let ended = self.clusters[cluster].operation.take();
        ended.expect("an operation was running")
    }

    /// Sets the stage of life, and says which it was before.
    pub(super) fn set_life(&mut self, cluster: usize, life: ClusterLife) -> ClusterLife {
        std::mem::replace(&mut self.clusters[cluster].life, life)
    }

    /// The identity of a cluster that is created is new: nobody has granted it anything yet.
    pub(super) fn create(&mut self, cluster: usize) {
        self.clusters[cluster].access = Access::NONE;
    }

    /// A deletion is done: the cluster is kept for a time, at the end of which it is lost.
    pub(super) fn delete(&mut self, cluster: usize, calendar: &mut Calendar<'_>) {
        let (_, by) = self.end_operation(cluster);
        let deleted = &mut self.clusters[cluster];
        deleted.deletion = Some(by);
        deleted.deletions += 1;
        let ends = Notice::ClusterSoftDeleteEnds {
            cluster: index_u32(cluster),
            deletion: deleted.deletions,
        };
        let behaviour = &self.scenario.behaviour;
        deleted.reserved = calendar.now() + behaviour.cluster_name_reserved;
        let at = calendar.now() + behaviour.cluster_data_kept;
        calendar.schedule(at, service_initiated(cluster), ends);
    }

    /// The time of a soft delete is over. Says what asked for the deletion if that loses the
    /// cluster for good; a recovery that was asked for in time is in time, however long it takes.
    pub(super) fn end_soft_delete(&mut self, cluster: usize, deletion: u32) -> Option<Occurrence> {
        let lost = &mut self.clusters[cluster];
        let same = lost.deletions == deletion;
        if lost.life != ClusterLife::SoftDeleted || !same || lost.operation.is_some() {
            return None;
        }
        lost.key = None;
        lost.follows_newest = false;
        lost.access = Access::NONE;
        lost.deletion
    }
}

// Which key version a cluster uses. A check for a newer version is planned only where it would
// find one, so that the cost of a run follows what happens to keys and not its days.
impl Clusters<'_> {
    /// The cluster uses a key version from now on; and whether it is the first.
    pub(super) fn use_key(&mut self, cluster: usize, version: KeyVersion) -> bool {
        self.clusters[cluster].key.replace(version).is_none()
    }

    pub(super) fn follow_newest(&mut self, cluster: usize, follows: bool) {
        self.clusters[cluster].follows_newest = follows;
    }

    /// The newest enabled version of the key that a cluster follows, if it uses another one.
    fn newer_version(&self, cluster: usize, vaults: &Vaults) -> Option<KeyVersion> {
        let cluster = &self.clusters[cluster];
        let follows = cluster.follows_newest && cluster.is_provisioned();
        let used = cluster.key.filter(|_| follows)?;
        let version = vaults[used.vault].keys[used.key].newest_enabled()?;
        (version != used.version).then_some(KeyVersion { version, ..used })
    }

    /// Plans the next check wherever there is a newer version now.
    pub(super) fn plan_rotations(
        &mut self,
        vaults: &Vaults,
        calendar: &mut Calendar<'_>,
        cause: Occurrence,
    ) {
        let Some(period) = self.scenario.behaviour.autorotation else {
            return;
        };
        for index in 0..self.clusters.len() {
            let planned = self.clusters[index].rotation.is_some();
            if planned || self.newer_version(index, vaults).is_none() {
                continue;
            }
            let cluster = &mut self.clusters[index];
            cluster.rotation = Some(cause);
            let at = next_check(cluster.stream, period, calendar.now());
            let check = Notice::RotationCheck(index_u32(index));
            calendar.schedule(at, service_initiated(index), check);
        }
    }

    /// Begins a check: what caused it, and the version that it found, if the vault grants it.
    pub(super) fn check_rotation(
        &mut self,
        index: usize,
        vaults: &Vaults,
        now: Time,
    ) -> (Occurrence, Option<KeyVersion>) {
        let cause = self.clusters[index].rotation.take();
        let cluster = &self.clusters[index];
        let draw = cluster.stream.name("autorotation luck");
        let draw = draw.number(now.millis().cast_unsigned()).bits_32();
        let granted = |newer: &KeyVersion| {
            let usable = !vaults[newer.vault].keys[newer.key].versions[newer.version].expired;
            usable && vaults.request(newer.vault, cluster.access, draw).is_ok()
        };
        let newer = self.newer_version(index, vaults).filter(granted);
        (cause.expect("a check was planned"), newer)
    }
}

/// A cluster checks for a newer key version at `phase + n * period`: when it does so next.
fn next_check(stream: StreamKey, period: Duration, now: Time) -> Time {
    let most = (period - Duration::MILLISECOND).millis().cast_unsigned();
    let phase = stream.name("autorotation phase").up_to(most).cast_signed();
    let after = now + Duration::MILLISECOND;
    let since = (after.millis() - phase).rem_euclid(period.millis());
    after + Duration::from_millis((period.millis() - since) % period.millis())
}
