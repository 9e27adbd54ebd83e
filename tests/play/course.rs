//! Scenes that ship, scenes that are refused, and scenarios that are broken on purpose.

use std::fs;

use super::{page, shipped};
use crate::program::{Place, ends_with, stderr};

/// A scene that is right, of a scenario beside it.
const SCENE: &str = r#"title = "How long?"
belief = "Not long"
minutes = 3
scenario = "world.toml"
panel = "data"
window = ["1h", "5h"]
cursor = "2h"
text = "An outage."
[guess]
ask = "Is anything lost?"
kind = "choice"
choices = [{ text = "yes" }, { text = "no", right = true }]
[reveal]
text = "Nothing is."
[control]
text = "Drag."
path = "event.outage.duration"
values = "5m..40m/36"
[check]
text = "Find the longest without an interruption."
goal = ["query_downtime == 0s"]
value = "28m"
done = "28 minutes."
[why]
rule = "outage-unavailable"
text = "It is ridden out."
"#;
const WORLD: &str = "duration = '1d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
                     [[event]]\nname = 'outage'\nat = '2h'\nkind = 'key_vault_outage'\nduration = '10m'\n";

fn folder(scene: &str) -> Place {
    let place = Place::new();
    fs::create_dir(place.path().join("mine")).expect("a folder");
    fs::create_dir(place.path().join("mine/worlds")).expect("a folder");
    place.write("mine/1-scene.toml", scene);
    place.write("mine/worlds/own.toml", WORLD);
    place
}

#[test]
fn a_teacher_can_write_a_scene() {
    let scene = SCENE.replace("world.toml", "worlds/own.toml");
    let html = page(&folder(&scene), &["mine"], "out");
    assert!(html.contains("How long?") && html.contains(r#""name":"own.toml""#));
    let shipped = SCENE.replace("world.toml", "key-vault-outage.toml");
    let place = folder(&shipped);
    page(&place, &["mine"], "out");
    // Where its folder has no name, it is called as the course is.
    let beside = place.path().join("mine");
    let output = place.command(&["play", "."]).current_dir(&beside).output();
    ends_with(&output.expect("it runs"), 0);
    assert!(beside.join("output/course/play.html").exists());
}

/// What is found in the scene, what stands there instead, and what is said.
const REFUSED: &[(&str, &str, &str)] = &[
    ("panel = \"data\"", "panel = \"sky\"", "unknown variant"),
    ("minutes = 3", "minuets = 3", "unknown field"),
    (
        "worlds/own.toml",
        "worlds/other.toml",
        "there is no \"worlds/other.toml\"",
    ),
    (
        "[\"1h\", \"5h\"]",
        "[\"5h\", \"1h\"]",
        "a window begins before it ends",
    ),
    (
        "[\"1h\", \"5h\"]",
        "[\"1h\", \"5d\"]",
        "a window begins before it ends",
    ),
    ("cursor = \"2h\"", "cursor = \"soon\"", "soon"),
    (
        "{ text = \"yes\" }",
        "{ text = \"yes\", right = true }",
        "one of them with right = true",
    ),
    (
        "kind = \"choice\"",
        "kind = \"number\"",
        "give `answer`, `unit` and `within`",
    ),
    ("kind = \"choice\"", "kind = \"curve\"", "which `series`"),
    (
        "kind = \"choice\"",
        "kind = \"number\"\nanswer = \"dropped\"\nunit = \"hours\"\nwithin = 5",
        "no measure in this unit",
    ),
    (
        "path = \"event.outage.duration\"\n",
        "",
        "give `path` and `values`",
    ),
    (
        "event.outage.duration",
        "event.power.duration",
        "event.power.duration=5m",
    ),
    ("5m..40m/36", "5m", "2 to 500 values"),
    ("5m..40m/36", "40m..5m/36", "is not below"),
    (
        "query_downtime == 0s",
        "query_downtme == 0s",
        "did you mean",
    ),
    (
        "value = \"28m\"",
        "value = \"99m\"",
        "does not have this `value`",
    ),
    (
        "goal = [\"query_downtime == 0s\"]\n",
        "",
        "`value` goes with `goal`",
    ),
    ("outage-unavailable", "no-such-rule", "there is no rule"),
    (
        "text = \"Nothing is.\"",
        "text = \"\"\nset = [\"seed=none\"]",
        "seed=none",
    ),
];

#[test]
fn a_scene_that_a_page_could_not_show_is_refused() {
    let right = SCENE.replace("world.toml", "worlds/own.toml");
    for (found, instead, said) in REFUSED {
        assert!(right.contains(found), "{found}");
        let place = folder(&right.replacen(found, instead, 1));
        let output = place.run(&["play", "mine"]);
        let told = stderr(&output);
        ends_with(&output, 2);
        assert!(told.contains(said), "{instead}: {told}");
        assert!(
            !place.path().join("output/mine/play.html").exists(),
            "{instead}"
        );
    }
    let empty = Place::new();
    fs::create_dir(empty.path().join("mine")).expect("a folder");
    let output = empty.run(&["play", "mine"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("has no scenes"));
}

/// The header of a broken scenario: its command, and the status that this has.
fn header(text: &str) -> (&str, i32) {
    let line = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(key));
        lines.next().expect(key)
    };
    let status = line("# Exit status: ").parse();
    (line("# Command: "), status.expect("a number"))
}

#[test]
fn broken_scenarios_are_broken_as_their_headers_say() {
    let mut statuses = Vec::new();
    for entry in fs::read_dir(shipped().join("course")).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("readable");
        let (command, status) = header(&text);
        let name = path.file_name().expect("a name").to_string_lossy();
        assert!(
            command.contains(&format!("scenarios/course/{name}")),
            "{command}"
        );
        assert!(text.contains("# Mended when: "), "{name}");
        let place = Place::new();
        let folder = place.path().join("scenarios/course");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(&*name), &text).expect("a copy");
        let words: Vec<String> = crate::program::words(command).collect();
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let output = place.run(&words);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{command}\n{}",
            stderr(&output)
        );
        statuses.push(status);
    }
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, [0, 2, 3, 4], "there is one of each kind");
}
