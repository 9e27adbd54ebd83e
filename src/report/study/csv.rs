//! A study as tables.

use std::io::{self, Write};

use super::super::csv::{Table, ci95, number, scope_fields};
use super::super::json::key;
use super::findings::Findings;
use super::json::plain;
use crate::experiment::{Column, Replications, Summary};
use crate::model::WEIGHT_UNIT;
use crate::scenario::{Measure, Scenario, Scope};

/// The columns of a summary.
pub(in crate::report) fn summary_header() -> Vec<&'static str> {
    let first = ["mean", "ci95_low", "ci95_high", "sd"];
    let last = ["nonzero", "without", "mean_of_nonzero"];
    let quantiles = Summary::QUANTILES.map(|(name, _)| name);
    [first.as_slice(), &quantiles, &last].concat()
}

/// The fields of a summary, empty where it has no value or no interval.
pub(in crate::report) fn summary_fields(summary: &Summary) -> Vec<String> {
    let mean = summary.mean;
    let mut fields = vec![number(mean.map(|mean| mean.mean))];
    fields.extend(ci95(mean.and_then(|mean| mean.interval())));
    fields.push(number(mean.map(|mean| mean.sd)));
    fields.extend(summary.quantiles.map(plain));
    fields.push(summary.nonzero.hits.to_string());
    fields.push(summary.without.to_string());
    fields.push(number(summary.mean_of_nonzero.map(|mean| mean.mean)));
    fields
}

/// Every measure of a study as a table: scope, name, measure (with its unit), and its summary.
pub fn study_csv(findings: &Findings<'_>) -> String {
    let mut header = vec!["scope", "name", "measure", "replications"];
    header.extend(summary_header());
    let mut table = Table::new(&header);
    let replications = findings.study.count().to_string();
    for (scope, measure, summary) in findings.summaries.iter() {
        let [words, name] = scope_fields(findings.scenario, scope);
        let mut row = vec![
            words.to_owned(),
            name.to_owned(),
            key(measure),
            replications.clone(),
        ];
        row.extend(summary_fields(summary));
        table.row(row);
    }
    table.text()
}

/// `replications.csv`: every measure of every replication, a row each, after its weight where it
/// has one. A measure of a workspace
/// or a cluster has their name before its own.
#[allow(clippy::cast_precision_loss)]
pub(in crate::report) fn replications_csv(
    to: &mut dyn Write,
    scenario: &Scenario,
    study: &Replications,
) -> io::Result<()> {
    let columns: Vec<Column<'_>> = study.columns().collect();
    let named = |scope: Scope, measure: Measure| {
        let name = scenario.name_of(scope, measure);
        name.strip_suffix(measure.name())
            .unwrap_or_default()
            .to_owned()
            + &key(measure)
    };
    let mut header = vec!["replication".to_owned()];
    header.extend(study.weights().map(|_| "weight".to_owned()));
    header.extend(
        columns
            .iter()
            .map(|column| named(column.scope, column.measure)),
    );
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = Table::to(to, &header)?;
    let mut values: Vec<_> = columns.iter().map(|column| column.values()).collect();
    let mut weights = study.weights();
    for replication in 0..study.count() {
        let mut row = vec![replication.to_string()];
        let weight = weights.as_mut().and_then(Iterator::next);
        row.extend(weight.map(|weight| number(Some(weight as f64 * WEIGHT_UNIT))));
        row.extend(values.iter_mut().map(|of| plain(of.next().flatten())));
        table.write(row)?;
    }
    table.end()
}
