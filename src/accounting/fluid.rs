//! An intake curve without its rounding, and the sum of several.

use std::sync::Arc;

use crate::intake::{Intake, Knots, Run};
use crate::units::{Time, Volume};

/// Bits behind the point: over ten years a slope is off by less than a hundredth of a byte.
pub(super) const FRACTION: u32 = 48;

/// A volume, or a slope in bytes a millisecond, as a fixed-point number.
pub(super) type Fixed = i128;

/// To the nearest byte; what the last bit takes below 0 is nothing.
pub(super) fn rounded(value: Fixed) -> Volume {
    let bytes = (value + (1 << (FRACTION - 1))) >> FRACTION;
    Volume::from_bytes(u64::try_from(bytes.max(0)).expect("a run holds fewer than 2^63 bytes"))
}

/// A cumulative volume over time, piecewise linear, 0 before its first line.
#[derive(Debug)]
pub(super) enum FluidCurve {
    /// Line by line.
    Lines(Vec<Line>),
    /// Where many lines are of equal length: a line is computed when it is asked for.
    Steps(Steps),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    from: Time,
    value: Fixed,
    slope: Fixed,
}

/// Whole volumes at knots.
#[derive(Debug)]
pub(super) struct Steps {
    knots: Arc<Knots>,
    volumes: Arc<Vec<u64>>,
    /// The curve is that of one of so many accounts.
    accounts: u32,
}

impl FluidCurve {
    /// What a workspace accepts.
    pub(super) fn of(intake: &Intake) -> FluidCurve {
        if intake.accepts_all() && intake.offered.knots().have_runs() {
            return FluidCurve::Steps(Steps {
                knots: Arc::clone(intake.offered.knots()),
                volumes: Arc::clone(intake.offered.volumes()),
                accounts: 1,
            });
        }
        FluidCurve::through(
            intake
                .knots()
                .map(|(at, volume)| (at, Fixed::from(volume) << FRACTION)),
        )
    }

    /// Lines from point to point, which are in order.
    fn through(points: impl Iterator<Item = (Time, Fixed)>) -> FluidCurve {
        let mut lines: Vec<Line> = Vec::with_capacity(points.size_hint().0);
        for (from, value) in points {
            if let Some(last) = lines.last_mut() {
                last.slope = slope(value - last.value, last.from, from);
            }
            lines.push(Line {
                from,
                value,
                slope: 0,
            });
        }
        FluidCurve::Lines(lines)
    }

    /// How many lines it has.
    pub(super) fn count(&self) -> usize {
        match self {
            FluidCurve::Lines(lines) => lines.len(),
            FluidCurve::Steps(steps) => steps.knots.len(),
        }
    }

    /// What several workspaces accept together, as the sum of curves. Those with the same knots are
    /// one; what has few lines is one, too.
    pub(super) fn sums<'a>(of: impl Iterator<Item = &'a FluidCurve>) -> Vec<FluidCurve> {
        let mut others = Vec::new();
        let mut stepped: Vec<Vec<&Steps>> = Vec::new();
        for fluid in of {
            match fluid {
                FluidCurve::Lines(lines) => others.push(lines),
                FluidCurve::Steps(steps) => {
                    let alike = |group: &&mut Vec<&Steps>| group[0].knots == steps.knots;
                    match stepped.iter_mut().find(alike) {
                        Some(group) => group.push(steps),
                        None => stepped.push(vec![steps]),
                    }
                }
            }
        }
        let stepped = stepped
            .iter()
            .map(|group| FluidCurve::Steps(Steps::sum(group)));
        let lines = (!others.is_empty()).then(|| FluidCurve::Lines(sum(&others)));
        stepped.chain(lines).collect()
    }

    /// What one of several accounts gets.
    pub(super) fn share(&self, accounts: u32) -> FluidCurve {
        match self {
            FluidCurve::Lines(lines) => {
                let accounts = Fixed::from(accounts);
                let lines = lines.iter().map(|line| Line {
                    from: line.from,
                    value: line.value / accounts,
                    slope: line.slope / accounts,
                });
                FluidCurve::Lines(lines.collect())
            }
            FluidCurve::Steps(Steps {
                knots,
                volumes,
                accounts: already,
            }) => FluidCurve::Steps(Steps {
                knots: Arc::clone(knots),
                volumes: Arc::clone(volumes),
                accounts: already * accounts,
            }),
        }
    }

    /// The same at `times`, which are in order, and straight in between.
    pub(super) fn sampled(&self, times: &[Time]) -> FluidCurve {
        FluidCurve::through(times.iter().map(|&t| (t, self.at(t))))
    }

    /// The volume up to and at `t`.
    pub(super) fn at(&self, t: Time) -> Fixed {
        let Some(line) = self.up_to(t).checked_sub(1) else {
            return 0;
        };
        match self {
            // Nearly always it is asked for at a knot, where no slope is needed.
            FluidCurve::Steps(steps) if steps.knots[line] == t => steps.value(line),
            _ => self.line(line).at(t),
        }
    }

    /// How many lines have begun by `t`.
    pub(super) fn up_to(&self, t: Time) -> usize {
        match self {
            FluidCurve::Lines(lines) => lines.partition_point(|line| line.from <= t),
            FluidCurve::Steps(steps) => steps.knots.up_to(t),
        }
    }

    /// From when the slope is which, by number, in order.
    #[inline]
    pub(super) fn bend(&self, number: usize) -> Option<(Time, Fixed)> {
        (number < self.count()).then(|| {
            let line = self.line(number);
            (line.from, line.slope)
        })
    }

    /// From when the line of this number is in force.
    #[inline]
    pub(super) fn from(&self, number: usize) -> Option<Time> {
        match self {
            FluidCurve::Lines(lines) => lines.get(number).map(|line| line.from),
            FluidCurve::Steps(steps) => steps.knots.get(number).copied(),
        }
    }

    /// The lines of equal length among which a line is, if there are many; and what has arrived
    /// at all accounts at the beginning of each of them and at the end of the last.
    pub(super) fn run_from(&self, number: usize) -> Option<(&Run, &[u64])> {
        let FluidCurve::Steps(steps) = self else {
            return None;
        };
        let run = steps.knots.run_from(number)?;
        Some((run, &steps.volumes[number..=run.last]))
    }

    #[inline]
    fn line(&self, number: usize) -> Line {
        match self {
            FluidCurve::Lines(lines) => lines[number],
            FluidCurve::Steps(steps) => steps.line(number),
        }
    }
}

impl Line {
    fn at(&self, t: Time) -> Fixed {
        self.value + self.slope * Fixed::from((t - self.from).millis())
    }
}

impl Steps {
    fn value(&self, number: usize) -> Fixed {
        let value = Fixed::from(self.volumes[number]) << FRACTION;
        match self.accounts {
            1 => value,
            accounts => value / Fixed::from(accounts),
        }
    }

    fn line(&self, number: usize) -> Line {
        let (knots, volumes) = (&self.knots, &self.volumes);
        let slope = knots.get(number + 1).map_or(0, |&to| {
            let rise = Fixed::from(volumes[number + 1] - volumes[number]) << FRACTION;
            slope(rise, knots[number], to) / Fixed::from(self.accounts)
        });
        Line {
            from: knots[number],
            value: self.value(number),
            slope,
        }
    }

    /// The sum of several with the same knots, of at least one.
    fn sum(of: &[&Steps]) -> Steps {
        let knots = Arc::clone(&of[0].knots);
        let volumes = match of {
            [only] => Arc::clone(&only.volumes),
            [first, more @ ..] => {
                let mut sum = first.volumes.to_vec();
                for steps in more {
                    let both = sum.iter_mut().zip(&**steps.volumes);
                    both.for_each(|(sum, more)| *sum += more);
                }
                Arc::new(sum)
            }
            [] => unreachable!("a group has a first one"),
        };
        Steps {
            knots,
            volumes,
            accounts: 1,
        }
    }
}

fn slope(rise: Fixed, from: Time, to: Time) -> Fixed {
    rise / Fixed::from((to - from).millis()).max(1)
}

/// The sum of curves, line by line.
fn sum(of: &[&Vec<Line>]) -> Vec<Line> {
    let mut bends: Vec<(Time, Fixed)> = Vec::new();
    for fluid in of {
        let mut before = 0;
        for line in *fluid {
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
    lines
}
