//! Ranking and selection: the best of many candidates on common random numbers (after Kim and
//! Nelson, "A fully sequential procedure for indifference-zone selection in simulation", 2001).
//!
//! All candidates are looked at in the same replications, few at first; who is surely behind
//! another is out, and those that are left are looked at in twice as many. How sure that is, is
//! split over the pairs and the looks, so that the chance of throwing out the best is known.

mod figure;
mod resample;
#[cfg(test)]
mod tests;

pub use figure::Figure;
pub(super) use resample::Resamples;

use std::ops::Range;

use crate::error::Error;
use crate::scenario::Value;

/// Of each candidate and some numbers of replications: the values of all figures' measures, one
/// replication after another.
pub(super) type Look<'a> =
    &'a dyn Fn(&[(&[usize], Range<usize>)]) -> Result<Vec<Vec<Option<Value>>>, Error>;

/// Candidates, and what was seen of each.
pub(super) struct Field<'a> {
    /// What is made of the values of each.
    pub(super) figures: &'a [Figure],
    /// After how many replications they are compared; the last of these is all that there are.
    pub(super) looks: Vec<usize>,
    /// The bootstrap of so many replications, in the order of the looks.
    pub(super) resamples: Vec<Resamples>,
    pub(super) look: Look<'a>,
    pub(super) all: Vec<Candidate>,
}

/// A candidate.
pub(super) struct Candidate {
    /// Where it is, in numbers.
    pub(super) at: Vec<usize>,
    /// Of each figure the scores of all replications that were looked at; none of a figure that
    /// has no value in one of them.
    pub(super) scores: Vec<Option<Vec<f64>>>,
    pub(super) seen: usize,
}

/// No look has fewer replications, unless there are fewer: of fewer nothing is said.
const FEWEST: usize = 40;
/// The most looks.
const MOST_LOOKS: usize = 4;

/// After how many of `replications` candidates are compared.
fn looks(replications: usize) -> Vec<usize> {
    let mut looks = vec![replications];
    while looks[0] >= 2 * FEWEST && looks.len() < MOST_LOOKS {
        looks.insert(0, looks[0].div_ceil(2));
    }
    looks
}

impl<'a> Field<'a> {
    /// No candidate yet.
    pub(super) fn new(
        figures: &'a [Figure],
        replications: usize,
        seed: u64,
        look: Look<'a>,
    ) -> Field<'a> {
        let looks = looks(replications);
        let resamples = looks.iter().map(|count| Resamples::new(seed, *count));
        Field {
            figures,
            resamples: resamples.collect(),
            looks,
            look,
            all: Vec::new(),
        }
    }

    /// The number of a candidate; a new one, where it is not there yet.
    pub(super) fn add(&mut self, at: Vec<usize>) -> usize {
        let there = self.all.iter().position(|other| other.at == at);
        there.unwrap_or_else(|| {
            self.all.push(Candidate {
                at,
                scores: vec![Some(Vec::new()); self.figures.len()],
                seen: 0,
            });
            self.all.len() - 1
        })
    }

    /// Looks at candidates until each was seen in `count` replications.
    fn grow(&mut self, who: &[usize], count: usize) -> Result<(), Error> {
        let few: Vec<usize> = who
            .iter()
            .copied()
            .filter(|one| self.all[*one].seen < count)
            .collect();
        let requests: Vec<(&[usize], Range<usize>)> = few
            .iter()
            .map(|one| (&*self.all[*one].at, self.all[*one].seen..count))
            .collect();
        let found = (self.look)(&requests)?;
        for (one, values) in few.into_iter().zip(found) {
            let candidate = &mut self.all[one];
            for replication in values.chunks(self.figures.len()) {
                let figures = self.figures.iter().zip(replication);
                for ((figure, value), scores) in figures.zip(&mut candidate.scores) {
                    match (figure.score(*value), scores.as_mut()) {
                        (Some(score), Some(scores)) => scores.push(score),
                        _ => *scores = None,
                    }
                }
            }
            candidate.seen = count;
        }
        Ok(())
    }

    /// Looks at candidates again and again, and throws out those that are out: `are_out` says so of
    /// each that is left. It ends when one is left, or all replications are seen.
    pub(super) fn race(
        &mut self,
        mut left: Vec<usize>,
        are_out: impl Fn(&Field<'_>, &[usize]) -> Vec<bool>,
    ) -> Result<Vec<usize>, Error> {
        let mut look = 0;
        while look < self.looks.len() && (look == 0 || left.len() > 1) {
            self.grow(&left, self.looks[look])?;
            if look == 0 && self.is_without_chance() {
                self.looks.truncate(1);
            }
            let out = are_out(self, &left);
            let mut out = out.into_iter();
            left.retain(|_| !out.next().expect("one for each"));
            look += 1;
        }
        Ok(left)
    }

    /// Whether candidates differ, and the replications of none of them do: more of these would say
    /// the same.
    fn is_without_chance(&self) -> bool {
        let seen: Vec<&Vec<f64>> = self
            .all
            .iter()
            .flat_map(|one| one.scores.iter().flatten())
            .filter(|scores| !scores.is_empty())
            .collect();
        let bits = |scores: &[f64]| scores.first().map(|score| score.to_bits());
        let constant = |scores: &&Vec<f64>| {
            let first = bits(scores);
            scores.iter().all(|score| Some(score.to_bits()) == first)
        };
        let first = seen.first().map(|scores| bits(scores));
        let differ = seen.iter().any(|scores| Some(bits(scores)) != first);
        differ && seen.iter().all(constant)
    }

    /// A figure of a candidate; `None` where it has none.
    pub(super) fn figure(&self, figure: usize, one: usize) -> Option<f64> {
        let scores = self.all[one].scores[figure].as_ref();
        let scores = scores.filter(|scores| !scores.is_empty())?;
        Some(self.figures[figure].of(scores))
    }

    /// The scores of two candidates in the replications in which both were seen.
    fn common(&self, figure: usize, one: usize, other: usize) -> Option<[&[f64]; 2]> {
        let count = self.all[one].seen.min(self.all[other].seen);
        let scores = |one: usize| {
            self.all[one].scores[figure]
                .as_ref()
                .map(|all| &all[..count])
        };
        Some([scores(one)?, scores(other)?]).filter(|_| count > 0)
    }

    /// How far one candidate is seen ahead of another.
    pub(super) fn ahead(&self, figure: usize, one: usize, other: usize) -> Option<f64> {
        let [a, b] = self.common(figure, one, other)?;
        let of = &self.figures[figure];
        Some(of.ahead(of.of(a), of.of(b)))
    }

    /// How far it is ahead at least, but for a chance of `error`; `None` where nothing can be said.
    pub(super) fn surely_ahead(
        &self,
        figure: usize,
        (one, other): (usize, usize),
        error: f64,
    ) -> Option<f64> {
        let [a, b] = self.common(figure, one, other)?;
        let look = self.looks.iter().position(|count| *count == a.len());
        let resamples = &self.resamples[look.expect("replications are seen look by look")];
        self.figures[figure].surely_ahead(a, b, error, resamples)
    }

    /// The best of some candidates, the first of those that are equal.
    pub(super) fn best(&self, figure: usize, of: &[usize]) -> Option<usize> {
        let known = of
            .iter()
            .copied()
            .filter(|one| self.figure(figure, *one).is_some());
        known.reduce(|best, next| match self.ahead(figure, next, best) {
            Some(ahead) if ahead > 0.0 => next,
            _ => best,
        })
    }
}
