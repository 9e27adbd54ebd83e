//! `report.html`: results on one page that needs nothing beside it.
//!
//! A page is a [`Page`] with sections; `parts` has what goes into them: tables, pictures with
//! their data, expectations, rules, what is assumed, the scenario and the command. A report of
//! another command takes the same parts in the same order: the verdict, key figures, the course
//! of time, distributions, what is assumed, the scenario, and how to make it again.

mod compare;
mod course;
mod markup;
mod page;
mod parts;
mod plan;
mod run;
mod solve;
mod study;
mod sweep;

pub use self::solve::SolveReport;
pub use self::study::StudyReport;

pub(super) use self::compare::compare;
pub(super) use self::plan::plan;
pub(super) use self::run::run;
pub(super) use self::solve::solve;
pub(super) use self::study::study;
pub(super) use self::sweep::sweep;
