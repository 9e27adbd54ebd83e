//! When to step up: the cheapest sequence of levels, one per month, in which none is lower than the
//! one before. Such a sequence never meets the time for which a level is locked.

/// A level for each month.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The number of the level, by month.
    pub levels: Vec<usize>,
    /// What it costs over all months.
    pub cost: f64,
}

/// The cheapest schedule; of equal ones that with the lower levels. `costs` has, for each level,
/// the lowest first, what each month costs at it.
pub fn schedule(costs: &[Vec<f64>]) -> Schedule {
    let months = costs.first().map_or(0, Vec::len);
    // For each level: the least that all months up to now cost if this one is at it, and at which
    // level the month before was.
    let mut least = vec![0.0; costs.len()];
    let mut before: Vec<Vec<usize>> = Vec::new();
    for month in 0..months {
        let mut cheapest = 0;
        let mut next = Vec::new();
        let mut came_from = Vec::new();
        for (level, by_month) in costs.iter().enumerate() {
            if least[level] < least[cheapest] {
                cheapest = level;
            }
            next.push(least[cheapest] + by_month[month]);
            came_from.push(cheapest);
        }
        least = next;
        before.push(came_from);
    }
    let mut level = super::lowest(least.iter().copied());
    let cost = least[level];
    let mut levels = Vec::new();
    for came_from in before.iter().rev() {
        levels.push(level);
        level = came_from[level];
    }
    levels.reverse();
    Schedule { levels, cost }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All sequences that never step down, by trying each.
    fn by_trying(costs: &[Vec<f64>], month: usize, from: usize) -> f64 {
        if month == costs[0].len() {
            return 0.0;
        }
        let rest = |level: usize| costs[level][month] + by_trying(costs, month + 1, level);
        (from..costs.len()).map(rest).fold(f64::INFINITY, f64::min)
    }

    proptest::proptest! {
        #[test]
        fn none_is_cheaper(numbers in proptest::collection::vec(0_u32..100, 12)) {
            let costs: Vec<Vec<f64>> =
                numbers.chunks(4).map(|row| row.iter().map(|&number| f64::from(number)).collect()).collect();
            let found = schedule(&costs);
            proptest::prop_assert!(found.levels.is_sorted());
            let months = found.levels.iter().enumerate();
            let paid: f64 = months.map(|(month, &level)| costs[level][month]).sum();
            proptest::prop_assert!((paid - found.cost).abs() < 1e-9);
            proptest::prop_assert!((found.cost - by_trying(&costs, 0, 0)).abs() < 1e-9);
        }
    }
}
