//! Many replications of one scenario: every measure of each, kept exactly.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::column::{Column, Values};
use super::curves::{Curves, SCOUTS};
use super::frame::{Body, read_outcome};
use super::inflows::SharedInflows;
use super::replication_runner::ReplicationRunner;
use super::runner::{Cells, Runner, foreign};
use crate::accounting::Measures;
use crate::error::Error;
use crate::intake::Rows;
use crate::kernel::one_by_one;
use crate::limits::STUDY_VALUES;
use crate::model::{Mixture, Options};
use crate::scenario::{Measure, Scenario, Scope, Value};
use crate::units::grouped;

/// The most replications in a block.
const BLOCK: u64 = 64;
/// The least number of blocks, so that no core waits long for another.
const PARTS: u64 = 16;

/// A scenario to be replayed many times, and what is kept of each replication.
#[derive(Debug, Clone)]
pub struct Study<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// One entry per workspace, `Some` where its ingestion is a trace.
    pub traces: &'a [Option<Rows>],
    /// Whether every poll is executed.
    pub every_poll: bool,
    /// Whose measures are kept.
    pub kept: Vec<(Scope, Measure)>,
    /// Takes what a fan shows of the first replications.
    pub curves: Option<&'a Curves>,
    /// What the delays of events are drawn from, where rare ones are to be frequent.
    pub mixture: Option<&'a Mixture>,
}

/// Measures of some replications of one scenario, in the order of the replications.
///
/// What one thread computes and in which order does not show: blocks are put together by the
/// numbers of their replications, and a longer study begins with the values of a shorter one.
#[derive(Debug, Clone, PartialEq)]
pub struct Replications {
    kept: Vec<(Scope, Measure)>,
    /// Empty where the column is the same as another.
    pub(super) values: Vec<Values>,
    /// Of each column: the first one that has the same values.
    pub(super) same_as: Vec<usize>,
    /// The number of the first one.
    pub(super) from: u64,
    pub(super) count: usize,
    /// Of each replication its weight, where the study draws from a mixture.
    pub(super) weights: Option<Values>,
}

/// The most replications that memory should hold, by the number of measures that differ from
/// replication to replication; with room for what is made of the values of one.
pub const fn most_replications(varying: usize) -> u64 {
    STUDY_VALUES.most / (varying as u64 + 4)
}

/// Refuses more than [`most_replications`].
///
/// # Errors
///
/// If there are more: the limit, and what to do.
pub fn room(varying: usize, replications: u64) -> Result<(), Error> {
    if replications <= most_replications(varying) {
        return Ok(());
    }
    let why = STUDY_VALUES.exceeded();
    let replications = grouped(replications);
    let told =
        format!("{replications} replications, in which {varying} measures differ, are {why}");
    Err(Error::run(told))
}

impl<'a> Study<'a> {
    /// A study that keeps all measures: those of the total, then of each workspace and cluster.
    pub fn new(scenario: &'a Scenario, traces: &'a [Option<Rows>]) -> Study<'a> {
        let workspaces = (0..scenario.workspaces.len()).map(Scope::Workspace);
        let clusters = (0..scenario.clusters.len()).map(Scope::Cluster);
        let scopes = [Scope::Total].into_iter().chain(workspaces).chain(clusters);
        let of = |scope: Scope| {
            let has = move |measure: &Measure| scope.has(*measure);
            let measures = Measure::ALL.iter().copied().filter(has);
            measures.map(move |measure| (scope, measure))
        };
        Study {
            scenario,
            traces,
            every_poll: false,
            kept: scopes.flat_map(of).collect(),
            curves: None,
            mixture: None,
        }
    }

    /// Replays the scenario once for each of `numbers`.
    ///
    /// # Errors
    ///
    /// Those of [`super::replay`], of the first replication that has one; and of [`room`].
    pub fn gather(&self, numbers: Range<u64>, runner: &Runner<'_>) -> Result<Replications, Error> {
        let mut all = self.empty_from(numbers.start);
        self.grow(&mut all, numbers.end, runner)?;
        Ok(all)
    }

    /// The same as [`Study::gather`], with what other studies know already.
    ///
    /// # Errors
    ///
    /// Those of [`Study::gather`].
    pub(super) fn gather_sharing(
        &self,
        numbers: Range<u64>,
        shared: &SharedInflows,
        runner: &Runner<'_>,
    ) -> Result<Replications, Error> {
        let mut all = self.empty_from(numbers.start);
        self.add(&mut all, numbers.end, shared, runner)?;
        Ok(all)
    }

    /// The replications of the scenario that has number `cell` in a study of several: from the
    /// parts of the study, if there are, which keep all measures.
    ///
    /// # Errors
    ///
    /// Those of [`Study::gather`], or of reading the parts.
    pub(super) fn gather_cell(
        &self,
        cell: usize,
        replications: u64,
        runner: &Runner<'_>,
    ) -> Result<Replications, Error> {
        let Some(cells) = runner.cells else {
            return self.gather(0..replications, runner);
        };
        runner.progress.skip(replications);
        self.collect(cells, cell, replications)
    }

    /// What others have computed of the scenario that has number `cell` in a study of several: all
    /// measures that the study keeps of so many replications.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or holds what no study writes; and those of [`room`].
    pub fn collect(
        &self,
        cells: &dyn Cells,
        cell: usize,
        replications: u64,
    ) -> Result<Replications, Error> {
        let mut all = self.empty();
        cells.each(cell, &mut |numbers, bytes| {
            let read = self.read(&numbers, &mut Body(bytes));
            all.append(&read.ok_or_else(foreign)?);
            room(all.varying(), replications)
        })?;
        Ok(all)
    }

    /// The same of a scenario that may not run to its end: then why its first replication does not
    /// that does not.
    ///
    /// # Errors
    ///
    /// Those of [`Study::collect`].
    pub(super) fn collect_outcome(
        &self,
        cells: &dyn Cells,
        cell: usize,
    ) -> Result<Result<Replications, String>, Error> {
        let mut all = Ok(self.empty());
        cells.each(cell, &mut |numbers, bytes| {
            let mut body = Body(bytes);
            let read = read_outcome(&mut body, |body| self.read(&numbers, body));
            match (&mut all, read.ok_or_else(foreign)?) {
                (Err(_), _) => {}
                (Ok(_), Err(reason)) => all = Err(reason),
                (Ok(all), Ok(read)) => all.append(&read),
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// The replications of `numbers`, which are all that is left of a body.
    fn read(&self, numbers: &Range<u64>, body: &mut Body<'_>) -> Option<Replications> {
        let read = self.decoded(body)?;
        (read.numbers() == *numbers && body.0.is_empty()).then_some(read)
    }

    /// Adds the replications up to number `end`.
    ///
    /// # Errors
    ///
    /// Those of [`Study::gather`].
    pub fn grow(&self, all: &mut Replications, end: u64, runner: &Runner<'_>) -> Result<(), Error> {
        let shared = SharedInflows::of(self.scenario);
        if let Some(curves) = self.curves {
            self.add(all, SCOUTS.min(end), &shared, runner)?;
            curves.settle(self.scenario.end(), runner);
        }
        self.add(all, end, &shared, runner)
    }

    fn add(
        &self,
        all: &mut Replications,
        end: u64,
        shared: &SharedInflows,
        runner: &Runner<'_>,
    ) -> Result<(), Error> {
        self.each_block(all.numbers().end..end, shared, runner, |more| {
            all.append(&more);
            // Which measures differ is not known before.
            room(all.varying(), end)
        })
    }

    /// Hands on the replications of `all`, block by block in their order.
    pub(super) fn each_block(
        &self,
        all: Range<u64>,
        shared: &SharedInflows,
        runner: &Runner<'_>,
        take: impl FnMut(Replications) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let Range { start: from, end } = all;
        let count = end.saturating_sub(from);
        let block = Study::block_size(count);
        let blocks = usize::try_from(count.div_ceil(block)).expect("they fit in memory");
        let numbers = |number: usize| {
            let from = from + number as u64 * block;
            from..end.min(from + block)
        };
        let replays = |number: usize| numbers(number).end - numbers(number).start;
        let recover = |number: usize, body: &mut Body<'_>| {
            let read = self.decoded(body)?;
            (read.numbers() == numbers(number)).then_some(read)
        };
        let compute = |number: usize| {
            let made = self.gather_block(numbers(number), shared, runner)?;
            let bytes = runner.bytes(|| made.encoded());
            Ok((made, bytes))
        };
        runner.tasks(blocks, replays, recover, compute, take)
    }

    /// How many replications a block has, which one thread computes.
    pub const fn block_size(replications: u64) -> u64 {
        let part = replications / PARTS;
        match part {
            0 => 1,
            1..BLOCK => part,
            _ => BLOCK,
        }
    }

    /// The same as [`Study::gather`], one replication after another in the same memory.
    ///
    /// # Errors
    ///
    /// Those of [`super::replay`], of the first replication that has one.
    pub fn gather_serially(
        &self,
        numbers: Range<u64>,
        runner: &Runner<'_>,
    ) -> Result<Replications, Error> {
        self.gather_block(numbers, &SharedInflows::of(self.scenario), runner)
    }

    fn gather_block(
        &self,
        numbers: Range<u64>,
        shared: &SharedInflows,
        runner: &Runner<'_>,
    ) -> Result<Replications, Error> {
        let mut block = self.empty_from(numbers.start);
        let replications = ReplicationRunner::of(self.scenario, self.traces, runner);
        let mut replications = replications.sharing(shared).drawing_from(self.mixture);
        for replication in numbers {
            let options = Options {
                replication,
                every_poll: self.every_poll,
            };
            let (history, books) = replications.replay(options)?;
            block.push(&Measures::of(self.scenario, history, &books, &one_by_one));
            if let Some(curves) = self.curves {
                curves.add(replication, history, books);
            }
            if let Some((weights, (weight, _))) =
                block.weights.as_mut().zip(replications.weight_and_draws())
            {
                weights.push(weight);
            }
        }
        block.compare();
        Ok(block)
    }

    /// The study of no replication.
    pub fn empty(&self) -> Replications {
        self.empty_from(0)
    }

    /// No replication yet; the next one has this number.
    pub(super) fn empty_from(&self, from: u64) -> Replications {
        Replications {
            weights: self.mixture.map(|_| Values::EMPTY),
            ..Replications::none(self.kept.clone(), from)
        }
    }
}

impl Replications {
    /// No replication yet; the next one has this number.
    pub(super) fn none(kept: Vec<(Scope, Measure)>, from: u64) -> Replications {
        Replications {
            values: vec![Values::EMPTY; kept.len()],
            same_as: vec![0; kept.len()],
            kept,
            from,
            count: 0,
            weights: None,
        }
    }

    /// The measures of the next replication, before columns are compared.
    fn push(&mut self, measures: &Measures) {
        for (&(scope, measure), values) in self.kept.iter().zip(&mut self.values) {
            values.push(measures.code(scope, measure));
        }
        self.count += 1;
    }

    /// Keeps columns that are the same once: those of the only workspace are those of the whole.
    pub(super) fn compare(&mut self) {
        let mut first = BTreeMap::new();
        self.same_as = (0..self.values.len())
            .map(|at| *first.entry(&self.values[at]).or_insert(at))
            .collect();
        for (at, &same) in self.same_as.iter().enumerate() {
            if same != at {
                self.values[at] = Values::EMPTY;
            }
        }
    }

    /// Adds replications of the same study, whose numbers follow those that are there.
    ///
    /// # Panics
    ///
    /// If they keep other measures, or have other numbers.
    pub fn append(&mut self, later: &Replications) {
        assert_eq!(self.kept, later.kept, "they are of one study");
        assert_eq!(
            self.numbers().end,
            later.from,
            "nothing is left out or counted twice"
        );
        let same_as = same_in_both(&self.same_as, &later.same_as);
        for at in (0..same_as.len()).filter(|&at| same_as[at] == at) {
            let before = self.same_as[at];
            if before != at {
                // It stands behind the one that it was the same as, which has grown already.
                self.values[at] = self.values[before].part(0..self.count);
            }
            self.values[at].append(&later.values[later.same_as[at]]);
        }
        self.same_as = same_as;
        if let (Some(weights), Some(later)) = (&mut self.weights, &later.weights) {
            weights.append(later);
        }
        self.count += later.count;
    }

    /// Those of `numbers`.
    ///
    /// # Panics
    ///
    /// If some of them are not there.
    #[must_use]
    pub fn part(&self, numbers: Range<u64>) -> Replications {
        let own = self.numbers();
        let there = own.start <= numbers.start && numbers.end <= own.end;
        assert!(there, "{numbers:?} of {own:?}");
        let place = |number: u64| usize::try_from(number - own.start).expect("in memory");
        let places = place(numbers.start)..place(numbers.end);
        let column = |at: usize| self.values[self.same_as[at]].part(places.clone());
        let mut part = Replications {
            kept: self.kept.clone(),
            values: (0..self.kept.len()).map(column).collect(),
            same_as: Vec::new(),
            from: numbers.start,
            count: places.len(),
            weights: self.weights.as_ref().map(|of| of.part(places.clone())),
        };
        part.compare();
        part
    }

    /// The first ones; there may be more.
    ///
    /// # Panics
    ///
    /// If there are fewer, or they begin later.
    pub fn first(&self, count: u64) -> Cow<'_, Replications> {
        if self.numbers() == (0..count) {
            Cow::Borrowed(self)
        } else {
            Cow::Owned(self.part(0..count))
        }
    }

    /// Their numbers.
    pub fn numbers(&self) -> Range<u64> {
        self.from..self.from + self.count as u64
    }

    /// How many measures differ from replication to replication; what is the same as another one
    /// counts once.
    pub fn varying(&self) -> usize {
        let varies = |values: &&Values| matches!(values, Values::Varying(_));
        self.values
            .iter()
            .chain(&self.weights)
            .filter(varies)
            .count()
    }

    /// The weights of the replications, in units of [`crate::model::WEIGHT_UNIT`]; `None` where
    /// they have none.
    pub fn weights(&self) -> Option<impl Iterator<Item = u64> + '_> {
        self.weights.as_ref().map(Values::codes)
    }

    /// How many replications there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The values of every measure that is kept, in the order of [`Study::kept`].
    pub fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        (0..self.kept.len()).map(|at| self.column(at))
    }

    /// The measures that are kept.
    pub fn kept(&self) -> &[(Scope, Measure)] {
        &self.kept
    }

    pub(super) fn column(&self, at: usize) -> Column<'_> {
        let (scope, measure) = self.kept[at];
        Column {
            scope,
            measure,
            values: &self.values[self.same_as[at]],
        }
    }

    /// Whether two measures that are kept have the same numbers in every replication.
    pub fn are_equal(&self, a: (Scope, Measure), b: (Scope, Measure)) -> bool {
        let first = |of| {
            let at = self.kept.iter().position(|kept| *kept == of)?;
            Some(self.same_as[at])
        };
        first(a).is_some() && first(a) == first(b)
    }

    /// The first replication in which a measure is at its worst, and its value there; `None` where
    /// it is not kept or never has a value.
    pub fn worst(&self, scope: Scope, measure: Measure) -> Option<(u64, Value)> {
        let values = self.of(scope, measure)?.values().enumerate();
        let values = values.filter_map(|(at, value)| Some((at, value?)));
        let (at, value) = values.reduce(|worst, next| {
            let worse = match measure.less_is_worse() {
                true => next.1.number() < worst.1.number(),
                false => next.1.number() > worst.1.number(),
            };
            if worse { next } else { worst }
        })?;
        Some((self.from + at as u64, value))
    }

    /// The values of a measure; `None` where it is not kept.
    pub fn of(&self, scope: Scope, measure: Measure) -> Option<Column<'_>> {
        let found = self.kept.iter().position(|kept| *kept == (scope, measure));
        found.map(|at| self.column(at))
    }
}

/// Columns are the same if they were so before and are so later: of each the first such one.
pub(super) fn same_in_both(before: &[usize], later: &[usize]) -> Vec<usize> {
    let mut first = BTreeMap::new();
    let both = before.iter().zip(later).enumerate();
    both.map(|(at, both)| *first.entry(both).or_insert(at))
        .collect()
}

/// The measures that are equal to an earlier one of the same unit, each with the first such one.
pub fn twins(
    measures: impl Iterator<Item = Measure>,
    are_equal: impl Fn(Measure, Measure) -> bool,
) -> Vec<(Measure, Measure)> {
    let (mut firsts, mut twins): (Vec<Measure>, _) = (Vec::new(), Vec::new());
    for measure in measures {
        let equal =
            |first: &&Measure| first.unit() == measure.unit() && are_equal(**first, measure);
        match firsts.iter().find(equal) {
            Some(first) => twins.push((measure, *first)),
            None => firsts.push(measure),
        }
    }
    twins
}
