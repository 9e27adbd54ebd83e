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
mod steps;
mod vaults;
mod what_if;

pub use gather::{Gathered, Subject, gather, gather_all};
pub(super) use gather::{encoded, fits, most_of_a_record};
pub use limits::{Bound, Limit, When, limits};
pub use months::{Month, months};
pub use schedule::{Schedule, schedule};
pub use steps::{Moment, Reached, Step, Tariff, Tariffs};
pub use vaults::{VaultLoad, vaults};
pub use what_if::Case;

use self::gather::{OfCluster, Once};
use self::steps::Course;
use super::{Fingerprint, Sample};
use crate::accounting::Sizes;
use crate::scenario::{Measure, Overage, Scenario, Value, rounded};
use crate::statistics::{Mean, Proportion, Trend};
use crate::units::{Duration, Money, Rate, Time, Volume};

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
    /// Of each replication: whether anything is lost in it, dropped or destroyed.
    pub lost: Vec<bool>,
    /// How often it was replayed.
    pub replications: usize,
    /// A digest of everything that was gathered.
    pub fingerprint: Fingerprint,
    /// What it is held against.
    pub cases: Vec<Case<'a>>,
}

/// What a cluster needs and costs.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterPlan {
    /// Every available level with a price and the one that the scenario gives it, lowest first.
    pub levels: Vec<LevelPlan>,
    /// What the same data costs at pay-as-you-go, without a cluster and a key of one's own.
    pub without: Bill,
    /// How much more that is than the best level.
    pub more_without: Mean,
    /// The available levels without a price, and below which price a day each would cost least;
    /// `None`: below none.
    pub unpriced: Vec<(Rate, Option<f64>)>,
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
    /// What the trend says of the start and of the end of the run, in bytes a day.
    pub volumes: Option<[f64; 2]>,
    /// What a day costs by the mean of what is billed, if days differ from each other as in the
    /// last four whole weeks.
    pub tariffs: Tariffs,
    /// From which volume on which level pays.
    pub steps: Vec<Step>,
}

/// What an amount of each part of [`PAID`] is.
type Parts = [Money; PAID.len() - 1];

/// What an option costs over the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// All of it.
    pub cost: Sample,
    /// The mean of each part of [`PAID`].
    pub parts: [f64; PAID.len() - 1],
    /// All of it, replication by replication.
    each: Vec<f64>,
}

/// What a level would cost over the run.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// The reservation, held throughout.
    pub level: Rate,
    /// What it costs.
    pub bill: Bill,
    /// How much more than the best level, replication by replication; `None` of that one.
    pub more: Option<Mean>,
    /// By month: the mean cost of reservation and overage.
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
        let clusters = gathered.clusters.iter();
        let clusters = clusters.map(|all| cluster(scenario, all, &months));
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
            lost: gathered.lost.clone(),
            replications: gathered.replications,
            fingerprint: gathered.fingerprint(),
            months,
            cases: Vec::new(),
        }
    }

    /// In which part of the replications something is lost.
    pub fn risk(&self) -> Proportion {
        Proportion {
            hits: self.lost.iter().filter(|lost| **lost).count(),
            count: self.lost.len(),
        }
    }
}

fn cluster(scenario: &Scenario, all: &OfCluster, months: &[Month]) -> ClusterPlan {
    let (levels, own, best) = options(scenario, all, months.len());
    let least = &levels[best].bill;
    let without = Bill::of(all.each.iter().map(Once::without_cluster));
    let trend = Trend::of(&all.weekly());
    let trends = all.trends();
    let course = trend.map(|trend| Course {
        trend,
        each: &trends,
        weeks: all.weeks,
        end: scenario.end(),
    });
    let rates: Vec<Rate> = levels.iter().map(|plan| plan.level).collect();
    let days = scenario.duration.as_secs_f64() / Duration::DAY.as_secs_f64();
    let vault = least.parts[4] / days;
    let tariffs = Tariffs::of(&scenario.prices, &rates, all.profile(), vault);
    let reached = |step: Step| Step {
        reached: course.as_ref().map(|course| course.reaches(step.at)),
        ..step
    };
    let by_month: Vec<Vec<f64>> = levels.iter().map(|plan| plan.by_month.clone()).collect();
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
        volumes: course
            .as_ref()
            .map(|course| [Time::START, course.end].map(|t| course.at(t))),
        steps: tariffs.steps().into_iter().map(reached).collect(),
        unpriced: unpriced(scenario, all, least),
        more_without: without.more_than(least),
        without,
        trend,
        tariffs,
        own,
        best,
        levels,
    }
}

/// What each level that has a price costs, and the scenario's own; which of them is its own, and
/// which costs least.
fn options(scenario: &Scenario, all: &OfCluster, months: usize) -> (Vec<LevelPlan>, usize, usize) {
    let priced = |at: &usize| *at == all.own || scenario.prices.has_price(all.levels[*at]);
    let numbers: Vec<usize> = (0..all.levels.len()).filter(priced).collect();
    let bill = |at: &usize| Bill::of(all.each.iter().map(|once| once.at_level(*at)));
    let bills: Vec<Bill> = numbers.iter().map(bill).collect();
    let own = numbers.binary_search(&all.own);
    let own = own.expect("it is one of them");
    // Of levels that cost the same the one that is there needs no change.
    let least = lowest(bills.iter().map(Bill::mean));
    let best = match bills[own].mean() <= bills[least].mean() {
        true => own,
        false => least,
    };
    let more: Vec<Mean> = bills
        .iter()
        .map(|bill| bill.more_than(&bills[best]))
        .collect();
    let plans = numbers.iter().zip(bills).zip(more).enumerate();
    let plans = plans.map(|(at, ((number, bill), more))| LevelPlan {
        level: all.levels[*number],
        bill,
        more: (at != best).then_some(more),
        by_month: (0..months)
            .map(|month| all.mean_cost(*number, month))
            .collect(),
    });
    (plans.collect(), own, best)
}

/// The levels whose price nobody states, and below which price a day each would cost least.
fn unpriced(scenario: &Scenario, all: &OfCluster, best: &Bill) -> Vec<(Rate, Option<f64>)> {
    let prices = &scenario.prices;
    let numbers = (0..all.levels.len()).filter(|at| !prices.has_price(all.levels[*at]));
    let least = best.parts[0] + best.parts[1];
    let of = |at: usize| {
        // At the price of the level below for as many GB.
        let bill = Bill::of(all.each.iter().map(|once| once.at_level(at)));
        let [reservation, overage, ..] = bill.parts;
        let price = rounded(prices.of_level(all.levels[at])).as_f64();
        let below = match prices.overage {
            Overage::Reservation => least / (reservation + overage),
            Overage::PayAsYouGo => (least - overage) / reservation,
        };
        (price * below).is_finite().then_some(price * below)
    };
    let below = |at| of(at).filter(|below| *below > 0.0);
    numbers.map(|at| (all.levels[at], below(at))).collect()
}

impl Bill {
    fn of(each: impl Iterator<Item = Parts>) -> Bill {
        let each: Vec<Parts> = each.collect();
        let whole = |parts: &Parts| parts.iter().copied().sum::<Money>();
        let part = |part: usize| {
            let amounts: Vec<f64> = each.iter().map(|parts| parts[part].as_f64()).collect();
            mean(&amounts).mean
        };
        Bill {
            cost: Sample::of_values(
                Measure::Cost,
                each.iter().map(|parts| Some(Value::Money(whole(parts)))),
            ),
            parts: std::array::from_fn(part),
            each: each.iter().map(|parts| whole(parts).as_f64()).collect(),
        }
    }

    /// The mean of the whole cost.
    pub fn mean(&self) -> f64 {
        self.cost
            .mean
            .expect("every replication costs something")
            .mean
    }

    /// How much more it is than another, replication by replication.
    fn more_than(&self, other: &Bill) -> Mean {
        let pairs = self.each.iter().zip(&other.each);
        mean(&pairs.map(|(one, other)| one - other).collect::<Vec<f64>>())
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
