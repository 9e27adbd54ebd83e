//! The audit against histories and balances made by hand: one storage account, a byte a
//! millisecond, so that bytes are milliseconds.

use crate::intake::drawn;
use cmksim::accounting::{Balance, Violation, audit};
use cmksim::intake::Settings;
use cmksim::kernel::{StepFunction, StreamKey};
use cmksim::model::{
    AccessState, AccountHistory, ClusterHistory, ClusterLife, History, KeyHistory, KeyVaultHistory,
    PollSchedule, Route, WorkspaceHistory,
};
use cmksim::scenario::{BufferOnRevocation, Scenario, read};
use cmksim::units::{Duration, Factor, Time, Volume};

const WORLD: &str = r#"
duration = "10s"
seed = 7
[behaviour]
buffer_retention = "1s"
hot_cache_span = "3s"
hot_cache_refill = "1s"
[[cluster]]
name = "cluster"
storage_accounts = 1
[[workspace]]
name = "logs"
retention = "6s"
ingestion = "1 kB/s"
"#;

fn ms(ms: i64) -> Time {
    Time::from_millis(ms)
}

fn scenario() -> Scenario {
    read("by hand", WORLD.as_bytes(), &[])
        .expect("a valid scenario")
        .scenario
}

/// An account that goes through these states, and is revoked where it says so.
fn history(scenario: &Scenario, access: &[(i64, AccessState)]) -> History {
    let by_time = |later: &[(i64, AccessState)]| -> StepFunction<AccessState> {
        let first = (Time::BEGINNING, AccessState::Serving);
        std::iter::once(first)
            .chain(later.iter().map(|(at, state)| (ms(*at), *state)))
            .collect()
    };
    let revoked = access
        .iter()
        .filter(|(_, state)| *state == AccessState::Revoked)
        .map(|(at, _)| ms(*at));
    let workspace = &scenario.workspaces[0];
    History {
        end: scenario.end(),
        log: Vec::new(),
        rejected_of_no_cluster: 0,
        key_vaults: vec![KeyVaultHistory {
            keys: vec![KeyHistory {
                versions: vec!["1".into()],
            }],
        }],
        clusters: vec![ClusterHistory {
            life: StepFunction::constant(ClusterLife::Provisioned),
            deleted: Vec::new(),
            lost: Vec::new(),
            capacity: StepFunction::default(),
            billing: StepFunction::default(),
            accounts: vec![AccountHistory {
                schedule: PollSchedule::new(
                    scenario.behaviour.poll_interval,
                    StreamKey::root(7, 0),
                ),
                access: by_time(access),
                revoked: revoked.collect(),
                destroyed: Vec::new(),
            }],
            polls: StepFunction::constant(None),
            storage_outage: StepFunction::constant(false),
            customer_key: StepFunction::constant(true),
            key: StepFunction::constant(None),
            cause: StepFunction::constant(false),
            causes_ended: Vec::new(),
            revocations: Vec::new(),
            operations_rejected: 0,
            operations_failed: 0,
        }],
        workspaces: vec![WorkspaceHistory {
            route: StepFunction::constant(Route::Cluster(0)),
            rate: StepFunction::default(),
            factor: StepFunction::constant(Factor::ONE),
            surge: StepFunction::constant(Factor::ONE),
            daily_cap: StepFunction::constant(None),
            retention: StepFunction::constant(workspace.retention),
        }],
        executed: None,
    }
}

fn check(
    scenario: &Scenario,
    history: &History,
    t: i64,
    claimed: Balance,
) -> Result<(), Violation> {
    let root = StreamKey::root(7, 0);
    let workspace = &scenario.workspaces[0];
    let intake = drawn(
        workspace,
        &Settings::default(),
        None,
        None,
        history.end,
        root,
    );
    audit(
        scenario,
        history,
        &[&intake.expect("an intake")],
        ms(t),
        &[claimed],
    )
}

/// A balance with these bytes; everything is under the customer's key.
struct By {
    t: u64,
    revoked: u64,
    expired: u64,
    buffered: u64,
    stored: u64,
    accessible: u64,
    hot: u64,
    purged: u64,
}

impl By {
    fn hand(&self) -> Balance {
        let volume = Volume::from_bytes;
        Balance {
            initial: volume(6_000),
            offered: volume(self.t),
            dropped_revoked: volume(self.revoked),
            dropped_buffer_expired: volume(self.expired),
            buffered: volume(self.buffered),
            stored_customer_key: volume(self.stored),
            accessible: volume(self.accessible),
            hot: volume(self.hot),
            purged: volume(self.purged),
            ..Balance::default()
        }
    }
}

fn agree(scenario: &Scenario, history: &History, expected: &[By]) {
    for by in expected {
        check(scenario, history, by.t.cast_signed(), by.hand()).expect("the books are right");
    }
}

#[test]
fn an_outage_by_hand() {
    let scenario = scenario();
    // Isolated on [2 s, 5 s): what arrived in (2 s, 4 s] waited too long, the rest is stored.
    let history = history(
        &scenario,
        &[
            (2_000, AccessState::Isolated),
            (5_000, AccessState::Serving),
        ],
    );
    #[rustfmt::skip]
    let expected = [
        By { t: 0, revoked: 0, expired: 0, buffered: 0, stored: 6_000, accessible: 6_000, hot: 3_000, purged: 0 },
        // Stored is (-1.5 s, 2 s], hot (1.5 s, 2 s].
        By { t: 4_500, revoked: 0, expired: 1_500, buffered: 1_000, stored: 3_500, accessible: 0, hot: 500, purged: 4_500 },
        // Stored is (-1 s, 2 s] and (4 s, 5 s], hot only the latter.
        By { t: 5_000, revoked: 0, expired: 2_000, buffered: 0, stored: 4_000, accessible: 4_000, hot: 1_000, purged: 5_000 },
        By { t: 10_000, revoked: 0, expired: 2_000, buffered: 0, stored: 6_000, accessible: 6_000, hot: 3_000, purged: 8_000 },
    ];
    agree(&scenario, &history, &expected);
}

#[test]
fn a_revocation_after_an_outage_by_hand() {
    let mut scenario = scenario();
    // Isolated from 2 s, revoked from 2.5 s to 3 s.
    let states = [
        (2_000, AccessState::Isolated),
        (2_500, AccessState::Revoked),
        (3_000, AccessState::Serving),
    ];
    let history = history(&scenario, &states);
    #[rustfmt::skip]
    let dropped = [
        By { t: 2_500, revoked: 500, expired: 0, buffered: 0, stored: 5_500, accessible: 0, hot: 0, purged: 2_500 },
        // (2 s, 3 s] is lost; what has arrived since is hot, the rest was deleted from there.
        By { t: 3_500, revoked: 1_000, expired: 0, buffered: 0, stored: 5_000, accessible: 5_000, hot: 500, purged: 3_500 },
        // At 4 s the cache is filled again: (1 s, 4 s] without what was lost.
        By { t: 4_000, revoked: 1_000, expired: 0, buffered: 0, stored: 5_000, accessible: 5_000, hot: 2_000, purged: 4_000 },
    ];
    agree(&scenario, &history, &dropped);
    scenario.unchecked.behaviour.buffer_on_revocation = BufferOnRevocation::Hold;
    #[rustfmt::skip]
    let held = [
        By { t: 2_500, revoked: 0, expired: 0, buffered: 500, stored: 5_500, accessible: 0, hot: 0, purged: 2_500 },
        // (2 s, 2.5 s] was stored at 3 s and is hot since then; (2.5 s, 3 s] is lost.
        By { t: 3_500, revoked: 500, expired: 0, buffered: 0, stored: 5_500, accessible: 5_500, hot: 1_000, purged: 3_500 },
    ];
    agree(&scenario, &history, &held);
}

#[test]
fn a_shorter_retention_purges_at_once_and_a_longer_one_brings_nothing_back() {
    let scenario = scenario();
    let mut history = history(&scenario, &[]);
    history.workspaces[0]
        .retention
        .record(ms(1_000), Duration::from_millis(2_000));
    history.workspaces[0]
        .retention
        .record(ms(2_000), Duration::from_millis(9_000));
    #[rustfmt::skip]
    let expected = [
        By { t: 999, revoked: 0, expired: 0, buffered: 0, stored: 6_000, accessible: 6_000, hot: 3_000, purged: 999 },
        By { t: 1_000, revoked: 0, expired: 0, buffered: 0, stored: 2_000, accessible: 2_000, hot: 2_000, purged: 5_000 },
        // At 1 999 ms everything up to -1 ms was purged.
        By { t: 2_000, revoked: 0, expired: 0, buffered: 0, stored: 2_001, accessible: 2_001, hot: 2_001, purged: 5_999 },
        By { t: 8_000, revoked: 0, expired: 0, buffered: 0, stored: 8_001, accessible: 8_001, hot: 3_000, purged: 5_999 },
    ];
    agree(&scenario, &history, &expected);
}

#[test]
fn a_byte_too_many_is_a_violation_that_says_where() {
    let scenario = scenario();
    let history = history(&scenario, &[]);
    let right = By {
        t: 1_000,
        revoked: 0,
        expired: 0,
        buffered: 0,
        stored: 6_000,
        accessible: 6_000,
        hot: 3_000,
        purged: 1_000,
    };
    let byte = Volume::from_bytes(1);
    let mut wrong = right.hand();
    wrong.stored_customer_key += byte;
    let violation = check(&scenario, &history, 1_000, wrong).expect_err("a byte from nowhere");
    assert_eq!(violation.equation, "conservation");
    wrong.purged = wrong.purged - byte;
    let violation = check(&scenario, &history, 1_000, wrong).expect_err("a byte in two places");
    assert_eq!(
        violation.to_string(),
        "workspace \"logs\" at 1000 ms: stored_customer_key does not hold, the books have 6001 B, 1 B more \
         than the audit; this is a bug in cmksim: please report it with the scenario and the seed 7"
    );
    let mut wrong = right.hand();
    wrong.hot = wrong.hot - byte;
    let violation = check(&scenario, &history, 1_000, wrong).expect_err("a byte not hot");
    assert_eq!(
        (violation.equation, violation.books, violation.audit),
        ("hot", 2_999, 3_000)
    );
}
