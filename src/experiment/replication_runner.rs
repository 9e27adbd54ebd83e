use super::inflows::{Inflows, SharedInflows};
use super::runner::Runner;
use crate::accounting::{Balance, Books, Measures, audit};
use crate::error::Error;
use crate::intake::{Intake, Rows};
use crate::kernel::one_by_one;
use crate::model::{History, Mixture, Options, Plan, Simulation, Stopped};

use crate::scenario::{Scenario, Timing};
use crate::units::Time;

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

    /// The same, which shares with other parts of a study what arrives in all of them.
    pub(super) fn sharing(self, shared: &SharedInflows) -> ReplicationRunner<'a> {
        ReplicationRunner {
            inflows: self.inflows.sharing(shared),
            ..self
        }
    }

    /// The same, with the delays of events drawn from a mixture, where there is one.
    pub(super) fn drawing_from(self, mixture: Option<&'a Mixture>) -> ReplicationRunner<'a> {
        match mixture {
            None => self,
            Some(mixture) => ReplicationRunner {
                simulation: Simulation::sampling(self.scenario, mixture),
                ..self
            },
        }
    }

    /// Of the last replication: its weight, and its draws from each bin; see
    /// [`Simulation::weight_and_draws`].
    pub(super) fn weight_and_draws(&self) -> Option<(u64, &[u32])> {
        self.simulation.weight_and_draws()
    }

    /// The same, which notes what is planned in each replication.
    pub(super) fn noting_plans(self) -> ReplicationRunner<'a> {
        ReplicationRunner {
            simulation: self.simulation.noting_plans(),
            ..self
        }
    }

    /// What happened in the last replication and, if it was noted, what was planned but polls.
    pub(super) fn last(&self) -> (&History, &[Plan]) {
        (self.simulation.history(), self.simulation.plans())
    }

    /// What happened in one replication, without its books.
    pub(super) fn simulate(&mut self, options: Options) -> Result<&History, Error> {
        let history = self.simulation.run(options, &|_| (self.runner.stop)());
        history.map_err(|why| stopped(self.scenario, why))
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

/// Has the books at the end of the run audited.
pub(super) fn check(scenario: &Scenario, history: &History, books: &Books) -> Result<(), Error> {
    let workspaces = 0..scenario.workspaces.len();
    let intakes: Vec<&Intake> = workspaces
        .clone()
        .map(|index| books.intake(index))
        .collect();
    let claimed: Vec<Balance> = workspaces.map(|index| books.at_end(index)).collect();
    audit(scenario, history, &intakes, history.end, &claimed)
        .map_err(|violation| Error::audit(violation.to_string()))
}

/// Why a run of `scenario` did not come to its end, in words.
pub(super) fn stopped(scenario: &Scenario, stopped: Stopped) -> Error {
    match stopped {
        Stopped::TooMuch { limit, at, event } => {
            let after = at - Time::START;
            let most = event.map_or_else(String::new, |event| {
                let event = &scenario.events[event];
                let key = match event.timing {
                    Timing::At(_) => format!("event.{}", event.name),
                    Timing::After { .. } => format!("event.{}.delay", event.name),
                    Timing::Every { .. } => format!("hazard.{}.gap", event.name),
                    Timing::Seen(_) => format!("response.{}", event.name),
                };
                format!(", most of them by `{key}`")
            });
            Error::run(format!(
                "more than {limit} after {after}{most}; {}",
                limit.remedy
            ))
        }
        Stopped::Livelock(at) => Error::run(format!(
            "events caused each other 1 000 times at {} without time passing; give one of them a delay",
            at - Time::START
        )),
        Stopped::Undrawable { delay } => Error::run(format!(
            "{delay}: 1 000 draws in a row fell outside `min` and `max`; move them to where the distribution is"
        )),
        Stopped::Interrupted => Error::interrupted(),
    }
}
