//! Any bytes as an export of usage, with that of a cluster or without.
#![no_main]

mod import;

use cmksim::import::Exports;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (bool, &[u8])| {
    let (with_cluster, bytes) = input;
    let cluster = if with_cluster {
        import::export(import::CLUSTER)
    } else {
        Vec::new()
    };
    import::holds(&Exports {
        clusters: cluster,
        usage: import::export(bytes),
        ..Exports::default()
    });
});
