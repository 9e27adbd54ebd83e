//! The cheapest combination of levers that keeps some promises.
//!
//! Every combination is replayed on common random numbers; what surely breaks a promise, or surely
//! costs more than what surely keeps them all, is out. The cheapest of those that are left is
//! measured again on replications that the search has not seen, and its promises are judged by them.

mod promise;
#[cfg(test)]
mod tests;

pub use promise::Promise;

use std::ops::Range;

use super::look::{Request, Worlds};
use super::selection::{Field, Figure, Look};
use super::sensitivity::Answer;
use super::{Outcome, Runner, Variants, room};
use crate::error::Error;
use crate::scenario::{Expectation, Lever, Measure, Override, Scope, Target};
use crate::statistics::Mean;
use crate::units::Money;

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// What can be set.
    pub levers: &'a [Lever],
    /// What is to be as little as can be, beside the prices.
    pub target: &'a Target,
    /// The same as a figure.
    pub figure: Figure,
    /// What must hold.
    pub expectations: &'a [Expectation],
    /// The same as promises.
    pub promises: &'a [Promise],
    /// How many replications the search sees at most, and how many each check.
    pub replications: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Whether there is an answer.
    pub outcome: Outcome,
    /// All combinations; the last lever goes on fastest.
    pub all: Vec<Combination>,
    /// The combinations that were checked, the last of them the answer where there is one, or what
    /// is undecided.
    pub checked: Vec<Checked>,
}

/// An option of each lever, and what the search saw of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// The number of the option, lever by lever.
    pub options: Vec<usize>,
    /// In how many replications.
    pub replications: usize,
    /// What it costs with the prices of its options; `None` where a replication has no value.
    pub cost: Option<f64>,
    /// Of each promise what it is about: the share that meets it, or the mean.
    pub seen: Vec<Option<f64>>,
    /// Whether each promise holds of what was seen, sure or not.
    pub holds: Vec<bool>,
    /// What is sure of the promises.
    pub sure: Outcome,
}

/// A combination on replications that the search has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Its number.
    pub combination: usize,
    /// What it costs with the prices of its options.
    pub cost: Result<Answer, String>,
    /// What each expectation is about.
    pub promises: Vec<Result<Answer, String>>,
    /// What is sure of each.
    pub sure: Vec<Outcome>,
}

/// The chance that the answer is wrong, in total: a quarter each for throwing out what keeps its
/// promises, for taking what does not as a measure, for throwing out what costs least, and for the
/// check.
const ERROR: f64 = 0.01;

impl Question<'_> {
    /// How many combinations there are; `None` if no number tells.
    pub fn combinations(levers: &[Lever]) -> Option<usize> {
        let counts = levers.iter().map(|lever| lever.options.len());
        counts.into_iter().try_fold(1, usize::checked_mul)
    }

    /// The options of all combinations; the last lever goes on fastest.
    fn all(&self) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = vec![Vec::new()];
        for lever in self.levers {
            let options = 0..lever.options.len();
            all = all
                .into_iter()
                .flat_map(|one| {
                    options
                        .clone()
                        .map(move |next| [&one[..], &[next]].concat())
                })
                .collect();
        }
        all
    }

    /// What gives the keys the values of a combination.
    pub fn changes(&self, options: &[usize]) -> Vec<Override> {
        let levers = self.levers.iter().zip(options);
        levers
            .flat_map(|(lever, option)| lever.options[*option].overrides())
            .collect()
    }

    /// The prices of a combination.
    pub fn price(&self, options: &[usize]) -> f64 {
        let levers = self.levers.iter().zip(options);
        let prices = levers.map(|(lever, option)| lever.options[*option].price);
        prices.sum::<Money>().as_f64()
    }

    /// The measures of the cost and of all promises.
    fn kept(&self) -> Vec<(Scope, Measure)> {
        let promises = self.promises.iter().map(Promise::of);
        let cost = (self.figure.scope, self.figure.measure);
        [cost].into_iter().chain(promises).collect()
    }
}

/// Searches the cheapest combination that keeps all promises.
///
/// # Errors
///
/// If a combination cannot be taken, and those of [`super::replay`] and [`room`].
pub fn optimise(
    question: Question<'_>,
    variants: Variants<'_>,
    runner: &Runner<'_>,
) -> Result<Optimum, Error> {
    let kept = question.kept();
    let all = question.all();
    room(all.len() * kept.len(), question.replications as u64)?;
    let seed = variants(&[])?.scenario.seed;
    let checked = |changes: &[Override]| {
        let variant = variants(changes)?;
        match variant.scenario.seed == seed {
            true => Ok(variant),
            false => Err(Error::run(
                "an option of a lever changes the seed; combinations are compared replication by \
                 replication, so all have the seed of the scenario",
            )),
        }
    };
    let replays = (all.len() / 2 + 2) as u64 * question.replications as u64;
    runner.progress.begin(replays);
    let worlds = Worlds {
        kept: &kept,
        variants: &checked,
        runner,
    };
    search(&question, seed, &|combinations| {
        let request = |(options, replications): &(&[usize], Range<usize>)| Request {
            changes: question.changes(options),
            replications: replications.clone().collect(),
        };
        let requests: Vec<Request> = combinations.iter().map(request).collect();
        worlds.look(&requests)
    })
}

fn search(question: &Question<'_>, seed: u64, look: Look<'_>) -> Result<Optimum, Error> {
    let promises = question.promises.iter().map(|promise| promise.figure);
    let figures: Vec<Figure> = [question.figure].into_iter().chain(promises).collect();
    let mut field = Field::new(&figures, question.replications, seed, look);
    for options in question.all() {
        field.add(options);
    }
    let count = field.all.len();
    let each = Errors::new(count, field.looks.len(), question.promises.len());
    let judges = Judges { question, each };
    let mut left = field.race((0..count).collect(), |field, left| judges.out(field, left))?;
    left.retain(|one| judges.cost(&field, *one).is_some());
    left.sort_by(|a, b| {
        let cost = |one| judges.cost(&field, one);
        cost(*a).partial_cmp(&cost(*b)).expect("costs are numbers")
    });
    let mut checked = Vec::new();
    for &one in &left {
        checked.push(judges.checked(&field, one, left.len())?);
        if checked.last().map(Checked::outcome) != Some(Outcome::Failed) {
            break;
        }
    }
    let outcome = checked.last().map_or(Outcome::Failed, Checked::outcome);
    Ok(Optimum {
        outcome,
        all: (0..count).map(|one| judges.told(&field, one)).collect(),
        checked,
    })
}

/// The chances of single errors.
struct Errors {
    broken: f64,
    kept: f64,
    cost: f64,
    check: f64,
}

impl Errors {
    #[allow(clippy::cast_precision_loss)]
    fn new(combinations: usize, looks: usize, promises: usize) -> Errors {
        let quarter = ERROR / 4.0;
        let [combinations, looks, promises] = [combinations, looks, promises].map(|n| n as f64);
        Errors {
            broken: quarter / (looks * promises),
            kept: quarter / (combinations * looks * promises),
            cost: quarter / (combinations * looks),
            check: quarter / promises,
        }
    }
}

impl Checked {
    /// Whether all promises are kept, one is broken, or one is open.
    pub fn outcome(&self) -> Outcome {
        together(self.sure.iter().copied())
    }
}

/// Whether all pass, one fails, or one is open.
fn together(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    outcomes.fold(Outcome::Passed, |all, next| match (all, next) {
        (Outcome::Failed, _) | (_, Outcome::Failed) => Outcome::Failed,
        (Outcome::Undecided, _) | (_, Outcome::Undecided) => Outcome::Undecided,
        _ => Outcome::Passed,
    })
}

struct Judges<'a> {
    question: &'a Question<'a>,
    each: Errors,
}

impl Judges<'_> {
    fn price(&self, field: &Field<'_>, one: usize) -> f64 {
        self.question.price(&field.all[one].at)
    }

    fn cost(&self, field: &Field<'_>, one: usize) -> Option<f64> {
        Some(field.figure(0, one)? + self.price(field, one))
    }

    /// What is sure of the promises of a combination.
    fn sure(&self, field: &Field<'_>, one: usize, error: f64) -> Outcome {
        let scores = &field.all[one].scores[1..];
        let judged = self.question.promises.iter().zip(scores);
        together(judged.map(|(promise, scores)| promise.judged(scores.as_deref(), error)))
    }

    /// Which combinations surely break a promise, or surely cost more than one that surely keeps
    /// them all.
    fn out(&self, field: &Field<'_>, left: &[usize]) -> Vec<bool> {
        let keeps = |one: &&usize| self.sure(field, **one, self.each.kept) == Outcome::Passed;
        let keepers: Vec<usize> = left.iter().filter(keeps).copied().collect();
        let dearer = |one: usize, than: usize| {
            let more = self.price(field, one) - self.price(field, than);
            let lead = field.surely_ahead(0, (than, one), self.each.cost);
            lead.is_some_and(|lead| lead + more > 0.0)
        };
        let is_out = |one: &usize| {
            field.figure(0, *one).is_none()
                || self.sure(field, *one, self.each.broken) == Outcome::Failed
                || keepers.iter().any(|keeper| dearer(*one, *keeper))
        };
        left.iter().map(is_out).collect()
    }

    /// Looks at a combination in replications that the search has not seen: they alone say that a
    /// promise is kept, and all together that it is broken.
    fn checked(&self, field: &Field<'_>, one: usize, of: usize) -> Result<Checked, Error> {
        let question = self.question;
        let count = question.replications;
        let at = &field.all[one].at;
        let fresh = (field.look)(&[(at, count..2 * count)])?.remove(0);
        let kept = question.kept();
        let values = |column: usize| fresh.iter().skip(column).step_by(kept.len()).copied();
        let answer = |column: usize, statistic, unknown| {
            let (scope, measure) = kept[column];
            Answer::of_values((scope, measure), statistic, values(column), unknown)
        };
        let cost = answer(0, question.target.statistic, false).map(|cost| {
            let price = self.price(field, one);
            cost.moved(price)
        });
        #[allow(clippy::cast_precision_loss)]
        let error = self.each.check / of as f64;
        let mut promises = Vec::new();
        let mut sure = Vec::new();
        for (number, promise) in question.promises.iter().enumerate() {
            let expectation = &question.expectations[number];
            let unknown = expectation.unknown_counts();
            promises.push(answer(number + 1, expectation.statistic, unknown));
            let scores = values(number + 1).map(|value| promise.figure.score(value));
            let scores: Option<Vec<f64>> = scores.collect();
            let before = field.all[one].scores[number + 1].as_ref();
            let all = scores.as_ref().zip(before);
            let all = all.map(|(fresh, before)| [&before[..], &fresh[..]].concat());
            let fresh = promise.judged(scores.as_deref(), error);
            sure.push(match promise.judged(all.as_deref(), error) {
                Outcome::Failed => Outcome::Failed,
                _ => fresh,
            });
        }
        Ok(Checked {
            combination: one,
            cost,
            promises,
            sure,
        })
    }

    fn told(&self, field: &Field<'_>, one: usize) -> Combination {
        let candidate = &field.all[one];
        let scores = || candidate.scores[1..].iter().map(Option::as_deref);
        let promises = self.question.promises.iter();
        Combination {
            options: candidate.at.clone(),
            replications: candidate.seen,
            cost: self.cost(field, one),
            seen: scores()
                .map(|scores| scores.and_then(Mean::of).map(|mean| mean.mean))
                .collect(),
            holds: promises
                .zip(scores())
                .map(|(promise, of)| promise.holds(of))
                .collect(),
            sure: self.sure(field, one, self.each.broken),
        }
    }
}
