//! How long a revocation took, worked out from the scenario and the poll schedule alone.

use cmksim::experiment::{Replay, replay};
use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim::scenario::{Measure, Scope, Value, read};
use cmksim::units::{Duration, Time};

/// A day in which the key is denied from `from` to `until`, in seconds, again and again.
fn denied(seed: u64, delay: &str, stretches: &[(i64, i64)]) -> Replay {
    let mut text = format!(
        "seed = {seed}\nduration = \"1d\"\n[behaviour]\nrevocation_delay = \"{delay}\"\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 GB/day\"\n"
    );
    for (from, until) in stretches {
        let length = until - from;
        text += &format!(
            "[[event]]\nat = \"{from}s\"\nkind = \"disable_key\"\nduration = \"{length}s\"\n"
        );
    }
    let scenario = read("denied", text.as_bytes(), &[]).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    replay(&scenario.scenario, &[None], Options::default(), &never).expect("a run")
}

fn time_to_revoke(replay: &Replay) -> Duration {
    match replay
        .measures
        .get(Scope::Cluster(0), Measure::TimeToRevoke)
    {
        Some(Value::Duration(duration)) => duration,
        other => panic!("{other:?}"),
    }
}

const fn second(s: i64) -> Time {
    Time::from_millis(s * 1_000)
}

#[test]
fn it_is_the_delay_where_every_account_has_polled_before() {
    for seed in 0..50 {
        let replay = denied(seed, "40m", &[(7_200, 18_000)]);
        let expected = Duration::from_millis(40 * Duration::MINUTE.millis());
        assert_eq!(time_to_revoke(&replay), expected, "seed {seed}");
    }
}

#[test]
fn it_is_until_the_poll_that_sees_the_denial_where_that_is_later() {
    for seed in 0..50 {
        let from = second(7_200);
        let replay = denied(seed, "1s", &[(7_200, 18_000)]);
        let accounts = replay.history.clusters[0].accounts.iter();
        let seen = accounts.map(|account| {
            let poll = account.schedule.first_at_or_after(from);
            (account.schedule.time(poll) - from).max(Duration::SECOND)
        });
        assert_eq!(Some(time_to_revoke(&replay)), seen.max(), "seed {seed}");
    }
}

#[test]
fn a_key_that_is_enabled_in_between_begins_anew() {
    for seed in 0..50 {
        // 30 minutes of denial, a minute without, and as long again as it takes.
        let replay = denied(seed, "40m", &[(7_200, 9_000), (9_060, 18_000)]);
        let expected = Duration::from_millis(40 * Duration::MINUTE.millis());
        assert_eq!(time_to_revoke(&replay), expected, "seed {seed}");
        // The longest gap is a minute, so every account polled in between.
        let mut revocations = replay.history.clusters[0].revocations.iter();
        let anew = revocations.all(|&(since, _)| since == second(9_060));
        assert!(anew, "seed {seed}");
    }
}

#[test]
fn without_a_revocation_it_is_nothing_and_of_several_it_is_the_longest() {
    let none = denied(1, "40m", &[(7_200, 9_000)]);
    assert_eq!(time_to_revoke(&none), Duration::ZERO);
    // Both are revoked after the same delay; the second has the later polls, or the first.
    let replay = denied(1, "1s", &[(7_200, 18_000), (40_000, 50_000)]);
    let longest = [7_200, 40_000].into_iter().flat_map(|from| {
        let accounts = replay.history.clusters[0].accounts.iter();
        accounts.map(move |account| {
            let poll = account.schedule.first_at_or_after(second(from));
            (account.schedule.time(poll) - second(from)).max(Duration::SECOND)
        })
    });
    assert_eq!(Some(time_to_revoke(&replay)), longest.max());
}
