//! The books by time: what entries change in each figure, in the order of time.
//!
//! Where an account's bytes go on as before, the end of one entry and the beginning of the
//! next cancel each other. A pass over the changes ([`Reading`]) yields the figures at any
//! number of instants.

use super::figures::{Figure, Figures, times};
use super::journal::{Accounts, Dealt, Entry, Journal, When};
use crate::intake::Intake;
use crate::units::{Duration, Time};

/// What happens to what one store holds of one workspace.
#[derive(Debug)]
pub(super) struct Ledger {
    /// How many storage accounts share what arrives; the shared store is one.
    accounts: u32,
    /// The arrival times that changes name, each once, in order.
    arrivals: Vec<Time>,
    flows: Vec<Flow>,
    /// In the order of time.
    changes: Vec<Change>,
}

/// A figure rises (falls) by what arrived a lag before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flow {
    figure: Figure,
    lag: Duration,
}

/// A change of what an account adds to a figure.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: Time,
    moves: Moves,
    /// Number of an arrival time.
    arrival: u32,
    account: u32,
    by: i32,
}

/// What a change moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    /// A figure grows at once by a multiple of what the account got up to the arrival time.
    AtOnce(Figure),
    /// A flow, by number, carries from the arrival time on an additional multiple of what the
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
    /// What the entries of a journal change in some figures; what changes nothing in the end is
    /// left out.
    pub(super) fn of(journal: &Journal, figures: &[Figure]) -> Ledger {
        let concerns = |entry: &&Entry| {
            let moved = moved(entry);
            moved
                .into_iter()
                .any(|(figure, _)| figures.contains(&figure))
        };
        let entries: Vec<&Entry> = journal.entries.iter().filter(concerns).collect();
        let mut drafts = Drafts {
            journal,
            arrivals: arrivals(journal, &entries),
            flows: Vec::new(),
            changes: Vec::with_capacity(4 * entries.len()),
        };
        for entry in entries {
            let moved = moved(entry).into_iter();
            for (figure, sign) in moved.filter(|(figure, _)| figures.contains(figure)) {
                drafts.add(entry, figure, sign);
            }
        }
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
            accounts: journal.accounts,
            changes: changes.map(|(key, by)| key.change(by)).collect(),
            arrivals: drafts.arrivals,
            flows: drafts.flows,
        }
    }

    /// Opens the ledger for what arrives at one workspace, before its first change.
    pub(super) fn read<'a>(&'a self, intake: &'a Intake) -> Reading<'a> {
        let accounts = usize::try_from(self.accounts).expect("at most 10 000");
        Reading {
            ledger: self,
            intake,
            dealt: Dealt::of_each(&self.arrivals, intake, self.accounts),
            next: 0,
            settled: Figures::default(),
            flowing: vec![0; self.flows.len() * accounts],
            carried: vec![None; self.flows.len()],
            accounts,
        }
    }
}

/// Which figures an entry moves, and in which direction.
fn moved(entry: &Entry) -> impl IntoIterator<Item = (Figure, i32)> {
    let moves = entry.moves;
    let falls = Figure::falling(moves.from).map(|figure| (figure, -1));
    let rises = Figure::rising(moves.to).iter().map(|&figure| (figure, 1));
    let hot_delta = Some((Figure::Hot, moves.hot_delta)).filter(|delta| delta.1 != 0);
    falls.into_iter().chain(rises).chain(hot_delta)
}

/// The arrival times that entries name, each once, in order.
fn arrivals(journal: &Journal, entries: &[&Entry]) -> Vec<Time> {
    let intervals = entries.iter().map(|entry| journal.interval(entry));
    let mut arrivals: Vec<Time> = intervals
        .flat_map(|(after, until)| [after, until])
        .collect();
    arrivals.sort_unstable();
    arrivals.dedup();
    arrivals
}

/// The changes of entries, in no order yet.
struct Drafts<'a> {
    journal: &'a Journal,
    arrivals: Vec<Time>,
    flows: Vec<Flow>,
    changes: Vec<(Key, i32)>,
}

impl Drafts<'_> {
    /// What an entry changes in a figure.
    fn add(&mut self, entry: &Entry, figure: Figure, sign: i32) {
        let (from, to) = self.journal.interval(entry);
        let (after, until) = (self.number(from), self.number(to));
        let sign = sign * entry.accounts.sign();
        match entry.moves.when {
            When::At(at) => {
                let moves = Moves::AtOnce(figure);
                self.push(at, moves, after, entry.accounts, -sign);
                self.push(at, moves, until, entry.accounts, sign);
            }
            When::After(lag) => {
                let moves = Moves::Steadily(self.flow(Flow { figure, lag }));
                self.push(from + lag, moves, after, entry.accounts, sign);
                self.push(to + lag, moves, until, entry.accounts, -sign);
            }
        }
    }

    fn push(&mut self, at: Time, moves: Moves, arrival: u32, accounts: Accounts, by: i32) {
        let numbers = accounts.numbers(self.journal.accounts);
        let keys = numbers.map(|account| Key::new(at, moves, arrival, account));
        self.changes.extend(keys.map(|key| (key, by)));
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
    /// The figures at `t`, no earlier than what was read before.
    pub(super) fn at(&mut self, t: Time) -> Figures {
        self.pass(t);
        self.figures(t)
    }

    fn pass(&mut self, t: Time) {
        let changes = &self.ledger.changes[self.next..];
        for change in changes.iter().take_while(|change| change.at <= t) {
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
