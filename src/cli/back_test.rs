//! `cmksim plan --back-test`: how far off forecasts were.

use cmksim::experiment::back_test::Design;
use cmksim::report::{self, Command};
use cmksim::units::Duration;

use super::failure::{Failure, Status};
use super::files::{self, Folder};
use super::load::Loaded;
use super::options::{Format, Subject};
use super::progress::Bar;
use super::status::finished;
use super::terminal::style;

/// Tests forecasts of a scenario's traces for so many days at their end.
pub(super) fn back_test(
    name: &str,
    loaded: &Loaded,
    (held, replications): (Duration, u64),
    subject: &Subject,
    (command, quiet): (Option<&Command>, bool),
) -> Result<Status, Failure> {
    let scenario = &loaded.scenario;
    let design = Design::of(scenario, &loaded.traces, held);
    let design = design.map_err(|why| Failure::wrong(format!("--back-test {held}: {why}")))?;
    let folder = Folder::open(&files::folder_of(subject), quiet)?;
    let bar = Bar::new(name, !quiet);
    let test = design.run(replications, &bar.runner(None));
    drop(bar);
    let test = finished(name, test)?;
    let printed = match subject.results.format {
        Format::Text => report::back_test_text(scenario, &test, style()),
        Format::Json => report::back_test_json(scenario, &test, &loaded.text),
        Format::Csv => report::back_test_csv(scenario, &test),
    };
    let files = report::back_test_files(scenario, &test, &loaded.text, command);
    folder.hand_out(&files, &printed, quiet)?;
    Ok(Status::Done)
}
