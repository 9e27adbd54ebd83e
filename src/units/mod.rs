//! Time, volume, rate and money as whole numbers, each a type of its own.
//!
//! Nothing that is added up is ever a float: time is whole milliseconds, volume whole bytes.
//! 1 GB = 10^9 bytes, as the service bills.

pub(crate) mod decimal;
mod money;
mod print;
mod rate;
mod ratio;
mod records;
mod text;
mod time;
mod volume;

pub use money::Money;
pub use print::grouped;
pub use rate::Rate;
pub use ratio::{Factor, Probability};
pub(crate) use records::{Records, Stop};
pub use text::UnitError;
pub use time::{Duration, Time};
pub use volume::Volume;
