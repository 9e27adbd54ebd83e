//! The data of a part of a run, and that of another run pale behind it: for a page that moves a
//! window over a run, or changes the run while the window stays.

use super::axis::{TimeAxis, time_title};
use super::legend::Legend;
use super::marks::{self, Lanes};
use super::page::{Page, TEXT};
use super::palette::{DROPPED, FAINT, INACCESSIBLE, SHADE};
use super::scale::{Axis, Scale};
use super::surface::{Frame, Surface, fitted};
use super::volumes::{STACK, Sample, area, draw_losses, draw_stack, line_of, samples};
use crate::experiment::Replay;
use crate::report::window::Window;
use crate::scenario::Scenario;
use crate::units::{Time, Volume};

/// What is shown of a run, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Where it begins.
    pub from: Time,
    /// Where it ends; later than it begins.
    pub until: Time,
    /// The width in points, 240 to 4 000.
    pub width: f64,
    /// What the axes of the two panels reach at least, so that they stay while something else
    /// changes.
    pub reach: [Volume; 2],
}

/// A part of a run as a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    /// The vector drawing: an SVG document.
    pub svg: String,
    /// In points.
    pub width: u32,
    /// In points.
    pub height: u32,
    /// Where the panels begin, in points from the left: there the window begins.
    pub left: f64,
    /// Where they end.
    pub right: f64,
    /// Of each panel its upper and its lower end in points.
    pub panels: [[f64; 2]; 2],
    /// The largest volume of each panel.
    pub most: [Volume; 2],
}

const LEFT: f64 = 66.0;
const RIGHT: f64 = 14.0;
/// The heights of the panels.
const STACKED: f64 = 120.0;
const LOST: f64 = 96.0;
/// Of the run before, in points.
const THIN: f64 = 1.2;
/// Samples that are so many points off the line between their neighbours are left out.
const STRAIGHT: f64 = 0.02;

/// Draws what is held, and what waits and is lost, in a part of a run.
pub fn excerpt(
    scenario: &Scenario,
    replay: &Replay,
    behind: Option<&Replay>,
    view: View,
) -> Excerpt {
    let window = Window {
        from: view.from,
        until: view
            .until
            .max(view.from + crate::units::Duration::MILLISECOND),
    };
    let width = view.width.clamp(240.0, 4_000.0).round();
    let axis = TimeAxis {
        window,
        left: LEFT,
        right: width - RIGHT,
        start: scenario.start,
    };
    let now = sampled(replay, &axis);
    let before = behind.map_or_else(Vec::new, |behind| sampled(behind, &axis));
    let most = |of: fn(&Sample) -> Volume, reach: Volume| {
        let all = now.iter().chain(&before).map(of);
        all.chain([reach]).max().unwrap_or_default()
    };
    let most = [
        most(Sample::held, view.reach[0]),
        most(Sample::at_loss, view.reach[1]),
    ];
    let mut page = Page::untitled("Data held, and data waiting and lost", width);
    let lanes = Lanes::new(&marks::of(scenario, &replay.history), &axis, None);
    let (now, before) = (thinned(now, most), thinned(before, most));
    let [held_scale, lost_scale] = most.map(Scale::of_volumes);
    let held = draw_held(&mut page, &axis, (held_scale, &lanes), (&now, &before));
    let lost = draw_lost(&mut page, &axis, (lost_scale, &lanes), (&now, &before));
    page.ticks_below(lost, &axis.ticks());
    page.axis_title(lost, time_title(scenario.start));
    let picture = page.done();
    let (width, height) = picture.size();
    Excerpt {
        svg: picture.svg().to_owned(),
        width,
        height,
        left: axis.left,
        right: axis.right,
        panels: [held, lost].map(|frame| [frame.top, frame.bottom]),
        most,
    }
}

/// What a run has in a window, as far as it goes.
fn sampled(replay: &Replay, axis: &TimeAxis) -> Vec<Sample> {
    let Window { from, until } = axis.window;
    let until = until.min(replay.history.end);
    if until <= from {
        return Vec::new();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = ((axis.right - axis.left) / 2.0) as usize;
    samples(replay, Window { from, until }, count)
}

/// The samples without those on a straight line between others: most of a run is steady, and each
/// point costs a browser time.
#[allow(clippy::cast_precision_loss)]
fn thinned(samples: Vec<Sample>, most: [Volume; 2]) -> Vec<Sample> {
    let heights = |sample: &Sample| {
        let held = [
            sample.hot,
            sample.cold,
            sample.inaccessible,
            sample.buffered,
        ];
        let lost = [sample.buffered, sample.dropped, sample.destroyed];
        let part =
            |volume: Volume, of: usize| volume.bytes() as f64 / most[of].bytes().max(1) as f64;
        let [a, b, c, d] = held.map(|volume| part(volume, 0) * STACKED);
        let [e, f, g] = lost.map(|volume| part(volume, 1) * LOST);
        [a, b, c, d, e, f, g]
    };
    let places: Vec<(f64, [f64; 7])> = samples
        .iter()
        .map(|sample| (sample.time.millis() as f64, heights(sample)))
        .collect();
    let mut last = 0;
    let mut at = 0;
    let mut samples = samples;
    samples.retain(|_| {
        let this = at;
        at += 1;
        let kept = this == 0 || at == places.len() || {
            let ((from, low), (now, own), (to, high)) = (places[last], places[this], places[at]);
            let part = (now - from) / (to - from);
            (0..7).any(|i| (low[i] + (high[i] - low[i]) * part - own[i]).abs() > STRAIGHT)
        };
        if kept {
            last = this;
        }
        kept
    });
    samples
}

/// This run, and the one before it.
type Both<'a> = (&'a [Sample], &'a [Sample]);

fn draw_held(
    page: &mut Page,
    axis: &TimeAxis,
    (scale, lanes): (Scale, &Lanes),
    (now, before): Both<'_>,
) -> Frame {
    let mut legend = Legend::new(page, &scale.titled("Data held"));
    for (name, colour, _) in STACK {
        legend.area(name, colour);
    }
    if !before.is_empty() {
        legend.line("accessible before the change", FAINT, THIN);
    }
    page.y += lanes.height();
    let frame = panel(page, axis, STACKED);
    let volumes = Axis::upright(scale, frame);
    page.axis_left(&[frame], &volumes.ticks());
    draw_stack(&mut page.on, axis, &volumes, now);
    let accessible = |sample: &Sample| sample.hot + sample.cold;
    outline(&mut page.on, axis, &volumes, (before, accessible));
    lanes.draw_lines(&mut page.on, frame);
    page.ticks_below(frame, &[]);
    lanes.draw_labels(&mut page.on, frame.top);
    frame
}

fn draw_lost(
    page: &mut Page,
    axis: &TimeAxis,
    (scale, lanes): (Scale, &Lanes),
    (now, before): Both<'_>,
) -> Frame {
    let mut legend = Legend::new(page, &scale.titled("Data waiting and lost"));
    let (buffered, colour, of_buffer) = STACK[3];
    legend.area(buffered, colour);
    legend.line("dropped so far", DROPPED, 2.6);
    let both = || now.iter().chain(before);
    if both().any(|sample| sample.destroyed > Volume::ZERO) {
        legend.line("lost from the store so far", INACCESSIBLE, 1.4);
    }
    if !before.is_empty() {
        legend.entry("before the change", |on, frame| {
            on.fill(frame, SHADE);
            on.line(&frame.level(), FAINT, THIN);
        });
    }
    let frame = panel(page, axis, LOST);
    let volumes = Axis::upright(scale, frame);
    page.axis_left(&[frame], &volumes.ticks());
    let none = vec![Volume::ZERO; before.len()];
    let buffered: Vec<Volume> = before.iter().map(of_buffer).collect();
    area(
        &mut page.on,
        axis,
        &volumes,
        before,
        (&none, &buffered),
        SHADE,
    );
    draw_losses(&mut page.on, axis, &volumes, now);
    outline(&mut page.on, axis, &volumes, (before, of_buffer));
    outline(
        &mut page.on,
        axis,
        &volumes,
        (before, |sample| sample.dropped),
    );
    lanes.draw_lines(&mut page.on, frame);
    if both().all(|sample| sample.at_loss() == Volume::ZERO) {
        let room = frame.right - frame.left - 8.0;
        let words = fitted("nothing was buffered or dropped", TEXT, room);
        page.on.text_on_paper(&words, frame.middle(), TEXT);
    }
    frame
}

fn panel(page: &mut Page, axis: &TimeAxis, height: f64) -> Frame {
    Frame {
        left: axis.left,
        right: axis.right,
        ..page.panel(6.0, height)
    }
}

/// A volume of the run before as a line, where it is not 0 all the time.
fn outline(
    on: &mut Surface,
    axis: &TimeAxis,
    volumes: &Axis,
    (samples, of): (&[Sample], fn(&Sample) -> Volume),
) {
    if samples.iter().any(|sample| of(sample) > Volume::ZERO) {
        on.line(&line_of(samples, axis, volumes, of), FAINT, THIN);
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound_svg;
    use super::*;
    use crate::experiment::{Experiment, Runner};

    fn experiment(outage: &str) -> Experiment {
        let text = format!(
            "duration = '4d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n[[event]]\n\
             name = 'outage'\nat = '2d'\nkind = 'key_vault_outage'\nduration = '{outage}'\n"
        );
        Experiment::new(&text).expect("it is right")
    }

    fn view(from: i64, until: i64, width: f64) -> View {
        View {
            from: Time::from_millis(from),
            until: Time::from_millis(until),
            width,
            reach: [Volume::ZERO; 2],
        }
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn every_window_at_every_width_is_whole() {
        let (long, short) = (experiment("9h"), experiment("45m"));
        let run = |of: &Experiment| of.replay(0, &Runner::SERIAL).expect("a run");
        let (now, before) = (run(&long), run(&short));
        for width in [0.0, 240.0, 360.0, 800.0, 4_000.0, 1e9] {
            for (from, until) in [
                (0, 96 * HOUR),
                (47 * HOUR, 60 * HOUR),
                (48 * HOUR, 48 * HOUR),
                (90 * HOUR, 200 * HOUR),
                (200 * HOUR, 300 * HOUR),
            ] {
                for behind in [None, Some(&before)] {
                    let drawn = excerpt(long.scenario(), &now, behind, view(from, until, width));
                    sound_svg(&drawn.svg, &["Data held"]);
                    assert!((240..=4_000).contains(&drawn.width));
                    assert!(drawn.left < drawn.right && drawn.right < f64::from(drawn.width));
                    let [held, lost] = drawn.panels;
                    assert!(held[0] < held[1] && held[1] < lost[0] && lost[0] < lost[1]);
                    assert!(lost[1] < f64::from(drawn.height));
                }
            }
        }
        let drawn = excerpt(
            long.scenario(),
            &now,
            Some(&before),
            view(0, 96 * HOUR, 800.0),
        );
        sound_svg(
            &drawn.svg,
            &[
                "before the change",
                "dropped so far",
                "outage: key vault outage",
            ],
        );
    }

    #[test]
    fn axes_reach_what_they_reached_before() {
        let (long, short) = (experiment("9h"), experiment("45m"));
        let run = |of: &Experiment| of.replay(0, &Runner::SERIAL).expect("a run");
        let (large, small) = (run(&long), run(&short));
        let wide = view(46 * HOUR, 60 * HOUR, 800.0);
        let first = excerpt(long.scenario(), &large, None, wide);
        let reach = View {
            reach: first.most,
            ..wide
        };
        let second = excerpt(short.scenario(), &small, None, reach);
        assert_eq!(first.most, second.most);
        assert_ne!(
            excerpt(short.scenario(), &small, None, wide).most,
            first.most
        );
        // With the first run behind it the axes are as large, too.
        let both = excerpt(short.scenario(), &small, Some(&large), wide);
        assert_eq!(both.most, first.most);
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn what_is_left_out_lies_on_the_lines_between_the_others() {
        let run = experiment("9h").replay(0, &Runner::SERIAL).expect("a run");
        let axis = TimeAxis {
            window: Window {
                from: Time::from_millis(46 * HOUR),
                until: Time::from_millis(60 * HOUR),
            },
            left: LEFT,
            right: 4_000.0,
            start: None,
        };
        let all = sampled(&run, &axis);
        let most =
            [Sample::held, Sample::at_loss].map(|of| all.iter().map(of).max().expect("some"));
        let kept = thinned(all.clone(), most);
        assert!(
            kept.len() * 4 < all.len(),
            "{} of {}",
            kept.len(),
            all.len()
        );
        for sample in &all {
            let after = kept.partition_point(|one| one.time < sample.time).max(1);
            let (low, high) = (&kept[after - 1], &kept[after]);
            let part =
                (sample.time - low.time).millis() as f64 / (high.time - low.time).millis() as f64;
            for (of, most, height) in [
                ((|one| one.buffered) as fn(&Sample) -> Volume, most[1], LOST),
                (|one| one.dropped, most[1], LOST),
                (|one| one.inaccessible, most[0], STACKED),
            ] {
                let number = |one: &Sample| of(one).bytes() as f64 / most.bytes() as f64 * height;
                let line = number(low) + (number(high) - number(low)) * part;
                assert!((line - number(sample)).abs() < 0.5, "{sample:?}");
            }
        }
    }
}
