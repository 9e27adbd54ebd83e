//! The one error of the library.
//!
//! Errors are for what users cause; what only a bug can cause panics, except for the audit at
//! the end of a run, which reports the seed with it. Each module that can fail makes its own
//! kind here out of its own private type, so the arrows of the layers still point down.

use std::fmt;

use crate::foreign;

/// What went wrong, in words for the person at the keyboard.
///
/// It is opaque but for the predicates: a program that uses the library decides by those, a
/// reader by the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    /// What was being done, outermost last.
    context: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scenario,
    Trace,
    Import,
    Run,
    Interrupted,
    Audit,
    Journal,
}

impl Error {
    /// A scenario that cannot be taken; `message` is its rendered diagnostics.
    pub(crate) fn scenario(message: impl Into<String>) -> Error {
        Error::new(Kind::Scenario, message)
    }

    /// A trace that cannot be replayed.
    pub(crate) fn trace(message: impl Into<String>) -> Error {
        Error::new(Kind::Trace, message)
    }

    /// An export of a real cluster from which no scenario can be made.
    pub(crate) fn import(message: impl Into<String>) -> Error {
        Error::new(Kind::Import, message)
    }

    /// A scenario that was taken but cannot be run to its end.
    pub(crate) fn run(message: impl Into<String>) -> Error {
        Error::new(Kind::Run, message)
    }

    /// A run that was told to stop.
    pub(crate) fn interrupted() -> Error {
        Error::new(Kind::Interrupted, "interrupted")
    }

    /// Books that do not balance: a bug, told with everything that repeats it.
    pub(crate) fn audit(message: impl Into<String>) -> Error {
        Error::new(Kind::Audit, message)
    }

    /// A journal that cannot be read, or to which nothing can be added.
    pub fn journal(message: impl Into<String>) -> Error {
        Error::new(Kind::Journal, message)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: foreign::message(&message.into()),
            context: Vec::new(),
        }
    }

    /// The same error, with what was being done put before it.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Error {
        self.context.push(foreign::message(&doing.into()));
        self
    }

    /// The scenario is wrong: its text, or an override of it.
    pub fn is_scenario(&self) -> bool {
        self.kind == Kind::Scenario
    }

    /// A trace that the scenario names is wrong.
    pub fn is_trace(&self) -> bool {
        self.kind == Kind::Trace
    }

    /// An export of a real cluster is wrong: no scenario can be made of it.
    pub fn is_import(&self) -> bool {
        self.kind == Kind::Import
    }

    /// The scenario was taken but cannot be run to its end: a distribution that never falls
    /// between its `min` and `max`, or events that cause each other without end.
    pub fn is_run(&self) -> bool {
        self.kind == Kind::Run
    }

    /// The run was told to stop.
    pub fn is_interrupted(&self) -> bool {
        self.kind == Kind::Interrupted
    }

    /// The audit at the end of a run found that the books do not balance: a bug of this
    /// program, and the message repeats it.
    pub fn is_audit(&self) -> bool {
        self.kind == Kind::Audit
    }

    /// What a study leaves for later cannot be read or written.
    pub fn is_journal(&self) -> bool {
        self.kind == Kind::Journal
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_stands_before_the_message_and_keeps_the_kind() {
        let error = Error::trace("row 7: no number")
            .context("usage.csv")
            .context("workspace logs");
        assert_eq!(
            error.to_string(),
            "workspace logs: usage.csv: row 7: no number"
        );
        assert!(error.is_trace());
        assert!(!error.is_scenario());
    }
}
