//! `cmksim shrink`: the smallest scenario in which something still fails.

use std::collections::BTreeSet;
use std::time::Instant;

use cmksim::experiment::Variant;
use cmksim::experiment::shrink::{Question, Shrunk, Symptom, facts, shrink};
use cmksim::scenario::{Scenario, Size, Stage, read};
use cmksim::{Error, Options, Replay, Runner, replay};

use crate::freeze::{draft, restless};
use crate::worlds::{Dice, seeds};

fn variant(scenario: Scenario) -> Variant {
    let traces = vec![None; scenario.workspaces.len()].into();
    Variant { scenario, traces }
}

fn replayed(scenario: &Scenario, replication: u64) -> Result<Replay, Error> {
    let options = Options {
        replication,
        every_poll: false,
    };
    let traces = vec![None; scenario.workspaces.len()];
    replay(scenario, &traces, options, &|_| false)
}

/// A random world in which something fails: its text with the expectation, and its replication.
fn failing(seed: u64) -> Option<(String, u64)> {
    let text = restless(seed);
    let replication = seed % 5;
    let scenario = read("world", text.as_bytes(), &[])
        .expect("it is right")
        .scenario;
    let mut dice = Dice::new(seed ^ 0x5141);
    let workspace = &scenario.workspaces[dice.index(scenario.workspaces.len())].name;
    let cluster = &scenario.clusters[dice.index(scenario.clusters.len())].name;
    let candidates = [
        "dropped == 0 B".to_owned(),
        "query_downtime == 0s".to_owned(),
        "interruptions <= 1".to_owned(),
        "buffered_total == 0 B".to_owned(),
        "key_vault_denials == 0".to_owned(),
        "operations_failed == 0".to_owned(),
        "operations_rejected == 0".to_owned(),
        "ingestion_availability >= 99%".to_owned(),
        format!("workspace.{workspace}.dropped == 0 B"),
        format!("workspace.{workspace}.hot_deleted == 0 B"),
        format!("cluster.{cluster}.time_to_revoke == 0s"),
        format!("cluster.{cluster}.time_to_recover <= 1ms"),
    ];
    let first = dice.index(candidates.len());
    let replay = replayed(&scenario, replication).ok()?;
    let mut order = candidates.iter().cycle().skip(first).take(candidates.len());
    let fails = order.find(|text| {
        let read = scenario.expectation("test", text).expect("it is right");
        let actual = replay.measures.get(read.scope, read.measure);
        actual.is_some_and(|actual| !read.comparison.holds(actual, read.value))
    })?;
    Some((format!("expect = [{fails:?}]\n{text}"), replication))
}

fn symptom(scenario: &Scenario) -> Symptom {
    Symptom::fails(&scenario.expectations[0], false)
}

fn shrunk(text: &str, replication: u64, runner: &Runner<'_>) -> Shrunk {
    let reading = read("world", text.as_bytes(), &[]).expect("it is right");
    let question = Question {
        draft: &draft(text),
        variant: &variant(reading.scenario.clone()),
        replication,
        symptom: &symptom(&reading.scenario),
        most: 100_000,
        resolve: &|scenario| Ok(variant(scenario)),
    };
    shrink(question, runner).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Whether a scenario alone fails with a value.
fn fails(scenario: &Scenario) -> bool {
    match replayed(scenario, scenario.replication) {
        Ok(replay) => {
            let verdict = replay.verdicts.first();
            verdict.is_some_and(|verdict| verdict.actual.is_some() && !verdict.passed)
        }
        Err(error) => {
            assert!(error.is_run(), "{error}");
            false
        }
    }
}

/// How many things a scenario is about, counted here.
fn things(scenario: &Scenario) -> usize {
    let accounts = scenario
        .clusters
        .iter()
        .map(|cluster| cluster.storage_accounts as usize);
    let keys = scenario.key_vaults.iter().flat_map(|vault| &vault.keys);
    scenario.events.len()
        + scenario.workspaces.len()
        + scenario.clusters.len()
        + scenario.key_vaults.len()
        + accounts.sum::<usize>()
        + keys.map(|key| key.versions.len()).sum::<usize>()
}

/// Everything that can be taken out of a text alone, by a reader of TOML that knows nothing of
/// scenarios: every key, and every entry of a list.
fn without_one(text: &str) -> Vec<String> {
    let root: toml::Table = text.parse().expect("TOML");
    let mut ways = Vec::new();
    collect(
        &toml::Value::Table(root.clone()),
        &mut Vec::new(),
        &mut ways,
    );
    let take = |way: &Vec<String>| {
        let mut root = toml::Value::Table(root.clone());
        remove(&mut root, way);
        toml::to_string(&root).expect("TOML")
    };
    // Parameters go as a whole, and what is expected stays.
    let may = |way: &&Vec<String>| match way[0].as_str() {
        "expect" | "edition" => false,
        "behaviour" | "prices" => way.len() <= 2,
        _ => true,
    };
    ways.iter().filter(may).map(take).collect()
}

fn collect(value: &toml::Value, way: &mut Vec<String>, ways: &mut Vec<Vec<String>>) {
    let below: Vec<(String, &toml::Value)> = match value {
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        toml::Value::Array(list) => {
            let numbered = list.iter().enumerate();
            numbered
                .map(|(at, value)| (at.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    };
    // What is empty is written too, so the last value in it is none less; a whole table is one.
    let last = below.len() == 1 && !way.is_empty();
    for (step, value) in below {
        way.push(step);
        if !last || value.is_table() {
            ways.push(way.clone());
        }
        collect(value, way, ways);
        way.pop();
    }
}

fn remove(value: &mut toml::Value, way: &[String]) {
    let (first, rest) = way.split_first().expect("a way");
    match value {
        toml::Value::Table(table) if rest.is_empty() => drop(table.remove(first)),
        toml::Value::Table(table) => remove(table.get_mut(first).expect("it is there"), rest),
        toml::Value::Array(list) => {
            let at: usize = first.parse().expect("a number");
            if rest.is_empty() {
                list.remove(at);
            } else {
                remove(&mut list[at], rest);
            }
        }
        _ => unreachable!("a way ends there"),
    }
}

/// What a world must hold after it was shrunk.
fn check(seed: u64, text: &str, replication: u64) -> Shrunk {
    let found = shrunk(text, replication, &Runner::SERIAL);
    let context = || {
        format!(
            "seed {seed}, replication {replication}\n{text}\n-----\n{}",
            found.text
        )
    };
    assert!(found.finished, "{}", context());
    let alone = read("shrunk", found.text.as_bytes(), &[])
        .unwrap_or_else(|wrong| panic!("{}\n{}", wrong.render(false), context()));
    assert!(fails(&alone.scenario), "{}", context());
    assert!(found.after.order() <= found.start.order(), "{}", context());
    assert_eq!(
        found.after.things(),
        things(&alone.scenario),
        "{}",
        context()
    );
    // Every single step again.
    let facts = facts(&found.variant.scenario, &found.replay.history);
    for stage in [
        Stage::Places,
        Stage::Happenings(1),
        Stage::Keys(1),
        Stage::Values,
    ] {
        for step in found.draft.steps(&facts, stage) {
            let smaller = found.draft.after(&step);
            let Some(scenario) = smaller.scenario() else {
                continue;
            };
            let order = smaller.size(&scenario).order();
            let counts =
                order < found.after.order() || step.simplifies() && order == found.after.order();
            assert!(
                !(counts && fails(&scenario)),
                "{}: {}",
                step.words,
                context()
            );
        }
    }
    for less in without_one(&found.text) {
        if let Ok(reading) = read("less", less.as_bytes(), &[]) {
            let fewer = things(&reading.scenario) <= things(&alone.scenario);
            assert!(
                !(fewer && fails(&reading.scenario)),
                "{less}\n{}",
                context()
            );
        }
    }
    parameters_are_as_they_were(text, &found.text);
    found
}

/// A parameter is at its default or as it was.
fn parameters_are_as_they_were(before: &str, after: &str) {
    let parse = |text: &str| -> toml::Table { text.parse().expect("TOML") };
    let (before, after) = (parse(before), parse(after));
    for table in ["behaviour", "prices"] {
        let Some(left) = after.get(table).and_then(toml::Value::as_table) else {
            continue;
        };
        for (key, value) in left {
            assert_eq!(before[table].get(key), Some(value), "{table}.{key}");
        }
    }
}

fn median(mut all: Vec<usize>) -> usize {
    all.sort_unstable();
    all[all.len() / 2]
}

fn worlds_shrink(worlds: usize) {
    let began = Instant::now();
    let mut all: Vec<(Size, Size, Size, u64)> = Vec::new();
    let mut symptoms = BTreeSet::new();
    for seed in 0.. {
        if all.len() == worlds {
            break;
        }
        let Some((text, replication)) = failing(seed) else {
            continue;
        };
        let found = check(seed, &text, replication);
        let again = found.variant.scenario.expectations[0].measure;
        symptoms.insert(again.name());
        all.push((found.before, found.start, found.after, found.replays));
    }
    let of = |size: fn(&(Size, Size, Size, u64)) -> usize| median(all.iter().map(size).collect());
    let larger = all
        .iter()
        .filter(|(before, _, after, _)| after.order() > before.order());
    println!(
        "{} worlds, {} measures: keys {} -> {} frozen -> {} left, things {} -> {} -> {}; \
         {} replays; larger than the original {}; {:?}",
        all.len(),
        symptoms.len(),
        of(|all| all.0.keys),
        of(|all| all.1.keys),
        of(|all| all.2.keys),
        of(|all| all.0.things()),
        of(|all| all.1.things()),
        of(|all| all.2.things()),
        of(|all| usize::try_from(all.3).expect("few")),
        larger.count(),
        began.elapsed()
    );
    assert!(of(|all| all.2.keys) * 4 < of(|all| all.1.keys));
}

#[test]
fn a_shrunk_world_fails_and_nothing_more_can_go() {
    worlds_shrink(usize::try_from(seeds(12).end).expect("few"));
}

#[test]
#[ignore = "takes an hour"]
fn a_shrunk_world_fails_and_nothing_more_can_go_in_full() {
    worlds_shrink(1_000);
}

#[test]
fn what_comes_out_does_not_depend_on_the_order_of_replays() {
    let backwards: cmksim::kernel::Executor<'_> = &|count, call| (0..count).rev().for_each(call);
    let runner = Runner {
        executor: backwards,
        ..Runner::SERIAL
    };
    let worlds = (0..).filter_map(failing).take(6);
    for (text, replication) in worlds {
        let one = shrunk(&text, replication, &Runner::SERIAL);
        let other = shrunk(&text, replication, &runner);
        assert_eq!(one.text, other.text);
        assert_eq!(one.replays, other.replays);
        let words = |shrunk: &Shrunk| -> Vec<String> {
            shrunk
                .taken
                .iter()
                .map(|taken| taken.words.clone())
                .collect()
        };
        assert_eq!(words(&one), words(&other));
    }
}
