//! A scenario as it is meant: validated, resolved, with every default filled in.
//!
//! What was typed is another type ([`read`] turns the one into the other and reports every
//! mistake of a file at once). Everything above this layer works on [`Scenario`] alone.

mod action;
mod assumed;
mod behaviour;
mod changes;
mod choice;
mod code;
mod controls;
mod diagnostics;
mod distribution;
mod editions;
mod event;
mod expectation;
mod extend;
mod fault;
mod file;
mod form;
mod freeze;
mod grid;
mod ingestion;
pub mod keys;
mod layout;
mod lever;
mod lint;
mod meant;
mod measure;
mod measured;
mod overlay;
mod parameter;
mod prices;
mod read;
mod resources;
mod rewrite;
mod rule;
mod schema;
mod setting;
mod shrink;
mod validate;
mod what_if;

pub use action::{Access, Action, Class, EventKind, KeyTarget, NEWEST};
pub use behaviour::Behaviour;
pub use changes::{Change, Changes, MOST_CHANGES};
pub use choice::{
    Billing, BufferOnRevocation, DeleteWithWorkspaces, NoiseShape, Overage, RevocationScope,
    Spacing, SubscriptionApproval, Symptom,
};
pub use controls::Control;
pub use diagnostics::{Diagnostic, Diagnostics, Location, Remedy, Severity, nearest};
pub use distribution::{Delay, DrawError, ParameterError, Parameters, Shape, Tail};
pub use editions::{
    Assumption, DEFAULT_EDITION, Edition, FaultText, KeyVaultLimit, Parameter, RuleText, Status,
};
pub use event::{AlertRule, Edge, Event, Timing};
pub use expectation::{
    Comparison, Expectation, HalfWidth, Precision, Scope, Statistic, Target, Value,
};
pub use extend::Files;
pub use fault::Fault;
pub use freeze::{Fate, Occurred};
pub use grid::{Grid, Wanted};
pub use ingestion::{Growth, Ingestion, Noise, Scale, Source, Trace};
pub use lever::{Lever, LeverOption};
pub use measure::{Measure, Owner, Unit};
pub use overlay::Override;
pub use parameter::{ParameterValue, PollInterval, Reservation};
pub use prices::{Exact, MONTH, Prices, rounded};
pub use read::{Draft, Reading, read, read_with};
pub use resources::{Cluster, ClusterKey, KeyVault, Site, VaultKey, Workspace};
pub use rewrite::rewritten;
pub use rule::Rule;
pub use schema::{schema, schema_text};
pub use setting::{Axis, Setting, between};
pub use shrink::{Facts, Size, Stage, Step};
pub use what_if::WhatIf;

use std::ops::Deref;

use crate::units::{Duration, Time};

/// One question put to the simulator: a [`Content`] that was checked. Its fields are there to be
/// read; another value of a key comes from [`Experiment::set`](crate::Experiment::set) or an
/// [`Override`], so that it is checked as well.
///
/// ```compile_fail,E0594
/// fn shorten(scenario: &mut cmksim::Scenario) {
///     scenario.duration = cmksim::units::Duration::HOUR;
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The way around the checks, for tests that make up worlds: whoever writes to it answers for
    /// what [`read`] would have refused. A replay may panic on it.
    #[doc(hidden)]
    pub unchecked: Content,
}

impl Deref for Scenario {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.unchecked
    }
}

/// What a scenario says: a world, what happens to it, and what is expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// One line for reports.
    pub title: Option<String>,
    /// The story, for reports.
    pub description: Option<String>,
    /// The edition of the service's documentation that the defaults come from.
    pub edition: String,
    /// The run is [0, `duration`).
    pub duration: Duration,
    /// The calendar instant of time 0, in milliseconds since 1970-01-01T00:00:00Z.
    pub start: Option<i64>,
    /// The seed of every draw.
    pub seed: u64,
    /// How often it is replayed, from 1 on.
    pub replications: u64,
    /// Which replication a single run replays.
    pub replication: u64,
    /// Which values of which keys a study goes through.
    pub sweep: Option<Sweep>,
    /// What a plan holds against it.
    pub what_ifs: Vec<WhatIf>,
    /// What the customer can set one way or another.
    pub levers: Vec<Lever>,
    /// What must hold at the end.
    pub expectations: Vec<Expectation>,
    /// The parameters of the service. `delays` is already applied to its distributions.
    pub behaviour: Behaviour,
    /// What things cost. Nothing else depends on it.
    pub prices: Prices,
    /// In the order of the file; at least one.
    pub key_vaults: Vec<KeyVault>,
    /// In the order of the file; at least one.
    pub clusters: Vec<Cluster>,
    /// In the order of the file; at least one.
    pub workspaces: Vec<Workspace>,
    /// Subscriptions that may have clusters, where the edition asks for approval; `None`: all.
    pub allowed_subscriptions: Option<Vec<String>>,
    /// Events, hazards and responses that are enabled, in the order of the file: events first,
    /// then hazards, then responses.
    pub events: Vec<Event>,
    /// What may go wrong at any time, in the order of the file; empty: what the edition lists.
    /// Only the study of faults lets it happen.
    pub faults: Vec<Fault>,
}

impl Scenario {
    /// The end of the run: an event at this instant is after it, measures are taken at it.
    pub fn end(&self) -> Time {
        Time::START + self.duration
    }

    /// The event with which a chain of events begins of which each follows the one before; the
    /// event itself, if it follows none.
    pub fn first_of_chain(&self, event: usize) -> usize {
        let mut first = event;
        while let Timing::After { event, .. } = self.events[first].timing {
            first = event;
        }
        first
    }
}

/// No study has more replications.
pub const MOST_REPLICATIONS: u64 = 1_000_000_000_000;

/// The points that a study goes through.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// How often each is replayed; `None`: it does not say.
    pub replications: Option<u64>,
    /// All axes go on together; else every value meets every other.
    pub lockstep: bool,
    /// In the order of the file.
    pub axes: Vec<Axis>,
}
