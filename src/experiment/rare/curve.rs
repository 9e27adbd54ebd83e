//! How likely more or less than the event is.

use super::{RareEvent, weighted};
use crate::experiment::replicate::Replications;
use crate::model::WEIGHT_UNIT;
use crate::statistics::Weighted;

/// How likely a measure is at least as far out as a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The value, as a plain number.
    pub value: f64,
    /// In which replications it is at least that, or at most that, in the direction of the event.
    pub found: Weighted,
}

/// Levels a decade of probability.
const A_DECADE: f64 = 16.0;

/// Levels of the measure of an event, from the least likely to the likeliest: about
/// 16 a decade of probability.
///
/// # Panics
///
/// If the study does not keep the measure, or has no weights.
pub fn levels(event: &RareEvent, study: &Replications) -> Vec<Level> {
    let mut scores: Vec<(f64, u64)> = weighted(event, study)
        .map(|(value, weight)| (event.score(value), weight))
        .filter(|(score, _)| score.is_finite())
        .collect();
    scores.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let sign = if event.is_above() { 1.0 } else { -1.0 };
    let step = libm::pow(10.0, 1.0 / A_DECADE);
    let (mut levels, mut next) = (Vec::new(), 0.0);
    let mut found = Weighted::new(WEIGHT_UNIT);
    found.count = study.count();
    for (at, (score, weight)) in scores.iter().enumerate() {
        found.add_hit(*weight);
        let last = scores.get(at + 1).is_none_or(|(later, _)| later < score);
        if let Some(share) = found.share().filter(|share| last && *share >= next) {
            levels.push(Level {
                value: sign * score,
                found,
            });
            next = share * step;
        }
    }
    levels
}
