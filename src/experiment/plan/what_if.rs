//! A case held against the plan of the scenario, replication by replication.

use super::{Bill, Plan};
use crate::experiment::Pairs;
use crate::scenario::{Measure, WhatIf};
use crate::statistics::Mean;

/// A case, and how its plan differs from that of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Case<'a> {
    /// What it changes.
    pub what_if: WhatIf,
    /// Its own plan.
    pub plan: Plan<'a>,
    /// Of each cluster: the cost of its best level here and there, on the same random numbers.
    pub costs: Vec<Pairs>,
    /// In which part more of the replications something is lost.
    pub riskier: Mean,
}

impl<'a> Case<'a> {
    /// The plan of a case against that of the scenario; both have the same clusters and
    /// replications.
    pub fn of(what_if: WhatIf, base: &Plan<'_>, plan: Plan<'a>) -> Case<'a> {
        let clusters = base.clusters.iter().zip(&plan.clusters);
        let costs = clusters.map(|(base, case)| {
            let best = |bill: &Bill| bill.each.clone();
            let before = best(&base.levels[base.best].bill);
            let after = best(&case.levels[case.best].bill);
            let pairs: Vec<(f64, f64)> = before.into_iter().zip(after).collect();
            Pairs::of(Measure::Cost, &pairs).expect("there is a replication")
        });
        let risks = base.lost.iter().zip(&plan.lost);
        let risks: Vec<f64> = risks
            .map(|(before, after)| f64::from(u8::from(*after)) - f64::from(u8::from(*before)))
            .collect();
        Case {
            costs: costs.collect(),
            riskier: super::mean(&risks),
            what_if,
            plan,
        }
    }
}
