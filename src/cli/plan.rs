//! `cmksim plan`: which reservation, how much room, and when limits are reached.

use clap::Args;
use cmksim::experiment::plan::{Plan, gather};
use cmksim::experiment::tasks;
use cmksim::report::{self, Command};

use super::failure::{Failure, Status};
use super::files::Folder;
use super::options::{Format, Subject};
use super::part::Part;
use super::progress::Bar;
use super::status::finished;
use super::study::{REPLICATIONS, often};
use super::terminal::style;
use super::{files, load};

#[derive(Debug, Args)]
pub(crate) struct Planned {
    #[command(flatten)]
    subject: Subject,
    /// Number of replications [default: the scenario's `replications`, or 200 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn plan(arguments: &Planned, quiet: bool) -> Result<Status, Failure> {
    let subject = &arguments.subject;
    let (name, loaded) = load::subject(subject, arguments.replications, quiet)?;
    let replications = often(arguments.replications, &loaded.scenario, REPLICATIONS);
    let folder = Folder::open(&files::folder_of(subject), quiet)?;
    let (scenario, traces) = (&loaded.scenario, &loaded.traces[..]);
    let head = tasks::head("plan", &[(scenario, traces)], &replications);
    let part = Part::open(&folder, "plan", &head, subject.results.extend, quiet)?;
    let bar = Bar::new(&name, !quiet);
    let gathered = gather(scenario, traces, replications, &bar.runner(Some(&part)));
    drop(bar);
    part.flush()?;
    let gathered = finished(&name, gathered)?;
    let plan = Plan::of(&loaded.scenario, &gathered);
    let printed = match subject.results.format {
        Format::Text => report::plan_text(&plan, style()),
        Format::Json => report::plan_json(&plan, &loaded.text),
        Format::Csv => report::plan_csv(&plan),
    };
    folder.hand_out(
        &report::plan_files(&plan, &loaded.text, command(arguments).as_ref()),
        &printed,
        quiet,
    )?;
    part.remove()?;
    Ok(Status::Done)
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Planned) -> Option<Command> {
    let subject = &arguments.subject;
    let mut words = load::words("plan", Some(&subject.file), &subject.changes.words());
    if let Some(replications) = arguments.replications {
        words.extend(["--replications".to_owned(), replications.to_string()]);
    }
    arguments.report.then(|| Command::new(words))
}
