//! The sequences as a table.

use super::super::csv::{Table, ci95, number};
use super::super::format::seconds;
use super::Faults;
use super::file::cut_name;
use crate::experiment::faults::Cut;

/// `faults.csv`: a row for each fault of each sequence, in the order of time.
pub fn faults_csv(faults: &Faults<'_>) -> String {
    let mut table = Table::new(&[
        "outcome",
        "sequence",
        "order",
        "part",
        "fault",
        "anchor",
        "after_s",
        "earliest_s",
        "latest_s",
        "replication",
        "expectation",
        "share",
        "share_ci95_low",
        "share_ci95_high",
        "worst",
        "classes",
        "rate_per_year",
        "file",
    ]);
    let rates = faults.rates();
    let mut rows = |outcome: &str, cuts: &[Cut]| {
        for (at, cut) in cuts.iter().enumerate() {
            let share = faults.share(cut);
            let measure = faults.expectation(cut).measure;
            for (part, (of, name)) in cut.parts.iter().zip(faults.names(cut)).enumerate() {
                let mut row = vec![
                    outcome.to_owned(),
                    (at + 1).to_string(),
                    cut.parts.len().to_string(),
                    (part + 1).to_string(),
                    name.to_owned(),
                    faults.anchor(of.place.anchor),
                    seconds(of.place.after.millis()),
                    seconds(of.within.0.millis()),
                    seconds(of.within.1.millis()),
                    cut.replication.to_string(),
                    faults.expectation(cut).text.clone(),
                    number(share.share()),
                ];
                row.extend(ci95(share.interval()));
                let worst = cut.verdict.worst_value(measure);
                row.push(number(worst.map(|worst| worst.number())));
                row.push(cut.classes.to_string());
                row.push(number(faults.rate(cut, &rates)));
                row.push(match outcome {
                    "breaks" => format!("faults/{}", cut_name(faults, at)),
                    _ => String::new(),
                });
                table.row(row);
            }
        }
    };
    rows("breaks", &faults.found.cuts);
    rows("undecided", &faults.found.undecided);
    table.text()
}
