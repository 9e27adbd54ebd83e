//! The means of one denial and of one outage against their integrals, over 20 000 seeds.
//!
//! Poll k of an account is at phase + k T + J(k), phase uniform in [0, T), each J uniform in
//! [0, w]; with bounds of 6 s and 60 s, w = 27 s and T = 33 s. Seen from an instant t the phase is
//! x = (t - phase) mod T, uniform in [0, T):
//!
//! - R, the time to the first poll at or after t, is J - x if J >= x, else T + J' - x with the
//!   next poll's J';
//! - A, the time since the last poll before t, is x - J if J < x, else x + T - J'' with the
//!   previous poll's J''.
//!
//! So R and A are mixtures given x, and two instants much more than T apart share nothing but
//! the phase. Expectations are taken over a grid of x and of J: sums, nothing random.
//!
//! Gaps have the mean T and the variance 2 w^2/12, so E R = E A = T/2 + w^2/(12 T) = 18.34 s (the
//! mean of a stationary process's forward recurrence time, E G^2 / 2 E G): a check on the grid.

use cmksim::experiment::replay;
use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim::scenario::{Measure, Scenario, Scope, Value, read};

const SEEDS: u64 = 20_000;
/// Seconds.
const W: f64 = 27.0;
const T: f64 = 33.0;
const MINUTE: f64 = 60.0;
/// `outage_tolerance`, `revocation_delay` at most, `revocation_recovery` on average,
/// `buffer_retention`.
const TOLERANCE: f64 = 30.0 * MINUTE;
const DELAY: f64 = 60.0 * MINUTE;
const RECOVERY: f64 = 15.0 * MINUTE;
const BUFFER: f64 = 360.0 * MINUTE;
const BYTES_PER_SECOND: f64 = 1e9;

/// One interruption of `seconds` in a day, all parameters those of the edition 2020-06.
fn scenario(kind: &str, seconds: u64, storage_accounts: u32) -> Scenario {
    let text = format!(
        "duration = \"1d\"\n\
         [[cluster]]\nname = \"cluster\"\nstorage_accounts = {storage_accounts}\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 GB/s\"\n\
         [[event]]\nat = \"2h\"\nkind = \"{kind}\"\nduration = \"{seconds}s\"\n"
    );
    let reading = read("closed form", text.as_bytes(), &[]);
    reading.unwrap_or_else(|wrong| panic!("{wrong:?}")).scenario
}

/// Mean and standard error of a measure, in seconds or in seconds of ingestion.
#[allow(clippy::cast_precision_loss)]
fn simulated(mut scenario: Scenario, measure: Measure) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..SEEDS {
        scenario.unchecked.seed = seed;
        let replay = replay(&scenario, &[None], Options::default(), &never).expect("a run");
        let value = match replay.measures.get(Scope::Total, measure) {
            Some(Value::Volume(volume)) => volume.bytes() as f64 / BYTES_PER_SECOND,
            Some(Value::Duration(duration)) => duration.as_secs_f64(),
            other => panic!("{measure:?} is {other:?}"),
        };
        sum += value;
        squares += value * value;
    }
    let n = SEEDS as f64;
    let mean = sum / n;
    (mean, ((squares / n - mean * mean) / n).sqrt())
}

fn compare(what: &str, scenario: Scenario, measure: Measure, expected: f64) {
    let (mean, error) = simulated(scenario, measure);
    // Times are whole milliseconds: half of one is the coarseness of the integrals.
    let off = (mean - expected).abs();
    assert!(
        off <= 4.0 * error + 0.001,
        "{what}: mean {mean:.3} s, expected {expected:.3} s, standard error {error:.3} s"
    );
}

/// Midpoints of `steps` equal parts of [0, length].
fn grid(length: f64, steps: u32) -> impl Iterator<Item = f64> {
    (0..steps).map(move |step| (f64::from(step) + 0.5) / f64::from(steps) * length)
}

/// The distribution of R given x: values and weights.
fn to_next_poll(x: f64) -> Vec<(f64, f64)> {
    let soon = ((W - x) / W).max(0.0);
    let mut values: Vec<_> = grid((W - x).max(0.0), 20)
        .map(|r| (r, soon / 20.0))
        .collect();
    values.extend(grid(W, 20).map(|j| (T + j - x, (1.0 - soon) / 20.0)));
    values
}

/// The distribution of A given x.
fn since_last_poll(x: f64) -> Vec<(f64, f64)> {
    let recent = x.min(W) / W;
    let least = (x - W).max(0.0);
    let mut values: Vec<_> = grid(x.min(W), 20)
        .map(|a| (least + a, recent / 20.0))
        .collect();
    values.extend(grid(W, 20).map(|j| (x + T - j, (1.0 - recent) / 20.0)));
    values
}

/// E f(a, R) where `first` is a quantity at an instant, and R belongs to the instant `later`
/// seconds after it.
fn expectation(first: fn(f64) -> Vec<(f64, f64)>, later: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    const STEPS: u32 = 330;
    let mut sum = 0.0;
    for x in grid(T, STEPS) {
        let then = to_next_poll((x + later).rem_euclid(T));
        for (a, weight) in first(x) {
            for &(r, other) in &then {
                sum += weight * other * f(a, r) / f64::from(STEPS);
            }
        }
    }
    sum
}

/// How long an account is revoked by a denial of D seconds.
///
/// It sees the denial at R, enforces it at E = max(R, X) with X uniform in [0, H], and sees the
/// key again at G = D + R'. If E < G it is revoked from E until G + Y, E Y = m, and
/// E (G - E + m) over X is, with b = min(G, H),
/// 1/H * ( R (G - R + m) + integral from R to b of (G - x + m) dx ).
fn revoked(denial: f64) -> f64 {
    expectation(to_next_poll, denial, |r, again| {
        let back = denial + again;
        let upto = back.min(DELAY);
        let at_sight = r * (back - r + RECOVERY);
        let later = (back + RECOVERY) * (upto - r) - (upto * upto - r * r) / 2.0;
        (at_sight + later) / DELAY
    })
}

/// How long an account is isolated by an outage of L seconds: from tolerance - A, A before its
/// beginning being the last granted poll, to L + R, if that is later.
fn isolated(outage: f64, longer_than: f64) -> f64 {
    expectation(since_last_poll, outage, |a, r| {
        (outage + r - (TOLERANCE - a) - longer_than).max(0.0)
    })
}

#[test]
fn the_grid_knows_the_mean_of_a_recurrence_time() {
    let exact = T / 2.0 + W * W / (12.0 * T);
    let r = expectation(to_next_poll, 0.0, |r, _| r);
    let a = expectation(since_last_poll, 0.0, |a, _| a);
    assert!((r - exact).abs() < 1e-3, "{r} is not {exact}");
    assert!((a - exact).abs() < 1e-3, "{a} is not {exact}");
}

#[test]
fn a_denial_loses_what_its_integral_says() {
    for minutes in [20_u32, 45, 300] {
        let expected = revoked(f64::from(minutes) * MINUTE);
        let seconds = u64::from(minutes) * 60;
        let what = format!("a denial of {minutes} minutes");
        // What is lost adds up over accounts; downtime is simple with one only.
        compare(
            &what,
            scenario("disable_key", seconds, 3),
            Measure::Dropped,
            expected,
        );
        compare(
            &what,
            scenario("disable_key", seconds, 1),
            Measure::QueryDowntime,
            expected,
        );
    }
}

#[test]
fn an_outage_isolates_as_long_as_its_integral_says() {
    for seconds in [29_u32 * 60 + 30, 30 * 60, 45 * 60, 8 * 3_600] {
        let length = f64::from(seconds);
        let (downtime, lost) = (isolated(length, 0.0), isolated(length, BUFFER));
        let what = format!("an outage of {seconds} s");
        let one = scenario("key_vault_outage", u64::from(seconds), 1);
        compare(&what, one, Measure::QueryDowntime, downtime);
        // What waits longer than the buffer keeps it is lost: the first L + R - ... - 6 h.
        let three = scenario("key_vault_outage", u64::from(seconds), 3);
        compare(&what, three, Measure::Dropped, lost);
    }
}
