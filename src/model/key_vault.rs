//! The key vault: what keeps it from answering, and the state of its keys.

use super::history::{Occasion, Reason};
use crate::scenario;
use crate::units::Probability;

/// Causes of the same effect that hold now, each with its own chance to strike a poll.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Vec<(Occasion, Probability)>);

impl Faults {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn begin(&mut self, occasion: Occasion, failure: Probability) {
        self.0.push((occasion, failure));
        // In an order of their own, so that their product does not depend on who came first.
        self.0.sort_unstable_by_key(|fault| fault.0);
    }

    pub(crate) fn end(&mut self, occasion: Occasion) {
        self.0.retain(|fault| fault.0 != occasion);
    }

    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// How likely a poll is struck by at least one.
    pub(crate) fn probability(&self) -> Probability {
        self.0
            .iter()
            .fold(Probability::NEVER, |sum, fault| sum.or(fault.1))
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
        let keys = vault.keys.iter().map(|key| Key {
            life: Life::Live,
            versions: key.versions.iter().cloned().map(Version::new).collect(),
            deletions: 0,
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
                // Goes on: it only tells one deletion from another.
                deletions: _,
            } = key;
            *life = Life::Live;
            versions.truncate(at_start.versions.len());
            versions.iter_mut().for_each(Version::renew);
        }
    }
}

impl Key {
    pub(crate) fn find(&self, version: &str) -> Option<usize> {
        self.versions.iter().position(|known| known.name == version)
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
            Some(name) if self.find(name).is_some() => return Err(Reason::VersionExists),
            Some(name) => name.to_owned(),
            None => self.next_number(),
        };
        self.versions.push(Version::new(name));
        Ok(self.versions.len() - 1)
    }

    fn next_number(&self) -> String {
        let numbers = self
            .versions
            .iter()
            .filter_map(|version| version.name.parse::<u64>().ok());
        (numbers.max().unwrap_or(0) + 1).to_string()
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
