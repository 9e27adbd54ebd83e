//! Where the data is over time: what is stored in one panel, what waits or is lost in another.

use std::ops::Range;

use super::axis::TimeAxis;
use super::palette::{BUFFERED, COLD, DROPPED, HOT, INACCESSIBLE, INK, PAPER, RGBColor};
use super::scale::Axis;
use super::surface::{Frame, Surface};
use crate::accounting::Balance;
use crate::experiment::Replay;
use crate::report::csv::evenly;
use crate::report::window::Window;
use crate::units::{Duration, Time, Volume};

/// Instants of change beyond this many are thinned.
const MOST_CHANGES: usize = 120;
/// The narrowest area in points.
const NARROWEST: f64 = 1.2;

/// The data of all workspaces at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::report) struct Sample {
    pub(in crate::report) time: Time,
    pub(in crate::report) hot: Volume,
    pub(in crate::report) cold: Volume,
    pub(in crate::report) inaccessible: Volume,
    pub(in crate::report) buffered: Volume,
    pub(in crate::report) dropped: Volume,
    pub(in crate::report) destroyed: Volume,
}

impl Sample {
    fn add(&mut self, balance: &Balance) {
        let hot = balance.hot.min(balance.accessible);
        self.hot += hot;
        self.cold += balance.accessible - hot;
        self.inaccessible += balance.inaccessible();
        self.buffered += balance.buffered;
        self.dropped += balance.dropped();
        self.destroyed += balance.destroyed;
    }

    /// The largest of what the panel of losses shows.
    pub(super) fn at_loss(&self) -> Volume {
        self.buffered.max(self.dropped).max(self.destroyed)
    }

    /// Everything that is in the store or waits for it.
    pub(super) fn held(&self) -> Volume {
        self.hot + self.cold + self.inaccessible + self.buffered
    }
}

/// Samples of a window: about `count` evenly, and on both sides of each change.
pub(super) fn samples(replay: &Replay, window: Window, count: usize) -> Vec<Sample> {
    let changes = thinned(of_workspaces(replay, window));
    let changes = changes
        .into_iter()
        .chain(thinned(of_accounts(replay, window)));
    let sides = changes.flat_map(|t| [t - Duration::MILLISECOND, t]);
    let length = Time::START + window.length();
    let mut times: Vec<Time> = evenly(length, count)
        .into_iter()
        .map(|t| window.from + (t - Time::START))
        .chain(sides)
        .filter(|&t| window.from <= t && t <= window.until)
        .collect();
    times.sort_unstable();
    times.dedup();
    samples_at(replay, &times)
}

/// Samples at instants that rise.
pub(in crate::report) fn samples_at(replay: &Replay, times: &[Time]) -> Vec<Sample> {
    let empty = |&time| Sample {
        time,
        ..Sample::default()
    };
    let mut samples: Vec<Sample> = times.iter().map(empty).collect();
    for workspace in 0..replay.history.workspaces.len() {
        let balances = replay.books.balances(workspace, times);
        samples
            .iter_mut()
            .zip(&balances)
            .for_each(|(sample, balance)| sample.add(balance));
    }
    samples
}

/// When the condition of a workspace changes in a window.
fn of_workspaces(replay: &Replay, window: Window) -> Vec<Time> {
    let workspaces = 0..replay.history.workspaces.len();
    let conditions = workspaces.flat_map(|workspace| replay.books.conditions(workspace));
    inside(conditions.map(|entry| entry.0), window)
}

/// When the state of a storage account changes in a window, or its data is lost.
fn of_accounts(replay: &Replay, window: Window) -> Vec<Time> {
    let clusters = replay.history.clusters.iter();
    let lost = clusters.clone().flat_map(|cluster| &cluster.lost);
    let accounts = clusters.flat_map(|cluster| &cluster.accounts);
    let destroyed = accounts.clone().flat_map(|account| &account.destroyed);
    let changes = accounts.flat_map(|account| &account.access);
    let changes = changes.map(|entry| entry.0);
    inside(changes.chain(lost.chain(destroyed).copied()), window)
}

fn inside(times: impl Iterator<Item = Time>, window: Window) -> Vec<Time> {
    let mut times: Vec<Time> = times
        .filter(|&t| window.from < t && t < window.until)
        .collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// At most [`MOST_CHANGES`] of them, evenly chosen.
fn thinned(changes: Vec<Time>) -> Vec<Time> {
    let step = changes.len().div_ceil(MOST_CHANGES).max(1);
    changes.into_iter().step_by(step).collect()
}

/// A layer of the stack: its name, its colour and its volume.
pub(super) type Layer = (&'static str, RGBColor, fn(&Sample) -> Volume);

/// What is held, from the bottom up.
pub(super) const STACK: [Layer; 4] = [
    ("accessible, hot cache", HOT, |s| s.hot),
    ("accessible, not hot", COLD, |s| s.cold),
    ("inaccessible", INACCESSIBLE, |s| s.inaccessible),
    ("buffered", BUFFERED, |s| s.buffered),
];

/// The stored and the buffered data, stacked.
pub(super) fn draw_stack(on: &mut Surface, axis: &TimeAxis, volumes: &Axis, samples: &[Sample]) {
    let mut base = vec![Volume::ZERO; samples.len()];
    for (_, colour, volume) in STACK {
        let top: Vec<Volume> = base
            .iter()
            .zip(samples)
            .map(|(&base, sample)| base + volume(sample))
            .collect();
        area(on, axis, volumes, samples, (&base, &top), colour);
        base = top;
    }
}

/// What waits, as an area, and what is lost so far, as a line.
pub(super) fn draw_losses(on: &mut Surface, axis: &TimeAxis, volumes: &Axis, samples: &[Sample]) {
    let none = vec![Volume::ZERO; samples.len()];
    let buffered: Vec<Volume> = samples.iter().map(|s| s.buffered).collect();
    let points = |volume| line_of(samples, axis, volumes, volume);
    area(on, axis, volumes, samples, (&none, &buffered), BUFFERED);
    if buffered != none {
        on.line(&points(|s| s.buffered), INK, 0.8);
    }
    if samples.iter().any(|s| s.dropped > Volume::ZERO) {
        // On a dark page its colour is close to that of what waits.
        if buffered != none {
            on.line(&points(|s| s.dropped), PAPER, 5.0);
        }
        on.line(&points(|s| s.dropped), DROPPED, 2.6);
    }
    if samples.iter().any(|s| s.destroyed > Volume::ZERO) {
        on.line(&points(|s| s.destroyed), INACCESSIBLE, 1.4);
    }
}

/// A volume over time as points.
pub(super) fn line_of(
    samples: &[Sample],
    axis: &TimeAxis,
    volumes: &Axis,
    of: fn(&Sample) -> Volume,
) -> Vec<(f64, f64)> {
    let place = |sample: &Sample| (axis.x(sample.time), volumes.at_volume(of(sample)));
    samples.iter().map(place).collect()
}

/// The area between two edges, in pieces where there is one. A piece that is too narrow to be
/// seen is drawn wider.
pub(super) fn area(
    on: &mut Surface,
    axis: &TimeAxis,
    volumes: &Axis,
    samples: &[Sample],
    (base, top): (&[Volume], &[Volume]),
    colour: RGBColor,
) {
    let edge = |piece: &Range<usize>, values: &[Volume]| -> Vec<(f64, f64)> {
        let place = |i: usize| (axis.x(samples[i].time), volumes.at_volume(values[i]));
        piece.clone().map(place).collect()
    };
    for piece in pieces(base, top) {
        let mut corners = edge(&piece, top);
        corners.extend(edge(&piece, base).into_iter().rev());
        let (left, right) = (corners[0].0, corners[piece.len() - 1].0);
        if right - left >= NARROWEST {
            on.polygon(&corners, colour);
        } else {
            let heights = corners.iter().map(|corner| corner.1);
            let frame = Frame {
                left,
                right: left + NARROWEST,
                top: heights.clone().fold(f64::INFINITY, f64::min),
                bottom: heights.fold(0.0, f64::max),
            };
            on.fill(frame, colour);
        }
    }
}

/// The stretches of samples in which `top` is above `base`, with the samples beside them.
fn pieces(base: &[Volume], top: &[Volume]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for i in (0..base.len()).filter(|&i| base[i] != top[i]) {
        let piece = i.saturating_sub(1)..(i + 2).min(base.len());
        match pieces.last_mut() {
            Some(last) if piece.start < last.end => last.end = piece.end,
            _ => pieces.push(piece),
        }
    }
    pieces
}
