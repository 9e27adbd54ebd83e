//! All tests.

// The library may not; tests start programs, write files and print.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

mod audit;
mod back_test;
mod bad_input;
mod brute_force;
mod byte_by_byte;
mod closed_forms;
mod command_line;
mod compare;
mod control_plane;
mod controls;
mod costs;
mod coverage;
mod cut_sequences;
mod docs;
mod editions;
mod engine;
mod examples;
mod extends;
mod faults;
mod forecasts;
mod freeze;
mod golden;
mod good_input;
mod hostile;
mod house;
mod html;
mod init;
mod input;
mod intake;
mod judge;
mod limits;
mod lints;
mod lives;
mod manual;
mod measured;
#[cfg(target_os = "linux")]
mod mutants;
mod mutations;
#[cfg(target_os = "linux")]
mod mutator;
mod optimise;
mod page;
mod parts;
mod pictures;
mod plan;
mod play;
mod program;
mod properties;
mod quiet;
mod rare;
mod real_input;
mod replications;
mod report;
#[cfg(all(feature = "cli", debug_assertions))]
mod resume;
mod reuse;
mod schema;
mod sensitivity;
mod shipped;
mod shrink;
mod shrink_command;
#[cfg(target_os = "linux")]
mod signals;
mod solve;
mod studies;
mod tidy;
mod time_to_revoke;
mod trace;
mod worlds;
mod worst;
mod written;
