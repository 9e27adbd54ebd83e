use crate::units::{Duration, Time};

/// A cumulative volume over time: piecewise linear, whole bytes at its knots, rounded down in
/// between. It never falls.
///
/// Before the first knot it is 0, after the last it stays what it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    knots: Vec<Knot>,
}

/// A knot, and the line from it to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Knot {
    at: Time,
    volume: u64,
    /// The slope, split so that one 64-bit division finds any point: whole bytes a
    /// millisecond, and `rest` / `over` of a byte beside them.
    per_ms: u64,
    rest: u64,
    over: u64,
}

impl Knot {
    fn flat(at: Time, volume: u64) -> Knot {
        Knot {
            at,
            volume,
            per_ms: 0,
            rest: 0,
            over: 1,
        }
    }

    /// Lays the line from here to (`at`, `volume`).
    fn lead_to(&mut self, at: Time, volume: u64) {
        let rise = volume - self.volume;
        let over = millis(at - self.at);
        (self.per_ms, self.rest, self.over) = (rise / over, rise % over, over);
        if over > u64::from(u32::MAX) {
            // rest * elapsed may not fit in 64 bits; in lowest terms it nearly always does.
            let common = gcd(self.rest, over);
            self.rest /= common;
            self.over /= common;
        }
    }

    #[inline]
    fn volume_at(&self, t: Time) -> u64 {
        let elapsed = millis(t - self.at);
        let rest = match self.rest.checked_mul(elapsed) {
            Some(parts) => parts / self.over,
            None => wide_share(self.rest, elapsed, self.over),
        };
        self.volume + self.per_ms * elapsed + rest
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
    /// A curve that is 0 until `at`.
    pub(super) fn starting(at: Time) -> Curve {
        Curve {
            knots: vec![Knot::flat(at, 0)],
        }
    }

    /// Leads the curve on to `volume` bytes at `at`: later than, and no less than at, the
    /// last knot.
    pub(super) fn lead_to(&mut self, at: Time, volume: u64) {
        let last = self.knots.len() - 1;
        self.knots[last].lead_to(at, volume);
        self.knots.push(Knot::flat(at, volume));
    }

    /// The bytes up to and at t.
    #[inline]
    pub fn at(&self, t: Time) -> u64 {
        match self.knots.partition_point(|knot| knot.at <= t) {
            0 => 0,
            all if all == self.knots.len() => self.knots[all - 1].volume,
            later => self.knots[later - 1].volume_at(t),
        }
    }

    /// The first millisecond at which at least `volume` bytes have come; `None` if they
    /// never do.
    pub fn first_with(&self, volume: u64) -> Option<Time> {
        let later = self.knots.partition_point(|knot| knot.volume < volume);
        let reached = self.knots.get(later)?;
        if later == 0 {
            return Some(reached.at);
        }
        // On the line that ends in `reached`: rise * elapsed / span >= missing.
        let before = &self.knots[later - 1];
        let rise = u128::from(reached.volume - before.volume);
        let span = u128::from(millis(reached.at - before.at));
        let missing = u128::from(volume - before.volume);
        let elapsed = (missing * span).div_ceil(rise);
        let elapsed = i64::try_from(elapsed).expect("no longer than the line");
        Some(before.at + Duration::from_millis(elapsed))
    }

    /// Where the slope may change, in order.
    pub fn knots(&self) -> impl Iterator<Item = Time> + '_ {
        self.knots.iter().map(|knot| knot.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    #[test]
    fn outside_its_knots_a_curve_is_flat() {
        let mut curve = Curve::starting(at(-10));
        curve.lead_to(at(10), 5);
        assert_eq!(curve.at(at(i64::MIN / 2)), 0);
        assert_eq!(curve.at(at(-10)), 0);
        assert_eq!(curve.at(at(10)), 5);
        assert_eq!(curve.at(at(11)), 5);
        assert_eq!(curve.at(Time::NEVER), 5);
    }

    #[test]
    fn between_knots_it_is_rounded_down() {
        let mut curve = Curve::starting(at(0));
        curve.lead_to(at(4), 10);
        let found: Vec<u64> = (0..=4).map(|ms| curve.at(at(ms))).collect();
        assert_eq!(found, [0, 2, 5, 7, 10]);
    }

    #[test]
    fn ten_years_of_an_odd_rate_are_exact() {
        // Both numbers are prime, so the slope has no lower terms.
        let (span, total) = (315_360_000_017_i64, 4_611_686_018_427_387_847_u64);
        let mut curve = Curve::starting(at(0));
        curve.lead_to(at(span), total);
        for ms in [0, 1, 2, span / 3, span / 2, span - 1, span] {
            let exact = u128::from(total) * u128::try_from(ms).expect("positive")
                / u128::try_from(span).expect("positive");
            assert_eq!(u128::from(curve.at(at(ms))), exact, "at {ms} ms");
        }
    }

    fn curves() -> impl Strategy<Value = Curve> {
        let steps = proptest::collection::vec((1_i64..10_000_000_000, 0_u64..1_000_000_000), 1..8);
        (-1_000_000_i64..1_000_000, steps).prop_map(|(start, steps)| {
            let (mut t, mut volume) = (start, 0);
            let mut curve = Curve::starting(at(start));
            for (ms, bytes) in steps {
                t += ms;
                volume += bytes;
                curve.lead_to(at(t), volume);
            }
            curve
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
