use std::sync::Arc;

use super::Knots;
use crate::units::{Duration, Time};

/// A cumulative volume over time: piecewise linear, whole bytes at its knots, rounded down in
/// between. It never falls.
///
/// Before the first knot it is 0, after the last it stays what it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    knots: Arc<Knots>,
    /// What has come by each knot.
    volumes: Arc<Vec<u64>>,
    /// The line from each knot but the last to the next, where they are few. Of many only some
    /// are ever read: they are computed then.
    lines: Vec<Line>,
}

/// Up to so many knots the lines between them are computed at once.
const FEW: usize = 64;

/// A slope, split so that one 64-bit division finds any point: whole bytes a millisecond, and
/// `rest` / `over` of a byte beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    per_ms: u64,
    rest: u64,
    over: u64,
}

impl Line {
    /// The line that rises by so much in a span.
    #[inline]
    fn of(rise: u64, span: Duration) -> Line {
        let over = millis(span);
        Line {
            per_ms: rise / over,
            rest: rise % over,
            over,
        }
    }

    /// The same slope in lower terms, where a long line needs them: `rest` * elapsed may not fit
    /// in 64 bits, and then nearly always does.
    fn reduced(mut self) -> Line {
        if self.over > u64::from(u32::MAX) {
            let common = gcd(self.rest, self.over);
            self.rest /= common;
            self.over /= common;
        }
        self
    }

    /// How much it has risen after some time.
    #[inline]
    fn after(&self, elapsed: Duration) -> u64 {
        let elapsed = millis(elapsed);
        let rest = match self.rest.checked_mul(elapsed) {
            Some(parts) => parts / self.over,
            None => wide_share(self.rest, elapsed, self.over),
        };
        self.per_ms * elapsed + rest
    }
}

#[cold]
fn wide_share(rest: u64, elapsed: u64, over: u64) -> u64 {
    let share = u128::from(rest) * u128::from(elapsed) / u128::from(over);
    u64::try_from(share).expect("a share of a rise is no more than the rise")
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.millis()).expect("knots are in order")
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Curve {
    /// The curve that has come to one of `volumes` at each of the `knots`. They never fall, and
    /// there are as many.
    pub(super) fn new(knots: Arc<Knots>, volumes: Vec<u64>) -> Curve {
        assert_eq!(knots.len(), volumes.len(), "a volume for each knot");
        let few = if knots.len() <= FEW { knots.len() } else { 0 };
        let lines = (1..few)
            .map(|to| Line::of(volumes[to] - volumes[to - 1], knots[to] - knots[to - 1]).reduced());
        Curve {
            lines: lines.collect(),
            knots,
            volumes: Arc::new(volumes),
        }
    }

    /// The bytes up to and at t.
    #[inline]
    pub fn at(&self, t: Time) -> u64 {
        match self.knots.up_to(t) {
            0 => 0,
            all if all == self.knots.len() => self.volumes[all - 1],
            later => {
                let from = later - 1;
                let elapsed = t - self.knots[from];
                if elapsed == Duration::ZERO {
                    return self.volumes[from];
                }
                let line = self.lines.get(from).copied();
                self.volumes[from] + line.unwrap_or_else(|| self.line(from)).after(elapsed)
            }
        }
    }

    /// The line from a knot to the next.
    fn line(&self, from: usize) -> Line {
        let rise = self.volumes[from + 1] - self.volumes[from];
        Line::of(rise, self.knots[from + 1] - self.knots[from])
    }

    /// The first millisecond at which at least `volume` bytes have come; `None` if they
    /// never do.
    pub fn first_with(&self, volume: u64) -> Option<Time> {
        let later = self.volumes.partition_point(|&come| come < volume);
        let reached = *self.volumes.get(later)?;
        let Some(before) = later.checked_sub(1) else {
            return Some(self.knots[later]);
        };
        // On the line that ends there: rise * elapsed / span >= missing.
        let rise = u128::from(reached - self.volumes[before]);
        let span = u128::from(millis(self.knots[later] - self.knots[before]));
        let missing = u128::from(volume - self.volumes[before]);
        let elapsed = (missing * span).div_ceil(rise);
        let elapsed = i64::try_from(elapsed).expect("no longer than the line");
        Some(self.knots[before] + Duration::from_millis(elapsed))
    }

    /// Where the slope may change, in order.
    pub fn knots(&self) -> &Arc<Knots> {
        &self.knots
    }

    /// What has come by each knot.
    pub fn volumes(&self) -> &Arc<Vec<u64>> {
        &self.volumes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    fn curve(points: &[(i64, u64)]) -> Curve {
        let knots = Knots::of(points.iter().map(|point| at(point.0)).collect());
        Curve::new(
            Arc::new(knots),
            points.iter().map(|point| point.1).collect(),
        )
    }

    #[test]
    fn outside_its_knots_a_curve_is_flat() {
        let curve = curve(&[(-10, 0), (10, 5)]);
        assert_eq!(curve.at(at(i64::MIN / 2)), 0);
        assert_eq!(curve.at(at(-10)), 0);
        assert_eq!(curve.at(at(10)), 5);
        assert_eq!(curve.at(at(11)), 5);
        assert_eq!(curve.at(Time::NEVER), 5);
    }

    #[test]
    fn between_knots_it_is_rounded_down() {
        let curve = curve(&[(0, 0), (4, 10)]);
        let found: Vec<u64> = (0..=4).map(|ms| curve.at(at(ms))).collect();
        assert_eq!(found, [0, 2, 5, 7, 10]);
    }

    #[test]
    fn ten_years_of_an_odd_rate_are_exact() {
        // Both numbers are prime, so the slope has no lower terms.
        let (span, total) = (315_360_000_017_i64, 4_611_686_018_427_387_847_u64);
        let curve = curve(&[(0, 0), (span, total)]);
        for ms in [0, 1, 2, span / 3, span / 2, span - 1, span] {
            let exact = u128::from(total) * u128::try_from(ms).expect("positive")
                / u128::try_from(span).expect("positive");
            assert_eq!(u128::from(curve.at(at(ms))), exact, "at {ms} ms");
        }
    }

    fn curves() -> impl Strategy<Value = Curve> {
        let steps = proptest::collection::vec((1_i64..10_000_000_000, 0_u64..1_000_000_000), 1..80);
        (-1_000_000_i64..1_000_000, steps).prop_map(|(start, steps)| {
            let mut points = vec![(start, 0)];
            for (ms, bytes) in steps {
                let (t, volume) = points[points.len() - 1];
                points.push((t + ms, volume + bytes));
            }
            curve(&points)
        })
    }

    proptest! {
        #[test]
        fn a_curve_never_falls(curve in curves(), mut times in proptest::collection::vec(-2_000_000_i64..80_000_000_000, 2..50)) {
            times.sort_unstable();
            for pair in times.windows(2) {
                prop_assert!(curve.at(at(pair[0])) <= curve.at(at(pair[1])));
            }
        }

        #[test]
        fn first_with_is_the_first(curve in curves(), share in 0.0..1.1_f64) {
            let total = curve.at(Time::NEVER);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let wanted = (total as f64 * share) as u64;
            match curve.first_with(wanted) {
                None => prop_assert!(wanted > total),
                Some(t) => {
                    prop_assert!(curve.at(t) >= wanted);
                    prop_assert!(wanted == 0 || curve.at(t - Duration::MILLISECOND) < wanted);
                }
            }
        }
    }
}
