//! What a plan predicts: the range of a cost from p5 to p95, and what that range takes as certain.

use super::super::format::duration;
use super::words::part;
use crate::experiment::Sample;
use crate::experiment::plan::Plan;
use crate::scenario::{Ingestion, Scenario, Source};
use crate::statistics::Quantile;

/// What the range is called.
pub(super) const NAME: &str = "p5 to p95";

/// What the other column with a cost is called.
pub(super) const MEAN: &str = "Mean ± its error";

/// The ends of the range.
pub(super) const ENDS: [(&str, Quantile); 2] =
    [("p5", Quantile::percent(5)), ("p95", Quantile::percent(95))];

/// The ends of the range of amounts.
pub(super) fn ends(amounts: &Sample) -> [f64; 2] {
    ENDS.map(|(_, quantile)| {
        let end = amounts.quantile(quantile);
        end.map_or(0.0, |end| end.value.number())
    })
}

/// The range of amounts in a table of which the largest is `most`; one amount where both ends read
/// the same.
pub(super) fn range(amounts: &Sample, most: f64) -> String {
    let [low, high] = ends(amounts).map(|end| part(end, most));
    match low == high {
        true => low,
        false => format!("{low} to {high}"),
    }
}

/// The range of what a run costs: `905,333 to 910,348 USD over 364d (p5 to p95)`.
pub(super) fn of_run(plan: &Plan<'_>, amounts: &Sample) -> String {
    let [_, high] = ends(amounts);
    let range = range(amounts, high);
    let name = match range.contains(" to ") {
        true => format!(" ({NAME})"),
        false => String::new(),
    };
    let currency = &plan.scenario.prices.currency;
    format!(
        "{range} {currency} over {}{name}",
        duration(plan.scenario.duration)
    )
}

/// What the cost in the first line holds, and what it takes as certain.
pub(super) fn note(plan: &Plan<'_>) -> Option<String> {
    let best = plan.clusters.iter().map(|of| &of.levels[of.best]);
    let mut costs = best.map(|level| ends(&level.bill.cost));
    let holds = costs.any(|[low, high]| low < high);
    let holds = holds.then(|| HOLDS.to_owned());
    let told: Vec<String> = holds.into_iter().chain(certain(plan.scenario)).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

const HOLDS: &str =
    "p5 to p95 is what differs between replications: noise, hazards and drawn quantities.";

/// What is taken as certain: rates and growth that are fixed numbers.
fn certain(scenario: &Scenario) -> Option<String> {
    let ingestions = scenario.workspaces.iter().map(|of| &of.ingestion);
    let by_rate = ingestions.filter(|of| matches!(of.source, Source::Rate(_)));
    let (known, drawn): (Vec<&Ingestion>, Vec<&Ingestion>) = by_rate.partition(|of| of.is_known());
    let whose = match (known.len(), drawn.len()) {
        (0, _) => return None,
        (_, 0) => "what arrives".to_owned(),
        (known, drawn) => format!("{known} of {} workspaces", known + drawn),
    };
    Some(format!(
        "The rate and growth of {whose} are fixed numbers, and taken as certain."
    ))
}
