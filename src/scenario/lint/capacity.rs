//! A cluster that starts with a capacity reservation that is none of the levels.

use super::super::diagnostics::Diagnostic;
use super::Written;

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let scenario = written.scenario;
    let levels = &scenario.behaviour.capacity_levels;
    for table in written.root.tables("cluster") {
        let name = table.text("name");
        let mut clusters = scenario.clusters.iter();
        let cluster = clusters.find(|cluster| Some(cluster.name.as_str()) == name);
        let capacity = cluster.and_then(|cluster| cluster.capacity_reservation);
        let Some((capacity, entry)) = capacity.zip(table.get("capacity_reservation")) else {
            continue;
        };
        if levels.contains(&capacity) {
            continue;
        }
        let below = levels.iter().rev().find(|level| **level < capacity);
        let above = levels.iter().find(|level| **level > capacity);
        let nearest = match (below, above) {
            (Some(below), Some(above)) => format!("the nearest are {below} and {above}"),
            (Some(highest), None) => format!("the highest is {highest}"),
            (None, Some(lowest)) => format!("the lowest is {lowest}"),
            (None, None) => continue,
        };
        found.push(
            Diagnostic::warning(
                entry.value.span,
                "this capacity reservation is not an available level",
            )
            .label(nearest)
            .help("the run uses it anyway; `capacity_levels` lists the available levels"),
        );
    }
}
