//! The program as it is used: exit statuses, what goes where, files whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::program::{Place, ends_with, stderr, stdout};

const OUTAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/scenarios/key-vault-outage.toml"
);

/// A scenario that any test may bend. 20 minutes and what follows lose at most 36 GB, 20 hours at
/// least 791 GB.
const SMALL: &str = "\
duration = '2d'\n\
expect = ['dropped <= 50 GB']\n\
[[workspace]]\n\
name = 'logs'\n\
ingestion = '1 TB/day'\n\
[[event]]\n\
name = 'disabled'\n\
at = '1d'\n\
kind = 'disable_key'\n\
duration = '20m'\n";

#[test]
fn a_run_that_meets_its_expectations_ends_with_0_and_names_what_it_wrote() {
    let place = Place::new();
    let output = place.run(&["run", OUTAGE]);
    ends_with(&output, 0);
    assert!(stdout(&output).contains("\n\nKey vault outage of 45 minutes\n"));
    let told = stderr(&output);
    let results = place.results();
    for path in results.keys() {
        let name = path.strip_prefix(place.path()).expect("in it");
        assert!(
            told.contains(&format!("wrote {}\n", name.display())),
            "{told}"
        );
    }
    assert_eq!(told.lines().count(), results.len(), "{told}");
    let folder = place.path().join("output/key-vault-outage");
    assert!(results.contains_key(&folder.join("summary.json")));
    assert!(results.contains_key(&folder.join("events.csv")));
    assert!(results.contains_key(&folder.join("timeline.csv")));
}

#[test]
fn without_a_file_the_built_in_example_runs_and_init_prints_it() {
    let (place, named) = (Place::new(), Place::new());
    let output = place.run(&["run"]);
    ends_with(&output, 0);
    assert!(stderr(&output).contains("cmksim init"));
    let example = place.run(&["init"]);
    ends_with(&example, 0);
    named.write("key-vault-outage.toml", &example.stdout);
    let again = named.run(&["run", "key-vault-outage.toml"]);
    assert_eq!(output.stdout, again.stdout);
    let bytes = |place: &Place| place.results().into_values().collect::<Vec<_>>();
    assert_eq!(bytes(&place), bytes(&named));
}

#[test]
fn an_expectation_that_fails_ends_with_3_after_everything_is_written() {
    let place = Place::new();
    place.write("small.toml", SMALL.replace("20m", "20h"));
    let output = place.run(&["run", "small.toml"]);
    ends_with(&output, 3);
    assert!(stdout(&output).contains("FAIL"));
    assert!(place.results().len() >= 3);
}

#[test]
fn a_misspelt_kind_ends_with_2_and_is_explained() {
    let place = Place::new();
    place.write("small.toml", SMALL.replace("disable_key", "disble_key"));
    for command in ["run", "check"] {
        let output = place.run(&[command, "small.toml"]);
        ends_with(&output, 2);
        assert!(output.stdout.is_empty());
        let told = stderr(&output);
        assert!(told.contains("small.toml:9:8"), "{told}");
        assert!(told.contains("disable_key"), "{told}");
    }
    assert!(place.results().is_empty());
}

#[test]
fn wrong_command_lines_end_with_2() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let wrong: &[&[&str]] = &[
        &[],
        &["rnu"],
        &["run", "--frmat", "json"],
        &["run", "--format", "xml", "small.toml"],
        &["run", "--resolution", "1", "small.toml"],
        &["run", "--write", "pictures,everything", "small.toml"],
        &["run", "--seed", "-1", "small.toml"],
        &["run", "--set", "nonsense", "small.toml"],
        &["run", "--set", "event.enabled.at=1d", "small.toml"],
        &["run", "small.toml", "./small.toml"],
        &["run", "--format", "csv", "small.toml", OUTAGE],
        &["check"],
    ];
    for arguments in wrong {
        let output = place.run(arguments);
        ends_with(&output, 2);
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    assert!(place.results().is_empty());
}

#[test]
fn any_bytes_are_explained() {
    let place = Place::new();
    let mut state = 7_u64;
    let mut byte = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    for length in 1..60 {
        let bytes: Vec<u8> = (0..length * length).map(|_| byte()).collect();
        let file = place.write("noise.toml", &bytes);
        let output = place.run(&["check", "noise.toml"]);
        ends_with(&output, 2);
        assert!(stderr(&output).contains("noise.toml"), "{}", file.display());
    }
}

#[test]
fn a_misspelt_file_is_told_what_was_likely_meant() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    for (wanted, meant) in [
        ("./smal.toml", "did you mean ./small.toml?"),
        (
            "steady-state.toml",
            "`cmksim init steady-state -o steady-state.toml` writes it",
        ),
    ] {
        let output = place.run(&["run", wanted]);
        ends_with(&output, 1);
        assert!(stderr(&output).contains(meant), "{}", stderr(&output));
    }
    let output = place.run(&["run", "nothing-alike.toml"]);
    assert!(stderr(&output).ends_with("(os error 2)\n"));
}

#[test]
fn what_cannot_be_read_ends_with_1_and_a_missing_trace_with_2() {
    let place = Place::new();
    let output = place.run(&["run", "nowhere.toml"]);
    ends_with(&output, 1);
    assert!(stderr(&output).contains("cannot read nowhere.toml"));
    ends_with(&place.run(&["check", "."]), 1);
    let traced = SMALL.replace(
        "ingestion = '1 TB/day'",
        "ingestion = { trace = 'usage.csv', time = 'at', volume = 'sum', unit = 'MB' }",
    );
    place.write("small.toml", traced);
    let output = place.run(&["run", "small.toml"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("usage.csv"), "{}", stderr(&output));
    fs::create_dir(place.path().join("usage.csv")).expect("made");
    ends_with(&place.run(&["run", "small.toml"]), 1);
}

#[test]
fn of_several_files_the_first_of_1_2_3_counts_and_the_others_still_run() {
    let place = Place::new();
    place.write("fails.toml", SMALL.replace("20m", "20h"));
    place.write("holds.toml", SMALL);
    place.write("wrong.toml", "duration = 7\n");
    ends_with(&place.run(&["run", "holds.toml", "fails.toml"]), 3);
    ends_with(&place.run(&["run", "fails.toml", "wrong.toml"]), 2);
    let all = [
        "run",
        "wrong.toml",
        "nowhere.toml",
        "fails.toml",
        "holds.toml",
    ];
    let output = place.run(&all);
    ends_with(&output, 1);
    assert!(stdout(&output).contains("== fails.toml\n"));
    assert!(stdout(&output).contains("== holds.toml\n"));
    ends_with(&place.run(&["check", "wrong.toml", "holds.toml"]), 2);
    let checked = place.run(&["check", "fails.toml", "holds.toml"]);
    ends_with(&checked, 0);
    assert_eq!(stdout(&checked), "fails.toml: ok\nholds.toml: ok\n");
}

#[test]
fn equal_runs_give_equal_files_also_with_every_poll() {
    let places = [Place::new(), Place::new(), Place::new()];
    for (place, option) in places.iter().zip([None, None, Some("--every-poll")]) {
        let arguments: Vec<&str> = ["run", "-q", OUTAGE].into_iter().chain(option).collect();
        let output = place.run(&arguments);
        ends_with(&output, 0);
        assert!(output.stderr.is_empty(), "quiet: {}", stderr(&output));
    }
    let [first, again, every_poll] = places.each_ref().map(|place| {
        let inside = |path: &Path| path.strip_prefix(place.path()).expect("in it").to_owned();
        let results = place.results().into_iter();
        results
            .map(|(path, bytes)| (inside(&path), bytes))
            .collect::<BTreeMap<_, _>>()
    });
    assert!(!first.is_empty());
    assert!(first == again, "two runs differ");
    assert!(
        first == every_poll,
        "executing every poll makes a difference"
    );
}

#[test]
fn formats_are_those_of_the_files() {
    let place = Place::new();
    let json = place.run(&["run", OUTAGE, "--format", "json"]);
    ends_with(&json, 0);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["total"]["dropped_bytes"], 0);
    let file = place.path().join("output/key-vault-outage/summary.json");
    assert_eq!(fs::read(file).expect("written"), json.stdout);
    let table = place.run(&["run", OUTAGE, "--format", "csv"]);
    ends_with(&table, 0);
    let mut rows = csv::Reader::from_reader(table.stdout.as_slice());
    assert!(rows.records().all(|row| row.is_ok()));
    let other = place.run(&["run", OUTAGE, "--format", "json", "--seed", "2"]);
    let other: serde_json::Value = serde_json::from_slice(&other.stdout).expect("JSON");
    assert_eq!(other["seed"], 2);
    assert_ne!(other["fingerprint"], value["fingerprint"]);
}

#[test]
fn set_and_output_do_what_they_say() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let set = ["--set", "event.disabled.duration=20h"];
    let output = place.run(&["run", "small.toml", set[0], set[1], "-o", "a/b"]);
    ends_with(&output, 3);
    assert!(place.path().join("a/b/summary.json").is_file());
    ends_with(&place.run(&["run", "small.toml", OUTAGE, "-o", "c"]), 0);
    assert!(place.path().join("c/small/summary.json").is_file());
    assert!(place.path().join("c/key-vault-outage/events.csv").is_file());
}

#[test]
fn only_the_results_that_were_asked_for_are_written() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let some = place.run(&["run", "small.toml", "--write", "events,summary"]);
    ends_with(&some, 0);
    let results = place.results();
    let names = results.keys().map(|path| path.file_name());
    let names: Vec<_> = names.map(|name| name.expect("a file")).collect();
    assert_eq!(names, ["events.csv", "summary.json"]);
    let all = Place::new();
    all.write("small.toml", SMALL);
    let output = all.run(&["run", "small.toml"]);
    assert_eq!(output.stdout, some.stdout);
    for (path, bytes) in all.results() {
        let same = results.get(
            &place
                .path()
                .join(path.strip_prefix(all.path()).expect("in it")),
        );
        assert!(same.is_none_or(|same| *same == bytes), "{}", path.display());
    }
}

#[test]
fn where_nothing_can_be_written_the_results_are_still_printed() {
    let place = Place::new();
    place.write("output", "a file where the folder should be");
    let output = place.run(&["run", OUTAGE]);
    ends_with(&output, 1);
    assert!(stderr(&output).contains("output/key-vault-outage"));
    assert!(stdout(&output).contains("fingerprint"));
    let output = place.run(&["run", OUTAGE, "-o", "output"]);
    assert!(stderr(&output).contains("output: there is a file of that name"));
    // A folder that has the name of a result.
    let folder = place.path().join("results/summary.json");
    fs::create_dir_all(&folder).expect("made");
    let output = place.run(&["run", OUTAGE, "-o", "results"]);
    ends_with(&output, 1);
    assert!(stderr(&output).contains("cannot write results/summary.json: "));
    assert!(
        !stderr(&output).contains(".summary.json."),
        "no hidden name"
    );
    let left = fs::read_dir(place.path().join("results")).expect("readable");
    assert_eq!(left.count(), 1, "no temporary file is left");
}

#[test]
fn explain_tells_the_story_and_lists_polls() {
    let place = Place::new();
    let story = place.run(&["explain", OUTAGE]);
    ends_with(&story, 0);
    let story = stdout(&story);
    assert!(
        story.contains("Rule outage-unavailable (documented)"),
        "{story}"
    );
    assert!(story.contains("10 of 10 storage accounts"), "{story}");
    assert!(place.results().is_empty(), "explain writes nothing");

    let window = [
        "explain",
        OUTAGE,
        "--polls",
        "2d9h59m..2d10h1m",
        "--format",
        "csv",
    ];
    let polls = place.run(&window);
    ends_with(&polls, 0);
    let polls = stdout(&polls);
    assert!(
        polls.contains(",granted,") && polls.contains(",unreachable,"),
        "{polls}"
    );

    ends_with(&place.run(&["explain", OUTAGE, "--polls", "2d..1d"]), 2);
    ends_with(&place.run(&["explain", OUTAGE, "--format", "json"]), 2);
}

#[test]
fn rules_name_every_parameter_with_its_source() {
    let place = Place::new();
    for format in ["text", "json", "csv"] {
        let rules = place.run(&["rules", "--format", format]);
        ends_with(&rules, 0);
        let rules = stdout(&rules);
        assert!(
            rules.contains("buffer_retention") && rules.contains("assumed"),
            "{rules}"
        );
    }
}

#[test]
fn rules_say_more_of_what_has_a_word() {
    let place = Place::new();
    let brief = place.run(&["rules"]);
    ends_with(&brief, 0);
    let brief = stdout(&brief);
    assert!(brief.lines().count() < 120, "{brief}");
    assert!(!brief.contains("Source: "), "{brief}");
    for format in ["text", "json", "csv"] {
        let some = place.run(&["rules", "Buffer", "hours", "--format", format]);
        ends_with(&some, 0);
        let some = stdout(&some);
        assert!(some.contains("behaviour.buffer_retention"), "{some}");
        // All words, not any.
        assert!(!some.contains("behaviour.buffer_on_revocation"), "{some}");
        assert!(some.contains("cached for several hours"), "{some}");
        assert!(!some.contains("behaviour.poll_interval"), "{some}");
    }
    let none = place.run(&["rules", "unheard-of"]);
    ends_with(&none, 2);
    assert!(stderr(&none).contains("`cmksim rules` lists all names"));
}

/// Measures that are equal in every replication have one row.
#[test]
fn a_study_shows_what_decides_and_the_command_for_a_closer_look() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let run = place.run(&[
        "run",
        "small.toml",
        "--replications",
        "30",
        "--set",
        "seed=7",
    ]);
    let told = stdout(&run);
    assert!(told.contains("\n  dropped_revoked equals dropped in every replication.\n"));
    let rows = |name: &str| {
        let start = format!("  {name} ");
        told.lines()
            .filter(|line| line.starts_with(&start) && line.contains('±'))
            .count()
    };
    assert_eq!((rows("dropped"), rows("dropped_revoked")), (1, 0), "{told}");
    let (_, closer) = told
        .split_once("\nExtreme replications\n")
        .expect("a section");
    let command = closer.lines().find(|line| line.starts_with("    cmksim "));
    let command = command
        .expect("a command")
        .trim()
        .trim_start_matches("cmksim ");
    let words: Vec<String> = super::program::words(command).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(&words[..4], ["explain", "small.toml", "--set", "seed=7"]);
    ends_with(&place.run(&words), 0);
    // The bars count every replication.
    let (_, bars) = told
        .split_once("\n  dropped in 30 replications\n")
        .expect("a histogram");
    let bars = bars.lines().take_while(|line| !line.is_empty());
    let counted = bars.map(|line| line.rsplit(' ').next().expect("a word").parse::<u64>());
    assert_eq!(
        counted.map(|count| count.expect("a count")).sum::<u64>(),
        30
    );
}

#[test]
fn a_sweep_draws_a_curve_and_leaves_the_rest_to_its_file() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let vary = "event.disabled.duration=5m..2h/30";
    let sweep = ["sweep", "small.toml", "--replications", "5", "--vary", vary];
    let sweep = place.run(&[&sweep[..], &["--of", "dropped,dropped_revoked"]].concat());
    ends_with(&sweep, 0);
    let told = stdout(&sweep);
    assert_eq!(told.matches('●').count(), 1 + 24, "{told}");
    assert!(
        told.contains("\n  ... and 18 more; all are in sweep.csv\n"),
        "{told}"
    );
    assert!(
        told.contains("dropped_revoked has the same figures as dropped."),
        "{told}"
    );
    assert!(told.lines().count() < 70, "{told}");
    let first = told.lines().next().expect("an answer");
    assert!(
        first.ends_with("points") || first.contains("(duration = 5m)"),
        "{first}"
    );
}

/// What the service does is told as what it is.
#[test]
fn rotations_updates_and_deletions_are_told_as_what_they_are() {
    let place = Place::new();
    place.write(
        "lives.toml",
        "edition = '2026-04'\nduration = '7d'\n[behaviour]\nautorotation = '1h'\n\
         [[cluster]]\nname = 'c'\n[[workspace]]\nname = 'w'\ningestion = '1 GB/day'\n\
         [[event]]\nat = '1d'\nkind = 'create_key_version'\n\
         [[event]]\nat = '3d'\nkind = 'update_cluster_key'\n\
         [[event]]\nat = '5d'\nkind = 'delete_cluster'\n",
    );
    let told = place.run(&["explain", "lives.toml"]);
    ends_with(&told, 0);
    let told = stdout(&told)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for sentence in [
        "rotation to version 2 of key \"key\" in key vault \"vault\": succeeded",
        "update of cluster \"c\" to key \"key\" in key vault \"vault\": accepted",
        "update of cluster \"c\" to version 2 of key \"key\" in key vault \"vault\": succeeded",
        "is deleted: its data cannot be recovered; its name stays reserved for a time",
    ] {
        assert!(told.contains(sentence), "{sentence}: {told}");
    }
    assert!(!told.contains("version in use"), "{told}");
}

/// The replication in which a measure is at its worst, looked for by hand.
#[test]
fn explain_tells_a_replication_or_the_worst_one() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    let run = place.run(&[
        "run",
        "small.toml",
        "--replications",
        "30",
        "--write",
        "replications",
    ]);
    assert_ne!(run.status.code(), Some(2), "{}", stderr(&run));
    let table = place.path().join("output/small/replications.csv");
    let table = fs::read_to_string(table).expect("it was written");
    let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    let at = header.iter().position(|name| *name == "dropped_bytes");
    let at = at.expect("the measure");
    let dropped: Vec<u64> = rows.map(|row| row[at].parse().expect("a number")).collect();
    let most = dropped.iter().max().expect("some");
    let worst = dropped.iter().position(|value| value == most);
    let worst = worst.expect("it is there");
    let told = place.run(&[
        "explain",
        "small.toml",
        "--worst",
        "dropped",
        "--replications",
        "30",
    ]);
    ends_with(&told, 0);
    let told = stdout(&told);
    let sentence = format!(
        "This is replication {worst} of 30, the first one with the worst value: dropped is"
    );
    assert!(told.contains(&sentence), "{told}");
    let number = worst.to_string();
    let same = place.run(&["explain", "small.toml", "--replication", &number]);
    let story = |text: &str| text.split_once("\n\n").expect("a story").1.to_owned();
    assert_eq!(story(&stdout(&same)), story(&told));
    ends_with(
        &place.run(&["explain", "small.toml", "--worst", "unheard"]),
        2,
    );
}

/// A run does not repeat what the check of its file has told.
#[test]
fn check_warns_of_what_looks_unintended_and_ends_with_0() {
    let place = Place::new();
    let odd = SMALL.replace("dropped <= 50 GB", "dropped >= 0 B");
    place.write("odd.toml", odd);
    let check = place.run(&["check", "odd.toml"]);
    ends_with(&check, 0);
    assert_eq!(stdout(&check), "odd.toml: ok\n");
    let told = stderr(&check);
    assert!(
        told.starts_with("warning: this expectation cannot fail"),
        "{told}"
    );
    assert!(told.contains("--> odd.toml:2:11"), "{told}");
    let quiet = place.run(&["check", "--quiet", "odd.toml"]);
    assert_eq!(stderr(&quiet), "");
    let run = place.run(&["run", "odd.toml"]);
    ends_with(&run, 0);
    assert!(!stderr(&run).contains("warning"));
}

#[test]
fn polls_of_no_time_are_explained() {
    let place = Place::new();
    let wrong = [
        "1d",
        "1d..",
        "2d..1d",
        "x..y",
        "9d..10d",
        "2026-01-01T00:00:00Z..1d",
    ];
    for polls in wrong {
        let output = place.run(&["explain", OUTAGE, "--polls", polls]);
        ends_with(&output, 2);
        assert!(stderr(&output).contains("FROM..TO"), "{}", stderr(&output));
    }
}

#[test]
fn too_many_polls_are_counted_and_not_listed() {
    let place = Place::new();
    place.write("small.toml", SMALL.replace("'2d'", "'4000d'"));
    let output = place.run(&["explain", "small.toml", "--polls", "0d..4000d"]);
    ends_with(&output, 2);
    let told = stderr(&output);
    assert!(told.contains("more than 1,000,000 polls listed"), "{told}");
    let some = place.run(&["explain", "small.toml", "--polls", "3999d..4000d"]);
    ends_with(&some, 0);
}

#[test]
fn calendar_times_name_polls_where_the_scenario_has_a_calendar() {
    let place = Place::new();
    place.write(
        "small.toml",
        format!("start = 2026-03-01T00:00:00Z\n{SMALL}"),
    );
    let since = place.run(&["explain", "small.toml", "--polls", "1d..1d 1m"]);
    ends_with(&since, 0);
    let shown = "2026-03-02 00:00:00..2026-03-02 00:01:00";
    let shown = place.run(&["explain", "small.toml", "--polls", shown]);
    assert_eq!(stdout(&shown), stdout(&since));
    let calendar = "2026-03-02T00:00:00Z..2026-03-02T01:01:00+01:00";
    let calendar = place.run(&["explain", "small.toml", "--polls", calendar]);
    ends_with(&calendar, 0);
    assert_eq!(since.stdout, calendar.stdout);
}

#[test]
fn the_schema_beside_the_scenarios_is_the_one_that_is_printed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/schema.json");
    let output = Place::new().run(&["schema"]);
    ends_with(&output, 0);
    assert_eq!(stdout(&output), fs::read_to_string(path).expect("readable"));
}

#[test]
fn help_fits_in_80_columns() {
    let place = Place::new();
    for command in ["run", "explain", "check", "rules", "completions", "--help"] {
        let output = place.run(&[command, "--help"]);
        ends_with(&output, 0);
        let text = stdout(&output);
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= 80), "{text}");
    }
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Place::new().run(&["completions", shell]);
        ends_with(&output, 0);
        assert!(stdout(&output).contains("every-poll"), "{shell}");
    }
}

#[test]
fn completions_name_templates_and_measures() {
    let holds = |shell: &str, told: &[&str]| {
        let output = Place::new().run(&["completions", shell]);
        ends_with(&output, 0);
        let script = stdout(&output);
        for told in told {
            assert!(script.contains(told), "{told}\nis not in\n{script}");
        }
    };
    let zsh = "outage-just-over-30-minutes\\:\"An outage of 31 minutes\\: a short interruption";
    holds("zsh", &[zsh, "query_downtime\\:"]);
    let fish =
        "-n \"__fish_cmksim_using_subcommand init\" -f -a outage-just-over-30-minutes -d 'An";
    holds("fish", &[fish, "query_downtime\\t'"]);
}

/// What needs a Unix.
#[cfg(unix)]
mod unix {
    use super::*;

    /// What bash proposes for the last of these words.
    fn proposed(words: &[&str]) -> String {
        let place = Place::new();
        place.write("cmksim.bash", stdout(&place.run(&["completions", "bash"])));
        let (last, before) = (words.len() - 1, words[words.len() - 2]);
        let script = format!(
            "source cmksim.bash; COMP_WORDS=({}); COMP_CWORD={last}; \
             _cmksim cmksim '{}' '{before}'; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words[last],
        );
        let mut bash = Command::new("bash");
        let output = bash
            .args(["-c", &script])
            .current_dir(place.path())
            .output();
        let output = output.expect("bash runs");
        ends_with(&output, 0);
        stdout(&output)
    }

    #[test]
    fn bash_completes_templates_and_measures() {
        let templates = proposed(&["cmksim", "init", "outage-just-"]);
        assert_eq!(
            templates,
            "outage-just-over-30-minutes outage-just-under-30-minutes\n"
        );
        for command in ["sweep", "compare", "sensitivity"] {
            let measures = proposed(&["cmksim", command, "a.toml", "--of", "query_d"]);
            assert_eq!(
                measures, "query_downtime query_downtime_longest\n",
                "{command}"
            );
        }
        let solve = ["cmksim", "solve", "a.toml", "--such-that", "loss"];
        assert_eq!(proposed(&solve), "loss_ratio\n");
        let rules = ["cmksim", "rules", "--edition", "2020"];
        assert_eq!(proposed(&rules), "2020-06 2020-11\n");
    }

    /// The child's standard output is closed before it can write.
    fn unread(place: &Place, arguments: &[&str]) -> Output {
        let mut command = place.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        drop(child.stdout.take());
        child.wait_with_output().expect("it ends")
    }

    #[test]
    fn a_closed_pipe_ends_the_program_quietly() {
        let place = Place::new();
        let commands: &[&[&str]] = &[
            &["run", "-q", OUTAGE],
            &["run", "-q", OUTAGE, "--format", "json"],
            &["check", OUTAGE, OUTAGE],
            &["explain", OUTAGE],
            &["rules"],
            &["schema"],
            &["init"],
            &["completions", "bash"],
            &["--help"],
        ];
        for arguments in commands {
            let output = unread(&place, arguments);
            ends_with(&output, 0);
            assert_eq!(stderr(&output), "", "{arguments:?}");
        }
        place.write("fails.toml", SMALL.replace("20m", "20h"));
        ends_with(&unread(&place, &["run", "-q", "fails.toml"]), 3);
        let solve = ["solve", "-q", "fails.toml", "--replications=20"];
        let vary = "--vary=event.disabled.duration=19h..20h";
        for (such_that, status) in [("dropped == 0 B", 3), ("dropped >= 800 GB", 4)] {
            let such_that = format!("--such-that={such_that}");
            let output = unread(&place, &[&solve[..], &[vary, &such_that]].concat());
            ends_with(&output, status);
            assert_eq!(stderr(&output), "");
        }
    }

    #[test]
    fn the_head_of_a_run_can_be_read() {
        let place = Place::new();
        let program = env!("CARGO_BIN_EXE_cmksim");
        let line = format!("set -o pipefail; {program} run -q {OUTAGE} | head -3");
        let bash = Command::new("bash")
            .current_dir(place.path())
            .args(["-c", &line])
            .output()
            .expect("bash runs");
        ends_with(&bash, 0);
        assert_eq!(stdout(&bash).lines().count(), 3);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_standard_output_ends_with_1() {
        let place = Place::new();
        for arguments in [&["run", "-q", OUTAGE][..], &["schema"], &["check", OUTAGE]] {
            let full = fs::OpenOptions::new().write(true).open("/dev/full");
            let mut command = place.command(arguments);
            let output = command.stdout(full.expect("it is there")).output();
            let output = output.expect("the program runs");
            ends_with(&output, 1);
            assert!(stderr(&output).contains("cannot write to standard output"));
        }
    }

    #[test]
    fn a_full_disk_leaves_no_half_file() {
        let place = Place::new();
        // A limit on the size of files stands for the disk: it needs no privilege.
        let program = env!("CARGO_BIN_EXE_cmksim");
        let line = format!("trap '' XFSZ; ulimit -f 1; exec {program} run -q {OUTAGE}");
        let output = Command::new("bash")
            .current_dir(place.path())
            .args(["-c", &line])
            .output()
            .expect("bash runs");
        ends_with(&output, 1);
        assert!(stderr(&output).contains("cannot write"));
        let limit = 1024;
        for (path, bytes) in place.results() {
            assert!(bytes.len() <= limit, "{} is no half file", path.display());
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(!name.starts_with('.'), "{name} is left");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_small_disk_leaves_no_half_file() {
        let place = Place::new();
        let disk = place.path().join("output");
        fs::create_dir(&disk).expect("made");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"])
            .arg(&disk)
            .output();
        if !mount.is_ok_and(|mount| mount.status.success()) {
            println!("a disk cannot be mounted here; the limit on files stands for it");
            return;
        }
        let output = place.run(&["run", "-q", OUTAGE]);
        let results = place.results();
        let unmount = Command::new("umount").arg(&disk).status();
        assert!(unmount.expect("umount runs").success());
        ends_with(&output, 1);
        assert!(stderr(&output).contains("No space left on device"));
        assert!(
            !stderr(&output).contains(".timeline.csv."),
            "no hidden name"
        );
        for path in results.keys() {
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(!name.starts_with('.'), "{name} is left");
            assert_ne!(name, "timeline.csv");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_signal_stops_a_long_run_and_nothing_is_written() {
        let place = Place::new();
        let years = SMALL.replace("'2d'", "'3650d'");
        place.write(
            "years.toml",
            years + "[[cluster]]\nname = 'big'\nstorage_accounts = 1000\n",
        );
        for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
            let arguments = ["run", "years.toml", "--every-poll"];
            let (ended, told) = crate::program::signalled(&place, &arguments, signal);
            assert_eq!(ended, Some(status), "{told}");
            assert!(told.contains("interrupted"), "{told}");
            assert_eq!(place.seen(), 0);
        }
    }

    /// What the program prints when its standard output is a terminal.
    #[cfg(target_os = "linux")]
    fn on_a_terminal(place: &Place, no_color: bool) -> Option<String> {
        let line = format!("{} run -q {OUTAGE}", env!("CARGO_BIN_EXE_cmksim"));
        let mut script = Command::new("script");
        script
            .current_dir(place.path())
            .args(["-qec", &line, "/dev/null"]);
        script.stdin(Stdio::null()).env("TERM", "xterm");
        script.env_remove("NO_COLOR");
        if no_color {
            script.env("NO_COLOR", "1");
        }
        let output = script.output().ok()?;
        ends_with(&output, 0);
        Some(stdout(&output))
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn colours_are_for_terminals_that_want_them() {
        let place = Place::new();
        let escape = '\u{1b}';
        let piped = stdout(&place.run(&["run", "-q", OUTAGE]));
        assert!(!piped.contains(escape));
        // But for the answer, which is one line.
        let mut lines = piped.lines().skip(1);
        assert!(lines.all(|line| line.chars().count() <= 80));
        let Some(coloured) = on_a_terminal(&place, false) else {
            println!("there is no `script` to play the terminal");
            return;
        };
        assert!(coloured.contains(escape), "{coloured}");
        let plain = on_a_terminal(&place, true).expect("it was there");
        assert!(!plain.contains(escape), "{plain}");
    }
}

#[test]
fn a_scenario_is_read_with_what_it_extends() {
    let place = Place::new();
    place.write("small.toml", SMALL);
    fs::create_dir(place.path().join("more")).expect("a folder");
    let own = "extends = '../small.toml'\n[[event]]\nname = 'disabled'\nduration = '20h'\n";
    place.write("more/longer.toml", own);
    assert_eq!(
        place.run(&["check", "more/longer.toml"]).status.code(),
        Some(0)
    );
    assert_eq!(
        place.run(&["explain", "more/longer.toml"]).status.code(),
        Some(0)
    );
    let run = place.run(&["run", "more/longer.toml"]);
    assert_eq!(run.status.code(), Some(3), "{}", stderr(&run));
    let set = "event.disabled.duration=20m";
    let run = place.run(&["run", "more/longer.toml", "--set", set]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let summary = fs::read_to_string(place.path().join("output/longer/summary.json"));
    let summary: serde_json::Value =
        serde_json::from_str(&summary.expect("a summary")).expect("JSON");
    let text = summary["scenario"].as_str().expect("a text");
    assert!(text.contains(own) && text.contains(SMALL), "{text}");

    place.write("more/longer.toml", "extends = 'small.toml'\n");
    let run = place.run(&["run", "more/longer.toml"]);
    assert_eq!(run.status.code(), Some(2));
    let said = stderr(&run);
    assert!(said.contains("more/longer.toml:1:11"), "{said}");
    assert!(said.contains("cannot read `more/small.toml`"), "{said}");
}

#[test]
fn many_workspaces_on_all_cores_give_the_bytes_of_one_core() {
    let mut text = SMALL.to_owned();
    for number in 0..40 {
        text += &format!("[[workspace]]\nname = 'w{number}'\ningestion = '{number} GB/day'\n");
    }
    let place = Place::new();
    place.write("many.toml", &text);
    let output = place.run(&["run", "many.toml", "--format", "json"]);
    let reading = cmksim::scenario::read("many.toml", text.as_bytes(), &[]).expect("it is right");
    let traces: Vec<_> = reading.scenario.workspaces.iter().map(|_| None).collect();
    let options = cmksim::model::Options::default();
    let never = &cmksim::kernel::never;
    let replay = cmksim::experiment::replay(&reading.scenario, &traces, options, never);
    let replay = replay.expect("a run");
    let expected = cmksim::report::summary(&reading.scenario, &reading.text, &replay);
    assert_eq!(stdout(&output), expected);
}
