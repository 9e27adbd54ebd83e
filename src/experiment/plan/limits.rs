//! When what arrives reaches a limit, if it grows on as it did in the run.

use super::{ClusterPlan, Plan};
use crate::statistics::Trend;
use crate::units::Volume;

/// What can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
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
    /// After how many months, and by the ends of the trend's interval; `None`: never.
    Months {
        /// By the trend.
        months: f64,
        /// By the steepest trend of its interval.
        earliest: f64,
        /// By the flattest.
        latest: Option<f64>,
    },
    /// Not at this trend; by the steepest of its interval after how many months, if ever.
    NotSo(Option<f64>),
    /// The run is too short to tell a trend.
    Unknown,
}

/// Uncompressed, to one workspace, in a minute; more is refused for a while. Azure Monitor service
/// limits, edition of 7 January 2025. It holds for some ways of sending data only.
const INGESTION_A_MINUTE: Volume = Volume::from_bytes(6_000_000_000);

/// Weeks in a month of 30 days.
const WEEKS: f64 = 30.0 / 7.0;

/// The limits of each cluster and workspace.
pub fn limits(plan: &Plan<'_>) -> Vec<Limit> {
    let clusters = plan.clusters.iter().enumerate();
    let mut limits: Vec<Limit> = clusters
        .map(|(at, cluster)| highest_level(plan, at, cluster))
        .collect();
    for (workspace, demand) in plan.demands.iter().enumerate() {
        if let Some(cap) = plan.scenario.workspaces[workspace].daily_cap {
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

fn highest_level(plan: &Plan<'_>, cluster: usize, own: &ClusterPlan) -> Limit {
    let levels = &plan.scenario.behaviour.capacity_levels;
    let highest = levels.last().expect("there is one");
    let at = bytes(Volume::from_bytes(highest.bytes_per_day()));
    limit(Bound::HighestLevel { cluster }, at, own.trend)
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
