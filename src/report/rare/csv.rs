//! How likely a measure is beyond each of many values, as a table.

use super::super::csv::{Table, ci95, number};
use super::super::json::key;
use super::Rare;

/// A row for each level, from the least likely to the likeliest: the value, how likely the measure
/// is at least (or at most) that, and how well that is known.
pub fn rare_csv(rare: &Rare<'_>) -> String {
    let measure = key(rare.event.measure);
    let header = [
        measure.as_str(),
        "probability",
        "ci95_low",
        "ci95_high",
        "hits",
        "effective_hits",
    ];
    let mut table = Table::new(&header);
    for level in &rare.levels {
        let [low, high] = ci95(level.found.interval());
        table.row([
            number(Some(level.value)),
            number(level.found.share()),
            low,
            high,
            level.found.hits.to_string(),
            number(Some(level.found.effective())),
        ]);
    }
    table.text()
}
