//! The key vault: what keeps it from answering, and the state of its keys.

use std::collections::BTreeMap;

use super::history::{Occurrence, Reason};
use crate::scenario;
use crate::units::Probability;

/// Causes of the same effect that hold now, in an order of their own, so that their product does
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
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn begin(&mut self, occurrence: Occurrence, failure: Probability) {
        let fault = Fault {
            alone: failure,
            with_those_before: Probability::NEVER,
        };
        self.0.insert(occurrence, fault);
        self.unite_from(occurrence);
    }

    pub(crate) fn end(&mut self, occurrence: Occurrence) {
        if self.0.remove(&occurrence).is_some() {
            self.unite_from(occurrence);
        }
    }

    /// Unites those from one on with those before, as far as that makes a difference: behind
    /// one that strikes every poll it makes none.
    fn unite_from(&mut self, occurrence: Occurrence) {
        let before = self.0.range(..occurrence).next_back();
        let mut united = before.map_or(Probability::NEVER, |it| it.1.with_those_before);
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
    pub(crate) fn probability(&self) -> Probability {
        let last = self.0.last_key_value();
        last.map_or(Probability::NEVER, |it| it.1.with_those_before)
    }
}

/// A key vault as it is now.
#[derive(Debug)]
pub(crate) struct KeyVault {
    pub(crate) soft_delete: bool,
    pub(crate) purge_protection: bool,
    pub(crate) outages: Faults,
    pub(crate) denials: Faults,
    pub(crate) keys: Vec<Key>,
}

/// A key: the versions survive deletion and recovery as they are.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) life: Life,
    pub(crate) versions: Vec<Version>,
    /// Their indices by name.
    by_name: BTreeMap<String, usize>,
    /// The highest number that is the name of one; 0 where none is.
    highest: u64,
    /// How often it was deleted: tells the end of one soft delete from that of another.
    pub(crate) deletions: u32,
}

/// Whether a key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
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
    pub(crate) fn new(vault: &scenario::KeyVault) -> KeyVault {
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
    pub(crate) fn recoverable(&self) -> bool {
        self.soft_delete && self.purge_protection
    }

    /// The vault as it is at the start again.
    pub(crate) fn restart(&mut self, vault: &scenario::KeyVault) {
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
    pub(crate) fn unwraps(&self, version: usize) -> bool {
        self.life == Life::Live && self.versions[version].enabled
    }

    /// Why nothing can be done with the key at all, if so.
    pub(crate) fn missing(&self) -> Option<Reason> {
        match self.life {
            Life::Live => None,
            Life::SoftDeleted => Some(Reason::KeyDeleted),
            Life::Purged => Some(Reason::KeyPurged),
        }
    }

    /// Adds a version, enabled; without a name the next number.
    pub(crate) fn create_version(&mut self, name: Option<&str>) -> Result<usize, Reason> {
        if let Some(reason) = self.missing() {
            return Err(reason);
        }
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

    /// Enables or disables a version. Of a soft-deleted key the flags stay as they are.
    pub(crate) fn set_enabled(&mut self, version: usize, enabled: bool) -> Result<(), Reason> {
        self.change(version, |version| &mut version.enabled, enabled)
    }

    /// Lets a version expire, or extends it.
    pub(crate) fn set_expired(&mut self, version: usize, expired: bool) -> Result<(), Reason> {
        self.change(version, |version| &mut version.expired, expired)
    }

    fn change(
        &mut self,
        version: usize,
        flag: fn(&mut Version) -> &mut bool,
        to: bool,
    ) -> Result<(), Reason> {
        if let Some(reason) = self.missing() {
            return Err(reason);
        }
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
                if held.remove(&occurrence).is_some() {
                    faults.end(occurrence);
                } else {
                    let parts = [0, 1, 1 << 20, 1 << 31, 1 << 32];
                    let part = usize::try_from(draw("part", 4)).expect("small");
                    let failure = Probability::from_parts(parts[part]);
                    held.insert(occurrence, failure);
                    faults.begin(occurrence, failure);
                }
                let united = held
                    .values()
                    .fold(Probability::NEVER, |all, &it| all.or(it));
                assert_eq!(faults.probability(), united, "seed {seed}, step {step}");
            }
        }
    }
}
