//! Looks at replications of a scenario with other values of a key.

use super::{Question, Request};
use crate::error::Error;
use crate::experiment::look::{self, Worlds};
use crate::experiment::{Runner, Variants};
use crate::scenario::Value;

/// Looks at replications of the scenario with all values of the key: of each request, the values of
/// the measure in its order.
pub(super) fn look(
    question: Question<'_>,
    variants: Variants<'_>,
    runner: &Runner<'_>,
    requests: &[Request],
) -> Result<Vec<Vec<Option<Value>>>, Error> {
    let (grid, goal) = (question.grid, question.goal);
    let request = |request: &Request| look::Request {
        changes: vec![grid.set("--vary", &grid.value(request.value))],
        replications: request.replications.clone(),
    };
    let worlds = Worlds {
        kept: &[(goal.scope, goal.measure)],
        variants,
        runner,
    };
    let requests: Vec<look::Request> = requests.iter().map(request).collect();
    worlds.look(&requests)
}
