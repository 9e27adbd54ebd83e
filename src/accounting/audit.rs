//! The judge of the books: rebuilds every balance another way, and compares to the byte.
//!
//! The accounting computes a balance directly, from intervals and intake curves. The audit
//! instead relives the run: each storage account holds a few lots of data (what arrived in an
//! interval, and where it is now) that arrivals, expiries, purges, revocations and recoveries
//! move one after another. The two share the intake, the history and [`Balance`], nothing else.
//! It costs what the state changes cost, and runs at the end of every run.

use std::fmt;

use super::Balance;
use crate::intake::Intake;
use crate::model::{
    AccessState, AccountHistory, ByTime, ClusterHistory, History, Route, WorkspaceHistory,
};
use crate::scenario::{Behaviour, BufferOnRevocation, Scenario};
use crate::units::{Duration, Time, Volume};

/// The books are wrong: a bug in this program, never in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Name of the workspace.
    pub workspace: String,
    /// At which instant.
    pub time: Time,
    /// What does not hold: `conservation`, or the name of an entry of [`Balance`].
    pub equation: &'static str,
    /// What the books say; for `conservation` its left side, initial + offered.
    pub books: u64,
    /// What the audit finds; for `conservation` its right side.
    pub audit: u64,
    /// The scenario's seed.
    pub seed: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relation = if self.books > self.audit {
            "more"
        } else {
            "less"
        };
        write!(
            f,
            "workspace \"{}\" at {} ms: {} does not hold, the books have {} B, {} B {relation} than \
             the audit; this is a bug in cmksim: please report it with the scenario and the seed {}",
            self.workspace,
            self.time.millis(),
            self.equation,
            self.books,
            self.books.abs_diff(self.audit),
            self.seed,
        )
    }
}

impl std::error::Error for Violation {}

/// Checks the balances that the books claim for `t`, one a workspace in the scenario's order.
///
/// `t` lies within the run or at its end; `intakes` are one a workspace.
///
/// # Errors
///
/// The first [`Violation`].
pub fn audit(
    scenario: &Scenario,
    history: &History,
    intakes: &[&Intake],
    t: Time,
    claimed: &[Balance],
) -> Result<(), Violation> {
    for (index, workspace) in scenario.workspaces.iter().enumerate() {
        let violation = |(equation, books, audit)| Violation {
            workspace: workspace.name.clone(),
            time: t,
            equation,
            books,
            audit,
            seed: scenario.seed,
        };
        let found = relive(scenario, history, index, intakes[index], t);
        conserves(&claimed[index]).map_err(violation)?;
        agrees(&claimed[index], &found).map_err(violation)?;
    }
    Ok(())
}

/// An equation that does not hold, and its two sides.
type Unequal = (&'static str, u64, u64);

/// `initial + offered = rejected + dropped + buffered + stored + purged + destroyed`.
fn conserves(claimed: &Balance) -> Result<(), Unequal> {
    let came = sum(&[claimed.initial, claimed.offered]);
    let became = sum(&[
        claimed.rejected,
        claimed.dropped_revoked,
        claimed.dropped_buffer_expired,
        claimed.dropped_not_provisioned,
        claimed.buffered,
        claimed.stored_customer_key,
        claimed.stored_microsoft_key,
        claimed.purged,
        claimed.destroyed,
    ]);
    equal("conservation", came, became)
}

fn sum(volumes: &[Volume]) -> u64 {
    volumes.iter().map(|volume| volume.bytes()).sum()
}

fn equal(equation: &'static str, left: u64, right: u64) -> Result<(), Unequal> {
    if left == right {
        Ok(())
    } else {
        Err((equation, left, right))
    }
}

fn agrees(books: &Balance, found: &Balance) -> Result<(), Unequal> {
    macro_rules! entries {
        ($($entry:ident)+) => {
            $(equal(stringify!($entry), books.$entry.bytes(), found.$entry.bytes())?;)+
        };
    }
    entries! {
        initial offered rejected dropped_revoked dropped_buffer_expired dropped_not_provisioned
        buffered stored_customer_key stored_microsoft_key accessible hot purged destroyed
    }
    Ok(())
}

/// The balance of a workspace at `t`, found by living through the run in every store that its
/// data went to.
fn relive(
    scenario: &Scenario,
    history: &History,
    workspace: usize,
    intake: &Intake,
    t: Time,
) -> Balance {
    let settings = &history.workspaces[workspace];
    let queries_work = match at(&settings.route, t) {
        Route::Cluster(cluster) => all_answer(&history.clusters[cluster], t),
        Route::SharedStore | Route::NotProvisioned(_) => true,
    };
    let mut balance = Balance::default();
    for store in stores(settings) {
        let cluster = store.map(|cluster| &history.clusters[cluster]);
        let held = relive_in(scenario, settings, store.zip(cluster), intake, t);
        if queries_work && cluster.is_none_or(|cluster| all_answer(cluster, t)) {
            balance.accessible += held.stored_customer_key + held.stored_microsoft_key;
        }
        balance = balance.plus(held);
    }
    let since_start = |at: fn(&Intake, Time) -> u64| at(intake, t) - at(intake, Time::START);
    let offered = since_start(Intake::offered_at);
    balance.offered = Volume::from_bytes(offered);
    balance.rejected = Volume::from_bytes(offered - since_start(Intake::accepted_at));
    balance
}

/// The clusters that a workspace's data went to, and the shared store, which always may hold
/// some.
fn stores(settings: &WorkspaceHistory) -> Vec<Option<usize>> {
    let mut stores = vec![None];
    for &(_, route) in &settings.route {
        match route {
            Route::Cluster(cluster) if !stores.contains(&Some(cluster)) => {
                stores.push(Some(cluster));
            }
            _ => {}
        }
    }
    stores
}

fn relive_in(
    scenario: &Scenario,
    settings: &WorkspaceHistory,
    store: Option<(usize, &ClusterHistory)>,
    intake: &Intake,
    t: Time,
) -> Balance {
    let accounts = store.map_or(1, |(_, cluster)| cluster.accounts.len() as u64);
    let mut balance = Balance::default();
    for number in 0..accounts {
        let place = store.map(|(of, cluster)| Account {
            of,
            cluster,
            account: &cluster.accounts[index(number)],
        });
        let share = Share {
            intake,
            number,
            accounts,
        };
        let mut life = Life::new(share, settings, place);
        for instant in life.instants(&scenario.behaviour, t) {
            life.live_until(instant, &scenario.behaviour);
        }
        life.add_to(&mut balance, t, &scenario.behaviour);
    }
    balance
}

/// A storage account of a cluster.
#[derive(Clone, Copy)]
struct Account<'a> {
    /// Index of the cluster.
    of: usize,
    cluster: &'a ClusterHistory,
    account: &'a AccountHistory,
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("there are fewer than 2^32 storage accounts")
}

fn all_answer(cluster: &ClusterHistory, t: Time) -> bool {
    let mut accounts = cluster.accounts.iter();
    accounts.all(|account| at(&account.access, t).answers()) && !at(&cluster.storage_outage, t)
}

/// What holds at `t`.
fn at<T: Copy>(by_time: &ByTime<T>, t: Time) -> T {
    by_time[by_time.partition_point(|&(from, _)| from <= t) - 1].1
}

/// What an account gets of a workspace's accepted bytes: they are dealt in turn.
#[derive(Clone, Copy)]
struct Share<'a> {
    intake: &'a Intake,
    number: u64,
    accounts: u64,
}

impl Share<'_> {
    fn up_to(&self, t: Time) -> u64 {
        let all = self.intake.accepted_at(t);
        all / self.accounts + u64::from(self.number < all % self.accounts)
    }

    /// What arrived in `(after, upto]`.
    fn between(&self, after: Time, upto: Time) -> u64 {
        self.up_to(upto) - self.up_to(after)
    }
}

/// What arrived in `(after, upto]` and was not lost on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lot {
    after: Time,
    upto: Time,
    place: Place,
}

/// Where a lot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Buffered,
    Stored { customer_key: bool, cached: bool },
}

/// What a store does with bytes as they arrive.
#[derive(PartialEq, Eq)]
enum Arrivals {
    Stored {
        customer_key: bool,
    },
    Buffered,
    Dropped,
    /// It is not there.
    None,
}

/// What one storage account (or the shared store) makes of one workspace's data.
struct Life<'a> {
    share: Share<'a>,
    settings: &'a WorkspaceHistory,
    /// `None`: the shared store.
    place: Option<Account<'a>>,
    now: Time,
    /// In the order of arrival.
    lots: Vec<Lot>,
    /// What arrived so far is past its retention.
    past_retention: Time,
    /// When the deleted part of the hot cache is there again.
    refills: Vec<Time>,
    initial: u64,
    dropped_revoked: u64,
    dropped_buffer_expired: u64,
    dropped_not_provisioned: u64,
    purged: u64,
    destroyed: u64,
}

impl<'a> Life<'a> {
    /// At the start the store that the route leads to holds the data of one retention, and all
    /// of it is cached where there is a cache.
    fn new(
        share: Share<'a>,
        settings: &'a WorkspaceHistory,
        place: Option<Account<'a>>,
    ) -> Life<'a> {
        let (start, before) = (Time::START, Time::BEGINNING);
        let past_retention = start - at(&settings.retention, before);
        let mut life = Life {
            share,
            settings,
            place,
            now: start,
            lots: Vec::new(),
            past_retention,
            refills: Vec::new(),
            initial: 0,
            dropped_revoked: 0,
            dropped_buffer_expired: 0,
            dropped_not_provisioned: 0,
            purged: 0,
            destroyed: 0,
        };
        if life.is_routed_here(before) {
            let customer_key = place.is_some_and(|it| at(&it.cluster.customer_key, before));
            life.initial = share.between(past_retention, start);
            life.lots.push(Lot {
                after: past_retention,
                upto: start,
                place: Place::Stored {
                    customer_key,
                    cached: place.is_some(),
                },
            });
        }
        life
    }

    fn is_routed_here(&self, t: Time) -> bool {
        match at(&self.settings.route, t) {
            Route::Cluster(cluster) => self.place.is_some_and(|place| place.of == cluster),
            Route::SharedStore => self.place.is_none(),
            Route::NotProvisioned(_) => false,
        }
    }

    /// Every instant up to and at `t` at which something changes, in order; `t` is the last.
    fn instants(&mut self, behaviour: &Behaviour, t: Time) -> Vec<Time> {
        fn times<T>(by_time: &ByTime<T>) -> impl Iterator<Item = Time> {
            by_time.iter().map(|entry| entry.0)
        }
        let mut instants = vec![t];
        instants.extend(times(&self.settings.retention));
        instants.extend(times(&self.settings.route));
        if let Some(Account {
            cluster, account, ..
        }) = self.place
        {
            self.refills = refills(cluster, account, behaviour.hot_cache_refill);
            instants.extend(&cluster.deleted);
            instants.extend(&cluster.lost);
            instants.extend(times(&account.access));
            instants.extend(times(&cluster.storage_outage));
            instants.extend(times(&cluster.customer_key));
            instants.extend(&account.revoked);
            instants.extend(&account.destroyed);
            instants.extend(&self.refills);
        }
        instants.retain(|&instant| Time::START <= instant && instant <= t);
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// Lives through the time up to `t`, in which nothing changes, and through what changes at `t`.
    fn live_until(&mut self, t: Time, behaviour: &Behaviour) {
        self.arrive(t);
        let buffered = |place| place == Place::Buffered;
        self.dropped_buffer_expired += self.remove(buffered, t - behaviour.buffer_retention);
        self.purge(t);
        if let Some(Account {
            cluster, account, ..
        }) = self.place
        {
            if cluster.deleted.binary_search(&t).is_ok() {
                self.cache(false);
            }
            if cluster.lost.binary_search(&t).is_ok() {
                self.destroyed += self.remove(|_| true, t);
            }
            if account.revoked.binary_search(&t).is_ok() {
                self.cache(false);
                if behaviour.buffer_on_revocation == BufferOnRevocation::Drop {
                    self.dropped_revoked += self.remove(buffered, t);
                }
            }
            if self.refills.binary_search(&t).is_ok() {
                self.cache(true);
            }
            if account.destroyed.binary_search(&t).is_ok() {
                let under_customer_key = |place| {
                    matches!(
                        place,
                        Place::Stored {
                            customer_key: true,
                            ..
                        }
                    )
                };
                self.destroyed += self.remove(under_customer_key, t);
            }
        }
        if let Arrivals::Stored { customer_key } = self.arrivals(t) {
            self.store_what_is_buffered(customer_key);
            self.purge(t);
        }
        self.lots.dedup_by(|later, lot| {
            let one = lot.place == later.place && lot.upto == later.after;
            if one {
                lot.upto = later.upto;
            }
            one
        });
    }

    /// What the store does after `t` with what arrives at it, until something changes.
    fn arrivals(&self, t: Time) -> Arrivals {
        let Some(Account {
            cluster, account, ..
        }) = self.place
        else {
            return Arrivals::Stored {
                customer_key: false,
            };
        };
        let access = at(&account.access, t);
        if access == AccessState::Gone {
            Arrivals::None
        } else if access.drops() {
            Arrivals::Dropped
        } else if access.answers() && !at(&cluster.storage_outage, t) {
            Arrivals::Stored {
                customer_key: at(&cluster.customer_key, t),
            }
        } else {
            Arrivals::Buffered
        }
    }

    /// Takes in what arrives up to and at `t`, under what held until then.
    fn arrive(&mut self, t: Time) {
        let not_provisioned =
            matches!(at(&self.settings.route, self.now), Route::NotProvisioned(_));
        if not_provisioned && self.place.is_none() {
            self.dropped_not_provisioned += self.share.between(self.now, t);
        }
        if self.is_routed_here(self.now) {
            self.take_in(t);
        }
        // The old retention was in force until a millisecond before the new one.
        let last = t - Duration::MILLISECOND;
        let retention = at(&self.settings.retention, self.now);
        self.past_retention = self.past_retention.max(last - retention);
        self.now = t;
    }

    fn take_in(&mut self, t: Time) {
        let place = match self.arrivals(self.now) {
            Arrivals::Stored { customer_key } => Some(Place::Stored {
                customer_key,
                cached: self.place.is_some(),
            }),
            Arrivals::Buffered => Some(Place::Buffered),
            Arrivals::Dropped => None,
            Arrivals::None => unreachable!("no data goes to a cluster that is not there"),
        };
        match place {
            Some(place) if t > self.now => self.lots.push(Lot {
                after: self.now,
                upto: t,
                place,
            }),
            Some(_) => {}
            None => self.dropped_revoked += self.share.between(self.now, t),
        }
    }

    fn purge(&mut self, t: Time) {
        self.past_retention = self.past_retention.max(t - at(&self.settings.retention, t));
        let stored = |place| matches!(place, Place::Stored { .. });
        self.purged += self.remove(stored, self.past_retention);
    }

    /// Removes what arrived up to and at `upto` from the places meant; returns the bytes.
    fn remove(&mut self, meant: fn(Place) -> bool, upto: Time) -> u64 {
        let mut removed = 0;
        for lot in &mut self.lots {
            if meant(lot.place) && lot.after < upto {
                let cut = lot.upto.min(upto);
                removed += self.share.between(lot.after, cut);
                lot.after = cut;
            }
        }
        self.lots.retain(|lot| lot.after < lot.upto);
        removed
    }

    /// Deletes the hot cache, or fills it with all that is stored.
    fn cache(&mut self, fill: bool) {
        for lot in &mut self.lots {
            if let Place::Stored { cached, .. } = &mut lot.place {
                *cached = fill;
            }
        }
    }

    fn store_what_is_buffered(&mut self, customer_key: bool) {
        for lot in &mut self.lots {
            if lot.place == Place::Buffered {
                lot.place = Place::Stored {
                    customer_key,
                    cached: true,
                };
            }
        }
    }

    fn add_to(&self, balance: &mut Balance, t: Time, behaviour: &Behaviour) {
        let volume = Volume::from_bytes;
        for lot in &self.lots {
            let bytes = volume(self.share.between(lot.after, lot.upto));
            match lot.place {
                Place::Buffered => balance.buffered += bytes,
                Place::Stored {
                    customer_key: true, ..
                } => balance.stored_customer_key += bytes,
                Place::Stored { .. } => balance.stored_microsoft_key += bytes,
            }
            if matches!(lot.place, Place::Stored { cached: true, .. }) {
                let after = lot.after.max(t - behaviour.hot_cache_span);
                balance.hot += volume(self.share.between(after.min(lot.upto), lot.upto));
            }
        }
        balance.initial += volume(self.initial);
        balance.dropped_revoked += volume(self.dropped_revoked);
        balance.dropped_buffer_expired += volume(self.dropped_buffer_expired);
        balance.dropped_not_provisioned += volume(self.dropped_not_provisioned);
        balance.purged += volume(self.purged);
        balance.destroyed += volume(self.destroyed);
    }
}

/// So long after each recovery from what deleted the hot cache, unless that happens again before.
fn refills(
    cluster: &ClusterHistory,
    account: &AccountHistory,
    refill: Option<Duration>,
) -> Vec<Time> {
    let Some(refill) = refill else {
        return Vec::new();
    };
    let mut deletions: Vec<Time> = account.revoked.clone();
    deletions.extend(&cluster.deleted);
    deletions.sort_unstable();
    let mut refills = Vec::new();
    for (number, &deleted) in deletions.iter().enumerate() {
        let mut later = account.access.iter().filter(|(from, _)| *from >= deleted);
        if let Some((recovered, _)) = later.find(|(_, state)| state.answers()) {
            let filled = *recovered + refill;
            let next = deletions.get(number + 1);
            if next.is_none_or(|&next| next > filled) {
                refills.push(filled);
            }
        }
    }
    refills
}
