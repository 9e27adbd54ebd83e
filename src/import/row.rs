//! A row of an export, as its importer sees it whatever it came in.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};

use csv::StringRecord;
use serde_json::{Map, Value};

use super::fault::Faults;
use super::json::get;
use crate::error::Error;

/// Names that a column may have, the one to be preferred first. In JSON a name may be a path with
/// dots, as in `properties.httpStatusCode`.
pub(super) type Column = &'static [&'static str];

/// A row as its importer sees it.
pub(super) struct Row<'r> {
    /// The cell of each column; empty: nothing stands there.
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

    /// A number that equal rows share, and different rows hardly ever.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self.whole {
            // All fields with their ends, so that "ab", "c" is not "a", "bc".
            Whole::Csv(record) => {
                hasher.write(record.as_slice().as_bytes());
                for end in 0..record.len() {
                    hasher.write_usize(record.range(end).map_or(0, |range| range.end));
                }
            }
            Whole::Json(value) => hasher.write(value.to_string().as_bytes()),
        }
        hasher.finish()
    }
}

/// Takes rows; may refuse to take more.
pub(super) type Taken<'t> = dyn FnMut(&Row<'_>, &mut Faults<'_>) -> Result<(), Error> + 't;

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
        // A pair of a name and its localized form.
        Value::Object(object) => match get(object, "value") {
            Some((_, Value::String(text))) => Cow::Borrowed(text.trim()),
            _ => Cow::Owned(value.to_string()),
        },
        other => Cow::Owned(other.to_string()),
    })
}
