//! The judge: means and quantiles of 100 000 replications against a program that shares nothing
//! with the model, and against what can be worked out on paper.

mod comparison;
mod random;
mod service;

use cmksim::experiment::{Column, Replications, Runner, Study};
use cmksim::scenario::{Measure, Scenario, Scope, read};

use comparison::{Comparisons, Sorted};
use service::{BYTES_PER_MS, Delay, Fault, HOUR, MINUTE, Outcome, SECOND, World, replicate};

const REPLICATIONS: u64 = 100_000;

/// All parameters are those of the edition 2020-06.
const QUIET: World = World {
    accounts: 3,
    duration: 3 * HOUR,
    poll_interval: (6 * SECOND, 60 * SECOND),
    outage: Fault::NONE,
    denial: Fault::NONE,
    outage_tolerance: Delay::Constant(30 * MINUTE),
    outage_recovery: Delay::Constant(0),
    revocation_delay: Delay::Uniform(0, 60 * MINUTE),
    revocation_recovery: Delay::Uniform(0, 30 * MINUTE),
};

const fn certain(from: i64, length: i64) -> Fault {
    flaky(1.0, from, length)
}

const fn flaky(probability: f64, from: i64, length: i64) -> Fault {
    Fault {
        from,
        length,
        probability,
    }
}

fn delay(delay: Delay) -> String {
    match delay {
        Delay::Constant(ms) => format!("'{ms}ms'"),
        Delay::Uniform(min, max) => {
            format!("{{ dist = 'uniform', min = '{min}ms', max = '{max}ms' }}")
        }
        Delay::Triangular(min, mode, max) => format!(
            "{{ dist = 'triangular', min = '{min}ms', mode = '{mode}ms', max = '{max}ms' }}"
        ),
    }
}

/// What is certain is a key that is disabled, what is not is a vault that denies falsely.
fn event(fault: &Fault, certain: &str, flaky: &str) -> String {
    let Fault {
        from,
        length,
        probability,
    } = fault;
    if *length == 0 {
        return String::new();
    }
    let (kind, failure) = if *probability < 1.0 {
        (flaky, format!("failure_probability = {probability}\n"))
    } else {
        (certain, String::new())
    };
    format!("[[event]]\nat = '{from}ms'\nkind = '{kind}'\nduration = '{length}ms'\n{failure}")
}

fn scenario(world: &World) -> Scenario {
    let (shortest, longest) = world.poll_interval;
    let text = format!(
        "duration = '{}ms'\n\
         [behaviour]\n\
         poll_interval = {{ min = '{shortest}ms', max = '{longest}ms' }}\n\
         outage_tolerance = {}\noutage_recovery = {}\n\
         revocation_delay = {}\nrevocation_recovery = {}\n\
         [[cluster]]\nname = 'cluster'\nstorage_accounts = {}\n\
         [[workspace]]\nname = 'logs'\ningestion = '{} B/day'\nhistory = '0d'\n{}{}",
        world.duration,
        delay(world.outage_tolerance),
        delay(world.outage_recovery),
        delay(world.revocation_delay),
        delay(world.revocation_recovery),
        world.accounts,
        BYTES_PER_MS * 24 * HOUR,
        event(&world.outage, "key_vault_outage", "key_vault_outage"),
        event(&world.denial, "disable_key", "key_vault_denials"),
    );
    let reading = read("judged", text.as_bytes(), &[]);
    reading
        .unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"))
        .scenario
}

/// What the model says of a world, and how far it is from what others say.
struct Judged {
    study: Replications,
    comparisons: Comparisons,
}

/// Computes one after another, for the tests run side by side.
fn judge(world: &World) -> Judged {
    let scenario = scenario(world);
    let numbers = 0..REPLICATIONS;
    let study = Study::new(&scenario, &[None]).gather(numbers.clone(), &Runner::SERIAL);
    let independent: Vec<Outcome> = numbers.map(|number| replicate(world, number)).collect();
    let mut judged = Judged {
        study: study.expect("they run"),
        comparisons: Comparisons::none(),
    };
    for (index, &(measure, _)) in independent[0].iter().enumerate() {
        let values = independent.iter().map(|measures| measures[index].1);
        let column = total(&judged.study, measure);
        judged.comparisons.of_samples(column, &Sorted::of(values));
    }
    judged
}

fn total(study: &Replications, measure: Measure) -> Column<'_> {
    study.of(Scope::Total, measure).expect("all are kept")
}

impl Judged {
    /// A mean that was worked out.
    fn mean(mut self, measure: Measure, truth: f64) -> Judged {
        let column = total(&self.study, measure);
        self.comparisons.of_mean(column, truth);
        self
    }

    /// A distribution that was worked out, at bounds in milliseconds or bytes.
    fn shares(
        mut self,
        measure: Measure,
        bounds: impl IntoIterator<Item = i64>,
        truth: impl Fn(f64) -> f64,
    ) -> Judged {
        let column = total(&self.study, measure);
        for bound in bounds {
            self.comparisons
                .of_share(column, bound, truth(decimal(bound)));
        }
        self
    }

    fn agree(self) {
        self.comparisons.agree();
    }
}

#[allow(clippy::cast_precision_loss)]
fn decimal(whole: i64) -> f64 {
    whole as f64
}

// What can be worked out. Polls come at phase + k T + J(k), J uniform in [0, W], and a phase that
// is uniform makes that stationary. So L milliseconds hold L / T polls of an account on average.
//
// R is the time from an instant to the next poll. In a stationary process P(R > r) is the integral
// of P(G > g) from r on, divided by T, where G = T + J - J' is a gap (Palm's formula): a triangle
// from T - W to T + W. Accounts have phases of their own, so that all of N have polled by r has
// the probability P(R <= r)^N.

const W: f64 = 27_000.0;
const T: f64 = 33_000.0;

/// P(R <= r).
fn polled_by(r: f64) -> f64 {
    let later = |beyond: f64| beyond.max(0.0).powi(3) / (6.0 * W * W);
    if r <= T {
        (r - later(r - (T - W))) / T
    } else {
        1.0 - later(T + W - r) / T
    }
}

/// E R = E G^2 / 2 E G.
const WAIT: f64 = T / 2.0 + W * W / (12.0 * T);

fn seconds(all: impl IntoIterator<Item = i64>) -> Vec<i64> {
    all.into_iter().map(|second| second * SECOND).collect()
}

#[test]
fn the_wait_is_the_mean_of_its_distribution() {
    let beyond = |step: u32| 1.0 - polled_by(f64::from(step) + 0.5);
    let mean: f64 = (0..60_000).map(beyond).sum();
    assert!((mean - WAIT).abs() < 1e-3, "{mean} is not {WAIT}");
}

// The worlds.

fn outage_of_29_minutes_and_40_seconds(accounts: i64) {
    let length = 29 * MINUTE + 40 * SECOND;
    let polls = decimal(accounts * length) / T;
    judge(&World {
        accounts,
        outage: certain(HOUR, length),
        ..QUIET
    })
    .mean(Measure::KeyVaultFailures, polls)
    .mean(
        Measure::KeyVaultRequests,
        decimal(accounts * QUIET.duration) / T,
    )
    .agree();
}

#[test]
fn an_outage_of_29_minutes_and_40_seconds_of_one_account() {
    outage_of_29_minutes_and_40_seconds(1);
}

#[test]
fn an_outage_of_29_minutes_and_40_seconds_of_three_accounts() {
    outage_of_29_minutes_and_40_seconds(3);
}

/// Everybody is isolated, and back with the first poll after the outage.
fn outage_of_8_hours(accounts: i32) {
    judge(&World {
        accounts: accounts.into(),
        duration: 10 * HOUR,
        outage: certain(HOUR, 8 * HOUR),
        ..QUIET
    })
    .shares(
        Measure::TimeToRecover,
        seconds([1, 3, 6, 12, 20, 30, 40, 50]),
        |r| polled_by(r).powi(accounts),
    )
    .agree();
}

#[test]
fn an_outage_of_8_hours_of_one_account() {
    outage_of_8_hours(1);
}

#[test]
fn an_outage_of_8_hours_of_three_accounts() {
    outage_of_8_hours(3);
}

#[test]
fn an_outage_of_8_hours_with_a_recovery_that_takes_time() {
    judge(&World {
        accounts: 2,
        duration: 10 * HOUR,
        outage: certain(HOUR, 8 * HOUR),
        outage_tolerance: Delay::Uniform(20 * MINUTE, 40 * MINUTE),
        outage_recovery: Delay::Triangular(0, MINUTE, 10 * MINUTE),
        ..QUIET
    })
    .agree();
}

/// An account escapes if its delay, uniform in an hour, is not over with the first poll after the
/// denial, after 25 minutes and R.
fn denial_of_25_minutes(accounts: i32) {
    let length = 25 * MINUTE;
    let escapes = 1.0 - (decimal(length) + WAIT) / decimal(HOUR);
    judge(&World {
        accounts: accounts.into(),
        denial: certain(HOUR, length),
        ..QUIET
    })
    .shares(Measure::Dropped, [0], |_| escapes.powi(accounts))
    .mean(
        Measure::KeyVaultDenials,
        f64::from(accounts) * decimal(length) / T,
    )
    .agree();
}

#[test]
fn a_denial_of_25_minutes_of_one_account() {
    denial_of_25_minutes(1);
}

#[test]
fn a_denial_of_25_minutes_of_three_accounts() {
    denial_of_25_minutes(3);
}

/// Everybody is revoked. After r, a minute or more, the denial has been seen, so an account is
/// revoked by r if its delay, uniform in an hour, is. It is back by r, a minute to half an hour, if
/// R and its recovery, uniform in half an hour, are over: that has the mean probability
/// E (r - R) / 30 m.
fn denial_of_3_hours(accounts: i32) {
    let minutes = |all: &[i64]| seconds(all.iter().map(|minute| minute * 60));
    judge(&World {
        accounts: accounts.into(),
        duration: 5 * HOUR,
        denial: certain(HOUR, 3 * HOUR),
        ..QUIET
    })
    .shares(
        Measure::TimeToRevoke,
        minutes(&[1, 3, 10, 20, 30, 45, 55, 59]),
        |r| (r / decimal(HOUR)).powi(accounts),
    )
    .shares(
        Measure::TimeToRecover,
        minutes(&[1, 3, 5, 10, 15, 20, 25, 30]),
        |r| ((r - WAIT) / decimal(30 * MINUTE)).powi(accounts),
    )
    .agree();
}

#[test]
fn a_denial_of_3_hours_of_one_account() {
    denial_of_3_hours(1);
}

#[test]
fn a_denial_of_3_hours_of_three_accounts() {
    denial_of_3_hours(3);
}

#[test]
fn a_flaky_outage_that_now_and_then_lasts_for_more_than_30_minutes() {
    let (probability, length) = (0.97, 3 * HOUR);
    judge(&World {
        accounts: 2,
        duration: 5 * HOUR,
        outage: flaky(probability, HOUR, length),
        ..QUIET
    })
    .mean(
        Measure::KeyVaultFailures,
        probability * 2.0 * decimal(length) / T,
    )
    .agree();
}

/// A tolerance may be over before the recovery is: then an account that has missed a poll meanwhile
/// is isolated again.
#[test]
fn a_flaky_vault_that_fails_again_while_accounts_recover() {
    judge(&World {
        accounts: 2,
        duration: 2 * HOUR,
        outage: flaky(0.85, 30 * MINUTE, HOUR),
        poll_interval: (10 * SECOND, 20 * SECOND),
        outage_tolerance: Delay::Triangular(30 * SECOND, 3 * MINUTE, 5 * MINUTE),
        outage_recovery: Delay::Uniform(0, 5 * MINUTE),
        ..QUIET
    })
    .agree();
}

/// Accounts are revoked, recover, and are revoked by the next poll that is denied.
#[test]
fn a_vault_that_denies_now_and_then() {
    judge(&World {
        accounts: 2,
        duration: 4 * HOUR,
        denial: flaky(0.1, HOUR, 90 * MINUTE),
        revocation_recovery: Delay::Uniform(0, 4 * MINUTE),
        ..QUIET
    })
    .agree();
}

/// Whether an account is isolated when it sees the denial, which began under the outage, is a
/// matter of seconds.
#[test]
fn an_outage_that_hides_the_beginning_of_a_denial() {
    judge(&World {
        duration: 4 * HOUR,
        outage: certain(HOUR, 29 * MINUTE + 40 * SECOND),
        denial: certain(HOUR + 20 * MINUTE, 40 * MINUTE),
        ..QUIET
    })
    .agree();
}

/// Some accounts are back when the denial comes, some recover: their buffer is lost at once.
#[test]
fn an_outage_followed_by_a_denial() {
    judge(&World {
        duration: 4 * HOUR,
        outage: certain(HOUR, 45 * MINUTE),
        outage_recovery: Delay::Triangular(0, MINUTE, 10 * MINUTE),
        denial: certain(HOUR + 48 * MINUTE, 35 * MINUTE),
        ..QUIET
    })
    .agree();
}

#[test]
fn a_denial_that_ends_while_the_vault_is_flaky() {
    judge(&World {
        duration: 5 * HOUR,
        denial: certain(HOUR, 50 * MINUTE),
        outage: flaky(0.95, HOUR + 40 * MINUTE, 90 * MINUTE),
        ..QUIET
    })
    .agree();
}

/// One draw decides between unreachable, denied and granted.
#[test]
fn a_vault_that_fails_and_denies_at_once() {
    judge(&World {
        accounts: 2,
        duration: 4 * HOUR,
        outage: flaky(0.8, HOUR, 40 * MINUTE),
        outage_tolerance: Delay::Constant(4 * MINUTE),
        outage_recovery: Delay::Uniform(0, 5 * MINUTE),
        denial: flaky(0.3, HOUR + 20 * MINUTE, 40 * MINUTE),
        revocation_recovery: Delay::Uniform(0, 5 * MINUTE),
        ..QUIET
    })
    .agree();
}
