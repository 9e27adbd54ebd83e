//! The parts of studies as files.

mod by;
mod make;
mod together;

pub(crate) use self::by::{By, Cut, Merged};
pub(crate) use self::make::make;
pub(crate) use self::together::Together;
