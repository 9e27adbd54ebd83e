//! Studies that are computed in parts, by whoever and in any order, and put together again.
//!
//! The replications of all scenarios of a study stand on a line, one scenario behind the other. A
//! part is a piece of that line; its bytes depend on the study and on the piece alone.

mod cut;
mod part;
mod parts;
#[cfg(test)]
mod tests;
mod work;

pub use cut::{Line, Share};
pub use part::{Fault, Found, Part};
pub use parts::{Parts, Records, gaps};
pub use work::{Keep, Work};
