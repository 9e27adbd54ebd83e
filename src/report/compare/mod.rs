//! Scenarios against a first one: what differs, from when on, and by which of their keys.

mod csv;
mod document;
pub(super) mod json;

pub use self::csv::compare_csv;
pub use self::document::compare;
pub use self::json::compare_json;

use super::File;
use super::chart::{Difference, Picture, difference_chart};
use super::command::Command;
use super::format::{count, distance, interval, no_interval, replications};
use super::html;
use crate::experiment::{Attribution, Finding, FirstDivergence, Paired, Pairs};
use crate::model::History;
use crate::scenario::{Change, Changes, Measure, Scenario, Scope, Unit};
use crate::statistics::{Interval, Mean};

/// Scenarios that were replayed on the random numbers of the first of them.
#[derive(Debug)]
pub struct Compared<'a> {
    /// What the others are held against.
    pub first: Side<'a>,
    /// How often each was replayed.
    pub replications: u64,
    /// Of which replication the histories are.
    pub replication: u64,
    /// The others.
    pub others: Vec<Other<'a>>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What it is called; no two have the same name.
    pub name: &'a str,
    /// What is meant.
    pub scenario: &'a Scenario,
    /// Its text.
    pub source: &'a str,
    /// One replication.
    pub history: &'a History,
}

/// A scenario that is held against the first.
#[derive(Debug)]
pub struct Other<'a> {
    /// The scenario.
    pub side: Side<'a>,
    /// Every measure that both have.
    pub measures: Vec<Paired>,
    /// The number of the measure that the verdict is about; `None` where nothing differs.
    pub telling: Option<usize>,
    /// Where the two histories part.
    pub parting: Option<FirstDivergence>,
    /// In which keys the two differ.
    pub changes: Changes,
    /// How much of the difference each of them makes; `None` where nothing differs.
    pub attribution: Option<Attribution>,
}

impl Other<'_> {
    pub(super) fn telling(&self) -> Option<&Paired> {
        self.telling.map(|at| &self.measures[at])
    }

    /// The changes with what each does; nothing where nothing differs.
    fn parts(&self) -> impl Iterator<Item = (&Change, &Result<Mean, String>)> {
        let parts = self
            .attribution
            .iter()
            .flat_map(|attribution| &attribution.parts);
        self.changes.list.iter().zip(parts)
    }
}

/// More rows make no picture.
const MOST_ROWS: usize = 40;

/// The files of a comparison; with a report, where the command that makes it again is given.
pub fn compare_files(compared: &Compared<'_>, command: Option<&Command>) -> Vec<File<'static>> {
    let mut files = vec![
        File::whole("compare.json", compare_json(compared)),
        File::whole("compare.csv", compare_csv(compared)),
    ];
    let picture = picture(compared);
    if let Some(picture) = &picture {
        files.extend(picture.files("compare.svg", "compare.png"));
    }
    if let Some(command) = command {
        let page = html::page(&document::document(compared, Some(&picture)), command);
        files.push(File::report(page));
    }
    files
}

/// The differences of the measures of the whole; none where nothing differs.
fn picture(compared: &Compared<'_>) -> Option<Picture> {
    let alone = compared.others.len() == 1;
    let rows = compared.others.iter().flat_map(|other| {
        let measures = other.measures.iter();
        let whole = measures.filter(|paired| paired.scope == Scope::Total);
        whole.filter_map(move |paired| {
            let pairs = paired
                .pairs
                .filter(|pairs| pairs.finding() != Finding::Same)?;
            let name = match alone {
                true => paired.measure.name().to_owned(),
                false => format!("{}: {}", other.side.name, paired.measure.name()),
            };
            let unit = paired.measure.unit();
            Some(Difference { name, unit, pairs })
        })
    });
    let rows: Vec<Difference> = rows.take(MOST_ROWS).collect();
    let second: Vec<&str> = compared
        .others
        .iter()
        .map(|other| other.side.name)
        .collect();
    let often = replications(compared.replications);
    let notes = [
        format!("{often} of each, seed {}", compared.first.scenario.seed),
        format!("measures with {} are left out", Finding::Same.words()),
    ];
    let names = (compared.first.name, second.join(", "));
    let title = "How B differs from A";
    (!rows.is_empty()).then(|| difference_chart(title, &notes, (names.0, &names.1), &rows))
}

/// What the comparison comes to, in a sentence.
pub(super) fn verdict(first: Side<'_>, other: &Other<'_>) -> String {
    let (a, b) = (first.name, other.side.name);
    let same = Finding::Same.words();
    let Some(paired) = other.telling() else {
        return format!("{b} and {a} do not differ: {same} of any measure");
    };
    let measure = first.scenario.name_of(paired.scope, paired.measure);
    let Some(pairs) = &paired.pairs else {
        return format!("{measure} has a value in {b} or in {a}, but never in both");
    };
    if paired.is_equal() {
        return format!("{measure} in {b} and {a}: {same}");
    }
    let unit = paired.measure.unit();
    let by = distance(unit, pairs.difference.mean);
    let more = pairs.difference.mean >= 0.0;
    let word = if more { "more" } else { "less" };
    let said = match (paired.scope, paired.measure) {
        (Scope::Total, Measure::Dropped) => format!("{b} drops {by} {word} than {a}"),
        (Scope::Total, Measure::QueryDowntime) => {
            format!("queries fail for {by} {word} in {b} than in {a}")
        }
        _ => {
            let word = if more { "above" } else { "below" };
            format!("{measure} in {b} is {by} {word} that in {a}")
        }
    };
    let doubt = match pairs.finding() {
        Finding::Unclear => format!(", {}", Finding::Unclear.words()),
        Finding::Same | Finding::Differs => String::new(),
    };
    format!("{said} on average{doubt} ({})", certainty(paired, pairs))
}

/// The interval of a difference and how many replications agree with it.
fn certainty(paired: &Paired, pairs: &Pairs) -> String {
    let unit = paired.measure.unit();
    let (side, word) = if pairs.difference.mean >= 0.0 {
        (pairs.larger, "more")
    } else {
        (pairs.smaller, "less")
    };
    let interval = pairs.difference.interval().map(|ends| {
        // Where the difference is below 0 its distance from 0 is told.
        let ends = match pairs.difference.mean {
            mean if mean < 0.0 => Interval {
                low: -ends.high,
                high: -ends.low,
            },
            _ => ends,
        };
        format!("95% interval {}", interval(unit, ends, distance_or_less))
    });
    let interval = interval.unwrap_or_else(|| no_interval(pairs.difference));
    let all = replications((pairs.larger + pairs.equal + pairs.smaller) as u64);
    format!("{interval}; {word} in {} of {all}", count(side as u64))
}

/// A distance that may turn out to be none: then with its sign.
fn distance_or_less(unit: Unit, end: f64) -> String {
    let sign = if end < 0.0 { "-" } else { "" };
    format!("{sign}{}", distance(unit, end))
}
