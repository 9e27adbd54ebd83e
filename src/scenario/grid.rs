//! Evenly spaced values of a key, from the one end to the other.

use super::{Override, Setting};
use crate::units::Duration;

/// Evenly spaced values of a key, in which the last one that satisfies a condition is sought.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// As for [`Override`]: `event.NAME.duration`.
    pub path: String,
    /// The lowest value.
    pub low: Setting,
    /// The highest value, which may be less than a resolution above the one before it.
    pub high: Setting,
    /// What lies between two values.
    pub resolution: Setting,
    /// Which one is sought.
    pub wanted: Wanted,
}

/// Which of the values that satisfy the condition is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The largest; the lowest is assumed to satisfy it.
    Largest,
    /// The smallest; the highest is assumed to satisfy it.
    Smallest,
}

/// The number of steps in a range whose resolution is not given.
const STEPS: f64 = 1_000.0;
/// A number cannot tell more steps than that apart.
const MOST_STEPS: f64 = 1e12;
/// Milliseconds: a shorter range of durations is searched to the millisecond, else to the second.
const SHORT_RANGE: f64 = 60_000.0;

impl Grid {
    /// Reads `PATH=LO..HI`, and a resolution where one is given: `1s`, `5 GB`, `0.1`.
    ///
    /// Without one it is 1 s of a duration or a calendar time (1 ms where the range is shorter than
    /// a minute), 1 of whole numbers, and about a thousandth of the range of everything else.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str, resolution: Option<&str>, wanted: Wanted) -> Result<Grid, String> {
        let ends = text
            .split_once('=')
            .and_then(|(path, range)| Some((path, range.split_once("..")?)));
        let (path, (low, high)) =
            ends.ok_or("write PATH=LO..HI, as in event.NAME.duration=5m..24h")?;
        let (low, high) = Setting::bounds(low, high)?;
        let resolution = match resolution {
            Some(text) => step(&low, Setting::read(text))?,
            None => default_step(&low, &high),
        };
        let grid = Grid {
            path: path.trim().to_owned(),
            low,
            high,
            resolution,
            wanted,
        };
        let steps = grid.range() / place(&grid.resolution);
        if steps < 1.0 - 1e-6 {
            return Err(format!(
                "a resolution of {} is wider than the range from {} to {}; ask for less with \
                 --resolution",
                grid.resolution.text(),
                grid.low.text(),
                grid.high.text()
            ));
        }
        if steps > MOST_STEPS {
            return Err(format!(
                "the resolution {} is too small for this range",
                grid.resolution.text()
            ));
        }
        Ok(grid)
    }

    fn range(&self) -> f64 {
        place(&self.high) - place(&self.low)
    }

    /// How many values there are, both ends included; at least 2.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn count(&self) -> usize {
        // Rounding must not add a step to a whole quotient.
        let steps = self.range() / place(&self.resolution);
        (steps - 1e-6).ceil().max(1.0) as usize + 1
    }

    /// A value by its number, from 0, counted from the end that is assumed to satisfy the condition.
    ///
    /// # Panics
    ///
    /// If there are fewer values.
    #[allow(clippy::cast_precision_loss)]
    pub fn value(&self, number: usize) -> Setting {
        let last = self.count() - 1;
        assert!(number <= last, "there are {} values", last + 1);
        let index = match self.wanted {
            Wanted::Largest => number,
            Wanted::Smallest => last - number,
        };
        match index {
            0 => self.low.clone(),
            index if index == last => self.high.clone(),
            index => {
                let place = place(&self.low) + place(&self.resolution) * index as f64;
                self.low.at(self.rounded(place))
            }
        }
    }

    /// The numbers of the values next to a place on the axis, and of the one at it; those in the range.
    /// They are counted from the lowest value.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn around(&self, position: f64) -> Vec<usize> {
        let steps = (position - place(&self.low)) / place(&self.resolution);
        let steps = (steps * 1e6).round() / 1e6;
        let mut numbers = vec![steps.ceil() - 1.0, steps.floor(), steps.floor() + 1.0];
        let last = self.count() - 1;
        numbers.retain(|number| 0.0 <= *number && *number <= last as f64);
        numbers.into_iter().map(|number| number as usize).collect()
    }

    /// What lies between two values that are so many steps apart.
    #[allow(clippy::cast_precision_loss)]
    pub fn span(&self, steps: usize) -> Setting {
        let span = place(&self.resolution) * steps as f64;
        self.resolution.at(self.rounded(span.min(self.range())))
    }

    /// A fraction without its binary rounding error.
    fn rounded(&self, place: f64) -> f64 {
        let decimals = [&self.low, &self.resolution].map(decimals);
        let decimals = decimals[0].max(decimals[1]);
        format!("{place:.decimals$}").parse().unwrap_or(place)
    }

    /// The override that gives the key a value; `option` is what messages call it.
    pub fn set(&self, option: &str, value: &Setting) -> Override {
        Override::new(option, &format!("{}={}", self.path, value.text()))
    }
}

fn place(quantity: &Setting) -> f64 {
    quantity.position().expect("bounds are quantities")
}

/// Decimals of a quantity's place on its axis.
fn decimals(quantity: &Setting) -> usize {
    let place = place(quantity).to_string();
    place
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

/// A given resolution.
fn step(low: &Setting, step: Setting) -> Result<Setting, String> {
    #[allow(clippy::cast_precision_loss)]
    let step = match (low, step) {
        (Setting::Number(_), Setting::Whole(whole)) => Setting::Number(whole as f64),
        (_, step) => step,
    };
    let alike = match (low, &step) {
        // Between calendar times lie durations, between growths percents.
        (Setting::Instant(_), step) => matches!(step, Setting::Duration(_)),
        (Setting::Growth { .. }, Setting::Percent(_)) => true,
        (Setting::Growth { per, .. }, Setting::Growth { per: other, .. }) => per == other,
        (low, step) => std::mem::discriminant(low) == std::mem::discriminant(step),
    };
    if alike && place(&step) > 0.0 {
        Ok(step)
    } else {
        Err(format!(
            "{} is not a resolution for {}",
            step.text(),
            low.text()
        ))
    }
}

fn default_step(low: &Setting, high: &Setting) -> Setting {
    let range = place(high) - place(low);
    let of_time = if range < SHORT_RANGE { 1.0 } else { 1_000.0 };
    if let Setting::Instant(_) = low {
        return Setting::Duration(Duration::ZERO).at(of_time);
    }
    low.at(match low {
        Setting::Duration(_) | Setting::Instant(_) => of_time,
        Setting::Whole(_) => 1.0,
        Setting::Volume(_) | Setting::Rate(_) => decent(range / STEPS).max(1.0),
        Setting::Percent(_) | Setting::Growth { .. } | Setting::Number(_) | Setting::Other(_) => {
            decent(range / STEPS)
        }
    })
}

/// The greatest of 1, 2 and 5 times a power of ten that is not above it.
fn decent(most: f64) -> f64 {
    let text = format!("{most:e}");
    let digit = match text.as_bytes().first() {
        Some(b'5'..=b'9') => 5,
        Some(b'2'..=b'4') => 2,
        _ => 1,
    };
    let power = text.split_once('e').map_or("0", |(_, power)| power);
    format!("{digit}e{power}").parse().unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str, resolution: Option<&str>, wanted: Wanted) -> Grid {
        Grid::read(text, resolution, wanted).expect("a grid")
    }

    fn values(grid: &Grid, numbers: &[usize]) -> Vec<String> {
        numbers.iter().map(|&at| grid.value(at).text()).collect()
    }

    #[test]
    fn values_are_counted_from_the_end_that_is_taken_to_do() {
        let up = grid("a.b=5m..24h", None, Wanted::Largest);
        assert_eq!(up.count(), 86_101);
        assert_eq!(values(&up, &[0, 1, 86_100]), ["5m", "5m 1s", "1d"]);
        let down = grid("a.b=5m..24h", None, Wanted::Smallest);
        assert_eq!(values(&down, &[0, 1, 86_100]), ["1d", "23h 59m 59s", "5m"]);
    }

    #[test]
    fn the_last_value_is_the_end_even_where_it_is_no_step_away() {
        let grid = grid("a=0s..25m", Some("10m"), Wanted::Largest);
        assert_eq!(values(&grid, &[0, 1, 2, 3]), ["0s", "10m", "20m", "25m"]);
        assert_eq!(grid.count(), 4);
    }

    #[test]
    fn fractions_are_written_as_people_write_them() {
        let grid = grid("a=0.1..1", Some("0.1"), Wanted::Largest);
        assert_eq!(grid.count(), 10);
        assert_eq!(values(&grid, &[2, 6, 9]), ["0.3", "0.7", "1"]);
    }

    #[test]
    fn calendar_times_and_growth_have_values_between_them() {
        let march = "a=2026-03-01T00:00:00Z..2026-03-03T12:00:00Z";
        let grid = grid_of(march, "1d");
        assert_eq!(grid.count(), 4);
        assert_eq!(
            values(&grid, &[0, 1, 2, 3]),
            [
                "2026-03-01T00:00:00Z",
                "2026-03-02T00:00:00Z",
                "2026-03-03T00:00:00Z",
                "2026-03-03T12:00:00Z"
            ]
        );
        for resolution in ["0.1%", "0.1%/30d"] {
            let grid = grid_of("a=2%/30d..2.4%/30d", resolution);
            assert_eq!(values(&grid, &[1, 3]), ["2.1%/30d", "2.3%/30d"]);
        }
    }

    fn grid_of(text: &str, resolution: &str) -> Grid {
        grid(text, Some(resolution), Wanted::Largest)
    }

    #[test]
    fn a_resolution_is_found_where_none_is_given() {
        for (text, expected) in [
            ("a=5m..24h", "1s"),
            ("a=0s..5s", "1ms"),
            ("a=1..20", "1"),
            ("a=0.5..1", "0.0005"),
            ("a=1%..99%", "0.05%"),
            ("a=0 B..100 B", "1 B"),
            ("a=100 GB/day..1 TB/day", "500 MB/day"),
            ("a=2%/30d..8%/30d", "0.005%/30d"),
            ("a=2026-03-01T00:00:00Z..2026-03-31T00:00:00Z", "1s"),
            ("a=2026-03-01T00:00:00Z..2026-03-01T00:00:59Z", "1ms"),
        ] {
            let found = grid(text, None, Wanted::Largest).resolution.text();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, resolution, why) in [
            ("a", None, "write PATH=LO..HI"),
            ("a=1h", None, "write PATH=LO..HI"),
            ("a=2h..1h", None, "2h is not below 1h"),
            ("a=1h..2 GB", None, "not two quantities of one kind"),
            ("a=1h..2h", Some("1 GB"), "1 GB is not a resolution"),
            ("a=1%/7d..2%/7d", Some("1%/8d"), "1%/8d is not a resolution"),
            (
                "a=2026-03-01T00:00:00Z..2026-03-31T00:00:00Z",
                Some("2026-03-01T00:00:00Z"),
                "2026-03-01T00:00:00Z is not a resolution",
            ),
            ("a=1h..2h", Some("0s"), "0s is not a resolution"),
            ("a=1..2", Some("0.5"), "0.5 is not a resolution"),
            (
                "a=1h..2h",
                Some("61m"),
                "a resolution of 1h 1m is wider than the range from 1h to 2h",
            ),
            ("a=0 B..1 PB", Some("1 B"), "is too small for this range"),
        ] {
            let told = Grid::read(text, resolution, Wanted::Largest).expect_err(text);
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
