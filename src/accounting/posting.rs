//! From histories to entries: what becomes of every byte that arrives.

use super::disposition::{Disposition, dispositions};
use super::figures::Place;
use super::journal::{Accounts, Entry, Journal, Mark, Move, Posted, When};
use super::lots::{Lot, RetentionLine, hot_lots};
use super::waiting::Waits;
use crate::model::{AccountHistory, ClusterHistory, WorkspaceHistory};
use crate::scenario::{Behaviour, BufferOnRevocation};
use crate::units::{Duration, Time};

/// Posts the entries of what one store holds of a workspace.
#[derive(Debug)]
pub(super) struct Posting<'a> {
    pub(super) behaviour: &'a Behaviour,
    retention: RetentionLine<'a>,
    pub(super) end: Time,
    /// Everything that arrives until the end.
    all: Arrivals,
    pub(super) purge: Vec<Leaving>,
    pub(super) cool: Vec<Leaving>,
    journal: Journal,
    posted: &'a Posted,
    /// By where bytes get to: the last entry that goes on with what arrives at an account, by
    /// number.
    pub(super) latest: [Option<usize>; Place::COUNT],
    /// What an account has buffered and neither stored nor lost.
    held: Vec<Arrivals>,
    /// What an account keeps and was not followed yet: more may go on with it.
    kept: Option<Kept>,
}

/// What is kept in a cluster, all of it hot at first.
#[derive(Debug, Clone, Copy)]
struct Kept {
    place: Place,
    /// What happens to it from then on.
    since: Time,
    bytes: Arrivals,
}

/// A storage account as a workspace meets it, or all that fare as it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counterpart<'a> {
    pub(super) accounts: Accounts,
    pub(super) cluster: &'a ClusterHistory,
    pub(super) account: &'a AccountHistory,
}

impl Counterpart<'_> {
    /// Whether what it keeps is affected by nothing but its age.
    pub(super) fn is_safe(&self) -> bool {
        let (account, cluster) = (self.account, self.cluster);
        let happens = [
            &account.destroyed,
            &account.revoked,
            &cluster.lost,
            &cluster.deleted,
        ];
        happens.iter().all(|list| list.is_empty())
    }

    /// When its hot cache was deleted, by a revocation or with its cluster: the first time from
    /// `since` on.
    fn hot_deleted(&self, since: Time) -> Option<Time> {
        let by_revocation = first_from(&self.account.revoked, since);
        let with_cluster = first_from(&self.cluster.deleted, since);
        by_revocation.into_iter().chain(with_cluster).min()
    }
}

/// Bytes that arrived after one time, up to and including another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrivals {
    pub(super) after: Mark,
    pub(super) until: Mark,
}

impl Arrivals {
    pub(super) fn is_empty(self) -> bool {
        self.after.time >= self.until.time
    }

    /// Those that are among `others` too.
    fn among(self, others: Arrivals) -> Arrivals {
        let (mut after, mut until) = (self.after, self.until);
        if others.after.time > after.time {
            after = others.after;
        }
        if others.until.time < until.time {
            until = others.until;
        }
        Arrivals { after, until }
    }
}

/// Bytes that leave the store, or the hot cache, by the same rule, and do so in the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaving {
    bytes: Arrivals,
    pub(super) when: When,
}

pub(super) const AT_ONCE: When = When::After(Duration::ZERO);

impl<'a> Posting<'a> {
    pub(super) fn new(
        behaviour: &'a Behaviour,
        workspace: &'a WorkspaceHistory,
        accounts: u32,
        end: Time,
        posted: &'a Posted,
    ) -> Posting<'a> {
        let mut journal = Journal::new(accounts);
        let all = Arrivals {
            after: journal.mark(Time::BEGINNING),
            until: journal.mark(end),
        };
        let retention = RetentionLine::new(&workspace.retention, end);
        let purge = retention.lots();
        let cool = hot_lots(&purge, behaviour.hot_cache_span);
        let mut posting = Posting {
            behaviour,
            retention,
            end,
            all,
            purge: Vec::new(),
            cool: Vec::new(),
            journal,
            posted,
            latest: [None; Place::COUNT],
            held: Vec::new(),
            kept: None,
        };
        posting.purge = posting.leaving(&purge);
        posting.cool = posting.leaving(&cool);
        posting
    }

    /// The part of some lots that leaves in the run.
    fn leaving(&mut self, lots: &[Lot]) -> Vec<Leaving> {
        let leaving = lots.iter().map(|lot| {
            let last = match lot.leaves {
                When::After(lag) => lot.until.min(self.end - lag),
                When::At(_) => lot.until,
            };
            Leaving {
                bytes: self.arrivals(lot.after, last),
                when: lot.leaves,
            }
        });
        leaving.collect()
    }

    pub(super) fn finish(self) -> Journal {
        self.journal.finish(self.posted)
    }

    /// Makes room for so many waits.
    pub(super) fn make_room(&mut self, waits: usize) {
        self.journal.entries.reserve(2 * waits);
        self.journal.arrivals.reserve(2 * waits);
    }

    fn arrivals(&mut self, after: Time, until: Time) -> Arrivals {
        Arrivals {
            after: self.mark(self.all, after),
            until: self.mark(self.all, until),
        }
    }

    /// An arrival time among some, or the end of them that is nearest to it.
    pub(super) fn mark(&mut self, among: Arrivals, time: Time) -> Mark {
        if time <= among.after.time {
            among.after
        } else if time >= among.until.time {
            among.until
        } else {
            self.journal.mark(time)
        }
    }

    /// Those that arrived after `time`.
    fn later(&mut self, arrivals: Arrivals, time: Time) -> Arrivals {
        let after = self.mark(arrivals, time);
        Arrivals { after, ..arrivals }
    }

    /// Those that arrived up to and at `time`.
    fn earlier(&mut self, arrivals: Arrivals, time: Time) -> Arrivals {
        let until = self.mark(arrivals, time);
        Arrivals { until, ..arrivals }
    }

    /// What arrives in (`after`, `until`] goes to the shared store under a Microsoft key.
    pub(super) fn shared_store(&mut self, after: Time, until: Time) {
        let arrivals = self.arrivals(after, until);
        self.arrive(Accounts::All, arrivals, Place::MicrosoftKey);
        self.leave(arrivals, Accounts::All, Place::MicrosoftKey);
    }

    /// What arrives in (`after`, `until`] goes to a cluster that is not provisioned.
    pub(super) fn not_provisioned(&mut self, after: Time, until: Time) {
        let arrivals = self.arrivals(after, until);
        self.arrive(Accounts::All, arrivals, Place::DroppedNotProvisioned);
    }

    /// What arrives in (`after`, `until`] goes to a cluster, whose accounts perhaps only wait.
    pub(super) fn cluster(
        &mut self,
        cluster: &ClusterHistory,
        waits: Option<&Waits>,
        after: Time,
        until: Time,
    ) {
        let routed = self.arrivals(after, until);
        if let Some(waits) = waits.filter(|waits| self.are_short(waits)) {
            return self.waits_apart(cluster, routed, waits);
        }
        for (account, number) in cluster.accounts.iter().zip(0..) {
            let counterpart = Counterpart {
                accounts: Accounts::One(number),
                cluster,
                account,
            };
            self.latest = [None; Place::COUNT];
            self.storage_account(&counterpart, routed);
        }
    }

    /// Whatever is there is stored as it arrives.
    pub(super) fn undisturbed(&mut self, account: &Counterpart<'_>, routed: Arrivals) {
        self.latest = [None; Place::COUNT];
        self.store_at_once(account, routed);
        self.follow_kept(account);
    }

    /// A share of what goes to a cluster is that of one of its storage accounts.
    fn storage_account(&mut self, account: &Counterpart<'_>, routed: Arrivals) {
        let mut dispositions = dispositions(account.account, account.cluster).peekable();
        let mut after = routed.after;
        while let Some((from, disposition)) = dispositions.next() {
            let to = dispositions.peek().map_or(self.end, |next| next.0);
            let until = self.mark(routed, to);
            let arrivals = Arrivals { after, until };
            after = until;
            match disposition {
                Disposition::Store => {
                    self.flush(account, from);
                    self.store_at_once(account, arrivals);
                }
                Disposition::Buffer => {
                    self.arrive(account.accounts, arrivals, Place::Buffered);
                    self.held.push(arrivals);
                }
                Disposition::Drop => {
                    if self.behaviour.buffer_on_revocation == BufferOnRevocation::Drop {
                        self.drop_held(account, from, Place::DroppedRevoked);
                    }
                    self.arrive(account.accounts, arrivals, Place::DroppedRevoked);
                }
                Disposition::Gone => {
                    let lost = first_from(&account.cluster.lost, from);
                    if let Some(lost) = lost.filter(|&lost| lost < to) {
                        self.drop_held(account, lost, Place::Destroyed);
                    }
                }
            }
        }
        while let Some(waiting) = self.held.pop() {
            self.expire(account.accounts, waiting, self.end);
        }
        self.follow_kept(account);
    }

    /// Bytes get somewhere as they arrive.
    fn arrive(&mut self, accounts: Accounts, arrivals: Arrivals, to: Place) {
        self.post(accounts, arrivals, Move::new(AT_ONCE, Place::Outside, to));
    }

    pub(super) fn post(&mut self, accounts: Accounts, arrivals: Arrivals, moves: Move) {
        if arrivals.is_empty() || self.goes_on(arrivals, moves) {
            return;
        }
        self.enter(accounts, arrivals, moves);
    }

    pub(super) fn enter(&mut self, accounts: Accounts, arrivals: Arrivals, moves: Move) {
        let entry = Entry {
            accounts,
            after: arrivals.after.number,
            until: arrivals.until.number,
            moves,
        };
        self.journal.enter(entry, self.posted);
    }

    /// Whether an entry only continues an earlier one of the account, which is then extended.
    fn goes_on(&mut self, arrivals: Arrivals, moves: Move) -> bool {
        let When::After(_) = moves.when else {
            return false;
        };
        let latest = &mut self.latest[moves.to as usize];
        let entries = &mut self.journal.entries;
        if let Some(before) = latest.map(|latest| &mut entries[latest])
            && before.moves == moves
            && self.journal.arrivals[before.until as usize] == arrivals.after.time
        {
            before.until = arrivals.until.number;
            return true;
        }
        *latest = Some(entries.len());
        false
    }

    /// What was buffered for too long is dropped before `at`; the rest is returned.
    pub(super) fn expire(&mut self, accounts: Accounts, waiting: Arrivals, at: Time) -> Arrivals {
        let retention = self.behaviour.buffer_retention;
        let when = When::After(retention);
        let too_old = self.earlier(waiting, at - retention);
        let expire = Move::new(when, Place::Buffered, Place::DroppedBufferExpired);
        self.post(accounts, too_old, expire);
        Arrivals {
            after: too_old.until,
            ..waiting
        }
    }

    /// What is still buffered at `at` is lost.
    fn drop_held(&mut self, account: &Counterpart<'_>, at: Time, to: Place) {
        while let Some(waiting) = self.held.pop() {
            let rest = self.expire(account.accounts, waiting, at);
            let lose = Move::new(When::At(at), Place::Buffered, to);
            self.post(account.accounts, rest, lose);
        }
    }

    /// What is still buffered at `at` is stored, under the key in force. What waited past its
    /// retention is not kept, and what is too old for the hot cache does not get there.
    fn flush(&mut self, account: &Counterpart<'_>, at: Time) {
        let (accounts, when) = (account.accounts, When::At(at));
        while let Some(waiting) = self.held.pop() {
            let rest = self.expire(account.accounts, waiting, at);
            let place = Place::under(account.cluster.customer_key.in_force(at));
            let oldest_hot = self.oldest_hot(at);
            let store = Move {
                hot_delta: i32::from(oldest_hot <= rest.after.time),
                ..Move::new(when, Place::Buffered, place)
            };
            self.post(accounts, rest, store);
            let purged = self.earlier(rest, self.retention.at(at));
            self.post(accounts, purged, Move::new(when, place, Place::Purged));
            let kept = Arrivals {
                after: purged.until,
                ..rest
            };
            // It is stored when all else at that instant has happened.
            let since = at + Duration::MILLISECOND;
            if store.hot_delta == 1 {
                self.keep(account, place, since, kept);
            } else {
                let hot = self.later(kept, oldest_hot);
                self.post(accounts, hot, Move::new(when, Place::Cold, Place::Hot));
                self.follow(account, place, since, kept, hot);
            }
        }
    }

    fn store_at_once(&mut self, account: &Counterpart<'_>, arrivals: Arrivals) {
        for (from, to, &keyed) in account.cluster.customer_key.intervals(self.end) {
            let arrivals = self.later(arrivals, from);
            let arrivals = self.earlier(arrivals, to);
            let place = Place::under(keyed);
            let store = Move {
                hot_delta: 1,
                ..Move::new(AT_ONCE, Place::Outside, place)
            };
            self.post(account.accounts, arrivals, store);
            self.keep(account, place, arrivals.until.time, arrivals);
        }
    }

    /// Follows to the end what is kept in a cluster, all of it hot at first. Where only its age
    /// decides what becomes of it, what arrives next is followed together with it.
    fn keep(&mut self, account: &Counterpart<'_>, place: Place, since: Time, bytes: Arrivals) {
        match &mut self.kept {
            _ if bytes.is_empty() => {}
            Some(kept)
                if (kept.place, kept.bytes.until.time) == (place, bytes.after.time)
                    && account.is_safe() =>
            {
                kept.bytes.until = bytes.until;
            }
            _ => {
                self.follow_kept(account);
                self.kept = Some(Kept {
                    place,
                    since,
                    bytes,
                });
            }
        }
    }

    fn follow_kept(&mut self, account: &Counterpart<'_>) {
        if let Some(Kept {
            place,
            since,
            bytes,
        }) = self.kept.take()
        {
            self.follow(account, place, since, bytes, bytes);
        }
    }

    /// Follows to the end what is kept in a cluster, the last of it stored at `since`, and what of
    /// it is hot: retention, a purged key, a deleted cluster.
    fn follow(
        &mut self,
        account: &Counterpart<'_>,
        place: Place,
        since: Time,
        kept: Arrivals,
        hot: Arrivals,
    ) {
        if kept.is_empty() {
            return;
        }
        let with_key =
            first_from(&account.account.destroyed, since).filter(|_| place == Place::CustomerKey);
        let with_cluster = first_from(&account.cluster.lost, since);
        let lost = with_key.into_iter().chain(with_cluster).min();
        match lost {
            Some(at) => {
                let purged = self.earlier(kept, self.retention.at(at));
                self.leave(purged, account.accounts, place);
                let rest = Arrivals {
                    after: purged.until,
                    ..kept
                };
                let destroy = Move::new(When::At(at), place, Place::Destroyed);
                self.post(account.accounts, rest, destroy);
            }
            None => self.leave(kept, account.accounts, place),
        }
        self.keep_hot(account, hot, since, lost);
    }

    /// Purges stored bytes when their retention is over.
    pub(super) fn leave(&mut self, arrivals: Arrivals, accounts: Accounts, place: Place) {
        for index in 0..self.purge.len() {
            let Leaving { bytes, when } = self.purge[index];
            let purge = Move::new(when, place, Place::Purged);
            self.post(accounts, arrivals.among(bytes), purge);
        }
    }

    /// Keeps bytes hot until they are too old or are deleted from the cache; where the edition says
    /// so, they become hot again after the recovery.
    fn keep_hot(
        &mut self,
        account: &Counterpart<'_>,
        mut bytes: Arrivals,
        mut since: Time,
        lost: Option<Time>,
    ) {
        loop {
            let Some(deleted) = account.hot_deleted(since) else {
                return self.cool(bytes, account.accounts);
            };
            let cooled = self.earlier(bytes, self.oldest_hot(deleted));
            self.cool(cooled, account.accounts);
            bytes.after = cooled.until;
            let delete = Move::new(When::At(deleted), Place::Hot, Place::HotDeleted);
            self.post(account.accounts, bytes, delete);
            let Some(refilled) = self
                .refilled(account, deleted)
                .filter(|&at| lost.is_none_or(|lost| at < lost))
            else {
                return;
            };
            bytes = self.later(bytes, self.oldest_hot(refilled));
            let refill = Move::new(When::At(refilled), Place::HotDeleted, Place::Hot);
            self.post(account.accounts, bytes, refill);
            // What deleted it up to then is behind it.
            since = refilled + Duration::MILLISECOND;
        }
    }

    /// The arrival time up to which bytes are no longer hot at `t`.
    fn oldest_hot(&self, t: Time) -> Time {
        (t - self.behaviour.hot_cache_span).max(self.retention.at(t))
    }

    /// Takes stored bytes out of the hot cache when they are too old for it.
    pub(super) fn cool(&mut self, arrivals: Arrivals, accounts: Accounts) {
        for index in 0..self.cool.len() {
            let Leaving { bytes, when } = self.cool[index];
            let cooling = arrivals.among(bytes);
            self.post(accounts, cooling, Move::new(when, Place::Hot, Place::Cold));
        }
    }

    /// When what was deleted from the hot cache is back in it, if that is within the run.
    fn refilled(&self, account: &Counterpart<'_>, mut deleted: Time) -> Option<Time> {
        let refill = self.behaviour.hot_cache_refill?;
        loop {
            let access = &account.account.access;
            // A revocation may be over at its instant.
            let after = &access[access.partition_point(|entry| entry.0 < deleted)..];
            let recovered = after.iter().find(|entry| entry.1.answers())?.0;
            let refilled = recovered + refill;
            match account.hot_deleted(deleted + Duration::MILLISECOND) {
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
