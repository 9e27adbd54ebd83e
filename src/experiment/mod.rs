//! From a scenario to an answer: replays it and checks what is expected.

mod api;
mod asked;
mod attribute;
pub mod back_test;
mod column;
mod compare;
mod curves;
mod divergence;
mod expect;
mod fan;
mod fingerprint;
mod frame;
mod inflows;
pub mod journal;
mod judge;
mod kept;
pub mod morris;
pub mod plan;
mod precision;
mod replay;
mod replicate;
mod replication_runner;
mod runner;
mod sample;
pub mod sensitivity;
pub mod shard;
pub mod solve;
mod summary;
mod sweep;
pub mod tally;
pub mod tasks;
mod traces;
mod variant;

pub use api::{Experiment, Threshold};
pub use asked::Asked;
pub use attribute::{Attribution, Explained};
pub use column::Column;
pub use compare::{
    Finding, Paired, Pairs, Replayed, most_informative, paired, replay_all, same_scope,
};
pub use curves::Curves;
pub use divergence::{FirstDivergence, first_divergence};
pub use expect::Verdict;
pub use fan::{Fan, FanCount, FanWindow, VolumeQuantiles};
pub use fingerprint::{Fingerprint, fingerprint};
pub use judge::{Found, Judgement, Lack, Outcome, judge};
pub use kept::Kept;
pub use precision::is_precise;
pub use replay::{Replay, replay, replay_by};
pub use replicate::{Replications, Study, most_replications, room, twins};
pub use runner::{Cells, Journal, Progress, Runner, TakeRecord};
pub use sample::{Estimate, Sample};
pub use summary::{Summaries, Summary};
pub use sweep::{Cell, Design, Point, points, settings, sweep};
pub use traces::traces;
pub use variant::{Variant, Variants};
