//! How long the commands take from start to end, files and pictures included: `cargo bench --bench
//! commands`. Medians, and the most memory that any of the runs held, where the system tells.
//!
//! The world is ten storage accounts that take in 1 TB a day for 30 days, with a key vault
//! outage of 45 minutes.

// The library may read no clock, start no program and print nothing; a measurement must.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const WORLD: &str = "\
duration = '30d'
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'outage'
at = '2d'
kind = 'key_vault_outage'
duration = '45m'
";

/// The commands, each with how often it is run.
const COMMANDS: [(&str, &[&str], usize); 6] = [
    (
        "a scenario from 438 000 rows of usage",
        &[
            "init",
            "--usage=usage.csv",
            "--output=usage.toml",
            "--force",
        ],
        9,
    ),
    ("one replay, pictures included", &["run"], 15),
    (
        "1 000 replications, pictures included",
        &["run", "--replications=1000"],
        9,
    ),
    (
        "200 points x 1 000 replications",
        &[
            "sweep",
            "--vary=event.outage.duration=5m..12h/200",
            "--replications=1000",
        ],
        5,
    ),
    (
        "solve to one second at 1 000 replications",
        &[
            "solve",
            "--vary=event.outage.duration=5m..24h",
            "--such-that=probability(dropped == 0 B) >= 99%",
            "--replications=1000",
        ],
        5,
    ),
    (
        "1 000 000 replications",
        &["run", "--replications=1000000"],
        3,
    ),
];

/// The seconds that a command takes in `folder`, and the kilobytes that it held at the most.
fn run(folder: &Path, arguments: &[&str]) -> (f64, Option<u64>) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cmksim"))
        .current_dir(folder)
        .arg("--quiet")
        .args(arguments)
        .args((arguments[0] != "init").then_some("world.toml"))
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    loop {
        most = held(&status).max(most);
        if let Some(status) = child.try_wait().expect("it is a child") {
            assert!(status.success(), "{arguments:?}: {status}");
            return (began.elapsed().as_secs_f64(), most);
        }
        sleep(Duration::from_millis(1));
    }
}

/// The most that a process held so far, in kilobytes.
fn held(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// A year of hourly rows of 50 workspaces, as a query of the Usage table exports them.
fn usage() -> String {
    let mut rows = String::from("TenantId,StartTime,DataType,Quantity,QuantityUnit,IsBillable\n");
    for hour in 0..8_760_u32 {
        let (day, hour_of_day) = (hour / 24, hour % 24);
        // 1 January 2025 was the first of 365 days.
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let (mut month, mut day_of_month) = (0, day);
        while day_of_month >= lengths[month] {
            day_of_month -= lengths[month];
            month += 1;
        }
        for workspace in 0..50 {
            let megabytes = 800 + (hour * 31 + workspace * 17) % 997;
            rows.push_str(&format!(
                "00000000-0000-0000-0000-{workspace:012},2025-{:02}-{:02}T{hour_of_day:02}:00:00Z,Perf,{megabytes}.{:06},MBytes,True\n",
                month + 1,
                day_of_month + 1,
                (hour * 7_919 + workspace) % 1_000_000,
            ));
        }
    }
    rows
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("world.toml"), WORLD).expect("written");
    fs::write(folder.path().join("usage.csv"), usage()).expect("written");
    for (what, arguments, rounds) in COMMANDS {
        let runs: Vec<(f64, Option<u64>)> =
            (0..rounds).map(|_| run(folder.path(), arguments)).collect();
        let mut seconds: Vec<f64> = runs.iter().map(|run| run.0).collect();
        seconds.sort_by(f64::total_cmp);
        let most = runs.iter().filter_map(|run| run.1).max();
        let memory = most.map_or("not known".to_owned(), |kb| format!("{} MB", kb / 1_000));
        println!("{what:<42} {:8.3} s, {memory}", seconds[rounds / 2]);
    }
}
