//! Hazards that come so often that a replication would have too many entries in its log.

use super::super::diagnostics::Diagnostic;
use super::super::{Event, Scenario, Timing};
use super::Written;
use crate::limits::LOG_ENTRIES;
use crate::units::{Duration, Time};

/// Where this share of the limit is expected, a replication may well exceed it.
const NEAR: u64 = 2;

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let scenario = written.scenario;
    let each = entries_of_each(scenario);
    let expected: Vec<u64> = (0..scenario.events.len())
        .map(|event| occurrences(scenario, event).saturating_mul(each[event]))
        .collect();
    let all = expected
        .iter()
        .fold(0, |all: u64, &of| all.saturating_add(of));
    let most = (0..expected.len()).max_by_key(|&event| (expected[event], event));
    let Some(most) = most.filter(|_| all > LOG_ENTRIES.most / NEAR) else {
        return;
    };
    let of = expected[most];
    found.push(
        Diagnostic::warning(
            written.value(most, "gap"),
            "this hazard may occur so often that the run stops with an error",
        )
        .label(format!(
            "it is expected to make about {of} entries in the log"
        ))
        .help(format!(
            "no run may have more than {LOG_ENTRIES}: {}",
            LOG_ENTRIES.remedy
        )),
    );
}

/// The expected number of occurrences of a hazard; 0 for other events.
fn occurrences(scenario: &Scenario, event: usize) -> u64 {
    let event = &scenario.events[event];
    let Timing::Every { gap } = &event.timing else {
        return 0;
    };
    let lasts = event
        .duration
        .as_ref()
        .map_or(Duration::ZERO, |delay| delay.typical());
    let gap = gap.typical().max(Duration::MILLISECOND);
    let run = (scenario.end() - Time::START).millis();
    (run / (gap + lasts).millis().max(1)).unsigned_abs()
}

/// How many entries an occurrence of each event brings, with those of the events that follow it.
fn entries_of_each(scenario: &Scenario) -> Vec<u64> {
    let own = |event: &Event| 1 + u64::from(event.duration.is_some());
    let mut entries: Vec<u64> = scenario.events.iter().map(own).collect();
    // From the ends of the chains on.
    let depth = |mut event: usize| {
        let mut depth = 0_usize;
        while let Timing::After { event: before, .. } = scenario.events[event].timing {
            (event, depth) = (before, depth + 1);
        }
        depth
    };
    let mut order: Vec<(usize, usize)> = (0..entries.len()).map(|at| (depth(at), at)).collect();
    order.sort_unstable();
    for (_, event) in order.into_iter().rev() {
        if let Timing::After { event: before, .. } = scenario.events[event].timing {
            entries[before] = entries[before].saturating_add(entries[event]);
        }
    }
    entries
}
