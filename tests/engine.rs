//! The engine of the page, as it is built for browsers, against the same questions here: every answer
//! is the same, byte by byte, on every platform.
//!
//! The module runs in an interpreter. Where it differs, it is older than the sources.

use std::fs;
use std::io::Read;
use std::path::Path;

use cmksim::kernel::never;
use cmksim::model::Options;
use cmksim_engine::Session;
use flate2::read::GzDecoder;
use serde_json::{Value as Json, json};
use wasmi::{Caller, Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

use crate::lives::any_world;
use crate::shipped::scenarios;
use crate::worlds::seeds;
use crate::written::written;

const STALE: &str = "the module differs from the sources: run .ci/engine, and commit what it makes";

/// The module in an interpreter.
struct InModule {
    /// How often it told how far it is.
    store: Store<u64>,
    memory: Memory,
    input: TypedFunc<u32, u32>,
    output: TypedFunc<(), u32>,
    call: TypedFunc<(), i32>,
}

fn module() -> Vec<u8> {
    let packed = include_bytes!("../src/cli/play/engine/engine.wasm.gz");
    let mut bytes = Vec::new();
    let read = GzDecoder::new(&packed[..]).read_to_end(&mut bytes);
    read.expect("it is a gzip file");
    bytes
}

impl InModule {
    fn start(engine: &Engine, module: &Module) -> InModule {
        let mut store = Store::new(engine, 0);
        let mut linker = Linker::new(engine);
        let reached = |mut caller: Caller<'_, u64>, part: f64| {
            assert!((0.0..=1.0).contains(&part), "{part}");
            *caller.data_mut() += 1;
        };
        linker
            .func_wrap("host", "reached", reached)
            .expect("a name");
        let instance: Instance = linker
            .instantiate_and_start(&mut store, module)
            .expect("it needs nothing else");
        InModule {
            memory: instance.get_memory(&store, "memory").expect("a memory"),
            input: instance.get_typed_func(&store, "input").expect("exported"),
            output: instance.get_typed_func(&store, "output").expect("exported"),
            call: instance.get_typed_func(&store, "call").expect("exported"),
            store,
        }
    }

    fn answer(&mut self, question: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(question.len()).expect("short");
        let at = self.input.call(&mut self.store, length).expect("room");
        self.memory
            .write(&mut self.store, at as usize, question)
            .expect("there is room");
        let length = self.call.call(&mut self.store, ());
        let at = self.output.call(&mut self.store, ()).expect("an answer") as usize;
        let read = |length: u32| {
            let mut answer = vec![0; length as usize];
            self.memory
                .read(&self.store, at, &mut answer)
                .expect("its memory");
            answer
        };
        match length {
            Ok(length @ 1..) => Ok(read(length.unsigned_abs())),
            Ok(length) => Err(String::from_utf8_lossy(&read(length.unsigned_abs())).into_owned()),
            Err(trap) => panic!("{trap}"),
        }
    }
}

/// Both, to be asked the same.
struct Both {
    module: InModule,
    here: Session,
}

impl Both {
    /// The answer of both.
    fn ask(&mut self, question: &Json, about: &str) -> Result<Json, String> {
        let question = question.to_string();
        let here = self.here.answer(question.as_bytes(), &|_| ());
        let there = self.module.answer(question.as_bytes());
        if here != there {
            let text = |answer: &Result<Vec<u8>, String>| match answer {
                Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Err(why) => why.clone(),
            };
            let (here, there) = (text(&here), text(&there));
            let at = here
                .bytes()
                .zip(there.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            let near = |text: &str| -> String {
                String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(60)..])
                    .chars()
                    .take(160)
                    .collect()
            };
            panic!(
                "{about}: {}\nhere:  {}\nthere: {}\n{STALE}",
                &question[..question.len().min(90)],
                near(&here),
                near(&there)
            );
        }
        here.map(|bytes| serde_json::from_slice(&bytes).expect("JSON"))
    }

    /// Everything that the page asks about a text: with `much` also pictures, polls and a study.
    fn play(&mut self, text: &str, much: bool, about: &str) -> Option<String> {
        let load = json!({"ask": "load", "text": text});
        let loaded = self.ask(&load, about).ok()?;
        if loaded["scenario"].is_null() {
            assert!(
                !loaded["mistakes"].as_array().expect("a list").is_empty(),
                "{about}"
            );
            return None;
        }
        let run = self
            .ask(&json!({"ask": "replay", "replication": 0}), about)
            .ok()?;
        let fingerprint = run["fingerprint"].as_str().expect("a text").to_owned();
        let (from, until) = (&run["window"][0], &run["window"][1]);
        let window = json!({"ask": "picture", "from": from, "until": until, "width": 640.0});
        self.ask(&window, about).expect("a picture");
        let balance = json!({"ask": "balance", "at": [from, until]});
        self.ask(&balance, about).expect("a balance");
        if much {
            let polls = json!({"ask": "polls", "from": from, "until": until});
            self.ask(&polls, about).expect("polls");
            self.ask(&json!({"ask": "account", "account": 0}), about)
                .expect("a story");
            self.ask(&json!({"ask": "pin"}), about).expect("done");
            self.ask(&window, about).expect("a picture of both");
            let study = json!({"ask": "study", "measure": "dropped", "count": 5});
            self.ask(&study, about).expect("a study");
            self.ask(&study, about).expect("more of it");
            self.ask(&json!({"ask": "explain"}), about)
                .expect("a story");
            self.ask(&json!({"ask": "unpin"}), about).expect("done");
        }
        Some(fingerprint)
    }
}

/// Whoever tries this has an interpreter for as long as it takes.
fn with_both(test: impl FnOnce(&mut Both)) {
    let engine = Engine::default();
    let module = Module::new(&engine, module()).expect("a module");
    test(&mut Both {
        module: InModule::start(&engine, &module),
        here: Session::default(),
    });
}

fn files(name: &str, files: &Json) -> Json {
    json!({"ask": "files", "name": name, "files": files})
}

#[test]
fn shipped_scenarios_have_the_same_answers_in_the_module() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    with_both(|both| {
        for path in scenarios() {
            let name = path.file_name().expect("a file").to_string_lossy();
            let mut all = serde_json::Map::new();
            for folder in [folder.to_owned(), folder.join("traces")] {
                for entry in fs::read_dir(&folder).expect("a folder") {
                    let path = entry.expect("readable").path();
                    let Ok(text) = fs::read_to_string(&path) else {
                        continue;
                    };
                    let below =
                        path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
                    let below = below
                        .expect("below it")
                        .to_string_lossy()
                        .replace('\\', "/");
                    all.insert(below, text.into());
                }
            }
            both.ask(&files(&name, &Json::Object(all)), &name)
                .expect("taken");
            let text = fs::read_to_string(&path).expect("readable");
            let fingerprint = both.play(&text, true, &name);
            let (_, replay) = crate::shipped::replay(&path, false);
            assert_eq!(fingerprint, Some(replay.fingerprint.to_string()), "{name}");
        }
        assert!(both.module.store.data() > &0, "it tells how far it is");
    });
}

#[test]
fn random_worlds_have_the_same_answers_in_the_module() {
    with_both(|both| {
        both.ask(&files("world.toml", &json!({})), "")
            .expect("taken");
        let mut replayed = 0;
        for seed in seeds(1_000) {
            let world = any_world(seed);
            let about = format!("world {seed}");
            let fingerprint = both.play(&written(&world), seed % 8 == 0, &about);
            let traces = vec![None; world.workspaces.len()];
            let here = cmksim::replay(&world, &traces, Options::default(), &never);
            let here = here.ok().map(|replay| replay.fingerprint.to_string());
            assert_eq!(fingerprint, here, "{about}");
            replayed += u64::from(here.is_some());
        }
        assert!(replayed > 500, "{replayed}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn mistakes_have_the_same_words_and_places_in_the_module() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    let shipped = crate::mutator::Shipped::read(folder);
    with_both(|both| {
        both.ask(&files("mutant.toml", &json!({})), "")
            .expect("taken");
        let mut wrong = 0;
        for number in seeds(400) {
            let text = shipped.mutant(number);
            let load = json!({"ask": "load", "text": text});
            let Ok(loaded) = both.ask(&load, &format!("mutant {number}")) else {
                continue;
            };
            wrong += usize::from(loaded["scenario"].is_null());
        }
        assert!(wrong > 50, "only {wrong} are wrong");
    });
}

#[test]
fn what_cannot_be_answered_is_said() {
    with_both(|both| {
        for question in [
            json!({"ask": "nothing"}),
            json!({"ask": "replay", "replication": 0}),
            json!({"ask": "picture", "from": 0, "until": 1, "width": 100.0}),
            json!({"ask": "study", "measure": "dropped", "count": 1}),
            json!({"ask": "values", "axis": "a=1..0/3"}),
            json!({"ask": "load", "text": "duration = '1h'", "write": ["nowhere.at=3"]}),
            json!({"ask": "balance", "at": [2, 1]}),
        ] {
            let why = both.ask(&question, "").expect_err("it has no answer");
            assert!(why.len() > 5, "{question}: {why}");
        }
        let text = "duration = '1h'\n[[workspace]]\nname = 'w'\ningestion = '1 GB/day'\n";
        both.ask(&json!({"ask": "load", "text": text}), "")
            .expect("it is right");
        let many = json!({"ask": "study", "measure": "dropped", "count": 100_001});
        let why = both.ask(&many, "").expect_err("too many");
        assert!(why.contains("100,000 replications on a page"), "{why}");
    });
}
