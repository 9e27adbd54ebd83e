//! Double-entry books over bytes: every entry moves the bytes that arrived in an interval out
//! of one place and into another.
//!
//! An entry takes effect at one instant, or a fixed time after each byte's arrival. So the
//! life of every byte is a chain of entries, any figure at any instant is a sum over entries,
//! and nothing can be lost on the way: what leaves one place arrives in another.
//!
//! Where accounts fare alike but for the times at which they wait, there is one entry for all, and
//! those of each take back from it what waited, or was dropped.
//!
//! Entries are cut at the end of the run. So at the end each has moved all that it names, and
//! the figures of then are a plain sum, in any order. For other instants the ledger puts what
//! entries change in the order of time.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::figures::{Figure, Figures, Place, times};
use crate::intake::Intake;
use crate::limits::BOOK_ENTRIES;
use crate::units::{Duration, Time};

/// When an entry takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// For each byte so long after its arrival.
    After(Duration),
    /// For all at once.
    At(Time),
}

/// Where bytes go, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) when: When,
    pub(super) from: Place,
    pub(super) to: Place,
    /// How often the bytes also enter the hot cache: 1 for what a cluster stores as it arrives, -1
    /// for the reversing entry of what waits instead.
    pub(super) hot_delta: i32,
}

impl Move {
    pub(super) fn new(when: When, from: Place, to: Place) -> Move {
        Move {
            when,
            from,
            to,
            hot_delta: 0,
        }
    }
}

/// Whose bytes an entry moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accounts {
    /// Those of all storage accounts: they fare alike.
    All,
    /// Those of one, by its number from 0.
    One(u32),
    /// Those of one stay where they are, against what another entry says of all.
    Back(u32),
}

impl Accounts {
    /// How many there are in a store of `of` accounts; less than none of what stays back.
    pub(super) fn count(self, of: u32) -> i32 {
        match self {
            Accounts::All => i32::try_from(of).expect("a cluster has at most 10 000"),
            Accounts::One(_) => 1,
            Accounts::Back(_) => -1,
        }
    }

    /// How many times the bytes of each of them are moved.
    pub(super) fn sign(self) -> i32 {
        match self {
            Accounts::All | Accounts::One(_) => 1,
            Accounts::Back(_) => -1,
        }
    }

    /// Their numbers in a store of `of` accounts.
    pub(super) fn numbers(self, of: u32) -> Range<u32> {
        match self {
            Accounts::All => 0..of,
            Accounts::One(number) | Accounts::Back(number) => number..number + 1,
        }
    }
}

/// Moves the bytes of one account, or of all, that arrived after one time and up to another,
/// which is later; both by number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) accounts: Accounts,
    pub(super) after: u32,
    pub(super) until: u32,
    pub(super) moves: Move,
}

/// An arrival time, and its number in the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) time: Time,
    pub(super) number: u32,
}

/// The memory that is taken at first for a store, and for each of its accounts: what one
/// interruption needs.
const ENTRIES: (usize, usize) = (5, 2);
const ARRIVALS: (usize, usize) = (10, 2);

/// How many entries the journals of one run have together, as far as they were counted.
#[derive(Debug, Default)]
pub(super) struct Posted(AtomicU64);

impl Posted {
    /// A journal reports its entries in blocks of this size, and the rest at its end.
    const BLOCK: usize = 1_024;

    /// Whether there are more than the books take. What is posted then is not looked at.
    pub(super) fn exceeds(&self) -> bool {
        !BOOK_ENTRIES.allows(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, entries: usize) {
        self.0.fetch_add(entries as u64, Ordering::Relaxed);
    }
}

/// All entries about what one store holds of a workspace.
#[derive(Debug)]
pub(super) struct Journal {
    /// How many storage accounts share what arrives; the shared store is one.
    pub(super) accounts: u32,
    /// The arrival times that entries name, in no order.
    pub(super) arrivals: Vec<Time>,
    pub(super) entries: Vec<Entry>,
}

impl Journal {
    pub(super) fn new(accounts: u32) -> Journal {
        let room = |(of_store, of_account)| of_store + of_account * accounts as usize;
        Journal {
            accounts,
            arrivals: Vec::with_capacity(room(ARRIVALS)),
            entries: Vec::with_capacity(room(ENTRIES)),
        }
    }

    /// Takes an entry, unless the journals of the run have too many already.
    pub(super) fn enter(&mut self, entry: Entry, posted: &Posted) {
        if !self.entries.is_empty() && self.entries.len().is_multiple_of(Posted::BLOCK) {
            if posted.exceeds() {
                return;
            }
            posted.add(Posted::BLOCK);
        }
        self.entries.push(entry);
    }

    /// Counts the entries that were not yet.
    pub(super) fn finish(self, posted: &Posted) -> Journal {
        let counted = self.entries.len().saturating_sub(1) / Posted::BLOCK * Posted::BLOCK;
        posted.add(self.entries.len() - counted);
        self
    }

    /// Gives an arrival time a number.
    pub(super) fn mark(&mut self, time: Time) -> Mark {
        let number = u32::try_from(self.arrivals.len()).expect("fewer than 2^32 times");
        self.arrivals.push(time);
        Mark { time, number }
    }

    /// After which time the bytes of an entry arrived, and up to which.
    pub(super) fn interval(&self, entry: &Entry) -> (Time, Time) {
        let time = |number: u32| self.arrivals[number as usize];
        (time(entry.after), time(entry.until))
    }

    /// The figures at the end of the run, for what arrives at one workspace.
    pub(super) fn close(&self, intake: &Intake) -> Figures {
        let dealt = Dealt::of_each(&self.arrivals, intake, self.accounts);
        let mut figures = Figures::default();
        for entry in &self.entries {
            let dealt = |number: u32| dealt[number as usize];
            let (after, until) = (dealt(entry.after), dealt(entry.until));
            let bytes = match entry.accounts {
                Accounts::All => until.to_all(self.accounts) - after.to_all(self.accounts),
                Accounts::One(account) => until.to(account) - after.to(account),
                Accounts::Back(account) => after.to(account).wrapping_sub(until.to(account)),
            };
            figures.move_bytes(entry.moves.from, entry.moves.to, bytes);
            figures.add(Figure::Hot, times(entry.moves.hot_delta.into(), bytes));
        }
        figures
    }
}

/// What is dealt to the accounts of a number of bytes: to each `each`, and one more to the first
/// `rest`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dealt {
    pub(super) each: u64,
    pub(super) rest: u32,
}

impl Dealt {
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn of(volume: u64, accounts: u32) -> Dealt {
        Dealt {
            each: volume / u64::from(accounts),
            rest: (volume % u64::from(accounts)) as u32,
        }
    }

    /// What was dealt up to each of some times.
    pub(super) fn of_each(times: &[Time], intake: &Intake, accounts: u32) -> Vec<Dealt> {
        let volumes = times.iter().map(|&t| intake.accepted_at(t));
        volumes.map(|volume| Dealt::of(volume, accounts)).collect()
    }

    /// What all got together.
    fn to_all(self, accounts: u32) -> u64 {
        self.each * u64::from(accounts) + u64::from(self.rest)
    }

    #[inline]
    pub(super) fn to(self, account: u32) -> u64 {
        self.each + u64::from(account < self.rest)
    }
}
