//! What a plan needs to know of each replication.

use std::ops::Range;

use super::months::{Month, months};
use super::{PAID, WEEKS};
use crate::accounting::{Books, Charge, Days, Measures, Reserved, Sizes};
use crate::error::Error;
use crate::experiment::frame::Body;
use crate::experiment::replication_runner::ReplicationRunner;
use crate::experiment::{Fingerprint, Runner, Sample, Study, room};
use crate::intake::{Calendar, Rows};
use crate::kernel::one_by_one;
use crate::model::{History, Options};
use crate::scenario::{Exact, Measure, Scenario, Scope, Value, rounded};
use crate::units::{Duration, Rate, Time};

/// What many replications come to, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    pub(super) replications: usize,
    pub(super) clusters: Vec<OfCluster>,
    pub(super) demands: Vec<Weekly>,
    /// One entry per replication: what it costs as it is, each of [`PAID`].
    pub(super) paid: Vec<[Option<Value>; PAID.len()]>,
}

/// The same of one cluster.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfCluster {
    /// Lowest first.
    pub(super) levels: Vec<Rate>,
    /// Which of them the scenario gives it.
    pub(super) own: usize,
    /// One entry per replication.
    pub(super) each: Vec<Once>,
    /// Bytes billed in each whole week, in all replications together.
    pub(super) weekly: Vec<u128>,
    /// Bytes billed on each day of the last whole weeks, replication by replication.
    pub(super) last_days: Vec<u64>,
}

/// What one replication comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Once {
    /// By level, then by month.
    pub(super) costs: Vec<Vec<Exact>>,
    /// Bytes by month.
    pub(super) billed: Vec<u64>,
    /// By month.
    pub(super) sizes: Vec<Sizes>,
    pub(super) requests: u64,
}

/// What is offered to a workspace in all replications together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weekly {
    /// Bytes in each whole week.
    pub(super) offered: Vec<u128>,
    /// Bytes in the busiest of its hours.
    pub(super) busiest_hour: Vec<u128>,
}

const WEEK: Duration = Duration::from_millis(7 * Duration::DAY.millis());

/// Replays a scenario many times.
///
/// # Errors
///
/// Those of [`crate::replay`], of the first replication that has one; and of
/// [`crate::experiment::room`].
pub fn gather(
    scenario: &Scenario,
    traces: &[Option<Rows>],
    replications: u64,
    runner: &Runner<'_>,
) -> Result<Gathered, Error> {
    let months = months(scenario);
    room(measures(scenario, months.len()), replications)?;
    runner.progress.begin(replications);
    let block = Study::block_size(replications);
    let blocks = usize::try_from(replications.div_ceil(block)).expect("they fit in memory");
    let numbers = |number: usize| {
        let from = number as u64 * block;
        from..replications.min(from + block)
    };
    let replays = |number: usize| numbers(number).end - numbers(number).start;
    let recover = |number: usize, body: &mut Body<'_>| {
        let mut gathered = Gathering::new(scenario, &months).gathered;
        gathered.read(replays(number), months.len(), body)?;
        Some(gathered)
    };
    let compute = |number: usize| {
        let mut gathering = Gathering::new(scenario, &months);
        let mut replayed = ReplicationRunner::of(scenario, traces, runner);
        for replication in numbers(number) {
            let options = Options {
                replication,
                every_poll: false,
            };
            let (history, books) = replayed.replay(options)?;
            gathering.add(history, &books);
        }
        let gathered = gathering.gathered;
        let bytes = runner.bytes(|| gathered.encoded());
        Ok((gathered, bytes))
    };
    let mut all = Gathering::new(scenario, &months).gathered;
    runner.tasks(blocks, replays, recover, compute, |part| {
        all.append(part);
        Ok(())
    })?;
    Ok(all)
}

/// The number of measures that take as much room as what is kept of a replication: of each cluster
/// what each level costs in each month, in 16 bytes, what else is known of a month, and the last
/// days.
fn measures(scenario: &Scenario, months: usize) -> usize {
    let levels = scenario.behaviour.capacity_levels.len() + 1;
    let cluster = levels * (2 * months + 3) + 4 * months + 7 * WEEKS + 10;
    scenario.clusters.len() * cluster + 2 * PAID.len()
}

struct Gathering<'a> {
    scenario: &'a Scenario,
    months: &'a [Month],
    gathered: Gathered,
}

impl<'a> Gathering<'a> {
    fn new(scenario: &'a Scenario, months: &'a [Month]) -> Gathering<'a> {
        let weeks = usize::try_from(scenario.duration.millis() / WEEK.millis()).expect("few");
        let clusters = scenario.clusters.iter().map(|cluster| {
            let can_be_had = &scenario.behaviour.capacity_levels;
            let own = cluster.capacity_reservation.unwrap_or(can_be_had[0]);
            let priced = can_be_had
                .iter()
                .filter(|level| scenario.prices.has_price(**level));
            let mut levels: Vec<Rate> = priced.copied().chain([own]).collect();
            levels.sort_unstable();
            levels.dedup();
            OfCluster {
                own: levels.binary_search(&own).expect("it is one of them"),
                levels,
                each: Vec::new(),
                weekly: vec![0; weeks],
                last_days: Vec::new(),
            }
        });
        let demand = Weekly {
            offered: vec![0; weeks],
            busiest_hour: vec![0; weeks],
        };
        Gathering {
            scenario,
            months,
            gathered: Gathered {
                replications: 0,
                clusters: clusters.collect(),
                demands: vec![demand; scenario.workspaces.len()],
                paid: Vec::new(),
            },
        }
    }

    fn add(&mut self, history: &History, books: &Books) {
        for at in 0..self.gathered.clusters.len() {
            let once = self.of_cluster(at, history, books);
            self.gathered.clusters[at].each.push(once);
        }
        for (at, demand) in self.gathered.demands.iter_mut().enumerate() {
            demand.add(|t| books.intake(at).offered_at(t));
        }
        let measures = Measures::of(self.scenario, history, books, &one_by_one);
        let paid = PAID.map(|measure| measures.get(Scope::Total, measure));
        self.gathered.paid.push(paid);
        self.gathered.replications += 1;
    }

    fn of_cluster(&mut self, at: usize, history: &History, books: &Books) -> Once {
        let cluster = &history.clusters[at];
        let reserved = cluster.reserved(history.end);
        let ends = reserved.iter().flat_map(|&(from, until, _)| [from, until]);
        let changes: Vec<Time> = ends
            .chain(self.months.iter().map(|month| month.from))
            .collect();
        let days = books.days(at, Calendar::new(self.scenario.start), &changes);
        let all = &mut self.gathered.clusters[at];
        let at_level = |level: Rate| -> Vec<Reserved> {
            reserved
                .iter()
                .map(|&(from, until, _)| (from, until, level))
                .collect()
        };
        let levels: Vec<Vec<Reserved>> = all.levels.iter().map(|level| at_level(*level)).collect();
        let mut once = Once {
            costs: vec![vec![0; self.months.len()]; levels.len()],
            billed: vec![0; self.months.len()],
            sizes: books.sizes(
                at,
                &self
                    .months
                    .iter()
                    .map(|month| month.until)
                    .collect::<Vec<Time>>(),
            ),
            requests: cluster.polls_until(history.end).requests,
        };
        let mut week = Weeks::default();
        let last_days = 7 * all.weekly.len().saturating_sub(WEEKS)..7 * all.weekly.len();
        for days in &days {
            let month = self
                .months
                .partition_point(|month| month.until <= days.from);
            once.billed[month] += days.billed.bytes() * days.count;
            for (level, costs) in levels.iter().zip(&mut once.costs) {
                let charge = Charge::of(days, level, &self.scenario.prices);
                costs[month] += (charge.reservation + charge.overage) * u128::from(days.count);
            }
            let numbers = week.add(days, &mut all.weekly);
            let last = numbers.filter(|number| last_days.contains(number));
            all.last_days.extend(last.map(|_| days.billed.bytes()));
        }
        once
    }
}

/// Puts whole days into whole weeks.
#[derive(Default)]
struct Weeks {
    whole_days: usize,
}

impl Weeks {
    /// Adds days, and yields their numbers among the whole days.
    fn add(&mut self, days: &Days, weekly: &mut [u128]) -> Range<usize> {
        let first = self.whole_days;
        if days.until - days.from == Duration::DAY {
            for _ in 0..days.count {
                if let Some(sum) = weekly.get_mut(self.whole_days / 7) {
                    *sum += u128::from(days.billed.bytes());
                }
                self.whole_days += 1;
            }
        }
        first..self.whole_days
    }
}

impl Weekly {
    fn add(&mut self, offered_at: impl Fn(Time) -> u64) {
        let weeks = self.offered.iter_mut().zip(&mut self.busiest_hour);
        let mut now = Time::START;
        let mut before = offered_at(now);
        for (offered, busiest) in weeks {
            let (first, end) = (before, now + WEEK);
            let mut most = 0;
            while now < end {
                now = now + Duration::HOUR;
                let after = offered_at(now);
                most = most.max(after - before);
                before = after;
            }
            *offered += u128::from(before - first);
            *busiest += u128::from(most);
        }
    }

    /// The mean of each week over the replications, in bytes a day.
    pub(super) fn daily(&self, replications: usize) -> Vec<f64> {
        self.offered
            .iter()
            .map(|sum| mean(*sum, replications * 7))
            .collect()
    }

    /// The mean of each week's busiest hour, in bytes.
    pub(super) fn busiest_hour(&self, replications: usize) -> Vec<f64> {
        self.busiest_hour
            .iter()
            .map(|sum| mean(*sum, replications))
            .collect()
    }
}

#[allow(clippy::cast_precision_loss)]
fn mean(sum: u128, count: usize) -> f64 {
    sum as f64 / count as f64
}

impl OfCluster {
    /// What a level costs over the run, in each replication.
    pub(super) fn costs(&self, level: usize) -> impl Iterator<Item = Exact> + '_ {
        self.each
            .iter()
            .map(move |once| once.costs[level].iter().sum())
    }

    /// What a level costs in a month, on average.
    pub(super) fn mean_cost(&self, level: usize, month: usize) -> f64 {
        let costs = self.each.iter().map(|once| once.costs[level][month]);
        mean(costs.sum(), self.each.len()) / 1e12
    }

    /// Bytes billed in a month, in each replication.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn billed(&self, month: usize) -> Vec<f64> {
        self.each
            .iter()
            .map(|once| once.billed[month] as f64)
            .collect()
    }

    /// The room needed in a month, in each replication.
    pub(super) fn sizes(&self, month: usize) -> Vec<Sizes> {
        self.each.iter().map(|once| once.sizes[month]).collect()
    }

    /// The room needed over the run, in each replication.
    pub(super) fn sizes_of_run(&self) -> Vec<Sizes> {
        let most = |once: &Once| {
            let sizes = once.sizes.iter().copied();
            sizes.reduce(Sizes::max).expect("a run has a month")
        };
        self.each.iter().map(most).collect()
    }

    #[allow(clippy::cast_precision_loss)]
    pub(super) fn requests(&self) -> Vec<f64> {
        self.each.iter().map(|once| once.requests as f64).collect()
    }

    /// The mean of each whole week over the replications, in bytes a day.
    pub(super) fn weekly(&self, replications: usize) -> Vec<f64> {
        self.weekly
            .iter()
            .map(|sum| mean(*sum, replications * 7))
            .collect()
    }

    /// The days of the last whole weeks in all replications, each as a part of their mean; none
    /// where nothing is billed for them.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn profile(&self) -> Vec<f64> {
        let days = &self.last_days;
        let sum: u128 = days.iter().map(|day| u128::from(*day)).sum();
        let mean = mean(sum, days.len());
        let parts = days.iter().filter(|_| sum > 0);
        parts.map(|day| *day as f64 / mean).collect()
    }

    fn append(&mut self, later: OfCluster) {
        self.each.extend(later.each);
        self.last_days.extend(later.last_days);
        add(&mut self.weekly, &later.weekly);
    }
}

impl Gathered {
    /// What the replications cost as they are.
    pub(super) fn paid(&self) -> Vec<(Measure, Sample)> {
        let of = |(at, measure): (usize, &Measure)| {
            let values = self.paid.iter().map(|paid| paid[at]);
            (*measure, Sample::of_values(*measure, values))
        };
        PAID.iter().enumerate().map(of).collect()
    }

    /// A digest of everything that the replications came to.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let mut numbers = vec![self.replications as u64];
        for cluster in &self.clusters {
            for once in &cluster.each {
                let costs = once.costs.iter().flatten();
                numbers.extend(costs.map(|cost| rounded(*cost).millionths()));
                numbers.extend(&once.billed);
                for sizes in &once.sizes {
                    let all = [sizes.hot, sizes.buffered, sizes.stored];
                    numbers.extend(all.map(|size| size.bytes()));
                }
                numbers.push(once.requests);
            }
        }
        Fingerprint::of_numbers(&numbers)
    }

    /// Adds the replications that follow.
    fn append(&mut self, later: Gathered) {
        self.replications += later.replications;
        self.paid.extend(later.paid);
        for (cluster, later) in self.clusters.iter_mut().zip(later.clusters) {
            cluster.append(later);
        }
        for (demand, later) in self.demands.iter_mut().zip(&later.demands) {
            add(&mut demand.offered, &later.offered);
            add(&mut demand.busiest_hour, &later.busiest_hour);
        }
    }
}

fn add(sums: &mut [u128], more: &[u128]) {
    sums.iter_mut()
        .zip(more)
        .for_each(|(sum, more)| *sum += more);
}
