//! Texts in the one font that is built in: how wide they are, and how their letters are drawn.
//!
//! plotters does the same, but not on `wasm32`, where it asks a browser. With it done here every
//! target draws the same bytes.

use std::convert::Infallible;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScaleFont, ScaleFont};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendTextStyle, FontFamily};

/// The family in SVG files; bitmaps are drawn with the subset that is built in.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    let font = FontRef::try_from_slice(include_bytes!("../font/DejaVuSans-Latin.ttf"));
    font.expect("the font that is built in can be read")
});

#[allow(clippy::cast_possible_truncation)]
fn whole(number: f32) -> i32 {
    number as i32
}

#[allow(clippy::cast_possible_truncation)]
fn scaled(height: f64) -> PxScaleFont<&'static FontRef<'static>> {
    FONT.as_scaled(height as f32)
}

/// Each letter with where it begins, and where the text ends.
fn set(text: &str, height: f64) -> (Vec<(Glyph, f32)>, f32) {
    let font = scaled(height);
    let mut letters: Vec<(Glyph, f32)> = Vec::with_capacity(text.len());
    let mut x = 0.0;
    for letter in text.chars() {
        let glyph = font.scaled_glyph(letter);
        if let Some((before, _)) = letters.last() {
            x += font.kern(before.id, glyph.id);
        }
        let advance = font.h_advance(glyph.id);
        letters.push((glyph, x));
        x += advance;
    }
    (letters, x)
}

/// The width of `text` in whole units, where a line is `height` of them.
pub(super) fn width(text: &str, height: f64) -> i32 {
    whole(set(text, height).1)
}

/// How a text is set: in one line, below the point that it is drawn at.
pub(super) struct TextStyle {
    /// Of the line, in units of the backend.
    pub(super) height: f64,
    pub(super) colour: BackendColor,
    pub(super) anchor: HPos,
}

impl BackendTextStyle for TextStyle {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        self.colour
    }

    fn size(&self) -> f64 {
        self.height
    }

    fn anchor(&self) -> Pos {
        Pos::new(self.anchor, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILY)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (width(text, self.height), self.height as i32)))
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        (left, top): BackendCoord,
        mut draw: F,
    ) -> Result<Result<(), E>, Infallible> {
        let font = scaled(self.height);
        for (glyph, x) in set(text, self.height).0 {
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let left = left + whole(x);
            let top = top + whole(font.scale.y / 2.0 + outline.px_bounds().min.y);
            let mut drawn = Ok(());
            outline.draw(|x, y, cover| {
                if drawn.is_ok() {
                    let colour = self.colour.mix(f64::from(cover));
                    drawn = draw(left + x.cast_signed(), top + y.cast_signed(), colour);
                }
            });
            if drawn.is_err() {
                return Ok(drawn);
            }
        }
        Ok(Ok(()))
    }
}
