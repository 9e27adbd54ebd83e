//! The common case: every account of a cluster stores what arrives, and sometimes buffers it for
//! a while.
//!
//! One set of entries then describes all accounts together, as if nobody ever waited. For each
//! wait a reversing entry moves what arrived during it into the buffer, and another stores it at
//! the end. It is stored before its age could have changed anything, so from then on it is
//! treated as if it had not waited. An interruption costs two entries per account.

use super::disposition::{Disposition, dispositions};
use super::figures::Place;
use super::journal::{Accounts, Move, When};
use super::posting::{AT_ONCE, Arrivals, Counterpart, Posting};
use crate::model::ClusterHistory;
use crate::units::{Duration, Time};

/// What arrives at an account after one time and up to another waits until then.
struct Wait {
    account: Accounts,
    after: Time,
    /// The end of the run, where it waits beyond.
    until: Time,
}

/// All waits at the accounts of a cluster, where nothing else happens to them.
pub(super) struct Waits {
    waits: Vec<Wait>,
    longest: Duration,
}

impl Waits {
    /// Those in a run that ends at `end`; `None` where something else happens to the accounts too.
    pub(super) fn of(cluster: &ClusterHistory, end: Time) -> Option<Waits> {
        if cluster.customer_key.len() > 1 {
            return None;
        }
        let mut waits = Vec::with_capacity(cluster.accounts.len());
        let mut longest = Duration::ZERO;
        for (account, number) in cluster.accounts.iter().zip(0..) {
            let one = Counterpart {
                accounts: Accounts::One(number),
                cluster,
                account,
            };
            if !one.is_safe() {
                return None;
            }
            let mut dispositions = dispositions(account, cluster).peekable();
            while let Some((after, disposition)) = dispositions.next() {
                let until = dispositions.peek().map_or(end, |next| next.0);
                match disposition {
                    Disposition::Store => {}
                    Disposition::Buffer if after > Time::BEGINNING => {
                        longest = longest.max(until - after);
                        waits.push(Wait {
                            account: one.accounts,
                            after,
                            until,
                        });
                    }
                    Disposition::Buffer | Disposition::Drop | Disposition::Gone => return None,
                }
            }
        }
        Some(Waits { waits, longest })
    }
}

impl Posting<'_> {
    /// Whether what waits is stored before its age changes anything.
    pub(super) fn are_short(&self, waits: &Waits) -> bool {
        let first_change = self.first_change_by_age();
        first_change.is_some_and(|age| waits.longest <= age)
    }

    /// The age at which something first becomes of what is stored, or waits; `None` where that is
    /// no matter of age alone.
    fn first_change_by_age(&self) -> Option<Duration> {
        let lots = self.purge.iter().chain(&self.cool);
        lots.map(|lot| lot.when)
            .try_fold(self.behaviour.buffer_retention, |first, when| match when {
                When::After(lag) => Some(first.min(lag)),
                When::At(_) => None,
            })
    }

    /// What arrives in `routed` is stored, but for what waits.
    pub(super) fn waits_apart(
        &mut self,
        cluster: &ClusterHistory,
        routed: Arrivals,
        waits: &Waits,
    ) {
        let any = Counterpart {
            accounts: Accounts::All,
            cluster,
            account: &cluster.accounts[0],
        };
        self.undisturbed(&any, routed);
        let (_, keyed) = cluster.customer_key[0];
        let store = Place::under(keyed);
        self.make_room(waits.waits.len());
        for &Wait {
            account,
            after,
            until,
        } in &waits.waits
        {
            let waiting = Arrivals {
                after: self.mark(routed, after),
                until: self.mark(routed, until),
            };
            if waiting.is_empty() {
                continue;
            }
            let reversing = Move {
                hot_delta: -1,
                ..Move::new(AT_ONCE, store, Place::Buffered)
            };
            self.enter(account, waiting, reversing);
            if until < self.end {
                let store = Move {
                    hot_delta: 1,
                    ..Move::new(When::At(until), Place::Buffered, store)
                };
                self.enter(account, waiting, store);
            }
        }
    }
}
