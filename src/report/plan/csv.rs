//! The plan as tables: one row per month, one row per level.

use super::super::csv::Table;
use super::super::format::seconds;
use super::QUANTILES;
use crate::experiment::Sample;
use crate::experiment::plan::{Plan, Room};
use crate::statistics::Mean;

/// `plan.csv`: one row per cluster and month, and one per cluster for the whole run, whose month
/// is empty. Volumes are in bytes, times in seconds, costs in the currency of the prices.
pub fn plan_csv(plan: &Plan<'_>) -> String {
    let sizes = ["hot_peak", "buffered_peak", "stored_peak"];
    let mut header: Vec<String> = [
        "cluster",
        "month",
        "from_s",
        "until_s",
        "billed_bytes",
        "cheapest_level_bytes_per_day",
        "cost",
        "best_level_cost",
    ]
    .map(str::to_owned)
    .to_vec();
    for size in sizes {
        header.extend(QUANTILES.map(|(name, _)| format!("{size}_{name}_bytes")));
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = Table::new(&header);
    for (cluster, planned) in plan.scenario.clusters.iter().zip(&plan.clusters) {
        let best = &planned.levels[planned.best];
        for (number, month) in plan.months.iter().enumerate() {
            let (level, cost) = planned.cheapest(number);
            let level = planned.levels[level].level.bytes_per_day();
            let mut row = vec![
                cluster.name.clone(),
                month.name.clone(),
                seconds(month.from.millis()),
                seconds(month.until.millis()),
                whole(planned.billed[number].mean),
                level.to_string(),
                amount(cost),
                amount(best.by_month[number]),
            ];
            row.extend(sizes_of(&planned.room_by_month[number]));
            table.row(row.iter().map(String::as_str));
        }
        let billed: f64 = planned.billed.iter().map(|mean| mean.mean).sum();
        let cost = amount(best.cost.mean.map_or(0.0, |mean| mean.mean));
        let mut row = vec![
            cluster.name.clone(),
            String::new(),
            seconds(0),
            seconds(plan.scenario.duration.millis()),
            whole(billed),
            best.level.bytes_per_day().to_string(),
            cost.clone(),
            cost,
        ];
        row.extend(sizes_of(&planned.room));
        table.row(row.iter().map(String::as_str));
    }
    table.text()
}

/// `levels.csv`: what each level costs over the run, with the ends of its 95 % interval, and how
/// much more than the least.
pub(super) fn levels(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&[
        "cluster",
        "level_bytes_per_day",
        "cost_mean",
        "cost_ci95_low",
        "cost_ci95_high",
        "more_mean",
        "more_ci95_low",
        "more_ci95_high",
    ]);
    for (cluster, planned) in plan.scenario.clusters.iter().zip(&plan.clusters) {
        for level in &planned.levels {
            let mut row = vec![
                cluster.name.clone(),
                level.level.bytes_per_day().to_string(),
            ];
            row.extend(mean(level.cost.mean.as_ref()));
            row.extend(mean(level.more.as_ref()));
            table.row(row.iter().map(String::as_str));
        }
    }
    table.text()
}

fn mean(mean: Option<&Mean>) -> [String; 3] {
    let interval = mean.and_then(Mean::interval);
    [
        mean.map_or(String::new(), |mean| amount(mean.mean)),
        interval.map_or(String::new(), |ends| amount(ends.low)),
        interval.map_or(String::new(), |ends| amount(ends.high)),
    ]
}

fn sizes_of(room: &Room) -> impl Iterator<Item = String> {
    let quantiles = |sample: &Sample| {
        QUANTILES.map(|(_, quantile)| {
            let found = sample.quantile(quantile);
            found.map_or(String::new(), |estimate| whole(estimate.value.number()))
        })
    };
    [&room.hot, &room.buffered, &room.stored]
        .map(quantiles)
        .into_iter()
        .flatten()
}

/// To a millionth, which is how exactly amounts are known.
fn amount(number: f64) -> String {
    format!("{number:.6}")
}

fn whole(bytes: f64) -> String {
    format!("{bytes:.0}")
}
