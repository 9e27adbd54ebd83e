//! A scenario that was read, with its traces.

use std::sync::Arc;

use cmksim::Error;
use cmksim::experiment::{Study, Variant, traces};
use cmksim::intake::Rows;
use cmksim::limits::TRACE_BYTES;
use cmksim::scenario::{Measure, Override, Reading, Scenario, Scope, WhatIf};

use super::failure::Failure;
use super::measures::measure;
use super::source::Source;

/// A scenario with what it needs to run.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) source: Source,
    pub(crate) reading: Reading,
    /// Of each workspace: the rows of the trace that it names.
    pub(crate) traces: Arc<[Option<Rows>]>,
    /// What deserves a warning in them.
    pub(crate) of_traces: Vec<String>,
}

impl Loaded {
    pub(crate) fn read(source: Source) -> Result<Loaded, Failure> {
        let reading = source.read(&[])?;
        let (traces, of_traces) = traces_of(&source, &reading.scenario)?;
        Ok(Loaded {
            source,
            reading,
            traces: traces.into(),
            of_traces,
        })
    }

    pub(crate) fn scenario(&self) -> &Scenario {
        &self.reading.scenario
    }

    /// The same scenario with other values of some keys.
    pub(crate) fn variant(&self, changes: &[Override]) -> Result<Variant, Error> {
        self.resolved(self.source.read(changes)?.scenario)
    }

    /// Says what is wrong with other values, with places.
    pub(crate) fn check(&self, changes: &[Override]) -> Result<(), Failure> {
        Ok(self.source.read(changes).map(drop)?)
    }

    /// The scenario as it is.
    pub(crate) fn whole(&self) -> Variant {
        Variant {
            scenario: self.scenario().clone(),
            traces: Arc::clone(&self.traces),
        }
    }

    /// A study of it that keeps all measures.
    pub(crate) fn study(&self) -> Study<'_> {
        Study::new(self.scenario(), &self.traces)
    }

    /// A scenario that was made of this one, with its traces.
    pub(crate) fn resolved(&self, scenario: Scenario) -> Result<Variant, Error> {
        let sources = |scenario: &Scenario| {
            let workspaces = scenario.workspaces.iter();
            let sources = workspaces.map(|workspace| workspace.ingestion.source.clone());
            sources.collect::<Vec<_>>()
        };
        let traces = match sources(&scenario) == sources(self.scenario()) {
            true => Arc::clone(&self.traces),
            false => traces_of(&self.source, &scenario)?.0.into(),
        };
        Ok(Variant { scenario, traces })
    }

    /// A case of a plan, which can be held against it replication by replication.
    pub(crate) fn case(&self, case: &WhatIf) -> Result<Variant, Failure> {
        self.check(&case.overrides())?;
        let variant = self.variant(&case.overrides())?;
        let (own, base) = (&variant.scenario, self.scenario());
        let names = |scenario: &Scenario| {
            let clusters = scenario.clusters.iter();
            clusters.map(|of| of.name.clone()).collect::<Vec<_>>()
        };
        let same = own.seed == base.seed
            && own.replications == base.replications
            && names(own) == names(base);
        let wrong = format!(
            "what if {}: a case keeps the seed, the number of replications and the clusters of the \
             scenario, so that replications can be compared one by one",
            case.title
        );
        same.then_some(variant).ok_or(Failure::Wrong(wrong))
    }

    /// Reads each case of a plan, and the scenario with each value of its sweep.
    pub(crate) fn check_variants(&self) -> Result<(), Failure> {
        for case in &self.scenario().what_ifs {
            self.case(case)?;
        }
        for axis in self.scenario().sweep.iter().flat_map(|sweep| &sweep.axes) {
            for value in &axis.values {
                let set = [axis.set("[sweep]", value)];
                self.check(&set)?;
                self.variant(&set)?;
            }
        }
        Ok(())
    }

    /// The measures that are meant: those that are named, and those of which something is expected.
    pub(crate) fn measures(&self, named: &[String]) -> Result<Vec<(Scope, Measure)>, Failure> {
        let read = |text: &String| measure(self.scenario(), "measures", text);
        let mut kept = named.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let expected = self.scenario().expectations.iter();
        kept.extend(expected.map(|one| (one.scope, one.measure)));
        let mut seen = Vec::new();
        kept.retain(|of| {
            let new = !seen.contains(of);
            seen.push(*of);
            new
        });
        Ok(kept)
    }
}

/// The traces of a scenario, and what deserves a warning in them.
fn traces_of(
    source: &Source,
    scenario: &Scenario,
) -> Result<(Vec<Option<Rows>>, Vec<String>), Error> {
    let read = |file: &str| {
        let bytes = source.file(file, &TRACE_BYTES);
        bytes.map_err(|error| format!("cannot read it: {error}"))
    };
    traces(scenario, read, &|| false)
}

/// How often a scenario is replayed: as was asked, as it says itself, or else as is usual.
pub(crate) fn often(asked: Option<u64>, scenario: &Scenario, usual: u64) -> u64 {
    let own = Some(scenario.replications).filter(|count| *count > 1);
    asked.or(own).unwrap_or(usual)
}

/// How often a study replays a scenario that does not say how often.
pub(crate) const REPLICATIONS: u64 = 200;
