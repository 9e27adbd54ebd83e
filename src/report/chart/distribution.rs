//! How the values of a measure are spread over the replications.
//!
//! What occurs again and again, most often a loss of exactly nothing, has a bar of its own beyond
//! a break in the axis, to the right where it is the largest: a histogram over all would hide that
//! they are two kinds. It has the scale of the other bars, and is cut off where it is far higher.

use super::super::format::{count, interval, replications};
use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::Lanes;
use super::page::{CAPTION, MARGIN, Page, Picture, SMALL, TEXT, WIDTH, whole};
use super::palette::{INK, LINE, MEAN, NARROW_BAND, PAPER};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::{Shape, dashed, hatch};
use super::spread::{FEW, Spread, share};
use super::surface::{Anchor, Frame, Surface, fitted};
use crate::experiment::Sample;
use crate::statistics::{Counted, Quantile, Run};

const LEFT: f64 = 66.0;
const RIGHT: f64 = 660.0;
/// A bar that would be this many times as high as all others is cut off.
const FAR_HIGHER: f64 = 2.5;
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
        let numbers = sample.counted();
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
fn sentence(name: &str, sample: &Sample, numbers: &Counted) -> Option<String> {
    let all = replications((sample.without + numbers.len()) as u64);
    if numbers.is_empty() {
        return Some(format!("{name}: no value in any of {all}"));
    }
    let mut runs: Vec<Run> = numbers.runs().iter().copied().take(3).collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.count));
    let value = |run: Run| Quantity::from(sample.measure.unit()).text(run.number);
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
            let part = |run: Run| {
                let part = Quantity::Ratio.text(share(run.count, numbers.len()));
                format!("{} ({part})", count(run.count as u64))
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

/// What stands where, from left to right.
struct Places {
    /// The bar of what occurs again and again, where there is one.
    atom: (f64, f64),
    /// The middle of the break between it and the others.
    gap: f64,
    others: (f64, f64),
}

impl Places {
    fn of(spread: &Spread) -> Places {
        let (atom, gap, others) = match spread.atom {
            None => ((LEFT, LEFT), LEFT, (LEFT, RIGHT)),
            Some(_) if is_last(spread) => ((614.0, 652.0), 586.0, (LEFT, 550.0)),
            Some(_) => ((74.0, 112.0), 140.0, (176.0, RIGHT)),
        };
        Places { atom, gap, others }
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.atom.0, self.atom.1)
    }
}

/// Whether what occurs again and again is larger than all others, which are bars.
fn is_last(spread: &Spread) -> bool {
    let largest = spread.all.most();
    spread.others.len() >= FEW && largest.is_some_and(|largest| spread.is_atom(largest))
}

struct Mark {
    x: f64,
    name: &'static str,
    /// Where no line goes through the values, the mark is at the atom or at the break.
    line: bool,
}

fn panel(page: &mut Page, name: &str, sample: &Sample, numbers: Counted) {
    let quantity = Quantity::from(sample.measure.unit());
    let spread = Spread::of(quantity, numbers);
    page.y += 4.0;
    page.lines(&note(sample, &spread, quantity), SMALL);
    let few = spread.others.len() < FEW;
    draw_legend(page, &spread);
    let places = Places::of(&spread);
    let axis = Axis {
        scale: spread.scale.clone(),
        from: places.others.0 + 6.0,
        to: places.others.1 - 6.0,
    };
    let mark = |(name, number)| {
        let (x, line) = place(number, &spread, &axis, &places);
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
    let wide = Frame {
        left: LEFT,
        right: RIGHT,
        ..frame
    };
    page.show(data(name, &spread, &axis, &places).within(wide));
    let shares = shares(&spread, frame);
    if !few {
        page.axis_left(&[wide], &shares.ticks());
    } else if spread.atom.is_some() {
        let right = places.gap - 12.0;
        page.axis_left(&[Frame { right, ..wide }], &shares.ticks());
    }
    let mut title = axis.scale.titled(sample.measure.name());
    if let Some(atom) = spread.atom {
        draw_atom(&mut page.on, &spread, atom, (&places, &shares));
        let (others, all) = (spread.others.len(), spread.all.len());
        let part = Quantity::Ratio.text(share(others, all));
        title = format!("the other {} ({part}): {title}", count(others as u64));
    }
    if few {
        draw_dots(&mut page.on, &spread, &axis, frame.bottom);
    } else {
        draw_bars(&mut page.on, &spread, (&axis, &shares));
        draw_curve(&mut page.on, &spread, (&axis, &places), frame);
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
        legend.entry("a replication", |on, frame| {
            Shape::Round.draw(on, frame.middle(), DOT, LINE, true);
        });
    } else {
        legend.area("of all replications, in a bar (left, %)", NARROW_BAND);
        legend.line("at or below (right, %)", LINE, 2.0);
    }
    if let Some((_, count)) = spread.atom {
        let name = match is_cut(spread, share(count, spread.all.len())) {
            true => "exactly one value (left, %), cut off",
            false => "exactly one value (left, %)",
        };
        legend.entry(name, |on, frame| {
            on.fill(frame, NARROW_BAND);
            hatch(on, frame, LINE);
        });
    }
}

/// Its values with the share of all replications that are no greater.
fn data(name: &str, spread: &Spread, axis: &Axis, places: &Places) -> Data {
    let values: Vec<f64> = spread.all.runs().iter().map(|run| run.number).collect();
    let row = |value: &f64| Row {
        x: if spread.is_atom(*value) {
            places.middle()
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

/// The largest share that a bar of the others has; 0 where they are dots.
fn most_of_others(spread: &Spread) -> f64 {
    if spread.others.len() < FEW {
        return 0.0;
    }
    let counts = spread.bins().into_iter().map(|bin| bin.count);
    share(counts.max().unwrap_or_default(), spread.all.len())
}

/// Whether a bar beside the others is so high that they would be flat.
fn is_cut(spread: &Spread, atom: f64) -> bool {
    let most = most_of_others(spread);
    most > 0.0 && atom > FAR_HIGHER * most
}

/// The scale of all bars.
fn shares(spread: &Spread, frame: Frame) -> Axis {
    let atom = spread.atom.map(|(_, count)| share(count, spread.all.len()));
    let atom = atom.filter(|atom| !is_cut(spread, *atom));
    let most = most_of_others(spread).max(atom.unwrap_or(0.0));
    Axis::upright(Scale::of_shares(most), frame)
}

/// The histogram of the others.
fn draw_bars(on: &mut Surface, spread: &Spread, (axis, shares): (&Axis, &Axis)) {
    let bottom = shares.from;
    for bin in spread.bins().iter().filter(|bin| bin.count > 0) {
        let (left, right) = (axis.at(bin.low), axis.at(bin.high));
        let gap = if right - left > 4.0 { 0.5 } else { 0.0 };
        let bar = Frame {
            left: left + gap,
            right: (right - gap).max(left + gap + 1.0),
            // What occurs is seen.
            top: shares
                .at(share(bin.count, spread.all.len()))
                .min(bottom - 1.0),
            bottom,
        };
        on.fill(bar, NARROW_BAND);
    }
}

/// The share of all replications at or below each value.
fn draw_curve(on: &mut Surface, spread: &Spread, (axis, places): (&Axis, &Places), frame: Frame) {
    let shares = Axis::upright(Scale::of_shares(1.0), frame);
    // What stands to the right of the others is counted there.
    let most = if is_last(spread) {
        share(spread.others.len(), spread.all.len())
    } else {
        1.0
    };
    let point = |i: u32| {
        let part = f64::from(i) / f64::from(STEPS);
        let share = spread.share_up_to(axis.scale.number(part)).min(most);
        (axis.from + (axis.to - axis.from) * part, shares.at(share))
    };
    let points: Vec<(f64, f64)> = (0..=STEPS).map(point).collect();
    on.line(&points, LINE, 2.0);
    // Between the others and what stands beside them the share stays as it is.
    if is_last(spread) {
        let y = shares.at(most);
        dashed(
            on,
            &[(axis.to, y), (places.atom.0, y)],
            (2.0, 3.0),
            LINE,
            1.0,
        );
        on.line(&[(places.atom.1, shares.to), (RIGHT, shares.to)], LINE, 2.0);
    } else if spread
        .all
        .least()
        .is_some_and(|least| spread.is_atom(least))
    {
        let y = points[0].1;
        dashed(
            on,
            &[(places.atom.1, y), (axis.from, y)],
            (2.0, 3.0),
            LINE,
            1.0,
        );
    }
    for (y, name) in shares.ticks() {
        on.line(&[(RIGHT, y), (RIGHT + 4.0, y)], LINE, 1.0);
        on.text(&name, (RIGHT + 8.0, y + 4.0), TEXT, Anchor::Left, LINE);
    }
}

/// A bar for what occurs again and again, on the scale of the other bars.
fn draw_atom(
    on: &mut Surface,
    spread: &Spread,
    (number, count): (f64, usize),
    (places, shares): (&Places, &Axis),
) {
    let share = share(count, spread.all.len());
    let bottom = shares.from;
    let bar = Frame {
        left: places.atom.0,
        right: places.atom.1,
        top: shares.at(share).min(bottom - 1.0),
        bottom,
    };
    on.fill(bar, NARROW_BAND);
    hatch(on, bar, LINE);
    if is_cut(spread, share) {
        let y = bar.top + 14.0;
        let slant = [(bar.left - 4.0, y + 5.0), (bar.right + 4.0, y - 5.0)];
        on.line(&slant, PAPER, 6.0);
        for lower in [-3.0, 3.0] {
            on.line(&slant.map(|(x, y)| (x, y + lower)), INK, 1.2);
        }
    }
    let (near, far) = match is_last(spread) {
        true => (places.gap, bar.right + 8.0),
        false => (bar.left - 8.0, places.gap),
    };
    on.line(&[(near, bottom), (far, bottom)], INK, 1.0);
    for x in [places.gap - 3.0, places.gap + 3.0] {
        let slash = [(x - 3.0, bottom + 6.0), (x + 3.0, bottom - 6.0)];
        on.line(&slash, INK, 1.2);
    }
    let value = format!("exactly {}:", spread.scale.quantity.text(number));
    for (words, y) in [(value, 17.0), (Quantity::Ratio.text(share), 33.0)] {
        let at = (places.middle(), bottom + y);
        on.text(&words, at, TEXT, Anchor::Center, INK);
    }
}

/// Few values: a dot each, above each other where they would touch.
fn draw_dots(on: &mut Surface, spread: &Spread, axis: &Axis, bottom: f64) {
    let dots = spread.others.runs().iter();
    let dots = dots.flat_map(|run| std::iter::repeat_n(axis.at(run.number), run.count));
    let places: Vec<f64> = dots.collect();
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
    let largest = spread.all.most().map(|number| ("largest", number));
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
    [("p50", 50), ("p95", 95), ("p99", 99)]
        .map(|(name, percent)| (name, spread.all.quantile(Quantile::percent(percent))))
}

/// Where a number is: at the atom, among the others, or where the axis is broken.
fn place(number: f64, spread: &Spread, axis: &Axis, places: &Places) -> (f64, bool) {
    match spread.atom {
        Some((atom, _)) if atom.to_bits() == number.to_bits() => (places.middle(), false),
        Some(_) if number < axis.scale.low || number > axis.scale.high => (places.gap, false),
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
    fn a_bar_beside_the_others_has_their_scale() {
        let frame = Frame {
            left: 0.0,
            right: 700.0,
            top: 0.0,
            bottom: 100.0,
        };
        let spread = |zeros: u64| {
            let volume = |i: u64| i.saturating_sub(zeros) * 1_000_000_000;
            let sample = volumes((0..1_000).map(volume));
            Spread::of(Quantity::Volume, sample.counted())
        };
        // 960 times as often as another value, which are in bars of a few.
        assert!(is_cut(&spread(960), 0.96));
        let near = spread(100);
        assert!(!is_cut(&near, 0.101) && shares(&near, frame).scale.high >= 0.101);
        assert_eq!(Places::of(&near).atom, (74.0, 112.0));
        // What is the largest of all stands to the right.
        let full = volumes((0..1_000u64).map(|i| i.min(700) * 1_000_000_000));
        let last = Spread::of(Quantity::Volume, full.counted());
        let places = Places::of(&last);
        assert!(places.others.1 < places.gap && places.gap < places.atom.0);
        let chart = distribution_chart("Full", &[("buffered_peak", &full)]);
        sound(&chart, &["exactly 700 GB:", "30%", "cut off"]);
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
