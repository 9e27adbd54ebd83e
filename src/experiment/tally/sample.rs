//! What the counts of a measure say: the same as a sample of all its values, with quantiles as
//! exact as the bins are narrow.

use ethnum::U256;

use super::super::sample::{Place, Sample};
use super::counts::{Counts, Extreme, FEW, Many, PARTS, Scale, Seen, Spread, Sums};
use super::grid::{Bin, MIXED, edges};
use super::usize;
use crate::scenario::{Measure, Unit};
use crate::statistics::{Mean, Proportion};

/// The sample of the values of a measure.
pub(super) fn of(measure: Measure, counts: &Counts) -> Sample {
    let [all, nonzero] =
        [false, true].map(|nonzero| Moments::of(Scale::of(measure), counts, nonzero));
    let hits = usize(nonzero.count);
    Sample::of_places(
        measure,
        usize(counts.without),
        Proportion {
            hits,
            count: usize(counts.count()),
        },
        [all, nonzero].map(|moments| moments.mean(measure, hits)),
        places(measure, counts),
    )
}

/// Where values are, by size.
fn places(measure: Measure, counts: &Counts) -> Vec<Place> {
    match &counts.with {
        Spread::Few(few) => few
            .iter()
            .map(|(code, seen)| Place::exact(*code, usize(seen.count)))
            .collect(),
        Spread::Many(many) => in_bins(Scale::of(measure), many),
    }
}

fn in_bins(scale: Scale, many: &Many) -> Vec<Place> {
    let place = |(at, bin): (usize, &Bin)| {
        let (low, high) = edges(at);
        let middle = low + (high - low) / 2;
        // Shares are rounded to whole numbers.
        let slack = u64::from(scale != Scale::Whole);
        let ends = [low.saturating_sub(slack), middle, high + slack];
        let mut ends = ends.map(|whole| scale.code(whole));
        ends.sort_unstable();
        let [low, middle, high] = ends.map(|end| end.clamp(many.least.code, many.most.code));
        match bin.only {
            MIXED => Place {
                low,
                code: middle,
                high,
                count: usize(bin.count),
            },
            only => Place::exact(only, usize(bin.count)),
        }
    };
    let mut places: Vec<Place> = many.grid.bins().map(place).collect();
    if scale == Scale::Lack {
        places.reverse();
    }
    // The least values and the greatest are known, and have places of their own.
    let first = places.first_mut().map(|place| split(place, many.least));
    let last = places.last_mut().map(|place| split(place, many.most));
    places.splice(0..0, first);
    places.extend(last);
    places.retain(|place| place.count > 0);
    places
}

/// Takes the values at an end from the place that they are in.
fn split(place: &mut Place, end: Extreme) -> Place {
    let count = place.count.min(usize(end.seen.count));
    place.count -= count;
    Place::exact(end.code, count)
}

/// Sums of values.
struct Moments {
    count: u64,
    sums: Sums,
    /// How many differ from the most frequent one, at least.
    apart: u64,
    /// The code of all of them, where they are the same.
    only: Option<u64>,
}

impl Moments {
    /// Of all values, or of those that are not 0.
    fn of(scale: Scale, counts: &Counts, nonzero: bool) -> Moments {
        match &counts.with {
            Spread::Few(few) => {
                let values = few.iter().filter(|(code, _)| **code != 0 || !nonzero);
                Moments::of_few(scale, values)
            }
            Spread::Many(many) => Moments::of_many(scale, many, nonzero),
        }
    }

    fn of_few<'c>(scale: Scale, values: impl Iterator<Item = (&'c u64, &'c Seen)>) -> Moments {
        let (mut count, mut most, mut sums) = (0, 0, Sums::NONE);
        let mut codes = Vec::new();
        for (code, seen) in values {
            count += seen.count;
            most = most.max(seen.count);
            sums.add(scale.whole(*code), seen.count);
            codes.push(*code);
        }
        Moments {
            count,
            sums,
            // If none occurs twice, all of them.
            apart: if most > 1 { count - most } else { count },
            only: codes.first().copied().filter(|_| codes.len() == 1),
        }
    }

    fn of_many(scale: Scale, many: &Many, nonzero: bool) -> Moments {
        let zeros = if nonzero { many.zeros } else { 0 };
        let zero = U256::from(scale.whole(0));
        let taken = zero * U256::from(zeros);
        let most = many.grid.bins().map(|(_, bin)| bin.count).max();
        let count = many.count.saturating_sub(zeros);
        let apart = count.saturating_sub(most.unwrap_or(0));
        Moments {
            count,
            sums: Sums {
                first: many.sums.first.saturating_sub(taken),
                second: many.sums.second.saturating_sub(taken * zero),
            },
            // More than a few values differ, even where most are in one bin.
            apart: apart.max(FEW as u64 - 1),
            only: None,
        }
    }

    /// The mean of values of which so many are not 0; `None` without a value.
    fn mean(&self, measure: Measure, nonzero: usize) -> Option<Mean> {
        let count = usize(self.count);
        if let Some(value) = self.only.and_then(|code| measure.value(code)) {
            return Some(Mean::constant(value.number(), count));
        }
        let scale = Scale::of(measure);
        (count > 0).then(|| {
            let n = U256::from(self.count);
            let squares = n * self.sums.second;
            // Its square root is n times the deviation, but for the divisor.
            let spread = squares.saturating_sub(self.sums.first * self.sums.first);
            let pairs = n * (n - U256::ONE).max(U256::ONE);
            Mean {
                count,
                nonzero,
                apart: usize(self.apart),
                mean: scale.number(measure, self.sums.first.as_f64() / n.as_f64()),
                sd: (spread.as_f64() / pairs.as_f64()).sqrt() * scale.step(measure),
            }
        })
    }
}

impl Scale {
    /// What a whole number more makes in bytes, seconds, or whatever the values are in.
    fn step(self, measure: Measure) -> f64 {
        match measure.unit() {
            Unit::Volume | Unit::Count => 1.0,
            Unit::Duration => 1.0 / 1e3,
            Unit::Money => 1.0 / 1e6,
            Unit::Ratio => 1.0 / PARTS,
        }
    }

    /// The number of which this is the whole number.
    fn number(self, measure: Measure, whole: f64) -> f64 {
        let number = whole * self.step(measure);
        match self {
            Scale::Lack => 1.0 - number,
            Scale::Whole | Scale::Share => number,
        }
    }
}
