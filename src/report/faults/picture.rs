//! Which fault breaks the promise alone, and which after which other.

use super::super::chart::{HeatCell, HeatPanel, Parameter, Picture, Quantity, heat_map};
use super::super::format::replications;
use super::{Faults, answer};
use crate::experiment::Outcome;
use crate::experiment::faults::Cut;

/// A matrix: the first fault upwards, the second from left to right; on the diagonal one alone.
/// The number is the part of all instants at which they break the promise.
pub(super) fn picture(faults: &Faults<'_>) -> Picture {
    let count = faults.faults.len();
    let axis = |name: &str| Parameter {
        name: name.to_owned(),
        labels: faults
            .faults
            .iter()
            .map(|fault| fault.name.clone())
            .collect(),
        numbers: None,
    };
    let cell = |first: usize, second: usize| {
        let is = |cut: &&Cut| match cut.parts[..] {
            [only] => first == second && only.fault == first,
            [one, other] => (one.fault, other.fault) == (first, second),
            _ => false,
        };
        let looked_at = first == second || faults.order > 1;
        let broken = faults.found.cuts.iter().find(is);
        let undecided = faults.found.undecided.iter().find(is);
        HeatCell {
            value: looked_at.then(|| broken.map_or(0.0, |cut| part(faults, cut))),
            outcome: match (broken, undecided) {
                (Some(_), _) => Some(Outcome::Failed),
                (None, Some(_)) => Some(Outcome::Undecided),
                (None, None) => looked_at.then_some(Outcome::Passed),
            },
        }
    };
    let cells = (0..count).flat_map(|first| (0..count).map(move |second| (first, second)));
    let panel = HeatPanel {
        name: String::new(),
        cells: cells.map(|(first, second)| cell(first, second)).collect(),
    };
    let title = faults.scenario.title.clone();
    let notes = [
        answer(faults),
        format!(
            "a row and a column: the first fault, then the second; where both are one, it is alone; {}",
            replications(faults.replications)
        ),
    ];
    heat_map(
        &title.unwrap_or_else(|| "Faults".to_owned()),
        &notes,
        (&axis("second fault"), &axis("first fault")),
        (
            "part of the seconds at which it breaks the promise",
            Quantity::Ratio,
        ),
        &[panel],
        Some("an expectation"),
    )
}

/// The part of all seconds, of two faults of all pairs of seconds, at which a sequence breaks the
/// promise.
#[allow(clippy::cast_precision_loss)]
fn part(faults: &Faults<'_>, cut: &Cut) -> f64 {
    let seconds = faults.scenario.duration.as_secs_f64().ceil();
    let all = cut.parts.iter().map(|_| seconds).product::<f64>();
    cut.points as f64 / all / faults.replications as f64
}
