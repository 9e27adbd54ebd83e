//! The service: key vault, polls, storage accounts, clusters, and what happens to them.

mod history;
mod polling;

pub use history::*;
pub use polling::PollSchedule;
