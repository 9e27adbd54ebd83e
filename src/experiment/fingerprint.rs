use std::fmt;

use sha2::{Digest, Sha256};

use super::column::Values;
use super::replicate::Replications;
use super::tally::Tally;
use crate::accounting::Measures;
use crate::model::{AccessState, Change, History, Route, Subject, What};
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};

/// The digest of a run: SHA-256 over every change in its order, then every measure.
///
/// Equal for equal inputs on every platform. The encoding, all numbers as 8 bytes little endian:
///
/// - a change: time in milliseconds, subject, what, rule, cause. A subject, a what and a value
///   are a number for the case, then their fields. A rule is the length and the bytes of its
///   name. A cause is 0, or 1 with event and occurrence.
/// - then the measures of the total, the workspaces and the clusters, in the order of
///   [`Measure::ALL`]: 0 where there is none, else 1 and bytes, milliseconds, count, or the
///   bits of the ratio. What is paid for it all is left out: prices change nothing that happens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(scenario: &Scenario, history: &History, measures: &Measures) -> Fingerprint {
        let mut digest = Encoding(Sha256::new());
        history.log.iter().for_each(|change| digest.change(change));
        let workspaces = (0..scenario.workspaces.len()).map(Scope::Workspace);
        let clusters = (0..scenario.clusters.len()).map(Scope::Cluster);
        for scope in [Scope::Total].into_iter().chain(workspaces).chain(clusters) {
            for &measure in Measure::ALL
                .iter()
                .filter(|measure| measure.unit() != Unit::Money)
            {
                digest.value(measures.get(scope, measure));
            }
        }
        Fingerprint(digest.0.finalize().into())
    }
}

impl Fingerprint {
    /// The digest of numbers: SHA-256 over 8 bytes of each, little endian.
    pub(super) fn of_numbers(numbers: &[u64]) -> Fingerprint {
        let mut digest = Encoding(Sha256::new());
        digest.numbers(numbers);
        Fingerprint(digest.0.finalize().into())
    }
}

/// The digest of a study: SHA-256 over the number of replications, then for each measure that
/// is kept the name of its scope and its own, and the values as numbers that sort as they do:
/// bytes, milliseconds, counts, the bits of a ratio, millionths of a currency; all bits where there is no value. Columns
/// that are the same are taken in once, a later one by the number of the first. Then the weights,
/// where there are any.
pub fn fingerprint(scenario: &Scenario, study: &Replications) -> Fingerprint {
    let mut digest = Encoding(Sha256::new());
    digest.numbers(&[study.count as u64]);
    for (at, (column, &same)) in study.columns().zip(&study.same_as).enumerate() {
        digest
            .0
            .update(scenario.name_of(column.scope, column.measure));
        digest.numbers(&[same as u64]);
        match column.values {
            _ if same != at => {}
            Values::Constant { code, .. } => digest.numbers(&[*code]),
            Values::Varying(codes) => digest.numbers(codes),
        }
    }
    study
        .weights()
        .into_iter()
        .flatten()
        .for_each(|weight| digest.numbers(&[weight]));
    Fingerprint(digest.0.finalize().into())
}

impl Fingerprint {
    /// The digest of a tally: SHA-256 over the names of scopes and measures that it keeps, then its
    /// bytes in the part of a study.
    pub(super) fn of_tally(scenario: &Scenario, tally: &Tally) -> Fingerprint {
        let mut digest = Encoding(Sha256::new());
        for (scope, measure) in tally.kept() {
            digest.0.update(scenario.name_of(*scope, *measure));
            digest.numbers(&[0]);
        }
        digest.0.update(tally.encoded());
        Fingerprint(digest.0.finalize().into())
    }
}

struct Encoding(Sha256);

impl Encoding {
    fn numbers(&mut self, numbers: &[u64]) {
        for number in numbers {
            self.0.update(number.to_le_bytes());
        }
    }

    fn change(&mut self, change: &Change) {
        self.numbers(&[change.time.millis().cast_unsigned()]);
        self.subject(change.subject);
        self.what(change.what);
        let rule = change.rule.id();
        self.numbers(&[rule.len() as u64]);
        self.0.update(rule);
        match change.cause {
            None => self.numbers(&[0]),
            Some(cause) => self.numbers(&[1, cause.event as u64, u64::from(cause.number)]),
        }
    }

    fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Identity => self.numbers(&[0]),
            Subject::KeyVault(vault) => self.numbers(&[1, vault as u64]),
            Subject::Key {
                vault,
                key,
                version,
            } => {
                let version = version.map_or(0, |version| version as u64 + 1);
                self.numbers(&[2, vault as u64, key as u64, version]);
            }
            Subject::Cluster(cluster) => self.numbers(&[3, cluster as u64]),
            Subject::StorageAccount { cluster, account } => {
                self.numbers(&[4, cluster as u64, u64::from(account)]);
            }
            Subject::Workspace(workspace) => self.numbers(&[5, workspace as u64]),
        }
    }

    fn what(&mut self, what: What) {
        let number = |state: AccessState| state as u64;
        match what {
            What::Began => self.numbers(&[0]),
            What::Ended => self.numbers(&[1]),
            What::WithoutEffect(reason) => self.numbers(&[2, reason as u64]),
            What::Access { from, to } => self.numbers(&[3, number(from), number(to)]),
            What::Life { from, to } => self.numbers(&[10, from as u64, to as u64]),
            What::Routed(Route::SharedStore) => self.numbers(&[11, 0]),
            What::Routed(Route::Cluster(cluster)) => self.numbers(&[11, 1, cluster as u64]),
            What::Routed(Route::NotProvisioned(cluster)) => self.numbers(&[11, 2, cluster as u64]),
            What::PurgedByItself => self.numbers(&[4]),
            What::Destroyed => self.numbers(&[5]),
            What::OperationStarted => self.numbers(&[6]),
            What::OperationRejected(reason) => self.numbers(&[7, reason as u64]),
            What::OperationSucceeded => self.numbers(&[8]),
            What::OperationFailed(reason) => self.numbers(&[9, reason as u64]),
        }
    }

    fn value(&mut self, value: Option<Value>) {
        match value {
            None => self.numbers(&[0]),
            Some(Value::Volume(volume)) => self.numbers(&[1, volume.bytes()]),
            Some(Value::Duration(duration)) => {
                self.numbers(&[1, duration.millis().cast_unsigned()])
            }
            Some(Value::Count(count)) => self.numbers(&[1, count]),
            Some(Value::Ratio(ratio)) => self.numbers(&[1, ratio.to_bits()]),
            Some(Value::Money(amount)) => self.numbers(&[1, amount.millionths()]),
        }
    }
}

impl fmt::Display for Fingerprint {
    /// All 64 hexadecimal digits; with a precision, those of the first bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = f.precision().unwrap_or(self.0.len()).min(self.0.len());
        self.0[..bytes]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
