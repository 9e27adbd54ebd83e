//! Many replications: every measure of each, and what they say.

use std::sync::Arc;

use arrow_array::ArrayRef;
use cmksim::Runner;
use cmksim::experiment::{self, Curves, Study};
use cmksim::report::{self, Findings, StudyPart, Style};
use cmksim::scenario::{Measure, Scenario, Scope};
use pyo3::prelude::*;

use super::columns::{Columns, signed};
use super::failure::Failure;
use super::loaded::Loaded;
use super::measures::{alike, array, full_key, is_nullable, unit};
use super::pictures::svgs;
use super::summaries;
use super::table::Table;
use super::watch::Watch;

/// Many replications.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Replications {
    of: Arc<Loaded>,
    kept: Vec<(Scope, Measure)>,
    all: experiment::Replications,
    table: Table,
}

impl Replications {
    pub(crate) fn gathered(
        of: Arc<Loaded>,
        count: u64,
        start: u64,
        measures: Option<&[String]>,
        runner: &Runner<'_>,
    ) -> Result<Replications, Failure> {
        let end = start.checked_add(count);
        let end =
            end.ok_or_else(|| Failure::wrong("there are no replications with such numbers"))?;
        let mut study = of.study();
        if let Some(named) = measures {
            study.kept = of.measures(named)?;
        }
        runner.progress.begin(count);
        let all = study.gather(start..end, runner)?;
        let kept = study.kept;
        Ok(Replications {
            table: table(of.scenario(), &all),
            of,
            kept,
            all,
        })
    }

    fn findings(&self) -> Findings<'_> {
        Findings::of(self.of.scenario(), &self.all)
    }

    fn study(&self) -> Study<'_> {
        let mut study = self.of.study();
        study.kept.clone_from(&self.kept);
        study
    }

    /// The pictures that the command writes; the one over time is of the first replications.
    fn drawn(&self, runner: &Runner<'_>) -> Result<Vec<(String, String)>, Failure> {
        let count = self.all.count() as u64;
        let fan = Curves::default().fan(&self.study(), count, runner)?;
        let findings = self.findings();
        let text = &self.of.reading.text;
        let parts = [StudyPart::Pictures];
        let files = report::study_files(&findings, text, &parts, Some(&fan), None);
        Ok(svgs(&files))
    }
}

#[pymethods]
impl Replications {
    fn table(&self) -> Table {
        Table(self.table.0.clone())
    }

    fn start(&self) -> u64 {
        self.all.numbers().start
    }

    fn fingerprint(&self, py: Python<'_>) -> String {
        let (scenario, all) = (self.of.scenario(), &self.all);
        py.detach(|| experiment::fingerprint(scenario, all).to_string())
    }

    fn json(&self, py: Python<'_>) -> String {
        py.detach(|| report::study_json(&self.findings(), &self.of.reading.text))
    }

    fn text(&self, py: Python<'_>) -> String {
        let closer = ["cmksim", "explain", &self.of.source.name].map(str::to_owned);
        py.detach(|| report::study_text(&self.findings(), &closer, Style::default()))
    }

    fn summary(&self, py: Python<'_>) -> Table {
        py.detach(|| {
            let findings = self.findings();
            let rows: Vec<_> = findings.summaries.iter().collect();
            let mut columns = Columns::default();
            summaries::add(&mut columns, self.of.scenario(), &rows);
            columns.table()
        })
    }

    fn pictures(&self, py: Python<'_>) -> PyResult<Vec<(String, String)>> {
        let watch = Watch {
            threads: None,
            progress: None,
        };
        watch.run(py, |runner| self.drawn(runner))
    }
}

/// A column for each measure that is kept. Those that are the same are in memory once.
fn table(scenario: &Scenario, all: &experiment::Replications) -> Table {
    let mut columns = Columns::default();
    columns.whole("replication", "", all.numbers().map(signed));
    let mut made: Vec<(Scope, Measure, ArrayRef)> = Vec::new();
    for column in all.columns() {
        let (scope, measure) = (column.scope, column.measure);
        let same = made.iter().find(|(its_scope, its, _)| {
            alike(*its, measure) && all.are_equal((*its_scope, *its), (scope, measure))
        });
        let values = same.map_or_else(|| array(column), |(.., values)| Arc::clone(values));
        let name = full_key(scenario, scope, measure);
        let (unit, nullable) = (unit(scenario, measure), is_nullable(measure));
        columns.add(name, unit, nullable, Arc::clone(&values));
        if same.is_none() {
            made.push((scope, measure, values));
        }
    }
    columns.table()
}
