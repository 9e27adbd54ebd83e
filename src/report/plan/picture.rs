//! The plan as pictures: what each level costs, and how much room each month needs.

use super::super::File;
use super::super::chart::{Level, Parameter, Picture, Quantity, curve_chart};
use super::super::format::{elided, replications, sanitize};
use super::words::{self, SIZES, Size};
use crate::experiment::Summary;
use crate::experiment::plan::{ClusterPlan, Plan};

/// A picture with the names of its files.
pub(super) struct Drawn {
    pub(super) picture: Picture,
    names: [&'static str; 2],
}

/// The names of the files of the sizes.
const NAMES: [[&str; 2]; 3] = [
    ["plan-hot-cache.svg", "plan-hot-cache.png"],
    ["plan-buffer.svg", "plan-buffer.png"],
    ["plan-store.svg", "plan-store.png"],
];

/// The files of the pictures.
pub(super) fn files(pictures: &[Drawn]) -> impl Iterator<Item = File<'static>> {
    pictures.iter().flat_map(|drawn| {
        let [svg, png] = drawn.names;
        drawn.picture.files(svg, png)
    })
}

/// Of the cluster for which most is billed: what each level costs, and the size of its hot cache,
/// its outage buffer and its store by month, but for what stays empty. The tables have all clusters.
pub(super) fn pictures(plan: &Plan<'_>) -> Vec<Drawn> {
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
    let mut pictures = vec![Drawn {
        picture: levels(plan, cluster, &notes),
        names: ["plan-levels.svg", "plan-levels.png"],
    }];
    if plan.months.len() > 1 {
        let sizes = SIZES.into_iter().zip(NAMES);
        let filled = sizes.filter(|((_, of), _)| !words::is_empty(of(&cluster.room)));
        pictures.extend(filled.map(|((name, of), names)| Drawn {
            picture: room(plan, cluster, (name, of), &notes),
            names,
        }));
    }
    pictures
}

/// What the labels of levels end with; on an axis it is said once.
const UNIT: &str = " GB/day";

fn levels(plan: &Plan<'_>, cluster: &ClusterPlan, notes: &[String]) -> Picture {
    let best = &cluster.levels[cluster.best];
    let mut notes = notes.to_vec();
    if let (true, Some(mean)) = (cluster.levels.len() > 1, best.cost.mean) {
        let (level, cost) = (words::level(best.level), words::money(mean.mean));
        notes.push(format!("{level} costs least: {cost} on average"));
    }
    // Between two levels there is none: each stands for itself, with its own label.
    let labels: Vec<String> = cluster
        .levels
        .iter()
        .map(|of| words::level(of.level))
        .collect();
    let short: Option<Vec<&str>> = labels.iter().map(|of| of.strip_suffix(UNIT)).collect();
    let (name, labels) = match short {
        Some(short) => (
            format!("capacity reservation ({})", UNIT.trim_start()),
            short.into_iter().map(str::to_owned).collect(),
        ),
        None => ("capacity reservation".to_owned(), labels),
    };
    let parameter = Parameter {
        name,
        labels,
        numbers: None,
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
    (name, of): (&str, Size),
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
    let title = format!("Peak of the {name} in each month");
    let measure = (name, Quantity::Volume);
    curve_chart(&title, notes, &parameter, measure, &levels, None)
}
