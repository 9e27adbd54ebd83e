//! Rows of an export, whatever it came in: CSV, a JSON list of objects, one object a line, records of
//! a diagnostic setting, or the tables of a query's answer.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};

use csv::StringRecord;
use serde_json::{Map, Value};

use super::Export;
use super::fault::{Faults, fault};
use super::json::{self, get};
use super::json_rows::Reader;
use crate::error::Error;
use crate::foreign::quoted;
use crate::limits::{Limit, ROW_BYTES};
use crate::units::{Records, Stop};

/// Names that a column may have, the one to be preferred first. In JSON a name may be a path with
/// dots, as in `properties.httpStatusCode`.
pub(super) type Column = &'static [&'static str];

/// A row as its importer sees it.
pub(super) struct Row<'r> {
    /// Of each column what stands there; empty: nothing.
    pub(super) cells: Vec<Cow<'r, str>>,
    pub(super) whole: Whole<'r>,
    pub(super) place: Place<'r>,
}

pub(super) enum Whole<'r> {
    Csv(&'r StringRecord),
    Json(&'r Value),
}

/// Where a row is: `line 7`, `tables[0].rows[3]`.
pub(super) enum Place<'r> {
    Line(u64),
    Path(&'r str, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Path(path, index) => write!(f, "{path}[{index}]"),
        }
    }
}

impl Row<'_> {
    /// What stands in a column.
    pub(super) fn cell(&self, column: usize) -> &str {
        &self.cells[column]
    }

    /// Where it is.
    pub(super) fn place(&self) -> String {
        self.place.to_string()
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
/// If it is neither CSV nor JSON, or has not the columns; if there are too many rows, or one is too
/// long; if interrupted; and all faults of its rows.
pub(super) fn read(
    export: &Export<'_>,
    columns: &[Column],
    needed: &[&[usize]],
    limits: &Rows<'_>,
    row: &mut dyn FnMut(&Row<'_>, &mut Faults<'_>),
) -> Result<(), Error> {
    let text = json::text(export)?;
    let mut faults = Faults::new(export.name);
    let mut counted = |found: &Row<'_>, faults: &mut Faults<'_>| {
        limits.one_more(export, found)?;
        row(found, faults);
        Ok(())
    };
    if text.trim_start().starts_with(['{', '[']) {
        let mut reader = Reader {
            export,
            columns,
            faults: &mut faults,
            row: &mut counted,
        };
        reader.values(text)?;
    } else {
        csv(
            export,
            text,
            (columns, needed),
            limits,
            &mut faults,
            &mut counted,
        )?;
    }
    faults.result()
}

/// Who takes rows, and may refuse to take more.
pub(super) type Taken<'t> = dyn FnMut(&Row<'_>, &mut Faults<'_>) -> Result<(), Error> + 't;

/// How many rows there may be, of all exports that share it, and whether somebody asks to stop.
pub(super) struct Rows<'a> {
    most: Limit,
    taken: Cell<u64>,
    interrupted: &'a dyn Fn() -> bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(most: Limit, interrupted: &'a dyn Fn() -> bool) -> Rows<'a> {
        Rows {
            most,
            taken: Cell::new(0),
            interrupted,
        }
    }

    fn one_more(&self, export: &Export<'_>, row: &Row<'_>) -> Result<(), Error> {
        if (self.interrupted)() {
            return Err(Error::interrupted());
        }
        self.taken.set(self.taken.get() + 1);
        if self.most.allows(self.taken.get()) {
            return Ok(());
        }
        Err(fault(export.name, &row.place(), &self.most.exceeded()))
    }
}

/// The next record of CSV and its line.
fn next(
    export: &Export<'_>,
    records: &mut Records<'_>,
    record: &mut StringRecord,
) -> Result<Option<u64>, Error> {
    records.next(record).map_err(|stop| match stop {
        Stop::Interrupted => Error::interrupted(),
        Stop::TooLong(line) => {
            let place = format!("line {line}");
            fault(export.name, &place, &ROW_BYTES.exceeded())
        }
    })
}

fn csv(
    export: &Export<'_>,
    text: &str,
    (columns, needed): (&[Column], &[&[usize]]),
    limits: &Rows<'_>,
    faults: &mut Faults<'_>,
    row: &mut Taken<'_>,
) -> Result<(), Error> {
    let mut records = Records::new(text, limits.interrupted);
    let mut headers = StringRecord::new();
    next(export, &mut records, &mut headers)?;
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
    while let Some(line) = next(export, &mut records, &mut record)? {
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
        let found = Row {
            cells: places.iter().map(cell).collect(),
            whole: Whole::Csv(&record),
            place: Place::Line(line),
        };
        row(&found, faults)?;
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

/// What stands at a path with dots.
pub(super) fn at<'v>(object: &'v Map<String, Value>, path: &str) -> Option<Cow<'v, str>> {
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

pub(super) fn written(value: &Value) -> Option<Cow<'_, str>> {
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
