//! Intake: what arrives, exactly.

use cmksim::intake::{Expected, Intake, IntakeError, Rows, Settings};
use cmksim::kernel::StreamKey;
use cmksim::scenario::{Growth, Ingestion, Noise, NoiseShape, Site, Source, Workspace};
use cmksim::units::{Duration, Factor, Rate, Time, Volume};
use proptest::prelude::*;

const TB: u64 = 1_000_000_000_000;
const DAY: i64 = Duration::DAY.millis();
const HOUR: i64 = Duration::HOUR.millis();

fn at(ms: i64) -> Time {
    Time::from_millis(ms)
}

fn day(n: i64) -> Time {
    at(n * DAY)
}

/// A workspace with a constant rate and no history.
fn workspace(bytes_per_day: u64) -> Workspace {
    Workspace {
        name: "logs".into(),
        cluster: None,
        retention: Duration::from_millis(31 * DAY),
        history: Duration::ZERO,
        daily_cap: None,
        ingestion: Ingestion::constant(Source::Rate(Rate::from_bytes_per_day(bytes_per_day))),
        site: Site::default(),
    }
}

/// What arrives in one replication.
pub(crate) fn drawn(
    workspace: &Workspace,
    settings: &Settings,
    trace: Option<&Rows>,
    start: Option<i64>,
    end: Time,
    root: StreamKey,
) -> Result<Intake, IntakeError> {
    Expected::of(workspace, settings, trace, start, end)?.draw(root)
}

fn intake_with(
    workspace: &Workspace,
    settings: &Settings,
    start: Option<i64>,
    end: Time,
) -> Intake {
    drawn(
        workspace,
        settings,
        None,
        start,
        end,
        StreamKey::root(42, 0),
    )
    .expect("an intake")
}

fn intake(workspace: &Workspace, end: Time) -> Intake {
    intake_with(workspace, &Settings::default(), None, end)
}

fn millionths(millionths: u64) -> Factor {
    Factor::from_millionths(millionths)
}

/// 24 factors with mean 1.
fn office_hours() -> [Factor; 24] {
    std::array::from_fn(|hour| {
        millionths(if (8..20).contains(&hour) {
            1_500_000
        } else {
            500_000
        })
    })
}

/// 7 factors with mean 1.
fn working_week() -> [Factor; 7] {
    [
        1_200_000, 1_200_000, 1_200_000, 1_200_000, 1_200_000, 500_000, 500_000,
    ]
    .map(millionths)
}

#[test]
fn a_terabyte_a_day_is_seven_in_a_week() {
    let mut logs = workspace(TB);
    assert_eq!(intake(&logs, day(7)).accepted_at(day(7)), 7 * TB);
    logs.history = Duration::from_millis(31 * DAY);
    let with_history = intake(&logs, day(7));
    assert_eq!(with_history.accepted_at(day(0)), 31 * TB);
    assert_eq!(with_history.accepted_at(day(7)), 38 * TB);
    assert_eq!(with_history.offered_at(day(-31)), 0);
    assert_eq!(with_history.offered_at(day(-40)), 0);
    assert_eq!(with_history.offered_at(day(-30)), TB);
}

#[test]
fn a_constant_rate_has_the_same_knots_for_any_horizon() {
    let mut logs = workspace(TB);
    logs.history = Duration::from_millis(31 * DAY);
    assert_eq!(intake(&logs, day(30)).knots().count(), 3);
    assert_eq!(intake(&logs, day(3_650)).knots().count(), 3);
    assert_eq!(
        intake(&logs, day(3_650)).accepted_at(day(3_650)),
        3_681 * TB
    );
}

#[test]
fn profiles_keep_the_mean_of_a_week_to_the_byte() {
    for start in [None, Some(1_772_368_200_000), Some(-12_345)] {
        let mut logs = workspace(7 * TB + 1);
        logs.ingestion.hourly = Some(office_hours());
        logs.ingestion.weekly = Some(working_week());
        let one_week = intake_with(&logs, &Settings::default(), start, day(7));
        assert_eq!(one_week.offered_at(day(7)), 7 * (7 * TB + 1));
    }
}

#[test]
fn profiles_follow_the_clock() {
    let mut logs = workspace(24 * TB);
    logs.ingestion.hourly = Some(office_hours());
    let monday = intake(&logs, day(7));
    assert_eq!(monday.offered_at(at(8 * HOUR)), 4 * TB);
    assert_eq!(monday.offered_at(at(9 * HOUR)), 5 * TB + TB / 2);
    // A start at 07:30 UTC: half an hour later the rate triples.
    let start = Some(7 * HOUR + HOUR / 2);
    let later = intake_with(&logs, &Settings::default(), start, day(7));
    assert_eq!(later.offered_at(at(HOUR / 2)), TB / 4);
    assert_eq!(later.offered_at(at(HOUR)), TB);

    logs.ingestion.hourly = None;
    logs.ingestion.weekly = Some(working_week());
    let week = intake(&logs, day(14));
    assert_eq!(week.offered_at(day(5)), 144 * TB);
    assert_eq!(week.offered_at(day(6)), 156 * TB);
    assert_eq!(week.offered_at(day(14)), 336 * TB);
}

#[test]
fn growth_follows_its_closed_form() {
    let mut logs = workspace(TB);
    logs.ingestion.growth = Some(Growth::known(1.03, Duration::from_millis(30 * DAY)));
    let year = intake(&logs, day(360));
    // The sum of r^k for k = 0..8640 hours, r = 1.03^(1/720), a 24th of a terabyte each.
    let ratio = 1.03_f64.powf(1.0 / 720.0);
    let expected = 1e12 / 24.0 * (ratio.powi(8_640) - 1.0) / (ratio - 1.0);
    #[allow(clippy::cast_precision_loss)]
    let relative = year.offered_at(day(360)) as f64 / expected - 1.0;
    assert!(relative.abs() < 1e-6, "{relative}");
    // The first hour is undisturbed.
    assert_eq!(year.offered_at(at(HOUR)), TB / 24);
}

#[test]
fn shrinking_and_monstrous_growth_are_numbers_or_errors() {
    let mut logs = workspace(TB);
    let per = Duration::HOUR;
    logs.ingestion.growth = Some(Growth::known(0.5, per));
    // 1 + 1/2 + 1/4 + ... hours of it, each factor rounded to a millionth.
    let total = intake(&logs, day(30)).offered_at(day(30));
    assert!(total.abs_diff(TB / 12) < 1_000_000, "{total}");
    for factor in [2.0, 1e300, f64::MAX] {
        logs.ingestion.growth = Some(Growth::known(factor, per));
        let error = drawn(
            &logs,
            &Settings::default(),
            None,
            None,
            day(30),
            StreamKey::root(1, 0),
        );
        assert_eq!(
            error.expect_err("too much").to_string(),
            "workspace \"logs\": more than 9.2 EB (2^63 bytes) arrive; lower the rate, the \
             growth, the factors or the duration"
        );
    }
}

#[test]
fn surges_and_factors_multiply_and_rates_replace() {
    let logs = workspace(24 * TB);
    let settings = Settings {
        rates: [(at(4 * HOUR), Rate::from_bytes_per_day(48 * TB))]
            .into_iter()
            .collect(),
        factors: [(at(0), Factor::ONE), (at(2 * HOUR), millionths(500_000))]
            .into_iter()
            .collect(),
        surges: [
            (at(HOUR), millionths(3_000_000)),
            (at(3 * HOUR), Factor::ONE),
        ]
        .into_iter()
        .collect(),
        caps: Default::default(),
    };
    let found = intake_with(&logs, &settings, None, day(1));
    let hours: Vec<u64> = (0..=6)
        .map(|hour| found.offered_at(at(hour * HOUR)) / (TB / 2))
        .collect();
    assert_eq!(hours, [0, 2, 8, 11, 12, 14, 16]);
}

/// 86 400 086 units of 10^-8 bytes times 0.999999 are 86 399 999.6: a whole byte but for 0.4
/// units. To the nearest unit it is whole.
#[test]
fn a_product_is_rounded_to_the_nearest_unit() {
    let logs = workspace(43_200_043);
    let settings = Settings {
        factors: [(at(0), millionths(999_999))].into_iter().collect(),
        ..Settings::default()
    };
    let found = intake_with(&logs, &settings, None, at(2));
    assert_eq!(found.offered_at(at(2)), 1);
}

#[test]
fn events_leave_the_history_alone() {
    let mut logs = workspace(TB);
    logs.history = Duration::from_millis(2 * DAY);
    let settings = Settings {
        surges: [(at(0), millionths(3_000_000))].into_iter().collect(),
        ..Settings::default()
    };
    let found = intake_with(&logs, &settings, None, day(1));
    assert_eq!(found.offered_at(day(0)), 2 * TB);
    assert_eq!(found.offered_at(day(1)), 5 * TB);
}

#[test]
fn the_history_is_the_mean_of_the_first_week_cut_by_the_cap() {
    let mut logs = workspace(TB);
    logs.history = Duration::from_millis(10 * DAY);
    logs.ingestion.weekly = Some(working_week());
    assert_eq!(intake(&logs, day(30)).offered_at(day(0)), 10 * TB);
    // A run of five working days knows no better.
    assert_eq!(intake(&logs, day(5)).offered_at(day(0)), 12 * TB);
    logs.daily_cap = Some(Volume::from_bytes(TB / 2));
    let capped = intake(&logs, day(30));
    assert_eq!(capped.offered_at(day(0)), 5 * TB);
    assert_eq!(capped.accepted_at(day(0)), 5 * TB);
    assert_eq!(capped.accepted_at(day(30)), 20 * TB);
}

#[test]
fn a_cap_cuts_each_day_and_knows_when_it_is_reached() {
    let mut logs = workspace(2 * TB);
    logs.daily_cap = Some(Volume::from_bytes(TB));
    let found = intake(&logs, day(3));
    assert_eq!(found.accepted_at(at(6 * HOUR)), TB / 2);
    assert_eq!(found.accepted_at(at(12 * HOUR)), TB);
    assert_eq!(found.accepted_at(at(23 * HOUR)), TB);
    assert_eq!(found.accepted_at(at(DAY + HOUR)), TB + TB / 12);
    assert_eq!(found.offered_at(day(3)), 6 * TB);
    assert_eq!(found.accepted_at(day(3)), 3 * TB);
    let hours: Vec<i64> = found.knots().map(|knot| knot.0.millis() / HOUR).collect();
    // What is accepted bends in the millisecond before the cap is reached, too.
    assert_eq!(hours, [0, 11, 12, 24, 35, 36, 48, 59, 60, 72]);
}

#[test]
fn a_cap_that_is_never_reached_adds_nothing() {
    let mut logs = workspace(TB);
    logs.daily_cap = Some(Volume::from_bytes(TB));
    let found = intake(&logs, day(3_650));
    assert_eq!(found.knots().count(), 2);
    assert_eq!(found.accepted_at(day(3_650)), 3_650 * TB);
}

#[test]
fn a_changed_cap_holds_for_the_running_day() {
    let logs = workspace(24 * TB);
    let cap = |hours: u64| Some(Volume::from_bytes(hours * TB));
    let settings = Settings {
        caps: [
            (at(0), cap(6)),
            (at(12 * HOUR), cap(8)),       // two hours more, from noon on
            (at(16 * HOUR), cap(3)),       // takes nothing back
            (at(DAY + 2 * HOUR), None),    // one day without
            (at(DAY + 20 * HOUR), cap(1)), // nothing more that day
        ]
        .into_iter()
        .collect(),
        ..Settings::default()
    };
    let found = intake_with(&logs, &settings, None, day(3));
    let hour = |hour: i64| found.accepted_at(at(hour * HOUR)) / TB;
    assert_eq!(
        [hour(6), hour(12), hour(13), hour(14), hour(24)],
        [6, 6, 7, 8, 8]
    );
    assert_eq!(
        [hour(26), hour(44), hour(48), hour(49), hour(72)],
        [10, 28, 28, 29, 29]
    );
}

#[test]
fn the_day_of_a_cap_begins_at_midnight_utc() {
    let mut logs = workspace(24 * TB);
    logs.daily_cap = Some(Volume::from_bytes(3 * TB));
    // The run starts at 22:00.
    let found = intake_with(&logs, &Settings::default(), Some(22 * HOUR), day(1));
    let hour = |hour: i64| found.accepted_at(at(hour * HOUR)) / TB;
    assert_eq!([hour(2), hour(5), hour(6), hour(24)], [2, 5, 5, 5]);
    // With a history the first two hours belong to a day that has had its share.
    logs.history = Duration::DAY;
    let found = intake_with(&logs, &Settings::default(), Some(22 * HOUR), day(1));
    assert_eq!(found.accepted_at(at(0)), 3 * TB);
    assert_eq!(found.accepted_at(at(2 * HOUR)), 3 * TB + TB / 4);
}

#[test]
fn noise_is_each_workspaces_own_and_does_not_depend_on_the_horizon() {
    let mut logs = workspace(TB);
    logs.ingestion.noise = Some(Noise::independent(
        NoiseShape::LogNormal,
        0.3,
        Duration::HOUR,
    ));
    let short = intake(&logs, day(2));
    let long = intake(&logs, day(300));
    for hour in 0..=48 {
        assert_eq!(
            short.offered_at(at(hour * HOUR)),
            long.offered_at(at(hour * HOUR))
        );
    }
    let mut other = logs.clone();
    other.name = "security".into();
    assert_ne!(
        intake(&other, day(2)).offered_at(day(1)),
        short.offered_at(day(1))
    );
    // 7 200 hours of cv 0.3: the mean has a standard error of 0.3 / sqrt(7200).
    #[allow(clippy::cast_precision_loss)]
    let mean = long.offered_at(day(300)) as f64 / (300.0 * 1e12);
    assert!((mean - 1.0).abs() < 4.0 * 0.3 / 7_200_f64.sqrt(), "{mean}");
}

/// A workspace of which rate and growth are drawn.
fn unsure() -> Workspace {
    let mut logs = workspace(24 * TB);
    logs.ingestion.rate_spread = 0.2;
    logs.ingestion.growth = Some(Growth {
        spread: 0.05,
        correlation: 0.3,
        ..Growth::known(1.03, Duration::from_millis(30 * DAY))
    });
    logs
}

#[test]
fn rate_and_growth_that_are_drawn_follow_the_closed_form() {
    let logs = unsure();
    let [mut rates, mut growths] = [Vec::new(), Vec::new()];
    for replication in 0..200 {
        let root = StreamKey::root(7, replication);
        let found = drawn(&logs, &Settings::default(), None, None, day(360), root);
        let found = found.expect("an intake");
        #[allow(clippy::cast_precision_loss)]
        let hour = |at_hour: i64| {
            let rise =
                found.offered_at(at((at_hour + 1) * HOUR)) - found.offered_at(at(at_hour * HOUR));
            rise as f64
        };
        let first = hour(0);
        let ratio = (hour(8_639) / first).powf(1.0 / 8_639.0);
        let expected = first * (ratio.powi(8_640) - 1.0) / (ratio - 1.0);
        #[allow(clippy::cast_precision_loss)]
        let relative = found.offered_at(day(360)) as f64 / expected - 1.0;
        assert!(relative.abs() < 1e-5, "{replication}: {relative}");
        rates.push((first / 1e12).ln() / 0.2);
        growths.push((720.0 * ratio.ln() - 1.03_f64.ln()) / 0.05);
    }
    for deviates in [rates, growths] {
        let mean = deviates.iter().sum::<f64>() / 200.0;
        let squares = deviates.iter().map(|z| z * z).sum::<f64>() / 200.0;
        assert!(
            mean.abs() < 0.28 && (squares - 1.0).abs() < 0.4,
            "{mean} {squares}"
        );
    }
}

/// A rate that an event sets is what it says; growth goes on.
#[test]
fn a_rate_that_is_set_is_not_drawn() {
    let mut logs = unsure();
    logs.ingestion.growth = None;
    let settings = Settings {
        rates: [(at(2 * HOUR), Rate::from_bytes_per_day(48 * TB))]
            .into_iter()
            .collect(),
        ..Settings::default()
    };
    let found = intake_with(&logs, &settings, None, day(1));
    let hour =
        |hour: i64| found.offered_at(at((hour + 1) * HOUR)) - found.offered_at(at(hour * HOUR));
    assert_ne!(hour(0), TB);
    assert!(hour(0).abs_diff(hour(1)) <= 1);
    assert!(hour(2).abs_diff(2 * TB) <= 1);
}

#[test]
fn what_ties_hours_together_does_not_depend_on_the_horizon() {
    let mut logs = unsure();
    logs.ingestion.noise = Some(Noise {
        daily_cv: 0.2,
        weekly_cv: 0.1,
        ..Noise::independent(NoiseShape::LogNormal, 0.3, Duration::from_millis(5 * HOUR))
    });
    let short = intake(&logs, day(20));
    let long = intake(&logs, day(100));
    for hour in 0..=480 {
        let hour = at(hour * HOUR);
        assert_eq!(short.offered_at(hour), long.offered_at(hour));
    }
    // A knot at each fifth hour, each hour of growth, each day and each week.
    assert_eq!(short.knots().count(), 481);
}

#[test]
fn too_many_steps_are_refused() {
    let mut logs = workspace(TB);
    logs.ingestion.noise = Some(Noise::independent(
        NoiseShape::Gamma,
        0.3,
        Duration::MILLISECOND,
    ));
    let error = drawn(
        &logs,
        &Settings::default(),
        None,
        None,
        day(30),
        StreamKey::root(1, 0),
    );
    let text = error.expect_err("30 days of milliseconds").to_string();
    assert!(
        text.starts_with("workspace \"logs\": more than 4,000,000 changes of rate"),
        "{text}"
    );
}

prop_compose! {
    fn shaped()(
        rate in 0_u64..5 * TB,
        history in 0_i64..20 * DAY,
        hourly in any::<bool>(),
        weekly in any::<bool>(),
        noisy in any::<bool>(),
    ) -> Workspace {
        let mut logs = workspace(rate);
        logs.history = Duration::from_millis(history);
        logs.ingestion.hourly = hourly.then(office_hours);
        logs.ingestion.weekly = weekly.then(working_week);
        logs.ingestion.noise = noisy.then_some(Noise::independent(NoiseShape::LogNormal, 0.5, Duration::from_millis(7 * HOUR)));
        logs
    }
}

prop_compose! {
    fn caps()(caps in proptest::collection::btree_map(1_i64..10 * DAY, proptest::option::of(0_u64..3 * TB), 0..6))
        -> Vec<(Time, Option<Volume>)> {
        caps.into_iter().map(|(ms, cap)| (at(ms), cap.map(Volume::from_bytes))).collect()
    }
}

prop_compose! {
    /// Settings of any size, in order.
    fn wild()(
        rates in by_time(0_u64..u64::MAX),
        factors in by_time(0_u64..u64::MAX),
        surges in by_time(0_u64..5_000_000),
        caps in by_time(proptest::option::of(any::<u64>())),
    ) -> Settings {
        let factor = |(t, value): (Time, u64)| (t, millionths(value));
        Settings {
            rates: rates.into_iter().map(|(t, rate)| (t, Rate::from_bytes_per_day(rate))).collect(),
            factors: factors.into_iter().map(factor).collect(),
            surges: surges.into_iter().map(factor).collect(),
            caps: caps.into_iter().map(|(t, cap)| (t, cap.map(Volume::from_bytes))).collect(),
        }
    }
}

fn by_time<T: std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<(Time, T)>> {
    proptest::collection::btree_map(0_i64..10 * DAY, values, 0..3).prop_map(|entries| {
        entries
            .into_iter()
            .map(|(ms, value)| (at(ms), value))
            .collect()
    })
}

proptest! {
    #[test]
    fn settings_of_any_size_are_computed_or_refused(
        mut logs in shaped(),
        rate in any::<u64>(),
        scale in 0_u32..64,
        settings in wild(),
        start in proptest::option::of(-DAY * 100_000..DAY * 100_000),
    ) {
        logs.ingestion.source = Source::Rate(Rate::from_bytes_per_day(rate >> scale));
        let found = drawn(&logs, &settings, None, start, day(10), StreamKey::root(1, 0));
        if let Ok(found) = found {
            let (end, never) = (found.accepted_at(day(10)), found.accepted_at(Time::NEVER));
            prop_assert!(end <= found.offered_at(day(10)));
            prop_assert_eq!(end, never);
        }
    }

    #[test]
    fn a_constant_cap_takes_the_lesser_of_offer_and_cap(
        mut logs in shaped(),
        cap in 0..3 * TB,
        start in proptest::option::of(0_i64..3 * DAY),
        times in proptest::collection::vec(0_i64..10 * DAY, 1..20),
    ) {
        logs.history = Duration::ZERO;
        logs.daily_cap = Some(Volume::from_bytes(cap));
        let found = intake_with(&logs, &Settings::default(), start, day(10));
        let into_day = start.unwrap_or(0) % DAY;
        for ms in times {
            let midnight = at((ms + into_day) / DAY * DAY - into_day);
            let offered = found.offered_at(at(ms)) - found.offered_at(midnight);
            let accepted = found.accepted_at(at(ms)) - found.accepted_at(midnight);
            prop_assert_eq!(accepted, offered.min(cap));
        }
    }

    #[test]
    fn accepted_never_falls_and_never_exceeds_offer_or_cap(
        logs in shaped(),
        caps in caps(),
        start in proptest::option::of(0_i64..3 * DAY),
        mut times in proptest::collection::vec(-DAY..11 * DAY, 2..40),
    ) {
        times.sort_unstable();
        let settings = Settings { caps: caps.iter().copied().collect(), ..Settings::default() };
        let found = intake_with(&logs, &settings, start, day(10));
        for pair in times.windows(2) {
            let (before, after) = (at(pair[0]), at(pair[1]));
            let accepted = found.accepted_at(after) - found.accepted_at(before);
            prop_assert!(found.accepted_at(before) <= found.accepted_at(after));
            // Nothing is accepted that was not offered meanwhile: not even later.
            prop_assert!(accepted <= found.offered_at(after) - found.offered_at(before));
        }
        // A day never takes more than the largest cap that held on it, once t = 0 is past.
        let into_day = start.unwrap_or(0) % DAY;
        for n in 1..10 {
            let (from, to) = (at(n * DAY - into_day), at((n + 1) * DAY - into_day));
            let before = caps.iter().rfind(|cap| cap.0 <= from).and_then(|cap| cap.1);
            let within = caps.iter().filter(|cap| from < cap.0 && cap.0 < to).map(|cap| cap.1);
            let largest = within.chain([before]).map(|cap| cap.map_or(u64::MAX, Volume::bytes)).max();
            prop_assert!(found.accepted_at(to) - found.accepted_at(from) <= largest.expect("one"));
        }
    }

    #[test]
    fn between_two_knots_accepted_is_a_line(logs in shaped(), caps in caps(), share in 0.0..1.0_f64) {
        let settings = Settings { caps: caps.into_iter().collect(), ..Settings::default() };
        let found = intake_with(&logs, &settings, None, day(10));
        let knots: Vec<Time> = found.knots().map(|knot| knot.0).collect();
        for pair in knots.windows(2) {
            prop_assert!(pair[0] < pair[1]);
            let span = (pair[1] - pair[0]).millis();
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            let part = (span as f64 * share) as i64;
            let (low, high) = (found.accepted_at(pair[0]), found.accepted_at(pair[1]));
            let line = u128::from(high - low) * u128::try_from(part).expect("positive")
                / u128::try_from(span).expect("positive");
            let here = u128::from(found.accepted_at(pair[0] + Duration::from_millis(part)) - low);
            // A cap is reached within a millisecond, and the line ends at its end: up to a
            // millisecond's bytes of difference.
            let most = u128::from(high - low) / u128::try_from(span).expect("positive");
            prop_assert!(here.abs_diff(line) <= 2 + most, "{here} {line} {pair:?}");
        }
    }
}
