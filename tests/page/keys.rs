//! Keys: what revokes access, what that costs, how a cluster comes to another version.

use cmksim::model::{AccessState, Reason};
use cmksim::scenario::{Measure, Rule, Scope, Value};
use cmksim::units::Time;

use super::{AT_WORK, DAY, HOUR, after, gb, lived, minute, minutes_of, refusals};

/// Each takes the key away at 1h, and gives it back at 6h.
const REVOCATIONS: [&str; 3] = [
    "[[event]]\nat = \"1h\"\nkind = \"disable_key\"\nversion = \"1\"\nduration = \"5h\"\n",
    "[[event]]\nat = \"1h\"\nkind = \"remove_access\"\nduration = \"5h\"\n",
    "[[event]]\nat = \"1h\"\nkind = \"delete_key\"\nduration = \"5h\"\n",
];

/// With three weeks of older data.
fn full() -> String {
    AT_WORK.replace("history = \"0d\"", "history = \"21d\"")
}

/// Enforced after an hour at the latest, that is at 2h.
#[test]
fn a_revocation_is_enforced_within_an_hour() {
    for revocation in REVOCATIONS {
        let replay = lived("20h", &[AT_WORK, revocation]);
        let access = &replay.history.clusters[0].accounts[0].access;
        let revoked = access.iter().find(|entry| entry.1 == AccessState::Revoked);
        let at = revoked.map(|entry| entry.0);
        assert_eq!(at, Some(minute(2 * HOUR)), "{revocation}");
    }
}

/// Dropped from 2h until half an hour after the first poll that is granted, which comes within
/// a minute after 6h.
#[test]
fn while_it_is_revoked_data_is_dropped_and_queries_fail() {
    for revocation in REVOCATIONS {
        let replay = lived("20h", &[AT_WORK, revocation]);
        let most = 4 * HOUR + 31;
        let dropped = after(&replay, 20 * HOUR).dropped_revoked;
        assert!(
            dropped >= gb(most - 1) && dropped <= gb(most),
            "{dropped:?}"
        );
        assert_eq!(minutes_of(&replay, Measure::QueryDowntime), most - 1);
        assert_eq!(minutes_of(&replay, Measure::IngestionDowntime), most - 1);
        let meanwhile = after(&replay, 3 * HOUR);
        assert_eq!(meanwhile.stored(), gb(2 * HOUR), "what was stored stays");
        assert_eq!(meanwhile.accessible, gb(0));
        // It does not come back.
        let end = after(&replay, 20 * HOUR);
        assert_eq!(end.stored() + dropped, gb(20 * HOUR));
        assert_eq!(end.accessible, end.stored());
    }
}

/// Twenty-one days are stored, fourteen of them hot.
#[test]
fn a_revocation_deletes_the_hot_cache_of_14_days() {
    let replay = lived("20h", &[&full(), REVOCATIONS[0]]);
    assert_eq!(after(&replay, 2 * HOUR - 1).hot, gb(14 * DAY));
    assert_eq!(after(&replay, 2 * HOUR + 1).hot, gb(0));
    let deleted = replay.measures.get(Scope::Total, Measure::HotDeleted);
    assert_eq!(deleted, Some(Value::Volume(gb(14 * DAY))));
    // What arrives afterwards is hot again, what was there before is not.
    let end = after(&replay, 20 * HOUR);
    let since = end.offered - end.dropped() - gb(2 * HOUR);
    assert_eq!(end.hot, since);
    assert_eq!(end.stored(), gb(21 * DAY + 2 * HOUR) + since);
}

/// Ten minutes after the update, and nothing that was there before moves.
#[test]
fn a_first_key_encrypts_new_data_only() {
    let keyless = AT_WORK.replace("key = { version = \"1\" }", "key = \"none\"");
    let update = "[[event]]\nat = \"1h\"\nkind = \"update_cluster_key\"\nversion = \"1\"\n";
    let replay = lived("10h", &[&keyless, update]);
    let told = HOUR + 10;
    let end = after(&replay, 10 * HOUR);
    assert_eq!(end.stored_microsoft_key, gb(told));
    assert_eq!(end.stored_customer_key, gb(10 * HOUR - told));
    assert_eq!(end.accessible, gb(10 * HOUR));
}

fn update_to_2(off: &str) -> cmksim::experiment::Replay {
    let update = "[[event]]\nat = \"1h\"\nkind = \"update_cluster_key\"\nversion = \"2\"\n";
    let off = format!("[[event]]\nat = \"{off}\"\nkind = \"disable_key\"\nversion = \"1\"\n");
    lived("10h", &[&full(), update, &off])
}

fn denials(replay: &cmksim::experiment::Replay) -> u64 {
    match replay.measures.get(Scope::Total, Measure::KeyVaultDenials) {
        Some(Value::Count(count)) => count,
        other => panic!("{other:?}"),
    }
}

/// The old version is used until the update has ended, at 1h 10m.
#[test]
fn a_new_key_identifier_is_used_when_the_update_has_ended() {
    // Eight minutes of denials, at least one a minute.
    assert!(denials(&update_to_2("1h 2m")) >= 8);
    let told = update_to_2("1h 10m");
    assert_eq!(denials(&told), 0);
    assert_eq!(after(&told, 10 * HOUR).accessible, gb(21 * DAY + 10 * HOUR));
}

#[test]
fn without_an_update_the_old_version_is_the_one_that_counts() {
    let of = |disabled: &str| {
        let new = "[[event]]\nat = \"1h\"\nkind = \"create_key_version\"\nversion = \"3\"\n";
        let off =
            format!("[[event]]\nat = \"2h\"\nkind = \"disable_key\"\nversion = \"{disabled}\"\n");
        after(&lived("20h", &[AT_WORK, new, &off]), 20 * HOUR)
    };
    assert_eq!(of("3").accessible, gb(20 * HOUR));
    let revoked = of("1");
    assert_eq!(
        (revoked.accessible, revoked.stored()),
        (gb(0), gb(3 * HOUR))
    );
}

/// It fails after ten minutes, and the old version stays in use.
#[test]
fn an_update_needs_the_three_permissions_and_a_recoverable_vault() {
    let update = "[[event]]\nat = \"1h\"\nkind = \"update_cluster_key\"\nversion = \"2\"\n";
    let without = |permission: &str| {
        let world = AT_WORK.replace(
            "[[workspace]]",
            &format!("access = {permission}\n[[workspace]]"),
        );
        lived("10h", &[&world, update])
    };
    let in_a_vault = |line: &str| {
        let world = AT_WORK.replace("keys =", &format!("{line}\nkeys ="));
        lived("10h", &[&world, update])
    };
    for (replay, reason) in [
        (without("[\"wrap\", \"unwrap\"]"), Reason::GetMissing),
        (without("[\"get\", \"unwrap\"]"), Reason::WrapMissing),
        (
            in_a_vault("purge_protection = false"),
            Reason::VaultNotRecoverable,
        ),
        (
            in_a_vault("soft_delete = false"),
            Reason::VaultNotRecoverable,
        ),
    ] {
        assert_eq!(refusals(&replay), [(reason, Rule::KeyUpdateChecks)]);
        let failed = replay.history.log.last().expect("it failed");
        assert_eq!(failed.time, minute(HOUR + 10));
        let end = after(&replay, 10 * HOUR);
        assert_eq!((end.accessible, end.dropped()), (gb(10 * HOUR), gb(0)));
    }
    assert_eq!(refusals(&lived("10h", &[AT_WORK, update])), []);
}

/// What the log says of an operation: when it began, and how it ended.
#[test]
fn an_operation_is_in_progress_and_then_succeeds_or_fails() {
    use cmksim::model::What;
    let update = |version: &str| {
        let event = format!(
            "[[event]]\nat = \"1h\"\nkind = \"update_cluster_key\"\nversion = \"{version}\"\n"
        );
        let off = "[[event]]\nat = \"0s\"\nkind = \"disable_key\"\nversion = \"2\"\n";
        let replay = lived("10h", &[AT_WORK, off, &event]);
        let log = replay.history.log.into_iter().skip(1);
        log.map(|change| (change.time, change.what))
            .collect::<Vec<(Time, What)>>()
    };
    let (begins, ends) = (minute(HOUR), minute(HOUR + 10));
    let succeeds = [
        (begins, What::OperationStarted),
        (ends, What::OperationSucceeded),
    ];
    assert_eq!(update("1"), succeeds);
    let failed = What::OperationFailed(Reason::VersionDisabled);
    assert_eq!(
        update("2"),
        [(begins, What::OperationStarted), (ends, failed)]
    );
}
