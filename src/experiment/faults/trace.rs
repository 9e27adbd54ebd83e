//! In which order everything happens in a replication, and when: what tells one class of instants
//! from another.
//!
//! Everything stands on a lane: a storage account has its own, each symptom of a cluster has one,
//! and all else is on the common one. What stands on the lanes of two accounts is not compared:
//! accounts meet in nothing but the symptoms of their cluster and the sums of their bytes.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use crate::kernel::StreamKey;
use crate::model::{AccessState, Change, ClusterHistory, History, Plan, Subject, What};
use crate::scenario::Scenario;
use crate::units::{Duration, Time};

/// The lane of all that belongs to no storage account and no symptom.
pub(super) const COMMON: u64 = 0;
/// The lanes of symptoms begin here, those of accounts at 1.
const SYMPTOMS: u64 = 1 << 32;
/// The time within which a workspace has a limited number of associations.
const ASSOCIATIONS: Duration = Duration::from_millis(30 * Duration::DAY.millis());

/// Something that takes place, or would have if it had not been taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    pub(super) lane: u64,
    /// A number for what it is.
    pub(super) what: u64,
    /// In milliseconds since the start.
    pub(super) at: i64,
}

/// What happened in a replication, as far as its order and its instants go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// A digest of the order in which everything happened, whenever that was.
    pub(super) order: u64,
    /// Every instant, in the order of lanes, of what they are, and of time.
    pub(super) instants: Vec<Instant>,
}

impl Trace {
    /// Whether the same is on the same lane, no farther away than `slack` ms.
    pub(super) fn has(&self, of: Instant, slack: i64) -> bool {
        let first = Instant {
            at: of.at - slack,
            ..of
        };
        let from = self.instants.partition_point(|instant| *instant < first);
        let next = self.instants.get(from);
        next.is_some_and(|next| {
            (next.lane, next.what) == (of.lane, of.what) && next.at <= of.at + slack
        })
    }

    /// When data of a cluster was dropped, or waited and could be dropped later: from and until.
    pub(super) fn losses(&self) -> Vec<(Instant, Instant)> {
        let mut losses = Vec::new();
        let from = self
            .instants
            .partition_point(|instant| instant.lane < SYMPTOMS);
        let lanes = self.instants[from..].chunk_by(|a, b| a.lane == b.lane);
        for lane in lanes.filter(|lane| !(lane[0].lane - SYMPTOMS).is_multiple_of(3)) {
            let of = |what: u64| lane.iter().filter(move |instant| instant.what == what);
            // Each begins before it ends, and ends before the next begins or with the run.
            let ends = of(SYMPTOM).chain(self.instants.iter().filter(|end| end.what == END));
            losses.extend(of(SYMPTOM + 1).copied().zip(ends.copied()));
        }
        losses
    }

    pub(super) fn of(scenario: &Scenario, history: &History, plans: &[Plan]) -> Trace {
        let mut tracer = Tracer {
            scenario,
            common: Vec::new(),
            order: BTreeMap::new(),
            instants: Vec::new(),
        };
        tracer.log(history);
        let mut first = 0;
        for cluster in 0..history.clusters.len() {
            tracer.symptoms(cluster, first, history);
            first += history.clusters[cluster].accounts.len() as u64;
        }
        for plan in plans {
            let lane = plan
                .account
                .map_or(COMMON, |account| 1 + u64::from(account));
            tracer.instant(lane, plan.what, plan.at);
        }
        tracer.instant(COMMON, END, history.end);
        tracer.finish()
    }
}

// Numbers of what is no change of the log.
const END: u64 = 1;
const EXPIRES: u64 = 2;
const SYMPTOM: u64 = 3;

struct Tracer<'a> {
    scenario: &'a Scenario,
    /// When something happened on the common lane, in its order.
    common: Vec<Time>,
    /// Of each lane what happened on it, and after how much of the common one.
    order: BTreeMap<u64, StreamKey>,
    instants: Vec<Instant>,
}

impl Tracer<'_> {
    fn instant(&mut self, lane: u64, what: u64, at: Time) {
        let at = at.millis();
        self.instants.push(Instant { lane, what, at });
    }

    /// Something happens on a lane, after the first `behind` on the common one.
    fn happens(&mut self, lane: u64, what: u64, behind: usize) {
        let key = self.order.entry(lane).or_insert(StreamKey::root(lane, 0));
        *key = key.number(what).number(behind as u64);
    }

    fn log(&mut self, history: &History) {
        let mut first = Vec::new();
        let mut accounts = 0;
        for cluster in &history.clusters {
            first.push(accounts);
            accounts += cluster.accounts.len() as u64;
        }
        for change in &history.log {
            let what = number_of(change);
            let lane = match change.subject {
                Subject::StorageAccount { cluster, account } => {
                    1 + first[cluster] + u64::from(account)
                }
                _ => COMMON,
            };
            if lane == COMMON {
                let together = self.common.last() == Some(&change.time);
                self.common.push(change.time);
                self.happens(COMMON, what, usize::from(together));
                self.later(change, what);
            } else {
                self.happens(lane, what, self.common.len());
            }
            self.instant(lane, what, change.time);
        }
    }

    /// Until when requests are refused because of one that was accepted.
    fn later(&mut self, change: &Change, what: u64) {
        if !matches!(
            change.what,
            What::OperationStarted | What::OperationSucceeded
        ) {
            return;
        }
        let behaviour = &self.scenario.behaviour;
        let spans = [
            behaviour.capacity_lock,
            behaviour.cluster_name_reserved,
            ASSOCIATIONS,
        ];
        for (number, span) in spans.into_iter().enumerate() {
            self.instant(COMMON, what ^ (number as u64 + 1), change.time + span);
        }
    }

    /// When queries of a cluster begin and cease to fail, and its data to be dropped and to wait;
    /// and when what waits at an account expires.
    fn symptoms(&mut self, cluster: usize, first: u64, history: &History) {
        let of = &history.clusters[cluster];
        let retention = self.scenario.behaviour.buffer_retention;
        let mut waits: Vec<Option<Time>> = vec![None; of.accounts.len()];
        let mut before = [false; 3];
        for at in changes(of) {
            let mut now = [false; 3];
            for (account, waits) in waits.iter_mut().enumerate() {
                let seen = seen(of, account, at);
                now = [now[0] || seen[0], now[1] || seen[1], now[2] || seen[2]];
                let lane = 1 + first + account as u64;
                match (*waits, seen[2]) {
                    (None, true) => {
                        *waits = Some(at);
                        self.instant(lane, EXPIRES, at + retention);
                    }
                    (Some(since), false) => {
                        *waits = None;
                        let expires = since + retention;
                        if expires < at {
                            let behind = self.common.partition_point(|t| *t < expires);
                            self.happens(lane, EXPIRES, behind);
                        }
                    }
                    (None, false) | (Some(_), true) => {}
                }
            }
            for number in 0..3 {
                if now[number] != before[number] {
                    let lane = SYMPTOMS + 3 * cluster as u64 + number as u64;
                    let what = SYMPTOM + u64::from(now[number]);
                    let behind = self.common.partition_point(|t| *t <= at);
                    self.happens(lane, what, behind);
                    self.instant(lane, what, at);
                }
            }
            before = now;
        }
        for (account, since) in waits.iter().enumerate() {
            let expires = since.map(|since| since + retention);
            if let Some(expires) = expires.filter(|expires| *expires < history.end) {
                let behind = self.common.partition_point(|t| *t < expires);
                self.happens(1 + first + account as u64, EXPIRES, behind);
            }
        }
    }

    fn finish(self) -> Trace {
        let mut instants = self.instants;
        instants.sort_unstable();
        instants.dedup();
        let lanes = self.order.into_iter();
        let all = lanes.fold(StreamKey::root(0, 0), |all, (lane, key)| {
            all.number(lane).number(key.bits())
        });
        Trace {
            order: all.bits(),
            instants,
        }
    }
}

/// When something of what [`seen`] tells may change.
fn changes(of: &ClusterHistory) -> Vec<Time> {
    let access = of.accounts.iter().flat_map(|account| &account.access);
    let mut at: Vec<Time> = access.map(|(at, _)| *at).collect();
    at.extend(of.storage_outage.iter().map(|(at, _)| *at));
    at.sort_unstable();
    at.dedup();
    at
}

/// Whether queries fail because of an account, its data is dropped, and its data waits.
fn seen(of: &ClusterHistory, account: usize, at: Time) -> [bool; 3] {
    let state = of.accounts[account].access.in_force(at);
    let down = of.storage_outage.at(at).unwrap_or(false);
    if state == AccessState::Gone {
        return [false; 3];
    }
    let fails = down || !state.answers();
    [fails, state.drops(), fails && !state.drops()]
}

/// A number for what a change is, whenever it is.
fn number_of(change: &Change) -> u64 {
    let mut numbers = Numbers(StreamKey::root(0, 0));
    change.subject.hash(&mut numbers);
    change.what.hash(&mut numbers);
    let cause = change.cause.map(|cause| (cause.event, cause.number));
    cause.hash(&mut numbers);
    numbers.finish()
}

/// A hasher whose results do not differ from run to run.
struct Numbers(StreamKey);

impl Hasher for Numbers {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.number(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = self.0.number(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.number(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = self.0.number(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0.bits()
    }
}
