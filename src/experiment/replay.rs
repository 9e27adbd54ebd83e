use super::{Fingerprint, Verdict};
use crate::accounting::{Books, Measures};
use crate::model::History;

/// One replication of a scenario, with everything that a report needs.
#[derive(Debug)]
pub struct Replay {
    /// What happened.
    pub history: History,
    /// What became of every byte.
    pub books: Books,
    /// The measures at the end.
    pub measures: Measures,
    /// One for each expectation of the scenario.
    pub verdicts: Vec<Verdict>,
    /// The digest of it all.
    pub fingerprint: Fingerprint,
}
