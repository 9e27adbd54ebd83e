//! A signal ends the program soon, whatever it does, and leaves nothing half written.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::program::{Place, listens};

/// Much happens in it, so every part of a run and of its reports takes a while.
const BUSY: &str = "\
duration = '2d'
[[workspace]]
name = 'w'
ingestion = '1 TB/day'
[[hazard]]
name = 'h'
kind = 'identity_outage'
gap = '1s'
duration = '1s'
";

/// A machine at work on something else may take so long; the program waits 0.06 s for itself.
const SOON: Duration = Duration::from_secs(2);

fn place() -> Place {
    let place = Place::new();
    place.write("busy.toml", BUSY);
    let quieter = BUSY.replace("gap = '1s'", "gap = '30s'");
    place.write("shrinks.toml", quieter);
    place.write("busier.toml", BUSY.replace("1 TB", "2 TB"));
    // 10,000 points took `check` half a minute each of five times, and found no more than these.
    let quiet = BUSY.replace("gap = '1s'", "gap = '1d'");
    for (name, points) in [("points.toml", 800), ("many-points.toml", 1_500)] {
        let seeds: Vec<String> = (0..points).map(|seed: u32| seed.to_string()).collect();
        let seeds = seeds.join(", ");
        place.write(name, format!("{quiet}[sweep]\nseed = [{seeds}]\n"));
    }
    place
}

fn begin(place: &Place, arguments: &[&str]) -> Child {
    let mut command = place.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program runs")
}

/// Sends a signal; how long it took to end, with which status, and what was told.
fn interrupt(mut child: Child, signal: &str) -> (Duration, Option<i32>, String) {
    let began = Instant::now();
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.expect("kill runs").success());
    let mut pipe = child.stderr.take().expect("a pipe");
    let mut told = String::new();
    pipe.read_to_string(&mut told).expect("text");
    let ended = child.wait().expect("it ends");
    (began.elapsed(), ended.code(), told)
}

/// The results in `folder` that anybody sees, but for the journal, which grows.
fn results(place: &Place, folder: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(place.path().join(folder)) else {
        return BTreeSet::new();
    };
    let names = entries.map(|entry| entry.expect("readable").file_name());
    let names = names.map(|name| name.into_string().expect("plain text"));
    names
        .filter(|name| !name.starts_with('.') && !name.contains(".journal"))
        .collect()
}

/// Interrupts a command when parts of the time have passed that it takes by itself.
fn stops_at_any_time(command: &[&str]) {
    let place = place();
    let with = |folder: &str| -> Vec<String> {
        let mut words: Vec<String> = command.iter().map(ToString::to_string).collect();
        if !["explain", "check"].contains(&command[0]) {
            words.extend(["-o".to_owned(), folder.to_owned()]);
        }
        words
    };
    let run = |folder: &str| {
        let words = with(folder);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut child = begin(&place, &words);
        let mut output = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        child
    };
    let began = Instant::now();
    let child = run("whole").wait_with_output().expect("it ends");
    let whole = began.elapsed();
    assert!(child.status.success(), "{command:?}");
    let all = results(&place, "whole");
    let mut interrupted = 0;
    for (number, percent) in [20, 50, 80, 95].into_iter().enumerate() {
        let folder = format!("part-{percent}");
        let child = run(&folder);
        while !listens(child.id()) {
            sleep(Duration::from_millis(2));
        }
        sleep(whole * percent / 100);
        let (signal, status) = [("-INT", 130), ("-TERM", 143)][number % 2];
        let (took, ended, told) = interrupt(child, signal);
        let left = results(&place, &folder);
        assert!(left.is_empty() || left == all, "{command:?}: {left:?}");
        assert!(took < SOON, "{command:?} at {percent} %: {took:?}");
        if ended != Some(0) {
            assert_eq!(ended, Some(status), "{command:?} at {percent} %: {told}");
            assert_eq!(told.matches("error: interrupted; ").count(), 1, "{told}");
            interrupted += 1;
        }
    }
    assert!(interrupted >= 2, "{command:?} takes {whole:?} only");
}

#[test]
fn runs_and_their_reports() {
    stops_at_any_time(&["run", "busy.toml", "--report"]);
    stops_at_any_time(&["run", "busy.toml", "--report", "--replications=4"]);
    stops_at_any_time(&["explain", "busy.toml"]);
}

#[test]
fn sweeps_and_reading() {
    stops_at_any_time(&["check", "many-points.toml"]);
    stops_at_any_time(&["sweep", "points.toml", "--replications=4", "--report"]);
}

#[test]
fn studies_of_several_variants() {
    stops_at_any_time(&["compare", "busy.toml", "busier.toml", "--replications=2"]);
    stops_at_any_time(&["plan", "busy.toml", "--replications=4", "--report"]);
    let vary = "--vary=workspace.w.ingestion=1TB/day..2TB/day";
    let goal = "--such-that=dropped < 1 TB";
    stops_at_any_time(&["solve", "busy.toml", vary, goal, "--replications=1"]);
    let such_that = "--such-that=query_downtime >= 0s";
    stops_at_any_time(&["shrink", "shrinks.toml", such_that]);
    let of = "--of=dropped";
    stops_at_any_time(&["sensitivity", "points.toml", of, "--replications=4000"]);
}

#[test]
fn a_reader_that_does_not_read() {
    let place = place();
    let child = begin(&place, &["explain", "busy.toml"]);
    // By then it has filled the pipe and waits.
    sleep(Duration::from_secs(5));
    let (took, ended, told) = interrupt(child, "-INT");
    assert!(took < SOON, "{took:?}");
    assert_eq!(ended, Some(130));
    assert!(told.contains("interrupted"), "{told}");
}
