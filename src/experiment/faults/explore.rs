//! Finds every class of instants at which faults can begin, and what each leads to.
//!
//! From one point the order of everything that happens there says how far each fault can be moved
//! until two things meet: that is the class of the point. The run is gone through second by
//! second; where a point lies in no class that is known, its class is found.

use super::grid::Seconds;
use super::peaks::{Arrivals, Window};
use super::trace::{COMMON, Instant, Trace};
use super::verdict::Verdict;
use super::zone::{Point, Zone};
use crate::error::Error;

/// What was seen of a point.
pub(super) struct Seen {
    pub(super) trace: Trace,
    /// `None`: nobody asked.
    pub(super) verdict: Option<Verdict>,
}

/// Lets the faults happen at a point; `true`: and says what that leads to.
pub(super) type Look<'a> = &'a dyn Fn(&[i64], bool) -> Result<Seen, Error>;

/// A class of points, or the part of one that leads to the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    pub(super) zone: Zone,
    /// The corner at which it is worst, and what it leads to there.
    pub(super) worst: Point,
    pub(super) verdict: Verdict,
    /// How many points were found in it.
    pub(super) points: u64,
}

/// How instants move with a fault: a fault that begins `seconds` later moves what it leads to by as
/// much, but for up to `slack` ms where accounts do not poll at all of these seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) seconds: i64,
    pub(super) slack: i64,
}

impl Step {
    /// Whether a class has one order throughout.
    pub(super) fn is_exact(self) -> bool {
        self.slack == 0
    }
}

/// Where the faults of a sequence may begin, and how their classes are found.
pub(super) struct Search<'a> {
    /// When each fault may begin.
    pub(super) seconds: &'a [Seconds],
    /// How instants move with a fault.
    pub(super) step: Step,
    pub(super) look: Look<'a>,
    /// What arrives, where that changes by itself and matters.
    pub(super) arrivals: Option<&'a Arrivals>,
    /// Is told how many of the seconds of the first fault are done.
    pub(super) advance: &'a dyn Fn(u64) -> Result<(), Error>,
}

/// In so many classes of the row before that were not met yet a point is looked for first.
const AHEAD: usize = 4;
/// After so many seconds of the first fault classes that lie behind are forgotten.
const PASSED: usize = 64;

/// The classes that were met.
#[derive(Default)]
struct Met {
    classes: Vec<Class>,
    /// Those that do not lie behind.
    ahead: Vec<usize>,
}

impl Met {
    fn add(&mut self, class: Class) -> usize {
        let number = self.classes.len();
        self.classes.push(class);
        self.ahead.push(number);
        number
    }

    /// Forgets what lies before a second of the first fault.
    fn forget_before(&mut self, second: i64) {
        let classes = &self.classes;
        self.ahead
            .retain(|class| classes[*class].zone.bounds(1, 0).1 >= second);
    }
}

impl Search<'_> {
    /// Every class, in the order in which it is met.
    pub(super) fn classes(&self) -> Result<Vec<Class>, Error> {
        let mut met = Met::default();
        match self.seconds {
            [only] => {
                for bounds in &only.within {
                    self.row((&[], 1), &[*bounds], &mut met, &mut Vec::new())?;
                    (self.advance)((bounds.1 - bounds.0 + 1).cast_unsigned())?;
                }
            }
            [first, second] => {
                for own in &first.within {
                    // What was met along the row before is likely met again, in the same order.
                    let mut rows = vec![Vec::new(); second.within.len()];
                    for (number, at, seconds) in first.tried(*own) {
                        if number % PASSED == 0 {
                            met.forget_before(at);
                        }
                        for (bounds, row) in second.within.iter().zip(&mut rows) {
                            self.row((&[at], seconds), &[*own, *bounds], &mut met, row)?;
                        }
                        (self.advance)(seconds)?;
                    }
                }
            }
            _ => unreachable!("a sequence has one or two faults"),
        }
        Ok(met.classes)
    }

    /// Goes along the last fault, all of them being `within` their bounds; `before` are the seconds
    /// of the others, and how many points each second of the last one stands for.
    fn row(
        &self,
        (before, points): (&[i64], u64),
        within: &[(i64, i64)],
        met: &mut Met,
        row: &mut Vec<usize>,
    ) -> Result<(), Error> {
        let last_row = std::mem::take(row);
        let mut likely = 0;
        let (grid, bounds) = (&self.seconds[before.len()].grid, within[before.len()]);
        let mut at = bounds.0;
        while at <= bounds.1 {
            let point = [before, &[at]].concat();
            let holds = |class: &usize| met.classes[*class].zone.contains(&point);
            let ahead = last_row.iter().skip(likely).take(AHEAD).position(holds);
            let class = match ahead {
                Some(more) => {
                    likely += more;
                    last_row[likely]
                }
                None => match met.ahead.iter().copied().rfind(|class| holds(class)) {
                    Some(class) => class,
                    None => met.add(self.class(&point, Zone::of(within))?),
                },
            };
            let next = grid.next(met.classes[class].zone.last(&point) + 1);
            let next = next.min(bounds.1 + 1);
            met.classes[class].points += next.abs_diff(at) * points;
            at = next;
            row.push(class);
        }
        Ok(())
    }

    /// The class of a point, as far as it lies in a zone.
    fn class(&self, point: &[i64], mut zone: Zone) -> Result<Class, Error> {
        let here = (self.look)(point, true)?;
        let moved = self.moved(point)?;
        let verdict = here.verdict.expect("it was asked for");
        let order = Order {
            point,
            trace: &here.trace,
            moved: &moved,
            step: self.step,
        };
        order.narrow(&mut zone);
        // What is known of corners, which parts of the zone keep.
        let mut known = vec![(point.to_vec(), true, verdict)];
        loop {
            let mut corners = zone.corners();
            if let Some(arrivals) = self.arrivals {
                for fault in 0..point.len() {
                    let windows = order.windows(fault);
                    corners.extend(arrivals.extremes((&zone, point), fault, &windows));
                }
            }
            for corner in corners {
                if known.iter().all(|(seen, ..)| *seen != corner) {
                    let seen = (self.look)(&corner, true)?;
                    let verdict = seen.verdict.expect("it was asked for");
                    known.push((corner, seen.trace.order == here.trace.order, verdict));
                }
            }
            let inside = known.iter().filter(|(seen, ..)| zone.contains(seen));
            // Where polls fall otherwise the order does, too; what matters is what it leads to.
            let same = |(_, order, other): &(Point, bool, Verdict)| {
                (*order || !self.step.is_exact()) && other.outcome == verdict.outcome
            };
            let (alike, others): (Vec<_>, Vec<_>) = inside.partition(|seen| same(seen));
            let Some(other) = others.first() else {
                let worst = alike.into_iter().max_by(|a, b| a.2.badness(&b.2));
                let (worst, _, verdict) = worst.expect("the point is one");
                return Ok(Class {
                    zone,
                    worst: worst.clone(),
                    verdict: *verdict,
                    points: 0,
                });
            };
            let points = |of: &[&(Point, bool, Verdict)]| -> Vec<Point> {
                of.iter().map(|(seen, ..)| seen.clone()).collect()
            };
            zone = cut(&zone, point, &points(&alike), &points(&others), &other.0);
        }
    }

    /// What happens if one fault after the other begins a step later.
    fn moved(&self, point: &[i64]) -> Result<Vec<Trace>, Error> {
        let later = |fault: usize| {
            let mut later = point.to_vec();
            later[fault] += self.step.seconds;
            Ok((self.look)(&later, false)?.trace)
        };
        (0..point.len()).map(later).collect()
    }
}

/// The part of a zone with `point` and without some of the `others`, which lead to something else
/// than those `alike` do.
fn cut(zone: &Zone, point: &[i64], alike: &[Point], others: &[Point], other: &[i64]) -> Zone {
    let along = |(to, from): (usize, usize), at: &[i64]| {
        let value = |variable: usize| variable.checked_sub(1).map_or(0, |fault| at[fault]);
        value(to) - value(from)
    };
    let directions = zone.directions();
    let both = directions.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]);
    // A direction in which all others lie farther than all that are alike: the border is between.
    for (to, from) in both {
        let farthest = alike.iter().map(|at| along((to, from), at)).max();
        let nearest = others.iter().map(|at| along((to, from), at)).min();
        if let (Some(farthest), Some(nearest)) = (farthest, nearest)
            && farthest < nearest
        {
            return zone.part(to, from, farthest + (nearest - farthest - 1) / 2);
        }
    }
    // Else halfway to one of them, in the direction in which it is farthest.
    let far =
        |direction: &&(usize, usize)| (along(**direction, other) - along(**direction, point)).abs();
    let (mut to, mut from) = *directions.iter().max_by_key(far).expect("there is one");
    if along((to, from), other) < along((to, from), point) {
        (to, from) = (from, to);
    }
    let (own, its) = (along((to, from), point), along((to, from), other));
    zone.part(to, from, own + (its - own - 1) / 2)
}

/// The order at a point, and what moves with which fault.
struct Order<'a> {
    point: &'a [i64],
    trace: &'a Trace,
    /// The same with one fault after the other a step later.
    moved: &'a [Trace],
    step: Step,
}

/// A second, in milliseconds.
const SECOND: i64 = 1_000;

/// With what an instant moves.
struct Moves {
    /// Variables with which it does, or may; 0 stands for none. Where a step leads into another
    /// class and polls may fall otherwise, it is taken to move with the fault that began last.
    with: Vec<usize>,
    /// Whether that is known.
    certain: bool,
}

impl Order<'_> {
    /// Bounds a zone by where the order of two instants changes.
    fn narrow(&self, zone: &mut Zone) {
        let point = self.point;
        let instants = self.trace.instants.iter();
        let mut all: Vec<(&Instant, Moves)> = instants
            .map(|instant| (instant, self.moves(*instant)))
            .collect();
        all.sort_unstable_by_key(|(instant, _)| *instant);
        all.sort_by_key(|(instant, _)| instant.at);
        for (number, (earlier, a)) in all.iter().enumerate() {
            if a.certain {
                // Two things that are one here part at once if they move with different faults.
                a.pairs(a, zone, point, 0);
            }
            for (later, b) in &all[number + 1..] {
                if earlier.lane != later.lane && earlier.lane != COMMON && later.lane != COMMON {
                    continue;
                }
                let gap = later.at - earlier.at;
                let certain = self.step.is_exact() || a.certain && b.certain;
                if gap == 0 && !certain {
                    // What is together here need not stay so where it is not known what moves.
                    continue;
                }
                a.pairs(b, zone, point, gap);
            }
        }
        zone.close();
    }

    /// When bytes are lost or wait, as it moves with a fault.
    fn windows(&self, fault: usize) -> Vec<Window> {
        let end = |instant: Instant| {
            let moves = self.moves(instant);
            (instant.at, moves.certain && moves.with == [fault + 1])
        };
        let losses = self.trace.losses().into_iter();
        let windows = losses.map(|(from, until)| Window {
            from: end(from),
            until: end(until),
        });
        windows
            .filter(|window| window.from.1 || window.until.1)
            .collect()
    }

    fn moves(&self, instant: Instant) -> Moves {
        let later = Instant {
            at: instant.at + self.step.seconds * SECOND,
            ..instant
        };
        let stays = |fault: &Trace| fault.has(instant, 0);
        let mut with = Vec::new();
        if self.moved.iter().all(stays) {
            with.push(0);
        }
        for (at, own) in self.moved.iter().enumerate() {
            let mut others = self.moved.iter().enumerate();
            if own.has(later, self.step.slack)
                && others.all(|(other, trace)| other == at || stays(trace))
            {
                with.push(at + 1);
            }
        }
        let certain = !with.is_empty();
        if !certain && self.step.is_exact() {
            with = (0..=self.moved.len()).collect();
        } else if !certain {
            with = vec![self.latest(instant.at)];
        }
        Moves { with, certain }
    }
}

impl Order<'_> {
    /// The fault that began last before an instant; 0 if none did.
    fn latest(&self, at: i64) -> usize {
        let begun = self.point.iter().enumerate();
        let begun = begun.filter(|(_, second)| *second * SECOND <= at);
        begun
            .max_by_key(|(_, second)| **second)
            .map_or(0, |(fault, _)| fault + 1)
    }
}

impl Moves {
    /// Keeps what moves so before what moves as `later` does, `gap` ms after it.
    fn pairs(&self, later: &Moves, zone: &mut Zone, point: &[i64], gap: i64) {
        for &a in &self.with {
            for &b in later.with.iter().filter(|b| **b != a) {
                keep_apart(point, zone, (a, b), gap);
            }
        }
    }
}

/// Bounds a zone so that what moves with `a` stays before what moves with `b`, or at the same
/// instant if there is no gap.
fn keep_apart(point: &[i64], zone: &mut Zone, (a, b): (usize, usize), gap: i64) {
    let value = |variable: usize| variable.checked_sub(1).map_or(0, |fault| point[fault]);
    let apart = value(a) - value(b);
    if gap == 0 {
        zone.limit(a, b, apart);
        zone.limit(b, a, -apart);
    } else {
        // Whole seconds that are less than the gap.
        zone.limit(a, b, apart + (gap - 1) / SECOND);
    }
}
