//! All tests.

mod bad_input;
mod brute_force;
mod intake;
mod schema;
mod trace;
mod worlds;
