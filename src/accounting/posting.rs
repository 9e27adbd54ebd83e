//! From histories to entries: what becomes of every byte that arrives.

use super::disposition::{Disposition, dispositions, in_force, intervals};
use super::ledger::{Entry, Ledger, Place, When};
use super::lots::{Lot, RetentionLine, hot_lots};
use crate::model::{AccountHistory, ByTime, ClusterHistory, WorkspaceHistory};
use crate::scenario::{Behaviour, BufferOnRevocation};
use crate::units::{Duration, Time};

/// Posts the entries of what one store holds of a workspace.
#[derive(Debug)]
pub(super) struct Posting<'a> {
    behaviour: &'a Behaviour,
    retention: RetentionLine<'a>,
    purge: Vec<Lot>,
    cool: Vec<Lot>,
    end: Time,
    accounts: u32,
    entries: Vec<Entry>,
    /// The last entry of each kind that goes on with what arrives, by number.
    latest: Vec<usize>,
}

/// A storage account as a workspace meets it.
#[derive(Debug)]
pub(super) struct Counterpart<'a> {
    /// Its number in the cluster, from 0.
    pub(super) number: u32,
    pub(super) cluster: &'a ClusterHistory,
    pub(super) account: &'a AccountHistory,
    pub(super) dispositions: ByTime<Disposition>,
    /// When its hot cache was deleted: by a revocation, or with its cluster.
    hot_deleted: Vec<Time>,
}

impl<'a> Counterpart<'a> {
    pub(super) fn new(
        number: u32,
        cluster: &'a ClusterHistory,
        account: &'a AccountHistory,
    ) -> Counterpart<'a> {
        let mut hot_deleted = account.revoked.clone();
        hot_deleted.extend(&cluster.deleted);
        hot_deleted.sort_unstable();
        Counterpart {
            number,
            cluster,
            account,
            dispositions: dispositions(account, cluster),
            hot_deleted,
        }
    }
}

/// Bytes that arrived in (`after`, `until`].
#[derive(Debug, Clone, Copy)]
struct Arrivals {
    after: Time,
    until: Time,
}

impl Arrivals {
    fn from(self, after: Time) -> Arrivals {
        Arrivals {
            after: self.after.max(after),
            ..self
        }
    }

    fn to(self, until: Time) -> Arrivals {
        Arrivals {
            until: self.until.min(until),
            ..self
        }
    }
}

/// How bytes came into the store.
#[derive(Debug, Clone, Copy)]
struct Stored {
    account: u32,
    from: Place,
    when: When,
    /// When the last of them was stored.
    since: Time,
}

/// The only account of the shared store; and what is no account's.
const ONLY: u32 = 0;

const AT_ONCE: When = When::After(Duration::ZERO);

impl<'a> Posting<'a> {
    pub(super) fn new(
        behaviour: &'a Behaviour,
        workspace: &'a WorkspaceHistory,
        accounts: u32,
        end: Time,
    ) -> Posting<'a> {
        let retention = RetentionLine::new(&workspace.retention, end);
        let purge = retention.lots();
        let cool = hot_lots(&purge, behaviour.hot_cache_span);
        Posting {
            behaviour,
            retention,
            purge,
            cool,
            end,
            accounts,
            entries: Vec::new(),
            latest: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Ledger {
        Ledger::new(self.accounts, &self.entries, self.end)
    }

    /// What arrives in (`after`, `until`] goes to the shared store under a Microsoft key.
    pub(super) fn shared_store(&mut self, after: Time, until: Time) {
        let stored = Stored {
            account: ONLY,
            from: Place::Outside,
            when: AT_ONCE,
            since: until,
        };
        let arrivals = Arrivals { after, until };
        self.store(arrivals, stored, Place::MicrosoftKey);
        self.leave(arrivals, ONLY, Place::MicrosoftKey);
    }

    /// What arrives in (`after`, `until`] goes to a cluster that is not provisioned.
    pub(super) fn not_provisioned(&mut self, after: Time, until: Time) {
        self.post(
            ONLY,
            Arrivals { after, until },
            AT_ONCE,
            Place::Outside,
            Place::DroppedNotProvisioned,
        );
    }

    /// What arrives in (`after`, `until`] goes to a cluster; this is the share of one of its
    /// storage accounts.
    pub(super) fn storage_account(&mut self, account: &Counterpart<'_>, after: Time, until: Time) {
        let routed = Arrivals { after, until };
        let mut held: Vec<Arrivals> = Vec::new();
        for (from, to, disposition) in intervals(&account.dispositions, self.end) {
            let arrivals = routed.from(from).to(to);
            match disposition {
                Disposition::Store => {
                    for waiting in held.drain(..) {
                        self.flush(account, waiting, from);
                    }
                    self.store_at_once(account, arrivals);
                }
                Disposition::Buffer => {
                    self.post(
                        account.number,
                        arrivals,
                        AT_ONCE,
                        Place::Outside,
                        Place::Buffered,
                    );
                    held.push(arrivals);
                }
                Disposition::Drop => {
                    if self.behaviour.buffer_on_revocation == BufferOnRevocation::Drop {
                        self.drop_held(account, &mut held, from, Place::DroppedRevoked);
                    }
                    self.post(
                        account.number,
                        arrivals,
                        AT_ONCE,
                        Place::Outside,
                        Place::DroppedRevoked,
                    );
                }
                Disposition::Gone => {
                    let lost = first_from(&account.cluster.lost, from);
                    if let Some(lost) = lost.filter(|&lost| lost < to) {
                        self.drop_held(account, &mut held, lost, Place::Destroyed);
                    }
                }
            }
        }
        for waiting in held {
            self.expire(account, waiting, self.end);
        }
    }

    fn post(&mut self, account: u32, arrivals: Arrivals, when: When, from: Place, to: Place) {
        let Arrivals { after, until } = arrivals;
        let entry = Entry {
            account,
            after,
            until,
            when,
            from,
            to,
        };
        if after < until && !self.goes_on(&entry) {
            self.entries.push(entry);
        }
    }

    /// Whether an entry only goes on with an earlier one, which then takes it up.
    fn goes_on(&mut self, entry: &Entry) -> bool {
        let When::After(_) = entry.when else {
            return false;
        };
        let kind = |entry: &Entry| (entry.when, entry.from, entry.to);
        let mut latest = self.latest.iter_mut();
        let Some(latest) = latest.rfind(|it| kind(&self.entries[**it]) == kind(entry)) else {
            self.latest.push(self.entries.len());
            return false;
        };
        let before = &mut self.entries[*latest];
        if (before.account, before.until) != (entry.account, entry.after) {
            *latest = self.entries.len();
            return false;
        }
        before.until = entry.until;
        true
    }

    /// What was buffered for too long is dropped before `at`; the rest is returned.
    fn expire(&mut self, account: &Counterpart<'_>, waiting: Arrivals, at: Time) -> Arrivals {
        let retention = self.behaviour.buffer_retention;
        let too_old = at - retention;
        let when = When::After(retention);
        self.post(
            account.number,
            waiting.to(too_old),
            when,
            Place::Buffered,
            Place::DroppedBufferExpired,
        );
        waiting.from(too_old)
    }

    /// What is still buffered at `at` is lost.
    fn drop_held(
        &mut self,
        account: &Counterpart<'_>,
        held: &mut Vec<Arrivals>,
        at: Time,
        to: Place,
    ) {
        for waiting in held.drain(..) {
            let rest = self.expire(account, waiting, at);
            self.post(account.number, rest, When::At(at), Place::Buffered, to);
        }
    }

    /// What is still buffered at `at` is stored, under the key in force.
    fn flush(&mut self, account: &Counterpart<'_>, waiting: Arrivals, at: Time) {
        let rest = self.expire(account, waiting, at);
        let place = place_under(in_force(&account.cluster.customer_key, at));
        let stored = Stored {
            account: account.number,
            from: Place::Buffered,
            when: When::At(at),
            since: at,
        };
        self.store_in_cluster(account, rest, stored, place);
    }

    fn store_at_once(&mut self, account: &Counterpart<'_>, arrivals: Arrivals) {
        for (from, to, keyed) in intervals(&account.cluster.customer_key, self.end) {
            let arrivals = arrivals.from(from).to(to);
            let since = arrivals.until;
            let stored = Stored {
                account: account.number,
                from: Place::Outside,
                when: AT_ONCE,
                since,
            };
            self.store_in_cluster(account, arrivals, stored, place_under(keyed));
        }
    }

    /// Stores bytes in a cluster and follows them to the end: retention, a purged key, a
    /// deleted cluster, the hot cache.
    fn store_in_cluster(
        &mut self,
        account: &Counterpart<'_>,
        arrivals: Arrivals,
        stored: Stored,
        place: Place,
    ) {
        if arrivals.after >= arrivals.until {
            return;
        }
        let kept = self.store(arrivals, stored, place);
        let with_key = first_from(&account.account.destroyed, stored.since)
            .filter(|_| place == Place::CustomerKey);
        let with_cluster = first_from(&account.cluster.lost, stored.since);
        let lost = with_key.into_iter().chain(with_cluster).min();
        match lost {
            Some(at) => {
                let purged = self.retention.at(at);
                self.leave(kept.to(purged), stored.account, place);
                self.post(
                    stored.account,
                    kept.from(purged),
                    When::At(at),
                    place,
                    Place::Destroyed,
                );
            }
            None => self.leave(kept, stored.account, place),
        }
        self.keep_hot(account, kept, stored, lost);
    }

    /// Puts bytes into the store. Of what waited past its retention nothing is kept.
    fn store(&mut self, arrivals: Arrivals, stored: Stored, place: Place) -> Arrivals {
        self.post(stored.account, arrivals, stored.when, stored.from, place);
        match stored.when {
            When::At(at) => {
                let purged = self.retention.at(at);
                self.post(
                    stored.account,
                    arrivals.to(purged),
                    stored.when,
                    place,
                    Place::Purged,
                );
                arrivals.from(purged)
            }
            When::After(_) => arrivals,
        }
    }

    /// Purges stored bytes when their retention is over.
    fn leave(&mut self, arrivals: Arrivals, account: u32, place: Place) {
        for index in 0..self.purge.len() {
            let lot = self.purge[index];
            self.post(
                account,
                arrivals.from(lot.after).to(lot.until),
                lot.leaves,
                place,
                Place::Purged,
            );
        }
    }

    /// Keeps stored bytes hot until they are too old or are deleted from the cache; where the
    /// edition says so, they become hot again after the recovery.
    fn keep_hot(
        &mut self,
        account: &Counterpart<'_>,
        stored: Arrivals,
        how: Stored,
        lost: Option<Time>,
    ) {
        let mut bytes = match how.when {
            When::At(at) => stored.from(self.oldest_hot(at)),
            When::After(_) => stored,
        };
        let (mut when, mut since, mut from) = (how.when, how.since, Place::Cold);
        loop {
            self.post(how.account, bytes, when, from, Place::Hot);
            let Some(deleted) = first_from(&account.hot_deleted, since) else {
                return self.cool(bytes, how.account);
            };
            let kept = self.oldest_hot(deleted);
            self.cool(bytes.to(kept), how.account);
            bytes = bytes.from(kept);
            self.post(
                how.account,
                bytes,
                When::At(deleted),
                Place::Hot,
                Place::HotDeleted,
            );
            let Some(refilled) = self
                .refilled(account, deleted)
                .filter(|&at| lost.is_none_or(|lost| at < lost))
            else {
                return;
            };
            bytes = bytes.from(self.oldest_hot(refilled));
            (when, since, from) = (When::At(refilled), refilled, Place::HotDeleted);
        }
    }

    /// The arrival time up to which bytes are no longer hot at `t`.
    fn oldest_hot(&self, t: Time) -> Time {
        (t - self.behaviour.hot_cache_span).max(self.retention.at(t))
    }

    fn cool(&mut self, arrivals: Arrivals, account: u32) {
        for index in 0..self.cool.len() {
            let lot = self.cool[index];
            self.post(
                account,
                arrivals.from(lot.after).to(lot.until),
                lot.leaves,
                Place::Hot,
                Place::Cold,
            );
        }
    }

    /// When what was deleted from the hot cache is back in it, if it ever is in this run.
    fn refilled(&self, account: &Counterpart<'_>, mut deleted: Time) -> Option<Time> {
        let refill = self.behaviour.hot_cache_refill?;
        loop {
            let access = &account.account.access;
            let after = &access[access.partition_point(|entry| entry.0 <= deleted)..];
            let recovered = after.iter().find(|entry| entry.1.answers())?.0;
            let refilled = recovered + refill;
            match first_from(&account.hot_deleted, deleted + Duration::MILLISECOND) {
                Some(again) if again <= refilled => deleted = again,
                _ => return (refilled <= self.end).then_some(refilled),
            }
        }
    }
}

/// The first of some instants, in order, that is at or after `since`.
fn first_from(instants: &[Time], since: Time) -> Option<Time> {
    instants
        .get(instants.partition_point(|&at| at < since))
        .copied()
}

fn place_under(customer_key: bool) -> Place {
    if customer_key {
        Place::CustomerKey
    } else {
        Place::MicrosoftKey
    }
}
