//! What may be typed.

use clap::{Arg, Parser, Subcommand};
use clap_complete::Shell;

use super::compare::Compare;
use super::examples;
use super::faults::Search;
use super::freeze::Freeze;
use super::init::Init;
use super::optimise::Optimise;
use super::options::{Check, Explain, Rules, Run};
use super::plan::Planned;
use super::play::Play;
use super::sensitivity;
use super::shard::{self, Merge, Shard};
use super::shrink::Shrink;
use super::solve::Solve;
use super::sweep::Sweep;
use super::worst::Worst;

/// Simulates a Log Analytics dedicated cluster with a customer-managed key: how much data is
/// dropped, buffered and readable while the key is unavailable, when this happens, and which rule
/// causes it.
#[derive(Debug, Parser)]
#[command(name = "cmksim", version, max_term_width = 80, after_help = STATUSES,
          disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print errors only: no warnings, no progress, no names of written files
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Number of threads [default: one per core]; results do not depend on it
    #[arg(long, global = true, value_name = "NUMBER", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// If another command is writing to the same folder, wait for it instead of failing
    #[arg(long, global = true)]
    pub(crate) wait: bool,
}

const STATUSES: &str = "\
Exit status:
  0    success
  1    a file cannot be read or written, or an internal error
  2    the command line or a scenario is invalid
  3    an expectation does not hold
  4    undecided: too few replications to tell, or no single threshold
  130  interrupted (143 if terminated)

With several files, the status is the first of 1, 2, 3 and 4 that occurred.

Results go to standard output, everything else to standard error.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay scenarios and write their results
    #[command(after_help = examples::RUN)]
    Run(Run),
    /// Replay a scenario at many values of its keys; expectations are evaluated at every point,
    /// but do not change the exit status
    #[command(after_help = examples::SWEEP)]
    #[command(mut_arg("format", |format| rows(format, "point and measure")))]
    Sweep(Sweep),
    /// Find the largest or smallest value of a key for which a condition holds
    #[command(after_help = examples::SOLVE)]
    #[command(mut_arg("format", |format| rows(format, "replication or, of a mean, each value checked")))]
    Solve(Solve),
    /// Compare scenarios with common random numbers: what differs, when the runs first differ, and
    /// how much of the difference each changed key causes
    #[command(after_help = examples::COMPARE)]
    Compare(Compare),
    /// Show how much a result depends on assumed parameters and on other keys
    #[command(after_help = examples::SENSITIVITY)]
    #[command(mut_arg("format", |format| rows(format, "value of a factor and, with --morris, for each factor")))]
    Sensitivity(sensitivity::Asked),
    /// Find the values of up to three keys, such as the time of an outage, at which a statistic is
    /// largest or smallest
    #[command(after_help = examples::WORST)]
    #[command(mut_arg("format", |format| rows(format, "point searched, and for each checked")))]
    Worst(Worst),
    /// Find the cheapest combination of the [[lever]] options of a scenario that keeps promises
    #[command(after_help = examples::OPTIMISE)]
    #[command(mut_arg("format", |format| rows(format, "combination")))]
    Optimise(Optimise),
    /// Write one replication as a scenario of its own: hazards are the events that were drawn, and
    /// delays of events their draws
    #[command(after_help = examples::FREEZE)]
    Freeze(Freeze),
    /// Find the smallest scenario in which something still fails: leave out events, places and
    /// keys of a replication, and simplify its values
    #[command(after_help = examples::SHRINK)]
    Shrink(Shrink),
    /// Find what breaks the expectations: single faults and pairs of them, at any time, of which
    /// none can be left out
    #[command(after_help = examples::FAULTS)]
    #[command(mut_arg("format", |format| rows(format, "fault of a sequence")))]
    Faults(Search),
    /// Plan capacity: the cheapest reservation, the sizes of hot cache, buffer and store, and
    /// when limits are reached
    #[command(after_help = examples::PLAN)]
    #[command(mut_arg("format", |format| rows(format, "cluster and month, and a total for each cluster")))]
    Plan(Planned),
    /// Compute one part of a study, for a cluster or several machines; `merge` puts the parts
    /// together
    #[command(after_help = examples::SHARD)]
    #[command(mut_subcommands(shard::a_part_of))]
    Shard(Shard),
    /// Put the parts of a study together: the same results as of one command
    #[command(after_help = examples::MERGE)]
    #[command(mut_subcommands(shard::the_parts_of))]
    Merge(Merge),
    /// Write a page to play with a scenario in a browser, or a course of nine scenes
    #[command(after_help = examples::PLAY)]
    Play(Play),
    /// Tell the story of a run: each event, what it caused, and by which rule
    #[command(after_help = examples::EXPLAIN)]
    Explain(Explain),
    /// Validate scenarios without running them, and warn of likely mistakes
    #[command(after_help = examples::CHECK)]
    Check(Check),
    /// List every parameter and rule of the service with its value and source, and whether it is
    /// documented or assumed
    #[command(after_help = examples::RULES)]
    Rules(Rules),
    /// Print the JSON schema of scenario files (for editors) or of results
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Which files the schema describes
        #[arg(long, value_name = "FILES", value_enum, default_value_t)]
        of: SchemaOf,
    },
    /// Create a scenario from a template or from exports of a real cluster
    #[command(after_help = examples::INIT)]
    Init(Init),
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page in roff format (`cmksim man | man -l -` shows it)
    #[command(after_help = examples::MAN)]
    Man,
    /// Show help on a command, or list all measures or kinds of events
    #[command(after_help = examples::HELP)]
    Help {
        /// A command, `measures` or `events`
        topic: Option<String>,
    },
}

/// Says what the rows of a table are, which each command says for itself.
fn rows(format: Arg, of: &str) -> Arg {
    let help = format.get_help().map(ToString::to_string);
    let help = help.expect("every option is documented");
    format.help(format!("{help}; csv has a row for each {of}"))
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads) if (1..=1024).contains(&threads) => Ok(threads),
        _ => Err("must be a whole number from 1 to 1024".to_owned()),
    }
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SchemaOf {
    /// Scenario files
    #[default]
    Scenarios,
    /// The JSON that commands write and print
    Results,
}
