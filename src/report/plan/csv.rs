//! The plan as tables: one row per month, one row per level.

use super::super::csv::Table;
use super::super::format::seconds;
use super::{QUANTILES, range};
use crate::experiment::Sample;
use crate::experiment::plan::{Moment, Plan, Room};
use crate::statistics::Mean;

/// `plan.csv`: one row per cluster and month, and one per cluster for the whole run, whose month
/// is empty. Volumes are in bytes, times in seconds, costs in the currency of the prices; those of
/// levels are for reservation and overage.
pub fn plan_csv(plan: &Plan<'_>) -> String {
    let sizes = ["hot_peak", "buffered_peak", "stored_peak"];
    let mut header: Vec<String> = [
        "cluster",
        "month",
        "from_s",
        "until_s",
        "billed_bytes",
        "cheapest_level_bytes_per_day",
        "cheapest_level_cost",
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
        let cost = amount(best.by_month.iter().sum());
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

/// `levels.csv`: what each level costs over the run, with the ends of the 95 % interval of the mean
/// and p5 and p95 over the replications, how much more than the best level, and the parts of it.
/// A row without a level is pay-as-you-go. Of a level without a price only the price a day is there
/// below which it would cost least.
pub(super) fn levels(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&[
        "cluster",
        "level_bytes_per_day",
        "cost_mean",
        "cost_ci95_low",
        "cost_ci95_high",
        "cost_p5",
        "cost_p95",
        "more_mean",
        "more_ci95_low",
        "more_ci95_high",
        "reservation_cost_mean",
        "overage_cost_mean",
        "pay_as_you_go_cost_mean",
        "retention_cost_mean",
        "key_vault_cost_mean",
        "cheapest_below_per_day",
    ]);
    for (cluster, planned) in plan.scenario.clusters.iter().zip(&plan.clusters) {
        let levels = planned.levels.iter().map(|of| {
            let level = of.level.bytes_per_day().to_string();
            (level, &of.bill, of.more.as_ref())
        });
        let without = (String::new(), &planned.without, Some(&planned.more_without));
        for (level, bill, more) in levels.chain([without]) {
            let mut row = vec![cluster.name.clone(), level];
            row.extend(cost(&bill.cost));
            row.extend(mean(more));
            row.extend(bill.parts.map(amount));
            row.push(String::new());
            table.row(row.iter().map(String::as_str));
        }
        for (level, below) in &planned.unpriced {
            let mut row = vec![cluster.name.clone(), level.bytes_per_day().to_string()];
            row.resize(15, String::new());
            row.push(below.map_or(String::new(), amount));
            table.row(row.iter().map(String::as_str));
        }
    }
    table.text()
}

/// `steps.csv`: from which mean daily volume on which level pays, and in which second of the run
/// the trend reaches it, by quantile over the replications. A step without a lower level is from
/// pay-as-you-go. What is reached before the run is at its start; what is not reached within ten
/// years after it is empty.
pub(super) fn steps(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&[
        "cluster",
        "lower_level_bytes_per_day",
        "higher_level_bytes_per_day",
        "pays_from_bytes_per_day",
        "trend",
        "reached_p5_s",
        "reached_p50_s",
        "reached_p95_s",
    ]);
    let at = |moment| match moment {
        Moment::Before => seconds(0),
        Moment::At(t) => seconds(t.millis()),
        Moment::Beyond => String::new(),
    };
    for (cluster, planned) in plan.scenario.clusters.iter().zip(&plan.clusters) {
        for step in &planned.steps {
            let lower = step.from.map(|level| level.bytes_per_day().to_string());
            let trend = step
                .reached
                .map(|of| if of.rising { "rises" } else { "falls" });
            let reached = step.reached.map(|of| [of.p05, of.p50, of.p95].map(at));
            let mut row = vec![
                cluster.name.clone(),
                lower.unwrap_or_default(),
                step.to.bytes_per_day().to_string(),
                whole(step.at),
                trend.unwrap_or_default().to_owned(),
            ];
            row.extend(reached.unwrap_or_default());
            table.row(row.iter().map(String::as_str));
        }
    }
    table.text()
}

/// The mean of a cost with its interval, and its range.
pub(super) fn cost(cost: &Sample) -> impl Iterator<Item = String> {
    let ends = range::ends(cost).map(amount);
    mean(cost.mean.as_ref()).into_iter().chain(ends)
}

pub(super) fn mean(mean: Option<&Mean>) -> [String; 3] {
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
pub(super) fn amount(number: f64) -> String {
    format!("{number:.6}")
}

fn whole(bytes: f64) -> String {
    format!("{bytes:.0}")
}
