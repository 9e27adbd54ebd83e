//! The command line: from arguments to an exit status.
//!
//! Standard output carries results and nothing else; messages, warnings, the names of written
//! files and the progress bar go to standard error.

mod arguments;
mod back_test;
mod compare;
mod completions;
mod disk;
mod examples;
mod explain;
mod failure;
mod faults;
mod files;
mod freeze;
mod growing;
mod init;
mod journal;
mod load;
mod lock;
mod manual;
mod memory;
mod optimise;
mod options;
mod panics;
mod parts;
mod plan;
mod play;
mod progress;
mod rare;
mod replay;
mod run;
mod searched;
mod sensitivity;
mod shard;
mod shrink;
mod signals;
mod solve;
mod status;
mod store;
mod study;
mod sweep;
mod templates;
mod terminal;
mod threads;
mod worst;

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use cmksim::{foreign, report, scenario};

use arguments::{Arguments, Command, SchemaOf};
use failure::{Failure, Status};
use parts::By;

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    panics::explain();
    memory::keep();
    match panics::caught(|| signals::watch().and_then(|()| asked())) {
        Some(Ok(status)) => status.into(),
        Some(Err(failure)) => failure.report().into(),
        None => Status::Broken.into(),
    }
}

/// Does what the command line asks for.
fn asked() -> Result<Status, Failure> {
    match Arguments::try_parse() {
        Ok(arguments) => dispatch(arguments),
        // Help, and the version.
        Err(told) if !told.use_stderr() => {
            terminal::print(&set(&told, terminal::colour(&io::stdout()))).map(|()| Status::Done)
        }
        Err(wrong) => {
            // What was typed stands in it: no colour of that is ours.
            let deceives = |word: OsString| word.to_string_lossy().chars().any(foreign::deceives);
            let colour = terminal::colour(&io::stderr()) && !env::args_os().any(deceives);
            terminal::tell_plainly(&set(&wrong, colour));
            Ok(Status::Wrong)
        }
    }
}

fn set(told: &clap::Error, colour: bool) -> String {
    let text = told.render();
    if colour {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

fn dispatch(arguments: Arguments) -> Result<Status, Failure> {
    let quiet = arguments.quiet;
    threads::use_at_most(arguments.threads);
    lock::wait_for_others(arguments.wait);
    match arguments.command {
        Command::Run(run) => run::run(&run, By::Itself, quiet),
        Command::Sweep(arguments) => sweep::sweep(&arguments, By::Itself, quiet),
        Command::Solve(solve) => solve::solve(&solve, quiet),
        Command::Compare(compare) => compare::compare(&compare, By::Itself, quiet),
        Command::Sensitivity(asked) => sensitivity::sensitivity(&asked, quiet),
        Command::Worst(asked) => worst::worst(&asked, quiet),
        Command::Optimise(asked) => optimise::optimise(&asked, quiet),
        Command::Freeze(asked) => freeze::freeze(&asked, quiet),
        Command::Shrink(asked) => shrink::shrink(&asked, quiet),
        Command::Faults(search) => faults::faults(&search, quiet),
        Command::Plan(planned) => plan::plan(&planned, By::Itself, quiet),
        Command::Shard(asked) => shard::shard(&asked, quiet),
        Command::Merge(asked) => shard::merge(&asked, quiet),
        Command::Play(asked) => play::play(&asked, quiet),
        Command::Explain(explain) => explain::explain(&explain, quiet),
        Command::Rules(rules) => explain::rules(&rules),
        Command::Check(check) => load::check(&check, quiet),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Scenarios => scenario::schema_text(),
                SchemaOf::Results => report::results_schema(),
            };
            terminal::print(&schema).map(|()| Status::Done)
        }
        Command::Init(init) => init::init(&init, quiet),
        Command::Man => manual::man(),
        Command::Help { topic } => manual::help(topic.as_deref()),
        Command::Completions { shell } => completions::completions(shell),
    }
}
