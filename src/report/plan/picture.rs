//! The plan as pictures: what each level costs, and how much room each month needs.

use super::super::File;
use super::super::chart::{
    CostLine, Level, Parameter, Picture, Quantity, break_even_chart, curve_chart,
};
use super::super::format::{elided, replications, sanitize};
use super::words::{self, SIZES, Size};
use super::{range, what_if};
use crate::experiment::Summary;
use crate::experiment::plan::{ClusterPlan, Plan};

/// What a picture is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Cases,
    Levels,
    Steps,
    Room,
}

/// A picture with the names of its files.
pub(super) struct Drawn {
    pub(super) of: Of,
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

/// Of the cluster for which most is billed: what each level costs over the run and by the daily
/// volume, and the size of its hot cache, its outage buffer and its store by month, but for what
/// stays empty. The tables have all clusters.
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
    let cases = what_if::picture(plan, at, &notes).map(|picture| Drawn {
        of: Of::Cases,
        picture,
        names: ["plan-what-if.svg", "plan-what-if.png"],
    });
    let mut pictures: Vec<Drawn> = cases.into_iter().collect();
    pictures.push(Drawn {
        of: Of::Levels,
        picture: levels(plan, cluster, &notes),
        names: ["plan-levels.svg", "plan-levels.png"],
    });
    pictures.extend(steps(plan, cluster, &notes).map(|picture| Drawn {
        of: Of::Steps,
        picture,
        names: ["plan-break-even.svg", "plan-break-even.png"],
    }));
    if plan.months.len() > 1 {
        let sizes = SIZES.into_iter().zip(NAMES);
        let filled = sizes.filter(|((_, of), _)| !words::is_empty(of(&cluster.room)));
        pictures.extend(filled.map(|((name, of), names)| Drawn {
            of: Of::Room,
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
    if cluster.levels.len() > 1 {
        let (level, mean) = (words::level(best.level), best.bill.mean());
        notes.push(format!(
            "{level} costs least: {} ({}), {} on average",
            range::range(&best.bill.cost, mean),
            range::NAME,
            words::money(mean)
        ));
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
        .map(|of| Level::of(&Summary::of(&of.bill.cost)));
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

/// What a day costs by the mean daily volume: a line a level.
fn steps(plan: &Plan<'_>, cluster: &ClusterPlan, notes: &[String]) -> Option<Picture> {
    let [start, end] = cluster.volumes?;
    let tariffs = &cluster.tariffs;
    let lines = tariffs.levels.iter().map(|tariff| CostLine {
        name: tariff.level.map_or(String::new(), words::level),
        level: true,
        cost: Box::new(|volume| tariffs.a_day(tariff, volume)),
    });
    let without = CostLine {
        name: words::PAY_AS_YOU_GO.to_owned(),
        level: false,
        cost: Box::new(|volume| tariffs.a_day(&tariffs.pay_as_you_go, volume)),
    };
    let lines: Vec<CostLine<'_>> = lines.chain([without]).collect();
    let between_levels = cluster.steps.iter().filter(|step| step.from.is_some());
    let breaks: Vec<f64> = between_levels.map(|step| step.at).collect();
    let mut notes = notes.to_vec();
    notes.push("days differ from each other as in the last four weeks".to_owned());
    let marks = [
        (start, format!("start: {}/day", words::bytes(start))),
        (end, format!("end: {}/day", words::bytes(end))),
    ];
    let cost = format!("cost of a day in {}", plan.scenario.prices.currency);
    Some(break_even_chart(
        "Which level costs least, by the mean daily volume",
        &notes,
        &cost,
        &lines,
        &breaks,
        &marks,
    ))
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
