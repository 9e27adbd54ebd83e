//! All tests.

mod bad_input;
mod intake;
mod trace;
