//! From results to bytes: the files and the text of a run.
//!
//! Everything here is pure. Nothing reads a file, a clock or the terminal, and no result
//! names a path or a thread count, so equal runs give equal bytes. Storage accounts are
//! counted from 1 in everything that people read.

mod assumed;
mod back_test;
mod chart;
mod command;
mod compare;
mod csv;
mod describe;
mod differences;
mod document;
mod explain;
mod faults;
mod format;
mod freeze;
mod gist;
mod html;
mod json;
mod letters;
mod optimise;
mod plan;
pub mod play;
mod polls;
mod rare;
mod results;
mod rules;
mod run;
mod sections;
mod sensitivity;
mod shrink;
mod solve;
mod states;
mod story;
mod strip;
mod study;
mod terminal;
mod topics;
mod window;
mod worst;

pub use self::back_test::{back_test_csv, back_test_files, back_test_json, back_test_text};
pub use self::chart::{
    Difference, Excerpt, HeatCell, HeatPanel, MOST_PANELS, Parameter, Picture, Quantity, View,
    difference_chart, distribution_chart, excerpt, heat_map, pictures,
};
pub use self::command::Command;
pub use self::compare::{Compared, Other, Side, compare, compare_csv, compare_files, compare_json};
pub use self::csv::{events, measures, timeline, write_events};
pub use self::differences::{differences, differences_csv, differences_json};
pub use self::explain::{chosen, chosen_as_worst, explain, write_explanation};
pub use self::faults::{
    Faults, cut_file, cut_name, faults_csv, faults_files, faults_json, faults_text,
};
pub use self::format::replications;
pub use self::freeze::{freeze_files, freeze_text};
pub use self::html::{dark_pictures, policy_digest};
pub use self::json::summary;
pub use self::optimise::{Optimised, optimise_csv, optimise_files, optimise_json, optimise_text};
pub use self::plan::{plan_csv, plan_files, plan_json, plan_text};
pub use self::polls::{count_polls, polls, polls_csv};
pub use self::rare::{Rare, rare_csv, rare_files, rare_json, rare_text};
pub use self::results::results_schema;
pub use self::rules::{Rules, rules, rules_csv, rules_in_brief, rules_json};
pub use self::run::text;
pub use self::sensitivity::{
    Screening, Sensitivity, sensitivity_csv, sensitivity_files, sensitivity_json, sensitivity_text,
};
pub use self::shrink::{SHRUNK, ShrunkOf, shrink_files, shrink_json, shrink_text};
pub use self::solve::{SolveReport, Solved, solve_csv, solve_files, solve_json, solve_text};
pub use self::story::count_lines;
pub use self::study::{
    Few, Findings, StudyPart, StudyReport, Sweep, shown_of, study_csv, study_files, study_json,
    study_text, sweep_csv, sweep_files, sweep_json, sweep_text,
};
pub use self::terminal::Style;
pub use self::topics::{events_topic, measures_topic};
pub use self::worst::{WorstCase, worst_csv, worst_files, worst_json, worst_text};

use std::io::{self, Write};

use crate::experiment::Replay;
use crate::scenario::Scenario;

/// The samples of `timeline.csv` and the pictures that a run gets when nobody asks for others.
pub const DEFAULT_RESOLUTION: usize = 500;

/// A file to be written, and what its reader should be told.
pub struct File<'a> {
    /// Its name, without a folder.
    pub name: &'static str,
    /// What was left out of it, in a sentence.
    pub note: Option<String>,
    contents: Contents<'a>,
}

/// What writes a file, piece by piece: a long table is never in memory as a whole.
type Contents<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

impl<'a> File<'a> {
    /// A file from which nothing was left out, made in memory.
    pub fn whole(name: &'static str, bytes: impl Into<Vec<u8>>) -> File<'a> {
        let bytes = bytes.into();
        File::of(name, move |to| to.write_all(&bytes))
    }

    /// A file from which nothing was left out, made while it is written.
    fn of(name: &'static str, contents: impl Fn(&mut dyn Write) -> io::Result<()> + 'a) -> Self {
        File {
            name,
            note: None,
            contents: Box::new(contents),
        }
    }

    /// The page that shows everything.
    fn report(page: impl Into<Vec<u8>>) -> File<'a> {
        File::whole(REPORT, page)
    }

    /// Writes its contents, in many small pieces.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, to: &mut dyn Write) -> io::Result<()> {
        (self.contents)(to)
    }
}

/// The name of the page that shows everything, where one is asked for.
pub const REPORT: &str = "report.html";

/// The name of a frozen scenario.
pub const FROZEN: &str = "frozen.toml";

/// Which results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `summary.json`.
    Summary,
    /// `events.csv`.
    Events,
    /// `timeline.csv`.
    Timeline,
    /// `timeline.svg` and `timeline.png`.
    Pictures,
}

impl Part {
    /// All of them, in the order in which they are written.
    pub const ALL: [Part; 4] = [Part::Summary, Part::Events, Part::Timeline, Part::Pictures];

    /// The names of its files.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Part::Summary => &["summary.json"],
            Part::Events => &["events.csv"],
            Part::Timeline => &["timeline.csv"],
            Part::Pictures => &["timeline.svg", "timeline.png"],
        }
    }
}

/// The files of one replication of `scenario`, whose TOML is `source`: those of `parts`, with
/// about `resolution` samples over the run in `timeline.csv`; and a `report.html` that names the
/// command that makes it again, where one is given.
pub fn files<'a>(
    scenario: &'a Scenario,
    source: &str,
    replay: &'a Replay,
    parts: &[Part],
    resolution: usize,
    command: Option<&Command>,
) -> Vec<File<'a>> {
    let pictured = command.is_some() || parts.contains(&Part::Pictures);
    let picture = pictured.then(|| pictures(scenario, replay));
    let of_part = |part: Part| {
        let names = part.names();
        match part {
            Part::Summary => vec![File::whole(names[0], summary(scenario, source, replay))],
            Part::Events => {
                let events =
                    move |to: &mut dyn Write| csv::write_events(to, scenario, &replay.history);
                vec![File::of(names[0], events)]
            }
            Part::Timeline => {
                let (timeline, note) = timeline(scenario, replay, resolution);
                let whole = File::whole(names[0], timeline);
                vec![File { note, ..whole }]
            }
            Part::Pictures => {
                let files = picture
                    .iter()
                    .map(|picture| picture.files(names[0], names[1]));
                files.flatten().collect()
            }
        }
    };
    let wanted = Part::ALL.into_iter().filter(|part| parts.contains(part));
    let mut files: Vec<File<'_>> = wanted.flat_map(of_part).collect();
    if let (Some(command), Some(picture)) = (command, &picture) {
        let document = run::document(scenario, source, replay, Some(picture));
        files.push(File::report(html::page(&document, command)));
    }
    files
}
