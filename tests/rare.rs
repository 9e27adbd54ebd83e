//! `run --rare` held to renewal theory: how likely rare outages are is computed here without the
//! simulator, and studies must hold it in their intervals as often as they say.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

use std::fs;

use cmksim::experiment::rare::{RareEvent, learn};
use cmksim::experiment::{Replications, Runner, Study};
use cmksim::model::{MOST_WEIGHT, WEIGHT_UNIT};
use cmksim::scenario::{Override, Scenario, read};
use cmksim::statistics::Weighted;

use super::program::{Place, ends_with, shows_the_first_line, stderr, stdout, words};

/// Hours of the run, and between two outages on average.
const RUN: f64 = 8_760.0;
const GAP: f64 = 2_880.0;

/// A year of outages that one account sees at once, and whose end it sees at once.
fn year(duration: &str) -> String {
    format!(
        "duration = '365d'
        replications = 20000
        [behaviour]
        poll_interval = {{ min = '1s', max = '1s' }}
        outage_tolerance = '0s'
        outage_recovery = '0s'
        [[cluster]]
        name = 'cluster'
        storage_accounts = 1
        [[workspace]]
        name = 'logs'
        ingestion = '1 TB/day'
        [[hazard]]
        name = 'vault'
        kind = 'key_vault_outage'
        gap = {{ dist = 'exponential', mean = '120d' }}
        duration = {duration}
        "
    )
}

const LOG_NORMAL: &str = "{ dist = 'lognormal', median = '118m', sigma = 1.14 }";
const WEIBULL: &str = "{ dist = 'weibull', scale = '4h', shape = 0.5 }";

/// How likely an outage lasts at most so many hours.
type Law = fn(f64) -> f64;

fn log_normal(hours: f64) -> f64 {
    normal((hours / (118.0 / 60.0)).ln() / 1.14)
}

fn weibull(hours: f64) -> f64 {
    -(-(hours / 4.0).sqrt()).exp_m1()
}

/// The standard normal distribution, by the series and the continued fraction of its tail.
fn normal(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z.abs() < 4.0 {
        let mut term = z;
        let mut sum = z;
        for n in 1..200 {
            term *= z * z / f64::from(2 * n + 1);
            sum += term;
        }
        return 0.5 + density * sum;
    }
    let fraction = (1..200)
        .rev()
        .fold(z.abs(), |sum, n| z.abs() + f64::from(n) / sum);
    let tail = density / fraction;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// The durations up to `most` hours in steps of `step`: each rounded to the next step.
fn steps(law: Law, step: f64, most: f64) -> Vec<f64> {
    let count = (most / step).round() as usize + 1;
    let up_to = |at: f64| if at <= 0.0 { 0.0 } else { law(at) };
    let at = |number: usize| number as f64 * step;
    let each =
        (0..count).map(|number| up_to(at(number) + step / 2.0) - up_to(at(number) - step / 2.0));
    each.collect()
}

/// How likely so many outages as a Poisson process has in `uptime` hours last so many steps
/// together (Panjer, "Recursive evaluation of a family of compound distributions", 1981).
fn compound(steps: &[f64], uptime: f64, count: usize) -> Vec<f64> {
    let mean = uptime / GAP;
    let mut sums = vec![(-mean * (1.0 - steps[0])).exp()];
    for sum in 1..count {
        let from = sum.min(steps.len() - 1);
        let each = (1..=from).map(|last| last as f64 * steps[last] * sums[sum - last]);
        let next = mean / sum as f64 * each.sum::<f64>();
        sums.push(next);
    }
    sums
}

/// How likely all outages of the year together last more than `hours`. In the time without an
/// outage they are a Poisson process; they last longer than `hours` in the year exactly if those
/// in the first `RUN` - `hours` of that time do (Takacs, 1957).
fn longer_together(law: Law, hours: f64) -> f64 {
    let step = hours / 2_000.5;
    let steps = steps(law, step, hours + step);
    1.0 - compound(&steps, RUN - hours, 2_001).iter().sum::<f64>()
}

/// How likely one outage of the year lasts more than `hours`: before it there are shorter ones.
fn one_longer(law: Law, hours: f64) -> f64 {
    const PIECES: u32 = 400;
    let long = 1.0 - law(hours);
    let step = 8.0;
    let short = steps(law, step, hours);
    let most = RUN - hours;
    let piece = most / f64::from(PIECES);
    let each = (0..PIECES).map(|number| {
        let uptime = (f64::from(number) + 0.5) * piece;
        let count = ((most - uptime) / step).ceil() as usize;
        let sums = compound(&short, uptime, count.max(1));
        // Of a compound process without long outages; `compound` leaves out those that are long.
        let begins = sums.iter().sum::<f64>().min(1.0);
        piece / GAP * long * begins
    });
    each.sum()
}

/// How likely `count` outages or more begin in the year: the time without one before the last of
/// them, and the `count` - 1 outages in between.
fn many(law: Law, count: usize) -> f64 {
    let step = 2.0;
    let one = steps(law, step, RUN);
    let mut sums = vec![0.0; one.len()];
    sums[0] = 1.0;
    for _ in 1..count {
        let next = |at: usize| (0..=at).map(|last| one[last] * sums[at - last]).sum();
        sums = (0..one.len()).map(next).collect();
    }
    let at_least = |uptime: f64| {
        let mean = uptime / GAP;
        // The tail itself: 1 less the rest would leave nothing of it.
        let mut term = (-mean).exp();
        (1..=count).for_each(|n| term *= mean / n as f64);
        let mut sum = 0.0;
        for n in count..count + 60 {
            sum += term;
            term *= mean / (n + 1) as f64;
        }
        sum
    };
    let each = sums.iter().enumerate();
    each.map(|(number, sum)| sum * at_least((RUN - number as f64 * step).max(0.0)))
        .sum()
}

/// What is asked of a year, and how likely it is.
struct Question {
    duration: &'static str,
    condition: &'static str,
    truth: f64,
}

fn questions() -> Vec<Question> {
    let question = |duration, condition, truth| Question {
        duration,
        condition,
        truth,
    };
    vec![
        question(
            LOG_NORMAL,
            "query_downtime > 8d",
            longer_together(log_normal, 192.0),
        ),
        question(
            LOG_NORMAL,
            "query_downtime_longest > 36d",
            one_longer(log_normal, 864.0),
        ),
        question(LOG_NORMAL, "interruptions >= 14", many(log_normal, 14)),
        question(
            WEIBULL,
            "query_downtime > 40d",
            longer_together(weibull, 960.0),
        ),
        question(
            WEIBULL,
            "query_downtime_longest > 30d",
            one_longer(weibull, 720.0),
        ),
    ]
}

fn scenario(text: &str, seed: u64) -> Scenario {
    let seed = Override::new("--seed", &format!("seed={seed}"));
    let reading = read("world", text.as_bytes(), &[seed]);
    reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario
}

fn event(scenario: &Scenario, condition: &str) -> RareEvent {
    let text = format!("probability({condition})");
    let target = scenario.target("--rare", &text).expect("a probability");
    RareEvent::new(&target).expect("it can be asked")
}

/// A rare study of so many replications.
fn rare(scenario: &Scenario, event: &RareEvent, replications: u64) -> (Weighted, Replications) {
    let traces = vec![None; scenario.workspaces.len()];
    let mut study = Study::new(scenario, &traces);
    study.kept = vec![(event.scope, event.measure)];
    let learned = learn(&study, event, &Runner::SERIAL).expect("something is drawn");
    assert!(learned.is_reached, "{}", event.text);
    study.mixture = Some(&learned.mixture);
    let gathered = study.gather(0..replications, &Runner::SERIAL);
    let gathered = gathered.expect("a study");
    (event.found(&gathered), gathered)
}

/// What studies with the seeds of a range say of a question: how many hold the truth in their
/// interval, and how many have one.
struct Covered {
    held: usize,
    with_interval: usize,
    /// The mean estimate over the truth.
    mean: f64,
    /// The fewest effective hits.
    fewest: f64,
}

fn covered(question: &Question, seeds: std::ops::Range<u64>, replications: u64) -> Covered {
    let text = year(question.duration);
    let mut covered = Covered {
        held: 0,
        with_interval: 0,
        mean: 0.0,
        fewest: f64::INFINITY,
    };
    let count = (seeds.end - seeds.start) as f64;
    for seed in seeds {
        let scenario = scenario(&text, seed);
        let event = event(&scenario, question.condition);
        let (found, _) = rare(&scenario, &event, replications);
        covered.mean += found.share().unwrap_or(0.0) / question.truth / count;
        covered.fewest = covered.fewest.min(found.effective());
        if let Some(interval) = found.interval() {
            covered.with_interval += 1;
            let truth = question.truth;
            covered.held += usize::from(interval.low <= truth && truth <= interval.high);
        }
    }
    covered
}

/// Of three studies of each question at least 12 of all 15 hold it: if 95 % do, fewer do once in 180
/// times.
#[test]
fn intervals_hold_the_truth() {
    let mut held = 0;
    for question in questions() {
        let found = covered(&question, 0..3, 10_000);
        assert_eq!(found.with_interval, 3, "{}", question.condition);
        let off = found.mean - 1.0;
        assert!(off.abs() < 0.2, "{}: {off}", question.condition);
        held += found.held;
    }
    assert!(held >= 12, "{held} of 15");
}

/// 1 000 studies of each: `cargo test --release rare::intervals_hold_the_truth_in_full -- --ignored
/// --nocapture`.
#[test]
#[ignore = "it takes hours"]
fn intervals_hold_the_truth_in_full() {
    for question in questions() {
        let found = covered(&question, 0..1_000, 10_000);
        println!(
            "{} {}: truth {:.4e}, held {} of {}, mean {:.4} of it, fewest effective hits {:.0}",
            question.duration,
            question.condition,
            question.truth,
            found.held,
            found.with_interval,
            found.mean,
            found.fewest
        );
        assert!(found.held * 1000 >= found.with_interval * 925);
        assert!(found.with_interval >= 950);
    }
}

/// Where plain replications can see it, they say the same. So does the mean weight: it is 1.
#[test]
fn plain_and_rare_replications_agree() {
    for (condition, least, most) in [
        ("query_downtime > 2d", 1e-3, 1e-1),
        ("query_downtime_longest > 4d", 1e-4, 1e-2),
        ("interruptions >= 8", 1e-3, 1e-1),
        ("dropped > 1 TB", 1e-3, 1e-1),
        ("query_availability < 99.5%", 1e-3, 1e-1),
    ] {
        let scenario = scenario(&year(LOG_NORMAL), 3);
        let event = event(&scenario, condition);
        let traces = vec![None; scenario.workspaces.len()];
        let mut study = Study::new(&scenario, &traces);
        study.kept = vec![(event.scope, event.measure)];
        let plain = study.gather(0..10_000, &Runner::SERIAL).expect("a study");
        let values = plain.of(event.scope, event.measure).expect("kept").values();
        let share = values.filter(|value| event.is_met(*value)).count() as f64 / 10_000.0;
        let (found, gathered) = rare(&scenario, &event, 5_000);
        let rare = found.share().expect("hits");
        let error = (rare / 10_000.0 + rare * rare / found.effective()).sqrt();
        assert!(
            (share - rare).abs() < 4.5 * error,
            "{condition}: {share} and {rare}"
        );
        assert!(least < rare && rare < most, "{condition}: {rare}");
        let weights: Vec<u64> = gathered.weights().expect("weights").collect();
        assert!(weights.iter().all(|weight| *weight <= MOST_WEIGHT));
        let weights: Vec<f64> = weights
            .iter()
            .map(|weight| *weight as f64 * WEIGHT_UNIT)
            .collect();
        let mean = weights.iter().sum::<f64>() / 5_000.0;
        let variance = weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / 5_000.0;
        let error = (variance / 5_000.0).sqrt();
        assert!(
            (mean - 1.0).abs() < 4.5 * error,
            "{condition}: {mean} +- {error}"
        );
    }
}

/// A key that is enabled again by somebody whose delay is drawn, and by an event that follows: the
/// downtime is the shorter of both delays, each exponential.
#[test]
fn delays_of_responses_and_events_are_drawn_so_too() {
    let text = "duration = '30d'
        replications = 20000
        [behaviour]
        poll_interval = { min = '1s', max = '1s' }
        revocation_delay = '0s'
        revocation_recovery = '0s'
        [[cluster]]
        name = 'cluster'
        storage_accounts = 1
        [[workspace]]
        name = 'logs'
        ingestion = '1 TB/day'
        [[event]]
        name = 'disabled'
        at = { dist = 'uniform', min = '1d', max = '2d' }
        kind = 'disable_key'
        [[event]]
        name = 'runbook'
        after = 'disabled'
        delay = { dist = 'exponential', mean = '20h' }
        kind = 'enable_key'
        [[response]]
        name = 'on-call'
        when = 'queries_fail'
        delay = { dist = 'exponential', mean = '10h' }
        kind = 'enable_key'
        ";
    for (seed, hours) in [(0, 70), (1, 100)] {
        let scenario = scenario(text, seed);
        let event = event(&scenario, &format!("query_downtime > {hours}h"));
        let truth = (-f64::from(hours) * (1.0 / 20.0 + 1.0 / 10.0)).exp();
        let (found, _) = rare(&scenario, &event, 10_000);
        let error = found.share().expect("hits") / truth - 1.0;
        assert!(
            error.abs() < 4.5 / found.effective().sqrt(),
            "{hours}: {error}"
        );
        assert!(found.effective() > 300.0, "{}", found.effective());
    }
}

/// A rare loss that shows in every result, and the words of its study.
const COMMAND: [&str; 5] = [
    "run",
    "world.toml",
    "--rare",
    "probability(query_downtime > 10d)",
    "--write=summary,replications,pictures",
];

fn world() -> Place {
    let place = Place::new();
    place.write("world.toml", year(LOG_NORMAL));
    place
}

fn run(place: &Place, more: &[&str]) -> String {
    let output = place.run(&[&COMMAND, more].concat());
    ends_with(&output, 0);
    stdout(&output)
}

#[test]
fn threads_and_interruptions_do_not_show() {
    let mut seen = Vec::new();
    for (threads, steps) in [
        ("1", &["3000"][..]),
        ("2", &["3000"]),
        ("2", &["700", "3000"]),
    ] {
        let place = world();
        let mut told = String::new();
        for (at, replications) in steps.iter().enumerate() {
            let extend: &[&str] = if at > 0 { &["--extend"] } else { &[] };
            let count = ["--replications", replications, "--threads", threads];
            told = run(&place, &[&count, extend].concat());
        }
        let names = [
            "replications.json",
            "replications.csv",
            "rare.svg",
            "replications.journal",
        ];
        let files = names.map(|name| {
            fs::read(place.path().join("output/world").join(name)).expect("it was written")
        });
        seen.push((told, files));
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2]);
}

#[test]
fn a_study_of_something_else_is_not_extended() {
    let place = world();
    run(&place, &["--replications", "200"]);
    let plain = ["run", "world.toml", "--replications", "200", "--extend"];
    let refused = place.run(&plain);
    ends_with(&refused, 2);
    let other = [
        "run",
        "world.toml",
        "--rare",
        "probability(query_downtime > 11d)",
    ];
    let refused = place.run(&[&other[..], &["--replications", "200", "--extend"]].concat());
    ends_with(&refused, 2);
    assert!(stderr(&refused).contains("it is of another study"));
}

/// Nothing is told that weights have not gone into.
#[test]
fn only_what_is_weighted_is_told() {
    let place = Place::new();
    let expected = "expect = ['probability(query_downtime > 10d) <= 0.1%', 'mean(dropped) <= 1 TB',
        'probability(query_downtime > 10d) <= 0.0000001%', 'query_downtime <= 1h']\n";
    place.write("world.toml", expected.to_owned() + &year(LOG_NORMAL));
    let output = place.run(&COMMAND);
    ends_with(&output, 3);
    let told = stdout(&output);
    assert!(told.contains("effective hits"), "{told}");
    assert!(
        told.contains("2 expectations of the scenario are not judged"),
        "{told}"
    );
    assert!(
        !told.contains("mean(dropped)") && !told.contains("p95"),
        "{told}"
    );
    let json = fs::read_to_string(place.path().join("output/world/replications.json"));
    let json: serde_json::Value = serde_json::from_str(&json.expect("it is there")).expect("JSON");
    assert_eq!(json["total"], serde_json::Value::Null);
    assert_eq!(json["expectations"].as_array().expect("a list").len(), 2);
    let csv = fs::read_to_string(place.path().join("output/world/replications.csv"));
    let csv = csv.expect("it is there");
    assert!(
        csv.starts_with("replication,weight,query_downtime_s\n"),
        "{}",
        &csv[..60]
    );
    // The estimate is what the table says.
    let limit = 10.0 * 86_400.0;
    let rows = csv.lines().skip(1).map(|row| {
        let fields: Vec<f64> = row
            .split(',')
            .map(|f| f.parse().expect("a number"))
            .collect();
        if fields[2] > limit { fields[1] } else { 0.0 }
    });
    let estimate = rows.sum::<f64>() / 20_000.0;
    let told = json["rare"]["probability"].as_f64().expect("a number");
    assert!((estimate / told - 1.0).abs() < 1e-9, "{estimate} {told}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let place = world();
    place.write(
        "calm.toml",
        "duration = '1d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n",
    );
    let many = ["--replications", "100"];
    for (file, condition, more, why) in [
        (
            "world.toml",
            "mean(dropped)",
            &many[..],
            "mean(dropped) is no probability",
        ),
        (
            "world.toml",
            "probability(dropped == 0 B)",
            &many,
            "write >, >=, < or <=",
        ),
        ("world.toml", "probability(lost > 0 B)", &many, "lost"),
        (
            "world.toml",
            "dropped > 20 TB",
            &many,
            "write probability(dropped > 20 TB)",
        ),
        (
            "calm.toml",
            "probability(dropped > 0 B)",
            &many,
            "nothing can be drawn differently",
        ),
        (
            "calm.toml",
            "probability(dropped > 0 B)",
            &[],
            "--replications 100000",
        ),
        (
            "world.toml",
            "probability(dropped > 0 B)",
            &["--keep", "tally"],
            "cannot be used with",
        ),
        (
            "world.toml",
            "probability(dropped > 0 B)",
            &["--replication", "3"],
            "cannot be used with",
        ),
        (
            "world.toml",
            "probability(dropped > 0 B)",
            &["--precision", "mean(dropped) 2%"],
            "cannot be used with",
        ),
    ] {
        let output = place.run(&[&["run", file, "--rare", condition], more].concat());
        let told = stderr(&output);
        assert!(
            output
                .status
                .code()
                .is_some_and(|code| code == 1 || code == 2),
            "{told}"
        );
        assert!(told.contains(why), "{condition}: {told}");
    }
}

/// Too few hits have no interval, none no estimate.
#[test]
fn few_hits_are_told_as_what_they_are() {
    let place = world();
    let told = run(&place, &["--replications", "40"]);
    assert!(
        told.contains("no estimate") && told.contains("50 are needed"),
        "{told}"
    );
    // No outage lasts as long as the year.
    let never = [
        "run",
        "world.toml",
        "--rare",
        "probability(interruptions >= 100000)",
    ];
    let output = place.run(&[&never[..], &["--replications", "1000"]].concat());
    ends_with(&output, 0);
    let told = stdout(&output);
    assert!(
        told.contains("no hit in 1,000 replications, below"),
        "{told}"
    );
    assert!(told.contains("no estimate"), "{told}");
}

/// The scenario that is shipped: its command ends as its header says, with fewer replications, and
/// finds what the header works out.
#[test]
fn the_shipped_scenario_answers_as_its_header_says() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/rare/twenty-terabytes.toml"
    );
    let text = fs::read_to_string(path).expect("it is shipped");
    let line = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key))
            .expect(key)
    };
    let command = line("# Command: ").replace("scenarios/rare/twenty-terabytes.toml", path);
    let status: i32 = line("# Exit status: ").parse().expect("a number");
    let words: Vec<String> = words(&command).skip(1).collect();
    let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    arguments.extend(["--replications", "10000", "--format", "json"]);
    let place = Place::new();
    let output = place.run(&arguments);
    ends_with(&output, status);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let ends = json["rare"]["ci95"].as_array().expect("an interval");
    let [low, high] = [0, 1].map(|at| ends[at].as_f64().expect("a number"));
    // A little more than the header's one outage: two may lose 20 TB together.
    assert!(low < 1.2e-6 && 1.1e-6 < high, "{low} to {high}");
}

#[test]
fn the_guide_shows_the_first_line() {
    shows_the_first_line("cmksim run scenarios/rare/twenty-terabytes.toml --rare");
}
