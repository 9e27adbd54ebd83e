//! The service: key vault, polls, storage accounts, clusters, and what happens to them.
//!
//! [`simulate`] turns a scenario into a [`History`], a small discrete-event simulation whose
//! cost follows the number of state changes. It moves no bytes: those are computed from the
//! history afterwards.

mod cluster;
mod driving;
mod happening;
mod history;
mod key_vault;
mod polling;
mod simulate;
mod skipping;
mod storage_account;

pub use history::*;
pub use polling::{Answer, PollSchedule};
pub use simulate::{Options, Stopped, simulate};
