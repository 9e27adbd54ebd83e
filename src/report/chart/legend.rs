//! A panel's title with what its colours mean, from left to right.

use super::page::TEXT;
use super::palette::{INK, RGBColor};
use super::shape;
use super::surface::{Anchor, Frame, Surface, text_width};

/// A line of a legend that is being drawn.
pub(super) struct Legend<'a> {
    on: &'a mut Surface,
    x: f64,
    baseline: f64,
}

impl<'a> Legend<'a> {
    pub(super) fn new(on: &'a mut Surface, baseline: f64, title: &str) -> Legend<'a> {
        on.text(title, (20.0, baseline), 13.0, Anchor::Left, INK);
        let x = 20.0 + text_width(title, 13.0) + 18.0;
        Legend { on, x, baseline }
    }

    /// One without a title.
    pub(super) fn untitled(on: &'a mut Surface, baseline: f64) -> Legend<'a> {
        let x = 20.0;
        Legend { on, x, baseline }
    }

    /// A line of so many points.
    pub(super) fn line(&mut self, name: &str, colour: RGBColor, width: f64) {
        self.entry(name, |on, frame| {
            on.line(&frame.level(), colour, width);
        });
    }

    /// A line of dashes: so long each, and so far apart.
    pub(super) fn dashed(&mut self, name: &str, dashes: (f64, f64), colour: RGBColor, width: f64) {
        self.entry(name, |on, frame| {
            shape::dashed(on, &frame.level(), dashes, colour, width);
        });
    }

    /// Anything that `sample` draws into a frame.
    pub(super) fn entry(&mut self, name: &str, sample: impl FnOnce(&mut Surface, Frame)) {
        let frame = Frame {
            left: self.x,
            right: self.x + 18.0,
            top: self.baseline - 10.0,
            bottom: self.baseline + 1.0,
        };
        sample(self.on, frame);
        let at = (self.x + 23.0, self.baseline);
        self.on.text(name, at, TEXT, Anchor::Left, INK);
        self.x += 23.0 + text_width(name, TEXT) + 16.0;
    }

    /// More words.
    pub(super) fn words(&mut self, words: &str) {
        self.on.text(
            words,
            (self.x - 10.0, self.baseline),
            TEXT,
            Anchor::Left,
            INK,
        );
    }
}
