use std::collections::{BTreeMap, BTreeSet};

use super::balance::Balance;
use super::condition::{self, Condition};
use super::disposition::{in_force, intervals};
use super::ledger::{Ledger, Place, Places};
use super::posting::{Counterpart, Posting};
use crate::intake::Intake;
use crate::model::{ByTime, ClusterHistory, History, Route, WorkspaceHistory};
use crate::scenario::{Behaviour, Scenario};
use crate::units::{Time, Volume};

/// The books of one run: what became of every byte, at any instant.
#[derive(Debug)]
pub struct Books {
    pub(super) courses: Vec<Course>,
    pub(super) workspaces: Vec<WorkspaceBooks>,
    /// The condition of each cluster.
    pub(super) clusters: Vec<ByTime<Condition>>,
    pub(super) end: Time,
}

/// What becomes of data by the time of its arrival: the same for all workspaces that went the
/// same way under the same retention, whatever arrives at them.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) stores: Vec<Store>,
    pub(super) conditions: ByTime<Condition>,
}

/// One of the stores that data of a workspace went to: a cluster, or the shared store.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) ledger: Ledger,
    /// Whether queries of the workspace read what it holds.
    pub(super) readable: ByTime<bool>,
}

/// The books about one workspace.
#[derive(Debug)]
pub(super) struct WorkspaceBooks {
    pub(super) intake: Intake,
    pub(super) course: usize,
    /// Where everything was at the start.
    start: Places,
}

impl Books {
    /// Opens the books of a run. `intakes` has one for each workspace.
    ///
    /// The cost is that of the changes of the accounts' states, once a course.
    pub fn of(scenario: &Scenario, history: &History, intakes: Vec<Intake>) -> Books {
        let end = history.end;
        let counterparts: Vec<Vec<Counterpart<'_>>> =
            history.clusters.iter().map(counterparts).collect();
        let conditions = history.clusters.iter().zip(&counterparts).enumerate();
        let clusters: Vec<ByTime<Condition>> = conditions
            .map(|(index, (cluster, accounts))| condition::of_cluster(index, cluster, accounts))
            .collect();
        let mut courses: Vec<Course> = Vec::new();
        let mut known = BTreeMap::new();
        let workspaces = intakes.into_iter().zip(&history.workspaces);
        let workspaces = workspaces.map(|(intake, workspace)| {
            let way = (&workspace.route, &workspace.retention);
            let course = *known.entry(way).or_insert_with(|| {
                let behaviour = &scenario.behaviour;
                courses.push(Course::of(
                    behaviour,
                    workspace,
                    &counterparts,
                    &clusters,
                    end,
                ));
                courses.len() - 1
            });
            let start = courses[course].opening(&intake);
            WorkspaceBooks {
                intake,
                course,
                start,
            }
        });
        Books {
            workspaces: workspaces.collect(),
            courses,
            clusters,
            end,
        }
    }

    /// Where the bytes of a workspace are at `t`, which lies within the run or at its end.
    pub fn balance(&self, workspace: usize, t: Time) -> Balance {
        self.balance_and_places(workspace, t).0
    }

    /// A workspace's condition by time.
    pub fn conditions(&self, workspace: usize) -> &ByTime<Condition> {
        &self.course(workspace).conditions
    }

    /// What arrives at a workspace.
    pub fn intake(&self, workspace: usize) -> &Intake {
        &self.workspaces[workspace].intake
    }

    pub(super) fn course(&self, workspace: usize) -> &Course {
        &self.courses[self.workspaces[workspace].course]
    }

    /// The balance, and what it was read from.
    pub(super) fn balance_and_places(&self, workspace: usize, t: Time) -> (Balance, Places) {
        let books = &self.workspaces[workspace];
        let mut all = Places::default();
        let mut accessible = Volume::ZERO;
        for store in &self.course(workspace).stores {
            let places = store.ledger.volumes(&books.intake).at(t);
            if in_force(&store.readable, t) {
                accessible += places.stored();
            }
            all.add(&places);
        }
        (books.balance(&all, accessible, t), all)
    }
}

impl Course {
    fn of(
        behaviour: &Behaviour,
        workspace: &WorkspaceHistory,
        counterparts: &[Vec<Counterpart<'_>>],
        clusters: &[ByTime<Condition>],
        end: Time,
    ) -> Course {
        let conditions = condition::along(&workspace.route, clusters, end);
        let stores: BTreeSet<Option<usize>> = workspace
            .route
            .iter()
            .map(|&(_, route)| store_on(route))
            .collect();
        let stores = stores.into_iter().map(|store| {
            let accounts = store.map_or(1, |cluster| counterparts[cluster].len());
            let accounts = u32::try_from(accounts).expect("a cluster has at most 10 000");
            let mut posting = Posting::new(behaviour, workspace, accounts, end);
            for (from, until, route) in intervals(&workspace.route, end) {
                match route {
                    _ if store_on(route) != store => {}
                    Route::SharedStore => posting.shared_store(from, until),
                    Route::NotProvisioned(_) => posting.not_provisioned(from, until),
                    Route::Cluster(cluster) => counterparts[cluster]
                        .iter()
                        .for_each(|account| posting.storage_account(account, from, until)),
                }
            }
            Store {
                ledger: posting.finish(),
                readable: condition::readable(&conditions, store.map(|cluster| &clusters[cluster])),
            }
        });
        Course {
            stores: stores.collect(),
            conditions,
        }
    }

    fn opening(&self, intake: &Intake) -> Places {
        let mut sum = Places::default();
        for store in &self.stores {
            sum.add(&store.ledger.volumes(intake).opening());
        }
        sum
    }
}

/// The cluster that a route leads to; none: the shared store, and what is dropped on the way.
fn store_on(route: Route) -> Option<usize> {
    match route {
        Route::Cluster(cluster) => Some(cluster),
        Route::SharedStore | Route::NotProvisioned(_) => None,
    }
}

impl WorkspaceBooks {
    /// What came into a place since the start of the run, up to and at the instant of `places`.
    pub(super) fn since_start(&self, places: &Places, place: Place) -> Volume {
        places.ever_in(place) - self.start.ever_in(place)
    }

    fn balance(&self, places: &Places, accessible: Volume, t: Time) -> Balance {
        let offered = self.intake.offered_at(t) - self.intake.offered_at(Time::START);
        let accepted = self.intake.accepted_at(t) - self.intake.accepted_at(Time::START);
        Balance {
            initial: self.start.stored(),
            offered: Volume::from_bytes(offered),
            rejected: Volume::from_bytes(offered - accepted),
            dropped_revoked: self.since_start(places, Place::DroppedRevoked),
            dropped_buffer_expired: self.since_start(places, Place::DroppedBufferExpired),
            dropped_not_provisioned: self.since_start(places, Place::DroppedNotProvisioned),
            buffered: places.in_place(Place::Buffered),
            stored_customer_key: places.in_place(Place::CustomerKey),
            stored_microsoft_key: places.in_place(Place::MicrosoftKey),
            accessible,
            hot: places.in_place(Place::Hot),
            purged: self.since_start(places, Place::Purged),
            destroyed: self.since_start(places, Place::Destroyed),
        }
    }
}

/// The storage accounts of a cluster, as workspaces meet them.
fn counterparts(cluster: &ClusterHistory) -> Vec<Counterpart<'_>> {
    let accounts = cluster.accounts.iter().zip(0..);
    let counterparts = accounts.map(|(account, number)| Counterpart::new(number, cluster, account));
    counterparts.collect()
}
