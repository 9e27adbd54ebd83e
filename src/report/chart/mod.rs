//! Pictures, as SVG and as PNG, on one surface with one font.
//!
//! `timeline` draws what happened in one run; the others draw what many runs say. Nothing is
//! told by colour alone, every axis has a title and a unit, and no text leaves the picture.

mod axis;
mod band;
#[cfg(test)]
mod checks;
mod distribution;
mod fan;
mod legend;
mod marks;
mod page;
mod palette;
mod quantity;
mod scale;
mod shape;
mod spread;
mod surface;
mod timeline;
mod volumes;

pub use self::distribution::distribution_chart;
pub use self::fan::fan_chart;
pub use self::quantity::Quantity;
pub use self::timeline::pictures;
