//! Right scenarios and what they mean.

use cmksim::Options;
use cmksim::experiment::replay;
use cmksim::kernel::never;
use cmksim::model::{Reason, What, simulate};
use cmksim::scenario::{
    self, Access, Action, AlertRule, Billing, Comparison, Delay, DeleteWithWorkspaces, Edge,
    Measure, Override, Reading, Scale, Scope, Shape, Source, SubscriptionApproval, Symptom, Timing,
    Value,
};
use cmksim::units::{Duration, Factor, Rate, Time};

use crate::shipped;

const SMALLEST: &str = r#"duration = "7d"

[[workspace]]
name = "logs"
ingestion = "1 TB/day"

[[event]]
at = "2d"
kind = "key_vault_outage"
duration = "45m"
"#;

fn read_with(text: &str, set: &[&str]) -> Reading {
    let set: Vec<Override> = set.iter().map(|set| Override::new("--set", set)).collect();
    scenario::read("scenario.toml", text.as_bytes(), &set)
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

fn read(text: &str) -> Reading {
    read_with(text, &[])
}

fn days(count: i64) -> Duration {
    Duration::from_millis(count * Duration::DAY.millis())
}

fn names(reading: &Reading) -> Vec<&str> {
    let events = reading.scenario.events.iter();
    events.map(|event| event.name.as_str()).collect()
}

#[test]
fn every_shipped_scenario_is_read() {
    for path in shipped::scenarios() {
        let reading = shipped::reading(&path);
        let warnings = reading.warnings.render(false);
        assert!(
            reading.warnings.is_empty(),
            "{}: {warnings}",
            path.display()
        );
    }
}

#[test]
fn the_smallest_scenario_has_every_default() {
    let scenario = read(SMALLEST).scenario;
    assert_eq!(scenario.edition, "2020-06");
    assert_eq!((scenario.seed, scenario.start), (1, None));
    assert_eq!(scenario.end(), Time::START + days(7));
    let [vault] = scenario.key_vaults.as_slice() else {
        panic!("one vault");
    };
    assert_eq!(vault.name, "vault");
    assert!(vault.soft_delete && vault.purge_protection);
    assert_eq!(vault.keys[0].name, "key");
    assert_eq!(vault.keys[0].versions, ["1"]);
    let [cluster] = scenario.clusters.as_slice() else {
        panic!("one cluster");
    };
    assert_eq!(
        (cluster.name.as_str(), cluster.storage_accounts),
        ("cluster", 10)
    );
    assert_eq!(
        cluster.key.as_ref().map(|key| key.version.as_str()),
        Some("1")
    );
    let [workspace] = scenario.workspaces.as_slice() else {
        panic!("one workspace");
    };
    assert_eq!(workspace.cluster, Some(0));
    assert_eq!(
        (workspace.retention, workspace.history),
        (days(31), days(31))
    );
    assert_eq!(workspace.daily_cap, None);
    let rate = Rate::from_bytes_per_day(1_000_000_000_000);
    assert_eq!(workspace.ingestion.source, Source::Rate(rate));
    let [event] = scenario.events.as_slice() else {
        panic!("one event");
    };
    assert_eq!(event.name, "key_vault_outage#1");
    assert_eq!(event.timing, Timing::At(Delay::constant(days(2))));
}

#[test]
fn calendar_times_count_from_the_start() {
    let text = format!("start = 2026-03-01T06:00:00+01:00\n{SMALLEST}")
        .replace("\"2d\"", "2026-03-02T05:00:00Z");
    let scenario = read(&text).scenario;
    // 2026-03-01T05:00:00Z: 20 513 days after 1970-01-01, and 5 hours.
    assert_eq!(scenario.start, Some((20_513 * 24 + 5) * 3_600_000));
    assert_eq!(
        scenario.events[0].timing,
        Timing::At(Delay::constant(days(1)))
    );
}

/// A vault answers its limit in 10 seconds, and everything else 429. An account polls twice in them.
#[test]
fn a_vault_throttles_what_is_beyond_its_limit() {
    let share = |edition: &str, more: &str| {
        let text = format!(
            "duration = '1d'\nedition = '{edition}'\n\
             [[workspace]]\nname = 'w'\ncluster = 'none'\ningestion = '1 TB/day'\n\
             [[event]]\nat = '3h'\nkind = 'key_vault_throttling'\nduration = '1h'\nvault = 'vault'\n{more}"
        );
        let Action::KeyVaultThrottling { failure, .. } = read(&text).scenario.events[0].action
        else {
            panic!("the event throttles");
        };
        failure.parts()
    };
    const ALL: u64 = 1 << 32;
    const OTHERS: &str = "[[cluster]]\nname = 'a'\nkey = { vault = 'vault' }\n\
        [[cluster]]\nname = 'b'\nstorage_accounts = 1\nkey = { vault = 'another' }\n\
        [[key_vault]]\nname = 'vault'\n[[key_vault]]\nname = 'another'\n";
    for (edition, more, expected) in [
        ("2020-06", "requests = 0", 0),
        ("2020-06", "requests = 1_980", 0),
        ("2020-06", "requests = 1_981", ALL / 2_001),
        ("2020-06", "requests = 3_980", ALL / 2),
        (
            "2020-06",
            "requests = 7_980\nkey_type = 'RSA 2048'",
            ALL / 4 * 3,
        ),
        ("2020-06", "requests = 230\nkey_type = 'RSA 4096'", 0),
        ("2020-06", "requests = 980\nkey_type = 'RSA 3072'", ALL / 2),
        ("2021-07", "requests = 3_980", 0),
        ("2026-04", "requests = 7_980", ALL / 2),
        ("2020-06", "requests = 1_000_000", ALL * 998_020 / 1_000_020),
        // Five polls in 10 seconds: every 2.4 seconds.
        (
            "2020-06",
            "requests = 3_950\n[behaviour]\npoll_interval.min = '2400ms'",
            ALL / 2,
        ),
        ("2020-06", &format!("requests = 3_980\n{OTHERS}"), ALL / 2),
    ] {
        assert_eq!(share(edition, more), expected, "{edition}, {more}");
    }
}

/// In the model it is an outage that some requests get through.
#[test]
fn throttling_fails_as_many_polls_as_an_outage_does() {
    let measures = |kind: &str| {
        let scenario = read(&SMALLEST.replace("\"key_vault_outage\"", kind)).scenario;
        let history = replay(&scenario, &[None], Options::default(), &never).expect("a run");
        history.measures
    };
    let throttled = "\"key_vault_throttling\"\nrequests = 199_980";
    let flaky = "\"key_vault_outage\"\nfailure_probability = 0.99";
    let unthrottled = "\"key_vault_throttling\"\nrequests = 1_980";
    let measures = [throttled, flaky, unthrottled].map(measures);
    assert_eq!(measures[0], measures[1]);
    let count = |of: usize, measure| measures[of].get(Scope::Total, measure);
    let (failures, interruptions) = (Measure::KeyVaultFailures, Measure::Interruptions);
    assert_ne!(count(0, interruptions), Some(Value::Count(0)));
    assert_eq!(count(2, failures), Some(Value::Count(0)));
}

const CHAIN: &str = r#"
[[event]]
name = "third"
after_end = "second"
kind = "key_vault_outage"
duration = "1h"

[[event]]
name = "first"
at = "1d"
kind = "disable_key"

[[event]]
name = "second"
after = "first"
delay = "1h"
kind = "identity_outage"
duration = "1h"

[[event]]
at = "3d"
kind = "disable_key"

[[hazard]]
gap = { dist = "exponential", mean = "1d" }
kind = "disable_key"
duration = "1h"
"#;

#[test]
fn a_disabled_event_takes_with_it_what_waits_for_it() {
    let text = format!("{SMALLEST}{CHAIN}");
    let all = read(&text);
    assert_eq!(
        names(&all),
        [
            "key_vault_outage#1",
            "third",
            "first",
            "second",
            "disable_key#1",
            "disable_key#2"
        ]
    );
    let Timing::After { event, edge, .. } = all.scenario.events[1].timing else {
        panic!("it waits");
    };
    assert_eq!((event, edge), (3, Edge::End));

    let without = read_with(&text, &["event.second.enabled=false"]);
    assert_eq!(
        names(&without),
        [
            "key_vault_outage#1",
            "first",
            "disable_key#1",
            "disable_key#2"
        ]
    );
    // Numbers stay: what is switched off is counted.
    let without = read_with(&text, &["event.disable_key#1.enabled=false"]);
    assert_eq!(
        names(&without),
        [
            "key_vault_outage#1",
            "third",
            "first",
            "second",
            "disable_key#2"
        ]
    );
    let Timing::After { event, .. } = read_with(&text, &["event[1].enabled=false"])
        .scenario
        .events[0]
        .timing
    else {
        panic!("it waits");
    };
    assert_eq!(event, 2, "indices move up");
}

#[test]
fn overrides_reach_every_key() {
    let scenario = read_with(
        SMALLEST,
        &[
            "seed=7",
            "seed=8",
            " behaviour.buffer_retention = 2h ",
            "behaviour.poll_interval.max=30s",
            "behaviour.revocation_delay={ dist = \"uniform\", min = \"0s\", max = \"10m\" }",
            "workspace.logs.retention=90d",
            "workspace[1].daily_cap=800 GB",
            "event[1].at=1d 3h",
            "event.key_vault_outage#1.duration=\"1h\"",
            "cluster.cluster.storage_accounts=3",
            "key_vault.vault.purge_protection=false",
            "expect=[\"dropped == 0 B\"]",
        ],
    )
    .scenario;
    assert_eq!(scenario.seed, 8, "the last one holds");
    assert_eq!(scenario.behaviour.buffer_retention.to_string(), "2h");
    assert_eq!(scenario.behaviour.poll_interval.min.to_string(), "6s");
    assert_eq!(scenario.behaviour.poll_interval.max.to_string(), "30s");
    let longest = scenario.behaviour.revocation_delay.longest();
    assert_eq!(
        longest.map(|longest| longest.to_string()).as_deref(),
        Some("10m")
    );
    assert_eq!(scenario.workspaces[0].retention, days(90));
    assert_eq!(
        scenario.workspaces[0]
            .daily_cap
            .map(|cap| cap.to_string())
            .as_deref(),
        Some("800 GB")
    );
    assert_eq!(
        scenario.events[0].timing,
        Timing::At(Delay::constant(Duration::from_millis(27 * 3_600_000)))
    );
    assert_eq!(
        scenario.events[0].duration,
        Some(Delay::constant(Duration::HOUR))
    );
    assert_eq!(scenario.clusters[0].storage_accounts, 3);
    assert!(!scenario.key_vaults[0].purge_protection);
    assert_eq!(scenario.expectations.len(), 1);
}

#[test]
fn delays_put_one_end_of_the_range_in_place_of_draws() {
    let text = SMALLEST.replace(
        "\"45m\"",
        "{ dist = \"triangular\", min = \"10m\", mode = \"30m\", max = \"50m\" }",
    ) + "[[hazard]]\ngap = { dist = \"exponential\", mean = \"1d\" }\nkind = \"disable_key\"\nduration = \"1h\"\n";
    for (delays, outage, revocation) in [
        ("shortest", "10m", "0s"),
        ("typical", "30m", "30m"),
        ("longest", "50m", "1h"),
    ] {
        let scenario = read_with(&text, &[&format!("delays={delays}")]).scenario;
        let duration = |text: &str| Delay::constant(text.parse().expect("a duration"));
        assert_eq!(
            scenario.events[0].duration,
            Some(duration(outage)),
            "{delays}"
        );
        assert_eq!(
            scenario.behaviour.revocation_delay,
            duration(revocation),
            "{delays}"
        );
        let Timing::Every { gap } = &scenario.events[1].timing else {
            panic!("a hazard");
        };
        assert!(
            matches!(gap.shape(), Shape::Exponential { .. }),
            "gaps stay random"
        );
    }
}

#[test]
fn an_ingestion_has_profiles_or_a_trace() {
    let text = r#"duration = "7d"
[[workspace]]
name = "a"
[workspace.ingestion]
rate = "600 GB/day"
weekly = [1, 1, 1, 1, 1, 0, 2]
growth = "-2.5%/30d"
[[workspace]]
name = "b"
cluster = "none"
history = "0d"
[workspace.ingestion]
trace = "usage.csv"
time = "StartTime"
volume = "Quantity"
unit = "MiB"
where = { DataType = "SecurityEvent" }
"#;
    let scenario = read(text).scenario;
    let ingestion = &scenario.workspaces[0].ingestion;
    let weekly = ingestion.weekly.expect("it is given");
    assert_eq!(weekly[0], Factor::ONE);
    assert_eq!(weekly[6], Factor::from_millionths(2_000_000));
    assert!((ingestion.growth.expect("it is given").factor - 0.975).abs() < 1e-12);
    let workspace = &scenario.workspaces[1];
    assert_eq!(
        (workspace.cluster, workspace.history),
        (None, Duration::ZERO)
    );
    let Source::Trace(trace) = &workspace.ingestion.source else {
        panic!("a trace");
    };
    assert_eq!(trace.scale, Scale::Unit(1 << 20));
    let filter = [("DataType".to_owned(), "SecurityEvent".to_owned())];
    assert_eq!(trace.filter, filter);
}

/// A log-normal quantity has the mean and deviation, or the interval, that is stated.
#[test]
fn what_is_not_known_of_rate_and_growth_is_read() {
    let text = r#"duration = "7d"
[[workspace]]
name = "a"
[workspace.ingestion]
rate = { mean = "1 TB/day", sd = "500 GB/day" }
growth = { low = "2%/30d", high = "6%/30d" }
noise = { dist = "gamma", cv = 0.2, period = "1h", daily_cv = 0.1, weekly_cv = 0.05 }
[[workspace]]
name = "b"
[workspace.ingestion]
rate = { low = "500 GB/day", high = "2 TB/day", confidence = "95%" }
growth = { mean = "4%/7d", sd = "1%/7d", correlation = -0.5 }
"#;
    let scenario = read(text).scenario;
    let [a, b] = [0, 1].map(|at| &scenario.workspaces[at].ingestion);
    assert!(!a.is_known() && !a.is_fixed());
    let near = |found: f64, expected: f64| {
        assert!(
            (found / expected - 1.0).abs() < 1e-8,
            "{found}, not {expected}"
        );
    };
    let rate = |ingestion: &cmksim::scenario::Ingestion| match ingestion.source {
        Source::Rate(rate) => rate.bytes_per_day(),
        Source::Trace(_) => panic!("a rate"),
    };
    let variance = 1.25_f64.ln();
    near(rate(a) as f64, 1e12 * (-variance / 2.0).exp());
    near(a.rate_spread, variance.sqrt());
    near(rate(b) as f64, 1e12);
    near(b.rate_spread, 4_f64.ln() / 2.0 / 1.959_963_985);
    let growth = |ingestion: &cmksim::scenario::Ingestion| ingestion.growth.expect("it is given");
    near(growth(a).factor, (1.02_f64 * 1.06).sqrt());
    near(
        growth(a).spread,
        (1.06_f64 / 1.02).ln() / 2.0 / 1.644_853_627,
    );
    assert_eq!(
        growth(b).per,
        Duration::from_millis(7 * Duration::DAY.millis())
    );
    let variance = (1.0 + (0.01_f64 / 1.04).powi(2)).ln();
    near(growth(b).factor, 1.04 * (-variance / 2.0).exp());
    near(growth(b).spread, variance.sqrt());
    assert_eq!((growth(a).correlation, growth(b).correlation), (0.0, -0.5));
    let noise = a.noise.expect("it is given");
    assert_eq!((noise.daily_cv, noise.weekly_cv), (0.1, 0.05));
}

#[test]
fn expectations_are_resolved() {
    let text = format!(
        "expect = [\"workspace.logs.query_availability>=99.5%\", '  cluster.cluster.time_to_revoke < 1h 30m', \"key_vault_denials != 0\"]\n{SMALLEST}"
    );
    let scenario = read(&text).scenario;
    let expectations = &scenario.expectations;
    let found: Vec<_> = expectations
        .iter()
        .map(|expected| {
            (
                expected.scope,
                expected.measure.name(),
                expected.comparison,
                expected.value,
            )
        })
        .collect();
    let minutes = |count: i64| Duration::from_millis(count * 60_000);
    assert_eq!(
        found,
        [
            (
                Scope::Workspace(0),
                "query_availability",
                Comparison::AtLeast,
                Value::Ratio(0.995)
            ),
            (
                Scope::Cluster(0),
                "time_to_revoke",
                Comparison::Below,
                Value::Duration(minutes(90))
            ),
            (
                Scope::Total,
                "key_vault_denials",
                Comparison::NotEqual,
                Value::Count(0)
            ),
        ]
    );
}

#[test]
fn what_is_unambiguous_may_be_left_out() {
    let text = r#"duration = "7d"
[[key_vault]]
name = "kv"
keys = { cmk = ["1", "2"] }
[[cluster]]
name = "weu"
key = { version = "1" }
[[cluster]]
name = "shared"
key = "none"
[[workspace]]
name = "logs"
cluster = "weu"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "create_key_version"
[[event]]
at = "2d"
kind = "update_cluster_key"
cluster = "weu"
version = "3"
"#;
    let scenario = read(text).scenario;
    assert_eq!(
        scenario.clusters[0]
            .key
            .as_ref()
            .map(|key| key.version.as_str()),
        Some("1")
    );
    assert_eq!(scenario.clusters[1].key, None);
    let Action::UpdateClusterKey { cluster, key } = &scenario.events[1].action else {
        panic!("an update");
    };
    assert_eq!((*cluster, key.vault, key.key), (0, 0, 0));
    assert_eq!(
        key.version.as_deref(),
        Some("3"),
        "the next number will exist"
    );
}

/// A team that has no cluster yet, and makes one.
const ONBOARDING: &str = r#"
duration = "30d"
allowed_subscriptions = ["production"]
expect = ["cluster.logs.operations_failed == 0"]

[[key_vault]]
name = "vault"
region = "westeurope"

[[workspace]]
name = "security"
cluster = "none"
region = "westeurope"
ingestion = "1 TB/day"

[[event]]
name = "create"
at = "1d"
kind = "create_cluster"
cluster = "logs"
storage_accounts = 4
capacity_reservation = "1200 GB/day"
billing = "workspaces"
region = "westeurope"
subscription = "production"

[[event]]
after_end = "create"
kind = "grant_access"

[[event]]
after_end = "create"
delay = "1h"
kind = "update_cluster_key"
version = "newest"

[[event]]
name = "associate"
after_end = "create"
kind = "associate_workspace"

[[event]]
at = "9d"
kind = "set_capacity_reservation"
capacity_reservation = "1300 GB/day"

[[event]]
at = "9d"
kind = "set_billing_type"
billing = "cluster"

[[event]]
at = "10d"
kind = "disassociate_workspace"

[[event]]
name = "delete"
at = "11d"
kind = "delete_cluster"

[[event]]
after_end = "delete"
kind = "recover_cluster"

[[event]]
at = "28d"
kind = "create_cluster"
cluster = "logs"
key = { version = "1" }
"#;

#[test]
fn a_cluster_that_events_create_is_not_there_at_the_start() {
    let scenario = read(ONBOARDING).scenario;
    let allowed = scenario.allowed_subscriptions.as_deref();
    assert_eq!(allowed, Some(["production".to_owned()].as_slice()));
    let [cluster] = scenario.clusters.as_slice() else {
        panic!("one cluster: no other is there by default");
    };
    assert_eq!((cluster.name.as_str(), cluster.at_start), ("logs", false));
    assert_eq!(cluster.storage_accounts, 4);
    assert_eq!((&cluster.key, cluster.access), (&None, Access::NONE));
    assert_eq!(cluster.site.region, "westeurope");
    assert_eq!(cluster.site.subscription, "production");
    assert_eq!(cluster.site.tenant, scenario.key_vaults[0].site.tenant);
    assert_eq!(scenario.workspaces[0].cluster, None);
    let level = |gb: u64| Rate::from_bytes_per_day(gb * 1_000_000_000);
    let (cluster, workspace) = (0, 0);
    let actions: Vec<&Action> = scenario.events.iter().map(|event| &event.action).collect();
    let create = |capacity, billing, with_key| Action::CreateCluster {
        cluster,
        capacity,
        billing,
        with_key,
    };
    let capacity = level(1_300);
    let billing = Billing::Cluster;
    assert_eq!(
        [actions[0], actions[9]],
        [
            &create(Some(level(1_200)), Billing::Workspaces, false),
            &create(None, billing, true)
        ]
    );
    assert_eq!(
        actions[3..9],
        [
            &Action::AssociateWorkspace { workspace, cluster },
            &Action::SetCapacityReservation { cluster, capacity },
            &Action::SetBillingType { cluster, billing },
            &Action::DisassociateWorkspace { workspace },
            &Action::DeleteCluster { cluster },
            &Action::RecoverCluster { cluster },
        ]
    );
    let Action::UpdateClusterKey { key, .. } = actions[2] else {
        panic!("an update");
    };
    assert_eq!(key.version.as_deref(), Some("newest"));
}

/// The model does what the file says. Only the last request is refused: the cluster is there.
#[test]
fn what_a_file_asks_for_is_done() {
    let scenario = read(ONBOARDING).scenario;
    let history = simulate(&scenario, Options::default(), &never).expect("it runs");
    let refused: Vec<(usize, Reason)> = history
        .log
        .iter()
        .filter_map(|change| match change.what {
            What::OperationRejected(reason) | What::OperationFailed(reason) => {
                Some((change.cause.map_or(0, |cause| cause.event), reason))
            }
            _ => None,
        })
        .collect();
    assert_eq!(refused, [(9, Reason::ClusterExists)]);
}

#[test]
fn a_cluster_stays_known_when_its_creation_is_switched_off() {
    let without = read_with(ONBOARDING, &["event.create.enabled=false"]);
    assert!(!without.scenario.clusters[0].at_start);
    assert_eq!(
        without.scenario.events.len(),
        6,
        "what waits for it goes too"
    );
}

#[test]
fn created_clusters_follow_those_of_the_start() {
    let text = format!(
        "{SMALLEST}[[cluster]]\nname = \"old\"\n\
         [[event]]\nat = \"1d\"\nkind = \"create_cluster\"\ncluster = \"new\"\n\
         [[event]]\nat = \"2d\"\nkind = \"create_cluster\"\ncluster = \"old\"\n"
    );
    let scenario = read(&text).scenario;
    let known: Vec<_> = scenario
        .clusters
        .iter()
        .map(|cluster| (cluster.name.as_str(), cluster.at_start))
        .collect();
    assert_eq!(known, [("old", true), ("new", false)]);
    assert_eq!(scenario.workspaces[0].cluster, Some(0), "the only one then");
}

const RESPONSES: &str = r#"
[[response]]
name = "on-call"
when = "queries_fail"
workspace = "logs"
for = "5m"
delay = "20m"
kind = "enable_key"

[[response]]
when = "key_denied"
cluster = "cluster"
even_if_over = true
kind = "grant_access"

[[response]]
when = "operation_rejected"
workspace = "logs"
cluster = "cluster"
kind = "associate_workspace"

[[response]]
when = "data_dropped"
workspace = "logs"
cluster = "cluster"
kind = "set_daily_cap"
daily_cap = "none"

[[response]]
when = "key_denied"
workspace = "logs"
kind = "set_daily_cap"
daily_cap = "1 GB"

[[event]]
after = "on-call"
kind = "disable_key"
"#;

#[test]
fn responses_follow_events_and_watch_what_they_name() {
    let scenario = read(&format!("{SMALLEST}{RESPONSES}")).scenario;
    assert_eq!(
        scenario.events[1].timing,
        Timing::After {
            event: 2,
            edge: Edge::Begin,
            delay: Delay::constant(Duration::ZERO)
        }
    );
    let watches: Vec<&AlertRule> = scenario.events[2..]
        .iter()
        .map(|event| match &event.timing {
            Timing::Seen(watch) => watch,
            other => panic!("{other:?} is no response"),
        })
        .collect();
    let minutes = |count: i64| Duration::from_millis(count * 60_000);
    let on_call = AlertRule {
        symptom: Symptom::QueriesFail,
        scope: Scope::Workspace(0),
        held: minutes(5),
        delay: Delay::constant(minutes(20)),
        even_if_over: false,
    };
    assert_eq!(watches[0], &on_call);
    assert!(watches[1].even_if_over);
    let seen: Vec<_> = watches[1..]
        .iter()
        .map(|watch| (watch.symptom, watch.scope))
        .collect();
    assert_eq!(
        seen,
        [
            (Symptom::KeyDenied, Scope::Cluster(0)),
            (Symptom::OperationRejected, Scope::Workspace(0)),
            (Symptom::DataDropped, Scope::Cluster(0)),
            (Symptom::KeyDenied, Scope::Total),
        ]
    );
    let changed = ["response.on-call.for=1h", "response[2].enabled=false"];
    let changed = read_with(&format!("{SMALLEST}{RESPONSES}"), &changed).scenario;
    let Timing::Seen(watch) = &changed.events[2].timing else {
        panic!("a response");
    };
    assert_eq!((watch.held, changed.events.len()), (minutes(60), 6));
}

#[test]
fn every_parameter_of_the_control_plane_can_be_set() {
    let text = format!(
        "{SMALLEST}{}",
        r#"
[behaviour]
subscription_approval = "none"
provisioning_duration = "25m"
association_duration = "10m"
disassociation_duration = "20m"
delete_with_workspaces = "fail"
cluster_name_reserved = "7d"
cluster_data_kept = "0s"
cluster_recovery_duration = "never"
clusters_per_region = 5
reserved_clusters_per_region = 7
workspaces_per_cluster = 1000
associations_per_30_days = 3
capacity_levels = ["1000 GB/day", "500 GB/day"]
capacity_lock = "30d"
autorotation = "1d"
"#
    );
    let reading = read(&text);
    let behaviour = &reading.scenario.behaviour;
    assert_eq!(behaviour.subscription_approval, SubscriptionApproval::None);
    let minutes = |count: i64| Delay::constant(Duration::from_millis(count * 60_000));
    assert_eq!(behaviour.provisioning_duration, minutes(25));
    assert_eq!(behaviour.association_duration, minutes(10));
    assert_eq!(behaviour.disassociation_duration, minutes(20));
    assert_eq!(behaviour.delete_with_workspaces, DeleteWithWorkspaces::Fail);
    assert_eq!(behaviour.cluster_name_reserved, days(7));
    assert_eq!(behaviour.cluster_data_kept, Duration::ZERO);
    assert_eq!(behaviour.reserved_clusters_per_region, Some(7));
    assert_eq!(behaviour.workspaces_per_cluster, Some(1_000));
    assert_eq!(behaviour.cluster_recovery_duration, None);
    assert_eq!(behaviour.clusters_per_region, 5);
    assert_eq!(behaviour.associations_per_30_days, 3);
    let levels = [500, 1_000].map(|gb| Rate::from_bytes_per_day(gb * 1_000_000_000));
    assert_eq!(behaviour.capacity_levels, levels, "the lowest first");
    assert_eq!(behaviour.capacity_lock, days(30));
    assert_eq!(behaviour.autorotation, Some(days(1)));
    let unlimited = read(&format!(
        "{SMALLEST}\n[behaviour]\nworkspaces_per_cluster = \"unlimited\"\n"
    ));
    assert_eq!(unlimited.scenario.behaviour.workspaces_per_cluster, None);
    let default = &read(SMALLEST).scenario.behaviour;
    assert!(default.cluster_recovery_duration.is_some() && default.autorotation.is_none());
}

/// A cluster's key without a version is one that follows, where there is autorotation.
#[test]
fn keys_without_a_version_follow_the_newest_with_autorotation() {
    let follows = |key: &str, autorotation: &str| {
        let text = format!(
            "{SMALLEST}[behaviour]\nautorotation = {autorotation:?}\n\
             [[key_vault]]\nname = \"vault\"\nkeys = {{ key = [\"1\", \"2\"] }}\n\
             [[cluster]]\nname = \"cluster\"\n{key}\n"
        );
        let scenario = read(&text).scenario;
        let key = scenario.clusters[0].key.clone().expect("a key");
        (key.version, key.follows_newest)
    };
    let (second, first) = ("2".to_owned(), "1".to_owned());
    for key in ["", "key = { name = \"key\" }"] {
        assert_eq!(follows(key, "never"), (second.clone(), false));
        assert_eq!(follows(key, "1d"), (second.clone(), true));
    }
    let named = "key = { version = \"1\" }";
    assert_eq!(follows(named, "1d"), (first, false));
    let newest = "key = { version = \"newest\" }";
    assert_eq!(follows(newest, "never"), (second, true));
}

#[test]
fn a_star_sets_a_key_of_every_entry() {
    let two = format!("{SMALLEST}[[workspace]]\nname = \"more\"\ningestion = \"2 TB/day\"\n");
    let set = ["workspace.*.retention=60d", "workspace.more.retention=90d"];
    let reading = read_with(&two, &set);
    let kept = reading
        .scenario
        .workspaces
        .iter()
        .map(|workspace| workspace.retention);
    assert_eq!(kept.collect::<Vec<_>>(), [days(60), days(90)]);
    let wrong = |set: &str| {
        let set = [Override::new("--set", set)];
        let wrong = scenario::read("a.toml", two.as_bytes(), &set).expect_err("it is wrong");
        wrong.render(false)
    };
    assert!(wrong("hazard.*.gap=1d").contains("no such hazard"));
    assert!(wrong("behaviour.*=1d").contains("unknown key"));
}

#[test]
fn cases_are_titles_and_settings() {
    let case = "[[what_if]]\ntitle = \"a\"\nset = [\"seed=2\", \"duration=3d\"]\n";
    let read = |cases: &str| {
        let text = format!("{SMALLEST}{cases}");
        scenario::read("a.toml", text.as_bytes(), &[])
    };
    let reading = read(case).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    let [one] = &reading.scenario.what_ifs[..] else {
        panic!("{:?}", reading.scenario.what_ifs);
    };
    assert_eq!((one.title.as_str(), one.set.len()), ("a", 2));
    let wrong = |cases: &str| read(cases).expect_err("it is wrong").render(false);
    assert!(wrong(&case.repeat(2)).contains("two cases are called \"a\""));
    assert!(wrong("[[what_if]]\ntitle = \" \"\nset = [\"seed=2\"]\n").contains("no title"));
    assert!(wrong("[[what_if]]\ntitle = \"a\"\nset = []\n").contains("sets nothing"));
    assert!(wrong("[[what_if]]\ntitle = \"a\"\n").contains("has no `set`"));
    let number = |at: usize| case.replace("\"a\"", &format!("\"{at}\""));
    let many: String = (0..=20).map(number).collect();
    assert!(wrong(&many).contains("more than 20 cases"));
}
