//! How a cluster goes, and comes back or not.

use cmksim::model::{ClusterLife, Reason, Route};
use cmksim::scenario::{Measure, Rule};
use cmksim::units::Time;

use super::{
    AT_WORK, DAY, HOUR, after, gb, lived, lived_in, lived_with, minute, minutes_of, refusals,
};

const DELETE: &str = "[[event]]\nname = \"delete\"\nat = \"1h\"\nkind = \"delete_cluster\"\n";

/// When the cluster of [`DELETE`] is gone: its workspace left first.
const GONE: i64 = HOUR + 90;

fn recover(at: &str) -> String {
    format!("[[event]]\nat = \"{at}\"\nkind = \"recover_cluster\"\n")
}

fn create(at: &str) -> String {
    format!("[[event]]\nat = \"{at}\"\nkind = \"create_cluster\"\ncluster = \"secure\"\n")
}

#[test]
fn a_cluster_without_workspaces_is_deleted_at_once() {
    let empty = AT_WORK.replace(
        "cluster = \"secure\"\ningestion",
        "cluster = \"none\"\ningestion",
    );
    let replay = lived("10h", &[&empty, DELETE]);
    assert_eq!(
        *replay.history.clusters[0].life,
        [
            (Time::BEGINNING, ClusterLife::Provisioned),
            (minute(HOUR), ClusterLife::SoftDeleted),
        ]
    );
}

/// Then new data goes to the shared store, under a Microsoft key.
#[test]
fn a_cluster_with_workspaces_is_deleted_when_they_have_left() {
    let replay = lived("10h", &[AT_WORK, DELETE]);
    assert_eq!(
        *replay.history.clusters[0].life,
        [
            (Time::BEGINNING, ClusterLife::Provisioned),
            (minute(GONE), ClusterLife::SoftDeleted),
        ]
    );
    assert_eq!(
        *replay.history.workspaces[0].route,
        [
            (Time::BEGINNING, Route::Cluster(0)),
            (minute(GONE), Route::SharedStore),
        ]
    );
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.dropped(), gb(0));
    assert_eq!(end.stored_customer_key, gb(GONE));
    assert_eq!(end.stored_microsoft_key, gb(10 * HOUR - GONE));
    assert_eq!(end.accessible, end.stored_microsoft_key);
}

/// The page says the one in one place and the other in another; a parameter chooses.
#[test]
fn or_its_deletion_is_refused() {
    let fail = "delete_with_workspaces = \"fail\"";
    let replay = lived_with("10h", fail, &[AT_WORK, DELETE]);
    let refused = (Reason::HasWorkspaces, Rule::ClusterDeletion);
    assert_eq!(refusals(&replay), [refused]);
    let works = [(Time::BEGINNING, ClusterLife::Provisioned)];
    assert_eq!(*replay.history.clusters[0].life, works);
}

/// Fourteen days after it is gone, and not before.
#[test]
fn a_deleted_cluster_and_its_data_are_lost_after_14_days() {
    let replay = lived("20d", &[AT_WORK, DELETE]);
    let lost = GONE + 14 * DAY;
    assert_eq!(replay.history.clusters[0].lost, [minute(lost)]);
    let before = after(&replay, lost - 1);
    assert_eq!(
        (before.destroyed, before.stored_customer_key),
        (gb(0), gb(GONE))
    );
    let then = after(&replay, lost);
    assert_eq!(
        (then.destroyed, then.stored_customer_key),
        (gb(GONE), gb(0))
    );
    assert_eq!(then.stored_microsoft_key, gb(lost - GONE));
}

#[test]
fn the_name_stays_reserved_until_the_cluster_is_lost() {
    let replay = lived("20d", &[AT_WORK, DELETE, &create("14d"), &create("15d")]);
    let refused = (Reason::NameReserved, Rule::NameReserved);
    assert_eq!(refusals(&replay), [refused]);
    assert_eq!(
        replay.history.clusters[0].life[2..],
        [
            (minute(GONE + 14 * DAY), ClusterLife::Absent),
            (minute(15 * DAY), ClusterLife::Provisioning),
            (minute(15 * DAY + 3 * HOUR), ClusterLife::Provisioned),
        ]
    );
    // It is another cluster: nothing of the first is in it, and it has no key.
    assert_eq!(after(&replay, 20 * DAY).destroyed, gb(GONE));
    let keys = &replay.history.clusters[0].customer_key;
    assert_eq!(keys.last().map(|entry| entry.1), Some(false));
}

/// From 2025 on a deletion is permanent: what is lost is lost at once, and the name is not free yet.
#[test]
fn from_2025_on_the_loss_is_counted_at_once_and_the_name_stays_reserved() {
    let world = [AT_WORK, DELETE, &create("14d"), &create("15d")];
    for (edition, lost) in [
        ("2023-06", GONE + 14 * DAY),
        ("2025-03", GONE),
        ("2026-04", GONE),
    ] {
        let replay = lived_in(&format!("edition = \"{edition}\""), "20d", "", &world);
        assert_eq!(replay.history.clusters[0].lost, [minute(lost)], "{edition}");
        let refused = (Reason::NameReserved, Rule::NameReserved);
        assert_eq!(refusals(&replay), [refused], "{edition}");
        let before = after(&replay, lost - 1);
        assert_eq!(
            (before.destroyed, after(&replay, lost).destroyed),
            (gb(0), gb(GONE))
        );
        let life = &replay.history.clusters[0].life;
        let free = (minute(15 * DAY), ClusterLife::Provisioning);
        assert!(life.contains(&free), "{edition}: {life:?}");
    }
    // Each has its own parameter.
    let parameters = "cluster_data_kept = \"1d\"\ncluster_name_reserved = \"2d\"";
    let world = [AT_WORK, DELETE, &create("1d 12h"), &create("3d")];
    let replay = lived_with("20d", parameters, &world);
    assert_eq!(replay.history.clusters[0].lost, [minute(GONE + DAY)]);
    assert_eq!(
        refusals(&replay),
        [(Reason::NameReserved, Rule::NameReserved)]
    );
    // A cluster that can be recovered keeps its name in any case.
    let parameters = "cluster_data_kept = \"2d\"\ncluster_name_reserved = \"1d\"";
    let world = [AT_WORK, DELETE, &create("1d 12h"), &recover("1d 13h")];
    let replay = lived_with("20d", parameters, &world);
    assert_eq!(
        refusals(&replay),
        [(Reason::NameReserved, Rule::NameReserved)]
    );
    assert_eq!(replay.history.clusters[0].lost, []);
}

/// Two days of somebody's work; then its accounts ask for their key as after a revocation, and
/// half an hour after that all of its data can be read again.
#[test]
fn a_deleted_cluster_is_recovered_with_its_data() {
    let replay = lived("20d", &[AT_WORK, DELETE, &recover("5d")]);
    assert_eq!(
        replay.history.clusters[0].life[1..],
        [
            (minute(GONE), ClusterLife::SoftDeleted),
            (minute(7 * DAY), ClusterLife::Provisioned),
        ]
    );
    let then = |minutes| after(&replay, minutes).accessible;
    assert_eq!(then(7 * DAY + 29), gb(7 * DAY + 29 - GONE));
    assert_eq!(then(7 * DAY + 31), gb(7 * DAY + 31));
    assert_eq!(after(&replay, 20 * DAY).destroyed, gb(0));
    // Its workspaces are not back.
    let end = after(&replay, 20 * DAY);
    assert_eq!(end.stored_customer_key, gb(GONE));
}

/// It was gone for no time, and yet its hot cache is.
#[test]
fn a_deletion_that_is_undone_at_once_deletes_the_hot_cache() {
    let unkeyed = AT_WORK.replace("key = { version = \"1\" }", "key = \"none\"");
    let parameters = "cluster_recovery_duration = \"0s\"";
    let world = [&unkeyed[..], DELETE, &recover("150m")];
    let replay = lived_with("20d", parameters, &world);
    let cluster = &replay.history.clusters[0];
    assert_eq!(cluster.deleted, [minute(GONE)]);
    let life = [(Time::BEGINNING, ClusterLife::Provisioned)];
    assert_eq!(*cluster.life, life);
    let hot = |minutes| after(&replay, minutes).hot;
    assert_eq!((hot(GONE - 1), hot(GONE)), (gb(GONE - 1), gb(0)));
    let stored = after(&replay, 20 * DAY).accessible;
    assert_eq!(stored, gb(20 * DAY));

    // With a key it is revoked too, and recovers from then on.
    let keyed = lived_with("20d", parameters, &[AT_WORK, DELETE, &recover("150m")]);
    assert_eq!(minutes_of(&keyed, Measure::TimeToRecover), 30);

    // What waits meanwhile is not in it, and gets there.
    let outage = "[[event]]\nat = \"2h\"\nkind = \"storage_outage\"\nduration = \"1h\"\n";
    let world = [&unkeyed[..], DELETE, &recover("150m"), outage];
    let replay = lived_with("20d", parameters, &world);
    let hot = |minutes| after(&replay, minutes).hot;
    assert_eq!((hot(GONE - 1), hot(GONE)), (gb(2 * HOUR), gb(0)));
    assert_eq!((hot(3 * HOUR - 1), hot(3 * HOUR)), (gb(0), gb(30)));
}

#[test]
fn after_a_recovery_workspaces_are_associated_again() {
    let associate = "[[event]]\nat = \"8d\"\nkind = \"associate_workspace\"\n";
    let replay = lived("20d", &[AT_WORK, DELETE, &recover("5d"), associate]);
    assert_eq!(refusals(&replay), []);
    let back = 8 * DAY + 90;
    let route = &replay.history.workspaces[0].route;
    assert_eq!(route[2..], [(minute(back), Route::Cluster(0))]);
    let end = after(&replay, 20 * DAY);
    assert_eq!(end.stored_customer_key, gb(GONE + 20 * DAY - back));
    assert_eq!(end.stored_microsoft_key, gb(back - GONE));
}

#[test]
fn after_14_days_there_is_nothing_to_recover() {
    let replay = lived("20d", &[AT_WORK, DELETE, &recover("15d")]);
    let late = (Reason::RecoveryTooLate, Rule::ClusterSoftDelete);
    assert_eq!(refusals(&replay), [late]);
    let replay = lived("20d", &[AT_WORK, &recover("1d")]);
    let alive = (Reason::ClusterNotDeleted, Rule::ClusterRecovery);
    assert_eq!(refusals(&replay), [alive]);
}

#[test]
fn what_is_deleted_takes_no_requests() {
    let mut events = String::new();
    for asked in [
        "update_cluster_key\"\nversion = \"2",
        "associate_workspace",
        "set_capacity_reservation\"\ncapacity_reservation = \"2 TB/day",
        "delete_cluster",
    ] {
        events.push_str(&format!("[[event]]\nat = \"1d\"\nkind = \"{asked}\"\n"));
    }
    let replay = lived("10d", &[AT_WORK, DELETE, &events]);
    let refused = (Reason::ClusterMissing, Rule::ClusterSoftDelete);
    assert_eq!(refusals(&replay), [refused; 4]);
}

/// A cluster that is going takes no new workspace; one that gets a workspace does not go.
#[test]
fn a_deletion_and_an_association_do_not_cross() {
    let free = "[[workspace]]\nname = \"free\"\ncluster = \"none\"\ningestion = \"0 B/day\"\n";
    let associate = |at: &str| {
        format!("[[event]]\nat = \"{at}\"\nkind = \"associate_workspace\"\nworkspace = \"free\"\n")
    };
    let replay = lived("10h", &[AT_WORK, free, DELETE, &associate("2h")]);
    let going = (Reason::ClusterDeleting, Rule::ClusterDeletion);
    assert_eq!(refusals(&replay), [going]);
    let replay = lived("10h", &[AT_WORK, free, DELETE, &associate("30m")]);
    let coming = (Reason::AssociationInProgress, Rule::ClusterDeletion);
    assert_eq!(refusals(&replay), [coming]);
}

/// Later editions of the page know no recovery.
#[test]
fn from_2023_on_nothing_is_recovered() {
    let replay = lived_in(
        "edition = \"2023-06\"",
        "20d",
        "",
        &[AT_WORK, DELETE, &recover("5d")],
    );
    let refused = (Reason::NoRecovery, Rule::ClusterRecovery);
    assert_eq!(refusals(&replay), [refused]);
}
