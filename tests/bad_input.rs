//! Wrong scenarios and what is said of them.

mod cases;

use std::fmt::Write as _;
use std::path::Path;

use cmksim::scenario::{self, Override, Severity, keys};

/// A right scenario to which a case adds something wrong.
const BASE: &str = r#"duration = "7d"

[[workspace]]
name = "logs"
ingestion = "1 TB/day"
"#;

/// What is said of a wrong scenario, for reading and for comparing.
fn said(bytes: &[u8], overrides: &[Override]) -> String {
    match scenario::read("scenario.toml", bytes, overrides) {
        Err(wrong) => wrong.render(false),
        Ok(reading) if !reading.warnings.is_empty() => reading.warnings.render(false),
        Ok(_) => "nothing: it is right\n".to_owned(),
    }
}

/// Every case with what is said of it. `CMKSIM_BLESS=1` writes the file anew; then read it.
#[test]
fn every_mistake_is_explained() {
    let mut all = String::new();
    for (name, text) in cases::CASES {
        let text = match text.strip_prefix('+') {
            Some(added) => format!("{BASE}{added}\n"),
            None => format!("{text}\n"),
        };
        write!(all, "==== {name}\n{}\n", said(text.as_bytes(), &[])).expect("it is a text");
    }
    for (name, bytes) in cases::BYTES {
        write!(all, "==== {name}\n{}\n", said(bytes, &[])).expect("it is a text");
    }
    for (name, set) in cases::OVERRIDES {
        let set = [Override::new("--set", set)];
        let said = said(cases::TO_OVERRIDE.as_bytes(), &set);
        write!(all, "==== {name}\n{said}\n").expect("it is a text");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bad_input.txt");
    if std::env::var_os("CMKSIM_BLESS").is_some() {
        std::fs::write(&path, &all).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("there is a golden file");
    for (found, expected) in all.split("==== ").zip(golden.split("==== ")) {
        assert_eq!(found, expected);
    }
    assert_eq!(all.len(), golden.len());
    assert!(!all.contains("nothing: it is right"));
}

#[test]
fn there_are_many_of_them() {
    let count = cases::CASES.len() + cases::BYTES.len() + cases::OVERRIDES.len();
    assert!(count >= 60, "{count}");
}

#[test]
fn mistakes_come_in_the_order_of_the_text() {
    let (_, text) = cases::CASES[0];
    let wrong = scenario::read("many.toml", text.as_bytes(), &[]).expect_err("it is wrong");
    let places: Vec<_> = wrong
        .iter()
        .map(|(at, wrong)| {
            assert_eq!((at.file, wrong.severity()), ("many.toml", Severity::Error));
            (at.line, at.column)
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(places.len() >= 8, "{places:?}");
}

/// Every key of the table that the schema is made of is read: nonsense behind it is noticed.
#[test]
fn every_known_key_is_read() {
    let world = |rest: &str| format!("{BASE}[[key_vault]]\nname = \"v\"\n{rest}\n");
    let noticed = |text: &str, key: &str| {
        let wrong = scenario::read("s.toml", text.as_bytes(), &[]).expect_err(text);
        let inside = format!("{{ {key} =");
        let line = text.lines().position(|line| line.contains(&inside)).or(text
            .lines()
            .position(|line| line == format!("{key} = [[]]")));
        let line = line.expect("it is there") + 1;
        assert!(
            wrong.iter().any(|(at, wrong)| at.line == line
                && !wrong.message().starts_with("unknown")
                && !wrong.message().contains("not take")),
            "{key} in\n{text}{}",
            wrong.render(false)
        );
    };
    for key in keys::SCENARIO.names() {
        let rest = if key == "duration" || key == "workspace" {
            ""
        } else {
            BASE
        };
        noticed(&format!("{key} = [[]]\n{rest}"), key);
    }
    for key in keys::BEHAVIOUR.names() {
        noticed(&world(&format!("[behaviour]\n{key} = [[]]")), key);
    }
    for key in keys::POLL_INTERVAL.names() {
        noticed(
            &world(&format!("[behaviour]\npoll_interval = {{ {key} = [[]] }}")),
            key,
        );
    }
    for (table, list) in [
        (keys::KEY_VAULT, "key_vault"),
        (keys::CLUSTER, "cluster"),
        (keys::WORKSPACE, "workspace"),
    ] {
        for key in table.names() {
            noticed(&format!("duration = \"1d\"\n[[{list}]]\n{key} = [[]]"), key);
        }
    }
    for key in keys::CLUSTER_KEY.names() {
        noticed(
            &world(&format!(
                "[[cluster]]\nname = \"c\"\nkey = {{ {key} = [[]] }}"
            )),
            key,
        );
    }
    for key in keys::INGESTION.names() {
        let trace = if ["rate", "trace"].contains(&key) {
            ""
        } else {
            "trace = \"a.csv\"\n"
        };
        let text = format!(
            "duration = \"1d\"\n[[workspace]]\nname = \"w\"\n[workspace.ingestion]\n{trace}{key} = [[]]"
        );
        noticed(&text, key);
    }
    for key in keys::NOISE.names() {
        noticed(
            &format!("{BASE}[[workspace]]\nname = \"b\"\ningestion.noise = {{ {key} = [[]] }}"),
            key,
        );
    }
    for key in keys::DISTRIBUTION.names() {
        noticed(
            &world(&format!(
                "[behaviour]\nrevocation_delay = {{ {key} = [[]] }}"
            )),
            key,
        );
    }
    for kind in keys::EVENT_KINDS {
        for key in keys::EVENT
            .names()
            .chain(kind.keys.iter().map(|key| key.name))
        {
            let kind = if key == "kind" {
                String::new()
            } else {
                format!("kind = \"{}\"\n", kind.name)
            };
            let after = if key == "delay" {
                "after = \"x\"\n"
            } else {
                ""
            };
            noticed(
                &world(&format!("[[event]]\n{kind}{after}{key} = [[]]")),
                key,
            );
        }
        for key in keys::HAZARD.names() {
            let kind = if key == "kind" {
                String::new()
            } else {
                format!("kind = \"{}\"\n", kind.name)
            };
            noticed(&world(&format!("[[hazard]]\n{kind}{key} = [[]]")), key);
        }
    }
}
