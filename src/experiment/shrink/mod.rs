//! From a replication in which something fails to the smallest scenario in which it still does.
//!
//! Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input",
//! IEEE TSE 2002): the replication is frozen, then steps are tried in a fixed order, large ones
//! first; one is taken if what is left is smaller and still shows the symptom. When a whole pass
//! of single steps takes none, nothing more can go.

mod start;
mod symptom;

use std::collections::BTreeMap;

pub use start::{Begin, Start, find};
pub use symptom::Symptom;

use super::frame::Body;
use super::freeze::{Frozen, freeze};
use super::replay::{Replay, replay_by};
use super::replication_runner::ReplicationRunner;
use super::runner::Runner;
use super::variant::Variant;
use crate::error::Error;
use crate::kernel::StreamKey;
use crate::model::{History, Occurrence, Options, draw_of_event};
use crate::scenario::{Delay, Draft, Facts, Scenario, Shape, Size, Stage, Step, Timing};
use crate::units::{Duration, Time};

/// So many candidates are replayed at a time. The first of them that shows the symptom is taken,
/// so the result depends neither on this number nor on how many there are cores.
const BATCH: usize = 8;

/// Gives a scenario its traces.
pub type Resolve<'a> = &'a (dyn Fn(Scenario) -> Result<Variant, Error> + Sync);

/// What is shrunk, and how far.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The scenario as it is written.
    pub draft: &'a Draft,
    /// The same, ready to be replayed.
    pub variant: &'a Variant,
    /// Which replication.
    pub replication: u64,
    /// What it shows.
    pub symptom: &'a Symptom,
    /// No more candidates are replayed.
    pub most: u64,
    /// Gives candidates their traces.
    pub resolve: Resolve<'a>,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// What it did.
    pub words: String,
    /// How large the scenario was after it.
    pub size: Size,
}

/// The smallest scenario that was found.
#[derive(Debug)]
pub struct Shrunk {
    /// The replication as it was, and frozen.
    pub frozen: Frozen,
    /// How large the original is.
    pub before: Size,
    /// How large the frozen replication is, with the symptom as its only expectation.
    pub start: Size,
    /// What was left out and simplified, in order.
    pub taken: Vec<Taken>,
    /// How many candidates were replayed.
    pub replays: u64,
    /// Whether nothing more can go; else the limit came first.
    pub finished: bool,
    /// The result as it is written.
    pub draft: Draft,
    /// The same as the text of a file.
    pub text: String,
    /// The same, ready to be replayed.
    pub variant: Variant,
    /// Its replication.
    pub replay: Replay,
    /// How large it is.
    pub after: Size,
}

/// Shrinks a replication.
///
/// # Errors
///
/// Those of [`freeze`]; if the replication does not show the symptom.
pub fn shrink(question: Question<'_>, runner: &Runner<'_>) -> Result<Shrunk, Error> {
    let Question {
        draft,
        variant,
        replication,
        symptom,
        ..
    } = question;
    let frozen = freeze(draft, variant, replication, &runner.within())?;
    let start = frozen.draft.expecting(symptom.expectation());
    let (_, scenario) = start.laid_out()?;
    let size = start.size(&scenario);
    let mut search = Search {
        question,
        runner,
        current: Candidate {
            draft: start,
            size,
            variant: Variant {
                scenario,
                traces: variant.traces.clone(),
            },
        },
        facts: Facts::default(),
        taken: Vec::new(),
        replays: 0,
    };
    let shows = search.look()?;
    if !shows {
        return Err(Error::run(format!(
            "replication {replication} does not show it: {symptom}"
        )));
    }
    let finished = search.exhaust()?;
    let Candidate {
        draft,
        variant: smallest,
        size: after,
    } = search.current;
    let (text, _) = draft.laid_out()?;
    let options = options(&smallest.scenario);
    let replay = replay_by(
        &smallest.scenario,
        &smallest.traces,
        options,
        &runner.within(),
    )?;
    Ok(Shrunk {
        before: question.draft.size(&variant.scenario),
        frozen,
        start: size,
        taken: search.taken,
        replays: search.replays,
        finished,
        draft,
        text,
        variant: smallest,
        replay,
        after,
    })
}

/// The replication that a single run of a scenario replays.
fn options(scenario: &Scenario) -> Options {
    Options {
        replication: scenario.replication,
        every_poll: false,
    }
}

/// A scenario that may be the smaller one.
struct Candidate {
    draft: Draft,
    variant: Variant,
    size: Size,
}

/// The scenario so far, and what was tried.
struct Search<'a> {
    question: Question<'a>,
    runner: &'a Runner<'a>,
    current: Candidate,
    /// Of the replication of the current scenario.
    facts: Facts,
    taken: Vec<Taken>,
    replays: u64,
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// No step is left.
    Exhausted,
    /// No replay is left.
    Limited,
}

impl Search<'_> {
    /// Takes steps until nothing more can go; `false`: until no replay is left.
    fn exhaust(&mut self) -> Result<bool, Error> {
        let mut first = true;
        loop {
            let before = self.taken.len();
            for stage in self.stages(first) {
                if self.stage(stage)? == Ended::Limited {
                    return Ok(false);
                }
            }
            if self.taken.len() == before {
                return Ok(true);
            }
            first = false;
        }
    }

    /// What is tried in a pass. The first one begins with large steps, halves them, and ends with
    /// single ones; later ones take single ones alone.
    fn stages(&self, first: bool) -> Vec<Stage> {
        let halved = |count: usize| {
            let first = Some(if first { count.max(1) } else { 1 });
            std::iter::successors(first, |size| (*size > 1).then(|| size.div_ceil(2)))
        };
        let happenings = self.current.size.events;
        let keys = self.current.size.keys;
        let mut stages = vec![Stage::Places];
        stages.extend(halved(happenings).map(Stage::Happenings));
        stages.extend(halved(keys / 2).map(Stage::Keys));
        stages.push(Stage::Values);
        stages
    }

    /// Takes all steps of a kind that can be taken.
    fn stage(&mut self, stage: Stage) -> Result<Ended, Error> {
        let mut steps = self.current.draft.steps(&self.facts, stage);
        let mut at = 0;
        self.runner.progress.begin(steps.len() as u64);
        while at < steps.len() {
            let (tried, batch) = self.batch(&steps[at..])?;
            let passed_over = tried - batch.len();
            self.runner.progress.skip(passed_over as u64);
            if batch.is_empty() {
                if tried == 0 {
                    return Ok(Ended::Limited);
                }
                at += tried;
                continue;
            }
            match self.first_that_shows(batch)? {
                None => at += tried,
                Some((number, candidate)) => {
                    let taken = steps.swap_remove(at + number);
                    // What stood behind a step stands in its place now; a value that became simpler
                    // may become simpler still.
                    at = match stage {
                        Stage::Values => steps
                            .iter()
                            .position(|step| step.is_where(&taken))
                            .map_or(at + number, |first| first.min(at + number)),
                        _ => at + number,
                    };
                    self.take(taken.words, candidate)?;
                    steps = self.current.draft.steps(&self.facts, stage);
                }
            }
        }
        Ok(Ended::Exhausted)
    }

    /// The first candidates that some steps make, each with the number of its step, and how many
    /// steps that was. Most steps make no scenario, or none that is smaller.
    fn batch(&self, steps: &[Step]) -> Result<(usize, Vec<(usize, Candidate)>), Error> {
        let left = self.question.most.saturating_sub(self.replays);
        let room = BATCH.min(usize::try_from(left).unwrap_or(BATCH));
        let mut batch = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            if batch.len() == room {
                return Ok((number, batch));
            }
            if (self.runner.stop)() {
                return Err(Error::interrupted());
            }
            if let Some(candidate) = self.candidate(step)? {
                batch.push((number, candidate));
            }
        }
        Ok((steps.len(), batch))
    }

    /// What a step makes, if that is a smaller scenario: fewer things or keys, or as many with a
    /// simpler value.
    fn candidate(&self, step: &Step) -> Result<Option<Candidate>, Error> {
        let draft = self.current.draft.after(step);
        let Some(scenario) = draft.scenario() else {
            return Ok(None);
        };
        let size = draft.size(&scenario);
        let (order, now) = (size.order(), self.current.size.order());
        let smaller = order < now || step.simplifies() && order == now;
        if !smaller || scenario.edition != self.current.variant.scenario.edition {
            return Ok(None);
        }
        // Whatever cannot be read is no scenario either.
        match (self.question.resolve)(scenario) {
            Ok(variant) => Ok(Some(Candidate {
                draft,
                variant,
                size,
            })),
            Err(error) if error.is_interrupted() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Replays candidates; the first in their order that shows the symptom.
    fn first_that_shows(
        &mut self,
        batch: Vec<(usize, Candidate)>,
    ) -> Result<Option<(usize, Candidate)>, Error> {
        self.replays += batch.len() as u64;
        let variants: Vec<&Variant> = batch.iter().map(|(_, one)| &one.variant).collect();
        let recover = |_: usize, body: &mut Body<'_>| match body.take(1)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        };
        let (runner, symptom) = (self.runner, self.question.symptom);
        let compute = |number: usize| {
            let shows = shows(variants[number], symptom, &runner.within())?;
            Ok((shows, runner.bytes(|| vec![u8::from(shows)])))
        };
        let mut shown = Vec::new();
        let take = |shows: bool| {
            shown.push(shows);
            Ok(())
        };
        runner.tasks(variants.len(), |_| 1, recover, compute, take)?;
        let first = shown.iter().position(|shows| *shows);
        Ok(first.and_then(|first| batch.into_iter().nth(first)))
    }

    fn take(&mut self, words: String, candidate: Candidate) -> Result<(), Error> {
        let size = candidate.size;
        self.current = candidate;
        self.taken.push(Taken { words, size });
        self.look().map(drop)
    }

    /// Looks at the current scenario: notes what steps need to know of it, and says whether it
    /// shows the symptom.
    fn look(&mut self) -> Result<bool, Error> {
        let Variant { scenario, traces } = &self.current.variant;
        let runner = self.runner.within();
        let mut replications = ReplicationRunner::of(scenario, traces, &runner);
        let (history, books) = replications.replay(options(scenario))?;
        let measures =
            crate::accounting::Measures::of(scenario, history, &books, &crate::kernel::one_by_one);
        let shows = self.question.symptom.is_shown(scenario, &measures);
        self.facts = facts(scenario, history);
        Ok(shows)
    }
}

/// Whether a scenario shows a symptom. One that cannot be replayed to its end does not.
fn shows(variant: &Variant, symptom: &Symptom, runner: &Runner<'_>) -> Result<bool, Error> {
    let scenario = &variant.scenario;
    let mut replications = ReplicationRunner::of(scenario, &variant.traces, runner);
    match replications.measures(options(scenario)) {
        Ok(measures) => Ok(symptom.is_shown(scenario, &measures)),
        Err(error) if error.is_run() => Ok(false),
        Err(error) => Err(error),
    }
}

/// What is known of a replication that a single run replays.
pub fn facts(scenario: &Scenario, history: &History) -> Facts {
    let mut begins: BTreeMap<Occurrence, Time> = BTreeMap::new();
    for change in &history.log {
        if let Some(cause) = change.cause {
            begins.entry(cause).or_insert(change.time);
        }
    }
    let mut times: BTreeMap<usize, Vec<Time>> = BTreeMap::new();
    for (occurrence, time) in begins {
        times.entry(occurrence.event).or_default().push(time);
    }
    let once = times.iter().filter(|(_, times)| times.len() == 1);
    let name = |event: usize| scenario.events[event].name.clone();
    Facts {
        began: once
            .map(|(event, times)| (name(*event), times[0] - Time::START))
            .collect(),
        drawn: drawn(scenario),
    }
}

/// The first draws of all delays of events that are not constants.
fn drawn(scenario: &Scenario) -> BTreeMap<(String, &'static str), Duration> {
    let root = StreamKey::root(scenario.seed, scenario.replication);
    let mut drawn = BTreeMap::new();
    for (at, event) in scenario.events.iter().enumerate() {
        let (key, delay) = match &event.timing {
            Timing::At(at) => ("at", at),
            Timing::After { delay, .. } => ("delay", delay),
            Timing::Every { gap } => ("gap", gap),
            Timing::Seen(rule) => ("delay", &rule.delay),
        };
        let delays = [
            Some((key, delay)),
            event.duration.as_ref().map(|delay| ("duration", delay)),
        ];
        let random = |(_, delay): &(&str, &Delay)| !matches!(delay.shape(), Shape::Constant(_));
        for (key, delay) in delays.into_iter().flatten().filter(random) {
            let first = Occurrence {
                event: at,
                number: event.occurrence,
            };
            if let Ok(once) = draw_of_event(scenario, root, first, key, delay) {
                let once = if key == "duration" {
                    once.max(Duration::MILLISECOND)
                } else {
                    once
                };
                drawn.insert((event.name.clone(), key), once);
            }
        }
    }
    drawn
}
