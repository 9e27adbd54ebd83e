//! Looks at replications of a scenario with other values of some keys.

use super::frame::Body;
use super::replication_runner::ReplicationRunner;
use super::{Runner, Variant, Variants};
use crate::error::Error;
use crate::kernel::map;
use crate::model::Options;
use crate::scenario::{Measure, Override, Scope, Value};

/// The most replications of one scenario that a thread computes at a time.
const BLOCK: usize = 32;

/// Replications of the scenario with other values.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) changes: Vec<Override>,
    pub(super) replications: Vec<usize>,
}

/// A scenario with any values, and what is kept of each replication.
pub(super) struct Worlds<'a> {
    pub(super) kept: &'a [(Scope, Measure)],
    pub(super) variants: Variants<'a>,
    pub(super) runner: &'a Runner<'a>,
}

impl Worlds<'_> {
    /// Of each request the values: of each of its replications those of all measures that are kept.
    pub(super) fn look(&self, requests: &[Request]) -> Result<Vec<Vec<Option<Value>>>, Error> {
        let variants = map(self.runner.executor, requests.len(), |at| {
            (self.variants)(&requests[at].changes)
        });
        let variants = variants
            .into_iter()
            .collect::<Result<Vec<Variant>, Error>>()?;
        let blocks: Vec<(usize, &[usize])> = requests
            .iter()
            .enumerate()
            .flat_map(|(at, request)| {
                let chunks = request.replications.chunks(BLOCK);
                chunks.map(move |chunk| (at, chunk))
            })
            .collect();
        let mut values: Vec<Vec<Option<Value>>> = vec![Vec::new(); requests.len()];
        let mut taken = blocks.iter();
        let replays = |block: usize| blocks[block].1.len() as u64;
        let recover = |block: usize, body: &mut Body<'_>| {
            let each = blocks[block].1.iter().flat_map(|_| self.kept);
            let value = |(_, measure): &(Scope, Measure)| {
                let code = body.number()?;
                measure.has_code(code).then(|| measure.value(code))
            };
            each.map(value).collect()
        };
        let compute = |block: usize| {
            let (at, replications) = blocks[block];
            let found = self.block(&variants[at], replications)?;
            let codes = || {
                let codes = found.iter().map(|value| Value::code(*value));
                codes.flat_map(u64::to_le_bytes)
            };
            let bytes = self.runner.bytes(|| codes().collect());
            Ok((found, bytes))
        };
        self.runner
            .tasks(blocks.len(), replays, recover, compute, |found| {
                let (at, _) = taken.next().expect("one result per block");
                values[*at].extend(found);
                Ok(())
            })?;
        Ok(values)
    }

    fn block(
        &self,
        variant: &Variant,
        replications: &[usize],
    ) -> Result<Vec<Option<Value>>, Error> {
        let mut replications_of =
            ReplicationRunner::of(&variant.scenario, &variant.traces, self.runner);
        let mut values = Vec::with_capacity(replications.len() * self.kept.len());
        for &replication in replications {
            let options = Options {
                replication: replication as u64,
                every_poll: false,
            };
            let measures = replications_of.measures(options)?;
            let kept = self.kept.iter();
            values.extend(kept.map(|(scope, measure)| measures.get(*scope, *measure)));
        }
        Ok(values)
    }
}
