use std::collections::BTreeSet;

use csv::StringRecord;

use super::fault::{TraceError, did_you_mean, listed};
use crate::foreign::quoted;
use crate::scenario::Trace;

/// The number of different values of a filtered column that are remembered for a message.
const REMEMBERED: usize = 50;

/// Where the columns are that the scenario names.
pub(super) struct Columns<'a> {
    pub(super) time: usize,
    pub(super) volume: usize,
    /// Column, its header, and the value that a row must have there.
    filter: Vec<(usize, &'a str, &'a str)>,
}

/// The values met in the filtered columns.
pub(super) type Values = Vec<BTreeSet<String>>;

impl<'a> Columns<'a> {
    /// `None` where a mistake was added.
    pub(super) fn find(
        trace: &'a Trace,
        headers: &StringRecord,
        error: &mut TraceError,
    ) -> Option<Columns<'a>> {
        let time = find(&trace.time, headers, error);
        let volume = find(&trace.volume, headers, error);
        let filter: Vec<_> = trace
            .filter
            .iter()
            .map(|(column, value)| Some((find(column, headers, error)?, &**column, value.trim())))
            .collect();
        if time.is_some() && time == volume {
            let message = "cannot hold both the instant and the volume".to_owned();
            error.add(Some(1), Some(&trace.time), message);
            return None;
        }
        Some(Columns {
            time: time?,
            volume: volume?,
            filter: filter.into_iter().collect::<Option<_>>()?,
        })
    }

    /// Nothing met yet.
    pub(super) fn values(&self) -> Values {
        vec![BTreeSet::new(); self.filter.len()]
    }

    /// Whether a row has the values wanted; remembers those it has.
    pub(super) fn pass(&self, record: &StringRecord, seen: &mut Values) -> bool {
        let mut all = true;
        for (&(column, _, wanted), seen) in self.filter.iter().zip(seen) {
            let found = record[column].trim();
            if seen.len() < REMEMBERED && !seen.contains(found) {
                seen.insert(found.to_owned());
            }
            all &= found == wanted;
        }
        all
    }

    /// Why no row passes the filter.
    pub(super) fn nothing_passes(&self, seen: &Values) -> String {
        let each = self.filter.iter().zip(seen);
        let missing: Vec<String> = each
            .filter(|((_, _, wanted), seen)| !seen.contains(*wanted))
            .map(|((_, column, wanted), seen)| {
                let values = || seen.iter().map(String::as_str);
                format!(
                    "no row has {} in column {}{}; there are {}",
                    quoted(wanted),
                    quoted(column),
                    did_you_mean(wanted, values()),
                    listed(values())
                )
            })
            .collect();
        if missing.is_empty() {
            return "no row has all the values of `where` at once".to_owned();
        }
        missing.join("; ")
    }

    /// Whether a column may tell two rows of one time apart.
    pub(super) fn may_tell_apart(&self, column: usize) -> bool {
        let filtered = self.filter.iter().any(|filter| filter.0 == column);
        column != self.time && column != self.volume && !filtered
    }
}

fn find(wanted: &str, headers: &StringRecord, error: &mut TraceError) -> Option<usize> {
    let named = |header: &str| header.trim() == wanted.trim();
    let mut places = (0..headers.len()).filter(|&place| named(&headers[place]));
    let message = match (places.next(), places.next()) {
        (Some(place), None) => return Some(place),
        (Some(_), Some(_)) => format!("two columns are named {}; rename one", quoted(wanted)),
        (None, _) if headers.len() == 1 && headers[0].contains([';', '\t', '|']) => format!(
            "no column {}: the first line is {}; separate columns by commas",
            quoted(wanted),
            quoted(&headers[0])
        ),
        (None, _) => {
            let names = || headers.iter().map(str::trim);
            format!(
                "no column {}{}; the columns are {}",
                quoted(wanted),
                did_you_mean(wanted, names()),
                listed(names())
            )
        }
    };
    error.add(Some(1), None, message);
    None
}
