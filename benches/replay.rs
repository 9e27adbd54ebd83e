//! How fast a replay is: `cargo bench --bench replay`. Medians over many replications, on one core.
//!
//! The world is ten storage accounts that take in 1 TB a day for 30 days, with a key vault
//! outage of 45 minutes; the long one is the same over ten years.

// The library may read no clock and print nothing; a measurement must.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use std::hint::black_box;
use std::time::Instant;

use cmksim::experiment::replay;
use cmksim::model::{Options, simulate};
use cmksim::scenario::{Scenario, read};

fn world(duration: &str) -> Scenario {
    let text = format!(
        "duration = \"{duration}\"\n[[workspace]]\nname = \"logs\"\ningestion = \"1 TB/day\"\n\
         [[event]]\nat = \"2d\"\nkind = \"key_vault_outage\"\nduration = \"45m\"\n"
    );
    let reading = read("bench.toml", text.as_bytes(), &[]);
    reading.expect("the scenario is right").scenario
}

/// The median of the seconds that `run` takes, one replication after another.
fn median(replications: u64, mut run: impl FnMut(Options)) -> f64 {
    let mut seconds: Vec<f64> = (0..replications)
        .map(|replication| {
            let options = Options {
                replication,
                every_poll: false,
            };
            let start = Instant::now();
            run(options);
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn replayed(world: &Scenario) -> impl FnMut(Options) {
    |options| drop(black_box(replay(world, &[None], options, &|_| false)))
}

fn main() {
    let (month, decade) = (world("30d"), world("3650d"));
    let polls = simulate(
        &month,
        Options {
            replication: 0,
            every_poll: true,
        },
        &|_| false,
    );
    let polls = polls
        .expect("it runs")
        .executed
        .expect("every poll was executed");
    let every_poll = median(40, |options| {
        let options = Options {
            every_poll: true,
            ..options
        };
        drop(black_box(simulate(&month, options, &|_| false)));
    });
    #[allow(clippy::cast_precision_loss)]
    let rate = polls[0].requests as f64 / every_poll / 1e6;
    println!("every poll executed, 30 days   {rate:8.1} million polls a second");
    let simulated = median(4_000, |options| {
        drop(black_box(simulate(&month, options, &|_| false)))
    });
    println!("simulation alone, 30 days      {:8.1} us", simulated * 1e6);
    // In turn, so that a change of the machine's speed touches both.
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        short.push(median(400, replayed(&month)));
        long.push(median(400, replayed(&decade)));
    }
    let mut ratios: Vec<f64> = short
        .iter()
        .zip(&long)
        .map(|(short, long)| long / short)
        .collect();
    for values in [&mut short, &mut long, &mut ratios] {
        values.sort_by(f64::total_cmp);
    }
    println!("whole replay, 30 days          {:8.1} us", short[10] * 1e6);
    println!("whole replay, 10 years         {:8.1} us", long[10] * 1e6);
    println!("10 years to 30 days            {:8.2} times", ratios[10]);
}
