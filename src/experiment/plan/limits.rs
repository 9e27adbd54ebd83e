//! When what arrives reaches a limit, if it grows on as it did in the run.

use super::{ClusterPlan, Plan};
use crate::scenario::Prices;
use crate::statistics::Trend;
use crate::units::{Rate, Volume};

/// What can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// From here on a higher level of a cluster costs less than the one below it, if days differ
    /// from each other as in the last weeks.
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

/// How often the volume of a level is doubled; one that does not pay even then never does.
const MOST_DOUBLED: u32 = 10;

/// How many steps up are told, beyond the best level.
const STEPS: usize = 3;

/// The limits of each cluster and workspace.
pub fn limits(plan: &Plan<'_>) -> Vec<Limit> {
    let clusters = plan.clusters.iter().enumerate();
    let mut limits: Vec<Limit> = clusters
        .flat_map(|(at, cluster)| of_cluster(plan, at, cluster))
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

fn of_cluster(plan: &Plan<'_>, cluster: usize, own: &ClusterPlan) -> Vec<Limit> {
    let pairs = own.levels.windows(2).skip(own.best).take(STEPS);
    let mut limits: Vec<Limit> = pairs
        .filter_map(|pair| {
            let (from, to) = (pair[0].level, pair[1].level);
            let bound = Bound::StepUp { cluster, from, to };
            let at = pays_from(&plan.scenario.prices, &own.profile, from, to)?;
            Some(limit(bound, at, own.trend))
        })
        .collect();
    let highest = plan
        .scenario
        .behaviour
        .capacity_levels
        .last()
        .expect("there is one");
    let at = bytes(Volume::from_bytes(highest.bytes_per_day()));
    limits.push(limit(Bound::HighestLevel { cluster }, at, own.trend));
    limits
}

/// From how many bytes a day on, on average, a level costs no more than the one below it, if days
/// differ as in `profile`; `None` where it never does.
#[allow(clippy::cast_precision_loss)]
fn pays_from(prices: &Prices, profile: &[f64], from: Rate, to: Rate) -> Option<f64> {
    let (below, above) = (Daily::of(prices, from), Daily::of(prices, to));
    let pays = |mean: f64| above.cost(profile, mean) <= below.cost(profile, mean);
    if profile.is_empty() {
        return None;
    }
    let mut low = 0.0;
    let mut high = to.bytes_per_day() as f64;
    let mut doubled = 0;
    while !pays(high) {
        (low, high, doubled) = (high, 2.0 * high, doubled + 1);
        if doubled > MOST_DOUBLED {
            return None;
        }
    }
    // To less than a byte a day, of what is at most some 2^60.
    for _ in 0..64 {
        let middle = low.midpoint(high);
        if pays(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// What a level costs a day: always, and for each byte above it.
struct Daily {
    level: f64,
    price: f64,
    a_byte: f64,
}

impl Daily {
    #[allow(clippy::cast_precision_loss)]
    fn of(prices: &Prices, level: Rate) -> Daily {
        let price = prices.of_level(level);
        let a_gb = prices.of_overage(1_000_000_000, price, level.bytes_per_day());
        Daily {
            level: level.bytes_per_day() as f64,
            price: price as f64,
            a_byte: a_gb as f64 / 1e9,
        }
    }

    /// What days like those of `profile` cost together, by the mean of the bytes billed.
    #[allow(clippy::cast_precision_loss)]
    fn cost(&self, profile: &[f64], mean: f64) -> f64 {
        let above = profile
            .iter()
            .map(|part| (part * mean - self.level).max(0.0));
        profile.len() as f64 * self.price + above.sum::<f64>() * self.a_byte
    }
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
