//! Which polls need not be executed, and what those that were skipped amount to.
//!
//! A poll that cannot change anything is not an event. This file finds the next one that can
//! ([`next_that_matters`]) and brings an account up to date for the ones in between
//! ([`absorb`]). Executing a poll that changes nothing is harmless, so the search may stop
//! anywhere; skipping one that does is a bug, which `--every-poll` would show.

use std::ops::Range;

use super::cluster::Account;
use super::history::Answers;
use super::polling::Answer;
use super::storage_account::State;
use crate::units::{Duration, Time};

/// After so many polls drawn one by one a search stops at the next, and goes on from there.
const SEARCH: i64 = 4_096;

/// How often a search looks at the clock.
const STRIDE: i64 = 64;

/// How many polls a search may draw: a quarter of those that the account has lived through
/// since the answers changed last. What is drawn for a time whose answers change meanwhile is
/// drawn in vain, and so that is little beside what came before. Where the answers have just
/// changed the next poll is executed without a search.
#[inline]
pub(crate) fn window(account: &Account) -> i64 {
    ((account.next - account.answered_so_from) / 4).min(SEARCH)
}

/// The number of the first poll from `account.next` on that can change the account, if the
/// answers stay as they are until then; or of the one behind the [`window`]. `tolerance` is
/// that of the outage in force, `None` where there is no limit.
pub(crate) fn next_that_matters(
    account: &Account,
    answers: Answers,
    tolerance: Option<Duration>,
    end: Time,
) -> Option<i64> {
    if let Some(answer) = answers.certain() {
        return matters(account.state, answer, tolerance).then_some(account.next);
    }
    let polls = account.next..account.next + window(account);
    match (account.state, tolerance) {
        (State::Serving { expires: None }, Some(tolerance)) => {
            search_serving(account, polls, answers, tolerance, end)
        }
        // Beyond its own instant the state is another.
        _ => search(
            account,
            polls,
            answers,
            account.state.due().unwrap_or(end).min(end),
        ),
    }
}

/// Whether no poll can change the account as long as they are answered so, whatever the tolerance;
/// where chance decides, it is not said.
#[inline]
pub(crate) fn none_matters(state: State, answers: Option<Answers>) -> bool {
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

/// Draws polls up to `last`, where those that are not answered change nothing.
fn search(account: &Account, polls: Range<i64>, answers: Answers, last: Time) -> Option<i64> {
    let schedule = &account.schedule;
    for k in polls.clone() {
        if matters(account.state, answers.to(schedule.uniform_draw(k)), None) {
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
fn search_serving(
    account: &Account,
    polls: Range<i64>,
    answers: Answers,
    tolerance: Duration,
    end: Time,
) -> Option<i64> {
    let schedule = &account.schedule;
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
                    let last_granted = granted.map_or(account.last_granted, |k| schedule.time(k));
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
pub(crate) fn absorb(account: &mut Account, until: i64, answers: Option<Answers>) -> Option<Time> {
    let from = account.next;
    if until <= from {
        return None;
    }
    account.next = until;
    let answers = answers?;
    let schedule = &account.schedule;
    let certain = answers.certain();
    let answer = |k: i64| certain.unwrap_or_else(|| answers.to(schedule.uniform_draw(k)));
    let granted = match certain {
        Some(Answer::Unreachable | Answer::Denied) => None,
        Some(Answer::Granted) | None => (from..until).rev().find(|&k| answer(k) == Answer::Granted),
    };
    if let Some(k) = granted {
        account.last_granted = schedule.time(k);
        account.missed = false;
    }
    let mut since = granted.map_or(from, |k| k + 1)..until;
    let missed = match certain {
        Some(Answer::Denied) => None,
        _ => since.find(|&k| answer(k) == Answer::Unreachable),
    };
    account.missed |= missed.is_some();
    missed.map(|k| schedule.time(k))
}
