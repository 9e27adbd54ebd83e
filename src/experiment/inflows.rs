use std::sync::Arc;

use crate::accounting::Inflow;
use crate::error::Error;
use crate::intake::{Expected, IntakeError, Rows, Settings};
use crate::kernel::StreamKey;
use crate::limits::INTAKE_KNOTS;
use crate::model::{History, Options, WorkspaceHistory};
use crate::scenario::Scenario;
use crate::units::Time;

/// What arrives at the workspaces of a scenario, in one replication after another.
///
/// What of it is not random is taken over from an earlier replication with the same settings by
/// time: nearly always they are those of the scenario.
pub(super) struct Inflows<'a> {
    scenario: &'a Scenario,
    traces: &'a [Option<Rows>],
    known: Vec<Option<Known>>,
}

/// What is known of a workspace under some settings by time.
struct Known {
    settings: Settings,
    arrives: Arrives,
}

enum Arrives {
    /// The same in every replication.
    Always(Arc<Inflow>),
    /// This, times what is drawn.
    About(Box<Expected>),
}

impl<'a> Inflows<'a> {
    pub(super) fn of(scenario: &'a Scenario, traces: &'a [Option<Rows>]) -> Inflows<'a> {
        Inflows {
            scenario,
            traces,
            known: scenario.workspaces.iter().map(|_| None).collect(),
        }
    }

    /// What arrives in a replication, of each workspace.
    pub(super) fn along(
        &mut self,
        history: &History,
        options: Options,
    ) -> Result<Vec<Arc<Inflow>>, Error> {
        let root = StreamKey::root(self.scenario.seed, options.replication);
        let mut knots = 0;
        let mut inflows = Vec::with_capacity(self.known.len());
        for (index, happened) in history.workspaces.iter().enumerate() {
            let inflow = self
                .inflow(index, happened, history.end, root)
                .map_err(|error| Error::run(error.to_string()))?;
            knots += inflow.knots();
            if !INTAKE_KNOTS.allows(knots) {
                let exceeded = INTAKE_KNOTS.exceeded();
                let name = &self.scenario.workspaces[index].name;
                return Err(Error::run(format!("workspace \"{name}\": {exceeded}")));
            }
            inflows.push(inflow);
        }
        Ok(inflows)
    }

    fn inflow(
        &mut self,
        index: usize,
        happened: &WorkspaceHistory,
        end: Time,
        root: StreamKey,
    ) -> Result<Arc<Inflow>, IntakeError> {
        let known = match self.known[index].take() {
            Some(known) if known.serves(happened) => known,
            _ => self.expect(index, happened, end, root)?,
        };
        let inflow = match &known.arrives {
            Arrives::Always(inflow) => Arc::clone(inflow),
            Arrives::About(expected) => Arc::new(Inflow::of(expected.draw(root)?)),
        };
        self.known[index] = Some(known);
        Ok(inflow)
    }

    fn expect(
        &self,
        index: usize,
        happened: &WorkspaceHistory,
        end: Time,
        root: StreamKey,
    ) -> Result<Known, IntakeError> {
        let workspace = &self.scenario.workspaces[index];
        let settings = settings(happened);
        let (rows, start) = (self.traces[index].as_ref(), self.scenario.start);
        let mut expected = Expected::of(workspace, &settings, rows, start, end)?;
        for known in self.known.iter().flatten() {
            if let Arrives::About(other) = &known.arrives {
                expected.share_knots(other);
            }
        }
        let arrives = match workspace.ingestion.is_fixed() {
            true => Arrives::Always(Arc::new(Inflow::of(expected.draw(root)?))),
            false => Arrives::About(Box::new(expected)),
        };
        Ok(Known { settings, arrives })
    }
}

impl Known {
    /// Whether the same arrives in another replication.
    fn serves(&self, happened: &WorkspaceHistory) -> bool {
        let Settings {
            rates,
            factors,
            surges,
            caps,
        } = &self.settings;
        let WorkspaceHistory {
            route: _,
            rate,
            factor,
            surge,
            daily_cap,
            retention: _,
        } = happened;
        rates == rate && factors == factor && surges == surge && caps == daily_cap
    }
}

fn settings(happened: &WorkspaceHistory) -> Settings {
    Settings {
        rates: happened.rate.clone(),
        factors: happened.factor.clone(),
        surges: happened.surge.clone(),
        caps: happened.daily_cap.clone(),
    }
}
