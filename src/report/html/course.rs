//! What happened in a replication, with its rules.

use super::markup::Html;
use super::parts::{self, Table, long};
use crate::experiment::Replay;
use crate::model::History;
use crate::report::format::{Clock, count};
use crate::report::story::Lines;
use crate::scenario::{Measure, Rule, Scenario, Scope, Value};
use crate::units::Volume;

/// More things that happened are left to the files.
const MOST_LINES: usize = 400;

/// Everything that happened in a replication, and what the rules say that it follows.
pub(super) fn of_replay(scenario: &Scenario, replay: &Replay) -> Html {
    let mut followed = Vec::new();
    let mut html = table(scenario, &replay.history, "What happened", &mut followed);
    // No change of state says that data was buffered for too long.
    let expired = replay
        .measures
        .get(Scope::Total, Measure::DroppedBufferExpired);
    let expired = expired.is_some_and(|it| it != Value::Volume(Volume::ZERO));
    if expired && !followed.contains(&Rule::OutageBuffer) {
        followed.push(Rule::OutageBuffer);
    }
    html.push(parts::rules(scenario, &followed));
    html
}

/// What happened as a table; `followed` gets the rules that are new in it.
pub(super) fn table(
    scenario: &Scenario,
    history: &History,
    caption: &str,
    followed: &mut Vec<Rule>,
) -> Html {
    let lines = Lines::of(scenario, history);
    if lines.len() == 0 {
        return parts::paragraph(&format!("{caption}: nothing."));
    }
    let clock = Clock::new(scenario.start);
    let more = lines.len().saturating_sub(MOST_LINES);
    let caption = match more {
        0 => caption.to_owned(),
        more => format!("{caption}; {} more lines are left out", count(more as u64)),
    };
    let mut table = Table::new(&caption, &["Time", "What", "Rule"]);
    for line in lines.iter().take(MOST_LINES) {
        let words = format!("{}{}", line.sentence(clock), line.origin(scenario));
        table.row([
            parts::plain(&clock.read(line.first)),
            long(&words),
            parts::rule(line.rule),
        ]);
        if !followed.contains(&line.rule) {
            followed.push(line.rule);
        }
    }
    table.html()
}
