use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

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
    shared: SharedInflows,
    known: Vec<Option<Arc<Known>>>,
}

/// What the parts of a study share, and studies of scenarios to which the same arrives.
#[derive(Clone)]
pub(super) struct SharedInflows {
    /// Of each workspace, what was known of it first.
    known: Arc<Mutex<Vec<Option<Arc<Known>>>>>,
    /// How many knots of each workspace are kept for another study with the same replications.
    room: Option<u64>,
}

/// No more knots than this are kept: 64 MB, where no cap cuts.
const MOST_KEPT: u64 = 1 << 23;

impl SharedInflows {
    /// For the parts of one study.
    pub(super) fn of(scenario: &Scenario) -> SharedInflows {
        SharedInflows {
            known: Arc::new(Mutex::new(vec![None; scenario.workspaces.len()])),
            room: None,
        }
    }

    /// For several studies with the same replications: what is drawn for one is kept for the next.
    pub(super) fn of_several(scenario: &Scenario) -> SharedInflows {
        SharedInflows {
            room: Some(MOST_KEPT / scenario.workspaces.len() as u64),
            ..SharedInflows::of(scenario)
        }
    }
}

/// What is known of a workspace under some settings by time.
struct Known {
    settings: Settings,
    arrives: Arrives,
    drawn: Option<Drawn>,
}

enum Arrives {
    /// The same in every replication.
    Always(Arc<Inflow>),
    /// This, times what is drawn.
    About(Box<Expected>),
}

/// What was drawn, by replication.
struct Drawn {
    inflows: Mutex<BTreeMap<u64, Arc<Inflow>>>,
    /// How many knots they may have together.
    room: u64,
}

impl<'a> Inflows<'a> {
    pub(super) fn of(scenario: &'a Scenario, traces: &'a [Option<Rows>]) -> Inflows<'a> {
        Inflows {
            scenario,
            traces,
            shared: SharedInflows::of(scenario),
            known: vec![None; scenario.workspaces.len()],
        }
    }

    /// The same, which shares what is known with other parts of a study.
    pub(super) fn sharing(self, shared: &SharedInflows) -> Inflows<'a> {
        Inflows {
            shared: shared.clone(),
            ..self
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
                .inflow((options.replication, index), happened, history.end, root)
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
        (replication, index): (u64, usize),
        happened: &WorkspaceHistory,
        end: Time,
        root: StreamKey,
    ) -> Result<Arc<Inflow>, IntakeError> {
        let known = match self.known[index].take() {
            Some(known) if known.serves(happened) => known,
            _ => self.find(index, happened, end, root)?,
        };
        let inflow = known.inflow(replication, root)?;
        self.known[index] = Some(known);
        Ok(inflow)
    }

    /// What another part of the study knows already, or else what is to be expected.
    fn find(
        &self,
        index: usize,
        happened: &WorkspaceHistory,
        end: Time,
        root: StreamKey,
    ) -> Result<Arc<Known>, IntakeError> {
        let mut shared = self.shared.known.lock().expect("nobody panicked");
        match &shared[index] {
            Some(known) if known.serves(happened) => Ok(Arc::clone(known)),
            // Others have other settings in each replication: nobody waits for them.
            Some(_) => {
                drop(shared);
                let known = self.expect(&self.known, index, happened, end, root)?;
                Ok(Arc::new(known))
            }
            None => {
                let mut known = self.expect(&shared, index, happened, end, root)?;
                known.drawn = self.shared.room.map(|room| Drawn {
                    inflows: Mutex::default(),
                    room,
                });
                let known = Arc::new(known);
                shared[index] = Some(Arc::clone(&known));
                Ok(known)
            }
        }
    }

    fn expect(
        &self,
        others: &[Option<Arc<Known>>],
        index: usize,
        happened: &WorkspaceHistory,
        end: Time,
        root: StreamKey,
    ) -> Result<Known, IntakeError> {
        let workspace = &self.scenario.workspaces[index];
        let settings = settings(happened);
        let (rows, start) = (self.traces[index].as_ref(), self.scenario.start);
        let mut expected = Expected::of(workspace, &settings, rows, start, end)?;
        for known in others.iter().flatten() {
            if let Arrives::About(other) = &known.arrives {
                expected.share_knots(other);
            }
        }
        let arrives = match workspace.ingestion.is_fixed() {
            true => Arrives::Always(Arc::new(Inflow::of(expected.draw(root)?))),
            false => Arrives::About(Box::new(expected)),
        };
        Ok(Known {
            settings,
            arrives,
            drawn: None,
        })
    }
}

impl Known {
    /// What arrives in a replication, whose keys begin with `root`.
    fn inflow(&self, replication: u64, root: StreamKey) -> Result<Arc<Inflow>, IntakeError> {
        let expected = match &self.arrives {
            Arrives::Always(inflow) => return Ok(Arc::clone(inflow)),
            Arrives::About(expected) => expected,
        };
        let draw = || Ok(Arc::new(Inflow::of(expected.draw(root)?)));
        let Some(drawn) = &self.drawn else {
            return draw();
        };
        let inflows = || drawn.inflows.lock().expect("nobody panicked");
        let kept = inflows().get(&replication).cloned();
        if let Some(inflow) = kept {
            return Ok(inflow);
        }
        let inflow = draw()?;
        let mut inflows = inflows();
        if (inflows.len() as u64 + 1) * inflow.knots() <= drawn.room {
            inflows.insert(replication, Arc::clone(&inflow));
        }
        Ok(inflow)
    }

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
