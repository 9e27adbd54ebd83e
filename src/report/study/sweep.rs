//! What a sweep says: as text, as a table and as JSON.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::super::File;
use super::super::command::Command;
use super::super::csv::{Table, number as field, scope_fields};
use super::super::format::{cell, count, elided, of_unit, replications, shown};
use super::super::html;
use super::super::json::{float, key, with_measures, write_about};
use super::super::text::{Look, heading_of};
use super::csv::{summary_fields, summary_header};
use super::json::{judged, sheet};
use super::picture::picture;
use super::text::{Quantiles, mean_of};
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
        let own = judged.filter(|(it, _)| (it.scope, it.measure) == of);
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

/// What a sweep says, for the terminal: a table of the points for each measure that is shown.
pub fn sweep_text(sweep: &Sweep<'_>, look: Look) -> String {
    let mut text = in_a_line(sweep) + "\n";
    text += &heading_of(sweep.scenario, "", look);
    for &of in sweep.of {
        text += &table(sweep, of, look);
    }
    text += &expected(sweep, look);
    text
}

/// In one line: how far what is looked at goes, and where what is expected holds.
pub(in crate::report) fn in_a_line(sweep: &Sweep<'_>) -> String {
    let mut told = Vec::new();
    let varies = |of: &&(Scope, Measure)| everywhere(sweep, **of).is_none();
    if let Some(&of) = sweep.of.iter().find(varies).or(sweep.of.first()) {
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
                    "mean {name} goes from {} at {} to {} at {}",
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
    let of_all = |cell: &Cell| worst(cell.judgements.iter().map(|it| it.outcome));
    let judged = sweep.cells.iter().filter_map(of_all);
    if judged.clone().count() > 0 {
        let hold = judged.filter(|it| *it == Outcome::Passed).count();
        told.push(format!(
            "what is expected holds at {} of {}",
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
    words(settings(axes, &cell.point))
}

/// Values of keys in words.
pub(super) fn words<'a>(settings: impl Iterator<Item = (&'a Axis, &'a Setting)>) -> String {
    let values = settings.map(|(axis, value)| {
        let key = axis.path.rsplit('.').next().unwrap_or_default();
        format!("{key} {}", value.brief())
    });
    values.collect::<Vec<String>>().join(", ")
}

const MEAN: usize = 15;
const QUANTILE: usize = 9;
const SHOWN: Quantiles = [1, 3, 5, 7];

fn table(sweep: &Sweep<'_>, of: (Scope, Measure), look: Look) -> String {
    let mut name = sweep.scenario.name_of(of.0, of.1);
    if of.1.unit() == Unit::Money {
        name += &format!(" in {}", sweep.scenario.prices.currency);
    }
    let heading = format!(
        "{name} at {}, {} each",
        points(sweep),
        replications(sweep.replications)
    );
    let widths = widths(sweep.axes);
    if let Some(same) = everywhere(sweep, of) {
        return "\n".to_owned() + &look.wrap("", &format!("{name} is {same} everywhere"), 2);
    }
    let mut text = look.heading(&heading);
    let mut line = " ".to_owned();
    for (axis, &width) in sweep.axes.iter().zip(&widths) {
        line += &format!(" {:width$}", ending(&axis.path, width));
    }
    line += &format!("{:>MEAN$}", "mean");
    for at in SHOWN {
        line += &format!("{:>QUANTILE$}", Summary::QUANTILES[at].0);
    }
    text += &(line + "\n");
    for point in sweep.cells {
        let mut line = " ".to_owned();
        for ((_, value), &width) in settings(sweep.axes, &point.point).zip(&widths) {
            line += &format!(" {:width$}", elided(&value.brief(), width));
        }
        let summary = sweep.summary(point, of);
        let mean = summary
            .mean
            .map_or_else(|| "none".to_owned(), |it| mean_of(of.1.unit(), &it));
        line += &format!("{mean:>MEAN$}");
        for at in SHOWN {
            line += &format!("{:>QUANTILE$}", cell(summary.quantiles[at]));
        }
        let mark = match sweep.outcome(point, of) {
            None => "",
            Some(Outcome::Passed) => " ok",
            Some(Outcome::Failed) => " X",
            Some(Outcome::Undecided) => " ?",
        };
        text += &(line + mark + "\n");
    }
    text
}

/// The value of a measure, where it is the same in every replication of every point.
pub(in crate::report) fn everywhere(sweep: &Sweep<'_>, of: (Scope, Measure)) -> Option<String> {
    let mut all = sweep
        .cells
        .iter()
        .map(|cell| sweep.summary(cell, of).constant());
    let first = all.next()??;
    all.all(|it| it == Some(first)).then(|| cell(Some(first)))
}

/// How wide the columns of the axes are: what their values need, within what a terminal has.
fn widths(axes: &[Axis]) -> Vec<usize> {
    let needed = |axis: &Axis| {
        let values = axis
            .values
            .iter()
            .map(|value| value.brief().chars().count());
        values.max().unwrap_or(0).max(NARROWEST)
    };
    let needed: Vec<usize> = axes.iter().map(needed).collect();
    let room = WIDEST.saturating_sub(axes.len());
    let all: usize = needed.iter().sum();
    if all > room {
        let part = |width: usize| (width * room / all).max(NARROWEST);
        return needed.into_iter().map(part).collect();
    }
    // What is left is for the names of the keys.
    let spare = (room - all) / axes.len();
    let widths = axes.iter().zip(needed);
    widths
        .map(|(axis, width)| (axis.path.chars().count()).clamp(width, width + spare))
        .collect()
}

/// A column of an axis, and all of them with a blank before each.
const NARROWEST: usize = 8;
const WIDEST: usize = 25;

/// The end of a path, which tells more than its beginning.
fn ending(path: &str, width: usize) -> String {
    let letters: Vec<char> = path.chars().collect();
    match letters.len().checked_sub(width) {
        None | Some(0) => path.to_owned(),
        Some(cut) => std::iter::once('…')
            .chain(letters[cut + 1..].iter().copied())
            .collect(),
    }
}

/// Where what is expected holds.
fn expected(sweep: &Sweep<'_>, look: Look) -> String {
    if sweep.scenario.expectations.is_empty() {
        return String::new();
    }
    let mut text = look.heading("Expected (above ok: holds, X: fails, ?: undecided)");
    for (number, expectation) in sweep.scenario.expectations.iter().enumerate() {
        let of = |outcome| {
            let cells = sweep.cells.iter();
            cells
                .filter(|cell| cell.judgements[number].outcome == outcome)
                .count() as u64
        };
        let words = format!(
            "{}: holds at {}, fails at {}, undecided at {}",
            shown(&expectation.text),
            count(of(Outcome::Passed)),
            count(of(Outcome::Failed)),
            count(of(Outcome::Undecided))
        );
        text += &look.wrap("  ", &words, 4);
    }
    text
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
    let mut table = Table::to(to, &header)?;
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

/// `sweep.json`: what a sweep over a scenario says, whose TOML is `source`.
///
/// # Errors
///
/// Those of the writer.
pub fn sweep_json(sweep: &Sweep<'_>, source: &str, to: &mut dyn Write) -> io::Result<()> {
    let axis = |axis: &Axis| {
        let positions = axis.values.iter().map(|it| json!(it.number().map(float)));
        json!({
            "path": axis.path,
            "values": axis.values.iter().map(Setting::shown).collect::<Vec<String>>(),
            "positions": positions.collect::<Vec<Json>>(),
            "unit": unit(axis),
        })
    };
    let body = json!({
        "replications": sweep.replications,
        "axes": sweep.axes.iter().map(axis).collect::<Vec<Json>>(),
        "points": null,
    });
    let points = || sweep.cells.iter().map(|cell| point_json(sweep, cell));
    write_about(to, sweep.scenario, source, body, "points", &points)
}

fn point_json(sweep: &Sweep<'_>, cell: &Cell) -> Json {
    let scenario = sweep.scenario;
    let values = settings(sweep.axes, &cell.point);
    let values: Map<String, Json> = values
        .map(|(axis, value)| (axis.path.clone(), Json::from(value.shown())))
        .collect();
    let expectations = scenario.expectations.iter().zip(&cell.judgements);
    let body = json!({
        "values": values,
        "expectations": expectations.map(|(it, found)| judged(it, found)).collect::<Vec<Json>>(),
    });
    with_measures(scenario, body, |scope| sheet(&cell.summaries, scope))
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
        let page = html::sweep(sweep, source, &picture, command);
        files.push(File::report(page));
    }
    files
}

/// What a sweep shows where nobody says: what the scenario expects something of, or else what
/// is lost and for how long queries fail.
pub fn shown_of(scenario: &Scenario) -> Vec<(Scope, Measure)> {
    let mut of: Vec<(Scope, Measure)> = Vec::new();
    for expectation in &scenario.expectations {
        let it = (expectation.scope, expectation.measure);
        if !of.contains(&it) {
            of.push(it);
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
