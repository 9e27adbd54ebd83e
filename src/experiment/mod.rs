//! From a scenario to an answer: replays it and checks what is expected.

mod expect;
mod fingerprint;
mod replay;
mod replicate;
mod sample;
mod traces;

pub use expect::Verdict;
pub use fingerprint::Fingerprint;
pub use replay::{Replay, replay, replay_by};
pub use replicate::{Column, Replications};
pub use sample::{Estimate, Sample};
pub use traces::traces;
