//! How two scenarios differ, measure by measure.

use super::super::format::{difference, interval, narrow_percent, of_unit};
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{MARGIN, Page, Picture, SMALL, TEXT, WIDTH, whole};
use super::palette::{FAINT, INK, LINE, RULE};
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::Shape;
use super::surface::{Anchor, Frame, fitted, wrapped};
use crate::experiment::{Finding, Pairs};
use crate::scenario::Unit;
use crate::statistics::Interval;

const FROM: f64 = 206.0;
const TO: f64 = 496.0;
/// Where the numbers begin.
const NUMBERS: f64 = 516.0;
const ROW: f64 = 32.0;
/// What differs this many times more than others is cut: beside it they could not be seen.
const MOST: f64 = 5.0;

/// How a measure differs between two scenarios on common random numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The measure, with whose it is.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Its values in both.
    pub pairs: Pairs,
}

impl Difference {
    /// The difference and its interval as parts of the first mean, where that is not 0. No measure
    /// is below 0: no more than all of it can be missing.
    fn relative(&self) -> Option<(f64, Interval)> {
        let relative = self.pairs.relative()?;
        let mean = relative.mean;
        let ends = relative.interval().unwrap_or(Interval {
            low: mean,
            high: mean,
        });
        let low = ends.low.max(-1.0);
        Some((mean, Interval { low, ..ends }))
    }

    /// How far from 0 its mark reaches.
    fn reach(&self) -> Option<f64> {
        let (mean, ends) = self.relative()?;
        Some(mean.abs().max(-ends.low).max(ends.high))
    }

    /// The mean difference, also as a part of the first mean, and the interval of it.
    fn words(&self) -> [String; 2] {
        let mean = self.pairs.difference;
        let ends = mean
            .interval()
            .map(|ends| interval(self.unit, ends, difference));
        let part = self.pairs.relative().map(|of| signed_percent(of.mean));
        let part = part.map_or_else(String::new, |part| format!(" ({part})"));
        [
            format!("{}{part}", difference(self.unit, mean.mean)),
            ends.unwrap_or_else(|| "too few differ for an interval".to_owned()),
        ]
    }
}

fn signed_percent(part: f64) -> String {
    let sign = if part < 0.0 { "-" } else { "+" };
    format!("{sign}{}", narrow_percent(part.abs()))
}

/// A picture of how the scenario `second` differs from `first`: the mean of each difference
/// with its interval, as a part of the first mean, and in the unit of the measure beside it.
pub fn difference_chart(
    title: &str,
    notes: &[String],
    (first, second): (&str, &str),
    differences: &[Difference],
) -> Picture {
    let mut notes = notes.to_vec();
    notes.push(format!("A: {first}"));
    notes.push(format!("B: {second}"));
    let mut page = Page::new(title, &notes, WIDTH);
    page.show(data(differences));
    let mut legend = Legend::new(&mut page, "");
    for finding in [Finding::Differs, Finding::Unclear] {
        legend.entry(finding.words(), |on, frame| {
            on.line(&frame.level(), LINE, 2.0);
            Shape::Square.draw(on, frame.middle(), 4.0, LINE, finding == Finding::Differs);
        });
    }
    let frame = Frame {
        left: FROM,
        right: TO,
        ..page.panel(20.0, ROW * whole(differences.len()))
    };
    let reach = reach(differences);
    let axis = Axis::level(scale(differences, reach), frame);
    let ticks = axis.ticks();
    page.rules(frame, &ticks);
    let zero = axis.at(0.0);
    page.on
        .line(&[(zero, frame.top - 4.0), (zero, frame.bottom)], INK, 1.4);
    let at = (NUMBERS, frame.top - 6.0);
    let heading = "B - A (of A), 95% interval";
    page.on.text(heading, at, SMALL, Anchor::Left, FAINT);
    let mut top = frame.top;
    for difference in differences {
        draw_row(&mut page, difference, &axis, reach, top + ROW / 2.0);
        top += ROW;
        page.on
            .line(&[(MARGIN, top), (WIDTH - MARGIN, top)], RULE, 0.8);
    }
    let title = axis
        .scale
        .titled("mean of B - A, relative to the mean of A");
    page.axis_below(frame, &ticks, &title);
    page.done()
}

/// From the least to the most difference that is within reach.
fn scale(differences: &[Difference], reach: f64) -> Scale {
    let ends = differences.iter().filter_map(Difference::relative);
    let ends = ends.flat_map(|(mean, ends)| [mean, ends.low, ends.high]);
    let ends = ends.map(|end| end.clamp(-reach, reach));
    let (least, most) = match range(ends.chain([0.0])) {
        (0.0, 0.0) => (-0.01, 0.01),
        ends => ends,
    };
    Scale::linear(Quantity::Ratio, least, most, 4)
}

/// How far from 0 the axis goes: as far as most marks reach, and further as long as the next is
/// not much further.
fn reach(differences: &[Difference]) -> f64 {
    let mut all: Vec<f64> = differences.iter().filter_map(Difference::reach).collect();
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    let mut reach = all.get(middle).copied().unwrap_or_default();
    for next in all.into_iter().skip(middle) {
        if reach > 0.0 && next > MOST * reach {
            break;
        }
        reach = next;
    }
    reach
}

fn draw_row(page: &mut Page, row: &Difference, axis: &Axis, reach: f64, middle: f64) {
    let lines = wrapped(&row.name, TEXT, FROM - MARGIN - 14.0);
    let mut y = middle + if lines.len() > 1 { -2.0 } else { 4.0 };
    let on = &mut page.on;
    for line in lines.iter().take(2) {
        on.text(line, (MARGIN, y), TEXT, Anchor::Left, INK);
        y += 14.0;
    }
    let room = WIDTH - NUMBERS - 6.0;
    let [mean, ends] = row.words();
    let (mean, ends) = (fitted(&mean, TEXT, room), fitted(&ends, SMALL, room));
    on.text(&mean, (NUMBERS, middle - 2.0), TEXT, Anchor::Left, INK);
    on.text(&ends, (NUMBERS, middle + 12.0), SMALL, Anchor::Left, FAINT);
    let Some((mean, ends)) = row.relative() else {
        let at = (f64::midpoint(FROM, TO), middle + 4.0);
        return on.text_on_paper("the mean of A is 0", at, SMALL);
    };
    on.line(
        &[(axis.at(ends.low), middle), (axis.at(ends.high), middle)],
        LINE,
        2.0,
    );
    let differs = row.pairs.finding() == Finding::Differs;
    if mean.abs() <= reach {
        let at = (axis.at(mean), middle);
        return Shape::Square.draw(on, at, 4.5, LINE, differs);
    }
    // Beyond the end of the axis, which way is told by an arrow.
    let (x, turn) = if mean > 0.0 { (TO, 1.0) } else { (FROM, -1.0) };
    let corners = [
        (x + 8.0 * turn, middle),
        (x - 2.0 * turn, middle - 5.5),
        (x - 2.0 * turn, middle + 5.5),
    ];
    on.polygon(&corners, LINE);
}

fn data(differences: &[Difference]) -> Data {
    let header = ["Measure", "Mean of A", "B - A (of A)", "95% interval", ""];
    let row = |of: &Difference| {
        let [mean, ends] = of.words();
        let first = of_unit(of.unit, of.pairs.first.mean);
        let finding = of.pairs.finding().words().to_owned();
        Row {
            x: 0.0,
            cells: vec![of.name.clone(), first, mean, ends, finding],
        }
    };
    Data::of("Differences of the means", &header, differences, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;
    use crate::statistics::Mean;

    /// A hundred pairs, of which the first all have the same value; too few differ for an interval
    /// where `sd` is below 0.
    fn row(name: &str, unit: Unit, first: f64, mean: f64, sd: f64) -> Difference {
        let of = |mean, sd: f64| Mean {
            count: 100,
            nonzero: if sd < 0.0 { 3 } else { 100 },
            apart: match sd {
                ..0.0 => 3,
                0.0 => 0,
                _ => 100,
            },
            mean,
            sd: sd.abs(),
        };
        let pairs = Pairs {
            first: of(first, 0.0),
            second: of(first + mean, sd),
            difference: of(mean, sd),
            median: mean,
            larger: 100,
            equal: 0,
            smaller: 0,
        };
        let name = name.to_owned();
        Difference { name, unit, pairs }
    }

    #[test]
    fn every_measure_has_a_row() {
        let rows = [
            row("dropped", Unit::Volume, 40e9, -12.3e9, 10e9),
            row(
                "workspace <a & b>: query_downtime",
                Unit::Duration,
                3_600.0,
                60.0,
                900.0,
            ),
            row("buffered", Unit::Volume, 0.0, 2e9, 5e9),
            row("query_availability", Unit::Ratio, 0.99, 0.001_2, 0.000_1),
            row("interruptions", Unit::Count, 1.0, 40.0, 2.0),
            row("destroyed", Unit::Volume, 1e9, 1e6, -1.0),
        ];
        let chart = || {
            let sides = ("plan <A> & more", "plan B");
            difference_chart("Two plans", &[], sides, &rows)
        };
        let texts = [
            "A: plan <A> & more",
            "B: plan B",
            "-12.3 GB (-30.8%)",
            "-14.3 to -10.3 GB",
            "differs",
            "not distinguishable at 95%",
            "the mean of A is 0",
            "too few differ for an interval",
            "+0.12 points (+0.12%)",
            "mean of B - A, relative to the mean of A (%)",
        ];
        sound(&chart(), &texts);
        assert_eq!(chart(), chart());
    }

    #[test]
    fn no_more_than_all_is_missing() {
        let all = row("m", Unit::Count, 10.0, -10.0, 40.0);
        let (mean, ends) = all.relative().expect("the first is not 0");
        assert!((mean + 1.0).abs() < 1e-12 && (ends.low + 1.0).abs() < 1e-12);
        assert!(ends.high > -0.5);
        assert_eq!(all.words()[0], "-10 (-100%)");
    }

    #[test]
    fn what_differs_much_more_is_cut() {
        let of = |mean| row("m", Unit::Count, 10.0, mean, -1.0);
        let near = |rows: &[Difference], expected: f64| (reach(rows) - expected).abs() < 1e-12;
        assert!(near(&[of(1.0), of(-2.0), of(3.0), of(900.0)], 0.3));
        assert!(near(&[of(0.0), of(0.0), of(-5.0)], 0.5));
        assert!(near(&[of(900.0)], 90.0));
        assert!(near(&[], 0.0));
    }

    #[test]
    fn anything_can_be_drawn() {
        let sides = ("a", "b");
        sound(&difference_chart("N", &[], sides, &[]), &["A: a"]);
        let same = [row("m", Unit::Volume, 5.0, 0.0, 0.0)];
        sound(&difference_chart("S", &[], sides, &same), &["0 B"]);
        let many: Vec<Difference> = (0..40)
            .map(|i| {
                row(
                    "a measure",
                    Unit::Volume,
                    1e12,
                    f64::from(i - 20) * 1e10,
                    5e10,
                )
            })
            .collect();
        sound(
            &difference_chart("M", &[], sides, &many),
            &["+190 GB (+19%)"],
        );
    }
}
