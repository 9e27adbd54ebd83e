//! Looks at replications of a scenario with other values of a key.

use super::{Question, Request};
use crate::error::Error;
use crate::experiment::measuring::Measuring;
use crate::experiment::{Variant, Variants};
use crate::kernel::{Each, map};
use crate::model::Options;
use crate::scenario::Value;
use crate::units::Time;

/// One thread computes so many replications of one value at a time.
const BLOCK: usize = 32;

/// The scenario with all values of the key.
pub(super) struct Worlds<'a> {
    pub(super) question: Question<'a>,
    pub(super) variants: Variants<'a>,
    pub(super) interrupt: &'a (dyn Fn(Time) -> bool + Sync),
}

impl Worlds<'_> {
    /// The values of the measure, of each request in its order.
    pub(super) fn look(
        &self,
        requests: &[Request],
        each: Each<'_>,
    ) -> Result<Vec<Vec<Option<Value>>>, Error> {
        let variants = map(each, requests.len(), |at| self.read(&requests[at]));
        let variants = variants
            .into_iter()
            .collect::<Result<Vec<Variant>, Error>>()?;
        let blocks: Vec<(usize, &[usize])> = requests
            .iter()
            .enumerate()
            .flat_map(|(at, request)| request.replications.chunks(BLOCK).map(move |it| (at, it)))
            .collect();
        let found = map(each, blocks.len(), |block| {
            let (at, replications) = blocks[block];
            self.block(&variants[at], replications)
        });
        let mut values: Vec<Vec<Option<Value>>> = vec![Vec::new(); requests.len()];
        for ((at, _), found) in blocks.iter().zip(found) {
            values[*at].extend(found?);
        }
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
        let mut measuring = Measuring::of(&variant.scenario, &variant.traces);
        let value = |&replication: &usize| {
            let options = Options {
                replication: replication as u64,
                every_poll: false,
            };
            let measures = measuring.measures(options, self.interrupt)?;
            Ok(measures.get(goal.scope, goal.measure))
        };
        replications.iter().map(value).collect()
    }
}
