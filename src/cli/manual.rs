//! `cmksim help` and `cmksim man`: the program about itself.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use cmksim::foreign::quoted;
use cmksim::report::{events_topic, measures_topic};
use cmksim::scenario::nearest;

use super::arguments::Arguments;
use super::failure::{Failure, Status};
use super::terminal::{self, style};

/// What there is to be told beside the commands.
pub(crate) const TOPICS: [&str; 2] = ["measures", "events"];

/// Tells of a topic or of a command; without one of all commands.
pub(crate) fn help(topic: Option<&str>) -> Result<Status, Failure> {
    let mut program = whole();
    let text = match topic {
        None => program.render_long_help().to_string(),
        Some("measures") => measures_topic(style()),
        Some("events") => events_topic(style()),
        Some(name) => match program.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().to_string(),
            None => return Err(unknown(name, &program)),
        },
    };
    terminal::print(&text).map(|()| Status::Done)
}

/// The program with everything that its commands inherit.
fn whole() -> Command {
    let mut program = Arguments::command();
    program.build();
    program
}

fn unknown(name: &str, program: &Command) -> Failure {
    let commands = program.get_subcommands().map(Command::get_name);
    let known: Vec<&str> = TOPICS.into_iter().chain(commands).collect();
    Failure::wrong(match nearest(name, known.iter().copied()) {
        Some(near) => format!(
            "there is no help on {}; did you mean {near:?}?",
            quoted(name)
        ),
        None => format!(
            "there is no help on {}; there is on {}",
            quoted(name),
            known.join(", ")
        ),
    })
}

/// Prints a page of the manual in roff: the program, and each of its commands.
pub(crate) fn man() -> Result<Status, Failure> {
    let page = page(&whole()).expect("writing to memory");
    let page = String::from_utf8(page).expect("a page is text");
    terminal::print(&page).map(|()| Status::Done)
}

fn page(program: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(program.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for command in program.get_subcommands() {
        page.extend(section(command)?);
    }
    man.render_extra_section(&mut page)?;
    man.render_version_section(&mut page)?;
    Ok(page)
}

/// The examples of a command, line by line.
fn examples(command: &Command) -> String {
    let help = command.get_after_help().map(ToString::to_string);
    let lines = help.unwrap_or_default().replace("Examples:\n", "");
    let lines = lines.replace('\\', "\\e").replace('-', "\\-");
    format!(".SS EXAMPLES\n.nf\n{lines}\n.fi\n")
}

/// A command as a section, whose own sections are one level down.
fn section(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    let parts = String::from_utf8(parts).expect("a page is text");
    let mut section = format!(".SH \"CMKSIM {}\"\n", command.get_name().to_uppercase());
    for line in parts.lines() {
        section += &line.replacen(".SH ", ".SS ", 1);
        section.push('\n');
    }
    section += &examples(command);
    Ok(section.into_bytes())
}
