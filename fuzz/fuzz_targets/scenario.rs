//! A scenario of any bytes is accepted or explained. What stands behind the first zero byte is
//! an override.
//!
//! `cargo fuzz run scenario fuzz/corpus/scenario scenarios` (on a stable toolchain with
//! `RUSTC_BOOTSTRAP=1`, for fuzzing only).

#![no_main]

use cmksim::scenario::{self, Override};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (file, set) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], vec![String::from_utf8_lossy(&bytes[at + 1..])]),
        None => (bytes, Vec::new()),
    };
    let set: Vec<Override> = set.iter().map(|set| Override::new("--set", set)).collect();
    match scenario::read("fuzz.toml", file, &set) {
        Ok(reading) => {
            reading.warnings.render(true);
        }
        Err(wrong) => {
            assert!(wrong.render(false).contains("error"));
            assert!(wrong.iter().all(|(at, _)| at.line >= 1 && at.column >= 1));
        }
    }
});
