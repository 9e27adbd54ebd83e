//! In which replication to begin.

use super::super::column::Column;
use super::super::replicate::Study;
use super::super::runner::Runner;
use super::super::variant::Variant;
use crate::error::Error;
use crate::scenario::{Expectation, Statistic};

/// So many replications are replayed before it is asked whether one fails.
const BLOCK: u64 = 64;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// Expectations, one of which must fail, in their order; those of many replications are passed
    /// over.
    pub expectations: &'a [Expectation],
    /// The first replication that is looked at.
    pub from: u64,
    /// How many are.
    pub count: u64,
    /// Not the first replication in which one fails, but of the first one that fails in any the
    /// replication in which its measure is farthest from what is expected.
    pub worst: bool,
    /// Whether what fails for want of a value counts.
    pub without_value: bool,
}

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// In which replication.
    pub replication: u64,
    /// Which of the expectations fails there.
    pub expectation: usize,
    /// Whether it fails for want of a value.
    pub without_value: bool,
}

/// Finds where to begin; `None`: nothing fails.
///
/// # Errors
///
/// Those of a study.
pub fn find(
    variant: &Variant,
    start: Start<'_>,
    runner: &Runner<'_>,
) -> Result<Option<Begin>, Error> {
    let all = start.expectations.iter().enumerate();
    let each = all.filter(|(_, expectation)| expectation.statistic == Statistic::Each);
    let expectations: Vec<(usize, &Expectation)> = each.collect();
    let mut study = Study::new(&variant.scenario, &variant.traces);
    study.kept = Vec::new();
    for (_, expectation) in &expectations {
        let of = (expectation.scope, expectation.measure);
        if !study.kept.contains(&of) {
            study.kept.push(of);
        }
    }
    if expectations.is_empty() {
        return Ok(None);
    }
    runner.progress.begin(start.count);
    let end = start.from + start.count;
    // Of each expectation: the replication to begin with, whether the measure has a value there,
    // and how far that is from what is expected.
    let mut found: Vec<Option<Failing>> = vec![None; expectations.len()];
    let mut from = start.from;
    while from < end {
        let until = (from + BLOCK).min(end);
        let all = study.gather(from..until, &runner.within())?;
        for ((_, expectation), found) in expectations.iter().zip(&mut found) {
            let column = all.of(expectation.scope, expectation.measure);
            let column = column.expect("it is kept");
            *found = failing(column, expectation, from, *found, start);
        }
        if !start.worst && found.iter().any(Option::is_some) {
            break;
        }
        from = until;
    }
    let found = expectations.iter().zip(found);
    let mut found = found.filter_map(|(&(at, _), found)| Some((at, found?)));
    let first = if start.worst {
        found.next()
    } else {
        found.min_by_key(|(_, failing)| failing.replication)
    };
    Ok(first.map(|(expectation, failing)| Begin {
        replication: failing.replication,
        expectation,
        without_value: failing.far.is_none(),
    }))
}

/// A replication in which an expectation fails.
#[derive(Debug, Clone, Copy)]
struct Failing {
    replication: u64,
    /// How far from what is expected, as a number; `None`: the measure has no value.
    far: Option<f64>,
}

/// The replication to begin with among those so far and those of a column.
fn failing(
    column: Column<'_>,
    expectation: &Expectation,
    from: u64,
    so_far: Option<Failing>,
    start: Start<'_>,
) -> Option<Failing> {
    let mut best = so_far;
    for (number, actual) in column.values().enumerate() {
        if actual.is_some_and(|actual| expectation.comparison.holds(actual, expectation.value)) {
            continue;
        }
        if actual.is_none() && !start.without_value {
            continue;
        }
        let next = Failing {
            replication: from + number as u64,
            far: actual.map(|actual| (actual.number() - expectation.value.number()).abs()),
        };
        let better = match best {
            None => true,
            // What has no value is no farther than anything.
            Some(best) => start.worst && next.far.unwrap_or(-1.0) > best.far.unwrap_or(-1.0),
        };
        if better {
            best = Some(next);
        }
    }
    best
}
