//! The storage accounts: polls and timers drive them through the states of `storage_account`.
//!
//! The path of a poll that changes nothing is inlined whole, and what a change does is not: in
//! between, results passed through memory would cost more than the poll.

use std::ops::{Deref, Range};

use super::calendar::{Calendar, Stopped};
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
    every_poll: bool,
    accounts: Vec<Account>,
    /// Of each cluster: its accounts.
    of_cluster: Vec<Range<usize>>,
    /// Of each cluster: the polls that were executed.
    executed: Vec<PollCount>,
}

/// A storage account as it is now.
#[derive(Debug)]
pub(super) struct Account {
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

    #[inline(never)]
    fn enter(
        &mut self,
        index: usize,
        input: Input,
        to: State,
        cluster: &Cluster,
        calendar: &mut Calendar<'_>,
    ) {
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
        self.restart_timer(index, calendar);
    }

    #[inline]
    fn restart_timer(&mut self, account: usize, calendar: &mut Calendar<'_>) {
        if let Some(ticket) = self.timer.take() {
            calendar.cancel(ticket);
        }
        self.timer = self.state.due().map(|due| {
            let notice = Notice::Timer(index_u32(account));
            calendar.schedule(due, place_of_timer(self.state, account), notice)
        });
    }

    #[inline(always)]
    fn schedule_poll(&mut self, account: usize, k: i64, at: Time, calendar: &mut Calendar<'_>) {
        let notice = Notice::Poll(index_u32(account));
        self.planned = Some((k, calendar.schedule(at, polls(account), notice)));
    }
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
            every_poll: false,
            accounts: Vec::new(),
            of_cluster: Vec::new(),
            executed: Vec::new(),
        }
    }

    /// Everything as it is at the start again.
    pub(super) fn restart(&mut self, every_poll: bool, clusters: &Clusters<'_>) {
        self.every_poll = every_poll;
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

    /// With every poll executed: how many there were, by cluster.
    pub(super) fn take_executed(&mut self) -> Option<Vec<PollCount>> {
        self.every_poll.then(|| std::mem::take(&mut self.executed))
    }
}

// Polls.
impl Accounts<'_> {
    /// Executes the poll that was planned.
    #[inline(always)]
    pub(super) fn poll(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<Option<Transition>, Stopped> {
        let account = &mut self.accounts[index];
        let (k, _) = account.planned.take().expect("a poll was planned");
        // Computed early, so that its arithmetic goes on beside the rest.
        let following = self.every_poll.then(|| account.polls.schedule.time(k + 1));
        if account.polls.next() < k {
            self.pass_over(index, k, clusters, calendar)?;
        }
        let now = calendar.now();
        let account = &mut self.accounts[index];
        let cluster = &clusters[account.cluster];
        let answers = cluster
            .answers
            .expect("a cluster that does not poll has no polls waiting");
        let certain = answers.certain();
        let random = certain.is_none();
        let answer = certain.unwrap_or_else(|| answers.to(account.polls.schedule.uniform_draw(k)));
        self.executed[account.cluster].add(answer);
        account.polls.execute(k, now, answer);
        let input = match answer {
            Answer::Granted => Input::Granted,
            Answer::Unreachable => Input::Unreachable {
                last_granted: account.polls.last_granted(),
            },
            Answer::Denied => Input::Denied {
                since: cluster.denial.latest().0,
            },
        };
        // Not `?`: what nearly always is `None` would be copied first.
        let transition = match self.apply(index, now, input, clusters, calendar) {
            Ok(transition) => transition,
            Err(stopped) => return Err(stopped),
        };
        let account = &mut self.accounts[index];
        if let Some(following) = following {
            account.schedule_poll(index, k + 1, following, calendar);
        } else if (transition.is_none() || random) && account.polls.window() == 0 {
            // Answers that change about as often as polls come: to look ahead would cost more.
            let following = account.polls.schedule.time(k + 1);
            account.schedule_poll(index, k + 1, following, calendar);
        } else {
            self.plan(index, clusters, calendar)?;
        }
        Ok(transition)
    }

    /// Puts the next poll that has to be executed on the calendar.
    #[inline]
    pub(super) fn plan(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        let account = &self.accounts[index];
        let settled = account.planned.is_none()
            && !self.every_poll
            && none_matters(account.state, clusters[account.cluster].answers);
        if settled {
            return Ok(());
        }
        self.plan_anew(index, clusters, calendar)
    }

    #[inline(never)]
    fn plan_anew(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        let wanted = self.next_poll(index, clusters, calendar)?;
        let account = &mut self.accounts[index];
        let polls = clusters[account.cluster].answers.is_some();
        // One that waits too early does no harm: when it takes place it is planned anew. Where
        // events come faster than polls, to cancel it each time would cost more.
        let waits = |&(k, _): &(i64, Ticket)| polls && wanted.is_none_or(|wanted| k <= wanted);
        if account.planned.as_ref().is_some_and(waits) {
            return Ok(());
        }
        if let Some((_, ticket)) = account.planned.take() {
            calendar.cancel(ticket);
        }
        if let Some(k) = wanted {
            let at = account.polls.schedule.time(k);
            account.schedule_poll(index, k, at, calendar);
        }
        Ok(())
    }

    #[inline]
    fn next_poll(
        &self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &Calendar<'_>,
    ) -> Result<Option<i64>, Stopped> {
        let account = &self.accounts[index];
        let cluster = &clusters[account.cluster];
        let Some(answers) = cluster.answers else {
            return Ok(None);
        };
        if self.every_poll || answers.certain().is_none() && account.polls.window() == 0 {
            return Ok(Some(account.polls.next()));
        }
        let tolerance = match account.state {
            State::Serving { expires: None } if cluster.outage.holds() => {
                self.delay(account, DelayKind::OutageTolerance, clusters, calendar)?
            }
            _ => None,
        };
        let end = self.scenario.end();
        let polls = &account.polls;
        Ok(polls.next_that_matters(account.state, answers, tolerance, end))
    }

    /// Passes over the polls of a cluster's accounts that lie behind the present place in the
    /// instant: they were answered as before.
    pub(super) fn catch_up(
        &mut self,
        cluster: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        for account in self.of_cluster(cluster) {
            self.catch_up_one(account, clusters, calendar)?;
        }
        Ok(())
    }

    fn catch_up_one(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        let ahead = calendar.polls_ahead(index);
        let schedule = &self.accounts[index].polls.schedule;
        let until = schedule.first_at_or_after(ahead);
        self.pass_over(index, until, clusters, calendar)
    }

    fn pass_over(
        &mut self,
        index: usize,
        until: i64,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        let account = &mut self.accounts[index];
        let answers = clusters[account.cluster].answers;
        let Some(missed) = account.polls.absorb(until, answers) else {
            return Ok(());
        };
        if account.state == (State::Serving { expires: None }) {
            let last_granted = account.polls.last_granted();
            let input = Input::Unreachable { last_granted };
            // Only the account's own clock starts: nobody can tell the states apart.
            self.apply(index, missed, input, clusters, calendar)?;
        }
        Ok(())
    }

    /// The polls ahead of a cluster's accounts are answered otherwise than those behind.
    pub(super) fn answers_changed(
        &mut self,
        cluster: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<(), Stopped> {
        for account in self.of_cluster(cluster) {
            self.accounts[account].polls.answers_changed();
            self.plan(account, clusters, calendar)?;
        }
        Ok(())
    }

    /// The end of a cluster's first key update unwrapped the key of each of its accounts.
    pub(super) fn grant_all(&mut self, cluster: usize, now: Time) {
        let accounts = self.of_cluster(cluster);
        for account in &mut self.accounts[accounts] {
            account.polls.grant(now);
        }
    }
}

// States.
impl Accounts<'_> {
    /// The instant that the state names has come.
    pub(super) fn on_timer(
        &mut self,
        index: usize,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<Option<Transition>, Stopped> {
        let now = calendar.now();
        self.accounts[index].timer = None;
        self.catch_up_one(index, clusters, calendar)?;
        let account = &self.accounts[index];
        let recovering = matches!(account.state, State::Recovering { .. });
        let tolerance = if recovering && account.polls.missed() {
            self.delay(account, DelayKind::OutageTolerance, clusters, calendar)?
        } else {
            None
        };
        let lasts = |tolerance| account.polls.last_granted() + tolerance;
        let relapsed = tolerance.is_some_and(|tolerance| lasts(tolerance) <= now);
        let transition = self.apply(index, now, Input::Due { relapsed }, clusters, calendar)?;
        self.plan(index, clusters, calendar)?;
        Ok(transition)
    }

    /// The cluster of an account came or went: its timer is cancelled, and an account that comes
    /// back to a key begins as after a revocation.
    pub(super) fn set_presence(
        &mut self,
        index: usize,
        input: Input,
        cause: Occurrence,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<Option<Transition>, Stopped> {
        let now = calendar.now();
        let account = &self.accounts[index];
        let from = account.state;
        let delay = |kind| self.delay(account, kind, clusters, calendar);
        let Some((to, rule)) = step(from, now, input, delay)? else {
            return Ok(None);
        };
        let account = &mut self.accounts[index];
        account.state = to;
        account.polls.forget_missed();
        if to == State::Revoked {
            account.denial = Some((now, cause));
        }
        account.restart_timer(index, calendar);
        let from = from.observable();
        Ok(Some(Transition { from, rule }))
    }

    /// Puts an account into the state that follows from an input at `at`, if that is another one.
    #[inline(always)]
    fn apply(
        &mut self,
        index: usize,
        at: Time,
        input: Input,
        clusters: &Clusters<'_>,
        calendar: &mut Calendar<'_>,
    ) -> Result<Option<Transition>, Stopped> {
        let account = &self.accounts[index];
        let delay = |kind| self.delay(account, kind, clusters, calendar);
        match step(account.state, at, input, delay) {
            Ok(None) => Ok(None),
            Ok(Some((to, rule))) => {
                let from = account.state.observable();
                let cluster = &clusters[account.cluster];
                self.accounts[index].enter(index, input, to, cluster, calendar);
                Ok(Some(Transition { from, rule }))
            }
            Err(stopped) => Err(stopped),
        }
    }

    /// One of the delays of an interruption, drawn for the event that began it. `None`: the
    /// outage tolerance has no limit.
    #[inline(never)]
    fn delay(
        &self,
        account: &Account,
        kind: DelayKind,
        clusters: &Clusters<'_>,
        calendar: &Calendar<'_>,
    ) -> Result<Option<Duration>, Stopped> {
        let cluster = &clusters[account.cluster];
        let behaviour = &self.scenario.behaviour;
        let (delay, name, interruption) = match kind {
            DelayKind::OutageTolerance => match &behaviour.outage_tolerance {
                Some(delay) => (delay, "outage_tolerance", cluster.outage.latest().1),
                None => return Ok(None),
            },
            DelayKind::OutageRecovery => {
                let isolated_by = account.outage.expect("an outage isolated the account");
                (&behaviour.outage_recovery, "outage_recovery", isolated_by)
            }
            DelayKind::RevocationDelay => {
                let denied_by = cluster.denial.latest().1;
                (&behaviour.revocation_delay, "revocation_delay", denied_by)
            }
            DelayKind::RevocationRecovery => {
                let (_, revoked_by) = account.denial.expect("a denial revoked the account");
                let delay = &behaviour.revocation_recovery;
                (delay, "revocation_recovery", revoked_by)
            }
        };
        let shared = kind == DelayKind::RevocationDelay
            && behaviour.revocation_scope == RevocationScope::Cluster;
        let whose = if shared {
            cluster.stream
        } else {
            account.stream
        };
        calendar.draw(whose, name, delay, interruption).map(Some)
    }
}
