//! The answer and what it rests on, for the terminal.

use super::super::command::quoted;
use super::super::format::{count, replications};
use super::super::text::{Look, assumptions_but, exact, heading_of};
use super::Solved;
use super::answer::{answer, end, seen};
use crate::experiment::solve::{Outcome, Witness};
use crate::scenario::{Statistic, Wanted};
use crate::statistics::Quantile;

/// The quantiles of the thresholds that are told.
pub(in crate::report) const QUANTILES: [(&str, Quantile); 9] = [
    ("min", Quantile::percent(0)),
    ("p01", Quantile::percent(1)),
    ("p05", Quantile::percent(5)),
    ("p25", Quantile::percent(25)),
    ("p50", Quantile::percent(50)),
    ("p75", Quantile::percent(75)),
    ("p95", Quantile::percent(95)),
    ("p99", Quantile::percent(99)),
    ("max", Quantile::percent(100)),
];

/// The answer in the first line, whatever its length, and then what it rests on: the thresholds
/// of the replications, the two replays between which it lies, and the values that were checked.
/// `command` is the words of the command that replays the scenario, but for the value of the key,
/// the seed and the replication.
pub fn solve_text(solved: &Solved<'_>, command: &[String], look: Look) -> String {
    let often = replications(solved.replications as u64);
    let how = format!("{often}, resolution {}", solved.grid.resolution.text());
    [
        answer(solved) + "\n\n",
        heading_of(solved.scenario, &how, look),
        thresholds(solved, look),
        witnesses(solved, command, look),
        checks(solved, look),
        assumptions_but(solved.scenario, Some(&solved.grid.path), look),
    ]
    .concat()
}

/// For how many values the condition holds, by quantile of the replications: the least first,
/// wherever that is in the range.
pub(in crate::report) fn quantiles(solved: &Solved<'_>) -> Vec<usize> {
    let mut sorted = solved.solution.thresholds.clone();
    if sorted.is_empty() {
        return Vec::new();
    }
    sorted.sort_unstable();
    if solved.grid.wanted == Wanted::Smallest {
        // The fewer values it holds for, the larger is the smallest of them.
        sorted.reverse();
    }
    let rank = |(_, quantile): (&str, Quantile)| sorted[quantile.rank(sorted.len()) - 1];
    QUANTILES.map(rank).to_vec()
}

fn thresholds(solved: &Solved<'_>, look: Look) -> String {
    let quantiles = quantiles(solved);
    if quantiles.is_empty() {
        return String::new();
    }
    let words = match solved.grid.wanted {
        Wanted::Largest => "In one replication it holds up to",
        Wanted::Smallest => "In one replication it holds from",
    };
    let mut text = look.heading(words);
    for ((name, _), holds) in QUANTILES.iter().zip(quantiles) {
        text += &format!("  {name:<4}{:>22}\n", end(solved, holds));
    }
    text
}

fn witnesses(solved: &Solved<'_>, command: &[String], look: Look) -> String {
    let Some(first) = solved.solution.witnesses.first() else {
        return studies(solved, command, look);
    };
    let words = format!("The replication that decides: number {}", first.replication);
    let mut text = look.heading(&words);
    for witness in &solved.solution.witnesses {
        text += &look.wrap("  ", &met(solved, witness), 2);
        text += &format!("    {}\n", alone(solved, command, witness));
    }
    text
}

/// What the measure is at a witness.
pub(in crate::report) fn met(solved: &Solved<'_>, witness: &Witness) -> String {
    let expectation = solved.expectation;
    let measure = solved
        .scenario
        .name_of(expectation.scope, expectation.measure);
    let met = if witness.met { "is met" } else { "is not met" };
    format!(
        "at {} {measure} is {}: the condition {met}",
        solved.grid.value(witness.value).text(),
        exact(witness.measure)
    )
}

/// The command that replays a witness.
pub(in crate::report) fn alone(
    solved: &Solved<'_>,
    command: &[String],
    witness: &Witness,
) -> String {
    let which = format!("{}--replication {}", of_many(solved), witness.replication);
    replayed(solved, command, witness.value, &which)
}

/// What has to be said so that a file may expect statistics, where it does.
fn of_many(solved: &Solved<'_>) -> String {
    let mut expected = solved.scenario.expectations.iter();
    match expected.any(|it| it.statistic != Statistic::Each) {
        true => format!("--replications {} ", solved.replications),
        false => String::new(),
    }
}

/// Of a mean: the two studies between which it lies.
fn studies(solved: &Solved<'_>, command: &[String], look: Look) -> String {
    let solution = solved.solution;
    if solution.outcome != Outcome::Found || !solution.thresholds.is_empty() {
        return String::new();
    }
    let mut text = look.heading("The studies that decide");
    let replications = format!("--replications {}", solved.replications);
    for value in [solution.holds - 1, solution.holds] {
        let command = replayed(solved, command, value, &replications);
        text += &format!("    {command}\n");
    }
    text
}

/// The command that replays the scenario with a value, on one line so that it can be taken as it
/// is.
fn replayed(solved: &Solved<'_>, command: &[String], value: usize, which: &str) -> String {
    let setting = solved.grid.value(value).text();
    let more = [
        "--set".to_owned(),
        format!("{}={setting}", solved.grid.path),
        "--seed".to_owned(),
        solved.scenario.seed.to_string(),
    ];
    let words: Vec<String> = command.iter().chain(&more).map(|it| quoted(it)).collect();
    format!("{} {which}", words.join(" "))
}

/// The values at which all replications were looked at.
fn checks(solved: &Solved<'_>, look: Look) -> String {
    let solution = solved.solution;
    let values = solution.checks.len();
    let words = format!("Checked at {values} values");
    let mut text = look.heading(&words);
    if !solution.thresholds.is_empty() {
        text += &look.wrap("  ", &contradictions(solved), 2);
    }
    for check in &solution.checks {
        let sign = if check.holds { "holds" } else { "fails" };
        let value = solved.grid.value(check.value).text();
        text += &format!("  {value:<16} {sign}, {}\n", seen(solved, check));
    }
    text
}

/// Whether replications go on as their thresholds say.
pub(in crate::report) fn contradictions(solved: &Solved<'_>) -> String {
    let all = &solved.solution.contradictions;
    match all.first() {
        None => "every replication is there as its threshold says".to_owned(),
        Some(first) => format!(
            "{} of {} are not as their threshold says, first number {} at {}",
            count(all.len() as u64),
            replications(solved.replications as u64),
            first.replication,
            solved.grid.value(first.value).text()
        ),
    }
}
