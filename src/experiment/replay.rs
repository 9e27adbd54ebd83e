use std::cell::Cell;

use super::expect::verdicts;
use super::inflows::Inflows;
use super::replication_runner::{check, stopped};
use super::runner::Runner;
use super::{Fingerprint, Verdict};
use crate::accounting::{Books, Measures};
use crate::error::Error;
use crate::intake::Rows;
use crate::kernel::{Executor, Interrupt, one_by_one};
use crate::model::{History, Options, simulate};
use crate::scenario::Scenario;
use crate::units::Time;

/// One replication of a scenario, with everything that a report needs.
#[derive(Debug)]
pub struct Replay {
    /// Which one.
    pub replication: u64,
    /// What happened.
    pub history: History,
    /// What became of every byte.
    pub books: Books,
    /// The measures at the end.
    pub measures: Measures,
    /// One for each expectation of the scenario.
    pub verdicts: Vec<Verdict>,
    /// The digest of it all.
    pub fingerprint: Fingerprint,
}

impl Replay {
    /// Whether everything held that the scenario expects.
    pub fn passed(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.passed)
    }
}

/// Replays a scenario: simulates it, opens the books, takes the measures.
///
/// `traces` has one entry per workspace, `Some` where its ingestion is a trace.
///
/// # Errors
///
/// If the run was interrupted, if a distribution cannot be drawn between its `min` and `max`,
/// if events cause each other without time passing, if more than 2^63 bytes arrive, or if there
/// is more of something than [`crate::limits`] takes. If the books do not balance, which is a bug of this program.
pub fn replay(
    scenario: &Scenario,
    traces: &[Option<Rows>],
    options: Options,
    interrupt: Interrupt<'_>,
) -> Result<Replay, Error> {
    replay_with(scenario, traces, options, interrupt, &one_by_one)
}

/// The same as a runner has it.
///
/// # Errors
///
/// Those of [`replay`].
pub fn replay_by(
    scenario: &Scenario,
    traces: &[Option<Rows>],
    options: Options,
    runner: &Runner<'_>,
) -> Result<Replay, Error> {
    let millis = |t: Time| (t - Time::START).millis().cast_unsigned();
    let end = millis(scenario.end());
    runner.progress.begin(end);
    let reached = Cell::new(0);
    let reach = |now: u64| runner.progress.advance(now - reached.replace(now));
    let interrupt = |now: Time| {
        reach(millis(now));
        (runner.stop)()
    };
    let replay = replay_with(scenario, traces, options, &interrupt, runner.executor)?;
    reach(end);
    Ok(replay)
}

fn replay_with(
    scenario: &Scenario,
    traces: &[Option<Rows>],
    options: Options,
    interrupt: Interrupt<'_>,
    executor: Executor<'_>,
) -> Result<Replay, Error> {
    let history = simulate(scenario, options, interrupt).map_err(|why| stopped(scenario, why))?;
    let inflows = Inflows::of(scenario, traces).along(&history, options)?;
    let books = Books::of(scenario, &history, inflows, executor)
        .map_err(|limit| Error::run(limit.exceeded()))?;
    check(scenario, &history, &books)?;
    let measures = Measures::of(scenario, &history, &books, executor);
    let verdicts = verdicts(&scenario.expectations, &measures);
    let fingerprint = Fingerprint::of(scenario, &history, &measures);
    Ok(Replay {
        replication: options.replication,
        history,
        books,
        measures,
        verdicts,
        fingerprint,
    })
}
