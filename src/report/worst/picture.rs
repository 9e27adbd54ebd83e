//! A statistic over one key, two or three, with the answer.

use super::super::chart::{
    HeatCell, HeatPanel, Parameter, Peak, Picture, Quantity, heat_map, peak_chart,
};
use super::super::format::{count, replications, sanitize};
use super::WorstCase;
use super::answer::{superlative, told};
use crate::experiment::worst::{Looked, Place};
use crate::scenario::Axis;

/// Over one key a curve of all points; over two the coarse grid, and a panel for each value of a
/// third.
pub(super) fn picture(case: &WorstCase<'_>) -> Picture {
    let found = case.found;
    let title = sanitize(case.scenario.title.as_deref().unwrap_or("The worst case"));
    let winner = found.winner.as_ref().map(|winner| {
        let place = sanitize(&case.place(&winner.at));
        format!(
            "{} at {place}: {}",
            superlative(case),
            told(case, &winner.answer)
        )
    });
    let how = format!(
        "{} points, {} at most at each, on the same random numbers",
        count(found.looked.len() as u64),
        replications(case.replications as u64),
    );
    match case.grids {
        [_] => curve(case, (&title, &[how]), winner),
        _ => {
            let framed = winner
                .as_ref()
                .map(|_| "the framed cell is the nearest to it".to_owned());
            let notes: Vec<String> = winner.into_iter().chain(framed).chain([how]).collect();
            map(case, (&title, &notes))
        }
    }
}

/// The values of a key with some numbers.
fn axis(case: &WorstCase<'_>, key: usize, numbers: &[usize]) -> Axis {
    let grid = &case.grids[key];
    Axis {
        path: grid.path.clone(),
        values: numbers.iter().map(|number| grid.value(*number)).collect(),
    }
}

fn curve(
    case: &WorstCase<'_>,
    (title, notes): (&str, &[String]),
    winner: Option<String>,
) -> Picture {
    let found = case.found;
    let mut points: Vec<&Looked> = found.looked.iter().collect();
    points.sort_by_key(|looked| looked.at[0]);
    let numbers: Vec<usize> = points.iter().map(|looked| looked.at[0]).collect();
    let axis = axis(case, 0, &numbers);
    let origin = Parameter::origin(&axis.values);
    let seen: Vec<Option<f64>> = points.iter().map(|looked| looked.number).collect();
    let peak = |place: &Place| {
        let answer = place.answer.as_ref().ok()?;
        let (_, at) = Parameter::number(&case.grids[0].value(place.at[0]), origin)?;
        Some(Peak {
            words: winner.clone().unwrap_or_default(),
            at,
            number: answer.number,
            interval: answer.interval.ok(),
        })
    };
    let peaks = [&found.winner, &found.runner_up];
    let peaks: Vec<Peak> = peaks.into_iter().flatten().filter_map(peak).collect();
    let as_is = found.base.as_ref().ok().map(|base| base.number);
    peak_chart(
        title,
        notes,
        &Parameter::of(&axis),
        (&sanitize(&case.target.text), Quantity::from(case.unit())),
        &seen,
        &peaks,
        as_is,
    )
}

/// The coarse grid over the last two keys, which go on fastest; a panel for each value of the other.
fn map(case: &WorstCase<'_>, (title, notes): (&str, &[String])) -> Picture {
    let found = case.found;
    let keys = case.grids.len();
    let [upright, level] = [keys - 2, keys - 1].map(|key| axis(case, key, &found.axes[key]));
    let each = found.axes[keys - 2].len() * found.axes[keys - 1].len();
    let nearest = found.winner.as_ref().map(|winner| {
        let keys = found.axes.iter().zip(&winner.at);
        let nearest = keys.map(|(axis, at)| axis.iter().min_by_key(|coarse| coarse.abs_diff(*at)));
        nearest
            .map(|of| *of.expect("an axis has values"))
            .collect::<Vec<usize>>()
    });
    let panel = |points: &[Looked]| HeatPanel {
        name: match keys {
            2 => String::new(),
            _ => sanitize(&case.place(&points[0].at[..1])),
        },
        cells: points
            .iter()
            .map(|looked| HeatCell {
                value: looked.number,
                outcome: None,
            })
            .collect(),
        framed: nearest
            .as_ref()
            .and_then(|nearest| points.iter().position(|looked| looked.at == *nearest)),
    };
    let coarse = &found.looked[..found.coarse()];
    let panels: Vec<HeatPanel> = coarse.chunks(each).map(panel).collect();
    let parameters = (&Parameter::of(&level), &Parameter::of(&upright));
    let measure = sanitize(&case.target.text);
    let measure = (measure.as_str(), Quantity::from(case.unit()));
    heat_map(title, notes, parameters, measure, &panels, None)
}
