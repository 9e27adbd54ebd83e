//! What holds in every world.

use cmksim::accounting::{Balance, audit};
use cmksim::experiment::{Replay, replay};
use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim::scenario::Scenario;
use cmksim::units::Time;

use crate::worlds::{Dice, seeds, shown, world};

fn replayed(scenario: &Scenario, every_poll: bool) -> Replay {
    let traces = scenario.workspaces.iter().map(|_| None).collect::<Vec<_>>();
    let options = Options {
        replication: 0,
        every_poll,
    };
    replay(scenario, &traces, options, &never)
        .unwrap_or_else(|error| panic!("{error}, {}", shown(scenario)))
}

fn balances(scenario: &Scenario, replay: &Replay, t: Time) -> Vec<Balance> {
    (0..scenario.workspaces.len())
        .map(|index| replay.books.balance(index, t))
        .collect()
}

#[test]
fn every_byte_is_accounted_for_at_any_time() {
    for seed in seeds(3_000) {
        let scenario = world(seed);
        let replay = replayed(&scenario, false);
        let intakes: Vec<_> = (0..scenario.workspaces.len())
            .map(|index| replay.books.intake(index))
            .collect();
        let mut dice = Dice::new(seed);
        let end = scenario.duration.millis();
        let mut times = vec![0, end];
        times.extend((0..6).map(|_| dice.between(0, end)));
        // And at instants of change, where mistakes of one millisecond would show.
        for change in replay.history.log.iter().rev().take(200).step_by(29) {
            times.push(change.time.millis());
            times.push((change.time.millis() + 1).min(end));
        }
        for t in times.into_iter().map(Time::from_millis) {
            let claimed = balances(&scenario, &replay, t);
            audit(&scenario, &replay.history, &intakes, t, &claimed)
                .unwrap_or_else(|violation| panic!("{violation}, {}", shown(&scenario)));
        }
    }
}
