//! The answer and what it rests on, for people.

use super::super::chart::Picture;
use super::super::command::quoted;
use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::{count, of_unit, replications, sanitize};
use super::super::terminal::{self, Style};
use super::Optimised;
use super::answer::{answer, exactly};
use crate::experiment::Outcome;
use crate::experiment::optimise::{Checked, Combination};

/// The answer in the first line, and then what it rests on. `command` is the words of the command
/// that replays the scenario.
pub fn optimise_text(told: &Optimised<'_>, command: &[String], style: Style) -> String {
    terminal::text(&document(told, "", command, None), style)
}

/// The answer for a scenario whose TOML is `source`; a page has its picture.
pub(super) fn document<'a>(
    told: &Optimised<'_>,
    source: &'a str,
    command: &[String],
    picture: Option<&'a Picture>,
) -> Document<'a> {
    let often = replications(told.replications as u64);
    let all = count(told.found.all.len() as u64);
    let more = format!("{all} combinations, {often} at most of each, as many others for a check");
    let mut document = Document::about(told.scenario, &more);
    document.answers.push(answer(told));
    let seen = picture.map(Block::Picture);
    document.section("picture", "At a glance", seen.into_iter().collect());
    let checks = told
        .found
        .checked
        .iter()
        .map(|checked| check(told, checked));
    document.section(
        "expected",
        "On replications that the search has not seen",
        checks.flatten().collect(),
    );
    let binds = cheaper(told).map(Block::Words);
    document.section(
        "next",
        "The next cheaper combination",
        binds.into_iter().collect(),
    );
    document.section(
        "figures",
        "Cost against risk, as the search saw it",
        vec![frontier(told)],
    );
    if let Some(checked) = told.found.checked.last() {
        let command = replayed(told, command, &told.found.all[checked.combination]);
        document.section("time", "To see it", vec![Block::Command(command)]);
    }
    document.rest(told.scenario, &[], source);
    document
}

/// A combination that was checked: each promise, how it came out, and what was found.
fn check<'a>(told: &Optimised<'_>, checked: &Checked) -> Vec<Block<'a>> {
    let combination = &told.found.all[checked.combination];
    let cost = super::answer::cost(told, checked);
    let name = sanitize(&told.name(combination));
    let columns = vec![
        Column::name(""),
        Column::words(""),
        Column::aside("", ["(", ")"]),
    ];
    let mut table = Table::new(format!("{name}: {cost}"), columns);
    let found = checked.promises.iter().zip(&checked.sure);
    for (expectation, (found, sure)) in told.expectations.iter().zip(found) {
        let unit = expectation.statistic.unit(expectation.measure);
        let found = match found {
            Ok(found) => format!("{}, {}", of_unit(unit, found.number), exactly(unit, found)),
            Err(reason) => reason.clone(),
        };
        table.row([
            Cell::Outcome(Some(*sure)),
            expectation.text.clone().into(),
            found.into(),
        ]);
    }
    vec![Block::Table(table)]
}

/// Which promise the next cheaper combination breaks: that is the one that binds.
fn cheaper(told: &Optimised<'_>) -> Option<String> {
    let checked = told.found.checked.last()?;
    if told.found.outcome != Outcome::Passed {
        return None;
    }
    let by_cost = told.by_cost();
    let at = by_cost.iter().position(|at| *at == checked.combination)?;
    let Some(next) = at.checked_sub(1).map(|at| &told.found.all[by_cost[at]]) else {
        return Some("No combination is cheaper: no promise binds.".to_owned());
    };
    let promises = told.promises.iter().zip(&next.seen).zip(&next.holds);
    let broken = promises
        .zip(told.expectations)
        .filter(|((_, holds), _)| !**holds);
    let broken = broken.map(|(((promise, seen), _), expectation)| {
        let seen = Optimised::seen(promise, *seen);
        format!(
            "{} ({} {seen})",
            sanitize(&expectation.text),
            told.seen_name(promise)
        )
    });
    let broken: Vec<String> = broken.collect();
    let breaks = match broken.is_empty() {
        true => "keeps its promises as far as the search saw it, and not in the check".to_owned(),
        false => format!("breaks {}", broken.join(" and ")),
    };
    let cost = next.cost.map_or_else(String::new, |cost| told.cost(cost));
    Some(format!(
        "{} for {cost} {breaks}.",
        sanitize(&told.name(next))
    ))
}

/// The combinations that nothing beats in cost and in the first promise; on a page all of them.
fn frontier<'a>(told: &Optimised<'_>) -> Block<'a> {
    let levers = told.levers.iter().map(|lever| Column::words(&lever.name));
    let mut columns: Vec<Column> = levers.collect();
    columns.push(Column::number(&told.cost_name()));
    columns.extend(
        told.promises
            .iter()
            .map(|promise| Column::number(&told.seen_name(promise))),
    );
    columns.push(Column::number(""));
    let mut table = Table::new("", columns);
    let by_cost = told.by_cost();
    for at in &by_cost {
        let combination = &told.found.all[*at];
        let options = told.levers.iter().zip(&combination.options);
        let options = options.map(|(lever, at)| lever.options[*at].name.clone().into());
        let mut row: Vec<Cell> = options.collect();
        row.push(
            combination
                .cost
                .map_or_else(String::new, |cost| told.cost(cost))
                .into(),
        );
        let seen = told.promises.iter().zip(&combination.seen);
        row.extend(seen.map(|(promise, seen)| Cell::from(Optimised::seen(promise, *seen))));
        row.push(Cell::Outcome(Some(told.outcome(*at))));
        table.row(row);
    }
    let rows = (0..by_cost.len()).filter(|row| told.is_on_frontier(by_cost[*row]));
    table.in_terminal = Some((rows.collect(), "optimise.csv"));
    Block::Table(table)
}

/// The command that replays the scenario with a combination.
fn replayed(told: &Optimised<'_>, command: &[String], of: &Combination) -> String {
    let options = told.levers.iter().zip(&of.options);
    let set = options.flat_map(|(lever, at)| &lever.options[*at].set);
    let set = set.flat_map(|setting| ["--set".to_owned(), setting.clone()]);
    let often = ["--replications".to_owned(), told.replications.to_string()];
    let seed = ["--seed".to_owned(), told.scenario.seed.to_string()];
    let words = command.iter().cloned().chain(set).chain(seed).chain(often);
    let words: Vec<String> = words.map(|word| quoted(&word)).collect();
    words.join(" ")
}
