//! How many replications of a scenario a second: `cargo bench --bench replications`. All measures
//! of every replication are taken and kept, as a study does it.
//!
//! The world is ten storage accounts that take in 1 TB a day for 30 days, with a key vault
//! outage of 45 minutes; beside it the same with a hundred accounts, a year of hazards, and the
//! year of a planner: two workspaces that grow, with weekly rhythm, hourly noise and hazards, once
//! more with growth that is drawn. A plain loop that only draws the same noise and sums days shows what is the limit for the last.

// The library may read no clock, start no thread and print nothing; a measurement must.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use cmksim::experiment::{Runner, Study};
use cmksim::kernel::{Executor, StreamKey, one_by_one};
use cmksim::scenario::{Scenario, read};
use rand_distr::{Distribution, StandardNormal};

// Its tests are not run here.
#[allow(unused_imports)]
#[path = "../src/cli/threads.rs"]
mod threads;

use threads::{parallel_for, use_at_most};

/// How often each thing is measured; the median is taken.
const ROUNDS: usize = 15;

fn world(accounts: u32) -> Scenario {
    let text = format!(
        "duration = \"30d\"\n\
         [[key_vault]]\nname = \"kv\"\nkeys = {{ cmk = [\"1\"] }}\n\
         [[cluster]]\nname = \"c\"\nstorage_accounts = {accounts}\n\
         key = {{ vault = \"kv\", name = \"cmk\", version = \"1\" }}\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 TB/day\"\n\
         [[event]]\nat = \"2d\"\nkind = \"key_vault_outage\"\nduration = \"45m\"\n"
    );
    scenario("bench.toml", &text)
}

fn shipped(name: &str) -> Scenario {
    let path = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).expect("the scenarios are beside the sources");
    scenario(&path, &text)
}

/// The planner's year with growth that is not known exactly.
fn with_drawn_growth() -> Scenario {
    let path = format!(
        "{}/scenarios/plan-for-a-growing-cluster.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = fs::read_to_string(&path).expect("the scenarios are beside the sources");
    let drawn = "growth = { low = \"2%/30d\", high = \"6%/30d\" }";
    let text = text.replace("growth = \"4%/30d\"", drawn);
    let scenario = scenario(&path, &text);
    let mut ingestions = scenario.workspaces.iter().map(|of| &of.ingestion);
    assert!(ingestions.all(|ingestion| !ingestion.is_known()));
    scenario
}

fn scenario(name: &str, text: &str) -> Scenario {
    let reading = read(name, text.as_bytes(), &[]);
    reading.expect("the scenario is right").scenario
}

/// The seconds that so many replications take.
fn seconds(scenario: &Scenario, replications: u64, each: Executor<'_>) -> f64 {
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let start = Instant::now();
    let gathered = Study::new(scenario, &traces).gather(
        0..replications,
        &Runner {
            executor: each,
            ..Runner::SERIAL
        },
    );
    black_box(gathered).expect("it runs");
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures one core and two in turn, so that a change of the machine's speed touches both; and
/// two studies at once that know nothing of each other, for what its second core can add at all.
fn measure(what: &str, scenario: &Scenario, replications: u64) {
    let (mut one, mut ratios, mut possible) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = seconds(scenario, replications, &one_by_one);
        let together = seconds(scenario, replications, &parallel_for);
        let start = Instant::now();
        parallel_for(2, &|_| {
            seconds(scenario, replications, &one_by_one);
        });
        let both = start.elapsed().as_secs_f64();
        one.push(alone);
        ratios.push(alone / together);
        possible.push(2.0 * alone / both);
    }
    #[allow(clippy::cast_precision_loss)]
    let count = replications as f64;
    let (one, ratio, possible) = (median(one), median(ratios), median(possible));
    println!(
        "{what:<24} {:9.0} a second on one core ({:.2} us each), {:9.0} on two: {ratio:.2} times \
         (two studies at once: {possible:.2})",
        count / one,
        one / count * 1e6,
        count / one * ratio,
    );
}

/// The hours of the year of the planner's scenario.
const HOURS: usize = 364 * 24;

/// What somebody would write who wants nothing but the overage of that year: two workspaces,
/// an hour at a time. The mean cost in USD.
fn plain_year(replications: u64) -> f64 {
    let variance = libm::log1p(0.2 * 0.2);
    let (mu, sigma) = (-variance / 2.0, libm::sqrt(variance));
    let week = [1.0, 1.0, 1.0, 1.0, 1.0, 0.55, 0.55];
    let mean = week.iter().sum::<f64>() / 7.0;
    #[allow(clippy::cast_precision_loss)]
    let base: Vec<f64> = (0..HOURS)
        .map(|hour| week[hour / 24 % 7] / mean * libm::pow(1.04, hour as f64 / 720.0) / 24.0)
        .collect();
    let mut cost = 0.0;
    for replication in 0..replications {
        let mut days = [0.0; HOURS / 24];
        for (name, rate) in [("security", 600.0), ("platform", 400.0)] {
            let key = StreamKey::root(1, replication).name("noise").name(name);
            let mut stream = key.stream();
            for (hour, base) in base.iter().enumerate() {
                let z: f64 = StandardNormal.sample(&mut stream);
                days[hour / 24] += rate * base * libm::exp(mu + sigma * z);
            }
        }
        cost += days
            .iter()
            .map(|day| 1_725.0 + 2.3 * f64::max(day - 1_000.0, 0.0))
            .sum::<f64>();
    }
    #[allow(clippy::cast_precision_loss)]
    let mean = cost / replications as f64;
    mean
}

/// How the planner's year compares with the plain loop, in turn on one core.
fn measure_against_plain(scenario: &Scenario, replications: u64) {
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let all = seconds(scenario, replications, &one_by_one);
        let start = Instant::now();
        let cost = black_box(plain_year(replications));
        assert!((cost - 907_700.0).abs() < 500.0, "another year: {cost} USD");
        ratios.push(start.elapsed().as_secs_f64() / all);
    }
    println!(
        "{:<24} {:.2} times as fast as a plain loop that draws its noise and sums days",
        "",
        median(ratios)
    );
}

/// The most memory that the process ever held, where the system tells.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

fn main() {
    use_at_most(Some(2));
    let month = world(10);
    measure("30 days, 10 accounts", &month, 5_000);
    measure("30 days, 100 accounts", &world(100), 500);
    measure("a year of hazards", &shipped("a-year-of-outages"), 500);
    let year = shipped("plan-for-a-growing-cluster");
    measure("a planner's year", &year, 200);
    measure_against_plain(&year, 200);
    measure("the same, growth drawn", &with_drawn_growth(), 200);
    let million = seconds(&month, 1_000_000, &parallel_for);
    let memory = peak_memory().unwrap_or_else(|| "not available".to_owned());
    println!("one million, 10 accounts {million:9.1} s on two cores; peak memory {memory}");
}
