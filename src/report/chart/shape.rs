//! Small things that are drawn on any picture: marks of several shapes, whiskers, dashed lines,
//! hatched areas.

use super::palette::{FAILS, FAINT, INK, PAPER, RGBColor};
use super::surface::{Frame, Surface};
use super::tone::{FAILS_ON_TONE, ON_TONE};
use crate::experiment::Outcome;

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Round,
    Square,
    Diamond,
}

impl Shape {
    fn corners(self, (x, y): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
        let around = |count: u32, turn: f64, radius: f64| {
            let corner = move |i: u32| {
                let angle = std::f64::consts::TAU * (f64::from(i) + turn) / f64::from(count);
                (x + radius * libm::sin(angle), y - radius * libm::cos(angle))
            };
            (0..count).map(corner).collect()
        };
        match self {
            Shape::Round => around(24, 0.0, radius),
            Shape::Square => around(4, 0.5, radius * 1.25),
            Shape::Diamond => around(4, 0.0, radius * 1.35),
        }
    }

    /// Draws it around `at`, full or as an outline on paper.
    pub(super) fn draw(
        self,
        on: &mut Surface,
        at: (f64, f64),
        radius: f64,
        colour: RGBColor,
        full: bool,
    ) {
        on.polygon(&self.corners(at, radius + 1.0), PAPER);
        on.polygon(&self.corners(at, radius), colour);
        if !full {
            on.polygon(&self.corners(at, radius - 1.6), PAPER);
        }
    }
}

/// Whether something holds, by shape and not by colour alone.
pub(super) fn outcome(on: &mut Surface, (x, y): (f64, f64), outcome: Outcome) {
    match outcome {
        Outcome::Passed => Shape::Round.draw(on, (x, y), 3.5, INK, true),
        Outcome::Undecided => Shape::Round.draw(on, (x, y), 3.5, FAINT, false),
        Outcome::Failed => {
            for (colour, width) in [(PAPER, 4.2), (FAILS, 2.0)] {
                for slope in [-3.2, 3.2] {
                    on.line(&[(x - 3.2, y - slope), (x + 3.2, y + slope)], colour, width);
                }
            }
        }
    }
}

/// The same on the colour of a cell, which is light on dark pages too.
pub(super) fn outcome_on(on: &mut Surface, (x, y): (f64, f64), outcome: Outcome, cell: RGBColor) {
    match outcome {
        Outcome::Passed => on.polygon(&Shape::Round.corners((x, y), 3.5), ON_TONE),
        Outcome::Undecided => {
            on.polygon(&Shape::Round.corners((x, y), 3.5), ON_TONE);
            on.polygon(&Shape::Round.corners((x, y), 2.1), cell);
        }
        Outcome::Failed => {
            for slope in [-3.2, 3.2] {
                let line = [(x - 3.2, y - slope), (x + 3.2, y + slope)];
                on.line(&line, FAILS_ON_TONE, 2.0);
            }
        }
    }
}

/// A line with an end stroke at both ends, along x where `from` and `to` differ there.
pub(super) fn whisker(on: &mut Surface, from: (f64, f64), to: (f64, f64), colour: RGBColor) {
    let half = 3.5;
    let across = if (from.1 - to.1).abs() > (from.0 - to.0).abs() {
        (half, 0.0)
    } else {
        (0.0, half)
    };
    on.line(&[from, to], colour, 1.2);
    for (x, y) in [from, to] {
        let ends = [(x - across.0, y - across.1), (x + across.0, y + across.1)];
        on.line(&ends, colour, 1.2);
    }
}

/// A line through `points` in dashes of `dash` points and gaps of `gap`.
pub(super) fn dashed(
    on: &mut Surface,
    points: &[(f64, f64)],
    (dash, gap): (f64, f64),
    colour: RGBColor,
    width: f64,
) {
    for piece in dashes(points, dash, gap) {
        on.line(&piece, colour, width);
    }
}

/// The pieces of a line that are drawn where it is dashed.
fn dashes(points: &[(f64, f64)], dash: f64, gap: f64) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let (mut drawn, mut left) = (false, 0.0);
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let length = libm::hypot(to_x - x, to_y - y);
        let place = |along: f64| {
            let part = along / length;
            (x + (to_x - x) * part, y + (to_y - y) * part)
        };
        let mut along = 0.0;
        while along < length {
            // Less than this could be lost beside a long way, and the way never end.
            if left <= 1e-6 {
                drawn = !drawn;
                left = if drawn { dash } else { gap };
                if drawn {
                    pieces.push(vec![place(along)]);
                }
            }
            let next = (along + left).min(length);
            left -= next - along;
            along = next;
            if let Some(piece) = pieces.last_mut().filter(|_| drawn) {
                piece.push(place(along));
            }
        }
    }
    pieces
}

/// Slanted strokes over a frame.
pub(super) fn hatch(on: &mut Surface, frame: Frame, colour: RGBColor) {
    let (wide, high) = (frame.right - frame.left, frame.bottom - frame.top);
    let mut begin = -high;
    while begin < wide {
        // From the bottom edge up to the right, cut at both sides.
        let (from, to) = (begin.max(0.0), (begin + high).min(wide));
        let at = |x: f64| (frame.left + x, frame.bottom - (x - begin));
        if to - from > 0.5 {
            on.line(&[at(from), at(to)], colour, 0.9);
        }
        begin += 5.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_around_corners() {
        let pieces = dashes(&[(0.0, 0.0), (3.0, 0.0), (3.0, 4.0)], 2.0, 2.0);
        assert_eq!(
            pieces,
            [vec![(0.0, 0.0), (2.0, 0.0)], vec![(3.0, 1.0), (3.0, 3.0)]]
        );
        // A dash that begins before a corner ends behind it.
        let pieces = dashes(&[(0.0, 0.0), (3.0, 0.0), (3.0, 4.0)], 5.0, 9.0);
        assert_eq!(pieces, [vec![(0.0, 0.0), (3.0, 0.0), (3.0, 2.0)]]);
        assert!(dashes(&[(1.0, 1.0), (1.0, 1.0)], 2.0, 2.0).is_empty());
        // What is left of a dash may be less than can be added to the way.
        let long: Vec<(f64, f64)> = (0..500).map(|i| (f64::from(i) * 1.213, 0.1)).collect();
        assert_eq!(dashes(&long, 4.0, 2.5).len(), 94);
    }
}
