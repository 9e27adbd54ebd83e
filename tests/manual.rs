//! What the program says of itself: help, examples and the page of the manual.

use std::path::Path;
use std::process::Command;

use crate::program::{Place, stderr, stdout};

/// The commands that the program lists.
fn commands(place: &Place) -> Vec<String> {
    let help = stdout(&place.run(&["--help"]));
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let (list, _) = list.split_once("\n\nOptions:").expect("its end");
    let names = list.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    names
        .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
        .collect()
}

/// The examples at the end of a help, each on one line.
fn examples(help: &str) -> Vec<String> {
    let (_, examples) = help.split_once("Examples:\n").expect("examples");
    let joined = examples.replace("\\\n", " ");
    let lines = joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[test]
fn every_example_runs() {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_BIN_EXE_cmksim"));
    let scenarios = root.join("scenarios");
    let folder = program.parent().expect("a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    for command in commands(&place) {
        let help = stdout(&place.run(&[&command, "--help"]));
        for example in examples(&help) {
            assert!(
                example.starts_with(&format!("cmksim {command}")),
                "{example}"
            );
            let setting = format!("ln -sfn '{}' scenarios && {example}", scenarios.display());
            let output = Command::new("sh")
                .args(["-c", &setting])
                .env("PATH", format!("{folder}:{path}"))
                .current_dir(place.path())
                .output()
                .expect("a shell");
            assert!(output.status.success(), "{example}: {}", stderr(&output));
        }
    }
}

#[test]
fn help_fits_a_terminal() {
    let place = Place::new();
    let topics = ["measures", "events"].map(str::to_owned);
    for topic in commands(&place).into_iter().chain(topics) {
        let help = stdout(&place.run(&["help", &topic]));
        // A line of usage is never broken.
        let mut lines = help.lines().filter(|line| !line.starts_with("Usage: "));
        let long = lines.find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{topic}");
        assert!(help.lines().count() > 5, "{topic}: {help}");
    }
    let help = stdout(&place.run(&["help", "run"]));
    assert_eq!(help, stdout(&place.run(&["run", "--help"])));
}

#[test]
fn help_on_something_unknown_names_what_is_near() {
    let place = Place::new();
    let output = place.run(&["help", "mesures"]);
    assert_eq!(output.status.code(), Some(2));
    let told = "error: there is no help on \"mesures\"; did you mean \"measures\"?\n";
    assert_eq!(stderr(&output), told);
    let output = place.run(&["help", "xyzzy"]);
    assert!(stderr(&output).contains("there is on measures, events, run, sweep"));
}

#[test]
fn the_manual_has_every_command_and_option() {
    let place = Place::new();
    let page = stdout(&place.run(&["man"]));
    let plain = page
        .replace("\\-", "-")
        .replace("\\fB", "")
        .replace("\\fR", "");
    for command in commands(&place) {
        let title = format!(".SH \"CMKSIM {}\"", command.to_uppercase());
        let (_, section) = plain.split_once(&title).expect(&title);
        let section = section.split("\n.SH ").next().expect("a section");
        let help = stdout(&place.run(&[&command, "--help"]));
        for word in help
            .split_whitespace()
            .filter(|word| word.starts_with("--"))
        {
            let option = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            assert!(section.contains(option), "{command} {option}");
        }
    }
}
