//! What is given up for what: cost against a risk, with the line of what nothing beats in both.

use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{CAPTION, Page, Picture, TEXT, WIDTH};
use super::palette::{FAINT, INK, LINE, MEAN};
use super::quantity::Quantity;
use super::scale::{Axis, Scale, range};
use super::shape::{Shape, dashed, outcome};
use super::surface::{Anchor, Frame, Surface, fitted, text_width};
use crate::experiment::Outcome;

const HEIGHT: f64 = 300.0;
const LIMIT: (f64, f64) = (6.0, 3.0);
/// Above the panel: room for the answer.
const ABOVE: f64 = 34.0;

/// A choice.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Choice {
    /// In words.
    pub(in crate::report) name: String,
    pub(in crate::report) cost: f64,
    pub(in crate::report) risk: f64,
    /// Whether what was seen keeps all promises.
    pub(in crate::report) holds: bool,
    /// Whether nothing is better in both.
    pub(in crate::report) frontier: bool,
    pub(in crate::report) answer: bool,
}

/// A picture of choices by cost and by what is promised of them, with the limit of that where there
/// is one.
pub(in crate::report) fn frontier_chart(
    title: &str,
    notes: &[String],
    (cost, cost_in): (&str, Quantity),
    (risk, risk_in, limit): (&str, Quantity, Option<f64>),
    choices: &[Choice],
) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let (least, most) = range(choices.iter().map(|choice| choice.risk).chain(limit));
    let scale = Scale::narrow(risk_in, least, most, 5);
    let name = fitted(risk, CAPTION, WIDTH / 2.0);
    draw_legend(&mut page, &scale.titled(&name), limit.is_some());
    let frame = page.panel(ABOVE, HEIGHT);
    let inner = Frame {
        left: frame.left + 10.0,
        right: frame.right - 10.0,
        ..frame
    };
    let (least, most) = range(choices.iter().map(|choice| choice.cost));
    let across = Scale::narrow(cost_in, least, most, 6);
    let (x, y) = (Axis::level(across, inner), Axis::upright(scale, frame));
    page.show(data((cost, risk), choices, (&x, &y)).within(frame));
    page.axis_left(&[frame], &y.ticks());
    let place = |choice: &Choice| (x.at(choice.cost), y.at(choice.risk));
    let mut line: Vec<&Choice> = choices.iter().filter(|choice| choice.frontier).collect();
    line.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let line: Vec<(f64, f64)> = line.into_iter().map(place).collect();
    page.on.line(&line, LINE, 1.6);
    if let Some(limit) = limit {
        let level = y.at(limit);
        let line = [(frame.left, level), (frame.right, level)];
        dashed(&mut page.on, &line, LIMIT, INK, 1.4);
    }
    for choice in choices {
        if choice.holds {
            Shape::Round.draw(&mut page.on, place(choice), 3.4, LINE, choice.frontier);
        } else {
            outcome(&mut page.on, place(choice), Outcome::Failed);
        }
    }
    if let Some(answer) = choices.iter().find(|choice| choice.answer) {
        draw_answer(&mut page.on, answer, place(answer), frame);
    }
    let title = fitted(cost, TEXT, frame.right - frame.left - 60.0);
    page.axis_below(frame, &x.ticks(), &x.scale.titled(&title));
    page.done()
}

fn draw_legend(page: &mut Page, title: &str, limited: bool) {
    let mut legend = Legend::new(page, title);
    for (name, full) in [("nothing is better in both", true), ("something is", false)] {
        legend.entry(name, |on, frame| {
            Shape::Round.draw(on, frame.middle(), 3.4, LINE, full);
        });
    }
    legend.entry("breaks a promise", |on, frame| {
        outcome(on, frame.middle(), Outcome::Failed);
    });
    legend.entry("the answer", |on, frame| {
        Shape::Diamond.draw(on, frame.middle(), 4.0, MEAN, true);
    });
    if limited {
        legend.dashed("promised", LIMIT, INK, 1.4);
    }
}

/// The answer, in words above the panel.
fn draw_answer(on: &mut Surface, answer: &Choice, (x, y): (f64, f64), frame: Frame) {
    on.line(&[(x, frame.top - 10.0), (x, y)], FAINT, 0.8);
    let words = fitted(&answer.name, TEXT, frame.right - frame.left);
    let half = text_width(&words, TEXT) / 2.0;
    let middle = x.min(frame.right - half).max(frame.left + half);
    on.text(
        &words,
        (middle, frame.top - 16.0),
        TEXT,
        Anchor::Center,
        INK,
    );
    Shape::Diamond.draw(on, (x, y), 4.0, MEAN, true);
}

fn data((cost, risk): (&str, &str), choices: &[Choice], (x, y): (&Axis, &Axis)) -> Data {
    let row = |choice: &Choice| Row {
        x: x.at(choice.cost),
        cells: vec![
            choice.name.clone(),
            x.scale.quantity.text(choice.cost),
            y.scale.quantity.text(choice.risk),
            if choice.holds { "yes" } else { "no" }.to_owned(),
        ],
    };
    let header = ["Choice", cost, risk, "Promises kept"];
    Data::of(format!("{risk} by {cost}"), &header, choices, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;

    fn choice(name: &str, cost: f64, risk: f64) -> Choice {
        Choice {
            name: name.to_owned(),
            cost,
            risk,
            holds: risk >= 0.9,
            frontier: true,
            answer: false,
        }
    }

    #[test]
    fn the_answer_stands_on_the_line() {
        let mut choices = vec![
            choice("on-call = <none>", 20_000.0, 0.7),
            choice("on-call = 24/7", 29_000.0, 0.93),
            choice("cluster = two", 60_000.0, 0.99),
        ];
        choices[1].answer = true;
        let drawn = |limit| {
            let cost = ("mean(cost) (USD)", Quantity::Money);
            let risk = ("met: dropped == 0 B", Quantity::Ratio, limit);
            frontier_chart("What <it> takes", &[], cost, risk, &choices)
        };
        let texts = [
            "What <it> takes",
            "on-call = 24/7",
            "promised",
            "breaks a promise",
        ];
        sound(&drawn(Some(0.9)), &texts);
        assert_eq!(drawn(None), drawn(None));
        assert_eq!(drawn(None).data()[0].rows.len(), 3);
    }

    #[test]
    fn anything_can_be_drawn() {
        let cost = ("cost", Quantity::Money);
        let risk = ("risk", Quantity::Ratio, Some(0.5));
        for choices in [
            vec![],
            vec![choice("a", 0.0, 1.0)],
            vec![choice("a", 5.0, 0.5); 3],
        ] {
            sound(&frontier_chart("N", &[], cost, risk, &choices), &["N"]);
        }
    }
}
