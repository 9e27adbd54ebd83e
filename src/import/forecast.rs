//! Usage that continues after its export: what a workspace will take in, as a scenario says it.

use std::collections::BTreeMap;

use super::export::Wishes;
use super::notes::Alike;
use super::profile::{GROWTH_DAYS, Profile, digits, list, percent};
use super::text::Text;
use super::trace::Trace;
use super::usage::Series;
use super::window::Window;
use super::{instant, name};
use crate::units::{Duration, Volume};

/// Noise of less is not worth its line: 1 %.
const LEAST_NOISE: f64 = 0.01;
/// Most that a scenario takes, and least growth in percent.
const MOST_NOISE: f64 = 10.0;
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
        let profile = Profile::of(series, trace.until, trace.step, start);
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
    let days = profile.days;
    match profile.growth {
        Some(_) => None,
        None if days < GROWTH_DAYS => Some(format!(
            "the export has {days} whole days and growth needs {GROWTH_DAYS}"
        )),
        None => Some(
            "the export has a whole day without data, whose logarithm is not defined".to_owned(),
        ),
    }
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
    text.line("[workspace.ingestion]");
    text.comment(match (own.growth, own.days) {
        (Some(_), _) => "Rate: the level of the trend at the start of the run.",
        (None, 0) => "Rate: the mean of the export, which has no whole day.",
        (None, _) => "Rate: the mean of the whole days.",
    });
    text.set("rate", &format!("\"{}/day\"", volume(own.level).human()));
    rhythm(text, own);
    growth(text, own);
    noise(text, own, trace.step);
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
            "Days of the week: they need at least {GROWTH_DAYS} whole days; all are alike."
        )),
    }
}

fn growth(text: &mut Text, own: &Profile) {
    if let Some(why) = without_growth(own) {
        text.comment(&format!("Growth: none, because {why}."));
    }
    let Some(trend) = own.growth else { return };
    let shown = |factor| digits(percent(factor).max(LEAST_GROWTH));
    text.comment(&format!(
        "Growth: the line of least squares through the logarithms of the {} daily sums, without the week; \
         95 % interval from {} % to {} %, if the days are independent.",
        own.days,
        shown(trend.interval.low),
        shown(trend.interval.high)
    ));
    text.set("growth", &format!("\"{}%/30d\"", shown(trend.factor)));
}

fn noise(text: &mut Text, own: &Profile, step: i64) {
    let step = Duration::from_millis(step);
    match own.noise {
        Some(cv) if cv >= LEAST_NOISE => {
            text.comment(&format!(
                "Noise: the standard deviation of the rows, each of {step}, relative to the profile above."
            ));
            let cv = digits(cv.min(MOST_NOISE));
            text.set(
                "noise",
                &format!("{{ dist = \"lognormal\", cv = {cv}, period = \"{step}\" }}"),
            );
        }
        Some(_) => text.comment("Noise: none, because it is below 1 % in the export."),
        None => text.comment("Noise: none, because the export is too short to estimate it."),
    }
}

/// A float goes to the nearest number of bytes; beyond the largest it stays that.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn volume(bytes: f64) -> Volume {
    Volume::from_bytes(libm::round(bytes) as u64)
}
