//! The events of a run, marked and labelled above the panels.

use plotters::backend::DrawingBackend;

use super::axis::TimeAxis;
use super::palette::{FAINT, INK};
use super::surface::{Anchor, Surface, fitted, text_width};
use crate::model::{Change, History, What};
use crate::report::describe::{kind, words};
use crate::report::window::Window;
use crate::scenario::Scenario;
use crate::units::Time;

const SIZE: f64 = 11.0;
const LANE: f64 = 15.0;
/// Labels stand in so many lanes; what finds no room has a mark and no label.
const MOST_LANES: usize = 4;
const WIDEST: f64 = 230.0;

/// An event on the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    time: Time,
    label: String,
}

/// Every event, in the order in which they happened.
pub(super) fn of(scenario: &Scenario, history: &History) -> Vec<Mark> {
    history
        .log
        .iter()
        .filter_map(|change| {
            Some(Mark {
                time: change.time,
                label: label(scenario, change)?,
            })
        })
        .collect()
}

fn label(scenario: &Scenario, change: &Change) -> Option<String> {
    let event = &scenario.events[change.cause?.event];
    let kind = words(kind(&event.action));
    let what = if event.name.contains('#') {
        kind
    } else {
        format!("{}: {kind}", event.name)
    };
    match change.what {
        What::Began | What::OperationStarted => Some(what),
        What::Ended => Some(format!("{what} ends")),
        What::WithoutEffect(_) => Some(format!("{what}, no effect")),
        What::OperationRejected(_) => Some(format!("{what} rejected")),
        What::OperationSucceeded => Some(format!("{what} succeeds")),
        What::OperationFailed(_) => Some(format!("{what} fails")),
        What::PurgedByItself => Some("key is purged".to_owned()),
        What::Access { .. } | What::Destroyed => None,
    }
}

/// A label in its place.
struct Placed<'a> {
    mark: &'a Mark,
    text: String,
    x: f64,
    lane: usize,
}

/// The marks of one column of panels.
pub(super) struct Lanes<'a> {
    axis: TimeAxis,
    /// Where there is a mark.
    ticks: Vec<f64>,
    placed: Vec<Placed<'a>>,
    /// What is shown closer elsewhere.
    closer: Option<(f64, f64)>,
}

impl<'a> Lanes<'a> {
    /// Puts labels where they overlap no other, those outside of `elsewhere` alone.
    pub(super) fn new(marks: &'a [Mark], axis: TimeAxis, elsewhere: Option<Window>) -> Lanes<'a> {
        let within = |window: Window, t| window.from <= t && t <= window.until;
        let mut ticks: Vec<f64> = Vec::new();
        let mut placed = Vec::new();
        let mut free = [axis.left - 10.0; MOST_LANES];
        for mark in marks.iter().filter(|m| within(axis.window, m.time)) {
            let x = axis.x(mark.time);
            if ticks.last().is_none_or(|last| x - last >= 1.0) {
                ticks.push(x);
            }
            if elsewhere.is_some_and(|window| within(window, mark.time)) {
                continue;
            }
            let text = fitted(&mark.label, SIZE, WIDEST.min(axis.right - axis.left));
            let width = text_width(&text, SIZE);
            // A label begins at its mark; where it would stand out at the right it ends there.
            let left = if x + 3.0 + width <= axis.right {
                x + 3.0
            } else {
                (x - 3.0 - width).max(axis.left)
            };
            if let Some(lane) = (0..MOST_LANES).find(|&lane| free[lane] + 8.0 <= left) {
                free[lane] = left + width;
                placed.push(Placed {
                    mark,
                    text,
                    x: left,
                    lane,
                });
            }
        }
        Lanes {
            axis,
            ticks,
            placed,
            closer: elsewhere.map(|window| (axis.x(window.from), axis.x(window.until))),
        }
    }

    /// How high the labels are together.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn height(&self) -> f64 {
        let lanes = self.placed.iter().map(|label| label.lane + 1).max();
        lanes.unwrap_or(0) as f64 * LANE
    }

    /// An upright stroke at each event, up to its label, and a dashed line through `panels`.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn draw_lines<B: DrawingBackend>(
        &self,
        on: &mut Surface<B>,
        top: f64,
        panels: &[(f64, f64)],
    ) {
        for &x in &self.ticks {
            let label = self
                .placed
                .iter()
                .filter(|label| (self.axis.x(label.mark.time) - x).abs() < 1.0)
                .map(|label| label.lane as f64 + 1.0)
                .fold(0.0, f64::max);
            on.line(&[(x, top - 4.0 - label * LANE), (x, top)], INK, 1.0);
            let close = self
                .closer
                .is_some_and(|(from, until)| from <= x && x <= until);
            for &(top, bottom) in panels.iter().filter(|_| !close) {
                dashed(on, x, top, bottom);
            }
        }
    }

    /// The labels above `panels_top`.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn draw_labels<B: DrawingBackend>(&self, on: &mut Surface<B>, panels_top: f64) {
        for label in &self.placed {
            let y = panels_top - 6.0 - label.lane as f64 * LANE;
            on.text(&label.text, (label.x, y), SIZE, Anchor::Left, INK);
        }
    }
}

fn dashed<B: DrawingBackend>(on: &mut Surface<B>, x: f64, top: f64, bottom: f64) {
    let mut y = top;
    while y < bottom {
        on.line(&[(x, y), (x, (y + 2.5).min(bottom))], FAINT, 0.6);
        y += 6.0;
    }
}
