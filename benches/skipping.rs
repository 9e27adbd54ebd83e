//! What skipping polls saves: `cargo bench --bench skipping`. The time of a simulation that skips
//! what it may, over that of one that executes every poll, where outages or denials with a
//! chance come and go. It is never above 1.2: the last line has the worst.

// The library may read no clock and print nothing; a measurement must.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use std::hint::black_box;
use std::time::Instant;

use cmksim::model::{Options, simulate};
use cmksim::scenario::{Scenario, read};

const KINDS: [&str; 2] = ["identity_outage", "key_vault_denials"];
/// How long there is no fault, on average. A poll comes every 33 s.
const GAPS: [&str; 6] = ["1s", "20s", "1m", "6m", "1h", "1d"];
const DURATIONS: [&str; 3] = ["1s", "1m", "1h"];
const PROBABILITIES: [&str; 3] = ["0.02", "0.5", "0.98"];
const ACCOUNTS: [u32; 3] = [1, 10, 300];
/// The ratio is the median of those of so many runs, one of each kind in turn.
const PAIRS: u64 = 9;

fn world(kind: &str, gap: &str, duration: &str, probability: &str, accounts: u32) -> Scenario {
    let days = if accounts > 100 { 1 } else { 20 };
    let text = format!(
        "duration = \"{days}d\"\n\
         [[cluster]]\nname = \"c\"\nstorage_accounts = {accounts}\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 TB/day\"\n\
         [[hazard]]\nkind = \"{kind}\"\nfailure_probability = {probability}\n\
         gap = {{ dist = \"exponential\", mean = \"{gap}\" }}\nduration = \"{duration}\"\n"
    );
    let reading = read("bench.toml", text.as_bytes(), &[]);
    reading.expect("the scenario is right").scenario
}

fn seconds(world: &Scenario, replication: u64, every_poll: bool) -> f64 {
    let options = Options {
        replication,
        every_poll,
    };
    let start = Instant::now();
    drop(black_box(simulate(world, options, &|_| false)));
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let mut worst = (0.0, String::new());
    println!("skipping over executing, with a failure probability of {PROBABILITIES:?}");
    for kind in KINDS {
        for accounts in ACCOUNTS {
            for gap in GAPS {
                for duration in DURATIONS {
                    let world_of = format!("{kind} gap {gap} for {duration}, {accounts} accounts");
                    let ratios = PROBABILITIES.map(|probability| {
                        let world = world(kind, gap, duration, probability, accounts);
                        let ratio = |replication| {
                            let skipping = seconds(&world, replication, false);
                            skipping / seconds(&world, replication, true)
                        };
                        median((0..PAIRS).map(ratio).collect())
                    });
                    println!(
                        "{world_of:55} {:6.2} {:6.2} {:6.2}",
                        ratios[0], ratios[1], ratios[2]
                    );
                    let highest = ratios.into_iter().fold(0.0, f64::max);
                    if highest > worst.0 {
                        worst = (highest, world_of);
                    }
                }
            }
        }
    }
    println!("worst {:.2}: {}", worst.0, worst.1);
}
