//! What many replications of a scenario say: as text, as JSON and as tables.

mod csv;
mod json;
mod sweep;
pub(super) mod text;

pub use csv::{replications_csv, study_csv};
pub use json::study_json;
pub use sweep::{Sweep, shown_of, sweep_csv, sweep_files, sweep_json, sweep_text};
pub use text::study_text;

use super::File;
use crate::experiment::{
    Fingerprint, Judgement, Replications, Summary, fingerprint, judge, summaries,
};
use crate::scenario::{Measure, Scenario, Scope};

/// A study of a scenario and what it says.
#[derive(Debug)]
pub struct Findings<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// Every measure of every replication.
    pub study: &'a Replications,
    /// Of each measure that is kept.
    pub summaries: Vec<(Scope, Measure, Summary)>,
    /// One for each expectation of the scenario.
    pub judgements: Vec<Judgement>,
    /// The digest of it all.
    pub fingerprint: Fingerprint,
}

impl<'a> Findings<'a> {
    /// What a study says; it keeps the measures that the scenario has expectations of.
    pub fn of(scenario: &'a Scenario, study: &'a Replications) -> Findings<'a> {
        let expectations = scenario.expectations.iter();
        Findings {
            scenario,
            study,
            summaries: summaries(study),
            judgements: expectations.map(|it| judge(it, study)).collect(),
            fingerprint: fingerprint(scenario, study),
        }
    }

    /// The summary of a measure, where it is kept.
    fn of_measure(&self, scope: Scope, measure: Measure) -> Option<&Summary> {
        let mut all = self.summaries.iter();
        let found = all.find(|(its_scope, its, _)| (*its_scope, *its) == (scope, measure));
        found.map(|(.., summary)| summary)
    }
}

/// Which results of a study are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyPart {
    /// `replications.json`.
    Summary,
    /// Pictures of distributions.
    Pictures,
    /// `replications.csv`.
    Replications,
}

/// The files of a study of a scenario, whose TOML is `source`: those of `parts`.
pub fn study_files(findings: &Findings<'_>, source: &str, parts: &[StudyPart]) -> Vec<File> {
    let whole = |name, bytes| File {
        name,
        bytes,
        note: None,
    };
    let mut files = Vec::new();
    if parts.contains(&StudyPart::Summary) {
        files.push(whole(
            "replications.json",
            study_json(findings, source).into_bytes(),
        ));
    }
    if parts.contains(&StudyPart::Replications) {
        files.push(whole(
            "replications.csv",
            replications_csv(findings).into_bytes(),
        ));
    }
    files
}
