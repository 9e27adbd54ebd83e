//! The books: what became of every byte, as a pure function of history and intake.
//!
//! [`Books::of`] posts double entries over bytes (`posting.rs`, `journal.rs`), each of which moves
//! what arrived in an interval. The balance at the end is a sum over them; for other instants
//! `ledger.rs` puts what they change in the order of time. [`Measures::of`] reads everything that
//! a run reports from the books and the history. Nothing here moves bytes step by step: that is
//! what the auditor does, to check.

mod audit;
mod balance;
mod bill;
mod books;
mod condition;
mod disposition;
mod extremes;
mod figures;
mod fluid;
mod inflow;
mod journal;
mod kept;
mod ledger;
mod lots;
mod measures;
mod posting;
mod sizes;
mod usage;
mod waiting;

pub use audit::{Violation, audit};
pub use balance::Balance;
pub use bill::{Charge, Paid, Reserved};
pub use books::Books;
pub use condition::Condition;
pub use extremes::Extremes;
pub use inflow::Inflow;
pub use measures::Measures;
pub use sizes::Sizes;
pub use usage::Days;
