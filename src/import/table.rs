//! Rows of an export in any format: CSV, a JSON list of objects, one object per line, records of a
//! diagnostic setting, or the tables of a query's answer.

use std::borrow::Cow;
use std::cell::Cell;

use csv::StringRecord;

use super::export::Export;
use super::fault::{Faults, fault};
use super::json;
use super::json_rows::Reader;
use super::row::{Column, Place, Row, Taken, Whole};
use crate::error::Error;
use crate::foreign::quoted;
use crate::limits::{Limit, ROW_BYTES};
use crate::units::{Records, Stop};

/// Takes every row of an export, in its order. `row` adds what is wrong with one to the faults.
///
/// CSV must have one of the columns of each of the lists in `needed`; in JSON every record may have
/// other keys, and a missing one is an empty cell.
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
