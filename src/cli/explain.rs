//! `cmksim explain` and `cmksim rules`: why.

use std::io::Write;

use cmksim::foreign::brief;
use cmksim::limits::{LISTED_POLLS, STORY_LINES};
use cmksim::model::{History, Options};
use cmksim::report;
use cmksim::scenario::{Edition, Scenario};
use cmksim::units::{Duration, Time};

use super::failure::{Failure, Status};
use super::options::{Explain, Format, Rules, Table};
use super::replay::replay;
use super::terminal::style;
use super::{load, terminal};

/// Tells the story of a run, or its polls one after another.
pub(crate) fn explain(arguments: &Explain, quiet: bool) -> Result<Status, Failure> {
    let file = arguments.file.as_deref();
    let loaded = load::load(file, &arguments.changes.overrides(), quiet)?;
    let scenario = &loaded.scenario;
    let polls = match &arguments.polls {
        None => None,
        Some(text) => Some(stretch(text, scenario)?),
    };
    let replay = replay(&load::name(file), &loaded, Options::default(), quiet)?;
    let history = &replay.history;
    if let Some((from, until)) = polls {
        let count = report::count_polls(history, from, until);
        if !LISTED_POLLS.allows(count) {
            return Err(Failure::wrong(format!(
                "--polls: {count} polls lie in that time, {}",
                LISTED_POLLS.exceeded()
            )));
        }
    }
    if polls.is_none() && arguments.format == Table::Text {
        refuse_too_much(scenario, history)?;
    }
    let print = |to: &mut dyn Write| match (polls, arguments.format) {
        (None, Table::Text) => report::write_explanation(to, scenario, &replay, style()),
        (None, Table::Csv) => report::write_events(to, scenario, history),
        (Some((from, until)), Table::Text) => {
            to.write_all(report::polls(scenario, history, from, until).as_bytes())
        }
        (Some((from, until)), Table::Csv) => {
            to.write_all(report::polls_csv(scenario, history, from, until).as_bytes())
        }
    };
    terminal::print_by(&print).map(|()| Status::Done)
}

/// Nobody reads a story of that length, and it needs more memory than the run itself.
fn refuse_too_much(scenario: &Scenario, history: &History) -> Result<(), Failure> {
    let lines = report::count_lines(scenario, history);
    if STORY_LINES.allows(lines as u64) {
        return Ok(());
    }
    let why = STORY_LINES.exceeded();
    Err(Failure::wrong(format!("{lines} lines are {why}")))
}

/// `FROM..TO`.
fn stretch(text: &str, scenario: &Scenario) -> Result<(Time, Time), Failure> {
    let wrong = |what: &str| {
        Failure::wrong(format!(
            "--polls {}: {what}; write FROM..TO, as in \"2d 10h..2d 10h 5m\"",
            brief(text)
        ))
    };
    let (from, until) = text
        .split_once("..")
        .ok_or_else(|| wrong("there is no \"..\""))?;
    let from = instant(from, scenario).map_err(|what| wrong(&what))?;
    let until = instant(until, scenario).map_err(|what| wrong(&what))?;
    if until <= from {
        return Err(wrong("it ends before it begins, or at once"));
    }
    if from >= scenario.end() {
        return Err(wrong(&format!(
            "the run is over after {}",
            scenario.duration
        )));
    }
    Ok((from, until))
}

/// A time since the start, or a calendar time where the scenario has one.
fn instant(text: &str, scenario: &Scenario) -> Result<Time, String> {
    let text = text.trim();
    let calendar = text.parse::<jiff::Timestamp>();
    match (calendar, scenario.start) {
        (Ok(instant), Some(start)) => {
            let since = instant.as_millisecond().saturating_sub(start);
            Ok(Time::from_millis(since))
        }
        (Ok(_), None) => Err("the scenario has no calendar `start`".to_owned()),
        (Err(_), start) => match (text.parse::<Duration>(), start, as_shown(text)) {
            (Ok(since), ..) => Ok(Time::START + since),
            (Err(_), Some(start), Some(instant)) => Ok(Time::from_millis(instant - start)),
            (Err(error), ..) => Err(error.to_string()),
        },
    }
}

/// A calendar time as a story shows it, in UTC; in milliseconds since 1970.
fn as_shown(text: &str) -> Option<i64> {
    let time = text.parse::<jiff::civil::DateTime>().ok()?;
    let instant = jiff::tz::Offset::UTC.to_timestamp(time).ok()?;
    Some(instant.as_millisecond())
}

/// Lists what an edition says, or what differs between two.
pub(crate) fn rules(arguments: &Rules) -> Result<Status, Failure> {
    let text = match arguments.diff.as_deref() {
        Some([a, b]) => {
            let (a, b) = (edition("--diff", a)?, edition("--diff", b)?);
            match arguments.format {
                Format::Text => report::differences(a, b, style()),
                Format::Json => report::differences_json(a, b),
                Format::Csv => report::differences_csv(a, b),
            }
        }
        _ => {
            let edition = edition("--edition", &arguments.edition)?;
            match arguments.format {
                Format::Text => report::rules(edition, style()),
                Format::Json => report::rules_json(edition),
                Format::Csv => report::rules_csv(edition),
            }
        }
    };
    terminal::print(&text).map(|()| Status::Done)
}

fn edition(option: &str, name: &str) -> Result<&'static Edition, Failure> {
    Edition::named(name).ok_or_else(|| {
        let known: Vec<&str> = Edition::all().iter().map(|e| e.name.as_str()).collect();
        let near = Edition::nearest(name);
        let near = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        Failure::wrong(format!(
            "{option} {}: there is no such edition{near}; there is {}",
            brief(name),
            known.join(", ")
        ))
    })
}
