//! What holds in every world.

use cmksim::accounting::{Balance, audit};
use cmksim::experiment::{Curves, Replay, Runner, Study, replay};
use cmksim::kernel::{StreamKey, never};
use cmksim::model::{AccessState, Options, PollCount, PollSchedule};
use cmksim::scenario::{
    Action, Delay, Event, KeyTarget, Measure, Owner, PollInterval, Scenario, Scope, Timing, Value,
    read,
};
use cmksim::units::{Duration, Probability, Time, Volume};

use crate::lives::any_world;
use crate::worlds::{
    Dice, Scale, seeds, shown, with_an_event_in_front, with_more, world, world_of,
};
use crate::written::written;

fn replayed(scenario: &Scenario, every_poll: bool) -> Replay {
    let traces = scenario.workspaces.iter().map(|_| None).collect::<Vec<_>>();
    let options = Options {
        replication: 0,
        every_poll,
    };
    replay(scenario, &traces, options, &never)
        .unwrap_or_else(|error| panic!("{error}, {}", shown(scenario)))
}

fn balances(scenario: &Scenario, replay: &Replay, t: Time) -> Vec<Balance> {
    (0..scenario.workspaces.len())
        .map(|index| replay.books.balance(index, t))
        .collect()
}

/// The balance of all workspaces together at each millisecond of a short run.
struct Along(Vec<Balance>);

impl Along {
    fn of(scenario: &Scenario, replay: &Replay) -> Along {
        let every = (0..=scenario.duration.millis()).map(Time::from_millis);
        Along(replay.books.totals(&every.collect::<Vec<Time>>()))
    }

    /// The least and the most in a window, its ends included.
    fn range(&self, from: Time, until: Time, of: fn(&Balance) -> Volume) -> (u64, u64) {
        let at = |t: Time| usize::try_from(t.millis()).expect("within the run");
        let bytes = self.0[at(from)..=at(until)]
            .iter()
            .map(|of_all| of(of_all).bytes());
        let (least, most) = (bytes.clone().min(), bytes.max());
        least.zip(most).expect("a window has a millisecond")
    }
}

/// One byte per account and direction.
fn slack(scenario: &Scenario) -> u64 {
    let accounts = scenario
        .clusters
        .iter()
        .map(|of| u64::from(of.storage_accounts));
    2 * (accounts.sum::<u64>() + 1) * scenario.workspaces.len() as u64
}

#[test]
fn the_extremes_of_a_window_are_those_of_its_milliseconds() {
    let mut short = 0;
    for seed in seeds(300) {
        let scenario = world_of(Scale::Milliseconds, seed);
        let replay = replayed(&scenario, false);
        let (along, slack) = (Along::of(&scenario, &replay), slack(&scenario));
        let near = |found: Volume, bytes: u64| {
            let near = found.bytes().abs_diff(bytes) <= slack;
            assert!(near, "{found:?}, not {bytes} B, {}", shown(&scenario));
        };
        let mut dice = Dice::new(seed);
        let mut times = [0; 8].map(|_| dice.between(0, scenario.duration.millis()));
        times.sort_unstable();
        let times = times.map(Time::from_millis);
        let extremes = replay.books.extremes_between(&times);
        assert_eq!(extremes.len(), times.len() - 1);
        for (window, of) in times.windows(2).zip(extremes) {
            let range = |of: fn(&Balance) -> Volume| along.range(window[0], window[1], of);
            let (_, most) = range(|of| of.buffered);
            near(of.buffered_peak, most);
            near(of.accessible_min, range(|of| of.accessible).0);
            near(of.inaccessible_peak, range(Balance::inaccessible).1);
            let at_end = |t: &Time| along.range(*t, *t, |of| of.buffered).1 + 2 * slack;
            short += u32::from(window.iter().all(|t| most > at_end(t)));
        }
    }
    assert!(short > 50, "{short} peaks within a window");
}

#[test]
fn a_fan_shows_the_extremes_of_its_windows() {
    let mut away = 0;
    for seed in seeds(300) {
        let scenario = world_of(Scale::Milliseconds, seed);
        let replay = replayed(&scenario, false);
        let along = Along::of(&scenario, &replay);
        let traces = vec![None; scenario.workspaces.len()];
        let study = Study::new(&scenario, &traces);
        let fan = Curves::default().fan(&study, 1, &Runner::SERIAL);
        let fan = fan.expect("the run comes to its end");
        let extremes = |from: Time, until: Time| replay.books.extremes_between(&[from, until])[0];
        for window in &fan.windows {
            let of = extremes(window.from, window.until);
            assert_eq!(
                window.accessible.min,
                of.accessible_min,
                "{}",
                shown(&scenario)
            );
            assert_eq!(
                window.buffered.max,
                of.buffered_peak,
                "{}",
                shown(&scenario)
            );
            let dropped = along.range(window.until, window.until, Balance::dropped);
            assert_eq!(
                window.dropped.max.bytes(),
                dropped.1,
                "{}",
                shown(&scenario)
            );
        }
        for count in &fan.counts {
            let of = extremes(count.from, count.until);
            let expected = [of.buffered_peak, of.inaccessible_peak].map(|of| of > Volume::ZERO);
            let counted = [count.buffered, count.inaccessible].map(|count| count == 1);
            assert_eq!(counted, expected, "{}", shown(&scenario));
            away += count.buffered;
        }
    }
    assert!(away > 1_000, "{away} windows with buffered data");
}

/// A cluster that comes back to its key is revoked, and here recovers in the same millisecond: its
/// hot cache is filled again from then on, and what waited is stored after that.
#[test]
fn a_revocation_that_is_over_at_its_instant_deletes_what_was_there_before() {
    let back = "[[event]]\nname = \"off\"\nat = \"15ms\"\nkind = \"delete_cluster\"\n\
                [[event]]\nafter_end = \"off\"\nkind = \"recover_cluster\"\n";
    let waits = "[[event]]\nat = \"10ms\"\nkind = \"storage_outage\"\nduration = \"15ms\"\n";
    for (refill, events) in [
        ("0ms", back.to_owned()),
        ("10ms", back.to_owned()),
        ("never", format!("{back}{waits}")),
    ] {
        let text = format!(
            "duration = \"60ms\"\n\
             [behaviour]\npoll_interval = {{ min = \"1ms\", max = \"1ms\" }}\n\
             revocation_recovery = \"0ms\"\nbuffer_on_revocation = \"hold\"\n\
             disassociation_duration = \"5ms\"\ncluster_recovery_duration = \"5ms\"\n\
             hot_cache_refill = \"{refill}\"\n\
             [[workspace]]\nname = \"logs\"\ningestion = \"1 MB/s\"\n{events}"
        );
        let reading = read("at its instant", text.as_bytes(), &[]);
        let scenario = reading
            .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
            .scenario;
        let replay = replayed(&scenario, false);
        let account = &replay.history.clusters[0].accounts[0];
        let revoked = account.revoked[0];
        let serves = (revoked, AccessState::Serving);
        assert!(account.access.contains(&serves), "{account:?}");
        for ms in 0..=60 {
            let t = Time::from_millis(ms);
            let claimed = balances(&scenario, &replay, t);
            audit(
                &scenario,
                &replay.history,
                &[replay.books.intake(0)],
                t,
                &claimed,
            )
            .unwrap_or_else(|violation| panic!("{violation}, refill {refill}"));
        }
    }
}

#[test]
fn every_byte_is_accounted_for_at_any_time() {
    for seed in seeds(5_000) {
        let scenario = any_world(seed);
        let replay = replayed(&scenario, false);
        let intakes: Vec<_> = (0..scenario.workspaces.len())
            .map(|index| replay.books.intake(index))
            .collect();
        let mut dice = Dice::new(seed);
        let end = scenario.duration.millis();
        let mut times = vec![0, end];
        times.extend((0..6).map(|_| dice.between(0, end)));
        // And at instants of change, where mistakes of one millisecond would show.
        for change in replay.history.log.iter().rev().take(200).step_by(29) {
            times.push(change.time.millis());
            times.push((change.time.millis() + 1).min(end));
        }
        times.sort_unstable();
        let times: Vec<Time> = times.into_iter().map(Time::from_millis).collect();
        let workspaces = 0..scenario.workspaces.len();
        let along: Vec<Vec<Balance>> = workspaces
            .map(|index| replay.books.balances(index, &times))
            .collect();
        let (totals, dropped) = (replay.books.totals(&times), replay.books.dropped(&times));
        for (number, &t) in times.iter().enumerate() {
            let claimed: Vec<Balance> = along.iter().map(|balances| balances[number]).collect();
            audit(&scenario, &replay.history, &intakes, t, &claimed)
                .unwrap_or_else(|violation| panic!("{violation}, {}", shown(&scenario)));
            let total = claimed.iter().copied().reduce(Balance::plus);
            assert_eq!(Some(totals[number]), total, "{}", shown(&scenario));
            let lost = totals[number].dropped();
            assert_eq!(dropped[number], lost, "{}", shown(&scenario));
        }
        // One look finds what a pass along many instants found there.
        let number = usize::try_from(dice.between(0, 6)).expect("small");
        let alone = balances(&scenario, &replay, times[number]);
        for (balance, balances) in alone.iter().zip(&along) {
            assert_eq!(*balance, balances[number], "{}", shown(&scenario));
        }
    }
}

#[test]
fn executing_every_poll_changes_nothing() {
    for seed in seeds(2_500) {
        let scenario = any_world(seed);
        let short = replayed(&scenario, false);
        let long = replayed(&scenario, true);
        let told = || shown(&scenario);
        assert_eq!(
            short.fingerprint,
            long.fingerprint,
            "fingerprint, {}",
            told()
        );
        assert_eq!(short.measures, long.measures, "measures, {}", told());
        assert_eq!(short.history.log, long.history.log, "log, {}", told());
        assert_eq!(
            short.history.clusters,
            long.history.clusters,
            "clusters, {}",
            told()
        );
        assert_eq!(short.history.executed, None);
        let executed = long
            .history
            .executed
            .as_ref()
            .expect("every poll was executed");
        for (cluster, executed) in executed.iter().enumerate() {
            let count = |measure| match short.measures.get(Scope::Cluster(cluster), measure) {
                Some(Value::Count(count)) => count,
                other => panic!("{measure:?} is {other:?}"),
            };
            let counted = PollCount {
                requests: count(Measure::KeyVaultRequests),
                failures: count(Measure::KeyVaultFailures),
                denials: count(Measure::KeyVaultDenials),
            };
            assert_eq!(counted, *executed, "polls of cluster {cluster}, {}", told());
        }
    }
}

#[test]
fn the_same_scenario_gives_the_same_twice() {
    for seed in seeds(300) {
        let scenario = any_world(seed);
        let (first, second) = (replayed(&scenario, false), replayed(&scenario, false));
        assert_eq!(
            first.fingerprint,
            second.fingerprint,
            "{}",
            shown(&scenario)
        );
        assert_eq!(first.history, second.history, "{}", shown(&scenario));
        assert_eq!(first.measures, second.measures, "{}", shown(&scenario));
    }
}

#[test]
fn another_seed_gives_another_history() {
    let mut differs = 0;
    for seed in seeds(100) {
        let mut scenario = world_of(Scale::Hours, seed);
        let first = replayed(&scenario, false);
        scenario.unchecked.seed += 1;
        differs += u32::from(first.history != replayed(&scenario, false).history);
    }
    // Where nothing happens and nothing polls there is nothing to differ.
    assert!(differs > 80, "only {differs} of 100 differ");
}

fn looks_at_everything(event: &Event) -> bool {
    matches!(&event.timing, Timing::Seen(watch) if watch.scope == Scope::Total)
}

/// The numbers of the things that are in both worlds; the larger one has so many clusters and
/// as many workspaces before them.
fn same_for_all_in(scenario: &Scenario, larger: &Scenario, before: usize) {
    let (small, large) = (replayed(scenario, false), replayed(larger, false));
    let told = || format!("{}, with more: {}", shown(scenario), shown(larger));
    for (index, cluster) in small.history.clusters.iter().enumerate() {
        assert_eq!(
            *cluster,
            large.history.clusters[before + index],
            "cluster {index}, {}",
            told()
        );
    }
    let workspaces = (0..scenario.workspaces.len())
        .map(|index| (Scope::Workspace(index), Scope::Workspace(before + index)));
    let clusters = (0..scenario.clusters.len())
        .map(|index| (Scope::Cluster(index), Scope::Cluster(before + index)));
    for (here, there) in workspaces.chain(clusters) {
        // What a cluster costs its workspaces share.
        for &measure in Measure::ALL
            .iter()
            .filter(|measure| measure.owner() != Owner::Both)
        {
            let (alone, among) = (
                small.measures.get(here, measure),
                large.measures.get(there, measure),
            );
            assert_eq!(alone, among, "{measure:?} of {here:?}, {}", told());
        }
    }
}

/// The same world with a cluster and a workspace before all others. It goes through its file,
/// where names stand for numbers. Their vault is the last: the number of a vault is its place
/// in an instant.
fn with_others_in_front(scenario: &Scenario) -> Scenario {
    const OTHERS: &str = r#"
[[cluster]]
name = "first-cluster"
storage_accounts = 3
key = { vault = "last-vault", name = "key", version = "1" }
subscription = "another"
[[workspace]]
name = "first-workspace"
cluster = "first-cluster"
ingestion = { rate = "1 GB/day", noise = { dist = "gamma", cv = 0.5, period = "1h" } }
"#;
    const LAST: &str = r#"
[[key_vault]]
name = "last-vault"
keys = { key = ["1"] }
"#;
    let file = written(scenario);
    let at = file.find("[[key_vault]]").expect("a world has a vault");
    let file = format!("{}{OTHERS}{}{LAST}", &file[..at], &file[at..]);
    let reading = cmksim::scenario::read("others in front", file.as_bytes(), &[]);
    reading
        .unwrap_or_else(|wrong| panic!("{}\n{file}", wrong.render(false)))
        .scenario
}

#[test]
fn what_is_added_elsewhere_changes_nothing_here() {
    for seed in seeds(1_200) {
        let scenario = any_world(seed);
        // Who looks at everything sees what is added.
        if scenario.events.iter().any(looks_at_everything) {
            continue;
        }
        same_for_all_in(&scenario, &with_more(scenario.clone()), 0);
        same_for_all_in(&scenario, &with_an_event_in_front(scenario.clone()), 0);
    }
}

#[test]
fn what_is_added_in_front_changes_nothing_here() {
    let mut checked = 0;
    for seed in seeds(500) {
        let scenario = any_world(seed);
        if scenario.events.iter().any(looks_at_everything) {
            continue;
        }
        checked += 1;
        same_for_all_in(&scenario, &with_others_in_front(&scenario), 1);
    }
    assert!(checked > 250, "only {checked} of 500 worlds");
}

#[test]
fn another_storage_account_changes_nothing_for_the_others() {
    for seed in seeds(300) {
        let scenario = world(seed);
        let mut larger = scenario.clone();
        for cluster in &mut larger.unchecked.clusters {
            cluster.storage_accounts += 1;
        }
        let (small, large) = (replayed(&scenario, false), replayed(&larger, false));
        for (few, more) in small.history.clusters.iter().zip(&large.history.clusters) {
            let together = &more.accounts[..few.accounts.len()];
            assert_eq!(few.accounts, together, "{}", shown(&scenario));
        }
    }
}

/// A world in which one thing interrupts, and how long.
fn with_one_interruption(seed: u64, of: fn(&mut Dice, KeyTarget) -> Action) -> Scenario {
    let mut scenario = world(seed);
    let mut dice = Dice::new(!seed);
    let used = scenario.clusters[0].key.clone();
    let key = used.map_or(
        KeyTarget {
            vault: 0,
            key: 0,
            version: Some("1".into()),
        },
        |used| KeyTarget {
            vault: used.vault,
            key: used.key,
            version: Some(used.version),
        },
    );
    let third = scenario.duration.millis() / 3;
    let at = Duration::from_millis(dice.between(0, third));
    scenario.unchecked.events = vec![Event {
        name: "only".into(),
        timing: Timing::At(Delay::constant(at)),
        action: of(&mut dice, key),
        duration: Some(Delay::constant(Duration::from_millis(
            dice.between(1, third.max(1)),
        ))),
        draws_as: None,
        occurrence: 0,
    }];
    scenario
}

#[test]
fn a_longer_interruption_never_loses_less() {
    let kinds: [fn(&mut Dice, KeyTarget) -> Action; 5] = [
        |_, key| Action::KeyVaultOutage {
            vault: key.vault,
            failure: Probability::ALWAYS,
        },
        |_, key| Action::KeyVaultDenials {
            vault: key.vault,
            failure: Probability::ALWAYS,
        },
        |_, key| Action::DisableKey(key),
        |_, _| Action::StorageOutage { cluster: 0 },
        |_, _| Action::IdentityOutage {
            failure: Probability::ALWAYS,
        },
    ];
    let mut lost = 0;
    for seed in seeds(1_500) {
        for kind in kinds {
            let mut scenario = with_one_interruption(seed, kind);
            let mut dice = Dice::new(seed + 7);
            let mut before = dropped(&scenario);
            for _ in 0..4 {
                let event = &mut scenario.unchecked.events[0];
                let duration = event.duration.as_ref().expect("it has a duration");
                let lasts = duration.draw(|| StreamKey::root(0, 0)).expect("a constant");
                let longer = Duration::from_millis(dice.between(1, lasts.millis() + 5));
                event.duration = Some(Delay::constant(lasts + longer));
                let after = dropped(&scenario);
                assert!(
                    after >= before,
                    "{before} B, longer {after} B, {}",
                    shown(&scenario)
                );
                lost += u32::from(after > before);
                before = after;
            }
        }
    }
    assert!(lost > 1_000, "only {lost} longer interruptions lost more");
}

fn dropped(scenario: &Scenario) -> u64 {
    match replayed(scenario, false)
        .measures
        .get(Scope::Total, Measure::Dropped)
    {
        Some(Value::Volume(volume)) => volume.bytes(),
        other => panic!("dropped is {other:?}"),
    }
}

/// One interruption under the parameters of the edition 2020-06, at 1 GB/s.
fn by_the_book(dice: &mut Dice, kind: &str, length: i64) -> (Scenario, i64) {
    let accounts = dice.between(1, 12);
    let text = format!(
        "duration = \"20h\"\nseed = {}\n\
         [[cluster]]\nname = \"cluster\"\nstorage_accounts = {accounts}\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 GB/s\"\n\
         [[event]]\nat = \"{}ms\"\nkind = \"{kind}\"\nduration = \"{length}ms\"\n",
        dice.between(0, 1 << 40),
        dice.between(0, 7_200_000),
    );
    let reading = cmksim::scenario::read("bounds", text.as_bytes(), &[]);
    (
        reading.unwrap_or_else(|wrong| panic!("{wrong:?}")).scenario,
        accounts,
    )
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;
const BYTES_PER_MS: i64 = 1_000_000;

#[test]
fn a_denial_loses_within_its_bounds() {
    for seed in seeds(2_000) {
        let mut dice = Dice::new(seed);
        let length = dice.between(1, 300 * MINUTE);
        let (scenario, accounts) = by_the_book(&mut dice, "disable_key", length);
        let lost = dropped(&scenario).cast_signed();
        let least = (length - 60 * MINUTE).max(0) * BYTES_PER_MS - accounts;
        let most = (length + 60 * SECOND + 30 * MINUTE) * BYTES_PER_MS + accounts;
        assert!(
            (least..=most).contains(&lost),
            "{lost} B lost, {}",
            shown(&scenario)
        );
    }
}

#[test]
fn an_outage_stays_within_its_bounds() {
    for seed in seeds(2_000) {
        let mut dice = Dice::new(seed);
        let length = dice.between(
            1,
            if seed % 2 == 0 {
                40 * MINUTE
            } else {
                480 * MINUTE
            },
        );
        let (scenario, _) = by_the_book(&mut dice, "key_vault_outage", length);
        let replay = replayed(&scenario, false);
        let Some(Value::Duration(downtime)) =
            replay.measures.get(Scope::Total, Measure::QueryDowntime)
        else {
            panic!("there is no downtime");
        };
        let least = (length - 30 * MINUTE).max(0);
        let most = (length - 30 * MINUTE + 120 * SECOND).max(0);
        assert!(
            (least..=most).contains(&downtime.millis()),
            "{downtime}, {}",
            shown(&scenario)
        );
        if most <= 360 * MINUTE {
            assert_eq!(dropped(&scenario), 0, "{}", shown(&scenario));
        }
    }
}

#[test]
fn gaps_between_polls_keep_their_bounds_and_their_mean() {
    for seed in seeds(300) {
        let mut dice = Dice::new(seed);
        let min = dice.between(1, if seed % 2 == 0 { 4 } else { 60_000 });
        let width = dice.between(0, if seed % 3 == 0 { 5 } else { 60_000 });
        let interval = PollInterval {
            min: Duration::from_millis(min),
            max: Duration::from_millis(min + width),
        };
        let schedule = PollSchedule::new(interval, StreamKey::root(seed, 0).name("account"));
        const POLLS: i64 = 2_000;
        let times: Vec<i64> = (-POLLS..=POLLS)
            .map(|k| schedule.time(k).millis())
            .collect();
        for pair in times.windows(2) {
            let gap = pair[1] - pair[0];
            assert!(
                (min..=min + width).contains(&gap),
                "{gap} ms for {interval:?}"
            );
        }
        // The mean gap is min + w; the two ends are off by their jitters, each at most w.
        let w = width / 2;
        let off = (times[times.len() - 1] - times[0] - 2 * POLLS * (min + w)).abs();
        assert!(off <= w, "mean gap of {interval:?}");
        for _ in 0..50 {
            let at = dice.between(times[1], times[times.len() - 2]);
            let first = times
                .iter()
                .position(|&time| time >= at)
                .expect("before the last");
            let found = schedule.first_at_or_after(Time::from_millis(at));
            assert_eq!(
                found + POLLS,
                i64::try_from(first).expect("few"),
                "{interval:?}"
            );
        }
    }
}

/// What ends by itself at the instant at which an event would save it is over, whatever the
/// numbers of vaults and events are.
#[test]
fn a_key_whose_time_is_over_is_not_recovered_whatever_stands_in_front() {
    for in_front in ["", "[[key_vault]]\nname = \"other\"\n"] {
        let text = format!(
            "duration = \"10d\"\n[behaviour]\nsoft_delete_retention = \"7d\"\n{in_front}\
             [[key_vault]]\nname = \"mine\"\n\
             [[cluster]]\nname = \"cluster\"\n\
             key = {{ vault = \"mine\", name = \"key\", version = \"1\" }}\n\
             [[workspace]]\nname = \"logs\"\ncluster = \"cluster\"\ningestion = \"1 TB/day\"\n\
             [[event]]\nat = \"1d\"\nkind = \"delete_key\"\nvault = \"mine\"\nduration = \"7d\"\n"
        );
        let reading = cmksim::scenario::read("purge", text.as_bytes(), &[]);
        let scenario = reading.unwrap_or_else(|wrong| panic!("{wrong:?}")).scenario;
        let replay = replayed(&scenario, false);
        let destroyed = replay.measures.get(Scope::Total, Measure::Destroyed);
        let Some(Value::Volume(destroyed)) = destroyed else {
            panic!("destroyed is {destroyed:?}");
        };
        assert!(destroyed.bytes() > 20_000_000_000_000, "{in_front}");
    }
}
