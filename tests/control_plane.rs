//! What no sequence of operations may break, over random lives of clusters and workspaces.

use std::collections::{BTreeMap, BTreeSet};

use cmksim::accounting::Balance;
use cmksim::experiment::{Replay, replay};
use cmksim::kernel::{StepFunction, never};
use cmksim::model::{AccessState, ClusterLife, History, Options, Reason, Route, Subject, What};
use cmksim::scenario::{Action, Event, Measure, Scenario, Scope, Timing, Value};
use cmksim::units::{Duration, Time};

use crate::lives::life;
use crate::worlds::{seeds, shown};

fn replayed(scenario: &Scenario) -> Replay {
    let traces = scenario.workspaces.iter().map(|_| None).collect::<Vec<_>>();
    let options = Options {
        replication: 0,
        every_poll: false,
    };
    replay(scenario, &traces, options, &never)
        .unwrap_or_else(|error| panic!("{error}, {}", shown(scenario)))
}

fn at<T: Copy>(history: &StepFunction<T>, t: Time) -> T {
    history[history.partition_point(|entry| entry.0 <= t) - 1].1
}

/// The intervals in which something holds.
fn held<T: Copy>(
    history: &StepFunction<T>,
    end: Time,
    holds: impl Fn(T) -> bool,
) -> Vec<(Time, Time)> {
    let until = |index: usize| history.get(index + 1).map_or(end, |next| next.0);
    let entries = history.iter().enumerate();
    let held = entries.filter(|(_, entry)| holds(entry.1));
    held.map(|(index, entry)| (entry.0.max(Time::START), until(index)))
        .filter(|(from, until)| from < until)
        .collect()
}

#[test]
fn no_sequence_of_operations_breaks_an_invariant() {
    for seed in seeds(3_000) {
        let scenario = life(seed);
        let replay = replayed(&scenario);
        let history = &replay.history;
        let told = || shown(&scenario);
        one_operation_at_a_time(&scenario, history).unwrap_or_else(|of| panic!("{of}, {}", told()));
        for (index, cluster) in history.clusters.iter().enumerate() {
            let there = |t| at(&cluster.life, t) == ClusterLife::Provisioned;
            for (from, until) in held(&cluster.polls, history.end, |answers| answers.is_some()) {
                // Polls of the instant in which it is deleted may have taken place before.
                let last = until - Duration::from_millis(2);
                let keyed = last < from || at(&cluster.customer_key, from);
                assert!(keyed, "cluster {index} polls without a key, {}", told());
                assert!(
                    last < from || there(from) && there(last),
                    "cluster {index} in {from:?}..{until:?}: {:?}, {}",
                    cluster.life,
                    told()
                );
            }
            for account in &cluster.accounts {
                for &(t, access) in &account.access {
                    let gone = access == AccessState::Gone;
                    assert_eq!(gone, !there(t), "cluster {index} at {t:?}, {}", told());
                }
            }
        }
        for (index, workspace) in history.workspaces.iter().enumerate() {
            for &(t, route) in &workspace.route {
                if let Route::Cluster(cluster) | Route::NotProvisioned(cluster) = route {
                    let life = at(&history.clusters[cluster].life, t);
                    let there = life == ClusterLife::Provisioned;
                    let to_it = matches!(route, Route::Cluster(_));
                    assert_eq!(there, to_it, "workspace {index} at {t:?}, {}", told());
                }
            }
            for t in instants(history) {
                let balance = replay.books.balance(index, t);
                let most = readable_at_most(&scenario, &replay, index, t);
                let read = balance.accessible.bytes();
                assert!(read <= most, "{read} B of {most} B at {t:?}, {}", told());
            }
        }
    }
}

/// Some instants at which something happened, and the end.
fn instants(history: &History) -> impl Iterator<Item = Time> + '_ {
    let changes = history.log.iter().map(|change| change.time).step_by(7);
    changes.chain([history.end])
}

/// What a workspace sent anywhere but to clusters that are not there at `t`.
fn readable_at_most(scenario: &Scenario, replay: &Replay, workspace: usize, t: Time) -> u64 {
    let intake = replay.books.intake(workspace);
    let route = &replay.history.workspaces[workspace].route;
    let first = Time::START - scenario.workspaces[workspace].history;
    let mut bytes = 0;
    for (index, &(from, route_then)) in route.iter().enumerate() {
        let until = route.get(index + 1).map_or(t, |next| next.0).min(t);
        let readable = match route_then {
            Route::SharedStore => true,
            Route::NotProvisioned(_) => false,
            Route::Cluster(cluster) => {
                at(&replay.history.clusters[cluster].life, t) == ClusterLife::Provisioned
            }
        };
        let from = from.max(first);
        if readable && from < until {
            bytes += intake.accepted_at(until) - intake.accepted_at(from);
        }
    }
    bytes
}

/// A cluster runs one operation, and a workspace is associated with one cluster.
fn one_operation_at_a_time(scenario: &Scenario, history: &History) -> Result<(), String> {
    let mut running = BTreeMap::new();
    for change in &history.log {
        let Some(cause) = change.cause else { continue };
        let operation_of = match &scenario.events[cause.event].action {
            Action::UpdateClusterKey { cluster, .. }
            | Action::CreateCluster { cluster, .. }
            | Action::DeleteCluster { cluster }
            | Action::RecoverCluster { cluster } => ("cluster", *cluster),
            Action::AssociateWorkspace { workspace, .. }
            | Action::DisassociateWorkspace { workspace } => ("workspace", *workspace),
            _ => continue,
        };
        match change.what {
            What::OperationStarted => {
                if let Some(other) = running.insert(operation_of, cause) {
                    return Err(format!("{cause:?} of {operation_of:?} beside {other:?}"));
                }
            }
            What::OperationSucceeded | What::OperationFailed(_) => {
                // A newer version that a cluster found by itself is nobody's operation.
                running.remove_entry(&operation_of);
            }
            _ => {}
        }
    }
    Ok(())
}

/// How often each refusal comes up at least.
const REASONS: [(Reason, u32); 26] = [
    (Reason::OperationInProgress, 50),
    (Reason::SubscriptionNotAllowed, 10),
    (Reason::TooManyClusters, 50),
    (Reason::NameReserved, 5),
    (Reason::ClusterExists, 10),
    (Reason::CapacityNotALevel, 10),
    (Reason::CapacityLocked, 3),
    (Reason::IdentityMissing, 10),
    (Reason::OtherRegion, 3),
    (Reason::OtherTenant, 3),
    (Reason::ClusterMissing, 50),
    (Reason::ClusterDeleting, 1),
    (Reason::HasWorkspaces, 10),
    (Reason::AssociatedElsewhere, 10),
    (Reason::AssociatedAlready, 10),
    (Reason::NotAssociated, 10),
    (Reason::AssociationInProgress, 10),
    (Reason::TooManyAssociations, 10),
    (Reason::ClusterNotDeleted, 10),
    (Reason::NoRecovery, 3),
    (Reason::RecoveryTooLate, 3),
    (Reason::TooManyReserved, 1),
    (Reason::TooManyWorkspaces, 3),
    (Reason::UnwrapMissing, 1),
    (Reason::VersionDisabled, 1),
    (Reason::VaultNotRecoverable, 1),
];

/// Every reason that the control plane has must come up, so that the worlds above prove
/// something.
#[test]
fn everything_happens_in_some_life() {
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    let (mut routes, mut lives) = (BTreeSet::new(), BTreeSet::new());
    let (mut not_provisioned, mut destroyed, mut recovered, mut rotated, mut reacted) =
        (0, 0, 0, 0, 0);
    for seed in seeds(3_000) {
        let scenario = life(seed);
        let replay = replayed(&scenario);
        for change in &replay.history.log {
            match change.what {
                What::OperationRejected(reason) | What::OperationFailed(reason) => {
                    *reasons.entry(format!("{reason:?}")).or_default() += 1;
                }
                What::Routed(route) => _ = routes.insert(route.name()),
                What::Life { from, to } => _ = lives.insert((from, to)),
                _ => {}
            }
            let succeeded = change.what == What::OperationSucceeded;
            let by_itself = matches!(change.subject, Subject::Key { .. })
                && change.rule == cmksim::scenario::Rule::Autorotation;
            rotated += u32::from(succeeded && by_itself);
            let seen = |event: &Event| matches!(event.timing, Timing::Seen(_));
            let by_response = change
                .cause
                .is_some_and(|cause| seen(&scenario.events[cause.event]));
            reacted += u32::from(by_response);
        }
        let total = |measure| match replay.measures.get(Scope::Total, measure) {
            Some(Value::Volume(volume)) => volume.bytes(),
            other => panic!("{measure:?} is {other:?}"),
        };
        not_provisioned += u32::from(total(Measure::DroppedNotProvisioned) > 0);
        let lost = |cluster: &cmksim::model::ClusterHistory| !cluster.lost.is_empty();
        let any_lost = replay.history.clusters.iter().any(lost);
        destroyed += u32::from(any_lost && total(Measure::Destroyed) > 0);
        let back = (ClusterLife::SoftDeleted, ClusterLife::Provisioned);
        recovered += u32::from(lives.remove(&back));
    }
    lives.insert((ClusterLife::SoftDeleted, ClusterLife::Provisioned));
    for (reason, least) in REASONS {
        let came_up = reasons.get(&format!("{reason:?}")).copied().unwrap_or(0);
        assert!(came_up >= least, "{reason:?}: {came_up}; {reasons:?}");
    }
    assert_eq!(routes.len(), 3, "{routes:?}");
    assert_eq!(lives.len(), 5, "{lives:?}");
    for (what, count) in [
        ("dropped, not provisioned", not_provisioned),
        ("destroyed with a cluster", destroyed),
        ("recovered", recovered),
        ("rotated", rotated),
        ("reacted", reacted),
    ] {
        assert!(count >= 30, "{what}: {count} of 3 000");
    }
}

#[test]
fn what_a_lost_cluster_held_is_nowhere_to_be_read() {
    let empty = Balance::default();
    let mut checked = 0;
    for seed in seeds(2_000) {
        let scenario = life(seed);
        let replay = replayed(&scenario);
        for (index, workspace) in replay.history.workspaces.iter().enumerate() {
            // All it ever sent went to one cluster that is lost at the end.
            let [(_, Route::Cluster(cluster)), (left, Route::SharedStore)] = workspace.route[..]
            else {
                continue;
            };
            if replay.history.clusters[cluster].lost.is_empty() {
                continue;
            }
            let intake = replay.books.intake(index);
            let end = replay.history.end;
            let since = intake.accepted_at(end) - intake.accepted_at(left);
            let balance = replay.books.balance(index, end);
            assert!(balance.stored().bytes() <= since, "{}", shown(&scenario));
            assert_eq!(balance.buffered, empty.buffered, "{}", shown(&scenario));
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} workspaces");
}
