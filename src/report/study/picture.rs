//! A sweep as a picture: a curve over one key, a map of two, a map for each value of the others.

use super::super::chart::{
    Curve, Expected, HeatCell, HeatPanel, Level, Parameter, Picture, Quantity, curve_chart,
    heat_map,
};
use super::super::format::{count, shown};
use super::sweep::{Sweep, everywhere, place};
use crate::experiment::Cell;
use crate::scenario::{Expectation, Measure, Scope, Statistic};

/// The picture of the first measure that differs between points.
pub(super) fn picture(sweep: &Sweep<'_>) -> Picture {
    let varies = |of: &&(Scope, Measure)| everywhere(sweep, **of).is_none();
    let of = sweep.of.iter().find(varies).or(sweep.of.first());
    let of = *of.expect("a sweep shows something");
    let title = sweep.scenario.title.as_deref();
    let title = shown(title.unwrap_or("A scenario at many values of its keys"));
    let plural = if sweep.replications == 1 { "" } else { "s" };
    let notes = [format!(
        "{} points, {} replication{plural} each, on the same random numbers",
        count(sweep.cells.len() as u64),
        count(sweep.replications)
    )];
    if sweep.is_grid() && sweep.axes.len() > 1 {
        map(sweep, of, &title, &notes)
    } else {
        curve(sweep, of, &title, &notes)
    }
}

/// What is expected of a measure.
fn expectations<'a>(sweep: &Sweep<'a>, of: (Scope, Measure)) -> Vec<&'a Expectation> {
    let all = sweep.scenario.expectations.iter();
    all.filter(|it| (it.scope, it.measure) == of).collect()
}

/// The same in words; `None` where nothing is expected.
fn wording(expectations: &[&Expectation]) -> Option<String> {
    let texts: Vec<&str> = expectations.iter().map(|it| it.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" and "))
}

/// A curve over one axis, or over axes that go on together.
fn curve(sweep: &Sweep<'_>, of: (Scope, Measure), title: &str, notes: &[String]) -> Picture {
    let parameter = match sweep.axes {
        [axis] => Parameter {
            labels: labels(sweep, |cell| axis.values[cell.point[0]].brief()),
            numbers: Parameter::of(axis)
                .numbers
                .filter(|(_, numbers)| numbers.len() == sweep.cells.len()),
            name: axis.path.clone(),
        },
        axes => Parameter {
            name: "values that go on together".to_owned(),
            labels: labels(sweep, |cell| place(axes, cell)),
            numbers: None,
        },
    };
    let name = sweep.scenario.name_of(of.0, of.1);
    let levels = sweep
        .cells
        .iter()
        .map(|it| Level::of(sweep.summary(it, of)));
    let curves = [Curve {
        name: name.clone(),
        levels: levels.collect(),
    }];
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
        &curves,
        expected.as_ref(),
    )
}

fn labels(sweep: &Sweep<'_>, of: impl Fn(&Cell) -> String) -> Vec<String> {
    sweep.cells.iter().map(of).collect()
}

/// A map over the last two axes, which go on fastest; a panel for each point of the others.
fn map(sweep: &Sweep<'_>, of: (Scope, Measure), title: &str, notes: &[String]) -> Picture {
    let (others, last) = sweep.axes.split_at(sweep.axes.len() - 2);
    let [upright, level] = last else {
        unreachable!("two are split off")
    };
    let name = sweep.scenario.name_of(of.0, of.1);
    let expected = wording(&expectations(sweep, of));
    let panel = |cells: &[Cell]| HeatPanel {
        name: place(others, &cells[0]),
        cells: cells
            .iter()
            .map(|cell| HeatCell {
                value: sweep.summary(cell, of).mean.map(|mean| mean.mean),
                outcome: sweep.outcome(cell, of),
            })
            .collect(),
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
