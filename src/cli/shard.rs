//! `cmksim shard` and `cmksim merge`: a study in parts, by whoever computes them.

use clap::{Arg, ArgAction, Args, Command, Subcommand};

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
    #[command(mut_arg("files", one))]
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

/// Parts are of one scenario, and of no example.
fn one(files: Arg) -> Arg {
    let one = files.action(ArgAction::Set).num_args(1).required(true);
    one.help("A scenario file")
}

/// The options of a study that are refused in parts, and those that a part ignores, for they only
/// say what is shown or written.
fn options(study: &str) -> [&'static [&'static str]; 2] {
    match study {
        "run" => [
            &["extend", "precision", "max_replications", "replication"],
            &["format", "write", "report", "resolution", "exit_zero"],
        ],
        "sweep" => [&["extend", "dry_run"], &["format", "report", "of"]],
        "compare" => [&["extend"], &["format", "report", "replication"]],
        _ => [&["extend", "back_test"], &["format", "report"]],
    }
}

fn change(study: Command, options: &[&str], how: impl Fn(Arg) -> Arg) -> Command {
    let options = options.iter();
    options.fold(study, |study, option| study.mut_arg(option, &how))
}

/// A study in parts, which it is by this option.
fn in_parts(study: Command, by: &'static str) -> Command {
    let [refused, _] = options(study.get_name());
    change(study, refused, |option| {
        option.hide(true).conflicts_with(by)
    })
}

/// A study of which a part is computed.
pub(crate) fn a_part_of(study: Command) -> Command {
    let [_, ignored] = options(study.get_name());
    let study = change(in_parts(study, "part"), ignored, |option| option.hide(true));
    let study = study.after_help(
        "Options that only say what is shown or written, such as --format and --report, may be \
         given and are ignored, so that `shard` and `merge` take the same words.",
    );
    study.mut_arg("output", |output| {
        let help = "Folder for the part, the same for all parts of the study and for no others";
        output.help(help).required(true)
    })
}

/// A study of which the parts are put together.
pub(crate) fn the_parts_of(study: Command) -> Command {
    in_parts(study, "parts")
}

/// Computes a part.
pub(crate) fn shard(asked: &Shard, quiet: bool) -> Result<Status, Failure> {
    asked.study.answer(By::Part, quiet)
}

/// Puts parts together.
pub(crate) fn merge(asked: &Merge, quiet: bool) -> Result<Status, Failure> {
    asked.study.answer(By::Parts, quiet)
}
