//! Why the program, or its work on one file, ends early.

use std::process::ExitCode;

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
    /// There are too few replications to tell whether an expectation holds.
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
}
