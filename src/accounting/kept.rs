//! How long which bytes were kept beyond the time that is free: the integral of a volume over
//! time, entry by entry.

use super::figures::Place;
use super::journal::{Entry, Journal, When};
use crate::intake::Intake;
use crate::units::{Duration, Time};

/// What arrives, and the area below it.
pub(super) struct Area<'a> {
    intake: &'a Intake,
    /// When it bends, what had arrived by then, and twice the area up to then in byte-ms.
    knots: Vec<(Time, i128, i128)>,
}

impl<'a> Area<'a> {
    pub(super) fn below(intake: &'a Intake) -> Area<'a> {
        let mut knots: Vec<(Time, i128, i128)> = Vec::new();
        for (at, volume) in intake.knots() {
            let volume = i128::from(volume);
            let twice = knots.last().map_or(0, |&(before, held, twice)| {
                twice + (held + volume) * i128::from((at - before).millis())
            });
            knots.push((at, volume, twice));
        }
        Area { intake, knots }
    }

    /// What had arrived up to `t`, and twice the area up to then. Nothing arrives before the
    /// first knot.
    fn at(&self, t: Time) -> (i128, i128) {
        let later = self.knots.partition_point(|knot| knot.0 <= t);
        let Some(&(from, held, twice)) = later.checked_sub(1).map(|at| &self.knots[at]) else {
            return (0, 0);
        };
        let volume = i128::from(self.intake.accepted_at(t));
        let more = (held + volume) * i128::from((t - from).millis());
        (volume, twice + more)
    }

    /// Twice the sum over what arrived after one time and up to another of how long it is from
    /// `lag` after its arrival, but not from before the start, to the end of the run.
    fn since_lag(&self, after: Time, until: Time, lag: Duration, end: Time) -> i128 {
        let until = until.min(end - lag);
        if after >= until {
            return 0;
        }
        // What was of that age before the start counts from the start.
        let aged = (Time::START - lag).clamp(after, until);
        let of_whole_run = self.at(aged).0 - self.at(after).0;
        let whole_run = 2 * of_whole_run * i128::from((end - Time::START).millis());
        let ((first, area), (last, more)) = (self.at(aged), self.at(until));
        let left = |at: Time| i128::from((end - lag - at).millis());
        whole_run + 2 * (left(until) * last - left(aged) * first) + (more - area)
    }

    /// The same where bytes do not count before `when` either.
    fn since_when(&self, entry: (Time, Time), when: When, free: Duration, end: Time) -> i128 {
        let (after, until) = entry;
        match when {
            When::After(lag) => self.since_lag(after, until, lag.max(free), end),
            When::At(at) => {
                let aged = (at - free).clamp(after, until);
                let volume = self.at(aged).0 - self.at(after).0;
                let rest = (end - at.max(Time::START)).millis();
                2 * volume * i128::from(rest) + self.since_lag(aged, until, free, end)
            }
        }
    }
}

impl Journal {
    /// The sum over all bytes of the milliseconds of the run for which each was kept in this
    /// store beyond the `free` time after its arrival.
    pub(super) fn kept(&self, area: &Area<'_>, free: Duration, end: Time) -> u128 {
        let alike = |one: &Entry, next: &Entry| self.count_alike(one, next, free);
        let twice: i128 = self
            .entries
            .chunk_by(alike)
            .map(|entries| self.twice_kept(entries, area, free, end))
            .sum();
        let kept = twice / 2 / i128::from(self.accounts);
        // Every part is rounded down, so that nothing can come out as a little less.
        u128::try_from(kept.max(0)).expect("it is not negative")
    }

    /// What arrived in the run and went into this store as it did. Of the shared store: nothing
    /// waits there.
    pub(super) fn taken_in(&self, intake: &Intake) -> u64 {
        let entries = self.entries.iter();
        let taken_in = entries
            .filter(|entry| entry.moves.from == Place::Outside && entry.moves.to.is_stored());
        let arrived = |t: Time| intake.accepted_at(t.max(Time::START));
        taken_in
            .map(|entry| {
                let (after, until) = self.interval(entry);
                arrived(until) - arrived(after)
            })
            .sum()
    }

    /// Whether two entries name the same bytes, and these count from the same age on. So it is with
    /// a short wait: one entry takes out what waits, the next one brings it back.
    fn count_alike(&self, one: &Entry, next: &Entry, free: Duration) -> bool {
        let same_bytes = (one.after, one.until) == (next.after, next.until);
        same_bytes && {
            let age = |entry: &Entry| match entry.moves.when {
                When::After(lag) => Some(lag.max(free)),
                When::At(at) => (at - free <= self.interval(entry).0).then_some(free),
            };
            age(one).is_some_and(|age_of_one| age(next) == Some(age_of_one))
        }
    }

    /// What entries that count alike add, of which there is at least one.
    fn twice_kept(&self, entries: &[Entry], area: &Area<'_>, free: Duration, end: Time) -> i128 {
        let times = |entry: &Entry| {
            let into = i128::from(entry.moves.to.is_stored());
            let out = i128::from(entry.moves.from.is_stored());
            (into - out) * i128::from(entry.accounts.count(self.accounts))
        };
        match entries.iter().map(times).sum() {
            0 => 0,
            times => {
                let (interval, when) = (self.interval(&entries[0]), entries[0].moves.when);
                times * area.since_when(interval, when, free, end)
            }
        }
    }
}

impl Place {
    fn is_stored(self) -> bool {
        matches!(self, Place::CustomerKey | Place::MicrosoftKey)
    }
}
