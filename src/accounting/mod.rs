//! The books: what became of every byte, as a pure function of history and intake.

mod balance;
mod measures;

pub use balance::Balance;
pub use measures::Measures;

use crate::model::ByTime;
use crate::units::Time;

/// The books of one run.
#[derive(Debug)]
pub struct Books {}

/// What a workspace's users notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Its queries fail.
    pub queries_fail: bool,
    /// What arrives at some account of its route is dropped.
    pub dropping: bool,
    /// What arrives at some account of its route is buffered.
    pub buffering: bool,
    /// Where its data goes: index of a cluster, or the shared store.
    pub route: Option<usize>,
}

impl Books {
    /// Where the bytes of a workspace are at `t`, which lies within the run or at its end.
    pub fn balance(&self, workspace: usize, t: Time) -> Balance {
        let _ = (workspace, t);
        Balance::default()
    }

    /// A workspace's condition by time.
    pub fn conditions(&self, workspace: usize) -> &ByTime<Condition> {
        unimplemented!("{workspace}")
    }
}
