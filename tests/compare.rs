//! Comparisons: pairs against a direct computation, changes that say what they do, and the
//! first event that is not the same.

use cmksim::experiment::{
    Attribution, Explained, Paired, Replications, Runner, Variant, first_divergence,
    most_informative, paired, replay,
};
use cmksim::kernel::never;
use cmksim::limits::Limit;
use cmksim::model::{Options, What};
use cmksim::scenario::{Changes, Draft, Measure, Scenario, Scope, read};

pub(crate) const A: &str = "\
duration = '3d'\n\
[[workspace]]\n\
name = 'logs'\n\
ingestion = '1 TB/day'\n\
[[event]]\n\
name = 'disabled'\n\
at = '1d'\n\
kind = 'disable_key'\n\
duration = '20m'\n";

fn draft(text: &str) -> Draft {
    let alone = &mut |_: &str, _: &Limit| Err("it stands alone".to_owned());
    Draft::read("scenario", text.as_bytes(), &[], alone).expect("a text")
}

fn meant(text: &str) -> Scenario {
    let reading = read("scenario", text.as_bytes(), &[]);
    reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario
}

fn changes(a: &str, b: &str) -> Changes {
    Changes::between(&draft(a), &draft(b)).expect("the first is right")
}

fn paths(changes: &Changes) -> Vec<&str> {
    changes
        .list
        .iter()
        .map(|change| change.path.as_str())
        .collect()
}

fn variant(scenario: Scenario) -> Variant {
    let traces = scenario.workspaces.iter().map(|_| None).collect();
    Variant { scenario, traces }
}

fn gathered(variant: &Variant, count: u64) -> Replications {
    let study = variant.study();
    study.gather(0..count, &Runner::SERIAL).expect("it runs")
}

/// What changes do to what is dropped.
fn attributed(a: &str, b: &str, count: u64) -> (Changes, Paired, Attribution) {
    let (first, second) = (variant(meant(a)), variant(meant(b)));
    let (before, after) = (gathered(&first, count), gathered(&second, count));
    let measures = paired((&first.scenario, &before), (&second.scenario, &after));
    let is_dropped =
        |paired: &&Paired| (paired.scope, paired.measure) == (Scope::Total, Measure::Dropped);
    let dropped = measures
        .iter()
        .find(is_dropped)
        .expect("it is there")
        .clone();
    let changes = changes(a, b);
    let made = changes
        .list
        .iter()
        .map(|change| match changes.made(change) {
            Ok(reading) => Ok(variant(reading.scenario)),
            Err(wrong) => Err(wrong.render(false)),
        });
    let explained = Explained {
        first: &first.scenario,
        before: &before,
        second: &second.scenario,
        after: &after,
        scope: Scope::Total,
        measure: Measure::Dropped,
        cell: 2,
    };
    let attribution = explained.by(made, &Runner::SERIAL).expect("they run");
    (changes, dropped, attribution)
}

#[test]
#[allow(clippy::cast_precision_loss, clippy::float_cmp)]
fn pairs_are_those_of_a_direct_computation() {
    let b = A.replace("20m", "70m");
    let (first, second) = (meant(A), meant(&b));
    let dropped = |scenario: &Scenario, replication| {
        let options = Options {
            replication,
            every_poll: false,
        };
        let replay = replay(scenario, &[None], options, &never).expect("it runs");
        let value = replay.measures.get(Scope::Total, Measure::Dropped);
        value
            .expect("every run drops something or nothing")
            .number()
    };
    let pairs: Vec<(f64, f64)> = (0..60)
        .map(|number| (dropped(&first, number), dropped(&second, number)))
        .collect();
    let mut differences: Vec<f64> = pairs.iter().map(|(a, b)| b - a).collect();
    let mean = differences.iter().sum::<f64>() / 60.0;
    let squares: f64 = differences
        .iter()
        .map(|difference| (difference - mean).powi(2))
        .sum();
    // t of 59 degrees of freedom that leaves 2.5 % above it.
    let half = 2.000_995 * (squares / 59.0).sqrt() / 60f64.sqrt();
    differences.sort_by(f64::total_cmp);

    let (a, b) = (variant(first), variant(second));
    let studies = (gathered(&a, 60), gathered(&b, 60));
    let measures = paired((&a.scenario, &studies.0), (&b.scenario, &studies.1));
    let at = most_informative(&a.scenario, &measures).expect("they differ");
    assert_eq!(measures[at].measure, Measure::Dropped);
    let found = measures[at].pairs.expect("pairs");
    let interval = found.difference.interval().expect("all differ");
    assert!((found.difference.mean - mean).abs() < 1e-3);
    assert!((interval.low - (mean - half)).abs() < 1e-6 * half);
    assert!((interval.high - (mean + half)).abs() < 1e-6 * half);
    assert_eq!(found.median, differences[29]);
    let count = |is: fn(&f64) -> bool| {
        differences
            .iter()
            .filter(|difference| is(difference))
            .count()
    };
    assert_eq!(found.larger, count(|difference| *difference > 0.0));
    assert_eq!(found.equal, count(|difference| *difference == 0.0));
    assert_eq!(found.smaller, count(|difference| *difference < 0.0));
    // What nobody changed is the same: polls of an untouched vault.
    let offered = measures
        .iter()
        .find(|paired| paired.measure == Measure::Offered);
    assert!(offered.expect("it is there").is_equal());
}

#[test]
fn one_changed_key_accounts_for_all() {
    let (changes, dropped, attribution) = attributed(A, &A.replace("20m", "70m"), 40);
    assert_eq!(paths(&changes), ["event.disabled.duration"]);
    let whole = dropped.pairs.expect("pairs").difference;
    assert_eq!(attribution.parts, [Ok(whole)]);
    let together = attribution.together.expect("all is known");
    assert_eq!((together.mean, together.nonzero), (0.0, 0));
}

#[test]
fn parts_and_what_they_do_together_are_the_whole() {
    let b =
        A.replace("20m", "70m").replace("1 TB", "2 TB") + "[behaviour]\nrevocation_delay = '5m'\n";
    let (changes, dropped, attribution) = attributed(A, &b, 40);
    assert_eq!(
        paths(&changes),
        [
            "workspace.logs.ingestion",
            "event.disabled.duration",
            "behaviour.revocation_delay"
        ]
    );
    let parts = attribution.parts.iter();
    let parts: f64 = parts.map(|part| part.as_ref().expect("known").mean).sum();
    let together = attribution.together.expect("all is known").mean;
    let whole = dropped.pairs.expect("pairs").difference.mean;
    assert!((parts + together - whole).abs() < 1e-6 * whole);
    // Twice the data of a longer outage: more than both alone.
    assert!(together > 0.0);
}

#[test]
fn what_means_the_same_is_no_change() {
    let b = A.replace("'3d'", "'72h'").replace("20m", "1200s") + "enabled = true\n";
    let b = format!("title = 'B'\nseed = 7\nreplications = 3\nexpect = ['dropped == 0 B']\n{b}");
    let b = b.replace("1 TB/day", "1000 GB/day") + "[behaviour]\noutage_tolerance = '30m'\n";
    assert_eq!(paths(&changes(A, &b)), [""; 0]);
    assert_eq!(paths(&changes(A, A)), [""; 0]);
}

#[test]
fn whole_entries_and_other_kinds_are_one_change() {
    let more = "[[event]]\nname = 'again'\nafter = 'disabled'\nkind = 'enable_key'\n";
    let b = A.replace("duration = '20m'\n", "") + more;
    let changes_ab = changes(A, &b);
    assert_eq!(
        paths(&changes_ab),
        ["event.disabled.duration", "event.again"]
    );
    assert_eq!(changes_ab.list[1].from, None);
    assert_eq!(
        paths(&changes(&b, A)),
        ["event.disabled.duration", "event.again"]
    );

    let outage = A
        .replace("disable_key", "key_vault_outage")
        .replace("20m", "40m");
    assert_eq!(paths(&changes(A, &outage)), ["event.disabled"]);
    let delay = |text: &str| format!("{A}[behaviour]\nrevocation_delay = {text}\n");
    let uniform = delay("{ dist = 'uniform', min = '0s', max = '10m' }");
    let longer = delay("{ dist = 'uniform', min = '0s', max = '20m' }");
    let path = ["behaviour.revocation_delay.max"];
    assert_eq!(paths(&changes(&uniform, &longer)), path);
    let other = delay("{ dist = 'exponential', mean = '5m' }");
    assert_eq!(
        paths(&changes(&uniform, &other)),
        ["behaviour.revocation_delay"]
    );
    assert_eq!(paths(&changes(A, &other)), ["behaviour.revocation_delay"]);
    assert_eq!(paths(&changes(&other, A)), ["behaviour.revocation_delay"]);
}

#[test]
fn a_change_that_needs_another_says_so() {
    let more = "[[workspace]]\nname = 'audit'\ningestion = '1 GB/day'\n";
    let b = format!(
        "{A}{more}[[event]]\nat = '2d'\nkind = 'set_retention'\nworkspace = 'audit'\nretention = '40d'\n"
    );
    let changes = changes(A, &b);
    assert_eq!(
        paths(&changes),
        ["workspace.audit", "event.set_retention#1"]
    );
    assert!(changes.made(&changes.list[0]).is_ok());
    let wrong = changes
        .made(&changes.list[1])
        .expect_err("nothing of that name");
    let told = wrong.render(false);
    // It shows the place in the other file.
    assert!(
        told.contains("audit") && told.contains("scenario:1"),
        "{told}"
    );
}

#[test]
fn of_very_many_changes_whole_tables_are_taken() {
    let world = |rate: u32| {
        let workspace = |n: u32| {
            format!(
                "[[workspace]]\nname = 'w{n}'\ningestion = '{rate} GB/day'\nretention = '{rate}d'\n"
            )
        };
        let workspaces: String = (0..20).map(workspace).collect();
        format!("duration = '1d'\n{workspaces}")
    };
    let changes = changes(&world(40), &world(50));
    assert_eq!(changes.keys, Some(40));
    assert_eq!(changes.list.len(), 20);
    assert_eq!(changes.list[19].path, "workspace.w19");
}

#[test]
fn replays_part_where_the_first_change_is_not_the_same() {
    let b = A.replace("20m", "25m");
    let replayed = |text: &str| {
        let scenario = meant(text);
        let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
        let replay = replay(&scenario, &traces, Options::default(), &never).expect("it runs");
        (scenario, replay.history)
    };
    let (first, second) = (replayed(A), replayed(&b));
    let parts = first_divergence((&first.0, &first.1), (&second.0, &second.1)).expect("they part");
    let (at, other) = (
        parts.first.expect("a change"),
        parts.second.expect("a change"),
    );
    assert_eq!(at, other);
    let change = first.1.log[at];
    // 20 minutes after the first day the first key is enabled again, or an account is revoked
    // while only the second denies.
    assert_eq!(
        (change.what, change.time.millis()),
        (What::Ended, (1440 + 20) * 60_000)
    );
    assert!(second.1.log[other].time > change.time);
    assert_eq!(first.1.log[..at], second.1.log[..at]);

    // Another workspace in front changes numbers, and not what happens.
    let head = "duration = '3d'\n[[workspace]]\nname = 'audit'\ningestion = '1 GB/day'\n";
    let more = replayed(&A.replace("duration = '3d'\n", head));
    assert_eq!(
        first_divergence((&first.0, &first.1), (&more.0, &more.1)),
        None
    );
    // A run that is over earlier.
    let short = replayed(&A.replace("3d", "1441m"));
    let parts = first_divergence((&first.0, &first.1), (&short.0, &short.1)).expect("they part");
    assert_eq!(parts.second, None);
}

mod program {
    use super::A;
    use crate::program::{Place, ends_with, prints_golden, stderr, stdout};

    fn place() -> Place {
        let place = Place::new();
        place.write("a.toml", A);
        place.write("b.toml", format!("seed = 9\n{}", A.replace("20m", "70m")));
        place
    }

    #[test]
    fn the_first_line_says_the_verdict() {
        let place = place();
        let output = place.run(&["compare", "a.toml", "b.toml", "--replications", "100"]);
        ends_with(&output, 0);
        let told = stdout(&output);
        let first = told.lines().next().expect("a line");
        assert!(first.starts_with("b drops ") && first.contains(" GB more than a on average (95%"));
        let known = [
            "100 replications of each on common random numbers, seed 1",
            "\n  event.disabled.duration 20m -> 70m  +",
            ", 100%",
        ];
        assert!(known.iter().all(|line| told.contains(line)), "{told}");
        assert!(stderr(&output).contains("b.toml has the seed 9; it is replayed with 1"));
        let results = place.results();
        let results: Vec<_> = results.keys().filter_map(|path| path.file_name()).collect();
        assert_eq!(
            results,
            ["compare.csv", "compare.json", "compare.png", "compare.svg"]
        );
    }

    #[test]
    fn comparisons_with_different_files_keep_apart() {
        let place = place();
        place.write("c.toml", A.replace("20m", "30m"));
        let compare = ["compare", "--replications=2", "a.toml", "b.toml"];
        ends_with(&place.run(&compare), 0);
        let before = place.results();
        ends_with(&place.run(&[&compare[..3], &["c.toml"]].concat()), 0);
        ends_with(&place.run(&[&compare[..], &["c.toml"]].concat()), 0);
        let after = place.results();
        assert!(before.iter().all(|(path, bytes)| after[path] == *bytes));
        for folder in ["a+b", "a+c", "a+b+c"] {
            let path = place
                .path()
                .join("output")
                .join(folder)
                .join("compare.json");
            assert!(after.contains_key(&path), "{folder}");
        }
    }

    #[test]
    fn a_change_without_any_effect_says_so() {
        let place = place();
        let longer = A.replace("20m", "70m");
        place.write("b.toml", longer + "[behaviour]\nbuffer_retention = '5h'\n");
        let output = place.run(&["compare", "a.toml", "b.toml", "--replications=40"]);
        ends_with(&output, 0);
        let told = stdout(&output).replace("\n    ", " ");
        let line = told.lines().find(|line| line.contains("buffer_retention"));
        let line = line.expect("the change is told");
        let none = "no difference in any replication";
        assert!(line.ends_with(none), "{line}");
    }

    #[test]
    fn the_front_page_shows_the_first_line() {
        crate::program::shows_the_first_line("cmksim compare ");
    }

    /// `CMKSIM_BLESS=1 cargo test golden` rewrites it; look at what changed.
    #[test]
    fn a_comparison_is_told_as_the_golden_files_say() {
        let place = place();
        let b = A.replace("20m", "70m").replace("1 TB", "2 TB");
        let hold = "[behaviour]\nrevocation_delay = '5m'\n";
        place.write(
            "c.toml",
            format!("title = 'Longer, and twice as much'\n{b}{hold}"),
        );
        let files = [
            "compare",
            "a.toml",
            "b.toml",
            "c.toml",
            "--replications",
            "50",
        ];
        prints_golden(&place.run(&files), "compare.txt");
        let json = [&files[..], &["--format", "json"]].concat();
        prints_golden(&place.run(&json), "compare.json");
        let csv = [&files[..], &["--format", "csv"]].concat();
        prints_golden(&place.run(&csv), "compare.csv");
    }

    #[test]
    fn equal_files_do_not_differ() {
        let place = place();
        let output = place.run(&["compare", "a.toml", "a.toml", "--replications", "40"]);
        ends_with(&output, 0);
        let told = stdout(&output);
        let first = told.lines().next().expect("a line");
        assert_eq!(
            first,
            "a (2) and a (1) do not differ: no difference in any replication of any measure"
        );
    }

    #[test]
    fn threads_do_not_show() {
        let of = |threads: &str| {
            let place = place();
            let output = place.run(&["compare", "a.toml", "b.toml", "--threads", threads]);
            ends_with(&output, 0);
            (
                output.stdout,
                place.results().into_values().collect::<Vec<_>>(),
            )
        };
        let one = of("1");
        assert_eq!(one, of("2"));
        assert_eq!(one, of("8"));
    }

    #[test]
    fn the_measure_can_be_chosen_and_a_wrong_one_is_explained() {
        let place = place();
        let of = |measure| {
            place.run(&[
                "compare",
                "a.toml",
                "b.toml",
                "--replications",
                "5",
                "--of",
                measure,
            ])
        };
        let told = stdout(&of("query_downtime"));
        let first = told.lines().next().expect("a line");
        assert!(
            first.contains("than in a on average, not distinguishable at 95% (no interval: "),
            "{first}"
        );
        let same = stdout(&of("workspace.logs.offered"));
        assert!(same.starts_with("workspace.logs.offered in b and a: no difference"));
        ends_with(&of("dropt"), 2);
        assert!(stderr(&of("dropt")).contains("dropped"));
    }
}
