//! A journal whose checksums are right, or not: what is recovered of it can be reported, and a
//! journal of that gives it back.
//!
//! The first byte chooses: a part of a true journal to begin with, and whether what follows are
//! bodies of records, each with two bytes of length before it and its checksum computed, or bytes
//! as they are.

use std::sync::LazyLock;

use cmksim::experiment::journal::{Fault, Form, Recovered, record};
use cmksim::experiment::{Replications, Runner, Study};
use cmksim::report::{Findings, StudyPart, study_files};
use cmksim::scenario::{Scenario, read};
use libfuzzer_sys::Corpus;
use sha2::{Digest, Sha256};

const WORLD: &str = r#"
duration = "12h"
replications = 20
expect = ["probability(dropped > 0 B) <= 50%", "mean(query_downtime) <= 3h"]

[[workspace]]
name = "logs"
ingestion = "1 TB/day"

[[hazard]]
kind = "disable_key"
gap = { dist = "exponential", mean = "4h" }
duration = { dist = "uniform", min = "30m", max = "3h" }
"#;

pub(crate) static SCENARIO: LazyLock<Scenario> = LazyLock::new(|| {
    let reading = read("fuzz.toml", WORLD.as_bytes(), &[]);
    reading.expect("it is right").scenario
});

/// A study that keeps little, so that little is a record.
pub(crate) static STUDY: LazyLock<Study<'static>> = LazyLock::new(|| {
    let mut study = Study::new(&SCENARIO, &[None]);
    let expected = SCENARIO.expectations.iter();
    study.kept = expected.map(|kept| (kept.scope, kept.measure)).collect();
    study
});

/// The true one, up to the end of its first record and of its second.
static TRUE: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let record = |numbers| {
        let gathered = STUDY.gather(numbers, &Runner::SERIAL);
        record(&gathered.expect("it runs"))
    };
    let head = Form::of(&STUDY).head(0).into_bytes();
    let first = [head.clone(), record(0..64)].concat();
    let second = [first.clone(), record(64..128)].concat();
    [head, first, second]
});

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let Some((choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let mut journal = match choice % 4 {
        3 => Vec::new(),
        true_part => TRUE[usize::from(true_part)].clone(),
    };
    if choice / 4 % 2 == 0 {
        bodies(bytes, &mut journal);
    } else {
        journal.extend(bytes);
    }
    match recover(&journal) {
        Ok(found) => {
            let whole = usize::try_from(found.whole).expect("in memory");
            let again = recover(&journal[..whole]).expect("it is of this study");
            assert_eq!(again, found);
            holds(&found.replications);
        }
        Err(Fault::Wrong(why)) => assert!(!why.is_empty()),
        Err(Fault::Other) => {}
        Err(Fault::Unreadable(error)) => panic!("it is in memory: {error}"),
    }
    Corpus::Keep
}

fn recover(mut journal: &[u8]) -> Result<Recovered, Fault> {
    Form::of(&STUDY).read(&mut journal)
}

/// Each body with its length before it, as a record has it, and its checksum behind it.
pub(crate) fn bodies(mut bytes: &[u8], journal: &mut Vec<u8>) {
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (body, rest) = rest.split_at(length);
        let from = journal.len();
        journal.extend(u64::try_from(length).expect("two bytes").to_le_bytes());
        journal.extend(body);
        let checksum = Sha256::digest(&journal[from..]);
        journal.extend(&checksum[..8]);
        bytes = rest;
    }
}

fn holds(replications: &Replications) {
    if replications.numbers().start == 0 && replications.count() > 0 {
        let findings = Findings::of(&SCENARIO, replications);
        let parts = match replications.count() {
            0..1_000 => &[StudyPart::Summary, StudyPart::Replications][..],
            _ => &[StudyPart::Summary],
        };
        for file in study_files(&findings, WORLD, parts, None, None) {
            file.write_to(&mut Vec::new()).expect("in memory");
        }
    }
    let mut journal = Vec::new();
    let form = Form::of(&STUDY);
    form.write(replications, &mut journal).expect("in memory");
    let again = recover(&journal).expect("it is of this study");
    assert_eq!(&again.replications, replications);
}
