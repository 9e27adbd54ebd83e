//! All tests.

mod bad_input;
mod brute_force;
mod command_line;
mod docs;
mod good_input;
mod intake;
mod properties;
mod real_input;
mod schema;
mod shipped;
mod tidy;
mod trace;
mod worlds;
