//! Polls and timers: what drives the storage accounts through their states.
//!
//! The path of a poll that changes nothing is inlined whole, and what a change does is not: in
//! between, results handed through memory would cost more than the poll.

use super::cluster::Account;
use super::happening::{Happening, place_of_timer, polls, small};
use super::history::{AccessState, Occurrence, Subject, What};
use super::key_vault::Life;
use super::polling::Answer;
use super::simulate::{Stopped, World};
use super::skipping::{absorb, next_that_matters, none_matters, window};
use super::storage_account::{DelayKind, Input, State, step};
use crate::kernel::Ticket;
use crate::scenario::{RevocationScope, Rule};
use crate::units::{Duration, Time};

impl World<'_> {
    /// Passes over the polls of an account that lie behind the present place in the instant.
    pub(super) fn catch_up(&mut self, account: usize) -> Result<(), Stopped> {
        let ahead = self.polls_ahead(account);
        let until = self.accounts[account].schedule.first_at_or_after(ahead);
        self.pass_over(account, until)
    }

    /// From when on polls of an account lie ahead: those of this instant, or they have passed.
    pub(super) fn polls_ahead(&self, account: usize) -> Time {
        let now = self.queue.now();
        if self.queue.has_passed(polls(account)) {
            now + Duration::MILLISECOND
        } else {
            now
        }
    }

    fn pass_over(&mut self, account: usize, until: i64) -> Result<(), Stopped> {
        let it = &mut self.accounts[account];
        let Some(missed) = absorb(it, until, self.clusters[it.cluster].answers) else {
            return Ok(());
        };
        let last_granted = it.last_granted;
        if it.state == (State::Serving { expires: None }) {
            self.apply(account, missed, Input::Unreachable { last_granted })?;
        }
        Ok(())
    }

    /// Puts the next poll that has to be executed into the queue.
    #[inline]
    pub(super) fn plan(&mut self, account: usize) -> Result<(), Stopped> {
        let it = &self.accounts[account];
        let settled = it.planned.is_none()
            && !self.options.every_poll
            && none_matters(it.state, self.clusters[it.cluster].answers);
        if settled {
            return Ok(());
        }
        self.plan_anew(account)
    }

    #[inline(never)]
    fn plan_anew(&mut self, account: usize) -> Result<(), Stopped> {
        let wanted = self.next_poll(account)?;
        let it = &mut self.accounts[account];
        let polls = self.clusters[it.cluster].answers.is_some();
        // One that waits too early does no harm: when it takes place it is planned anew. Where
        // events come faster than polls, to cancel it each time would cost more.
        let waits = |&(k, _): &(i64, Ticket)| polls && wanted.is_none_or(|wanted| k <= wanted);
        if it.planned.as_ref().is_some_and(waits) {
            return Ok(());
        }
        if let Some((_, ticket)) = it.planned.take() {
            self.queue.cancel(ticket);
        }
        if let Some(k) = wanted {
            let time = self.accounts[account].schedule.time(k);
            self.schedule_poll(account, k, time);
        }
        Ok(())
    }

    #[inline(always)]
    fn schedule_poll(&mut self, account: usize, k: i64, time: Time) {
        let it = &mut self.accounts[account];
        let happening = Happening::Poll(small(account));
        let ticket = self.queue.schedule(time, polls(account), happening);
        it.planned = Some((k, ticket));
    }

    #[inline]
    fn next_poll(&self, account: usize) -> Result<Option<i64>, Stopped> {
        let it = &self.accounts[account];
        let cluster = &self.clusters[it.cluster];
        let Some(answers) = cluster.answers else {
            return Ok(None);
        };
        if self.options.every_poll || answers.certain().is_none() && window(it) == 0 {
            return Ok(Some(it.next));
        }
        let tolerance = match it.state {
            State::Serving { expires: None } if cluster.outage.holds() => {
                self.delay(it, DelayKind::OutageTolerance)?
            }
            _ => None,
        };
        Ok(next_that_matters(
            it,
            answers,
            tolerance,
            self.scenario.end(),
        ))
    }

    #[inline]
    pub(super) fn poll(&mut self, account: usize) -> Result<(), Stopped> {
        let it = &mut self.accounts[account];
        let (k, _) = it.planned.take().expect("a poll was planned");
        // Found early, so that its arithmetic goes on beside the rest.
        let following = self.options.every_poll.then(|| it.schedule.time(k + 1));
        if it.next < k {
            self.pass_over(account, k)?;
        }
        let now = self.queue.now();
        let it = &mut self.accounts[account];
        let cluster = &self.clusters[it.cluster];
        let answers = cluster
            .answers
            .expect("a cluster that does not poll has no polls waiting");
        let certain = answers.certain();
        let by_chance = certain.is_none();
        let answer = certain.unwrap_or_else(|| answers.to(it.schedule.uniform_draw(k)));
        self.executed[it.cluster].add(answer);
        it.next = k + 1;
        let input = match answer {
            Answer::Granted => {
                it.last_granted = now;
                it.missed = false;
                Input::Granted
            }
            Answer::Unreachable => {
                it.missed = true;
                Input::Unreachable {
                    last_granted: it.last_granted,
                }
            }
            Answer::Denied => Input::Denied {
                since: cluster.denial.latest().0,
            },
        };
        let changed = self.apply(account, now, input)?;
        if let Some(following) = following {
            self.schedule_poll(account, k + 1, following);
            return Ok(());
        }
        let it = &self.accounts[account];
        if (!changed || by_chance) && window(it) == 0 {
            // Answers that change about as often as polls come: to look ahead would cost more.
            let following = it.schedule.time(k + 1);
            self.schedule_poll(account, k + 1, following);
            return Ok(());
        }
        self.plan(account)
    }

    pub(super) fn come_due(&mut self, account: usize) -> Result<(), Stopped> {
        let now = self.queue.now();
        self.accounts[account].timer = None;
        self.catch_up(account)?;
        let it = &self.accounts[account];
        let out_of_reach = it.missed && matches!(it.state, State::Recovering { .. });
        let tolerance = if out_of_reach {
            self.delay(it, DelayKind::OutageTolerance)?
        } else {
            None
        };
        let relapsed = tolerance.is_some_and(|tolerance| it.last_granted + tolerance <= now);
        self.apply(account, now, Input::Due { relapsed })?;
        self.plan(account)
    }

    /// One of the delays of an interruption, drawn for the event that began it. No limit of
    /// the outage tolerance is `None`.
    #[inline(never)]
    fn delay(&self, account: &Account, wanted: DelayKind) -> Result<Option<Duration>, Stopped> {
        let cluster = &self.clusters[account.cluster];
        let behaviour = &self.scenario.behaviour;
        let (delay, name, interruption) = match wanted {
            DelayKind::OutageTolerance => match &behaviour.outage_tolerance {
                Some(delay) => (delay, "outage_tolerance", cluster.outage.latest().1),
                None => return Ok(None),
            },
            DelayKind::OutageRecovery => {
                let isolated_by = account.outage.expect("an outage isolated the account");
                (&behaviour.outage_recovery, "outage_recovery", isolated_by)
            }
            DelayKind::RevocationDelay => (
                &behaviour.revocation_delay,
                "revocation_delay",
                cluster.denial.latest().1,
            ),
            DelayKind::RevocationRecovery => {
                let (_, revoked_by) = account.denial.expect("a denial revoked the account");
                (
                    &behaviour.revocation_recovery,
                    "revocation_recovery",
                    revoked_by,
                )
            }
        };
        let shared = wanted == DelayKind::RevocationDelay
            && behaviour.revocation_scope == RevocationScope::Cluster;
        let whose = if shared {
            cluster.address
        } else {
            account.address
        };
        let address = || self.address(interruption, whose.name(name));
        self.draw(delay, address, || name.to_owned()).map(Some)
    }

    /// Puts an account into the state that follows from an input at `at`; and whether that is
    /// another one.
    #[inline(always)]
    fn apply(&mut self, account: usize, at: Time, input: Input) -> Result<bool, Stopped> {
        let it = &self.accounts[account];
        let from = it.state;
        // Not `?`: what nearly always is `None` would be copied first.
        match step(from, at, input, |wanted| self.delay(it, wanted)) {
            Ok(None) => Ok(false),
            Ok(Some((to, rule))) => {
                self.enter(account, input, to, rule);
                Ok(true)
            }
            Err(stopped) => Err(stopped),
        }
    }

    #[inline(never)]
    fn enter(&mut self, account: usize, input: Input, to: State, rule: Rule) {
        let it = &self.accounts[account];
        let from = it.state;
        let cluster = &self.clusters[it.cluster];
        let it = &mut self.accounts[account];
        match input {
            Input::Unreachable { .. } | Input::Due { relapsed: true } => {
                it.outage = Some(cluster.outage.latest().1);
            }
            Input::Denied { .. } => it.denial = Some(cluster.denial.latest()),
            Input::Granted
            | Input::Due { relapsed: false }
            | Input::Removed
            | Input::Restored { .. } => {}
        }
        it.state = to;
        self.restart_timer(account);
        if from.observable() != to.observable() {
            self.change_access(account, from.observable(), to.observable(), rule);
        }
    }

    #[inline]
    fn restart_timer(&mut self, account: usize) {
        let it = &mut self.accounts[account];
        if let Some(ticket) = it.timer.take() {
            self.queue.cancel(ticket);
        }
        if let Some(due) = it.state.due() {
            let place = place_of_timer(it.state, account);
            let happening = Happening::Timer(small(account));
            it.timer = Some(self.queue.schedule(due, place, happening));
        }
    }

    fn change_access(&mut self, account: usize, from: AccessState, to: AccessState, rule: Rule) {
        let now = self.queue.now();
        let it = &self.accounts[account];
        let cluster = it.cluster;
        let history = &mut self.history.clusters[cluster];
        history.accounts[it.number as usize].access.record(now, to);
        let subject = Subject::StorageAccount {
            cluster,
            account: it.number,
        };
        let from_outage = matches!(
            from,
            AccessState::Isolated | AccessState::RecoveringFromOutage
        );
        let cause = if to == AccessState::Isolated || from_outage && to != AccessState::Revoked {
            it.outage
        } else {
            it.denial.map(|(_, began)| began)
        };
        if to == AccessState::Revoked {
            history.accounts[it.number as usize].revoked.push(now);
            let (since, _) = it.denial.expect("a denial revoked the account");
            history.revocations.push((since, now));
        }
        self.log(subject, What::Access { from, to }, rule, cause);
        if to == AccessState::Revoked && self.key_is_purged(cluster) {
            self.destroy(account);
        }
    }

    /// A cluster comes or goes, and its accounts with it: timers are cancelled, and an account
    /// that comes back to a key begins as after a revocation.
    pub(super) fn come_or_go(
        &mut self,
        cluster: usize,
        input: Input,
        cause: Occurrence,
    ) -> Result<(), Stopped> {
        let now = self.queue.now();
        for account in self.clusters[cluster].accounts.clone() {
            let it = &self.accounts[account];
            let from = it.state;
            let stepped = step(from, now, input, |wanted| self.delay(it, wanted))?;
            let Some((to, rule)) = stepped else { continue };
            let it = &mut self.accounts[account];
            it.state = to;
            it.missed = false;
            let history = &mut self.history.clusters[cluster].accounts[it.number as usize];
            history.access.record(now, to.observable());
            if to == State::Revoked {
                history.revoked.push(now);
                it.denial = Some((now, cause));
            }
            let subject = Subject::StorageAccount {
                cluster,
                account: it.number,
            };
            let what = What::Access {
                from: from.observable(),
                to: to.observable(),
            };
            self.restart_timer(account);
            self.log(subject, what, rule, Some(cause));
            if to == State::Revoked && self.key_is_purged(cluster) {
                self.destroy(account);
            }
        }
        Ok(())
    }

    fn key_is_purged(&self, cluster: usize) -> bool {
        let key = self.clusters[cluster].key;
        key.is_some_and(|used| self.vaults[used.vault].keys[used.key].life == Life::Purged)
    }

    /// The accounts under a key that is purged now lose their data if they are revoked.
    pub(super) fn destroy_what_is_revoked(&mut self, vault: usize, key: usize) {
        if self.vaults[vault].keys[key].life != Life::Purged {
            return;
        }
        for account in 0..self.accounts.len() {
            let it = &self.accounts[account];
            let used = self.clusters[it.cluster].key;
            let affected = used.is_some_and(|used| (used.vault, used.key) == (vault, key));
            if affected && it.state == State::Revoked {
                self.destroy(account);
            }
        }
    }

    fn destroy(&mut self, account: usize) {
        let it = &self.accounts[account];
        let history = &mut self.history.clusters[it.cluster].accounts[it.number as usize];
        history.destroyed.push(self.queue.now());
        let subject = Subject::StorageAccount {
            cluster: it.cluster,
            account: it.number,
        };
        self.log(subject, What::Destroyed, Rule::PurgedKey, None);
    }

    /// The end of a cluster's first key update unwrapped the key of each of its accounts.
    pub(super) fn grant_all(&mut self, cluster: usize) {
        for account in self.clusters[cluster].accounts.clone() {
            self.accounts[account].last_granted = self.queue.now();
        }
    }
}
