//! What a study says of each measure.

use crate::experiment::{Fingerprint, Judgement, Kept, Summaries, judge};
use crate::scenario::{Measure, Scenario, Scope, Value};

/// A study of a scenario and what it says.
#[derive(Debug)]
pub struct Findings<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// What is kept of its replications.
    pub study: Kept<'a>,
    /// Of each measure that is kept.
    pub summaries: Summaries,
    /// One for each expectation of the scenario.
    pub judgements: Vec<Judgement>,
    /// The digest of it all.
    pub fingerprint: Fingerprint,
}

impl<'a> Findings<'a> {
    /// What a study says; it keeps the measures that the scenario has expectations of.
    pub fn of(scenario: &'a Scenario, study: impl Into<Kept<'a>>) -> Findings<'a> {
        let study = study.into();
        let expectations = scenario.expectations.iter();
        Findings {
            scenario,
            study,
            summaries: Summaries::of(study),
            judgements: expectations
                .map(|expectation| judge(expectation, study))
                .collect(),
            fingerprint: study.fingerprint(scenario),
        }
    }

    /// Of what is lost, held and out of reach, where it varies: the most there is of it, and in
    /// which replication first.
    pub(super) fn worst(&self) -> impl Iterator<Item = (Measure, Value, u64)> {
        let most = |measure: Measure| {
            let summary = self.summaries.get(Scope::Total, measure)?;
            let (number, value) = self.study.worst(Scope::Total, measure)?;
            summary
                .constant()
                .is_none()
                .then_some((measure, value, number))
        };
        let measures = [
            Measure::Dropped,
            Measure::BufferedPeak,
            Measure::QueryDowntime,
        ];
        measures.into_iter().filter_map(most)
    }

    /// The replication to look at first: where most is dropped, or else buffered, or out of
    /// reach; the first one where all are alike.
    pub fn telling(&self) -> u64 {
        self.worst().next().map_or(0, |(.., number)| number)
    }
}
