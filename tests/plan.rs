//! A capacity plan: against plain arithmetic, against a fresh study, and as the program tells it.

use cmksim::experiment::plan::{Bound, Limit, Plan, When, gather, limits, months, vaults};
use cmksim::experiment::{Fingerprint, Runner, replay};
use cmksim::intake::Calendar;
use cmksim::kernel::{Executor, never, one_by_one};
use cmksim::model::Options;
use cmksim::scenario::{Scenario, read};
use cmksim::statistics::Quantile;
use cmksim::units::{Duration, Rate};

fn scenario(text: &str) -> Scenario {
    let reading = read("plan.toml", text.as_bytes(), &[]);
    reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario
}

fn planned<'a>(scenario: &'a Scenario, replications: u64, each: Executor<'_>) -> Plan<'a> {
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    let gathered = gather(
        scenario,
        &traces,
        replications,
        &Runner {
            executor: each,
            ..Runner::SERIAL
        },
    )
    .expect("it runs");
    Plan::of(scenario, &gathered)
}

/// Grows, varies, and is out of reach of its key now and then.
const GROWING: &str = "
    duration = \"120d\"
    start = 2026-01-10T06:00:00Z
    [[cluster]]
    name = \"cluster\"
    capacity_reservation = \"1500 GB/day\"
    [[workspace]]
    name = \"logs\"
    retention = \"90d\"
    [workspace.ingestion]
    rate = \"900 GB/day\"
    growth = \"10%/30d\"
    noise = { dist = \"lognormal\", cv = 0.4, period = \"6h\" }
    [[workspace]]
    name = \"more\"
    ingestion = \"100 GB/day\"
    [[hazard]]
    name = \"identity\"
    kind = \"identity_outage\"
    gap = { dist = \"exponential\", mean = \"40d\" }
    duration = { dist = \"lognormal\", median = \"127m\", sigma = 0.95, max = \"24h\" }
    ";

/// What a level costs, from the volumes of each day.
#[test]
fn costs_are_those_of_the_daily_volumes() {
    let scenario = scenario(GROWING);
    let plan = planned(&scenario, 3, &one_by_one);
    let traces = [None, None];
    let mut by_level = vec![0.0; plan.clusters[0].levels.len()];
    let mut by_month = vec![0.0; plan.months.len()];
    for replication in 0..3 {
        let options = Options {
            replication,
            every_poll: false,
        };
        let replay = replay(&scenario, &traces, options, &never).expect("it runs");
        for days in replay.books.days(0, Calendar::new(scenario.start), &[]) {
            assert_eq!(days.count, 1, "noise makes every day another one");
            let part = (days.until - days.from).millis() as f64 / 86_400_000.0;
            let gb = days.billed.bytes() as f64 / 1e9;
            for (level, cost) in plan.clusters[0].levels.iter().zip(&mut by_level) {
                let reserved = level.level.bytes_per_day() as f64 / 1e9 * part;
                *cost += reserved * 2.30 * 0.75 + (gb - reserved).max(0.0) * 2.30;
            }
            let month = plan.months.iter().position(|month| days.from < month.until);
            by_month[month.expect("a month holds it")] += days.billed.bytes() as f64;
        }
    }
    for (level, cost) in plan.clusters[0].levels.iter().zip(by_level) {
        let mean = level.cost.mean.expect("it costs something").mean;
        assert!(
            (mean - cost / 3.0).abs() < 1e-4,
            "{}: {mean}, {}",
            level.level,
            cost / 3.0
        );
        let months: f64 = level.by_month.iter().sum();
        assert!((months - mean).abs() < 1e-4, "{months} by month, {mean}");
    }
    for (found, expected) in plan.clusters[0].billed.iter().zip(by_month) {
        assert!((found.mean - expected / 3.0).abs() < 1.0);
    }
}

#[test]
fn the_best_level_is_the_cheapest_and_what_it_saves_is_the_difference() {
    let scenario = scenario(GROWING);
    let plan = planned(&scenario, 60, &one_by_one);
    let cluster = &plan.clusters[0];
    let cost = |at: usize| {
        cluster.levels[at]
            .cost
            .mean
            .expect("it costs something")
            .mean
    };
    for (at, level) in cluster.levels.iter().enumerate() {
        assert!(cost(at) >= cost(cluster.best));
        let more = level.more.as_ref().map_or(0.0, |mean| mean.mean);
        assert!((more - (cost(at) - cost(cluster.best))).abs() < 1e-6);
    }
    assert_eq!(cluster.levels[cluster.own].level.to_string(), "1.5 TB/day");
    // It grows by 10 % in 30 days, so stepping up pays; and no schedule costs more than a level.
    assert!(cluster.schedule.levels.is_sorted());
    assert!(cluster.schedule.cost <= cost(cluster.best) + 1e-6);
    assert!(cluster.schedule.levels.first() < cluster.schedule.levels.last());
}

/// A size is only as good as it holds: of a fresh study with another seed, 93 to 97 in
/// 100 runs need no more than the p95 that a plan names. There are 2,000 replications of each;
/// `CMKSIM_WORLDS=2` makes them the 4,000 that they once were.
#[test]
fn the_room_at_p95_holds_in_95_of_100_other_runs() {
    let mut fresh = scenario(GROWING);
    let first = fresh.clone();
    fresh.unchecked.seed = 4711;
    let replications = super::worlds::seeds(2_000).end;
    let (plan, study) = (
        planned(&first, replications, &one_by_one),
        planned(&fresh, replications, &one_by_one),
    );
    let p95 = Quantile::percent(95);
    let (room, other) = (&plan.clusters[0].room, &study.clusters[0].room);
    for (name, sample, fresh) in [
        ("hot", &room.hot, &other.hot),
        ("buffered", &room.buffered, &other.buffered),
        ("stored", &room.stored, &other.stored),
    ] {
        let size = sample.quantile(p95).expect("values").value.number();
        let holds = fresh.numbers().filter(|needed| *needed <= size).count();
        let part = holds as f64 / fresh.len() as f64;
        assert!((0.93..=0.97).contains(&part), "{name}: {part}");
    }
}

#[test]
fn cores_do_not_show() {
    let scenario = scenario(GROWING);
    let backwards: Executor<'_> = &|count, call| (0..count).rev().for_each(call);
    let (one, other) = (
        planned(&scenario, 70, &one_by_one),
        planned(&scenario, 70, backwards),
    );
    assert_eq!(one, other);
    let of = |plan: &Plan<'_>| -> Fingerprint { plan.fingerprint };
    assert_ne!(of(&one), of(&planned(&scenario, 69, &one_by_one)));
}

#[test]
fn months_are_those_of_the_calendar_or_of_30_days() {
    let of = |scenario: &Scenario| -> Vec<(String, i64)> {
        let hours = |ms: i64| ms / 3_600_000;
        months(scenario)
            .into_iter()
            .map(|month| (month.name, hours(month.until.millis())))
            .collect()
    };
    let calendar = of(&scenario(GROWING));
    // From 10 January 06:00: 21 days and 18 hours of January, 28 days of February.
    let names: Vec<&str> = calendar.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    );
    assert_eq!(calendar[0].1, 21 * 24 + 18);
    assert_eq!(calendar[1].1, calendar[0].1 + 28 * 24);
    assert_eq!(calendar[4].1, 120 * 24);
    let mut counted = scenario(GROWING);
    counted.unchecked.start = None;
    let thirty: Vec<(String, i64)> = (1..=4).map(|at| (at.to_string(), at * 30 * 24)).collect();
    assert_eq!(of(&counted), thirty);
    let whole = |scenario: &Scenario| -> Vec<bool> {
        let months = months(scenario).into_iter();
        months.map(|month| month.whole).collect()
    };
    assert_eq!(whole(&scenario(GROWING)), [false, true, true, true, false]);
    assert_eq!(whole(&counted), [true; 4]);
    counted.unchecked.duration = counted.duration - Duration::HOUR;
    assert_eq!(whole(&counted), [true, true, true, false]);
}

/// Without noise: a rate of 900 GB that grows by 10 % in 30 days reaches the level above from a
/// volume, and after a time, that can be worked out.
#[test]
fn limits_are_reached_when_growth_says_so() {
    let text = "
        duration = \"420d\"
        [[workspace]]
        name = \"logs\"
        daily_cap = \"4 TB\"
        ingestion = { rate = \"400 GB/day\", growth = \"10%/30d\" }";
    let scenario = scenario(text);
    let plan = planned(&scenario, 1, &one_by_one);
    let all = limits(&plan);
    let find = |is: fn(&Bound) -> bool| all.iter().find(|limit| is(&limit.bound)).expect("a limit");
    let months_until = |gb: f64| {
        // The line goes through the middles of weeks, the last one half a week before the end.
        let last = 400.0 * 1.1_f64.powf((420.0 - 3.5) / 30.0);
        (gb / last).ln() / 1.1_f64.ln()
    };
    let highest = find(|bound| matches!(bound, Bound::HighestLevel { .. }));
    let When::Months {
        months,
        earliest,
        latest,
    } = highest.when
    else {
        panic!("{highest:?}");
    };
    assert!((months - months_until(2_000.0)).abs() < 0.01, "{months}");
    assert!(earliest <= months && latest.is_some_and(|latest| latest >= months));
    let cap = find(|bound| matches!(bound, Bound::DailyCap { .. }));
    assert!(
        matches!(cap.when, When::Months { months, .. } if (months - months_until(4_000.0)).abs() < 0.01)
    );
}

/// From where a step up pays, by its two levels in GB.
fn steps(plan: &Plan<'_>) -> Vec<(u64, u64, f64)> {
    let gb = |level: Rate| level.bytes_per_day() / 1_000_000_000;
    let step = |limit: &Limit| match limit.bound {
        Bound::StepUp { from, to, .. } => Some((gb(from), gb(to), limit.at / 1e9)),
        _ => None,
    };
    limits(plan).iter().filter_map(step).collect()
}

/// Above 1 000 GB at 2.30, a reservation of 1 100 GB at 1.725 costs less from 1 075 GB on, if all
/// days are alike.
#[test]
fn of_equal_days_a_step_up_pays_from_three_quarters_of_it_on() {
    let scenario = scenario(
        "
        duration = \"35d\"
        [[workspace]]
        name = \"logs\"
        ingestion = \"900 GB/day\"",
    );
    let steps = steps(&planned(&scenario, 1, &one_by_one));
    let expected = [
        (1_000, 1_100, 1_075.0),
        (1_100, 1_200, 1_175.0),
        (1_200, 1_300, 1_275.0),
    ];
    for (found, expected) in steps.iter().zip(expected) {
        assert_eq!((found.0, found.1), (expected.0, expected.1));
        assert!((found.2 - expected.2).abs() < 1e-6, "{found:?}");
    }
    assert_eq!(steps.len(), 3);
}

/// Where weekends are quiet a higher level pays later; the plan's own costs say so a little before
/// and a little after.
#[test]
fn a_step_up_pays_from_where_the_costs_of_unlike_days_cross() {
    let text = |gb: f64| {
        format!(
            "
            start = 2026-03-02T00:00:00Z
            duration = \"28d\"
            [[workspace]]
            name = \"logs\"
            [workspace.ingestion]
            rate = \"{gb} GB/day\"
            weekly = [1, 1.1, 0.9, 1, 1, 0.5, 0.4]"
        )
    };
    let before = scenario(&text(1_000.0));
    let plan = planned(&before, 1, &one_by_one);
    let billed = plan.clusters[0].trend.expect("a trend").last / 1e9;
    for (from, to, at) in steps(&plan) {
        for (factor, pays) in [(0.999, false), (1.001, true)] {
            let scaled = scenario(&text(1_000.0 * at / billed * factor));
            let levels = &planned(&scaled, 1, &one_by_one).clusters[0].levels.clone();
            let cost = |gb: u64| {
                let level = levels
                    .iter()
                    .find(|level| level.level.bytes_per_day() == gb * 1_000_000_000);
                let cost = &level.expect("a level").cost;
                cost.mean.expect("it costs something").mean
            };
            assert_eq!(cost(to) < cost(from), pays, "{to} at {at} times {factor}");
        }
        assert!(at > from as f64 + 75.0, "{to} at {at}");
    }
}

/// 10 accounts that ask every 6 to 60 seconds: 33 s on average, and 2 in 10 s at the most.
#[test]
fn a_vault_is_asked_as_often_as_its_accounts_poll() {
    let scenario = scenario(GROWING);
    let plan = planned(&scenario, 5, &one_by_one);
    let loads = vaults(&plan);
    let [load] = &loads[..] else {
        panic!("{loads:?}");
    };
    assert_eq!(load.most, 20);
    assert!(
        (load.mean - 10.0 * 10.0 / 33.0).abs() < 0.05,
        "{}",
        load.mean
    );
    assert_eq!(load.limits[0].software, 2_000);
}

/// What a schedule or a level costs does not depend on which level the scenario has.
#[test]
fn the_level_of_the_scenario_does_not_matter() {
    let one = scenario(GROWING);
    let other = scenario(&GROWING.replace("1500 GB/day", "1100 GB/day"));
    let (one, other) = (
        planned(&one, 8, &one_by_one),
        planned(&other, 8, &one_by_one),
    );
    assert_eq!(one.clusters[0].levels, other.clusters[0].levels);
    assert_ne!(one.paid, other.paid);
}

mod program {
    use crate::program::{Place, ends_with, prints_golden, shows_the_first_line, stderr, stdout};

    const SMALL: &str = "
title = \"A <small> plan\"
duration = \"90d\"
[[workspace]]
name = \"logs\"
[workspace.ingestion]
rate = \"900 GB/day\"
growth = \"6%/30d\"
noise = { dist = \"lognormal\", cv = 0.3, period = \"1h\" }
[[hazard]]
name = \"identity\"
kind = \"identity_outage\"
gap = { dist = \"exponential\", mean = \"40d\" }
duration = \"90m\"
";

    /// Nothing of the edition's list is left in it, equal amounts or not.
    #[test]
    fn prices_of_a_contract_are_nobody_elses() {
        let contract = "
[prices]
currency = 'EUR'
source = 'our contract'
pay_as_you_go = 2.54
reservation = { '1000 GB/day' = 1870, '2000 GB/day' = 3650 }
overage = 'reservation'
retention = 0.11
key_vault_operations = 0.03
";
        let place = Place::new();
        place.write("contract.toml", format!("{SMALL}{contract}"));
        let plan = place.run(&["plan", "contract.toml", "--replications=10"]);
        ends_with(&plan, 0);
        let text = stdout(&plan);
        let line = |line: &&str| line.trim_start().starts_with("source");
        let source = text.lines().find(line).expect("a price list has a source");
        assert!(
            source.trim_end().ends_with("  our contract, in EUR"),
            "{source}"
        );
        assert!(!text.contains("nobody verified"), "{text}");
    }

    #[test]
    fn a_plan_is_told_as_the_golden_files_say() {
        let place = Place::new();
        place.write("small.toml", SMALL);
        for format in ["text", "json", "csv"] {
            let plan = [
                "plan",
                "small.toml",
                "--replications=40",
                "--format",
                format,
            ];
            prints_golden(&place.run(&plan), &format!("plan.{format}"));
        }
        let written = place.results();
        let names: Vec<_> = written.keys().filter_map(|path| path.file_name()).collect();
        let expected = [
            "levels.csv",
            "plan-buffer.png",
            "plan-buffer.svg",
            "plan-hot-cache.png",
            "plan-hot-cache.svg",
            "plan-levels.png",
            "plan-levels.svg",
            "plan-store.png",
            "plan-store.svg",
            "plan.csv",
            "plan.json",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn the_front_page_shows_the_first_line() {
        shows_the_first_line("cmksim plan scenarios/plan-for-a-growing-cluster.toml");
    }

    #[test]
    fn what_stays_empty_is_said_and_not_drawn() {
        let place = Place::new();
        let calm = "duration = '60d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n";
        place.write("calm.toml", calm);
        let output = place.run(&["plan", "calm.toml", "--replications=2"]);
        ends_with(&output, 0);
        let said = "Nothing waits in the outage buffer in any run.";
        assert!(stdout(&output).contains(said), "{}", stdout(&output));
        let drawn = |name: &str| place.results().keys().any(|path| path.ends_with(name));
        assert!(drawn("plan-hot-cache.svg") && drawn("plan-store.png"));
        assert!(!drawn("plan-buffer.svg") && !drawn("plan-buffer.png"));
    }

    #[test]
    fn results_are_the_same_on_any_number_of_threads() {
        let place = Place::new();
        place.write("small.toml", SMALL);
        let on = |threads: &str| {
            let plan = [
                "plan",
                "small.toml",
                "--replications=40",
                "--threads",
                threads,
            ];
            let output = place.run(&plan);
            ends_with(&output, 0);
            (stdout(&output), place.results())
        };
        assert_eq!(on("1"), on("2"));
    }

    #[test]
    fn the_text_fits_80_columns_and_names_what_it_writes() {
        let place = Place::new();
        place.write("small.toml", SMALL);
        let output = place.run(&["plan", "small.toml", "--replications=2"]);
        ends_with(&output, 0);
        let told = stdout(&output);
        assert!(
            told.starts_with("reserve 1,000 GB/day, the current level: "),
            "{told}"
        );
        // The answer is one line, whatever its length.
        let longest = told.lines().skip(1).map(|line| line.chars().count()).max();
        assert!(longest <= Some(80), "{told}");
        for path in place.results().keys() {
            let name = path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            assert!(stderr(&output).contains(&name), "{name}");
        }
        ends_with(&place.run(&["plan", "missing.toml"]), 1);
        ends_with(&place.run(&["plan", "small.toml", "--replications=0"]), 2);
    }
}
