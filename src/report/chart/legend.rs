//! A panel's title with what its colours mean, from left to right.

use super::page::{CAPTION, MARGIN, Page, TEXT};
use super::palette::{INK, RGBColor};
use super::shape::dashed;
use super::surface::{Anchor, Frame, Surface, text_width};

/// A legend that is being drawn.
pub(super) struct Legend<'a> {
    page: &'a mut Page,
    x: f64,
    baseline: f64,
}

impl Legend<'_> {
    /// A legend after its title, if it has one.
    pub(super) fn new<'a>(page: &'a mut Page, title: &str) -> Legend<'a> {
        let (mut x, baseline) = (MARGIN, page.row());
        let at = (x, baseline);
        page.on.text(title, at, CAPTION, Anchor::Left, INK);
        if !title.is_empty() {
            x += text_width(title, CAPTION) + 18.0;
        }
        Legend { page, x, baseline }
    }

    /// An area.
    pub(super) fn area(&mut self, name: &str, colour: RGBColor) {
        self.entry(name, |on, frame| on.fill(frame, colour));
    }

    /// A line that is `width` points thick.
    pub(super) fn line(&mut self, name: &str, colour: RGBColor, width: f64) {
        self.entry(name, |on, frame| on.line(&frame.level(), colour, width));
    }

    /// A line of dashes: so long each, and so far apart.
    pub(super) fn dashed(&mut self, name: &str, dashes: (f64, f64), colour: RGBColor, width: f64) {
        self.entry(name, |on, frame| {
            dashed(on, &frame.level(), dashes, colour, width);
        });
    }

    /// Anything that `sample` draws into a frame; in another row where this one is full.
    pub(super) fn entry(&mut self, name: &str, sample: impl FnOnce(&mut Surface, Frame)) {
        let wide = 23.0 + text_width(name, TEXT);
        if self.x + wide > self.page.width - 4.0 {
            self.x = MARGIN;
            self.baseline = self.page.row();
        }
        let frame = Frame {
            left: self.x,
            right: self.x + 18.0,
            top: self.baseline - 10.0,
            bottom: self.baseline + 1.0,
        };
        sample(&mut self.page.on, frame);
        let at = (self.x + 23.0, self.baseline);
        self.page.on.text(name, at, TEXT, Anchor::Left, INK);
        self.x += wide + 16.0;
    }
}
