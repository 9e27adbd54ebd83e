use super::balance::Balance;
use super::condition::{self, Condition};
use super::disposition::{Disposition, dispositions, intervals};
use super::ledger::{Ledger, Place, Places, Share};
use super::posting::{Counterpart, Posting};
use crate::intake::Intake;
use crate::model::{ByTime, ClusterHistory, History, Route};
use crate::scenario::Scenario;
use crate::units::{Time, Volume};

/// The books of one run: what became of every byte, at any instant.
#[derive(Debug)]
pub struct Books {
    pub(super) workspaces: Vec<WorkspaceBooks>,
    /// The condition of the workspaces that go to each cluster.
    pub(super) clusters: Vec<ByTime<Condition>>,
    pub(super) end: Time,
}

/// The books about one workspace.
#[derive(Debug)]
pub(super) struct WorkspaceBooks {
    pub(super) intake: Intake,
    pub(super) ledger: Ledger,
    pub(super) conditions: ByTime<Condition>,
    /// Where everything was at the start.
    start: Places,
}

impl Books {
    /// Opens the books of a run. `intakes` has one for each workspace.
    ///
    /// The cost is that of the changes of the accounts' states, once a workspace.
    pub fn of(scenario: &Scenario, history: &History, intakes: Vec<Intake>) -> Books {
        let end = history.end;
        let accounts: Vec<Vec<ByTime<Disposition>>> =
            history.clusters.iter().map(of_accounts).collect();
        let clusters: Vec<ByTime<Condition>> = accounts
            .iter()
            .enumerate()
            .map(|(index, accounts)| condition::of_cluster(index, accounts))
            .collect();
        let workspaces = intakes
            .into_iter()
            .zip(&history.workspaces)
            .map(|(intake, workspace)| {
                let mut posting = Posting::new(&scenario.behaviour, workspace, end);
                for (from, until, route) in intervals(&workspace.route, end) {
                    match route {
                        Route::SharedStore => posting.shared_store(from, until),
                        Route::NotProvisioned(_) => unreachable!("no event changes a route"),
                        Route::Cluster(cluster) => {
                            for account in
                                counterparts(&history.clusters[cluster], &accounts[cluster])
                            {
                                posting.storage_account(account, from, until);
                            }
                        }
                    }
                }
                let ledger = posting.finish();
                let start = ledger.opening(&intake);
                let conditions = condition::along(&workspace.route, &clusters, end);
                WorkspaceBooks {
                    intake,
                    ledger,
                    conditions,
                    start,
                }
            });
        Books {
            workspaces: workspaces.collect(),
            clusters,
            end,
        }
    }

    /// Where the bytes of a workspace are at `t`, which lies within the run or at its end.
    pub fn balance(&self, workspace: usize, t: Time) -> Balance {
        self.workspaces[workspace].balance(t)
    }

    /// A workspace's condition by time.
    pub fn conditions(&self, workspace: usize) -> &ByTime<Condition> {
        &self.workspaces[workspace].conditions
    }

    /// What arrives at a workspace.
    pub fn intake(&self, workspace: usize) -> &Intake {
        &self.workspaces[workspace].intake
    }
}

impl WorkspaceBooks {
    /// What came into a place since the start of the run, up to and at the instant of `places`.
    pub(super) fn since_start(&self, places: &Places, place: Place) -> Volume {
        places.ever_in(place) - self.start.ever_in(place)
    }

    /// What was in a place at the start.
    fn stored_at_start(&self) -> Volume {
        self.start.in_place(Place::CustomerKey) + self.start.in_place(Place::MicrosoftKey)
    }

    fn balance(&self, t: Time) -> Balance {
        self.balance_of(&self.ledger.at(&self.intake, t), t)
    }

    pub(super) fn balance_of(&self, places: &Places, t: Time) -> Balance {
        let offered = self.intake.offered_at(t) - self.intake.offered_at(Time::START);
        let accepted = self.intake.accepted_at(t) - self.intake.accepted_at(Time::START);
        let stored = places.in_place(Place::CustomerKey) + places.in_place(Place::MicrosoftKey);
        let in_force = self
            .conditions
            .partition_point(|condition| condition.0 <= t);
        let fail = self.conditions[in_force - 1].1.queries_fail;
        Balance {
            initial: self.stored_at_start(),
            offered: Volume::from_bytes(offered),
            rejected: Volume::from_bytes(offered - accepted),
            dropped_revoked: self.since_start(places, Place::DroppedRevoked),
            dropped_buffer_expired: self.since_start(places, Place::DroppedBufferExpired),
            dropped_not_provisioned: Volume::ZERO,
            buffered: places.in_place(Place::Buffered),
            stored_customer_key: places.in_place(Place::CustomerKey),
            stored_microsoft_key: places.in_place(Place::MicrosoftKey),
            accessible: if fail { Volume::ZERO } else { stored },
            hot: places.in_place(Place::Hot),
            purged: self.since_start(places, Place::Purged),
            destroyed: self.since_start(places, Place::Destroyed),
        }
    }
}

fn of_accounts(cluster: &ClusterHistory) -> Vec<ByTime<Disposition>> {
    cluster
        .accounts
        .iter()
        .map(|account| dispositions(account, cluster))
        .collect()
}

/// The storage accounts of a cluster, each with its share of a workspace's bytes.
fn counterparts<'a>(
    cluster: &'a ClusterHistory,
    dispositions: &'a [ByTime<Disposition>],
) -> impl Iterator<Item = Counterpart<'a>> {
    let of = u32::try_from(cluster.accounts.len()).expect("fewer than 2^32 accounts");
    cluster.accounts.iter().zip(dispositions).zip(0..).map(
        move |((account, dispositions), number)| Counterpart {
            share: Share {
                account: number,
                of,
            },
            cluster,
            account,
            dispositions,
        },
    )
}
