//! Double-entry books over bytes: every entry moves the bytes that arrived in an interval out
//! of one place and into another.
//!
//! An entry takes effect at one instant, or a fixed time after each byte's arrival. So the
//! life of every byte is a chain of entries, any figure at any instant is a sum over entries,
//! and nothing can be lost on the way: what leaves one place arrives in another.
//!
//! Entries are cut at the end of the run. So at the end each has moved all that it names, and
//! the figures of then are a plain sum, in any order. For other instants the ledger puts what
//! entries change in the order of time.

use super::figures::{Figure, Figures, Place};
use crate::intake::Intake;
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
    /// Beside it, from where it is cold into the hot cache: what a cluster stores as it arrives.
    pub(super) heats: bool,
}

impl Move {
    pub(super) fn new(when: When, from: Place, to: Place) -> Move {
        Move {
            when,
            from,
            to,
            heats: false,
        }
    }
}

/// Moves the bytes of one account that arrived after one time and up to another, which is
/// later; both by number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Number of the storage account, from 0.
    pub(super) account: u32,
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

/// So much memory is taken at first for an account: what one interruption needs.
const ARRIVALS: usize = 4;
const ENTRIES: usize = 8;

/// All entries about what one store holds of a workspace: for each stay in it account by account.
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
        Journal {
            accounts,
            arrivals: Vec::with_capacity(ARRIVALS * accounts as usize),
            entries: Vec::with_capacity(ENTRIES * accounts as usize),
        }
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
            let got = |number: u32| dealt[number as usize].to(entry.account);
            let bytes = got(entry.until) - got(entry.after);
            figures.move_bytes(entry.moves.from, entry.moves.to, bytes);
            if entry.moves.heats {
                figures.add(Figure::Hot, bytes);
            }
        }
        figures
    }
}

/// What is dealt to the accounts of so many bytes: to each `each`, and one more to the first
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

    #[inline]
    pub(super) fn to(self, account: u32) -> u64 {
        self.each + u64::from(account < self.rest)
    }
}
