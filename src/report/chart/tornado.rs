//! How far each parameter alone moves a measure.

use super::super::format::difference;
use super::legend::Legend;
use super::page::{MARGIN, Page, Picture, SMALL, TEXT, WIDTH, whole};
use super::palette::{FAINT, INK, LINE, NARROW_BAND, RULE};
use super::parameter::in_short;
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{hatch, whisker};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::scenario::Unit;
use crate::statistics::Interval;

/// Where the axis begins and ends; names stand left of it, values at both sides.
const FROM: f64 = 324.0;
const TO: f64 = 555.0;
const NAME: f64 = 172.0;
const ROW: f64 = 36.0;
const BAR: f64 = 12.0;

/// How a measure changes at one end of a parameter's range.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct RangeEnd {
    /// The parameter there.
    pub(in crate::report) setting: String,
    /// How far the measure is then from what it is otherwise, in its unit.
    pub(in crate::report) change: f64,
    /// Where that lies in 95 of 100 studies.
    pub(in crate::report) interval: Option<Interval>,
}

/// A parameter that was moved while all others kept their values.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Moved {
    /// Its name.
    pub(in crate::report) parameter: String,
    /// Whether its value is assumed rather than documented.
    pub(in crate::report) assumed: bool,
    /// At the low end of its range, if this is not its own value.
    pub(in crate::report) low: Option<RangeEnd>,
    /// At the high end of its range.
    pub(in crate::report) high: RangeEnd,
}

impl Moved {
    /// From the least to the most that it makes of a measure.
    fn span(&self) -> f64 {
        let (low, high) = range(self.ends().map(|end| end.change).chain([0.0]));
        high - low
    }

    fn ends(&self) -> impl Iterator<Item = &RangeEnd> {
        self.low.iter().chain([&self.high])
    }
}

/// A picture of how far each parameter alone moves `measure` from `base`, which it is when all
/// have their own values; the one that moves it most comes first.
pub(in crate::report) fn tornado(
    title: &str,
    notes: &[String],
    (measure, unit): (&str, Unit),
    base: f64,
    parameters: &[Moved],
) -> Picture {
    let quantity = Quantity::from(unit);
    let mut sorted: Vec<&Moved> = parameters.iter().collect();
    sorted.sort_by(|a, b| b.span().total_cmp(&a.span()));
    let ends: Vec<&RangeEnd> = sorted.iter().flat_map(|of| of.ends()).collect();
    let intervals = ends.iter().filter_map(|end| end.interval);
    let values = ends.iter().map(|end| end.change);
    let values = values.chain(intervals.flat_map(|of| [of.low, of.high]));
    let (least, most) = range(values.chain([0.0]));
    let mut page = Page::new(title, notes, WIDTH);
    let mut legend = Legend::new(&mut page, "");
    legend.area("at the low end of its range", NARROW_BAND);
    legend.area("at the high end", LINE);
    if sorted.iter().any(|of| of.assumed) {
        legend.entry("its own value is assumed", |on, frame| {
            on.fill(frame, NARROW_BAND);
            hatch(on, frame, INK);
        });
    }
    if ends.iter().any(|end| end.interval.is_some()) {
        legend.entry("95% interval of the change", |on, frame| {
            let [from, to] = frame.level();
            whisker(on, from, to, INK);
        });
    }
    let frame = Frame {
        left: FROM,
        right: TO,
        ..page.panel(34.0, ROW * whole(sorted.len()))
    };
    let axis = Axis::level(Scale::linear(quantity, least, most, 4), frame);
    let ticks = axis.ticks();
    page.rules(frame, &ticks);
    let mut top = frame.top;
    for moved in sorted {
        draw_row(&mut page.on, moved, (&axis, unit), top + ROW / 2.0);
        top += ROW;
        page.on.line(&[(MARGIN, top), (FROM, top)], RULE, 0.8);
    }
    let x = axis.at(0.0);
    page.on
        .line(&[(x, frame.top - 4.0), (x, frame.bottom)], INK, 1.4);
    let words = format!("all at their own values: {}", quantity.text(base));
    let at = (x, frame.top - 9.0);
    page.on.text(&words, at, SMALL, Anchor::Center, INK);
    page.axis_below(
        frame,
        &ticks,
        &axis.scale.titled(&format!("change of {measure}")),
    );
    page.done()
}

fn draw_row(on: &mut Surface, moved: &Moved, (axis, unit): (&Axis, Unit), middle: f64) {
    let name = fitted(&moved.parameter, TEXT, NAME);
    let y = middle + if moved.assumed { -2.0 } else { 4.0 };
    on.text(&name, (MARGIN, y), TEXT, Anchor::Left, INK);
    if moved.assumed {
        let at = (MARGIN, middle + 12.0);
        on.text("assumed", at, SMALL, Anchor::Left, FAINT);
    }
    let low = moved.low.as_ref();
    let high_top = low.map_or(middle - BAR / 2.0, |_| middle + 0.5);
    let low = low.map(|end| (end, NARROW_BAND, INK, middle - BAR - 0.5));
    let high = (&moved.high, LINE, NARROW_BAND, high_top);
    for (end, colour, stroke, top) in low.into_iter().chain([high]) {
        let (from, to) = (axis.at(0.0), axis.at(end.change));
        let bar = Frame {
            left: from.min(to),
            right: from.max(to),
            top,
            bottom: top + BAR,
        };
        on.fill(bar, colour);
        if moved.assumed {
            hatch(on, bar, stroke);
        }
        draw_end(on, end, (axis, unit), bar);
    }
}

/// The whisker of an end, and what it was found at and found to be.
fn draw_end(on: &mut Surface, end: &RangeEnd, (axis, unit): (&Axis, Unit), bar: Frame) {
    let (mut left, mut right) = (bar.left, bar.right);
    let (_, y) = bar.middle();
    if let Some(interval) = end.interval {
        let (low, high) = (axis.at(interval.low), axis.at(interval.high));
        whisker(on, (low, y), (high, y), INK);
        (left, right) = (left.min(low), right.max(high));
    }
    let value = format!(": {}", difference(unit, end.change));
    let (x, anchor, room) = if end.change < 0.0 {
        (left - 6.0, Anchor::Right, left - 6.0 - MARGIN - NAME)
    } else {
        (right + 6.0, Anchor::Left, WIDTH - right - 16.0)
    };
    let room = room - text_width(&value, SMALL);
    let text = fitted(&in_short(&end.setting), SMALL, room) + &value;
    on.text(&text, (x, y + 4.0), SMALL, anchor, INK);
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn end(setting: &str, change: f64, half: f64) -> RangeEnd {
        RangeEnd {
            setting: setting.to_owned(),
            change,
            interval: (half > 0.0).then_some(Interval {
                low: change - half,
                high: change + half,
            }),
        }
    }

    fn moved(parameter: &str, low: f64, high: f64, half: f64) -> Moved {
        Moved {
            parameter: parameter.to_owned(),
            assumed: parameter.len().is_multiple_of(2),
            low: Some(end("2h", low, half)),
            high: end("12h <b>", high, half),
        }
    }

    const DROPPED: (&str, Unit) = ("mean(dropped)", Unit::Volume);

    #[test]
    fn the_widest_comes_first() {
        let parameters = [
            moved("none", 0.0, 0.0, 0.0),
            moved("little & <less>", -1e9, 1e9, 1e8),
            moved("behaviour.buffer_retention_that_is_long", 7e9, -4e9, 1e9),
            moved("one side", 2e9, 4e9, 5e8),
        ];
        let chart = || tornado("Which <one>?", &[], DROPPED, 5e9, &parameters);
        let texts = [
            "Which <one>?",
            "little & <less>",
            "assumed",
            "2h: +7.00 GB",
            "12h <b>: -4.00 GB",
            "all at their own values: 5.00 GB",
            "change of mean(dropped) (GB)",
            "95% interval of the change",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
        let chart = chart();
        let svg = chart.svg();
        let places = ["behaviour.buffer", "one side", "little", "none"];
        let places = places.map(|name| svg.find(&format!("\n{name}")).expect("it is drawn"));
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn anything_can_be_drawn() {
        let none = [moved("a", 0.0, 0.0, 0.0)];
        sound(&tornado("N", &[], DROPPED, 0.0, &none), &["2h: 0 B"]);
        sound(
            &tornado("N", &[], DROPPED, 0.0, &[]),
            &["change of mean(dropped) (B)"],
        );
        let many: Vec<Moved> = (0..40)
            .map(|i| moved(&"x".repeat(i), 1.0, libm::pow(2.0, i as f64), 0.5))
            .collect();
        sound(
            &tornado("M", &[], DROPPED, 1e6, &many),
            &["12h <b>: +550 GB"],
        );
        let ratio = ("query_availability", Unit::Ratio);
        let high = [moved("a", -0.000_3, 0.000_4, 1e-5)];
        sound(
            &tornado("R", &[], ratio, 0.999_5, &high),
            &["2h: -0.03 points"],
        );
    }
}
