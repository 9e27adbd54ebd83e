//! One replication as a scenario of its own: what was drawn stands in it as it was drawn.

use super::replay::{Replay, replay_by};
use super::runner::Runner;
use super::variant::Variant;
use crate::error::Error;
use crate::kernel::StreamKey;
use crate::limits::FROZEN_EVENTS;
use crate::model::{Change, History, Occurrence, Options, draw_of_event};
use crate::scenario::{Delay, Draft, Fate, Occurred, Scenario, Shape, Timing};
use crate::units::{Duration, Time};

/// A replication of a scenario, as it was and frozen.
#[derive(Debug)]
pub struct Frozen {
    /// The scenario as it is written when it is frozen.
    pub draft: Draft,
    /// The same as the text of a file.
    pub text: String,
    /// The same, ready to be replayed.
    pub variant: Variant,
    /// The replication of the original.
    pub before: Replay,
    /// That of the frozen one: it has the same log and the same measures.
    pub after: Replay,
    /// What became of the events of the original.
    pub fates: Vec<Fate>,
}

/// Freezes a replication of a scenario, which `draft` means.
///
/// # Errors
///
/// Those of a replay; if the frozen scenario would have more than [`FROZEN_EVENTS`] events, or be
/// too long; if it went another way, which is a bug of this program.
pub fn freeze(
    draft: &Draft,
    variant: &Variant,
    replication: u64,
    runner: &Runner<'_>,
) -> Result<Frozen, Error> {
    let scenario = &variant.scenario;
    let options = Options {
        replication,
        every_poll: false,
    };
    let before = replay_by(scenario, &variant.traces, options, runner)?;
    let fates = fates(scenario, replication)?;
    let frozen = draft.frozen(scenario, replication, &fates);
    let (text, meant) = frozen.laid_out()?;
    let frozen_variant = Variant {
        scenario: meant,
        traces: variant.traces.clone(),
    };
    let after = replay_by(
        &frozen_variant.scenario,
        &frozen_variant.traces,
        options,
        runner,
    )?;
    let same_log =
        told(scenario, &before.history).eq(told(&frozen_variant.scenario, &after.history));
    if !same_log || before.measures != after.measures {
        return Err(Error::audit(format!(
            "replication {replication} with seed {} went another way when it was frozen; this is \
             a bug of cmksim, please report it with the scenario",
            scenario.seed
        )));
    }
    Ok(Frozen {
        draft: frozen,
        text,
        variant: frozen_variant,
        before,
        after,
        fates,
    })
}

/// The log, with the name and the number under which the event behind each change draws in place
/// of its place in the file.
fn told<'a>(
    scenario: &'a Scenario,
    history: &'a History,
) -> impl Iterator<Item = (Change, Option<(&'a str, u32)>)> {
    history.log.iter().map(|change| {
        let cause = change.cause;
        let by = cause.map(|cause| {
            let event = &scenario.events[cause.event];
            (event.drawn_name(), cause.number)
        });
        let nobody = Change {
            cause: None,
            ..*change
        };
        (nobody, by)
    })
}

/// What becomes of each event.
fn fates(scenario: &Scenario, replication: u64) -> Result<Vec<Fate>, Error> {
    let draws = Draws {
        scenario,
        root: StreamKey::root(scenario.seed, replication),
    };
    let firsts = (0..scenario.events.len()).map(|event| match &scenario.events[event].timing {
        Timing::At(at) => draws.once(event, at),
        Timing::Every { gap } => draws.again_and_again(event, gap),
        Timing::After { .. } | Timing::Seen(_) => Some(Vec::new()),
    });
    let firsts: Option<Vec<_>> = firsts.collect();
    let firsts = firsts.ok_or_else(|| Error::run(FROZEN_EVENTS.exceeded()))?;
    let mut count = 0;
    let mut fates = Vec::new();
    for event in 0..scenario.events.len() {
        let fate = draws.fate(event, &firsts);
        if let Fate::Happens(occurrences) = &fate {
            count += occurrences.len() as u64;
        }
        if !FROZEN_EVENTS.allows(count) {
            return Err(Error::run(FROZEN_EVENTS.exceeded()));
        }
        fates.push(fate);
    }
    Ok(fates)
}

/// What is drawn for the events of a replication. It depends on their addresses alone, so it can be
/// drawn again.
struct Draws<'a> {
    scenario: &'a Scenario,
    root: StreamKey,
}

/// The numbers of the occurrences of an event, each with when it begins where that was drawn.
type Numbered = Vec<(u32, Option<Duration>)>;

impl Draws<'_> {
    /// `None`: it cannot be drawn, which did not matter in the run.
    fn of(&self, event: usize, number: u32, key: &str, delay: &Delay) -> Option<Duration> {
        let occurrence = Occurrence { event, number };
        draw_of_event(self.scenario, self.root, occurrence, key, delay).ok()
    }

    /// The same, where it is not a constant.
    fn drawn(&self, event: usize, number: u32, key: &str, delay: &Delay) -> Option<Duration> {
        match delay.shape() {
            Shape::Constant(_) => None,
            _ => self.of(event, number, key, delay),
        }
    }

    fn lasts(&self, event: usize, number: u32, delay: &Delay) -> Option<Duration> {
        let drawn = self.of(event, number, "duration", delay)?;
        Some(drawn.max(Duration::MILLISECOND))
    }

    /// An event at a time.
    fn once(&self, event: usize, at: &Delay) -> Option<Numbered> {
        let number = self.scenario.events[event].occurrence;
        let begins = self.of(event, number, "at", at);
        let within = begins.is_some_and(|begins| begins < self.scenario.duration);
        let drawn = self.drawn(event, number, "at", at);
        Some(within.then_some((number, drawn)).into_iter().collect())
    }

    /// A hazard; `None`: there are too many.
    fn again_and_again(&self, event: usize, gap: &Delay) -> Option<Numbered> {
        let duration = self.scenario.events[event].duration.as_ref();
        let mut occurrences = Vec::new();
        let mut over = Time::START;
        for number in 0.. {
            let Some(gap) = self.of(event, number, "gap", gap) else {
                break;
            };
            let at = over + gap.max(Duration::MILLISECOND);
            if at >= self.scenario.end() {
                break;
            }
            if !FROZEN_EVENTS.allows(u64::from(number) + 1) {
                return None;
            }
            occurrences.push((number, Some(at - Time::START)));
            let lasts = duration.and_then(|duration| self.lasts(event, number, duration));
            over = at + lasts.unwrap_or(Duration::ZERO);
        }
        Some(occurrences)
    }

    fn fate(&self, event: usize, firsts: &[Numbered]) -> Fate {
        let first = self.scenario.first_of_chain(event);
        if let Timing::Seen(_) = self.scenario.events[first].timing {
            return Fate::Stays;
        }
        let numbers = &firsts[first];
        if numbers.is_empty() {
            // What follows it waits for what never happens.
            return if first == event {
                Fate::Never
            } else {
                Fate::Stays
            };
        }
        let one = |&(number, at): &(u32, Option<Duration>)| self.occurred(event, number, at);
        Fate::Happens(numbers.iter().map(one).collect())
    }

    /// `at` is that of the first event of its chain.
    fn occurred(&self, event: usize, number: u32, at: Option<Duration>) -> Occurred {
        let duration = self.scenario.events[event].duration.as_ref();
        let duration = duration.filter(|duration| !matches!(duration.shape(), Shape::Constant(_)));
        let duration = duration.and_then(|duration| self.lasts(event, number, duration));
        match &self.scenario.events[event].timing {
            Timing::After { delay, .. } => Occurred {
                number,
                at: None,
                delay: self.drawn(event, number, "delay", delay),
                duration,
            },
            _ => Occurred {
                number,
                at,
                delay: None,
                duration,
            },
        }
    }
}
