//! Simpler values: shorter and rounder durations, rounder volumes and rates, smaller numbers.
//!
//! A value is simpler than another if it is rounder or, of equally round ones, smaller. So no
//! value is tried again once it was left.

use super::super::file::{Kind, Table};
use super::super::freeze::written;
use super::super::setting;
use super::super::validate::event_names;
use super::{Edit, Facts, Hop, Names, Step, below};
use crate::units::{Duration, Rate, Volume};

/// Keys with quantities. Those of `[behaviour]` and of `[prices]` stay as they are.
const QUANTITIES: [&str; 16] = [
    "duration",
    "at",
    "delay",
    "gap",
    "for",
    "retention",
    "history",
    "period",
    "ingestion",
    "rate",
    "growth",
    "capacity_reservation",
    "daily_cap",
    "factor",
    "storage_accounts",
    "requests",
];
/// Of these not even a little makes no sense.
const ABOVE_ZERO: [&str; 5] = ["duration", "gap", "retention", "period", "storage_accounts"];

/// All simpler values, in the order of the file.
pub(super) fn values(root: &Table, facts: &Facts) -> Vec<Step> {
    let mut steps = Vec::new();
    let names: Vec<(&'static str, String)> = event_names(root);
    let all = &Names::of(root);
    for entry in &root.entries {
        let way = [Hop::Key(entry.key.clone())];
        let list = entry.key.as_str();
        match &entry.value.kind {
            _ if ["behaviour", "prices"].contains(&list) => {}
            Kind::List(tables) => {
                let mut names = names.iter().filter(|(of, _)| *of == list);
                for (number, one) in tables.iter().enumerate() {
                    let name = names.next().map(|(_, name)| name.as_str());
                    if let Kind::Table(table) = &one.kind {
                        let way = [&way[..], &[Hop::Number(number)]].concat();
                        let place = Place {
                            root,
                            all,
                            facts,
                            name,
                            way,
                        };
                        place.table(table, &mut steps);
                    }
                }
            }
            kind => {
                let place = Place {
                    root,
                    all,
                    facts,
                    name: None,
                    way: Vec::new(),
                };
                place.value(&entry.key, kind, &mut steps);
            }
        }
    }
    steps
}

/// A table in the tree.
struct Place<'a> {
    root: &'a Table,
    all: &'a Names,
    facts: &'a Facts,
    /// Of something that happens.
    name: Option<&'a str>,
    way: Vec<Hop>,
}

impl Place<'_> {
    fn table(&self, table: &Table, steps: &mut Vec<Step>) {
        for entry in &table.entries {
            self.value(&entry.key, &entry.value.kind, steps);
        }
    }

    fn value(&self, key: &str, kind: &Kind, steps: &mut Vec<Step>) {
        if !QUANTITIES.contains(&key) {
            return;
        }
        let least = i64::from(ABOVE_ZERO.contains(&key));
        let simpler = match kind {
            Kind::Text(text) => of_text(text, least),
            Kind::Whole(Some(number)) => of_whole(*number, least),
            Kind::Fraction(number) => of_fraction(*number),
            Kind::Instant(_) => self.since_start(kind),
            Kind::Table(table) => {
                let simpler = self.instead(key, table);
                if simpler.is_empty() {
                    let below = Place {
                        way: below(&self.way, key),
                        ..*self
                    };
                    below.table(table, steps);
                }
                simpler
            }
            _ => Vec::new(),
        };
        let way = below(&self.way, key);
        steps.extend(simpler.into_iter().map(|value| {
            let shown = shown(&value);
            Step {
                words: format!("{} = {shown}", self.all.key_of(&way)),
                edits: vec![Edit {
                    way: way.clone(),
                    value: Some(value),
                }],
            }
        }));
    }

    /// A calendar time as a time since the start.
    fn since_start(&self, kind: &Kind) -> Vec<Kind> {
        let instant = |kind: &Kind| match kind {
            Kind::Instant(instant) => setting::instant(instant),
            _ => None,
        };
        let start = self.root.get("start");
        let start = start.and_then(|entry| instant(&entry.value.kind));
        let since = instant(kind).zip(start).map(|(at, start)| at - start);
        let since = since.filter(|since| *since >= 0);
        let since = since.map(|since| written(Duration::from_millis(since)));
        since.into_iter().collect()
    }

    /// What can stand in the place of a distribution, or of a rate or growth that is drawn.
    fn instead(&self, key: &str, table: &Table) -> Vec<Kind> {
        if table.get("dist").is_some() {
            let keys = ["at", "delay", "duration", "gap"];
            let name = self.name.unwrap_or_default();
            let drawn = keys.into_iter().find(|own| *own == key);
            let drawn = drawn.and_then(|key| self.facts.drawn.get(&(name.to_owned(), key)));
            return drawn.map(|drawn| written(*drawn)).into_iter().collect();
        }
        let middle = table.get("mean").or(table.get("low"));
        match (key, middle) {
            ("rate" | "growth", Some(middle)) => vec![middle.value.kind.clone()],
            _ => Vec::new(),
        }
    }
}

fn shown(kind: &Kind) -> String {
    match kind {
        Kind::Text(text) => text.clone(),
        Kind::Whole(Some(number)) => number.to_string(),
        Kind::Fraction(number) => number.to_string(),
        other => other.described().to_owned(),
    }
}

fn of_text(text: &str, least: i64) -> Vec<Kind> {
    let texts = |all: Vec<i128>, text: &dyn Fn(u64) -> String| -> Vec<Kind> {
        let all = all.into_iter().filter_map(|one| u64::try_from(one).ok());
        all.map(|one| Kind::Text(text(one))).collect()
    };
    if let Ok(duration) = text.parse::<Duration>() {
        let simpler = durations(duration.millis(), least).into_iter();
        return simpler
            .map(|ms| written(Duration::from_millis(ms)))
            .collect();
    }
    if let Ok(rate) = text.parse::<Rate>() {
        let simpler = rounder(rate.bytes_per_day().into(), least.into());
        return texts(simpler, &|bytes| {
            Rate::from_bytes_per_day(bytes).to_string()
        });
    }
    if let Ok(volume) = text.parse::<Volume>() {
        let simpler = rounder(volume.bytes().into(), least.into());
        return texts(simpler, &|bytes| Volume::from_bytes(bytes).to_string());
    }
    Vec::new()
}

/// Units of durations in milliseconds, as durations are written in.
const UNITS: [i64; 5] = [86_400_000, 3_600_000, 60_000, 1_000, 1];

/// Simpler durations: none; whole days, hours, minutes or seconds; and shorter ones, less by one
/// half, by one quarter and so on. Simpler has fewer parts (`7h`, not `6h 31m`), or as many and is
/// shorter.
fn durations(ms: i64, least: i64) -> Vec<i64> {
    if ms <= 0 {
        return Vec::new();
    }
    let mut all = vec![0];
    for unit in UNITS {
        let below = ms / unit * unit;
        all.extend([below, below + unit]);
    }
    for unit in UNITS {
        let shorter = fewer((ms / unit).into());
        all.extend(shorter.map(|count| {
            let count = i64::try_from(count).expect("fewer than there were");
            count * unit
        }));
    }
    let rank = |ms: i64| (parts(ms), ms);
    all.retain(|one| rank(*one) < rank(ms));
    tidy(all, ms, least)
}

/// Of how many units a duration has some.
fn parts(ms: i64) -> usize {
    let mut rest = ms;
    let some = UNITS.iter().filter(|unit| {
        let some = rest >= **unit;
        rest %= **unit;
        some
    });
    some.count()
}

/// Less by one half, by one quarter and so on, down to one less.
fn fewer(count: i128) -> impl Iterator<Item = i128> {
    let halves = std::iter::successors(Some(count / 2), |half| Some(half / 2));
    halves
        .take_while(|half| *half > 0)
        .map(move |half| count - half)
}

/// Without what is no change or too little, each once.
fn tidy<T: PartialOrd + Copy>(all: Vec<T>, now: T, least: T) -> Vec<T> {
    let mut simpler = Vec::new();
    for one in all {
        if one != now && one >= least && !simpler.contains(&one) {
            simpler.push(one);
        }
    }
    simpler
}

/// Simpler whole numbers of bytes: none, fewer decimal digits, and of equally many a smaller one.
fn rounder(bytes: i128, least: i128) -> Vec<i128> {
    if bytes == 0 {
        return Vec::new();
    }
    let mut simpler = vec![0];
    let zeros = std::iter::successors(Some(1_i128), |unit| unit.checked_mul(10));
    let own = zeros.clone().take_while(|unit| bytes % unit == 0).last();
    let own = own.expect("1 divides all");
    let rounder = zeros.take_while(|unit| *unit <= bytes);
    let mut rounder: Vec<i128> = rounder.filter(|unit| *unit > own).collect();
    rounder.reverse();
    for unit in rounder {
        let below = bytes / unit * unit;
        simpler.extend([below, below + unit]);
    }
    simpler.extend(fewer(bytes / own).map(|count| count * own));
    tidy(simpler, bytes, least)
}

/// Smaller whole numbers.
fn of_whole(number: i128, least: i64) -> Vec<Kind> {
    if number <= 0 {
        return Vec::new();
    }
    let least = i128::from(least);
    let simpler = std::iter::once(least).chain(fewer(number)).collect();
    let simpler = tidy(simpler, number, least);
    let simpler = simpler.into_iter().filter(|one| *one < number);
    simpler.map(|one| Kind::Whole(Some(one))).collect()
}

/// The whole numbers and the tenths around a number that is none.
#[allow(clippy::cast_possible_truncation)]
fn of_fraction(number: f64) -> Vec<Kind> {
    let near = |number: f64| number.is_finite() && number.abs() < 1e6;
    if !near(number) {
        return Vec::new();
    }
    let whole = |number: f64| Kind::Whole(Some(number as i128));
    let mut simpler = vec![whole(number.floor()), whole(number.ceil())];
    let tenths = [(number * 10.0).floor(), (number * 10.0).ceil()];
    if tenths[0] < tenths[1] {
        simpler.extend(tenths.map(|tenths| Kind::Fraction(tenths / 10.0)));
    }
    simpler
}
