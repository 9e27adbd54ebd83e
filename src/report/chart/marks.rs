//! The events of a run, marked and labelled above the panels.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::axis::TimeAxis;
use super::palette::{FAINT, INK};
use super::shape::dashed;
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::model::{Change, ClusterLife, History, What};
use crate::report::describe::words;
use crate::report::window::Window;
use crate::scenario::Scenario;
use crate::units::Time;

const SIZE: f64 = 11.0;
const LANE: f64 = 15.0;
/// The number of lanes of labels; what finds no room has a mark and no label.
const MOST_LANES: usize = 4;
const WIDEST: f64 = 300.0;
/// Of marks closer together only the first is labelled.
const NEAREST: f64 = 8.0;
/// Where there are more marks, equal ones are labelled once and have no lines.
const MOST_LINES: usize = 24;
/// Later ones have a mark only.
const MOST_LABELS: usize = 60;

/// An event on the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    time: Time,
    label: Rc<str>,
    /// Whether an operation was refused, or failed.
    refused: bool,
}

/// Every event, in the order in which they happened.
pub(super) fn of(scenario: &Scenario, history: &History) -> Vec<Mark> {
    // There may be millions of marks, with few labels.
    let mut labels: BTreeSet<Rc<str>> = BTreeSet::new();
    let mut shared = |label: String| match labels.get(label.as_str()) {
        Some(label) => Rc::clone(label),
        None => {
            let label: Rc<str> = label.into();
            labels.insert(Rc::clone(&label));
            label
        }
    };
    history
        .log
        .iter()
        .filter_map(|change| {
            Some(Mark {
                time: change.time,
                label: shared(label(scenario, change)?),
                refused: matches!(
                    change.what,
                    What::OperationRejected(_) | What::OperationFailed(_)
                ),
            })
        })
        .collect()
}

fn label(scenario: &Scenario, change: &Change) -> Option<String> {
    let event = &scenario.events[change.cause?.event];
    let kind = words(event.action.kind().name());
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
        What::Life {
            to: ClusterLife::Absent,
            ..
        } => Some("cluster is lost".to_owned()),
        // What an operation did is told by the operation.
        What::Life { .. } | What::Routed(_) | What::Access { .. } | What::Destroyed => None,
    }
}

/// A label in its place.
#[derive(Debug, Clone)]
struct Placed {
    text: String,
    /// Where its mark is.
    mark: f64,
    left: f64,
    right: f64,
    /// Counted from the panels up.
    lane: usize,
}

impl Placed {
    /// Whether it stands at the tick of another mark, so that it would be read as that one's.
    fn seems_to_be_of(&self, ticks: &[f64]) -> bool {
        let mut others = ticks
            .iter()
            .filter(|&&tick| (tick - self.mark).abs() >= NEAREST);
        others.any(|&tick| self.left - 6.0 < tick && tick < self.right + 2.0)
    }

    /// Whether one is written over the other, or over or right beside the stroke that leads to it.
    fn clashes(&self, other: &Placed) -> bool {
        let over = |label: &Placed, mark: f64| label.left - 6.0 < mark && mark < label.right + 2.0;
        let together = self.lane == other.lane
            && self.left < other.right + 8.0
            && other.left < self.right + 8.0;
        together
            || (self.lane < other.lane && over(self, other.mark))
            || (other.lane < self.lane && over(other, self.mark))
    }
}

/// The marks of one column of panels.
pub(super) struct Lanes {
    /// Where there is a mark.
    ticks: Vec<f64>,
    placed: Vec<Placed>,
    /// What is shown closer elsewhere.
    closer: Option<(f64, f64)>,
}

impl Lanes {
    /// Puts labels where they clash with no other, those within `elsewhere` left out.
    pub(super) fn new(marks: &[Mark], axis: &TimeAxis, elsewhere: Option<Window>) -> Lanes {
        let within = |window: Window, t| window.from <= t && t <= window.until;
        let mut ticks: Vec<f64> = Vec::new();
        let mut labels: Vec<(f64, String)> = Vec::new();
        let mut last_refused = false;
        for mark in marks.iter().filter(|m| within(axis.window, m.time)) {
            let x = axis.x(mark.time);
            if ticks.last().is_none_or(|last| x - last >= 1.0) {
                ticks.push(x);
            }
            // Of marks at the same place the first has the label, or what went wrong.
            let crowded = labels.last().is_some_and(|last| x - last.0 < NEAREST)
                && (last_refused || !mark.refused);
            let again = marks.len() > MOST_LINES && labels.iter().any(|l| *l.1 == *mark.label);
            if !again && !crowded && !elsewhere.is_some_and(|window| within(window, mark.time)) {
                let widest = WIDEST.min(axis.right - axis.left);
                labels.pop_if(|last| x - last.0 < NEAREST);
                last_refused = mark.refused;
                labels.push((x, fitted(&mark.label, SIZE, widest)));
            }
        }
        labels.truncate(MOST_LABELS);
        let closer = elsewhere.map(|window| (axis.x(window.from), axis.x(window.until)));
        Lanes::of(&labels, ticks, (axis.left, axis.right), closer)
    }

    /// Labels for marks that are in places from the left to the right.
    pub(super) fn of_labels(labels: &[(f64, String)], ends: (f64, f64)) -> Lanes {
        let ticks = labels.iter().map(|label| label.0).collect();
        Lanes::of(labels, ticks, ends, None)
    }

    fn of(
        labels: &[(f64, String)],
        ticks: Vec<f64>,
        ends: (f64, f64),
        closer: Option<(f64, f64)>,
    ) -> Lanes {
        let best = (1..=MOST_LANES)
            .map(|lanes| placed(labels, &ticks, ends, lanes))
            .rev()
            .max_by_key(Vec::len);
        Lanes {
            ticks,
            placed: best.unwrap_or_default(),
            closer,
        }
    }

    /// How high the labels are together.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn height(&self) -> f64 {
        let lanes = self.placed.iter().map(|label| label.lane + 1).max();
        lanes.unwrap_or(0) as f64 * LANE
    }

    /// A dashed line at each event through a panel, but where it is shown closer elsewhere.
    pub(super) fn draw_lines(&self, on: &mut Surface, panel: Frame) {
        if self.ticks.len() > MOST_LINES {
            return;
        }
        for &x in &self.ticks {
            let close = |(from, until)| from <= x && x <= until;
            if !self.closer.is_some_and(close) {
                let line = [(x, panel.top), (x, panel.bottom)];
                dashed(on, &line, (2.5, 3.5), FAINT, 0.6);
            }
        }
    }

    /// The labels above `panels_top`, and strokes that lead to them.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn draw_labels(&self, on: &mut Surface, panels_top: f64) {
        let stroke = |x, height| [(x, panels_top - height), (x, panels_top)];
        for &x in &self.ticks {
            on.line(&stroke(x, 4.0), INK, 1.0);
        }
        for label in &self.placed {
            let height = 4.0 + (label.lane as f64 + 1.0) * LANE;
            on.line(&stroke(label.mark, height), INK, 1.0);
        }
        for label in &self.placed {
            let y = panels_top - 6.0 - label.lane as f64 * LANE;
            on.text(&label.text, (label.left, y), SIZE, Anchor::Left, INK);
        }
    }
}

/// The labels that find room in `lanes` lanes. Earlier ones take higher lanes, so that the strokes
/// of later ones end below them.
fn placed(
    labels: &[(f64, String)],
    ticks: &[f64],
    (leftmost, rightmost): (f64, f64),
    lanes: usize,
) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    for (at, (mark, text)) in labels.iter().enumerate() {
        let width = text_width(text, SIZE);
        // A label begins at its mark; where it would stand out at the right, or the next mark is
        // close, it ends there.
        let crowded = labels
            .get(at + 1)
            .is_some_and(|next| next.0 - mark < NEAREST);
        let left = if crowded {
            mark - 5.0 - width
        } else if mark + 3.0 + width <= rightmost {
            mark + 3.0
        } else {
            mark - 3.0 - width
        };
        let candidate = |lane| Placed {
            text: text.clone(),
            mark: *mark,
            left,
            right: left + width,
            lane,
        };
        let free = (0..lanes).rev().map(candidate).find(|label| {
            left >= leftmost - 2.0
                && !placed.iter().any(|other| other.clashes(label))
                && !(label.lane == 0 && label.seems_to_be_of(ticks))
        });
        placed.extend(free);
    }
    placed
}
