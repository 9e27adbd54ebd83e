//! How the program ends, told to the person at the keyboard.

use std::io;

use cmksim::Error;
use cmksim::scenario::Diagnostics;

use super::failure::{Failure, Status};
use super::{signals, terminal};

impl From<Diagnostics> for Failure {
    fn from(wrong: Diagnostics) -> Failure {
        Failure::Diagnosed(wrong.render(terminal::colour(&io::stderr())))
    }
}

impl Failure {
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

/// What an error is to the person at the keyboard.
pub(crate) fn failed(error: &Error) -> Failure {
    if let Err(stopped) = signals::check() {
        return stopped;
    }
    if error.is_scenario() {
        // Diagnostics name their place themselves.
        Failure::Diagnosed(error.to_string())
    } else if error.is_audit() || error.is_journal() {
        Failure::broken(error.to_string())
    } else {
        Failure::wrong(error.to_string())
    }
}

/// Why a scenario called `name` was not replayed to its end.
pub(crate) fn failure(name: &str, error: &Error) -> Failure {
    if error.is_scenario() || error.is_journal() {
        failed(error)
    } else {
        failed(&error.clone().context(name))
    }
}

/// What came of the work on a scenario called `name`, unless a signal stopped it.
pub(crate) fn finished<T>(name: &str, result: Result<T, Error>) -> Result<T, Failure> {
    signals::check()?;
    result.map_err(|error| failure(name, &error))
}
