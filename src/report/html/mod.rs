//! Documents as `report.html`: one page that needs nothing beside it.

mod markup;
mod page;
mod render;

pub(super) use self::render::page;
