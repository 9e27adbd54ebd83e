//! Which event waits for which: their order, rings of them, and what never happens.

use super::super::diagnostics::{Diagnostic, Span};
use super::super::{Edge, Event, Timing};
use super::context::Context;
use crate::units::Duration;

/// For each event the one that it waits for.
pub(super) type Waits = Vec<Option<usize>>;

/// All events, each after the one that it waits for, and the rings of events that wait for each
/// other. What waits for a ring is in neither.
pub(super) fn in_order(waits: &Waits) -> (Vec<usize>, Vec<Vec<usize>>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnThisWay,
        Ordered,
        Never,
    }
    let mut seen = vec![Seen::No; waits.len()];
    let mut order = Vec::new();
    let mut rings = Vec::new();
    for start in 0..waits.len() {
        // Back along the chain, up to something that was met before.
        let mut way = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| seen[*at] == Seen::No) {
            seen[at] = Seen::OnThisWay;
            way.push(at);
            next = waits[at];
        }
        let end = next.map_or(Seen::Ordered, |at| seen[at]);
        if end == Seen::OnThisWay {
            let from = way.iter().position(|at| Some(*at) == next).unwrap_or(0);
            rings.push(way[from..].to_vec());
        }
        let all = if end == Seen::Ordered {
            Seen::Ordered
        } else {
            Seen::Never
        };
        for at in way.into_iter().rev() {
            seen[at] = all;
            if all == Seen::Ordered {
                order.push(at);
            }
        }
    }
    (order, rings)
}

/// Leaves out what is not enabled, and what waits for something left out.
pub(super) fn enabled(all: Vec<Event>, enabled: &[bool], order: &[usize]) -> Vec<Event> {
    let mut kept = enabled.to_vec();
    for &index in order {
        if let Timing::After { event, .. } = all[index].timing {
            kept[index] &= kept[event];
        }
    }
    let mut count = 0;
    let places: Vec<usize> = kept
        .iter()
        .map(|kept| {
            count += usize::from(*kept);
            count - usize::from(*kept)
        })
        .collect();
    let mut left = Vec::new();
    for (mut event, kept) in all.into_iter().zip(kept) {
        if let Timing::After { event: other, .. } = &mut event.timing {
            *other = places[*other];
        }
        if kept {
            left.push(event);
        }
    }
    left
}

/// Warns of events that cannot begin before the run is over.
pub(super) fn warn_of_late(all: &[Event], spans: &[Span], order: &[usize], context: &Context) {
    let Some(run) = context.duration else {
        return;
    };
    let mut earliest = vec![Duration::ZERO; all.len()];
    for &index in order {
        let event = &all[index];
        earliest[index] = match &event.timing {
            Timing::At(at) => at.shortest(),
            Timing::Every { gap } => gap.shortest(),
            Timing::Seen(rule) => rule.held,
            Timing::After { event, edge, delay } => {
                let lasts = match (edge, &all[*event].duration) {
                    (Edge::End, Some(duration)) => duration.shortest(),
                    _ => Duration::ZERO,
                };
                // A sum beyond the end of the run need not be exact.
                (earliest[*event] + lasts + delay.shortest()).min(Duration::LONGEST)
            }
        };
        if earliest[index] >= run {
            context.complain(
                Diagnostic::warning(spans[index], "this never happens: the run ends before it")
                    .label(format!(
                        "at {} at the earliest; the run ends at {run}",
                        earliest[index]
                    )),
            );
        }
    }
}
