//! The plan for the terminal.

use super::super::format::{count, elided, replications};
use super::super::text::{Look, assumptions, heading_of};
use super::words::{self, bytes, money, size, verdict};
use super::{QUANTILES, words::SIZES};
use crate::experiment::plan::{Plan, limits, vaults};
use crate::scenario::Measure;
use crate::statistics::Quantile;

/// The plan: for each cluster what to reserve, in a line whatever its length, then what it rests
/// on.
pub fn plan_text(plan: &Plan<'_>, look: Look) -> String {
    let verdicts = (0..plan.clusters.len()).map(|at| verdict(plan, at) + "\n");
    let mut text: String = verdicts.collect();
    for note in words::notes(plan) {
        text += &look.wrap("", &format!("Note: {note}"), 2);
    }
    let often = replications(plan.replications as u64);
    text += "\n";
    text += &heading_of(plan.scenario, &often, look);
    for at in 0..plan.clusters.len() {
        text += &levels(plan, at, look);
        text += &room(plan, at, look);
        text += &by_month(plan, at, look);
    }
    text += &paid(plan, look);
    text += &key_vaults(plan, look);
    text += &until(plan, look);
    text += &look.heading("The prices");
    for (name, price) in words::prices(plan) {
        text += &look.wrap(&format!("  {name:<14} "), &price, 17);
    }
    text += &assumptions(plan.scenario, look);
    text + &format!("\nfingerprint {:.8}\n", plan.fingerprint)
}

/// A heading, with the name of the cluster where there are several.
fn of_cluster(plan: &Plan<'_>, at: usize, words: &str, look: Look) -> String {
    match plan.clusters.len() {
        1 => look.heading(words),
        _ => {
            let name = elided(&plan.scenario.clusters[at].name, 32);
            look.heading(&format!("{words}: cluster {name}"))
        }
    }
}

fn levels(plan: &Plan<'_>, at: usize, look: Look) -> String {
    let cluster = &plan.clusters[at];
    let words = format!(
        "What a reservation and what comes above it cost over the run, in {}",
        plan.scenario.prices.currency
    );
    let mut text = of_cluster(plan, at, &words, look);
    text += &format!(
        "  {:<16} {:>28}  {:>28}\n",
        "level", "mean ± 95% interval", "more than the least"
    );
    for (number, level) in cluster.levels.iter().enumerate() {
        let cost = level.cost.mean.expect("every replication costs something");
        let own = if number == cluster.own { " now" } else { "" };
        text += &format!(
            "  {:<16} {:>28}  {:>28}\n",
            words::level(level.level) + own,
            words::mean_money(&cost),
            words::more(level.more.as_ref()),
        );
    }
    text + &look.wrap("  ", &words::step_up(plan, cluster), 2)
}

fn room(plan: &Plan<'_>, at: usize, look: Look) -> String {
    let room = &plan.clusters[at].room;
    let mut text = of_cluster(plan, at, "The most room that is needed in a run", look);
    let names: Vec<String> = QUANTILES.iter().map(|it| format!("{:>10}", it.0)).collect();
    text += &format!("  {:<14}{}\n", "", names.join(" "));
    for ((name, _), sample) in SIZES
        .into_iter()
        .zip([&room.hot, &room.buffered, &room.stored])
    {
        let sizes = QUANTILES.map(|(_, quantile)| format!("{:>10}", size(sample, quantile)));
        text += &format!("  {name:<14}{}\n", sizes.join(" "));
    }
    text
}

fn by_month(plan: &Plan<'_>, at: usize, look: Look) -> String {
    let cluster = &plan.clusters[at];
    let mut text = of_cluster(plan, at, "By month: means, and room at p95", look);
    text += &format!(
        "  {:<8} {:>10} {:>13} {:>14} {:>9} {:>9} {:>9}\n",
        "month", "billed", "cheapest", "costs", "hot", "buffered", "stored"
    );
    let p95 = Quantile::percent(95);
    for (number, month) in plan.months.iter().enumerate() {
        let (level, cost) = cluster.cheapest(number);
        let room = &cluster.room_by_month[number];
        text += &format!(
            "  {:<8} {:>10} {:>13} {:>14} {:>9} {:>9} {:>9}\n",
            words::month(month),
            bytes(cluster.billed[number].mean),
            words::level(cluster.levels[level].level),
            money(cost),
            size(&room.hot, p95),
            size(&room.buffered, p95),
            size(&room.stored, p95),
        );
    }
    if let Some(words) = words::partly(plan) {
        text += &look.wrap("  ", words, 2);
    }
    text
}

/// What the scenario costs as it is.
fn paid(plan: &Plan<'_>, look: Look) -> String {
    let currency = &plan.scenario.prices.currency;
    let mut text = look.heading(&format!(
        "What the run costs as the scenario is, in {currency}"
    ));
    let p95 = Quantile::percent(95);
    for (measure, sample) in &plan.paid {
        let mean = sample.mean.expect("every replication costs something");
        if mean.mean > 0.0 || *measure == Measure::Cost {
            let p95 = sample.quantile(p95).map_or(0.0, |it| it.value.number());
            text += &format!(
                "  {:<20} {:>28}  p95 {:>18}\n",
                measure.name(),
                words::mean_money(&mean),
                money(p95)
            );
        }
    }
    text
}

fn key_vaults(plan: &Plan<'_>, look: Look) -> String {
    let mut text = String::new();
    for load in vaults(plan) {
        let name = &plan.scenario.key_vaults[load.vault].name;
        let words = format!(
            "Requests to key vault {} in 10 seconds: {:.1} on average, {} at the most",
            elided(name, 32),
            load.mean,
            count(load.most)
        );
        text += &look.heading(&words);
        for limit in load.limits {
            text += &format!(
                "  {:<10} in software {:>6}, used {:>6}; in hardware {:>6}, used {:>6}\n",
                limit.key,
                count(limit.software),
                words::used(load.most, limit.software),
                count(limit.hardware),
                words::used(load.most, limit.hardware)
            );
        }
    }
    text
}

fn until(plan: &Plan<'_>, look: Look) -> String {
    let mut text = look.heading("Until a limit is reached, after the run");
    for line in words::trends(plan) {
        text += &look.wrap("  ", &line, 4);
    }
    for limit in limits(plan) {
        let words = format!(
            "{}: {}",
            words::limit(plan, &limit),
            words::when(limit.when)
        );
        text += &look.wrap("  ", &words, 4);
    }
    text
}
