//! How likely the measure is beyond each value.

use super::super::chart::{Picture, Quantity, exceedance_chart};
use super::super::format::{count, replications, sanitize};
use super::Rare;
use super::document::probability;

/// What is so many times less likely than the event is left to the files.
const BELOW: f64 = 30.0;

/// The levels that are known well enough to have an interval.
pub(super) fn picture(rare: &Rare<'_>) -> Picture {
    let title = rare.scenario.title.as_deref();
    let title = sanitize(title.unwrap_or("How likely something rare is"));
    let event = rare.event;
    let name = rare.scenario.name_of(event.scope, event.measure);
    let quantity = Quantity::from(event.measure.unit());
    let hits = count(rare.found.hits as u64);
    let notes = [format!(
        "{} by importance sampling, {hits} of them hits",
        replications(rare.study.count() as u64)
    )];
    let least = rare.found.share().unwrap_or(0.0) / BELOW;
    let levels = rare.levels.iter().filter_map(|level| {
        let share = level.found.share().filter(|share| *share >= least)?;
        Some((level.value, share, level.found.interval()?))
    });
    let levels: Vec<_> = levels.collect();
    let words = rare.found.share().map(probability);
    exceedance_chart(
        (&title, &notes),
        (&name, quantity, event.is_above()),
        &levels,
        (event.bound.number(), words.as_deref()),
    )
}
