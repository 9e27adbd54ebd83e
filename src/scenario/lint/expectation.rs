//! An expectation that cannot fail.

use super::super::diagnostics::Diagnostic;
use super::super::{Comparison, Expectation, Measure, Scenario, Scope, Source, Unit, Value};
use super::Written;
use crate::units::{Duration, Money, Rate, Volume};

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let scenario = written.scenario;
    for (index, expectation) in scenario.expectations.iter().enumerate() {
        if let Some(reason) = never_fails(expectation, scenario) {
            found.push(
                Diagnostic::warning(
                    written.expectation(index),
                    "this expectation cannot fail, so it checks nothing",
                )
                .label(reason),
            );
        }
    }
}

/// Why it holds whatever happens.
fn never_fails(expectation: &Expectation, scenario: &Scenario) -> Option<String> {
    let Expectation {
        measure,
        comparison,
        ..
    } = *expectation;
    // An estimate is left undecided where there is too little to go by.
    if expectation.statistic.is_estimated() || !has_a_value(expectation, scenario) {
        return None;
    }
    let name = measure.name();
    let (lowest, highest) = bounds(measure, scenario.duration);
    let below = expectation.value <= lowest;
    if below && comparison == Comparison::AtLeast {
        return Some(format!("`{name}` is never below this"));
    }
    let highest = highest?;
    let above = expectation.value > highest;
    let at = expectation.value == highest;
    match comparison {
        Comparison::AtMost if at || above => Some(format!("`{name}` is never above this")),
        Comparison::Below if above => Some(format!("`{name}` is always below this")),
        Comparison::NotEqual if above => Some(format!("`{name}` is always below this")),
        _ => None,
    }
}

/// Between which values a measure lies, whatever happens in a run of this length.
fn bounds(measure: Measure, run: Duration) -> (Value, Option<Value>) {
    match measure.unit() {
        Unit::Volume => (Value::Volume(Volume::ZERO), None),
        Unit::Count => (Value::Count(0), None),
        Unit::Money => (Value::Money(Money::ZERO), None),
        Unit::Ratio => (Value::Ratio(0.0), Some(Value::Ratio(1.0))),
        Unit::Duration => (Value::Duration(Duration::ZERO), Some(Value::Duration(run))),
    }
}

/// Measures that may have no value, which fails an expectation: there is no time to recover
/// without a recovery, and no ratio of losses without arrivals.
fn has_a_value(expectation: &Expectation, scenario: &Scenario) -> bool {
    let arrives = |index: usize| match scenario.workspaces[index].ingestion.source {
        Source::Rate(rate) => rate > Rate::ZERO,
        Source::Trace(_) => false,
    };
    match expectation.measure {
        Measure::TimeToRecover => false,
        Measure::IngestionAvailability | Measure::LossRatio => match expectation.scope {
            Scope::Workspace(index) => arrives(index),
            Scope::Total | Scope::Cluster(_) => (0..scenario.workspaces.len()).any(arrives),
        },
        _ => true,
    }
}
