//! The report of a threshold.

use super::course;
use super::markup::{Html, around, element};
use super::page::Page;
use super::parts::{self, Table, long, note};
use crate::experiment::{Outcome, Replay};
use crate::report::chart::pictures;
use crate::report::command::Command;
use crate::report::format::{count, shown};
use crate::report::solve::Solved;
use crate::report::solve::answer::{answer, end, seen};
use crate::report::solve::text::{QUANTILES, alone, contradictions, met, quantiles};
use crate::scenario::{Scenario, Wanted};

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

/// The page of a threshold of a scenario whose TOML is `source`.
pub(in crate::report) fn solve(
    solved: &Solved<'_>,
    source: &str,
    report: SolveReport<'_>,
) -> String {
    let scenario = solved.scenario;
    let facts = format!(
        "{}, {} replications, resolution {}",
        parts::facts(scenario),
        count(solved.replications as u64),
        solved.grid.resolution.text()
    );
    let mut page = Page::new(
        parts::title(scenario),
        scenario.description.as_deref(),
        &facts,
    );
    page.section("verdict", "Verdict", parts::verdict(&answer(solved), &[]));
    page.section("figures", "Key figures", figures(solved));
    page.section(
        "time",
        "The replication that decides",
        witnesses(solved, report),
    );
    page.section(
        "distributions",
        "How the replications are spread",
        spread(solved),
    );
    let sought = Some(&*solved.grid.path);
    page.rest_but(scenario, sought, source, report.command, None);
    page.finish()
}

/// The values at which all replications were looked at.
fn figures(solved: &Solved<'_>) -> Html {
    let solution = solved.solution;
    let caption = format!(
        "{} at the values that were checked",
        shown(&solved.expectation.text)
    );
    let mut table = Table::new(&caption, &[&shown(&solved.grid.path), "Outcome", "Seen"]);
    for check in &solution.checks {
        let outcome = if check.holds {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        table.row([
            parts::plain(&solved.grid.value(check.value).text()),
            parts::outcome(outcome),
            long(&seen(solved, check)),
        ]);
    }
    let mut html = table.html();
    if !solution.thresholds.is_empty() {
        html.push(note(&format!(
            "Of the thresholds: {}.",
            contradictions(solved)
        )));
    }
    html
}

/// On both sides of the threshold: what happened there, and what shows it.
fn witnesses(solved: &Solved<'_>, report: SolveReport<'_>) -> Html {
    let mut html = Html::default();
    let mut followed = Vec::new();
    for (witness, (scenario, replay)) in solved.solution.witnesses.iter().zip(report.replays) {
        let value = solved.grid.value(witness.value).text();
        let number = witness.replication;
        html.push(around("h3", format!("Replication {number} at {value}")));
        html.push(parts::paragraph(&met(solved, witness)));
        let code = around("code", alone(solved, report.run, witness));
        html.push(element("pre").attribute("class", "wrap").with(code));
        html.push(parts::figure(&pictures(scenario, replay)));
        let caption = format!("What happened at {value}");
        html.push(course::table(
            scenario,
            &replay.history,
            &caption,
            &mut followed,
        ));
    }
    if !followed.is_empty() {
        html.push(around("h3", "The rules"));
        html.push(parts::rules(solved.scenario, &followed));
    }
    html
}

/// For how many values it holds in a replication, by quantile.
fn spread(solved: &Solved<'_>) -> Html {
    let quantiles = quantiles(solved);
    if quantiles.is_empty() {
        return Html::default();
    }
    let words = match solved.grid.wanted {
        Wanted::Largest => "In one replication it holds up to",
        Wanted::Smallest => "In one replication it holds from",
    };
    let mut table = Table::new(words, &["Quantile", "Value"]);
    for ((name, _), holds) in QUANTILES.iter().zip(quantiles) {
        table.row([(*name).to_owned(), end(solved, holds)]);
    }
    table.html()
}
