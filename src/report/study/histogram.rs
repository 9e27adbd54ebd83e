//! A histogram of letters.

use super::super::format::count;
use super::super::letters::Bar;

/// The bars of `values`, at most `most`: of equal width up to the 99 % quantile, and one for what
/// lies beyond it, where that is far; zeros have a bar of their own. `text` says what a number is.
pub(super) fn bars(values: &[f64], most: usize, text: impl Fn(f64) -> String) -> Vec<Bar> {
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| *value != 0.0)
        .collect();
    sorted.sort_by(f64::total_cmp);
    let zeros = values.len() - sorted.len();
    let mut bins: Vec<(String, usize)> = Vec::new();
    if zeros > 0 {
        bins.push((text(0.0), zeros));
    }
    if let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) {
        let near = sorted[(sorted.len() - 1) * 99 / 100];
        let far = high - near > near - low;
        let end = if far { near } else { high };
        let room = most - bins.len() - usize::from(far);
        let edges = edges(low, end, room);
        let mut from = 0;
        for (at, pair) in edges.windows(2).enumerate() {
            let last = at + 2 == edges.len();
            let inside = |value: &f64| *value < pair[1] || last && *value <= end;
            let until = from
                + sorted[from..]
                    .iter()
                    .take_while(|value| inside(value))
                    .count();
            let label = format!("{} to {}", text(pair[0]), text(pair[1]));
            bins.push((label, until - from));
            from = until;
        }
        if far {
            let label = format!("{} to {}", text(end), text(high));
            bins.push((label, sorted.len() - from));
        }
    }
    let largest = bins.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let bar = |(label, number): (String, usize)| Bar {
        label,
        share: share(number, largest),
        value: count(number as u64),
    };
    bins.into_iter().map(bar).collect()
}

/// Equal steps from one value to another.
#[allow(clippy::cast_precision_loss)]
fn edges(low: f64, high: f64, bins: usize) -> Vec<f64> {
    if low == high {
        return vec![low, high];
    }
    let step = (high - low) / bins as f64;
    (0..=bins)
        .map(|at| {
            if at == bins {
                high
            } else {
                low + step * at as f64
            }
        })
        .collect()
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
        let bars = bars(values, 4, |number| number.to_string());
        bars.into_iter().map(|bar| (bar.label, bar.value)).collect()
    }

    #[test]
    fn zeros_and_what_is_far_have_bars_of_their_own() {
        let mut values = vec![0.0, 0.0, 0.0];
        values.extend((1..=100).map(f64::from));
        values.push(1000.0);
        let expected = [
            ("0", "3"),
            ("1 to 50.5", "50"),
            ("50.5 to 100", "50"),
            ("100 to 1000", "1"),
        ];
        let expected = expected.map(|(label, count)| (label.to_owned(), count.to_owned()));
        assert_eq!(of(&values), expected);
        assert_eq!(of(&[7.0, 7.0]), [("7 to 7".to_owned(), "2".to_owned())]);
        assert!(of(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_bar(values in prop::collection::vec(-9_i32..1_000_000, 0..300)) {
            let values: Vec<f64> = values.into_iter().map(|value| f64::from(value.max(0))).collect();
            let counted: usize = of(&values).iter().map(|(_, count)| {
                count.replace(',', "").parse::<usize>().expect("a number")
            }).sum();
            prop_assert_eq!(counted, values.len());
        }
    }
}
