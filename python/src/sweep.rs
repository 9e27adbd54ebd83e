//! A scenario at many values of its keys.

use std::sync::Arc;

use cmksim::Runner;
use cmksim::experiment::{self, Cell, Design, Outcome, Point, Study, settings};
use cmksim::kernel::map;
use cmksim::limits::{SWEEP_POINTS, SWEEP_ROWS};
use cmksim::report::{self, Style};
use cmksim::scenario::{Axis, Expectation, Measure, Override, Scenario, Scope, Setting, Statistic};
use pyo3::prelude::*;

use super::columns::{Columns, signed};
use super::failure::Failure;
use super::loaded::{Loaded, REPLICATIONS, often};
use super::measures::measure;
use super::pictures::svgs;
use super::summaries;
use super::table::Table;

/// What is asked of a sweep.
pub(crate) struct Asked {
    /// `PATH=VALUES`; empty: as the scenario says.
    pub(crate) vary: Vec<String>,
    pub(crate) lockstep: bool,
    pub(crate) replications: Option<u64>,
    /// The measures that are shown first.
    pub(crate) of: Vec<String>,
}

/// What was found at the points of a sweep.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Sweep {
    loaded: Arc<Loaded>,
    axes: Vec<Axis>,
    lockstep: bool,
    replications: u64,
    of: Vec<(Scope, Measure)>,
    cells: Vec<Cell>,
}

impl Sweep {
    pub(crate) fn swept(
        loaded: Arc<Loaded>,
        asked: &Asked,
        runner: &Runner<'_>,
    ) -> Result<Sweep, Failure> {
        let scenario = loaded.scenario();
        let own = scenario.sweep.as_ref();
        let axes = axes(scenario, &asked.vary)?;
        let lockstep = asked.lockstep || own.is_some_and(|sweep| sweep.lockstep);
        let points = points(&loaded, &axes, lockstep)?;
        let replications = asked.replications.or(own.and_then(|own| own.replications));
        let replications = often(replications, scenario, REPLICATIONS);
        refuse_statistics_of_one(scenario, replications)?;
        let of = match asked.of.as_slice() {
            [] => report::shown_of(scenario),
            named => {
                let read = |text: &String| measure(scenario, "of", text);
                named.iter().map(read).collect::<Result<_, _>>()?
            }
        };
        let design = Design {
            axes: &axes,
            points: &points,
            replications,
            variants: &|changes| loaded.variant(changes),
        };
        check(&loaded, &design, runner)?;
        let cells = experiment::sweep(&design, runner)?;
        Ok(Sweep {
            loaded,
            axes,
            lockstep,
            replications,
            of,
            cells,
        })
    }

    fn told(&self) -> report::Sweep<'_> {
        report::Sweep {
            scenario: self.loaded.scenario(),
            axes: &self.axes,
            lockstep: self.lockstep,
            replications: self.replications,
            cells: &self.cells,
            of: &self.of,
        }
    }

    /// A row for each point and measure, in the order of the points.
    fn rows(&self) -> Table {
        let scenario = self.loaded.scenario();
        let cells = self.cells.iter().enumerate();
        let rows = cells.flat_map(|(number, cell)| {
            let summaries = cell.summaries.iter();
            summaries.map(move |row| (number, row))
        });
        let (numbers, rows): (Vec<usize>, Vec<_>) = rows.unzip();
        let mut columns = Columns::default();
        columns.whole("point", "", numbers.iter().map(|at| signed(*at)));
        self.add_settings(&mut columns, &numbers);
        let replications = numbers.iter().map(|_| signed(self.replications));
        columns.whole("replications", "count", replications);
        summaries::add(&mut columns, scenario, &rows);
        columns.table()
    }

    /// A row for each point and expectation.
    fn judged(&self) -> Table {
        let expectations = &self.loaded.scenario().expectations;
        let cells = self.cells.iter().enumerate();
        let rows = cells.flat_map(|(number, cell)| {
            let judged = cell.judgements.iter().zip(expectations);
            judged.map(move |(judgement, of)| (number, &of.text, judgement.outcome))
        });
        let rows: Vec<_> = rows.collect();
        let numbers: Vec<usize> = rows.iter().map(|row| row.0).collect();
        let mut columns = Columns::default();
        columns.whole("point", "", numbers.iter().map(|at| signed(*at)));
        self.add_settings(&mut columns, &numbers);
        columns.text("expectation", rows.iter().map(|row| row.1));
        columns.text("outcome", rows.iter().map(|row| word(row.2)));
        columns.table()
    }

    /// The value of each key at some points.
    fn add_settings(&self, columns: &mut Columns, points: &[usize]) {
        for (at, axis) in self.axes.iter().enumerate() {
            let values = points.iter().map(|point| {
                let place = self.cells[*point].point[at];
                Some(&axis.values[place])
            });
            add_setting(columns, &axis.path, &axis.values[0], values);
        }
    }
}

#[pymethods]
impl Sweep {
    fn table(&self, py: Python<'_>) -> Table {
        py.detach(|| self.rows())
    }

    fn expectations(&self, py: Python<'_>) -> Table {
        py.detach(|| self.judged())
    }

    fn replications(&self) -> u64 {
        self.replications
    }

    fn json(&self, py: Python<'_>) -> String {
        py.detach(|| {
            let mut bytes = Vec::new();
            let written = report::sweep_json(&self.told(), &self.loaded.reading.text, &mut bytes);
            written.expect("writing to memory");
            String::from_utf8(bytes).expect("JSON is text")
        })
    }

    fn text(&self, py: Python<'_>) -> String {
        py.detach(|| report::sweep_text(&self.told(), Style::default()))
    }

    fn pictures(&self, py: Python<'_>) -> Vec<(String, String)> {
        py.detach(|| {
            svgs(&report::sweep_files(
                &self.told(),
                &self.loaded.reading.text,
                None,
            ))
        })
    }
}

/// What is varied.
fn axes(scenario: &Scenario, vary: &[String]) -> Result<Vec<Axis>, Failure> {
    let axes = match vary {
        [] => scenario
            .sweep
            .iter()
            .flat_map(|sweep| sweep.axes.clone())
            .collect(),
        vary => {
            let axis =
                |text: &String| Axis::read(text).map_err(|why| format!("vary {text}: {why}"));
            let axes = vary.iter().map(axis).collect::<Result<Vec<_>, _>>();
            axes.map_err(Failure::Wrong)?
        }
    };
    match axes.is_empty() {
        false => Ok(axes),
        true => Err(Failure::wrong(
            "nothing is varied: write [sweep] into the scenario, or \
             vary={\"event.NAME.duration\": \"5m..12h/10\"}",
        )),
    }
}

fn points(loaded: &Loaded, axes: &[Axis], lockstep: bool) -> Result<Vec<Point>, Failure> {
    let counts: Vec<usize> = axes.iter().map(|axis| axis.values.len()).collect();
    let product = counts
        .iter()
        .try_fold(1_usize, |all, count| all.checked_mul(*count));
    let product = product.filter(|points| SWEEP_POINTS.allows(*points as u64));
    if lockstep && counts.iter().any(|count| *count != counts[0]) {
        let told = "in lockstep every key needs the same number of values; these have";
        return Err(Failure::wrong(format!("{told} {counts:?}")));
    }
    if !lockstep && product.is_none() {
        let why = SWEEP_POINTS.exceeded();
        return Err(Failure::wrong(format!("{counts:?} values make {why}")));
    }
    let points = experiment::points(axes, lockstep);
    let measures = Study::new(loaded.scenario(), &loaded.traces).kept.len();
    let rows = points.len().saturating_mul(measures) as u64;
    match SWEEP_ROWS.allows(rows) {
        true => Ok(points),
        false => Err(Failure::Wrong(SWEEP_ROWS.exceeded())),
    }
}

/// The scenario may ask for more replications than the sweep has.
fn refuse_statistics_of_one(scenario: &Scenario, replications: u64) -> Result<(), Failure> {
    let is_statistic = |one: &&Expectation| one.statistic != Statistic::Each;
    match scenario.expectations.iter().find(is_statistic) {
        Some(one) if replications == 1 => Err(Failure::wrong(format!(
            "{}: a statistic needs more than one replication, and each point has one",
            one.text
        ))),
        _ => Ok(()),
    }
}

/// Reads the scenario at every point, so that what is wrong is told with its place before anything
/// is replayed.
fn check(loaded: &Loaded, design: &Design<'_>, runner: &Runner<'_>) -> Result<(), Failure> {
    let read = map(runner.executor, design.points.len(), |number| {
        let settings = settings(design.axes, &design.points[number]);
        let set: Vec<Override> = settings
            .map(|(axis, value)| axis.set("the sweep", value))
            .collect();
        loaded.check(&set)
    });
    read.into_iter().collect()
}

/// A column of values of a key in their own unit: whole milliseconds, bytes or bytes a day, a
/// number; or as text, where they are no quantities of one kind. `like` is one of the values.
pub(crate) fn add_setting<'a>(
    columns: &mut Columns,
    name: &str,
    like: &Setting,
    values: impl Iterator<Item = Option<&'a Setting>> + Clone,
) {
    let (suffix, unit) = kind(like);
    let same = values
        .clone()
        .flatten()
        .all(|of| kind(of) == (suffix, unit));
    let name = format!("{name}{suffix}");
    match (same, unit) {
        (true, "ms" | "bytes" | "bytes_per_day") => {
            columns.whole(&name, unit, values.map(|of| whole(of?)));
        }
        (true, "number" | "percent") => {
            let unit = if unit == "number" { "" } else { unit };
            columns.number(&name, unit, values.map(|of| of?.position()));
        }
        _ => {
            let texts = values.map(|of| of.map_or_else(String::new, Setting::shown));
            columns.text(name.strip_suffix(suffix).unwrap_or(&name), texts);
        }
    }
}

/// What the name of a column of such values ends with, and their unit; none of what is no quantity.
fn kind(of: &Setting) -> (&'static str, &'static str) {
    match of {
        Setting::Duration(_) => ("_ms", "ms"),
        Setting::Volume(_) => ("_bytes", "bytes"),
        Setting::Rate(_) => ("_bytes_per_day", "bytes_per_day"),
        Setting::Percent(_) => ("_percent", "percent"),
        Setting::Whole(_) | Setting::Number(_) => ("", "number"),
        Setting::Growth { .. } | Setting::Instant(_) | Setting::Other(_) => ("", ""),
    }
}

/// A duration, volume or rate as a whole number.
fn whole(of: &Setting) -> Option<i64> {
    match of {
        Setting::Duration(duration) => Some(duration.millis()),
        Setting::Volume(volume) => Some(signed(volume.bytes())),
        Setting::Rate(rate) => Some(signed(rate.bytes_per_day())),
        _ => None,
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Undecided => "undecided",
    }
}
