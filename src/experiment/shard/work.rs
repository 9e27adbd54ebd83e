//! What a part of each kind of study computes.

use std::ops::Range;

use super::Line;
use crate::error::Error;
use crate::experiment::asked::Asked;
use crate::experiment::frame::outcome;
use crate::experiment::inflows::SharedInflows;
use crate::experiment::journal::full;
use crate::experiment::plan::{self, Subject};
use crate::experiment::replicate::{Replications, Study, room};
use crate::experiment::runner::Runner;
use crate::experiment::sweep::Design;
use crate::experiment::variant::Variant;

/// What is kept of the replications of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Every measure of each.
    All,
    /// Sums and counts.
    Tally,
}

/// Replays the scenario of a number; comes back with what is kept of some replications, as bytes.
type Compute<'a> = dyn Fn(usize, Range<u64>, &Runner<'_>) -> Result<Vec<u8>, Error> + Sync + 'a;

/// A study that is computed in parts.
pub struct Work<'a> {
    /// The line of its replications.
    pub line: Line,
    /// How many replications of a scenario one record has at most.
    pub(super) most: u64,
    pub(super) compute: Box<Compute<'a>>,
}

impl Study<'_> {
    /// What parts of this study are parts of: what is kept, and what is counted of it.
    pub fn asked(&self, keep: Keep) -> Asked {
        let counted = (keep == Keep::Tally).then(|| self.thresholds());
        let scenario = [(self.scenario, self.traces)];
        match self.mixture {
            None => Asked::of("run", &scenario, &(&self.kept, counted)),
            Some(mixture) => Asked::of("run", &scenario, &(&self.kept, mixture.learned())),
        }
    }
}

impl<'a> Work<'a> {
    /// Many replications of a scenario.
    pub fn of_run(study: &'a Study<'_>, replications: u64, keep: Keep) -> Work<'a> {
        let shared = SharedInflows::of(study.scenario);
        let compute = move |_: usize, numbers: Range<u64>, runner: &Runner<'_>| match keep {
            Keep::All => study
                .gather_sharing(numbers, &shared, runner)
                .and_then(|made| fitting(&made, replications)),
            Keep::Tally => Ok(study.tally(numbers, runner)?.encoded()),
        };
        Work {
            line: Line {
                cells: 1,
                replications,
            },
            most: match keep {
                Keep::All => full(study.columns()),
                Keep::Tally => u64::MAX,
            },
            compute: Box::new(compute),
        }
    }

    /// A scenario at the points of a sweep.
    ///
    /// # Errors
    ///
    /// What is wrong with the values of the first.
    pub fn of_sweep(design: &'a Design<'_>) -> Result<Work<'a>, Error> {
        let compute = |number: usize, numbers: Range<u64>, runner: &Runner<'_>| {
            let variant = design.variant(number)?;
            let made = variant.study().gather(numbers, runner)?;
            fitting(&made, design.replications)
        };
        let most = match design.points {
            [] => 1,
            _ => full(design.variant(0)?.study().kept.len()),
        };
        Ok(Work {
            line: Line {
                cells: design.points.len() as u64,
                replications: design.replications,
            },
            most,
            compute: Box::new(compute),
        })
    }

    /// Scenarios to be compared, then those that single changes make of the first, or why there
    /// is none.
    pub fn of_comparison(
        studies: &'a [Study<'_>],
        changed: &'a [Result<Variant, String>],
        line: Line,
    ) -> Work<'a> {
        let compute = move |cell: usize, numbers: Range<u64>, runner: &Runner<'_>| {
            let Some(at) = cell.checked_sub(studies.len()) else {
                let made = studies[cell].gather(numbers, runner)?;
                return fitting(&made, line.replications);
            };
            let made = match &changed[at] {
                Ok(variant) => variant.study().gather_if_it_runs(numbers, runner)?,
                Err(reason) => Err(reason.clone()),
            };
            Ok(outcome(&made, Replications::encoded))
        };
        let full = studies.iter().map(|study| full(study.kept.len())).min();
        Work {
            line,
            most: full.unwrap_or(1),
            compute: Box::new(compute),
        }
    }

    /// A plan of a scenario and of its cases.
    ///
    /// # Errors
    ///
    /// Those of [`crate::experiment::room`].
    pub fn of_plan(subjects: &'a [Subject<'_>], replications: u64) -> Result<Work<'a>, Error> {
        plan::fits(subjects, replications)?;
        let compute = |cell: usize, numbers: Range<u64>, runner: &Runner<'_>| {
            plan::encoded(subjects[cell], numbers, runner)
        };
        Ok(Work {
            line: Line {
                cells: subjects.len() as u64,
                replications,
            },
            most: plan::most_of_a_record(subjects),
            compute: Box::new(compute),
        })
    }
}

/// Replications as bytes, if all of the study have room where its parts come together.
fn fitting(made: &Replications, replications: u64) -> Result<Vec<u8>, Error> {
    room(made.varying(), replications)?;
    Ok(made.encoded())
}

impl Study<'_> {
    /// The replications, or why one of them cannot be run to its end.
    pub(in crate::experiment) fn gather_if_it_runs(
        &self,
        numbers: Range<u64>,
        runner: &Runner<'_>,
    ) -> Result<Result<Replications, String>, Error> {
        match self.gather(numbers, runner) {
            Err(error) if error.is_run() => Ok(Err(error.to_string())),
            gathered => gathered.map(Ok),
        }
    }
}
