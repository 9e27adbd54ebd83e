//! Studies as they are run: many replications and sweeps, whoever computes them and whatever
//! ends the program.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use cmksim::units::Volume;

#[cfg(target_os = "linux")]
use super::program::signalled;
use super::program::{Place, ends_with, stderr, stdout};

/// Losses of about 16 GB that spread, so that most of what may be expected can be.
const STUDY: &str = "\
duration = '2d'
replications = 400
expect = ['mean(dropped) <= 1 TB']
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'disabled'
at = '1d'
kind = 'disable_key'
duration = '40m'
[sweep]
replications = 50
'event.disabled.duration' = { from = '10m', to = '5h', points = 3 }
'cluster.cluster.storage_accounts' = [1, 10]
";

fn study(expect: &str) -> String {
    STUDY.replace("'mean(dropped) <= 1 TB'", expect)
}

fn file(place: &Place, name: &str) -> Vec<u8> {
    let path = place.path().join("output/study").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn threads_do_not_show() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    let mut seen = Vec::new();
    for threads in ["1", "2", "8"] {
        let write = "--write=summary,replications";
        ends_with(
            &place.run(&["run", "study.toml", write, "--threads", threads]),
            0,
        );
        ends_with(
            &place.run(&["sweep", "study.toml", "--threads", threads]),
            0,
        );
        let files = [
            "replications.journal",
            "replications.json",
            "replications.csv",
            "sweep.json",
            "sweep.csv",
        ];
        seen.push(files.map(|name| file(&place, name)));
    }
    assert!(seen[0] == seen[1] && seen[0] == seen[2]);
}

#[test]
fn a_study_that_is_extended_is_the_one_that_is_run_at_once() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    ends_with(&place.run(&["run", "study.toml"]), 0);
    let at_once = file(&place, "replications.json");
    ends_with(
        &place.run(&["run", "study.toml", "--replications", "130"]),
        0,
    );
    let short = file(&place, "replications.json");
    assert_ne!(short, at_once);
    let anew = place.run(&["run", "study.toml", "--replications", "20"]);
    let told = "130 replications of this study in output/study are computed again; \
                --extend would reuse them";
    assert!(stderr(&anew).contains(told), "{}", stderr(&anew));
    ends_with(&place.run(&["run", "study.toml", "--extend"]), 0);
    assert_eq!(file(&place, "replications.json"), at_once);
    // A shorter one takes the first of those that are there.
    ends_with(
        &place.run(&["run", "study.toml", "--extend", "--replications", "130"]),
        0,
    );
    assert_eq!(file(&place, "replications.json"), short);
}

#[test]
fn the_journal_of_another_study_is_refused() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    ends_with(&place.run(&["run", "study.toml"]), 0);
    let journal = file(&place, "replications.journal");
    for other in [
        "--seed=7",
        "--set=event.disabled.duration=41m",
        "--measures=dropped",
    ] {
        let refused = place.run(&["run", "study.toml", "--extend", other]);
        ends_with(&refused, 2);
        assert!(
            stderr(&refused).contains("is of another study"),
            "{}",
            stderr(&refused)
        );
        assert_eq!(file(&place, "replications.journal"), journal);
    }
    // What is not expected of the values themselves may change.
    place.write("study.toml", study("'p99(dropped) <= 1 TB'"));
    ends_with(&place.run(&["run", "study.toml", "--extend"]), 0);
}

#[cfg(unix)]
#[test]
fn a_study_that_is_killed_goes_on_where_it_was() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    let many = ["run", "study.toml", "--replications", "60000"];
    let mut running = place.command(&many).spawn().expect("it starts");
    let journal = place.path().join("output/study/replications.journal.part");
    let length = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    let began = Instant::now();
    while length(&journal) < 50_000 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it writes no journal"
        );
        sleep(Duration::from_millis(1));
    }
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    let left = file(&place, "replications.journal.part");
    assert!(!place.path().join("output/study/replications.json").exists());

    // As if the kill had come in the middle of a record.
    fs::write(&journal, &left[..left.len() - 3]).expect("written");
    let went_on = place.run(&[&many[..], &["--extend"]].concat());
    ends_with(&went_on, 0);
    assert!(
        stderr(&went_on).contains("are an incomplete record"),
        "{}",
        stderr(&went_on)
    );
    let continued = file(&place, "replications.json");
    ends_with(&place.run(&many), 0);
    assert_eq!(file(&place, "replications.json"), continued);
}

/// Each of these would take many minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_stops_every_study_soon() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    place.write("other.toml", STUDY.replace("40m", "41m"));
    let vary = "--vary=event.disabled.duration=5m..20h";
    for arguments in [
        &["sweep", "study.toml", "--replications=1000000"][..],
        &[
            "compare",
            "study.toml",
            "other.toml",
            "--replications=500000",
        ],
        &[
            "sensitivity",
            "study.toml",
            "--of=dropped",
            "--replications=10000000",
        ],
        &[
            "solve",
            "study.toml",
            vary,
            "--such-that=dropped < 1 GB",
            "--replications=1000000",
        ],
    ] {
        let began = Instant::now();
        let (ended, told) = signalled(&place, arguments, "-INT");
        assert_eq!(ended, Some(130), "{arguments:?}: {told}");
        assert!(told.contains("interrupted"), "{told}");
        assert!(began.elapsed() < Duration::from_secs(20), "{arguments:?}");
        assert_eq!(place.seen(), 0, "{arguments:?}");
    }
}

#[test]
fn expectations_pass_fail_or_stay_open() {
    for (expect, status, told) in [
        (
            "'mean(dropped) <= 1 TB'",
            0,
            "pass  mean(dropped) <= 1 TB (it is 16.",
        ),
        (
            "'mean(dropped) >= 1 TB'",
            3,
            "FAIL  mean(dropped) >= 1 TB (it is 16.",
        ),
        // So far out 400 replications say nothing.
        (
            "'p99.9(dropped) <= 1 TB'",
            4,
            "no interval: this quantile takes more than 400 replications",
        ),
        // Of what never is no mean is known.
        (
            "'mean(buffered) <= 1 TB'",
            4,
            "only 0 values stand apart from the most frequent one",
        ),
        (
            "'probability(dropped > 0 B) >= 99%'",
            0,
            "it was always met, 95% interval 99.048% to 100%",
        ),
        (
            "'probability(dropped > 16 GB) >= 50%'",
            4,
            "open  probability(dropped > 16 GB) >= 50% (it is ",
        ),
        ("'dropped <= 1 TB'", 0, "in all 400 replications"),
        ("'dropped <= 10 GB'", 3, "it first fails in replication "),
        ("'max(interruptions) == 1'", 0, "it was 1"),
        (
            "'mean(dropped) >= 1 TB', 'p99.9(dropped) <= 1 TB'",
            3,
            "1 fails, 1 is undecided",
        ),
    ] {
        let place = Place::new();
        place.write("study.toml", study(expect));
        let output = place.run(&["run", "study.toml"]);
        ends_with(&output, status);
        let text = stdout(&output).replace("\n        ", " ");
        assert!(text.contains(told), "{expect}: {text}");
        ends_with(&place.run(&["run", "study.toml", "--exit-zero"]), 0);
    }
}

#[test]
fn a_precision_is_reached_at_a_fixed_number() {
    let place = Place::new();
    place.write(
        "study.toml",
        STUDY.replace("replications = 400\n", "replications = 2\n"),
    );
    let precise = |precision: &str, most: &str| {
        let most = format!("--max-replications={most}");
        place.run(&["run", "study.toml", "--precision", precision, &most])
    };
    let found = precise("mean(dropped) 2%", "10000");
    ends_with(&found, 0);
    assert!(
        stdout(&found).contains(", 1,000 replications\n"),
        "{}",
        stdout(&found)
    );
    let absolute = precise("p50(dropped) 1 GB", "10000");
    ends_with(&absolute, 0);
    assert!(
        stdout(&absolute).contains(", 200 replications\n"),
        "{}",
        stdout(&absolute)
    );
    let never = precise("mean(dropped) 0.01%", "300");
    ends_with(&never, 4);
    assert!(stderr(&never).contains("is not reached after 300 replications"));
    let quiet = [
        "--precision",
        "mean(dropped) 0.01%",
        "--max-replications=300",
        "--quiet",
    ];
    let quiet = place.run(&[&["run", "study.toml"], &quiet[..]].concat());
    ends_with(&quiet, 4);
    assert_eq!(stderr(&quiet), "");
}

#[test]
fn options_of_many_replications_are_refused_of_one() {
    let place = Place::new();
    let single = STUDY.replace("replications = 400\n", "");
    place.write("study.toml", single.replace("mean(dropped)", "dropped"));
    for option in ["--measures=dropped", "--extend"] {
        let refused = place.run(&["run", "study.toml", option]);
        ends_with(&refused, 2);
        let name = option.split('=').next().expect("a name");
        let told = format!("error: {name} is of many replications, and this is a single one");
        assert!(stderr(&refused).starts_with(&told), "{}", stderr(&refused));
        assert!(place.results().is_empty());
        let many = ["run", "study.toml", option, "--replications=2"];
        ends_with(&place.run(&many), 0);
        fs::remove_dir_all(place.path().join("output")).expect("removed");
    }
}

/// Whoever asks, and however the number is given.
#[test]
fn a_statistic_needs_more_than_one_replication_whichever_command_asks() {
    let place = Place::new();
    let still = STUDY.split("[sweep]").next().expect("its beginning");
    place.write("study.toml", still.replace("replications = 400\n", ""));
    let vary = "event.disabled.duration=10m..20m";
    let commands: [&[&str]; 5] = [
        &["run", "study.toml"],
        &[
            "sweep",
            "study.toml",
            "--vary",
            "event.disabled.duration=10m,20m",
        ],
        &[
            "solve",
            "study.toml",
            "--vary",
            vary,
            "--such-that=dropped < 1 TB",
        ],
        &["compare", "study.toml", "study.toml"],
        &["sensitivity", "study.toml", "--of", "dropped"],
    ];
    for command in commands {
        for (more, status) in [
            (None, 2),
            (Some("--replications=1"), 2),
            (Some("--replications=2"), 0),
            (Some("--set=replications=2"), 0),
        ] {
            let arguments: Vec<&str> = command.iter().copied().chain(more).collect();
            let output = place.run(&arguments);
            // Two replications may leave what is expected open.
            let open = output.status.code() == Some(4) && status == 0;
            assert!(
                open || output.status.code() == Some(status),
                "{arguments:?}"
            );
            let told = stderr(&output).contains("a statistic needs more than one replication");
            assert_eq!(told, status == 2, "{arguments:?}: {}", stderr(&output));
        }
        for beyond in ["--replications=0", "--replications=1000000000001"] {
            let output = place.run(&[command, &[beyond]].concat());
            ends_with(&output, 2);
            let told = "a whole number from 1 to 1000000000000";
            assert!(stderr(&output).contains(told), "{}", stderr(&output));
        }
    }
    // A sweep has its own number.
    place.write("study.toml", STUDY);
    for more in ["--replications=1", "--set=sweep.replications=1"] {
        let output = place.run(&["sweep", "study.toml", more]);
        ends_with(&output, 2);
        let told = "a statistic needs more than one replication";
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn one_of_many_can_be_looked_at() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    ends_with(
        &place.run(&["run", "study.toml", "--write=replications"]),
        0,
    );
    let table = String::from_utf8(file(&place, "replications.csv")).expect("text");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let row: Vec<&str> = lines.nth(17).expect("enough rows").split(',').collect();
    assert_eq!(row[0], "17");
    let column = header
        .iter()
        .position(|name| *name == "dropped_bytes")
        .expect("it is kept");

    let single = place.run(&[
        "run",
        "study.toml",
        "--replication",
        "17",
        "--format",
        "json",
    ]);
    ends_with(&single, 0);
    let summary: serde_json::Value = serde_json::from_str(&stdout(&single)).expect("JSON");
    assert_eq!(summary["total"]["dropped_bytes"].to_string(), row[column]);
    assert!(!file(&place, "replication-17/events.csv").is_empty());
}

/// Of those in which anything is lost; of n by size p05 is that of rank n / 20, rounded up.
#[test]
fn the_first_line_says_the_range_of_what_is_lost() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    for (of_event, in_those) in [("40m", ""), ("20m", "in those ")] {
        let duration = format!("--set=event.disabled.duration={of_event}");
        let output = place.run(&["run", "study.toml", "--write=replications", &duration]);
        let told = stdout(&output);
        let table = String::from_utf8(file(&place, "replications.csv")).expect("text");
        let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let header = rows.next().expect("a header");
        let at = header.iter().position(|name| *name == "dropped_bytes");
        let at = at.expect("it is kept");
        let mut lost: Vec<u64> = rows.map(|row| row[at].parse().expect("bytes")).collect();
        lost.retain(|bytes| *bytes > 0);
        assert_eq!(lost.len() < 400, !in_those.is_empty(), "{}", lost.len());
        lost.sort_unstable();
        let gb = |bytes: u64| Volume::from_bytes(bytes).human();
        let ranks = [lost.len().div_ceil(20), (lost.len() * 19).div_ceil(20)];
        let [low, high] = ranks.map(|rank| gb(lost[rank - 1]));
        let low = low.strip_suffix(" GB").unwrap_or(&low);
        let range = format!("); {in_those}{low} to {high} (p05 to p95), ");
        let first = told.lines().next().expect("a line");
        assert!(first.contains(&range), "{range} is not in {first}");
        let [_, columns] = told.split("All workspaces").collect::<Vec<_>>()[..] else {
            panic!("one heading: {told}");
        };
        let columns = columns.lines().nth(1).expect("names of columns");
        assert!(
            columns.contains("p05") && columns.contains("p95"),
            "{columns}"
        );
    }
}

#[test]
fn a_study_overwrites_nothing_of_a_single_run() {
    let place = Place::new();
    place.write("study.toml", study(""));
    ends_with(&place.run(&["run", "study.toml", "--replications", "1"]), 0);
    let before = place.results();
    ends_with(&place.run(&["run", "study.toml"]), 0);
    ends_with(&place.run(&["sweep", "study.toml"]), 0);
    let after = place.results();
    assert!(after.len() > before.len());
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes));
}

#[test]
fn what_is_not_kept_is_not_told_but_what_is_expected_is_kept() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    let output = place.run(&[
        "run",
        "study.toml",
        "--measures=query_downtime",
        "--format=csv",
    ]);
    ends_with(&output, 0);
    let measures: Vec<String> = stdout(&output)
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(2).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(measures, ["query_downtime_s", "dropped_bytes"]);
    let wrong = place.run(&["run", "study.toml", "--measures=query_downtim"]);
    ends_with(&wrong, 2);
    assert!(
        stderr(&wrong).contains("did you mean `query_downtime`?"),
        "{}",
        stderr(&wrong)
    );
}

#[test]
fn a_sweep_lists_its_points_and_keeps_those_that_are_asked_for() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    let dry = place.run(&["sweep", "study.toml", "--dry-run"]);
    ends_with(&dry, 0);
    assert!(place.results().is_empty());
    let text = stdout(&dry);
    assert_eq!(text.lines().count(), 7, "{text}");
    assert!(
        text.contains(
            "    3  event.disabled.duration=2h 35m  cluster.cluster.storage_accounts=10\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("6 points x 50 replications: about "),
        "{text}"
    );

    let only = ["--only", "event.disabled.duration=155m"];
    let some = place.run(&[&["sweep", "study.toml", "--format=csv"], &only[..]].concat());
    ends_with(&some, 0);
    let table = stdout(&some);
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert!(rows.iter().all(|row| row.contains(",2h 35m,9300,")));
    for point in ["0,", "1,"] {
        assert!(rows.iter().any(|row| row.starts_with(point)), "{table}");
    }
    // The axis has one value left, and what is drawn is a curve over the other.
    let axes: serde_json::Value =
        serde_json::from_slice(&file(&place, "sweep.json")).expect("JSON");
    assert_eq!(axes["axes"][0]["values"], serde_json::json!(["2h 35m"]));
    let svg = String::from_utf8(file(&place, "sweep.svg")).expect("text");
    assert!(svg.contains("cluster.cluster.storage_accounts"), "{svg}");
    let together = [
        "--lockstep",
        "--vary=event.disabled.duration=10m,20m,30m",
        "--vary=event.disabled.at=1d,1d 1h,1d 2h",
        "--only=event.disabled.duration=20m",
        "--replications=2",
        "--dry-run",
    ];
    let together = place.run(&[&["sweep", "study.toml"], &together[..]].concat());
    ends_with(&together, 0);
    let told = stdout(&together);
    assert!(
        told.starts_with("    0  event.disabled.duration=20m  event.disabled.at=1d 1h\n1 point x "),
        "{told}"
    );
    let vary = [
        "--vary",
        "event.disabled.enabled=true,false",
        "--replications=10",
    ];
    let other = place.run(&[&["sweep", "study.toml"], &vary[..]].concat());
    ends_with(&other, 0);
    assert!(stdout(&other).contains("2 points, 10 replications each\n"));
}

#[test]
fn a_point_is_what_a_run_with_its_values_is() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    ends_with(&place.run(&["sweep", "study.toml"]), 0);
    let sweep: serde_json::Value =
        serde_json::from_slice(&file(&place, "sweep.json")).expect("JSON");
    let run = [
        "run",
        "study.toml",
        "--replications=50",
        "--set=event.disabled.duration=2h 35m",
        "--set=cluster.cluster.storage_accounts=10",
        "--format=json",
    ];
    let run = stdout(&place.run(&run));
    let run: serde_json::Value = serde_json::from_str(&run).expect("JSON");
    for scope in ["total", "workspaces", "clusters"] {
        assert_eq!(sweep["points"][3][scope], run[scope], "{scope}");
    }
}

#[test]
fn what_is_wrong_with_a_sweep_is_said() {
    let place = Place::new();
    place.write("study.toml", STUDY);
    place.write(
        "still.toml",
        STUDY.split("[sweep]").next().expect("its beginning"),
    );
    for (arguments, told) in [
        (&["sweep", "still.toml"][..], "nothing is varied"),
        (
            &["sweep", "study.toml", "--vary", "seed=1..2"],
            "the number of points is missing",
        ),
        (
            &["sweep", "study.toml", "--vary", "event.disable.at=1h,2h"],
            "did you mean `disabled`?",
        ),
        (
            &["sweep", "study.toml", "--vary", "event.disabled.at=1h,x"],
            "error: \"x\" has no number before its unit",
        ),
        (&["sweep", "study.toml", "--lockstep"], "have 3 and 2"),
        (
            &["sweep", "study.toml", "--only", "seed=3"],
            "this key is not varied",
        ),
        (
            &[
                "sweep",
                "study.toml",
                "--only",
                "event.disabled.duration=3h",
            ],
            "no point has this value",
        ),
        (
            &["sweep", "study.toml", "--of", "drop"],
            "there is no measure `drop`",
        ),
    ] {
        let output = place.run(arguments);
        ends_with(&output, 2);
        assert!(
            stderr(&output).contains(told),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(place.results().is_empty());
    }
    place.write("wrong.toml", STUDY.replace("[1, 10]", "[1, 0]"));
    let checked = place.run(&["check", "wrong.toml"]);
    ends_with(&checked, 2);
    assert_eq!(stderr(&checked).matches("error:").count(), 1);
    ends_with(&place.run(&["check", "study.toml"]), 0);
}

#[test]
fn calendar_times_and_growth_are_swept_over_ranges() {
    let place = Place::new();
    let text = "duration = '7d'\nstart = 2026-03-02T00:00:00Z\n[[workspace]]\nname = 'logs'\n\
                [workspace.ingestion]\nrate = '1 TB/day'\n[[event]]\nname = 'outage'\n\
                at = '1d'\nkind = 'storage_outage'\nduration = '1h'\n";
    place.write("world.toml", text);
    let sweep = [
        "sweep",
        "world.toml",
        "--replications=2",
        "--vary=event.outage.at=2026-03-03T00:00:00Z..2026-03-05T00:00:00Z/3",
        "--vary=workspace.logs.ingestion.growth=2%/30d..8%/30d/4",
    ];
    ends_with(&place.run(&sweep), 0);
    let results = place.results();
    let csv = results.iter().find(|(path, _)| path.ends_with("sweep.csv"));
    let csv = String::from_utf8(csv.expect("it is written").1.clone()).expect("a text");
    for value in [
        "2026-03-03T00:00:00Z",
        "2026-03-04T00:00:00Z",
        "4%/30d",
        "6%/30d",
    ] {
        assert!(csv.contains(value), "{value}: {csv}");
    }
    // A table says the same.
    let table = "[sweep]\nreplications = 2\n\
                 \"event.outage.at\" = { from = 2026-03-03T00:00:00Z, to = 2026-03-05T00:00:00Z, points = 3 }\n\
                 \"workspace.logs.ingestion.growth\" = { from = \"2%/30d\", to = \"8%/30d\", points = 4 }\n";
    let (head, rest) = text.split_once("[[workspace]]").expect("there is one");
    place.write("world.toml", format!("{head}{table}[[workspace]]{rest}"));
    ends_with(&place.run(&sweep[..2]), 0);
    let again = place.results();
    let again = again.iter().find(|(path, _)| path.ends_with("sweep.csv"));
    assert_eq!(
        String::from_utf8_lossy(again.expect("it is written").1),
        csv
    );
}
