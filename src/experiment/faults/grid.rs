//! The seconds at which a fault of a sequence is tried, each for those up to the next.

use std::collections::BTreeSet;

/// Seconds at which a fault is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// Every so many seconds.
    every: i64,
    /// And at these.
    also: BTreeSet<i64>,
}

impl Grid {
    /// Every second.
    pub(super) const WHOLE: Grid = Grid {
        every: 1,
        also: BTreeSet::new(),
    };

    pub(super) fn of(every: i64, also: impl IntoIterator<Item = i64>) -> Grid {
        let also = also.into_iter().collect();
        Grid { every, also }
    }

    /// The first of them at a second or after it.
    pub(super) fn next(&self, second: i64) -> i64 {
        let next = second + (-second).rem_euclid(self.every);
        match self.also.range(second..next).next() {
            Some(also) => *also,
            None => next,
        }
    }

    /// How many there are from a second to another; both count.
    fn count(&self, (first, last): (i64, i64)) -> u64 {
        let regular = last.div_euclid(self.every) - (first - 1).div_euclid(self.every);
        let also = self.also.range(first..=last);
        let also = also.filter(|second| **second % self.every != 0).count();
        regular.unsigned_abs() + also as u64
    }
}

/// When a fault of a sequence may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seconds {
    /// From and to, in order.
    pub(super) within: Vec<(i64, i64)>,
    /// At which of these it is tried, besides the first of each.
    pub(super) grid: Grid,
}

impl Seconds {
    /// Every second up to one.
    pub(super) fn up_to(last: i64) -> Seconds {
        Seconds {
            within: vec![(0, last)],
            grid: Grid::WHOLE,
        }
    }

    /// At how many it is tried, at most.
    pub(super) fn count(&self) -> u64 {
        let spans = self.within.iter();
        spans.map(|span| 1 + self.grid.count(*span)).sum()
    }

    /// Those at which it is tried within a span: the number of each, and for how many it stands.
    pub(super) fn tried(
        &self,
        (first, last): (i64, i64),
    ) -> impl Iterator<Item = (usize, i64, u64)> {
        let next = move |at: i64| self.grid.next(at + 1).min(last + 1);
        let each = std::iter::successors(Some(first), move |at| Some(next(*at)));
        let each = each.take_while(move |at| *at <= last).enumerate();
        each.map(move |(number, at)| (number, at, next(at).abs_diff(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_multiples_and_what_joins_it() {
        let grid = Grid::of(60, [7, 61, 120]);
        let mut seconds = Vec::new();
        let mut at = grid.next(1);
        while at <= 180 {
            seconds.push(at);
            at = grid.next(at + 1);
        }
        assert_eq!(seconds, [7, 60, 61, 120, 180]);
        assert_eq!(grid.count((1, 180)), 5);
        assert_eq!(grid.count((8, 61)), 2);
        assert_eq!(Grid::WHOLE.next(13), 13);
        assert_eq!(Grid::WHOLE.count((13, 20)), 8);
    }
}
