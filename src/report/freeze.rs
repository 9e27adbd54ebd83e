//! A replication as a scenario of its own, and what was frozen in it.

use super::command::Command;
use super::document::{Block, Document};
use super::format::{count, sanitize};
use super::gist::gist;
use super::terminal::{self, Style};
use super::{FROZEN, File};
use crate::experiment::Frozen;
use crate::scenario::{Fate, Scenario, Timing};

/// What was frozen, for the terminal; `scenario` is the original.
pub fn freeze_text(scenario: &Scenario, frozen: &Frozen, style: Style) -> String {
    let which = format!("replication {}", frozen.before.replication);
    let mut document = Document::about(scenario, &which);
    document.answers.push(answer(scenario, frozen));
    document.answers.push(gist(scenario, &frozen.before));
    let words = "Replayed, it had the same log and the same measures.".to_owned();
    document.section("frozen", "Checked", vec![Block::Words(words)]);
    terminal::text(&document, style)
}

/// `frozen.toml`; `command` makes it again.
pub fn freeze_files(frozen: &Frozen, command: &Command) -> Vec<File<'static>> {
    let status = if frozen.after.passed() { 0 } else { 3 };
    let head = [
        format!(
            "Replication {}, frozen: what was drawn stands as it was drawn.",
            frozen.before.replication
        ),
        format!("{command} made it."),
        format!("cmksim run {FROZEN} ends with status {status}."),
    ];
    let head = head.map(|line| format!("# {}\n", sanitize(&line)));
    let text = format!("{}\n{}", head.concat(), frozen.text);
    vec![File::whole(FROZEN, text)]
}

/// How many events there are, and what they were.
fn answer(scenario: &Scenario, frozen: &Frozen) -> String {
    let mut hazards = 0;
    let (mut occurrences, mut delays) = (0, 0);
    for (event, fate) in scenario.events.iter().zip(&frozen.fates) {
        let hazard = matches!(event.timing, Timing::Every { .. });
        hazards += u64::from(hazard);
        let Fate::Happens(all) = fate else {
            continue;
        };
        occurrences += if hazard { all.len() as u64 } else { 0 };
        let drawn = all.iter().map(|one| {
            let at = one.at.filter(|_| !hazard);
            [at, one.delay, one.duration].iter().flatten().count() as u64
        });
        delays += drawn.sum::<u64>();
    }
    format!(
        "{}: {} became {}; {} as {} drawn",
        FROZEN,
        counted(hazards, "hazard"),
        counted(occurrences, "event"),
        counted(delays, "delay"),
        if delays == 1 { "it was" } else { "they were" },
    )
}

fn counted(number: u64, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(number))
}
