//! What the page is told is what the program tells elsewhere.

use std::collections::BTreeMap;

use cmksim::experiment::{Runner, Study};
use cmksim::kernel::never;
use cmksim::report::{self, play};
use cmksim::scenario::Measure;
use cmksim::units::{Duration, Time};
use cmksim::{Experiment, Options, Replay, Scenario, Scope};

use crate::lives::any_world;
use crate::shipped::{replay, scenarios, shipped_traces};
use crate::worlds::{Dice, seeds};

fn check(scenario: &Scenario, replay: &Replay, dice: &mut Dice, about: &str) {
    let run = play::run(scenario, replay);
    assert_eq!(run.fingerprint, replay.fingerprint.to_string(), "{about}");
    assert_eq!(
        run.lines_of,
        report::count_lines(scenario, &replay.history),
        "{about}"
    );
    assert!(run.lines.is_sorted_by_key(|line| line.from), "{about}");
    let of_total = Measure::ALL
        .iter()
        .filter(|measure| Scope::Total.has(**measure));
    for (told, measure) in run.measures.iter().zip(of_total) {
        let value = replay.measures.get(Scope::Total, *measure);
        assert_eq!(
            (told.name, told.number),
            (measure.name(), value.map(|value| value.number())),
            "{about}"
        );
    }
    // Every rule that a line names is told.
    for line in run.lines.iter().filter(|line| line.rule != "scenario") {
        assert!(
            run.rules.iter().any(|rule| rule.id == line.rule),
            "{about}: {}",
            line.rule
        );
    }
    let end = replay.history.end.millis();
    assert!(
        0 <= run.window[0] && run.window[0] <= run.window[1] && run.window[1] <= end,
        "{about}"
    );
    // Data, at the edges and anywhere.
    let mut times: Vec<i64> = (0..6).map(|_| dice.between(0, end)).collect();
    times.extend([0, end]);
    times.sort_unstable();
    let times: Vec<Time> = times.into_iter().map(Time::from_millis).collect();
    let totals = replay.books.totals(&times);
    for (amounts, total) in play::amounts(replay, &times).iter().zip(totals) {
        let of: BTreeMap<&str, u64> = amounts
            .iter()
            .map(|amount| (amount.name, amount.bytes))
            .collect();
        assert_eq!(of["hot"] + of["cold"], total.accessible.bytes(), "{about}");
        assert_eq!(of["inaccessible"], total.inaccessible().bytes(), "{about}");
        assert_eq!(of["buffered"], total.buffered.bytes(), "{about}");
        assert_eq!(of["dropped"], total.dropped().bytes(), "{about}");
        assert_eq!(of["lost"], total.destroyed.bytes(), "{about}");
    }
    polls(scenario, replay, dice, about);
}

fn polls(scenario: &Scenario, replay: &Replay, dice: &mut Dice, about: &str) {
    let accounts: usize = replay
        .history
        .clusters
        .iter()
        .map(|cluster| cluster.accounts.len())
        .sum();
    let from = Time::from_millis(dice.between(0, replay.history.end.millis()));
    let until = from + Duration::from_millis(60_000);
    let told = play::polls_between(replay, from, until);
    if accounts > 40 || told.of > play::MOST_POLLS {
        assert!(told.polls.len() as u64 <= told.of, "{about}");
        return;
    }
    let listed = report::polls_csv(scenario, &replay.history, from, until);
    let mut answers: Vec<String> = listed
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').nth(1).expect("an answer").to_owned())
        .collect();
    let mut found: Vec<String> = told.polls.iter().map(|poll| poll.2.to_owned()).collect();
    answers.sort_unstable();
    found.sort_unstable();
    assert_eq!(answers, found, "{about}");
}

#[test]
fn a_run_on_the_page_is_the_run_of_the_program() {
    let mut dice = Dice::new(7);
    for path in scenarios() {
        let (scenario, replay) = replay(&path, false);
        check(&scenario, &replay, &mut dice, &path.display().to_string());
    }
    for seed in seeds(500) {
        let world = any_world(seed);
        let traces = vec![None; world.workspaces.len()];
        if let Ok(replay) = cmksim::replay(&world, &traces, Options::default(), &never) {
            check(&world, &replay, &mut dice, &format!("world {seed}"));
        }
    }
}

#[test]
fn bars_hold_every_replication_once_and_open_one_that_is_in_them() {
    for path in scenarios().into_iter().step_by(4) {
        let scenario = crate::shipped::reading(&path).scenario;
        let traces = shipped_traces(&scenario);
        let study = Study::new(&scenario, &traces);
        let all = study.gather(0..60, &Runner::SERIAL).expect("a study");
        for measure in [
            Measure::Dropped,
            Measure::QueryDowntime,
            Measure::QueryAvailability,
        ] {
            let about = format!("{}: {}", path.display(), measure.name());
            let told = play::distribution(&scenario, &all, measure).expect("the whole has it");
            assert_eq!(
                told.bins.iter().map(|bin| bin.count).sum::<usize>(),
                60,
                "{about}"
            );
            let column = all.of(Scope::Total, measure).expect("it is kept");
            let values: Vec<f64> = column
                .values()
                .map(|value| value.expect("one").number())
                .collect();
            assert_eq!(
                told.any.count,
                values.iter().filter(|value| **value != 0.0).count(),
                "{about}"
            );
            for bin in &told.bins {
                let Some(number) = bin.replication else {
                    assert_eq!(bin.count, 0, "{about}");
                    continue;
                };
                let value = values[usize::try_from(number).expect("small")];
                assert!(
                    bin.from <= value && value <= bin.to,
                    "{about}: {value} in {bin:?}"
                );
            }
            let worst = told.worst.expect("there are values");
            let most = values[usize::try_from(worst.replication).expect("small")];
            let better = |value: &f64| match measure {
                Measure::QueryAvailability => *value >= most,
                _ => *value <= most,
            };
            assert!(values.iter().all(better), "{about}");
        }
    }
}

#[test]
fn the_key_of_a_cluster_changes_when_an_update_succeeds() {
    let path = super::shipped().join("rotation-done-right.toml");
    let (scenario, replay) = replay(&path, false);
    let run = play::run(&scenario, &replay);
    let keys = &run.keys[0].keys;
    let versions: Vec<&str> = keys.iter().map(|key| key.version.as_str()).collect();
    assert_eq!(versions, ["1", "2"], "{keys:?}");
    let told = run
        .lines
        .iter()
        .find(|line| line.text.contains("succeeded"));
    assert_eq!(keys[1].at, told.expect("an update").from);
    let answers: Vec<&str> = run.keys[0].answers.iter().map(|answer| answer.1).collect();
    assert_eq!(answers, ["granted"]);
}

#[test]
fn the_story_of_an_account_is_its_part_of_the_log() {
    let experiment = Experiment::new(
        "duration = '1d'\n[[workspace]]\nname = 'w'\ningestion = '1 TB/day'\n[[event]]\nat = '2h'\n\
         kind = 'key_vault_outage'\nduration = '1h'\n",
    );
    let experiment = experiment.expect("it is right");
    let replay = experiment.replay(0, &Runner::SERIAL).expect("a run");
    let story = play::story_of(experiment.scenario(), &replay, 3);
    let texts: Vec<&str> = story.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "storage account 4 of cluster \"cluster\": serving -> isolated",
            "storage account 4 of cluster \"cluster\": isolated -> recovering from outage",
            "storage account 4 of cluster \"cluster\": recovering from outage -> serving"
        ]
    );
    assert!(play::story_of(experiment.scenario(), &replay, 99).is_empty());
}
