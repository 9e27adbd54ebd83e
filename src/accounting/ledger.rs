//! Double-entry books over bytes: every entry moves the bytes that arrived in an interval out
//! of one place and into another.
//!
//! An entry takes effect at one instant, or a fixed time after each byte's arrival. So the
//! life of every byte is a chain of entries, any figure at any instant is a sum over entries,
//! and nothing can be lost on the way: what leaves one place arrives in another.
//!
//! The ledger keeps, instead of the entries, what they change in each figure, in the order of
//! time. Where an account's bytes go on as before, the end of one entry and the beginning of
//! the next cancel each other. A pass over the changes ([`Reading`]) yields the figures at any
//! number of instants.

use crate::intake::Intake;
use crate::units::{Duration, Time, Volume};

/// Where bytes can be. `Cold` and `Hot` are a second set of books about what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not arrived yet.
    Outside,
    /// Waiting under a Microsoft key.
    Buffered,
    /// In the store under the customer's key.
    CustomerKey,
    /// In the store under a Microsoft key.
    MicrosoftKey,
    /// Lost to a revoked account.
    DroppedRevoked,
    /// Lost because it was buffered for too long.
    DroppedBufferExpired,
    /// Lost because the cluster was not provisioned.
    DroppedNotProvisioned,
    /// Deleted at the end of its retention.
    Purged,
    /// Lost with a purged key or a deleted cluster.
    Destroyed,
    /// Not in the hot cache.
    Cold,
    /// In the hot cache.
    Hot,
    /// Not in the hot cache, because a revocation, or the deletion of the cluster, deleted it
    /// from there.
    HotDeleted,
}

/// What the books know at an instant: what is in a place, or ever came into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    Buffered,
    EverBuffered,
    CustomerKey,
    MicrosoftKey,
    DroppedRevoked,
    DroppedBufferExpired,
    DroppedNotProvisioned,
    Purged,
    Destroyed,
    Hot,
    EverHotDeleted,
}

impl Figure {
    const COUNT: u16 = 11;
    const ALL: [Figure; Figure::COUNT as usize] = [
        Figure::Buffered,
        Figure::EverBuffered,
        Figure::CustomerKey,
        Figure::MicrosoftKey,
        Figure::DroppedRevoked,
        Figure::DroppedBufferExpired,
        Figure::DroppedNotProvisioned,
        Figure::Purged,
        Figure::Destroyed,
        Figure::Hot,
        Figure::EverHotDeleted,
    ];
    pub(super) const DROPPED: [Figure; 3] = [
        Figure::DroppedRevoked,
        Figure::DroppedBufferExpired,
        Figure::DroppedNotProvisioned,
    ];

    /// What falls when bytes leave a place. Nothing leaves what is lost.
    fn falling(place: Place) -> Option<Figure> {
        match place {
            Place::Buffered => Some(Figure::Buffered),
            Place::CustomerKey => Some(Figure::CustomerKey),
            Place::MicrosoftKey => Some(Figure::MicrosoftKey),
            Place::Hot => Some(Figure::Hot),
            Place::Outside | Place::Cold | Place::HotDeleted => None,
            Place::DroppedRevoked
            | Place::DroppedBufferExpired
            | Place::DroppedNotProvisioned
            | Place::Purged
            | Place::Destroyed => unreachable!("what is lost stays lost"),
        }
    }

    /// What rises when bytes come into a place.
    fn rising(place: Place) -> &'static [Figure] {
        match place {
            Place::Outside | Place::Cold => &[],
            Place::Buffered => &[Figure::Buffered, Figure::EverBuffered],
            Place::CustomerKey => &[Figure::CustomerKey],
            Place::MicrosoftKey => &[Figure::MicrosoftKey],
            Place::DroppedRevoked => &[Figure::DroppedRevoked],
            Place::DroppedBufferExpired => &[Figure::DroppedBufferExpired],
            Place::DroppedNotProvisioned => &[Figure::DroppedNotProvisioned],
            Place::Purged => &[Figure::Purged],
            Place::Destroyed => &[Figure::Destroyed],
            Place::Hot => &[Figure::Hot],
            Place::HotDeleted => &[Figure::EverHotDeleted],
        }
    }
}

/// When an entry takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// For each byte so long after its arrival.
    After(Duration),
    /// For all at once.
    At(Time),
}

/// Moves the bytes of one account that arrived in (`after`, `until`], which is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Number of the storage account, from 0.
    pub(super) account: u32,
    pub(super) after: Time,
    pub(super) until: Time,
    pub(super) when: When,
    pub(super) from: Place,
    pub(super) to: Place,
}

/// All entries about what one store holds of one workspace.
#[derive(Debug)]
pub(super) struct Ledger {
    /// How many storage accounts share what arrives; the shared store is one.
    pub(super) accounts: u32,
    /// The arrival times that changes name, each once, in order.
    pub(super) arrivals: Vec<Time>,
    pub(super) flows: Vec<Flow>,
    /// In the order of time.
    pub(super) changes: Vec<Change>,
}

/// A figure rises (falls) by what arrived a lag before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) figure: Figure,
    pub(super) lag: Duration,
}

/// A change of what an account adds to a figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) at: Time,
    pub(super) moves: Moves,
    /// Number of an arrival time.
    pub(super) arrival: u32,
    pub(super) account: u32,
    pub(super) by: i32,
}

/// What a change moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// A figure grows at once by so many times what the account got up to the arrival time.
    AtOnce(Figure),
    /// A flow, by number, carries from the arrival time on so many times more of what the
    /// account gets.
    Steadily(u16),
}

/// Where a change belongs, as one number: time, what it moves, arrival time, account. What is
/// equal in all of them is one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    fn new(at: Time, moves: Moves, arrival: u32, account: u32) -> Key {
        // So that what is negative comes first.
        let at = at.millis().cast_unsigned() ^ (1 << 63);
        let account = u16::try_from(account).expect("a cluster has at most 10 000");
        let key = u128::from(at) << 16 | u128::from(moves.number());
        Key((key << 32 | u128::from(arrival)) << 16 | u128::from(account))
    }

    #[allow(clippy::cast_possible_truncation)]
    fn change(self, by: i32) -> Change {
        let at = (self.0 >> 64) as u64 ^ (1 << 63);
        Change {
            at: Time::from_millis(at.cast_signed()),
            moves: Moves::numbered((self.0 >> 48) as u16),
            arrival: (self.0 >> 16) as u32,
            account: u32::from(self.0 as u16),
            by,
        }
    }
}

impl Moves {
    fn number(self) -> u16 {
        match self {
            Moves::AtOnce(figure) => figure as u16,
            Moves::Steadily(flow) => Figure::COUNT + flow,
        }
    }

    fn numbered(number: u16) -> Moves {
        match Figure::ALL.get(usize::from(number)) {
            Some(&figure) => Moves::AtOnce(figure),
            None => Moves::Steadily(number - Figure::COUNT),
        }
    }
}

impl Ledger {
    /// The books of `entries` for a run that ends at `end`; what changes nothing before is
    /// left out.
    pub(super) fn new(accounts: u32, entries: &[Entry], end: Time) -> Ledger {
        let mut drafts = Drafts {
            end,
            arrivals: arrivals(entries),
            flows: Vec::new(),
            changes: Vec::with_capacity(4 * entries.len()),
        };
        entries.iter().for_each(|entry| drafts.add(entry));
        let mut changes = drafts.changes;
        changes.sort_unstable_by_key(|draft| draft.0);
        changes.dedup_by(|later, draft| {
            let same = later.0 == draft.0;
            if same {
                draft.1 += later.1;
            }
            same
        });
        let changes = changes.into_iter().filter(|draft| draft.1 != 0);
        Ledger {
            accounts,
            changes: changes.map(|(key, by)| key.change(by)).collect(),
            arrivals: drafts.arrivals,
            flows: drafts.flows,
        }
    }

    /// The part of the books that some figures need.
    pub(super) fn about(&self, figures: &[Figure]) -> Ledger {
        let wanted = |change: &&Change| match change.moves {
            Moves::AtOnce(figure) => figures.contains(&figure),
            Moves::Steadily(flow) => figures.contains(&self.flows[usize::from(flow)].figure),
        };
        let mut changes: Vec<Change> = self.changes.iter().filter(wanted).copied().collect();
        let mut named: Vec<u32> = changes.iter().map(|change| change.arrival).collect();
        named.sort_unstable();
        named.dedup();
        for change in &mut changes {
            let number = named.partition_point(|&arrival| arrival < change.arrival);
            change.arrival = u32::try_from(number).expect("no more than before");
        }
        let arrivals = named.iter().map(|&arrival| self.arrivals[arrival as usize]);
        Ledger {
            accounts: self.accounts,
            arrivals: arrivals.collect(),
            flows: self.flows.clone(),
            changes,
        }
    }

    /// Opens the ledger for what arrives at one workspace, before its first change.
    pub(super) fn read<'a>(&'a self, intake: &'a Intake) -> Reading<'a> {
        let arrived = self.arrivals.iter().map(|&t| intake.accepted_at(t));
        let accounts = usize::try_from(self.accounts).expect("at most 10 000");
        Reading {
            ledger: self,
            intake,
            dealt: arrived
                .map(|volume| Dealt::of(volume, self.accounts))
                .collect(),
            next: 0,
            settled: Figures::default(),
            flowing: vec![0; self.flows.len() * accounts],
            carried: vec![None; self.flows.len()],
            accounts,
        }
    }
}

/// The arrival times that entries name, each once, in order.
fn arrivals(entries: &[Entry]) -> Vec<Time> {
    let arrivals = entries.iter().flat_map(|entry| [entry.after, entry.until]);
    let mut arrivals: Vec<Time> = arrivals.collect();
    arrivals.sort_unstable();
    arrivals.dedup();
    arrivals
}

/// The changes of entries, in no order yet.
struct Drafts {
    end: Time,
    arrivals: Vec<Time>,
    flows: Vec<Flow>,
    changes: Vec<(Key, i32)>,
}

impl Drafts {
    /// What an entry changes until the end.
    fn add(&mut self, entry: &Entry) {
        let (after, until) = (self.number(entry.after), self.number(entry.until));
        let (falls, rises) = (Figure::falling(entry.from), Figure::rising(entry.to));
        let falls = falls.into_iter().map(|figure| (figure, -1));
        for (figure, sign) in falls.chain(rises.iter().map(|&figure| (figure, 1))) {
            match entry.when {
                When::At(at) => {
                    let moves = Moves::AtOnce(figure);
                    self.push(at, moves, after, entry.account, -sign);
                    self.push(at, moves, until, entry.account, sign);
                }
                When::After(lag) if entry.after + lag < self.end => {
                    let moves = Moves::Steadily(self.flow(Flow { figure, lag }));
                    self.push(entry.after + lag, moves, after, entry.account, sign);
                    self.push(entry.until + lag, moves, until, entry.account, -sign);
                }
                When::After(_) => {}
            }
        }
    }

    fn push(&mut self, at: Time, moves: Moves, arrival: u32, account: u32, by: i32) {
        if at <= self.end {
            let key = Key::new(at, moves, arrival, account);
            self.changes.push((key, by));
        }
    }

    fn number(&self, arrival: Time) -> u32 {
        let number = self.arrivals.binary_search(&arrival);
        u32::try_from(number.expect("every entry was asked")).expect("fewer than 2^32")
    }

    /// The number of a flow, which is noted if it is new.
    fn flow(&mut self, flow: Flow) -> u16 {
        let known = self.flows.iter().position(|&known| known == flow);
        let number = known.unwrap_or_else(|| {
            self.flows.push(flow);
            self.flows.len() - 1
        });
        u16::try_from(number).expect("few lags: at most one a change of retention")
    }
}

/// What is dealt to the accounts of so many bytes: to each `each`, and one more to the first
/// `rest`.
#[derive(Debug, Clone, Copy)]
struct Dealt {
    each: u64,
    rest: u32,
}

impl Dealt {
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    fn of(volume: u64, accounts: u32) -> Dealt {
        Dealt {
            each: volume / u64::from(accounts),
            rest: (volume % u64::from(accounts)) as u32,
        }
    }

    #[inline]
    fn to(self, account: u32) -> u64 {
        self.each + u64::from(account < self.rest)
    }
}

/// Every figure at one instant.
///
/// Sums are taken modulo 2^64: on the way a figure may be below 0, at the end none is, and
/// none has 2^63 bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures([u64; Figure::ALL.len()]);

impl Figures {
    pub(super) fn get(&self, figure: Figure) -> Volume {
        Volume::from_bytes(self.0[figure as usize])
    }

    /// What is in the store.
    pub(super) fn stored(&self) -> Volume {
        self.get(Figure::CustomerKey) + self.get(Figure::MicrosoftKey)
    }

    /// What was lost on its way in.
    pub(super) fn dropped(&self) -> Volume {
        let dropped = Figure::DROPPED.iter().map(|&figure| self.get(figure));
        dropped.fold(Volume::ZERO, |sum, volume| sum + volume)
    }

    pub(super) fn plus(mut self, other: &Figures) -> Figures {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum = sum.wrapping_add(more);
        }
        self
    }

    #[inline]
    fn add(&mut self, figure: Figure, bytes: u64) {
        let sum = &mut self.0[figure as usize];
        *sum = sum.wrapping_add(bytes);
    }
}

/// So many times some bytes, modulo 2^64.
#[inline]
fn times(by: i64, bytes: u64) -> u64 {
    by.cast_unsigned().wrapping_mul(bytes)
}

/// A pass over a ledger in the order of time, for what arrives at one workspace.
pub(super) struct Reading<'a> {
    ledger: &'a Ledger,
    intake: &'a Intake,
    /// Of each arrival time.
    dealt: Vec<Dealt>,
    /// Number of the first change that is not counted.
    next: usize,
    /// The figures, without what flows have carried since they began.
    settled: Figures,
    /// Of each flow, account by account: how many times it carries what the account gets.
    flowing: Vec<i32>,
    /// Of each flow, over its accounts; `None` where that has changed since.
    carried: Vec<Option<Carried>>,
    accounts: usize,
}

/// How many times the accounts of a flow carry what they get: together, and each of them where
/// all carry the same.
#[derive(Debug, Clone, Copy)]
struct Carried {
    all: i64,
    each: Option<i64>,
}

impl Carried {
    fn by(accounts: &[i32]) -> Carried {
        let first = accounts[0];
        let equal = accounts.iter().all(|&by| by == first);
        Carried {
            all: i64::from(accounts.iter().sum::<i32>()),
            each: equal.then_some(i64::from(first)),
        }
    }
}

impl Reading<'_> {
    /// The figures at the start of the run, before anything that happens at that instant.
    pub(super) fn opening(&mut self) -> Figures {
        self.pass(|at| at < Time::START);
        self.figures(Time::START)
    }

    /// The figures at `t`, no earlier than what was read before.
    pub(super) fn at(&mut self, t: Time) -> Figures {
        self.pass(|at| at <= t);
        self.figures(t)
    }

    fn pass(&mut self, counts: impl Fn(Time) -> bool) {
        let changes = &self.ledger.changes[self.next..];
        for change in changes.iter().take_while(|change| counts(change.at)) {
            let bytes = self.dealt[change.arrival as usize].to(change.account);
            let bytes = times(change.by.into(), bytes);
            match change.moves {
                Moves::AtOnce(figure) => self.settled.add(figure, bytes),
                Moves::Steadily(flow) => {
                    let flow = usize::from(flow);
                    let figure = self.ledger.flows[flow].figure;
                    self.settled.add(figure, bytes.wrapping_neg());
                    self.flowing[flow * self.accounts + change.account as usize] += change.by;
                    self.carried[flow] = None;
                }
            }
            self.next += 1;
        }
    }

    fn figures(&mut self, t: Time) -> Figures {
        let mut figures = self.settled;
        let flowing = self.flowing.chunks_exact(self.accounts);
        let flows = self.ledger.flows.iter().zip(flowing).zip(&mut self.carried);
        for ((flow, accounts), carried) in flows {
            let carried = *carried.get_or_insert_with(|| Carried::by(accounts));
            if carried.each == Some(0) {
                continue;
            }
            let arrived = self.intake.accepted_at(t - flow.lag);
            let Dealt { each, rest } = Dealt::of(arrived, self.ledger.accounts);
            figures.add(flow.figure, times(carried.all, each));
            // The first accounts got a byte more.
            let first = || i64::from(accounts[..rest as usize].iter().sum::<i32>());
            let more = carried.each.map_or_else(first, |by| by * i64::from(rest));
            figures.add(flow.figure, times(more, 1));
        }
        figures
    }
}
