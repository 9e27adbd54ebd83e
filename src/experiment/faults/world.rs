//! The scenario with faults in it, replayed; and the work divided into tasks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::alone::Alone;
use super::explore::{Class, Search, Seen, Step};
use super::found::Question;
use super::grid::{Grid, Seconds};
use super::peaks::Arrivals;
use super::place::{Anchors, Place};
use super::trace::Trace;
use super::verdict::Verdict;
use super::zone::{Zone, read_signed, signed};
use crate::accounting::Measures;
use crate::error::Error;
use crate::experiment::frame::{Body, short};
use crate::experiment::inflows::SharedInflows;
use crate::experiment::judge::Outcome;
use crate::experiment::replicate::Study;
use crate::experiment::replication_runner::ReplicationRunner;
use crate::experiment::runner::Runner;
use crate::kernel::one_by_one;
use crate::limits::FAULT_REPLAYS;
use crate::model::Options;
use crate::scenario::{Measure, Scenario, Scope, Unit};
use crate::units::Duration;

/// A scenario in which things go wrong.
pub(super) struct World<'a> {
    pub(super) question: Question<'a>,
    inflows: &'a SharedInflows,
    /// How often it was replayed.
    replays: &'a AtomicU64,
    runner: Runner<'a>,
    /// Of each replication.
    anchors: Vec<Anchors>,
    /// What arrives in it, where that changes by itself and matters.
    arrivals: Vec<Option<Arrivals>>,
}

/// What became of a set of faults in a replication.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) classes: u64,
    pub(super) points: u64,
    pub(super) replays: u64,
    /// At which seconds the classes of a single fault begin.
    pub(super) begins: Vec<i64>,
    /// Faults of a pair, by their numbers in it, that were found to break the promise alone, each
    /// at a second of a class that was taken not to.
    pub(super) alone: Vec<(usize, Class)>,
    /// The classes in which something is not as expected, or may not be.
    pub(super) found: Vec<Class>,
}

/// What a search for the classes of a set of faults finds in a replication.
pub(super) struct Classes {
    pub(super) all: Vec<Class>,
    /// Faults that break the promise alone, as in [`Task::alone`].
    alone: Vec<(usize, Class)>,
    /// How often it took to replay the scenario.
    replays: u64,
}

impl<'a> World<'a> {
    pub(super) fn of(
        question: Question<'a>,
        inflows: &'a SharedInflows,
        replays: &'a AtomicU64,
        runner: &Runner<'a>,
    ) -> Result<World<'a>, Error> {
        let mut world = World {
            question,
            inflows,
            replays,
            runner: *runner,
            anchors: Vec::new(),
            arrivals: Vec::new(),
        };
        let quiet = world.quiet();
        let mut bare = ReplicationRunner::of(question.scenario, question.traces, &quiet);
        let (mut anchors, mut arrivals) = (Vec::new(), Vec::new());
        for replication in 0..question.replications {
            let (history, books) = bare.replay(options(replication))?;
            anchors.push(Anchors::of(question.scenario, history));
            let intakes = 0..question.scenario.workspaces.len();
            let intakes = intakes.map(|workspace| books.intake(workspace).clone());
            let arriving = Arrivals::of(intakes.collect(), history.end);
            arrivals.push(arriving.filter(|_| world.expects_volumes()));
        }
        (world.anchors, world.arrivals) = (anchors, arrivals);
        Ok(world)
    }

    /// Replays are no steps of the progress.
    fn quiet(&self) -> Runner<'a> {
        Runner {
            progress: &(),
            journal: None,
            ..self.runner
        }
    }

    /// Whether something is expected that depends on how much arrives.
    fn expects_volumes(&self) -> bool {
        let mut expected = self.question.scenario.expectations.iter();
        expected.any(|expectation| {
            let availability = expectation.measure == Measure::QueryAvailability;
            let unit = expectation.measure.unit();
            !availability && matches!(unit, Unit::Volume | Unit::Ratio | Unit::Money)
        })
    }

    /// The last second of the run at which a fault can begin.
    pub(super) fn last_second(&self) -> i64 {
        (self.question.scenario.duration.millis() - 1) / Duration::SECOND.millis()
    }

    /// Tells the progress the seconds of the first faults of all sequences.
    pub(super) fn begin(&self) {
        let faults = self.question.faults.len() as u64;
        let pairs = match self.question.order {
            1 => 0,
            _ => faults * faults.saturating_sub(1) / 2,
        };
        let seconds = self.last_second().unsigned_abs() + 1;
        let steps = (faults + pairs) * self.question.replications * seconds;
        self.runner.progress.begin(steps);
    }

    /// How what a fault leads to moves with it: by every second, if accounts poll in each of them
    /// at the same fraction of it; else by more than two polls are apart, give or take one.
    pub(super) fn step(&self) -> Step {
        let polls = self.question.scenario.behaviour.poll_interval;
        let second = Duration::SECOND.millis();
        match polls.min == polls.max && second % polls.min.millis() == 0 {
            true => Step {
                seconds: 1,
                slack: 0,
            },
            false => Step {
                seconds: 2 * polls.max.millis() / second + 1,
                slack: polls.max.millis(),
            },
        }
    }

    /// How far instants that are tried lie apart, for so many faults: of two faults, where a class
    /// is sampled, as far as two polls may.
    pub(super) fn spacing(&self, faults: usize) -> Duration {
        match faults {
            2.. if !self.step().is_exact() => {
                let polls = self.question.scenario.behaviour.poll_interval.min.millis();
                let seconds = polls.div_euclid(Duration::SECOND.millis()).max(1);
                Duration::from_millis(seconds * Duration::SECOND.millis())
            }
            _ => Duration::SECOND,
        }
    }

    /// The seconds at which a fault of a pair is tried; alone, it has classes that begin at some.
    pub(super) fn grid(&self, begins: &[i64]) -> Grid {
        let every = self.spacing(2).millis() / Duration::SECOND.millis();
        Grid::of(every, begins.iter().copied())
    }

    /// What holds without any fault.
    pub(super) fn base(&self) -> Result<Verdict, Error> {
        let verdict = self.look(&[], 0, &[], true)?.verdict;
        Ok(verdict.expect("it was asked for"))
    }

    /// When a fault happens that begins in a second of a replication.
    pub(super) fn place(&self, replication: u64, fault: usize, second: i64) -> Place {
        let replication = usize::try_from(replication).expect("as many as are in memory");
        let action = &self.question.faults[fault].action;
        self.anchors[replication].place(self.question.scenario, action, second)
    }

    /// Lets faults happen in a replication, each at its second.
    pub(super) fn look(
        &self,
        faults: &[usize],
        replication: u64,
        point: &[i64],
        judged: bool,
    ) -> Result<Seen, Error> {
        let Question {
            scenario,
            traces,
            replications,
            ..
        } = self.question;
        let timed = faults.iter().zip(point).map(|(fault, second)| {
            let place = self.place(replication, *fault, *second);
            (&self.question.faults[*fault], place.timing())
        });
        let scenario: Scenario = scenario.with_faults(&timed.collect::<Vec<_>>());
        let many = judged && replications > 1;
        self.count(self.cost(judged))?;
        let quiet = self.quiet();
        let of = ReplicationRunner::of(&scenario, traces, &quiet).sharing(self.inflows);
        let mut of = of.noting_plans();
        let expected = &scenario.expectations;
        let verdict = if many {
            let study = Study {
                kept: kept(&scenario),
                ..Study::new(&scenario, traces)
            };
            let all = study.gather_serially(0..replications, &quiet)?;
            of.simulate(options(replication))?;
            Some(Verdict::of_many(expected, &all))
        } else if judged {
            let (history, books) = of.replay(options(replication))?;
            let measures = Measures::of(&scenario, history, &books, &one_by_one);
            Some(Verdict::of_one(expected, &measures))
        } else {
            of.simulate(options(replication))?;
            None
        };
        let (history, plans) = of.last();
        Ok(Seen {
            trace: Trace::of(&scenario, history, plans),
            verdict,
        })
    }

    fn count(&self, more: u64) -> Result<(), Error> {
        let before = self.replays.fetch_add(more, Ordering::Relaxed);
        match FAULT_REPLAYS.allows(before + more) {
            true => Ok(()),
            false => Err(Error::run(FAULT_REPLAYS.exceeded())),
        }
    }
}

// The work.
impl World<'_> {
    /// What becomes of sets of faults: of all of them in the first replication, then in the next.
    /// `within` says when each of them may begin.
    pub(super) fn tasks(
        &self,
        sets: &[Vec<usize>],
        within: impl Fn(usize, &[usize]) -> Vec<Seconds> + Sync,
    ) -> Result<Vec<Task>, Error> {
        let replications = usize::try_from(self.question.replications).expect("they fit in memory");
        let seconds = self.last_second().unsigned_abs() + 1;
        let of = |task: usize| (task / sets.len(), &sets[task % sets.len()]);
        let mut all = Vec::new();
        let recover = |task: usize, body: &mut Body<'_>| {
            let found = self.decode(of(task).1.len(), body)?;
            self.replays.fetch_add(found.replays, Ordering::Relaxed);
            Some(found)
        };
        let compute = |task: usize| {
            let (replication, faults) = of(task);
            let found = self.task(faults, replication as u64, &within(replication, faults))?;
            let bytes = self.runner.bytes(|| encode(&found));
            Ok((found, bytes))
        };
        let count = replications * sets.len();
        self.runner.tasks(
            count,
            |_| seconds,
            recover,
            compute,
            |task| {
                all.push(task);
                Ok(())
            },
        )?;
        Ok(all)
    }

    fn task(&self, faults: &[usize], replication: u64, seconds: &[Seconds]) -> Result<Task, Error> {
        let Classes {
            all: classes,
            alone,
            replays,
        } = self.classes(faults, replication, seconds)?;
        let points = classes.iter().map(|class| class.points).sum();
        let count = classes.len() as u64;
        let begins = match faults {
            [_] => classes
                .iter()
                .map(|class| class.zone.bounds(1, 0).0)
                .collect(),
            _ => Vec::new(),
        };
        let found = classes
            .into_iter()
            .filter(|class| class.verdict.outcome != Outcome::Passed);
        Ok(Task {
            classes: count,
            points,
            replays,
            begins,
            alone,
            found: found.collect(),
        })
    }

    /// Every class of a set of faults.
    pub(super) fn classes(
        &self,
        faults: &[usize],
        replication: u64,
        seconds: &[Seconds],
    ) -> Result<Classes, Error> {
        let replays = AtomicU64::new(0);
        let look = |faults: &[usize], point: &[i64], judged: bool| {
            replays.fetch_add(self.cost(judged), Ordering::Relaxed);
            self.look(faults, replication, point, judged)
        };
        let alone = Alone::new(&look, faults);
        let look = |point: &[i64], judged: bool| {
            let seen = look(faults, point, judged)?;
            match self.step().is_exact() || faults.len() == 1 {
                true => Ok(seen),
                false => alone.without(seen, point),
            }
        };
        let advance = |seconds: u64| {
            self.runner.progress.advance(seconds);
            match (self.runner.stop)() {
                true => Err(Error::interrupted()),
                false => Ok(()),
            }
        };
        let tried = seconds[0].within.iter();
        let tried: i64 = tried.map(|(first, last)| last - first + 1).sum();
        let left = self.last_second() + 1 - tried;
        advance(left.unsigned_abs())?;
        let index = usize::try_from(replication).expect("as many as are in memory");
        let search = Search {
            seconds,
            step: self.step(),
            arrivals: self.arrivals[index].as_ref(),
            look: &look,
            advance: &advance,
        };
        let classes = search.classes()?;
        let alone = alone.failures();
        Ok(Classes {
            all: classes,
            alone,
            replays: replays.into_inner(),
        })
    }

    /// How many replays a look takes.
    fn cost(&self, judged: bool) -> u64 {
        match self.question.replications {
            many @ 2.. if judged => 1 + many,
            _ => 1,
        }
    }

    fn decode(&self, faults: usize, body: &mut Body<'_>) -> Option<Task> {
        let [classes, points, replays] = [body.short()?, body.short()?, body.short()?];
        let begins = (0..body.short()?).map(|_| read_signed(body));
        let begins = begins.collect::<Option<_>>()?;
        let mut alone = Vec::new();
        for _ in 0..body.short()? {
            let fault = usize::try_from(body.short()?).ok()?;
            (fault < faults).then_some(())?;
            alone.push((fault, self.decode_class(1, body)?));
        }
        let mut found = Vec::new();
        while !body.0.is_empty() {
            found.push(self.decode_class(faults, body)?);
        }
        Some(Task {
            classes,
            points,
            replays,
            begins,
            alone,
            found,
        })
    }

    fn decode_class(&self, faults: usize, body: &mut Body<'_>) -> Option<Class> {
        let zone = Zone::decode(faults, body)?;
        let worst = (0..faults).map(|_| read_signed(body));
        let worst = worst.collect::<Option<Vec<i64>>>()?;
        let last = self.last_second();
        let inside = |second: &i64| (0..=last).contains(second);
        worst.iter().all(inside).then_some(())?;
        Some(Class {
            zone,
            worst,
            verdict: Verdict::decode(&self.question.scenario.expectations, body)?,
            points: body.short()?,
        })
    }
}

fn encode(task: &Task) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in [task.classes, task.points, task.replays] {
        short(&mut bytes, number);
    }
    short(&mut bytes, task.begins.len() as u64);
    let begins = task.begins.iter();
    begins.for_each(|second| signed(&mut bytes, *second));
    short(&mut bytes, task.alone.len() as u64);
    for (fault, class) in &task.alone {
        short(&mut bytes, *fault as u64);
        encode_class(&mut bytes, class);
    }
    for class in &task.found {
        encode_class(&mut bytes, class);
    }
    bytes
}

fn encode_class(bytes: &mut Vec<u8>, class: &Class) {
    class.zone.encode(bytes);
    class.worst.iter().for_each(|second| signed(bytes, *second));
    class.verdict.encode(bytes);
    short(bytes, class.points);
}

const fn options(replication: u64) -> Options {
    Options {
        replication,
        every_poll: false,
    }
}

/// The measures that are expected to be something, each once.
fn kept(scenario: &Scenario) -> Vec<(Scope, Measure)> {
    let mut kept = Vec::new();
    for expectation in &scenario.expectations {
        let of = (expectation.scope, expectation.measure);
        if !kept.contains(&of) {
            kept.push(of);
        }
    }
    kept
}
