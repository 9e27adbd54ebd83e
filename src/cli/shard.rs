//! `cmksim shard` and `cmksim merge`: a study in parts, by whoever computes them.

use clap::{Args, Command, Subcommand};

use super::compare::{Compare, compare};
use super::failure::{Failure, Status};
use super::options::Run;
use super::parts::{By, Cut, Merged};
use super::plan::{Planned, plan};
use super::run::run;
use super::sweep::{Sweep, sweep};

/// A study, and what is said of its parts.
#[derive(Debug, Args)]
pub(crate) struct Divided<S: Args, P: Args> {
    #[command(flatten)]
    study: S,
    #[command(flatten)]
    parts: P,
}

/// A study that has parts.
#[derive(Debug, Subcommand)]
pub(crate) enum Study<P: Args> {
    /// Many replications of a scenario
    Run(Box<Divided<Run, P>>),
    /// A scenario at many values of its keys
    Sweep(Box<Divided<Sweep, P>>),
    /// Scenarios with common random numbers
    Compare(Box<Divided<Compare, P>>),
    /// A capacity plan
    Plan(Box<Divided<Planned, P>>),
}

#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Shard {
    #[command(subcommand)]
    study: Study<Cut>,
}

#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Merge {
    #[command(subcommand)]
    study: Study<Merged>,
}

impl<P: Args> Study<P> {
    fn answer<'a>(&'a self, by: fn(&'a P) -> By<'a>, quiet: bool) -> Result<Status, Failure> {
        match self {
            Study::Run(of) => run(&of.study, by(&of.parts), quiet),
            Study::Sweep(of) => sweep(&of.study, by(&of.parts), quiet),
            Study::Compare(of) => compare(&of.study, by(&of.parts), quiet),
            Study::Plan(of) => plan(&of.study, by(&of.parts), quiet),
        }
    }
}

/// What a study in parts cannot be asked is not offered; see [`By::refuse`].
pub(crate) fn in_parts(study: Command) -> Command {
    const WHOLE: [&str; 6] = [
        "extend",
        "replication",
        "precision",
        "max_replications",
        "dry_run",
        "back_test",
    ];
    study.mut_args(|option| {
        let whole = WHOLE.contains(&option.get_id().as_str());
        option.hide(whole)
    })
}

/// Parts need a folder, and one of their own.
pub(crate) fn into_a_folder(study: Command) -> Command {
    study.mut_arg("output", |output| {
        let help = "Folder for the part, the same for all parts of the study and for no others";
        output.help(help).required(true)
    })
}

/// Computes a part.
pub(crate) fn shard(asked: &Shard, quiet: bool) -> Result<Status, Failure> {
    asked.study.answer(By::Part, quiet)
}

/// Puts parts together.
pub(crate) fn merge(asked: &Merge, quiet: bool) -> Result<Status, Failure> {
    asked.study.answer(By::Parts, quiet)
}
