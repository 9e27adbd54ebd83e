//! How the program ends.

use std::io;
use std::process::ExitCode;

use cmksim::Error;
use cmksim::scenario::Diagnostics;

use super::{signals, terminal};

/// The exit status. Of several files the first in this order that occurred counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// A signal ended the program; 130 or 143.
    Interrupted(u8),
    /// Something cannot be read or written, or this program is at fault.
    Broken,
    /// The command line or a scenario is wrong.
    Wrong,
    /// An expectation does not hold.
    Unmet,
    /// So many replications cannot tell whether an expectation holds.
    Undecided,
    /// All is well.
    Done,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(match status {
            Status::Done => 0,
            Status::Broken => 1,
            Status::Wrong => 2,
            Status::Unmet => 3,
            Status::Undecided => 4,
            Status::Interrupted(code) => code,
        })
    }
}

/// Why a command, or its work on one file, ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// With a message for the person at the keyboard.
    Told {
        /// What the program ends with.
        status: Status,
        /// Without "error:" before it.
        message: String,
    },
    /// Somebody else writes the folder, in a sentence.
    Busy(String),
    /// With diagnostics that are already set in type.
    Diagnosed(String),
    /// The reader of standard output has left, which is its right.
    NobodyReads,
}

impl From<Diagnostics> for Failure {
    fn from(wrong: Diagnostics) -> Failure {
        Failure::Diagnosed(wrong.render(terminal::colour(&io::stderr())))
    }
}

impl Failure {
    /// Something cannot be read or written.
    pub(crate) fn broken(message: impl Into<String>) -> Failure {
        Failure::Told {
            status: Status::Broken,
            message: message.into(),
        }
    }

    /// The command line or a scenario is wrong.
    pub(crate) fn wrong(message: impl Into<String>) -> Failure {
        Failure::Told {
            status: Status::Wrong,
            message: message.into(),
        }
    }

    /// A signal asked the program to stop; with what is told of the work done so far.
    pub(crate) fn interrupted(code: u8, told: &str) -> Failure {
        Failure::Told {
            status: Status::Interrupted(code),
            message: format!("interrupted; {told}"),
        }
    }

    /// Tells it on standard error, and says what the program ends with.
    pub(crate) fn report(self) -> Status {
        match self {
            Failure::Told { status, message } => {
                match status {
                    Status::Interrupted(_) => signals::tell(&message),
                    _ => terminal::tell("error", &message),
                }
                status
            }
            Failure::Busy(message) => {
                terminal::tell("error", &message);
                Status::Broken
            }
            Failure::Diagnosed(text) => {
                terminal::tell_plainly(&text);
                Status::Wrong
            }
            Failure::NobodyReads => Status::Done,
        }
    }
}

/// Why a scenario called `name` was not replayed to its end.
pub(crate) fn failure(name: &str, error: &Error) -> Failure {
    if let Err(stopped) = signals::check() {
        return stopped;
    }
    let message = format!("{name}: {error}");
    if error.is_audit() {
        Failure::broken(message)
    } else if error.is_scenario() {
        // Diagnostics name their place themselves.
        Failure::Diagnosed(error.to_string())
    } else {
        Failure::wrong(message)
    }
}

/// What came of the work on a scenario called `name`, unless a signal stopped it.
pub(crate) fn finished<T>(name: &str, result: Result<T, Error>) -> Result<T, Failure> {
    signals::check()?;
    result.map_err(|error| failure(name, &error))
}
