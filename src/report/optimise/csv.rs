//! `optimise.csv`.

use super::super::csv::{Table, ci95, number};
use super::Optimised;
use crate::experiment::sensitivity::Answer;

/// A row for each combination: the option of each lever, the price of the options, replications, the
/// cost, what was seen of each promise and whether it holds, and whether nothing is better in cost
/// and in the first promise; and of those that were checked, the cost and the promises there.
pub fn optimise_csv(told: &Optimised<'_>) -> String {
    let mut header: Vec<String> = told.levers.iter().map(|lever| lever.name.clone()).collect();
    header.extend(["price", "replications", "cost"].map(str::to_owned));
    for expectation in told.expectations {
        header.extend([format!("seen: {}", expectation.text), "holds".to_owned()]);
    }
    header.extend(
        [
            "frontier",
            "checked_cost",
            "cost_ci95_low",
            "cost_ci95_high",
        ]
        .map(str::to_owned),
    );
    for expectation in told.expectations {
        let text = &expectation.text;
        header.extend([
            format!("checked: {text}"),
            "ci95_low".to_owned(),
            "ci95_high".to_owned(),
            "outcome".to_owned(),
        ]);
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = Table::new(&header);
    for (at, combination) in told.found.all.iter().enumerate() {
        let options = told.levers.iter().zip(&combination.options);
        let mut row: Vec<String> = options
            .map(|(lever, at)| lever.options[*at].name.clone())
            .collect();
        row.push(number(Some(told.price(combination))));
        row.extend([
            combination.replications.to_string(),
            number(combination.cost),
        ]);
        for (seen, holds) in combination.seen.iter().zip(&combination.holds) {
            row.extend([number(*seen), holds.to_string()]);
        }
        row.push(told.is_on_frontier(at).to_string());
        let mut checked = told.found.checked.iter();
        let checked = checked.find(|checked| checked.combination == at);
        let found = |answer: Option<&Result<Answer, String>>| {
            let answer = answer.and_then(|answer| answer.as_ref().ok());
            let [low, high] = ci95(answer.and_then(|answer| answer.interval.ok()));
            [number(answer.map(|answer| answer.number)), low, high]
        };
        row.extend(found(checked.map(|checked| &checked.cost)));
        for promise in 0..told.expectations.len() {
            row.extend(found(checked.map(|checked| &checked.promises[promise])));
            let sure = checked.map(|checked| super::json::outcome(checked.sure[promise]));
            row.push(sure.unwrap_or_default().to_owned());
        }
        table.row(row);
    }
    table.text()
}
