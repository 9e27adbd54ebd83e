//! Intake: what arrives at a workspace, as a cumulative curve of whole bytes over time.
//!
//! - [`Curve`] is what is offered: a rate or a trace, times profiles, growth, noise, factors
//!   and surges ([`Intake::of`] builds it), and before t = 0 the history of a steady state.
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
mod noise;
mod offered;
mod rows;
mod trace;

pub use calendar::Calendar;
pub use cap::Accepted;
pub use curve::Curve;
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

impl Intake {
    /// Builds the intake of a workspace for a run that ends at `end`.
    ///
    /// `trace` holds the rows of the trace that the workspace names, if it names one; the keys of
    /// all streams of the replication begin with `root`. The cost is that of the knots: two for a
    /// constant rate, whatever the horizon; one per hour with an hourly profile or growth; one
    /// per period with noise, one per row with a trace, two per day with a cap that cuts.
    ///
    /// # Errors
    ///
    /// If more than 2^63 bytes arrive, if there are more changes of rate than
    /// [`INTAKE_KNOTS`] takes, or if
    /// the noise cannot be drawn.
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
        root: StreamKey,
    ) -> Result<Intake, IntakeError> {
        let calendar = Calendar::new(start);
        let offered =
            offered::curve(workspace, settings, trace, calendar, end, root).map_err(|reason| {
                IntakeError {
                    workspace: workspace.name.clone(),
                    reason,
                }
            })?;
        let starts_capped = settings
            .caps
            .first()
            .is_some_and(|cap| cap.0 <= Time::START);
        let accepted = if starts_capped {
            Accepted::cut(&offered, &settings.caps, calendar, end)
        } else {
            let mut caps = vec![(Time::START, workspace.daily_cap)];
            caps.extend(&settings.caps);
            Accepted::cut(&offered, &caps, calendar, end)
        };
        Ok(Intake { offered, accepted })
    }

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

    /// Where the slope of what is accepted may change, in order, from the beginning of the
    /// history to the end of the run.
    pub fn knots(&self) -> impl Iterator<Item = Time> + '_ {
        let capped = self.accepted.knots();
        let uncapped = if capped.is_empty() { usize::MAX } else { 0 };
        self.offered
            .knots()
            .take(uncapped)
            .chain(capped.iter().copied())
    }
}

/// Why the intake of a workspace cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeError {
    /// Name of the workspace.
    pub workspace: String,
    reason: Reason,
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
