//! What moves an answer, as text.

use super::super::format::{count, interval, mean_difference, range, replications, shown};
use super::super::study::json::lacks;
use super::super::text::{Look, heading_of};
use super::{Screening, Sensitivity, plain, short, verdict};
use crate::experiment::morris::Screened;
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};
use crate::scenario::Statistic;

/// What moves an answer; the first line says how much of it rests on assumed numbers.
pub fn sensitivity_text(sensitivity: &Sensitivity<'_>, look: Look) -> String {
    let mut text = look.paint("1", &verdict(sensitivity));
    text += &format!(
        "\n{} at each value, on common random numbers\n",
        replications(sensitivity.replications)
    );
    text += &heading_of(sensitivity.scenario, "", look);
    if let Ok(base) = sensitivity.base {
        let told = told(sensitivity, base);
        text += &look.wrap(
            "",
            &format!("{} as it is: {told}", sensitivity.target.text),
            2,
        );
    }
    text += &look.heading("One after another over its range, the widest first");
    let (moving, still): (Vec<&Influence>, Vec<&Influence>) =
        sensitivity.influences.iter().partition(|it| moves(it));
    for influence in moving {
        text += &one(sensitivity, influence, look);
    }
    if !still.is_empty() {
        let names: Vec<String> = still.iter().map(|it| name(&it.factor)).collect();
        text += &look.wrap(
            "  ",
            &format!("Without any effect: {}.", names.join(", ")),
            4,
        );
    }
    if let Some(screened) = &sensitivity.screening {
        text += &screening(sensitivity, screened, look);
    }
    text
}

/// Whether something is to be said of it: it moves the answer, or that is unknown.
fn moves(influence: &Influence) -> bool {
    influence.high > influence.low || influence.shifts.iter().any(|it| it.answer.is_err())
}

fn name(factor: &Factor) -> String {
    let of = if factor.assumed { "" } else { " (named)" };
    format!("{}{of}", shown(short(&factor.name)))
}

/// The answer with its interval, or why it has none.
fn told(sensitivity: &Sensitivity<'_>, answer: &Answer) -> String {
    let shown = |number| sensitivity.shown(number);
    let interval = match answer.interval {
        _ if matches!(
            sensitivity.target.statistic,
            Statistic::Min | Statistic::Max
        ) =>
        {
            return shown(answer.number);
        }
        Ok(ends) => {
            let ends = interval(sensitivity.unit(), ends, |_, end| shown(end));
            format!("95% interval {ends}")
        }
        Err(lack) => lacks(lack),
    };
    format!("{} ({interval})", shown(answer.number))
}

fn one(sensitivity: &Sensitivity<'_>, influence: &Influence, look: Look) -> String {
    let (low, high) = (influence.low, influence.high);
    let ends = range(&sensitivity.shown(low), &sensitivity.shown(high));
    let mut text = look.wrap("  ", &format!("{}: {ends}", name(&influence.factor)), 4);
    for shift in &influence.shifts {
        let line = format!("{}: {}", plain(&shift.value), effect(sensitivity, shift));
        text += &look.wrap("    ", &line, 6);
    }
    text
}

fn effect(sensitivity: &Sensitivity<'_>, shift: &Shift) -> String {
    match (&shift.answer, shift.difference) {
        (Err(reason), _) => format!("unknown: {}", reason.lines().next().unwrap_or_default()),
        (Ok(answer), None) => told(sensitivity, answer),
        (Ok(answer), Some(moved)) => {
            let moved = mean_difference(sensitivity.unit(), moved);
            format!("{}, {moved}", sensitivity.shown(answer.number))
        }
    }
}

fn screening(sensitivity: &Sensitivity<'_>, screened: &Screening<'_>, look: Look) -> String {
    let title = format!(
        "Screening by {} trajectories (Morris)",
        count(screened.trajectories as u64)
    );
    let mut text = look.heading(&title);
    let words = "mu* is the mean size of the effect of a move over the whole range while the \
                 others are anywhere in theirs, mu that with its sign; a large sigma says that it \
                 depends on the others, or on where in its range the factor is.";
    text += &look.wrap("  ", words, 2);
    let mut sorted: Vec<&(&Factor, Option<Screened>)> = screened.factors.iter().collect();
    let size = |it: &(&Factor, Option<Screened>)| it.1.map_or(f64::MAX, |it| it.mu_star);
    sorted.sort_by(|a, b| size(b).total_cmp(&size(a)));
    for (factor, screened) in sorted {
        let told = match screened {
            None => "unknown at every point".to_owned(),
            Some(it) => format!(
                "mu* {}, mu {}, sigma {}",
                sensitivity.shown(it.mu_star),
                sensitivity.shown(it.mu),
                sensitivity.shown(it.sigma)
            ),
        };
        text += &look.wrap("  ", &format!("{}: {told}", name(factor)), 4);
    }
    text
}
