//! Studies that were interrupted go on where they were, and come to the same results.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::program::{Place, ends_with, stderr};
use super::worlds::seeds;

const SCENARIO: &str = "\
duration = '40d'
expect = ['mean(dropped) <= 1 TB']
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'disabled'
at = '1d'
kind = 'disable_key'
duration = '40m'
[[lever]]
name = 'repair'
options = [{ name = 'late' }, { name = 'soon', set = ['event.disabled.duration=10m'], price = 5 }]
";

/// Every study that is made of tasks.
const COMMANDS: &[&[&str]] = &[
    &[
        "sweep",
        "s.toml",
        "--vary=event.disabled.duration=10m,1h,3h",
        "--replications=20",
    ],
    &[
        "sweep",
        "s.toml",
        "--vary=seed=1..70/70",
        "--replications=2",
    ],
    &["compare", "s.toml", "t.toml", "--replications=20"],
    &["plan", "s.toml", "--replications=20"],
    &[
        "sensitivity",
        "s.toml",
        "--of=dropped",
        "--also=event.disabled.duration=10m,40m,1h",
        "--morris=2",
        "--replications=5",
    ],
    &[
        "shrink",
        "s.toml",
        "--such-that=dropped > 1 GB",
        "--replications=4",
    ],
    &[
        "solve",
        "s.toml",
        "--vary=event.disabled.duration=5m..2h",
        "--resolution=5m",
        "--such-that=probability(dropped < 20 GB) >= 50%",
        "--replications=40",
    ],
    &[
        "solve",
        "s.toml",
        "--vary=event.disabled.duration=5m..2h",
        "--resolution=5m",
        "--such-that=mean(dropped) < 20 GB",
        "--replications=40",
    ],
    &[
        "worst",
        "s.toml",
        "--vary=event.disabled.at=0s..2d",
        "--resolution=1h",
        "--of=dropped",
        "--replications=40",
    ],
    &[
        "optimise",
        "s.toml",
        "--minimise=cost",
        "--such-that=mean(dropped) <= 1 TB",
        "--replications=40",
    ],
    &[
        "faults",
        "s.toml",
        "--set=duration=1h",
        "--set=event.disabled.at=10m",
        "--set=cluster.cluster.storage_accounts=1",
        "--set=expect=['dropped <= 1 GB']",
        "--exit-zero",
    ],
];

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn place() -> Place {
    let place = Place::new();
    place.write("s.toml", SCENARIO);
    let other = SCENARIO
        .replace("40m", "50m")
        .replace("1 TB/day", "2 TB/day");
    place.write("t.toml", other);
    place
}

fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, &["-o", "output"], more].concat()
}

fn part(command: &[&str]) -> String {
    format!("output/{}.journal.part", command[0])
}

/// The results without the folder that they are in.
fn results(place: &Place) -> Files {
    let results = place.results().into_iter();
    let name = |path: PathBuf| PathBuf::from(path.file_name().expect("a name"));
    results.map(|(path, bytes)| (name(path), bytes)).collect()
}

/// What a study leaves that is ended when it has computed everything.
fn left(command: &[&str]) -> Vec<u8> {
    for operation in 1..20 {
        let place = place();
        let mut ended = place.command(&with(command, &[]));
        ended.env("CMKSIM_FAULT", format!("end:{operation}"));
        ended.output().expect("the program runs");
        let left = fs::read(place.path().join(part(command)));
        if let Some(left) = left.ok().filter(|left| !left.is_empty()) {
            return left;
        }
    }
    panic!("{command:?} leaves nothing");
}

/// Where the head ends, and each record.
fn ends(journal: &[u8]) -> Vec<usize> {
    let head = journal.iter().position(|byte| *byte == b'\n');
    let mut ends = vec![head.expect("a head") + 1];
    while let Some(length) = journal[ends[ends.len() - 1]..].first_chunk::<8>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).expect("short");
        ends.push(ends[ends.len() - 1] + length + 16);
    }
    assert_eq!(ends.last(), Some(&journal.len()));
    ends
}

fn go_on(command: &[&str], journal: &[u8], more: &[&str]) -> (Option<i32>, String, Files) {
    let place = place();
    fs::create_dir(place.path().join("output")).expect("made");
    place.write(&part(command), journal);
    let output = place.run(&with(command, &[&["--extend"], more].concat()));
    let told = stderr(&output);
    assert!(!told.contains("This is a mistake in cmksim"), "{told}");
    (output.status.code(), told, results(&place))
}

#[test]
fn what_goes_on_comes_to_the_same_results() {
    for command in COMMANDS {
        let place = place();
        ends_with(&place.run(&with(command, &["--threads=2"])), 0);
        let whole = results(&place);
        let journal = left(command);
        let ends = ends(&journal);
        assert!(
            ends.len() > 4,
            "{command:?} leaves {} records",
            ends.len() - 1
        );
        let last = ends.len() - 1;
        for count in [0, 1, last / 2, last - 1, last] {
            let end = ends[count];
            let damaged = |at: usize| {
                let mut journal = journal.clone();
                journal[at] ^= 1;
                journal
            };
            let mut cut = vec![journal[..end].to_vec()];
            if count < last {
                cut.extend([journal[..end + 5].to_vec(), damaged(end + 9)]);
            }
            for (at, journal) in cut.iter().enumerate() {
                let threads = ["--threads=1", "--threads=2"][at % 2];
                let (status, told, found) = go_on(command, journal, &[threads]);
                assert_eq!(status, Some(0), "{command:?}: {told}");
                assert!(found == whole, "{command:?} from {count} records on");
                let warned = told.contains("are an incomplete record");
                assert_eq!(warned, at > 0, "{told}");
            }
        }
    }
}

#[test]
fn what_another_study_left_is_refused_and_stays() {
    for command in COMMANDS {
        let journal = left(command);
        let other = if command[1] == "s.toml" && command[0] != "sweep" {
            "--seed=7"
        } else {
            "--replications=21"
        };
        let (status, told, found) = go_on(command, &journal, &["--set=duration=41d"]);
        assert_eq!(status, Some(2), "{told}");
        assert!(told.contains("it is of another study"), "{told}");
        assert!(found.values().eq([&journal]), "{command:?}");
        if other == "--seed=7" {
            let (status, ..) = go_on(command, &journal, &[other]);
            assert_eq!(status, Some(2), "{command:?}");
        }
        // Anew it begins without, and says so.
        let place = place();
        fs::create_dir(place.path().join("output")).expect("made");
        place.write(&part(command), &journal);
        let anew = place.run(&with(command, &[]));
        ends_with(&anew, 0);
        assert!(stderr(&anew).contains("--extend would reuse them"));
        assert!(!place.path().join(part(command)).exists());
        let nothing = place.run(&with(command, &["--extend"]));
        assert!(stderr(&nothing).contains("holds no results yet; everything is computed"));
    }
}

/// Whoever writes a record with a right checksum may write anything into it: it is refused, or
/// taken for what was computed.
#[test]
fn a_crafted_record_is_refused_or_taken_over() {
    for command in COMMANDS {
        let place = place();
        ends_with(&place.run(command), 0);
        let whole = results(&place);
        let journal = left(command);
        let ends = ends(&journal);
        let (mut refused, mut changed) = (0, 0);
        let body = &journal[ends[0] + 8..ends[1] - 8];
        // `CMKSIM_WORLDS=4` tries 40 places, as at first.
        let step = (body.len() / seeds(10).count()).max(1);
        let crafted = (0..body.len()).step_by(step).flat_map(|at| {
            let with = |byte: u8| {
                let mut body = body.to_vec();
                body[at] = byte;
                body
            };
            let short = body[..at].to_vec();
            [with(0), with(1), with(0x7f), with(0xff), short]
        });
        for body in crafted {
            let mut record = (body.len() as u64).to_le_bytes().to_vec();
            record.extend(body);
            let check = Sha256::digest(&record);
            let rest = &journal[ends[1]..];
            let journal = [&journal[..ends[0]], &record, &check[..8], rest].concat();
            let (status, told, found) = go_on(command, &journal, &[]);
            match status {
                // Results may say something else of what is asked, too.
                Some(0 | 4) => changed += usize::from(found != whole),
                Some(2) => {
                    assert!(told.contains("holds what no study writes"), "{told}");
                    refused += 1;
                }
                other => panic!("{command:?}: {other:?}: {told}"),
            }
        }
        assert!(
            refused > 0 && changed > 0,
            "{command:?}: {refused} refused, {changed} changed"
        );
    }
}
