//! Exports that something happened to: each importer makes a right scenario of them, or explains.

use cmksim::import::{self, Export, Exports, MISFIT, Wishes};
use cmksim::{experiment, scenario};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// So much of a fixture is enough.
const MOST: usize = 6_000;

fn fixture(name: &str) -> Vec<u8> {
    let root = env!("CARGO_MANIFEST_DIR");
    std::fs::read(format!("{root}/tests/fixtures/init/{name}")).expect("a fixture")
}

/// Something that happens to a file.
#[derive(Debug, Clone)]
enum Damage {
    /// A byte becomes another.
    Byte(Index, u8),
    /// A part is gone.
    Cut(Index, Index),
    /// A part is there twice.
    Twice(Index, Index),
    /// A part is replaced by a word.
    Word(Index, usize, &'static str),
}

const WORDS: &[&str] = &[
    "\"\"",
    "null",
    "-1",
    "0",
    "1e308",
    "99999999999999999999",
    "true",
    "{}",
    "[]",
    "none",
    "newest",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "\u{0}",
    "\u{7}",
    "\u{fffd}",
    ",",
    "\"",
    "\n",
    "KeyDelete",
    "KeyCreate",
    "403",
    "404",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), at()).prop_map(|(from, until)| Damage::Cut(from, until)),
        (at(), at()).prop_map(|(from, until)| Damage::Twice(from, until)),
        (at(), 0..12_usize, prop::sample::select(WORDS))
            .prop_map(|(at, length, word)| Damage::Word(at, length, word)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let between = |one: &Index, other: &Index, length: usize| {
            let (one, other) = (one.index(length), other.index(length));
            one.min(other)..one.max(other)
        };
        match self {
            Damage::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Cut(from, until) => {
                bytes.drain(between(from, until, bytes.len()));
            }
            Damage::Twice(from, until) => {
                let range = between(from, until, bytes.len());
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, copy);
            }
            Damage::Word(at, length, word) => {
                let at = at.index(bytes.len());
                let end = (at + length).min(bytes.len());
                bytes.splice(at..end, word.bytes());
            }
        }
    }
}

/// A right scenario, whose trace is right, or an explanation that is not about the scenario.
fn holds(exports: &Exports<'_>) {
    let wishes = Wishes {
        trace: "usage.csv",
        ..Wishes::default()
    };
    match import::import(exports, wishes, &|| false) {
        Ok(imported) => {
            let reading = scenario::read("made.toml", imported.scenario.as_bytes(), &[]);
            let scenario = reading.expect("it was read before").scenario;
            let read = |_: &str| Ok(imported.trace.clone().expect("it is there if it is named"));
            experiment::traces(&scenario, read, &|| false).expect("the trace is right");
        }
        Err(error) => {
            let told = error.to_string();
            assert!(error.is_import() && !told.is_empty());
            assert!(!told.starts_with(MISFIT), "{told}");
        }
    }
}

/// What may be exported, and the fixtures of it.
const KINDS: &[(&str, &[&str])] = &[
    ("cluster", &["cluster-2020.json", "cluster-2025.json"]),
    ("workspace", &["workspaces.json", "linked-service.json"]),
    (
        "usage",
        &["usage.csv", "usage-query.json", "usage-tables.json"],
    ),
    (
        "key_vault_log",
        &[
            "key-vault-audit.csv",
            "key-vault-diagnostics.csv",
            "key-vault-records.json",
        ],
    ),
    (
        "activity_log",
        &[
            "activity-log.json",
            "activity-records.json",
            "operation-polls.csv",
        ],
    ),
    ("service_health", &["service-health.json"]),
];

fn damaged(kind: &str, bytes: &[u8], cluster: Option<&[u8]>) {
    let export = |bytes| {
        vec![Export {
            name: "export",
            bytes,
        }]
    };
    let mut exports = Exports {
        clusters: cluster.map(export).unwrap_or_default(),
        ..Exports::default()
    };
    let into = match kind {
        "cluster" => &mut exports.clusters,
        "workspace" => &mut exports.workspaces,
        "usage" => &mut exports.usage,
        "key_vault_log" => &mut exports.key_vault_logs,
        "activity_log" => &mut exports.activity_logs,
        _ => &mut exports.service_health,
    };
    into.extend(export(bytes));
    holds(&exports);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_exports_become_right_scenarios_or_are_explained(
        damage in vec(damage(), 1..6),
        with_cluster in any::<bool>(),
    ) {
        let cluster = fixture("cluster-2025.json");
        for (kind, fixtures) in KINDS {
            for name in *fixtures {
                let mut bytes = fixture(name);
                let long = name.ends_with(".csv") && bytes.len() > MOST;
                bytes.truncate(if long { MOST } else { bytes.len() });
                for one in &damage {
                    one.apply(&mut bytes);
                }
                let cluster = (with_cluster && *kind != "cluster").then_some(&*cluster);
                damaged(kind, &bytes, cluster);
            }
        }
    }
}

#[test]
fn the_fixtures_themselves_become_scenarios() {
    let cluster = fixture("cluster-2025.json");
    for (kind, fixtures) in KINDS {
        for name in *fixtures {
            let bytes = fixture(name);
            damaged(kind, &bytes, None);
            damaged(kind, &bytes, (*kind != "cluster").then_some(&*cluster));
        }
    }
}

/// Of a workspace that the log knows by its disassociation alone, too: it was in a cluster before.
#[test]
fn a_workspace_is_in_the_region_of_its_cluster() {
    let log = String::from_utf8(fixture("activity-records.json")).expect("text");
    let lines = log.lines().map(|line| match line.contains("\"d3\"") {
        true => line.replace("PLATFORM", "OTHER") + "\n",
        false => line.to_owned() + "\n",
    });
    let log: String = lines.collect();
    assert!(log.contains("WORKSPACES/OTHER") && log.contains("WORKSPACES/PLATFORM"));
    let cluster = fixture("cluster-2025.json");
    damaged("activity_log", log.as_bytes(), Some(&cluster));
}
