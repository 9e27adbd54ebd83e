//! Two scenarios on common random numbers: replication by replication, measure by measure.

use super::column::Column;
use super::replay::replay_by;
use super::replicate::{Replications, Study, room, twins};
use super::runner::Runner;
use crate::error::Error;
use crate::limits::LOG_ENTRIES;
use crate::model::{History, Options};
use crate::scenario::{Measure, Scenario, Scope, Unit, Value};
use crate::statistics::{Interval, Mean, Quantile};

/// A measure of two scenarios that were replayed on the same random numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// Whose measure, in the first scenario.
    pub scope: Scope,
    /// Which.
    pub measure: Measure,
    /// An earlier measure of the whole that differs in just the same way: both have the same
    /// numbers in every replication of both scenarios.
    pub twin: Option<Measure>,
    /// In how many replications it has a value in one of the two only.
    pub one_sided: usize,
    /// What the replications say in which both have a value; `None` where there is none.
    pub pairs: Option<Pairs>,
}

/// The values of a measure in two scenarios, pair by pair; in bytes, seconds, or as they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// The mean of the first.
    pub first: Mean,
    /// The mean of the second.
    pub second: Mean,
    /// The mean of second - first.
    pub difference: Mean,
    /// The median of second - first.
    pub median: f64,
    /// In how many replications the second is larger.
    pub larger: usize,
    /// In how many both are equal.
    pub equal: usize,
    /// In how many the second is smaller.
    pub smaller: usize,
}

/// What the pairs of a measure say about two scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Both have the same value in every pair.
    Same,
    /// Some values differ, but the mean difference may be 0: its interval has 0 in it, or there is
    /// none.
    Unclear,
    /// The mean difference is not 0.
    Differs,
}

impl Finding {
    /// The words for it, the same in texts, pictures and files.
    pub fn words(self) -> &'static str {
        match self {
            Finding::Same => "no difference in any replication",
            Finding::Unclear => "not distinguishable at 95%",
            Finding::Differs => "differs",
        }
    }
}

impl Paired {
    fn of(first: Column<'_>, second: Column<'_>) -> Paired {
        let values = || first.values().zip(second.values());
        let one_sided = values().filter(|(a, b)| a.is_some() != b.is_some());
        let pairs = values().filter_map(|(a, b)| Some((a?, b?)));
        let pairs: Vec<(f64, f64)> = pairs.map(|(a, b)| (a.number(), b.number())).collect();
        Paired {
            scope: first.scope,
            measure: first.measure,
            twin: None,
            one_sided: one_sided.count(),
            pairs: Pairs::of(first.measure, &pairs),
        }
    }

    /// Whether the two are the same in every replication.
    pub fn is_equal(&self) -> bool {
        let moved = self.pairs.map_or(0, |pairs| pairs.larger + pairs.smaller);
        moved + self.one_sided == 0
    }

    /// How much of the larger mean the difference is.
    fn relative(&self) -> f64 {
        self.pairs.map_or(0.0, |pairs| {
            let whole = pairs.first.mean.abs().max(pairs.second.mean.abs());
            (pairs.difference.mean.abs() / whole.max(f64::MIN_POSITIVE)).min(1.0)
        })
    }
}

impl Pairs {
    pub(super) fn of(measure: Measure, pairs: &[(f64, f64)]) -> Option<Pairs> {
        let firsts: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        let seconds: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
        let difference = |pair: &(f64, f64)| tidy(measure, pair.1 - pair.0);
        let mut differences: Vec<f64> = pairs.iter().map(difference).collect();
        let difference = Mean::of(&differences)?;
        let count = |is: fn(&f64) -> bool| differences.iter().filter(|value| is(value)).count();
        let (larger, smaller) = (count(|value| *value > 0.0), count(|value| *value < 0.0));
        differences.sort_unstable_by(f64::total_cmp);
        Some(Pairs {
            first: Mean::of(&firsts)?,
            second: Mean::of(&seconds)?,
            difference,
            median: differences[Quantile::percent(50).rank(pairs.len()) - 1],
            larger,
            equal: pairs.len() - larger - smaller,
            smaller,
        })
    }

    /// What they say at a confidence of 95 %.
    pub fn finding(&self) -> Finding {
        let difference = self.difference;
        // The same difference in every pair has an interval of one point, however few they are.
        let alike = difference.sd == 0.0 && difference.count > 1;
        let beside = |ends: Interval| ends.low > 0.0 || ends.high < 0.0;
        match difference.interval() {
            _ if self.larger + self.smaller == 0 => Finding::Same,
            Some(ends) if beside(ends) => Finding::Differs,
            None if alike => Finding::Differs,
            _ => Finding::Unclear,
        }
    }

    /// The mean of the second, relative to that of the first: 0.5 where it is larger by half. The
    /// deviation is the one of a ratio of two means, which vary together; `None` where the first
    /// mean is 0.
    pub fn relative(&self) -> Option<Mean> {
        let (first, second, difference) = (self.first, self.second, self.difference);
        let [a, b, d] = [first.sd, second.sd, difference.sd].map(|sd| sd * sd);
        let ratio = second.mean / first.mean;
        // Var(b - r a), where Var(b - a) gives the covariance.
        let variance = b - ratio * (a + b - d) + ratio * ratio * a;
        (first.mean != 0.0).then(|| Mean {
            mean: difference.mean / first.mean,
            sd: variance.max(0.0).sqrt() / first.mean.abs(),
            ..difference
        })
    }
}

/// A scenario that was replayed to be compared.
#[derive(Debug)]
pub struct Replayed {
    /// All measures of its replications.
    pub study: Replications,
    /// What happened in one of them.
    pub history: History,
}

/// Values per replication while a measure is compared: pairs, and their differences.
const PAIRS: usize = 8;

/// Replays scenarios to be compared, and says what happened in replication number `shown`. Each
/// comes with the name that errors call it.
///
/// # Errors
///
/// Those of [`super::replay`] and of [`room`], and if the logs together have more than
/// [`LOG_ENTRIES`].
pub fn replay_all(
    scenarios: &[(&str, Study<'_>)],
    replications: u64,
    shown: u64,
    runner: &Runner<'_>,
) -> Result<Vec<Replayed>, Error> {
    let (mut all, mut varying, mut entries) = (Vec::new(), PAIRS, 0);
    for (cell, (name, study)) in scenarios.iter().enumerate() {
        let gathered = study.gather_cell(cell, replications, runner);
        let gathered = gathered.map_err(|error| error.context(*name))?;
        let options = Options {
            replication: shown,
            every_poll: false,
        };
        let quiet = Runner {
            progress: &(),
            ..*runner
        };
        // Its books would fill the memory, several of them at a time.
        let replay = replay_by(study.scenario, study.traces, options, &quiet);
        let history = replay.map_err(|error| error.context(*name))?.history;
        varying += gathered.varying();
        room(varying, replications).map_err(|error| error.context("--replications"))?;
        entries += history.log.len() as u64;
        if !LOG_ENTRIES.allows(entries) {
            let why = LOG_ENTRIES.exceeded();
            return Err(Error::run(format!("all files together have {why}")));
        }
        all.push(Replayed {
            study: gathered,
            history,
        });
    }
    Ok(all)
}

/// Every measure that two studies of the same replications have, in the order of the first:
/// those of the total, and of workspaces and clusters of the same name.
pub fn paired(
    first: (&Scenario, &Replications),
    second: (&Scenario, &Replications),
) -> Vec<Paired> {
    let columns = first.1.columns();
    let pair = |column: Column<'_>| {
        let scope = same_scope(first.0, column.scope, second.0)?;
        Some(Paired::of(column, second.1.of(scope, column.measure)?))
    };
    let mut measures: Vec<Paired> = columns.filter_map(pair).collect();
    let differ = |paired: &&Paired| paired.scope == Scope::Total && !paired.is_equal();
    let differing = measures.iter().filter(differ).map(|paired| paired.measure);
    let twins = twins(differing, |a, b| {
        let mut studies = [first.1, second.1].into_iter();
        studies.all(|study| study.are_equal((Scope::Total, a), (Scope::Total, b)))
    });
    for paired in measures
        .iter_mut()
        .filter(|paired| paired.scope == Scope::Total)
    {
        let twin = twins.iter().find(|(twin, _)| *twin == paired.measure);
        paired.twin = twin.map(|(_, earlier)| *earlier);
    }
    measures
}

/// What has in another scenario the name that a scope has in the first.
pub fn same_scope(first: &Scenario, scope: Scope, second: &Scenario) -> Option<Scope> {
    match scope {
        Scope::Total => Some(Scope::Total),
        Scope::Workspace(at) => {
            let name = &first.workspaces[at].name;
            let found = second.workspaces.iter().position(|own| own.name == *name);
            found.map(Scope::Workspace)
        }
        Scope::Cluster(at) => {
            let name = &first.clusters[at].name;
            let found = second.clusters.iter().position(|own| own.name == *name);
            found.map(Scope::Cluster)
        }
    }
}

/// The measure that tells most about the difference of two scenarios, by number: of those that
/// differ the one that `scenario`, the first of them, expects something of, else what is
/// dropped, else the downtime, else the one with the largest relative difference.
pub fn most_informative(scenario: &Scenario, measures: &[Paired]) -> Option<usize> {
    let expected = scenario.expectations.first();
    let wanted = [
        expected.map(|expectation| (expectation.scope, expectation.measure)),
        Some((Scope::Total, Measure::Dropped)),
        Some((Scope::Total, Measure::QueryDowntime)),
    ];
    let differs = |at: &usize| !measures[*at].is_equal();
    let place = |(scope, measure)| {
        let is = |paired: &Paired| (paired.scope, paired.measure) == (scope, measure);
        measures.iter().position(is).filter(differs)
    };
    let largest = || {
        let relative = |at: &usize| measures[*at].relative();
        let differing = (0..measures.len()).filter(differs).rev();
        differing.max_by(|a, b| relative(a).total_cmp(&relative(b)))
    };
    wanted
        .into_iter()
        .flatten()
        .find_map(place)
        .or_else(largest)
}

/// Second - first in every replication; `None` where one of them has no value.
pub(super) fn deltas(first: Column<'_>, second: Column<'_>) -> Vec<Option<f64>> {
    let number = |value: Option<Value>| value.map(Value::number);
    let pairs = first.values().zip(second.values());
    let delta = |(a, b)| Some(tidy(first.measure, number(b)? - number(a)?));
    pairs.map(delta).collect()
}

/// A difference of values without what computing it left behind: seconds have three decimals,
/// and shares that differ by less than a byte of a petabyte do not differ.
pub(super) fn tidy(measure: Measure, difference: f64) -> f64 {
    match measure.unit() {
        Unit::Duration => (difference * 1_000.0).round() / 1_000.0,
        Unit::Ratio if difference.abs() < 1e-15 => 0.0,
        Unit::Ratio | Unit::Volume | Unit::Count | Unit::Money => difference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: impl Fn(f64) -> (f64, f64)) -> Pairs {
        let pairs: Vec<(f64, f64)> = (0..40).map(|i| of(f64::from(i))).collect();
        Pairs::of(Measure::Dropped, &pairs).expect("pairs")
    }

    #[test]
    fn a_finding_says_what_the_interval_says() {
        let finding = |of: fn(f64) -> (f64, f64)| pairs(of).finding();
        assert_eq!(finding(|i| (i, i)), Finding::Same);
        assert_eq!(finding(|i| (i, i + 3.0)), Finding::Differs);
        assert_eq!(finding(|i| (i, 2.0 * i)), Finding::Differs);
        assert_eq!(finding(|i| (i, 39.0 - i)), Finding::Unclear);
        // Three of forty: too few for an interval.
        assert_eq!(finding(|i| (i, i.max(3.0))), Finding::Unclear);
        let few = |pairs: &[(f64, f64)]| Pairs::of(Measure::Dropped, pairs).map(|of| of.finding());
        assert_eq!(few(&[(1.0, 4.0), (2.0, 5.0)]), Some(Finding::Differs));
        assert_eq!(few(&[(1.0, 4.0)]), Some(Finding::Unclear));
    }

    #[test]
    fn a_relative_difference_is_one_of_ratios() {
        let ends = |pairs: Pairs| {
            let mean = pairs.relative().expect("the first is not 0");
            let ends = mean.interval().expect("enough differ");
            [mean.mean, ends.low, ends.high]
        };
        let near = |found: [f64; 3], expected: [f64; 3]| {
            let pairs = found.into_iter().zip(expected);
            pairs.for_each(|(one, other)| assert!((one - other).abs() < 1e-9, "{one} {other}"));
        };
        // All of it less, or twice as much, is no estimate, however much the first varies.
        near(ends(pairs(|i| (5.0 + i, 0.0))), [-1.0; 3]);
        near(ends(pairs(|i| (5.0 + i, 10.0 + 2.0 * i))), [1.0; 3]);
        // A first without spread: the interval of the difference, divided by it.
        let steady = pairs(|i| (10.0, i + 1.0));
        let interval = steady.difference.interval().expect("all differ");
        let mean = steady.difference.mean;
        near(
            ends(steady),
            [mean, interval.low, interval.high].map(|of| of / 10.0),
        );
        assert_eq!(pairs(|i| (0.0, i)).relative(), None);
    }
}
