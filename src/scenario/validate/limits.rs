//! What is too much for whole numbers of 64 bits.

use std::collections::BTreeSet;

use super::super::diagnostics::{Diagnostic, Span};
use super::super::{Action, Scenario, Source, Workspace};

/// Sums of a run stay below 2^63 bytes; half of that is left for random factors.
const MOST_BYTES: f64 = 4.6e18;

/// What is drawn counts so many standard deviations above its median; what is above in a
/// replication, and too much, ends the run.
const SPREADS: f64 = 2.0;

/// Refuses a scenario in which more data may arrive than can be counted. Traces are counted
/// when they are read.
pub(super) fn volume(scenario: &Scenario, span: Span) -> Result<(), Diagnostic> {
    let bytes: f64 = scenario
        .workspaces
        .iter()
        .enumerate()
        .map(|(index, workspace)| most(scenario, index, workspace))
        .sum();
    // NaN counts as too much.
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    Err(Diagnostic::error(
        span,
        format!(
            "up to {:.0e} bytes may arrive in this scenario, more than 4.6e18",
            bytes
        ),
    )
    .help("shorten the run, or lower rates, growth, noise and surges"))
}

/// No more than this arrives at a workspace, in its history and in the run.
#[allow(clippy::cast_precision_loss)]
fn most(scenario: &Scenario, index: usize, workspace: &Workspace) -> f64 {
    let ingestion = &workspace.ingestion;
    let mut rate = match ingestion.source {
        Source::Rate(rate) => {
            rate.bytes_per_day() as f64 * libm::exp(SPREADS * ingestion.rate_spread)
        }
        Source::Trace(_) => 0.0,
    };
    let mut factor: f64 = 1.0;
    let mut surges: f64 = 1.0;
    // Occurrences of one hazard count once, also where each is an event of its own.
    let mut counted = BTreeSet::new();
    for event in &scenario.events {
        if let Action::SetIngestion {
            workspace,
            rate: new_rate,
            factor: new_factor,
        } = event.action
            && workspace == index
        {
            rate = rate.max(new_rate.map_or(0.0, |rate| rate.bytes_per_day() as f64));
            factor = new_factor.map_or(factor, |new| factor.max(times(new)));
        }
        if let Action::IngestionSurge {
            workspace,
            factor: surge,
        } = event.action
            && workspace == index
            && counted.insert(event.drawn_name())
        {
            surges *= times(surge).max(1.0);
        }
    }
    // A profile has mean 1 over a week; a part of one holds no more than all of it.
    let days = (workspace.history + scenario.duration).as_secs_f64() / 86_400.0 + 7.0;
    let growth = ingestion.growth.map_or(1.0, |growth| {
        let periods = scenario.duration.as_secs_f64() / growth.per.as_secs_f64();
        let factor = growth.factor * libm::exp(SPREADS * growth.spread);
        libm::pow(factor.max(1.0), periods)
    });
    // The mean of many factors with mean 1 is near 1.
    let noise = ingestion.noise.map_or(1.0, |noise| {
        [noise.cv, noise.daily_cv, noise.weekly_cv]
            .map(|cv| 1.0 + 10.0 * cv)
            .iter()
            .product()
    });
    rate * days * factor * surges * growth * noise
}

#[allow(clippy::cast_precision_loss)]
fn times(factor: crate::units::Factor) -> f64 {
    factor.millionths() as f64 / 1e6
}
