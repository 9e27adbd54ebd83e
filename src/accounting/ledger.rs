//! Double-entry books over bytes: every entry moves the bytes that arrived in an interval out
//! of one account of the books and into another.
//!
//! An entry takes effect at one instant, or a fixed time after each byte's arrival. So the
//! life of every byte is a chain of entries, any balance at any instant is a sum over entries,
//! and nothing can be lost on the way: what leaves one place arrives in another.

use crate::intake::Intake;
use crate::units::{Duration, Time, Volume};

/// Where bytes can be. `Cold` and `Hot` are a second set of books about what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not arrived yet.
    Outside,
    /// Waiting under a Microsoft key.
    Buffered,
    /// In the store under the customer's key.
    CustomerKey,
    /// In the store under a Microsoft key.
    MicrosoftKey,
    /// Lost to a revoked account.
    DroppedRevoked,
    /// Lost because it was buffered for too long.
    DroppedBufferExpired,
    /// Lost because the cluster was not provisioned.
    DroppedNotProvisioned,
    /// Deleted at the end of its retention.
    Purged,
    /// Lost with a purged key or a deleted cluster.
    Destroyed,
    /// Not in the hot cache.
    Cold,
    /// In the hot cache.
    Hot,
    /// Not in the hot cache, because a revocation, or the deletion of the cluster, deleted it
    /// from there.
    HotDeleted,
}

impl Place {
    pub(super) const COUNT: usize = Place::HotDeleted as usize + 1;
}

/// When an entry takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// For each byte so long after its arrival.
    After(Duration),
    /// For all at once.
    At(Time),
}

/// The share of a workspace's bytes that one storage account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) account: u32,
    pub(super) of: u32,
}

impl Share {
    /// All of them.
    pub(super) const WHOLE: Share = Share { account: 0, of: 1 };

    /// How many of the first `volume` bytes are dealt to this account.
    #[inline]
    pub(super) fn of(self, volume: u64) -> u64 {
        let of = u64::from(self.of);
        volume / of + u64::from(u64::from(self.account) < volume % of)
    }
}

/// Moves the bytes of one account that arrived in (`after`, `until`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) share: Share,
    pub(super) after: Time,
    pub(super) until: Time,
    pub(super) when: When,
    pub(super) from: Place,
    pub(super) to: Place,
}

impl Entry {
    /// How many bytes it has moved up to and at `t`.
    fn moved(&self, intake: &Intake, t: Time) -> u64 {
        let until = match self.when {
            When::At(at) if at > t => return 0,
            When::At(_) => self.until,
            When::After(lag) => self.until.min(t - lag),
        };
        if until <= self.after {
            return 0;
        }
        self.share.of(intake.accepted_at(until)) - self.share.of(intake.accepted_at(self.after))
    }
}

/// All entries about what one store holds of one workspace.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
    /// Entries beyond it are not kept.
    end: Time,
}

/// The bytes in each place, and those that ever came into it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Places {
    came: [u64; Place::COUNT],
    left: [u64; Place::COUNT],
}

impl Places {
    /// What is in a place of either.
    pub(super) fn add(&mut self, other: &Places) {
        for place in 0..Place::COUNT {
            self.came[place] += other.came[place];
            self.left[place] += other.left[place];
        }
    }

    /// What is in the store.
    pub(super) fn stored(&self) -> Volume {
        self.in_place(Place::CustomerKey) + self.in_place(Place::MicrosoftKey)
    }

    /// What is in a place.
    pub(super) fn in_place(&self, place: Place) -> Volume {
        Volume::from_bytes(self.came[place as usize])
            - Volume::from_bytes(self.left[place as usize])
    }

    /// What ever came into it.
    pub(super) fn ever_in(&self, place: Place) -> Volume {
        Volume::from_bytes(self.came[place as usize])
    }
}

impl Ledger {
    pub(super) fn until(end: Time) -> Ledger {
        Ledger {
            entries: Vec::new(),
            end,
        }
    }

    /// Adds an entry, unless it moves nothing before the end of the run.
    pub(super) fn post(&mut self, entry: Entry) {
        let takes_effect = match entry.when {
            When::At(at) => at <= self.end,
            When::After(lag) => entry.after + lag < self.end,
        };
        if entry.after < entry.until && takes_effect {
            self.entries.push(entry);
        }
    }

    /// The books at the start of the run, before anything that happens at that instant.
    pub(super) fn opening(&self, intake: &Intake) -> Places {
        self.sum(intake, Time::START, |entry| match entry.when {
            When::At(at) => at < Time::START,
            When::After(_) => true,
        })
    }

    /// The books at `t`.
    pub(super) fn at(&self, intake: &Intake, t: Time) -> Places {
        self.sum(intake, t, |_| true)
    }

    fn sum(&self, intake: &Intake, t: Time, counts: impl Fn(&Entry) -> bool) -> Places {
        let mut places = Places::default();
        for entry in self.entries.iter().filter(|entry| counts(entry)) {
            let moved = entry.moved(intake, t);
            places.left[entry.from as usize] += moved;
            places.came[entry.to as usize] += moved;
        }
        places
    }
}
