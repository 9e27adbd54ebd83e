//! Forecasts: what is extrapolated covers what comes, as often as it says.

use cmksim::import::{Export, Exports, Wishes, import};
use cmksim::intake::{Expected, Settings};
use cmksim::kernel::StreamKey;
use cmksim::scenario::{Scenario, read};
use cmksim::units::{Duration, Time};
use rand_distr::{Distribution, StandardNormal};
use std::fmt::Write;

use crate::worlds::{Dice, seeds};

const DAY: i64 = Duration::DAY.millis();
/// Monday, 5 January 2026.
const MONDAY: i64 = 1_767_571_200_000;
const WEEK: [f64; 7] = [1.1, 1.2, 1.1, 1.0, 1.1, 0.7, 0.8];
/// Of each forecast.
const REPLICATIONS: u64 = 200;

/// What ties one day to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ties {
    None,
    /// A part of the noise is common to a day, a part to a week.
    Common,
    /// Half of what is off in a day is off in the next.
    Decaying,
}

/// A history, and how much came after it.
struct History {
    rows: String,
    /// When it ends.
    days: i64,
    /// What came, in MB.
    came: f64,
    about: String,
}

/// Usage of a workspace over some weeks, in rows of a day or an hour, and what comes after it.
fn history(seed: u64, horizon: i64) -> History {
    let mut dice = Dice::new(seed);
    let mut stream = StreamKey::root(seed, 0).name("history").stream();
    let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
    let days = dice.pick(&[28, 42, 60, 91, 182]);
    let growth = f64::from(i32::try_from(dice.between(-50, 100)).expect("small")) / 1_000.0;
    let cv = f64::from(i32::try_from(dice.between(50, 500)).expect("small")) / 1_000.0;
    let ties = dice.pick(&[Ties::None, Ties::None, Ties::Common, Ties::Decaying]);
    let hourly = days < 91 && dice.chance(25);
    let sigma = (cv * cv).ln_1p().sqrt();
    let offset = dice.between(0, 6);
    let (mut of_week, mut before) = (0.0, sigma * normal());
    let mut rows = "StartTime,Workspace,Quantity,IsBillable\n".to_owned();
    let mut came = 0.0;
    for day in 0..days + horizon {
        if day == 0 || (day + offset) % 7 == 0 {
            of_week = normal();
        }
        let of_day = match ties {
            Ties::None => sigma * normal(),
            Ties::Common => sigma * (normal() + of_week) / 2_f64.sqrt(),
            Ties::Decaying => 0.5 * before + 0.75_f64.sqrt() * sigma * normal(),
        };
        before = of_day;
        #[allow(clippy::cast_precision_loss)]
        let grown = (1.0 + growth).powf(day as f64 / 30.0);
        let level = 24_000.0 * grown * WEEK[usize::try_from(day % 7).expect("below 7")];
        let megabytes = level * (of_day - sigma * sigma / 2.0).exp();
        if day >= days {
            came += megabytes;
            continue;
        }
        let parts = if hourly { 24 } else { 1 };
        for part in 0..parts {
            let begin = MONDAY + day * DAY + i64::from(part) * DAY / i64::from(parts);
            let time = jiff::Timestamp::from_millisecond(begin).expect("a time");
            let share = megabytes / f64::from(parts)
                * if hourly {
                    (0.2 * normal() - 0.02).exp()
                } else {
                    1.0
                };
            writeln!(rows, "{time},logs,{share:.3},true").expect("a text");
        }
    }
    History {
        rows,
        days,
        came,
        about: format!("{days} days, growth {growth}, cv {cv}, {ties:?}, hourly {hourly}"),
    }
}

/// The scenario that the import makes of a history.
fn forecast(history: &History, horizon: i64) -> Scenario {
    let exports = Exports {
        usage: vec![Export {
            name: "usage.csv",
            bytes: history.rows.as_bytes(),
        }],
        ..Exports::default()
    };
    let wishes = Wishes {
        edition: None,
        start: None,
        duration: None,
        forecast: Some(&format!("{horizon}d")),
        trace: "trace.csv",
    };
    let made = import(&exports, wishes, &|| false).unwrap_or_else(|error| panic!("{error}"));
    let reading = read("forecast.toml", made.scenario.as_bytes(), &[]);
    reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario
}

/// What is forecast to come in all, in MB, in each replication; in order. Each world has a seed of
/// its own: else all would share the error of the same draws.
fn totals(scenario: &Scenario, seed: u64) -> Vec<f64> {
    let (workspace, end) = (&scenario.workspaces[0], scenario.end());
    let expected = Expected::of(workspace, &Settings::default(), None, scenario.start, end);
    let expected = expected.expect("a forecast can be drawn");
    let mut totals: Vec<f64> = (0..REPLICATIONS)
        .map(|replication| {
            let drawn = expected.draw(StreamKey::root(seed, replication));
            let drawn = drawn.expect("a forecast can be drawn");
            #[allow(clippy::cast_precision_loss)]
            let bytes = (drawn.offered_at(end) - drawn.offered_at(Time::START)) as f64;
            bytes / 1e6
        })
        .collect();
    totals.sort_by(f64::total_cmp);
    totals
}

/// Of 2 000 worlds pooled, what came is between p5 and p95 in about nine of ten.
#[test]
fn nine_of_ten_forecasts_hold_what_comes() {
    let horizon = 60;
    let (mut held, mut below, mut count) = ([0; 3], 0, [0; 3]);
    for seed in seeds(2_000) {
        let history = history(seed, horizon);
        let scenario = forecast(&history, horizon);
        let start = MONDAY + history.days * DAY;
        assert_eq!(scenario.start, Some(start), "{}", history.about);
        let totals = totals(&scenario, seed);
        let at = |part: usize| totals[totals.len() * part / 100];
        let ties = usize::from(history.about.contains("Common"))
            + 2 * usize::from(history.about.contains("Decaying"));
        count[ties] += 1;
        held[ties] += usize::from((at(5)..=at(95)).contains(&history.came));
        below += usize::from(history.came < at(50));
    }
    let part = |some: usize, all: usize| {
        #[allow(clippy::cast_precision_loss)]
        let part = some as f64 / all as f64;
        part
    };
    let each = [0, 1, 2].map(|ties| part(held[ties], count[ties]));
    let all: usize = count.iter().sum();
    let pooled = part(held.iter().sum(), all);
    println!(
        "{pooled} of {all}: independent, common, decaying {each:?}; below p50 {}",
        part(below, all)
    );
    assert!(
        (0.87..=0.93).contains(&pooled),
        "{pooled} of {all}: {each:?}"
    );
    let below = part(below, all);
    // A trend is drawn towards none, and these worlds grow by 2.5 % a month on average.
    assert!((0.38..=0.52).contains(&below), "{below} below the median");
}
