use std::sync::Arc;

use super::Study;
use super::asked::digest;
use crate::error::Error;
use crate::intake::Rows;
use crate::scenario::{Override, Scenario};

/// A scenario with other values of some keys, ready to be replayed.
#[derive(Debug, Clone)]
pub struct Variant {
    /// What is meant.
    pub scenario: Scenario,
    /// One entry per workspace, `Some` where its ingestion is a trace.
    pub traces: Arc<[Option<Rows>]>,
}

/// Reads a scenario again with other values of some keys.
///
/// A plain function value, so that studies of many variants need no files.
pub type Variants<'a> = &'a (dyn Fn(&[Override]) -> Result<Variant, Error> + Sync);

impl Variant {
    /// A digest of its traces, where they are others than those of the scenario that it is of.
    pub fn other_traces(&self, own: &Arc<[Option<Rows>]>) -> Option<String> {
        (!Arc::ptr_eq(&self.traces, own)).then(|| digest(&[(&self.scenario, &self.traces)], &()))
    }

    /// A study of it that keeps all measures.
    pub fn study(&self) -> Study<'_> {
        Study::new(&self.scenario, &self.traces)
    }
}
