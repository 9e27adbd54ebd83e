//! What is off a profile: how much of it belongs to single rows, to whole days, to whole weeks.

/// Something that was expected, and what there was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) found: f64,
    pub(super) expected: f64,
}

/// Standard deviations over means of independent factors, each with mean 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Scatter {
    /// One per row.
    pub(super) rows: f64,
    /// One per day.
    pub(super) days: f64,
    /// One per week.
    pub(super) weeks: f64,
    /// So many independent days, as a part of all, would tell as much of the sum of a week.
    pub(super) independent: f64,
}

impl Scatter {
    /// Of rows in days in weeks; each day is a list of rows. `hours` is how many figures of a
    /// profile of the day were fitted, `of_weeks` the variance of the logarithm of the sum of a
    /// week, if it is known.
    ///
    /// The variance of sums less what the parts alone would give them is that of a factor common
    /// to the parts (analysis of variance of nested factors).
    pub(super) fn of(days: &[Vec<Pair>], hours: usize, of_weeks: Option<f64>) -> Scatter {
        let sums: Vec<Pair> = days.iter().map(|day| sum(day)).collect();
        let rows = variance(days.iter().map(Vec::as_slice), hours);
        // A profile of the week takes six degrees of freedom; there is none of less than two.
        let (weeks, fitted): (Vec<&[Pair]>, usize) = match sums.len() / 7 {
            0 | 1 => (vec![&sums], 0),
            _ => (sums.rchunks_exact(7).collect(), 6),
        };
        let of_days = variance(weeks.iter().copied(), fitted);
        let alone = rows * shared(days.iter().map(Vec::as_slice));
        let days_alone = of_days * shared(weeks.iter().copied());
        let of_weeks = of_weeks.unwrap_or(days_alone);
        Scatter {
            rows: rows.sqrt(),
            days: (of_days - alone).max(0.0).sqrt(),
            weeks: (of_weeks - days_alone).max(0.0).sqrt(),
            independent: match of_weeks > days_alone {
                true => days_alone / of_weeks,
                false => 1.0,
            },
        }
    }
}

fn sum(parts: &[Pair]) -> Pair {
    let add = |sum: Pair, part: &Pair| Pair {
        found: sum.found + part.found,
        expected: sum.expected + part.expected,
    };
    let none = Pair {
        found: 0.0,
        expected: 0.0,
    };
    parts.iter().fold(none, add)
}

/// The variance of found over expected within groups, relative to the mean of each; fitted figures
/// take degrees of freedom. 0 where there are too few.
#[allow(clippy::cast_precision_loss)]
fn variance<'a>(groups: impl Iterator<Item = &'a [Pair]>, fitted: usize) -> f64 {
    let (mut squares, mut freedom) = (0.0, 0);
    for group in groups {
        let ratios = group.iter().filter(|pair| pair.expected > 0.0);
        let ratios: Vec<f64> = ratios.map(|pair| pair.found / pair.expected).collect();
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        if mean > 0.0 {
            squares += ratios
                .iter()
                .map(|ratio| (ratio / mean - 1.0).powi(2))
                .sum::<f64>();
            freedom += ratios.len() - 1;
        }
    }
    match freedom.checked_sub(fitted) {
        Some(freedom @ 1..) => squares / freedom as f64,
        _ => 0.0,
    }
}

/// The variance of a sum over that of its parts, if they are independent: sum of squares over
/// square of sum.
fn shared<'a>(groups: impl Iterator<Item = &'a [Pair]>) -> f64 {
    let (mut squares, mut all) = (0.0, 0.0);
    for group in groups {
        squares += group.iter().map(|part| part.expected.powi(2)).sum::<f64>();
        all += sum(group).expected.powi(2);
    }
    if all > 0.0 { squares / all } else { 0.0 }
}
