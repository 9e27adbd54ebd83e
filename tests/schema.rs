//! The schema that editors use: it stands beside the scenarios, is up to date, takes every shipped
//! scenario, and refuses what is wrong.

use std::path::{Path, PathBuf};

use cmksim::scenario::{schema, schema_text};
use serde_json::{Value, json};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// TOML as JSON, as editors see it.
fn json_of(text: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(instant) => json!(instant.to_string()),
            toml::Value::Array(list) => list.into_iter().map(convert).collect(),
            toml::Value::Table(table) => {
                let entries = table.into_iter();
                Value::Object(entries.map(|(key, value)| (key, convert(value))).collect())
            }
            other => serde_json::to_value(other).expect("it is a plain value"),
        }
    }
    let table: toml::Table = text.parse().expect("it is TOML");
    convert(toml::Value::Table(table))
}

fn complaints(validator: &jsonschema::Validator, scenario: &Value) -> Vec<String> {
    let errors = validator.iter_errors(scenario);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_schema_beside_the_scenarios_is_up_to_date() {
    let path = scenarios().join("schema.json");
    if std::env::var_os("CMKSIM_BLESS").is_some() {
        std::fs::write(&path, schema_text()).expect("it is written");
    }
    let stands = std::fs::read_to_string(&path).expect("it is there");
    assert!(
        stands == schema_text(),
        "scenarios/schema.json is not what `cmksim schema` prints; to rewrite it, run the tests \
         with CMKSIM_BLESS=1"
    );
}

#[test]
fn every_shipped_scenario_names_the_schema_and_follows_it() {
    let validator = jsonschema::validator_for(&schema()).expect("it is a schema");
    let mut count = 0;
    for entry in std::fs::read_dir(scenarios()).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("it is text");
        let name = path.display();
        assert!(text.starts_with("#:schema schema.json\n"), "{name}");
        let found = complaints(&validator, &json_of(&text));
        assert_eq!(found, [""; 0], "{name}");
        count += 1;
    }
    assert!(count >= 25, "{count} scenarios");
}

/// A scenario with every table and most keys.
const FULL: &str = r#"
title = "t"
allowed_subscriptions = ["production"]
edition = "2020-06"
duration = "30d"
start = 2026-03-01T00:00:00Z
seed = 42
delays = "typical"
expect = ["dropped <= 20 GB", "workspace.security.query_availability >= 99.5%"]
[behaviour]
poll_interval = { min = "6s", max = "60s" }
outage_tolerance = "unlimited"
revocation_delay = { dist = "uniform", min = "0s", max = "60m" }
revocation_recovery = { dist = "triangular", min = "0s", mode = "10m", max = "30m" }
hot_cache_refill = "never"
cluster_recovery_duration = "never"
capacity_levels = ["500 GB/day", "1000 GB/day"]
autorotation = "1d"
[[key_vault]]
name = "kv-prod"
soft_delete = true
keys = { cmk = ["1", "2"] }
[[cluster]]
name = "logs-weu"
storage_accounts = 10
capacity_reservation = "1000 GB/day"
key = { vault = "kv-prod", name = "cmk", version = "1" }
access = ["get", "wrap", "unwrap"]
[[workspace]]
name = "security"
cluster = "logs-weu"
retention = "90d"
daily_cap = "800 GB"
[workspace.ingestion]
rate = "600 GB / day"
weekly = [1, 1, 1, 1, 1, 0.6, 0.5]
growth = "3%/30d"
noise = { dist = "lognormal", cv = 0.2, period = "1h" }
[[workspace]]
name = "platform"
[workspace.ingestion]
trace = "usage.csv"
time = "StartTime"
volume = "Quantity"
scale_to = "1.5 TB/day"
where = { DataType = "SecurityEvent" }
align = "calendar"
[[workspace]]
name = "unsure"
[workspace.ingestion]
rate = { mean = "600 GB/day", sd = "20 GB/day" }
growth = { low = "-1%/30d", high = "3%/30d", confidence = "95%", correlation = 0.8 }
noise = { dist = "gamma", cv = 0.2, period = "1h", daily_cv = 0.1, weekly_cv = 0.1 }
[[event]]
name = "disabled"
at = 2026-03-11T00:00:00Z
kind = "disable_key"
version = "1"
[[event]]
after = "disabled"
delay = { dist = "lognormal", median = "40m", sigma = 0.8 }
kind = "enable_key"
[[event]]
at = { dist = "gamma", mean = "40d", cv = 1, max = "29d" }
kind = "identity_outage"
duration = "1h 30m"
failure_probability = "3%"
[[hazard]]
gap = { dist = "exponential", mean = "120d" }
kind = "key_vault_outage"
duration = { dist = "empirical", values = ["1h", "2h"] }
failure_probability = 0.5
[[event]]
name = "create"
at = "1d"
kind = "create_cluster"
cluster = "new"
storage_accounts = 4
capacity_reservation = "1200 GB/day"
billing = "workspaces"
region = "westeurope"
key = "none"
[[event]]
after_end = "create"
kind = "associate_workspace"
workspace = "security"
cluster = "new"
[[response]]
name = "on-call"
when = "queries_fail"
workspace = "security"
for = "5m"
delay = { dist = "lognormal", median = "20m", sigma = 0.5 }
kind = "enable_key"
even_if_over = true
[[response]]
when = "key_denied"
cluster = "logs-weu"
kind = "update_cluster_key"
version = "newest"
"#;

/// What was right, what is written in its place, and what the schema says: one thing, at the place.
const WRONG: &[(&str, &str, &str)] = &[
    (
        r#"duration = "30d""#,
        r#"duration = "30""#,
        "/duration: \"a duration such as 45m or 1d 3h\" was expected",
    ),
    (
        r#"duration = "30d""#,
        "duration = 30",
        "/duration: 30 is not of type \"string\"",
    ),
    (r#"title = "t""#, r#"titel = "t""#, "'titel' was unexpected"),
    (
        r#"max = "60s" }"#,
        r#"max = "60s", mean = "30s" }"#,
        "/behaviour/poll_interval",
    ),
    (
        r#""unlimited""#,
        r#""endless""#,
        "/behaviour/outage_tolerance",
    ),
    ("mode = \"10m\", ", "", "/behaviour/revocation_recovery"),
    ("sigma = 0.8", "cv = 0.8", "/event/1/delay"),
    (
        r#""600 GB / day""#,
        r#""600 GB""#,
        "/workspace/0/ingestion/rate",
    ),
    (
        r#""600 GB / day""#,
        r#""600 gb/day""#,
        "/workspace/0/ingestion/rate",
    ),
    (
        "weekly = [1, ",
        "weekly = [",
        "/workspace/0/ingestion/weekly",
    ),
    ("scale_to = \"1.5 TB/day\"", "", "/workspace/1/ingestion"),
    (
        r#"kind = "disable_key""#,
        r#"kind = "disable""#,
        "/event/0/kind: \"disable\" is not one of",
    ),
    (
        "version = \"1\"\n[[event]]",
        "factor = 2\n[[event]]",
        "/event/0/factor: \"nothing: this kind takes no such key\" was expected",
    ),
    (
        "duration = \"1h 30m\"",
        "",
        "/event/2: \"duration\" is a required property",
    ),
    (
        "failure_probability = 0.5",
        "failure_probability = 1.5",
        "/hazard/0/failure_probability: 1.5",
    ),
    (
        r#"after = "disabled""#,
        "",
        "/event/1: \"one of the keys at, after and after_end\" was expected",
    ),
    (
        "kind = \"enable_key\"",
        "",
        "/event/1: \"kind\" is a required property",
    ),
    (
        "storage_accounts = 10",
        "storage_accounts = 0",
        "/cluster/0/storage_accounts: 0",
    ),
    (
        "cluster = \"new\"\nstorage_accounts",
        "storage_accounts",
        "/event/3: \"cluster\" is a required property",
    ),
    (
        r#"key = "none""#,
        r#"access = ["get"]"#,
        "'access' was unexpected",
    ),
    (
        r#"billing = "workspaces""#,
        r#"billing = "me""#,
        "/event/3/billing: \"me\" is not one of",
    ),
    (
        r#"when = "queries_fail""#,
        r#"when = "queries_fial""#,
        "/response/0/when: \"queries_fial\" is not one of",
    ),
    (r#"for = "5m""#, r#"at = "5m""#, "'at' was unexpected"),
    (
        "version = \"newest\"",
        "factor = 2",
        "/response/1/factor: \"nothing: this kind takes no such key\" was expected",
    ),
    (
        r#"autorotation = "1d""#,
        r#"autorotation = "daily""#,
        "/behaviour/autorotation",
    ),
    (
        r#"duration = "30d""#,
        "",
        "\"duration\" is a required property",
    ),
    (r#""unwrap"]"#, r#""unwarp"]"#, "/cluster/0/access/2"),
];

#[test]
fn what_is_right_passes_and_each_mistake_gets_one_complaint() {
    let validator = jsonschema::validator_for(&schema()).expect("it is a schema");
    assert_eq!(complaints(&validator, &json_of(FULL)), [""; 0]);
    for (right, wrong, complaint) in WRONG {
        assert!(FULL.contains(right), "{right}");
        let text = FULL.replacen(right, wrong, 1);
        let found = complaints(&validator, &json_of(&text));
        assert_eq!(found.len(), 1, "{wrong}: {found:#?}");
        assert!(found[0].contains(complaint), "{wrong}: {found:#?}");
        // Words, no regular expression and no "is not valid under any of the given schemas".
        let said = ["^", "\\\\", "given schemas", "False schema"];
        assert!(
            !said.iter().any(|said| found[0].contains(said)),
            "{found:#?}"
        );
    }
}

#[test]
fn what_is_extended_may_say_what_is_needed() {
    let validator = jsonschema::validator_for(&schema()).expect("it is a schema");
    let own = json!({ "extends": "base.toml", "seed": 2 });
    assert_eq!(complaints(&validator, &own), [""; 0]);
}

/// An object that says which keys it has takes no others.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let open = ["additionalProperties", "anyOf", "oneOf", "allOf", "$ref"];
            // What stands in one of several ways says only a part of an object.
            let inside = object
                .iter_mut()
                .filter(|(key, _)| !open.contains(&key.as_str()));
            inside.for_each(|(_, value)| strict(value));
            if object.contains_key("properties")
                && !open.iter().any(|key| object.contains_key(*key))
            {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(strict),
        _ => {}
    }
}

#[cfg(feature = "cli")]
const LEVER: &str = "[[lever]]\nname = 'repair'\noptions = [{ name = 'late' }, \
                     { name = 'soon', set = ['event.off.duration=10m'], price = 5 }]\n";

#[cfg(feature = "cli")]
const OPTIMISE: [&str; 5] = [
    "optimise",
    "d.toml",
    "--minimise=cost",
    "--such-that=mean(dropped) <= 1 TB",
    "--replications=40",
];

/// Some break the promise of the scenario.
#[cfg(feature = "cli")]
const FAULTS: [&str; 6] = [
    "faults",
    "a.toml",
    "--set=duration=3h",
    "--set=event.off.at=1h",
    "--set=expect=['dropped <= 1 MB']",
    "--exit-zero",
];

#[cfg(feature = "cli")]
#[test]
fn every_result_follows_the_schema_of_results() {
    use super::program::{Place, ends_with, stdout};
    const SCENARIO: &str = "duration = '3d'\nexpect = ['dropped <= 1 TB', 'mean(dropped) >= 0 B']\n\
        [[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n[sweep]\nreplications = 40\n\
        \"event.off.duration\" = ['20m', '70m']\n[[event]]\nname = 'off'\n\
        at = '1d'\nkind = 'disable_key'\nduration = '20m'\n";
    let place = Place::new();
    place.write("a.toml", SCENARIO);
    place.write(
        "b.toml",
        SCENARIO.replace("duration = '20m'", "duration = '70m'"),
    );
    let drawn = "duration = { dist = 'exponential', mean = '20m' }";
    place.write("c.toml", SCENARIO.replace("duration = '20m'", drawn));
    let schema = place.run(&["schema", "--of", "results"]);
    ends_with(&schema, 0);
    let mut schema: Value = serde_json::from_str(&stdout(&schema)).expect("JSON");
    strict(&mut schema);
    let run = ["run", "a.toml", "--replications=1", "--exit-zero"];
    let study = ["run", "a.toml", "--replications=40"];
    let loss = "--rare=probability(dropped > 300 GB)";
    let one = "--set=cluster.cluster.storage_accounts=1";
    let rare = ["run", "c.toml", "--replications=40", loss, one];
    let words = |line: &'static str| line.split(' ').collect::<Vec<&str>>();
    let solve = words("solve a.toml --vary=event.off.duration=1m..1d --replications=40");
    let share: &[&str] = &["--such-that=dropped < 10 GB", "--resolution=1h"];
    let mean: &[&str] = &["--such-that=mean(dropped) < 10 GB", "--resolution=1h"];
    let moved = words("sensitivity a.toml --of=dropped --replications=10 --morris=2");
    let worst = words("worst a.toml --vary=event.off.at=0s..1d --resolution=1h --replications=40");
    let plan = ["plan", "a.toml", "--replications=40"];
    place.write("d.toml", format!("{SCENARIO}{LEVER}"));
    let history = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/usage-history-to-forecast.toml"
    );
    for (file, command) in [
        ("summary.json", run.to_vec()),
        ("replications.json", study.to_vec()),
        ("replications.json", rare.to_vec()),
        ("sweep.json", vec!["sweep", "a.toml"]),
        ("solve.json", [&solve[..], share].concat()),
        ("solve.json", [&solve[..], mean].concat()),
        ("compare.json", vec!["compare", "a.toml", "b.toml"]),
        ("compare.json", vec!["compare", "a.toml", "a.toml"]),
        ("sensitivity.json", moved),
        ("worst.json", [&worst[..], &["--of=dropped"]].concat()),
        ("worst.json", [&worst[..], &["--of=p50(dropped)"]].concat()),
        (
            "shrink.json",
            vec!["shrink", "a.toml", "--such-that=dropped > 1 GB"],
        ),
        ("faults.json", FAULTS.to_vec()),
        ("optimise.json", OPTIMISE.to_vec()),
        ("plan.json", plan.to_vec()),
        ("plan.json", [&plan[..], &["--what-if=a: seed=1"]].concat()),
        ("back-test.json", vec!["plan", history, "--back-test=30d"]),
        ("rules", vec!["rules"]),
        ("rules-diff", vec!["rules", "--diff", "2020-06", "2026-04"]),
    ] {
        let output = place.run(&[&command[..], &["--format=json"]].concat());
        ends_with(&output, 0);
        let result: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let own = json!({ "$ref": format!("#/$defs/{file}"), "$defs": schema["$defs"] });
        let validator = jsonschema::validator_for(&own).expect("it is a schema");
        assert_eq!(complaints(&validator, &result), [""; 0], "{command:?}");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        assert!(validator.is_valid(&result), "{command:?}");
    }
}
