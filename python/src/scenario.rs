//! A scenario and what can be done with it.

use std::path::PathBuf;
use std::sync::Arc;

use cmksim::experiment::replay_by;
use cmksim::experiment::shard::Keep;
use cmksim::model::Options;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::comparison::{self, Comparison};
use super::diagnostics::{listed, placeless, rendered};
use super::failure::Failure;
use super::loaded::Loaded;
use super::plan::Plan;
use super::play;
use super::replications::Replications;
use super::run::Run;
use super::shard;
use super::solution::{self, Solution};
use super::source::{Files, Source};
use super::sweep::{self, Sweep};
use super::watch::Watch;

/// A scenario that was read, with its files.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Scenario(Arc<Loaded>);

/// What a scenario is made of again.
type Parts<'py> = (
    &'py str,
    Bound<'py, PyBytes>,
    Vec<String>,
    Vec<(String, Bound<'py, PyBytes>)>,
);

fn loaded(py: Python<'_>, source: Result<Source, Failure>) -> PyResult<Scenario> {
    let loaded = py.detach(|| Loaded::read(source?));
    let loaded = loaded.map_err(|failure| failure.raised(py))?;
    Ok(Scenario(Arc::new(loaded)))
}

#[pymethods]
impl Scenario {
    /// The scenario in a file.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf, set: Vec<String>) -> PyResult<Scenario> {
        loaded(py, Source::open(&path, set))
    }

    /// The scenario that a text is, with files by name, and others in a folder.
    #[new]
    fn new(
        py: Python<'_>,
        name: String,
        text: Vec<u8>,
        set: Vec<String>,
        folder: Option<PathBuf>,
        files: Files,
    ) -> PyResult<Scenario> {
        loaded(py, Ok(Source::new(name, text, set, folder, files)))
    }

    fn with_set(&self, py: Python<'_>, set: Vec<String>) -> PyResult<Scenario> {
        loaded(py, Ok(self.0.source.with(set)))
    }

    /// Name, text, what is set, and files.
    fn parts<'py>(slf: &'py Bound<'py, Self>) -> Parts<'py> {
        let (py, source) = (slf.py(), &slf.get().0.source);
        let files = source.files().into_iter();
        let files = files.map(|(name, bytes)| (name, PyBytes::new(py, &bytes)));
        (
            &source.name,
            PyBytes::new(py, &source.bytes),
            source.set.clone(),
            files.collect(),
        )
    }

    fn name(&self) -> &str {
        &self.0.source.name
    }

    fn text(&self) -> &str {
        &self.0.reading.text
    }

    fn title(&self) -> Option<&str> {
        self.0.scenario().title.as_deref()
    }

    fn seed(&self) -> u64 {
        self.0.scenario().seed
    }

    fn replications(&self) -> u64 {
        self.0.scenario().replications
    }

    fn duration_ms(&self) -> i64 {
        self.0.scenario().duration.millis()
    }

    /// Milliseconds since 1970.
    fn start_ms(&self) -> Option<i64> {
        self.0.scenario().start
    }

    fn currency(&self) -> &str {
        &self.0.scenario().prices.currency
    }

    fn workspaces(&self) -> Vec<&str> {
        let workspaces = self.0.scenario().workspaces.iter();
        workspaces.map(|of| of.name.as_str()).collect()
    }

    fn clusters(&self) -> Vec<&str> {
        let clusters = self.0.scenario().clusters.iter();
        clusters.map(|of| of.name.as_str()).collect()
    }

    #[allow(clippy::too_many_arguments)]
    fn shard(
        &self,
        py: Python<'_>,
        part: &str,
        folder: PathBuf,
        replications: u64,
        tally: bool,
        measures: Option<Vec<String>>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<PathBuf> {
        let keep = if tally { Keep::Tally } else { Keep::All };
        let watch = Watch { threads, progress };
        watch.run(py, |runner| {
            let asked = (replications, keep, measures.as_deref());
            shard::shard(&self.0, part, &folder, asked, runner)
        })
    }

    fn run(
        &self,
        py: Python<'_>,
        replication: u64,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Run> {
        let of = &self.0;
        let options = Options {
            replication,
            every_poll: false,
        };
        let watch = Watch { threads, progress };
        let replay = watch.run(py, |runner| {
            Ok(replay_by(of.scenario(), &of.traces, options, runner)?)
        })?;
        Ok(Run {
            of: Arc::clone(of),
            replay,
        })
    }

    fn replicate(
        &self,
        py: Python<'_>,
        count: u64,
        start: u64,
        measures: Option<Vec<String>>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Replications> {
        let of = Arc::clone(&self.0);
        let watch = Watch { threads, progress };
        watch.run(py, |runner| {
            Replications::gathered(of, count, start, measures.as_deref(), runner)
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn sweep(
        &self,
        py: Python<'_>,
        vary: Vec<String>,
        lockstep: bool,
        replications: Option<u64>,
        of: Vec<String>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Sweep> {
        let loaded = Arc::clone(&self.0);
        let asked = sweep::Asked {
            vary,
            lockstep,
            replications,
            of,
        };
        Watch { threads, progress }.run(py, |runner| Sweep::swept(loaded, &asked, runner))
    }

    #[allow(clippy::too_many_arguments)]
    fn solve(
        &self,
        py: Python<'_>,
        vary: String,
        such_that: String,
        smallest: bool,
        resolution: Option<String>,
        replications: Option<u64>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Solution> {
        let loaded = Arc::clone(&self.0);
        let asked = solution::Asked {
            vary,
            such_that,
            smallest,
            resolution,
            replications,
        };
        Watch { threads, progress }.run(py, |runner| Solution::solved(loaded, &asked, runner))
    }

    fn compare(
        &self,
        py: Python<'_>,
        other: &Scenario,
        replications: Option<u64>,
        of: Option<String>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Comparison> {
        let asked = comparison::Asked { replications, of };
        let watch = Watch { threads, progress };
        watch.run(py, |runner| {
            Comparison::made(&self.0, &other.0, &asked, runner)
        })
    }

    fn plan(
        &self,
        py: Python<'_>,
        replications: Option<u64>,
        what_if: Vec<(String, Vec<String>)>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Plan> {
        let of = Arc::clone(&self.0);
        let watch = Watch { threads, progress };
        watch.run(py, |runner| {
            Plan::planned(of, replications, what_if, runner)
        })
    }

    /// The page of `cmksim play`.
    fn page(&self, py: Python<'_>) -> PyResult<String> {
        let page = py.detach(|| play::html(&self.0.source));
        page.map_err(|failure| failure.raised(py))
    }

    /// What is likely not meant: warnings, then hints; and the same as text.
    fn check(&self, py: Python<'_>) -> PyResult<(Vec<Py<PyAny>>, String)> {
        let of = &self.0;
        py.detach(|| of.check_variants())
            .map_err(|failure| failure.raised(py))?;
        let mut all: Vec<Py<PyAny>> = Vec::new();
        let mut texts = Vec::new();
        for warning in &of.of_traces {
            all.push(placeless(py, "warning", warning)?.unbind());
            texts.push(format!("warning: {warning}"));
        }
        let found = [
            (&of.reading.warnings, None),
            (&of.reading.lints, Some("hint")),
        ];
        for (found, severity) in found {
            all.extend(listed(py, found, severity)?.iter().map(Bound::unbind));
            texts.extend(Some(rendered(found)).filter(|text| !text.is_empty()));
        }
        Ok((all, texts.join("\n\n")))
    }
}
