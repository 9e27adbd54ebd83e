//! The states of a cluster's storage accounts by time, as strips and pictures show them.

use crate::kernel::StepFunction;
use crate::model::{AccessState, AccountHistory, ClusterHistory, ClusterLife};
use crate::units::Time;

/// What is shown of a storage account, the worse the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Serving,
    /// Its cluster was not asked for yet, is not ready, or was lost for good.
    NotThere,
    Revoking,
    RecoveringFromOutage,
    StorageDown,
    Isolated,
    RecoveringFromRevocation,
    Revoked,
    /// With its cluster, which can be recovered.
    Deleted,
}

impl State {
    pub(super) const ALL: [State; 9] = [
        State::Serving,
        State::NotThere,
        State::Revoking,
        State::RecoveringFromOutage,
        State::StorageDown,
        State::Isolated,
        State::RecoveringFromRevocation,
        State::Revoked,
        State::Deleted,
    ];

    /// Its name in legends.
    pub(super) const fn name(self) -> &'static str {
        match self {
            State::Serving => "serving",
            State::NotThere => "not there",
            State::Revoking => "revoking",
            State::RecoveringFromOutage => "recovering from outage",
            State::StorageDown => "storage down",
            State::Isolated => "isolated",
            State::RecoveringFromRevocation => "recovering from revocation",
            State::Revoked => "revoked",
            State::Deleted => "deleted",
        }
    }

    /// Storage that is down hides an account that would answer.
    fn of(access: AccessState, storage_down: bool, life: ClusterLife) -> State {
        match access {
            _ if access.answers() && storage_down => State::StorageDown,
            AccessState::Serving => State::Serving,
            AccessState::Revoking => State::Revoking,
            AccessState::Isolated => State::Isolated,
            AccessState::RecoveringFromOutage => State::RecoveringFromOutage,
            AccessState::Revoked => State::Revoked,
            AccessState::RecoveringFromRevocation => State::RecoveringFromRevocation,
            AccessState::Gone if life == ClusterLife::SoftDeleted => State::Deleted,
            AccessState::Gone => State::NotThere,
        }
    }
}

/// How many accounts are in each [`State`].
pub(super) type Census = [u32; State::ALL.len()];

/// The states of one account, from the start of the run.
pub(super) fn of_account(
    cluster: &ClusterHistory,
    account: &AccountHistory,
) -> StepFunction<State> {
    let times = account
        .access
        .iter()
        .map(|entry| entry.0)
        .chain(cluster.storage_outage.iter().map(|entry| entry.0))
        .chain(cluster.life.iter().map(|entry| entry.0));
    let mut times: Vec<Time> = times.collect();
    times.sort_unstable();
    times.dedup();
    let mut states: StepFunction<State> = StepFunction::default();
    for t in times {
        let state = State::of(
            account.access.in_force(t),
            cluster.storage_outage.in_force(t),
            cluster.life.in_force(t),
        );
        states.record(t, state);
    }
    states
}

/// How many accounts of a cluster are in which state, from the start of the run.
pub(super) fn census(cluster: &ClusterHistory) -> StepFunction<Census> {
    let mut moves: Vec<(Time, State, Option<State>)> = Vec::new();
    for account in &cluster.accounts {
        let mut before = None;
        for &(t, state) in &of_account(cluster, account) {
            moves.push((t, state, before));
            before = Some(state);
        }
    }
    moves.sort_unstable_by_key(|entry| entry.0);
    let mut by_time: StepFunction<Census> = StepFunction::default();
    let mut census = Census::default();
    for (t, state, before) in moves {
        census[state as usize] += 1;
        if let Some(before) = before {
            census[before as usize] -= 1;
        }
        by_time.record(t, census);
    }
    by_time
}
