//! How far each parameter alone moves a measure.

use super::legend::Legend;
use super::page::{Drawing, Header, MARGIN, Picture, SMALL, TEXT, WIDTH, both, whole};
use super::palette::{FAINT, INK, LINE, NARROW_BAND, RULE};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{hatch, whisker};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::statistics::Interval;

/// Where the axis begins and ends; names stand left of it, values at both sides.
const FROM: f64 = 304.0;
const TO: f64 = 590.0;
/// The room of a value and of what it was found at, beyond a bar.
const VALUE: f64 = 116.0;
const NAME: f64 = 176.0;
const ROW: f64 = 36.0;
const BAR: f64 = 12.0;

/// What a measure comes to at one end of a parameter's range.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct RangeEnd {
    /// The parameter there.
    pub(in crate::report) setting: String,
    /// The measure, in its unit.
    pub(in crate::report) value: f64,
    /// How well that is known.
    pub(in crate::report) interval: Option<Interval>,
}

/// A parameter that was moved while all others kept their values.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Moved {
    /// Its name.
    pub(in crate::report) parameter: String,
    /// Whether its value is assumed rather than documented.
    pub(in crate::report) assumed: bool,
    /// At the low end of its range.
    pub(in crate::report) low: RangeEnd,
    /// At the high end of its range.
    pub(in crate::report) high: RangeEnd,
}

impl Moved {
    /// From the least to the most that it makes of a measure that is `base` without it.
    fn span(&self, base: f64) -> f64 {
        let (low, high) = (self.low.value, self.high.value);
        low.max(high).max(base) - low.min(high).min(base)
    }
}

/// A picture of what each parameter alone makes of `measure`, which is `base` when all have
/// their own values; the one that moves it most comes first.
pub(in crate::report) fn tornado(
    title: &str,
    notes: &[String],
    (measure, quantity): (&str, Quantity),
    base: f64,
    parameters: &[Moved],
) -> Picture {
    let mut sorted: Vec<&Moved> = parameters.iter().collect();
    sorted.sort_by(|a, b| b.span(base).total_cmp(&a.span(base)));
    let ends = || parameters.iter().flat_map(|it| [&it.low, &it.high]);
    let intervals = ends().filter_map(|end| end.interval);
    let values: Vec<f64> = ends()
        .map(|end| end.value)
        .chain(intervals.flat_map(|it| [it.low, it.high]))
        .chain([base])
        .collect();
    let most = values.iter().copied().fold(f64::MIN, f64::max);
    let least = values.iter().copied().fold(f64::MAX, f64::min);
    both(&Plan {
        header: Header::new(title, notes, WIDTH),
        axis: Axis {
            scale: Scale::linear(quantity, least, most, 4),
            from: FROM,
            to: TO,
        },
        measure,
        base,
        parameters: sorted,
    })
}

struct Plan<'a> {
    header: Header,
    axis: Axis,
    measure: &'a str,
    base: f64,
    /// The widest first.
    parameters: Vec<&'a Moved>,
}

impl Plan<'_> {
    fn top(&self) -> f64 {
        self.header.height() + 54.0
    }

    fn bottom(&self) -> f64 {
        self.top() + ROW * whole(self.parameters.len())
    }

    fn draw_legend(&self, on: &mut Surface) {
        let mut legend = Legend::untitled(on, self.header.height() + 12.0);
        legend.entry("at the low end of its range", |on, frame| {
            on.fill(frame, NARROW_BAND);
        });
        legend.entry("at the high end", |on, frame| on.fill(frame, LINE));
        if self.parameters.iter().any(|it| it.assumed) {
            legend.entry("its own value is assumed", |on, frame| {
                on.fill(frame, NARROW_BAND);
                hatch(on, frame, INK);
            });
        }
        let mut ends = self.parameters.iter().flat_map(|it| [&it.low, &it.high]);
        if ends.any(|end| end.interval.is_some()) {
            legend.entry("95% interval", |on, frame| {
                let y = f64::midpoint(frame.top, frame.bottom);
                whisker(on, (frame.left, y), (frame.right, y), INK);
            });
        }
    }

    fn draw_row(&self, on: &mut Surface, moved: &Moved, top: f64) {
        let name = fitted(&moved.parameter, TEXT, NAME);
        let middle = top + ROW / 2.0;
        let y = if moved.assumed {
            middle - 2.0
        } else {
            middle + 4.0
        };
        on.text(&name, (MARGIN, y), TEXT, Anchor::Left, INK);
        if moved.assumed {
            let at = (MARGIN, middle + 12.0);
            on.text("assumed", at, SMALL, Anchor::Left, FAINT);
        }
        let ends = [(&moved.low, NARROW_BAND), (&moved.high, LINE)];
        for ((end, colour), top) in ends.into_iter().zip([middle - BAR - 0.5, middle + 0.5]) {
            let (base, at) = (self.axis.at(self.base), self.axis.at(end.value));
            let bar = Frame {
                left: base.min(at),
                right: base.max(at),
                top,
                bottom: top + BAR,
            };
            on.fill(bar, colour);
            if moved.assumed {
                let stroke = if colour == LINE { NARROW_BAND } else { INK };
                hatch(on, bar, stroke);
            }
            self.draw_end(on, end, bar);
        }
    }

    /// The whisker of an end, and what it was found at and found to be.
    fn draw_end(&self, on: &mut Surface, end: &RangeEnd, bar: Frame) {
        let (mut left, mut right) = (bar.left, bar.right);
        let (_, y) = bar.middle();
        if let Some(interval) = end.interval {
            let (low, high) = (self.axis.at(interval.low), self.axis.at(interval.high));
            whisker(on, (low, y), (high, y), INK);
            (left, right) = (left.min(low), right.max(high));
        }
        let value = format!(": {}", self.axis.scale.quantity.text(end.value));
        let room = VALUE - text_width(&value, SMALL);
        let text = fitted(&end.setting, SMALL, room) + &value;
        let (x, anchor) = if end.value < self.base {
            (left - 6.0, Anchor::Right)
        } else {
            (right + 6.0, Anchor::Left)
        };
        on.text(&text, (x, y + 4.0), SMALL, anchor, INK);
    }
}

impl Drawing for Plan<'_> {
    fn title(&self) -> &str {
        &self.header.title
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.bottom() + 48.0)
    }

    fn draw(&self, on: &mut Surface) {
        self.header.draw(on);
        self.draw_legend(on);
        let (top, bottom) = (self.top(), self.bottom());
        self.axis.draw_rules(on, top, bottom);
        let mut row = top;
        for moved in &self.parameters {
            self.draw_row(on, moved, row);
            row += ROW;
            on.line(&[(MARGIN, row), (FROM, row)], RULE, 0.8);
        }
        let x = self.axis.at(self.base);
        on.line(&[(x, top - 4.0), (x, bottom)], INK, 1.4);
        let base = self.axis.scale.quantity.text(self.base);
        let base = format!("all at their own values: {base}");
        on.text(&base, (x, top - 9.0), SMALL, Anchor::Center, INK);
        let title = fitted(
            &self.axis.scale.titled(self.measure),
            TEXT,
            TO - FROM + 100.0,
        );
        self.axis.draw_below(on, bottom, &title);
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn end(setting: &str, value: f64, half: f64) -> RangeEnd {
        RangeEnd {
            setting: setting.to_owned(),
            value,
            interval: (half > 0.0).then_some(Interval {
                low: value - half,
                high: value + half,
            }),
        }
    }

    fn moved(parameter: &str, low: f64, high: f64, half: f64) -> Moved {
        Moved {
            parameter: parameter.to_owned(),
            assumed: parameter.len().is_multiple_of(2),
            low: end("2h", low, half),
            high: end("12h <b>", high, half),
        }
    }

    const DROPPED: (&str, Quantity) = ("mean(dropped)", Quantity::Volume);

    #[test]
    fn the_widest_comes_first() {
        let parameters = [
            moved("none", 5e9, 5e9, 0.0),
            moved("little & <less>", 4e9, 6e9, 1e8),
            moved("behaviour.buffer_retention_that_is_long", 12e9, 1e9, 1e9),
            moved("one side", 7e9, 9e9, 5e8),
        ];
        let chart = || tornado("Which <one>?", &[], DROPPED, 5e9, &parameters);
        let texts = [
            "Which <one>?",
            "little & <less>",
            "assumed",
            "2h: 12.0 GB",
            "12h <b>: 1.00 GB",
            "all at their own values: 5.00 GB",
            "mean(dropped) (GB)",
            "95% interval",
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
            &["mean(dropped) (B)"],
        );
        let many: Vec<Moved> = (0..40)
            .map(|i| moved(&"x".repeat(i), 1.0, libm::pow(2.0, i as f64), 0.5))
            .collect();
        sound(
            &tornado("M", &[], DROPPED, 1e6, &many),
            &["12h <b>: 550 GB"],
        );
        let ratio = ("query_availability", Quantity::Ratio);
        let high = [moved("a", 0.999_2, 0.999_9, 1e-5)];
        sound(&tornado("R", &[], ratio, 0.999_5, &high), &["2h: 99.92%"]);
    }
}
