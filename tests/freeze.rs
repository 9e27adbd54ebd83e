//! `cmksim freeze`: a replication as a scenario of its own goes the way of the replication.

use std::fmt::Write;

use cmksim::experiment::{Variant, freeze};
use cmksim::report;
use cmksim::scenario::{Draft, Fate, Scenario, read};
use cmksim::units::Duration;
use cmksim::{Options, Runner, replay};

use crate::lives::any_world;
use crate::worlds::{Dice, seeds};
use crate::written::written;

/// A random world with hazards, what follows them, and responses, all of them with delays that are
/// drawn; as the text of a file.
pub(crate) fn restless(seed: u64) -> String {
    let scenario = any_world(seed);
    let mut text = written(&scenario);
    let mut dice = Dice::new(seed ^ 0xf0e2e);
    let hazards: Vec<(String, bool)> = (0..dice.between(1, 3))
        .map(|number| happening(&mut text, &mut dice, &scenario, Hazard(number)))
        .collect();
    let mut others = hazards.clone();
    for number in 0..dice.between(0, 3) {
        let after = others[dice.index(others.len())].clone();
        let name = happening(&mut text, &mut dice, &scenario, Follower(number, after));
        others.push(name);
    }
    for number in 0..dice.between(0, 2) {
        let name = happening(&mut text, &mut dice, &scenario, Response(number));
        let follower = Follower(10 + number, name);
        happening(&mut text, &mut dice, &scenario, follower);
    }
    if dice.chance(50) {
        happening(&mut text, &mut dice, &scenario, Once);
    }
    text
}

enum Place {
    Hazard(i64),
    Follower(i64, (String, bool)),
    Response(i64),
    Once,
}
use Place::{Follower, Hazard, Once, Response};

/// A delay that is drawn, of up to about a part of the run.
fn drawn(dice: &mut Dice, scenario: &Scenario, part: i64) -> String {
    let most = (scenario.duration.millis() / part).max(2);
    // What recurs every few milliseconds for days has more to log than is allowed.
    let least = most / 40 + 1;
    let [low, high] = [dice.between(least, most), dice.between(least, most)];
    let [low, high] = [low.min(high), low.max(high)].map(Duration::from_millis);
    match dice.between(1, 3) {
        1 => format!("{{ dist = \"uniform\", min = \"{low}\", max = \"{high}\" }}"),
        2 => format!("{{ dist = \"exponential\", mean = \"{high}\" }}"),
        _ => format!("{{ dist = \"lognormal\", median = \"{low}\", sigma = 0.8 }}"),
    }
}

/// Something that may happen, and whether it has an end by itself.
fn what(dice: &mut Dice, scenario: &Scenario) -> (String, bool) {
    let vault = &scenario.key_vaults[dice.index(scenario.key_vaults.len())];
    let cluster = &scenario.clusters[dice.index(scenario.clusters.len())].name;
    let workspace = &scenario.workspaces[dice.index(scenario.workspaces.len())].name;
    let key = &vault.keys[dice.index(vault.keys.len())].name;
    let vault = &vault.name;
    let of_key = |kind: &str| format!("kind = \"{kind}\"\nvault = \"{vault}\"\nkey = \"{key}\"");
    match dice.between(1, 8) {
        1..=3 => (
            format!("kind = \"key_vault_outage\"\nvault = \"{vault}\""),
            true,
        ),
        4 => (
            format!("kind = \"key_vault_denials\"\nvault = \"{vault}\"\nfailure_probability = 0.4"),
            true,
        ),
        5 => (of_key("disable_key"), true),
        6 => (
            format!("kind = \"ingestion_surge\"\nworkspace = \"{workspace}\"\nfactor = 1.7"),
            true,
        ),
        // Of these a hazard begins the next gap with the event.
        7 => (
            of_key("update_cluster_key") + &format!("\ncluster = \"{cluster}\""),
            false,
        ),
        _ => (of_key("create_key_version"), false),
    }
}

/// Adds something that happens; its name, and whether it has an end by itself.
fn happening(
    text: &mut String,
    dice: &mut Dice,
    scenario: &Scenario,
    place: Place,
) -> (String, bool) {
    let (what, ends) = what(dice, scenario);
    let kind = what.split('"').nth(1).expect("it has a kind").to_owned();
    let (head, name) = match &place {
        Hazard(number) => ("[[hazard]]", format!("storm{number}")),
        Follower(number, _) => ("[[event]]", format!("wake{number}")),
        Response(number) => ("[[response]]", format!("help{number}")),
        // No world has unnamed events, so it is the first of its kind.
        Once => ("[[event]]", format!("{kind}#1")),
    };
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes everything");
    line(format!("\n{head}\n{what}"));
    if !matches!(place, Once) {
        line(format!("name = \"{name}\""));
    }
    if ends {
        line(format!("duration = {}", drawn(dice, scenario, 6)));
    }
    match place {
        Hazard(_) => line(format!("gap = {}", drawn(dice, scenario, 5))),
        Once => line(format!("at = {}", drawn(dice, scenario, 1))),
        Response(_) => {
            let symptom = dice.pick(&["queries_fail", "data_buffered", "data_dropped"]);
            line(format!("when = \"{symptom}\""));
            // Who reacts at once to what they did themselves goes round in circles.
            let least = Duration::from_millis(scenario.duration.millis() / 60 + 1);
            let most = Duration::from_millis((scenario.duration.millis() / 8).max(2));
            line(format!(
                "delay = {{ dist = \"uniform\", min = \"{least}\", max = \"{most}\" }}"
            ));
        }
        Follower(number, (after, ends)) => {
            let key = if ends && number % 2 == 0 {
                "after_end"
            } else {
                "after"
            };
            line(format!("{key} = \"{after}\""));
            line(format!("delay = {}", drawn(dice, scenario, 8)));
        }
    }
    (name, ends)
}

pub(crate) fn draft(text: &str) -> Draft {
    let none = &mut |_: &str, _: &cmksim::limits::Limit| Err("no files".to_owned());
    Draft::read("world", text.as_bytes(), &[], none).expect("it can be decoded")
}

/// The replication of a scenario as text: its log with the names under which events draw, and its
/// measures.
fn told(scenario: &Scenario, replication: u64) -> (String, String) {
    let options = Options {
        replication,
        every_poll: false,
    };
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let replay = replay(scenario, &traces, options, &|_| false).expect("it can be replayed");
    let mut renamed = scenario.clone();
    for event in &mut renamed.unchecked.events {
        event.name = event.drawn_name().to_owned();
    }
    (
        report::events(&renamed, &replay.history),
        report::measures(scenario, &replay),
    )
}

/// How often there was something to freeze.
#[derive(Default)]
struct Seen {
    occurrences: usize,
    several: usize,
    never: usize,
    effects: usize,
}

fn frozen_worlds_go_the_same_way(worlds: u64) {
    let mut seen = Seen::default();
    for seed in 0..worlds {
        let text = restless(seed);
        let reading = read("world", text.as_bytes(), &[])
            .unwrap_or_else(|wrong| panic!("seed {seed}: {}\n{text}", wrong.render(false)));
        let traces = vec![None; reading.scenario.workspaces.len()].into();
        let variant = Variant {
            scenario: reading.scenario,
            traces,
        };
        let replication = seed % 7;
        let frozen = match freeze(&draft(&text), &variant, replication, &Runner::SERIAL) {
            Ok(frozen) => frozen,
            // Two responses that cause each other without end.
            Err(error) if error.is_run() => continue,
            Err(error) => panic!("seed {seed}: {error}\n{text}"),
        };
        let again = read("frozen", frozen.text.as_bytes(), &[]).unwrap_or_else(|wrong| {
            panic!("seed {seed}: {}\n{}", wrong.render(false), frozen.text)
        });
        assert_eq!(again.scenario.replication, replication);
        let before = told(&variant.scenario, replication);
        let after = told(&again.scenario, again.scenario.replication);
        assert_eq!(before.0, after.0, "seed {seed}\n{text}\n{}", frozen.text);
        assert_eq!(before.1, after.1, "seed {seed}\n{text}\n{}", frozen.text);
        assert!(!frozen.text.contains("[[hazard]]") || frozen.text.contains("enabled = false"));
        for fate in &frozen.fates {
            match fate {
                Fate::Happens(all) => {
                    seen.occurrences += all.len();
                    seen.several += usize::from(all.len() > 1);
                }
                Fate::Never => seen.never += 1,
                Fate::Stays => {}
            }
        }
        seen.effects += before.0.lines().count() - 1;
    }
    // What is compared is worth it.
    let worlds = usize::try_from(worlds).expect("few");
    assert!(seen.occurrences > worlds, "{}", seen.occurrences);
    assert!(seen.several > worlds / 4, "{}", seen.several);
    assert!(seen.never > worlds / 20, "{}", seen.never);
    assert!(seen.effects > 4 * worlds, "{}", seen.effects);
}

#[test]
fn a_frozen_replication_has_the_log_and_the_measures_of_the_original() {
    frozen_worlds_go_the_same_way(seeds(80).end);
}

#[test]
#[ignore = "takes minutes"]
fn a_frozen_replication_has_the_log_and_the_measures_of_the_original_in_full() {
    frozen_worlds_go_the_same_way(1_000);
}
