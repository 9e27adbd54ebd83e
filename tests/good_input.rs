//! Right scenarios and what they mean.

use cmksim::scenario::{
    self, Action, Comparison, Delay, Edge, Override, Reading, Scale, Scope, Shape, Source, Timing,
    Value,
};
use cmksim::units::{Duration, Factor, Rate, Time};

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
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("there are scenarios") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let reading = read(&std::fs::read_to_string(&path).expect("readable"));
        let warnings = reading.warnings.render(false);
        assert!(
            reading.warnings.is_empty(),
            "{}: {warnings}",
            path.display()
        );
        count += 1;
    }
    assert!(count > 20, "{count}");
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

#[test]
fn expectations_are_resolved() {
    let text = format!(
        "expect = [\"workspace.logs.query_availability>=99.5%\", '  cluster.cluster.time_to_revoke < 1h 30m', \"key_vault_denials != 0\"]\n{SMALLEST}"
    );
    let expectations = read(&text).scenario.expectations;
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
