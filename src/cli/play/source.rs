//! A scenario with every file that it names, as the page holds them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cmksim::experiment::traces;
use cmksim::limits::{Limit, PAGE_BYTES, SCENARIO_BYTES};
use cmksim::scenario::{Diagnostics, Draft, Override, Scenario, rewritten};
use serde::Serialize;

use super::super::failure::Failure;
use super::super::templates::Shipped;
use super::super::{load, signals, terminal};

/// Where a scenario comes from.
pub(super) struct Source {
    name: String,
    text: String,
    origin: Origin,
    /// As it is typed on a command line.
    typed: String,
}

/// Where the files lie that it names.
enum Origin {
    Folder(PathBuf),
    Program,
}

/// A scenario in the page.
#[derive(Debug, Serialize)]
pub(super) struct InPage {
    name: String,
    text: String,
    /// What it names, by the names.
    files: BTreeMap<String, String>,
    /// What replays it.
    command: String,
}

impl Source {
    /// A file.
    pub(super) fn file(path: &Path) -> Result<Source, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Source {
            name: name.into_owned(),
            text: text_of(path)?,
            origin: Origin::Folder(path.parent().unwrap_or(Path::new("")).to_owned()),
            typed: terminal::path(path),
        })
    }

    /// A scenario that the program holds: of the shipped ones, or `text` at `typed`.
    pub(super) fn held(text: &str, typed: String) -> Source {
        let name = typed.rsplit('/').next().unwrap_or_default();
        Source {
            name: name.to_owned(),
            text: text.to_owned(),
            origin: Origin::Program,
            typed,
        }
    }

    /// The shipped scenario of this name.
    pub(super) fn shipped(name: &str) -> Option<Source> {
        let found = Shipped::named(name)?;
        Some(Source::held(found.text, format!("scenarios/{name}")))
    }

    /// The scenario in the page, with values written into it; and what it means, or what is wrong
    /// with it.
    pub(super) fn with(
        &self,
        values: &[String],
    ) -> Result<(InPage, Result<Scenario, Diagnostics>), Failure> {
        let files = Files::of(&self.origin);
        let mut read = |name: &str, _: &Limit| files.read(name);
        let mut text = self.text.clone();
        for value in values {
            text = rewritten(&self.name, &text, &Override::new("set", value), &mut read)
                .map_err(|why| self.wrong(&format!("{value}: {why}")))?;
        }
        let draft = Draft::read(&self.name, text.as_bytes(), &[], &mut read);
        let meant = draft
            .and_then(Draft::reading)
            .map(|reading| reading.scenario);
        if let Ok(scenario) = &meant {
            traces(scenario, |name: &str| files.read(name), &signals::came)
                .map_err(|error| self.wrong(&error.to_string()))?;
        }
        let set: Vec<String> = values
            .iter()
            .map(|value| format!(" --set {value:?}"))
            .collect();
        let files = files.read.into_inner();
        let bytes: usize = files.values().map(String::len).sum();
        if !PAGE_BYTES.allows(bytes as u64) {
            return Err(self.wrong(&PAGE_BYTES.exceeded()));
        }
        let page = InPage {
            name: self.name.clone(),
            text,
            files,
            command: format!("cmksim run{} {}", set.concat(), self.typed),
        };
        Ok((page, meant))
    }

    fn wrong(&self, why: &str) -> Failure {
        Failure::wrong(format!("{}: {why}", self.typed))
    }
}

/// The files that a scenario names, kept as they are read.
struct Files<'a> {
    origin: &'a Origin,
    read: RefCell<BTreeMap<String, String>>,
}

impl<'a> Files<'a> {
    fn of(origin: &'a Origin) -> Files<'a> {
        Files {
            origin,
            read: RefCell::default(),
        }
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let mut kept = self.read.borrow_mut();
        if let Some(text) = kept.get(name) {
            return Ok(text.clone().into_bytes());
        }
        let text = match self.origin {
            Origin::Program => {
                let held = Shipped::named(name).ok_or("the program does not hold this file")?;
                held.text.to_owned()
            }
            Origin::Folder(folder) => {
                let bytes = load::read(&folder.join(name), &PAGE_BYTES, 0);
                let bytes = bytes.map_err(|error| format!("cannot read it: {error}"))?;
                String::from_utf8(bytes).map_err(|_| "it is not UTF-8")?
            }
        };
        kept.insert(name.to_owned(), text.clone());
        Ok(text.into_bytes())
    }
}

/// The text of a file that a person wrote.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    let shown = terminal::path(path);
    let bytes = load::read(path, &SCENARIO_BYTES, 0)
        .map_err(|error| Failure::broken(format!("cannot read {shown}: {error}")))?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::wrong(format!("{shown}: this is not UTF-8; save it as UTF-8")))
}

/// The TOML files of a folder, by their names.
pub(super) fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::broken(format!("cannot read {}: {error}", terminal::path(folder)))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
    found.sort_unstable();
    Ok(found)
}
