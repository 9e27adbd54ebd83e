//! Wrong scenarios and what is said of them.

#[path = "bad_input_cases.rs"]
mod cases;

use std::fmt::Write as _;

use cmksim::scenario::{self, EventKind, Override, Severity, keys};

use super::golden::expect_golden;

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
        let text = text_of(text);
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
    expect_golden("bad_input.txt", &all);
    assert!(!all.contains("nothing: it is right"));
}

#[test]
fn there_are_many_of_them() {
    let count = cases::CASES.len() + cases::BYTES.len() + cases::OVERRIDES.len();
    assert!(count >= 60, "{count}");
}

/// The questions that are asked back about a scenario.
fn questions(text: &str) -> Vec<String> {
    let said = said(text.as_bytes(), &[]);
    let asked = said.lines().filter_map(|line| {
        let (_, asked) = line.split_once("did you mean ")?;
        Some(asked.strip_suffix('?').expect("a question").to_owned())
    });
    asked.collect()
}

#[test]
fn words_that_mean_the_same_get_a_hint() {
    let top = cases::TOP_HINTS.iter();
    let top = top.map(|(key, hint)| (format!("{key}\n{BASE}"), *hint));
    let keys = cases::KEY_HINTS.iter();
    let keys = keys.map(|(list, keys, hint)| (format!("{BASE}[[{list}]]\n{keys}\n"), *hint));
    let event = |kind: &str| format!("{BASE}[[event]]\nat = '1d'\nkind = '{kind}'\n");
    let kinds = cases::KIND_HINTS.iter();
    let kinds = kinds.map(|(kind, hint)| (event(kind), *hint));
    let expected = |measure: &str| format!("expect = ['{measure} < 1 GB']\n{BASE}");
    let measures = cases::MEASURE_HINTS.iter();
    let measures = measures.map(|(measure, hint)| (expected(measure), *hint));
    for (text, hint) in top.chain(keys).chain(kinds).chain(measures) {
        assert_eq!(questions(&text), [hint], "{text}");
    }
}

#[test]
fn words_that_mean_nothing_get_none() {
    for kind in ["wibble", "cluster_wibble", "key_wibble", "the", ""] {
        let text = format!("{BASE}[[event]]\nat = '1d'\nkind = '{kind}'\n");
        assert_eq!(questions(&text), [""; 0], "{text}");
    }
}

#[test]
fn a_hint_takes_the_place_of_what_is_missing() {
    let text = format!("{BASE}[[event]]\nkind = 'disable_key'\nstart = '1d'\n");
    let said = said(text.as_bytes(), &[]);
    assert_eq!(said.matches("error:").count(), 1, "{said}");
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

/// A key with nonsense behind it, in a table of its own kind.
fn nonsense(table: &str, key: &str) -> String {
    format!("{table}\n{key} = [[]]\n")
}

/// Nonsense behind a key is noticed: so the key is read.
fn noticed(text: &str, key: &str) {
    let wrong = scenario::read("s.toml", text.as_bytes(), &[]).expect_err(text);
    let inside = format!("{{ {key} = [[]]");
    let alone = format!("{key} = [[]]");
    let found = |line: &str| line == alone || line.contains(&inside);
    let line = text.lines().position(found).expect("it is there") + 1;
    let noticed = wrong.iter().any(|(at, wrong)| {
        at.line == line
            && !wrong.message().starts_with("unknown")
            && !wrong.message().contains("not take")
    });
    assert!(noticed, "{key} in\n{text}{}", wrong.render(false));
}

/// Every key of the table that the schema is made of is read.
#[test]
fn every_known_key_is_read() {
    for key in keys::SCENARIO.names() {
        let rest = if ["duration", "workspace"].contains(&key) {
            ""
        } else {
            BASE
        };
        noticed(&format!("{key} = [[]]\n{rest}"), key);
    }
    for (table, header) in [
        (keys::BEHAVIOUR, "[behaviour]"),
        (keys::KEY_VAULT, "[[key_vault]]"),
        (keys::CLUSTER, "[[cluster]]"),
        (keys::WORKSPACE, "[[workspace]]"),
        (keys::WHAT_IF, "[[what_if]]"),
    ] {
        for key in table.names() {
            noticed(&nonsense(&format!("duration = \"1d\"\n{header}"), key), key);
        }
    }
    for (table, place) in [
        (keys::POLL_INTERVAL, "[behaviour]\npoll_interval"),
        (keys::DISTRIBUTION, "[behaviour]\nrevocation_delay"),
        (keys::CLUSTER_KEY, "[[cluster]]\nname = \"c\"\nkey"),
        (keys::NOISE, "[[workspace]]\nname = \"b\"\ningestion.noise"),
        (keys::RATE, "[[workspace]]\nname = \"b\"\ningestion.rate"),
        (
            keys::GROWTH,
            "[[workspace]]\nname = \"b\"\ningestion.growth",
        ),
    ] {
        for key in table.names() {
            noticed(&format!("{BASE}{place} = {{ {key} = [[]] }}"), key);
        }
    }
    for key in keys::INGESTION.names() {
        let trace = if ["rate", "trace"].contains(&key) {
            ""
        } else {
            "trace = \"a.csv\""
        };
        let table = "duration = \"1d\"\n[[workspace]]\nname = \"w\"\n[workspace.ingestion]\n";
        noticed(&nonsense(&format!("{table}{trace}"), key), key);
    }
}

/// So is every key of events, hazards and responses.
#[test]
fn every_known_key_of_events_is_read() {
    for kind in EventKind::ALL {
        let of_kind = kind.keys().iter().map(|key| key.name);
        let of_events = keys::EVENT.names().map(|key| ("[[event]]", key));
        let of_hazards = keys::HAZARD.names().map(|key| ("[[hazard]]", key));
        let of_responses = keys::RESPONSE.names().map(|key| ("[[response]]", key));
        let of_kind = of_kind.map(|key| ("[[event]]", key));
        let of_lists = of_events.chain(of_hazards).chain(of_responses);
        for (list, key) in of_lists.chain(of_kind) {
            let kind = match key {
                "delay" if list == "[[response]]" => format!("kind = \"{}\"", kind.name()),
                "kind" => String::new(),
                "delay" => format!("kind = \"{}\"\nafter = \"x\"", kind.name()),
                _ => format!("kind = \"{}\"", kind.name()),
            };
            noticed(&nonsense(&format!("{BASE}{list}\n{kind}"), key), key);
        }
    }
}

/// A small generator, for tests only.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

/// Reads and renders: neither may panic, and an explanation is never empty.
fn accepted_or_explained(bytes: &[u8], set: &[Override]) {
    match scenario::read("random.toml", bytes, set) {
        Ok(reading) => {
            reading.warnings.render(true);
        }
        Err(wrong) => {
            assert!(!wrong.is_empty());
            assert!(wrong.render(false).contains("error"));
            assert!(wrong.iter().all(|(at, _)| at.line >= 1 && at.column >= 1));
        }
    }
}

#[test]
fn random_bytes_are_explained() {
    let mut random = Random(1);
    for _ in 0..2_000 {
        let length = random.below(200);
        let bytes: Vec<u8> = (0..length)
            .map(|_| u8::try_from(random.below(256)).expect("below 256"))
            .collect();
        accepted_or_explained(&bytes, &[]);
    }
}

#[test]
fn mutated_scenarios_are_accepted_or_explained() {
    let mut random = Random(2);
    let added = [
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        "\n",
        "#",
        "-",
        "0",
        "nan",
        "inf",
        "\u{fe0f}",
        "\u{1f511}",
        "[[event]]\n",
        "[[hazard]]\n",
        "none",
        "\\",
        "\"\"\"",
        "1e400",
        "99999999999999999999999999999999999999999",
        "\t",
        "\r\n",
        "\0",
    ];
    for (_, text) in cases::CASES {
        let text = match text.strip_prefix('+') {
            Some(rest) => format!("{BASE}{rest}"),
            None => (*text).to_owned(),
        };
        for _ in 0..60 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len() + 1);
                let to = (at + random.below(12)).min(bytes.len());
                let piece = match random.below(3) {
                    0 => Vec::new(),
                    1 => added[random.below(added.len())].as_bytes().to_vec(),
                    _ => {
                        let from = random.below(bytes.len() + 1);
                        bytes[from..(from + random.below(40)).min(bytes.len())].to_vec()
                    }
                };
                let cut = if random.below(2) == 0 { at } else { to };
                bytes.splice(at..cut, piece);
            }
            accepted_or_explained(&bytes, &[]);
            let set = String::from_utf8_lossy(&bytes);
            accepted_or_explained(BASE.as_bytes(), &[Override::new("--set", &set)]);
        }
    }
}

/// A file as large as may be, all of it wrong, is explained in seconds.
#[test]
fn large_files_end_soon() {
    let many = |piece: &dyn Fn(usize) -> String| {
        let mut text = BASE.to_owned();
        let mut count = 0;
        while text.len() < (1 << 20) - 200 {
            text += &piece(count);
            count += 1;
        }
        text
    };
    let event = |name: usize, after: usize| {
        format!("[[event]]\nname=\"e{name}\"\nafter=\"e{after}\"\nkind=\"disable_key\"\n")
    };
    let texts = [
        many(&|count| format!("key{count} = 1\n")),
        many(&|_| "[".to_owned()),
        many(&|_| "= \n".to_owned()),
        many(&|_| "\"".to_owned()),
        many(&|count| event(count, count + 1)),
        many(&|count| event(count + 1, count)),
        many(&|count| event(count, count + 1_000_000)),
        many(&|_| event(0, 0)),
        many(&|_| "x".to_owned()),
    ];
    for text in texts {
        let began = std::time::Instant::now();
        accepted_or_explained(text.as_bytes(), &[]);
        let took = began.elapsed().as_secs();
        // Each takes two seconds at most of a processor of its own, which a busy machine does
        // not have; what costs the square of a file's length takes an hour.
        assert!(
            took < 120,
            "{took} s for {}...",
            &text[BASE.len()..BASE.len() + 40]
        );
    }
}

/// The text of a case.
fn text_of(case: &str) -> String {
    match case.strip_prefix('+') {
        Some(added) => format!("{BASE}{added}\n"),
        None => format!("{case}\n"),
    }
}

/// What is wrong with a text: the messages.
fn messages(text: &str) -> Vec<String> {
    let wrong = scenario::read("scenario.toml", text.as_bytes(), &[]).err();
    let all = wrong.iter().flat_map(|wrong| wrong.iter());
    all.map(|(_, mistake)| mistake.message().to_owned())
        .collect()
}

/// What follows from a mistake may come to light when it is mended, so their number may grow.
#[test]
fn a_remedy_mends_its_mistake() {
    let mut remedies = 0;
    for (name, case) in cases::CASES {
        let text = text_of(case);
        let Err(wrong) = scenario::read("scenario.toml", text.as_bytes(), &[]) else {
            continue;
        };
        for (place, mistake) in wrong.iter() {
            assert!(
                place.from <= place.to && text.is_char_boundary(place.from),
                "{name}"
            );
            for remedy in wrong.remedies(mistake) {
                let (before, rest) = text.split_at(remedy.place.from);
                let after = &rest[remedy.place.to - remedy.place.from..];
                let mended = format!("{before}{}{after}", remedy.text);
                let (had, has) = (messages(&text), messages(&mended));
                let of =
                    |all: &[String]| all.iter().filter(|one| *one == mistake.message()).count();
                assert!(
                    of(&has) < of(&had),
                    "{name}: {:?} -> {has:?}",
                    mistake.message()
                );
                let torn = |all: &[String]| {
                    let torn = |one: &&String| one.starts_with("this is not TOML");
                    all.iter().filter(torn).count()
                };
                assert!(torn(&has) <= torn(&had), "{name}: {mended}");
                remedies += 1;
            }
        }
    }
    assert!(remedies >= 25, "only {remedies}");
}
