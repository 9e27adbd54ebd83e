//! The programs of `examples/`: each is run, and what it prints is compared.
//!
//! `CMKSIM_BLESS=1 cargo test examples` rewrites the files in `golden/examples`.

// Each has a `main` of its own.
#![allow(dead_code)]

use super::golden::expect_golden;

#[path = "../examples/compare.rs"]
mod compare;
#[path = "../examples/replay.rs"]
mod replay;
#[path = "../examples/replicate.rs"]
mod replicate;
#[path = "../examples/threshold.rs"]
mod threshold;

#[test]
fn examples_print_what_they_printed() {
    for (name, output) in [
        ("compare", compare::output()),
        ("replay", replay::output()),
        ("replicate", replicate::output()),
        ("threshold", threshold::output()),
    ] {
        expect_golden(&format!("examples/{name}.txt"), &output.expect("it runs"));
    }
}
