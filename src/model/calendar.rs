//! The event calendar: the clock, the notices that wait for their time, and the delays that are
//! drawn for them.

use std::collections::BTreeMap;

use super::history::Occurrence;
use super::mixture::Sampler;
use super::notice::{Notice, index_u32, place_of_event, polls};
use crate::kernel::{Livelock, Place, Queue, StreamKey, Ticket};
use crate::limits::Limit;
use crate::scenario::{Delay, DrawError, Edge, Event, Scenario, Timing};
use crate::units::{Duration, Time};

/// Why a run did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// Events kept causing each other at one instant.
    Livelock(Time),
    /// A delay's `min` and `max` leave out nearly all of its distribution.
    Undrawable {
        /// Which delay: a parameter's name, or an event's name and the key.
        delay: String,
    },
    /// More happened than is allowed.
    TooMuch {
        /// Of what.
        limit: Limit,
        /// When.
        at: Time,
        /// Which event caused most of it, if one did: its index in
        /// [`crate::scenario::Content::events`].
        event: Option<usize>,
    },
    /// The caller asked for it.
    Interrupted,
}

impl From<Livelock> for Stopped {
    fn from(livelock: Livelock) -> Stopped {
        Stopped::Livelock(livelock.0)
    }
}

/// What a step of a run yields, unless the run stops there.
pub(super) type Run<T = ()> = Result<T, Stopped>;

/// The calendar of a run.
pub(super) struct Calendar<'a> {
    scenario: &'a Scenario,
    /// Where the keys of all streams of the replication begin.
    root: StreamKey,
    queue: Queue<Notice>,
    /// Of each event: those that follow it.
    followers: Vec<Vec<usize>>,
    /// Of each event: its place among all in an instant, which is that of the first one that draws
    /// under the same name. So occurrences of a hazard that was frozen tie as they did before.
    ranks: Vec<usize>,
    every_poll: bool,
    /// Draws the delays of events, where they are not drawn as they are.
    sampler: Option<Sampler<'a>>,
    /// What was ever put on it but polls, where somebody wants to know.
    plans: Option<Vec<Plan>>,
}

/// Something but a poll that was put on the calendar, whether it took place or was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// When.
    pub at: Time,
    /// The storage account that it is about, counted over all clusters; `None`: it is about no
    /// single one.
    pub account: Option<u32>,
    /// A number for what it is, other plans of which may have it as well.
    pub what: u64,
}

impl<'a> Calendar<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Calendar<'a> {
        let mut followers = vec![Vec::new(); scenario.events.len()];
        for (index, event) in scenario.events.iter().enumerate() {
            if let Timing::After { event: other, .. } = event.timing {
                followers[other].push(index);
            }
        }
        Calendar {
            scenario,
            root: StreamKey::root(scenario.seed, 0),
            queue: Queue::starting_at(Time::START),
            followers,
            ranks: ranks(scenario),
            every_poll: false,
            sampler: None,
            plans: None,
        }
    }

    /// The place of an event among all in an instant.
    pub(super) fn rank(&self, event: usize) -> usize {
        self.ranks[event]
    }

    /// The same, which draws the delays of events with `sampler`.
    pub(super) fn sampling(self, sampler: Sampler<'a>) -> Calendar<'a> {
        Calendar {
            sampler: Some(sampler),
            ..self
        }
    }

    pub(super) fn sampler(&self) -> Option<&Sampler<'a>> {
        self.sampler.as_ref()
    }

    /// Notes every plan of the following runs.
    pub(super) fn note_plans(&mut self) {
        self.plans = Some(Vec::new());
    }

    /// What was noted in the last run.
    pub(super) fn plans(&self) -> &[Plan] {
        self.plans.as_deref().unwrap_or_default()
    }

    /// Forgets everything; `every_poll` says whether polls that change nothing get a notice too.
    pub(super) fn restart(&mut self, replication: u64, every_poll: bool) {
        self.every_poll = every_poll;
        self.root = StreamKey::root(self.scenario.seed, replication);
        if let Some(sampler) = &mut self.sampler {
            sampler.restart(self.root);
        }
        self.queue.restart_at(Time::START);
        self.plans.iter_mut().for_each(Vec::clear);
    }

    pub(super) fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    #[inline]
    pub(super) fn has_every_poll(&self) -> bool {
        self.every_poll
    }

    pub(super) fn root(&self) -> StreamKey {
        self.root
    }

    #[inline]
    pub(super) fn now(&self) -> Time {
        self.queue.now()
    }

    /// How many notices wait, the one that was handed out last among them.
    pub(super) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Whether nothing waits for the present instant.
    pub(super) fn instant_is_over(&mut self) -> bool {
        let next = self.queue.next_time();
        next.is_none_or(|next| next > self.now())
    }

    /// The next notice before the end of the run; the clock goes to its time.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Notice>, Livelock> {
        self.queue.next_before(self.scenario.end())
    }

    /// From when on polls of an account are ahead: from now, unless those of this instant have
    /// passed.
    pub(super) fn polls_ahead(&self, account: usize) -> Time {
        if self.queue.has_passed(polls(account)) {
            self.now() + Duration::MILLISECOND
        } else {
            self.now()
        }
    }

    #[inline(always)]
    pub(super) fn schedule(&mut self, at: Time, place: Place, notice: Notice) -> Ticket {
        if !matches!(notice, Notice::Poll(_)) {
            self.note(at, notice);
        }
        self.queue.schedule(at, place, notice)
    }

    #[inline]
    fn note(&mut self, at: Time, notice: Notice) {
        if let Some(plans) = &mut self.plans {
            plans.push(Plan {
                at,
                account: match notice {
                    Notice::Timer(account) => Some(account),
                    _ => None,
                },
                what: notice.number(),
            });
        }
    }

    pub(super) fn cancel(&mut self, ticket: Ticket) {
        self.queue.cancel(ticket);
    }
}

fn ranks(scenario: &Scenario) -> Vec<usize> {
    let names = scenario.events.iter().map(Event::drawn_name);
    let mut first = BTreeMap::new();
    names
        .enumerate()
        .map(|(at, name)| *first.entry(name).or_insert(at))
        .collect()
}

/// The stream of one occurrence of an event of a scenario, below the key `below`.
fn stream(scenario: &Scenario, occurrence: Occurrence, below: StreamKey) -> StreamKey {
    below
        .name(scenario.events[occurrence.event].drawn_name())
        .number(u64::from(occurrence.number))
}

/// Draws a delay of an event itself, which is written under `key`. It depends on nothing that
/// happens: `root` is where the keys of all streams of the replication begin.
///
/// # Errors
///
/// [`DrawError`] if truncation leaves hardly anything.
pub fn draw_of_event(
    scenario: &Scenario,
    root: StreamKey,
    occurrence: Occurrence,
    key: &str,
    delay: &Delay,
) -> Result<Duration, DrawError> {
    delay.draw(|| stream(scenario, occurrence, root.name("event").name(key)))
}

// Draws.
impl Calendar<'_> {
    /// The stream of one occurrence of an event, below the key `below`.
    pub(super) fn stream(&self, occurrence: Occurrence, below: StreamKey) -> StreamKey {
        stream(self.scenario, occurrence, below)
    }

    /// Draws a delay named `name` that an occurrence causes to the owner of `whose`.
    pub(super) fn draw(
        &self,
        whose: StreamKey,
        name: &str,
        delay: &Delay,
        occurrence: Occurrence,
    ) -> Run<Duration> {
        delay
            .draw(|| self.stream(occurrence, whose.name(name)))
            .map_err(|DrawError| Stopped::Undrawable {
                delay: name.to_owned(),
            })
    }

    /// Draws a delay of an event itself, which is written under `key`.
    pub(super) fn draw_of_event(
        &mut self,
        occurrence: Occurrence,
        key: &str,
        delay: &Delay,
    ) -> Run<Duration> {
        let (scenario, root) = (self.scenario, self.root);
        let stream = || stream(scenario, occurrence, root.name("event").name(key));
        let drawn = match &mut self.sampler {
            Some(sampler) if delay.is_drawn() => {
                sampler.draw(occurrence.event, key, delay, stream())
            }
            _ => delay.draw(stream),
        };
        drawn.map_err(|DrawError| Stopped::Undrawable {
            delay: format!("{key} of {}", self.scenario.events[occurrence.event].name),
        })
    }
}

// Events of the scenario.
impl Calendar<'_> {
    pub(super) fn schedule_first_events(&mut self) -> Run {
        for event in 0..self.scenario.events.len() {
            let number = self.scenario.events[event].occurrence;
            let first = Occurrence { event, number };
            match &self.scenario.events[event].timing {
                Timing::At(at) => {
                    let delay = self.draw_of_event(first, "at", at)?;
                    self.schedule_event(Time::START + delay, Edge::Begin, first);
                }
                Timing::Every { .. } => self.schedule_hazard(first)?,
                Timing::After { .. } | Timing::Seen(_) => {}
            }
        }
        Ok(())
    }

    /// Schedules the beginning or the end of an event. What is not before the end of the run
    /// never happens.
    pub(super) fn schedule_event(
        &mut self,
        at: Time,
        edge: Edge,
        occurrence: Occurrence,
    ) -> Option<Ticket> {
        if at >= self.scenario.end() {
            return None;
        }
        let Occurrence { event, number } = occurrence;
        let place = place_of_event(&self.scenario.events[event], edge, self.rank(event));
        let event = index_u32(event);
        let notice = match edge {
            Edge::Begin => Notice::Begin { event, number },
            Edge::End => Notice::End { event, number },
        };
        Some(self.schedule(at, place, notice))
    }

    /// Schedules this occurrence, if its event is a hazard: a gap from now on.
    fn schedule_hazard(&mut self, occurrence: Occurrence) -> Run {
        if let Timing::Every { gap } = &self.scenario.events[occurrence.event].timing {
            let gap = self.draw_of_event(occurrence, "gap", gap)?;
            let at = self.now() + gap.max(Duration::MILLISECOND);
            self.schedule_event(at, Edge::Begin, occurrence);
        }
        Ok(())
    }

    /// Schedules the next occurrence, if the event is a hazard.
    pub(super) fn schedule_next(&mut self, occurrence: Occurrence) -> Run {
        self.schedule_hazard(Occurrence {
            number: occurrence.number + 1,
            ..occurrence
        })
    }

    /// Schedules what follows a beginning or an end.
    pub(super) fn schedule_followers(&mut self, occurrence: Occurrence, passed: Edge) -> Run {
        for number in 0..self.followers[occurrence.event].len() {
            let event = self.followers[occurrence.event][number];
            if let Timing::After { edge, delay, .. } = &self.scenario.events[event].timing
                && *edge == passed
            {
                let follower = Occurrence {
                    event,
                    ..occurrence
                };
                let delay = self.draw_of_event(follower, "delay", delay)?;
                self.schedule_event(self.now() + delay, Edge::Begin, follower);
            }
        }
        Ok(())
    }
}
