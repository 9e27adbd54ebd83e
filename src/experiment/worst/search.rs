//! From a coarse grid down to the resolution.

use super::instants::instants;
use super::{Looked, Question};
use crate::error::Error;
use crate::experiment::selection::{Field, Look};
use crate::scenario::{Grid, Scenario};

/// Values of each key on the coarse grid, by the number of keys.
const COARSE: [usize; 3] = [33, 13, 7];
/// So many places are refined at once.
const REGIONS: usize = 3;
/// So often a place moves before the step is halved.
const MOVES: usize = 4;
/// The chance of throwing out the best, in total: half of it on the coarse grid, half of it behind.
const ERROR: f64 = 0.05;
/// What part of the range of the statistic nobody minds.
const ZONE: f64 = 0.01;

/// Where the statistic is best, as far as was seen.
pub(super) struct Found {
    /// All points that were looked at; those of the coarse grid first.
    pub(super) looked: Vec<Looked>,
    /// The best of them, by its number; `None` where it is the same at all.
    pub(super) winner: Option<usize>,
    /// The best of those that are further away from it than a coarse step.
    pub(super) runner_up: Option<usize>,
}

/// About as many points as are looked at of so many keys, to see whether there is room for them.
pub(super) fn most(keys: usize) -> usize {
    COARSE[keys - 1].pow(u32::try_from(keys).expect("few")) + REGIONS * 20 * ways(keys).len()
}

/// About how many replays it takes: the coarse grid in half of the replications, a point around each
/// place at each step, and the check.
pub(super) fn replays(axes: &[Vec<usize>], replications: usize) -> u64 {
    let points: usize = axes.iter().map(Vec::len).product();
    let levels = axes.iter().map(|axis| widest(axis).ilog2() + 1).max();
    let levels = levels.map_or(0, |levels| levels as usize);
    let refined = levels * ways(axes.len()).len();
    ((points / 2 + refined + 3) as u64).saturating_mul(replications as u64)
}

/// The coarse grid: the values of each key. Those of a single key are joined by the instants at
/// which something else begins or ends.
pub(super) fn axes(grids: &[Grid], scenario: &Scenario) -> Vec<Vec<usize>> {
    let mut axes = even(grids);
    if let ([grid], [axis]) = (grids, &mut axes[..]) {
        axis.extend(instants(scenario, grid));
        axis.sort_unstable();
        axis.dedup();
    }
    axes
}

/// Values of each key from one end to the other.
pub(super) fn even(grids: &[Grid]) -> Vec<Vec<usize>> {
    let many = COARSE[grids.len() - 1];
    let axis = |grid: &Grid| {
        let last = grid.count() - 1;
        let steps = (many - 1).min(last);
        (0..=steps).map(|at| at * last / steps).collect()
    };
    grids.iter().map(axis).collect()
}

pub(super) fn search(
    question: &Question<'_>,
    axes: Vec<Vec<usize>>,
    seed: u64,
    look: Look<'_>,
) -> Result<Found, Error> {
    let figures = [question.figure];
    let field = Field::new(&figures, question.replications, seed, look);
    let lasts = question.grids.iter().map(|grid| grid.count() - 1);
    let mut search = Search {
        steps: axes.iter().map(|axis| widest(axis)).collect(),
        lasts: lasts.collect(),
        field,
        axes,
        zone: 0.0,
    };
    let regions = search.coarse()?;
    let winner = search.refined(regions)?;
    Ok(search.found(winner))
}

/// The widest step of an axis.
pub(super) fn widest(axis: &[usize]) -> usize {
    let steps = axis.windows(2).map(|pair| pair[1] - pair[0]);
    steps.max().expect("at least two values")
}

struct Search<'a> {
    field: Field<'a>,
    /// The values of each key on the coarse grid.
    axes: Vec<Vec<usize>>,
    /// The coarse step of each key.
    steps: Vec<usize>,
    /// The last value of each key.
    lasts: Vec<usize>,
    /// What nobody minds, in the statistic's unit.
    zone: f64,
}

/// All ways to go one step or none along each of some keys, but for none at all.
fn ways(keys: usize) -> Vec<Vec<isize>> {
    let mut ways: Vec<Vec<isize>> = vec![Vec::new()];
    for _ in 0..keys {
        ways = ways
            .into_iter()
            .flat_map(|way| [-1, 0, 1].map(|step| [&way[..], &[step]].concat()))
            .collect();
    }
    ways.retain(|way| way.iter().any(|step| *step != 0));
    ways
}

impl Search<'_> {
    /// Looks at the coarse grid: the places that are worth a closer look, the best first; none where
    /// all are the same.
    fn coarse(&mut self) -> Result<Vec<usize>, Error> {
        let neighbours = self.grid();
        let points = neighbours.len();
        #[allow(clippy::cast_precision_loss)]
        let pairs = ((points - 1) * self.field.looks.len()) as f64;
        let error = ERROR / 2.0 / pairs;
        let left = self.field.race((0..points).collect(), |field, left| {
            let zone = zone(field, points);
            let Some(leader) = field.best(0, left) else {
                return vec![true; left.len()];
            };
            let is_out = |one: usize| {
                if one == leader {
                    return false;
                }
                let beaten = |by: usize| field.surely_ahead(0, (by, one), error);
                let lower = |by: &usize| beaten(*by).is_some_and(|ahead| ahead > 0.0);
                let hidden = slack(field, one, &neighbours[one]);
                field.figure(0, one).is_none()
                    || neighbours[one].iter().any(lower)
                    || beaten(leader).is_some_and(|ahead| ahead > hidden - zone)
            };
            left.iter().map(|one| is_out(*one)).collect()
        })?;
        self.zone = zone(&self.field, points);
        let field = &self.field;
        let top = |one: &usize| {
            let higher = |by: &usize| field.ahead(0, *by, *one).is_some_and(|ahead| ahead > 0.0);
            field.figure(0, *one).is_some() && !neighbours[*one].iter().any(higher)
        };
        let mut tops: Vec<usize> = left.into_iter().filter(top).collect();
        let Some(leader) = field.best(0, &tops).filter(|_| self.zone > 0.0) else {
            return Ok(Vec::new());
        };
        tops.retain(|one| *one != leader);
        let behind = |one: usize| field.ahead(0, leader, one).unwrap_or(f64::INFINITY);
        let hopes = |one: usize| slack(field, one, &neighbours[one]) - behind(one);
        tops.retain(|one| hopes(*one) > 0.0);
        tops.sort_by(|a, b| hopes(*b).total_cmp(&hopes(*a)));
        tops.insert(0, leader);
        tops.truncate(REGIONS);
        Ok(tops)
    }

    /// Enters the points of the coarse grid: of each the numbers of those around it.
    fn grid(&mut self) -> Vec<Vec<usize>> {
        let sizes: Vec<usize> = self.axes.iter().map(Vec::len).collect();
        let count: usize = sizes.iter().product();
        let place = |mut number: usize| {
            let mut place = vec![0; sizes.len()];
            for (at, size) in place.iter_mut().zip(&sizes).rev() {
                (*at, number) = (number % size, number / size);
            }
            place
        };
        for number in 0..count {
            let at = place(number);
            let at = at.iter().zip(&self.axes).map(|(at, axis)| axis[*at]);
            self.field.add(at.collect());
        }
        let ways = ways(sizes.len());
        let around = |number: usize| {
            let from = place(number);
            let there = ways.iter().filter_map(|way| {
                let mut number = 0;
                for ((at, step), size) in from.iter().zip(way).zip(&sizes) {
                    let at = at.checked_add_signed(*step).filter(|at| at < size)?;
                    number = number * size + at;
                }
                Some(number)
            });
            there.collect()
        };
        (0..count).map(around).collect()
    }

    /// Goes up from some places, with ever smaller steps, and gives the best that it comes to.
    fn refined(&mut self, mut regions: Vec<usize>) -> Result<Option<usize>, Error> {
        let mut steps = self.steps.clone();
        let levels = steps.iter().map(|step| step.ilog2() + 1).max();
        let levels = f64::from(levels.expect("there is a key"));
        #[allow(clippy::cast_precision_loss)]
        let pairs = (ways(steps.len()).len() * MOVES * self.field.looks.len()) as f64;
        let error = ERROR / 2.0 / (levels * pairs);
        while steps.iter().any(|step| *step > 1) && !regions.is_empty() {
            for step in &mut steps {
                *step = step.div_ceil(2);
            }
            for region in &mut regions {
                *region = self.climbed(*region, &steps, error)?;
            }
            regions.sort_unstable();
            regions.dedup();
            self.give_up(&mut regions, &steps, error);
        }
        let left = self.field.race(regions, |field, left| {
            let leader = field.best(0, left);
            let behind = |one: &usize| {
                let lead = leader.and_then(|leader| field.surely_ahead(0, (leader, *one), error));
                leader != Some(*one) && lead.is_some_and(|ahead| ahead > 0.0)
            };
            left.iter().map(behind).collect()
        })?;
        Ok(self.field.best(0, &left))
    }

    /// The best of a point and those around it, and so on while it moves.
    fn climbed(&mut self, mut top: usize, steps: &[usize], error: f64) -> Result<usize, Error> {
        for _ in 0..MOVES {
            let mut around = self.around(top, steps);
            around.push(top);
            let zone = self.zone;
            let left = self.field.race(around, |field, left| {
                let Some(leader) = field.best(0, left) else {
                    return vec![true; left.len()];
                };
                let is_out = |one: &usize| {
                    let lead = field.surely_ahead(0, (leader, *one), error);
                    let behind = lead.is_some_and(|ahead| ahead > -zone);
                    field.figure(0, *one).is_none() || (*one != leader && behind)
                };
                left.iter().map(is_out).collect()
            })?;
            match self.field.best(0, &left) {
                Some(best) if best != top => top = best,
                _ => break,
            }
        }
        Ok(top)
    }

    /// The points one step around another, within the range.
    fn around(&mut self, of: usize, steps: &[usize]) -> Vec<usize> {
        let from = self.field.all[of].at.clone();
        let mut around = Vec::new();
        for way in ways(steps.len()) {
            let mut at = Vec::new();
            for (key, way) in way.iter().enumerate() {
                at.push(match way {
                    -1 => from[key].saturating_sub(steps[key]),
                    0 => from[key],
                    _ => (from[key] + steps[key]).min(self.lasts[key]),
                });
            }
            let there = self.field.add(at);
            if there != of && !around.contains(&there) {
                around.push(there);
            }
        }
        around
    }

    /// Gives up places that are surely further behind the best than what may hide beside them.
    fn give_up(&mut self, regions: &mut Vec<usize>, steps: &[usize], error: f64) {
        let Some(leader) = self.field.best(0, regions) else {
            return;
        };
        let around: Vec<Vec<usize>> = regions.iter().map(|one| self.around(*one, steps)).collect();
        let field = &self.field;
        let all = field.looks.last().copied();
        let hopes = |one: usize, around: &[usize]| {
            let hidden = slack(field, one, around);
            let said = [leader, one].map(|one| Some(field.all[one].seen) == all);
            let lead = match field.surely_ahead(0, (leader, one), error) {
                None if said == [true; 2] => field.ahead(0, leader, one),
                lead => lead,
            };
            one == leader || lead.is_none_or(|lead| lead < hidden)
        };
        let hopes: Vec<bool> = regions
            .iter()
            .zip(&around)
            .map(|(one, around)| hopes(*one, around))
            .collect();
        let mut hopes = hopes.into_iter();
        regions.retain(|_| hopes.next().expect("one for each"));
    }

    fn found(self, winner: Option<usize>) -> Found {
        let field = self.field;
        let far = |one: &usize| {
            let Some(winner) = winner else { return false };
            let pairs = field.all[*one].at.iter().zip(&field.all[winner].at);
            let mut pairs = pairs.zip(&self.steps);
            pairs.any(|((a, b), step)| a.abs_diff(*b) > *step)
        };
        let others: Vec<usize> = (0..field.all.len()).filter(far).collect();
        let runner_up = field.best(0, &others);
        let looked = (0..field.all.len()).map(|one| Looked {
            at: field.all[one].at.clone(),
            replications: field.all[one].seen,
            number: field.figure(0, one),
        });
        Found {
            looked: looked.collect(),
            winner,
            runner_up,
        }
    }
}

/// What nobody minds of the first `points`.
fn zone(field: &Field<'_>, points: usize) -> f64 {
    let known = (0..points).filter_map(|one| field.figure(0, one));
    let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), next| {
        (low.min(next), high.max(next))
    });
    ZONE * (high - low).max(0.0)
}

/// How much more there may be between a point and those around it: as much as lies between them.
fn slack(field: &Field<'_>, one: usize, around: &[usize]) -> f64 {
    let between = around
        .iter()
        .filter_map(|other| field.ahead(0, *other, one));
    between.map(f64::abs).fold(0.0, f64::max)
}
