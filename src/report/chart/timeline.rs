//! `timeline.svg` and `timeline.png`: the states of the storage accounts over the data, on one
//! time axis.
//!
//! Where the interruptions are short against the run, the whole run stands at the left and a
//! closer look at the costliest of them at the right, with the same volume axes. Nothing is
//! told by colour alone: the states differ in lightness and texture, the data in lightness and
//! order.

use super::super::format::{Clock, duration, sanitize, value, volume};
use super::super::gist::gist;
use super::super::run::{CAUSES, closer};
use super::super::states::{Census, State};
use super::super::window::{self, Window};
use super::axis::{TimeAxis, time_title};
use super::band::{Bands, swatch};
use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::{self, Lanes, Mark};
use super::page::{Page, Picture, TEXT};
use super::palette::{DROPPED, FAINT, INACCESSIBLE, INK, SHADE};
use super::scale::{Axis, Scale};
use super::surface::{Anchor, Frame, Surface, fitted};
use super::volumes::{STACK, Sample, draw_losses, draw_stack, samples};
use crate::experiment::Replay;
use crate::scenario::{Scenario, Scope, Value};
use crate::units::{Time, Volume};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 104.0;
const RIGHT: f64 = 938.0;
/// Between the whole run and the closer look.
const GUTTER: f64 = 30.0;
/// The part of the width that the whole run keeps beside a closer look.
const WHOLE: f64 = 0.34;
const STACK_HEIGHT: f64 = 170.0;
const LOSSES_HEIGHT: f64 = 120.0;
/// Between the bands of two clusters.
const GAP: f64 = 8.0;

/// One column of panels: a stretch of the run.
struct Column {
    axis: TimeAxis,
    title: String,
    samples: Vec<Sample>,
    lanes: Lanes,
    /// The part of it that another column shows closer.
    closer: Option<Window>,
}

/// Both pictures of a run: the SVG and the PNG.
pub fn pictures(scenario: &Scenario, replay: &Replay) -> Picture {
    let marks = marks::of(scenario, &replay.history);
    let columns = columns(scenario, replay, &marks);
    let title = match &scenario.title {
        Some(title) => sanitize(title),
        None => "Storage accounts and data over time".to_owned(),
    };
    let mut page = Page::new(&title, &[gist(scenario, replay)], WIDTH);
    let clusters = &replay.history.clusters;
    let accounts = clusters.iter().map(|c| c.accounts.len()).sum();
    let clusters: Vec<Bands> = clusters.iter().map(|c| Bands::of(c, accounts)).collect();
    let bands = draw_bands(&mut page, scenario, &columns, &clusters);
    let most = |of: fn(&Sample) -> Volume| {
        let samples = columns.iter().flat_map(|column| &column.samples);
        samples.map(of).max().unwrap_or_default()
    };
    let held = Scale::of_volumes(most(Sample::held));
    let mut legend = Legend::new(&mut page, &held.titled("Data held"));
    for (name, colour, _) in STACK {
        legend.area(name, colour);
    }
    draw_volumes(&mut page, &columns, (held, STACK_HEIGHT), draw_stack);
    let lost = Scale::of_volumes(most(Sample::at_loss));
    let mut legend = Legend::new(&mut page, &lost.titled("Data waiting and lost"));
    let (buffered, colour, _) = STACK[3];
    legend.area(buffered, colour);
    legend.line(&dropped(replay), DROPPED, 2.6);
    if most(|sample| sample.destroyed) > Volume::ZERO {
        legend.line("lost from the store so far", INACCESSIBLE, 1.4);
    }
    let losses = draw_volumes(&mut page, &columns, (lost, LOSSES_HEIGHT), draw_losses);
    for column in &columns {
        let frame = column.of(losses);
        // Over the lines of events.
        if column
            .samples
            .iter()
            .all(|sample| sample.at_loss() == Volume::ZERO)
        {
            let words = "nothing was buffered or dropped";
            page.on.text_on_paper(words, frame.middle(), TEXT);
        }
        page.ticks_below(frame, &column.axis.ticks());
        let frame = Frame {
            top: bands.top,
            ..frame
        };
        let shown = data(column, &clusters).within(frame);
        page.show(shown.over(column.axis.window));
    }
    let whole = Frame {
        left: LEFT,
        right: RIGHT,
        ..losses
    };
    page.axis_title(whole, time_title(scenario.start));
    page.done()
}

impl Column {
    /// Its part of a row of panels.
    fn of(&self, row: Frame) -> Frame {
        Frame {
            left: self.axis.left,
            right: self.axis.right,
            ..row
        }
    }
}

/// The states of the storage accounts, with the events above them.
fn draw_bands(
    page: &mut Page,
    scenario: &Scenario,
    columns: &[Column],
    clusters: &[Bands],
) -> Frame {
    let mut legend = Legend::new(page, "Storage accounts");
    for state in State::ALL {
        if clusters.iter().any(|b| b.states().any(|s| s == state)) {
            legend.entry(state.name(), |on, frame| swatch(on, frame, state));
        }
    }
    let baseline = page.row();
    for column in columns {
        let at = (f64::midpoint(column.axis.left, column.axis.right), baseline);
        page.on.text(&column.title, at, TEXT, Anchor::Center, INK);
    }
    let lanes = columns.iter().map(|column| column.lanes.height());
    let height = clusters.iter().map(|bands| bands.height + GAP).sum::<f64>() - GAP;
    let row = page.panel(6.0 + lanes.fold(0.0, f64::max), height);
    shade(&mut page.on, columns, row);
    draw_columns(&mut page.on, columns, row, |on, column| {
        let mut top = row.top;
        for bands in clusters {
            bands.draw(on, &column.axis, top);
            top += bands.height + GAP;
        }
    });
    for column in columns {
        column.lanes.draw_labels(&mut page.on, row.top);
    }
    let mut top = row.top;
    for (cluster, bands) in scenario.clusters.iter().zip(clusters) {
        let middle = top + bands.height / 2.0;
        let name = fitted(&cluster.name, TEXT, LEFT - 24.0);
        page.on
            .text(&name, (LEFT - 8.0, middle), TEXT, Anchor::Right, INK);
        let accounts = match cluster.storage_accounts {
            1 => "1 account".to_owned(),
            n => format!("{n} accounts"),
        };
        let at = (LEFT - 8.0, middle + 13.0);
        page.on.text(&accounts, at, 10.0, Anchor::Right, FAINT);
        top += bands.height + GAP;
    }
    row
}

/// Volumes over time in a row of panels.
fn draw_volumes(
    page: &mut Page,
    columns: &[Column],
    (scale, height): (Scale, f64),
    draw: fn(&mut Surface, &TimeAxis, &Axis, &[Sample]),
) -> Frame {
    let row = page.panel(6.0, height);
    let axis = Axis::upright(scale, row);
    shade(&mut page.on, columns, row);
    let frames: Vec<Frame> = columns.iter().map(|column| column.of(row)).collect();
    page.axis_left(&frames, &axis.ticks());
    draw_columns(&mut page.on, columns, row, |on, column| {
        draw(on, &column.axis, &axis, &column.samples);
    });
    for frame in frames {
        page.ticks_below(frame, &[]);
    }
    row
}

/// Marks what another column shows closer.
fn shade(on: &mut Surface, columns: &[Column], row: Frame) {
    for column in columns {
        if let Some(window) = column.closer {
            let shade = Frame {
                left: column.axis.x(window.from) - 2.0,
                top: row.top - 4.0,
                right: column.axis.x(window.until) + 2.0,
                bottom: row.bottom,
            };
            on.fill(shade, SHADE);
        }
    }
}

/// Draws in each column, with lines at the events.
fn draw_columns(
    on: &mut Surface,
    columns: &[Column],
    row: Frame,
    draw: impl Fn(&mut Surface, &Column),
) {
    for column in columns {
        // Where little room shows much, the lines would hide it.
        if column.closer.is_some() {
            column.lanes.draw_lines(on, row);
        }
        draw(on, column);
        if column.closer.is_none() {
            column.lanes.draw_lines(on, row);
        }
    }
}

/// What a column shows, as a table.
fn data(column: &Column, clusters: &[Bands]) -> Data {
    let clock = Clock::new(column.axis.start);
    let header = [
        "Time",
        "Storage accounts",
        STACK[0].0,
        STACK[1].0,
        STACK[2].0,
        STACK[3].0,
        "dropped so far",
        "lost from the store so far",
    ];
    let row = |sample: &Sample| {
        let held = STACK.map(|(.., of)| of(sample)).into_iter();
        let volumes = held.chain([sample.dropped, sample.destroyed]).map(volume);
        let words = [clock.read(sample.time), states(clusters, sample.time)];
        Row {
            x: column.axis.x(sample.time),
            cells: words.into_iter().chain(volumes).collect(),
        }
    };
    Data::of(&column.title, &header, &column.samples, row)
}

/// How many storage accounts are in which state.
fn states(clusters: &[Bands], t: Time) -> String {
    let mut all = Census::default();
    for band in clusters.iter().flat_map(|of| &of.bands) {
        let entries = band.partition_point(|entry| entry.0 <= t);
        let own = entries
            .checked_sub(1)
            .map_or(Census::default(), |at| band[at].1);
        all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
    }
    let counted = State::ALL.into_iter().zip(all).filter(|of| of.1 > 0);
    let counted = counted.map(|(state, accounts)| format!("{accounts} {}", state.name()));
    counted.collect::<Vec<String>>().join(", ")
}

/// The whole run, and beside it a closer look where one is needed.
fn columns(scenario: &Scenario, replay: &Replay, marks: &[Mark]) -> Vec<Column> {
    let end = replay.history.end;
    let whole = Window {
        from: Time::START,
        until: end,
    };
    let episodes = window::episodes(scenario, replay);
    let close = window::closest(&episodes, end);
    let column = |window, left: f64, right: f64, title, closer| {
        let axis = TimeAxis {
            window,
            left,
            right,
            start: scenario.start,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = ((right - left) / 2.0) as usize;
        Column {
            axis,
            title,
            samples: samples(replay, window, count),
            lanes: Lanes::new(marks, &axis, closer),
            closer,
        }
    };
    let run = format!("the whole run, {}", duration(scenario.duration));
    let Some(close) = close else {
        return vec![column(whole, LEFT, RIGHT, run, None)];
    };
    let split = LEFT + (RIGHT - LEFT) * WHOLE;
    let clock = Clock::new(scenario.start);
    let title = format!(
        "{} {} to {}",
        closer(&episodes, close).to_lowercase(),
        clock.read(close.from),
        clock.read(close.until)
    );
    vec![
        column(whole, LEFT, split, run, Some(close)),
        column(close, split + GUTTER, RIGHT, title, None),
    ]
}

/// The name of the line of dropped data, with the causes where there are any.
fn dropped(replay: &Replay) -> String {
    let causes: Vec<String> = CAUSES
        .into_iter()
        .filter_map(
            |(measure, words)| match replay.measures.get(Scope::Total, measure) {
                Some(Value::Volume(Volume::ZERO)) => None,
                dropped => Some(format!("{words} {}", value(dropped))),
            },
        )
        .collect();
    match causes.as_slice() {
        [] => "dropped so far".to_owned(),
        causes => format!("dropped so far (in all: {})", causes.join(", ")),
    }
}
