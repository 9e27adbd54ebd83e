//! cmksim replays what happens to a Log Analytics dedicated cluster when its customer-managed
//! key is out of reach.

pub mod accounting;
mod error;
pub mod experiment;
pub mod intake;
pub mod kernel;
pub mod model;
pub mod report;
pub mod scenario;
pub mod units;
pub use error::Error;
