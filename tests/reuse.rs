//! What is kept in memory from one replication to the next does not show in what comes of it.

use cmksim::experiment::{Runner, Study, replay};
use cmksim::kernel::never;
use cmksim::model::{Options, Simulation, Stopped, simulate};
use cmksim::scenario::{
    Action, Delay, Event, Noise, NoiseShape, Parameters, Scenario, Timing, read,
};
use cmksim::units::{Duration, Factor, Rate, Volume};

use crate::lives::any_world;
use crate::worlds::{seeds, shown};

/// Later replications before the first, and one way of polling after the other.
const RUNS: [(u64, bool); 7] = [
    (1, false),
    (0, true),
    (2, false),
    (1, true),
    (0, false),
    (0, false),
    (2, true),
];

/// Runs a scenario again and again in the same memory, and each time in new memory beside it.
fn run_again_and_anew(scenario: &Scenario) -> Vec<Option<Stopped>> {
    let mut reused = Simulation::of(scenario);
    let runs = RUNS.map(|(replication, every_poll)| {
        let options = Options {
            replication,
            every_poll,
        };
        let anew = simulate(scenario, options, &never);
        match (reused.run(options, &never), &anew) {
            (Ok(again), Ok(anew)) => assert!(
                again == anew,
                "{options:?}, {}\nagain: {again:#?}\nanew: {anew:#?}",
                shown(scenario)
            ),
            (again, anew) => assert_eq!(again.err().as_ref(), anew.as_ref().err()),
        }
        anew.err()
    });
    runs.into()
}

fn drawn_below(most: Duration) -> Delay {
    let bounds = Parameters {
        min: Some(Duration::ZERO),
        max: Some(most),
        ..Parameters::default()
    };
    Delay::from_parameters("uniform", &bounds).expect("a uniform delay")
}

/// The same world with all that happens at another time in every replication, and for as long.
fn loosened(mut scenario: Scenario) -> Scenario {
    let duration = scenario.duration;
    for event in &mut scenario.unchecked.events {
        if let Timing::At(at) = &mut event.timing {
            *at = drawn_below(duration);
        }
        if let Some(lasts) = &mut event.duration {
            *lasts = drawn_below(duration);
        }
    }
    scenario
}

#[test]
fn a_run_sees_nothing_of_the_one_before() {
    for seed in seeds(500) {
        run_again_and_anew(&any_world(seed));
        run_again_and_anew(&loosened(any_world(seed)));
    }
}

/// How many runs of each kind are given up of those in which `events` begin within a run that
/// may end before.
fn given_up(events: &str) -> usize {
    let mut stopped = 0;
    for seed in 0..20 {
        let text = format!(
            "seed = {seed}\nduration = '1d'\n\
             [[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
             [[event]]\nat = {{ dist = 'uniform', min = '0s', max = '2d' }}\n{events}"
        );
        let reading = read("given up", text.as_bytes(), &[]);
        let reading = reading.unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
        let runs = run_again_and_anew(&reading.scenario).into_iter();
        stopped += runs.flatten().count();
    }
    stopped
}

#[test]
fn a_run_sees_nothing_of_one_that_was_given_up() {
    let circle = "kind = 'recover_cluster'\n\
        [[response]]\nwhen = 'operation_rejected'\nkind = 'recover_cluster'\n";
    let undrawable = "kind = 'ingestion_surge'\nfactor = 2\n\
        duration = { dist = 'exponential', mean = '1ms', min = '1d' }\n";
    for events in [circle, undrawable] {
        let stopped = given_up(events);
        assert!((40..100).contains(&stopped), "{stopped} of 140: {events}");
    }
}

/// A world in which what arrives differs from one replication to the next, in one setting or by
/// noise alone.
fn with_other_arrivals(seed: u64) -> Scenario {
    let mut scenario = any_world(seed);
    let workspace = scenario.workspaces.len() - 1;
    let third = Duration::from_millis((scenario.duration.millis() / 3).max(1));
    let setting = |rate, factor| Action::SetIngestion {
        workspace,
        rate,
        factor,
    };
    let factor = Factor::from_millionths(1_500_000);
    let action = match seed / 4 % 5 {
        0 => setting(Some(Rate::from_bytes_per_day(777_000_000_000)), None),
        1 => setting(None, Some(factor)),
        2 => Action::IngestionSurge { workspace, factor },
        3 => Action::SetDailyCap {
            workspace,
            daily_cap: Some(Volume::from_bytes(1_000)),
        },
        _ => {
            scenario.unchecked.workspaces[workspace].ingestion.noise =
                Some(Noise::independent(NoiseShape::Gamma, 0.5, third));
            return scenario;
        }
    };
    let surge = matches!(action, Action::IngestionSurge { .. });
    scenario.unchecked.events.push(Event {
        name: "drawn".into(),
        timing: Timing::At(drawn_below(scenario.duration)),
        action,
        duration: surge.then(|| Delay::constant(third)),
        draws_as: None,
        occurrence: 0,
    });
    scenario
}

/// Three replications of it share memory, as a study of so few is computed in sixteen parts.
const REPLICATIONS: u64 = 48;

#[test]
fn a_study_finds_what_replays_find_whatever_arrives() {
    for seed in seeds(60) {
        let scenario = with_other_arrivals(seed);
        let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
        let mut study = Study::new(&scenario, &traces);
        study.every_poll = seed % 3 == 0;
        let gathered = study.gather(0..REPLICATIONS, &Runner::SERIAL);
        let gathered = gathered.expect("it runs");
        for replication in 0..3 {
            let options = Options {
                replication,
                every_poll: study.every_poll,
            };
            let alone = replay(&scenario, &traces, options, &never).expect("it runs");
            for column in gathered.columns() {
                let mut values = column
                    .values()
                    .skip(usize::try_from(replication).expect("few"));
                assert_eq!(
                    values.next(),
                    Some(alone.measures.get(column.scope, column.measure)),
                    "{:?} {:?} of {replication}, {}",
                    column.scope,
                    column.measure,
                    shown(&scenario)
                );
            }
        }
    }
}
