//! Style as a test: what a reader may rely on in this repository.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// No function is longer: it fits on a screen.
const LONGEST_FUNCTION: usize = 70;

/// But for these, each one match or one table; they may only become shorter.
const LONGER_FUNCTIONS: &[(&str, &str, usize)] = &[
    ("src/model/storage_account.rs", "step", 94),
    (
        "src/scenario/distribution_tests.rs",
        "moments_are_those_of_the_closed_forms",
        82,
    ),
    (
        "src/scenario/distribution_tests.rs",
        "wrong_parameters_are_explained",
        163,
    ),
    (
        "src/units/text_tests.rs",
        "bad_volumes_rates_and_probabilities",
        105,
    ),
    ("tests/brute_force.rs", "new", 72),
];

/// The layers from the bottom up. What stands in one line does not know its neighbours.
const LAYERS: &[&[&str]] = &[
    &["foreign", "limits", "docs"],
    &["units", "error"],
    &["kernel", "statistics"],
    &["scenario"],
    &["model", "intake", "import"],
    &["accounting"],
    &["experiment"],
    &["report"],
];

/// What nothing below the program may name; `clippy.toml` says why, and knows more of them.
const BANNED: &[&str] = &[
    "HashMap",
    "HashSet",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
];

/// A text file of the repository.
pub(crate) struct Source {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Its lines, counted from 1, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Of a file of the library: its layer.
    fn layer(&self) -> Option<&str> {
        let first = self.path.strip_prefix("src/")?.split('/').next()?;
        let first = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main", "cli"].contains(&first)).then_some(first)
    }
}

/// Every text file under `folder`, or the file itself.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let mut paths = vec![Path::new(ROOT).join(folder)];
    let mut sources = Vec::new();
    while let Some(path) = paths.pop() {
        if path.ends_with("target") {
            // What was built there.
        } else if path.is_dir() {
            paths.extend(
                fs::read_dir(&path)
                    .expect("a readable folder")
                    .map(|entry| entry.expect("a readable entry").path()),
            );
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = relative(&path);
            sources.push(Source { path, text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(ROOT).expect("inside the repository");
    path.to_string_lossy().replace('\\', "/")
}

/// Every text file that belongs to the repository.
fn everything() -> Vec<Source> {
    let mut all = Vec::new();
    for entry in fs::read_dir(ROOT).expect("the repository") {
        let name = entry.expect("a readable entry").file_name();
        let name = name.to_string_lossy();
        if !["target", "output", ".git", "Cargo.lock"].contains(&name.as_ref()) {
            all.extend(sources(&name));
        }
    }
    all
}

fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// The names that follow `crate::` in a line, one for each import.
fn imported(line: &str) -> Vec<&str> {
    let names = |rest: &str| -> usize {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())
    };
    line.match_indices("crate::")
        .map(|(at, word)| &line[at + word.len()..])
        .map(|rest| &rest[..names(rest)])
        .collect()
}

fn height(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|layers| layers.contains(&layer))
}

#[test]
fn imports_go_down_only() {
    let mut complaints = Vec::new();
    for source in sources("src") {
        let Some(layer) = source.layer() else {
            continue;
        };
        let Some(own) = height(layer) else {
            complaints.push(format!("{}: the layer {layer} has no height", source.path));
            continue;
        };
        for (number, line) in source.code() {
            for name in imported(line) {
                // An empty name is `crate::{...}`, which hides the layers it takes from.
                let down = name == layer || height(name).is_some_and(|other| other < own);
                if !down {
                    let path = &source.path;
                    complaints.push(format!("{path}:{number}: {layer} takes from `{name}`"));
                }
            }
            if line.contains("super::super::super") {
                complaints.push(format!("{}:{number}: write `crate::`", source.path));
            }
        }
    }
    none(complaints);
}

#[test]
fn only_the_program_touches_the_world() {
    let mut complaints = Vec::new();
    for source in sources("src").iter().filter(|s| s.layer().is_some()) {
        for (number, line) in source.code() {
            let found = BANNED.iter().find(|banned| line.contains(*banned));
            complaints.extend(found.map(|name| format!("{}:{number}: {name}", source.path)));
        }
    }
    none(complaints);
}

/// The functions of a file in rustfmt's layout: name, line, length in lines.
pub(crate) fn functions(text: &str) -> Vec<(&str, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (begin, line) in lines.iter().enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        let words: Vec<&str> = line.split_whitespace().take(5).collect();
        let Some(keyword) = words.iter().position(|word| *word == "fn") else {
            continue;
        };
        let ahead = ["pub", "const", "async"];
        let declares = words[..keyword]
            .iter()
            .all(|word| ahead.contains(word) || word.starts_with("pub("));
        if !declares || words.len() == keyword + 1 || line.ends_with('}') {
            continue;
        }
        let name = words[keyword + 1].split(['(', '<']).next().expect("a name");
        let end = format!("{indent}}}");
        let length = lines[begin..].iter().position(|line| *line == end);
        if let Some(length) = length {
            functions.push((name, begin + 1, length + 1));
        }
    }
    functions
}

#[test]
fn functions_fit_on_a_screen() {
    let mut complaints = Vec::new();
    let mut unused = LONGER_FUNCTIONS.to_vec();
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let path = source.path.as_str();
        for (name, line, length) in functions(&source.text) {
            let known = unused
                .iter()
                .position(|known| *known == (path, name, length));
            match known {
                Some(known) => {
                    unused.swap_remove(known);
                }
                None if length > LONGEST_FUNCTION => {
                    complaints.push(format!("{path}:{line}: {name} has {length} lines"));
                }
                None => {}
            }
        }
    }
    let gone = |known| format!("{known:?} is not there any more, or shorter");
    complaints.extend(unused.iter().map(gone));
    none(complaints);
}

#[test]
fn functions_are_measured() {
    let text = "impl A {\n    pub(crate) const fn one<T>(\n        a: T,\n    ) {\n        {\n        \
                }\n    }\n}\n\nfn two() {\n}\nfn three() {}\n// fn four\n";
    assert_eq!(functions(text), [("one", 2, 6), ("two", 10, 2)]);
}

#[test]
fn every_file_of_code_is_a_module() {
    let mut complaints = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")) {
        let path = Path::new(&source.path);
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let stem = path.file_stem().expect("a name").to_string_lossy();
        let (module, folder) = match stem.as_ref() {
            "lib" | "main" | "all" => continue,
            "mod" => {
                let folder = path.parent().expect("a folder");
                let name = folder.file_name().expect("a name").to_string_lossy();
                (name, folder.parent().expect("a folder"))
            }
            _ => (stem, path.parent().expect("a folder")),
        };
        // The module above stands beside it, or is the folder's own file.
        let name = path.file_name().expect("a name").to_string_lossy();
        let declared = parents(folder).iter().any(|parent| {
            parent.lines().map(str::trim).any(|line| {
                line.ends_with(&format!("mod {module};")) || line == format!("#[path = \"{name}\"]")
            })
        });
        if !declared {
            complaints.push(format!("{}: no module declares it", source.path));
        }
    }
    none(complaints);
}

/// The texts of all files that may declare one in a folder: those directly in it, and the one
/// beside it that has its name.
fn parents(folder: &Path) -> Vec<String> {
    let folder = Path::new(ROOT).join(folder);
    let beside = folder.with_extension("rs");
    fs::read_dir(folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable entry").path())
        .chain(beside.is_file().then_some(beside))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| fs::read_to_string(path).expect("text"))
        .collect()
}

#[test]
fn nothing_is_left_to_be_done_and_no_path_of_a_machine_stands_anywhere() {
    // Joined here, so that this file does not complain of itself.
    let banned = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X"],
        ["unimplemented", "!"],
        ["todo", "!"],
        ["/wo", "rk/"],
        ["/tmp", "/"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
    ]
    .map(|parts| parts.concat());
    let mut complaints = Vec::new();
    for source in everything() {
        for (index, line) in source.text.lines().enumerate() {
            let found = banned.iter().find(|word| line.contains(*word));
            complaints.extend(found.map(|word| format!("{}:{}: {word}", source.path, index + 1)));
        }
    }
    none(complaints);
}

fn scenarios() -> Vec<Source> {
    let mut scenarios = sources("scenarios");
    scenarios.retain(|source| source.path.ends_with(".toml"));
    // The scenes of the course are no scenarios; `cmksim play` checks them.
    let is_scene = |path: &str| {
        path.rsplit_once('/')
            .is_some_and(|(at, _)| at == "scenarios/course/scenes")
    };
    scenarios.retain(|source| !is_scene(&source.path));
    assert!(!scenarios.is_empty());
    scenarios
}

#[test]
fn every_scenario_names_its_schema_tells_its_story_and_says_what_it_expects() {
    let mut complaints = Vec::new();
    for source in scenarios() {
        let mut lines = source.text.lines();
        let deep = source.path.matches('/').count() - 1;
        let schema = format!("#:schema {}schema.json", "../".repeat(deep));
        let schema = lines.next() == Some(&schema);
        let story = lines.next().is_some_and(|line| line.starts_with("# "));
        let expects = source.text.lines().any(|line| line.starts_with("expect ="));
        if !(schema && story && expects) {
            complaints.push(source.path);
        }
    }
    none(complaints);
}

#[test]
fn every_trace_is_replayed_by_a_scenario() {
    let scenarios = scenarios();
    let mut complaints = Vec::new();
    for trace in sources("scenarios/traces") {
        let name = trace.path.strip_prefix("scenarios/").expect("it is there");
        if !scenarios.iter().any(|source| source.text.contains(name)) {
            complaints.push(trace.path);
        }
    }
    none(complaints);
}

#[test]
fn every_scenario_and_every_page_is_named() {
    let [front] = &sources("README.md")[..] else {
        panic!("there is a front page");
    };
    let [list] = &sources("scenarios/README.md")[..] else {
        panic!("there is a list of scenarios");
    };
    let mut complaints = Vec::new();
    for source in scenarios() {
        let name = source.path.trim_start_matches("scenarios/");
        if !list.text.contains(&format!("({name})")) {
            complaints.push(source.path);
        }
    }
    let pages = sources("docs").into_iter();
    for page in pages.filter(|page| page.path.ends_with(".md")) {
        if !front.text.contains(&format!("({})", page.path)) {
            complaints.push(page.path);
        }
    }
    none(complaints);
}

#[test]
fn the_commands_of_the_front_page_are_the_ones_that_are_checked() {
    let [front] = &sources("README.md")[..] else {
        panic!("there is a front page");
    };
    let [checked] = &sources(".ci/run")[..] else {
        panic!("there is a check");
    };
    let commands: Vec<&str> = front
        .text
        .lines()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert!(commands.len() >= 2, "the front page says how to begin");
    for command in commands {
        let found = checked.text.lines().any(|line| line.trim() == command);
        assert!(found, ".ci/run does not run `{command}`");
    }
}

#[test]
fn the_package_has_what_it_lists() {
    let cargo = fs::read_to_string(PathBuf::from(ROOT).join("Cargo.toml")).expect("Cargo.toml");
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "README.md"] {
        assert!(Path::new(ROOT).join(file).is_file(), "{file}");
    }
    assert!(cargo.contains("unsafe_code = \"forbid\""));
}
