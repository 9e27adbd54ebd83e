//! What a study keeps of how data lies over time in its first replications.
//!
//! Time is divided into windows. Of each it keeps the extremes, so that an outage which is shorter
//! than a window is not missed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock};

use super::runner::Runner;
use crate::accounting::{Books, Extremes};
use crate::kernel::map;
use crate::limits::CURVE_ENTRIES;
use crate::model::History;
use crate::units::{Duration, Time, Volume};

/// The most replications that a fan shows, so that memory is bounded whatever a study has: their
/// quantiles are known well enough for a picture.
pub(super) const MOST: u64 = 1_000;
/// These first replications say where in a run anything happens.
pub(super) const SCOUTS: u64 = 100;
/// Windows from end to end.
const WINDOWS: i64 = 300;

/// What a fan shows of each replication, taken while a study is computed.
///
/// The windows depend on where anything happens in the scouts, so the books of these are kept
/// until all are there. Those that [`CURVE_ENTRIES`] leaves no room for are replayed again.
#[derive(Debug, Default)]
pub struct Curves {
    /// Where windows begin and end.
    pub(super) instants: OnceLock<Vec<Time>>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Of each scout: from its first change to its last.
    pub(super) stretches: BTreeMap<u64, Option<(Time, Time)>>,
    books: Vec<(u64, Books)>,
    /// Entries in all these books.
    pub(super) entries: u64,
    /// Of each replication: each window.
    pub(super) samples: BTreeMap<u64, Vec<Sample>>,
}

/// What a replication does in a window, all workspaces together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// The least that queries can read.
    pub(super) accessible: Volume,
    /// The most that is stored and that they cannot read.
    pub(super) inaccessible: Volume,
    /// The most that waits under a Microsoft key.
    pub(super) buffered: Volume,
    /// What is lost by the end of the window.
    pub(super) dropped: Volume,
}

impl Curves {
    pub(super) fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().expect("nobody panicked")
    }

    /// Takes what is needed of a replication.
    pub(super) fn add(&self, replication: u64, history: &History, books: Books) {
        if replication >= MOST {
            return;
        }
        if let Some(instants) = self.instants.get() {
            let sample = sample(&books, instants);
            self.taken().samples.insert(replication, sample);
            return;
        }
        let log = &history.log;
        let stretch = log.first().zip(log.last());
        let mut taken = self.taken();
        let stretch = stretch.map(|(first, last)| (first.time, last.time));
        taken.stretches.insert(replication, stretch);
        let entries = taken.entries + books.entries();
        if CURVE_ENTRIES.allows(entries) {
            taken.entries = entries;
            taken.books.push((replication, books));
        }
    }

    /// Decides on the windows once all scouts are there, and looks at these.
    pub(super) fn settle(&self, end: Time, runner: &Runner<'_>) {
        if self.taken().stretches.len() as u64 == SCOUTS {
            self.decide(end, runner);
        }
    }

    pub(super) fn decide(&self, end: Time, runner: &Runner<'_>) {
        let mut taken = self.taken();
        let stretches = taken.stretches.values().copied().flatten();
        let instants = self.instants.get_or_init(|| instants(stretches, end));
        let books = std::mem::take(&mut taken.books);
        let samples = map(runner.executor, books.len(), |at| {
            sample(&books[at].1, instants)
        });
        let numbers = books.iter().map(|(replication, _)| *replication);
        taken.samples.extend(numbers.zip(samples));
    }
}

fn sample(books: &Books, instants: &[Time]) -> Vec<Sample> {
    let dropped = books.dropped(&instants[1..]);
    let windows = books.extremes_between(instants).into_iter().zip(dropped);
    let of = |(extremes, dropped): (Extremes, Volume)| Sample {
        accessible: extremes.accessible_min,
        inaccessible: extremes.inaccessible_peak,
        buffered: extremes.buffered_peak,
        dropped,
    };
    windows.map(of).collect()
}

/// Instants evenly over all stretches and a little on both sides; over the run where nothing
/// ever happens.
fn instants(stretches: impl Iterator<Item = (Time, Time)>, end: Time) -> Vec<Time> {
    let (first, last) = stretches
        .reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
        .unwrap_or((Time::START, end));
    let beside = Duration::from_millis((last - first).millis() / 8).max(Duration::HOUR);
    let from = (first - beside).max(Time::START);
    let until = (last + beside).min(end);
    let length = i128::from((until - from).millis());
    let at = |number: i64| {
        let since = length * i128::from(number) / i128::from(WINDOWS);
        from + Duration::from_millis(i64::try_from(since).expect("within the run"))
    };
    let mut times: Vec<Time> = (0..=WINDOWS).map(at).collect();
    times.dedup();
    times
}
