//! Studies in parts: however they are cut, whoever computes the parts and in which order, what is
//! put together is what one command makes; and what is no part of a study is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sha2::{Digest, Sha256};

use super::program::{Place, ends_with, stderr, stdout};

/// Losses that spread, an expectation that fails, points to sweep, and a case to plan for.
const STUDY: &str = "\
title = 'A study in parts'
duration = '2d'
replications = 1000
expect = [
  'mean(dropped) <= 1 TB',
  'probability(dropped > 0 B) >= 1%',
  'query_downtime <= 3h',
]
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'disabled'
at = '1d'
kind = 'disable_key'
duration = { dist = 'exponential', mean = '30m' }
[sweep]
replications = 150
'event.disabled.at' = ['12h', '1d']
'cluster.cluster.storage_accounts' = [1, 10]
[[what_if]]
title = 'longer'
set = ['workspace.logs.retention=90d']
";

fn place() -> Place {
    let place = Place::new();
    place.write("study.toml", STUDY);
    let other = STUDY.replace("30m", "50m").replace("1 TB/day", "2 TB/day");
    place.write("other.toml", other);
    place
}

/// The words of a study, with others behind them.
fn words<'w>(command: &'w str, study: &[&'w str], more: &[&'w str]) -> Vec<&'w str> {
    [&[command][..], study, more].concat()
}

/// Computes parts in an order that is none.
fn shard(place: &Place, study: &[&str], of: u64) {
    // 5 has no divisor in common with 7 or 64.
    for number in (0..of).map(|at| at * 5 % of) {
        let part = format!("{number}/{of}");
        let made = place.run(&words("shard", study, &["--part", &part, "-o", "parts"]));
        ends_with(&made, 0);
    }
}

/// What a folder holds, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let name = |path: &Path| PathBuf::from(path.file_name().expect("a name"));
    paths
        .filter(|path| !name(path).to_string_lossy().starts_with('.'))
        .map(|path| (name(&path), fs::read(&path).expect("a file")))
        .collect()
}

fn parts_of(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    files(&place.path().join("parts"))
}

/// One study as a whole, and in each number of parts.
#[track_caller]
fn is_the_same_in_parts(study: &[&str], status: i32, numbers: &[u64]) {
    let place = place();
    let at_once = place.run(&words(study[0], &study[1..], &["-o", "whole", "--report"]));
    ends_with(&at_once, status);
    let whole = files(&place.path().join("whole"));
    for of in numbers {
        shard(&place, study, *of);
        let asked = ["--parts", "parts", "-o", "merged", "--report"];
        let merged = place.run(&words("merge", study, &asked));
        ends_with(&merged, status);
        assert_eq!(stdout(&merged), stdout(&at_once), "in {of} parts");
        let found = files(&place.path().join("merged"));
        assert!(found.keys().eq(whole.keys()), "{:?}", found.keys());
        for (name, bytes) in &found {
            assert!(whole[name] == *bytes, "{} in {of} parts", name.display());
        }
        fs::remove_dir_all(place.path().join("parts")).expect("removed");
        fs::remove_dir_all(place.path().join("merged")).expect("removed");
    }
}

#[test]
fn many_replications_are_the_same_in_parts() {
    let write = "--write=summary,replications,pictures";
    is_the_same_in_parts(&["run", "study.toml", write], 3, &[1, 7, 64]);
    is_the_same_in_parts(
        &["run", "study.toml", "--measures=cost", "--seed=9"],
        3,
        &[3],
    );
}

#[test]
fn rare_losses_are_the_same_in_parts() {
    let rare = [
        "run",
        "study.toml",
        "--rare=probability(dropped > 300 GB)",
        "--set=cluster.cluster.storage_accounts=1",
    ];
    is_the_same_in_parts(&rare, 0, &[1, 7]);
}

#[test]
fn tallies_are_the_same_in_parts() {
    let tally = ["run", "study.toml", "--keep=tally"];
    is_the_same_in_parts(&tally, 3, &[1, 7, 64]);
    let more = [
        "run",
        "study.toml",
        "--keep=tally",
        "--replications=5000",
        "-f",
        "csv",
    ];
    is_the_same_in_parts(&more, 3, &[3, 11]);
}

#[test]
fn sweeps_are_the_same_in_parts() {
    is_the_same_in_parts(&["sweep", "study.toml"], 0, &[1, 7, 64]);
    // Of so many points each is computed by one core.
    let many = [
        "sweep",
        "study.toml",
        "--vary=cluster.cluster.storage_accounts=1..70/70",
        "--replications=3",
        "-f",
        "json",
    ];
    is_the_same_in_parts(&many, 0, &[1, 7, 64]);
}

#[test]
fn comparisons_are_the_same_in_parts() {
    // Two changes, one of which cannot be made alone.
    let study = ["compare", "study.toml", "other.toml", "--replications=300"];
    is_the_same_in_parts(&study, 0, &[1, 7, 64]);
    let place = place();
    // Two of the changes cannot be made alone: who has the new name, or the old one, is not there.
    let named = |name: &str, at: &str| {
        let cluster = format!("name = 'logs'\ncluster = '{name}'");
        let own = STUDY
            .replace("name = 'logs'", &cluster)
            .replace("at = '1d'", at);
        let own = own.replace("cluster.cluster", &format!("cluster.{name}"));
        own + &format!("[[cluster]]\nname = '{name}'\n")
    };
    place.write("one.toml", named("one", "at = '1d'"));
    place.write("two.toml", named("two", "at = '20h'"));
    let study = ["compare", "one.toml", "two.toml", "--replications=100"];
    let whole = place.run(&study);
    ends_with(&whole, 0);
    shard(&place, &study, 3);
    let merged = place.run(&words("merge", &study, &["--parts", "parts"]));
    ends_with(&merged, 0);
    assert_eq!(stdout(&merged), stdout(&whole));
    assert!(stdout(&whole).contains("cannot be changed alone"));
}

#[test]
fn plans_are_the_same_in_parts() {
    let study = ["plan", "study.toml", "--replications=200"];
    is_the_same_in_parts(&study, 0, &[1, 7, 64]);
}

const RUN: [&str; 2] = ["run", "study.toml"];
const MERGE: [&str; 5] = ["merge", "run", "study.toml", "--parts", "parts"];

/// A place with the three parts of a study.
fn three() -> Place {
    let place = place();
    shard(&place, &RUN, 3);
    place
}

#[test]
fn what_is_damaged_and_no_part_by_its_name_is_to_be_moved() {
    let place = three();
    let folder = place.path().join("parts");
    let own = fs::read(folder.join("run-000000000000-000000000320.part")).expect("a part");
    for name in [
        "notes.part",
        "run-0-320.part",
        "sweep-000000000000-000000000320.part",
        "run-000000000000-000000000320 (1).part",
    ] {
        let path = folder.join(name);
        for bytes in [&b""[..], &[0; 99], &own[..own.len() - 1]] {
            fs::write(&path, bytes).expect("written");
            let said = format!("{name} is no part of a study; move it out of the folder");
            refused(&place, &said);
            let told = place.run(&[&MERGE[..], &["--missing=3"]].concat());
            ends_with(&told, 2);
            assert!(stderr(&told).contains(&said), "{}", stderr(&told));
        }
        fs::remove_file(path).expect("removed");
    }
    ends_with(&place.run(&MERGE), 3);
}

/// Merging is refused with these words, and nothing is written.
#[track_caller]
fn refused(place: &Place, said: &str) {
    let merged = place.run(&MERGE);
    ends_with(&merged, 2);
    assert!(stderr(&merged).contains(said), "{}", stderr(&merged));
    assert!(place.results().is_empty());
}

#[track_caller]
fn missing(place: &Place, of: &str) -> String {
    let told = place.run(&[&MERGE[..], &["--missing", of]].concat());
    ends_with(&told, 0);
    assert!(place.results().is_empty());
    stdout(&told)
}

#[test]
fn what_is_missing_is_named() {
    let place = three();
    assert_eq!(missing(&place, "3"), "");
    // Also where all are there.
    let otherwise = place.run(&[&MERGE[..], &["--missing", "4"]].concat());
    ends_with(&otherwise, 2);
    let names: Vec<PathBuf> = parts_of(&place).into_keys().collect();
    assert_eq!(
        names,
        [
            "run-000000000000-000000000320.part",
            "run-000000000320-000000000640.part",
            "run-000000000640-000000001000.part"
        ]
        .map(PathBuf::from)
    );
    fs::remove_file(place.path().join("parts").join(&names[1])).expect("removed");
    refused(
        &place,
        "parts lacks 320 of 1,000 replications, the first of them number 320",
    );
    assert_eq!(missing(&place, "3"), "1\n");
    let otherwise = place.run(&[&MERGE[..], &["--missing", "2"]].concat());
    ends_with(&otherwise, 2);
    let said = "--missing 2: the part from 0 to 320 is none of 2";
    assert!(stderr(&otherwise).contains(said), "{}", stderr(&otherwise));
    fs::remove_file(place.path().join("parts").join(&names[0])).expect("removed");
    assert_eq!(missing(&place, "3"), "0-1\n");
    for of in ["0", "1000001", "x", "3/3"] {
        let told = place.run(&[&MERGE[..], &["--missing", of]].concat());
        ends_with(&told, 2);
        let said = "give only the number of parts, from 1 to 1000000, as in --missing 64";
        assert!(stderr(&told).contains(said), "{}", stderr(&told));
    }
    shard(&place, &RUN, 3);
    ends_with(&place.run(&MERGE), 3);
}

#[test]
fn what_is_there_twice_is_refused() {
    let place = three();
    let two = place.run(&words("shard", &RUN, &["--part=0/2", "-o", "parts"]));
    ends_with(&two, 0);
    refused(
        &place,
        "error: parts/run-000000000000-000000000320.part, \
         parts/run-000000000000-000000000512.part, \
         parts/run-000000000320-000000000640.part have replications in common",
    );
    let folder = place.path().join("parts");
    for number in 0..9 {
        let copy = folder.join(format!("copy-{number}.part"));
        fs::copy(folder.join("run-000000000640-000000001000.part"), copy).expect("copied");
    }
    refused(
        &place,
        "parts/run-000000000000-000000000320.part and 3 more have replications in common",
    );
}

#[test]
fn what_is_damaged_is_refused_and_made_again() {
    let place = three();
    let path = place
        .path()
        .join("parts/run-000000000320-000000000640.part");
    let whole = fs::read(&path).expect("a part");
    let flipped = |at: usize| {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        damaged
    };
    let ends = [whole.len() / 2, whole.len() - 1];
    let cut = [0, 30]
        .into_iter()
        .chain(ends)
        .map(|at| whole[..at].to_vec());
    // The version, the digests of the study and of the build, the places, and the checksum.
    let first_line = [12, 20, 60, 95, 110].map(flipped);
    let changed = first_line.into_iter().chain(ends.map(flipped));
    for bytes in cut.chain(changed).chain([vec![0; 999]]) {
        fs::write(&path, bytes).expect("written");
        refused(&place, "is damaged (cut off or changed) behind record 0");
        assert_eq!(missing(&place, "3"), "1\n");
        let made = place.run(&words("shard", &RUN, &["--part=1/3", "-o", "parts"]));
        ends_with(&made, 0);
        let said = "is damaged, and computed again";
        assert!(stderr(&made).contains(said), "{}", stderr(&made));
        assert!(fs::read(&path).expect("a part") == whole);
    }
    ends_with(&place.run(&MERGE), 3);
}

/// A part with another first line, whose checksum is right.
fn with_first_line(part: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let end = part.iter().position(|byte| *byte == b'\n');
    let (line, records) = part.split_at(end.expect("a line"));
    let line = std::str::from_utf8(line).expect("a text");
    let (said, _) = line.rsplit_once(' ').expect("a checksum");
    let said = change(said);
    let checksum = Sha256::digest(said.as_bytes());
    let digits = checksum.iter().take(8).map(|byte| format!("{byte:02x}"));
    let line = format!("{said} {}", digits.collect::<String>());
    [line.as_bytes(), records].concat()
}

#[test]
fn what_is_of_something_else_is_refused_and_stays() {
    let place = three();
    let path = place
        .path()
        .join("parts/run-000000000000-000000000320.part");
    let own = fs::read(&path).expect("a part");
    let build = with_first_line(&own, |said| {
        let (before, build) = said.split_once(" by ").expect("it says so");
        let digit = if build.starts_with('0') { "1" } else { "0" };
        format!("{before} by {digit}{}", &build[1..])
    });
    let version = with_first_line(&own, |said| said.replacen("part 1", "part 2", 1));
    let other = place.run(&words(
        "shard",
        &RUN,
        &["--seed=7", "--part=0/3", "-o", "other"],
    ));
    ends_with(&other, 0);
    let seed = fs::read(
        place
            .path()
            .join("other/run-000000000000-000000000320.part"),
    );
    let tally = ["--keep=tally", "--part=0/3", "-o", "tally"];
    ends_with(&place.run(&words("shard", &RUN, &tally)), 0);
    let tally = fs::read(
        place
            .path()
            .join("tally/run-000000000000-000000000320.part"),
    );
    for (bytes, said) in [
        (seed.expect("a part"), "is a part of another study"),
        (tally.expect("a part"), "is a part of another study"),
        (build, "was made by another build of cmksim"),
        (version, "was made by another build of cmksim"),
        (b"my notes\n".to_vec(), "is no part of a study"),
    ] {
        fs::write(&path, &bytes).expect("written");
        refused(&place, said);
        let made = place.run(&words("shard", &RUN, &["--part=0/3", "-o", "parts"]));
        ends_with(&made, 2);
        assert!(stderr(&made).contains(said), "{}", stderr(&made));
        assert!(fs::read(&path).expect("a file") == bytes);
    }
    fs::write(&path, &own).expect("written");
    // With fewer replications some parts lie beyond the study; with more some are missing.
    for (replications, said) in [
        ("640", "more than this study has"),
        ("1001", "lacks 1 of 1,001"),
    ] {
        let merged = place.run(&[&MERGE[..], &["--replications", replications]].concat());
        ends_with(&merged, 2);
        assert!(stderr(&merged).contains(said), "{}", stderr(&merged));
    }
    ends_with(&place.run(&MERGE), 3);
}

#[test]
fn a_part_that_is_there_is_not_made_again() {
    let place = three();
    let before = parts_of(&place);
    let again = place.run(&words("shard", &RUN, &["--part=2/3", "-o", "parts"]));
    ends_with(&again, 0);
    let said = "run-000000000640-000000001000.part is there";
    assert!(stderr(&again).contains(said), "{}", stderr(&again));
    assert_eq!(parts_of(&place), before);
}

#[test]
fn a_part_that_is_made_twice_side_by_side_is_there_once() {
    let place = place();
    let arguments = words("shard", &RUN, &["--part=0/1", "-o", "parts"]);
    let start = || {
        let mut command = place.command(&arguments);
        command.stderr(Stdio::null()).spawn().expect("it starts")
    };
    let both = [start(), start(), start()];
    for mut one in both {
        assert!(one.wait().expect("it ends").success());
    }
    let folder = fs::read_dir(place.path().join("parts")).expect("a folder");
    assert_eq!(folder.count(), 1);
    ends_with(&place.run(&MERGE), 3);
}

#[test]
fn a_part_that_is_killed_is_in_nobodys_way() {
    let place = place();
    let long = ["run", "study.toml", "--replications=8000"];
    let arguments = words("shard", &long, &["--part=0/2", "-o", "parts"]);
    let mut killed = place.command(&arguments);
    let mut killed = killed.stderr(Stdio::null()).spawn().expect("it starts");
    let folder = place.path().join("parts");
    while fs::read_dir(&folder).map_or(0, Iterator::count) == 0 {
        let ended = killed.try_wait().expect("it is ours");
        assert_eq!(ended, None, "it began no part");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    killed.kill().expect("it runs");
    killed.wait().expect("it ends");
    assert!(parts_of(&place).is_empty());
    shard(&place, &long, 2);
    let merged = place.run(&words("merge", &long, &["--parts", "parts"]));
    ends_with(&merged, 3);
    let whole = place.run(&words(long[0], &long[1..], &["-o", "whole"]));
    assert_eq!(stdout(&merged), stdout(&whole));
}

/// Whatever operation of the disk fails, or is the last one: the part is whole or not there, and
/// another attempt makes it.
#[test]
#[cfg(debug_assertions)]
fn a_disk_that_fails_leaves_no_half_part() {
    let whole = {
        let place = place();
        ends_with(
            &place.run(&words("shard", &RUN, &["--part=1/2", "-o", "parts"])),
            0,
        );
        parts_of(&place)
    };
    for what in ["fail", "end"] {
        let mut faults = 0;
        loop {
            let place = place();
            let arguments = words("shard", &RUN, &["--part=1/2", "-o", "parts"]);
            let mut command = place.command(&arguments);
            let fault = format!("{what}:{}", faults + 1);
            let broken = command
                .env("CMKSIM_FAULT", fault)
                .output()
                .expect("it runs");
            if !stderr(&broken).contains("fault ") {
                ends_with(&broken, 0);
                break;
            }
            faults += 1;
            if what == "fail" {
                ends_with(&broken, 1);
                let all = fs::read_dir(place.path().join("parts"));
                let all = all.map_or(0, Iterator::count);
                assert_eq!(all, parts_of_or_none(&place).len(), "nothing else is left");
            }
            let left = parts_of_or_none(&place);
            assert!(left.is_empty() || left == whole, "{what}:{faults}");
            ends_with(&place.run(&arguments), 0);
            assert_eq!(parts_of(&place), whole);
        }
        assert!(faults >= 6, "{faults}");
    }
}

/// The same where the folder may not be there.
#[cfg(debug_assertions)]
fn parts_of_or_none(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = place.path().join("parts");
    if folder.exists() {
        files(&folder)
    } else {
        BTreeMap::new()
    }
}

#[test]
fn what_makes_no_sense_for_a_part_is_refused() {
    let place = place();
    for (study, more, said) in [
        ("run", "--extend", "'--extend' cannot be used with '--part"),
        ("run", "--precision=mean(dropped) 5%", "'--precision "),
        ("run", "--max-replications=9", "'--max-replications "),
        ("run", "--replication=3", "'--replication "),
        (
            "run",
            "--replications=1",
            "a single replication has no parts",
        ),
        ("run", "other.toml", "unexpected argument 'other.toml'"),
        ("sweep", "--extend", "'--extend' "),
        ("sweep", "--dry-run", "'--dry-run' "),
        ("compare other.toml", "--extend", "'--extend' "),
        ("plan", "--extend", "'--extend' "),
        ("plan", "--back-test=7d", "'--back-test "),
    ] {
        let study: Vec<&str> = study.split(' ').chain(["study.toml", more]).collect();
        for (command, by) in [("shard", "--part=0/2"), ("merge", "--parts=parts")] {
            let refused = place.run(&words(command, &study, &[by, "-o", "parts"]));
            ends_with(&refused, 2);
            let said = said.replace("--part", by.split('=').next().expect("a name"));
            assert!(stderr(&refused).contains(&said), "{}", stderr(&refused));
            assert!(!place.path().join("parts").exists());
        }
    }
    let nowhere = place.run(&words("shard", &RUN, &["--part=0/2"]));
    ends_with(&nowhere, 2);
    assert!(
        stderr(&nowhere).contains("--output <DIR>"),
        "{}",
        stderr(&nowhere)
    );
    let nothing = place.run(&MERGE);
    ends_with(&nothing, 1);
    // What has no room when it comes together is not begun, whichever part it is.
    for number in ["0/64000", "63999/64000"] {
        let much = [
            &RUN[..],
            &["--replications=1000000000", "--part", number, "-o", "parts"],
        ];
        let much = place.run(&words("shard", &much.concat(), &[]));
        ends_with(&much, 2);
        assert!(stderr(&much).contains("--keep tally"), "{}", stderr(&much));
        assert!(parts_of(&place).is_empty());
    }
}

#[test]
fn a_study_in_parts_has_a_file() {
    let place = place();
    for (command, by) in [("shard", "--part=0/2"), ("merge", "--parts=parts")] {
        let nothing = place.run(&[command, "run", by, "-o", "parts"]);
        ends_with(&nothing, 2);
        let said = stderr(&nothing);
        assert!(said.contains("not provided:\n  <FILE>\n"), "{said}");
        assert!(!place.path().join("parts").exists());
    }
}

/// The options that the help of a command offers.
fn offered(place: &Place, command: &str, study: &str) -> Vec<String> {
    let help = stdout(&place.run(&[command, study, "--help"]));
    let (listed, ignored) = help
        .split_once("\nOptions that only say")
        .unwrap_or((&help, ""));
    assert_eq!(ignored.is_empty(), command == "merge", "{help}");
    let words = listed.split_whitespace();
    let options = words.filter(|word| word.starts_with("--"));
    options.map(str::to_owned).collect()
}

#[test]
fn what_a_part_ignores_is_not_offered_and_not_refused() {
    let place = place();
    for (study, files, ignored) in [
        (
            "run",
            1,
            &[
                "--format=csv",
                "--write=summary",
                "--report",
                "--resolution=9",
                "--exit-zero",
            ][..],
        ),
        ("sweep", 1, &["--format=csv", "--report", "--of=cost"]),
        (
            "compare",
            2,
            &["--format=csv", "--report", "--replication=1"],
        ),
        ("plan", 1, &["--format=csv", "--report"]),
    ] {
        let (shard, merge) = (
            offered(&place, "shard", study),
            offered(&place, "merge", study),
        );
        for option in ignored {
            let name = option.split('=').next().expect("a name");
            let has = |offered: &[String]| offered.iter().any(|offered| offered == name);
            assert!(has(&merge) && !has(&shard[..]), "{study} {name}");
        }
        let words = [&["shard", study], &["study.toml", "other.toml"][..files]].concat();
        let more = [ignored, &["--replications=64", "--part=0/1", "-o", "parts"]];
        ends_with(&place.run(&[words, more.concat()].concat()), 0);
    }
    assert_eq!(parts_of(&place).len(), 4);
}

#[test]
fn a_tally_has_no_values_and_no_journal() {
    let place = place();
    let tally = ["run", "study.toml", "--keep=tally"];
    for more in [
        "--extend",
        "--replication=3",
        "--precision=mean(dropped) 5%",
    ] {
        ends_with(&place.run(&[&tally[..], &[more]].concat()), 2);
    }
    let csv = place.run(&[&tally[..], &["--write=replications"]].concat());
    ends_with(&csv, 2);
    let said = "with --keep tally there are no values for replications.csv";
    assert!(stderr(&csv).contains(said), "{}", stderr(&csv));
    ends_with(&place.run(&tally), 3);
    let names: Vec<PathBuf> = files(&place.path().join("output/study"))
        .into_keys()
        .collect();
    let expected = ["distribution.png", "distribution.svg", "replications.json"];
    assert_eq!(names, expected.map(PathBuf::from));
    let single = place.run(&["run", "study.toml", "--keep=tally", "--replications=1"]);
    ends_with(&single, 2);
}
