//! What a measure comes to at the values of two parameters, and of more in panels.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{APART, CAPTION, MARGIN, Page, Picture, SMALL, TEXT, WIDTH, whole};
use super::palette::{FAINT, INK, SHADE};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{outcome, outcome_on};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use super::tone::{ON_TONE, tone};
use crate::experiment::Outcome;
use crate::report::csv::thinned;

/// No more panels are drawn.
pub const MOST_PANELS: usize = 12;

/// More columns of the table are for the files.
const MOST_COLUMNS: usize = 20;
/// The values in cells are no larger and no smaller than this.
const LARGE: f64 = 11.0;
const LITTLE: f64 = 8.0;
/// The highest and the lowest cell.
const HIGHEST: f64 = 40.0;
const LOWEST: f64 = 22.0;
/// The room for the names of the values at the left.
const NAMES: f64 = 180.0;
/// A cell has room for the name of its value, up to this.
const NAME: f64 = 70.0;
const GAP: f64 = 24.0;
/// Panels are no wider and no higher; what has no room then is not written into the cells.
const PANEL: (f64, f64) = (1_500.0, 1_100.0);
/// Above the cells of a panel: its name, and what goes upwards.
const CAPTIONS: f64 = 38.0;
/// Colours go by logarithms where values are this many times each other.
const WIDE: f64 = 1_000.0;

/// A point of two parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// What the measure comes to, in its unit; `None` where it has no value.
    pub value: Option<f64>,
    /// Whether what is expected holds, where something is.
    pub outcome: Option<Outcome>,
}

/// All points of two parameters, at one value of each other parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatPanel {
    /// The values of the other parameters; empty where there are none.
    pub name: String,
    /// For each value of the upright parameter all values of the level one.
    pub cells: Vec<HeatCell>,
    /// A cell with a frame.
    pub framed: Option<usize>,
}

/// A picture of `measure` over two parameters: `level` from left to right, `upright` from the
/// bottom up. Of more than [`MOST_PANELS`] panels it shows the first, and says so.
///
/// `expected` is what the outcomes of the cells are about.
pub fn heat_map(
    title: &str,
    notes: &[String],
    (level, upright): (&Parameter, &Parameter),
    (measure, quantity): (&str, Quantity),
    panels: &[HeatPanel],
    expected: Option<&str>,
) -> Picture {
    let shown = &panels[..panels.len().min(MOST_PANELS)];
    let mut notes = notes.to_vec();
    if shown.len() < panels.len() {
        let (shown, all) = (shown.len(), panels.len());
        notes.push(format!("the first {shown} of {all} panels are shown"));
    }
    let cells = || shown.iter().flat_map(|panel| &panel.cells);
    let values: Vec<f64> = cells().filter_map(|cell| cell.value).collect();
    let scale = scale(quantity, &values);
    let texts = Texts::of(&scale, &values);
    let written = values.iter().map(|value| texts.write(*value));
    let widest = written
        .map(|text| text_width(&text, 1.0))
        .fold(0.0, f64::max);
    let grid = Grid::new((level, upright), shown.len(), widest);
    if !grid.is_written() {
        notes.push("too many points to write each value, or whether it fails".to_owned());
    }
    let mut page = Page::new(title, &notes, grid.width);
    let map = Map {
        scale,
        level,
        upright,
        measure,
        texts,
        expected: expected.filter(|_| grid.is_written()),
        grid,
    };
    map.draw_legend(&mut page);
    for row in shown.chunks(map.grid.across) {
        let frame = page.panel(CAPTIONS, map.grid.cell.1 * map.grid.rows);
        let mut left = MARGIN + map.grid.names;
        for panel in row {
            let wide = map.grid.cell.0 * map.grid.columns;
            let frame = Frame {
                left,
                right: left + wide,
                ..frame
            };
            page.show(map.data(panel));
            map.draw_cells(&mut page.on, panel, frame);
            map.draw_names(&mut page, panel, frame);
            left += map.grid.names + wide + GAP;
        }
        page.y = frame.bottom + 34.0;
    }
    page.done()
}

/// What all panels share.
struct Map<'a> {
    level: &'a Parameter,
    upright: &'a Parameter,
    measure: &'a str,
    /// Of the colours.
    scale: Scale,
    texts: Texts,
    expected: Option<&'a str>,
    grid: Grid,
}

/// How values are written into cells.
enum Texts {
    /// In the unit of the legend, with the same number of digits behind the point.
    Common { unit: f64, digits: usize },
    /// Each with its own unit, as in a legend by logarithms.
    Own(Quantity),
}

impl Texts {
    fn of(scale: &Scale, values: &[f64]) -> Texts {
        if scale.logarithmic {
            return Texts::Own(scale.quantity);
        }
        let (_, unit) = scale.whole_unit();
        let most = values.iter().map(|value| value.abs()).fold(0.0, f64::max);
        let whole = values.iter().all(|value| (value / unit).fract() == 0.0);
        let digits = match most / unit {
            _ if whole => 0,
            99.5.. => 0,
            9.95.. => 1,
            0.995.. => 2,
            _ => 3,
        };
        Texts::Common { unit, digits }
    }

    fn write(&self, value: f64) -> String {
        match self {
            Texts::Own(quantity) => quantity.compact(value),
            Texts::Common { .. } if value == 0.0 => "0".to_owned(),
            Texts::Common { unit, digits } => {
                let text = format!("{:.digits$}", value / unit);
                let least = libm::pow(0.1, whole(*digits));
                match value / unit / least {
                    -0.5..0.0 => format!(">-{least:.digits$}"),
                    0.0..0.5 => format!("<{least:.digits$}"),
                    _ => text,
                }
            }
        }
    }
}

fn scale(quantity: Quantity, values: &[f64]) -> Scale {
    let (least, most) = range(values.iter().copied());
    let (smallest, _) = range(values.iter().copied().filter(|value| *value > 0.0));
    if least >= 0.0 && smallest > 0.0 && most >= WIDE * smallest {
        return Scale::logarithmic(quantity, smallest, most);
    }
    Scale::linear(quantity, least, most, 4)
}

/// How large everything is.
struct Grid {
    width: f64,
    /// The names of the upright values.
    names: f64,
    cell: (f64, f64),
    /// The size of the values.
    size: f64,
    /// Panels in a row.
    across: usize,
    columns: f64,
    rows: f64,
}

impl Grid {
    /// Of panels with `widest` points for the widest value, if it is written one point high.
    fn new((level, upright): (&Parameter, &Parameter), panels: usize, widest: f64) -> Grid {
        let names = upright.labels.iter().map(|label| text_width(label, SMALL));
        let names = names.fold(0.0, f64::max).min(NAMES) + 8.0;
        let (columns, rows) = (whole(level.labels.len()), whole(upright.labels.len()));
        let room = WIDTH - 2.0 * MARGIN;
        let below = level.labels.iter().map(|label| text_width(label, TEXT));
        let below = below.fold(0.0, f64::max).min(NAME) + APART;
        let needed = widest * LITTLE + 5.0;
        let wide = if panels > 1 {
            needed.max(below)
        } else {
            ((room - names) / columns).max(needed)
        };
        let panel = names + wide * columns;
        let mut across = 1;
        while across < panels && whole(across + 1) * (panel + GAP) - GAP <= room {
            across += 1;
        }
        let wide = wide.min(PANEL.0 / columns);
        let panel = names + wide * columns;
        let high = (300.0 / rows).clamp(LOWEST, HIGHEST).min(PANEL.1 / rows);
        let used = whole(across) * (panel + GAP) - GAP;
        Grid {
            width: (used + 2.0 * MARGIN).max(WIDTH),
            names,
            cell: (wide, high),
            size: ((wide - 5.0) / widest.max(0.1)).min(LARGE),
            across,
            columns,
            rows,
        }
    }

    /// Whether there is room for values and marks.
    fn is_written(&self) -> bool {
        self.size >= LITTLE - 0.1 && self.cell.1 >= LOWEST
    }
}

impl Map<'_> {
    /// A panel as a table, the highest row first as in the picture.
    fn data(&self, panel: &HeatPanel) -> Data {
        let across = self.level.labels.len();
        let columns: Vec<usize> = (0..across).collect();
        let columns = thinned(&columns, MOST_COLUMNS);
        let mut caption = format!(
            "{}: {} downwards, {} across",
            self.measure, self.upright.name, self.level.name
        );
        if !panel.name.is_empty() {
            caption = format!("{}; {caption}", panel.name);
        }
        if columns.len() < across {
            caption += &format!(", {} of {across} columns", columns.len());
        }
        let labels = columns.iter().map(|at| self.level.labels[*at].as_str());
        let header: Vec<&str> = std::iter::once(self.upright.name.as_str())
            .chain(labels)
            .collect();
        let rows: Vec<usize> = (0..self.upright.labels.len()).rev().collect();
        let told = |cell: &HeatCell| {
            let value = self.scale.quantity.text(cell.value.unwrap_or(f64::NAN));
            match cell.outcome {
                None | Some(Outcome::Passed) => value,
                Some(Outcome::Failed) => format!("{value}, fails"),
                Some(Outcome::Undecided) => format!("{value}, undecided"),
            }
        };
        let row = |&at: &usize| {
            let cells = columns
                .iter()
                .map(|column| told(&panel.cells[at * across + column]));
            let label = std::iter::once(self.upright.labels[at].clone());
            Row {
                x: 0.0,
                cells: label.chain(cells).collect(),
            }
        };
        Data::of(caption, &header, &rows, row)
    }

    /// The colours with their numbers, and what the marks are.
    fn draw_legend(&self, page: &mut Page) {
        let title = fitted(&self.scale.titled(self.measure), CAPTION, 330.0);
        let from = MARGIN + text_width(&title, CAPTION) + 30.0;
        Legend::new(page, &title);
        let bar = Frame {
            left: from,
            top: page.y - 18.0,
            right: (from + 300.0).min(WIDTH - 36.0),
            bottom: page.y - 5.0,
        };
        let steps = 60;
        let step = (bar.right - bar.left) / f64::from(steps);
        for i in 0..steps {
            let left = bar.left + step * f64::from(i);
            // No paper shows between two of them.
            let right = bar.right;
            let colour = tone((f64::from(i) + 0.5) / f64::from(steps));
            page.on.fill(Frame { left, right, ..bar }, colour);
        }
        let axis = Axis::level(self.scale.clone(), bar);
        page.ticks_below(bar, &axis.ticks());
        if let Some(expected) = self.expected {
            let fails = fitted(&format!("fails: {expected}"), TEXT, WIDTH - 200.0);
            let mut legend = Legend::new(page, "");
            for (name, of) in [("undecided", Outcome::Undecided), (&fails, Outcome::Failed)] {
                legend.entry(name, |on, frame| outcome(on, frame.middle(), of));
            }
        }
    }

    /// Where a cell of a panel is drawn.
    fn cell(&self, i: usize, of: Frame) -> Frame {
        let (wide, high) = self.grid.cell;
        let columns = self.level.labels.len();
        let row = self.grid.rows - 1.0 - whole(i / columns);
        let gap = if self.grid.is_written() { 1.0 } else { 0.0 };
        Frame {
            left: of.left + wide * whole(i % columns),
            right: of.left + wide * whole(i % columns + 1) - gap,
            top: of.top + high * row,
            bottom: of.top + high * (row + 1.0) - gap,
        }
    }

    fn draw_cells(&self, on: &mut Surface, panel: &HeatPanel, of: Frame) {
        for (i, cell) in panel.cells.iter().enumerate() {
            let frame = self.cell(i, of);
            let colour = cell.value.map_or(SHADE, |of| tone(self.scale.part(of)));
            on.fill(frame, colour);
            if !self.grid.is_written() {
                continue;
            }
            let text = cell.value.map_or("–".to_owned(), |of| self.texts.write(of));
            let (x, y) = frame.middle();
            let size = self.grid.size;
            let lower = if self.expected.is_some() { 3.0 } else { 0.0 };
            let at = (x, y + size * 0.36 + lower);
            let ink = if cell.value.is_some() { ON_TONE } else { INK };
            on.text(&text, at, size, Anchor::Center, ink);
            if let Some(of) = cell.outcome.filter(|of| *of != Outcome::Passed) {
                outcome_on(on, (frame.right - 6.5, frame.top + 6.5), of, colour);
            }
        }
        if let Some(framed) = panel.framed {
            let Frame {
                left,
                right,
                top,
                bottom,
            } = self.cell(framed, of);
            let corners = [
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
            ];
            on.line(&corners, ON_TONE, 2.0);
        }
    }

    /// The names of the values and of the parameters around the cells.
    fn draw_names(&self, page: &mut Page, panel: &HeatPanel, frame: Frame) {
        let begin = frame.left - self.grid.names;
        let all = frame.right - begin;
        let on = &mut page.on;
        let name = end_of(&panel.name, TEXT, all);
        on.text(&name, (begin, frame.top - 21.0), TEXT, Anchor::Left, INK);
        let upright = fitted(&self.upright.upwards(), SMALL, all);
        on.text(
            &upright,
            (begin, frame.top - 6.0),
            SMALL,
            Anchor::Left,
            FAINT,
        );
        let every = (12.0 / self.grid.cell.1).ceil().max(1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let labels = self
            .upright
            .labels
            .iter()
            .enumerate()
            .step_by(every as usize);
        for (row, label) in labels {
            let y = frame.bottom - self.grid.cell.1 * (whole(row) + 0.5);
            let label = fitted(label, SMALL, NAMES);
            let at = (frame.left - 7.0, y + 4.0);
            on.text(&label, at, SMALL, Anchor::Right, INK);
        }
        let level = fitted(&self.level.rightwards(), SMALL, all);
        let at = (frame.right, frame.bottom + 30.0);
        on.text(&level, at, SMALL, Anchor::Right, FAINT);
        page.ticks_below(frame, &self.level.ticks(frame.left, frame.right));
    }
}

/// `text` cut so that it fits; at its beginning, for the value stands at the end.
fn end_of(text: &str, size: f64, width: f64) -> String {
    let backwards: String = text.chars().rev().collect();
    fitted(&backwards, size, width).chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn parameter(name: &str, count: usize, label: &str) -> Parameter {
        Parameter {
            name: name.to_owned(),
            labels: (0..count).map(|i| format!("{label}{i}")).collect(),
            numbers: None,
        }
    }

    fn panel(name: &str, count: usize, of: impl Fn(f64) -> f64) -> HeatPanel {
        let cell = |i: usize| HeatCell {
            value: (i != 5).then(|| of(whole(i))),
            outcome: [Outcome::Passed, Outcome::Undecided, Outcome::Failed]
                .get(i % 4)
                .copied(),
        };
        HeatPanel {
            name: name.to_owned(),
            cells: (0..count).map(cell).collect(),
            framed: Some(count / 2),
        }
    }

    const DROPPED: (&str, Quantity) = ("mean(dropped)", Quantity::Volume);

    #[test]
    fn every_value_is_written_into_its_cell() {
        let (x, y) = (parameter("x <a>", 5, "x"), parameter("y & b", 4, "y"));
        let panels = [panel("", 20, |i| i * 1e9)];
        let chart = || {
            heat_map(
                "Heat <1>",
                &["20 points".to_owned()],
                (&x, &y),
                DROPPED,
                &panels,
                Some("mean(dropped) <= 5 GB"),
            )
        };
        let texts = [
            "Heat <1>",
            "x <a>",
            "y & b",
            "mean(dropped) (GB)",
            "mean(dropped) <= 5 GB",
            "x4",
            "y3",
            "19",
            "–",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
    }

    #[test]
    fn what_is_wide_has_units_in_its_cells() {
        let (x, y) = (
            parameter("x", 30, "1h 1"),
            parameter("y", 20, "a long name "),
        );
        let wide = panel("", 600, |i| libm::pow(10.0, i / 40.0) - 1.0);
        let chart = heat_map("W", &[], (&x, &y), DROPPED, &[wide], Some("e"));
        sound(
            &chart,
            &["mean(dropped) (logarithmic)", "44 B", "944 TB", "0"],
        );
        let ratios = panel("", 600, |i| i / 600.0);
        let title = ("query_availability", Quantity::Ratio);
        let chart = heat_map("R", &[], (&x, &y), title, &[ratios], None);
        sound(&chart, &["query_availability (%)"]);
    }

    #[test]
    fn more_parameters_have_panels() {
        let (x, y) = (parameter("x", 4, "x"), parameter("y", 3, "y"));
        let panels: Vec<HeatPanel> = (0..15)
            .map(|i| panel(&format!("z = {i}"), 12, |i| i * 3_600.0))
            .collect();
        let title = ("query_downtime", Quantity::Duration);
        let chart = heat_map("Z", &[], (&x, &y), title, &panels, None);
        sound(&chart, &["the first 12 of 15 panels are shown", "z = 11"]);
        assert!(!chart.svg().contains("z = 12"));
    }

    #[test]
    fn where_there_is_no_room_nothing_is_written() {
        let (x, y) = (parameter("x", 200, "1h 1"), parameter("y", 150, "y"));
        let many = panel("", 30_000, |i| i * 1e9);
        let picture = heat_map("W", &[], (&x, &y), DROPPED, &[many], Some("e"));
        let svg = picture.svg();
        assert!(svg.starts_with("<svg width=\"1576\"") && !svg.contains("fails:"));
        sound(&picture, &["too many points to write", "y148"]);
    }

    #[test]
    fn what_is_cut_keeps_its_end() {
        let cut = end_of("behaviour.outage_tolerance = 30m", TEXT, 120.0);
        assert!(cut.starts_with('…') && cut.ends_with(" = 30m"), "{cut}");
    }

    #[test]
    fn anything_can_be_drawn() {
        for (columns, rows) in [(1, 1), (1, 9), (12, 1)] {
            let (x, y) = (parameter("x", columns, "x"), parameter("y", rows, "y"));
            for unit in [0.0, 1e15] {
                let panels = [panel("", columns * rows, |_| unit)];
                sound(
                    &heat_map("A", &[], (&x, &y), DROPPED, &panels, None),
                    &["x0"],
                );
            }
        }
        let (x, y) = (parameter("x", 1, "x"), parameter("y", 1, "y"));
        let none = HeatPanel {
            name: String::new(),
            cells: vec![HeatCell {
                value: None,
                outcome: None,
            }],
            framed: None,
        };
        sound(
            &heat_map("N", &[], (&x, &y), DROPPED, &[none], None),
            &["–"],
        );
    }
}
