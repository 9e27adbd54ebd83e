//! How far something holds: what was seen at the values of a key, and the answer among them.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, TEXT, WIDTH};
use super::palette::{INK, LINE, MEAN, WIDE_BAND};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed, whisker};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::statistics::Interval;

const HEIGHT: f64 = 270.0;
const LIMIT: (f64, f64) = (6.0, 3.0);
/// Above the panel: room for the answer with its interval.
const ABOVE: f64 = 38.0;

/// What was seen at a value of the key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Seen {
    /// The share of replications, or the mean.
    pub(in crate::report) number: f64,
    /// Where it lies in 95 of 100 studies.
    pub(in crate::report) interval: Option<Interval>,
    /// Whether what is looked for holds there.
    pub(in crate::report) holds: bool,
}

/// The value that was looked for, as a number of the key.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Threshold {
    /// In words, with its interval.
    pub(in crate::report) words: String,
    pub(in crate::report) at: f64,
    /// Where it lies in 95 of 100 studies; ends beyond the range are at its ends.
    pub(in crate::report) interval: Option<Interval>,
}

/// A picture of `measure` over the values of a key, with the limit that it must meet and the last
/// value at which it does; `seen` has one entry for each value, `None` where there is no number.
pub(in crate::report) fn threshold_chart(
    title: &str,
    notes: &[String],
    key: &Parameter,
    (measure, quantity, limit): (&str, Quantity, f64),
    seen: &[Option<Seen>],
    answer: Option<&Threshold>,
) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let ends = seen.iter().flatten().flat_map(|of| {
        let ends = of
            .interval
            .map_or([of.number; 2], |ends| [ends.low, ends.high]);
        [of.number, ends[0], ends[1]]
    });
    let (least, most) = range(ends.chain([limit]));
    let scale = Scale::linear(quantity, least, most, 5);
    let name = fitted(measure, CAPTION, WIDTH / 2.0);
    draw_legend(&mut page, &scale.titled(&name), answer.is_some());
    let frame = page.panel(if answer.is_some() { ABOVE } else { 12.0 }, HEIGHT);
    let (Some(across), Some((_, numbers))) = (key.scale(), &key.numbers) else {
        // A key with a single value has no axis.
        return page.done();
    };
    let x = Axis::level(across, frame);
    let y = Axis::upright(scale, frame);
    page.show(data(measure, key, (&x, &y), seen).within(frame));
    page.axis_left(&[frame], &y.ticks());
    if let Some(answer) = answer {
        draw_answer(&mut page.on, answer, &x, frame);
    }
    let places: Vec<f64> = numbers.iter().map(|number| x.at(*number)).collect();
    draw_curve(&mut page.on, &places, &y, seen);
    let limit = y.at(limit);
    dashed(
        &mut page.on,
        &[(frame.left, limit), (frame.right, limit)],
        LIMIT,
        INK,
        1.4,
    );
    let title = fitted(&key.name, TEXT, frame.right - frame.left - 60.0);
    page.axis_below(frame, &x.ticks(), &x.scale.titled(&title));
    page.done()
}

fn draw_legend(page: &mut Page, title: &str, answered: bool) {
    let mut legend = Legend::new(page, title);
    legend.area("95% interval", WIDE_BAND);
    for (name, holds) in [("it holds", true), ("it does not", false)] {
        legend.entry(name, |on, frame| {
            on.line(&frame.level(), LINE, 2.0);
            Shape::Round.draw(on, frame.middle(), 3.4, LINE, holds);
        });
    }
    legend.dashed("limit", LIMIT, INK, 1.4);
    if answered {
        legend.line("the answer", MEAN, 1.8);
    }
}

/// The curve through what was seen, with its band; a gap where there is no number.
fn draw_curve(on: &mut Surface, places: &[f64], y: &Axis, seen: &[Option<Seen>]) {
    let points: Vec<(f64, Option<Seen>)> =
        places.iter().copied().zip(seen.iter().copied()).collect();
    let end = |x: &f64, end: f64| (*x, y.at(end));
    for pair in points.windows(2) {
        if let [(x, Some(one)), (next_x, Some(next))] = pair
            && let (Some(ends), Some(next)) = (one.interval, next.interval)
        {
            let corners = [
                end(x, ends.low),
                end(next_x, next.low),
                end(next_x, next.high),
                end(x, ends.high),
            ];
            on.polygon(&corners, WIDE_BAND);
        }
    }
    for pair in points.windows(2) {
        if let [(x, Some(one)), (next_x, Some(next))] = pair {
            on.line(&[end(x, one.number), end(next_x, next.number)], LINE, 2.0);
        }
    }
    for (x, seen) in points {
        if let Some(seen) = seen {
            Shape::Round.draw(on, (x, y.at(seen.number)), 3.0, LINE, seen.holds);
        }
    }
}

/// The answer as a line through the panel, in words above it, and its interval between them.
fn draw_answer(on: &mut Surface, answer: &Threshold, x: &Axis, frame: Frame) {
    let at = x.at(answer.at);
    on.line(&[(at, frame.top - 10.0), (at, frame.bottom)], MEAN, 1.8);
    if let Some(ends) = answer.interval {
        let level = frame.top - 10.0;
        whisker(on, (x.at(ends.low), level), (x.at(ends.high), level), MEAN);
    }
    Shape::Diamond.draw(on, (at, frame.top - 10.0), 3.0, MEAN, true);
    let words = fitted(&answer.words, TEXT, frame.right - frame.left);
    let half = text_width(&words, TEXT) / 2.0;
    let middle = at.min(frame.right - half).max(frame.left + half);
    on.text(
        &words,
        (middle, frame.top - 22.0),
        TEXT,
        Anchor::Center,
        INK,
    );
}

fn data(measure: &str, key: &Parameter, (x, y): (&Axis, &Axis), seen: &[Option<Seen>]) -> Data {
    let quantity = y.scale.quantity;
    let numbers = key.numbers.iter().flat_map(|(_, numbers)| numbers);
    let rows: Vec<(&String, &f64, &Option<Seen>)> = key
        .labels
        .iter()
        .zip(numbers)
        .zip(seen)
        .map(|((label, number), seen)| (label, number, seen))
        .collect();
    let row = |(label, number, seen): &(&String, &f64, &Option<Seen>)| {
        let ends = seen.and_then(|seen| seen.interval);
        let ends = ends.map(|ends| [ends.low, ends.high].map(|end| quantity.text(end)));
        Row {
            x: x.at(**number),
            cells: vec![
                (*label).clone(),
                seen.map_or("none".to_owned(), |seen| quantity.text(seen.number)),
                ends.map_or("none".to_owned(), |ends| ends.join(" to ")),
                seen.map_or("no", |seen| if seen.holds { "yes" } else { "no" })
                    .to_owned(),
            ],
        }
    };
    let header = ["Value", "Seen", "95% interval", "Holds"];
    Data::of(format!("{measure} by {}", key.name), &header, &rows, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn key(count: u32) -> Parameter {
        let numbers: Vec<f64> = (1..=count).map(|i| f64::from(i) * 600.0).collect();
        Parameter {
            name: "event.<vault>.duration".to_owned(),
            labels: numbers
                .iter()
                .map(|seconds| format!("{seconds}s"))
                .collect(),
            numbers: (count > 1).then_some((Quantity::Duration, numbers)),
        }
    }

    fn seen(share: f64) -> Option<Seen> {
        Some(Seen {
            number: share,
            interval: Some(Interval {
                low: (share - 0.02).max(0.0),
                high: (share + 0.02).min(1.0),
            }),
            holds: share >= 0.9,
        })
    }

    fn answer(at: f64, low: f64, high: f64) -> Threshold {
        Threshold {
            words: "largest: 50m (95% interval 45m to 55m)".to_owned(),
            at,
            interval: Some(Interval { low, high }),
        }
    }

    const SHARE: (&str, Quantity, f64) = ("share with dropped == 0 B", Quantity::Ratio, 0.9);

    #[test]
    fn the_answer_stands_on_the_curve() {
        let all: Vec<Option<Seen>> = (0..12)
            .map(|i| seen(1.0 - f64::from(i * i) / 150.0))
            .collect();
        let answer = answer(3_000.0, 2_700.0, 3_300.0);
        let chart = || threshold_chart("How <far>?", &[], &key(12), SHARE, &all, Some(&answer));
        let texts = [
            "How <far>?",
            "share with dropped == 0 B (%)",
            "event.<vault>.duration (min)",
            "largest: 50m (95% interval 45m to 55m)",
            "limit",
            "it does not",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
        let drawn = chart();
        let rows = &drawn.data()[0].rows;
        assert_eq!((rows.len(), rows[4].cells[0].as_str()), (12, "3000s"));
        let at = format!("points=\"{},", (rows[4].x * 8.0).round());
        assert!(drawn.svg().contains(&at), "{at}");
    }

    #[test]
    fn anything_can_be_drawn() {
        let ends = [
            answer(600.0, 600.0, 7_200.0),
            answer(7_200.0, 600.0, 7_200.0),
        ];
        for answer in ends.iter().map(Some).chain([None]) {
            let none = vec![None; 12];
            let chart = threshold_chart("N", &[], &key(12), SHARE, &none, answer);
            sound(&chart, &["it holds"]);
            let same = vec![seen(1.0); 12];
            let chart = threshold_chart("S", &[], &key(12), SHARE, &same, answer);
            sound(&chart, &["it holds"]);
        }
        sound(
            &threshold_chart("1", &[], &key(1), SHARE, &[seen(1.0)], None),
            &["1"],
        );
    }
}
