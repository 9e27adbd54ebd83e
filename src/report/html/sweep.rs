//! The report of a sweep.

use super::markup::Html;
use super::page::Page;
use super::parts::{self, Table, note};
use super::study::{NUMBERS, row};
use crate::experiment::{Outcome, settings};
use crate::report::chart::Picture;
use crate::report::command::Command;
use crate::report::csv::thinned;
use crate::report::format::{count, shown};
use crate::report::study::Sweep;
use crate::report::study::sweep::{everywhere, in_a_line};
use crate::scenario::{Measure, Scope};

/// More points are left to `sweep.csv`.
const MOST_POINTS: usize = 400;

/// The page of a sweep over a scenario whose TOML is `source`.
pub(in crate::report) fn sweep(
    sweep: &Sweep<'_>,
    source: &str,
    picture: &Picture,
    command: &Command,
) -> String {
    let scenario = sweep.scenario;
    let facts = format!(
        "{}, {} points, {} replications each",
        parts::facts(scenario),
        count(sweep.cells.len() as u64),
        count(sweep.replications)
    );
    let mut page = Page::new(
        parts::title(scenario),
        scenario.description.as_deref(),
        &facts,
    );
    page.section("verdict", "Verdict", verdict(sweep));
    let mut figures = parts::figure(picture);
    for &of in sweep.of {
        figures.push(points(sweep, of));
    }
    page.section("figures", "Key figures", figures);
    page.rest(scenario, source, command, None);
    page.finish()
}

/// The answer, and at how many points each expectation holds.
fn verdict(sweep: &Sweep<'_>) -> Html {
    let mut html = parts::verdict(&in_a_line(sweep), &[]);
    let header = ["Expected", "holds at", "fails at", "undecided at"];
    let mut table = Table::of_numbers("What is expected, by points", &header);
    for (number, expectation) in sweep.scenario.expectations.iter().enumerate() {
        let of = |outcome| {
            let outcomes = sweep
                .cells
                .iter()
                .map(|cell| cell.judgements[number].outcome);
            count(outcomes.filter(|it| *it == outcome).count() as u64)
        };
        let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Undecided];
        let text = std::iter::once(shown(&expectation.text));
        table.row(text.chain(outcomes.map(of)));
    }
    html.push(table.html());
    html
}

/// A measure at each point.
fn points(sweep: &Sweep<'_>, of: (Scope, Measure)) -> Html {
    let name = sweep.scenario.name_of(of.0, of.1);
    if let Some(same) = everywhere(sweep, of) {
        return note(&format!("{name} is {same} everywhere."));
    }
    let all: Vec<usize> = (0..sweep.cells.len()).collect();
    let kept = thinned(&all, MOST_POINTS);
    let caption = if kept.len() < all.len() {
        format!(
            "{name}: {} of {} points; sweep.csv has all",
            count(kept.len() as u64),
            count(all.len() as u64)
        )
    } else {
        format!("{name} at each point")
    };
    let paths = sweep.axes.iter().map(|axis| axis.path.as_str());
    let header: Vec<&str> = paths.chain(NUMBERS).chain(["expected"]).collect();
    let mut table = Table::of_numbers(&caption, &header);
    for at in kept {
        let cell = &sweep.cells[at];
        let values = settings(sweep.axes, &cell.point).map(|(_, value)| shown(&value.brief()));
        let outcome = sweep.outcome(cell, of);
        let judged = outcome.map_or_else(Html::default, parts::outcome);
        let place = values.map(Html::from);
        table.row(
            place
                .chain(row(of.1, sweep.summary(cell, of)))
                .chain([judged]),
        );
    }
    table.html()
}
