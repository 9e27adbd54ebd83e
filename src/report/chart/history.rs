//! Days of a history, and what was forecast of the last ones.

use super::super::format::{Clock, volume};
use super::super::window::Window;
use super::axis::{TimeAxis, time_title};
use super::data::{Data, Row};
use super::legend::Legend;
use super::page::{Page, Picture, WIDTH};
use super::palette::{INK, LINE, WIDE_BAND};
use super::scale::{Axis, Scale};
use super::shape::dashed;
use super::surface::Frame;
use crate::experiment::back_test::{Forecast, Tested};
use crate::units::{Duration, Time, Volume};

const HEIGHT: f64 = 260.0;
const DASHES: (f64, f64) = (3.0, 3.0);

/// A picture of the bytes of each day, with p5 to p95 and the median of the forecasts that do not
/// overlap a later one.
pub(in crate::report) fn history_chart(title: &str, notes: &[String], of: &Tested) -> Picture {
    let mut page = Page::new(title, notes, WIDTH);
    let shown = apart(&of.forecasts);
    let highest = shown.iter().flat_map(|forecast| &forecast.days);
    let highest = highest
        .map(|band| band[2])
        .chain(of.days.iter().copied())
        .max();
    let scale = Scale::of_volumes(Volume::from_bytes(highest.unwrap_or(0)));
    let mut legend = Legend::new(&mut page, &scale.titled("Volume of a day"));
    legend.area("forecast, p05 to p95", WIDE_BAND);
    legend.line("forecast, median", LINE, 2.2);
    legend.line("what came", INK, 1.1);
    legend.dashed("origin of a forecast", DASHES, INK, 0.9);
    let frame = page.panel(6.0, HEIGHT);
    let window = Window {
        from: Time::START,
        until: start_of(of.days.len()),
    };
    let x = TimeAxis::below(frame, window, Some(of.first));
    let y = Axis::upright(scale, frame);
    page.rules(frame, &x.ticks());
    page.axis_left(&[frame], &y.ticks());
    page.show(data(of, &shown, &x).within(frame));
    for forecast in &shown {
        draw(&mut page, frame, forecast, &x, &y);
    }
    let came: Vec<(f64, f64)> = of
        .days
        .iter()
        .enumerate()
        .map(|(day, bytes)| (middle(&x, day), y.at_volume(Volume::from_bytes(*bytes))))
        .collect();
    page.on.line(&came, INK, 1.1);
    page.axis_below(frame, &x.ticks(), time_title(x.start));
    page.done()
}

/// The last forecast, and those before that end before the next one that is shown.
fn apart(forecasts: &[Forecast]) -> Vec<&Forecast> {
    let mut shown: Vec<&Forecast> = Vec::new();
    for forecast in forecasts.iter().rev() {
        let end = forecast.known + forecast.days.len();
        if shown.last().is_none_or(|later| end <= later.known) {
            shown.push(forecast);
        }
    }
    shown.reverse();
    shown
}

fn draw(page: &mut Page, frame: Frame, forecast: &Forecast, x: &TimeAxis, y: &Axis) {
    let line = |which: usize| -> Vec<(f64, f64)> {
        let days = forecast.days.iter().enumerate();
        let place = |(day, band): (usize, &[u64; 3])| {
            let at = middle(x, forecast.known + day);
            (at, y.at_volume(Volume::from_bytes(band[which])))
        };
        days.map(place).collect()
    };
    let band: Vec<(f64, f64)> = line(2)
        .into_iter()
        .chain(line(0).into_iter().rev())
        .collect();
    page.on.polygon(&band, WIDE_BAND);
    page.on.line(&line(1), LINE, 2.2);
    let begin = x.x(start_of(forecast.known));
    let upright = [(begin, frame.top), (begin, frame.bottom)];
    dashed(&mut page.on, &upright, DASHES, INK, 0.9);
}

fn start_of(day: usize) -> Time {
    let days = i64::try_from(day).expect("few");
    Time::START + Duration::from_millis(days * Duration::DAY.millis())
}

fn middle(axis: &TimeAxis, day: usize) -> f64 {
    f64::midpoint(axis.x(start_of(day)), axis.x(start_of(day + 1)))
}

fn data(of: &Tested, shown: &[&Forecast], axis: &TimeAxis) -> Data {
    let clock = Clock::new(Some(of.first));
    let days: Vec<(usize, u64)> = of.days.iter().copied().enumerate().collect();
    let row = |&(day, came): &(usize, u64)| {
        let mut forecasts = shown.iter();
        let band =
            forecasts.find_map(|forecast| forecast.days.get(day.checked_sub(forecast.known)?));
        let told = |bytes: u64| volume(Volume::from_bytes(bytes));
        let bands = match band {
            Some(band) => band.map(told),
            None => std::array::from_fn(|_| String::new()),
        };
        let time = std::iter::once(clock.read(start_of(day)));
        Row {
            x: middle(axis, day),
            cells: time.chain([told(came)]).chain(bands).collect(),
        }
    };
    let header = ["From", "came", "p05", "median", "p95"];
    Data::of("Volume of a day", &header, &days, row)
}

#[cfg(test)]
mod tests {
    use super::super::checks::sound;
    use super::*;
    use crate::experiment::back_test::Scored;

    fn forecast(known: usize) -> Forecast {
        let none = Scored {
            error: None,
            mase: None,
        };
        Forecast {
            known,
            days: vec![[1_000, 2_000, 5_000]; 20],
            total: [0; 3],
            came: 0,
            scored: [none; 3],
            covered: 0.0,
            interval_score: None,
        }
    }

    #[test]
    fn forecasts_that_overlap_a_later_one_are_left_out() {
        let forecasts = [20, 35, 50, 60, 70].map(forecast);
        let shown = apart(&forecasts);
        assert_eq!(
            shown.iter().map(|of| of.known).collect::<Vec<_>>(),
            [20, 50, 70]
        );
        let tested = Tested {
            workspace: Some(0),
            first: 0,
            days: (0..90).map(|day| 1_500 + 10 * day).collect(),
            forecasts: forecasts.to_vec(),
        };
        let picture = history_chart("A <test>", &[], &tested);
        sound(
            &picture,
            &[
                "A <test>",
                "what came",
                "forecast, median",
                "Volume of a day (kB)",
            ],
        );
        // Of many days some are told; those of a forecast with its figures.
        let rows = picture.data()[0].rows.iter();
        for row in rows {
            let known = [
                "1970-01-0",
                "1970-01-1",
                "1970-01-20",
                "1970-02-1",
                "1970-02-20",
            ];
            let told = match known.iter().any(|day| row.cells[0].starts_with(day)) {
                true => ["", "", ""],
                false => ["1.00 kB", "2.00 kB", "5.00 kB"],
            };
            assert_eq!(row.cells[2..], told, "{}", row.cells[0]);
        }
    }
}
