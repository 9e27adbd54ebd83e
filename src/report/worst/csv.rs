//! `worst.csv`.

use super::super::csv::{Table, ci95, number};
use super::WorstCase;
use crate::experiment::sensitivity::Answer;

/// A row for each point that was looked at, and one for each that was checked: what it is, the
/// values of the keys (as they are written, and as plain numbers with the unit in the name of the
/// column), replications, the statistic and its interval.
pub fn worst_csv(case: &WorstCase<'_>) -> String {
    let mut header = vec!["what".to_owned()];
    for grid in case.grids {
        let unit = grid.low.unit().expect("a grid has quantities");
        header.extend([grid.path.clone(), format!("{}_{unit}", grid.path)]);
    }
    let fixed = ["replications", "number", "ci95_low", "ci95_high"];
    header.extend(fixed.map(str::to_owned));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = Table::new(&header);
    let values = |at: Option<&[usize]>| {
        let keys = case.grids.iter().enumerate();
        let value = |(key, grid): (usize, &crate::scenario::Grid)| match at {
            None => [String::new(), String::new()],
            Some(at) => {
                let value = grid.value(at[key]);
                [value.text(), number(value.number())]
            }
        };
        keys.flat_map(value).collect::<Vec<String>>()
    };
    let found = case.found;
    for (at, looked) in found.looked.iter().enumerate() {
        let what = if at < found.coarse() {
            "coarse"
        } else {
            "refined"
        };
        let mut row = vec![what.to_owned()];
        row.extend(values(Some(&looked.at)));
        row.extend([looked.replications.to_string(), number(looked.number)]);
        row.extend(ci95(None));
        table.row(row);
    }
    let mut checked = |what: &str, at: Option<&[usize]>, answer: &Result<Answer, String>| {
        let mut row = vec![what.to_owned()];
        row.extend(values(at));
        row.push(case.replications.to_string());
        let answer = answer.as_ref().ok();
        row.push(number(answer.map(|answer| answer.number)));
        row.extend(ci95(answer.and_then(|answer| answer.interval.ok())));
        table.row(row);
    };
    for (what, place) in [("answer", &found.winner), ("runner-up", &found.runner_up)] {
        if let Some(place) = place {
            checked(what, Some(&place.at), &place.answer);
        }
    }
    checked("as-it-is", None, &found.base);
    table.text()
}
