//! The last value of a key for which an expectation holds.

mod answer;
mod csv;
mod document;
pub(super) mod json;
mod picture;
mod solved;

pub use csv::solve_csv;
pub use document::solve_text;
pub use json::solve_json;
pub use solved::Solved;

use self::document::{Shown, document};
use super::File;
use super::chart::pictures;
use super::command::Command;
use super::html;
use crate::experiment::Replay;
use crate::scenario::Scenario;

/// What a report of a threshold shows that the threshold does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct SolveReport<'a> {
    /// What makes it again.
    pub command: &'a Command,
    /// The words of the command that replays the scenario, but for the value of the key, the
    /// seed and the replication.
    pub run: &'a [String],
    /// Of each witness: the scenario with its value, and its replication.
    pub replays: &'a [(Scenario, Replay)],
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
    let curve = picture::picture(solved);
    files.extend(curve.files("solve.svg", "solve.png"));
    if let Some(report) = report {
        let replays = report.replays.iter();
        let pictures: Vec<_> = replays
            .map(|(scenario, replay)| pictures(scenario, replay))
            .collect();
        let shown = Shown {
            curve: &curve,
            replays: report.replays,
            pictures: &pictures,
        };
        let document = document(solved, source, report.run, Some(shown));
        files.push(File::report(html::page(&document, report.command)));
    }
    files
}
