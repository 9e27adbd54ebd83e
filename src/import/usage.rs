//! Rows of the `Usage` table: how much each workspace took in, hour by hour.

use std::collections::BTreeMap;

use super::export::Export;
use super::fault::{Faults, fault};
use super::row::{Column, Row};
use super::table::{self, Rows};
use super::{instant, name};
use crate::error::Error;
use crate::units::{Duration, decimal};

const HOUR: i64 = Duration::HOUR.millis();
const DAY: i64 = Duration::DAY.millis();

/// No usage is larger: an exabyte.
const MOST_BYTES: u128 = 1_000_000_000_000_000_000;

/// What one workspace took in.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// As the export names it: a name, an id or a customer id; empty: not at all.
    pub(super) workspace: String,
    /// The file that names it.
    pub(super) file: String,
    /// Volumes in units of 1 / [`decimal::ONE`] MB by the instant of their beginning, in ms since
    /// 1970.
    pub(super) volumes: BTreeMap<i64, u128>,
}

/// All usage.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Those with anything that is billed.
    pub(super) series: Vec<Series>,
    /// Names of workspaces of which nothing is billed.
    pub(super) unbilled: Vec<(String, String)>,
    /// Rows that are not billed, and their volume in units of 1 / [`decimal::ONE`] MB.
    pub(super) not_billed: (usize, u128),
    /// Rows that were there before in every column, and where one of them is.
    pub(super) repeated: (usize, Option<String>),
    /// Rows that do not say whether they are billed.
    pub(super) unsaid: usize,
    /// What a row covers, in ms.
    pub(super) step: i64,
}

const COLUMNS: &[Column] = &[
    &["StartTime", "Hour", "TimeGenerated"],
    &["Quantity", "QuantityMB", "MB"],
    &["QuantityUnit"],
    &["IsBillable"],
    &[
        "Workspace",
        "WorkspaceName",
        "TenantId",
        "WorkspaceId",
        "_ResourceId",
        "ResourceUri",
    ],
    &["EndTime"],
    &["GB", "BillableDataGB", "QuantityGB"],
];
const TIME: usize = 0;
const QUANTITY: usize = 1;
const UNIT: usize = 2;
const BILLED: usize = 3;
const WORKSPACE: usize = 4;
const END: usize = 5;
const GIGABYTES: usize = 6;

/// A row that was read.
struct Read {
    digest: u64,
    workspace: usize,
    begin: i64,
    volume: u128,
    billed: bool,
}

/// All rows of all files.
struct Reader {
    rows: Vec<Read>,
    /// Each with the file that names it first.
    workspaces: Vec<(String, String)>,
    indices: BTreeMap<String, usize>,
    /// The last time, as text and read: rows of one hour stand together.
    last: (String, i64),
    unsaid: usize,
}

/// Reads all files.
///
/// # Errors
///
/// Every mistake of the first file that is wrong.
pub(super) fn read(exports: &[Export<'_>], rows: &Rows<'_>) -> Result<Usage, Error> {
    let mut reader = Reader {
        rows: Vec::new(),
        workspaces: Vec::new(),
        indices: BTreeMap::new(),
        last: (String::new(), 0),
        unsaid: 0,
    };
    for export in exports {
        table::read(
            export,
            COLUMNS,
            &[&[TIME], &[QUANTITY, GIGABYTES]],
            rows,
            &mut |row, faults| {
                if let Err((column, message)) = reader.row(row, export.name) {
                    faults.add(&format!("{}, {column}", row.place()), &message);
                }
            },
        )?;
    }
    reader.usage(exports)
}

impl Reader {
    fn row(&mut self, row: &Row<'_>, file: &str) -> Result<(), (&'static str, String)> {
        let time = row.cell(TIME);
        if time != self.last.0 {
            let begin = instant::read(time).map_err(|why| ("StartTime", why))?;
            self.last = (time.to_owned(), begin);
        }
        let begin = self.last.1;
        if !row.cell(END).is_empty() {
            let until = instant::read(row.cell(END)).map_err(|why| ("EndTime", why))?;
            if !(0..=DAY).contains(&(until - begin)) {
                let message = "a row covers at most a day".to_owned();
                return Err(("EndTime", message));
            }
        }
        let unit = row.cell(UNIT);
        if !unit.is_empty() && !["MBytes", "MB"].iter().any(|known| name::same(known, unit)) {
            return Err((
                "QuantityUnit",
                format!("{unit:?} where \"MBytes\" was expected"),
            ));
        }
        let (column, in_megabytes) = match row.cell(QUANTITY) {
            "" => (GIGABYTES, 1_000),
            _ => (QUANTITY, 1),
        };
        let volume = decimal::read(row.cell(column)).map_err(|why| ("Quantity", why))?;
        let volume = volume
            .checked_mul(in_megabytes)
            .filter(|volume| bytes(*volume) <= MOST_BYTES);
        let volume = volume.ok_or_else(|| ("Quantity", "is more than an exabyte".to_owned()))?;
        let billed = match row.cell(BILLED) {
            "" => {
                self.unsaid += 1;
                true
            }
            "1" => true,
            "0" => false,
            word if word.eq_ignore_ascii_case("true") => true,
            word if word.eq_ignore_ascii_case("false") => false,
            other => {
                return Err((
                    "IsBillable",
                    format!("{other:?} where true or false was expected"),
                ));
            }
        };
        let workspace = self.workspace(row.cell(WORKSPACE), file);
        self.rows.push(Read {
            digest: row.digest(),
            workspace,
            begin,
            volume,
            billed,
        });
        Ok(())
    }

    /// The index of a workspace. One that a file does not name is that of the file.
    fn workspace(&mut self, named: &str, file: &str) -> usize {
        let named = name::in_id(named, "workspaces").unwrap_or(named);
        let last = self.rows.last().map(|row| row.workspace);
        let same = |at: &usize| {
            self.workspaces[*at].0 == named && (!named.is_empty() || self.workspaces[*at].1 == file)
        };
        if let Some(last) = last.filter(same) {
            return last;
        }
        let key = if named.is_empty() {
            format!("\0{file}")
        } else {
            named.to_lowercase()
        };
        *self.indices.entry(key).or_insert_with(|| {
            self.workspaces.push((named.to_owned(), file.to_owned()));
            self.workspaces.len() - 1
        })
    }

    /// Leaves out what is there twice and what is not billed, and sums the rest.
    fn usage(mut self, exports: &[Export<'_>]) -> Result<Usage, Error> {
        let rows = self.rows.iter().enumerate();
        let mut order: Vec<(u64, usize)> = rows.map(|(at, row)| (row.digest, at)).collect();
        order.sort_unstable();
        let mut kept = vec![true; self.rows.len()];
        let mut repeated = 0;
        let mut example = None;
        // Of rows with the same digest those that are the same in what is used of them.
        for same in order.chunk_by(|one, other| one.0 == other.0) {
            let used = |at: usize| {
                let row = &self.rows[at];
                (row.workspace, row.begin, row.volume, row.billed)
            };
            for (number, (_, at)) in same.iter().enumerate().skip(1) {
                if same[..number]
                    .iter()
                    .any(|(_, before)| used(*before) == used(*at))
                {
                    kept[*at] = false;
                    repeated += 1;
                    example = example.max(Some(instant::written(self.rows[*at].begin)));
                }
            }
        }
        let mut at = 0;
        self.rows.retain(|_| {
            at += 1;
            kept[at - 1]
        });
        let mut usage = Usage {
            repeated: (repeated, example),
            unsaid: self.unsaid,
            step: step(self.rows.iter().map(|row| row.begin)),
            ..Usage::default()
        };
        self.sum(&mut usage);
        something(exports, &usage)?;
        let total: u128 = usage
            .series
            .iter()
            .flat_map(|series| series.volumes.values())
            .map(|volume| bytes(*volume))
            .sum();
        if total > MOST_BYTES {
            let mut faults = Faults::new(exports.first().map_or("", |export| export.name));
            faults.add("", "all rows together exceed an exabyte");
            faults.result()?;
        }
        Ok(usage)
    }

    fn sum(self, usage: &mut Usage) {
        let mut all: Vec<Vec<(i64, u128)>> = vec![Vec::new(); self.workspaces.len()];
        let step = usage.step;
        for row in &self.rows {
            if row.billed {
                let begin = row.begin.div_euclid(step) * step;
                all[row.workspace].push((begin, row.volume));
            } else {
                usage.not_billed.0 += 1;
                usage.not_billed.1 += row.volume;
            }
        }
        for ((workspace, file), volumes) in self.workspaces.into_iter().zip(all) {
            if volumes.is_empty() {
                usage.unbilled.push((workspace, file));
            } else {
                usage.series.push(Series {
                    workspace,
                    file,
                    volumes: summed(volumes),
                });
            }
        }
    }
}

/// The sum of each time. Nearly always they are in order, and a map of what is in order is made at
/// once.
fn summed(mut volumes: Vec<(i64, u128)>) -> BTreeMap<i64, u128> {
    volumes.sort_by_key(|row| row.0);
    let sums = volumes.chunk_by(|one, other| one.0 == other.0);
    sums.map(|same| (same[0].0, same.iter().map(|row| row.1).sum()))
        .collect()
}

/// Usage in which nothing is billed says nothing of what arrives: likely the query left the billed
/// rows out.
fn something(exports: &[Export<'_>], usage: &Usage) -> Result<(), Error> {
    if exports.is_empty() || !usage.series.is_empty() {
        return Ok(());
    }
    let found = match usage.not_billed.0 {
        0 => "there is no row in it".to_owned(),
        1 => "its only row is not billed".to_owned(),
        rows => format!("none of its {rows} rows is billed"),
    };
    let message = format!(
        "{found}; expected rows of the Usage table with StartTime, Quantity in MB and IsBillable true"
    );
    let files: Vec<&str> = exports.iter().map(|export| export.name).collect();
    Err(fault(&files.join(", "), "", &message))
}

/// What a row covers: a day, if all begin at midnight and there are several days; else an hour.
fn step(begins: impl Iterator<Item = i64> + Clone) -> i64 {
    let daily = begins.clone().all(|begin| begin.rem_euclid(DAY) == 0);
    match (begins.clone().min(), begins.max()) {
        (Some(first), Some(last)) if daily && last > first => DAY,
        _ => HOUR,
    }
}

/// Whole bytes of a volume in units of 1 / [`decimal::ONE`] MB.
pub(super) fn bytes(volume: u128) -> u128 {
    // ONE is 10^15, and a megabyte 10^6.
    volume / (decimal::ONE / 1_000_000)
}
