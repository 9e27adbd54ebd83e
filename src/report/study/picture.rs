//! A sweep as a picture: a curve over one key, a map of two, a map for each value of the others.

use super::super::chart::{
    Expected, HeatCell, HeatPanel, Level, Parameter, Picture, Quantity, curve_chart, heat_map,
};
use super::super::format::{replications, sanitize};
use super::sweep::{Sweep, everywhere, place, points, words};
use crate::experiment::{Cell, settings};
use crate::scenario::{Expectation, Measure, Scope, Statistic};

/// The picture of the first measure that differs between points.
pub(super) fn picture(sweep: &Sweep<'_>) -> Picture {
    let varies = |of: &&(Scope, Measure)| everywhere(sweep, **of).is_none();
    let of = sweep.of.iter().find(varies).or(sweep.of.first());
    let of = *of.expect("a sweep shows something");
    let title = sweep.scenario.title.as_deref();
    let title = sanitize(title.unwrap_or("A scenario at many values of its keys"));
    let notes = [format!(
        "{}, {} each, on the same random numbers",
        points(sweep),
        replications(sweep.replications)
    )];
    match open(sweep).as_slice() {
        [others @ .., upright, level] if !sweep.lockstep => {
            map(sweep, of, (others, *upright, *level), (&title, &notes))
        }
        open => curve(sweep, of, open, (&title, &notes)),
    }
}

/// The numbers of the axes with more than one value; nothing is seen of the others.
fn open(sweep: &Sweep<'_>) -> Vec<usize> {
    let all = 0..sweep.axes.len();
    all.filter(|at| sweep.axes[*at].values.len() > 1).collect()
}

/// What is expected of a measure.
fn expectations<'a>(sweep: &Sweep<'a>, of: (Scope, Measure)) -> Vec<&'a Expectation> {
    let all = sweep.scenario.expectations.iter();
    all.filter(|one| (one.scope, one.measure) == of).collect()
}

/// The same in words; `None` where nothing is expected.
fn wording(expectations: &[&Expectation]) -> Option<String> {
    let texts: Vec<&str> = expectations.iter().map(|one| one.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" and "))
}

/// A curve over one axis, or over axes that go on together.
fn curve(
    sweep: &Sweep<'_>,
    of: (Scope, Measure),
    open: &[usize],
    (title, notes): (&str, &[String]),
) -> Picture {
    let parameter = match (open, sweep.axes) {
        ([at], _) => Parameter::of(&sweep.axes[*at]),
        (_, [axis]) => Parameter::of(axis),
        (_, axes) => Parameter {
            name: "values that go on together".to_owned(),
            labels: sweep.cells.iter().map(|cell| place(axes, cell)).collect(),
            numbers: None,
        },
    };
    let name = sweep.scenario.name_of(of.0, of.1);
    let levels = sweep
        .cells
        .iter()
        .map(|cell| Level::of(sweep.summary(cell, of)));
    let levels: Vec<Option<Level>> = levels.collect();
    let expectations = expectations(sweep, of);
    let expected = wording(&expectations).map(|text| Expected {
        text,
        limit: match expectations.as_slice() {
            [only] if !matches!(only.statistic, Statistic::Probability(..)) => {
                Some(only.value.number())
            }
            _ => None,
        },
        outcomes: sweep
            .cells
            .iter()
            .filter_map(|cell| sweep.outcome(cell, of))
            .collect(),
    });
    let quantity = Quantity::from(of.1.unit());
    curve_chart(
        title,
        notes,
        &parameter,
        (&name, quantity),
        &levels,
        expected.as_ref(),
    )
}

/// A map over the last two axes, which go on fastest; a panel for each point of the others.
fn map(
    sweep: &Sweep<'_>,
    of: (Scope, Measure),
    (others, upright, level): (&[usize], usize, usize),
    (title, notes): (&str, &[String]),
) -> Picture {
    let [upright, level] = [upright, level].map(|at| &sweep.axes[at]);
    let name_of = |cell: &Cell| {
        let all: Vec<_> = settings(sweep.axes, &cell.point).collect();
        words(sweep.axes, others.iter().map(|&at| (at, all[at])))
    };
    let name = sweep.scenario.name_of(of.0, of.1);
    let expected = wording(&expectations(sweep, of));
    let panel = |cells: &[Cell]| HeatPanel {
        name: name_of(&cells[0]),
        cells: cells
            .iter()
            .map(|cell| HeatCell {
                value: sweep.summary(cell, of).mean.map(|mean| mean.mean),
                outcome: sweep.outcome(cell, of),
            })
            .collect(),
        framed: None,
    };
    let each = upright.values.len() * level.values.len();
    let panels: Vec<HeatPanel> = sweep.cells.chunks(each).map(panel).collect();
    let parameters = (&Parameter::of(level), &Parameter::of(upright));
    let measure = (format!("mean {name}"), Quantity::from(of.1.unit()));
    heat_map(
        title,
        notes,
        parameters,
        (&measure.0, measure.1),
        &panels,
        expected.as_deref(),
    )
}
