//! What every picture has: a width, a title, some lines below it, and two forms.

use super::super::File;
use super::data::Data;
use super::palette::{FAINT, INK, PAPER};
use super::surface::{self, Anchor, Frame, Surface, fitted, wrapped};

/// The width of the pictures of studies, in points. The bitmap has half as many pixels again.
pub(super) const WIDTH: f64 = 720.0;
/// What stays free at the left and the right.
pub(super) const MARGIN: f64 = 20.0;
/// The size of most text.
pub(super) const TEXT: f64 = 12.0;
/// The size of the lines that say more.
pub(super) const SMALL: f64 = 11.0;

const TITLE: f64 = 18.0;
const LINE: f64 = 17.0;

/// A picture, before it is drawn.
pub(super) trait Drawing {
    /// For those who cannot see it.
    fn title(&self) -> &str;

    /// Its width and its height in points.
    fn size(&self) -> (f64, f64);

    fn draw(&self, on: &mut Surface);

    /// What it shows, as tables.
    fn data(&self) -> Vec<Data> {
        Vec::new()
    }
}

/// A picture that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    title: String,
    svg: String,
    png: Vec<u8>,
    data: Vec<Data>,
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

    /// The bitmap: a PNG file.
    pub fn png(&self) -> &[u8] {
        &self.png
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
        [
            File::whole(svg, self.svg.clone()),
            File::whole(png, self.png.clone()),
        ]
    }
}

/// Draws a picture in both forms.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn both(drawing: &impl Drawing) -> Picture {
    let (width, height) = drawing.size();
    let (width, height) = (width.ceil(), height.ceil());
    let mut on = Surface::default();
    let paper = Frame {
        left: 0.0,
        top: 0.0,
        right: width,
        // The bitmap may be a row higher.
        bottom: height + 2.0,
    };
    drawing.draw(&mut on);
    on.fill_below(paper, PAPER);
    let size = (width as u32, height as u32);
    Picture {
        title: drawing.title().to_owned(),
        svg: surface::svg(size, drawing.title(), &on),
        png: surface::png(size, &on),
        data: drawing.data(),
    }
}

/// So many of something, where points are counted.
pub(super) fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("nobody looks at so many"))
}

/// A title and what is said below it.
pub(super) struct Header {
    pub(super) title: String,
    lines: Vec<String>,
}

impl Header {
    /// The header of a picture that is `width` points wide; each note has a line or more.
    pub(super) fn new(title: &str, notes: &[String], width: f64) -> Header {
        let room = width - 2.0 * MARGIN;
        let lines = notes.iter().filter(|note| !note.is_empty());
        Header {
            title: fitted(title, TITLE, room),
            lines: lines.flat_map(|note| wrapped(note, TEXT, room)).collect(),
        }
    }

    /// From the top of the picture to where there is room for something else.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn height(&self) -> f64 {
        45.0 + LINE * self.lines.len() as f64
    }

    pub(super) fn draw(&self, on: &mut Surface) {
        on.text(&self.title, (MARGIN, 28.0), TITLE, Anchor::Left, INK);
        let mut baseline = 32.0;
        for line in &self.lines {
            baseline += LINE;
            on.text(line, (MARGIN, baseline), TEXT, Anchor::Left, FAINT);
        }
    }
}
