//! Long stretches in which nothing changes but the rate of what arrives, at equal distances, as
//! with hourly noise or growth: between its steps every series is linear, and at a step it is a
//! sum of volumes that had arrived by then and some lags before.

use super::super::fluid::{FRACTION, Fixed};
use super::{BUFFERED, HOT, Pass, STORED, Seen, SweepState, UNREADABLE, queue};
use crate::units::{Duration, Time};

/// Fewer steps are left to the sweep.
const FEWEST: usize = 8;
/// Of so many steps the last one is looked at first.
const CHUNK: usize = 16;

/// A stretch of equal steps from now on, in which nothing changes but at them.
struct Stretch<'a> {
    step: Duration,
    /// How many steps.
    count: usize,
    flows: Vec<Flow<'a>>,
    /// How much each series rises in a step by what flows steadily.
    steady: [Fixed; 4],
    /// The same of what each store stores.
    steadily_stored: Vec<Fixed>,
}

/// What flows at one lag of a store, step by step.
struct Flow<'a> {
    store: usize,
    /// What had arrived by each step, of all accounts.
    volumes: &'a [u64],
    /// How many times it counts in each series.
    times: [i64; 4],
}

impl Flow<'_> {
    /// What has arrived in the stretch by a step.
    fn arrived(&self, step: usize) -> u64 {
        self.volumes[step] - self.volumes[0]
    }
}

impl Pass<'_> {
    /// Goes on to the end of the stretch that begins now, no further than `end`; false if none
    /// does.
    pub(super) fn go_over_steps(&mut self, end: Time, seen: &mut Seen) -> bool {
        let Some(stretch) = Stretch::of(self, end) else {
            return false;
        };
        stretch.look(self, seen);
        let span = Duration::from_millis(stretch.step.millis() * steps(stretch.count));
        let last = stretch.at(stretch.count);
        let stored = (0..self.stores.len())
            .map(|store| stretch.stored(self, store))
            .collect::<Vec<Fixed>>();
        self.now = self.now + span;
        for (line, more) in self.sums.iter_mut().zip(last) {
            line.value += more;
            line.slope = 0;
        }
        for (store, stored) in self.stores.iter_mut().zip(stored) {
            store.stored.value = stored;
            store.flow_from(self.now);
            for series in [BUFFERED, STORED, HOT] {
                self.sums[series].slope += store.slope(series);
            }
            if !store.readable {
                self.sums[UNREADABLE].slope += store.stored.slope;
            }
        }
        self.queue = queue(&self.stores);
        true
    }
}

impl SweepState<'_> {
    /// Goes on from `now`, when every line that is due by then has begun.
    fn flow_from(&mut self, now: Time) {
        self.now = now;
        for (lag, flowing) in self.list.lags.iter().zip(&mut self.flowing) {
            flowing.next = self.share.up_to(now - lag.by);
            let line = flowing
                .next
                .checked_sub(1)
                .and_then(|line| self.share.bend(line));
            flowing.slope = line.map_or(0, |(_, slope)| slope);
        }
        self.stored.slope = self.slope(STORED);
        self.next_bend = self.find_next_bend();
    }

    /// How steeply a series of this store rises.
    fn slope(&self, series: usize) -> Fixed {
        let flowing = self.flowing.iter();
        flowing
            .map(|flowing| Fixed::from(flowing.accounts[series]) * flowing.slope)
            .sum()
    }

    /// How often a lag counts in each series, if it is the same for all accounts.
    fn times(&self, lag: usize) -> Option<[i64; 4]> {
        let accounts = i64::from(self.list.store.journal.accounts);
        let mut times = [0; 4];
        for series in [BUFFERED, STORED, HOT] {
            let counted = i64::from(self.flowing[lag].accounts[series]);
            if counted % accounts != 0 {
                return None;
            }
            times[series] = counted / accounts;
        }
        if !self.readable {
            times[UNREADABLE] = times[STORED];
        }
        Some(times)
    }
}

impl<'a> Stretch<'a> {
    fn of(pass: &'a Pass<'_>, end: Time) -> Option<Stretch<'a>> {
        let changes = pass.stores.iter().map(SweepState::next_change);
        let before = changes.min().unwrap_or(Time::NEVER) - Duration::MILLISECOND;
        let mut until = end.min(before);
        let mut step = None;
        let mut stretch = Stretch {
            step: Duration::ZERO,
            count: 0,
            flows: Vec::new(),
            steady: [0; 4],
            steadily_stored: vec![0; pass.stores.len()],
        };
        for (number, store) in pass.stores.iter().enumerate() {
            for (place, lag) in store.list.lags.iter().enumerate() {
                let times = store.times(place)?;
                if times == [0; 4] {
                    continue;
                }
                let flowing = &store.flowing[place];
                let line = flowing.next.checked_sub(1);
                let run = line
                    .and_then(|line| store.share.run_from(line))
                    .filter(|(run, _)| {
                        let begins = line.and_then(|line| store.share.from(line));
                        begins.is_some_and(|from| from + lag.by == pass.now)
                            && *step.get_or_insert(run.step) == run.step
                    });
                match run {
                    Some((run, volumes)) => {
                        let length = run.step.millis() * steps(volumes.len() - 1);
                        until = until.min(pass.now + Duration::from_millis(length));
                        stretch.flows.push(Flow {
                            store: number,
                            volumes,
                            times,
                        });
                    }
                    None => {
                        if let Some(from) = store.share.from(flowing.next) {
                            until = until.min(from + lag.by);
                        }
                        let all = Fixed::from(store.list.store.journal.accounts) * flowing.slope;
                        let rise = times.map(|times| Fixed::from(times) * all);
                        let both = stretch.steady.iter_mut().zip(rise);
                        both.for_each(|(steady, more)| *steady += more);
                        stretch.steadily_stored[number] += rise[STORED];
                    }
                }
            }
        }
        stretch.step = step?;
        stretch.count =
            usize::try_from((until - pass.now).millis() / stretch.step.millis()).ok()?;
        let step = Fixed::from(stretch.step.millis());
        stretch.steady = stretch.steady.map(|slope| slope * step);
        stretch
            .steadily_stored
            .iter_mut()
            .for_each(|slope| *slope *= step);
        (stretch.count >= FEWEST && stretch.fits()).then_some(stretch)
    }

    /// Whether no sum of volumes of the stretch leaves 64 bits.
    fn fits(&self) -> bool {
        let most = |series: usize| {
            let steady = (self.steady[series] * Fixed::from(steps(self.count))) >> FRACTION;
            let flows = self.flows.iter().map(|flow| {
                let times = u128::from(flow.times[series].unsigned_abs());
                u128::from(flow.arrived(self.count)) * times
            });
            steady.unsigned_abs() + flows.sum::<u128>()
        };
        (0..4).all(|series| most(series) < 1 << 61)
    }

    /// How much each series has risen at a step.
    fn at(&self, step: usize) -> [Fixed; 4] {
        let mut rise = self.steady.map(|steady| steady * Fixed::from(steps(step)));
        for flow in &self.flows {
            let arrived = Fixed::from(flow.arrived(step)) << FRACTION;
            for (rise, &times) in rise.iter_mut().zip(&flow.times) {
                *rise += Fixed::from(times) * arrived;
            }
        }
        rise
    }

    /// What a store holds at the end of the stretch.
    fn stored(&self, pass: &Pass<'_>, number: usize) -> Fixed {
        let store = &pass.stores[number];
        let mut stored = store.stored;
        stored.go_on(store.now, pass.now);
        let of_it = self.flows.iter().filter(|flow| flow.store == number);
        let rises = of_it.map(|flow| {
            Fixed::from(flow.times[STORED]) * (Fixed::from(flow.arrived(self.count)) << FRACTION)
        });
        let steady = self.steadily_stored[number] * Fixed::from(steps(self.count));
        stored.value + steady + rises.sum::<Fixed>()
    }

    /// Looks at the steps at which a series is at its extreme.
    fn look(&self, pass: &Pass<'_>, seen: &mut Seen) {
        let weigh = |series: usize| move |times: &[Fixed; 4]| times[series];
        self.look_for(weigh(BUFFERED), pass, seen, |seen| seen.buffered);
        self.look_for(weigh(HOT), pass, seen, |seen| seen.hot);
        self.look_for(weigh(STORED), pass, seen, |seen| seen.stored);
        self.look_for(weigh(UNREADABLE), pass, seen, |seen| seen.inaccessible);
        let unread = |times: &[Fixed; 4]| times[UNREADABLE] - times[STORED];
        self.look_for(unread, pass, seen, |seen| -seen.accessible);
    }

    /// Looks at the step at which a sum of the series is more than ever, if it is at one.
    fn look_for(
        &self,
        weigh: impl Fn(&[Fixed; 4]) -> Fixed,
        pass: &Pass<'_>,
        seen: &mut Seen,
        most: impl Fn(&Seen) -> Fixed,
    ) {
        let now = weigh(&pass.sums.map(|line| line.value));
        let sought = Sought {
            count: self.count,
            steady: weigh(&self.steady),
            flows: self
                .flows
                .iter()
                .filter_map(|flow| {
                    let times = weigh(&flow.times.map(Fixed::from));
                    (times != 0).then_some((i64::try_from(times).ok()?, flow.volumes))
                })
                .collect(),
        };
        let least = i64::try_from((most(seen) - now) >> FRACTION).unwrap_or(i64::MAX);
        if let Some(step) = sought.most(least) {
            let rise = self.at(step);
            seen.look(&std::array::from_fn(|series| {
                pass.sums[series].value + rise[series]
            }));
        }
    }
}

/// A sum of flows, the step of whose highest value is sought.
struct Sought<'a> {
    count: usize,
    steady: Fixed,
    flows: Vec<(i64, &'a [u64])>,
}

impl Sought<'_> {
    /// The step with the highest value, if that is more than `least`.
    ///
    /// What has arrived never falls. So between two steps the sum is at most what it would be if all
    /// that raises it had arrived, and nothing that lowers it: most parts need no look.
    fn most(&self, least: i64) -> Option<usize> {
        if self.flows.is_empty() && self.steady <= 0 {
            return None;
        }
        let mut best = (least, None);
        let ends = || (CHUNK..self.count).step_by(CHUNK).chain([self.count]);
        for end in ends() {
            self.try_at(end, &mut best);
        }
        let mut from = 0;
        for end in ends() {
            if self.between(from, end) > best.0 {
                (from + 1..end).for_each(|step| self.try_at(step, &mut best));
            }
            from = end;
        }
        best.1
    }

    #[inline]
    fn try_at(&self, step: usize, best: &mut (i64, Option<usize>)) {
        let arrived = self
            .flows
            .iter()
            .map(|&(times, volumes)| times * (volumes[step] - volumes[0]).cast_signed());
        let value = self.steadily(step) + arrived.sum::<i64>();
        if value > best.0 {
            *best = (value, Some(step));
        }
    }

    /// No value between two steps is above this.
    fn between(&self, from: usize, to: usize) -> i64 {
        let arrived = self.flows.iter().map(|&(times, volumes)| {
            let at = if times > 0 { to } else { from };
            times * (volumes[at] - volumes[0]).cast_signed()
        });
        let steady = self.steadily(if self.steady > 0 { to } else { from });
        steady + arrived.sum::<i64>()
    }

    /// What flows steadily, by a step, to a byte.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // It was seen to fit.
    fn steadily(&self, step: usize) -> i64 {
        match self.steady {
            0 => 0,
            steady => ((steady * Fixed::from(steps(step))) >> FRACTION) as i64,
        }
    }
}

fn steps(count: usize) -> i64 {
    i64::try_from(count).expect("there are fewer steps than bytes of memory")
}
