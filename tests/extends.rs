//! Scenarios that extend others.

use std::collections::BTreeMap;

use cmksim::scenario::{
    Action, Delay, Diagnostics, Edge, Override, Reading, Scale, Shape, Source, Timing, read_with,
};
use cmksim::units::{Duration, Rate};

const BASE: &str = r#"title = "The base"
duration = "7d"
seed = 3
expect = ["dropped <= 20 GB"]

[behaviour]
buffer_retention = "6h"
poll_interval = { min = "6s", max = "60s" }
revocation_delay = { dist = "uniform", min = "0s", max = "60m" }

[[workspace]]
name = "logs"
retention = "90d"
ingestion = "1 TB/day"

[[workspace]]
name = "replayed"
[workspace.ingestion]
trace = "traces/usage.csv"
time = "t"
volume = "v"
unit = "MB"

[[event]]
name = "disabled"
at = "2d"
kind = "disable_key"
duration = "1h"

[[event]]
after = "disabled"
delay = "5m"
kind = "identity_outage"
duration = "1h"
"#;

type Said = Result<Reading, Box<Diagnostics>>;

/// Reads the first of the files, which may extend the others.
fn read_set(files: &[(&str, &str)], set: &[&str]) -> Said {
    let set: Vec<Override> = set.iter().map(|set| Override::new("--set", set)).collect();
    let all: BTreeMap<&str, &str> = files.iter().copied().collect();
    let (name, text) = files[0];
    read_with(name, text.as_bytes(), &set, &mut |path, _| {
        let found = all.get(path).ok_or("there is no such file")?;
        Ok(found.as_bytes().to_vec())
    })
    .map_err(Box::new)
}

fn right(files: &[(&str, &str)], set: &[&str]) -> Reading {
    read_set(files, set).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

fn wrong(files: &[(&str, &str)], set: &[&str]) -> Box<Diagnostics> {
    read_set(files, set).expect_err("it is wrong")
}

fn hours(count: i64) -> Duration {
    Duration::from_millis(count * Duration::HOUR.millis())
}

fn names(reading: &Reading) -> Vec<&str> {
    let events = reading.scenario.events.iter();
    events.map(|event| event.name.as_str()).collect()
}

#[test]
fn what_is_not_said_comes_from_the_base() {
    let reading = right(
        &[("own.toml", "extends = 'base.toml'"), ("base.toml", BASE)],
        &[],
    );
    let alone = right(&[("base.toml", BASE)], &[]);
    assert_eq!(reading.scenario, alone.scenario);
    assert_eq!(
        reading.text,
        format!("extends = 'base.toml'\n\n# ==== What it extends:\n\n{BASE}")
    );
}

const OWN: &str = r#"extends = "base.toml"
seed = 4
expect = []

[behaviour]
buffer_retention = "2h"
poll_interval = { max = "30s" }
revocation_delay = { dist = "lognormal", median = "20m", sigma = 0.5 }

[[workspace]]
name = "logs"
ingestion = "2 TB/day"

[[workspace]]
name = "more"
ingestion = "3 TB/day"

[[event]]
name = "disabled"
duration = "20h"

[[event]]
at = "4d"
kind = "identity_outage"
duration = "1h"
"#;

#[test]
fn tables_merge_by_key_named_lists_by_name_and_other_lists_are_replaced() {
    let reading = right(&[("own.toml", OWN), ("base.toml", BASE)], &[]);
    let scenario = &reading.scenario;
    assert_eq!(scenario.title.as_deref(), Some("The base"));
    assert_eq!((scenario.seed, scenario.expectations.len()), (4, 0));
    let behaviour = &scenario.behaviour;
    assert_eq!(behaviour.buffer_retention, hours(2));
    let bounds = behaviour.poll_interval;
    assert_eq!(
        (bounds.min.millis(), bounds.max.millis()),
        (6_000, 30_000),
        "a table within a table merges too"
    );
    // Another family is another value: nothing of the old one is left, as `max` would be.
    assert_eq!(behaviour.revocation_delay.longest(), None);
    let known: Vec<&str> = scenario
        .workspaces
        .iter()
        .map(|workspace| workspace.name.as_str())
        .collect();
    assert_eq!(known, ["logs", "replayed", "more"]);
    assert_eq!(scenario.workspaces[0].retention, hours(90 * 24));
    let rate = Rate::from_bytes_per_day(2_000_000_000_000);
    assert_eq!(scenario.workspaces[0].ingestion.source, Source::Rate(rate));
    assert_eq!(
        names(&reading),
        ["disabled", "identity_outage#1", "identity_outage#2"]
    );
    let disabled = &scenario.events[0];
    assert_eq!(disabled.timing, Timing::At(Delay::constant(hours(48))));
    assert_eq!(disabled.duration, Some(Delay::constant(hours(20))));
}

#[test]
fn a_named_event_can_be_moved_changed_and_switched_off() {
    let own = |event: &str| format!("extends = 'base.toml'\n[[event]]\nname = 'disabled'\n{event}");
    let read = |event: &str| right(&[("own.toml", &own(event)), ("base.toml", BASE)], &[]);
    let off = read("enabled = false");
    assert!(off.scenario.events.is_empty(), "what waits for it goes too");
    let other = read("kind = 'storage_outage'\nat = '1d'\nduration = '1h'");
    let event = &other.scenario.events[0];
    assert_eq!(event.action, Action::StorageOutage { cluster: 0 });
    let base = BASE.replace(
        "after = \"disabled\"",
        "name = \"second\"\nafter = \"disabled\"",
    );
    let moved = "extends = 'base.toml'\n[[event]]\nname = 'second'\n";
    for (own, at) in [
        ("after_end = 'disabled'", None),
        ("at = '1d'", Some(hours(24))),
    ] {
        let own = format!("{moved}{own}");
        let scenario = right(&[("own.toml", &own), ("base.toml", &base)], &[]).scenario;
        match (&scenario.events[1].timing, at) {
            (Timing::After { edge, delay, .. }, None) => {
                assert_eq!(
                    (*edge, delay.typical()),
                    (Edge::End, Duration::from_millis(300_000))
                );
            }
            (Timing::At(found), Some(at)) => assert_eq!(found.shape(), &Shape::Constant(at)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn there_may_be_several_levels_in_several_folders() {
    let files = [
        ("own.toml", "extends = 'a/middle.toml'\nseed = 9"),
        (
            "a/middle.toml",
            "extends = '../b/base.toml'\nseed = 8\ntitle = 'middle'",
        ),
        ("a/../b/base.toml", BASE),
    ];
    let reading = right(&files, &["event.disabled.duration=3h"]);
    let scenario = reading.scenario;
    assert_eq!(
        (scenario.seed, scenario.title.as_deref()),
        (9, Some("middle"))
    );
    let duration = scenario.events[0].duration.as_ref();
    assert_eq!(duration, Some(&Delay::constant(hours(3))));
    let Source::Trace(trace) = &scenario.workspaces[1].ingestion.source else {
        panic!("a trace");
    };
    assert_eq!(
        trace.file, "a/../b/traces/usage.csv",
        "relative to its own file"
    );
    let parts: Vec<usize> = files
        .iter()
        .map(|(_, text)| reading.text.find(text).expect("all are there"))
        .collect();
    assert!(parts.is_sorted());
}

#[test]
fn a_trace_gives_way_to_a_rate_and_a_unit_to_a_scale() {
    let own = "extends = 'base.toml'\n[[workspace]]\nname = 'replayed'\n[workspace.ingestion]\n";
    let read = |rest: &str| {
        let own = format!("{own}{rest}");
        let scenario = right(&[("own.toml", &own), ("base.toml", BASE)], &[]).scenario;
        scenario.workspaces[1].ingestion.source.clone()
    };
    let rate = Rate::from_bytes_per_day(1_000_000_000_000);
    assert_eq!(read("rate = '1 TB/day'"), Source::Rate(rate));
    let Source::Trace(trace) = read("scale_to = '1 TB/day'") else {
        panic!("a trace");
    };
    assert_eq!(trace.scale, Scale::MeanRate(rate));
}

/// The place and the message of every mistake.
fn places(wrong: &Diagnostics) -> Vec<(String, usize, usize, String)> {
    wrong
        .iter()
        .map(|(at, wrong)| {
            (
                at.file.to_owned(),
                at.line,
                at.column,
                wrong.message().to_owned(),
            )
        })
        .collect()
}

#[test]
fn mistakes_of_a_base_point_into_it() {
    let base = BASE
        .replace("\"6h\"", "6")
        .replace("retention = \"90d\"", "retenton = \"90d\"");
    let own =
        "extends = 'bases/base.toml'\nseed = -1\n[[event]]\nafter = 'disable'\nkind = 'purge_key'";
    let files = [("dir/own.toml", own), ("bases/base.toml", &base)];
    let wrong = wrong(&files, &["behaviour.hot_cache_span=soon"]);
    let found: Vec<_> = places(&wrong)
        .into_iter()
        .map(|(file, line, column, _)| (file, line, column))
        .collect();
    let base = "dir/bases/base.toml".to_owned();
    assert_eq!(
        found,
        [
            ("dir/own.toml".to_owned(), 2, 8),
            ("dir/own.toml".to_owned(), 4, 9),
            (base.clone(), 7, 20),
            (base, 13, 1),
            ("--set".to_owned(), 1, 26),
        ]
    );
    assert!(wrong.render(false).contains("dir/bases/base.toml:13:1"));
}

#[test]
fn a_base_that_is_no_toml_hides_what_follows_from_it() {
    let base = BASE.replace("\"7d\"", "7d");
    let wrong = wrong(
        &[("own.toml", "extends = 'base.toml'"), ("base.toml", &base)],
        &[],
    );
    let all = places(&wrong);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].0.as_str(), all[0].1), ("base.toml", 2));
}

/// One mistake is told, at the value of `extends`, in these words.
fn one(files: &[(&str, &str)], file: &str, words: &str) {
    let wrong = wrong(files, &[]);
    let all = places(&wrong);
    assert_eq!(all.len(), 1, "{}", wrong.render(false));
    assert_eq!((all[0].0.as_str(), all[0].1, all[0].2), (file, 1, 11));
    let text = wrong.render(false);
    assert!(text.contains(words), "{text}");
}

#[test]
fn a_base_that_is_not_there_is_explained() {
    let own = "extends = 'bse.toml'\n[[event]]\nafter = 'disabled'\nkind = 'disable_key'";
    let files = [("dir/own.toml", own), ("base.toml", BASE)];
    one(
        &files,
        "dir/own.toml",
        "cannot read `dir/bse.toml`: there is no such file",
    );
    let middle = [
        ("own.toml", "extends = 'a/middle.toml'"),
        ("a/middle.toml", "extends = 'base.toml'"),
    ];
    one(&middle, "a/middle.toml", "cannot read `a/base.toml`");
}

#[test]
fn a_ring_of_files_is_explained() {
    let itself = [("dir/own.toml", "extends = './own.toml'")];
    one(&itself, "dir/own.toml", "`own.toml` extends `own.toml`");
    let three = [
        ("own.toml", "extends = 'a/b.toml'"),
        ("a/b.toml", "extends = 'c.toml'"),
        ("a/c.toml", "extends = '../a/b.toml'"),
    ];
    one(
        &three,
        "a/c.toml",
        "`a/b.toml` extends `a/c.toml` extends `a/b.toml`",
    );
}

#[test]
fn a_chain_without_an_end_is_explained() {
    let wrong = read_with("0.toml", b"extends = '1.toml'", &[], &mut |path, _| {
        let number: u32 = path.trim_end_matches(".toml").parse().expect("a number");
        Ok(format!("extends = '{}.toml'", number + 1).into_bytes())
    });
    let wrong = wrong.expect_err("it never ends").render(false);
    assert!(
        wrong.contains("more than 16 files extend each other"),
        "{wrong}"
    );
}

#[test]
fn a_base_that_is_no_text_is_explained() {
    let wrong = read_with("own.toml", b"extends = 'base.toml'", &[], &mut |_, _| {
        Ok(vec![b'#', 0xff])
    });
    let wrong = wrong.expect_err("it is no text");
    let all = places(&wrong);
    assert_eq!(all.len(), 1, "{all:?}");
    let (file, line, column, message) = &all[0];
    assert_eq!((file.as_str(), *line, *column), ("base.toml", 1, 2));
    assert_eq!(message, "this file is not UTF-8");
}

#[test]
fn two_entries_of_one_name_are_still_a_mistake() {
    let event = "[[event]]\nname = 'disabled'\nduration = '2h'\n";
    let own = format!("extends = 'base.toml'\n{event}{event}at = '1d'\nkind = 'disable_key'");
    let wrong = wrong(&[("own.toml", &own), ("base.toml", BASE)], &[]);
    let text = wrong.render(false);
    assert!(text.contains("two events are named `disabled`"), "{text}");
}

#[test]
fn what_is_extended_cannot_be_set() {
    let wrong = wrong(&[("own.toml", BASE)], &["extends=base.toml"]);
    let text = wrong.render(false);
    assert!(
        text.contains("`extends` cannot be set on the command line"),
        "{text}"
    );
}
