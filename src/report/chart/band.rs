//! Bands of the storage accounts' states by time.

use super::axis::TimeAxis;
use super::palette::{Texture, of_state};
use super::surface::{Frame, Surface};
use crate::kernel::StepFunction;
use crate::model::ClusterHistory;
use crate::report::states::{Census, State, census, of_account};

/// The number of accounts above which one band shows what share of them is in each state.
const MOST_RIBBONS: usize = 20;
/// The smallest stretch that is drawn: nothing that happened is too short to be seen.
const COLUMN: f64 = 1.0;

/// The bands of a cluster: one per account, or one for all.
pub(super) struct Bands {
    pub(super) bands: Vec<StepFunction<Census>>,
    pub(super) height: f64,
}

impl Bands {
    /// The bands of a cluster in a picture with `accounts` accounts in all.
    pub(super) fn of(cluster: &ClusterHistory, accounts: usize) -> Bands {
        if cluster.accounts.len() > MOST_RIBBONS {
            return Bands {
                bands: vec![census(cluster)],
                height: 64.0,
            };
        }
        let alone = |entry: (_, State)| {
            let mut census = Census::default();
            census[entry.1 as usize] = 1;
            (entry.0, census)
        };
        let ribbons = cluster.accounts.iter().map(|account| {
            let states = of_account(cluster, account);
            states.iter().copied().map(alone).collect()
        });
        let each = if accounts > 40 { 5.0 } else { 9.0 };
        #[allow(clippy::cast_precision_loss)]
        let height = each * cluster.accounts.len().max(2) as f64;
        Bands {
            bands: ribbons.collect(),
            height,
        }
    }

    /// Draws the bands below each other, from `top` on.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn draw(&self, on: &mut Surface, axis: &TimeAxis, top: f64) {
        let each = self.height / self.bands.len() as f64;
        let gap = if self.bands.len() > 1 { 1.0 } else { 0.0 };
        for (i, band) in self.bands.iter().enumerate() {
            let top = top + each * i as f64;
            for (left, right, census) in columns(band, axis) {
                let frame = Frame {
                    left,
                    right,
                    top,
                    bottom: top + each - gap,
                };
                shares(on, frame, &census);
            }
        }
    }

    /// The states that occur.
    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(|&state| {
            let mut entries = self.bands.iter().flatten();
            entries.any(|entry| entry.1[state as usize] > 0)
        })
    }
}

/// A band in columns of equal census, the worst of each column; equal neighbours are one.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn columns(band: &StepFunction<Census>, axis: &TimeAxis) -> Vec<(f64, f64, Census)> {
    let mut columns: Vec<(f64, f64, Census)> = Vec::new();
    let count = ((axis.right - axis.left) / COLUMN).ceil() as i32;
    for i in 0..count {
        let left = axis.left + COLUMN * f64::from(i);
        let right = (left + COLUMN).min(axis.right);
        let census = worst(band, axis, left, right);
        match columns.last_mut() {
            Some(last) if last.2 == census => last.1 = right,
            _ => columns.push((left, right, census)),
        }
    }
    columns
}

fn worst(band: &StepFunction<Census>, axis: &TimeAxis, left: f64, right: f64) -> Census {
    let (from, until) = (axis.time(left), axis.time(right));
    let first = band.partition_point(|entry| entry.0 <= from).max(1) - 1;
    let last = band.partition_point(|entry| entry.0 < until).max(first + 1);
    let held = band[first..last].iter().map(|entry| entry.1);
    held.max_by_key(badness).unwrap_or_default()
}

/// The fewer accounts serve the worse; of equally many the worse their states.
fn badness(census: &Census) -> (std::cmp::Reverse<u32>, Vec<u32>) {
    let worst_first = census.iter().rev().copied().collect();
    (std::cmp::Reverse(census[0]), worst_first)
}

/// A frame divided among states by their shares, the worst at the bottom.
fn shares(on: &mut Surface, frame: Frame, census: &Census) {
    let all = census.iter().sum::<u32>().max(1);
    let mut above = 0;
    for state in State::ALL {
        let share = census[state as usize];
        let y =
            |count: u32| frame.top + (frame.bottom - frame.top) * f64::from(count) / f64::from(all);
        let part = Frame {
            top: y(above),
            bottom: y(above + share),
            ..frame
        };
        if share > 0 {
            swatch(on, part, state);
        }
        above += share;
    }
}

/// A frame in the colour and the texture of a state.
pub(super) fn swatch(on: &mut Surface, frame: Frame, state: State) {
    let (colour, texture) = of_state(state);
    on.fill(frame, colour);
    match texture {
        Texture::Plain => {}
        Texture::Strokes(ink) => {
            let apart = 4.0;
            let mut x = (frame.left / apart).ceil() * apart;
            while x + 1.0 <= frame.right {
                let stroke = Frame {
                    left: x,
                    right: x + 1.0,
                    ..frame
                };
                on.fill(stroke, ink);
                x += apart;
            }
        }
        Texture::Middle(ink) => {
            let middle = f64::midpoint(frame.top, frame.bottom);
            let line = Frame {
                top: middle - 0.75,
                bottom: middle + 0.75,
                ..frame
            };
            on.fill(line, ink);
        }
    }
}
