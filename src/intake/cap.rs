use super::{Calendar, Curve};
use crate::units::{Duration, Time, Volume};

/// What of the offered volume the daily cap lets through.
///
/// A day begins at 00:00 UTC. On a day no more than the cap is accepted, the rest is rejected
/// for good. A cap that changes holds for the running day: what was accepted before stays so,
/// what was rejected before stays so. What the history before t = 0 brought on the first
/// day counts towards its cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// In order of time; empty: everything is accepted.
    pieces: Vec<Piece>,
    /// The offered curve's knots and those that the cap adds; empty if it adds none.
    knots: Vec<Time>,
}

/// From an instant to the next piece: accepted = min(offered - `rejected`, `ceiling`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: Time,
    /// Bytes rejected before it.
    rejected: u64,
    /// Accepted in all, no more than this; `u64::MAX` where the cap is not reached.
    ceiling: u64,
}

impl Accepted {
    /// Cuts `offered` by the caps, each in force from its instant on; up to `end`.
    pub(super) fn cut(
        offered: &Curve,
        caps: &[(Time, Option<Volume>)],
        calendar: Calendar,
        end: Time,
    ) -> Accepted {
        let mut accepted = Accepted {
            pieces: Vec::new(),
            knots: Vec::new(),
        };
        if caps.iter().all(|(_, cap)| cap.is_none()) {
            return accepted;
        }
        let mut day_start = calendar.day_start(Time::START);
        let mut before_day = offered.at(day_start);
        let mut so_far = offered.at(Time::START);
        let mut t = Time::START;
        while t < end {
            let changed = caps.partition_point(|&(from, _)| from <= t);
            let cap = changed.checked_sub(1).and_then(|last| caps[last].1);
            let next_change = caps.get(changed).map_or(end, |&(from, _)| from);
            let next_day = day_start + Duration::DAY;
            let next = next_day.min(next_change).min(end);
            let ceiling = cap.map_or(u64::MAX, |cap| {
                so_far.max(before_day.saturating_add(cap.bytes()))
            });
            so_far = accepted.extend(offered, so_far, ceiling, t, next);
            if next == next_day {
                (day_start, before_day) = (next_day, so_far);
            }
            t = next;
        }
        if !accepted.knots.is_empty() {
            accepted.knots.extend(offered.knots().iter());
            accepted.knots.sort_unstable();
            accepted.knots.dedup();
        }
        accepted
    }

    /// Adds the piece from `t` to `next` under a ceiling; returns what is accepted at `next`.
    fn extend(&mut self, offered: &Curve, so_far: u64, ceiling: u64, t: Time, next: Time) -> u64 {
        let rejected = offered.at(t) - so_far;
        let wanted = offered.at(next) - rejected;
        let reached = wanted > ceiling;
        let ceiling = if reached { ceiling } else { u64::MAX };
        let goes_on = match self.pieces.last() {
            None => rejected == 0 && !reached,
            Some(last) => last.rejected == rejected && last.ceiling == ceiling,
        };
        if !goes_on {
            self.pieces.push(Piece {
                from: t,
                rejected,
                ceiling,
            });
            self.knots.push(t);
        }
        if reached {
            let full = offered.first_with(ceiling + rejected);
            let full = full.expect("more than that is offered");
            // In the last millisecond before less is accepted than at the slope until then.
            let last = full - Duration::MILLISECOND;
            self.knots.extend([last.max(t), full.max(t)]);
        }
        wanted.min(ceiling)
    }

    /// What is accepted up to and at t, where `offered` is what is offered up to and at t.
    #[inline]
    pub(super) fn of(&self, offered: u64, t: Time) -> u64 {
        match self.pieces.partition_point(|piece| piece.from <= t) {
            0 => offered,
            later => {
                let piece = &self.pieces[later - 1];
                (offered - piece.rejected).min(piece.ceiling)
            }
        }
    }

    /// The offered curve's knots and the cap's, in order; empty if the cap never cuts.
    pub(super) fn knots(&self) -> &[Time] {
        &self.knots
    }
}
