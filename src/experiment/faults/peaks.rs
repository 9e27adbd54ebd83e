//! Where in a class most and least arrives while it can be lost: there volumes may be worse than at
//! its corners.

use super::zone::{Point, Zone};
use crate::intake::Intake;
use crate::units::Time;

/// A second, in milliseconds.
const SECOND: i64 = 1_000;

/// What arrives at all workspaces of a replication.
pub(super) struct Arrivals(Vec<Intake>);

/// A time in which bytes are lost or wait, in milliseconds; and whether its ends move with the
/// fault that is moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: (i64, bool),
    pub(super) until: (i64, bool),
}

impl Arrivals {
    /// `None` where the rate at each workspace is the same throughout a run, which begins at 0.
    pub(super) fn of(intakes: Vec<Intake>, end: Time) -> Option<Arrivals> {
        let changes = |intake: &Intake| {
            let mut knots = intake.knots();
            knots.any(|(at, _)| Time::START < at && at < end)
        };
        intakes.iter().any(changes).then_some(Arrivals(intakes))
    }

    /// The points of a zone at which most and least arrives in the windows, if `fault` alone is moved
    /// from `point`. In between, what arrives is linear in its instant.
    pub(super) fn extremes(
        &self,
        (zone, point): (&Zone, &[i64]),
        fault: usize,
        windows: &[Window],
    ) -> Vec<Point> {
        let (first, last) = zone.along(point, fault);
        let (first, last) = (first - point[fault], last - point[fault]);
        let mut shifts = vec![first, last];
        for end in windows
            .iter()
            .flat_map(|window| [window.from, window.until])
        {
            let (at, true) = end else {
                continue;
            };
            for (knot, _) in self.0.iter().flat_map(Intake::knots) {
                let shift = (knot.millis() - at).div_euclid(SECOND);
                shifts.extend(
                    [shift, shift + 1]
                        .iter()
                        .filter(|s| (first..=last).contains(s)),
                );
            }
        }
        shifts.sort_unstable();
        shifts.dedup();
        let arrives = |shift: &&i64| -> i128 {
            let at = |(at, moves): (i64, bool)| {
                let at = Time::from_millis(if moves { at + **shift * SECOND } else { at });
                let volumes = self
                    .0
                    .iter()
                    .map(|intake| i128::from(intake.accepted_at(at)));
                volumes.sum::<i128>()
            };
            windows
                .iter()
                .map(|window| at(window.until) - at(window.from))
                .sum()
        };
        let most = shifts.iter().max_by_key(arrives);
        let least = shifts.iter().min_by_key(arrives);
        let moved = most.into_iter().chain(least).map(|shift| {
            let mut moved = point.to_vec();
            moved[fault] += shift;
            moved
        });
        moved.collect()
    }
}
