//! What goes wrong, as the exceptions of the package.

use std::io;
use std::path::Path;

use cmksim::scenario::Diagnostics;
use cmksim::{Error, limits};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::diagnostics::{listed, placeless, rendered};

pyo3::import_exception!(cmksim._errors, AuditError);
pyo3::import_exception!(cmksim._errors, LimitError);
pyo3::import_exception!(cmksim._errors, RunError);
pyo3::import_exception!(cmksim._errors, ScenarioError);
pyo3::import_exception!(cmksim._errors, TraceError);

/// What goes wrong while nobody holds the interpreter.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A scenario, a setting or an expression is wrong, with places.
    Diagnosed(Diagnostics),
    /// The same, without a place.
    Placeless(String),
    /// What the library says.
    Library(Error),
    /// What was asked for makes no sense.
    Wrong(String),
    /// A file cannot be read or written.
    File(io::Error),
}

impl From<Diagnostics> for Failure {
    fn from(wrong: Diagnostics) -> Failure {
        Failure::Diagnosed(wrong)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Library(error)
    }
}

impl Failure {
    pub(crate) fn wrong(why: impl Into<String>) -> Failure {
        Failure::Wrong(why.into())
    }

    /// A file that cannot be read or written; `verb` says which.
    pub(crate) fn file(verb: &str, path: &Path, error: &io::Error) -> Failure {
        let told = format!("cannot {verb} {}: {error}", path.display());
        Failure::File(io::Error::new(error.kind(), told))
    }

    /// The exception that says so.
    pub(crate) fn raised(self, py: Python<'_>) -> PyErr {
        match self {
            Failure::Diagnosed(wrong) => match listed(py, &wrong, None) {
                Ok(all) => ScenarioError::new_err((rendered(&wrong), all.unbind())),
                Err(error) => error,
            },
            Failure::Placeless(why) => match placeless(py, "error", &why) {
                Ok(one) => ScenarioError::new_err((format!("error: {why}"), [one.unbind()])),
                Err(error) => error,
            },
            Failure::Library(error) => of_library(&error),
            Failure::Wrong(why) => PyValueError::new_err(why),
            Failure::File(error) => error.into(),
        }
    }
}

fn of_library(error: &Error) -> PyErr {
    let told = error.to_string();
    let is_limit = || {
        let mut limits = limits::ALL.iter();
        limits.any(|limit| told.contains(&format!("more than {limit}")))
    };
    if error.is_scenario() {
        ScenarioError::new_err(told)
    } else if error.is_trace() {
        TraceError::new_err(told)
    } else if error.is_audit() {
        AuditError::new_err(told)
    } else if is_limit() {
        LimitError::new_err(told)
    } else {
        RunError::new_err(told)
    }
}
