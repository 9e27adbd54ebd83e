//! Instants at which something else begins or ends, where a key is the time of an event.

use crate::scenario::{Delay, Event, Grid, Scenario, Setting, Timing};
use crate::units::Duration;

/// More of them say no more than a grid does; then none is taken.
const MOST: usize = 400;

/// The numbers of the values of a key around the begins and ends of other events whose times are
/// fixed, and around those at which the event itself ends then; none where the key is no `at`.
pub(super) fn instants(scenario: &Scenario, grid: &Grid) -> Vec<usize> {
    let name = grid.path.strip_prefix("event.");
    let name = name.and_then(|path| path.strip_suffix(".at"));
    let own = name.and_then(|name| scenario.events.iter().find(|event| event.name == name));
    let origin = match grid.low {
        Setting::Duration(_) => Some(0),
        Setting::Instant(_) => scenario.start,
        _ => None,
    };
    let (Some(own), Some(origin)) = (own, origin) else {
        return Vec::new();
    };
    let others = scenario
        .events
        .iter()
        .filter(|event| event.name != own.name);
    let marks = others.flat_map(ends);
    let lasts = own.duration.as_ref().and_then(fixed);
    let marks = marks.flat_map(|mark| [Some(mark), lasts.map(|lasts| mark - lasts)]);
    #[allow(clippy::cast_precision_loss)]
    let numbers = marks
        .flatten()
        .flat_map(|mark| grid.around((origin + mark.millis()) as f64));
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > MOST {
        numbers.clear();
    }
    numbers
}

/// When an event begins and ends, from the start of the run on, as far as that is fixed.
fn ends(event: &Event) -> Vec<Duration> {
    let Timing::At(at) = &event.timing else {
        return Vec::new();
    };
    let begin = fixed(at);
    let lasts = event.duration.as_ref().and_then(fixed);
    let end = begin.zip(lasts).map(|(begin, lasts)| begin + lasts);
    begin.into_iter().chain(end).collect()
}

/// A delay that is always the same.
fn fixed(delay: &Delay) -> Option<Duration> {
    let longest = delay.longest()?;
    (longest == delay.shortest()).then_some(longest)
}
