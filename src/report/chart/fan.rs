//! How data is spread over the replications as time goes by.

use super::super::format::{Clock, count, replications, volume};
use super::super::window::Window;
use super::axis::{TimeAxis, VolumeAxis, time_title};
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{Drawing, Header, Picture, TEXT, WIDTH, both};
use super::palette::{INK, LINE, NARROW_BAND, RULE, WIDE_BAND};
use super::shape::dashed;
use super::surface::{Anchor, Frame, Surface};
use crate::experiment::{Fan, FanInstant, VolumeQuantiles};
use crate::units::{Time, Volume};

const LEFT: f64 = 84.0;
const RIGHT: f64 = 690.0;
const HEIGHT: f64 = 120.0;
/// Above a panel: its title.
const CAPTION: f64 = 34.0;

/// A picture of data over time in many replications: bands of half and of nine tenths of them,
/// their median and their worst, for what is accessible, buffered and dropped so far.
///
/// `start` is the calendar instant of time 0 in milliseconds since 1970, where there is one.
pub(in crate::report) fn fan_chart(title: &str, start: Option<i64>, fan: &Fan) -> Picture {
    let instants = &fan.instants;
    let mut note = replications(fan.replications as u64);
    if fan.of > fan.replications as u64 {
        note = format!("the first {note} of {}", count(fan.of));
    }
    note += "; each instant by itself, so no line is a single replication";
    let header = Header::new(title, &[note], WIDTH);
    let top = header.height() + 26.0;
    let series: [Series; 3] = [
        ("Accessible", |it| it.accessible, |it| it.min),
        ("Buffered", |it| it.buffered, |it| it.max),
        ("Dropped so far", |it| it.dropped, |it| it.max),
    ];
    let mut panel_top = top;
    let panels = series.map(|(name, of, worst)| {
        panel_top += CAPTION + HEIGHT;
        let values: Vec<VolumeQuantiles> = instants.iter().map(of).collect();
        let most = values.iter().map(|it| it.max).max().unwrap_or_default();
        Panel {
            name,
            worst,
            volumes: VolumeAxis::new(panel_top - HEIGHT, panel_top, most),
            values,
        }
    });
    let times: Vec<Time> = instants.iter().map(|it| it.time).collect();
    let from = times.first().copied().unwrap_or(Time::START);
    let until = times.last().copied().unwrap_or(Time::START);
    let window = Window { from, until };
    both(&Plan {
        legend: header.height() + 14.0,
        header,
        axis: TimeAxis {
            window,
            left: LEFT,
            right: RIGHT,
            start,
        },
        times,
        panels,
    })
}

/// The name of what a panel shows, its volumes, and which of them is the worst.
type Series = (
    &'static str,
    fn(&FanInstant) -> VolumeQuantiles,
    fn(&VolumeQuantiles) -> Volume,
);

struct Plan {
    header: Header,
    /// The height of the legend.
    legend: f64,
    axis: TimeAxis,
    times: Vec<Time>,
    panels: [Panel; 3],
}

struct Panel {
    name: &'static str,
    worst: fn(&VolumeQuantiles) -> Volume,
    volumes: VolumeAxis,
    values: Vec<VolumeQuantiles>,
}

impl Plan {
    fn bottom(&self) -> f64 {
        self.panels[2].volumes.bottom
    }
}

impl Drawing for Plan {
    fn title(&self) -> &str {
        &self.header.title
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, self.bottom() + 48.0)
    }

    fn data(&self) -> Vec<Data> {
        let panels = self.panels.iter();
        let data = panels.map(|panel| panel.data(&self.axis, &self.times));
        data.collect()
    }

    fn draw(&self, on: &mut Surface) {
        self.header.draw(on);
        let mut legend = Legend::untitled(on, self.legend);
        legend.entry("p05 to p95", |on, frame| on.fill(frame, WIDE_BAND));
        legend.entry("p25 to p75", |on, frame| on.fill(frame, NARROW_BAND));
        legend.line("median", LINE, 2.2);
        legend.dashed("worst: least accessible, else most", DASHES, INK, 0.9);
        let ticks = self.axis.named_ticks();
        for panel in &self.panels {
            for (time, _) in &ticks {
                let x = self.axis.x(*time);
                on.line(
                    &[(x, panel.volumes.top), (x, panel.volumes.bottom)],
                    RULE,
                    0.8,
                );
            }
            panel.draw(on, &self.axis, &self.times);
        }
        self.axis.draw_names(on, self.bottom(), &ticks);
        let at = (f64::midpoint(LEFT, RIGHT), self.bottom() + 38.0);
        on.text(time_title(self.axis.start), at, TEXT, Anchor::Center, INK);
    }
}

const DASHES: (f64, f64) = (4.0, 2.5);

impl Panel {
    fn data(&self, axis: &TimeAxis, times: &[Time]) -> Data {
        let clock = Clock::new(axis.start);
        let instants: Vec<(Time, VolumeQuantiles)> = times
            .iter()
            .copied()
            .zip(self.values.iter().copied())
            .collect();
        let row = |(time, it): &(Time, VolumeQuantiles)| {
            let volumes = [it.p5, it.p25, it.p50, it.p75, it.p95, (self.worst)(it)];
            let time_of = std::iter::once(clock.read(*time));
            Row {
                x: axis.x(*time),
                cells: time_of.chain(volumes.map(volume)).collect(),
            }
        };
        let header = ["Time", "p05", "p25", "median", "p75", "p95", "worst"];
        Data::of(self.name, &header, &instants, row).within(Frame {
            left: axis.left,
            top: self.volumes.top,
            right: axis.right,
            bottom: self.volumes.bottom,
        })
    }

    fn draw(&self, on: &mut Surface, axis: &TimeAxis, times: &[Time]) {
        let (top, bottom) = (self.volumes.top, self.volumes.bottom);
        on.text(self.name, (20.0, top - 12.0), 13.0, Anchor::Left, INK);
        for (tick, name) in self.volumes.ticks() {
            let y = self.volumes.y(tick);
            on.line(&[(LEFT, y), (RIGHT, y)], RULE, 0.8);
            on.text(&name, (LEFT - 8.0, y + 4.0), TEXT, Anchor::Right, INK);
        }
        if self.values.iter().all(|it| it.max == Volume::ZERO) {
            let at = (f64::midpoint(LEFT, RIGHT), f64::midpoint(top, bottom));
            on.text_on_paper("nothing in any replication", at, TEXT);
        }
        let line = |of: fn(&VolumeQuantiles) -> Volume| -> Vec<(f64, f64)> {
            let places = times.iter().zip(&self.values);
            let place = |(&time, values)| (axis.x(time), self.volumes.y(of(values)));
            places.map(place).collect()
        };
        let band = |low: Vec<(f64, f64)>, high: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
            high.into_iter().chain(low.into_iter().rev()).collect()
        };
        on.polygon(&band(line(|it| it.p5), line(|it| it.p95)), WIDE_BAND);
        on.polygon(&band(line(|it| it.p25), line(|it| it.p75)), NARROW_BAND);
        dashed(on, &line(self.worst), DASHES, INK, 0.9);
        on.line(&line(|it| it.p50), LINE, 2.2);
        on.line(&[(LEFT, bottom), (RIGHT, bottom)], INK, 1.0);
    }
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
            "40 TB",
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
        for (instants, top) in [(0, "0 B"), (1, "40 TB"), (2, "40 TB")] {
            sound(&fan_chart("Few", None, &fan(1, instants)), &[top]);
        }
    }
}
