//! The documents say what the program does: every public name is explained, every link leads
//! somewhere, every file that is named exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cmksim::experiment::replay;
use cmksim::kernel::never;
use cmksim::limits;
use cmksim::model::Options;
use cmksim::report::{self, Style};
use cmksim::scenario::keys::{BEHAVIOUR, FAMILIES, Form, RESPONSE};
use cmksim::scenario::{DEFAULT_EDITION, Edition, EventKind, Measure, Owner, Rule, read};

use super::program::{Place, ends_with, stdout, words};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The part of a document under a heading, up to the next one of its level.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let begin = document
        .find(&format!("\n{heading}"))
        .unwrap_or_else(|| panic!("no heading {heading:?}"))
        + 1;
    let level = heading.split(' ').next().expect("a heading has hashes");
    let rest = &document[begin + heading.len()..];
    let end = rest.find(&format!("\n{level} ")).unwrap_or(rest.len());
    &rest[..end]
}

/// What the first column of a section's tables has in backquotes, in order.
fn first_column(section: &str) -> Vec<&str> {
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn the_limits_are_those_of_the_code() {
    let model = text("docs/model.md");
    let rows = section(&model, "## 22. Limits").lines();
    let written: Vec<&str> = rows.filter(|line| line.starts_with("| ")).skip(2).collect();
    let of_code = limits::ALL.iter();
    let of_code: Vec<String> = of_code
        .map(|limit| format!("| {limit} | {} |", limit.remedy))
        .collect();
    assert_eq!(written, of_code);
}

#[test]
fn every_measure_is_defined_in_the_order_of_reports() {
    let model = text("docs/model.md");
    let defined = first_column(section(&model, "## 8. Measures"));
    let all: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
    assert_eq!(defined, all);
}

#[test]
fn every_measure_says_whose_it_is() {
    let model = text("docs/model.md");
    let section = section(&model, "## 8. Measures");
    for measure in Measure::ALL {
        let name = format!("`{}`", measure.name());
        let whose = section
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
            .find(|(names, _)| names.contains(&name))
            .map(|(_, rest)| rest.split(" | ").next().expect("a cell"));
        let expected = match measure.owner() {
            Owner::Workspace => "w",
            Owner::Cluster => "c",
            Owner::Both => "w, c",
        };
        assert_eq!(whose, Some(expected), "{name}");
    }
}

#[test]
fn every_rule_is_stated_in_the_order_of_editions() {
    let model = text("docs/model.md");
    let stated = first_column(section(&model, "## 11. Rules"));
    let all: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(stated, all);
}

#[test]
fn every_kind_of_event_is_explained_in_order() {
    let model = text("docs/model.md");
    let events = section(&model, "## 7. Events");
    let (kinds, _) = events.split_once("### 7.1").expect("responses follow");
    let explained = first_column(kinds);
    let all: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(explained, all);
}

#[test]
fn every_parameter_has_its_value() {
    let model = text("docs/model.md");
    let parameters = section(&model, "## 10. Parameters");
    let all: Vec<&str> = BEHAVIOUR.names().collect();
    assert_eq!(first_column(parameters), all);
}

#[test]
fn everything_that_can_be_seen_is_explained_in_order() {
    let model = text("docs/model.md");
    let events = section(&model, "## 7. Events");
    let (_, responses) = events.split_once("### 7.1 Responses").expect("it is there");
    let when = RESPONSE.keys.iter().find(|key| key.name == "when");
    let Some(Form::Choice(symptoms)) = when.map(|key| key.form) else {
        panic!("`when` is one of a few words");
    };
    assert_eq!(first_column(responses), symptoms);
}

/// What the edition calls assumed is never called documented alone, nor the other way round.
#[test]
fn documented_and_assumed_are_told_apart_as_the_edition_does() {
    let model = text("docs/model.md");
    let edition = Edition::named(DEFAULT_EDITION).expect("it exists");
    for line in section(&model, "## 10. Parameters").lines() {
        let Some([name]) = first_column(line).first().map(|name| [*name]) else {
            continue;
        };
        let parameter = edition
            .parameter(&format!("behaviour.{name}"))
            .expect("it is a parameter");
        let word = parameter.status.word();
        assert!(line.contains(word), "{name} is {word}: {line}");
    }
}

/// Whatever is not the same in all editions has a row, with the value of each.
#[test]
fn what_editions_change_has_its_values() {
    let model = text("docs/model.md");
    let editions = section(&model, "## 14. Editions");
    let header = Edition::all().iter().map(|edition| edition.name.as_str());
    let header: Vec<&str> = header.collect();
    assert!(editions.contains(&format!("| parameter | {} | source |", header.join(" | "))));
    for (at, parameter) in Edition::all()[0].parameters.iter().enumerate() {
        let all = Edition::all().iter();
        let values: Vec<String> = all
            .map(|edition| edition.parameters[at].value_text())
            .collect();
        if values.iter().all(|value| *value == values[0]) {
            continue;
        }
        let name = parameter.name.trim_start_matches("behaviour.");
        let begin = format!("| `{name}` | ");
        let row = editions.lines().find_map(|line| line.strip_prefix(&begin));
        let row = row.unwrap_or_else(|| panic!("no row for {name}"));
        // Lists and distributions are put in words.
        for (cell, value) in row.split(" | ").zip(values) {
            assert!(
                value.starts_with(['[', '{']) || cell == value,
                "{name}: {cell}"
            );
        }
    }
}

#[test]
fn every_family_of_delays_is_named() {
    let model = text("docs/model.md");
    let delays = section(&model, "### 1.5 Delays");
    for family in FAMILIES {
        assert!(
            delays.contains(&format!("`{}`", family.name)),
            "{}",
            family.name
        );
    }
}

/// The anchor that a heading gets where Markdown is shown.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The lines of a document outside of blocks of code.
fn prose(document: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    document.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !fence && !in_code
    })
}

/// Targets of the links of a document. A link may be broken over lines.
fn links(document: &str) -> Vec<String> {
    let prose: Vec<&str> = prose(document).collect();
    let prose = prose.join("\n");
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split_whitespace().collect())
        .collect()
}

fn documents() -> BTreeMap<PathBuf, String> {
    let mut documents: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    let others = ["README.md", "CHANGELOG.md", "scenarios/README.md"];
    documents.extend(others.map(|name| root().join(name)));
    documents
        .into_iter()
        .filter(|path| path.exists())
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a text");
            (path, text)
        })
        .collect()
}

/// `CMKSIM_BLESS=1 cargo test the_guide_shows` rewrites it and the picture; look at what changed.
#[test]
fn the_guide_shows_what_the_program_shows() {
    let source = text("scenarios/key-vault-outage.toml");
    let reading = read("front page", source.as_bytes(), &[]);
    let scenario = reading.unwrap_or_else(|wrong| panic!("{wrong:?}")).scenario;
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let replay = replay(&scenario, &traces, Options::default(), &never).expect("a run");
    let told = report::text(&scenario, &replay, Style::default());
    let picture = report::pictures(&scenario, &replay);

    let page = text("docs/guide.md");
    let (before, rest) = page.split_once("```text\n").expect("a block of text");
    let (shown, after) = rest.split_once("```").expect("its end");
    let shown_picture = root().join("docs/timeline.png");
    if std::env::var_os("CMKSIM_BLESS").is_some() {
        let page = format!("{before}```text\n{told}```{after}");
        fs::write(root().join("docs/guide.md"), page).expect("the page can be written");
        fs::write(shown_picture, picture.png()).expect("the picture can be written");
        return;
    }
    assert_eq!(shown, told);
    let shown_picture = fs::read(shown_picture).expect("the picture can be read");
    assert!(
        shown_picture == picture.png(),
        "docs/timeline.png is another"
    );
}

/// The largest picture of the page for teachers, in bytes: all are in one page of rustdoc.
const LARGEST_PICTURE: usize = 150_000;

/// Every command of the page for teachers is run, in its order. A block of output below one is
/// what it printed, or successive lines of it; a picture is what the commands so far have drawn.
///
/// `CMKSIM_BLESS=1 cargo test teachers` rewrites the pictures; look at what changed. The file of a
/// new one must be there, if empty, for `build.rs`.
#[test]
fn the_page_for_teachers_shows_what_its_commands_do() {
    let page = text("docs/teaching.md");
    let (place, mut told) = (Place::new(), String::new());
    let (mut commands, mut shown, mut pictures) = (0, 0, 0);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let mut block = lines.clone().take_while(|line| *line != "```");
        if line == "```sh" {
            let command = block.next().expect("a command");
            assert_eq!(block.next(), None, "a block has one command");
            told = done(&place, command);
            commands += 1;
        } else if line == "```console" {
            let output: String = block.map(|line| format!("\n{line}")).collect();
            let whole = format!("\n{told}").contains(&format!("{output}\n"));
            assert!(whole, "it is not told:{output}\nbut:\n{told}");
            shown += 1;
        } else if let Some(picture) = line.split_once("](pictures/") {
            expect_picture(&place, picture.1.trim_end_matches(')'));
            pictures += 1;
        }
    }
    assert!(commands > 15 && shown >= commands, "{commands}, {shown}");
    let there = fs::read_dir(root().join("docs/pictures")).expect("a folder");
    assert_eq!(there.count(), pictures, "a picture is on no page");
}

/// What a command prints that is started where the scenarios are.
fn done(place: &Place, command: &str) -> String {
    let scenarios = format!("{}/", root().join("scenarios").display());
    let words: Vec<String> = words(command)
        .map(|word| word.replace("scenarios/", &scenarios))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(words[0], "cmksim");
    let output = place.run(&words[1..]);
    ends_with(&output, 0);
    stdout(&output)
}

/// Compares a picture with the file of the same name below `output`.
fn expect_picture(place: &Place, name: &str) {
    let drawn = fs::read_to_string(place.path().join("output").join(name));
    let drawn = drawn.unwrap_or_else(|error| panic!("no command has drawn {name}: {error}"));
    assert!(drawn.len() <= LARGEST_PICTURE, "{name} is too large");
    // In Markdown a blank line would end it.
    assert!(!drawn.contains("\n\n"), "{name} has a blank line");
    let shown = root().join("docs/pictures").join(name);
    if std::env::var_os("CMKSIM_BLESS").is_some() {
        fs::write(shown, drawn).expect("the picture can be written");
        return;
    }
    let shown = fs::read_to_string(shown).expect("the picture can be read");
    assert!(shown == drawn, "{name} is another");
}

#[test]
fn links_lead_somewhere() {
    let documents = documents();
    let mut checked = 0;
    for (path, document) in &documents {
        let inside = links(document).into_iter();
        for link in inside.filter(|link| !link.contains("://")) {
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().expect("a folder").join(file),
            };
            let target = target
                .canonicalize()
                .unwrap_or_else(|error| panic!("{}: {link}: {error}", path.display()));
            if !part.is_empty() {
                let linked = documents
                    .get(&target)
                    .unwrap_or_else(|| panic!("{}: {link} has no parts", path.display()));
                let found = prose(linked)
                    .filter(|line| line.starts_with('#'))
                    .any(|heading| anchor(heading) == part);
                assert!(found, "{}: no heading for {link}", path.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} links were found");
}

/// A part of a section may be found by the row of the whole section.
#[test]
fn every_section_of_the_model_says_where_it_is() {
    let (model, design) = (text("docs/model.md"), text("docs/design.md"));
    let rows = section(&design, "## Where to find what");
    let has_row = |heading: &str| rows.contains(&format!("](model.md#{})", anchor(heading)));
    let numbered = |heading: &&str| {
        let words = heading.trim_start_matches('#').trim_start();
        heading.starts_with("##") && words.starts_with(|c: char| c.is_ascii_digit())
    };
    let headings: Vec<&str> = prose(&model).filter(numbered).collect();
    assert!(headings.len() > 40, "{headings:?}");
    let is_part = |heading: &str| heading.starts_with("###");
    let mut whole = "";
    for (at, &heading) in headings.iter().enumerate() {
        if !is_part(heading) {
            whole = heading;
            if headings.get(at + 1).is_some_and(|next| is_part(next)) {
                continue;
            }
        }
        assert!(has_row(heading) || has_row(whole), "no row for {heading:?}");
    }
}

#[test]
fn files_that_are_named_exist_and_hold_what_is_looked_for() {
    let design = text("docs/design.md");
    let quoted = |cell: &str| -> Vec<String> {
        let parts = cell.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    let mut looked_for = 0;
    for line in section(&design, "## Where to find what").lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let Some(files) = cells.get(1).map(|cell| quoted(cell)) else {
            continue;
        };
        let files: Vec<&String> = files
            .iter()
            .filter(|file| file.starts_with("src/"))
            .collect();
        for file in &files {
            assert!(root().join(file).exists(), "{file}");
        }
        let Some(words) = cells.get(2).map(|cell| quoted(cell)) else {
            continue;
        };
        for word in words {
            let holds = files.iter().any(|file| text(file).contains(&word));
            assert!(holds, "{word} is not in {files:?}");
            looked_for += 1;
        }
    }
    assert!(looked_for > 20, "only {looked_for} names were looked for");
}
