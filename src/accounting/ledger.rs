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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    const COUNT: usize = Figure::EverHotDeleted as usize + 1;

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

/// Moves the bytes of one account that arrived in (`after`, `until`].
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moves {
    /// A figure grows at once by so many times what the account got up to the arrival time.
    AtOnce(Figure),
    /// A flow, by number, carries from the arrival time on so many times more of what the
    /// account gets.
    Steadily(u16),
}

/// A change before its arrival time has a number. Ordered by what makes two of them one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Draft {
    at: Time,
    moves: Moves,
    arrival: Time,
    account: u32,
    by: i32,
}

impl Draft {
    /// Adds `other` if it changes the same.
    fn join(&mut self, other: &Draft) -> bool {
        let same = (self.at, self.moves, self.arrival, self.account)
            == (other.at, other.moves, other.arrival, other.account);
        if same {
            self.by += other.by;
        }
        same
    }
}

impl Ledger {
    /// The books of `entries` for a run that ends at `end`; what changes nothing before is
    /// left out.
    pub(super) fn new(accounts: u32, entries: &[Entry], end: Time) -> Ledger {
        let mut flows = Vec::new();
        let mut drafts = Vec::with_capacity(3 * entries.len());
        for entry in entries.iter().filter(|entry| entry.after < entry.until) {
            draft(entry, end, &mut flows, &mut drafts);
        }
        drafts.sort_unstable();
        drafts.dedup_by(|later, draft| draft.join(later));
        drafts.retain(|draft| draft.by != 0);
        let mut arrivals: Vec<Time> = drafts.iter().map(|draft| draft.arrival).collect();
        arrivals.sort_unstable();
        arrivals.dedup();
        let number = |t: Time| {
            let number = arrivals.partition_point(|&arrival| arrival < t);
            u32::try_from(number).expect("fewer than 2^32 arrival times")
        };
        let changes = drafts.iter().map(|draft| Change {
            at: draft.at,
            moves: draft.moves,
            arrival: number(draft.arrival),
            account: draft.account,
            by: draft.by,
        });
        Ledger {
            accounts,
            changes: changes.collect(),
            arrivals,
            flows,
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
            accounts,
        }
    }
}

/// What an entry changes until `end`.
fn draft(entry: &Entry, end: Time, flows: &mut Vec<Flow>, drafts: &mut Vec<Draft>) {
    let (falls, rises) = (Figure::falling(entry.from), Figure::rising(entry.to));
    let falls = falls.into_iter().map(|figure| (figure, -1));
    for (figure, sign) in falls.chain(rises.iter().map(|&figure| (figure, 1))) {
        let mut push = |at, moves, arrival, by| {
            if at <= end {
                drafts.push(Draft {
                    at,
                    moves,
                    arrival,
                    account: entry.account,
                    by,
                });
            }
        };
        match entry.when {
            When::At(at) => {
                push(at, Moves::AtOnce(figure), entry.after, -sign);
                push(at, Moves::AtOnce(figure), entry.until, sign);
            }
            When::After(lag) if entry.after + lag < end => {
                let flow = Moves::Steadily(number_of(Flow { figure, lag }, flows));
                push(entry.after + lag, flow, entry.after, sign);
                push(entry.until + lag, flow, entry.until, -sign);
            }
            When::After(_) => {}
        }
    }
}

/// The number of a flow, which is noted if it is new.
fn number_of(flow: Flow, flows: &mut Vec<Flow>) -> u16 {
    let known = flows.iter().position(|&known| known == flow);
    let number = known.unwrap_or_else(|| {
        flows.push(flow);
        flows.len() - 1
    });
    u16::try_from(number).expect("fewer than 2^16 lags: at most one a change of retention")
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
pub(super) struct Figures([u64; Figure::COUNT]);

impl Figures {
    pub(super) fn get(&self, figure: Figure) -> Volume {
        Volume::from_bytes(self.0[figure as usize])
    }

    /// What is in the store.
    pub(super) fn stored(&self) -> Volume {
        self.get(Figure::CustomerKey) + self.get(Figure::MicrosoftKey)
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
fn times(by: i32, bytes: u64) -> u64 {
    i64::from(by).cast_unsigned().wrapping_mul(bytes)
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
    accounts: usize,
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
            let bytes = times(change.by, bytes);
            match change.moves {
                Moves::AtOnce(figure) => self.settled.add(figure, bytes),
                Moves::Steadily(flow) => {
                    let flow = usize::from(flow);
                    let figure = self.ledger.flows[flow].figure;
                    self.settled.add(figure, bytes.wrapping_neg());
                    self.flowing[flow * self.accounts + change.account as usize] += change.by;
                }
            }
            self.next += 1;
        }
    }

    fn figures(&self, t: Time) -> Figures {
        let mut figures = self.settled;
        let flowing = self.flowing.chunks_exact(self.accounts);
        for (flow, accounts) in self.ledger.flows.iter().zip(flowing) {
            let all: i32 = accounts.iter().sum();
            if all == 0 && accounts.iter().all(|&by| by == 0) {
                continue;
            }
            let arrived = self.intake.accepted_at(t - flow.lag);
            let dealt = Dealt::of(arrived, self.ledger.accounts);
            let first: i32 = accounts[..dealt.rest as usize].iter().sum();
            figures.add(flow.figure, times(all, dealt.each));
            figures.add(flow.figure, times(first, 1));
        }
        figures
    }
}
