//! The storage accounts: polls and timers drive them through the states of `storage_account`.
//!
//! The path of a poll that changes nothing is inlined whole, and what a change does is not: in
//! between, results passed through memory would cost more than the poll.

use std::ops::{Deref, Range};

use super::calendar::{Calendar, Run};
use super::cluster::{Cluster, Clusters};
use super::history::{AccessState, Occurrence, PollCount, Subject};
use super::notice::{Notice, index_u32, place_of_timer, polls};
use super::polling::{Answer, PollSchedule};
use super::skipping::{Progress, none_matters};
use super::storage_account::{DelayKind, Input, State, step};
use crate::kernel::{StreamKey, Ticket};
use crate::scenario::{RevocationScope, Rule, Scenario};
use crate::units::{Duration, Time};

/// The storage accounts of all clusters, cluster by cluster. Only this file changes them.
pub(super) struct Accounts<'a> {
    scenario: &'a Scenario,
    accounts: Vec<Account>,
    /// Of each cluster: its accounts.
    of_cluster: Vec<Range<usize>>,
    /// Of each cluster: the polls that were executed.
    executed: Vec<PollCount>,
}

/// A storage account as it is now.
#[derive(Debug)]
pub(super) struct Account {
    /// Its index among the accounts of all clusters.
    index: usize,
    /// Index of its cluster.
    pub(super) cluster: usize,
    /// Its number in the cluster, from 0.
    pub(super) number: u32,
    /// Where the keys of its streams begin.
    stream: StreamKey,
    pub(super) state: State,
    pub(super) polls: Progress,
    /// The poll that waits on the calendar.
    planned: Option<(i64, Ticket)>,
    /// What waits on the calendar for the state's own instant.
    timer: Option<Ticket>,
    /// What began the outage that isolated the account, or is about to.
    outage: Option<Occurrence>,
    /// Since when the vault denied what the account saw denied last, and what began it.
    pub(super) denial: Option<(Time, Occurrence)>,
}

/// What an account left when it entered its present state, and the rule that said so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transition {
    pub(super) from: AccessState,
    pub(super) rule: Rule,
}

impl Deref for Accounts<'_> {
    type Target = [Account];

    #[inline]
    fn deref(&self) -> &[Account] {
        &self.accounts
    }
}

impl<'a> Accounts<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Accounts<'a> {
        Accounts {
            scenario,
            accounts: Vec::new(),
            of_cluster: Vec::new(),
            executed: Vec::new(),
        }
    }

    /// Everything as it is at the start again.
    pub(super) fn restart(&mut self, clusters: &Clusters<'_>) {
        self.accounts.clear();
        self.of_cluster.clear();
        self.executed.clear();
        self.executed.resize(clusters.len(), PollCount::default());
        let interval = self.scenario.behaviour.poll_interval;
        for (cluster, at_start) in self.scenario.clusters.iter().enumerate() {
            let first = self.accounts.len();
            let state = if at_start.at_start {
                State::Serving { expires: None }
            } else {
                State::Gone
            };
            let numbers = 0..at_start.storage_accounts;
            self.accounts.extend(numbers.map(|number| {
                let stream = clusters[cluster].stream.number(u64::from(number));
                Account {
                    index: first + number as usize,
                    cluster,
                    number,
                    stream,
                    state,
                    polls: Progress::at_start(PollSchedule::new(interval, stream)),
                    planned: None,
                    timer: None,
                    outage: None,
                    denial: None,
                }
            }));
            self.of_cluster.push(first..self.accounts.len());
        }
    }

    /// The accounts of a cluster, by index.
    pub(super) fn of_cluster(&self, cluster: usize) -> Range<usize> {
        self.of_cluster[cluster].clone()
    }

    /// How many polls of each cluster were executed.
    pub(super) fn take_executed(&mut self) -> Vec<PollCount> {
        std::mem::take(&mut self.executed)
    }

    /// Plans the first poll of each account.
    pub(super) fn begin(&mut self, clusters: &Clusters<'_>, calendar: &mut Calendar<'_>) -> Run {
        let mut accounts = self.accounts.iter_mut();
        accounts.try_for_each(|account| account.plan(&clusters[account.cluster], calendar))
    }

    /// Executes the poll that an account planned.
    #[inline(always)]
    pub(super) fn poll(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let account = &mut self.accounts[index];
        let cluster = account.cluster;
        account.poll(&clusters[cluster], &mut self.executed[cluster], calendar)
    }

    /// The instant that an account's state names has come.
    pub(super) fn on_timer(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let account = &mut self.accounts[index];
        account.on_timer(&clusters[account.cluster], calendar)
    }

    /// The cluster of an account came or went.
    pub(super) fn set_presence(
        &mut self,
        index: usize,
        input: Input,
        cause: Occurrence,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let account = &mut self.accounts[index];
        account.set_presence(input, cause, &clusters[account.cluster], calendar)
    }

    /// Passes over the polls of a cluster's accounts that lie behind the present place in the
    /// instant: they were answered as before.
    pub(super) fn catch_up(
        &mut self,
        index: usize,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) -> Run {
        let mut accounts = self.accounts[self.of_cluster[index].clone()].iter_mut();
        accounts.try_for_each(|account| account.catch_up(cluster, calendar))
    }

    /// The polls ahead of a cluster's accounts are answered otherwise than those behind.
    pub(super) fn answers_changed(
        &mut self,
        index: usize,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) -> Run {
        let mut accounts = self.accounts[self.of_cluster[index].clone()].iter_mut();
        accounts.try_for_each(|account| {
            account.polls.answers_changed();
            account.plan(cluster, calendar)
        })
    }

    /// The end of a cluster's first key update unwrapped the key of each of its accounts.
    pub(super) fn grant_all(&mut self, cluster: usize, now: Time) {
        let accounts = self.accounts[self.of_cluster[cluster].clone()].iter_mut();
        accounts.for_each(|account| account.polls.grant(now));
    }
}

// Polls.
impl Account {
    #[inline(always)]
    fn poll(
        &mut self,
        cluster: &Cluster,
        executed: &mut PollCount,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let (k, _) = self.planned.take().expect("a poll was planned");
        // Computed early, so that its arithmetic goes on beside the rest.
        let every_poll = calendar.has_every_poll();
        let following = every_poll.then(|| self.polls.schedule.time(k + 1));
        if self.polls.next() < k {
            self.pass_over(k, cluster, calendar)?;
        }
        let now = calendar.now();
        let answers = cluster
            .answers
            .expect("a cluster that does not poll has no polls waiting");
        let certain = answers.certain();
        let random = certain.is_none();
        let answer = certain.unwrap_or_else(|| answers.to(self.polls.schedule.uniform_draw(k)));
        executed.add(answer);
        self.polls.execute(k, now, answer);
        let input = match answer {
            Answer::Granted => Input::Granted,
            Answer::Unreachable => Input::Unreachable {
                last_granted: self.polls.last_granted(),
            },
            Answer::Denied => Input::Denied {
                since: cluster.denial.latest().0,
            },
        };
        let transition = self.apply(now, input, cluster, calendar)?;
        if let Some(following) = following {
            self.schedule_poll(k + 1, following, calendar);
        } else if (transition.is_none() || random) && self.polls.window() == 0 {
            // Answers that change about as often as polls come: to look ahead would cost more.
            self.schedule_poll(k + 1, self.polls.schedule.time(k + 1), calendar);
        } else {
            self.plan(cluster, calendar)?;
        }
        Ok(transition)
    }

    /// Puts the next poll that has to be executed on the calendar.
    #[inline]
    fn plan(&mut self, cluster: &Cluster, calendar: &mut Calendar<'_>) -> Run {
        let settled = self.planned.is_none()
            && !calendar.has_every_poll()
            && none_matters(self.state, cluster.answers);
        if settled {
            return Ok(());
        }
        self.plan_anew(cluster, calendar)
    }

    #[inline(never)]
    fn plan_anew(&mut self, cluster: &Cluster, calendar: &mut Calendar<'_>) -> Run {
        let wanted = self.next_poll(cluster, calendar)?;
        let polls = cluster.answers.is_some();
        // One that waits too early does no harm: when it takes place it is planned anew. Where
        // events come faster than polls, to cancel it each time would cost more.
        let waits = |&(k, _): &(i64, Ticket)| polls && wanted.is_none_or(|wanted| k <= wanted);
        if self.planned.as_ref().is_some_and(waits) {
            return Ok(());
        }
        if let Some((_, ticket)) = self.planned.take() {
            calendar.cancel(ticket);
        }
        if let Some(k) = wanted {
            self.schedule_poll(k, self.polls.schedule.time(k), calendar);
        }
        Ok(())
    }

    #[inline]
    fn next_poll(&self, cluster: &Cluster, calendar: &Calendar<'_>) -> Run<Option<i64>> {
        let Some(answers) = cluster.answers else {
            return Ok(None);
        };
        let random = answers.certain().is_none();
        if calendar.has_every_poll() || random && self.polls.window() == 0 {
            return Ok(Some(self.polls.next()));
        }
        let tolerance = match self.state {
            State::Serving { expires: None } if cluster.outage.holds() => {
                self.delay(DelayKind::OutageTolerance, cluster, calendar)?
            }
            _ => None,
        };
        let end = calendar.scenario().end();
        let polls = &self.polls;
        Ok(polls.next_that_matters(self.state, answers, tolerance, end))
    }

    #[inline(always)]
    fn schedule_poll(&mut self, k: i64, at: Time, calendar: &mut Calendar<'_>) {
        let notice = Notice::Poll(index_u32(self.index));
        self.planned = Some((k, calendar.schedule(at, polls(self.index), notice)));
    }

    fn catch_up(&mut self, cluster: &Cluster, calendar: &mut Calendar<'_>) -> Run {
        let ahead = calendar.polls_ahead(self.index);
        let until = self.polls.schedule.first_at_or_after(ahead);
        self.pass_over(until, cluster, calendar)
    }

    fn pass_over(&mut self, until: i64, cluster: &Cluster, calendar: &mut Calendar<'_>) -> Run {
        let Some(missed) = self.polls.absorb(until, cluster.answers) else {
            return Ok(());
        };
        if self.state == (State::Serving { expires: None }) {
            let last_granted = self.polls.last_granted();
            // Only its own clock starts: nobody can tell the states apart.
            self.apply(
                missed,
                Input::Unreachable { last_granted },
                cluster,
                calendar,
            )?;
        }
        Ok(())
    }
}

// States.
impl Account {
    pub(super) fn subject(&self) -> Subject {
        Subject::StorageAccount {
            cluster: self.cluster,
            account: self.number,
        }
    }

    /// What began the interruption behind its state, which followed on `from`.
    pub(super) fn cause(&self, from: AccessState) -> Option<Occurrence> {
        let to = self.state.observable();
        let from_outage = matches!(
            from,
            AccessState::Isolated | AccessState::RecoveringFromOutage
        );
        if to == AccessState::Isolated || from_outage && to != AccessState::Revoked {
            self.outage
        } else {
            self.denial.map(|(_, began)| began)
        }
    }

    fn on_timer(
        &mut self,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let now = calendar.now();
        self.timer = None;
        self.catch_up(cluster, calendar)?;
        let recovering = matches!(self.state, State::Recovering { .. });
        let tolerance = if recovering && self.polls.missed() {
            self.delay(DelayKind::OutageTolerance, cluster, calendar)?
        } else {
            None
        };
        let lasts = |tolerance| self.polls.last_granted() + tolerance;
        let relapsed = tolerance.is_some_and(|tolerance| lasts(tolerance) <= now);
        let transition = self.apply(now, Input::Due { relapsed }, cluster, calendar)?;
        self.plan(cluster, calendar)?;
        Ok(transition)
    }

    /// Its timer is cancelled; and if it comes back to a key it begins as after a revocation.
    fn set_presence(
        &mut self,
        input: Input,
        cause: Occurrence,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let transition = self.apply(calendar.now(), input, cluster, calendar)?;
        if transition.is_some() {
            self.polls.forget_missed();
            if self.state == State::Revoked {
                self.denial = Some((calendar.now(), cause));
            }
        }
        Ok(transition)
    }

    /// Puts the account into the state that follows from an input at `at`, if that is another.
    #[inline(always)]
    fn apply(
        &mut self,
        at: Time,
        input: Input,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) -> Run<Option<Transition>> {
        let delay = |kind| self.delay(kind, cluster, calendar);
        match step(self.state, at, input, delay) {
            Ok(None) => Ok(None),
            Ok(Some((to, rule))) => {
                let from = self.state.observable();
                self.enter(input, to, cluster, calendar);
                Ok(Some(Transition { from, rule }))
            }
            Err(stopped) => Err(stopped),
        }
    }

    #[inline(never)]
    fn enter(&mut self, input: Input, to: State, cluster: &Cluster, calendar: &mut Calendar<'_>) {
        match input {
            Input::Unreachable { .. } | Input::Due { relapsed: true } => {
                self.outage = Some(cluster.outage.latest().1);
            }
            Input::Denied { .. } => self.denial = Some(cluster.denial.latest()),
            Input::Granted
            | Input::Due { relapsed: false }
            | Input::Removed
            | Input::Restored { .. } => {}
        }
        self.state = to;
        if let Some(ticket) = self.timer.take() {
            calendar.cancel(ticket);
        }
        self.timer = to.due().map(|due| {
            let notice = Notice::Timer(index_u32(self.index));
            calendar.schedule(due, place_of_timer(to, self.index), notice)
        });
    }

    /// One of the delays of an interruption, drawn for the event that began it. `None`: the
    /// outage tolerance has no limit.
    #[inline(never)]
    fn delay(
        &self,
        kind: DelayKind,
        cluster: &Cluster,
        calendar: &Calendar<'_>,
    ) -> Run<Option<Duration>> {
        let behaviour = &calendar.scenario().behaviour;
        let (delay, name, interruption) = match kind {
            DelayKind::OutageTolerance => match &behaviour.outage_tolerance {
                Some(delay) => (delay, "outage_tolerance", cluster.outage.latest().1),
                None => return Ok(None),
            },
            DelayKind::OutageRecovery => {
                let isolated_by = self.outage.expect("an outage isolated the account");
                (&behaviour.outage_recovery, "outage_recovery", isolated_by)
            }
            DelayKind::RevocationDelay => {
                let denied_by = cluster.denial.latest().1;
                (&behaviour.revocation_delay, "revocation_delay", denied_by)
            }
            DelayKind::RevocationRecovery => {
                let (_, revoked_by) = self.denial.expect("a denial revoked the account");
                let delay = &behaviour.revocation_recovery;
                (delay, "revocation_recovery", revoked_by)
            }
        };
        let shared = kind == DelayKind::RevocationDelay
            && behaviour.revocation_scope == RevocationScope::Cluster;
        let whose = if shared { cluster.stream } else { self.stream };
        calendar.draw(whose, name, delay, interruption).map(Some)
    }
}
