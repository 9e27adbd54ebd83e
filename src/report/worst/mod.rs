//! The values of some keys at which a statistic is largest, or smallest.

mod answer;
mod csv;
mod document;
pub(super) mod json;
mod picture;

pub use csv::worst_csv;
pub use document::worst_text;
pub use json::worst_json;

use super::File;
use super::command::Command;
use super::html;
use super::study::document::estimate;
use crate::experiment::worst::Worst;
use crate::scenario::{Grid, Scenario, Target, Unit};

/// A question and what was found.
#[derive(Debug)]
pub struct WorstCase<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// Which statistic.
    pub target: &'a Target,
    /// Whether it was to be smallest.
    pub least: bool,
    /// The values of each key.
    pub grids: &'a [Grid],
    /// How many replications a point has at most.
    pub replications: usize,
    /// What was found.
    pub found: &'a Worst,
}

impl WorstCase<'_> {
    fn unit(&self) -> Unit {
        self.target.statistic.unit(self.target.measure)
    }

    /// A number of the statistic's kind.
    fn shown(&self, number: f64) -> String {
        estimate(self.target.statistic, self.target.measure, number)
    }

    /// The values of a point in words.
    fn place(&self, at: &[usize]) -> String {
        let keys = self.grids.iter().zip(at);
        let values = keys.map(|(grid, at)| format!("{} = {}", grid.path, grid.value(*at).text()));
        values.collect::<Vec<String>>().join(", ")
    }
}

/// The files of an answer, for a scenario whose TOML is `source`; with a report, where the command
/// that makes it again is given. `run` is the words of the command that replays the scenario, but
/// for the values of the keys and the seed.
pub fn worst_files(
    case: &WorstCase<'_>,
    source: &str,
    run: &[String],
    command: Option<&Command>,
) -> Vec<File<'static>> {
    let picture = picture::picture(case);
    let mut files = vec![
        File::whole("worst.json", worst_json(case, source)),
        File::whole("worst.csv", worst_csv(case)),
    ];
    files.extend(picture.files("worst.svg", "worst.png"));
    if let Some(command) = command {
        let document = document::document(case, source, run, Some(&picture));
        files.push(File::report(html::page(&document, command)));
    }
    files
}
