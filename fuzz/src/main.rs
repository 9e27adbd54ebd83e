//! Bytes that nobody wrote, for everything that reads some: they are accepted or explained, and
//! what is accepted holds what is promised of it.
//!
//! `CMKSIM_FUZZ_TARGET` names the target; `.ci/fuzz` says how all of them are built and run.

#![no_main]

mod expectations;
mod export;
mod extends;
mod journal;
mod part;
mod replay;
mod scenario;
mod trace;
mod vary;

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};

type Target = fn(&[u8]) -> Corpus;

const TARGETS: &[(&str, Target)] = &[
    ("export", export::target),
    ("extends", extends::target),
    ("journal", journal::target),
    ("measures", expectations::measures),
    ("part", part::target),
    ("precision", expectations::precision),
    ("replay", replay::target),
    ("scenario", scenario::target),
    ("such_that", expectations::such_that),
    ("trace", trace::target),
    ("vary", vary::target),
];

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("CMKSIM_FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    let Some((_, target)) = found else {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        panic!("CMKSIM_FUZZ_TARGET is one of {}", names.join(", "));
    };
    *target
});

fuzz_target!(init: LazyLock::force(&TARGET), |bytes: &[u8]| -> Corpus { TARGET(bytes) });
