//! When what arrives reaches a limit, if it grows on as it did in the run.

use super::{ClusterPlan, Plan};
use crate::statistics::Trend;
use crate::units::{Rate, Volume};

/// What can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// From here on a higher level of a cluster costs less than the one below it.
    StepUp {
        /// Index of the cluster.
        cluster: usize,
        /// The level below.
        from: Rate,
        /// The level that then costs less.
        to: Rate,
    },
    /// The highest level that a cluster can have.
    HighestLevel {
        /// Index of the cluster.
        cluster: usize,
    },
    /// The daily cap of a workspace, at the start.
    DailyCap {
        /// Index of the workspace.
        workspace: usize,
    },
    /// What the service takes from a workspace in a minute, in its busiest hour.
    IngestionRate {
        /// Index of the workspace.
        workspace: usize,
    },
}

/// A limit, and when it is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Which.
    pub bound: Bound,
    /// In bytes a day; of an ingestion rate in bytes an hour.
    pub at: f64,
    /// What the trend says of the end of the run, in the same; `None`: there is no trend.
    pub now: Option<f64>,
    /// When it is reached.
    pub when: When,
}

/// When a limit is reached, in months of 30 days after the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// It is by its end.
    Reached,
    /// After so many months, and by the ends of the trend's interval; `None`: never.
    Months {
        /// By the trend.
        months: f64,
        /// By the steepest trend of its interval.
        earliest: f64,
        /// By the flattest.
        latest: Option<f64>,
    },
    /// Not at this trend; by the steepest of its interval after so many months, if ever.
    NotSo(Option<f64>),
    /// The run is too short to tell a trend.
    Unknown,
}

/// Uncompressed, to one workspace, in a minute; more is refused for a while. Azure Monitor service
/// limits, edition of 7 January 2025. It holds for some ways of sending data only.
const INGESTION_A_MINUTE: Volume = Volume::from_bytes(6_000_000_000);

/// Weeks in a month of 30 days.
const WEEKS: f64 = 30.0 / 7.0;

/// So many steps up are told, beyond the best level.
const STEPS: usize = 3;

/// The limits of each cluster and workspace.
pub fn limits(plan: &Plan<'_>) -> Vec<Limit> {
    let clusters = plan.clusters.iter().enumerate();
    let mut limits: Vec<Limit> = clusters
        .flat_map(|(at, it)| of_cluster(plan, at, it))
        .collect();
    for (workspace, it) in plan.scenario.workspaces.iter().enumerate() {
        let demand = &plan.demands[workspace];
        if let Some(cap) = it.daily_cap {
            let bound = Bound::DailyCap { workspace };
            limits.push(limit(bound, bytes(cap), demand.daily));
        }
        let bound = Bound::IngestionRate { workspace };
        limits.push(limit(
            bound,
            bytes(INGESTION_A_MINUTE) * 60.0,
            demand.busiest_hour,
        ));
    }
    limits
}

fn of_cluster(plan: &Plan<'_>, cluster: usize, it: &ClusterPlan) -> Vec<Limit> {
    let pairs = it.levels.windows(2).skip(it.best).take(STEPS);
    let mut limits: Vec<Limit> = pairs
        .map(|pair| {
            let (from, to) = (pair[0].level, pair[1].level);
            let bound = Bound::StepUp { cluster, from, to };
            limit(bound, pays_from(plan, from, to), it.trend)
        })
        .collect();
    let highest = plan
        .scenario
        .behaviour
        .capacity_levels
        .last()
        .expect("there is one");
    let at = bytes(Volume::from_bytes(highest.bytes_per_day()));
    limits.push(limit(Bound::HighestLevel { cluster }, at, it.trend));
    limits
}

/// From how many bytes a day on a level costs less than the one below it, if every day is alike.
#[allow(clippy::cast_precision_loss)]
fn pays_from(plan: &Plan<'_>, from: Rate, to: Rate) -> f64 {
    let prices = &plan.scenario.prices;
    let (below, above) = (prices.of_level(from), prices.of_level(to));
    let reserved = from.bytes_per_day();
    // What comes above the lower level costs the difference of both.
    let a_gb = prices.of_overage(1_000_000_000, below, reserved) as f64;
    let more = above.saturating_sub(below) as f64 / a_gb * 1e9;
    (reserved as f64 + more).min(to.bytes_per_day() as f64)
}

#[allow(clippy::cast_precision_loss)]
fn bytes(volume: Volume) -> f64 {
    volume.bytes() as f64
}

fn limit(bound: Bound, at: f64, trend: Option<Trend>) -> Limit {
    let when = trend.map_or(When::Unknown, |trend| {
        let months = |factor| Some(trend.steps_until(at, factor)? / WEEKS);
        let earliest = months(trend.interval.high);
        match months(trend.factor) {
            _ if trend.last >= at => When::Reached,
            Some(months_so) => When::Months {
                months: months_so,
                earliest: earliest.unwrap_or(months_so),
                latest: months(trend.interval.low),
            },
            None => When::NotSo(earliest),
        }
    });
    Limit {
        bound,
        at,
        now: trend.map(|trend| trend.last),
        when,
    }
}
