//! The layout of every picture: from the top down a title, what is said below it, legends, and
//! panels with their axes.

use std::fmt;

use super::super::File;
use super::data::Data;
use super::palette::{FAINT, INK, PAPER, RULE};
use super::surface::{self, Anchor, Frame, Surface, fitted, text_width, wrapped};

/// The width of the pictures of studies, in points. The bitmap has half as many pixels again.
pub(super) const WIDTH: f64 = 720.0;
/// What stays free at the left and the right.
pub(super) const MARGIN: f64 = 20.0;
/// The size of most text.
pub(super) const TEXT: f64 = 12.0;
/// The size of the lines that say more.
pub(super) const SMALL: f64 = 11.0;
/// The size of what names a panel.
pub(super) const CAPTION: f64 = 13.0;

const TITLE: f64 = 18.0;
const LINE: f64 = 17.0;
/// The room of a legend.
const ROW: f64 = 20.0;
/// From the left of the picture to a panel, and from a panel to the right.
const LEFT: f64 = 76.0;
const RIGHT: f64 = 28.0;
/// How many points a name may stand out at the ends of its axis.
const BEYOND: f64 = 11.0;
/// What stays free between two names, and below a panel.
pub(super) const APART: f64 = 10.0;

/// A picture that was drawn.
#[derive(Clone)]
pub struct Picture {
    title: String,
    drawing: Surface,
    /// In points.
    size: (u32, u32),
    svg: String,
    data: Vec<Data>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.svg)
    }
}

impl PartialEq for Picture {
    /// Both forms are of one drawing.
    fn eq(&self, other: &Picture) -> bool {
        (&self.svg, &self.data) == (&other.svg, &other.data)
    }
}

impl Picture {
    /// What it is called, for those who cannot see it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The vector drawing: an SVG document.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// The bitmap: a PNG file. It takes far longer to make than the vector drawing, so it is made
    /// when it is asked for.
    pub fn png(&self) -> Vec<u8> {
        surface::png(self.size, &self.drawing)
    }

    /// Its width and height in points.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// What it shows, as tables.
    pub(in crate::report) fn data(&self) -> &[Data] {
        &self.data
    }

    /// The files of both forms.
    pub(in crate::report) fn files(
        &self,
        svg: &'static str,
        png: &'static str,
    ) -> [File<'static>; 2] {
        let (size, drawing) = (self.size, self.drawing.clone());
        [
            File::whole(svg, self.svg.clone()),
            File::of(png, move |to| to.write_all(&surface::png(size, &drawing))),
        ]
    }
}

/// A count as a number to calculate points with.
pub(super) fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("nobody looks at so many"))
}

/// Places on an axis with their names.
pub(super) type Ticks = Vec<(f64, String)>;

/// Whether two names would touch below an axis between `ends`.
pub(super) fn touch(ticks: &[&(f64, String)], ends: (f64, f64)) -> bool {
    ticks.windows(2).any(|pair| {
        let widths = text_width(&pair[0].1, TEXT) + text_width(&pair[1].1, TEXT);
        name_place(pair[1], ends) - name_place(pair[0], ends) < widths / 2.0 + APART
    })
}

/// The middle of a name: below its tick, but not far beyond the ends of the axis.
fn name_place((x, name): &(f64, String), (left, right): (f64, f64)) -> f64 {
    let inset = text_width(name, TEXT) / 2.0 - BEYOND;
    x.min(right - inset).max(left + inset)
}

/// A picture that is being drawn.
pub(super) struct Page {
    pub(super) on: Surface,
    pub(super) width: f64,
    /// Above it everything is taken.
    pub(super) y: f64,
    title: String,
    data: Vec<Data>,
}

impl Page {
    /// A page with its title; each note has a line or more.
    pub(super) fn new(title: &str, notes: &[String], width: f64) -> Page {
        let mut page = Page {
            y: 45.0,
            ..Page::untitled(title, width)
        };
        let title = fitted(title, TITLE, width - 2.0 * MARGIN);
        page.on
            .text(&title, (MARGIN, 28.0), TITLE, Anchor::Left, INK);
        for note in notes.iter().filter(|note| !note.is_empty()) {
            page.lines(note, TEXT);
        }
        page
    }

    /// A page whose title is read, not seen: it stands where other words do.
    pub(super) fn untitled(title: &str, width: f64) -> Page {
        Page {
            on: Surface::default(),
            width,
            y: 0.0,
            title: title.to_owned(),
            data: Vec::new(),
        }
    }

    /// Words across the page, in as many lines as they need.
    pub(super) fn lines(&mut self, words: &str, size: f64) {
        for line in wrapped(words, size, self.width - 2.0 * MARGIN) {
            let at = (MARGIN, self.y + 4.0);
            self.on.text(&line, at, size, Anchor::Left, FAINT);
            self.y += LINE;
        }
    }

    /// A row for a legend, as the height of its texts.
    pub(super) fn row(&mut self) -> f64 {
        self.y += ROW;
        self.y - 7.0
    }

    /// Room for a panel of height `height`, `above` points below what is there.
    pub(super) fn panel(&mut self, above: f64, height: f64) -> Frame {
        let top = self.y + above;
        self.y = top + height + APART;
        Frame {
            left: LEFT,
            top,
            right: self.width - RIGHT,
            bottom: top + height,
        }
    }

    /// Upright lines through a panel.
    pub(super) fn rules(&mut self, frame: Frame, ticks: &[(f64, String)]) {
        for (x, _) in ticks {
            let rule = [(*x, frame.top), (*x, frame.bottom)];
            self.on.line(&rule, RULE, 0.8);
        }
    }

    /// The upright axis of panels that stand side by side, and lines from it through them.
    pub(super) fn axis_left(&mut self, frames: &[Frame], ticks: &[(f64, String)]) {
        for (y, name) in ticks {
            for frame in frames {
                let rule = [(frame.left, *y), (frame.right, *y)];
                self.on.line(&rule, RULE, 0.8);
            }
            let at = (frames[0].left - 7.0, y + 4.0);
            self.on.text(name, at, TEXT, Anchor::Right, INK);
        }
    }

    /// The axis below a panel: its ticks, as many names as have room, and its title.
    pub(super) fn axis_below(&mut self, frame: Frame, ticks: &[(f64, String)], title: &str) {
        self.ticks_below(frame, ticks);
        self.axis_title(frame, title);
    }

    pub(super) fn ticks_below(&mut self, frame: Frame, ticks: &[(f64, String)]) {
        let y = frame.bottom;
        let ends = (frame.left, frame.right);
        self.on.line(&[(ends.0, y), (ends.1, y)], INK, 1.0);
        let mut kept = (1..=ticks.len()).map(|every| ticks.iter().step_by(every).collect());
        let kept = kept.find(|kept: &Vec<_>| !touch(kept, ends));
        for tick in kept.unwrap_or_default() {
            self.on.line(&[(tick.0, y), (tick.0, y + 4.0)], INK, 1.0);
            let at = (name_place(tick, ends), y + 17.0);
            self.on.text(&tick.1, at, TEXT, Anchor::Center, INK);
            self.y = self.y.max(y + 24.0);
        }
    }

    pub(super) fn axis_title(&mut self, frame: Frame, title: &str) {
        let (x, y) = (frame.middle().0, frame.bottom + 35.0);
        let title = fitted(title, TEXT, 2.0 * x.min(self.width - x) - 8.0);
        self.on.text(&title, (x, y), TEXT, Anchor::Center, INK);
        self.y = self.y.max(y + 5.0);
    }

    /// What is shown in a panel, as a table.
    pub(super) fn show(&mut self, data: Data) {
        self.data.push(data);
    }

    /// The picture in both forms.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn done(mut self) -> Picture {
        let (right, bottom) = (self.width.ceil(), (self.y + 8.0).ceil());
        let paper = Frame {
            left: 0.0,
            top: 0.0,
            right,
            // The bitmap may be a row higher.
            bottom: bottom + 2.0,
        };
        self.on.fill_below(paper, PAPER);
        let size = (right as u32, bottom as u32);
        Picture {
            svg: surface::svg(size, &self.title, &self.on),
            title: self.title,
            drawing: self.on,
            size,
            data: self.data,
        }
    }
}
