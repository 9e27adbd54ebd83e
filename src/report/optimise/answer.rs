//! The answer in one line.

use super::super::format::lacks;
use super::super::format::{count, interval, of_unit, sanitize, shares};
use super::Optimised;
use crate::experiment::Outcome;
use crate::experiment::optimise::Checked;
use crate::experiment::sensitivity::Answer;
use crate::scenario::Unit;

/// Which combination is the cheapest that keeps the promises, and what it costs and risks.
pub(super) fn answer(told: &Optimised<'_>) -> String {
    let promised = sanitize(&told.promised());
    let all = count(told.found.all.len() as u64);
    let last = told.found.checked.last();
    let named = last.map(|checked| {
        let combination = &told.found.all[checked.combination];
        let name = sanitize(&told.name(combination));
        (name, cost(told, checked), risks(told, checked))
    });
    match (told.found.outcome, named) {
        (Outcome::Passed, Some((name, cost, risks))) => {
            format!("cheapest with {promised}: {name}, for {cost}; {risks}")
        }
        (Outcome::Undecided, Some((name, cost, risks))) => format!(
            "cannot say whether {name} keeps {promised}, for {cost}: {risks}; ask for more \
             replications"
        ),
        _ => format!("none of {all} combinations keeps {promised}"),
    }
}

/// What a combination costs, with its interval.
pub(super) fn cost(told: &Optimised<'_>, checked: &Checked) -> String {
    match &checked.cost {
        Ok(cost) => {
            let known = exactly(told.cost_unit(), cost);
            format!("{} ({known})", told.cost(cost.number))
        }
        Err(reason) => reason.clone(),
    }
}

/// What each expectation is about, with its interval.
fn risks(told: &Optimised<'_>, checked: &Checked) -> String {
    let each = told.expectations.iter().zip(&checked.promises);
    let each = each.map(|(expectation, found)| {
        // What stands before the comparison.
        let text = sanitize(&expectation.text);
        let sign = expectation.comparison.sign();
        let subject = text
            .rsplit_once(sign)
            .map_or(text.as_str(), |(subject, _)| subject.trim());
        match found {
            Ok(found) => {
                let unit = expectation.statistic.unit(expectation.measure);
                format!(
                    "{subject} is {} ({})",
                    of_unit(unit, found.number),
                    exactly(unit, found)
                )
            }
            Err(reason) => format!("{subject}: {reason}"),
        }
    });
    each.collect::<Vec<String>>().join(", ")
}

/// The interval of a statistic, or why it has none.
pub(super) fn exactly(unit: Unit, answer: &Answer) -> String {
    match answer.interval {
        Ok(ends) if unit == Unit::Ratio => format!("95% interval {}", shares(ends)),
        Ok(ends) => format!("95% interval {}", interval(unit, ends, of_unit)),
        Err(lack) => lacks(lack),
    }
}
