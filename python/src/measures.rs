//! Measures under names that say what they count: `dropped_bytes`, `query_downtime_ms`,
//! `cost_usd`; shares and counts have no more than their name.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use cmksim::experiment::Column;
use cmksim::scenario::{Measure, Scenario, Scope, Unit, Value};
use pyo3::prelude::*;

use super::columns::signed;
use super::failure::Failure;

/// Every measure of the whole, of the workspaces and of the clusters.
pub(crate) fn every(scenario: &Scenario) -> impl Iterator<Item = (Scope, Measure)> {
    let workspaces = (0..scenario.workspaces.len()).map(Scope::Workspace);
    let clusters = (0..scenario.clusters.len()).map(Scope::Cluster);
    let scopes = [Scope::Total].into_iter().chain(workspaces).chain(clusters);
    scopes.flat_map(|scope| {
        let own = Measure::ALL.iter().filter(move |of| scope.has(**of));
        own.map(move |measure| (scope, *measure))
    })
}

/// The measure that an argument names. The name of a column is none, and the error says which
/// measure has it.
pub(crate) fn measure(
    scenario: &Scenario,
    argument: &str,
    text: &str,
) -> Result<(Scope, Measure), Failure> {
    scenario.measure(argument, text).map_err(|wrong| {
        let mut all = every(scenario);
        match all.find(|(scope, measure)| full_key(scenario, *scope, *measure) == text.trim()) {
            None => Failure::Diagnosed(wrong),
            Some((scope, measure)) => Failure::Placeless(format!(
                "{argument}: `{}` is the name of a column; its measure is `{}`",
                text.trim(),
                scenario.name_of(scope, measure)
            )),
        }
    })
}

/// The name of a measure with its unit.
pub(crate) fn key(scenario: &Scenario, measure: Measure) -> String {
    let name = measure.name();
    match measure.unit() {
        Unit::Volume => format!("{name}_bytes"),
        Unit::Duration => format!("{name}_ms"),
        Unit::Money => format!("{name}_{}", scenario.prices.currency.to_lowercase()),
        Unit::Ratio | Unit::Count => name.to_owned(),
    }
}

/// The same with whose measure it is: `workspace.logs.dropped_bytes`.
pub(crate) fn full_key(scenario: &Scenario, scope: Scope, measure: Measure) -> String {
    let full = scenario.name_of(scope, measure);
    let before = full.strip_suffix(measure.name()).unwrap_or_default();
    before.to_owned() + &key(scenario, measure)
}

/// What it counts.
pub(crate) fn unit(scenario: &Scenario, measure: Measure) -> &str {
    match measure.unit() {
        Unit::Volume => "bytes",
        Unit::Duration => "ms",
        Unit::Ratio => "ratio",
        Unit::Count => "count",
        Unit::Money => &scenario.prices.currency,
    }
}

/// The scope of a measure as two fields.
pub(crate) fn scope_fields(scenario: &Scenario, scope: Scope) -> [&str; 2] {
    match scope {
        Scope::Total => ["total", ""],
        Scope::Workspace(at) => ["workspace", &scenario.workspaces[at].name],
        Scope::Cluster(at) => ["cluster", &scenario.clusters[at].name],
    }
}

/// A number of a statistic of a measure, in its unit here: the library has seconds.
pub(crate) fn number(measure: Measure, number: f64) -> f64 {
    match measure.unit() {
        Unit::Duration => number * 1_000.0,
        Unit::Volume | Unit::Ratio | Unit::Count | Unit::Money => number,
    }
}

/// A value as a plain number in its unit here.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn plain(value: Value) -> f64 {
    match value {
        Value::Duration(duration) => duration.millis() as f64,
        other => other.number(),
    }
}

/// A whole value: bytes, milliseconds, a count.
fn whole(value: Value) -> i64 {
    match value {
        Value::Volume(volume) => signed(volume.bytes()),
        Value::Duration(duration) => duration.millis(),
        Value::Count(count) => signed(count),
        Value::Ratio(_) | Value::Money(_) => unreachable!("it is no whole number"),
    }
}

fn is_whole(measure: Measure) -> bool {
    matches!(measure.unit(), Unit::Volume | Unit::Duration | Unit::Count)
}

/// Whether a replication may have no value of a measure: it never recovers, or nothing is offered.
pub(crate) fn is_nullable(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::TimeToRecover | Measure::IngestionAvailability | Measure::LossRatio
    )
}

/// The values of a measure, one per replication.
pub(crate) fn array(column: Column<'_>) -> ArrayRef {
    let values = column.values();
    match is_whole(column.measure) {
        true => Arc::new(values.map(|of| of.map(whole)).collect::<Int64Array>()),
        false => Arc::new(values.map(|of| of.map(plain)).collect::<Float64Array>()),
    }
}

/// Whether two measures have the same kind of array.
pub(crate) fn alike(one: Measure, other: Measure) -> bool {
    let exact = one.unit() == other.unit() || (is_whole(one) && is_whole(other));
    exact && is_whole(one) == is_whole(other)
}

/// A value as a number of Python.
pub(crate) fn to_python(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    Ok(match value {
        Value::Ratio(_) | Value::Money(_) => plain(value).into_pyobject(py)?.into_any(),
        value => whole(value).into_pyobject(py)?.into_any(),
    })
}
