//! What a measure comes to at each value of one parameter.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{Drawing, Header, Picture, SMALL, TEXT, WIDTH, both, whole};
use super::palette::{FAINT, INK, LINE, MEAN, NARROW_BAND, PAPER, RGBColor, RULE, WIDE_BAND};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::experiment::{Outcome, Summary};
use crate::scenario::Value;

const LEFT: f64 = 76.0;
const RIGHT: f64 = 692.0;
const HEIGHT: f64 = 270.0;
const ROW: f64 = 20.0;
/// A scale of values that are this many times each other is logarithmic.
const WIDE: f64 = 1_000.0;
const DOTS: (f64, f64) = (1.5, 3.0);
/// From which to which quantile of a level a band goes, the wide one first.
const BANDS: [(usize, usize, RGBColor); 2] = [(0, 4, WIDE_BAND), (1, 3, NARROW_BAND)];

/// How the values of a measure in many replications are spread at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Level {
    /// p05, p25, p50, p75 and p95, in the unit of the measure.
    quantiles: [f64; 5],
    /// Their mean.
    mean: f64,
}

impl Level {
    /// What a summary says of a measure; `None` where no replication had a value.
    pub(in crate::report) fn of(summary: &Summary) -> Option<Level> {
        let [_, p05, p25, p50, p75, p95, ..] = summary.quantiles;
        Some(Level {
            quantiles: [p05?, p25?, p50?, p75?, p95?].map(Value::number),
            mean: summary.mean?.mean,
        })
    }
}

/// Something that is expected, and where it holds.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Expected {
    /// As it was written.
    pub(in crate::report) text: String,
    /// The limit in the unit of the measure, where it is one of what is drawn.
    pub(in crate::report) limit: Option<f64>,
    /// For each value of the parameter.
    pub(in crate::report) outcomes: Vec<Outcome>,
}

/// A picture of `measure` over a parameter: its median, mean and bands. A level is `None` where no
/// replication had a value.
pub(in crate::report) fn curve_chart(
    title: &str,
    notes: &[String],
    parameter: &Parameter,
    (measure, quantity): (&str, Quantity),
    levels: &[Option<Level>],
    expected: Option<&Expected>,
) -> Picture {
    let header = Header::new(title, notes, WIDTH);
    let legend = header.height() + 14.0;
    // What is expected takes a row of the legend and a strip above the values.
    let expectations = if expected.is_some() { ROW + 16.0 } else { 0.0 };
    let top = legend + ROW + 12.0 + expectations;
    let places = places(parameter);
    let y = Axis {
        scale: scale(quantity, levels, expected),
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
        levels,
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
    levels: &'a [Option<Level>],
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
    let count = parameter.labels.len();
    let room = (RIGHT - LEFT) / whole(count.max(1));
    let at = (0..count).map(|i| LEFT + room * (whole(i) + 0.5));
    Places {
        axis: None,
        at: at.collect(),
        room,
    }
}

fn scale(quantity: Quantity, levels: &[Option<Level>], expected: Option<&Expected>) -> Scale {
    let of_level = |it: &Level| [it.quantiles[0], it.quantiles[4], it.mean];
    let limit = expected.and_then(|it| it.limit);
    let levels = levels.iter().flatten();
    let all: Vec<f64> = levels.flat_map(of_level).chain(limit).collect();
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

    fn data(&self) -> Vec<Data> {
        vec![self.table()]
    }

    fn draw(&self, on: &mut Surface) {
        self.header.draw(on);
        self.draw_legend(on);
        self.y.draw_left(on, LEFT, RIGHT);
        match self.places.axis {
            Some(_) => self.draw_curve(on),
            None => self.draw_boxes(on),
        }
        self.draw_means(on);
        self.draw_expected(on);
        self.draw_parameter(on);
    }
}

impl Plan<'_> {
    /// The levels as a table.
    fn table(&self) -> Data {
        let quantity = self.y.scale.quantity;
        let header = ["Value", "p05", "p25", "median", "p75", "p95", "mean"];
        let points: Vec<usize> = (0..self.levels.len()).collect();
        let row = |&at: &usize| {
            let numbers = self.levels[at].map_or([None; 6], |level| {
                let [p05, p25, p50, p75, p95] = level.quantiles;
                [p05, p25, p50, p75, p95, level.mean].map(Some)
            });
            let told =
                |it: Option<f64>| it.map_or_else(|| "none".to_owned(), |it| quantity.text(it));
            let label = std::iter::once(self.parameter.labels[at].clone());
            Row {
                x: self.places.at[at],
                cells: label.chain(numbers.map(told)).collect(),
            }
        };
        let caption = format!("{} by {}", self.measure, self.parameter.name);
        Data::of(caption, &header, &points, row).within(Frame {
            left: LEFT,
            top: self.y.to,
            right: RIGHT,
            bottom: self.y.from,
        })
    }

    /// What is drawn how; the first row begins with what the upright axis shows.
    fn draw_legend(&self, on: &mut Surface) {
        let mut legend = Legend::new(on, self.legend, &self.y.scale.titled(&self.measure));
        legend.entry("p05 to p95", |on, frame| on.fill(frame, WIDE_BAND));
        legend.entry("p25 to p75", |on, frame| on.fill(frame, NARROW_BAND));
        legend.line("median", LINE, 2.2);
        legend.entry("mean", |on, frame| {
            let (x, y) = frame.middle();
            dashed(on, &[(frame.left, y), (frame.right, y)], DOTS, MEAN, 1.4);
            Shape::Diamond.draw(on, (x, y), 2.6, MEAN, true);
        });
        if let Some(expected) = self.expected {
            let mut legend = Legend::untitled(on, self.legend + ROW);
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

    /// The points of a line in pieces, where nothing is missing in between.
    fn pieces(&self, of: impl Fn(&Level) -> f64) -> Vec<Vec<(f64, f64)>> {
        let mut pieces = vec![Vec::new()];
        for (x, level) in self.places.at.iter().zip(self.levels) {
            match (level.as_ref().map(&of), pieces.last_mut()) {
                (Some(number), Some(piece)) => piece.push((*x, self.y.at(number))),
                _ => pieces.push(Vec::new()),
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    fn draw_curve(&self, on: &mut Surface) {
        for (low, high, colour) in BANDS {
            let edge = |index: usize| self.pieces(move |level| level.quantiles[index]);
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
        for piece in self.pieces(|level| level.quantiles[2]) {
            on.line(&piece, LINE, 2.2);
        }
        for piece in self.pieces(|level| level.mean) {
            dashed(on, &piece, DOTS, MEAN, 1.4);
        }
    }

    /// Between names there is nothing: each has a box of its own.
    fn draw_boxes(&self, on: &mut Surface) {
        let half = (self.places.room * 0.3).min(30.0);
        for (x, level) in self.places.at.iter().zip(self.levels) {
            let Some(Level { quantiles, .. }) = level else {
                continue;
            };
            for (low, high, colour) in BANDS {
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

    fn draw_means(&self, on: &mut Surface) {
        // Closer together they would hide what is between them.
        if self.places.room < 5.0 {
            return;
        }
        for (x, level) in self.places.at.iter().zip(self.levels) {
            if let Some(level) = level {
                Shape::Diamond.draw(on, (*x, self.y.at(level.mean)), 2.6, MEAN, true);
            } else if self.places.room > 60.0 {
                let at = (*x, self.y.from - 8.0);
                on.text("no value", at, SMALL, Anchor::Center, FAINT);
            }
        }
    }

    /// The limit, and above the panel where what is expected holds.
    fn draw_expected(&self, on: &mut Surface) {
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

    fn draw_parameter(&self, on: &mut Surface) {
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
        let every = (1..=labels.len()).find(|every| whole(*every) >= needed);
        let every = every.unwrap_or(1);
        let room = self.places.room * whole(every) - 4.0;
        for (x, label) in self.places.at.iter().zip(labels).step_by(every) {
            let label = fitted(label, SMALL, room);
            on.line(&[(*x, bottom), (*x, bottom + 4.0)], INK, 1.0);
            let half = text_width(&label, SMALL) / 2.0;
            let x = x.min(WIDTH - half - 4.0).max(half + 4.0);
            on.text(&label, (x, bottom + 17.0), SMALL, Anchor::Center, INK);
        }
        let at = (f64::midpoint(LEFT, RIGHT), bottom + 35.0);
        on.text(&name, at, TEXT, Anchor::Center, INK);
    }
}

const OUTCOMES: [(&str, Outcome); 3] = [
    ("holds", Outcome::Passed),
    ("fails", Outcome::Failed),
    ("undecided", Outcome::Undecided),
];

/// Whether something holds, by shape and not by colour alone.
pub(super) fn draw_outcome(on: &mut Surface, (x, y): (f64, f64), outcome: Outcome) {
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

    fn spread(count: u32, unit: f64) -> Vec<Option<Level>> {
        let level = |i: u32| Level {
            quantiles: [0.5, 0.8, 1.0, 1.3, 2.0].map(|part| part * unit * f64::from(i)),
            mean: 1.1 * unit * f64::from(i),
        };
        (0..count).map(|i| (i != 3).then(|| level(i))).collect()
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
    fn a_curve_has_bands_and_a_limit() {
        let chart = || {
            curve_chart(
                "Outages & <losses>",
                &["200 replications at each of 12 points".to_owned()],
                &numbers(12),
                DROPPED,
                &spread(12, 3e9),
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
    fn names_are_boxes_and_anything_can_be_drawn() {
        for count in [1, 2, 7, 40] {
            let few = u32::try_from(count).expect("few");
            for unit in [0.0, 1e6] {
                let (levels, expected) = (spread(few, unit), expected(count));
                let chart = curve_chart("n", &[], &names(count), DROPPED, &levels, Some(&expected));
                sound(&chart, &["behaviour.scope", "dropped"]);
            }
        }
        let chart = curve_chart("n", &[], &numbers(2), DROPPED, &[None, None], None);
        sound(&chart, &["n"]);
        let wide = [1.0, 1e15].map(|value| {
            Some(Level {
                quantiles: [value; 5],
                mean: value,
            })
        });
        let chart = curve_chart("n", &[], &numbers(2), DROPPED, &wide, None);
        sound(&chart, &["dropped (logarithmic)", "1 PB"]);
    }
}
