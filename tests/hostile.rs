//! Names and texts that would command a terminal, deceive a reader or become a formula, thrown at
//! every command: nothing that the program says or writes holds them.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::program::{Place, stderr, stdout};

/// An escape sequence, the same in one character (C1), a mark that turns the order of letters
/// round, an isolate, marks without a width, separators of lines, a bell.
const HOSTILE: &str = "\u{1b}[31mX\u{9b}31m\u{202e}\u{2066}\u{200f}\u{200b}\u{2028}\u{7f}\u{7}";

/// Whether a text holds what nobody sees. This list is one of its own: that of the program is
/// what is tested.
fn hidden(text: &str) -> Option<char> {
    text.chars().find(|&letter| match letter {
        '\n' | '\t' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{2069}' | '\u{feff}' => true,
        _ => false,
    })
}

#[track_caller]
fn clean(text: &str, what: &str) {
    if let Some(letter) = hidden(text) {
        let at = text.find(letter).expect("it is there");
        let near: String = text[..at].chars().rev().take(60).collect();
        let near: String = near.chars().rev().collect();
        panic!("{what}: {letter:?} after {near:?}");
    }
}

#[track_caller]
fn says_nothing_hidden(output: &Output, what: &str) {
    clean(&stdout(output), what);
    clean(&stderr(output), what);
    assert!(
        !stderr(output).contains("This is a mistake in cmksim"),
        "{what}"
    );
    let code = output.status.code();
    assert!(code.is_some_and(|code| code <= 4), "{what}: {code:?}");
}

/// All that was written, but for the files that the test wrote itself.
#[track_caller]
fn writes_nothing_hidden(place: &Place, what: &str) -> usize {
    let results = place.results();
    for (path, bytes) in &results {
        let text = |ending| {
            path.extension()
                .is_some_and(|extension| extension == ending)
        };
        if ["csv", "json", "svg", "html", "toml"].into_iter().any(text) {
            let written = String::from_utf8(bytes.clone()).expect("text");
            clean(&written, &format!("{what}: {}", path.display()));
        }
    }
    results.len()
}

/// A text as TOML.
fn toml(text: &str) -> String {
    let escaped = text.chars().map(|c| format!("\\U{:08x}", u32::from(c)));
    format!("\"{}\"", escaped.collect::<String>())
}

/// A right scenario with every text that is free to be anything.
fn scenario(title: &str) -> String {
    format!(
        "title = {title}\ndescription = {title}\nduration = '2d'\nreplications = 2\n\
         expect = ['dropped <= 50 GB']\n\
         [prices]\nsource = {title}\n\
         [[workspace]]\nname = 'logs'\n[workspace.ingestion]\ntrace = 'usage.csv'\n\
         time = {column}\nvolume = 'v'\nunit = 'GB'\nalign = 'start'\n\
         where = {{ {title} = {title} }}\n\
         [[event]]\nname = 'disabled'\nat = '1d'\nkind = 'disable_key'\nduration = '20m'\n\
         [[lever]]\nname = {title}\noptions = [{{ name = {title} }}, {{ name = 'b', set = ['event.disabled.duration=1h'] }}]\n",
        column = toml(&format!("t{HOSTILE}")),
    )
}

fn with_trace(place: &Place) {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let time = format!("t{HOSTILE}");
    csv.write_record([time.as_str(), "v", HOSTILE])
        .expect("in memory");
    for hour in 0..48 {
        let begin = format!("2026-03-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24);
        csv.write_record([begin.as_str(), "40", HOSTILE])
            .expect("in memory");
    }
    place.write("usage.csv", csv.into_inner().expect("in memory"));
}

/// Every command that prints or writes results, in every form.
const COMMANDS: &[&[&str]] = &[
    &["check", "a.toml"],
    &[
        "run",
        "a.toml",
        "--replications",
        "1",
        "--report",
        "-o",
        "output/one",
    ],
    &["run", "a.toml", "--replications", "1", "--format", "json"],
    &["run", "a.toml", "--replications", "1", "--format", "csv"],
    &["run", "a.toml", "--report", "-o", "output/many"],
    &["run", "a.toml", "--format", "json"],
    &["explain", "a.toml"],
    &["explain", "a.toml", "--format", "csv"],
    &["compare", "a.toml", "b.toml", "--report"],
    &["compare", "a.toml", "b.toml", "--format", "json"],
    &[
        "sweep",
        "a.toml",
        "--vary",
        "event.disabled.duration=10m,20m",
        "--report",
    ],
    &[
        "sweep",
        "a.toml",
        "--vary",
        "event.disabled.duration=10m,20m",
        "--dry-run",
    ],
    &[
        "solve",
        "a.toml",
        "--vary",
        "event.disabled.duration=5m..1h",
        "--such-that",
        "dropped == 0 B",
        "--resolution",
        "10m",
        "--report",
    ],
    &["sensitivity", "a.toml", "--of", "dropped"],
    &[
        "worst",
        "a.toml",
        "--vary",
        "event.disabled.at=0s..1d",
        "--of",
        "dropped",
        "--replications",
        "2",
        "--resolution",
        "6h",
    ],
    &[
        "optimise",
        "a.toml",
        "--minimise",
        "cost",
        "--such-that",
        "mean(dropped) <= 50 GB",
        "--report",
    ],
    &["faults", "a.toml", "--report"],
    &["freeze", "a.toml"],
    &[
        "shrink",
        "a.toml",
        "--such-that",
        "dropped > 0 B",
        "--report",
    ],
    &["plan", "a.toml", "--report"],
];

#[test]
fn no_command_says_or_writes_what_nobody_sees() {
    let place = Place::new();
    with_trace(&place);
    let text = scenario(&toml(HOSTILE))
        .replace("[prices]\n", "")
        .replace(&format!("source = {}\n", toml(HOSTILE)), "");
    place.write("a.toml", &text);
    place.write("b.toml", text.replace("'20m'", "'90m'"));
    for command in COMMANDS {
        let output = place.run(command);
        says_nothing_hidden(&output, &command.join(" "));
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 3 | 4)),
            "{command:?}: {}",
            stderr(&output)
        );
    }
    assert!(writes_nothing_hidden(&place, "results") >= 20);
    let summary = fs::read_to_string(place.path().join("output/one/summary.json"));
    let summary: Value = serde_json::from_str(&summary.expect("there")).expect("JSON");
    // What a program reads is what was written, to the letter.
    assert_eq!(summary["title"], Value::from(HOSTILE));
}

#[test]
fn no_field_of_a_scenario_says_what_nobody_sees() {
    let place = Place::new();
    with_trace(&place);
    let right = scenario("'a'");
    for (at, _) in right.match_indices(" = ") {
        let (before, rest) = right.split_at(at + 3);
        let line = rest.find('\n').expect("a line has an end");
        place.write(
            "a.toml",
            format!("{before}{}{}", toml(HOSTILE), &rest[line..]),
        );
        says_nothing_hidden(&place.run(&["check", "a.toml"]), before);
        // As it is, which is no TOML.
        place.write(
            "a.toml",
            format!("{before}\"{HOSTILE}\" # {HOSTILE}{}", &rest[line..]),
        );
        says_nothing_hidden(&place.run(&["check", "a.toml"]), before);
        // As a key.
        place.write(
            "a.toml",
            format!("{before}1\n{} = 1{}", toml(HOSTILE), &rest[line..]),
        );
        says_nothing_hidden(&place.run(&["check", "a.toml"]), before);
    }
}

/// Options that take a text, after a command that needs them.
const OPTIONS: &[&[&str]] = &[
    &["?"],
    &["run", "?"],
    &["run", "a.toml", "--set"],
    &["run", "a.toml", "--seed"],
    &["run", "a.toml", "--threads"],
    &["run", "a.toml", "--format"],
    &["run", "a.toml", "--write"],
    &["run", "a.toml", "--replications", "5", "--measures"],
    &["run", "a.toml", "--precision"],
    &["run", "a.toml", "--replication"],
    &["run", "a.toml", "--output"],
    &["run", "a.toml", "--nonsense"],
    &["check", "?"],
    &["explain", "a.toml", "--polls"],
    &["compare", "a.toml", "?"],
    &["compare", "a.toml", "a.toml", "--of"],
    &["sweep", "a.toml", "--vary"],
    &["sweep", "a.toml", "--vary", "seed=1,2", "--only"],
    &["solve", "a.toml", "--such-that", "dropped == 0 B", "--vary"],
    &[
        "solve",
        "a.toml",
        "--vary",
        "event.disabled.duration=5m..1h",
        "--such-that",
    ],
    &["sensitivity", "a.toml", "--of"],
    &["sensitivity", "a.toml", "--of", "dropped", "--stat"],
    &["sensitivity", "a.toml", "--of", "dropped", "--also"],
    &["worst", "a.toml", "--of", "dropped", "--vary"],
    &[
        "worst",
        "a.toml",
        "--vary",
        "event.disabled.at=0s..1d",
        "--of",
    ],
    &["shrink", "a.toml", "--such-that"],
    &["optimise", "a.toml", "--minimise", "cost", "--such-that"],
    &[
        "optimise",
        "a.toml",
        "--such-that",
        "mean(dropped) <= 50 GB",
        "--minimise",
    ],
    &["faults", "a.toml", "--set"],
    &["plan", "a.toml", "--set"],
    &["rules", "--edition"],
    &["rules", "--diff", "2020-06"],
    &["init", "?"],
    &["init", "--output"],
    &["init", "--cluster", "a.toml", "--edition"],
    &["init", "--cluster", "a.toml", "--start"],
    &["init", "--usage", "?"],
    &["help", "?"],
    &["completions", "?"],
];

#[test]
fn no_option_says_what_nobody_sees_or_more_than_a_screen() {
    let place = Place::new();
    place.write(
        "a.toml",
        scenario("'a'").replace("'usage.csv'", "'none.csv'"),
    );
    let long = "k".repeat(100_000);
    for value in [
        HOSTILE.to_owned(),
        format!("{HOSTILE}=1"),
        format!("=1\n{HOSTILE}"),
        long,
    ] {
        for option in OPTIONS {
            let mut words: Vec<&str> = option.to_vec();
            match words.iter().position(|word| *word == "?") {
                Some(at) => words[at] = &value,
                None => words.push(&value),
            }
            let output = place.run(&words);
            says_nothing_hidden(&output, &option.join(" "));
            let told = stderr(&output).len();
            assert!(told < 20_000, "{option:?} tells {told} bytes");
        }
    }
}

#[test]
fn a_key_of_a_megabyte_makes_a_short_error() {
    let place = Place::new();
    let key = "k".repeat(1_000_000);
    for text in [
        format!("duration = '1d'\n{key} = 1\n"),
        format!("duration = '1d'\n[[workspace]]\nname = '{key}'\n"),
        format!("duration = '1d'\n[[workspace]]\nname = 'w'\ncluster = '{key}'\n"),
        format!("duration = '1d'\nexpect = ['{key} < 1']\n"),
        format!("duration = '{key}'\n"),
        format!("extends = '{key}'\n"),
    ] {
        place.write("a.toml", &text);
        let output = place.run(&["check", "a.toml"]);
        let told = stderr(&output).len();
        assert!(
            told > 50 && told < 20_000,
            "{told} bytes for {}",
            &text[..40]
        );
    }
}

/// Every text in a tree of JSON, one after another, becomes a hostile one.
fn bent(value: &Value) -> Vec<Value> {
    fn count(value: &Value) -> usize {
        match value {
            Value::String(_) => 1,
            Value::Array(list) => list.iter().map(count).sum(),
            Value::Object(object) => object.values().map(count).sum(),
            _ => 0,
        }
    }
    fn bend(value: &mut Value, left: &mut usize) {
        match value {
            Value::String(text) => {
                if *left == 0 {
                    text.push_str(HOSTILE);
                }
                *left = left.wrapping_sub(1);
            }
            Value::Array(list) => list.iter_mut().for_each(|inner| bend(inner, left)),
            Value::Object(object) => object.values_mut().for_each(|inner| bend(inner, left)),
            _ => {}
        }
    }
    let texts = count(value);
    let steps = texts.div_ceil(40).max(1);
    let bent = (0..texts).step_by(steps).map(|at| {
        let mut value = value.clone();
        bend(&mut value, &mut at.clone());
        value
    });
    bent.collect()
}

fn fixture(name: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    fs::read_to_string(format!("{root}/tests/fixtures/init/{name}")).expect("a fixture")
}

#[test]
fn no_field_of_an_export_says_what_nobody_sees() {
    let place = Place::new();
    for (option, name) in [
        ("--cluster", "cluster-2025.json"),
        ("--workspace", "workspaces.json"),
        ("--usage", "usage-tables.json"),
        ("--key-vault-log", "key-vault-records.json"),
        ("--activity-log", "activity-log.json"),
        ("--service-health", "service-health.json"),
    ] {
        // Of several values, one a line, a list.
        let text = fixture(name);
        let values = serde_json::Deserializer::from_str(&text).into_iter();
        let mut values: Vec<Value> = values.map(|value| value.expect("JSON")).collect();
        let export = match values.len() {
            1 => values.remove(0),
            _ => Value::Array(values),
        };
        for bent in bent(&export) {
            place.write("export.json", bent.to_string());
            let made = [
                "init",
                option,
                "export.json",
                "-o",
                "output/made.toml",
                "--force",
            ];
            says_nothing_hidden(&place.run(&made), name);
            writes_nothing_hidden(&place, name);
            says_nothing_hidden(&place.run(&["init", option, "export.json"]), name);
        }
    }
}

#[test]
fn no_field_of_a_table_says_what_nobody_sees() {
    let place = Place::new();
    for (option, name) in [
        ("--usage", "usage.csv"),
        ("--key-vault-log", "key-vault-audit.csv"),
        ("--activity-log", "operation-polls.csv"),
    ] {
        let text = fixture(name);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader
            .records()
            .take(12)
            .map(|row| row.expect("a row"))
            .collect();
        for row in 0..rows.len().min(3) {
            for field in 0..rows[0].len() {
                let mut csv = csv::Writer::from_writer(Vec::new());
                for (index, record) in rows.iter().enumerate() {
                    let bend = |(at, text): (usize, &str)| match (index, at) == (row, field) {
                        true => format!("{text}{HOSTILE}"),
                        false => text.to_owned(),
                    };
                    csv.write_record(record.iter().enumerate().map(bend))
                        .expect("in memory");
                }
                place.write("export.csv", csv.into_inner().expect("in memory"));
                let made = [
                    "init",
                    option,
                    "export.csv",
                    "-o",
                    "output/made.toml",
                    "--force",
                ];
                says_nothing_hidden(&place.run(&made), name);
                writes_nothing_hidden(&place, name);
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_leads_out_of_the_output_or_is_shown_as_it_is() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let text = scenario("'a'")
        .replace("trace = 'usage.csv'\n", "rate = '1 TB/day'\n")
        .lines()
        .filter(|line| {
            let keys = [
                "time", "volume", "unit", "align", "where", "source", "[prices]",
            ];
            !keys.iter().any(|key| line.starts_with(key))
        })
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let hostile = format!("{HOSTILE}.toml");
    let names: &[&[u8]] = &[
        b"...toml",
        b"..toml",
        b"....toml",
        b".toml",
        b"...",
        b"nul.toml",
        b"COM1.x.toml",
        b"a\nerror: b.toml",
        b"\xff\xfe.toml",
        b" .toml",
        hostile.as_bytes(),
    ];
    for name in names {
        let place = Place::new();
        let name = OsStr::from_bytes(name);
        fs::write(place.path().join(name), &text).expect("written");
        for command in ["check", "run", "explain"] {
            let output = place.command(&[command]).arg("--").arg(name).output();
            let output = output.expect("the program runs");
            says_nothing_hidden(&output, &format!("{command} {}", name.display()));
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            assert!(
                !stderr(&output)
                    .lines()
                    .any(|line| line.starts_with("error"))
            );
        }
        let beside = fs::read_dir(place.path()).expect("a folder");
        let beside = beside.map(|entry| entry.expect("readable").file_name());
        let mut beside: Vec<_> = beside.collect();
        beside.sort_unstable();
        let mut expected = vec![name.to_owned(), "output".into()];
        expected.sort_unstable();
        assert_eq!(beside, expected);
        // Each has a folder of its own in there.
        let inside = fs::read_dir(place.path().join("output")).expect("a folder");
        let inside: Vec<_> = inside.map(|entry| entry.expect("readable")).collect();
        assert!(inside.len() == 1 && inside[0].path().is_dir(), "{inside:?}");
        let folder = inside[0].file_name().into_string().expect("UTF-8");
        clean(&folder, "the folder");
        let devices = ["nul", "com1"];
        assert!(
            !devices.contains(
                &folder
                    .split('.')
                    .next()
                    .unwrap_or("")
                    .to_lowercase()
                    .as_str()
            )
        );
    }
}

#[test]
fn a_base_that_is_no_scenario_is_not_shown_unless_it_lies_inside() {
    let place = Place::new();
    let folder = place.path().join("inside");
    fs::create_dir_all(folder.join("x")).expect("made");
    let secret = "root:x:0:0:a secret\n";
    place.write("outside.txt", secret);
    fs::write(folder.join("beside.txt"), secret).expect("written");
    fs::write(folder.join("latin.txt"), b"caf\xe9 secret").expect("written");
    place.write("latin.txt", b"caf\xe9 secret");
    let absolute = place.path().join("outside.txt").display().to_string();
    for (base, shown) in [
        ("../outside.txt", false),
        ("../latin.txt", false),
        ("x/../../outside.txt", false),
        (absolute.as_str(), false),
        ("beside.txt", true),
        ("latin.txt", true),
        ("../inside/beside.txt", false),
    ] {
        fs::write(folder.join("a.toml"), format!("extends = \"{base}\"\n")).expect("written");
        let output = place.run(&["check", "inside/a.toml"]);
        assert_eq!(output.status.code(), Some(2));
        let told = stderr(&output);
        assert_eq!(told.contains("secret"), shown, "{base}: {told}");
        assert!(shown || told.contains("line 1"), "{base}: {told}");
    }
}

#[test]
fn an_instant_beyond_the_calendar_is_told_in_plain_words() {
    let place = Place::new();
    let text = "duration = '1d'\nstart = 9999-12-31T23:59:59.999999999+23:59\n";
    place.write(
        "a.toml",
        format!("{text}[[workspace]]\nname = 'w'\ningestion = '1 GB/day'\n"),
    );
    let told = stderr(&place.run(&["check", "a.toml"]));
    assert!(
        told.starts_with("error: this instant is beyond the calendar\n"),
        "{told}"
    );
    assert!(
        !told.contains("parameter") && !told.contains("-377705023201"),
        "{told}"
    );
}

#[test]
fn no_name_in_a_table_is_a_formula() {
    let place = Place::new();
    let text = "duration = '2d'\nreplications = 2\n[[workspace]]\nname = '-A1'\n\
                ingestion = '1 TB/day'\n[[event]]\nname = '-B2'\nat = '1d'\n\
                kind = 'disable_key'\nduration = '20m'\n";
    place.write("a.toml", text);
    for more in [
        &["--replications", "1", "-o", "output/one"][..],
        &["-o", "output/many"],
    ] {
        let output = place.run(&[&["run", "a.toml"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let mut names = 0;
    for (path, bytes) in place.results() {
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let mut table = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&*bytes);
        for record in table.records() {
            for field in &record.expect("a row") {
                let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!formula || field.parse::<f64>().is_ok(), "{field}");
                names += usize::from(field == "'-A1" || field == "'-B2");
            }
        }
    }
    assert!(names > 10, "{names}");
}
