//! How far an answer moves when one value after another is moved over its range.

use std::sync::Arc;

use super::column::{Column, Values};
use super::compare::deltas;
use super::frame::{Body, numbers, outcome, read_numbers, read_outcome};
use super::inflows::SharedInflows;
use super::judge::{Found, Lack, found};
use super::morris::{self, Screened};
use super::replicate::{Replications, Study};
use super::runner::Runner;
use super::variant::{Variant, Variants};
use crate::error::Error;
use crate::kernel::StreamKey;
use crate::scenario::{
    Action, Axis, Measure, Override, Parameter, Scenario, Scope, Setting, Spacing, Statistic,
    Target, Timing, Value, between,
};
use crate::statistics::{Interval, Mean};

/// A value of a scenario, or of several of its things, that may be moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// As in a scenario: `behaviour.buffer_retention`.
    pub name: String,
    /// The keys that are given the value.
    pub paths: Vec<String>,
    /// Whether no source states it.
    pub assumed: bool,
    /// As TOML, from low to high; words that are no quantities in any order.
    pub range: Vec<String>,
}

impl Factor {
    /// An assumed parameter of the edition, over the range that the edition states.
    pub fn assumed(scenario: &Scenario, parameter: &Parameter) -> Factor {
        let paths = match parameter.name.as_str() {
            "cluster.storage_accounts" => clusters(scenario, "storage_accounts"),
            name => vec![name.to_owned()],
        };
        Factor {
            name: parameter.name.clone(),
            paths,
            assumed: true,
            range: parameter.range.iter().map(toml::Value::to_string).collect(),
        }
    }

    /// Any key, from `PATH=LO..HI` or `PATH=A,B,C`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn named(text: &str) -> Result<Factor, String> {
        let range = text.split_once('=').and_then(|(path, range)| {
            let (low, high) = range.split_once("..")?;
            Some((path, between(low, high, 2, Spacing::Linear)))
        });
        match range {
            Some((path, values)) => Ok(Factor::of(path, &values?)),
            None => Axis::read(text).map(|axis| Factor::of(&axis.path, &axis.values)),
        }
    }

    fn of(path: &str, values: &[Setting]) -> Factor {
        Factor {
            name: path.trim().to_owned(),
            paths: vec![path.trim().to_owned()],
            assumed: false,
            range: values.iter().map(Setting::text).collect(),
        }
    }

    /// Gives all its keys a value.
    pub fn set(&self, value: &str) -> Vec<Override> {
        let set = |path: &String| Override::new("the range", &format!("{path}={value}"));
        self.paths.iter().map(set).collect()
    }

    /// `count` values over the range: of two quantities of one kind even steps from one to the
    /// other, else the values that the range has, the middle ones as often as the ends or more.
    pub fn levels(&self, count: usize) -> Vec<String> {
        let plain = |text: &String| text.trim_matches('"').to_owned();
        let even = match self.range.as_slice() {
            [low, high] => between(&plain(low), &plain(high), count, Spacing::Linear).ok(),
            _ => None,
        };
        match even {
            Some(values) => values.iter().map(Setting::text).collect(),
            None => {
                let (last, steps) = (self.range.len() - 1, count - 1);
                let nearest = |level: usize| (2 * level * last + steps) / (2 * steps);
                let values = (0..count).map(|level| self.range[nearest(level)].clone());
                values.collect()
            }
        }
    }
}

/// The paths to a key of every cluster, those that events create among them.
fn clusters(scenario: &Scenario, key: &str) -> Vec<String> {
    let there = scenario.clusters.iter().filter(|cluster| cluster.at_start);
    let mut paths: Vec<String> = there
        .map(|cluster| format!("cluster.{}.{key}", cluster.name))
        .collect();
    for event in &scenario.events {
        let list = match event.timing {
            Timing::Seen(_) => "response",
            Timing::Every { .. } => "hazard",
            _ => "event",
        };
        if matches!(event.action, Action::CreateCluster { .. }) {
            paths.push(format!("{list}.{}.{key}", event.name));
        }
    }
    paths
}

/// A statistic of a study, as a plain number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// Bytes, seconds, or as it is; of a probability 0 to 1.
    pub number: f64,
    /// Where it lies in 95 of 100 studies, or why that cannot be said.
    pub interval: Result<Interval, Lack>,
}

impl Answer {
    /// A statistic of values, one per replication; `unknown`: in a probability what has none counts.
    pub(super) fn of_values(
        (scope, measure): (Scope, Measure),
        statistic: Statistic,
        each: impl Iterator<Item = Option<Value>>,
        unknown: bool,
    ) -> Result<Answer, String> {
        let values = Values::of(each.map(Value::code));
        let column = Column {
            scope,
            measure,
            values: &values,
        };
        Answer::of(found(statistic, column, unknown))
    }

    fn of(found: Found) -> Result<Answer, String> {
        match found {
            Found::Estimate(number, interval) => Ok(Answer { number, interval }),
            Found::Extreme(value) => Ok(Answer {
                number: value.number(),
                interval: Err(Lack::Extreme),
            }),
            Found::NoValue(without) => Err(format!("it has no value in {without} replications")),
            Found::Held(..) => unreachable!("a statistic is asked for"),
        }
    }

    /// The same with something added that is certain.
    pub(super) fn moved(self, by: f64) -> Answer {
        Answer {
            number: self.number + by,
            interval: self.interval.map(|ends| Interval {
                low: ends.low + by,
                high: ends.high + by,
            }),
        }
    }
}

/// What one value of a factor does.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// The value, as TOML.
    pub value: String,
    /// What the answer is then, or why there is none.
    pub answer: Result<Answer, String>,
    /// The mean of the differences from the base, replication by replication; `None` where
    /// the statistic is no mean of something.
    pub difference: Option<Mean>,
}

/// What a factor does.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    /// Which factor.
    pub factor: Factor,
    /// One for each value of its range that is not the one the scenario has.
    pub shifts: Vec<Shift>,
    /// The least and the greatest answer, that of the scenario as it is among them.
    pub low: f64,
    /// See `low`.
    pub high: f64,
}

/// What is asked of a scenario.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The answer that is moved.
    pub target: &'a Target,
    /// What moves it.
    pub factors: &'a [Factor],
    /// How often each variant is replayed.
    pub replications: u64,
    /// By how many trajectories all factors are screened together, if at all.
    pub trajectories: Option<usize>,
    /// Reads the scenario with other values.
    pub variants: Variants<'a>,
}

/// What was found.
#[derive(Debug)]
pub struct Moved {
    /// The answer of the scenario as it is, or why there is none.
    pub answer: Result<Answer, String>,
    /// What each factor does, the widest first.
    pub influences: Vec<Influence>,
    /// What each factor does together with the others, where that was asked; `None` for one of
    /// which no step has an answer.
    pub screened: Option<Vec<Option<Screened>>>,
}

/// Moves one factor after another over its range, the others being as they are; then all of them
/// together, where that is asked.
///
/// # Errors
///
/// Those of [`Study::gather`] of the scenario as it is; and an interruption.
pub fn sensitivity(question: Question<'_>, runner: &Runner<'_>) -> Result<Moved, Error> {
    let factors = question.factors;
    let values: usize = factors.iter().map(|factor| factor.range.len()).sum();
    let points = question.trajectories.unwrap_or(0) * (factors.len() + 1);
    let variants = (1 + values + points) as u64;
    let replays = variants.saturating_mul(question.replications);
    runner.progress.begin(replays);
    let base = Base::of((question.variants)(&[])?);
    let before = question.gather(&base, &base.variant, runner)?;
    let influence = |factor| question.influence(factor, &base, &before, runner);
    let influences = factors.iter().map(influence).collect::<Result<Vec<_>, _>>();
    let mut influences = influences?;
    influences.sort_by(|a, b| (b.high - b.low).total_cmp(&(a.high - a.low)));
    let screen = |trajectories| question.screened(trajectories, &base, runner);
    Ok(Moved {
        answer: of(question.target, &before),
        influences,
        screened: question.trajectories.map(screen).transpose()?,
    })
}

/// The scenario as it is, and what arrives in its replications: nearly always the same arrives
/// with other values.
struct Base {
    variant: Variant,
    inflows: SharedInflows,
}

impl Base {
    fn of(variant: Variant) -> Base {
        Base {
            inflows: SharedInflows::of_several(&variant.scenario),
            variant,
        }
    }
}

/// Whether the same arrives at the workspaces of two scenarios in each replication, as long as
/// the same settings hold.
fn same_arrives(one: &Variant, other: &Variant) -> bool {
    let (a, b) = (&one.scenario, &other.scenario);
    Arc::ptr_eq(&one.traces, &other.traces)
        && a.workspaces == b.workspaces
        && (a.seed, a.start, a.end()) == (b.seed, b.start, b.end())
}

impl Question<'_> {
    fn kept(&self) -> Vec<(Scope, Measure)> {
        vec![(self.target.scope, self.target.measure)]
    }

    /// What a factor does alone.
    fn influence(
        &self,
        factor: &Factor,
        base: &Base,
        before: &Replications,
        runner: &Runner<'_>,
    ) -> Result<Influence, Error> {
        let kept = self.kept();
        let replications = |body: &mut Body<'_>| {
            let read = Replications::decoded(body, &kept)?;
            (read.numbers() == before.numbers()).then_some(read)
        };
        // Nothing is known of a value that the scenario has anyway.
        let recover = |body: &mut Body<'_>| match body.0 {
            [] => Some(None),
            _ => read_outcome(body, replications).map(Some),
        };
        let mut shifts = Vec::new();
        for value in &factor.range {
            let after = runner.task(self.replications, recover, || {
                let after = self.at(base, &factor.set(value), &runner.within())?;
                let encoded = |found: &_| outcome(found, Replications::encoded);
                let bytes = runner.bytes(|| after.as_ref().map_or_else(Vec::new, encoded));
                Ok((after, bytes))
            })?;
            let Some(after) = after else {
                continue;
            };
            let known = after.as_ref().ok();
            shifts.push(Shift {
                value: value.clone(),
                difference: known.and_then(|after| difference(self.target, before, after)),
                answer: after.and_then(|after| of(self.target, &after)),
            });
        }
        let found = shifts.iter().filter_map(|shift| shift.answer.as_ref().ok());
        let numbers: Vec<f64> = found.map(|answer| answer.number).collect();
        let middle = of(self.target, before).map_or(f64::NAN, |answer| answer.number);
        Ok(Influence {
            factor: factor.clone(),
            shifts,
            low: numbers.iter().copied().fold(middle, f64::min),
            high: numbers.iter().copied().fold(middle, f64::max),
        })
    }

    /// What each factor does together with the others.
    fn screened(
        &self,
        trajectories: usize,
        base: &Base,
        runner: &Runner<'_>,
    ) -> Result<Vec<Option<Screened>>, Error> {
        let factors = self.factors;
        let key = StreamKey::root(base.variant.scenario.seed, 0).name("screening");
        let trajectories = morris::trajectories(factors.len(), trajectories, key);
        let levels = factors.iter().map(|factor| factor.levels(morris::LEVELS));
        let levels: Vec<Vec<String>> = levels.collect();
        let recover = |body: &mut Body<'_>| read_numbers(body, 1);
        let answer = |point: &Vec<usize>| {
            let set = factors.iter().zip(point).zip(&levels);
            let set = set.flat_map(|((factor, level), levels)| factor.set(&levels[*level]));
            let set: Vec<Override> = set.collect();
            let answer = runner.task(self.replications, recover, || {
                let number = self.number(base, &set, &runner.within())?;
                Ok((vec![number], numbers(&[number])))
            })?;
            Ok(answer[0])
        };
        let answers = trajectories.iter().map(|trajectory| {
            let points = trajectory.points.iter();
            points.map(answer).collect::<Result<Vec<_>, Error>>()
        });
        let answers = answers.collect::<Result<Vec<_>, Error>>()?;
        Ok(morris::screened(factors.len(), &trajectories, &answers))
    }

    fn gather(
        &self,
        base: &Base,
        variant: &Variant,
        runner: &Runner<'_>,
    ) -> Result<Replications, Error> {
        let study = Study {
            kept: self.kept(),
            ..variant.study()
        };
        let numbers = 0..self.replications;
        if same_arrives(&base.variant, variant) {
            study.gather_sharing(numbers, &base.inflows, runner)
        } else {
            study.gather(numbers, runner)
        }
    }

    /// The study with other values; `None` where they mean what the scenario means anyway; an
    /// inner error where there is none.
    fn at(
        &self,
        base: &Base,
        changes: &[Override],
        runner: &Runner<'_>,
    ) -> Result<Option<Result<Replications, String>>, Error> {
        let skipped = |found| {
            runner.progress.skip(self.replications);
            Ok(found)
        };
        match (self.variants)(changes) {
            Err(error) => skipped(Some(Err(error.to_string()))),
            Ok(variant) if variant.scenario == base.variant.scenario => skipped(None),
            Ok(variant) => match self.gather(base, &variant, runner) {
                Err(error) if error.is_run() => Ok(Some(Err(error.to_string()))),
                gathered => Ok(Some(Ok(gathered?))),
            },
        }
    }

    /// The answer at a point of several factors, where there is one.
    fn number(
        &self,
        base: &Base,
        changes: &[Override],
        runner: &Runner<'_>,
    ) -> Result<Option<f64>, Error> {
        let Ok(variant) = (self.variants)(changes) else {
            runner.progress.skip(self.replications);
            return Ok(None);
        };
        match self.gather(base, &variant, runner) {
            Err(error) if error.is_run() => Ok(None),
            gathered => Ok(of(self.target, &gathered?).ok().map(|answer| answer.number)),
        }
    }
}

fn column<'a>(target: &Target, study: &'a Replications) -> Column<'a> {
    let column = study.of(target.scope, target.measure);
    column.expect("the study keeps what is asked for")
}

/// What a study answers.
pub(super) fn of(target: &Target, study: &Replications) -> Result<Answer, String> {
    Answer::of(found(target.statistic, column(target, study), false))
}

/// The mean difference of two studies, pair by pair; `None` of a quantile.
pub(super) fn difference(
    target: &Target,
    before: &Replications,
    after: &Replications,
) -> Option<Mean> {
    let (before, after) = (column(target, before), column(target, after));
    let values: Vec<f64> = match target.statistic {
        Statistic::Mean => deltas(before, after).into_iter().flatten().collect(),
        Statistic::Probability(comparison, bound) => {
            let [before, after] = [before, after].map(|of| of.hits(comparison, bound, false));
            let pairs = before.zip(after);
            let delta = |(before, after)| f64::from(i8::from(after) - i8::from(before));
            pairs.map(delta).collect()
        }
        _ => return None,
    };
    Mean::of(&values)
}
