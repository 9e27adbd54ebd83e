use super::{Action, Delay, Scope, Symptom};
use crate::units::Duration;

/// Something that happens: an `[[event]]`, or a `[[hazard]]` that happens again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The name given, or `kind#n` for the n-th unnamed of its kind in the file.
    pub name: String,
    /// When it begins.
    pub timing: Timing,
    /// What it does.
    pub action: Action,
    /// How long it lasts, for actions that have an end.
    pub duration: Option<Delay>,
    /// The event under whose name it draws its random numbers, where that is not its own.
    pub draws_as: Option<String>,
    /// As which occurrence it draws them, 0 for the first. Of an event `at` a time only: what
    /// follows another event is numbered as that one is.
    pub occurrence: u32,
}

impl Event {
    /// The name in the keys of its random numbers.
    pub fn drawn_name(&self) -> &str {
        self.draws_as.as_deref().unwrap_or(&self.name)
    }
}

/// When an event begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// Once, this long after the start of the run.
    At(Delay),
    /// Once per occurrence of another event.
    After {
        /// Index of the other event in [`super::Content::events`].
        event: usize,
        /// From which of its ends the delay counts.
        edge: Edge,
        /// How long after.
        delay: Delay,
    },
    /// A hazard: it recurs, each time a gap after the end of the last occurrence (the first: after
    /// the start).
    Every {
        /// From an end to the next beginning; at least 1 ms.
        gap: Delay,
    },
    /// A response: somebody sees something and acts.
    Seen(AlertRule),
}

/// What somebody watches, and how they react.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRule {
    /// What they see.
    pub symptom: Symptom,
    /// Of what: of anything, of one workspace or of one cluster.
    pub scope: Scope,
    /// How long it must have held.
    pub held: Duration,
    /// From then to the action.
    pub delay: Delay,
    /// Act also if it is over by then.
    pub even_if_over: bool,
}

/// From which end of another event a delay counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `after`: its beginning.
    Begin,
    /// `after_end`: its end, or the success of its operation.
    End,
}
