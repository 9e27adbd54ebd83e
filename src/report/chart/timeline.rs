//! `timeline.svg` and `timeline.png`: the states of the storage accounts over the data, on one
//! time axis.
//!
//! Where the interruptions are short against the run, the whole run stands at the left and a
//! closer look at the costliest of them at the right, with the same volume axes. Nothing is
//! told by colour alone: the states differ in lightness and texture, the data in lightness and
//! order.

use super::super::format::{Clock, duration, shown, value, volume};
use super::super::gist::gist;
use super::super::run::{CAUSES, closer};
use super::super::states::{Census, State};
use super::super::window::{self, Window};
use super::axis::{self, TimeAxis, VolumeAxis};
use super::band::{Bands, swatch};
use super::data::{Data, Row};
use super::legend::Legend;
use super::marks::{self, Lanes, Mark};
use super::page::{Drawing, Header, Picture, TEXT, both};
use super::palette::{DROPPED, FAINT, INACCESSIBLE, INK, RULE, SHADE};
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
/// Above a panel: its title and its legend.
const CAPTION: f64 = 30.0;
const STACK_HEIGHT: f64 = 170.0;
const LOSSES_HEIGHT: f64 = 120.0;

/// One column of panels: a stretch of the run.
struct Column {
    axis: TimeAxis,
    title: String,
    samples: Vec<Sample>,
    lanes: Lanes,
    /// The part of it that another column shows closer.
    closer: Option<Window>,
}

/// Everything that is drawn, before it is drawn.
struct Plan<'a> {
    scenario: &'a Scenario,
    title: String,
    header: Header,
    /// What the legend calls the line of dropped data.
    dropped: String,
    columns: Vec<Column>,
    clusters: Vec<Bands>,
    /// Top of the account bands, the stored and the lost data, and where they end.
    bands_top: f64,
    stack: VolumeAxis,
    losses: VolumeAxis,
}

/// Both pictures of a run: the SVG and the PNG.
pub fn pictures(scenario: &Scenario, replay: &Replay) -> Picture {
    let marks = marks::of(scenario, &replay.history);
    both(&Plan::new(scenario, replay, &marks))
}

impl<'a> Plan<'a> {
    fn new(scenario: &'a Scenario, replay: &Replay, marks: &[Mark]) -> Plan<'a> {
        let columns = columns(scenario, replay, marks);
        let clusters = &replay.history.clusters;
        let accounts = clusters.iter().map(|c| c.accounts.len()).sum();
        let clusters: Vec<Bands> = clusters.iter().map(|c| Bands::of(c, accounts)).collect();
        let lanes = columns.iter().map(|c| c.lanes.height());
        let title = match &scenario.title {
            Some(title) => shown(title),
            None => "Storage accounts and data over time".to_owned(),
        };
        let header = Header::new(&title, &[gist(scenario, replay)], WIDTH);
        let bands_top = header.height() + CAPTION + 20.0 + lanes.fold(0.0, f64::max);
        let bands: f64 = clusters.iter().map(|bands| bands.height + 8.0).sum();
        let stack_top = bands_top + bands + CAPTION;
        let losses_top = stack_top + STACK_HEIGHT + CAPTION + 8.0;
        let largest = |volume: fn(&Sample) -> Volume| {
            let samples = columns.iter().flat_map(|c| &c.samples);
            samples.map(volume).max().unwrap_or_default()
        };
        Plan {
            scenario,
            title,
            header,
            dropped: dropped(replay),
            stack: VolumeAxis::new(stack_top, stack_top + STACK_HEIGHT, largest(Sample::held)),
            losses: VolumeAxis::new(
                losses_top,
                losses_top + LOSSES_HEIGHT,
                largest(Sample::at_loss),
            ),
            columns,
            clusters,
            bands_top,
        }
    }

    /// The title of each panel and its legend.
    fn draw_captions(&self, on: &mut Surface) {
        let mut legend = Legend::new(on, self.header.height() + 14.0, "Storage accounts");
        for state in State::ALL {
            if self.clusters.iter().any(|b| b.states().any(|s| s == state)) {
                legend.entry(state.name(), |on, frame| swatch(on, frame, state));
            }
        }
        let mut legend = Legend::new(on, self.stack.top - 12.0, "Data held");
        for (name, colour, _) in STACK {
            legend.entry(name, |on, frame| on.fill(frame, colour));
        }
        let mut legend = Legend::new(on, self.losses.top - 12.0, "Data waiting and lost");
        let (buffered, colour, _) = STACK[3];
        legend.entry(buffered, |on, frame| on.fill(frame, colour));
        legend.line(&self.dropped, DROPPED, 2.6);
        let mut samples = self.columns.iter().flat_map(|column| &column.samples);
        if samples.any(|sample| sample.destroyed > Volume::ZERO) {
            legend.line("lost from the store so far", INACCESSIBLE, 1.4);
        }
    }

    fn draw_column(&self, on: &mut Surface, column: &Column) {
        let axis = &column.axis;
        let middle = f64::midpoint(axis.left, axis.right);
        if let Some(window) = column.closer {
            for (top, bottom) in [
                (self.bands_top - 4.0, self.stack.top - CAPTION),
                (self.stack.top - 6.0, self.stack.bottom),
                (self.losses.top - 6.0, self.losses.bottom),
            ] {
                let shade = Frame {
                    left: axis.x(window.from) - 2.0,
                    right: axis.x(window.until) + 2.0,
                    top,
                    bottom,
                };
                on.fill(shade, SHADE);
            }
        }
        let at = (middle, self.header.height() + CAPTION + 8.0);
        on.text(&column.title, at, TEXT, Anchor::Center, INK);
        self.draw_grid(on, axis);
        let bands_bottom = self.stack.top - CAPTION - 8.0;
        let panels = [
            (self.bands_top, bands_bottom),
            (self.stack.top, self.stack.bottom),
            (self.losses.top, self.losses.bottom),
        ];
        // Where little room shows much, the lines would hide it.
        if column.closer.is_some() {
            column.lanes.draw_lines(on, &panels);
        }
        let mut top = self.bands_top;
        for bands in &self.clusters {
            bands.draw(on, axis, top);
            top += bands.height + 8.0;
        }
        draw_stack(on, axis, &self.stack, &column.samples);
        draw_losses(on, axis, &self.losses, &column.samples);
        if column.closer.is_none() {
            column.lanes.draw_lines(on, &panels);
        }
        self.draw_nothing(on, column);
        column.lanes.draw_labels(on, self.bands_top);
        self.draw_time(on, axis);
    }

    /// Says so where nothing was buffered or dropped, over the lines of events.
    fn draw_nothing(&self, on: &mut Surface, column: &Column) {
        let mut volumes = column.samples.iter().map(Sample::at_loss);
        if volumes.any(|volume| volume > Volume::ZERO) {
            return;
        }
        let words = "nothing was buffered or dropped";
        let x = f64::midpoint(column.axis.left, column.axis.right);
        let y = f64::midpoint(self.losses.top, self.losses.bottom);
        on.text_on_paper(words, (x, y), TEXT);
    }

    /// Lines at round volumes, and where the panels end.
    fn draw_grid(&self, on: &mut Surface, axis: &TimeAxis) {
        for volumes in [&self.stack, &self.losses] {
            for (tick, _) in volumes.ticks() {
                let y = volumes.y(tick);
                on.line(&[(axis.left, y), (axis.right, y)], RULE, 0.8);
            }
        }
    }

    fn draw_time(&self, on: &mut Surface, axis: &TimeAxis) {
        for panel in [&self.stack, &self.losses] {
            let y = panel.bottom;
            on.line(&[(axis.left, y), (axis.right, y)], INK, 1.0);
        }
        let y = self.losses.bottom;
        axis.draw_names(on, y, &axis.named_ticks());
    }

    /// Names of clusters and volumes left of the panels.
    fn draw_names(&self, on: &mut Surface) {
        let mut top = self.bands_top;
        for (cluster, bands) in self.scenario.clusters.iter().zip(&self.clusters) {
            let middle = top + bands.height / 2.0;
            let name = fitted(&cluster.name, TEXT, LEFT - 24.0);
            on.text(&name, (LEFT - 8.0, middle), TEXT, Anchor::Right, INK);
            let accounts = match cluster.storage_accounts {
                1 => "1 account".to_owned(),
                n => format!("{n} accounts"),
            };
            let at = (LEFT - 8.0, middle + 13.0);
            on.text(&accounts, at, 10.0, Anchor::Right, FAINT);
            top += bands.height + 8.0;
        }
        for volumes in [&self.stack, &self.losses] {
            for (tick, name) in volumes.ticks() {
                let at = (LEFT - 8.0, volumes.y(tick) + 4.0);
                on.text(&name, at, TEXT, Anchor::Right, INK);
            }
        }
    }
}

impl Drawing for Plan<'_> {
    fn title(&self) -> &str {
        &self.title
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.losses.bottom + 50.0)
    }

    fn data(&self) -> Vec<Data> {
        self.columns.iter().map(|it| self.data_of(it)).collect()
    }

    fn draw(&self, on: &mut Surface) {
        self.header.draw(on);
        self.draw_captions(on);
        for column in &self.columns {
            self.draw_column(on, column);
        }
        self.draw_names(on);
        let at = (f64::midpoint(LEFT, RIGHT), self.losses.bottom + 38.0);
        on.text(
            axis::time_title(self.scenario.start),
            at,
            TEXT,
            Anchor::Center,
            INK,
        );
    }
}

impl Plan<'_> {
    /// What a column shows, as a table.
    fn data_of(&self, column: &Column) -> Data {
        let axis = &column.axis;
        let clock = Clock::new(axis.start);
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
        let frame = Frame {
            left: axis.left,
            top: self.bands_top,
            right: axis.right,
            bottom: self.losses.bottom,
        };
        let row = |sample: &Sample| {
            let held = STACK.map(|(.., of)| of(sample));
            let lost = [sample.dropped, sample.destroyed];
            let words = [clock.read(sample.time), self.states(sample.time)].into_iter();
            Row {
                x: axis.x(sample.time),
                cells: words
                    .chain(held.into_iter().chain(lost).map(volume))
                    .collect(),
            }
        };
        Data::of(&column.title, &header, &column.samples, row).within(frame)
    }

    /// How many storage accounts are in which state.
    fn states(&self, t: Time) -> String {
        let bands = self.clusters.iter().flat_map(|it| &it.bands);
        let mut all = Census::default();
        for band in bands {
            let entries = band.partition_point(|entry| entry.0 <= t);
            let own = entries
                .checked_sub(1)
                .map_or(Census::default(), |at| band[at].1);
            all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
        }
        let counted = State::ALL.into_iter().zip(all).filter(|it| it.1 > 0);
        let counted = counted.map(|(state, accounts)| format!("{accounts} {}", state.name()));
        counted.collect::<Vec<String>>().join(", ")
    }
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
