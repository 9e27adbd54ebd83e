//! All tests.

mod intake;
