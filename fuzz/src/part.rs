//! A part of a study whose checksums are right, or not: what is taken of it can be reported.
//!
//! The first byte chooses whether all values are kept or a tally, a beginning of a true part, and
//! whether what follows are bodies of records, each with two bytes of length before it and its
//! checksum computed, or bytes as they are.

use std::sync::LazyLock;

use cmksim::Error;
use cmksim::experiment::shard::{Found, Keep, Line, Part, Parts, Records, Work, gaps};
use cmksim::experiment::{Kept, Runner};
use cmksim::report::{Findings, StudyPart, study_files};
use libfuzzer_sys::Corpus;

use crate::journal::{SCENARIO, STUDY, bodies};

/// Two records of all values.
const LINE: Line = Line {
    cells: 1,
    replications: 128,
};

/// A true one of each kind.
static TRUE: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [Keep::All, Keep::Tally].map(part));

fn part(keep: Keep) -> Vec<u8> {
    let part = Part {
        asked: STUDY.asked(keep),
        range: 0..LINE.replications,
    };
    let mut bytes = part.head().into_bytes();
    let work = Work::of_run(&STUDY, LINE.replications, keep);
    let kept = part.compute(&work, &Runner::SERIAL, |record| {
        bytes.extend(record);
        Ok(())
    });
    kept.expect("it runs");
    bytes
}

struct Memory<'b>(&'b [u8]);

impl Records for Memory<'_> {
    fn read(&self, _: usize, offset: u64) -> Result<Vec<u8>, Error> {
        let mut from = &self.0[usize::try_from(offset).expect("in memory")..];
        let record = cmksim::experiment::tasks::next(&mut from);
        Ok(record.expect("in memory").expect("it was whole"))
    }
}

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let Some((choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let keep = [Keep::All, Keep::Tally][usize::from(choice % 2)];
    let whole = &TRUE[usize::from(choice % 2)];
    let head = whole
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line")
        + 1;
    let mut part = match choice / 2 % 4 {
        0 => Vec::new(),
        1 => whole[..whole.len() / 2].to_vec(),
        2 => whole.clone(),
        _ => whole[..head].to_vec(),
    };
    if choice / 8 % 2 == 0 {
        bodies(bytes, &mut part);
    } else {
        part.extend(bytes);
    }
    let found = Found::scan(&STUDY.asked(keep), LINE, &mut &*part).expect("in memory");
    let Ok(found) = found else {
        return Corpus::Keep;
    };
    if gaps(LINE, std::slice::from_ref(&found)).0.is_empty() {
        report(keep, &Parts::new(LINE, &[found], &Memory(&part)));
    }
    Corpus::Keep
}

/// What is taken of parts can be told.
fn report(keep: Keep, parts: &Parts<'_>) {
    match keep {
        Keep::All => {
            if let Ok(all) = STUDY.collect(parts, 0, LINE.replications) {
                told(Kept::Every(&all));
            }
        }
        Keep::Tally => {
            if let Ok(tally) = STUDY.collect_tally(parts) {
                told(Kept::Tally(&tally));
            }
        }
    }
}

fn told(kept: Kept<'_>) {
    assert_eq!(kept.count(), LINE.replications);
    let findings = Findings::of(&SCENARIO, kept);
    let parts = [StudyPart::Summary, StudyPart::Pictures];
    assert!(!study_files(&findings, "", &parts, None, None).is_empty());
}
