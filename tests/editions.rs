//! Editions as they are used: what they say, how they differ, and that scenarios run on them.

use std::process::{Command, Output};

use cmksim::report::{self, Style};
use cmksim::scenario::{Edition, Rule};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmksim"));
    let output = command.args(arguments).output();
    output.expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn names() -> impl Iterator<Item = &'static str> {
    Edition::all().iter().map(|edition| edition.name.as_str())
}

#[test]
fn every_edition_lists_its_rules() {
    for name in names() {
        let listed = printed(&["rules", "--edition", name, "--all"]);
        assert!(listed.starts_with(&format!("Edition {name}: Azure Monitor")));
        for rule in Rule::ALL {
            assert!(listed.contains(&format!("\n  {} (", rule.id())));
        }
        assert!(listed.lines().all(|line| line.chars().count() <= 80));
        let json = printed(&["rules", "--edition", name, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["edition"], name);
    }
}

#[test]
fn an_edition_that_does_not_exist_is_told_with_the_nearest_and_all() {
    let all = names().collect::<Vec<_>>().join(", ");
    for arguments in [
        ["rules", "--edition", "2021-7"].as_slice(),
        &["rules", "--diff", "2021-7", "2020-06"],
        &["rules", "--diff", "2020-06", "2021-7"],
    ] {
        let output = run(arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("(did you mean 2021-07?)"), "{told}");
        assert!(told.contains(&format!("there is {all}")), "{told}");
    }
    for wrong in [
        ["rules", "--diff", "2020-06"].as_slice(),
        &[
            "rules",
            "--edition",
            "2020-06",
            "--diff",
            "2020-06",
            "2021-07",
        ],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_difference_shows_both_values_and_both_sources() {
    let differences = printed(&["rules", "--diff", "2020-11", "2021-07"]);
    let tolerance = "  behaviour.outage_tolerance
    2020-11: 30m (documented)
    Source: the page of 11 June 2020, Troubleshooting, Live site: unavailability
      of about 30 minutes.
    2021-07: unlimited (documented)
    Source: the page, Troubleshooting, Key Vault connection errors: keys stay in
      cache for the duration of the availability issue.
";
    assert!(differences.contains(tolerance), "{differences}");
    assert!(differences.contains("\n    2021-07 (absent): No outage makes a storage account"));
    assert!(!differences.contains("poll_interval"), "it is the same");
    assert!(!differences.contains("\n  retention\n"), "it is the same");

    let same = printed(&["rules", "--diff", "2021-07", "2021-07"]);
    assert!(same.contains("\nParameters\n  No difference.\n"));
    assert!(same.contains("\nRules\n  No difference.\n"));
}

#[test]
fn differences_are_the_same_in_every_format() {
    let arguments = ["rules", "--diff", "2021-07", "2023-06", "--format"];
    let json = printed(&[&arguments[..], &["json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["a"]["edition"], "2021-07");
    let csv = printed(&[&arguments[..], &["csv"]].concat());
    assert!(csv.starts_with("what,name,edition,value,status,source,text\n"));
    let text = printed(&["rules", "--diff", "2021-07", "2023-06"]);
    for (list, name) in [("parameters", "name"), ("rules", "id")] {
        let pairs = json[list].as_array().expect("a list");
        assert!(!pairs.is_empty());
        for pair in pairs {
            let name = pair["a"][name].as_str().expect("a name");
            assert!(text.contains(&format!("\n  {name}\n")), "{name}");
            assert_eq!(csv.matches(&format!(",{name},20")).count(), 2, "{name}");
        }
    }
    assert_eq!(json["parameters"][0]["a"]["value"], "never");
    assert_eq!(json["parameters"][0]["b"]["value"], "0s");
}

#[test]
fn all_differences_fit_in_80_columns() {
    let look = Style::default();
    for a in Edition::all() {
        for b in Edition::all() {
            let text = report::differences(a, b, look);
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(80), "{} and {}\n{text}", a.name, b.name);
        }
    }
}

/// Nine hours lose data in 2020, and nobody notices them from 2021-07 on.
#[test]
fn scenarios_run_on_every_edition() {
    let scenario = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/outage-of-9-hours.toml"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().to_str().expect("text");
    for name in names() {
        let edition = format!("edition={name}");
        let set = ["--set", &edition, "--set", "expect=[]"];
        let output = [&["run", scenario, "--output", folder], &set[..]].concat();
        let shown = printed(&output);
        assert!(shown.contains(&format!("edition {name}, ")), "{shown}");
        let lost = !shown.contains("dropped       nothing");
        assert_eq!(lost, name < "2021-07", "{shown}");
        let story = printed(&[&["explain", scenario], &set[..]].concat());
        assert!(story.contains("edition of "), "{story}");
    }
}
