//! `sensitivity.csv`.

use super::super::csv::{Table, ci95, number};
use super::{Sensitivity, plain};
use crate::experiment::morris::Screened;
use crate::experiment::sensitivity::{Answer, Factor};
use crate::statistics::Mean;

/// A row for the answer as it is, one for each value of each factor, one for each factor that
/// was screened.
pub fn sensitivity_csv(sensitivity: &Sensitivity<'_>) -> String {
    let mut table = Table::new(&[
        "what",
        "name",
        "assumed",
        "value",
        "answer",
        "ci95_low",
        "ci95_high",
        "difference",
        "difference_ci95_low",
        "difference_ci95_high",
        "mu",
        "mu_star",
        "sigma",
        "effects",
        "note",
    ]);
    let none = || String::new();
    let mut row = |head: [String; 4], answer: &Result<Answer, String>, moved: Option<Mean>| {
        let found = answer.as_ref().ok().map(|answer| answer.number);
        let ends = answer.as_ref().ok().and_then(|answer| answer.interval.ok());
        let mut row = head.to_vec();
        row.push(number(found));
        row.extend(ci95(ends));
        row.push(number(moved.map(|mean| mean.mean)));
        row.extend(ci95(moved.and_then(|mean| mean.interval())));
        row.extend([none(), none(), none(), none()]);
        row.push(answer.as_ref().err().cloned().unwrap_or_default());
        table.row(row);
    };
    let base = ["base".to_owned(), none(), none(), none()];
    row(base, sensitivity.base, None);
    for influence in sensitivity.influences {
        for shift in &influence.shifts {
            let head = head("value", &influence.factor, &plain(&shift.value));
            row(head, &shift.answer, shift.difference);
        }
    }
    for (factor, screened) in sensitivity
        .screening
        .iter()
        .flat_map(|screening| &screening.factors)
    {
        let mut row = head("screening", factor, "").to_vec();
        row.extend(std::iter::repeat_n(none(), 6));
        let of = |of: fn(&Screened) -> f64| number(screened.as_ref().map(of));
        row.extend([
            of(|screened| screened.mu),
            of(|screened| screened.mu_star),
            of(|screened| screened.sigma),
        ]);
        row.push(screened.map_or(0, |screened| screened.count).to_string());
        row.push(none());
        table.row(row);
    }
    table.text()
}

fn head(what: &str, factor: &Factor, value: &str) -> [String; 4] {
    let assumed = factor.assumed.to_string();
    [
        what.to_owned(),
        factor.name.clone(),
        assumed,
        value.to_owned(),
    ]
}
