//! Delays that were measured: the values of empirical distributions, from columns of CSV files.
//!
//! The files are read with the scenario, before anybody asks what it means: their values are a part
//! of it, as those are that it lists itself.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use csv::StringRecord;

use super::diagnostics::{Diagnostic, Span, nearest, one_text_of};
use super::extend::Files;
use super::file::{Kind, Table};
use crate::foreign::{brief, quoted};
use crate::limits;
use crate::units::{Duration, Records, Stop};

/// Mistakes of a file that are shown; the others are counted.
const SHOWN: usize = 5;

/// The files that distributions name, by name: their bytes, or why they cannot be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    files: BTreeMap<String, Result<Arc<[u8]>, String>>,
    /// How many values of them are in the scenario so far.
    values: Cell<u64>,
}

/// Which durations of a file are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) file: &'a str,
    /// Its header.
    pub(super) column: &'a str,
    /// What its numbers count; `None`: each says itself.
    pub(super) unit: Option<&'a str>,
}

/// Visits the name of every file that a distribution in this table, or in one below it, names.
pub(super) fn each_file(table: &mut Table, visit: &mut dyn FnMut(&mut String)) {
    for entry in &mut table.entries {
        match &mut entry.value.kind {
            Kind::Text(file) if entry.key == "file" => visit(file),
            // Its keys are columns of a trace.
            _ if entry.key == "where" => {}
            kind => below(kind, visit),
        }
    }
}

fn below(kind: &mut Kind, visit: &mut dyn FnMut(&mut String)) {
    match kind {
        Kind::Table(table) => each_file(table, visit),
        Kind::List(list) => list
            .iter_mut()
            .for_each(|written| below(&mut written.kind, visit)),
        _ => {}
    }
}

impl Measured {
    /// Reads every file that a distribution of the tree names, once.
    pub(super) fn read(root: &mut Table, files: &mut Files<'_>) -> Measured {
        let mut read = Measured::default();
        let mut taken = 0;
        each_file(root, &mut |file| {
            read.files.entry(file.clone()).or_insert_with(|| {
                let bytes = files(file, &limits::DELAY_BYTES)?;
                taken += bytes.len() as u64;
                if limits::DELAY_BYTES.allows(taken) {
                    Ok(bytes.into())
                } else {
                    Err(format!(
                        "it has, with those before it, {}",
                        limits::DELAY_BYTES.exceeded()
                    ))
                }
            });
        });
        read
    }

    /// The same with its files named from another folder.
    pub(super) fn seen_from(self, folder: &Path) -> Measured {
        let moved = |file: String| folder.join(file).to_string_lossy().into_owned();
        let files = self.files.into_iter();
        Measured {
            files: files.map(|(file, read)| (moved(file), read)).collect(),
            values: self.values,
        }
    }

    /// Adds the files of another scenario.
    pub(super) fn add(&mut self, other: &Measured) {
        self.files.extend(other.files.clone());
    }

    /// The durations in a column, in the order of the file; `place` is where it is named.
    ///
    /// # Errors
    ///
    /// All that is wrong with them.
    pub(super) fn durations(
        &self,
        column: Column<'_>,
        place: Span,
    ) -> Result<Vec<Duration>, Vec<Diagnostic>> {
        let name = brief(column.file);
        let whole = |why: String| vec![Diagnostic::error(place, format!("`{name}`: {why}"))];
        let bytes = match self.files.get(column.file) {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => return Err(whole(format!("cannot read it: {error}"))),
            None => unreachable!("every file that is named was read"),
        };
        let room = limits::DELAY_VALUES.most - self.values.get();
        match column.read(bytes, room) {
            Ok(values) => {
                self.values.set(self.values.get() + values.len() as u64);
                Ok(values)
            }
            Err(faults) => Err(faults.diagnostics(&column, place)),
        }
    }
}

/// The mistakes of a file: their lines, from 1, and what is wrong in them.
#[derive(Default)]
struct Faults {
    shown: Vec<(u64, String)>,
    more: usize,
}

impl Faults {
    fn one(line: u64, message: String) -> Faults {
        let mut faults = Faults::default();
        faults.add(line, message);
        faults
    }

    fn add(&mut self, line: u64, message: String) {
        if self.shown.len() < SHOWN {
            self.shown.push((line, message));
        } else {
            self.more += 1;
        }
    }

    fn diagnostics(self, column: &Column<'_>, place: Span) -> Vec<Diagnostic> {
        let (file, header) = (brief(column.file), quoted(column.column));
        let said = |(line, wrong): (u64, String)| {
            let text = format!("`{file}`, line {line}, column {header}: {wrong}");
            Diagnostic::error(place, text)
        };
        let mut all: Vec<Diagnostic> = self.shown.into_iter().map(said).collect();
        if self.more > 0 {
            let text = format!("`{file}`: {} more lines are wrong", self.more);
            all.push(Diagnostic::error(place, text));
        }
        all
    }
}

impl Column<'_> {
    /// Its durations, `room` of them at most.
    fn read(&self, bytes: &[u8], room: u64) -> Result<Vec<Duration>, Faults> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = before.split(|&byte| byte == b'\n').count() as u64;
            Faults::one(
                line,
                "is not UTF-8 text from here on; save it as CSV in UTF-8".into(),
            )
        })?;
        let mut records = Records::new(text, &|| false);
        let mut record = StringRecord::new();
        let header = next(&mut records, &mut record)?;
        if header.is_none() {
            let why = "the file is empty; its first line must name the columns";
            return Err(Faults::one(1, why.to_owned()));
        }
        let (at, width) = (self.place(&record)?, record.len());
        let (mut values, mut faults) = (Vec::new(), Faults::default());
        while let Some(line) = next(&mut records, &mut record)? {
            if record.len() != width {
                let found = record.len();
                let why = format!("the row has {found} fields where the header names {width}");
                faults.add(line, format!("{why}; check its commas and quotes"));
                continue;
            }
            if values.len() as u64 >= room {
                faults.add(line, limits::DELAY_VALUES.exceeded());
                break;
            }
            match self.duration(record[at].trim()) {
                Ok(value) => values.push(value),
                Err(why) => faults.add(line, why),
            }
        }
        if !faults.shown.is_empty() {
            return Err(faults);
        }
        if values.is_empty() {
            return Err(Faults::one(
                1,
                "there are no rows below the header".to_owned(),
            ));
        }
        Ok(values)
    }

    /// Where it stands among the headers.
    fn place(&self, headers: &StringRecord) -> Result<usize, Faults> {
        let wanted = self.column.trim();
        let named = |header: &str| header.trim() == wanted;
        let mut places = (0..headers.len()).filter(|&place| named(&headers[place]));
        let why = match (places.next(), places.next()) {
            (Some(place), None) => return Ok(place),
            (Some(_), Some(_)) => "two columns have this name; rename one".to_owned(),
            (None, _) => {
                let names = || headers.iter().map(str::trim);
                let near = nearest(wanted, names());
                let near = near.map_or_else(String::new, |near| {
                    format!("; did you mean {}?", quoted(near))
                });
                let known: Vec<String> = names().map(brief).collect();
                let known = one_text_of(known.iter().map(String::as_str));
                format!("there is no such column{near}; the first line has {known}")
            }
        };
        Err(Faults::one(1, why))
    }

    /// What a field says.
    fn duration(&self, field: &str) -> Result<Duration, String> {
        let parsed = |text: &str| text.parse::<Duration>().map_err(|error| error.to_string());
        let plain = !field.is_empty() && field.bytes().all(|byte| b"0123456789.".contains(&byte));
        match self.unit {
            _ if field.is_empty() => Err("is empty; leave the row out".to_owned()),
            None if plain => {
                let wrong = parsed(field).err().unwrap_or_default();
                Err(format!(
                    "{wrong}; or `unit` in the scenario names that of all rows"
                ))
            }
            None => parsed(field),
            Some(unit) if plain => parsed(&format!("{field}{unit}")),
            Some(unit) => Err(format!(
                "{} is no plain number of 0 or more, as `unit = \"{unit}\"` asks for",
                quoted(field)
            )),
        }
    }
}

fn next(records: &mut Records<'_>, record: &mut StringRecord) -> Result<Option<u64>, Faults> {
    records.next(record).map_err(|stop| match stop {
        Stop::TooLong(line) => Faults::one(line, limits::ROW_BYTES.exceeded()),
        Stop::Interrupted => unreachable!("nobody interrupts"),
    })
}
