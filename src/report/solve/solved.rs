use crate::experiment::solve::Solution;
use crate::scenario::{Expectation, Grid, Scenario};

/// A question and what was found.
#[derive(Debug)]
pub struct Solved<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// What was to hold.
    pub expectation: &'a Expectation,
    /// The values of the key.
    pub grid: &'a Grid,
    /// In how many replications.
    pub replications: usize,
    /// What was found.
    pub solution: &'a Solution,
}
