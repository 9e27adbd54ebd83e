//! What a study is, in a word that its journals and parts bear: nothing is taken from those of
//! another one.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::intake::Rows;
use crate::scenario::Scenario;

/// A digest of everything that computes: the library's sources, and the crates that draw or compute
/// with it.
pub(super) const COMPUTES: &str = env!("CMKSIM_COMPUTES").split_at(LENGTH).0;
/// Digits of a digest.
const LENGTH: usize = 32;

/// A command with everything that is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub(super) command: &'static str,
    pub(super) digest: String,
}

impl Asked {
    /// What `command` is asked of scenarios, each with its traces.
    pub fn of(
        command: &'static str,
        scenarios: &[(&Scenario, &[Option<Rows>])],
        question: &dyn fmt::Debug,
    ) -> Asked {
        Asked {
            command,
            digest: digest(scenarios, question),
        }
    }

    /// The command's name.
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// The first line of the journal of its tasks.
    pub fn head(&self) -> String {
        format!("cmksim {} 2 {COMPUTES} {}\n", self.command, self.digest)
    }
}

/// The digest of everything that scenarios mean, their traces, and what is asked of them. Not: what
/// they are called, what they expect, how many replications they ask for, and the points, cases
/// and faults of other commands.
pub(super) fn digest(
    scenarios: &[(&Scenario, &[Option<Rows>])],
    question: &dyn fmt::Debug,
) -> String {
    let mut digest = Sha256::new();
    for (scenario, traces) in scenarios {
        let mut scenario = scenario.unchecked.clone();
        scenario.title = None;
        scenario.description = None;
        scenario.expectations = Vec::new();
        scenario.replications = 1;
        scenario.replication = 0;
        scenario.sweep = None;
        scenario.what_ifs = Vec::new();
        scenario.levers = Vec::new();
        scenario.faults = Vec::new();
        digest.update(format!("{scenario:?} "));
        for rows in *traces {
            digest.update([u8::from(rows.is_some())]);
            if let Some(rows) = rows {
                rows.add_to(&mut |bytes| digest.update(bytes));
            }
        }
    }
    digest.update(format!("{question:?}"));
    let digest = digest.finalize();
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    digits.take(LENGTH / 2).collect()
}
