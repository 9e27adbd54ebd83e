//! cmksim for Python: what computes. What users of the package see is in `cmksim/`, which calls
//! this module; nobody else does.
//!
//! Every study runs on threads of its own while the calling thread waits with the interpreter
//! released ([`watch`]). Results are columns of Arrow ([`table`]), or the texts that the commands
//! write.

// The library needs none of what `clippy.toml` bans; files, threads and clock enter here.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod columns;
mod comparison;
mod diagnostics;
mod failure;
mod loaded;
mod measures;
mod pictures;
mod plan;
mod play;
mod replications;
mod run;
mod scenario;
mod shard;
mod solution;
mod source;
mod summaries;
mod sweep;
mod table;
mod threads;
mod watch;

use pyo3::prelude::*;

/// The module behind the package.
#[pymodule]
mod _cmksim {
    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::comparison::Comparison;
    #[pymodule_export]
    use super::plan::Plan;
    #[pymodule_export]
    use super::replications::Replications;
    #[pymodule_export]
    use super::run::Run;
    #[pymodule_export]
    use super::scenario::Scenario;
    #[pymodule_export]
    use super::solution::Solution;
    #[pymodule_export]
    use super::sweep::Sweep;
    #[pymodule_export]
    use super::table::{Column, Table};
}
