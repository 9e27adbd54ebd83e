//! The answer and what it rests on, for people.

use super::super::chart::Picture;
use super::super::command::quoted;
use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::{count, percent, replications};
use super::super::letters::{self, Bar};
use super::super::run::exact;
use super::super::sections::{happened, rules};
use super::super::terminal::{self, Style};
use super::answer::{answer, end, seen};
use super::solved::Solved;
use crate::experiment::solve::{Check, Outcome, Seen, Witness};
use crate::experiment::{self, Replay};
use crate::scenario::{Scenario, Statistic, Wanted};
use crate::statistics::Quantile;

/// The quantiles of the thresholds that are told.
pub(super) const QUANTILES: [(&str, Quantile); 9] = [
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

/// What a page of a threshold shows that the threshold does not say itself.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// What was seen at the values of the key.
    pub(super) curve: &'a Picture,
    /// Of each witness: the scenario with its value, its replication and the picture of it.
    pub(super) replays: &'a [(Scenario, Replay)],
    pub(super) pictures: &'a [Picture],
}

/// The answer in the first line, whatever its length, and then what it rests on: the thresholds
/// of the replications, the two replays between which it lies, and the values that were checked.
/// `command` is the words of the command that replays the scenario, but for the value of the key,
/// the seed and the replication.
pub fn solve_text(solved: &Solved<'_>, command: &[String], style: Style) -> String {
    terminal::text(&document(solved, "", command, None), style)
}

/// The answer for a scenario whose TOML is `source`.
pub(super) fn document<'a>(
    solved: &Solved<'_>,
    source: &'a str,
    command: &[String],
    shown: Option<Shown<'a>>,
) -> Document<'a> {
    let often = replications(solved.replications as u64);
    let how = format!("{often}, resolution {}", solved.grid.resolution.text());
    let mut document = Document::about(solved.scenario, &how);
    document.answers.push(answer(solved));
    let words = match solved.grid.wanted {
        Wanted::Largest => "Quantiles over the replications: it holds up to",
        Wanted::Smallest => "Quantiles over the replications: it holds from",
    };
    let curve = shown.map(|shown| Block::Picture(shown.curve));
    document.section("picture", "At a glance", curve.into_iter().collect());
    document.section("figures", words, thresholds(solved));
    let (heading, blocks) = decides(solved, command, shown);
    document.section("time", heading, blocks);
    document.section("checks", &solved.expectation.text, checks(solved));
    document.rest(solved.scenario, &[&solved.grid.path], source);
    document
}

/// For how many values the condition holds, by quantile of the replications: the least first,
/// wherever that is in the range.
pub(super) fn quantiles(solved: &Solved<'_>) -> Vec<usize> {
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

/// For how many values it holds in a replication, by quantile.
fn thresholds<'a>(solved: &Solved<'_>) -> Vec<Block<'a>> {
    let mut table = Table::new("", vec![Column::name(""), Column::number("")]);
    for ((name, _), holds) in QUANTILES.iter().zip(quantiles(solved)) {
        table.row([(*name).to_owned(), end(solved, holds)]);
    }
    table.block().into_iter().collect()
}

/// On both sides of the threshold: what happened there, and what shows it.
fn decides<'a>(
    solved: &Solved<'_>,
    command: &[String],
    shown: Option<Shown<'a>>,
) -> (String, Vec<Block<'a>>) {
    let witnesses = &solved.solution.witnesses;
    let Some(first) = witnesses.first() else {
        return (
            "The studies on both sides of the answer".to_owned(),
            studies(solved, command),
        );
    };
    let heading = format!("The replication that decides: number {}", first.replication);
    let mut blocks = Vec::new();
    let mut followed = Vec::new();
    for (at, witness) in witnesses.iter().enumerate() {
        blocks.push(Block::Words(met(solved, witness)));
        blocks.push(Block::Command(alone(solved, command, witness)));
        if let Some(shown) = shown {
            let (scenario, replay) = &shown.replays[at];
            let value = solved.grid.value(witness.value).text();
            let caption = format!("What happened at {value}");
            let history = &replay.history;
            blocks.push(Block::Picture(&shown.pictures[at]));
            blocks.push(happened(scenario, history, &caption, &mut followed));
        }
    }
    blocks.extend(rules(solved.scenario, &followed));
    (heading, blocks)
}

/// What the measure is at a witness.
fn met(solved: &Solved<'_>, witness: &Witness) -> String {
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
fn alone(solved: &Solved<'_>, command: &[String], witness: &Witness) -> String {
    let which = format!("{}--replication {}", of_many(solved), witness.replication);
    replayed(solved, command, witness.value, &which)
}

/// What has to be said so that a file may expect statistics, where it does.
fn of_many(solved: &Solved<'_>) -> String {
    let mut expected = solved.scenario.expectations.iter();
    match expected.any(|expectation| expectation.statistic != Statistic::Each) {
        true => format!("--replications {} ", solved.replications),
        false => String::new(),
    }
}

/// Of a mean: the two studies between which it lies.
fn studies<'a>(solved: &Solved<'_>, command: &[String]) -> Vec<Block<'a>> {
    let solution = solved.solution;
    if solution.outcome != Outcome::Found || !solution.thresholds.is_empty() {
        return Vec::new();
    }
    let which = format!("--replications {}", solved.replications);
    let values = [solution.holds - 1, solution.holds];
    values
        .map(|value| Block::Command(replayed(solved, command, value, &which)))
        .into()
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
    let words: Vec<String> = command
        .iter()
        .chain(&more)
        .map(|word| quoted(word))
        .collect();
    format!("{} {which}", words.join(" "))
}

/// Of so many values around the answer, and of both ends of the range, the terminal shows what was
/// seen.
const MOST_CHECKS: usize = 12;

/// The values at which all replications were looked at.
fn checks<'a>(solved: &Solved<'_>) -> Vec<Block<'a>> {
    let columns = vec![
        Column::number(&solved.grid.path),
        Column::name(""),
        Column::words("What was seen"),
    ];
    let mut table = Table::new("", columns);
    for check in &solved.solution.checks {
        table.row([
            solved.grid.value(check.value).text().into(),
            Cell::Outcome(Some(outcome(check))),
            seen(solved, check).into(),
        ]);
    }
    let title = format!("All {} values that were checked", table.rows.len());
    let bars = decisive(&solved.solution.checks);
    let bars: Vec<Bar> = bars.map(|check| bar(solved, check)).collect();
    let agree = !solved.solution.thresholds.is_empty();
    let agree = agree.then(|| contradictions(solved)).flatten();
    let bars = Block::Letters(Box::new(move |style| letters::bars(&bars, style)));
    let agree = agree.map(Block::Words);
    [bars, Block::Folded(title, table)]
        .into_iter()
        .chain(agree)
        .collect()
}

fn outcome(check: &Check) -> experiment::Outcome {
    match check.holds {
        true => experiment::Outcome::Passed,
        false => experiment::Outcome::Failed,
    }
}

/// The first and the last check, and those around the first one at which it holds no longer.
fn decisive(checks: &[Check]) -> impl Iterator<Item = &Check> {
    let turn = checks.iter().position(|check| !check.holds);
    let from = turn
        .unwrap_or(checks.len())
        .saturating_sub(MOST_CHECKS / 2 - 1);
    let until = (from + MOST_CHECKS - 2).min(checks.len());
    let near = move |at: usize| (from..until).contains(&at) || at == 0 || at + 1 == checks.len();
    let checks = checks.iter().enumerate();
    checks
        .filter(move |(at, _)| near(*at))
        .map(|(_, check)| check)
}

#[allow(clippy::cast_precision_loss)]
fn bar(solved: &Solved<'_>, check: &Check) -> Bar {
    let (share, value) = match check.seen {
        Seen::Met { met, .. } => {
            let all = solved.replications;
            let share = met as f64 / all as f64;
            let [met, all] = [met, all].map(|number| count(number as u64));
            (share, format!("{}, {met} of {all}", percent(share)))
        }
        Seen::Mean(mean) => {
            let mean = mean.map_or(0.0, |mean| mean.mean);
            (mean / largest_mean(solved), seen(solved, check))
        }
    };
    Bar {
        label: solved.grid.value(check.value).text(),
        share,
        value: format!("{}  {value}", if check.holds { "holds" } else { "fails" }),
    }
}

fn largest_mean(solved: &Solved<'_>) -> f64 {
    let checks = solved.solution.checks.iter();
    let means = checks.filter_map(|check| match check.seen {
        Seen::Mean(mean) => Some(mean?.mean),
        Seen::Met { .. } => None,
    });
    means.fold(f64::MIN_POSITIVE, f64::max)
}

/// Replications that do not go on as their thresholds say, where there are some.
fn contradictions(solved: &Solved<'_>) -> Option<String> {
    let all = &solved.solution.contradictions;
    let first = all.first()?;
    Some(format!(
        "In {} of {} the condition comes and goes along the range: one threshold does not describe \
         them. The first is replication {}, at {}.",
        count(all.len() as u64),
        replications(solved.replications as u64),
        first.replication,
        solved.grid.value(first.value).text()
    ))
}
