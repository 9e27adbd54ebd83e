//! Which fault breaks the promise alone, and which after which other.

use super::super::chart::{HeatCell, HeatPanel, Parameter, Picture, Quantity, heat_map};
use super::super::format::replications;
use super::{Faults, answer};
use crate::experiment::Outcome;
use crate::experiment::faults::Cut;
use crate::scenario::Fault;

/// A matrix: the first fault downwards, the second from left to right; on the diagonal one alone.
/// If none was looked for with another, only these are shown. The number is the part of all
/// instants at which they break the promise.
pub(super) fn picture(faults: &Faults<'_>) -> Picture {
    let count = faults.faults.len();
    let pairs = faults.order > 1;
    let (upright, level) = axes(faults);
    let cell = |first: usize, second: usize| {
        let is = |cut: &&Cut| match cut.parts[..] {
            [only] => first == second && only.fault == first,
            [one, other] => (one.fault, other.fault) == (first, second),
            _ => false,
        };
        let broken = faults.found.cuts.iter().find(is);
        let undecided = faults.found.undecided.iter().find(is);
        HeatCell {
            value: Some(broken.map_or(0.0, |cut| faults.part(cut))),
            outcome: match (broken, undecided) {
                (Some(_), _) => Some(Outcome::Failed),
                (None, Some(_)) => Some(Outcome::Undecided),
                (None, None) => Some(Outcome::Passed),
            },
        }
    };
    let seconds = |first: usize| if pairs { 0..count } else { first..first + 1 };
    let cells = (0..count)
        .rev()
        .flat_map(|first| seconds(first).map(move |second| (first, second)));
    let panel = HeatPanel {
        name: String::new(),
        cells: cells.map(|(first, second)| cell(first, second)).collect(),
        framed: None,
    };
    let title = faults.scenario.title.clone();
    let replications = replications(faults.replications);
    let notes = [
        answer(faults),
        match pairs {
            true => format!(
                "a row: the first fault, a column: the second, or one alone; {replications}"
            ),
            false => replications,
        },
    ];
    heat_map(
        &title.unwrap_or_else(|| "Faults".to_owned()),
        &notes,
        (&level, &upright),
        ("instants that break the promise", Quantity::Ratio),
        &[panel],
        Some("an expectation"),
    )
}

/// The first faults, and the second ones.
fn axes(faults: &Faults<'_>) -> (Parameter, Parameter) {
    let pairs = faults.order > 1;
    let count = faults.faults.len();
    let name = |(at, fault): (usize, &Fault)| match pairs {
        true => format!("{} {}", fault.name, at + 1),
        false => fault.name.clone(),
    };
    let axis = |name: &str, labels: Vec<String>| Parameter {
        name: name.to_owned(),
        labels,
        numbers: None,
    };
    // Rows go upwards.
    let names = faults.faults.iter().enumerate().rev();
    let upright = axis(
        if pairs { "first fault" } else { "fault" },
        names.map(name).collect(),
    );
    let level = match pairs {
        true => axis(
            "second fault",
            (1..=count).map(|at| at.to_string()).collect(),
        ),
        false => axis("sequence", vec!["alone".to_owned()]),
    };
    (upright, level)
}
