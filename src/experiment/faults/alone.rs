//! Whether a fault of a pair breaks the promise alone where its own class was taken not to, for that
//! is known at the corners of a class only.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::explore::{Class, Seen};
use super::verdict::Verdict;
use super::zone::Zone;
use crate::error::Error;
use crate::experiment::judge::Outcome;

/// Lets some faults happen, each at its second; `true`: and says what that leads to.
type Look<'a> = &'a dyn Fn(&[usize], &[i64], bool) -> Result<Seen, Error>;

/// What the faults of a pair lead to alone.
pub(super) struct Alone<'a> {
    look: Look<'a>,
    faults: &'a [usize],
    /// By the number of a fault in the pair, and its second.
    known: RefCell<BTreeMap<(usize, i64), Verdict>>,
}

impl<'a> Alone<'a> {
    pub(super) fn new(look: Look<'a>, faults: &'a [usize]) -> Alone<'a> {
        Alone {
            look,
            faults,
            known: RefCell::default(),
        }
    }

    /// What was seen of a pair: where one of it breaks the promise alone, the pair is no minimal
    /// sequence, whatever it leads to.
    pub(super) fn without(&self, mut seen: Seen, point: &[i64]) -> Result<Seen, Error> {
        let Some(verdict) = &mut seen.verdict else {
            return Ok(seen);
        };
        if verdict.outcome == Outcome::Passed {
            return Ok(seen);
        }
        for (fault, second) in point.iter().enumerate() {
            if self.verdict(fault, *second)?.outcome == Outcome::Failed {
                verdict.outcome = Outcome::Passed;
            }
        }
        Ok(seen)
    }

    fn verdict(&self, fault: usize, second: i64) -> Result<Verdict, Error> {
        if let Some(known) = self.known.borrow().get(&(fault, second)) {
            return Ok(*known);
        }
        let seen = (self.look)(&self.faults[fault..=fault], &[second], true)?;
        let verdict = seen.verdict.expect("it was asked for");
        self.known.borrow_mut().insert((fault, second), verdict);
        Ok(verdict)
    }

    /// Those that break the promise alone, each at one second.
    pub(super) fn failures(&self) -> Vec<(usize, Class)> {
        let known = self.known.borrow();
        let failed = known
            .iter()
            .filter(|(_, verdict)| verdict.outcome == Outcome::Failed);
        let class = |(&(fault, second), &verdict): (&(usize, i64), &Verdict)| {
            let class = Class {
                zone: Zone::of(&[(second, second)]),
                worst: vec![second],
                verdict,
                points: 1,
            };
            (fault, class)
        };
        failed.map(class).collect()
    }
}
