//! Which change of a scenario accounts for how much of a difference.

use super::compare::{deltas, same_scope, tidy};
use super::frame::{Body, numbers, outcome, read_numbers, read_outcome};
use super::replicate::{Replications, Study};
use super::runner::Runner;
use super::variant::Variant;
use crate::error::Error;
use crate::scenario::{Measure, Scenario, Scope};
use crate::statistics::Mean;

/// What single changes do to the mean of a measure, and what they do only together.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// For each change: the mean difference that it makes alone, or why that is unknown.
    pub parts: Vec<Result<Mean, String>>,
    /// The mean of what is left of the whole difference: what changes do to each other. `None`
    /// where a part is unknown.
    pub together: Option<Mean>,
}

/// Two studies of which one is to be explained by changes of the other.
#[derive(Debug, Clone, Copy)]
pub struct Explained<'a> {
    /// The scenario that changes start from.
    pub first: &'a Scenario,
    /// Its replications, from number 0 on.
    pub before: &'a Replications,
    /// The scenario that all changes together make.
    pub second: &'a Scenario,
    /// The same replications of it.
    pub after: &'a Replications,
    /// Whose measure, in the first scenario.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    /// The number that the first change has among the scenarios of parts of this comparison.
    pub cell: usize,
}

impl Explained<'_> {
    /// Replays every one of `variants`, each of which is the first scenario with one change, or
    /// a reason why there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Study::gather`], but for variants that cannot be run to their end.
    pub fn by(
        &self,
        variants: impl Iterator<Item = Result<Variant, String>>,
        runner: &Runner<'_>,
    ) -> Result<Attribution, Error> {
        let replications = self.before.count() as u64;
        let mut rest = self.whole();
        let mut known = true;
        let deltas = |body: &mut Body<'_>| read_numbers(body, self.before.count());
        let recover = |body: &mut Body<'_>| read_outcome(body, deltas);
        let mut parts = Vec::new();
        for (at, variant) in variants.enumerate() {
            let moved = runner.task(replications, recover, || {
                let moved = match &variant {
                    Ok(variant) => self.moved(self.cell + at, variant, &runner.within())?,
                    Err(reason) => {
                        runner.progress.skip(replications);
                        Err(reason.clone())
                    }
                };
                let bytes = runner.bytes(|| outcome(&moved, |deltas| numbers(deltas)));
                Ok((moved, bytes))
            })?;
            known &= moved.is_ok();
            parts.push(moved.and_then(|moved| {
                let left = rest.iter().zip(&moved);
                rest = left
                    .map(|(rest, moved)| Some(tidy(self.measure, (*rest)? - (*moved)?)))
                    .collect();
                mean(&moved).ok_or_else(|| "no replication has a value in both".to_owned())
            }));
        }
        Ok(Attribution {
            together: mean(&rest).filter(|_| known),
            parts,
        })
    }

    fn whole(&self) -> Vec<Option<f64>> {
        let scope = same_scope(self.first, self.scope, self.second);
        let after = scope.and_then(|scope| self.after.of(scope, self.measure));
        let before = self.before.of(self.scope, self.measure);
        match (before, after) {
            (Some(before), Some(after)) => deltas(before, after),
            _ => Vec::new(),
        }
    }

    fn moved(
        &self,
        cell: usize,
        variant: &Variant,
        runner: &Runner<'_>,
    ) -> Result<Result<Vec<Option<f64>>, String>, Error> {
        let Some(scope) = same_scope(self.first, self.scope, &variant.scenario) else {
            return Ok(Err("then there is nothing of that name".to_owned()));
        };
        let all = variant.study();
        let one = || Study {
            kept: vec![(scope, self.measure)],
            ..all.clone()
        };
        let replications = self.before.count() as u64;
        let gathered = match runner.cells {
            Some(cells) => {
                runner.progress.skip(replications);
                all.collect_outcome(cells, cell)?
            }
            None => one().gather_if_it_runs(0..replications, runner)?,
        };
        Ok(gathered.map(|gathered| {
            let before = self.before.of(self.scope, self.measure);
            let after = gathered.of(scope, self.measure);
            let both = before.zip(after);
            let (before, after) = both.expect("the measure is kept");
            deltas(before, after)
        }))
    }
}

fn mean(deltas: &[Option<f64>]) -> Option<Mean> {
    let values: Vec<f64> = deltas.iter().copied().flatten().collect();
    Mean::of(&values)
}
