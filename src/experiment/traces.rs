use crate::error::Error;
use crate::foreign::sanitize;
use crate::intake::{self, Rows};
use crate::limits;
use crate::scenario::{Scenario, Source};

/// The traces of a scenario, read once for all replications: one entry per workspace, `Some`
/// where its ingestion is a trace; and what deserves a warning.
///
/// `read` gets a file as the scenario names it and returns its bytes; `interrupted` is asked now
/// and then.
///
/// # Errors
///
/// If a file cannot be read, or every mistake in the first one that is wrong; if together they
/// have more rows than [`limits::TRACE_ROWS`]; if interrupted.
pub fn traces(
    scenario: &Scenario,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, String>,
    interrupted: &dyn Fn() -> bool,
) -> Result<(Vec<Option<Rows>>, Vec<String>), Error> {
    let mut warnings = Vec::new();
    let mut count = 0_u64;
    let mut load = |source: &Source| {
        let Source::Trace(trace) = source else {
            return Ok(None);
        };
        let failed = |error| {
            if interrupted() {
                Error::interrupted()
            } else {
                error
            }
        };
        let bytes = read(&trace.file)
            .map_err(|error| failed(Error::trace(error).context(sanitize(&trace.file))))?;
        let (rows, warned) = intake::read(trace, &bytes, interrupted)
            .map_err(|error| failed(Error::trace(error.to_string())))?;
        count += rows.count() as u64;
        if !limits::TRACE_ROWS.allows(count) {
            return Err(Error::trace(limits::TRACE_ROWS.exceeded()).context(sanitize(&trace.file)));
        }
        let fits = intake::fit(trace, &rows, scenario.start, scenario.end());
        warnings.extend(warned.iter().chain(&fits).map(ToString::to_string));
        Ok(Some(rows))
    };
    let traces: Result<_, Error> = scenario
        .workspaces
        .iter()
        .map(|workspace| load(&workspace.ingestion.source))
        .collect();
    Ok((traces?, warnings))
}
