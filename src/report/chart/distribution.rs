//! How the values of a measure are spread over the replications.
//!
//! What occurs again and again, most often a loss of exactly nothing, has a bar of its own left
//! of a break in the axis: beside it the other values could not be seen, and a histogram over
//! all would hide that they are two kinds.

use super::super::format::{count, interval, replications};
use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::Lanes;
use super::page::{CAPTION, MARGIN, Page, Picture, SMALL, TEXT, WIDTH, whole};
use super::palette::{INK, LINE, MEAN, NARROW_BAND, PAPER};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed, hatch};
use super::spread::{Bin, FEW, Spread, share};
use super::surface::{Anchor, Frame, Surface, fitted};
use crate::experiment::Sample;
use crate::statistics::Quantile;

const LEFT: f64 = 66.0;
const RIGHT: f64 = 660.0;
/// Where the bar of what occurs again and again stands, and where the others begin.
const ATOM: (f64, f64) = (58.0, 96.0);
const OTHERS: f64 = 176.0;
/// The middle of the break in the axis.
const BREAK: f64 = 114.0;
const HEIGHT: f64 = 130.0;
/// The same where there are dots only.
const LOW: f64 = 64.0;
const DOT: f64 = 4.0;
/// The number of pieces of the curve of shares.
const STEPS: u32 = 600;
/// Quantiles closer to each other share a label.
const NEAREST: f64 = 8.0;

/// Pictures of how each of `measures` is spread over its replications: its name and its sample.
/// Up to six stay readable.
///
/// A measure that is the same in all replications is a sentence, fewer than 20 values are dots.
pub fn distribution_chart(title: &str, measures: &[(&str, &Sample)]) -> Picture {
    let mut page = Page::new(title, &[], WIDTH);
    for (name, sample) in measures {
        let numbers: Vec<f64> = sample.numbers().collect();
        let sentence = sentence(name, sample, &numbers);
        let words = sentence.as_deref().unwrap_or(name);
        let words = fitted(words, CAPTION, WIDTH - 2.0 * MARGIN);
        Legend::new(&mut page, &words);
        if sentence.is_none() {
            panel(&mut page, name, sample, numbers);
        }
        page.y += 8.0;
    }
    page.done()
}

/// What is said of a measure that does not vary, or has two values only.
fn sentence(name: &str, sample: &Sample, numbers: &[f64]) -> Option<String> {
    let all = replications((sample.without + numbers.len()) as u64);
    if numbers.is_empty() {
        return Some(format!("{name}: no value in any of {all}"));
    }
    let runs = numbers.chunk_by(|one, next| one.to_bits() == next.to_bits());
    let mut runs: Vec<&[f64]> = runs.take(3).collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
    let value = |run: &[f64]| Quantity::from(sample.measure.unit()).text(run[0]);
    match runs[..] {
        [only] => {
            let whose = match (numbers.len(), sample.without) {
                (1, 0) => "the only replication".to_owned(),
                (_, 0) => format!("all {all}"),
                (n, _) => format!("all {} of {all} that have a value", count(n as u64)),
            };
            Some(format!("{name}: {} in {whose}", value(only)))
        }
        [most, rest] if numbers.len() >= FEW => {
            let part = |run: &[f64]| {
                let part = Quantity::Ratio.text(share(run.len(), numbers.len()));
                format!("{} ({part})", count(run.len() as u64))
            };
            let whose = match sample.without {
                0 => all,
                _ => format!("{} that have a value", count(numbers.len() as u64)),
            };
            Some(format!(
                "{name}: {} in {} of {whose}, {} in the other {}",
                value(most),
                part(most),
                value(rest),
                part(rest)
            ))
        }
        _ => None,
    }
}

struct Mark {
    x: f64,
    name: &'static str,
    /// Where no line goes through the values, the mark is at the atom or at the break.
    line: bool,
}

fn panel(page: &mut Page, name: &str, sample: &Sample, numbers: Vec<f64>) {
    let quantity = Quantity::from(sample.measure.unit());
    let spread = Spread::of(quantity, numbers);
    page.y += 4.0;
    page.lines(&note(sample, &spread, quantity), SMALL);
    let few = spread.others.len() < FEW;
    draw_legend(page, &spread);
    let axis = Axis {
        scale: spread.scale.clone(),
        from: if spread.atom.is_some() { OTHERS } else { LEFT } + 6.0,
        to: RIGHT - 6.0,
    };
    let mark = |(name, number)| {
        let (x, line) = place(number, &spread, &axis);
        Mark { x, name, line }
    };
    let mut quantiles = quantiles(&spread).map(mark);
    quantiles.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mean = sample.mean.map(|mean| mark(("mean", mean.mean)));
    let lanes = Lanes::of_labels(&labels(&quantiles, mean.as_ref()), (MARGIN, WIDTH - 4.0));
    let height = if few && spread.atom.is_none() {
        LOW
    } else {
        HEIGHT
    };
    let frame = page.panel(6.0 + lanes.height(), height);
    let inner = Frame {
        left: axis.from,
        right: axis.to,
        ..frame
    };
    page.show(data(name, &spread, &axis).within(Frame {
        left: ATOM.0,
        right: RIGHT,
        ..frame
    }));
    let mut title = axis.scale.titled(sample.measure.name());
    if let Some(atom) = spread.atom {
        draw_atom(&mut page.on, &spread, atom, inner);
        let (others, all) = (spread.others.len(), spread.all.len());
        let part = Quantity::Ratio.text(share(others, all));
        title = format!("the other {} ({part}): {title}", count(others as u64));
    }
    if few {
        draw_dots(&mut page.on, &spread, &axis, frame.bottom);
    } else {
        draw_bars(page, &spread, &axis, inner);
        draw_curve(&mut page.on, &spread, &axis, frame);
    }
    draw_marks(&mut page.on, &quantiles, mean.as_ref(), frame);
    lanes.draw_labels(&mut page.on, frame.top);
    if let Some(mean) = mean {
        Shape::Diamond.draw(&mut page.on, (mean.x, frame.top), 3.0, MEAN, true);
    }
    page.axis_below(inner, &axis.ticks(), &title);
}

/// A dashed line at each quantile, and a full one at the mean, which hides none of them.
fn draw_marks(on: &mut Surface, quantiles: &[Mark], mean: Option<&Mark>, frame: Frame) {
    let down = |mark: &Mark| [(mark.x, frame.top), (mark.x, frame.bottom)];
    let mean = mean.filter(|mark| mark.line).map(down);
    if let Some(line) = mean {
        on.line(&line, PAPER, 3.6);
        on.line(&line, MEAN, 1.8);
    }
    for mark in quantiles.iter().filter(|mark| mark.line) {
        dashed(on, &down(mark), (4.0, 3.0), INK, 1.0);
    }
}

fn draw_legend(page: &mut Page, spread: &Spread) {
    let mut legend = Legend::new(page, "");
    if spread.others.len() < FEW {
        return legend.entry("a replication", |on, frame| {
            Shape::Round.draw(on, frame.middle(), DOT, LINE, true);
        });
    }
    legend.area("of all replications, in a bar (left, %)", NARROW_BAND);
    legend.line("at or below (right, %)", LINE, 2.0);
    if spread.atom.is_some() {
        legend.entry("exactly so (right, %)", |on, frame| {
            on.fill(frame, NARROW_BAND);
            hatch(on, frame, LINE);
        });
    }
}

/// Its values with the share of all replications that are no greater.
fn data(name: &str, spread: &Spread, axis: &Axis) -> Data {
    let mut values = spread.all.clone();
    values.dedup_by_key(|value| value.to_bits());
    let row = |value: &f64| Row {
        x: if spread.is_atom(*value) {
            f64::midpoint(ATOM.0, ATOM.1)
        } else {
            axis.at(*value)
        },
        cells: vec![
            axis.scale.quantity.text(*value),
            Quantity::Ratio.text(spread.share_up_to(*value)),
        ],
    };
    Data::of(name, &["Value", "No greater in"], &values, row)
}

/// The histogram of the others, with its own scale.
fn draw_bars(page: &mut Page, spread: &Spread, axis: &Axis, frame: Frame) {
    let bins = spread.bins();
    let height = |bin: &Bin| share(bin.count, spread.all.len());
    let most = bins.iter().map(height).fold(0.0, f64::max);
    let shares = Axis::upright(Scale::of_shares(most), frame);
    let around = Frame {
        left: frame.left - 6.0,
        right: RIGHT,
        ..frame
    };
    page.axis_left(&[around], &shares.ticks());
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        let (left, right) = (axis.at(bin.low), axis.at(bin.high));
        let gap = if right - left > 4.0 { 0.5 } else { 0.0 };
        let bar = Frame {
            left: left + gap,
            right: (right - gap).max(left + gap + 1.0),
            // What occurs is seen.
            top: shares.at(height(bin)).min(frame.bottom - 1.0),
            bottom: frame.bottom,
        };
        page.on.fill(bar, NARROW_BAND);
    }
}

/// The share of all replications at or below each value.
fn draw_curve(on: &mut Surface, spread: &Spread, axis: &Axis, frame: Frame) {
    let shares = Axis::upright(Scale::of_shares(1.0), frame);
    let point = |i: u32| {
        let part = f64::from(i) / f64::from(STEPS);
        let share = spread.share_up_to(axis.scale.number(part));
        (axis.from + (axis.to - axis.from) * part, shares.at(share))
    };
    let points: Vec<(f64, f64)> = (0..=STEPS).map(point).collect();
    on.line(&points, LINE, 2.0);
    for (y, name) in shares.ticks() {
        on.line(&[(RIGHT, y), (RIGHT + 4.0, y)], LINE, 1.0);
        on.text(&name, (RIGHT + 8.0, y + 4.0), TEXT, Anchor::Left, LINE);
    }
}

/// A bar for what occurs again and again, on the scale of the curve.
fn draw_atom(on: &mut Surface, spread: &Spread, (number, count): (f64, usize), frame: Frame) {
    let share = share(count, spread.all.len());
    let bottom = frame.bottom;
    let bar = Frame {
        left: ATOM.0,
        right: ATOM.1,
        top: (bottom - (bottom - frame.top) * share).min(bottom - 1.0),
        bottom,
    };
    on.fill(bar, NARROW_BAND);
    hatch(on, bar, LINE);
    if spread.others.len() >= FEW && spread.is_atom(spread.all[0]) {
        let along = [(bar.right, bar.top), (frame.left, bar.top)];
        dashed(on, &along, (2.0, 3.0), LINE, 1.0);
    }
    on.line(&[(ATOM.0 - 8.0, bottom), (BREAK, bottom)], INK, 1.0);
    for x in [BREAK - 3.0, BREAK + 3.0] {
        let slash = [(x - 3.0, bottom + 6.0), (x + 3.0, bottom - 6.0)];
        on.line(&slash, INK, 1.2);
    }
    let middle = f64::midpoint(ATOM.0, ATOM.1);
    let value = format!("exactly {}:", spread.scale.quantity.text(number));
    for (words, y) in [(value, 17.0), (Quantity::Ratio.text(share), 33.0)] {
        on.text(&words, (middle, bottom + y), TEXT, Anchor::Center, INK);
    }
}

/// Few values: a dot each, above each other where they would touch.
fn draw_dots(on: &mut Surface, spread: &Spread, axis: &Axis, bottom: f64) {
    let places: Vec<f64> = spread.others.iter().map(|of| axis.at(*of)).collect();
    for (x, level) in places.iter().zip(levels(&places)) {
        let y = bottom - 2.0 - DOT - level * 2.2 * DOT;
        Shape::Round.draw(on, (*x, y), DOT, LINE, true);
    }
}

/// How many replications, how many have no value, the mean and the quantiles.
fn note(sample: &Sample, spread: &Spread, quantity: Quantity) -> String {
    let values = sample.nonzero.count;
    let mut note = replications((values + sample.without) as u64);
    if sample.without > 0 {
        note += &format!(", {} of them without a value", count(sample.without as u64));
    }
    if let Some(mean) = sample.mean {
        note += &format!("; mean {}", quantity.text(mean.mean));
        if let Some(ends) = mean.interval() {
            let unit = sample.measure.unit();
            let ends = interval(unit, ends, |_, end| quantity.text(end));
            note += &format!(" (95% interval {ends})");
        }
    }
    let largest = spread.all.last().map(|number| ("largest", *number));
    for (name, number) in quantiles(spread).into_iter().chain(largest) {
        note += &format!(", {name} {}", quantity.text(number));
    }
    note
}

/// What stands at the marks, from left to right: the mean always has a label of its own.
fn labels(quantiles: &[Mark], mean: Option<&Mark>) -> Vec<(f64, String)> {
    let mut labels: Vec<(f64, String)> = Vec::new();
    for mark in quantiles {
        match labels.last_mut().filter(|last| mark.x - last.0 < NEAREST) {
            Some(last) => last.1 += &format!(", {}", mark.name),
            None => labels.push((mark.x, mark.name.to_owned())),
        }
    }
    labels.extend(mean.map(|mean| (mean.x, mean.name.to_owned())));
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    labels
}

/// Quantiles of all values, with their names.
fn quantiles(spread: &Spread) -> [(&'static str, f64); 3] {
    [("p50", 50), ("p95", 95), ("p99", 99)].map(|(name, percent)| {
        let rank = Quantile::percent(percent).rank(spread.all.len());
        (name, spread.all[rank - 1])
    })
}

/// Where a number is: at the atom, among the others, or where the axis is broken.
fn place(number: f64, spread: &Spread, axis: &Axis) -> (f64, bool) {
    match spread.atom {
        Some((atom, _)) if atom.to_bits() == number.to_bits() => {
            (f64::midpoint(ATOM.0, ATOM.1), false)
        }
        Some(_) if number < axis.scale.low || number > axis.scale.high => (BREAK, false),
        _ => (axis.at(number), true),
    }
}

/// How high dots in places from left to right are, so that none touches another.
fn levels(places: &[f64]) -> Vec<f64> {
    let mut ends: Vec<f64> = Vec::new();
    let mut levels = Vec::new();
    for x in places {
        let level = ends.iter().position(|end| x - end >= 2.2 * DOT);
        let level = level.unwrap_or_else(|| {
            ends.push(0.0);
            ends.len() - 1
        });
        ends[level] = *x;
        levels.push(whole(level));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;
    use crate::scenario::{Measure, Value};
    use crate::units::{Duration, Volume};

    fn sample(measure: Measure, values: impl Iterator<Item = Option<Value>>) -> Sample {
        Sample::of_values(measure, values)
    }

    fn volumes(bytes: impl Iterator<Item = u64>) -> Sample {
        let volume = |bytes| Some(Value::Volume(Volume::from_bytes(bytes)));
        sample(Measure::Dropped, bytes.map(volume))
    }

    #[test]
    fn zeros_have_a_bar_of_their_own() {
        let losses = volumes((0..1_000_u64).map(|i| i.saturating_sub(971) * 1_000_000_000));
        let chart = distribution_chart("Losses <a> & b", &[("all \"logs\" <x>", &losses)]);
        sound(
            &chart,
            &[
                "Losses <a> & b",
                "all \"logs\" <x>",
                "exactly 0 B:",
                "97.2%",
                "the other 28 (2.8%): dropped (GB)",
                "1,000 replications; mean 406 MB",
                "p50, p95",
                "at or below (right, %)",
            ],
        );
        let again = distribution_chart("Losses <a> & b", &[("all \"logs\" <x>", &losses)]);
        assert_eq!(chart, again);
    }

    #[test]
    fn what_never_varies_is_a_sentence() {
        let nothing = volumes(std::iter::repeat_n(0, 1_000));
        let once = volumes(std::iter::once(5));
        let never = sample(Measure::TimeToRevoke, std::iter::repeat_n(None, 50));
        let chart = distribution_chart(
            "Constants",
            &[("dropped", &nothing), ("one", &once), ("revoked", &never)],
        );
        sound(
            &chart,
            &[
                "dropped: 0 B in all 1,000 replications",
                "one: 5 B in the only replication",
                "revoked: no value in any of 50 replications",
            ],
        );
        assert!(!chart.svg().contains("<polyline"), "nothing is drawn");
    }

    #[test]
    fn the_mean_stands_at_its_own_place() {
        let mark = |name, x| Mark {
            x,
            name,
            line: true,
        };
        let texts = |mean, p95| {
            let quantiles = [mark("p50", 100.0), mark("p95", p95), mark("p99", 300.0)];
            labels(&quantiles, Some(&mark("mean", mean)))
        };
        let label = |x, name: &str| (x, name.to_owned());
        let close = [
            label(100.0, "p50"),
            label(101.0, "mean"),
            label(200.0, "p95"),
        ];
        assert_eq!(texts(101.0, 200.0)[..3], close);
        let shared = [
            label(100.0, "p50, p95"),
            label(103.0, "mean"),
            label(300.0, "p99"),
        ];
        assert_eq!(texts(103.0, 106.0), shared);
        // Nearly symmetric: the mean is 1 % above the median, and both have a label.
        let close = volumes((0..501).map(|i| i * 1_000_000 + (i / 500) * 5_000_000_000));
        let chart = distribution_chart("Close", &[("dropped", &close)]);
        sound(&chart, &["p50", "mean", "p95"]);
        let labels = |word: &str| chart.svg().matches(&format!("\n{word}\n")).count();
        assert_eq!(
            (labels("p50"), labels("mean"), labels("p50, mean")),
            (1, 1, 0)
        );
    }

    #[test]
    fn two_values_are_a_sentence() {
        let two = volumes((0..1_000).map(|i| 5 * u64::from(i < 12)));
        let times = |i: i64| (i > 0).then_some(Value::Duration(Duration::from_millis(i / 90)));
        let some = sample(Measure::TimeToRevoke, (0..100).map(times));
        let chart = distribution_chart("Two", &[("dropped", &two), ("revoked", &some)]);
        sound(
            &chart,
            &[
                "dropped: 0 B in 988 (98.8%) of 1,000 replications, 5 B in the other 12 (1.2%)",
                "revoked: 0s in 89 (89.9%) of 99 that have a value, 1ms in the other 10 (10.1%)",
            ],
        );
        assert!(!chart.svg().contains("<polyline"), "nothing is drawn");
    }

    #[test]
    fn few_values_are_dots() {
        let few = volumes([1, 1, 1, 7, 9].into_iter());
        let chart = distribution_chart("Few", &[("dropped", &few)]);
        sound(&chart, &["a replication", "dropped (B)"]);
        // Each on white, one in the legend, and the mean.
        assert_eq!(chart.svg().matches("<polygon").count(), 2 * (5 + 1 + 1));
        let levels = levels(&[10.0, 10.0, 12.0, 40.0]);
        assert_eq!(levels, [0.0, 1.0, 2.0, 0.0]);
    }

    #[test]
    fn anything_can_be_drawn() {
        let wide = volumes((0..3_000).map(|i| 1 << (i % 50)));
        let two = volumes([1, 1_000_000_000_000_000].into_iter());
        let pair = volumes((0..100).map(|i| 5_000 * (i % 2)));
        let close = volumes((0..500).map(|i| 1_000_000_000_000_000 + i % 21));
        let ratios = sample(
            Measure::QueryAvailability,
            (0..100).map(|i| Some(Value::Ratio(1.0 - f64::from(i / 2) * 1e-7))),
        );
        let times = sample(
            Measure::TimeToRevoke,
            (0..100).map(|i| (i % 3 > 0).then_some(Value::Duration(Duration::from_millis(i * i)))),
        );
        let name = "a name that is much too long for one line of a picture, <with> & \"all\" of it";
        let measures = [&wide, &two, &pair, &close, &ratios, &times];
        let measures: Vec<(&str, &Sample)> =
            measures.into_iter().map(|sample| (name, sample)).collect();
        let chart = distribution_chart(&name.repeat(3), &measures);
        let texts = [
            "(logarithmic)",
            "(B above 1 PB)",
            "34 of them without a value",
        ];
        sound(&chart, &texts);
    }
}
