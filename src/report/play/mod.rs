//! What a page shows of a scenario while somebody plays with it: mistakes with their places, one
//! run, its accounts, its keys and its data at any instant, and the distribution of many.
//!
//! These are values for a program, as JSON. Times are milliseconds since the start of the run,
//! volumes bytes.

mod accounts;
mod data;
mod keys;
mod mistakes;
mod run;
mod study;

pub use self::accounts::{AccountLine, Accounts, MOST_POLLS, Polls, polls_between, story_of};
pub use self::data::{Amount, amounts};
pub use self::keys::KeyTimes;
pub use self::mistakes::{Mend, Mistake, mistakes};
pub use self::run::{Happened, Held, Measured, RuleSays, Run, clock, held, rule, run};
pub use self::study::{Bar, Distribution, distribution, held_in_study};
