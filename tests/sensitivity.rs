//! What moves an answer: against studies made by hand, and the real binary.

use std::sync::Arc;

use cmksim::Error;
use cmksim::experiment::morris::{self, LEVELS};
use cmksim::experiment::sensitivity::{Factor, Influence, Question, sensitivity};
use cmksim::experiment::{Runner, Sample, Variant};
use cmksim::kernel::StreamKey;
use cmksim::scenario::{Edition, Measure, Override, Scenario, Scope, read};

/// A key that is disabled for 70 minutes.
fn text() -> String {
    super::compare::A.replace("20m", "70m")
}

fn variant(changes: &[Override]) -> Result<Variant, Error> {
    let scenario = read("scenario", text().as_bytes(), changes)?.scenario;
    let traces = Arc::from(vec![None]);
    Ok(Variant { scenario, traces })
}

fn scenario() -> Scenario {
    variant(&[]).expect("it is right").scenario
}

fn moved(of: &str, factors: &[Factor], replications: u64) -> (f64, Vec<Influence>) {
    let target = scenario().target("--of", of).expect("a question");
    let question = Question {
        target: &target,
        factors,
        replications,
        trajectories: None,
        variants: &variant,
    };
    let found = sensitivity(question, &Runner::SERIAL);
    let found = found.expect("they run");
    (found.answer.expect("an answer").number, found.influences)
}

fn assumed() -> Vec<Factor> {
    let scenario = scenario();
    let parameters = scenario.assumed();
    parameters
        .map(|parameter| Factor::assumed(&scenario, parameter))
        .collect()
}

/// The mean of what is dropped.
fn dropped(changes: &[&str]) -> f64 {
    let set: Vec<Override> = changes
        .iter()
        .map(|change| Override::new("set", change))
        .collect();
    let variant = variant(&set).expect("it is right");
    let gathered = variant.study().gather(0..60, &Runner::SERIAL);
    let gathered = gathered.expect("they run");
    let column = gathered.of(Scope::Total, Measure::Dropped).expect("kept");
    Sample::of(column).mean.expect("values").mean
}

#[test]
fn ends_are_those_of_studies_made_by_hand() {
    let (base, influences) = moved("dropped", &assumed(), 60);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    assert!(near(base, dropped(&[])));
    let of = |name: &str| {
        let found = influences
            .iter()
            .find(|influence| influence.factor.name.ends_with(name));
        found.unwrap_or_else(|| panic!("{name} is assumed"))
    };
    let delay = of("revocation_delay");
    let shortest = dropped(&["behaviour.revocation_delay=0s"]);
    let longest = dropped(&["behaviour.revocation_delay=60m"]);
    // The value in the middle of the range is the one that the scenario has.
    let values: Vec<&str> = delay
        .shifts
        .iter()
        .map(|shift| shift.value.as_str())
        .collect();
    assert_eq!(values, ["\"0s\"", "\"60m\""]);
    assert!(near(delay.high, shortest) && near(delay.low, longest));
    let first = delay.shifts[0].difference.expect("a mean");
    assert!((first.mean - (shortest - base)).abs() < 1e-6 * shortest);
    assert!(first.interval().is_some());
    let accounts = of("storage_accounts");
    let one = accounts.shifts[0]
        .answer
        .as_ref()
        .expect("an answer")
        .number;
    assert!(near(one, dropped(&["cluster.cluster.storage_accounts=1"])));
    // What can take no part in it moves nothing: not a byte is buffered.
    assert!(of("hot_cache_refill").shifts.iter().all(|shift| {
        let moved = shift.difference.expect("a mean");
        moved.nonzero == 0
    }));
    let width = |influence: &Influence| influence.high - influence.low;
    assert!(
        influences
            .windows(2)
            .all(|two| width(&two[0]) >= width(&two[1]))
    );
}

/// What arrives is drawn once where it is the same with other values: no answer shows it.
#[test]
fn with_noise_too_answers_are_those_of_studies_made_by_hand() {
    let noisy = "{ rate = '1 TB/day', noise = { dist = 'lognormal', cv = 0.5, period = '1h' } }";
    let surge = "[[event]]\nname = 'surge'\nat = '20h'\nkind = 'ingestion_surge'\nworkspace = 'logs'\n\
                 factor = 2\nduration = '10h'\n";
    let text = text().replace("'1 TB/day'", noisy) + surge;
    let traces: Arc<[_]> = Arc::from(vec![None]);
    let variant = |changes: &[Override]| {
        let scenario = read("scenario", text.as_bytes(), changes)?.scenario;
        let traces = Arc::clone(&traces);
        Ok(Variant { scenario, traces })
    };
    let base = variant(&[]).expect("it is right").scenario;
    let target = base.target("--of", "dropped").expect("a question");
    let factors = [
        "behaviour.revocation_delay=0s,60m",
        "event.disabled.duration=60m,4h",
        "event.surge.factor=3,4",
        "workspace.logs.ingestion.rate='2 TB/day','3 TB/day'",
    ];
    let factors = factors.map(|factor| Factor::named(factor).expect("a list"));
    let question = Question {
        target: &target,
        factors: &factors,
        replications: 30,
        trajectories: None,
        variants: &variant,
    };
    let found = sensitivity(question, &Runner::SERIAL).expect("they run");
    for influence in &found.influences {
        for shift in &influence.shifts {
            let changed = variant(&influence.factor.set(&shift.value)).expect("it is right");
            let study = changed.study().gather(0..30, &Runner::SERIAL);
            let study = study.expect("they run");
            let column = study.of(Scope::Total, Measure::Dropped).expect("kept");
            let mean = Sample::of(column).mean.expect("values").mean;
            let answer = shift.answer.as_ref().expect("an answer");
            assert_eq!(answer.number.to_bits(), mean.to_bits(), "{shift:?}");
        }
    }
}

#[test]
fn of_a_probability_and_of_a_quantile() {
    let factor = Factor::named("event.disabled.duration=5m..4h").expect("a range");
    let (base, found) = moved(
        "probability(dropped > 0 B)",
        std::slice::from_ref(&factor),
        60,
    );
    assert!(found[0].low < base && found[0].high >= base);
    let far = found[0].shifts[1].difference.expect("a share is a mean");
    assert!((far.mean - (1.0 - base)).abs() < 1e-12);
    let (base, found) = moved("p50(dropped)", &[factor], 60);
    assert!(found[0].low < base && base < found[0].high);
    assert_eq!(found[0].shifts[0].difference, None);
}

#[test]
fn a_value_that_does_not_fit_says_so() {
    let factor = Factor::named("event.disabled.at=1h,4d").expect("a list");
    let (_, found) = moved("dropped", &[factor], 5);
    assert!(found[0].shifts[0].answer.is_ok());
    let told = found[0].shifts[1]
        .answer
        .as_ref()
        .expect_err("after the end");
    assert!(told.contains("4d"), "{told}");
}

#[test]
fn levels_are_even_steps_or_the_values_in_turn() {
    let of = |text: &str| Factor::named(text).expect("a range").levels(LEVELS);
    assert_eq!(of("a=0s..60m"), ["0s", "20m", "40m", "1h"]);
    assert_eq!(of("a=1..100"), ["1", "34", "67", "100"]);
    assert_eq!(
        of("a=account,cluster"),
        ["account", "account", "cluster", "cluster"]
    );
    assert_eq!(of("a=x,y,z"), ["x", "y", "y", "z"]);
    assert_eq!(of("a=1h,2h,9h"), ["1h", "2h", "2h", "9h"]);
    assert_eq!(of("a=x"), ["x"; LEVELS]);
    for edition in Edition::all() {
        for parameter in edition
            .parameters
            .iter()
            .filter(|parameter| !parameter.range.is_empty())
        {
            let factor = Factor::assumed(&scenario(), parameter);
            let levels = factor.levels(LEVELS);
            assert_eq!(levels.len(), LEVELS, "{}", parameter.name);
            let all = factor.range.len() == 2 || factor.range.iter().all(|of| levels.contains(of));
            assert!(all, "{}: {levels:?}", parameter.name);
        }
    }
    for (text, why) in [
        ("a", "no value is given"),
        ("a=2h..1h", "2h is not below 1h"),
        ("a=x..y", "not two quantities of one kind"),
    ] {
        let told = Factor::named(text).expect_err(text);
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_screening_of_the_model_agrees_with_moving_one_at_a_time() {
    let factors = [
        Factor::named("workspace.logs.ingestion=1 TB/day..2 TB/day").expect("a range"),
        Factor::named("behaviour.hot_cache_refill=0s,never").expect("words"),
    ];
    let levels: Vec<Vec<String>> = factors.iter().map(|factor| factor.levels(LEVELS)).collect();
    let ways = morris::trajectories(2, 6, StreamKey::root(1, 0));
    let answer = |point: &Vec<usize>| {
        let set = (0..2).map(|at| format!("{}={}", factors[at].name, levels[at][point[at]]));
        let set: Vec<String> = set.collect();
        Some(dropped(&[set[0].as_str(), set[1].as_str()]))
    };
    let answers: Vec<Vec<Option<f64>>> = ways
        .iter()
        .map(|way| way.points.iter().map(answer).collect())
        .collect();
    let found = morris::screened(2, &ways, &answers);
    let rate = found[0].expect("known");
    // What is dropped is in proportion to what arrives: a line.
    let whole = dropped(&["workspace.logs.ingestion=2 TB/day"]) - dropped(&[]);
    assert!((rate.mu / whole - 1.0).abs() < 0.01, "{rate:?}, {whole}");
    assert!(rate.sigma < 0.01 * whole);
    let refill = found[1].expect("known");
    assert!(refill.mu_star.abs() < 1e-9);
}

mod program {
    use super::text;
    use crate::program::{Place, ends_with, prints_golden, shows_the_first_line, stderr, stdout};

    fn place() -> Place {
        let place = Place::new();
        place.write("a.toml", text());
        place
    }

    #[test]
    fn the_front_page_shows_the_first_line() {
        shows_the_first_line("cmksim sensitivity ");
    }

    /// `CMKSIM_BLESS=1 cargo test golden` rewrites it; look at what changed.
    #[test]
    fn what_moves_an_answer_is_told_as_the_golden_files_say() {
        let place = place();
        let asked = [
            "sensitivity",
            "a.toml",
            "--of",
            "dropped",
            "--replications",
            "50",
        ];
        let more = ["--morris", "3", "--also", "event.disabled.duration=20m..2h"];
        let asked = [&asked[..], &more].concat();
        prints_golden(&place.run(&asked), "sensitivity.txt");
        let json = [&asked[..], &["--format", "json"]].concat();
        prints_golden(&place.run(&json), "sensitivity.json");
        let csv = [&asked[..], &["--format", "csv"]].concat();
        prints_golden(&place.run(&csv), "sensitivity.csv");
    }

    #[test]
    fn threads_do_not_show() {
        let of = |threads: &str| {
            let place = place();
            let asked = ["sensitivity", "a.toml", "--of", "dropped", "--morris", "3"];
            let how = ["--replications", "40", "--threads", threads];
            let output = place.run(&[&asked[..], &how[..]].concat());
            ends_with(&output, 0);
            (
                output.stdout,
                place.results().into_values().collect::<Vec<_>>(),
            )
        };
        let one = of("1");
        assert_eq!(one.1.len(), 6);
        assert_eq!(one, of("2"));
        assert_eq!(one, of("8"));
    }

    #[test]
    fn the_first_line_and_the_tables_say_what_moves_it() {
        let place = place();
        let asked = ["sensitivity", "a.toml", "--of", "dropped", "--stat", "p50"];
        let how = [
            "--replications",
            "50",
            "--also",
            "event.disabled.duration=60m..2h",
        ];
        let output = place.run(&[&asked[..], &how[..]].concat());
        ends_with(&output, 0);
        let told = stdout(&output);
        let first = told.lines().next().expect("a line");
        assert!(first.starts_with("p50(dropped) is ") && first.contains("revocation_delay most ("));
        assert!(
            told.contains("\n  event.disabled.duration (named)"),
            "{told}"
        );
        let table = place.run(&[&asked[..], &["--format", "csv"]].concat());
        assert!(stdout(&table).contains("\nvalue,behaviour.revocation_delay,true,0s,"));
    }

    #[test]
    fn what_is_wrong_with_the_question_is_said() {
        let place = place();
        let of = |more: &[&str]| {
            let output = place.run(&[&["sensitivity", "a.toml", "--of"], more].concat());
            ends_with(&output, 2);
            stderr(&output)
        };
        assert!(of(&["dropt"]).contains("dropped"));
        assert!(of(&["mean(dropped) x"]).contains("expected nothing behind"));
        assert!(of(&["mean(dropped)", "--stat", "p5"]).contains("already names a statistic"));
        assert!(of(&["dropped", "--also", "event.nobody.at=1h..2h"]).contains("no such event"));
        assert!(of(&["dropped", "--also", "a=2h..1h"]).contains("2h is not below 1h"));
    }
}
