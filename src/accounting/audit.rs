//! The judge of the books: rebuilds every balance another way, and compares to the byte.
//!
//! The accounting computes a balance directly, from intervals and intake curves. The audit
//! instead relives the run: each storage account holds a few lots of data (what arrived in an
//! interval, and where it is now) that arrivals, expiries, purges, revocations and recoveries
//! move one after another. The two share the intake, the history and [`Balance`], nothing else.
//! It costs what the state changes cost, and runs at the end of every single replay, and of
//! some of many replications.

use std::collections::BTreeMap;
use std::fmt;

use super::Balance;
use crate::intake::Intake;
use crate::kernel::StepFunction;
use crate::model::{AccessState, AccountHistory, ClusterHistory, History, Route, WorkspaceHistory};
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

/// Checks the balances that the books claim for `t`, one per workspace in the scenario's order.
///
/// `t` lies within the run or at its end; there is one of the `intakes` per workspace.
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
    // Where bytes go by the time of their arrival is the same for all that went one way.
    let mut lived = BTreeMap::new();
    for (index, workspace) in scenario.workspaces.iter().enumerate() {
        let violation = |(equation, books, audit)| Violation {
            workspace: workspace.name.clone(),
            time: t,
            equation,
            books,
            audit,
            seed: scenario.seed,
        };
        let settings = &history.workspaces[index];
        let fates = lived
            .entry((&settings.route, &settings.retention))
            .or_insert_with(|| relive(scenario, history, settings, t));
        let found = weigh(fates, intakes[index], t);
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

/// What became of the bytes that one store held, or was sent.
struct Fates {
    accounts: u64,
    readable: bool,
    /// Every arrival time that a fate names, once, in order.
    instants: Vec<Time>,
    fates: Vec<Fate>,
}

/// What became of what a storage account got of the bytes that arrived in (after, upto], two
/// instants by number.
struct Fate {
    account: u64,
    after: usize,
    upto: usize,
    became: Became,
}

/// Where bytes are at last, or what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Initial,
    DroppedRevoked,
    DroppedBufferExpired,
    DroppedNotProvisioned,
    Purged,
    Destroyed,
    Buffered,
    StoredCustomerKey,
    StoredMicrosoftKey,
    Hot,
}

/// What became of everything up to `t`, found by living through the run in every store that
/// the data went to.
fn relive(
    scenario: &Scenario,
    history: &History,
    settings: &WorkspaceHistory,
    t: Time,
) -> Vec<Fates> {
    let queries_work = match at(&settings.route, t) {
        Route::Cluster(cluster) => all_answer(&history.clusters[cluster], t),
        Route::SharedStore | Route::NotProvisioned(_) => true,
    };
    let stores = stores(settings).into_iter().map(|store| {
        let cluster = store.map(|cluster| &history.clusters[cluster]);
        let readable = queries_work && cluster.is_none_or(|cluster| all_answer(cluster, t));
        relive_in(scenario, settings, store.zip(cluster), readable, t)
    });
    stores.collect()
}

fn relive_in(
    scenario: &Scenario,
    settings: &WorkspaceHistory,
    store: Option<(usize, &ClusterHistory)>,
    readable: bool,
    t: Time,
) -> Fates {
    let accounts = store.map_or(1, |(_, cluster)| cluster.accounts.len() as u64);
    let mut all: Vec<(u64, Lot<Became>)> = Vec::new();
    for number in 0..accounts {
        let place = store.map(|(of, cluster)| Account {
            of,
            cluster,
            account: &cluster.accounts[index(number)],
        });
        let mut life = Life::new(settings, place);
        for instant in life.instants(&scenario.behaviour, t) {
            life.live_until(instant, &scenario.behaviour);
        }
        let fates = joined(life.fates(t, &scenario.behaviour)).into_iter();
        all.extend(fates.map(|fate| (number, fate)));
    }
    let mut instants: Vec<Time> = all
        .iter()
        .flat_map(|(_, fate)| [fate.after, fate.upto])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let number = |t: Time| instants.partition_point(|&instant| instant < t);
    let fates = all.iter().map(|&(account, lot)| Fate {
        account,
        after: number(lot.after),
        upto: number(lot.upto),
        became: lot.place,
    });
    Fates {
        accounts,
        readable,
        fates: fates.collect(),
        instants,
    }
}

/// Lots that follow each other and became the same, made one.
fn joined(mut fates: Vec<Lot<Became>>) -> Vec<Lot<Became>> {
    fates.sort_by_key(|lot| (lot.place as u8, lot.after));
    fates.dedup_by(|later, lot| {
        let follows = (later.place, later.after) == (lot.place, lot.upto);
        if follows {
            lot.upto = later.upto;
        }
        follows
    });
    fates
}

/// The balance of a workspace at `t`: its bytes in every fate.
fn weigh(stores: &[Fates], intake: &Intake, t: Time) -> Balance {
    let mut balance = Balance::default();
    for store in stores {
        let arrived: Vec<u64> = store
            .instants
            .iter()
            .map(|&t| intake.accepted_at(t))
            .collect();
        // Bytes are dealt to the accounts in turn.
        let dealt = |instant: usize, account: u64| {
            let all = arrived[instant];
            all / store.accounts + u64::from(account < all % store.accounts)
        };
        for fate in &store.fates {
            let bytes = dealt(fate.upto, fate.account) - dealt(fate.after, fate.account);
            let bytes = Volume::from_bytes(bytes);
            *entry(&mut balance, fate.became) += bytes;
            let stored = [Became::StoredCustomerKey, Became::StoredMicrosoftKey];
            if store.readable && stored.contains(&fate.became) {
                balance.accessible += bytes;
            }
        }
    }
    let since_start = |at: fn(&Intake, Time) -> u64| at(intake, t) - at(intake, Time::START);
    let offered = since_start(Intake::offered_at);
    balance.offered = Volume::from_bytes(offered);
    balance.rejected = Volume::from_bytes(offered - since_start(Intake::accepted_at));
    balance
}

fn entry(balance: &mut Balance, became: Became) -> &mut Volume {
    match became {
        Became::Initial => &mut balance.initial,
        Became::DroppedRevoked => &mut balance.dropped_revoked,
        Became::DroppedBufferExpired => &mut balance.dropped_buffer_expired,
        Became::DroppedNotProvisioned => &mut balance.dropped_not_provisioned,
        Became::Purged => &mut balance.purged,
        Became::Destroyed => &mut balance.destroyed,
        Became::Buffered => &mut balance.buffered,
        Became::StoredCustomerKey => &mut balance.stored_customer_key,
        Became::StoredMicrosoftKey => &mut balance.stored_microsoft_key,
        Became::Hot => &mut balance.hot,
    }
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
fn at<T: Copy>(by_time: &StepFunction<T>, t: Time) -> T {
    by_time[by_time.partition_point(|&(from, _)| from <= t) - 1].1
}

/// What arrived in `(after, upto]`, and where it is or what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lot<P = Place> {
    after: Time,
    upto: Time,
    place: P,
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
    settings: &'a WorkspaceHistory,
    /// `None`: the shared store.
    place: Option<Account<'a>>,
    now: Time,
    /// What is there, in the order of arrival.
    lots: Vec<Lot>,
    /// What is not there any more, or never was.
    gone: Vec<Lot<Became>>,
    /// What arrived so far is past its retention.
    past_retention: Time,
    /// When the deleted part of the hot cache is there again.
    refills: Vec<Time>,
}

impl<'a> Life<'a> {
    /// At the start the store that the route leads to holds the data of one retention, and all
    /// of it is cached where there is a cache.
    fn new(settings: &'a WorkspaceHistory, place: Option<Account<'a>>) -> Life<'a> {
        let (start, before) = (Time::START, Time::BEGINNING);
        let past_retention = start - at(&settings.retention, before);
        let mut life = Life {
            settings,
            place,
            now: start,
            lots: Vec::new(),
            gone: Vec::new(),
            past_retention,
            refills: Vec::new(),
        };
        if life.is_routed_here(before) {
            let customer_key = place.is_some_and(|place| at(&place.cluster.customer_key, before));
            life.note(past_retention, start, Became::Initial);
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
        fn times<T>(by_time: &StepFunction<T>) -> impl Iterator<Item = Time> {
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
        let too_old = t - behaviour.buffer_retention;
        self.remove(buffered, too_old, Became::DroppedBufferExpired);
        self.purge(t);
        if let Some(Account {
            cluster, account, ..
        }) = self.place
        {
            if cluster.deleted.binary_search(&t).is_ok() {
                self.cache(false);
            }
            if cluster.lost.binary_search(&t).is_ok() {
                self.remove(|_| true, t, Became::Destroyed);
            }
            if account.revoked.binary_search(&t).is_ok() {
                self.cache(false);
                if behaviour.buffer_on_revocation == BufferOnRevocation::Drop {
                    self.remove(buffered, t, Became::DroppedRevoked);
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
                self.remove(under_customer_key, t, Became::Destroyed);
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
            self.note(self.now, t, Became::DroppedNotProvisioned);
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
            None => self.note(self.now, t, Became::DroppedRevoked),
        }
    }

    fn purge(&mut self, t: Time) {
        self.past_retention = self.past_retention.max(t - at(&self.settings.retention, t));
        let stored = |place| matches!(place, Place::Stored { .. });
        self.remove(stored, self.past_retention, Became::Purged);
    }

    /// Removes what arrived up to and at `upto` from the places meant.
    fn remove(&mut self, meant: fn(Place) -> bool, upto: Time, became: Became) {
        for lot in &mut self.lots {
            if meant(lot.place) && lot.after < upto {
                let cut = lot.upto.min(upto);
                self.gone.push(Lot {
                    after: lot.after,
                    upto: cut,
                    place: became,
                });
                lot.after = cut;
            }
        }
        self.lots.retain(|lot| lot.after < lot.upto);
    }

    fn note(&mut self, after: Time, upto: Time, became: Became) {
        self.gone.push(Lot {
            after,
            upto,
            place: became,
        });
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

    /// What became of all that arrived.
    fn fates(mut self, t: Time, behaviour: &Behaviour) -> Vec<Lot<Became>> {
        for lot in std::mem::take(&mut self.lots) {
            let became = match lot.place {
                Place::Buffered => Became::Buffered,
                Place::Stored {
                    customer_key: true, ..
                } => Became::StoredCustomerKey,
                Place::Stored { .. } => Became::StoredMicrosoftKey,
            };
            self.note(lot.after, lot.upto, became);
            if matches!(lot.place, Place::Stored { cached: true, .. }) {
                let after = lot.after.max(t - behaviour.hot_cache_span);
                self.note(after.min(lot.upto), lot.upto, Became::Hot);
            }
        }
        self.gone
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
