//! Looks at replications of a scenario with other values of a key.

use super::{Question, Request};
use crate::error::Error;
use crate::experiment::frame::Body;
use crate::experiment::replication_runner::ReplicationRunner;
use crate::experiment::{Runner, Variant, Variants};
use crate::kernel::map;
use crate::model::Options;
use crate::scenario::Value;

/// The most replications of one value that a thread computes at a time.
const BLOCK: usize = 32;

/// The scenario with all values of the key.
pub(super) struct Worlds<'a> {
    pub(super) question: Question<'a>,
    pub(super) variants: Variants<'a>,
    pub(super) runner: &'a Runner<'a>,
}

impl Worlds<'_> {
    /// The values of the measure, of each request in its order.
    pub(super) fn look(&self, requests: &[Request]) -> Result<Vec<Vec<Option<Value>>>, Error> {
        let variants = map(self.runner.executor, requests.len(), |at| {
            self.read(&requests[at])
        });
        let variants = variants
            .into_iter()
            .collect::<Result<Vec<Variant>, Error>>()?;
        let blocks: Vec<(usize, &[usize])> = requests
            .iter()
            .enumerate()
            .flat_map(|(at, request)| {
                request
                    .replications
                    .chunks(BLOCK)
                    .map(move |chunk| (at, chunk))
            })
            .collect();
        let mut values: Vec<Vec<Option<Value>>> = vec![Vec::new(); requests.len()];
        let mut taken = blocks.iter();
        let measure = self.question.goal.measure;
        let replays = |block: usize| blocks[block].1.len() as u64;
        let recover = |block: usize, body: &mut Body<'_>| {
            let value = |_| {
                let code = body.number()?;
                measure.has_code(code).then(|| measure.value(code))
            };
            blocks[block].1.iter().map(value).collect()
        };
        let compute = |block: usize| {
            let (at, replications) = blocks[block];
            let found = self.block(&variants[at], replications)?;
            let codes = || {
                found
                    .iter()
                    .flat_map(|value| Value::code(*value).to_le_bytes())
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

    /// The scenario with the value of a request.
    fn read(&self, request: &Request) -> Result<Variant, Error> {
        let grid = self.question.grid;
        (self.variants)(&[grid.set("--vary", &grid.value(request.value))])
    }

    fn block(
        &self,
        variant: &Variant,
        replications: &[usize],
    ) -> Result<Vec<Option<Value>>, Error> {
        let goal = self.question.goal;
        let mut replications_of =
            ReplicationRunner::of(&variant.scenario, &variant.traces, self.runner);
        let value = |&replication: &usize| {
            let options = Options {
                replication: replication as u64,
                every_poll: false,
            };
            let measures = replications_of.measures(options)?;
            Ok(measures.get(goal.scope, goal.measure))
        };
        replications.iter().map(value).collect()
    }
}
