//! The library asks the operating system for memory and nothing else: no files, threads, clock
//! or randomness. Marks in the trace of its system calls enclose a replay and its reports.

use std::io::Write;
use std::process::{Command, Stdio};

use cmksim::experiment;
use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim::report;
use cmksim::scenario::{self, Override};

const SCENARIO: &str = include_str!("../scenarios/outage-followed-by-revocation.toml");
const BEGIN: &str = "the library begins";
const REPLAYED: &str = "it has replayed";
const END: &str = "the library has ended";

/// What memory costs, and what waking up after a pause of the whole process looks like.
const ALLOWED: &[&str] = &[
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "madvise",
    "mprotect",
    "restart_syscall",
];

/// Not a test of its own: the one below runs it under `strace`.
#[test]
#[ignore = "the test below runs it"]
fn between_two_marks() {
    let mark = |mark: &str| {
        let written = std::io::stderr().write_all(mark.as_bytes());
        written.expect("standard error is open");
    };
    mark(BEGIN);
    let seed = Override::new("--set", "seed=3");
    let reading = scenario::read("quiet.toml", SCENARIO.as_bytes(), &[seed]).expect("it is right");
    let scenario = &reading.scenario;
    let read = |file: &str| Err(format!("there is no {file}"));
    let (traces, _) = experiment::traces(scenario, read, &|| false).expect("there are none");
    let options = Options {
        replication: 0,
        every_poll: true,
    };
    let replay = experiment::replay(scenario, &traces, options, &never).expect("it runs");
    mark(REPLAYED);
    let files = report::files(
        scenario,
        &reading.text,
        &replay,
        &report::Part::ALL,
        100,
        None,
    );
    let text = report::text(scenario, &replay, report::Style::default());
    mark(END);
    assert!(!files.is_empty() && !text.is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn the_library_asks_the_system_for_memory_only() {
    let program = std::env::current_exe().expect("this program");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("calls");
    let traced = Command::new("strace")
        .arg("-f")
        .arg("-o")
        .arg(&log)
        .arg(program)
        .args(["--exact", "quiet::between_two_marks", "--ignored"])
        .args(["--nocapture", "--test-threads", "1"])
        .stdin(Stdio::null())
        .output();
    let Ok(traced) = traced else {
        let checked = std::env::var_os("CI").is_some();
        assert!(!checked, "strace is missing");
        println!("strace is missing: not checked");
        return;
    };
    let told = String::from_utf8_lossy(&traced.stderr);
    assert!(traced.status.success(), "{told}");
    let calls = std::fs::read_to_string(log).expect("the calls");
    let of = |mark: &str| {
        let write = format!("write(2, \"{mark}\"");
        let found = calls.lines().position(|line| line.contains(&write));
        found.unwrap_or_else(|| panic!("{mark:?} is not in the calls\n{calls}"))
    };
    let (begin, replayed, end) = (of(BEGIN), of(REPLAYED), of(END));
    assert!(begin < replayed && replayed < end);
    // What began this thread may still be at it; a thread that the library began would be a call.
    let thread = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let own = thread(calls.lines().nth(begin).expect("it was found"));
    let lines = calls.lines().enumerate();
    let lines = lines.filter(|(_, line)| thread(line) == own);
    for (number, line) in lines.filter(|(number, _)| (begin + 1..end).contains(number)) {
        if number == replayed {
            continue;
        }
        // Process number, then the call.
        let call = line.split_whitespace().nth(1).unwrap_or_default();
        let name = call.split('(').next().unwrap_or_default();
        // The crates that draw and that write JSON have hash maps of the standard library,
        // which take their keys from the system. Nothing is listed in their order: two runs
        // give equal files.
        let hash_keys = number > replayed && line.contains(", 16, GRND_INSECURE) = 16");
        let allowed = ALLOWED.contains(&name) || (name == "getrandom" && hash_keys);
        assert!(allowed, "the library asks for `{line}`");
    }
}
