//! The service: key vault, polls, storage accounts, clusters, and what happens to them.
//!
//! [`simulate`] turns a scenario into a [`History`], a small discrete-event simulation whose
//! cost follows the number of state changes. It moves no bytes: those are computed from the
//! history afterwards.
//!
//! What it follows stands in `docs/model.md`. Not modelled: the control plane beyond key updates
//! (clusters are provisioned at the start and stay, workspaces stay where they are), several
//! regions or tenants, and people who react to what they see.

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
