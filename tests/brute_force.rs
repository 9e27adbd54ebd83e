//! A deliberately naive simulator, written from the description of the model alone: it executes
//! every poll of every account in an unsorted list of what is pending, keeps no interval and
//! skips nothing. Shared with the library: when polls take place, and what is drawn with a stream
//! key. Everything else is said again, simply.

use std::collections::BTreeMap;

use cmksim::kernel::{StreamKey, never};
use cmksim::model::{
    AccessState, History, Occurrence, Options, PollCount, PollSchedule, Subject, What, simulate,
};
use cmksim::scenario::{Access, Action, Delay, Edge, KeyTarget, RevocationScope, Scenario, Timing};
use cmksim::units::Time;

use crate::worlds::{seeds, shown, world};

#[test]
fn the_naive_simulator_agrees() {
    let mut executed = 0;
    let mut seen = std::collections::BTreeSet::new();
    for seed in seeds(3_000) {
        let scenario = world(seed);
        let options = Options::default();
        let history = simulate(&scenario, options, &never).expect("the run comes to its end");
        let naive = Naive::run(&scenario, &history);
        compare(&scenario, &history, &naive);
        executed += naive
            .clusters
            .iter()
            .map(|cluster| cluster.polls.requests)
            .sum::<u64>();
        seen.extend(naive.changes.iter().map(|change| (change.3, change.4)));
    }
    assert!(executed > 1_000_000, "only {executed} polls were executed");
    // Every transition of the table in section 4 of docs/model.md, at least once.
    assert_eq!(seen.len(), 13, "transitions seen: {seen:?}");
}

/// Time, cluster, account, from, to.
type AccessChange = (i64, usize, u32, AccessState, AccessState);

fn compare(scenario: &Scenario, history: &History, naive: &Naive) {
    let told = || shown(scenario);
    let changes: Vec<AccessChange> = history
        .log
        .iter()
        .filter_map(|change| match (change.subject, change.what) {
            (Subject::StorageAccount { cluster, account }, What::Access { from, to }) => {
                Some((change.time.millis(), cluster, account, from, to))
            }
            _ => None,
        })
        .collect();
    assert_eq!(changes, naive.changes, "changes of access, {}", told());
    for (index, (cluster, naive)) in history.clusters.iter().zip(&naive.clusters).enumerate() {
        let numbers = (cluster.operations_rejected, cluster.operations_failed);
        assert_eq!(
            numbers,
            (naive.rejected, naive.failed),
            "operations, {}",
            told()
        );
        for (account, naive) in cluster.accounts.iter().zip(&naive.accounts) {
            let times = |times: &[Time]| times.iter().map(|t| t.millis()).collect::<Vec<_>>();
            assert_eq!(
                times(&account.revoked),
                naive.revoked,
                "cluster {index}, {}",
                told()
            );
            assert_eq!(
                times(&account.destroyed),
                naive.destroyed,
                "cluster {index}, {}",
                told()
            );
            let access: Vec<_> = account
                .access
                .iter()
                .map(|(from, state)| (from.millis(), *state))
                .collect();
            assert_eq!(
                access,
                lasting(&naive.states),
                "cluster {index}, {}",
                told()
            );
        }
        let down: Vec<_> = cluster
            .storage_outage
            .iter()
            .map(|(from, down)| (from.millis(), *down))
            .collect();
        assert_eq!(down, lasting(&naive.down), "storage outages, {}", told());
    }
    for (workspace, naive) in history.workspaces.iter().zip(&naive.retentions) {
        let retention: Vec<_> = workspace
            .retention
            .iter()
            .map(|(from, held)| (from.millis(), held.millis()))
            .collect();
        assert_eq!(retention, lasting(naive), "retention, {}", told());
    }
}

/// Without what held for no time at all, and without changes from a thing to itself.
fn lasting<T: Copy + PartialEq>(raw: &[(i64, T)]) -> Vec<(i64, T)> {
    let mut lasting: Vec<(i64, T)> = Vec::new();
    for (index, &(from, value)) in raw.iter().enumerate() {
        let replaced = raw.get(index + 1).is_some_and(|next| next.0 == from);
        if !replaced && lasting.last().is_none_or(|last| last.1 != value) {
            lasting.push((from, value));
        }
    }
    lasting
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pending {
    Begin(Occurrence),
    End(Occurrence),
    OperationEnds(usize, Occurrence),
    SoftDeleteEnds {
        vault: usize,
        key: usize,
        deletion: u32,
    },
    Poll {
        cluster: usize,
        account: usize,
        k: i64,
    },
    Ready {
        cluster: usize,
        account: usize,
    },
    Enforce {
        cluster: usize,
        account: usize,
    },
    Expire {
        cluster: usize,
        account: usize,
    },
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    time: i64,
    /// Round of the instant, class, rank.
    order: (u32, u8, usize),
    what: Pending,
}

struct NaiveCluster {
    stream: StreamKey,
    key: Option<(usize, usize, usize)>,
    access: Access,
    operation: bool,
    /// Since when, outages left aside, polls would be denied, and by what that began.
    denial: Option<(i64, Occurrence)>,
    denial_before: Option<(i64, i64, Occurrence)>,
    outage: Option<(i64, Occurrence)>,
    outage_before: Option<(i64, i64, Occurrence)>,
    storage_outages: Vec<Occurrence>,
    down: Vec<(i64, bool)>,
    polls: PollCount,
    rejected: u64,
    failed: u64,
    accounts: Vec<NaiveAccount>,
}

struct NaiveAccount {
    stream: StreamKey,
    schedule: PollSchedule,
    state: AccessState,
    expires: Option<i64>,
    last_granted: i64,
    missed: bool,
    outage: Option<Occurrence>,
    denial: Option<Occurrence>,
    states: Vec<(i64, AccessState)>,
    revoked: Vec<i64>,
    destroyed: Vec<i64>,
}

#[derive(Clone)]
struct NaiveKey {
    deleted: bool,
    purged: bool,
    deletions: u32,
    /// Name, enabled, expired.
    versions: Vec<(String, bool, bool)>,
}

struct Naive<'a> {
    scenario: &'a Scenario,
    root: StreamKey,
    now: i64,
    order: (u32, u8, usize),
    pending: Vec<Entry>,
    identity: Vec<(Occurrence, f64)>,
    outages: Vec<Vec<(Occurrence, f64)>>,
    denials: Vec<Vec<(Occurrence, f64)>>,
    keys: Vec<Vec<NaiveKey>>,
    clusters: Vec<NaiveCluster>,
    retentions: Vec<Vec<(i64, i64)>>,
    touched: BTreeMap<Occurrence, (usize, usize, usize)>,
    effective: Vec<Occurrence>,
    changes: Vec<AccessChange>,
}

const LUCKY: f64 = 4_294_967_296.0;

fn failure_of(faults: &[(Occurrence, f64)]) -> f64 {
    1.0 - faults.iter().map(|fault| 1.0 - fault.1).product::<f64>()
}

#[allow(clippy::cast_precision_loss)]
fn fraction(probability: cmksim::units::Probability) -> f64 {
    probability.parts() as f64 / LUCKY
}

impl<'a> Naive<'a> {
    fn run(scenario: &'a Scenario, history: &History) -> Naive<'a> {
        let mut naive = Naive::new(scenario, history);
        for event in 0..scenario.events.len() {
            let occurrence = Occurrence { event, number: 0 };
            match &scenario.events[event].timing {
                Timing::At(at) => {
                    let at = naive.draw_of_event(occurrence, "at", at);
                    naive.plan_begin(at, occurrence);
                }
                Timing::Every { gap } => {
                    let gap = naive.draw_of_event(occurrence, "gap", gap).max(1);
                    naive.plan_begin(gap, occurrence);
                }
                Timing::After { .. } => {}
                Timing::Seen(_) => unreachable!("it knows no responses"),
            }
        }
        for cluster in 0..naive.clusters.len() {
            for account in 0..naive.clusters[cluster].accounts.len() {
                let k = naive.clusters[cluster].accounts[account]
                    .schedule
                    .first_at_or_after(Time::START);
                naive.plan_poll(cluster, account, k);
            }
        }
        while let Some(next) = naive.take_next() {
            (naive.now, naive.order) = (next.time, next.order);
            naive.execute(next.what);
        }
        naive
    }

    fn new(scenario: &'a Scenario, history: &History) -> Naive<'a> {
        let root = StreamKey::root(scenario.seed, 0);
        let keys: Vec<Vec<NaiveKey>> = scenario
            .key_vaults
            .iter()
            .map(|vault| {
                let key = |key: &cmksim::scenario::VaultKey| NaiveKey {
                    deleted: false,
                    purged: false,
                    deletions: 0,
                    versions: key
                        .versions
                        .iter()
                        .map(|name| (name.clone(), true, false))
                        .collect(),
                };
                vault.keys.iter().map(key).collect()
            })
            .collect();
        let clusters = scenario
            .clusters
            .iter()
            .enumerate()
            .map(|(index, cluster)| {
                let stream = root.name("cluster").name(&cluster.name);
                let accounts = history.clusters[index].accounts.iter().enumerate();
                NaiveCluster {
                    stream,
                    key: cluster.key.as_ref().map(|used| {
                        let versions = &keys[used.vault][used.key].versions;
                        let version = versions.iter().position(|(name, ..)| *name == used.version);
                        (used.vault, used.key, version.expect("the version exists"))
                    }),
                    access: cluster.access,
                    operation: false,
                    denial: None,
                    denial_before: None,
                    outage: None,
                    outage_before: None,
                    storage_outages: Vec::new(),
                    down: vec![(i64::MIN, false)],
                    polls: PollCount::default(),
                    rejected: 0,
                    failed: 0,
                    accounts: accounts
                        .map(|(number, account)| {
                            NaiveAccount::new(stream.number(number as u64), account.schedule)
                        })
                        .collect(),
                }
            });
        Naive {
            scenario,
            root,
            now: 0,
            order: (0, 0, 0),
            pending: Vec::new(),
            identity: Vec::new(),
            outages: vec![Vec::new(); scenario.key_vaults.len()],
            denials: vec![Vec::new(); scenario.key_vaults.len()],
            clusters: clusters.collect(),
            keys,
            retentions: scenario
                .workspaces
                .iter()
                .map(|workspace| vec![(i64::MIN, workspace.retention.millis())])
                .collect(),
            touched: BTreeMap::new(),
            effective: Vec::new(),
            changes: Vec::new(),
        }
    }

    // What is pending.

    fn plan(&mut self, time: i64, class: u8, rank: usize, what: Pending) {
        let passed = (class, rank) <= (self.order.1, self.order.2);
        let round = match (time == self.now, passed) {
            (true, true) if self.now > 0 || self.order != (0, 0, 0) => self.order.0 + 1,
            (true, _) => self.order.0,
            (false, _) => 0,
        };
        self.pending.push(Entry {
            time,
            order: (round, class, rank),
            what,
        });
    }

    fn take_next(&mut self) -> Option<Entry> {
        let end = self.scenario.duration.millis();
        let first = (0..self.pending.len())
            .filter(|&index| self.pending[index].time < end)
            .min_by_key(|&index| (self.pending[index].time, self.pending[index].order))?;
        // Not swap_remove: of equals the first that was planned comes first.
        Some(self.pending.remove(first))
    }

    fn plan_begin(&mut self, time: i64, occurrence: Occurrence) {
        let class = class_of(&self.scenario.events[occurrence.event].action, true);
        self.plan(time, class, occurrence.event, Pending::Begin(occurrence));
    }

    fn plan_poll(&mut self, cluster: usize, account: usize, k: i64) {
        let time = self.clusters[cluster].accounts[account]
            .schedule
            .time(k)
            .millis();
        let rank = self.rank(cluster, account);
        self.plan(
            time,
            7,
            rank,
            Pending::Poll {
                cluster,
                account,
                k,
            },
        );
    }

    fn rank(&self, cluster: usize, account: usize) -> usize {
        let before = &self.clusters[..cluster];
        before
            .iter()
            .map(|cluster| cluster.accounts.len())
            .sum::<usize>()
            + account
    }

    fn execute(&mut self, what: Pending) {
        match what {
            Pending::Begin(occurrence) => self.begin(occurrence),
            Pending::End(occurrence) => self.end(occurrence),
            Pending::OperationEnds(cluster, occurrence) => self.end_operation(cluster, occurrence),
            Pending::SoftDeleteEnds {
                vault,
                key: key_index,
                deletion,
            } => {
                let key = &mut self.keys[vault][key_index];
                if key.deleted && !key.purged && key.deletions == deletion {
                    key.purged = true;
                    self.destroy(vault, key_index);
                }
            }
            Pending::Poll {
                cluster,
                account,
                k,
            } => {
                self.poll(cluster, account, k);
                self.plan_poll(cluster, account, k + 1);
            }
            Pending::Ready { cluster, account } => self.ready(cluster, account),
            Pending::Enforce { cluster, account } => {
                self.change(cluster, account, AccessState::Revoked);
            }
            Pending::Expire { cluster, account } => {
                self.clusters[cluster].accounts[account].expires = None;
                self.change(cluster, account, AccessState::Isolated);
            }
        }
    }

    // Random numbers.

    fn draw(&self, delay: &Delay, below: StreamKey, occurrence: Occurrence) -> i64 {
        let name = &self.scenario.events[occurrence.event].name;
        let stream = below.name(name).number(u64::from(occurrence.number));
        delay
            .draw(|| stream)
            .expect("a delay can be drawn")
            .millis()
    }

    fn draw_of_event(&self, occurrence: Occurrence, key: &str, delay: &Delay) -> i64 {
        self.draw(delay, self.root.name("event").name(key), occurrence)
    }

    fn tolerance(&self, cluster: usize, account: usize) -> Option<i64> {
        let delay = self.scenario.behaviour.outage_tolerance.as_ref()?;
        let outage = latest(
            self.clusters[cluster].outage,
            self.clusters[cluster].outage_before,
        );
        let own = self.clusters[cluster].accounts[account].stream;
        Some(self.draw(delay, own.name("outage_tolerance"), outage.1))
    }

    // Events.

    fn begin(&mut self, occurrence: Occurrence) {
        let event = &self.scenario.events[occurrence.event];
        let effective = self.take_effect(&event.action, occurrence);
        if effective {
            self.effective.push(occurrence);
        }
        self.look(occurrence);
        if let Action::DeleteKey(key) | Action::PurgeKey(key) = &event.action
            && effective
            && self.keys[key.vault][key.key].purged
        {
            self.destroy(key.vault, key.key);
        }
        self.follow(occurrence, Edge::Begin);
        match &event.duration {
            Some(duration) => {
                let duration = self.draw_of_event(occurrence, "duration", duration).max(1);
                let class = class_of(&event.action, false);
                self.plan(
                    self.now + duration,
                    class,
                    occurrence.event,
                    Pending::End(occurrence),
                );
            }
            None => self.again(occurrence),
        }
    }

    fn end(&mut self, occurrence: Occurrence) {
        if self.effective.contains(&occurrence) {
            self.undo(&self.scenario.events[occurrence.event].action, occurrence);
            self.look(occurrence);
        }
        self.follow(occurrence, Edge::End);
        self.again(occurrence);
    }

    fn follow(&mut self, occurrence: Occurrence, passed: Edge) {
        for (index, follower) in self.scenario.events.iter().enumerate() {
            if let Timing::After { event, edge, delay } = &follower.timing
                && (*event, *edge) == (occurrence.event, passed)
            {
                let occurrence = Occurrence {
                    event: index,
                    ..occurrence
                };
                let delay = self.draw_of_event(occurrence, "delay", delay);
                self.plan_begin(self.now + delay, occurrence);
            }
        }
    }

    fn again(&mut self, occurrence: Occurrence) {
        if let Timing::Every { gap } = &self.scenario.events[occurrence.event].timing {
            let next = Occurrence {
                number: occurrence.number + 1,
                ..occurrence
            };
            let gap = self.draw_of_event(next, "gap", gap).max(1);
            self.plan_begin(self.now + gap, next);
        }
    }

    /// Whether it had an effect.
    fn take_effect(&mut self, action: &Action, occurrence: Occurrence) -> bool {
        match action {
            Action::CreateCluster { .. }
            | Action::SetCapacityReservation { .. }
            | Action::SetBillingType { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. } => {
                unreachable!("no random world has {action:?} yet")
            }
            Action::KeyVaultOutage { vault, failure }
            | Action::KeyVaultThrottling { vault, failure, .. } => {
                self.outages[*vault].push((occurrence, fraction(*failure)));
            }
            Action::IdentityOutage { failure } => {
                self.identity.push((occurrence, fraction(*failure)));
            }
            Action::KeyVaultDenials { vault, failure } => {
                self.denials[*vault].push((occurrence, fraction(*failure)));
            }
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster].storage_outages.push(occurrence);
            }
            Action::DisableKey(key) => return self.flag(key, occurrence, false, false),
            Action::EnableKey(key) => return self.flag(key, occurrence, false, true),
            Action::ExpireKey(key) => return self.flag(key, occurrence, true, true),
            Action::ExtendKey(key) => return self.flag(key, occurrence, true, false),
            Action::CreateKeyVersion(key) => return self.create_version(key, occurrence),
            Action::DeleteKey(key) => return self.delete(key),
            Action::RecoverKey(key) => return self.recover(key),
            Action::PurgeKey(target) => {
                let key = &mut self.keys[target.vault][target.key];
                let purges = key.deleted
                    && !key.purged
                    && !self.scenario.key_vaults[target.vault].purge_protection;
                key.purged |= purges;
                return purges;
            }
            Action::RemoveAccess {
                cluster,
                permissions,
            } => {
                let held = self.clusters[*cluster].access;
                return self.set_access(*cluster, held.without(*permissions));
            }
            Action::GrantAccess {
                cluster,
                permissions,
            } => {
                let held = self.clusters[*cluster].access;
                return self.set_access(*cluster, held.with(*permissions));
            }
            Action::UpdateClusterKey { cluster, .. } => self.ask_for_update(*cluster, occurrence),
            Action::SetRetention {
                workspace,
                retention,
            } => {
                self.retentions[*workspace].push((self.now, retention.millis()));
            }
            // Volumes are another subject.
            Action::SetIngestion { .. }
            | Action::IngestionSurge { .. }
            | Action::SetDailyCap { .. } => {}
        }
        true
    }

    fn undo(&mut self, action: &Action, occurrence: Occurrence) {
        let others =
            |faults: &mut Vec<(Occurrence, f64)>| faults.retain(|(of, _)| *of != occurrence);
        match action {
            Action::KeyVaultOutage { vault, .. } | Action::KeyVaultThrottling { vault, .. } => {
                others(&mut self.outages[*vault]);
            }
            Action::IdentityOutage { .. } => others(&mut self.identity),
            Action::KeyVaultDenials { vault, .. } => others(&mut self.denials[*vault]),
            Action::StorageOutage { cluster } => {
                self.clusters[*cluster]
                    .storage_outages
                    .retain(|outage| *outage != occurrence);
            }
            Action::DisableKey(_) => drop(self.set_flag(self.touched[&occurrence], false, true)),
            Action::ExpireKey(_) => drop(self.set_flag(self.touched[&occurrence], true, false)),
            Action::DeleteKey(key) => drop(self.recover(key)),
            Action::RemoveAccess {
                cluster,
                permissions,
            } => {
                let held = self.clusters[*cluster].access;
                self.set_access(*cluster, held.with(*permissions));
            }
            // The books know when a surge ends.
            Action::IngestionSurge { .. } => {}
            _ => unreachable!("{action:?} does not end"),
        }
    }

    fn set_access(&mut self, cluster: usize, access: Access) -> bool {
        let changed = self.clusters[cluster].access != access;
        self.clusters[cluster].access = access;
        changed
    }

    // Keys.

    /// The version that is meant: the one given, that of the event this one follows, or the one
    /// in use.
    fn meant(&self, target: &KeyTarget, occurrence: Occurrence) -> Option<(usize, usize, usize)> {
        let (vault, key) = (target.vault, target.key);
        if let Some(name) = &target.version {
            let versions = &self.keys[vault][key].versions;
            return versions
                .iter()
                .position(|version| version.0 == *name)
                .map(|at| (vault, key, at));
        }
        let of_this_key = |version: &&(usize, usize, usize)| (version.0, version.1) == (vault, key);
        let followed = match self.scenario.events[occurrence.event].timing {
            Timing::After { event, .. } => self.touched.get(&Occurrence {
                event,
                ..occurrence
            }),
            Timing::At(_) | Timing::Every { .. } | Timing::Seen(_) => None,
        };
        if let Some(followed) = followed.filter(of_this_key) {
            return Some(*followed);
        }
        if let Action::UpdateClusterKey { cluster, .. } =
            self.scenario.events[occurrence.event].action
        {
            // The version that this cluster uses, else the newest.
            let newest = (vault, key, self.keys[vault][key].versions.len() - 1);
            let used = self.clusters[cluster]
                .key
                .filter(|version| (version.0, version.1) == (vault, key));
            return used.or(Some(newest));
        }
        let mut used = self
            .clusters
            .iter()
            .filter_map(|cluster| cluster.key.as_ref());
        used.find(of_this_key).copied()
    }

    fn flag(&mut self, target: &KeyTarget, occurrence: Occurrence, expiry: bool, to: bool) -> bool {
        let Some(version) = self.meant(target, occurrence) else {
            return false;
        };
        self.touched.insert(occurrence, version);
        self.set_flag(version, expiry, to)
    }

    /// Flags of a deleted key stay as they are.
    fn set_flag(&mut self, at: (usize, usize, usize), expiry: bool, to: bool) -> bool {
        let key = &mut self.keys[at.0][at.1];
        if key.deleted || key.purged {
            return false;
        }
        let version = &mut key.versions[at.2];
        let flag = if expiry {
            &mut version.2
        } else {
            &mut version.1
        };
        let changed = *flag != to;
        *flag = to;
        changed
    }

    fn create_version(&mut self, target: &KeyTarget, occurrence: Occurrence) -> bool {
        let key = &mut self.keys[target.vault][target.key];
        let highest = key
            .versions
            .iter()
            .filter_map(|version| version.0.parse::<u64>().ok())
            .max();
        let name = target
            .version
            .clone()
            .unwrap_or((highest.unwrap_or(0) + 1).to_string());
        if key.deleted || key.purged || key.versions.iter().any(|version| version.0 == name) {
            return false;
        }
        key.versions.push((name, true, false));
        let created = (target.vault, target.key, key.versions.len() - 1);
        self.touched.insert(occurrence, created);
        true
    }

    fn delete(&mut self, target: &KeyTarget) -> bool {
        let key = &mut self.keys[target.vault][target.key];
        if key.deleted || key.purged {
            return false;
        }
        key.deleted = true;
        key.deletions += 1;
        key.purged = !self.scenario.key_vaults[target.vault].soft_delete;
        let ends = Pending::SoftDeleteEnds {
            vault: target.vault,
            key: target.key,
            deletion: key.deletions,
        };
        let at = self.now + self.scenario.behaviour.soft_delete_retention.millis();
        self.plan(at, 1, usize::MAX, ends);
        true
    }

    fn recover(&mut self, target: &KeyTarget) -> bool {
        let key = &mut self.keys[target.vault][target.key];
        let recovers = key.deleted && !key.purged;
        if recovers {
            key.deleted = false;
        }
        recovers
    }

    // The update of the key identifier.

    fn ask_for_update(&mut self, cluster: usize, occurrence: Occurrence) {
        if self.clusters[cluster].operation {
            self.clusters[cluster].rejected += 1;
            return;
        }
        self.clusters[cluster].operation = true;
        let below = self.clusters[cluster].stream.name("key_update_duration");
        let duration = self.draw(
            &self.scenario.behaviour.key_update_duration,
            below,
            occurrence,
        );
        let ends = Pending::OperationEnds(cluster, occurrence);
        self.plan(self.now + duration, 4, occurrence.event, ends);
    }

    fn end_operation(&mut self, cluster: usize, occurrence: Occurrence) {
        self.clusters[cluster].operation = false;
        let Action::UpdateClusterKey { key: target, .. } =
            &self.scenario.events[occurrence.event].action
        else {
            panic!("only updates are operations");
        };
        let name = &self.scenario.events[occurrence.event].name;
        let stream = self.clusters[cluster]
            .stream
            .name("key update luck")
            .name(name);
        let luck = stream.number(u64::from(occurrence.number)).bits() >> 32;
        let vault = target.vault;
        let unreachable = or(failure_of(&self.outages[vault]), failure_of(&self.identity));
        let refused = or(unreachable, failure_of(&self.denials[vault]));
        #[allow(clippy::cast_precision_loss)]
        let reached = luck as f64 >= refused * LUCKY;
        let recoverable = self.scenario.key_vaults[vault].soft_delete
            && self.scenario.key_vaults[vault].purge_protection;
        let key = &self.keys[vault][target.key];
        let there = !key.deleted && !key.purged;
        let version = self
            .meant(target, occurrence)
            .filter(|version| key.versions[version.2].1 && !key.versions[version.2].2);
        let access = self.clusters[cluster].access == Access::ALL;
        match version.filter(|_| reached && recoverable && there && access) {
            None => self.clusters[cluster].failed += 1,
            Some(version) => {
                self.touched.insert(occurrence, version);
                if self.clusters[cluster].key.replace(version).is_none() {
                    for account in &mut self.clusters[cluster].accounts {
                        account.last_granted = self.now;
                    }
                }
                self.look(occurrence);
                self.follow(occurrence, Edge::End);
            }
        }
    }

    // Polls and what they lead to.

    /// Unreachable, and denied when reached.
    fn obstacles(&self, cluster: usize) -> (f64, f64) {
        let Some((vault, key, version)) = self.clusters[cluster].key else {
            return (0.0, 0.0);
        };
        let used = &self.keys[vault][key];
        let unwraps = self.clusters[cluster].access.unwrap
            && !used.deleted
            && !used.purged
            && used.versions[version].1;
        let denied = if unwraps {
            failure_of(&self.denials[vault])
        } else {
            1.0
        };
        (
            or(failure_of(&self.outages[vault]), failure_of(&self.identity)),
            denied,
        )
    }

    /// Notes which interruptions began or ended.
    fn look(&mut self, cause: Occurrence) {
        for index in 0..self.clusters.len() {
            let (unreachable, denied) = self.obstacles(index);
            let now = self.now;
            let cluster = &mut self.clusters[index];
            note(
                &mut cluster.outage,
                &mut cluster.outage_before,
                unreachable > 0.0,
                now,
                cause,
            );
            note(
                &mut cluster.denial,
                &mut cluster.denial_before,
                denied > 0.0,
                now,
                cause,
            );
            cluster
                .down
                .push((now, !cluster.storage_outages.is_empty()));
        }
    }

    fn poll(&mut self, cluster: usize, account: usize, k: i64) {
        if self.clusters[cluster].key.is_none()
            || !self.clusters[cluster].storage_outages.is_empty()
        {
            return;
        }
        let (unreachable, denied) = self.obstacles(cluster);
        let luck = f64::from(
            self.clusters[cluster].accounts[account]
                .schedule
                .uniform_draw(k),
        );
        self.clusters[cluster].polls.requests += 1;
        if luck < unreachable * LUCKY {
            self.clusters[cluster].polls.failures += 1;
            self.unreachable(cluster, account);
        } else if luck < or(unreachable, denied) * LUCKY {
            self.clusters[cluster].polls.denials += 1;
            self.denied(cluster, account);
        } else {
            self.granted(cluster, account);
        }
    }

    fn unreachable(&mut self, cluster: usize, account: usize) {
        let tolerance = self.tolerance(cluster, account);
        let began = self.clusters[cluster]
            .outage
            .expect("an outage is in force")
            .1;
        let now = self.now;
        let polled = &mut self.clusters[cluster].accounts[account];
        polled.missed = true;
        if polled.state == AccessState::Serving
            && polled.expires.is_none()
            && let Some(tolerance) = tolerance
        {
            let expires = now.max(polled.last_granted + tolerance);
            polled.expires = Some(expires);
            polled.outage = Some(began);
            let rank = self.rank(cluster, account);
            self.plan(expires, 10, rank, Pending::Expire { cluster, account });
        }
    }

    fn denied(&mut self, cluster: usize, account: usize) {
        let (since, began) = self.clusters[cluster].denial.expect("a denial is in force");
        match self.clusters[cluster].accounts[account].state {
            AccessState::Serving => {
                self.cancel(cluster, account);
                let whose = match self.scenario.behaviour.revocation_scope {
                    RevocationScope::Account => self.clusters[cluster].accounts[account].stream,
                    RevocationScope::Cluster => self.clusters[cluster].stream,
                };
                let delay = &self.scenario.behaviour.revocation_delay;
                let enforce = since + self.draw(delay, whose.name("revocation_delay"), began);
                let rank = self.rank(cluster, account);
                let what = Pending::Enforce { cluster, account };
                self.plan(enforce.max(self.now), 9, rank, what);
                self.clusters[cluster].accounts[account].denial = Some(began);
                self.change(cluster, account, AccessState::Revoking);
            }
            AccessState::Isolated
            | AccessState::RecoveringFromOutage
            | AccessState::RecoveringFromRevocation => {
                self.cancel(cluster, account);
                self.clusters[cluster].accounts[account].denial = Some(began);
                self.change(cluster, account, AccessState::Revoked);
            }
            AccessState::Revoking | AccessState::Revoked | AccessState::Gone => {}
        }
    }

    fn granted(&mut self, cluster: usize, account: usize) {
        let now = self.now;
        let polled = &mut self.clusters[cluster].accounts[account];
        (polled.last_granted, polled.missed) = (now, false);
        let (own, outage, denial) = (polled.stream, polled.outage, polled.denial);
        let behaviour = &self.scenario.behaviour;
        let (to, ready) = match polled.state {
            AccessState::Serving => return self.cancel(cluster, account),
            AccessState::Revoking => {
                self.cancel(cluster, account);
                return self.change(cluster, account, AccessState::Serving);
            }
            AccessState::Isolated => {
                let began = outage.expect("an outage isolated the account");
                let below = own.name("outage_recovery");
                let delay = self.draw(&behaviour.outage_recovery, below, began);
                (AccessState::RecoveringFromOutage, now + delay)
            }
            AccessState::Revoked => {
                let began = denial.expect("a denial revoked the account");
                let below = own.name("revocation_recovery");
                let delay = self.draw(&behaviour.revocation_recovery, below, began);
                (AccessState::RecoveringFromRevocation, now + delay)
            }
            AccessState::RecoveringFromOutage
            | AccessState::RecoveringFromRevocation
            | AccessState::Gone => return,
        };
        let rank = self.rank(cluster, account);
        self.plan(ready, 8, rank, Pending::Ready { cluster, account });
        self.change(cluster, account, to);
    }

    fn ready(&mut self, cluster: usize, account: usize) {
        let recovering = &self.clusters[cluster].accounts[account];
        let relapsed = recovering.missed
            && self
                .tolerance(cluster, account)
                .is_some_and(|tolerance| recovering.last_granted + tolerance <= self.now);
        if relapsed {
            let outage = latest(
                self.clusters[cluster].outage,
                self.clusters[cluster].outage_before,
            );
            self.clusters[cluster].accounts[account].outage = Some(outage.1);
            self.change(cluster, account, AccessState::Isolated);
        } else {
            self.change(cluster, account, AccessState::Serving);
        }
    }

    /// Takes the account's timer back.
    fn cancel(&mut self, cluster: usize, account: usize) {
        self.clusters[cluster].accounts[account].expires = None;
        self.pending.retain(|entry| {
            entry.what != Pending::Ready { cluster, account }
                && entry.what != Pending::Enforce { cluster, account }
                && entry.what != Pending::Expire { cluster, account }
        });
    }

    fn change(&mut self, cluster: usize, account: usize, to: AccessState) {
        let now = self.now;
        let changed = &mut self.clusters[cluster].accounts[account];
        let number = u32::try_from(account).expect("few accounts");
        self.changes.push((now, cluster, number, changed.state, to));
        changed.state = to;
        changed.states.push((now, to));
        if to == AccessState::Revoked {
            changed.revoked.push(now);
            if self.under_a_purged_key(cluster) {
                self.clusters[cluster].accounts[account].destroyed.push(now);
            }
        }
    }

    fn under_a_purged_key(&self, cluster: usize) -> bool {
        self.clusters[cluster]
            .key
            .is_some_and(|(vault, key, _)| self.keys[vault][key].purged)
    }

    /// What was stored under a key that has just been purged, by accounts that are revoked.
    fn destroy(&mut self, vault: usize, key: usize) {
        let under_it = |cluster: &&mut NaiveCluster| {
            cluster
                .key
                .is_some_and(|used| (used.0, used.1) == (vault, key))
        };
        for cluster in self.clusters.iter_mut().filter(under_it) {
            for account in &mut cluster.accounts {
                if account.state == AccessState::Revoked {
                    account.destroyed.push(self.now);
                }
            }
        }
    }
}

impl NaiveAccount {
    fn new(stream: StreamKey, schedule: PollSchedule) -> NaiveAccount {
        let last = schedule.first_at_or_after(Time::START) - 1;
        NaiveAccount {
            stream,
            schedule,
            state: AccessState::Serving,
            expires: None,
            last_granted: schedule.time(last).millis(),
            missed: false,
            outage: None,
            denial: None,
            states: vec![(i64::MIN, AccessState::Serving)],
            revoked: Vec::new(),
            destroyed: Vec::new(),
        }
    }
}

fn or(p: f64, q: f64) -> f64 {
    1.0 - (1.0 - p) * (1.0 - q)
}

/// The interruption in force, or the last one.
fn latest(
    now: Option<(i64, Occurrence)>,
    before: Option<(i64, i64, Occurrence)>,
) -> (i64, Occurrence) {
    now.or(before.map(|(began, _, cause)| (began, cause)))
        .expect("there was one")
}

/// What ends and begins again at one instant is one interval.
fn note(
    spell: &mut Option<(i64, Occurrence)>,
    before: &mut Option<(i64, i64, Occurrence)>,
    holds: bool,
    now: i64,
    cause: Occurrence,
) {
    match (*spell, holds) {
        (None, true) => {
            let resumed = before
                .filter(|(_, ended, _)| *ended == now)
                .map(|(began, _, first)| (began, first));
            *spell = Some(resumed.unwrap_or((now, cause)));
        }
        (Some((began, first)), false) => {
            *before = Some((began, now, first));
            *spell = None;
        }
        _ => {}
    }
}

/// Ends, then begins of outages and denials; key states; permissions; finished operations;
/// requests; workspace settings; polls (7); timers (8 to 10).
fn class_of(action: &Action, begins: bool) -> u8 {
    match action {
        Action::KeyVaultOutage { .. }
        | Action::KeyVaultThrottling { .. }
        | Action::IdentityOutage { .. }
        | Action::KeyVaultDenials { .. }
        | Action::StorageOutage { .. } => u8::from(begins),
        Action::RemoveAccess { .. } | Action::GrantAccess { .. } => 3,
        Action::UpdateClusterKey { .. } => 5,
        Action::SetIngestion { .. }
        | Action::IngestionSurge { .. }
        | Action::SetRetention { .. }
        | Action::SetDailyCap { .. } => 6,
        Action::DisableKey(_)
        | Action::EnableKey(_)
        | Action::ExpireKey(_)
        | Action::ExtendKey(_)
        | Action::CreateKeyVersion(_)
        | Action::DeleteKey(_)
        | Action::RecoverKey(_)
        | Action::PurgeKey(_) => 2,
        _ => unreachable!("no world here does {action:?}"),
    }
}
