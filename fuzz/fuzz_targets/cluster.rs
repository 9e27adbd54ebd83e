//! Any bytes as an export of clusters.
#![no_main]

mod import;

use cmksim::import::Exports;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    import::holds(&Exports {
        clusters: import::export(bytes),
        ..Exports::default()
    });
});
