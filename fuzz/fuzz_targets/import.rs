//! What holds for every importer: any bytes become a scenario that is right, or are explained.

use cmksim::import::{self, Export, Exports, MISFIT, Wishes};
use cmksim::{experiment, scenario};

/// A cluster to go with the export of something else.
#[allow(dead_code, reason = "one of the targets needs no other cluster")]
pub const CLUSTER: &[u8] = include_bytes!("../../tests/fixtures/init/cluster-2025.json");

/// An export of these bytes.
pub fn export(bytes: &[u8]) -> Vec<Export<'_>> {
    let name = "export";
    vec![Export { name, bytes }]
}

pub fn holds(exports: &Exports<'_>) {
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
