//! The extremes of a run: one pass over the entries in the order of their effects.
//!
//! Between two effects every series rises or falls steadily, so its extremes lie at an
//! instant at which something changes, or a millisecond before. A pass costs one step per
//! effect and per knot of the intake curves; a step costs the number of lags in use (time
//! after arrival: at once, buffer, hot cache, retention), not the number of accounts: the
//! bytes that a set of accounts holds of the first V are found by counting bits.

use super::ledger::{Entry, Ledger, Place, Share, When};
use crate::intake::Intake;
use crate::model::ByTime;
use crate::units::{Duration, Time, Volume};

/// What one store holds of one store, in the pass.
#[derive(Clone, Copy)]
pub(super) struct Swept<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) intake: &'a Intake,
    /// Whether queries of the workspace can read it.
    pub(super) readable: &'a ByTime<bool>,
}

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

/// The accounts whose bytes move at one lag after their arrival, into or out of a series.
#[derive(Debug)]
struct Flow {
    store: usize,
    series: usize,
    lag: Duration,
    of: u32,
    inward: bool,
    /// One bit an account.
    accounts: Vec<u64>,
    count: u32,
}

impl Flow {
    fn set(&mut self, account: u32, moving: bool) {
        let bit = 1_u64 << (account % 64);
        let word = &mut self.accounts[account as usize / 64];
        debug_assert_ne!(
            *word & bit != 0,
            moving,
            "an account moves the bytes of one interval at a time"
        );
        *word ^= bit;
        self.count = if moving {
            self.count + 1
        } else {
            self.count - 1
        };
    }

    /// How many of the first `volume` bytes these accounts hold.
    fn hold(&self, volume: u64) -> i128 {
        if self.count == self.of {
            return i128::from(volume);
        }
        let of = u64::from(self.of);
        let (each, rest) = (volume / of, volume % of);
        let whole_words = usize::try_from(rest / 64).expect("fewer than 2^32 accounts");
        let mut ones: u32 = self.accounts[..whole_words]
            .iter()
            .map(|word| word.count_ones())
            .sum();
        if rest % 64 > 0 {
            ones += (self.accounts[whole_words] & ((1 << (rest % 64)) - 1)).count_ones();
        }
        i128::from(each) * i128::from(self.count) + i128::from(ones)
    }
}

/// Something that changes at an instant.
enum Effect {
    /// An account begins or ceases to move bytes in a flow; the series gets so much to keep
    /// its value.
    Flow {
        flow: usize,
        account: u32,
        moves: bool,
        offset: i128,
    },
    /// Bytes move at once.
    Jump {
        store: usize,
        series: usize,
        by: i128,
    },
    /// Queries begin or cease to read what is stored.
    Readable { store: usize, readable: bool },
    /// The slope of an intake curve changes.
    Knot,
}

/// The pass.
struct Sweep<'a> {
    stores: &'a [Swept<'a>],
    flows: Vec<Flow>,
    effects: Vec<(Time, Effect)>,
}

/// The extremes of the sum over `stores` in a run that ends at `end`.
pub(super) fn extremes(stores: &[Swept<'_>], end: Time) -> Extremes {
    let mut sweep = Sweep {
        stores,
        flows: Vec::new(),
        effects: Vec::new(),
    };
    for (index, store) in stores.iter().enumerate() {
        for entry in &store.ledger.entries {
            sweep.add_entry(index, entry);
        }
        for &(at, readable) in store.readable {
            let effect = Effect::Readable {
                store: index,
                readable,
            };
            sweep.effects.push((at, effect));
        }
    }
    sweep.add_knots(end);
    sweep.effects.sort_by_key(|effect| effect.0);
    sweep.run(end)
}

impl Sweep<'_> {
    fn add_entry(&mut self, store: usize, entry: &Entry) {
        let (out, into) = (series(entry.from), series(entry.to));
        if out == into {
            return;
        }
        let intake = self.stores[store].intake;
        let dealt = |t: Time| i128::from(entry.share.of(intake.accepted_at(t)));
        for (series, inward) in [(out, false), (into, true)] {
            let Some(series) = series else { continue };
            let sign = if inward { 1 } else { -1 };
            match entry.when {
                When::At(at) => {
                    let by = sign * (dealt(entry.until) - dealt(entry.after));
                    self.effects.push((at, Effect::Jump { store, series, by }));
                }
                When::After(lag) => {
                    let flow = self.flow(store, series, lag, entry.share, inward);
                    for (at, moves) in [(entry.after, true), (entry.until, false)] {
                        let offset = sign * dealt(at) * if moves { -1 } else { 1 };
                        let effect = Effect::Flow {
                            flow,
                            account: entry.share.account,
                            moves,
                            offset,
                        };
                        self.effects.push((at + lag, effect));
                    }
                }
            }
        }
    }

    fn flow(
        &mut self,
        store: usize,
        series: usize,
        lag: Duration,
        share: Share,
        inward: bool,
    ) -> usize {
        let same = |flow: &Flow| {
            (flow.store, flow.series, flow.lag, flow.of, flow.inward)
                == (store, series, lag, share.of, inward)
        };
        // The newest are asked first: entries come account by account, a few flows in turn.
        self.flows.iter().rposition(same).unwrap_or_else(|| {
            let accounts = vec![0; (share.of as usize).div_ceil(64)];
            self.flows.push(Flow {
                store,
                series,
                lag,
                of: share.of,
                inward,
                accounts,
                count: 0,
            });
            self.flows.len() - 1
        })
    }

    fn add_knots(&mut self, end: Time) {
        let mut lags: Vec<(usize, Duration)> = self
            .flows
            .iter()
            .map(|flow| (flow.store, flow.lag))
            .collect();
        lags.sort_unstable();
        lags.dedup();
        for (store, lag) in lags {
            let knots = self.stores[store].intake.knots().map(|knot| knot + lag);
            let inside = knots.filter(|&knot| knot > Time::START && knot < end);
            self.effects.extend(inside.map(|knot| (knot, Effect::Knot)));
        }
    }

    fn run(mut self, end: Time) -> Extremes {
        let effects = std::mem::take(&mut self.effects);
        let mut kept = vec![[0_i128; 3]; self.stores.len()];
        let mut readable = vec![true; self.stores.len()];
        let mut values = kept.clone();
        let mut extremes = Running::default();
        let mut next = 0;
        let mut at = Time::START;
        loop {
            while let Some((_, effect)) = effects.get(next).filter(|effect| effect.0 <= at) {
                self.apply(effect, &mut kept, &mut readable);
                next += 1;
            }
            self.value(&kept, at, &mut values);
            extremes.look(&values, &readable);
            if at >= end {
                return extremes.finish();
            }
            let change = effects.get(next).map_or(end, |effect| effect.0.min(end));
            if change - at > Duration::MILLISECOND {
                self.value(&kept, change - Duration::MILLISECOND, &mut values);
                extremes.look(&values, &readable);
            }
            at = change;
        }
    }

    fn apply(&mut self, effect: &Effect, kept: &mut [[i128; 3]], readable: &mut [bool]) {
        match *effect {
            Effect::Flow {
                flow,
                account,
                moves,
                offset,
            } => {
                let flow = &mut self.flows[flow];
                flow.set(account, moves);
                kept[flow.store][flow.series] += offset;
            }
            Effect::Jump { store, series, by } => kept[store][series] += by,
            Effect::Readable {
                store,
                readable: now,
            } => readable[store] = now,
            Effect::Knot => {}
        }
    }

    /// Writes the value of each series of each store at `t` into `values`.
    fn value(&self, kept: &[[i128; 3]], t: Time, values: &mut [[i128; 3]]) {
        values.copy_from_slice(kept);
        for flow in self.flows.iter().filter(|flow| flow.count > 0) {
            let volume = self.stores[flow.store].intake.accepted_at(t - flow.lag);
            let held = flow.hold(volume);
            values[flow.store][flow.series] += if flow.inward { held } else { -held };
        }
    }
}

/// The extremes so far.
#[derive(Default)]
struct Running {
    buffered: i128,
    hot: i128,
    accessible: Option<i128>,
    inaccessible: i128,
}

impl Running {
    fn look(&mut self, values: &[[i128; 3]], readable: &[bool]) {
        let sum = |series: usize| -> i128 { values.iter().map(|value| value[series]).sum() };
        let unreadable = values
            .iter()
            .zip(readable)
            .filter(|(_, readable)| !**readable)
            .map(|(value, _)| value[STORED]);
        let inaccessible: i128 = unreadable.sum();
        let accessible = sum(STORED) - inaccessible;
        self.buffered = self.buffered.max(sum(BUFFERED));
        self.hot = self.hot.max(sum(HOT));
        self.inaccessible = self.inaccessible.max(inaccessible);
        self.accessible = Some(
            self.accessible
                .map_or(accessible, |least| least.min(accessible)),
        );
    }

    fn finish(self) -> Extremes {
        let volume =
            |bytes: i128| Volume::from_bytes(u64::try_from(bytes).expect("no series is negative"));
        Extremes {
            buffered_peak: volume(self.buffered),
            hot_peak: volume(self.hot),
            accessible_min: volume(self.accessible.expect("the start was looked at")),
            inaccessible_peak: volume(self.inaccessible),
        }
    }
}
