//! A plan, for people.

use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::{count, range_and_error, replications};
use super::super::terminal::{self, Style};
use super::QUANTILES;
use super::picture::{Drawn, Of};
use super::range;
use super::what_if;
use super::words::{self, SIZES, bytes, size};
use crate::experiment::Sample;
use crate::experiment::plan::{Bill, ClusterPlan, Plan, VaultLoad, limits, vaults};
use crate::scenario::Measure;
use crate::statistics::{Mean, Quantile};

/// The plan: for each cluster what to reserve, in a line whatever its length, then what it rests
/// on.
pub fn plan_text(plan: &Plan<'_>, style: Style) -> String {
    terminal::text(&document(plan, "", &[]), style)
}

/// The plan for a scenario whose TOML is `source`; a page has the pictures.
pub(super) fn document<'a>(
    plan: &Plan<'_>,
    source: &'a str,
    pictures: &'a [Drawn],
) -> Document<'a> {
    let often = replications(plan.replications as u64);
    let mut document = Document::about(plan.scenario, &often);
    document.answers = (0..plan.clusters.len())
        .map(|at| words::verdict(plan, at))
        .collect();
    document.notes = words::notes(plan);
    let currency = &plan.scenario.prices.currency;
    let picture = |of: Of| {
        let drawn = pictures.iter().filter(move |drawn| drawn.of == of);
        drawn.map(|drawn| Block::Picture(&drawn.picture))
    };
    let cases = clusters(plan).enumerate();
    let cases = cases.flat_map(|(at, (name, _))| what_if::tables(plan, at, &name));
    let cases = cases.chain(what_if::settings(plan));
    let cases = cases.filter(|_| !plan.cases.is_empty());
    let heading = format!("What if: cases beside the scenario, costs in {currency}");
    let cases = picture(Of::Cases).chain(cases).collect();
    document.section("what-if", heading, cases);
    let options = clusters(plan).flat_map(|(name, planned)| options(plan, &name, planned));
    let heading = format!("What each option costs over the run, in {currency}");
    let options = picture(Of::Levels).chain(options).collect();
    document.section("figures", heading, options);
    let steps = clusters(plan).flat_map(|(name, planned)| steps(plan, &name, planned));
    let heading = "When another level pays, by the mean daily volume";
    let steps = picture(Of::Steps).chain(steps).collect();
    document.section("steps", heading, steps);
    let room = clusters(plan).flat_map(|(name, planned)| room(&name, planned));
    let heading = "Storage needed: the peaks of a run";
    document.section("room", heading, picture(Of::Room).chain(room).collect());
    let months = clusters(plan).map(|(name, planned)| by_month(plan, &name, planned));
    let partly = words::partly(plan).map(|note| Block::Note(note.to_owned()));
    let heading = "By month: mean volume, reservation and overage, and p95 of the storage needed";
    document.section("time", heading, months.chain(partly).collect());
    let heading = format!("Cost of the run with the scenario's own settings, in {currency}");
    document.section("costs", heading, vec![paid(plan)]);
    document.section(
        "vaults",
        "Requests to key vaults in 10 seconds, and the limits by type of key",
        key_vaults(plan),
    );
    let heading = "Limits, and when they are reached after the run";
    document.section("limits", heading, until(plan));
    document.section("prices", "The prices", vec![prices(plan)]);
    document.rest(plan.scenario, &[], source);
    document.fingerprint = Some(plan.fingerprint);
    document
}

/// The clusters of a plan, each with its name where there are several.
fn clusters<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = (String, &'a ClusterPlan)> {
    let several = plan.clusters.len() > 1;
    let named = plan.scenario.clusters.iter().zip(&plan.clusters);
    named.map(move |(cluster, planned)| {
        let name = several.then(|| format!("Cluster {}", cluster.name));
        (name.unwrap_or_default(), planned)
    })
}

/// What each option costs, and what that consists of.
fn options<'a>(plan: &Plan<'_>, name: &str, cluster: &ClusterPlan) -> Vec<Block<'a>> {
    let columns = vec![
        Column::name("Option"),
        Column::number(range::NAME),
        Column::number(range::MEAN),
        Column::number("Extra cost ±"),
        Column::name("").rank(1),
    ];
    let mut whole = Table::new(name, columns);
    let all = bills(cluster);
    let most = all.iter().map(|(_, bill)| bill.mean()).fold(0.0, f64::max);
    let levels = cluster.levels.iter().map(|level| level.more.as_ref());
    let more = levels.chain([Some(&cluster.more_without)]);
    for (number, ((option, bill), more)) in all.iter().zip(more).enumerate() {
        let now = if number == cluster.own { "now" } else { "" };
        whole.row([
            option.clone(),
            range::range(&bill.cost, most),
            words::mean_money(&mean(&bill.cost), most),
            words::more(more, most),
            now.to_owned(),
        ]);
    }
    let mut blocks = vec![
        Block::Table(whole),
        Block::Note(range_and_error(range::NAME)),
    ];
    blocks.push(Block::Table(parts(&all)));
    blocks.push(Block::Note(words::OF_OPTIONS.to_owned()));
    blocks.extend(unpriced(plan, cluster).block());
    blocks
}

/// What each option costs, by what it is called: the levels, and pay-as-you-go last.
fn bills(cluster: &ClusterPlan) -> Vec<(String, &Bill)> {
    let levels = cluster.levels.iter();
    let levels = levels.map(|level| (words::level(level.level), &level.bill));
    let without = (words::PAY_AS_YOU_GO.to_owned(), &cluster.without);
    levels.chain([without]).collect()
}

/// The mean of a cost.
fn mean(cost: &Sample) -> Mean {
    cost.mean.expect("every replication costs something")
}

/// What the cost of each option consists of.
fn parts(all: &[(String, &Bill)]) -> Table {
    let numbers = [
        "Reservation",
        "Overage",
        "Pay as you go",
        "Retention",
        "Key vault",
    ];
    let columns = std::iter::once(Column::name("Consists of"));
    let columns = columns.chain(numbers.map(Column::number));
    let mut table = Table::new("", columns.collect());
    let most = all.iter().flat_map(|(_, bill)| bill.parts);
    let most = most.fold(0.0, f64::max);
    for (name, bill) in all {
        let amounts = bill.parts.map(|amount| words::part(amount, most));
        table.row(std::iter::once(name.clone()).chain(amounts));
    }
    table
}

fn unpriced(plan: &Plan<'_>, cluster: &ClusterPlan) -> Table {
    let columns = vec![
        Column::name("Level without a known price"),
        Column::words("The cheapest"),
    ];
    let mut table = Table::new("", columns);
    for (level, below) in &cluster.unpriced {
        table.row([words::level(*level), words::only_below(plan, *below)]);
    }
    table
}

/// From which volume on which level pays, and when that is reached.
fn steps<'a>(plan: &Plan<'_>, name: &str, cluster: &ClusterPlan) -> Vec<Block<'a>> {
    let columns = vec![
        Column::name("Change"),
        Column::name("Pays"),
        Column::words("Reached: p50 (p5 to p95)"),
    ];
    let mut table = Table::new(name, columns);
    for step in &cluster.steps {
        table.row(words::step(plan, step));
    }
    let step_up = Block::Words(words::step_up(plan, cluster));
    let volumes = words::volumes(cluster).map(Block::Words);
    let unknown = (!cluster.tariffs.is_known()).then(|| Block::Words(words::UNKNOWN.to_owned()));
    let table = table.block().into_iter();
    table
        .chain(volumes)
        .chain(unknown)
        .chain([step_up])
        .collect()
}

fn room<'a>(name: &str, cluster: &ClusterPlan) -> Vec<Block<'a>> {
    let columns = QUANTILES.iter().flat_map(|(name, _)| {
        let interval = Column::number("95% interval").on_page();
        [Column::number(name), interval]
    });
    let columns = std::iter::once(Column::name("")).chain(columns);
    let mut table = Table::new(name, columns.collect());
    for (name, of) in SIZES {
        let sample = of(&cluster.room);
        let sizes = QUANTILES.iter();
        let sizes =
            sizes.flat_map(|(_, quantile)| [size(sample, *quantile), interval(sample, *quantile)]);
        table.row(std::iter::once(name.to_owned()).chain(sizes));
    }
    let empty = words::empty(&cluster.room).map(Block::Words);
    std::iter::once(Block::Table(table)).chain(empty).collect()
}

/// The interval of a quantile, where there are enough replications for one.
fn interval(sample: &Sample, quantile: Quantile) -> String {
    let found = sample
        .quantile(quantile)
        .and_then(|estimate| estimate.interval);
    found.map_or_else(String::new, |(low, high)| {
        format!("{} to {}", bytes(low.number()), bytes(high.number()))
    })
}

fn by_month<'a>(plan: &Plan<'_>, name: &str, cluster: &ClusterPlan) -> Block<'a> {
    let numbers = [
        ("Billed", 0),
        ("Cheapest level", 0),
        ("Cost", 0),
        ("Hot", 1),
        ("Buffered", 2),
        ("Stored", 1),
    ];
    let numbers = numbers.map(|(name, rank)| Column::number(name).rank(rank));
    let columns = std::iter::once(Column::name("Month")).chain(numbers);
    let mut table = Table::new(name, columns.collect());
    let p95 = Quantile::percent(95);
    let months = 0..plan.months.len();
    let most = months
        .map(|number| cluster.cheapest(number).1)
        .fold(0.0, f64::max);
    for (number, month) in plan.months.iter().enumerate() {
        let (level, cost) = cluster.cheapest(number);
        let room = &cluster.room_by_month[number];
        table.row([
            words::month(month),
            bytes(cluster.billed[number].mean),
            words::level(cluster.levels[level].level),
            words::part(cost, most),
            size(&room.hot, p95),
            size(&room.buffered, p95),
            size(&room.stored, p95),
        ]);
    }
    Block::Table(table)
}

/// What the scenario costs as it is.
fn paid<'a>(plan: &Plan<'_>) -> Block<'a> {
    let numbers = [
        Column::number("p5"),
        Column::number("p50").rank(1),
        Column::number("p95"),
        Column::number("max").rank(2),
        Column::number(range::MEAN),
    ];
    let columns = std::iter::once(Column::name("")).chain(numbers);
    let mut table = Table::new("", columns.collect());
    let means = plan.paid.iter().map(|(_, sample)| mean(sample).mean);
    let most = means.fold(0.0, f64::max);
    for (measure, sample) in &plan.paid {
        let mean = mean(sample);
        if mean.mean > 0.0 || *measure == Measure::Cost {
            let at = |percent| {
                let found = sample.quantile(Quantile::percent(percent));
                let amount = found.map_or(0.0, |estimate| estimate.value.number());
                Cell::Words(words::part(amount, most))
            };
            let mean = words::mean_money(&mean, most).into();
            table.row([(*measure).into(), at(5), at(50), at(95), at(100), mean]);
        }
    }
    Block::Table(table)
}

fn key_vaults<'a>(plan: &Plan<'_>) -> Vec<Block<'a>> {
    let of = |load: &VaultLoad| {
        let caption = format!(
            "Key vault {}: {:.1} on average, at most {}",
            plan.scenario.key_vaults[load.vault].name,
            load.mean,
            count(load.most)
        );
        let numbers = ["Software keys", "Used", "HSM keys", "Used"].map(Column::number);
        let source = Column::words("Source").on_page();
        let columns = std::iter::once(Column::name("Type of key"));
        let columns = columns.chain(numbers).chain([source]);
        let mut table = Table::new(caption, columns.collect());
        for limit in load.limits {
            table.row([
                limit.key.clone(),
                count(limit.software),
                words::used(load.most, limit.software),
                count(limit.hardware),
                words::used(load.most, limit.hardware),
                limit.source.clone(),
            ]);
        }
        Block::Table(table)
    };
    vaults(plan).iter().map(of).collect()
}

fn until<'a>(plan: &Plan<'_>) -> Vec<Block<'a>> {
    let trends = words::trends(plan).map(Block::Words);
    let columns = vec![Column::words("Limit"), Column::words("Reached")];
    let mut table = Table::new("", columns);
    for limit in limits(plan) {
        table.row([words::limit(plan, &limit), words::when(limit.when)]);
    }
    trends.chain(table.block()).collect()
}

fn prices<'a>(plan: &Plan<'_>) -> Block<'a> {
    let mut table = Table::new("", vec![Column::name(""), Column::words("")]);
    for (name, price) in words::prices(plan) {
        table.row([name.to_owned(), price]);
    }
    Block::Table(table)
}
