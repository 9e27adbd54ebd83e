//! What many replications of a scenario say.

mod csv;
pub(super) mod document;
mod few;
mod findings;
mod histogram;
pub(super) mod json;
mod picture;
pub(super) mod sweep;

pub use csv::study_csv;
pub use document::study_text;
pub use few::Few;
pub use findings::Findings;
pub(super) use histogram::bins;
pub use json::study_json;
pub use sweep::{Sweep, shown_of, sweep_csv, sweep_files, sweep_json, sweep_text};

use std::io::Write;

use self::document::{Shown, document};
pub(super) use csv::replications_csv;

use super::File;
use super::chart::{Picture, distribution_chart, fan_chart, pictures};
use super::command::Command;
use super::html;
use crate::experiment::{Fan, Kept, Replay, Sample};
use crate::scenario::{Measure, Scenario, Scope};

/// What a report of a study shows that the study does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct StudyReport<'a> {
    /// What makes it again.
    pub command: &'a Command,
    /// A replication: that of [`Findings::telling`].
    pub replay: &'a Replay,
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

impl StudyPart {
    /// All of them.
    pub const ALL: [StudyPart; 3] = [
        StudyPart::Summary,
        StudyPart::Replications,
        StudyPart::Pictures,
    ];

    /// The names of its files.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            StudyPart::Summary => &["replications.json"],
            StudyPart::Replications => &["replications.csv"],
            StudyPart::Pictures => &[
                "distribution.svg",
                "distribution.png",
                "fan.svg",
                "fan.png",
                "rare.svg",
                "rare.png",
            ],
        }
    }
}

/// The files of a study of a scenario, whose TOML is `source`: those of `parts`; `fan` is the
/// study over time, where pictures or a `report` are wanted and every value is kept.
pub fn study_files<'a>(
    findings: &'a Findings<'_>,
    source: &str,
    parts: &[StudyPart],
    fan: Option<&Fan>,
    report: Option<StudyReport<'_>>,
) -> Vec<File<'a>> {
    let mut files = Vec::new();
    if parts.contains(&StudyPart::Summary) {
        let json = study_json(findings, source);
        files.push(File::whole(StudyPart::Summary.names()[0], json));
    }
    if parts.contains(&StudyPart::Replications)
        && let Kept::Every(study) = findings.study
    {
        let csv = move |to: &mut dyn Write| replications_csv(to, findings.scenario, study);
        files.push(File::of(StudyPart::Replications.names()[0], csv));
    }
    let pictured = parts.contains(&StudyPart::Pictures);
    if !pictured && report.is_none() {
        return files;
    }
    let scenario = findings.scenario;
    let spread = distributions(findings);
    let fan = fan.map(|fan| fan_chart(&title(scenario), scenario.start, fan));
    if pictured {
        let names = StudyPart::Pictures.names();
        files.extend(spread.files(names[0], names[1]));
        let fan = fan.iter();
        files.extend(fan.flat_map(|fan| fan.files(names[2], names[3])));
    }
    if let Some(report) = report {
        let timeline = pictures(scenario, report.replay);
        let shown = Shown {
            distribution: &spread,
            over_time: fan.as_ref(),
            timeline: &timeline,
            replay: report.replay,
        };
        let document = document(findings, source, &[], Some(shown));
        files.push(File::report(html::page(&document, report.command)));
    }
    files
}

/// More panels are no picture.
const MOST_PANELS: usize = 4;

/// How the measures are distributed that a reader asks for first: those of which something is
/// expected, then what is lost, held and out of reach; before all of them those that vary.
fn distributions(findings: &Findings<'_>) -> Picture {
    let expected = findings.scenario.expectations.iter();
    let usual = [
        Measure::Dropped,
        Measure::QueryDowntime,
        Measure::BufferedPeak,
        Measure::TimeToRecover,
    ];
    let usual = usual.map(|measure| (Scope::Total, measure));
    let mut wanted: Vec<(Scope, Measure)> = Vec::new();
    for of in expected
        .map(|expectation| (expectation.scope, expectation.measure))
        .chain(usual)
    {
        if !wanted.contains(&of) && findings.study.measures().contains(&of) {
            wanted.push(of);
        }
    }
    let varies = |of: &(Scope, Measure)| {
        let summary = findings.summaries.get(of.0, of.1);
        summary.is_some_and(|summary| summary.constant().is_none() && summary.mean.is_some())
    };
    // A stable sort: within each kind they stay in their order.
    wanted.sort_by_key(|of| !varies(of));
    let varying = wanted.iter().filter(|of| varies(of)).count();
    wanted.truncate(varying.clamp(1, MOST_PANELS));
    let samples: Vec<(String, Sample)> = wanted
        .into_iter()
        .filter_map(|(scope, measure)| {
            let sample = findings.study.sample(scope, measure)?;
            Some((findings.scenario.name_of(scope, measure), sample))
        })
        .collect();
    let panels: Vec<(&str, &Sample)> = samples
        .iter()
        .map(|(name, sample)| (name.as_str(), sample))
        .collect();
    distribution_chart(&title(findings.scenario), &panels)
}

/// What a picture is called.
fn title(scenario: &Scenario) -> String {
    let title = scenario.title.as_deref();
    super::format::sanitize(title.unwrap_or("Replications of a scenario"))
}
