//! What a picture is drawn on: points with the origin at the top left, as a vector or a
//! bitmap drawing.

// On `wasm32` plotters needs a browser; the two backends that it draws with do not.
#[cfg(not(target_arch = "wasm32"))]
use plotters::backend::{BitMapBackend, SVGBackend};
pub(super) use plotters_backend::text_anchor::HPos as Anchor;
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend, DrawingErrorKind};
#[cfg(target_arch = "wasm32")]
use {plotters_bitmap::BitMapBackend, plotters_svg::SVGBackend};

use super::font::{self, TextStyle};
use super::palette::{FAINT, PAPER, RGBColor};

/// plotters' backends count the height of a line, which is this many times the font's size.
const LINE_IN_SVG: f64 = 1.24;
/// The same for bitmaps: ascent and descent of the font.
const LINE_IN_BITMAP: f64 = 1.164;

/// A rectangle in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Frame {
    pub(in crate::report) left: f64,
    pub(in crate::report) top: f64,
    pub(in crate::report) right: f64,
    pub(in crate::report) bottom: f64,
}

impl Frame {
    /// The line along its middle.
    pub(super) fn level(&self) -> [(f64, f64); 2] {
        let (_, y) = self.middle();
        [(self.left, y), (self.right, y)]
    }

    /// Its middle.
    pub(super) fn middle(&self) -> (f64, f64) {
        (
            f64::midpoint(self.left, self.right),
            f64::midpoint(self.top, self.bottom),
        )
    }
}

/// A drawing in points, from the bottom to the top. It is kept until its size is known.
#[derive(Clone, Default)]
pub(super) struct Surface(Vec<Mark>);

#[derive(Clone)]
enum Mark {
    Fill(Frame, RGBColor),
    Polygon(Vec<(f64, f64)>, RGBColor),
    /// With its thickness in points.
    Line(Vec<(f64, f64)>, RGBColor, f64),
    /// With its baseline at the height of a point.
    Text(String, (f64, f64), f64, Anchor, RGBColor),
}

/// Draws with a backend of plotters.
struct Pen<B> {
    backend: B,
    /// Units of the backend in a point.
    scale: f64,
    /// Whether it is a vector drawing.
    vector: bool,
    /// Line height over font size.
    line: f64,
    /// From the top of a text to its baseline, in font sizes.
    ascent: f64,
}

/// Units of the vector drawing in a point: plotters draws on whole units only.
const SVG_SCALE: u32 = 8;
/// Pixels of the bitmap in a point before it is averaged.
const BITMAP_SCALE: u32 = 3;
/// Pixels that are averaged into one, along each axis.
const AVERAGED: u32 = 2;

/// A line with its thickness in units of the backend.
struct Stroke(RGBColor, u32);

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn stroke_width(&self) -> u32 {
        self.1
    }
}

/// The width of a text in points.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let large = 1000.0;
    f64::from(font::width(text, large * LINE_IN_BITMAP)) * size / large
}

/// `text` cut so that it is at most `width` points wide.
pub(super) fn fitted(text: &str, size: f64, width: f64) -> String {
    let whole = super::super::format::sanitize(text);
    let letters: Vec<char> = whole.chars().collect();
    let short = |kept: usize| {
        let kept: String = letters[..kept].iter().collect();
        format!("{}…", kept.trim_end())
    };
    // No letter is narrower than a tenth of its size, so a long text need not be measured whole.
    let most = letters.len().min(whole_number(10.0 * width / size));
    if most == letters.len() && text_width(&whole, size) <= width {
        return whole;
    }
    let (mut fits, mut too_long) = (0, most + 1);
    while too_long - fits > 1 {
        let middle = usize::midpoint(fits, too_long);
        if text_width(&short(middle), size) <= width {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    short(fits)
}

/// `text` in lines that are at most `width` points wide, broken at spaces.
pub(super) fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (lines.last_mut(), longer) {
            (Some(line), Some(longer)) if text_width(&longer, size) <= width => *line = longer,
            _ => lines.push(fitted(word, size, width)),
        }
    }
    lines
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_number(points: f64) -> usize {
    points as usize
}

/// A vector drawing of `width` x `height` points with a title for those who cannot see it.
pub(super) fn svg((width, height): (u32, u32), title: &str, drawing: &Surface) -> String {
    let mut text = String::new();
    let size = (width * SVG_SCALE, height * SVG_SCALE);
    let pen = Pen {
        backend: SVGBackend::with_string(&mut text, size),
        scale: f64::from(SVG_SCALE),
        vector: true,
        line: LINE_IN_SVG,
        ascent: 0.76,
    };
    pen.draw(drawing);
    let (_, drawing) = text.split_once('\n').expect("an opening tag");
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">\n<title>{}</title>\n{drawing}",
        size.0,
        size.1,
        escaped(title)
    )
}

/// `text` as XML, without the characters that XML cannot hold.
fn escaped(text: &str) -> String {
    super::super::format::sanitize(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A bitmap of `width` x `height` points, as a PNG file.
pub(super) fn png((width, height): (u32, u32), drawing: &Surface) -> Vec<u8> {
    // Whole pixels after averaging.
    let height = height.next_multiple_of(AVERAGED);
    let (wide, high) = (width * BITMAP_SCALE, height * BITMAP_SCALE);
    let mut pixels = vec![0; wide as usize * high as usize * 3];
    let pen = Pen {
        backend: BitMapBackend::with_buffer(&mut pixels, (wide, high)),
        scale: f64::from(BITMAP_SCALE),
        vector: false,
        line: LINE_IN_BITMAP,
        ascent: LINE_IN_BITMAP / 2.0,
    };
    pen.draw(drawing);
    let pixels = averaged(&pixels, wide as usize, high as usize);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, wide / AVERAGED, high / AVERAGED);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("writing to memory");
    writer
        .write_image_data(&pixels)
        .expect("as many pixels as the header says");
    writer.finish().expect("writing to memory");
    bytes
}

/// Every square of [`AVERAGED`] x [`AVERAGED`] pixels made one.
fn averaged(pixels: &[u8], wide: usize, high: usize) -> Vec<u8> {
    const N: usize = AVERAGED as usize;
    let mut small = Vec::with_capacity(pixels.len() / (N * N));
    for row in 0..high / N {
        let rows: [&[u8]; N] =
            std::array::from_fn(|i| &pixels[(row * N + i) * wide * 3..][..wide * 3]);
        for column in 0..wide / N {
            for colour in 0..3 {
                let sum: usize = rows
                    .iter()
                    .flat_map(|row| (0..N).map(move |i| row[(column * N + i) * 3 + colour]))
                    .map(usize::from)
                    .sum();
                small.push(u8::try_from((sum + N * N / 2) / (N * N)).expect("a mean of bytes"));
            }
        }
    }
    small
}

impl<B: DrawingBackend> Pen<B> {
    fn draw(mut self, drawing: &Surface) {
        for mark in &drawing.0 {
            let drawn = match mark {
                Mark::Fill(frame, colour) => self.fill(frame, *colour),
                Mark::Polygon(corners, colour) => {
                    let corners: Vec<(i32, i32)> = corners.iter().map(|&c| self.place(c)).collect();
                    self.backend.fill_polygon(corners, colour)
                }
                Mark::Line(points, colour, width) => self.line(points, *colour, *width),
                Mark::Text(text, at, size, anchor, colour) => {
                    let size = size * self.scale;
                    let style = TextStyle {
                        // In whole units, as plotters counts them.
                        height: (size * self.line).trunc(),
                        colour: colour.color(),
                        anchor: *anchor,
                    };
                    let (x, baseline) = self.place(*at);
                    #[allow(clippy::cast_possible_truncation)]
                    let top = baseline - (size * self.ascent).round() as i32;
                    self.backend.draw_text(text, &style, (x, top))
                }
            };
            drawn.expect("drawing in memory");
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn unit(&self, points: f64) -> i32 {
        (points * self.scale).round() as i32
    }

    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        (self.unit(x), self.unit(y))
    }

    /// Nothing where it has no area.
    fn fill(&mut self, frame: &Frame, colour: RGBColor) -> Drawn<B> {
        let (left, top) = self.place((frame.left, frame.top));
        let (right, bottom) = self.place((frame.right, frame.bottom));
        if right <= left || bottom <= top {
            return Ok(());
        }
        self.backend
            .draw_rect((left, top), (right, bottom), &colour, true)
    }

    /// On a bitmap piece by piece, for plotters draws long spikes where a thick line turns sharply.
    fn line(&mut self, points: &[(f64, f64)], colour: RGBColor, width: f64) -> Drawn<B> {
        let mut points: Vec<(i32, i32)> = points.iter().map(|&p| self.place(p)).collect();
        points.dedup();
        let width = u32::try_from(self.unit(width).max(1)).expect("positive");
        let style = Stroke(colour, width);
        if self.vector {
            return self.backend.draw_path(points, &style);
        }
        let mut pieces = points.windows(2);
        pieces.try_for_each(|piece| self.backend.draw_path(piece.iter().copied(), &style))
    }
}

type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

impl Surface {
    /// A filled rectangle.
    pub(super) fn fill(&mut self, frame: Frame, colour: RGBColor) {
        self.0.push(Mark::Fill(frame, colour));
    }

    /// A filled rectangle below all that is drawn.
    pub(super) fn fill_below(&mut self, frame: Frame, colour: RGBColor) {
        self.0.insert(0, Mark::Fill(frame, colour));
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, corners: &[(f64, f64)], colour: RGBColor) {
        self.0.push(Mark::Polygon(corners.to_vec(), colour));
    }

    /// A line through `points`, `width` points thick.
    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: RGBColor, width: f64) {
        self.0.push(Mark::Line(points.to_vec(), colour, width));
    }

    /// A text whose baseline is at the height of `at`; nothing where there is none.
    pub(super) fn text(
        &mut self,
        text: &str,
        at: (f64, f64),
        size: f64,
        anchor: Anchor,
        colour: RGBColor,
    ) {
        if !text.is_empty() {
            let text = super::super::format::sanitize(text);
            self.0.push(Mark::Text(text, at, size, anchor, colour));
        }
    }

    /// A text around `at` that nothing shines through.
    pub(super) fn text_on_paper(&mut self, text: &str, (x, y): (f64, f64), size: f64) {
        let half = text_width(text, size) / 2.0 + 4.0;
        let around = Frame {
            left: x - half,
            right: x + half,
            top: y - size,
            bottom: y + 5.0,
        };
        self.fill(around, PAPER);
        self.text(text, (x, y), size, Anchor::Center, FAINT);
    }
}
