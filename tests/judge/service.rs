//! The service as its description says it (docs/model.md, sections 3 to 5 and 8), for at most one
//! outage and one denial: every storage account lives through all of its polls, one after another.
//! It shares nothing with the library but the names of the measures.
//!
//! Times are milliseconds. A workspace sends [`BYTES_PER_MS`], and each account gets the same
//! share of every millisecond, so a volume is a number of milliseconds.

use cmksim::scenario::Measure;

use super::random::Random;

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// A multiple of 1, 2 and 3 accounts.
pub(super) const BYTES_PER_MS: i64 = 6;
const BUFFER_RETENTION: i64 = 6 * HOUR;

/// What happens to whom.
#[derive(Clone, Copy)]
pub(super) struct World {
    pub(super) accounts: i64,
    pub(super) duration: i64,
    /// The shortest and the longest gap.
    pub(super) poll_interval: (i64, i64),
    pub(super) outage: Fault,
    pub(super) denial: Fault,
    pub(super) outage_tolerance: Delay,
    pub(super) outage_recovery: Delay,
    pub(super) revocation_delay: Delay,
    pub(super) revocation_recovery: Delay,
}

/// From `from` on, for `length`, each poll fails with a probability.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub(super) from: i64,
    pub(super) length: i64,
    pub(super) probability: f64,
}

impl Fault {
    pub(super) const NONE: Fault = Fault {
        from: 0,
        length: 0,
        probability: 0.0,
    };

    fn until(&self) -> i64 {
        self.from + self.length
    }

    fn holds(&self, now: i64) -> bool {
        self.from <= now && now < self.until()
    }

    fn probability(&self, now: i64) -> f64 {
        if self.holds(now) {
            self.probability
        } else {
            0.0
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Delay {
    Constant(i64),
    Uniform(i64, i64),
    /// Least, likeliest, most.
    Triangular(i64, i64, i64),
}

impl Delay {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn draw(self, random: &mut Random) -> i64 {
        match self {
            Delay::Constant(delay) => delay,
            Delay::Uniform(min, max) => {
                (min as f64 + random.unit() * (max - min) as f64).round() as i64
            }
            Delay::Triangular(min, mode, max) => {
                // Left of the mode with a probability as its share of the range; there, and
                // on the other side, the larger of two even numbers is triangular.
                let left = random.unit() * ((max - min) as f64) < (mode - min) as f64;
                let end = if left { min } else { max };
                let toward_mode = random.unit().max(random.unit());
                (end as f64 + toward_mode * (mode - end) as f64).round() as i64
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Answer {
    Unreachable,
    Denied,
    Granted,
}

/// What an account is doing; times say until when.
#[derive(Clone, Copy)]
enum State {
    Serving { expires: Option<i64> },
    Revoking { enforced: i64 },
    Isolated,
    RecoveringFromOutage { ready: i64 },
    Revoked,
    RecoveringFromRevocation { ready: i64 },
}

/// What becomes of arriving data.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Stored,
    Buffered,
    Dropped,
}

/// A storage account.
struct Account<'a> {
    world: &'a World,
    // Drawn once for the one outage, and the one denial.
    tolerance: i64,
    outage_recovery: i64,
    revocation_delay: i64,
    revocation_recovery: i64,

    state: State,
    last_granted: i64,
    /// A poll after the last granted one was unreachable.
    missed: bool,

    /// Fates, and from when.
    fates: Vec<(i64, Fate)>,
    polls: i64,
    failures: i64,
    denials: i64,
    longest_to_revoke: i64,
}

impl<'a> Account<'a> {
    fn new(world: &'a World, random: &mut Random) -> Account<'a> {
        Account {
            world,
            tolerance: world.outage_tolerance.draw(random),
            outage_recovery: world.outage_recovery.draw(random),
            revocation_delay: world.revocation_delay.draw(random),
            revocation_recovery: world.revocation_recovery.draw(random),
            state: State::Serving { expires: None },
            last_granted: i64::MIN,
            missed: false,
            fates: vec![(0, Fate::Stored)],
            polls: 0,
            failures: 0,
            denials: 0,
            longest_to_revoke: 0,
        }
    }

    /// Polls from a little before the start to the end of the run.
    fn live(mut self, random: &mut Random) -> Self {
        let (min, max) = self.world.poll_interval;
        let spread = (max - min) / 2;
        let period = min + spread;
        let phase = random.up_to(period - 1);
        for number in -2.. {
            let now = phase + number * period + random.up_to(spread);
            self.wait_for(now.min(self.world.duration));
            if now >= self.world.duration {
                break;
            }
            let answer = ask(self.world, now, random);
            if now >= 0 {
                self.count(answer);
            }
            match answer {
                Answer::Unreachable => self.unreachable(now),
                Answer::Denied => self.denied(now),
                Answer::Granted => self.granted(now),
            }
        }
        self
    }

    fn count(&mut self, answer: Answer) {
        self.polls += 1;
        match answer {
            Answer::Unreachable => self.failures += 1,
            Answer::Denied => self.denials += 1,
            Answer::Granted => {}
        }
    }

    /// Whatever falls due before `now`. What falls due at `now` is later than a poll at `now`.
    fn wait_for(&mut self, now: i64) {
        match self.state {
            State::Serving { expires: Some(at) } if at < now => self.enter(at, State::Isolated),
            State::Revoking { enforced: at } if at < now => self.revoke(at),
            State::RecoveringFromOutage { ready: at }
            | State::RecoveringFromRevocation { ready: at }
                if at < now =>
            {
                let relapsed = self.missed && self.last_granted + self.tolerance <= at;
                let serving = State::Serving { expires: None };
                self.enter(at, if relapsed { State::Isolated } else { serving });
            }
            _ => {}
        }
    }

    fn unreachable(&mut self, now: i64) {
        self.missed = true;
        if let State::Serving { expires: None } = self.state {
            let expires = now.max(self.last_granted + self.tolerance);
            self.state = State::Serving {
                expires: Some(expires),
            };
        }
    }

    fn denied(&mut self, now: i64) {
        match self.state {
            State::Serving { .. } => {
                let enforced = now.max(self.world.denial.from + self.revocation_delay);
                self.state = State::Revoking { enforced };
            }
            State::Isolated
            | State::RecoveringFromOutage { .. }
            | State::RecoveringFromRevocation { .. } => self.revoke(now),
            State::Revoking { .. } | State::Revoked => {}
        }
    }

    fn granted(&mut self, now: i64) {
        self.last_granted = now;
        self.missed = false;
        self.state = match self.state {
            State::Serving { .. } | State::Revoking { .. } => State::Serving { expires: None },
            State::Isolated => State::RecoveringFromOutage {
                ready: now + self.outage_recovery,
            },
            State::Revoked => State::RecoveringFromRevocation {
                ready: now + self.revocation_recovery,
            },
            recovering => recovering,
        };
    }

    fn revoke(&mut self, now: i64) {
        self.longest_to_revoke = self.longest_to_revoke.max(now - self.world.denial.from);
        self.enter(now, State::Revoked);
    }

    fn enter(&mut self, now: i64, state: State) {
        self.state = state;
        let fate = match state {
            State::Serving { .. } | State::Revoking { .. } => Fate::Stored,
            State::Isolated | State::RecoveringFromOutage { .. } => Fate::Buffered,
            State::Revoked | State::RecoveringFromRevocation { .. } => Fate::Dropped,
        };
        if self.fates.last().is_some_and(|last| last.1 != fate) {
            self.fates.push((now, fate));
        }
    }

    /// Fates with their beginnings and ends, and what they were followed by.
    fn stretches(&self) -> impl Iterator<Item = (i64, i64, Fate, Option<Fate>)> {
        self.fates.iter().enumerate().map(|(index, &(from, fate))| {
            let next = self.fates.get(index + 1);
            let until = next.map_or(self.world.duration, |next| next.0);
            (from, until, fate, next.map(|next| next.1))
        })
    }
}

/// One draw decides.
fn ask(world: &World, now: i64, random: &mut Random) -> Answer {
    let unreachable = world.outage.probability(now);
    let denied = world.denial.probability(now);
    let luck = random.unit();
    if luck < unreachable {
        Answer::Unreachable
    } else if luck < 1.0 - (1.0 - unreachable) * (1.0 - denied) {
        Answer::Denied
    } else {
        Answer::Granted
    }
}

/// What became of the data of an account, in milliseconds of its share.
#[derive(Default)]
struct Volumes {
    revoked: i64,
    expired: i64,
    buffered: i64,
    stored: i64,
    /// Of what is stored, what a revocation has not deleted from the hot cache.
    hot: i64,
    hot_deleted: i64,
}

impl Volumes {
    fn of(account: &Account) -> Volumes {
        let mut volumes = Volumes::default();
        for (from, until, fate, next) in account.stretches() {
            let arrived = until - from;
            match fate {
                Fate::Stored => volumes.store(arrived),
                Fate::Dropped => volumes.revoked += arrived,
                Fate::Buffered => {
                    volumes.buffered += arrived;
                    let held = arrived.min(BUFFER_RETENTION);
                    volumes.expired += arrived - held;
                    match next.expect("all is well in the end") {
                        Fate::Stored => volumes.store(held),
                        Fate::Dropped => volumes.revoked += held,
                        Fate::Buffered => unreachable!("that is the same stretch"),
                    }
                }
            }
            if next == Some(Fate::Dropped) {
                volumes.hot_deleted += std::mem::take(&mut volumes.hot);
            }
        }
        volumes
    }

    fn store(&mut self, arrived: i64) {
        self.stored += arrived;
        self.hot += arrived;
    }
}

/// The maximal stretches in which the data of at least one account meets one of some fates.
fn union(accounts: &[Account], fates: &[Fate]) -> Vec<(i64, i64)> {
    let mut parts: Vec<(i64, i64)> = accounts
        .iter()
        .flat_map(Account::stretches)
        .filter(|(.., fate, _)| fates.contains(fate))
        .map(|(from, until, ..)| (from, until))
        .collect();
    parts.sort_unstable();
    let mut whole: Vec<(i64, i64)> = Vec::new();
    for (from, until) in parts {
        match whole.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => whole.push((from, until)),
        }
    }
    whole
}

/// The most that all accounts together ever held back: a moment before one of them lets go.
fn buffered_peak(accounts: &[Account]) -> i64 {
    let buffering = |account: &Account| {
        let all: Vec<_> = account.stretches().collect();
        all.into_iter()
            .filter(|stretch| stretch.2 == Fate::Buffered)
    };
    let held = |now: i64| {
        let stretches = accounts.iter().flat_map(buffering);
        let waiting = stretches.filter(|&(from, until, ..)| from <= now && now < until);
        waiting
            .map(|(from, ..)| (now - from).min(BUFFER_RETENTION))
            .sum::<i64>()
    };
    let ends = accounts
        .iter()
        .flat_map(buffering)
        .map(|(_, until, ..)| until);
    ends.map(|end| held(end - 1)).max().unwrap_or(0)
}

/// From the end of the last cause to the end of an interruption; 0 where one still holds.
fn time_to_recover(world: &World, interruptions: &[(i64, i64)]) -> i64 {
    let causes = [world.outage, world.denial];
    let after_the_last_cause = |&(_, until): &(i64, i64)| {
        assert!(until < world.duration, "all is well in the end");
        if causes.iter().any(|cause| cause.holds(until)) {
            return 0;
        }
        let over = causes.iter().map(Fault::until).filter(|&end| end <= until);
        until - over.max().expect("there was a cause")
    };
    interruptions
        .iter()
        .map(after_the_last_cause)
        .max()
        .unwrap_or(0)
}

/// What is judged of a replication: bytes, milliseconds and counts.
pub(super) type Outcome = [(Measure, i64); 18];

/// Lets the accounts of a world live.
pub(super) fn replicate(world: &World, replication: u64) -> Outcome {
    let mut random = Random::of(replication);
    let accounts: Vec<Account> = (0..world.accounts)
        .map(|_| Account::new(world, &mut random).live(&mut random))
        .collect();
    let volumes: Vec<Volumes> = accounts.iter().map(Volumes::of).collect();
    let bytes = |ms: i64| ms * BYTES_PER_MS / world.accounts;
    let volume = |of: fn(&Volumes) -> i64| bytes(volumes.iter().map(of).sum());
    let count = |of: fn(&Account) -> i64| accounts.iter().map(of).sum::<i64>();

    let failing = union(&accounts, &[Fate::Buffered, Fate::Dropped]);
    let lengths = |stretches: &[(i64, i64)]| -> Vec<i64> {
        stretches.iter().map(|(from, until)| until - from).collect()
    };
    let total = |stretches: &[(i64, i64)]| lengths(stretches).iter().sum::<i64>();
    let longest = lengths(&failing).into_iter().max().unwrap_or(0);
    let interruptions = i64::try_from(failing.len()).expect("few");
    let to_revoke = accounts
        .iter()
        .map(|account| account.longest_to_revoke)
        .max();
    [
        (
            Measure::Dropped,
            volume(|volumes| volumes.revoked + volumes.expired),
        ),
        (Measure::DroppedRevoked, volume(|volumes| volumes.revoked)),
        (
            Measure::DroppedBufferExpired,
            volume(|volumes| volumes.expired),
        ),
        (Measure::BufferedPeak, bytes(buffered_peak(&accounts))),
        (Measure::BufferedTotal, volume(|volumes| volumes.buffered)),
        (Measure::Hot, volume(|volumes| volumes.hot)),
        (Measure::HotDeleted, volume(|volumes| volumes.hot_deleted)),
        (Measure::Stored, volume(|volumes| volumes.stored)),
        (Measure::QueryDowntime, total(&failing)),
        (Measure::QueryDowntimeLongest, longest),
        (
            Measure::IngestionDowntime,
            total(&union(&accounts, &[Fate::Dropped])),
        ),
        (
            Measure::BufferingTime,
            total(&union(&accounts, &[Fate::Buffered])),
        ),
        (Measure::Interruptions, interruptions),
        (Measure::TimeToRevoke, to_revoke.expect("an account")),
        (Measure::TimeToRecover, time_to_recover(world, &failing)),
        (Measure::KeyVaultRequests, count(|account| account.polls)),
        (Measure::KeyVaultFailures, count(|account| account.failures)),
        (Measure::KeyVaultDenials, count(|account| account.denials)),
    ]
}
