//! The key vaults: what keeps them from answering, and the state of their keys.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::history::{Answers, KeyVersion, Occurrence, Reason, Subject};
use super::polling::Answer;
use crate::scenario::{self, Access, KeyTarget, Scenario};
use crate::units::Probability;

/// Causes of the same effect that hold now, ordered by occurrence, so that their product does
/// not depend on who came first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(BTreeMap<Occurrence, Fault>);

/// One of them.
#[derive(Debug, Clone)]
struct Fault {
    /// How likely it strikes a poll.
    alone: Probability,
    /// How likely it, or one before it, does.
    with_those_before: Probability,
}

impl Faults {
    fn clear(&mut self) {
        self.0.clear();
    }

    /// A cause begins, with the probability that it strikes a poll; without one it ends.
    pub(crate) fn set(&mut self, occurrence: Occurrence, failure: Option<Probability>) {
        match failure {
            Some(alone) => {
                let with_those_before = Probability::NEVER;
                let fault = Fault {
                    alone,
                    with_those_before,
                };
                self.0.insert(occurrence, fault);
            }
            None => {
                self.0.remove(&occurrence);
            }
        }
        self.unite_from(occurrence);
    }

    /// Unites the causes from one on with those before, as far as that makes a difference:
    /// behind one that strikes every poll it makes none.
    fn unite_from(&mut self, occurrence: Occurrence) {
        let before = self.0.range(..occurrence).next_back();
        let mut united = before.map_or(Probability::NEVER, |(_, fault)| fault.with_those_before);
        for (_, fault) in self.0.range_mut(occurrence..) {
            united = united.or(fault.alone);
            if fault.with_those_before == united {
                break;
            }
            fault.with_those_before = united;
        }
    }

    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// How likely a poll is struck by at least one.
    fn probability(&self) -> Probability {
        let last = self.0.last_key_value();
        last.map_or(Probability::NEVER, |(_, fault)| fault.with_those_before)
    }
}

impl KeyVersion {
    pub(crate) fn subject(self) -> Subject {
        Subject::Key {
            vault: self.vault,
            key: self.key,
            version: Some(self.version),
        }
    }
}

/// All key vaults and the identity provider. Only this file changes them.
pub(crate) struct Vaults {
    identity: Faults,
    vaults: Vec<KeyVault>,
    /// The key version that an occurrence was about.
    touched: BTreeMap<Occurrence, KeyVersion>,
}

impl Deref for Vaults {
    type Target = [KeyVault];

    fn deref(&self) -> &[KeyVault] {
        &self.vaults
    }
}

impl Vaults {
    pub(crate) fn of(scenario: &Scenario) -> Vaults {
        Vaults {
            identity: Faults::default(),
            vaults: scenario.key_vaults.iter().map(KeyVault::new).collect(),
            touched: BTreeMap::new(),
        }
    }

    /// Everything as it is at the start again.
    pub(crate) fn restart(&mut self, scenario: &Scenario) {
        let Vaults {
            identity,
            vaults,
            touched,
        } = self;
        identity.clear();
        for (vault, at_start) in vaults.iter_mut().zip(&scenario.key_vaults) {
            vault.restart(at_start);
        }
        touched.clear();
    }

    pub(crate) fn touched(&self, occurrence: Occurrence) -> Option<KeyVersion> {
        self.touched.get(&occurrence).copied()
    }

    /// Notes which key version an occurrence is about.
    pub(crate) fn touch(&mut self, occurrence: Occurrence, version: KeyVersion) {
        self.touched.insert(occurrence, version);
    }

    fn key_mut(&mut self, vault: usize, key: usize) -> &mut Key {
        &mut self.vaults[vault].keys[key]
    }
}

// Questions to a vault.
impl Vaults {
    /// How likely the vault of a key cannot be reached, and how likely it denies what reaches it.
    pub(crate) fn failure_probabilities(
        &self,
        used: KeyVersion,
        access: Access,
    ) -> (Probability, Probability) {
        let vault = &self.vaults[used.vault];
        let denied = if access.unwrap && vault.keys[used.key].unwraps(used.version) {
            vault.denials.probability()
        } else {
            Probability::ALWAYS
        };
        (self.unreachable(vault), denied)
    }

    fn unreachable(&self, vault: &KeyVault) -> Probability {
        vault.outages.probability().or(self.identity.probability())
    }

    /// Whether a request to use another key version gets through to its vault, and may be granted
    /// there. The 32 uniform bits of `draw` decide where the answer is random.
    pub(crate) fn request(&self, vault: usize, access: Access, draw: u32) -> Result<(), Reason> {
        let vault = &self.vaults[vault];
        let unreachable = self.unreachable(vault);
        let answers = Answers {
            unreachable,
            refused: unreachable.or(vault.denials.probability()),
        };
        match answers.to(draw) {
            Answer::Unreachable => Err(Reason::Unreachable),
            Answer::Denied => Err(Reason::Denied),
            Answer::Granted if !access.get => Err(Reason::GetMissing),
            Answer::Granted if !access.wrap => Err(Reason::WrapMissing),
            Answer::Granted if !access.unwrap => Err(Reason::UnwrapMissing),
            Answer::Granted if !vault.recoverable() => Err(Reason::VaultNotRecoverable),
            Answer::Granted => Ok(()),
        }
    }

    pub(crate) fn is_purged(&self, vault: usize, key: usize) -> bool {
        self.vaults[vault].keys[key].life == Life::Purged
    }
}

// What events do to vaults and keys.
impl Vaults {
    /// An outage of the identity provider begins; without a probability it ends.
    pub(crate) fn set_identity_outage(&mut self, by: Occurrence, failure: Option<Probability>) {
        self.identity.set(by, failure);
    }

    /// An outage of a vault begins; without a probability it ends.
    pub(crate) fn set_outage(
        &mut self,
        vault: usize,
        by: Occurrence,
        failure: Option<Probability>,
    ) {
        self.vaults[vault].outages.set(by, failure);
    }

    /// A vault begins to deny; without a probability it ceases.
    pub(crate) fn set_denials(
        &mut self,
        vault: usize,
        by: Occurrence,
        failure: Option<Probability>,
    ) {
        self.vaults[vault].denials.set(by, failure);
    }

    /// Enables or disables a version. Of a soft-deleted key the flags stay as they are.
    pub(crate) fn set_enabled(&mut self, of: KeyVersion, enabled: bool) -> Result<(), Reason> {
        let key = self.key_mut(of.vault, of.key);
        key.change(of.version, |version| &mut version.enabled, enabled)
    }

    /// Lets a version expire, or extends it.
    pub(crate) fn set_expired(&mut self, of: KeyVersion, expired: bool) -> Result<(), Reason> {
        let key = self.key_mut(of.vault, of.key);
        key.change(of.version, |version| &mut version.expired, expired)
    }

    /// Adds a version, enabled; without a name it gets the next number.
    pub(crate) fn create_version(&mut self, target: &KeyTarget) -> Result<KeyVersion, Reason> {
        let (vault, key) = (target.vault, target.key);
        let version = self
            .key_mut(vault, key)
            .create_version(target.version.as_deref())?;
        Ok(KeyVersion {
            vault,
            key,
            version,
        })
    }

    /// Deletes a key. With soft delete the result is the number of the deletion, by which its end
    /// is told from that of another.
    pub(crate) fn delete_key(&mut self, vault: usize, key: usize) -> Result<Option<u32>, Reason> {
        let soft_delete = self.vaults[vault].soft_delete;
        let key = self.key_mut(vault, key);
        key.must_be_live()?;
        if !soft_delete {
            key.life = Life::Purged;
            return Ok(None);
        }
        key.life = Life::SoftDeleted;
        key.deletions += 1;
        Ok(Some(key.deletions))
    }

    pub(crate) fn recover_key(&mut self, vault: usize, key: usize) -> Result<(), Reason> {
        self.key_mut(vault, key).leave_soft_delete(Life::Live)
    }

    pub(crate) fn purge_key(&mut self, vault: usize, key: usize) -> Result<(), Reason> {
        let protected = self.vaults[vault].purge_protection;
        let key = self.key_mut(vault, key);
        if protected && key.life == Life::SoftDeleted {
            return Err(Reason::PurgeProtected);
        }
        key.leave_soft_delete(Life::Purged)
    }

    /// The time of a soft delete is over; and whether that purged the key.
    pub(crate) fn end_soft_delete(&mut self, vault: usize, key: usize, deletion: u32) -> bool {
        let key = self.key_mut(vault, key);
        let purges = key.life == Life::SoftDeleted && key.deletions == deletion;
        if purges {
            key.life = Life::Purged;
        }
        purges
    }
}

/// A key vault as it is now.
#[derive(Debug)]
pub(crate) struct KeyVault {
    soft_delete: bool,
    purge_protection: bool,
    outages: Faults,
    denials: Faults,
    pub(crate) keys: Vec<Key>,
}

/// A key: the versions survive deletion and recovery as they are.
#[derive(Debug)]
pub(crate) struct Key {
    life: Life,
    pub(crate) versions: Vec<Version>,
    /// Their indices by name.
    by_name: BTreeMap<String, usize>,
    /// The highest number that is the name of one; 0 where none is.
    highest: u64,
    /// How often it was deleted: tells the end of one soft delete from that of another.
    deletions: u32,
}

/// Whether a key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Live,
    SoftDeleted,
    Purged,
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) expired: bool,
}

impl Version {
    fn new(name: String) -> Version {
        Version {
            name,
            enabled: true,
            expired: false,
        }
    }

    /// Its name, where that is a number; else 0.
    fn number(&self) -> u64 {
        self.name.parse().unwrap_or(0)
    }

    /// The version as it is when it is new again.
    fn renew(&mut self) {
        let Version {
            name: _,
            enabled,
            expired,
        } = self;
        (*enabled, *expired) = (true, false);
    }
}

impl KeyVault {
    fn new(vault: &scenario::KeyVault) -> KeyVault {
        let keys = vault.keys.iter().map(|at_start| {
            let mut key = Key {
                life: Life::Live,
                versions: Vec::new(),
                by_name: BTreeMap::new(),
                highest: 0,
                deletions: 0,
            };
            at_start
                .versions
                .iter()
                .for_each(|name| key.add(name.clone()));
            key
        });
        KeyVault {
            soft_delete: vault.soft_delete,
            purge_protection: vault.purge_protection,
            outages: Faults::default(),
            denials: Faults::default(),
            keys: keys.collect(),
        }
    }

    /// Soft delete and purge protection are both required of a vault that a cluster uses.
    fn recoverable(&self) -> bool {
        self.soft_delete && self.purge_protection
    }

    /// The vault as it is at the start again.
    fn restart(&mut self, vault: &scenario::KeyVault) {
        let KeyVault {
            soft_delete: _,
            purge_protection: _,
            outages,
            denials,
            keys,
        } = self;
        outages.clear();
        denials.clear();
        for (key, at_start) in keys.iter_mut().zip(&vault.keys) {
            let Key {
                life,
                versions,
                by_name,
                highest,
                // Goes on: it only tells one deletion from another.
                deletions: _,
            } = key;
            *life = Life::Live;
            if versions.len() > at_start.versions.len() {
                for created in versions.drain(at_start.versions.len()..) {
                    by_name.remove(&created.name);
                }
                *highest = versions.iter().map(Version::number).max().unwrap_or(0);
            }
            versions.iter_mut().for_each(Version::renew);
        }
    }
}

impl Key {
    pub(crate) fn find(&self, version: &str) -> Option<usize> {
        self.by_name.get(version).copied()
    }

    /// The newest version that is enabled, if the key is there.
    pub(crate) fn newest_enabled(&self) -> Option<usize> {
        let versions = 0..self.versions.len();
        let mut enabled = versions.rev().filter(|&version| self.unwraps(version));
        enabled.next()
    }

    /// Whether polls on this version are answered with the key. An expired version still unwraps.
    fn unwraps(&self, version: usize) -> bool {
        self.life == Life::Live && self.versions[version].enabled
    }

    /// Nothing can be done with a key that is deleted or purged.
    pub(crate) fn must_be_live(&self) -> Result<(), Reason> {
        match self.life {
            Life::Live => Ok(()),
            Life::SoftDeleted => Err(Reason::KeyDeleted),
            Life::Purged => Err(Reason::KeyPurged),
        }
    }

    fn leave_soft_delete(&mut self, to: Life) -> Result<(), Reason> {
        match self.life {
            Life::SoftDeleted => {
                self.life = to;
                Ok(())
            }
            Life::Live => Err(Reason::KeyNotDeleted),
            Life::Purged => Err(Reason::KeyPurged),
        }
    }

    fn create_version(&mut self, name: Option<&str>) -> Result<usize, Reason> {
        self.must_be_live()?;
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.highest.saturating_add(1).to_string(),
        };
        if self.find(&name).is_some() {
            return Err(Reason::VersionExists);
        }
        self.add(name);
        Ok(self.versions.len() - 1)
    }

    fn add(&mut self, name: String) {
        self.by_name.insert(name.clone(), self.versions.len());
        let version = Version::new(name);
        self.highest = self.highest.max(version.number());
        self.versions.push(version);
    }

    fn change(
        &mut self,
        version: usize,
        flag: fn(&mut Version) -> &mut bool,
        to: bool,
    ) -> Result<(), Reason> {
        self.must_be_live()?;
        let flag = flag(&mut self.versions[version]);
        if *flag == to {
            return Err(Reason::AlreadySo);
        }
        *flag = to;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::StreamKey;

    #[test]
    fn faults_that_come_and_go_are_united_as_those_that_hold_now() {
        for seed in 0..200 {
            let (mut faults, mut held) = (Faults::default(), BTreeMap::new());
            for step in 0..60 {
                let draw =
                    |what: &str, most| StreamKey::root(seed, 0).name(what).number(step).up_to(most);
                let occurrence = Occurrence {
                    event: usize::try_from(draw("event", 9)).expect("small"),
                    number: 0,
                };
                let failure = held.remove(&occurrence).is_none().then(|| {
                    let parts = [0, 1, 1 << 20, 1 << 31, 1 << 32];
                    let part = usize::try_from(draw("part", 4)).expect("small");
                    Probability::from_parts(parts[part])
                });
                held.extend(failure.map(|failure| (occurrence, failure)));
                faults.set(occurrence, failure);
                let united = held
                    .values()
                    .fold(Probability::NEVER, |all, &failure| all.or(failure));
                assert_eq!(faults.probability(), united, "seed {seed}, step {step}");
            }
        }
    }
}
