//! From a scenario to an answer: replays it and checks what is expected.

mod attribute;
mod column;
mod compare;
mod expect;
mod fan;
mod fingerprint;
mod inflows;
pub mod journal;
mod judge;
mod measuring;
mod parting;
mod precision;
mod replay;
mod replicate;
mod sample;
pub mod solve;
mod summary;
mod sweep;
mod traces;
mod variant;

pub use attribute::{Attribution, Explained};
pub use column::Column;
pub use compare::{Paired, Pairs, paired, same_scope, telling};
pub use expect::Verdict;
pub use fan::{Fan, FanInstant, VolumeQuantiles, fan};
pub use fingerprint::{Fingerprint, fingerprint};
pub use judge::{Found, Judgement, Lack, Outcome, found, judge};
pub use parting::{Parting, parting};
pub use precision::{is_precise, next_look};
pub use replay::{Replay, replay, replay_by};
pub use replicate::{Replications, Study};
pub use sample::{Estimate, Sample};
pub use summary::{Summary, summaries};
pub use sweep::{Cell, Point, at_points, points, settings, sweep};
pub use traces::traces;
pub use variant::{Variant, Variants};
