//! Puts the classes of one sequence together.

use std::collections::BTreeMap;

use super::explore::Class;
use super::found::{Covered, Cut, Found, Part};
use super::world::{Task, World};
use crate::experiment::judge::Outcome;
use crate::units::Duration;

/// Adds what became of some sets of faults, in each replication, to what was found.
pub(super) fn gather(world: &World<'_>, sets: &[Vec<usize>], tasks: &[Task], found: &mut Found) {
    let mut covered = Covered {
        sets: sets.len() as u64,
        ..Covered::default()
    };
    let mut failed = BTreeMap::new();
    let mut undecided = BTreeMap::new();
    for (number, task) in tasks.iter().enumerate() {
        covered.points += task.points;
        covered.classes += task.classes;
        covered.replays += task.replays;
        let (replication, faults) = (number / sets.len(), &sets[number % sets.len()]);
        for class in &task.found {
            let cut = cut(world, replication as u64, faults, class);
            let order: Vec<usize> = cut.parts.iter().map(|part| part.fault).collect();
            let all = match class.verdict.outcome {
                Outcome::Failed => &mut failed,
                _ => &mut undecided,
            };
            match all.get_mut(&order) {
                None => drop(all.insert(order, cut)),
                Some(before) => join(before, cut),
            }
        }
    }
    found.covered.push(covered);
    found.cuts.extend(failed.into_values());
    found.undecided.extend(undecided.into_values());
}

fn seconds(count: i64) -> Duration {
    Duration::from_millis(count * Duration::SECOND.millis())
}

/// A class as a sequence in the order of time.
fn cut(world: &World<'_>, replication: u64, faults: &[usize], class: &Class) -> Cut {
    let part = |(at, fault): (usize, &usize)| {
        let (first, last) = class.zone.bounds(at + 1, 0);
        Part {
            fault: *fault,
            place: world.place(replication, class.worst[at]),
            within: (seconds(first), seconds(last)),
        }
    };
    let mut parts: Vec<Part> = faults.iter().enumerate().map(part).collect();
    let swapped = matches!(class.worst[..], [first, second] if second < first);
    let (mut least, mut most) = match parts.len() {
        1 => (0, 0),
        _ => class.zone.bounds(2, 1),
    };
    if swapped {
        parts.reverse();
        (least, most) = (-most, -least);
    }
    Cut {
        parts,
        replication,
        verdict: class.verdict,
        classes: 1,
        points: class.points,
        apart: (seconds(least.max(0)), seconds(most.max(0))),
    }
}

/// Takes the same sequence at other instants in.
fn join(before: &mut Cut, cut: Cut) {
    let (classes, points) = (before.classes + cut.classes, before.points + cut.points);
    let hull = |a: (Duration, Duration), b: (Duration, Duration)| (a.0.min(b.0), a.1.max(b.1));
    let apart = hull(before.apart, cut.apart);
    let both = before.parts.iter().zip(&cut.parts);
    let within: Vec<_> = both.map(|(a, b)| hull(a.within, b.within)).collect();
    if cut.verdict.badness(&before.verdict).is_gt() {
        *before = cut;
    }
    for (part, within) in before.parts.iter_mut().zip(within) {
        part.within = within;
    }
    before.classes = classes;
    before.points = points;
    before.apart = apart;
}
