//! `extends`: a scenario that says only what is different from another one, its base.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::foreign::{brief, sanitize};
use crate::limits::{Limit, SCENARIO_BYTES};

use super::diagnostics::{Diagnostic, Span, Text};
use super::file::{self, Entry, Kind, Table, Written};
use super::measured;

/// Reads a file that a scenario names, relative to the scenario, within a limit on its bytes.
pub type Files<'a> = dyn FnMut(&str, &Limit) -> Result<Vec<u8>, String> + 'a;

/// Longer chains are too hard to follow.
const MOST_BASES: usize = 16;

/// Lists whose entries are told apart by their `name`.
pub(super) const NAMED_LISTS: &[&str] = &[
    "key_vault",
    "cluster",
    "workspace",
    "event",
    "hazard",
    "response",
    "fault",
];

/// Keys that exclude each other in a table: a scenario that writes another drops that of its base.
pub(super) const ALTERNATIVES: &[&[&str]] = &[
    &["at", "after", "after_end"],
    &["unit", "scale_to"],
    &["sigma", "cv", "p95"],
    &["median", "mean"],
];

/// A scenario with its bases.
#[derive(Debug, Clone)]
pub(super) struct Extended {
    /// What all of them say together.
    pub(super) root: Table,
    /// What is wrong with their syntax.
    pub(super) syntax: Vec<Diagnostic>,
    /// What is wrong with `extends`: then a part of the scenario is missing.
    pub(super) broken: Vec<Diagnostic>,
}

/// Reads the bases of the first of `texts` and adds their texts to it.
pub(super) fn extended(texts: &mut Vec<Text>, files: &mut Files<'_>) -> Extended {
    let name = PathBuf::from(&texts[0].name);
    let own = name.file_name().map(PathBuf::from).unwrap_or_default();
    let mut paths = vec![own];
    let mut tables = Vec::new();
    let mut syntax = Vec::new();
    let mut broken = Vec::new();
    // Where the text that is read is named; the first one nowhere.
    let mut named: Option<Span> = None;
    loop {
        let text = texts.len() - 1;
        let (mut table, wrong) = file::parse(text, &texts[text].content);
        if let Some(place) = named.filter(|_| !wrong.is_empty() && is_outside(&paths[text])) {
            broken.push(unechoed(place, &texts[text], &wrong[0]));
            break;
        }
        syntax.extend(wrong);
        move_files(&mut table, folder(&paths[text]));
        let entry = take(&mut table, "extends");
        tables.push(table);
        let Some(entry) = entry else {
            break;
        };
        let place = entry.value.span;
        match base(&entry.value, &mut paths, &name, files) {
            Ok(read) => {
                let (content, wrong) = file::decode(texts.len(), &read.bytes);
                texts.push(Text::new(read.shown, content));
                if let Some(first) = wrong.first() {
                    let text = texts.len() - 1;
                    if is_outside(&paths[text]) {
                        broken.push(unechoed(place, &texts[text], first));
                    } else {
                        broken.extend(wrong);
                    }
                    break;
                }
                named = Some(place);
            }
            Err(complaint) => {
                broken.push(complaint);
                break;
            }
        }
    }
    let mut root = tables.pop().expect("the scenario itself");
    for table in tables.into_iter().rev() {
        root = merged(root, table, NAMED_LISTS);
    }
    Extended {
        root,
        syntax,
        broken,
    }
}

/// Whether a base lies outside the folder of the scenario, as far as its name says.
fn is_outside(path: &Path) -> bool {
    let path = plain(path);
    path.components()
        .any(|part| !matches!(part, Component::Normal(_)))
}

/// What is wrong with a base outside the scenario's folder that is no scenario at all. It shows no
/// line of the file: a reader of the message need not be allowed to read the file.
fn unechoed(place: Span, base: &Text, wrong: &Diagnostic) -> Diagnostic {
    let (name, line) = (brief(&base.name), base.line(wrong.span().start) + 1);
    let message = format!("`{name}`, line {line}: {}", wrong.message());
    Diagnostic::error(place, message)
        .help("its lines are not shown, because it is outside the folder of this scenario")
}

/// A base that was read.
struct Base {
    /// What messages call it.
    shown: String,
    bytes: Vec<u8>,
}

/// Reads the file behind `extends`; `paths` are those of the files before it.
fn base(
    written: &Written,
    paths: &mut Vec<PathBuf>,
    scenario: &Path,
    files: &mut Files<'_>,
) -> Result<Base, Diagnostic> {
    let Kind::Text(named) = &written.kind else {
        let found = written.kind.described();
        let message = format!("expected the name of a file in quotes, found {found}");
        return Err(Diagnostic::error(written.span, message)
            .help("write extends = \"base.toml\", relative to this file"));
    };
    let path = folder(&paths[paths.len() - 1]).join(named);
    let same = |other: &PathBuf| plain(other) == plain(&path);
    if let Some(first) = paths.iter().position(same) {
        let ring: Vec<String> = paths[first..]
            .iter()
            .chain([&path])
            .map(|path| format!("`{}`", brief(&plain(path).to_string_lossy())))
            .collect();
        return Err(
            Diagnostic::error(written.span, "these files extend each other in a circle")
                .label(ring.join(" extends "))
                .help("the last file must not extend another"),
        );
    }
    if paths.len() > MOST_BASES {
        let message = format!("more than {MOST_BASES} files extend each other");
        return Err(Diagnostic::error(written.span, message));
    }
    let shown = sanitize(&folder(scenario).join(&path).to_string_lossy());
    let bytes = files(&path.to_string_lossy(), &SCENARIO_BYTES).map_err(|error| {
        Diagnostic::error(
            written.span,
            format!("cannot read `{}`: {error}", brief(&shown)),
        )
        .help("the name is relative to the folder of the file that contains it")
    })?;
    paths.push(path);
    Ok(Base { shown, bytes })
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// A path without detours, so that equal ones look equal.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn take(table: &mut Table, key: &str) -> Option<Entry> {
    let at = table.entries.iter().position(|entry| entry.key == key)?;
    Some(table.entries.remove(at))
}

/// A base names its data relative to itself; the scenario is read from its own folder.
pub(super) fn move_files(root: &mut Table, folder: &Path) {
    let moved = |file: &str| folder.join(file).to_string_lossy().into_owned();
    measured::each_file(root, &mut |file| *file = moved(file));
    let workspaces = root.get_mut("workspace").map(|entry| &mut entry.value.kind);
    let Some(Kind::List(workspaces)) = workspaces else {
        return;
    };
    for workspace in workspaces {
        if let Kind::Table(workspace) = &mut workspace.kind
            && let Some(ingestion) = workspace.get_mut("ingestion")
            && let Kind::Table(ingestion) = &mut ingestion.value.kind
            && let Some(trace) = ingestion.get_mut("trace")
            && let Kind::Text(file) = &mut trace.value.kind
        {
            *file = moved(file);
        }
    }
}

/// Merges two tables: `own` wins. The lists at `named` are merged by name.
fn merged(base: Table, own: Table, named: &[&str]) -> Table {
    if is_another(&base, &own) {
        return own;
    }
    let mut entries = base.entries;
    for alternatives in ALTERNATIVES {
        if alternatives.iter().any(|key| own.get(key).is_some()) {
            entries.retain(|entry| !alternatives.contains(&entry.key.as_str()));
        }
    }
    if own.get("at").is_some() {
        // It counted from the other event.
        entries.retain(|entry| entry.key != "delay");
    }
    let keys = entries.iter().map(|entry| Some(entry.key.clone()));
    let places = places(keys);
    for mut entry in own.entries {
        let Some(&at) = places.get(&entry.key) else {
            entries.push(entry);
            continue;
        };
        let base = std::mem::replace(&mut entries[at].value.kind, Kind::Truth(false));
        entry.value.kind = match (base, entry.value.kind) {
            (Kind::Table(base), Kind::Table(own)) => Kind::Table(merged(base, own, &[])),
            (Kind::List(base), Kind::List(own)) if named.contains(&entry.key.as_str()) => {
                Kind::List(merged_by_name(base, own))
            }
            (_, own) => own,
        };
        entries[at] = entry;
    }
    Table {
        entries,
        span: own.span,
    }
}

/// Where each name stands first.
fn places(names: impl DoubleEndedIterator<Item = Option<String>> + ExactSizeIterator) -> Places {
    let numbered = names.enumerate().rev();
    numbered
        .filter_map(|(at, name)| Some((name?, at)))
        .collect()
}

type Places = BTreeMap<String, usize>;

/// Whether a table does not change the other but replaces it: it has another kind or family, a rate
/// in place of a trace, or values in place of a file.
pub(super) fn is_another(base: &Table, own: &Table) -> bool {
    let differs = |key: &str| match (base.text(key), own.text(key)) {
        (Some(base), Some(own)) => base != own,
        _ => false,
    };
    let instead = |one: &str, other: &str| base.get(one).is_some() && own.get(other).is_some();
    let either = |one, other| instead(one, other) || instead(other, one);
    differs("kind") || differs("dist") || either("rate", "trace") || either("values", "file")
}

/// Entries of one name are merged where the base has them; all others are appended.
fn merged_by_name(base: Vec<Written>, own: Vec<Written>) -> Vec<Written> {
    let name = |written: &Written| match &written.kind {
        Kind::Table(table) => table.text("name").map(str::to_owned),
        _ => None,
    };
    // Each is merged once: a second one of the same name is appended, and then complained of.
    let mut open = places(base.iter().map(name));
    let mut all = base;
    for written in own {
        let Some(at) = name(&written).and_then(|name| open.remove(&name)) else {
            all.push(written);
            continue;
        };
        let base = std::mem::replace(&mut all[at].kind, Kind::Truth(false));
        all[at].span = written.span;
        if let (Kind::Table(base), Kind::Table(own)) = (base, written.kind) {
            all[at].kind = Kind::Table(merged(base, own, &[]));
        }
    }
    all
}
