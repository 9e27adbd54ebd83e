//! The extremes of a run: one pass over what moves, in the order of time.
//!
//! Without the rounding to whole bytes each storage account holds the same share of what
//! arrives. So a store is a few sums of the intake curve at a few lags (at once, buffer, hot
//! cache, retention), times the number of accounts that move bytes at that lag; and several
//! workspaces are one, with the sum of their curves. Between two changes every series rises or
//! falls steadily, so its extremes lie at a change, or a millisecond before. A pass costs one
//! step a change and a knot, whatever the number of accounts and workspaces. What it yields is
//! off from whole bytes by up to one an account and direction.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::books::Store;
use super::ledger::{Figure, Moves};
use super::smooth::{Fixed, Smooth, rounded};
use crate::units::{Duration, Time, Volume};

/// Extremes over the run of the sum over several stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extremes {
    pub(super) buffered_peak: Volume,
    pub(super) hot_peak: Volume,
    pub(super) accessible_min: Volume,
    pub(super) inaccessible_peak: Volume,
}

/// What is summed up: of a store the first three, and what of `STORED` no query reads.
const BUFFERED: usize = 0;
const STORED: usize = 1;
const HOT: usize = 2;
const UNREADABLE: usize = 3;

/// Which series a figure counts in.
fn series(figure: Figure) -> Option<usize> {
    match figure {
        Figure::Buffered => Some(BUFFERED),
        Figure::CustomerKey | Figure::MicrosoftKey => Some(STORED),
        Figure::Hot => Some(HOT),
        Figure::EverBuffered
        | Figure::DroppedRevoked
        | Figure::DroppedBufferExpired
        | Figure::DroppedNotProvisioned
        | Figure::Purged
        | Figure::Destroyed
        | Figure::EverHotDeleted => None,
    }
}

/// What moves in a store, in the order of time, whatever arrives: the changes of its ledger,
/// summed over its accounts.
#[derive(Debug)]
pub(super) struct Tape<'a> {
    store: &'a Store,
    lags: Vec<Duration>,
    changes: Vec<(Time, Change)>,
}

/// Something that changes at an instant.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// Bytes move into a series, so many times.
    Moves(Moved, i32),
    /// Queries begin or cease to read what is stored.
    Readable(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// From now on what an account got a lag before.
    Flow { series: usize, lag: usize },
    /// At once what an account got up to an arrival time.
    Jump { series: usize, arrival: u32 },
}

impl<'a> Tape<'a> {
    pub(super) fn of(store: &'a Store) -> Tape<'a> {
        let ledger = &store.ledger;
        let mut lags: Vec<Duration> = ledger.flows.iter().map(|flow| flow.lag).collect();
        lags.sort_unstable();
        lags.dedup();
        let flows: Vec<(Option<usize>, usize)> = ledger
            .flows
            .iter()
            .map(|flow| {
                let lag = lags.binary_search(&flow.lag).expect("it is one of them");
                (series(flow.figure), lag)
            })
            .collect();
        let mut changes: Vec<(Time, Change)> = Vec::with_capacity(ledger.changes.len());
        for change in &ledger.changes {
            let moved = match change.moves {
                Moves::Steadily(flow) => {
                    let (series, lag) = flows[usize::from(flow)];
                    series.map(|series| Moved::Flow { series, lag })
                }
                Moves::AtOnce(figure) => {
                    let arrival = change.arrival;
                    series(figure).map(|series| Moved::Jump { series, arrival })
                }
            };
            let Some(moved) = moved else { continue };
            match changes.last_mut() {
                Some((at, Change::Moves(last, by))) if (*at, *last) == (change.at, moved) => {
                    *by += change.by;
                }
                _ => changes.push((change.at, Change::Moves(moved, change.by))),
            }
        }
        let readable = store.readable.iter();
        changes.extend(readable.map(|&(at, readable)| (at, Change::Readable(readable))));
        changes.sort_by_key(|change| change.0);
        Tape {
            store,
            lags,
            changes,
        }
    }
}

/// What a store holds of what arrives along a curve.
#[derive(Clone, Copy)]
pub(super) struct Swept<'a> {
    pub(super) tape: &'a Tape<'a>,
    pub(super) arrives: &'a Smooth,
}

/// A series that rises or falls steadily.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    value: Fixed,
    slope: Fixed,
}

impl Line {
    fn go_on(&mut self, from: Time, to: Time) {
        // Before anything arrives nothing rises, however long ago that is.
        if self.slope != 0 {
            self.value += self.slope * Fixed::from((to - from).millis());
        }
    }
}

/// A store in the pass.
struct Running<'a> {
    tape: &'a Tape<'a>,
    /// What one of its accounts gets.
    share: Smooth,
    /// Of each arrival time of the ledger: what the account has got.
    got: Vec<Fixed>,
    /// Number of the next change.
    next: usize,
    flowing: Vec<Flowing>,
    now: Time,
    stored: Line,
    readable: bool,
}

/// What flows at one lag.
#[derive(Debug, Clone, Copy, Default)]
struct Flowing {
    /// Number of the next line of the curve.
    next: usize,
    slope: Fixed,
    /// Of each series: how many accounts move bytes in, less those that move them out.
    accounts: [Fixed; 3],
}

impl<'a> Running<'a> {
    fn new(swept: &Swept<'a>) -> Running<'a> {
        let ledger = &swept.tape.store.ledger;
        let share = swept.arrives.share(ledger.accounts);
        Running {
            tape: swept.tape,
            got: share.along(&ledger.arrivals),
            share,
            next: 0,
            flowing: vec![Flowing::default(); swept.tape.lags.len()],
            now: Time::BEGINNING,
            stored: Line::default(),
            readable: true,
        }
    }

    /// When something changes next.
    fn next_time(&self) -> Option<Time> {
        let change = self.tape.changes.get(self.next).map(|change| change.0);
        let lags = self.tape.lags.iter().zip(&self.flowing);
        let bends = lags.filter_map(|(&lag, flowing)| Some(self.share.bend(flowing.next)?.0 + lag));
        change.into_iter().chain(bends).min()
    }

    /// Everything that changes at `t`, which comes next.
    fn change(&mut self, t: Time, sums: &mut [Line; 4]) {
        self.stored.go_on(self.now, t);
        self.now = t;
        for lag in 0..self.flowing.len() {
            let bend = self.share.bend(self.flowing[lag].next);
            let bend = bend.filter(|bend| bend.0 + self.tape.lags[lag] == t);
            if let Some((_, slope)) = bend {
                self.bend(lag, slope, sums);
            }
        }
        while let Some(&(_, change)) = self.tape.changes.get(self.next).filter(|it| it.0 == t) {
            self.next += 1;
            match change {
                Change::Moves(Moved::Flow { series, lag }, by) => {
                    let by = Fixed::from(by);
                    self.flowing[lag].accounts[series] += by;
                    let bend = self.flowing[lag].slope * by;
                    self.add(series, 0, bend, sums);
                }
                Change::Moves(Moved::Jump { series, arrival }, by) => {
                    let jump = self.got[arrival as usize] * Fixed::from(by);
                    self.add(series, jump, 0, sums);
                }
                Change::Readable(readable) => self.make_readable(readable, sums),
            }
        }
    }

    /// What arrives a lag before has another slope.
    fn bend(&mut self, lag: usize, slope: Fixed, sums: &mut [Line; 4]) {
        let flowing = &mut self.flowing[lag];
        flowing.next += 1;
        let more = slope - std::mem::replace(&mut flowing.slope, slope);
        let accounts = flowing.accounts;
        for series in [BUFFERED, STORED, HOT] {
            self.add(series, 0, more * accounts[series], sums);
        }
    }

    /// A series jumps, and bends.
    #[inline]
    fn add(&mut self, series: usize, jump: Fixed, bend: Fixed, sums: &mut [Line; 4]) {
        let add = |line: &mut Line| {
            line.value += jump;
            line.slope += bend;
        };
        add(&mut sums[series]);
        if series == STORED {
            add(&mut self.stored);
            if !self.readable {
                add(&mut sums[UNREADABLE]);
            }
        }
    }

    fn make_readable(&mut self, readable: bool, sums: &mut [Line; 4]) {
        if self.readable != readable {
            self.readable = readable;
            let sign = if readable { -1 } else { 1 };
            sums[UNREADABLE].value += sign * self.stored.value;
            sums[UNREADABLE].slope += sign * self.stored.slope;
        }
    }
}

/// The extremes of the sum over `stores` in a run that ends at `end`.
pub(super) fn extremes(stores: &[Swept<'_>], end: Time) -> Extremes {
    let mut pass = Pass::new(stores);
    while let Some(next) = pass.next_time().filter(|&next| next <= Time::START) {
        pass.go_on(next);
        pass.change();
    }
    pass.go_on(Time::START);
    let mut seen = Seen::first(&pass.sums);
    while pass.now < end {
        let next = pass.next_time().map_or(end, |next| next.min(end));
        let longer = next - pass.now > Duration::MILLISECOND;
        pass.go_on(next);
        if longer {
            seen.look(&pass.sums.map(|line| line.value - line.slope));
        }
        pass.change();
        seen.look(&pass.sums.map(|line| line.value));
    }
    seen.extremes()
}

/// The pass: the sums over the stores as they are now.
struct Pass<'a> {
    stores: Vec<Running<'a>>,
    /// Each store by when it changes next.
    queue: BinaryHeap<Reverse<(Time, usize)>>,
    now: Time,
    sums: [Line; 4],
}

impl<'a> Pass<'a> {
    fn new(stores: &[Swept<'a>]) -> Pass<'a> {
        let stores: Vec<Running<'a>> = stores.iter().map(Running::new).collect();
        let times = stores.iter().map(Running::next_time).enumerate();
        Pass {
            queue: times
                .filter_map(|(store, next)| Some(Reverse((next?, store))))
                .collect(),
            stores,
            now: Time::BEGINNING,
            sums: [Line::default(); 4],
        }
    }

    fn next_time(&self) -> Option<Time> {
        self.queue.peek().map(|Reverse((next, _))| *next)
    }

    fn go_on(&mut self, to: Time) {
        for line in &mut self.sums {
            line.go_on(self.now, to);
        }
        self.now = to;
    }

    /// Everything that changes now.
    fn change(&mut self) {
        while let Some(mut first) = self.queue.peek_mut() {
            let Reverse((at, store)) = *first;
            if at > self.now {
                return;
            }
            self.stores[store].change(at, &mut self.sums);
            match self.stores[store].next_time() {
                Some(next) => *first = Reverse((next, store)),
                None => drop(std::collections::binary_heap::PeekMut::pop(first)),
            }
        }
    }
}

/// The extremes so far.
struct Seen {
    buffered: Fixed,
    hot: Fixed,
    accessible: Fixed,
    inaccessible: Fixed,
}

impl Seen {
    fn first(sums: &[Line; 4]) -> Seen {
        let [buffered, stored, hot, inaccessible] = sums.map(|line| line.value);
        Seen {
            buffered,
            hot,
            accessible: stored - inaccessible,
            inaccessible,
        }
    }

    fn look(&mut self, &[buffered, stored, hot, inaccessible]: &[Fixed; 4]) {
        self.buffered = self.buffered.max(buffered);
        self.hot = self.hot.max(hot);
        self.accessible = self.accessible.min(stored - inaccessible);
        self.inaccessible = self.inaccessible.max(inaccessible);
    }

    fn extremes(&self) -> Extremes {
        Extremes {
            buffered_peak: rounded(self.buffered),
            hot_peak: rounded(self.hot),
            accessible_min: rounded(self.accessible),
            inaccessible_peak: rounded(self.inaccessible),
        }
    }
}
