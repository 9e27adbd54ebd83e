//! `cmksim explain` and `cmksim rules`: what happened, by which rule, and who says so.

use std::io;

use cmksim::model::Options;
use cmksim::report::{self, Look};
use cmksim::scenario::Edition;

use super::arguments::{Explain, Format, Rules};
use super::status::{Failure, Status};
use super::{load, run, terminal};

/// Tells the story of a scenario, or lists its polls.
pub(crate) fn explain(arguments: &Explain, quiet: bool) -> Result<Status, Failure> {
    let tellable = match arguments.format {
        Format::Text => true,
        Format::Csv => arguments.polls.is_some(),
        Format::Json => false,
    };
    if !tellable {
        return Err(Failure::wrong(
            "explain prints text, or csv with --polls; for other formats take `run`",
        ));
    }
    let file = arguments.file.as_deref();
    let loaded = load::load(file, &arguments.changes.overrides(), quiet)?;
    let replay = run::replay(&load::name(file), &loaded, Options::default(), quiet)?;
    let scenario = &loaded.scenario;
    terminal::print(&match (arguments.polls, arguments.format) {
        (Some((from, to)), Format::Csv) => report::polls_csv(scenario, &replay.history, from, to),
        (Some((from, to)), _) => report::polls(scenario, &replay.history, from, to),
        (None, _) => report::explain(scenario, &replay, look()),
    })?;
    Ok(Status::Done)
}

/// Prints an edition.
pub(crate) fn rules(arguments: &Rules) -> Result<Status, Failure> {
    let edition = Edition::named(&arguments.edition).ok_or_else(|| {
        let known: Vec<&str> = Edition::all()
            .iter()
            .map(|edition| &*edition.name)
            .collect();
        let known = known.join(", ");
        let asked = &arguments.edition;
        Failure::wrong(format!("there is no edition {asked:?}; there is {known}"))
    })?;
    terminal::print(&match arguments.format {
        Format::Text => report::rules(edition, look()),
        Format::Json => report::rules_json(edition),
        Format::Csv => report::rules_csv(edition),
    })?;
    Ok(Status::Done)
}

fn look() -> Look {
    Look {
        width: terminal::width(),
        colour: terminal::colour(&io::stdout()),
    }
}
