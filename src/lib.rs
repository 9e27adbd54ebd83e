//! cmksim replays what happens to a Log Analytics dedicated cluster when its customer-managed
//! key is out of reach.

pub mod kernel;
pub mod scenario;
pub mod units;
