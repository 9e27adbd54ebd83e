use std::sync::Arc;

use crate::accounting::Inflow;
use crate::error::Error;
use crate::intake::{Intake, Rows, Settings};
use crate::kernel::StreamKey;
use crate::limits::INTAKE_KNOTS;
use crate::model::{History, Options, WorkspaceHistory};
use crate::scenario::Scenario;

/// What arrives at the workspaces of a scenario, in one replication after another.
///
/// Where nothing in it is random, it is taken over from an earlier replication with the same
/// settings by time: nearly always they are those of the scenario.
pub(super) struct Inflows<'a> {
    scenario: &'a Scenario,
    traces: &'a [Option<Rows>],
    known: Vec<Option<Known>>,
}

/// What arrives at a workspace under some settings by time, where nothing in it is random.
struct Known {
    settings: Settings,
    inflow: Arc<Inflow>,
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
        let inflows = history
            .workspaces
            .iter()
            .enumerate()
            .map(|(index, happened)| {
                let workspace = &self.scenario.workspaces[index];
                if let Some(known) = &self.known[index]
                    && known.serves(happened)
                {
                    knots += known.inflow.knots();
                    return Ok(Arc::clone(&known.inflow));
                }
                let settings = settings(happened);
                let (rows, start) = (self.traces[index].as_ref(), self.scenario.start);
                let intake = Intake::of(workspace, &settings, rows, start, history.end, root)
                    .map_err(|error| Error::run(error.to_string()))?;
                let inflow = Arc::new(Inflow::of(intake));
                knots += inflow.knots();
                if !INTAKE_KNOTS.allows(knots) {
                    let exceeded = INTAKE_KNOTS.exceeded();
                    let name = &workspace.name;
                    return Err(Error::run(format!("workspace \"{name}\": {exceeded}")));
                }
                if workspace.ingestion.noise.is_none() {
                    self.known[index] = Some(Known {
                        settings,
                        inflow: Arc::clone(&inflow),
                    });
                }
                Ok(inflow)
            });
        inflows.collect()
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
