//! A loss exceedance curve: how likely a measure is at least, or at most, each value.

use super::super::format::sanitize;
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, TEXT, Ticks, WIDTH};
use super::palette::{INK, LINE, MEAN, WIDE_BAND};
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed};
use super::surface::{Anchor, fitted, text_width};
use crate::statistics::Interval;

/// Dashes of the line of what was asked for.
const LIMIT: (f64, f64) = (6.0, 3.0);
const HEIGHT: f64 = 320.0;
/// The room of the words above the panel.
const ABOVE: f64 = 26.0;

/// A value, how likely the measure is beyond it, and the interval of that.
type Beyond = (f64, f64, Interval);

/// A picture of how likely a measure is at least (`above`) or at most each of some values, from the
/// least likely on; `goal` is the value that was asked for, and its probability in words.
pub(in crate::report) fn exceedance_chart(
    (title, notes): (&str, &[String]),
    (measure, quantity, above): (&str, Quantity, bool),
    levels: &[Beyond],
    (goal, words): (f64, Option<&str>),
) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let beyond = if above { "at least" } else { "at most" };
    let name = format!("probability of {beyond} so much");
    let mut legend = Legend::new(&mut page, &fitted(&name, CAPTION, WIDTH / 2.0));
    legend.line("estimate", LINE, 2.0);
    legend.area("95% interval", WIDE_BAND);
    legend.dashed("asked for", LIMIT, MEAN, 1.4);
    let frame = page.panel(ABOVE, HEIGHT);
    let values = levels.iter().map(|level| level.0).chain([goal]);
    let (least, most) = range(values);
    let x = Axis::level(Scale::linear(quantity, least, most, 6), frame);
    let shares = levels.iter().map(|level| level.1);
    let (low, high) = range(shares.chain([1.0]));
    let down = |share: f64| libm::pow(10.0, libm::log10(share.max(1e-18)).floor());
    let y = Axis::upright(Scale::logarithmic(Quantity::Number, down(low), high), frame);
    page.show(data(measure, beyond, (&x, quantity), levels).within(frame));
    page.axis_left(&[frame], &powers(&y));
    let place = |value: f64, share: f64| (x.at(value), y.at(share));
    let pairs = || levels.iter().zip(&levels[1.min(levels.len())..]);
    for ((from, _, one), (to, _, next)) in pairs() {
        let corners = [
            place(*from, one.low),
            place(*to, next.low),
            place(*to, next.high),
            place(*from, one.high),
        ];
        page.on.polygon(&corners, WIDE_BAND);
    }
    for (one, next) in pairs() {
        let line = [place(one.0, one.1), place(next.0, next.1)];
        page.on.line(&line, LINE, 2.0);
    }
    if let [(value, share, _)] = levels {
        Shape::Round.draw(&mut page.on, place(*value, *share), 3.0, LINE, true);
    }
    let at = x.at(goal);
    dashed(
        &mut page.on,
        &[(at, frame.top - 10.0), (at, frame.bottom)],
        LIMIT,
        MEAN,
        1.4,
    );
    if let Some(words) = words {
        let half = text_width(words, TEXT) / 2.0;
        let middle = at.min(frame.right - half).max(frame.left + half);
        let above = (middle, frame.top - 15.0);
        page.on.text(words, above, TEXT, Anchor::Center, INK);
    }
    let measure = fitted(&sanitize(measure), TEXT, frame.right - frame.left - 80.0);
    page.axis_below(frame, &x.ticks(), &x.scale.titled(&measure));
    page.done()
}

/// Powers of ten as they are written in text.
fn powers(axis: &Axis) -> Ticks {
    let all = (-18..=0).map(|power| libm::pow(10.0, f64::from(power)));
    let shown = |share: &f64| axis.scale.low * 0.999 <= *share && *share <= axis.scale.high * 1.001;
    let all: Vec<f64> = all.filter(shown).collect();
    let every = all.len().div_ceil(10).max(1);
    let name = |share: f64| match share {
        0.999.. => "1".to_owned(),
        share => format!("{share:.0e}"),
    };
    let all = all.into_iter().rev().step_by(every);
    all.map(|share| (axis.at(share), name(share))).collect()
}

fn data(measure: &str, beyond: &str, (x, quantity): (&Axis, Quantity), levels: &[Beyond]) -> Data {
    let small = |share: f64| format!("{share:.2e}");
    let row = |(value, share, interval): &Beyond| Row {
        x: x.at(*value),
        cells: vec![
            quantity.text(*value),
            small(*share),
            format!("{} to {}", small(interval.low), small(interval.high)),
        ],
    };
    let header = ["Value", "Probability", "95% interval"];
    let caption = format!("probability that {measure} is {beyond} a value");
    Data::of(caption, &header, levels, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    #[test]
    fn a_curve_falls_over_decades() {
        let around = |share: f64| Interval {
            low: share * 0.9,
            high: share * 1.1,
        };
        let level = |at: i32| {
            let share = libm::pow(10.0, f64::from(at) / 4.0 - 7.0);
            (f64::from(28 - at) * 1e12, share, around(share))
        };
        let levels: Vec<Beyond> = (0..29).map(level).collect();
        let measure = ("dropped", Quantity::Volume, true);
        let chart = exceedance_chart(("Rare", &[]), measure, &levels, (20e12, Some("1.0e-6")));
        sound(
            &chart,
            &[
                "Rare",
                "1e-7",
                "1e-6",
                "dropped (TB)",
                "1.0e-6",
                "asked for",
            ],
        );
    }

    #[test]
    fn anything_can_be_drawn() {
        let measure = ("dropped", Quantity::Volume, false);
        let interval = Interval {
            low: 1e-4,
            high: 1e-2,
        };
        for levels in [vec![], vec![(5e9, 1e-3, interval)]] {
            let chart = exceedance_chart(("Few", &[]), measure, &levels, (1e9, None));
            sound(&chart, &["Few", "95% interval"]);
        }
    }
}
