//! Thousands of scenarios that nobody wrote, through the program: each is accepted or explained,
//! and each that is accepted runs to its end, with little memory and in little time.
//!
//! `CMKSIM_MUTATIONS` multiplies their number: 500 are 100 000 checked and 20 000 run. What fails
//! is kept in `target/mutants`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cmksim::limits::Limit;
use cmksim::scenario::read_with;

use crate::mutator::Shipped;
use crate::program::{Place, stderr};

/// So many scenarios are checked, and a fifth of it are run.
const MUTANTS: u64 = 200;
const RUNS: u64 = 40;
/// So many are checked by one process.
const BATCH: u64 = 50;
/// Kilobytes, and seconds.
const MEMORY: u32 = 2_000_000;
const TIME: u32 = 10;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn times() -> u64 {
    let times = std::env::var("CMKSIM_MUTATIONS");
    times.map_or(1, |times| times.parse().expect("a number"))
}

/// The place with everything that a scenario may name.
fn place() -> Place {
    let place = Place::new();
    let shipped = root().join("scenarios");
    for folder in [".", "traces"] {
        fs::create_dir_all(place.path().join(folder)).expect("a folder");
        for entry in fs::read_dir(shipped.join(folder)).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_file() {
                let name = path.file_name().expect("a file");
                fs::copy(&path, place.path().join(folder).join(name)).expect("copied");
            }
        }
    }
    place
}

/// Runs the program within the limits.
fn limited(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    let limits = format!("ulimit -v {MEMORY}; exec timeout {TIME} \"$0\" \"$@\"");
    command.args(["-c", &limits, env!("CARGO_BIN_EXE_cmksim")]);
    command.args(arguments).current_dir(place.path());
    command.output().expect("the program runs")
}

/// What is wrong with how it ended.
fn complaint(output: &Output) -> Option<String> {
    let told = stderr(output);
    let explained = match output.status.code() {
        Some(0 | 3 | 4) => true,
        Some(1 | 2) => told.contains("error"),
        _ => false,
    };
    let fine = explained && !told.contains("This is a mistake in cmksim");
    (!fine).then(|| format!("{}: {told}", output.status))
}

/// Keeps what failed where it can be found.
fn kept(number: u64, text: &str, arguments: &str, why: &str) -> String {
    let folder = root().join("target/mutants");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{number}.toml"));
    fs::write(&path, text).expect("written");
    let last = why.lines().rev().take(4).collect::<Vec<_>>();
    let last: Vec<&str> = last.into_iter().rev().collect();
    format!("{arguments} {}: {}", path.display(), last.join(" / "))
}

/// Whether a scenario is accepted, by the library alone.
fn accepted(text: &str) -> bool {
    let mut read = |name: &str, _: &Limit| {
        let path = root().join("scenarios").join(name);
        fs::read(path).map_err(|error| error.to_string())
    };
    read_with("mutant.toml", text.as_bytes(), &[], &mut read).is_ok()
}

/// Splits the work on two threads; what each finds wrong.
fn on_two_threads(count: u64, work: impl Fn(u64) -> Vec<String> + Sync) -> Vec<String> {
    let half = |odd: u64| {
        let mine = (0..count).filter(move |number| number % 2 == odd);
        mine.flat_map(&work).collect::<Vec<String>>()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut all = half(0);
        all.extend(other.join().expect("no panic"));
        all
    })
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn mutants_are_accepted_or_explained() {
    let shipped = Shipped::read(&root().join("scenarios"));
    let place = place();
    let names = |numbers: std::ops::Range<u64>| -> Vec<String> {
        numbers
            .map(|number| format!("mutant-{number}.toml"))
            .collect()
    };
    let batch = |batch: u64| {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let names = names(numbers.clone());
        for (number, name) in numbers.clone().zip(&names) {
            place.write(name, shipped.mutant(number));
        }
        let check = |names: &[String]| {
            let names = names.iter().map(String::as_str);
            limited(
                &place,
                &["check"].into_iter().chain(names).collect::<Vec<_>>(),
            )
        };
        let mut wrong = Vec::new();
        if complaint(&check(&names)).is_some() {
            for (number, name) in numbers.zip(&names) {
                let text = shipped.mutant(number);
                let why = complaint(&check(std::slice::from_ref(name)));
                wrong.extend(why.map(|why| kept(number, &text, "check", &why)));
            }
            if wrong.is_empty() {
                wrong.push(format!("batch {batch}, but none of it alone"));
            }
        }
        names
            .iter()
            .for_each(|name| fs::remove_file(place.path().join(name)).expect("it is there"));
        wrong
    };
    none(&on_two_threads(MUTANTS / BATCH * times(), batch));
}

/// Of a mutant that is run: how.
fn run_of(number: u64) -> Vec<&'static str> {
    let how: &[&str] = match number % 8 {
        0 => &["--replication", "0", "--report"],
        1..=4 => &["--replication", "0", "--write", "summary"],
        5 => &[
            "--replication",
            "0",
            "--write",
            "summary",
            "--format",
            "csv",
        ],
        _ => &[
            "--replications",
            "3",
            "--write",
            "summary",
            "--format",
            "json",
        ],
    };
    [&["run", "--threads", "1"], how].concat()
}

#[test]
fn mutants_that_are_accepted_run_to_their_end() {
    let shipped = Shipped::read(&root().join("scenarios"));
    let place = place();
    let most = MUTANTS * times();
    let numbers: Vec<u64> = (0..most)
        .filter(|number| accepted(&shipped.mutant(*number)))
        .collect();
    eprintln!("{} of {most} are accepted", numbers.len());
    // The mutator is for what is accepted; what is not is seen by the other test.
    assert!(
        numbers.len() as u64 * 2 >= most,
        "{} of {most}",
        numbers.len()
    );
    let run = |at: u64| {
        let number = numbers[usize::try_from(at).expect("an index")];
        let text = shipped.mutant(number);
        let name = format!("mutant-{number}.toml");
        place.write(&name, &text);
        let mut arguments = run_of(number);
        arguments.push(&name);
        let why = complaint(&limited(&place, &arguments));
        let path = place.path();
        fs::remove_file(path.join(&name)).expect("it is there");
        _ = fs::remove_dir_all(path.join("output").join(format!("mutant-{number}")));
        let command = arguments[..arguments.len() - 1].join(" ");
        Vec::from_iter(why.map(|why| kept(number, &text, &command, &why)))
    };
    none(&on_two_threads(RUNS * times(), run));
}
