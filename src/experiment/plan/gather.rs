//! What a plan needs to know of each replication.

use std::ops::Range;

use super::months::{Month, WEEK, months};
use super::{PAID, Parts, WEEKS};
use crate::accounting::{Books, Charge, Days, Measures, Reserved, Sizes};
use crate::error::Error;
use crate::experiment::frame::Body;
use crate::experiment::journal::full;
use crate::experiment::replication_runner::ReplicationRunner;
use crate::experiment::runner::foreign;
use crate::experiment::{Fingerprint, Runner, Sample, Study, room};
use crate::intake::{Calendar, Rows};
use crate::kernel::one_by_one;
use crate::model::{History, Options, Route};
use crate::scenario::{Exact, Measure, Scenario, Scope, Value, rounded};
use crate::statistics::Trend;
use crate::units::{Duration, Money, Rate, Time};

/// What many replications come to, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    pub(super) replications: usize,
    pub(super) clusters: Vec<OfCluster>,
    pub(super) demands: Vec<Weekly>,
    /// One entry per replication: what it costs as it is, each of [`PAID`].
    pub(super) paid: Vec<[Option<Value>; PAID.len()]>,
    /// One entry per replication: whether anything is lost.
    pub(super) lost: Vec<bool>,
}

/// The same of one cluster.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfCluster {
    /// Every one that can be had, whether or not its price is known, and its own; lowest first.
    pub(super) levels: Vec<Rate>,
    /// Which of them the scenario gives it.
    pub(super) own: usize,
    /// One entry per replication.
    pub(super) each: Vec<Once>,
    /// How many whole weeks there are.
    pub(super) weeks: usize,
    /// Bytes billed on each day of the last whole weeks, replication by replication.
    pub(super) last_days: Vec<u64>,
}

/// What one replication comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Once {
    /// What reservation and overage cost, by level, then by month.
    pub(super) costs: Vec<Vec<Exact>>,
    /// What of that is for the reservation, by level.
    pub(super) reservations: Vec<Exact>,
    /// What the same data costs at pay-as-you-go.
    pub(super) pay_as_you_go: Exact,
    /// What is paid for at any level: the shared store, retention and the key vault.
    pub(super) rest: [Money; 3],
    /// Bytes billed in each whole week.
    pub(super) weekly: Vec<u64>,
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
    let subject: Subject<'_> = (scenario, traces);
    let all = gather_all(&[subject], replications, runner)?;
    Ok(all.into_iter().next().expect("there is one"))
}

/// A scenario with its traces.
pub type Subject<'a> = (&'a Scenario, &'a [Option<Rows>]);

/// Replays each of several scenarios many times.
///
/// # Errors
///
/// Those of [`gather`].
pub fn gather_all(
    subjects: &[Subject<'_>],
    replications: u64,
    runner: &Runner<'_>,
) -> Result<Vec<Gathered>, Error> {
    fits(subjects, replications)?;
    runner.progress.begin(replications * subjects.len() as u64);
    let each = subjects.iter().enumerate();
    each.map(|(cell, subject)| gathered(cell, *subject, replications, runner))
        .collect()
}

fn gathered(
    cell: usize,
    subject: Subject<'_>,
    replications: u64,
    runner: &Runner<'_>,
) -> Result<Gathered, Error> {
    let months = months(subject.0);
    let Some(cells) = runner.cells else {
        return replayed(subject, 0..replications, &months, runner);
    };
    let mut all = Gathering::new(subject.0, &months).gathered;
    cells.each(cell, &mut |numbers, bytes| {
        let mut gathered = Gathering::new(subject.0, &months).gathered;
        let mut body = Body(bytes);
        let read = gathered.read(numbers.end - numbers.start, months.len(), &mut body);
        read.filter(|()| body.0.is_empty()).ok_or_else(foreign)?;
        all.append(gathered);
        Ok(())
    })?;
    runner.progress.skip(replications);
    Ok(all)
}

/// Whether memory has room for them.
pub(in crate::experiment) fn fits(
    subjects: &[Subject<'_>],
    replications: u64,
) -> Result<(), Error> {
    let measures = subjects.iter().map(|(scenario, _)| measures(scenario));
    room(measures.sum(), replications)
}

/// Some replications as bytes, for a part of a plan.
pub(in crate::experiment) fn encoded(
    subject: Subject<'_>,
    numbers: Range<u64>,
    runner: &Runner<'_>,
) -> Result<Vec<u8>, Error> {
    let gathered = replayed(subject, numbers, &months(subject.0), &runner.within())?;
    Ok(gathered.encoded())
}

/// How many replications of these scenarios a record of a part has.
pub(in crate::experiment) fn most_of_a_record(subjects: &[Subject<'_>]) -> u64 {
    let measures = subjects.iter().map(|(scenario, _)| measures(scenario));
    full(measures.max().unwrap_or(1))
}

fn replayed(
    (scenario, traces): Subject<'_>,
    all: Range<u64>,
    months: &[Month],
    runner: &Runner<'_>,
) -> Result<Gathered, Error> {
    let block = Study::block_size(all.end - all.start);
    let blocks = (all.end - all.start).div_ceil(block);
    let blocks = usize::try_from(blocks).expect("they fit in memory");
    let numbers = |number: usize| {
        let from = all.start + number as u64 * block;
        from..all.end.min(from + block)
    };
    let replays = |number: usize| numbers(number).end - numbers(number).start;
    let recover = |number: usize, body: &mut Body<'_>| {
        let mut gathered = Gathering::new(scenario, months).gathered;
        gathered.read(replays(number), months.len(), body)?;
        Some(gathered)
    };
    let compute = |number: usize| {
        let mut gathering = Gathering::new(scenario, months);
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
    let mut gathered = Gathering::new(scenario, months).gathered;
    runner.tasks(blocks, replays, recover, compute, |part| {
        gathered.append(part);
        Ok(())
    })?;
    Ok(gathered)
}

/// The number of measures that take as much room as what is kept of a replication: of each cluster
/// what each level costs in each month, in 16 bytes, what else is known of a month, the weeks, and
/// the last days.
fn measures(scenario: &Scenario) -> usize {
    let months = months(scenario).len();
    let levels = scenario.behaviour.capacity_levels.len() + 1;
    let cluster = levels * (2 * months + 8) + 4 * months + weeks(scenario) + 7 * WEEKS + 20;
    scenario.clusters.len() * cluster + 2 * PAID.len()
}

struct Gathering<'a> {
    scenario: &'a Scenario,
    months: &'a [Month],
    gathered: Gathered,
}

impl<'a> Gathering<'a> {
    fn new(scenario: &'a Scenario, months: &'a [Month]) -> Gathering<'a> {
        let weeks = weeks(scenario);
        let clusters = scenario.clusters.iter().map(|cluster| {
            let can_be_had = &scenario.behaviour.capacity_levels;
            let own = cluster.capacity_reservation.unwrap_or(can_be_had[0]);
            let mut levels: Vec<Rate> = can_be_had.iter().copied().chain([own]).collect();
            levels.sort_unstable();
            levels.dedup();
            OfCluster {
                own: levels.binary_search(&own).expect("it is one of them"),
                levels,
                each: Vec::new(),
                weeks,
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
                lost: Vec::new(),
            },
        }
    }

    fn add(&mut self, history: &History, books: &Books) {
        let measures = Measures::of(self.scenario, history, books, &one_by_one);
        for at in 0..self.gathered.clusters.len() {
            let once = Once {
                rest: rest(at, history, &measures),
                ..self.of_cluster(at, history, books)
            };
            self.gathered.clusters[at].each.push(once);
        }
        for (at, demand) in self.gathered.demands.iter_mut().enumerate() {
            demand.add(|t| books.intake(at).offered_at(t));
        }
        let paid = PAID.map(|measure| measures.get(Scope::Total, measure));
        self.gathered.paid.push(paid);
        let lost = [Measure::Dropped, Measure::Destroyed];
        let lost = lost.map(|measure| measures.get(Scope::Total, measure));
        let any = |value: Value| value.number() > 0.0;
        self.gathered.lost.push(lost.into_iter().flatten().any(any));
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
        let prices = &self.scenario.prices;
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
            reservations: vec![0; levels.len()],
            pay_as_you_go: 0,
            rest: [Money::ZERO; 3],
            weekly: vec![0; all.weeks],
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
        let last_days = 7 * all.weeks.saturating_sub(WEEKS)..7 * all.weeks;
        for days in &days {
            let month = self
                .months
                .partition_point(|month| month.until <= days.from);
            once.billed[month] += days.billed.bytes() * days.count;
            let count = u128::from(days.count);
            for (at, level) in levels.iter().enumerate() {
                let charge = Charge::of(days, level, prices);
                once.costs[at][month] += (charge.reservation + charge.overage) * count;
                once.reservations[at] += charge.reservation * count;
            }
            once.pay_as_you_go += prices.of_volume(days.billed.bytes()) * count;
            let numbers = week.add(days, &mut once.weekly);
            let last = numbers.filter(|number| last_days.contains(number));
            all.last_days.extend(last.map(|_| days.billed.bytes()));
        }
        once
    }
}

/// How many whole weeks a run has.
fn weeks(scenario: &Scenario) -> usize {
    usize::try_from(scenario.duration.millis() / WEEK.millis()).expect("few")
}

/// What a cluster and its workspaces pay for at any level. A workspace counts for the cluster in
/// which it is first.
fn rest(cluster: usize, history: &History, measures: &Measures) -> [Money; 3] {
    let first = |at: &usize| {
        let mut routes = history.workspaces[*at].route.iter();
        let first = routes.find_map(|(_, route)| match route {
            Route::Cluster(at) | Route::NotProvisioned(at) => Some(*at),
            Route::SharedStore => None,
        });
        first == Some(cluster)
    };
    let paid = |scope, measure| match measures.get(scope, measure) {
        Some(Value::Money(amount)) => amount,
        other => unreachable!("{measure:?} is {other:?}"),
    };
    let own = || (0..history.workspaces.len()).filter(first);
    let by_workspaces = |measure| own().map(|at| paid(Scope::Workspace(at), measure)).sum();
    [
        by_workspaces(Measure::PayAsYouGoCost),
        by_workspaces(Measure::RetentionCost),
        paid(Scope::Cluster(cluster), Measure::KeyVaultCost),
    ]
}

/// Puts whole days into whole weeks.
#[derive(Default)]
struct Weeks {
    whole_days: usize,
}

impl Weeks {
    /// Adds days, and yields their numbers among the whole days.
    fn add(&mut self, days: &Days, weekly: &mut [u64]) -> Range<usize> {
        let first = self.whole_days;
        if days.until - days.from == Duration::DAY {
            for _ in 0..days.count {
                if let Some(sum) = weekly.get_mut(self.whole_days / 7) {
                    *sum += days.billed.bytes();
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

impl Once {
    /// What is paid at a level, by the parts of [`PAID`].
    pub(super) fn at_level(&self, level: usize) -> Parts {
        let both: Exact = self.costs[level].iter().sum();
        let reservation = self.reservations[level];
        let [shared, retention, key_vault] = self.rest;
        let overage = rounded(both - reservation);
        [rounded(reservation), overage, shared, retention, key_vault]
    }

    /// The same of the same data without a cluster, and thus without a key of one's own.
    pub(super) fn without_cluster(&self) -> Parts {
        let [shared, retention, _] = self.rest;
        let all = rounded(self.pay_as_you_go) + shared;
        [Money::ZERO, Money::ZERO, all, retention, Money::ZERO]
    }
}

impl OfCluster {
    /// What reservation and overage of a level cost in a month, on average.
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
    pub(super) fn weekly(&self) -> Vec<f64> {
        let sum = |week: usize| {
            self.each
                .iter()
                .map(|once| u128::from(once.weekly[week]))
                .sum()
        };
        let mean = |week| mean(sum(week), self.each.len() * 7);
        (0..self.weeks).map(mean).collect()
    }

    /// How the weeks of each replication grow, in bytes a day.
    pub(super) fn trends(&self) -> Vec<Option<Trend>> {
        let daily = |bytes: &u64| mean(u128::from(*bytes), 7);
        let trend = |once: &Once| {
            let weeks: Vec<f64> = once.weekly.iter().map(daily).collect();
            Trend::of(&weeks)
        };
        self.each.iter().map(trend).collect()
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
                numbers.extend(once.rest.map(Money::millionths));
                numbers.extend(&once.billed);
                for sizes in &once.sizes {
                    let all = [sizes.hot, sizes.buffered, sizes.stored];
                    numbers.extend(all.map(|size| size.bytes()));
                }
                numbers.push(once.requests);
            }
        }
        numbers.extend(self.lost.iter().map(|lost| u64::from(*lost)));
        Fingerprint::of_numbers(&numbers)
    }

    /// Adds the replications that follow.
    fn append(&mut self, later: Gathered) {
        self.replications += later.replications;
        self.paid.extend(later.paid);
        self.lost.extend(later.lost);
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
