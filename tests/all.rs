//! All tests.

mod bad_input;
mod brute_force;
mod intake;
mod real_input;
mod schema;
mod trace;
mod worlds;
