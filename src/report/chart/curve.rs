//! What a measure comes to at each value of one parameter.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, SMALL, TEXT, Ticks, WIDTH, touch, whole};
use super::palette::{FAINT, INK, LINE, MEAN, NARROW_BAND, RGBColor, RULE, WIDE_BAND};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed, outcome};
use super::surface::{Anchor, Frame, Surface, fitted};
use crate::experiment::{Outcome, Summary};
use crate::scenario::Value;

const HEIGHT: f64 = 270.0;
/// A scale of values that are this many times each other is logarithmic.
const WIDE: f64 = 1_000.0;
const DOTS: (f64, f64) = (1.5, 3.0);
const LIMIT: (f64, f64) = (6.0, 3.0);
/// A mean closer to its median is not drawn: one would hide the other.
const APART: f64 = 5.0;
/// The line of a median would hide a box that is lower, so it covers the middle of it only.
const FLAT: f64 = 6.0;
/// Marks closer to each other would hide what is between them.
const NEAREST: f64 = 10.0;
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
    let mut page = Page::new(title, notes, WIDTH);
    let scale = scale(quantity, levels, expected);
    let measure = fitted(measure, CAPTION, WIDTH / 2.0);
    let drawn = Drawn::of(levels, &scale);
    draw_legend(&mut page, &scale.titled(&measure), &drawn, expected);
    // Above the values is a strip for where what is expected holds.
    let above = if expected.is_some() { 30.0 } else { 12.0 };
    let frame = page.panel(above, HEIGHT);
    let places = Places::new(parameter, frame);
    let y = Axis::upright(scale, frame);
    page.axis_left(&[frame], &y.ticks());
    let curve = Curve {
        places: &places,
        y: &y,
        levels,
    };
    page.show(curve.table(&measure, parameter).within(frame));
    if places.even {
        curve.draw_boxes(&mut page.on);
    } else {
        curve.draw_lines(&mut page.on);
    }
    curve.draw_means(&mut page.on);
    places.draw_unnamed(&mut page.on, frame.bottom);
    if let Some(expected) = expected {
        draw_expected(&mut page.on, expected, &places, &y, frame);
    }
    page.axis_below(frame, &places.ticks, &places.title);
    page.done()
}

/// Where the values of a parameter are.
struct Places {
    at: Vec<f64>,
    /// The room of each.
    room: f64,
    /// Whether they are names, which stand evenly, and no numbers.
    even: bool,
    /// Those that are named.
    ticks: Ticks,
    title: String,
}

impl Places {
    fn new(parameter: &Parameter, frame: Frame) -> Places {
        let name = fitted(&parameter.name, TEXT, frame.right - frame.left - 60.0);
        if let (Some(scale), Some((_, numbers))) = (parameter.scale(), &parameter.numbers) {
            let inner = Frame {
                left: frame.left + 10.0,
                right: frame.right - 10.0,
                ..frame
            };
            let axis = Axis::level(scale, inner);
            let at: Vec<f64> = numbers.iter().map(|number| axis.at(*number)).collect();
            let gaps = at.windows(2).map(|pair| pair[1] - pair[0]);
            return Places {
                room: gaps.fold(frame.right - frame.left, f64::min),
                even: false,
                // Nobody guesses where a value lies between two powers.
                ticks: if axis.scale.logarithmic {
                    let ticks = at.iter().copied().zip(parameter.labels.clone());
                    apart(ticks.collect(), (frame.left, frame.right))
                } else {
                    axis.ticks()
                },
                title: axis.scale.titled(&name),
                at,
            };
        }
        let ticks = parameter.ticks(frame.left, frame.right);
        Places {
            at: ticks.iter().map(|tick| tick.0).collect(),
            room: (frame.right - frame.left) / whole(ticks.len().max(1)),
            even: true,
            ticks,
            title: name,
        }
    }

    /// A short tick at each value without a name.
    fn draw_unnamed(&self, on: &mut Surface, bottom: f64) {
        if self.room >= 1.5 {
            for x in &self.at {
                on.line(&[(*x, bottom), (*x, bottom + 2.5)], INK, 0.8);
            }
        }
    }
}

/// The first of the ticks, and each whose name does not touch that of the one before.
fn apart(ticks: Ticks, ends: (f64, f64)) -> Ticks {
    let mut kept = Ticks::new();
    for tick in ticks {
        if kept.last().is_none_or(|last| !touch(&[last, &tick], ends)) {
            kept.push(tick);
        }
    }
    kept
}

/// What of the levels can be seen.
struct Drawn {
    /// Whether the replications differ anywhere.
    bands: bool,
    /// Whether a mean is apart from its median.
    means: bool,
}

impl Drawn {
    fn of(levels: &[Option<Level>], scale: &Scale) -> Drawn {
        let mut levels = levels.iter().flatten();
        let high = |number| HEIGHT * scale.part(number);
        Drawn {
            bands: levels
                .clone()
                .any(|level| level.quantiles[0] < level.quantiles[4]),
            means: levels.any(|level| (high(level.mean) - high(level.quantiles[2])).abs() >= APART),
        }
    }
}

fn scale(quantity: Quantity, levels: &[Option<Level>], expected: Option<&Expected>) -> Scale {
    let of_level = |level: &Level| [level.quantiles[0], level.quantiles[4], level.mean];
    let limit = expected.and_then(|expected| expected.limit);
    let levels = levels.iter().flatten();
    let (least, most) = range(levels.flat_map(of_level).chain(limit));
    if quantity != Quantity::Ratio && least > 0.0 && most >= WIDE * least {
        return Scale::logarithmic(quantity, least, most);
    }
    Scale::linear(quantity, least, most, 5)
}

/// What is drawn how; the first row begins with what the upright axis shows, the second with what
/// is expected.
fn draw_legend(page: &mut Page, title: &str, drawn: &Drawn, expected: Option<&Expected>) {
    let mut legend = Legend::new(page, title);
    if drawn.bands {
        legend.area("p05 to p95", WIDE_BAND);
        legend.area("p25 to p75", NARROW_BAND);
    }
    let line = match (drawn.bands, drawn.means) {
        (false, false) => "the same in all replications",
        (_, false) => "median and mean",
        _ => "median",
    };
    legend.line(line, LINE, 2.2);
    if drawn.means {
        legend.entry("mean, where it is apart from the median", |on, frame| {
            dashed(on, &frame.level(), DOTS, MEAN, 1.4);
            Shape::Diamond.draw(on, frame.middle(), 2.6, MEAN, true);
        });
    }
    let Some(expected) = expected else { return };
    let text = fitted(&expected.text, TEXT, WIDTH - 340.0);
    let mut legend = Legend::new(page, &text);
    for (name, of) in [
        ("holds", Outcome::Passed),
        ("fails", Outcome::Failed),
        ("undecided", Outcome::Undecided),
    ] {
        if expected.outcomes.contains(&of) {
            legend.entry(name, |on, frame| outcome(on, frame.middle(), of));
        }
    }
    if expected.limit.is_some() {
        legend.dashed("limit", LIMIT, INK, 1.4);
    }
}

/// The limit, and above the panel where what is expected holds.
fn draw_expected(on: &mut Surface, expected: &Expected, places: &Places, y: &Axis, frame: Frame) {
    let across = |y| [(frame.left, y), (frame.right, y)];
    if let Some(limit) = expected.limit {
        dashed(on, &across(y.at(limit)), LIMIT, INK, 1.4);
    }
    let y = frame.top - 14.0;
    on.line(&across(y), RULE, 0.8);
    let points = places.at.iter().zip(&expected.outcomes);
    let points: Vec<(f64, Outcome)> = points.map(|(x, of)| (*x, *of)).collect();
    // Between two points it holds only where it holds at both.
    for pair in points.windows(2).filter(|_| !places.even) {
        if pair.iter().all(|point| point.1 == Outcome::Passed) {
            on.line(&[(pair[0].0, y), (pair[1].0, y)], INK, 2.0);
        }
    }
    for (x, of) in points {
        outcome(on, (x, y), of);
    }
}

/// The levels in their places.
struct Curve<'a> {
    places: &'a Places,
    y: &'a Axis,
    levels: &'a [Option<Level>],
}

impl Curve<'_> {
    /// The levels as a table.
    fn table(&self, measure: &str, parameter: &Parameter) -> Data {
        let quantity = self.y.scale.quantity;
        let header = ["Value", "p05", "p25", "median", "p75", "p95", "mean"];
        let points: Vec<usize> = (0..self.levels.len()).collect();
        let row = |&at: &usize| {
            let numbers = self.levels[at].map_or([None; 6], |level| {
                let [p05, p25, p50, p75, p95] = level.quantiles;
                [p05, p25, p50, p75, p95, level.mean].map(Some)
            });
            let label = std::iter::once(parameter.labels[at].clone());
            let numbers = numbers.map(|number| quantity.text(number.unwrap_or(f64::NAN)));
            Row {
                x: self.places.at[at],
                cells: label.chain(numbers).collect(),
            }
        };
        let caption = format!("{measure} by {}", parameter.name);
        Data::of(caption, &header, &points, row)
    }

    /// The points of a line in pieces, where nothing is missing in between.
    fn pieces(&self, of: impl Fn(&Level) -> f64) -> Vec<Vec<(f64, f64)>> {
        let points: Vec<(&f64, &Option<Level>)> = self.places.at.iter().zip(self.levels).collect();
        let pieces = points.split(|(_, level)| level.is_none());
        let pieces = pieces.filter(|piece| !piece.is_empty());
        let place =
            |(x, level): &(&f64, &Option<Level>)| Some((**x, self.y.at(of(level.as_ref()?))));
        pieces
            .map(|piece| piece.iter().filter_map(place).collect())
            .collect()
    }

    fn draw_lines(&self, on: &mut Surface) {
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
        let means = self.pieces(|level| level.mean);
        let medians = self.pieces(|level| level.quantiles[2]);
        for (means, medians) in means.iter().zip(&medians) {
            let apart = |at: &usize| (means[*at].1 - medians[*at].1).abs() >= APART;
            // From the last point at which they are together to the next one.
            let drawn = |from: &usize| apart(from) || apart(&(from + 1));
            let parts: Vec<usize> = (0..means.len().saturating_sub(1)).filter(drawn).collect();
            for run in parts.chunk_by(|one, next| one + 1 == *next) {
                dashed(on, &means[run[0]..run[0] + run.len() + 1], DOTS, MEAN, 1.4);
            }
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
            let [top, y, bottom] = [4, 2, 0].map(|at| self.y.at(quantiles[at]));
            let flat = 0.0 < bottom - top && bottom - top < FLAT;
            let half = if flat { half / 2.0 } else { half };
            on.line(&[(x - half, y), (x + half, y)], LINE, 2.2);
        }
    }

    fn draw_means(&self, on: &mut Surface) {
        let mut last = f64::MIN;
        for (x, level) in self.places.at.iter().zip(self.levels) {
            if let Some(level) = level {
                let [mean, median] = [level.mean, level.quantiles[2]].map(|of| self.y.at(of));
                if (mean - median).abs() >= APART && x - last >= NEAREST {
                    Shape::Diamond.draw(on, (*x, mean), 2.6, MEAN, true);
                    last = *x;
                }
            } else if self.places.room > 60.0 {
                let at = (*x, self.y.from - 8.0);
                on.text("no value", at, SMALL, Anchor::Center, FAINT);
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
            labels: numbers
                .iter()
                .map(|seconds| format!("{seconds}s"))
                .collect(),
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
