//! Completions for shells.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::failure::{Failure, Status};
use super::terminal;

/// Prints the completions for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "cmksim", &mut script);
    let script = String::from_utf8(script).expect("completions are text");
    terminal::print(&script).map(|()| Status::Done)
}
