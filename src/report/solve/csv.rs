//! The threshold of each replication as a table.

use super::super::csv::{Table, ci95, number};
use super::solved::Solved;
use crate::experiment::solve::Seen;

/// `thresholds.csv`: of each replication the last value for which its condition holds, and
/// whether that is none, some or all of them; of a mean, what it is at each value that was looked
/// at.
pub fn solve_csv(solved: &Solved<'_>) -> String {
    if solved.solution.thresholds.is_empty() {
        return means(solved);
    }
    let mut table = Table::new(&["replication", &named(solved, "threshold"), "holds_for"]);
    let all = solved.grid.count();
    for (replication, &holds) in solved.solution.thresholds.iter().enumerate() {
        let (value, words) = match holds {
            0 => (String::new(), "none"),
            holds => (
                number(solved.grid.value(holds - 1).number()),
                if holds == all { "all" } else { "some" },
            ),
        };
        table.row([replication.to_string(), value, words.to_owned()]);
    }
    table.text()
}

/// A column with the unit of the key.
fn named(solved: &Solved<'_>, name: &str) -> String {
    let unit = solved.grid.low.unit().expect("a grid has quantities");
    format!("{name}_{unit}")
}

fn means(solved: &Solved<'_>) -> String {
    let mut table = Table::new(&[
        &named(solved, "value"),
        "mean",
        "ci95_low",
        "ci95_high",
        "holds",
    ]);
    for check in &solved.solution.checks {
        let Seen::Mean(mean) = check.seen else {
            unreachable!("without thresholds means were looked at")
        };
        let [low, high] = ci95(mean.and_then(|mean| mean.interval()));
        table.row([
            number(solved.grid.value(check.value).number()),
            number(mean.map(|mean| mean.mean)),
            low,
            high,
            check.holds.to_string(),
        ]);
    }
    table.text()
}
