//! `report.html`: results on one page that needs nothing beside it.
//!
//! A page is a [`Page`] with sections; `parts` has what goes into them: tables, pictures with
//! their data, expectations, rules, what is assumed, the scenario and the command. A report of
//! another command takes the same parts in the same order: the verdict, key figures, the course
//! of time, distributions, what is assumed, the scenario, and how to make it again.

mod markup;
mod page;
mod parts;
mod run;

pub(super) use self::run::run;
