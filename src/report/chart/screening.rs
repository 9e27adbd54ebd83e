//! Which parameters matter at all, and which not alone: screening after Morris.

use super::legend::Legend;
use super::page::{MARGIN, Page, Picture, SMALL, TEXT, WIDTH};
use super::palette::{FAINT, INK, LINE, RULE};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};

const DASHES: (f64, f64) = (4.0, 3.0);
const HEIGHT: f64 = 280.0;
const ROW: f64 = 17.0;
/// Points closer to each other share a label.
const NEAREST: f64 = 12.0;
/// From the upright axis to what is 0.
const INSET: f64 = 12.0;

/// The elementary effects of a parameter on a measure.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Effect {
    /// Its name.
    pub(in crate::report) parameter: String,
    /// Whether no source states its value; else somebody named it.
    pub(in crate::report) assumed: bool,
    /// The mean of the effects' sizes, in the unit of the measure: mu*.
    pub(in crate::report) size: f64,
    /// The standard deviation of the effects, in the unit of the measure: sigma.
    pub(in crate::report) deviation: f64,
}

/// A picture of how much each parameter matters (mu*) against how much that depends on the
/// others or on its own value (sigma), numbered by mu* with a list of their names.
pub(in crate::report) fn screening_chart(
    title: &str,
    notes: &[String],
    (measure, quantity): (&str, Quantity),
    effects: &[Effect],
) -> Picture {
    let mut sorted: Vec<&Effect> = effects.iter().collect();
    sorted.sort_by(|a, b| b.size.total_cmp(&a.size));
    let most = |of: fn(&Effect) -> f64| effects.iter().map(of).fold(0.0, f64::max);
    let sizes = Scale::linear(quantity, 0.0, most(|of| of.size), 6);
    let deviations = Scale::linear(quantity, 0.0, most(|of| of.deviation), 5);
    let mut page = Page::new(title, notes, WIDTH);
    let mut legend = Legend::new(&mut page, &deviations.titled("sigma"));
    for (name, assumed) in [("assumed", true), ("named by you", false)] {
        if effects.iter().any(|effect| effect.assumed == assumed) {
            legend.entry(name, |on, frame| draw_point(on, frame.middle(), assumed));
        }
    }
    let words = "sigma = mu*: above it, the effect depends on other values";
    legend.dashed(words, DASHES, FAINT, 1.0);
    let frame = page.panel(12.0, HEIGHT);
    // A point at 0 stands beside the upright axis, not on it.
    let inner = Frame {
        left: frame.left + INSET,
        ..frame
    };
    let (x, y) = (Axis::level(sizes, inner), Axis::upright(deviations, frame));
    page.axis_left(&[frame], &y.ticks());
    let end = x.scale.high.min(y.scale.high);
    let diagonal = [(inner.left, frame.bottom), (x.at(end), y.at(end))];
    dashed(&mut page.on, &diagonal, DASHES, FAINT, 1.0);
    let places: Vec<(f64, f64)> = sorted
        .iter()
        .map(|of| (x.at(of.size), y.at(of.deviation)))
        .collect();
    for (effect, at) in sorted.iter().zip(&places) {
        draw_point(&mut page.on, *at, effect.assumed);
    }
    draw_numbers(&mut page.on, &places, diagonal, frame);
    let measure = fitted(measure, TEXT, 300.0);
    let title = format!("mu*, the mean size of an effect on {measure}");
    page.axis_below(frame, &x.ticks(), &x.scale.titled(&title));
    draw_names(&mut page, &sorted, quantity);
    page.done()
}

/// A number beside each point, or each group of points: where it is neither on the line of sigma
/// = mu* nor on a point, if there is such a place.
fn draw_numbers(on: &mut Surface, places: &[(f64, f64)], diagonal: [(f64, f64); 2], frame: Frame) {
    let mut placed: Vec<Frame> = Vec::new();
    for group in groups(places) {
        let (x, y) = places[group[0]];
        let words = numbers(&group);
        let wide = text_width(&words, SMALL);
        let beside = |right: bool, lower: f64| Frame {
            left: if right { x + 7.0 } else { x - 7.0 - wide },
            right: if right { x + 7.0 + wide } else { x - 7.0 },
            top: y + lower - 9.0,
            bottom: y + lower,
        };
        let sides = [
            (true, -5.0),
            (false, -5.0),
            (true, 4.0),
            (false, 4.0),
            (true, 13.0),
        ];
        let sides = sides.map(|(right, lower)| beside(right, lower));
        let apart = |of: &&Frame| {
            frame.left + 2.0 < of.left
                && of.right < frame.right
                && of.bottom < frame.bottom - 1.0
                && !placed.iter().any(|other| overlap(of, other))
        };
        let free = |of: &&Frame| !crosses(of, diagonal) && !places.iter().any(|at| covers(of, *at));
        let best = sides.iter().filter(apart).find(free);
        // Where there is no room at all the list below has the values.
        if let Some(best) = best.or_else(|| sides.iter().find(apart)) {
            let at = (best.left, best.bottom);
            on.text(&words, at, SMALL, Anchor::Left, INK);
            placed.push(*best);
        }
    }
}

/// Whether two frames overlap, or nearly touch from side to side.
fn overlap(one: &Frame, other: &Frame) -> bool {
    one.left < other.right + 3.0
        && other.left < one.right + 3.0
        && one.top < other.bottom
        && other.top < one.bottom
}

/// Whether a point lies on a frame or touches it.
fn covers(frame: &Frame, (x, y): (f64, f64)) -> bool {
    let near = 5.0;
    frame.left - near < x
        && x < frame.right + near
        && frame.top - near < y
        && y < frame.bottom + near
}

/// Whether a line that rises to the right goes through a frame, or right past it.
fn crosses(frame: &Frame, [from, to]: [(f64, f64); 2]) -> bool {
    let slope = (to.1 - from.1) / (to.0 - from.0).max(1.0);
    let y = |x: f64| from.1 + slope * (x - from.0);
    frame.right > from.0
        && frame.left < to.0
        && y(frame.left) > frame.top - 3.0
        && y(frame.right) < frame.bottom + 3.0
}

/// What the numbers of the points mean.
fn draw_names(page: &mut Page, effects: &[&Effect], quantity: Quantity) {
    let right = WIDTH - MARGIN;
    page.on
        .line(&[(MARGIN, page.y + 4.0), (right, page.y + 4.0)], RULE, 0.8);
    for (i, effect) in effects.iter().enumerate() {
        page.y += ROW;
        let (on, y) = (&mut page.on, page.y);
        let number = format!("{}", i + 1);
        on.text(&number, (MARGIN + 18.0, y), SMALL, Anchor::Right, INK);
        let assumed = if effect.assumed { " (assumed)" } else { "" };
        let name = fitted(&effect.parameter, SMALL, 330.0) + assumed;
        on.text(&name, (MARGIN + 28.0, y), SMALL, Anchor::Left, INK);
        let [size, deviation] = [effect.size, effect.deviation].map(|of| quantity.text(of));
        let values = format!("mu* {size}, sigma {deviation}");
        on.text(&values, (right, y), SMALL, Anchor::Right, INK);
    }
}

fn draw_point(on: &mut Surface, at: (f64, f64), assumed: bool) {
    if assumed {
        Shape::Square.draw(on, at, 4.2, LINE, false);
    } else {
        Shape::Round.draw(on, at, 4.0, LINE, true);
    }
}

/// Points that are close to the first of a group, in their order.
fn groups(places: &[(f64, f64)]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, (x, y)) in places.iter().enumerate() {
        let close = groups.iter_mut().find(|group| {
            let (of_x, of_y) = places[group[0]];
            (x - of_x).abs() < 3.0 * NEAREST && (y - of_y).abs() < NEAREST
        });
        match close {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
}

/// `1, 3 to 7`: indices counted from 1.
fn numbers(indices: &[usize]) -> String {
    let runs = indices.chunk_by(|a, b| a + 1 == *b);
    let run = |run: &[usize]| match run {
        [first, .., last] if last - first > 1 => format!("{} to {}", first + 1, last + 1),
        _ => {
            let all: Vec<String> = run.iter().map(|i| (i + 1).to_string()).collect();
            all.join(", ")
        }
    };
    runs.map(run).collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn effect(parameter: &str, size: f64, deviation: f64) -> Effect {
        Effect {
            parameter: parameter.to_owned(),
            assumed: parameter.len().is_multiple_of(2),
            size,
            deviation,
        }
    }

    const DROPPED: (&str, Quantity) = ("dropped", Quantity::Volume);

    #[test]
    fn points_are_numbered_by_size() {
        let effects = [
            effect("small <s>", 1e9, 2e8),
            effect("none", 0.0, 0.0),
            effect("nothing", 0.0, 0.0),
            effect("large", 9e9, 7e9),
        ];
        let chart = || screening_chart("Morris & co", &[], DROPPED, &effects);
        let texts = [
            "Morris & co",
            "sigma (GB)",
            "named by you",
            "mu*, the mean size of an effect on dropped (GB)",
            "3, 4",
            "small <s>",
            "none (assumed)",
            "mu* 9.00 GB, sigma 7.00 GB",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
    }

    #[test]
    fn a_number_stands_on_no_line() {
        let line = [(0.0, 100.0), (100.0, 0.0)];
        let frame = |left, bottom| Frame {
            left,
            right: left + 20.0,
            top: bottom - 9.0,
            bottom,
        };
        assert!(crosses(&frame(40.0, 55.0), line));
        assert!(!crosses(&frame(40.0, 90.0), line));
        assert!(!crosses(&frame(10.0, 60.0), line));
        assert!(!crosses(&frame(120.0, 5.0), line));
        // Close to 0 and above the line: right of the point is the line.
        let close = [
            effect("a", 9e9, 7e9),
            effect("b", 1e8, 2e8),
            effect("c", 0.0, 0.0),
        ];
        let chart = screening_chart("C", &[], DROPPED, &close);
        sound(&chart, &["2, 3"]);
    }

    #[test]
    fn anything_can_be_drawn() {
        sound(&screening_chart("0", &[], DROPPED, &[]), &["sigma (B)"]);
        let zeros: Vec<Effect> = (0..30).map(|i| effect(&"n".repeat(i), 0.0, 0.0)).collect();
        sound(&screening_chart("0", &[], DROPPED, &zeros), &["1 to 30"]);
        let line: Vec<Effect> = (0..30_u32)
            .map(|i| effect("a name", f64::from(i), f64::from(i * i)))
            .collect();
        sound(&screening_chart("L", &[], DROPPED, &line), &["30"]);
    }

    #[test]
    fn runs_of_numbers_are_short() {
        assert_eq!(numbers(&[0]), "1");
        assert_eq!(numbers(&[0, 1]), "1, 2");
        assert_eq!(numbers(&[0, 2, 3, 4, 8]), "1, 3 to 5, 9");
    }
}
