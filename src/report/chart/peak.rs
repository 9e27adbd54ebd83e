//! Where something is largest: a statistic at the values of a key, and the answer among them.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, TEXT, WIDTH};
use super::palette::{FAINT, INK, LINE, MEAN};
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed, whisker};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::statistics::Interval;

const HEIGHT: f64 = 270.0;
const AS_IS: (f64, f64) = (6.0, 3.0);
/// Above the panel: room for the answer.
const ABOVE: f64 = 34.0;

/// A value of the key that stands out.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Peak {
    /// In words.
    pub(in crate::report) words: String,
    /// On the axis of the key.
    pub(in crate::report) at: f64,
    /// The statistic there, on replications that the search has not seen.
    pub(in crate::report) number: f64,
    /// Where that lies in 95 of 100 studies.
    pub(in crate::report) interval: Option<Interval>,
}

/// A picture of a statistic at the values of a key, of which `seen` has one entry each; with the
/// values that stand out, the answer first, and the statistic of the scenario as it is.
pub(in crate::report) fn peak_chart(
    title: &str,
    notes: &[String],
    key: &Parameter,
    (statistic, quantity): (&str, Quantity),
    seen: &[Option<f64>],
    peaks: &[Peak],
    as_is: Option<f64>,
) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let ends = peaks.iter().flat_map(|peak| {
        let ends = peak
            .interval
            .map_or([peak.number; 2], |of| [of.low, of.high]);
        [peak.number, ends[0], ends[1]]
    });
    let (least, most) = range(seen.iter().flatten().copied().chain(ends).chain(as_is));
    let scale = Scale::linear(quantity, least, most, 5);
    let name = fitted(statistic, CAPTION, WIDTH / 2.0);
    draw_legend(
        &mut page,
        &scale.titled(&name),
        peaks.len(),
        as_is.is_some(),
    );
    let frame = page.panel(if peaks.is_empty() { 12.0 } else { ABOVE }, HEIGHT);
    let (Some(across), Some((_, numbers))) = (key.scale(), &key.numbers) else {
        // A key with a single value has no axis.
        return page.done();
    };
    let (x, y) = (Axis::level(across, frame), Axis::upright(scale, frame));
    page.show(data(statistic, key, (&x, quantity), seen).within(frame));
    page.axis_left(&[frame], &y.ticks());
    let points = numbers.iter().zip(seen);
    let points = points.filter_map(|(number, seen)| Some((x.at(*number), y.at((*seen)?))));
    let points: Vec<(f64, f64)> = points.collect();
    page.on.line(&points, LINE, 1.6);
    for point in points {
        Shape::Round.draw(&mut page.on, point, 2.2, LINE, true);
    }
    if let Some(as_is) = as_is {
        let level = y.at(as_is);
        let line = [(frame.left, level), (frame.right, level)];
        dashed(&mut page.on, &line, AS_IS, INK, 1.4);
    }
    for (at, peak) in peaks.iter().enumerate().rev() {
        draw_peak(&mut page.on, peak, at == 0, (&x, &y), frame);
    }
    let title = fitted(&key.name, TEXT, frame.right - frame.left - 60.0);
    page.axis_below(frame, &x.ticks(), &x.scale.titled(&title));
    page.done()
}

fn draw_legend(page: &mut Page, title: &str, peaks: usize, as_is: bool) {
    let mut legend = Legend::new(page, title);
    legend.entry("searched", |on, frame| {
        on.line(&frame.level(), LINE, 1.6);
        Shape::Round.draw(on, frame.middle(), 2.2, LINE, true);
    });
    let names = ["the answer, checked", "runner-up, checked"];
    for (at, name) in names.iter().enumerate().take(peaks) {
        legend.entry(name, |on, frame| {
            Shape::Diamond.draw(on, frame.middle(), 4.0, MEAN, at == 0);
        });
    }
    if as_is {
        legend.dashed("the scenario as it is", AS_IS, INK, 1.4);
    }
}

/// A value that stands out, with its interval; the answer in words above the panel.
fn draw_peak(on: &mut Surface, peak: &Peak, full: bool, (x, y): (&Axis, &Axis), frame: Frame) {
    let at = x.at(peak.at);
    if full {
        on.line(&[(at, frame.top - 10.0), (at, frame.bottom)], FAINT, 0.8);
        let words = fitted(&peak.words, TEXT, frame.right - frame.left);
        let half = text_width(&words, TEXT) / 2.0;
        let middle = at.min(frame.right - half).max(frame.left + half);
        let place = (middle, frame.top - 16.0);
        on.text(&words, place, TEXT, Anchor::Center, INK);
    }
    if let Some(ends) = peak.interval {
        whisker(on, (at, y.at(ends.low)), (at, y.at(ends.high)), MEAN);
    }
    Shape::Diamond.draw(on, (at, y.at(peak.number)), 4.0, MEAN, full);
}

fn data(
    statistic: &str,
    key: &Parameter,
    (x, quantity): (&Axis, Quantity),
    seen: &[Option<f64>],
) -> Data {
    let numbers = key.numbers.iter().flat_map(|(_, numbers)| numbers);
    let rows: Vec<(&String, &f64, &Option<f64>)> = key
        .labels
        .iter()
        .zip(numbers)
        .zip(seen)
        .map(|((label, number), seen)| (label, number, seen))
        .collect();
    let row = |(label, number, seen): &(&String, &f64, &Option<f64>)| Row {
        x: x.at(**number),
        cells: vec![
            (*label).clone(),
            seen.map_or("none".to_owned(), |seen| quantity.text(seen)),
        ],
    };
    let header = ["Value", "Seen"];
    Data::of(format!("{statistic} by {}", key.name), &header, &rows, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{key, sound};
    use super::*;

    fn peak(at: f64, number: f64) -> Peak {
        Peak {
            words: "largest: 50m".to_owned(),
            at,
            number,
            interval: Some(Interval {
                low: number * 0.9,
                high: number * 1.1,
            }),
        }
    }

    const LOSS: (&str, Quantity) = ("mean(dropped)", Quantity::Volume);

    #[test]
    fn the_answer_stands_on_the_curve() {
        let seen: Vec<Option<f64>> = (0..12)
            .map(|i| Some(f64::from(i * (12 - i)) * 1e9))
            .collect();
        let peaks = [peak(3_600.0, 36e9), peak(6_600.0, 20e9)];
        let chart = || peak_chart("Whe<n>?", &[], &key(12), LOSS, &seen, &peaks, Some(5e9));
        let texts = [
            "Whe<n>?",
            "mean(dropped) (GB)",
            "event.<vault>.duration (min)",
            "largest: 50m",
            "the scenario as it is",
            "runner-up, checked",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
        let drawn = chart();
        let rows = &drawn.data()[0].rows;
        assert_eq!((rows.len(), rows[4].cells[0].as_str()), (12, "3000s"));
    }

    #[test]
    fn anything_can_be_drawn() {
        for peaks in [&[][..], &[peak(600.0, 0.0)], &[peak(7_200.0, -1e9)]] {
            for seen in [vec![None; 12], vec![Some(0.0); 12], vec![Some(7e12); 12]] {
                let chart = peak_chart("N", &[], &key(12), LOSS, &seen, peaks, None);
                sound(&chart, &["searched"]);
            }
        }
        let one = peak_chart("1", &[], &key(1), LOSS, &[Some(1.0)], &[], Some(1.0));
        sound(&one, &["1"]);
    }
}
