//! How a workspace comes to a cluster and leaves it, and where its data is then.

use cmksim::model::{Reason, Route};
use cmksim::scenario::Rule;
use cmksim::units::Time;

use super::{
    AT_WORK, DAY, HOUR, NOTHING_YET, after, gb, lived, lived_in, lived_with, minute, refusals,
};

const FREE: &str = "[[workspace]]\nname = \"free\"\ncluster = \"none\"\n\
                    ingestion = \"1 GB/min\"\nhistory = \"0d\"\n";

fn associate(at: &str, workspace: &str, cluster: &str) -> String {
    format!(
        "[[event]]\nat = \"{at}\"\nkind = \"associate_workspace\"\n\
         workspace = \"{workspace}\"\ncluster = \"{cluster}\"\n"
    )
}

fn disassociate(at: &str) -> String {
    format!("[[event]]\nat = \"{at}\"\nkind = \"disassociate_workspace\"\nworkspace = \"logs\"\n")
}

/// The world of a workspace in the shared store, beside a cluster with a key.
fn beside() -> String {
    AT_WORK.replace(
        "cluster = \"secure\"\ningestion",
        "cluster = \"none\"\ningestion",
    )
}

/// Until it is done data goes to the shared store, under a Microsoft key.
#[test]
fn an_association_takes_up_to_90_minutes() {
    let replay = lived("10h", &[&beside(), &associate("1h", "logs", "secure")]);
    let done = HOUR + 90;
    assert_eq!(
        *replay.history.workspaces[0].route,
        [
            (Time::BEGINNING, Route::SharedStore),
            (minute(done), Route::Cluster(0)),
        ]
    );
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.stored_microsoft_key, gb(done));
    assert_eq!(end.stored_customer_key, gb(10 * HOUR - done));
    assert_eq!(end.accessible, gb(10 * HOUR), "old and new data");
}

/// Until it is done data goes to the cluster, then to the shared store.
#[test]
fn a_disassociation_takes_up_to_90_minutes() {
    let replay = lived("10h", &[AT_WORK, &disassociate("1h")]);
    let done = HOUR + 90;
    assert_eq!(
        *replay.history.workspaces[0].route,
        [
            (Time::BEGINNING, Route::Cluster(0)),
            (minute(done), Route::SharedStore),
        ]
    );
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.stored_customer_key, gb(done));
    assert_eq!(end.stored_microsoft_key, gb(10 * HOUR - done));
    assert_eq!(end.accessible, gb(10 * HOUR), "old and new data");
}

/// What the cluster holds needs its key as before; what came since does not.
#[test]
fn old_data_is_read_after_a_disassociation_while_the_key_is_valid() {
    let off =
        "[[event]]\nat = \"5h\"\nkind = \"disable_key\"\nversion = \"1\"\nduration = \"3h\"\n";
    let replay = lived("10h", &[AT_WORK, &disassociate("1h"), off]);
    let left = HOUR + 90;
    // Enforced after an hour; the key is back at 8h, all of it at 8h 31m at the latest.
    let then = |minutes| after(&replay, minutes).accessible;
    assert_eq!(then(6 * HOUR - 1), gb(6 * HOUR - 1));
    assert_eq!(then(6 * HOUR + 1), gb(6 * HOUR + 1 - left));
    assert_eq!(then(8 * HOUR + 29), gb(8 * HOUR + 29 - left));
    assert_eq!(then(8 * HOUR + 31), gb(8 * HOUR + 31));
    assert_eq!(after(&replay, 10 * HOUR).dropped(), gb(0));
}

/// Two days of retention, counted from the arrival, wherever the data is.
#[test]
fn retention_goes_on_through_a_move() {
    let short = AT_WORK.replace("history", "retention = \"2d\"\nhistory");
    let replay = lived("10d", &[&short, &disassociate("1d")]);
    let left = DAY + 90;
    let then = after(&replay, 2 * DAY + HOUR);
    assert_eq!((then.purged, then.stored()), (gb(HOUR), gb(2 * DAY)));
    assert_eq!(then.stored_customer_key, gb(left - HOUR));
    let then = after(&replay, 4 * DAY);
    assert_eq!(
        (then.purged, then.stored_customer_key),
        (gb(2 * DAY), gb(0))
    );
    assert_eq!(then.stored_microsoft_key, gb(2 * DAY));
}

/// Asked for at 1h, provisioned at 4h: what is sent meanwhile from the association on is lost.
#[test]
fn data_before_provisioning_is_dropped() {
    let create = "[[event]]\nat = \"1h\"\nkind = \"create_cluster\"\ncluster = \"secure\"\n\
                  storage_accounts = 1\n";
    let replay = lived(
        "10h",
        &[NOTHING_YET, create, &associate("2h", "logs", "secure")],
    );
    assert_eq!(
        *replay.history.workspaces[0].route,
        [
            (Time::BEGINNING, Route::SharedStore),
            (minute(2 * HOUR), Route::NotProvisioned(0)),
            (minute(4 * HOUR), Route::Cluster(0)),
        ]
    );
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.dropped_not_provisioned, gb(2 * HOUR));
    assert_eq!(end.dropped(), gb(2 * HOUR));
    assert_eq!(end.stored(), gb(8 * HOUR));
    // Who waits loses nothing.
    let replay = lived(
        "10h",
        &[NOTHING_YET, create, &associate("4h", "logs", "secure")],
    );
    assert_eq!(after(&replay, 10 * HOUR).dropped(), gb(0));
}

#[test]
fn a_workspace_of_another_cluster_cannot_be_associated() {
    let second = "[[cluster]]\nname = \"second\"\n";
    let world = [AT_WORK, second, &associate("1h", "logs", "second")];
    let refused = (Reason::AssociatedElsewhere, Rule::OneCluster);
    assert_eq!(refusals(&lived("10h", &world)), [refused]);
    // Once it has left, it can.
    let left = disassociate("1h");
    let world = [
        AT_WORK,
        second,
        &left,
        &associate("2h 30m", "logs", "second"),
    ];
    assert_eq!(refusals(&lived("10h", &world)), []);
    let again = [AT_WORK, &associate("1h", "logs", "secure")];
    let refused = (Reason::AssociatedAlready, Rule::OneCluster);
    assert_eq!(refusals(&lived("10h", &again)), [refused]);
}

/// Accepted on days 1 and 3: the third may come on day 31, when the first no longer counts.
#[test]
fn a_third_association_in_30_days_is_refused() {
    let world = |third: &str| {
        let associate = |at: &str| associate(at, "logs", "secure");
        let events = [
            associate("1d"),
            disassociate("2d"),
            associate("3d"),
            disassociate("4d"),
            associate(third),
        ];
        refusals(&lived("60d", &[&beside(), &events.concat()]))
    };
    let refused = (Reason::TooManyAssociations, Rule::AssociationLimit);
    assert_eq!(world("5d"), [refused]);
    assert_eq!(world("30d 23h"), [refused]);
    assert_eq!(world("31d"), []);
}

/// Of the page of November 2020 and later ones: 1 000 workspaces in a cluster.
#[test]
fn a_cluster_takes_1000_workspaces() {
    let mut world = String::from("[[cluster]]\nname = \"secure\"\nstorage_accounts = 1\n");
    for number in 0..999 {
        world += &format!("[[workspace]]\nname = \"w{number}\"\ningestion = \"0 B/day\"\n");
    }
    for name in ["first", "second"] {
        world += &format!(
            "[[workspace]]\nname = \"{name}\"\ncluster = \"none\"\ningestion = \"0 B/day\"\n"
        );
    }
    let associations = associate("1h", "first", "secure") + &associate("1h", "second", "secure");
    let refused = (Reason::TooManyWorkspaces, Rule::WorkspacesPerCluster);
    for (edition, expected) in [
        ("2020-06", &[][..]),
        ("2020-11", &[refused]),
        ("2026-04", &[refused]),
    ] {
        let edition = format!("edition = \"{edition}\"");
        let replay = lived_in(&edition, "10h", "", &[&world, &associations]);
        assert_eq!(refusals(&replay), expected, "{edition}");
    }
}

/// What is under way has to end before the next is asked for.
#[test]
fn one_change_of_an_association_at_a_time() {
    let first = associate("1h", "free", "secure");
    let leave = "[[event]]\nat = \"2h\"\nkind = \"disassociate_workspace\"\nworkspace = \"free\"\n";
    let replay = lived("10h", &[AT_WORK, FREE, &first, leave]);
    let refused = (Reason::AssociationInProgress, Rule::Disassociation);
    assert_eq!(refusals(&replay), [refused]);
    let later = leave.replace("2h", "2h 30m");
    assert_eq!(
        refusals(&lived("10h", &[AT_WORK, FREE, &first, &later])),
        []
    );
    let never = leave.replace("2h", "0s");
    let refused = (Reason::NotAssociated, Rule::Disassociation);
    assert_eq!(refusals(&lived("10h", &[AT_WORK, FREE, &never])), [refused]);
}

/// Every other delay than the longest is shorter: the bound is a bound.
#[test]
fn no_association_takes_longer_than_that() {
    let edition = cmksim::scenario::Edition::named("2020-06").expect("it exists");
    let behaviour = edition.behaviour();
    let bound = Some("90m".parse().expect("a duration"));
    assert_eq!(behaviour.association_duration.longest(), bound);
    assert_eq!(behaviour.disassociation_duration.longest(), bound);
    // And who sets another one gets it.
    let set = "association_duration = \"2h\"";
    let replay = lived_with("10h", set, &[&beside(), &associate("1h", "logs", "secure")]);
    let (at, _) = replay.history.workspaces[0].route[1];
    assert_eq!(at, minute(3 * HOUR));
}
