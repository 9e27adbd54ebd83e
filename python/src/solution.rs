//! The last value of a key for which an expectation holds.

use std::sync::Arc;

use cmksim::Runner;
use cmksim::experiment::solve::{self, Goal, Question, Seen};
use cmksim::report::{self, Solved, Style};
use cmksim::scenario::{Expectation, Grid, Override, Setting, Wanted};
use cmksim::statistics::Mean;
use pyo3::prelude::*;

use super::columns::{Columns, signed};
use super::failure::Failure;
use super::loaded::{Loaded, often};
use super::measures::number;
use super::pictures::svgs;
use super::summaries::interval;
use super::sweep::add_setting;
use super::table::Table;

/// How often a scenario is replayed that does not say how often.
const REPLICATIONS: u64 = 1_000;

/// What is asked.
pub(crate) struct Asked {
    /// `PATH=LO..HI`
    pub(crate) vary: String,
    pub(crate) such_that: String,
    pub(crate) smallest: bool,
    pub(crate) resolution: Option<String>,
    pub(crate) replications: Option<u64>,
}

/// What was found.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Solution {
    of: Arc<Loaded>,
    expectation: Expectation,
    grid: Grid,
    replications: usize,
    found: solve::Solution,
}

impl Solution {
    pub(crate) fn solved(
        of: Arc<Loaded>,
        asked: &Asked,
        runner: &Runner<'_>,
    ) -> Result<Solution, Failure> {
        let wanted = match asked.smallest {
            true => Wanted::Smallest,
            false => Wanted::Largest,
        };
        let grid = Grid::read(&asked.vary, asked.resolution.as_deref(), wanted)
            .map_err(|why| Failure::Wrong(format!("vary {}: {why}", asked.vary)))?;
        let scenario = of.scenario();
        let expectation = scenario.expectation("such_that", &asked.such_that)?;
        let replications = often(asked.replications, scenario, REPLICATIONS);
        let replications = usize::try_from(replications)
            .map_err(|_| Failure::wrong("this machine cannot count the replications"))?;
        let goal = Goal::new(&expectation, replications)
            .map_err(|why| Failure::Wrong(format!("such_that: {why}")))?;
        for value in [0, grid.count() - 1] {
            of.check(&[grid.set("vary", &grid.value(value))])?;
        }
        let question = Question {
            grid: &grid,
            goal: &goal,
            replications,
        };
        let variants = |changes: &[Override]| of.variant(changes);
        let found = solve::solve(question, &variants, runner)?;
        Ok(Solution {
            of,
            expectation,
            grid,
            replications,
            found,
        })
    }

    fn told(&self) -> Solved<'_> {
        Solved {
            scenario: self.of.scenario(),
            expectation: &self.expectation,
            grid: &self.grid,
            replications: self.replications,
            solution: &self.found,
        }
    }

    /// Of each replication the last value for which its condition holds.
    fn thresholds(&self) -> Table {
        let holds = || self.found.thresholds.iter();
        let last = |holds: &usize| Some(self.grid.value(holds.checked_sub(1)?));
        let word = |holds: &usize| match *holds {
            0 => "none",
            all if all == self.grid.count() => "all",
            _ => "some",
        };
        let mut columns = Columns::default();
        let numbers = (0..self.found.thresholds.len()).map(signed);
        columns.whole("replication", "", numbers);
        let values: Vec<Option<Setting>> = holds().map(last).collect();
        let settings = values.iter().map(Option::as_ref);
        add_setting(&mut columns, "threshold", &self.grid.low, settings);
        columns.text("holds_for", holds().map(word));
        columns.table()
    }

    /// The values at which every replication was looked at.
    fn checks(&self) -> Table {
        let checks = || self.found.checks.iter();
        let values: Vec<Setting> = checks().map(|check| self.grid.value(check.value)).collect();
        let measure = self.expectation.measure;
        let mean = |seen: &'_ Seen| match seen {
            Seen::Mean(mean) => *mean,
            Seen::Met { .. } => None,
        };
        let met = |seen: &Seen| match seen {
            Seen::Met { met, .. } => Some(signed(*met)),
            Seen::Mean(_) => None,
        };
        let means: Vec<Option<Mean>> = checks().map(|check| mean(&check.seen)).collect();
        let mut columns = Columns::default();
        add_setting(
            &mut columns,
            "value",
            &self.grid.low,
            values.iter().map(Some),
        );
        columns.truth("holds", checks().map(|check| check.holds));
        columns.whole("met", "count", checks().map(|check| met(&check.seen)));
        let numbers = means
            .iter()
            .map(|mean| Some(number(measure, mean.as_ref()?.mean)));
        columns.number("mean", "", numbers);
        interval(
            &mut columns,
            means.iter().map(|mean| (measure, mean.as_ref())),
        );
        columns.table()
    }
}

#[pymethods]
impl Solution {
    fn table(&self, py: Python<'_>) -> Table {
        py.detach(|| self.thresholds())
    }

    #[pyo3(name = "checks")]
    fn checks_table(&self, py: Python<'_>) -> Table {
        py.detach(|| self.checks())
    }

    fn json(&self, py: Python<'_>) -> String {
        py.detach(|| report::solve_json(&self.told(), &self.of.reading.text))
    }

    fn text(&self, py: Python<'_>) -> String {
        let run = ["cmksim", "run", &self.of.source.name].map(str::to_owned);
        py.detach(|| report::solve_text(&self.told(), &run, Style::default()))
    }

    fn pictures(&self, py: Python<'_>) -> Vec<(String, String)> {
        py.detach(|| {
            svgs(&report::solve_files(
                &self.told(),
                &self.of.reading.text,
                None,
            ))
        })
    }
}
