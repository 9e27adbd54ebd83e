//! Random scenarios: small worlds in which everything of this version can happen.
//!
//! Half of them last some hundred milliseconds, with polls and delays of a few, so that much
//! falls on one instant; the others last up to two days.

use cmksim::scenario::{
    Access, Action, Behaviour, Billing, BufferOnRevocation, Cluster, ClusterKey, Content, Delay,
    Edge, Edition, Event, Growth, Ingestion, KeyTarget, KeyVault, Noise, NoiseShape, Overage,
    Parameters, PollInterval, Prices, Reservation, RevocationScope, Scenario, Site, Source, Timing,
    VaultKey, Workspace,
};
use cmksim::units::{Duration, Factor, Money, Probability, Rate, Volume};

/// How many random worlds a property is tried on; `CMKSIM_WORLDS` multiplies it.
pub(crate) fn seeds(worlds: u64) -> std::ops::Range<u64> {
    let times = std::env::var("CMKSIM_WORLDS").map_or(1, |times| times.parse().expect("a number"));
    0..worlds * times
}

/// Random numbers of the tests' own.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9_7f4a_7c15);
        (0..4).for_each(|_| _ = dice.bits());
        dice
    }

    /// Marsaglia's xorshift64*.
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u128::from((high - low).cast_unsigned()) + 1;
        let drawn = u64::try_from((u128::from(self.bits()) * width) >> 64).expect("below 2^64");
        low + drawn.cast_signed()
    }

    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    pub(crate) fn index(&mut self, below: usize) -> usize {
        usize::try_from(self.between(0, below as i64 - 1)).expect("not negative")
    }
}

/// How long things take in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Everything in a few milliseconds.
    Milliseconds,
    /// Minutes to days.
    Hours,
}

/// A random valid scenario, the same for the same seed.
pub(crate) fn world(seed: u64) -> Scenario {
    let scale = if seed.is_multiple_of(2) {
        Scale::Milliseconds
    } else {
        Scale::Hours
    };
    world_of(scale, seed)
}

/// Round prices, with either rule of each kind, a free time that is often over, and reservations
/// about as large as what arrives. Random numbers of their own, so that what happens does not
/// depend on it.
fn set_prices(scenario: &mut Scenario, scale: Scale, seed: u64) {
    let mut maker = Maker {
        dice: Dice::new(!seed),
        scale,
    };
    let dice = &mut maker.dice;
    let money = |amount: i64| Money::from_millionths(amount.unsigned_abs());
    let level = |bytes: i64| Rate::from_bytes_per_day(bytes.unsigned_abs());
    let (low, high) = (
        dice.between(1, 1_000_000_000),
        dice.between(1, 1_000_000_000),
    );
    scenario.unchecked.prices = Prices {
        currency: "EUR".into(),
        region: "here".into(),
        date: "today".into(),
        source: "a test".into(),
        pay_as_you_go: money(dice.between(0, 1_000_000_000_000)),
        reservation: if dice.chance(50) {
            let parts = dice.between(0, 1 << 32).unsigned_abs();
            Reservation::Discount(Probability::from_parts(parts))
        } else {
            let price = |dice: &mut Dice| money(dice.between(0, 1_000_000_000));
            let low = (level(low), price(dice));
            Reservation::Levels(vec![
                low,
                (
                    level(low.0.bytes_per_day().cast_signed() + high),
                    price(dice),
                ),
            ])
        },
        overage: dice.pick(&[Overage::PayAsYouGo, Overage::Reservation]),
        free_retention: Duration::ZERO,
        retention: money(dice.between(0, 1_000_000_000_000)),
        key_vault_operations: money(dice.between(0, 1_000_000)),
    };
    scenario.unchecked.prices.free_retention = maker.span(0, 100);
    for cluster in &mut scenario.unchecked.clusters {
        cluster.capacity_reservation = Some(level(maker.dice.between(1, 2_000_000_000)));
        cluster.billing = maker.dice.pick(&[Billing::Cluster, Billing::Workspaces]);
    }
}

/// A random valid scenario of one scale.
pub(crate) fn world_of(scale: Scale, seed: u64) -> Scenario {
    let mut maker = Maker {
        dice: Dice::new(seed),
        scale,
    };
    let units = match scale {
        Scale::Milliseconds => maker.dice.between(20, 300),
        Scale::Hours if maker.dice.chance(70) => maker.dice.between(60, 600),
        Scale::Hours => maker.dice.between(600, 2_880),
    };
    let unchecked = Content {
        faults: Vec::new(),
        title: None,
        description: None,
        edition: "2020-06".into(),
        duration: maker.times(units),
        start: maker.dice.chance(50).then(|| {
            // A day may well begin in the middle of a run of milliseconds.
            1_772_323_200_000 - maker.dice.between(0, 300)
        }),
        seed,
        replications: 1,
        replication: 0,
        sweep: None,
        what_ifs: Vec::new(),
        levers: Vec::new(),
        expectations: Vec::new(),
        behaviour: maker.behaviour(),
        prices: Edition::named("2020-06").expect("it exists").prices(),
        key_vaults: maker.key_vaults(),
        clusters: Vec::new(),
        workspaces: Vec::new(),
        allowed_subscriptions: None,
        events: Vec::new(),
    };
    let mut scenario = Scenario { unchecked };
    scenario.unchecked.clusters = maker.clusters(&scenario.key_vaults);
    scenario.unchecked.workspaces = maker.workspaces(scenario.clusters.len());
    set_prices(&mut scenario, scale, seed);
    let quiet = maker.dice.chance(5);
    let events = if quiet { 0 } else { maker.dice.between(1, 9) };
    for _ in 0..events {
        let event = maker.event(&scenario, units);
        scenario.unchecked.events.push(event);
    }
    // Events first, then hazards; `after` points at an index, so nothing is moved: a hazard is
    // only made last.
    if maker.dice.chance(25) {
        let hazard = maker.hazard(&scenario, units);
        scenario.unchecked.events.push(hazard);
    }
    scenario
}

pub(crate) struct Maker {
    pub(crate) dice: Dice,
    scale: Scale,
}

impl Maker {
    /// One that makes more for a world of that seed.
    pub(crate) fn of(scenario: &Scenario, seed: u64) -> Maker {
        let hours = scenario.duration >= Duration::HOUR;
        Maker {
            dice: Dice::new(seed),
            scale: if hours {
                Scale::Hours
            } else {
                Scale::Milliseconds
            },
        }
    }

    /// So many milliseconds or minutes.
    fn times(&self, units: i64) -> Duration {
        match self.scale {
            Scale::Milliseconds => Duration::from_millis(units),
            Scale::Hours => Duration::from_millis(units * Duration::MINUTE.millis()),
        }
    }

    /// Up to so many milliseconds or minutes, and not always whole minutes.
    pub(crate) fn span(&mut self, least: i64, most: i64) -> Duration {
        let units = self.dice.between(least, most);
        let whole = self.times(units);
        match self.scale {
            Scale::Hours if most > 1 && self.dice.chance(50) => {
                whole + Duration::from_millis(self.dice.between(0, 59_999))
            }
            _ => whole,
        }
    }

    /// A delay of up to so many units: mostly a constant, sometimes 0.
    pub(crate) fn delay(&mut self, most: i64) -> Delay {
        match self.dice.between(1, 10) {
            1 => Delay::constant(Duration::ZERO),
            2..=6 => Delay::constant(self.span(1, most)),
            7 | 8 => {
                let min = self.span(0, most / 2);
                let width = self.span(0, most / 2);
                let bounds = Parameters {
                    min: Some(min),
                    max: Some(min + width),
                    ..Parameters::default()
                };
                Delay::from_parameters("uniform", &bounds).expect("a uniform delay")
            }
            9 => {
                let parameters = Parameters {
                    mean: Some(self.span(1, most)),
                    max: Some(self.times(most * 4)),
                    ..Parameters::default()
                };
                Delay::from_parameters("exponential", &parameters).expect("an exponential delay")
            }
            _ => {
                let parameters = Parameters {
                    median: Some(self.span(1, most)),
                    sigma: Some(0.8),
                    ..Parameters::default()
                };
                Delay::from_parameters("lognormal", &parameters).expect("a log-normal delay")
            }
        }
    }

    fn behaviour(&mut self) -> Behaviour {
        let tolerance = match self.dice.between(1, 10) {
            1 => None,
            // Shorter than a gap between polls.
            2 => Some(Delay::constant(Duration::from_millis(
                self.dice.between(0, 3),
            ))),
            3 if self.scale == Scale::Hours => Some(Delay::constant(Duration::from_millis(
                self.dice.between(0, 59_999),
            ))),
            _ => Some(self.delay(30)),
        };
        Behaviour {
            poll_interval: self.poll_interval(),
            outage_tolerance: tolerance,
            outage_recovery: if self.dice.chance(50) {
                Delay::constant(Duration::ZERO)
            } else {
                self.delay(20)
            },
            revocation_delay: self.delay(30),
            revocation_scope: self
                .dice
                .pick(&[RevocationScope::Account, RevocationScope::Cluster]),
            revocation_recovery: self.delay(20),
            buffer_retention: self.span(1, 60),
            buffer_on_revocation: self
                .dice
                .pick(&[BufferOnRevocation::Drop, BufferOnRevocation::Hold]),
            hot_cache_span: self.span(1, 200),
            hot_cache_refill: self.dice.chance(50).then(|| self.span(0, 20)),
            key_update_duration: self.delay(15),
            soft_delete_retention: self.span(1, 100),
            ..Edition::named("2020-06").expect("it exists").behaviour()
        }
    }

    fn poll_interval(&mut self) -> PollInterval {
        let (min, width) = match (self.scale, self.dice.between(1, 10)) {
            (Scale::Milliseconds, 1..=4) => (self.dice.between(1, 5), 0),
            (Scale::Milliseconds, _) => (self.dice.between(1, 4), self.dice.between(0, 6)),
            (Scale::Hours, 1..=6) => (6_000, 54_000),
            (Scale::Hours, 7) => (1_000, self.dice.between(0, 4_000)),
            (Scale::Hours, 8) => (60_000, 0),
            (Scale::Hours, _) => (
                self.dice.between(5_000, 60_000),
                self.dice.between(0, 600_000),
            ),
        };
        PollInterval {
            min: Duration::from_millis(min),
            max: Duration::from_millis(min + width),
        }
    }

    fn key_vaults(&mut self) -> Vec<KeyVault> {
        let vaults = self.dice.pick(&[1, 1, 2, 3]);
        let versions = |count: usize| (1..=count).map(|number| number.to_string()).collect();
        (0..vaults)
            .map(|number| KeyVault {
                name: format!("vault{number}"),
                soft_delete: self.dice.chance(85),
                purge_protection: self.dice.chance(60),
                keys: (0..self.dice.pick(&[1, 1, 2]))
                    .map(|key| VaultKey {
                        name: format!("key{key}"),
                        versions: versions(self.dice.pick(&[1, 2, 3])),
                    })
                    .collect(),
                site: Site::default(),
            })
            // Purge protection needs soft delete.
            .map(|vault| KeyVault {
                purge_protection: vault.purge_protection && vault.soft_delete,
                ..vault
            })
            .collect()
    }

    fn clusters(&mut self, vaults: &[KeyVault]) -> Vec<Cluster> {
        let clusters = self.dice.pick(&[1, 1, 2, 3]);
        (0..clusters)
            .map(|number| {
                let key = self.dice.chance(85).then(|| self.cluster_key(vaults));
                let access = if self.dice.chance(85) {
                    Access::ALL
                } else {
                    self.access()
                };
                Cluster {
                    name: format!("cluster{number}"),
                    storage_accounts: self.dice.pick(&[1, 1, 2, 2, 3, 3, 5, 12]),
                    // At the start everything is in order.
                    access: Access {
                        unwrap: access.unwrap || key.is_some(),
                        ..access
                    },
                    key,
                    capacity_reservation: None,
                    billing: Billing::Cluster,
                    at_start: true,
                    site: Site::default(),
                }
            })
            .collect()
    }

    fn cluster_key(&mut self, vaults: &[KeyVault]) -> ClusterKey {
        let target = self.key_target(vaults);
        let versions = &vaults[target.vault].keys[target.key].versions;
        let version = versions[self.dice.index(versions.len())].clone();
        ClusterKey {
            vault: target.vault,
            key: target.key,
            version,
            follows_newest: false,
        }
    }

    fn access(&mut self) -> Access {
        Access {
            get: self.dice.chance(50),
            wrap: self.dice.chance(50),
            unwrap: self.dice.chance(80),
        }
    }

    pub(crate) fn key_target(&mut self, vaults: &[KeyVault]) -> KeyTarget {
        let vault = self.dice.index(vaults.len());
        let key = self.dice.index(vaults[vault].keys.len());
        let versions = &vaults[vault].keys[key].versions;
        let version = versions[self.dice.index(versions.len())].clone();
        KeyTarget {
            vault,
            key,
            version: self.dice.chance(50).then_some(version),
        }
    }

    fn workspaces(&mut self, clusters: usize) -> Vec<Workspace> {
        let workspaces = self.dice.pick(&[1, 1, 2, 2, 3, 4]);
        (0..workspaces)
            .map(|number| {
                let retention = self.span(1, 400);
                Workspace {
                    name: format!("workspace{number}"),
                    cluster: self.dice.chance(85).then(|| self.dice.index(clusters)),
                    retention,
                    history: self.dice.pick(&[
                        Duration::ZERO,
                        retention,
                        retention,
                        Duration::from_millis(retention.millis() / 2),
                    ]),
                    daily_cap: self.dice.chance(25).then(|| self.daily_cap()),
                    ingestion: self.ingestion(),
                    site: Site::default(),
                }
            })
            .collect()
    }

    fn daily_cap(&mut self) -> Volume {
        let most = match self.scale {
            Scale::Milliseconds => 100_000,
            Scale::Hours => 1_000_000_000_000,
        };
        Volume::from_bytes(self.dice.between(0, most).cast_unsigned())
    }

    fn rate(&mut self) -> Rate {
        let bytes_per_day = match (self.scale, self.dice.between(1, 4)) {
            // A byte a millisecond.
            (Scale::Milliseconds, 1) => 86_400_000,
            (Scale::Milliseconds, _) => self.dice.between(0, 200 * 86_400_000),
            (Scale::Hours, 1) => 1_000_000_000_000,
            (Scale::Hours, _) => self.dice.between(0, 2_000_000_000_000),
        };
        Rate::from_bytes_per_day(bytes_per_day.cast_unsigned())
    }

    fn factor(&mut self, most_percent: i64) -> Factor {
        Factor::from_millionths((self.dice.between(0, most_percent) * 10_000).cast_unsigned())
    }

    fn ingestion(&mut self) -> Ingestion {
        let daily = |up: u64, down: u64| {
            std::array::from_fn(|at| Factor::from_millionths(if at % 2 == 0 { up } else { down }))
        };
        let noise = self.dice.chance(10).then(|| Noise {
            shape: self.dice.pick(&[NoiseShape::LogNormal, NoiseShape::Gamma]),
            cv: 0.3,
            period: self.times(30),
            daily_cv: if self.dice.chance(30) { 0.2 } else { 0.0 },
            weekly_cv: if self.dice.chance(30) { 0.1 } else { 0.0 },
        });
        Ingestion {
            source: Source::Rate(self.rate()),
            rate_spread: 0.0,
            hourly: self.dice.chance(20).then(|| daily(1_700_000, 300_000)),
            weekly: None,
            growth: (self.dice.chance(10)).then(|| Growth::known(1.03, Duration::DAY)),
            noise,
        }
    }

    pub(crate) fn event(&mut self, scenario: &Scenario, units: i64) -> Event {
        let (action, duration) = self.action(scenario);
        let others = scenario.events.len();
        let timing = if others > 0 && self.dice.chance(35) {
            let event = self.dice.index(others);
            let other = &scenario.events[event];
            // An update has an end without a duration: its success.
            let ends =
                other.duration.is_some() || matches!(other.action, Action::UpdateClusterKey { .. });
            let edge = if ends && self.dice.chance(50) {
                Edge::End
            } else {
                Edge::Begin
            };
            Timing::After {
                event,
                edge,
                delay: self.delay(30),
            }
        } else if self.dice.chance(10) {
            Timing::At(self.delay(units / 4))
        } else {
            let mut at = self.span(0, units - 1);
            // Often at one instant with another.
            if self.dice.chance(20) {
                let same = scenario.events.iter().rev().find_map(constant_start);
                at = same.unwrap_or(at);
            }
            Timing::At(Delay::constant(at))
        };
        Event {
            name: format!("event{others}"),
            timing,
            action,
            duration,
            draws_as: None,
            occurrence: 0,
        }
    }

    fn hazard(&mut self, scenario: &Scenario, units: i64) -> Event {
        let (action, duration) = self.action(scenario);
        // What happens again and again must end in between, if it can.
        let can_end = matches!(
            action,
            Action::DisableKey(_)
                | Action::ExpireKey(_)
                | Action::DeleteKey(_)
                | Action::RemoveAccess { .. }
        );
        let short = Delay::constant(self.span(1, 20));
        let duration = duration.or(can_end.then_some(short));
        let gap = Delay::constant(self.span(1, units / 3));
        Event {
            name: "hazard".into(),
            timing: Timing::Every { gap },
            action,
            duration,
            draws_as: None,
            occurrence: 0,
        }
    }

    fn failure(&mut self) -> Probability {
        match self.dice.between(1, 10) {
            1..=5 => Probability::ALWAYS,
            6 => Probability::from_parts((1 << 32) / 100 * 3),
            _ => Probability::from_parts(self.dice.between(1, 1 << 32).cast_unsigned()),
        }
    }

    /// What happens, and for how long: what makes data unreachable more often than the rest.
    pub(crate) fn action(&mut self, scenario: &Scenario) -> (Action, Option<Delay>) {
        // Nothing lasts no time at all, but what is drawn may be rounded to it.
        let drawn = self.delay(80);
        let nothing = Delay::constant(Duration::ZERO);
        let long = if drawn == nothing {
            Delay::constant(self.span(1, 20))
        } else {
            drawn
        };
        match self.dice.between(1, 40) {
            1..=13 => (self.fault(scenario), Some(long)),
            14..=25 => self.key_event(scenario, long),
            26..=34 => self.cluster_event(scenario, long),
            _ => self.setting(scenario, long),
        }
    }

    fn fault(&mut self, scenario: &Scenario) -> Action {
        let vault = self.dice.index(scenario.key_vaults.len());
        let cluster = self.dice.index(scenario.clusters.len());
        let failure = self.failure();
        match self.dice.between(1, 13) {
            1..=5 => Action::KeyVaultOutage { vault, failure },
            6 => self.throttling(scenario, vault),
            7 | 8 => Action::IdentityOutage { failure },
            9..=11 => Action::KeyVaultDenials { vault, failure },
            _ => Action::StorageOutage { cluster },
        }
    }

    fn throttling(&mut self, scenario: &Scenario, vault: usize) -> Action {
        const LIMIT: u128 = 2_000;
        let gap = scenario.behaviour.poll_interval.min.millis();
        let polls = (0..10_000).step_by(usize::try_from(gap).expect("it is above 0"));
        let asking =
            |cluster: &&Cluster| cluster.key.as_ref().is_some_and(|key| key.vault == vault);
        let clusters = scenario.clusters.iter().filter(asking);
        let accounts: u64 = clusters
            .map(|cluster| u64::from(cluster.storage_accounts))
            .sum();
        let requests = self.dice.between(0, 20_000).cast_unsigned();
        let asked = u128::from(requests) + u128::from(accounts) * polls.count() as u128;
        let answered = (LIMIT << 32).div_ceil(asked.max(LIMIT));
        let answered = u64::try_from(answered).expect("at most 2^32");
        Action::KeyVaultThrottling {
            vault,
            requests,
            failure: Probability::from_parts((1 << 32) - answered),
        }
    }

    fn key_event(&mut self, scenario: &Scenario, long: Delay) -> (Action, Option<Delay>) {
        let key = self.key_target(&scenario.key_vaults);
        let perhaps = self.dice.chance(60).then_some(long);
        match self.dice.between(1, 12) {
            1..=4 => (Action::DisableKey(key), perhaps),
            5 => (Action::EnableKey(key), None),
            6 => (Action::ExpireKey(key), perhaps),
            7 => (Action::ExtendKey(key), None),
            8 => (Action::CreateKeyVersion(created(key, &mut self.dice)), None),
            9 | 10 => (Action::DeleteKey(whole(key)), perhaps),
            11 => (Action::RecoverKey(whole(key)), None),
            _ => (Action::PurgeKey(whole(key)), None),
        }
    }

    fn cluster_event(&mut self, scenario: &Scenario, long: Delay) -> (Action, Option<Delay>) {
        let cluster = self.dice.index(scenario.clusters.len());
        let key = self.key_target(&scenario.key_vaults);
        let perhaps = self.dice.chance(60).then_some(long);
        let permissions = if self.dice.chance(70) {
            Access::ALL
        } else {
            self.some_access()
        };
        match self.dice.between(1, 9) {
            1..=3 => (
                Action::RemoveAccess {
                    cluster,
                    permissions,
                },
                perhaps,
            ),
            4 | 5 => (
                Action::GrantAccess {
                    cluster,
                    permissions,
                },
                None,
            ),
            _ => (Action::UpdateClusterKey { cluster, key }, None),
        }
    }

    fn setting(&mut self, scenario: &Scenario, long: Delay) -> (Action, Option<Delay>) {
        let workspace = self.dice.index(scenario.workspaces.len());
        match self.dice.between(1, 6) {
            1 => {
                let rate = Some(self.rate());
                let factor = self.dice.chance(50).then(|| self.factor(300));
                (
                    Action::SetIngestion {
                        workspace,
                        rate,
                        factor,
                    },
                    None,
                )
            }
            2 => {
                let factor = self.factor(500);
                (Action::IngestionSurge { workspace, factor }, Some(long))
            }
            3 | 4 => {
                let retention = self.span(1, 200);
                (
                    Action::SetRetention {
                        workspace,
                        retention,
                    },
                    None,
                )
            }
            _ => {
                let daily_cap = self.dice.chance(80).then(|| self.daily_cap());
                (
                    Action::SetDailyCap {
                        workspace,
                        daily_cap,
                    },
                    None,
                )
            }
        }
    }

    /// At least one permission.
    fn some_access(&mut self) -> Access {
        let none = Access {
            get: false,
            wrap: false,
            unwrap: false,
        };
        self.dice.pick(&[
            Access { get: true, ..none },
            Access { wrap: true, ..none },
            Access {
                unwrap: true,
                ..none
            },
        ])
    }
}

fn constant_start(event: &Event) -> Option<Duration> {
    use cmksim::scenario::Shape::Constant;
    match &event.timing {
        Timing::At(at) => match at.shape() {
            Constant(at) => Some(*at),
            _ => None,
        },
        Timing::After { .. } | Timing::Every { .. } | Timing::Seen(_) => None,
    }
}

fn whole(key: KeyTarget) -> KeyTarget {
    KeyTarget {
        version: None,
        ..key
    }
}

fn created(key: KeyTarget, dice: &mut Dice) -> KeyTarget {
    let version = dice.chance(50).then(|| "new".to_owned());
    KeyTarget { version, ..key }
}

/// The same world with a vault, a cluster, a workspace and an outage more, which concern
/// nothing that was there, and a workspace more beside those that were there.
pub(crate) fn with_more(mut scenario: Scenario) -> Scenario {
    let vault = scenario.key_vaults.len();
    scenario.unchecked.key_vaults.push(KeyVault {
        name: "another-vault".into(),
        soft_delete: true,
        purge_protection: true,
        keys: vec![VaultKey {
            name: "key".into(),
            versions: vec!["1".into()],
        }],
        site: Site::default(),
    });
    scenario.unchecked.clusters.push(Cluster {
        name: "another-cluster".into(),
        storage_accounts: 2,
        key: Some(ClusterKey {
            vault,
            key: 0,
            version: "1".into(),
            follows_newest: false,
        }),
        access: Access::ALL,
        capacity_reservation: None,
        billing: Billing::Cluster,
        at_start: true,
        // Where it counts towards nobody else's number of clusters.
        site: Site {
            subscription: "another".into(),
            ..Site::default()
        },
    });
    // A deletion waits for all workspaces, who looks at anything sees more where there is more, and
    // one more may be one too many.
    let deleted = |event: &Event| matches!(event.action, Action::DeleteCluster { cluster: 0 });
    let mut beside = vec![scenario.clusters.len() - 1];
    let limited = scenario.behaviour.workspaces_per_cluster.is_some();
    if !limited && !scenario.events.iter().any(deleted) {
        beside.push(0);
    }
    for cluster in beside {
        scenario.unchecked.workspaces.push(Workspace {
            name: format!("another-workspace-{cluster}"),
            cluster: Some(cluster),
            ..scenario.workspaces[0].clone()
        });
    }
    let third = Duration::from_millis(scenario.duration.millis() / 3);
    scenario.unchecked.events.push(Event {
        name: "another-outage".into(),
        timing: Timing::At(Delay::constant(third)),
        action: Action::KeyVaultOutage {
            vault,
            failure: Probability::ALWAYS,
        },
        duration: Some(Delay::constant(third)),
        draws_as: None,
        occurrence: 0,
    });
    scenario
}

/// The same world with an event before all others that does something to nobody who was there.
pub(crate) fn with_an_event_in_front(mut scenario: Scenario) -> Scenario {
    scenario = with_more(scenario);
    let mut added = scenario.unchecked.events.pop().expect("an event was added");
    added.name = "first-of-all".into();
    for event in &mut scenario.unchecked.events {
        if let Timing::After { event: other, .. } = &mut event.timing {
            *other += 1;
        }
    }
    scenario.unchecked.events.insert(0, added);
    scenario
}

/// What a failed check prints, so that it can be repeated: the scenario as a file.
pub(crate) fn shown(scenario: &Scenario) -> String {
    format!("in this world:\n{}", crate::written::written(scenario))
}
