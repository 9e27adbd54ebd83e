//! The common case: every account of a cluster stores what arrives, and sometimes buffers it for
//! a while.
//!
//! One set of entries then describes all accounts together, as if nobody ever waited. For each
//! wait a reversing entry moves what arrived during it into the buffer, and another stores it at
//! the end. It is stored before its age could have changed anything, so from then on it is
//! treated as if it had not waited. An interruption costs two entries per account. What is buffered
//! for too long is dropped instead, and further entries take back that it ages.

use super::disposition::{Disposition, dispositions};
use super::figures::Place;
use super::journal::{Accounts, Move, When};
use super::posting::{AT_ONCE, Arrivals, Counterpart, Posting};
use crate::model::ClusterHistory;
use crate::units::{Duration, Time};

/// What arrives at an account after one time and up to another waits until then.
struct Wait {
    /// Number of the account.
    account: u32,
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
                            account: number,
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
    /// Whether what waits is stored or dropped before its age changes anything else.
    pub(super) fn are_short(&self, waits: &Waits) -> bool {
        let longest = waits.longest.min(self.behaviour.buffer_retention);
        let mut lots = self.purge.iter().chain(&self.cool);
        lots.all(|lot| matches!(lot.when, When::After(lag) if longest <= lag))
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
            self.enter(Accounts::One(account), waiting, reversing);
            let rest = self.expire_apart(account, store, waiting, until);
            if until < self.end {
                let store = Move {
                    hot_delta: 1,
                    ..Move::new(When::At(until), Place::Buffered, store)
                };
                self.post(Accounts::One(account), rest, store);
            }
        }
    }

    /// What of the `waiting` was buffered for too long by `at` is dropped, and does not age in the
    /// store; the rest is returned.
    fn expire_apart(
        &mut self,
        account: u32,
        store: Place,
        waiting: Arrivals,
        at: Time,
    ) -> Arrivals {
        if at - self.behaviour.buffer_retention <= waiting.after.time {
            return waiting;
        }
        self.latest = [None; Place::COUNT];
        let rest = self.expire(Accounts::One(account), waiting, at);
        let expired = Arrivals {
            until: rest.after,
            ..waiting
        };
        self.leave(expired, Accounts::Back(account), store);
        self.cool(expired, Accounts::Back(account));
        rest
    }
}
