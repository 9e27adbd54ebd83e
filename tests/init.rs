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
        assert!(what.trim().len() > 20, "{line}");
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
    assert!(stderr(&unknown).contains("--list"));
}

#[test]
fn nothing_is_overwritten_without_force() {
    let place = Place::new();
    place.write("my.toml", "precious");
    let output = place.run(&["init", "--output", "my.toml"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("my.toml is there already; --force overwrites it"));
    let kept = || std::fs::read_to_string(place.path().join("my.toml")).expect("there");
    assert_eq!(kept(), "precious");
    ends_with(&place.run(&["init", "--output", "my.toml", "--force"]), 0);
    assert_ne!(kept(), "precious");
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
            "# Billing: not in an export; to the cluster.",
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
            "# Workspace sandbox is in the shared store: it is not in the list of the cluster.",
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
        edition.contains("--edition: there is none of \"2019\"; there are 2020-06"),
        "{edition}"
    );
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
        made(&[option, &path]);
    }
}

const SAMPLES: &[(&str, &str)] = &[
    ("--cluster", "azurecli_cluster_get_2025-05-08.json"),
    ("--cluster", "restspec_ClustersGet_2022-10-01.json"),
    ("--cluster", "restspec_ClustersUpdate_2022-10-01.json"),
    (
        "--workspace",
        "restspec_LinkedServicesCreate_2020-08-01.json",
    ),
    ("--workspace", "restspec_WorkspacesGet_2020-08-01.json"),
];
