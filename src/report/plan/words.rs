//! What a plan says, in words.

use super::super::format::{Clock, count, duration, elided, narrow_percent, volume};
use super::range;
use crate::experiment::Sample;
use crate::experiment::plan::{
    Bound, ClusterPlan, Limit, Moment, Month, Plan, Reached, Room, Step, When,
};
use crate::scenario::{Edition, Overage, Prices, Reservation, Scenario};
use crate::statistics::{Mean, Quantile};
use crate::units::{Duration, Money, Rate, Volume};

/// An amount, without cents where it is large.
pub(super) fn money(amount: f64) -> String {
    part(amount, amount)
}

/// Bytes that are a mean.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn bytes(number: f64) -> String {
    volume(Volume::from_bytes(number.round() as u64))
}

/// A mean amount with half of its interval, `51,750 ± 120`, in a table of which the largest is
/// `most`; without one where the amount is the same in all replications.
pub(super) fn mean_money(mean: &Mean, most: f64) -> String {
    match mean.interval() {
        Some(interval) if interval.high - interval.low >= 0.01 => format!(
            "{} ± {}",
            part(mean.mean, most),
            part((interval.high - interval.low) / 2.0, most)
        ),
        _ => part(mean.mean, most),
    }
}

/// A level as the service has it: `1,000 GB/day`.
pub(super) fn level(level: Rate) -> String {
    match level.bytes_per_day() {
        bytes if bytes % 1_000_000_000 == 0 => format!("{} GB/day", count(bytes / 1_000_000_000)),
        _ => level.human(),
    }
}

/// A quantile of sizes.
pub(super) fn size(sample: &Sample, quantile: Quantile) -> String {
    let number = sample
        .quantile(quantile)
        .map(|estimate| estimate.value.number());
    number.map_or("none".to_owned(), bytes)
}

/// What a month is called in tables: with a star where the run covers a part of it.
pub(super) fn month(month: &Month) -> String {
    let star = if month.whole { "" } else { "*" };
    format!("{}{star}", month.name)
}

/// What the stars mean, if there are any.
pub(super) fn partly(plan: &Plan<'_>) -> Option<&'static str> {
    let any = plan.months.iter().any(|month| !month.whole);
    any.then_some("* The run covers only a part of this month.")
}

/// How a weekly factor changes something in a month of 30 days, as a percentage.
fn growth(factor: f64) -> String {
    let monthly = libm::pow(factor, 30.0 / 7.0) - 1.0;
    let shown = (monthly.abs() * 1e3).round() / 1e3;
    let sign = if monthly < 0.0 && shown > 0.0 {
        "-"
    } else {
        "+"
    };
    format!("{sign}{}", narrow_percent(shown))
}

/// The plan of a cluster in a sentence.
pub(super) fn verdict(plan: &Plan<'_>, at: usize) -> String {
    let cluster = &plan.clusters[at];
    let best = &cluster.levels[cluster.best];
    let p95 = Quantile::percent(95);
    let name = match plan.clusters.len() {
        1 => String::new(),
        _ => format!("{}: ", elided(&plan.scenario.clusters[at].name, 32)),
    };
    format!(
        "{name}reserve {}{}: {}{}; p95 of the storage needed: {} hot, {} buffered{}, {} stored",
        level(best.level),
        match cluster.best == cluster.own {
            true => ", the current level",
            false => "",
        },
        range::of_run(plan, &best.bill.cost),
        against_own(cluster),
        size(&cluster.room.hot, p95),
        size(&cluster.room.buffered, p95),
        match has_outages(plan) {
            true => "",
            false => " (the scenario has no outage)",
        },
        size(&cluster.room.stored, p95),
    )
}

/// Whether anything in the scenario can make data wait.
fn has_outages(plan: &Plan<'_>) -> bool {
    let mut events = plan.scenario.events.iter();
    events.any(|event| event.action.kind().buffers())
}

/// What to know before one trusts the plan.
pub(super) fn notes(plan: &Plan<'_>) -> Vec<String> {
    let scenario = plan.scenario;
    let demands = scenario.workspaces.iter().zip(&plan.demands);
    let silent = demands.filter(|(_, demand)| demand.silent_weeks > 0);
    let silent = silent.map(|(workspace, demand)| {
        format!(
            "Nothing arrives at workspace {} in the last {} weeks of the run: does its trace end \
             before? The plan covers that time too.",
            elided(&workspace.name, 32),
            demand.silent_weeks
        )
    });
    let mut notes: Vec<String> = range::note(plan).into_iter().chain(silent).collect();
    for case in &plan.cases {
        let own = case.plan.scenario.duration;
        if own != scenario.duration {
            notes.push(format!(
                "Case {} covers {}, another time than the scenario: costs differ by that too.",
                elided(&case.what_if.title, 60),
                duration(own)
            ));
        }
    }
    for (cluster, planned) in scenario.clusters.iter().zip(&plan.clusters) {
        let own = planned.levels[planned.own].level;
        if !scenario.behaviour.capacity_levels.contains(&own) {
            notes.push(format!(
                "Cluster {} has {}, which is not an available level.",
                elided(&cluster.name, 32),
                level(own)
            ));
        }
        if !scenario.prices.has_price(own) {
            notes.push(format!(
                "Cluster {} has {}, which has no known price: a GB of it is taken to cost as much as \
                 one of the next lower level.",
                elided(&cluster.name, 32),
                level(own)
            ));
        }
    }
    notes
}

/// Where the prices come from. Of a list of the scenario's own the region and the date are named if it
/// says them.
fn whose(scenario: &Scenario) -> String {
    let prices = &scenario.prices;
    let stated = Edition::named(&scenario.edition).map(Edition::prices);
    let own = stated.filter(|stated| stated.source != prices.source);
    let says = |part: fn(&Prices) -> &String| {
        let is_own = |stated: &Prices| part(stated) != part(prices);
        own.as_ref().is_none_or(is_own).then(|| part(prices))
    };
    let parts = [
        says(|prices| &prices.source),
        says(|prices| &prices.region),
        says(|prices| &prices.date),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    format!("{}, in {}", parts.join(", "), prices.currency)
}

/// The price list, in lines.
pub(super) fn prices(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let prices = &plan.scenario.prices;
    let reservation = match &prices.reservation {
        Reservation::Discount(discount) => format!("pay-as-you-go less {discount}"),
        Reservation::Levels(levels) => {
            let levels = levels
                .iter()
                .map(|(of, price)| format!("{} {}", level(*of), price.human()));
            levels.collect::<Vec<String>>().join(", ")
        }
    };
    let overage = match prices.overage {
        Overage::PayAsYouGo => "as pay-as-you-go",
        Overage::Reservation => "at the price per GB of the reservation",
    };
    vec![
        ("source", whose(plan.scenario)),
        ("pay as you go", format!("{} per GB", prices.pay_as_you_go)),
        ("reservation", format!("{reservation}, per day")),
        ("overage", overage.to_owned()),
        (
            "retention",
            format!(
                "{} per GB and month, beyond {}",
                prices.retention, prices.free_retention
            ),
        ),
        (
            "key vault",
            format!("{} per 10,000 requests", prices.key_vault_operations),
        ),
    ]
}

/// How much less the best level costs than the one that the scenario has.
fn against_own(cluster: &ClusterPlan) -> String {
    let own = &cluster.levels[cluster.own];
    let Some(more) = &own.more else {
        return String::new();
    };
    let part = match own.bill.mean() {
        cost if cost > 0.0 => more.mean / cost,
        _ => 0.0,
    };
    format!(
        ", {} ({}) less than with {}",
        money(more.mean),
        narrow_percent((part * 1e3).round() / 1e3),
        level(own.level)
    )
}

/// Whether raising the level during the run costs less than the best level.
pub(super) fn step_up(plan: &Plan<'_>, cluster: &ClusterPlan) -> String {
    let best = &cluster.levels[cluster.best];
    let saved = (best.by_month.iter().sum::<f64>() - cluster.schedule.cost).max(0.0);
    match cluster
        .schedule
        .levels
        .is_sorted_by(|one, other| one == other)
    {
        true => "Raising the level during the run would save nothing.".to_owned(),
        false => format!(
            "Raising the level during the run would save {} ({}): {}.",
            money(saved),
            narrow_percent(saved / best.bill.mean()),
            schedule(plan, cluster)
        ),
    }
}

/// How what each cluster is billed for grows, where the run is long enough to tell.
pub(super) fn trends(plan: &Plan<'_>) -> impl Iterator<Item = String> {
    let clusters = plan.scenario.clusters.iter().zip(&plan.clusters);
    clusters.filter_map(|(cluster, planned)| {
        let trend = planned.trend?;
        let [low, high] = [trend.interval.low, trend.interval.high].map(growth);
        let interval = match low == high {
            true => String::new(),
            false => format!(" (95% interval {low} to {high})"),
        };
        Some(format!(
            "{}: {}/day at the end of the run, with a trend of {} per month{interval}",
            elided(&cluster.name, 24),
            bytes(trend.last),
            growth(trend.factor),
        ))
    })
}

/// Which part of what a vault answers is asked.
#[allow(clippy::cast_precision_loss)]
pub(super) fn used(most: u64, answers: u64) -> String {
    narrow_percent((most as f64 / answers as f64 * 1e4).round() / 1e4)
}

/// The level of each month, where it changes: "1000 GB/day, from 2026-05 on 1100 GB/day".
fn schedule(plan: &Plan<'_>, cluster: &ClusterPlan) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for (month, &level) in plan.months.iter().zip(&cluster.schedule.levels) {
        if before.replace(level) != Some(level) {
            let level = self::level(cluster.levels[level].level);
            words.push(match words.is_empty() {
                true => level,
                false => format!("from month {} on {level}", month.name),
            });
        }
    }
    words.join(", ")
}

/// What a limit is.
pub(super) fn limit(plan: &Plan<'_>, limit: &Limit) -> String {
    let cluster = |at: usize| elided(&plan.scenario.clusters[at].name, 24);
    let workspace = |at: usize| elided(&plan.scenario.workspaces[at].name, 24);
    match limit.bound {
        Bound::HighestLevel { cluster: at } => {
            format!(
                "{}: arrivals exceed the highest level, {}/day",
                cluster(at),
                bytes(limit.at)
            )
        }
        Bound::DailyCap { workspace: at } => {
            format!("{}: its daily cap, {}", workspace(at), bytes(limit.at))
        }
        Bound::IngestionRate { workspace: at } => format!(
            "{}: ingestion limit of some data sources, {}/min in the busiest hour",
            workspace(at),
            bytes(limit.at / 60.0)
        ),
    }
}

/// When it is reached.
pub(super) fn when(when: When) -> String {
    match when {
        When::Reached => "already reached".to_owned(),
        When::Months {
            months,
            earliest,
            latest,
        } => match months > FORESEEN {
            true => foreseen(Some(earliest), "not within ten years"),
            false => format!("in {}{}", self::months(months), ends(earliest, latest)),
        },
        When::NotSo(earliest) => foreseen(earliest, "never at the current trend"),
        When::Unknown => "the run is too short to tell".to_owned(),
    }
}

/// Nobody plans further ahead, in months.
const FORESEEN: f64 = 120.0;

/// What the trend says, and when at the earliest, where that can be foreseen.
fn foreseen(earliest: Option<f64>, trend: &str) -> String {
    match earliest.filter(|months| *months <= FORESEEN) {
        Some(months) => format!("{trend}; at the earliest in {}", self::months(months)),
        None => trend.to_owned(),
    }
}

/// The interval of a number of months, where its ends differ.
fn ends(earliest: f64, latest: Option<f64>) -> String {
    let low = whole(earliest);
    let high = latest.map_or("never".to_owned(), |months| match months > FORESEEN {
        true => "over ten years".to_owned(),
        false => whole(months),
    });
    match low == high {
        true => String::new(),
        false => format!(" ({low} to {high})"),
    }
}

fn months(months: f64) -> String {
    match months {
        _ if months < 1.0 => "less than a month".to_owned(),
        _ if months < 1.5 => "1 month".to_owned(),
        _ => format!("{} months", whole(months)),
    }
}

fn whole(months: f64) -> String {
    match months {
        _ if months >= 10.0 => format!("{months:.0}"),
        _ => format!("{months:.1}"),
    }
}

/// How much more a level costs than the best, in a table of which the largest amount is `most`.
pub(super) fn more(mean: Option<&Mean>, most: f64) -> String {
    mean.map_or("cheapest".to_owned(), |mean| signed(mean, most))
}

/// A mean difference of amounts.
pub(super) fn signed(mean: &Mean, most: f64) -> String {
    match mean.mean < 0.0 {
        true => {
            let less = Mean {
                mean: -mean.mean,
                ..*mean
            };
            format!("-{}", mean_money(&less, most))
        }
        false => format!("+{}", mean_money(mean, most)),
    }
}

/// The option that has no level.
pub(super) const PAY_AS_YOU_GO: &str = "pay as you go";

/// What to know of the options.
pub(super) const OF_OPTIONS: &str = "Retention, the key vault and data in the shared store cost the \
    same at every level. Pay as you go is the same data without a dedicated cluster, and thus \
    without customer-managed keys.";

/// Why there are no break-even volumes.
pub(super) const UNKNOWN: &str = "Break-even volumes need days of a whole week for which something \
    is billed: the run has none in its last four weeks.";

/// An amount in a table of which the largest is `most`: without digits that nobody reads.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn part(amount: f64, most: f64) -> String {
    match most >= 10_000.0 {
        true if amount >= 0.5 || amount == 0.0 => count(amount.round() as u64),
        _ => Money::from_millionths((amount * 1e6).round() as u64).human(),
    }
}

/// Below which price a day a level would cost least.
pub(super) fn only_below(plan: &Plan<'_>, below: Option<f64>) -> String {
    match below {
        Some(price) => format!(
            "only below {} {} a day",
            money(price),
            plan.scenario.prices.currency
        ),
        None => "at no price".to_owned(),
    }
}

/// What the trend says of the volume at both ends of the run.
pub(super) fn volumes(cluster: &ClusterPlan) -> Option<String> {
    let [start, end] = cluster.volumes?;
    Some(format!(
        "By its trend the mean daily volume is {} at the start of the run and {} at its end.",
        bytes(start),
        bytes(end)
    ))
}

/// A change of the level, in the direction of the trend: which, from which volume on, and when.
pub(super) fn step(plan: &Plan<'_>, step: &Step) -> [String; 3] {
    let from = step.from.map_or(PAY_AS_YOU_GO.to_owned(), level);
    let to = level(step.to);
    let volume = bytes(step.at);
    let falls = step.reached.is_some_and(|reached| !reached.rising);
    let (change, pays) = match falls {
        true => (format!("{to} to {from}"), format!("below {volume}/day")),
        false => (format!("{from} to {to}"), format!("above {volume}/day")),
    };
    let reached = step.reached.map(|reached| self::reached(plan, &reached));
    let reached = reached.unwrap_or("the run is too short to tell".to_owned());
    [change, pays, reached]
}

/// When a volume is reached, with the quantiles if they differ.
fn reached(plan: &Plan<'_>, reached: &Reached) -> String {
    let [early, middle, late] =
        [reached.p05, reached.p50, reached.p95].map(|moment| self::moment(plan, moment));
    let late = match reached.p95 {
        Moment::Beyond => "later than ten years".to_owned(),
        _ => late,
    };
    match reached.p05 == reached.p95 {
        true => middle,
        false => format!("{middle} ({early} to {late})"),
    }
}

/// The day of a moment: of the calendar, or counted from 1.
pub(super) fn moment(plan: &Plan<'_>, moment: Moment) -> String {
    match moment {
        Moment::Before => "before the run".to_owned(),
        Moment::At(t) => match Clock::new(plan.scenario.start).iso(t) {
            Some(iso) => iso.chars().take_while(|char| *char != 'T').collect(),
            None => {
                let day = t.millis() / Duration::DAY.millis() + 1;
                format!("day {}", count(day.unsigned_abs()))
            }
        },
        Moment::Beyond => "not within ten years".to_owned(),
    }
}

/// One of the sizes.
pub(super) type Size = fn(&Room) -> &Sample;

/// What the sizes are of.
pub(super) const SIZES: [(&str, Size); 3] = [
    ("hot cache", |room| &room.hot),
    ("outage buffer", |room| &room.buffered),
    ("store", |room| &room.stored),
];

/// Whether a size is 0 in every run.
pub(super) fn is_empty(sample: &Sample) -> bool {
    let most = sample.quantile(Quantile::percent(100));
    most.is_none_or(|most| most.value.number() <= 0.0)
}

/// What needs no room in any run.
pub(super) fn empty(room: &Room) -> impl Iterator<Item = String> {
    let sizes = SIZES.into_iter().filter(|(_, of)| is_empty(of(room)));
    sizes.map(|(name, _)| match name {
        "outage buffer" => "Nothing waits in the outage buffer in any run.".to_owned(),
        _ => format!("The {name} is empty in every run."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_away_is_not_counted() {
        let of = |months, earliest, latest| {
            when(When::Months {
                months,
                earliest,
                latest,
            })
        };
        assert_eq!(of(4.23, 4.2, Some(4.2)), "in 4.2 months");
        assert_eq!(of(4.2, 3.9, Some(4.6)), "in 4.2 months (3.9 to 4.6)");
        assert_eq!(of(90.0, 60.0, None), "in 90 months (60 to never)");
        let far = of(90.0, 60.0, Some(913.0));
        assert_eq!(far, "in 90 months (60 to over ten years)");
        assert_eq!(of(913.0, 400.0, None), "not within ten years");
        let some = of(913.0, 40.0, None);
        assert_eq!(some, "not within ten years; at the earliest in 40 months");
        assert_eq!(when(When::NotSo(None)), "never at the current trend");
        let soon = when(When::NotSo(Some(12.0)));
        assert_eq!(
            soon,
            "never at the current trend; at the earliest in 12 months"
        );
    }
}
