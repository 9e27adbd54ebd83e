//! Which polls need not be executed, and what those that were skipped amount to.
//!
//! A poll that cannot change anything is not an event. [`Progress::next_that_matters`] finds the
//! next one that can, and [`Progress::absorb`] brings an account up to date for the ones in
//! between. Executing a poll that changes nothing is harmless, so the search may stop anywhere;
//! skipping one that does is a bug, which `--every-poll` would show.

use std::ops::Range;

use super::history::Answers;
use super::polling::{Answer, PollSchedule};
use super::storage_account::State;
use crate::units::{Duration, Time};

/// A search stops after this many polls that it drew one by one, and goes on from there.
const SEARCH: i64 = 4_096;

/// A search compares with the clock once in this many polls.
const STRIDE: i64 = 64;

/// How far a storage account is in its polls, and what the last ones were answered.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) schedule: PollSchedule,
    /// Number of the first poll that was neither executed nor found to change nothing.
    next: i64,
    /// Number of the first poll that is answered as polls are now.
    answered_so_from: i64,
    last_granted: Time,
    /// A poll after the last granted one was not answered.
    missed: bool,
}

impl Progress {
    /// The polls before the start were granted.
    pub(super) fn at_start(schedule: PollSchedule) -> Progress {
        let next = schedule.first();
        Progress {
            schedule,
            next,
            answered_so_from: next,
            last_granted: schedule.time(next - 1),
            missed: false,
        }
    }

    #[inline]
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    #[inline]
    pub(super) fn last_granted(&self) -> Time {
        self.last_granted
    }

    /// Whether a poll after the last granted one was not answered.
    pub(super) fn missed(&self) -> bool {
        self.missed
    }

    /// The cluster came or went: what was not answered before no longer matters.
    pub(super) fn forget_missed(&mut self) {
        self.missed = false;
    }

    /// The key was unwrapped by something else than a poll.
    pub(super) fn grant(&mut self, now: Time) {
        self.last_granted = now;
    }

    /// From the next poll on polls are answered otherwise.
    pub(super) fn answers_changed(&mut self) {
        self.answered_so_from = self.next;
    }

    /// Poll `k` takes place now.
    #[inline]
    pub(super) fn execute(&mut self, k: i64, now: Time, answer: Answer) {
        self.next = k + 1;
        match answer {
            Answer::Granted => {
                self.last_granted = now;
                self.missed = false;
            }
            Answer::Unreachable => self.missed = true,
            Answer::Denied => {}
        }
    }

    /// How many polls a search may draw: a quarter of those that the account has lived through
    /// since the answers changed last. What is drawn for a time whose answers change meanwhile is
    /// drawn in vain, and so that is little beside what came before. Where the answers have just
    /// changed the next poll is executed without a search.
    #[inline]
    pub(super) fn window(&self) -> i64 {
        ((self.next - self.answered_so_from) / 4).min(SEARCH)
    }

    /// The number of the first poll from now on that can change an account in this state, if the
    /// answers stay as they are until then; or of the one behind the window. `tolerance` is that
    /// of the outage in force, `None` where there is no limit.
    pub(super) fn next_that_matters(
        &self,
        state: State,
        answers: Answers,
        tolerance: Option<Duration>,
        end: Time,
    ) -> Option<i64> {
        if let Some(answer) = answers.certain() {
            return matters(state, answer, tolerance).then_some(self.next);
        }
        match (state, tolerance) {
            (State::Serving { expires: None }, Some(tolerance)) => {
                self.search_serving(answers, tolerance, end)
            }
            // Beyond its own instant the state is another.
            _ => self.search(state, answers, state.due().unwrap_or(end).min(end)),
        }
    }

    fn within_window(&self) -> Range<i64> {
        self.next..self.next + self.window()
    }

    /// Draws polls up to `last`, where those that are not answered change nothing.
    fn search(&self, state: State, answers: Answers, last: Time) -> Option<i64> {
        let schedule = &self.schedule;
        let polls = self.within_window();
        for k in polls.clone() {
            if matters(state, answers.to(schedule.uniform_draw(k)), None) {
                return (schedule.time(k) <= last).then_some(k);
            }
            if k % STRIDE == 0 && schedule.time(k) > last {
                return None;
            }
        }
        Some(polls.end)
    }

    /// Draws the polls of an account in order, until one is denied, or until one is not answered
    /// and neither are those that follow while the cached key lasts.
    fn search_serving(&self, answers: Answers, tolerance: Duration, end: Time) -> Option<i64> {
        let schedule = &self.schedule;
        let polls = self.within_window();
        let mut granted = None;
        // The first poll that was not answered since, and when the cached key will have been used
        // for too long.
        let mut clock = None;
        for k in polls.clone() {
            match answers.to(schedule.uniform_draw(k)) {
                Answer::Denied => return Some(k),
                Answer::Granted => (granted, clock) = (Some(k), None),
                Answer::Unreachable => {
                    let (first, expires) = *clock.get_or_insert_with(|| {
                        let last_granted = granted.map_or(self.last_granted, |k| schedule.time(k));
                        (k, schedule.time(k).max(last_granted + tolerance))
                    });
                    if schedule.time(k + 1) > expires {
                        return Some(first);
                    }
                }
            }
            if k % STRIDE == 0 && schedule.time(k) >= end {
                return None;
            }
        }
        Some(polls.end)
    }

    /// Passes over the polls before number `until`, none of which changed the account's state
    /// but for the clock of a serving one: notes which was granted last, and returns the time of
    /// the first one after it that was not answered.
    pub(super) fn absorb(&mut self, until: i64, answers: Option<Answers>) -> Option<Time> {
        let from = self.next;
        if until <= from {
            return None;
        }
        self.next = until;
        let answers = answers?;
        let schedule = &self.schedule;
        let certain = answers.certain();
        let answer = |k: i64| certain.unwrap_or_else(|| answers.to(schedule.uniform_draw(k)));
        let granted = match certain {
            Some(Answer::Unreachable | Answer::Denied) => None,
            Some(Answer::Granted) | None => {
                (from..until).rev().find(|&k| answer(k) == Answer::Granted)
            }
        };
        if let Some(k) = granted {
            self.last_granted = schedule.time(k);
            self.missed = false;
        }
        let mut since = granted.map_or(from, |k| k + 1)..until;
        let missed = match certain {
            Some(Answer::Denied) => None,
            _ => since.find(|&k| answer(k) == Answer::Unreachable),
        };
        self.missed |= missed.is_some();
        missed.map(|k| schedule.time(k))
    }
}

/// Whether no poll can change the account as long as they are answered so, whatever the tolerance;
/// where draws decide, it is not said.
#[inline]
pub(super) fn none_matters(state: State, answers: Option<Answers>) -> bool {
    let any = Some(Duration::ZERO);
    answers.is_none_or(|answers| {
        let certain = answers.certain();
        certain.is_some_and(|answer| !matters(state, answer, any))
    })
}

/// Whether a poll with this answer can change this state.
fn matters(state: State, answer: Answer, tolerance: Option<Duration>) -> bool {
    match state {
        State::Serving { expires: None } => match answer {
            Answer::Granted => false,
            Answer::Unreachable => tolerance.is_some(),
            Answer::Denied => true,
        },
        State::Serving { expires: Some(_) } | State::Isolated => answer != Answer::Unreachable,
        State::Revoking { .. } | State::Revoked => answer == Answer::Granted,
        State::Recovering { .. } => answer == Answer::Denied,
        State::Gone => false,
    }
}
