//! How far something holds: what was seen at the values of a key, and the answer among them.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, TEXT, Ticks, WIDTH};
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

/// A curve that changes over less than this part of the range is zoomed in on.
const STEEP: f64 = 0.15;
/// Numbers so close to each other, as a part of all, are a plateau.
const PLATEAU: f64 = 0.05;
/// The height of the strip with all values below a panel that is zoomed in.
const STRIP: f64 = 16.0;

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
    let values = Values { numbers, seen };
    let zoomed = answer.and_then(|answer| values.deciding(answer));
    let steep = |(low, high): &(f64, f64)| across.part(*high) - across.part(*low) < STEEP;
    let zoomed = zoomed.filter(steep);
    let x = Axis::level(
        zoomed.map_or(across.clone(), |(low, high)| {
            Scale::linear(across.quantity, low, high, 5)
        }),
        frame,
    );
    let y = Axis::upright(scale, frame);
    page.show(data(measure, key, (&x, &y), seen).within(frame));
    page.axis_left(&[frame], &y.ticks());
    if let Some(answer) = answer {
        draw_answer(&mut page.on, answer, &x, frame);
    }
    draw_curve(&mut page.on, &values, (&x, &y));
    let limit = y.at(limit);
    dashed(
        &mut page.on,
        &[(frame.left, limit), (frame.right, limit)],
        LIMIT,
        INK,
        1.4,
    );
    let title = fitted(&key.name, TEXT, frame.right - frame.left - 60.0);
    if zoomed.is_none() {
        page.axis_below(frame, &x.ticks(), &x.scale.titled(&title));
        return page.done();
    }
    let (ticks, name) = match x.scale.quantity {
        Quantity::Duration => (times(&x), title.clone()),
        _ => (x.ticks(), x.scale.titled(&title)),
    };
    page.axis_below(frame, &ticks, &format!("{name}, zoomed in"));
    let strip = page.panel(12.0, STRIP);
    let all = Axis::level(across, strip);
    values.draw_strip(&mut page.on, (&all, &x.scale), strip);
    let title = all
        .scale
        .titled(&format!("all values of {title} that were tried"));
    page.axis_below(strip, &all.ticks(), &title);
    page.done()
}

/// Ticks with times as they are told: close to each other they are no round numbers of one unit.
fn times(axis: &Axis) -> Ticks {
    let ticks = axis.scale.ticks().into_iter();
    ticks
        .map(|(number, _)| (axis.at(number), axis.scale.quantity.exact(number)))
        .collect()
}

/// The values of the key and what was seen at each.
struct Values<'a> {
    numbers: &'a [f64],
    seen: &'a [Option<Seen>],
}

impl Values<'_> {
    fn points(&self) -> Vec<(f64, Option<Seen>)> {
        let numbers = self.numbers.iter().copied();
        numbers.zip(self.seen.iter().copied()).collect()
    }

    /// Where the curve goes from one plateau to the other, with the answer and its interval and
    /// some room around them.
    fn deciding(&self, answer: &Threshold) -> Option<(f64, f64)> {
        let points = self.points();
        let known = points
            .iter()
            .filter_map(|(x, seen)| Some((*x, (*seen)?.number)));
        let known: Vec<(f64, f64)> = known.collect();
        let (least, most) = range(known.iter().map(|point| point.1));
        let near = PLATEAU * (most - least);
        let (first, last) = (known.first()?.1, known.last()?.1);
        let begin = known
            .iter()
            .take_while(|point| (point.1 - first).abs() <= near);
        let end = known.iter().rev();
        let end = end.take_while(|point| (point.1 - last).abs() <= near);
        let (from, until) = (begin.last()?.0, end.last()?.0);
        let (low, high) = answer
            .interval
            .map_or((answer.at, answer.at), |of| (of.low, of.high));
        let (low, high) = range([from, until, answer.at, low, high]);
        let room = 0.15 * (high - low);
        let ends = (self.numbers[0], self.numbers[self.numbers.len() - 1]);
        (from < until).then_some(((low - room).max(ends.0), (high + room).min(ends.1)))
    }

    /// All values in a row, and which part of it is zoomed in on.
    fn draw_strip(&self, on: &mut Surface, (all, zoomed): (&Axis, &Scale), frame: Frame) {
        let [from, until] = [zoomed.low, zoomed.high].map(|end| all.at(end));
        let part = Frame {
            left: from - 2.0,
            right: until + 2.0,
            ..frame
        };
        on.fill(part, WIDE_BAND);
        let (_, y) = frame.middle();
        for (x, seen) in self.points() {
            if let Some(seen) = seen {
                Shape::Round.draw(on, (all.at(x), y), 2.6, LINE, seen.holds);
            }
        }
    }
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

/// The curve through what was seen, with its band; a gap where there is no number. What is beyond
/// the axis is cut off.
fn draw_curve(on: &mut Surface, values: &Values<'_>, (x, y): (&Axis, &Axis)) {
    let points = values.points();
    let place = |(number, of): (f64, f64)| (x.at(number), y.at(of));
    let pairs = points.windows(2).filter_map(|pair| {
        let [(from, Some(one)), (to, Some(next))] = pair else {
            return None;
        };
        cut((*from, *one), (*to, *next), (x.scale.low, x.scale.high))
    });
    let pairs: Vec<[(f64, Seen); 2]> = pairs.collect();
    for [(from, one), (to, next)] in &pairs {
        if let (Some(ends), Some(next)) = (one.interval, next.interval) {
            let corners = [
                (*from, ends.low),
                (*to, next.low),
                (*to, next.high),
                (*from, ends.high),
            ];
            on.polygon(&corners.map(place), WIDE_BAND);
        }
    }
    for [(from, one), (to, next)] in &pairs {
        let line = [(*from, one.number), (*to, next.number)];
        on.line(&line.map(place), LINE, 2.0);
    }
    for (number, seen) in points {
        if let Some(seen) = seen.filter(|_| x.scale.low <= number && number <= x.scale.high) {
            Shape::Round.draw(on, place((number, seen.number)), 3.0, LINE, seen.holds);
        }
    }
}

/// What of the way from one value to the next lies between two ends.
fn cut(one: (f64, Seen), next: (f64, Seen), (low, high): (f64, f64)) -> Option<[(f64, Seen); 2]> {
    let (from, to) = (one.0.max(low), next.0.min(high));
    let at = |number: f64| {
        let part = (number - one.0) / (next.0 - one.0);
        let between = |from: f64, to: f64| from + (to - from) * part;
        let interval = one.1.interval.zip(next.1.interval);
        let interval = interval.map(|(from, to)| Interval {
            low: between(from.low, to.low),
            high: between(from.high, to.high),
        });
        let seen = Seen {
            number: between(one.1.number, next.1.number),
            interval,
            holds: one.1.holds,
        };
        (number, seen)
    };
    (from < to).then(|| [at(from), at(to)])
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
        // What is beyond the axis is nowhere near the pointer.
        let beyond = **number < x.scale.low || x.scale.high < **number;
        Row {
            x: if beyond { -1e3 } else { x.at(**number) },
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
    use super::super::checks::{key, sound};
    use super::*;

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
    fn a_steep_curve_is_zoomed_in_on() {
        let numbers = [
            300.0, 3_600.0, 3_610.0, 3_620.0, 3_630.0, 43_200.0, 86_400.0,
        ];
        let shares = [1.0, 1.0, 1.0, 0.92, 0.3, 0.0, 0.0];
        let key = Parameter {
            name: "duration".to_owned(),
            labels: numbers.map(|seconds| format!("{seconds}s")).to_vec(),
            numbers: Some((Quantity::Duration, numbers.to_vec())),
        };
        let all = shares.map(seen);
        let steep = answer(3_620.0, 3_615.0, 3_625.0);
        // The lower plateau begins 12 hours after the answer.
        let wide = threshold_chart("Wide", &[], &key, SHARE, &all, Some(&steep));
        sound(&wide, &["duration (logarithmic)"]);
        let all = [&all[..5], &[seen(0.3), seen(0.3)]].concat();
        let chart = threshold_chart("Steep", &[], &key, SHARE, &all, Some(&steep));
        let texts = [
            "duration, zoomed in",
            "all values of duration that were tried (logarithmic)",
            "1h 20s",
        ];
        sound(&chart, &texts);
        let rows = &chart.data()[0].rows;
        assert_eq!((rows.len(), rows[0].x, rows[6].x), (7, -1e3, -1e3));
        assert!(rows[3].x > 0.0);
        let cut = cut((0.0, all[1].unwrap()), (10.0, all[4].unwrap()), (5.0, 20.0)).unwrap();
        assert_eq!((cut[0].0, cut[1].0), (5.0, 10.0));
        assert!((cut[0].1.number - 0.65).abs() < 1e-9 && (cut[1].1.number - 0.3).abs() < 1e-9);
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
