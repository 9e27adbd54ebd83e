//! `cmksim explain` and `cmksim rules`: why.

use std::io::Write;

use cmksim::experiment::Study;
use cmksim::foreign::{brief, quoted};
use cmksim::limits::{LISTED_POLLS, STORY_LINES};
use cmksim::model::{History, Options};
use cmksim::report;
use cmksim::scenario::{Edition, Scenario};
use cmksim::units::{Duration, Time};

use super::failure::{Failure, Status};
use super::load::Loaded;
use super::options::{Explain, Format, Rules, Table};
use super::progress::Bar;
use super::replay::replay;
use super::status::finished;
use super::study::{REPLICATIONS, often};
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
    let name = load::name(file);
    let Chosen { replication, why } = choose(arguments, &name, &loaded, quiet)?;
    let options = Options {
        replication,
        every_poll: false,
    };
    let replay = replay(&name, &loaded, options, quiet)?;
    let history = &replay.history;
    if let Some((from, until)) = polls {
        let count = report::count_polls(history, from, until);
        if !LISTED_POLLS.allows(count) {
            return Err(Failure::wrong(format!(
                "--polls: {count} polls are in this interval, {}",
                LISTED_POLLS.exceeded()
            )));
        }
    }
    if polls.is_none() && arguments.format == Table::Text {
        refuse_too_much(scenario, history)?;
    }
    let print = |to: &mut dyn Write| match (polls, arguments.format) {
        (None, Table::Text) => report::write_explanation(to, scenario, &replay, &why, style()),
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

/// The replication that is told.
struct Chosen {
    replication: u64,
    /// Empty where there is no choice.
    why: String,
}

fn choose(
    arguments: &Explain,
    name: &str,
    loaded: &Loaded,
    quiet: bool,
) -> Result<Chosen, Failure> {
    let scenario = &loaded.scenario;
    let Some(text) = &arguments.worst else {
        let replication = arguments.replication.unwrap_or(scenario.replication);
        let why = report::chosen(scenario, replication);
        return Ok(Chosen { replication, why });
    };
    let of = scenario.measure("--worst", text)?;
    let all = often(arguments.replications, scenario, REPLICATIONS);
    let mut study = Study::new(scenario, &loaded.traces);
    study.kept = vec![of];
    let bar = Bar::new(name, !quiet);
    let runner = bar.runner(None);
    runner.progress.begin(all);
    let gathered = study.gather(0..all, &runner);
    drop(bar);
    let gathered = finished(name, gathered)?;
    let worst = gathered.worst(of.0, of.1).ok_or_else(|| {
        Failure::wrong(format!(
            "--worst {text}: it has no value in any replication"
        ))
    })?;
    Ok(Chosen {
        replication: worst.0,
        why: report::chosen_as_worst(scenario, worst, all, of),
    })
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
        .ok_or_else(|| wrong("\"..\" is missing"))?;
    let from = instant(from, scenario).map_err(|what| wrong(&what))?;
    let until = instant(until, scenario).map_err(|what| wrong(&what))?;
    if until <= from {
        return Err(wrong("the end must be after the beginning"));
    }
    if from >= scenario.end() {
        return Err(wrong(&format!("the run ends after {}", scenario.duration)));
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
        (Ok(_), None) => Err("the scenario has no `start`".to_owned()),
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
            let rules = report::Rules::of(edition, &arguments.words);
            if rules.is_empty() {
                return Err(Failure::wrong(format!(
                    "nothing in edition {} has {}; `cmksim rules` lists all names",
                    edition.name,
                    quoted(&arguments.words.join(" "))
                )));
            }
            match arguments.format {
                Format::Text if arguments.all || !arguments.words.is_empty() => {
                    report::rules(&rules, style())
                }
                Format::Text => report::rules_in_brief(&rules, style()),
                Format::Json => report::rules_json(&rules),
                Format::Csv => report::rules_csv(&rules),
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
