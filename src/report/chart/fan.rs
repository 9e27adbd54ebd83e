//! How data is spread over the replications as time goes by.

use super::super::format::{Clock, count, replications, volume};
use super::super::window::Window;
use super::axis::{TimeAxis, time_title};
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{Page, Picture, TEXT, WIDTH};
use super::palette::{INK, LINE, NARROW_BAND, WIDE_BAND};
use super::scale::{Axis, Scale};
use super::shape::dashed;
use crate::experiment::{Fan, FanInstant, VolumeQuantiles};
use crate::units::{Time, Volume};

const HEIGHT: f64 = 120.0;
const DASHES: (f64, f64) = (4.0, 2.5);

/// The name of what a panel shows, its volumes, and which of them is the worst.
type Series = (
    &'static str,
    fn(&FanInstant) -> VolumeQuantiles,
    fn(&VolumeQuantiles) -> Volume,
);

const SERIES: [Series; 3] = [
    ("Accessible", |instant| instant.accessible, |of| of.min),
    ("Buffered", |instant| instant.buffered, |of| of.max),
    ("Dropped so far", |instant| instant.dropped, |of| of.max),
];

/// A picture of data over time in many replications: bands of half and of nine tenths of them,
/// their median and their worst, for what is accessible, buffered and dropped so far.
///
/// `start` is the calendar instant of time 0 in milliseconds since 1970, where there is one.
pub(in crate::report) fn fan_chart(title: &str, start: Option<i64>, fan: &Fan) -> Picture {
    let mut note = replications(fan.replications as u64);
    if fan.of > fan.replications as u64 {
        note = format!("the first {note} of {}", count(fan.of));
    }
    note += "; each instant by itself, so no line is a single replication";
    let mut page = Page::new(title, &[note], WIDTH);
    let mut legend = Legend::new(&mut page, "");
    legend.area("p05 to p95", WIDE_BAND);
    legend.area("p25 to p75", NARROW_BAND);
    legend.line("median", LINE, 2.2);
    legend.dashed("worst: least accessible, else most", DASHES, INK, 0.9);
    page.y += 6.0;
    let time = |instant: Option<&FanInstant>| instant.map_or(Time::START, |of| of.time);
    let window = Window {
        from: time(fan.instants.first()),
        until: time(fan.instants.last()),
    };
    for series in SERIES {
        panel(&mut page, series, (window, start), &fan.instants);
    }
    page.done()
}

fn panel(
    page: &mut Page,
    (name, of, worst): Series,
    (window, start): (Window, Option<i64>),
    instants: &[FanInstant],
) {
    let values: Vec<(Time, VolumeQuantiles)> = instants
        .iter()
        .map(|instant| (instant.time, of(instant)))
        .collect();
    let most = values
        .iter()
        .map(|(_, of)| of.max)
        .max()
        .unwrap_or_default();
    let scale = Scale::of_volumes(most);
    Legend::new(page, &scale.titled(name));
    let frame = page.panel(6.0, HEIGHT);
    let x = TimeAxis::below(frame, window, start);
    let y = Axis::upright(scale, frame);
    page.show(data(name, worst, &x, &values).within(frame));
    let ticks = x.ticks();
    page.rules(frame, &ticks);
    page.axis_left(&[frame], &y.ticks());
    if most == Volume::ZERO {
        page.on
            .text_on_paper("nothing in any replication", frame.middle(), TEXT);
    }
    let line = |of: fn(&VolumeQuantiles) -> Volume| -> Vec<(f64, f64)> {
        let place = |(time, values): &_| (x.x(*time), y.at_volume(of(values)));
        values.iter().map(place).collect()
    };
    let band = |low: Vec<(f64, f64)>, high: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        high.into_iter().chain(low.into_iter().rev()).collect()
    };
    let on = &mut page.on;
    on.polygon(&band(line(|of| of.p5), line(|of| of.p95)), WIDE_BAND);
    on.polygon(&band(line(|of| of.p25), line(|of| of.p75)), NARROW_BAND);
    dashed(on, &line(worst), DASHES, INK, 0.9);
    on.line(&line(|of| of.p50), LINE, 2.2);
    // The panels share the names of their ticks.
    if name == SERIES[2].0 {
        page.axis_below(frame, &ticks, time_title(start));
    } else {
        page.ticks_below(frame, &[]);
    }
}

fn data(
    name: &str,
    worst: fn(&VolumeQuantiles) -> Volume,
    axis: &TimeAxis,
    values: &[(Time, VolumeQuantiles)],
) -> Data {
    let clock = Clock::new(axis.start);
    let row = |(time, of): &(Time, VolumeQuantiles)| {
        let volumes = [of.p5, of.p25, of.p50, of.p75, of.p95, worst(of)];
        let time_of = std::iter::once(clock.read(*time));
        Row {
            x: axis.x(*time),
            cells: time_of.chain(volumes.map(volume)).collect(),
        }
    };
    let header = ["Time", "p05", "p25", "median", "p75", "p95", "worst"];
    Data::of(name, &header, values, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;
    use crate::units::Duration;

    fn quantiles(bytes: u64) -> VolumeQuantiles {
        let of = |percent| Volume::from_bytes(bytes / 100 * percent);
        VolumeQuantiles {
            min: of(0),
            p5: of(5),
            p25: of(25),
            p50: of(50),
            p75: of(75),
            p95: of(95),
            max: of(100),
        }
    }

    fn fan(replications: usize, instants: i64) -> Fan {
        let instant = |i: i64| FanInstant {
            time: Time::START + Duration::from_millis(i * 3_600_000),
            accessible: quantiles(31_000_000_000_000),
            buffered: quantiles(20_000_000_000 * i.unsigned_abs()),
            dropped: quantiles(0),
        };
        Fan {
            replications,
            of: 10 * replications as u64,
            instants: (0..instants).map(instant).collect(),
        }
    }

    #[test]
    fn three_panels_share_a_time_axis() {
        let chart = fan_chart("Fans & <more>", None, &fan(1_000, 169));
        let texts = [
            "Fans & <more>",
            "the first 1,000 replications of 10,000",
            "Accessible",
            "Dropped so far",
            "nothing in any replication",
            "Accessible (TB)",
            "40",
            "7d",
            "p25 to p75",
            "time since the start of the run",
        ];
        sound(&chart, &texts);
        let calendar = fan_chart("Fans", Some(1_772_323_200_000), &fan(1, 169));
        sound(&calendar, &["2026-03-04", "time (UTC)"]);
        assert_eq!(chart, fan_chart("Fans & <more>", None, &fan(1_000, 169)));
    }

    #[test]
    fn no_instant_and_one_are_drawn_too() {
        for (instants, top) in [(0, "Accessible (B)"), (1, "Accessible (TB)"), (2, "40")] {
            sound(&fan_chart("Few", None, &fan(1, instants)), &[top]);
        }
    }
}
