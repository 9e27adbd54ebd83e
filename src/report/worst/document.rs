//! The answer and what it rests on, for people.

use super::super::chart::Picture;
use super::super::command::quoted;
use super::super::document::{Block, Column, Document, Table};
use super::super::format::{NO_INTERVAL, count, replications, sanitize};
use super::super::letters::{self, Bar};
use super::super::terminal::{self, Style};
use super::WorstCase;
use super::answer::{above, answer, exactly, missed, superlative};
use crate::experiment::worst::Looked;

/// The answer in the first line, and then what it rests on. `command` is the words of the command
/// that replays the scenario, but for the values of the keys and the seed.
pub fn worst_text(case: &WorstCase<'_>, command: &[String], style: Style) -> String {
    terminal::text(&document(case, "", command, None), style)
}

/// The answer for a scenario whose TOML is `source`; a page has its picture.
pub(super) fn document<'a>(
    case: &WorstCase<'_>,
    source: &'a str,
    command: &[String],
    picture: Option<&'a Picture>,
) -> Document<'a> {
    let often = replications(case.replications as u64);
    let more = format!("{often} at most at each point, as many others for the answer");
    let mut document = Document::about(case.scenario, &more);
    document.answers.push(answer(case));
    document.notes.push(missed(case));
    let seen = picture.map_or_else(|| curve(case), |picture| Some(Block::Picture(picture)));
    document.section("picture", "At a glance", seen.into_iter().collect());
    document.section(
        "figures",
        "On replications that the search has not seen",
        checked(case),
    );
    document.section("searched", "How it was searched", searched(case));
    if let Some(winner) = &case.found.winner {
        let command = replayed(case, command, &winner.at);
        document.section("time", "To see it", vec![Block::Command(command)]);
    }
    let varied: Vec<&str> = case.grids.iter().map(|grid| &*grid.path).collect();
    document.rest(case.scenario, &varied, source);
    document
}

/// Over one key: the statistic on the coarse grid, as bars, and where it is best. Of points that are
/// close to each other one is enough.
fn curve<'a>(case: &WorstCase<'_>) -> Option<Block<'a>> {
    let ([grid], [gap]) = (case.grids, &case.found.missed[..]) else {
        return None;
    };
    let best = case.found.winner.as_ref().map(|winner| &winner.at);
    let is_best = |looked: &Looked| Some(&looked.at) == best;
    let coarse = case.found.looked[..case.found.coarse()].iter();
    let best = case.found.looked.iter().filter(|looked| is_best(looked));
    let mut all: Vec<&Looked> = coarse.chain(best).collect();
    all.sort_by_key(|looked| looked.at[0]);
    let mut points: Vec<&Looked> = Vec::new();
    for looked in all {
        let close = |last: &&Looked| looked.at[0] - last.at[0] < gap.div_ceil(8);
        match points.last().copied().filter(close) {
            Some(last) if is_best(looked) && !is_best(last) => {
                points.pop();
                points.push(looked);
            }
            Some(_) => {}
            None => points.push(looked),
        }
    }
    let numbers = points.iter().filter_map(|looked| looked.number);
    let most = numbers.map(f64::abs).fold(0.0, f64::max);
    let bar = |looked: &&Looked| {
        let number = looked.number?;
        Some(Bar {
            label: grid.value(looked.at[0]).text(),
            share: if most > 0.0 { number.abs() / most } else { 0.0 },
            value: case.shown(number),
        })
    };
    let bars: Vec<Bar> = points.iter().filter_map(bar).collect();
    let caption = format!(
        "{} by {}, as the search saw it",
        case.target.text, grid.path
    );
    Some(Block::Letters(Box::new(move |style| {
        style.wrap("  ", &sanitize(&caption), 4) + &letters::bars(&bars, style)
    })))
}

/// The winner, the runner-up and the scenario as it is.
fn checked<'a>(case: &WorstCase<'_>) -> Vec<Block<'a>> {
    let mut columns = vec![Column::words("")];
    columns.extend(case.grids.iter().map(|grid| Column::number(&grid.path)));
    columns.push(Column::number(&case.target.text));
    columns.push(Column::words("95% interval").rank(1));
    columns.push(Column::words("above as it is").rank(2));
    let mut table = Table::new("", columns);
    let found = case.found;
    let places = [
        (superlative(case), &found.winner),
        ("runner-up", &found.runner_up),
    ];
    for (name, place) in places {
        let Some(place) = place else { continue };
        let keys = case.grids.iter().zip(&place.at);
        let mut row = vec![name.to_owned()];
        row.extend(keys.map(|(grid, at)| grid.value(*at).text()));
        row.extend(number(case, &place.answer));
        row.push(place.above.map_or_else(String::new, |of| above(case, of)));
        table.row(row);
    }
    let mut row = vec!["as it is".to_owned()];
    row.extend(case.grids.iter().map(|_| String::new()));
    row.extend(number(case, &found.base));
    row.push(String::new());
    table.row(row);
    let apart = found.apart.map(|apart| {
        let apart = above(case, apart);
        Block::Words(format!(
            "The {} against the runner-up: {apart}.",
            superlative(case)
        ))
    });
    let ahead = found.apart.filter(|apart| match case.least {
        true => apart.number() > 0.0,
        false => apart.number() < 0.0,
    });
    let ahead = ahead.map(|_| {
        let words =
            "In these replications the runner-up is ahead; more replications tell them apart.";
        Block::Words(words.to_owned())
    });
    let note = Block::Note(NO_INTERVAL.to_owned());
    let words = apart.into_iter().chain(ahead).chain([note]);
    [Block::Table(table)].into_iter().chain(words).collect()
}

/// A statistic, and its interval.
fn number(
    case: &WorstCase<'_>,
    answer: &Result<crate::experiment::sensitivity::Answer, String>,
) -> [String; 2] {
    match answer {
        Ok(answer) => [case.shown(answer.number), exactly(case, answer)],
        Err(reason) => ["none".to_owned(), reason.clone()],
    }
}

fn searched<'a>(case: &WorstCase<'_>) -> Vec<Block<'a>> {
    let found = case.found;
    let points = found.looked.len() as u64;
    let without = found.looked.iter().filter(|looked| looked.number.is_none());
    let values = case.grids.iter().map(|grid| count(grid.count() as u64));
    let values: Vec<String> = values.collect();
    let joined = match found.joined {
        0 => String::new(),
        joined => format!(
            " ({} where other events begin or end)",
            count(joined as u64)
        ),
    };
    let mut words = format!(
        "{} of {} points, {} of them on the coarse grid{joined}, in {} replays",
        count(points),
        values.join(" x "),
        count(found.coarse() as u64),
        count(found.replays())
    );
    match without.count() {
        0 => {}
        without => {
            words += &format!(
                "; at {} of them a replication has no value, so they were left out",
                count(without as u64)
            );
        }
    }
    vec![Block::Words(words + ".")]
}

/// The command that replays the scenario with the values of a point.
fn replayed(case: &WorstCase<'_>, command: &[String], at: &[usize]) -> String {
    let keys = case.grids.iter().zip(at);
    let set = keys.flat_map(|(grid, at)| {
        let value = grid.value(*at).text();
        ["--set".to_owned(), format!("{}={value}", grid.path)]
    });
    let often = ["--replications".to_owned(), case.replications.to_string()];
    let seed = ["--seed".to_owned(), case.scenario.seed.to_string()];
    let words = command.iter().cloned().chain(set).chain(seed).chain(often);
    let words: Vec<String> = words.map(|word| quoted(&word)).collect();
    words.join(" ")
}
