//! A scenario of any bytes is accepted or explained. What stands behind the first zero byte is
//! an override.

use cmksim::scenario::{self, Diagnostics, Override};
use libfuzzer_sys::Corpus;

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let (file, set) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (
            &bytes[..at],
            vec![String::from_utf8_lossy(&bytes[at + 1..])],
        ),
        None => (bytes, Vec::new()),
    };
    let set: Vec<Override> = set.iter().map(|set| Override::new("--set", set)).collect();
    match scenario::read("fuzz.toml", file, &set) {
        Ok(reading) => {
            reading.warnings.render(true);
            reading.lints.render(true);
        }
        Err(wrong) => explained(&wrong),
    }
    Corpus::Keep
}

/// What is wrong is said, and where.
pub(crate) fn explained(wrong: &Diagnostics) {
    assert!(wrong.render(false).contains("error"));
    assert!(wrong.iter().all(|(at, _)| at.line >= 1 && at.column >= 1));
}
