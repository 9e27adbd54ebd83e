//! What went and what stayed, for people.

use super::super::chart::Picture;
use super::super::command::quoted;
use super::super::document::{Block, Column, Document, Table};
use super::super::format::count;
use super::super::gist::gist;
use super::super::run::exact;
use super::super::sections::course;
use super::super::terminal::{self, Style};
use super::{SHRUNK, ShrunkOf};
use crate::scenario::Size;

/// So many of the steps are told in the terminal.
const MOST_STEPS: usize = 12;

/// What a page shows beside the text.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The replication as it was.
    pub(super) before: &'a Picture,
    /// What is left of it.
    pub(super) after: &'a Picture,
    /// The file.
    pub(super) text: &'a str,
}

/// The result in the first line, the scenario itself, and then what went.
pub fn shrink_text(of: ShrunkOf<'_>, style: Style) -> String {
    terminal::text(&document(of, None), style)
}

pub(super) fn document<'a>(of: ShrunkOf<'a>, shown: Option<Shown<'a>>) -> Document<'a> {
    let shrunk = of.shrunk;
    let which = format!("replication {}", shrunk.frozen.before.replication);
    let mut document = Document::about(of.scenario, &which);
    document.answers.push(answer(of));
    if !shrunk.finished {
        let note = format!(
            "Not finished: {} candidates were replayed, as many as --max-replays allows. More may go.",
            count(shrunk.replays)
        );
        document.notes.push(note);
    }
    let mut stayed = Vec::new();
    if let Some(shown) = shown {
        stayed.push(Block::Picture(shown.after));
    }
    stayed.push(Block::Words(found(of)));
    // In the terminal as it can be copied; the page has it among the sources.
    let lines = &shrunk.text;
    stayed.push(Block::Letters(Box::new(move |_| {
        let line = |line: &str| format!("  {line}").trim_end().to_owned() + "\n";
        lines.lines().map(line).collect()
    })));
    stayed.push(Block::Command(format!("cmksim run {}", quoted(of.path))));
    document.section("stayed", "What is left", stayed);
    document.section("sizes", "How much there was and is", vec![sizes(of)]);
    document.section("went", "What went, in this order", went(of));
    if shown.is_some() {
        let heading = "What happens in what is left, and by which rule";
        let blocks = course(&shrunk.variant.scenario, &shrunk.replay);
        document.section("time", heading, blocks);
    }
    let before = shown.map(|shown| Block::Picture(shown.before));
    let words = gist(of.scenario, &shrunk.frozen.before);
    let before = before.into_iter().chain([Block::Words(words)]).collect();
    document.section("before", "The replication as it was", before);
    if let Some(shown) = shown {
        let sources = [(SHRUNK, shown.text), ("The original", of.source)];
        let sources = sources.map(|(title, text)| Block::Source {
            title: title.to_owned(),
            text,
        });
        document.section("scenario", "The scenarios", sources.into());
    }
    document
}

/// What is left in which it still fails.
pub(super) fn answer(of: ShrunkOf<'_>) -> String {
    let (before, after) = (of.shrunk.before, of.shrunk.after);
    format!(
        "{}: {} and {} are enough, of {} and {}",
        of.symptom,
        counted(after.events, "event"),
        counted(after.keys, "key"),
        counted(before.events, "event"),
        counted(before.keys, "key"),
    )
}

/// What the measure is in what is left.
fn found(of: ShrunkOf<'_>) -> String {
    let shrunk = of.shrunk;
    let scenario = &shrunk.variant.scenario;
    let actual = shrunk.replay.verdicts.first();
    let expectation = &scenario.expectations[0];
    let name = scenario.name_of(expectation.scope, expectation.measure);
    match actual.map(|verdict| verdict.actual) {
        Some(actual @ Some(_)) => format!("{name} is {} in it.", exact(actual)),
        _ => format!("{name} has no value in it."),
    }
}

fn counted(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(number as u64))
}

/// The parts of a size, by their names.
pub(super) fn parts(size: Size) -> [(&'static str, usize); 7] {
    [
        ("events, hazards and responses", size.events),
        ("workspaces", size.workspaces),
        ("clusters", size.clusters),
        ("storage accounts", size.accounts),
        ("key vaults", size.key_vaults),
        ("versions of keys", size.versions),
        ("keys that are written", size.keys),
    ]
}

fn sizes<'a>(of: ShrunkOf<'_>) -> Block<'a> {
    let shrunk = of.shrunk;
    let columns = vec![
        Column::name(""),
        Column::number("Scenario"),
        Column::number("Frozen"),
        Column::number("Left"),
    ];
    let mut table = Table::new("", columns);
    let [before, start, after] = [shrunk.before, shrunk.start, shrunk.after].map(parts);
    for ((before, start), after) in before.into_iter().zip(start).zip(after) {
        let numbers = [before.1, start.1, after.1].map(|number| count(number as u64));
        let [before_it, frozen, left] = numbers;
        table.row([before.0.to_owned(), before_it, frozen, left]);
    }
    Block::Table(table)
}

/// The steps that were taken.
fn went<'a>(of: ShrunkOf<'_>) -> Vec<Block<'a>> {
    let columns = vec![
        Column::number("Step"),
        Column::words("What"),
        Column::number("Keys left"),
    ];
    let mut table = Table::new("", columns);
    for (at, taken) in of.shrunk.taken.iter().enumerate() {
        table.row([
            count(at as u64 + 1),
            taken.words.clone(),
            count(taken.size.keys as u64),
        ]);
    }
    if table.rows.len() > MOST_STEPS {
        let first = (0..MOST_STEPS).collect();
        table.in_terminal = Some((first, "shrink.json"));
    }
    let replays = format!(
        "{} of {} that were replayed.",
        counted(of.shrunk.taken.len(), "step"),
        counted(
            usize::try_from(of.shrunk.replays).unwrap_or(usize::MAX),
            "candidate"
        ),
    );
    table
        .block()
        .into_iter()
        .chain([Block::Words(replays)])
        .collect()
}
