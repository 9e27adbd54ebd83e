//! The plan as pictures: what each level costs, and how much room each month needs.

use super::super::File;
use super::super::chart::{Level, Parameter, Picture, Quantity, curve_chart};
use super::super::format::{elided, replications, sanitize};
use super::words::{self, SIZES, number};
use crate::experiment::plan::{ClusterPlan, Plan, Room};
use crate::experiment::{Sample, Summary};

/// Names of the files of each picture.
const NAMES: [(&str, &str); 4] = [
    ("plan-levels.svg", "plan-levels.png"),
    ("plan-hot-cache.svg", "plan-hot-cache.png"),
    ("plan-buffer.svg", "plan-buffer.png"),
    ("plan-store.svg", "plan-store.png"),
];

/// The files of the pictures.
pub(super) fn files(pictures: &[Picture]) -> impl Iterator<Item = File<'static>> {
    let named = NAMES.into_iter().zip(pictures);
    named.flat_map(|((svg, png), picture)| picture.files(svg, png))
}

/// Of the cluster for which most is billed: what each level costs, and the size of its hot cache,
/// its outage buffer and its store by month. The tables have all clusters.
pub(super) fn pictures(plan: &Plan<'_>) -> Vec<Picture> {
    let billed = |cluster: &ClusterPlan| cluster.billed.iter().map(|cost| cost.mean).sum::<f64>();
    let clusters = plan.clusters.iter().enumerate();
    let largest = clusters.max_by(|one, other| billed(one.1).total_cmp(&billed(other.1)));
    let (at, cluster) = largest.expect("a scenario has a cluster");
    let mut notes: Vec<String> = plan
        .scenario
        .title
        .iter()
        .map(|title| sanitize(title))
        .collect();
    notes.push(replications(plan.replications as u64));
    if plan.clusters.len() > 1 {
        let name = elided(&plan.scenario.clusters[at].name, 32);
        notes.push(format!(
            "cluster {name}; the tables have all {}",
            plan.clusters.len()
        ));
    }
    let mut pictures = vec![levels(plan, cluster, &notes)];
    if plan.months.len() > 1 {
        let of: [fn(&Room) -> &Sample; 3] =
            [|room| &room.hot, |room| &room.buffered, |room| &room.stored];
        let sizes = SIZES.into_iter().zip(of);
        pictures.extend(sizes.map(|((name, _), of)| room(plan, cluster, (name, of), &notes)));
    }
    pictures
}

fn levels(plan: &Plan<'_>, cluster: &ClusterPlan, notes: &[String]) -> Picture {
    let best = &cluster.levels[cluster.best];
    let mut notes = notes.to_vec();
    if let (true, Some(mean)) = (cluster.levels.len() > 1, best.cost.mean) {
        let (level, cost) = (words::level(best.level), words::money(mean.mean));
        notes.push(format!("least: {cost} on average at {level}"));
    }
    let parameter = Parameter {
        name: "capacity reservation".to_owned(),
        labels: cluster
            .levels
            .iter()
            .map(|of| words::level(of.level))
            .collect(),
        numbers: (cluster.levels.len() > 1).then(|| {
            let numbers = cluster.levels.iter().map(|of| number(of.level));
            (Quantity::Rate, numbers.collect())
        }),
    };
    let name = format!("cost in {}", plan.scenario.prices.currency);
    let levels = cluster
        .levels
        .iter()
        .map(|of| Level::of(&Summary::of(&of.cost)));
    let levels: Vec<Option<Level>> = levels.collect();
    let title = "What each level costs over the run";
    curve_chart(
        title,
        &notes,
        &parameter,
        (&name, Quantity::Money),
        &levels,
        None,
    )
}

fn room(
    plan: &Plan<'_>,
    cluster: &ClusterPlan,
    (name, of): (&str, fn(&Room) -> &Sample),
    notes: &[String],
) -> Picture {
    let parameter = Parameter {
        name: "month".to_owned(),
        labels: plan.months.iter().map(|month| month.name.clone()).collect(),
        numbers: None,
    };
    let months = cluster.room_by_month.iter();
    let levels: Vec<Option<Level>> = months
        .map(|room| Level::of(&Summary::of(of(room))))
        .collect();
    let title = format!("The most in the {name} in each month");
    let measure = (name, Quantity::Volume);
    curve_chart(&title, notes, &parameter, measure, &levels, None)
}
