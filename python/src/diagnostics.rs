//! What is wrong with a scenario, or likely not meant, as values of Python.

use cmksim::scenario::{Diagnostics, Severity};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// One `cmksim.Diagnostic` for each; `severity` replaces their own.
pub(crate) fn listed<'py>(
    py: Python<'py>,
    found: &Diagnostics,
    severity: Option<&str>,
) -> PyResult<Bound<'py, PyList>> {
    let class = py.import("cmksim._errors")?.getattr("Diagnostic")?;
    let all = PyList::empty(py);
    for (place, diagnostic) in found.iter() {
        let own = match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        all.append(class.call1((
            severity.unwrap_or(own),
            diagnostic.message(),
            place.file,
            place.line,
            place.column,
            diagnostic.under(),
            PyTuple::new(py, diagnostic.advice())?,
        ))?)?;
    }
    Ok(all)
}

/// One that has no place.
pub(crate) fn placeless<'py>(
    py: Python<'py>,
    severity: &str,
    message: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import("cmksim._errors")?.getattr("Diagnostic")?;
    class.call1((severity, message))
}

/// All of them as `cmksim check` prints them.
pub(crate) fn rendered(found: &Diagnostics) -> String {
    found.render(false).trim_end().to_owned()
}
