//! Intake: what arrives at a workspace, as a cumulative curve of whole bytes over time.
//!
//! - [`Curve`] is what is offered: a rate or a trace, times profiles, growth, noise, factors
//!   and surges ([`Expected`] builds it), and before t = 0 the history of a steady state.
//! - [`Accepted`] is what the daily cap lets through.
//! - [`Rows`] is an export, read once for all replications ([`read`]).
//!
//! Everything here is a pure function of the scenario, the settings that the simulation left
//! behind and the key of its random streams. Sums are whole numbers, in byte-milliseconds a day: a
//! rate of whole bytes a day over whole milliseconds is summed without any rounding, and the
//! curve is that sum rounded down at each of its knots.
//!
//! Not modelled: time zones and summer time (a day is a UTC day), and any reaction of the
//! senders to what becomes of their data.

mod calendar;
mod cap;
mod curve;
mod factors;
mod knots;
mod noise;
mod offered;
mod rows;
mod trace;

pub use calendar::Calendar;
pub use cap::Accepted;
pub use curve::Curve;
pub use knots::{Knots, Run};
pub use rows::Rows;
pub use trace::{Fault, TraceError, Warning, fit, read};

use std::fmt;

use crate::kernel::{StepFunction, StreamKey};
use crate::limits::INTAKE_KNOTS;
use crate::scenario::Workspace;
use crate::units::{Factor, Rate, Time, Volume};

/// A workspace's settings by time, as the simulation's history has them: each entry holds from
/// its instant until that of the next. In order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Mean rates. Before the first entry the scenario's own rate or trace holds; a rate set
    /// on a workspace with a trace takes the trace's place.
    pub rates: StepFunction<Rate>,
    /// Factors that were set; before the first entry 1.
    pub factors: StepFunction<Factor>,
    /// The product of the surges in force; before the first entry 1.
    pub surges: StepFunction<Factor>,
    /// Daily caps; before the first entry the scenario's own.
    pub caps: StepFunction<Option<Volume>>,
}

/// The intake of one workspace in one replication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// What is offered. Before t = 0 it is what the history holds, already cut by the cap.
    pub offered: Curve,
    /// What of it the daily cap lets through.
    pub accepted: Accepted,
}

/// The intake of one workspace but for what is drawn: the same in all replications with the same
/// settings.
#[derive(Debug)]
pub struct Expected {
    baseline: offered::Baseline,
    workspace: String,
    /// Daily caps, each from its instant on.
    caps: Vec<(Time, Option<Volume>)>,
    calendar: Calendar,
    end: Time,
}

impl Expected {
    /// What is to be expected of a workspace in a run that ends at `end`. `trace` holds the rows of
    /// the trace that the workspace names, if it names one.
    ///
    /// The cost is that of the knots: two for a constant rate, whatever the horizon; one per hour
    /// with an hourly profile or growth; one per period with noise, one per row with a trace.
    ///
    /// # Errors
    ///
    /// If more than 2^63 bytes arrive, or if there are more changes of rate than
    /// [`INTAKE_KNOTS`] takes.
    ///
    /// # Panics
    ///
    /// If the workspace names a trace and none is given, or a calendar trace without a
    /// calendar start: the scenario is refused before.
    pub fn of(
        workspace: &Workspace,
        settings: &Settings,
        trace: Option<&Rows>,
        start: Option<i64>,
        end: Time,
    ) -> Result<Expected, IntakeError> {
        let calendar = Calendar::new(start);
        let baseline = offered::Baseline::of(workspace, settings, trace, calendar, end)
            .map_err(|reason| IntakeError::of(&workspace.name, reason))?;
        let starts_capped = settings
            .caps
            .first()
            .is_some_and(|cap| cap.0 <= Time::START);
        let initial = (!starts_capped).then_some((Time::START, workspace.daily_cap));
        Ok(Expected {
            baseline,
            workspace: workspace.name.clone(),
            caps: initial
                .into_iter()
                .chain(settings.caps.iter().copied())
                .collect(),
            calendar,
            end,
        })
    }

    /// Shares the knots of another, if they are equal: then sums of both need not compare them.
    pub fn share_knots(&mut self, other: &Expected) {
        self.baseline.share_knots(&other.baseline);
    }

    /// The intake in the replication whose keys all begin with `root`. The cost is that of the
    /// knots; a cap that cuts adds two per day.
    ///
    /// # Errors
    ///
    /// If more than 2^63 bytes arrive, or if the noise cannot be drawn.
    pub fn draw(&self, root: StreamKey) -> Result<Intake, IntakeError> {
        let offered = self
            .baseline
            .curve(root)
            .map_err(|reason| IntakeError::of(&self.workspace, reason))?;
        let accepted = Accepted::cut(&offered, &self.caps, self.calendar, self.end);
        Ok(Intake { offered, accepted })
    }
}

impl Intake {
    /// Bytes accepted up to and at t, since the beginning of the history. Never falls, and is
    /// never more than [`Intake::offered_at`].
    #[inline]
    pub fn accepted_at(&self, t: Time) -> u64 {
        self.accepted.of(self.offered.at(t), t)
    }

    /// Bytes offered up to and at t, since the beginning of the history.
    #[inline]
    pub fn offered_at(&self, t: Time) -> u64 {
        self.offered.at(t)
    }

    /// Whether the daily cap never cuts.
    pub fn accepts_all(&self) -> bool {
        self.accepted.knots().is_empty()
    }

    /// Where the slope of what is accepted may change, in order, from the beginning of the
    /// history to the end of the run; and what is accepted up to there.
    pub fn knots(&self) -> impl Iterator<Item = (Time, u64)> + '_ {
        let capped = self.accepted.knots();
        let uncapped = if self.accepts_all() { usize::MAX } else { 0 };
        let offered = self.offered.knots().iter().zip(&**self.offered.volumes());
        offered
            .take(uncapped)
            .map(|(&at, &volume)| (at, volume))
            .chain(capped.iter().map(|&at| (at, self.accepted_at(at))))
    }
}

/// Why the intake of a workspace cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeError {
    /// Name of the workspace.
    pub workspace: String,
    reason: Reason,
}

impl IntakeError {
    fn of(workspace: &str, reason: Reason) -> IntakeError {
        IntakeError {
            workspace: workspace.to_owned(),
            reason,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    TooMuch,
    TooManySteps,
    Noise,
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            Reason::TooMuch => {
                "more than 9.2 EB (2^63 bytes) arrive; lower the rate, the growth, the factors \
                 or the duration"
            }
            Reason::TooManySteps => &INTAKE_KNOTS.exceeded(),
            Reason::Noise => "its noise cannot be drawn; choose a `cv` between 0.001 and 100",
        };
        write!(f, "workspace \"{}\": {reason}", self.workspace)
    }
}

impl std::error::Error for IntakeError {}
