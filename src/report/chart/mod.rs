//! Pictures, as SVG and as PNG, on one surface with one font.
//!
//! `timeline` draws what happened in one run; the others draw what many runs say. Nothing is
//! told by colour alone, every axis has a title and a unit, and no text leaves the picture.

mod axis;
mod band;
mod break_even;
#[cfg(test)]
mod checks;
mod curve;
mod data;
mod distribution;
mod exceedance;
mod excerpt;
mod fan;
mod font;
mod forest;
mod frontier;
mod heat;
mod history;
mod legend;
mod marks;
mod page;
mod palette;
mod parameter;
mod peak;
mod quantity;
mod scale;
mod screening;
mod shape;
mod spread;
mod surface;
mod threshold;
mod timeline;
mod tone;
mod tornado;
mod volumes;

pub(super) use self::break_even::{CostLine, break_even_chart};
pub(super) use self::curve::{Expected, Level, curve_chart};
pub(super) use self::data::Data;
pub use self::distribution::distribution_chart;
pub(super) use self::exceedance::exceedance_chart;
pub use self::excerpt::{Excerpt, View, excerpt};
pub(super) use self::fan::fan_chart;
pub use self::forest::{Difference, difference_chart};
pub(super) use self::frontier::{Choice, frontier_chart};
pub use self::heat::{HeatCell, HeatPanel, MOST_PANELS, heat_map};
pub(super) use self::history::history_chart;
pub use self::page::Picture;
pub(super) use self::palette::{DARK, PAPER, RGBColor};
pub use self::parameter::Parameter;
pub(super) use self::peak::{Peak, peak_chart};
pub use self::quantity::Quantity;
pub(super) use self::scale::round_step;
pub(super) use self::screening::{Effect, screening_chart};
pub(super) use self::threshold::{Seen, Threshold, threshold_chart};
pub use self::timeline::pictures;
pub(super) use self::tornado::{Moved, RangeEnd, tornado};
pub(super) use self::volumes::{Sample, samples_at};
