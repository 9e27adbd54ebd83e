use crate::error::Error;
use crate::intake::{self, Rows};
use crate::scenario::{Scenario, Source};

/// The traces of a scenario, read once for all replications: one entry a workspace, `Some`
/// where its ingestion is a trace; and what deserves a warning.
///
/// `read` gets a file as the scenario names it and returns its bytes.
///
/// # Errors
///
/// If a file cannot be read, or every mistake in the first one that is wrong.
pub fn traces(
    scenario: &Scenario,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, String>,
) -> Result<(Vec<Option<Rows>>, Vec<String>), Error> {
    let mut warnings = Vec::new();
    let mut load = |source: &Source| {
        let Source::Trace(trace) = source else {
            return Ok(None);
        };
        let bytes = read(&trace.file).map_err(|error| Error::trace(error).context(&trace.file))?;
        let (rows, warned) =
            intake::read(trace, &bytes).map_err(|error| Error::trace(error.to_string()))?;
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
