//! The extremes of a run: one pass over what moves, in the order of time.
//!
//! Without the rounding to whole bytes each storage account holds the same share of what
//! arrives. So a store is a few sums of the intake curve at a few lags (at once, buffer, hot
//! cache, retention), times the number of accounts that move bytes at that lag; and several
//! workspaces are one, with the sum of their curves. Between two changes every series rises or
//! falls steadily, so its extremes lie at a change, or a millisecond before. A pass costs one
//! step a change and a knot, whatever the number of accounts and workspaces. What it yields is
//! off from whole bytes by up to one an account and direction.

use super::books::Store;
use super::ledger::{Place, When};
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

/// The series of a store.
const BUFFERED: usize = 0;
const STORED: usize = 1;
const HOT: usize = 2;

/// Which series a place counts in.
fn series(place: Place) -> Option<usize> {
    match place {
        Place::Buffered => Some(BUFFERED),
        Place::CustomerKey | Place::MicrosoftKey => Some(STORED),
        Place::Hot => Some(HOT),
        Place::Outside
        | Place::DroppedRevoked
        | Place::DroppedBufferExpired
        | Place::DroppedNotProvisioned
        | Place::Purged
        | Place::Destroyed
        | Place::Cold
        | Place::HotDeleted => None,
    }
}

/// What moves in a store, in the order of time, whatever arrives.
#[derive(Debug)]
pub(super) struct Tape {
    accounts: Fixed,
    lags: Vec<Duration>,
    changes: Vec<(Time, Change)>,
}

/// Something that changes at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// So many accounts more (fewer) move into a series what arrived a lag before.
    Flow { series: usize, lag: usize, by: i32 },
    /// What so many accounts got of what arrived in (`after`, `until`] moves in (out).
    Jump {
        series: usize,
        after: Time,
        until: Time,
        by: i32,
    },
    /// Queries begin or cease to read what is stored.
    Readable(bool),
}

impl Tape {
    pub(super) fn of(store: &Store) -> Tape {
        let mut tape = Tape {
            accounts: Fixed::from(store.ledger.accounts()),
            lags: Vec::new(),
            changes: Vec::new(),
        };
        for entry in store.ledger.entries() {
            let (out, into) = (series(entry.from), series(entry.to));
            if out == into {
                continue;
            }
            for (series, by) in [(out, -1), (into, 1)] {
                if let Some(series) = series {
                    tape.add(series, by, entry.when, entry.after, entry.until);
                }
            }
        }
        tape.changes.sort_unstable();
        tape.changes.dedup_by(|later, change| join(later, change));
        tape.changes.retain(|(_, change)| !change.is_nothing());
        for &(at, readable) in &store.readable {
            tape.changes.push((at, Change::Readable(readable)));
        }
        tape.changes.sort_by_key(|change| change.0);
        tape
    }

    fn add(&mut self, series: usize, by: i32, when: When, after: Time, until: Time) {
        match when {
            When::At(at) => {
                let jump = Change::Jump {
                    series,
                    after,
                    until,
                    by,
                };
                self.changes.push((at, jump));
            }
            When::After(lag) => {
                let known = self.lags.iter().position(|&known| known == lag);
                let index = known.unwrap_or_else(|| {
                    self.lags.push(lag);
                    self.lags.len() - 1
                });
                for (at, by) in [(after, by), (until, -by)] {
                    let flow = Change::Flow {
                        series,
                        lag: index,
                        by,
                    };
                    self.changes.push((at + lag, flow));
                }
            }
        }
    }
}

/// Two changes of the same thing at one instant are one: `later` goes into `change`.
fn join(later: &(Time, Change), change: &mut (Time, Change)) -> bool {
    let of_nobody = |change: Change| match change {
        Change::Flow { series, lag, .. } => Change::Flow { series, lag, by: 0 },
        Change::Jump {
            series,
            after,
            until,
            ..
        } => Change::Jump {
            series,
            after,
            until,
            by: 0,
        },
        Change::Readable(readable) => Change::Readable(readable),
    };
    if (later.0, of_nobody(later.1)) != (change.0, of_nobody(change.1)) {
        return false;
    }
    match (later.1, &mut change.1) {
        (Change::Flow { by, .. }, Change::Flow { by: sum, .. })
        | (Change::Jump { by, .. }, Change::Jump { by: sum, .. }) => *sum += by,
        _ => {}
    }
    true
}

impl Change {
    fn is_nothing(self) -> bool {
        matches!(
            self,
            Change::Flow { by: 0, .. } | Change::Jump { by: 0, .. }
        )
    }
}

/// What a store holds of what arrives along a curve.
#[derive(Clone, Copy)]
pub(super) struct Swept<'a> {
    pub(super) tape: &'a Tape,
    pub(super) arrives: &'a Smooth,
}

/// A step of the pass.
#[derive(Clone, Copy)]
enum Step {
    /// A change, by number, on the tape of the store.
    Change(u32),
    /// What arrives at a lag of the store has another slope.
    Slope { lag: usize, slope: Fixed },
}

/// A series that rises or falls steadily.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    at: Time,
    value: Fixed,
    slope: Fixed,
}

impl Line {
    fn value_at(&self, t: Time) -> Fixed {
        // Before anything arrives nothing rises, however long ago that is.
        if self.slope == 0 {
            return self.value;
        }
        self.value + self.slope * Fixed::from((t - self.at).millis())
    }

    fn change(&mut self, t: Time, jump: Fixed, bend: Fixed) {
        self.value = self.value_at(t) + jump;
        self.at = t;
        self.slope += bend;
    }
}

/// A store in the pass.
struct Running<'a> {
    swept: Swept<'a>,
    stored: Line,
    readable: bool,
    /// Of each lag: the slope of what one account gets.
    slopes: Vec<Fixed>,
    /// Of each lag and series: how many accounts move bytes in, less those that move them out.
    moving: Vec<[Fixed; 3]>,
}

/// The extremes of the sum over `stores` in a run that ends at `end`.
pub(super) fn extremes(stores: &[Swept<'_>], end: Time) -> Extremes {
    let steps = steps(stores, end);
    let mut pass = Pass::new(stores);
    let mut next = 0;
    let mut at = Time::START;
    loop {
        while let Some(&(t, store, step)) = steps.get(next).filter(|step| step.0 <= at) {
            pass.take(store as usize, t, step);
            next += 1;
        }
        pass.look(at);
        if at >= end {
            return pass.extremes.finish();
        }
        let change = steps.get(next).map_or(end, |step| step.0.min(end));
        if change - at > Duration::MILLISECOND {
            pass.look(change - Duration::MILLISECOND);
        }
        at = change;
    }
}

/// Everything that happens to the stores until `end`, in the order of time.
fn steps(stores: &[Swept<'_>], end: Time) -> Vec<(Time, u32, Step)> {
    let mut steps = Vec::new();
    for (store, swept) in (0..).zip(stores) {
        let changes = (0..).zip(&swept.tape.changes);
        steps.extend(changes.map(|(number, &(at, _))| (at, store, Step::Change(number))));
        for (lag, &after) in swept.tape.lags.iter().enumerate() {
            steps.extend(swept.arrives.slopes().map(|(from, slope)| {
                let slope = slope / swept.tape.accounts;
                (from + after, store, Step::Slope { lag, slope })
            }));
        }
    }
    steps.retain(|step| step.0 <= end);
    steps.sort_by_key(|step| step.0);
    steps
}

/// The pass: the sums over the stores as they are now, and the extremes so far.
struct Pass<'a> {
    stores: Vec<Running<'a>>,
    sums: [Line; 3],
    unreadable: Line,
    extremes: SoFar,
}

impl<'a> Pass<'a> {
    fn new(stores: &[Swept<'a>]) -> Pass<'a> {
        let stores = stores.iter().map(|&swept| Running {
            swept,
            stored: Line::default(),
            readable: true,
            slopes: vec![0; swept.tape.lags.len()],
            moving: vec![[0; 3]; swept.tape.lags.len()],
        });
        Pass {
            stores: stores.collect(),
            sums: [Line::default(); 3],
            unreadable: Line::default(),
            extremes: SoFar::default(),
        }
    }

    fn take(&mut self, store: usize, t: Time, step: Step) {
        let it = &mut self.stores[store];
        match step {
            Step::Change(number) => match it.swept.tape.changes[number as usize].1 {
                Change::Flow { series, lag, by } => {
                    it.moving[lag][series] += Fixed::from(by);
                    let bend = it.slopes[lag] * Fixed::from(by);
                    self.change(store, series, t, 0, bend);
                }
                Change::Jump {
                    series,
                    after,
                    until,
                    by,
                } => {
                    let arrives = it.swept.arrives;
                    let all = (arrives.at(until) - arrives.at(after)) * Fixed::from(by);
                    let jump = all / it.swept.tape.accounts;
                    self.change(store, series, t, jump, 0);
                }
                Change::Readable(readable) => {
                    if it.readable != readable {
                        it.readable = readable;
                        it.stored.change(t, 0, 0);
                        let sign = if readable { -1 } else { 1 };
                        let (value, slope) = (it.stored.value, it.stored.slope);
                        self.unreadable.change(t, sign * value, sign * slope);
                    }
                }
            },
            Step::Slope { lag, slope } => {
                let more = slope - std::mem::replace(&mut it.slopes[lag], slope);
                for series in [BUFFERED, STORED, HOT] {
                    let moving = self.stores[store].moving[lag][series];
                    if moving != 0 {
                        self.change(store, series, t, 0, moving * more);
                    }
                }
            }
        }
    }

    /// A series of a store jumps, and bends.
    fn change(&mut self, store: usize, series: usize, t: Time, jump: Fixed, bend: Fixed) {
        self.sums[series].change(t, jump, bend);
        if series == STORED {
            let it = &mut self.stores[store];
            it.stored.change(t, jump, bend);
            if !it.readable {
                self.unreadable.change(t, jump, bend);
            }
        }
    }

    fn look(&mut self, t: Time) {
        let [buffered, stored, hot] = self.sums.map(|line| line.value_at(t));
        let inaccessible = self.unreadable.value_at(t);
        let so_far = &mut self.extremes;
        so_far.buffered = so_far.buffered.max(buffered);
        so_far.hot = so_far.hot.max(hot);
        so_far.inaccessible = so_far.inaccessible.max(inaccessible);
        let accessible = stored - inaccessible;
        let least = so_far
            .accessible
            .map_or(accessible, |least| least.min(accessible));
        so_far.accessible = Some(least);
    }
}

/// The extremes so far.
#[derive(Default)]
struct SoFar {
    buffered: Fixed,
    hot: Fixed,
    accessible: Option<Fixed>,
    inaccessible: Fixed,
}

impl SoFar {
    fn finish(&self) -> Extremes {
        Extremes {
            buffered_peak: rounded(self.buffered),
            hot_peak: rounded(self.hot),
            accessible_min: rounded(self.accessible.expect("the start was looked at")),
            inaccessible_peak: rounded(self.inaccessible),
        }
    }
}
