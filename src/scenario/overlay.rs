//! `--set PATH=VALUE`: one key of a scenario replaced from outside.

use super::diagnostics::{Diagnostic, Span, Text, nearest, one_of};
use super::extend::NAMED_LISTS;
use super::file::{self, Entry, Kind, Table, Written};
use super::validate::{cluster_creations, event_names};

const GRAMMAR: &str = "write PATH=VALUE, as in seed=7, behaviour.buffer_retention=2h, \
     workspace.NAME.retention=90d, workspace.*.retention=90d for all, event.NAME.at=1d, event[2].at=1d for the second event, or \
     event.at=1d if there is only one";

/// A key of the scenario and the value it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    text: Text,
    path: usize,
}

impl Override {
    /// From `PATH=VALUE`, as an option called `option` (`--set`) gives it.
    ///
    /// PATH is a key of the file with dots between: `seed`, `behaviour.buffer_retention`,
    /// `event.NAME.at`, `event[2].at` for the second event of the file (counted from 1), or
    /// `workspace.*.retention` for that of every workspace.
    /// VALUE is a TOML value; anything else is taken as a text, so that `2h` needs no quotes.
    pub fn new(option: &str, path_and_value: &str) -> Override {
        Override {
            path: path_and_value.find('=').unwrap_or(path_and_value.len()),
            text: Text::new(option.to_owned(), path_and_value.to_owned()),
        }
    }

    pub(super) fn text(&self) -> Text {
        self.text.clone()
    }

    /// Puts the value into the tree of a file; `text` is the number of this override's text.
    pub(super) fn apply(&self, root: &mut Table, text: usize) -> Result<(), Diagnostic> {
        let content = self.text.content.as_str();
        let place = |start, end| Span { text, start, end };
        let all = place(0, content.len());
        if self.path == content.len() {
            return Err(Diagnostic::error(all, "nothing is set").help(GRAMMAR));
        }
        let value = value(content, self.path + 1, text)?;
        let steps = steps(content, self.path, text)?;
        for steps in each(root, steps)? {
            set(root, &steps, value.clone())?;
        }
        Ok(())
    }

    /// Where in the text of a file the value stands that this replaces, or where it could; `None`
    /// for a path that means several values, or that is wrong.
    pub(super) fn place(&self, root: &Table) -> Option<Place> {
        let content = self.text.content.as_str();
        let value = value(content, self.path + 1, FOREIGN).ok()?.toml();
        let steps = steps(content, self.path, FOREIGN).ok()?;
        let (last, way) = steps.split_last()?;
        if steps.iter().any(|step| step.name == "*") || last.number.is_some() {
            return None;
        }
        // What is missing on the way is made there.
        let mut root = root.clone();
        let table = table_at(&mut root, way).ok()?;
        Some(Place {
            span: table.get(last.name).map(|entry| entry.value.span),
            table: table.clone(),
            header: header(way),
            key: last.name.to_owned(),
            value,
        })
    }
}

/// The number of a text that is none of those of a scenario.
const FOREIGN: usize = usize::MAX;

/// Where a value stands in the text of a file, or could, and what is to be written.
pub(super) struct Place {
    /// Of the value that is there.
    pub(super) span: Option<Span>,
    /// The table that has it.
    pub(super) table: Table,
    /// The header of one that could.
    pub(super) header: Option<String>,
    pub(super) key: String,
    /// As TOML.
    pub(super) value: String,
}

/// The header of the table that a path leads to.
fn header(way: &[Step<'_>]) -> Option<String> {
    match way {
        [list, name] if NAMED_LISTS.contains(&list.name) => {
            Some(format!("[[{}]]\nname = {:?}", list.name, name.name))
        }
        [table] if !NAMED_LISTS.contains(&table.name) => Some(format!("[{}]", table.name)),
        _ => None,
    }
}

/// The paths that a path means: with `*` for a name it means every entry of the list.
fn each<'a>(root: &Table, steps: Vec<Step<'a>>) -> Result<Vec<Vec<Step<'a>>>, Diagnostic> {
    let [list, star, rest @ ..] = &steps[..] else {
        return Ok(vec![steps]);
    };
    if star.name != "*" || list.number.is_some() || !NAMED_LISTS.contains(&list.name) {
        return Ok(vec![steps]);
    }
    let names = names(root, list.name);
    if names.is_empty() {
        return Err(no_entry(star.span, list.name, None, &names));
    }
    let entry = |number| {
        let list = Step {
            number: Some(number),
            ..*list
        };
        std::iter::once(list).chain(rest.iter().copied()).collect()
    };
    Ok((1..=names.len()).map(entry).collect())
}

/// One step of a path.
#[derive(Clone, Copy)]
struct Step<'a> {
    name: &'a str,
    /// `[2]`, from 1.
    number: Option<usize>,
    span: Span,
}

fn steps(content: &str, end: usize, text: usize) -> Result<Vec<Step<'_>>, Diagnostic> {
    let mut at = 0;
    content[..end]
        .split('.')
        .map(|part| {
            let start = at + (part.len() - part.trim_start().len());
            at += part.len() + 1;
            let part = part.trim();
            let span = Span {
                text,
                start,
                end: start + part.len(),
            };
            let wrong = || Diagnostic::error(span, "this is not a path to a key").help(GRAMMAR);
            let (name, number) = match part.split_once('[') {
                None => (part, None),
                Some((name, rest)) => {
                    let number = rest
                        .strip_suffix(']')
                        .and_then(|number| number.parse().ok());
                    (name, Some(number.filter(|n| *n > 0).ok_or_else(wrong)?))
                }
            };
            let plain = |c: char| c.is_alphanumeric() || "-_#".contains(c);
            if name.is_empty() || !(name.chars().all(plain) || name == "*") {
                return Err(wrong());
            }
            Ok(Step { name, number, span })
        })
        .collect()
}

/// A TOML value, or else a text without quotes.
fn value(content: &str, from: usize, text: usize) -> Result<Written, Diagnostic> {
    let written = content[from..].trim();
    let start = from + (content[from..].len() - content[from..].trim_start().len());
    let base = Span {
        text,
        start,
        end: start,
    };
    let span = base.within(0, written.len());
    if written.is_empty() {
        return Err(Diagnostic::error(span, "no value is given").help(GRAMMAR));
    }
    match file::parse_value(base, written) {
        Ok(value) => Ok(value),
        Err(complaint) if written.starts_with(['"', '\'', '[', '{']) => Err(complaint),
        Err(_) => Ok(Written {
            kind: Kind::Text(written.to_owned()),
            span,
        }),
    }
}

fn set(root: &mut Table, steps: &[Step<'_>], value: Written) -> Result<(), Diagnostic> {
    let Some((last, way)) = steps.split_last() else {
        return Ok(());
    };
    let table = table_at(root, way)?;
    if let Some(number) = last.number {
        let message = format!("`{}[{number}]` is an entry of a list, not a key", last.name);
        return Err(Diagnostic::error(last.span, message).help(GRAMMAR));
    }
    match table.get_mut(last.name) {
        Some(entry) => entry.value = value,
        None => table.entries.push(Entry {
            key: last.name.to_owned(),
            key_span: last.span,
            value,
        }),
    }
    Ok(())
}

/// The table that all steps of a path but the last lead to; made if there is nothing yet.
fn table_at<'t>(root: &'t mut Table, way: &[Step<'_>]) -> Result<&'t mut Table, Diagnostic> {
    let mut table = root;
    let mut way = way.iter();
    if let Some(first) = way.next() {
        table = if NAMED_LISTS.contains(&first.name) {
            // A number says which; else the next step names it.
            let name = first.number.is_none().then(|| way.next()).flatten();
            entry_of_list(table, first, name)?
        } else {
            subtable(table, first)?
        };
    }
    for step in way {
        table = subtable(table, step)?;
    }
    Ok(table)
}

/// The table at a key; made if there is nothing yet.
fn subtable<'t>(table: &'t mut Table, step: &Step<'_>) -> Result<&'t mut Table, Diagnostic> {
    if step.number.is_some() {
        let message = format!("`{}` is not a list", step.name);
        return Err(Diagnostic::error(step.span, message).help(GRAMMAR));
    }
    if table.get(step.name).is_none() {
        table.entries.push(Entry {
            key: step.name.to_owned(),
            key_span: step.span,
            value: Written {
                kind: Kind::Table(Table {
                    entries: Vec::new(),
                    span: step.span,
                }),
                span: step.span,
            },
        });
    }
    let entry = table.get_mut(step.name).expect("it was made");
    let found = entry.value.kind.described();
    match &mut entry.value.kind {
        Kind::Table(table) => Ok(table),
        _ => {
            let message = format!("`{}` is {found} in this scenario, not a table", step.name);
            Err(Diagnostic::error(step.span, message)
                .also(entry.value.span, "here")
                .help(format!("set all of it: {}=...", step.name)))
        }
    }
}

/// The entry of a list that `event.NAME` or `event[2]` means.
fn entry_of_list<'t>(
    root: &'t mut Table,
    list: &Step<'_>,
    name: Option<&Step<'_>>,
) -> Result<&'t mut Table, Diagnostic> {
    let names = names(root, list.name);
    let (span, found) = match (list.number, name) {
        (Some(number), _) => (list.span, Some(number - 1)),
        (None, Some(step)) => {
            let found = names.iter().position(|name| name == step.name);
            if found.is_none() && names.is_empty() && Some(step.name) == default(root, list.name) {
                add_default(root, list, step);
                (step.span, Some(0))
            } else {
                (step.span, found)
            }
        }
        // The only one needs no name, even if the file does not write it.
        (None, None) => match (names.len(), default(root, list.name)) {
            (1, _) => (list.span, Some(0)),
            (0, Some(name)) => {
                let name = Step {
                    name,
                    number: None,
                    span: list.span,
                };
                add_default(root, list, &name);
                (list.span, Some(0))
            }
            _ => return Err(unsaid(list, &names)),
        },
    };
    let entries = match root.get_mut(list.name).map(|entry| &mut entry.value.kind) {
        Some(Kind::List(entries)) => entries.as_mut_slice(),
        _ => &mut [],
    };
    let mut tables = entries
        .iter_mut()
        .filter_map(|written| match &mut written.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        });
    found
        .and_then(|index| tables.nth(index))
        .ok_or_else(|| no_entry(span, list.name, name.map(|step| step.name), &names))
}

/// The complaint that a path does not say which entry of a list it means.
fn unsaid(list: &Step<'_>, names: &[String]) -> Diagnostic {
    let message = format!("`{}` is a list; name one of its entries", list.name);
    let complaint = Diagnostic::error(list.span, message).help(GRAMMAR);
    if names.is_empty() {
        return complaint;
    }
    let known = one_of(names.iter().map(String::as_str));
    complaint.help(format!("known here: {known}"))
}

/// The names of all entries of a list; an unnamed event has the name that reports give it.
pub(super) fn names(root: &Table, list: &str) -> Vec<String> {
    if ["event", "hazard", "response"].contains(&list) {
        let all = event_names(root).into_iter();
        let of_list = all.filter(|(key, _)| *key == list);
        return of_list.map(|(_, name)| name).collect();
    }
    let tables = root.tables(list);
    let name = |table: &&Table| table.text("name").unwrap_or("?").to_owned();
    tables.iter().map(name).collect()
}

fn no_entry(span: Span, list: &str, name: Option<&str>, names: &[String]) -> Diagnostic {
    let complaint = Diagnostic::error(span, format!("there is no such {list}"));
    let known = || names.iter().map(String::as_str);
    match (names, name.and_then(|name| nearest(name, known()))) {
        ([], _) => complaint.help(format!("this scenario has no [[{list}]]")),
        (_, Some(near)) => complaint.meant_keys(&[near]),
        (_, None) => complaint.help(format!("known here: {}", one_of(known()))),
    }
}

/// The name of what a scenario has without writing it.
fn default(root: &Table, list: &str) -> Option<&'static str> {
    match list {
        "key_vault" => Some("vault"),
        "cluster" if cluster_creations(root).is_empty() => Some("cluster"),
        _ => None,
    }
}

/// Writes out the vault or cluster that was there by default.
fn add_default(root: &mut Table, list: &Step<'_>, name: &Step<'_>) {
    let entry = |key: &str, span: Span, kind: Kind| Entry {
        key: key.to_owned(),
        key_span: span,
        value: Written { kind, span },
    };
    let table = Table {
        entries: vec![entry("name", name.span, Kind::Text(name.name.to_owned()))],
        span: name.span,
    };
    let tables = vec![Written {
        kind: Kind::Table(table),
        span: name.span,
    }];
    root.entries.retain(|entry| entry.key != list.name);
    root.entries
        .push(entry(list.name, list.span, Kind::List(tables)));
}
