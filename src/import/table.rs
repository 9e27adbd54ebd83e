//! Rows of an export, whatever it came in: CSV, a JSON list of objects, one object a line, records of
//! a diagnostic setting, or the tables of a query's answer.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};

use csv::StringRecord;
use serde_json::{Map, Value};

use super::Export;
use super::fault::{Faults, fault, quoted};
use super::json::{self, get};
use crate::error::Error;
use crate::units::line;

/// Names that a column may have, the one to be preferred first. In JSON a name may be a path with
/// dots, as in `properties.httpStatusCode`.
pub(super) type Column = &'static [&'static str];

/// A row as its importer sees it.
pub(super) struct Row<'r> {
    /// Of each column what stands there; empty: nothing.
    cells: Vec<Cow<'r, str>>,
    whole: Whole<'r>,
    place: Place<'r>,
}

enum Whole<'r> {
    Csv(&'r StringRecord),
    Json(&'r Value),
}

enum Place<'r> {
    Line(u64),
    Path(&'r str, usize),
}

impl Row<'_> {
    /// What stands in a column.
    pub(super) fn cell(&self, column: usize) -> &str {
        &self.cells[column]
    }

    /// Where it is: `line 7`, `tables[0].rows[3]`.
    pub(super) fn place(&self) -> String {
        match self.place {
            Place::Line(line) => format!("line {line}"),
            Place::Path(path, index) => format!("{path}[{index}]"),
        }
    }

    /// A number that equal rows share, and others as good as never.
    pub(super) fn digest(&self) -> u128 {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u8(salt);
            match self.whole {
                Whole::Csv(record) => {
                    for field in record {
                        hasher.write(field.as_bytes());
                        hasher.write_u8(0xff);
                    }
                }
                Whole::Json(value) => hasher.write(value.to_string().as_bytes()),
            }
            u128::from(hasher.finish())
        };
        half(0) << 64 | half(1)
    }
}

/// Takes every row of an export, in its order. `row` adds what is wrong with one to the faults.
///
/// Of each of the lists in `needed` CSV must have one of the columns; in JSON every record may have
/// other keys, and who needs one finds its cell empty.
///
/// # Errors
///
/// If it is neither CSV nor JSON, or has not the columns; and all faults of its rows.
pub(super) fn read(
    export: &Export<'_>,
    columns: &[Column],
    needed: &[&[usize]],
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) -> Result<(), Error> {
    let text = json::text(export)?;
    let mut faults = Faults::new(export.name);
    if text.trim_start().starts_with(['{', '[']) {
        for (index, value) in json::values(export)?.iter().enumerate() {
            let path = if index == 0 {
                String::new()
            } else {
                format!("value {}", index + 1)
            };
            of_value(value, &path, columns, &mut faults, row);
        }
    } else {
        csv(export, text, columns, needed, &mut faults, row)?;
    }
    faults.result()
}

fn csv(
    export: &Export<'_>,
    text: &str,
    columns: &[Column],
    needed: &[&[usize]],
    faults: &mut Faults<'_>,
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .expect("the text is UTF-8, in memory")
        .clone();
    let places = places(&headers, columns);
    let missing = |needed: &&&[usize]| needed.iter().all(|column| places[*column].is_none());
    if let Some(needed) = needed.iter().find(missing) {
        let wanted = needed.iter().flat_map(|column| columns[*column]);
        let wanted: Vec<String> = wanted.map(|name| quoted(name)).collect();
        let found: Vec<String> = headers.iter().take(20).map(quoted).collect();
        let message = format!(
            "no column {}; the columns are {}",
            wanted.join(" or "),
            found.join(", ")
        );
        return Err(fault(export.name, "line 1", &message));
    }
    let mut record = StringRecord::new();
    while reader
        .read_record(&mut record)
        .expect("the text is UTF-8, in memory")
    {
        let line = record.position().map_or(0, |begin| line(text, begin));
        if record.len() != headers.len() {
            let message = format!(
                "has {} fields where the header names {}",
                record.len(),
                headers.len()
            );
            faults.add(&format!("line {line}"), &message);
            continue;
        }
        let cell =
            |place: &Option<usize>| Cow::Borrowed(place.map_or("", |place| record[place].trim()));
        let cells = places.iter().map(cell).collect();
        let whole = Whole::Csv(&record);
        row(
            &Row {
                cells,
                whole,
                place: Place::Line(line),
            },
            faults,
        );
    }
    Ok(())
}

/// Where the columns are. The portal adds the zone of times to their names.
fn places(headers: &StringRecord, columns: &[Column]) -> Vec<Option<usize>> {
    let plain = |header: &str| {
        header
            .trim()
            .trim_end_matches("[UTC]")
            .trim_end()
            .to_lowercase()
    };
    let headers: Vec<String> = headers.iter().map(plain).collect();
    let place = |name: &&str| {
        headers
            .iter()
            .position(|header| *header == name.to_lowercase())
    };
    columns
        .iter()
        .map(|names| names.iter().find_map(place))
        .collect()
}

/// The rows of a JSON value.
fn of_value(
    value: &Value,
    path: &str,
    columns: &[Column],
    faults: &mut Faults<'_>,
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) {
    let within = |key: &str| match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    let object = match value {
        Value::Array(list) => {
            for (index, entry) in list.iter().enumerate() {
                of_entry(entry, path, index, columns, faults, row);
            }
            return;
        }
        Value::Object(object) => object,
        _ => {
            faults.add(path, "is no record: an object was expected");
            return;
        }
    };
    if let Some((key, Value::Array(tables))) = get(object, "tables") {
        for (index, table) in tables.iter().enumerate() {
            of_table(
                table,
                &format!("{}[{index}]", within(key)),
                columns,
                faults,
                row,
            );
        }
        return;
    }
    if let Some((key, Value::Object(answers))) = get(object, "responses") {
        let answer = get(answers, "200").and_then(|(_, answer)| get(answer.as_object()?, "body"));
        match answer {
            Some((_, body)) => of_value(
                body,
                &format!("{}.200.body", within(key)),
                columns,
                faults,
                row,
            ),
            None => faults.add(&within(key), "has no answer 200 with a body"),
        }
        return;
    }
    for list in ["records", "value"] {
        if let Some((key, Value::Array(list))) = get(object, list) {
            for (index, entry) in list.iter().enumerate() {
                of_entry(entry, &within(key), index, columns, faults, row);
            }
            return;
        }
    }
    of_entry(value, path, 0, columns, faults, row);
}

fn of_entry(
    entry: &Value,
    path: &str,
    index: usize,
    columns: &[Column],
    faults: &mut Faults<'_>,
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) {
    let Value::Object(object) = entry else {
        faults.add(
            &format!("{path}[{index}]"),
            "is no record: an object was expected",
        );
        return;
    };
    let cell = |names: &Column| {
        names
            .iter()
            .find_map(|name| at(object, name))
            .unwrap_or_default()
    };
    let cells = columns.iter().map(cell).collect();
    let whole = Whole::Json(entry);
    row(
        &Row {
            cells,
            whole,
            place: Place::Path(path, index),
        },
        faults,
    );
}

/// What stands at a path with dots.
fn at<'v>(object: &'v Map<String, Value>, path: &str) -> Option<Cow<'v, str>> {
    if let Some((_, value)) = get(object, path) {
        return written(value);
    }
    let (first, rest) = path.split_once('.')?;
    match get(object, first)?.1 {
        Value::Object(inner) => at(inner, rest),
        // Some exports put JSON into a text.
        Value::String(text) if text.trim_start().starts_with('{') => {
            let inner: Map<String, Value> = serde_json::from_str(text).ok()?;
            at(&inner, rest).map(|found| Cow::Owned(found.into_owned()))
        }
        _ => None,
    }
}

fn written(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.trim()),
        // Of a name and what it is called in a language.
        Value::Object(object) => match get(object, "value") {
            Some((_, Value::String(text))) => Cow::Borrowed(text.trim()),
            _ => Cow::Owned(value.to_string()),
        },
        other => Cow::Owned(other.to_string()),
    })
}

/// A table with its columns and rows, as the answer to a query has it.
fn of_table(
    table: &Value,
    path: &str,
    columns: &[Column],
    faults: &mut Faults<'_>,
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) {
    let list = |key: &str| match get(table.as_object()?, key)?.1 {
        Value::Array(list) => Some(list),
        _ => None,
    };
    let (Some(heads), Some(rows)) = (list("columns"), list("rows")) else {
        faults.add(path, "is no table: `columns` and `rows` were expected");
        return;
    };
    let name = |head: &Value| Some(get(head.as_object()?, "name")?.1.as_str()?.to_lowercase());
    let names: Vec<Option<String>> = heads.iter().map(name).collect();
    let place = |wanted: &&str| {
        let wanted = wanted.to_lowercase();
        names
            .iter()
            .position(|name| name.as_deref() == Some(&*wanted))
    };
    let places: Vec<Option<usize>> = columns
        .iter()
        .map(|names| names.iter().find_map(place))
        .collect();
    let path = format!("{path}.rows");
    for (index, entry) in rows.iter().enumerate() {
        let Some(entries) = entry
            .as_array()
            .filter(|entries| entries.len() == names.len())
        else {
            faults.add(
                &format!("{path}[{index}]"),
                "has not as many values as there are columns",
            );
            continue;
        };
        let cell = |place: &Option<usize>| {
            place
                .and_then(|place| written(&entries[place]))
                .unwrap_or_default()
        };
        let cells = places.iter().map(cell).collect();
        let whole = Whole::Json(entry);
        row(
            &Row {
                cells,
                whole,
                place: Place::Path(&path, index),
            },
            faults,
        );
    }
}
