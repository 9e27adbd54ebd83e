//! A discrete-event simulator: a clock, a queue with a defined order, and random streams.
//!
//! It knows nothing of key vaults. Each piece is usable alone:
//!
//! - [`Queue`] holds what will happen and hands it out in an order that is a contract:
//!   time, round, class, rank, then the order of scheduling.
//! - [`StreamKey`] names a random quantity; what is drawn depends on the key alone.
//! - [`StepFunction`] holds what was in force from when on.
//! - [`Interrupt`] is how the world stops a long run; the kernel itself has no clock.
//! - [`Executor`] is how the world lends its cores; the kernel itself has no threads.

mod executor;
mod queue;
mod step_function;
mod stream;

pub use executor::{Executor, map, one_by_one};
pub use queue::{Livelock, Place, Queue, Ticket};
pub use step_function::StepFunction;
pub use stream::{Stream, StreamKey};

use crate::units::Time;

/// Asked now and then during a run, with how far it has come; `true` stops it.
///
/// A plain function value, so that the core needs neither signals nor threads.
pub type Interrupt<'a> = &'a dyn Fn(Time) -> bool;

/// Never interrupts.
pub fn never(_: Time) -> bool {
    false
}
