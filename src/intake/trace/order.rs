use std::cmp::Ordering;

use csv::StringRecord;

use super::columns::Columns;
use super::fault::TraceError;
use super::instant::written;
use crate::foreign::quoted;

/// Watches that every row begins after the one above it. The first row out of order is told
/// in full, and so is the first with the time of another; the others are counted.
pub(super) struct Order<'a> {
    columns: &'a Columns<'a>,
    headers: &'a StringRecord,
    previous: Option<(u64, i64, StringRecord)>,
    unsorted: Counted,
    doubled: Counted,
}

#[derive(Default)]
struct Counted {
    count: u64,
    shown: Option<usize>,
}

impl<'a> Order<'a> {
    pub(super) fn new(columns: &'a Columns<'a>, headers: &'a StringRecord) -> Order<'a> {
        Order {
            columns,
            headers,
            previous: None,
            unsorted: Counted::default(),
            doubled: Counted::default(),
        }
    }

    pub(super) fn check(
        &mut self,
        line: u64,
        begin: i64,
        record: &StringRecord,
        error: &mut TraceError,
    ) {
        let Some((above, before, other)) = &self.previous else {
            self.previous = Some((line, begin, record.clone()));
            return;
        };
        let (counted, message) = match begin.cmp(before) {
            Ordering::Greater => {
                self.previous = Some((line, begin, record.clone()));
                return;
            }
            Ordering::Less => (
                &mut self.unsorted,
                format!(
                    "{} is before {} in line {above}; sort the file by time, oldest first",
                    written(begin),
                    written(*before)
                ),
            ),
            Ordering::Equal => {
                let remedy = remedy(self.columns, self.headers, other, record);
                let message = format!("has the time of line {above}, {}{remedy}", written(begin));
                (&mut self.doubled, message)
            }
        };
        counted.count += 1;
        if counted.count == 1 {
            counted.shown = error.add(Some(line), None, message);
        }
    }

    /// Adds how many more rows are like the one that is told.
    pub(super) fn finish(&self, error: &mut TraceError) {
        for counted in [&self.unsorted, &self.doubled] {
            if let Some(fault) = counted.shown.filter(|_| counted.count > 1) {
                error.append(
                    fault,
                    &format!(" (and so in {} more rows)", counted.count - 1),
                );
            }
        }
    }
}

/// A `where` that takes one of two rows of the same time, if a column tells them apart.
fn remedy(
    columns: &Columns,
    headers: &StringRecord,
    one: &StringRecord,
    other: &StringRecord,
) -> String {
    let apart = |&column: &usize| columns.may_tell_apart(column) && one[column] != other[column];
    let different: Vec<usize> = (0..headers.len()).filter(apart).collect();
    // Names make better choices than figures do.
    let is_figure = |&column: &usize| one[column].trim().parse::<f64>().is_ok();
    let named = different.iter().find(|column| !is_figure(column));
    match named.or(different.first()) {
        Some(&column) => format!(
            "; take one of them with where = {{ {} = {} }}",
            key(headers[column].trim()),
            quoted(one[column].trim())
        ),
        None => "; add the two up, or leave one out".to_owned(),
    }
}

/// A key as TOML has it.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
