//! When stored bytes leave the store and the hot cache, by the time of their arrival alone.

use super::journal::When;
use crate::kernel::StepFunction;
use crate::units::{Duration, Time};

/// Bytes that arrived in (`after`, `until`] and leave by the same rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lot {
    pub(super) after: Time,
    pub(super) until: Time,
    pub(super) leaves: When,
}

/// The retention of a workspace by time, as a line over arrival times: at t everything up to
/// max over u <= t of u - retention(u) has been purged. Lengthening it brings nothing back.
#[derive(Debug)]
pub(super) struct RetentionLine<'a> {
    retention: &'a StepFunction<Duration>,
    end: Time,
}

impl<'a> RetentionLine<'a> {
    pub(super) fn new(retention: &'a StepFunction<Duration>, end: Time) -> RetentionLine<'a> {
        RetentionLine { retention, end }
    }

    /// For each retention: from when, up to and including when it is in force, and itself.
    fn spans(&self) -> impl Iterator<Item = (Time, Time, Duration)> + '_ {
        self.retention
            .iter()
            .enumerate()
            .map(|(index, &(from, retention))| {
                let next = self.retention.get(index + 1);
                // What the store holds at the start is by the retention before it.
                let last = |next: Time| (next - Duration::MILLISECOND).max(Time::START);
                (from, next.map_or(self.end, |next| last(next.0)), retention)
            })
    }

    /// The arrival time up to which everything has been purged at `t`.
    pub(super) fn at(&self, t: Time) -> Time {
        let in_force = self.spans().take_while(|span| span.0 <= t);
        in_force
            .map(|(_, until, retention)| until.min(t) - retention)
            .max()
            .unwrap_or(Time::BEGINNING)
    }

    /// When bytes are purged, in the order of their arrival; what no lot covers is not purged
    /// in the run.
    pub(super) fn lots(&self) -> Vec<Lot> {
        let mut lots = Vec::with_capacity(1);
        let mut reached = Time::BEGINNING;
        let mut reach = |until: Time, leaves: When| {
            if until > reached {
                lots.push(Lot {
                    after: reached,
                    until,
                    leaves,
                });
                reached = until;
            }
        };
        for (from, until, retention) in self.spans() {
            if from > Time::BEGINNING {
                reach(from - retention, When::At(from));
            }
            reach(until - retention, When::After(retention));
        }
        lots
    }
}

/// When bytes leave the hot cache by age: after its span, or with the store.
pub(super) fn hot_lots(purge: &[Lot], span: Duration) -> Vec<Lot> {
    let mut lots: Vec<Lot> = Vec::with_capacity(purge.len() + 1);
    let mut push = |after: Time, until: Time, leaves: When| match lots.last_mut() {
        _ if after >= until => {}
        Some(last) if (last.until, last.leaves) == (after, leaves) => last.until = until,
        _ => lots.push(Lot {
            after,
            until,
            leaves,
        }),
    };
    for lot in purge {
        match lot.leaves {
            When::After(retention) => push(lot.after, lot.until, When::After(retention.min(span))),
            When::At(at) => {
                let too_old = (at - span).clamp(lot.after, lot.until);
                push(lot.after, too_old, When::After(span));
                push(too_old, lot.until, lot.leaves);
            }
        }
    }
    let rest = purge.last().map_or(Time::BEGINNING, |lot| lot.until);
    push(rest, Time::NEVER, When::After(span));
    lots
}
