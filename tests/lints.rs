//! What a right scenario says that is likely not meant: each lint warns where it should, and
//! is silent where all is well.

use std::fmt::Write as _;

use cmksim::scenario::{self, Override, Severity};

use crate::golden::expect_golden;
use crate::shipped;

const BASE: &str = r#"duration = "30d"

[[key_vault]]
name = "vault"
keys = { key = ["1", "2"] }

[[cluster]]
name = "cluster"
key = { vault = "vault", name = "key", version = "1" }

[[workspace]]
name = "logs"
cluster = "cluster"
ingestion = "1 TB/day"
"#;

/// A name, what is added to the base, and how many warnings it earns.
const CASES: &[(&str, &str, usize)] = &[
    (
        "an outage outlasts the buffer",
        r#"
[[event]]
at = "2d"
kind = "key_vault_outage"
duration = "9h"

[[event]]
name = "identity"
at = "5d"
kind = "identity_outage"
duration = { dist = "uniform", min = "1h", max = "7h" }

[[event]]
at = "9d"
kind = "storage_outage"
duration = { dist = "lognormal", median = "6h 20m", sigma = 1.0 }

[[hazard]]
gap = { dist = "exponential", mean = "10d" }
kind = "key_vault_outage"
duration = { dist = "lognormal", median = "1h", sigma = 1.0, max = "24h" }
"#,
        4,
    ),
    (
        "an outage that the buffer holds",
        r#"
[[event]]
at = "2d"
kind = "key_vault_outage"
duration = "6h 30m"

[[event]]
at = "5d"
kind = "identity_outage"
duration = "20h"
failure_probability = 0.5

[[event]]
at = "7d"
kind = "storage_outage"
duration = { dist = "lognormal", median = "6h", sigma = 1.0 }

[[event]]
at = "12d"
kind = "key_vault_denials"
duration = "20h"
"#,
        0,
    ),
    (
        "the old version is disabled too early",
        r#"
[[event]]
at = "2d"
kind = "disable_key"
version = "1"

[[event]]
name = "update"
at = "3d"
kind = "update_cluster_key"
version = "2"
"#,
        1,
    ),
    (
        "the old version is disabled during the update",
        r#"
[[event]]
name = "update"
at = "3d"
kind = "update_cluster_key"
version = "2"

[[event]]
name = "old-one-off"
after = "update"
delay = "9m"
kind = "disable_key"
version = "1"
"#,
        1,
    ),
    (
        "a new version and the one in use disabled at once",
        r#"
[[event]]
name = "new"
at = "3d"
kind = "create_key_version"

[[event]]
name = "update"
after = "new"
kind = "update_cluster_key"

[[event]]
name = "old-one-off"
at = "3d"
kind = "disable_key"
version = "1"
"#,
        1,
    ),
    (
        "rotations in order",
        r#"
[[event]]
name = "mistake"
at = "1d"
kind = "disable_key"
version = "1"
duration = "20m"

[[event]]
name = "update"
at = { dist = "uniform", min = "3d", max = "4d" }
kind = "update_cluster_key"
version = "2"

[[event]]
after_end = "update"
kind = "disable_key"
version = "1"

[[event]]
after = "update"
delay = "5d"
kind = "create_key_version"
version = "3"

[[event]]
name = "second"
after = "update"
delay = "6d"
kind = "update_cluster_key"
version = "3"

[[event]]
after = "second"
delay = "10m"
kind = "disable_key"
version = "2"
"#,
        0,
    ),
    (
        "enabled already",
        r#"
[[event]]
at = "1d"
kind = "enable_key"
version = "1"

[[event]]
at = "2d"
kind = "disable_key"
version = "1"

[[event]]
at = "3d"
kind = "disable_key"
version = "1"

[[event]]
at = "4d"
kind = "extend_key"

[[event]]
at = "5d"
kind = "grant_access"
"#,
        4,
    ),
    (
        "deleted already",
        r#"
[[event]]
name = "deleted"
at = "2d"
kind = "delete_key"

[[event]]
name = "again"
after = "deleted"
delay = "1d"
kind = "delete_key"

[[event]]
after = "again"
delay = "1d"
kind = "purge_key"

[[event]]
after = "again"
delay = "2d"
kind = "recover_key"

[[event]]
after = "again"
delay = "3d"
kind = "recover_key"
"#,
        3,
    ),
    (
        "set to what it is",
        r#"
[[event]]
at = "1d"
kind = "set_ingestion"
rate = "1 TB/day"

[[event]]
at = "2d"
kind = "set_retention"
retention = "31d"

[[event]]
at = "3d"
kind = "set_daily_cap"
daily_cap = "800 GB"

[[event]]
at = "4d"
kind = "set_daily_cap"
daily_cap = "800 GB"

[[event]]
at = "5d"
kind = "set_daily_cap"
daily_cap = "none"
"#,
        3,
    ),
    (
        "events with an effect",
        r#"
[[event]]
name = "off"
at = "1d"
kind = "disable_key"

[[event]]
after = "off"
delay = { dist = "lognormal", median = "40m", sigma = 0.8 }
kind = "enable_key"

[[event]]
at = { dist = "uniform", min = "0s", max = "20d" }
kind = "delete_key"
duration = "1d"

[[event]]
at = "10d"
kind = "delete_key"

[[event]]
at = "11d"
kind = "recover_key"

[[event]]
at = "12d"
kind = "set_ingestion"
rate = "1 TB/day"
factor = 2

[[event]]
at = "13d"
kind = "remove_access"
permissions = ["wrap"]

[[event]]
at = "14d"
kind = "grant_access"

[[hazard]]
name = "lost"
gap = { dist = "exponential", mean = "5d" }
kind = "remove_access"
duration = "1h"
"#,
        0,
    ),
    (
        "an enabled event waits for a disabled one",
        r#"
[[event]]
name = "off"
enabled = false
at = "1d"
kind = "disable_key"

[[event]]
name = "between"
after = "off"
kind = "set_retention"
retention = "90d"

[[event]]
after = "between"
enabled = true
kind = "enable_key"
"#,
        1,
    ),
    (
        "a disabled event, and one that is left to follow it",
        r#"
[[event]]
name = "off"
enabled = false
at = "1d"
kind = "disable_key"

[[event]]
after = "off"
kind = "enable_key"
"#,
        0,
    ),
    (
        "a workspace is associated before its cluster is there",
        r#"
[[workspace]]
name = "free"
cluster = "none"
ingestion = "1 TB/day"

[[event]]
name = "create"
at = "2d"
kind = "create_cluster"
cluster = "new"

[[event]]
name = "too-early"
after = "create"
delay = "1h"
kind = "associate_workspace"
workspace = "free"
cluster = "new"
"#,
        1,
    ),
    (
        "a workspace that waits for its cluster",
        r#"
[[workspace]]
name = "free"
cluster = "none"
ingestion = "1 TB/day"

[[event]]
name = "create"
at = "2d"
kind = "create_cluster"
cluster = "new"

[[event]]
after_end = "create"
kind = "associate_workspace"
workspace = "free"
cluster = "new"

[[event]]
at = "3d"
kind = "disassociate_workspace"
workspace = "logs"

[[event]]
at = "4d"
kind = "associate_workspace"
workspace = "logs"
cluster = "cluster"
"#,
        0,
    ),
    (
        "capacity and billing as they are",
        r#"
[[event]]
at = "1d"
kind = "set_capacity_reservation"
capacity_reservation = "1 TB/day"

[[event]]
at = "2d"
kind = "set_billing_type"
billing = "cluster"
"#,
        2,
    ),
    (
        "capacity and billing that change",
        r#"
[[event]]
at = "1d"
kind = "set_capacity_reservation"
capacity_reservation = "1.2 TB/day"

[[event]]
at = "2d"
kind = "set_billing_type"
billing = "workspaces"

[[event]]
at = "3d"
kind = "set_capacity_reservation"
capacity_reservation = "1 TB/day"

[[event]]
at = "4d"
kind = "set_billing_type"
billing = "cluster"
"#,
        0,
    ),
    (
        "a cluster that comes anew has nothing of the old one",
        r#"
[[event]]
at = "1d"
kind = "delete_cluster"

[[event]]
at = "20d"
kind = "create_cluster"
cluster = "cluster"
capacity_reservation = "1.5 TB/day"
billing = "workspaces"

[[event]]
at = "21d"
kind = "grant_access"

[[event]]
at = "21d"
kind = "set_capacity_reservation"
capacity_reservation = "1 TB/day"

[[event]]
at = "21d"
kind = "set_billing_type"
billing = "cluster"
"#,
        0,
    ),
    (
        "capacities that nobody can have",
        r#"
[[cluster]]
name = "too-small"
key = "none"
capacity_reservation = "500 GB/day"

[[cluster]]
name = "between"
key = "none"
capacity_reservation = "1150 GB/day"

[[cluster]]
name = "too-large"
key = "none"
capacity_reservation = "5 TB/day"

[[cluster]]
name = "right"
key = "none"
capacity_reservation = "1.1 TB/day"
"#,
        3,
    ),
    (
        "links between two regions or tenants",
        r#"
[[workspace]]
name = "free"
cluster = "none"
ingestion = "1 TB/day"
tenant = "contoso"

[[event]]
name = "create"
at = "2d"
kind = "create_cluster"
cluster = "elsewhere"
region = "northeurope"

[[event]]
name = "grant"
after_end = "create"
kind = "grant_access"
cluster = "elsewhere"

[[event]]
name = "key-of-another-region"
after_end = "create"
kind = "update_cluster_key"
cluster = "elsewhere"

[[event]]
name = "workspace-of-another-tenant"
at = "5d"
kind = "associate_workspace"
workspace = "free"
cluster = "cluster"
"#,
        2,
    ),
    (
        "links between two subscriptions",
        r#"
[[workspace]]
name = "free"
cluster = "none"
ingestion = "1 TB/day"
subscription = "development"

[[event]]
at = "5d"
kind = "associate_workspace"
workspace = "free"
cluster = "cluster"
"#,
        0,
    ),
    (
        "a rotation that disables its new version",
        r#"
[[event]]
name = "new"
at = "2d"
kind = "create_key_version"

[[event]]
name = "update"
after = "new"
delay = "1m"
kind = "update_cluster_key"

[[event]]
after_end = "update"
kind = "disable_key"
"#,
        1,
    ),
    (
        "a rotation that disables its new version, and why not",
        r#"
[[event]]
name = "new"
at = "2d"
kind = "create_key_version"

[[event]]
name = "update"
after = "new"
delay = "1m"
kind = "update_cluster_key"

[[event]]
after_end = "update"
kind = "disable_key"
version = "1"

[[event]]
after = "new"
delay = "1d"
kind = "disable_key"
duration = "5m"
"#,
        0,
    ),
];

/// What is expected, and whether that checks nothing.
const EXPECTATIONS: &[(&str, bool)] = &[
    ("dropped >= 0 B", true),
    ("query_availability <= 100%", true),
    ("workspace.logs.query_availability >= 0%", true),
    ("loss_ratio >= 0", true),
    ("query_downtime <= 30d", true),
    ("query_downtime < 31d", true),
    ("interruptions >= 0", true),
    ("interruptions != 0", false),
    ("dropped > 0 B", false),
    ("query_downtime < 30d", false),
    ("query_downtime <= 29d", false),
    ("query_availability <= 99.9%", false),
    // Who never recovers has no such time, and that fails.
    ("time_to_recover >= 0s", false),
];

fn lints(text: &str) -> scenario::Diagnostics {
    let reading = scenario::read("scenario.toml", text.as_bytes(), &[]);
    let reading = reading.unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    assert!(reading.warnings.is_empty());
    reading.lints
}

/// Every case with what is said of it. `CMKSIM_BLESS=1` writes the file anew; then read it.
#[test]
fn every_lint_says_what_and_why() {
    let mut all = String::new();
    for (name, added, count) in CASES {
        let found = lints(&format!("{BASE}{added}"));
        let said = found.render(false);
        assert_eq!(found.len(), *count, "{name}\n{said}");
        assert!(
            found
                .iter()
                .all(|(_, lint)| lint.severity() == Severity::Warning)
        );
        if *count > 0 {
            write!(all, "==== {name}\n{said}\n").expect("it is a text");
        }
    }
    let expected: Vec<&str> = EXPECTATIONS.iter().map(|(text, _)| *text).collect();
    let found = lints(&format!("expect = {expected:?}\n{BASE}"));
    write!(all, "==== expectations\n{}\n", found.render(false)).expect("it is a text");
    expect_golden("lints.txt", &all);
}

#[test]
fn an_expectation_that_can_fail_is_left_alone() {
    for (text, vacuous) in EXPECTATIONS {
        let found = lints(&format!("expect = [{text:?}]\n{BASE}"));
        assert_eq!(found.len(), usize::from(*vacuous), "{text}");
    }
    // Nothing arrives, so there is no part of it that is lost, and that fails.
    let nothing = BASE.replace("1 TB/day", "0 B/day");
    assert!(lints(&format!("expect = [\"loss_ratio >= 0\"]\n{nothing}")).is_empty());
}

/// Where the service rides out any outage, no outage is too long.
#[test]
fn what_is_too_long_depends_on_the_edition() {
    let outage = "[[event]]\nat = '2d'\nkind = 'key_vault_outage'\nduration = '9h'\n";
    let found = |edition| lints(&format!("edition = {edition:?}\n{BASE}{outage}")).len();
    assert_eq!((found("2020-11"), found("2021-07")), (1, 0));
}

/// A value from the command line is underlined there.
#[test]
fn keys_of_a_frozen_replication_that_change_nothing() {
    let outage = |keys: &str| {
        format!(
            "[[event]]\nname = 'a'\nat = '2d'\nkind = 'key_vault_outage'\nduration = '1h'\n{keys}\n"
        )
    };
    let found = |top: &str, keys: &str| -> Vec<String> {
        let found = lints(&format!("{top}\n{BASE}{}", outage(keys)));
        let lints = found.iter().map(|(_, lint)| lint.message().to_owned());
        lints.collect()
    };
    assert_eq!(
        found("replication = 3", "draws_as = 'b'\noccurrence = 2"),
        [""; 0]
    );
    assert_eq!(
        found("replication = 3\nreplications = 20", "draws_as = 'a'"),
        [
            "many replications count from 0, whatever `replication` says",
            "this is the name under which the event draws anyway"
        ]
    );
}

#[test]
fn overrides_are_looked_at_too() {
    let outage =
        "[[event]]\nname = 'down'\nat = '2d'\nkind = 'key_vault_outage'\nduration = '1h'\n";
    let text = format!("{BASE}{outage}");
    let set = [Override::new("--set", "event.down.duration=10h")];
    let reading = scenario::read("s.toml", text.as_bytes(), &set).expect("it is right");
    let said = reading.lints.render(false);
    assert!(
        said.contains("--set:1:21") && said.contains("up to 10h"),
        "{said}"
    );
}

/// Comparing all events with all others must not take long, whoever wrote them.
#[test]
fn many_events_are_left_alone() {
    let event = |n: usize| format!("[[event]]\nat = '{n}m'\nkind = 'enable_key'\nversion = '1'\n");
    let of = |count: usize| {
        lints(&format!(
            "{BASE}{}",
            (0..count).map(event).collect::<String>()
        ))
    };
    assert_eq!(of(100).len(), 100);
    assert_eq!(of(101).len(), 0);
}

/// What the shipped scenarios are warned of is what they are about.
#[test]
fn shipped_scenarios_are_warned_of_what_they_show() {
    let mut found = Vec::new();
    for path in shipped::scenarios() {
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        let lints = shipped::reading(&path).lints;
        found.extend(
            lints
                .iter()
                .map(|(_, lint)| format!("{name}: {}", lint.message())),
        );
    }
    found.sort();
    let buffer = "this outage can last longer than the buffer holds data; then data is dropped";
    let early = "this may disable the old version before the update to another version is finished";
    let effect = "this event has no effect";
    let before = "this association may come before its cluster is provisioned";
    assert_eq!(
        found,
        [
            format!("a-year-of-outages: {buffer}"),
            format!("outage-of-12-hours-edition-2020-06: {buffer}"),
            format!("outage-of-9-hours: {buffer}"),
            format!("plan-for-a-growing-cluster: {buffer}"),
            format!("plan-with-uncertain-growth: {buffer}"),
            format!("power-loss-2026-02-07: {buffer}"),
            format!("purge-protection-refuses-the-purge: {effect}"),
            format!("real-incidents: {buffer}"),
            format!("rotation-old-version-disabled-during-update: {early}"),
            format!("rotation-old-version-disabled-too-early: {early}"),
            format!("study-a-year-of-hazards: {buffer}"),
            format!("study-buffer-hours: {buffer}"),
            format!("study-buffer-in-a-year: {buffer}"),
            format!("workspace-associated-too-early: {before}"),
            format!("worst-moment-of-an-outage: {buffer}"),
        ]
    );
}
