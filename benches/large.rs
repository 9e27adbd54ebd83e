//! What the largest reasonable world costs: `cargo bench --bench large`. 20 clusters, 1 000
//! workspaces, 200 storage accounts each, a year, 500 events; then each of the five numbers
//! doubled.

// The library may read no clock and print nothing; a measurement must.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use std::fmt::Write as _;
use std::time::Instant;

use cmksim::experiment::replay;
use cmksim::model::Options;
use cmksim::scenario::{Scenario, read};

#[derive(Clone, Copy)]
struct Size {
    clusters: usize,
    workspaces: usize,
    accounts: usize,
    days: usize,
    events: usize,
}

const LARGEST: Size = Size {
    clusters: 20,
    workspaces: 1_000,
    accounts: 200,
    days: 365,
    events: 500,
};

/// Each cluster has a vault of its own; events strike them in turn, spread over the run: an
/// outage of two hours, and every fifth time a key disabled for two.
fn text(size: Size) -> String {
    let mut text = format!("duration = \"{}d\"\n", size.days);
    for n in 0..size.clusters {
        let accounts = size.accounts;
        write!(
            text,
            "[[key_vault]]\nname = \"kv{n}\"\nkeys = {{ cmk = [\"1\"] }}\n\
             [[cluster]]\nname = \"c{n}\"\nstorage_accounts = {accounts}\n\
             key = {{ vault = \"kv{n}\", name = \"cmk\", version = \"1\" }}\n"
        )
        .expect("a text takes everything");
    }
    for n in 0..size.workspaces {
        let cluster = n % size.clusters;
        let retention = [31, 90, 180][n / size.clusters % 3];
        let rate = 10 + n % 90;
        write!(
            text,
            "[[workspace]]\nname = \"w{n}\"\ncluster = \"c{cluster}\"\n\
             retention = \"{retention}d\"\ningestion = \"{rate} GB/day\"\n"
        )
        .expect("a text takes everything");
    }
    let minutes = size.days * 24 * 60 - 1_440;
    for n in 0..size.events {
        let (at, vault) = (n * minutes / size.events, n % size.clusters);
        let what = match n % 5 {
            4 => format!("kind = \"disable_key\"\nvault = \"kv{vault}\"\nversion = \"1\""),
            _ => format!("kind = \"key_vault_outage\"\nvault = \"kv{vault}\""),
        };
        write!(
            text,
            "[[event]]\nat = \"{at}m\"\n{what}\nduration = \"2h\"\n"
        )
        .expect("a text takes everything");
    }
    text
}

fn seconds(scenario: &Scenario) -> f64 {
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let options = Options {
        replication: 0,
        every_poll: false,
    };
    let mut taken: Vec<f64> = (0..3)
        .map(|_| {
            let start = Instant::now();
            replay(scenario, &traces, options, &|_| false).expect("it runs");
            start.elapsed().as_secs_f64()
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    taken[1]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--print") {
        print!("{}", text(LARGEST));
        return;
    }
    let measure = |what: &str, size: Size| {
        let text = text(size);
        let reading = read("large.toml", text.as_bytes(), &[]).expect("the scenario is right");
        println!("{what:<24} {:8.3} s", seconds(&reading.scenario));
    };
    measure("the largest world", LARGEST);
    for (what, size) in [
        (
            "twice the clusters",
            Size {
                clusters: 40,
                ..LARGEST
            },
        ),
        (
            "twice the workspaces",
            Size {
                workspaces: 2_000,
                ..LARGEST
            },
        ),
        (
            "twice the accounts",
            Size {
                accounts: 400,
                ..LARGEST
            },
        ),
        (
            "twice the days",
            Size {
                days: 730,
                ..LARGEST
            },
        ),
        (
            "twice the events",
            Size {
                events: 1_000,
                ..LARGEST
            },
        ),
    ] {
        measure(what, size);
    }
}
