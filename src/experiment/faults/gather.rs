//! Puts the classes of one sequence together.

use super::explore::Class;
use super::found::{Covered, Cut, Found, Part};
use super::world::{Task, World};
use crate::experiment::judge::Outcome;
use crate::units::Duration;

/// Adds what became of some sets of faults, in each replication, to what was found.
pub(super) fn gather(world: &World<'_>, sets: &[Vec<usize>], tasks: &[Task], found: &mut Found) {
    let mut covered = Covered {
        sets: sets.len() as u64,
        spacing: world.spacing(found.covered.len() + 1),
        ..Covered::default()
    };
    for (number, task) in tasks.iter().enumerate() {
        covered.points += task.points;
        covered.classes += task.classes;
        covered.replays += task.replays;
        let (replication, faults) = (number / sets.len(), &sets[number % sets.len()]);
        let together = task.found.iter().map(|class| (&faults[..], class));
        let alone = task.alone.iter();
        let alone = alone.map(|(fault, class)| (&faults[*fault..=*fault], class));
        for (faults, class) in together.chain(alone) {
            let cut = cut(world, replication as u64, faults, class);
            let all = match class.verdict.outcome {
                Outcome::Failed => &mut found.cuts,
                _ => &mut found.undecided,
            };
            match all
                .iter_mut()
                .find(|before| before.faults() == cut.faults())
            {
                None => all.push(cut),
                Some(before) => join(before, cut),
            }
        }
    }
    found.covered.push(covered);
    for all in [&mut found.cuts, &mut found.undecided] {
        all.sort_by_key(|cut| (cut.parts.len(), cut.faults()));
    }
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
            place: world.place(replication, *fault, class.worst[at]),
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
