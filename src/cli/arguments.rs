//! What may be typed.

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::compare::Compare;
use super::examples;
use super::init::Init;
use super::options::{Check, Explain, Rules, Run};
use super::plan::Planned;
use super::sensitivity;
use super::solve::Solve;
use super::sweep::Sweep;

/// Replays what happens to a Log Analytics dedicated cluster when its customer-managed key is
/// out of reach: how much data is dropped, cached and accessible, when, and by which rule.
#[derive(Debug, Parser)]
#[command(name = "cmksim", version, max_term_width = 80, after_help = STATUSES,
          disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tell errors only: no warnings, no progress, no names of written files
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Use so many threads, however many cores there are; results do not depend on it
    #[arg(long, global = true, value_name = "NUMBER", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// Wait for a command that writes the same folder, instead of failing at once
    #[arg(long, global = true)]
    pub(crate) wait: bool,
}

const STATUSES: &str = "\
Exit status: 0 all is well; 1 something cannot be read or written, or an internal error; 2 the \
command line or a scenario is wrong; 3 an expectation does not hold; 4 so many replications \
cannot tell whether it does; 130 or 143 interrupted. Of several files the first of 1, 2, 3, 4 \
that occurred counts.

Results go to standard output, everything else to standard error.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay scenarios and write their results
    #[command(after_help = examples::RUN)]
    Run(Run),
    /// Replay a scenario at many values of its keys, many times each; what is expected is judged
    /// at every point and shown, and decides no exit status
    #[command(after_help = examples::SWEEP)]
    Sweep(Sweep),
    /// Find the largest or smallest value of a key for which something holds
    #[command(after_help = examples::SOLVE)]
    Solve(Solve),
    /// Say what differs between scenarios on the same random numbers, from when on, and which
    /// of their keys account for how much of it
    #[command(after_help = examples::COMPARE)]
    Compare(Compare),
    /// Say what moves an answer, and how much of it rests on values that no source states
    #[command(after_help = examples::SENSITIVITY)]
    Sensitivity(sensitivity::Asked),
    /// Say which capacity reservation costs least, how much room is needed, and when limits are
    /// reached
    #[command(after_help = examples::PLAN)]
    Plan(Planned),
    /// Tell the story of a run: each event, what it caused, and by which rule
    #[command(after_help = examples::EXPLAIN)]
    Explain(Explain),
    /// Say whether scenarios are right, and warn of what looks unintended, without running
    /// them
    #[command(after_help = examples::CHECK)]
    Check(Check),
    /// List every parameter and rule of the service: its value, whether it is documented or
    /// assumed, and where it is said
    #[command(after_help = examples::RULES)]
    Rules(Rules),
    /// Print the JSON schema of scenario files, for editors, or of results
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Of which files
        #[arg(long, value_name = "FILES", value_enum, default_value_t)]
        of: SchemaOf,
    },
    /// Make a scenario to begin with: from a template, or from exports of a real cluster
    #[command(after_help = examples::INIT)]
    Init(Init),
    /// Print completions for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print a page of the manual, in roff: `cmksim man | man -l -`
    #[command(after_help = examples::MAN)]
    Man,
    /// Tell of a command, or list all measures or kinds of events
    #[command(after_help = examples::HELP)]
    Help {
        /// A command, `measures` or `events`
        topic: Option<String>,
    },
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
