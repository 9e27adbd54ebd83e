//! How the values of a measure are spread over the replications.
//!
//! What occurs again and again, most often a loss of exactly nothing, has a bar of its own left
//! of a break in the axis: beside it the other values could not be seen, and a histogram over
//! all would hide that they are two kinds.

use super::super::format::{count, interval, replications};
use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::Lanes;
use super::page::{Drawing, Header, MARGIN, Picture, SMALL, TEXT, WIDTH, both, whole};
use super::palette::{FAINT, INK, LINE, MEAN, NARROW_BAND, PAPER};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed, hatch};
use super::spread::{Bin, FEW, Spread, share};
use super::surface::{Anchor, Frame, Surface, fitted, wrapped};
use crate::experiment::Sample;
use crate::statistics::Quantile;

const LEFT: f64 = 66.0;
const RIGHT: f64 = 660.0;
/// Where the bar of what occurs again and again stands, and where the others begin.
const ATOM: (f64, f64) = (58.0, 96.0);
const OTHERS: f64 = 176.0;
/// The middle of the break in the axis.
const BREAK: f64 = 114.0;
const HEIGHT: f64 = 130.0;
/// The same where there are dots only.
const LOW: f64 = 64.0;
/// Above the marks: the name and the legend, and a line for what is said of all values.
const CAPTION: f64 = 43.0;
const NOTE: f64 = 15.0;
/// Below: the ticks and the title of the axis, and some air.
const FOOT: f64 = 54.0;
const DOT: f64 = 4.0;
/// Marks closer to each other share a label.
const NEAREST: f64 = 8.0;

/// Pictures of how each of `measures` is spread over its replications: its name and its sample.
/// Up to six stay readable.
///
/// A measure that is the same in all replications is a sentence, fewer than 20 values are dots.
pub fn distribution_chart(title: &str, measures: &[(&str, &Sample)]) -> Picture {
    let panels = measures
        .iter()
        .map(|(name, sample)| Panel::new(name, sample));
    both(&Plan {
        header: Header::new(title, &[], WIDTH),
        panels: panels.collect(),
    })
}

struct Plan {
    header: Header,
    panels: Vec<Panel>,
}

/// A measure.
enum Panel {
    /// There is nothing to draw.
    Sentence(String),
    Chart(Box<Chart>),
}

struct Chart {
    name: String,
    /// How many replications there are, and their mean.
    note: Vec<String>,
    /// The title of the axis.
    title: String,
    spread: Spread,
    axis: Axis,
    /// Where the mean and the quantiles are.
    marks: Vec<Mark>,
    lanes: Lanes,
}

struct Mark {
    x: f64,
    name: String,
    /// Whether it is, or has in it, the mean.
    mean: bool,
    /// Where no line goes through the values, the mark is at the break.
    line: bool,
}

impl Drawing for Plan {
    fn title(&self) -> &str {
        &self.header.title
    }

    fn size(&self) -> (f64, f64) {
        let panels: f64 = self.panels.iter().map(Panel::height).sum();
        (WIDTH, self.header.height() + panels + 4.0)
    }

    fn data(&self) -> Vec<Data> {
        let mut top = self.header.height();
        let mut data = Vec::new();
        for panel in &self.panels {
            if let Panel::Chart(chart) = panel {
                data.push(chart.data(top));
            }
            top += panel.height();
        }
        data
    }

    fn draw(&self, on: &mut Surface) {
        self.header.draw(on);
        let mut top = self.header.height();
        for panel in &self.panels {
            match panel {
                Panel::Sentence(text) => {
                    let text = fitted(text, 13.0, WIDTH - 2.0 * MARGIN);
                    on.text(&text, (MARGIN, top + 18.0), 13.0, Anchor::Left, INK);
                }
                Panel::Chart(chart) => chart.draw(on, top),
            }
            top += panel.height();
        }
    }
}

impl Panel {
    fn new(name: &str, sample: &Sample) -> Panel {
        let numbers: Vec<f64> = sample.numbers().collect();
        let all = replications((sample.without + numbers.len()) as u64);
        let quantity = Quantity::from(sample.measure.unit());
        match (numbers.first(), numbers.last()) {
            (Some(least), Some(most)) if least.to_bits() == most.to_bits() => {
                let value = quantity.text(*least);
                Panel::Sentence(match (numbers.len(), sample.without) {
                    (1, 0) => format!("{name}: {value} in the only replication"),
                    (_, 0) => format!("{name}: {value} in all {all}"),
                    (n, _) => format!(
                        "{name}: {value} in all {} of {all} that have a value",
                        count(n as u64)
                    ),
                })
            }
            (Some(_), Some(_)) => {
                Panel::Chart(Box::new(Chart::new(name, sample, quantity, numbers)))
            }
            _ => Panel::Sentence(format!("{name}: no value in any of {all}")),
        }
    }

    fn height(&self) -> f64 {
        match self {
            Panel::Sentence(_) => 28.0,
            Panel::Chart(chart) => chart.caption() + chart.height() + FOOT,
        }
    }
}

impl Chart {
    fn new(name: &str, sample: &Sample, quantity: Quantity, numbers: Vec<f64>) -> Chart {
        let spread = Spread::of(quantity, numbers);
        let axis = Axis {
            scale: spread.scale.clone(),
            from: if spread.atom.is_some() { OTHERS } else { LEFT } + 6.0,
            to: RIGHT - 6.0,
        };
        let marks = marks(sample, &spread, &axis);
        let labels: Vec<(f64, String)> = marks.iter().map(|m| (m.x, m.name.clone())).collect();
        let others = spread.others.len();
        let title = match spread.atom {
            None => axis.scale.titled(sample.measure.name()),
            Some(_) => format!(
                "the other {} ({}): {}",
                count(others as u64),
                Quantity::Ratio.text(share(others, spread.all.len())),
                axis.scale.titled(sample.measure.name())
            ),
        };
        Chart {
            name: fitted(name, 13.0, WIDTH - 2.0 * MARGIN),
            note: wrapped(
                &note(sample, &spread, quantity),
                SMALL,
                WIDTH - 2.0 * MARGIN,
            ),
            title,
            lanes: Lanes::of_labels(&labels, (ATOM.0, WIDTH - 4.0)),
            spread,
            axis,
            marks,
        }
    }

    /// How high what stands above the values is.
    fn caption(&self) -> f64 {
        CAPTION + NOTE * whole(self.note.len()) + self.lanes.height()
    }

    /// From the top to the bottom of the values.
    fn height(&self) -> f64 {
        match self.spread.atom {
            None if self.spread.others.len() < FEW => LOW,
            _ => HEIGHT,
        }
    }

    /// Its values with the share of all replications that are no greater.
    fn data(&self, top: f64) -> Data {
        let mut values = self.spread.all.clone();
        values.dedup_by_key(|value| value.to_bits());
        let quantity = self.axis.scale.quantity;
        let atom = self.spread.atom.map(|it| it.0.to_bits());
        let row = |value: &f64| Row {
            x: match atom {
                Some(atom) if atom == value.to_bits() => f64::midpoint(ATOM.0, ATOM.1),
                _ => self.axis.at(*value),
            },
            cells: vec![
                quantity.text(*value),
                Quantity::Ratio.text(self.spread.share_up_to(*value)),
            ],
        };
        let header = ["Value", "No greater in"];
        let top = top + self.caption();
        Data::of(&self.name, &header, &values, row).within(Frame {
            left: ATOM.0,
            top,
            right: RIGHT,
            bottom: top + self.height(),
        })
    }

    fn draw(&self, on: &mut Surface, top: f64) {
        on.text(&self.name, (MARGIN, top + 14.0), 13.0, Anchor::Left, INK);
        let mut baseline = top + 14.0;
        for line in &self.note {
            baseline += NOTE;
            on.text(line, (MARGIN, baseline), SMALL, Anchor::Left, FAINT);
        }
        let top = top + self.caption();
        let bottom = top + self.height();
        if let Some((number, count)) = self.spread.atom {
            self.draw_atom(on, (number, count), (top, bottom));
        }
        let below_marks = top - self.lanes.height() - 12.0;
        if self.spread.others.len() < FEW {
            self.draw_dots(on, below_marks, bottom);
        } else {
            self.draw_bars(on, below_marks, (top, bottom));
            self.draw_curve(on, (top, bottom));
        }
        self.draw_marks(on, (top, bottom));
        self.axis.draw_below(on, bottom, &self.title);
    }

    /// The histogram of the others, with its own scale.
    fn draw_bars(&self, on: &mut Surface, legend: f64, (top, bottom): (f64, f64)) {
        let all = self.spread.all.len();
        let bins = self.spread.bins();
        let height = |bin: &Bin| share(bin.count, all);
        let most = bins.iter().map(height).fold(0.0, f64::max);
        let shares = Axis {
            scale: Scale::linear(Quantity::Ratio, 0.0, most, 4),
            from: bottom,
            to: top,
        };
        shares.draw_left(on, self.axis.from - 6.0, RIGHT);
        for bin in bins.iter().filter(|bin| bin.count > 0) {
            let (left, right) = (self.axis.at(bin.low), self.axis.at(bin.high));
            let gap = if right - left > 4.0 { 0.5 } else { 0.0 };
            let bar = Frame {
                left: left + gap,
                right: (right - gap).max(left + gap + 1.0),
                // What occurs is seen.
                top: shares.at(height(bin)).min(bottom - 1.0),
                bottom,
            };
            on.fill(bar, NARROW_BAND);
        }
        let mut legend = Legend::untitled(on, legend);
        legend.entry("of all replications, in a bar (left, %)", |on, frame| {
            on.fill(frame, NARROW_BAND);
        });
        legend.line("at or below (right, %)", LINE, 2.0);
        if self.spread.atom.is_some() {
            legend.entry("exactly so (right, %)", |on, frame| {
                on.fill(frame, NARROW_BAND);
                hatch(on, frame, LINE);
            });
        }
    }

    /// The share of all replications at or below each value.
    fn draw_curve(&self, on: &mut Surface, (top, bottom): (f64, f64)) {
        let y = |share: f64| bottom - (bottom - top) * share;
        let steps = (self.axis.to - self.axis.from).floor();
        let mut points = Vec::new();
        let mut i = 0.0;
        while i <= steps {
            let number = self.axis.scale.number(i / steps);
            let share = self.spread.share_up_to(number);
            points.push((
                self.axis.from + (self.axis.to - self.axis.from) * i / steps,
                y(share),
            ));
            i += 1.0;
        }
        on.line(&points, LINE, 2.0);
        for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
            let y = y(percent / 100.0);
            on.line(&[(RIGHT, y), (RIGHT + 4.0, y)], LINE, 1.0);
            let name = format!("{percent}");
            on.text(&name, (RIGHT + 8.0, y + 4.0), TEXT, Anchor::Left, LINE);
        }
    }

    /// A bar for what occurs again and again, on the scale of the curve.
    fn draw_atom(
        &self,
        on: &mut Surface,
        (number, count): (f64, usize),
        (top, bottom): (f64, f64),
    ) {
        let share = share(count, self.spread.all.len());
        let bar = Frame {
            left: ATOM.0,
            right: ATOM.1,
            top: (bottom - (bottom - top) * share).min(bottom - 1.0),
            bottom,
        };
        on.fill(bar, NARROW_BAND);
        hatch(on, bar, LINE);
        let curve = self.spread.others.len() >= FEW;
        if curve && self.spread.all[0].to_bits() == number.to_bits() {
            let along = [(bar.right, bar.top), (self.axis.from, bar.top)];
            dashed(on, &along, (2.0, 3.0), LINE, 1.0);
        }
        on.line(&[(ATOM.0 - 8.0, bottom), (BREAK, bottom)], INK, 1.0);
        for x in [BREAK - 3.0, BREAK + 3.0] {
            on.line(
                &[(x - 3.0, bottom + 6.0), (x + 3.0, bottom - 6.0)],
                INK,
                1.2,
            );
        }
        let quantity = self.axis.scale.quantity;
        let middle = f64::midpoint(ATOM.0, ATOM.1);
        let value = format!("exactly {}:", quantity.text(number));
        on.text(&value, (middle, bottom + 17.0), TEXT, Anchor::Center, INK);
        let share = Quantity::Ratio.text(share);
        on.text(&share, (middle, bottom + 33.0), TEXT, Anchor::Center, INK);
    }

    /// Few values: a dot each, above each other where they would touch.
    fn draw_dots(&self, on: &mut Surface, legend: f64, bottom: f64) {
        let places: Vec<f64> = self
            .spread
            .others
            .iter()
            .map(|it| self.axis.at(*it))
            .collect();
        for (x, level) in places.iter().zip(levels(&places)) {
            let y = bottom - 2.0 - DOT - level * 2.2 * DOT;
            Shape::Round.draw(on, (*x, y), DOT, LINE, true);
        }
        let mut legend = Legend::untitled(on, legend);
        legend.entry("a replication", |on, frame| {
            Shape::Round.draw(on, frame.middle(), DOT, LINE, true);
        });
    }

    fn draw_marks(&self, on: &mut Surface, (top, bottom): (f64, f64)) {
        for mark in self.marks.iter().filter(|mark| mark.line) {
            let line = [(mark.x, top), (mark.x, bottom)];
            if mark.mean {
                on.line(&line, PAPER, 3.0);
                on.line(&line, MEAN, 1.6);
            } else {
                dashed(on, &line, (4.0, 3.0), INK, 1.0);
            }
        }
        self.lanes.draw_labels(on, top);
    }
}

/// How many replications, how many have no value, the mean and the quantiles.
fn note(sample: &Sample, spread: &Spread, quantity: Quantity) -> String {
    let values = sample.nonzero.count;
    let mut note = replications((values + sample.without) as u64);
    if sample.without > 0 {
        note += &format!(", {} of them without a value", count(sample.without as u64));
    }
    if let Some(mean) = sample.mean {
        note += &format!("; mean {}", quantity.text(mean.mean));
        if let Some(ends) = mean.interval() {
            let unit = sample.measure.unit();
            let ends = interval(unit, ends, |_, end| quantity.text(end));
            note += &format!(" (95% interval {ends})");
        }
    }
    let largest = spread.all.last().map(|number| ("largest", *number));
    for (name, number) in quantiles(spread).into_iter().chain(largest) {
        note += &format!(", {name} {}", quantity.text(number));
    }
    note
}

/// The mean and the quantiles from left to right; those that would touch are one.
fn marks(sample: &Sample, spread: &Spread, axis: &Axis) -> Vec<Mark> {
    let mark = |name: &str, number, mean| {
        let (x, line) = place(number, spread, axis);
        let name = name.to_owned();
        Mark {
            x,
            name,
            mean,
            line,
        }
    };
    let quantiles = quantiles(spread).map(|(name, number)| mark(name, number, false));
    let mean = sample.mean.map(|mean| mark("mean", mean.mean, true));
    let mut marks: Vec<Mark> = quantiles.into_iter().chain(mean).collect();
    marks.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut merged: Vec<Mark> = Vec::new();
    for mark in marks {
        match merged.last_mut().filter(|last| mark.x - last.x < NEAREST) {
            Some(last) => {
                last.name += &format!(", {}", mark.name);
                last.mean |= mark.mean;
            }
            None => merged.push(mark),
        }
    }
    merged
}

/// Quantiles of all values, with their names.
fn quantiles(spread: &Spread) -> [(&'static str, f64); 3] {
    [("p50", 50), ("p95", 95), ("p99", 99)].map(|(name, percent)| {
        let rank = Quantile::percent(percent).rank(spread.all.len());
        (name, spread.all[rank - 1])
    })
}

/// Where a number is: at the atom, among the others, or where the axis is broken.
fn place(number: f64, spread: &Spread, axis: &Axis) -> (f64, bool) {
    match spread.atom {
        Some((atom, _)) if atom.to_bits() == number.to_bits() => {
            (f64::midpoint(ATOM.0, ATOM.1), false)
        }
        Some(_) if number < axis.scale.low || number > axis.scale.high => (BREAK, false),
        _ => (axis.at(number), true),
    }
}

/// How high dots in places from left to right are, so that none touches another.
fn levels(places: &[f64]) -> Vec<f64> {
    let mut ends: Vec<f64> = Vec::new();
    let mut levels = Vec::new();
    for x in places {
        let level = ends.iter().position(|end| x - end >= 2.2 * DOT);
        let level = level.unwrap_or_else(|| {
            ends.push(0.0);
            ends.len() - 1
        });
        ends[level] = *x;
        levels.push(whole(level));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;
    use crate::scenario::{Measure, Value};
    use crate::units::{Duration, Volume};

    fn sample(measure: Measure, values: impl Iterator<Item = Option<Value>>) -> Sample {
        Sample::of_values(measure, values)
    }

    fn volumes(bytes: impl Iterator<Item = u64>) -> Sample {
        let volume = |bytes| Some(Value::Volume(Volume::from_bytes(bytes)));
        sample(Measure::Dropped, bytes.map(volume))
    }

    #[test]
    fn zeros_have_a_bar_of_their_own() {
        let losses = volumes((0..1_000_u64).map(|i| i.saturating_sub(971) * 1_000_000_000));
        let chart = distribution_chart("Losses <a> & b", &[("all \"logs\" <x>", &losses)]);
        sound(
            &chart,
            &[
                "Losses <a> & b",
                "all \"logs\" <x>",
                "exactly 0 B:",
                "97.2%",
                "the other 28 (2.8%): dropped (GB)",
                "1,000 replications; mean 406 MB",
                "p50, p95",
                "at or below (right, %)",
            ],
        );
        let again = distribution_chart("Losses <a> & b", &[("all \"logs\" <x>", &losses)]);
        assert_eq!(chart, again);
    }

    #[test]
    fn what_never_varies_is_a_sentence() {
        let nothing = volumes(std::iter::repeat_n(0, 1_000));
        let once = volumes(std::iter::once(5));
        let never = sample(Measure::TimeToRevoke, std::iter::repeat_n(None, 50));
        let chart = distribution_chart(
            "Constants",
            &[("dropped", &nothing), ("one", &once), ("revoked", &never)],
        );
        sound(
            &chart,
            &[
                "dropped: 0 B in all 1,000 replications",
                "one: 5 B in the only replication",
                "revoked: no value in any of 50 replications",
            ],
        );
        assert!(!chart.svg().contains("<polyline"), "nothing is drawn");
    }

    #[test]
    fn few_values_are_dots() {
        let few = volumes([1, 1, 1, 7, 9].into_iter());
        let chart = distribution_chart("Few", &[("dropped", &few)]);
        sound(&chart, &["a replication", "dropped (B)"]);
        // Each on white, and one in the legend.
        assert_eq!(chart.svg().matches("<polygon").count(), 2 * (5 + 1));
        let levels = levels(&[10.0, 10.0, 12.0, 40.0]);
        assert_eq!(levels, [0.0, 1.0, 2.0, 0.0]);
    }

    #[test]
    fn anything_can_be_drawn() {
        let wide = volumes((0..3_000).map(|i| 1 << (i % 50)));
        let two = volumes([1, 1_000_000_000_000_000].into_iter());
        let pair = volumes((0..100).map(|i| 5_000 * (i % 2)));
        let close = volumes((0..500).map(|i| 1_000_000_000_000_000 + i % 21));
        let ratios = sample(
            Measure::QueryAvailability,
            (0..100).map(|i| Some(Value::Ratio(1.0 - f64::from(i / 2) * 1e-7))),
        );
        let times = sample(
            Measure::TimeToRevoke,
            (0..100).map(|i| (i % 3 > 0).then_some(Value::Duration(Duration::from_millis(i * i)))),
        );
        let name = "a name that is much too long for one line of a picture, <with> & \"all\" of it";
        let measures = [&wide, &two, &pair, &close, &ratios, &times];
        let measures: Vec<(&str, &Sample)> = measures.into_iter().map(|it| (name, it)).collect();
        let chart = distribution_chart(&name.repeat(3), &measures);
        let texts = [
            "(logarithmic)",
            "(B above 1 PB)",
            "34 of them without a value",
        ];
        sound(&chart, &texts);
    }
}
