//! The last value of a key for which an expectation holds: as text, as JSON and as a table.

mod answer;
mod csv;
mod json;
mod text;

pub use csv::solve_csv;
pub use json::solve_json;
pub use text::solve_text;

use super::File;
use crate::experiment::solve::Solution;
use crate::scenario::{Expectation, Grid, Scenario, Setting};

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

/// The files of an answer, for a scenario whose TOML is `source`.
pub fn solve_files(solved: &Solved<'_>, source: &str) -> Vec<File> {
    let mut files = vec![File::whole("solve.json", solve_json(solved, source))];
    if !solved.solution.thresholds.is_empty() {
        files.push(File::whole("thresholds.csv", solve_csv(solved)));
    }
    files
}

/// A setting as a number of its [`unit`]; seconds of a duration.
fn number(setting: &Setting) -> f64 {
    let place = setting.position().expect("a grid has quantities");
    match setting {
        Setting::Duration(_) => place / 1_000.0,
        _ => place,
    }
}

/// What a setting is counted in; nothing of a plain number.
fn unit(setting: &Setting) -> &'static str {
    match setting {
        Setting::Duration(_) => "s",
        Setting::Volume(_) => "bytes",
        Setting::Rate(_) => "bytes_per_day",
        Setting::Percent(_) => "percent",
        Setting::Whole(_) | Setting::Number(_) | Setting::Other(_) => "",
    }
}
