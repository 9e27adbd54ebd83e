//! All tests.

// The library may not; tests start programs, write files and print.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

mod audit;
mod bad_input;
mod brute_force;
mod byte_by_byte;
mod closed_forms;
#[cfg(feature = "cli")]
mod command_line;
mod compare;
mod control_plane;
mod costs;
mod coverage;
mod docs;
#[cfg(feature = "cli")]
mod editions;
mod examples;
mod extends;
#[cfg(feature = "cli")]
mod faults;
mod golden;
mod good_input;
#[cfg(feature = "cli")]
mod hostile;
mod house;
#[cfg(feature = "cli")]
mod html;
#[cfg(feature = "cli")]
mod init;
#[cfg(feature = "cli")]
mod input;
mod intake;
mod judge;
mod limits;
mod lints;
mod lives;
#[cfg(feature = "cli")]
mod manual;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod mutants;
mod mutations;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod mutator;
mod page;
mod pictures;
mod plan;
#[cfg(feature = "cli")]
mod program;
mod properties;
mod quiet;
mod real_input;
mod replications;
mod report;
#[cfg(all(feature = "cli", debug_assertions))]
mod resume;
mod reuse;
mod schema;
mod sensitivity;
mod shipped;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod signals;
#[cfg(feature = "cli")]
mod solve;
#[cfg(feature = "cli")]
mod studies;
mod tidy;
mod time_to_revoke;
mod trace;
mod worlds;
mod written;
