//! Documents as `report.html`: one page that needs nothing beside it.

mod markup;
mod page;
mod render;

pub use self::page::{dark_pictures, policy_digest};
pub(super) use self::render::page;
