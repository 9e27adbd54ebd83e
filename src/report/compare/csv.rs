//! `compare.csv`.

use super::super::csv::{Table, ci95, scope_fields};
use super::super::json::key;
use super::{Compared, Other};
use crate::experiment::Paired;
use crate::scenario::Scenario;
use crate::statistics::Mean;

/// A row for each measure that both have, then one for each change: its values in both and
/// what it does to the measure that the verdict is about; then what changes do only together.
pub fn compare_csv(compared: &Compared<'_>) -> String {
    let mut table = Table::new(&[
        "what",
        "scenario",
        "scope",
        "name",
        "measure",
        "path",
        "first",
        "second",
        "difference",
        "ci95_low",
        "ci95_high",
        "sd",
        "median",
        "larger",
        "equal",
        "smaller",
        "one_sided",
        "note",
    ]);
    for other in &compared.others {
        for paired in &other.measures {
            table.row(measure(compared.first.scenario, other, paired));
        }
        for row in changes(compared.first.scenario, other) {
            table.row(row);
        }
    }
    table.text()
}

/// What stands before the numbers: whose measure it is.
fn head(what: &str, scenario: &Scenario, other: &Other<'_>, paired: &Paired) -> Vec<String> {
    let [scope, name] = scope_fields(scenario, paired.scope);
    let measure = key(paired.measure);
    [what, other.side.name, scope, name, &measure]
        .map(str::to_owned)
        .to_vec()
}

fn measure(scenario: &Scenario, other: &Other<'_>, paired: &Paired) -> Vec<String> {
    let mut row = head("measure", scenario, other, paired);
    row.push(String::new());
    let Some(pairs) = paired.pairs else {
        row.extend(std::iter::repeat_n(String::new(), 10));
        row.extend([paired.one_sided.to_string(), String::new()]);
        return row;
    };
    row.extend([pairs.first.mean, pairs.second.mean].map(|mean| mean.to_string()));
    row.extend(estimate(pairs.difference));
    row.push(pairs.median.to_string());
    let counts = [pairs.larger, pairs.equal, pairs.smaller, paired.one_sided];
    row.extend(counts.map(|count| count.to_string()));
    row.push(String::new());
    row
}

fn changes(scenario: &Scenario, other: &Other<'_>) -> Vec<Vec<String>> {
    let (Some(paired), Some(attribution)) = (other.telling(), &other.attribution) else {
        return Vec::new();
    };
    let row = |what: &str, path: &str, values: [String; 2], part: Result<Mean, &str>| {
        let mut row = head(what, scenario, other, paired);
        row.push(path.to_owned());
        row.extend(values);
        row.extend(part.map_or_else(|_| Default::default(), estimate));
        row.extend(std::iter::repeat_n(String::new(), 5));
        row.push(part.err().unwrap_or_default().to_owned());
        row
    };
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut rows: Vec<Vec<String>> = other
        .parts()
        .map(|(change, part)| {
            let values = [value(&change.from), value(&change.to)];
            let part = part.as_ref().copied().map_err(String::as_str);
            row("change", &change.path, values, part)
        })
        .collect();
    if let Some(together) = attribution.together {
        rows.push(row("together", "", Default::default(), Ok(together)));
    }
    rows
}

/// A mean difference, the ends of its interval, its standard deviation.
fn estimate(mean: Mean) -> [String; 4] {
    let [low, high] = ci95(mean.interval());
    [mean.mean.to_string(), low, high, mean.sd.to_string()]
}
