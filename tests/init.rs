//! `init`: what it makes of templates and exports is a scenario that is right and runs.

use std::path::Path;
use std::process::Output;

use super::program::{Place, ends_with, stderr, stdout};

/// A fixture, or a sample of the real service where `CMKSIM_DATA` names their folder.
fn fixture(name: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    format!("{root}/tests/fixtures/init/{name}")
}

/// The scenario that `init` makes of exports; it is right, and it runs.
#[track_caller]
fn made(options: &[&str]) -> String {
    let place = Place::new();
    let arguments = [&["init", "--output", "made.toml"], options].concat();
    ends_with(&place.run(&arguments), 0);
    ends_with(&place.run(&["check", "made.toml"]), 0);
    ends_with(&place.run(&["run", "--quiet", "made.toml"]), 0);
    std::fs::read_to_string(place.path().join("made.toml")).expect("it was written")
}

/// What `init` says of exports that it refuses; it writes nothing.
#[track_caller]
fn refused(place: &Place, options: &[&str]) -> String {
    let before = names(place.path());
    let output: Output = place.run(&[&["init", "--output", "made.toml"], options].concat());
    ends_with(&output, 2);
    assert!(stdout(&output).is_empty());
    assert_eq!(names(place.path()), before);
    stderr(&output)
}

fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("readable").file_name())
        .collect()
}

/// Each line stands in the text, in this order.
#[track_caller]
fn holds(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(
            rest.any(|found| found == *line),
            "{line}\nis not (or not there) in\n{text}"
        );
    }
}

#[test]
fn every_template_is_right_where_it_is_written() {
    let list = Place::new().run(&["init", "--list"]);
    ends_with(&list, 0);
    let list = stdout(&list);
    assert!(list.lines().count() > 50, "{list}");
    let place = Place::new();
    let mut files = Vec::new();
    for line in list.lines() {
        let (name, what) = line.split_once(' ').expect("two columns");
        assert!(what.trim().len() > 10, "{line}");
        let file = format!("{name}.toml");
        ends_with(&place.run(&["init", name, "--output", &file]), 0);
        files.push(file);
    }
    let arguments: Vec<&str> = ["check"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    ends_with(&place.run(&arguments), 0);
}

#[test]
fn a_template_brings_what_it_needs_or_asks_for_a_place() {
    let place = Place::new();
    let printed = place.run(&["init", "usage-export-replayed"]);
    ends_with(&printed, 2);
    assert!(stderr(&printed).contains("traces/usage-week.csv"));
    assert!(names(place.path()).is_empty());
    ends_with(
        &place.run(&["init", "usage-export-replayed", "--output", "mine/my.toml"]),
        0,
    );
    ends_with(&place.run(&["run", "--quiet", "mine/my.toml"]), 0);
    let unknown = place.run(&["init", "usage-export-replaid"]);
    ends_with(&unknown, 2);
    let said = stderr(&unknown);
    let told =
        "there is no template \"usage-export-replaid\" (did you mean usage-export-replayed?)";
    assert!(said.contains(told) && said.contains("--list"), "{said}");
    let far = place.run(&["init", "zzz"]);
    ends_with(&far, 2);
    assert!(!stderr(&far).contains("did you mean"));
}

#[test]
fn nothing_is_overwritten_without_force() {
    let place = Place::new();
    place.write("my.toml", "precious");
    let output = place.run(&["init", "--output", "my.toml"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("my.toml exists already; --force overwrites it"));
    let kept = || std::fs::read_to_string(place.path().join("my.toml")).expect("there");
    assert_eq!(kept(), "precious");
    ends_with(&place.run(&["init", "--output", "my.toml", "--force"]), 0);
    assert_ne!(kept(), "precious");
}

#[test]
fn an_editor_finds_the_schema_beside_what_is_written() {
    let place = Place::new();
    let cluster = fixture("cluster-2020.json");
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("there");
    for source in [&["key-disabled-40-minutes"][..], &["--cluster", &cluster]] {
        let written = place.run(&[&["init", "--force", "--output", "in/my.toml"], source].concat());
        ends_with(&written, 0);
        assert!(read("in/my.toml").starts_with("#:schema schema.json\n"));
        assert_eq!(read("in/schema.json"), cmksim::scenario::schema_text());
    }
    place.write("schema.json", "{}");
    let other = refused(&place, &["key-disabled-40-minutes"]);
    assert!(
        other.contains("schema.json exists already; --force overwrites it"),
        "{other}"
    );
    assert_eq!(read("schema.json"), "{}");
}

#[test]
fn usage_without_a_billed_row_is_refused() {
    let place = Place::new();
    let row = "2026-05-04T00:00:00Z,7.5,false\n";
    place.write("usage.csv", format!("StartTime,Quantity,IsBillable\n{row}"));
    let said = refused(&place, &["--usage", "usage.csv"]);
    let told = "usage.csv: its only row is not billed; expected rows of the Usage table";
    assert!(said.contains(told), "{said}");
}

/// A log of a minute's polls, of which some are answered with this status.
fn throttled(status: u16) -> String {
    let mut log = String::from("TimeGenerated,OperationName,HttpStatusCode,CallerIpAddress,Id\n");
    for minute in 0..60 {
        let status = if (30..40).contains(&minute) {
            status
        } else {
            200
        };
        log += &format!(
            "2026-05-04T00:{minute:02}:00Z,KeyUnwrap,{status},10.0.0.1,https://kv.vault.azure.net/keys/cmk/1\n"
        );
    }
    log
}

#[test]
fn answers_of_429_are_told_where_they_stand_for_an_outage() {
    let place = Place::new();
    for (status, told) in [
        (429, "answers 10 of 10 requests with 429"),
        (503, "Of the 10 requests between"),
    ] {
        place.write("audit.csv", throttled(status));
        let options = [
            "init",
            "--force",
            "--output=made.toml",
            "--key-vault-log=audit.csv",
        ];
        ends_with(&place.run(&options), 0);
        let text = std::fs::read_to_string(place.path().join("made.toml")).expect("written");
        assert!(text.contains("kind = \"key_vault_outage\""), "{text}");
        let flowing = text.replace("\n# ", " ");
        assert!(flowing.contains(told), "{told}\nis not in\n{text}");
    }
}

#[test]
fn what_holds_for_many_workspaces_is_noted_once() {
    let place = Place::new();
    let mut usage = String::from("StartTime,Quantity,IsBillable,Workspace\n");
    for workspace in 0..12 {
        usage += &format!("2026-05-04T00:00:00Z,7.5,true,w{workspace}\n");
    }
    place.write("usage.csv", usage);
    let output = place.run(&["init", "--output=made.toml", "--usage=usage.csv"]);
    ends_with(&output, 0);
    let said = stderr(&output);
    assert_eq!(said.matches("note:").count(), 1, "{said}");
    let told = "because no export assigns them to one: w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, and 2 more.";
    assert!(said.contains(told), "{said}");
}

#[test]
fn a_cluster_in_the_shape_of_2020() {
    let text = made(&["--cluster", &fixture("cluster-2020.json")]);
    holds(
        &text,
        &[
            "# Edition: the export of the cluster has the shape of 2020: its key is called `kyName`.",
            "edition = \"2020-06\"",
            "[[key_vault]]",
            "name = \"kv-meadow\"",
            "keys = { cmk = [\"0a1b2c\"] }",
            "region = \"westeurope\"",
            "# From cluster-2020.json.",
            "name = \"logs-weu\"",
            "capacity_reservation = \"1200 GB/day\"",
            "# Billing: not in an export; the cluster is billed.",
            "key = { vault = \"kv-meadow\", name = \"cmk\", version = \"0a1b2c\" }",
            "ingestion = \"1200 GB/day\"",
        ],
    );
}

#[test]
fn a_flattened_list_with_its_workspaces() {
    let text = made(&[
        "--cluster",
        &fixture("cluster-2025.json"),
        "--workspace",
        &fixture("workspaces.json"),
    ]);
    holds(
        &text,
        &[
            "# Workspaces left in the shared store, because they are not in the list of the cluster: sandbox.",
            "edition = \"2026-04\"",
            "keys = { cmk = [\"1\"] }",
            "capacity_reservation = \"300 GB/day\"",
            "billing = \"workspaces\"",
            "key = { vault = \"kv-heath\", name = \"cmk\", version = \"newest\" }",
            "name = \"Security\"",
            "cluster = \"logs-neu\"",
            "retention = \"90d\"",
            "daily_cap = \"500 MB\"",
            "ingestion = \"150 GB/day\"",
            "name = \"sandbox\"",
            "cluster = \"none\"",
            "daily_cap = \"none\"",
            "name = \"platform\"",
            "cluster = \"logs-neu\"",
        ],
    );
    let wished = made(&[
        "--cluster",
        &fixture("cluster-2025.json"),
        "--edition",
        "2020-11",
        "--duration",
        "7d",
        "--start",
        "2026-01-01",
    ]);
    holds(
        &wished,
        &[
            "edition = \"2020-11\"",
            "duration = \"7d\"",
            "start = 2026-01-01T00:00:00Z",
        ],
    );
    assert!(!wished.contains("version = \"newest\""));
}

#[test]
fn a_linked_service_names_its_cluster() {
    let text = made(&[
        "--workspace",
        &fixture("linked-service.json"),
        "--cluster",
        &fixture("cluster-2020.json"),
    ]);
    holds(
        &text,
        &[
            "name = \"logs-weu\"",
            "[[workspace]]",
            "name = \"orchard\"",
            "cluster = \"logs-weu\"",
        ],
    );
}

#[test]
fn damaged_exports_are_explained_with_file_and_place() {
    let place = Place::new();
    let whole = std::fs::read_to_string(fixture("cluster-2025.json")).expect("there");
    for (from, to, told) in [
        (
            "300",
            "-300",
            "export.json: [0].sku.capacity: -300 where a whole number of GB a day, such as 1000, was expected",
        ),
        (
            "\"Workspaces\"",
            "\"NULL\"",
            "export.json: [0].billingType: \"NULL\" where \"Cluster\" or \"Workspaces\" was expected",
        ),
        (
            "2026-05-01T07:35:51Z",
            "1 May",
            "[0].createdDate: \"1 May\" where an instant such as",
        ),
        (
            "https://kv",
            "kv",
            "[0].keyVaultProperties: an object where `keyVaultUri` like https://NAME.vault.azure.net, and not",
        ),
        ("]\n", "\n", "export.json: this is not JSON: EOF"),
        (
            "\"location\": \"northeurope\"",
            "\"location\": 7",
            "[0].location: 7 where a text was expected",
        ),
        (
            "/clusters\"",
            "/workspaces\"",
            "[0]: an object where a cluster with",
        ),
    ] {
        assert!(whole.contains(from), "{from}");
        place.write("export.json", whole.replace(from, to));
        let options: &[&str] = &["--cluster", "export.json"];
        let said = refused(&place, options);
        assert!(said.contains(told), "{told}\nis not in\n{said}");
    }
    place.write("export.json", b"\xff\xfe{\0}\0");
    assert!(refused(&place, &["--workspace", "export.json"]).contains("export.json: is UTF-16"));
    place.write("export.json", " ");
    assert!(refused(&place, &["--workspace", "export.json"]).contains("export.json: is empty"));
    let edition = refused(
        &place,
        &[
            "--cluster",
            &fixture("cluster-2025.json"),
            "--edition",
            "2019",
        ],
    );
    assert!(
        edition.contains("--edition: there is no edition \"2019\"; the editions are 2020-06"),
        "{edition}"
    );
}

#[test]
fn usage_is_replayed_from_a_trace_beside_the_scenario() {
    let place = Place::new();
    let (cluster, usage) = (fixture("cluster-2025.json"), fixture("usage.csv"));
    let exports = ["--cluster", &cluster, "--usage", &usage];
    let printed = place.run(&[&["init"], &exports[..]].concat());
    ends_with(&printed, 2);
    assert!(stderr(&printed).contains("this scenario needs my-usage.csv in its folder"));
    let written = place.run(&[&["init", "--output", "logs.toml"], &exports[..]].concat());
    ends_with(&written, 0);
    assert!(
        stderr(&written).contains("wrote logs-usage.csv\nwrote schema.json\nwrote logs.toml\n")
    );
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("there");
    let trace = read("logs-usage.csv");
    assert_eq!(trace.lines().count(), 1 + 2 * 72);
    holds(
        &trace,
        &[
            "StartTime,Workspace,Quantity",
            "2026-05-04T00:00:00Z,platform,8000.125",
            "2026-05-04T07:00:00Z,platform,0",
            "2026-05-06T23:00:00Z,security,8460.125",
        ],
    );
    holds(
        &read("logs.toml"),
        &[
            "# Rows of usage left out because they are not billed: 142 (213 MB).",
            "# Rows of usage left out because they repeat another row in every column: 1, the last at",
            "duration = \"3d\"",
            "start = 2026-05-04T00:00:00Z",
            "name = \"platform\"",
            "# 2 of 72 rows are not in the export: nothing arrives in them.",
            "trace = \"logs-usage.csv\"",
            "step = \"1h\"",
            "where = { Workspace = \"platform\" }",
            "align = \"calendar\"",
        ],
    );
    // 8000.125 MB and 10 MB more twice for each hour of the day; two hours of one are missing.
    let run = place.run(&["run", "--quiet", "--format", "csv", "logs.toml"]);
    ends_with(&run, 0);
    let both: u64 = (0..72)
        .map(|hour| 2 * (8_000_125_000 + hour % 24 * 20_000_000))
        .sum();
    let missing = 2 * 8_000_125_000 + (7 + 8) * 20_000_000;
    let offered = format!(",{}", both - missing);
    let total = stdout(&run)
        .lines()
        .any(|line| line.contains("offered") && line.ends_with(&offered));
    assert!(total, "{offered} is not in\n{}", stdout(&run));
}

#[test]
fn forgotten_usage_is_told_and_what_is_left_of_the_reservation_assumed() {
    let place = Place::new();
    let usage = std::fs::read_to_string(fixture("usage.csv")).expect("a fixture");
    let security = |line: &&str| line.starts_with("TenantId") || line.contains("-000000000001,");
    let lines: Vec<&str> = usage.lines().filter(security).collect();
    place.write("security.csv", lines.join("\n"));
    let cluster = fixture("cluster-2025.json");
    let exports = ["--cluster", &cluster, "--usage", "security.csv"];
    let written = place.run(&[&["init", "--output", "made.toml"], &exports[..]].concat());
    ends_with(&written, 0);
    let told = "Workspaces without billed usage, whose ingestion is assumed: platform.";
    assert!(stderr(&written).contains(told), "{}", stderr(&written));
    let text = std::fs::read_to_string(place.path().join("made.toml")).expect("it was written");
    // Each hour 8000.125 MB and 20 MB more for each hour of the day: 197.5 GB a day of the 300
    // that are reserved.
    holds(&text, &["ingestion = \"103 GB/day\""]);
}

#[test]
fn usage_comes_in_other_shapes_too() {
    let query = made(&[
        "--usage",
        &fixture("usage-query.json"),
        "--workspace",
        &fixture("linked-service.json"),
    ]);
    holds(
        &query,
        &[
            "# From linked-service.json.",
            "name = \"orchard\"",
            "# Ingestion from usage-query.json: 28.8 GB a day on average; growth: needs at least 28 whole days.",
        ],
    );
    let tables = made(&[
        "--usage",
        &fixture("usage-tables.json"),
        "--usage",
        &fixture("usage-query.json"),
    ]);
    holds(
        &tables,
        &[
            "name = \"security\"",
            "# Ingestion from usage-tables.json: 30.0 GB a day on average; growth: needs at least 28 whole days.",
            "name = \"Orchard\"",
            "name = \"usage-query\"",
        ],
    );
}

#[test]
fn the_log_of_a_vault_gives_polls_denials_silences_and_versions() {
    let text = made(&[
        "--cluster",
        &fixture("cluster-2025.json"),
        "--key-vault-log",
        &fixture("key-vault-audit.csv"),
    ]);
    holds(
        &text,
        &[
            "# Of the vault's log: 966 requests, 961 of them KeyUnwrap of key cmk in vault kv-heath, by 3",
            "poll_interval = { min = \"50.211s\", max = \"1m 29.364s\" }",
            "keys = { cmk = [\"v1a\"] }",
            "storage_accounts = 3",
            "at = 2026-05-04T08:00:00Z",
            "kind = \"disable_key\"",
            "duration = \"40m\"",
            "# at = 2026-05-04T09:25:00Z",
            "# kind = \"disable_key\"",
            "at = 2026-05-04T09:59:58.286Z",
            "kind = \"key_vault_outage\"",
            "duration = \"50m 7.159s\"",
            "kind = \"key_vault_denials\"",
            "failure_probability = 0.6667",
            "at = 2026-05-04T12:20:00Z",
            "kind = \"create_key_version\"",
            "version = \"v2b\"",
        ],
    );
    // Without an export of the cluster the key is that of the log, and no newest is followed.
    let alone = made(&["--key-vault-log", &fixture("key-vault-audit.csv")]);
    holds(
        &alone,
        &[
            "key = { vault = \"kv-heath\", name = \"cmk\", version = \"v1a\" }",
            "kind = \"create_key_version\"",
            "kind = \"update_cluster_key\"",
            "version = \"v2b\"",
        ],
    );
}

#[test]
fn other_shapes_of_the_log_of_a_vault() {
    let gone = made(&[
        "--cluster",
        &fixture("cluster-2020.json"),
        "--key-vault-log",
        &fixture("key-vault-diagnostics.csv"),
    ]);
    holds(
        &gone,
        &[
            "poll_interval = { min = \"30s\", max = \"30s\" }",
            "storage_accounts = 1",
            "# Requests are denied from 2026-05-04T06:15:00Z on, with 404: the key is not there.",
            "at = 2026-05-04T06:15:00Z",
            "kind = \"delete_key\"",
        ],
    );
    let few = made(&["--key-vault-log", &fixture("key-vault-records.json")]);
    holds(
        &few,
        &[
            "# The number of storage accounts cannot be derived from the log: there are too few requests.",
            "key = { vault = \"kv-meadow\", name = \"cmk\", version = \"0a1b2c\" }",
        ],
    );
    assert!(!few.contains("[behaviour]"));
    // Of a vault that no exported cluster uses nothing happens.
    let other = made(&[
        "--cluster",
        &fixture("cluster-2020.json"),
        "--key-vault-log",
        &fixture("key-vault-audit.csv"),
    ]);
    assert!(!other.contains("\n[[event]]"), "{other}");
}

#[test]
fn operations_of_the_activity_log_become_events_with_their_durations() {
    let text = made(&[
        "--cluster",
        &fixture("cluster-2025.json"),
        "--activity-log",
        &fixture("activity-log.json"),
    ]);
    holds(
        &text,
        &[
            "# microsoft.operationalinsights/clusters/write failed and changed nothing: 2026-05-04T07:40:00Z.",
            "# Operations in activity-log.json left out because a scenario has no event for them: 1.",
            "association_duration = \"37m\"",
            "key_update_duration = \"6m\"",
            "name = \"platform\"",
            "cluster = \"none\"",
            "kind = \"associate_workspace\"",
            "workspace = \"platform\"",
            "at = 2026-05-04T07:00:00Z",
            "kind = \"update_cluster_key\"",
            "version = \"v2b\"",
            "capacity_reservation = \"500 GB/day\"",
            "kind = \"remove_access\"",
            "kind = \"grant_access\"",
        ],
    );
    let records = made(&["--activity-log", &fixture("activity-records.json")]);
    holds(
        &records,
        &[
            "provisioning_duration = \"1h 35m\"",
            "# kind = \"create_cluster\"",
            "kind = \"associate_workspace\"",
            "kind = \"disassociate_workspace\"",
            "kind = \"delete_cluster\"",
        ],
    );
}

#[test]
fn polls_of_an_operation_and_issues_of_the_service() {
    let polls = made(&["--activity-log", &fixture("operation-polls.csv")]);
    holds(
        &polls,
        &[
            "key_update_duration = \"3m 30s\"",
            "key = { vault = \"vault\", name = \"old-key\", version = \"a1\" }",
            "kind = \"update_cluster_key\"",
            "key = \"new-key\"",
        ],
    );
    let health = made(&["--service-health", &fixture("service-health.json")]);
    holds(
        &health,
        &[
            "# Left out, because they are not service issues with a beginning and an end: PlannedMaintenance",
            "at = 2026-05-04T07:00:00Z",
            "kind = \"key_vault_outage\"",
            "duration = \"1h 10m\"",
        ],
    );
}

const USAGE: &str = "StartTime,Quantity,IsBillable\n2026-05-04T00:00:00Z,7.5,true\n";
const AUDIT: &str =
    "TimeGenerated,OperationName,HttpStatusCode\n2026-05-04T00:00:00Z,KeyUnwrap,200\n";

/// Option, export, what of it becomes what, and what is said of that.
const DAMAGED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "--usage",
        USAGE,
        "Quantity",
        "Amount",
        "export.csv: line 1: no column \"Quantity\" or \"QuantityMB\" or \"MB\" or \"GB\"",
    ),
    (
        "--usage",
        USAGE,
        "7.5",
        "7,5",
        "export.csv: line 2: has 4 fields where the header names 3",
    ),
    (
        "--usage",
        USAGE,
        "7.5",
        "-7.5",
        "export.csv: line 2, Quantity: \"-7.5\" is negative",
    ),
    (
        "--usage",
        USAGE,
        "7.5",
        "1e20",
        "export.csv: line 2, Quantity: is more than an exabyte",
    ),
    (
        "--usage",
        USAGE,
        "true",
        "maybe",
        "export.csv: line 2, IsBillable: \"maybe\" where true or false was expected",
    ),
    (
        "--usage",
        USAGE,
        "2026-05-04T",
        "4.5.26 ",
        "export.csv: line 2, StartTime: \"4.5.26 00:00:00Z\" is not an instant; expected 2026-",
    ),
    (
        "--key-vault-log",
        AUDIT,
        ",200",
        ",OK",
        "export.csv: line 2, HttpStatusCode: \"OK\" where a status such as 200 was expected",
    ),
    (
        "--key-vault-log",
        AUDIT,
        "KeyUnwrap",
        "",
        "export.csv: line 2, OperationName: is empty",
    ),
    (
        "--activity-log",
        "{\"value\": [{\"time\": \"x\"}]}",
        "x",
        "y",
        "export.csv: value[0], eventTimestamp: \"y\" is not an instant",
    ),
    (
        "--activity-log",
        "{\"tables\": [{}]}",
        "",
        "",
        "export.csv: tables[0]: is not a table",
    ),
    (
        "--usage",
        "[1]",
        "",
        "",
        "export.csv: [0]: is not a record: an object was expected",
    ),
];

#[test]
fn damaged_tables_are_explained_with_line_and_column() {
    let place = Place::new();
    for (option, whole, from, to, told) in DAMAGED {
        let damaged = whole.replacen(from, to, 1);
        for damaged in [damaged.replace('\n', "\r\n"), damaged] {
            place.write("export.csv", damaged);
            let said = refused(&place, &[option, "export.csv"]);
            assert!(said.contains(told), "{told}\nis not in\n{said}");
        }
    }
}

/// Samples of the real service import; none of them is part of the project.
#[test]
fn every_real_sample_imports() {
    let Some(folder) = std::env::var_os("CMKSIM_DATA") else {
        println!("skipped: CMKSIM_DATA is not set");
        return;
    };
    let folder = Path::new(&folder).join("azure");
    for (option, name) in SAMPLES {
        let path = folder.join(name).display().to_string();
        if *name == NOT_BILLED {
            let said = refused(&Place::new(), &[option, &path]);
            assert!(said.contains("its only row is not billed"), "{said}");
        } else {
            made(&[option, &path]);
        }
    }
    let all = names(&folder)
        .into_iter()
        .filter_map(|name| name.into_string().ok());
    let mut all: Vec<String> = all.collect();
    all.sort();
    let mut known: Vec<&str> = SAMPLES.iter().map(|(_, name)| *name).collect();
    known.sort_unstable();
    assert_eq!(all, known);
}

/// Its only row is about usage that costs nothing.
const NOT_BILLED: &str = "azuredocs_usage_record.json";

const SAMPLES: &[(&str, &str)] = &[
    ("--cluster", "azurecli_cluster_get_2025-05-08.json"),
    ("--cluster", "restspec_ClustersGet_2022-10-01.json"),
    ("--cluster", "restspec_ClustersUpdate_2022-10-01.json"),
    (
        "--workspace",
        "restspec_LinkedServicesCreate_2020-08-01.json",
    ),
    ("--workspace", "restspec_WorkspacesGet_2020-08-01.json"),
    ("--usage", NOT_BILLED),
    ("--key-vault-log", "azuredocs_keyvault_auditevent.json"),
    (
        "--activity-log",
        "restspec_GetActivityLogsFiltered_2015-04-01.json",
    ),
    (
        "--activity-log",
        "azurecli_cluster_keyrotation_polls_2020-04-24.csv",
    ),
    (
        "--service-health",
        "restspec_ResourceHealth_Events_ListBySubscriptionId_2022-10-01.json",
    ),
];

/// Rows that lie far apart would make a trace without end.
#[test]
fn usage_of_more_than_ten_years_is_refused() {
    let place = Place::new();
    let rows = "StartTime,Quantity\n1970-01-01T00:00:00Z,1\n2026-01-01T00:00:00Z,1\n";
    place.write("export.csv", rows);
    let said = refused(&place, &["--usage", "export.csv"]);
    assert!(said.contains("export.csv: StartTime: the rows go from 1970-01-01T00:00:00Z to 2026-"));
}

/// Without a row that counts nothing would arrive, and nobody would see why.
#[test]
fn usage_without_a_row_is_refused() {
    let place = Place::new();
    for rows in ["StartTime,Quantity,IsBillable\n", "[]"] {
        place.write("export.csv", rows);
        let said = refused(&place, &["--usage", "export.csv"]);
        let told =
            "export.csv: there is no row in it; expected rows of the Usage table with StartTime,";
        assert!(said.contains(told), "{told}\nis not in\n{said}");
    }
}

/// Usage of another subscription is not put into the shared store beside the cluster.
#[test]
fn usage_of_none_of_the_workspaces_is_refused() {
    let place = Place::new();
    let rows = "StartTime,Workspace,Quantity\n2026-05-04T00:00:00Z,garden,1\n2026-05-04T00:00:00Z,shed,1\n";
    place.write("other.csv", rows);
    let cluster = fixture("cluster-2025.json");
    let said = refused(&place, &["--cluster", &cluster, "--usage", "other.csv"]);
    for told in [
        "found in the usage: garden (in other.csv), shed (in other.csv)",
        "known: security (customer id ",
        "as in security.csv",
    ] {
        assert!(said.contains(told), "{told}\nis not in\n{said}");
    }
    place.write(
        "unnamed.csv",
        "StartTime,Quantity\n2026-05-04T00:00:00Z,1\n",
    );
    let said = refused(&place, &["--cluster", &cluster, "--usage", "unnamed.csv"]);
    assert!(said.contains("unnamed.csv (its rows name none)"), "{said}");
    place.write("other.csv", rows.replace("shed", "platform"));
    let some = [
        "init",
        "--output",
        "made.toml",
        "--cluster",
        &cluster,
        "--usage",
        "other.csv",
    ];
    let output = place.run(&some);
    ends_with(&output, 0);
    assert!(stderr(&output).contains("are not in the list of the cluster: garden"));
}

const WEEKLY: [f64; 7] = [1.2, 1.15, 1.1, 1.1, 1.05, 0.7, 0.7];
/// In GB a day, at the end of the export; percent in 30 days; and standard deviation over mean.
const LEVEL: f64 = 412.0;
const GROWTH: f64 = 6.0;
const NOISE: f64 = 0.1;

fn of_hour(hour: u32) -> f64 {
    1.0 + 0.4 * (std::f64::consts::TAU * f64::from(hour) / 24.0).sin()
}

/// Twelve weeks of hours from Monday, 5 January 2026, on.
fn made_up_usage() -> String {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (f64::from(u32::try_from(state >> 32).expect("32 bits")) + 0.5) / 4_294_967_296.0
    };
    let sigma = (1.0 + NOISE * NOISE).ln().sqrt();
    let mut rows = String::from("StartTime,Workspace,Quantity,IsBillable\n");
    let monday: jiff::Timestamp = "2026-01-05T00:00:00Z".parse().expect("an instant");
    for at in 0..84 * 24_u32 {
        let normal = (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
        let noise = (sigma * normal - sigma * sigma / 2.0).exp();
        let age = (f64::from(at) + 0.5) / 24.0 - 84.0;
        let grown = (1.0 + GROWTH / 100.0).powf(age / 30.0);
        let weekly = WEEKLY[usize::try_from(at / 24 % 7).expect("a weekday")];
        let megabytes = LEVEL * 1_000.0 / 24.0 * grown * weekly * of_hour(at % 24) * noise;
        let time = monday + jiff::SignedDuration::from_hours(i64::from(at));
        rows += &format!("{time},orchard,{megabytes:.3},true\n");
    }
    rows
}

/// What stands behind a key.
#[track_caller]
fn value<'t>(text: &'t str, key: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.strip_prefix(" = "))
        .unwrap_or_else(|| panic!("{key} is not in\n{text}"))
}

#[track_caller]
fn near(found: &str, expected: f64, off: f64) {
    let number: f64 = found
        .parse()
        .unwrap_or_else(|_| panic!("{found} is no number"));
    assert!(
        (number - expected).abs() <= off,
        "{found} is not near {expected}"
    );
}

/// The ends of an interval of confidence 90 %, without their unit.
#[track_caller]
fn interval(written: &str, unit: &str) -> [f64; 2] {
    assert!(written.contains(", confidence = \"90%\""), "{written}");
    ["low", "high"].map(|end| {
        let after = written.split(&format!("{end} = \"")).nth(1);
        let number = after.and_then(|rest| rest.split_once(unit)?.0.parse().ok());
        number.unwrap_or_else(|| panic!("no {end} in {unit} in {written}"))
    })
}

#[test]
fn a_forecast_goes_on_with_what_the_usage_was_made_of() {
    let place = Place::new();
    place.write("usage.csv", made_up_usage());
    let usage = place.path().join("usage.csv").display().to_string();
    let text = made(&["--usage", &usage, "--forecast", "365d"]);
    holds(
        &text,
        &[
            "duration = \"365d\"",
            "start = 2026-03-30T00:00:00Z",
            "# Ingestion continues like that in usage.csv from 2026-01-05T00:00:00Z to 2026-03-30T00:00:00Z (84",
            "[workspace.ingestion]",
        ],
    );
    assert!(!text.contains("trace"), "{text}");
    // The middle of each interval is near, and the interval is narrow and holds the truth.
    for (key, unit, truth, width) in [
        ("rate", " GB/day", LEVEL, 0.05 * LEVEL),
        ("growth", "%/30d", GROWTH, 1.5),
    ] {
        let [low, high] = interval(value(&text, key), unit);
        assert!(
            low < truth && truth < high && high - low < width,
            "{key}: {low} to {high}"
        );
    }
    let correlation = value(&text, "growth").split("correlation = ").nth(1);
    near(
        correlation.expect("one").trim_end_matches(" }"),
        0.866,
        0.002,
    );
    let weights = |key| value(&text, key).trim_matches(['[', ']']).split(", ");
    assert_eq!(
        (weights("weekly").count(), weights("hourly").count()),
        (7, 24)
    );
    for (found, expected) in weights("weekly").zip(WEEKLY) {
        near(found, expected, 0.03 * expected);
    }
    for (found, hour) in weights("hourly").zip(0..) {
        near(found, of_hour(hour), 0.04 * of_hour(hour));
    }
    let noise = value(&text, "noise");
    let rest = noise
        .strip_prefix("{ dist = \"lognormal\", cv = ")
        .expect(noise);
    let (hourly, further) = rest.split_once(", period = \"1h\"").expect(noise);
    near(hourly, NOISE, 0.1 * NOISE);
    // Hours are independent: of days and weeks there is next to nothing.
    for cv in further.split("_cv = ").skip(1) {
        let cv: String = cv
            .chars()
            .take_while(|letter| !" ,".contains(*letter))
            .collect();
        near(&cv, 0.0, 0.15 * NOISE);
    }
}

/// Three days tell hours, and neither week nor growth; nothing is written beside the scenario.
#[test]
fn a_forecast_of_a_short_export_says_what_it_leaves_out() {
    let place = Place::new();
    let (cluster, usage) = (fixture("cluster-2025.json"), fixture("usage.csv"));
    let exports = ["--cluster", &cluster, "--usage", &usage];
    let whole = [
        &["init", "--output", "made.toml", "--forecast", "30d"],
        &exports[..],
    ]
    .concat();
    let output = place.run(&whole);
    ends_with(&output, 0);
    let note =
        "Workspaces extrapolated without growth, because the export has 3 whole days and growth";
    assert!(stderr(&output).contains(note), "{}", stderr(&output));
    assert_eq!(names(place.path()), ["made.toml", "schema.json"]);
    let text = std::fs::read_to_string(place.path().join("made.toml")).expect("written");
    holds(
        &text,
        &[
            "start = 2026-05-07T00:00:00Z",
            "# Rate: the mean of the whole days, taken as certain.",
        ],
    );
    assert!(
        !text.contains("\nweekly") && !text.contains("\ngrowth"),
        "{text}"
    );
    assert_eq!(text.matches("\nhourly = [").count(), 2);
    ends_with(&place.run(&["run", "--quiet", "made.toml"]), 0);
    let said = refused(&place, &[&exports[..], &["--forecast", "soon"]].concat());
    assert!(said.contains("--forecast: "), "{said}");
    refused(&place, &["--cluster", &cluster, "--forecast", "30d"]);
    let twice = ["--duration", "3d", "--forecast", "3d"];
    refused(&place, &[&exports[..], &twice].concat());
}

/// Usage of one workspace a file, of which the rows give only the customer id.
#[test]
fn usage_that_gives_only_an_id_is_of_the_workspace_with_the_name_of_its_file() {
    let place = Place::new();
    let id = |number: u32| format!("55555555-0000-0000-0000-{number:012}");
    let rows = |ids: &[u32]| {
        let row = |number: &u32| {
            let hour = |hour: u32| {
                format!(
                    "{},2026-05-04T{hour:02}:00:00Z,{number}00,MBytes,true\n",
                    id(*number)
                )
            };
            (0..3).map(hour).collect::<String>()
        };
        let head = "TenantId,StartTime,Quantity,QuantityUnit,IsBillable\n";
        head.to_owned() + &ids.iter().map(row).collect::<String>()
    };
    place.write("payments.csv", rows(&[1]));
    place.write("Kubernetes prod.csv", rows(&[2]));
    let made = |options: &[&str]| {
        let arguments = [&["init", "--force", "--output", "made.toml"], options].concat();
        let output = place.run(&arguments);
        ends_with(&output, 0);
        ends_with(&place.run(&["run", "--quiet", "made.toml"]), 0);
        let text = std::fs::read_to_string(place.path().join("made.toml")).expect("it was written");
        (text.replace("\n# ", " "), text)
    };
    let both = ["--usage", "payments.csv", "--usage", "Kubernetes prod.csv"];
    let (flowing, text) = made(&both);
    holds(
        &text,
        &["name = \"payments\"", "name = \"Kubernetes-prod\""],
    );
    assert!(!text.contains(&id(1)), "{text}");
    let note = "Workspaces named after their file, because its rows give only an id";
    assert!(flowing.contains(note), "{text}");

    // What another export says is better, and so is a file of two.
    let workspace = format!(
        "{{\"name\": \"named\", \"customerId\": \"{}\", \"retentionInDays\": 31}}",
        id(1).to_uppercase()
    );
    place.write("workspace.json", workspace);
    let (_, text) = made(&[&both[..], &["--workspace", "workspace.json"]].concat());
    holds(&text, &["name = \"named\"", "name = \"Kubernetes-prod\""]);
    place.write("both.csv", rows(&[1, 2]));
    let (flowing, text) = made(&["--usage", "both.csv"]);
    let names = [1, 2].map(|number| format!("name = \"{}\"", id(number)));
    holds(&text, &[&names[0], &names[1]]);
    assert!(!flowing.contains(note), "{text}");

    // Two files of one name are not of one workspace.
    for (folder, number) in [("a", 1), ("b", 2)] {
        std::fs::create_dir(place.path().join(folder)).expect("a folder");
        place.write(&format!("{folder}/usage.csv"), rows(&[number]));
    }
    let (_, text) = made(&["--usage", "a/usage.csv", "--usage", "b/usage.csv"]);
    holds(&text, &[&names[0], &names[1]]);

    // A workspace of the file's name whose id is not known is meant by it.
    place.write(
        "workspace.json",
        "{\"name\": \"payments\", \"retentionInDays\": 90}",
    );
    let (_, text) = made(&["--usage", "payments.csv", "--workspace", "workspace.json"]);
    assert_eq!(text.matches("[[workspace]]").count(), 1, "{text}");
}

#[test]
fn the_head_says_that_outages_have_no_limit_where_the_edition_has_none() {
    let text = made(&["--cluster", &fixture("cluster-2025.json")]);
    assert!(text.contains("edition = \"2026-04\""), "{text}");
    let flowing = text.replace("\n# ", " ");
    for says in [
        "In this edition a cluster rides out an outage of its key vault without a limit (assumed): however \
         long it lasts, no query fails and no data is lost.",
        "With edition = \"2020-06\" storage is unavailable after 30m (documented): queries fail, and data \
         waits for 6h (assumed), then it is dropped.",
        "`cmksim rules --diff 2020-06 2026-04`. outage_tolerance = \"30m\" below [behaviour] changes this alone.",
    ] {
        assert!(flowing.contains(says), "{says}\n{text}");
    }
    let older = made(&["--cluster", &fixture("cluster-2020.json")]);
    assert!(!older.contains("without a limit"), "{older}");
}
