//! What is billed, by the day on which it arrived.
//!
//! A day is one of UTC where the run has a calendar, else counted from the start. What is billed
//! is what was stored, or waits for it: neither what a cap cut off nor what was dropped, at once
//! or from the buffer. Days on which everything flows alike are one entry, so a run costs its
//! changes and not its days.

use super::books::{Books, Store};
use super::figures::Place;
use super::fluid::{Fixed, FluidCurve, rounded};
use super::journal::{Accounts, Journal};
use crate::intake::Calendar;
use crate::units::{Duration, Time, Volume};

/// Days that follow one another and are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// When the first one begins, or the run on it.
    pub from: Time,
    /// When the first one ends, or the run on it.
    pub until: Time,
    /// How many there are, from 1. More than one are whole days.
    pub count: u64,
    /// What is billed for each, to the nearest byte.
    pub billed: Volume,
    /// The part of each payer, where they were told apart.
    pub parts: Vec<Volume>,
}

/// What is billed in a millisecond grows by `more` from an instant on.
#[derive(Debug, Clone, Copy)]
struct Bend {
    at: Time,
    payer: usize,
    more: Fixed,
}

impl Books {
    /// What is billed for the use of a cluster, by day. Days are told apart at `changes` too, in
    /// any order.
    pub fn days(&self, cluster: usize, calendar: Calendar, changes: &[Time]) -> Vec<Days> {
        let mut bends = Vec::new();
        for (course, store) in self.stores_of(cluster) {
            let workspaces = self.workspaces.iter();
            let mut of_it = workspaces.filter(|workspace| workspace.course == course);
            if let (Some(only), None) = (of_it.next(), of_it.next()) {
                self.bend(&mut bends, 0, &only.inflow.fluid, store, calendar);
                continue;
            }
            for arrives in self.arriving(course) {
                self.bend(&mut bends, 0, arrives, store, calendar);
            }
        }
        by_day(bends, changes, None, calendar, self.end)
    }

    /// The same with the part of each workspace, by its number.
    pub fn days_by_workspace(
        &self,
        cluster: usize,
        calendar: Calendar,
        changes: &[Time],
    ) -> Vec<Days> {
        let mut bends = Vec::new();
        for (course, store) in self.stores_of(cluster) {
            let workspaces = self.workspaces.iter().enumerate();
            for (number, workspace) in
                workspaces.filter(|(_, workspace)| workspace.course == course)
            {
                let arrives = &workspace.inflow.fluid;
                self.bend(&mut bends, number, arrives, store, calendar);
            }
        }
        let payers = Some(self.workspaces.len());
        by_day(bends, changes, payers, calendar, self.end)
    }

    /// Adds how what is billed of a store bends. Of many lines a day needs only what arrives in all
    /// of it, or before and after accounts begin or end to take it in.
    fn bend(
        &self,
        bends: &mut Vec<Bend>,
        payer: usize,
        arrives: &FluidCurve,
        store: &Store,
        calendar: Calendar,
    ) {
        let (taking, all) = (accepting(&store.journal), store.journal.accounts);
        match arrives {
            FluidCurve::Lines(_) => bend(bends, payer, arrives, &taking, all),
            FluidCurve::Steps(_) => {
                let first = calendar.day_start(Time::START);
                let days = (self.end - first).millis() / Duration::DAY.millis();
                let days = (1..=days)
                    .map(|day| first + Duration::from_millis(day * Duration::DAY.millis()));
                let mut times: Vec<Time> =
                    [Time::START, self.end].into_iter().chain(days).collect();
                times.extend(taking.iter().map(|change| change.0));
                times.retain(|&t| Time::START <= t && t <= self.end);
                times.sort_unstable();
                times.dedup();
                bend(bends, payer, &arrives.sampled(&times), &taking, all);
            }
        }
    }

    pub(super) fn stores_of(&self, cluster: usize) -> impl Iterator<Item = (usize, &Store)> {
        let courses = self.courses.iter().enumerate();
        courses.flat_map(move |(number, course)| {
            let stores = course.stores.iter();
            let of_it = stores.filter(move |store| store.cluster == Some(cluster));
            of_it.map(move |store| (number, store))
        })
    }
}

/// How many accounts take in what arrives, from when, without what is dropped later. The
/// numbers are differences.
fn accepting(journal: &Journal) -> Vec<(Time, i32)> {
    let mut changes: Vec<(Time, i32)> = Vec::new();
    let mut note = |taken: TakenIn| {
        for (at, more) in [(taken.after, taken.more), (taken.until, -taken.more)] {
            // Accounts often change together: what they change stands side by side.
            match changes.iter_mut().rev().take(4).find(|(t, _)| *t == at) {
                Some(change) => change.1 += more,
                None => changes.push((at, more)),
            }
        }
    };
    // What an account stores or buffers in turn, it takes in throughout.
    let mut latest: Option<TakenIn> = None;
    for entry in &journal.entries {
        let dropped = entry.moves.to.is_dropped();
        let more = match entry.moves.from {
            Place::Outside if !dropped => 1,
            from if from != Place::Outside && dropped => -1,
            _ => continue,
        };
        let more = more * entry.accounts.count(journal.accounts);
        let (after, until) = journal.interval(entry);
        match &mut latest {
            Some(last)
                if (last.accounts, last.more, last.until) == (entry.accounts, more, after) =>
            {
                last.until = until;
            }
            latest => {
                let next = TakenIn {
                    accounts: entry.accounts,
                    more,
                    after,
                    until,
                };
                latest.replace(next).into_iter().for_each(&mut note);
            }
        }
    }
    latest.into_iter().for_each(note);
    changes.sort_unstable();
    changes
}

/// What accounts took in after one time and up to another; or, where it is less, dropped of it.
struct TakenIn {
    accounts: Accounts,
    more: i32,
    after: Time,
    until: Time,
}

/// Adds how what is billed bends: what arrives, times the part of the accounts that take it in.
fn bend(
    bends: &mut Vec<Bend>,
    payer: usize,
    arrives: &FluidCurve,
    taking: &[(Time, i32)],
    all: u32,
) {
    let mut changes = taking.iter().copied().peekable();
    let (mut accounts, mut slope, mut billed) = (0, 0, 0);
    let mut line = 0;
    loop {
        let next = match (arrives.from(line), changes.peek()) {
            (Some(from), Some(&(at, _))) => from.min(at),
            (Some(from), None) => from,
            (None, Some(&(at, _))) => at,
            (None, None) => return,
        };
        while let Some((_, steeper)) = arrives.bend(line).filter(|bend| bend.0 == next) {
            (slope, line) = (steeper, line + 1);
        }
        while let Some((_, more)) = changes.next_if(|change| change.0 == next) {
            accounts += more;
        }
        let now = slope * Fixed::from(accounts) / Fixed::from(all);
        if now != billed {
            bends.push(Bend {
                at: next,
                payer,
                more: now - billed,
            });
            billed = now;
        }
    }
}

/// Sums the bends day by day, for each of the payers.
fn by_day(
    mut bends: Vec<Bend>,
    changes: &[Time],
    payers: Option<usize>,
    calendar: Calendar,
    end: Time,
) -> Vec<Days> {
    bends.extend(changes.iter().map(|&at| Bend {
        at,
        payer: 0,
        more: 0,
    }));
    bends.sort_unstable_by_key(|bend| bend.at);
    let mut adding = Adding {
        payers: vec![Payer::default(); payers.unwrap_or(1)],
        apart: payers.is_some(),
        from: Time::START,
        now: Time::START,
        until: end.min(calendar.day_start(Time::START) + Duration::DAY),
        end,
        days: Vec::new(),
    };
    for bend in bends {
        adding.go_on(bend.at.min(end));
        adding.payers[bend.payer].slope += bend.more;
    }
    adding.go_on(end);
    adding.days
}

/// What a payer is billed for: of the day so far, and in a millisecond.
#[derive(Debug, Clone, Copy, Default)]
struct Payer {
    sum: Fixed,
    slope: Fixed,
}

/// A pass through the run.
struct Adding {
    payers: Vec<Payer>,
    /// Whether the part of each is told.
    apart: bool,
    /// When the day began, or the run on it.
    from: Time,
    now: Time,
    /// When the day ends, or the run on it.
    until: Time,
    end: Time,
    days: Vec<Days>,
}

impl Adding {
    fn go_on(&mut self, to: Time) {
        while self.now < to {
            let whole_days = (to - self.now).millis() / Duration::DAY.millis();
            if self.now == self.from && whole_days > 0 && self.until - self.from == Duration::DAY {
                self.add_up(Duration::DAY);
                self.close(whole_days);
            } else {
                let step = to.min(self.until);
                self.add_up(step - self.now);
                self.now = step;
                if self.now == self.until {
                    self.close(1);
                }
            }
        }
    }

    fn add_up(&mut self, span: Duration) {
        for payer in &mut self.payers {
            payer.sum += payer.slope * Fixed::from(span.millis());
        }
    }

    /// Closes this day and those that are like it, `count` in all.
    fn close(&mut self, count: i64) {
        let parts = self.payers.iter().map(|payer| rounded(payer.sum));
        self.days.push(Days {
            from: self.from,
            until: self.until,
            count: count.unsigned_abs(),
            billed: parts.clone().sum(),
            parts: parts.filter(|_| self.apart).collect(),
        });
        self.payers.iter_mut().for_each(|payer| payer.sum = 0);
        let more = Duration::from_millis((count - 1) * Duration::DAY.millis());
        self.from = self.until + more;
        self.now = self.from;
        self.until = self.end.min(self.from + Duration::DAY);
    }
}
