//! Completions for shells.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use cmksim::scenario::{Edition, Measure};

use super::arguments::Arguments;
use super::failure::{Failure, Status};
use super::manual::TOPICS;
use super::templates::{Shipped, shipped};
use super::terminal;

/// Prints the completions for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut completed(), "cmksim", &mut script);
    let mut script = String::from_utf8(script).expect("completions are text");
    if shell == Shell::Fish {
        script.extend(shipped().filter_map(Shipped::template).map(fish));
    }
    terminal::print(&script).map(|()| Status::Done)
}

/// A template for fish: what makes its completions leaves out arguments without an option.
fn fish((name, title): (&str, &str)) -> String {
    let title = title.replace('\\', "\\\\").replace('\'', "\\'");
    let when = "__fish_cmksim_using_subcommand init";
    format!("complete -c cmksim -n \"{when}\" -f -a {name} -d '{title}'\n")
}

/// The program, with the names that its arguments may have: a shell proposes them. (The program
/// itself reads these arguments as texts, and says more of a wrong one.)
fn completed() -> Command {
    let program = Arguments::command();
    let commands = program.get_subcommands().map(Command::get_name);
    let topics = TOPICS.into_iter().chain(commands);
    let topics: Vec<PossibleValue> = topics
        // A few names, once: what takes them wants them for good.
        .map(|topic| PossibleValue::new(&*topic.to_owned().leak()))
        .collect();
    let named = |(name, what)| PossibleValue::new(name).help(what);
    let templates = shipped().filter_map(Shipped::template).map(named);
    let measures = Measure::ALL
        .iter()
        .map(|measure| (measure.name(), measure.meaning()));
    let measures: Vec<PossibleValue> = measures.map(named).collect();
    let editions = Edition::all().iter();
    let editions: Vec<PossibleValue> = editions
        .map(|edition| PossibleValue::new(edition.name.as_str()))
        .collect();
    [
        ("init", "template", templates.collect()),
        ("init", "edition", editions.clone()),
        ("rules", "edition", editions.clone()),
        ("rules", "diff", editions),
        ("help", "topic", topics),
        ("run", "measures", measures.clone()),
        ("sweep", "of", measures.clone()),
        ("solve", "such_that", measures.clone()),
        ("compare", "of", measures.clone()),
        ("sensitivity", "of", measures),
    ]
    .into_iter()
    .fold(program, propose)
}

/// Names for an argument of a command.
fn propose(
    program: Command,
    (command, argument, names): (&'static str, &'static str, Vec<PossibleValue>),
) -> Command {
    let names = PossibleValuesParser::new(names);
    program.mut_subcommand(command, |command| {
        command.mut_arg(argument, |argument| argument.value_parser(names))
    })
}
