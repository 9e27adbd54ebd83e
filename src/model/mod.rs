//! The service: key vault, polls, storage accounts, clusters, and what happens to them.
//!
//! [`simulate`] turns a scenario into a [`History`], a small discrete-event simulation whose
//! cost follows the number of state changes. It moves no bytes: those are computed from the
//! history afterwards.
//!
//! What it follows stands in `docs/model.md`, which also says what is not modelled.

mod accounts;
mod calendar;
mod cluster;
mod history;
mod key_target;
mod key_vault;
mod mixture;
mod notice;
mod polling;
mod request;
mod response;
mod simulate;
mod skipping;
mod start;
mod storage_account;
mod workspace;

pub use calendar::{Plan, Stopped, draw_of_event};
pub use history::*;
pub use mixture::{
    BINS, DrawnDelay, MOST_WEIGHT, Masses, Mixture, WEIGHT_UNIT, edge, flattened, nominal,
};
pub use polling::{Answer, PollSchedule};
pub use simulate::{Options, Simulation, simulate};
