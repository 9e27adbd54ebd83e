//! The report of one replication.

use super::course;
use super::markup::{Html, around};
use super::page::Page;
use super::parts::{self, Table, long, note};
use crate::experiment::{Outcome, Replay};
use crate::report::chart::Picture;
use crate::report::command::Command;
use crate::report::format::{self, count, shown};
use crate::report::gist::gist;
use crate::report::text::{OF_WORKSPACES, found};
use crate::scenario::{Measure, Scenario, Scope};

/// More workspaces and clusters are left to `summary.json`.
const MOST_NAMED: usize = 400;

/// The page of a replication of `scenario`, whose TOML is `source`; `command` makes it again.
pub(in crate::report) fn run(
    scenario: &Scenario,
    source: &str,
    replay: &Replay,
    picture: &Picture,
    command: &Command,
) -> String {
    let mut page = Page::new(
        parts::title(scenario),
        scenario.description.as_deref(),
        &format!(
            "{}, replication {}",
            parts::facts(scenario),
            replay.replication
        ),
    );
    page.section("verdict", "Verdict", verdict(scenario, replay));
    page.section("figures", "Key figures", figures(scenario, replay));
    let mut course = parts::figure(picture);
    course.push(course::of_replay(scenario, replay));
    page.section("time", "What happened, and by which rule", course);
    page.rest(scenario, source, command, Some(replay.fingerprint));
    page.finish()
}

fn verdict(scenario: &Scenario, replay: &Replay) -> Html {
    let expected = replay.verdicts.iter().map(|verdict| {
        let outcome = if verdict.passed {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        let text = scenario.expectations[verdict.expectation].text.clone();
        (text, outcome, found(verdict))
    });
    let expected: Vec<_> = expected.collect();
    let mut html = parts::verdict(&gist(scenario, replay), &expected);
    let others = scenario.expectations.len() - replay.verdicts.len();
    if others > 0 {
        let words = format!(
            "{} more of what is expected is of many replications; --replications decides it.",
            count(others as u64)
        );
        html.push(note(&words));
    }
    html
}

fn figures(scenario: &Scenario, replay: &Replay) -> Html {
    let mut html = totals(replay);
    let named = |scope: fn(usize) -> Scope, names: Vec<&str>, measures: &[Measure], what: &str| {
        let header = measures.iter().map(|it| it.name());
        let header: Vec<&str> = std::iter::once(what).chain(header).collect();
        let more = names.len().saturating_sub(MOST_NAMED);
        let caption = if more > 0 {
            format!(
                "Each {}; {} more are in summary.json",
                what.to_lowercase(),
                count(more as u64)
            )
        } else {
            format!("Each {}", what.to_lowercase())
        };
        let mut table = Table::of_numbers(&caption, &header);
        for (at, name) in names.into_iter().take(MOST_NAMED).enumerate() {
            let value = |it: &Measure| format::value(replay.measures.get(scope(at), *it));
            table.row(std::iter::once(shown(name)).chain(measures.iter().map(value)));
        }
        table.html()
    };
    let workspaces = scenario
        .workspaces
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    html.push(named(
        Scope::Workspace,
        workspaces,
        &OF_WORKSPACES,
        "Workspace",
    ));
    let clusters = scenario
        .clusters
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    html.push(named(Scope::Cluster, clusters, &OF_CLUSTERS, "Cluster"));
    html.push(note(
        "One replication is one draw of chance, so its figures have no interval.",
    ));
    html
}

const OF_CLUSTERS: [Measure; 5] = [
    Measure::TimeToRevoke,
    Measure::TimeToRecover,
    Measure::KeyVaultRequests,
    Measure::KeyVaultFailures,
    Measure::KeyVaultDenials,
];

/// Every measure of the whole; those that are 0 in a line.
fn totals(replay: &Replay) -> Html {
    let mut table = Table::new(
        "All workspaces and clusters together",
        &["Measure", "Value", "What it is"],
    );
    let mut zero = Vec::new();
    for &measure in Measure::ALL {
        match replay.measures.get(Scope::Total, measure) {
            Some(value) if value.number() == 0.0 => zero.push(measure.name()),
            value => table.row([
                around("code", measure.name()).into(),
                format::value(value).into(),
                long(measure.meaning()),
            ]),
        }
    }
    let mut html = table.html();
    if !zero.is_empty() {
        html.push(note(&format!("These are 0: {}.", zero.join(", "))));
    }
    html
}
