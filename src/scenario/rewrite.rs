//! A value written into the text of a scenario, which otherwise stays as it is.

use super::diagnostics::{Span, Text};
use super::file::{Kind, Table};
use super::overlay::{Override, Place};
use super::read::Draft;
use super::{Files, Scenario};

/// The text of a scenario with a value written into it: `set` of it, so that it stays so.
///
/// Comments and the order of the lines stay. What comes out means what the scenario with the
/// override means; this is checked.
///
/// # Errors
///
/// In a sentence, why it cannot be: the text is wrong, or becomes wrong; the path means several
/// values, or one in a file that the scenario extends.
pub fn rewritten(
    name: &str,
    text: &str,
    set: &Override,
    files: &mut Files<'_>,
) -> Result<String, String> {
    let draft = Draft::read(name, text.as_bytes(), &[], files).map_err(first)?;
    let place = set.place(&draft.extended.root);
    let place = place.ok_or("this path means no single value")?;
    let rewritten = written(&draft.texts[0], place).ok_or("it has no place in this file")?;
    let mut scenario = |text: &str, set: &[Override]| -> Result<Scenario, String> {
        let draft = Draft::read(name, text.as_bytes(), set, files).map_err(first)?;
        let (scenario, ..) = draft.meaning().map_err(first)?;
        Ok(scenario)
    };
    if scenario(&rewritten, &[])? == scenario(text, std::slice::from_ref(set))? {
        Ok(rewritten)
    } else {
        Err("it cannot be written without changing something else".to_owned())
    }
}

fn first(wrong: super::Diagnostics) -> String {
    let mut all = wrong.iter().map(|(_, wrong)| wrong.message().to_owned());
    all.next().unwrap_or_default()
}

/// The text with what is to be written in its place; `None` if there is none in this text.
fn written(own: &Text, place: Place) -> Option<String> {
    let content = own.content.as_str();
    if let Some(Span {
        text: 0,
        start,
        end,
    }) = place.span
    {
        return Some([&content[..start], &place.value, &content[end..]].concat());
    }
    let line = format!("{} = {}\n", place.key, place.value);
    let insert = |at: usize, lines: &str| {
        let (before, after) = content.split_at(at);
        let whole = before.is_empty() || before.ends_with('\n');
        [before, if whole { "" } else { "\n" }, lines, after].concat()
    };
    match (end_of(own, &place.table), place.header) {
        (Some(at), _) => Some(insert(at, &line)),
        (None, Some(header)) => Some(insert(content.len(), &format!("\n{header}\n{line}"))),
        (None, None) => None,
    }
}

/// Where the next key of a table can stand: below its last one that is not a table, or below its
/// header.
fn end_of(own: &Text, table: &Table) -> Option<usize> {
    let is_line = |kind: &Kind| match kind {
        Kind::Table(_) => false,
        Kind::List(list) => !list.iter().any(|one| matches!(one.kind, Kind::Table(_))),
        _ => true,
    };
    let lines = table
        .entries
        .iter()
        .filter(|entry| is_line(&entry.value.kind));
    let spans = lines.map(|entry| entry.value.span);
    let last = spans
        .filter(|span| span.text == 0)
        .map(|span| span.end)
        .max();
    let header = (table.span.text == 0).then_some(table.span.end);
    match last.or(header)? {
        // The whole file, with nothing but tables.
        0 => Some(0),
        at => Some(own.line_end(own.line(at - 1))),
    }
}
