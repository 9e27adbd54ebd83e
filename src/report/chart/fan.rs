//! How data is spread over the replications as time goes by.

use super::super::format::{Clock, count, duration, percent, replications, volume};
use super::super::window::Window;
use super::axis::{TimeAxis, time_title};
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{Page, Picture, TEXT, WIDTH, whole};
use super::palette::{INK, LINE, NARROW_BAND, WIDE_BAND};
use super::quantity::Quantity;
use super::scale::{Axis, Scale};
use super::shape::dashed;
use super::surface::Frame;
use crate::experiment::{Fan, FanCount, FanWindow, VolumeQuantiles};
use crate::units::{Time, Volume};

const HEIGHT: f64 = 120.0;
const DASHES: (f64, f64) = (4.0, 2.5);
/// What fewer replications do is rare: quantiles of it are 0 nearly everywhere.
const RARE: f64 = 0.1;

/// The name of what is counted, and in how many replications it is.
type Counted = (&'static str, fn(&FanCount) -> usize);

/// Something that a panel shows.
struct Series {
    name: &'static str,
    /// Its volumes.
    of: fn(&FanWindow) -> VolumeQuantiles,
    /// Which of them is the worst.
    worst: fn(&VolumeQuantiles) -> Volume,
    /// What is counted where it is rare.
    rare: Option<Counted>,
}

const SERIES: [Series; 3] = [
    Series {
        name: "Accessible",
        of: |window| window.accessible,
        worst: |of| of.min,
        rare: Some(("Replications with inaccessible data", |of| of.inaccessible)),
    },
    Series {
        name: "Buffered",
        of: |window| window.buffered,
        worst: |of| of.max,
        rare: Some(("Replications with buffered data", |of| of.buffered)),
    },
    Series {
        name: "Dropped so far",
        of: |window| window.dropped,
        worst: |of| of.max,
        rare: None,
    },
];

impl Series {
    /// What is counted, if it is rare in most of the long windows in which it is at all.
    fn counted(&self, fan: &Fan) -> Option<(&'static str, Vec<f64>)> {
        let (name, count) = self.rare?;
        let all = whole(fan.replications.max(1));
        let shares = fan.counts.iter().map(|of| whole(count(of)) / all);
        let shares: Vec<f64> = shares.collect();
        let there: Vec<&f64> = shares.iter().filter(|share| **share > 0.0).collect();
        let rare = there.iter().filter(|share| ***share < RARE).count();
        (2 * rare > there.len()).then_some((name, shares))
    }
}

/// A picture of data over time in many replications: bands of half and of nine tenths of them,
/// their median and their worst, for what is accessible, buffered and dropped so far. Where it is
/// rare that data is inaccessible or buffered, the share of replications in which it is.
///
/// `start` is the calendar instant of time 0 in milliseconds since 1970, where there is one.
pub(in crate::report) fn fan_chart(title: &str, start: Option<i64>, fan: &Fan) -> Picture {
    let mut note = replications(fan.replications as u64);
    if fan.of > fan.replications as u64 {
        note = format!("the first {note} of {}", count(fan.of));
    }
    note += &in_windows(fan);
    let mut page = Page::new(title, &[note], WIDTH);
    let mut legend = Legend::new(&mut page, "");
    legend.area("p05 to p95", WIDE_BAND);
    legend.area("p25 to p75", NARROW_BAND);
    legend.line("median", LINE, 2.2);
    legend.dashed(
        "worst (least accessible; most buffered, dropped)",
        DASHES,
        INK,
        0.9,
    );
    page.y += 6.0;
    let from = fan.windows.first().map_or(Time::START, |of| of.from);
    let until = fan.windows.last().map_or(Time::START, |of| of.until);
    let window = Window { from, until };
    for series in &SERIES {
        let panel = Panel {
            window,
            start,
            is_last: series.rare.is_none(),
        };
        match series.counted(fan) {
            Some((name, shares)) => panel.draw_shares(&mut page, name, &fan.counts, &shares),
            None => panel.draw_quantiles(&mut page, series, &fan.windows),
        }
    }
    page.done()
}

/// What a line says of a window.
fn in_windows(fan: &Fan) -> String {
    let Some(window) = fan.windows.first() else {
        return String::new();
    };
    format!(
        "; the extreme of each window of {}, so no line is a single replication",
        duration(window.until - window.from)
    )
}

/// A panel below others with the same time axis.
struct Panel {
    window: Window,
    start: Option<i64>,
    /// The panels share the names of their ticks, which are below the last one.
    is_last: bool,
}

impl Panel {
    /// The frame with its axes, and where times and numbers are in it.
    fn open(&self, page: &mut Page, name: &str, scale: Scale) -> (Frame, TimeAxis, Axis) {
        Legend::new(page, &scale.titled(name));
        let frame = page.panel(6.0, HEIGHT);
        let x = TimeAxis::below(frame, self.window, self.start);
        let y = Axis::upright(scale, frame);
        page.rules(frame, &x.ticks());
        page.axis_left(&[frame], &y.ticks());
        (frame, x, y)
    }

    fn close(&self, page: &mut Page, frame: Frame, x: &TimeAxis) {
        if self.is_last {
            page.axis_below(frame, &x.ticks(), time_title(x.start));
        } else {
            page.ticks_below(frame, &[]);
        }
    }

    /// Quantiles as steps: what holds in a window holds from its begin to its end.
    fn draw_quantiles(&self, page: &mut Page, series: &Series, windows: &[FanWindow]) {
        let most = windows.iter().map(|window| (series.of)(window).max).max();
        let most = most.unwrap_or_default();
        let (frame, x, y) = self.open(page, series.name, Scale::of_volumes(most));
        page.show(quantile_data(series, &x, windows).within(frame));
        if most == Volume::ZERO {
            page.on
                .text_on_paper("nothing in any replication", frame.middle(), TEXT);
        }
        let line = |of: fn(&VolumeQuantiles) -> Volume| -> Vec<(f64, f64)> {
            let place = |window: &FanWindow| {
                let y = y.at_volume(of(&(series.of)(window)));
                [(x.x(window.from), y), (x.x(window.until), y)]
            };
            windows.iter().flat_map(place).collect()
        };
        let band = |low: Vec<(f64, f64)>, high: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
            high.into_iter().chain(low.into_iter().rev()).collect()
        };
        let on = &mut page.on;
        on.polygon(&band(line(|of| of.p5), line(|of| of.p95)), WIDE_BAND);
        on.polygon(&band(line(|of| of.p25), line(|of| of.p75)), NARROW_BAND);
        dashed(on, &line(series.worst), DASHES, INK, 0.9);
        on.line(&line(|of| of.p50), LINE, 2.2);
        self.close(page, frame, &x);
    }

    /// Shares of replications as bars, as wide as their windows.
    fn draw_shares(&self, page: &mut Page, name: &str, counts: &[FanCount], shares: &[f64]) {
        let window = counts.first().map(|of| duration(of.until - of.from));
        let name = format!("{name} per window of {}", window.unwrap_or_default());
        let most = shares.iter().copied().fold(0.0, f64::max);
        let scale = Scale::linear(Quantity::Ratio, 0.0, most, 4);
        let (frame, x, y) = self.open(page, &name, scale);
        page.show(share_data(&name, &x, counts, shares).within(frame));
        for (of, &share) in counts.iter().zip(shares).filter(|(_, share)| **share > 0.0) {
            let bar = Frame {
                left: x.x(of.from) + 0.5,
                right: x.x(of.until) - 0.5,
                top: y.at(share),
                bottom: frame.bottom,
            };
            page.on.fill(bar, LINE);
        }
        self.close(page, frame, &x);
    }
}

fn quantile_data(series: &Series, axis: &TimeAxis, windows: &[FanWindow]) -> Data {
    let clock = Clock::new(axis.start);
    let row = |window: &FanWindow| {
        let of = (series.of)(window);
        let volumes = [of.p5, of.p25, of.p50, of.p75, of.p95, (series.worst)(&of)];
        let time_of = std::iter::once(clock.read(window.from));
        Row {
            x: middle(axis, window.from, window.until),
            cells: time_of.chain(volumes.map(volume)).collect(),
        }
    };
    let header = ["From", "p05", "p25", "median", "p75", "p95", "worst"];
    Data::of(series.name, &header, windows, row)
}

fn share_data(name: &str, axis: &TimeAxis, counts: &[FanCount], shares: &[f64]) -> Data {
    let clock = Clock::new(axis.start);
    let rows: Vec<(&FanCount, &f64)> = counts.iter().zip(shares).collect();
    let row = |(of, share): &(&FanCount, &f64)| Row {
        x: middle(axis, of.from, of.until),
        cells: vec![clock.read(of.from), percent(**share)],
    };
    Data::of(name, &["From", "share of replications"], &rows, row)
}

fn middle(axis: &TimeAxis, from: Time, until: Time) -> f64 {
    f64::midpoint(axis.x(from), axis.x(until))
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

    /// In each long window `away` replications hold data that is inaccessible or buffered.
    fn fan(replications: usize, windows: i64, away: usize) -> Fan {
        let hour = |i: i64| Time::START + Duration::from_millis(i * 3_600_000);
        let window = |i: i64| FanWindow {
            from: hour(i),
            until: hour(i + 1),
            accessible: quantiles(31_000_000_000_000),
            buffered: quantiles(20_000_000_000 * i.unsigned_abs()),
            dropped: quantiles(0),
        };
        let count = |i: i64| FanCount {
            from: hour(5 * i),
            until: hour(5 * i + 5),
            inaccessible: away,
            buffered: away / 2,
        };
        Fan {
            replications,
            of: 10 * replications as u64,
            windows: (0..windows).map(window).collect(),
            counts: (0..windows / 5).map(count).collect(),
        }
    }

    #[test]
    fn three_panels_share_a_time_axis() {
        let often = fan(1_000, 168, 200);
        let chart = fan_chart("Fans & <more>", None, &often);
        let texts = [
            "Fans & <more>",
            "the first 1,000 replications of 10,000",
            "; the extreme of each window of 1h, so",
            "Accessible",
            "Dropped so far",
            "nothing in any replication",
            "Accessible (TB)",
            "Buffered (TB)",
            "40",
            "7d",
            "p25 to p75",
            "time since the start of the run",
        ];
        sound(&chart, &texts);
        let calendar = fan_chart("Fans", Some(1_772_323_200_000), &fan(1, 168, 1));
        sound(&calendar, &["2026-03-04", "time (UTC)"]);
        assert_eq!(chart, fan_chart("Fans & <more>", None, &often));
    }

    #[test]
    fn what_is_rare_is_counted() {
        let chart = fan_chart("Rare", None, &fan(1_000, 168, 150));
        let buffered = "Replications with buffered data per window of 5h (%)";
        sound(&chart, &["Accessible (TB)", buffered, "Dropped so far (B)"]);
        let chart = fan_chart("Rare", None, &fan(1_000, 168, 80));
        let inaccessible = "Replications with inaccessible data per window of 5h (%)";
        sound(&chart, &[inaccessible, buffered]);
        let chart = fan_chart("Never", None, &fan(1_000, 168, 0));
        sound(&chart, &["Accessible (TB)", "Buffered (TB)"]);
    }

    #[test]
    fn no_window_and_one_are_drawn_too() {
        for (windows, top) in [(0, "Accessible (B)"), (1, "Accessible (TB)"), (2, "40")] {
            sound(&fan_chart("Few", None, &fan(1, windows, 1)), &[top]);
        }
    }
}
