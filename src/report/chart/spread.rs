//! How values are spread: what stands out because it occurs again and again, and bins for the
//! rest.

use super::quantity::Quantity;
use super::scale::{Scale, round_step};
use crate::statistics::{Counted, Run};

/// The share of all from which on a value that they have in common stands apart.
const ATOM: f64 = 0.1;
/// The same of counts, of which each has a bar of its own anyway.
const ATOM_OF_COUNTS: f64 = 0.5;
/// Of fewer values each can be drawn, so that equal ones are seen.
pub(super) const FEW: usize = 20;
/// The ratio of p95 to p5 from which on the scale is logarithmic.
const WIDE: f64 = 100.0;
/// The same where on an even scale one bar would have the share [`HEAVY`] of the values or more,
/// of the largest to the smallest.
const WIDE_WITH_A_TAIL: f64 = 20.0;
const HEAVY: f64 = 0.6;

/// Numbers by size, divided into one that stands out and the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spread {
    /// All of them.
    pub(super) all: Counted,
    /// What occurs again and again, and how often.
    pub(super) atom: Option<(f64, usize)>,
    /// The others, by size.
    pub(super) others: Counted,
    /// Where the others are.
    pub(super) scale: Scale,
}

/// How many numbers are from `low` up to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bin {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) count: usize,
}

impl Spread {
    /// Of numbers by size, of which at least two differ.
    pub(super) fn of(quantity: Quantity, all: Counted) -> Spread {
        let atom = atom(quantity, &all);
        let is_other = |run: &Run| atom.is_none_or(|atom| atom.0.to_bits() != run.number.to_bits());
        let others = all.only(is_other);
        let ends = others.least().zip(others.most());
        let (low, high) = ends.expect("two differ");
        let scale = if is_logarithmic(quantity, &others) {
            Scale::logarithmic(quantity, low, high)
        } else if quantity == Quantity::Count {
            Scale::whole_numbers(quantity, low, high, 6)
        } else {
            Scale::linear(quantity, low, high, 6)
        };
        Spread {
            all,
            atom,
            others,
            scale,
        }
    }

    pub(super) fn is_atom(&self, number: f64) -> bool {
        self.atom
            .is_some_and(|atom| atom.0.to_bits() == number.to_bits())
    }

    /// The share of all numbers that are no greater.
    pub(super) fn share_up_to(&self, number: f64) -> f64 {
        share(self.all.up_to(number), self.all.len())
    }

    /// The others in bins of equal width on their scale.
    pub(super) fn bins(&self) -> Vec<Bin> {
        bins(&self.others, &self.scale)
    }
}

/// Numbers by size in bins of equal width on a scale.
fn bins(numbers: &Counted, scale: &Scale) -> Vec<Bin> {
    // Twice the cube root after Rice; round edges make bins up to twice as wide as asked for.
    let wanted = (3.0 * libm::cbrt(whole(numbers.len()))).clamp(8.0, 50.0);
    let edges = if scale.logarithmic {
        decades(scale, wanted)
    } else {
        even(numbers, scale, wanted)
    };
    let last = edges.len() - 2;
    let bin = |(i, pair): (usize, &[f64])| {
        let end = if i == last {
            numbers.len()
        } else {
            numbers.below(pair[1])
        };
        Bin {
            low: pair[0],
            high: pair[1],
            count: end - numbers.below(pair[0]),
        }
    };
    edges.windows(2).enumerate().map(bin).collect()
}

/// Edges at even steps, about `wanted` of them.
fn even(numbers: &Counted, scale: &Scale, wanted: f64) -> Vec<f64> {
    let ends = numbers.least().zip(numbers.most());
    let (low, high) = ends.expect("there are some");
    let span = (high - low).max((scale.high - scale.low) / 4.0);
    // In bars narrower than what is known of the numbers, some would be empty between others.
    let mut width = round_step(scale.quantity, (span / wanted).max(2.0 * numbers.grain()));
    // Between two whole numbers there is nothing, and one number is in the middle of its bar.
    let counts = scale.quantity == Quantity::Count;
    if counts {
        width = width.max(1.0);
    }
    let shift = if counts && width < 1.5 { 0.5 } else { 0.0 };
    let first = ((low + shift) / width).floor();
    let mut edges = vec![first * width - shift];
    while edges[edges.len() - 1] <= high && edges.len() <= 400 {
        edges.push((first + whole(edges.len())) * width - shift);
    }
    edges
}

/// Edges at even parts of the powers of ten, about `wanted` of them.
fn decades(scale: &Scale, wanted: f64) -> Vec<f64> {
    let decades = libm::log10(scale.high / scale.low);
    let parts = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0];
    let enough = parts.into_iter().find(|parts| parts * decades >= wanted);
    let parts = enough.unwrap_or(20.0);
    let place = |number: f64| libm::log10(number) * parts;
    let first = (place(scale.low) + 1e-9).floor();
    let count = (place(scale.high) - first + 1e-9).floor() + 1.0;
    let mut edges = Vec::new();
    let mut i = 0.0;
    while i <= count {
        edges.push(libm::pow(10.0, (first + i) / parts));
        i += 1.0;
    }
    edges
}

/// The number that occurs again and again, where one does. Zeros do where the rest is too wide
/// to be shown with them.
fn atom(quantity: Quantity, all: &Counted) -> Option<(f64, usize)> {
    let runs = all.runs().iter().filter(|run| run.is_one());
    let commonest = runs.max_by_key(|run| run.count)?;
    let least = match quantity {
        Quantity::Count => ATOM_OF_COUNTS,
        _ => ATOM,
    };
    if all.len() >= FEW && share(commonest.count, all.len()) >= least {
        return Some((commonest.number, commonest.count));
    }
    let zeros = all.up_to(0.0);
    let others = || all.only(|run| run.number > 0.0);
    (zeros > 0 && is_logarithmic(quantity, &others())).then_some((0.0, zeros))
}

/// Whether numbers by size are seen better by their logarithms.
fn is_logarithmic(quantity: Quantity, numbers: &Counted) -> bool {
    is_wide(numbers) || has_a_heavy_bar(quantity, numbers)
}

/// Whether a few large numbers would press most others into one bar of an even scale, and
/// logarithms spread them.
fn has_a_heavy_bar(quantity: Quantity, numbers: &Counted) -> bool {
    let (Some(low), Some(high)) = (numbers.least(), numbers.most()) else {
        return false;
    };
    if numbers.len() < FEW || low <= 0.0 || high < WIDE_WITH_A_TAIL * low {
        return false;
    }
    let heaviest = |scale: Scale| {
        let counts = bins(numbers, &scale).into_iter().map(|bin| bin.count);
        share(counts.max().unwrap_or_default(), numbers.len())
    };
    let heavy = heaviest(Scale::linear(quantity, low, high, 6));
    heavy >= HEAVY && heaviest(Scale::logarithmic(quantity, low, high)) < 0.75 * heavy
}

fn is_wide(numbers: &Counted) -> bool {
    let (Some(first), count) = (numbers.least(), numbers.len()) else {
        return false;
    };
    let [low, high] = [count / 20 + 1, count - count / 20].map(|rank| numbers.of_rank(rank));
    first > 0.0 && high / low >= WIDE
}

pub(super) fn share(part: usize, all: usize) -> f64 {
    whole(part) / whole(all.max(1))
}

#[allow(clippy::cast_precision_loss)]
fn whole(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    fn spread(quantity: Quantity, numbers: Vec<f64>) -> Spread {
        Spread::of(quantity, numbers.into_iter().collect())
    }

    fn counted(spread: &Spread) -> usize {
        spread.bins().iter().map(|bin| bin.count).sum()
    }

    #[test]
    fn every_number_is_in_one_bin() {
        let even: Vec<f64> = (0..1_000).map(|i| f64::from(i) * 1e7).collect();
        let wide: Vec<f64> = (0..16).map(|i| libm::pow(10.0, f64::from(i))).collect();
        let counts: Vec<f64> = (0..300).map(|i| f64::from(i / 50)).collect();
        let two = vec![5.0, 6.0];
        let close: Vec<f64> = (0..30).map(|i| 1e15 + f64::from(i)).collect();
        for (quantity, numbers) in [
            (Quantity::Volume, even),
            (Quantity::Volume, wide),
            (Quantity::Count, counts),
            (Quantity::Duration, two),
            (Quantity::Volume, close),
        ] {
            let spread = spread(quantity, numbers);
            assert_eq!(counted(&spread), spread.others.len(), "{spread:?}");
            let bins = spread.bins();
            assert!(bins.len() <= 60, "{}", bins.len());
            assert!(Some(bins[0].low) <= spread.others.least());
            assert!(bins.iter().all(|bin| bin.low < bin.high));
        }
    }

    #[test]
    fn what_occurs_again_and_again_stands_apart() {
        let mut numbers = vec![0.0; 972];
        numbers.extend((1..=28).map(|i| f64::from(i) * 1e9));
        let spread = spread(Quantity::Volume, numbers);
        assert_eq!(spread.atom, Some((0.0, 972)));
        assert_eq!(spread.others.len(), 28);
        assert!(!spread.scale.logarithmic);
        assert_eq!(spread.share_up_to(0.0), 0.972);
        assert_eq!(spread.share_up_to(1e12), 1.0);
    }

    #[test]
    fn a_few_zeros_stand_apart_from_what_is_wide() {
        let mut numbers = vec![0.0];
        numbers.extend((0..100).map(|i| libm::pow(10.0, f64::from(i) / 10.0)));
        let spread = spread(Quantity::Volume, numbers);
        assert_eq!(spread.atom, Some((0.0, 1)));
        assert!(spread.scale.logarithmic);
    }

    #[test]
    fn a_heavy_tail_does_not_press_all_into_one_bar() {
        // Nine tenths are below 1 000, the last one is 40 000.
        let number = |i: u32| 500.0 * libm::pow(1.0 - f64::from(i) / 200.0, -0.82);
        let numbers: Vec<f64> = (0..200).map(number).collect();
        for quantity in [Quantity::Duration, Quantity::Count] {
            let spread = spread(quantity, numbers.clone());
            assert!(spread.scale.logarithmic);
            let most = spread.bins().into_iter().map(|bin| bin.count).max();
            assert!(most < Some(80), "{most:?}");
        }
        // Where logarithms do not help the numbers stay as they are.
        let mut numbers: Vec<f64> = (0..200).map(|i| 500.0 + f64::from(i) / 1e3).collect();
        numbers.push(40_000.0);
        assert!(!spread(Quantity::Duration, numbers).scale.logarithmic);
    }

    #[test]
    fn counts_stay_together() {
        let mut numbers = vec![0.0; 40];
        numbers.extend([1.0; 30]);
        numbers.extend([2.0; 30]);
        let spread = spread(Quantity::Count, numbers);
        assert_eq!(spread.atom, None);
        let bins = spread.bins();
        assert_eq!((bins[0].low, bins[0].high, bins[0].count), (-0.5, 0.5, 40));
    }
}
