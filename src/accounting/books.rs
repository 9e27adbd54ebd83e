use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::balance::Balance;
use super::condition::{self, Condition};
use super::figures::{Figure, Figures, Place};
use super::fluid::FluidCurve;
use super::inflow::Inflow;
use super::journal::{Journal, Posted};
use super::ledger::{Ledger, Reading};
use super::posting::Posting;
use super::waiting::Waits;
use crate::intake::Intake;
use crate::kernel::{Executor, StepFunction, map};
use crate::limits::{BOOK_ENTRIES, Limit};
use crate::model::{ClusterHistory, History, Route, WorkspaceHistory};
use crate::scenario::{Behaviour, Scenario};
use crate::units::{Duration, Time, Volume};

/// The books of one run: what became of every byte, at any instant.
#[derive(Debug)]
pub struct Books {
    pub(super) courses: Vec<Course>,
    pub(super) workspaces: Vec<WorkspaceBooks>,
    /// The condition of each cluster.
    pub(super) clusters: Vec<StepFunction<Condition>>,
    pub(super) end: Time,
}

/// What becomes of data by the time of its arrival: the same for all workspaces that went the
/// same way under the same retention.
#[derive(Debug)]
pub(super) struct Course {
    opening: Opening,
    pub(super) stores: Vec<Store>,
    pub(super) conditions: StepFunction<Condition>,
    /// What arrives at all its workspaces together, made when it is first asked for.
    arriving: OnceLock<Vec<FluidCurve>>,
}

/// What is there at the start of the run: the data of one retention, all in one store.
#[derive(Debug)]
struct Opening {
    place: Place,
    retention: Duration,
    /// How much of it is hot, where there is a cache.
    hot: Option<Duration>,
}

/// One of the stores that data of a workspace went to: a cluster, or the shared store.
#[derive(Debug)]
pub(super) struct Store {
    /// Which cluster it is; `None`: the shared store.
    pub(super) cluster: Option<usize>,
    pub(super) journal: Journal,
    /// The journal by time, made when it is first asked for.
    ledger: OnceLock<Ledger>,
    /// Whether queries of the workspace read what it holds.
    pub(super) readable: StepFunction<bool>,
}

/// The books about one workspace.
#[derive(Debug)]
pub(super) struct WorkspaceBooks {
    pub(super) inflow: Arc<Inflow>,
    pub(super) course: usize,
    /// The figures at the start.
    start: Figures,
    /// The books at the end.
    pub(super) end: Closing,
}

/// The books of a workspace at the end of the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closing {
    pub(super) balance: Balance,
    /// What ever was buffered in the run.
    pub(super) buffered_total: Volume,
    /// What was deleted from the hot cache in the run.
    pub(super) hot_deleted: Volume,
}

impl Books {
    /// Opens the books of a run. `inflows` has one for each workspace.
    ///
    /// The cost is that of the changes of the accounts' states, once per course.
    ///
    /// # Errors
    ///
    /// The limit, where there are more entries than it takes.
    pub fn of(
        scenario: &Scenario,
        history: &History,
        inflows: Vec<Arc<Inflow>>,
        each: Executor<'_>,
    ) -> Result<Books, Limit> {
        let end = history.end;
        let posted = Posted::default();
        let clusters = condition::of_clusters(history);
        let mut ways: Vec<&WorkspaceHistory> = Vec::new();
        let mut known = BTreeMap::new();
        let taken = history.workspaces.iter().map(|workspace| {
            let way = (&workspace.route, &workspace.retention);
            *known.entry(way).or_insert_with(|| {
                ways.push(workspace);
                ways.len() - 1
            })
        });
        let taken: Vec<usize> = taken.collect();
        let behaviour = &scenario.behaviour;
        let waits = map(each, clusters.len(), |cluster| {
            Waits::of(&history.clusters[cluster], end)
        });
        let courses = map(each, ways.len(), |way| {
            Course::of(behaviour, ways[way], history, &clusters, &waits, &posted)
        });
        if posted.exceeds() {
            return Err(BOOK_ENTRIES);
        }
        let closed = map_by_course(each, &taken, |index| {
            close(&inflows[index].intake, &courses[taken[index]], end)
        });
        let workspaces = inflows.into_iter().zip(taken).zip(closed);
        let workspaces = workspaces.map(|((inflow, course), (start, end))| WorkspaceBooks {
            inflow,
            course,
            start,
            end,
        });
        Ok(Books {
            workspaces: workspaces.collect(),
            courses,
            clusters,
            end,
        })
    }

    /// Where the bytes of a workspace are at `t`, which lies within the run or at its end.
    pub fn balance(&self, workspace: usize, t: Time) -> Balance {
        self.balances(workspace, &[t])[0]
    }

    /// Where the bytes of a workspace are at `times`, which are in order: one pass over what
    /// changes, however many they are.
    pub fn balances(&self, workspace: usize, times: &[Time]) -> Vec<Balance> {
        let books = &self.workspaces[workspace];
        let mut readings = self.course(workspace).read(&books.inflow.intake);
        let balances = times.iter().map(|&t| {
            let (figures, accessible) = readings.at(t);
            balance(&books.inflow.intake, &books.start, &figures, accessible, t)
        });
        balances.collect()
    }

    /// The balances of all workspaces together at `times`, which are in order.
    pub fn totals(&self, times: &[Time]) -> Vec<Balance> {
        let mut totals = vec![Balance::default(); times.len()];
        for workspace in 0..self.workspaces.len() {
            for (total, balance) in totals.iter_mut().zip(self.balances(workspace, times)) {
                *total = total.plus(balance);
            }
        }
        totals
    }

    /// What was dropped of all workspaces together up to `times`, which are in order. Nothing
    /// else is added up, so it costs what the losses changed.
    pub fn dropped(&self, times: &[Time]) -> Vec<Volume> {
        let about_losses = |course: &Course| -> Vec<Ledger> {
            let stores = course.stores.iter();
            stores
                .map(|store| Ledger::of(&store.journal, &Figure::DROPPED))
                .collect()
        };
        let courses: Vec<Vec<Ledger>> = self.courses.iter().map(about_losses).collect();
        let mut dropped = vec![Volume::ZERO; times.len()];
        for books in &self.workspaces {
            for ledger in &courses[books.course] {
                let mut reading = ledger.read(&books.inflow.intake);
                for (sum, &t) in dropped.iter_mut().zip(times) {
                    *sum += reading.at(t).dropped();
                }
            }
        }
        dropped
    }

    /// Where the bytes of a workspace are at the end.
    pub fn at_end(&self, workspace: usize) -> Balance {
        self.workspaces[workspace].end.balance
    }

    /// A workspace's condition by time.
    pub fn conditions(&self, workspace: usize) -> &StepFunction<Condition> {
        &self.course(workspace).conditions
    }

    /// What arrives at a workspace.
    pub fn intake(&self, workspace: usize) -> &Intake {
        &self.workspaces[workspace].inflow.intake
    }

    /// How many entries they have, and changes of rate of what arrives: what they take of memory.
    pub(crate) fn entries(&self) -> u64 {
        let stores = self.courses.iter().flat_map(|course| &course.stores);
        let entries = stores.map(|store| store.journal.entries.len() as u64);
        let knots = self.workspaces.iter().map(|books| books.inflow.knots());
        entries.chain(knots).sum()
    }

    /// What arrives at all workspaces of a course together.
    pub(super) fn arriving(&self, course: usize) -> &[FluidCurve] {
        self.courses[course].arriving.get_or_init(|| {
            let workspaces = self.workspaces.iter();
            let of_it = workspaces.filter(|workspace| workspace.course == course);
            FluidCurve::sums(of_it.map(|workspace| &workspace.inflow.fluid))
        })
    }

    pub(super) fn course(&self, workspace: usize) -> &Course {
        &self.courses[self.workspaces[workspace].course]
    }
}

impl Course {
    fn of(
        behaviour: &Behaviour,
        workspace: &WorkspaceHistory,
        history: &History,
        cluster_conditions: &[StepFunction<Condition>],
        waits: &[Option<Waits>],
        posted: &Posted,
    ) -> Course {
        let (clusters, end) = (&history.clusters, history.end);
        let conditions = condition::along(&workspace.route, cluster_conditions, end);
        let routes = workspace.route.iter();
        let mut stores: Vec<Option<usize>> = routes.map(|&(_, route)| store_on(route)).collect();
        stores.sort_unstable();
        stores.dedup();
        let stores = stores.into_iter().map(|store| {
            let accounts = store.map_or(1, |cluster| clusters[cluster].accounts.len());
            let accounts = u32::try_from(accounts).expect("a cluster has at most 10 000");
            let mut posting = Posting::new(behaviour, workspace, accounts, end, posted);
            for (from, until, &route) in workspace.route.intervals(end) {
                match route {
                    _ if store_on(route) != store => {}
                    Route::SharedStore => posting.shared_store(from, until),
                    Route::NotProvisioned(_) => posting.not_provisioned(from, until),
                    Route::Cluster(cluster) => {
                        let waits = waits[cluster].as_ref();
                        posting.cluster(&clusters[cluster], waits, from, until);
                    }
                }
            }
            Store {
                cluster: store,
                journal: posting.finish(),
                ledger: OnceLock::new(),
                readable: condition::readable(
                    &conditions,
                    store.map(|cluster| &cluster_conditions[cluster]),
                ),
            }
        });
        Course {
            opening: Opening::of(behaviour, workspace, clusters),
            stores: stores.collect(),
            conditions,
            arriving: OnceLock::new(),
        }
    }

    fn read<'a>(&'a self, intake: &'a Intake) -> Readings<'a> {
        let stores = self.stores.iter();
        Readings(
            stores
                .map(|store| (store, store.ledger().read(intake)))
                .collect(),
        )
    }
}

impl Store {
    fn ledger(&self) -> &Ledger {
        self.ledger
            .get_or_init(|| Ledger::of(&self.journal, &Figure::ALL))
    }
}

impl Opening {
    fn of(
        behaviour: &Behaviour,
        workspace: &WorkspaceHistory,
        clusters: &[ClusterHistory],
    ) -> Opening {
        let (_, retention) = workspace.retention[0];
        let store = store_on(workspace.route[0].1);
        match store {
            None => Opening {
                place: Place::MicrosoftKey,
                retention,
                hot: None,
            },
            Some(cluster) => Opening {
                place: Place::under(clusters[cluster].customer_key[0].1),
                retention,
                hot: Some(behaviour.hot_cache_span.min(retention)),
            },
        }
    }

    /// The figures at the start, before anything happens at that instant.
    fn figures(&self, intake: &Intake) -> Figures {
        let arrived = |span| intake.accepted_at(Time::START - span);
        let (all, purged) = (arrived(Duration::ZERO), arrived(self.retention));
        let mut figures = Figures::default();
        figures.move_bytes(Place::Outside, self.place, all);
        figures.move_bytes(self.place, Place::Purged, purged);
        if let Some(hot) = self.hot {
            figures.move_bytes(Place::Cold, Place::Hot, all - arrived(hot));
        }
        figures
    }
}

/// A pass over the ledgers of all stores of a course, for what arrives at one workspace.
struct Readings<'a>(Vec<(&'a Store, Reading<'a>)>);

impl Readings<'_> {
    /// The figures at `t`, and what of the stored bytes queries read.
    fn at(&mut self, t: Time) -> (Figures, Volume) {
        let mut all = Figures::default();
        let mut accessible = Volume::ZERO;
        for (store, reading) in &mut self.0 {
            let figures = reading.at(t);
            if store.readable.in_force(t) {
                accessible += figures.stored();
            }
            all = all.plus(&figures);
        }
        (all, accessible)
    }
}

/// The cluster that a route leads to; none: the shared store, and what is dropped on the way.
fn store_on(route: Route) -> Option<usize> {
    match route {
        Route::Cluster(cluster) => Some(cluster),
        Route::SharedStore | Route::NotProvisioned(_) => None,
    }
}

/// What `of` makes of every workspace, in their order; `courses` has the course of each.
///
/// They are taken course by course: what was read of one is still at hand for the next.
pub(super) fn map_by_course<T: Send + Sync>(
    each: Executor<'_>,
    courses: &[usize],
    of: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    if courses.is_sorted() {
        return map(each, courses.len(), of);
    }
    let mut order: Vec<usize> = (0..courses.len()).collect();
    order.sort_by_key(|&index| courses[index]);
    let made = map(each, order.len(), |place| of(order[place]));
    let mut made: Vec<(usize, T)> = order.iter().copied().zip(made).collect();
    made.sort_unstable_by_key(|made| made.0);
    made.into_iter().map(|made| made.1).collect()
}

/// The figures at the start of the run, and the books at its end.
fn close(intake: &Intake, course: &Course, end: Time) -> (Figures, Closing) {
    let start = course.opening.figures(intake);
    let (mut figures, mut accessible) = (Figures::default(), Volume::ZERO);
    for store in &course.stores {
        let of_store = store.journal.close(intake);
        if store.readable.in_force(end) {
            accessible += of_store.stored();
        }
        figures = figures.plus(&of_store);
    }
    let since_start = |figure| figures.get(figure) - start.get(figure);
    let closing = Closing {
        balance: balance(intake, &start, &figures, accessible, end),
        buffered_total: since_start(Figure::EverBuffered),
        hot_deleted: since_start(Figure::EverHotDeleted),
    };
    (start, closing)
}

/// The balance at `t`: figures of then against those of the start.
fn balance(
    intake: &Intake,
    start: &Figures,
    figures: &Figures,
    accessible: Volume,
    t: Time,
) -> Balance {
    let offered = intake.offered_at(t) - intake.offered_at(Time::START);
    let accepted = intake.accepted_at(t) - intake.accepted_at(Time::START);
    let since_start = |figure| figures.get(figure) - start.get(figure);
    Balance {
        initial: start.stored(),
        offered: Volume::from_bytes(offered),
        rejected: Volume::from_bytes(offered - accepted),
        dropped_revoked: since_start(Figure::DroppedRevoked),
        dropped_buffer_expired: since_start(Figure::DroppedBufferExpired),
        dropped_not_provisioned: since_start(Figure::DroppedNotProvisioned),
        buffered: figures.get(Figure::Buffered),
        stored_customer_key: figures.get(Figure::CustomerKey),
        stored_microsoft_key: figures.get(Figure::MicrosoftKey),
        accessible,
        hot: figures.get(Figure::Hot),
        purged: since_start(Figure::Purged),
        destroyed: since_start(Figure::Destroyed),
    }
}
