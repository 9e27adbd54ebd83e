use super::search::{Found, even, search};
use super::*;
use crate::experiment::Sample;
use crate::kernel::StreamKey;
use crate::scenario::{Comparison, Measure, Scope, Wanted};
use crate::statistics::Quantile;
use crate::units::Volume;

const POINTS: usize = 10_000;

/// A world without a simulation: the value of a point in a replication, and the truth of it.
struct World {
    name: &'static str,
    statistic: Statistic,
    /// Of the place from 0 to 1.
    truth: fn(f64) -> f64,
    /// What a replication makes of the truth: drawn with a key of the replication, which is the same
    /// at all points, and one of the point.
    value: fn(f64, StreamKey, StreamKey) -> f64,
    replications: usize,
}

/// A number from 0 to 1.
#[allow(clippy::cast_precision_loss)]
fn uniform(key: StreamKey) -> f64 {
    key.up_to(1 << 52) as f64 / (1_u64 << 52) as f64
}

/// A number with the exponential distribution and the mean 1.
fn exponential(key: StreamKey) -> f64 {
    -libm::log(1.0 - uniform(key).min(1.0 - 1e-12))
}

/// A peak of 100 at `top` that falls to nothing within `wide`.
fn peak(at: f64, top: f64, wide: f64) -> f64 {
    (1.0 - (at - top).abs() / wide).max(0.0) * 100.0
}

/// One peak of the intake, not much wider than a coarse step, on a rhythm.
fn one_peak(at: f64) -> f64 {
    20.0 + 10.0 * libm::sin(at * 40.0) + peak(at, 0.617, 0.05)
}

/// What a rotation adds to an outage that covers it: it jumps up, and falls with the time that is
/// left.
fn rotation(at: f64) -> f64 {
    let covers = (0.71..0.78).contains(&at);
    let more = if covers {
        80.0 - (at - 0.71) * 500.0
    } else {
        0.0
    };
    20.0 + 15.0 * libm::sin(at * 43.0) + more
}

/// Two peaks, the lower one wider.
fn two_peaks(at: f64) -> f64 {
    0.93 * peak(at, 0.3, 0.2) + peak(at, 0.8, 0.06)
}

/// Drawn alike everywhere, and a little by itself.
fn scaled(truth: f64, all: StreamKey, own: StreamKey) -> f64 {
    truth * (0.5 + 0.5 * exponential(all)) + 10.0 * uniform(own) - 5.0
}

/// A loss in a part of all replications.
fn sometimes(truth: f64, all: StreamKey, _: StreamKey) -> f64 {
    let hit = uniform(all.name("hit")) < truth / 200.0;
    if hit {
        200.0 * exponential(all.name("loss"))
    } else {
        0.0
    }
}

/// Of which p50 is the truth.
fn spread(truth: f64, all: StreamKey, own: StreamKey) -> f64 {
    truth * (0.25 + 1.5 * uniform(all)) + 4.0 * uniform(own) - 2.0
}

fn worlds() -> [World; 6] {
    let mean = |name, truth, value| World {
        name,
        statistic: Statistic::Mean,
        truth,
        value,
        replications: 200,
    };
    let rare = |name| World {
        replications: 1_000,
        ..mean(name, rotation, sometimes)
    };
    [
        mean("one peak", one_peak, scaled),
        mean("a rotation", rotation, scaled),
        mean("two peaks", two_peaks, scaled),
        rare("losses that are often 0"),
        World {
            statistic: Statistic::Quantile(Quantile::percent(50)),
            replications: 400,
            ..mean("a median", rotation, spread)
        },
        World {
            statistic: Statistic::Probability(Comparison::Above, Value::Volume(Volume::ZERO)),
            ..rare("a probability")
        },
    ]
}

#[allow(clippy::cast_precision_loss)]
fn place(at: usize) -> f64 {
    at as f64 / (POINTS - 1) as f64
}

impl World {
    /// The statistic itself.
    fn at(&self, at: usize) -> f64 {
        let truth = (self.truth)(place(at));
        match self.statistic {
            Statistic::Probability(..) => truth / 200.0,
            _ => truth,
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn value(&self, seed: u64, at: usize, replication: usize) -> Value {
        let all = StreamKey::root(seed, replication as u64);
        let own = all.name("point").number(at as u64);
        let value = (self.value)((self.truth)(place(at)), all, own) * 1e6;
        Value::Volume(Volume::from_bytes(value as u64))
    }

    fn search(&self, seed: u64, replications: usize) -> Found {
        let target = self.target();
        let grids = [grid(&format!("key=0..{}", POINTS - 1))];
        let question = Question {
            target: &target,
            figure: Figure::new(&target, false).expect("it can be searched"),
            grids: &grids,
            replications,
        };
        let look = |points: &[(&[usize], Range<usize>)]| {
            let of = |(at, numbers): &(&[usize], Range<usize>)| {
                let numbers = numbers.clone();
                numbers
                    .map(|one| Some(self.value(seed, at[0], one)))
                    .collect()
            };
            Ok(points.iter().map(of).collect())
        };
        search(&question, even(&grids), seed, &look).expect("nothing can fail")
    }

    /// The interval of replications that the search has not seen.
    fn interval(&self, seed: u64, at: usize) -> Interval {
        let fresh = self.replications..2 * self.replications;
        let values = fresh.map(|one| Some(self.value(seed, at, one)));
        let sample = Sample::of_values(Measure::Dropped, values);
        let ends = match self.statistic {
            Statistic::Quantile(quantile) => Some(sample.bounds(quantile)),
            Statistic::Probability(..) => sample.nonzero.interval(),
            _ => sample.mean.and_then(|mean| mean.interval()),
        };
        ends.expect("there are enough replications")
    }

    fn target(&self) -> Target {
        Target {
            text: self.name.to_owned(),
            statistic: self.statistic,
            scope: Scope::Total,
            measure: Measure::Dropped,
        }
    }
}

fn grid(text: &str) -> Grid {
    Grid::read(text, None, Wanted::Largest).expect("a grid")
}

/// What many seeds say of a world.
#[derive(Debug, Default)]
struct Tally {
    /// In how many the winner is within 1 % of the best point.
    right: u64,
    /// In how many the interval of fresh replications holds the truth.
    covered: u64,
    /// The most replays, those of the check included.
    most: usize,
}

fn tally(world: &World, seeds: u64) -> Tally {
    let best = (0..POINTS).map(|at| world.at(at)).fold(0.0, f64::max);
    assert!(best > 0.0);
    let mut tally = Tally::default();
    for seed in 0..seeds {
        let found = world.search(seed, world.replications);
        let winner = found.looked[found.winner.expect("there is one")].at[0];
        let truth = world.at(winner);
        tally.right += u64::from(truth >= 0.99 * best);
        let ends = world.interval(seed, winner);
        let scale = match world.statistic {
            Statistic::Probability(..) => 1.0,
            _ => 1e6,
        };
        let holds = ends.low <= truth * scale && truth * scale <= ends.high;
        tally.covered += u64::from(holds);
        let replays: usize = found.looked.iter().map(|one| one.replications).sum();
        // The winner, the runner-up and the scenario as it is are looked at once more.
        tally.most = tally.most.max(replays + 3 * world.replications);
    }
    tally
}

fn hold(seeds: u64, covered: std::ops::RangeInclusive<u64>) {
    for world in &worlds() {
        let tally = tally(world, seeds);
        let told = format!("{}: {tally:?} of {seeds}", world.name);
        assert!(tally.right * 100 >= 95 * seeds, "{told}");
        assert!(tally.most <= POINTS * world.replications / 100, "{told}");
        assert!(covered.contains(&tally.covered), "{told}");
    }
}

/// Of 20 seeds 15 to 20: fewer are covered by 95 % once in 2 500 times.
#[test]
fn the_winner_is_within_1_percent_of_the_best_of_10_000_points() {
    hold(20, 15..=20);
}

#[test]
#[ignore = "minutes"]
fn the_winner_is_within_1_percent_of_the_best_of_10_000_points_in_full() {
    hold(1_000, 930..=970);
}

#[test]
fn a_world_without_chance_takes_one_replication() {
    let certain = |truth: f64, _: StreamKey, _: StreamKey| truth;
    for truth in [one_peak as fn(f64) -> f64, rotation, two_peaks] {
        let world = World {
            name: "certain",
            statistic: Statistic::Mean,
            truth,
            value: certain,
            replications: 1,
        };
        let top = (0..POINTS).map(|at| world.at(at)).fold(0.0, f64::max);
        for replications in [1, 1_000] {
            let found = world.search(0, replications);
            let winner = &found.looked[found.winner.expect("there is one")];
            let at = place(winner.at[0]);
            assert!(world.at(winner.at[0]) >= 0.99 * top, "{at}");
            let runner_up = &found.looked[found.runner_up.expect("there is one")];
            assert!((place(runner_up.at[0]) - at).abs() > 1.0 / 32.0);
            let replays: usize = found.looked.iter().map(|one| one.replications).sum();
            let first = replications.div_ceil(8);
            assert!(replays <= 100 * first, "{replays}");
        }
    }
}

/// Looks for the best point of a function of whole numbers, without chance.
fn certain(texts: &[&str], least: bool, of: &dyn Fn(&[usize]) -> Option<u64>) -> Found {
    let target = Target {
        text: "mean(dropped)".to_owned(),
        statistic: Statistic::Mean,
        scope: Scope::Total,
        measure: Measure::Dropped,
    };
    let grids: Vec<Grid> = texts.iter().map(|text| grid(text)).collect();
    let question = Question {
        target: &target,
        figure: Figure::new(&target, least).expect("it can be searched"),
        grids: &grids,
        replications: 1,
    };
    let look = |points: &[(&[usize], Range<usize>)]| {
        let value = |(at, numbers): &(&[usize], Range<usize>)| {
            let value = of(at).map(|value| Value::Volume(Volume::from_bytes(value)));
            vec![value; numbers.len()]
        };
        Ok(points.iter().map(value).collect())
    };
    search(&question, even(&grids), 0, &look).expect("nothing can fail")
}

#[test]
fn two_keys_and_three_are_searched_together() {
    // A ridge along which both keys change: where two outages meet.
    let ridge = |at: &[usize]| {
        let along = at[0].abs_diff(700) as u64;
        let across = at[0].abs_diff(at[1]) as u64;
        Some(100_000_u64.saturating_sub(1_000 * across + 20 * along))
    };
    let found = certain(&["a=0..1000", "b=0..1000"], false, &ridge);
    let winner = &found.looked[found.winner.expect("there is one")];
    assert!(winner.number >= Some(99_900.0), "{winner:?}");
    let bowl = |at: &[usize]| {
        let far = |key: usize, from: usize| at[key].abs_diff(from).pow(2) as u64;
        Some(5_000 + far(0, 31) + far(1, 77) + far(2, 150))
    };
    let found = certain(&["a=0..200", "b=0..200", "c=0..200"], true, &bowl);
    let winner = &found.looked[found.winner.expect("there is one")];
    assert_eq!(winner.at, [31, 77, 150]);
}

#[test]
fn what_is_the_same_everywhere_has_no_answer() {
    let found = certain(&["a=0..1000"], false, &|_| Some(7));
    assert_eq!((found.winner, found.runner_up), (None, None));
    let found = certain(&["a=0..1000"], false, &|_| None);
    assert_eq!(found.winner, None);
}

#[test]
fn points_without_a_value_are_left_out() {
    let half = |at: &[usize]| (at[0] < 500).then(|| at[0] as u64);
    let found = certain(&["a=0..1000"], false, &half);
    let winner = &found.looked[found.winner.expect("there is one")];
    assert_eq!(winner.at, [499]);
}

#[test]
fn extremes_are_refused() {
    for statistic in [Statistic::Min, Statistic::Max] {
        let target = Target {
            text: "max(dropped)".to_owned(),
            statistic,
            scope: Scope::Total,
            measure: Measure::Dropped,
        };
        let told = Figure::new(&target, false).expect_err("it is refused");
        assert!(told.contains("says nothing of others"), "{told}");
    }
}
