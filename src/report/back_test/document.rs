//! A back-test, for people.

use super::super::chart::Picture;
use super::super::document::{Block, Column, Document, Table};
use super::super::format::{Clock, count, narrow_percent, volume};
use super::super::terminal::{self, Style};
use super::{name, whole};
use crate::experiment::back_test::{Accuracy, BackTest, Forecast, Tested};
use crate::scenario::Scenario;
use crate::units::{Duration, Time, Volume};

/// The forecasts that a forecast is held against; it is the first.
const METHODS: [&str; 3] = [
    "the forecast",
    "the last week repeated",
    "the mean of the last four weeks",
];

/// With fewer draws five of them or less are beyond p5 or p95.
const TELLING: u64 = 100;

/// How far off the forecasts were: a sentence, then what it rests on.
pub fn back_test_text(scenario: &Scenario, test: &BackTest, style: Style) -> String {
    terminal::text(&document(scenario, test, None), style)
}

/// The back-test; a page has the picture. Nothing of the service matters to it.
pub(super) fn document<'a>(
    scenario: &Scenario,
    test: &BackTest,
    picture: Option<&'a Picture>,
) -> Document<'a> {
    let draws = format!("{} draws at each origin", count(test.replications));
    let mut document = Document::about(scenario, &draws);
    document.answers = vec![verdict(scenario, test)];
    document.notes = notes(scenario, test);
    let picture = picture.map(Block::Picture).into_iter();
    document.section(
        "picture",
        "What was forecast, and what came",
        picture.collect(),
    );
    let heading = format!("How far off forecasts of {} days were", test.horizon);
    let explained = "Error: of the total, mean over the origins, without its sign; bias: with it. \
        MASE: the mean error of a day over that of the same day a week before, within what was \
        known; below 1 is better than that.";
    let mut blocks: Vec<Block<'a>> = test
        .tested
        .iter()
        .map(|tested| Block::Table(accuracy(scenario, test, tested)))
        .collect();
    blocks.push(Block::Note(explained.to_owned()));
    document.section("figures", heading, blocks);
    let ranges = Block::Table(ranges(scenario, test));
    let explained = "Nine of ten days, and nine of ten totals, are to lie between p5 and p95. \
        Interval score: the width between p5 and p95, and 20 times what lies outside, as a part \
        of the mean day; less is better.";
    document.section(
        "ranges",
        "How honest their ranges were",
        vec![ranges, Block::Note(explained.to_owned())],
    );
    let origins = Block::Table(origins(whole(test)));
    document.section("origins", "Origin by origin", vec![origins]);
    document
}

/// An error without its sign.
fn part(error: Option<f64>) -> String {
    error.map_or("none".to_owned(), |error| {
        narrow_percent((error * 1e3).round() / 1e3)
    })
}

fn signed(error: Option<f64>) -> String {
    let sign = match error {
        Some(error) if error <= -5e-4 => "-",
        Some(error) if error >= 5e-4 => "+",
        _ => "",
    };
    format!("{sign}{}", part(error.map(f64::abs)))
}

fn number(of: Option<f64>) -> String {
    of.map_or("none".to_owned(), |number| format!("{number:.2}"))
}

/// How far off, and whether the forecast was worth its trouble.
fn verdict(scenario: &Scenario, test: &BackTest) -> String {
    let tested = whole(test);
    let accuracy = tested.accuracy();
    format!(
        "{}: forecasts of {} days were off by {} on average, with a bias of {}; p5 to p95 held {} of {} \
         totals and {} of the days; {}",
        name(scenario, tested),
        test.horizon,
        part(accuracy[0].error),
        signed(accuracy[0].bias),
        tested.totals_covered(),
        tested.forecasts.len(),
        part(Some(tested.covered())),
        against(&accuracy)
    )
}

fn against(accuracy: &[Accuracy; 3]) -> String {
    let [own, others @ ..] = accuracy;
    let named = others.iter().zip(&METHODS[1..]);
    let told = |(other, name): (&Accuracy, &&str)| format!("{name} ({})", part(other.error));
    let (better, worse): (Vec<_>, Vec<_>) = named.partition(|(other, _)| own.error < other.error);
    let list = |of: Vec<(&Accuracy, &&str)>| {
        let all: Vec<String> = of.into_iter().map(told).collect();
        all.join(" and ")
    };
    match (better.is_empty(), worse.is_empty()) {
        (false, true) => format!("that beats {}", list(better)),
        (true, _) => format!("that does not beat {}", list(worse)),
        (false, false) => format!("that beats {}, but not {}", list(better), list(worse)),
    }
}

fn notes(scenario: &Scenario, test: &BackTest) -> Vec<String> {
    let mut notes: Vec<String> = test
        .left_out
        .iter()
        .map(|(at, days)| {
            format!(
                "Workspace {} is left out: its history has {days} whole days, too few.",
                super::elided(&scenario.workspaces[*at].name, 32)
            )
        })
        .collect();
    if test.replications < TELLING {
        notes.push(format!(
            "{} draws say little of p5 and p95; ask for more --replications.",
            count(test.replications)
        ));
    }
    let shaped = |at: usize| {
        let ingestion = &scenario.workspaces[at].ingestion;
        ingestion.growth.is_some() || ingestion.hourly.is_some() || ingestion.weekly.is_some()
    };
    if test.tested.iter().filter_map(|of| of.workspace).any(shaped) {
        notes.push(
            "The history is the trace itself, without the profiles and the growth that the \
             scenario gives it."
                .to_owned(),
        );
    }
    notes
}

fn accuracy(scenario: &Scenario, test: &BackTest, tested: &Tested) -> Table {
    let caption = match test.tested.len() {
        1 => String::new(),
        _ => name(scenario, tested),
    };
    let numbers = ["Error", "Bias", "MASE"].map(Column::number);
    let columns = std::iter::once(Column::name("")).chain(numbers);
    let mut table = Table::new(caption, columns.collect());
    for (method, of) in METHODS.iter().zip(tested.accuracy()) {
        table.row([
            (*method).to_owned(),
            part(of.error),
            signed(of.bias),
            number(of.mase),
        ]);
    }
    table
}

fn ranges(scenario: &Scenario, test: &BackTest) -> Table {
    let numbers = ["Days held", "Totals held", "Interval score"].map(Column::number);
    let columns = std::iter::once(Column::name("Workspace")).chain(numbers);
    let mut table = Table::new("", columns.collect());
    for tested in &test.tested {
        table.row([
            name(scenario, tested),
            part(Some(tested.covered())),
            format!("{} of {}", tested.totals_covered(), tested.forecasts.len()),
            number(tested.interval_score()),
        ]);
    }
    table
}

fn origins(tested: &Tested) -> Table {
    let numbers = ["Known", "p5", "p50", "p95", "Came", "Error"].map(Column::number);
    let columns = std::iter::once(Column::name("From")).chain(numbers);
    let mut table = Table::new("", columns.collect());
    let clock = Clock::new(Some(tested.first));
    for forecast in &tested.forecasts {
        let [low, middle, high] = forecast.total.map(Volume::from_bytes).map(volume);
        table.row([
            clock.read(origin(forecast)),
            format!("{} days", count(forecast.known as u64)),
            low,
            middle,
            high,
            volume(Volume::from_bytes(forecast.came)),
            signed(forecast.scored[0].error),
        ]);
    }
    table
}

/// When a forecast begins, since the first day of its history.
pub(super) fn origin(forecast: &Forecast) -> Time {
    let days = i64::try_from(forecast.known).expect("few");
    Time::START + Duration::from_millis(days * Duration::DAY.millis())
}
