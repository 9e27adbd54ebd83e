//! A histogram of letters.

use super::super::chart::{Quantity, round_step};
use super::super::format::count;
use super::super::letters::Bar;
use crate::statistics::Counted;
use crate::units::Duration;

/// Values between two numbers.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Bin {
    pub(in crate::report) label: String,
    /// The values from here on.
    pub(in crate::report) low: f64,
    /// The values below this, or in the last bin up to it; zeros have a bin of their own.
    pub(in crate::report) high: f64,
    pub(in crate::report) count: usize,
}

/// The bars of `values`, at most `most`.
pub(super) fn bars(values: &Counted, most: usize, quantity: Quantity) -> Vec<Bar> {
    let bins = bins(values, most, quantity);
    let largest = bins.iter().map(|bin| bin.count).max().unwrap_or(1);
    let bar = |bin: Bin| Bar {
        label: bin.label,
        share: share(bin.count, largest),
        value: count(bin.count as u64),
    };
    bins.into_iter().map(bar).collect()
}

/// `values` in at most `most` bins: between round numbers up to the 99 % quantile, and one for what
/// lies beyond it, where that is far; zeros have a bin of their own.
pub(in crate::report) fn bins(values: &Counted, most: usize, quantity: Quantity) -> Vec<Bin> {
    let others = values.only(|run| run.number != 0.0);
    let zeros = values.len() - others.len();
    let mut bins: Vec<Bin> = Vec::new();
    if zeros > 0 {
        bins.push(Bin {
            label: quantity.text(0.0),
            low: 0.0,
            high: 0.0,
            count: zeros,
        });
    }
    if let (Some(low), Some(high)) = (others.least(), others.most()) {
        let near = others.of_rank((others.len() - 1) * 99 / 100 + 1);
        let far = high - near > near - low;
        let end = if far { near } else { high };
        let room = most - bins.len() - usize::from(far);
        let edges = edges(low, end, room, quantity);
        let mut from = 0;
        for pair in edges.windows(2) {
            let until = others.below(pair[1]);
            bins.push(Bin {
                label: between(quantity, [pair[0], pair[1]]),
                low: pair[0],
                high: pair[1],
                count: until - from,
            });
            from = until;
        }
        if far {
            let last = edges[edges.len() - 1];
            bins.push(Bin {
                label: match quantity {
                    Quantity::Duration => between(quantity, [last, high]),
                    _ => format!("{} to {}", quantity.tick(last), quantity.text(high)),
                },
                low: last,
                high,
                count: others.len() - from,
            });
        }
    }
    bins
}

/// Seconds with all their digits.
#[allow(clippy::cast_possible_truncation)]
fn exact(seconds: f64) -> String {
    Duration::from_millis((seconds * 1_000.0).round() as i64).to_string()
}

/// Two numbers, the second not below the first.
fn between(quantity: Quantity, ends: [f64; 2]) -> String {
    let text = ends.map(|end| quantity.text(end));
    let [from, to] = match quantity {
        // A round number of seconds is none of minutes.
        Quantity::Duration if text[0] != text[1] => text,
        Quantity::Duration => ends.map(exact),
        _ => ends.map(|end| quantity.tick(end)),
    };
    format!("{from} to {to}")
}

/// Round numbers in equal steps, the first not above `low` and the last above `high`: `most` steps
/// at most.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn edges(low: f64, high: f64, most: usize, quantity: Quantity) -> Vec<f64> {
    let least = (high - low).max(high * 1e-9) / (most - 1) as f64;
    let step = round_step(quantity, least);
    let [first, last] = [low, high].map(|end| (end / step).floor() as i64);
    // What is rounded off an edge moves no value: both ends hold what they have to.
    let first = first - i64::from(first as f64 * step > low);
    let last = last + 1 + i64::from((last + 1) as f64 * step <= high);
    (first..=last).map(|at| at as f64 * step).collect()
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[f64]) -> Vec<(String, String)> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let bars = bars(&sorted.into_iter().collect(), 5, Quantity::Volume);
        bars.into_iter().map(|bar| (bar.label, bar.value)).collect()
    }

    #[test]
    fn zeros_and_what_is_far_have_bars_of_their_own() {
        let mut values = vec![0.0, 0.0, 0.0];
        values.extend((1..=100).map(f64::from));
        values.push(1000.0);
        let expected = [
            ("0 B", "3"),
            ("0 B to 50 B", "49"),
            ("50 B to 100 B", "50"),
            ("100 B to 150 B", "1"),
            ("150 B to 1.00 kB", "1"),
        ];
        let expected = expected.map(|(label, count)| (label.to_owned(), count.to_owned()));
        assert_eq!(of(&values), expected);
        assert_eq!(of(&[7.0, 7.0])[0].1, "2");
        assert!(of(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_bar_and_labels_differ(
            values in prop::collection::vec(-9_i32..1_000_000, 0..300),
            offset in 0_u32..1_000_000_000,
        ) {
            let values = values.into_iter().map(|value| match value {
                ..=0 => 0.0,
                value => f64::from(value) + f64::from(offset),
            });
            let values: Vec<f64> = values.collect();
            let bars = of(&values);
            let counts = bars.iter().map(|(_, count)| count.replace(',', ""));
            let counted: usize = counts.map(|count| count.parse::<usize>().expect("a number")).sum();
            prop_assert_eq!(counted, values.len());
            prop_assert!(bars.len() <= 6, "{bars:?}");
            for two in bars.windows(2) {
                prop_assert_ne!(&two[0].0, &two[1].0);
            }
        }
    }
}
