//! An intake curve without its rounding, and the sum of several.

use crate::intake::Intake;
use crate::units::{Time, Volume};

/// Bits behind the point: over ten years a slope is off by less than a hundredth of a byte.
const FRACTION: u32 = 48;

/// A volume, or a slope in bytes a millisecond, as a fixed-point number.
pub(super) type Fixed = i128;

/// To the nearest byte; what the last bit takes below 0 is nothing.
pub(super) fn rounded(value: Fixed) -> Volume {
    let bytes = (value + (1 << (FRACTION - 1))) >> FRACTION;
    Volume::from_bytes(u64::try_from(bytes.max(0)).expect("a run holds fewer than 2^63 bytes"))
}

/// A cumulative volume over time, piecewise linear, 0 before its first line.
#[derive(Debug)]
pub(super) struct FluidCurve {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    from: Time,
    value: Fixed,
    slope: Fixed,
}

impl FluidCurve {
    /// What a workspace accepts.
    pub(super) fn of(intake: &Intake) -> FluidCurve {
        let mut lines: Vec<Line> = Vec::new();
        for knot in intake.knots() {
            let value = Fixed::from(intake.accepted_at(knot)) << FRACTION;
            if let Some(last) = lines.last_mut() {
                let span = Fixed::from((knot - last.from).millis()).max(1);
                last.slope = (value - last.value) / span;
            }
            lines.push(Line {
                from: knot,
                value,
                slope: 0,
            });
        }
        FluidCurve { lines }
    }

    /// How many lines it has.
    pub(super) fn knots(&self) -> u64 {
        self.lines.len() as u64
    }

    /// What several workspaces accept together.
    pub(super) fn sum<'a>(of: impl Iterator<Item = &'a FluidCurve>) -> FluidCurve {
        let mut bends: Vec<(Time, Fixed)> = Vec::new();
        for fluid in of {
            let mut before = 0;
            for line in &fluid.lines {
                bends.push((line.from, line.slope - before));
                before = line.slope;
            }
        }
        bends.sort_unstable_by_key(|bend| bend.0);
        let mut lines: Vec<Line> = Vec::new();
        for (at, bend) in bends {
            match lines.last_mut() {
                Some(last) if last.from == at => last.slope += bend,
                last => {
                    let (value, slope) = last.map_or((0, 0), |last| (last.at(at), last.slope));
                    lines.push(Line {
                        from: at,
                        value,
                        slope: slope + bend,
                    });
                }
            }
        }
        FluidCurve { lines }
    }

    /// What one of several accounts gets.
    pub(super) fn share(&self, accounts: u32) -> FluidCurve {
        let accounts = Fixed::from(accounts);
        let lines = self.lines.iter().map(|line| Line {
            from: line.from,
            value: line.value / accounts,
            slope: line.slope / accounts,
        });
        FluidCurve {
            lines: lines.collect(),
        }
    }

    /// The volume up to and at `t`.
    pub(super) fn at(&self, t: Time) -> Fixed {
        let later = self.lines.partition_point(|line| line.from <= t);
        later
            .checked_sub(1)
            .map_or(0, |line| self.lines[line].at(t))
    }

    /// From when the slope is which, by number, in order.
    pub(super) fn bend(&self, number: usize) -> Option<(Time, Fixed)> {
        self.lines.get(number).map(|line| (line.from, line.slope))
    }
}

impl Line {
    fn at(&self, t: Time) -> Fixed {
        self.value + self.slope * Fixed::from((t - self.from).millis())
    }
}
