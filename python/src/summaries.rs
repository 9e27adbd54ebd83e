//! What many replications say of each measure, as columns.

use cmksim::experiment::Summary;
use cmksim::scenario::{Measure, Scenario, Scope};
use cmksim::statistics::Mean;

use super::columns::{Columns, signed};
use super::measures::{key, number, plain, scope_fields, unit};

/// A measure with its summary.
pub(crate) type Row<'a> = (Scope, Measure, &'a Summary);

/// Adds whose measure it is, which, what it counts, and its statistics in that unit.
pub(crate) fn add(columns: &mut Columns, scenario: &Scenario, rows: &[Row<'_>]) {
    measures(columns, scenario, rows.iter().map(|row| (row.0, row.1)));
    let means = |of: fn(&Mean) -> f64| {
        let rows = rows.iter();
        rows.map(move |(_, measure, summary)| Some(number(*measure, of(summary.mean.as_ref()?))))
    };
    columns.number("mean", "", means(|mean| mean.mean));
    interval(columns, rows.iter().map(|row| (row.1, row.2.mean.as_ref())));
    columns.number("sd", "", means(|mean| mean.sd));
    for (at, (name, _)) in Summary::QUANTILES.iter().enumerate() {
        let values = rows.iter().map(|row| row.2.quantiles[at].map(plain));
        columns.number(name, "", values);
    }
    let nonzero = rows.iter().map(|row| signed(row.2.nonzero.hits));
    columns.whole("nonzero", "count", nonzero);
    let without = rows.iter().map(|row| signed(row.2.without));
    columns.whole("without", "count", without);
}

/// Adds whose measures they are, which, and what they count.
pub(crate) fn measures(
    columns: &mut Columns,
    scenario: &Scenario,
    of: impl Iterator<Item = (Scope, Measure)> + Clone,
) {
    let scopes = of.clone().map(|(scope, _)| scope_fields(scenario, scope));
    columns.text("scope", scopes.clone().map(|fields| fields[0]));
    columns.text("name", scopes.map(|fields| fields[1]));
    let keys = of.clone().map(|(_, measure)| key(scenario, measure));
    columns.text("measure", keys);
    columns.text("unit", of.map(|(_, measure)| unit(scenario, measure)));
}

/// Adds the ends of the 95 % interval of some means; none where too few values are not 0.
pub(crate) fn interval<'a>(
    columns: &mut Columns,
    means: impl Iterator<Item = (Measure, Option<&'a Mean>)> + Clone,
) {
    let ends = means.map(|(measure, mean)| {
        let ends = mean.and_then(Mean::interval)?;
        Some((number(measure, ends.low), number(measure, ends.high)))
    });
    columns.number("ci95_low", "", ends.clone().map(|ends| Some(ends?.0)));
    columns.number("ci95_high", "", ends.map(|ends| Some(ends?.1)));
}
