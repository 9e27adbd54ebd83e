//! The report of many replications.

use super::course;
use super::markup::{Html, around};
use super::page::Page;
use super::parts::{self, Table, note};
use crate::experiment::{Replay, Summary};
use crate::report::chart::Picture;
use crate::report::command::Command;
use crate::report::format::{cell, count, interval, of_unit, shown};
use crate::report::study::Findings;
use crate::report::study::text::{TELLING, alike, loss, name_of_several, reason, worst};
use crate::scenario::{Measure, Scope};

/// What a report of a study shows that the study does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct StudyReport<'a> {
    /// What makes it again.
    pub command: &'a Command,
    /// A replication: that of [`Findings::telling`].
    pub replay: &'a Replay,
}

/// The page of a study of a scenario whose TOML is `source`.
pub(in crate::report) fn study(
    findings: &Findings<'_>,
    source: &str,
    report: StudyReport<'_>,
    [distribution, over_time, timeline]: [&Picture; 3],
) -> String {
    let scenario = findings.scenario;
    let facts = format!(
        "{}, {} replications",
        parts::facts(scenario),
        count(findings.study.count() as u64)
    );
    let mut page = Page::new(
        parts::title(scenario),
        scenario.description.as_deref(),
        &facts,
    );
    page.section("verdict", "Verdict", verdict(findings));
    page.section("figures", "Key figures", figures(findings));
    let mut course = parts::figure(over_time);
    let number = findings.telling();
    course.push(around(
        "h3",
        format!("Replication {number}, with its rules"),
    ));
    course.push(note(&worst(findings).unwrap_or_else(|| {
        "All replications are alike in what is dropped, buffered and out of reach.".to_owned()
    })));
    course.push(parts::figure(timeline));
    course.push(course::of_replay(scenario, report.replay));
    page.section("time", "Over time", course);
    let distribution = parts::figure(distribution);
    page.section(
        "distributions",
        "How the replications are spread",
        distribution,
    );
    page.rest(scenario, source, report.command, Some(findings.fingerprint));
    page.finish()
}

fn verdict(findings: &Findings<'_>) -> Html {
    let judged = findings
        .scenario
        .expectations
        .iter()
        .zip(&findings.judgements);
    let expected = judged.map(|(expectation, judgement)| {
        let found = reason(expectation, judgement);
        (expectation.text.clone(), judgement.outcome, found)
    });
    let expected: Vec<_> = expected.collect();
    let answer = loss(findings).map_or_else(
        || "What is dropped was not kept".to_owned(),
        |words| format!("Data is dropped {words}"),
    );
    parts::verdict(&answer, &expected)
}

/// What is shown of a summary.
pub(super) const NUMBERS: [&str; 9] = [
    "mean",
    "95% interval",
    "min",
    "p05",
    "p25",
    "p50",
    "p95",
    "p99",
    "max",
];

/// Of a summary's quantiles those that are shown.
const SHOWN: [usize; 7] = [0, 1, 2, 3, 5, 6, 7];

fn figures(findings: &Findings<'_>) -> Html {
    let caption = "All workspaces and clusters together, over the replications";
    let header: Vec<&str> = std::iter::once("Measure").chain(NUMBERS).collect();
    let mut table = Table::of_numbers(caption, &header);
    for (_, measure, summary) in varying(findings).filter(|it| it.0 == Scope::Total) {
        let name = Html::from(around("code", measure.name()));
        table.row(std::iter::once(name).chain(row(measure, summary)));
    }
    let mut html = table.html();
    for words in alike(findings) {
        html.push(note(&words));
    }
    for measure in TELLING {
        let caption = format!("{} of each", measure.name());
        let header: Vec<&str> = std::iter::once("Name").chain(NUMBERS).collect();
        let mut table = Table::of_numbers(&caption, &header);
        for (scope, _, summary) in varying(findings).filter(|it| it.1 == measure) {
            if let Some(name) = name_of_several(findings.scenario, scope) {
                let name = Html::from(shown(name));
                table.row(std::iter::once(name).chain(row(measure, summary)));
            }
        }
        html.push(table.html());
    }
    html.push(note(
        "The interval is that of the mean; there is none where fewer than 30 values are not 0.",
    ));
    html
}

fn varying<'a>(findings: &'a Findings<'_>) -> impl Iterator<Item = (Scope, Measure, &'a Summary)> {
    let all = findings.summaries.iter();
    all.filter(|it| it.2.constant().is_none() && it.2.mean.is_some())
}

/// The cells of a summary, as [`NUMBERS`] names them.
pub(super) fn row(measure: Measure, summary: &Summary) -> impl Iterator<Item = Html> {
    let unit = measure.unit();
    let mean = summary.mean;
    let ends = mean.and_then(|mean| mean.interval());
    let quantiles = SHOWN.map(|at| cell(summary.quantiles[at]));
    let none = || "none".to_owned();
    let told = [
        mean.map_or_else(none, |mean| of_unit(unit, mean.mean)),
        ends.map_or_else(none, |ends| interval(unit, ends, of_unit)),
    ];
    told.into_iter().chain(quantiles).map(Html::from)
}
