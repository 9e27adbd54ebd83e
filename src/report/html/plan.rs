//! The report of a capacity plan.

use super::markup::{Html, around};
use super::page::Page;
use super::parts::{self, Table, long, plain};
use crate::experiment::Sample;
use crate::experiment::plan::{ClusterPlan, Plan, limits, vaults};
use crate::report::chart::Picture;
use crate::report::command::Command;
use crate::report::format::{count, replications, shown};
use crate::report::plan::QUANTILES;
use crate::report::plan::words::{self, SIZES};
use crate::statistics::Quantile;

/// The page of a plan for a scenario whose TOML is `source`.
pub(in crate::report) fn plan(
    plan: &Plan<'_>,
    source: &str,
    pictures: &[Picture],
    command: &Command,
) -> String {
    let scenario = plan.scenario;
    let often = replications(plan.replications as u64);
    let facts = format!("{}, {often}", parts::facts(scenario));
    let title = parts::title(scenario);
    let mut page = Page::new(title, scenario.description.as_deref(), &facts);
    let mut verdict = Html::default();
    for at in 0..plan.clusters.len() {
        verdict.push(parts::verdict(&words::verdict(plan, at), &[]));
    }
    for note in words::notes(plan) {
        verdict.push(parts::note(&note));
    }
    page.section("verdict", "Verdict", verdict);
    page.section(
        "figures",
        "What a reservation costs",
        levels(plan, pictures),
    );
    page.section("room", "How much room is needed", room(plan, pictures));
    page.section("time", "Month by month", months(plan));
    page.section("costs", "What the run costs as the scenario is", paid(plan));
    let mut prices = Table::new("What is paid for what", &["For", "Price"]);
    for (name, price) in words::prices(plan) {
        prices.row([plain(name), long(&price)]);
    }
    page.section("prices", "The prices", prices.html());
    page.section("limits", "Until a limit is reached", reached(plan));
    page.rest(scenario, source, command, Some(plan.fingerprint));
    page.finish()
}

/// Its clusters, each with its name where there are several.
fn clusters<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = (String, &'a ClusterPlan)> {
    let several = plan.clusters.len() > 1;
    let named = plan.scenario.clusters.iter().zip(&plan.clusters);
    named.map(move |(cluster, it)| {
        let name = several.then(|| format!(", cluster {}", shown(&cluster.name)));
        (name.unwrap_or_default(), it)
    })
}

fn levels(plan: &Plan<'_>, pictures: &[Picture]) -> Html {
    let currency = &plan.scenario.prices.currency;
    let mut html = Html::default();
    for (name, cluster) in clusters(plan) {
        let caption = format!(
            "Reservation and what comes above it over the run, in {currency}, with half of the \
             95 % interval{name}"
        );
        let header = ["Level", "Mean", "More than the least", ""];
        let mut table = Table::of_numbers(&caption, &header);
        for (number, level) in cluster.levels.iter().enumerate() {
            let cost = level.cost.mean.expect("every replication costs something");
            let mark = match (number == cluster.best, number == cluster.own) {
                (true, true) => "costs least; as it is now",
                (true, false) => "costs least",
                (false, true) => "as it is now",
                (false, false) => "",
            };
            table.row([
                plain(&words::level(level.level)),
                plain(&words::mean_money(&cost)),
                plain(&words::more(level.more.as_ref())),
                mark.into(),
            ]);
        }
        html.push(table.html());
        html.push(parts::paragraph(&words::step_up(plan, cluster)));
    }
    html.push(pictures.first().map_or_else(Html::default, parts::figure));
    html
}

fn room(plan: &Plan<'_>, pictures: &[Picture]) -> Html {
    let mut html = Html::default();
    for (name, cluster) in clusters(plan) {
        let header: Vec<&str> = [""].into_iter().chain(QUANTILES.map(|it| it.0)).collect();
        let caption = format!("The most in a run, by quantile of the replications{name}");
        let mut table = Table::of_numbers(&caption, &header);
        let room = &cluster.room;
        for ((name, _), sample) in SIZES
            .into_iter()
            .zip([&room.hot, &room.buffered, &room.stored])
        {
            let sizes = QUANTILES.map(|it| with_interval(sample, it.1));
            table.row([name.to_owned()].into_iter().chain(sizes));
        }
        html.push(table.html());
    }
    for picture in pictures.iter().skip(1) {
        html.push(parts::figure(picture));
    }
    html
}

/// A quantile, and its interval where there are enough replications for one.
fn with_interval(sample: &Sample, quantile: Quantile) -> String {
    let size = words::size(sample, quantile);
    let interval = sample.quantile(quantile).and_then(|it| it.interval);
    match interval.map(|(low, high)| [low, high].map(|it| words::bytes(it.number()))) {
        Some([low, high]) if low != high => format!("{size} ({low} to {high})"),
        _ => size,
    }
}

fn months(plan: &Plan<'_>) -> Html {
    let mut html = Html::default();
    let p95 = Quantile::percent(95);
    for (name, cluster) in clusters(plan) {
        let mut caption = format!("Means, and room for 95 in 100 runs{name}");
        if let Some(words) = words::partly(plan) {
            caption += &format!(". {words}");
        }
        let header = [
            "Month",
            "Billed",
            "Cheapest level",
            "It costs",
            "Hot",
            "Buffered",
            "Stored",
        ];
        let mut table = Table::of_numbers(&caption, &header);
        for (number, month) in plan.months.iter().enumerate() {
            let (level, cost) = cluster.cheapest(number);
            let room = &cluster.room_by_month[number];
            table.row([
                words::month(month),
                words::bytes(cluster.billed[number].mean),
                words::level(cluster.levels[level].level),
                words::money(cost),
                words::size(&room.hot, p95),
                words::size(&room.buffered, p95),
                words::size(&room.stored, p95),
            ]);
        }
        html.push(table.html());
    }
    html
}

fn paid(plan: &Plan<'_>) -> Html {
    let caption = format!("In {}", plan.scenario.prices.currency);
    let header = ["For", "Mean", "p50", "p95", "Most"];
    let mut table = Table::of_numbers(&caption, &header);
    for (measure, sample) in &plan.paid {
        let mean = sample.mean.expect("every replication costs something");
        let at = |percent| {
            let found = sample.quantile(Quantile::percent(percent));
            words::money(found.map_or(0.0, |it| it.value.number()))
        };
        let name = around("code", measure.name());
        let numbers = [words::mean_money(&mean), at(50), at(95), at(100)];
        let numbers = numbers.map(|number| plain(&number));
        table.row([name.into()].into_iter().chain(numbers));
    }
    table.html()
}

fn reached(plan: &Plan<'_>) -> Html {
    let mut html = Html::default();
    for line in words::trends(plan) {
        html.push(parts::paragraph(&line));
    }
    let caption = "If it grows on as in the run, in months after it";
    let mut table = Table::new(caption, &["Limit", "Reached"]);
    for limit in limits(plan) {
        table.row([
            long(&words::limit(plan, &limit)),
            words::when(limit.when).into(),
        ]);
    }
    html.push(table.html());
    for load in vaults(plan) {
        let vault = &plan.scenario.key_vaults[load.vault].name;
        let caption = format!(
            "Requests to key vault {} in 10 seconds: {:.1} on average, {} at the most",
            shown(vault),
            load.mean,
            count(load.most)
        );
        let header = [
            "Key",
            "In software",
            "Used",
            "In hardware",
            "Used",
            "Source",
        ];
        let mut table = Table::new(&caption, &header);
        for limit in load.limits {
            table.row([
                plain(&limit.key),
                count(limit.software).into(),
                words::used(load.most, limit.software).into(),
                count(limit.hardware).into(),
                words::used(load.most, limit.hardware).into(),
                long(&limit.source),
            ]);
        }
        html.push(table.html());
    }
    html
}
