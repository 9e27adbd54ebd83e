//! The probability of something rare.

mod csv;
mod document;
pub(super) mod json;
mod picture;

pub use csv::rare_csv;
pub use document::rare_text;
pub use json::rare_json;

use std::io::Write;

use super::File;
use super::chart::Picture;
use super::command::Command;
use super::html;
use super::study::{StudyPart, replications_csv};
use crate::experiment::rare::{Learned, Level, RareEvent, levels};
use crate::experiment::{Fingerprint, Outcome, Replications, fingerprint};
use crate::scenario::Scenario;
use crate::statistics::Weighted;

/// A study of something rare, and what it says.
#[derive(Debug)]
pub struct Rare<'a> {
    /// Of which scenario.
    pub scenario: &'a Scenario,
    /// What is rare.
    pub event: &'a RareEvent,
    /// What it draws from.
    pub learned: &'a Learned,
    /// Its replications, with their weights.
    pub study: &'a Replications,
    /// How likely the event is.
    pub found: Weighted,
    /// How likely more or less is.
    pub levels: Vec<Level>,
    /// Of each expectation, whether it holds; `None` where the study says nothing of it.
    pub judged: Vec<Option<Outcome>>,
    /// The digest of it all.
    pub fingerprint: Fingerprint,
}

impl<'a> Rare<'a> {
    /// What a study says.
    ///
    /// # Panics
    ///
    /// If it does not keep the measure of the event, or its replications have no weights.
    pub fn of(
        scenario: &'a Scenario,
        event: &'a RareEvent,
        learned: &'a Learned,
        study: &'a Replications,
    ) -> Rare<'a> {
        let expectations = scenario.expectations.iter();
        Rare {
            scenario,
            event,
            learned,
            study,
            found: event.found(study),
            levels: levels(event, study),
            fingerprint: fingerprint(scenario, study),
            judged: expectations
                .map(|expectation| event.judged(expectation, study))
                .collect(),
        }
    }
}

/// The files of such a study, for a scenario whose TOML is `source`: those of `parts`, and a
/// `report.html` that names the command that makes it again, where one is given.
pub fn rare_files<'a>(
    rare: &'a Rare<'_>,
    source: &str,
    parts: &[StudyPart],
    command: Option<&Command>,
) -> Vec<File<'a>> {
    let mut files = Vec::new();
    if parts.contains(&StudyPart::Summary) {
        let json = rare_json(rare, source);
        files.push(File::whole(StudyPart::Summary.names()[0], json));
    }
    if parts.contains(&StudyPart::Replications) {
        let csv = move |to: &mut dyn Write| replications_csv(to, rare.scenario, rare.study);
        files.push(File::of(StudyPart::Replications.names()[0], csv));
    }
    let pictured = parts.contains(&StudyPart::Pictures);
    if !pictured && command.is_none() {
        return files;
    }
    let curve: Picture = picture::picture(rare);
    if pictured {
        files.extend(curve.files("rare.svg", "rare.png"));
    }
    if let Some(command) = command {
        let document = document::document(rare, source, Some(&curve));
        files.push(File::report(html::page(&document, command)));
    }
    files
}
