//! Whatever fails, whenever the program is ended and whoever else writes: a folder holds the old
//! results or the new ones, all of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::program::{Place, ends_with, stderr};

const SCENARIO: &str = "\
duration = '4h'
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'disabled'
at = '1h'
kind = 'disable_key'
duration = '40m'
[[lever]]
name = 'repair'
options = [{ name = 'late' }, { name = 'soon', set = ['event.disabled.duration=10m'], price = 5 }]
";

/// Every command that writes, without the seed.
const COMMANDS: &[&[&str]] = &[
    &["run", "s.toml", "--write=summary,events", "-o", "out"],
    &[
        "run",
        "s.toml",
        "--replications=90",
        "--write=summary,replications",
        "-o",
        "out",
    ],
    &[
        "sweep",
        "s.toml",
        "--vary=event.disabled.duration=10m,40m",
        "--replications=4",
        "-o",
        "out",
    ],
    &[
        "solve",
        "s.toml",
        "--vary=event.disabled.duration=5m..2h",
        "--resolution=20m",
        "--such-that=probability(dropped < 20 GB) >= 50%",
        "--replications=20",
        "--exit-zero",
        "-o",
        "out",
    ],
    &[
        "compare",
        "s.toml",
        "t.toml",
        "--replications=4",
        "-o",
        "out",
    ],
    &[
        "sensitivity",
        "s.toml",
        "--of=dropped",
        "--replications=2",
        "-o",
        "out",
    ],
    &[
        "worst",
        "s.toml",
        "--vary=event.disabled.duration=5m..2h",
        "--resolution=20m",
        "--of=dropped",
        "--replications=4",
        "-o",
        "out",
    ],
    &["freeze", "s.toml", "-o", "out"],
    &[
        "shrink",
        "s.toml",
        "--such-that=dropped > 1 GB",
        "-o",
        "out",
    ],
    &[
        "faults",
        "s.toml",
        "--set=duration=2h",
        "--set=expect=['dropped <= 1 TB']",
        "--exit-zero",
        "-o",
        "out",
    ],
    &[
        "optimise",
        "s.toml",
        "--minimise=cost",
        "--such-that=mean(dropped) <= 1 TB",
        "--replications=4",
        "--exit-zero",
        "-o",
        "out",
    ],
    &[
        "run",
        "s.toml",
        "--rare=probability(dropped > 30 GB)",
        "--set=event.disabled.duration={ dist = 'exponential', mean = '40m' }",
        "--replications=40",
        "-o",
        "out",
    ],
    &["plan", "s.toml", "--replications=2", "-o", "out"],
];

fn place() -> Place {
    let place = Place::new();
    place.write("s.toml", SCENARIO);
    place.write("t.toml", SCENARIO.replace("40m", "50m"));
    place
}

fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, more].concat()
}

/// The results in a folder. What is hidden, and a study that was not finished, are none.
fn results(folder: &Path) -> Results {
    let name = |path: &PathBuf| {
        path.file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    files(folder)
        .into_iter()
        .map(|path| (name(&path), path))
        .filter(|(name, _)| !name.starts_with('.') && !name.ends_with(".part"))
        .map(|(name, path)| (name, fs::read(path).expect("a file")))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn nothing_else(folder: &Path) {
    let names = files(folder);
    assert_eq!(names.len(), results(folder).len(), "{names:?}");
}

/// The old results of a command, and its new ones.
fn old_and_new(command: &[&str]) -> [Results; 2] {
    ["--seed=1", "--seed=2"].map(|seed| {
        let place = place();
        ends_with(&place.run(&with(command, &[seed])), 0);
        let out = place.path().join("out");
        nothing_else(&out);
        results(&out)
    })
}

/// Runs a command where one operation on the disk goes wrong, in a folder with old results.
#[cfg(debug_assertions)]
fn faulty(command: &[&str], fault: &str) -> (Place, Output) {
    let place = place();
    ends_with(&place.run(&with(command, &["--seed=1"])), 0);
    let output = place
        .command(&with(command, &["--seed=2"]))
        .env("CMKSIM_FAULT", fault)
        .output();
    (place, output.expect("the program runs"))
}

/// The same command again; a study goes on where it was, if it had begun.
fn go_on(place: &Place, command: &[&str]) {
    let again = with(command, &["--seed=2"]);
    let extended = place.run(&with(&again, &["--extend"]));
    match extended.status.code() {
        Some(0) => {}
        // It had not, or is none.
        _ => ends_with(&place.run(&again), 0),
    }
}

type Results = BTreeMap<String, Vec<u8>>;

/// Whether the folder holds the new results; else it holds the old ones. Both of a command, whatever
/// else was written there.
fn holds_new(place: &Place, [old, new]: [&Results; 2], when: &str) -> bool {
    let mut found = results(&place.path().join("out"));
    found.retain(|name, _| old.contains_key(name) || new.contains_key(name));
    assert!(found == *old || found == *new, "{when}: a mixture");
    found == *new
}

/// Afterwards the command does what it would have done.
fn goes_on(place: &Place, command: &[&str], new: &Results, when: &str) {
    go_on(place, command);
    assert!(holds_new(place, [new, new], when), "{when}");
    nothing_else(&place.path().join("out"));
}

/// Judges every single operation of a command, one after the other: `settle` is done before it is
/// looked at what the folder holds.
#[cfg(debug_assertions)]
fn each_fault(
    what: &str,
    command: &[&str],
    settle: impl Fn(&Place),
    judge: impl Fn(&Output, bool),
) {
    let [old, new] = old_and_new(command);
    assert_ne!(old, new, "{command:?}");
    for number in 1.. {
        let fault = format!("{what}:{number}");
        let (place, output) = faulty(command, &fault);
        if !stderr(&output).contains(&format!("fault {number}")) {
            ends_with(&output, 0);
            assert!(number > 15, "{command:?}: only {number} operations");
            break;
        }
        settle(&place);
        let when = format!("{command:?}, {fault}");
        judge(&output, holds_new(&place, [&old, &new], &when));
        goes_on(&place, command, &new, &when);
    }
}

/// Another command than number `at`, in the same folder.
fn another(at: usize) -> &'static [&'static str] {
    COMMANDS[(at + 2) % COMMANDS.len()]
}

/// `CMKSIM_KILLS` says how often each command is killed.
#[test]
fn a_kill_at_any_moment_leaves_the_old_results_or_the_new_ones() {
    let kills = std::env::var("CMKSIM_KILLS").map_or(2, |kills| kills.parse().expect("a number"));
    let mut dice = super::worlds::Dice::new(kills);
    for (at, command) in COMMANDS.iter().enumerate() {
        let [old, new] = old_and_new(command);
        let began = std::time::Instant::now();
        ends_with(&place().run(&with(command, &["--seed=2"])), 0);
        let took = i64::try_from(began.elapsed().as_micros()).expect("soon");
        let mut found = [0, 0];
        for _ in 0..kills {
            let place = place();
            ends_with(&place.run(&with(command, &["--seed=1"])), 0);
            let mut killed = place.command(&with(command, &["--seed=2"]));
            killed.stdout(Stdio::null()).stderr(Stdio::null());
            let mut killed = killed.spawn().expect("the program runs");
            let after = dice.between(0, took).cast_unsigned();
            sleep(Duration::from_micros(after));
            killed.kill().expect("it is there");
            killed.wait().expect("it ends");
            ends_with(&place.run(another(at)), 0);
            let when = format!("{command:?} killed after {after} us");
            found[usize::from(holds_new(&place, [&old, &new], &when))] += 1;
            goes_on(&place, command, &new, &when);
        }
        println!("{command:?}: old and new results {found:?}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn what_fails_leaves_the_old_results_or_the_new_ones() {
    for command in COMMANDS {
        each_fault(
            "fail",
            command,
            |_| {},
            |output, is_new| {
                let told = stderr(output);
                match output.status.code() {
                    Some(0) => assert!(is_new, "{command:?}: {told}"),
                    Some(1) => {
                        let line = told.lines().find(|line| line.starts_with("error: cannot "));
                        let why =
                            line.is_some_and(|line| line.contains("a fault that was asked for"));
                        assert!(why, "{command:?}: {told}");
                    }
                    other => panic!("{command:?} ends with {other:?}: {told}"),
                }
            },
        );
    }
}

/// Between two renames the program may leave both; the next command in that folder, whichever it
/// is, goes on.
#[cfg(debug_assertions)]
#[test]
fn what_ends_the_program_leaves_the_old_results_or_the_new_ones() {
    for (at, command) in COMMANDS.iter().enumerate() {
        let settle = |place: &Place| ends_with(&place.run(another(at)), 0);
        each_fault("end", command, settle, |output, _| {
            assert_eq!(output.status.code(), None, "it was ended");
        });
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_scenario_and_what_it_needs_are_written_together() {
    let init = ["init", "usage-export-replayed", "-o", "new/my.toml"];
    let whole = |place: &Place| place.path().join("new/my.toml").exists();
    for what in ["fail", "end"] {
        for number in 1.. {
            let place = Place::new();
            let fault = format!("{what}:{number}");
            let output = place.command(&init).env("CMKSIM_FAULT", fault).output();
            let output = output.expect("the program runs");
            if !stderr(&output).contains(&format!("fault {number}")) {
                assert!(number > 15);
                break;
            }
            if whole(&place) {
                ends_with(&place.run(&["check", "new/my.toml"]), 0);
            }
            ends_with(&place.run(&with(&init, &["--force"])), 0);
            ends_with(&place.run(&["check", "new/my.toml"]), 0);
            assert_eq!(files(&place.path().join("new")).len(), 3);
        }
    }
}

/// Somebody else who writes a folder.
fn writer(folder: &Path) -> File {
    fs::create_dir_all(folder).expect("a folder");
    let path = folder.join(".cmksim.lock");
    fs::write(&path, "4711").expect("written");
    let file = File::open(path).expect("it is there");
    file.try_lock().expect("nobody else has it");
    file
}

#[test]
fn a_second_writer_ends_at_once_or_waits() {
    for command in COMMANDS {
        let place = place();
        let out = place.path().join("out");
        let lock = writer(&out);
        let output = place.run(command);
        ends_with(&output, 1);
        let told = "error: out is being written by process 4711; wait for it, or use --wait\n";
        assert_eq!(stderr(&output), told);
        assert!(results(&out).is_empty());

        let mut waiting = place.command(&with(command, &["--wait"]));
        waiting.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut waiting = waiting.spawn().expect("the program runs");
        // What is rare is learned before, and takes its time.
        let mut told = BufReader::new(waiting.stderr.take().expect("it is piped"));
        let mut first = String::new();
        told.read_line(&mut first).expect("it tells something");
        assert_eq!(first, "note: waiting for process 4711\n", "{command:?}");
        assert_eq!(waiting.try_wait().expect("it lives"), None);
        drop(lock);
        let mut rest = String::new();
        told.read_to_string(&mut rest).expect("it tells the rest");
        let ended = waiting.wait().expect("it ends");
        assert_eq!(ended.code(), Some(0), "{command:?}: {rest}");
        nothing_else(&out);
    }
    let place = place();
    let _lock = writer(place.path());
    let output = place.run(&["init", "-o", "my.toml"]);
    ends_with(&output, 1);
    assert!(stderr(&output).starts_with("error: . is being written by process 4711"));
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_waits_can_be_interrupted() {
    let place = place();
    let _lock = writer(&place.path().join("out"));
    let waiting = with(COMMANDS[0], &["--wait"]);
    let (ended, told) = super::program::signalled(&place, &waiting, "-INT");
    assert_eq!(ended, Some(130), "{told}");
}

#[test]
fn studies_that_are_extended_at_once_count_no_replication_twice() {
    let place = place();
    let run = ["run", "s.toml", "--write=summary,replications", "-o", "out"];
    ends_with(&place.run(&with(&run, &["--replications=100"])), 0);
    for wait in [&[][..], &["--wait"]] {
        let more = with(
            &run,
            &[&["--extend", "--replications=3000"][..], wait].concat(),
        );
        let start = |_| {
            let mut command = place.command(&more);
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().expect("the program runs")
        };
        let both = [0, 1]
            .map(start)
            .map(|child| child.wait_with_output().expect("it ends"));
        let codes = both.each_ref().map(|output| output.status.code());
        match wait {
            [] => assert!(
                codes.contains(&Some(0)) && !codes.contains(&None),
                "{codes:?}"
            ),
            _ => assert_eq!(codes, [Some(0); 2], "{}", stderr(&both[0])),
        }
    }
    ends_with(
        &place.run(&with(&run, &["--extend", "--replications=6000"])),
        0,
    );
    let extended = results(&place.path().join("out"));
    ends_with(&place.run(&with(&run, &["--replications=6000"])), 0);
    assert!(extended == results(&place.path().join("out")));
    let rows = String::from_utf8(extended["replications.csv"].clone()).expect("text");
    assert_eq!(rows.lines().count(), 6001);
}

/// Replications that were computed are kept until results take their place.
#[test]
fn a_journal_stays_until_the_next_results_are_there() {
    let place = place();
    let run = ["run", "s.toml", "--write=summary", "-o", "out"];
    ends_with(&place.run(&with(&run, &["--replications=100"])), 0);
    let before = results(&place.path().join("out"));
    // Another study is ended before it has results.
    let mut other = place.command(&with(&run, &["--seed=7", "--replications=1000000"]));
    let mut other = other
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let part = place.path().join("out/replications.journal.part");
    while fs::metadata(&part).map_or(0, |found| found.len()) < 10_000 {
        assert_eq!(other.try_wait().expect("it is there"), None, "it ended");
        sleep(Duration::from_millis(5));
    }
    other.kill().expect("it runs");
    other.wait().expect("it ends");
    assert!(results(&place.path().join("out")) == before);
    ends_with(
        &place.run(&with(&run, &["--extend", "--replications=100"])),
        0,
    );
    assert!(results(&place.path().join("out")) == before);
    nothing_else(&place.path().join("out"));
}

#[test]
fn a_journal_that_does_not_fit_is_refused_with_its_numbers() {
    let place = place();
    let run = ["run", "s.toml", "--write=summary", "-o", "out"];
    ends_with(&place.run(&with(&run, &["--replications=100"])), 0);
    let path = place.path().join("out/replications.journal");
    let journal = fs::read(&path).expect("it is there");
    let head = journal
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a head")
        + 1;
    let twice = [&journal[..], &journal[head..]].concat();
    let mut later = journal.clone();
    later.splice(head - 2..head - 1, *b"64");
    for (bytes, why) in [
        (twice, "replications 0 to 99 are there twice"),
        (later, "replications 0 to 63 are there twice"),
    ] {
        fs::write(&path, &bytes).expect("written");
        let refused = place.run(&with(&run, &["--extend", "--replications=200"]));
        ends_with(&refused, 2);
        assert!(stderr(&refused).contains(why), "{}", stderr(&refused));
        assert!(
            fs::read(&path).expect("it is there") == bytes,
            "nothing is lost"
        );
    }
}

#[test]
fn results_that_stay_are_named() {
    let place = place();
    ends_with(&place.run(&["run", "s.toml", "-o", "out", "--report"]), 0);
    let output = place.run(&["run", "s.toml", "-o", "out", "--write=summary"]);
    ends_with(&output, 0);
    let told = "note: out still holds events.csv, timeline.csv, timeline.svg, timeline.png, \
                report.html of an earlier command\n";
    assert!(stderr(&output).ends_with(told), "{}", stderr(&output));
    let quiet = place.run(&["run", "-q", "s.toml", "-o", "out", "--write=summary"]);
    assert_eq!(stderr(&quiet), "");
    let all = place.run(&["run", "s.toml", "-o", "out", "--report"]);
    assert!(!stderr(&all).contains("note:"), "{}", stderr(&all));
    let study = [
        "run",
        "s.toml",
        "-o",
        "out",
        "--replications=2",
        "--write=replications",
    ];
    let told = stderr(&place.run(&study));
    assert!(
        told.ends_with("still holds report.html of an earlier command\n"),
        "{told}"
    );
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A link of each name that the program writes leads to a file elsewhere, which stays.
    #[test]
    fn no_link_leads_out_of_the_folder() {
        let run: &[&str] = &[
            "run",
            "s.toml",
            "--replications=5",
            "--write=summary",
            "-o",
            "out",
        ];
        for (name, more, status) in [
            ("replications.journal", &[][..], 0),
            ("replications.journal", &["--extend"], 1),
            ("replications.journal.part", &[], 0),
            ("replications.journal.part", &["--extend"], 1),
            ("replications.json", &[], 0),
            (".cmksim.lock", &[], 1),
            (".cmksim.new", &[], 1),
        ] {
            let place = place();
            let outside = place.write("outside", "theirs");
            fs::create_dir(place.path().join("out")).expect("made");
            symlink(&outside, place.path().join("out").join(name)).expect("made");
            let output = place.run(&with(run, more));
            ends_with(&output, status);
            let kept = fs::read(&outside).expect("it is there");
            assert_eq!(kept, b"theirs", "{name} {more:?}");
        }
    }

    #[test]
    fn a_pipe_in_the_place_of_a_journal_does_not_block() {
        let place = place();
        fs::create_dir(place.path().join("out")).expect("made");
        let pipe = place.path().join("out/replications.journal");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let run = ["run", "s.toml", "--replications=5", "-o", "out", "--extend"];
        let output = place.run(&run);
        ends_with(&output, 1);
        let told = stderr(&output);
        assert!(told.contains("it is not a regular file"), "{told}");
        fs::remove_file(&pipe).expect("removed");

        let stage = place.path().join("out/.cmksim.new");
        fs::create_dir(&stage).expect("made");
        let made = Command::new("mkfifo").arg(stage.join("set.json")).status();
        assert!(made.expect("mkfifo runs").success());
        let output = place.run(&run);
        ends_with(&output, 1);
        let told = stderr(&output);
        assert!(told.contains("it is not a regular file"), "{told}");
    }
}

/// A folder may come from anybody.
#[test]
fn a_record_of_a_set_leads_nowhere_else() {
    for name in ["../outside", "/outside", "a/../../outside"] {
        let place = place();
        let stage = place.path().join("out/.cmksim.new");
        fs::create_dir_all(&stage).expect("made");
        fs::write(stage.join("0"), "").expect("written");
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let record = format!("[{{\"name\":\"{name}\",\"sha256\":\"{nothing}\"}}]");
        fs::write(stage.join("set.json"), record).expect("written");
        let output = place.run(COMMANDS[0]);
        ends_with(&output, 1);
        assert!(
            stderr(&output).contains("outside of the folder"),
            "{}",
            stderr(&output)
        );
        assert!(!place.path().join("outside").exists());
    }
}

#[test]
fn a_set_that_is_damaged_is_not_moved_into_place() {
    let place = place();
    let stage = place.path().join("out/.cmksim.new");
    fs::create_dir_all(&stage).expect("made");
    fs::write(stage.join("0"), "damaged").expect("written");
    fs::write(
        stage.join("set.json"),
        "[{\"name\":\"summary.json\",\"sha256\":\"00\"}]",
    )
    .expect("written");
    let output = place.run(COMMANDS[0]);
    ends_with(&output, 1);
    let told = stderr(&output);
    assert!(
        told.contains("out/.cmksim.new/0 is not what was written"),
        "{told}"
    );
    assert!(results(&place.path().join("out")).is_empty());
}
