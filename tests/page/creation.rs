//! How a cluster comes: who may have one, how long it takes, what it has then.

use cmksim::model::{ClusterLife, Reason, Route};
use cmksim::scenario::Rule;
use cmksim::units::Time;

use super::{AT_WORK, HOUR, NOTHING_YET, after, gb, lived, lived_in, lived_with, minute, refusals};

const CREATE: &str = r#"
[[event]]
name = "create"
at = "1h"
kind = "create_cluster"
cluster = "secure"
storage_accounts = 1
"#;

const WITH_A_KEY: &str = r#"
[[event]]
name = "grant"
after_end = "create"
kind = "grant_access"
cluster = "secure"
[[event]]
name = "key"
after_end = "create"
kind = "update_cluster_key"
cluster = "secure"
"#;

/// Three hours for the cluster, ten minutes for the key, ninety for the workspace.
#[test]
fn the_steps_in_their_order_bring_new_data_under_the_key() {
    let associate = r#"
[[event]]
after_end = "key"
kind = "associate_workspace"
"#;
    let replay = lived("10h", &[NOTHING_YET, CREATE, WITH_A_KEY, associate]);
    let cluster = &replay.history.clusters[0];
    assert_eq!(
        *cluster.life,
        [
            (Time::BEGINNING, ClusterLife::Absent),
            (minute(HOUR), ClusterLife::Provisioning),
            (minute(4 * HOUR), ClusterLife::Provisioned),
        ]
    );
    let first_key = minute(4 * HOUR + 10);
    assert_eq!(
        *cluster.customer_key,
        [(Time::BEGINNING, false), (first_key, true)]
    );
    let done = 4 * HOUR + 10 + 90;
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
    assert_eq!(end.accessible, gb(10 * HOUR));
    assert_eq!(refusals(&replay), []);
}

/// Without a key the cluster stores under a Microsoft key.
#[test]
fn a_cluster_comes_without_a_key() {
    let associate = r#"
[[event]]
after_end = "create"
kind = "associate_workspace"
"#;
    let replay = lived("10h", &[NOTHING_YET, CREATE, associate]);
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.stored_microsoft_key, gb(10 * HOUR));
    assert_eq!(
        *replay.history.clusters[0].customer_key,
        [(Time::BEGINNING, false)]
    );
}

/// The identity comes with the cluster, so nothing can be granted to it before.
#[test]
fn a_key_in_the_request_is_refused() {
    let with_key = format!("{CREATE}key = {{ version = \"1\" }}\n");
    let replay = lived("10h", &[NOTHING_YET, &with_key]);
    let refused = (Reason::IdentityMissing, Rule::IdentityAssigned);
    assert_eq!(refusals(&replay), [refused]);
    let absent = [(Time::BEGINNING, ClusterLife::Absent)];
    assert_eq!(*replay.history.clusters[0].life, absent);
}

#[test]
fn a_key_needs_a_cluster_whose_creation_is_over() {
    let update = |at: &str| {
        format!("[[event]]\nat = \"{at}\"\nkind = \"update_cluster_key\"\ncluster = \"secure\"\n")
    };
    let before = update("30m");
    let meanwhile = update("2h");
    let replay = lived("10h", &[NOTHING_YET, CREATE, &before, &meanwhile]);
    assert_eq!(
        refusals(&replay),
        [
            (Reason::IdentityMissing, Rule::IdentityAssigned),
            (Reason::OperationInProgress, Rule::OperationInProgress),
        ]
    );
}

#[test]
fn a_subscription_must_be_allowed_beforehand() {
    let asked = |allowed: &str, approval: &str| {
        let allowed = format!("allowed_subscriptions = [\"{allowed}\"]");
        let approval = format!("subscription_approval = \"{approval}\"");
        refusals(&lived_in(
            &allowed,
            "10h",
            &approval,
            &[NOTHING_YET, CREATE],
        ))
    };
    let refused = (Reason::SubscriptionNotAllowed, Rule::SubscriptionAllowed);
    assert_eq!(asked("another", "required"), [refused]);
    assert_eq!(asked("subscription", "required"), []);
    assert_eq!(asked("another", "none"), []);
}

/// Two in a region and subscription; elsewhere are others.
#[test]
fn a_third_cluster_in_a_region_and_subscription_is_refused() {
    const SECOND: &str = "[[cluster]]\nname = \"second\"\nkey = \"none\"\n";
    let create = |name: &str, place: &str| {
        format!(
            "[[event]]\nat = \"1h\"\nkind = \"create_cluster\"\ncluster = \"{name}\"\n{place}\n"
        )
    };
    let third = create("third", "");
    let replay = lived("10h", &[AT_WORK, SECOND, &third]);
    let refused = (Reason::TooManyClusters, Rule::ClustersPerRegion);
    assert_eq!(refusals(&replay), [refused]);
    let elsewhere = create("third", "region = \"elsewhere\"");
    let paid_by_another = create("fourth", "subscription = \"another\"");
    let replay = lived("10h", &[AT_WORK, SECOND, &elsewhere, &paid_by_another]);
    assert_eq!(refusals(&replay), []);
    let replay = lived_with("10h", "clusters_per_region = 3", &[AT_WORK, SECOND, &third]);
    assert_eq!(refusals(&replay), []);
}

/// Later editions count clusters that were deleted in the last two weeks, too.
#[test]
fn deleted_clusters_count_for_as_long_as_their_names_are_reserved() {
    let create = |at: &str, name: &str| {
        format!("[[event]]\nat = \"{at}\"\nkind = \"create_cluster\"\ncluster = \"{name}\"\n")
    };
    let mut world = String::new();
    for number in 0..6 {
        let (on, off) = (format!("{number}d"), format!("{number}d 12h"));
        world += &create(&on, &format!("c{number}"));
        world += &format!(
            "[[event]]\nat = \"{off}\"\nkind = \"delete_cluster\"\ncluster = \"c{number}\"\n"
        );
    }
    let full = create("6d", "one-more");
    let free = create("15d", "another");
    let asked = |edition: &str, parameters: &str| {
        let edition = format!("edition = \"{edition}\"");
        refusals(&lived_in(
            &edition,
            "20d",
            parameters,
            &[AT_WORK, &world, &full, &free],
        ))
    };
    let refused = (Reason::TooManyReserved, Rule::ClustersPerRegion);
    // The one at work and six that were deleted; on day 15 the first of these no longer counts.
    for edition in ["2023-06", "2025-03", "2026-04"] {
        assert_eq!(asked(edition, ""), [refused], "{edition}");
    }
    assert_eq!(asked("2026-04", "reserved_clusters_per_region = 8"), []);
    assert_eq!(asked("2026-04", "cluster_name_reserved = \"0s\""), []);
    // Without that limit the last one is refused as the third that is there.
    let third = (Reason::TooManyClusters, Rule::ClustersPerRegion);
    assert_eq!(asked("2020-11", ""), [third]);
    // Of four places one is taken at all times, and the others by those of the last three days.
    assert_eq!(asked("2021-07", "cluster_data_kept = \"0s\"").len(), 7);
}

/// What works together is in one region and one tenant; who pays may be another.
#[test]
fn region_and_tenant_must_be_the_same_and_subscriptions_may_differ() {
    let linked = |place: &str| {
        let create = format!("{CREATE}{place}\n");
        let associate = "[[event]]\nat = \"5h\"\nkind = \"associate_workspace\"\n";
        let world = [NOTHING_YET, &create, WITH_A_KEY, associate];
        refusals(&lived("10h", &world))
    };
    let rule = Rule::SameRegionAndTenant;
    let region = (Reason::OtherRegion, rule);
    let tenant = (Reason::OtherTenant, rule);
    // The key vault refuses the update, the workspace the association.
    assert_eq!(linked("region = \"elsewhere\""), [region, region]);
    assert_eq!(linked("tenant = \"another\""), [tenant, tenant]);
    assert_eq!(linked("subscription = \"another\""), []);
}
