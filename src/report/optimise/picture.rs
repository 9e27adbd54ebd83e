//! Cost against risk as a picture.

use super::super::chart::{Choice, Picture, frontier_chart};
use super::super::format::{count, replications, sanitize};
use super::Optimised;
use crate::experiment::Outcome;

/// All combinations by cost and by the first promise.
pub(super) fn picture(told: &Optimised<'_>) -> Picture {
    let found = told.found;
    let title = sanitize(told.scenario.title.as_deref().unwrap_or("What it takes"));
    let notes = [
        sanitize(&told.promised()),
        format!(
            "{} combinations, {} at most of each, on the same random numbers",
            count(found.all.len() as u64),
            replications(told.replications as u64)
        ),
    ];
    let answer = found.checked.last().map(|checked| checked.combination);
    let answer = answer.filter(|_| found.outcome == Outcome::Passed);
    let choice = |(at, combination): (usize, &crate::experiment::optimise::Combination)| {
        Some(Choice {
            name: sanitize(&told.name(combination)),
            cost: combination.cost?,
            risk: combination.seen[0]?,
            holds: told.outcome(at) != Outcome::Failed,
            frontier: told.is_on_frontier(at),
            answer: answer == Some(at),
        })
    };
    let choices: Vec<Choice> = found.all.iter().enumerate().filter_map(choice).collect();
    let [cost_in, risk_in] = told.quantities();
    let mut cost = told.cost_name();
    if cost_in == super::super::chart::Quantity::Money {
        cost += &format!(" in {}", told.scenario.prices.currency);
    }
    let promise = &told.promises[0];
    frontier_chart(
        &title,
        &notes,
        (&sanitize(&cost), cost_in),
        (
            &sanitize(&told.seen_name(promise)),
            risk_in,
            Some(promise.limit()),
        ),
        &choices,
    )
}
