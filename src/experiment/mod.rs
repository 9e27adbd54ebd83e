//! From a scenario to an answer: replays it and checks what is expected.

mod column;
mod expect;
mod fingerprint;
mod judge;
mod replay;
mod replicate;
mod sample;
mod traces;
mod variant;

pub use column::Column;
pub use expect::Verdict;
pub use fingerprint::Fingerprint;
pub use judge::{Found, Judgement, Lack, Outcome, found, judge};
pub use replay::{Replay, replay, replay_by};
pub use replicate::{Replications, Study};
pub use sample::{Estimate, Sample};
pub use traces::traces;
pub use variant::{Variant, Variants};
