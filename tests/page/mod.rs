//! The service's page, sentence by sentence: `table.md` names for each sentence the test that
//! shows it, or says why nothing can. The tests for it stand beside it.
//!
//! In the worlds of these tests 1 GB a minute arrives, so that gigabytes are minutes, and all
//! delays are the longest of the edition: its bounds are read off the results.

mod association;
mod capacity;
mod creation;
mod deletion;
mod keys;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cmksim::accounting::Balance;
use cmksim::experiment::{Replay, replay};
use cmksim::kernel::never;
use cmksim::model::{Options, Reason, What};
use cmksim::scenario::{Measure, Rule, Scope, Value, read};
use cmksim::units::{Duration, Time, Volume};

/// A cluster at work and a workspace in it.
const AT_WORK: &str = r#"
[[key_vault]]
name = "vault"
keys = { key = ["1", "2"] }
[[cluster]]
name = "secure"
storage_accounts = 1
key = { version = "1" }
[[workspace]]
name = "logs"
cluster = "secure"
ingestion = "1 GB/min"
history = "0d"
"#;

/// A workspace in the shared store, and no cluster yet.
const NOTHING_YET: &str = r#"
[[workspace]]
name = "logs"
cluster = "none"
ingestion = "1 GB/min"
history = "0d"
"#;

/// What comes of a world. `top` is a line above all tables, `parameters` are lines of
/// `[behaviour]`.
fn lived_in(top: &str, duration: &str, parameters: &str, world: &[&str]) -> Replay {
    let world = world.concat();
    let text = format!(
        "{top}\nduration = \"{duration}\"\ndelays = \"longest\"\n[behaviour]\n{parameters}\n{world}"
    );
    let reading = read("page", text.as_bytes(), &[]);
    let scenario = reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario;
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    replay(&scenario, &traces, Options::default(), &never).expect("it runs")
}

fn lived_with(duration: &str, parameters: &str, world: &[&str]) -> Replay {
    lived_in("", duration, parameters, world)
}

fn lived(duration: &str, world: &[&str]) -> Replay {
    lived_with(duration, "", world)
}

fn minute(minutes: i64) -> Time {
    Time::from_millis(minutes * Duration::MINUTE.millis())
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn gb(gigabytes: i64) -> Volume {
    Volume::from_bytes(gigabytes.cast_unsigned() * 1_000_000_000)
}

/// Where the bytes of the first workspace are.
fn after(replay: &Replay, minutes: i64) -> Balance {
    replay.books.balance(0, minute(minutes))
}

/// A duration that is measured in total, in minutes, rounded down.
fn minutes_of(replay: &Replay, measure: Measure) -> i64 {
    match replay.measures.get(Scope::Total, measure) {
        Some(Value::Duration(duration)) => duration.millis() / Duration::MINUTE.millis(),
        other => panic!("{measure:?} is {other:?}"),
    }
}

/// Everything that was refused or failed, with the rule that says so.
fn refusals(replay: &Replay) -> Vec<(Reason, Rule)> {
    let log = replay.history.log.iter();
    log.filter_map(|change| match change.what {
        What::OperationRejected(reason) | What::OperationFailed(reason) => {
            Some((reason, change.rule))
        }
        _ => None,
    })
    .collect()
}

/// The sections of the page; where one lists operations, each of them.
const SECTIONS: [&str; 25] = [
    "Introduction",
    "Customer-managed key (CMK) overview",
    "How CMK works in Azure Monitor",
    "Encryption keys operation",
    "CMK provisioning procedure",
    "Asynchronous operations and status check",
    "Allowing subscription for CMK deployment",
    "Storing encryption key (KEK)",
    "Create Cluster resource",
    "Grant Key Vault permissions",
    "Update Cluster resource with Key identifier details",
    "Workspace association to Cluster resource",
    "CMK (KEK) revocation",
    "CMK (KEK) rotation",
    "CMK manage: get clusters of a resource group",
    "CMK manage: get clusters of a subscription",
    "CMK manage: update capacity reservation",
    "CMK manage: update billingType",
    "CMK manage: disassociate workspace",
    "CMK manage: check workspace association status",
    "CMK manage: delete Cluster resource",
    "CMK manage: recover Cluster resource",
    "Limitations and constraints",
    "Troubleshooting: Key Vault availability",
    "Troubleshooting: operations",
];

/// A sentence of the page that states behaviour.
struct Row<'a> {
    section: &'a str,
    says: &'a str,
    shown_by: &'a str,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of a table in Markdown, below the headings of their sections.
fn rows(table: &str) -> Vec<Row<'_>> {
    let mut section = "";
    let mut rows = Vec::new();
    for line in table.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading;
        }
        let Some(cells) = line.strip_prefix('|') else {
            continue;
        };
        // A row that lacks its second cell is a row that names nothing.
        let cells = cells.trim_end().trim_end_matches('|');
        let (says, shown_by) = cells.split_once('|').unwrap_or((cells, ""));
        let (says, shown_by) = (says.trim(), shown_by.trim());
        if says != "the page says" && !says.starts_with("---") {
            rows.push(Row {
                section,
                says,
                shown_by,
            });
        }
    }
    rows
}

/// What is wrong with what a row names; nothing if it is all there.
fn wrong_with(shown_by: &str) -> Option<String> {
    if let Some(reason) = shown_by.strip_prefix("not simulated: ") {
        let reason = reason.trim();
        return (reason.len() < 10).then(|| "a reason that says nothing".to_owned());
    }
    let named: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
    if named.is_empty() {
        return Some("neither a test nor a reason".to_owned());
    }
    named.into_iter().find_map(|name| {
        let there = match name.strip_suffix(".toml") {
            Some(_) => root().join("scenarios").join(name).is_file(),
            None => is_test(name),
        };
        (!there).then(|| format!("there is no `{name}`"))
    })
}

/// Whether `module::function` is a test of this repository.
fn is_test(path: &str) -> bool {
    let Some((module, function)) = path.rsplit_once("::") else {
        return false;
    };
    let module = module.strip_suffix("::tests").unwrap_or(module);
    let file = module.replace("::", "/");
    let files = ["tests", "src"].into_iter().flat_map(|folder| {
        [
            format!("{folder}/{file}.rs"),
            format!("{folder}/{file}/mod.rs"),
        ]
    });
    let texts = files.filter_map(|file| fs::read_to_string(root().join(file)).ok());
    texts.into_iter().any(|text| {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let declared = format!("fn {function}(");
        let mut pairs = lines.windows(2);
        pairs.any(|pair| pair[0] == "#[test]" && pair[1].starts_with(&declared))
    })
}

fn table() -> String {
    let path: PathBuf = root().join("tests/page/table.md");
    fs::read_to_string(path).expect("there is a table")
}

#[test]
fn every_sentence_of_the_page_is_shown_or_says_why_not() {
    let table = table();
    let rows = rows(&table);
    let mut complaints: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let wrong = wrong_with(row.shown_by)?;
            Some(format!("{}: {}: {wrong}", row.section, row.says))
        })
        .collect();
    let covered: BTreeSet<&str> = rows.iter().map(|row| row.section).collect();
    let missing = SECTIONS
        .iter()
        .filter(|section| !covered.contains(*section));
    complaints.extend(missing.map(|section| format!("{section}: no row")));
    let unknown = covered.iter().filter(|section| !SECTIONS.contains(section));
    complaints.extend(unknown.map(|section| format!("{section}: no section of the page")));
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    let untested = |row: &&Row<'_>| row.shown_by.starts_with("not simulated");
    let untested = rows.iter().filter(untested).count();
    assert!(
        rows.len() - untested >= 70,
        "{} of {}",
        untested,
        rows.len()
    );
}

/// The other way round: what was written to show a sentence is named in the table.
#[test]
fn every_test_beside_the_table_shows_a_sentence() {
    let table = table();
    for name in ["association", "capacity", "creation", "deletion", "keys"] {
        let file = root().join(format!("tests/page/{name}.rs"));
        let text = fs::read_to_string(file).expect("a module of the page");
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[test]") {
            let function = pair[1].trim_start_matches("fn ").split('(').next();
            let function = function.expect("a name");
            let named = format!("`page::{name}::{function}`");
            assert!(table.contains(&named), "{named} is in no row");
        }
    }
}

#[test]
fn a_row_without_anything_that_shows_it_is_found() {
    for wrong in [
        "",
        "a promise",
        "not simulated: so",
        "`page::no_such_test`",
        "`no_such_module::test`",
        // A function, but no test.
        "`page::wrong_with`",
        "`no-such-scenario.toml`",
        "`steady-state.toml`, `no-such-scenario.toml`",
    ] {
        assert!(wrong_with(wrong).is_some(), "{wrong}");
    }
    for right in [
        "not simulated: nothing depends on it",
        "`page::a_row_without_anything_that_shows_it_is_found`",
        "`model::storage_account::tests::every_sequence_of_inputs_follows_the_table`",
        "`steady-state.toml`, `properties::executing_every_poll_changes_nothing`",
    ] {
        assert_eq!(wrong_with(right), None, "{right}");
    }
}
