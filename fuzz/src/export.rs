//! Any bytes as an export become a scenario that is right, or are explained. The first byte
//! chooses of what they are an export, and whether that of a cluster goes with it.

use cmksim::import::{self, Export, Exports, MISFIT, Wishes};
use cmksim::{experiment, scenario};
use libfuzzer_sys::Corpus;

/// A cluster to go with the export of something else.
const CLUSTER: &[u8] = include_bytes!("../../tests/fixtures/init/cluster-2025.json");

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let Some((choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let mut exports = Exports::default();
    let into = match choice % 6 {
        0 => &mut exports.clusters,
        1 => &mut exports.workspaces,
        2 => &mut exports.usage,
        3 => &mut exports.key_vault_logs,
        4 => &mut exports.activity_logs,
        _ => &mut exports.service_health,
    };
    let name = "export";
    into.push(Export { name, bytes });
    if choice / 6 % 2 == 1 {
        let bytes = CLUSTER;
        exports.clusters.push(Export { name, bytes });
    }
    holds(&exports);
    Corpus::Keep
}

fn holds(exports: &Exports<'_>) {
    let wishes = Wishes {
        trace: "usage.csv",
        ..Wishes::default()
    };
    match import::import(exports, wishes, &|| false) {
        Ok(imported) => {
            let reading = scenario::read("made.toml", imported.scenario.as_bytes(), &[]);
            let scenario = reading.expect("it was read before").scenario;
            let read = |_: &str| Ok(imported.trace.clone().expect("it is there if it is named"));
            experiment::traces(&scenario, read, &|| false).expect("the trace is right");
        }
        Err(error) => {
            let told = error.to_string();
            assert!(error.is_import() && !told.is_empty());
            assert!(!told.starts_with(MISFIT), "{told}");
        }
    }
}
