//! All tests.

mod intake;
mod trace;
