//! What is read: regular files up to a limit, and nothing that has no end.

use std::fs::{self, File};
use std::time::{Duration, Instant};

use cmksim::import::{self, Export, Exports, Wishes};
use cmksim::scenario::{Scale, Trace};
use cmksim::{intake, limits};

use super::program::{Place, stderr};

const TRACED: &str = "\
duration = '2d'\n\
[[workspace]]\n\
name = 'w'\n\
ingestion = { trace = 'FILE', time = 't', volume = 'v', unit = 'MB', align = 'start' }\n";

/// The options of `init` that name a file.
const EXPORTS: &[&str] = &[
    "--cluster",
    "--workspace",
    "--usage",
    "--key-vault-log",
    "--activity-log",
    "--service-health",
];

/// The commands that read a file of each kind, and what they call it.
fn readers(place: &Place, file: &str) -> Vec<Vec<String>> {
    place.write("trace.toml", TRACED.replace("FILE", file));
    place.write("base.toml", format!("extends = '{file}'\n"));
    let mut all: Vec<Vec<&str>> = vec![
        vec!["check", file],
        vec!["run", file],
        vec!["check", "trace.toml"],
        vec!["run", "trace.toml"],
        vec!["check", "base.toml"],
    ];
    for option in EXPORTS {
        all.push(vec!["init", option, file]);
    }
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    all.into_iter().map(owned).collect()
}

/// Each ends soon with an error that names the file.
#[track_caller]
fn refused(place: &Place, file: &str, why: &str) {
    for words in readers(place, file) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let began = Instant::now();
        let output = place.run(&words);
        let told = stderr(&output);
        assert!(
            matches!(output.status.code(), Some(1 | 2)),
            "{words:?}: {told}"
        );
        assert!(
            told.contains(file) && told.contains(why),
            "{words:?}: {told}"
        );
        assert!(began.elapsed() < Duration::from_secs(20), "{words:?}");
    }
}

#[test]
fn folders_are_no_files() {
    let place = Place::new();
    fs::create_dir(place.path().join("folder")).expect("made");
    refused(&place, "folder", "it is a folder, not a regular file");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_even_opened() {
    let place = Place::new();
    let made = std::process::Command::new("mkfifo")
        .arg(place.path().join("pipe"))
        .status();
    assert!(made.expect("mkfifo runs").success());
    refused(
        &place,
        "pipe",
        "it is a pipe or a device, not a regular file",
    );
    refused(
        &place,
        "/dev/zero",
        "it is a pipe or a device, not a regular file",
    );
    std::os::unix::fs::symlink("pipe", place.path().join("link")).expect("linked");
    refused(
        &place,
        "link",
        "it is a pipe or a device, not a regular file",
    );
    // Nor is one in the place of what is written.
    let output = place.run(&["init", "-o", "pipe"]);
    assert!(
        stderr(&output).contains("exists already"),
        "{}",
        stderr(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_a_regular_file_is_followed() {
    let place = Place::new();
    place.write(
        "real.csv",
        "t,v\n2026-03-01T00:00:00Z,1\n2026-03-01T01:00:00Z,2\n",
    );
    std::os::unix::fs::symlink("real.csv", place.path().join("link.csv")).expect("linked");
    place.write("real.toml", TRACED.replace("FILE", "link.csv"));
    std::os::unix::fs::symlink("real.toml", place.path().join("link.toml")).expect("linked");
    let output = place.run(&["check", "link.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn longer_files_than_a_limit_are_refused_by_their_length() {
    let place = Place::new();
    let long = |name: &str, length: u64| {
        let file = File::create(place.path().join(name)).expect("made");
        file.set_len(length).expect("a file with a hole");
    };
    let refused = |words: &[&str], limit: &limits::Limit, file: &str| {
        let told = stderr(&place.run(words));
        let limit = limit.exceeded();
        assert!(
            told.contains(&limit) && told.contains(file),
            "{words:?}: {told}"
        );
    };
    long("long.toml", limits::SCENARIO_BYTES.most + 1);
    refused(
        &["check", "long.toml"],
        &limits::SCENARIO_BYTES,
        "long.toml",
    );
    place.write("base.toml", "extends = 'long.toml'\n");
    refused(
        &["check", "base.toml"],
        &limits::SCENARIO_BYTES,
        "long.toml",
    );
    long("long.csv", limits::TRACE_BYTES.most + 1);
    place.write("trace.toml", TRACED.replace("FILE", "long.csv"));
    refused(&["check", "trace.toml"], &limits::TRACE_BYTES, "long.csv");
    long("long.json", limits::EXPORT_BYTES.most + 1);
    refused(
        &["init", "--usage", "long.json"],
        &limits::EXPORT_BYTES,
        "long.json",
    );
    place.write("little.csv", "x");
    long("most.csv", limits::EXPORT_BYTES.most);
    let both = ["init", "--usage", "little.csv", "--usage", "most.csv"];
    refused(&both, &limits::EXPORT_BYTES, "most.csv");
    long("tree.json", limits::RESOURCE_BYTES.most + 1);
    for option in ["--cluster", "--workspace", "--service-health"] {
        refused(
            &["init", option, "tree.json"],
            &limits::RESOURCE_BYTES,
            "tree.json",
        );
    }
}

fn trace() -> Trace {
    Trace {
        file: "usage.csv".into(),
        time: "t".into(),
        volume: "v".into(),
        scale: Scale::Unit(1_000_000),
        step: None,
        filter: Vec::new(),
        repeat: false,
        calendar: false,
    }
}

#[test]
fn a_trace_has_so_many_rows_and_none_too_long() {
    let rows = |count: u64| {
        let mut text = "t,v\n".to_owned();
        for row in 0..count {
            text += &(1_700_000_000 + row).to_string();
            text += ",1\n";
        }
        text
    };
    let most = limits::TRACE_ROWS.most;
    let told = |text: &str| {
        intake::read(&trace(), text.as_bytes(), &|| false).map(|(rows, _)| rows.count())
    };
    assert_eq!(
        told(&rows(most)),
        usize::try_from(most).map_err(|_| unreachable!("it fits"))
    );
    let error = told(&rows(most + 1)).expect_err("one too many").to_string();
    assert_eq!(
        error,
        format!(
            "usage.csv, line {}: {}",
            most + 2,
            limits::TRACE_ROWS.exceeded()
        )
    );
    for text in [
        // A field of 100 MB; a quote that is never closed; a header without an end; many fields.
        format!("t,v\n1700000000,\"{}\"\n", "1".repeat(100_000_000)),
        format!("t,v\n1700000000,\"{}", "1\n1700003600,1\n".repeat(200_000)),
        format!("{}\n1,1\n", "t,".repeat(1_000_000)),
        format!("t,v\n{}\n", ",".repeat(2_000_000)),
    ] {
        let error = told(&text).expect_err("too long").to_string();
        assert!(error.contains(&limits::ROW_BYTES.exceeded()), "{error}");
    }
}

#[test]
fn a_trace_stops_when_it_is_asked_to() {
    let text = "t,v\n".to_owned() + &"1700000000,1\n".repeat(100_000);
    let error = intake::read(&trace(), text.as_bytes(), &|| true).expect_err("stopped");
    assert!(error.to_string().contains("interrupted"), "{error}");
}

fn usage(text: &str) -> String {
    let exports = Exports {
        usage: vec![Export {
            name: "usage.json",
            bytes: text.as_bytes(),
        }],
        ..Exports::default()
    };
    let wishes = Wishes {
        trace: "trace.csv",
        ..Wishes::default()
    };
    match import::import(&exports, wishes, &|| false) {
        Ok(imported) => format!("{} notes", imported.notes.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_export_has_so_many_rows_and_none_too_long() {
    let rows = usize::try_from(limits::EXPORT_ROWS.most).expect("it fits");
    let csv = |count: usize| "StartTime,Quantity\n".to_owned() + &"2026-01-01,1\n".repeat(count);
    assert!(usage(&csv(rows)).ends_with(" notes"));
    assert!(usage(&csv(rows + 1)).contains(&limits::EXPORT_ROWS.exceeded()));
    let row = "{\"StartTime\":\"2026-01-01\",\"Quantity\":1}";
    let long = format!("{{\"StartTime\":\"{}\"}}", "9".repeat(1_000_000));
    let numbers = format!("{{\"Quantity\":[{}0]}}", "0,".repeat(1_000_000));
    for row in [&long, &numbers] {
        for text in [
            format!("[{row}]"),
            row.clone(),
            format!("{{\"value\":[{row}]}}"),
            format!("{{\"records\":[{row}]}}"),
            format!(
                "{{\"tables\":[{{\"columns\":[{{\"name\":\"StartTime\"}}],\"rows\":[[{row}]]}}]}}"
            ),
        ] {
            assert!(
                usage(&text).contains(&limits::ROW_BYTES.exceeded()),
                "{}",
                usage(&text)
            );
        }
    }
    // Deep JSON, a number of a megabyte, keys without an end, and JSON that ends too soon.
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let keys: String = (0..200_000).map(|at| format!("\"k{at}\":0,")).collect();
    for text in [
        deep.clone(),
        format!("[{{\"Quantity\":{deep}}}]"),
        format!("[{row},{{\"Quantity\":{}}}]", "9".repeat(900_000)),
        format!("{{{keys}\"a\":1}}"),
        format!("[{row},{row}"),
        format!("[{row},nul]"),
    ] {
        let told = usage(&text);
        assert!(
            told.contains("usage.json") && told.len() < 5_000,
            "{}",
            &told[..told.len().min(300)]
        );
        assert!(!told.ends_with(" notes"), "{told}");
    }
}

/// The rows of JSON are the same in whatever form they come.
#[test]
fn rows_of_json_are_the_same_in_every_form() {
    let row = |hour: usize| {
        format!(
            "{{\"StartTime\":\"2026-01-01T{hour:02}:00:00Z\",\"Quantity\":{hour},\"IsBillable\":true}}"
        )
    };
    let rows: Vec<String> = (1..20).map(row).collect();
    let (listed, lines) = (rows.join(","), rows.join("\n"));
    let table: Vec<String> = (1..20)
        .map(|hour| format!("[\"2026-01-01T{hour:02}:00:00Z\",{hour},true]"))
        .collect();
    let heads = "[{\"name\":\"StartTime\"},{\"name\":\"Quantity\"},{\"name\":\"IsBillable\"}]";
    let imported = |text: &str| {
        let exports = Exports {
            usage: vec![Export {
                name: "usage",
                bytes: text.as_bytes(),
            }],
            ..Exports::default()
        };
        let wishes = Wishes {
            trace: "trace.csv",
            ..Wishes::default()
        };
        import::import(&exports, wishes, &|| false)
            .expect("right")
            .trace
            .expect("a trace")
    };
    let first = imported(&format!("[{listed}]"));
    for text in [
        lines,
        format!(" {{\"Value\" : [ {listed} ] }} "),
        format!("{{\"records\":[{listed}],\"x\":null}}"),
        format!("{{\"responses\":{{\"200\":{{\"body\":{{\"value\":[{listed}]}}}}}}}}"),
        format!(
            "{{\"tables\":[{{\"columns\":{heads},\"rows\":[{}]}}]}}",
            table.join(",")
        ),
        format!("[{}] [{}]", rows[..7].join(","), rows[7..].join(",")),
    ] {
        assert_eq!(imported(&text), first, "{text}");
    }
}
