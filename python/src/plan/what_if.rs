//! Cases beside the scenario, as a table.

use cmksim::experiment::plan::{Case, ClusterPlan, Plan, Room};

use super::super::columns::Columns;
use super::super::table::Table;
use super::{a_day, add_costs, add_means, add_rooms};

/// A cluster in the scenario, or in a case.
struct Row<'a> {
    cluster: &'a str,
    planned: &'a ClusterPlan,
    plan: &'a Plan<'a>,
    /// The case, and which cluster of it.
    case: Option<(&'a Case<'a>, usize)>,
}

/// A row for each cluster in the scenario, then in each case.
pub(super) fn table(plan: &Plan<'_>, money: (&str, &str)) -> Table {
    let rows = rows(plan);
    let best = || rows.iter().map(|row| &row.planned.levels[row.planned.best]);
    let cases = || rows.iter().map(|row| row.case);
    let mut columns = Columns::default();
    columns.text("cluster", rows.iter().map(|row| row.cluster));
    let titles = cases().map(|case| case.map_or("", |(case, _)| case.what_if.title.as_str()));
    columns.text("case", titles);
    let set =
        cases().map(|case| case.map_or(String::new(), |(case, _)| case.what_if.set.join("; ")));
    columns.text("set", set);
    let levels = best().map(|level| a_day(level.level));
    columns.whole("level_bytes_per_day", "bytes_per_day", levels);
    add_costs(&mut columns, money, best().map(|level| &level.bill.cost));
    let differences = cases().map(|case| case.map(|(case, at)| &case.costs[at].difference));
    add_means(&mut columns, "difference", money, differences);
    let rooms: Vec<&Room> = rows.iter().map(|row| &row.planned.room).collect();
    add_rooms(&mut columns, &rooms, &[("p95", 95)]);
    let risks = rows.iter().map(|row| row.plan.risk().share());
    columns.number("risk_of_loss", "ratio", risks);
    let riskier = cases().map(|case| case.map(|(case, _)| &case.riskier));
    add_means(&mut columns, "risk_difference", ("ratio", ""), riskier);
    columns.table()
}

fn rows<'a>(plan: &'a Plan<'_>) -> Vec<Row<'a>> {
    let clusters = plan.scenario.clusters.iter().enumerate();
    let rows = clusters.flat_map(|(at, cluster)| {
        let row = move |plan: &'a Plan<'a>, case: Option<&'a Case<'a>>| Row {
            cluster: &cluster.name,
            planned: &plan.clusters[at],
            plan,
            case: case.map(|case| (case, at)),
        };
        let cases = plan.cases.iter();
        [row(plan, None)]
            .into_iter()
            .chain(cases.map(move |case| row(&case.plan, Some(case))))
    });
    rows.collect()
}
