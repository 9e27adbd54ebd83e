//! Delays that were measured: values of empirical distributions from a column of a CSV file.

use std::collections::BTreeMap;

use cmksim::limits::{DELAY_BYTES, DELAY_VALUES};
use cmksim::scenario::{Delay, Diagnostics, Override, Parameters, Reading, read_with};
use cmksim::units::Duration;

use crate::program::{Place, ends_with, stderr, stdout};
use crate::written::written;

/// A scenario with an outage that lasts as long as `duration` says.
fn scenario(duration: &str) -> String {
    format!(
        "duration = '7d'\nreplications = 5\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
         [[event]]\nname = 'outage'\nat = '1d'\nkind = 'key_vault_outage'\nduration = {duration}\n"
    )
}

const FROM_FILE: &str = "{ dist = 'empirical', file = 'incidents.csv', column = 'length' }";

fn read(files: &[(&str, &str)], set: &[&str]) -> Result<Reading, Box<Diagnostics>> {
    let set: Vec<Override> = set.iter().map(|set| Override::new("--set", set)).collect();
    let all: BTreeMap<&str, &str> = files.iter().copied().collect();
    let (name, text) = files[0];
    let mut found = |path: &str, _: &_| {
        let found = all.get(path).ok_or("there is no such file")?;
        Ok(found.as_bytes().to_vec())
    };
    read_with(name, text.as_bytes(), &set, &mut found).map_err(Box::new)
}

fn reading(duration: &str, csv: &str) -> Result<Reading, Box<Diagnostics>> {
    let text = scenario(duration);
    read(&[("own.toml", &text), ("incidents.csv", csv)], &[])
}

#[track_caller]
fn delay(read: Result<Reading, Box<Diagnostics>>) -> Delay {
    let reading = read.unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    let duration = reading.scenario.events[0].duration.clone();
    duration.expect("an outage lasts")
}

fn of(minutes: &[i64]) -> Delay {
    let duration = |minutes: &i64| Duration::from_millis(minutes * 60_000);
    let values = Some(minutes.iter().map(duration).collect());
    let given = Parameters {
        values,
        ..Parameters::default()
    };
    Delay::from_parameters("empirical", &given).expect("it is right")
}

#[track_caller]
fn refused(duration: &str, csv: &str, why: &[&str]) {
    let wrong = reading(duration, csv).expect_err(csv).render(false);
    for why in why {
        assert!(wrong.contains(why), "{wrong}");
    }
}

#[test]
fn a_column_means_what_its_values_mean() {
    let csv = "what,length\nvault,45m\nvault, 1h 30m \n\"a, b\",5m\n\nvault,45m\n";
    assert_eq!(delay(reading(FROM_FILE, csv)), of(&[45, 90, 5, 45]));
    let bom = "\u{feff}length\r\n7m\r\n";
    assert_eq!(delay(reading(FROM_FILE, bom)), of(&[7]));
    let counted = FROM_FILE.replace(" }", ", unit = 'm' }");
    let csv = "length,what\n45,x\n1.5,x\n0,x\n";
    let plain = delay(reading(&counted, csv));
    assert_eq!(plain.shortest(), Duration::ZERO);
    assert_eq!(plain.longest(), Some(Duration::from_millis(45 * 60_000)));
    assert_eq!(plain.typical(), Duration::from_millis(90_000));
    let listed = delay(reading(
        "{ dist = 'empirical', values = ['5m', '45m'] }",
        "",
    ));
    assert_eq!(listed, of(&[5, 45]));
}

#[test]
fn what_is_no_duration_is_refused_with_its_line_and_column() {
    let place = "`incidents.csv`, line 3, column \"length\": ";
    for (csv, why) in [
        ("length\n5m\n50\n", "\"50\" needs a unit"),
        ("length\n5m\n-5m\n", "is negative"),
        ("length\n5m\n5 lightyears\n", "has the unknown unit"),
        ("length,b\n5m,1\n,1\n", "is empty; leave the row out"),
        (
            "length,b\n5m,1\n5m\n",
            "the row has 1 fields where the header names 2",
        ),
        ("length\n5m\n400000d\n", "is too long"),
    ] {
        refused(FROM_FILE, csv, &[place, why]);
    }
    let counted = FROM_FILE.replace(" }", ", unit = 'm' }");
    for field in ["45m", "1e3", "-1", "1h 30", "inf", "\u{661}"] {
        let csv = format!("length\n5\n{field}\n");
        refused(&counted, &csv, &[place, "is no plain number of 0 or more"]);
    }
    let many = format!("length\n{}", "x\n".repeat(8));
    refused(
        FROM_FILE,
        &many,
        &["line 6", "`incidents.csv`: 3 more lines are wrong"],
    );
}

#[test]
fn what_is_no_such_file_is_refused() {
    for (csv, why) in [
        ("", "line 1, column \"length\": the file is empty"),
        ("length\n", "there are no rows below the header"),
        (
            "lenght\n5m\n",
            "there is no such column; did you mean \"lenght\"?",
        ),
        ("a;b\n5m;1\n", "the first line has \"a;b\""),
        ("length,length\n5m,5m\n", "two columns have this name"),
        ("length\n0s\n", "is always 0"),
    ] {
        refused(FROM_FILE, csv, &[why]);
    }
    let text = scenario(FROM_FILE);
    let wrong = read(&[("own.toml", &text)], &[]).expect_err("there is no file");
    let wrong = wrong.render(false);
    assert!(
        wrong.contains("`incidents.csv`: cannot read it: there is no such file"),
        "{wrong}"
    );
    let bytes = |_: &str, _: &_| Ok(b"length\n5m\n\xff".to_vec());
    let wrong = read_with("own.toml", text.as_bytes(), &[], &mut { bytes });
    let wrong = wrong.expect_err("it is no text").render(false);
    assert!(
        wrong.contains("line 3, column \"length\": is not UTF-8 text"),
        "{wrong}"
    );
}

#[test]
fn file_and_column_belong_together_and_to_an_empirical_distribution() {
    let needs =
        "an empirical distribution needs values, or file and column, or file and column and unit";
    for keys in [
        "file = 'incidents.csv'",
        "column = 'length'",
        "values = ['5m'], unit = 'm'",
        "values = ['5m'], file = 'incidents.csv', column = 'length'",
    ] {
        let written = format!("{{ dist = 'empirical', {keys} }}");
        refused(&written, "length\n5m\n", &[needs]);
    }
    let weibull = FROM_FILE.replace("empirical", "weibull");
    refused(
        &weibull,
        "length\n5m\n",
        &["a weibull distribution has no file"],
    );
    let none = FROM_FILE.replace(" }", ", min = '1h' }");
    refused(
        &none,
        "length\n5m\n",
        &["none of the values lies between min and max"],
    );
}

#[test]
fn files_have_limits() {
    let rows = usize::try_from(DELAY_VALUES.most).expect("it fits") + 1;
    let csv = format!("length\n{}", "5m\n".repeat(rows));
    refused(FROM_FILE, &csv, &["line 1000002", &DELAY_VALUES.exceeded()]);
    let bytes = usize::try_from(DELAY_BYTES.most).expect("it fits");
    let csv = format!("length,note\n5m,{}\n", "x".repeat(bytes));
    refused(FROM_FILE, &csv, &[&DELAY_BYTES.exceeded()]);
    // A second file counts with the first, and values with those of another delay.
    let two = format!(
        "{}[[event]]\nname = 'second'\nat = '2d'\nkind = 'identity_outage'\n\
         duration = {}",
        scenario(FROM_FILE),
        FROM_FILE.replace("incidents", "others"),
    );
    let half = format!("length,note\n5m,{}\n", "x".repeat(900_000));
    let large = format!(
        "length,note\n{}",
        format!("5m,{}\n", "x".repeat(900_000)).repeat(11)
    );
    let files = [
        ("own.toml", &*two),
        ("incidents.csv", &half),
        ("others.csv", &large),
    ];
    let wrong = read(&files, &[]).expect_err("too much").render(false);
    assert!(
        wrong.contains("`others.csv`: cannot read it: it has, with those before it, more than"),
        "{wrong}"
    );
    let many = format!("length\n{}", "5m\n".repeat(rows / 2 + 1));
    let files = [
        ("own.toml", &*two),
        ("incidents.csv", &many),
        ("others.csv", &many),
    ];
    let wrong = read(&files, &[]).expect_err("too many").render(false);
    assert!(
        wrong.contains(&DELAY_VALUES.exceeded()) && wrong.contains("others.csv"),
        "{wrong}"
    );
}

#[test]
fn a_base_names_its_files_relative_to_itself() {
    let base = format!(
        "{}[behaviour]\noutage_recovery = {FROM_FILE}\n",
        scenario(FROM_FILE)
    );
    let mut files = vec![
        ("own.toml", "extends = 'a/base.toml'"),
        ("a/base.toml", &base),
        ("a/incidents.csv", "length\n5m\n"),
        ("incidents.csv", "length\n9m\n"),
    ];
    assert_eq!(delay(read(&files, &[])), of(&[5]));
    // A file of its own is beside the scenario, and what is set from outside too.
    files[0].1 = "extends = 'a/base.toml'\n[[event]]\nname = 'outage'\n\
                  duration.file = 'incidents.csv'";
    assert_eq!(delay(read(&files, &[])), of(&[9]));
    files[0].1 = "extends = 'a/base.toml'";
    let set = ["event.outage.duration.file='incidents.csv'"];
    assert_eq!(delay(read(&files, &set)), of(&[9]));
    files[0].1 = "extends = 'a/base.toml'\n[[event]]\nname = 'outage'\n\
                  duration = { dist = 'empirical', values = ['3m'] }";
    assert_eq!(delay(read(&files, &[])), of(&[3]));
}

/// A filter of a trace may have a column that is called `file`.
#[test]
fn the_filter_of_a_trace_names_no_file() {
    let text = "duration = '7d'\n[[workspace]]\nname = 'logs'\n[workspace.ingestion]\n\
                trace = 'usage.csv'\ntime = 'a'\nvolume = 'b'\nunit = 'GB'\n\
                where = { file = 'x', column = 'y' }\n";
    let reading = read(
        &[("own.toml", "extends = 'a/b.toml'"), ("a/b.toml", text)],
        &[],
    );
    let scenario = reading.expect("it is right").scenario;
    let ingestion = format!("{:?}", scenario.workspaces[0].ingestion);
    assert!(ingestion.contains("(\"file\", \"x\")"), "{ingestion}");
    assert!(ingestion.contains("a/usage.csv"), "{ingestion}");
}

#[test]
fn what_was_read_is_written_with_its_values() {
    let reading = reading(FROM_FILE, "length\n45m\n3h\n45m\n").expect("it is right");
    let mut scenario = reading.scenario;
    scenario.unchecked.replications = 1;
    let text = written(&scenario);
    let alone = read(&[("alone.toml", &text)], &[]).expect("it reads back");
    assert_eq!(alone.scenario, scenario, "{text}");
}

#[test]
fn a_study_goes_on_with_the_same_values_alone() {
    let place = Place::new();
    place.write("study.toml", scenario(FROM_FILE));
    place.write("incidents.csv", "length\n45m\n3h\n12h\n");
    let first = place.run(&["run", "study.toml"]);
    ends_with(&first, 0);
    // The same values in another layout are the same study.
    place.write("incidents.csv", "x,length\n1,3h\n1,45m\n1,720m\n");
    let more = ["run", "study.toml", "--extend", "--replications", "9"];
    ends_with(&place.run(&more), 0);
    let all = place.results();
    place.write("incidents.csv", "length\n45m\n3h\n13h\n");
    let other = place.run(&more);
    ends_with(&other, 2);
    assert!(
        stderr(&other).contains("is of another study"),
        "{}",
        stderr(&other)
    );
    assert_eq!(place.results(), all);
    let missing = place.run(&[
        "run",
        "study.toml",
        "--set",
        "event.outage.duration.file=none.csv",
    ]);
    ends_with(&missing, 2);
    assert!(
        stderr(&missing).contains("`none.csv`: cannot read it"),
        "{}",
        stderr(&missing)
    );
}

#[test]
fn scenarios_of_different_folders_are_compared_by_their_values() {
    let place = Place::new();
    for (folder, csv) in [("a", "length\n45m\n3h\n"), ("b", "length\n45m\n9h\n")] {
        std::fs::create_dir(place.path().join(folder)).expect("a folder");
        place.write(&format!("{folder}/s.toml"), scenario(FROM_FILE));
        place.write(&format!("{folder}/incidents.csv"), csv);
    }
    let compared = place.run(&["compare", "a/s.toml", "b/s.toml", "-f", "json"]);
    ends_with(&compared, 0);
    let text = stdout(&compared);
    assert!(text.contains("event.outage.duration.file"), "{text}");
    assert!(text.contains("../b/incidents.csv"), "{text}");
}
