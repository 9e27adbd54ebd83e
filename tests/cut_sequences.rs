//! `faults` as it is used: what it answers, what it writes, how it ends.

use std::fs;

use serde_json::Value;

use super::program::{Place, ends_with, shows_the_first_line, stderr, stdout};

/// Accounts poll in every second; a key that is disabled is enabled again before anybody obeys, and
/// an outage is shorter than the buffer holds.
const PAIR: &str = "\
duration = '2m'
expect = ['dropped == 0 B']
[behaviour]
poll_interval = { min = '1s', max = '1s' }
outage_tolerance = '5s'
revocation_delay = '20s'
revocation_recovery = '0s'
buffer_retention = '30s'
[[cluster]]
name = 'c'
storage_accounts = 2
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
history = '0s'
[[event]]
name = 'surge'
at = '50s'
kind = 'ingestion_surge'
factor = 2
duration = '10s'
[[fault]]
name = 'outage'
kind = 'key_vault_outage'
duration = '15s'
[[fault]]
name = 'disabled'
kind = 'disable_key'
duration = '12s'
";

fn run(text: &str, arguments: &[&str], status: i32) -> (Place, Value) {
    let place = Place::new();
    place.write("s.toml", text);
    let asked = [&["faults", "s.toml", "--format=json"], arguments].concat();
    let output = place.run(&asked);
    ends_with(&output, status);
    let found = serde_json::from_str(&stdout(&output)).expect("JSON");
    (place, found)
}

/// The names of the faults of each sequence.
fn sequences(found: &Value, key: &str) -> Vec<Vec<String>> {
    let names = |sequence: &Value| {
        let faults = sequence["faults"].as_array().expect("a list").iter();
        let names = faults.map(|fault| fault["name"].as_str().expect("a name").to_owned());
        names.collect()
    };
    let all = found[key].as_array().expect("a list");
    all.iter().map(names).collect()
}

#[test]
fn faults_that_are_harmless_alone_break_the_promise_together() {
    let (_, found) = run(PAIR, &[], 0);
    assert_eq!(sequences(&found, "sequences"), [[""; 0]; 0]);
    let (place, found) = run(PAIR, &["--order=2"], 3);
    assert_eq!(
        sequences(&found, "sequences"),
        [["outage", "disabled"], ["disabled", "outage"]].map(|names| names.map(str::to_owned))
    );
    assert_eq!(found["exact"], true);
    assert_eq!(found["importance_of"], "sequences");
    for sequence in found["sequences"].as_array().expect("a list") {
        // Each file breaks the promise, and no part of it does.
        let file = sequence["file"].as_str().expect("a file");
        let path = format!("output/s/{file}");
        let broken = place.run(&["run", &path, "-o", "again", "--format=json"]);
        ends_with(&broken, 3);
        let measures: Value = serde_json::from_str(&stdout(&broken)).expect("JSON");
        assert_eq!(measures["total"]["dropped_bytes"], sequence["worst"]);
        for fault in sequence["faults"].as_array().expect("a list") {
            let name = fault["name"].as_str().expect("a name");
            let off = format!("event.{name}.enabled=false");
            ends_with(&place.run(&["run", &path, "-o", "again", "--set", &off]), 0);
        }
    }
}

#[test]
fn what_fails_without_faults_is_told_first() {
    let text = PAIR.replace("dropped == 0 B", "offered == 0 B");
    let (_, found) = run(&text, &["--order=2"], 3);
    assert_eq!(found["without_faults"], "broken");
    assert_eq!(sequences(&found, "sequences"), [[""; 0]; 0]);
    assert_eq!(found["covered"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_replications_cannot_say_is_undecided() {
    // Every other replication loses something where the delay is as long as the denial.
    let text = PAIR
        .replace("dropped == 0 B", "probability(dropped > 0 B) <= 60%")
        .replace("'20s'", "{ dist = 'uniform', min = '0s', max = '24s' }")
        .replace("storage_accounts = 2", "storage_accounts = 1")
        .replace("duration = '2m'", "duration = '30s'\nreplications = 12")
        .replace("at = '50s'", "at = '5s'");
    let (_, found) = run(&text, &[], 4);
    assert_eq!(sequences(&found, "sequences"), [[""; 0]; 0]);
    assert_eq!(sequences(&found, "undecided"), [["disabled".to_owned()]]);
    let undecided = &found["undecided"][0];
    let share = undecided["share"].as_f64().expect("a number");
    assert!((0.2..0.9).contains(&share), "{share}");
    assert!(undecided["share_ci95"][0].as_f64() < undecided["share_ci95"][1].as_f64());
    assert_eq!(undecided["file"], Value::Null);
}

/// A fault that names no version of a key is about the one in use, before a rotation and after it.
#[test]
fn a_key_fault_is_about_the_version_in_use() {
    let rotation = "\
[[key_vault]]
name = 'vault'
keys = { key = ['1'] }
[[event]]
name = 'new'
at = '20s'
kind = 'create_key_version'
version = '2'
[[event]]
name = 'update'
at = '30s'
kind = 'update_cluster_key'
version = '2'
[[event]]
name = 'off'
at = '50s'
kind = 'disable_key'
version = '1'
[behaviour]
key_update_duration = '5s'
";
    let text = PAIR.replace("[behaviour]\n", rotation);
    let text = text.replace("duration = '12s'", "duration = '25s'");
    let (place, found) = run(&text, &[], 3);
    // An outage makes the update fail, and then the old version is disabled.
    assert_eq!(
        sequences(&found, "sequences"),
        [["outage".to_owned()], ["disabled".to_owned()]]
    );
    let of = &found["sequences"][1]["faults"][0];
    // Accounts obey after 20 s: what begins so late is too late.
    assert_eq!(of["earliest_s"], 0);
    let latest = of["latest_s"].as_u64().expect("seconds");
    assert!((95..100).contains(&latest), "{latest}");
    let file = found["sequences"][1]["file"].as_str().expect("a file");
    let path = format!("output/s/{file}");
    ends_with(&place.run(&["run", &path, "-o", "again"]), 3);
}

#[test]
fn hazards_give_rates_and_these_the_importance() {
    let hazards = "\
[[hazard]]
name = 'outages'
gap = '10d'
kind = 'key_vault_outage'
duration = { dist = 'empirical', values = ['1s', '15s'] }
[[hazard]]
name = 'mistakes'
gap = '40d'
kind = 'disable_key'
duration = '1h'
";
    let (_, found) = run(&format!("{PAIR}{hazards}"), &["--order=2"], 3);
    assert_eq!(found["importance_of"], "rates");
    let faults = found["faults"].as_array().expect("a list");
    let rate = |at: usize| faults[at]["rate_per_year"].as_f64().expect("a number");
    // Half of the outages are as long, and 10 days and some seconds apart.
    assert!((17.0..19.5).contains(&rate(0)), "{}", rate(0));
    assert!((9.0..9.2).contains(&rate(1)), "{}", rate(1));
    for sequence in found["sequences"].as_array().expect("a list") {
        let points = sequence["points"].as_f64().expect("a number");
        let own = sequence["rate_per_year"].as_f64().expect("a number");
        // Two rates, and the mean window.
        let window = points / 120.0 / (365.0 * 86_400.0);
        let expected = rate(0) * rate(1) * window;
        assert!((own / expected - 1.0).abs() < 1e-9, "{own} {expected}");
    }
    assert_eq!(faults[0]["importance"], 1.0);
}

#[test]
fn mistakes_are_refused() {
    let refused = |text: &str, arguments: &[&str], why: &str| {
        let place = Place::new();
        place.write("s.toml", text);
        let output = place.run(&[&["faults", "s.toml"], arguments].concat());
        ends_with(&output, 2);
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    };
    let silent = PAIR.replace("expect = ['dropped == 0 B']\n", "");
    refused(&silent, &[], "it expects nothing that a fault could break");
    refused(PAIR, &["--order=3"], "3 is not in 1..=2");
    let named = PAIR.replace("name = 'disabled'", "name = 'outage'");
    refused(&named, &[], "two faults are named `outage`");
    let created = PAIR.replace(
        "kind = 'disable_key'\nduration = '12s'",
        "kind = 'create_cluster'\ncluster = 'd'",
    );
    refused(&created, &[], "it cannot create a cluster");
    let timed = PAIR.replace("kind = 'disable_key'", "kind = 'disable_key'\nat = '1s'");
    refused(&timed, &[], "`at`");
}

/// What an interrupted search left is taken over, whatever the number of threads.
#[test]
fn results_depend_on_the_question_alone() {
    let files = |arguments: &[&str]| {
        let place = Place::new();
        place.write("s.toml", PAIR);
        let asked = [&["faults", "s.toml", "--order=2"], arguments].concat();
        ends_with(&place.run(&asked), 3);
        let read = |name: &str| fs::read(place.path().join("output/s").join(name)).expect(name);
        [
            "faults.json",
            "faults.csv",
            "faults.svg",
            "faults/1-outage+disabled.toml",
        ]
        .map(read)
    };
    let one = files(&["--threads=1"]);
    assert!(one == files(&["--threads=3", "--extend"]));
}

#[test]
fn files_of_an_earlier_search_are_named() {
    let place = Place::new();
    place.write("s.toml", PAIR);
    ends_with(&place.run(&["faults", "s.toml", "--order=2"]), 3);
    let again = place.run(&["faults", "s.toml"]);
    ends_with(&again, 0);
    let first = "1-outage+disabled.toml and another file beside it are not of this search";
    assert!(stderr(&again).contains(first), "{}", stderr(&again));
}

/// The header of the shipped runbook, and the guide, say what is found.
#[test]
fn the_shipped_runbook_survives_every_single_fault_and_fails_for_one_pair() {
    shows_the_first_line("cmksim faults");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| fs::read_to_string(root.join(path)).expect("a text");
    let (place, found) = run(
        &text("scenarios/runbook-against-faults.toml"),
        &["--order=2"],
        3,
    );
    let pair = ["vault-outage-45m", "key-disabled"].map(str::to_owned);
    let [a, b] = pair.clone();
    assert_eq!(sequences(&found, "sequences"), [pair.to_vec(), vec![b, a]]);
    assert_eq!(sequences(&found, "undecided"), [[""; 0]; 0]);
    assert_eq!(found["exact"], false);
    assert_eq!(found["covered"][1]["spacing_s"], 6);
    for sequence in found["sequences"].as_array().expect("a list") {
        let path = format!("output/s/{}", sequence["file"].as_str().expect("a file"));
        ends_with(&place.run(&["run", &path, "-o", "again"]), 3);
    }
    let header = text("scenarios/runbook-against-faults.toml");
    assert!(header.contains("one pair does, in both orders: vault-outage-45m and key-disabled"));
    let answer = found["answer"].as_str().expect("a text");
    assert!(text("docs/guide.md").lines().any(|line| line == answer));
}
