//! What a sweep says: as text, as a table and as JSON.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::super::File;
use super::super::chart::Picture;
use super::super::command::Command;
use super::super::csv::{self, number as field, scope_fields, thinned};
use super::super::document::{self, Block, Column, Document, Table};
use super::super::format::{cell, count, of_unit, replications, sanitize};
use super::super::html;
use super::super::json::{self, ByName, Long, Measured, about, key};
use super::super::letters::{self, Point};
use super::super::terminal::{self, Style};
use super::csv::{summary_fields, summary_header};
use super::document::{cells, columns};
use super::json::{Judged, SummaryJson, judged, measured};
use super::picture::picture;
use crate::experiment::{Cell, Outcome, Summary, settings};
use crate::scenario::{Axis, Measure, Scenario, Scope, Setting, Unit};

/// A sweep over a scenario and what it says.
#[derive(Debug)]
pub struct Sweep<'a> {
    /// The scenario as it stands in its file.
    pub scenario: &'a Scenario,
    /// What is varied.
    pub axes: &'a [Axis],
    /// Whether all go on together, instead of every value meeting every other.
    pub lockstep: bool,
    /// How often each point is replayed.
    pub replications: u64,
    /// In the order of the points.
    pub cells: &'a [Cell],
    /// What is shown of each point.
    pub of: &'a [(Scope, Measure)],
}

impl Sweep<'_> {
    /// What is expected of a measure at a point: the worst outcome.
    pub(in crate::report) fn outcome(&self, cell: &Cell, of: (Scope, Measure)) -> Option<Outcome> {
        let judged = self.scenario.expectations.iter().zip(&cell.judgements);
        let own = judged.filter(|(expectation, _)| (expectation.scope, expectation.measure) == of);
        worst(own.map(|(_, judgement)| judgement.outcome))
    }

    pub(in crate::report) fn summary<'c>(
        &self,
        cell: &'c Cell,
        of: (Scope, Measure),
    ) -> &'c Summary {
        let found = cell.summaries.get(of.0, of.1);
        found.expect("a sweep keeps all measures")
    }
}

/// The worst of some outcomes.
fn worst(outcomes: impl Iterator<Item = Outcome>) -> Option<Outcome> {
    outcomes.max_by_key(|outcome| match outcome {
        Outcome::Passed => 0,
        Outcome::Undecided => 1,
        Outcome::Failed => 2,
    })
}

/// What a sweep says, for the terminal.
pub fn sweep_text(sweep: &Sweep<'_>, style: Style) -> String {
    terminal::text(&document(sweep, "", None), style)
}

/// What a sweep over a scenario, whose TOML is `source`, says; a page has its picture.
fn document<'a>(sweep: &Sweep<'_>, source: &'a str, picture: Option<&'a Picture>) -> Document<'a> {
    let each = replications(sweep.replications);
    let mut document = Document::about(sweep.scenario, &format!("{}, {each} each", points(sweep)));
    document.answers.push(in_a_line(sweep));
    let picture = picture.map_or_else(|| curve(sweep), |picture| Some(Block::Picture(picture)));
    document.section("picture", "At a glance", picture.into_iter().collect());
    document.section("expected", "Expectations by point", expected(sweep));
    let figures = sweep.of.iter().enumerate();
    let figures = figures.map(|(at, &of)| match twin(sweep, &sweep.of[..at], of) {
        Some(first) => {
            let [name, first] = [of, first].map(|of| sweep.scenario.name_of(of.0, of.1));
            Block::Words(format!("{name} has the same figures as {first}."))
        }
        None => table(sweep, of),
    });
    document.section("figures", "At each point", figures.collect());
    let varied: Vec<&str> = sweep.axes.iter().map(|axis| &*axis.path).collect();
    document.rest(sweep.scenario, &varied, source);
    document
}

/// The first of some measures that has the same figures at every point, unless they never vary.
fn twin(
    sweep: &Sweep<'_>,
    firsts: &[(Scope, Measure)],
    of: (Scope, Measure),
) -> Option<(Scope, Measure)> {
    let same = |first: &&(Scope, Measure)| {
        let mut cells = sweep.cells.iter();
        first.1.unit() == of.1.unit()
            && everywhere(sweep, of).is_none()
            && cells.all(|cell| sweep.summary(cell, **first) == sweep.summary(cell, of))
    };
    firsts.iter().find(same).copied()
}

/// The measure that is looked at first, where it varies.
fn looked_at(sweep: &Sweep<'_>) -> Option<(Scope, Measure)> {
    let varies = |of: &&(Scope, Measure)| everywhere(sweep, **of).is_none();
    sweep.of.iter().find(varies).copied()
}

/// Over one key: the measure that is looked at first, as a curve of letters.
fn curve<'a>(sweep: &Sweep<'_>) -> Option<Block<'a>> {
    let of = looked_at(sweep).filter(|_| sweep.axes.len() == 1)?;
    let keys = short_keys(sweep.axes);
    let all: Vec<&Cell> = sweep.cells.iter().collect();
    let spreads = thinned(&all, MOST_POINTS_OF_CURVE).into_iter();
    let spreads = spreads.filter_map(|cell| {
        let summary = sweep.summary(cell, of);
        let [_, p05, .., p95, _, _] = summary.quantiles;
        let mean = summary.mean?.mean;
        // Rare values may lie beyond both quantiles, and so the mean.
        let (low, high) = (p05?.number().min(mean), p95?.number().max(mean));
        let (_, value) = settings(sweep.axes, &cell.point).next()?;
        Some((value.brief(), [low, mean, high]))
    });
    let spreads: Vec<(String, [f64; 3])> = spreads.collect();
    let low = spreads.iter().map(|(_, [low, ..])| *low).reduce(f64::min)?;
    let high = spreads
        .iter()
        .map(|(_, [.., high])| *high)
        .reduce(f64::max)?;
    let share = |number: f64| {
        if low < high {
            (number - low) / (high - low)
        } else {
            0.0
        }
    };
    let points = spreads.into_iter().map(|(label, spread)| {
        let [low, mean, high] = spread.map(share);
        Point {
            label,
            low,
            mean,
            high,
        }
    });
    let points: Vec<Point> = points.collect();
    let ends = [low, high].map(|end| of_unit(of.1.unit(), end));
    let name = sweep.scenario.name_of(of.0, of.1);
    let caption = format!("{name} by {}: mean (●) and range from p05 to p95", keys[0]);
    Some(Block::Letters(Box::new(move |style| {
        style.wrap("  ", &sanitize(&caption), 4) + &letters::curve(&points, &ends, style)
    })))
}

/// In one line: how far what is looked at goes, and where what is expected holds.
pub(in crate::report) fn in_a_line(sweep: &Sweep<'_>) -> String {
    let mut told = Vec::new();
    if let Some(of) = looked_at(sweep).or(sweep.of.first().copied()) {
        let means = sweep.cells.iter().filter_map(|cell| {
            let mean = sweep.summary(cell, of).mean?.mean;
            Some((mean, cell))
        });
        let least = means.clone().min_by(|a, b| a.0.total_cmp(&b.0));
        let most = means.max_by(|a, b| a.0.total_cmp(&b.0));
        if let (Some((least, at_least)), Some((most, at_most))) = (least, most) {
            let name = sweep.scenario.name_of(of.0, of.1);
            let number = |number| of_unit(of.1.unit(), number);
            told.push(if least < most {
                format!(
                    "mean {name} goes from {} ({}) to {} ({})",
                    number(least),
                    place(sweep.axes, at_least),
                    number(most),
                    place(sweep.axes, at_most)
                )
            } else {
                format!("mean {name} is {} everywhere", number(least))
            });
        }
    }
    let of_all = |cell: &Cell| worst(cell.judgements.iter().map(|judgement| judgement.outcome));
    let judged = sweep.cells.iter().filter_map(of_all);
    if judged.clone().count() > 0 {
        let hold = judged.filter(|outcome| *outcome == Outcome::Passed).count();
        told.push(format!(
            "expectations hold at {} of {}",
            count(hold as u64),
            points(sweep)
        ));
    }
    told.join("; ")
}

/// `1 point`, `1,000 points`.
pub(super) fn points(sweep: &Sweep<'_>) -> String {
    let plural = if sweep.cells.len() == 1 { "" } else { "s" };
    format!("{} point{plural}", count(sweep.cells.len() as u64))
}

/// A point in words.
pub(super) fn place(axes: &[Axis], cell: &Cell) -> String {
    words(axes, settings(axes, &cell.point).enumerate())
}

/// Values of some axes in words.
pub(super) fn words<'a>(
    axes: &[Axis],
    settings: impl Iterator<Item = (usize, (&'a Axis, &'a Setting))>,
) -> String {
    let keys = short_keys(axes);
    let values = settings.map(|(at, (_, value))| format!("{} = {}", keys[at], value.brief()));
    values.collect::<Vec<String>>().join(", ")
}

/// The keys of axes, each from where it differs from all others on: of `event.a.enabled` and
/// `event.b.enabled` that is `a.enabled`.
fn short_keys(axes: &[Axis]) -> Vec<&str> {
    let short = |axis: &'_ Axis| {
        let path = axis.path.as_str();
        let ends = |other: &str, end: &str| other == end || other.ends_with(&format!(".{end}"));
        let others = || axes.iter().filter(|other| other.path != path);
        let starts = path.match_indices('.').map(|(at, _)| at + 1).rev();
        let apart = |from: &usize| others().all(|other| !ends(&other.path, &path[*from..]));
        starts.chain([0]).find(apart).unwrap_or(0)
    };
    axes.iter().map(|axis| &axis.path[short(axis)..]).collect()
}

/// More points are left to `sweep.csv`.
const MOST_POINTS: usize = 400;
/// The terminal shows no more, from the first to the last.
const MOST_POINTS_IN_TERMINAL: usize = 12;
const MOST_POINTS_OF_CURVE: usize = 24;

/// A measure at each point.
fn table<'a>(sweep: &Sweep<'_>, of: (Scope, Measure)) -> Block<'a> {
    let mut name = sweep.scenario.name_of(of.0, of.1);
    if of.1.unit() == Unit::Money {
        name += &format!(" in {}", sweep.scenario.prices.currency);
    }
    if let Some(same) = everywhere(sweep, of) {
        return Block::Words(format!("{name} is {same} everywhere."));
    }
    let all: Vec<&Cell> = sweep.cells.iter().collect();
    let kept = thinned(&all, MOST_POINTS);
    let keys = short_keys(sweep.axes).into_iter().map(Column::name);
    let judged = all.iter().any(|cell| sweep.outcome(cell, of).is_some());
    let outcome = judged.then(|| Column::number(""));
    let columns = keys.chain(columns(of.1.less_is_worse())).chain(outcome);
    let mut table = Table::new(name, columns.collect());
    for &cell in &kept {
        let values = settings(sweep.axes, &cell.point);
        let values = values.map(|(_, value)| value.brief().into());
        let outcome = judged.then(|| document::Cell::Outcome(sweep.outcome(cell, of)));
        let summary = cells(of.1, sweep.summary(cell, of));
        table.row(values.chain(summary).chain(outcome));
    }
    let more = all.len() - kept.len();
    table.left_out = Some((more, "sweep.csv")).filter(|_| more > 0);
    let rows: Vec<usize> = (0..kept.len()).collect();
    table.in_terminal = Some((thinned(&rows, MOST_POINTS_IN_TERMINAL), "sweep.csv"));
    Block::Table(table)
}

/// The value of a measure, where it is the same in every replication of every point.
pub(in crate::report) fn everywhere(sweep: &Sweep<'_>, of: (Scope, Measure)) -> Option<String> {
    let mut all = sweep
        .cells
        .iter()
        .map(|cell| sweep.summary(cell, of).constant());
    let first = all.next()??;
    all.all(|constant| constant == Some(first))
        .then(|| cell(Some(first)))
}

/// At how many points each expectation holds.
fn expected<'a>(sweep: &Sweep<'_>) -> Vec<Block<'a>> {
    let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Undecided];
    let columns = ["holds at", "fails at", "undecided at"].map(Column::number);
    let columns = std::iter::once(Column::words("Expected")).chain(columns);
    let mut table = Table::new("", columns.collect());
    for (number, expectation) in sweep.scenario.expectations.iter().enumerate() {
        let of = |outcome| {
            let cells = sweep.cells.iter();
            let own = cells.filter(|cell| cell.judgements[number].outcome == outcome);
            count(own.count() as u64)
        };
        table.row(std::iter::once(expectation.text.clone()).chain(outcomes.map(of)));
    }
    table.block().into_iter().collect()
}

/// What all values of an axis are in.
fn unit(axis: &Axis) -> Option<&'static str> {
    let first = axis.values.first()?.unit()?;
    let same = axis.values.iter().all(|value| value.unit() == Some(first));
    same.then_some(first)
}

/// `sweep.csv`: for each point and each measure a row: the number of the point, the values of
/// the axes (quantities once more as plain numbers, with the unit in the name of the column),
/// scope, name, measure, replications, and the summary.
///
/// # Errors
///
/// Those of the writer.
pub fn sweep_csv(sweep: &Sweep<'_>, to: &mut dyn Write) -> io::Result<()> {
    let mut header = vec!["point".to_owned()];
    for axis in sweep.axes {
        header.push(axis.path.clone());
        header.extend(unit(axis).map(|unit| format!("{}_{unit}", axis.path)));
    }
    let fixed = ["scope", "name", "measure", "replications"];
    header.extend(
        fixed
            .iter()
            .chain(&summary_header())
            .map(ToString::to_string),
    );
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = csv::Table::to(to, &header)?;
    for (number, cell) in sweep.cells.iter().enumerate() {
        let mut place = vec![number.to_string()];
        for (axis, value) in settings(sweep.axes, &cell.point) {
            place.push(value.shown());
            if unit(axis).is_some() {
                place.push(field(value.number()));
            }
        }
        for (scope, measure, summary) in cell.summaries.iter() {
            let mut row = place.clone();
            row.extend(scope_fields(sweep.scenario, scope).map(str::to_owned));
            row.extend([key(measure), sweep.replications.to_string()]);
            row.extend(summary_fields(summary));
            table.write(row)?;
        }
    }
    table.end()
}

/// `sweep.json`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SweepJson<'a> {
    /// Of each point.
    replications: u64,
    axes: Vec<AxisJson<'a>>,
    points: Long<'a, PointJson<'a>>,
}

/// A key that is varied.
#[derive(Serialize, JsonSchema)]
struct AxisJson<'a> {
    path: &'a str,
    values: Vec<String>,
    /// The values as numbers in `unit`.
    positions: Vec<Option<f64>>,
    unit: Option<&'static str>,
}

/// A point of a sweep.
#[derive(Serialize, JsonSchema)]
struct PointJson<'a> {
    /// By the path of the key.
    values: ByName<String>,
    expectations: Vec<Judged<'a>>,
    #[serde(flatten)]
    measures: Measured<SummaryJson>,
}

/// `sweep.json`: what a sweep over a scenario says, whose TOML is `source`.
///
/// # Errors
///
/// Those of the writer.
pub fn sweep_json(sweep: &Sweep<'_>, source: &str, to: &mut dyn Write) -> io::Result<()> {
    let axes = sweep.axes.iter().map(|axis| AxisJson {
        path: &axis.path,
        values: axis.values.iter().map(Setting::shown).collect(),
        positions: axis.values.iter().map(Setting::number).collect(),
        unit: unit(axis),
    });
    let point = |cell: &'_ Cell| point(sweep, cell);
    let body = SweepJson {
        replications: sweep.replications,
        axes: axes.collect(),
        points: Long(&|| Box::new(sweep.cells.iter().map(point))),
    };
    json::write(to, &about(sweep.scenario, source, body))
}

fn point<'a>(sweep: &Sweep<'a>, cell: &Cell) -> PointJson<'a> {
    let values = settings(sweep.axes, &cell.point);
    let values = values.map(|(axis, value)| (axis.path.clone(), value.shown()));
    PointJson {
        values: ByName(values.collect()),
        expectations: judged(sweep.scenario, &cell.judgements),
        measures: measured(sweep.scenario, &cell.summaries),
    }
}

/// The files of a sweep over a scenario, whose TOML is `source`; with a report, where the command
/// that makes it again is given.
pub fn sweep_files<'a>(
    sweep: &'a Sweep<'_>,
    source: &'a str,
    command: Option<&Command>,
) -> Vec<File<'a>> {
    let mut files = vec![
        File::of("sweep.json", |to| sweep_json(sweep, source, to)),
        File::of("sweep.csv", |to| sweep_csv(sweep, to)),
    ];
    let picture = picture(sweep);
    files.extend(picture.files("sweep.svg", "sweep.png"));
    if let Some(command) = command {
        let page = html::page(&document(sweep, source, Some(&picture)), command);
        files.push(File::report(page));
    }
    files
}

/// What a sweep shows where nobody says: what the scenario expects something of, or else what
/// is lost and for how long queries fail.
pub fn shown_of(scenario: &Scenario) -> Vec<(Scope, Measure)> {
    let mut of: Vec<(Scope, Measure)> = Vec::new();
    for expectation in &scenario.expectations {
        let expected = (expectation.scope, expectation.measure);
        if !of.contains(&expected) {
            of.push(expected);
        }
    }
    if of.is_empty() {
        let usual = [Measure::Dropped, Measure::QueryDowntime];
        of.extend(usual.map(|measure| (Scope::Total, measure)));
    }
    of.truncate(MOST_SHOWN);
    of
}

/// More measures are for the table.
const MOST_SHOWN: usize = 4;
