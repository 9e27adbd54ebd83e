//! Usage that continues after its export: what a workspace will take in, as a scenario says it.

use std::collections::BTreeMap;

use super::export::Wishes;
use super::notes::Alike;
use super::profile::{
    Fitted, GROWTH_DAYS, NoGrowth, Profile, Step, WEEKLY_DAYS, WIDEST, digits, list, percent, steps,
};
use super::scatter::Scatter;
use super::text::{Text, quoted};
use super::trace::Trace;
use super::usage::Series;
use super::window::Window;
use super::{instant, name};
use crate::statistics::normal_quantile;
use crate::units::Duration;

/// Noise of less is not worth its line: 1 %.
const LEAST_NOISE: f64 = 0.01;
/// Most that a scenario takes, and least growth in percent.
const MOST_NOISE: f64 = 10.0;
/// What is known to less than a thousandth is taken as certain.
const LEAST_SPREAD: f64 = 1e-3;
const LEAST_GROWTH: f64 = -99.9;

/// The profiles of all workspaces with usage at the start of the run, if a forecast is wished.
/// Notes which of them do not grow.
pub(super) fn forecast(
    trace: Option<&Trace>,
    window: &Window,
    wishes: Wishes<'_>,
    notes: &mut Vec<String>,
) -> Option<BTreeMap<String, Profile>> {
    let (trace, start, _) = (trace?, window.start?, wishes.forecast?);
    let mut profiles = BTreeMap::new();
    let mut alike = Alike::default();
    for (name, series) in &trace.series {
        let profile = Profile::of(
            &steps(series, trace.until, trace.step),
            trace.until,
            trace.step,
            [start, window.duration.millis()],
        );
        if let Some(why) = without_growth(&profile) {
            let what = format!("Workspaces extrapolated without growth, because {why}");
            alike.add(what, name);
        }
        profiles.insert(name.clone(), profile);
    }
    notes.extend(alike.notes());
    Some(profiles)
}

fn without_growth(profile: &Profile) -> Option<String> {
    let why = profile.growth.err()?;
    Some(match why {
        NoGrowth::Short => format!(
            "the export has {} whole days and growth needs {GROWTH_DAYS}",
            profile.days
        ),
        NoGrowth::Silent => {
            "the export has a week without data, whose logarithm is not defined".to_owned()
        }
        NoGrowth::Unclear => format!(
            "weeks differ so much that growth is not known: the volume at the end could be more than {WIDEST} \
             times what is to be expected"
        ),
    })
}

/// What a workspace takes in, with where each figure is from.
pub(super) fn write(text: &mut Text, trace: &Trace, series: &Series, own: &Profile) {
    let file = name::of_file(&series.file);
    let (from, until) = (
        series.volumes.keys().next().copied().unwrap_or(trace.from),
        trace.until,
    );
    text.comment(&format!(
        "Ingestion continues like that in {file} from {} to {} ({} whole days).",
        instant::written(from),
        instant::written(until),
        own.days
    ));
    let steps = (until - from) / trace.step;
    let missing = steps - i64::try_from(series.volumes.len()).unwrap_or(steps);
    if missing > 0 {
        text.comment(&format!(
            "{missing} of {steps} rows are not in the export, and count as nothing."
        ));
    }
    ingestion(text, own, trace.step);
}

/// The same of rows without gaps, until an instant, for a scenario that begins there: the table of
/// ingestion alone. In ms since 1970.
pub(crate) fn continued(steps: &[Step], until: i64, step: i64, horizon: Duration) -> String {
    let own = Profile::of(steps, until, step, [until, horizon.millis()]);
    let mut text = Text::default();
    ingestion(&mut text, &own, step);
    text.into_string()
}

fn ingestion(text: &mut Text, own: &Profile, step: i64) {
    text.line("[workspace.ingestion]");
    level(text, own);
    rhythm(text, own);
    growth(text, own);
    noise(text, own, step);
}

fn level(text: &mut Text, own: &Profile) {
    let rate = |deviations: f64| {
        let spread = own.growth.map_or(0.0, |growth| growth.level_spread);
        rate(own.level * libm::exp(deviations * spread))
    };
    let z = normal_quantile(0.95);
    let known = match &own.growth {
        Ok(growth) if growth.level_spread >= LEAST_SPREAD => None,
        _ => Some(quoted(&rate(0.0))),
    };
    text.comment(match (own.growth, own.days) {
        (Ok(_), _) => {
            "Rate: the level of the trend at the start of the run, with its 90 % interval."
        }
        (Err(_), 0) => "Rate: the mean of the export, which has no whole day.",
        (Err(_), _) => "Rate: the mean of the whole days, taken as certain.",
    });
    let drawn = || interval(&rate(-z), &rate(z));
    text.set(
        "rate",
        &known.unwrap_or_else(|| format!("{{ {} }}", drawn())),
    );
}

/// The 90 % interval of a quantity, as entries of a table.
fn interval(low: &str, high: &str) -> String {
    let (low, high) = (quoted(low), quoted(high));
    format!("low = {low}, high = {high}, confidence = \"90%\"")
}

fn rhythm(text: &mut Text, own: &Profile) {
    match &own.hourly {
        Some(hourly) => {
            text.comment("Hours from 00:00 UTC on: the mean of each in all whole days, over the mean of all hours.");
            text.set("hourly", &list(hourly));
        }
        None => text.comment("Hours: the export has no whole day of hours; all are alike."),
    }
    match &own.weekly {
        Some(weekly) => {
            text.comment(
                "Monday to Sunday: the mean of each, without the growth, over the mean of all.",
            );
            text.set("weekly", &list(weekly));
        }
        None => text.comment(&format!(
            "Days of the week: they need at least {WEEKLY_DAYS} whole days; all are alike."
        )),
    }
}

fn growth(text: &mut Text, own: &Profile) {
    if let Some(why) = without_growth(own) {
        text.comment(&format!("Growth: none, because {why}."));
    }
    let Ok(fitted) = own.growth else { return };
    let independent = own.noise.map_or(1.0, |noise| noise.independent);
    #[allow(clippy::cast_precision_loss)]
    let effective = independent * own.days as f64;
    text.comment(&format!(
        "Growth: the line of least squares through the logarithms of the sums of the {} whole weeks, drawn \
         towards 0 the less the weeks say (ASSUMED: 30 days bring no more than 10 % as a rule), with its 90 % \
         interval. The {} days tell as much as {effective:.0} independent ones.",
        own.days / 7,
        own.days,
    ));
    text.set("growth", &drawn_growth(&fitted));
}

fn drawn_growth(fitted: &Fitted) -> String {
    let growth = |deviations: f64| {
        let factor = libm::exp(libm::log(fitted.factor) + deviations * fitted.spread);
        format!("{}%/30d", digits(percent(factor).max(LEAST_GROWTH)))
    };
    if 30.0 * fitted.spread < LEAST_SPREAD {
        return quoted(&growth(0.0));
    }
    let z = normal_quantile(0.95);
    let tied = match fitted.level_spread >= LEAST_SPREAD {
        true => format!(", correlation = {}", digits(fitted.correlation)),
        false => String::new(),
    };
    format!("{{ {}{tied} }}", interval(&growth(-z), &growth(z)))
}

fn noise(text: &mut Text, own: &Profile, step: i64) {
    let step = Duration::from_millis(step);
    let Some(found) = own.noise else {
        return text.comment("Noise: none, because the export is too short to estimate it.");
    };
    let parts = noises(&found, step);
    let Some(((of, cv, _), further)) = parts.split_first() else {
        return text.comment("Noise: none, because it is below 1 % in the export.");
    };
    text.comment(&format!(
        "Noise: standard deviations relative to the profile above, of rows of {step}, and beyond what these \
         explain of whole days and weeks.",
    ));
    let further: String = further
        .iter()
        .map(|(_, cv, key)| format!(", {key} = {cv}"))
        .collect();
    text.set(
        "noise",
        &format!("{{ dist = \"lognormal\", cv = {cv}, period = \"{of}\"{further} }}"),
    );
}

/// The parts that are worth their lines: how long each holds, its cv, and its key where it is not
/// the shortest.
fn noises(found: &Scatter, step: Duration) -> Vec<(Duration, String, &'static str)> {
    let week = Duration::from_millis(7 * Duration::DAY.millis());
    let parts = [
        (step, found.rows, ""),
        (Duration::DAY, found.days, "daily_cv"),
        (week, found.weeks, "weekly_cv"),
    ];
    let worth = parts.into_iter().filter(|part| part.1 >= LEAST_NOISE);
    worth
        .map(|(of, cv, key)| (of, digits(cv.min(MOST_NOISE)), key))
        .collect()
}

/// Four digits, with the unit that people use.
fn rate(bytes_a_day: f64) -> String {
    let units = [
        (1e15, "PB"),
        (1e12, "TB"),
        (1e9, "GB"),
        (1e6, "MB"),
        (1e3, "kB"),
    ];
    let unit = units.iter().find(|unit| bytes_a_day >= unit.0 * 0.999_95);
    let (one, name) = unit.unwrap_or(&(1.0, "B"));
    let number = bytes_a_day / one;
    let decimals = match number {
        _ if bytes_a_day < 999.5 => 0,
        ..9.999_5 => 3,
        ..99.995 => 2,
        ..999.95 => 1,
        _ => 0,
    };
    format!("{number:.decimals$} {name}/day")
}
