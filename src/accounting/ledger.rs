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

/// Moves the bytes of one account that arrived in (`after`, `until`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Number of the storage account, from 0.
    pub(super) account: u32,
    pub(super) after: Time,
    pub(super) until: Time,
    pub(super) when: When,
    pub(super) from: Place,
    pub(super) to: Place,
}

/// All entries about what one store holds of one workspace.
#[derive(Debug)]
pub(super) struct Ledger {
    /// How many storage accounts share what arrives; the shared store is one.
    accounts: u32,
    /// The arrival times that entries name, each once, in order.
    instants: Vec<Time>,
    entries: Vec<Posted>,
}

/// An entry, with its arrival times by number.
#[derive(Debug, Clone, Copy)]
struct Posted {
    account: u32,
    after: u32,
    until: u32,
    when: When,
    from: Place,
    to: Place,
}

/// What is dealt to the accounts of so many bytes: to each `each`, and one more to the first
/// `rest`.
#[derive(Debug, Clone, Copy)]
struct Dealt {
    each: u64,
    rest: u64,
}

impl Dealt {
    #[inline]
    fn of(volume: u64, accounts: u32) -> Dealt {
        let accounts = u64::from(accounts);
        Dealt {
            each: volume / accounts,
            rest: volume % accounts,
        }
    }

    #[inline]
    fn to(self, account: u32) -> u64 {
        self.each + u64::from(u64::from(account) < self.rest)
    }
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

/// The volumes at the arrival times that a ledger names, for one workspace.
pub(super) struct Volumes<'a> {
    ledger: &'a Ledger,
    intake: &'a Intake,
    dealt: Vec<Dealt>,
}

impl Ledger {
    /// The books of `entries` for a run that ends at `end`; what moves nothing before is left
    /// out.
    pub(super) fn new(accounts: u32, entries: &[Entry], end: Time) -> Ledger {
        let takes_effect = |entry: &&Entry| match entry.when {
            When::At(at) => at <= end,
            When::After(lag) => entry.after + lag < end,
        };
        let entries = entries.iter().filter(|entry| entry.after < entry.until);
        let entries: Vec<&Entry> = entries.filter(takes_effect).collect();
        let times = entries.iter().flat_map(|entry| [entry.after, entry.until]);
        let mut instants: Vec<Time> = times.collect();
        instants.sort_unstable();
        instants.dedup();
        let number = |t: Time| {
            let number = instants.partition_point(|&instant| instant < t);
            u32::try_from(number).expect("fewer than 2^32 instants")
        };
        let posted = entries.iter().map(|entry| Posted {
            account: entry.account,
            after: number(entry.after),
            until: number(entry.until),
            when: entry.when,
            from: entry.from,
            to: entry.to,
        });
        Ledger {
            accounts,
            entries: posted.collect(),
            instants,
        }
    }

    /// How many storage accounts share what arrives.
    pub(super) fn accounts(&self) -> u32 {
        self.accounts
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.entries.iter().map(|entry| Entry {
            account: entry.account,
            after: self.instants[entry.after as usize],
            until: self.instants[entry.until as usize],
            when: entry.when,
            from: entry.from,
            to: entry.to,
        })
    }

    pub(super) fn volumes<'a>(&'a self, intake: &'a Intake) -> Volumes<'a> {
        let volumes = self.instants.iter().map(|&t| intake.accepted_at(t));
        Volumes {
            ledger: self,
            intake,
            dealt: volumes
                .map(|volume| Dealt::of(volume, self.accounts))
                .collect(),
        }
    }
}

impl Volumes<'_> {
    /// The books at the start of the run, before anything that happens at that instant.
    pub(super) fn opening(&self) -> Places {
        self.sum(Time::START, |when| match when {
            When::At(at) => at < Time::START,
            When::After(_) => true,
        })
    }

    /// The books at `t`.
    pub(super) fn at(&self, t: Time) -> Places {
        self.sum(t, |_| true)
    }

    fn sum(&self, t: Time, counts: impl Fn(When) -> bool) -> Places {
        let mut places = Places::default();
        for entry in &self.ledger.entries {
            if counts(entry.when) {
                let moved = self.moved(entry, t);
                places.left[entry.from as usize] += moved;
                places.came[entry.to as usize] += moved;
            }
        }
        places
    }

    /// How many bytes an entry has moved up to and at `t`.
    #[inline]
    fn moved(&self, entry: &Posted, t: Time) -> u64 {
        let instants = &self.ledger.instants;
        let dealt = |number: u32| self.dealt[number as usize].to(entry.account);
        let until = match entry.when {
            When::At(at) if at > t => return 0,
            When::At(_) => dealt(entry.until),
            When::After(lag) => {
                let arrived = t - lag;
                if arrived <= instants[entry.after as usize] {
                    return 0;
                }
                if arrived < instants[entry.until as usize] {
                    Dealt::of(self.intake.accepted_at(arrived), self.ledger.accounts)
                        .to(entry.account)
                } else {
                    dealt(entry.until)
                }
            }
        };
        until - dealt(entry.after)
    }
}
