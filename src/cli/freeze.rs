//! `cmksim freeze`: one replication as a scenario of its own.

use std::path::PathBuf;

use clap::Args;
use cmksim::experiment::{self, Variant};
use cmksim::report;

use super::failure::{Failure, Status};
use super::files::{self, Folder, way};
use super::load;
use super::options::Changes;
use super::progress::Bar;
use super::status::finished;
use super::terminal::style;

#[derive(Debug, Args)]
pub(crate) struct Freeze {
    /// A scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Which replication, counted from 0 [default: the scenario's `replication`, or 0]
    #[arg(long, value_name = "NUMBER")]
    replication: Option<u64>,
    /// Folder for frozen.toml [default: output/<stem of FILE>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn freeze(arguments: &Freeze, quiet: bool) -> Result<Status, Failure> {
    let file = arguments.file.as_path();
    let loaded = load::load(Some(file), &arguments.changes.overrides(), quiet)?;
    let name = load::name(Some(file));
    let replication = arguments.replication.unwrap_or(loaded.scenario.replication);
    let folder = files::folder(Some(file), arguments.output.as_deref());
    let draft = loaded.source.draft(&[])?;
    let draft = draft.seen_from(&way(&folder.join(report::FROZEN), file));
    let folder = Folder::open(&folder, quiet)?;
    let variant = Variant {
        scenario: loaded.scenario.clone(),
        traces: loaded.traces.clone(),
    };
    let bar = Bar::new(&name, !quiet);
    let frozen = experiment::freeze(&draft, &variant, replication, &bar.runner(None));
    drop(bar);
    let frozen = finished(&name, frozen)?;
    let words = arguments.changes.words();
    let mut command = load::words("freeze", Some(file), &words);
    command.extend(["--replication".to_owned(), replication.to_string()]);
    let files = report::freeze_files(&frozen, &report::Command::new(command));
    let printed = report::freeze_text(&loaded.scenario, &frozen, style());
    folder.hand_out(&files, &printed, quiet)?;
    Ok(Status::Done)
}
