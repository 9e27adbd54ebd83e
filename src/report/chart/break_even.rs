//! What options cost by a volume, and which one costs least where.

use std::cmp::Ordering;

use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::Lanes;
use super::page::{CAPTION, Page, Picture, SMALL, WIDTH, whole};
use super::palette::{FAINT, INK, LINE, MEAN};
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed};
use super::surface::{Anchor, Surface, fitted};

/// The heights of the panels: of costs, and of what is beyond the least.
const HEIGHTS: (f64, f64) = (250.0, 120.0);
const DASHES: (f64, f64) = (5.0, 3.0);
/// In how many steps a line is drawn.
const STEPS: usize = 192;
/// A row of the table for every so many of them.
const ROWS: usize = 12;
/// How far beyond the marks the axis goes, as a part; so far that the next break is seen, if that
/// is no further than this.
const AROUND: (f64, f64) = (0.8, 1.2);
const NEXT: (f64, f64) = (0.4, 2.5);
/// How far beyond the least cost at its end the axis of costs goes, as a part.
const ABOVE: f64 = 1.1;
/// Which part of the least cost in the middle the lower panel shows at the most.
const BEYOND: f64 = 0.1;
/// Names of lines are no closer to each other.
const APART: f64 = 13.0;

/// What an option costs by the volume; it never falls.
pub(in crate::report) struct CostLine<'a> {
    pub(in crate::report) name: String,
    /// Whether it can be chosen; another one is only for comparison.
    pub(in crate::report) level: bool,
    pub(in crate::report) cost: Box<dyn Fn(f64) -> f64 + 'a>,
}

/// A picture of what `lines` cost by a mean daily volume in bytes a day, the least of them, where
/// it passes from one to another, and marked volumes; below it, how much more each costs than the
/// least.
pub(in crate::report) fn break_even_chart(
    title: &str,
    notes: &[String],
    cost: &str,
    lines: &[CostLine<'_>],
    breaks: &[f64],
    marks: &[(f64, String)],
) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let across = volumes(breaks, marks);
    let least = |volume: f64| {
        let costs = lines.iter().filter(|line| line.level);
        let costs = costs.map(|line| (line.cost)(volume));
        costs.fold(f64::INFINITY, f64::min)
    };
    let ends = [across.low, across.high].map(least);
    let upright = Scale::narrow(Quantity::Money, ends[0] / ABOVE, ends[1] * ABOVE, 5);
    let beyond = BEYOND * least(f64::midpoint(across.low, across.high));
    let beyond = Scale::linear(Quantity::Money, 0.0, beyond, 3);
    let name = fitted(cost, CAPTION, WIDTH / 2.0);
    let broken = breaks
        .iter()
        .any(|at| (across.low..=across.high).contains(at));
    draw_legend(&mut page, &upright.titled(&name), lines, broken);
    let mut labels: Vec<&(f64, String)> = marks.iter().collect();
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    let frame = page.panel(40.0, HEIGHTS.0);
    let panel = Panel {
        x: Axis::level(across.clone(), frame),
        y: Axis::upright(upright, frame),
    };
    let place = |of: &(f64, String)| (panel.x.at(of.0), of.1.clone());
    let labels: Vec<(f64, String)> = labels.into_iter().map(place).collect();
    let lanes = Lanes::of_labels(&labels, (frame.left, frame.right));
    page.axis_left(&[frame], &panel.y.ticks());
    page.show(panel.table(cost, lines).within(frame));
    lanes.draw_lines(&mut page.on, frame);
    lanes.draw_labels(&mut page.on, frame.top);
    panel.draw_lines(&mut page.on, lines, &|_| 0.0);
    panel.draw_names(&mut page.on, lines, &|_| 0.0);
    panel.draw_least(&mut page.on, &least, breaks);
    page.axis_below(frame, &panel.x.ticks(), "");
    let title = beyond.titled("beyond the least");
    Legend::new(
        &mut page,
        &format!("{title}, with the level of each line in GB/day"),
    );
    let below = Panel {
        x: panel.x,
        y: Axis::upright(beyond, frame),
    };
    below.draw_beyond(&mut page, lines, (&least, breaks), &lanes);
    page.done()
}

/// The axis of the volumes.
fn volumes(breaks: &[f64], marks: &[(f64, String)]) -> Scale {
    let (low, high) = range(marks.iter().map(|mark| mark.0));
    let next = breaks.iter().copied().find(|at| *at > high);
    let next = next.filter(|at| *at <= NEXT.1 * high).unwrap_or(high);
    let last = breaks.iter().copied().rev().find(|at| *at < low);
    let last = last.filter(|at| *at >= NEXT.0 * low).unwrap_or(low);
    let (low, high) = (
        (AROUND.0 * low).min(last),
        (AROUND.1 * high).max(1.05 * next),
    );
    Scale::narrow(Quantity::Rate, low, high, 7)
}

fn draw_legend(page: &mut Page, title: &str, lines: &[CostLine<'_>], broken: bool) {
    let mut legend = Legend::new(page, title);
    legend.line("least", LINE, 2.8);
    legend.line("a level", FAINT, 1.0);
    if broken {
        legend.entry("another level pays", |on, frame| {
            Shape::Diamond.draw(on, frame.middle(), 3.6, LINE, true);
        });
    }
    for line in lines.iter().filter(|line| !line.level) {
        legend.dashed(&line.name, DASHES, MEAN, 1.4);
    }
}

type Cost<'a> = &'a dyn Fn(f64) -> f64;

/// Where volumes and costs are.
struct Panel {
    x: Axis,
    y: Axis,
}

impl Panel {
    fn volumes(&self) -> impl Iterator<Item = f64> {
        let (low, high) = (self.x.scale.low, self.x.scale.high);
        (0..=STEPS).map(move |step| low + (high - low) * whole(step) / whole(STEPS))
    }

    /// What of a line lies within the panel, in pieces.
    fn pieces(&self, cost: Cost<'_>) -> Vec<Vec<(f64, f64)>> {
        let (low, high) = (self.y.scale.low, self.y.scale.high);
        let points: Vec<(f64, f64)> = self.volumes().map(|at| (at, cost(at))).collect();
        let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut ends = None;
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            // Which part of the way between them is in the panel.
            let part = |limit: f64| ((limit - from.1) / (to.1 - from.1)).clamp(0.0, 1.0);
            let (one, other) = match from.1.total_cmp(&to.1) {
                Ordering::Equal if (low..=high).contains(&from.1) => (0.0, 1.0),
                Ordering::Equal => (0.0, 0.0),
                Ordering::Less => (part(low), part(high)),
                Ordering::Greater => (part(high), part(low)),
            };
            if one >= other {
                continue;
            }
            let place = |part: f64| {
                let between = |from: f64, to: f64| from + (to - from) * part;
                let (volume, cost) = (between(from.0, to.0), between(from.1, to.1));
                (self.x.at(volume), self.y.at(cost))
            };
            if ends != Some(from.0) || one > 0.0 {
                pieces.push(vec![place(one)]);
            }
            pieces.last_mut().expect("one began").push(place(other));
            ends = (other >= 1.0).then_some(to.0);
        }
        pieces
    }

    /// All lines, less what `base` says.
    fn draw_lines(&self, on: &mut Surface, lines: &[CostLine<'_>], base: Cost<'_>) {
        for line in lines {
            for points in self.pieces(&|volume| (line.cost)(volume) - base(volume)) {
                match line.level {
                    true => on.line(&points, FAINT, 1.0),
                    false => dashed(on, &points, DASHES, MEAN, 1.4),
                }
            }
        }
    }

    /// The least of all, and where it passes from one level to another.
    fn draw_least(&self, on: &mut Surface, least: Cost<'_>, breaks: &[f64]) {
        for points in self.pieces(least) {
            on.line(&points, LINE, 2.8);
        }
        let ends = self.x.scale.low..=self.x.scale.high;
        for at in breaks.iter().filter(|at| ends.contains(at)) {
            let place = (self.x.at(*at), self.y.at(least(*at)));
            Shape::Diamond.draw(on, place, 3.6, LINE, true);
        }
    }

    /// The name of each level at the left end of its line, where there is room.
    fn draw_names(&self, on: &mut Surface, lines: &[CostLine<'_>], base: Cost<'_>) {
        let left = self.x.scale.low;
        let mut last = f64::INFINITY;
        for line in lines.iter().filter(|line| line.level) {
            let cost = (line.cost)(left) - base(left);
            let y = self.y.at(cost) - 3.0;
            let within = self.y.scale.low < cost && cost < self.y.scale.high;
            if within && last - y >= APART && y - APART > self.y.at(self.y.scale.high) {
                let at = (self.x.at(left) + 6.0, y);
                on.text(&line.name, at, SMALL, Anchor::Left, INK);
                last = y;
            }
        }
    }

    /// How much more each line costs than the least, with the name of each where it comes down
    /// to it.
    fn draw_beyond(
        mut self,
        page: &mut Page,
        lines: &[CostLine<'_>],
        (least, breaks): (Cost<'_>, &[f64]),
        marks: &Lanes,
    ) {
        let place = |panel: &Panel, line: &CostLine<'_>| {
            let pieces = panel.pieces(&|volume| (line.cost)(volume) - least(volume));
            let &(x, _) = pieces.first()?.first()?;
            let name = line.name.trim_end_matches(" GB/day");
            let comes_down = line.level && x > panel.x.at(panel.x.scale.low);
            comes_down.then(|| (x, name.to_owned()))
        };
        let named = lines.iter().filter_map(|line| place(&self, line));
        let mut named: Vec<(f64, String)> = named.collect();
        named.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (left, right) = (self.x.at(self.x.scale.low), self.x.at(self.x.scale.high));
        let lanes = Lanes::of_labels(&named, (left, right));
        let frame = page.panel(10.0 + lanes.height(), HEIGHTS.1);
        self.y = Axis::upright(self.y.scale, frame);
        page.axis_left(&[frame], &self.y.ticks());
        marks.draw_lines(&mut page.on, frame);
        lanes.draw_labels(&mut page.on, frame.top);
        self.draw_lines(&mut page.on, lines, least);
        self.draw_names(&mut page.on, lines, least);
        self.draw_least(&mut page.on, &|_| 0.0, breaks);
        let title = self.x.scale.titled("mean daily volume");
        page.axis_below(frame, &self.x.ticks(), &title);
    }

    fn table(&self, cost: &str, lines: &[CostLine<'_>]) -> Data {
        let names = lines.iter().map(|line| line.name.as_str());
        let header: Vec<&str> = std::iter::once("Volume").chain(names).collect();
        let volumes: Vec<f64> = self.volumes().step_by(ROWS).collect();
        let row = |volume: &f64| {
            let costs = lines.iter().map(|line| (line.cost)(*volume));
            let costs = costs.map(|cost| Quantity::Money.text(cost));
            let first = std::iter::once(Quantity::Rate.text(*volume));
            Row {
                x: self.x.at(*volume),
                cells: first.chain(costs).collect(),
            }
        };
        let caption = format!("{cost} by the mean daily volume");
        Data::of(caption, &header, &volumes, row)
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn line(level: f64) -> CostLine<'static> {
        CostLine {
            name: format!("{level} GB/day"),
            level: level > 0.0,
            cost: Box::new(move |volume| level * 1.725 + (volume / 1e9 - level).max(0.0) * 2.3),
        }
    }

    fn chart(levels: &[f64], marks: [f64; 2]) -> Picture {
        let lines: Vec<CostLine<'_>> = levels.iter().map(|level| line(*level)).collect();
        let breaks = [1_075e9, 1_175e9];
        let marks = marks.map(|at| (at, format!("at <{at}>")));
        break_even_chart(
            "Which & when",
            &[],
            "cost of a day in USD",
            &lines,
            &breaks,
            &marks,
        )
    }

    #[test]
    fn lines_have_names_and_end_where_they_leave_the_panel() {
        let levels: Vec<f64> = (10..=20).map(|i| f64::from(i) * 100.0).collect();
        let drawn = chart(&[&levels[..], &[0.0]].concat(), [1.02e12, 1.6e12]);
        let texts = [
            "cost of a day in USD",
            "1000 GB/day",
            "1400 GB/day",
            "another level pays",
        ];
        sound(&drawn, &texts);
        let data = &drawn.data()[0];
        assert_eq!((data.header.len(), data.rows.len()), (13, 17));
    }

    #[test]
    fn anything_can_be_drawn() {
        for marks in [[1e9, 1e9], [1.0, 5e13], [1e13, 1e12], [0.0, 0.0]] {
            sound(
                &chart(&[1_000.0, 50_000.0, 0.0], marks),
                &["mean daily volume"],
            );
            sound(&chart(&[1_000.0], marks), &["mean daily volume"]);
        }
    }
}
