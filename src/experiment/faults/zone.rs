//! Sets of instants between which no order changes: bounds on when each fault begins, and on the
//! time between two of them (difference bounds: Dill, "Timing assumptions and verification of
//! finite-state concurrent systems", 1989).

use crate::experiment::frame::{Body, short};

/// The most faults of a sequence.
pub(super) const MOST: usize = 2;

/// Whole seconds at which the faults of a sequence begin, in the order of the sequence.
pub(super) type Point = Vec<i64>;

/// All points within bounds. Variable 0 is the start of the run; the others are the faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    faults: usize,
    /// `most[i][j]`: no more than this lies from `j` to `i`.
    most: [[i64; MOST + 1]; MOST + 1],
}

impl Zone {
    /// Every fault begins within its own bounds.
    pub(super) fn of(bounds: &[(i64, i64)]) -> Zone {
        let far = i64::MAX / 4;
        let mut zone = Zone {
            faults: bounds.len(),
            most: [[far; MOST + 1]; MOST + 1],
        };
        for (at, (first, last)) in bounds.iter().enumerate() {
            zone.most[at + 1][0] = *last;
            zone.most[0][at + 1] = -first;
        }
        for at in 0..=MOST {
            zone.most[at][at] = 0;
        }
        zone.close();
        zone
    }

    /// No more than `most` lies from variable `from` to variable `to`.
    pub(super) fn limit(&mut self, to: usize, from: usize, most: i64) {
        let bound = &mut self.most[to][from];
        *bound = most.min(*bound);
    }

    /// Tightens all bounds to what they mean together.
    pub(super) fn close(&mut self) {
        let all = 0..=self.faults;
        for over in all.clone() {
            for to in all.clone() {
                for from in all.clone() {
                    let both = self.most[to][over] + self.most[over][from];
                    self.limit(to, from, both);
                }
            }
        }
    }

    fn value(point: &[i64], variable: usize) -> i64 {
        variable.checked_sub(1).map_or(0, |at| point[at])
    }

    pub(super) fn contains(&self, point: &[i64]) -> bool {
        let lies =
            |to, from| Zone::value(point, to) - Zone::value(point, from) <= self.most[to][from];
        (0..=self.faults).all(|to| (0..=self.faults).all(|from| lies(to, from)))
    }

    /// The first and the last value of a variable, or of the time from one to another.
    pub(super) fn bounds(&self, to: usize, from: usize) -> (i64, i64) {
        (-self.most[from][to], self.most[to][from])
    }

    /// The last value of the last fault where the others begin as they do in `point`.
    pub(super) fn last(&self, point: &[i64]) -> i64 {
        let last = self.faults;
        let limits = (0..last).map(|from| Zone::value(point, from) + self.most[last][from]);
        limits.min().expect("the start is one")
    }

    /// The first and the last value of a fault where the others begin as they do in `point`.
    pub(super) fn along(&self, point: &[i64], fault: usize) -> (i64, i64) {
        let own = fault + 1;
        let others = || (0..=self.faults).filter(|other| *other != own);
        let most = others().map(|from| Zone::value(point, from) + self.most[own][from]);
        let least = others().map(|to| Zone::value(point, to) - self.most[to][own]);
        (
            least.max().expect("the start is one"),
            most.min().expect("the start is one"),
        )
    }

    /// The part in which no more than `most` lies between two variables.
    pub(super) fn part(&self, to: usize, from: usize, most: i64) -> Zone {
        let mut part = self.clone();
        part.limit(to, from, most);
        part.close();
        part
    }

    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        for (to, from) in self.directions() {
            signed(bytes, self.most[to][from]);
            signed(bytes, self.most[from][to]);
        }
    }

    pub(super) fn decode(faults: usize, body: &mut Body<'_>) -> Option<Zone> {
        let mut zone = Zone::of(&vec![(0, 0); faults]);
        for (to, from) in zone.directions() {
            zone.most[to][from] = read_signed(body)?;
            zone.most[from][to] = read_signed(body)?;
        }
        Some(zone)
    }

    /// The pairs of variables between which there are bounds.
    pub(super) fn directions(&self) -> Vec<(usize, usize)> {
        let pairs = (1..=self.faults).flat_map(|to| (0..to).map(move |from| (to, from)));
        pairs.collect()
    }

    /// Where something that is linear between the bounds is largest and smallest.
    pub(super) fn corners(&self) -> Vec<Point> {
        let (low, high) = self.bounds(1, 0);
        let mut corners: Vec<Point> = Vec::new();
        if self.faults == 1 {
            corners.extend([vec![low], vec![high]]);
        } else {
            let between = self.bounds(2, 1);
            let own = self.bounds(2, 0);
            for first in [low, high] {
                corners.push(vec![first, own.0.max(first + between.0)]);
                corners.push(vec![first, own.1.min(first + between.1)]);
            }
            for second in [own.0, own.1] {
                corners.push(vec![low.max(second - between.1), second]);
                corners.push(vec![high.min(second - between.0), second]);
            }
        }
        corners.sort_unstable();
        corners.dedup();
        corners
    }
}

/// Adds a number that may be negative to a body.
pub(super) fn signed(bytes: &mut Vec<u8>, number: i64) {
    short(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// The same back. No bound of a run is as large as half of all numbers.
pub(super) fn read_signed(body: &mut Body<'_>) -> Option<i64> {
    let bits = body.short()?;
    Some((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_the_ends_of_every_direction() {
        let mut zone = Zone::of(&[(0, 9), (3, 20)]);
        zone.limit(2, 1, 5);
        zone.limit(1, 2, -4);
        zone.close();
        let points = (0..10).flat_map(|x| (0..30).map(move |y| vec![x, y]));
        let inside: Vec<Point> = points.filter(|point| zone.contains(point)).collect();
        let corners = zone.corners();
        assert!(corners.iter().all(|corner| inside.contains(corner)));
        for weights in [(1, 0), (0, 1), (-1, 1), (3, -2), (-1, -1), (2, 1)] {
            let sum = |point: &Point| weights.0 * point[0] + weights.1 * point[1];
            let [all, ends] = [&inside, &corners].map(|points| points.iter().map(sum).max());
            assert_eq!(all, ends, "{weights:?}");
        }
        assert_eq!(zone.last(&[2]), 7);
        assert_eq!(zone.along(&[3, 8], 0), (3, 4));
        assert_eq!(zone.part(2, 0, 6).bounds(1, 0), (0, 2));
    }
}
