//! When events happen, as far as a scenario says: how long one moment is after another.

use super::super::{Delay, Edge, ParameterValue, Scenario, Timing};
use super::longest;
use crate::units::Duration;

/// The beginning or the end of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) event: usize,
    pub(super) edge: Edge,
}

impl Moment {
    fn number(self) -> usize {
        2 * self.event + usize::from(self.edge == Edge::End)
    }

    fn numbered(number: usize) -> Moment {
        let edge = match number % 2 {
            0 => Edge::Begin,
            _ => Edge::End,
        };
        let event = number / 2;
        Moment { event, edge }
    }
}

/// The ways to all moments of a scenario.
pub(super) struct Times {
    /// Of each event: to its beginning, to its end.
    ways: Vec<[Way; 2]>,
    /// For each pair of moments, whether the first is certainly before the second.
    ordered: Vec<bool>,
}

/// From the start of the run to a moment, over the moments that it waits for.
#[derive(Clone, Default)]
struct Way {
    /// It begins with a hazard or a response, which recur at unknown times.
    recurs: bool,
    steps: Vec<Step>,
}

#[derive(Clone)]
struct Step {
    to: Moment,
    takes: Delay,
}

/// How long one moment is after another; negative: before it. `None`: there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) shortest: Option<Duration>,
    pub(super) longest: Option<Duration>,
    /// The longest, where a delay without an end is as long as its median.
    pub(super) likely_longest: Duration,
}

impl Times {
    pub(super) fn new(scenario: &Scenario) -> Times {
        let mut ways: Vec<Option<[Way; 2]>> = vec![None; scenario.events.len()];
        for event in 0..ways.len() {
            // Back to what is known, then forward. Nothing waits for itself.
            let mut chain = vec![event];
            while let Timing::After { event: other, .. } =
                scenario.events[chain[chain.len() - 1]].timing
                && ways[other].is_none()
            {
                chain.push(other);
            }
            for event in chain.into_iter().rev() {
                ways[event] = Some(ways_to(scenario, event, &ways));
            }
        }
        let mut times = Times {
            ways: ways.into_iter().flatten().collect(),
            ordered: Vec::new(),
        };
        let all = || (0..times.moments()).map(Moment::numbered);
        let pairs = all().flat_map(|first| all().map(move |second| (first, second)));
        times.ordered = pairs
            .map(|(first, second)| times.is_before(first, second))
            .collect();
        times
    }

    fn moments(&self) -> usize {
        2 * self.ways.len()
    }

    /// How long `to` is after `from`, within one occurrence of what recurs; `None` if the scenario
    /// does not say, as for two hazards.
    pub(super) fn gap(&self, from: Moment, to: Moment) -> Option<Gap> {
        let (from, to) = (self.way(from), self.way(to));
        let steps = from.steps.iter().zip(&to.steps);
        let common = steps.take_while(|(a, b)| a.to == b.to).count();
        if common == 0 && (from.recurs || to.recurs) {
            return None;
        }
        let (from, to) = (&from.steps[common..], &to.steps[common..]);
        let sum = |steps: &[Step], of: fn(&Delay) -> Duration| -> Duration {
            steps.iter().map(|step| of(&step.takes)).sum()
        };
        let ends = |steps: &[Step]| steps.iter().all(|step| step.takes.longest().is_some());
        let likely_longest = sum(to, longest) - sum(from, Delay::shortest);
        Some(Gap {
            shortest: ends(from).then(|| sum(to, Delay::shortest) - sum(from, longest)),
            longest: ends(to).then_some(likely_longest),
            likely_longest,
        })
    }

    /// Whether `first` is over when `second` comes, whatever is drawn. At the same instant it
    /// is where `second` waits for it.
    pub(super) fn certainly_before(&self, first: Moment, second: Moment) -> bool {
        self.ordered[first.number() * self.moments() + second.number()]
    }

    fn is_before(&self, first: Moment, second: Moment) -> bool {
        let waits = self.way(second).steps.iter().any(|step| step.to == first);
        let shortest = self.gap(first, second).and_then(|gap| gap.shortest);
        (waits && first != second) || shortest.is_some_and(|shortest| shortest > Duration::ZERO)
    }

    /// Whether `first` can come before `second`.
    pub(super) fn perhaps_before(&self, first: Moment, second: Moment) -> bool {
        // An earlier occurrence of what recurs is before.
        let recurs = self.way(first).recurs || self.way(second).recurs;
        recurs || !self.certainly_before(second, first)
    }

    fn way(&self, to: Moment) -> &Way {
        let [begin, end] = &self.ways[to.event];
        match to.edge {
            Edge::Begin => begin,
            Edge::End => end,
        }
    }
}

/// The ways to an event whose predecessor has its own.
fn ways_to(scenario: &Scenario, event: usize, known: &[Option<[Way; 2]>]) -> [Way; 2] {
    let (mut way, takes) = match &scenario.events[event].timing {
        Timing::At(at) => (Way::default(), at.clone()),
        Timing::Every { gap } => (recurring(), gap.clone()),
        Timing::Seen(watch) => (recurring(), watch.delay.clone()),
        Timing::After { event, edge, delay } => {
            let [begin, end] = known[*event].clone().unwrap_or_default();
            let before = match edge {
                Edge::Begin => begin,
                Edge::End => end,
            };
            (before, delay.clone())
        }
    };
    let step = |edge, takes| Step {
        to: Moment { event, edge },
        takes,
    };
    way.steps.push(step(Edge::Begin, takes));
    let begin = way.clone();
    way.steps.push(step(Edge::End, lasts(scenario, event)));
    [begin, way]
}

fn recurring() -> Way {
    Way {
        recurs: true,
        steps: Vec::new(),
    }
}

/// How long an event, or the operation that it asks for, lasts.
fn lasts(scenario: &Scenario, event: usize) -> Delay {
    let event = &scenario.events[event];
    let takes = event.action.kind().takes();
    match takes.and_then(|parameter| scenario.behaviour.value(parameter)) {
        Some(ParameterValue::Delay(delay)) => delay,
        // One that is never over is refused at once.
        _ => {
            let at_once = || Delay::constant(Duration::ZERO);
            event.duration.clone().unwrap_or_else(at_once)
        }
    }
}
