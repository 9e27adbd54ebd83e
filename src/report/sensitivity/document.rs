//! What moves an answer, for people.

use super::super::chart::Picture;
use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::lacks;
use super::super::format::{NO_INTERVAL, count, interval, mean_difference, replications};
use super::super::terminal::{self, Style};
use super::{Screening, Sensitivity, plain, short, verdict};
use crate::experiment::morris::Screened;
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};
use crate::scenario::Statistic;

/// What moves an answer; the first line says how much of it rests on assumed numbers.
pub fn sensitivity_text(sensitivity: &Sensitivity<'_>, style: Style) -> String {
    terminal::text(&document(sensitivity, "", [None, None]), style)
}

/// What moves an answer of a scenario whose TOML is `source`; a page has the pictures: one
/// parameter after another, and the screening.
pub(super) fn document<'a>(
    sensitivity: &Sensitivity<'_>,
    source: &'a str,
    [alone, screened]: [Option<&'a Picture>; 2],
) -> Document<'a> {
    let often = replications(sensitivity.replications);
    let more = format!("{often} at each value, on common random numbers");
    let mut document = Document::about(sensitivity.scenario, &more);
    document.answers.push(verdict(sensitivity));
    let mut figures: Vec<Block<'_>> = alone.map(Block::Picture).into_iter().collect();
    if let Ok(base) = sensitivity.base {
        let (text, told) = (&sensitivity.target.text, told(sensitivity, base));
        figures.push(Block::Words(format!(
            "{text} with the scenario's own values: {told}"
        )));
    }
    figures.extend(influences(sensitivity));
    let heading = "One factor at a time over its range, the largest effect first";
    document.section("figures", heading, figures);
    if let Some(asked) = &sensitivity.screening {
        let trajectories = count(asked.trajectories as u64);
        let heading = format!("Screening by {trajectories} trajectories (Morris)");
        let picture = screened.map(Block::Picture).into_iter();
        let blocks = picture.chain(screening(sensitivity, asked)).collect();
        document.section("screening", heading, blocks);
    }
    document.rest(sensitivity.scenario, &[], source);
    document
}

/// Whether something is to be said of it: it moves the answer, or that is unknown.
fn moves(influence: &Influence) -> bool {
    influence.high > influence.low || influence.shifts.iter().any(|shift| shift.answer.is_err())
}

fn name(factor: &Factor) -> String {
    let of = if factor.assumed { "" } else { " (named)" };
    format!("{}{of}", short(&factor.name))
}

/// The answer with its interval, or why it has none.
fn told(sensitivity: &Sensitivity<'_>, answer: &Answer) -> String {
    let number = sensitivity.shown(answer.number);
    match known(sensitivity, answer) {
        None => number,
        Some(interval) => format!("{number} ({interval})"),
    }
}

/// The interval of an answer, or why it has none; of an extreme there is nothing to say.
fn known(sensitivity: &Sensitivity<'_>, answer: &Answer) -> Option<String> {
    let extreme = matches!(
        sensitivity.target.statistic,
        Statistic::Min | Statistic::Max
    );
    let known = match answer.interval {
        Ok(ends) => {
            let shown = |_, end| sensitivity.shown(end);
            let ends = interval(sensitivity.unit(), ends, shown);
            format!("95% interval {ends}")
        }
        Err(lack) => lacks(lack),
    };
    (!extreme).then_some(known)
}

/// What each factor does; those without any effect in a sentence.
fn influences<'a>(sensitivity: &Sensitivity<'_>) -> Vec<Block<'a>> {
    let columns = vec![
        Column::name("Parameter"),
        Column::words("Value"),
        Column::number("Answer"),
        Column::words("Range or difference"),
    ];
    let mut table = Table::new("", columns);
    let (moving, still): (Vec<&Influence>, Vec<&Influence>) = sensitivity
        .influences
        .iter()
        .partition(|influence| moves(influence));
    for influence in moving {
        table.row([
            Cell::Code(name(&influence.factor)),
            "".into(),
            "".into(),
            sensitivity.ends(influence.low, influence.high).into(),
        ]);
        for shift in &influence.shifts {
            let [answer, moved] = effect(sensitivity, shift);
            table.row(["".to_owned(), plain(&shift.value), answer, moved]);
        }
    }
    let names: Vec<String> = still
        .iter()
        .map(|influence| name(&influence.factor))
        .collect();
    let without = format!("No effect: {}.", names.join(", "));
    let without = (!names.is_empty()).then_some(Block::Words(without));
    let note = (!table.rows.is_empty()).then(|| Block::Note(NO_INTERVAL.to_owned()));
    table
        .block()
        .into_iter()
        .chain(note)
        .chain(without)
        .collect()
}

fn effect(sensitivity: &Sensitivity<'_>, shift: &Shift) -> [String; 2] {
    match (&shift.answer, shift.difference) {
        (Err(reason), _) => {
            let reason = reason.lines().next().unwrap_or_default();
            ["unknown".to_owned(), reason.to_owned()]
        }
        (Ok(answer), None) => [
            sensitivity.shown(answer.number),
            known(sensitivity, answer).unwrap_or_default(),
        ],
        (Ok(answer), Some(moved)) => [
            sensitivity.shown(answer.number),
            mean_difference(sensitivity.unit(), moved),
        ],
    }
}

fn screening<'a>(sensitivity: &Sensitivity<'_>, screened: &Screening<'_>) -> Vec<Block<'a>> {
    let words = "mu* is the mean absolute effect of moving a factor across its whole range while the other factors take any values in theirs; mu is the mean effect with its sign. A large sigma means that the effect depends on the other factors, or on where in its range the factor is.";
    let columns = std::iter::once(Column::name("Parameter"));
    let columns = columns.chain(["mu*", "mu", "sigma"].map(Column::number));
    let mut table = Table::new("", columns.collect());
    let mut sorted: Vec<&(&Factor, Option<Screened>)> = screened.factors.iter().collect();
    let size =
        |row: &(&Factor, Option<Screened>)| row.1.map_or(f64::MAX, |screened| screened.mu_star);
    sorted.sort_by(|a, b| size(b).total_cmp(&size(a)));
    for (factor, screened) in sorted {
        let number = |of: fn(&Screened) -> f64| {
            let number = screened
                .as_ref()
                .map(|screened| sensitivity.shown(of(screened)));
            Cell::Words(number.unwrap_or_else(|| "unknown".to_owned()))
        };
        table.row([
            Cell::Code(name(factor)),
            number(|screened| screened.mu_star),
            number(|screened| screened.mu),
            number(|screened| screened.sigma),
        ]);
    }
    vec![Block::Note(words.to_owned()), Block::Table(table)]
}
