//! Cases beside the scenario: in tables, as a picture and as a file.

use super::super::chart::{Difference, Picture, difference_chart};
use super::super::csv::Table as CsvTable;
use super::super::document::{Block, Column, Table};
use super::super::format::{elided, short_percent};
use super::csv::{amount, cost, mean};
use super::range;
use super::words::{self, SIZES, money, size};
use crate::experiment::plan::{ClusterPlan, Plan};
use crate::scenario::Unit;
use crate::statistics::{Mean, Quantile};

/// What the scenario itself is called among its cases.
const BASE: &str = "as it is";

const P95: Quantile = Quantile::percent(95);

/// The scenario and its cases, by the number of a cluster: what each is called, and its plan.
fn rows<'a>(plan: &'a Plan<'_>, at: usize) -> Vec<(&'a str, &'a Plan<'a>, &'a ClusterPlan)> {
    let cases = plan.cases.iter();
    let cases = cases.map(|case| (case.what_if.title.as_str(), &case.plan));
    let all = std::iter::once((BASE, plan)).chain(cases);
    all.map(|(title, plan)| (title, plan, &plan.clusters[at]))
        .collect()
}

/// The cases of a cluster, which has a name where there are several.
pub(super) fn tables<'a>(plan: &Plan<'_>, at: usize, name: &str) -> [Block<'a>; 2] {
    let columns = vec![
        Column::name("Case"),
        Column::number("Cheapest level"),
        Column::number(range::NAME),
        Column::number(range::MEAN).rank(1),
        Column::number("Difference ±"),
    ];
    let mut costs = Table::new(name, columns);
    let columns = ["Hot", "Buffered", "Stored", "Loss", "Difference"];
    let columns = columns.map(Column::number).into_iter();
    let columns = std::iter::once(Column::name("Case")).chain(columns);
    let caption = "p95 of the storage needed, and in how many replications data is lost";
    let mut needs = Table::new(caption, columns.collect());
    let rows = rows(plan, at);
    let bills = rows.iter().map(|(.., of)| of.levels[of.best].bill.mean());
    let most = bills.fold(0.0, f64::max);
    for (number, (title, own, cluster)) in rows.into_iter().enumerate() {
        let case = number.checked_sub(1).map(|number| &plan.cases[number]);
        let best = &cluster.levels[cluster.best];
        let cost = &best.bill.cost;
        let mean = cost.mean.expect("every replication costs something");
        costs.row([
            title.to_owned(),
            words::level(best.level),
            range::range(cost, most),
            words::mean_money(&mean, most),
            case.map_or(String::new(), |case| {
                words::signed(&case.costs[at].difference, most)
            }),
        ]);
        let mut cells = vec![title.to_owned()];
        cells.extend(SIZES.map(|(_, of)| size(of(&cluster.room), P95)));
        cells.push(short_percent(own.risk().share().unwrap_or(0.0)));
        cells.push(case.map_or(String::new(), |case| points(&case.riskier)));
        needs.row(cells);
    }
    [Block::Table(costs), Block::Table(needs)]
}

/// A difference of shares, in percentage points.
fn points(mean: &Mean) -> String {
    let half = mean.interval().map(|ends| (ends.high - ends.low) * 50.0);
    let half = half.map_or(String::new(), |half| format!(" ± {half:.1}"));
    match mean.mean == 0.0 && mean.sd == 0.0 {
        true => "none".to_owned(),
        false => format!("{:+.1}{half} points", mean.mean * 100.0),
    }
}

/// What each case changes.
pub(super) fn settings<'a>(plan: &Plan<'_>) -> impl Iterator<Item = Block<'a>> {
    let cases = plan.cases.iter();
    cases.map(|case| Block::Entry(case.what_if.title.clone(), case.what_if.set.clone()))
}

/// How the cost of a cluster differs from case to case; none without cases.
pub(super) fn picture(plan: &Plan<'_>, at: usize, notes: &[String]) -> Option<Picture> {
    let differences = plan.cases.iter().map(|case| Difference {
        name: elided(&case.what_if.title, 60),
        unit: Unit::Money,
        pairs: case.costs[at],
    });
    let differences: Vec<Difference> = differences.collect();
    let cluster = &plan.clusters[at];
    let base = format!(
        "the scenario as it is, {} {} on average",
        money(cluster.levels[cluster.best].bill.mean()),
        plan.scenario.prices.currency
    );
    (!differences.is_empty()).then(|| {
        let title = "What each case costs more, at its cheapest level";
        difference_chart(title, notes, (&base, "the case"), &differences)
    })
}

/// `what-if.csv`: one row per cluster for the scenario, whose case is empty, and for each case:
/// level, cost and its difference, the p95 of the storage needed, and in which part of the
/// replications something is lost.
pub(super) fn csv(plan: &Plan<'_>) -> String {
    let mut table = CsvTable::new(&[
        "cluster",
        "case",
        "set",
        "level_bytes_per_day",
        "cost_mean",
        "cost_ci95_low",
        "cost_ci95_high",
        "cost_p5",
        "cost_p95",
        "difference_mean",
        "difference_ci95_low",
        "difference_ci95_high",
        "hot_peak_p95_bytes",
        "buffered_peak_p95_bytes",
        "stored_peak_p95_bytes",
        "risk_of_loss",
        "risk_difference_mean",
        "risk_difference_ci95_low",
        "risk_difference_ci95_high",
    ]);
    for (at, cluster) in plan.scenario.clusters.iter().enumerate() {
        for (number, (title, own, planned)) in rows(plan, at).into_iter().enumerate() {
            let case = number.checked_sub(1).map(|number| &plan.cases[number]);
            let best = &planned.levels[planned.best];
            let mut row = vec![
                cluster.name.clone(),
                case.map_or(String::new(), |_| title.to_owned()),
                case.map_or(String::new(), |case| case.what_if.set.join("; ")),
                best.level.bytes_per_day().to_string(),
            ];
            row.extend(cost(&best.bill.cost));
            row.extend(mean(case.map(|case| &case.costs[at].difference)));
            row.extend(SIZES.map(|(_, of)| {
                let size = of(&planned.room).quantile(P95);
                size.map_or(String::new(), |size| format!("{:.0}", size.value.number()))
            }));
            row.push(amount(own.risk().share().unwrap_or(0.0)));
            row.extend(mean(case.map(|case| &case.riskier)));
            table.row(row.iter().map(String::as_str));
        }
    }
    table.text()
}
