//! Sections that documents of several commands have.

use super::assumed;
use super::document::{Block, Cell, Column, Document, Table};
use super::format::{Clock, count};
use super::rules::range;
use super::story::Lines;
use super::window::Window;
use crate::experiment::{Outcome, Replay};
use crate::model::History;
use crate::scenario::{Edition, Measure, Rule, Scenario, Scope, Value};
use crate::units::Volume;

/// More things that happened are left to the files.
const MOST_LINES: usize = 400;
const MOST_LINES_IN_TERMINAL: usize = 40;

impl<'a> Document<'a> {
    /// What was expected, how it came out, and what was found.
    pub(super) fn expected(&mut self, judged: Vec<(&str, Outcome, String)>, more: Option<String>) {
        let of = |outcome| {
            judged
                .iter()
                .filter(|judgement| judgement.1 == outcome)
                .count()
        };
        let words = [
            (Outcome::Failed, ["fails", "fail"]),
            (Outcome::Undecided, ["is undecided", "are undecided"]),
            (Outcome::Passed, ["holds", "hold"]),
        ];
        let told = words.map(|(outcome, [one, several])| match of(outcome) {
            0 => None,
            1 => Some((outcome, format!("1 {one}"))),
            many => Some((outcome, format!("{} {several}", count(many as u64)))),
        });
        self.tally = told.into_iter().flatten().collect();
        let columns = vec![
            Column::name(""),
            Column::words(""),
            Column::aside("", ["(", ")"]),
        ];
        let mut table = Table::new("", columns);
        for (text, outcome, found) in judged {
            table.row([Cell::Outcome(Some(outcome)), text.into(), found.into()]);
        }
        let more = more.map(Block::Note);
        let told = self.tally.iter().map(|(_, words)| words.as_str());
        let heading = match self.tally.is_empty() {
            true => "Expectations".to_owned(),
            false => format!("Expectations: {}", told.collect::<Vec<&str>>().join(", ")),
        };
        self.section(
            "expected",
            heading,
            table.block().into_iter().chain(more).collect(),
        );
    }

    /// What a result rests on that no source states, but for keys that were varied; and the
    /// text of the scenario.
    pub(super) fn rest(&mut self, scenario: &Scenario, varied: &[&str], source: &'a str) {
        let heading = "Assumed values, not fully stated by any source";
        self.section("assumed", heading, assumed(scenario, varied));
        let title = "Its text".to_owned();
        let text = Block::Source {
            title,
            text: source,
        };
        self.section("scenario", "The scenario", vec![text]);
    }
}

/// What a result rests on that no source states, but for keys that were varied.
pub(super) fn assumed<'a>(scenario: &Scenario, varied: &[&str]) -> Vec<Block<'a>> {
    let parameters =
        Edition::named(&scenario.edition).map_or(&[][..], |edition| &edition.parameters[..]);
    let columns = vec![
        Column::name("Parameter"),
        Column::words("Value"),
        Column::words("Plausible values"),
        Column::words("Why this value"),
    ];
    let mut table = Table::new("", columns);
    table.as_sentence = true;
    for (name, value) in assumed::parameters(scenario, varied) {
        let parameter = parameters.iter().find(|parameter| parameter.name == name);
        table.row([
            Cell::Code(name.replace("behaviour.", "")),
            value.into(),
            parameter.map_or_else(String::new, range).into(),
            parameter
                .map_or("", |parameter| parameter.note.as_str())
                .into(),
        ]);
    }
    let prices = assumed::prices(scenario);
    let prices = prices.map(|prices| Block::Note(format!("Unverified prices: {prices}")));
    table.block().into_iter().chain(prices).collect()
}

/// Everything that happened in a replication, and what the rules say that it follows.
pub(super) fn course<'a>(scenario: &Scenario, replay: &Replay) -> Vec<Block<'a>> {
    let mut followed = Vec::new();
    let happened = happened(scenario, &replay.history, "", &mut followed);
    // No change of state says that data was buffered for too long.
    let expired = replay
        .measures
        .get(Scope::Total, Measure::DroppedBufferExpired);
    let expired = expired.is_some_and(|value| value != Value::Volume(Volume::ZERO));
    if expired && !followed.contains(&Rule::OutageBuffer) {
        followed.push(Rule::OutageBuffer);
    }
    let rules = rules(scenario, &followed);
    std::iter::once(happened).chain(rules).collect()
}

/// What happened as a table; `followed` gets the rules that are new in it.
pub(super) fn happened<'a>(
    scenario: &Scenario,
    history: &History,
    caption: &str,
    followed: &mut Vec<Rule>,
) -> Block<'a> {
    let lines = Lines::of(scenario, history);
    if lines.len() == 0 {
        return Block::Words("Nothing happened.".to_owned());
    }
    let clock = Clock::new(scenario.start);
    let columns = vec![
        Column::number("Time"),
        Column::words("What happened"),
        Column::aside("Rule", ["[", "]"]),
    ];
    let mut table = Table::new(caption, columns);
    for line in lines.iter().take(MOST_LINES) {
        let words = format!("{}{}", line.sentence(clock), line.origin(scenario));
        let window = Window {
            from: line.first,
            until: line.last,
        };
        table.row([
            Cell::Time(clock.read(line.first), window),
            words.into(),
            Cell::Rule(line.rule),
        ]);
        if !followed.contains(&line.rule) {
            followed.push(line.rule);
        }
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    table.left_out = Some((more, "events.csv")).filter(|_| more > 0);
    let first = 0..table.rows.len().min(MOST_LINES_IN_TERMINAL);
    table.in_terminal = Some((first.collect(), "events.csv"));
    Block::Table(table)
}

/// What an edition says of rules, on the page: each in a sentence, with who says so.
pub(super) fn rules<'a>(scenario: &Scenario, rules: &[Rule]) -> Option<Block<'a>> {
    let edition = Edition::named(&scenario.edition)?;
    let caption = format!(
        "The rules of edition {}; \"the page\" is: {}",
        edition.name, edition.page
    );
    let columns = vec![
        Column::name("Rule").on_page(),
        Column::words("Status").on_page(),
        Column::words("What it says").on_page(),
        Column::words("Source").on_page(),
    ];
    let mut table = Table::new(caption, columns);
    for rule in rules.iter().filter(|rule| **rule != Rule::Scenario) {
        let says = edition.rule(*rule);
        table.row([
            Cell::RuleText(*rule),
            says.status.word().into(),
            says.text.as_str().into(),
            says.source.as_str().into(),
        ]);
    }
    table.block()
}
