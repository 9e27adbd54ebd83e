//! The extremes of a run, found by a sweep line: one pass over all changes in the order of time.
//!
//! Without the rounding to whole bytes each storage account holds the same share of what
//! arrives. So a store is a few sums of the intake curve at a few lags (at once, buffer, hot
//! cache, retention), times the number of accounts that move bytes at that lag; and several
//! workspaces are one, with the sum of their curves. Between two changes every series is linear,
//! so its extremes lie at a change, or a millisecond before a sudden one. A pass costs one step
//! per change and per knot, whatever the number of accounts and workspaces. The result differs
//! from whole bytes by at most one per account and direction.

mod steps;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::books::Store;
use super::figures::Place;
use super::fluid::{Fixed, FluidCurve, rounded};
use super::journal::{Entry, When};
use crate::units::{Duration, Time, Volume};

/// Extremes, over the run or a part of it, of the sum over several stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extremes {
    /// The most that waited under a Microsoft key.
    pub buffered_peak: Volume,
    /// The most in the hot cache.
    pub hot_peak: Volume,
    /// The least that queries could read.
    pub accessible_min: Volume,
    /// The most that was stored and that queries could not read.
    pub inaccessible_peak: Volume,
    /// The most that was stored.
    pub stored_peak: Volume,
}

/// A change joins one of this many before it, if it can: joined changes need no sorting.
const LOOK_BACK: usize = 4;

/// The series: three of each store, and the part of `STORED` that no query reads.
const BUFFERED: usize = 0;
const STORED: usize = 1;
const HOT: usize = 2;
const UNREADABLE: usize = 3;

/// How many times bytes move into each series, less how many times out of it.
type Times = [i32; 3];

/// The series that the bytes in a place count in.
const fn series(place: Place) -> Times {
    match place {
        Place::Buffered => [1, 0, 0],
        Place::CustomerKey | Place::MicrosoftKey => [0, 1, 0],
        Place::Hot => [0, 0, 1],
        Place::Outside
        | Place::DroppedRevoked
        | Place::DroppedBufferExpired
        | Place::DroppedNotProvisioned
        | Place::Purged
        | Place::Destroyed
        | Place::Cold
        | Place::HotDeleted => [0; 3],
    }
}

/// The changes that the entries of a store's journal make, summed over its accounts, in the order
/// of time. They do not depend on the volume that arrives.
#[derive(Debug)]
pub(super) struct ChangeList<'a> {
    store: &'a Store,
    lags: Vec<Lag>,
    changes: Vec<Change>,
}

/// A lag at which bytes flow.
#[derive(Debug, Clone, Copy)]
struct Lag {
    by: Duration,
    /// What has flowed since the beginning.
    since_ever: Times,
}

/// From an instant on, or at it, bytes move.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: Time,
    moved: Moved,
    times: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// From now on what an account got a lag before, by number.
    Flow(u32),
    /// At once what an account got after one arrival time and up to another, both by number.
    Jump { after: u32, until: u32 },
}

impl<'a> ChangeList<'a> {
    /// The changes of a store in a run that ends at `end`.
    pub(super) fn of(store: &'a Store, end: Time) -> ChangeList<'a> {
        let entries = &store.journal.entries;
        let mut list = ChangeList {
            store,
            lags: Vec::with_capacity(4),
            // An account that waits changes something three times by two entries.
            changes: Vec::with_capacity(entries.len() + entries.len() / 3),
        };
        for entry in entries {
            list.add(entry, end);
        }
        list.changes.sort_unstable_by_key(|change| change.at);
        list
    }

    /// What an entry changes.
    fn add(&mut self, entry: &Entry, end: Time) {
        let (from, to) = (series(entry.moves.from), series(entry.moves.to));
        let mut times = [BUFFERED, STORED, HOT].map(|series| to[series] - from[series]);
        times[HOT] += entry.moves.hot_delta;
        if times == [0; 3] {
            return;
        }
        let accounts = entry.accounts.count(self.store.journal.accounts);
        times = times.map(|times| times * accounts);
        match entry.moves.when {
            When::At(at) => {
                let (after, until) = (entry.after, entry.until);
                self.push(at, Moved::Jump { after, until }, times);
            }
            When::After(lag) => {
                let (after, until) = self.store.journal.interval(entry);
                let number = self.lag(lag);
                let flow = Moved::Flow(u32::try_from(number).expect("few lags"));
                if after == Time::BEGINNING {
                    add(&mut self.lags[number].since_ever, times);
                } else {
                    self.push(after + lag, flow, times);
                }
                if until + lag < end {
                    self.push(until + lag, flow, times.map(|times| -times));
                }
            }
        }
    }

    /// The number of a lag, which is noted if it is new.
    fn lag(&mut self, by: Duration) -> usize {
        let known = self.lags.iter().position(|known| known.by == by);
        known.unwrap_or_else(|| {
            self.lags.push(Lag {
                by,
                since_ever: [0; 3],
            });
            self.lags.len() - 1
        })
    }

    /// Notes a change. What the same account changes there too stands a little before.
    fn push(&mut self, at: Time, moved: Moved, times: Times) {
        let last = self.changes.len().saturating_sub(LOOK_BACK);
        let mut last = self.changes[last..].iter_mut();
        match last.find(|change| change.at == at && change.moved == moved) {
            Some(change) => add(&mut change.times, times),
            None => self.changes.push(Change { at, moved, times }),
        }
    }
}

fn add(times: &mut Times, more: Times) {
    for (times, more) in times.iter_mut().zip(more) {
        *times += more;
    }
}

/// A store, and the curve along which its data arrives.
#[derive(Clone, Copy)]
pub(super) struct SweepInput<'a> {
    pub(super) list: &'a ChangeList<'a>,
    pub(super) arrives: &'a FluidCurve,
}

/// A series that rises or falls steadily; or a sudden change of one.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    value: Fixed,
    slope: Fixed,
}

impl Line {
    #[inline]
    fn go_on(&mut self, from: Time, to: Time) {
        // Before anything arrives nothing rises, however long ago that is.
        if self.slope != 0 {
            self.value += self.slope * Fixed::from((to - from).millis());
        }
    }

    fn negative(self) -> Line {
        Line {
            value: -self.value,
            slope: -self.slope,
        }
    }

    #[inline]
    fn add(&mut self, other: Line) {
        self.value += other.value;
        self.slope += other.slope;
    }
}

/// A multiple of a value. Nearly always the factor is 1 or -1.
#[inline(always)]
fn multiple(times: i32, value: Fixed) -> Fixed {
    match times {
        0 => 0,
        1 => value,
        -1 => -value,
        _ => Fixed::from(times) * value,
    }
}

/// How far the sweep is in a store.
struct SweepState<'a> {
    list: &'a ChangeList<'a>,
    /// What one of its accounts gets.
    share: FluidCurve,
    /// Number of the next change.
    next: usize,
    /// Number of the next instant from which queries read what is stored, or do not.
    next_readable: usize,
    flowing: Vec<Flowing>,
    /// When what flows at some lag has another slope.
    next_bend: Time,
    now: Time,
    stored: Line,
    readable: bool,
}

/// What flows at one lag.
#[derive(Debug, Clone, Copy)]
struct Flowing {
    /// Number of the next line of the curve.
    next: usize,
    slope: Fixed,
    /// Of each series: how many accounts move bytes in, less those that move them out.
    accounts: Times,
}

impl<'a> SweepState<'a> {
    fn new(swept: &SweepInput<'a>) -> SweepState<'a> {
        let flowing = swept.list.lags.iter().map(|lag| Flowing {
            next: 0,
            slope: 0,
            accounts: lag.since_ever,
        });
        let mut state = SweepState {
            list: swept.list,
            share: swept.arrives.share(swept.list.store.journal.accounts),
            next: 0,
            next_readable: 0,
            flowing: flowing.collect(),
            next_bend: Time::NEVER,
            now: Time::BEGINNING,
            stored: Line::default(),
            readable: true,
        };
        state.next_bend = state.find_next_bend();
        state
    }

    fn find_next_bend(&self) -> Time {
        let lags = self.list.lags.iter().zip(&self.flowing);
        let bends = lags.filter_map(|(lag, flowing)| Some(self.share.from(flowing.next)? + lag.by));
        bends.min().unwrap_or(Time::NEVER)
    }

    /// When something changes next; never, if nothing does.
    fn next_time(&self) -> Time {
        self.next_change().min(self.next_bend)
    }

    /// When something changes next but the rate of what arrives.
    fn next_change(&self) -> Time {
        let change = self.list.changes.get(self.next);
        let change = change.map_or(Time::NEVER, |change| change.at);
        let readable = self.readable_from().map_or(Time::NEVER, |(at, _)| at);
        change.min(readable)
    }

    /// Everything that changes at `t`, which comes next; and whether any of it is sudden.
    ///
    /// Not inlined: into the loop over the stores the sums would be carried from step to step.
    #[inline(never)]
    fn change(&mut self, t: Time, sums: &mut [Line; 4]) -> bool {
        self.stored.go_on(self.now, t);
        self.now = t;
        let mut sudden = false;
        let before = sums[STORED];
        if self.next_bend == t {
            self.bend(t, sums);
        }
        while let Some(change) = self.list.changes.get(self.next).filter(|due| due.at == t) {
            self.next += 1;
            sudden |= self.move_bytes(change, sums);
        }
        let mut more = sums[STORED];
        more.add(before.negative());
        let unreadable = &mut sums[UNREADABLE];
        if !self.readable {
            unreadable.add(more);
        }
        self.stored.add(more);
        if let Some((_, readable)) = self.readable_from().filter(|(at, _)| *at == t) {
            self.next_readable += 1;
            if readable && !self.readable {
                unreadable.add(self.stored.negative());
            } else if self.readable && !readable {
                unreadable.add(self.stored);
            }
            self.readable = readable;
            sudden = true;
        }
        sudden
    }

    /// Moves what a change moves; and whether it moves it at once.
    #[inline]
    fn move_bytes(&mut self, change: &Change, sums: &mut [Line; 4]) -> bool {
        match change.moved {
            Moved::Flow(lag) => {
                let flowing = &mut self.flowing[lag as usize];
                for series in [BUFFERED, STORED, HOT] {
                    flowing.accounts[series] += change.times[series];
                    sums[series].slope += multiple(change.times[series], flowing.slope);
                }
                false
            }
            Moved::Jump { after, until } => {
                let arrivals = &self.list.store.journal.arrivals;
                let up_to = |arrival: u32| self.share.at(arrivals[arrival as usize]);
                let got = up_to(until) - up_to(after);
                for series in [BUFFERED, STORED, HOT] {
                    sums[series].value += multiple(change.times[series], got);
                }
                true
            }
        }
    }

    /// From when it is different whether queries read what is stored.
    fn readable_from(&self) -> Option<(Time, bool)> {
        self.list.store.readable.get(self.next_readable).copied()
    }

    /// What arrives a lag before has another slope from `t` on.
    fn bend(&mut self, t: Time, sums: &mut [Line; 4]) {
        for (lag, flowing) in self.list.lags.iter().zip(&mut self.flowing) {
            if self
                .share
                .from(flowing.next)
                .is_none_or(|from| from + lag.by != t)
            {
                continue;
            }
            let (_, slope) = self.share.bend(flowing.next).expect("it begins");
            flowing.next += 1;
            for series in [BUFFERED, STORED, HOT] {
                sums[series].slope += multiple(flowing.accounts[series], slope - flowing.slope);
            }
            flowing.slope = slope;
        }
        self.next_bend = self.find_next_bend();
    }
}

/// The extremes of the sum over `stores` in a run that ends at `end`.
pub(super) fn extremes<'a>(stores: impl Iterator<Item = SweepInput<'a>>, end: Time) -> Extremes {
    Pass::from_start(stores).until(end)
}

/// The same of each part of the run: from its start, or where the part before ended, to one of
/// `ends`, which are in order.
pub(super) fn extremes_by_part<'a>(
    stores: impl Iterator<Item = SweepInput<'a>>,
    ends: &[Time],
) -> Vec<Extremes> {
    let mut pass = Pass::from_start(stores);
    ends.iter().map(|&end| pass.until(end)).collect()
}

/// The pass: the sums over the stores as they are now.
struct Pass<'a> {
    stores: Vec<SweepState<'a>>,
    /// Each store by when it changes next.
    queue: BinaryHeap<Reverse<(Time, usize)>>,
    now: Time,
    sums: [Line; 4],
    /// Whether something arrives in steps of equal length.
    regular: bool,
}

impl<'a> Pass<'a> {
    fn new(stores: impl Iterator<Item = SweepInput<'a>>) -> Pass<'a> {
        let stores: Vec<SweepState<'a>> = stores.map(|swept| SweepState::new(&swept)).collect();
        let in_steps = |state: &SweepState<'_>| matches!(state.share, FluidCurve::Steps(_));
        Pass {
            queue: queue(&stores),
            regular: stores.iter().any(in_steps),
            stores,
            now: Time::BEGINNING,
            sums: [Line::default(); 4],
        }
    }

    /// The pass at the start of the run.
    fn from_start(stores: impl Iterator<Item = SweepInput<'a>>) -> Pass<'a> {
        let mut pass = Pass::new(stores);
        while pass.next_time() <= Time::START {
            pass.go_on(pass.next_time());
            pass.change();
        }
        pass.go_on(Time::START);
        pass
    }

    /// The extremes from now to `end`.
    fn until(&mut self, end: Time) -> Extremes {
        let mut seen = Seen::first(&self.sums);
        while self.now < end {
            if self.regular && self.go_over_steps(end, &mut seen) {
                continue;
            }
            let next = self.next_time().min(end);
            let longer = next - self.now > Duration::MILLISECOND;
            self.go_on(next);
            let before = self.sums;
            // Where nothing is sudden, a millisecond before lies between what was seen and what is.
            if self.change() && longer {
                seen.look(&before.map(|line| line.value - line.slope));
            }
            seen.look(&self.sums.map(|line| line.value));
        }
        seen.extremes()
    }

    fn next_time(&self) -> Time {
        let first = self.queue.peek();
        first.map_or(Time::NEVER, |Reverse((next, _))| *next)
    }

    fn go_on(&mut self, to: Time) {
        for line in &mut self.sums {
            line.go_on(self.now, to);
        }
        self.now = to;
    }

    /// Everything that changes now; and whether any of it is sudden.
    fn change(&mut self) -> bool {
        let mut sudden = false;
        while let Some(mut first) = self.queue.peek_mut() {
            let Reverse((at, store)) = *first;
            if at > self.now {
                break;
            }
            sudden |= self.stores[store].change(at, &mut self.sums);
            *first = Reverse((self.stores[store].next_time(), store));
        }
        sudden
    }
}

/// Each store by when it changes next.
fn queue(stores: &[SweepState<'_>]) -> BinaryHeap<Reverse<(Time, usize)>> {
    let times = stores.iter().map(SweepState::next_time).enumerate();
    times.map(|(store, next)| Reverse((next, store))).collect()
}

/// The extremes so far.
struct Seen {
    buffered: Fixed,
    hot: Fixed,
    accessible: Fixed,
    inaccessible: Fixed,
    stored: Fixed,
}

impl Seen {
    fn first(sums: &[Line; 4]) -> Seen {
        let [buffered, stored, hot, inaccessible] = sums.map(|line| line.value);
        Seen {
            buffered,
            hot,
            accessible: stored - inaccessible,
            inaccessible,
            stored,
        }
    }

    fn look(&mut self, &[buffered, stored, hot, inaccessible]: &[Fixed; 4]) {
        self.buffered = self.buffered.max(buffered);
        self.hot = self.hot.max(hot);
        self.accessible = self.accessible.min(stored - inaccessible);
        self.inaccessible = self.inaccessible.max(inaccessible);
        self.stored = self.stored.max(stored);
    }

    fn extremes(&self) -> Extremes {
        Extremes {
            buffered_peak: rounded(self.buffered),
            hot_peak: rounded(self.hot),
            accessible_min: rounded(self.accessible),
            inaccessible_peak: rounded(self.inaccessible),
            stored_peak: rounded(self.stored),
        }
    }
}
