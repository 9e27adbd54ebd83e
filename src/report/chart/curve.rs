//! What a measure comes to at each value of one parameter.

use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

use super::legend::Legend;
use super::page::{Drawing, Header, Picture, SMALL, TEXT, WIDTH, both};
use super::palette::{CURVES, FAINT, INK, LINE, MEAN, NARROW_BAND, PAPER, RULE, WIDE_BAND};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed, whisker};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::experiment::{Outcome, Summary};
use crate::scenario::Value;
use crate::statistics::{Interval, Proportion};

const LEFT: f64 = 76.0;
const RIGHT: f64 = 692.0;
const HEIGHT: f64 = 270.0;
const ROW: f64 = 20.0;
/// Names of curves in a row of the legend, and the room of each.
const NAMES: usize = 4;
const NAME: f64 = 128.0;
/// A scale of values that are this many times each other is logarithmic.
const WIDE: f64 = 1_000.0;
const DOTS: (f64, f64) = (1.5, 3.0);

/// What many replications say of a measure at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// How its values are spread.
    Spread {
        /// p5, p25, p50, p75 and p95, in the unit of the measure.
        quantiles: [f64; 5],
        /// Their mean.
        mean: f64,
    },
    /// How often something was so.
    Probability(Proportion),
}

impl Level {
    /// What a summary says of the spread of a measure; `None` where no replication had a value.
    pub fn of(summary: &Summary) -> Option<Level> {
        let [_, p5, p25, p50, p75, p95, ..] = summary.quantiles;
        let quantiles = [p5?, p25?, p50?, p75?, p95?].map(Value::number);
        let mean = summary.mean?.mean;
        Some(Level::Spread { quantiles, mean })
    }

    /// Its middle: the median, or the share.
    fn middle(&self) -> f64 {
        match self {
            Level::Spread { quantiles, .. } => quantiles[2],
            Level::Probability(proportion) => proportion.share().unwrap_or_default(),
        }
    }

    /// From where to where most of it lies, or its interval.
    fn ends(&self) -> Interval {
        match self {
            Level::Spread { quantiles, .. } => Interval {
                low: quantiles[0],
                high: quantiles[4],
            },
            Level::Probability(proportion) => proportion.interval().unwrap_or(Interval {
                low: 0.0,
                high: 1.0,
            }),
        }
    }

    fn mean(&self) -> Option<f64> {
        match self {
            Level::Spread { mean, .. } => Some(*mean),
            Level::Probability(_) => None,
        }
    }
}

/// A curve: a point for each value of the parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What tells it from others.
    pub name: String,
    /// What was found; `None` where no replication had a value.
    pub levels: Vec<Option<Level>>,
}

/// Something that is expected, and where it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// As it was written.
    pub text: String,
    /// The limit in the unit of the measure, where it is one of what is drawn.
    pub limit: Option<f64>,
    /// For each value of the parameter.
    pub outcomes: Vec<Outcome>,
}

/// A picture of `measure` over a parameter: median, mean and bands of one curve, medians and
/// whiskers of several; probabilities with their intervals.
pub fn curve_chart(
    title: &str,
    notes: &[String],
    parameter: &Parameter,
    (measure, quantity): (&str, Quantity),
    curves: &[Curve],
    expected: Option<&Expected>,
) -> Picture {
    let header = Header::new(title, notes, WIDTH);
    let named = if curves.len() > 1 {
        curves.len().div_ceil(NAMES)
    } else {
        0
    };
    let legend = header.height() + 14.0;
    let rows = 1 + named + usize::from(expected.is_some());
    let rows = f64::from(u32::try_from(rows).expect("few rows"));
    let strip = if expected.is_some() { 16.0 } else { 0.0 };
    let top = legend + ROW * rows + 12.0 + strip;
    let places = places(parameter);
    let y = Axis {
        scale: scale(quantity, curves, expected),
        from: top + HEIGHT,
        to: top,
    };
    both(&Plan {
        header,
        legend,
        parameter,
        measure: fitted(measure, 13.0, WIDTH / 2.0),
        places,
        y,
        curves,
        expected,
    })
}

struct Plan<'a> {
    header: Header,
    /// The height of the first row of the legend.
    legend: f64,
    parameter: &'a Parameter,
    measure: String,
    /// Where the values of the parameter are.
    places: Places,
    y: Axis,
    curves: &'a [Curve],
    expected: Option<&'a Expected>,
}

/// Where the values of a parameter are.
struct Places {
    /// The axis, where they are numbers.
    axis: Option<Axis>,
    at: Vec<f64>,
    /// The room of each.
    room: f64,
}

fn places(parameter: &Parameter) -> Places {
    let (from, to) = (LEFT + 10.0, RIGHT - 10.0);
    if let (Some(scale), Some((_, numbers))) = (parameter.scale(), &parameter.numbers) {
        let axis = Axis { scale, from, to };
        let at: Vec<f64> = numbers.iter().map(|number| axis.at(*number)).collect();
        let gaps = at.windows(2).map(|pair| pair[1] - pair[0]);
        let room = gaps.fold(RIGHT - LEFT, f64::min);
        let axis = Some(axis);
        return Places { axis, at, room };
    }
    let count = u32::try_from(parameter.labels.len()).expect("few values");
    let room = (RIGHT - LEFT) / f64::from(count.max(1));
    let at = (0..count).map(|i| LEFT + room * (f64::from(i) + 0.5));
    Places {
        axis: None,
        at: at.collect(),
        room,
    }
}

fn scale(quantity: Quantity, curves: &[Curve], expected: Option<&Expected>) -> Scale {
    let levels = || {
        curves
            .iter()
            .flat_map(|curve| curve.levels.iter().flatten())
    };
    let ends = levels().flat_map(|level| [level.ends().low, level.ends().high]);
    let limit = expected.and_then(|it| it.limit);
    let all: Vec<f64> = ends
        .chain(levels().filter_map(Level::mean))
        .chain(limit)
        .collect();
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(0.0, f64::max);
    if quantity != Quantity::Ratio && least > 0.0 && most >= WIDE * least && !all.is_empty() {
        return Scale::logarithmic(quantity, least, most);
    }
    Scale::linear(quantity, least.min(most), most, 5)
}

impl Drawing for Plan<'_> {
    fn title(&self) -> &str {
        &self.header.title
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.y.from + 50.0)
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Surface<B>) {
        self.header.draw(on);
        self.draw_legend(on);
        self.y.draw_left(on, LEFT, RIGHT);
        match (self.curves, &self.places.axis) {
            ([curve], Some(_)) => self.draw_bands(on, curve),
            ([curve], None) => self.draw_boxes(on, curve),
            _ => {}
        }
        for (i, curve) in self.curves.iter().enumerate() {
            self.draw_curve(on, i, curve);
        }
        self.draw_expected(on);
        self.draw_parameter(on);
    }
}

impl Plan<'_> {
    fn has_spread(&self) -> bool {
        let mut levels = self.curves.iter().flat_map(|it| it.levels.iter().flatten());
        levels.any(|level| level.mean().is_some())
    }

    /// What is drawn how; the first row begins with what the upright axis shows.
    fn draw_legend<B: DrawingBackend>(&self, on: &mut Surface<B>) {
        let mut legend = Legend::new(on, self.legend, &self.y.scale.titled(&self.measure));
        match (self.has_spread(), self.curves.len()) {
            (true, 1) => {
                legend.entry("p05 to p95", |on, frame| on.fill(frame, WIDE_BAND));
                legend.entry("p25 to p75", |on, frame| on.fill(frame, NARROW_BAND));
                legend.line("median", LINE, 2.2);
                legend.entry("mean", |on, frame| {
                    let (x, y) = frame.middle();
                    dashed(on, &[(frame.left, y), (frame.right, y)], DOTS, MEAN, 1.4);
                    Shape::Diamond.draw(on, (x, y), 2.6, MEAN, true);
                });
            }
            (true, _) => legend.entry("median, p05 to p95", mark_and_whisker),
            (false, _) => legend.entry("share, 95% interval", mark_and_whisker),
        }
        let mut baseline = self.legend + ROW;
        if self.curves.len() > 1 {
            for (row, curves) in self.curves.chunks(NAMES).enumerate() {
                let mut legend = Legend::untitled(on, baseline);
                for (i, curve) in curves.iter().enumerate() {
                    let (colour, shape) = look(row * NAMES + i);
                    legend.entry(&fitted(&curve.name, TEXT, NAME), |on, frame| {
                        let (x, y) = frame.middle();
                        on.line(&[(frame.left, y), (frame.right, y)], colour, 2.2);
                        shape.draw(on, (x, y), 3.5, colour, true);
                    });
                }
                baseline += ROW;
            }
        }
        if let Some(expected) = self.expected {
            let mut legend = Legend::untitled(on, baseline);
            for (name, outcome) in OUTCOMES {
                legend.entry(name, |on, frame| draw_outcome(on, frame.middle(), outcome));
            }
            let text = fitted(&expected.text, TEXT, WIDTH - 300.0);
            legend.entry(&text, |on, frame| {
                if expected.limit.is_none() {
                    return;
                }
                let y = f64::midpoint(frame.top, frame.bottom);
                let line = [(frame.left, y), (frame.right, y)];
                dashed(on, &line, (6.0, 3.0), INK, 1.4);
            });
        }
    }

    /// The points of a curve in pieces, where nothing is missing in between.
    fn pieces(&self, curve: &Curve, of: impl Fn(&Level) -> Option<f64>) -> Vec<Vec<(f64, f64)>> {
        let mut pieces = vec![Vec::new()];
        for (x, level) in self.places.at.iter().zip(&curve.levels) {
            match (level.as_ref().and_then(&of), pieces.last_mut()) {
                (Some(number), Some(piece)) => piece.push((*x, self.y.at(number))),
                _ => pieces.push(Vec::new()),
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    fn draw_bands<B: DrawingBackend>(&self, on: &mut Surface<B>, curve: &Curve) {
        for (low, high, colour) in [(0, 4, WIDE_BAND), (1, 3, NARROW_BAND)] {
            let edge = |index: usize| {
                self.pieces(curve, move |level| match level {
                    Level::Spread { quantiles, .. } => Some(quantiles[index]),
                    Level::Probability(_) => None,
                })
            };
            for (mut lower, upper) in edge(low).into_iter().zip(edge(high)) {
                // A point alone has a band of some width.
                if let [(x, y)] = lower[..] {
                    let frame = Frame {
                        left: x - 6.0,
                        right: x + 6.0,
                        top: upper[0].1,
                        bottom: y,
                    };
                    on.fill(frame, colour);
                } else {
                    lower.reverse();
                    lower.extend(upper);
                    on.polygon(&lower, colour);
                }
            }
        }
    }

    /// Between names there is nothing: each has a box of its own.
    fn draw_boxes<B: DrawingBackend>(&self, on: &mut Surface<B>, curve: &Curve) {
        let half = (self.places.room * 0.3).min(30.0);
        for (x, level) in self.places.at.iter().zip(&curve.levels) {
            let Some(Level::Spread { quantiles, .. }) = level else {
                continue;
            };
            for (low, high, half, colour) in [(0, 4, half, WIDE_BAND), (1, 3, half, NARROW_BAND)] {
                let frame = Frame {
                    left: x - half,
                    right: x + half,
                    top: self.y.at(quantiles[high]),
                    bottom: self.y.at(quantiles[low]),
                };
                on.fill(frame, colour);
            }
            let y = self.y.at(quantiles[2]);
            on.line(&[(x - half, y), (x + half, y)], LINE, 2.2);
        }
    }

    fn draw_curve<B: DrawingBackend>(&self, on: &mut Surface<B>, number: usize, curve: &Curve) {
        let (colour, shape) = look(number);
        let alone = self.curves.len() == 1;
        let connected = self.places.axis.is_some();
        if connected {
            for piece in self.pieces(curve, |level| Some(level.middle())) {
                on.line(&piece, colour, 2.2);
            }
        }
        if alone && connected {
            for piece in self.pieces(curve, Level::mean) {
                dashed(on, &piece, DOTS, MEAN, 1.4);
            }
        }
        let shift = self.shift(number);
        for (x, level) in self.places.at.iter().zip(&curve.levels) {
            // Closer together they would hide what is between them.
            if self.places.room < 5.0 {
                break;
            }
            let x = x + shift;
            let Some(level) = level else {
                if alone && self.places.room > 60.0 {
                    let at = (x, self.y.from - 8.0);
                    on.text("no value", at, SMALL, Anchor::Middle, FAINT);
                }
                continue;
            };
            match (alone, level.mean()) {
                (true, Some(mean)) => {
                    Shape::Diamond.draw(on, (x, self.y.at(mean)), 2.6, MEAN, true);
                }
                _ => {
                    let ends = level.ends();
                    let (from, to) = (self.y.at(ends.low), self.y.at(ends.high));
                    whisker(on, (x, from), (x, to), colour);
                    shape.draw(on, (x, self.y.at(level.middle())), 3.5, colour, true);
                }
            }
        }
    }

    /// How far the marks of a curve stand beside the others.
    fn shift(&self, number: usize) -> f64 {
        let count = f64::from(u32::try_from(self.curves.len()).expect("few curves"));
        let number = f64::from(u32::try_from(number).expect("few curves"));
        let apart = (self.places.room * 0.7 / count).min(12.0);
        let apart = match self.places.axis {
            Some(_) => apart.min(3.0),
            None => apart,
        };
        apart * (number - (count - 1.0) / 2.0)
    }

    /// The limit, and above the panel where what is expected holds.
    fn draw_expected<B: DrawingBackend>(&self, on: &mut Surface<B>) {
        let Some(expected) = self.expected else {
            return;
        };
        if let Some(limit) = expected.limit {
            let y = self.y.at(limit);
            dashed(on, &[(LEFT, y), (RIGHT, y)], (6.0, 3.0), INK, 1.4);
        }
        let y = self.y.to - 14.0;
        on.line(&[(LEFT, y), (RIGHT, y)], RULE, 0.8);
        let points: Vec<(f64, Outcome)> = self
            .places
            .at
            .iter()
            .copied()
            .zip(expected.outcomes.iter().copied())
            .collect();
        // Between two points it holds only where it holds at both.
        for pair in points.windows(2).filter(|_| self.places.axis.is_some()) {
            if pair.iter().all(|point| point.1 == Outcome::Passed) {
                on.line(&[(pair[0].0, y), (pair[1].0, y)], LINE, 3.0);
            }
        }
        for (x, outcome) in points {
            draw_outcome(on, (x, y), outcome);
        }
    }

    fn draw_parameter<B: DrawingBackend>(&self, on: &mut Surface<B>) {
        let bottom = self.y.from;
        let name = fitted(&self.parameter.name, TEXT, RIGHT - LEFT - 60.0);
        on.line(&[(LEFT, bottom), (RIGHT, bottom)], INK, 1.0);
        if let Some(axis) = &self.places.axis {
            let title = axis.scale.titled(&name);
            // Nobody guesses where a value lies between two powers.
            return match (axis.scale.logarithmic, &self.parameter.numbers) {
                (true, Some((_, numbers))) => {
                    let ticks = numbers.iter().copied().zip(self.parameter.labels.clone());
                    axis.draw_ticks(on, bottom, ticks.collect(), &title);
                }
                _ => axis.draw_below(on, bottom, &title),
            };
        }
        let labels = &self.parameter.labels;
        let widest = labels
            .iter()
            .map(|it| text_width(it, SMALL))
            .fold(0.0, f64::max);
        // So many labels share the room of their values, and only the first of them is written.
        let needed = (widest.min(70.0) + 6.0) / self.places.room;
        let every = (1..=labels.len())
            .find(|every| f64::from(u32::try_from(*every).expect("few")) >= needed);
        let every = every.unwrap_or(1);
        let room = self.places.room * f64::from(u32::try_from(every).expect("few")) - 4.0;
        for (x, label) in self.places.at.iter().zip(labels).step_by(every) {
            let label = fitted(label, SMALL, room);
            on.line(&[(*x, bottom), (*x, bottom + 4.0)], INK, 1.0);
            let half = text_width(&label, SMALL) / 2.0;
            let x = x.min(WIDTH - half - 4.0).max(half + 4.0);
            on.text(&label, (x, bottom + 17.0), SMALL, Anchor::Middle, INK);
        }
        let at = (f64::midpoint(LEFT, RIGHT), bottom + 35.0);
        on.text(&name, at, TEXT, Anchor::Middle, INK);
    }
}

/// The colour and the shape of a curve among others.
fn look(number: usize) -> (RGBColor, Shape) {
    let shapes = Shape::ALL;
    (CURVES[number % CURVES.len()], shapes[number % shapes.len()])
}

fn mark_and_whisker<B: DrawingBackend>(on: &mut Surface<B>, frame: Frame) {
    let (x, y) = frame.middle();
    whisker(on, (x, frame.bottom + 1.0), (x, frame.top - 1.0), INK);
    Shape::Round.draw(on, (x, y), 3.0, INK, true);
}

const OUTCOMES: [(&str, Outcome); 3] = [
    ("holds", Outcome::Passed),
    ("fails", Outcome::Failed),
    ("undecided", Outcome::Undecided),
];

/// Whether something holds, by shape and not by colour alone.
pub(super) fn draw_outcome<B: DrawingBackend>(
    on: &mut Surface<B>,
    (x, y): (f64, f64),
    outcome: Outcome,
) {
    match outcome {
        Outcome::Passed => Shape::Round.draw(on, (x, y), 3.5, LINE, true),
        Outcome::Undecided => Shape::Round.draw(on, (x, y), 3.5, FAINT, false),
        Outcome::Failed => {
            for (colour, width) in [(PAPER, 4.2), (MEAN, 2.0)] {
                for slope in [-3.2, 3.2] {
                    on.line(&[(x - 3.2, y - slope), (x + 3.2, y + slope)], colour, width);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn numbers(count: u32) -> Parameter {
        let numbers: Vec<f64> = (1..=count).map(|i| f64::from(i) * 600.0).collect();
        Parameter {
            name: "event.<vault>.duration".to_owned(),
            labels: numbers.iter().map(|it| format!("{it}s")).collect(),
            numbers: Some((Quantity::Duration, numbers)),
        }
    }

    fn names(count: usize) -> Parameter {
        Parameter {
            name: "behaviour.scope".to_owned(),
            labels: (0..count)
                .map(|i| format!("\"a long name {i}\" & <more>"))
                .collect(),
            numbers: None,
        }
    }

    fn spread(name: &str, count: u32, unit: f64) -> Curve {
        let level = |i: u32| Level::Spread {
            quantiles: [0.5, 0.8, 1.0, 1.3, 2.0].map(|part| part * unit * f64::from(i)),
            mean: 1.1 * unit * f64::from(i),
        };
        Curve {
            name: name.to_owned(),
            levels: (0..count).map(|i| (i != 3).then(|| level(i))).collect(),
        }
    }

    fn expected(count: usize) -> Expected {
        let all = [Outcome::Passed, Outcome::Undecided, Outcome::Failed];
        Expected {
            text: "mean(dropped) <= 20 GB".to_owned(),
            limit: Some(20e9),
            outcomes: (0..count).map(|i| all[i * 3 / count]).collect(),
        }
    }

    const DROPPED: (&str, Quantity) = ("dropped", Quantity::Volume);

    #[test]
    fn one_curve_has_bands_and_a_limit() {
        let chart = || {
            curve_chart(
                "Outages & <losses>",
                &["200 replications at each of 12 points".to_owned()],
                &numbers(12),
                DROPPED,
                &[spread("", 12, 3e9)],
                Some(&expected(12)),
            )
        };
        let texts = [
            "Outages & <losses>",
            "200 replications at each",
            "dropped (GB)",
            "event.<vault>.duration (min)",
            "p05 to p95",
            "mean(dropped) <= 20 GB",
            "undecided",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
    }

    #[test]
    fn several_curves_have_names() {
        let curves = [
            "a",
            "b",
            "a much longer name than there is room for",
            "d",
            "e",
            "f",
        ]
        .map(|name| spread(name, 40, 1e12));
        let chart = curve_chart("Six", &[], &numbers(40), DROPPED, &curves, None);
        sound(
            &chart,
            &["dropped (TB)", "a much longer na", "median, p05 to p95"],
        );
    }

    #[test]
    fn probabilities_have_intervals() {
        let level = |hits| Some(Level::Probability(Proportion { hits, count: 200 }));
        let curve = Curve {
            name: String::new(),
            levels: [0, 0, 17, 200].map(level).to_vec(),
        };
        let title = ("probability(dropped > 0 B)", Quantity::Ratio);
        let chart = curve_chart("p", &[], &numbers(4), title, &[curve], None);
        sound(
            &chart,
            &["probability(dropped > 0 B) (%)", "share, 95% interval"],
        );
    }

    #[test]
    fn names_are_boxes_and_anything_can_be_drawn() {
        for count in [1, 2, 7, 40] {
            let few = u32::try_from(count).expect("few");
            let curves = [spread("a", few, 0.0), spread("b", few, 1e6)];
            for curves in [&curves[..1], &curves] {
                let expected = expected(count);
                let chart = curve_chart("n", &[], &names(count), DROPPED, curves, Some(&expected));
                sound(&chart, &["behaviour.scope", "dropped"]);
            }
        }
        let none = Curve {
            name: "none".to_owned(),
            levels: vec![None, None],
        };
        sound(
            &curve_chart("n", &[], &numbers(2), DROPPED, &[none], None),
            &["n"],
        );
        let wide = Curve {
            name: "wide".to_owned(),
            levels: vec![
                Some(Level::Spread {
                    quantiles: [1.0; 5],
                    mean: 1.0,
                }),
                Some(Level::Spread {
                    quantiles: [1e15; 5],
                    mean: 1e15,
                }),
            ],
        };
        let chart = curve_chart("n", &[], &numbers(2), DROPPED, &[wide], None);
        sound(&chart, &["dropped (logarithmic)", "1 PB"]);
    }
}
