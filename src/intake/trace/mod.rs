//! Traces: an export in CSV, read into [`Rows`] of whole bytes, with every mistake of the file
//! at once.
//!
//! The first line names the columns; the scenario says which hold the instant and the volume,
//! and which values others must have. Numbers are read as decimals, summed exactly, and
//! rounded down cumulatively at the end, so the total is right to a byte.

mod columns;
mod fault;
mod instant;
mod order;
mod spacing;

pub use fault::{Fault, TraceError, Warning};

use csv::StringRecord;

use super::Rows;
use crate::foreign::quoted;
use crate::limits;
use crate::scenario::{Scale, Trace};
use crate::units::{Duration, Records, Stop, Time, decimal};
use columns::Columns;
use instant::{Notation, written};
use order::Order;

/// No trace holds more bytes.
const MOST_BYTES: u128 = 1 << 63;

/// A row as it was read.
#[derive(Debug, Clone, Copy)]
struct Row {
    line: u64,
    /// In ms since 1970-01-01T00:00:00Z.
    begin: i64,
    /// In units of 1 / [`decimal::ONE`].
    volume: u128,
}

/// Reads the rows of a trace from the bytes of its file: once per study, for all replications.
///
/// The rows that pass the scenario's `where` must be in order of time, no two with the same
/// time, and none may begin before the one above it is over. A gap counts 0 and is warned of.
///
/// # Errors
///
/// All mistakes of the file, with their lines, what was found and what would be right; see
/// [`TraceError`]. If `interrupted`, which is asked now and then, says so, that is the last of
/// them.
pub fn read(
    trace: &Trace,
    bytes: &[u8],
    interrupted: &dyn Fn() -> bool,
) -> Result<(Rows, Vec<Warning>), TraceError> {
    let mut reading = Reading {
        trace,
        interrupted,
        error: TraceError::new(&trace.file),
        warnings: Vec::new(),
    };
    match reading.rows(bytes) {
        Some(rows) if reading.error.is_empty() => Ok((rows, reading.warnings)),
        _ => Err(reading.error),
    }
}

/// What is probably not meant in laying a trace on a run that starts at `start` (ms since
/// 1970, where given) and ends at `end`: rows before it are left out, after it nothing comes.
pub fn fit(trace: &Trace, rows: &Rows, start: Option<i64>, end: Time) -> Vec<Warning> {
    let offset = match start {
        Some(start) if trace.calendar => rows.first() - start,
        _ => 0,
    };
    let over = offset.saturating_add(rows.span().millis());
    let mut messages = Vec::new();
    let length = |ms: i64| Duration::from_millis(ms).to_string();
    if offset >= end.millis() || (over <= 0 && !trace.repeat) {
        messages.push(format!(
            "its rows, {} to {}, are all outside the run: nothing arrives; take \
             `align = \"start\"`, or another `start`",
            written(rows.first()),
            written(rows.first() + rows.span().millis()),
        ));
    } else {
        if offset < 0 {
            messages.push(format!(
                "it begins {} before the run; what lies before is left out",
                length(-offset)
            ));
        }
        if offset > 0 {
            messages.push(format!(
                "it begins {} after the start; nothing arrives until then",
                length(offset)
            ));
        }
        if over < end.millis() && !trace.repeat {
            messages.push(format!(
                "it ends {} before the run; nothing arrives after it; `repeat = true` begins \
                 it anew",
                length(end.millis() - over)
            ));
        }
    }
    let warning = |message| Warning {
        file: trace.file.clone(),
        message,
    };
    messages.into_iter().map(warning).collect()
}

struct Reading<'a> {
    trace: &'a Trace,
    interrupted: &'a dyn Fn() -> bool,
    error: TraceError,
    warnings: Vec<Warning>,
}

impl Reading<'_> {
    fn refuse(&mut self, message: String) {
        self.error.add(None, None, message);
    }

    fn warn(&mut self, message: String) {
        self.warnings.push(Warning {
            file: self.trace.file.clone(),
            message,
        });
    }

    /// `None` where a mistake was added.
    fn rows(&mut self, bytes: &[u8]) -> Option<Rows> {
        let text = self.text(bytes)?;
        let mut records = Records::new(text, self.interrupted);
        let mut headers = StringRecord::new();
        if self.next(&mut records, &mut headers).is_none() && !self.error.is_empty() {
            return None;
        }
        let columns = Columns::find(self.trace, &headers, &mut self.error)?;
        let rows = self.records(&mut records, &columns, &headers);
        if !self.error.is_empty() {
            return None;
        }
        let step = self.step(&rows)?;
        let totals = self.totals(&rows, step)?;
        let first = rows[0].begin;
        Some(Rows {
            first,
            step,
            begins: rows.iter().map(|row| row.begin - first).collect(),
            totals,
        })
    }

    fn text<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b str> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => {
                self.refuse("is empty; its first line must name the columns".to_owned());
                None
            }
            Ok(text) => Some(text),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = before.split(|&byte| byte == b'\n').count() as u64;
                let message = "is not UTF-8 text from here on; save it as CSV in UTF-8";
                self.error.add(Some(line), None, message.to_owned());
                None
            }
        }
    }

    /// The next record and its line; `None` at the end, and where a mistake was added.
    fn next(&mut self, records: &mut Records<'_>, record: &mut StringRecord) -> Option<u64> {
        let (line, message) = match records.next(record) {
            Ok(next) => return next,
            Err(Stop::TooLong(line)) => (Some(line), limits::ROW_BYTES.exceeded()),
            Err(Stop::Interrupted) => (None, "interrupted".to_owned()),
        };
        self.error.add(line, None, message);
        None
    }

    /// All rows that pass the filter and are right; the others become mistakes.
    fn records(
        &mut self,
        reader: &mut Records<'_>,
        columns: &Columns,
        headers: &StringRecord,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut notation = None;
        let mut order = Order::new(columns, headers);
        let mut seen = columns.values();
        let mut records = 0_usize;
        let mut record = StringRecord::new();
        while let Some(line) = self.next(reader, &mut record) {
            records += 1;
            if record.len() != headers.len() {
                let message = format!(
                    "has {} fields where the header names {}; check its commas and quotes",
                    record.len(),
                    headers.len()
                );
                self.error.add(Some(line), None, message);
                continue;
            }
            if !columns.pass(&record, &mut seen) {
                continue;
            }
            let begin = &record[columns.time];
            let notation = *notation.get_or_insert_with(|| Notation::of(begin));
            let begin = notation.read(begin);
            let volume = decimal::read(&record[columns.volume]);
            if let Err(message) = &begin {
                self.error
                    .add(Some(line), Some(&self.trace.time), message.clone());
            }
            if let Err(message) = &volume {
                self.error
                    .add(Some(line), Some(&self.trace.volume), message.clone());
            }
            let (Ok(begin), Ok(volume)) = (begin, volume) else {
                continue;
            };
            order.check(line, begin, &record, &mut self.error);
            if !limits::TRACE_ROWS.allows(rows.len() as u64 + 1) {
                self.error
                    .add(Some(line), None, limits::TRACE_ROWS.exceeded());
                break;
            }
            rows.push(Row {
                line,
                begin,
                volume,
            });
        }
        order.finish(&mut self.error);
        if rows.is_empty() && self.error.is_empty() {
            self.refuse(if records == 0 {
                "has a header and no rows".to_owned()
            } else {
                columns.nothing_passes(&seen)
            });
        }
        self.note(notation, rows.first());
        rows
    }

    /// Says how whole numbers were read.
    fn note(&mut self, notation: Option<Notation>, first: Option<&Row>) {
        let unit = match notation {
            Some(Notation::Seconds) => "seconds",
            Some(Notation::Milliseconds) => "milliseconds",
            Some(Notation::Calendar) | None => return,
        };
        let Some(first) = first else { return };
        let column = quoted(&self.trace.time);
        let begin = written(first.begin);
        self.warn(format!(
            "column {column} holds whole numbers, read as {unit} since 1970: its first row is at {begin}"
        ));
    }

    /// The bytes of all rows up to and including each, rounded down.
    fn totals(&mut self, rows: &[Row], step: i64) -> Option<Vec<u64>> {
        let mut sum = Some(0_u128);
        let sums: Vec<u128> = rows
            .iter()
            .map_while(|row| {
                sum = sum.and_then(|sum| sum.checked_add(row.volume));
                sum
            })
            .collect();
        let totals = match self.trace.scale {
            _ if sum.is_none() => None,
            Scale::Unit(unit) => in_unit(&sums, unit),
            Scale::MeanRate(_) if sum == Some(0) => {
                self.refuse("all its volumes are 0: no factor scales them to a rate".to_owned());
                return None;
            }
            Scale::MeanRate(rate) => {
                let span = rows[rows.len() - 1].begin - rows[0].begin + step;
                let span = u128::from(span.unsigned_abs());
                let day = u128::from(Duration::DAY.millis().unsigned_abs());
                scaled(&sums, u128::from(rate.bytes_per_day()) * span / day)
            }
        };
        if totals.is_none() {
            self.refuse("holds more than 9.2 EB (2^63 bytes); check its `unit`".to_owned());
        }
        totals
    }
}

fn in_unit(sums: &[u128], unit: u64) -> Option<Vec<u64>> {
    let bytes = |sum: &u128| Some(sum.checked_mul(u128::from(unit))? / decimal::ONE);
    sums.iter().map(|sum| limited(bytes(sum)?)).collect()
}

/// Scales sums so that the last becomes `total` bytes; the share of each is taken with 63
/// binary digits.
fn scaled(sums: &[u128], total: u128) -> Option<Vec<u64>> {
    limited(total)?;
    let whole = sums[sums.len() - 1];
    let excess = 64_u32.saturating_sub(whole.leading_zeros());
    let whole = whole >> excess;
    sums.iter()
        .map(|sum| limited((sum >> excess) * total / whole))
        .collect()
}

fn limited(bytes: u128) -> Option<u64> {
    u64::try_from(bytes).ok().filter(|_| bytes < MOST_BYTES)
}
