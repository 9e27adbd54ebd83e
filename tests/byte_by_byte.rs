//! A third set of books, the plainest: in worlds of a few hundred milliseconds what arrives in
//! each millisecond is a parcel of its own, and every parcel is looked at in every millisecond.
//! Judges the books, the audit, and the measures that are totals, durations and extremes.

use cmksim::accounting::Balance;
use cmksim::experiment::{Replay, replay};
use cmksim::intake::{Calendar, Intake};
use cmksim::kernel::{StepFunction, never};
use cmksim::model::{AccountHistory, ClusterHistory, Options};
use cmksim::scenario::{
    BufferOnRevocation, Growth, MONTH, Measure, Noise, NoiseShape, Scenario, Scope, Value, read,
};
use cmksim::units::{Duration, Money, Time, Volume};

use crate::worlds::{Dice, Scale, seeds, shown, world_of};

#[test]
fn every_parcel_is_where_the_books_say() {
    let mut compared = 0;
    for seed in seeds(1_000) {
        let mut scenario = world_of(Scale::Milliseconds, seed);
        for cluster in &mut scenario.unchecked.clusters {
            cluster.storage_accounts = cluster.storage_accounts.min(3);
        }
        compared += judged(&scenario);
    }
    assert!(compared > 100_000, "only {compared} balances");
}

/// Compares the books of every workspace; says how many balances that were.
fn judged(scenario: &Scenario) -> usize {
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let replay = replay(scenario, &traces, Options::default(), &never)
        .unwrap_or_else(|error| panic!("{error}, {}", shown(scenario)));
    let of_workspace = |workspace| {
        let books = PlainBooks::keep(scenario, &replay, workspace);
        books.compare(scenario, &replay, workspace);
        books.compare_extremes(scenario, &replay, workspace);
        books.compare_billed(scenario, &replay, workspace);
        books.balances.len()
    };
    (0..scenario.workspaces.len()).map(of_workspace).sum()
}

/// Where the rate changes at equal distances for long, the extremes are found another way.
#[test]
fn what_arrives_step_by_step_is_where_the_books_say() {
    for seed in seeds(150) {
        let mut scenario = world_of(Scale::Milliseconds, seed);
        let mut dice = Dice::new(seed);
        for cluster in &mut scenario.unchecked.clusters {
            cluster.storage_accounts = cluster.storage_accounts.min(3);
        }
        let step = dice.between(1, 3);
        for workspace in &mut scenario.unchecked.workspaces {
            // Mostly all have the same steps.
            let step = if dice.chance(80) { step } else { 3 - step / 2 };
            workspace.ingestion.noise = dice
                .chance(90)
                .then(|| Noise::independent(NoiseShape::Gamma, 0.5, Duration::from_millis(step)));
        }
        judged(&scenario);
    }
}

/// Where rate and growth are drawn, and noise ties hours together, the same holds.
#[test]
fn what_is_drawn_once_is_where_the_books_say() {
    for seed in seeds(50) {
        let mut scenario = world_of(Scale::Milliseconds, seed);
        let mut dice = Dice::new(seed);
        for workspace in &mut scenario.unchecked.workspaces {
            let ingestion = &mut workspace.ingestion;
            ingestion.rate_spread = if dice.chance(70) { 0.3 } else { 0.0 };
            ingestion.growth = dice.chance(70).then(|| Growth {
                spread: 0.2,
                correlation: 0.5,
                ..Growth::known(0.9, Duration::HOUR)
            });
        }
        judged(&scenario);
    }
}

/// What random worlds hardly ever bring about: two things in one millisecond.
#[test]
fn what_falls_on_one_millisecond_is_where_the_books_say() {
    // A hot cache is refilled when it is deleted again.
    let refilled = "[[event]]\nat = \"20ms\"\nkind = \"disable_key\"\nduration = \"5ms\"\n\
                    [[event]]\nat = \"35ms\"\nkind = \"disable_key\"\nduration = \"5ms\"\n";
    // What waited is stored when the cluster gets its first key.
    let keyed = "[[cluster]]\nname = \"cluster\"\nkey = \"none\"\n\
                 [[event]]\nat = \"20ms\"\nkind = \"update_cluster_key\"\n\
                 [[event]]\nat = \"20ms\"\nkind = \"storage_outage\"\nduration = \"10ms\"\n";
    for what in [refilled, keyed] {
        let text = format!(
            "duration = \"60ms\"\n\
             [behaviour]\npoll_interval = {{ min = \"1ms\", max = \"1ms\" }}\n\
             revocation_delay = \"0ms\"\nrevocation_recovery = \"0ms\"\n\
             hot_cache_refill = \"10ms\"\nkey_update_duration = \"10ms\"\n\
             [[workspace]]\nname = \"logs\"\nretention = \"40ms\"\n\
             ingestion = \"1 MB/s\"\n{what}"
        );
        let reading = read("one millisecond", text.as_bytes(), &[]);
        let reading = reading.unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
        judged(&reading.scenario);
    }
}

#[test]
fn recovery_is_counted_from_the_last_millisecond_of_a_cause() {
    let mut recoveries = 0;
    // In the last two a cause that held for no time is the last one, and the only one.
    for seed in seeds(1_000).chain([8_320, 26_619]) {
        let scenario = world_of(Scale::Milliseconds, seed);
        let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
        let replay = replay(&scenario, &traces, Options::default(), &never)
            .unwrap_or_else(|error| panic!("{error}, {}", shown(&scenario)));
        for (index, cluster) in replay.history.clusters.iter().enumerate() {
            let fails = |ms: i64| {
                let mut accounts = cluster.accounts.iter();
                accounts.any(|account| !stores(Some((cluster, account)), ms))
            };
            let mut longest = Some(0);
            for ms in 1..=scenario.duration.millis() {
                if !fails(ms - 1) {
                    continue;
                }
                if ms == scenario.duration.millis() {
                    longest = None;
                } else if !fails(ms) {
                    let mut before = (0..=ms).rev();
                    let ended = before.find(|&ms| at(&cluster.cause, ms));
                    // Or it held for no time.
                    let momentary = cluster.causes_ended.iter().map(|end| end.millis());
                    let momentary = momentary.filter(|&end| end <= ms).max();
                    let since = ended.map(|ms| ms + 1).max(momentary);
                    let since = since.expect("nothing fails without a cause");
                    longest = longest.max(Some((ms - since).max(0)));
                    recoveries += 1;
                }
            }
            let longest = longest.map(|ms| Value::Duration(Duration::from_millis(ms)));
            let claimed = replay
                .measures
                .get(Scope::Cluster(index), Measure::TimeToRecover);
            assert_eq!(claimed, longest, "cluster {index}, {}", shown(&scenario));
        }
    }
    assert!(recoveries > 500, "only {recoveries} recoveries");
}

/// What arrived at one account in one millisecond.
struct Parcel {
    arrived: i64,
    bytes: u64,
    place: Place,
    /// In the hot cache, unless too old.
    cached: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Buffered,
    CustomerKey,
    MicrosoftKey,
    Revoked,
    Expired,
    Purged,
    Destroyed,
}

impl Place {
    fn stored(self) -> bool {
        matches!(self, Place::CustomerKey | Place::MicrosoftKey)
    }
}

/// The balance at each millisecond of the run, and what else is measured.
struct PlainBooks {
    balances: Vec<Balance>,
    hot_deleted: u64,
    buffered_total: u64,
    /// What arrived in each millisecond of the run, and was not dropped in the end.
    billed: Vec<u64>,
    /// Bytes times milliseconds for which they were kept beyond the free time.
    kept: u64,
    /// In each millisecond of the run: queries fail, something is dropped, something is buffered.
    conditions: Vec<[bool; 3]>,
}

fn at<T: Copy>(history: &StepFunction<T>, ms: i64) -> T {
    let held = history.iter().rev().find(|entry| entry.0.millis() <= ms);
    held.expect("a first entry holds since ever").1
}

fn happens(times: &[Time], ms: i64) -> bool {
    times.iter().any(|time| time.millis() == ms)
}

fn drops(place: Option<(&ClusterHistory, &AccountHistory)>, ms: i64) -> bool {
    place.is_some_and(|(_, account)| at(&account.access, ms).drops())
}

fn stores(place: Option<(&ClusterHistory, &AccountHistory)>, ms: i64) -> bool {
    place.is_none_or(|(cluster, account)| {
        at(&account.access, ms).answers() && !at(&cluster.storage_outage, ms)
    })
}

impl PlainBooks {
    fn keep(scenario: &Scenario, replay: &Replay, workspace: usize) -> PlainBooks {
        let end = scenario.duration.millis();
        let intake = replay.books.intake(workspace);
        let cluster = scenario.workspaces[workspace]
            .cluster
            .map(|cluster| &replay.history.clusters[cluster]);
        let moments = usize::try_from(end).expect("a short run");
        let mut books = PlainBooks {
            balances: vec![Balance::default(); moments + 1],
            hot_deleted: 0,
            buffered_total: 0,
            billed: vec![0; moments],
            kept: 0,
            conditions: vec![[false; 3]; moments],
        };
        let accounts = cluster.map_or(1, |cluster| cluster.accounts.len() as u64);
        for number in 0..accounts {
            let mut account = Account {
                scenario,
                retention: &replay.history.workspaces[workspace].retention,
                place: cluster.map(|cluster| {
                    (
                        cluster,
                        &cluster.accounts[usize::try_from(number).expect("few")],
                    )
                }),
                deal: Deal {
                    intake,
                    number,
                    accounts,
                },
                parcels: Vec::new(),
                purged_up_to: i64::MIN,
                refill: Refill::No,
                hot_deleted: 0,
                buffered_total: 0,
            };
            account.open();
            let initial: u64 = account.parcels.iter().map(|parcel| parcel.bytes).sum();
            for ms in 0..=end {
                account.live_through(ms);
                let balance = &mut books.balances[usize::try_from(ms).expect("in the run")];
                balance.initial += Volume::from_bytes(initial);
                account.count(ms, balance);
                if ms < end {
                    books.kept += account.kept(ms);
                }
            }
            for parcel in account.parcels.iter().filter(|parcel| parcel.arrived > 0) {
                if !matches!(parcel.place, Place::Revoked | Place::Expired) {
                    let arrived = usize::try_from(parcel.arrived - 1).expect("in the run");
                    books.billed[arrived] += parcel.bytes;
                }
            }
            books.hot_deleted += account.hot_deleted;
            books.buffered_total += account.buffered_total;
            for (ms, condition) in (0..).zip(&mut books.conditions) {
                let (stores, drops) = (stores(account.place, ms), drops(account.place, ms));
                condition[0] |= !stores;
                condition[1] |= drops;
                condition[2] |= !stores && !drops;
            }
        }
        books.finish(intake);
        books
    }

    /// What is the workspace's, not an account's.
    fn finish(&mut self, intake: &Intake) {
        let fails: Vec<bool> = self
            .conditions
            .iter()
            .map(|condition| condition[0])
            .collect();
        for (ms, balance) in (0..).zip(&mut self.balances) {
            let since_start = |curve: fn(&Intake, Time) -> u64| {
                curve(intake, Time::from_millis(ms)) - curve(intake, Time::START)
            };
            let offered = since_start(Intake::offered_at);
            balance.offered = Volume::from_bytes(offered);
            balance.rejected = Volume::from_bytes(offered - since_start(Intake::accepted_at));
            // Nothing changes at the end of the run.
            let held = usize::try_from(ms)
                .expect("in the run")
                .min(fails.len() - 1);
            if !fails[held] {
                balance.accessible = balance.stored();
            }
        }
    }

    fn compare(&self, scenario: &Scenario, replay: &Replay, workspace: usize) {
        let told = || format!("workspace {workspace}, {}", shown(scenario));
        for (ms, balance) in (0..).zip(&self.balances) {
            let claimed = replay.books.balance(workspace, Time::from_millis(ms));
            assert_eq!(claimed, *balance, "at {ms} ms, {}", told());
        }
        let volume = |bytes| Some(Value::Volume(Volume::from_bytes(bytes)));
        let time = |ms| Some(Value::Duration(Duration::from_millis(ms)));
        let (downtime, longest, interruptions) = self.stretches(0);
        let expected = [
            (Measure::HotDeleted, volume(self.hot_deleted)),
            (Measure::BufferedTotal, volume(self.buffered_total)),
            (Measure::QueryDowntime, time(downtime)),
            (Measure::QueryDowntimeLongest, time(longest)),
            (Measure::Interruptions, Some(Value::Count(interruptions))),
            (Measure::IngestionDowntime, time(self.stretches(1).0)),
            (Measure::BufferingTime, time(self.stretches(2).0)),
        ];
        for (measure, value) in expected {
            let claimed = replay.measures.get(Scope::Workspace(workspace), measure);
            assert_eq!(claimed, value, "{measure:?}, {}", told());
        }
    }

    /// Extremes are read off curves without rounding: whole bytes leave room for one an account
    /// and direction.
    fn compare_extremes(&self, scenario: &Scenario, replay: &Replay, workspace: usize) {
        let series = |of: fn(&Balance) -> Volume| {
            self.balances.iter().map(move |balance| of(balance).bytes())
        };
        let extremes = [
            (
                Measure::BufferedPeak,
                series(|balance| balance.buffered).max(),
            ),
            (Measure::HotPeak, series(|balance| balance.hot).max()),
            (
                Measure::InaccessiblePeak,
                series(Balance::inaccessible).max(),
            ),
            (
                Measure::AccessibleMin,
                series(|balance| balance.accessible).min(),
            ),
        ];
        let accounts = scenario
            .clusters
            .iter()
            .map(|cluster| cluster.storage_accounts);
        let accounts = u64::from(accounts.max().expect("a scenario has a cluster"));
        for (measure, extreme) in extremes {
            let claimed = replay.measures.get(Scope::Workspace(workspace), measure);
            let Some(Value::Volume(claimed)) = claimed else {
                panic!("{measure:?} is {claimed:?}");
            };
            let extreme = extreme.expect("a run has a first balance");
            assert!(
                claimed.bytes().abs_diff(extreme) <= 2 * accounts + 2,
                "{measure:?}: {claimed}, in fact {extreme} B, workspace {workspace}, {}",
                shown(scenario)
            );
        }
    }

    /// What is billed by day, and for how long what was kept.
    fn compare_billed(&self, scenario: &Scenario, replay: &Replay, workspace: usize) {
        let told = || format!("workspace {workspace}, {}", shown(scenario));
        let accounts = scenario
            .clusters
            .iter()
            .map(|cluster| u64::from(cluster.storage_accounts));
        let off = accounts.max().expect("a cluster") * 2 + 2;
        let calendar = Calendar::new(scenario.start);
        for cluster in 0..scenario.clusters.len() {
            let is_there = scenario.workspaces[workspace].cluster == Some(cluster);
            for days in replay.books.days_by_workspace(cluster, calendar, &[]) {
                assert_eq!(days.count, 1, "a run of milliseconds has no two whole days");
                let ms = |time: Time| usize::try_from(time.millis()).expect("in the run");
                let billed = &self.billed[ms(days.from)..ms(days.until)];
                let billed = if is_there { billed.iter().sum() } else { 0 };
                let claimed = days.parts[workspace].bytes();
                assert!(
                    claimed.abs_diff(billed) <= off,
                    "billed {claimed} B, in fact {billed} B, {}",
                    told()
                );
            }
        }
        // A price of one millionth for a byte and month.
        let mut priced = scenario.clone();
        priced.unchecked.prices.retention = Money::from_millionths(1_000_000_000 * 1_000_000);
        let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
        let again = cmksim::replay(&priced, &traces, Options::default(), &never).expect("it ran");
        let cost = again
            .measures
            .get(Scope::Workspace(workspace), Measure::RetentionCost);
        let Some(Value::Money(cost)) = cost else {
            panic!("retention costs {cost:?}");
        };
        let month = MONTH.millis().unsigned_abs();
        let claimed = u128::from(cost.millionths()) * u128::from(month) / 1_000_000;
        let kept = u128::from(self.kept);
        // A parcel is what comes in a millisecond, in fact spread over it, when it becomes old and
        // when it goes; and what is billed is rounded to a millionth.
        let all: u64 = self
            .balances
            .iter()
            .map(|balance| balance.stored().bytes())
            .max()
            .unwrap_or(0);
        let moved = self.billed.iter().sum::<u64>() + all;
        let off =
            u128::from(moved + off * self.balances.len() as u64) + u128::from(month / 1_000_000);
        assert!(
            claimed.abs_diff(kept) <= off,
            "kept {claimed} byte-ms, in fact {kept}, at most {off} off, {}",
            told()
        );
    }

    /// How long a condition held, how long at most without a break, and how often it began.
    fn stretches(&self, which: usize) -> (i64, i64, u64) {
        let (mut all, mut longest, mut now, mut begun) = (0, 0, 0, 0);
        for condition in &self.conditions {
            if condition[which] {
                begun += u64::from(now == 0);
                now += 1;
                all += 1;
                longest = longest.max(now);
            } else {
                now = 0;
            }
        }
        (all, longest, begun)
    }
}

struct Deal<'a> {
    intake: &'a Intake,
    number: u64,
    accounts: u64,
}

impl Deal<'_> {
    /// Bytes are dealt in turn, the first to account 0.
    fn arriving(&self, ms: i64) -> u64 {
        let mut before = self.intake.accepted_at(Time::from_millis(ms - 1));
        let after = self.intake.accepted_at(Time::from_millis(ms));
        let rounds = (after - before) / self.accounts;
        before += rounds * self.accounts;
        rounds
            + (before..after)
                .filter(|byte| byte % self.accounts == self.number)
                .count() as u64
    }
}

/// The way of a deleted hot cache back.
#[derive(Clone, Copy, PartialEq)]
enum Refill {
    No,
    /// Waits for the account to answer.
    Deleted,
    At(i64),
}

struct Account<'a> {
    scenario: &'a Scenario,
    retention: &'a StepFunction<Duration>,
    /// `None`: the shared store.
    place: Option<(&'a ClusterHistory, &'a AccountHistory)>,
    deal: Deal<'a>,
    parcels: Vec<Parcel>,
    purged_up_to: i64,
    refill: Refill,
    hot_deleted: u64,
    buffered_total: u64,
}

impl Account<'_> {
    /// What is there at the start.
    fn open(&mut self) {
        let retention = at(self.retention, -1).millis();
        let keyed = self
            .place
            .is_some_and(|(cluster, _)| at(&cluster.customer_key, -1));
        self.purged_up_to = -retention;
        for ms in 1 - retention..=0 {
            self.parcels.push(Parcel {
                arrived: ms,
                bytes: self.deal.arriving(ms),
                place: under(keyed),
                cached: self.place.is_some(),
            });
        }
    }

    /// What is kept in the coming millisecond beyond the free time.
    fn kept(&self, ms: i64) -> u64 {
        let free = self.scenario.prices.free_retention.millis();
        let parcels = self.parcels.iter();
        let old = parcels.filter(|parcel| parcel.place.stored() && ms - parcel.arrived >= free);
        old.map(|parcel| parcel.bytes).sum()
    }

    fn live_through(&mut self, ms: i64) {
        let behaviour = &self.scenario.behaviour;
        if ms > 0 {
            self.arrive(ms);
        }
        for parcel in &mut self.parcels {
            let expired = parcel.arrived + behaviour.buffer_retention.millis() <= ms;
            if parcel.place == Place::Buffered && expired {
                parcel.place = Place::Expired;
            }
        }
        self.purged_up_to = self.purged_up_to.max(ms - at(self.retention, ms).millis());
        self.purge();
        if let Some((cluster, account)) = self.place {
            if happens(&account.revoked, ms) {
                self.revoke(ms);
            }
            self.refill(ms, account);
            if happens(&account.destroyed, ms) {
                self.turn(Place::CustomerKey, Place::Destroyed);
            }
            if stores(self.place, ms) {
                let keyed = at(&cluster.customer_key, ms);
                for parcel in &mut self.parcels {
                    parcel.cached |= parcel.place == Place::Buffered;
                }
                self.turn(Place::Buffered, under(keyed));
                self.purge();
            }
        }
    }

    /// What arrives in a millisecond belongs to the state at its beginning.
    fn arrive(&mut self, ms: i64) {
        let bytes = self.deal.arriving(ms);
        let keyed = self
            .place
            .is_some_and(|(cluster, _)| at(&cluster.customer_key, ms - 1));
        let place = if drops(self.place, ms - 1) {
            Place::Revoked
        } else if stores(self.place, ms - 1) {
            under(keyed)
        } else {
            self.buffered_total += bytes;
            Place::Buffered
        };
        let cached = place.stored() && self.place.is_some();
        self.parcels.push(Parcel {
            arrived: ms,
            bytes,
            place,
            cached,
        });
    }

    fn turn(&mut self, from: Place, to: Place) {
        for parcel in self
            .parcels
            .iter_mut()
            .filter(|parcel| parcel.place == from)
        {
            parcel.place = to;
        }
    }

    fn purge(&mut self) {
        for parcel in &mut self.parcels {
            if parcel.place.stored() && parcel.arrived <= self.purged_up_to {
                parcel.place = Place::Purged;
            }
        }
    }

    fn is_hot(&self, parcel: &Parcel, ms: i64) -> bool {
        let young = parcel.arrived > ms - self.scenario.behaviour.hot_cache_span.millis();
        parcel.cached && parcel.place.stored() && young
    }

    fn revoke(&mut self, ms: i64) {
        let hot = self.parcels.iter().filter(|parcel| self.is_hot(parcel, ms));
        self.hot_deleted += hot.map(|parcel| parcel.bytes).sum::<u64>();
        self.parcels
            .iter_mut()
            .for_each(|parcel| parcel.cached = false);
        if self.scenario.behaviour.buffer_on_revocation == BufferOnRevocation::Drop {
            self.turn(Place::Buffered, Place::Revoked);
        }
        self.refill = Refill::Deleted;
    }

    fn refill(&mut self, ms: i64, account: &AccountHistory) {
        let Some(after) = self.scenario.behaviour.hot_cache_refill else {
            return;
        };
        if self.refill == Refill::Deleted && at(&account.access, ms).answers() {
            self.refill = Refill::At(ms + after.millis());
        }
        if self.refill == Refill::At(ms) {
            self.refill = Refill::No;
            for parcel in &mut self.parcels {
                parcel.cached |= parcel.place.stored();
            }
        }
    }

    fn count(&self, ms: i64, balance: &mut Balance) {
        for parcel in &self.parcels {
            let bytes = Volume::from_bytes(parcel.bytes);
            let entry = match parcel.place {
                Place::Buffered => &mut balance.buffered,
                Place::CustomerKey => &mut balance.stored_customer_key,
                Place::MicrosoftKey => &mut balance.stored_microsoft_key,
                Place::Revoked => &mut balance.dropped_revoked,
                Place::Expired => &mut balance.dropped_buffer_expired,
                Place::Purged => &mut balance.purged,
                Place::Destroyed => &mut balance.destroyed,
            };
            *entry += bytes;
            if self.is_hot(parcel, ms) {
                balance.hot += bytes;
            }
        }
    }
}

fn under(customer_key: bool) -> Place {
    if customer_key {
        Place::CustomerKey
    } else {
        Place::MicrosoftKey
    }
}
