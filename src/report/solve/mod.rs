//! The last value of a key for which an expectation holds: as text, as JSON and as a table.

pub(super) mod answer;
mod csv;
mod json;
pub(super) mod text;

pub use csv::solve_csv;
pub use json::solve_json;
pub use text::solve_text;

use super::File;
use super::html::{self, SolveReport};
use crate::experiment::solve::Solution;
use crate::scenario::{Expectation, Grid, Scenario};

/// A question and what was found.
#[derive(Debug)]
pub struct Solved<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// What was to hold.
    pub expectation: &'a Expectation,
    /// The values of the key.
    pub grid: &'a Grid,
    /// In how many replications.
    pub replications: usize,
    /// What was found.
    pub solution: &'a Solution,
}

/// The files of an answer, for a scenario whose TOML is `source`; with a report, where one is
/// wanted.
pub fn solve_files(
    solved: &Solved<'_>,
    source: &str,
    report: Option<SolveReport<'_>>,
) -> Vec<File<'static>> {
    let mut files = vec![File::whole("solve.json", solve_json(solved, source))];
    if !solved.solution.thresholds.is_empty() {
        files.push(File::whole("thresholds.csv", solve_csv(solved)));
    }
    if let Some(report) = report {
        let page = html::solve(solved, source, report);
        files.push(File::report(page));
    }
    files
}
