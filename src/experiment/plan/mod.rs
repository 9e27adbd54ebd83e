//! A capacity plan: which reservation costs least, how much room is needed, and when limits are
//! reached.
//!
//! Every replication is replayed once. What each level of the reservation would have cost is
//! computed from the same daily volumes, so levels are compared on the same random numbers;
//! nothing that happens depends on the level.

mod gather;
mod limits;
mod months;
mod record;
mod schedule;
mod vaults;

pub use gather::{Gathered, gather};
pub use limits::{Bound, Limit, When, limits};
pub use months::{Month, months};
pub use schedule::{Schedule, schedule};
pub use vaults::{VaultLoad, vaults};

use super::{Fingerprint, Sample};
use crate::accounting::Sizes;
use crate::scenario::{Measure, Scenario, Value, rounded};
use crate::statistics::{Mean, Trend};
use crate::units::{Rate, Volume};

/// What many replications of a scenario say of the capacity that it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// The parts of the run that are looked at one by one.
    pub months: Vec<Month>,
    /// In the order of the scenario.
    pub clusters: Vec<ClusterPlan>,
    /// How what is offered to each workspace grows.
    pub demands: Vec<Demand>,
    /// What the scenario costs in all, as it is: each of [`PAID`].
    pub paid: Vec<(Measure, Sample)>,
    /// How often it was replayed.
    pub replications: usize,
    /// A digest of everything that was gathered.
    pub fingerprint: Fingerprint,
}

/// What a cluster needs and costs.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterPlan {
    /// Every available level and the one that the scenario gives it, lowest first.
    pub levels: Vec<LevelPlan>,
    /// Which of them costs least.
    pub best: usize,
    /// Which of them the scenario gives it.
    pub own: usize,
    /// When to step up, where that costs less than to hold the best level throughout.
    pub schedule: Schedule,
    /// By month: what is billed, mean over the replications.
    pub billed: Vec<Mean>,
    /// The room that it needs over the whole run, and in each month.
    pub room: Room,
    /// By month.
    pub room_by_month: Vec<Room>,
    /// Requests to the key vault in the run.
    pub requests: Mean,
    /// How what is billed grows from week to week, in bytes a day.
    pub trend: Option<Trend>,
    /// What is billed on each day of the last four whole weeks, as a part of their mean, in all
    /// replications.
    pub profile: Vec<f64>,
}

/// What a level would cost over the run, for its reservation and above it.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// The reservation, held throughout.
    pub level: Rate,
    /// What it costs: reservation and overage.
    pub cost: Sample,
    /// How much more than the best level, replication by replication; `None` of that one.
    pub more: Option<Mean>,
    /// By month: the mean cost.
    pub by_month: Vec<f64>,
}

/// The most that a cluster held: hot, buffered, stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// In the SSD hot cache.
    pub hot: Sample,
    /// Waiting under a Microsoft key.
    pub buffered: Sample,
    /// In the store.
    pub stored: Sample,
}

/// How what is offered to a workspace grows.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// From week to week, in bytes a day.
    pub daily: Option<Trend>,
    /// The busiest hour of the last four weeks, in bytes, growing as the rest does.
    pub busiest_hour: Option<Trend>,
    /// Whole weeks at the end of the run in which nothing arrives.
    pub silent_weeks: usize,
}

/// Weeks at the end of the run that say which hour is the busiest, and how unlike days are.
const WEEKS: usize = 4;

/// What is paid for, and all of it.
pub const PAID: [Measure; 6] = [
    Measure::ReservationCost,
    Measure::OverageCost,
    Measure::PayAsYouGoCost,
    Measure::RetentionCost,
    Measure::KeyVaultCost,
    Measure::Cost,
];

impl<'a> Plan<'a> {
    /// What was gathered from at least one replication, put together.
    pub fn of(scenario: &'a Scenario, gathered: &Gathered) -> Plan<'a> {
        let months = months(scenario);
        let clusters = (0..scenario.clusters.len()).map(|at| cluster(gathered, at, &months));
        let demands = gathered.demands.iter().map(|demand| {
            let daily = Trend::of(&demand.daily(gathered.replications));
            let hours = demand.busiest_hour(gathered.replications);
            let busiest = hours.iter().rev().take(WEEKS).copied().fold(0.0, f64::max);
            Demand {
                daily,
                // Peaks are too few to tell a trend of their own.
                busiest_hour: daily.map(|daily| Trend {
                    last: busiest,
                    ..daily
                }),
                silent_weeks: hours.iter().rev().take_while(|hour| **hour == 0.0).count(),
            }
        });
        Plan {
            scenario,
            clusters: clusters.collect(),
            demands: demands.collect(),
            paid: gathered.paid(),
            replications: gathered.replications,
            fingerprint: gathered.fingerprint(),
            months,
        }
    }
}

fn cluster(gathered: &Gathered, at: usize, months: &[Month]) -> ClusterPlan {
    let all = &gathered.clusters[at];
    let levels: Vec<Vec<f64>> = (0..all.levels.len())
        .map(|level| {
            all.costs(level)
                .map(|cost| rounded(cost).as_f64())
                .collect()
        })
        .collect();
    let means: Vec<Mean> = levels.iter().map(|costs| mean(costs)).collect();
    // Of levels that cost the same the one that is there needs no change.
    let least = lowest(means.iter().map(|mean| mean.mean));
    let best = match means[all.own].mean <= means[least].mean {
        true => all.own,
        false => least,
    };
    let level = |(number, level): (usize, &Rate)| LevelPlan {
        level: *level,
        cost: Sample::of_values(
            Measure::Cost,
            all.costs(number)
                .map(|cost| Some(Value::Money(rounded(cost)))),
        ),
        more: (number != best).then(|| {
            let pairs = levels[number].iter().zip(&levels[best]);
            mean(
                &pairs
                    .map(|(cost, least)| cost - least)
                    .collect::<Vec<f64>>(),
            )
        }),
        by_month: (0..months.len())
            .map(|month| all.mean_cost(number, month))
            .collect(),
    };
    let plans: Vec<LevelPlan> = all.levels.iter().enumerate().map(level).collect();
    let by_month: Vec<Vec<f64>> = plans.iter().map(|plan| plan.by_month.clone()).collect();
    ClusterPlan {
        schedule: schedule(&by_month),
        billed: (0..months.len())
            .map(|month| mean(&all.billed(month)))
            .collect(),
        room: Room::of(&all.sizes_of_run()),
        room_by_month: (0..months.len())
            .map(|month| Room::of(&all.sizes(month)))
            .collect(),
        requests: mean(&all.requests()),
        trend: Trend::of(&all.weekly(gathered.replications)),
        profile: all.profile(),
        own: all.own,
        levels: plans,
        best,
    }
}

fn mean(values: &[f64]) -> Mean {
    Mean::of(values).expect("there is a replication")
}

/// The number of the least; of equal ones the first.
fn lowest(values: impl Iterator<Item = f64>) -> usize {
    let all = values.enumerate();
    let least = all.min_by(|(_, one), (_, other)| one.total_cmp(other));
    least.expect("there is a level").0
}

impl ClusterPlan {
    /// The number of the level that costs least in a month, and what it costs on average.
    pub fn cheapest(&self, month: usize) -> (usize, f64) {
        let costs = self.levels.iter().map(|level| level.by_month[month]);
        let level = lowest(costs);
        (level, self.levels[level].by_month[month])
    }
}

impl Room {
    fn of(sizes: &[Sizes]) -> Room {
        let of = |measure, size: fn(&Sizes) -> Volume| {
            Sample::of_values(
                measure,
                sizes.iter().map(|sizes| Some(Value::Volume(size(sizes)))),
            )
        };
        Room {
            hot: of(Measure::HotPeak, |sizes| sizes.hot),
            buffered: of(Measure::BufferedPeak, |sizes| sizes.buffered),
            stored: of(Measure::Stored, |sizes| sizes.stored),
        }
    }
}
