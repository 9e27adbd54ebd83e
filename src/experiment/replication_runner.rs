use super::inflows::Inflows;
use super::replay::{check, stopped};
use super::runner::Runner;
use crate::accounting::{Books, Measures};
use crate::error::Error;
use crate::intake::Rows;
use crate::kernel::one_by_one;
use crate::model::{History, Options, Simulation};
use crate::scenario::Scenario;

/// Of many replications those whose number is a multiple of this are audited.
const AUDITED: u64 = 64;

/// Replays one replication after another in the same memory. None sees anything of another but
/// what is the same in both.
pub(super) struct ReplicationRunner<'a> {
    scenario: &'a Scenario,
    simulation: Simulation<'a>,
    inflows: Inflows<'a>,
    runner: &'a Runner<'a>,
}

impl<'a> ReplicationRunner<'a> {
    pub(super) fn of(
        scenario: &'a Scenario,
        traces: &'a [Option<Rows>],
        runner: &'a Runner<'a>,
    ) -> ReplicationRunner<'a> {
        ReplicationRunner {
            scenario,
            simulation: Simulation::of(scenario),
            inflows: Inflows::of(scenario, traces),
            runner,
        }
    }

    /// The measures of one replication.
    pub(super) fn measures(&mut self, options: Options) -> Result<Measures, Error> {
        let scenario = self.scenario;
        let (history, books) = self.replay(options)?;
        Ok(Measures::of(scenario, history, &books, &one_by_one))
    }

    /// What happened in one replication, and its books.
    pub(super) fn replay(&mut self, options: Options) -> Result<(&History, Books), Error> {
        let scenario = self.scenario;
        let history = self.simulation.run(options, &|_| (self.runner.stop)());
        let history = history.map_err(|why| stopped(scenario, why))?;
        let inflows = self.inflows.along(history, options)?;
        let books = Books::of(scenario, history, inflows, &one_by_one)
            .map_err(|limit| Error::run(limit.exceeded()))?;
        if options.replication.is_multiple_of(AUDITED) || cfg!(debug_assertions) {
            check(scenario, history, &books)?;
        }
        self.runner.progress.advance(1);
        Ok((history, books))
    }
}
