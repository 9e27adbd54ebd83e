//! The answer in one line.

use super::super::format::lacks;
use super::super::format::{
    count, difference, interval, mean_difference, of_unit, sanitize, shares,
};
use super::WorstCase;
use crate::experiment::sensitivity::Answer;
use crate::experiment::worst::Difference;
use crate::scenario::Unit;

/// Where it is largest, how large it is there, and against the scenario as it is.
pub(super) fn answer(case: &WorstCase<'_>) -> String {
    let text = sanitize(&case.target.text);
    let points = case.found.coarse();
    let Some(winner) = &case.found.winner else {
        let first = case.found.looked.iter().find_map(|looked| looked.number);
        let all = count(points as u64);
        return match first {
            Some(number) => format!(
                "{text} is {} at all {all} points of the coarse grid: nowhere is it {}",
                case.shown(number),
                if case.least { "smaller" } else { "larger" }
            ),
            None => format!(
                "{text} has no value at any of the {all} points of the coarse grid: there are \
                 replications without one"
            ),
        };
    };
    let superlative = superlative(case);
    let place = sanitize(&case.place(&winner.at));
    let told = told(case, &winner.answer);
    let as_is = match &case.found.base {
        Ok(base) => case.shown(base.number),
        Err(reason) => reason.clone(),
    };
    let above = winner.above.map(|above| self::above(case, above));
    let above = above.map_or_else(String::new, |above| format!(": {above}"));
    format!("{text} is {superlative} at {place}: {told}, against {as_is} as it is{above}")
}

pub(super) fn superlative(case: &WorstCase<'_>) -> &'static str {
    if case.least { "smallest" } else { "largest" }
}

/// A statistic with its interval, or why it has none.
pub(super) fn told(case: &WorstCase<'_>, answer: &Result<Answer, String>) -> String {
    match answer {
        Err(reason) => reason.clone(),
        Ok(answer) => {
            let known = match answer.interval {
                Ok(_) => format!("95% interval {}", exactly(case, answer)),
                Err(_) => exactly(case, answer),
            };
            format!("{} ({known})", case.shown(answer.number))
        }
    }
}

/// The interval of a statistic, or why it has none.
pub(super) fn exactly(case: &WorstCase<'_>, answer: &Answer) -> String {
    match answer.interval {
        Ok(ends) if case.unit() == Unit::Ratio => shares(ends),
        Ok(ends) => interval(case.unit(), ends, of_unit),
        Err(lack) => lacks(lack),
    }
}

/// How far one statistic is above another.
pub(super) fn above(case: &WorstCase<'_>, above: Difference) -> String {
    match above {
        Difference::Mean(mean) => mean_difference(case.unit(), mean),
        Difference::Quantile(number, ends) => {
            let ends = interval(case.unit(), ends, difference);
            format!("{} ({ends})", difference(case.unit(), number))
        }
    }
}

/// What nobody can say: how wide a peak may be that lies between the points of the coarse grid.
pub(super) fn missed(case: &WorstCase<'_>) -> String {
    let keys = case.grids.iter().zip(&case.found.missed);
    let widths = keys.map(|(grid, steps)| {
        let path = sanitize(&grid.path);
        format!("{} of {path}", grid.span(*steps).text())
    });
    let widths: Vec<String> = widths.collect();
    format!(
        "Peaks narrower than {} may lie between the {} points of the coarse grid and be missed; \
         search a part of the range to see narrower ones.",
        widths.join(" or "),
        count(case.found.coarse() as u64)
    )
}
