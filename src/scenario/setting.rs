//! Values that a key is given in turn, and values between two others.

use jiff::Timestamp;
use toml::value::Datetime;

use super::{Override, Spacing};
use crate::units::{Duration, Rate, Volume};

/// A key of a scenario and the values that it is given in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// As for [`Override`]: `event.NAME.duration`.
    pub path: String,
    /// At least one.
    pub values: Vec<Setting>,
}

/// A value that a key may be given.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// `"45m"`
    Duration(Duration),
    /// `"20 GB"`
    Volume(Volume),
    /// `"1 TB/day"`
    Rate(Rate),
    /// `"3%"`: 3.
    Percent(f64),
    /// `"3%/30d"`.
    Growth {
        /// What a period adds, in percent.
        percent: f64,
        /// The period; above 0.
        per: Duration,
    },
    /// `2026-03-01T00:00:00Z`, in milliseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// `10`
    Whole(i64),
    /// `0.5`
    Number(f64),
    /// Anything else, as TOML.
    Other(String),
}

impl Setting {
    /// The value that a text is, without quotes.
    pub fn read(text: &str) -> Setting {
        let text = text.trim();
        let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
        if let Ok(whole) = text.parse() {
            Setting::Whole(whole)
        } else if let Some(number) = number(text) {
            Setting::Number(number)
        } else if let Ok(duration) = text.parse() {
            Setting::Duration(duration)
        } else if let Ok(volume) = text.parse() {
            Setting::Volume(volume)
        } else if let Ok(rate) = text.parse() {
            Setting::Rate(rate)
        } else if let Some(percent) = text.strip_suffix('%').and_then(number) {
            Setting::Percent(percent)
        } else if let Some(growth) = growth(text) {
            growth
        } else if let Some(instant) = text.parse().ok().as_ref().and_then(instant) {
            Setting::Instant(instant)
        } else {
            Setting::Other(text.to_owned())
        }
    }

    /// As it is read back.
    pub fn text(&self) -> String {
        match self {
            Setting::Duration(duration) => duration.to_string(),
            Setting::Volume(volume) => volume.to_string(),
            Setting::Rate(rate) => rate.to_string(),
            Setting::Percent(percent) => format!("{percent}%"),
            Setting::Growth { percent, per } => format!("{percent}%/{per}"),
            Setting::Instant(instant) => calendar(*instant),
            Setting::Whole(whole) => whole.to_string(),
            Setting::Number(number) => number.to_string(),
            Setting::Other(toml) => toml.clone(),
        }
    }

    /// As people read it: a text without its quotes.
    pub fn shown(&self) -> String {
        let text = self.text();
        let inner = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        inner.map_or_else(|| text.clone(), str::to_owned)
    }

    /// As short as possible: a table without its braces and quotes.
    pub fn brief(&self) -> String {
        let text = self.shown();
        match text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
        {
            Some(entries) => entries.trim().replace(" = ", "=").replace(['"', ','], ""),
            None => text,
        }
    }

    /// Its place on an axis: milliseconds (of an instant since 1970), bytes, bytes a day, percent,
    /// or as it is; `None` where it is no quantity.
    #[allow(clippy::cast_precision_loss)]
    pub fn position(&self) -> Option<f64> {
        match self {
            Setting::Duration(duration) => Some(duration.millis() as f64),
            Setting::Volume(volume) => Some(volume.bytes() as f64),
            Setting::Rate(rate) => Some(rate.bytes_per_day() as f64),
            Setting::Percent(number) | Setting::Number(number) => Some(*number),
            Setting::Growth { percent, .. } => Some(*percent),
            Setting::Instant(instant) => Some(*instant as f64),
            Setting::Whole(whole) => Some(*whole as f64),
            Setting::Other(_) => None,
        }
    }

    /// As a number of its [`Setting::unit`].
    pub fn number(&self) -> Option<f64> {
        match self {
            Setting::Duration(duration) => Some(duration.as_secs_f64()),
            Setting::Instant(_) => self.position().map(|position| position / 1_000.0),
            other => other.position(),
        }
    }

    /// What it is counted in, as names of columns have it; `None` where it is no quantity.
    pub fn unit(&self) -> Option<&'static str> {
        match self {
            Setting::Duration(_) => Some("s"),
            Setting::Volume(_) => Some("bytes"),
            Setting::Rate(_) => Some("bytes_per_day"),
            Setting::Percent(_) | Setting::Growth { .. } => Some("percent"),
            Setting::Instant(_) => Some("s_since_1970"),
            Setting::Whole(_) | Setting::Number(_) => Some("number"),
            Setting::Other(_) => None,
        }
    }

    /// The value of the same kind at a place; rounded to what the kind can state.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn at(&self, position: f64) -> Setting {
        match self {
            Setting::Duration(_) => {
                Setting::Duration(Duration::from_millis(position.round() as i64))
            }
            Setting::Volume(_) => Setting::Volume(Volume::from_bytes(position.round() as u64)),
            Setting::Rate(_) => Setting::Rate(Rate::from_bytes_per_day(position.round() as u64)),
            Setting::Percent(_) => Setting::Percent(position),
            Setting::Growth { per, .. } => Setting::Growth {
                percent: position,
                per: *per,
            },
            Setting::Instant(_) => Setting::Instant(position.round() as i64),
            Setting::Whole(_) => Setting::Whole(position.round() as i64),
            Setting::Number(_) => Setting::Number(position),
            Setting::Other(toml) => Setting::Other(toml.clone()),
        }
    }

    /// The two as quantities of one kind: a whole number beside a fraction is one too.
    fn alike(self, other: Setting) -> Result<(Setting, Setting), String> {
        #[allow(clippy::cast_precision_loss)]
        let fraction = |whole: i64| Setting::Number(whole as f64);
        let (low, high) = match (self, other) {
            (Setting::Whole(low), high @ Setting::Number(_)) => (fraction(low), high),
            (low @ Setting::Number(_), Setting::Whole(high)) => (low, fraction(high)),
            both => both,
        };
        if let (Setting::Growth { per, .. }, Setting::Growth { per: other, .. }) = (&low, &high)
            && per != other
        {
            let (low, high) = (low.text(), high.text());
            return Err(format!(
                "{low} and {high} grow over different periods; write both over the same one"
            ));
        }
        let same = std::mem::discriminant(&low) == std::mem::discriminant(&high);
        match (low.position(), high.position()) {
            (Some(from), Some(to)) if same && from < to => Ok((low, high)),
            (Some(_), Some(_)) if same => {
                Err(format!("{} is not below {}", low.text(), high.text()))
            }
            _ => Err(format!(
                "{} and {} are not two quantities of one kind",
                low.text(),
                high.text()
            )),
        }
    }

    /// Two quantities of one kind, the first below the second.
    ///
    /// # Errors
    ///
    /// What is wrong with them, in a sentence.
    pub fn bounds(low: &str, high: &str) -> Result<(Setting, Setting), String> {
        Setting::read(low).alike(Setting::read(high))
    }
}

/// Growth, as `3%/30d`.
fn growth(text: &str) -> Option<Setting> {
    let (percent, per) = text.split_once('/')?;
    let percent = percent.trim().strip_suffix('%')?.trim().parse().ok();
    let per = per.parse().ok().filter(|per| *per > Duration::ZERO)?;
    let percent = percent.filter(|percent: &f64| percent.is_finite())?;
    Some(Setting::Growth { percent, per })
}

/// A calendar time, in milliseconds since 1970-01-01T00:00:00Z; `None` if a part of it is missing
/// or it is beyond the calendar.
pub(super) fn instant(found: &Datetime) -> Option<i64> {
    let whole = found.date.is_some() && found.time.is_some() && found.offset.is_some();
    let timestamp = found.to_string().parse::<Timestamp>().ok()?;
    whole.then_some(timestamp.as_millisecond())
}

/// The same as TOML has it.
fn calendar(instant: i64) -> String {
    let timestamp = Timestamp::from_millisecond(instant);
    timestamp
        .expect("it lies between two that were read")
        .to_string()
}

/// `points` values from `low` to `high`, both included.
///
/// Those between are rounded to three digits, durations from a minute on and calendar times to
/// whole seconds, where that keeps them apart.
///
/// # Errors
///
/// What is wrong with them, in a sentence.
pub fn between(
    low: &str,
    high: &str,
    points: usize,
    spacing: Spacing,
) -> Result<Vec<Setting>, String> {
    let (low, high) = Setting::bounds(low, high)?;
    let ends = (low.position(), high.position());
    let (Some(from), Some(to)) = ends else {
        unreachable!("bounds have positions")
    };
    if !(2..=MOST_POINTS).contains(&points) {
        return Err(format!(
            "expected 2 to {MOST_POINTS} points, found {points}"
        ));
    }
    if spacing == Spacing::Logarithmic && matches!(low, Setting::Instant(_)) {
        return Err("calendar times have no logarithm; leave `log` out".to_owned());
    }
    if spacing == Spacing::Logarithmic && from <= 0.0 {
        return Err(format!(
            "{} has no logarithm; the range must begin above 0",
            low.text()
        ));
    }
    let place = |number: usize| {
        #[allow(clippy::cast_precision_loss)]
        let share = number as f64 / (points - 1) as f64;
        match spacing {
            Spacing::Linear => from + (to - from) * share,
            Spacing::Logarithmic => from * libm::pow(to / from, share),
        }
    };
    let spread = |round: fn(&Setting, f64) -> f64| {
        let inner = (1..points - 1).map(|number| low.at(round(&low, place(number))));
        let mut values = vec![low.clone()];
        values.extend(inner);
        values.push(high.clone());
        values
    };
    let rounded = spread(rounded);
    let apart = |values: &[Setting]| values.windows(2).all(|two| two[0] != two[1]);
    let values = if apart(&rounded) {
        rounded
    } else {
        spread(|_, place| place)
    };
    if apart(&values) {
        Ok(values)
    } else {
        let (low, high) = (low.text(), high.text());
        Err(format!(
            "{points} points do not fit between {low} and {high}"
        ))
    }
}

/// More values than a picture can show or a study can pay for.
const MOST_POINTS: usize = 10_000;

/// A place that people like to read.
fn rounded(kind: &Setting, place: f64) -> f64 {
    match kind {
        Setting::Duration(_) if place >= 60_000.0 => (place / 1_000.0).round() * 1_000.0,
        Setting::Duration(_) | Setting::Whole(_) => place,
        Setting::Instant(_) => (place / 1_000.0).round() * 1_000.0,
        _ if place > 0.0 => {
            // Three digits, written and read so that the fraction is the shortest one.
            format!("{place:.2e}").parse().unwrap_or(place)
        }
        _ => place,
    }
}

impl Axis {
    /// Reads `PATH=VALUES`: `a,b,c`, `LO..HI/POINTS` or `LO..HI/POINTS log`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Axis, String> {
        const GRAMMAR: &str = "write PATH=A,B,C, PATH=LO..HI/POINTS or PATH=LO..HI/POINTS log";
        let (path, values) = text
            .split_once('=')
            .ok_or_else(|| format!("no value is given; {GRAMMAR}"))?;
        let parts = list(values);
        let values = match parts.as_slice() {
            [range] if range.contains("..") => {
                let (low, rest) = range.split_once("..").unwrap_or_default();
                let (rest, spacing) = match rest.strip_suffix("log") {
                    Some(rest) => (rest, Spacing::Logarithmic),
                    None => (rest, Spacing::Linear),
                };
                // A rate has a slash of its own.
                let (high, points) = rest
                    .rsplit_once('/')
                    .and_then(|(high, points)| Some((high, points.trim().parse().ok()?)))
                    .ok_or_else(|| format!("the number of points is missing; {GRAMMAR}"))?;
                between(low, high, points, spacing)?
            }
            parts if parts.iter().any(|part| part.trim().is_empty()) => {
                return Err(format!("a value is missing; {GRAMMAR}"));
            }
            parts => parts.iter().map(|part| Setting::read(part)).collect(),
        };
        Ok(Axis {
            path: path.trim().to_owned(),
            values,
        })
    }

    /// The override that gives the key a value; `option` is what messages call it.
    pub fn set(&self, option: &str, value: &Setting) -> Override {
        Override::new(option, &format!("{}={}", self.path, value.text()))
    }
}

/// The parts of a list between commas that stand in no brackets and no quotes.
fn list(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let axis = Axis::read(text).expect("an axis");
        axis.values.iter().map(Setting::text).collect()
    }

    #[test]
    fn lists_and_ranges_are_read() {
        assert_eq!(values("a=1d, 10d"), ["1d", "10d"]);
        assert_eq!(values("a=true,false"), ["true", "false"]);
        assert_eq!(
            values("a={ min = \"1m\", max = \"2m\" },3m"),
            ["{ min = \"1m\", max = \"2m\" }", "3m"]
        );
        assert_eq!(values("a=\"1,5\",b"), ["\"1,5\"", "b"]);
        assert_eq!(
            values("a=2h..12h/6"),
            ["2h", "4h", "6h", "8h", "10h", "12h"]
        );
        assert_eq!(values("a=1..1000/4 log"), ["1", "10", "100", "1000"]);
        assert_eq!(values("a=0.5..2/4"), ["0.5", "1", "1.5", "2"]);
        assert_eq!(values("a=1%..5%/3"), ["1%", "3%", "5%"]);
        assert_eq!(
            values("a=100 GB/day..1 TB/day/3 log"),
            ["100 GB/day", "316 GB/day", "1 TB/day"]
        );
        assert_eq!(values("a=5m..12h/3 log"), ["5m", "1h", "12h"]);
        assert_eq!(values("a=1ms..3ms/3"), ["1ms", "2ms", "3ms"]);
        assert_eq!(
            values("a=2%/30d..8%/30d/4"),
            ["2%/30d", "4%/30d", "6%/30d", "8%/30d"]
        );
        assert_eq!(values("a=-5 %/4w,0%/28d"), ["-5%/28d", "0%/28d"]);
        assert_eq!(
            values("a=2026-03-28T00:00:00Z..2026-03-29T02:00:00+02:00/3"),
            [
                "2026-03-28T00:00:00Z",
                "2026-03-28T12:00:00Z",
                "2026-03-29T00:00:00Z"
            ]
        );
        assert_eq!(
            values("a=2026-03-28 00:00:00Z..2026-03-28T00:00:10Z/4"),
            [
                "2026-03-28T00:00:00Z",
                "2026-03-28T00:00:03Z",
                "2026-03-28T00:00:07Z",
                "2026-03-28T00:00:10Z"
            ]
        );
        assert_eq!(values("a=2026-03-28T00:00:00"), ["2026-03-28T00:00:00"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, why) in [
            ("a", "no value is given"),
            ("a=1,,2", "a value is missing"),
            ("a=1h..2h", "the number of points is missing"),
            ("a=2h..1h/3", "2h is not below 1h"),
            ("a=1h..2 GB/3", "not two quantities of one kind"),
            ("a=x..y/3", "not two quantities of one kind"),
            ("a=1%/7d..2%/8d/3", "grow over different periods"),
            ("a=1%/0s..2%/0s/3", "not two quantities of one kind"),
            ("a=1%/7d..2%/7d", "the number of points is missing"),
            (
                "a=2026-03-28T00:00:00..2026-03-29T00:00:00/3",
                "not two quantities of one kind",
            ),
            (
                "a=2026-03-28T00:00:00Z..2026-03-29T00:00:00Z/3 log",
                "calendar times have no logarithm",
            ),
            (
                "a=2026-03-28T00:00:00Z..2026-03-27T00:00:00Z/3",
                "is not below",
            ),
            ("a=0s..1h/3 log", "must begin above 0"),
            ("a=1..3/9", "9 points do not fit between 1 and 3"),
            ("a=1..3/1", "expected 2 to 10000 points"),
        ] {
            let told = Axis::read(text).expect_err(text);
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
