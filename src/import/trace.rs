//! The usage of all workspaces as a trace: one row per hour and workspace.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write;

use super::fault::fault;
use super::instant;
use super::usage::{self, Series, Usage};
use crate::error::Error;
use crate::limits::TRACE_ROWS;
use crate::units::decimal::{FRACTION_DIGITS, ONE};

/// The longest time, in ms, over which usage is written; a run takes no more rows.
const LONGEST: i64 = 3_660 * 86_400_000;

/// The usage of the workspaces of a scenario.
#[derive(Debug)]
pub(super) struct Trace {
    /// From the first to the last row of any workspace, in ms since 1970.
    pub(super) from: i64,
    pub(super) until: i64,
    /// What a row covers, in ms.
    pub(super) step: i64,
    /// By the name that the scenario has for a workspace.
    pub(super) series: BTreeMap<String, Series>,
}

impl Trace {
    /// What arrives at a workspace on average, in whole GB per day, at least 1; `None` if it has no
    /// usage.
    pub(super) fn gb_a_day(&self, workspace: &str) -> Option<u64> {
        let volumes = self.series.get(workspace)?.volumes.values();
        let bytes = usage::bytes(volumes.sum());
        let ms = u128::from((self.until - self.from).unsigned_abs());
        let daily = bytes * 86_400_000 / ms / 1_000_000_000;
        Some(u64::try_from(daily).unwrap_or(u64::MAX).max(1))
    }

    /// `None`: there is no usage that is billed. `named`: the name of a workspace.
    ///
    /// # Errors
    ///
    /// If the rows lie so far apart that the trace would have no end.
    pub(super) fn new(
        usage: &Usage,
        named: &dyn Fn(&Series) -> String,
    ) -> Result<Option<Trace>, Error> {
        let begins = || usage.series.iter().flat_map(|series| series.volumes.keys());
        let (Some(from), Some(last)) = (begins().min(), begins().max()) else {
            return Ok(None);
        };
        let mut series: BTreeMap<String, Series> = BTreeMap::new();
        for one in &usage.series {
            match series.entry(named(one)) {
                Entry::Vacant(place) => {
                    place.insert(one.clone());
                }
                Entry::Occupied(mut known) => {
                    for (begin, volume) in &one.volumes {
                        *known.get_mut().volumes.entry(*begin).or_default() += volume;
                    }
                }
            }
        }
        let trace = Trace {
            from: *from,
            until: last + usage.step,
            step: usage.step,
            series,
        };
        let steps = trace.steps().unsigned_abs();
        let rows = steps.saturating_mul(trace.series.len() as u64);
        if !TRACE_ROWS.allows(rows) || trace.until - trace.from > LONGEST {
            let (from, until) = (instant::written(trace.from), instant::written(trace.until));
            let message = format!(
                "the rows go from {from} to {until}: that is more than ten years, or {}",
                TRACE_ROWS.exceeded()
            );
            return Err(fault(&usage.series[0].file, "StartTime", &message));
        }
        Ok(Some(trace))
    }

    /// How many rows a workspace has.
    pub(super) fn steps(&self) -> i64 {
        (self.until - self.from) / self.step
    }

    /// How many rows of a workspace no export has; nothing arrives in them.
    pub(super) fn missing(&self, series: &Series) -> i64 {
        self.steps() - i64::try_from(series.volumes.len()).unwrap_or(0)
    }

    /// As CSV: `StartTime`, `Workspace`, `Quantity` in MB.
    pub(super) fn csv(&self) -> Vec<u8> {
        let digits = usize::try_from(FRACTION_DIGITS).expect("a few digits");
        let mut csv = String::from("StartTime,Workspace,Quantity\n");
        let series = self.series.iter();
        let mut series: Vec<_> = series
            .map(|(name, series)| (name, series.volumes.iter().peekable()))
            .collect();
        for step in 0..self.steps() {
            let begin = self.from + step * self.step;
            let time = instant::written(begin);
            for (name, rows) in &mut series {
                let row = rows.next_if(|(at, _)| **at == begin);
                let volume = row.map_or(0, |(_, volume)| *volume);
                let (whole, fraction) = (volume / ONE, volume % ONE);
                let _ = write!(csv, "{time},{name},{whole}");
                if fraction != 0 {
                    let _ = write!(csv, ".{fraction:0digits$}");
                    csv.truncate(csv.trim_end_matches('0').len());
                }
                csv.push('\n');
            }
        }
        csv.into_bytes()
    }
}
